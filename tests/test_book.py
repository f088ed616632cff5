"""The book's sources: order has one home, stems are the same everywhere, pages keep the rules."""

import ast
import functools
import inspect
import re
import tomllib

import pytest
import yaml
from markdown_it.renderer import RendererHTML
from myst_nb.core.read import read_myst_markdown_notebook
from myst_parser.config.main import MdParserConfig
from myst_parser.parsers.directives import parse_directive_text
from myst_parser.parsers.mdit import create_md_parser

from conftest import ROOT
from fallline import derivative, plotting
from fallline_book.listing import without_docstring
from fallline_book.live import Live
from test_arrows import STEMS

BOOK = ROOT / "book"
CONFIG = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
TOC = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
LISTED = [TOC["root"], *(entry["file"] for part in TOC["parts"] for entry in part["chapters"])]
PAGES = sorted(BOOK.glob("*.md"))
SHARED = {"__init__", "inputs", "inplace", "objectives", "datasets", "parity"}
SHARED |= {"plotting", "filmstrip", "widgets"}
SHARED |= {"files", "training", "runs", "comparison", "reproduction"}
PARSER = MdParserConfig(enable_extensions=set(CONFIG["parse"]["myst_enable_extensions"]))
PROSE = "admonition|note|tip|warning|glossary|grid|dropdown|margin|misconception|measured"
FIGURES = {
    name
    for name, function in inspect.getmembers(plotting, inspect.isfunction)
    if name.startswith("plot_")
} | {"explore"}
by_page = pytest.mark.parametrize("path", PAGES, ids=[path.stem for path in PAGES])


@functools.cache
def notebook(path):
    """Return a page as the notebook that is executed when the book is built."""
    return read_myst_markdown_notebook(path.read_text(encoding="utf-8"), config=PARSER)


def code_cells(path):
    return [cell for cell in notebook(path).cells if cell.cell_type == "code"]


def front_matter(path):
    tokens = create_md_parser(PARSER, RendererHTML).parse(path.read_text(encoding="utf-8"))
    return yaml.safe_load(tokens[0].content) if tokens[0].type == "front_matter" else {}


def tokens_of(text):
    """Yield every Markdown token, also those inside a directive's body."""
    for token in create_md_parser(PARSER, RendererHTML).parse(text):
        yield token
        yield from token.children or []
        if token.type in ("fence", "colon_fence") and not token.info.startswith("{code-cell}"):
            prose = re.match(rf"\{{({PROSE})", token.info)
            yield from tokens_of(token.content) if prose else []


def sentences(path):
    text = (cell.source for cell in notebook(path).cells if cell.cell_type == "markdown")
    tokens = [token for part in text for token in tokens_of(part) if token.type == "inline"]
    return [sentence for token in tokens for sentence in token.content.split("\n")]


def calls(source):
    """Return the names of everything that a cell calls: `f(...)` and `module.f(...)`."""
    nodes = [node.func for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    return {getattr(node, "id", getattr(node, "attr", None)) for node in nodes}


def live_figures(path):
    """Return kind, options and caption of every live figure of a page."""
    found = []
    for token in tokens_of(path.read_text(encoding="utf-8")):
        if token.type == "colon_fence" and token.info.startswith("{live}"):
            kind = token.info.removeprefix("{live}").strip()
            parsed = parse_directive_text(Live, kind, token.content)
            found.append((kind, parsed.options, "\n".join(parsed.body)))
    return found


def hidden(cell):
    return bool({"remove-cell", "remove-output"} & set(cell.metadata.get("tags", [])))


# --- order and stems ---


def test_the_table_of_contents_is_the_list_of_pages():
    assert len(set(LISTED)) == len(LISTED)
    assert {f"book/{path.stem}" for path in PAGES} == set(LISTED)


def test_the_first_page_leads_to_every_chapter():
    text = (BOOK / "index.md").read_text(encoding="utf-8")
    assert set(STEMS) <= set(re.findall(r"{ref}`(\w+)`", text))


@pytest.mark.parametrize(
    "room, pattern",
    [
        ("lib/fallline", "*.py"),
        ("lib/fallline/marking/tasks", "[a-z]*"),
        ("solutions", "*/*.ipynb"),
        ("exercises", "*/*.ipynb"),
    ],
)
def test_stems_are_the_same_in_every_room(room, pattern):
    found = [path for path in (ROOT / room).glob(pattern) if ".ipynb_checkpoints" not in path.parts]
    assert {path.stem for path in found} - SHARED == set(STEMS)
    if pattern.startswith("*/"):
        assert all(path.parent.name == path.stem for path in found)


def test_every_chapter_has_its_tests():
    assert {f"test_{stem}.py" for stem in STEMS} <= {p.name for p in (ROOT / "tests").glob("*.py")}


def test_the_library_page_documents_every_public_module():
    text = (BOOK / "library.md").read_text(encoding="utf-8")
    shown = set(re.findall(r"automodule:: fallline\.(\w+)", text))
    public = {p.stem for p in (ROOT / "lib/fallline").glob("*.py")} - {"__init__"}
    assert shown == public | {"datasets", "marking", "plotting"}


def test_the_build_stays_strict():
    execute = CONFIG["execute"]
    assert execute["execute_notebooks"] == "force"
    assert execute["raise_on_error"] is True
    assert execute["allow_errors"] is False
    assert execute["stderr_output"] == "error"


# --- pages ---


@by_page
def test_front_matter_describes_the_page(path):
    matter = front_matter(path)
    description = matter.get("myst", {}).get("html_meta", {}).get("description", "")
    assert 40 <= len(description) <= 200, "one sentence for search engines and previews"
    assert "$" not in description
    if code_cells(path):
        assert matter.get("file_format") == "mystnb"
        assert matter.get("kernelspec", {}).get("name") == "python3"


def test_descriptions_differ():
    said = [front_matter(path)["myst"]["html_meta"]["description"] for path in PAGES]
    assert len(set(said)) == len(said)


@by_page
def test_a_label_named_like_the_page_stands_over_its_title(path):
    tokens = list(tokens_of(path.read_text(encoding="utf-8")))
    labels = [token.content for token in tokens if token.type == "myst_target"]
    first = "home" if path.stem == "index" else path.stem
    assert labels and labels[0] == first


@by_page
def test_every_figure_has_caption_name_and_alt_text(path):
    figures = [(options, caption) for _, options, caption in live_figures(path)]
    for cell in code_cells(path):
        if hidden(cell) or not calls(cell.source) & FIGURES:
            continue
        options = cell.metadata.get("mystnb", {})
        figure, alt = options.get("figure", {}), options.get("image", {}).get("alt", "")
        last = ast.parse(cell.source).body[-1]
        assert isinstance(last, ast.Expr) and isinstance(last.value, ast.Call), (
            f"let the figure's call be the last line, or it is not shown: {cell.source}"
        )
        caption, name = figure.get("caption", ""), figure.get("name")
        assert name, f"give the figure of this cell a name and a caption (mystnb): {cell.source}"
        figures.append(({"name": name, "alt": alt}, caption))
    for options, caption in figures:
        name, alt = options.get("name", ""), options.get("alt", "")
        assert name.startswith(f"fig-{path.stem}-"), f"no name: {name}"
        assert caption.strip(), f"no caption: {name}"
        assert len(alt) >= 40, f"alt text must say what is to be seen: {name}"
        assert not re.search(r"\.(png|svg|jpe?g)|_images|\$", alt), alt
        assert alt.strip() not in (caption.strip(), name)


@by_page
def test_figures_are_drawn_by_the_house(path):
    for cell in code_cells(path):
        names = {
            alias.name if isinstance(node, ast.Import) else node.module
            for node in ast.walk(ast.parse(cell.source))
            if isinstance(node, ast.Import | ast.ImportFrom)
            for alias in node.names
        }
        packages = {name.split(".")[0] for name in names}
        assert not packages & {"matplotlib", "ipywidgets"}, "use fallline.plotting or explore"
        assert not calls(cell.source) & {"interact", "interactive", "interact_manual"}
    kinds = [token for token in tokens_of(path.read_text(encoding="utf-8"))]
    files = [token.info or token.content for token in kinds if token.type == "image"]
    files += [t.info for t in kinds if t.info.startswith(("{figure}", "{image}"))]
    assert not files, f"no image files: draw with fallline.plotting ({files})"


@by_page
def test_no_html_is_written_by_hand(path):
    tokens = tokens_of(path.read_text(encoding="utf-8"))
    raw = [token.content for token in tokens if token.type in ("html_block", "html_inline")]
    ours = ("<!--", '<input class="task-list')  # a comment, and what `- [ ]` becomes
    raw = [text for text in raw if not text.lstrip().startswith(ours)]
    assert not raw, f"a directive says it, for every reader and on paper too: {raw}"


@by_page
def test_cells_are_short_and_all_run(path):
    for cell in code_cells(path):
        tags = set(cell.metadata.get("tags", []))
        assert not tags & {"skip-execution", "raises-exception"}
        if not tags & {"remove-cell", "remove-input", "hide-input", "hide-cell"}:
            assert len(cell.source.splitlines()) <= 15, cell.source


@by_page
def test_equations_are_pointed_at_by_label(path):
    word = r"(equation|formula|identity|expression|relation|derivation)s?"
    place = r"\b(above|below)\b"
    for sentence in sentences(path):
        assert not re.search(rf"{word}\W+(\w+\W+)?{place}", sentence, re.I), sentence
        assert not re.search(rf"{place}\W+(\w+\W+)?{word}", sentence, re.I), sentence
        assert not re.search(rf"{{eq}}`[^`]*`\W*{place}", sentence), sentence


# --- terms, sources, versions ---


def glossary():
    """Return every entry of the glossary: term -> explanation."""
    text = (BOOK / "glossary.md").read_text(encoding="utf-8")
    body = next(token.content for token in tokens_of(text) if token.info == "{glossary}")
    entries, term = {}, None
    for line in body.splitlines():
        if line.strip() and not line.startswith((" ", ":")):
            term = line.strip()
            assert term not in entries, f"{term} is explained twice"
            entries[term] = ""
        elif term and line.strip():
            entries[term] += line.strip() + " "
    return entries


def test_every_term_has_an_explanation_and_a_chinese_name():
    for term, text in glossary().items():
        assert re.search(r"\(Chinese: [^)]*[\u4e00-\u9fff]", text), term
        assert len(re.sub(r"\(Chinese: .*", "", text)) > 20, term


def test_sources_named_in_docstrings_are_in_the_bibliography():
    entries = (BOOK / "references.bib").read_text(encoding="utf-8")
    keys = re.findall(r"^@\w+\{(\w+),", entries, re.M)
    assert len(set(keys)) == len(keys)
    named = {
        key
        for path in (ROOT / "lib/fallline").rglob("*.py")
        for key in re.findall(r"``([A-Z]\w+\d{4}[a-z]?)``", path.read_text(encoding="utf-8"))
    }
    assert named <= set(keys)


def test_one_version():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation["version"] == project["version"]
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f"## {project['version']}\n" in changes


def test_a_listing_is_the_tested_function_without_its_docstring():
    text = without_docstring(derivative.tangent_line)
    namespace = {**vars(derivative)}
    exec(text, namespace)
    assert namespace["tangent_line"](9, 6, 3)(4) == 15
    assert '"""' not in text and text.startswith("def tangent_line(")
    assert without_docstring(fixed_home).splitlines()[1].strip().startswith("# stays")


def fixed_home():
    # stays: a comment is part of the listing
    return ROOT
