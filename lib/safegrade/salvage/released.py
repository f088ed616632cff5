"""What was released: the cells of a notebook that nbgrader looks after."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from safegrade.notebook.names import definitions
from safegrade.wire.special import ANY

if TYPE_CHECKING:
    from nbgrader.api import Gradebook


class Released(NamedTuple):
    """What the gradebook knows of one released cell; a tuple of plain values.

    Examples
    --------
    >>> test = Released("test-f", "code", "assert f(1)", "", True, False, False, True, 3.0)
    >>> test.is_test, test.is_setup, test.by_hand
    (True, False, False)
    >>> Released(*list(test)) == test
    True
    """

    name: str
    cell_type: str
    source: str
    checksum: str
    grade: bool
    solution: bool
    task: bool
    locked: bool
    points: float | None
    cell_id: str | None = None

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

    @property
    def is_test(self) -> bool:
        """Whether this is code that gives points to other cells."""
        return self.cell_type == "code" and self.grade and not self.solution

    @property
    def is_setup(self) -> bool:
        """Whether this is code that is given and gives no points."""
        return self.cell_type == "code" and self.locked and not self.grade


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


def trusted_cells(released: dict[str, Released]) -> dict[str, str]:
    """Return the texts of the cells that may run outside of the jail, by their names."""
    return {
        cell.name: cell.source
        for cell in released.values()
        if cell.locked or (cell.grade and not cell.solution)
    }


def asked_of(released: dict[str, Released]) -> dict[str, list[str] | None]:
    r"""Return the functions and classes that the answers are asked for, as their cells name them.

    A class comes with the special methods that its released text names. Where a released answer
    defines nothing, `ANY` stands for what else may be asked for.

    Examples
    --------
    >>> text = "class V:\n    def __eq__(self, other): ..."
    >>> cell = Released("a", "code", text, "", *[False, True] * 2, 0)
    >>> asked_of({"a": cell})
    {'V': ['__eq__']}
    >>> asked_of({"a": cell, "b": cell._replace(source="# YOUR CODE HERE")})
    {'V': ['__eq__'], '*': None}
    """
    found: dict[str, list[str] | None] = {}
    for cell in released.values():
        if cell.solution and cell.cell_type == "code":
            found |= definitions(cell.source) or {ANY: None}
    return found


def released_in(notebook: dict) -> dict[str, Released]:
    """Return the same from a notebook itself.

    Parameters
    ----------
    notebook : dict
        The notebook, of format 4. In a released one the hidden tests are not there.
    """
    cells = {}
    for cell in notebook["cells"]:
        told = cell["metadata"].get("nbgrader", {})
        name = told.get("grade_id")
        kind = {key: bool(told.get(key)) for key in ("grade", "solution", "task")}
        locked = not kind["solution"] and bool(kind["grade"] or told.get("locked"))
        if not isinstance(name, str) or not name or not (any(kind.values()) or locked):
            continue
        cells[name] = Released(
            name,
            cell["cell_type"],
            "".join(cell["source"]),
            told.get("checksum", ""),
            **kind,
            locked=locked,
            points=told.get("points"),
            cell_id=cell.get("id"),
        )
    return cells
