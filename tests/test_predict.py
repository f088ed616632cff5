"""Predict before you run: the markup of a misconception, what is built, and the page in use."""

import io
import itertools
import re
import unicodedata

import pytest
from axe_playwright_python.sync_playwright import Axe
from bs4 import BeautifulSoup
from pypdf import PdfReader
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace, patch_docutils

from test_book import PAGES, hidden, notebook, sentences, tokens_of

FRONT = """---
file_format: mystnb
kernelspec: {name: python3, display_name: Python 3}
---
# A page

"""
BOX = """:::{misconception} M90: Two and two are *five*
**Claim.** Two and two are five.

How much is it?

- [ ] Five, because $2 + 2$ sounds like more.
  It does.
  But four is what it is.
- [x] Four.

  Every finger counts once.

  And there are no others.
- [ ] Three, as always.
  That would leave one out.
:::
"""
RUN = """
Some prose in between.

```{code-cell} python
2 + 2
```
"""
VERDICT = """
:::{measured}
It is 4.
:::
"""
GOOD = f"{FRONT}{BOX}{RUN}{VERDICT}\nAfterwards, see {{ref}}`misconception-m90`.\n"

# What an author may do wrong: the page, what the report says, the line that it names.
WRONG = {
    "no-number": (BOX.replace("M90: ", "") + RUN + VERDICT, "has no number", 7),
    "no-choices": (re.sub(r"- \[(.|\n)*:::", ":::", BOX) + RUN + VERDICT, "does not end with", 7),
    "no-claim": (re.sub(r"\*\*Claim(.|\n)*?- ", "- ", BOX) + RUN + VERDICT, "no claim", 7),
    "two-choices": (re.sub(r"- \[ ] Th(.|\n)*:::", ":::", BOX) + RUN + VERDICT, "2 choices", 7),
    "no-box": (BOX.replace("[x] Four", "Four") + RUN + VERDICT, "without a box, “Four.”", 7),
    "no-word": (
        BOX.replace("  That would leave one out.\n", "") + RUN + VERDICT,
        "a word, “Thr",
        7,
    ),
    "none-true": (BOX.replace("[x]", "[ ]") + RUN + VERDICT, "0 true choices", 7),
    "two-true": (BOX.replace("[ ]", "[x]", 1) + RUN + VERDICT, "2 true choices", 7),
    "twice": (BOX.replace("Three, as always.", "Four.") + RUN + VERDICT, "same choice twice", 7),
    "nested": (
        f"::::{{misconception}} M91: Nested\n{BOX}::::\n{RUN}{VERDICT}",
        "M91 holds another box",
        7,
    ),
    "not-measured": (BOX + RUN, "no `measured` before the end of its section", 7),
    "heading": (f"{BOX}{RUN}\n## Next\n{VERDICT}", "no `measured` before the next heading", 7),
    "two-open": (
        f"{BOX}{RUN}{BOX.replace('M90', 'M91')}{RUN}{VERDICT}",
        "M90 has no `measured` before the next box",
        7,
    ),
    "no-experiment": (BOX + VERDICT, "has no experiment", 7),
    "stray": (RUN + VERDICT, "ends no experiment", 14),
    "empty-verdict": (BOX + RUN + "\n:::{measured}\n:::\n", "Content block expected", 31),
}


def build(folder, builder, **pages):
    """Build pages in a folder and return what was reported; each has boxes of its own number."""
    names = [f"- {name}" for name in pages]
    toc = "\n".join(["# Home", "", "```{toctree}", *[name[2:] for name in names], "```", ""])
    for name, text in {"index": toc, **pages}.items():
        (folder / f"{name}.md").write_text(text, encoding="utf-8")
    settings = {
        "extensions": ["myst_nb", "fallline_book.predict"],
        "myst_enable_extensions": ["colon_fence", "dollarmath", "tasklist"],
        "nb_execution_mode": "off",
        "suppress_warnings": ["myst-nb.lexer"],
        "html_theme": "basic",
        "exclude_patterns": ["out"],
    }
    warnings = io.StringIO()
    with patch_docutils(), docutils_namespace():
        app = Sphinx(
            folder,
            None,
            folder / "out" / builder,
            folder / "out/doctrees",
            builder,
            confoverrides=settings,
            status=None,
            warning=warnings,
        )
        app.build(force_all=True)
    return re.sub(r"\x1b\[[\d;]*m", "", warnings.getvalue())


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    """Return the box of a page that is as it should be."""
    folder = tmp_path_factory.mktemp("good")
    reported = build(folder, "html", good=GOOD)
    assert reported == ""
    return BeautifulSoup((folder / "out/html/good.html").read_text(encoding="utf-8"), "html.parser")


@pytest.fixture(scope="module")
def reports(tmp_path_factory):
    """Return what is reported about each wrong page."""
    pages = {
        name: FRONT + text.replace("M90", f"M{10 + i}")
        for i, (name, (text, _, _)) in enumerate(WRONG.items())
    }
    return build(tmp_path_factory.mktemp("wrong"), "dummy", **pages)


# --- markup ---


def words_of(node):
    return " ".join(node.get_text().split())


def test_the_box_holds_claim_choices_experiment_verdict_and_words_in_this_order(good):
    box = good.select_one("#misconception-m90.misconception")
    order = ["title", "claim", "choices", "experiment"]
    assert [child["class"][0] for child in box.find_all(recursive=False)] == [
        f"misconception-{part}" for part in order
    ]
    assert (
        words_of(box.select_one(".misconception-title")) == "Misconception M90 Two and two are five"
    )
    inside = words_of(box.select_one("details"))
    parts = ["See what happens", "Some prose in between.", "2 + 2", "It is 4.", "Every finger"]
    assert sorted(parts, key=inside.index) == parts
    assert "Afterwards" not in words_of(box)
    assert box.select_one(f"[id={box['aria-labelledby']}]") is not None


def test_a_choice_is_one_line_and_the_rest_of_its_item_is_the_word(good):
    labels = [words_of(label) for label in good.select("fieldset label")]
    assert [label.split()[0] for label in labels] == ["Five,", "Four.", "Three,"]
    said = {
        words_of(word.dt.span): words_of(word.dd) for word in good.select(".misconception-word")
    }
    assert list(said) == labels
    assert said["Four."] == "Every finger counts once. And there are no others."
    assert said["Three, as always."] == "That would leave one out."
    true = [
        word for word in good.select(".misconception-word") if "as measured" in words_of(word.dt)
    ]
    assert [words_of(word.dt.span) for word in true] == ["Four."]
    keys = [button["value"] for button in good.select("fieldset input")]
    assert keys == [word["data-choice"] for word in good.select(".misconception-word")]
    assert len(set(keys)) == 3


def test_without_a_script_the_page_is_complete_and_closed_only_by_details(good):
    box = good.select_one(".misconception")
    assert [tag.name for tag in box.find_all(hidden=True)].count("details") == 0
    assert not box.details.has_attr("open")
    assert words_of(box.summary.find(hidden=False)) == "See what happens"
    assert not box.select("form, script, [onclick], [style]")


def test_a_reference_to_a_box_gives_its_number_and_title(good):
    link = good.select_one("p > a.reference.internal")
    assert link["href"] == "#misconception-m90"
    assert words_of(link) == "M90: Two and two are five"


def scripts(page):
    found = BeautifulSoup(page, "html.parser").select("script[src]")
    return [script for script in found if "predict.js" in script["src"]]


def test_only_pages_with_a_box_load_the_script(tmp_path):
    assert build(tmp_path, "html", good=GOOD, other=f"{FRONT}No box here.") == ""
    pages = {page: (tmp_path / f"out/html/{page}.html").read_text() for page in ("good", "other")}
    assert [script["type"] for script in scripts(pages["good"])] == ["module"]
    assert scripts(pages["other"]) == []


@pytest.mark.parametrize("builder, ending", [("latex", "tex"), ("text", "txt")])
def test_elsewhere_than_in_html_a_box_is_plain_text_in_the_same_order(tmp_path, builder, ending):
    assert build(tmp_path, builder, good=GOOD) == ""
    text = "".join(
        path.read_text(encoding="utf-8")
        for path in (tmp_path / "out" / builder).glob(f"*.{ending}")
    )
    parts = ["Misconception M90: ", "Three, as always.", "Some prose", "Measured", "It is 4."]
    parts += ["A word about each choice", "Every finger", "Afterwards"]
    assert sorted(parts, key=text.index) == parts
    assert "See what happens" not in text and "checkbox" not in text


@pytest.mark.parametrize("name", WRONG)
def test_what_an_author_does_wrong_is_reported_with_file_and_line(reports, name):
    _, says, line = WRONG[name]
    says = says.replace("M90", f"M{10 + list(WRONG).index(name)}")
    about = [text for text in reports.splitlines() if f"/{name}.md:" in text]
    where = [int(text.partition(".md:")[2].split(":")[0]) for text in about if says in text]
    assert where and abs(where[0] - line) <= 1, about  # MyST-NB may count one line more


def test_a_number_is_used_once_in_the_book(tmp_path):
    twice = f"{BOX}{RUN}{VERDICT}{BOX}{RUN}{VERDICT}"
    said = build(tmp_path, "dummy", a=GOOD, b=GOOD, c=FRONT + twice.replace("M90", "M91"))
    assert "M90 is taken, by a box of a:" in said
    assert "M91 is taken, by a box of c:" in said


# --- the pages of the book ---


def boxes(path):
    """Return the boxes of a page: what opens each, its cells, its verdict."""
    found, verdicts, inside = [], [], None
    for cell in notebook(path).cells:
        if cell.cell_type == "code":
            if inside is not None:
                inside.append(cell)
            continue
        for token in tokens_of(cell.source):
            if token.info.startswith("{misconception}"):
                inside = []
                found.append((token, inside))
            elif token.info.startswith("{measured}"):
                verdicts.append(token)
                inside = None
    assert len(found) == len(verdicts)
    return [(box, cells, verdict) for (box, cells), verdict in zip(found, verdicts, strict=True)]


BOXES = [(path, *parts) for path in PAGES for parts in boxes(path)]
by_box = pytest.mark.parametrize(
    "path, box, cells, verdict",
    BOXES,
    ids=[box.info.split()[1].rstrip(":") for _, box, *_ in BOXES],
)


def test_every_misconception_is_a_box_of_the_house():
    assert len(BOXES) >= 6
    for path in PAGES:
        tokens = list(tokens_of(path.read_text(encoding="utf-8")))
        assert not [token for token in tokens if ":class: misconception" in token.content]


def test_the_rules_for_prose_hold_inside_a_box():
    text = "\n".join(sentences(next(path for path in PAGES if path.stem == "derivative")))
    for part in ("At how many of them", "since all four are flat", "a rest on the way up"):
        assert part in text
    assert "is *necessary* for an extremum" in text


@by_box
def test_a_box_asks_and_its_numbers_are_computed(path, box, cells, verdict):
    text = box.content.split("\n- [")[0]
    assert "**Claim.**" in text and "**Predict before you run.**" in text and "?" in text
    checked = any(hidden(cell) and "assert" in cell.source for cell in cells)
    assert checked or "{glue" in verdict.content, "no cell asserts or glues the measured number"
    assert not all(hidden(cell) for cell in cells), "no experiment is shown"


@by_box
def test_a_built_box_has_choices_a_word_for_each_one_truth_and_a_verdict(
    site, path, box, cells, verdict
):
    page = BeautifulSoup((site / f"book/{path.stem}.html").read_text(), "html.parser")
    number = box.info.split()[1].rstrip(":").lower()
    built = page.select_one(f"#misconception-{number}")
    words = built.select(".misconception-word")
    assert 3 <= len(built.select("input[type=radio]")) == len(words) <= 4
    assert all(len(words_of(word.dd)) > 40 for word in words)
    assert sum("as measured" in words_of(word.dt) for word in words) == 1
    assert len(built.select("details .misconception-measured")) == 1
    assert built.select("details .cell")
    assert not built.select("h1, h2, h3, h4, h5, h6")


# --- in a browser ---

PAGE = "book/derivative.html"
FIGURE = "fig-derivative-flat"
SIZES = {"desktop": (1280, 900), "phone": (390, 844)}


@pytest.fixture
def reader(browser, address):
    """Return a way to open pages as a reader with an empty browser does."""
    contexts = []

    def opened(path=PAGE, **options):
        contexts.append(browser.new_context(**options))
        page = contexts[-1].new_page()
        page.asked = []
        page.on("request", lambda request: page.asked.append(request))
        page.goto(f"{address}/{path}", wait_until="load")
        return page

    yield opened
    for context in contexts:
        context.close()


def box_of(page, number="m03"):
    box = page.locator(f"#misconception-{number}")
    box.scroll_into_view_if_needed()
    return box


def choose(box, i):
    box.get_by_role("radio").nth(i).check()
    box.get_by_role("button", name="Commit and see").click()


def inside_of(box):
    return box.locator(".misconception-inside")


def answers(box):
    return [text.strip() for text in box.locator("fieldset label").all_inner_texts()]


@pytest.mark.parametrize("i", range(3))
def test_committing_shows_the_experiment_and_the_word_for_the_choice(reader, i):
    box = box_of(reader(), "m01")
    assert not inside_of(box).is_visible()
    choose(box, i)
    assert inside_of(box).is_visible()
    assert box.locator(".misconception-predicted").inner_text().endswith(answers(box)[i])
    first = box.locator(".misconception-word").first
    assert "your prediction" in first.locator("dt").inner_text()
    assert first.locator("dt > span").first.inner_text() == answers(box)[i]
    assert box.locator("[data-for=yours]").locator("visible=true").count() == 1
    assert box.locator(".misconception-word dd").locator("visible=true").count() == 3
    assert box.get_by_role("status").inner_text().startswith("Kept in this browser")
    assert not box.get_by_role("button", name="Commit and see").is_visible()


def test_committing_moves_the_focus_to_what_is_revealed(reader):
    page = reader()
    choose(box_of(page), 1)
    assert page.evaluate("document.activeElement.className") == "misconception-predicted"
    assert page.locator(".misconception-predicted:focus").is_visible()


def test_committing_without_a_choice_says_what_to_do(reader):
    page = reader()
    box = box_of(page)
    box.get_by_role("button", name="Commit and see").click()
    assert box.get_by_role("status").inner_text() == "Choose an answer first."
    assert page.evaluate("document.activeElement.type") == "radio"
    assert not inside_of(box).is_visible()


def test_a_prediction_is_kept_for_its_own_box_until_it_is_cleared(reader):
    page = reader()
    choose(box_of(page), 2)
    page.reload()
    box = box_of(page)
    assert inside_of(box).is_visible()
    assert box.get_by_role("radio").nth(2).is_checked()
    assert box.get_by_role("radio").nth(2).is_disabled()
    assert not inside_of(box_of(page, "m01")).is_visible()
    box.get_by_role("button", name="Predict again").click()
    assert not inside_of(box).is_visible()
    assert page.evaluate("localStorage.length") == page.evaluate(
        "Object.keys(localStorage).filter((key) => !key.startsWith('fallline:prediction')).length"
    )
    in_order = box.locator(".misconception-word dt > span:first-child")
    assert in_order.all_text_contents() == box.locator("label > span").all_text_contents()
    page.reload()
    box = box_of(page)
    assert not inside_of(box).is_visible()
    assert box.locator("input:checked").count() == 0


def test_a_choice_that_is_no_longer_offered_is_forgotten(reader):
    page = reader()
    page.evaluate(
        "localStorage.setItem(`fallline:prediction:${location.pathname}#misconception-m03`, 'old')"
    )
    page.reload()
    assert not inside_of(box_of(page)).is_visible()
    choose(box_of(page), 0)
    assert inside_of(box_of(page)).is_visible()


def test_nothing_is_sent(reader):
    page = reader()
    box = box_of(page)
    page.wait_for_load_state("networkidle")
    page.asked.clear()
    choose(box, 0)
    box.get_by_role("button", name="Predict again").click()
    page.wait_for_timeout(200)
    # A figure that is shown for the first time may be fetched; nothing else, and nothing with data.
    assert [ask.url for ask in page.asked if ask.resource_type != "image"] == []
    assert {ask.method for ask in page.asked} <= {"GET"}
    assert [ask.url for ask in page.asked if "?" in ask.url] == []


def test_the_box_works_by_keyboard_alone(reader):
    page = reader()
    box = box_of(page)
    box.locator(".misconception-number").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    assert box.get_by_role("radio").nth(1).is_checked()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert inside_of(box).is_visible()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")
    assert page.evaluate("document.activeElement.textContent") == "Predict again"
    page.keyboard.press("Enter")
    assert not inside_of(box).is_visible()
    assert page.evaluate("document.activeElement.type") == "radio"
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.innerText") == "Show without predicting"
    page.keyboard.press("Enter")
    assert inside_of(box).is_visible()
    assert box.locator(".misconception-predicted").is_hidden()


def test_the_box_works_where_storage_is_blocked(browser, address):
    context = browser.new_context()
    context.add_init_script(
        "Object.defineProperty(window, 'localStorage', "
        "{get() { throw new DOMException('blocked', 'SecurityError'); }});"
    )
    page = context.new_page()
    page.goto(f"{address}/{PAGE}")
    box = box_of(page)
    choose(box, 1)
    assert inside_of(box).is_visible()
    assert "This browser keeps nothing" in box.get_by_role("status").inner_text()
    box.get_by_role("button", name="Predict again").click()
    assert not inside_of(box).is_visible()
    context.close()


def test_without_a_script_choices_are_a_list_and_the_experiment_opens(reader):
    page = reader(java_script_enabled=False)
    box = box_of(page)
    assert box.locator("input, button, [role=status]").locator("visible=true").count() == 0
    assert len(answers(box)) == 4
    summary = box.locator("summary").first
    assert summary.inner_text() == "See what happens"
    summary.click()
    assert inside_of(box).is_visible()
    assert box.locator(".misconception-word dd").locator("visible=true").count() == 4
    assert box.locator("[data-for=yours]").locator("visible=true").count() == 0


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_moves_when_the_script_comes(browser, address, width):
    heights = []
    for blocked in (True, False):
        context = browser.new_context(viewport={"width": width, "height": 900})
        page = context.new_page()
        if blocked:
            page.route("**/predict.js*", lambda route: route.abort())
        page.goto(f"{address}/{PAGE}")
        heights.append([box_of(page, n).bounding_box()["height"] for n in ("m01", "m03")])
        seen = box_of(page).locator("input, button").locator("visible=true").count()
        assert (seen == 0) == blocked
        context.close()
    assert heights[0] == heights[1]


def test_a_link_to_a_figure_inside_opens_the_experiment(reader):
    page = reader(f"{PAGE}#{FIGURE}")
    assert inside_of(page.locator("#misconception-m03")).is_visible()
    page.wait_for_function(f"document.getElementById('{FIGURE}').getBoundingClientRect().top < 400")
    page = reader()
    assert not inside_of(page.locator("#misconception-m03")).is_visible()
    page.evaluate(
        f"document.body.insertAdjacentHTML('beforeend', '<a id=go href=\"#{FIGURE}\">go</a>');"
        "document.getElementById('go').click()"
    )
    assert inside_of(page.locator("#misconception-m03")).is_visible()
    page.locator("#misconception-m03 summary").click()
    page.evaluate("document.getElementById('go').click()")
    assert inside_of(page.locator("#misconception-m03")).is_visible()


def test_a_page_opens_an_experiment_by_link_without_the_browsers_help(reader):
    page = reader()
    page.evaluate(f"history.replaceState(null, '', '#{FIGURE}')")
    assert not inside_of(page.locator("#misconception-m03")).is_visible()
    page.evaluate("dispatchEvent(new HashChangeEvent('hashchange'))")
    assert inside_of(page.locator("#misconception-m03")).is_visible()


def test_what_the_browser_finds_inside_is_open_and_stays_open(reader):
    page = reader(f"{PAGE}#:~:text=creeps%20up%20to%20the%20flat")
    inside_of(page.locator("#misconception-m03")).wait_for(state="visible")
    assert page.locator("#misconception-m03").get_attribute("data-state") == "open"
    assert not inside_of(page.locator("#misconception-m01")).is_visible()


@pytest.mark.parametrize("script", [True, False])
def test_on_paper_everything_is_open_and_nothing_can_be_pressed(reader, tmp_path, script):
    page = reader(java_script_enabled=script)
    page.emulate_media(media="print")
    box = page.locator("#misconception-m03")
    controls = box.locator("input, summary, .misconception-button")
    assert controls.locator("visible=true").count() == 0
    path = tmp_path / "page.pdf"
    page.pdf(path=path)
    text = " ".join(part.extract_text() for part in PdfReader(path).pages)
    text = re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text))  # ﬂ is fl
    for said in (
        "since all four are flat",
        "Descent on",
        "not sufficient",
        "rest on the way up",
    ):
        assert said in text, said
    assert "Commit and see" not in text and "See what happens" not in text


STATES = list(itertools.product(SIZES, ("light", "dark"), ("before", "after")))


@pytest.mark.parametrize("size, scheme, state", STATES)
def test_axe_finds_nothing_in_the_boxes(reader, size, scheme, state):
    width, height = SIZES[size]
    page = reader(color_scheme=scheme, viewport={"width": width, "height": height})
    for number in ("m01", "m03"):
        if state == "after":
            choose(box_of(page, number), 0)
    results = Axe().run(page, context=".misconception")
    found = [
        (rule["id"], node["html"][:100], node.get("failureSummary", "")[:200])
        for rule in results.response["violations"]
        for node in rule["nodes"]
    ]
    assert found == []
