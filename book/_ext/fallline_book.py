"""The book's own Sphinx extension: what a configuration file cannot hold."""

import ast
import importlib
import inspect
import os
import textwrap
from pathlib import Path

from docutils import nodes
from pybtex.plugin import register_plugin
from pybtex.style.formatting.plain import Style as PlainStyle
from pybtex.style.template import field, sentence
from sphinx.util.docutils import SphinxDirective

FRONT_DOOR = """<!DOCTYPE html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<meta http-equiv="refresh" content="0; url={page}">
<link rel="canonical" href="{page}">
</head>
<body><p><a href="{page}">{title}</a></p></body>
</html>
"""


class TitlesAsTheyAre(PlainStyle):
    """A bibliography that keeps the capitals of titles: many are German, French or Latin."""

    def format_title(self, e, which_field, as_sentence=True):
        """Return the title as it is written, with a full stop where it is a sentence."""
        title = field(which_field)
        return sentence[title] if as_sentence else title


class Listing(SphinxDirective):
    """Show a function of the library as it is tested, without its docstring."""

    required_arguments = 1

    def run(self):
        """Return the listing, and build the page again when its module changes."""
        module_name, _, name = self.arguments[0].rpartition(".")
        try:
            function = getattr(importlib.import_module(module_name), name)
        except (ImportError, AttributeError, ValueError) as error:
            raise self.error(f"no function {self.arguments[0]} to list: {error}") from error
        self.env.note_dependency(inspect.getsourcefile(function))
        block = nodes.literal_block(text := without_docstring(function), text, language="python")
        self.set_source_info(block)
        return [block]


def without_docstring(function):
    """Return the source of a function, comments and all, but for its docstring."""
    text = textwrap.dedent(inspect.getsource(function))
    body = ast.parse(text).body[0].body
    lines = text.rstrip().splitlines()
    if ast.get_docstring(ast.parse(text).body[0]) is not None:
        del lines[body[0].lineno - 1 : body[0].end_lineno]
    return "\n".join(lines)


def setup(app):
    """Connect the extension; the kernels learn that they build the book.

    `fallline.widgets.explore` then draws a still figure: a page has no kernel to answer a slider.
    """
    os.environ["FALLLINE_BOOK"] = "1"
    app.add_directive("listing", Listing)
    register_plugin("pybtex.style.formatting", "fallline", TitlesAsTheyAre)
    app.connect("autodoc-process-docstring", keep_plain, priority=400)
    app.connect("autodoc-process-docstring", put_back, priority=600)
    app.connect("html-page-context", drop_thebe, priority=900)
    app.connect("build-finished", write_front_door, priority=100)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}


def keep_plain(app, what, name, obj, options, lines):
    """Set aside what a constant says: napoleon would take words before a colon for a type."""
    if what in ("attribute", "data", "property"):
        app.env.temp_data["fallline-plain"] = list(lines)


def put_back(app, what, name, obj, options, lines):
    """Put back what `keep_plain` has set aside."""
    lines[:] = app.env.temp_data.pop("fallline-plain", lines)


def drop_thebe(app, pagename, templatename, context, doctree):
    """Leave out the scripts for live cells: they name an outside host and are loaded twice."""
    context["script_files"] = [
        script for script in context.get("script_files", []) if not _is_thebe(script)
    ]


def _is_thebe(script):
    words = f"{getattr(script, 'filename', '')} {getattr(script, 'attributes', {}).get('body', '')}"
    return "thebe" in words.lower()


def write_front_door(app, exception):
    """Let the root of the site lead to the first page, with or without a browser's help."""
    root = app.config.root_doc
    if exception or app.builder.name != "html" or root == "index":
        return
    page = app.builder.get_target_uri(root)
    text = FRONT_DOOR.format(language=app.config.language, title=app.config.html_title, page=page)
    Path(app.outdir, "index.html").write_text(text, encoding="utf-8")
