"""What the student's side may do to objects that the tests lend: a short list, and no more."""

from __future__ import annotations

import copy
import functools
import inspect
import sys
import types

from safegrade.wire.errors import WireError
from safegrade.wire.special import IDENTIFIER, SPECIAL

CODE = (
    type,
    types.ModuleType,
    types.FrameType,
    types.TracebackType,
    types.CodeType,
    types.CellType,
    types.MappingProxyType,
    types.GetSetDescriptorType,
    types.MemberDescriptorType,
    types.WrapperDescriptorType,
    types.MethodDescriptorType,
    types.ClassMethodDescriptorType,
    property,
    staticmethod,
    classmethod,
)
BOUND = (types.BuiltinMethodType, types.MethodWrapperType)
CONTAINERS = (list, dict, set, frozenset, tuple, bytearray, object)
CLOSED = frozenset({"format", "format_map"})


def lendable(value) -> bool:
    """Whether an object may be lent at all: classes, modules, frames and code never are."""
    if isinstance(value, BOUND):
        owner = getattr(value, "__self__", None)
        return not (isinstance(owner, CODE) or owner is None or value.__name__.startswith("_"))
    return not isinstance(value, CODE)


def foreign(cls: type) -> bool:
    """Whether a class comes with Python or NumPy, and was not made for the tests."""
    home = getattr(cls, "__module__", None)
    top = home.partition(".")[0] if type(home) is str else "builtins"
    return (top in sys.stdlib_module_names and top != "__main__") or top in ("numpy", "builtins")


def read_attribute(value, name):
    """Return a public attribute of an object of the tests' own classes.

    Raises
    ------
    AttributeError
        For names with an underscore in front, and objects whose insides are not for students.
    """
    if type(name) is not str or not IDENTIFIER.fullmatch(name):
        raise WireError("an attribute's name that is none")
    if name in ("__name__", "__qualname__") and callable(value):
        found = getattr(value, name, None)
        if type(found) is str:
            return found
    owner = None if name.startswith("_") or name in CLOSED else home_of(value, name)
    if owner is None:
        raise AttributeError(f"{type(value).__name__!r} object has no attribute {name!r}")
    found = getattr(value, name)
    if not lendable(found):
        raise AttributeError(f"{type(value).__name__!r} object has no attribute {name!r}")
    return found


def home_of(value, name: str):
    """Return where an attribute is defined, if students may have it: object, class or None."""
    cls = type(value)
    if issubclass(cls, types.FunctionType):
        return value if name in value.__dict__ else None
    for base in cls.__mro__:
        if name in base.__dict__:
            return base if base in CONTAINERS or not foreign(base) else None
    if foreign(cls) and cls is not types.SimpleNamespace:
        return None
    names = getattr(value, "__dict__", None)
    if type(names) is dict and name in names:
        return value
    return cls if hasattr(cls, "__getattr__") and not foreign(cls) else None


def write_attribute(value, name, new) -> None:
    """Set a public data attribute that the object has; functions can't be replaced."""
    old = read_attribute(value, name)
    if callable(old) or isinstance(value, types.FunctionType):
        raise AttributeError(f"attribute {name!r} is read-only")
    setattr(value, name, new)


def special_method(value, name):
    """Return a special method of an object as a function of the rest of its arguments."""
    if type(name) is not str or name not in SPECIAL | {"__repr__", "__str__", "__format__"}:
        raise WireError("a special method that is none")
    method = getattr(type(value), name, None)
    if method is None or name == "__array__":
        raise TypeError(f"{type(value).__name__!r} object does not support {name}")
    return functools.partial(method, value)


def signature(value) -> list:
    """List the parameters of a function that was lent: names, kinds and plain defaults."""
    listed = []
    for parameter in inspect.signature(value).parameters.values():
        item = [parameter.name, int(parameter.kind)]
        if parameter.default is not inspect.Parameter.empty:
            item.append(parameter.default)
        listed.append(item)
    return listed


def refuse(value, *_):
    """Refuse what is not for students."""
    raise TypeError(f"this cannot be done to {type(value).__name__!r} objects of the tests")


def names(value) -> list[str]:
    """List the public attributes that students may read."""
    return [name for name in dir(value) if name[0] != "_" and home_of(value, name) is not None]


def documentation(value) -> str | None:
    """Return the docstring, if there is one."""
    text = getattr(value, "__doc__", None)
    return text if type(text) is str else None


def duplicate(value, deep):
    """Copy an object of the tests' own classes; the copy is lent in its turn."""
    if callable(value) and isinstance(value, types.FunctionType | types.MethodType):
        return value
    if foreign(type(value)):
        refuse(value)
    return copy.deepcopy(value) if deep is True else copy.copy(value)
