"""Exceptions as plain data: a class by its name, arguments, the student's own frames.

An exception class of the other side becomes a class made here, with the same name, under the
nearest built-in base. What would end a process or an iteration arrives as something else.
"""

from __future__ import annotations

import builtins
import linecache
import os
import traceback

from safegrade.wire.bounds import FRAMES, NAME, TEXT
from safegrade.wire.errors import StudentExit, WireError
from safegrade.wire.numbering import Numbering
from safegrade.wire.special import IDENTIFIER

BUILTINS = {
    name: kind
    for name, kind in vars(builtins).items()
    if isinstance(kind, type)
    and issubclass(kind, Exception)
    and kind.__name__ == name  # IOError and EnvironmentError are OSError
    and not issubclass(kind, BaseExceptionGroup)
}
UNICODE = frozenset({"UnicodeDecodeError", "UnicodeEncodeError", "UnicodeTranslateError"})
PACKAGE = os.path.dirname(os.path.dirname(__file__))
STANDARD_LIBRARY = os.path.dirname(traceback.__file__)


def nearest(cls: type) -> type:
    """Return the nearest built-in base that may cross.

    >>> nearest(type("Mine", (KeyError,), {}))
    <class 'KeyError'>
    """
    for base in cls.__mro__:
        if BUILTINS.get(base.__name__) is base:
            return base
    return StudentExit


class Classes(Numbering):
    """The exception classes that this side gave or made, by number."""

    def encode(self, cls: type, out) -> list:
        """Encode an exception class: its built-in name, or name, number and base."""
        if BUILTINS.get(cls.__name__) is cls:
            return ["E", cls.__name__]
        if not issubclass(cls, Exception):
            return ["E", "StudentExit", cls.__name__[:NAME]]
        number = self.give(cls)
        if number is None:
            return ["E", nearest(cls).__name__]
        base = next(
            (b for b in cls.__mro__[1:] if issubclass(b, Exception) and own(b)), nearest(cls)
        )
        return ["E", number, cls.__name__[:NAME], self.encode(base, out)]

    def decode(self, coded: list, depth: int = 0) -> type:
        """Return the class that a code stands for, made once."""
        if len(coded) < 2 or coded[0] != "E" or depth > 20:
            raise WireError("a wrong exception")
        what = coded[1]
        if type(what) is str:
            return BUILTINS.get(what, StudentExit)
        if type(what) is not int or len(coded) != 4:
            raise WireError("a wrong exception")
        known = self.classes.get(what)
        if known is not None:
            return known
        _, number, name, base = coded
        self.check(number)
        if type(name) is not str or type(base) is not list:
            raise WireError("a wrong exception")
        if not IDENTIFIER.fullmatch(name) or len(name) > NAME:
            name = "StudentError"
        made = self.make(name, self.decode(base, depth + 1))
        self.keep(number, made)
        return made

    @staticmethod
    def make(name: str, base: type) -> type:
        """Make a class of exceptions that takes any arguments."""
        if base.__name__ in UNICODE:
            base = ValueError
        members = {"__init__": _take, "__new__": _create, "__module__": "student"}
        if not issubclass(base, KeyError):
            members["__str__"] = Exception.__str__
        return type(name, (base,), members)


def _take(self, *args, **kwargs):
    """Take any arguments, as a student's class may."""
    Exception.__init__(self, *args)


def _create(cls, *args, **kwargs):
    """Create an exception; keywords are the other side's."""
    return nearest(cls).__new__(cls, *args)


def own(cls: type) -> bool:
    """Whether an exception class is nobody's built-in one."""
    return BUILTINS.get(cls.__name__) is not cls and cls is not Exception


def encode_error(error: BaseException, out, classes: Classes, original) -> list:
    """Encode an exception: class, arguments, public attributes, frames, number of the original."""
    args = [_argument(arg, out) for arg in error.args[:20]]
    kept = []
    for name, value in list(vars(error).items())[:50]:
        if IDENTIFIER.fullmatch(name) and not name.startswith("_") and name != STUDENT:
            kept += [name, _argument(value, out)]
    return [classes.encode(type(error), out), args, kept, frames(error), original]


STUDENT = "student_traceback"


def _argument(value, out):
    """Encode an argument of an exception, or a text that stands for it."""
    if type(value) is str:
        return out.encode(value[:100_000])
    try:
        return out.attempt(out.encode, value)
    except Exception:
        try:
            return str.__str__(repr(value))[:TEXT]
        except Exception:
            return f"<{type(value).__name__}>"[:TEXT]


def frames(error: BaseException) -> list:
    """List qualified name, line number and line of the student's frames, the innermost last.

    >>> frames(ValueError("raised nowhere"))
    []
    """
    found = [
        (frame.f_code, number or 0, frame.f_globals)
        for frame, number in traceback.walk_tb(error.__traceback__)
        if _is_own(frame.f_code.co_filename, frame.f_globals)
    ]
    listed = []
    for code, number, names in found[-FRAMES:]:
        line = linecache.getline(code.co_filename, number, names).strip()
        listed.append([_ascii(code.co_qualname), number, _ascii(line)])
    return listed


def _is_own(file: str, names: dict) -> bool:
    """Whether code is the student's: not this package's, installed, or Python's own.

    Modules that an importer made of a text have no file; their names tell them from cells.
    """
    if file.startswith("<"):
        name = dict.get(names, "__name__")
        return name is None or name == "__main__"
    folders = file.replace("\\", "/").split("/")
    if "site-packages" in folders or "dist-packages" in folders:
        return False
    return not file.startswith((PACKAGE + os.sep, STANDARD_LIBRARY + os.sep))


def _ascii(text: str) -> str:
    """Bound a text; lone surrogates have no place in it."""
    return text[:TEXT].encode("utf-8", "replace").decode("utf-8")


def decode_error(coded, source, classes: Classes):
    """Make the exception; return it and the number of the original."""
    if type(coded) is not list or len(coded) != 5:
        raise WireError("a wrong exception")
    cls_code, args_code, kept, listed, original = coded
    cls = classes.decode(source.sequence(cls_code))
    args = [source.decode(arg) for arg in source.sequence(args_code)]
    names = source.sequence(kept)
    values = {}
    for place in range(0, len(names) - 1, 2):
        name = names[place]
        if type(name) is not str or not IDENTIFIER.fullmatch(name) or name.startswith("_"):
            raise WireError("a wrong attribute of an exception")
        values[name] = source.decode(names[place + 1])
    error = build(cls, args)
    for name, value in values.items():
        if name not in dir(cls):
            error.__dict__[name] = value
    if cls is StudentExit and len(cls_code) == 3 and type(cls_code[2]) is str:
        error.args = (f"{cls_code[2][:NAME]} was raised", *error.args)
    error.student_traceback = read_frames(listed)
    return error, original


def build(cls: type, args: list) -> Exception:
    """Make an exception; arguments that its class doesn't take are kept all the same."""
    try:
        if cls.__name__ in UNICODE:
            return ValueError(*[arg for arg in args if type(arg) is str])
        return cls(*args)
    except Exception:
        error = cls.__new__(cls)
        error.args = tuple(args)
        return error


def read_frames(listed) -> list[tuple[str, int, str]]:
    """Check the frames that the other side listed."""
    if type(listed) is not list or len(listed) > FRAMES:
        raise WireError("a wrong traceback")
    checked = []
    for item in listed:
        if type(item) is not list or [type(part) for part in item] != [str, int, str]:
            raise WireError("a wrong traceback")
        if len(item[0]) > TEXT or len(item[2]) > TEXT:
            raise WireError("a wrong traceback")
        checked.append(tuple(item))
    return checked
