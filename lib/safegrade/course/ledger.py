"""What was graded, line by line, for ever: the history of an assignment.

Each line is one event. A submission counts as graded when its last line has the key of what lies
there now and agrees with the files and with the gradebook; the line is therefore written last.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

FAILED = "failed"  # the event of a submission that could not be graded by any worker


class Ledger:
    """The history of one assignment, to which lines are only ever added.

    Parameters
    ----------
    path : pathlib.Path
        A file with one JSON object a line; it need not exist.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     ledger = Ledger(Path(folder, "slopes.jsonl"))
    ...     ledger.append([{"student": "ada", "key": "1"}, {"student": "ada", "key": "2"}])
    ...     ledger.last("ada")["key"], Ledger(ledger.path).last("ada")["key"]
    ('2', '2')
    """

    def __init__(self, path: Path):
        self.path = path
        self._last = {line["student"]: line for line in read_lines(path)}

    def last(self, student: str) -> dict:
        """Return the last line about a student; an empty dict where there is none."""
        return self._last.get(student, {})

    def students(self) -> list[str]:
        """Return the students that the history knows, in order."""
        return sorted(self._last)

    def append(self, lines: Iterable[dict]) -> None:
        """Add lines and bring them to the disk; a broken last line is closed first."""
        now = datetime.now(UTC).isoformat(timespec="seconds")
        lines = [{"at": now, **line} for line in lines]
        if not lines:
            return
        self.path.parent.mkdir(parents=True, exist_ok=True)
        text = "".join(json.dumps(line, sort_keys=True) + "\n" for line in lines)
        with self.path.open("ab+") as file:
            if file.tell() and not _ends_a_line(file):
                text = "\n" + text
            file.write(text.encode())
            file.flush()
            os.fsync(file.fileno())
        self._last.update((line["student"], line) for line in lines)


def read_lines(path: Path) -> Iterator[dict]:
    """Yield the events of a history; a line that was cut off is no event."""
    try:
        file = path.open("rb")
    except FileNotFoundError:
        return
    with file:
        for raw in file:
            try:
                line = json.loads(raw)
            except ValueError:
                continue
            if isinstance(line, dict) and isinstance(line.get("student"), str):
                yield line


def _ends_a_line(file) -> bool:
    file.seek(-1, os.SEEK_END)
    return file.read(1) == b"\n"
