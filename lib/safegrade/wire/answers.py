"""What the guest does for references: the plain operations of Python on a student's objects."""

from __future__ import annotations

import copy
import inspect

from safegrade.wire.errors import WireError
from safegrade.wire.special import EXACT, SPECIAL


def call(target, /, *args, **kw):
    """Call an object of the student's."""
    return target(*args, **kw)


def is_next(args) -> bool:
    """Whether an operator's arguments ask for the next item."""
    return bool(args) and args[0] == "__next__"


def operate(name: str, target, *args):
    """Use a special method of an object of the student's."""
    if name == "__repr__":
        return repr(target)
    if name == "__str__":
        return str(target)
    if name == "__format__":
        return format(target, *args)
    if name == "__exit__":
        error = args[1]
        return bool(type(target).__exit__(target, type(error) if error else None, error, None))
    if name in EXACT:
        return CONVERSIONS[name](target, *args)
    if name not in SPECIAL:
        raise WireError("a special method that is none")
    return getattr(type(target), name)(target, *args)


CONVERSIONS = {
    "__len__": len,
    "__bool__": bool,
    "__float__": float,
    "__int__": int,
    "__index__": lambda target: int(target.__index__()),
    "__complex__": complex,
    "__hash__": hash,
    "__contains__": lambda target, item: item in target,
}


def documentation(target):
    """Return the docstring, if there is one."""
    text = getattr(target, "__doc__", None)
    return text if isinstance(text, str) else None


def signature(target) -> list:
    """List the parameters of a function: name, kind and default."""
    listed = []
    for parameter in inspect.signature(target).parameters.values():
        item = [parameter.name, int(parameter.kind)]
        if parameter.default is not inspect.Parameter.empty:
            item.append(parameter.default)
        listed.append(item)
    return listed


def is_subclass(cls, other) -> bool:
    """Ask as ``issubclass`` does."""
    return issubclass(other, cls)


def duplicate(value, deep: bool):
    """Copy an object of the student's."""
    return copy.deepcopy(value) if deep else copy.copy(value)


def is_instance(cls, value) -> bool:
    """Ask as ``isinstance`` does."""
    return isinstance(value, cls)


HANDLERS = {
    "call": call,
    "getattr": getattr,
    "setattr": setattr,
    "delattr": delattr,
    "dir": dir,
    "doc": documentation,
    "operator": operate,
    "signature": signature,
    "isinstance": is_instance,
    "issubclass": is_subclass,
    "copy": duplicate,
}
