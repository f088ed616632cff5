"""Take cells apart that were merged: a test in one cell with answers is a cell again."""

from __future__ import annotations

import re

from safegrade.salvage.evidence import is_foreign, lines_of, parse, visible
from safegrade.salvage.matching import name_of
from safegrade.salvage.released import Released
from safegrade.salvage.shape import free_id, new_cell


def take_apart(cells: list[dict], released: dict[str, Released]) -> tuple[list[str], list[str]]:
    """Split cells that hold the very text of a missing test among other code, in place.

    The text of the test becomes a cell of its own, and what stands before and behind it
    stays the student's. A test of one line, which could be anybody's, is left.

    Returns
    -------
    merged, written_into : list of str
        The names of locked cells that were found in other cells, and of those that
        stood in a cell of their own name with more in it.
    """
    named: dict[str | None, list[dict]] = {}
    for cell in cells:
        named.setdefault(name_of(cell), []).append(cell)
    merged, written_into = [], []
    for name, known in released.items():
        if not known.locked or known.cell_type != "code" or len(lines_of(visible(known))) < 2:
            continue
        if all(_is_merged(cell["source"], known) for cell in named.get(name, [])):
            place = next((i for i, cell in enumerate(cells) if _holds(cell, known)), None)
            if place is not None:
                own = name_of(cells[place]) == name
                cells[place : place + 1] = _pieces(cells, place, known)
                (written_into if own else merged).append(name)
    return merged, written_into


def _is_merged(text: str, known: Released) -> bool:
    """Whether a cell that bears the name of a locked cell is not that cell by itself."""
    if text in (known.source, visible(known)):
        return False
    return is_foreign(text, known, frozenset()) or _place(text, known) not in (None, (0, len(text)))


def _place(text: str, known: Released) -> tuple[int, int] | None:
    """Return where the lines of a locked cell stand in a text."""
    if visible(known) not in text:
        return None
    found = re.search(rf"^{re.escape(visible(known))}[ \t]*$", text, re.MULTILINE)
    return found.span() if found else None


def _holds(cell: dict, known: Released) -> bool:
    """Whether a cell holds a locked cell and more, and can be cut there."""
    text = cell["source"]
    place = _place(text, known)
    if cell["cell_type"] != "code" or place is None:
        return False
    pieces = [text[: place[0]], text[place[1] :]]
    if not any(piece.strip() for piece in pieces):
        return False
    return parse(text) is None or all(parse(piece) is not None for piece in pieces)


def _pieces(cells: list[dict], place: int, known: Released) -> list[dict]:
    cell, taken = cells[place], {cell["id"] for cell in cells}
    start, end = _place(cell["source"], known)
    before, behind = cell["source"][:start].strip("\n"), cell["source"][end:].strip("\n")
    told = cell["metadata"].get("nbgrader") if name_of(cell) != known.name else None
    parts = [
        new_cell("code", before, cell["id"], told),
        new_cell("code", visible(known), free_id(known.name, taken), known.metadata()),
        new_cell("code", behind, free_id(None, taken), None if before.strip() else told),
    ]
    return [part for part in parts if part["source"].strip()]
