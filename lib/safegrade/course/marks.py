"""From the outputs of a notebook that ran to scores and comments, as nbgrader computes them."""

from __future__ import annotations

import functools
import importlib.util
import json
import math
import re
from pathlib import Path
from types import ModuleType
from typing import Any

from safegrade.course.imports import lightly
from safegrade.notebook.kinds import is_test, label
from safegrade.notebook.outputs import error

NUMPY_SCALAR = re.compile(r"(?:np|numpy)\.\w+\((.*)\)")
NO_RESPONSE = "No response."
TRUNCATED = "... Output truncated ..."
TRACEBACK = "... Traceback truncated ..."


class Attributes(dict):
    """A dict whose keys are attributes too, which is how nbgrader reads cells.

    Examples
    --------
    >>> Attributes({"metadata": {"points": 3}}).metadata.points
    3
    """

    def __getattr__(self, name: str) -> Any:
        try:
            value = self[name]
        except KeyError:
            raise AttributeError(name) from None
        if isinstance(value, dict):
            return Attributes(value)
        if isinstance(value, list):
            return [Attributes(one) if isinstance(one, dict) else one for one in value]
        return value


@functools.cache
def utils() -> ModuleType:
    """Return `nbgrader.utils` without the rest of nbgrader, whose import takes seconds."""
    package = importlib.util.find_spec("nbgrader")
    place = Path(package.submodule_search_locations[0], "utils.py")
    spec = importlib.util.spec_from_file_location("safegrade_nbgrader_utils", place)
    module = importlib.util.module_from_spec(spec)
    with lightly():
        spec.loader.exec_module(module)
    return module


def settings_of(cell: dict) -> dict:
    """Return nbgrader's settings of a cell; none is an empty dict."""
    told = cell["metadata"].get("nbgrader")
    return told if isinstance(told, dict) else {}


def scores_of(notebook: dict) -> dict[str, list]:
    """Return automatic score, points and whether a person has to look, by grade_id."""
    scores = {}
    for cell in notebook["cells"]:
        told = settings_of(cell)
        if told.get("grade"):
            score, points = utils().determine_grade(Attributes(cell))
            scores[told["grade_id"]] = [score, points, score is None]
    return scores


def comments_of(notebook: dict) -> dict[str, str | None]:
    """Return what nbgrader says of each answer by itself: nothing, or that there is none."""
    comments = {}
    for cell in notebook["cells"]:
        told = settings_of(cell)
        if told.get("solution") or told.get("task"):
            same = told.get("checksum") == utils().compute_checksum(Attributes(cell))
            untouched = same and not told.get("task")
            comments[told["grade_id"]] = NO_RESPONSE if untouched else None
    return comments


def zeros(released: dict) -> dict:
    """Return the result of a notebook that is not there: zero for every cell that has points."""
    scores = {
        name: [0.0, cell.points, False]
        for name, cell in released.items()
        if cell.grade or cell.task
    }
    return {"text": None, "page": None, "scores": scores, "comments": None}


def shown(scores: dict, standing: dict, released: dict) -> dict[str, dict]:
    """Return the scores as feedback shows them: what a person gave counts first.

    Parameters
    ----------
    scores : dict
        Automatic score, points and whether a person has to look, by grade_id.
    standing : dict
        Automatic score, manual score, extra credit and the same question, from the gradebook.
    released : dict
        The released cells; among them may be tasks, which only a person marks.
    """
    told = {name: (None, cell.points, True) for name, cell in released.items() if cell.task}
    made = {}
    for name, (auto, points, look) in {**told, **scores}.items():
        _, manual, extra, _ = standing.get(name, (None,) * 4)
        score = auto if manual is None else manual
        if score is not None:
            score += extra or 0.0
        made[name] = {"score": score, "points": points, "by_hand": look and manual is None}
    return made


def settle(notebook: dict) -> list[str]:
    """Let each test score by a plain number only, as `SafeScores` does; return notes."""
    notes = []
    for cell in notebook["cells"]:
        if not is_test(cell):
            continue
        points = float(cell["metadata"]["nbgrader"]["points"])
        wrong = []
        for output in cell["outputs"]:
            if output["output_type"] == "stream":
                output["name"] = "stdout"
            if output["output_type"] != "execute_result":
                continue
            told = str(output["data"].get("text/plain", ""))
            score = score_of(told, points)
            if score is None:
                text = f"The result {told[:80]!r} is no score from 0 to {points:g}."
                wrong.append(error("NoScore", text))
                notes.append(f"the result of {label(cell)} is no score")
            else:
                output["data"] = {"text/plain": repr(score)}
        cell["outputs"] += wrong
        cell["outputs"].sort(key=lambda output: output["output_type"] != "error")
    return notes


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


def rounded(value):
    """Return a number without digits that nobody measured."""
    return round(value, 4) if isinstance(value, float) else value


def bound_outputs(notebook: dict, lines: int, traceback: int) -> None:
    """Shorten outputs as nbgrader's `LimitOutput` does; -1 means no limit."""
    for cell in notebook["cells"]:
        if cell["cell_type"] != "code":
            continue
        if lines != -1:
            cell["outputs"] = _fewer_lines(cell["outputs"], lines)
        for output in cell["outputs"]:
            told = output.get("traceback", ())
            if traceback != -1 and len(told) > traceback:
                start = traceback // 2
                end = traceback - start - 1
                output["traceback"] = [*told[:start], TRACEBACK, *told[-end:]]


def _fewer_lines(outputs: list[dict], most: int) -> list[dict]:
    count, kept = 0, []
    for output in outputs:
        if output["output_type"] == "stream":
            if count == most:
                continue
            text = output["text"].split("\n")
            if len(text) + count > most:
                text = [*text[: most - count - 1], TRUNCATED]
            count += len(text)
            output["text"] = "\n".join(text)
        kept.append(output)
    return kept


def ignore(notebook: dict, pattern: str) -> None:
    """Leave out what was written to standard error and matches, as `IgnorePattern` does."""
    for cell in notebook["cells"]:
        if pattern and cell["cell_type"] == "code":
            cell["outputs"] = [
                output
                for output in cell["outputs"]
                if output.get("name") != "stderr" or not re.search(pattern, output["text"])
            ]


def text_of(notebook: dict) -> str:
    """Return a notebook as nbformat writes it: keys in order, texts as lists of lines."""
    cells = [_split(cell) for cell in notebook["cells"]]
    made = {**notebook, "cells": cells}
    return json.dumps(made, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _split(cell: dict) -> dict:
    made = {**cell, "source": cell["source"].splitlines(True)}
    if "outputs" in cell:
        made["outputs"] = [_split_output(output) for output in cell["outputs"]]
    return made


def _split_output(output: dict) -> dict:
    if output["output_type"] == "stream":
        return {**output, "text": output["text"].splitlines(True)}
    if "data" not in output:
        return output
    data = {
        kind: value.splitlines(True) if isinstance(value, str) and _is_text(kind) else value
        for kind, value in output["data"].items()
    }
    return {**output, "data": data}


def _is_text(kind: str) -> bool:
    return kind.startswith("text/") or kind in ("application/javascript", "image/svg+xml")
