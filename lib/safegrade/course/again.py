"""Grade a class again without writing anything: for those who compare."""

from __future__ import annotations

from collections.abc import Iterator

from safegrade.course import material as materials
from safegrade.course.files import alone
from safegrade.course.layout import Course
from safegrade.course.pool import open_pool, run_all
from safegrade.course.rows import Rows
from safegrade.course.run import NOTHING, check_is_not_ours, make_job
from safegrade.course.settings import check_jail, settings_of
from safegrade.course.unit import lost_unit, work


def graded_again(
    course: Course,
    pairs: list[tuple[str, str]],
    standing: dict[str, dict[str, dict]],
    *,
    jobs: int | None = None,
    cluster: str | None = None,
    unsandboxed: bool = False,
) -> Iterator[tuple[dict, dict]]:
    """Yield the unit of work of each submission and what came of it, as they come.

    The tests are those of the source as it is now, entered or not.

    Parameters
    ----------
    course : Course
        The course.
    pairs : list of (str, str)
        Assignment and student of the submissions that are meant.
    standing : dict
        What the gradebook says of them, as `standings` returns it.
    jobs, cluster, unsandboxed
        As in `safegrade.course.grade.grade`.
    """
    settings = settings_of(course, unsandboxed)
    check_jail(settings, cluster)
    with (
        alone(course.home) as scratch,
        open_pool(jobs, cluster, scratch, course.home / "safegrade.log") as pool,
    ):
        try:
            for job, result in run_all(pool, work, _units(course, pairs, settings, standing)):
                if isinstance(result, Exception):
                    check_is_not_ours(result)
                    result = lost_unit(job, result)
                yield job, result
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


def said(score: float | None) -> str:
    """Return a score as it is told.

    Examples
    --------
    >>> said(2.50), said(None)
    ('2.5', 'none')
    """
    return "none" if score is None else f"{score:g}"


def _units(course: Course, pairs: list, settings: dict, standing: dict) -> Iterator[dict]:
    known: dict[str, dict] = {}
    for assignment, student in pairs:
        if assignment not in known:
            known[assignment] = materials.source_material(course, assignment, settings)
        told = standing[assignment].get(student, NOTHING)
        yield make_job(course, known[assignment], student, told)
