"""An alarm that interrupts what runs too long, so that the process survives."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from types import FrameType
from typing import Any

from safegrade.notebook.patience import Clock


class CellTimeout(KeyboardInterrupt):
    """A cell took too long; like an interrupt from the keyboard, no `except Exception` ends it."""


class Alarm:
    """Raise `CellTimeout` in guarded functions when the time of a cell is over.

    Parameters
    ----------
    may_interrupt : callable, optional
        Says for the frame in which the alarm finds the process whether it may be
        interrupted there; if not, the alarm goes off again a little later.
    again : float
        How much later, in seconds.
    now : callable
        The clock that counts: it may stand still while the machine is busy.
    """

    def __init__(
        self,
        may_interrupt: Callable[[FrameType | None], bool] | None = None,
        again: float = 0.02,
        now: Clock = time.monotonic,
    ):
        self._deadline = float("inf")
        self._armed = False
        self.rang = False
        self._again, self._now = again, now
        self._may_interrupt = may_interrupt or (lambda frame: True)

    def install(self) -> None:
        """Take the signal over; only the main thread can."""
        signal.signal(signal.SIGALRM, self._ring)

    def set(self, seconds: float) -> None:
        """Give guarded functions so much time from now on, all together."""
        self.rang = False
        self.put_off(seconds)

    def put_off(self, seconds: float) -> None:
        """Let the time that was given end so many seconds from now."""
        self._deadline = self._now() + seconds

    def guard(self, function: Callable) -> Callable:
        """Return the function so that the alarm can interrupt it."""

        def guarded(*args: Any, **kwargs: Any) -> Any:
            if self._armed:
                return function(*args, **kwargs)
            self._armed = True
            self._wind(self._deadline - self._now())
            try:
                return function(*args, **kwargs)
            finally:
                self._armed = False
                signal.setitimer(signal.ITIMER_REAL, 0)

        return guarded

    @staticmethod
    def _wind(seconds: float) -> None:
        signal.setitimer(signal.ITIMER_REAL, min(max(seconds, 0.001), 1e6))

    def _ring(self, number: int, frame: FrameType | None) -> None:
        if not self._armed:
            return
        if (left := self._deadline - self._now()) > 0:
            self._wind(left)
            return
        if not self._may_interrupt(frame):
            self._wind(self._again)
            return
        self.rang = True
        raise CellTimeout("the cell took too long")
