"""The cells of a notebook and their outputs as HTML, each in a box that it cannot leave."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from safegrade.feedback import images, markup
from safegrade.feedback.hidden import Redactor, words
from safegrade.feedback.notebooks import safe_data
from safegrade.feedback.text import joined, plain
from safegrade.feedback.text import source as spelled_out

MOST = 1_100_000  # characters of a page that a notebook's own content may take
LONGEST = 20_000  # of one text output
COLOURED = 8  # times as long as itself is highlighted code, about
LEAST = 400  # of a text, even where there is little room
MOST_IMAGES = 40
MOST_OUTPUTS = 30
MOST_FORMULAS = 200_000  # characters of texts whose formulas are drawn on one page
MOST_HTML = 400_000  # characters of HTML that are sanitised for one page
FULL = '<p class="label">(not shown: the page is full)</p>\n'


class Room:
    """The room that is left on a page; what does not fit is named instead.

    Parameters
    ----------
    redact : Redactor
        Takes the hidden lines out of what is shown.
    reserved : int
        Characters to leave free for other things.
    """

    def __init__(self, redact: Redactor, reserved: int = 0):
        self.redact = redact
        self.left = max(MOST // 4, MOST - reserved)
        self.html = MOST_HTML
        self.formulas = MOST_FORMULAS
        self.images = [MOST_IMAGES]

    def put(self, html: str, cost: int = 0) -> str:
        """Return the HTML if there is room for it, else a word in its place."""
        cost = max(len(html), cost)
        if cost > self.left:
            return FULL
        self.left -= cost
        return html

    def text(self, text: object, limit: int = LONGEST) -> str:
        """Return text for a ``<pre>``: clean, escaped, without hidden lines."""
        return escape(self.redact(plain(text, max(LEAST, min(limit, self.left // 8)))))

    def markdown(self, cell: Mapping) -> str:
        """Return a text cell."""
        source = with_attachments(joined(cell.get("source", "")), cell.get("attachments"))
        return boxed(self.prose(self.redact(source)), "prose")

    def prose(self, source: str) -> str:
        """Return Markdown; its formulas are drawn unless earlier texts had very many."""
        if len(source) > self.left:
            return FULL
        drawn = "$" in source and len(source) <= self.formulas
        self.formulas -= len(source) if drawn else 0
        return self.put(markup.markdown(source, drawn), len(source))

    def code(self, source: str) -> str:
        """Return code, highlighted."""
        if len(source) > self.left:
            return FULL
        source = self.redact(source)
        bright = len(source) * COLOURED < self.left
        html = markup.code_html(source) if bright else escape(spelled_out(source))
        return self.put(boxed(f"<pre>{html}</pre>", "code"))

    def outputs(self, outputs: object, label: str = "Output", errors: bool = False) -> str:
        """Return what a cell printed and displayed; errors are told elsewhere, by default."""
        shown = outputs if isinstance(outputs, list) else []
        if shown and self.left < LEAST:
            return FULL
        made = [self._output(output) for output in shown[:MOST_OUTPUTS] if _shows(output)]
        if len(shown) > MOST_OUTPUTS:
            made.append(f"<p>... {len(shown) - MOST_OUTPUTS} more outputs are not shown ...</p>")
        inside = "\n".join(filter(None, made))
        if not inside:
            return ""
        return self.put(f'<p class="label">{label}</p>\n{boxed(inside, "output")}')

    def _output(self, output: Mapping) -> str:
        if output["output_type"] == "stream":
            return f"<pre>{self.text(output.get('text', ''))}</pre>"
        data = dict(output["data"]) if isinstance(output.get("data"), Mapping) else {}
        for kind in ("text/html", "text/markdown"):
            self.html -= len(joined(data.get(kind)))
            if self.html < 0:
                data.pop(kind, None)
        safe = safe_data(data, self.images)
        for kind in ("image/png", "image/jpeg", "image/gif"):
            address = images.data_url(kind, safe.get(kind))
            if address and len(address) < self.left:
                return images.img(address, "a figure that the code drew")
        html = safe.get("text/html", "")
        if html and not self.redact.finds(words(html)):
            return html
        return f"<pre>{self.text(safe.get('text/plain', ''))}</pre>"


def boxed(html: str, kind: str) -> str:
    """Return content of the notebook in a box that contains it."""
    return f'<div class="yours {kind}">{html}</div>\n'


def with_attachments(source: str, attachments: object) -> str:
    """Return Markdown in which attached images stand for their names."""
    for name, bundle in attachments.items() if isinstance(attachments, Mapping) else ():
        for kind, content in bundle.items() if isinstance(bundle, Mapping) else ():
            address = images.data_url(kind, content) if kind in images.KINDS else None
            if address and len(source) < 2 * images.MOST_BYTES:
                source = source.replace(f"(attachment:{name})", f"({address})", 1)
    return source


def _shows(output: object) -> bool:
    kinds = ("stream", "display_data", "execute_result")
    return isinstance(output, Mapping) and output.get("output_type") in kinds
