"""HTML from a student: tables and plain formatting stay, everything else goes."""

from __future__ import annotations

import re
from functools import lru_cache
from html import escape
from html.parser import HTMLParser
from urllib.parse import urlsplit

from bleach.css_sanitizer import CSSSanitizer
from bleach.html5lib_shim import Filter
from bleach.sanitizer import Cleaner

from safegrade.feedback import images
from safegrade.feedback.text import BIDI, CONTROL, cut

MOST_CHARACTERS = 60_000
MOST_TAGS = 6000
DEEPEST = 60
TAGS = frozenset(
    [
        *("a", "abbr", "b", "big", "blockquote", "br", "caption", "center", "cite", "code"),
        *("col", "colgroup", "dd", "del", "details", "dfn", "div", "dl", "dt", "em", "h1"),
        *("h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "ins", "kbd", "li", "mark", "ol", "p"),
        *("pre", "q", "s", "samp", "small", "span", "strike", "strong", "sub", "summary", "sup"),
        *("table", "tbody", "td", "tfoot", "th", "thead", "tr", "tt", "u", "ul", "var"),
    ]
)
EMPTY = {"br", "hr", "img", "col"}
SILENT = {"script", "style", "template", "noscript", "iframe", "object", "svg", "math", "head"}
STYLES = ["text-align", "font-weight", "font-style", "text-decoration", "vertical-align"]
LOST = "\ufffd"  # a letter that cannot be shown
COUNT = re.compile(r"\d{1,3}")
WORD = re.compile(r"[a-z]{1,12}")
ENTITY = re.compile(r"&(?:#|\w+;)")
MACHINE = re.compile(r"[\w.-]+|[\da-f:.]+", re.ASCII)
MARK = re.compile(r"drawn([0-9a-f]{16})-(\d{1,6})-")  # stands for a formula, in text only


def _allowed(tag: str, name: str, value: str) -> bool:
    """Whether an attribute may stay."""
    if MARK.search(value):
        return False
    if name == "style":
        return len(value) < 300
    if name in ("colspan", "rowspan", "span", "start"):
        return tag in ("td", "th", "col", "colgroup", "ol") and bool(COUNT.fullmatch(value))
    if name in ("align", "scope"):
        return tag in ("td", "th", "tr", "p", "col") and bool(WORD.fullmatch(value))
    if tag == "a" and name == "href":
        return bool(host(value)) and not ENTITY.search(value.replace("&amp;", "&"))
    if tag == "img" and name == "src":
        return is_image(value)
    return tag == "img" and name == "alt" and len(value) < 500


def host(address: str) -> str:
    """Return the machine that a web address leads to, in ASCII; "" where it is no such address.

    Examples
    --------
    >>> host("https://docs.example.org@evil.example/path")
    'evil.example'
    >>> host("javascript:alert(1)")
    ''
    """
    if not re.match(r"https?://", address, re.IGNORECASE) or len(address) > 2000:
        return ""
    if CONTROL.search(address) or BIDI.search(address) or re.search(r"[\s\\<>\"'`]", address):
        return ""
    try:
        where = (urlsplit(address).hostname or "").encode("idna").decode()
    except (ValueError, UnicodeError):
        return ""
    return where if MACHINE.fullmatch(where) else ""


def destination(address: str, shown: str) -> str:
    """Return the machine that a link leads to, in brackets, unless its text is that very address.

    Examples
    --------
    >>> destination("https://example.org/x", "here")
    ' (example.org)'
    >>> destination("https://example.org/x", "https://example.org/x")
    ''
    >>> destination("https://good.example@evil.example/x", "https://good.example@evil.example/x")
    ' (evil.example)'
    """
    where = host(address)
    plain = re.match(rf"https?://{re.escape(where)}(?:[/?#]|$)", address)
    told = shown.strip() == where or (plain and shown.strip() == address)
    return f" ({where})" if where and not told else ""


def is_image(address: str) -> bool:
    """Whether an address holds a PNG, JPEG or GIF itself, and not a drawing or a page."""
    kind, separator, content = address.partition(";base64,")
    kind = kind.removeprefix("data:")
    return bool(separator) and kind in images.KINDS and bool(images.data_url(kind, content))


CHARACTERS = ("Characters", "SpaceCharacters")
OTHER = "\0"  # in a link's text, which is then no address


class _Links(Filter):
    """Say behind each link where it leads, and give it no power over the page."""

    def __iter__(self):
        links: list[tuple[str, list[str]]] = []  # those around a token: address, parts of the text
        for token in super().__iter__():
            kind, ends = token["type"], ""
            if kind == "EndTag" and token["name"] == "a" and links:
                address, shown = links.pop()
                ends = destination(address, "".join(shown))
            if links:
                links[-1][1].append(token["data"] if kind in CHARACTERS else OTHER)
            if kind == "StartTag" and token["name"] == "a":
                address = token["data"].get((None, "href"), "")
                links.append((address, []))
                if host(address):
                    token["data"][(None, "rel")] = "noopener noreferrer nofollow"
            yield token
            if ends:
                yield {"type": "Characters", "data": ends}


class _Outline(HTMLParser):
    """Count the tags and how deep they are nested; leave out what is not to be read."""

    def __init__(self):
        super().__init__(convert_charrefs=False)
        self.tags = self.depth = self.deepest = 0

    def handle_starttag(self, tag, attrs):
        self.tags += 1
        if tag not in EMPTY:
            self.depth += 1
            self.deepest = max(self.deepest, self.depth)

    def handle_endtag(self, tag):
        self.depth = max(0, self.depth - 1)


def _too_much(text: str) -> bool:
    if len(text) > MOST_CHARACTERS and not _has_images(text):
        return True
    if text.count("<") > MOST_TAGS or len(text) > images.MOST_BYTES * 2:
        return True
    outline = _Outline()
    outline.feed(text)
    return outline.deepest > DEEPEST


def _has_images(text: str) -> bool:
    """Whether the text is long because of images in it."""
    return len(re.sub(r"data:image/\w+;base64,[\w+/=\s]+", "", text)) <= MOST_CHARACTERS


_SILENT = re.compile(
    rf"<({'|'.join(sorted(SILENT))})\b.*?(?:</\1\s*>|\Z)", re.IGNORECASE | re.DOTALL
)


def html(text: str) -> str:
    """Return HTML of which only text, tables, plain formatting and images are left.

    No element can run, load, cover or send anything; none has a class or an id. Links
    lead to http or https only, and say where. What is too long or nested too deep for a
    page is shown as text.

    Examples
    --------
    >>> html('<b onclick="f()">bold</b><script>f()</script>')
    '<b>bold</b>'
    >>> html('<a href="https://example.org/x">here</a>')
    '<a href="https://example.org/x" rel="noopener noreferrer nofollow">here</a> (example.org)'
    """
    cleaned = html_or_none(text)
    if cleaned is None:
        return f"<pre>{escape(cut(CONTROL.sub(LOST, text), 4000))}</pre>"
    return cleaned


@lru_cache(maxsize=512)
def html_or_none(text: str) -> str | None:
    """Return what `html` does; None where that is too long or nested too deep."""
    try:
        text = CONTROL.sub(LOST, text)
        return None if _too_much(text) else _cleaner().clean(BIDI.sub("", _SILENT.sub("", text)))
    except (RecursionError, ValueError, AssertionError, KeyError, IndexError):
        return None  # a parser that gives up has not made the text safe


@lru_cache(maxsize=1)
def _cleaner() -> Cleaner:
    return Cleaner(
        tags=TAGS,
        attributes=_allowed,
        protocols={"http", "https", "data"},
        strip=True,
        strip_comments=True,
        filters=[_Links],
        css_sanitizer=CSSSanitizer(allowed_css_properties=STYLES, allowed_svg_properties=[]),
    )
