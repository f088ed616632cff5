"""The directive `listing`: a function of the library, as it is tested."""

import ast
import importlib
import inspect
import textwrap

from docutils import nodes
from sphinx.util.docutils import SphinxDirective


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
    """Add the directive."""
    app.add_directive("listing", Listing)
