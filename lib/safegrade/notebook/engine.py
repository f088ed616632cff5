"""Run notebooks: one trusted and one jailed process for each, both forked from warm ones."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from safegrade.jail.limits import Limits
from safegrade.jail.nursery import Nursery
from safegrade.jail.process import Child
from safegrade.notebook.imports import imported
from safegrade.notebook.link import Link
from safegrade.notebook.loans import Loans
from safegrade.notebook.run import Ran, Run, SetupLost

WARM = ("safegrade.notebook.warm",)
READY = ("safegrade.notebook.ready",)
REHEARSAL = "safegrade.notebook.rehearsal:rehearse"
OFTEN = 5  # notebooks with the same tests after which a rehearsal pays


@dataclass(frozen=True)
class Settings:
    """What holds for all notebooks that an engine runs.

    Parameters
    ----------
    limits : Limits
        What one submission may use.
    preload : tuple of str
        Modules that the students' processes begin with.
    tests_preload : tuple of str
        Modules that the tests' processes begin with.
    rehearse : str
        A function of the tests' package, as ``"package.module:function"``: called with the texts
        of a notebook's set-up and test cells when that notebook comes often, so that what its
        tests work out for every student is worked out once.
    withheld : tuple of str
        Packages that the students' processes can neither import nor read.
    lent : tuple of str
        What of them they can import all the same; see `safegrade.notebook.loans.Loans`.
    unsandboxed : bool
        Run the students' processes without a jail.
    seed : int, optional
        Seeds the global random numbers of both processes before the first cell.
    tests_path : tuple of str
        Folders of the teacher's, from which tests may import.
    readable : tuple of str
        Files and folders that the students' processes may read.
    course_root : str
        The course's folder.
    """

    limits: Limits = field(default_factory=Limits)
    preload: tuple[str, ...] = ("numpy",)
    tests_preload: tuple[str, ...] = ("numpy",)
    rehearse: str = ""
    withheld: tuple[str, ...] = ()
    lent: tuple[str, ...] = ()
    unsandboxed: bool = False
    seed: int | None = None
    tests_path: tuple[str, ...] = ()
    readable: tuple[str, ...] = ()
    course_root: str = ""


def settings_from(told: dict) -> Settings:
    """Return settings that were made plain by `dataclasses.asdict`, and perhaps by JSON.

    Examples
    --------
    >>> settings_from({"withheld": ["answers"], "limits": {"seconds": 60.0}}).limits.seconds
    60.0
    """
    limits = Limits(**told.get("limits", {}))
    plain = {name: tuple(v) if isinstance(v, list) else v for name, v in told.items()}
    return Settings(**{**plain, "limits": limits})


class Engine:
    """Runs notebooks one after the other; its two fork servers stay warm between them.

    Parameters
    ----------
    settings : Settings
        What holds for all of them.
    """

    def __init__(self, settings: Settings | None = None):
        self.settings = settings or Settings()
        self._lock = threading.Lock()
        self.loans = Loans(self.settings.lent, self.settings.withheld)
        self._tests_preload = self.settings.tests_preload
        self._seen: Counter[tuple[str, ...]] = Counter()
        self._rehearsal: tuple[str, list] | None = None
        self._tests = self._nursery_of_tests()
        self._students = Nursery(
            "safegrade.notebook.guest:main",
            preload=(*WARM, *self.settings.preload, *READY),
            jailed=not self.settings.unsandboxed,
            limits=self.settings.limits,
            withheld=self.settings.withheld,
            readable=self.settings.readable,
        )

    def _nursery_of_tests(self) -> Nursery:
        return Nursery(
            "safegrade.notebook.host:main",
            preload=(*WARM, "numpy", *self._tests_preload, *READY),
            jailed=False,
            limits=self.settings.limits,
            rehearsal=self._rehearsal,
        )

    def prepare(self, sources: list[str]) -> None:
        """Let the tests' processes begin with what these set-up and test cells need.

        What they import is loaded at once; what they work out is rehearsed when the same cells
        have come often.
        """
        with self._lock:
            key = tuple(sources)
            self._seen[key] += 1
            modules = imported(sources)
            new = tuple(name for name in modules if name not in self._tests_preload)
            often = bool(self.settings.rehearse) and self._seen[key] == OFTEN
            if new or often:
                self._tests.stop()
                self._tests_preload += new
                if often:
                    self._rehearsal = REHEARSAL, [self.settings.rehearse, list(sources)]
                self._tests = self._nursery_of_tests()

    def __enter__(self) -> Engine:
        return self

    def __exit__(self, *_: Any) -> None:
        self.stop()

    def start(self) -> None:
        """Start both fork servers; they load their modules while this process goes on.

        Raises
        ------
        JailError
            Where this system cannot jail; the message says what to do.
        """
        with self._lock:
            self._students.start()
            self._tests.start()

    def stop(self) -> None:
        """End the fork servers and everything that they started."""
        with self._lock:
            self._students.stop()
            self._tests.stop()

    def run(
        self,
        nb: dict,
        *,
        folder: Path | None = None,
        name: str = "",
        options: dict | None = None,
    ) -> Ran:
        """Run the cells of a notebook; fill in their outputs and numbers.

        Parameters
        ----------
        nb : dict
            A notebook of format 4, changed in place.
        folder : Path, optional
            Where the tests run. The student's process gets a copy of its smaller files.
        name : str
            What to call the notebook in messages.
        options : dict, optional
            The ``assignment``, ``environment`` (variables), ``seed``, ``allow_errors``,
            ``error_on_timeout``, and by the index of cells ``seconds``, ``skip`` and
            ``may_fail``, in place of the usual; ``trusted``, the sources of the released
            cells that may run outside of the jail, by their names; ``asked``, the functions and
            classes that answers are asked for, with the special methods of the classes.

        Returns
        -------
        Ran
            Notes, and what was used.

        Raises
        ------
        JailError
            Where this system cannot jail, or a process could not be started.
        SetupLost
            Where the tests' process ends before any of the student's cells has run, and again
            in a new one: that is not the student's doing, and no zero.
        """
        with contextlib.suppress(SetupLost):
            return Run(self, nb, folder, name, options or {}).go()
        with self._lock:
            self._tests.stop()  # what it was forked from may be out of order
        return Run(self, nb, folder, name, options or {}).go()

    def spawn_guest(self, options: dict, core: int | None) -> tuple[Child, socket.socket]:
        """Start a student's process; return it and the socket to it."""
        ours, theirs = socket.socketpair()
        try:
            with self._lock:
                child = self._students.spawn(
                    theirs, options, limits=self.settings.limits, core=core
                )
        except BaseException:
            ours.close()
            raise
        return child, ours

    def spawn_host(self, options: dict, core: int | None) -> tuple[Child, Link]:
        """Start a process for tests; return it and the link to it."""
        ours, theirs = socket.socketpair()
        try:
            with self._lock:
                child = self._tests.spawn(theirs, options, core=core)
        except BaseException:
            ours.close()
            raise
        return child, Link(ours)
