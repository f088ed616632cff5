"""A chapter's finished text as plain Markdown, for readers without this book's machinery."""

import re
import textwrap

from docutils import nodes
from sphinx import addnodes

SILENT = (
    nodes.comment,
    nodes.meta,
    nodes.pending,
    nodes.substitution_definition,
    nodes.system_message,
    nodes.target,
    addnodes.index,
)


class Markdown:
    r"""Write nodes of a resolved page as Markdown that Jupyter shows.

    Formulas stand in dollars, numbered ones with their `\tag`; references, citations and
    glued numbers are the words that the page shows. A node of the book's own kind carries
    what a notebook says in its place as `node["notebook"]`; other markup for the browser is
    replaced by a sentence that leads to the page.

    Parameters
    ----------
    link : callable
        `link(text, uri)` returns a link to a place of the site as Markdown.
    numbers : dict
        The number that the page shows for each equation and figure, by the anchor.
    figure : str
        How a figure's number is written.
    """

    def __init__(self, link, numbers, figure="Fig. %s"):
        self.link, self.numbers, self.figure = link, numbers, figure
        self.level, self.in_table = 0, False

    def blocks(self, children):
        """Return several block nodes, with an empty line between them."""
        return "\n\n".join(filter(None, map(self.block, children)))

    def block(self, node):
        """Return one block node."""
        if isinstance(node, nodes.Element) and "notebook" in node:
            return node["notebook"]
        if isinstance(node, SILENT):
            return ""
        for kind in type(node).__mro__:
            if method := getattr(self, f"block_{kind.__name__}", None):
                return method(node)
        if isinstance(node, nodes.TextElement) or not isinstance(node, nodes.Element):
            return self.inline([node])
        return self.blocks(node.children)

    def block_paragraph(self, node):
        """Return a paragraph: its sentences keep their lines."""
        lines = self.inline(node.children).strip().splitlines()
        starts = re.compile(r"(#|[-+>] |\d+[.)] |=|---)")
        kept = [re.sub(r"^", r"\\", s) if starts.match(s) else s for s in map(str.strip, lines)]
        return "\n".join(line for line in kept if line)

    block_caption = block_compact_paragraph = block_paragraph

    def block_title(self, node):
        """Return a heading of the present level."""
        return f"{'#' * max(self.level, 1)} {self._line(node)}"

    def block_rubric(self, node):
        """Return a heading that is in no table of contents."""
        return f"**{self._line(node)}**"

    def block_section(self, node):
        """Return a section, one level deeper."""
        self.level += 1
        text = self.blocks(node.children)
        self.level -= 1
        return text

    def block_math_block(self, node):
        """Return a displayed formula, with the number that the page gives it."""
        tex = "\n".join(line for line in node.astext().strip().splitlines() if line.strip())
        number = self.number(node)
        tag = f"\\tag{{{number}}}" if number else ""
        if node.get("nowrap"):  # a whole environment, which needs no dollars
            end = tex.rfind("\\end{")
            return tex[:end].rstrip() + tag + "\n" + tex[end:] if tag and end > 0 else tex
        if "\\\\" in tex and "\\begin" not in tex:
            tex = f"\\begin{{aligned}}\n{tex}\n\\end{{aligned}}"
        return "\n".join(filter(None, ["$$", tex, tag, "$$"]))

    def number(self, node):
        """Return the number of an equation or a figure, or nothing."""
        return next((self.numbers[name] for name in node["ids"] if name in self.numbers), "")

    def block_literal_block(self, node):
        """Return code or other text that is shown as it is."""
        language = node.get("language", "")
        language = {"ipython3": "python", "default": "", "none": "", "myst-ansi": "text"}.get(
            language, language
        )
        return f"```{language}\n{node.astext().rstrip()}\n```"

    def block_bullet_list(self, node):
        """Return a list with bullets."""
        return self._list(node, lambda index: "- ")

    def block_enumerated_list(self, node):
        """Return a list with numbers."""
        start = node.get("start", 1)
        return self._list(node, lambda index: f"{start + index}. ")

    def _list(self, node, mark):
        items = []
        for index, item in enumerate(node.children):
            text = self.blocks(item.children)
            indent = " " * len(mark(index))
            items.append(mark(index) + textwrap.indent(text, indent).lstrip())
        return ("\n\n" if any("\n\n" in item for item in items) else "\n").join(items)

    def block_definition_list_item(self, node):
        """Return a term in bold and its definition."""
        term = " ".join(self._line(part) for part in node.findall(nodes.term))
        rest = [part for part in node.children if isinstance(part, nodes.definition)]
        return f"**{term}**\n\n{self.blocks(rest)}"

    def block_admonition(self, node):
        """Return a box as a quotation that begins with its title."""
        titles = [part for part in node.children if self._is_title(part)]
        body = self.blocks(part for part in node.children if part not in titles)
        words = [f"**{self._line(title)}**" for title in titles if self._line(title)]
        quoted = textwrap.indent("\n\n".join([*words, body]), "> ", lambda line: True)
        return re.sub(r"(?m)^> $", ">", quoted)

    block_sidebar = block_topic = block_block_quote = block_admonition
    block_dropdown_main = block_note = block_warning = block_hint = block_tip = block_admonition

    @staticmethod
    def _is_title(node):
        return isinstance(node, nodes.title) or type(node).__name__ == "dropdown_title"

    def block_figure(self, node):
        """Return a figure's caption, and where the picture is."""
        place = f"#{node['ids'][0]}" if node["ids"] else ""
        words = "This figure is on the page of the chapter"
        return f"{self.caption(node)}\n\n*{self.link(words, place)}.*".strip()

    def caption(self, node):
        """Return what stands below a figure, with its number."""
        words = self.blocks(node.findall(nodes.caption))
        number = self.number(node) and f"**{self.figure % self.number(node)}.**"
        return " ".join(filter(None, [number, words]))

    def block_image(self, node):
        """Return the words that stand for a picture."""
        return f"*{self.link('A picture on the page', '')}: {escape(node.get('alt', ''))}*"

    def block_heading(self, node):
        """Return the title of a misconception."""
        return f"**Misconception {node.parent['number']}: {self._line(node)}**"

    def block_choices(self, node):
        """Return what a reader chooses from, before the experiment."""
        offered = "\n".join(f"- {self._line(one[0])}" for one in node.children)
        return f"{offered}\n\nChoose one before you run what follows."

    def block_measured(self, node):
        """Return what came out of the experiment."""
        return f"**Measured.** {self.blocks(node.children)}"

    def block_words(self, node):
        """Return a word about each choice."""
        said = [
            f"*{self._line(one[0][0])}* {self.blocks(one.children[1:])}" for one in node.children
        ]
        return "\n".join(f"- {textwrap.indent(text, '  ').lstrip()}" for text in said)

    def block_table(self, node):
        """Return a table; a formula in it writes its bars as words."""
        self.in_table = True
        rows = [[self._line(cell) for cell in row.children] for row in node.findall(nodes.row)]
        self.in_table = False
        rows = [rows[0], ["---"] * len(rows[0]), *rows[1:]]
        table = "\n".join(f"| {' | '.join(row)} |" for row in rows)
        titles = [part for part in node.children if isinstance(part, nodes.title)]
        return "\n\n".join([*(f"**{self._line(title)}**" for title in titles), table])

    def block_transition(self, node):
        """Return a line across the page."""
        return "---"

    def block_raw(self, node):
        """Return a sentence in the place of what only a browser understands."""
        if node.get("format") != "html" or re.match(r"\s*<(script|style)", node.astext()):
            return ""
        return f"*{self.link('On the page of the chapter there is more to see here', '')}.*"

    def inline(self, children):
        """Return what stands in a line."""
        return "".join(map(self._inline, children))

    def _line(self, node):
        return " ".join(self.inline(node.children).split())

    def _inline(self, node):
        if isinstance(node, nodes.Text):
            return escape(node.astext(), self.in_table)
        if isinstance(node, (*SILENT, nodes.raw)) or "sd-summary-state-marker" in node["classes"]:
            return ""
        for kind in type(node).__mro__:
            if method := getattr(self, f"inline_{kind.__name__}", None):
                return method(node)
        return self.inline(node.children)

    def inline_paragraph(self, node):
        """Return a paragraph within a cell of a table or a term."""
        return self.inline(node.children) + " "

    def inline_emphasis(self, node):
        """Return stressed words."""
        return f"*{self._line(node)}*"

    def inline_strong(self, node):
        """Return bold words."""
        return f"**{self._line(node)}**"

    def inline_literal(self, node):
        """Return code in a line."""
        text = node.astext()
        fence = "``" if "`" in text else "`"
        text = text.replace("|", "\\|") if self.in_table else text
        return f"{fence}{text}{fence}"

    def inline_math(self, node):
        """Return a formula in a line."""
        tex = " ".join(node.astext().split())
        if self.in_table:
            tex = tex.replace("\\|", "\\Vert ").replace("|", "\\vert ")
        return f"${tex}$"

    inline_math_block = inline_math

    def inline_reference(self, node):
        """Return a link, or the bare words where the place is in the notebook itself."""
        text = self.inline(node.children)
        uri = node.get("refuri", "")
        if not uri or uri.startswith("#"):
            return text
        if not node.get("internal") and "://" in uri:
            return f"[{text}]({uri})"
        return self.link(text, uri)

    inline_number_reference = inline_reference

    def inline_download_reference(self, node):
        """Return the words of a download."""
        return self.inline(node.children)

    def inline_image(self, node):
        """Return the words that stand for a picture in a line."""
        return escape(node.get("alt", ""))


def escape(text, in_table=False):
    """Return text whose signs mean nothing to Markdown."""
    text = re.sub(r"([\\`*$<])", r"\\\1", text)
    text = re.sub(r"(?<!\w)_|_(?!\w)", r"\\_", text)
    return text.replace("|", "\\|") if in_table else text
