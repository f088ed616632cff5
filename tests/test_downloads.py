"""The notebooks that a page offers, and the ways to open its exercises."""

import json
import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import nbformat
import pytest
import yaml
from bs4 import BeautifulSoup
from sphinx.errors import ConfigError

from conftest import ROOT, STEMS
from fallline_book.practice import EXAMPLE, Repository, launch_url, settle

by_stem = pytest.mark.parametrize("stem", STEMS)

INLINE = re.compile(r"(?<![\\$])\$([^$]+)\$(?!\$)")
DISPLAY = re.compile(r"\$\$(.*?)\$\$", re.DOTALL)


@pytest.fixture(scope="session")
def chapter(site):
    """Return a reader of chapters as notebooks."""
    return lambda stem: nbformat.read(site / f"book/{stem}.ipynb", as_version=4)


@pytest.fixture(scope="session")
def page(site):
    """Return a reader of built pages."""
    return lambda name: BeautifulSoup((site / name).read_text(encoding="utf-8"), "html.parser")


def texts(notebook):
    return [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]


def prose(notebook):
    """Return the text of a notebook without its formulas and code."""
    text = re.sub(r"```.*?```", "", "\n\n".join(texts(notebook)), flags=re.DOTALL)
    text = re.sub(r"(`+).+?\1", "", text)
    return INLINE.sub("", DISPLAY.sub("", text))


RUN = """
import json, sys
from IPython.core.interactiveshell import InteractiveShell

shell = InteractiveShell.instance()
kinds = []
for cell in json.load(open(sys.argv[1], encoding="utf-8"))["cells"]:
    if cell["cell_type"] == "code":
        done = shell.run_cell("".join(cell["source"]), store_history=True)
        done.raise_error()
        kinds.append(type(done.result).__name__)
print("\\n" + json.dumps(kinds))
"""


@by_stem
def test_a_chapter_runs_as_a_notebook_and_its_figures_to_explore_are_live(stem, site, tmp_path):
    (tmp_path / f"{stem}.ipynb").write_bytes((site / f"book/{stem}.ipynb").read_bytes())
    own = {name: value for name, value in os.environ.items() if name != "FALLLINE_BOOK"}
    own |= {"MPLBACKEND": "agg", "IPYTHONDIR": str(tmp_path / "profile")}
    command = [sys.executable, "-c", RUN, f"{stem}.ipynb"]
    done = subprocess.run(command, cwd=tmp_path, env=own, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    kinds = json.loads(done.stdout.splitlines()[-1])
    cells = nbformat.read(tmp_path / f"{stem}.ipynb", as_version=4).cells
    code = [cell.source for cell in cells if cell.cell_type == "code"]
    for source, kind in zip(code, kinds, strict=True):
        if re.search(r"^explore\(", source, re.M):
            assert kind == "interactive", source


@by_stem
def test_a_chapter_as_a_notebook_has_the_cells_that_the_page_shows(stem, chapter, page):
    shown = page(f"book/{stem}.html").select("div.cell_input pre")
    code = [cell for cell in chapter(stem).cells if cell.cell_type == "code"]
    assert [cell.source.split() for cell in code] == [pre.get_text().split() for pre in shown]
    assert all(not cell.outputs and cell.execution_count is None for cell in code)


@by_stem
def test_a_chapter_as_a_notebook_is_valid_and_its_cells_keep_their_ids(stem, site):
    raw = json.loads((site / f"book/{stem}.ipynb").read_text(encoding="utf-8"))
    nbformat.validate(raw)
    assert (raw["nbformat"], raw["nbformat_minor"]) == (4, 5)
    ids = [cell["id"] for cell in raw["cells"]]
    assert ids[:2] == ["about", "text-1"] and len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"about|(text|code)-\d+", name) for name in ids)


@by_stem
def test_a_chapter_as_a_notebook_holds_no_markup_that_jupyter_does_not_know(stem, chapter):
    text = prose(chapter(stem))
    assert not re.search(r"\{[a-z:-]+\}", text), "a role or a directive"
    assert not re.search(r"^(:::|```|\(.*\)=$|\+\+\+|---$)", text, re.MULTILINE)
    assert not re.search(r"</?[a-zA-Z][^>]*>", re.sub(r"<https?://[^>]*>", "", text)), "HTML"
    assert "$" not in text.replace("\\$", ""), "a formula that does not end"
    assert "](#" not in text and "](.." not in text


@by_stem
def test_formulas_and_their_numbers_are_those_of_the_page(stem, chapter, page):
    def plain(formula):
        return "".join(formula.split())

    text = re.sub(r"```.*?```", "", "\n\n".join(texts(chapter(stem))), flags=re.DOTALL)
    article = page(f"book/{stem}.html").select_one("article")
    shown = {plain(node.get_text()) for node in article.select("annotation")}
    shown |= {plain(node.get_text())[2:-2] for node in article.select("span.math")}
    inline = Counter(map(plain, INLINE.findall(DISPLAY.sub("", text))))
    displays = DISPLAY.findall(text)
    assert len(displays) == len(article.select(".katex-display"))
    assert sum(inline.values()) + len(displays) == len(article.select("annotation"))
    assert set(inline) <= shown
    for formula in [*displays, *inline]:
        bare = re.sub(r"\\[{}]", "", formula)
        assert bare.count("{") == bare.count("}"), formula
        assert Counter(re.findall(r"\\begin(\{\w+\*?\})", formula)) == Counter(
            re.findall(r"\\end(\{\w+\*?\})", formula)
        )
    tags = [number for formula in displays for number in re.findall(r"\\tag\{([^}]*)\}", formula)]
    numbers = [re.search(r"[\d.]+", node.get_text())[0] for node in article.select("span.eqno")]
    labels = (ROOT / f"book/{stem}.md").read_text(encoding="utf-8").count(":label:")
    assert tags == numbers and len(tags) == labels > 0


@by_stem
def test_the_first_cell_says_what_the_notebook_is_and_how_to_get_the_package(stem, chapter, page):
    about = chapter(stem).cells[0].source
    title = page(f"book/{stem}.html").select_one("meta[property='og:title']")["content"]
    assert f"*{title}*" in about and "CC BY 4.0" in about and "BSD 3-clause" in about
    assert page(f"book/{stem}.html").select_one("link[rel=canonical]")["href"] in about
    header = json.loads((ROOT / "solutions/header.ipynb").read_text(encoding="utf-8"))
    words = "course folder (the one that holds pyproject.toml), then restart the kernel."
    assert "%pip install FOLDER" in about and words in about
    assert words in "".join("".join(cell["source"]) for cell in header["cells"])


@by_stem
def test_a_chapter_offers_itself_and_its_exercises(stem, site, page):
    soup = page(f"book/{stem}.html")
    menu = [link["href"] for link in soup.select(".dropdown-download-buttons a")]
    assert menu[0] == f"{stem}.ipynb"
    exercises, chapter = soup.select("ul.practice a")
    assert "Download the exercises" in exercises.get_text()
    offered = (site / "book" / exercises["href"]).resolve()
    assert offered.read_bytes() == (ROOT / f"exercises/{stem}/{stem}.ipynb").read_bytes()
    assert "this chapter as a notebook" in chapter.get_text()
    assert (site / "book" / chapter["href"]).is_file()
    assert chapter["download"] == f"{stem}-chapter.ipynb", "both would be saved under one name"


def test_pages_without_code_offer_no_notebook(site, page):
    written = {path.stem for path in (site / "book").glob("*.ipynb")}
    assert set(STEMS) <= written
    for path in (site / "book").glob("*.html"):
        soup = page(f"book/{path.name}")
        offered = soup.select(".dropdown-download-buttons a[href$='.ipynb']")
        assert bool(offered) == (path.stem in written), path.stem


CHAPTER = """---
file_format: mystnb
kernelspec:
  name: python3
  display_name: Python 3
myst:
  html_meta:
    description: A page that tries what a page can hold.
---
(derivative)=
# Slopes & *signs*

It costs 3 $ or 5*4 = 20, says `a|b`, and see {ref}`there <first>`, {eq}`small-one`.

| what | formula |
|---|---|
| bars | $\\|x\\| \\ge 0$ |

```{math}
:label: small-one
a &= b \\\\
c &= d
```

```{code-cell} python
1 + 1
```

:::{note}
A *note*.

- with a list
:::

:::{dropdown} Open me
1. one
2. two
:::

Term
: Its meaning.

## Practice

```{exercises} derivative
```
"""

FIRST = """---
myst:
  html_meta:
    description: The first page.
---
(first)=
# First
"""

SERVICES = {
    "notebook_interface": "jupyterlab",
    "jupyterhub_url": "https://hub.example.org/",
    "binderhub_url": "https://mybinder.org",
    "colab_url": "https://colab.research.google.com",
}


@pytest.fixture(scope="session")
def small_site(tmp_path_factory):
    """Return a small book with every service set, built under a folder of its host."""
    root = tmp_path_factory.mktemp("small")
    settings = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    settings["bibtex_bibfiles"] = [str(ROOT / "book/references.bib")]
    settings["html"] |= {
        "baseurl": "https://example.org/courses/fall-line",
        "use_repository_button": True,
        "use_issues_button": True,
        "use_edit_page_button": True,
        "favicon": str(ROOT / "book/_static/favicon.svg"),
    }
    settings["logo"] = str(ROOT / "book/_static/logo.svg")
    settings["launch_buttons"] = SERVICES
    settings["repository"] = {"url": "https://github.com/us/fall-line", "branch": "main"}
    settings["sphinx"]["local_extensions"] = {"fallline_book": str(ROOT / "book/_ext")}
    config = settings["sphinx"]["config"]
    config |= {"html_static_path": [str(ROOT / "book/_static")], "fallline_lite": True}
    (root / "_config.yml").write_text(yaml.safe_dump(settings), encoding="utf-8")
    (root / "_toc.yml").write_text(
        "format: jb-book\nroot: book/index\nchapters:\n  - file: book/derivative\n"
    )
    for name, text in {
        "book/index.md": FIRST,
        "book/derivative.md": CHAPTER,
        "exercises/derivative/derivative.ipynb": "{}",
    }.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    own = {name: value for name, value in os.environ.items() if name != "FALLLINE_URL"}
    book = Path(sys.executable).with_name("jupyter-book")
    command = [book, "build", root, "-W", "-n", "--keep-going"]
    done = subprocess.run(command, capture_output=True, text=True, env=own)
    assert done.returncode == 0, done.stderr
    return root / "_build/html"


def test_where_services_are_set_the_exercises_open_in_each(small_site):
    soup = BeautifulSoup((small_site / "book/derivative.html").read_text("utf-8"), "html.parser")
    links = {link.get_text().strip(): link["href"] for link in soup.select("ul.practice a")}
    assert links["Open the exercises in this browser"] == (
        "../lite/notebooks/index.html?path=derivative.ipynb"
    )
    assert links["Open the exercises in Colab"] == (
        "https://colab.research.google.com/github/us/fall-line/blob/main/"
        "exercises/derivative/derivative.ipynb"
    )
    hub = urlsplit(links["Open the exercises in JupyterHub"])
    assert (hub.hostname, hub.path) == ("hub.example.org", "/hub/user-redirect/git-pull")
    assert parse_qs(hub.query) == {
        "repo": ["https://github.com/us/fall-line"],
        "branch": ["main"],
        "urlpath": ["lab/tree/fall-line/exercises/derivative/derivative.ipynb"],
    }
    binder = urlsplit(links["Open the exercises in Binder"])
    assert binder.path == "/v2/gh/us/fall-line/main"
    assert parse_qs(binder.query) == {"urlpath": ["lab/tree/exercises/derivative/derivative.ipynb"]}


def test_the_theme_shows_the_repository_and_no_way_to_launch_a_source(small_site):
    text = (small_site / "book/derivative.html").read_text(encoding="utf-8")
    assert "https://github.com/us/fall-line/issues/new" in text
    assert "https://github.com/us/fall-line/edit/main/book/derivative.md" in text
    assert "dropdown-launch-buttons" not in text


def test_everything_a_page_holds_becomes_plain_markdown(small_site):
    notebook = nbformat.read(small_site / "book/derivative.ipynb", as_version=4)
    text = "\n\n".join(texts(notebook))
    for words in (
        "# Slopes & *signs*",
        r"3 \$ or 5\*4 = 20, says `a|b`",
        "see [there](https://example.org/courses/fall-line/book/index.html#first), (1)",
        "| what | formula |\n| --- | --- |\n| bars | $\\vert x\\vert \\ge 0$ |",
        "$$\n\\begin{aligned}\na &= b \\\\\nc &= d\n\\end{aligned}\n\\tag{1}\n$$",
        "> A *note*.\n>\n> - with a list",
        "> **Open me**\n>\n> 1. one\n> 2. two",
        "**Term**\n\nIts meaning.",
        "exercises/derivative/derivative.ipynb",
    ):
        assert words in text


def config_of(launch=None, lite=False, **repository):
    options = {"launch_buttons": launch or {}, "repository_url": EXAMPLE, **repository}
    return SimpleNamespace(fallline_lite=lite, html_theme_options=options, fallline_launch=None)


def test_nothing_is_set_and_nothing_is_offered():
    config = config_of()
    settle(None, config)
    assert config.fallline_launch == []
    assert not config.html_theme_options["repository_url"], "Jupyter Book's own is not ours"


@pytest.mark.parametrize(
    "launch, other, words",
    [
        ({"binderhub_url": "https://mybinder.org"}, {}, "repository: url"),
        ({"colab_url": "colab"}, {"repository_url": "https://github.com/a/b"}, "colab_url is"),
        ({}, {"repository_url": "github.com/a/b"}, "repository: url is"),
        ({}, {"repository_url": "https://github.com/a"}, "an owner and a name"),
        (
            {"colab_url": "https://colab.research.google.com"},
            {"repository_url": "https://gitlab.com/a/b"},
            "GitHub only",
        ),
        ({"notebook_interface": "vim"}, {}, "classic and jupyterlab"),
        ({}, {"lite": "yes"}, "true or false"),
    ],
)
def test_a_setting_that_is_wrong_or_half_set_is_named(launch, other, words):
    with pytest.raises(ConfigError, match=words):
        settle(None, config_of(launch, **other))


@pytest.mark.parametrize(
    "url, where",
    [
        ("https://gitlab.com/us/course", "gl/us%2Fcourse"),
        ("https://git.example.org/us/course", "git/https%3A%2F%2Fgit.example.org%2Fus%2Fcourse"),
    ],
)
def test_binder_finds_other_hosts_too(url, where):
    address = launch_url(
        "Binder", "https://b.example", Repository(url, "main", "a/"), "tree", "b.ipynb"
    )
    assert address == f"https://b.example/v2/{where}/main?urlpath=tree%2Fa%2Fb.ipynb"
