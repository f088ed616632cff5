"""One core for the two processes of a notebook, which take turns and wait for each other."""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import Iterator


@contextlib.contextmanager
def claimed_core() -> Iterator[int | None]:
    """Give the number of a core that nobody else claims meanwhile.

    A message between two processes on one core wakes no other core up: it takes half the time.
    Where all cores are claimed, or the system does not tell, the number is None, and the kernel
    may place the processes.

    Examples
    --------
    >>> with claimed_core() as core:
    ...     core is None or core in os.sched_getaffinity(0)
    True
    """
    cores = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
    with contextlib.ExitStack() as claims:
        yield next((core for core in cores if _claim(core, claims)), None)


def _claim(core: int, claims: contextlib.ExitStack) -> bool:
    claim = claims.enter_context(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM))
    try:
        # an address without a file: it is gone with its process, however that ends
        claim.bind(f"\0safegrade-core-{os.getuid()}-{core}")
    except OSError:
        return False
    return True


def settle_on(core: int | None) -> None:
    """Run this process on a core; where that is not possible, leave it where it is."""
    if core is not None:
        with contextlib.suppress(AttributeError, OSError):
            os.sched_setaffinity(0, {core})
