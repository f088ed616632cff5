"""Every page of the built site, in a browser: nothing from outside, nothing broken, open to all.

The detectors are in `sitecheck.py`; the second half of this file breaks small pages on purpose,
one for each detector, so that none of them can pass by seeing nothing.
"""

import pytest

import sitecheck as check
from conftest import ROOT, served
from test_book import LISTED

VIEWS = {
    "desktop": {"viewport": {"width": 1280, "height": 844}},
    "phone": {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True},
}
WIDTHS = {"desktop": (1280, 640), "phone": (390, 360)}  # 640 px are a window of 1280 at 200 %
PAGES = [f"{name}.html" for name in (*LISTED, "search", "404")]
by_page = pytest.mark.parametrize("name", PAGES)


def nothing(problems):
    """Fail with every problem in a line of its own."""
    assert not problems, "\n".join(["", *dict.fromkeys(problems)])


# --- the built files ---


def test_the_site_has_these_pages_and_no_others(site):
    found = {path.relative_to(site).as_posix() for path in check.html_files(site)}
    assert found == {*PAGES, "index.html"}


def test_no_page_or_style_sheet_names_a_file_of_another_origin(site):
    nothing(check.outside_fetches(site))


@by_page
def test_every_link_and_anchor_leads_somewhere(site, name):
    nothing(check.broken_links(site, site / name))


def test_the_front_door_opens(site):
    nothing(check.broken_links(site, site / "index.html"))


@by_page
def test_a_page_says_its_language_title_and_description(site, name):
    nothing(check.head_problems(site / name))


@by_page
def test_headings_are_in_order_under_one_title(site, name):
    nothing(check.heading_problems(site / name))


@by_page
def test_alt_text_says_what_is_to_be_seen(site, name):
    nothing(check.alt_problems(site / name))


@by_page
def test_ids_are_given_once(site, name):
    nothing(check.repeated_ids(site / name))


@by_page
def test_chinese_words_are_marked_as_chinese(site, name):
    nothing(check.unmarked_chinese(site / name))


@by_page
def test_what_is_printed_fits_a_phone(site, name):
    nothing(check.wide_output(site / name))


# --- each page in a window of a desktop and of a phone, opened once for all of these tests ---


@pytest.fixture(scope="module")
def windows(browser):
    """Return a context for each kind of window, and one without JavaScript."""
    contexts = {view: browser.new_context(**options) for view, options in VIEWS.items()}
    contexts["plain"] = browser.new_context(java_script_enabled=False, **VIEWS["desktop"])
    yield contexts
    for context in contexts.values():
        context.close()


@pytest.fixture(
    scope="module", params=[(page, view) for page in PAGES for view in VIEWS], ids="-".join
)
def visit(request, windows, address):
    """Open a page in a window."""
    name, view = request.param
    visit = check.Visit(windows[view], address, name)
    visit.view = view
    yield visit
    visit.page.close()


def test_every_image_is_shown(visit):
    nothing(check.missing_images(visit))


def test_nothing_moves_where_less_motion_is_asked_for(visit):
    visit.show(motion="reduce")
    nothing(check.moving(visit))


def test_the_focus_is_seen_wherever_it_goes(visit):
    visit.show(motion="reduce")
    nothing(check.focus_problems(visit))


def test_axe_finds_nothing(visit):
    nothing(check.axe_problems(visit))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colours_have_contrast(visit, scheme):
    visit.show(scheme=scheme)
    theme = visit.page.evaluate("document.documentElement.dataset.theme")
    assert theme == scheme, "the page follows the reader's setting"
    nothing(check.contrast_problems(visit))


def test_the_page_never_scrolls_sideways(visit):  # changes the width, so it comes after axe
    problems = []
    for width in WIDTHS[visit.view]:
        visit.show(width=width)
        problems += check.sideways(visit)
    visit.show(width=WIDTHS[visit.view][0])
    fold = visit.page.locator("button.primary-toggle:visible")
    if visit.view == "desktop" and fold.count():
        fold.click()
        visit.show()
        problems += check.sideways(visit)
        fold.click()
    nothing(problems)


def test_nothing_is_asked_of_another_origin(visit):
    nothing([f"{visit.name}: {what}: ship it with the site" for what in visit.outside])


def test_everything_that_is_asked_for_arrives(visit):
    nothing([f"{visit.name}: {what} did not arrive" for what in visit.failed])


def test_the_console_stays_silent(visit):
    nothing([f"{visit.name}: {what}" for what in visit.said])


@by_page
def test_a_page_can_be_read_without_javascript(windows, address, name):
    visit = check.Visit(windows["plain"], address, name)
    try:
        nothing(check.unreadable(visit))
    finally:
        visit.page.close()


def test_without_javascript_the_bar_hides_the_text_below_it(windows, address):
    page = windows["plain"].new_page()
    page.goto(f"{address}/{PAGES[1]}")
    bar = page.locator(".bd-header-article").first
    colour = bar.evaluate("bar => getComputedStyle(bar).backgroundColor")
    page.close()
    assert colour not in ("transparent", "rgba(0, 0, 0, 0)"), colour


# --- a few ways through the site ---


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("name", PAGES[:2])
def test_axe_finds_nothing_in_what_opens(windows, address, name, view):
    visit = check.Visit(windows[view], address, name)
    visit.show(motion="reduce")
    problems = check.problems_of_what_opens(visit)
    visit.page.close()
    nothing(problems + visit.said)


@pytest.fixture
def page(windows):
    """Return an empty page on the desktop."""
    page = windows["desktop"].new_page()
    yield page
    page.close()


def test_the_root_leads_to_the_first_page(page, address):
    page.goto(f"{address}/")
    page.wait_for_url(f"**/{LISTED[0]}.html")


def test_the_skip_link_leads_to_the_text(page, address):
    page.goto(f"{address}/{PAGES[1]}")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent").strip() == "Skip to main content"
    page.keyboard.press("Enter")
    page.wait_for_function("location.hash === '#main-content'")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")


def test_the_search_finds_pages_without_the_network(page, address):
    page.goto(f"{address}/{PAGES[1]}")
    page.keyboard.press("Control+k")
    page.keyboard.type("secant")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search.html?q=secant*")
    found = page.locator("#search-results li a").first
    found.wait_for()
    assert found.get_attribute("href")


def test_the_theme_is_switched_and_kept(page, address):
    page.emulate_media(color_scheme="light")
    page.goto(f"{address}/{PAGES[1]}")
    button, theme = (
        page.locator("button.theme-switch-button:visible").first,
        "document.documentElement.dataset.theme",
    )
    before = page.evaluate(theme)
    for _ in range(3):
        button.click()
        if page.evaluate(theme) != before:
            break
    chosen = page.evaluate(theme)
    assert chosen != before
    page.goto(f"{address}/{PAGES[2]}")
    assert page.evaluate(theme) == chosen
    page.evaluate("localStorage.clear()")


def test_ci_installs_the_browser_and_does_not_go_without():
    script = (ROOT / ".ci/run").read_text(encoding="utf-8")
    assert "export CI=true" in script


# --- the detectors themselves: each of them on a page with one fault ---

SOUND = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>A page</title>
<meta name="description" content="A small page on which there is one fault to find, or none.">
<link rel="icon" href="data:,">
<style>:focus-visible { outline: 3px solid #005 } p { max-width: 30em }</style>
</head>
<body><main class="bd-article">
<h1>A page</h1>
<p id="here">Words, and <a href="sound.html">a link</a>, and <a href="#here">an anchor</a>.</p>
<!-- fault -->
</main></body>
</html>"""
TREE = "data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA="
FIGURE = (
    '<figure><img src="{}" alt="{}"><figcaption class="caption-text">An oak</figcaption></figure>'
)

READ = {  # what stands in the files: detector -> [(fault, a word of what is said)]
    "alt_problems": [
        (f'<img src="{TREE}">', "no alt"),
        (f'<img src="{TREE}" alt="../_images/oak.png">', "is a path"),
        (FIGURE.format(TREE, "An oak"), "repeats the caption"),
        (FIGURE.format(TREE, ""), "empty alt"),
    ],
    "heading_problems": [
        ("<h3>Too deep</h3>", "follows h1"),
        ("<h1>Another</h1>", "2 headings of the first level"),
    ],
    "repeated_ids": [('<p id="here">Again.</p>', "'here' is given twice")],
    "wide_output": [
        (f'<div class="cell_output"><pre>{"7" * 46}\n{"8" * 47}</pre></div>', "47 characters"),
    ],
    "unmarked_chinese": [("<p>(Chinese: \u5bfc\u6570)</p>", "lang='zh'")],
    "broken_links": [
        ('<a href="nowhere.html">x</a>', "no file nowhere.html"),
        ('<a href="sound.html#nowhere">x</a>', "no element with id 'nowhere'"),
        ('<a href="#nowhere">x</a>', "no element with id 'nowhere'"),
        ('<img src="lost.png" alt="x">', "no file lost.png"),
        ('<script src="lost.js"></script>', "no file lost.js"),
        (f'<img srcset="{"lost.png 2x"}" src="{TREE}" alt="x">', "no file lost.png"),
        ('<a href="http://example.org/">x</a>', "https://"),
        ('<a href="https://example/">x</a>', "https://"),
    ],
    "head_problems": [],
    "outside_fetches": [
        ('<script src="https://example.org/x.js"></script>', "asks example.org"),
        ('<img src="//example.org/x.png" alt="x">', "asks example.org"),
        ('<link rel="preconnect" href="https://example.org">', "asks example.org"),
    ],
}
SEEN = {  # what is seen in a browser
    "missing_images": [
        ('<img src="lost.png" alt="A tree">', "does not arrive"),
        (
            '<p style="height:9000px"></p><img loading="lazy" src="lost.png" alt="A tree">',
            "lost.png",
        ),
    ],
    "axe_problems": [
        ("<button></button>", "button-name"),
        ("<h4>Too deep</h4>", "heading-order"),
        (
            "<style>button { width: 9px; height: 9px; padding: 0; border: 0 }</style>"
            "<div><button>a</button><button>b</button></div>",
            "target-size",
        ),
        ("</main><p>Out of every landmark.</p>", "region"),
    ],
    "contrast_problems": [
        ('<p style="color: #aaa">Pale.</p>', "color-contrast"),
        ('<p>Words <i>and <b style="color: #aaa">pale</b> ones</i>.</p>', "color-contrast"),
        ('<p style="opacity: 0.3">Pale.</p>', "color-contrast"),
        (
            '<p>So <span class="katex">sin<i style="color: #aaa">pale</i></span>.</p>',
            "color-contrast",
        ),
        ('<div style="background: #333"><p>Dark on dark.</p></div>', "color-contrast"),
        ("<details><summary>More</summary><p style='color: #aaa'>Pale.</p></details>", "contrast"),
    ],
    "sideways": [('<p style="width: 3000px; max-width: none">Wide.</p>', "3000px")],
    "focus_problems": [
        ('<a href="sound.html" style="outline: none">unseen</a>', "looks the same"),
        ('<a href="sound.html" style="position: fixed; left: -999px">away</a>', "off screen"),
        ('<b style="position: fixed; inset: 0; background: #fff"></b>', "covered"),
        (
            "<textarea aria-label='x' onkeydown='event.preventDefault()'></textarea>",
            "keeps the focus",
        ),
        (
            "<script>document.querySelectorAll('a').forEach(a => a.tabIndex = -1)</script>",
            "nowhere",
        ),
    ],
    "moving": [
        (
            "<style>@keyframes k { to { left: 9px } } h1 { animation: k 9s infinite }</style>",
            "moves",
        ),
        ("<style>html { scroll-behavior: smooth }</style>", "smoothly"),
    ],
    "unreadable": [
        (r'<span class="math">\(x^2\)</span>', "raw TeX"),
        ("<style>h1 { display: none }</style>", "not shown"),
        ("<style>p { visibility: hidden }</style>", "not shown"),
    ],
    "problems_of_what_opens": [
        (
            "<button class='dropdown-toggle' onclick='d.showModal()'>Open</button>"
            "<dialog id='d'>Words <input></dialog>",
            "label",
        ),
        (
            "<button id='pst-back-to-top' style='display: none; color: #aaa'>Back</button>",
            "contrast",
        ),
    ],
}
HEARD = {  # what a visit hears while the page is open
    "outside": [
        ('<img src="https://example.org/x.png" alt="x">', "https://example.org/x.png"),
        ("<script>fetch('https://example.org/x').catch(() => 0)</script>", "example.org"),
        ("<script>navigator.sendBeacon('https://example.org/x')</script>", "example.org"),
    ],
    "failed": [('<img src="lost.png" alt="x">', "lost.png (404)")],
    "said": [
        ("<script>console.error('help')</script>", "console error: help"),
        ("<script>console.warn('hm')</script>", "console warning: hm"),
        ("<script>throw new Error('oh')</script>", "page error: oh"),
    ],
}


def faults(table):
    return [(kind, fault, word) for kind, cases in table.items() for fault, word in cases]


@pytest.fixture(scope="module")
def small_site(tmp_path_factory):
    """Return a folder with a sound page, and its address."""
    folder = tmp_path_factory.mktemp("small")
    for name in ("index.html", "sound.html"):
        (folder / name).write_text(SOUND, encoding="utf-8")
    with served(folder) as running:
        yield folder, running


def broken_page(folder, fault):
    path = folder / f"broken-{len(list(folder.iterdir()))}.html"  # no browser has it in its cache
    path.write_text(SOUND.replace("<!-- fault -->", fault), encoding="utf-8")
    return path


@pytest.mark.parametrize("detector", READ)
def test_a_sound_file_passes_every_detector(tmp_path, detector):
    path = tmp_path / "sound.html"
    path.write_text(SOUND, encoding="utf-8")
    wanted = {"broken_links": (tmp_path, path), "outside_fetches": (tmp_path,)}.get(
        detector, (path,)
    )
    assert getattr(check, detector)(*wanted) == []


@pytest.mark.parametrize("detector, fault, word", faults(READ))
def test_a_fault_in_a_file_is_found(tmp_path, detector, fault, word):
    (tmp_path / "sound.html").write_text(SOUND, encoding="utf-8")
    path = broken_page(tmp_path, fault)
    wanted = {"broken_links": (tmp_path, path), "outside_fetches": (tmp_path,)}.get(
        detector, (path,)
    )
    found = getattr(check, detector)(*wanted)
    assert len(found) == 1 and word in found[0]


@pytest.mark.parametrize(
    "whole, part, word",
    [
        ('<html lang="en">', "<html>", "no lang"),
        ("<title>A page</title>", "<title></title>", "no <title>"),
        ('name="description"', 'name="keywords"', "no description"),
        ("<h1>A page</h1>", "", "0 headings"),
    ],
)
def test_a_page_that_says_too_little_is_found(tmp_path, whole, part, word):
    path = tmp_path / "broken.html"
    path.write_text(SOUND.replace(whole, part), encoding="utf-8")
    found = check.head_problems(path) + check.heading_problems(path)
    assert len(found) == 1 and word in found[0]


def test_a_style_sheet_that_asks_another_origin_is_found(tmp_path):
    (tmp_path / "x.css").write_text("/* url(https://a.org) */ @import 'https://example.org/x.css';")
    found = check.outside_fetches(tmp_path)
    assert len(found) == 1 and "x.css asks https://example.org/x.css" in found[0]


def look(detector, windows, address, name):
    """Open a page and let a detector look at it, in a window that suits the detector."""
    visit = check.Visit(windows["plain" if detector == "unreadable" else "desktop"], address, name)
    try:
        if detector != "unreadable":
            visit.show(motion="reduce")
        return getattr(check, detector)(visit) if detector in SEEN else getattr(visit, detector)
    finally:
        visit.page.close()


@pytest.mark.parametrize("detector", [*SEEN, *HEARD])
def test_a_sound_page_passes_every_detector(windows, small_site, detector):
    assert look(detector, windows, small_site[1], "sound.html") == []


@pytest.mark.parametrize("detector, fault, word", faults(SEEN | HEARD))
def test_a_fault_on_a_page_is_found(windows, small_site, detector, fault, word):
    folder, address = small_site
    name = broken_page(folder, fault).name
    found = look(detector, windows, address, name)
    assert any(word in problem for problem in found), found


def test_a_colour_that_is_pale_only_in_the_dark_is_found(windows, small_site):
    folder, address = small_site
    fault = "<style>@media (prefers-color-scheme: dark) { body { background: #000 } }</style>"
    visit = check.Visit(windows["desktop"], address, broken_page(folder, fault).name)
    visit.show(scheme="light")
    assert check.contrast_problems(visit) == []
    visit.show(scheme="dark")
    assert any("color-contrast" in problem for problem in check.contrast_problems(visit))
    visit.page.close()
