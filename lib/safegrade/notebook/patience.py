"""A clock that stands still while a process waits for a processor.

On a machine that is busy with other work a program can be ready to run and yet wait for
seconds. Linux counts that time, and it is not held against the program.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import NamedTuple

EVERY = 0.05  # seconds between two looks
SLOWEST = 0.25  # the clock never goes slower than this, however a process makes itself wait
Clock = Callable[[], float]


class OpenFile(NamedTuple):
    """The file that tells of a process, where there is no /proc any more to open it from."""

    descriptor: int


def run_delay(process: int | str | OpenFile) -> float | None:
    """Return the seconds for which a process has waited for a processor; None if unknown.

    Examples
    --------
    >>> (run_delay("self") or 0.0) >= 0.0
    True
    """
    try:
        if isinstance(process, OpenFile):
            return int(os.pread(process.descriptor, 99, 0).split()[1]) * 1e-9
        with open(f"/proc/{process}/schedstat", encoding="ascii") as file:
            return int(file.read().split()[1]) * 1e-9
    except (OSError, ValueError, IndexError):
        return None


class PatientClock:
    """Monotonic seconds, less those for which the given processes waited for a processor.

    Parameters
    ----------
    processes : int, str or OpenFile
        The processes, by their ids; "self" is this one.
    now : callable
        The clock on the wall.
    """

    def __init__(self, *processes: int | str | OpenFile, now: Clock = time.monotonic):
        self._now = now
        self._looked = now()
        self.waited = 0.0
        self.watch(*processes)

    def watch(self, *processes: int | str | OpenFile) -> None:
        """Watch these processes from now on instead."""
        self._before = {process: run_delay(process) for process in processes}

    def __call__(self) -> float:
        """Return the time."""
        now = self._now()
        if now - self._looked > EVERY:
            self._look(now)
        return now - self.waited

    def _look(self, now: float) -> None:
        most = (1 - SLOWEST) * (now - self._looked)
        self._looked = now
        waited = 0.0
        for process, before in self._before.items():
            told = run_delay(process)
            if before is not None and told is not None:
                waited += max(0.0, told - before)
                self._before[process] = told
        self.waited += min(waited, most)
