"""Formulas, set by KaTeX while the book is built: a page needs no script to show them."""

import atexit
import functools
import json
import os
import re
import subprocess
from pathlib import Path

from bs4 import BeautifulSoup
from docutils import nodes
from markupsafe import escape
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number
from sphinxcontrib import katex

from .node import node_path

KATEX = Path(katex.__file__).with_name("katex.min.js")
SERVANT = Path(__file__).with_name("katex.cjs")
LOG = logging.getLogger(__name__)

# KaTeX numbers the lines of these; numbers are Sphinx's, so that {eq} knows them.
NUMBERED = re.compile(r"\\(begin|end)\{(align|alignat|equation|gather)\}")


# In em: the room of a line on a screen of 320 px, and what a number or a box takes of it.
ROOM, TAKEN = 16, 4.5
BOXES = (nodes.Admonition, nodes.Sequential, nodes.sidebar, nodes.block_quote)
SIGNS = re.compile(r"[.,;:!?)\]'\"’”…]{1,3}")  # a browser would begin a line with them
SCROLLS = '"katex-display" tabindex="0" role="group" aria-label="Formula"'


class FormulaError(ValueError):
    """KaTeX cannot set a formula."""


class Setter:
    """One Node that sets formula after formula: JSON lines in, JSON lines out."""

    def __init__(self):
        self.process = subprocess.Popen(
            [node_path(), SERVANT, KATEX],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
        )
        atexit.register(self.close)

    def __call__(self, tex, options):
        """Return what KaTeX makes of a formula: `html` and `width`."""
        try:
            self.process.stdin.write(json.dumps({"tex": tex, "options": options}) + "\n")
            self.process.stdin.flush()
            answer = json.loads(self.process.stdout.readline())
        except (OSError, ValueError) as error:
            raise RuntimeError(f"Node stopped while it set the formula {tex}") from error
        if "error" in answer:
            raise FormulaError(answer["error"].replace("\u0332", ""))  # its underlines
        return answer

    def close(self):
        """End it."""
        atexit.unregister(self.close)
        self.process.communicate()


@functools.cache
def _setter(pid):
    """Return the setter of this process: a fork has its own."""
    return Setter()


def stop(app=None, exception=None):
    """End Node, where it runs; the next formula starts another."""
    if _setter.cache_info().currsize:
        _setter(os.getpid()).close()
        _setter.cache_clear()


@functools.lru_cache(maxsize=4096)
def render(tex, display=False, macros=()):
    r"""Return a formula as HTML with MathML and its TeX beside it, and its width in em.

    The width is that of the widest part that cannot be broken.
    Raises `FormulaError` with KaTeX's own words where the formula cannot be set.
    """
    options = {"displayMode": display, "macros": dict(macros), "output": "htmlAndMathml"}
    options |= {"strict": "error", "throwOnError": True, "trust": False}
    answer = _setter(os.getpid())(tex, options)
    return _shorter(answer["html"]), answer["width"]


def _shorter(html):
    """Leave out what a browser does not need: half of a page can be formulas."""
    html = html.replace(' xmlns="http://www.w3.org/1998/Math/MathML"', "").replace(';"', '"')
    return html.replace('class="katex"', 'class="katex notranslate"', 1)


def as_display(tex):
    r"""Return the TeX of a display as KaTeX wants it.

    As elsewhere in Sphinx, a blank line divides equations, and a line break outside
    of any environment makes a `split`. Environments lose their own numbers.
    """
    parts = [part.strip() for part in re.split(r"\n\s*\n", tex) if part.strip()]
    parts = [rf"\begin{{split}}{part}\end{{split}}" if _breaks(part) else part for part in parts]
    tex = r"\\".join(parts)
    tex = tex if len(parts) == 1 else rf"\begin{{gathered}}{tex}\end{{gathered}}"
    return NUMBERED.sub(r"\\\1{\2*}", tex)


def _breaks(tex):
    """Tell whether a line ends outside of every environment and group."""
    depth = 0
    for sign in re.findall(r"\\begin\b|\\end\b|\\.|[{}]", tex, re.DOTALL):
        depth += {"{": 1, r"\begin": 1, "}": -1, r"\end": -1}.get(sign, 0)
        if sign == r"\\" and depth == 0:
            return True
    return False


def _set(translator, node, tex, display=False):
    """Return a formula's HTML and width; one that cannot be set is a warning with its place."""
    macros = tuple(sorted(translator.config.formula_macros.items()))
    try:
        if r"\tag" in tex:
            raise FormulaError(
                r"a number comes from :label:, not from \tag: {eq} would not know it"
            )
        return render(tex, display, macros)
    except FormulaError as error:
        place = node
        while place.line is None and place.parent is not None:
            place = place.parent
        words = "%s; the formula is: %s"
        LOG.warning(words, error, tex.strip(), location=place, type="formula")
        return f"<code>{translator.encode(tex)}</code>", 0


def _boxes(node):
    """Count the boxes and lists that a formula stands in."""
    return 0 if node is None else isinstance(node, BOXES) + _boxes(node.parent)


def visit_math(translator, node):
    """Set a formula in a line; what is in one piece keeps the sign that follows it."""
    html, _ = _set(translator, node, node.astext())
    if node["ids"]:
        html = translator.starttag(node, "span", "") + html + "</span>"
    sign = translator.encode(node.get("sign", ""))
    if sign and html.count('class="base"') == 1:
        html, sign = f'<span class="with-sign">{html}{sign}</span>', ""
    translator.body.append(html + sign)
    raise nodes.SkipNode


def take_signs(app, doctree, docname):
    """Let each formula in a line have the signs that follow it."""
    if getattr(app.builder, "math_renderer_name", None) != "fallline":
        return
    for node in doctree.findall(nodes.math):
        place = node.parent.index(node) + 1
        behind = node.parent[place] if place < len(node.parent) else None
        found = SIGNS.match(behind) if isinstance(behind, nodes.Text) else None
        if found:
            node["sign"] = found[0]
            node.parent[place] = nodes.Text(behind[found.end() :])


def visit_displaymath(translator, node):
    """Set a formula of its own, with its number; where it is wide, its box scrolls."""
    html, width = _set(translator, node, as_display(node.astext()), display=True)
    number = get_node_equation_number(translator, node) if node["number"] else ""
    translator.body.append(translator.starttag(node, "div", CLASS="math notranslate"))
    if number:
        translator.body.append(f'<span class="eqno">({number})')
        translator.add_permalink_ref(node, "Link to this equation")
        translator.body.append("</span>")
    if width > ROOM - TAKEN * (bool(number) + _boxes(node)):
        html = html.replace('"katex-display"', SCROLLS, 1)
    translator.body.append(html + "</div>\n")
    raise nodes.SkipNode


def plain(html):
    """Return HTML as text, its formulas by their signs: for places that hold no elements."""
    soup = BeautifulSoup(html, "html.parser")
    for element in soup.select(".katex-html, annotation"):
        element.decompose()
    return " ".join(soup.get_text().split())


def plain_titles(app, pagename, templatename, context, doctree):
    """Give the page's title, and those before and after it, without elements of a formula."""
    for place in (context, context.get("prev"), context.get("next")):
        if place and "katex" in (place.get("title") or ""):
            place["title"] = escape(plain(place["title"]))


def setup(app):
    """Make KaTeX the renderer, its style a part of every page."""
    app.add_config_value("formula_macros", {}, "html")
    app.add_html_math_renderer("fallline", (visit_math, None), (visit_displaymath, None))
    app.add_css_file("vendor/katex/katex.css", priority=400)
    app.add_css_file("mathematics.css")
    app.connect("doctree-resolved", take_signs)
    app.connect("html-page-context", plain_titles, priority=100)
    app.connect("build-finished", stop)
