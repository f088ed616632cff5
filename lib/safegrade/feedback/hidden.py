"""What a student must not read on the page: hidden tests and marking schemes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from html import unescape

from safegrade.feedback.text import clean, joined

REGIONS = {
    "BEGIN HIDDEN TESTS": "END HIDDEN TESTS",
    "BEGIN MARK SCHEME": "END MARK SCHEME",
}
SHORTEST = 6  # a shorter line, such as `else:`, tells nothing
MOST = 2000  # hidden lines that are looked for
INSTEAD = "[hidden test]"


def split(source: str) -> tuple[str, list[str]]:
    r"""Return the part of a cell that may be shown, and the lines that may not.

    A region that is never closed goes on to the end, as it does for nbgrader.

    Examples
    --------
    >>> split("f(1)\n### BEGIN HIDDEN TESTS\nassert f(2) == 4\n### END HIDDEN TESTS\nf(3)")
    ('f(1)\nf(3)', ['assert f(2) == 4'])
    """
    shown, hidden, end = [], [], ""
    for line in source.split("\n"):
        begun = next((last for first, last in REGIONS.items() if first in line), "")
        if not end and begun:
            end = begun
        elif end and end in line:
            end = ""
        else:
            (hidden if end else shown).append(line)
    return "\n".join(shown), hidden


class Redactor:
    """Replace hidden lines wherever they are quoted.

    Parameters
    ----------
    hidden : iterable of str
        The lines to replace.
    shown : iterable of str
        Lines that are on the page anyway, and stay.

    Examples
    --------
    >>> redact = Redactor(['assert f(2) == "x"'])
    >>> redact('----> 3 assert f(2)  == "x"')
    '----> 3 [hidden test]'
    """

    def __init__(self, hidden: Iterable[str], shown: Iterable[str] = ()):
        known = {line.strip() for line in shown}
        lines = {line.strip() for line in hidden} - known
        chosen = sorted((line for line in lines if len(line) >= SHORTEST), key=len, reverse=True)
        patterns = [_pattern(line) for line in chosen[:MOST]]
        self._pattern = re.compile("|".join(patterns)) if patterns else None

    def __call__(self, text: str) -> str:
        """Return the text without any hidden line."""
        return self._pattern.sub(INSTEAD, text) if self._pattern else text

    def finds(self, text: str) -> bool:
        """Whether a hidden line is quoted in the text."""
        return bool(self._pattern and self._pattern.search(text))


def _pattern(line: str) -> str:
    """Return a pattern for a line, also with other spaces or with quotes escaped."""
    words = [re.escape(word) for word in line.split()]
    return re.sub(r"""(\\?['"])""", r"\\\\*\1", r"\s+".join(words))


def settings(cell: Mapping) -> Mapping:
    """Return nbgrader's settings of a cell; none where they are no dict."""
    metadata = cell.get("metadata")
    found = metadata.get("nbgrader") if isinstance(metadata, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def is_ours(cell: Mapping) -> bool:
    """Whether a cell's text is the teacher's: a locked cell, a test, or a task."""
    known = settings(cell)
    test = known.get("grade") and not known.get("solution")
    return bool(known.get("locked") or known.get("task") or test)


def redactor(cells: Iterable[Mapping]) -> Redactor:
    """Return what takes the hidden lines of these cells out of a text."""
    secret, known = [], []
    for cell in cells:
        source = joined(cell.get("source", ""))
        shown, lines = split(source) if is_ours(cell) else (source, [])
        secret += lines
        known += shown.split("\n")
    return Redactor(secret, known)


def hide_tests(nb: dict) -> None:
    r"""Cut the hidden regions out of a notebook in place, and out of what quotes them.

    Examples
    --------
    >>> test = "### BEGIN HIDDEN TESTS\nassert f(2) == 4\n### END HIDDEN TESTS"
    >>> locked = {"nbgrader": {"locked": True, "grade": True}}
    >>> nb = {"cells": [{"cell_type": "code", "metadata": locked, "source": test, "outputs": [
    ...     {"output_type": "stream", "text": "In[3]: assert f(2) == 4"}]}]}
    >>> hide_tests(nb)
    >>> nb["cells"][0]["source"], nb["cells"][0]["outputs"][0]["text"]
    ('', 'In[3]: [hidden test]')
    """
    cells = nb.get("cells", [])
    redact = redactor(cells)
    for cell in cells:
        source = joined(cell.get("source", ""))
        cell["source"] = redact(split(source)[0] if is_ours(cell) else source)
        for output in cell.get("outputs", []):
            for key in ("text", "evalue"):
                if key in output:
                    output[key] = redact(clean(joined(output[key])))
            if "traceback" in output:
                told = redact(clean("\n".join(map(joined, output["traceback"]))))
                output["traceback"] = told.split("\n")
            data = output.get("data", {})
            for kind in [kind for kind in data if kind.startswith("text/")]:
                text = joined(data[kind])
                data[kind] = INSTEAD if redact.finds(words(text)) else text


def words(html: str) -> str:
    """Return the text of safe HTML, or of plain text, as a reader sees it."""
    return unescape(re.sub(r"</?[a-z][^<>]*>", "", html))
