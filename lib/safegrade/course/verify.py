"""Derive scores again from what was kept with them, and say what differs and why."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from safegrade.course.again import graded_again, said, standings
from safegrade.course.files import digests
from safegrade.course.layout import Course, visible
from safegrade.course.ledger import FAILED, Ledger
from safegrade.course.provenance import changes


def verify(
    course: Course, assignments: list[str], *, students: list[str] | None = None, **how: Any
) -> int:
    """Print what is wrong with each score, and return 0 when all were derived as they are, else 1.

    Nothing is written; the arguments are those of `safegrade.course.regrade.regrade`.
    """
    count = wrong = 0
    for assignment, student, found in verified(course, assignments, students=students, **how):
        count += 1
        wrong += bool(found)
        if found:
            print(f"{assignment}  {student}: {'; '.join(found)}", flush=True)
    print(f"{count - wrong} of {count} scores were derived again as they are.")
    return 1 if wrong else 0


def verified(
    course: Course, assignments: list[str], *, students: list[str] | None = None, **how: Any
) -> Iterator[tuple[str, str, list[str]]]:
    """Yield assignment, student and what is wrong, for every submission that has a score."""
    standing = standings(course, assignments)
    ledgers = {name: Ledger(course.history(name)) for name in assignments}
    pairs = [
        (assignment, student)
        for assignment in assignments
        for student in sorted({*ledgers[assignment].students(), *standing[assignment]})
        if students is None or student in students
    ]
    readable = []
    for assignment, student in pairs:
        try:
            visible(course.folder("submitted", student, assignment))
            readable.append((assignment, student))
        except OSError as error:
            why = error.strerror or error
            yield assignment, student, [f"the submission cannot be read ({why})"]
    for job, result in graded_again(course, readable, standing, **how):
        assignment, student = job["assignment"], job["student"]
        last = ledgers[assignment].last(student)
        yield assignment, student, findings(course, job, result, last)


def findings(course: Course, job: dict, result: dict, line: dict) -> list[str]:
    """Return what does not fit together about one submission.

    Parameters
    ----------
    course : Course
        The course.
    job, result : dict
        The unit of work as it is now, and what came of it.
    line : dict
        The last line of the history.
    """
    if not line:
        return ["it has no history"]
    gone = not course.folder("submitted", job["student"], job["assignment"]).is_dir()
    found = ["the submission is gone"] if gone else []
    found += ["it could not be graded"] if line["event"] == FAILED else []
    told = line["origin"].get("submission")  # that it changed is no news of what is gone
    origin = {**job["origin"], "submission": told} if gone else job["origin"]
    found += changes(line["origin"], origin)
    found += _changed_files(course, line)
    grades = job["standing"]["grades"]
    for name, cells in line["scores"].items():
        now = result["notebooks"].get(name, {}).get("scores", {})
        for cell, (kept, *_) in cells.items():
            entered = grades.get(name, {}).get(cell, [None])[0]
            if entered != kept:
                found.append(f"{cell}: the gradebook says {said(entered)}, not {said(kept)}")
            if gone:
                continue
            derived = now[cell][0] if cell in now else None
            if derived != kept:
                found.append(f"{cell}: {said(derived)} was derived, not {said(kept)}")
    return found


def _changed_files(course: Course, line: dict) -> list[str]:
    """Return a line for each file that is not as it was written."""
    found = []
    for step in ("autograded", "feedback"):
        now = digests(course.folder(step, line["student"], line["assignment"]))
        kept = {
            name.partition("/")[2]: told
            for name, told in line["files"].items()
            if name.startswith(f"{step}/")
        }
        for name in sorted({*now, *kept}):
            if now.get(name) != kept.get(name):
                how = "is gone" if name not in now else "is not as it was written"
                found.append(f"{step}/{name} {how}")
    return found
