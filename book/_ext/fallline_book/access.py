"""What the theme leaves to do for readers with a keyboard or a screen reader."""

import re

from docutils import nodes

HAN = re.compile(r"[\u3400-\u9fff]+")


def setup(app):
    """Mend pages as they are made; no finished page is cut open."""
    app.connect("config-inited", leave_out_ads)
    app.connect("doctree-resolved", mark_chinese)
    app.add_node(nodes.citation, override=True, html=(visit_citation, depart_citation))


def leave_out_ads(app, config):
    """Leave out the theme's room for ads."""
    config.html_theme_options.setdefault("primary_sidebar_end", [])


def mark_chinese(app, doctree, docname):
    """Say of Chinese words that they are Chinese: a screen reader then reads them so."""
    for text in list(doctree.findall(nodes.Text)):
        if isinstance(text.parent, nodes.FixedTextElement | nodes.raw) or not HAN.search(text):
            continue
        parts, end = [], 0
        for match in HAN.finditer(text):
            parts += [nodes.Text(text[end : match.start()])] if match.start() > end else []
            # The writer makes the attribute `lang` of a class of this form.
            parts.append(nodes.inline("", match[0], classes=["language-zh"]))
            end = match.end()
        parts += [nodes.Text(text[end:])] if text[end:] else []
        text.parent.replace(text, parts)


def visit_citation(writer, node):
    """Open an entry of a list: the role that docutils gives it is deprecated."""
    if not isinstance(node.previous_sibling(), nodes.citation):
        writer.body.append('<div role="list" class="citation-list">\n')
    writer.body.append(writer.starttag(node, "div", classes=["citation"], role="listitem"))


def depart_citation(writer, node):
    """Close the entry, and after the last one the list."""
    last = not isinstance(node.next_node(descend=False, siblings=True), nodes.citation)
    writer.body.append("</div>\n</div>\n" if last else "</div>\n")
