"""Read what students hand in as a notebook, whatever was done to the file."""

from __future__ import annotations

import codecs
import io
import json
import re
import zipfile
from pathlib import Path, PurePosixPath

from safegrade.salvage.shape import cells_of, shape

MAX_BYTES = 64 * 2**20
MAX_CELLS = 2000
BOMS = {
    codecs.BOM_UTF8: ("utf-8-sig", "byte order mark"),
    codecs.BOM_UTF32_LE: ("utf-32", "encoding UTF-32"),
    codecs.BOM_UTF32_BE: ("utf-32", "encoding UTF-32"),
    codecs.BOM_UTF16_LE: ("utf-16", "encoding UTF-16"),
    codecs.BOM_UTF16_BE: ("utf-16", "encoding UTF-16"),
    b"{\0": ("utf-16-le", "encoding UTF-16"),
    b"\0{": ("utf-16-be", "encoding UTF-16"),
}
CONFLICT = re.compile(r"^(<{7}|>{7}) ", re.MULTILINE)
STRING_OR_COMMA = re.compile(r'("(?:[^"\\]|\\.)*+\\?(?:"|\Z))|,(?=\s*[\]}])', re.DOTALL)


class Unreadable(Exception):
    """Says in words why a file is no notebook."""


def read(raw: bytes, kernelspec: dict | None = None) -> tuple[dict, list[str]]:
    """Return a sound notebook of format 4, and what had to be mended for that.

    Parameters
    ----------
    raw : bytes
        The file that was handed in.
    kernelspec : dict, optional
        The kernel of the released notebook.

    Returns
    -------
    notebook : dict
        What matters for grading: the cells without output, and their nbgrader metadata.
    mended : list of str
        A few words for each kind of damage.

    Raises
    ------
    Unreadable
        The file holds no notebook.

    Examples
    --------
    >>> read(b'{"nbformat": 3, "worksheets": [{"cells": [{"cell_type": "raw"}]}]}')[1]
    ['format 3']
    """
    mended: list[str] = []
    text = decode(_unzipped(_bounded(raw), mended), mended)
    found = load(text, mended)
    count = len(cells_of(found))
    if count > MAX_CELLS:
        raise Unreadable(f"it has {count} cells, and {MAX_CELLS} are allowed")
    return shape(found, kernelspec or {}, mended), mended


def read_file(path: Path) -> bytes:
    """Return the bytes of a file, of which no more is read than a notebook may have."""
    with path.open("rb") as file:
        return _bounded(file.read(MAX_BYTES + 1))


def decode(raw: bytes, mended: list[str]) -> str:
    r"""Return the text in a file; add the encoding's name if it is not plain UTF-8.

    Examples
    --------
    >>> mended = []
    >>> [decode("é".encode(name), mended) for name in ("utf-8", "utf-16", "cp1252")]
    ['é', 'é', 'é']
    >>> mended
    ['encoding UTF-16', 'encoding cp1252']
    """
    for mark, (encoding, name) in BOMS.items():
        if raw.startswith(mark):
            mended.append(name)
            return raw.decode(encoding, "replace")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        pass
    kept = raw.decode("utf-8", "replace")
    damaged = kept.count("\ufffd")
    if sum(letter > "\x7f" for letter in kept) > 2 * damaged:  # mostly sound UTF-8
        mended.append(f"damaged letters ({damaged})")
        return kept
    mended.append("encoding cp1252")
    return raw.decode("cp1252", "replace")


def load(text: str, mended: list[str]) -> dict:
    """Return the notebook in a text as it stands.

    Examples
    --------
    >>> load('{"cells": [', [])
    Traceback (most recent call last):
        ...
    safegrade.salvage.reading.Unreadable: the file is cut off
    """
    bare = text.strip("\0 \t\r\n\ufeff")
    if not bare:
        raise Unreadable("the file is empty")
    try:
        found = _parse(bare, mended)
    except json.JSONDecodeError as error:
        raise Unreadable(_why_not(bare, error.pos)) from None
    except RecursionError:
        raise Unreadable("it is nested too deeply") from None
    except ValueError:  # a number of more digits than Python reads
        raise Unreadable("it is not a notebook") from None
    if not isinstance(found, dict) or not _lists(found):
        raise Unreadable("it is not a notebook")
    return found


def _lists(found: dict) -> bool:
    return any(isinstance(found.get(key), list) for key in ("cells", "worksheets"))


def _parse(bare: str, mended: list[str]) -> object:
    """Parse JSON; where that fails, parse it without what can be left out safely."""
    if bare.count('"cells"') > 1:
        return json.loads(bare, object_pairs_hook=lambda pairs: _joined(pairs, mended))
    try:
        return json.loads(bare)
    except json.JSONDecodeError as error:
        first = error
    without = STRING_OR_COMMA.sub(lambda match: match[1] or "", bare)
    for candidate, word in ((bare, ""), (without, "a stray comma")):
        try:
            found, end = json.JSONDecoder(strict=False).raw_decode(candidate)
        except json.JSONDecodeError:
            continue
        words = [word, "text behind the end"] if candidate[end:].strip() else [word]
        if isinstance(found, dict) and _lists(found):
            mended += [word for word in words if word] or ["control characters"]
            return found
    raise first


def _joined(pairs: list[tuple], mended: list[str]) -> dict:
    """Make an object of its pairs; cells that are there twice are all kept."""
    made: dict = {}
    for key, value in pairs:
        if key == "cells" and isinstance(made.get(key), list) and isinstance(value, list):
            value = made[key] + value
            mended.append("two lists of cells")
        made[key] = value
    return made


def _why_not(bare: str, place: int) -> str:
    """Say why a text is no JSON."""
    if CONFLICT.search(bare):
        return "it holds the marks of a git conflict that was not resolved"
    if bare[:200].lower().startswith(("<!doctype", "<html")):
        return "it is a web page, not a notebook"
    if bare[0] != "{":
        return "it is not a notebook"
    return (
        "the file is cut off" if bare[-1] != "}" or place >= len(bare) else "it is not a notebook"
    )


def _bounded(raw: bytes) -> bytes:
    if len(raw) > MAX_BYTES:
        raise Unreadable(f"the file has more than {MAX_BYTES // 2**20} MiB")
    return raw


def _unzipped(raw: bytes, mended: list[str]) -> bytes:
    """Return the one notebook in a zip archive, or the bytes as they are."""
    if not raw.startswith(b"PK\x03\x04"):
        return raw
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            inside = [info for info in archive.infolist() if _is_notebook(info.filename)]
            if len(inside) != 1:
                raise Unreadable(f"it is an archive of {len(inside)} notebooks")
            with archive.open(inside[0]) as file:
                content = _bounded(file.read(MAX_BYTES + 1))
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError):
        raise Unreadable("it is an archive that cannot be opened") from None
    except zipfile.zlib.error:
        raise Unreadable("it is an archive that cannot be opened") from None
    mended.append("packed as an archive")
    return content


def _is_notebook(name: str) -> bool:
    parts = PurePosixPath(name.replace("\\", "/")).parts
    hidden = any(part.startswith(".") or part == "__MACOSX" for part in parts)
    return name.lower().endswith(".ipynb") and not hidden
