"""Notes for the teacher: said in nbgrader's log, and collected for the grade table."""

from __future__ import annotations

import logging


def note(log: logging.Logger, text: str) -> None:
    """Log a warning that is also worth a place beside the grade.

    Parameters
    ----------
    log : logging.Logger
        The logger of an nbgrader object.
    text : str
        A few words, such as ``"timed out in test-slope"``.

    Examples
    --------
    >>> log = logging.Logger("nbgrader")
    >>> log.addHandler(keeper := NoteKeeper())
    >>> note(log, "timed out in test-slope")
    >>> keeper.notes
    ['timed out in test-slope']
    """
    log.warning(text, extra={"safegrade_note": text})


class NoteKeeper(logging.Handler):
    """Keep the notes that pass through a logger, and the errors."""

    def __init__(self):
        super().__init__()
        self.clear()

    def clear(self) -> None:
        """Forget everything."""
        self.notes: list[str] = []
        self.errors: list[str] = []

    def note(self, text: str) -> None:
        """Keep a note, once."""
        if text not in self.notes:
            self.notes.append(text)

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a record if it is a note or an error."""
        text = getattr(record, "safegrade_note", None)
        if text is None and record.levelno >= logging.ERROR:
            self.errors.append(record.getMessage().strip())
        elif text is not None:
            self.note(text)

    def cause(self) -> str:
        r"""Return the first line of the exception in the first traceback, else the first error.

        Examples
        --------
        >>> keeper = NoteKeeper()
        >>> keeper.errors += ["An error", "Traceback ...:\n  here\nlib.BadCell: no id\n\nOn x:\n[]"]
        >>> keeper.cause()
        'BadCell: no id'
        """
        for text in self.errors:
            if text.startswith("Traceback"):
                last = text[text.rindex("Traceback") :].splitlines()[1:]
                told = next((line for line in last if line[:1].strip()), last[-1])
                kind, *message = told.split(":", 1)
                return ":".join([kind.rpartition(".")[2], *message])
        return (self.errors or ["for no reason that was given"])[0].splitlines()[-1]


def in_a_line(error: Exception) -> str:
    """Return the name of an error and what it says, in a line that is not long."""
    return f"{type(error).__name__}: {error}".partition("\n")[0][:120]
