"""What nbgrader's gradebook knows of a class, as rows and as sums."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from nbgrader.api import (
    Assignment,
    Gradebook,
    Notebook,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
)
from sqlalchemy import select

FIELDS = ("id", "email", "lms_user_id", "last_name", "first_name")


class Row(NamedTuple):
    """One notebook of one student."""

    assignment: str
    student: str
    last_name: str
    first_name: str
    email: str
    notebook: str
    score: float
    max_score: float
    by_hand: bool
    notes: str


class Standing(NamedTuple):
    """What a class has reached.

    Attributes
    ----------
    people : list of dict
        The students, each with the fields of `FIELDS`.
    points : dict
        What each assignment is worth.
    scores : dict
        The score by (student, assignment); there is none for what was not handed in.
    """

    people: list[dict[str, str]]
    points: dict[str, float]
    scores: dict[tuple[str, str], float]


def rows_of(course, assignments: Iterable[str], students: Iterable[str] | None = None) -> list[Row]:
    """Return a row for each notebook of each student, with the notes of the last grading.

    Parameters
    ----------
    course : safegrade.course.Course
        The course.
    assignments, students : iterable of str
        Which ones; without `students` all of them.
    """
    from safegrade.course.ledger import Ledger

    chosen = list(assignments)
    histories = {assignment: Ledger(course.history(assignment)) for assignment in chosen}

    def notes(assignment: str, student: str) -> list[str]:
        return histories[assignment].last(student).get("notes", [])

    with course.gradebook() as gradebook:
        return read_rows(gradebook, chosen, students, notes)


def read_rows(
    gradebook: Gradebook,
    assignments: Iterable[str] | None = None,
    students: Iterable[str] | None = None,
    notes: Callable[[str, str], Sequence[str]] = lambda assignment, student: (),
) -> list[Row]:
    """Return a row for each notebook that was handed in, by assignment, student and notebook.

    Parameters
    ----------
    gradebook : nbgrader.api.Gradebook
        An open gradebook.
    assignments, students : iterable of str, optional
        Which ones; all of them by default.
    notes : callable
        Gives the notes about an assignment and a student.
    """
    handed_in = SubmittedNotebook
    query = (
        select(
            Assignment.name,
            Student.id,
            Student.last_name,
            Student.first_name,
            Student.email,
            Notebook.name,
            handed_in.score,
            handed_in.late_submission_penalty,
            handed_in.max_score,
            handed_in.needs_manual_grade,
        )
        .join(SubmittedAssignment, handed_in.assignment_id == SubmittedAssignment.id)
        .join(Student, SubmittedAssignment.student_id == Student.id)
        .join(Assignment, SubmittedAssignment.assignment_id == Assignment.id)
        .join(Notebook, handed_in.notebook_id == Notebook.id)
    )
    chosen, who = _chosen(assignments), _chosen(students)
    rows = []
    for assignment, student, last, first, email, name, score, late, *rest in _all(gradebook, query):
        if (chosen and assignment not in chosen) or (who and student not in who):
            continue
        person = (last or "", first or "", email or "")
        score = max(0.0, (score or 0.0) - (late or 0.0))
        told = "; ".join(notes(assignment, student))
        rows.append(Row(assignment, student, *person, name, score, rest[0], bool(rest[1]), told))
    order = {name: place for place, name in enumerate(chosen)}
    return sorted(rows, key=lambda row: (order.get(row.assignment, 0), *row[:2], row.notebook))


def read_standing(
    gradebook: Gradebook,
    assignments: Iterable[str] | None = None,
    students: Iterable[str] | None = None,
    exclude: Iterable[str] = (),
) -> Standing:
    """Return what the class has reached; students who handed in nothing are in it, too."""
    chosen, who, without = _chosen(assignments), _chosen(students), set(exclude)
    fields = [getattr(Student, field) for field in FIELDS]
    people = [
        dict(zip(FIELDS, (value or "" for value in person), strict=True))
        for person in _all(gradebook, select(*fields))
    ]
    people = [p for p in people if p["id"] not in without and (not who or p["id"] in who)]
    known = dict(_all(gradebook, select(Assignment.name, Assignment.max_score)))
    names = [name for name in chosen if name in known] or ([] if chosen else sorted(known))
    scores: dict[tuple[str, str], float] = {}
    for row in read_rows(gradebook, names, students):
        key = (row.student, row.assignment)
        scores[key] = scores.get(key, 0.0) + row.score
    people.sort(key=lambda p: (p["last_name"], p["first_name"], p["id"]))
    return Standing(people, {name: known[name] or 0.0 for name in names}, scores)


def _all(gradebook: Gradebook, query) -> list:
    return list(gradebook.db.execute(query))


def _chosen(names: Iterable[str] | None) -> list[str]:
    """Return names as a list of text without repeats; nbgrader may give numbers."""
    return list(dict.fromkeys(map(str, names or ())))
