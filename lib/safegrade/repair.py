"""Restore what a student bent in a notebook, from the cells that were released."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from nbformat.notebooknode import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell
from nbgrader.api import Gradebook
from nbgrader.preprocessors import NbGraderPreprocessor

from safegrade.notes import note

SET_ASIDE = "*A second copy of the cell `{}` was set aside; it held nothing but the task.*"
MISSING = "*The cell `{}` was missing. If its answer is elsewhere, it is above or below.*"


class Released(NamedTuple):
    """What the gradebook knows of one released cell."""

    name: str
    cell_type: str
    source: str
    checksum: str
    grade: bool
    solution: bool
    task: bool
    locked: bool
    points: float | None

    def metadata(self) -> dict:
        """Return the cell's nbgrader metadata as nbgrader itself writes it."""
        metadata = {
            "grade": self.grade,
            "grade_id": self.name,
            "locked": self.locked,
            "schema_version": 3,
            "solution": self.solution,
            "task": self.task,
            "cell_type": self.cell_type,
            "checksum": self.checksum,
        }
        return metadata if self.points is None else {**metadata, "points": self.points}

    @property
    def by_hand(self) -> bool:
        """Whether a person marks this cell."""
        return self.task or (self.grade and self.solution)


class RepairSubmission(NbGraderPreprocessor):
    """Give every released cell its metadata back, once; put missing cells back.

    What is restored: the kind, points and lock of each cell, deleted test cells,
    locked cells and hand-graded cells. Tags are removed, since a tag can keep a
    cell from running. Of several cells with one name the last that says more than
    the released cell is marked; other copies run as plain cells, so that an answer
    that was split in two still works, and untouched copies are set aside.

    It belongs into ``Autograde.sanitize_preprocessors``, before ``OverwriteCells``,
    which restores the text and type of locked cells.
    """

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        """Repair a whole notebook in place."""
        info = resources["nbgrader"]
        with Gradebook(info["db_url"]) as gradebook:
            released = released_cells(gradebook, info["notebook"], info["assignment"])
        for cell in nb.cells:
            _tidy(cell)
        self._mark_copies(nb, released)
        self._restore_metadata(nb, released)
        self._put_back(nb, released)
        return nb, resources

    def _mark_copies(self, nb: NotebookNode, released: dict[str, Released]) -> None:
        """Leave one cell of each name; the other copies become plain cells."""
        names = Counter(name_of(cell) for cell in nb.cells)
        several = [name for name in released if names[name] > 1]
        for name in several:
            copies = [cell for cell in nb.cells if name_of(cell) == name]
            text = released[name].source.strip()
            own = [cell for cell in copies if cell.source.strip() != text]
            kept = (own or copies)[-1] if released[name].solution else copies[-1]
            for cell in copies:
                if cell is not kept:
                    del cell.metadata["nbgrader"]
                    if cell not in own or released[name].locked:
                        _set_aside(cell, name)
        times = f"there {names[several[0]]} times" if len(several) == 1 else "there several times"
        self._tell(several, times)

    def _restore_metadata(self, nb: NotebookNode, released: dict[str, Released]) -> None:
        changed = []
        for cell in nb.cells:
            name, told = name_of(cell), cell.metadata.pop("nbgrader", None)
            if name not in released:
                continue
            cell.metadata["nbgrader"] = NotebookNode(released[name].metadata())
            keys = ("grade", "solution", "locked", "points")
            bent = any(told.get(key) != cell.metadata.nbgrader.get(key) for key in keys)
            if bent or cell.cell_type != released[name].cell_type:
                changed.append(name)
                cell.pop("attachments", None)
        self._tell(changed, "given other settings")

    def _put_back(self, nb: NotebookNode, released: dict[str, Released]) -> None:
        """Insert missing cells: set-up cells early, marked cells late."""
        names, order = {name_of(cell) for cell in nb.cells}, list(released)
        missing = []
        for name, cell in reversed(released.items()):
            if name in names or not (cell.grade or cell.task or cell.locked):
                continue
            if cell.grade or cell.task:
                later = order[order.index(name) + 1 :]
                places = [i for i, other in enumerate(nb.cells) if name_of(other) in later]
                place = min(places, default=len(nb.cells))
            else:
                earlier = order[: order.index(name)]
                places = [i for i, other in enumerate(nb.cells) if name_of(other) in earlier]
                place = max(places, default=-1) + 1
            nb.cells.insert(place, _new_cell(cell, with_id=nb.nbformat_minor >= 5))
            missing.append(name)
        self._tell(missing[::-1], "missing")

    def _tell(self, names: list[str], what: str) -> None:
        """Note what happened to some cells, in one line."""
        if len(names) == 1:
            note(self.log, f"repaired: {names[0]} was {what}")
        elif names:
            shown = ", ".join([*names[:2], "..."] if len(names) > 3 else names)
            note(self.log, f"repaired: {len(names)} cells were {what} ({shown})")


def released_cells(gradebook: Gradebook, notebook: str, assignment: str) -> dict[str, Released]:
    """Return what was released for a notebook, keyed by grade_id, in the released order.

    Parameters
    ----------
    gradebook : nbgrader.api.Gradebook
        An open gradebook.
    notebook, assignment : str
        Their names.

    Returns
    -------
    dict
        A `Released` for each cell that nbgrader looks after.
    """
    found = gradebook.find_notebook(notebook, assignment)
    points = {cell.name: cell.max_score for cell in [*found.grade_cells, *found.task_cells]}
    grades = {cell.name for cell in found.grade_cells}
    solutions = {cell.name for cell in found.solution_cells}
    tasks = {cell.name for cell in found.task_cells}
    return {
        cell.name: Released(
            cell.name,
            cell.cell_type,
            cell.source or "",
            cell.checksum,
            cell.name in grades,
            cell.name in solutions,
            cell.name in tasks,
            cell.locked,
            points.get(cell.name),
        )
        for cell in found.source_cells
    }


def name_of(cell: NotebookNode) -> str | None:
    """Return the grade_id of a cell, or None; whatever was done to its metadata."""
    told = cell.metadata.get("nbgrader")
    name = told.get("grade_id") if isinstance(told, dict) else None
    return name if isinstance(name, str) else None


def _tidy(cell: NotebookNode) -> None:
    """Make sure that a cell has what every cell has, and no tags."""
    if not isinstance(cell.get("metadata"), dict):
        cell["metadata"] = NotebookNode()
    cell.metadata.pop("tags", None)
    if not isinstance(cell.get("source"), str):
        cell["source"] = ""


def _set_aside(cell: NotebookNode, name: str) -> None:
    """Turn a copy that says nothing new into a remark, so that it cannot run."""
    cell["cell_type"] = "markdown"
    cell["source"] = SET_ASIDE.format(name)
    for key in ("outputs", "execution_count", "attachments"):
        cell.pop(key, None)


def _new_cell(cell: Released, with_id: bool) -> NotebookNode:
    """Make a released cell anew; a missing written answer is left for a person to judge."""
    text = MISSING.format(cell.name) if cell.by_hand and not cell.task else cell.source
    make = new_code_cell if cell.cell_type == "code" else new_markdown_cell
    made = make(text, metadata={"nbgrader": cell.metadata()})
    if not with_id:
        made.pop("id", None)
    return made
