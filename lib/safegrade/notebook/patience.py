"""A clock that stands still while a process waits for a processor.

On a machine that is busy with other work a program can be ready to run and yet wait for
seconds. Linux counts that time, and it is not held against the program.
"""

from __future__ import annotations

import time
from collections.abc import Callable

EVERY = 0.05  # seconds between two looks
SLOWEST = 0.25  # the clock never goes slower than this, however a process makes itself wait


def run_delay(pid: int | str) -> float | None:
    """Return the seconds for which a process has waited for a processor; None if unknown.

    Examples
    --------
    >>> (run_delay("self") or 0.0) >= 0.0
    True
    """
    try:
        with open(f"/proc/{pid}/schedstat", encoding="ascii") as file:
            return int(file.read().split()[1]) * 1e-9
    except (OSError, ValueError, IndexError):
        return None


class PatientClock:
    """Monotonic seconds, less those for which the given processes waited for a processor.

    Parameters
    ----------
    pids : int or str
        The processes; "self" is this one.
    now : callable
        The clock on the wall.
    """

    def __init__(self, *pids: int | str, now: Callable[[], float] = time.monotonic):
        self._now = now
        self._start = self._looked = now()
        self._waited = 0.0
        self.watch(*pids)

    def watch(self, *pids: int | str) -> None:
        """Watch these processes from now on instead."""
        self._pids = pids
        self._before = {pid: run_delay(pid) for pid in pids}

    def __call__(self) -> float:
        """Return the time."""
        now = self._now()
        if now - self._looked > EVERY:
            self._look(now)
        return now - self._waited

    def _look(self, now: float) -> None:
        most = (1 - SLOWEST) * (now - self._looked)
        self._looked = now
        waited = 0.0
        for pid in self._pids:
            before, told = self._before[pid], run_delay(pid)
            if before is not None and told is not None:
                waited += max(0.0, told - before)
                self._before[pid] = told
        self._waited += min(waited, most)
