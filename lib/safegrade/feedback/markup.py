"""Markdown and code as HTML: formulas stay legible as TeX, and nothing is loaded."""

from __future__ import annotations

import re
from functools import lru_cache
from html import escape

import mistune
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from safegrade.feedback import images, sanitising
from safegrade.feedback.text import cut
from safegrade.feedback.text import source as spelled_out

LONGEST = 30_000
RAW_HTML = re.compile(r"<[A-Za-z/!?]")
LABEL = re.compile(r"(  ([A-Za-z]{1,12}) {2,})(\S.*)")
MOST_LABELS = 20


class _Renderer(mistune.HTMLRenderer):
    """Markdown's elements; headings lower than the page's own, links that say where they lead."""

    def heading(self, text, level, **attrs):
        level = min(6, level + 2)
        return f"<h{level}>{text}</h{level}>\n"

    def link(self, text, url, title=None):
        where = sanitising.host(url)
        if not where:
            return text
        if not self.escape_enabled:  # then `sanitising.html` says where the link leads
            where = ""
        told = f" ({escape(where)})" if where else ""
        return f'<a href="{escape(url)}" rel="noopener noreferrer nofollow">{text}</a>{told}'

    def image(self, text, url, title=None):
        if sanitising.is_image(url):
            return images.img(url, mistune.util.striptags(text))
        return f"<em>(image: {text})</em>"

    def block_code(self, code, info=None):
        python = not info or info.split()[0].lower() in ("python", "py", "ipython", "python3")
        return f"<pre>{code_html(code) if python else escape(code)}</pre>\n"

    def inline_math(self, text):
        return f"<var>{escape(text)}</var>"

    def block_math(self, text):
        return f"<samp>{escape(text.strip())}</samp>"


_safe = mistune.create_markdown(
    renderer=_Renderer(escape=True), plugins=["table", "strikethrough", "math"]
)
_raw = mistune.create_markdown(
    renderer=_Renderer(escape=False), plugins=["table", "strikethrough", "math"]
)


@lru_cache(maxsize=2048)
def markdown(source: str) -> str:
    r"""Return Markdown as HTML that is as safe as `sanitising.html` makes it.

    Examples
    --------
    >>> markdown("A *slope* $f'(x)$")
    '<p>A <em>slope</em> <var>f&#x27;(x)</var></p>\n'
    >>> markdown("[run](javascript:f())")
    '<p>run</p>\n'
    """
    source = spelled_out(source)
    try:
        if len(source) <= LONGEST or _has_images(source):
            if RAW_HTML.search(source):
                return sanitising.html(_raw(source))
            return _safe(source)
    except (RecursionError, ValueError):
        pass
    return f"<pre>{escape(cut(source, LONGEST))}</pre>"


def _has_images(source: str) -> bool:
    return len(source) < 2 * images.MOST_BYTES and "](data:image/" in source


_lexer = PythonLexer(stripnl=False, ensurenl=False)
_formatter = HtmlFormatter(nowrap=True)


@lru_cache(maxsize=1024)
def code_html(source: str) -> str:
    """Return Python code as highlighted HTML, to be put in a ``<pre>``.

    Examples
    --------
    >>> code_html("x < 2")
    '<span class="n">x</span> <span class="o">&lt;</span> <span class="mi">2</span>'
    """
    source = spelled_out(source)
    if len(source) > LONGEST:
        return escape(cut(source, LONGEST))
    return highlight(source, _lexer, _formatter).rstrip("\n")


def message(text: str) -> str:
    r"""Return a message as HTML for a ``<pre>``; what stands beside a label can go below it.

    Examples
    --------
    >>> print(message("double:\n  Hint      Two\n            times.\nThat is all."))
    double:
    <span class="row"><b>Hint</b>      <span>Two
    times.
    </span></span>That is all.
    """
    html, lines, labels = "", text.split("\n"), 0
    while lines:
        line = lines.pop(0)
        found = LABEL.fullmatch(line) if labels < MOST_LABELS else None
        if found:
            labels += 1
            column, beside = " " * len(found[1]), [found[3]]
            while lines and lines[0].startswith(column) and lines[0].strip():
                beside.append(lines.pop(0)[len(column) :])
            gap = found[1].lstrip()[len(found[2]) :]
            inside = "".join(f"{escape(one)}\n" for one in beside)
            html += f'<span class="row"><b>{found[2]}</b>{gap}<span>{inside}</span></span>'
        else:
            html += escape(line) + ("\n" if lines else "")
    return html
