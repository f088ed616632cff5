"""The trusted process: it runs the tests, and asks the jailed one for what they try."""

from __future__ import annotations

import contextlib
import os
import socket
import sys
from pathlib import Path

from safegrade.notebook.guest import sow
from safegrade.notebook.link import Gone, Link
from safegrade.notebook.runner import Runner, without_input

SHARE = 2  # times a student's memory that the tests may take: they hold copies of both sides


def main(sock: socket.socket, options: dict) -> None:
    """Run one notebook for the worker at the other end: the entry of the process.

    Parameters
    ----------
    sock : socket.socket
        The connection to the worker.
    options : dict
        The ``folder`` of the notebook and the ``path`` of the teacher's own modules.
    """
    from safegrade.notebook.session import Session

    link = Link(sock)
    try:
        if options.get("folder"):
            os.chdir(options["folder"])
        os.environ.update(options.get("environment", {}))
        sys.path.extend(options.get("path", ()))
        without_input()
        job, descriptors = link.receive()
        hold_memory(SHARE * job["limits"]["memory"])
        runner = Runner()
        sow(job.get("seed"))
        session = Session(job, link, (descriptors[0], job["guest"]), runner)
        session.go()
        link.send({"done": True, "restarts": session.restarts})
    except Gone:  # the worker has given up
        pass
    finally:
        link.close()


def hold_memory(size: int) -> None:
    """Bound what this process takes from now on, where the system can.

    An answer may call a function of the tests with arguments that make it greedy.
    """
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        pages = int(Path("/proc/self/statm").read_text().split()[0])
        taken = pages * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (taken + size, resource.RLIM_INFINITY))
