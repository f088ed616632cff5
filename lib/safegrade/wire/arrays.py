"""NumPy arrays, scalars and dtypes: a view of a numbered buffer, checked before it is made."""

from __future__ import annotations

import numpy as np

from safegrade.wire.buffers import Buffer, Fresh, Objects, fill
from safegrade.wire.errors import WireError
from safegrade.wire.layouts import (
    BYTE,
    NAMED,
    _dtypes,
    address,
    check_values,
    dtype_name,
    extent,
    layout,
    packed,
    read_dtype,
    read_shape,
    read_strides,
)

WHOLES = ([0, 0, 1], [0, 1, 1])  # offset, order, writable of an array that is all of its buffer
WHOLE = 4096  # a buffer up to this size crosses whole, however small the view of it is


def encode_array(array, out) -> list:
    """Encode an array as a view of a buffer; the buffer goes along when it is new."""
    dtype = array.dtype
    name = NAMED.get(dtype)
    if array.base is None and name is not None and type(array) is np.ndarray:
        flags = array.flags
        number = out.number(id(array))
        if number is not None:
            entry = out.shared.entries[number]
            if entry.exact == (array.shape, dtype) and flags.writeable:
                return ["r", number]
        elif flags.c_contiguous:
            data = array.tobytes()
            if data and flags.writeable:
                coded = ["w", 0, name, out.size, *array.shape]
                out.parts.append(data)
                out.size += len(data)
                out.fresh[id(array)] = Fresh(array, data, coded)
                return coded
            number = out.new(Buffer.whole(array, data, flags.writeable))
            shape, writable = list(array.shape), int(flags.writeable)
            return ["a", number, name, shape, 0, 0, writable, *out.bytes(data)]
    if dtype.hasobject:
        return encode_objects(array, out)
    name = dtype_name(dtype)
    if type(array) is not np.ndarray:
        array = array.view(np.ndarray)
    owner, base = array, array.base
    while isinstance(base, np.ndarray):
        owner, base = base, base.base
    flags = owner.flags
    if not (flags.c_contiguous or packed(owner).flags.c_contiguous) or owner.dtype.kind in "OV":
        owner = array = array.copy()
    return _encode_view(array, owner, name, out)


def _encode_view(array, owner, name: str, out) -> list:
    offset = 0 if owner is array else address(array) - address(owner)
    start, stop = 0, owner.nbytes
    if stop > WHOLE and stop > 4 * array.nbytes:
        low, high = extent(array.shape, array.strides, array.itemsize)
        start, stop, offset = offset + low, offset + high, -low
    key = id(owner) if stop - start == owner.nbytes else (id(owner), start, stop)
    shared, writable = out.shared, array.flags.writeable
    number = out.number(key)
    view = [name, list(array.shape), layout(array), offset, int(writable)]
    if number is not None:
        entry = shared.entries[number]
        entry.writable = entry.writable or (writable and entry.obj.flags.writeable)
        return ["v", number, *view]
    entry = Buffer(owner, None, start, stop, writable)
    number = out.new(entry)
    return ["a", number, *view, *out.bytes(entry.known)]


def encode_objects(array, out) -> list:
    """Encode an array of objects element by element."""
    if array.dtype.kind != "O":
        raise TypeError(f"arrays of {array.dtype} do not cross between tests and answers")
    number = out.shared.numbers.get(id(array))
    if number is not None:
        return ["r", number]
    entry = Objects(array)
    number = out.new(entry)
    with out.deeper():
        items = [out.encode(item) for item in entry.known]
    return ["O", number, list(array.shape), int(array.flags.writeable), items]


def view_of(entry: Buffer, view: list, source):
    """Make the view that *view* describes, if it lies within the buffer."""
    name, shape, order, offset, writable = view
    dtype = read_dtype(name)
    size = read_shape(shape, dtype.itemsize, source.limit)
    if type(offset) is not int or writable not in (0, 1) or type(writable) is not int:
        raise WireError("a wrong array")
    strides = read_strides(order, shape, dtype.itemsize)
    low, high = extent(shape, strides, dtype.itemsize)
    if not 0 <= offset + low <= offset + high <= entry.stop - entry.start:
        raise WireError("an array beyond its memory")
    if size == 0:
        array = np.ndarray(shape, dtype)
    else:
        array = np.ndarray(shape, dtype, entry.flat, offset, strides)
    check_values(array, dtype)
    if not (writable and entry.writable) and array.flags.writeable:
        array.flags.writeable = False
    return array


def decode_whole(item: list, source):
    """Make an array in C order that owns its memory; without a number it is nobody else's."""
    if len(item) < 4:
        raise WireError("a wrong array")
    number, name, start = item[1:4]
    shape = item[4:]
    dtype = _dtypes.get(name) if type(name) is str else None
    if dtype is None:
        dtype = read_dtype(name)
    length = read_shape(shape, dtype.itemsize, source.limit) * dtype.itemsize
    body = source.body
    if type(start) is not int or not 0 <= start <= len(body) - length or not length:
        raise WireError("an array beyond the message")
    array = np.ndarray(shape, dtype, body, start).copy()
    if dtype.kind in "bU":
        check_values(array, dtype)
    if number != 0 or type(number) is not int:
        source.new(number, Buffer.whole(array, bytes(body[start : start + length])))
    return array


def decode_new(item: list, source):
    """Make a buffer that is new here, and the first view of it."""
    if len(item) != 9:
        raise WireError("a wrong array")
    _, number, name, shape, order, offset, writable, start, length = item
    data = source.bytes([start, length])
    dtype = read_dtype(name)
    size = read_shape(shape, dtype.itemsize, source.limit)
    if [offset, order, writable] in WHOLES and size * dtype.itemsize == length:
        return _whole(item, data, dtype, size, source)
    owner = np.frombuffer(data, BYTE).copy()
    entry = Buffer(owner, data, 0, length, writable == 1)
    source.new(number, entry)
    return view_of(entry, item[2:7], source)


def _whole(item, data, dtype, size, source):
    """Make an array that is all of its buffer: it owns its memory, as a student's would."""
    _, number, _, shape, order = item[:5]
    if not size:
        array = np.empty(shape, dtype)
        source.new(number, Buffer(array, data))
        return array
    flat = np.frombuffer(data, dtype)
    if dtype.kind in ("b", "U"):
        check_values(flat, dtype)
    if order and len(shape) > 1:
        array = flat.reshape(shape, order="F").copy(order="K")
        source.new(number, Buffer(array, data))
    else:
        array = (flat if len(shape) == 1 else flat.reshape(shape)).copy()
        entry = source.new(number, Buffer.whole(array, data))
        entry.exact = None
    return array


def decode_view(item: list, source):
    """Make a view of a buffer that is here."""
    if len(item) != 7:
        raise WireError("a wrong array")
    entry = source.shared.entry(item[1])
    if not isinstance(entry, Buffer):
        raise WireError("a view of what is no array")
    if item[6] == 1 and (source.trusting or not entry.ours):
        entry.writable = True
    view = view_of(entry, item[2:], source)
    owner = entry.obj
    same = item[5] == entry.start == 0 and all(
        getattr(view, name) == getattr(owner, name) for name in ("shape", "dtype", "strides")
    )
    return owner if same and view.flags.writeable == owner.flags.writeable else view


def decode_objects(item: list, source):
    """Make an array of objects; it is numbered before its elements are read: it may hold itself."""
    if len(item) != 5 or type(item[4]) is not list:
        raise WireError("a wrong array")
    _, number, shape, writable, items = item
    if read_shape(shape, 8, source.limit) != len(items):
        raise WireError("a wrong array")
    array = np.empty(shape, object)
    entry = source.new(number, Objects(array))
    with source.deeper():
        fill(array, [source.decode(part) for part in items])
    entry.known = entry.state()
    if writable != 1:
        array.flags.writeable = False
    return array


def encode_scalar(value, out) -> list:
    """Encode a NumPy scalar by its bytes."""
    if value.dtype.kind == "O" or value.dtype.hasobject:
        raise TypeError("this NumPy scalar does not cross")
    return ["s", dtype_name(value.dtype), *out.bytes(value.tobytes())]


def decode_scalar(item: list, source):
    """Make a NumPy scalar from as many bytes as its dtype has."""
    if len(item) != 4:
        raise WireError("a wrong scalar")
    dtype, data = read_dtype(item[1]), source.bytes(item[2:])
    if len(data) != dtype.itemsize:
        raise WireError("a wrong scalar")
    if not dtype.itemsize:
        return dtype.type()
    array = np.frombuffer(data, dtype)
    check_values(array, dtype)
    return array[0]


def encode_dtype(value, out) -> list:
    """Encode a dtype by its name."""
    return ["dt", "O" if value.kind == "O" else dtype_name(value)]


def decode_dtype(item: list, source) -> np.dtype:
    """Make a dtype; that of objects is harmless without memory to go with it."""
    if len(item) == 2 and item[1] == "O":
        return np.dtype(object)
    return read_dtype(item[1] if len(item) == 2 else None)
