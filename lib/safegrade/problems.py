"""What can be wrong with what a user gave, and how it is said: every command checks it here."""

from __future__ import annotations

import contextlib
import difflib
import errno
import importlib.util
from argparse import Namespace
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from safegrade.course.layout import CONFIG

if TYPE_CHECKING:
    from safegrade.course.layout import Course

EXTRAS = {"psycopg2": "postgres", "distributed": "cluster"}


class Problem(Exception):
    """What the user gave cannot be worked with; the text says why, and what to do."""


@contextlib.contextmanager
def opened(options: Namespace) -> Iterator[Course]:
    """Give the course, and turn what can go wrong with it into a `Problem`."""
    root = options.course.resolve()
    if not (root / CONFIG).is_file():
        raise Problem(f"{root} has no {CONFIG}: run this in the course folder, or name it.")
    if getattr(options, "cluster", None) and not importlib.util.find_spec("distributed"):
        raise Problem(f"--cluster needs the package distributed{_from('distributed')}.")
    print("Starting nbgrader ...", flush=True)
    from safegrade.course.imports import lightly

    try:
        with lightly():
            from nbgrader.converters.base import NbGraderException
        from sqlalchemy.exc import SQLAlchemyError

        from safegrade.course.files import FULL, Trouble, explained
        from safegrade.course.layout import Course
        from safegrade.course.locks import HELD, is_locked
        from safegrade.jail.capabilities import JailError
    except ModuleNotFoundError as missing:
        raise Problem(
            f"Grading needs the package {missing.name}: pip install '.[grading]'"
        ) from missing
    course = None
    try:
        course = Course(root, options.db)
        yield course
    except (Trouble, JailError, ConnectionError) as error:
        raise Problem(str(error)) from error
    except SQLAlchemyError as error:
        if is_locked(error):
            raise Problem(HELD) from error
        raise Problem(f"The gradebook cannot be used: {first_line(error)}") from error
    except NbGraderException as error:
        reason = course.keeper.cause() if course and course.keeper.errors else error
        story = f"\nThe whole story is in {course.home / 'safegrade.log'}" if course else ""
        raise Problem(f"{reason}{story}") from error
    except OSError as error:
        if getattr(options, "cluster", None) and error.filename is None and error.errno not in FULL:
            text = f"The cluster at {options.cluster} cannot be used: {error}"
            raise Problem(text) from error
        if error.errno in (*FULL, errno.EROFS):
            raise Problem(str(explained(error))) from error
        place = f"{error.filename}: " if error.filename else ""
        why = error.strerror or first_line(error)
        raise Problem(f"{place}{why}; mend that, then run the same command again.") from error


def chosen_of(course: Course, options: Namespace) -> tuple[list[str], list[str] | None]:
    """Return which assignments are meant, and which students (None: all).

    Raises
    ------
    Problem
        Nobody handed anything in for one of them, or there is no such one.
    """
    pairs = course.submissions()
    handed_in = sorted({assignment for assignment, _ in pairs})
    known = course.assignments()
    for name in options.assignment:
        if name not in known:
            raise Problem(f"{unknown('assignment', name, known)}\n{_nothing(course, name)}")
    wrong = sorted(set(options.assignment) - set(handed_in))
    if wrong or not handed_in:
        lines = [_nothing(course, wrong[0] if wrong else "ASSIGNMENT"), *course.strays()]
        raise Problem("\n".join(lines))
    chosen = list(dict.fromkeys(options.assignment)) or handed_in
    students = {student for assignment, student in pairs if assignment in chosen}
    for name in options.student or ():
        if name not in students:
            raise Problem(unknown("student", name, students))
    from safegrade.course import locks

    try:
        locks.patiently(lambda: _try_gradebook(course), locks.PATIENCE, print)
    except ModuleNotFoundError as missing:
        needed = f"it needs the package {missing.name}, which is not installed"
        raise Problem(f"The gradebook cannot be used: {needed}{_from(missing.name)}.") from missing
    return chosen, sorted(set(options.student)) if options.student else None


def _try_gradebook(course: Course) -> None:
    with course.gradebook():
        pass  # better now than in the middle


def _from(package: str | None) -> str:
    return f" (pip install '.[{EXTRAS[package]}]')" if package in EXTRAS else ""


def _nothing(course: Course, assignment: str) -> str:
    place = course.folder("submitted", "STUDENT", assignment)
    return f"Nothing was handed in: {place} is where a submission belongs."


def unknown(what: str, name: str, known: Iterable[str]) -> str:
    """Return what to say of a name that is not known, with the nearest one that is.

    Examples
    --------
    >>> unknown("assignment", "momentun", ["adam", "momentum"])
    'There is no assignment momentun; is it momentum?'
    >>> unknown("student", "zoe", ["ada", "bob"])
    'There is no student zoe; there are ada, bob.'
    """
    known = sorted(known)
    near = difflib.get_close_matches(name.lower(), [other.lower() for other in known], 1, 0.6)
    if near:
        found = next(other for other in known if other.lower() == near[0])
        return f"There is no {what} {name}; is it {found}?"
    listed = ", ".join(known[:12]) + ", ..." * (len(known) > 12)
    return f"There is no {what} {name}" + (f"; there are {listed}." if known else ".")


@contextlib.contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turn what can go wrong with a file to write into a `Problem`."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield
    except OSError as error:
        raise Problem(f"{path} cannot be written: {error.strerror or error}") from error


def first_line(error: BaseException) -> str:
    """Return the first line of what an error says, or its name."""
    return next(iter(str(error).splitlines()), type(error).__name__)
