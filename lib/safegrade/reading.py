"""Read what students hand in as a notebook, and mend what keeps nbgrader from reading it."""

from __future__ import annotations

import codecs
import json
import re
from pathlib import Path

import nbformat
from nbformat.notebooknode import NotebookNode
from nbformat.validator import iter_validate

SUFFIXES = (".ipynb", ".ipynb.txt")
UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
KINDS = ("code", "markdown", "raw")


class Unreadable(Exception):
    """Says in words why a file is no notebook."""


def stem_of(path: Path) -> str | None:
    """Return the name of a notebook without its ending, or None for any other file.

    Examples
    --------
    >>> names = ["slopes.ipynb", "Slopes.IPYNB", "slopes.ipynb.txt", "._slopes.ipynb", "a.pdf"]
    >>> [stem_of(Path(name)) for name in names]
    ['slopes', 'Slopes', 'slopes', None, None]
    """
    endings = [end for end in SUFFIXES if path.name.lower().endswith(end)]
    return path.name[: -len(endings[0])] if endings and path.name[0] != "." else None


def read_notebook(path: Path, kernelspec: dict) -> tuple[NotebookNode, list[str]]:
    """Return a notebook that nbgrader can read, and what had to be mended for that.

    Parameters
    ----------
    path : pathlib.Path
        The file that was handed in.
    kernelspec : dict
        The kernel of the released notebook.

    Returns
    -------
    notebook : NotebookNode
        The content; cut down to what matters for grading if it was not valid.
    mended : list of str
        A few words for each kind of damage.

    Raises
    ------
    Unreadable
        The file holds no notebook.
    """
    text, mended = decode(path.read_bytes())
    notebook = nbformat.from_dict(load(text))
    if "cells" in notebook and not _is_valid(notebook):
        notebook = _normal(notebook, kernelspec, mended)
    return notebook, mended


def decode(raw: bytes) -> tuple[str, list[str]]:
    r"""Return the text in a file, and the encoding's name where it is not plain UTF-8.

    Examples
    --------
    >>> decode("é".encode()), decode("é".encode("utf-16")), decode("é".encode("cp1252"))
    (('é', []), ('é', ['encoding UTF-16']), ('é', ['encoding cp1252']))
    """
    if raw.startswith(UTF16):
        return raw.decode("utf-16", "replace"), ["encoding UTF-16"]
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace"), ["encoding cp1252"]
    return text, ["byte order mark"] if raw.startswith(codecs.BOM_UTF8) else []


def load(text: str) -> dict:
    """Return the notebook in a text as it stands.

    Examples
    --------
    >>> load('{"cells": [')
    Traceback (most recent call last):
        ...
    safegrade.reading.Unreadable: the file is cut off
    """
    bare = text.strip("\0 \t\r\n")
    if not bare:
        raise Unreadable("the file is empty")
    try:
        found = json.loads(bare)
    except json.JSONDecodeError as error:
        cut = bare[0] == "{" and (bare[-1] != "}" or error.pos >= len(bare))
        raise Unreadable("the file is cut off" if cut else "it is not a notebook") from error
    known = found if isinstance(found, dict) else {}
    if not any(isinstance(known.get(key), list) for key in ("cells", "worksheets")):
        raise Unreadable("it is not a notebook")
    return found


def _is_valid(notebook: NotebookNode) -> bool:
    try:
        return not any(iter_validate(notebook))
    except Exception:  # a version that is no number, for one
        return False


def _normal(notebook: NotebookNode, kernelspec: dict, mended: list[str]) -> NotebookNode:
    """Return a valid notebook with the same cells, and add to what was mended."""
    told = _dict(notebook.get("metadata")).get("kernelspec")
    if told and not all(isinstance(_dict(told).get(key), str) for key in ("name", "display_name")):
        mended.append("kernelspec")
    cells = [cell for cell in notebook["cells"] if isinstance(cell, dict)]
    taken: set[str] = set()
    made = [_normal_cell(cell, taken) for cell in cells]
    odd = len(notebook["cells"]) - sum(cell.get("cell_type") in KINDS for cell in cells)
    new = sum(
        "id" in old and old["id"] != cell["id"] for old, cell in zip(cells, made, strict=True)
    )
    mended += [f"type of {_count(odd)}"] * bool(odd) + [f"id of {_count(new)}"] * bool(new)
    return nbformat.from_dict(
        {
            "cells": made,
            "metadata": {"kernelspec": kernelspec} if kernelspec else {},
            "nbformat": 4,
            "nbformat_minor": 5,
        }
    )


def _normal_cell(cell: dict, taken: set[str]) -> dict:
    """Return a cell with what it must have and nothing that could be wrong; output goes."""
    kind = cell.get("cell_type") if cell.get("cell_type") in KINDS else "raw"
    source = cell.get("source", cell.get("input", ""))
    lines = source if isinstance(source, list) else [source]
    settings = _dict(cell.get("metadata")).get("nbgrader")
    made = {
        "cell_type": kind,
        "id": _free_id(cell.get("id"), taken),
        "metadata": {"nbgrader": settings} if isinstance(settings, dict) else {},
        "source": "".join(line for line in lines if isinstance(line, str)),
    }
    return {**made, "outputs": [], "execution_count": None} if kind == "code" else made


def _free_id(wanted: object, taken: set[str]) -> str:
    """Return an id as like the wanted one as a valid and new one can be."""
    start = re.sub(r"[^A-Za-z0-9_-]", "-", wanted)[:64] if isinstance(wanted, str) else ""
    found, number = start or "cell", 1
    while found in taken:
        number += 1
        found = f"{start[:56] or 'cell'}-{number}"
    taken.add(found)
    return found


def _dict(value: object) -> dict:
    return value if isinstance(value, dict) else {}


def _count(number: int) -> str:
    return "1 cell" if number == 1 else f"{number} cells"
