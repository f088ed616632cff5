"""The directive `live`: a figure that does its own mathematics in the page."""

import json
import subprocess
from pathlib import Path

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.util.docutils import SphinxDirective

from fallline_book.node import node_path

FOLDER = Path(__file__).parents[2] / "_static" / "live"
RENDER = Path(__file__).with_name("live.mjs")
SHARED = ("axes", "figure", "start")
QUIET = "--disable-warning=MODULE_TYPELESS_PACKAGE_JSON"


class LiveDrawing(nodes.General, nodes.Element):
    """The drawing with its controls, as `figure.js` writes them."""


class Live(SphinxDirective):
    """Show the live figure of that name, in its start state until the reader moves it."""

    required_arguments = 1
    has_content = True
    option_spec = {  # noqa: RUF012 - so docutils wants it
        "name": directives.unchanged_required,
        "alt": directives.unchanged_required,
        "state": directives.unchanged_required,
    }

    def run(self):
        """Return a numbered figure, and build the page again when a module changes."""
        kind = self.arguments[0]
        if kind not in (known := figures()):
            raise self.error(
                f"no live figure {kind!r}: write book/_static/live/{kind}.js, or name one of "
                f"{', '.join(known)}"
            )
        for option, use in (
            ("name", "a name such as fig-<page>-<word>, so that the text can point at it"),
            ("alt", "what is to be seen in the start state, for those who cannot see it"),
        ):
            if not self.options.get(option):
                raise self.error(f"the live figure {kind} has no :{option}: ; give {use}")
        caption, *legend = self.parse_content_to_nodes() or [None]
        if not isinstance(caption, nodes.paragraph):
            raise self.error(f"the live figure {kind} has no caption: write one as its content")
        for path in (RENDER, *(FOLDER / f"{name}.js" for name in (*SHARED, kind))):
            self.env.note_dependency(str(path))
        html = self._html(kind, nodes.make_id(self.options["name"]))
        figure = nodes.figure()
        self.add_name(figure)
        figure += LiveDrawing("", kind=kind, alt=self.options["alt"], html=html)
        figure += nodes.caption(caption.rawsource, "", *caption.children)
        if legend:
            figure += nodes.legend("", *legend)
        self.set_source_info(figure)
        return [figure]

    def _html(self, kind, name):
        state = [word.partition("=")[::2] for word in self.options.get("state", "").split(",")]
        state = [[key.strip(), value.strip()] for key, value in state if key.strip()]
        order = {"kind": kind, "name": name, "alt": self.options["alt"], "state": state}
        try:
            return render(order)
        except ValueError as error:
            raise self.error(f"the live figure {kind}: {error}") from error


def figures():
    """Return the names of the live figures that there are."""
    return sorted({path.stem for path in FOLDER.glob("*.js")} - set(SHARED))


def render(order):
    """Return a figure as HTML; Node runs the very module that the page runs later."""
    done = subprocess.run(
        [node_path(), QUIET, RENDER],
        input=json.dumps({"folder": str(FOLDER), **order}),
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    if done.returncode:
        brief = "\n".join(line for line in done.stderr.splitlines() if line.strip())
        raise ValueError(f"its module failed in Node:\n{brief}")
    answer = json.loads(done.stdout)
    if answer.get("error"):
        raise ValueError(answer["error"])
    return answer["html"]


def setup(app):
    """Add the directive, its style, and its script on the pages that need it."""
    app.add_directive("live", Live)
    skip = (visit_words, None)
    others = {name: skip for name in ("latex", "text", "man", "texinfo")}
    app.add_node(LiveDrawing, html=(visit_html, None), **others)
    app.add_css_file("live.css")
    app.connect("html-page-context", add_script)


def visit_html(self, node):
    """Write the figure as it was rendered."""
    self.body.append(node["html"])
    raise nodes.SkipNode


def visit_words(self, node):
    """Say what is to be seen where nothing can be drawn."""
    self.visit_Text(nodes.Text(node["alt"]))
    raise nodes.SkipNode


def add_script(app, pagename, templatename, context, doctree):
    """Load the scripts where there are live figures: those of the page's own, and no others."""
    drawings = doctree.findall(LiveDrawing) if doctree is not None else ()
    if kinds := sorted({drawing["kind"] for drawing in drawings}):
        for name in ("start", *kinds):
            app.add_js_file(f"live/{name}.js", type="module")
