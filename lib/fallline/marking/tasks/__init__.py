"""The tasks of the course, one module a chapter."""

from __future__ import annotations

import difflib
import functools
import importlib
import pkgutil

from fallline.marking.task import ProblemSet, Task


@functools.cache
def problem_sets() -> dict[str, ProblemSet]:
    """Return every chapter's tasks, keyed by its stem."""
    stems = sorted(module.name for module in pkgutil.iter_modules(__path__))
    return {stem: importlib.import_module(f"{__name__}.{stem}").problems for stem in stems}


@functools.cache
def _by_name() -> dict[str, Task]:
    return {task.name: task for problems in problem_sets().values() for task in problems}


def find(name: str) -> Task:
    """Return the task of that name.

    Raises
    ------
    LookupError
        No task has that name; the nearest one is suggested.
    """
    tasks = _by_name()
    if name in tasks:
        return tasks[name]
    near = difflib.get_close_matches(name, tasks, n=1)
    guess = f"; did you mean {near[0]!r}?" if near else ""
    raise LookupError(f"no task is called {name!r}{guess} Pass task='...' to name it.")
