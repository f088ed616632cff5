"""How arrays lie in memory: dtypes, shapes and strides, checked before anything is made of them."""

from __future__ import annotations

import re
from math import prod

import numpy as np

from safegrade.wire.bounds import DIMENSIONS
from safegrade.wire.errors import WireError

BYTE = np.dtype(np.uint8)
UNITS = r"\[[1-9]?\d{0,8}(?:Y|M|W|D|h|m|s|ms|us|ns|ps|fs|as)\]"
NAMES = re.compile(
    rf"[<>|](?:b1|[iu][1248]|f(?:2|4|8|16)|c(?:8|16|32)|[SU]\d{{1,8}}|[mM]8(?:{UNITS})?)"
)
_dtypes: dict[str, np.dtype] = {}
NAMED: dict[np.dtype, str] = {}


def dtype_name(dtype: np.dtype) -> str:
    """Name of a dtype that may cross; a TypeError for any other.

    >>> dtype_name(np.dtype(float))
    '<f8'
    """
    name = NAMED.get(dtype)
    if name is None or dtype.metadata:
        name = dtype.str
        if dtype.kind not in "biufcSUmM" or not NAMES.fullmatch(name):
            raise TypeError(f"arrays of {dtype} do not cross between tests and answers")
        if len(NAMED) < 1000:
            NAMED[dtype] = name
    return name


def read_dtype(name) -> np.dtype:
    """Return the dtype of a name on the list of those allowed."""
    dtype = _dtypes.get(name) if type(name) is str else None
    if dtype is None:
        if type(name) is not str or not NAMES.fullmatch(name):
            raise WireError("a dtype that is not allowed")
        try:
            dtype = np.dtype(name)
        except (TypeError, ValueError) as error:
            raise WireError("a dtype that is not allowed") from error
        if len(_dtypes) < 1000:
            _dtypes[name] = dtype
    return dtype


def flatten(array):
    """Return the bytes of a dense array as an array that shares its memory.

    >>> flatten(np.zeros((2, 3)).T).shape
    (48,)
    """
    if not array.flags.c_contiguous:
        array = packed(array)
    return array.reshape(-1).view(BYTE)


def packed(array):
    """Return the array with its axes in the order in which they lie in memory."""
    return array.transpose(sorted(range(array.ndim), key=lambda axis: -array.strides[axis]))


def address(array) -> int:
    """Return where the first element lies."""
    return array.__array_interface__["data"][0]


def layout(array):
    """Return the strides, or 0 and 1 for the usual C and Fortran orders."""
    flags = array.flags
    if flags.c_contiguous:
        return 0
    return 1 if flags.f_contiguous else list(array.strides)


def extent(shape, strides, itemsize: int) -> tuple[int, int]:
    """Return the first byte and the one after the last, relative to the first element.

    >>> extent((3,), (-8,), 8)
    (-16, 8)
    """
    low = high = 0
    for count, stride in zip(shape, strides, strict=True):
        if count == 0:
            return 0, 0
        low, high = low + min(0, (count - 1) * stride), high + max(0, (count - 1) * stride)
    return low, high + itemsize


def read_shape(shape, itemsize: int, limit: int) -> int:
    """Check a shape and return the number of elements."""
    if type(shape) is list and len(shape) == 1:
        size = shape[0]
        if type(size) is int and 0 <= size * itemsize <= limit and size <= limit:
            return size
    if type(shape) is not list or len(shape) > DIMENSIONS:
        raise WireError("a wrong shape")
    for count in shape:
        if type(count) is not int or not 0 <= count <= limit:
            raise WireError("a wrong shape")
    size = prod(shape)
    if size * itemsize > limit or prod(max(count, 1) for count in shape) > 2**40:
        raise WireError("an array that is too large")
    return size


def read_strides(order, shape: list[int], itemsize: int) -> list[int]:
    """Check strides, or work out those of C (0) and Fortran (1) order."""
    if type(order) is list:
        if len(order) != len(shape) or any(
            type(stride) is not int or abs(stride) > 2**40 for stride in order
        ):
            raise WireError("wrong strides")
        return order
    if type(order) is not int or order not in (0, 1):
        raise WireError("wrong strides")
    strides, step = [], itemsize
    for count in shape if order else reversed(shape):
        strides.append(step)
        step *= max(count, 1)
    return strides if order else strides[::-1]


def check_values(array, dtype: np.dtype) -> None:
    """Refuse bytes that no value of the dtype has: truth values beyond 1, impossible characters."""
    if dtype.kind == "b":
        if array.size and array.view(BYTE).max() > 1:
            raise WireError("a truth value that is neither true nor false")
    elif dtype.kind == "U":
        order = dtype.byteorder if dtype.byteorder in "<>" else "="
        codes = np.frombuffer(array.tobytes(), f"{order}u4")
        if codes.size and codes.max() > 0x10FFFF:
            raise WireError("a character that does not exist")
