"""Run a notebook of one's own as a teacher would grade it, and say what is right and what not."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from safegrade.problems import Problem, unknown
from safegrade.progress import one_line
from safegrade.solo_course import Home, find_home, settings_of

WIDTH = 88
INDENT = " " * 13


def solo(path: Path, course: Path | None = None, unsandboxed: bool = False) -> int:
    """Run a notebook and print its tasks; return 0 if all pass, else 1.

    Parameters
    ----------
    path : pathlib.Path
        The notebook.
    course : pathlib.Path, optional
        The course that it belongs to; by default the present folder or one above it.
    unsandboxed : bool
        Whether to run it without the jail.

    Raises
    ------
    Problem
        There is no such notebook or course, it cannot be read, or not be run in a jail.
    """
    raw = read(path)
    home = find_home(path, course)
    notebook, notes = prepared(raw, home)
    for note in notes + run_cells(notebook, home, unsandboxed):
        print(f"note: {one_line(note)}")
    results = list(verdicts(notebook))
    if not results:
        raise Problem(f"{path} holds no test cells: is it a notebook of a course?")
    print("\n".join(lines_of(results)))
    return 0 if all(result.state in ("full", "waiting") for result in results) else 1


# --- what belongs to the notebook ---


def read(path: Path) -> bytes:
    """Return the bytes of a notebook."""
    from safegrade.salvage.reading import read_file

    if path.is_dir():
        raise Problem(f"{path} is a folder; name the notebook in it.")
    try:
        return read_file(path)
    except FileNotFoundError:
        near = [other.name for other in path.absolute().parent.glob("*.ipynb")]
        raise Problem(unknown("notebook", path.name, near)) from None
    except OSError as error:
        raise Problem(f"{path} cannot be read: {error.strerror}") from error


def prepared(raw: bytes, home: Home) -> tuple[dict, list[str]]:
    """Return the notebook with the course's own tests in it, and what was repaired."""
    from safegrade.salvage.mending import mend
    from safegrade.salvage.reading import Unreadable
    from safegrade.salvage.reading import read as read_notebook

    try:
        handed_in = read_notebook(raw)[0]
        released = released_for(handed_in, home)
        kernel = (home.released or handed_in).get("metadata", {}).get("kernelspec")
        return mend(raw, released, kernel)
    except Unreadable as error:
        raise Problem(f"The notebook cannot be run: {error}.") from error


def released_for(handed_in: dict, home: Home) -> dict[str, Any]:
    """Return the cells that the course knows, its tests with their hidden parts.

    Of a course that holds no released notebook the header comes from what was handed in: nbgrader
    writes it when it releases.
    """
    from safegrade.salvage.released import released_in

    source = released_in(home.source) if home.source else {}
    if not home.released:
        own = released_in(handed_in)
        return {name: own[name] for name in own if name not in source and own[name].locked} | (
            source or own
        )
    released = released_in(home.released)
    for name, known in source.items():
        if name in released and known.is_test:
            released[name] = released[name]._replace(source=known.source)
    return released


# --- running it ---


def run_cells(notebook: dict, home: Home, unsandboxed: bool) -> list[str]:
    """Run the cells in place, and return the notes about it."""
    from safegrade.course.marks import settle
    from safegrade.jail.capabilities import JailError
    from safegrade.notebook.engine import Engine

    settings = settings_of(home, unsandboxed)
    try:
        with Engine(settings) as engine:
            ran = engine.run(notebook, options={"assignment": home.assignment})
    except JailError as error:
        raise Problem(str(error)) from error
    return ran.notes + ran.messages + settle(notebook)


# --- saying what came of it ---


def verdicts(notebook: dict) -> Iterator[Any]:
    """Yield the verdict on each marked cell, in order."""
    from safegrade.course.marks import scores_of
    from safegrade.feedback.hidden import Redactor, split
    from safegrade.feedback.verdicts import Verdict, about, explain

    scores = scores_of(notebook)
    own = [
        line
        for cell in notebook["cells"]
        if not cell.get("metadata", {}).get("nbgrader", {}).get("locked")
        for line in cell["source"].split("\n")
    ]
    for cell in notebook["cells"]:
        settings = cell.get("metadata", {}).get("nbgrader", {})
        if not (settings.get("grade") or settings.get("task")):
            continue
        name, points = settings["grade_id"], float(settings.get("points") or 0)
        if settings.get("solution") or settings.get("task"):
            yield Verdict(name, name, None, points, True)
            continue
        shown, secret = split(cell["source"])
        score = scores[name][0]
        told = explain(cell["outputs"], shown, own, Redactor(secret, shown.split("\n")), 2000)
        yield Verdict(name, about(cell["source"], name), score, points, False, *told)


def lines_of(results: list) -> Iterator[str]:
    """Yield the lines that a person reads: a task with its points, below it what is wrong."""
    signs = {"full": "pass", "part": "part", "none": "fail", "waiting": "hand"}
    for result in results:
        score = "?" if result.by_hand else f"{result.score:g}"
        points = f"{score}/{result.points:g}"
        yield f"{signs[result.state]}  {points:>5}  {one_line(result.about)}"
        if result.by_hand:
            yield f"{INDENT}marked by a person"
        for text in (result.message, result.hint):
            yield from indented(text)
        yield from (f"{INDENT}line {one.number}: {one.code}" for one in result.lines[-1:])
    marked = [result for result in results if not result.by_hand]
    total, most = sum(r.score for r in marked), sum(r.points for r in marked)
    yield ""
    yield f"{total:g} of {most:g} points that tests can give"


def indented(text: str) -> Iterator[str]:
    r"""Yield a text's lines below a task, folded where they are long.

    Examples
    --------
    >>> list(indented("first\nsecond"))
    ['             first', '             second']
    """
    for line in text.splitlines():
        yield from textwrap.wrap(
            line,
            WIDTH,
            initial_indent=INDENT,
            subsequent_indent=INDENT + " " * (len(line) - len(line.lstrip())),
            break_long_words=False,
        )
