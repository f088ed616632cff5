import inspect

import matplotlib as mpl
import matplotlib.pyplot as plt
import pytest

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
    functions = inspect.getmembers(plotting, inspect.isfunction)
    mine = [f for name, f in functions if f.__module__ == plotting.__name__ and name[0] != "_"]
    assert mine and all(inspect.getdoc(f) for f in mine)
