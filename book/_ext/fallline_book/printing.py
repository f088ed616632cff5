"""The whole book as one PDF, printed from the built site: `make pdf`."""

import argparse
import datetime
import io
import json
import logging
import posixpath
import re
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import yaml
from bs4 import BeautifulSoup
from markupsafe import escape
from pypdf import PdfReader, PdfWriter
from pypdf.generic import Fit
from sphinx_external_toc.parsing import parse_toc_yaml

from .browser import chromium
from .mathematics import plain

STYLE = Path(__file__).with_suffix(".css")
ORIGIN = "http://book.invalid"  # never asked: every file is handed over from the disk
PATIENCE = 600_000  # milliseconds for the whole book to load, on a slow machine too
REFERS = ("for", "headers", "list", "aria-controls", "aria-describedby", "aria-details")
REFERS += ("aria-labelledby", "aria-owns")
LIVE = "script, template, button, input, select, textarea, canvas, a.headerlink"

BOOK = """<!DOCTYPE html>
<html lang="{language}" data-theme="light">
<head>
<meta charset="utf-8">
<title>{title}</title>
{sheets}
<style>{style}
{running}</style>
</head>
<body>
<header class="title-page">
{logo}
<p class="book-title">{title}</p>
<p class="book-subtitle">{subtitle}</p>
<p class="book-author">{author}</p>
<p class="book-edition">Version {version}, {date}</p>
</header>
<nav class="book-contents"><h1>Contents</h1>
{contents}
</nav>
<div class="bd-content"><main class="bd-article-container">
{chapters}
</main></div>
</body>
</html>
"""


def parts(toc):
    """Return what `_toc.yml` lists: pairs of a part's caption and its pages, in order."""
    site_map = parse_toc_yaml(toc)

    def below(name):
        for tree in site_map[name].subtrees:
            for item in map(str, tree.items):
                if item in site_map:
                    yield item
                    yield from below(item)

    found = [("", [str(site_map.root.docname)])]
    for tree in site_map.root.subtrees:
        names = [str(item) for item in tree.items if str(item) in site_map]
        found.append((tree.caption or "", [n for name in names for n in (name, *below(name))]))
    return found


def slug(page):
    """Return the mark of a page in the one document."""
    return page.replace("/", "-")


def read(path):
    """Return a page of the site."""
    if not path.exists():
        raise FileNotFoundError(f"{path} is missing: build the site with `make site`")
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


def chapter(soup, page, pages):
    """Return a page's article for print: marks of its own, links that stay in the book."""
    article = soup.find("article", class_="bd-article")
    for element in article.select(LIVE):
        element.decompose()
    for element in article("noscript"):
        element.unwrap()
    for element in article("details"):
        element["open"] = ""
    for element in article.find_all(True):
        _mark(element, slug(page))
        _locate(element, page)
    canonical = soup.find("link", rel="canonical")
    for link in article("a", href=True):
        _stay(link, page, pages, canonical and canonical["href"])
    article["id"] = slug(page)
    article["style"] = f"page: {slug(page)}"
    return article


def _mark(element, mark):
    """Make the names in an element unique in the book."""
    if element.get("id"):
        element["id"] = f"{mark}-{element['id']}"
    for name in REFERS:
        if element.get(name):
            value = element[name]
            words = value if isinstance(value, list) else value.split()
            element[name] = " ".join(f"{mark}-{word}" for word in words)
    for name, value in element.attrs.items():
        if isinstance(value, str) and "url(#" in value:
            element[name] = value.replace("url(#", f"url(#{mark}-")
        if name in ("href", "xlink:href") and element.name != "a" and value.startswith("#"):
            element[name] = f"#{mark}-{value[1:]}"


def _locate(element, page):
    """Name the files of an element from the root of the site, to be loaded at once."""
    element.attrs.pop("loading", None)
    for name in ("src", "poster"):
        if element.get(name):
            element[name] = urljoin(f"/{page}.html", element[name])
    if element.get("srcset"):
        entries = [entry.split(maxsplit=1) for entry in element["srcset"].split(",")]
        places = [[urljoin(f"/{page}.html", place), *size] for place, *size in entries]
        element["srcset"] = ", ".join(" ".join(place) for place in places)


def _stay(link, page, pages, canonical):
    """Turn a link to a page into one inside the book; drop one that would lead nowhere."""
    address = urlsplit(link["href"])
    if address.scheme or address.netloc:
        return
    here = posixpath.normpath(posixpath.join("/", posixpath.dirname(page), address.path))
    target = page if not address.path else unquote(here)[1:].removesuffix(".html")
    if target in pages:
        link["href"] = "#" + "-".join(filter(None, (slug(target), address.fragment)))
    elif canonical:
        link["href"] = urljoin(canonical, link["href"])
    else:
        link.unwrap()


def _heading(section):
    """Return the inside of a section's heading, for the contents."""
    heading = BeautifulSoup(str(section.find(re.compile("^h[12]$"))), "html.parser")
    for element in heading.find_all(True):
        element.attrs.pop("id", None)
    for element in heading("a"):
        element.unwrap()
    return heading.find().decode_contents()


def headings(articles, page):
    """Return a page's own heading and those of its sections: pairs of mark and inside."""
    sections = articles[page].select("section > section")
    below = [part for part in sections if part.find("h2", recursive=False)]
    return (slug(page), _heading(articles[page])), [(part["id"], _heading(part)) for part in below]


def contents(book, articles, numbers):
    """Return the table of contents; `numbers` says on which leaf a mark is."""

    def line(mark, inside):
        leaf = f'<span class="leaf">{numbers.get(mark, "")}</span>'
        return f'<a href="#{mark}"><span>{inside}</span>{leaf}</a>'

    lines = []
    for caption, pages in book:
        lines.append(f"<p>{escape(caption)}</p><ol>" if caption else "<ol>")
        for page in pages:
            own, below = headings(articles, page)
            items = "".join(f"<li>{line(*part)}</li>" for part in below)
            lines.append(f"<li>{line(*own)}" + (f"<ol>{items}</ol></li>" if items else "</li>"))
        lines.append("</ol>")
    return "\n".join(lines)


def add_outline(writer, book, articles, places):
    """Give the PDF its bookmarks: parts, pages, sections."""

    def add(mark, inside, parent=None):
        leaf, top = places[mark]
        fit = Fit.xyz(left=0, top=top)
        return writer.add_outline_item(
            title=plain(inside), page_number=leaf - 1, parent=parent, fit=fit
        )

    for caption, pages in book:
        part = add(slug(pages[0]), str(escape(caption))) if caption else None
        for page in pages:
            own, below = headings(articles, page)
            parent = add(*own, part)
            for section in below:
                add(*section, parent)


def running_heads(articles):
    """Return the rules that put a page's title over its leaves."""
    rule = "@page {} {{ @top-right {{ content: {}; }} }}"
    return "\n".join(
        rule.format(slug(page), json.dumps(plain(_heading(article)), ensure_ascii=False))
        for page, article in articles.items()
    )


class Edition:
    """What the title page and the file say of the book; all of it is in its sources."""

    def __init__(self, root):
        root = Path(root)
        config = yaml.safe_load((root / "_config.yml").read_text(encoding="utf-8"))
        citation = yaml.safe_load((root / "CITATION.cff").read_text(encoding="utf-8"))
        self.title, self.author, self.logo = config["title"], config["author"], config.get("logo")
        self.language = config.get("sphinx", {}).get("config", {}).get("language", "en")
        subtitle = citation["title"].removeprefix(self.title).lstrip(": ")
        self.subtitle = subtitle[:1].upper() + subtitle[1:]
        self.version, self.date = citation["version"], citation["date-released"]
        self.keywords = ", ".join(citation.get("keywords", []))

    def metadata(self):
        """Return the entries of the PDF's own card."""
        date = datetime.date.fromisoformat(str(self.date)).strftime("D:%Y%m%d000000Z")
        return {
            "/Title": f"{self.title}: {self.subtitle}",
            "/Author": self.author,
            "/Keywords": self.keywords,
            "/CreationDate": date,
            "/ModDate": date,
        }


class Book:
    """The pages of a built site, ready for one document."""

    def __init__(self, site, root="."):
        self.site, self.edition = Path(site), Edition(root)
        self.parts = parts(Path(root, "_toc.yml"))
        pages = [page for _, pages in self.parts for page in pages]
        soups = {page: read(self.site / f"{page}.html") for page in pages}
        sheets = [
            urljoin(f"/{page}.html", link["href"])
            for page, soup in soups.items()
            for link in soup.select('link[rel~="stylesheet"]')
        ]
        self.sheets = list(dict.fromkeys(sheets))
        self.articles = {page: chapter(soup, page, pages) for page, soup in soups.items()}

    def html(self, numbers=()):
        """Return the book as one document; `numbers` says on which leaf a mark is."""
        edition = self.edition
        logo = edition.logo and self.site / "_static" / Path(edition.logo).name
        image = f'<img src="/_static/{logo.name}" alt="">' if logo and logo.exists() else ""
        return BOOK.format(
            language=edition.language,
            title=escape(edition.title),
            subtitle=escape(edition.subtitle),
            author=escape(edition.author),
            version=edition.version,
            date=edition.date,
            logo=image,
            sheets="\n".join(f'<link rel="stylesheet" href="{escape(s)}">' for s in self.sheets),
            style=STYLE.read_text(encoding="utf-8"),
            running=running_heads(self.articles),
            contents=contents(self.parts, self.articles, dict(numbers)),
            chapters="\n".join(str(article) for article in self.articles.values()),
        )

    def print(self, path):
        """Write the PDF: printed once for the numbers of the leaves, and once with them."""
        with chromium() as browser:
            page = browser.new_page()
            page.route("**/*", self._hand_over)
            numbers = {mark: leaf for mark, (leaf, _) in places(self._print(page)).items()}
            printed = self._print(page, numbers)
        logging.getLogger("pypdf").setLevel(logging.ERROR)  # it counts the tags, and is surprised
        writer = PdfWriter(clone_from=printed)
        add_outline(writer, self.parts, self.articles, places(printed))
        writer.page_mode = "/UseOutlines"
        writer.add_metadata(self.edition.metadata())
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        writer.write(path)
        return len(printed.pages)

    def _print(self, page, numbers=()):
        self.document = self.html(numbers)
        page.goto(f"{ORIGIN}/", wait_until="load", timeout=PATIENCE)
        page.evaluate("document.fonts.ready.then(() => true)")
        # Bookmarks are added later: Chromium says twice what stands at the top of a leaf.
        printed = page.pdf(prefer_css_page_size=True, print_background=True, tagged=True)
        return PdfReader(io.BytesIO(printed))

    def _hand_over(self, route):
        """Give the browser the book and the files of its site, and nothing else."""
        address = urlsplit(route.request.url)
        path = self.site / unquote(address.path).lstrip("/")
        if f"{address.scheme}://{address.netloc}" != ORIGIN:
            route.abort()
        elif address.path == "/":
            route.fulfill(body=self.document, content_type="text/html; charset=utf-8")
        elif path.is_file():
            route.fulfill(path=path)
        else:
            route.fulfill(status=404, body="")


def places(reader):
    """Return for each mark that a link leads to its leaf, from 1, and its height there."""
    return {
        mark.lstrip("/"): (reader.get_destination_page_number(place) + 1, place.top)
        for mark, place in reader.named_destinations.items()
    }


def main():
    """Print the book."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("site", type=Path, help="the folder of the built site")
    parser.add_argument("pdf", type=Path, help="the file to write")
    options = parser.parse_args()
    try:
        count = Book(options.site).print(options.pdf)
    except FileNotFoundError as error:
        raise SystemExit(f"The book was not printed: {error}") from error
    print(f"{options.pdf}: {count} pages, {options.pdf.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
