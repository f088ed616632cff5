"""The trusted process: it runs the tests, and asks the jailed one for what they try."""

from __future__ import annotations

import os
import socket
import sys

from safegrade.notebook.guest import sow
from safegrade.notebook.link import Gone, Link
from safegrade.notebook.runner import Runner, without_input


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
        runner = Runner()
        sow(job.get("seed"))
        session = Session(job, link, (descriptors[0], job["guest"]), runner)
        session.go()
        link.send({"done": True, "restarts": session.restarts})
    except Gone:  # the worker has given up
        pass
    finally:
        link.close()
