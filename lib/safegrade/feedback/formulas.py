"""Formulas as MathML, which a browser draws by itself; what cannot be drawn stays TeX."""

from __future__ import annotations

import re
from functools import lru_cache
from html import escape, unescape
from xml.etree.ElementTree import Element

from latex2mathml.converter import Converter

LONGEST = 1000  # characters of one formula
DEFINES = re.compile(r"\\(?:def|newcommand|newenvironment|DeclareMathOperator)(?![A-Za-z])")
TAGS = frozenset(
    [
        *("math", "mi", "mn", "mo", "mtext", "mspace", "mrow", "mfrac", "msqrt", "mroot", "msub"),
        *("msup", "msubsup", "munder", "mover", "munderover", "mtable", "mtr", "mtd", "mstyle"),
        *("mpadded", "mphantom"),
    ]
)
PARTS = {"mfrac": 2, "mroot": 2, "msub": 2, "msup": 2, "msubsup": 3}
PARTS |= {"munder": 2, "mover": 2, "munderover": 3}
WORDS = frozenset(
    """
    accent columnalign display displaystyle fence form mathvariant movablelimits scriptlevel
    separator stretchy
    """.split()  # noqa: SIM905
)
LENGTHS = frozenset(["linethickness", "lspace", "maxsize", "minsize", "rspace", "width"])
WORD = re.compile(r"[a-z0-9-]{1,16}")
LENGTH = re.compile(r"-?[0-3]?(?:\.\d{1,4})?(?:em|px)?")


@lru_cache(maxsize=4096)
def mathml(tex: str, block: bool = False) -> str:
    r"""Return TeX as MathML that can only be looked at; as TeX where that is not possible.

    Parameters
    ----------
    tex : str
        A formula without its dollars.
    block : bool
        Whether it stands alone in its line.

    Returns
    -------
    str
        HTML; the TeX is beside the formula, for who hears or copies it.

    Examples
    --------
    >>> mathml("x < 2")
    '<math display="inline" alttext="x &lt; 2"><mi>x</mi><mo>&lt;</mo><mn>2</mn></math>'
    >>> mathml(r"\frac{x")
    '<var>\\frac{x</var>'
    """
    tex = tex.strip()
    if tex and len(tex) <= LONGEST and not DEFINES.search(tex):
        try:
            drawn = tex.replace("{aligned}", "{split}")  # the name under which it is known there
            whole = Converter(display="block" if block else "inline").convert_to_element(drawn)
            inside = "".join(_html(part) for row in whole for part in row)
        except Exception:  # each kind of mistake in a formula has an exception of its own
            inside = ""
        if inside:
            kind = whole.get("display")
            return f'<math display="{kind}" alttext="{escape(tex)}">{inside}</math>'
    return as_tex(tex, block)


def as_tex(tex: str, block: bool = False) -> str:
    """Return a formula as it was typed, as HTML."""
    return f"<samp>{escape(tex)}</samp>" if block else f"<var>{escape(tex)}</var>"


def _html(element: Element) -> str:
    """Return an element as HTML, without what could do more than stand there."""
    text = unescape(element.text or "")
    if text == "&" or (text[:1] == "\\" and element.tag == "mi"):
        raise ValueError(f"{text} is not known")
    if len(element) != PARTS.get(element.tag, len(element)) or element.get("linebreak"):
        raise ValueError(f"no browser draws this {element.tag}")
    inside = escape(text) + "".join(map(_html, element))
    if element.tag not in TAGS:
        return inside
    kept = "".join(f' {name}="{value}"' for name, value in element.items() if _stays(name, value))
    return f"<{element.tag}{kept}>{inside}</{element.tag}>"


def _stays(name: str, value: str) -> bool:
    """Whether an attribute says how a formula looks, and no more."""
    if name in LENGTHS:
        return bool(LENGTH.fullmatch(value))
    return name in WORDS and bool(WORD.fullmatch(value))
