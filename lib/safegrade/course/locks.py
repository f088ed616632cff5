"""Wait for a gradebook that another program holds."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from safegrade.course.files import Trouble

PATIENCE = 120.0  # seconds
HELD = "another program holds the gradebook: end it, then run this again"

T = TypeVar("T")


class Locked(Trouble):
    """Says that another program holds the gradebook."""


def patiently(act: Callable[[], T], seconds: float, say: Callable[[str], None]) -> T:
    """Use the gradebook as soon as other programs let go of it.

    Parameters
    ----------
    act : callable
        What to do with it; done again while it is locked.
    seconds : float
        Time to wait at most.
    say : callable
        Called with a text, once, when there is something to wait for.

    Raises
    ------
    Locked
        It was locked all the time.
    """
    from sqlalchemy.exc import OperationalError

    until, told = time.monotonic() + seconds, False
    while True:
        try:
            return act()
        except OperationalError as error:
            if not is_locked(error):
                raise
            if not told:
                say("The gradebook is locked by another program; waiting ...")
            told = True
            if time.monotonic() > until:
                raise Locked(HELD) from error
            time.sleep(0.2)


def is_locked(error: Exception) -> bool:
    """Whether SQLAlchemy's error says that another program holds the gradebook."""
    return "locked" in str(getattr(error, "orig", ""))
