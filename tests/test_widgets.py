import os

import ipywidgets
import matplotlib.pyplot as plt
import pytest

from fallline.plotting import new_axes
from fallline.widgets import explore


@pytest.fixture
def live(monkeypatch):
    monkeypatch.delenv("FALLLINE_BOOK", raising=False)


@pytest.fixture
def book(monkeypatch):
    monkeypatch.setenv("FALLLINE_BOOK", "1")


@pytest.fixture
def seen():
    return []


@pytest.fixture
def draw(seen):
    """Return a figure function that notes the values it is called with."""

    def note(**values):
        seen.append(values)
        if os.environ.get("FALLLINE_BOOK") == "1":
            plt.figure(figsize=(1, 1)).text(0.1, 0.5, str(list(values.values())))

    return note


def controls(panel):
    return {child.description: child for child in panel.children if hasattr(child, "description")}


def test_moving_a_slider_draws_afresh(live, draw, seen):
    panel = explore(draw, a=(0, 10, 1), scheme=["forward", "central"])
    assert seen[-1] == {"a": 5, "scheme": "forward"}
    controls(panel)["a"].value = 7
    controls(panel)["scheme"].value = "central"
    assert seen[-1] == {"a": 7, "scheme": "central"}


def test_the_kind_of_control_follows_the_parameter(live, draw):
    found = controls(explore(draw, n=(1, 9, 2), h=(0.0, 1.0, 0.25, 0.75), norm=["l1", "l2"]))
    assert isinstance(found["n"], ipywidgets.IntSlider)
    assert isinstance(found["h"], ipywidgets.FloatSlider)
    assert isinstance(found["norm"], ipywidgets.Dropdown)
    assert (found["n"].value, found["h"].value, found["norm"].value) == (5, 0.75, "l1")


@pytest.mark.parametrize(
    "choice, start",
    [((0, 4, 1), 2), ((0, 5, 2), 2), ((-3, 3, 1), 0), ((0.0, 1.0, 0.5), 0.5), ((0, 4, 1, 4), 4)],
)
def test_a_slider_starts_on_a_step(live, draw, seen, choice, start):
    explore(draw, a=choice)
    assert seen == [{"a": start}]
    assert type(seen[0]["a"]) is type(start)


def test_the_book_draws_every_combination_the_last_parameter_fastest(book, draw, seen):
    strip = explore(draw, a=(0.0, 0.3, 0.1, 0.3), scheme=["central", "forward"])
    schemes = ["central", "forward"]
    assert seen == [{"a": a, "scheme": s} for a in (0.0, 0.1, 0.2, 0.3) for s in schemes]
    assert len(strip.frames) == 8
    assert strip.start == 6, "a starts at its end, the menu at its first choice"


def test_the_book_makes_no_control_that_a_page_would_load_scripts_for(book, draw, monkeypatch):
    for kind in ("IntSlider", "FloatSlider", "Dropdown", "interactive"):
        monkeypatch.setattr(ipywidgets, kind, None)
    explore(draw, n=(1, 9, 2), h=(0.0, 1.0, 0.25), norm=["l1", "l2"])


def test_the_book_and_the_notebook_start_alike(monkeypatch, draw, seen):
    parameters = {"a": (0.0, 1.0, 0.25), "n": (1, 6, 1), "norm": ["l1", "l2"]}
    monkeypatch.setenv("FALLLINE_BOOK", "1")
    strip = explore(draw, **parameters)
    in_the_book = seen[strip.start]
    monkeypatch.setenv("FALLLINE_BOOK", "0")
    seen.clear()
    explore(draw, **parameters)
    assert seen == [in_the_book]


def test_controls_have_the_same_names_in_the_same_order_in_both_lives(monkeypatch, draw):
    parameters = {"log10_h": (-4, 0, 1), "step_size": (0.0, 1.0, 0.5), "norm": ["l1", "l2"]}
    words = {"norm": ("which norm", str.upper)}
    monkeypatch.setenv("FALLLINE_BOOK", "0")
    panel = explore(draw, labels=words, **parameters)
    names = list(controls(panel))
    assert names == ["log₁₀ h", "step size", "which norm"]
    assert controls(panel)["which norm"].options == (("L1", "l1"), ("L2", "l2"))
    monkeypatch.setenv("FALLLINE_BOOK", "1")
    strip = explore(draw, labels=words, **parameters)
    assert [control.label for control in strip.controls] == names
    assert strip.controls[1].texts == ["0", "0.5", "1"]
    assert strip.controls[2].texts == ["L1", "L2"]


def test_a_label_for_no_parameter_is_refused(draw):
    with pytest.raises(ValueError, match="no parameter is called powr"):
        explore(draw, power=(0, 4, 1), labels={"powr": "zoom"})


def test_the_figure_of_a_notebook_is_left_for_it_to_show(live):
    explore(lambda a: new_axes().plot([0, a]), a=(0, 4, 1))
    assert len(plt.get_fignums()) == 1
    plt.close("all")


@pytest.mark.parametrize(
    "choice, error, words",
    [
        ((0, 4), TypeError, "low, high, step"),
        (3, TypeError, "low, high, step"),
        (("a", "b", "c"), TypeError, "number"),
        ((True, 4, 1), TypeError, "number"),
        ((4, 0, 1), ValueError, "low < high"),
        ((0, 4, 0), ValueError, "step > 0"),
        ((0, 4, 1, 5), ValueError, "outside"),
        ((0, 4, 2, 3), ValueError, "no step"),
        ((0.0, float("nan"), 1.0), ValueError, "low < high"),
        ([], ValueError, "empty"),
    ],
)
@pytest.mark.parametrize("life", ["live", "book"])
def test_a_parameter_that_makes_no_sense_is_refused_by_name(
    request, life, draw, seen, choice, error, words
):
    request.getfixturevalue(life)
    with pytest.raises(error, match=words) as caught:
        explore(draw, slope=choice)
    assert "slope" in str(caught.value)
    assert not seen


def test_nothing_to_explore(draw):
    with pytest.raises(ValueError, match="at least one parameter"):
        explore(draw)


def test_powers_are_set_as_powers(book):
    film = explore(lambda n: new_axes().plot([0, n]), n=(-1, 1, 1), labels={"n": ("h", "10^{}")})
    assert film.controls[0].texts == ["10⁻¹", "10⁰", "10¹"]
