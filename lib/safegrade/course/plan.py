"""The gradebook's rows of one assignment: those that are there, and those that have to be made."""

from __future__ import annotations


class Plan:
    """The ids of an assignment's notebooks and cells, and of what was handed in.

    Parameters
    ----------
    gradebook : nbgrader.api.Gradebook
        An open gradebook that knows the assignment.
    assignment : str
        Its name.
    """

    def __init__(self, gradebook, assignment: str):
        found = gradebook.find_assignment(assignment)
        self.name, self.id, self.due = assignment, found.id, found.duedate
        self.notebooks = {notebook.name: notebook.id for notebook in found.notebooks}
        self.cells: dict[str, dict[str, dict[str, str]]] = {}
        for notebook in found.notebooks:
            solutions = {cell.name: cell.id for cell in notebook.solution_cells}
            tasks = {cell.name: cell.id for cell in notebook.task_cells}
            grades = {cell.name: cell.id for cell in notebook.grade_cells}
            told = {"grades": {**grades, **tasks}, "comments": {**solutions, **tasks}}
            self.cells[notebook.name] = told
        self.known: dict[str, dict] | None = None

    def enter(self, db, student: str) -> dict:
        """Return the ids of a student's submission, whose rows are made if they are missing."""
        from nbgrader.api import Student, SubmittedAssignment
        from sqlalchemy import insert, select

        if self.known is None:
            self.known = self._read(db)
        if student in self.known:
            handed = self.known[student]
            self._complete(db, handed)
            return handed
        table = Student.__table__
        if not db.execute(select(table.c.id).where(table.c.id == student)).first():
            db.execute(insert(table).values(id=student))
        values = {"assignment_id": self.id, "student_id": student}
        made = db.execute(insert(SubmittedAssignment.__table__).values(**values))
        handed = {"id": made.inserted_primary_key[0], "notebooks": {}}
        self.known[student] = handed
        self._complete(db, handed)
        return handed

    def _read(self, db) -> dict[str, dict]:
        """Return what was handed in before, by student."""
        from nbgrader.api import SubmittedAssignment, SubmittedNotebook
        from sqlalchemy import select

        whole, part = SubmittedAssignment.__table__, SubmittedNotebook.__table__
        found: dict[str, dict] = {}
        query = select(whole.c.student_id, whole.c.id).where(whole.c.assignment_id == self.id)
        for student, key in db.execute(query):
            found[student] = {"id": key, "notebooks": {}}
        names = {key: name for name, key in self.notebooks.items()}
        query = (
            select(whole.c.student_id, part.c.notebook_id, part.c.id)
            .join(part, part.c.assignment_id == whole.c.id)
            .where(whole.c.assignment_id == self.id)
        )
        for student, notebook, key in db.execute(query):
            if notebook in names:
                found[student]["notebooks"][names[notebook]] = key
        return found

    def _complete(self, db, handed: dict) -> None:
        """Make the rows of the notebooks that a submission has none of, as nbgrader makes them."""
        from nbgrader.api import Comment, Grade, SubmittedNotebook
        from sqlalchemy import insert

        for name, notebook in self.notebooks.items():
            if name in handed["notebooks"]:
                continue
            values = {"assignment_id": handed["id"], "notebook_id": notebook}
            made = db.execute(insert(SubmittedNotebook.__table__).values(**values))
            place = handed["notebooks"][name] = made.inserted_primary_key[0]
            for table, cells in ((Grade, "grades"), (Comment, "comments")):
                rows = [
                    {"cell_id": cell, "notebook_id": place}
                    for cell in self.cells[name][cells].values()
                ]
                if rows:
                    db.execute(insert(table.__table__), rows)
