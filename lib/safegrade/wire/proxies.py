"""Objects of the other process: what is done to a `Reference` is asked over the line.

What special methods it has besides, its class says: see `safegrade.wire.kinds`.
"""

from __future__ import annotations

import inspect
import types
from contextlib import suppress

from safegrade.wire.bounds import REPR
from safegrade.wire.errors import GuestLost
from safegrade.wire.special import COMPARISONS, EXACT

ASKED = frozenset({"__name__", "__qualname__", "__dict__"})  # dunder names that cross as attributes
DISGUISES = {"function": types.FunctionType, "generator": types.GeneratorType}


class Reference:
    """An object of the other process."""

    __slots__ = (
        "__weakref__",
        "_wire_count",
        "_wire_gave",
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
