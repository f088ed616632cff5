"""Give a notebook the shape that it must have: format 4, and in each cell what belongs there.

This takes the place of nbformat's validation, which costs more than grading itself.
"""

from __future__ import annotations

import re

KINDS = ("code", "markdown", "raw")
VALID_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
OLD_KINDS = {"heading": "markdown", "html": "markdown", "text": "markdown"}
TEXTS = ("source", "input", "code", "text")  # where the formats 4, 3, 2 and 1 keep a cell's text
SURROGATE = re.compile("[\ud800-\udfff]")


def shape(found: dict, kernelspec: dict, mended: list[str]) -> dict:
    """Return a sound notebook with the same cells, and add to what was mended.

    Parameters
    ----------
    found : dict
        Whatever the file holds; it has cells.
    kernelspec : dict
        The kernel of the released notebook; without one the notebook's own is kept.
    mended : list of str
        Gets a few words for each kind of damage.
    """
    version = found.get("nbformat")
    if "worksheets" in found or version in (1, 2, 3):
        mended.append(f"format {version}" if isinstance(version, int) else "an old format")
    told = dict_of(dict_of(found.get("metadata")).get("kernelspec"))
    named = all(isinstance(told.get(key), str) for key in ("name", "display_name"))
    if told and not named:
        mended.append("kernelspec")
    kept = kernelspec or (told if named else {})
    return {
        "cells": shape_cells(cells_of(found), mended),
        "metadata": {"kernelspec": kept} if kept else {},
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def cells_of(found: dict) -> list:
    """Return the cells of a notebook of any format."""
    sheets = found.get("worksheets")
    cells = [found.get("cells")]
    cells += [dict_of(sheet).get("cells") for sheet in sheets] if isinstance(sheets, list) else []
    return [cell for part in cells if isinstance(part, list) for cell in part]


def shape_cells(cells: list, mended: list[str]) -> list[dict]:
    """Return sound cells; what is no cell at all becomes a raw cell of that text."""
    taken: set[str] = set()
    found = [cell for cell in cells if isinstance(cell, dict)]
    made = [_cell(cell, taken) for cell in found]
    odd = len(cells) - sum(_kind(cell) is not None for cell in found)
    pairs = list(zip(found, made, strict=True))
    new = sum("id" in old and old["id"] != cell["id"] for old, cell in pairs)
    mended += [f"type of {count(odd)}"] * bool(odd) + [f"id of {count(new)}"] * bool(new)
    for cell in cells:
        if isinstance(cell, str) and cell.strip():
            made.append(_cell({"cell_type": "raw", "source": cell}, taken))
    return made


def new_cell(kind: str, text: str, cell_id: str, settings: dict | None = None) -> dict:
    """Make a cell of the current format, without output."""
    made = {
        "cell_type": kind,
        "id": cell_id,
        "metadata": {"nbgrader": settings} if settings else {},
        "source": text,
    }
    return {**made, "outputs": [], "execution_count": None} if kind == "code" else made


def retype(cell: dict, kind: str) -> None:
    """Make another kind of cell of this one, in place."""
    text, settings = cell["source"], cell["metadata"].get("nbgrader")
    made = new_cell(kind, text, cell["id"], settings)
    cell.clear()
    cell.update(made)


def _kind(cell: dict) -> str | None:
    kind = cell.get("cell_type")
    return OLD_KINDS.get(kind, kind if kind in KINDS else None) if isinstance(kind, str) else None


def _cell(cell: dict, taken: set[str]) -> dict:
    """Return a cell with what it must have and nothing that could be wrong; output goes."""
    kind = _kind(cell) or "raw"
    text = _text(next((cell[key] for key in TEXTS if key in cell), ""))
    if cell.get("cell_type") == "heading":
        level = cell.get("level")
        text = "#" * (level if level in range(1, 7) else 1) + " " + text
    settings = dict_of(dict_of(cell.get("metadata")).get("nbgrader"))
    made = new_cell(kind, text, free_id(cell.get("id"), taken), settings)
    attached = cell.get("attachments")
    if kind == "markdown" and attached and _is_attachment(attached):
        made["attachments"] = attached
    return made


def _text(told: object) -> str:
    """Return the text of a cell, which is a string or a list of lines."""
    if isinstance(told, list):
        lines = [line for line in told if isinstance(line, str)]
        bare = len(lines) > 1 and not any(line.endswith("\n") for line in lines)
        told = ("\n" if bare else "").join(lines)
    text = told if isinstance(told, str) else ""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text if text.isascii() else SURROGATE.sub("\ufffd", text)


def _is_attachment(told: object) -> bool:
    files = told.values() if isinstance(told, dict) else [None]
    return all(
        isinstance(file, dict) and all(isinstance(data, str) for data in file.values())
        for file in files
    )


def free_id(wanted: object, taken: set[str]) -> str:
    """Return an id as like the wanted one as a valid and new one can be.

    Examples
    --------
    >>> taken = set()
    >>> [free_id(wanted, taken) for wanted in ("a", "a", "b c", None)]
    ['a', 'a-2', 'b-c', 'cell']
    """
    text = wanted if isinstance(wanted, str) else ""
    found = text if VALID_ID.fullmatch(text) else re.sub(r"[^A-Za-z0-9_-]", "-", text)[:64]
    start, number = (found or "cell")[:56], 1
    found = found or "cell"
    while found in taken:
        number += 1
        found = f"{start}-{number}"
    taken.add(found)
    return found


def dict_of(value: object) -> dict:
    """Return a dictionary, empty if the value is none."""
    return value if isinstance(value, dict) else {}


def count(number: int) -> str:
    """Say how many cells: ``"1 cell"``, ``"2 cells"``."""
    return "1 cell" if number == 1 else f"{number} cells"
