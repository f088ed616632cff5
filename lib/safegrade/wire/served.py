"""What the host does when the guest asks: output to write, and operations on what was lent."""

from __future__ import annotations

import re
import sys

from safegrade.wire import guard
from safegrade.wire.errors import WireError

ADDRESS = re.compile(r" at 0x[0-9A-Fa-f]+")


def read_output(printed) -> list:
    """Check what student code printed: pairs of a stream and a text."""
    if printed == 0:
        return []
    if type(printed) is not list:
        raise WireError("wrong output")
    for item in printed:
        if type(item) is not list or [type(part) for part in item] != [str, str]:
            raise WireError("wrong output")
        if item[0] not in ("stdout", "stderr"):
            raise WireError("wrong output")
    return printed


def write_output(stream: str, text: str) -> None:
    """Write to this process's own stdout or stderr, as they are now."""
    getattr(sys, stream).write(text)


def call(target, /, *args, **kw):
    """Call what was lent."""
    if not callable(target):
        raise TypeError(f"{type(target).__name__!r} object is not callable")
    return target(*args, **kw)


def operate(target, name, *args):
    """Use a special method of what was lent."""
    value = guard.special_method(target, name)(*args)
    return ADDRESS.sub("", value) if name in ("__repr__", "__str__") else value


def leave(target, error):
    """Leave a context manager that was lent."""
    return bool(type(target).__exit__(target, type(error) if error else None, error, None))


SERVED = {
    "call": call,
    "getattr": guard.read_attribute,
    "setattr": guard.write_attribute,
    "delattr": guard.refuse,
    "isinstance": guard.refuse,
    "issubclass": guard.refuse,
    "operator": operate,
    "leave": leave,
    "dir": guard.names,
    "doc": guard.documentation,
    "copy": guard.duplicate,
    "signature": guard.signature,
}
