"""What can go wrong on the line."""

from __future__ import annotations


class GuestLost(Exception):
    """The student's process died, overran its time or broke the protocol: it answers no more."""


class GuestTimeout(GuestLost):
    """The student's process did not answer in time."""


class WireError(Exception):
    """A message that no honest process sends."""


class StudentExit(Exception):
    """Student code asked its process to end: ``sys.exit``, an interrupt and their like.

    It is an ordinary exception here, so that it can't end a test before its time.
    """
