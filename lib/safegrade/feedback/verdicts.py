"""What a page says about a task: the points, what was checked, and why it failed."""

from __future__ import annotations

import builtins
import math
import re
from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from safegrade.feedback.hidden import Redactor
from safegrade.feedback.text import clean, cut, joined, name, plain

MARKED = re.compile(r"^\s*-+>\s*(\d+)(?: (.*))?$")  # IPython's arrow
PLACE = re.compile(r"^\s*\S.{0,300}\bline (\d+)")
FUNCTION = re.compile(r", in ([^,(]+)")
QUOTED = re.compile(r"^ {4,}(?!\d+ )\S")
WHERE = re.compile(r"\s*\([^()]*, line \d+\)$")  # what Python adds to an error of indentation
POINTS = re.compile(r"\s*[(\[][\d.]+ *(?:points?|pts?|marks?)[)\]]\s*$", re.IGNORECASE)
OURS = ("NotRun", "DeadKernel", "TimeoutError", "NoScore", "GuestLost")
SLOW = "It ran longer than it may and was stopped. Is there a loop that never ends?"


class Line(NamedTuple):
    """A line of code that a traceback points at."""

    number: int
    code: str
    function: str


class Verdict(NamedTuple):
    """The judgement on one graded cell."""

    name: str
    about: str
    score: float | None
    points: float
    by_hand: bool
    message: str = ""
    hint: str = ""
    lines: tuple[Line, ...] = ()

    @property
    def state(self) -> str:
        """One of full, part, none and waiting.

        Examples
        --------
        >>> Verdict("test-f", "f", 1.0, 3.0, False).state
        'part'
        """
        if self.by_hand or self.score is None:
            return "waiting"
        if self.score >= self.points - 1e-9 and (self.score > 0 or self.points <= 0):
            return "full"
        return "part" if self.score > 0 else "none"


def number(value: object) -> float | None:
    """Return a finite number as a float, and None for anything else.

    Examples
    --------
    >>> [number(value) for value in (2, "3", float("nan"), None)]
    [2.0, None, None, None]
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return float(value) if math.isfinite(value) else None
    except OverflowError:
        return None


def told(score: Mapping, *keys: str) -> float | None:
    """Return the first of some entries of a score that is a number."""
    return next((value for key in keys if (value := number(score.get(key))) is not None), None)


def about(source: str, otherwise: str) -> str:
    r"""Return what the first line of a test says that it checks.

    Examples
    --------
    >>> about("# double: whole numbers (3 points)\ncheck(double(3), 6)", "test-double")
    'double: whole numbers'
    """
    first = next((line.strip() for line in source.split("\n") if line.strip()), "")
    if first.startswith("#"):
        return name(POINTS.sub("", first.strip("# ")), 120) or name(otherwise)
    return name(otherwise)


def pointed_at(traceback: str) -> list[Line]:
    r"""Return the lines that a traceback points at, IPython's or Python's own.

    Examples
    --------
    >>> told = "Cell In[3], line 2, in f(x)\n      1 def f(x):\n----> 2     return 1/0"
    >>> pointed_at(told)
    [Line(number=2, code='return 1/0', function='f')]
    >>> pointed_at("  the cell f, line 2, in f\n    return 1/0\n           ~^~")
    [Line(number=2, code='return 1/0', function='f')]
    """
    found: list[Line] = []
    function, lines = "", clean(traceback).split("\n")
    for line, after in zip(lines, [*lines[1:], ""], strict=True):
        arrow, place = MARKED.match(line), PLACE.match(line)
        if arrow:
            found.append(Line(int(arrow[1][:9]), (arrow[2] or "").strip(), function))
        elif place:
            within = FUNCTION.search(line)
            function = within[1].strip("<> ") if within else ""
            function = "" if function in ("module", "cell line") else function
            if QUOTED.match(after):
                found.append(Line(int(place[1][:9]), after.strip(), function))
    return list(dict.fromkeys(found))


def explain(
    outputs: Iterable[Mapping], shown: str, own: Collection[str], redact: Redactor, limit: int
) -> tuple[str, str, tuple[Line, ...]]:
    """Return a sentence, a hint and the student's own lines from the errors of a cell.

    Parameters
    ----------
    outputs : iterable of dict
        The cell's outputs.
    shown : str
        What may be shown of the cell's code; no other line of a test is quoted.
    own : set of str
        The lines of code that the student wrote, stripped.
    redact : Redactor
        Takes the hidden lines out of what is quoted.
    limit : int
        The length of the hint, at most.
    """
    errors = [output for output in outputs if output.get("output_type") == "error"]
    if not errors:
        return "", "", ()
    kind = name(errors[0].get("ename", "Error"))
    values = dict.fromkeys(redact(plain(error.get("evalue", ""), limit)) for error in errors)
    text = cut("\n".join(value for value in values if value.strip()), limit)
    lines = pointed_at("\n".join(_traceback(error) for error in errors))
    mine = tuple(line for line in lines if line.code in own and not redact.finds(line.code))
    return *_sentence(kind, text, lines, shown), mine[-8:]


def _traceback(error: Mapping) -> str:
    lines = error.get("traceback", [])
    return cut("\n".join(map(joined, lines)) if isinstance(lines, list) else "", 60_000)


def _sentence(kind: str, text: str, lines: list[Line], shown: str) -> tuple[str, str]:
    """Return the sentence about an error and the hint that its message gives."""
    if kind == "CellTimeoutError":
        return SLOW, text
    if kind in OURS:
        return "The cell did not come to its end:", text or kind
    if kind == "NotImplementedError":
        return "There is no answer yet.", text
    if kind == "AssertionError" and not text:
        visible = {line.strip() for line in shown.split("\n")}
        failed = next((line.code for line in reversed(lines) if line.code in visible), "")
        return ("This does not hold:", failed) if failed else ("A check failed.", "")
    if isinstance(getattr(builtins, kind, None), type) and kind != "AssertionError":
        if kind in ("IndentationError", "TabError"):
            text = WHERE.sub("", text)
        return "The code stopped with an error:", f"{kind}: {text}" if text else kind
    return "Message:", text or kind
