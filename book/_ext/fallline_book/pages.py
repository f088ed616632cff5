"""Pages that no chapter writes, and what every page says of itself in its head."""

import re
from html import escape
from pathlib import Path

from sphinx import addnodes
from sphinx.domains.std import StandardDomain

from .address import prefix

TEMPLATES = Path(__file__).parents[2] / "_templates"

FRONT_DOOR = """<!DOCTYPE html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<meta http-equiv="refresh" content="0; url={page}">
<link rel="canonical" href="{site}{page}">
<link rel="icon" href="_static/favicon.svg">
</head>
<body><p><a href="{page}">{title}</a></p></body>
</html>
"""

COLOURS = """
<meta name="theme-color" content="#ffffff" media="(prefers-color-scheme: light)" />
<meta name="theme-color" content="#14181e" media="(prefers-color-scheme: dark)" />
"""
NO_INDEX = '<meta name="robots" content="noindex" />\n'
DESCRIPTIONS = {
    "search": "Search {title}: words, symbols and the names of functions.",
    "404": "There is no page at this address; the nearest ones, a search, and all chapters.",
}


def setup(app):
    """Write them when the book is built; the label `search` is a chapter's, not Sphinx's own."""
    for kind in ("labels", "anonlabels"):
        StandardDomain.initial_data[kind].pop("search", None)
    app.connect("config-inited", find_templates)
    app.connect("html-collect-pages", wrong_address)
    app.connect("html-page-context", add_to_head)
    app.connect("html-page-context", add_scripts)
    app.add_css_file("pages.css")
    app.connect("build-finished", write_front_door, priority=100)
    app.connect("build-finished", make_absolute, priority=990)  # after everything was finished


def find_templates(app, config):
    """Let the templates of the book go before those of the theme."""
    config.templates_path = [str(TEMPLATES), *config.templates_path]


def write_front_door(app, exception):
    """Let the root of the site lead to the first page, with or without a browser's help."""
    root = app.config.root_doc
    if exception or app.builder.name != "html" or root == "index":
        return
    page = app.builder.get_target_uri(root)
    config = app.config
    text = FRONT_DOOR.format(
        language=config.language, title=config.html_title, page=page, site=config.html_baseurl
    )
    Path(app.outdir, "index.html").write_text(text, encoding="utf-8")


def add_to_head(app, pagename, templatename, context, doctree):
    """Add the colour of the browser's frame, and a description where no author writes one."""
    metatags = context.get("metatags", "") + COLOURS
    if pagename in DESCRIPTIONS and 'name="description"' not in metatags:
        words = escape(DESCRIPTIONS[pagename].format(title=app.config.html_title))
        metatags += f'<meta name="description" content="{words}" />\n'
    if pagename in ("404", "search"):
        metatags += NO_INDEX
        context["pageurl"] = None  # neither has an address to be known by
    context["metatags"] = metatags


def add_scripts(app, pagename, templatename, context, doctree):
    """Give the page for a wrong address and the search page the scripts that they alone need."""
    if pagename in ("404", "search"):
        script = {"404": "notfound.js", "search": "searchpage.js"}[pagename]
        app.add_js_file(script, type="module")


def wrong_address(app):
    """Return the page that a host shows where there is none."""
    if app.builder.name != "html":
        return
    titles = app.env.titles
    trees = app.env.get_doctree(app.config.root_doc).findall(addnodes.toctree)
    chapters = [
        (
            tree.get("caption"),
            [(name, titles[name].astext()) for _, name in tree["entries"]],
        )
        for tree in trees
    ]
    yield "404", {"title": "No page at this address", "chapters": chapters}, "404.html"


def make_absolute(app, exception):
    """Let the page for a wrong address work at any depth: its links begin at the host's root."""
    path = Path(app.outdir, "404.html")
    if exception or app.builder.name != "html" or not path.exists():
        return
    path.write_text(absolute(path.read_text(encoding="utf-8"), prefix(app.config)), "utf-8")


def absolute(text, root):
    """Return a page of the site's root whose links begin with `root`.

    Examples
    --------
    >>> absolute('<a href="a.html#b"></a><a href="#c"></a><img src="/d"></a>', "/e/")
    '<a href="/e/a.html#b"></a><a href="#c"></a><img src="/d"></a>'
    """
    text = re.sub(r'(<html[^>]*?data-content_root=)("[^"]*"|[^\s>]*)', rf'\1"{root}"', text)
    links = r"""(\s(?:href|src|action)=["']?)(?![a-zA-Z][a-zA-Z+.-]*:|/|\#|["'\s>])(?:\./)?"""
    return re.sub(links, rf"\1{root}", text)
