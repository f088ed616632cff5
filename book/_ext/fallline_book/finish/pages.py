"""The pages that Sphinx wrote, as trees, and where their addresses lead."""

import hashlib
import posixpath
from pathlib import Path
from urllib.parse import unquote, urlsplit

from bs4 import BeautifulSoup, Comment, NavigableString
from sphinx.errors import SphinxError

MARK = "data-content_root="
CONTENT_ROOT = "data-content_root"


class FinishError(SphinxError):
    """The site cannot be finished; the message names the file."""

    category = "The site was not finished"


class Page:
    """One page: its path, its tree, and the way to the root of the site."""

    def __init__(self, path, folder):
        self.path, self.folder = path, folder
        self.soup = BeautifulSoup(path.read_bytes(), "html.parser", from_encoding="utf-8")
        self.root = self.soup.html[CONTENT_ROOT]
        self.before = path.read_bytes()

    @property
    def name(self):
        """The page's address within the site."""
        return self.path.relative_to(self.folder).as_posix()

    def file(self, address):
        """Return the file that an address of this page means; it has to be there."""
        parts = urlsplit(address)
        if parts.scheme or parts.netloc:
            raise FinishError(f"{self.name} asks another origin: {address}{_cure(address)}")
        where = parts.path
        if where.startswith("/"):
            where = posixpath.join(self.folder, where.removeprefix(self.root).lstrip("/"))
        return existing(self.path.parent / unquote(where), self.folder, self.name)

    def address(self, path):
        """Return the address of a file of the site, as this page has to write it."""
        return self.root.removeprefix("./") + path.relative_to(self.folder).as_posix()

    def write(self):
        """Write the page, if it has changed."""
        for comment in self.soup(string=lambda text: type(text) is Comment):
            comment.extract()
        self.soup.smooth()
        for space in self.soup(string=str.isspace):
            if type(space) is NavigableString and not space.find_parent(("pre", "textarea")):
                space.replace_with("\n" if "\n" in space else " ")
        text = self.soup.encode("utf-8", formatter="minimal")
        if text != self.before:
            self.path.write_bytes(text)


def read_pages(folder, parse=True):
    """Return all pages that Sphinx wrote, in the order of their paths."""
    paths = sorted(Path(folder).rglob("*.html")) if Path(folder).is_dir() else []
    paths = [path for path in paths if MARK in path.read_text("utf-8", errors="replace")]
    return [Page(path, Path(folder)) for path in paths] if parse else paths


def existing(path, folder, wanted_by):
    """Return the path, resolved; say who wants it where it is missing."""
    path = Path(posixpath.normpath(path.as_posix()))
    if not path.is_file() or not path.is_relative_to(folder):
        shown = path.relative_to(folder) if path.is_relative_to(folder) else path
        raise FinishError(f"{wanted_by} needs {shown}, which is not there")
    return path


def hashed(path, data):
    """Return the path with the digest of the data in its name."""
    digest = hashlib.sha256(data).hexdigest()[:8]
    return path.with_name(f"{path.stem}-{digest}{path.suffix}")


def is_hashed(path):
    """Return whether the digest in a file's name is that of its contents: it is finished."""
    stem = path.with_name(path.stem.rpartition("-")[0] + path.suffix)
    return bool(stem.stem) and hashed(stem, path.read_bytes()) == path


def write_hashed(path, data):
    """Write the data under a name that changes with it, and return the path."""
    path = hashed(path, data)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def _cure(address):
    """Return what to do about an address that no author writes."""
    widget = "require" in address or "html-manager" in address
    return " (a cell shows a widget that needs a kernel: use fallline.widgets.explore)" * widget
