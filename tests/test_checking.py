"""Gradient checks: what they report for right gradients, and what they find."""

import itertools

import numpy as np
import pytest

from conftest import oracle
from fallline.checking import (
    EPS,
    check_params,
    check_with_noise,
    directional_check,
    expected_error,
    find_bugs,
    grad_check,
    hvp_check,
    kinks_crossed,
    relative_error,
)
from fallline.differences import best_step, numerical_gradient
from fallline.objectives import beale, himmelblau, rosenbrock
from fallline.plotting import plot_check_errors, plot_conditioning, plot_kink
from test_live import ask, some_states

OBJECTIVES = {
    "rosen2": rosenbrock,
    "rosen5": rosenbrock,
    "beale2": beale,
    "himmelblau2": himmelblau,
}
POINTS = oracle("torch_derivs")
by_point = pytest.mark.parametrize("name, k", list(itertools.product(OBJECTIVES, range(3))))


def rng(seed=0):
    return np.random.default_rng(seed)


def squares(x):
    return float(np.sum(x**2))


def cubes(x):
    return float(np.sum(x**3))


# --- relative_error ---


def test_relative_error_by_hand():
    r = relative_error([1, 4, 0, -1], [2, 4, 0, 1])
    assert r.tolist() == [0.5, 0, 0, 2]
    assert r.dtype == np.float64
    assert relative_error(1.0, 0.0) == 1 and type(relative_error(1, 0)) is float


def test_relative_error_is_symmetric_bounded_and_free_of_scale():
    a, b = rng().normal(size=(2, 4, 5))
    r = relative_error(a, b)
    np.testing.assert_array_equal(r, relative_error(b, a))
    assert np.all((r >= 0) & (r <= 2))
    np.testing.assert_allclose(relative_error(1e5 * a, 1e5 * b), r, rtol=1e-12)


def test_below_the_floor_an_entry_counts_as_the_floor():
    assert relative_error([1e-12], [0.0]).tolist() == pytest.approx([1e-4])
    assert relative_error([1e-12, 0.0], [0.0, 0.0], floor=0).tolist() == [1, 0]


def test_relative_error_passes_nan_and_refuses_other_shapes():
    assert np.isnan(relative_error([np.nan, 1], [1, 1])).tolist() == [True, False]
    with pytest.raises(ValueError, match="one shape"):
        relative_error(np.ones(3), np.ones((3, 1)))
    with pytest.raises(ValueError, match="floor"):
        relative_error([1.0], [1.0], floor=-1)
    with pytest.raises(TypeError, match="real numbers"):
        relative_error(["1"], [1.0])


# --- expected_error ---


def test_expected_error_is_optimum_times_conditioning():
    optimum = EPS ** (2 / 3)
    assert expected_error(1.0, 1.0, 0.5) == optimum
    assert expected_error(2.0, 0.001, 0.0) == pytest.approx(2000 * optimum)
    assert expected_error(-3.0, [-1, 2], [10, 0]) == pytest.approx([0.3 * optimum, 1.5 * optimum])
    assert expected_error(1.0, 0.0, 0.0) == pytest.approx(1e8 * optimum)
    assert expected_error(1.0, 1.0, 0.0, eps=2**-23) == pytest.approx(2.42e-5, rel=0.01)


@pytest.mark.parametrize("shift, scale", [(0, 1), (200, 1), (0, 1e-3), (5, 1e3)])
def test_right_gradients_stay_within_a_hundred_times_the_expected_error(shift, scale):
    f = lambda x: scale * (shift + float(np.sum(np.sin(x) + np.exp(-x * x))))  # noqa: E731
    g = lambda x: scale * (np.cos(x) - 2 * x * np.exp(-x * x))  # noqa: E731
    for size in (0.3, 1.0, 3.0):
        x = size * rng(3).normal(size=40)
        error = relative_error(numerical_gradient(f, x), g(x))
        assert np.all(error <= 100 * expected_error(f(x), g(x), x))


def test_expected_error_refuses_what_makes_no_sense():
    with pytest.raises(ValueError, match="one shape"):
        expected_error(1.0, np.ones(2), np.ones(3))
    with pytest.raises(ValueError, match="positive"):
        expected_error(1.0, 1.0, 1.0, eps=0)
    assert np.isnan(expected_error(np.nan, 1.0, 1.0))


# --- grad_check ---


def test_grad_check_finds_the_worst_entry_of_any_shape():
    x = rng().normal(size=(2, 3, 2))
    wrong = 2 * x
    wrong[1, 2, 0] *= 1.25
    worst, index = grad_check(squares, lambda _: wrong, x)
    assert index == (1, 2, 0) and worst == pytest.approx(0.2, abs=1e-8)
    assert x[index] == wrong[index] / 2.5


@by_point
def test_published_gradients_pass_and_scaled_ones_do_not(name, k):
    point = POINTS[name][k]
    f, x, g = OBJECTIVES[name].value, np.array(point["x"]), np.array(point["g"])
    assert f(x) == pytest.approx(point["f"], rel=1e-13)
    worst, _ = grad_check(f, lambda _: g, x)
    assert worst < 100 * np.max(expected_error(f(x), g, x))
    assert grad_check(f, lambda _: 1.01 * g, x)[0] == pytest.approx(0.01 / 1.01, rel=1e-3)


def test_by_default_the_step_is_the_best_one_for_each_entry():
    seen = []

    def f(x):
        seen.append(x.copy())
        return squares(x)

    x = np.array([0.5, 1000.0])
    grad_check(f, lambda x: 2 * x, x)
    steps = np.max(np.abs(np.array(seen) - x), axis=1)
    np.testing.assert_allclose(steps, np.repeat(best_step("central", x), 2), rtol=1e-6)


def test_k_entries_are_drawn_without_replacement_and_each_has_its_turn():
    counts = np.zeros(6)
    for seed in range(200):
        moved = []

        def f(x, moved=moved):
            moved.extend(np.flatnonzero(x != 1.0))
            return squares(x)

        grad_check(f, lambda x: 2 * x, np.ones(6), k=2, rng=rng(seed))
        assert len(moved) == 4 and len(set(moved)) == 2
        counts[list(set(moved))] += 1
    # A third of 200 each, within five standard errors.
    assert np.all(np.abs(counts - 200 / 3) < 5 * np.sqrt(200 * 2 / 9))


def test_grad_check_calls_the_gradient_once_at_x_and_changes_nothing():
    x, calls = np.array([1.0, 2.0]), []

    def grad(p):
        calls.append(p.copy())
        p *= 7
        return 2 * np.array([1.0, 2.0])

    assert grad_check(squares, grad, x)[0] < 1e-9
    assert len(calls) == 1 and calls[0].tolist() == x.tolist() == [1, 2]


def test_nan_is_the_worst_error_there_is():
    worst, index = grad_check(squares, lambda x: [2.0, np.nan], np.array([1.0, 1.0]))
    assert np.isnan(worst) and index == (1,)


def test_grad_check_errors():
    with pytest.raises(ValueError, match="draws the k entries"):
        grad_check(squares, lambda x: 2 * x, np.ones(3), k=2)
    with pytest.raises(ValueError, match="empty"):
        grad_check(squares, lambda x: x, np.ones(0))
    with pytest.raises(ValueError, match="at least one"):
        grad_check(squares, lambda x: x, np.ones(2), k=0, rng=rng())
    with pytest.raises(ValueError, match=r"shape of its point, \(2,\)"):
        grad_check(squares, lambda x: x[:, None], np.ones(2))
    with pytest.raises(ValueError, match="h must not be 0"):
        grad_check(squares, lambda x: 2 * x, np.ones(2), h=0)


# --- check_params ---


def layer():
    r = rng(1)
    X, y = r.normal(size=(5, 3)), r.normal(size=(5, 2))
    params = {"W": r.normal(size=(3, 2)), "b": r.normal(size=2), "log_scale": np.array(0.1)}

    def loss(p):
        return float(np.exp(p["log_scale"]) * np.mean((X @ p["W"] + p["b"] - y) ** 2))

    residual, s = X @ params["W"] + params["b"] - y, np.exp(0.1)
    grads = {
        "W": s * X.T @ residual / 5,
        "b": s * residual.mean(axis=0),
        "log_scale": np.array(loss(params)),
    }
    return loss, params, grads


def test_check_params_names_the_array_that_is_wrong():
    loss, params, grads = layer()
    assert max(check_params(loss, params, grads).values()) < 1e-7
    errors = check_params(loss, params, {**grads, "b": 1.01 * grads["b"]})
    assert errors["b"] == pytest.approx(0.01 / 1.01, rel=1e-4)
    assert list(errors) == ["W", "b", "log_scale"] and max(errors["W"], errors["log_scale"]) < 1e-7


def test_check_params_draws_from_every_array_and_leaves_them_alone():
    loss, params, grads = layer()
    before = {name: value.copy() for name, value in params.items()}
    errors = check_params(loss, params, {**grads, "b": 2 * grads["b"]}, k=1, rng=rng())
    assert errors["b"] == pytest.approx(0.5, abs=1e-6)
    assert all(np.array_equal(params[name], before[name]) for name in params)


def test_check_params_insists_on_names_and_shapes():
    loss, params, grads = layer()
    with pytest.raises(ValueError, match=r"missing \['b'\], extra \['B'\]"):
        check_params(loss, params, {"W": grads["W"], "B": grads["b"], "log_scale": 0.0})
    with pytest.raises(ValueError, match=r"shape of its point, \(3, 2\)"):
        check_params(loss, params, {**grads, "W": grads["W"].T})
    assert np.isnan(check_params(loss, params, {**grads, "b": np.array([np.nan, 0])})["b"])


# --- directional_check ---


@by_point
def test_one_direction_passes_published_gradients(name, k):
    point = POINTS[name][k]
    f, x, g = OBJECTIVES[name].value, np.array(point["x"]), np.array(point["g"])
    for seed in range(5):
        assert directional_check(f, g, x, rng(seed)) < 1e-5
    assert directional_check(f, 1.01 * g, x, rng()) == pytest.approx(0.01 / 1.01, rel=1e-2)
    assert directional_check(f, -g, x, rng()) == pytest.approx(2, rel=1e-5)


def test_two_evaluations_a_step_to_either_side_whatever_the_number_of_coordinates():
    seen = []

    def f(x):
        seen.append(x.copy())
        return squares(x)

    x = np.linspace(-1, 1, 5000).reshape(50, 100)
    assert directional_check(f, 2 * x, x, rng(), h=0.01) < 1e-8
    assert len(seen) == 2
    assert [np.linalg.norm(p - x) for p in seen] == pytest.approx([0.01, 0.01])
    np.testing.assert_allclose(seen[0] + seen[1], 2 * x, atol=1e-15)


def test_directions_are_draws_of_the_global_error():
    g, delta = rng(1).normal(size=(2, 60))
    squared = [relative_direction(g, 0.05 * delta, seed) for seed in range(2000)]
    wrong, all_of_it = np.mean(squared, axis=0)
    ratio = 0.05**2 * (delta @ delta) / (g @ g)
    # Each mean of 2000 squares of normal numbers is good to five times 3 %.
    assert wrong / all_of_it == pytest.approx(ratio, rel=0.25)


def relative_direction(g, delta, seed):
    v = rng(seed).normal(size=g.size)
    v /= np.linalg.norm(v)
    return (delta @ v) ** 2, (g @ v) ** 2


def test_directional_check_errors():
    with pytest.raises(ValueError, match="one shape"):
        directional_check(squares, np.ones(2), np.ones(3), rng())
    with pytest.raises(ValueError, match="h must not be 0"):
        directional_check(squares, np.ones(2), np.ones(2), rng(), h=0)
    assert np.isnan(directional_check(squares, [np.nan, 1.0], [1.0, 1.0], rng()))


# --- hvp_check ---


@by_point
def test_published_hessian_vector_products_pass(name, k):
    point, objective = POINTS[name][k], OBJECTIVES[name]
    x, H = np.array(point["x"]), np.array(point["H"])
    np.testing.assert_allclose(H @ point["v"], point["Hv"], rtol=1e-12, atol=1e-12)
    product = lambda _, v: H @ v  # noqa: E731
    for seed in range(3):
        assert hvp_check(objective.gradient, product, x, rng(seed)) < 1e-4
    assert hvp_check(objective.gradient, lambda _, v: 1.01 * H @ v, x, rng()) > 0.009
    assert hvp_check(objective.gradient, lambda _, v: -H @ v, x, rng()) == pytest.approx(2)


def test_a_transposed_jacobian_is_no_hessian_vector_product():
    A = np.array([[1.0, 5.0], [0.0, 2.0]])
    field = lambda x: A @ x  # noqa: E731  (no gradient at all: A is not symmetric)
    assert hvp_check(field, lambda _, v: A @ v, [1.0, 2.0], rng()) < 1e-8
    assert hvp_check(field, lambda _, v: A.T @ v, [1.0, 2.0], rng()) > 0.1


def test_hvp_check_errors():
    with pytest.raises(ValueError, match=r"hvp\(x, v\) must have the shape"):
        hvp_check(lambda x: x, lambda x, v: v[:1], np.ones(2), rng())
    with pytest.raises(ValueError, match="h must not be 0"):
        hvp_check(lambda x: x, lambda x, v: v, np.ones(2), rng(), h=0)
    assert np.isnan(hvp_check(lambda x: x, lambda x, v: v * np.nan, np.ones(2), rng()))


# --- kinks_crossed ---


@pytest.mark.parametrize(
    "a, b, count",
    [
        ([-1, 2], [1, 3], 1),
        ([[-1, 2], [3, -4]], [[1, -2], [3, 4]], 3),
        ([0, 0, 1, -1], [1, -1, 0, 0], 0),
        ([-0.0, 0.0], [0.0, -0.0], 0),
        ([-1e-200], [1e-200], 1),
        ([], [], 0),
    ],
)
def test_a_kink_is_crossed_from_one_strict_sign_to_the_other(a, b, count):
    assert kinks_crossed(a, b) == kinks_crossed(b, a) == count
    assert type(kinks_crossed(a, b)) is int


def test_a_difference_without_a_crossing_is_right_for_a_relu():
    z, h = rng(2).normal(size=5000) * 1e-4, 1e-5
    difference = (np.maximum(z + h, 0) - np.maximum(z - h, 0)) / (2 * h)
    off = np.abs(difference - (z > 0)) > 1e-6
    crossed = (z - h < 0) & (z + h > 0)
    assert kinks_crossed(z - h, z + h) == crossed.sum() > 100
    assert np.array_equal(off, crossed)


def test_kinks_crossed_edges():
    assert np.isnan(kinks_crossed([np.nan, 1.0], [1.0, -1.0]))
    with pytest.raises(ValueError, match="one shape"):
        kinks_crossed(np.ones(2), np.ones((2, 1)))


# --- find_bugs ---


def softplus(x):
    return float(np.sum(np.logaddexp(0, x)))


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def small_last(x):
    return float(np.sum(np.logspace(0, -4, x.size) * x**2))


PAIRS = [
    (squares, lambda x: 2 * x),
    (cubes, lambda x: 2.996 * x**2),
    (softplus, sigmoid),
    (small_last, lambda x: 2 * np.logspace(0, -4, x.size) * x * (np.arange(x.size) < x.size - 1)),
    (lambda x: 1000 + float(np.sum(np.sin(x))), np.cos),
]


@pytest.mark.parametrize("seed", range(20))
def test_find_bugs_finds_two_of_five_and_no_other(seed):
    assert find_bugs(PAIRS, rng(seed)) == [1, 3]


@pytest.mark.parametrize("scale", [1e-8, 1e-3, 1e6])
def test_find_bugs_does_not_depend_on_the_unit_of_the_loss(scale):
    pairs = [
        (lambda x, f=f: scale * f(x), lambda x, g=g: scale * np.asarray(g(x))) for f, g in PAIRS
    ]
    assert find_bugs(pairs, rng(5)) == [1, 3]


def test_find_bugs_sees_nan_other_shapes_and_one_sided_mistakes():
    relu = lambda x: float(np.sum(np.maximum(x, 0)))  # noqa: E731
    pairs = [
        (squares, lambda x: np.full(x.shape, np.nan)),
        (squares, lambda x: 2 * x[:, None]),
        (relu, lambda x: (x > 0).astype(int)),
        (relu, lambda x: np.ones(x.size)),
    ]
    assert find_bugs(pairs, rng(1)) == [0, 1, 3]
    assert find_bugs([], rng()) == []


def test_a_pair_may_bring_a_point_of_its_own():
    logs = lambda x: float(np.sum(np.log(x)))  # noqa: E731
    x = np.array([[1.0, 2.0], [3.0, 4.0]])
    assert find_bugs([(logs, lambda x: 1 / x, x), (logs, lambda x: -1 / x, x)], rng()) == [1]
    with pytest.raises(ValueError, match="one number"):
        find_bugs([(lambda x: x, lambda x: x)], rng())


# --- check_with_noise ---


def test_the_noise_is_that_of_the_seed_on_both_sides():
    f = lambda x, r: float(np.sum(r.normal(size=x.shape) * x**2) + 100 * r.normal())  # noqa: E731
    x = np.array([[1.0, -2.0, 0.0]])
    for seed in (0, 7):
        weights = rng(seed).normal(size=x.shape)
        np.testing.assert_allclose(check_with_noise(f, x, seed), 2 * weights * x, atol=1e-7)
    assert check_with_noise(lambda x, r: squares(x), [3, 4], 1, h=0.5).tolist() == [6, 8]


def test_noise_that_goes_on_is_refused():
    for seed in (None, rng()):
        with pytest.raises(TypeError, match="seed must be a number"):
            check_with_noise(lambda x, r: squares(x), np.ones(2), seed)
    with pytest.raises(ValueError, match="h must not be 0"):
        check_with_noise(lambda x, r: squares(x), np.ones(2), 0, h=0)
    assert np.isnan(check_with_noise(lambda x, r: squares(x), [np.nan, 1.0], 0)).all()


# --- figures ---


def test_the_check_figure_has_a_line_for_each_curve_and_its_expectation():
    hs = np.logspace(-9, -1, 9)
    ax = plot_check_errors(hs, {"a": hs, "b": 1 / hs}, {"a": 1e-5, "b": 1e-3})
    assert len(ax.lines) == 5
    assert ax.get_xscale() == ax.get_yscale() == "log"


def test_the_conditioning_figure_draws_dots_crosses_and_two_lines():
    g = np.array([-1.0, 0.01, 0.1])
    ax = plot_conditioning(g, [1e-9, 1e-7, 1e-8], 1e-9 / np.abs(g), (g[:1], [0.01]))
    dots, crosses, expected, threshold = ax.lines
    assert dots.get_xdata().tolist() == [1, 0.01, 0.1] and crosses.get_ydata().tolist() == [0.01]
    np.testing.assert_allclose(threshold.get_ydata(), 100 * expected.get_ydata())


@pytest.mark.parametrize("h, count, slope", [(1e-5, 1, 0.45), (1e-7, 0, 0.0)])
def test_the_kink_figure_says_what_the_difference_sees(h, count, slope):
    ax = plot_kink(-1e-6, h)
    assert ax.get_title().endswith(f"kinks crossed: {count}")
    labels = [text.get_text() for text in ax.get_legend().get_texts()]
    assert f"central difference, slope {slope:g}" in labels


# --- the live figure, against the library ---

INPUTS = [(0.8, 1.1e-7), (-0.5, -0.7e-7), (1.3, 0.4e-7), (-1.1, 1.6e-7)]
TARGETS = [0.6, -0.2, 0.9, 0.3]
RANDOM = [0.9, -0.4, -0.7, 0.6, 0.5, 0.3, 0.2, 0.4, -0.3, 0.7, -0.8, 0.5, 0.1]
ALONG = [0.31, -0.12, 0.27, 0.19, -0.35, 0.03, 0.42, -0.24, 0.3, -0.21, 0.38, 0.26, -0.29]
WEIGHTS = [0, 1, 2, 3, 4, 5, 9, 10, 11]


def zoo_point(name):
    w = np.array(RANDOM)
    if name == "zeros":
        w[WEIGHTS] = 0.0
    if name == "kink":
        w[6] = -1e-6 - (w[0] * INPUTS[0][0] + w[1] * INPUTS[0][1])
    return w


def zoo_activations(w):
    w = [float(p) for p in w]
    return [[w[2 * k] * p + w[2 * k + 1] * q + w[6 + k] for k in range(3)] for p, q in INPUTS]


def zoo_loss(w, lam):
    total, w = 0.0, [float(p) for p in w]
    for z, y in zip(zoo_activations(w), TARGETS, strict=True):
        out = w[12]
        for k in range(3):
            out += w[9 + k] * max(z[k], 0.0)
        total += (out - y) * (out - y)
    squares = 0.0
    for j in WEIGHTS:
        squares += w[j] * w[j]
    return total / 8 + (lam / 2) * squares


def zoo_gradient(w, lam, bug):
    """Return the network's gradient in matrix form, spoilt as the figure's bugs are."""
    X, Z = np.array(INPUTS), np.array(zoo_activations(w))
    A, out_weights = np.maximum(Z, 0), w[9:12]
    error = (A @ out_weights + w[12] - TARGETS) / 4
    back = error[:, None] * out_weights * ((Z > 0) | (bug == "mask"))
    g = np.concatenate([(back.T @ X).ravel(), back.sum(axis=0), A.T @ error, [error.sum()]])
    g[12] *= 4 if bug == "sum" else 1
    if bug != "decay":
        g[:6] += lam * w[:6]
    g[9:12] += lam * out_weights
    if bug == "bias":
        g[6:9] *= 1.01
    if bug == "lost":
        g[5] = 0.0
    return g


def test_the_bug_zoo_computes_what_the_library_does():
    states = some_states("bug-zoo", 120, seed=6)
    for state, answer in zip(states, ask(*[("bug-zoo", s) for s in states]), strict=True):
        w, lam, h = zoo_point(state["point"]), 1000 * (state["point"] == "loud"), state["h"]
        values, g = answer["values"], zoo_gradient(w, lam, state["bug"])
        assert values["value"] == pytest.approx(zoo_loss(w, lam), rel=1e-12)
        assert values["gradient"] == pytest.approx(g, rel=1e-9, abs=1e-18)
        g = np.array(values["gradient"])
        n = numerical_gradient(lambda p, lam=lam: zoo_loss(p, lam), w, h)
        assert values["numerical"] == pytest.approx(n, rel=1e-9, abs=1e-15)
        size = np.maximum(np.abs(g), np.abs(n))
        errors, thresholds = relative_error(g, n), 100 * expected_error(values["value"], size, w)
        assert values["errors"] == pytest.approx(errors, rel=1e-9, abs=1e-15)
        assert values["thresholds"] == pytest.approx(thresholds, rel=1e-9)
        ends = [(w + e, w - e) for e in h * np.eye(13)]
        kinks = [kinks_crossed(zoo_activations(p), zoo_activations(m)) for p, m in ends]
        assert values["kinks"] == kinks
        v = np.array(ALONG) / np.linalg.norm(ALONG)
        rise, slope = (zoo_loss(w + h * v, lam) - zoo_loss(w - h * v, lam)) / (2 * h), g @ v
        limit = 100 * expected_error(
            values["value"], float(max(abs(rise), abs(slope))), float(np.linalg.norm(w))
        )
        norm = np.linalg.norm
        expected = {
            "worst entry": np.max(errors / thresholds),
            "one norm": norm(g - n) / (norm(g) + norm(n)) / 2e-7,
            "one direction": relative_error(rise, float(slope)) / limit,
            "first entry only": errors[0] / thresholds[0],
        }
        found = dict(values["checks"])
        # Rounding of v and of w + h v differs in the last bit, and the quotient shows it.
        bits = 8 * EPS * values["value"] / h / (limit * max(abs(rise), abs(slope), 1e-8))
        for name, ratio in expected.items():
            slack = bits if name == "one direction" else 1e-12
            assert found[name] == pytest.approx(ratio, rel=1e-9, abs=slack), (state, name)


def test_the_bug_zoo_is_right_where_no_bug_is_planted():
    for point, lam in (("random", 0), ("zeros", 0), ("loud", 1000)):
        w = zoo_point(point)
        g = zoo_gradient(w, lam, "none")
        n = numerical_gradient(lambda p, lam=lam: zoo_loss(p, lam), w)
        assert np.all(relative_error(g, n) <= 100 * expected_error(zoo_loss(w, lam), g, w))


def fires(bug, point, h=1e-5):
    (answer,) = ask(("bug-zoo", {"bug": bug, "point": point, "h": h}))
    return {name for name, ratio in answer["values"]["checks"] if ratio > 1}


def test_each_check_of_the_zoo_has_its_blind_spot():
    every = {"worst entry", "one norm", "one direction", "first entry only"}
    assert fires("none", "random") == set()
    assert fires("bias", "random") == every - {"first entry only"}
    assert fires("bias", "zeros") == fires("mask", "zeros") == set()
    assert fires("lost", "random") == {"worst entry"}
    assert fires("decay", "random") == set() and fires("decay", "loud") == every
    assert fires("none", "kink") == every and fires("none", "kink", 1e-7) == set()
