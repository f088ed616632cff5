"""NumPy's types join the tables of codes; without NumPy the rest works."""

from __future__ import annotations

import numpy as np

from safegrade.wire import arrays, codes  # noqa: F401  (the plain codes join as well)
from safegrade.wire.coder import DECODERS, ENCODERS

ENCODERS[np.ndarray] = arrays.encode_array
for _kind in {np.dtype(code).type for code in "?bBhHiIlLqQefdgFDGSUmM"}:
    ENCODERS[_kind] = arrays.encode_scalar
for _kind in {type(np.dtype(code)) for code in "?bBhHiIlLqQefdgFDGSUmMO"}:
    ENCODERS[_kind] = arrays.encode_dtype
ENCODERS[np.float64] = lambda value, out: ["d", out.encode(value.item())]


def _read_double(coded, source):
    value = source.decode(coded[1]) if len(coded) == 2 else None
    return np.float64(value) if type(value) is float else arrays.read_dtype(None)


DECODERS["d"] = _read_double
DECODERS["a"] = arrays.decode_new
DECODERS["w"] = arrays.decode_whole
DECODERS["v"] = arrays.decode_view
DECODERS["O"] = arrays.decode_objects
DECODERS["s"] = arrays.decode_scalar
DECODERS["dt"] = arrays.decode_dtype
