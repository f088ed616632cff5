"""The codes of plain values: one function that writes and one that reads for each type."""

from __future__ import annotations

import struct

from safegrade.wire.bounds import INTEGER, RANGE
from safegrade.wire.coder import DECODERS, ENCODERS, Out, Source, plain_keys
from safegrade.wire.errors import WireError
from safegrade.wire.shared import SharedBytes, SharedDict, SharedList, SharedSet


def _text(value: str, out: Out) -> list:
    return ["u", *out.bytes(value.encode("utf-8", "surrogatepass"))]


def _bytes(value: bytes, out: Out) -> list:
    return ["b", *out.bytes(value)]


def _bytearray(value: bytearray, out: Out) -> list:
    number = out.shared.numbers.get(id(value))
    if number is not None:
        return ["r", number]
    entry = SharedBytes(value)
    return ["B", out.new(entry), *out.bytes(entry.known)]


def _list(value: list, out: Out) -> list:
    number = out.shared.numbers.get(id(value))
    if number is not None:
        return ["r", number]
    entry = SharedList(value)
    coded = ["l", out.new(entry)]
    with out.deeper():
        encode = out.encode
        coded += [encode(item) for item in entry.known]
    return coded


def _dict(value: dict, out: Out) -> list:
    number = out.shared.numbers.get(id(value))
    if number is not None:
        return ["r", number]
    if not plain_keys(value):
        return out.refer(out, value)
    return ["D", out.new(SharedDict(value)), *out.pairs(value)]


def _set(value: set, out: Out) -> list:
    number = out.shared.numbers.get(id(value))
    if number is not None:
        return ["r", number]
    if not plain_keys(value):
        return out.refer(out, value)
    return ["S", out.new(SharedSet(value)), *[out.key(item) for item in value]]


def _tuple(value: tuple, out: Out) -> list:
    with out.deeper():
        encode = out.encode
        return ["t", *[encode(item) for item in value]]


def _frozenset(value: frozenset, out: Out) -> list:
    with out.deeper():
        return ["z", *[out.key(item) for item in value]]


def _complex(value: complex, out: Out) -> list:
    return ["c", out.encode(value.real), out.encode(value.imag)]


def _slice(value: slice, out: Out) -> list:
    with out.deeper():
        return ["sl", out.encode(value.start), out.encode(value.stop), out.encode(value.step)]


def _range(value: range, out: Out) -> list:
    if out.shared.sign < 0 and _is_long(value):  # the tests would not come to its end
        return out.refer(out, value)
    return ["ra", out.encode(value.start), out.encode(value.stop), out.encode(value.step)]


ENCODERS |= {
    str: _text,
    bytes: _bytes,
    bytearray: _bytearray,
    list: _list,
    dict: _dict,
    set: _set,
    tuple: _tuple,
    frozenset: _frozenset,
    complex: _complex,
    slice: _slice,
    range: _range,
    type(Ellipsis): lambda value, out: ["el"],
    type(NotImplemented): lambda value, out: ["ni"],
}


def _numbers(coded: list, count: int, kind: type, source: Source) -> list:
    """Decode *count* numbers of exactly one type."""
    values = [source.decode(part) for part in coded[1:]]
    if len(values) != count or any(type(value) is not kind for value in values):
        raise WireError("a wrong number")
    return values


def _read_integer(coded, source):
    if len(coded) != 2 or type(coded[1]) is not str or len(coded[1]) > INTEGER + 4:
        raise WireError("a wrong integer")
    try:
        return int(coded[1], 16)
    except ValueError as error:
        raise WireError("a wrong integer") from error


def _read_nan(coded, source):
    if len(coded) != 2 or type(coded[1]) is not str or len(coded[1]) != 16:
        raise WireError("a wrong number")
    try:
        return struct.unpack("<d", bytes.fromhex(coded[1]))[0]
    except (ValueError, struct.error) as error:
        raise WireError("a wrong number") from error


def _read_text(coded, source):
    try:
        return source.bytes(coded[1:]).decode("utf-8", "surrogatepass")
    except UnicodeDecodeError as error:
        raise WireError("a text that is none") from error


def _read_list(coded, source):
    if len(coded) < 2:
        raise WireError("a wrong list")
    value: list = []
    entry = source.new(coded[1], SharedList(value))
    with source.deeper():
        decode = source.decode
        value += [decode(part) for part in coded[2:]]
    entry.known = value.copy()
    return value


def _read_dict(coded, source):
    if len(coded) < 2:
        raise WireError("a wrong dict")
    value: dict = {}
    entry = source.new(coded[1], SharedDict(value))
    source.pairs(coded[2:], value)
    entry.known = entry.state()
    return value


def _read_set(coded, source):
    if len(coded) < 2:
        raise WireError("a wrong set")
    value = {source.key(part) for part in coded[2:]}
    source.new(coded[1], SharedSet(value))
    return value


def _read_bytearray(coded, source):
    if len(coded) < 2:
        raise WireError("a wrong bytearray")
    value = bytearray(source.bytes(coded[2:]))
    source.new(coded[1], SharedBytes(value))
    return value


def _read_tuple(coded, source):
    with source.deeper():
        decode = source.decode
        return tuple([decode(part) for part in coded[1:]])


def _read_frozenset(coded, source):
    with source.deeper():
        return frozenset([source.key(part) for part in coded[1:]])


def _read_slice(coded, source):
    if len(coded) != 4:
        raise WireError("a wrong slice")
    with source.deeper():
        return slice(*[source.decode(part) for part in coded[1:]])


def _read_range(coded, source):
    start, stop, step = _numbers(coded, 3, int, source)
    if not step:
        raise WireError("a wrong range")
    value = range(start, stop, step)
    if not source.trusting and _is_long(value):
        raise WireError("a range that is too long")
    return value


def _is_long(value: range) -> bool:
    return bool(value[RANGE:])  # len() is at a loss beyond 2**63


def _read_reference(coded, source):
    if len(coded) != 2:
        raise WireError("a wrong reference")
    entry = source.shared.entry(coded[1])
    if getattr(entry, "exact", True) is None:
        raise WireError("a reference to an array that is a view on one side")
    return entry.obj


DECODERS |= {
    "i": _read_integer,
    "f": _read_nan,
    "c": lambda coded, source: complex(*_numbers(coded, 2, float, source)),
    "u": _read_text,
    "b": lambda coded, source: source.bytes(coded[1:]),
    "B": _read_bytearray,
    "l": _read_list,
    "D": _read_dict,
    "S": _read_set,
    "t": _read_tuple,
    "z": _read_frozenset,
    "sl": _read_slice,
    "ra": _read_range,
    "el": lambda coded, source: ...,
    "ni": lambda coded, source: NotImplemented,
    "r": _read_reference,
}
