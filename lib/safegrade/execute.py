"""Run notebooks in nbgrader's pipeline so that a student's code can harm nobody's grade."""

from __future__ import annotations

import atexit
import sys
import threading
from dataclasses import asdict
from pathlib import Path
from typing import Any

from jupyter_client.kernelspec import KernelSpecManager
from nbclient.exceptions import CellExecutionError
from nbformat import from_dict
from nbformat.notebooknode import NotebookNode
from nbgrader.preprocessors import Execute
from traitlets import Bool, Integer, List, Unicode

from safegrade.course.notes import note
from safegrade.jail.limits import Limits
from safegrade.notebook import outputs
from safegrade.notebook.engine import Engine, Settings
from safegrade.notebook.run import Ran
from safegrade.salvage.released import asked_of, released_cells, trusted_cells

PYTHONS = ("python", "python3", "python2", "")
KEPT = 2  # engines of one process: a server may grade two assignments by turns
_engines: dict[Settings, Engine] = {}
_lock = threading.Lock()
_one_at_a_time = threading.Lock()  # a server may grade in several threads


class SafeExecute(Execute):
    """nbgrader's `Execute` in two processes: answers in a jail, tests outside of it.

    The options of `Execute` keep their meaning: ``timeout`` and ``timeout_func`` limit one
    cell, ``enabled``, ``allow_errors``, ``error_on_timeout``, ``kernel_name`` and
    ``skip_cells_with_tag`` do what they did.
    """

    notebook_timeout = Integer(120, help="Seconds that all cells may take together.").tag(
        config=True
    )
    cpu_seconds = Integer(120, help="Seconds of CPU time for the student's process.").tag(
        config=True
    )
    memory = Integer(2 * 2**30, help="Bytes of memory for the student's process.").tag(config=True)
    file_size = Integer(64 * 2**20, help="Bytes of a file that a student's code writes.").tag(
        config=True
    )
    scratch = Integer(256 * 2**20, help="Bytes of all the files that it writes.").tag(config=True)
    processes = Integer(64, help="Processes and threads of a student's at a time.").tag(config=True)
    max_cells = Integer(1000, help="Cells of a notebook that are run.").tag(config=True)
    max_output = Integer(1_000_000, help="Characters of output kept of a cell.").tag(config=True)
    max_total_output = Integer(5_000_000, help="Characters of output kept of a notebook.").tag(
        config=True
    )
    max_restarts = Integer(3, help="New processes that a notebook is given.").tag(config=True)
    withheld = List(
        Unicode(), help="Packages that students' code can neither import nor read."
    ).tag(config=True)
    lent = List(
        Unicode(),
        help="What of them it can import all the same: MODULE, ASSIGNMENT/MODULE, or "
        "ASSIGNMENT/CELL/MODULE for what is lent when that cell has been run. MODULE:NAME "
        "lends only one name of a module.",
    ).tag(config=True)
    preload = List(
        Unicode(),
        ["numpy", "matplotlib.pyplot"],
        help="Modules that are loaded once for all students' notebooks.",
    ).tag(config=True)
    tests_preload = List(
        Unicode(), help="Modules to load once for all tests, beside those that they import."
    ).tag(config=True)
    rehearse = Unicode(
        "",
        help="A function of the tests' package, as package.module:function, that is called once "
        "with the texts of a notebook's test cells before they mark a class.",
    ).tag(config=True)
    unsandboxed = Bool(
        False, help="Run students' code without a jail, where the system has none."
    ).tag(config=True)
    seed = Integer(None, allow_none=True, help="Seeds NumPy's and Python's random numbers.").tag(
        config=True
    )

    def preprocess(
        self, nb: NotebookNode, resources: dict | None = None, km: Any = None
    ) -> tuple[NotebookNode, dict]:
        """Run all cells of a notebook in place."""
        if not self._is_python(nb):
            return super().preprocess(nb, resources, km)
        resources = resources if resources is not None else {}
        folder = (resources.get("metadata") or {}).get("path")
        options = self._options(nb, resources)
        with _one_at_a_time:
            engine = engine_for(self._settings(resources))
            ran = engine.run(nb, folder=Path(folder) if folder else None, options=options)
        self._write_down(nb, ran, engine.settings)
        if ran.failed is not None:
            cell = nb.cells[ran.failed]
            told = next(output for output in cell.outputs if output.output_type == "error")
            raise CellExecutionError.from_cell_and_msg(cell, {**told, "status": "error"})
        return nb, resources

    @property
    def settings(self) -> dict:
        """What this object's options mean for an engine, as plain data."""
        return asdict(self._settings({}))

    def _settings(self, resources: dict) -> Settings:
        return Settings(
            limits=self._limits(),
            preload=tuple(self.preload),
            tests_preload=tuple(self.tests_preload),
            rehearse=self.rehearse,
            withheld=tuple(self.withheld),
            lent=tuple(self.lent),
            unsandboxed=self.unsandboxed,
            seed=self.seed,
            tests_path=_folders_of_tests(self.parent, resources),
        )

    def _limits(self) -> Limits:
        seconds = float(self.notebook_timeout)
        cell = self.timeout if self.timeout and self.timeout > 0 else seconds
        return Limits(
            cell_seconds=float(cell),
            seconds=seconds,
            cpu_seconds=self.cpu_seconds,
            memory=self.memory,
            file_size=self.file_size,
            scratch=self.scratch,
            processes=self.processes,
            output=self.max_output,
            total_output=self.max_total_output,
            cells=self.max_cells,
            restarts=self.max_restarts,
        )

    def _options(self, nb: NotebookNode, resources: dict) -> dict:
        """Return what holds for the cells of this notebook."""
        tags = [set(cell.metadata.get("tags", ())) for cell in nb.cells]
        options = {
            "assignment": (resources.get("nbgrader") or {}).get("assignment", ""),
            "allow_errors": self.allow_errors,
            "error_on_timeout": dict(self.error_on_timeout),
            "skip": [i for i, tag in enumerate(tags) if self.skip_cells_with_tag in tag],
            "may_fail": [i for i, cell in enumerate(nb.cells) if "raises-exception" in tags[i]],
        }
        options |= told_by_release(resources)
        if self.timeout_func is not None:
            code = [(i, cell) for i, cell in enumerate(nb.cells) if cell.cell_type == "code"]
            options["seconds"] = {i: self.timeout_func(cell) for i, cell in code}
        return options

    def _write_down(self, nb: NotebookNode, ran: Ran, settings: Settings) -> None:
        for cell in nb.cells:
            if cell.cell_type == "code":
                cell.outputs = [from_dict(output) for output in cell.outputs]
        for text in ran.notes:
            note(self.log, text)
        for text in ran.messages:
            self.log.warning(text)
        nb.metadata["language_info"] = NotebookNode(
            name="python",
            version=sys.version.split()[0],
            mimetype="text/x-python",
            codemirror_mode=NotebookNode(name="ipython", version=3),
            pygments_lexer="ipython3",
            nbconvert_exporter="python",
            file_extension=".py",
        )
        # not what was used: the same submission is to give the same file
        told = {"enforced": ran.enforced, "limits": vars(settings.limits)}
        nb.metadata["safegrade"] = from_dict(told)
        self.log.info("used: %s", ", ".join(f"{key} {ran.used[key]:.4g}" for key in ran.used))

    def _is_python(self, nb: NotebookNode) -> bool:
        """Whether a notebook is one of Python's; any other kernel cannot be jailed.

        Raises
        ------
        jupyter_client.kernelspec.NoSuchKernel
            When there is no such kernel.
        ValueError
            When it is not Python's, and not to be run without a jail.
        """
        name = self.kernel_name or nb.metadata.get("kernelspec", {}).get("name", "python")
        if name in PYTHONS:
            return True
        language = KernelSpecManager().get_kernel_spec(name).language
        if language.lower() == "python":
            return True
        if not self.unsandboxed:
            raise ValueError(
                f"The kernel {name} runs {language}, and only Python can be jailed. "
                "To run it without a jail set c.SafeExecute.unsandboxed = True."
            )
        return False


def error(name: str, text: str) -> NotebookNode:
    """Return an error output, as if a cell had raised it."""
    return from_dict(outputs.error(name, text))


def engine_for(settings: Settings) -> Engine:
    """Return the engine of this process for these settings; make it if need be."""
    with _lock:
        engine = _engines.pop(settings, None)
        if engine is None:
            while len(_engines) >= KEPT:
                _engines.pop(next(iter(_engines))).stop()
            engine = Engine(settings)
        _engines[settings] = engine  # the last used is the last to go
        return engine


@atexit.register
def stop_engines() -> None:
    """End all engines of this process."""
    with _lock:
        while _engines:
            _engines.popitem()[1].stop()


def told_by_release(resources: dict) -> dict:
    """Return what the released notebook says of a submission, as options for `Engine.run`.

    Nothing where there is no gradebook to ask, for example when a notebook is validated: then
    the notebook is what its owner made it.
    """
    told = resources.get("nbgrader") or {}
    if not {"db_url", "notebook", "assignment"} <= set(told):
        return {}
    from nbgrader.api import Gradebook, MissingEntry

    with Gradebook(told["db_url"]) as gradebook:
        try:
            released = released_cells(gradebook, told["notebook"], told["assignment"])
        except MissingEntry:
            return {}
    return {"trusted": trusted_cells(released), "asked": asked_of(released)}


def _folders_of_tests(converter: Any, resources: dict) -> tuple[str, ...]:
    """Return the folder of the assignment's source, from which tests may import."""
    course = getattr(converter, "coursedir", None)
    assignment = (resources.get("nbgrader") or {}).get("assignment")
    if course is None or not assignment:
        return ()
    folder = Path(course.format_path(course.source_directory, ".", assignment))
    return (str(folder.absolute()),) if folder.is_dir() else ()
