"""Show who would change if everything were graded anew, and why; write it when asked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from safegrade.course import material as materials
from safegrade.course.files import Trouble, alone
from safegrade.course.grade import (
    NOTHING,
    check_is_not_ours,
    chosen_pairs,
    grade,
    make_job,
)
from safegrade.course.layout import Course
from safegrade.course.ledger import Ledger
from safegrade.course.pool import open_pool, run_all
from safegrade.course.provenance import changes
from safegrade.course.rows import Rows
from safegrade.course.settings import check_jail, settings_of, unknown_steps
from safegrade.course.unit import lost_unit, work

UNTOLD = "no reason was found: the score depends on chance, time or the machine"
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
    jobs: int | None = None,
    cluster: str | None = None,
    unsandboxed: bool = False,
) -> int:
    """Print who would change, by how much and why; write the new scores when asked.

    Returns
    -------
    int
        0 when nobody's score would change or all was written, 1 when somebody's would change.
    """
    how = {"students": students, "jobs": jobs, "cluster": cluster, "unsandboxed": unsandboxed}
    found, count = [], 0
    for change in regrade_diff(course, assignments, **how):
        count += 1
        if change is not None:
            found.append(change)
            print(change.line, flush=True)
    print(f"{len(found)} of {count} submissions would change." if count else "Nothing to regrade.")
    if not write:
        return 1 if found else 0
    if count:
        summary = grade(course, assignments, force=True, **how)
        print(f"{summary.graded} submissions were graded anew and written.")
    return 0


def regrade_diff(
    course: Course,
    assignments: list[str],
    *,
    students: list[str] | None = None,
    jobs: int | None = None,
    cluster: str | None = None,
    unsandboxed: bool = False,
) -> Iterator[Change | None]:
    """Grade everything anew without writing anything; yield a change, or None, for each.

    The tests are those of the source as it is now, entered or not.
    """
    if strange := unknown_steps(course):
        raise Trouble(f"without writing, safegrade cannot run {', '.join(strange)} of this course")
    settings = settings_of(course, unsandboxed)
    check_jail(settings, cluster)
    standing = standings(course, assignments)
    pairs = chosen_pairs(course, assignments, students)
    with (
        alone(course.home) as scratch,
        open_pool(jobs, cluster, scratch, course.home / "safegrade.log") as pool,
    ):
        jobs_to_do = source_jobs(course, pairs, settings, standing)
        try:
            for job, result in run_all(pool, work, jobs_to_do):
                if isinstance(result, Exception):
                    check_is_not_ours(result)
                    result = lost_unit(job, result)
                last = Ledger(course.history(job["assignment"])).last(job["student"])
                yield change_of(job, result, last)
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def standings(course: Course, assignments: list[str]) -> dict[str, dict[str, dict]]:
    """Return what the gradebook says of each assignment, by student."""
    rows = Rows(course)
    try:
        return {assignment: rows.standing(assignment) for assignment in assignments}
    finally:
        rows.close()


def source_jobs(course: Course, pairs: list, settings: dict, standing: dict) -> Iterator[dict]:
    """Yield a unit of work for each submission, by the tests of the source as it is now."""
    known: dict[str, dict] = {}
    for assignment, student in pairs:
        if assignment not in known:
            known[assignment] = materials.source_material(course, assignment, settings)
        told = standing[assignment].get(student, NOTHING)
        yield make_job(course, known[assignment], student, told)


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
                cells.append(f"{cell} {_said(was)} -> {_said(now)}{kept}")
    if not cells:
        return None
    why = changes(last["origin"], job["origin"]) or [UNTOLD] if last else [FIRST]
    return Change(job["assignment"], job["student"], before, after, cells, why)


def _counts(auto: float | None, manual: float | None, extra: float | None) -> float:
    """Return what a cell counts: a person's score first, as in nbgrader."""
    score = auto if manual is None else manual
    return 0.0 if score is None else score + (extra or 0.0)


def _said(score: float | None) -> str:
    return "none" if score is None else f"{score:g}"
