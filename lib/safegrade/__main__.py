"""The command line: ``python -m safegrade grade``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path


def parser() -> argparse.ArgumentParser:
    """Return the reader of the command line."""
    top = argparse.ArgumentParser(prog="python -m safegrade", description=__doc__)
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    grade = commands.add_parser(
        "grade",
        help="autograde what was handed in, write feedback and grades",
        description="Autograde every submission that changed, write feedback and a table of "
        "grades. A submission that cannot be graded gets zero and a note; the others go on.",
    )
    grade.add_argument("assignment", nargs="*", help="only these (default: all handed in)")
    grade.add_argument("--course", type=Path, default=Path(), metavar="DIR", help="course folder")
    grade.add_argument("--db", metavar="URL", help="another gradebook, such as postgresql://...")
    grade.add_argument("--csv", type=Path, metavar="PATH", help="where the grades go")
    grade.add_argument("--force", action="store_true", help="grade unchanged submissions again")
    return top


def main(arguments: list[str] | None = None) -> int:
    """Run the command line and return its exit code: 0, or 2 if grading could not be done."""
    options = parser().parse_args(arguments)
    root = options.course.resolve()
    if not (root / "nbgrader_config.py").is_file():
        return _fail(f"{root} has no nbgrader_config.py: run this in the course folder or name it.")
    print("Starting nbgrader ...", flush=True)
    from nbgrader.converters.base import NbGraderException
    from sqlalchemy.exc import SQLAlchemyError

    from safegrade.course import Course

    course = Course(root, options.db)
    try:
        return _grade(course, options)
    except KeyboardInterrupt:
        return _fail("Stopped. What was graded stays; run the same command to go on.")
    except SQLAlchemyError as error:
        reason = str(error).splitlines()[0]
        return _fail(f"The gradebook cannot be used: {reason}")
    except NbGraderException as error:
        reason = course.keeper.cause() if course.keeper.errors else error
        return _fail(f"{reason}\nThe whole story is in {course.home / 'safegrade.log'}")


def _grade(course, options) -> int:
    from safegrade.engine import grade_class
    from safegrade.report import rows_of, table, write_csv

    handed_in = sorted({assignment for assignment, _ in course.submissions()})
    wrong = sorted(set(options.assignment) - set(handed_in))
    if wrong or not handed_in:
        place = course.folder("submitted", "STUDENT", wrong[0] if wrong else "ASSIGNMENT")
        lines = [f"Nothing was handed in: {place} is where a submission belongs."]
        return _fail("\n".join([*lines, *course.strays()]))
    with course.gradebook():
        pass  # better now than in the middle
    chosen = options.assignment or handed_in
    grade_class(course, chosen, options.force)
    rows, path = rows_of(course, chosen), options.csv or course.home / "grades.csv"
    write_csv(rows, path)
    print("\n" + "\n".join([table(rows), *course.strays()]) + f"\n\nGrades: {path}")
    return 0


def _fail(why: str) -> int:
    print(f"safegrade: {why}", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
