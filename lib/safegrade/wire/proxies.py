"""Objects of the other process: what is done to a `Reference` is asked over the line.

A reference's class has exactly the special methods that the object's own class has, so that Python
itself decides what is callable, iterable, hashable or can be added.
"""

from __future__ import annotations

import inspect
import itertools
import types
from contextlib import suppress

from safegrade.wire.bounds import NAME, REPR
from safegrade.wire.errors import GuestLost, WireError
from safegrade.wire.special import COMPARISONS, EXACT, IDENTIFIER, SPECIAL

ASKED = frozenset({"__name__", "__qualname__", "__dict__"})  # dunder names that cross as attributes
DISGUISES = {"function": types.FunctionType, "generator": types.GeneratorType}


class Kind:
    """A class of the other process: its name, its special methods, its ancestors."""

    __slots__ = ("ancestors", "cls", "name", "number", "special")

    def __init__(self, number: int, name: str, special: frozenset[str], ancestors: tuple):
        self.number, self.name, self.ancestors = number, name, ancestors
        self.special = special
        self.cls = reference_class(name, special)


class Reference:
    """An object of the other process."""

    __slots__ = (
        "__weakref__",
        "_wire_count",
        "_wire_handle",
        "_wire_instances",
        "_wire_kind",
        "_wire_peer",
    )
    __array_ufunc__ = None  # NumPy leaves operators to the object

    def __init__(self, *args, **kwargs):
        raise TypeError("a class of the other process cannot be derived from")

    def __del__(self):
        with suppress(AttributeError):
            self._wire_peer.released.append((self._wire_handle, self._wire_count))

    @property
    def __class__(self):
        return DISGUISES.get(self._wire_kind.name, type(self))

    @property
    def __doc__(self):
        return self._wire_peer.ask("doc", self)

    @property
    def __signature__(self):
        return signature_of(self._wire_peer.ask("signature", self))

    def __getattr__(self, name):
        if name.startswith("_wire_") or hidden(name):
            raise AttributeError(f"{self._wire_kind.name!r} object has no attribute {name!r}")
        return self._wire_peer.ask("getattr", self, name)

    def __setattr__(self, name, value):
        if hidden(name):
            raise AttributeError(f"attribute {name!r} cannot be set from here")
        self._wire_peer.ask("setattr", self, name, value)

    def __delattr__(self, name):
        if hidden(name):
            raise AttributeError(f"attribute {name!r} cannot be deleted from here")
        self._wire_peer.ask("delattr", self, name)

    def __dir__(self):
        names = self._wire_peer.ask("dir", self)
        return [name for name in names if type(name) is str] if type(names) is list else []

    def __repr__(self):
        try:
            return operate(self, "__repr__")[:REPR]
        except GuestLost:
            return f"<{self._wire_kind.name} of a process that is gone>"

    def __str__(self):
        return operate(self, "__str__")[:REPR]

    def __format__(self, spec):
        return operate(self, "__format__", spec)[:REPR]

    def __instancecheck__(self, instance):
        return exactly(bool, self._wire_peer.ask("isinstance", self, instance))

    def __subclasscheck__(self, cls):
        return exactly(bool, self._wire_peer.ask("issubclass", self, cls))

    def __mro_entries__(self, bases):
        raise TypeError(f"a test cannot derive from {self._wire_kind.name} of the other process")

    def __copy__(self):
        return self._wire_peer.ask("copy", self, False)

    def __deepcopy__(self, memo):
        return self._wire_peer.ask("copy", self, True)

    def __reduce_ex__(self, protocol):
        raise TypeError("an object of the other process cannot be pickled")


def hidden(name: str) -> bool:
    """Whether Python or a library asks, on its own account, for an attribute it would trust."""
    if name.startswith("__") and name.endswith("__"):
        return name not in ASKED
    return name.startswith(("_repr_", "_ipython_"))


def exactly(kind: type, value):
    """Return *value* if it is exactly of this type, else raise a TypeError."""
    if type(value) is not kind:
        raise TypeError(f"{kind.__name__} expected, not {type(value).__name__}")
    return value


def operate(reference, name: str, *args):
    """Ask for a special method and check what came."""
    value = reference._wire_peer.operate(reference, name, args)
    kind = EXACT.get(name)
    if kind is not None:
        return exactly(kind, value)
    if name in COMPARISONS and isinstance(value, Reference):
        raise TypeError("a comparison gave an object where a truth value was expected")
    return value


def _method(name: str):
    """Make the special method *name* of references."""
    if name == "__call__":

        def method(self, /, *args, **kwargs):
            return self._wire_peer.ask("call", self, *args, **kwargs)

    elif name == "__exit__":

        def method(self, kind, error, traceback):
            return self._wire_peer.leave(self, error)

    elif name == "__array__":

        def method(self, dtype=None, copy=None):
            array = operate(self, name)
            if type(array).__module__ != "numpy" or type(array).__name__ != "ndarray":
                raise TypeError("__array__ gave no array")
            if self._wire_peer.doubts:
                _check_shape(self, array.shape)
            return array if dtype is None else array.astype(dtype)

    elif name == "__iter__":

        def method(self):
            iterator = operate(self, name)
            doubtful = self._wire_peer.doubts and "__len__" in self._wire_kind.special
            doubtful = doubtful and iterator is not self
            return _counted(self, iterator) if doubtful else iterator

    else:

        def method(self, *args):
            return operate(self, name, *args)

    method.__name__ = name
    return method


def _check_shape(reference, shape: tuple) -> None:
    """Raise where an object that becomes an array says that it has another shape or length."""
    said = getattr(reference, "shape", shape)
    if type(said) is tuple and said != shape:
        raise TypeError(f"an object of shape {said} became an array of shape {shape}")
    if shape and "__len__" in reference._wire_kind.special and len(reference) != shape[0]:
        raise TypeError(f"an object of length {len(reference)} became an array of shape {shape}")


def _counted(reference, items):
    """Yield the items of an object that has a length; raise where it has none against its word.

    Other numbers are honest: a table of three rows may yield its two columns.
    """
    count = 0
    for item in items:
        count += 1
        yield item
    if count == 0 != len(reference):
        raise TypeError(f"an object of length {len(reference)} has {count} items")


def _go_through(reference):
    """Yield what an object without an iterator has at 0, 1, ... as Python would."""
    items = _places(reference)
    return _counted(reference, items) if reference._wire_peer.doubts else items


def _places(reference):
    with suppress(IndexError):
        for place in itertools.count():
            yield reference[place]


METHODS = {name: _method(name) for name in SPECIAL}


def reference_class(name: str, special: frozenset[str]) -> type:
    """Make the class of references to objects with these special methods."""
    members = {method: METHODS[method] for method in special}
    members["__slots__"], members["__doc__"] = (), Reference.__dict__["__doc__"]
    if "__hash__" not in special:
        members["__hash__"] = None if "__eq__" in special else object.__hash__
    if "identity" in special:
        members["__hash__"] = object.__hash__
    if {"__len__", "__getitem__"} <= special and "__iter__" not in special:
        members["__iter__"] = _go_through
    return type(name, (Reference,), members)


def read_kind(number: int, coded: list) -> Kind:
    """Check the description of a class that the other side sent."""
    if type(coded) is not list or len(coded) != 3:
        raise WireError("a wrong description of a class")
    name, special, ancestors = coded
    if type(name) is not str or not IDENTIFIER.fullmatch(name) or len(name) > NAME:
        name = "object"
    if type(special) is not list or not all(
        type(method) is str and (method in SPECIAL or method == "identity") for method in special
    ):
        raise WireError("a wrong description of a class")
    if type(ancestors) is not list or not all(type(base) is int for base in ancestors):
        raise WireError("a wrong description of a class")
    return Kind(number, name, frozenset(special) & (SPECIAL | {"identity"}), tuple(ancestors))


def make_reference(peer, handle: int, kind: Kind) -> Reference:
    """Make a reference to the object with this handle."""
    reference = object.__new__(kind.cls)
    place = object.__setattr__
    place(reference, "_wire_peer", peer)
    place(reference, "_wire_handle", handle)
    place(reference, "_wire_kind", kind)
    place(reference, "_wire_count", 1)
    place(reference, "_wire_instances", 0)  # of a class: the kind of its instances
    return reference


def signature_of(parameters) -> inspect.Signature:
    """Build a signature of plain data: ``[name, kind, defaults...]`` of each parameter."""
    if type(parameters) is not list:
        raise ValueError("no signature found")
    built = []
    for item in parameters:
        if type(item) is not list or len(item) not in (2, 3) or type(item[0]) is not str:
            raise ValueError("no signature found")
        if type(item[1]) is not int or not 0 <= item[1] <= 4:
            raise ValueError("no signature found")
        default = item[2] if len(item) == 3 else inspect.Parameter.empty
        kind = inspect._ParameterKind(item[1])
        built.append(inspect.Parameter(item[0], kind, default=default))
    return inspect.Signature(built)
