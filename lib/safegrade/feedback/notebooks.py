"""Make a graded notebook safe for every renderer: nbgrader's pages, formgrader, JupyterLab."""

from __future__ import annotations

import re
from html import escape, unescape
from urllib.parse import unquote

from safegrade.feedback import images, markup, sanitising
from safegrade.feedback.text import joined, plain

LONGEST = 100_000  # characters of one text of an output
MOST_OUTPUTS = 100
MOST_IMAGES = 40
DRAWINGS = ("image/png", "image/jpeg", "image/gif")
PLAIN_TAGS = "b|i|u|s|em|strong|sub|sup|br|hr|p|ul|ol|li|code|pre|table|thead|tbody|tr|th|td"
IMAGE = re.compile(
    r"!(?=\[)(?!\[[^\[\]\n]*\]\((?:attachment:|data:image/(?:png|jpeg|gif);base64,[\w+/=]*\)))"
)
OPENING = re.compile(rf"<(?!/?(?:{PLAIN_TAGS})\s*/?>)(?=[A-Za-z/!?])", re.IGNORECASE)
DESTINATION = re.compile(r"\](\(|:)(\s*<?\s*)([^)\s>]*)")
COMMAND = re.compile(r"\\(?=(?:href|style|class|cssId|require|data|html\w*|unicode)\b)")
SCHEME = re.compile(r"(javascript|vbscript)(\s*):", re.IGNORECASE)


def sanitise_outputs(nb: dict, *, sources: bool = True) -> None:
    """Change a notebook in place so that no renderer runs, loads or hides anything in it.

    Outputs keep their form. HTML and Markdown are sanitised, images have to be
    images, scripts, widgets and documents are left out with a word instead, text
    loses its escape sequences and is bounded.

    Parameters
    ----------
    nb : dict
        The notebook, as JSON or as nbformat's NotebookNode.
    sources : bool
        Whether to take raw HTML, scripts in links and attached documents out of the
        text cells as well; renderers trust these as they trust outputs.

    Examples
    --------
    >>> nb = {"cells": [{"cell_type": "markdown", "source": "1 <script>f()</script>"}]}
    >>> sanitise_outputs(nb)
    >>> nb["cells"][0]["source"]
    '1 < script>f()< /script>'
    """
    metadata = nb.get("metadata", {})
    for key in ("widgets", "title", "authors"):
        metadata.pop(key, None)
    _check_language(metadata)
    left = [MOST_IMAGES]
    for cell in nb.get("cells", []):
        if cell.get("cell_type") == "code":
            cell["outputs"] = _outputs(cell.get("outputs", []), left)
            if not isinstance(cell.get("execution_count"), int):
                cell["execution_count"] = None
        elif sources:
            cell["source"] = harmless_markdown(joined(cell.get("source", "")))
            _check_attachments(cell)
        for key in ("alt", "tags", "magics_language", "raw_mimetype", "format"):
            cell.get("metadata", {}).pop(key, None)


def harmless_markdown(source: str) -> str:
    r"""Return Markdown in which no tag, link or formula can do more than be read.

    Examples
    --------
    >>> harmless_markdown("a<b, <b>bold</b>, [x](javascript:f()) and $\\href{x}{y}$")
    'a< b, <b>bold</b>, [x] (javascript :f()) and $\\ href{x}{y}$'
    """
    source = DESTINATION.sub(_apart_if_odd, IMAGE.sub("! ", source))
    source = COMMAND.sub(r"\\ ", OPENING.sub("< ", source))
    return SCHEME.sub(r"\1\2 :", source)


def _apart_if_odd(match: re.Match) -> str:
    """Take a link's address apart from its text, unless it leads to a page or an image."""
    opening, space, address = match.groups()
    for _ in range(3):
        address = unquote(unescape(address.replace("\\", "")))
    address = re.sub(r"[\x00-\x20\x7f-\xa0]", "", address).lower()
    scheme, colon, _ = re.split(r"[/?#]", address)[0].partition(":")
    if not colon or scheme in ("http", "https", "mailto", "attachment"):
        return match[0]
    if address.startswith(tuple(f"data:{kind};base64," for kind in DRAWINGS)):
        return match[0]
    return f"] {opening}{space}{match[3]}"


def _check_language(metadata: dict) -> None:
    """Keep of the language's description what is one word: renderers make class names of it."""
    language = metadata.get("language_info")
    if isinstance(language, dict):
        for key in [key for key, value in language.items() if not _is_word(value)]:
            del language[key]
    elif language is not None:
        del metadata["language_info"]


def _is_word(value: object) -> bool:
    return isinstance(value, str) and bool(re.fullmatch(r"[\w.+-]{1,40}", value))


def _check_attachments(cell: dict) -> None:
    attached = cell.get("attachments")
    if attached is None:
        return
    kept = {}
    for name, bundle in attached.items() if isinstance(attached, dict) else ():
        for kind, content in bundle.items() if isinstance(bundle, dict) else ():
            if kind in DRAWINGS and images.data_url(kind, content):
                kept[name] = {kind: content}
    cell["attachments"] = kept
    if not kept:
        del cell["attachments"]


def _outputs(outputs: list, left: list[int]) -> list:
    """Return the outputs that are kept, each made safe in place."""
    kept = []
    for output in outputs[:MOST_OUTPUTS] if isinstance(outputs, list) else []:
        kind = output.get("output_type")
        if kind == "stream":
            output["text"] = plain(output.get("text", ""), LONGEST)
            output["name"] = "stderr" if output.get("name") == "stderr" else "stdout"
        elif kind == "error":
            for key in ("ename", "evalue"):
                output[key] = plain(output.get(key, ""), LONGEST)
            lines = output.get("traceback", [])
            told = "\n".join(map(str, lines)) if isinstance(lines, list) else ""
            output["traceback"] = plain(told, LONGEST).split("\n")
        elif kind in ("display_data", "execute_result"):
            output["data"] = safe_data(output.get("data", {}), left)
            output["metadata"] = {}
        else:
            continue
        kept.append(output)
    if isinstance(outputs, list) and len(outputs) > MOST_OUTPUTS:
        more = f"... {len(outputs) - MOST_OUTPUTS} outputs are not shown ...\n"
        kept.append(type(outputs[0])(output_type="stream", name="stdout", text=more))
    return kept


def safe_data(data: dict, left: list[int]) -> dict:
    """Return what may be shown of an output's forms; `left` counts the images down."""
    safe = {}
    for kind in DRAWINGS:
        if kind in data and left[0] > 0 and images.data_url(kind, data[kind]):
            safe[kind] = joined(data[kind])
            left[0] -= 1
    drawing = images.data_url("image/svg+xml", data.get("image/svg+xml"))
    if drawing and not safe and left[0] > 0:
        safe["text/html"] = images.img(drawing)
        left[0] -= 1
    elif "text/html" in data:
        safe["text/html"] = sanitising.html(joined(data["text/html"]))
    elif "text/markdown" in data:
        html = markup.markdown(joined(data["text/markdown"]), drawn=False)
        safe["text/html"] = sanitising.html(html)
    if "text/latex" in data:
        latex = escape(plain(data["text/latex"], LONGEST), quote=False)
        safe.setdefault("text/html", f"<code>{COMMAND.sub(chr(92) + ' ', latex)}</code>")
    if "text/plain" in data:
        safe["text/plain"] = plain(data["text/plain"], LONGEST)
    left_out = ", ".join(sorted(_word(kind) for kind in data if _is_lost(kind, safe, data)))
    if left_out:
        text = safe.get("text/plain", "")
        safe["text/plain"] = f"{text}\n({left_out}: not shown)".lstrip("\n")
    return safe


def _is_lost(kind: str, safe: dict, data: dict) -> bool:
    """Whether a form of an output is shown neither as itself nor as something else."""
    if kind in safe or kind in ("text/plain", "text/latex", "text/markdown", "text/html"):
        return False
    if "javascript" in str(kind) or "widget" in str(kind):
        return True
    return not any(shown in safe for shown in (*DRAWINGS, "text/html"))


def _word(kind: object) -> str:
    """Return what to call a media type."""
    words = {"application/javascript": "JavaScript", "image/svg+xml": "SVG drawing"}
    if "widget" in str(kind):
        return "widget"
    return words.get(kind, plain(kind, 60).replace("\n", " "))
