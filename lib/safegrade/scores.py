"""Let a test cell score by a plain number only, and by nothing that went wrong before it."""

from __future__ import annotations

import math
import re

from nbformat.notebooknode import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor

from safegrade.execute import error, label
from safegrade.notes import note
from safegrade.setup import is_test

NUMPY_SCALAR = re.compile(r"(?:np|numpy)\.\w+\((.*)\)")


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
                cell.outputs.append(error("NoScore", text))
                note(self.log, f"the result of {label(cell)} is no score")
            else:
                output["data"] = NotebookNode({"text/plain": repr(score)})


def score_of(text: str, points: float) -> float | None:
    """Read a score from the printed result of a test cell.

    Parameters
    ----------
    text : str
        The result as IPython shows it.
    points : float
        What the cell is worth. A score above it by no more than rounding is cut.

    Returns
    -------
    float or None
        A number from 0 to `points`, or None where the text is no such number.

    Examples
    --------
    >>> [score_of(text, 3.0) for text in ("1.5", "np.float64(1.5)", "3.0000000000000004")]
    [1.5, 1.5, 3.0]
    >>> [score_of(text, 3.0) for text in ("nan", "-1", "inf", "7", "True", "'Not passed'")]
    [None, None, None, None, None, None]
    """
    wrapped = NUMPY_SCALAR.fullmatch(text.strip())
    try:
        score = float(wrapped[1] if wrapped else text)
    except ValueError:
        return None
    if not math.isfinite(score) or not 0 <= score <= points + 1e-9 * max(1.0, points):
        return None
    return min(abs(score), points)
