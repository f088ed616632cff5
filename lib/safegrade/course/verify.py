"""Derive scores again from what was kept with them, and say what differs and why."""

from __future__ import annotations

from collections.abc import Iterator

from safegrade.course.files import alone, digests
from safegrade.course.grade import check_is_not_ours
from safegrade.course.layout import Course
from safegrade.course.ledger import FAILED, Ledger
from safegrade.course.pool import open_pool, run_all
from safegrade.course.provenance import changes
from safegrade.course.regrade import source_jobs, standings
from safegrade.course.settings import check_jail, settings_of
from safegrade.course.unit import lost_unit, work


def verify(
    course: Course,
    assignments: list[str],
    *,
    students: list[str] | None = None,
    jobs: int | None = None,
    cluster: str | None = None,
    unsandboxed: bool = False,
) -> int:
    """Print what is wrong with each score, and return 0 when all were derived as they are, else 1.

    Nothing is written.
    """
    how = {"students": students, "jobs": jobs, "cluster": cluster, "unsandboxed": unsandboxed}
    count = wrong = 0
    for assignment, student, findings in verified(course, assignments, **how):
        count += 1
        wrong += bool(findings)
        if findings:
            print(f"{assignment}  {student}: {'; '.join(findings)}", flush=True)
    print(f"{count - wrong} of {count} scores were derived again as they are.")
    return 1 if wrong else 0


def verified(
    course: Course,
    assignments: list[str],
    *,
    students: list[str] | None = None,
    jobs: int | None = None,
    cluster: str | None = None,
    unsandboxed: bool = False,
) -> Iterator[tuple[str, str, list[str]]]:
    """Yield assignment, student and what is wrong, for every submission that has a score."""
    settings = settings_of(course, unsandboxed)
    check_jail(settings, cluster)
    standing = standings(course, assignments)
    ledgers = {name: Ledger(course.history(name)) for name in assignments}
    pairs = [
        (assignment, student)
        for assignment in assignments
        for student in sorted({*ledgers[assignment].students(), *standing[assignment]})
        if students is None or student in students
    ]
    with (
        alone(course.home) as scratch,
        open_pool(jobs, cluster, scratch, course.home / "safegrade.log") as pool,
    ):
        try:
            work_to_do = source_jobs(course, pairs, settings, standing)
            for job, result in run_all(pool, work, work_to_do):
                assignment, student = job["assignment"], job["student"]
                if isinstance(result, Exception):
                    check_is_not_ours(result)
                    result = lost_unit(job, result)
                found = findings(course, job, result, ledgers[assignment].last(student))
                yield assignment, student, found
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


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
    found = ["it could not be graded"] if line["event"] == FAILED else []
    found += changes(line["origin"], job["origin"])
    found += _changed_files(course, line)
    grades = job["standing"]["grades"]
    for name, cells in line["scores"].items():
        now = result["notebooks"].get(name, {}).get("scores", {})
        for cell, (kept, *_) in cells.items():
            entered = grades.get(name, {}).get(cell, [None])[0]
            if entered != kept:
                found.append(f"{cell}: the gradebook says {_said(entered)}, not {_said(kept)}")
            derived = now[cell][0] if cell in now else None
            if derived != kept:
                found.append(f"{cell}: {_said(derived)} was derived, not {_said(kept)}")
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


def _said(score: float | None) -> str:
    return "none" if score is None else f"{score:g}"
