"""The rows of nbgrader's gradebook, read and written for a whole class at once."""

from __future__ import annotations

from safegrade.course.layout import Course
from safegrade.course.plan import Plan
from safegrade.course.standing import standing


class Rows:
    """A gradebook that stays open; it writes what nbgrader's autograding would.

    Scores and comments that people gave, and extra credit, are left alone.
    """

    def __init__(self, course: Course):
        from nbgrader.api import Gradebook

        self.course = course
        self._gradebook = Gradebook(course.directory.db_url, course.directory.course_id)
        self._plans: dict[str, Plan] = {}
        self._penalties = penalties(course)
        self._late: list[tuple[str, str]] = []

    @property
    def db(self):
        """The session."""
        return self._gradebook.db

    def close(self) -> None:
        """Close the gradebook for good."""
        self._gradebook.close()
        self._gradebook.engine.dispose()

    def check_writable(self) -> None:
        """Raise SQLAlchemy's error at once if nothing can be written."""
        from nbgrader.api import Student
        from sqlalchemy import false, update

        self.db.execute(update(Student.__table__).where(false()).values(email=None))
        self.db.rollback()

    def take_penalised(self) -> list[tuple[str, str]]:
        """Return (assignment, student) of those who lost points for being late; once."""
        late, self._late = list(dict.fromkeys(self._late)), []
        return late

    # --- reading ---

    def plan(self, assignment: str) -> Plan:
        """Return the ids of what an assignment consists of."""
        if assignment not in self._plans:
            self._plans[assignment] = Plan(self._gradebook, assignment)
        return self._plans[assignment]

    def forget(self) -> None:
        """Read the assignments anew, since their source was entered."""
        self._plans.clear()
        self.db.rollback()

    def standing(self, assignment: str) -> dict[str, dict]:
        """Return for each student the scores and comments in the gradebook: see `standing`."""
        try:
            return standing(self.db, assignment)
        finally:
            self.db.rollback()

    # --- writing ---

    def save(self, units: list[dict]) -> None:
        """Write some graded submissions in one transaction; all of them, or none."""
        from sqlalchemy.exc import IntegrityError

        try:
            self._save_all(units)
        except IntegrityError:  # somebody else has just made a row that was missing
            self._save_all(units)

    def _save_all(self, units: list[dict]) -> None:
        try:
            for unit in units:
                self._save(unit)
            self.db.commit()
        except BaseException:
            self.db.rollback()
            for plan in self._plans.values():
                plan.known = None
            raise

    def _save(self, unit: dict) -> None:
        plan = self.plan(unit["assignment"])
        handed = plan.enter(self.db, unit["student"])
        self._stamp(unit, handed)
        for name, one in unit["notebooks"].items():
            place = handed["notebooks"][name]
            self._save_scores(
                plan.cells[name], place, one["scores"], failed=one["comments"] is None
            )
            if one["comments"] is not None:
                self._save_comments(plan.cells[name], place, one["comments"])
                self._penalise(unit, name, place)

    def _stamp(self, unit: dict, handed: dict) -> None:
        """Note when a submission was handed in, if that is known."""
        from nbgrader.api import SubmittedAssignment
        from nbgrader.utils import parse_utc
        from sqlalchemy import update

        if not unit.get("timestamp"):
            return
        table = SubmittedAssignment.__table__
        when = parse_utc(unit["timestamp"])
        self.db.execute(update(table).where(table.c.id == handed["id"]).values(timestamp=when))

    def _save_scores(self, cells: dict, place: str, scores: dict, failed: bool) -> None:
        """Write automatic scores; one that a person has overruled asks for another look."""
        from nbgrader.api import Grade
        from sqlalchemy import bindparam, case, update

        table = Grade.__table__
        hand = bindparam("hand")
        look = hand if failed else case((table.c.manual_score.is_not(None), True), else_=hand)
        query = (
            update(table)
            .where(table.c.notebook_id == place, table.c.cell_id == bindparam("cell"))
            .values(auto_score=bindparam("score"), needs_manual_grade=look)
        )
        rows = [
            {"cell": cells["grades"][cell], "score": score, "hand": by_hand}
            for cell, (score, _, by_hand) in scores.items()
        ]
        if rows:
            self.db.execute(query, rows)

    def _save_comments(self, cells: dict, place: str, comments: dict) -> None:
        from nbgrader.api import Comment
        from sqlalchemy import bindparam, update

        table = Comment.__table__
        query = (
            update(table)
            .where(table.c.notebook_id == place, table.c.cell_id == bindparam("cell"))
            .values(auto_comment=bindparam("words"))
        )
        rows = [{"cell": cells["comments"][cell], "words": told} for cell, told in comments.items()]
        if rows:
            self.db.execute(query, rows)

    def _penalise(self, unit: dict, name: str, place: str) -> None:
        """Have the course's plugin say what a late notebook loses."""
        from nbgrader.api import SubmittedNotebook
        from sqlalchemy import update

        if self._penalties is None:
            return
        table = SubmittedNotebook.__table__
        late = self._lateness(unit)
        penalty = None
        if late > 0:
            self.db.expire_all()
            notebook = self.db.get(SubmittedNotebook, place)
            penalty = self._penalties.plugin_inst.late_submission_penalty(
                unit["student"], notebook.score, late
            )
            if penalty is not None:
                self._late.append((unit["assignment"], unit["student"]))
                penalty = self._penalties._check_late_penalty(notebook, penalty)
        self.db.execute(
            update(table).where(table.c.id == place).values(late_submission_penalty=penalty)
        )

    def _lateness(self, unit: dict) -> float:
        """Return the seconds by which a submission is late; 0 where no date is due."""
        plan = self.plan(unit["assignment"])
        if plan.due is None:
            return 0
        submission = self._gradebook.find_submission(unit["assignment"], unit["student"])
        self.db.refresh(submission)
        return submission.total_seconds_late


def penalties(course: Course):
    """Return nbgrader's preprocessor for late submissions, if the course uses it."""
    from nbgrader.preprocessors import AssignLatePenalties

    names = course.pipelines()["autograde"]
    if "AssignLatePenalties" not in names:
        return None
    preprocessor = AssignLatePenalties(parent=course.app)
    if not preprocessor.enabled:
        return None
    preprocessor.init_plugin()
    return preprocessor
