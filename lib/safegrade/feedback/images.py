"""Images from a student's notebook: only what is an image, of a size that a browser bears."""

from __future__ import annotations

import base64
import binascii
import re
import struct
from html import escape

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

KINDS = {
    "image/png": b"\x89PNG\r\n\x1a\n",
    "image/jpeg": b"\xff\xd8\xff",
    "image/gif": b"GIF8",
}
MOST_BYTES = 400_000
MOST_PIXELS = 25_000_000
MOST_USES = 5000
SVG_PARTS = frozenset(
    [
        *("svg", "g", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon"),
        *("text", "tspan", "defs", "use", "clipPath", "style", "title", "desc", "metadata"),
        *("linearGradient", "radialGradient", "stop", "marker", "symbol"),
    ]
)
REFERENCE = "{http://www.w3.org/1999/xlink}href"


def data_url(kind: str, content: object) -> str | None:
    """Return an image as the address of an ``<img>``, or None where it is no such image.

    Parameters
    ----------
    kind : str
        The media type that the notebook claims.
    content : str
        The image in base64, or the text of an SVG.

    Examples
    --------
    >>> data_url("image/png", "PHNjcmlwdD4=") is None
    True
    """
    text = "".join(content) if isinstance(content, list) else content
    if not isinstance(text, str) or len(text) > 1.4 * MOST_BYTES:
        return None
    if kind == "image/svg+xml":
        return _svg(text)
    try:
        raw = base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return None
    if kind not in KINDS or not raw.startswith(KINDS[kind]):
        return None
    width, height = _size(kind, raw)
    if not 0 < width * height <= MOST_PIXELS:
        return None
    return f"data:{kind};base64,{base64.b64encode(raw).decode()}"


def img(address: str, alt: str = "") -> str:
    """Return the element for an address that `data_url` gave."""
    return f'<img src="{address}" alt="{escape(alt or "a figure of the notebook")}">'


def _size(kind: str, raw: bytes) -> tuple[int, int]:
    """Return the width and height that the image's header tells; 0 where it tells none."""
    try:
        if kind == "image/png":
            return struct.unpack(">II", raw[16:24])
        if kind == "image/gif":
            return struct.unpack("<HH", raw[6:10])
        return _jpeg_size(raw)
    except struct.error:
        return 0, 0


def _jpeg_size(raw: bytes) -> tuple[int, int]:
    place = 2
    while place + 9 < len(raw) and raw[place] == 0xFF:
        marker, length = struct.unpack(">BH", raw[place + 1 : place + 4])
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", raw[place + 5 : place + 9])
            return width, height
        place += 2 + length
    return 0, 0


def _svg(text: str) -> str | None:
    """Return a plain drawing as an address; in an ``<img>`` it can neither run nor load."""
    if re.search(r"<!ENTITY|javascript:|@import|url\(\s*['\"]?(?!#)", text, re.IGNORECASE):
        return None
    try:
        root = ElementTree.fromstring(text.encode("utf-8", "replace"))
    except (ElementTree.ParseError, DefusedXmlException, ValueError, RecursionError):
        return None
    if not root.tag.endswith("svg") or not _is_plain(root):
        return None
    coded = base64.b64encode(text.encode("utf-8", "replace")).decode()
    return f"data:image/svg+xml;base64,{coded}"


def _is_plain(root) -> bool:
    """Whether an SVG only draws, and none of its parts repeats parts that repeat others."""
    drawn = [element for element in root.iter() if isinstance(element.tag, str)]
    uses = [element for element in drawn if element.tag.endswith("}use") or element.tag == "use"]
    targets = {use.get(REFERENCE, use.get("href", "")) for use in uses}
    if len(uses) > MOST_USES or not all(target.startswith("#") for target in targets):
        return False
    used, waiting = set(uses), [(root, False)]
    while waiting:
        element, repeated = waiting.pop()
        repeated = repeated or f"#{element.get('id')}" in targets
        if not _is_harmless(element) or (repeated and element in used):
            return False
        waiting += [(part, repeated) for part in element if isinstance(part.tag, str)]
    return True


def _is_harmless(element) -> bool:
    space, _, tag = element.tag.rpartition("}")
    if (not space or space.endswith("/svg")) and tag not in SVG_PARTS:
        return False
    return not any(key.rpartition("}")[2].lower().startswith("on") for key in element.attrib)
