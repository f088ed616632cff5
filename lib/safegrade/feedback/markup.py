"""Markdown and code as HTML: formulas are drawn, and nothing is loaded."""

from __future__ import annotations

import re
import secrets
from contextvars import ContextVar
from functools import lru_cache
from html import escape, unescape

import mistune
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from safegrade.feedback import formulas, images, sanitising
from safegrade.feedback.text import cut
from safegrade.feedback.text import source as spelled_out

LONGEST = 30_000
TEX = 4000  # characters of formulas that are drawn in one text
RAW_HTML = re.compile(r"<[A-Za-z/!?]")
LABEL = re.compile(r"(  ([A-Za-z]{1,12}) {2,})(\S.*)")
MOST_LABELS = 20
SECRET = secrets.token_hex(8)  # so that nobody writes a mark
MARK = re.compile(rf"{SECRET}-(\d+)-")  # stands for a formula while the text is sanitised

_formulas: ContextVar[list[tuple[str, bool]]] = ContextVar("formulas")


class _Renderer(mistune.HTMLRenderer):
    """Markdown's elements; headings lower than the page's own, links that say where they lead."""

    def heading(self, text, level, **attrs):
        level = min(6, level + 2)
        return f"<h{level}>{text}</h{level}>\n"

    def link(self, text, url, title=None):
        if not sanitising.host(url):
            return text
        where = ""
        if self.escape_enabled:  # else `sanitising.html` says where the link leads
            where = escape(sanitising.destination(url, unescape(mistune.util.striptags(text))))
        return f'<a href="{escape(url)}" rel="noopener noreferrer nofollow">{text}</a>{where}'

    def image(self, text, url, title=None):
        if sanitising.is_image(url):
            return images.img(url, MARK.sub("", mistune.util.striptags(text)))
        return f"<em>(image: {text})</em>"

    def block_code(self, code, info=None):
        python = not info or info.split()[0].lower() in ("python", "py", "ipython", "python3")
        return f"<pre>{code_html(code) if python else escape(code)}</pre>\n"

    def inline_math(self, text):
        return _marked(text, False)

    def block_math(self, text):
        return _marked(text, True)


def _marked(tex: str, block: bool) -> str:
    _formulas.get().append((tex, block))
    return f"{SECRET}-{len(_formulas.get()) - 1}-"


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
    >>> markdown("A *slope* $y'$")
    '<p>A <em>slope</em> <math display="inline" alttext="y&#x27;"><msup>...</msup></math></p>\n'
    >>> markdown("[run](javascript:f())")
    '<p>run</p>\n'
    """
    source = spelled_out(source)
    found: list[tuple[str, bool]] = []
    before = _formulas.set(found)
    try:
        if len(source) <= LONGEST or _has_images(source):
            raw = RAW_HTML.search(source)
            return _drawn(sanitising.html(_raw(source)) if raw else _safe(source), found)
    except (RecursionError, ValueError):
        pass
    finally:
        _formulas.reset(before)
    return f"<pre>{escape(cut(source, LONGEST))}</pre>"


def _drawn(html: str, found: list[tuple[str, bool]]) -> str:
    """Put formulas where their marks are, as TeX when they are many."""
    room = TEX

    def draw(mark: re.Match) -> str:
        nonlocal room
        tex, block = found[int(mark[1])]
        room -= len(tex)
        return formulas.mathml(tex, block) if room >= 0 else formulas.as_tex(tex, block)

    return MARK.sub(draw, html)


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
