"""Values as JSON and bytes, and back: exact types, bounded, nothing evaluated.

Plain atoms are JSON; everything else is a list that starts with a tag. `Out` writes one message,
`Source` reads one. What does not cross by value is left to the side's ``refer`` and ``resolve``.
"""

from __future__ import annotations

import struct

from safegrade.wire.bounds import DEPTH, INTEGER, TEXT
from safegrade.wire.errors import WireError
from safegrade.wire.shared import Shared

SMALL = 2**62


class NotCrossing(TypeError):
    """A value that does not cross."""


KEYS = {"t", "z", "i", "f", "c", "u", "b", "s", "d", "dt", "el", "ni", "N"}  # tags of dict keys


class Out:
    """One message in the making.

    Parameters
    ----------
    shared
        The shared objects of this side.
    refer
        Called with this message and a value that does not cross by value; returns its encoding.
    """

    __slots__ = (
        "commits", "created", "depth", "fresh", "parts", "refer", "shared", "size", "undo"
    )  # fmt: skip

    def __init__(self, shared: Shared, refer=None):
        self.shared, self.refer = shared, refer or refuse
        self.parts: list[bytes] = []
        self.size = self.depth = 0
        self.created: list[int] = []
        self.commits: list = []
        self.undo: list = []
        self.fresh: dict = {}  # arrays without a number so far, by identity

    def encode(self, value):
        """Encode one value; a TypeError or ValueError if it can't cross."""
        kind = type(value)
        if kind is float:
            return value if value == value else _nan(value)
        if value is None or kind is bool:
            return value
        if kind is int:
            return value if -SMALL < value < SMALL else _integer(value)
        if kind is str and value.isascii() and len(value) <= TEXT:
            return value
        encoder = ENCODERS.get(kind)
        return self.refer(self, value) if encoder is None else encoder(value, self)

    def bytes(self, data: bytes) -> list[int]:
        """Put bytes after the header; return where they are."""
        start = self.size
        self.parts.append(data)
        self.size += len(data)
        return [start, len(data)]

    def new(self, entry) -> int:
        """Give a number to a shared object that the other side hasn't seen."""
        number = self.shared.give(entry)
        self.created.append(number)
        return number

    def number(self, place) -> int | None:
        """Return the number of what is shared already, found by its identity."""
        fresh = self.fresh.pop(place, None)
        if fresh is not None:
            fresh.keep(self)
        return self.shared.numbers.get(place)

    def attempt(self, function, *args):
        """Encode something; if it fails, nothing of it was introduced and the rest goes on."""
        created, fresh, depth = len(self.created), set(self.fresh), self.depth
        try:
            return function(*args)
        except BaseException:
            for number in self.created[created:]:
                self.shared.drop(number)
            del self.created[created:]
            self.fresh = {place: kept for place, kept in self.fresh.items() if place in fresh}
            self.depth = depth
            raise

    def settle(self) -> None:
        """Give numbers to the fresh arrays that this side holds on to; no others need them."""
        for fresh in self.fresh.values():
            if fresh.held():
                fresh.keep(self)
        self.fresh = {}

    def key(self, value):
        """Encode a key of a dict or a member of a set: plain and immutable."""
        coded = self.encode(value)
        if not plain_key(coded):
            raise TypeError(f"a {type(value).__name__} as a key does not cross")
        return coded

    def pairs(self, items: dict) -> list:
        """Encode keys and values in turn."""
        coded = []
        with self.deeper():
            for key, value in items.items():
                coded += (self.key(key), self.encode(value))
        return coded

    def deeper(self):
        """One level down, within ``with``; a ValueError below the deepest."""
        self.depth += 1
        if self.depth > DEPTH:
            self.depth = 0
            raise ValueError("a value that is nested too deep to cross")
        return self

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.depth -= 1

    def done(self) -> None:
        """Note that the message went: what was sent is what the other side knows."""
        for entry, state in self.commits:
            entry.known = state

    def cancel(self) -> None:
        """Forget what a message introduced that did not go."""
        for number in self.created:
            self.shared.drop(number)
        for action, argument in self.undo:
            action(argument)


def refuse(_, value):
    """Refuse a value that has no code."""
    raise TypeError(f"a {type(value).__name__} does not cross by value")


class Source:
    """One message that arrived: reads values out of it and trusts nothing.

    Parameters
    ----------
    body
        The bytes after the header.
    shared
        The shared objects of this side.
    resolve
        Called with this source and a list whose tag is not of a plain value.
    limit
        The largest number of bytes of one array.
    trusting
        Whether the sender is the trusted side (it may widen what is writable).
    """

    __slots__ = ("body", "depth", "limit", "resolve", "shared", "trusting")

    def __init__(self, body, shared: Shared, resolve=None, limit: int = 2**26, trusting=False):
        self.body, self.shared, self.resolve = body, shared, resolve or unknown
        self.limit, self.trusting, self.depth = limit, trusting, 0

    def decode(self, coded):
        """Decode one value; a WireError if no honest side sends it."""
        if type(coded) is not list:
            if type(coded) is dict:
                raise WireError("a JSON object")
            return coded
        tag = coded[0] if coded else None
        decoder = DECODERS.get(tag) if type(tag) is str else None
        return self.resolve(self, coded) if decoder is None else decoder(coded, self)

    def bytes(self, place) -> bytes:
        """Return the bytes at ``[start, length]``, if the message has them."""
        if type(place) is not list or len(place) != 2:
            raise WireError("bytes without a place")
        start, length = place
        if type(start) is not int or type(length) is not int:
            raise WireError("bytes without a place")
        if start < 0 or length < 0 or start + length > len(self.body):
            raise WireError("bytes beyond the message")
        return bytes(self.body[start : start + length])

    def new(self, number, entry):
        """Keep a shared object under the number that the other side gave; return the entry."""
        self.shared.take(number, entry)
        return entry

    def key(self, coded):
        """Decode a key: only values whose hash is Python's own."""
        if not plain_key(coded):
            raise WireError("a key that is not plain")
        value = self.decode(coded)
        if type(coded) is list:
            try:
                hash(value)
            except TypeError as error:
                raise WireError("a key without a hash") from error
        return value

    def pairs(self, items: list, into: dict) -> dict:
        """Decode keys and values in turn."""
        if len(items) % 2:
            raise WireError("a key without a value")
        with self.deeper():
            for place in range(0, len(items), 2):
                into[self.key(items[place])] = self.decode(items[place + 1])
        return into

    def sequence(self, coded) -> list:
        """Check that this is a list of codes."""
        if type(coded) is not list:
            raise WireError("a list was expected")
        return coded

    def deeper(self):
        """One level down, within ``with``; a WireError below the deepest."""
        self.depth += 1
        if self.depth > DEPTH + 10:
            raise WireError("a message that is nested too deep")
        return self

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.depth -= 1


def plain_key(coded) -> bool:
    """Whether a code is of a value that Python itself hashes and compares, all through."""
    if type(coded) is not list:
        return type(coded) is not dict
    if not coded or type(coded[0]) is not str or coded[0] not in KEYS:
        return False
    return all(plain_key(part) for part in coded[1:] if type(part) is list)


def plain_keys(value) -> bool:
    """Whether all keys of a dict, or members of a set, have a type that crosses as a key."""
    return all(type(key) in HASHABLE or _plain_tuple(key) for key in value)


def _plain_tuple(key) -> bool:
    if isinstance(key, tuple | frozenset):
        return plain_keys(key)
    return isinstance(key, HASHABLE_BASES) or (type(key) in ENCODERS and type(key) not in SHARED)


HASHABLE = frozenset({str, int, float, bool, complex, bytes, type(None), type(Ellipsis)})
HASHABLE_BASES = (str, int, float, complex, bytes)
SHARED = frozenset({list, dict, set, bytearray, slice, range, type({}.values())})


def unknown(_, coded):
    """Refuse a tag that nobody knows."""
    raise WireError("a value of an unknown kind")


def _nan(value: float):
    """NaN is JSON's unless it carries a sign or a payload."""
    bits = struct.pack("<d", value)
    return value if bits == PLAIN_NAN else ["f", bits.hex()]


PLAIN_NAN = struct.pack("<d", float("nan"))


def _integer(value: int) -> list:
    if value.bit_length() > 4 * INTEGER:
        raise ValueError("an integer that is too large to cross")
    return ["i", hex(value)]


ENCODERS: dict = {}  # by type; `codes` and `numerics` fill both tables
DECODERS: dict = {}  # by tag


def encode(value, table: Shared) -> tuple[list, bytes]:
    """Encode a plain value: its JSON and the bytes that go with it."""
    import safegrade.wire.numerics  # noqa: F401  (the codes join the tables)

    out = Out(table)
    return out.encode(value), b"".join(out.parts)


def decode(data: tuple[list, bytes], table: Shared):
    """Decode what `encode` made, or an enemy."""
    import safegrade.wire.numerics  # noqa: F401

    return Source(data[1], table).decode(data[0])
