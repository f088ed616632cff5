"""What both ends encode by value beside the exact plain types: subclasses, names, exceptions."""

from __future__ import annotations

import sys

import safegrade.wire.files
import safegrade.wire.standard  # noqa: F401  (the codes of both join the tables)
from safegrade.wire.coder import ENCODERS
from safegrade.wire.exceptions import encode_error
from safegrade.wire.generators import encode_generator
from safegrade.wire.named import is_namedtuple, name_of, plain_base, type_name


def refer_by_value(peer, out, value, *, by_name: bool):
    """Encode a value that has no code of its own type but crosses all the same; None if not."""
    cls = type(value)
    if "numpy" in sys.modules:
        coded = _numpy(value, out)
        if coded is not None:
            return coded
    generator = encode_generator(value, out)
    if generator is not None:
        return generator
    if isinstance(value, BaseException):
        return ["x", encode_error(value, out, peer.errors, 0)]
    if isinstance(value, type):
        return _type(peer, out, value, by_name)
    if by_name and (name := name_of(value)) is not None:
        return ["n", *name]
    if isinstance(value, tuple) and is_namedtuple(cls):
        return peer.tuples.encode(value, out)
    base = plain_base(cls)
    if base is not None and peer.flatten(cls, base):
        return out.encode(base(value) if base is not str else str.__str__(value))
    return None


def _numpy(value, out):
    """Encode subclasses of arrays as arrays; codes join the tables when NumPy is there."""
    numpy = sys.modules["numpy"]
    if numpy.ndarray not in ENCODERS:
        import safegrade.wire.numerics  # noqa: F401

        encoder = ENCODERS.get(type(value))
        if encoder is not None:
            return encoder(value, out)
    if isinstance(value, numpy.ndarray):
        if isinstance(value, numpy.ma.MaskedArray):
            value = value.filled()
        return ENCODERS[numpy.ndarray](value, out)
    if isinstance(value, numpy.generic):
        plain = numpy.asarray(value).astype(value.dtype)[()]  # the scalar without its class
        encoder = ENCODERS.get(type(plain))
        return encoder and encoder(plain, out)
    if isinstance(value, numpy.dtype):
        return ENCODERS[type(numpy.dtype(float))](value, out)
    return None


def _type(peer, out, value: type, by_name: bool):
    """Encode a class by name: a harmless one, an exception, or one of a library."""
    name = type_name(value)
    if name is not None:
        return ["ty", name]
    if issubclass(value, BaseException):
        return peer.errors.encode(value, out)
    if by_name and (found := name_of(value)) is not None:
        return ["n", *found]
    return None
