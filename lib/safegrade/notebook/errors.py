"""Tell of an exception as a person would want to read it: the notebook's frames, and no others."""

from __future__ import annotations

from types import TracebackType
from typing import Any

from safegrade.notebook.outputs import Outputs

FRAMES = 12  # frames shown of a traceback, half of them from either end
HIDDEN = ("BEGIN HIDDEN TESTS", "END HIDDEN TESTS")


def text_of(error: BaseException) -> str:
    """Return what an exception says; one that cannot say it says so.

    Examples
    --------
    >>> text_of(ValueError("too late"))
    'too late'
    """
    try:
        text = error.msg if type(error) is SyntaxError else str(error)
        return text if type(text) is str else str.__str__(text)
    except Exception as trouble:
        return f"<str() raised {type(trouble).__name__}>"


def name_of(error: BaseException) -> str:
    """Return the name of an exception's class."""
    try:
        name = type(error).__name__
        return str.__str__(name)
    except Exception:
        return "Exception"


def tell(error: BaseException, sources: dict[str, tuple[str, str]], outputs: Outputs) -> None:
    """Append an exception to the outputs of a cell.

    Parameters
    ----------
    error : BaseException
        The exception, with its traceback.
    sources : dict
        For the file name of each cell, how to call the cell and its text.
    outputs : Outputs
        Where to.
    """
    name, value = name_of(error), text_of(error)
    try:
        lines = _own_words(error) or _lines(error, sources)
    except Exception:
        lines = [f"{name}: {value}"]
    outputs.error(name, value, lines)


def _own_words(error: BaseException) -> list[str] | None:
    """Return the lines that an exception brings along for IPython, if it does."""
    render = getattr(type(error), "_render_traceback_", None)
    lines = render(error) if render else None
    if isinstance(lines, list) and all(isinstance(line, str) for line in lines):
        return lines
    return None


def _lines(error: BaseException, sources: dict, seen: tuple = ()) -> list[str]:
    lines = []
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if isinstance(cause, BaseException) and cause not in seen and len(seen) < 3:
        lines = [*_lines(cause, sources, (*seen, error)), "", "And then:", ""]
    if isinstance(error, SyntaxError):
        lines += _syntax(error, sources)
    else:
        lines += _frames(error.__traceback__, sources)
        lines += _student_frames(error)
    lines.append(f"{name_of(error)}: {text_of(error)}".removesuffix(": "))
    for note in getattr(error, "__notes__", None) or ():
        lines.append(str(note))
    return lines


def _frames(traceback: TracebackType | None, sources: dict) -> list[str]:
    frames = []
    while traceback is not None:
        code = traceback.tb_frame.f_code
        if code.co_filename in sources:
            frames.append((code.co_filename, traceback.tb_lineno, code.co_name))
        traceback = traceback.tb_next
    if len(frames) > FRAMES:
        left = len(frames) - FRAMES
        half = FRAMES // 2
        shown = [*map(lambda frame: _frame(frame, sources), frames[:half])]
        shown.append(f"  ... {left} more calls ...")
        return [*shown, *map(lambda frame: _frame(frame, sources), frames[-half:])]
    return [_frame(frame, sources) for frame in frames]


def _frame(frame: tuple[str, int, str], sources: dict) -> str:
    filename, number, function = frame
    label, source = sources[filename]
    where = f"  {label}, line {number}" + ("" if function == "<module>" else f", in {function}")
    return f"{where}\n    {line_of(source, number)}"


def line_of(source: str, number: int) -> str:
    r"""Return a line of a cell; of a hidden test only that it is one.

    Examples
    --------
    >>> line_of("a = 1\n### BEGIN HIDDEN TESTS\nassert a == 2", 3)
    '(a hidden test)'
    """
    lines = source.splitlines()
    if not 0 < number <= len(lines):
        return ""
    hidden = False
    for line in lines[: number - 1]:
        hidden = HIDDEN[0] in line or (hidden and HIDDEN[1] not in line)
    return "(a hidden test)" if hidden else lines[number - 1].strip()[:300]


def _syntax(error: SyntaxError, sources: dict) -> list[str]:
    """Return where code is broken; a student may have made the error, so no file is looked into."""
    label, source = sources.get(error.filename or "", (error.filename or "code", ""))
    text = error.text if isinstance(error.text, str) else ""
    text = (text or line_of(source, error.lineno or 0)).rstrip("\n")
    lines = [f"  {label}, line {error.lineno}", f"    {text[:300]}"]
    if error.offset and 0 < error.offset <= len(text) + 1 < 300:
        lines.append("    " + " " * (error.offset - 1) + "^")
    return lines


def _student_frames(error: BaseException) -> list[str]:
    """Return the frames that the answers' process told with an exception."""
    told: Any = getattr(error, "student_traceback", None)
    lines = []
    for frame in told[-FRAMES:] if isinstance(told, list) else ():
        if isinstance(frame, tuple) and len(frame) == 3:
            function, number, line = frame
            where = "" if function == "<module>" else f", in {function}"
            lines.append(f"  the answer{where}, line {number}\n    {str(line)[:300].strip()}")
    return lines
