"""Formulas as MathML, which a browser draws by itself; what cannot be drawn stays TeX."""

from __future__ import annotations

import re
from functools import lru_cache
from html import escape, unescape
from xml.etree.ElementTree import Element

from latex2mathml.commands import MATRICES
from latex2mathml.converter import Converter
from latex2mathml.symbols_parser import convert_symbol

from safegrade.feedback.text import BIDI, CONTROL, INVISIBLE

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
WRONG = frozenset(["columnlines", "linebreak", "rowlines"])  # would be missing, unseen
LETTERS = frozenset(["double-struck", "fraktur", "script"])  # of which browsers draw plain ones
ENVIRONMENT = re.compile(r"\\begin\s*\{([^}]*)\}")
KNOWN = frozenset(name[1:] for name in MATRICES if name[-1] != "*") | {"align*"}
ESCAPED = re.compile(r"\\([%_$&#{}])")
OPERATOR = re.compile(r"(\\operatorname(?:\*|withlimits)?)(?![A-Za-z])\s*(?:\{([^{}]*)\})?")
FONT = re.compile(
    r"\\(mathbb|mathbbm|mathds|Bbb|mathcal|mathscr|mathfrak)(?![A-Za-z])\s*"
    r"(?:\{([A-Za-z1\s]+)\}|([A-Za-z1]))"
)
FONTS = {"Bbb": "mathbb", "mathbbm": "mathbb", "mathds": "mathbb", "mathscr": "mathcal"}
MENDED = [  # what means the same, but is known in one way of writing only
    (re.compile(r"\\(begin|end)\s*\{aligned\}"), r"\\\1{split}"),
    (re.compile(r"\\\\\s*\[-?[\d.]+\s*[a-z]{2}\]"), r"\\\\ "),
    (re.compile(r"\\arg(?![A-Za-z])"), r"\\operatorname{arg}"),
    (re.compile(r"(?<!\\not)(?<!\\not )\\sim(?![A-Za-z])"), r"\\thicksim "),
    (re.compile(r"(\\begin\s*\{[pbBvV]matrix\})"), r"{\1"),  # so that it may have a power
    (re.compile(r"(\\end\s*\{[pbBvV]matrix\})"), r"\1}"),
]
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
            kind = "block" if block else "inline"
            whole = Converter(display=kind).convert_to_element(_mended(tex))
            inside = "".join(_html(part) for row in whole for part in row)
        except Exception:  # each kind of mistake in a formula has an exception of its own
            inside = ""
        if inside:
            return f'<math display="{kind}" alttext="{escape(tex)}">{inside}</math>'
    return as_tex(tex, block)


def as_tex(tex: str, block: bool = False) -> str:
    """Return a formula as it was typed, as HTML."""
    return f"<samp>{escape(tex)}</samp>" if block else f"<var>{escape(tex)}</var>"


def _mended(tex: str) -> str:
    r"""Return a formula in the words that the converter knows; raise for those it gets wrong.

    Examples
    --------
    >>> _mended(r"\\arg\\max_{x \\in \\mathbb R}")
    '\\\\operatorname{arg}\\\\max_{x \\\\in \\\\mathbb{R}}'
    """
    for pattern, instead in MENDED:
        tex = pattern.sub(instead, tex)
    tex = OPERATOR.sub(_operator, FONT.sub(_letters, tex))
    if not KNOWN.issuperset(ENVIRONMENT.findall(tex)) or "$" in re.sub(r"\\.", "", tex):
        raise ValueError("there is no such environment, or a formula in the formula")
    return tex


def _operator(found: re.Match) -> str:
    """Return an operator's name with spaces that the converter leaves as they are."""
    name = re.sub(r"\\(?:[,;:! ]|quad(?![A-Za-z]))", "\u2009", found[2] or "")
    if not re.fullmatch(r"[A-Za-z\s]+", name):
        raise ValueError(f"{name} is no name of an operator")
    return f"{found[1]}{{{name}}}"


def _letters(found: re.Match) -> str:
    """Return letters of a font, each by itself, for each is a character of its own."""
    font, letters = FONTS.get(found[1], found[1]), "".join((found[2] or found[3]).split())
    told = ["\\Bbbone " if one == "1" else f"\\{font}{{{one}}}" for one in letters]
    if "1" in letters and font != "mathbb":
        raise ValueError(f"no 1 is {font}")
    return told[0] if len(told) == 1 else f"{{{''.join(told)}}}"


def _html(element: Element) -> str:
    """Return an element as HTML, without what could do more than stand there."""
    text = _text(element)
    if len(element) != PARTS.get(element.tag, len(element)) or _is_wrong(element):
        raise ValueError(f"no browser draws this {element.tag}")
    inside = escape(text) + "".join(map(_html, element))
    if element.tag not in TAGS:
        return inside
    kept = "".join(f' {name}="{value}"' for name, value in element.items() if _stays(name, value))
    return f"<{element.tag}{kept}>{inside}</{element.tag}>"


def _text(element: Element) -> str:
    """Return an element's text; raise where it is TeX, or not seen as it stands there."""
    text = unescape(element.text or "")
    if element.tag == "mtext":
        if re.search(r"[\\${}]", ESCAPED.sub("", text)):
            raise ValueError(f"{text} has a formula in it")
        text = ESCAPED.sub(r"\1", text)
    elif text[:1] == "\\" and element.tag == "mo":
        text = chr(int(convert_symbol(text) or "", 16))
    elif text == "&" or (text[:1] == "\\" and text != "\\"):
        raise ValueError(f"{text} is not known")
    if BIDI.search(text) or CONTROL.search(text) or INVISIBLE.search(text):
        raise ValueError("something is invisible")
    return text


def _is_wrong(element: Element) -> bool:
    """Whether a browser would draw an element, but leave out what gives it its meaning."""
    if element.tag == "menclose":
        return element.get("notation") != "box"
    if element.get("mathvariant") in LETTERS or not WRONG.isdisjoint(element.attrib):
        return True
    return element.tag == "mspace" and "mathbackground" in element.attrib


def _stays(name: str, value: str) -> bool:
    """Whether an attribute says how a formula looks, and no more."""
    if name in LENGTHS:
        return bool(LENGTH.fullmatch(value))
    return name in WORDS and bool(WORD.fullmatch(value))
