"""The repair of submissions as a step of nbgrader's own autograding."""

from __future__ import annotations

import nbformat
from nbformat.notebooknode import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.preprocessors import NbGraderPreprocessor

from safegrade.course.notes import note
from safegrade.salvage.mending import mend_cells
from safegrade.salvage.released import released_cells


class RepairSubmission(NbGraderPreprocessor):
    """Give every released cell its settings and its text back, once; put missing cells back.

    It belongs into ``Autograde.sanitize_preprocessors``, before ``OverwriteCells``.
    What is repaired, and how a cell is recognised, is said in `safegrade.salvage`.
    """

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        """Repair a whole notebook in place."""
        info = resources["nbgrader"]
        with Gradebook(info["db_url"]) as gradebook:
            released = released_cells(gradebook, info["notebook"], info["assignment"])
        cells, notes = mend_cells(nb.cells, released)
        for text in notes:
            note(self.log, text)
        nb.cells = nbformat.from_dict(cells)
        nb.nbformat_minor = 5  # every cell has an id now
        return nb, resources
