"""The classes of references: each has the special methods of a class of the other process.

So Python itself decides what is callable, iterable, hashable or can be added.
"""

from __future__ import annotations

import itertools
from contextlib import suppress

from safegrade.wire.bounds import NAME
from safegrade.wire.errors import WireError
from safegrade.wire.proxies import Reference, operate
from safegrade.wire.special import IDENTIFIER, SPECIAL


class Kind:
    """A class of the other process: its name, its special methods, its ancestors."""

    __slots__ = ("ancestors", "cls", "name", "number", "special")

    def __init__(self, number: int, name: str, special: frozenset[str], ancestors: tuple):
        self.number, self.name, self.ancestors = number, name, ancestors
        self.special = special
        self.cls = reference_class(name, special)


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
    place(reference, "_wire_gave", False)  # of an iterator: whether it had an item
    place(reference, "_wire_instances", 0)  # of a class: the kind of its instances
    return reference


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
            used_up = iterator is self and self._wire_gave
            return _counted(self, iterator) if doubtful and not used_up else iterator

    elif name == "__next__":

        def method(self):
            item = operate(self, name)
            object.__setattr__(self, "_wire_gave", True)
            return item

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
    empty = True
    while True:
        try:
            item = next(items)
        except StopIteration:
            break
        empty = False
        yield item
    if empty and len(reference):
        raise TypeError(f"an object of length {len(reference)} has no items")


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
