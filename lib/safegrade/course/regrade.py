"""Show who would change if everything were graded anew, and why; write it when asked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from safegrade.course.again import graded_again, said, standings
from safegrade.course.files import Trouble
from safegrade.course.grade import chosen_pairs, grade
from safegrade.course.layout import Course
from safegrade.course.ledger import Ledger
from safegrade.course.provenance import changes
from safegrade.course.settings import unknown_steps
from safegrade.course.writer import auto_scores, entered_scores

UNTOLD = "no reason was found: the score depends on chance, time or the machine"
EDITED = "the gradebook was changed after it was graded"
FIRST = "it was not graded before"


@dataclass
class Change:
    """How one submission would change."""

    assignment: str
    student: str
    before: float
    after: float
    cells: list[str] = field(default_factory=list)
    why: list[str] = field(default_factory=list)

    @property
    def line(self) -> str:
        """The change in one line.

        Examples
        --------
        >>> Change("adam", "ada", 3, 5.5, ["test-m 0 -> 2.5"], ["the tests changed"]).line
        'adam  ada: 3 -> 5.5 (+2.5)  test-m 0 -> 2.5; the tests changed'
        """
        points = f"{self.before:g} -> {self.after:g} ({self.after - self.before:+g})"
        told = "; ".join([", ".join(self.cells), *self.why])
        return f"{self.assignment}  {self.student}: {points}  {told}"


def regrade(
    course: Course,
    assignments: list[str],
    *,
    students: list[str] | None = None,
    write: bool = False,
    **how: Any,
) -> int:
    """Print who would change, by how much and why; write the new scores when asked.

    Parameters
    ----------
    course, assignments, students
        As in `safegrade.course.grade.grade`.
    write : bool
        Write the new scores.
    **how
        The ``jobs``, ``cluster`` and ``unsandboxed`` of `safegrade.course.grade.grade`.

    Returns
    -------
    int
        0 when nobody's score would change or all was written, 1 when somebody's would change.
    """
    found, count = [], 0
    for change in regrade_diff(course, assignments, students=students, **how):
        count += 1
        if change is not None:
            found.append(change)
            print(change.line, flush=True)
    print(f"{len(found)} of {count} submissions would change." if count else "Nothing to regrade.")
    if not write:
        return 1 if found else 0
    if count:
        summary = grade(course, assignments, students=students, force=True, **how)
        print(f"{summary.graded} submissions were graded anew and written.")
    return 0


def regrade_diff(
    course: Course, assignments: list[str], *, students: list[str] | None = None, **how: Any
) -> Iterator[Change | None]:
    """Grade everything anew without writing anything; yield a change, or None, for each.

    The tests are those of the source as it is now, entered or not; the arguments are those of
    `regrade`.
    """
    if strange := unknown_steps(course):
        raise Trouble(f"without writing, safegrade cannot run {', '.join(strange)} of this course")
    standing = standings(course, assignments)
    pairs = chosen_pairs(course, assignments, students)
    for job, result in graded_again(course, pairs, standing, **how):
        last = Ledger(course.history(job["assignment"])).last(job["student"])
        yield change_of(job, result, last)


def change_of(job: dict, result: dict, last: dict) -> Change | None:
    """Return how a submission would change, or None.

    Parameters
    ----------
    job, result : dict
        A unit of work and what came of it.
    last : dict
        The last line of the history, which says what the present score depended on.
    """
    old, new = job["standing"]["grades"], result["notebooks"]
    cells, before, after = [], 0.0, 0.0
    for name, one in new.items():
        told = old.get(name, {})
        for cell in dict.fromkeys([*told, *one["scores"]]):
            was, manual, extra, _ = told.get(cell, (None,) * 4)
            now = one["scores"][cell][0] if cell in one["scores"] else was
            before += _counts(was, manual, extra)
            after += _counts(now, manual, extra)
            if was != now:
                kept = " (a person's score stays)" if manual is not None else ""
                cells.append(f"{cell} {said(was)} -> {said(now)}{kept}")
    if not cells:
        return None
    return Change(job["assignment"], job["student"], before, after, cells, _why(job, last))


def _why(job: dict, last: dict) -> list[str]:
    """Return what can have changed a score since it was graded."""
    if not last:
        return [FIRST]
    scores, why = last["scores"], changes(last["origin"], job["origin"])
    if entered_scores(scores, job["standing"]["grades"]) != auto_scores(scores):
        why.append(EDITED)
    return why or [UNTOLD]


def _counts(auto: float | None, manual: float | None, extra: float | None) -> float:
    """Return what a cell counts: a person's score first, as in nbgrader."""
    score = auto if manual is None else manual
    return 0.0 if score is None else score + (extra or 0.0)
