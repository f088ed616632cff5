"""The figures that `fallline.widgets.explore` makes, as files beside the page."""

import base64
import hashlib
from pathlib import Path

from bs4 import BeautifulSoup
from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging
from sphinx.util.osutil import relative_uri

DATA = "data:image/webp;base64,"
log = logging.getLogger(__name__)


class Filmstrips(SphinxPostTransform):
    """Put the pictures of a filmstrip into files, and the words of its image option into it."""

    default_priority = 3  # before myst-nb chooses between a figure's forms
    formats = ("html",)

    def run(self, **kwargs):
        """Rewrite every filmstrip of the page."""
        for bundle in self.document.findall(_is_bundle):
            page = next(bundle.findall(_is_filmstrip), None)
            image = next(bundle.findall(nodes.image), None)
            if page is None:
                continue
            if image is None or not image.get("alt"):
                words = "a filmstrip needs mystnb: image: alt, which says what is to be seen"
                log.warning(words, location=bundle, type="fallline")
            figure = nodes.raw("", self.outside(page.astext(), image), format="html")
            page.replace_self(figure)
            figure["classes"] = []  # not those that put HTML of a notebook on white paper

    def outside(self, text, image):
        """Return the figure with its pictures outside, named after what they hold."""
        soup = BeautifulSoup(text, "html.parser")
        still, sheet = soup.select_one(".filmstrip-still"), soup.select_one(".filmstrip-sheet")
        still["src"], sheet["href"] = self.file(still["src"]), self.file(sheet["href"])
        if image is not None:
            still["alt"] = image.get("alt", "")
            soup.select_one(".filmstrip-view")["class"] += image.get("classes", [])
        return str(soup)

    def file(self, data):
        """Write a picture beside those of other figures, and return its address."""
        picture = base64.b64decode(data.removeprefix(DATA))
        name = f"{hashlib.sha256(picture).hexdigest()}.webp"
        folder = Path(self.app.outdir, self.app.builder.imagedir)
        folder.mkdir(parents=True, exist_ok=True)
        Path(folder, name).write_bytes(picture)
        page = self.app.builder.get_target_uri(self.env.docname)
        return relative_uri(page, f"{self.app.builder.imagedir}/{name}")


def _is_bundle(node):
    return isinstance(node, nodes.container) and node.get("nb_element") == "mime_bundle"


def _is_filmstrip(node):
    return isinstance(node, nodes.raw) and node.astext().startswith('<div class="filmstrip"')


def add_script(app, pagename, templatename, context, doctree):
    """Load the script where a page has a filmstrip."""
    if doctree is not None and any(doctree.findall(_is_filmstrip)):
        app.add_js_file("filmstrip.js", type="module")


def setup(app):
    """Add the transform, the style, and the script of pages that need it."""
    app.add_post_transform(Filmstrips)
    app.add_css_file("filmstrip.css")
    app.connect("html-page-context", add_script)
