"""One notebook in the hands of an engine: its two processes, and what came of it."""

from __future__ import annotations

import base64
import contextlib
import os
import socket
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from safegrade.jail.cores import claimed_core
from safegrade.jail.process import Child
from safegrade.notebook.kinds import kind, label, name_of, source_of
from safegrade.notebook.link import Gone, Link
from safegrade.notebook.names import answer_words
from safegrade.notebook.outputs import TIMEOUT, error
from safegrade.wire.special import ANY

if TYPE_CHECKING:
    from safegrade.notebook.engine import Engine

BESIDE = 16 * 2**20  # bytes of the files beside a notebook that the jail is given
GRACE = 15.0  # seconds for a process to start and to say its last word
PATIENCE = 4  # how much slower than its own clock a notebook may be on a machine that is busy


@dataclass
class Ran:
    """What came of a notebook.

    Attributes
    ----------
    notes : list of str
        Remarks for the teacher, such as ``"timed out in test-slope"``.
    enforced : dict
        What held the student's process, as the jail tells it.
    used : dict
        ``wall`` and ``cpu`` seconds, ``memory`` bytes, ``restarts`` and ``cells``.
    messages : list of str
        What the engine itself has to say: trouble of its own, not of the notebook.
    failed : int or None
        The cell at which it ended, where errors are not allowed.
    """

    notes: list[str] = field(default_factory=list)
    enforced: dict[str, Any] = field(default_factory=dict)
    used: dict[str, Any] = field(default_factory=dict)
    messages: list[str] = field(default_factory=list)
    failed: int | None = None


class SetupLost(RuntimeError):
    """Says that the tests' process ended in the teacher's own set-up, twice."""


def told_by_nbgrader() -> dict[str, str]:
    """Return the variables by which nbgrader tells a notebook why it runs."""
    names = ("NBGRADER_EXECUTION", "NBGRADER_VALIDATING")
    return {name: os.environ[name] for name in names if name in os.environ}


class Run:
    """One notebook in the hands of an engine."""

    def __init__(self, engine: Engine, nb: dict, folder: Path | None, name: str, options: dict):
        self.engine, self.nb, self.name, self.options = engine, nb, name, options
        self.folder = folder
        self.ran = Ran()
        self.indices: list[int] = []
        self.told: set[int] = set()
        self.guest: Child | None = None
        self.core: int | None = None
        self.cpu, self.memory, self.restarts = 0.0, 0, 0

    def go(self) -> Ran:
        """Run it and return what came of it; see `safegrade.notebook.engine.Engine.run`."""
        with claimed_core() as self.core:
            return self._go()

    def _go(self) -> Ran:
        start = time.monotonic()
        self.deadline = start + PATIENCE * self.engine.settings.limits.seconds + GRACE
        folder = str(Path(self.folder).absolute()) if self.folder else ""
        job = self._job()
        trusted = [cell["source"] for cell in job["cells"] if cell["kind"] != "student"]
        self.engine.prepare(trusted)
        host, link = self.engine.spawn_host(
            {
                "folder": folder,
                "path": list(self.engine.settings.tests_path),
                "environment": self._environment,
            },
            self.core,
        )
        try:
            with contextlib.closing(link):
                self._send_job(job, link)
                self._listen(link)
        finally:
            self._end(self.guest)
            self._end(host)
        self.ran.used = {
            "wall": time.monotonic() - start,
            "cpu": self.cpu,
            "memory": self.memory,
            "restarts": self.restarts,
            "cells": len(self.indices),
        }
        return self.ran

    def _send_job(self, job: dict, link: Link) -> None:
        descriptor = self._new_guest()
        with contextlib.closing(descriptor), contextlib.suppress(Gone):
            link.send({**job, "guest": self.guest.pid}, (descriptor.fileno(),))

    def _new_guest(self) -> socket.socket:
        settings = self.engine.settings
        self._end(self.guest)
        options = {
            "limits": asdict(settings.limits),
            "withheld": settings.withheld,
            "lent": self.engine.loans.sources(self.options.get("assignment", "")),
            "seed": self._seed,
            "files": self._files(),
            "environment": self._environment,
        }
        self.guest, connection = self.engine.spawn_guest(options, self.core)
        self.ran.enforced = dict(self.guest.enforced)
        return connection

    @property
    def _environment(self) -> dict[str, str]:
        return {**told_by_nbgrader(), **self.options.get("environment", {})}

    @property
    def _seed(self) -> int | None:
        return self.options.get("seed", self.engine.settings.seed)

    def _files(self) -> dict[str, str]:
        """Return the smaller files beside the notebook, for the scratch folder."""
        found, room = {}, BESIDE
        if self.folder is None:
            return found
        for path in sorted(Path(self.folder).rglob("*")):
            inner = path.relative_to(self.folder)
            if path.is_symlink() or not path.is_file() or any(p[0] == "." for p in inner.parts):
                continue
            size = path.stat().st_size
            if path.suffix != ".ipynb" and size <= room and len(found) < 200:
                found[str(inner)] = base64.b64encode(path.read_bytes()).decode("ascii")
                room -= size
        return found

    def _job(self) -> dict:
        cells, skipped = [], set(self.options.get("skip", ()))
        lend = self._lend_after()
        for index, cell in enumerate(self.nb["cells"]):
            if kind(cell) == "text":
                continue
            cell["outputs"], cell["execution_count"] = [], None
            if index in skipped or not source_of(cell).strip():
                continue
            self.indices.append(index)
            cells.append(
                {
                    "kind": self._kind(cell),
                    "source": source_of(cell),
                    "label": label(cell),
                    "seconds": self.options.get("seconds", {}).get(index),
                    "may_fail": index in self.options.get("may_fail", ()),
                    "lend": lend(cell),
                }
            )
        names = [name for cell in self.nb["cells"] if (name := name_of(cell))]
        return {
            "cells": cells,
            "limits": asdict(self.engine.settings.limits),
            "answers": answer_words(names),
            "asked": self.options.get("asked") or {ANY: None},
            "seed": self._seed,
            "allow_errors": self.options.get("allow_errors", True),
            "error_on_timeout": self.options.get("error_on_timeout", TIMEOUT),
        }

    def _lend_after(self) -> Callable[[dict], dict[str, str]]:
        """Return a function that says, cell by cell, what more is lent when it has been run."""
        loans, assignment = self.engine.loans, self.options.get("assignment", "")
        awaited, done, known = loans.awaited(assignment), set(), loans.sources(assignment)

        def lend(cell: dict) -> dict[str, str]:
            if name_of(cell) not in awaited or self._kind(cell) != "test":
                return {}
            done.add(name_of(cell))
            now = loans.sources(assignment, done)
            new = {name: text for name, text in now.items() if known.get(name) != text}
            known.update(new)
            return new

        return lend

    def _kind(self, cell: dict) -> str:
        """Return what a cell is for; what is not as it was released is the student's."""
        trusted, found = self.options.get("trusted"), kind(cell)
        if trusted is not None and found != "student":
            return found if trusted.get(name_of(cell)) == source_of(cell) else "student"
        return found

    def _listen(self, link: Link) -> None:
        """Take what the tests' process tells, until it is done, dead or too slow."""
        why = ""
        try:
            while True:
                message, _ = link.receive(self.deadline - time.monotonic())
                if message.get("done"):
                    self.restarts = message["restarts"]
                    return
                if "need" in message:
                    self._replace_guest(link)
                elif "failed" in message:
                    self.ran.failed = self.indices[message["failed"]]
                else:
                    self._take(message)
        except Gone:
            why = "the process of the tests ended"
        except TimeoutError:
            why = "the process of the tests did not answer"
        self._stop(why)

    def _replace_guest(self, link: Link) -> None:
        try:
            connection = self._new_guest()
        except Exception as error:
            self.ran.messages.append(f"no new process could be started: {error}")
            link.send({"pid": 0})
            return
        with contextlib.closing(connection):
            link.send({"pid": self.guest.pid}, (connection.fileno(),))

    def _take(self, message: dict) -> None:
        index = self.indices[message["cell"]]
        self.told.add(index)
        cell = self.nb["cells"][index]
        cell["outputs"], cell["execution_count"] = message["outputs"], message["count"]
        for text in message["notes"]:
            self._note(text)

    def _note(self, text: str) -> None:
        if text not in self.ran.notes:
            self.ran.notes.append(text)

    def _stop(self, why: str) -> None:
        """Blame the cell that ran when the tests' process was lost; the others have not run."""
        left = [index for index in self.indices if index not in self.told]
        if not left:
            return
        first = self.nb["cells"][left[0]]
        if not self.told and self._kind(first) == "setup":
            raise SetupLost(f"{label(first)}: {why}, although no student's code had run")
        self.ran.notes += [f"{label(first)} ended the kernel", f"stopped: {why}"]
        first["outputs"] = [error("DeadKernel", f"This cell was stopped: {why}.")]
        for index in left[1:]:
            self.nb["cells"][index]["outputs"] = [error("NotRun", f"Not run: {why}.")]

    def _end(self, child: Child | None) -> None:
        if child is None:
            return
        try:
            child.kill()
            usage = child.wait(GRACE)
        except Exception as trouble:
            print(f"safegrade: a process did not end: {trouble}", file=sys.stderr)
            return
        self.cpu += usage.cpu_seconds
        if child is self.guest:
            self.memory = max(self.memory, usage.max_rss)
            if usage.exceeded:
                self._note(f"took more {usage.exceeded} than the limit")
