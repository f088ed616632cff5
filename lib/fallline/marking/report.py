"""What a student reads: a short block of text, and the error that carries it."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass, field

import numpy as np

WIDTH = 88


@dataclass
class Report:
    """The verdict on one answer.

    Attributes
    ----------
    task : str
        The task's name.
    passed, total : int
        How many cases are right, of how many.
    case : str
        The first case that is not right, in words.
    rows : dict
        What was expected, what came, where: label to text.
    hint : str
        The one thing to think about next.
    mistake : str or None
        The name of the known or generic mistake that the answer makes.
    """

    task: str
    passed: int
    total: int
    case: str = ""
    rows: dict[str, str] = field(default_factory=dict)
    hint: str = ""
    mistake: str | None = None

    def __str__(self) -> str:
        if self.passed == self.total:
            return f"{self.task}: right in all {self.total} cases."
        rows = {"Case": self.case, **self.rows, "Hint": self.hint}
        body = [_row(label, text) for label, text in rows.items() if text]
        head = f"{self.task}: not right yet ({self.passed} of {self.total} cases are)."
        return "\n".join([head, *body])


class WrongAnswer(AssertionError):
    """An answer differs from the reference; its text is the report.

    IPython shows the report alone, in place of a traceback.
    """

    def __init__(self, report: Report):
        super().__init__(str(report))
        self.report = report

    def _render_traceback_(self) -> list[str]:
        return str(self).splitlines()


def show(value) -> str:
    """Write a value as short as it can be read.

    Examples
    --------
    >>> show(np.float64(0.1) * 3)
    '0.3'
    >>> show(np.array([1.0, -2.0]))
    '[1, -2]'
    """
    if isinstance(value, BaseException):
        return _shorten(f"{type(value).__name__}: {value}".removesuffix(": "))
    if isinstance(value, np.ndarray) and value.ndim:
        short = {"float_kind": lambda number: f"{number:.6g}"}
        return np.array2string(value, threshold=12, separator=", ", formatter=short)
    if isinstance(value, (float, np.floating)):
        return f"{float(value):.6g}"
    if isinstance(value, (tuple, list)):
        left, right = "()" if isinstance(value, tuple) else "[]"
        return left + ", ".join(map(show, value)) + right
    try:
        return _shorten(
            repr(value.item() if isinstance(value, (np.generic, np.ndarray)) else value)
        )
    except Exception:
        return f"a value of type {type(value).__name__} that cannot be shown"


def _shorten(text: str) -> str:
    return text if len(text) <= 200 else text[:197] + "..."


def show_pair(expected, came) -> tuple[str, str]:
    """Write two values that differ so that the difference can be seen."""
    short = show(expected), show(came)
    if short[0] != short[1]:
        return short
    return _in_full(expected), _in_full(came)


def _in_full(value) -> str:
    if type(value) in (list, tuple):
        left, right = "()" if type(value) is tuple else "[]"
        return left + ", ".join(map(_in_full, value)) + right
    if isinstance(value, np.ndarray) and value.ndim:
        return f"array({value.tolist()!r})"
    return repr(value.item() if isinstance(value, (np.generic, np.ndarray)) else value)


def _row(label: str, text: str) -> str:
    lead = f"  {label:<10}"
    return "\n".join(
        textwrap.fill(
            line,
            WIDTH,
            initial_indent=lead if first else " " * len(lead),
            subsequent_indent=" " * len(lead),
        )
        for first, line in zip([True] + [False] * text.count("\n"), text.split("\n"), strict=True)
    )
