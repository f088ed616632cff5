"""What crosses by name: functions of well-known libraries, harmless types, named tuples."""

from __future__ import annotations

import collections
import importlib
import keyword
import re
import sys
import types

from safegrade.wire.bounds import NAME
from safegrade.wire.errors import WireError
from safegrade.wire.numbering import Numbering

LIBRARIES = ("builtins", "math", "cmath", "operator", "random", "functools", "itertools", "numpy")
RANDOM = ("numpy.linalg", "numpy.random", "random")
LIBRARIES += ("numpy.linalg", "numpy.random", "numpy.fft", "statistics", "time")
TYPES = {
    kind.__name__: kind
    for kind in (int, float, complex, bool, str, bytes, bytearray, list, tuple, dict, set)
} | {"frozenset": frozenset, "object": object, "NoneType": type(None), "range": range}
SCALARS = re.compile(r"(?:bool|u?int(?:8|16|32|64)|float(?:16|32|64)|complex(?:64|128)|ndarray)_?")
FIELD = re.compile(r"[A-Za-z][A-Za-z0-9_]*")


def name_of(value) -> list | None:
    """Return library and name under which any process finds *value*, or None.

    >>> name_of(abs)
    ['builtins', 'abs']
    """
    name = getattr(value, "__name__", None)
    if type(name) is not str:
        return None
    if type(value) is types.ModuleType:
        return [name, ""] if name in LIBRARIES and sys.modules.get(name) is value else None
    home = getattr(value, "__module__", None)
    homes = [home] if type(home) is str and home in LIBRARIES else []
    for library in (*homes, "numpy", "math", "builtins", "operator", *RANDOM):
        if getattr(sys.modules.get(library), name, None) is value:
            return [library, name]
    return None


def find(library: str, name: str):
    """Return what `name_of` named; only what the trusted side sends comes here."""
    module = importlib.import_module(library)
    return getattr(module, name) if name else module


def type_name(cls: type) -> str | None:
    """Return the name of a type on the list of harmless ones, or None."""
    if TYPES.get(cls.__name__) is cls:
        return cls.__name__
    numpy = sys.modules.get("numpy")
    if numpy is not None and SCALARS.fullmatch(cls.__name__):
        return f"numpy.{cls.__name__}" if getattr(numpy, cls.__name__, None) is cls else None
    return None


def find_type(name) -> type:
    """Return the harmless type with this name; a WireError for any other."""
    if type(name) is str:
        if name in TYPES:
            return TYPES[name]
        if name.startswith("numpy.") and SCALARS.fullmatch(name[6:]):
            import numpy

            return getattr(numpy, name[6:], None) or _unknown()
    return _unknown()


def _unknown():
    raise WireError("a type that is not allowed")


def is_namedtuple(cls: type) -> bool:
    """Whether a class was made by ``namedtuple`` or ``NamedTuple``, or derives from one."""
    fields = getattr(cls, "_fields", None)
    return (
        issubclass(cls, tuple)
        and type(fields) is tuple
        and all(type(name) is str and FIELD.fullmatch(name) for name in fields)
    )


class Tuples(Numbering):
    """The classes of named tuples that this side gave or made, by number."""

    def encode(self, value, out) -> list:
        """Encode a named tuple: class and items."""
        cls = type(value)
        number = self.give(cls)
        if number is None:
            raise ValueError("too many classes of named tuples")
        with out.deeper():
            items = [out.encode(item) for item in tuple.__iter__(value)]
        return ["N", number, cls.__name__[:NAME], " ".join(cls._fields), *items]

    def decode(self, coded: list, source):
        """Make a named tuple; one of a class that this side gave is its own again."""
        if len(coded) < 4 or type(coded[1]) is not int:
            raise WireError("a wrong named tuple")
        cls = self.classes.get(coded[1]) or self.make(*coded[1:4])
        with source.deeper():
            items = [source.decode(part) for part in coded[4:]]
        if len(items) != len(cls._fields):
            raise WireError("a named tuple of a wrong length")
        return tuple.__new__(cls, items)

    def make(self, number: int, name, fields) -> type:
        """Make a class of named tuples of the other side's description."""
        self.check(number)
        if type(name) is not str or not FIELD.fullmatch(name) or len(name) > NAME:
            name = "Record"
        if type(fields) is not str or len(fields) > 10_000:
            raise WireError("a wrong named tuple")
        names = fields.split(" ") if fields else []
        if keyword.iskeyword(name):
            name = "Record"
        if len(set(names)) != len(names) or not all(
            FIELD.fullmatch(field) and not keyword.iskeyword(field) for field in names
        ):
            raise WireError("a wrong named tuple")
        cls = collections.namedtuple(name, names, module="student")
        self.keep(number, cls)
        return cls


PLAIN = (bool, int, float, complex, str, bytes, bytearray, list, tuple, dict, set, frozenset)


def plain_base(cls: type) -> type | None:
    """Return the plain type that a class derives from, if any."""
    return next((base for base in cls.__mro__[1:] if base in PLAIN), None)
