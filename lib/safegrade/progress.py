"""Say what is graded, as it comes: a bar with an estimate for a person, plain lines for a log."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import Self, TextIO


class Progress:
    """Lines for results, and on a terminal a bar below them that estimates the time left.

    Parameters
    ----------
    total : int
        How many results there will be; it may be set later, too.
    stream : file, optional
        Where to write; standard output by default.

    Examples
    --------
    >>> with Progress(2) as progress:
    ...     progress("adam", "ada", "graded")
    ...     progress("adam", "bob", "unchanged")
    [1/2] adam  ada: graded
    [2/2] adam  bob: unchanged
    """

    def __init__(self, total: int = 0, stream: TextIO | None = None):
        self.done = 0
        self._total = total
        self._stream = stream or sys.stdout
        self._bar = None

    @property
    def total(self) -> int:
        """How many results there will be."""
        return self._total

    @total.setter
    def total(self, total: int) -> None:
        self._total = total
        if self._bar is not None:
            self._bar.reset(total)
            self._bar.update(self.done)

    def __enter__(self) -> Self:
        if self._stream.isatty():
            try:
                from tqdm import tqdm
            except ModuleNotFoundError:
                return self
            self._bar = tqdm(
                total=self._total, file=self._stream, unit="submission", dynamic_ncols=True
            )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._bar is not None:
            self._bar.close()
            self._bar = None

    def __call__(self, assignment: str, student: str, what: str) -> None:
        """Tell one result."""
        self.done += 1
        count = f"[{self.done}/{max(self._total, self.done)}]"
        line = f"{count} {one_line(assignment)}  {one_line(student)}: {one_line(what)}"
        if self._bar is None:
            print(line, file=self._stream, flush=True)
        else:
            self._bar.write(line, file=self._stream)
            self._bar.update()


def one_line(text: str) -> str:
    r"""Return a text without what would move a terminal's cursor or change its colours.

    Examples
    --------
    >>> one_line("a note\nwith \x1b[31mcolour")
    'a note with \\x1b[31mcolour'
    """
    text = " ".join(text.split())
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
