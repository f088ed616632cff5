"""One course as nbgrader sees it: its folders, its gradebook, and the steps on one submission."""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import shutil
import tempfile
from collections.abc import Iterator
from glob import escape
from pathlib import Path

from nbgrader.api import Gradebook, MissingEntry
from nbgrader.apps.baseapp import NbGrader
from nbgrader.converters import Autograde, GenerateAssignment, GenerateFeedback
from nbgrader.converters.base import BaseConverter, NbGraderException
from nbgrader.coursedir import CourseDirectory

from safegrade.notes import NoteKeeper
from safegrade.reading import stem_of
from safegrade.repair import released_cells

LEDGER = "safegrade.json"


class Course:
    """nbgrader's converters, configured by the course's `nbgrader_config.py`.

    Parameters
    ----------
    root : pathlib.Path
        The folder in which the configuration lies.
    db_url : str, optional
        Another gradebook than the configured one, as a SQLAlchemy URL.
    """

    def __init__(self, root: Path, db_url: str | None = None):
        with contextlib.chdir(root):
            self.app = NbGrader()
            self.app.initialize([])
        if db_url:
            url = db_url.replace("postgresql://", "postgresql+psycopg2://", 1)
            self.app.config.CourseDirectory.db_url = url
        self.directory = CourseDirectory(parent=self.app)
        self.keeper = NoteKeeper()
        self._log_quietly()

    def _log_quietly(self) -> None:
        """Send nbgrader's log to a file and to the keeper of notes, not to the terminal."""
        self.home.mkdir(parents=True, exist_ok=True)
        log = self.app.log
        for handler in list(log.handlers):
            log.removeHandler(handler)
        file = logging.FileHandler(self.home / "safegrade.log", mode="w", encoding="utf-8")
        file.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
        log.setLevel(logging.INFO)
        log.propagate = False
        log.addHandler(file)
        log.addHandler(self.keeper)

    @property
    def home(self) -> Path:
        """The folder that holds what grading makes."""
        return Path(self.directory.root, self.directory.autograded_directory).parent

    def folder(self, step: str, student: str, assignment: str) -> Path:
        """Return where a step keeps an assignment: ``folder("submitted", "ada", "adam")``."""
        name = getattr(self.directory, f"{step}_directory")
        return Path(self.directory.format_path(name, student, assignment))

    @contextlib.contextmanager
    def gradebook(self) -> Iterator[Gradebook]:
        """Open the gradebook, and close it for good."""
        gradebook = Gradebook(self.directory.db_url, self.directory.course_id)
        try:
            yield gradebook
        finally:
            gradebook.close()
            gradebook.engine.dispose()

    def submissions(self) -> list[tuple[str, str]]:
        """Return (assignment, student) for every submission to an assignment, in order."""
        known = self.assignments()
        return sorted(pair for pair in self._folders() if pair[0] in known)

    def assignments(self) -> set[str]:
        """Return the names of the assignments that have a notebook in the source."""
        folders = _visible(self.folder("source", ".", "*").parent)
        return {path.name for path in folders if any(path.glob("*.ipynb"))}

    def strays(self) -> list[str]:
        """Return a line for everything that lies where no submission can be."""
        submitted, known = self.folder("submitted", "*", "*").parent.parent, self.assignments()
        lines = [
            f"{student}/{assignment}: no such assignment"
            for assignment, student in self._folders()
            if assignment not in known
        ]
        for place in [submitted, *filter(Path.is_dir, _visible(submitted))]:
            files = [path for path in _visible(place) if not path.is_dir()]
            where = "STUDENT/ASSIGNMENT" if place == submitted else f"{place.name}/ASSIGNMENT"
            for path in files:
                lines.append(f"{path.relative_to(submitted)}: not graded, belongs into {where}")
        return lines

    def _folders(self) -> list[tuple[str, str]]:
        submitted = self.folder("submitted", "*", "*").parent.parent
        folders = [path for student in _visible(submitted) for path in _visible(student)]
        return sorted((path.name, path.parent.name) for path in folders if path.is_dir())

    def enter(self, assignment: str) -> None:
        """Bring the gradebook up to date with the assignment's source; release nothing.

        Raises
        ------
        NbGraderException
            There is no such source, or it cannot be entered.
        """
        with tempfile.TemporaryDirectory() as elsewhere:
            self._run(GenerateAssignment, assignment, ".", release_directory=elsewhere)

    def autograde(self, assignment: str, student: str, notebook: str, **changes) -> None:
        """Run nbgrader's autograding on one notebook of one student."""
        self._run(Autograde, assignment, student, notebook_id=escape(notebook), **changes)

    def give_feedback(self, assignment: str, student: str) -> None:
        """Run nbgrader's feedback on one student's assignment."""
        self._run(GenerateFeedback, assignment, student)

    def _run(self, step: type[BaseConverter], assignment: str, student: str, **changes) -> None:
        chosen = {"assignment_id": escape(assignment), "student_id": escape(student), **changes}
        directory = CourseDirectory(parent=self.app, db_url=self.directory.db_url, **chosen)
        converter = step(coursedir=directory, parent=self.app)
        converter.force = True
        self.keeper.errors.clear()
        try:
            converter.start()
        except SystemExit as stop:
            raise NbGraderException(f"nbgrader stopped with code {stop.code}") from stop

    def released(self, assignment: str) -> dict[str, dict]:
        """Return the released cells of an assignment's notebooks, by notebook and grade_id."""
        with self.gradebook() as gradebook:
            names = [notebook.name for notebook in gradebook.find_assignment(assignment).notebooks]
            return {name: released_cells(gradebook, name, assignment) for name in names}

    def kernelspec(self, assignment: str, notebook: str) -> dict:
        """Return the kernel of a released notebook, as a notebook's metadata names it."""
        with self.gradebook() as gradebook:
            return json.loads(gradebook.find_notebook(notebook, assignment).kernelspec or "{}")

    def give_zero(self, assignment: str, student: str, notebook: str) -> None:
        """Enter zero for every cell of a notebook that cannot be graded."""
        with self.gradebook() as gradebook:
            gradebook.update_or_create_student(student)
            gradebook.update_or_create_submission(assignment, student)
            handed_in = gradebook.find_submission_notebook(notebook, assignment, student)
            for grade in handed_in.grades:
                grade.auto_score, grade.needs_manual_grade = 0, False
            gradebook.db.commit()

    # --- what was done already ---

    def fingerprint(self, assignment: str, student: str) -> str:
        """Return a digest of a submission and of the cells that it is graded by."""
        digest = hashlib.sha256(repr(self.released(assignment)).encode())
        folder = self.folder("submitted", student, assignment)
        for path in _visible(folder):
            digest.update(path.name.encode())
            if path.is_file() and (stem_of(path) or path.name == "timestamp.txt"):
                digest.update(hashlib.sha256(path.read_bytes()).digest())
        return digest.hexdigest()

    def hand_grades(self, assignment: str, student: str) -> str:
        """Return a digest of what people added in formgrader: scores and comments."""
        with self.gradebook() as gradebook:
            try:
                submission = gradebook.find_submission(assignment, student)
            except MissingEntry:
                return ""
            added = []
            for notebook in submission.notebooks:
                added += [(g.name, g.manual_score, g.extra_credit) for g in notebook.grades]
                added += [(c.name, c.manual_comment) for c in notebook.comments]
        return hashlib.sha256(repr(sorted(added, key=str)).encode()).hexdigest()

    def read_ledger(self, assignment: str, student: str) -> dict:
        """Return what the last run wrote down about a submission, or nothing."""
        try:
            path = self.folder("autograded", student, assignment) / LEDGER
            return json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}

    def write_ledger(self, assignment: str, student: str, ledger: dict) -> None:
        """Write down what was graded, beside the autograded notebooks."""
        folder = self.folder("autograded", student, assignment)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / LEDGER).write_text(json.dumps(ledger, indent=1), encoding="utf-8")

    def clear(self, assignment: str, student: str) -> None:
        """Remove what earlier runs made of a submission; the gradebook keeps its hand grades."""
        for step in ("autograded", "feedback"):
            shutil.rmtree(self.folder(step, student, assignment), ignore_errors=True)


def _visible(folder: Path) -> list[Path]:
    """Return what lies in a folder, in order, without what programs leave there."""
    if not folder.is_dir():
        return []
    return [
        path for path in sorted(folder.iterdir()) if not path.name.startswith((".", "__MACOSX"))
    ]
