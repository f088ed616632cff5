"""Make of a submitted notebook the one that goes into grading.

Every released cell that is locked or marked stands in it once, with the settings that
it was released with, and where it is locked, with its text. What is a student's stays,
and never becomes a test.
"""

from __future__ import annotations

from safegrade.salvage.evidence import answered, asked, mentions, own_lines, says_more
from safegrade.salvage.matching import Matches, match, name_of
from safegrade.salvage.merged import take_apart
from safegrade.salvage.ordering import put_in_order
from safegrade.salvage.reading import read
from safegrade.salvage.released import Released
from safegrade.salvage.shape import free_id, new_cell, retype, shape_cells

SET_ASIDE = "*A second copy of the cell `{}` was set aside; it held nothing but the task.*"
MISSING = "The cell `{}` was missing. If its answer is elsewhere, it is above or below."
CHANGED = "*These lines had been written into the locked cell `{}`:*\n\n{}"


def mend(
    raw: bytes, released: dict[str, Released], kernelspec: dict | None = None
) -> tuple[dict, list[str]]:
    """Return the notebook to grade, and notes on all that was repaired.

    Parameters
    ----------
    raw : bytes
        The file that was handed in.
    released : dict
        The released cells by name, in order: `released_cells`.
    kernelspec : dict, optional
        The kernel of the released notebook.

    Raises
    ------
    Unreadable
        The file holds no notebook.

    Examples
    --------
    >>> test = Released("test", "code", "assert f() == 1", "", True, False, False, True, 2.0)
    >>> notebook, notes = mend(b'{"cells": []}', {"test": test})
    >>> notebook["cells"][0]["source"], notes
    ('assert f() == 1', ['repaired: test was missing'])
    """
    notebook, mended = read(raw, kernelspec)
    notebook["cells"], notes = _mend(notebook["cells"], released)
    return notebook, _listed(mended) + notes


def mend_cells(cells: list, released: dict[str, Released]) -> tuple[list[dict], list[str]]:
    """Do the same with the cells of a notebook; they may have any shape."""
    mended: list[str] = []
    cells, notes = _mend(shape_cells(cells, mended), released)
    return cells, _listed(mended) + notes


def _mend(cells: list[dict], released: dict[str, Released]) -> tuple[list[dict], list[str]]:
    merged, written_into = take_apart(cells, released)
    times = _times(cells, released)
    matches = match(cells, released)
    cells = _free_copies(cells, matches, released)
    earlier = [cell for cell in cells if _is_released(cell)]
    bent = _restore_settings(cells, matches, released)
    edited, earlier = _restore_texts(cells, released, earlier)
    missing = _put_back(cells, released)
    moved = put_in_order(cells, released)
    foreign = [name for name in matches.foreign if name not in matches.cell]
    unsaid = {*matches.nameless, *matches.renamed, *matches.elsewhere, *merged, *written_into}
    findings = {
        "merged with other cells": merged,
        times: [name for name in matches.copies if name not in matches.elsewhere],
        "on a cell of other text": foreign,
        "stripped of settings": matches.nameless,
        "under another name": matches.renamed,
        "answered in another cell": matches.elsewhere,
        "given other settings": [name for name in bent if name not in unsaid],
        "edited": [*written_into, *edited],
        "of an earlier release": earlier,
        "missing": [name for name in missing if name not in foreign],
        "out of order": [name for name in dict.fromkeys(moved) if name not in missing],
    }
    return cells, [_told(names, what) for what, names in findings.items() if names]


def _listed(mended: list[str]) -> list[str]:
    return [f"repaired: {', '.join(mended)}"] * bool(mended)


def _told(names: list[str], what: str) -> str:
    """Say what happened to some cells, in one line."""
    names = list(dict.fromkeys(names))
    if len(names) == 1:
        return f"repaired: {names[0]} was {what}"
    shown = ", ".join([*names[:2], "..."] if len(names) > 3 else names)
    return f"repaired: {len(names)} cells were {what} ({shown})"


def _times(cells: list[dict], released: dict[str, Released]) -> str:
    """Say how often a cell is there, if it is one that is there too often."""
    names = [name for name in map(name_of, cells) if name in released]
    often = {name: names.count(name) for name in set(names) if names.count(name) > 1}
    return f"there {min(often.values())} times" if len(often) == 1 else "there several times"


def _free_copies(cells: list[dict], matches: Matches, released: dict[str, Released]) -> list[dict]:
    """Make plain cells of the copies, and remarks of those that say nothing new."""
    for name, copies in matches.copies.items():
        known, kept = released[name], matches.cell[name]
        for copy in copies:
            if _undoes(copy, kept, known, name in matches.elsewhere):
                cells = [cell for cell in cells if cell is not copy]
                place = next(i for i, cell in enumerate(cells) if cell is kept)
                cells.insert(place, copy)
            elif known.locked or not says_more(copy["source"], known):
                lines = own_lines(copy["source"], known)
                copy["source"] = _remark(name, lines) if lines else SET_ASIDE.format(name)
                retype(copy, "markdown")
    chosen = {id(cell) for cell in matches.cell.values()}
    for cell in cells:
        if id(cell) not in chosen:
            cell["metadata"] = {}
    return cells


def _undoes(copy: dict, kept: dict, known: Released, elsewhere: bool) -> bool:
    """Whether a copy must run, but above the answer, since it holds an empty form of it."""
    if known.locked or not asked(known) or answered(copy["source"], known):
        return False
    given = elsewhere and not mentions(copy["source"]) <= mentions(kept["source"])
    return given or (says_more(copy["source"], known) and bool(answered(kept["source"], known)))


def _restore_settings(
    cells: list[dict], matches: Matches, released: dict[str, Released]
) -> list[str]:
    """Give each released cell its kind and its settings; return the names that had others."""
    changed = []
    for name, cell in matches.cell.items():
        told, known = cell["metadata"].get("nbgrader", {}), released[name]
        settings = known.metadata()
        bent = cell["cell_type"] != known.cell_type
        if bent:
            retype(cell, known.cell_type)
        if bent or (told and _effect(told) != _effect(settings)):
            changed.append(name)
        cell["metadata"] = {"nbgrader": settings}
    return changed


def _effect(settings: dict) -> tuple:
    """Return what settings mean: a test is locked and an answer is not, whatever they say."""
    grade, solution, task = (bool(settings.get(key)) for key in ("grade", "solution", "task"))
    locked = not solution and (grade or bool(settings.get("locked")))
    return grade, solution, locked, settings.get("points") if grade or task else None


def _is_released(cell: dict) -> bool:
    """Whether a locked cell is as some release had it: its text fits the checksum that it bears."""
    from nbformat import from_dict
    from nbgrader.utils import compute_checksum

    told = cell["metadata"].get("nbgrader")
    if not isinstance(told, dict) or told.get("locked") is not True or not told.get("checksum"):
        return False
    try:
        return compute_checksum(from_dict(cell)) == told["checksum"]
    except Exception:  # settings of any shape
        return False


def _restore_texts(
    cells: list[dict], released: dict[str, Released], untouched: list[dict]
) -> tuple[list[str], list[str]]:
    """Give locked cells their text; what a student had written there stays beside it.

    Returns
    -------
    tuple of two lists of str
        The names of the cells that were edited, and of those that an earlier release had so.
    """
    edited, earlier, taken = [], [], {cell["id"] for cell in cells}
    for cell in list(cells):
        known = released.get(name_of(cell) or "")
        if known is None or not known.locked:
            continue
        text, lines = cell["source"], own_lines(cell["source"], known)
        cell["source"] = known.source
        cell.pop("attachments", None)
        if not lines:
            continue
        if any(cell is other for other in untouched):
            earlier.append(known.name)
            continue
        edited.append(known.name)
        runs = known.is_setup and says_more(text, known)
        made = new_cell("code" if runs else "markdown", text, free_id(cell["id"], taken))
        if not runs:
            made["source"] = _remark(known.name, lines)
        place = next(i for i, other in enumerate(cells) if other is cell)
        cells.insert(place + 1, made)
    return edited, earlier


def _remark(name: str, lines: list[str]) -> str:
    """Return a remark that shows lines and cannot run."""
    return CHANGED.format(name, "\n".join(f"    {line}" for line in lines))


def _put_back(cells: list[dict], released: dict[str, Released]) -> list[str]:
    """Insert missing cells: set-up cells early, marked cells late."""
    order, missing = list(released), []
    taken = {cell["id"] for cell in cells}
    there = {name_of(cell) for cell in cells}
    for number in reversed(range(len(order))):
        known = released[order[number]]
        if known.name in there or not (known.grade or known.task or known.locked):
            continue
        late = known.grade or known.task
        wanted = set(order[number + 1 :] if late else order[:number])
        places = [i for i, cell in enumerate(cells) if name_of(cell) in wanted]
        place = min(places, default=len(cells)) if late else max(places, default=-1) + 1
        cells.insert(place, _new(known, free_id(known.cell_id or known.name, taken)))
        missing.append(known.name)
    return missing[::-1]


def _new(known: Released, cell_id: str) -> dict:
    """Make a released cell anew; a missing answer is left for a person to judge."""
    text = known.source
    if known.grade and known.solution:
        said = MISSING.format(known.name)
        text = f"# {said}" if known.cell_type == "code" else f"*{said}*"
    return new_cell(known.cell_type, text, cell_id, known.metadata())
