"""What both sides hold a copy of and may change: kept in step at every message.

Each list, dict, set, bytearray, array buffer, text stream or random generator that crosses gets a
number. Before a message goes, its sender compares what it shares with what the other side last
saw and sends along what changed; what nobody on the sender's side holds any more is dropped.
"""

from __future__ import annotations

from itertools import chain
from operator import is_
from sys import getrefcount

from safegrade.wire.bounds import SHARED
from safegrade.wire.errors import WireError


class Entry:
    """One shared object and what the other side knows of it."""

    __slots__ = ("known", "obj", "ours", "place")
    only = 2  # references to ``obj`` when nobody but the entry holds it

    def __init__(self, obj, known=None):
        self.obj, self.ours = obj, True
        self.known = self.state() if known is None else known
        self.place = self.key()

    def key(self):
        """Return what the object is found by."""
        return id(self.obj)

    def held(self) -> bool:
        """Whether anyone but the entry holds the object."""
        return getrefcount(self.obj) > self.only

    def state(self):
        """Return a shallow copy, to compare with later."""
        raise NotImplementedError

    def changed(self) -> bool:
        """Whether the object differs from what the other side knows."""
        known, now = self.known, self.state()
        return len(known) != len(now) or not all(map(is_, known, now))

    def content(self, out):
        """Encode the content as it is now."""
        return [out.encode(item) for item in self.state()]

    def read(self, content, source):
        """Decode *content* that the other side sent; change nothing yet."""
        return [source.decode(item) for item in source.sequence(content)]

    def apply(self, content) -> None:
        """Put what `read` returned in place."""
        raise NotImplementedError


class SharedList(Entry):
    """A list."""

    __slots__ = ()

    def state(self):
        """Its items."""
        return self.obj.copy()

    def apply(self, content) -> None:
        """Replace the items."""
        self.obj[:] = content


class SharedDict(Entry):
    """A dict: keys and values take turns."""

    __slots__ = ()

    def state(self):
        """Keys and values in order."""
        return list(chain.from_iterable(self.obj.items()))

    def content(self, out):
        """Encode keys (plain ones) and values."""
        return out.pairs(self.obj)

    def read(self, content, source):
        """Decode into a new dict."""
        return source.pairs(source.sequence(content), {})

    def apply(self, content) -> None:
        """Replace the items."""
        self.obj.clear()
        self.obj.update(content)


class SharedSet(Entry):
    """A set of plain values."""

    __slots__ = ()

    def state(self):
        """Its members in the order that it has them."""
        return list(self.obj)

    def content(self, out):
        """Encode the members."""
        return [out.key(item) for item in self.obj]

    def read(self, content, source):
        """Decode the members."""
        return [source.key(item) for item in source.sequence(content)]

    def apply(self, content) -> None:
        """Replace the members."""
        self.obj.clear()
        self.obj.update(content)


class SharedBytes(Entry):
    """A bytearray."""

    __slots__ = ()

    def state(self):
        """Its bytes."""
        return bytes(self.obj)

    def changed(self) -> bool:
        """Whether any byte differs."""
        return self.obj != self.known

    def content(self, out):
        """Encode the bytes."""
        return out.bytes(bytes(self.obj))

    def read(self, content, source):
        """Read the bytes."""
        return source.bytes(content)

    def apply(self, content) -> None:
        """Replace the bytes."""
        self.obj[:] = content


class Shared:
    """The shared objects of one side, by number and by identity.

    Parameters
    ----------
    sign
        1 for the host and -1 for the guest: the sign of the numbers that this side gives.
    """

    def __init__(self, sign: int):
        self.sign, self.next = sign, sign
        self.entries: dict[int, Entry] = {}
        self.numbers: dict = {}
        self.lost: list[int] = []  # dropped, and the other side doesn't know yet

    def give(self, entry: Entry) -> int:
        """Give a number to an object that this side sends for the first time."""
        number = self.next
        self.next += self.sign
        self.put(number, entry)
        return number

    def take(self, number, entry: Entry) -> None:
        """Keep an object that the other side numbered.

        Raises
        ------
        WireError
            If the number is not the other side's to give, or taken.
        """
        if type(number) is not int or number * self.sign >= 0 or number in self.entries:
            raise WireError("a shared object with a wrong number")
        entry.ours = False
        self.put(number, entry)

    def put(self, number: int, entry: Entry) -> None:
        """Keep an entry under its number."""
        self.entries[number] = entry
        self.numbers[entry.place] = number

    def entry(self, number) -> Entry:
        """Return the entry with this number; a WireError if there is none."""
        entry = self.entries.get(number) if type(number) is int else None
        if entry is None:
            raise WireError("a reference to nothing that is shared")
        return entry

    def drop(self, number: int) -> None:
        """Forget an entry; both sides keep what they have as their own."""
        entry = self.entries.pop(number, None)
        if entry is not None:
            self.numbers.pop(entry.place, None)

    def changes(self, out) -> list:
        """Encode what changed on this side since the last message."""
        found = []
        for number, entry in list(self.entries.items()):
            try:
                if entry.changed():
                    found += [number, out.attempt(entry.content, out)]
                    out.commits.append((entry, entry.state()))
            except (TypeError, ValueError):  # something that can't cross was put in
                self.drop(number)
                self.lost.append(number)
        return found

    def sweep(self) -> list[int]:
        """Drop what only the table holds, and the oldest beyond the bound; return the numbers."""
        gone = [number for number, entry in self.entries.items() if not entry.held()]
        if gone:
            gone = self._let_go(gone)
        excess = len(self.entries) - SHARED
        if excess > 0:
            oldest = list(self.entries)[:excess]
            for number in oldest:
                self.drop(number)
            gone += oldest
        self.lost += gone
        return self.lost

    def _let_go(self, gone: list[int]) -> list[int]:
        """Drop entries, and then those that only they held."""
        for number in gone:
            self.drop(number)
        for number, entry in list(self.entries.items()):
            if not entry.held():
                self.drop(number)
                gone.append(number)
        return gone
