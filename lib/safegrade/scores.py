"""Let a test cell score by a plain number only, and by nothing that went wrong before it."""

from __future__ import annotations

from nbformat import from_dict
from nbformat.notebooknode import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor

from safegrade.course.marks import score_of
from safegrade.course.notes import note
from safegrade.notebook.kinds import is_test, label
from safegrade.notebook.outputs import error


class SafeScores(NbGraderPreprocessor):
    """Prepare the outputs of test cells for nbgrader's `determine_grade`.

    Warnings do not cost points: what a test wrote to stderr moves to stdout.
    An error counts even if a result came before it. A result that is a number from
    0 to the cell's points, a NumPy scalar too, is the score; any other result is
    an error, where nbgrader by itself would give full marks or stop.
    """

    def preprocess_cell(self, cell: NotebookNode, resources: dict, index: int):
        """Prepare one cell in place."""
        if is_test(cell):
            points = float(cell.metadata["nbgrader"]["points"])
            for output in cell.outputs:
                if output.output_type == "stream":
                    output.name = "stdout"
            self._check_result(cell, points)
            cell.outputs.sort(key=lambda output: output.output_type != "error")
        return cell, resources

    def _check_result(self, cell: NotebookNode, points: float) -> None:
        for output in list(cell.outputs):
            if output.output_type != "execute_result":
                continue
            told = output.get("data", {}).get("text/plain", "")
            score = score_of(told, points)
            if score is None:
                text = f"The result {told[:80]!r} is no score from 0 to {points:g}."
                cell.outputs.append(from_dict(error("NoScore", text)))
                note(self.log, f"the result of {label(cell)} is no score")
            else:
                output["data"] = NotebookNode({"text/plain": repr(score)})
