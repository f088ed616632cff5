"""The cells of a feedback page, each graded one followed by the verdict on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from safegrade.feedback import hidden, markup, verdicts
from safegrade.feedback.outputs import Room, boxed
from safegrade.feedback.template import WORDS
from safegrade.feedback.text import joined, name, plain
from safegrade.feedback.verdicts import Line, Verdict, told

MOST_CELLS = 1000
HINTS = 150_000  # characters of all reasons of a page
FRAME = 700  # characters of a verdict without its reason, about
ALIKE = 200  # a reason of fewer characters may be said again


class Cells:
    """The cells of one page.

    Parameters
    ----------
    cells : list of dict
        A notebook's cells.
    scores, comments : dict
        By grade_id, as `page` takes them.
    show_all : bool
        Whether hidden tests are shown.

    Attributes
    ----------
    verdicts : list of Verdict
        The verdicts, in the order of the page; complete after `html`.
    """

    def __init__(self, cells: Sequence, scores: Mapping, comments: Mapping, show_all: bool):
        self._cells = [cell for cell in cells if isinstance(cell, Mapping)][:MOST_CELLS]
        self._scores, self._show_all = scores, show_all
        graded = max(1, len(scores))
        redact = hidden.redactor([] if show_all else self._cells)
        self._room = Room(redact, min(graded, MOST_CELLS) * FRAME + HINTS)
        self._comments = {key: self._said_by_people(text) for key, text in comments.items()}
        self._hint = max(200, min(4000, HINTS // graded))
        self._own = {line for cell in self._cells if _is_own(cell) for line in _lines(cell)}
        self._said: dict[str, int] = {}
        self.verdicts: list[Verdict] = []
        self._judged: set[str] = set()

    def html(self) -> str:
        """Return all cells and verdicts as HTML."""
        made = [self._cell(cell) for cell in self._cells]
        left = [key for key in self._scores if key not in self._judged]
        made += [self._judge(key, name(key)) for key in left[:MOST_CELLS]]
        return "".join(made)

    def _cell(self, cell: Mapping) -> str:
        settings, shown, secret = hidden.settings(cell), joined(cell.get("source", "")), []
        key, is_code = settings.get("grade_id"), cell.get("cell_type") == "code"
        if hidden.is_ours(cell) and not self._show_all:
            shown, secret = hidden.split(shown)
        graded = bool(settings.get("grade") or settings.get("task")) and isinstance(key, str)
        graded = graded and key not in self._judged
        if graded and is_code and not settings.get("solution"):
            return self._test(cell, key, shown, len(secret))
        if is_code:
            html = self._code(cell, shown, bool(settings.get("locked")))
        else:
            html = self._room.markdown({**cell, "source": shown})
        if graded:
            return html + self._judge(key, f"Answer by hand: {name(key)}")
        return html + self._comment(key)

    def _code(self, cell: Mapping, shown: str, locked: bool) -> str:
        html = self._room.code(shown) if shown.strip() else ""
        if locked and html:
            html = f"<details><summary>Set-up</summary>\n{html}</details>\n"
        html += self._room.outputs(cell.get("outputs"), "Output of this cell")
        reason = self._reason(*self._why(cell, shown))
        if reason:
            html += self._room.put(boxed(reason, "output"))
        return html

    def _test(self, cell: Mapping, key: str, shown: str, secret: int) -> str:
        outputs = [output for output in cell.get("outputs") or [] if isinstance(output, Mapping)]
        printed = [output for output in outputs if output.get("output_type") != "execute_result"]
        code = self._room.code(shown)
        if secret:
            lines = "1 line" if secret == 1 else f"{secret} lines"
            code += f'<p class="label">{lines} of hidden tests not shown</p>\n'
        more = self._room.outputs(printed, "Printed while the test ran")
        more += f"<details><summary>The test</summary>\n{code}</details>\n"
        return self._judge(key, verdicts.about(shown, key), self._why(cell, shown), more)

    def _why(self, cell: Mapping, shown: str) -> tuple[str, str, tuple[Line, ...]]:
        outputs = [output for output in cell.get("outputs") or [] if isinstance(output, Mapping)]
        return verdicts.explain(outputs, shown, self._own, self._room.redact, self._hint)

    def _judge(self, key: str, about: str, why: tuple = ("", "", ()), more: str = "") -> str:
        """Return the verdict on a graded cell, and remember it for the summary."""
        score = self._scores.get(key, {})
        possible = told(score, "points", "max_score") or 0.0
        by_hand = bool(score.get("by_hand"))
        verdict = Verdict(str(key), about, told(score, "score"), possible, by_hand, *why)
        self.verdicts.append(verdict)
        self._judged.add(key)
        number = len(self.verdicts)
        reason = "" if verdict.state == "full" else self._once(self._reason(*why), number)
        return (
            f'<section class="verdict {verdict.state}" id="task-{number}">\n'
            f"<h3><span>{number}. <bdi>{escape(about)}</bdi></span>"
            f'<span class="badge">{WORDS[verdict.state]}: {points(verdict)}</span></h3>\n'
            f"{reason}{self._comment(key)}{more}"
            '<p class="top"><a href="#top">To the top</a></p>\n</section>\n'
        )

    def _once(self, reason: str, number: int) -> str:
        """Return a long reason the first time, and where it stands the next time."""
        first = self._said.setdefault(reason, number)
        if first == number or len(reason) < ALIKE:
            return reason
        return f'<p>As in <a href="#task-{first}">task {first}</a>.</p>\n'

    def _reason(self, message: str, hint: str, lines: Sequence[Line]) -> str:
        html = f"<p>{escape(message)}</p>\n" if message else ""
        html += f'<pre class="hint">{markup.message(hint)}</pre>\n' if hint else ""
        if lines:
            quoted = "\n".join(f"{_place(line)}: {line.code}"[:300] for line in lines)
            quoted = escape(plain(quoted, self._hint // 2))
            html += f'<p>In your code:</p>\n<pre class="hint">{quoted}</pre>\n'
        return html

    def _comment(self, key: object) -> str:
        return self._comments.get(key, "") if isinstance(key, str) else ""

    def _said_by_people(self, comment: object) -> str:
        """Return a comment; all are made before any cell, which could leave no room for them."""
        if not comment or not str(comment).strip():
            return ""
        html = self._room.prose(plain(comment, 10_000))
        return f'<div class="comment"><p><strong>Comment</strong></p>{html}</div>\n'


def points(verdict: Verdict) -> str:
    """Return the points of a verdict in a few letters.

    Examples
    --------
    >>> points(Verdict("test-f", "f", 1.5, 3.0, False))
    '1.5 / 3'
    """
    got = "–" if verdict.score is None else f"{verdict.score:.4g}"
    return f"{got} / {verdict.points:.4g}"


def _is_own(cell: Mapping) -> bool:
    return cell.get("cell_type") == "code" and not hidden.is_ours(cell)


def _lines(cell: Mapping) -> list[str]:
    lines = joined(cell.get("source", "")).split("\n")
    return [line.strip() for line in lines if line.strip()]


def _place(line: Line) -> str:
    return f"line {line.number}" + (f" of {line.function}" if line.function else "")
