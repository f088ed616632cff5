"""Grade a class, one submission at a time, and let none of them stop the others."""

from __future__ import annotations

import time

from safegrade.course import Course
from safegrade.lending import submission_as_expected
from safegrade.notes import note


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
