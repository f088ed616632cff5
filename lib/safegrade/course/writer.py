"""Write what was graded: the files first, then the gradebook in batches, then the history.

In that order each line of the history vouches for files and rows that are there. Whatever is cut
off in between is graded once more, with the same result.
"""

from __future__ import annotations

import base64
import contextlib
import json
import shutil
import time
from collections.abc import Callable

from safegrade.course.files import NAMES, Trouble, digest, explained, fill_folder, write_whole
from safegrade.course.layout import Course
from safegrade.course.ledger import FAILED, Ledger
from safegrade.course.locks import PATIENCE, patiently
from safegrade.course.rows import Rows

ABOUT = "safegrade.json"  # beside the autograded notebooks: where their scores come from


class Writer:
    """The one writer of a run; a context manager that brings everything to an end.

    Parameters
    ----------
    course : Course
        Where to.
    batch : int
        Submissions after which the gradebook is written.
    seconds : float
        Time after which it is.
    patience : float
        Seconds to wait for a gradebook that another program holds.
    say : callable, optional
        Called with a text when there is something to wait for.
    """

    def __init__(
        self,
        course: Course,
        *,
        batch: int = 50,
        seconds: float = 1.0,
        patience: float = PATIENCE,
        say: Callable[[str], None] | None = None,
    ):
        self.course = course
        self._batch, self._seconds, self._patience = batch, seconds, patience
        self._say = say or (lambda text: None)
        self._waiting: list[dict] = []
        self._since = time.monotonic()
        self._ledgers: dict[str, Ledger] = {}
        self.refused: list[tuple[str, str]] = []  # whose rows no gradebook can hold
        self._rows = self._patiently(lambda: Rows(course))

    def __enter__(self) -> Writer:
        return self

    def __exit__(self, kind, error, traceback) -> None:
        try:
            if kind is None:
                self.flush()
            else:
                with contextlib.suppress(Exception):  # what went wrong first is what to tell
                    self.flush()
        finally:
            self._rows.close()

    @property
    def rows(self) -> Rows:
        """The rows of the gradebook."""
        return self._rows

    def ledger(self, assignment: str) -> Ledger:
        """Return the history of an assignment."""
        if assignment not in self._ledgers:
            self._ledgers[assignment] = Ledger(self.course.history(assignment))
        return self._ledgers[assignment]

    def write(self, unit: dict) -> None:
        """Write the files of a graded submission, and its rows soon afterwards."""
        files = self._write_files(unit)
        kept = {name: unit[name] for name in ("assignment", "student", "key", "notes", "origin")}
        kept |= {name: unit[name] for name in ("event", "by_hand", "timestamp")} | {"files": files}
        kept["notebooks"] = {
            name: {key: one.get(key) for key in ("scores", "comments", "used", "enforced")}
            for name, one in unit["notebooks"].items()
        }
        self._waiting.append(kept)
        if len(self._waiting) >= self._batch or time.monotonic() - self._since > self._seconds:
            self.flush()

    def _write_files(self, unit: dict) -> dict[str, str]:
        """Write notebooks and feedback; return the digests by path, as the history keeps them."""
        where = (unit["student"], unit["assignment"])
        graded = {name: one["text"] for name, one in unit["notebooks"].items() if one["text"]}
        pages = {name: one["page"] for name, one in unit["notebooks"].items() if one["page"]}
        made = {name: base64.b64decode(data) for name, data in unit.get("beside", {}).items()}
        made |= {f"{name}.ipynb": encoded(text) for name, text in graded.items()}
        made[ABOUT] = json.dumps(_about(unit), indent=1, sort_keys=True).encode()
        told = {f"{name}.html": encoded(page) for name, page in pages.items()}
        folder = self.course.folder("autograded", *where)
        try:
            autograded = fill_folder(folder, made)
            feedback = fill_folder(self.course.folder("feedback", *where), told)
        except OSError as error:
            if error.errno in NAMES and unit.get("beside"):  # that is this student's affair
                unit["notes"].append(f"files beside the notebook were left out: {error.strerror}")
                shutil.rmtree(folder, ignore_errors=True)
                return self._write_files({**unit, "beside": {}})
            raise explained(error) from error
        return {f"autograded/{name}": digest for name, digest in autograded.items()} | {
            f"feedback/{name}": digest for name, digest in feedback.items()
        }

    def refresh(self, assignment: str, student: str, pages: dict[str, str], by_hand: str) -> None:
        """Write feedback pages anew after people changed scores or comments."""
        last = self.ledger(assignment).last(student)
        folder = self.course.folder("feedback", student, assignment)
        try:
            for name, page in pages.items():
                write_whole(folder / f"{name}.html", encoded(page))
        except OSError as error:
            raise explained(error) from error
        files = {f"feedback/{name}.html": digest(encoded(page)) for name, page in pages.items()}
        kept = {name: value for name, value in last.items() if name != "at"}
        files = {**last["files"], **files}
        line = {**kept, "event": "feedback", "by_hand": by_hand, "files": files}
        self.ledger(assignment).append([line])

    def fail(self, assignment: str, student: str, key: str, notes: list[str]) -> bool:
        """Note that a submission could not be graded; the score that it has, if any, stays."""
        last = self.ledger(assignment).last(student)
        if not last:
            return False
        kept = {name: value for name, value in last.items() if name != "at"}
        self.ledger(assignment).append([{**kept, "event": FAILED, "key": key, "notes": notes}])
        return True

    def flush(self) -> None:
        """Bring the waiting submissions into the gradebook, then into the history."""
        units, self._waiting = self._waiting, []
        self._since = time.monotonic()
        if not units:
            return
        units = self._saved(units)
        for assignment in dict.fromkeys(unit["assignment"] for unit in units):
            lines = [_line(unit) for unit in units if unit["assignment"] == assignment]
            try:
                self.ledger(assignment).append(lines)
            except OSError as error:
                raise explained(error) from error

    def _saved(self, units: list[dict]) -> list[dict]:
        """Save the rows of some submissions; return those that the gradebook has taken."""
        from sqlalchemy.exc import DataError, StatementError

        try:
            self._patiently(lambda: self._rows.save(units))
            return units
        except (DataError, StatementError, ValueError) as error:
            if getattr(error, "connection_invalidated", False) or _is_general(error):
                raise
            if len(units) > 1:
                return [unit for one in units for unit in self._saved([one])]
            self.refused.append((units[0]["assignment"], units[0]["student"]))
            self._say(f"The gradebook does not take {units[0]['student']!a}: {error}")
            return []

    def check(self) -> None:
        """Raise at once where the gradebook cannot be written.

        Raises
        ------
        Trouble
            It is read-only or its disk is full, for example.
        """
        from sqlalchemy.exc import DBAPIError

        try:
            self._patiently(self._rows.check_writable)
        except DBAPIError as error:
            raise Trouble(f"the gradebook cannot be written: {error.orig}") from error

    def _patiently(self, act: Callable):
        return patiently(act, self._patience, self._say)


def _is_general(error: Exception) -> bool:
    """Whether an error is one of the gradebook as a whole, and not of what was to be written."""
    from sqlalchemy.exc import DataError, DBAPIError

    return isinstance(error, DBAPIError) and not isinstance(error, DataError)


def encoded(text: str) -> bytes:
    """Return a text as a file holds it; letters that no file can hold become question marks."""
    return text.encode("utf-8", "replace")


def _line(unit: dict) -> dict:
    """Return a submission's line of the history."""
    notebooks = unit["notebooks"]
    line = {name: unit[name] for name in ("event", "assignment", "student", "key", "files")}
    return {
        **line,
        "notes": unit["notes"],
        "by_hand": unit["by_hand"],
        "scores": {name: one["scores"] for name, one in notebooks.items()},
        "origin": unit["origin"],
        "used": {name: one["used"] for name, one in notebooks.items() if one.get("used")},
        "enforced": {
            name: one["enforced"] for name, one in notebooks.items() if one.get("enforced")
        },
    }


def _about(unit: dict) -> dict:
    """Return what is written beside the autograded notebooks."""
    told = {name: unit[name] for name in ("assignment", "student", "key", "notes", "origin")}
    told["notebooks"] = {
        name: {key: one.get(key) for key in ("scores", "used", "enforced")}
        for name, one in unit["notebooks"].items()
    }
    return told


def is_done(line: dict, key: str, scores: dict, files: dict[str, str]) -> bool:
    """Whether a line of the history vouches for what lies there and what the gradebook says."""
    return (
        line.get("event") != FAILED
        and line.get("key") == key
        and line.get("files") == files
        and auto_scores(line.get("scores", {})) == scores
    )


def entered_scores(scores: dict, grades: dict) -> dict[str, dict[str, float | None]]:
    """Return what the gradebook's `grades` say, automatically, of the cells of some `scores`."""
    return {
        name: {cell: grades.get(name, {}).get(cell, [None])[0] for cell in cells}
        for name, cells in scores.items()
    }


def auto_scores(scores: dict) -> dict[str, dict[str, float | None]]:
    """Return the automatic scores alone, by notebook and grade_id."""
    return {
        name: {cell: score[0] for cell, score in cells.items()} for name, cells in scores.items()
    }
