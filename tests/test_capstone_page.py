"""The capstone's page: its figures, and its tables of MNIST, which the page does not compute."""

import re

import numpy as np
import pytest

from conftest import ROOT, oracle
from fallline.capstone import grid_of
from fallline.plotting import plot_epochs, plot_fair_grids, plot_images, plot_valleys
from fallline.reproduction import ENTRIES, TOLERANCE

PAGE = (ROOT / "book/capstone.md").read_text(encoding="utf-8")
RUNS = oracle("reproduction")["entries"]


# --- the tables of MNIST ---


def row(label, start=0):
    """Return the numbers of the first row of a table that begins with the label."""
    line = re.search(rf"^\| {re.escape(label)} \|(.*)\|$", PAGE[start:], re.M)[1]
    return [float(number) for number in re.findall(r"\d+\.\d+", line)]


def shown(numbers):
    return [float(f"{number:.3f}") for number in numbers]


@pytest.mark.parametrize("name, label", [("momentum", "momentum"), ("none", "none")])
def test_the_table_of_the_published_experiment_shows_what_was_published_and_what_came(name, label):
    assert RUNS[name]["published"] == list(ENTRIES[name].published)
    assert row(f"{label}, published") == shown(RUNS[name]["published"])
    assert row(f"{label}, ours") == shown(RUNS[name]["median"])


def test_the_losses_are_as_near_as_the_page_says():
    gaps = [
        ours / published - 1
        for name in ("momentum", "none")
        for ours, published in zip(RUNS[name]["median"], RUNS[name]["published"], strict=True)
    ]
    assert np.max(np.abs(gaps)) < 0.02 < TOLERANCE["A"]
    assert "All ten are within 2 %." in PAGE
    assert f"{100 * RUNS['momentum']['accuracy']:.1f} % with" in PAGE
    assert f"{100 * RUNS['none']['accuracy']:.1f} % without momentum" in PAGE


def test_the_table_in_pairs_shows_what_came():
    start = PAGE.index("| MNIST, three seeds |")
    labels = {
        "momentum": "momentum, rate 0.01",
        "none-tenfold": "none, rate 0.1",
        "momentum-tenth": "momentum, rate 0.001",
        "none": "none, rate 0.01",
    }
    for name, label in labels.items():
        assert row(label, start) == shown(RUNS[name]["median"])
    medians = {name: np.array(RUNS[name]["median"]) for name in labels}
    for one, other in (("momentum", "none-tenfold"), ("none", "momentum-tenth")):
        assert np.all(np.abs(medians[one][1:] / medians[other][1:] - 1) < 0.04)


SIBLINGS = {
    "adagrad": "AdaGrad, rate 0.01",
    "rmsprop-0.9": r"RMSProp, $\rho = 0.9$, rate 0.001",
    "rmsprop-0.999": r"RMSProp, $\rho = 0.999$, rate 0.001",
    "adam": "Adam, rate 0.001",
    "adadelta": r"Adadelta, $\rho = 0.9$",
    "sgd-1": "none, rate 1",
}


@pytest.mark.parametrize("name, label", SIBLINGS.items(), ids=SIBLINGS)
def test_the_table_of_the_other_optimizers_shows_what_came(name, label):
    run = RUNS[name]
    last = [run[key][-1] for key in ("median", "low", "high")]
    assert row(label) == shown([*run["published"], *last])
    assert run["published"] == list(ENTRIES[name].published)


def test_three_of_five_published_ones_lie_outside_as_the_page_says():
    found = {}
    for name in list(SIBLINGS)[:5]:
        low, high, (published,) = (RUNS[name][key] for key in ("low", "high", "published"))
        found[name] = not low[-1] <= published <= high[-1]
    assert [name for name, outside in found.items() if outside] == [
        "adagrad",
        "rmsprop-0.999",
        "adadelta",
    ]
    far = RUNS["rmsprop-0.999"]
    assert 0.09 < far["published"][0] / far["high"][-1] - 1 < 0.11


# --- the figures ---


def test_images_stand_in_a_row_one_of_each_class():
    X, y = np.arange(36.0).reshape(4, 9), np.array([1, 0, 0, 1])
    ax = plot_images(X, y)
    (picture,) = ax.images
    assert picture.get_array().shape == (3, 7)
    assert np.array_equal(picture.get_array()[:, :3], X[1].reshape(3, 3))
    assert [label.get_text() for label in ax.get_xticklabels()] == ["0", "1"]


def test_a_line_of_epochs_leads_through_the_medians():
    ax = plot_epochs({"a": [[3, 2], [5, 1], [4, 4]], "b": [[9, 8]]})
    first, second = (container.lines[0] for container in ax.containers)
    assert first.get_ydata().tolist() == [4, 2] and second.get_ydata().tolist() == [9, 8]
    assert ax.get_yscale() == "log"
    (bars,) = ax.containers[0].lines[2]
    assert [segment[:, 1].tolist() for segment in bars.get_segments()] == [[3, 5], [1, 4]]


def test_a_grid_has_a_ring_at_its_best_rate_and_leaves_failures_out():
    grid = grid_of([0.1, 1.0, 10.0], [0, 1, 2], [[4, 5, 6], [1, 2, 9], [3, np.inf, np.inf]])
    ax = plot_fair_grids({"a": grid})
    line = ax.containers[0].lines[0]
    assert line.get_xdata().tolist() == [0.1, 1.0] and line.get_ydata().tolist() == [5, 2]
    ring = ax.lines[-1]
    assert ring.get_xdata().tolist() == [1.0] and ring.get_markerfacecolor() == "none"


def test_a_range_ends_at_the_median_where_a_run_failed():
    grid = grid_of([0.1, 1.0], [0, 1, 2], [[4, 5, np.inf], [7, 8, 9]])
    (bars,) = plot_fair_grids({"a": grid}).containers[0].lines[2]
    assert bars.get_segments()[0][:, 1].tolist() == [4, 5]


def test_bars_of_valleys_stand_side_by_side():
    ax = plot_valleys({"a": [0.5, 0.5], "b": [0.9, 0.1]})
    heights = [bar.get_height() for bar in ax.patches]
    assert heights == [0.5, 0.5, 0.9, 0.1]
    assert [label.get_text() for label in ax.get_xticklabels()] == ["A", "B"]
    left = sorted(bar.get_x() for bar in ax.patches)
    assert np.all(np.diff(left) > 0)
