"""Fonts: each is cut down to the characters that the site shows in it."""

import io
import logging

from fontTools import subset
from fontTools.ttLib import TTFont, TTLibError
from tinycss2.ast import AtRule, Declaration, FunctionBlock, StringToken, URLToken

from .names import family
from .pages import FinishError, existing, is_hashed, write_hashed
from .tokens import parts, set_address

FORMULAS = "KaTeX"  # the fonts of this name show formulas, the others show anything
EARLY = ("KaTeX_Main-Regular", "KaTeX_Math-Italic")  # the first formula of any page needs these
SUBSET_NAME = "Fall Line glyphs"  # Font Awesome reserves its name for the whole font
logging.getLogger("fontTools").setLevel(logging.WARNING)  # it reports each table it cuts
LICENCE = (0, 13, 14)  # the names of a font that say whose it is


def finish(folder, pages, rules):
    """Cut down the fonts that these rules name, and return the paths of the new ones."""
    shown = "".join(tag.get_text() for page in pages for tag in page.soup.select(".katex-html"))
    content = "".join(_generated(rules))
    text = "".join(page.soup.get_text() for page in pages) + content
    made = []
    for face in (rule for rule in rules if _is_face(rule)):
        named = {node.name: node for node in face.content}
        formulas = family(named["font-family"]).startswith(FORMULAS.casefold())
        source = next((part for part in parts(named["src"]) if _is_woff2(part)), None)
        if source is None:
            raise FinishError(f"the font {family(named['font-family'])} has no woff2 file")
        path = existing(folder / "_static" / _address(source), folder, "a style sheet")
        made.append(_cut(path, shown if formulas else text))
        set_address(source, made[-1].relative_to(folder / "_static").as_posix())
        named["src"].value = [source]
    return made


def preload(page, before, faces):
    """Ask for the fonts of the first formula together with the sheet that names them."""
    if page.soup.select_one(".katex-html"):
        for path in faces:
            if path.stem.startswith(EARLY):
                attrs = {"rel": "preload", "as": "font", "type": "font/woff2", "crossorigin": ""}
                before.insert_before(
                    page.soup.new_tag("link", attrs={**attrs, "href": page.address(path)})
                )


def _is_face(rule):
    return isinstance(rule, AtRule) and rule.lower_at_keyword == "font-face"


def _is_woff2(part):
    return _is_address(part) and _address(part).endswith(".woff2")


def _is_address(part):
    return isinstance(part, URLToken) or (
        isinstance(part, FunctionBlock) and part.lower_name == "url"
    )


def _address(part):
    return part.arguments[0].value if isinstance(part, FunctionBlock) else part.value


def _generated(rules):
    """Yield what rules put before or after elements: icons are characters there."""
    for rule in rules:
        if isinstance(rule, Declaration):
            if rule.name == "content" or rule.name.startswith("--"):
                yield from (p.value for p in parts(rule) if isinstance(p, StringToken))
        else:
            yield from _generated(getattr(rule, "content", None) or [])


def _cut(path, text):
    """Write the font with the characters of a text alone, and return its path."""
    if is_hashed(path):
        return path
    options = subset.Options(layout_features=["*"], flavor="woff2", notdef_outline=True)
    options.name_IDs, options.recalc_timestamp = LICENCE, False
    try:
        font = TTFont(path, recalcTimestamp=False)
    except TTLibError as error:
        raise FinishError(f"{path.name} cannot be read as a font: {error}") from error
    cutter = subset.Subsetter(options)
    cutter.populate(text=text)
    cutter.subset(font)
    for number in (1, 4, 6):
        font["name"].setName(SUBSET_NAME, number, 3, 1, 0x409)
    font.flavor = "woff2"
    data = io.BytesIO()
    font.save(data)
    return write_hashed(path, data.getvalue())
