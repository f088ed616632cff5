"""Plain text for a page: no escape sequences, nothing invisible, bounded, repeats said once."""

from __future__ import annotations

import re
import unicodedata

READ = 300_000  # characters of a text that are looked at, at most
ANSI = re.compile(
    r"\x1b(?:\[[0-?]*[ -/]*[@-~]"  # colours and cursor moves
    r"|[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)?"  # titles, links and other strings
    r"|[ -/]*[0-~])"
)
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
BIDI = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
INVISIBLE = re.compile(
    "[\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    "\u3164\ufe00-\ufe0f\ufeff\uffa0\U000e0000-\U000e0fff]"
)


def clean(text: str) -> str:
    r"""Return text without escape sequences, overwritten lines and hidden directions.

    Examples
    --------
    >>> clean("\x1b[31mred\x1b[0m\r\n10%\r100%")
    'red\n100%'
    >>> clean("a\u202eb")
    'a⟨U+202E⟩b'
    """
    text = ANSI.sub("", text.replace("\r\n", "\n"))
    if "\r" in text:
        text = "\n".join(_overwritten(line) for line in text.split("\n"))
    return source(text)


def source(text: str) -> str:
    """Return text in which no letter is broken, and a change of direction is spelled out."""
    return BIDI.sub(_named, CONTROL.sub("\ufffd", text))


def _overwritten(line: str) -> str:
    """Return what a terminal shows of a line in which carriage returns are."""
    return next((part for part in reversed(line.split("\r")) if part), "")


def _named(match: re.Match) -> str:
    return f"⟨U+{ord(match[0]):04X}⟩"


def name(text: object, limit: int = 80) -> str:
    r"""Return a name in one line, in which nothing is invisible or piled up.

    Examples
    --------
    >>> name("ada\u200b\n lovelace")
    'ada⟨U+200B⟩ lovelace'
    """
    shown = " ".join(INVISIBLE.sub(_named, clean(str(text)[: 10 * limit])).split())
    kept: list[str] = []
    marks = 0
    for letter in unicodedata.normalize("NFC", shown):
        marks = marks + 1 if unicodedata.combining(letter) else 0
        if marks <= 2:
            kept.append(letter)
    return "".join(kept) if len(kept) <= limit else "".join(kept[:limit]) + "…"


def cut(text: str, limit: int) -> str:
    r"""Return the beginning and the end of a text that is too long.

    Examples
    --------
    >>> cut("a" * 100, 12)
    'aaaaaaaa\n... 88 characters are not shown ...\naaaa'
    """
    if len(text) <= limit:
        return text
    head, tail = limit - limit // 3, limit // 3
    left_out = f"\n... {len(text) - head - tail} characters are not shown ...\n"
    return text[:head] + left_out + (text[-tail:] if tail else "")


def said_once(text: str, period: int = 3) -> str:
    r"""Return text in which lines that follow each other again and again are said once.

    Parameters
    ----------
    text : str
        Any text.
    period : int
        The number of lines, at most, that may be repeated together.

    Returns
    -------
    str
        The text; a block that came three times or more has its count below.

    Examples
    --------
    >>> print(said_once("go\nwarn\nhere\nwarn\nhere\nwarn\nhere\nend"))
    go
    warn
    here
    ... the last 2 lines came 3 times ...
    end
    """
    lines = text.split("\n")
    kept: list[str] = []
    place = 0
    while place < len(lines):
        width, times = _repeats(lines, place, period)
        kept += lines[place : place + width]
        if times > 1:
            last = "line" if width == 1 else f"{width} lines"
            kept.append(f"... the last {last} came {times} times ...")
        place += width * times
    return "\n".join(kept)


def _repeats(lines: list[str], place: int, period: int) -> tuple[int, int]:
    """Return how many lines are repeated from a place on, and how often (1: not at all)."""
    for width in range(1, period + 1):
        block = lines[place : place + width]
        end = place + width
        while lines[end : end + width] == block:
            end += width
        times = (end - place) // width
        if times >= 3 and any(block):
            return width, times
    return 1, 1


def plain(text: object, limit: int = 20_000) -> str:
    """Return any text as it may be shown: clean, without repeats, no longer than the limit."""
    whole = text if isinstance(text, str) else joined(text)
    return cut(said_once(clean(cut(whole, READ))), limit)


def joined(text: object) -> str:
    """Return the text of a notebook's field: a string, or a list of lines."""
    if isinstance(text, str):
        return text
    if isinstance(text, list):
        return "".join(part for part in text if isinstance(part, str))
    return "" if text is None else str(text)[:READ]
