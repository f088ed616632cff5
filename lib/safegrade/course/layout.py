"""One course as nbgrader sees it: its configuration, its folders, its gradebook."""

from __future__ import annotations

import contextlib
import logging
import tempfile
import traceback
from collections.abc import Iterator
from glob import escape
from pathlib import Path
from typing import TYPE_CHECKING

from safegrade.course.files import Trouble, explained
from safegrade.course.notes import NoteKeeper
from safegrade.progress import one_line

if TYPE_CHECKING:
    from nbgrader.api import Gradebook

CONFIG = "nbgrader_config.py"


class Course:
    """What nbgrader's configuration says of a course, and nbgrader's own steps on it.

    Parameters
    ----------
    root : pathlib.Path
        The folder in which the configuration lies.
    db_url : str, optional
        Another gradebook than the configured one, as a SQLAlchemy URL.

    Raises
    ------
    Trouble
        The configuration fails, or nbgrader does not take what it says.
    """

    def __init__(self, root: Path, db_url: str | None = None):
        from nbgrader.apps.baseapp import NbGrader
        from nbgrader.coursedir import CourseDirectory

        with contextlib.chdir(root), _explaining(root / CONFIG):
            self.app = NbGrader()
            self.app.raise_config_file_errors = True  # or nbgrader goes on with its defaults
            self.app.initialize([])
            if "root" not in self.app.config.CourseDirectory:
                self.app.config.CourseDirectory.root = str(root)  # and not where one stands
            if db_url:
                url = db_url.replace("postgresql://", "postgresql+psycopg2://", 1)
                self.app.config.CourseDirectory.db_url = url
            self.directory = CourseDirectory(parent=self.app)
        self.keeper = NoteKeeper()
        self._log_quietly()

    def _log_quietly(self) -> None:
        """Send nbgrader's log to a file and to the keeper of notes, not to the terminal."""
        try:
            self.home.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise explained(error) from error
        log = self.app.log
        for handler in list(log.handlers):
            log.removeHandler(handler)
        place = self.home / "safegrade.log"
        file = logging.FileHandler(place, mode="w", encoding="utf-8", delay=True)
        file.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
        log.setLevel(logging.INFO)
        log.propagate = False
        log.addHandler(file)
        log.addHandler(self.keeper)

    @property
    def root(self) -> Path:
        """The folder of the course."""
        return Path(self.directory.root)

    @property
    def home(self) -> Path:
        """The folder that holds what grading makes."""
        return Path(self.directory.root, self.directory.autograded_directory).parent

    def folder(self, step: str, student: str, assignment: str) -> Path:
        """Return where a step keeps an assignment: ``folder("submitted", "ada", "adam")``."""
        name = getattr(self.directory, f"{step}_directory")
        return Path(self.directory.format_path(name, student, assignment))

    def history(self, assignment: str) -> Path:
        """Return where the history of an assignment's grading is kept."""
        return self.home / "history" / f"{assignment}.jsonl"

    @contextlib.contextmanager
    def gradebook(self) -> Iterator[Gradebook]:
        """Open the gradebook, and close it for good."""
        from nbgrader.api import Gradebook

        gradebook = Gradebook(self.directory.db_url, self.directory.course_id)
        try:
            yield gradebook
        finally:
            gradebook.close()
            gradebook.engine.dispose()

    def pipelines(self) -> dict[str, list[str]]:
        """Return the names of the preprocessors that the course autogrades with."""
        from nbgrader.converters import Autograde

        converter = Autograde(coursedir=self.directory, parent=self.app)
        return {
            step: [
                getattr(one, "__name__", str(one).rpartition(".")[2])
                for one in getattr(converter, f"{step}_preprocessors")
            ]
            for step in ("sanitize", "autograde")
        }

    # --- what was handed in ---

    def submissions(self) -> list[tuple[str, str]]:
        """Return (assignment, student) for every submission to an assignment, in order."""
        known = self.assignments()
        return sorted(pair for pair in self._folders() if pair[0] in known)

    def assignments(self) -> set[str]:
        """Return the names of the assignments that have a notebook in the source."""
        folders = visible(self.folder("source", ".", "*").parent)
        return {path.name for path in folders if any(path.glob("*.ipynb"))}

    def strays(self) -> list[str]:
        """Return a line for everything that lies where no submission can be."""
        known = self.assignments()
        folders, files, unread = self._handed_in()
        lines = [
            f"{student}/{assignment}: no such assignment"
            for assignment, student in folders
            if assignment not in known
        ]
        for name in files:
            where = f"{name.parts[0]}/ASSIGNMENT" if name.parts[1:] else "STUDENT/ASSIGNMENT"
            lines.append(f"{name}: not graded, belongs into {where}")
        return [one_line(text) for text in lines + unread]

    def _folders(self) -> list[tuple[str, str]]:
        return self._handed_in()[0]

    def _handed_in(self) -> tuple[list[tuple[str, str]], list[Path], list[str]]:
        """Return the folders as (assignment, student), the files, and a line for what is unread."""
        submitted = self.folder("submitted", "*", "*").parent.parent
        folders, files, unread = [], [], []
        for student in visible(submitted):
            try:
                if not student.is_dir():
                    files.append(student)
                    continue
                there = [(path, path.is_dir()) for path in visible(student)]
            except OSError as error:
                unread.append(f"{student.name}: cannot be read ({error.strerror or error})")
                continue
            folders += [(path.name, student.name) for path, is_folder in there if is_folder]
            files += [path for path, is_folder in there if not is_folder]
        files.sort(key=lambda path: (path.parent != submitted, path))
        return sorted(folders), [path.relative_to(submitted) for path in files], unread

    # --- nbgrader's own steps ---

    def enter(self, assignment: str, db_url: str | None = None) -> None:
        """Bring a gradebook up to date with the assignment's source; release nothing.

        Parameters
        ----------
        assignment : str
            Its name.
        db_url : str, optional
            Another gradebook than the course's, to read the source without a trace.

        Raises
        ------
        NbGraderException
            There is no such source, or it cannot be entered.
        """
        from nbgrader.converters import GenerateAssignment

        with tempfile.TemporaryDirectory() as elsewhere:
            changes = {"release_directory": elsewhere}
            self.convert(GenerateAssignment, assignment, ".", db_url=db_url, **changes)

    def convert(self, step, assignment: str, student: str, *, db_url: str | None = None, **changes):
        """Run one of nbgrader's converters on one submission."""
        from nbgrader.converters.base import NbGraderException
        from nbgrader.coursedir import CourseDirectory

        chosen = {"assignment_id": escape(assignment), "student_id": escape(student), **changes}
        url = db_url or self.directory.db_url
        directory = CourseDirectory(parent=self.app, db_url=url, **chosen)
        converter = step(coursedir=directory, parent=self.app)
        converter.force = True
        self.keeper.errors.clear()
        try:
            converter.start()
        except SystemExit as stop:
            raise NbGraderException(f"nbgrader stopped with code {stop.code}") from stop


@contextlib.contextmanager
def _explaining(path: Path) -> Iterator[None]:
    """Turn what goes wrong while a configuration is read into `Trouble` that names the file."""
    try:
        yield
    except (Exception, SystemExit) as error:
        # nbgrader exits on a value that it does not take; the value is what went wrong
        why = error.__context__ or error if isinstance(error, SystemExit) else error
        frames = traceback.extract_tb(why.__traceback__)
        told = [frame.filename for frame in frames if frame.filename.endswith("_config.py")]
        place = getattr(why, "filename", None) or (told or [path])[-1]
        text = f"{type(why).__name__}: {why}"
        raise Trouble(f"{place} fails: {text}; put that right, then run this again") from error


def visible(folder: Path) -> list[Path]:
    """Return what lies in a folder, in order, without what programs leave there."""
    if not folder.is_dir():
        return []
    return [
        path for path in sorted(folder.iterdir()) if not path.name.startswith((".", "__MACOSX"))
    ]
