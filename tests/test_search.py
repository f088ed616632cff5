"""Random, local and gradient search, slices, directions at equal length, and counting."""

import os

import numpy as np
import pytest
from scipy.special import betainc

from fallline.datasets import FOLDER, handwriting, mnist
from fallline.losses import multiclass_hinge
from fallline.objectives import himmelblau
from fallline.plotting import search as figures
from fallline.search import (
    cosine_density,
    counting,
    equal_length_compare,
    gradient_search,
    local_search,
    random_search,
    slice_1d,
    step_sweep,
)
from test_live import ask, some_states


def rng(seed=0):
    return np.random.default_rng(seed)


def bowl(W):
    return float(np.sum(np.square(W)))


def bowl_grad(W):
    return bowl(W), 2.0 * W


def spoils(W):
    """A loss that changes its argument."""
    value = bowl(W)
    W[...] = np.nan
    return value


SHAPES = [(3,), (2, 5), (4, 1), 6, (2, 1, 3)]


# --- counting ---


def test_counting_counts_each_call_once():
    counted = counting(max)
    assert counted.calls == 0
    assert counted(1, 3) == 3 and counted([-5, 2], key=abs) == -5
    assert counted.calls == 2
    counted.calls = 0
    counted(1, 2)
    assert counted.calls == 1


def test_counters_are_apart_and_nest():
    one, other = counting(bowl), counting(bowl)
    outer = counting(one)
    outer(np.ones(2)), one(np.ones(2)), other(np.ones(2))
    assert (outer.calls, one.calls, other.calls) == (1, 2, 1)
    assert not hasattr(bowl, "calls") and one.__name__ == "bowl"


def test_a_call_that_fails_counts_once_and_still_fails():
    counted = counting(lambda x: 1 / x)
    with pytest.raises(ZeroDivisionError):
        counted(0)
    assert counted.calls == 1
    with pytest.raises(TypeError, match="must be a function"):
        counting(3)


# --- the three strategies ---


@pytest.mark.parametrize("shape", SHAPES)
def test_random_search_returns_the_draw_that_its_history_ends_with(shape):
    draws = []
    loss = counting(lambda W: draws.append(W.copy()) or bowl(W))
    W, history = random_search(loss, shape, 20, 0.5, rng())
    losses = np.array([bowl(draw) for draw in draws])
    assert loss.calls == 20 and W.shape == np.empty(shape).shape
    np.testing.assert_array_equal(history, np.minimum.accumulate(losses))
    np.testing.assert_array_equal(W, draws[losses.argmin()])


def test_random_search_draws_normal_numbers_of_the_given_scale():
    seen = []
    random_search(lambda W: seen.append(W) or 0.0, (50,), 400, 0.2, rng())
    sample = np.ravel(seen)
    assert abs(sample.mean()) < 5 * 0.2 / np.sqrt(sample.size)
    assert abs(sample.std() / 0.2 - 1) < 5 / np.sqrt(2 * sample.size)


def test_the_random_ones_are_prefixes_of_longer_searches():
    for n in (1, 3, 10):
        short, long = (random_search(bowl, (3,), m, 1, rng(1))[1] for m in (n, 20))
        np.testing.assert_array_equal(short, long[:n])
        short, long = (local_search(bowl, np.ones(3), m, 0.5, rng(1))[1] for m in (n, 20))
        np.testing.assert_array_equal(short, long[:n])


@pytest.mark.parametrize("shape", SHAPES)
def test_local_search_only_goes_down_and_pays_for_its_start(shape):
    loss = counting(bowl)
    W0 = rng(5).normal(size=shape)
    W, history = local_search(loss, W0, 30, 0.3, rng())
    assert loss.calls == 30 and history.shape == (30,)
    assert history[0] == bowl(W0) and bowl(W) == history[-1] < history[0]
    assert np.all(np.diff(history) <= 0) and W.shape == W0.shape


def test_local_search_by_hand():
    Z = rng(2).normal(size=3)
    W, history = local_search(lambda W: float(abs(W[0] - 5)), [5.0 - 10], 4, 1.0, rng(2))
    at = [-5.0]
    for z in Z:
        at.append(at[-1] + max(z, 0.0))
    np.testing.assert_allclose(history, [5 - a for a in at], rtol=1e-15)
    assert W.tolist() == [at[-1]]


def test_a_start_at_the_minimum_is_never_left():
    W, history = local_search(bowl, np.zeros((2, 2)), 25, 0.1, rng())
    assert not W.any() and not history.any()


def test_ties_change_nothing():
    flat = lambda W: 1.0  # noqa: E731
    first = 2.0 * rng(3).normal(size=(2, 2))
    np.testing.assert_array_equal(random_search(flat, (2, 2), 9, 2.0, rng(3))[0], first)
    np.testing.assert_array_equal(local_search(flat, first, 9, 1.0, rng(4))[0], first)


def test_nan_is_never_better_and_never_hidden():
    calls = counting(lambda W: np.nan if calls.calls in (2, 5) else bowl(W))
    _, history = random_search(calls, 2, 8, 1.0, rng())
    assert np.isfinite(history).all() and history[1] == history[0]
    assert np.isnan(random_search(bowl, 2, 3, np.nan, rng())[1]).all()
    W, history = local_search(bowl, [np.nan, 1.0], 3, 0.1, rng())
    assert np.isnan(history).all() and np.isnan(W[0]) and W[1] == 1
    W, history = gradient_search(bowl_grad, [np.nan, 1.0], 0.1, 3)
    assert np.isnan(W[0]) and W[1] == pytest.approx(0.512) and np.isnan(history).all()


@pytest.mark.parametrize("shape", SHAPES)
def test_gradient_search_in_a_bowl_is_a_geometric_sequence(shape):
    loss_grad, W0 = counting(bowl_grad), rng(6).normal(size=shape)
    W, history = gradient_search(loss_grad, W0, 0.1, 7)
    assert loss_grad.calls == 7
    np.testing.assert_allclose(W, 0.8**7 * W0, rtol=1e-13)
    np.testing.assert_allclose(history, bowl(W0) * 0.64 ** np.arange(7), rtol=1e-13)


def test_ten_steps_and_ten_steps_are_twenty():
    half, first = gradient_search(bowl_grad, [3, -4], 0.05, 10)
    end, second = gradient_search(bowl_grad, half, 0.05, 10)
    whole, history = gradient_search(bowl_grad, [3, -4], 0.05, 20)
    np.testing.assert_array_equal(end, whole)
    np.testing.assert_array_equal([*first, *second], history)


def test_gradient_search_keeps_a_step_that_was_too_long():
    W, history = gradient_search(bowl_grad, [1.0], 1.5, 3)
    assert W.tolist() == [-8] and history.tolist() == [1, 4, 16]


@pytest.mark.parametrize(
    "bad, error", [(0, ValueError), (-3, ValueError), (2.5, ValueError), ("3", TypeError)]
)
def test_a_budget_is_a_positive_whole_number(bad, error):
    for search in (
        lambda n: random_search(bowl, 2, n, 1.0, rng()),
        lambda n: local_search(bowl, [1.0], n, 1.0, rng()),
        lambda n: gradient_search(bowl_grad, [1.0], 0.1, n),
    ):
        with pytest.raises(error, match=r"\bn\b"):
            search(bad)
    assert len(random_search(bowl, 2, np.int64(2), 1.0, rng())[1]) == 2


def test_errors_say_what_came():
    with pytest.raises(TypeError, match="W0 must hold real numbers"):
        local_search(bowl, "start", 3, 0.1, rng())
    with pytest.raises(TypeError, match=r"loss\(W\) must hold"):
        random_search(lambda W: None, 2, 3, 0.1, rng())
    with pytest.raises(ValueError, match=r"loss\(W\) must be one number"):
        random_search(lambda W: W, 2, 3, 0.1, rng())
    with pytest.raises(ValueError, match="the gradient must have the shape"):
        gradient_search(lambda W: (0.0, np.ones(2)), np.ones((2, 2)), 0.1, 1)
    with pytest.raises(ValueError, match="scale must be one number"):
        random_search(bowl, 2, 3, [1.0, 2.0], rng())


def test_a_loss_that_spoils_its_argument_spoils_nothing():
    start = np.array([1.0, 2.0])
    _, expected = local_search(bowl, start, 9, 0.3, rng())
    _, history = local_search(spoils, start, 9, 0.3, rng())
    np.testing.assert_array_equal(history, expected)
    assert start.tolist() == [1, 2]
    W, history = random_search(spoils, 2, 9, 1.0, rng())
    assert bowl(W) == history[-1]


# --- slices and directions ---


def test_a_slice_of_a_bowl_is_its_parabola():
    W, D = rng(7).normal(size=(2, 2, 3))
    alphas = np.array([0.5, -2, 0, 3, 0.5])
    expected = bowl(W) + 2 * alphas * np.sum(W * D) + alphas**2 * bowl(D)
    np.testing.assert_allclose(slice_1d(bowl, W, D, alphas), expected, rtol=1e-12)
    assert slice_1d(bowl, [3, 0], [0, 2], [0, 1, -2]).tolist() == [9, 13, 25]
    assert slice_1d(bowl, [3, 0], [0, 2], []).shape == (0,)


def test_slice_errors():
    with pytest.raises(ValueError, match="shape of W"):
        slice_1d(bowl, np.ones((2, 3)), np.ones(3), [1.0])
    with pytest.raises(ValueError, match="alphas"):
        slice_1d(bowl, [1.0], [1.0], 2.0)
    assert np.isnan(slice_1d(bowl, [1.0], [1.0], [np.nan, 1.0])).tolist() == [True, False]


@pytest.mark.parametrize("shape", [(3,), (2, 5), (4, 1)])
def test_on_a_plane_each_change_is_length_times_slope_times_cosine(shape):
    g, W, r = rng(8).normal(size=shape), rng(9).normal(size=shape), 0.7
    plane = lambda W: float(np.sum(g * W))  # noqa: E731
    down, changes = equal_length_compare(plane, lambda W: g, W, r, 6, rng(1))
    assert down == pytest.approx(-r * np.linalg.norm(g), rel=1e-12)
    Z = rng(1).normal(size=(6, *shape)).reshape(6, -1)
    cosines = Z @ g.ravel() / np.linalg.norm(Z, axis=1) / np.linalg.norm(g)
    np.testing.assert_allclose(changes, -down * cosines, rtol=1e-9, atol=1e-12)


def test_no_random_step_beats_the_gradient_on_a_plane():
    g = rng(2).normal(size=9)
    down, changes = equal_length_compare(lambda W: W @ g, lambda W: g, np.zeros(9), 1, 5000, rng())
    assert changes.min() > down and abs(changes.mean()) < 5 * abs(down) / np.sqrt(9 * 5000)
    assert abs(changes.std() / abs(down) - 1 / 3) < 0.02


def test_equal_length_compare_takes_a_gradient_or_its_function():
    W = np.array([1.0, 2.0])
    one = equal_length_compare(bowl, lambda W: 2 * W, W, 0.1, 3, rng())
    other = equal_length_compare(bowl, 2 * W, W, 0.1, 3, rng())
    assert one[0] == other[0] and np.array_equal(one[1], other[1])
    assert step_sweep(bowl, 2 * W, W, [-1]) == step_sweep(bowl, lambda W: 2 * W, W, [-1])


def test_lengths_are_right_for_huge_and_tiny_gradients():
    for size in (1e-200, 1e200):
        steps = []
        loss = lambda W: steps.append(W) or 0.0  # noqa: E731, B023
        equal_length_compare(loss, lambda W: size * np.array([3.0, 4.0]), [0, 0], 0.5, 2, rng())  # noqa: B023
        lengths = [np.linalg.norm(step) for step in steps[1:]]
        np.testing.assert_allclose(lengths, 0.5, rtol=1e-12)


def test_equal_length_errors():
    with pytest.raises(ValueError, match="points nowhere"):
        equal_length_compare(bowl, lambda W: 2 * W, np.zeros(2), 0.1, 3, rng())
    with pytest.raises(ValueError, match="k must be a whole number"):
        equal_length_compare(bowl, lambda W: 2 * W, np.ones(2), 0.1, 0, rng())
    with pytest.raises(ValueError, match="the gradient must have the shape"):
        equal_length_compare(bowl, lambda W: np.ones(3), np.ones(2), 0.1, 1, rng())
    down, changes = equal_length_compare(bowl, lambda W: 2 * W, [np.nan, 1.0], 0.1, 3, rng())
    assert np.isnan(down) and np.isnan(changes).all()


# --- the sweep ---


@pytest.mark.parametrize(
    "exponents", [[-2, -1, 0, 1], np.array([1, -3, 0]), np.array([-1], dtype=np.int8), [-0.5, 2.5]]
)
def test_the_sweep_in_a_bowl_is_known(exponents):
    W, grad = np.array([[2.0, -1.0, 0.0]]), counting(lambda W: 2 * W)
    expected = 5 * (1 - 2 * 10.0 ** np.asarray(exponents)) ** 2
    np.testing.assert_allclose(step_sweep(bowl, grad, W, exponents), expected, rtol=1e-12)
    assert grad.calls == 1


def test_for_short_steps_the_sweep_follows_the_linear_model():
    w = np.array([1.0, 1.0])
    g = himmelblau.gradient(w)
    losses = step_sweep(lambda w: float(himmelblau.value(w)), himmelblau.gradient, w, [-7, -6])
    drop = himmelblau.value(w) - losses
    np.testing.assert_allclose(drop, [1e-7 * g @ g, 1e-6 * g @ g], rtol=1e-3)


def test_arguments_stay_as_they_are():
    W, D, e = np.array([[1, 2]]), np.array([[1.0, 0.0]]), np.array([-1, 0])
    before = [v.copy() for v in (W, D, e)]
    slice_1d(spoils, W, D, e), step_sweep(spoils, lambda W: 2 * W, W, e)
    equal_length_compare(spoils, lambda W: 2.0 * W, W, 0.1, 2, rng())
    local_search(spoils, W, 3, 0.1, rng()), gradient_search(bowl_grad, W, 0.1, 2)
    for now, then in zip((W, D, e), before, strict=True):
        np.testing.assert_array_equal(now, then)
        assert now.dtype == then.dtype


# --- the cosine of a random direction ---


def beyond(c, d):
    """Return the probability of a cosine larger than c >= 0, by the incomplete beta function."""
    return betainc((d - 1) / 2, 0.5, 1 - np.square(c)) / 2


@pytest.mark.parametrize("d", [2, 3, 4, 10, 650, 100_000])
def test_the_density_is_the_slope_of_the_probability(d):
    c = np.array([0.0, 0.3, 0.9]) / np.sqrt(max(1, d / 3))
    h = 1e-4 / np.sqrt(d)
    slopes = (beyond(np.abs(c - h), d) - beyond(c + h, d)) / (2 * h)
    slopes[0] = betainc(0.5, (d - 1) / 2, h * h) / (2 * h)
    np.testing.assert_allclose(cosine_density(c, d), slopes, rtol=1e-6)
    np.testing.assert_array_equal(cosine_density(-c, d), cosine_density(c, d))


def test_the_density_by_hand():
    assert cosine_density([-0.9, 0, 0.5], 3) == pytest.approx(0.5, rel=1e-14)
    assert float(cosine_density(0.6, 2)) == pytest.approx(1 / (np.pi * 0.8), rel=1e-14)
    assert float(cosine_density(0.6, 5)) == pytest.approx(0.75 * 0.64, rel=1e-14)
    normal = np.sqrt(1e5 / (2 * np.pi)) * np.exp(-0.5)
    assert float(cosine_density(1 / np.sqrt(1e5), 100_000)) == pytest.approx(normal, rel=1e-4)


def test_density_errors():
    with pytest.raises(ValueError, match="strictly between"):
        cosine_density([0.5, 1.0], 3)
    with pytest.raises(ValueError, match="2 or more"):
        cosine_density(0.5, 1)
    assert np.isnan(cosine_density(np.nan, 3))


def test_the_live_figure_has_the_density_of_the_library_and_the_best_of_k():
    states = some_states("cosine", 120, seed=7)
    states += [{"d": d, "k": k} for d in (2, 3, 650, 100_000) for k in (1, 2, 1000, 10**9)]
    for state, answer in zip(states, ask(*[("cosine", s) for s in states]), strict=True):
        values, d, k = answer["values"], state["d"], state["k"]
        assert values["spread"] == pytest.approx(d**-0.5, rel=1e-12)
        assert values["rule"] == pytest.approx(min(1, np.sqrt(2 * np.log(k) / d)), rel=1e-12)
        density = float(cosine_density(0.5, d))
        assert values["density"] == pytest.approx(density, rel=1e-9, abs=1e-300)
        tails = beyond(np.linspace(0, 1, 21), d)
        right = -np.diff(tails)
        np.testing.assert_allclose(values["shares"], [*right[::-1], *right], rtol=0, atol=1e-12)
        assert sum(values["shares"]) == pytest.approx(1, abs=1e-12)
        # The median of the best: beyond it lies the 1 - 2^(-1/k)-th part; where that is steep,
        # an error of 1e-9 in the cosine shows as what the density makes of it.
        best, target = values["best"], -np.expm1(-np.log(2) / k)
        low, high = beyond(max(0, best - 1e-9), d), beyond(min(1, best + 1e-9), d)
        assert high <= target <= low, state
        assert best <= values["rule"] + 1e-12


def test_the_bound_holds_for_the_mean_of_the_best():
    for d, k in ((5, 10), (50, 100), (650, 1000)):
        Z = rng(d).normal(size=(40, k, d))
        best = (Z[..., 0] / np.linalg.norm(Z, axis=-1)).max(axis=1)
        assert best.mean() < np.sqrt(2 * np.log(k) / d) < 2 * best.mean()


# --- figures ---


def test_figures_show_what_they_are_given():
    rows = [(1, 0.0, 0.0, 9.0), (10, 1.0, 2.0, 3.25), (100, 2.0, 2.0, 1.5)]
    places = np.linspace(-1, 3, 5)
    heights = places[:, None] ** 2 + places**2
    for spent, shown, title in ((1, "9.00", "1 evaluation"), (10, "3.25", "10 evaluations")):
        ax = figures.plot_race(places, heights, {"local": rows}, spent)
        assert shown in ax.get_legend().get_texts()[0].get_text()
        assert ax.get_title().startswith(title + " ")
    ax = figures.plot_histories({"random": (np.arange(1, 4), np.array([3.0, 2.0, 2.0]))})
    assert ax.lines[0].get_ydata().tolist() == [3, 2, 2] and ax.get_xscale() == "log"
    ax = figures.plot_slices(np.arange(3), [3, 2, 1], [[3, 3, 3], [3, 3, 4]])
    assert ax.lines[-1].get_ydata().tolist() == [3, 2, 1]
    ax = figures.plot_changes(-1.0, np.array([-0.1, 0.0, 0.2]), 0.1)
    assert [line.get_xdata()[0] for line in ax.lines[1:]] == [-0.1, -1.0]
    ax = figures.plot_cosines({3: np.array([0.1, -0.3]), 50: np.array([0.0, 0.02])})
    assert len(ax.lines) == 2
    ax = figures.plot_sweep(np.array([-2, 0]), {"a": [1.0, 2.0], "b": [3.0, 4.0]})
    assert ax.lines[0].get_xdata().tolist() == [0.01, 1.0]


# --- the race, on real digits ---


def race(split, scale, step, lr, n=1000):
    """Return losses and test accuracies of the three strategies under one budget."""
    X, X_test = (np.column_stack([A, np.ones(len(A))]) for A in (split.X, split.X_test))
    hinge = lambda W: multiclass_hinge(W, X, split.y)  # noqa: E731
    loss = lambda W: hinge(W)[0]  # noqa: E731
    W0 = 0.001 * rng(0).normal(size=(10, X.shape[1]))
    found = {
        "random": random_search(loss, W0.shape, n, scale, rng(0))[0],
        "local": local_search(loss, W0, n, step, rng(0))[0],
        "gradient": gradient_search(hinge, W0, lr, n // 2)[0],
    }
    accuracy = lambda W: float(np.mean((X_test @ W.T).argmax(axis=1) == split.y_test))  # noqa: E731
    return {name: (loss(W), accuracy(W)) for name, W in found.items()}, hinge, W0.shape


@pytest.fixture
def full_mnist():
    """Return MNIST; where the data folder does not hold it, the test is skipped and says so."""
    try:
        mnist()
    except FileNotFoundError as missing:
        pytest.skip(f"the twin on MNIST does not run: {missing}")
    return handwriting(2000)[1]


def test_on_the_digits_each_way_has_the_setting_that_suits_it(tmp_path):
    name, split = handwriting(folder=tmp_path)
    grid = (0.01, 0.03, 0.1, 0.3)
    tried = [race(split, setting, setting, setting)[0] for setting in grid]
    losses = {way: [ends[way][0] for ends in tried] for way in tried[0]}
    best = {way: grid[int(np.argmin(values))] for way, values in losses.items()}
    assert name == "digits" and best == {"random": 0.3, "local": 0.03, "gradient": 0.3}
    assert max(losses["gradient"]) < min(losses["local"]) < min(losses["random"])


def test_on_mnist_the_numbers_are_their_own(full_mnist):
    """The twin: 2000 images of MNIST, 7850 weights, the same budget."""
    ends, hinge, shape = race(full_mnist, 0.01, 0.01, 0.01)
    assert shape == (10, 785)
    bands = {
        "random": ((8.55, 8.8), (0.05, 0.25)),
        "local": ((1.35, 1.7), (0.65, 0.73)),
        "gradient": ((0.42, 0.435), (0.875, 0.89)),
    }
    for way, bounds in bands.items():
        for value, (low, high) in zip(ends[way], bounds, strict=True):
            assert low < value < high, (way, ends[way])
    W = np.zeros(shape)
    g = hinge(W)[1]
    down, changes = equal_length_compare(lambda W: hinge(W)[0], g, W, 0.1, 200, rng())
    predicted = 0.1 * np.linalg.norm(g) / np.sqrt(g.size)
    assert down == pytest.approx(-1.052, abs=0.001) and predicted == pytest.approx(0.0119, abs=1e-4)
    assert abs(changes.std() / predicted - 1) < 5 / np.sqrt(400)
    assert changes.min() / down < np.sqrt(2 * np.log(200) / g.size)


def test_the_page_keeps_to_the_data_that_ship():
    from conftest import ROOT

    text = (ROOT / "book/search.md").read_text(encoding="utf-8")
    assert "import digits" in text and "mnist" not in text and "handwriting" not in text
    assert FOLDER not in text and os.environ.get(FOLDER, "") not in ("book",)
