"""One HTML page for one graded notebook: whole in itself, safe to open, quick to write."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape

from safegrade.feedback import verdicts
from safegrade.feedback.cells import Cells, points
from safegrade.feedback.template import WORDS, document
from safegrade.feedback.text import name
from safegrade.feedback.verdicts import Verdict

MOST_NOTES = 100
ROWS = 80  # of the table about how it was graded
BYTES = ("memory", "file_size", "scratch", "message")  # limits that count bytes
DIGEST = re.compile(r"[0-9a-f]{16,}")
DIGITS = 12  # of a digest that are shown


def page(
    nb: dict,
    scores: Mapping[str, Mapping] | Sequence[Mapping],
    title: str,
    *,
    student: str = "",
    assignment: str = "",
    comments: Mapping[str, str] | None = None,
    notes: Iterable[str] = (),
    provenance: Mapping | None = None,
    late_penalty: float = 0.0,
    show_hidden_tests: bool = False,
) -> str:
    """Return the feedback on a notebook as a whole HTML page.

    Parameters
    ----------
    nb : dict
        The autograded notebook, as JSON or as nbformat's NotebookNode; it is not changed.
    scores : dict or list of dict
        For each grade_id (in a list: under ``"name"``) a dict with ``score`` (None: not
        yet), ``points`` and ``by_hand`` (a person has still to look at it).
    title, student, assignment : str
        What stands on top. They may come from strangers too; an empty one is left out.
    comments : dict, optional
        A teacher's comments by grade_id, in Markdown.
    notes : iterable of str
        What was repaired or stopped.
    provenance : dict, optional
        What was enforced, limits, hashes; dicts in it become groups of rows.
    late_penalty : float
        Points taken off the sum.
    show_hidden_tests : bool
        Whether to show the code of hidden tests and marking schemes.

    Returns
    -------
    str
        HTML that loads nothing and runs nothing, of about 1.5 MB at most.

    Examples
    --------
    >>> html = page({"cells": []}, {}, title="Slopes", student="ada", assignment="slopes")
    >>> html.startswith("<!DOCTYPE html>") and "script" not in html
    True
    """
    known = scores if isinstance(scores, Mapping) else {score["name"]: score for score in scores}
    cells = Cells(nb.get("cells", []), known, comments or {}, show_hidden_tests)
    main = f"<h2>Your notebook, task by task</h2>\n{cells.html()}"
    named = [name(one) for one in (title, student, assignment)]
    shown = " · ".join(f"<bdi>{escape(one)}</bdi>" for one in named[1:] if one)
    who = f"<h1><bdi>{escape(named[0])}</bdi></h1>\n" + f'<p class="who">{shown}</p>\n' * bool(
        shown
    )
    header = who + _total(cells.verdicts, late_penalty) + _summary(cells.verdicts) + _notes(notes)
    return document(" · ".join(filter(None, named[:2])), header, main, _how(provenance or {}))


def _total(judged: Sequence[Verdict], late_penalty: float) -> str:
    """Return the sum of what is settled; what waits for a person is named beside it."""
    settled = [verdict for verdict in judged if verdict.state != "waiting"]
    possible = sum(verdict.points for verdict in settled)
    off = verdicts.number(late_penalty) or 0.0
    got = max(0.0, sum(verdict.score or 0.0 for verdict in settled) - off)
    waiting = [verdict.points for verdict in judged if verdict.state == "waiting"]
    remark = f"of {possible:.4g} points" if possible or not waiting else "points"
    remark += " so far" if waiting else ""
    remark += f", {off:.4g} taken off because it came late" if off else ""
    remark += f"; {_waiting(waiting, 'more ' * bool(possible))}" if waiting else ""
    share = min(1.0, got / possible) if possible > 0 else 0.0
    return (
        f'<p class="total">{got:.4g} <small>{remark}</small></p>\n'
        f'<progress max="1" value="{share:.4f}" aria-label="Part of the points"></progress>\n'
    )


def _waiting(points: Sequence[float], more: str) -> str:
    """Say how many points wait for a person, or how many tasks where they have no points."""
    count, what = sum(points), more
    if not count:
        count, what = len(points), "task " if len(points) == 1 else "tasks "
    return f"{count:.4g} {what}{'waits' if count == 1 else 'wait'} for a person"


def _summary(judged: Sequence[Verdict]) -> str:
    rows = "".join(
        f'<tr class="{verdict.state}"><td><a href="#task-{number}">'
        f'<bdi>{escape(verdict.about)}</bdi></a></td><td class="points">{points(verdict)}</td>'
        f'<td class="state"><span class="badge">{WORDS[verdict.state]}</span></td></tr>\n'
        for number, verdict in enumerate(judged, start=1)
    )
    head = '<tr><th>Task</th><th class="points">Points</th><th class="state">Result</th></tr>\n'
    return f'<h2>Tasks</h2>\n<table class="tasks">\n{head}{rows}</table>\n' if rows else ""


def _notes(notes: Iterable[str]) -> str:
    lines = [name(note, 300) for note in notes]
    kept = list(dict.fromkeys(filter(None, lines)))[:MOST_NOTES]
    items = "".join(f"<li>{escape(line)}</li>\n" for line in kept)
    return f"<h2>Notes of the grader</h2>\n<ul>\n{items}</ul>\n" if items else ""


def _how(provenance: Mapping) -> str:
    rows = "".join(
        f'<tr><th scope="row">{escape(name(key))}</th><td>{escape(name(value, 200))}</td></tr>\n'
        for key, value in list(_flat(provenance))[:ROWS]
    )
    if not rows:
        return ""
    return (
        "<details><summary>How this was graded: what was enforced, limits and hashes"
        f'</summary>\n<table class="how">\n{rows}</table>\n</details>\n'
    )


def _flat(group: Mapping, before: str = "", depth: int = 0) -> Iterator[tuple[str, object]]:
    """Give the rows of nested dicts, with their names joined."""
    for key, value in group.items():
        title = f"{before}{str(key).replace('_', ' ')}"
        if isinstance(value, Mapping) and depth < 3:
            yield from _flat(value, f"{title}: ", depth + 1)
        elif isinstance(value, bool):
            yield title, "yes" if value else "no"
        elif isinstance(value, list | tuple | set | frozenset):
            yield title, ", ".join(map(str, value))
        elif value is not None:
            yield title, _short(str(key), value)


def _short(key: str, value: object) -> object:
    """Return bytes in larger units, and a digest by its first digits.

    Examples
    --------
    >>> _short("memory", 2**28), _short("processes", 64), _short("tests", "0a" * 32)
    ('256 MiB', 64, '0a0a0a0a0a0a')
    """
    if key in BYTES and isinstance(value, int):
        for unit, power in (("GiB", 30), ("MiB", 20), ("KiB", 10)):
            if value and value % 2**power == 0:
                return f"{value >> power} {unit}"
    if isinstance(value, str) and DIGEST.fullmatch(value):
        return value[:DIGITS]
    return value
