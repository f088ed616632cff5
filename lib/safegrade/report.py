"""The grades as a table to read and as a CSV file to pass on."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import NamedTuple

from nbgrader.api import MissingEntry

from safegrade.course import Course

FORMULA = ("=", "+", "-", "@", "\t", "\r")


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


def rows_of(course: Course, assignments: list[str]) -> list[Row]:
    """Return a row for each notebook of each student, ordered by assignment and student."""
    rows = []
    with course.gradebook() as gradebook:
        for assignment in assignments:
            for student in sorted(gradebook.students, key=lambda student: student.id):
                try:
                    submission = gradebook.find_submission(assignment, student.id)
                except MissingEntry:
                    continue
                notes = course.read_ledger(assignment, student.id).get("notes", [])
                person = (student.last_name or "", student.first_name or "", student.email or "")
                for notebook in sorted(submission.notebooks, key=lambda notebook: notebook.name):
                    marks = (notebook.score, notebook.max_score, notebook.needs_manual_grade)
                    rows.append(
                        Row(
                            assignment, student.id, *person, notebook.name, *marks, "; ".join(notes)
                        )
                    )
    return rows


def write_csv(rows: list[Row], path: Path) -> None:
    """Write the rows so that any spreadsheet reads them back, and runs none as a formula."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow([*Row._fields[:8], "needs_hand_grading", "notes"])
        for row in rows:
            writer.writerow([harmless(value) for value in row])


def harmless(value):
    """Return a value for a spreadsheet: text that looks like a formula gets a quote before it.

    Examples
    --------
    >>> [harmless(value) for value in ("=1+1", "ada", -1.5, True)]
    ["'=1+1", 'ada', -1.5, 'yes']
    """
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


def table(rows: list[Row]) -> str:
    """Return the rows as aligned text, with the sum of the class below.

    Examples
    --------
    >>> row = Row("slopes", "ada", "", "", "", "slopes", 2.5, 3.0, True, "timed out in test-f")
    >>> print(table([row]))
    student  assignment  score  of
    ada      slopes      2.5    3   needs hand grading; timed out in test-f
    """
    lines = [("student", "assignment", "score", "of", "")]
    for row in rows:
        name = row.assignment if row.notebook == row.assignment else f"{row[0]}/{row.notebook}"
        remarks = "; ".join(filter(None, ["needs hand grading" * row.by_hand, row.notes]))
        lines.append((row.student, name, f"{row.score:g}", f"{row.max_score:g}", remarks))
    widths = [max(len(line[i]) for line in lines) for i in range(4)]
    return "\n".join(
        "  ".join([*(line[i].ljust(widths[i]) for i in range(4)), line[4]]).rstrip()
        for line in lines
    )
