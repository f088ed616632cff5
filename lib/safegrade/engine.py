"""Grade a class, one submission at a time, and let none of them stop the others."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import nbformat

from safegrade.course import Course
from safegrade.notes import note
from safegrade.repair import name_of

EXCHANGED = ("timestamp.txt", "submission_secret.txt")  # nbgrader's exchange needs them


def grade_class(course: Course, assignments: list[str], force: bool = False) -> None:
    """Autograde and write feedback for every submission that changed; say so line by line.

    Parameters
    ----------
    course : Course
        The course.
    assignments : list of str
        Which assignments; they have been handed in by somebody.
    force : bool
        Grade again what has not changed, too.
    """
    for assignment in assignments:
        course.enter(assignment)
    waiting = [pair for pair in course.submissions() if pair[0] in assignments]
    for number, (assignment, student) in enumerate(waiting, start=1):
        start = time.monotonic()
        done = grade_submission(course, assignment, student, force)
        took = f"{time.monotonic() - start:5.1f} s"
        print(f"[{number}/{len(waiting)}] {assignment}  {student}: {done} {took}", flush=True)


def grade_submission(course: Course, assignment: str, student: str, force: bool = False) -> str:
    """Grade one submission if it changed, refresh its feedback, and return what was done."""
    before = course.read_ledger(assignment, student)
    fingerprint = course.fingerprint(assignment, student)
    fresh = force or before.get("fingerprint") != fingerprint
    if not fresh and before.get("by_hand") == course.hand_grades(assignment, student):
        return "unchanged"
    notes = grade_notebooks(course, assignment, student) if fresh else before["notes"]
    done = write_feedback(course, assignment, student)
    by_hand = course.hand_grades(assignment, student)
    ledger = {"fingerprint": fingerprint, "by_hand": by_hand, "notes": notes}
    course.write_ledger(assignment, student, ledger)
    return ", ".join(["graded" if fresh else "hand grades taken in", done, *notes])


def grade_notebooks(course: Course, assignment: str, student: str) -> list[str]:
    """Autograde every notebook of a submission by itself; return the notes about it."""
    course.clear(assignment, student)
    course.keeper.clear()
    expected = course.released(assignment)
    folder = course.folder("submitted", student, assignment)
    with submission_as_expected(course, folder, expected) as (submitted, missing):
        for notebook in expected:
            if notebook in missing:
                note(course.app.log, f"{notebook}.ipynb was not handed in")
                course.give_zero(assignment, student, notebook)
                continue
            try:
                course.autograde(assignment, student, notebook, submitted_directory=submitted)
            except Exception:
                course.app.log.exception("%s of %s", notebook, student)
                why = course.keeper.cause()[:120]
                note(course.app.log, f"{notebook}.ipynb could not be graded: {why}")
                course.give_zero(assignment, student, notebook)
    return list(course.keeper.notes)


def write_feedback(course: Course, assignment: str, student: str) -> str:
    """Write a student's feedback pages, and say whether that was possible."""
    if not any(course.folder("autograded", student, assignment).glob("*.ipynb")):
        return "no feedback"
    try:
        course.give_feedback(assignment, student)
    except Exception:
        course.app.log.exception("feedback for %s", student)
        return "no feedback"
    return "feedback written"


@contextlib.contextmanager
def submission_as_expected(
    course: Course, folder: Path, expected: dict[str, dict]
) -> Iterator[tuple[str, set[str]]]:
    """Lend a submitted folder in which notebooks bear their right names and can be read.

    Yields the folder to name to nbgrader in place of ``submitted``, and the names of
    the notebooks that are not in it. What the student handed in is not touched.
    """
    with tempfile.TemporaryDirectory() as elsewhere:
        student, assignment = folder.parent.name, folder.name
        lent = Path(elsewhere, student, assignment)
        lent.mkdir(parents=True)
        for name in EXCHANGED:
            if (folder / name).is_file():
                shutil.copy(folder / name, lent)
        found = {path.stem: path for path in sorted(folder.glob("*.ipynb")) if path.is_file()}
        strangers = [path for name, path in found.items() if name not in expected]
        missing = set()
        for notebook, cells in expected.items():
            path = found.get(notebook) or alike(strangers, cells)
            if path is None:
                missing.add(notebook)
                continue
            if path.stem != notebook:
                strangers.remove(path)
                note(course.app.log, f"{path.name} graded as {notebook}.ipynb")
            shutil.copy(path, lent / f"{notebook}.ipynb")
        yield elsewhere, missing


def alike(strangers: list[Path], cells: dict) -> Path | None:
    """Return the notebook that has most of the released cells, if one has at least half."""
    shares = [(len(names_in(path) & set(cells)), path) for path in strangers]
    best, path = max(shares, default=(0, None))
    return path if cells and 2 * best >= len(cells) else None


def names_in(path: Path) -> set[str]:
    """Return the grade_ids in a notebook; none if it cannot be read."""
    try:
        return {name_of(cell) for cell in nbformat.read(path, as_version=4).cells} - {None}
    except Exception:
        return set()
