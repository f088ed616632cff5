"""The printed book: every page in order, one document, links that stay inside."""

import os
import re
import subprocess
import sys
import unicodedata
from collections import Counter

import pytest
from bs4 import BeautifulSoup
from pypdf import PdfReader

from conftest import ROOT
from fallline_book import browser as browsers
from fallline_book import printing
from test_book import LISTED

PAGE = """<html><head><link rel="stylesheet" href="../_static/a.css">{head}</head><body>
<nav>never printed</nav><article class="bd-article"><section id="one">
<h1>One<a class="headerlink" href="#one">#</a></h1>
<section id="two"><h2>Two</h2></section>
<p><a href="#two">here</a> <a href="other.html#x">there</a> <a href="other.html">all</a>
<a href="https://example.org/#two">outside</a> <a href="../_downloads/one.ipynb">file</a></p>
<figure aria-labelledby="two one"><img src="../_images/a.png" srcset="b.png 2x" loading="lazy">
<input type="range" id="slider"><button>Play</button><script>play()</script>
<noscript><p>still</p></noscript></figure>
<details><summary>More</summary>hidden</details>
<svg><path id="p"/><use href="#p"/><g clip-path="url(#p)"/></svg>
</section></article></body></html>"""


def article(head=""):
    soup = BeautifulSoup(PAGE.format(head=head), "html.parser")
    return printing.chapter(soup, "book/page", ["book/page", "book/other"])


@pytest.fixture(scope="module")
def book(site):
    return printing.Book(site, ROOT)


@pytest.fixture(scope="module")
def document(book):
    return BeautifulSoup(book.html(), "html.parser")


@pytest.fixture(scope="module")
def pdf(site, tmp_path_factory):
    if browsers.find_browser() is None:
        pytest.skip("no Chromium here: `make setup-browser` installs one")
    path = tmp_path_factory.mktemp("print") / "book.pdf"
    done = run(site, path)
    assert done.returncode == 0, done.stderr
    return PdfReader(path)


def text(leaf):
    """Return the words of a leaf, with letters for ligatures."""
    return unicodedata.normalize("NFKC", " ".join(leaf.extract_text().split()))


def run(site, path, **changed):
    paths = {**os.environ, "PYTHONPATH": str(ROOT / "book/_ext"), **changed}
    command = [sys.executable, "-m", "fallline_book.printing", str(site), str(path)]
    return subprocess.run(command, cwd=ROOT, env=paths, capture_output=True, text=True)


def test_links_stay_in_the_book_and_those_outside_stay_as_they_are():
    links = {link.text: link["href"] for link in article()("a")}
    assert links == {
        "here": "#book-page-two",
        "there": "#book-other-x",
        "all": "#book-other",
        "outside": "https://example.org/#two",
    }  # a file beside the site cannot be reached from paper


def test_a_file_of_the_site_is_linked_where_the_site_has_an_address():
    head = '<link rel="canonical" href="https://example.org/book/page.html">'
    links = [link["href"] for link in article(head)("a")]
    assert "https://example.org/_downloads/one.ipynb" in links


def test_marks_are_unique_and_what_refers_to_them_follows():
    printed = article()
    marks = [element["id"] for element in printed(id=True)]
    assert marks == ["book-page-one", "book-page-two", "book-page-p"]
    assert printed["id"] == "book-page"
    assert printed.figure["aria-labelledby"] == "book-page-two book-page-one"
    assert printed.use["href"] == "#book-page-p"
    assert printed.g["clip-path"] == "url(#book-page-p)"


def test_controls_go_and_a_still_and_what_is_folded_stay():
    printed = article()
    assert not printed(["button", "input", "script", "noscript"])
    assert "still" in printed.figure.text and printed.details.has_attr("open")
    assert printed.img.attrs == {"src": "/_images/a.png", "srcset": "/book/b.png 2x"}


def test_every_page_of_the_book_is_printed_in_order(document):
    printed = [page["id"] for page in document("article")]
    assert printed == [printing.slug(page) for page in LISTED]


def test_pages_below_a_page_follow_it(tmp_path):
    toc = "format: jb-book\nroot: a\nchapters:\n- file: b\n  sections:\n  - file: c\n- file: d\n"
    (tmp_path / "_toc.yml").write_text(toc, encoding="utf-8")
    assert printing.parts(tmp_path / "_toc.yml") == [("", ["a"]), ("", ["b", "c", "d"])]


def test_every_mark_is_unique_and_every_link_has_its_mark(document):
    marks = Counter(element["id"] for element in document(id=True))
    assert [mark for mark, count in marks.items() if count > 1] == []
    links = [link["href"] for link in document("a", href=True)]
    inside = [link[1:] for link in links if link.startswith("#")]
    assert [mark for mark in inside if mark not in marks] == []
    assert all(link.startswith(("#", "https://", "http://", "mailto:")) for link in links)
    assert len(inside) > 100


def test_every_image_and_style_of_the_document_exists(document, site):
    files = [image["src"] for image in document("img", src=True)]
    files += [link["href"] for link in document("link", rel="stylesheet")]
    files = [file.split("?")[0] for file in files if not file.startswith("data:")]
    assert [file for file in files if not (site / file.lstrip("/")).is_file()] == []
    assert not document(["script", "button", "input"])


def test_the_pdf_says_what_it_is(pdf, book):
    assert pdf.metadata.title.startswith(book.edition.title)
    assert pdf.metadata.author == book.edition.author
    assert str(pdf.metadata.creation_date.date()) == str(book.edition.date)
    assert pdf.trailer["/Root"]["/MarkInfo"]["/Marked"] and pdf.trailer["/Root"]["/Lang"] == "en"


def test_bookmarks_are_the_parts_pages_and_sections(pdf, book):
    titles = [entry.title for entry in pdf.outline if not isinstance(entry, list)]
    captions = [caption for caption, _ in book.parts if caption]
    assert titles[1:] == captions
    first = pdf.outline[titles.index(captions[0]) + 2]
    pages = [entry.title for entry in first if not isinstance(entry, list)]
    wanted = [
        printing.plain(printing.headings(book.articles, page)[0][1]) for page in book.parts[1][1]
    ]
    assert pages == wanted


def test_the_contents_name_the_leaf_on_which_a_heading_stands(pdf, book):
    leaves = printing.places(pdf)
    (first, _), _ = printing.headings(book.articles, LISTED[0])
    contents = "\n".join(text(page) for page in pdf.pages[1 : leaves[first][0] - 1])
    for page in LISTED[1:]:
        (mark, inside), _ = printing.headings(book.articles, page)
        title, (leaf, _) = printing.plain(inside), leaves[mark]
        assert title.split(". ")[-1] in text(pdf.pages[leaf - 1])
        assert re.search(rf"{re.escape(title)}\s*{leaf}\b", contents), title


def test_a_browser_that_is_missing_is_named_in_one_sentence(site, tmp_path):
    nothing = {"PATH": str(tmp_path), "PLAYWRIGHT_BROWSERS_PATH": str(tmp_path)}
    done = run(site, tmp_path / "book.pdf", FALLLINE_BROWSER="", **nothing)
    assert done.returncode == 1 and "make setup-browser" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_site_that_is_missing_is_named_in_one_sentence(tmp_path):
    done = run(tmp_path, tmp_path / "book.pdf")
    assert done.returncode == 1 and "build the site with `make site`" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_page_read_in_the_dark_is_printed_light(browser, address):
    page = browser.new_page(color_scheme="dark")
    page.goto(f"{address}/book/derivative.html")
    theme = "document.documentElement.dataset.theme"
    assert page.evaluate(theme) == "dark"
    page.evaluate(f"addEventListener('beforeprint', () => (window.seen = {theme}))")
    page.pdf()
    assert page.evaluate("window.seen") == "light"
    assert page.evaluate(theme) == "dark"
    page.close()
