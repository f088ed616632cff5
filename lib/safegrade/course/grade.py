"""Grade a class: find what changed, have it graded, and write it down as it comes."""

from __future__ import annotations

from safegrade.course.files import alone
from safegrade.course.layout import Course
from safegrade.course.locks import PATIENCE
from safegrade.course.pool import open_pool
from safegrade.course.run import Progress, Run, Summary
from safegrade.course.settings import check_jail, settings_of, unknown_steps
from safegrade.course.writer import Writer


def grade(
    course: Course,
    assignments: list[str],
    *,
    students: list[str] | None = None,
    force: bool = False,
    jobs: int | None = None,
    cluster: str | None = None,
    unsandboxed: bool = False,
    progress: Progress | None = None,
    patience: float = PATIENCE,
) -> Summary:
    """Grade every submission that changed, and refresh feedback where people changed scores.

    Parameters
    ----------
    course : Course
        The course.
    assignments : list of str
        Which assignments.
    students : list of str, optional
        Only these.
    force : bool
        Grade what has not changed, too.
    jobs : int, optional
        Worker processes on this machine; one for each core by default.
    cluster : str, optional
        The address of a Dask scheduler whose workers grade instead.
    unsandboxed : bool
        Run student code without a jail.
    progress : callable, optional
        Called with assignment, student and what was done; its ``total`` is set if it has one.
    patience : float
        Seconds to wait for a gradebook that another program holds.

    Raises
    ------
    Trouble
        Grading cannot go on; what is done stays done, and the next run goes on from there.
    JailError
        This machine cannot jail student code.
    """
    with (
        alone(course.home) as scratch,
        Writer(course, patience=patience, say=print) as writer,
    ):
        writer.check()
        settings = settings_of(course, unsandboxed)
        check_jail(settings, cluster)
        for assignment in assignments:
            course.enter(assignment)
        writer.rows.forget()
        pairs = chosen_pairs(course, assignments, students)
        if progress is not None and hasattr(progress, "total"):
            progress.total = len(pairs)
        run = Run(course, writer, settings, progress, force)
        if strange := unknown_steps(course):
            from safegrade.course.stock import grade_by_nbgrader

            grade_by_nbgrader(run, pairs, strange)
            return run.summary
        with open_pool(jobs, cluster, scratch, course.home / "safegrade.log") as pool:
            run.go(pool, pairs)
    return run.summary


def chosen_pairs(
    course: Course, assignments: list[str], students: list[str] | None
) -> list[tuple[str, str]]:
    """Return (assignment, student) for the submissions that are meant."""
    return [
        (assignment, student)
        for assignment, student in course.submissions()
        if assignment in assignments and (students is None or student in students)
    ]
