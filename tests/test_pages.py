"""What makes the site comfortable to read: its head, its search, its page for a wrong address."""

import http.client
import json
import os
import re
import subprocess
import sys
import urllib.request
from io import BytesIO
from types import SimpleNamespace
from urllib.error import HTTPError
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest
from bs4 import BeautifulSoup
from PIL import Image
from sphinx.errors import ConfigError

from conftest import ROOT
from fallline_book import address as addresses
from fallline_book.node import node_path
from fallline_book.pages import absolute
from fallline_book.preview import SIZE, draw_card
from fallline_book.serve import site_prefix

WRITTEN = sorted(path.stem for path in (ROOT / "book").glob("*.md"))
SIZES = {"desktop": (1280, 900), "tablet": (820, 1180), "phone": (390, 844)}

by_page = pytest.mark.parametrize("name", WRITTEN)
by_size = pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)


@pytest.fixture(scope="session")
def read(site):
    """Return a reader of built pages."""
    return lambda name: BeautifulSoup((site / name).read_text(encoding="utf-8"), "html.parser")


@pytest.fixture(scope="session")
def home(site, read):
    """Return the site's address, as the built pages name it."""
    return (
        read("book/index.html")
        .select_one("link[rel=canonical]")["href"]
        .removesuffix("book/index.html")
    )


def content(soup, name):
    found = soup.select(f"meta[name='{name}'], meta[property='{name}']")
    return found[0]["content"] if found else None


# What a page says of itself


@by_page
def test_a_page_names_its_address_title_description_and_card(name, read, home, site):
    soup = read(f"book/{name}.html")
    place = f"{home}book/{name}.html"
    assert [link["href"] for link in soup.select("link[rel=canonical]")] == [place]
    assert content(soup, "og:url") == place
    assert content(soup, "og:title") in soup.title.get_text()
    assert content(soup, "og:description") == content(soup, "description")
    assert len(soup.select("meta[name=description]")) == 1
    assert not re.search(r"[\\$]|\{|_\w+\}", content(soup, "og:description")), "raw TeX"
    assert content(soup, "twitter:card") == "summary_large_image"
    assert content(soup, "og:image:alt")
    card = site / content(soup, "og:image").removeprefix(home)
    assert card.stat().st_size <= 60_000
    with Image.open(card) as image:
        assert image.size == SIZE and image.format == "PNG"
        assert content(soup, "og:image:width") == str(image.width)


@pytest.mark.parametrize("name", [*(f"book/{n}" for n in WRITTEN), "404", "search"])
def test_every_page_has_a_language_an_icon_and_the_colour_of_its_frame(name, read, site):
    soup = read(f"{name}.html")
    assert soup.html["lang"] == "en"
    schemes = {meta["media"]: meta["content"] for meta in soup.select("meta[name=theme-color]")}
    assert len(set(schemes.values())) == len(schemes) == 2
    assert content(soup, "description")
    for kind in ("icon", "apple-touch-icon"):
        place = urlsplit(soup.select_one(f"link[rel='{kind}']")["href"]).path
        folder = site if place.startswith("/") else (site / name).parent
        assert (folder / place.lstrip("/")).is_file(), kind
    assert (site / "favicon.ico").is_file()


def test_a_wrong_address_and_a_search_are_kept_out_of_search_engines(read):
    for name in ("404", "search"):
        assert content(read(f"{name}.html"), "robots") == "noindex"
        assert not read(f"{name}.html").select("link[rel=canonical]")


def test_the_sitemap_lists_what_was_written_and_nothing_else(site, home):
    text = (site / "sitemap.xml").read_text(encoding="utf-8")
    listed = [node.text for node in ElementTree.fromstring(text).iter() if node.tag.endswith("loc")]
    assert listed == [f"{home}book/{name}.html" for name in WRITTEN]
    assert "lastmod" not in text
    assert f"Sitemap: {home}sitemap.xml" in (site / "robots.txt").read_text(encoding="utf-8")


def test_a_card_is_drawn_the_same_way_twice():
    options = {"book": "B", "address": "a.example", "logo": str(ROOT / "book/_static/logo.svg")}
    first, again = (draw_card("A title", "Some words.", kind=1, **options) for _ in range(2))
    assert first == again
    other = draw_card("Another title", "Some words.", kind=1, **options)
    assert first != other
    with Image.open(BytesIO(first)) as card:
        assert len(card.convert("RGB").getcolors()) > 8, "colours, and not only paper"


# The site's address


def settled(monkeypatch, baseurl, variable=""):
    monkeypatch.setenv(addresses.VARIABLE, variable)
    config = SimpleNamespace(html_baseurl=baseurl)
    addresses.settle(None, config)
    return config


def test_the_environment_goes_before_the_setting(monkeypatch):
    config = settled(monkeypatch, "https://a.example", "https://b.example/course")
    assert config.html_baseurl == "https://b.example/course/"
    assert addresses.prefix(config) == "/course/"
    config = settled(monkeypatch, "https://a.example")
    assert config.html_baseurl == "https://a.example/"
    assert addresses.prefix(config) == "/"
    assert settled(monkeypatch, "").html_baseurl == ""


@pytest.mark.parametrize("wrong", ["a.example", "ftp://a.example/", "https://", "https://a/?b"])
def test_an_address_that_is_none_is_named(monkeypatch, wrong):
    with pytest.raises(ConfigError, match="FALLLINE_URL"):
        settled(monkeypatch, "https://a.example/", wrong)
    with pytest.raises(ConfigError, match=r"html: baseurl in _config\.yml"):
        settled(monkeypatch, wrong)


# The page for a wrong address


def test_a_link_of_the_page_for_a_wrong_address_begins_at_the_root_of_the_host(site, read):
    soup = read("404.html")
    links = [tag[kind] for kind in ("href", "src", "action") for tag in soup.select(f"[{kind}]")]
    assert len(links) > 30
    assert all(re.match(r"/|#|https?:", link) for link in links)
    for link in links:
        path = urlsplit(link).path
        assert not path or (site / path.lstrip("/")).exists(), link
    assert soup.html["data-content_root"] == "/"


def test_links_begin_at_the_folder_where_the_site_lies():
    page = '<html data-content_root="./"><link href=a.css><img src="./b.png"><a href="https://c/">'
    assert absolute(page, "/d/") == (
        '<html data-content_root="/d/"><link href=/d/a.css><img src="/d/b.png">'
        '<a href="https://c/">'
    )


def test_without_a_script_all_pages_and_a_search_are_there(read):
    main = read("404.html").select_one("main")
    listed = {urlsplit(link["href"]).path for link in main.select("a[data-page]")}
    assert listed == {f"/book/{name}.html" for name in WRITTEN}
    assert main.select_one("form input[name=q]") and main.select_one("form label")
    assert main.select_one("[data-asked]").has_attr("hidden")


@pytest.mark.parametrize(
    "path",
    [
        "/book/derivativx.html",
        "/book/derivative",
        "/a/b/c/d/e.html",
        "/%ff",
        "/%00",
        "/%E4%B8%AD%E6%96%87",
        "/a%0d%0ab",
        "/_static/",
        "//book",
        "/../../../etc/passwd",
        "/..%2f..%2f..%2fetc%2fpasswd",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/" + 5000 * "a",
    ],
)
def test_every_wrong_address_is_answered_by_the_page_for_it(path, address, site):
    place = urlsplit(address)
    connection = http.client.HTTPConnection(place.hostname, place.port, timeout=30)
    connection.request("GET", path)
    answer = connection.getresponse()
    assert answer.status == 404
    assert answer.getheader("Content-Type").startswith("text/html")
    assert answer.read() == (site / "404.html").read_bytes()
    connection.close()


def test_a_folder_shows_its_first_page(address, site):
    for path, file in (
        ("/book/", "book/index.html"),
        ("/book", "book/index.html"),
        ("/", "index.html"),
    ):
        with urllib.request.urlopen(address + path) as answer:
            assert answer.read() == (site / file).read_bytes()


def test_a_site_for_a_folder_of_a_host_is_served_there_too(tmp_path):
    (tmp_path / "index.html").write_text("home")
    (tmp_path / "404.html").write_text('<html lang="en" data-content_root="/course/">wrong')
    assert site_prefix(tmp_path) == "/course/"
    command = [sys.executable, "-u", "-m", "fallline_book.serve", str(tmp_path), "--port", "0"]
    paths = {**os.environ, "PYTHONPATH": str(ROOT / "book/_ext")}
    with subprocess.Popen(command, env=paths, stdout=subprocess.PIPE, text=True) as server:
        root = re.search(r"http://[\d.:]+", server.stdout.readline())[0]
        try:
            for path in ("/", "/index.html", "/course/", "/course/index.html"):
                with urllib.request.urlopen(root + path) as answer:
                    assert answer.read() == b"home"
            with pytest.raises(HTTPError) as wrong:
                urllib.request.urlopen(f"{root}/course/none.html")
            assert wrong.value.code == 404 and wrong.value.read().endswith(b"wrong")
            wrong.value.close()
        finally:
            server.terminate()


@pytest.mark.parametrize(
    "wrong, first",
    [
        ("/book/derivativx.html", "derivative"),
        ("/derivative/", "derivative"),
        ("/x/y/Gradients.htm", "gradient"),
        ("/book/notations.html", "notation"),
        ("/book/mistaks", "mistakes"),
        ("/numbers", "differences"),
        ("/wp-login.php", None),
        ("/", None),
    ],
)
def test_the_nearest_page_is_found_by_its_name(wrong, first, read):
    pages = [
        {"path": urlsplit(link["href"]).path, "title": link.get_text()}
        for link in read("404.html").select("a[data-page]")
    ]
    script = (
        f"import {{ nearest }} from {json.dumps((ROOT / 'book/_static/notfound.js').as_uri())};"
        f"console.log(JSON.stringify(nearest({json.dumps(wrong)}, {json.dumps(pages)})))"
    )
    command = [node_path(), "--disable-warning=MODULE_TYPELESS_PACKAGE_JSON"]
    done = subprocess.run(
        [*command, "--input-type=module", "-e", script], capture_output=True, text=True, check=True
    )
    found = [page["path"] for page in json.loads(done.stdout)]
    assert len(found) <= 3
    assert found[:1] == ([f"/book/{first}.html"] if first else [])


# In a browser


@pytest.fixture
def visit(browser, address, request):
    """Return a function that opens a page in a window of a size, and watches it."""
    opened = []

    def opener(path, size=SIZES["desktop"], **options):
        context = browser.new_context(
            viewport=dict(zip(("width", "height"), size, strict=True)), **options
        )
        opened.append(context)
        page = context.new_page()
        page.failed = []
        page.on("pageerror", lambda error: page.failed.append(str(error)))
        page.on(
            "response",
            lambda r: page.failed.append(r.url) if r.status >= 400 and r.url != page.url else None,
        )
        page.goto(address + path)
        return page

    yield opener
    for context in opened:
        context.close()


def fits(page):
    return page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@by_size
def test_a_wrong_address_is_shown_with_the_page_that_was_meant(size, visit, address):
    page = visit("/book/of/old/derivativx.html", size)
    assert "/book/of/old/derivativx.html" in page.locator("[data-asked]").inner_text()
    nearest = page.locator("[data-nearest] a").first
    assert nearest.get_attribute("href") == "/book/derivative.html"
    assert fits(page)
    own = [url for url in page.failed if url.startswith(address)]
    assert all("derivativx." in url for url in own), "all that the page needs is found"
    nearest.click()
    page.wait_for_url("**/book/derivative.html")
    assert "derivative" in page.title()


def test_a_wrong_address_is_text_and_never_markup(visit):
    page = visit("/book/%3Cimg%20src=x%20onerror=alert(1)%3E%ff")
    assert page.locator("[data-asked] img").count() == 0
    assert "%3Cimg" in page.locator("[data-asked]").inner_text()
    page = visit("/book/%3Cb%3Ebold%3C/b%3E")
    assert page.locator("[data-asked] b").count() == 0
    assert "<b>bold</b>" in page.locator("[data-asked]").inner_text()


def test_the_search_of_the_page_for_a_wrong_address_searches(visit):
    page = visit("/deep/in/nowhere")
    page.get_by_label("Search the book").fill("secant")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search.html?q=secant")
    page.locator("ul.search > li").first.wait_for()


@pytest.mark.parametrize(
    "query, found",
    [
        ("secant", "book/derivative.html"),
        ("secant_slope", "book/library.html#fallline.derivative.secant_slope"),
        ("fallline.derivative.descent_1d", "book/library.html#fallline.derivative.descent_1d"),
        ("∇", "book/gradient.html"),
        ("η", "book/derivative.html"),
        ("rounding", "book/differences.html"),
    ],
)
def test_words_signs_and_names_of_functions_are_found(query, found, visit):
    page = visit(f"/search.html?q={urllib.request.quote(query)}")
    page.locator("ul.search > li").first.wait_for()
    page.wait_for_function("document.querySelector('.search-summary').textContent")
    links = page.locator("ul.search > li > a").evaluate_all("l => l.map(a => a.href)")
    assert any(found in link for link in links), links
    assert page.title().startswith(query)
    assert page.locator(".search-help").count() == 0


@by_size
def test_nothing_found_says_what_to_try(size, visit):
    page = visit("/search.html?q=xyzzyqq", size)
    page.locator(".search-help").wait_for()
    assert "Try one word instead of several" in page.locator(".search-help").inner_text()


def test_a_search_needs_no_mouse(visit):
    page = visit("/book/gradient.html")
    page.keyboard.press("Control+k")
    page.keyboard.type("saddle")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search.html?q=saddle*")
    first = page.locator("ul.search > li > a").first
    first.wait_for()
    first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/book/*.html*")


@by_size
def test_the_foot_of_a_chapter_leads_on_and_back(size, visit):
    page = visit("/book/differences.html", size)
    foot = page.locator(".prev-next-footer")
    before, after = foot.locator("a.left-prev"), foot.locator("a.right-next")
    assert before.get_attribute("href") == "derivative.html"
    after.scroll_into_view_if_needed()
    after.click()
    page.wait_for_url("**/book/gradient.html")


def test_a_copy_button_works_by_keyboard(visit):
    page = visit("/book/derivative.html", permissions=["clipboard-read", "clipboard-write"])
    button = page.locator("div.cell_input button.copybtn").first
    button.focus()
    page.keyboard.press("Enter")
    page.locator("button.copybtn.success").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("import numpy as np\nfrom fallline.derivative import secant_slope")


@by_size
def test_light_and_dark_are_remembered(size, visit, address):
    page = visit("/book/derivative.html", size, color_scheme="light")
    mode = "document.documentElement.dataset.theme"
    for _ in range(3):
        page.locator("button.theme-switch-button:visible").first.click()
        if page.evaluate(mode) == "dark":
            break
    assert page.evaluate(mode) == "dark"
    page.goto(f"{address}/book/gradient.html")
    assert page.evaluate(mode) == "dark"


@by_size
def test_the_ways_to_open_the_exercises_fit_a_page(size, visit):
    page = visit("/book/derivative.html", size)
    links = page.locator("ul.practice a")
    links.first.scroll_into_view_if_needed()
    assert links.count() == 2 and fits(page)
    with page.expect_download() as waiting:
        links.last.click()
    assert waiting.value.suggested_filename == "derivative-chapter.ipynb"
