"""The command line: ``python -m safegrade COMMAND``; heavy packages are imported by the commands.

Exit codes: 0, done and in order; 1, done, and something was found that asks for a look;
2, could not be done.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

CODES = {
    "grade": "Exit code 0 when all was graded, 1 when a submission could not be, 2 when "
    "grading could not be done.",
    "regrade": "Exit code 0 when nothing would change, or all was written; 1 when somebody's score "
    "would change (--diff); 2 when it could not be done.",
    "verify": "Exit code 0 when every score was derived again as it is; 1 when one was not; 2 when "
    "it could not be done.",
    "doctor": "Exit code 0 when this machine can grade in a jail, 1 when it cannot.",
    "solo": "Exit code 0 when every task passes, 1 when one does not, 2 when the notebook could "
    "not be run.",
    "export": "Exit code 0 when the file was written, 2 when it could not be.",
}


def parser() -> argparse.ArgumentParser:
    """Return the reader of the command line."""
    top = argparse.ArgumentParser(
        prog="python -m safegrade",
        description="Grade the notebooks of an nbgrader course: safely, fast, and losing no grade.",
        epilog="python -m safegrade COMMAND --help says more about each.",
    )
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    grade = _add(commands, "grade", "autograde what was handed in, write feedback and grades")
    _about_course(grade)
    _about_running(grade)
    grade.add_argument("--csv", type=Path, metavar="PATH", help="where the grades go")
    grade.add_argument("--force", action="store_true", help="grade unchanged submissions again")

    regrade = _add(commands, "regrade", "show who would change, by how much and why; then write it")
    _about_course(regrade)
    _about_running(regrade)
    how = regrade.add_mutually_exclusive_group()
    how.add_argument("--diff", action="store_true", help="only show it (the default)")
    how.add_argument("--write", action="store_true", help="write the new scores")

    verify = _add(commands, "verify", "derive the scores again from what was kept with them")
    _about_course(verify)
    _about_running(verify)

    doctor = _add(commands, "doctor", "say what this machine can enforce")
    doctor.add_argument("--json", action="store_true", help="print it for programs")

    solo = _add(commands, "solo", "run a notebook of your own: tasks, points and hints")
    solo.add_argument("notebook", type=Path, metavar="NOTEBOOK")
    solo.add_argument("--course", type=Path, metavar="DIR", help="course folder")
    solo.add_argument("--unsandboxed", action="store_true", help="run it without the jail")

    export = _add(commands, "export", "write the grades as a file for another program")
    _about_course(export)
    export.add_argument("--format", choices=["csv", "canvas", "moodle"], default="csv")
    export.add_argument("--to", type=Path, required=True, metavar="FILE")
    return top


def _add(commands, name: str, what: str) -> argparse.ArgumentParser:
    return commands.add_parser(
        name, help=what, description=f"{what[0].upper()}{what[1:]}.", epilog=CODES[name]
    )


def _about_course(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "assignment", nargs="*", metavar="ASSIGNMENT", help="only these (default: all handed in)"
    )
    command.add_argument(
        "--student", action="append", metavar="NAME", help="only this one; may be repeated"
    )
    command.add_argument("--course", type=Path, default=Path(), metavar="DIR", help="course folder")
    command.add_argument("--db", metavar="URL", help="another gradebook, such as postgresql://...")


def _about_running(command: argparse.ArgumentParser) -> None:
    where = command.add_mutually_exclusive_group()
    where.add_argument(
        "--jobs", type=jobs, metavar="N", help="processes side by side (default: one a core)"
    )
    where.add_argument(
        "--cluster", type=address, metavar="ADDRESS", help="a Dask scheduler, tcp://HOST:8786"
    )
    command.add_argument(
        "--unsandboxed", action="store_true", help="run student code without the jail"
    )


def jobs(text: str) -> int:
    """Read a number of processes.

    Examples
    --------
    >>> jobs("4")
    4
    """
    try:
        number = int(text)
    except ValueError:
        number = 0
    if not 1 <= number <= 1024:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of processes: 1 or more")
    return number


def address(text: str) -> str:
    """Read the address of a Dask scheduler.

    Examples
    --------
    >>> address("tcp://lab.example.org:8786")
    'tcp://lab.example.org:8786'
    """
    scheme, found, place = text.partition("://")
    if not found or not place.rpartition(":")[2].isdecimal() or scheme not in ("tcp", "tls"):
        raise argparse.ArgumentTypeError(f"{text!r} is no address like tcp://HOST:8786")
    return text


def main(arguments: list[str] | None = None) -> int:
    """Run the command line and return its exit code: 0, 1 or 2."""
    options = parser().parse_args(arguments)
    from safegrade import commands, problems

    try:
        return commands.run(options)
    except problems.Problem as problem:
        print(f"safegrade: {problem}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
