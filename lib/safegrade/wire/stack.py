"""Calls within calls: two processes have two stacks, and their code expects to share one.

A test may ask how deep the calls of an answer nest when the answer calls back. So a callback from
deep down is served as deep down, as far as Python's limit leaves room.
"""

from __future__ import annotations

import sys

from safegrade.wire.errors import WireError

SHALLOW = 100  # calls that nobody asks about
ROOM = 100  # calls that are left to those who do the work
MOST = 100_000


def depth() -> int:
    """Return how many calls stand around this one."""
    frame, found = sys._getframe(1), 0
    while frame is not None:
        frame, found = frame.f_back, found + 1
    return found


def tell(what: str) -> str | list:
    """Return what is asked for, with the depth of the asking where that may matter.

    Raises
    ------
    RecursionError
        Where there is no room for the asking itself.
    """
    found = depth()
    if found < SHALLOW:
        return what
    if found > sys.getrecursionlimit() - ROOM:
        raise RecursionError("maximum recursion depth exceeded while calling a Python object")
    return [what, found]


def listen(what) -> tuple[str, int]:
    """Return what is asked for and from how deep.

    >>> listen("call"), listen(["call", 700])
    (('call', 0), ('call', 700))
    """
    if type(what) is not list:
        return what, 0
    if len(what) != 2 or type(what[1]) is not int or not 0 <= what[1] <= MOST:
        raise WireError("a callback from a wrong depth")
    return what[0], what[1]


def deep_down(calls: int, work, *args, **kw):
    """Do some work within so many calls, or as many as there is room for.

    >>> deep_down(300, depth) - deep_down(0, depth)
    300
    """
    if calls:
        calls = max(0, min(calls, sys.getrecursionlimit() - depth() - ROOM))
    return _within(calls, work, args, kw)


def _within(calls: int, work, args, kw):
    return _within(calls - 1, work, args, kw) if calls else work(*args, **kw)
