"""What a cell is for: set-up, answer, test or anything else.

The functions take cells as plain dicts, so that a notebook read by `json` will do as
well as one of nbformat.
"""

from __future__ import annotations

from collections.abc import Mapping


def name_of(cell: Mapping) -> str | None:
    """Return the grade_id of a cell, or None; whatever was done to its metadata."""
    name = _told(cell).get("grade_id")
    return name if isinstance(name, str) else None


def label(cell: Mapping) -> str:
    """Return what to call a cell in a note.

    Examples
    --------
    >>> label({"id": "a1"}), label({"id": "a1", "metadata": {"nbgrader": {"grade_id": "slope"}}})
    ('a1', 'slope')
    """
    return name_of(cell) or cell.get("id") or "a cell without a name"


def is_setup(cell: Mapping) -> bool:
    """Whether a cell is locked code that gives no points."""
    told = _told(cell)
    return _is_code(cell) and _is_locked(told) and not told.get("grade")


def is_test(cell: Mapping) -> bool:
    """Whether a cell is code that gives points to other cells."""
    told = _told(cell)
    return _is_code(cell) and bool(told.get("grade")) and not told.get("solution")


def kind(cell: Mapping) -> str:
    """Return "setup", "test" or "student" for a code cell, "text" for any other."""
    if not _is_code(cell):
        return "text"
    return "test" if is_test(cell) else "setup" if is_setup(cell) else "student"


def source_of(cell: Mapping) -> str:
    """Return the text of a cell, which may be stored as a list of lines."""
    source = cell.get("source", "")
    return "".join(source) if isinstance(source, list) else source


def _is_code(cell: Mapping) -> bool:
    return cell.get("cell_type") == "code"


def _is_locked(told: Mapping) -> bool:
    """Whether nbgrader holds a cell for locked: an answer never is, a test always."""
    if told.get("solution"):
        return False
    return bool(told.get("grade") or told.get("locked"))


def _told(cell: Mapping) -> Mapping:
    metadata = cell.get("metadata")
    told = metadata.get("nbgrader") if isinstance(metadata, Mapping) else None
    return told if isinstance(told, Mapping) else {}
