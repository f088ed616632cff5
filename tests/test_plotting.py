import inspect
import io
import itertools
import re
from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest

from conftest import ROOT
from fallline import plotting
from fallline.plotting import PALETTE, new_axes


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def test_palette_names_and_colours():
    assert set(PALETTE) == {"blue", "orange", "green", "red", "purple", "grey"}
    assert all(mpl.colors.is_color_like(colour) for colour in PALETTE.values())
    assert len(set(PALETTE.values())) == len(PALETTE)


# How a colour looks to a reader who lacks one kind of cone: matrices for linear RGB of
# G. M. Machado, M. M. Oliveira and L. A. F. Fernandes, "A physiologically-based model for
# simulation of color vision deficiency", IEEE Trans. Vis. Comput. Graph. 15 (2009), severity 1.
EYES = {
    "all three cones": np.eye(3),
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}
TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])


def linear(rgb):
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def lab(light):
    """Return CIELAB coordinates of linear RGB, in which distance is difference to the eye."""
    xyz = TO_XYZ @ np.clip(light, 0, 1) / TO_XYZ.sum(axis=1)
    f = np.where(xyz > (6 / 29) ** 3, np.cbrt(xyz), xyz / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def contrast(one, other):
    low, high = sorted(TO_XYZ[1] @ linear(rgb) for rgb in (one, other))
    return (high + 0.05) / (low + 0.05)


def turned_over(rgb):
    """Return what the style sheet's filter makes of a colour: `invert` and half a turn of hue."""
    css = (ROOT / "book/_static/fallline.css").read_text(encoding="utf-8")
    part = float(re.search(r"filter: invert\(([\d.]+)\) hue-rotate\(180deg\)", css)[1])
    inverted = rgb * (1 - part) + (1 - rgb) * part
    weights = np.array([0.213, 0.715, 0.072])  # of the filter's definition in CSS
    return np.clip(2 * weights @ inverted - inverted, 0, 1)


PAPERS = {"white": np.array, "dark": turned_over}
COLOURS = {name: np.array(mpl.colors.to_rgb(value)) for name, value in PALETTE.items()}


@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize("eyes", EYES)
def test_the_colours_can_be_told_apart(eyes, paper):
    seen = {n: lab(np.array(EYES[eyes]) @ linear(PAPERS[paper](c))) for n, c in COLOURS.items()}
    for one, other in itertools.combinations(seen, 2):
        distance = np.linalg.norm(seen[one] - seen[other])
        assert distance >= 15, f"{one} and {other} look alike: {distance:.1f} in CIELAB"


@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize("name", PALETTE)
def test_a_thin_line_stands_out_from_its_paper(name, paper):
    ratio = contrast(PAPERS[paper](COLOURS[name]), PAPERS[paper](np.ones(3)))
    assert ratio >= 3, f"{name}: {ratio:.2f}"


def test_the_measures_of_colour_are_right():
    assert contrast(np.zeros(3), np.ones(3)) == pytest.approx(21)
    assert lab(np.ones(3)) == pytest.approx([100, 0, 0], abs=1e-9)
    assert lab(linear(np.array([1.0, 0, 0]))) == pytest.approx([53.2, 80.1, 67.2], abs=0.1)
    red, green = (
        np.array(EYES["deuteranopia"]) @ linear(np.array(c))
        for c in ([0.7, 0.25, 0], [0.4, 0.4, 0])
    )
    assert (
        np.linalg.norm(lab(red) - lab(green))
        < 15
        < np.linalg.norm(
            lab(linear(np.array([0.7, 0.25, 0]))) - lab(linear(np.array([0.4, 0.4, 0])))
        )
    ), "a red and a green that look alike to some"


def test_the_browser_turns_colours_over_as_computed(browser):
    values = ["#ffffff", *PALETTE.values()]
    css = (ROOT / "book/_static/fallline.css").read_text(encoding="utf-8")
    rule = re.search(r"filter: (invert\([^;]*)", css)[1]
    page = browser.new_page(viewport={"width": 10 * len(values), "height": 10})
    boxes = [f'<i style="float:left;width:10px;height:10px;background:{v}"></i>' for v in values]
    page.set_content(f'<body style="margin:0"><div style="filter:{rule}">{"".join(boxes)}</div>')
    picture = plt.imread(io.BytesIO(page.screenshot()))
    page.close()
    for i, value in enumerate(values):
        expected = turned_over(np.array(mpl.colors.to_rgb(value)))
        assert picture[5, 10 * i + 5, :3] == pytest.approx(expected, abs=2 / 255)


def test_axes_are_fresh_and_of_the_asked_size():
    first, second = new_axes(), new_axes(width=4, height=2)
    assert first.figure is not second.figure
    assert tuple(second.figure.get_size_inches()) == (4, 2)


def test_columns_share_a_figure():
    axes = new_axes(width=9, ncols=3)
    assert axes.shape == (3,)
    assert len({id(ax.figure) for ax in axes}) == 1


def test_the_house_style_stays_in_the_house():
    with mpl.rc_context():
        mpl.rcdefaults()
        before = dict(mpl.rcParams)
        ax = new_axes()
        assert dict(mpl.rcParams) == before
    assert not ax.spines["top"].get_visible()
    assert not ax.spines["right"].get_visible()
    assert ax.figure.get_layout_engine() is not None


def test_the_figure_is_made_outside_of_the_style(monkeypatch):
    """A notebook's backend writes to the rcParams with the first figure, and that has to last."""
    plain, make = mpl.rcParams["axes.spines.top"], plt.figure
    seen = []

    def figure(*args, **kwargs):
        seen.append(mpl.rcParams["axes.spines.top"])
        return make(*args, **kwargs)

    monkeypatch.setattr(plt, "figure", figure)
    new_axes()
    assert seen == [plain]


def test_lines_differ_by_more_than_colour():
    ax = new_axes()
    lines = [ax.plot([0, 1], [i, i])[0] for i in range(len(PALETTE))]
    assert len({line.get_color() for line in lines}) == len(PALETTE)
    assert len({str(line._unscaled_dash_pattern) for line in lines}) == len(PALETTE)


def test_a_notebook_shows_the_picture_without_words(capsys):
    new_axes()._ipython_display_()
    new_axes(ncols=2)._ipython_display_()
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    "wrong", [{"ncols": 0}, {"width": 0}, {"height": -1}, {"width": float("nan")}]
)
def test_sizes_that_make_no_sense_are_refused(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        new_axes(**wrong)
    assert not plt.get_fignums()


def test_every_figure_function_is_explained():
    functions = dict(inspect.getmembers(plotting, inspect.isfunction))
    mine = {name for name in functions if name.startswith("plot_")}
    assert len(mine) > 15 and set(functions) == mine | {"new_axes"}
    assert all(inspect.getdoc(functions[name]) for name in mine)


@pytest.mark.parametrize(
    "path", sorted(Path(plotting.__file__).parent.glob("[!_]*.py")), ids=lambda path: path.stem
)
def test_every_figure_of_a_chapter_is_found_in_the_package(path):
    defined = re.findall(r"^def (plot_\w+)", path.read_text(encoding="utf-8"), re.MULTILINE)
    assert all(hasattr(plotting, name) for name in defined)


def test_a_legend_has_the_letters_of_the_house():
    ax = new_axes()
    ax.plot([0, 1], label="a line")
    legend = ax.legend(title="lines")
    sizes = {text.get_fontsize() for text in [*legend.get_texts(), legend.get_title()]}
    assert sizes == {ax.xaxis.label.get_fontsize()}
