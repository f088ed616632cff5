"""One notebook, cell by cell: the student's cells in the jailed process, the tests in this one."""

from __future__ import annotations

import builtins
import contextlib
import socket
import time
from typing import Any

from safegrade.jail.limits import Limits
from safegrade.notebook.alarm import Alarm, CellTimeout
from safegrade.notebook.imports import real_modules, usual_modules
from safegrade.notebook.link import Link
from safegrade.notebook.mirror import ABSENT, Mirror
from safegrade.notebook.names import bound, looked_up, mentioned, replaced
from safegrade.notebook.outputs import accept, error
from safegrade.notebook.patience import PatientClock
from safegrade.notebook.runner import Outcome, Runner
from safegrade.wire.channel import Host
from safegrade.wire.errors import GuestLost
from safegrade.wire.frames import TICK
from safegrade.wire.proxies import Reference
from safegrade.wire.special import ANY

STALE = 0.5  # seconds by which the student's process may be wrong about the time that is left
GRACE = 1.0  # seconds for the student's process to stop by itself before it is killed
SLOW = ("no answer in time", "the other process does not read")
SHELL_NAMES = frozenset(["In", "Out", "exit", "quit", "get_ipython", "open"])


class GaveUp(Exception):
    """The rest of the notebook is not run, for this reason."""


class Session:
    """A notebook that is run.

    Parameters
    ----------
    job : dict
        ``cells`` (each a dict of ``kind``, ``source``, ``label``, ``seconds``), ``limits``,
        ``asked`` (see `safegrade.salvage.released.asked_of`), ``answers`` (words of the names of
        marked cells) and ``error_on_timeout``.
    link : Link
        To the worker, which starts the student's process.
    guest : tuple
        The socket to the student's process, and its process id.
    runner : Runner
        Where the tests run.
    """

    def __init__(self, job: dict, link: Link, guest: tuple[int, int], runner: Runner):
        self.job, self.link, self.runner = job, link, runner
        self.asked: dict[str, list[str] | None] = job["asked"]
        self.limits = Limits(**job["limits"])
        self.clock = PatientClock("self")
        # each signal makes a wait for an answer begin anew: more often, and it would never end
        self.alarm = Alarm(_outside_of_wire, again=2 * max(GRACE, TICK), now=self.clock)
        self.alarm.install()
        self._connect(guest)
        self.end = self.clock() + self.limits.seconds
        self.room = self.limits.total_output
        self.restarts = 0
        self.ran_well: list[tuple[str, str, int, str]] = []
        self.setup_names: set[str] = set()
        self.test_names: set[str] = set()
        self.helpers: set[str] = set()  # names that functions of the set-up look up
        self.helpers_read: set[str] = set()  # those of them that are no words in texts
        self.student_cells: list[str] = []
        self.lent: dict[str, str] = {}
        self.given_up = ""
        self.count = 0

    def _connect(self, guest: tuple[int, int]) -> None:
        descriptor, pid = guest
        self.clock.watch("self", pid)
        connection = socket.socket(fileno=descriptor)
        self.host = Host(connection, limits=self.limits, clock=self.clock)
        self.host.classes = self.asked
        self.host.before.append(self._tell_time)

    def go(self) -> None:
        """Run all cells; send what comes of each as soon as it has run."""
        for index, cell in enumerate(self.job["cells"]):
            notes: list[str] = []
            self.notes = notes
            outputs = self._cell(cell)
            self._lend(cell["lend"])
            told = {"cell": index, "outputs": outputs, "notes": notes}
            told["count"] = None if self.given_up else self.count
            self.link.send(told)
            failed = any(output["output_type"] == "error" for output in outputs)
            if failed and not self.job["allow_errors"] and not cell["may_fail"]:
                self.link.send({"failed": index})
                return

    def _cell(self, cell: dict) -> list[dict]:
        """Run one cell, or say why it is not run; return its outputs."""
        if not self.given_up:
            try:
                self._check_limits()
                self.count += 1
                return self._run(cell)
            except GaveUp as reason:
                self._give_up(str(reason))
        return [error("NotRun", f"Not run: {self.given_up}.")]

    def _check_limits(self) -> None:
        if self.clock() >= self.end:
            raise GaveUp(f"the notebook took more than {self.limits.seconds:g} s")
        if self.count >= self.limits.cells:
            raise GaveUp(f"the notebook has more than {self.limits.cells} cells")

    def _run(self, cell: dict) -> list[dict]:
        kind, source, label = cell["kind"], cell["source"], cell["label"]
        room = max(0, min(self.limits.output, self.room))
        left = max(0.05, self.end - self.clock())
        self.seconds = min(cell.get("seconds") or self.limits.cell_seconds, left)
        start, self.alarm.rang, self.told = self.clock(), False, self.clock.waited
        self.host.deadline, self.host.printed = start + self.seconds + GRACE, 0
        step = {"student": self._student, "setup": self._setup, "test": self._test}[kind]
        lost = ""
        try:
            outcome = step(source, label, room)
        except GuestLost:
            outcome = Outcome()
        self.host.deadline = None
        if not self.host.alive:
            lost = self._why_lost()
        elif outcome.exit:
            lost = "ended the kernel"
        slow = outcome.timed_out or self.alarm.rang or self.clock() - start >= self.seconds
        self.room -= outcome.size
        if outcome.cut:
            self.notes.append(f"the output of {label} was cut short")
        if lost:
            outcome.outputs.append(self._lost_error(lost))
            self._restart(label, lost)
        elif slow:
            self._blame_for_time(outcome, label)
        else:
            if kind != "test":
                self.ran_well.append((kind, source, self.count, label))
        return outcome.outputs

    def _student(self, source: str, label: str, room: int) -> Outcome:
        self.student_cells.append(source)
        return self._ask("run", source, label, room)

    def _ask(self, kind: str, source: str, label: str, room: int, count: int = 0) -> Outcome:
        """Run a cell in the student's process; believe nothing of the answer but its form."""
        cell = source, count or self.count, room, label, self.seconds
        told = self.host.request(kind, *cell, timeout=self.seconds + GRACE)
        told = told if isinstance(told, dict) else {}
        outputs = accept(told.get("outputs"), room)
        return Outcome(
            outputs,
            str(told.get("error") or "")[:200],
            told.get("exit") is True,
            told.get("timed_out") is True,
            told.get("cut") is True,
            _whole(told.get("size"), room),
        )

    def _setup(self, source: str, label: str, room: int) -> Outcome:
        """Run a set-up cell in both processes; what it says here is what counts."""
        before = dict(self.runner.namespace)
        outcome = self._run_here(source, label, room)
        self.setup_names |= self._bound_by(source, before)
        self.helpers |= mentioned(source)
        self.helpers_read |= looked_up(source)
        self._ask("setup", source, label, room)
        return outcome

    def _test(self, source: str, label: str, room: int) -> Outcome:
        """Run a test with the names that it takes from the student."""
        namespace, start = self.runner.namespace, time.monotonic()
        lent = self._borrow(source)
        namespace.update(lent)
        before = dict(namespace)
        mirror = Mirror(self.host, namespace, self._mirrored(lent, source))
        try:
            with mirror:
                outcome = self._run_here(source, label, room)
            if self.host.alive and time.monotonic() - start >= self.seconds:
                outcome.timed_out |= self.host.request("rang", timeout=GRACE) is True
            return outcome
        finally:
            for name, value in lent.items():
                if namespace.get(name) is value:
                    del namespace[name]
            self.test_names |= self._bound_by(source, before)
            self.test_names |= {name for name in lent if name in namespace}

    def _bound_by(self, source: str, before: dict[str, Any]) -> set[str]:
        """Return the names that a cell has bound: those it says, and what a star import brings.

        What is asked for is the student's, unless the cell itself says that it binds it.
        """
        now = self.runner.namespace
        said = {name for name in bound(source) if name in now}
        new = {name for name, value in now.items() if before.get(name, ABSENT) is not value}
        return said | (new - self.asked.keys())

    def _mirrored(self, lent: dict[str, Any], source: str) -> dict[str, Any]:
        """Return what a test may take away or replace for the student: answers, and no data."""
        names = replaced(source) & lent.keys()
        return {
            name: lent[name]
            for name in names
            if name in self.asked or (ANY in self.asked and isinstance(lent[name], Reference))
        }

    def _borrow(self, source: str) -> dict[str, Any]:
        """Return the values of the student's names that a test may look up."""
        wanted = (mentioned(source) | self.helpers) - self.setup_names - SHELL_NAMES
        answers = self.asked.keys() | (self.job["answers"] if ANY in self.asked else ())
        clash = wanted & self.test_names & _bound_in(self.student_cells)
        for name in sorted((clash & looked_up(source)) - bound(source)):
            self.notes.append(f"{name} is a test's here, and not the student's")
        wanted = {
            name
            for name in wanted - self.test_names
            if name[0] != "_" and (name in answers or not hasattr(builtins, name))
        }
        self.host.request("cell", self.seconds, True, timeout=self.seconds + GRACE)
        real = real_modules(wanted - answers, self.student_cells)
        believed = (looked_up(source) | self.helpers_read) - bound(source)
        found = self.host.fetch(wanted - set(real), self.seconds + GRACE, believed)
        plain = int, float, complex, str
        posing = {name for name, value in found.items() if not isinstance(value, plain)} - answers
        return {**found, **real, **usual_modules(posing)}

    def _tell_time(self) -> None:
        """Tell the student's process what is left of a test's time when the machine was busy."""
        if self.clock.waited - self.told > STALE and self.host.deadline is not None:
            self.told = self.clock.waited
            left = self.host.deadline - GRACE - self.clock()
            self.host.request("left", max(0.05, left), timeout=GRACE)

    def _run_here(self, source: str, label: str, room: int) -> Outcome:
        self.alarm.set(self.seconds + GRACE / 2)
        run = self.alarm.guard(self.runner.run)
        try:
            return run(source, self.count, room, label)
        except CellTimeout:  # it came just as the cell was over
            return Outcome(timed_out=True)

    def _blame_for_time(self, outcome: Outcome, label: str) -> None:
        self.notes.append(f"timed out in {label}")
        outcome.outputs[:] = [o for o in outcome.outputs if o["output_type"] != "error"]
        outcome.outputs.append({"output_type": "error", **self.job["error_on_timeout"]})

    def _why_lost(self) -> str:
        death = self.host.death
        if death in SLOW:
            return "timed out and could not be interrupted"
        return f"was stopped: {death}" if "protocol" in death else "ended the kernel"

    def _lost_error(self, lost: str) -> dict:
        return error(
            "CellTimeoutError" if "timed out" in lost else "DeadKernel", f"This cell {lost}."
        )

    def _restart(self, label: str, lost: str) -> None:
        """Blame a cell for the loss of the student's process, and go on in a new one."""
        self.notes.append(f"{label} {lost}")
        self.restarts += 1
        if self.restarts > self.limits.restarts:
            self._give_up(f"{self.restarts} cells have cost a kernel each")
            return
        self.link.send({"need": "guest"})
        told, descriptors = self.link.receive()
        if not descriptors:
            self._give_up("no new process could be started")
            return
        self._connect((descriptors[0], told["pid"]))
        try:
            self._replay()
        except GuestLost:
            self._give_up("the cells before could not be run a second time")

    def _lend(self, sources: dict[str, str]) -> None:
        """Let the student's process import more than before."""
        self.lent.update(sources)
        if sources and not self.given_up:
            with contextlib.suppress(GuestLost):  # the next cell will be told
                self.host.request("lend", sources, timeout=self.limits.cell_seconds + GRACE)

    def _replay(self) -> None:
        """Run again what had run well; show none of its output."""
        self._lend(self.lent)
        for kind, source, count, label in self.ran_well:
            self.seconds = max(0.05, min(self.limits.cell_seconds, self.end - self.clock()))
            self._ask("run" if kind == "student" else kind, source, label, 0, count)

    def _give_up(self, why: str) -> None:
        self.given_up = why
        self.notes.append(f"stopped: {why}")


def _bound_in(sources: list[str]) -> set[str]:
    return {name for source in sources for name in bound(source)}


def _whole(value: Any, most: int) -> int:
    return min(max(value, 0), most) if type(value) is int else 0


def _outside_of_wire(frame: Any) -> bool:
    from safegrade.notebook.guest import may_interrupt

    return may_interrupt(frame)
