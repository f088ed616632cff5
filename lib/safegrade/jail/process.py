"""A process that a nursery forked, as seen by the process that asked for it."""

from __future__ import annotations

import contextlib
import os
import signal
from dataclasses import dataclass

from safegrade.jail.messages import Lines

PATIENCE = 10.0  # seconds for the nursery to answer a request to kill


@dataclass(frozen=True)
class Usage:
    """How a process ended and what it used.

    Parameters
    ----------
    code : int or None
        The exit code, or None when a signal ended the process.
    signal : int or None
        The signal that ended it.
    cpu_seconds : float
        User and system time of the process and of its children.
    max_rss : int
        Bytes of memory that were resident at the most in one process.
    exceeded : str
        The limit for which the nursery ended it: ``"memory"`` of all its processes together.
    """

    code: int | None
    signal: int | None
    cpu_seconds: float = 0.0
    max_rss: int = 0
    exceeded: str = ""


class Child:
    """A forked process.

    It is killed when this object is closed or collected, when the nursery ends and when the
    process that owns the nursery ends.

    Attributes
    ----------
    pid : int
        Its process id, as this process sees it.
    enforced : dict
        What holds it: names of protections, and limits by their numbers.
    """

    def __init__(self, lines: Lines, pid: int, enforced: dict):
        self.pid = pid
        self.enforced = enforced
        self._lines = lines
        self._usage: Usage | None = None

    @property
    def usage(self) -> Usage | None:
        """How it ended, or None as long as that is not known."""
        return self._usage

    def wait(self, timeout: float | None = None) -> Usage:
        """Return how the process ended, once it and all that it started has.

        Raises
        ------
        TimeoutError
            When it still runs after `timeout` seconds.
        """
        if self._usage is None:
            message = self._lines.read(timeout)
            if message is None:
                self._lost()
            else:
                self._usage = Usage(**message)
            self._lines.sock.close()
        return self._usage

    def kill(self) -> None:
        """End the process and everything that it started, and wait until that is done."""
        if self._usage is not None:
            return
        with contextlib.suppress(OSError):  # the nursery may be gone; reading tells
            self._lines.sock.settimeout(PATIENCE)
            self._lines.sock.sendall(b"k")
        try:
            self.wait(PATIENCE)
        except TimeoutError:
            self._lost()
            self._lines.sock.close()

    close = kill

    def __enter__(self) -> Child:
        return self

    def __exit__(self, *_) -> None:
        self.kill()

    def __del__(self):
        self._lines.sock.close()

    def _lost(self) -> None:
        """Note that the nursery cannot tell: its end was the end of the process, too."""
        if self.pid > 0 and not self.enforced.get("pid_namespace"):
            kill_group(self.pid)
        self._usage = Usage(code=None, signal=int(getattr(signal, "SIGKILL", 9)))


def kill_group(group: int) -> None:
    """Kill all processes of a process group that is not our own."""
    if group > 1 and group != os.getpgrp():
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(group, signal.SIGKILL)
