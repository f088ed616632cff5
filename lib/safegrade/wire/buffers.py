"""What both sides keep in step of arrays: the bytes of a memory, or the objects in one."""

from __future__ import annotations

from sys import getrefcount

import numpy as np

from safegrade.wire.errors import WireError
from safegrade.wire.layouts import BYTE, check_values, flatten
from safegrade.wire.shared import Entry


class Buffer(Entry):
    """The memory of an array, or a stretch of it, that views on both sides share."""

    __slots__ = ("_flat", "exact", "start", "stop", "writable")

    def __init__(self, obj, known=None, start=0, stop=None, writable=True):
        self.start, self.stop, self.writable = start, obj.nbytes if stop is None else stop, writable
        self._flat = self.exact = None
        super().__init__(obj, known)

    def key(self):
        """Find the whole memory of an array by the array, a stretch with its ends."""
        if self.stop - self.start == self.obj.nbytes:
            return id(self.obj)
        return (id(self.obj), self.start, self.stop)

    def held(self) -> bool:
        """Whether anyone else holds the array or a view of its bytes."""
        if self._flat is None:
            return getrefcount(self.obj) > 2
        return getrefcount(self.obj) > 3 or getrefcount(self._flat) > 2

    @classmethod
    def whole(cls, array, known: bytes, writable: bool = True):
        """Make the entry of an array in C order that owns its memory: quicker than in general."""
        entry = cls.__new__(cls)
        entry.obj, entry.known, entry.place, entry.ours = array, known, id(array), True
        entry.start, entry.stop, entry.writable, entry._flat = 0, len(known), writable, None
        # what the object is on both sides: then a reference says all
        entry.exact = (array.shape, array.dtype) if writable and known else None
        return entry

    @property
    def flat(self):
        """The bytes, as an array that shares the memory."""
        if self._flat is None:
            self._flat = flatten(self.obj)[self.start : self.stop]
        return self._flat

    def state(self):
        """Return the bytes."""
        array = self.obj
        whole = self.stop - self.start == array.nbytes
        return (array if whole and array.flags.c_contiguous else self.flat).tobytes()

    def changed(self) -> bool:
        """Whether a byte differs."""
        array = self.obj
        if self.exact is not None and array.flags.c_contiguous:
            data = array.tobytes()
            if len(data) == len(self.known):
                return data != self.known
        return self.state() != self.known

    def content(self, out):
        """Encode all bytes."""
        return out.bytes(self.state())

    def read(self, content, source):
        """Take as many bytes as there are, for memory that may be written."""
        data = source.bytes(content)
        locked = self.ours and not (self.writable and self.flat.flags.writeable)
        if locked or len(data) != self.stop - self.start:
            raise WireError("a change of an array that cannot be")
        check_values(np.frombuffer(data, BYTE), self.obj.dtype)
        return data

    def apply(self, content) -> None:
        """Write the bytes in place."""
        if self.flat.flags.writeable:  # this side may have locked what the other one made
            self.flat[:] = np.frombuffer(content, BYTE)


class Fresh:
    """A new array in a message: it gets a number only if its sender holds on to it.

    Most results are made for one answer and forgotten by who made them: nothing is to be kept in
    step then.
    """

    __slots__ = ("array", "coded", "data")

    def __init__(self, array, data: bytes, coded: list):
        self.array, self.data, self.coded = array, data, coded

    def held(self) -> bool:
        """Whether anyone but the message holds the array."""
        return getrefcount(self.array) > 2

    def keep(self, out) -> None:
        """Share the array after all."""
        self.coded[1] = number = out.shared.give(Buffer.whole(self.array, self.data))
        out.undo.append((out.shared.drop, number))


class Objects(Entry):
    """An array of Python objects: element by element, never by its memory."""

    __slots__ = ()

    def state(self):
        """Its elements in C order."""
        return self.obj.ravel().tolist() if self.obj.ndim else [self.obj.item()]

    def read(self, content, source):
        """Decode as many elements as there are."""
        items = super().read(content, source)
        if len(items) != self.obj.size or not self.obj.flags.writeable:
            raise WireError("a change of an array that cannot be")
        return items

    def apply(self, content) -> None:
        """Replace the elements."""
        fill(self.obj, content)


def fill(array, items) -> None:
    """Put *items* in an array of objects, in C order, without looking into them."""
    for place, item in zip(np.ndindex(array.shape), items, strict=True):
        array[place] = item
