"""Scripts: the unused are dropped, the others bundled and put off until the page is read.

A page loads at most one bundle of what all pages share and one of what it alone
needs, besides modules and scripts that ask for a tag of their own.
"""

import re
import subprocess

from ..node import node_path
from .pages import FinishError, is_hashed, write_hashed

NEVER = ()
# A word of a script's address or text, and what has to be on a page that needs it.
NEEDS = (
    ("thebe", NEVER),  # live cells ask another origin
    ("kernelName", NEVER),
    ("fontawesome.js", NEVER),  # the icons are a font
    ("mathjax", (".math:not(:has(.katex))",)),  # formulas are set when the book is built
    ("togglebutton", (".toggle", ".admonition.dropdown")),
    ("toggleHint", (".toggle", ".admonition.dropdown")),
    ("toggleOpenOnPrint", (".toggle", ".admonition.dropdown")),
    ("design-tabs", (".sd-tab-set",)),
    ("clipboard", ("div.highlight pre",)),
    ("copybutton", ("div.highlight pre",)),
    ("require.js", ('script[type="application/vnd.jupyter.widget-state+json"]',)),
    ("html-manager", ('script[type="application/vnd.jupyter.widget-state+json"]',)),
    ("searchtools", ("#search-results",)),
    ("language_data", ("#search-results",)),
    ("searchindex", ("#search-results",)),
    ("DOCUMENTATION_OPTIONS.pagename", (".version-switcher__button",)),
    ("search_as_you_type = false", NEVER),  # says what is so without it
)
# Where the theme measures every block of a page, which lays out all of it; `scrollers.js`
# does the same when a block comes near the window.
PATCHES = {
    "pydata-sphinx-theme.js": (
        '"complete"===document.readyState?I():window.addEventListener("load",I)',
        "0",
    ),
}
CLASSIC = ("", "text/javascript", "application/javascript")
PLAIN = {"src", "defer", "type"}
EARLY = "document.documentElement.dataset"  # chooses light or dark before the first paint
SOURCE_MAP = re.compile(r"^//[#@] sourceMappingURL=.*$", re.MULTILINE)  # a file of megabytes
# Words of a script, as a class, an identifier or an attribute may be among them.
WORD = re.compile(r"[A-Za-z_][\w-]*")
# A name that a script puts together, `"bs-" + name`: all that begins so may occur.
STEM = re.compile(r"""([A-Za-z][\w-]+-)(?=["'`]|\$\{)""")


def finish(folder, pages):
    """Drop, bundle and defer the scripts of all pages."""
    for page in pages:
        _drop(page)
    tags = {page: _bundled(page, folder) for page in pages}
    merged = {page.file(tag["src"]) for page in pages for tag in tags[page] if tag.get("src")}
    texts = {page: list(dict.fromkeys(_text(page, tag) for tag in tags[page])) for page in pages}
    shared = set.intersection(*map(set, texts.values())) if pages else set()
    checked = set()
    for page in pages:
        for tag in tags[page]:
            tag.decompose()
        groups = [[t for t in texts[page] if (t in shared) == alike] for alike in (True, False)]
        bundles = [_bundle(folder, group, checked) for group in groups if group]
        first = page.soup.head.find("script", src=True)
        for bundle in bundles:
            new = page.soup.new_tag("script", attrs={"defer": "", "src": page.address(bundle)})
            first.insert_before(new) if first else page.soup.head.append(new)
        for tag in page.soup("script", src=True):
            if tag.get("type", "") in CLASSIC and "async" not in tag.attrs:
                tag["defer"] = ""
    loaded = {page.file(tag["src"]) for page in pages for tag in page.soup("script", src=True)}
    for path in merged - loaded:
        path.unlink()
    for path in _reached(folder, pages):
        if not is_hashed(path):
            _check(path.read_text("utf-8"), path.name)


def words(folder, pages):
    """Return the words of all scripts of the site, and the stems of names put together."""
    texts = [path.read_text("utf-8") for path in _reached(folder, pages)]
    texts += [tag.string or "" for page in pages for tag in page.soup("script", src=False)]
    return set().union(*map(WORD.findall, texts)), set().union(*map(STEM.findall, texts))


def _reached(folder, pages):
    """Return the scripts that pages load, and those in `_static` that these name in turn."""
    todo = {page.file(tag["src"]) for page in pages for tag in page.soup("script", src=True)}
    todo = {path for path in todo if path.is_relative_to(folder / "_static")}
    others, reached = set((folder / "_static").rglob("*.js")) - todo, set()
    while todo:
        path = todo.pop()
        reached.add(path)
        text = path.read_text("utf-8")
        todo |= (named := {other for other in others if other.name in text})
        others -= named
    return sorted(reached)


def _drop(page):
    for tag in page.soup.select('link[rel~="preload"]:is([as="script"], [as="style"])'):
        tag.decompose()
    for tag in page.soup("script"):
        about = f"{tag.get('src', '')} {tag.get('type', '')} {'' if tag.get('src') else tag.string}"
        for word, needs in NEEDS:
            if word.lower() in about.lower() and not any(map(page.soup.select_one, needs)):
                tag.decompose()
                break


def _bundled(page, folder):
    """Return the classic scripts of a page that may be joined to others, in their order."""
    return [
        tag
        for tag in page.soup("script")
        if tag.get("type", "") in CLASSIC
        and set(tag.attrs) <= PLAIN
        and EARLY not in (tag.string or "")
        and (not tag.get("src") or page.file(tag["src"]).is_relative_to(folder / "_static"))
    ]


def _text(page, tag):
    """Return what a script says."""
    if not tag.get("src"):
        return tag.string or ""
    path = page.file(tag["src"])
    text = path.read_text("utf-8")
    if path.name in PATCHES and not is_hashed(path):
        old, new = PATCHES[path.name]
        if text.count(old) != 1:
            raise FinishError(f"{path.name} is another than PATCHES in finish/scripts.py knows")
        text = text.replace(old, new)
    return SOURCE_MAP.sub("", text)


def _bundle(folder, texts, checked):
    """Write the scripts as one, and return its path.

    The semicolon in front keeps the first script's "use strict" from the others.
    """
    text = "\n;".join(texts)
    text = text if text.startswith(";") else f";{text}"
    if text not in checked:
        _check(text, "a bundle of " + ", ".join(each[:40] for each in texts), kind="commonjs")
        checked.add(text)
    return write_hashed(folder / "_static/fallline.js", text.encode())


def _check(text, name, kind="module"):
    """Have Node read a script without running it."""
    command = [node_path(), f"--input-type={kind}", "--check", "-"]
    done = subprocess.run(command, input=text, text=True, capture_output=True, check=False)
    if done.returncode:
        raise FinishError(f"{name} cannot be read as a script: {done.stderr.strip()}")
