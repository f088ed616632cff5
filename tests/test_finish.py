"""The finishing step: what pages load, and that it may be trusted with them."""

import io
import re
import shutil
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest
import tinycss2
from bs4 import BeautifulSoup
from fontTools.ttLib import TTFont

from fallline_book import finish as step
from fallline_book.finish.pages import FinishError, is_hashed, read_pages
from fallline_book.finish.selectors import Used, prune

LIMIT = 300_000  # bytes before a reader does anything
PHONE = {"viewport": {"width": 412, "height": 823}, "is_mobile": True, "has_touch": True}
FETCHED = "script[src], img[src], source[src], iframe[src], video[src], audio[src]"
LINKED = "stylesheet", "icon", "preload", "modulepreload", "manifest"


@pytest.fixture(scope="module")
def pages(site):
    return read_pages(site)


@pytest.fixture
def phone(browser, address):
    with browser.new_context(**PHONE) as context:
        yield context.new_page()


def contents(folder):
    return {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def sheet(page):
    (link,) = page.soup.select('link[rel~="stylesheet"]')
    return page.file(link["href"])


def code(page):
    tags = page.soup("script")
    return "".join(page.file(t["src"]).read_text() if t.get("src") else t.text for t in tags)


def visit(tab, address):
    """Load a page until it rests, and return its finished requests and its errors."""
    sent, said = [], []
    tab.on("requestfinished", lambda request: sent.append(request))
    tab.on("console", lambda line: said.append(line.text) if line.type == "error" else None)
    tab.on("pageerror", lambda error: said.append(str(error)))
    tab.goto(address, wait_until="networkidle")
    return sent, said


def test_no_page_sends_more_than_its_share_before_the_reader_acts(pages, phone, address):
    for page in pages:
        tab = phone.context.new_page()
        sent, said = visit(tab, f"{address}/{page.name}")
        sizes = [request.sizes() for request in sent]
        weight = sum(size["responseBodySize"] + size["responseHeadersSize"] for size in sizes)
        strangers = [r.url for r in sent if not r.url.startswith((address, "data:", "blob:"))]
        assert sent and weight <= LIMIT, f"{page.name} sends {weight} bytes"
        assert not strangers, f"{page.name} asks {strangers}"
        assert not said, f"{page.name} says {said}"
        tab.close()


def test_every_page_loads_the_one_sheet(pages):
    assert len({sheet(page) for page in pages}) == 1
    assert is_hashed(sheet(pages[0]))


def test_no_page_loads_a_script_that_it_does_not_need(pages):
    for page in pages:
        words, has = code(page), page.soup.select_one
        assert not re.search("THEBE_JS|MathJax|requirejs|FontAwesome", words), page.name
        assert ("initToggleItems" in words) <= bool(has(".toggle, .admonition.dropdown"))
        assert ("ClipboardJS" in words) <= bool(has("div.highlight pre")), page.name
        assert ("loadIndex" in words) == bool(has("#search-results")), page.name
        assert "setIndex" not in words or has("#search-results"), page.name
        classic = [t for t in page.soup("script", src=True) if t.get("type") != "module"]
        assert all("defer" in tag.attrs or "async" in tag.attrs for tag in classic), page.name
        assert len(classic) <= 3, page.name


def test_nothing_that_a_browser_fetches_lies_at_another_origin(pages, site):
    for page in pages:
        links = [t["href"] for t in page.soup("link") if {*t.get("rel", ())} & {*LINKED}]
        for address in [*links, *(tag["src"] for tag in page.soup.select(FETCHED))]:
            assert not urlsplit(address).netloc, f"{page.name}: {address}"
    for path in site.rglob("_static/**/*.css"):
        assert not re.search(r"(url\(\s*[\"']?|@import\s*[\"'])(https?:)?//", path.read_text())
    for path in site.rglob("_static/**/*.js"):
        assert not re.search(r"(import|from|fetch|importScripts)\W{0,3}https?:", path.read_text())


def test_nothing_lies_about_that_no_page_asks_for(site):
    names = [path.name for room in ("_static", "_images") for path in (site / room).rglob("*")]
    assert not [name for name in names if name.endswith((".map", ".ttf", ".mo", ".po"))]
    assert "fontawesome.js" not in names and "searchtools.js" not in names


def test_fonts_are_small_and_have_every_character_of_the_formulas(pages, site):
    shown = {c for p in pages for t in p.soup.select(".katex-html") for c in t.get_text()}
    shown -= set(" \n\u200b\u00a0")
    held = set()
    for path in site.rglob("_static/**/*.woff2"):
        assert is_hashed(path) and path.stat().st_size < 20_000, path.name
        if path.name.startswith("KaTeX"):
            held |= {chr(number) for number in TTFont(io.BytesIO(path.read_bytes())).getBestCmap()}
    assert shown <= held, shown - held


def test_every_font_and_picture_of_the_sheet_is_there(pages):
    path = sheet(pages[0])
    for address in re.findall(r"url\(\s*[\"']?([^\"')]+)", path.read_text()):
        assert address.startswith(("data:", "#")) or (path.parent / address).is_file(), address


def test_what_is_shipped_has_its_licence_beside_it(site):
    names = {path.stem for path in (site / "_static/licences").iterdir()}
    assert names >= {"sphinx", "pydata-sphinx-theme", "bootstrap", "font-awesome", "clipboard"}


def test_an_image_has_its_size_before_it_comes(pages):
    for page in pages:
        for tag in page.soup.select("article img"):
            assert tag.get("loading") and tag.get("decoding"), tag["src"]
            assert tag["src"].endswith(".svg") or (tag.get("width") and tag.get("height"))


def test_search_finds_a_word_without_a_server_behind_it(phone, address):
    phone.goto(f"{address}/search.html?q=gradient")
    phone.wait_for_selector("#search-results li a")
    assert phone.locator("#search-results li").count() > 3


def test_the_search_dialog_opens_with_its_keys(phone, address, pages):
    phone.set_viewport_size({"width": 1280, "height": 900})
    phone.goto(f"{address}/book/gradient.html")
    phone.keyboard.press("Control+k")
    assert phone.locator("#pst-search-dialog input").is_visible()


def test_the_theme_can_be_switched(phone, address):
    phone.goto(f"{address}/book/gradient.html")
    switch = phone.locator(".theme-switch-button:visible").first
    seen = set()
    for _ in range(3):
        switch.click()
        seen.add(phone.evaluate("document.documentElement.dataset.mode"))
    assert seen == {"light", "dark", "auto"}
    assert phone.locator(".theme-switch-button:visible svg:visible").count() == 1


def test_the_sidebar_opens_on_a_phone(phone, address):
    phone.goto(f"{address}/book/gradient.html")
    chapters = phone.locator("#pst-primary-sidebar-modal .bd-links a")
    assert not chapters.first.is_visible()
    phone.locator(".primary-toggle").first.click()
    chapters.first.wait_for(state="visible")


def test_what_scrolls_can_be_reached_by_keyboard(phone, address):
    phone.set_viewport_size({"width": 320, "height": 800})
    phone.goto(f"{address}/book/gradient.html")
    blocks = phone.locator(".bd-article pre:visible")
    reached = []
    for block in blocks.all():
        block.scroll_into_view_if_needed()
        over, stop = block.evaluate("b => [b.scrollWidth > b.clientWidth, b.tabIndex === 0]")
        assert stop or not over, block.inner_text()
        reached.append(over)
    assert any(reached) and not all(reached)


def test_where_code_has_room_it_is_no_stop(browser, address):
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.goto(f"{address}/book/gradient.html")
    page.wait_for_function("!document.querySelector('.bd-article pre').hasAttribute('tabindex')")
    page.close()


def test_a_link_into_a_chapter_leads_to_its_heading(phone, address, pages):
    (page,) = (page for page in pages if page.name == "book/gradient.html")
    for section in page.soup.select(".bd-article > section > section")[2::4]:
        phone.goto(f"{address}/book/index.html")
        phone.goto(f"{address}/book/gradient.html#{section['id']}")
        phone.wait_for_timeout(300)
        top = phone.evaluate(
            "id => document.getElementById(id).getBoundingClientRect().top", section["id"]
        )
        assert -5 <= top <= 200 or phone.evaluate(
            "Math.ceil(scrollY + innerHeight) >= document.documentElement.scrollHeight"
        )


def test_finishing_what_is_finished_changes_nothing(site, tmp_path):
    copy = tmp_path / "html"
    copy.mkdir()
    for room in filter(step.belongs, site.iterdir()):
        (shutil.copytree if room.is_dir() else shutil.copy2)(room, copy / room.name)
    before = contents(copy)
    step.finish(copy)
    assert contents(copy) == before


PAGE = """<!DOCTYPE html>
<html lang="en" data-content_root="./"><head><title>A page</title>
<link rel="stylesheet" href="_static/a.css"/>{head}</head>
<body><p class="used">{body}</p></body></html>
"""


@pytest.fixture
def small(tmp_path):
    """Return a maker of small sites: pages by name, each a pair of head and body."""

    def make(css=".used { color: red }", **named):
        site = tmp_path / "html"
        (site / "_static").mkdir(parents=True, exist_ok=True)
        (site / "_static/a.css").write_text(css)
        for name, (head, body) in named.items():
            (site / f"{name}.html").write_text(PAGE.format(head=head, body=body))
        return site

    return make


@pytest.mark.parametrize(
    "named, head, body, css",
    [
        ("gone.css", '<link rel="stylesheet" href="_static/gone.css"/>', "", ""),
        ("gone.js", '<script src="_static/gone.js"></script>', "", ""),
        ("gone.png", "", '<img alt="" src="_images/gone.png"/>', ""),
        ("gone.svg", "", "", ".used { background: url(gone.svg) }"),
        ("a.css, line 2", "", "", "\n.used"),
        ("page.html.*fa-nonesuch|fontawesome.js", "", '<i class="fas fa-nonesuch"></i>', ""),
        ("page.html asks another origin", '<script src="https://x.example/a.js"></script>', "", ""),
        ("a.css asks another origin", "", "", "@import 'https://x.example/a.css';"),
        ("cannot be read as a script", "<script>let 1 = 2</script>", "", ""),
    ],
)
def test_what_cannot_be_finished_is_named(small, named, head, body, css):
    with pytest.raises(FinishError, match=named):
        step.finish(small(css=css, page=(head, body)))


def test_rules_that_nothing_can_match_are_dropped(small):
    css = """
      :root { --named: red; --idle: blue }
      .used { color: var(--named) } .unused, .used:hover { color: green }
      @media print { .unused { color: red } } @keyframes idle { to { color: red } }
      .made-later { color: blue } .stem-one { color: pink } :is(.used, .unused) b { color: red }
      @media (width > 9px) { .used::after { content: "}" } }
    """
    script = '<script>f("made-later"); g("stem-" + name)</script>'
    site = small(css=css, page=(script, "<b>bold</b>"))
    step.finish(site)
    text = sheet(read_pages(site)[0]).read_text()
    for kept in ("--named:red", ".used:hover{", ".made-later", ".stem-one", "b{", 'content:"}"'):
        assert kept in text
    for dropped in ("--idle", ".unused,", "print", "keyframes", "blue}.stem-two"):
        assert dropped not in text


@pytest.mark.parametrize(
    "selector, kept",
    [
        (".a, .z", ".a"),
        (".a > .z", ""),
        (":not(.z)", ":not(.z)"),
        (":is(.z, .y)", ""),
        (":where(.z, .a) p", ":where(.z, .a) p"),
        ('#here[data-state="on"]', '#here[data-state="on"]'),
        ("[data-other]", ""),
        ("p::before", "p::before"),
        ("video", ""),
        ('p[title="a, b"]', 'p[title="a, b"]'),
    ],
)
def test_a_selector_is_kept_when_all_that_it_asks_for_is_there(selector, kept):
    markup = '<p class="a" id="here" title="x"></p>'
    page = SimpleNamespace(soup=BeautifulSoup(markup, "html.parser"))
    tokens = tinycss2.parse_component_value_list(selector)
    used = Used([page], {"state"}, set())
    assert tinycss2.serialize(prune(tokens, used)).strip() == kept


def test_sheets_are_joined_in_the_order_of_every_page(small):
    site = small(one=("", ""), two=('<link rel="stylesheet" href="_static/c.css"/>', ""))
    (site / "_static/b.css").write_text(".used { color: blue }")
    (site / "_static/c.css").write_text("@import 'b.css' screen; .used { color: green }")
    step.finish(site)
    text = sheet(read_pages(site)[0]).read_text()
    assert re.findall("red|blue|green", text) == ["red", "blue", "green"]
    assert "@media screen{.used{color:blue}}" in text


def test_a_strict_script_does_not_bind_its_neighbours(small):
    scripts = '<script>"use strict"; let a = 1</script><script>loose = a</script>'
    site = small(one=(scripts, ""), two=(scripts, ""))
    step.finish(site)
    (bundle,) = (site / "_static").glob("*.js")
    assert bundle.read_text().startswith(";")


def build(site, rooms):
    """Return an application of Sphinx as far as the finishing step looks at it."""
    return SimpleNamespace(
        builder=SimpleNamespace(name="html"), outdir=str(site), doctreedir=str(rooms)
    )


def test_a_page_built_anew_is_finished_together_with_those_left_alone(small, tmp_path):
    css = ".used { color: red } .late { color: blue }"
    app = build(small(css=css, one=("", "1"), two=("", "2")), tmp_path / "rooms")
    step.finish_site(app, None)
    step.give_back(app)
    site = small(css=css, two=("", '<b class="late">2</b>'))
    step.finish_site(app, None)
    again = {path.relative_to(site): data for path, data in contents(site).items()}
    shutil.rmtree(site)
    site = small(css=css, one=("", "1"), two=("", '<b class="late">2</b>'))
    step.finish(site)
    assert again == {path.relative_to(site): data for path, data in contents(site).items()}


def test_a_site_that_cannot_be_finished_stays_as_it_was(small, tmp_path):
    site = small(one=("", "1"), two=('<script src="_static/gone.js"></script>', "2"))
    before = contents(site)
    with pytest.raises(FinishError, match=r"gone\.js"):
        step.finish_site(build(site, tmp_path / "rooms"), None)
    assert contents(site) == before


def test_a_failed_build_is_not_finished(small, tmp_path):
    site = small(one=("", "1"))
    before = contents(site)
    step.finish_site(build(site, tmp_path / "rooms"), ValueError())
    assert contents(site) == before


def test_what_sphinx_did_not_write_is_left_alone(small, tmp_path):
    site = small(one=("", "1"))
    (site / "lite").mkdir()
    (site / "lite/app.js").write_text("// another application")
    step.finish_site(build(site, tmp_path / "rooms"), None)
    assert (site / "lite/app.js").read_text() == "// another application"
    assert not (tmp_path / "rooms/unfinished/lite").exists()
