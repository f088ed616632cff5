"""What each command does; `safegrade.__main__` reads the line, the other modules do the work."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from safegrade.problems import Problem, chosen_of, opened, writing

if TYPE_CHECKING:
    from safegrade.course.layout import Course


def run(options: Namespace) -> int:
    """Run the command that was read, and return its exit code.

    Raises
    ------
    Problem
        It cannot be done; the text is for the user.
    """
    command: Callable[[Namespace], int] = globals()[f"run_{options.command}"]
    try:
        return command(options)
    except KeyboardInterrupt:
        raise Problem("Stopped. What was graded stays; run the same command to go on.") from None


# --- the commands ---


def run_grade(options: Namespace) -> int:
    """Autograde, write feedback and a table of grades."""
    with opened(options) as course:
        chosen, students = chosen_of(course, options)
        from safegrade.course.grade import grade
        from safegrade.progress import Progress

        with Progress() as progress:
            told = grade(course, chosen, students=students, progress=progress, **how(options))
        _show_grades(course, chosen, options.csv or course.home / "grades.csv")
        return _say_what_failed(told.failed, chosen)


def _say_what_failed(failed: list[tuple[str, str]], chosen: list[str]) -> int:
    """Name the submissions that could not be graded; return the command's exit code."""
    if failed:
        print(f"Could not be graded: {_listed(failed, chosen)}. The same command tries again.")
    return 1 if failed else 0


def _show_grades(course: Course, chosen: list[str], path: Path) -> None:
    from safegrade.exports import rows_of, table, write_csv

    rows = rows_of(course, chosen)
    with writing(path):
        write_csv(rows, path)
    print("\n" + "\n".join([table(rows), *course.strays()]) + f"\n\nGrades: {path}")


def run_regrade(options: Namespace) -> int:
    """Show who would change; with ``--write`` write it."""
    with opened(options) as course:
        chosen, students = chosen_of(course, options)
        from safegrade.course.regrade import regrade

        code = regrade(course, chosen, students=students, write=options.write, **how(options))
        if options.write:
            _show_grades(course, chosen, course.home / "grades.csv")
        return 0 if options.write else code


def run_verify(options: Namespace) -> int:
    """Derive the scores again and say which cannot be."""
    with opened(options) as course:
        chosen, students = chosen_of(course, options)
        from safegrade.course.verify import verify

        return verify(course, chosen, students=students, **how(options))


def run_doctor(options: Namespace) -> int:
    """Say what this machine can enforce."""
    from safegrade.doctor import doctor

    return doctor(options.json)


def run_solo(options: Namespace) -> int:
    """Run a self-learner's notebook and print tasks, points and hints."""
    from safegrade.solo import solo

    return solo(options.notebook, options.course, options.unsandboxed)


def run_export(options: Namespace) -> int:
    """Write the grades for another program."""
    with opened(options) as course:
        chosen, students = chosen_of(course, options)
        from safegrade import exports

        with writing(options.to):
            exports.write(course, options.format, options.to, chosen, students)
        print("\n".join([*_by_hand(course, chosen, students), f"Grades: {options.to}"]))
        return 0


def _by_hand(course: Course, chosen: list[str], students: list[str] | None) -> list[str]:
    """Return a line on the submissions that still wait for a person, if there are any."""
    from safegrade.exports import rows_of

    rows = [row for row in rows_of(course, chosen, students) if row.by_hand]
    pairs = list(dict.fromkeys((row.assignment, row.student) for row in rows))
    count = (
        "1 submission still needs" if len(pairs) == 1 else f"{len(pairs)} submissions still need"
    )
    return [f"{count} hand grading: {_listed(pairs, chosen)}"] if pairs else []


def _listed(pairs: list[tuple[str, str]], chosen: list[str]) -> str:
    """Return students, with their assignments where there are several, in a line of some length."""
    from safegrade.feedback.text import name

    names = [name(who if len(chosen) == 1 else f"{who}/{what}") for what, who in pairs]
    return ", ".join(names[:12]) + ", ..." * (len(names) > 12)


def how(options: Namespace) -> dict:
    """Return how to grade, as keyword arguments."""
    chosen = {
        name: getattr(options, name, None) for name in ("jobs", "cluster", "force", "unsandboxed")
    }
    return {name: value for name, value in chosen.items() if value}
