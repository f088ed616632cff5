"""The jailed process: it runs what the student wrote, and the set-up, and nothing else."""

from __future__ import annotations

import os
import random
import socket
import sys
from pathlib import Path
from types import FrameType, ModuleType
from typing import Any

import safegrade.wire
from safegrade.jail.jailing import OWN_WAITING
from safegrade.jail.limits import Limits
from safegrade.notebook.alarm import Alarm, CellTimeout
from safegrade.notebook.lent import Lending, is_withheld
from safegrade.notebook.names import bound
from safegrade.notebook.outputs import CellStream, Outputs
from safegrade.notebook.patience import OpenFile, PatientClock
from safegrade.notebook.runner import Outcome, Runner, without_input

UNGUARDED = ("run", "setup", "cell", "rang", "left")  # they set the alarm themselves, or need none
WIRE = str(Path(safegrade.wire.__file__).parent)


def main(sock: socket.socket, options: dict) -> None:
    """Serve the trusted process until it closes the connection: the entry of the process."""
    from safegrade.wire.channel import Guest

    limits = Limits(**options["limits"])
    os.register_at_fork(after_in_child=sock.close)  # only one process may answer
    student = Student(options)
    guest = Guest(sock, limits=limits, namespace=student.runner.namespace)
    guest.take_output = student.take_output
    guest.handlers.update(
        run=student.run,
        setup=student.setup,
        cell=student.begin,
        rang=student.rang,
        left=student.alarm.put_off,
    )
    guest.handlers["lend"] = student.lending.lend
    for kind, handler in list(guest.handlers.items()):
        if kind not in UNGUARDED:
            guest.handlers[kind] = student.alarm.guard(handler)
    student.alarm.install()
    guest.serve()


class Student:
    """The student's side of one notebook.

    Parameters
    ----------
    options : dict
        ``limits``, ``withheld`` packages, the sources of ``lent`` modules, a ``seed``.
    """

    def __init__(self, options: dict):
        self.withheld = frozenset(options.get("withheld", ()))
        self.lending = Lending(options.get("lent", {}), tuple(self.withheld))
        self.lending.install()
        os.environ.update(options.get("environment", {}))
        without_input()
        write_files(options.get("files", {}))
        sys.path.append("")  # modules that were handed in with the notebook, after all others
        self.runner = Runner(catch_descriptors=True)
        self.alarm = Alarm(may_interrupt, now=PatientClock(OpenFile(OWN_WAITING), "self"))
        self.kept: dict[str, Any] = {}
        self.room = options["limits"]["output"]
        self._listen()
        sow(options.get("seed"))

    def begin(self, seconds: float, restore: bool) -> None:
        """Begin a cell: give it its time, and before a test give back what set-up bound."""
        self.alarm.set(seconds)
        self._listen()
        if restore:
            namespace = self.runner.namespace
            for name, value in self.kept.items():
                if name not in namespace or callable(value) or isinstance(value, ModuleType):
                    namespace[name] = value

    def rang(self) -> bool:
        """Whether the alarm has interrupted the student's code in this cell."""
        return self.alarm.rang

    def _listen(self) -> None:
        """Catch what is printed while a test calls the student's functions."""
        self.said = Outputs(self.room)
        sys.stdout = CellStream("stdout", self.said, 1)
        sys.stderr = CellStream("stderr", self.said, 2)

    def take_output(self) -> list[tuple[str, str]]:
        """Return what was printed since this was last asked."""
        return [(piece["name"], piece["text"]) for piece in self.said.take() if "name" in piece]

    def run(self, source: str, count: int, room: int, label: str, seconds: float) -> dict:
        """Run a cell of the student's."""
        return told(self._run(seconds, source, count, room, label))

    def setup(self, source: str, count: int, room: int, label: str, seconds: float) -> dict:
        """Run a set-up cell; what it imports of withheld packages stays unbound."""
        outcome = self._run(
            seconds, source, count, room, label, lambda error: is_withheld(error, self.withheld)
        )
        namespace = self.runner.namespace
        self.kept.update({name: namespace[name] for name in bound(source) if name in namespace})
        return told(outcome)

    def _run(self, seconds: float, *cell: Any) -> Outcome:
        self.begin(seconds, False)
        try:
            return self.alarm.guard(self.runner.run)(*cell)
        except CellTimeout:  # it came just as the cell was over
            return Outcome(timed_out=True)


def told(outcome: Outcome) -> dict:
    """Return what came of a cell as plain data."""
    return dict(vars(outcome))


def sow(seed: int | None) -> None:
    """Seed the random numbers that cells draw without a generator of their own."""
    if seed is not None:
        random.seed(seed)
        if numpy := sys.modules.get("numpy"):
            numpy.random.seed(seed % 2**32)


def write_files(files: dict[str, str]) -> None:
    """Write the small files that lie beside the notebook into the scratch folder."""
    import base64

    for name, text in files.items():
        path = Path(name)
        if path.is_absolute() or ".." in path.parts:
            continue
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(base64.b64decode(text))
        except OSError:
            return


def may_interrupt(frame: FrameType | None) -> bool:
    """Whether a student's code runs, and is not in the middle of a message."""
    while frame is not None:
        name = frame.f_code.co_filename
        if name.startswith("<cell "):
            return True
        if name.startswith(WIRE):
            return False
        frame = frame.f_back
    return True
