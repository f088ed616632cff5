"""Icons: drawn in the page as the theme's script would draw them, which can then stay away."""

import json
import subprocess
from pathlib import Path

from bs4 import BeautifulSoup

from ..node import node_path
from .pages import FinishError, existing

PROGRAM = Path(__file__).with_name("icons.cjs")
SCRIPT = "_static/scripts/fontawesome.js"
SHEET = "_static/font-awesome.css"
FAMILIES = ".fa, .fas, .far, .fab, .fa-solid, .fa-regular, .fa-brands"


def finish(folder, pages):
    """Put a drawing in the place of each element that asks for an icon."""
    wanted = {page: page.soup.select(FAMILIES) for page in pages}
    words = sorted({" ".join(tag["class"]) for tags in wanted.values() for tag in tags})
    if not words:
        return
    drawn = _drawn(existing(folder / SCRIPT, folder, "an icon"), words)
    sheet = folder / SHEET
    sheet.write_text(drawn["css"], "utf-8")
    for page, tags in wanted.items():
        for tag in tags:
            icon = drawn["svg"][" ".join(tag["class"])]
            if icon is None:
                raise FinishError(f"{page.name}: no icon {' '.join(tag['class'])}")
            tag.replace_with(_with_attributes(icon, tag))
        link = page.soup.new_tag("link", rel="stylesheet", href=page.address(sheet))
        first = page.soup.select_one('link[rel~="stylesheet"]')
        first.insert_before(link) if first else page.soup.head.append(link)


def _drawn(script, words):
    asked = json.dumps({"script": str(script), "icons": words})
    command = [node_path(), PROGRAM]
    done = subprocess.run(command, input=asked, text=True, capture_output=True, check=False)
    if done.returncode:
        raise FinishError(f"no icons from {script.name}: {done.stderr.strip()}")
    return json.loads(done.stdout)


def _with_attributes(icon, tag):
    """Return the drawing with what the element said; what names itself needs no word from it."""
    svg = BeautifulSoup(icon, "html.parser").svg
    others = {name: value for name, value in tag.attrs.items() if name not in ("class", "title")}
    svg.attrs.update(others)
    if tag.get("title") and tag.find_parent(attrs={"aria-label": True}) is None:
        del svg["aria-hidden"]
        title = BeautifulSoup("<title></title>", "html.parser").title
        title.string = tag["title"]
        svg.insert(0, title)
    return svg
