"""CSV files that are whole or not there, and in which no cell is a formula."""

from __future__ import annotations

import csv
import os
import re
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

# Signs that begin a formula, wide ones too, behind whatever a spreadsheet passes over;
# also behind a semicolon or a line's end, where some spreadsheets begin a new cell.
FORMULA = re.compile(
    "((?:^|[;\t\r\n])[\\s\0-\x20\u00a0\u00ad\u180e\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff\"']*)"
    "(?=[=+\\-@|%\uff1d\uff0b\uff0d\uff20\ufe62\ufe63\ufe66\ufe6b\u2212])"
)


def save(lines: Iterable[Sequence], path: Path | str) -> None:
    """Write lines as CSV with harmless cells; nobody ever sees half of the file."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    number, made = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with open(number, "w", newline="", encoding="utf-8", errors="replace") as file:
            writer = csv.writer(file)
            writer.writerows([harmless(value) for value in line] for line in lines)
            file.flush()
            os.fsync(number)
        mask = os.umask(0)
        os.umask(mask)
        os.chmod(made, 0o666 & ~mask)
        os.replace(made, path)
    except BaseException:
        Path(made).unlink(missing_ok=True)
        raise


def harmless(value: Any) -> Any:
    """Return a value for a spreadsheet: text that looks like a formula gets a quote before it.

    Examples
    --------
    >>> [harmless(value) for value in ("=1+1", "ada", -1.5, True)]
    ["'=1+1", 'ada', -1.5, 'yes']
    >>> [harmless(value) for value in ("  @sum(1)", "ok;=1+1")]
    ["'  @sum(1)", "ok;'=1+1"]
    """
    if isinstance(value, bool):
        return "yes" if value else "no"
    if not isinstance(value, str):
        return "" if value is None else value
    text = FORMULA.sub(lambda found: f"{found[1]}'" if found.start() else f"'{found[1]}", value)
    return f"'{text}" if text[:1] in ("\t", "\r", "\n") else text
