"""Markdown and code as HTML: formulas are drawn, and nothing is loaded."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from contextvars import ContextVar
from functools import lru_cache
from html import escape, unescape

import mistune
from mistune.plugins.math import BLOCK_MATH_PATTERN, parse_block_math
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
INLINE_MATH = (  # as Pandoc has it, so that prices and variables of the shell are none
    r"\$\$(?P<display_math>(?:[^$\\]|\\[\s\S])++)\$\$"
    r"|\$(?![\s$])(?P<inline_math_text>(?:[^$\\\n]|\\.)++)(?<!\s)\$(?!\d)"
)
TAG_OR_MARK = re.compile(rf"<[a-zA-Z/](?:[^<>\"']|\"[^\"]*\"|'[^']*')*+>|{sanitising.MARK.pattern}")


class _Formulas:
    """The formulas of one text; a mark that nobody can write stands for each of them.

    Examples
    --------
    >>> formulas = _Formulas()
    >>> mark = formulas.mark("x", block=False)
    >>> formulas.instead_of_marks(f"<b>{mark}</b>", drawn=False)
    '<b><var>x</var></b>'
    >>> mark in formulas.instead_of_marks(f'<b title="{mark}">', drawn=False)
    True
    """

    def __init__(self):
        self._secret = secrets.token_hex(8)
        self._found: list[tuple[str, bool]] = []

    def mark(self, tex: str, block: bool) -> str:
        """Return what stands for a formula while the text is sanitised."""
        self._found.append((tex, block))
        return f"drawn{self._secret}-{len(self._found) - 1}-"

    def instead_of_marks(self, html: str, drawn: bool) -> str:
        """Put formulas where their marks are in the text, as TeX when they are many."""
        room = TEX if drawn else -1

        def draw(found: re.Match) -> str:
            nonlocal room
            if found[1] != self._secret or int(found[2]) >= len(self._found):
                return found[0]
            tex, block = self._found[int(found[2])]
            room -= len(tex)
            return formulas.mathml(tex, block) if room >= 0 else formulas.as_tex(tex, block)

        return TAG_OR_MARK.sub(draw, html)


_formulas: ContextVar[_Formulas] = ContextVar("formulas")


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
            shown = "" if "<" in text else unescape(text)
            where = escape(sanitising.destination(url, shown))
        return f'<a href="{escape(url)}" rel="noopener noreferrer nofollow">{text}</a>{where}'

    def image(self, text, url, title=None):
        if sanitising.is_image(url):
            return images.img(url, sanitising.MARK.sub("", mistune.util.striptags(text)))
        return f"<em>(image: {text})</em>"

    def block_code(self, code, info=None):
        python = not info or info.split()[0].lower() in ("python", "py", "ipython", "python3")
        return f"<pre>{code_html(code) if python else escape(code)}</pre>\n"

    def inline_math(self, text):
        return _formulas.get().mark(text, False)

    def block_math(self, text):
        return _formulas.get().mark(text, True)


def _math(md: mistune.Markdown) -> None:
    """Let mistune find formulas, in a time that grows with the text and no faster."""
    md.block.register("block_math", BLOCK_MATH_PATTERN, _block_math, before="list")
    md.inline.register("inline_math", INLINE_MATH, _inline_math, before="codespan")


def _block_math(
    block: mistune.BlockParser, found: re.Match, state: mistune.BlockState
) -> int | None:
    """Leave a line with two formulas to `_inline_math`; the pattern sees one in it."""
    many = "$$" in (found["math_text_single"] or "")
    return None if many else parse_block_math(block, found, state)


def _inline_math(inline: mistune.InlineParser, found: re.Match, state: mistune.InlineState) -> int:
    tex = found["display_math"]
    kind = "inline_math" if tex is None else "block_math"
    state.append_token({"type": kind, "raw": tex or found["inline_math_text"]})
    return found.end()


def _parser(escape: bool) -> Callable[[str], str]:
    plugins = ["table", "strikethrough", _math]
    return mistune.create_markdown(renderer=_Renderer(escape=escape), plugins=plugins)


_safe, _raw = _parser(True), _parser(False)


@lru_cache(maxsize=2048)
def markdown(source: str, drawn: bool = True) -> str:
    r"""Return Markdown as HTML that is as safe as `sanitising.html` makes it.

    Parameters
    ----------
    source : str
        The text.
    drawn : bool
        Whether formulas are drawn; as TeX they pass `sanitising.html` once more.

    Returns
    -------
    str
        HTML; the text itself in a ``<pre>`` where it is too much.

    Examples
    --------
    >>> markdown("A *slope* $y'$")
    '<p>A <em>slope</em> <math display="inline" alttext="y&#x27;"><msup>...</msup></math></p>\n'
    >>> markdown("[run](javascript:f())")
    '<p>run</p>\n'
    """
    source = spelled_out(source)
    before = _formulas.set(_Formulas())
    try:
        if len(source) <= LONGEST or _has_images(source):
            raw = RAW_HTML.search(source)
            html = sanitising.html_or_none(_raw(source)) if raw else _safe(source)
            if html is not None:
                return _formulas.get().instead_of_marks(html, drawn)
    except (RecursionError, ValueError):
        pass
    finally:
        _formulas.reset(before)
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
