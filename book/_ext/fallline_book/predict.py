"""The directives `misconception` and `measured`: a claim, a prediction, and then the experiment.

`misconception` holds claim, question and choices, `measured` the verdict, and whatever stands
between the two on the page is the experiment. A page needs no script to show all of it; where
scripts run, `predict.js` lets the reader commit to a choice first.
"""

import hashlib
import re

from docutils import nodes
from sphinx.transforms import SphinxTransform
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

logger = logging.getLogger(__name__)

NUMBERED = re.compile(r"(M\d\d): (\S.*)", re.DOTALL)
CHOICES = (3, 4)


class misconception(nodes.General, nodes.Element):  # noqa: N801 (a node is named as it is marked)
    """A box: heading, claim, choices, and after the transform the experiment."""


class heading(nodes.Part, nodes.TextElement):  # noqa: N801
    """The title of a box, without its number."""


class claim(nodes.Part, nodes.Element):  # noqa: N801
    """The claim and the question."""


class choices(nodes.Part, nodes.Element):  # noqa: N801
    """The choices, one of which is true."""


class choice(nodes.Part, nodes.Element):  # noqa: N801
    """One paragraph that names a choice."""


class experiment(nodes.Part, nodes.Element):  # noqa: N801
    """What is shown when the reader has committed."""


class measured(nodes.General, nodes.Element):  # noqa: N801
    """The verdict, which ends the experiment."""


class words(nodes.Part, nodes.Element):  # noqa: N801
    """A word about each choice."""


class word(nodes.Part, nodes.Element):  # noqa: N801
    """One choice and the word about it."""


class Misconception(SphinxDirective):
    """A claim on trial: `M04: title`, claim and question, and a task list of choices.

    The first line of a list item is the choice, what follows in the item is the word about
    it. The true choice begins with `[x]`, the others with `[ ]`.
    """

    required_arguments = 1
    final_argument_whitespace = True
    has_content = True

    def run(self):
        """Return the box, without the experiment that follows on the page."""
        numbered = NUMBERED.fullmatch(self.arguments[0])
        if not numbered:
            raise self.error(
                f"misconception “{self.arguments[0]}” has no number: begin the title with one, "
                "as in `M04: smaller h is always better`"
            )
        self.number, title = numbered.groups()
        box = misconception(number=self.number, names=[label_of(self.number)])
        self.set_source_info(box)
        self.claim_number(box)
        inline, messages = self.parse_inline(title, lineno=self.lineno)
        box += [heading(title, "", *inline), *self.parse_body()]
        for part in box.findall(lambda node: isinstance(node, heading | claim | choices)):
            self.set_source_info(part)
        return [box, *messages]

    def claim_number(self, box):
        """Make the box a target, unless another one has its number."""
        name, document = label_of(self.number), self.state.document
        other = self.env.get_domain("std").labels.get(name)
        if other or name in document.nameids:
            where = other[0] if other else self.env.docname
            raise self.error(
                f"{self.number} is taken, by a box of {where}: give this one another number"
            )
        document.note_explicit_target(box, box)

    def parse_body(self):
        """Return claim and choices, and the words that come after the experiment."""
        body = nodes.Element()
        self.state.nested_parse(self.content, self.content_offset, body)
        if next(body.findall(lambda node: isinstance(node, misconception | measured)), None):
            raise self.fault(
                "holds another box: close it with ::: after its choices; the experiment and "
                "`measured` follow on the page, outside of it"
            )
        if not isinstance(body[-1] if len(body) else None, nodes.bullet_list):
            raise self.fault("does not end with its choices: add a list, `- [ ]` for each choice")
        *prose, items = body.children
        if not prose:
            raise self.fault("has no claim and no question: write them before the choices")
        read = [self.parse_choice(item) for item in items]
        if not CHOICES[0] <= len(read) <= CHOICES[1]:
            raise self.fault(f"has {len(read)} choices: offer {CHOICES[0]} or {CHOICES[1]}")
        if len({chosen["key"] for chosen, _ in read}) < len(read):
            raise self.fault("offers the same choice twice: make each one different")
        if (right := sum(chosen["right"] for chosen, _ in read)) != 1:
            raise self.fault(f"has {right} true choices: begin exactly one with `[x]`")
        said = words()
        for chosen, about in read:
            said += word("", chosen.deepcopy(), *about, key=chosen["key"], right=chosen["right"])
        return [claim("", *prose), choices("", *(chosen for chosen, _ in read)), said]

    def parse_choice(self, item):
        """Return a choice, which is one line, and the word about it, which is the rest."""
        first, *about = item.children or [nodes.paragraph()]
        box = first[0] if len(first) else None
        if not (isinstance(box, nodes.raw) and "task-list-item-checkbox" in box.astext()):
            raise self.fault(
                f"has a choice without a box, “{brief(item)}”: begin it with `[ ]`, the true one "
                "with `[x]`"
            )
        inline = first.children[1:]
        if inline and isinstance(inline[0], nodes.Text):
            inline[0] = nodes.Text(inline[0].lstrip(" "))
        ends = [i for i, node in enumerate(inline) if isinstance(node, nodes.Text) and node == "\n"]
        line, rest = (inline[: ends[0]], inline[ends[0] + 1 :]) if ends else (inline, [])
        source, _, said = first.rawsource.strip().partition("\n")
        name = nodes.paragraph(source, "", *line)
        if rest:
            about.insert(0, nodes.paragraph(said, "", *rest))
        if not about:
            raise self.fault(
                f"has a choice without a word, “{brief(name)}”: say on the next line, indented, "
                "why it tempts and what it overlooks"
            )
        for paragraph in (name, *about):
            paragraph.source, paragraph.line = first.source, first.line
        text = re.sub(r"\s+", " ", name.astext()).strip()
        key = hashlib.sha256(text.encode()).hexdigest()[:8]
        return choice("", name, key=key, right="checked=" in box.astext()), about

    def fault(self, text):
        """Return an error about this box."""
        return self.error(f"misconception {self.number} {text}")


class Measured(SphinxDirective):
    """The verdict, with the measured number; it ends the experiment of the last misconception."""

    has_content = True

    def run(self):
        """Return the verdict."""
        self.assert_has_content()
        node = measured()
        self.set_source_info(node)
        self.state.nested_parse(self.content, self.content_offset, node)
        return [node]


class Wrap(SphinxTransform):
    """Put the experiment into its box: all that stands between `misconception` and `measured`."""

    default_priority = 200  # before figures are counted and references collected

    def apply(self):
        """Wrap each experiment, and report the boxes that are not closed."""
        for box in list(self.document.findall(misconception)):
            self.wrap(box)
        for verdict in self.document.findall(measured):
            before = verdict.parent.children[: verdict.parent.index(verdict)]
            reported = any(isinstance(node, nodes.system_message) for node in before)
            if not isinstance(verdict.parent, experiment) and not reported:
                logger.error(
                    "this `measured` ends no experiment: put it after a `misconception`, in the "
                    "same section and outside of other directives",
                    location=verdict,
                )

    def wrap(self, box):
        """Move what follows a box into it, up to its verdict."""
        said = box.children.pop()
        after = box.parent.children[box.parent.index(box) + 1 :]
        ends = (measured, misconception, nodes.section)
        last = next((node for node in after if isinstance(node, ends)), None)
        if not isinstance(last, measured):
            where = {misconception: "the next box", nodes.section: "the next heading"}
            logger.error(
                "misconception %s has no `measured` before %s: end its experiment with "
                ":::{measured}, the verdict, :::",
                box["number"],
                where.get(type(last), "the end of its section"),
                location=box,
            )
            box += experiment("", said)
            return
        inside = after[: after.index(last)]
        if not inside:
            logger.error(
                "misconception %s has no experiment: write its cells before `measured`",
                box["number"],
                location=box,
            )
        for node in (*inside, last):
            box.parent.remove(node)
        box += experiment("", *inside, last, said)


class Plain(SphinxPostTransform):
    """Elsewhere than in HTML a box is plain text, in the order of the page."""

    default_priority = 5

    def run(self, **kwargs):
        """Replace the nodes of each box by common ones."""
        if self.app.builder.format == "html":
            return
        for box in list(self.document.findall(misconception)):
            target = nodes.target("", "", ids=box["ids"], names=box["names"])
            box.replace_self([target, *plain(box)])


def plain(box):
    """Return what a box says, in nodes that every builder knows."""
    title, question, offered, opened = box.children
    yield strong(f"Misconception {box['number']}: ", *title.children)
    yield from question.children
    yield nodes.bullet_list("", *(nodes.list_item("", *chosen.children) for chosen in offered))
    *inside, said = opened.children
    for node in inside:
        if isinstance(node, measured):
            yield strong("Measured")
            yield from node.children
        else:
            yield node
    yield strong("A word about each choice")
    yield nodes.definition_list(
        "",
        *(
            nodes.definition_list_item(
                "", nodes.term("", "", *one[0][0].children), nodes.definition("", *one[1:])
            )
            for one in said
        ),
    )


def strong(text, *inline):
    """Return a paragraph in bold."""
    return nodes.paragraph("", "", nodes.strong("", text, *inline))


def brief(node):
    """Return the beginning of what a node says."""
    text = re.sub(r"<[^>]*>", "", node.astext()).strip().partition("\n")[0]
    return text if len(text) <= 40 else text[:39] + "…"


def label_of(number):
    """Return the label of a box: `misconception-m04`."""
    return f"misconception-{number.lower()}"


# --- HTML: without a script a list, a `details` and all of the text; predict.js does the rest ---

CONTROLS = """
</ul>
<div class="misconception-commit">
<button type="button" class="misconception-button" data-does="commit">Commit and see</button>
<button type="button" class="misconception-button" data-does="again" hidden>Predict again</button>
<p class="misconception-status" role="status">Your prediction stays in this browser.</p>
</div>
</fieldset>
"""
SUMMARY = """
<details class="misconception-experiment">
<summary><span data-for="all">See what happens</span>\
<span data-for="undecided" hidden>Show without predicting</span></summary>
<div class="misconception-inside">
<p class="misconception-predicted" tabindex="-1" hidden>You predicted: </p>
"""


def visit_misconception(self, node):
    """Open the box; its heading names it."""
    ids = node["ids"][0]
    marks = {"role": "group", "aria-labelledby": f"{ids}-title", "CLASS": "misconception"}
    self.body.append(self.starttag(node, "div", **marks))


def visit_heading(self, node):
    """Write the number, which is also a link to the box, and open the title."""
    box = node.parent
    ids, number = box["ids"][0], box["number"]
    self.body.append(
        f'<p class="misconception-title" id="{ids}-title"><a class="misconception-number" '
        f'href="#{ids}">Misconception {number}</a> '
    )


def visit_claim(self, node):
    """Open claim and question."""
    ids = node.parent["ids"][0]
    self.body.append(f'<div class="misconception-claim" id="{ids}-claim">\n')


def visit_choices(self, node):
    """Open the group of choices."""
    ids = node.parent["ids"][0]
    self.body.append(
        f'<fieldset class="misconception-choices" aria-describedby="{ids}-claim">'
        "<legend>Your prediction</legend>\n<ul>\n"
    )


def visit_choice(self, node):
    """Write a choice: a radio button for the script, plain text without; or the term of a word."""
    if isinstance(node.parent, choices):
        name, key = node.parent.parent["ids"][0], node["key"]
        self.body.append(f'<li><label><input type="radio" name="{name}" value="{key}"><span>')
        end = "</span></label></li>\n"
    else:
        self.body.append("<dt><span>")
        right = '<span class="misconception-tag">as measured</span>'
        yours = '<span class="misconception-tag" data-for="yours" hidden>your prediction</span>'
        end = f"</span> {right if node['right'] else ''}{yours}</dt>\n<dd>"
    for child in node[0].children:
        child.walkabout(self)
    self.body.append(end)
    raise nodes.SkipNode


def visit_word(self, node):
    """Open a word; its first child is the choice."""
    self.body.append(f'<div class="misconception-word" data-choice="{node["key"]}">\n')


def opens(text):
    """Return a visitor that writes a text."""
    return lambda self, node: self.body.append(text)


HTML = {
    misconception: (visit_misconception, opens("</div>\n")),
    heading: (visit_heading, opens("</p>\n")),
    claim: (visit_claim, opens("</div>\n")),
    choices: (visit_choices, opens(CONTROLS)),
    choice: (visit_choice, None),
    experiment: (opens(SUMMARY), opens("</div>\n</details>\n")),
    measured: (
        opens('<div class="misconception-measured">\n<p class="misconception-part">Measured</p>\n'),
        opens("</div>\n"),
    ),
    words: (
        opens(
            '<div class="misconception-words">\n'
            '<p class="misconception-part">A word about each choice</p>\n<dl>\n'
        ),
        opens("</dl>\n</div>\n"),
    ),
    word: (visit_word, opens("</dd>\n</div>\n")),
}


def name_boxes(app, doctree):
    """Let `{ref}` and plain links know each box by its label and its title."""
    std = app.env.get_domain("std")
    for box in doctree.findall(misconception):
        title = f"{box['number']}: {box[0].astext()}"
        std.labels[label_of(box["number"])] = app.env.docname, box["ids"][0], title


def add_script(app, pagename, templatename, context, doctree):
    """Load the script on pages that have a box."""
    if doctree is not None and next(doctree.findall(misconception), None) is not None:
        app.add_js_file("predict.js", type="module")


def setup(app):
    """Add the directives, what wraps an experiment, and the page's script and style."""
    for node, visitors in HTML.items():
        app.add_node(node, html=visitors)
    app.add_directive("misconception", Misconception)
    app.add_directive("measured", Measured)
    app.add_transform(Wrap)
    app.add_post_transform(Plain)
    app.add_css_file("predict.css")
    app.connect("doctree-read", name_boxes)
    app.connect("html-page-context", add_script)
