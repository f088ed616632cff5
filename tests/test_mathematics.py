"""Formulas are set while the book is built: no script, no raw TeX, MathML for screen readers."""

import os
import re
import subprocess
import sys

import pytest
from bs4 import BeautifulSoup
from sphinxcontrib import katex

from conftest import ROOT
from fallline_book import mathematics
from fallline_book.node import node_path

VENDORED = ROOT / "book/_static/vendor/katex"
FORMULA = r"f'(a) = \lim_{h \to 0} \frac{f(a + h) - f(a)}{h}"
PAGE = r"""
A norm :math:`\ell_1` in a heading
==================================

.. math:: f(x) = x^2
   :label: square

By :eq:`square` and :eq:`two`, all is well.

.. math::
   :label: two

   \begin{align} a &= b \\ c &= \R \end{align}

.. math::

   a = b \\ c = d

   e = f
"""


@pytest.fixture(autouse=True)
def no_node_left_over():
    yield
    mathematics.stop()


@pytest.fixture(scope="module")
def pages(site):
    return {path.stem: read(path) for path in sorted(site.rglob("book/*.html"))}


def read(path):
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


def build(folder, page):
    """Build a book of one page, strictly, where no Node can be found on the path."""
    (folder / "conf.py").write_text(
        'extensions = ["fallline_book.mathematics"]\n'
        'html_theme = "basic"\n'
        f"html_static_path = [{str(ROOT / 'book/_static')!r}]\n"
        r'formula_macros = {r"\R": r"\mathbb{R}"}' + "\n",
        encoding="utf-8",
    )
    (folder / "index.rst").write_text(page, encoding="utf-8")
    command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", folder, folder / "out"]
    paths = {**os.environ, "PYTHONPATH": str(ROOT / "book/_ext"), "PATH": str(folder)}
    return subprocess.run(command, env=paths, capture_output=True, text=True)


@pytest.fixture(scope="module")
def small_book(tmp_path_factory):
    folder = tmp_path_factory.mktemp("book")
    done = build(folder, PAGE)
    assert done.returncode == 0, done.stderr
    return read(folder / "out/index.html")


def test_no_page_has_a_script_for_mathematics(pages):
    for name, page in pages.items():
        scripts = " ".join(script.get("src", "") + script.text for script in page("script"))
        assert not re.search("mathjax|katex", scripts, re.IGNORECASE), name


def test_no_page_shows_raw_tex(pages):
    for name, page in pages.items():
        text = BeautifulSoup(str(page.body), "html.parser")
        for element in text.select("annotation, script, pre, code"):
            element.decompose()
        assert not re.search(r"\\[(\[]|\\(frac|nabla|lim|begin)\b", text.get_text()), name


def test_every_formula_has_mathml_with_its_tex(pages):
    found = 0
    for name, page in pages.items():
        for formula in page.select(".katex"):
            tex = formula.select_one('math > semantics > annotation[encoding="application/x-tex"]')
            assert tex is not None and tex.text.strip(), name
            assert formula.select_one(".katex-html")["aria-hidden"] == "true", name
            found += 1
    assert found > 100


def test_the_sign_behind_a_formula_in_one_piece_stays_with_it(tmp_path):
    words = "(See *x*. :math:`x`. :math:`y`), :math:`y` too; :math:`a = b`, :math:`z`."
    assert build(tmp_path, f"Title\n=====\n\n{words}\n").returncode == 0
    kept = read(tmp_path / "out/index.html").select(".with-sign")
    assert [mathematics.plain(str(one)) for one in kept] == ["x.", "y),", "z."]
    words = mathematics.plain(str(read(tmp_path / "out/index.html").select_one("section p")))
    assert words == "(See x. x. y), y too; a=b, z."


def test_a_display_that_is_wide_can_be_reached_by_keyboard(address, browser):
    page = browser.new_page(viewport={"width": 320, "height": 800})
    wide = 0
    for name in ("derivative", "differences", "gradient", "library"):
        page.goto(f"{address}/book/{name}.html")
        page.evaluate("document.fonts.ready")
        boxes = page.evaluate(
            """[...document.querySelectorAll('.katex-display')]
               .filter(box => box.scrollWidth > box.clientWidth + 1)
               .map(box => [box.tabIndex, box.querySelector('annotation').textContent])"""
        )
        assert [tex for index, tex in boxes if index != 0] == [], name
        assert page.evaluate("document.scrollingElement.scrollWidth") <= 320, name
        wide += len(boxes)
    page.close()
    assert wide > 0


def test_a_broken_formula_says_what_is_wrong():
    with pytest.raises(mathematics.FormulaError, match=r"Undefined control sequence: \\slope"):
        mathematics.render(r"\slope{x}")
    html, _ = mathematics.render("x")
    assert "<math>" in html  # the one after it is set


def test_a_broken_formula_stops_the_strict_build_with_its_place(tmp_path):
    done = build(tmp_path, "Title\n=====\n\nText.\n\nHere is :math:`\\frac{1}`, halved.\n")
    assert done.returncode != 0
    assert re.search(r"index\.rst:6: .*\\frac\{1\}", done.stderr)


def test_a_number_of_its_own_is_refused(tmp_path):
    done = build(tmp_path, "Title\n=====\n\nText.\n\n.. math:: a = b \\tag{7}\n")
    assert done.returncode != 0
    assert re.search(r"index\.rst:6: .*a number comes from :label:, not from \\tag", done.stderr)


def test_node_is_not_that_of_the_system(tmp_path):
    assert sys.prefix in str(node_path())
    assert subprocess.run([node_path(), "--version"], env={"PATH": str(tmp_path)}).returncode == 0


def test_a_node_that_died_is_an_error_with_the_formula():
    setter = mathematics.Setter()
    setter.process.kill()
    setter.process.wait()
    with pytest.raises(RuntimeError, match="Node stopped while it set the formula x"):
        setter("x", {})
    setter.process.stdout.close()


def test_style_and_fonts_are_those_of_the_katex_that_sets(pages):
    bundled = re.search(r'version:"([\d.]+)"', mathematics.KATEX.read_text(encoding="utf-8"))[1]
    style = (VENDORED / "katex.css").read_text(encoding="utf-8")
    assert f'content: "{bundled}"' in style and katex.katex_version == bundled
    files = re.findall(r"url\(([^)]+)\)", style)
    assert len(files) == style.count("@font-face") == 20
    assert {VENDORED / file for file in files} == set((VENDORED / "fonts").iterdir())
    assert all(file.endswith(".woff2") for file in files)
    assert "MIT" in (VENDORED / "LICENSE").read_text(encoding="utf-8")


def test_numbers_are_those_of_the_book(small_book):
    numbers = [number.text.split(")")[0] + ")" for number in small_book.select(".eqno")]
    assert numbers == ["(1)", "(2)"]
    links = [link for link in small_book.select("p a.reference") if "equation" in link["href"]]
    assert [link.text for link in links] == numbers
    assert all(small_book.find(id=link["href"][1:]) for link in links)
    assert not small_book.select(".eqn-num")  # KaTeX counts nothing besides


def test_a_title_with_a_formula_is_text_where_it_has_to_be(small_book):
    assert small_book.title.text.startswith("A norm ℓ1 in a heading")
    assert small_book.h1.select_one(".katex math")


def test_macros_are_a_setting(small_book):
    assert small_book.select_one("#equation-two .mathbb").text == "R"


@pytest.mark.parametrize(
    "tex, wanted",
    [
        (FORMULA, FORMULA),
        (r"a \\ b", r"\begin{split}a \\ b\end{split}"),
        (r"\substack{a \\ b} \{", r"\substack{a \\ b} \{"),
        ("a\n\nb", r"\begin{gathered}a\\b\end{gathered}"),
        (r"\begin{align}a\\b\end{align}", r"\begin{align*}a\\b\end{align*}"),
        (r"\begin{aligned}a\\b\end{aligned}", r"\begin{aligned}a\\b\end{aligned}"),
    ],
)
def test_lines_and_blank_lines_mean_what_they_mean_in_sphinx(tex, wanted):
    assert mathematics.as_display(tex) == wanted
    mathematics.render(wanted, display=True)


def test_a_wide_formula_is_known_to_be_wide():
    _, narrow = mathematics.render("x", display=True)
    _, broken = mathematics.render("+".join(["x"] * 50), display=True)
    _, wide = mathematics.render(r"\left(" + "+".join(["x"] * 50) + r"\right)", display=True)
    assert narrow < 1 and broken < 3 and wide > 40
