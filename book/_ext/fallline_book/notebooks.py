"""The chapter as a notebook: its cells as they are, its text as plain Markdown."""

from pathlib import Path
from urllib.parse import urljoin

import nbformat
from docutils import nodes
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from .markdown import Markdown

ABOUT = """\
This notebook is the chapter *{title}* of the course **{book}**.
Run the cells from top to bottom with Shift+Enter; then change what you like.
{where}The text is under the licence CC BY 4.0, the code under the BSD 3-clause licence.

Where the package fallline is not installed: run `%pip install FOLDER` with the \
course folder (the one that holds pyproject.toml), then restart the kernel."""

BUTTON = {
    "type": "link",
    "text": "Notebook (.ipynb)",
    "icon": "fas fa-code",
    "tooltip": "Download this chapter as a notebook",
    "label": "download-notebook-button",
}


def setup(app):
    """Write the notebooks as pages are written, and offer them in the header."""
    app.connect("html-page-context", write_notebook, priority=600)  # after the theme's buttons


def has_notebook(doctree):
    """Tell whether a page is one to run: it shows the code of a cell."""
    return any(_source(node) for node in doctree.findall(nodes.container))


def write_notebook(app, pagename, templatename, context, doctree):
    """Write a chapter's notebook beside its page and put a button into the download menu."""
    if app.builder.format != "html" or doctree is None or not has_notebook(doctree):
        return
    path = Path(app.outdir, f"{pagename}.ipynb")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(nbformat.writes(chapter_notebook(app, pagename, doctree)), encoding="utf-8")
    for group in context.get("header_buttons", []):
        if group.get("label") == "download-buttons":
            group["buttons"].insert(0, {**BUTTON, "url": path.name})


def chapter_notebook(app, pagename, doctree):
    """Return a chapter as a notebook without outputs, with cell ids that stay."""
    page = app.builder.get_target_uri(pagename)
    site = app.config.html_baseurl

    def link(text, uri):
        return f"[{text}]({urljoin(site + page, uri)})" if site else text

    kinds = app.env.toc_fignumbers.get(pagename, {}).values()
    numbers = {name: ".".join(map(str, n)) for kind in kinds for name, n in kind.items()}
    figure = app.config.numfig_format["figure"]
    title = app.env.titles[pagename].astext()
    where = f"Its page, with figures that move, is <{site}{page}>.\n" if site else ""
    about = ABOUT.format(title=title, book=app.config.html_title, where=where).replace(
        "\n\n\n", "\n\n"
    )
    cells = [("about", about), *_cells(doctree, Markdown(link, numbers, figure))]
    counts, made = {}, []
    for kind, text in cells:
        counts[kind] = counts.get(kind, 0) + 1
        name = kind if kind == "about" else f"{kind}-{counts[kind]}"
        make = new_code_cell if kind == "code" else new_markdown_cell
        made.append(make(text, id=name))
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    notebook = new_notebook(cells=made, metadata={"kernelspec": kernel})
    notebook.nbformat_minor = 5
    nbformat.validate(notebook)
    return notebook


def _cells(node, markdown):
    """Yield ("code", source) and ("text", Markdown) in the page's order; a section begins anew."""
    prose = []

    def text():
        words = "\n\n".join(filter(None, prose))
        prose.clear()
        return [("text", words)] if words else []

    for child in node.children:
        if _is_cell(child):
            if code := _source(child):
                yield from text()
                yield "code", code
            prose.append(_below(child, markdown, shown=bool(code)))
        elif isinstance(child, nodes.section) or _holds_cells(child):
            yield from text()
            markdown.level += isinstance(child, nodes.section)
            yield from _cells(child, markdown)
            markdown.level -= isinstance(child, nodes.section)
        else:
            prose.append(markdown.block(child))
    yield from text()


def _below(cell, markdown, shown):
    """Return what stands below a cell: captions, or what its hidden code has made."""
    results = [n for n in cell.children if n.get("nb_element") == "cell_code_output"]
    if not shown:
        return markdown.blocks(results)
    figures = (figure for result in results for figure in result.findall(nodes.figure))
    return "\n\n".join(filter(None, map(markdown.caption, figures)))


def _is_cell(node):
    return isinstance(node, nodes.Element) and node.get("nb_element") == "cell_code"


def _holds_cells(node):
    return isinstance(node, nodes.Element) and any(map(_is_cell, node.findall(nodes.container)))


def _source(cell):
    """Return the code of a cell that a page shows, or nothing."""
    if not _is_cell(cell):
        return ""
    parts = [n for n in cell.findall(nodes.container) if n.get("nb_element") == "cell_code_source"]
    blocks = [block for part in parts for block in part.findall(nodes.literal_block)]
    return "\n".join(block.astext().rstrip() for block in blocks)
