"""What no page asks for is not shipped."""

import re
from pathlib import Path
from urllib.parse import unquote

ROOMS = ("_static", "_images")
TEXTS = (".css", ".html", ".js", ".json", ".mjs", ".svg", ".txt", ".webmanifest", ".xml")
NAME = re.compile(r"[^\s\"'`()<>/\\?#=,;:&]+")  # what may be the name of a file


def sweep(folder):
    """Remove the files of `_static` and `_images` that no page names, not even by another file."""
    rest = {path for room in ROOMS for path in (folder / room).rglob("*") if path.is_file()}
    texts = [path for path in sorted(folder.rglob("*")) if path.suffix in TEXTS]
    todo = [path for path in texts if path.is_file() and path not in rest]
    while todo:
        texts = (path.read_text("utf-8", errors="replace") for path in todo)
        words = set().union(*(map(unquote, NAME.findall(text)) for text in texts))
        named = {path for path in rest if path.name in words}
        rest -= named
        todo = [path for path in sorted(named) if path.suffix in TEXTS]
    for path in sorted(rest):
        if not _is_licence(path):
            path.unlink()
    for room in ROOMS:
        _without_empty(folder / room)


def _is_licence(path):
    return path.parent.name == "licences" or path.stem.upper() in ("LICENSE", "LICENCE", "OFL")


def _without_empty(folder):
    """Remove the folders that hold nothing but licences of what has gone."""
    for path in sorted(filter(Path.is_dir, folder.rglob("*")), reverse=True):
        if path.name != "licences" and all(map(_is_licence, filter(Path.is_file, path.rglob("*")))):
            for each in path.iterdir():
                each.unlink()
            path.rmdir()
