"""What one process would share beside values: global random state, errstate, warnings."""

from __future__ import annotations

import ctypes
import random
import sys
import warnings

from safegrade.wire.bounds import NAME, TEXT, WARNINGS
from safegrade.wire.errors import WireError
from safegrade.wire.exceptions import BUILTINS
from safegrade.wire.generators import alike, read_state, write_state

HEAD = object.__basicsize__


class Randoms:
    """The global generators of ``random`` and ``numpy.random``, sent when they changed.

    A few words of their memory are compared, which costs a hundredth of asking for their state: a
    draw moves the position or, when all words are used up, makes all of them anew, and so does a
    seed. CPython's ``id`` is an address; what lies there is only ever compared.

    Parameters
    ----------
    leads
        Whether this side's state holds at the start (the tests' does).
    """

    def __init__(self, leads: bool):
        self.prints = {} if leads else {name: self._print(name) for name in ("random", "numpy")}

    @staticmethod
    def _print(name: str):
        """Return bytes that change with every draw and seed."""
        if name == "random":
            own = random._inst
            words = _words.get(id(own)) or _look(own, id(own) + HEAD, 3)
            return words[0], words[1], words[2], own.gauss_next
        source = _numpy_global()
        if source is None:
            return None
        own, words = source  # a second normal number waits in the memory of the object itself
        raw = ctypes.string_at(id(own) + HEAD, type(own).__basicsize__ - HEAD)
        return words[0], words[1], words[624], raw

    def changes(self, out):
        """Encode the states that changed on this side since the last message; 0 if none did."""
        found, prints = 0, self.prints
        for name in ("random", "numpy"):
            now = self._print(name)
            if now != prints.get(name):
                prints[name] = now
                found = found or []
                found += (name, out.encode(read_state(_generator(name))))
        return found

    def apply(self, coded, source) -> None:
        """Set the states that the other side sent."""
        if coded == 0:
            return
        items = source.sequence(coded)
        for place in range(0, len(items) - 1, 2):
            name, state = items[place], source.decode(items[place + 1])
            if name not in ("random", "numpy"):
                raise WireError("a random state of nothing")
            if name == "numpy" and _numpy_global() is None:
                continue
            generator = _generator(name)
            if not alike(state, read_state(generator)):
                raise WireError("a state of a random generator that cannot be")
            write_state(generator, state)
            self.prints[name] = self._print(name)


def _generator(name: str):
    """Return the global generator."""
    return random._inst if name == "random" else sys.modules["numpy.random"].mtrand._rand


_words: dict = {}  # of generators by their id, which must live as long as this does
_kept: list = []


def _look(owner, address: int, count: int):
    """Return the words of memory of a generator; it is kept, as they are read again and again."""
    if len(_kept) < 100:
        _kept.append(owner)
        _words[id(owner)] = (ctypes.c_uint32 * count).from_address(address)
        return _words[id(owner)]
    return (ctypes.c_uint32 * count).from_address(address)


def _numpy_global():
    """Return NumPy's global generator and its words; None without them."""
    numpy_random = sys.modules.get("numpy.random")
    if numpy_random is None or not hasattr(numpy_random, "mtrand"):
        return None
    own = numpy_random.mtrand._rand
    bits = own._bit_generator
    words = _words.get(id(bits))
    if words is None:
        if type(bits).__name__ != "MT19937":
            return None
        words = _look(bits, bits.ctypes.state_address, 625)
    return own, words


class ErrState:
    """NumPy's floating-point error handling, which holds in the guest as in the tests."""

    def __init__(self):
        self.known = self.marker = None

    def changes(self):
        """Return the four modes when they changed; 0 if not."""
        numpy = sys.modules.get("numpy")
        if numpy is None:
            return 0
        marker = current(numpy)
        if marker is not None and marker is self.marker:
            return 0
        self.marker = marker
        now = numpy.geterr()
        if self.known is None:
            self.known = {"divide": "warn", "over": "warn", "under": "ignore", "invalid": "warn"}
        if now == self.known:
            return 0
        self.known = now
        return [
            part if part not in ("call", "log") else "warn" for pair in now.items() for part in pair
        ]

    @staticmethod
    def apply(coded) -> None:
        """Set the modes."""
        if coded and "numpy" in sys.modules:
            sys.modules["numpy"].seterr(**dict(zip(coded[::2], coded[1::2], strict=True)))


def current(numpy):
    """Return an object that is another one after each change of the modes; None if NumPy has none.

    Asking for the modes themselves takes ten times as long.
    """
    variable = getattr(numpy._core.umath, "_extobj_contextvar", None)
    return None if variable is None else variable.get()


class Warned:
    """The warnings of student code within a call, noted to be issued where the tests run."""

    def __init__(self):
        self.noted: list = []
        self.usual = self.seen = list(warnings.filters)
        self.made = [("always", None, Warning, None, 0)]

    def __enter__(self):
        self.saved = warnings.filters, warnings.showwarning
        if warnings.filters != self.seen:
            self.seen = list(warnings.filters)
            added = [item for item in self.seen if item not in self.usual]
            self.made = [*added, ("always", None, Warning, None, 0)]
        warnings.filters = self.made.copy()
        warnings._filters_mutated()
        warnings.showwarning = self.note
        return self

    def __exit__(self, *exception):
        warnings.filters, warnings.showwarning = self.saved
        warnings._filters_mutated()

    def note(self, message, category, filename, lineno, file=None, line=None):
        """Note one warning."""
        if len(self.noted) < WARNINGS:
            text = str(message)[:TEXT].encode("utf-8", "replace").decode()
            name = next((c.__name__ for c in category.__mro__ if known(c)), "UserWarning")
            self.noted.append([name, text, lineno if type(lineno) is int else 0])

    def take(self):
        """Return what was noted; 0 if nothing was."""
        noted, self.noted = self.noted, []
        return noted or 0


def known(category: type) -> bool:
    """Whether a category of warnings is a built-in one."""
    return BUILTINS.get(category.__name__) is category and issubclass(category, Warning)


def read_warnings(coded) -> list:
    """Check the warnings that the guest noted."""
    if coded == 0:
        return []
    if type(coded) is not list or len(coded) > WARNINGS:
        raise WireError("wrong warnings")
    for item in coded:
        if type(item) is not list or [type(part) for part in item] != [str, str, int]:
            raise WireError("wrong warnings")
        if len(item[0]) > NAME or len(item[1]) > TEXT or abs(item[2]) > 2**31:
            raise WireError("wrong warnings")
    return coded


def issue(noted: list) -> None:
    """Issue the guest's warnings here: this side's filters decide what becomes of them."""
    for name, text, line in noted:
        category = BUILTINS.get(name)
        if category is None or not issubclass(category, Warning):
            category = UserWarning
        warnings.warn_explicit(text, category, "<answer>", line, module="__main__")
