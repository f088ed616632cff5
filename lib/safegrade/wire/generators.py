"""Random generators that are passed around: copies on both sides, kept at the same state."""

from __future__ import annotations

import random
import sys
from array import array

from safegrade.wire.coder import DECODERS
from safegrade.wire.errors import WireError
from safegrade.wire.shared import Entry

TWISTER = 4 * 624  # bytes
ZEROS = 12
BITS = ("PCG64", "PCG64DXSM", "MT19937", "Philox", "SFC64")


class SharedGenerator(Entry):
    """A ``random.Random``, ``numpy.random.Generator`` or ``RandomState``."""

    __slots__ = ()

    def state(self):
        """Return the state as nested plain data with bytes for arrays."""
        return read_state(self.obj)

    def changed(self) -> bool:
        """Whether a number was drawn or the generator seeded."""
        return self.state() != self.known

    def content(self, out):
        """Encode the state."""
        return pack(self.state(), out)

    def read(self, content, source):
        """Decode a state of the same form."""
        return unpack(content, self.known, source)

    def apply(self, content) -> None:
        """Set the state."""
        write_state(self.obj, content)


def read_state(generator):
    """Return the state of a generator as nested tuples of numbers, texts and bytes."""
    if type(generator) is random.Random:
        version, words, gauss = generator.getstate()
        return (version, array("I", words).tobytes(), gauss)
    owner = getattr(generator, "bit_generator", None)
    state = owner.state if owner is not None else generator.get_state(legacy=False)
    return _plain(state)


def _plain(value):
    if isinstance(value, dict):
        return tuple((name, _plain(part)) for name, part in sorted(value.items()))
    if hasattr(value, "tobytes") and getattr(value, "ndim", 0):
        return (value.dtype.str, value.tobytes())
    return value.item() if hasattr(value, "item") else value


def write_state(generator, state) -> None:
    """Set the state of a generator."""
    if type(generator) is random.Random:
        version, words, gauss = state
        generator.setstate((version, tuple(array("I", words)), gauss))
        return
    rich = _rich(state)
    if hasattr(generator, "bit_generator"):
        generator.bit_generator.state = rich
    else:
        generator.set_state(rich)


def _rich(value):
    import numpy

    if type(value) is not tuple:
        return value
    if len(value) == 2 and type(value[0]) is str and type(value[1]) is bytes:
        return numpy.frombuffer(value[1], value[0]).copy()
    return {name: _rich(part) for name, part in value}


def pack(state, out):
    """Encode a state."""
    return out.encode(state)


def unpack(coded, like, source):
    """Decode a state of the form of *like*: same names, same types, same sizes."""
    state = source.decode(coded)
    if not alike(state, like):
        raise WireError("a state of a random generator that cannot be")
    return state


def alike(state, like) -> bool:
    """Whether two states have one form.

    >>> alike((1, b"ab", "x"), (2, b"cd", "x")), alike((1, b"a"), (1, b"ab"))
    (True, False)
    >>> alike(bytes(8), bytes(8)), alike(bytes(8), b"no zeros")
    (True, False)
    """
    if type(like) is tuple:
        return (
            type(state) is tuple
            and len(state) == len(like)
            and all(map(alike, state, like))
            and not (len(like) == 2 and like[0] == "pos" and not 0 <= state[1] <= 624)
            and not (len(like) == 2 and like[0] == "inc" and not state[1] % 2)
        )
    if like is None or type(like) is float:
        return state is None or (type(state) is float and abs(state) < 1e3)
    if type(like) is int:
        return type(state) is int and 0 <= state < 2**128
    if type(like) is bytes:
        if type(state) is not bytes or len(state) != len(like):
            return False
        if len(like) >= TWISTER:  # the words of a Mersenne twister: hardly one is ever zero
            return array("I", state).count(0) <= ZEROS
        return any(state) or not any(like)  # a counter begins with zeros, a key has none
    return type(state) is type(like) and state == like


def kind_of(value) -> str | None:
    """Return the name of a generator's kind, or None when it is no generator that crosses."""
    if type(value) is random.Random:
        return "Random"
    numpy_random = sys.modules.get("numpy.random")
    if numpy_random is None:
        return None
    if type(value) is numpy_random.RandomState:
        return "RandomState" if value.get_state(legacy=False)["bit_generator"] == BITS[2] else None
    if type(value) is numpy_random.Generator:
        name = type(value.bit_generator).__name__
        return name if name in BITS else None
    return None


def make(kind: str):
    """Make a generator of this kind."""
    if kind == "Random":
        return random.Random(0)
    import numpy

    if kind == "RandomState":
        return numpy.random.RandomState(0)
    if kind in BITS:
        return numpy.random.Generator(getattr(numpy.random, kind)(0))
    raise WireError("a random generator of an unknown kind")


def encode_generator(value, out) -> list | None:
    """Encode a generator, or return None when it is none."""
    number = out.shared.numbers.get(id(value))
    if number is not None:
        return ["r", number]
    kind = kind_of(value)
    if kind is None:
        return None
    entry = SharedGenerator(value)
    return ["rg", out.new(entry), kind, pack(entry.known, out)]


def decode_generator(coded: list, source):
    """Make a generator with this state."""
    if len(coded) != 4 or type(coded[2]) is not str:
        raise WireError("a wrong random generator")
    generator = make(coded[2])
    entry = SharedGenerator(generator)
    state = unpack(coded[3], entry.known, source)
    source.new(coded[1], entry)
    entry.apply(state)
    entry.known = entry.state()
    return generator


DECODERS["rg"] = decode_generator
