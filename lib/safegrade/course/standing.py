"""Read from the gradebook how a whole class stands, and what people have added to it."""

from __future__ import annotations

import json
from collections import defaultdict

from safegrade.course.files import digest


def standing(db, assignment: str) -> dict[str, dict]:
    """Return for each student the scores and comments in the gradebook.

    Returns
    -------
    dict
        By student a dict of `grades` (by notebook and grade_id: automatic score, manual
        score, extra credit, whether a person has to look), `comments` (automatic, manual)
        and `penalties` for being late (by notebook).
    """
    from nbgrader.api import Comment, Grade

    found: dict[str, dict] = defaultdict(lambda: {"grades": {}, "comments": {}, "penalties": {}})
    score = (Grade.auto_score, Grade.manual_score, Grade.extra_credit, Grade.needs_manual_grade)
    words = (Comment.auto_comment, Comment.manual_comment)
    for what, table, columns in (("grades", Grade, score), ("comments", Comment, words)):
        for student, notebook, cell, *values in _select(db, assignment, table, columns):
            found[student][what].setdefault(notebook, {})[cell] = values
    for student, notebook, penalty in _select_penalties(db, assignment):
        found[student]["penalties"][notebook] = penalty
    return dict(found)


def _select_penalties(db, assignment: str):
    from nbgrader.api import Assignment, Notebook, SubmittedAssignment
    from nbgrader.api import SubmittedNotebook as Handed
    from sqlalchemy import select

    whole, part = SubmittedAssignment.__table__, Handed.__table__
    query = (
        select(whole.c.student_id, Notebook.__table__.c.name, part.c.late_submission_penalty)
        .join(part, part.c.assignment_id == whole.c.id)
        .join(Notebook.__table__, Notebook.__table__.c.id == part.c.notebook_id)
        .join(Assignment.__table__, Assignment.__table__.c.id == whole.c.assignment_id)
        .where(Assignment.__table__.c.name == assignment)
    )
    return db.execute(query).all()


def _select(db, assignment: str, table, columns):
    from nbgrader.api import Assignment, BaseCell, Notebook, SubmittedAssignment
    from nbgrader.api import SubmittedNotebook as Handed
    from sqlalchemy import select

    query = (
        select(SubmittedAssignment.student_id, Notebook.name, BaseCell.name, *columns)
        .select_from(table.__table__)
        .join(BaseCell.__table__, BaseCell.__table__.c.id == table.cell_id)
        .join(Handed.__table__, Handed.__table__.c.id == table.notebook_id)
        .join(Notebook.__table__, Notebook.__table__.c.id == Handed.__table__.c.notebook_id)
        .join(
            SubmittedAssignment.__table__,
            SubmittedAssignment.__table__.c.id == Handed.__table__.c.assignment_id,
        )
        .join(
            Assignment.__table__,
            Assignment.__table__.c.id == SubmittedAssignment.__table__.c.assignment_id,
        )
        .where(Assignment.__table__.c.name == assignment)
    )
    return db.execute(query).all()


def added_by_hand(told: dict) -> str:
    """Return a digest of what was added to the automatic scores: by people, or for being late.

    Parameters
    ----------
    told : dict
        What `Rows.standing` returns for a student.
    """
    added = {}
    for notebook, cells in told.get("grades", {}).items():
        for cell, (_, manual, extra, _) in cells.items():
            if manual is not None or extra is not None:
                added[f"grade {notebook} {cell}"] = [manual, extra]
    for notebook, cells in told.get("comments", {}).items():
        for cell, (_, manual) in cells.items():
            if manual is not None:
                added[f"comment {notebook} {cell}"] = manual
    for notebook, penalty in told.get("penalties", {}).items():
        if penalty is not None:
            added[f"penalty {notebook}"] = penalty
    return digest(json.dumps(added, sort_keys=True))
