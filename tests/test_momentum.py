"""Three forms of momentum, terminal velocity, the spectrum, Nesterov, and when it does not help."""

import itertools
import math

import numpy as np
import pytest

from conftest import oracle
from fallline.descent import descend, gd, optimal_lr, walk
from fallline.gradient import jacobian
from fallline.momentum import (
    FORMS,
    convert,
    half_life,
    hb_radius,
    momentum_step,
    nesterov_lookahead_step,
    nesterov_radius,
    nesterov_rewritten_step,
    nesterov_step,
    optimal_hb,
    optimal_nesterov,
    steps_to_fraction,
    time_constant,
    velocity_after,
)
from fallline.objectives import bowl, rosenbrock, valley
from fallline.plotting import (
    plot_ball_rates,
    plot_courses,
    plot_forms_apart,
    plot_lookahead,
    plot_velocities,
)
from test_live import ask, corners, some_states

by_form = pytest.mark.parametrize("form", FORMS)


# --- published numbers ---


def test_cs231ns_published_numbers_are_those_of_the_form_inside():
    table = oracle("cs231n_momentum")
    w, g, v = (np.linspace(*e, 20).reshape(4, 5) for e in ((-0.4, 0.6), (-0.6, 0.4), (0.6, 0.9)))
    w, v = momentum_step(w, g, v, lr=table["lr"], beta=table["momentum"], form="inside")
    np.testing.assert_allclose(w, table["next_w"], atol=6e-9)
    np.testing.assert_allclose(v, table["velocity"], atol=6e-9)


# --- three forms ---


def test_two_steps_by_hand_in_every_form():
    ends = {"inside": (2.3, -1.7), "outside": (2.3, 17.0), "ema": (4.73, 1.7)}
    for form, (w2, v2) in ends.items():
        w, v = momentum_step(5.0, 10.0, lr=0.1, beta=0.9, form=form)
        w, v = momentum_step(w, 8.0, v, lr=0.1, beta=0.9, form=form)
        assert (w, v) == (pytest.approx(w2), pytest.approx(v2)), form


def test_the_default_form_is_outside():
    assert momentum_step(5.0, 10.0, lr=0.1, beta=0.9) == (4.0, 10.0)


@by_form
def test_without_momentum_every_form_is_gradient_descent(form):
    path = descend(momentum_step, rosenbrock.gradient, [-1, 1], 30, lr=1e-3, beta=0, form=form)
    np.testing.assert_array_equal(path, gd(rosenbrock.gradient, [-1, 1], 1e-3, 30))


@pytest.mark.parametrize("form_a, form_b", [(a, b) for a in FORMS for b in FORMS])
def test_converted_forms_walk_the_same_path(form_a, form_b):
    lr, beta = convert(form_a, form_b, 0.002, 0.9)
    here = descend(
        momentum_step, rosenbrock.gradient, [-1.2, 1], 40, lr=0.002, beta=0.9, form=form_a
    )
    there = descend(
        momentum_step, rosenbrock.gradient, [-1.2, 1], 40, lr=lr, beta=beta, form=form_b
    )
    np.testing.assert_allclose(there, here, rtol=1e-9, atol=1e-11)
    assert convert(form_b, form_a, lr, beta) == pytest.approx((0.002, 0.9), rel=1e-15)


def test_conversion_by_hand_and_refused():
    assert convert("ema", "outside", 0.5, 0.75) == (0.125, 0.75)
    assert convert("outside", "ema", 0.5, 0.75) == (2.0, 0.75)
    assert convert("inside", "outside", 0.5, 0.75) == (0.5, 0.75)
    assert convert("ema", "ema", 0.3, 0.9) == (0.3, 0.9)
    assert np.isnan(convert("ema", "inside", np.nan, 0.9)[0])
    with pytest.raises(ValueError, match="must be one of inside, outside, ema"):
        convert("torch", "ema", 0.1, 0.9)
    with pytest.raises(ValueError, match="form_b"):
        convert("ema", "torch", 0.1, 0.9)
    with pytest.raises(ValueError, match="below 1"):
        convert("outside", "ema", 0.1, 1.0)


def test_the_memory_of_the_forms_differs_by_a_factor():
    lr, beta, g = 0.05, 0.8, np.array([3.0, -1.0])
    v = {form: momentum_step([0.0, 0.0], g, lr=lr, beta=beta, form=form)[1] for form in FORMS}
    np.testing.assert_allclose(v["inside"], -lr * v["outside"])
    np.testing.assert_allclose(v["ema"], (1 - beta) * v["outside"])


def differ(schedule, n):
    """Return how far "inside" and "outside" come apart on w²/2 from 1 with beta = 0.9."""
    a, b = (
        descend(momentum_step, lambda w: w, 1.0, n, lr=schedule, beta=0.9, form=form)
        for form in ("inside", "outside")
    )
    return np.abs(a - b).max()


def test_the_forms_part_when_the_learning_rate_changes():
    assert differ(lambda t: 0.05, 40) < 1e-14
    assert differ(lambda t: 0.05 if t <= 20 else 0.005, 40) == pytest.approx(0.425, abs=5e-4)
    assert differ(lambda t: 0.1 * min(1, t / 50), 100) == pytest.approx(0.406, abs=5e-4)


def test_rescaling_the_velocity_at_a_drop_mends_the_form_inside():
    w, v, path = 1.0, 0.0, [1.0]
    for t in range(1, 41):
        lr = 0.05 if t <= 20 else 0.005
        v = v / 10 if t == 21 else v
        w, v = momentum_step(w, w, v, lr=lr, beta=0.9, form="inside")
        path.append(w)
    out = descend(momentum_step, lambda w: w, 1.0, 40, lr=lambda t: 0.05 / 10 ** (t > 20), beta=0.9)
    np.testing.assert_allclose(path, out, rtol=1e-12)


@by_form
def test_nothing_is_changed_in_place_and_nothing_is_shared(form):
    w, g, v = np.ones((2, 3)), np.full((2, 3), 2.0), np.full((2, 3), 3.0)
    w2, v2 = momentum_step(w, g, v, lr=0.1, beta=0.9, form=form)
    assert np.all(w == 1) and np.all(g == 2) and np.all(v == 3)
    assert not any(np.shares_memory(a, b) for a, b in itertools.combinations((w, g, v, w2, v2), 2))


@by_form
def test_ten_steps_and_ten_more_are_twenty(form):
    hyper = {"lr": lambda t: 0.02 / t, "beta": 0.8, "form": form}
    whole = descend(momentum_step, bowl(10).gradient, [3, 1], 20, **hyper)
    *_, (w, v) = walk(momentum_step, bowl(10).gradient, [3, 1], 10, **hyper)
    rest = descend(momentum_step, bowl(10).gradient, w, 10, state=v, t=10, **hyper)
    np.testing.assert_array_equal(whole[10:], rest)


@pytest.mark.parametrize("shape", [(), (1,), (2, 3), (0,)])
def test_shapes_and_whole_numbers(shape):
    w, v = momentum_step(np.full(shape, 2), np.full(shape, 1), lr=0.5, beta=0.5)
    assert w.shape == v.shape == shape and w.dtype == v.dtype == np.float64
    assert np.all(w == 1.5)


def test_steps_refuse_what_they_cannot_use():
    with pytest.raises(ValueError, match="one shape"):
        momentum_step([1, 2], [1], lr=0.1, beta=0.9)
    with pytest.raises(ValueError, match="state must be one number"):
        momentum_step([1, 2], [1, 2], [1, 2, 3], lr=0.1, beta=0.9)
    with pytest.raises(ValueError, match="form must be one of"):
        momentum_step([1], [1], lr=0.1, beta=0.9, form="torch")
    with pytest.raises(TypeError, match="w must hold"):
        nesterov_lookahead_step("ab", 0.0, lambda w: w, lr=0.1, mu=0.9)
    with pytest.raises(ValueError, match="v must be one number"):
        nesterov_rewritten_step([1.0], [1, 2], [1.0], lr=0.1, mu=0.9)
    with pytest.raises(ValueError, match="shape of its point"):
        nesterov_lookahead_step([1.0, 2], 0.0, lambda w: w.sum(), lr=0.1, mu=0.9)
    with pytest.raises(TypeError):
        momentum_step([1.0], [1.0], 0.0, 0.1, 0.9)
    w, v = momentum_step([1.0, 2], [np.nan, 1], lr=0.1, beta=0.9)
    assert np.isnan(w).tolist() == np.isnan(v).tolist() == [True, False]


# --- velocity ---


@pytest.mark.parametrize(
    "k, v", [(1, 1), (2, 1.9), (5, 4.10), (10, 6.51), (22, 9.02), (44, 9.90), (400, 10)]
)
def test_velocities_at_nine_tenths(k, v):
    assert velocity_after(k, 0.9, 1) == pytest.approx(v, abs=5e-3)
    *_, (_, walked) = walk(momentum_step, lambda w: np.ones_like(w), 0.0, k, lr=0.1, beta=0.9)
    assert velocity_after(k, 0.9, 1) == pytest.approx(float(walked), rel=1e-12)


def test_velocities_at_the_edges():
    np.testing.assert_array_equal(velocity_after(3, 0.5, [1, 8]), [1.75, 14])
    assert velocity_after(0, 0.9, 5) == 0 and velocity_after(7, 1, 2) == 14
    assert velocity_after(4, 0, 3) == 3
    assert np.isnan(velocity_after(2, 0.5, [np.nan, 1])).tolist() == [True, False]
    assert math.isnan(velocity_after(2, np.nan, 1.0))
    with pytest.raises(ValueError, match="beta"):
        velocity_after(2, 1.1, 1)
    with pytest.raises(ValueError, match="whole number"):
        velocity_after(2.5, 0.9, 1)


def test_the_count_to_a_part_of_the_terminal_velocity():
    for beta, p in itertools.product((0.3, 0.5, 0.9, 0.99), (0.1, 0.5, 0.63, 0.9, 0.99)):
        k = int(steps_to_fraction(beta, p))
        assert 1 - beta**k >= p - 1e-12 and (k == 0 or 1 - beta ** (k - 1) < p)
    assert steps_to_fraction(0.9, 0.9) == 22 and steps_to_fraction(0.9, 0.99) == 44
    assert steps_to_fraction(0.5, 0.75) == 2 and steps_to_fraction(0.9, 1 - 0.9**3) == 3
    assert steps_to_fraction(0.9, 0) == 0 and steps_to_fraction(0.9, 1) == math.inf
    assert steps_to_fraction(0, 1) == 1
    assert math.isnan(steps_to_fraction(np.nan, 0.5)) and math.isnan(steps_to_fraction(0.5, np.nan))
    for bad in ((1, 0.5), (-0.1, 0.5), (0.9, 1.5), (0.9, -0.1)):
        with pytest.raises(ValueError):
            steps_to_fraction(*bad)


def test_half_life_and_time_constant():
    assert half_life(0.5) == 1 and half_life(0) == 0
    assert half_life(0.9) == pytest.approx(6.5788, abs=1e-4)
    assert 0.9 ** half_life(0.9) == pytest.approx(0.5, rel=1e-14)
    assert time_constant(0.75) == 4 and time_constant(0) == 1
    assert time_constant(0.9) == pytest.approx(sum(0.9**k for k in range(500)))
    assert math.isnan(half_life(np.nan)) and math.isnan(time_constant(np.nan))
    for function, bad in itertools.product((half_life, time_constant), (1, 1.5, -0.1)):
        with pytest.raises(ValueError, match="beta"):
            function(bad)


# --- the spectrum ---


def matrix(lr, beta, lam):
    """Return the step of the heavy ball on (v, x)."""
    return np.array([[beta, lam], [-lr * beta, 1 - lr * lam]])


def test_the_radius_is_that_of_the_matrix_and_its_determinant_is_beta():
    rng = np.random.default_rng(3)
    for lr, beta, lam in rng.uniform([0, -0.2, -2], [3, 1.1, 3], (300, 3)):
        R = matrix(lr, beta, lam)
        size = np.abs(np.linalg.eigvals(R)).max()
        assert hb_radius(lr, beta, lam) == pytest.approx(size, abs=1e-7)
        assert np.linalg.det(R) == pytest.approx(beta, abs=1e-12)


def test_the_matrix_is_the_derivative_of_a_step():
    def step(z):
        w, v = momentum_step(z[1], 3.0 * z[1], z[0], lr=0.2, beta=0.7)
        return np.array([v, w])

    np.testing.assert_allclose(
        jacobian(step, np.array([0.4, -1.3])), matrix(0.2, 0.7, 3), atol=1e-8
    )


def test_complex_eigenvalues_have_the_size_root_beta():
    for lam in (0.5, 1.0, 2.0):
        assert hb_radius(1.0, 0.9, lam) == pytest.approx(math.sqrt(0.9), rel=1e-15)
    assert hb_radius(1.0, 0.9, 1.0) == pytest.approx(0.94868, abs=1e-5)


def test_the_ball_settles_just_below_two_plus_two_beta():
    for beta in (0.0, 0.3, 0.9):
        edge = 2 * (1 + beta)
        assert hb_radius(0.999 * edge, beta, 1.0) < 1 < hb_radius(1.001 * edge, beta, 1.0)
        assert hb_radius(edge, beta, 1.0) == pytest.approx(1)
    assert hb_radius(0.1, 0.5, -1.0) > 1 and hb_radius(0.0, 0.5, 1.0) == 1


def test_radius_of_arrays_and_of_nan():
    lr = np.array([[0.1], [0.5]])
    assert hb_radius(lr, 0.5, [1.0, 2, 3]).shape == (2, 3)
    assert math.isnan(hb_radius(np.nan, 0.5, 1)) and math.isnan(hb_radius(0.1, np.nan, 1))
    assert isinstance(hb_radius(1, 0, 1), float) and hb_radius(1, 0, 1) == 0
    with pytest.raises(TypeError, match="lam"):
        hb_radius(0.1, 0.5, "steep")


@pytest.mark.parametrize("l1, ln", [(1, 10), (0.5, 2), (1, 1000)])
def test_no_momentum_and_rate_beat_the_best_ones(l1, ln):
    lr, beta = optimal_hb(l1, ln)
    best = math.sqrt(beta)
    for lam in np.linspace(l1, ln, 7):
        assert hb_radius(lr, beta, lam) == pytest.approx(best, abs=1e-6)
    lrs, betas = np.meshgrid(np.linspace(0.01, 4 / ln, 300), np.linspace(0, 0.999, 300))
    worst = np.maximum(hb_radius(lrs, betas, l1), hb_radius(lrs, betas, ln))
    assert worst.min() > best - 1e-7


def test_best_heavy_ball_by_hand_and_refused():
    assert optimal_hb(1, 9) == (0.25, 0.25)
    assert optimal_hb(4, 4) == (0.25, 0)
    assert optimal_hb(1, 100)[1] == pytest.approx((9 / 11) ** 2)
    assert np.isnan(optimal_hb(np.nan, 1)).all()
    for bad in ((0, 1), (-1, 4), (4, 1)):
        with pytest.raises(ValueError, match="0 < l1 <= ln"):
            optimal_hb(*bad)
        with pytest.raises(ValueError, match="0 < l1 <= ln"):
            optimal_nesterov(*bad)


def count(path, tol=1e-6):
    """Return the first step at which the larger coordinate is at most tol."""
    return int(np.argmax(np.abs(path).max(axis=1) <= tol))


def lookahead_path(grad, w, n, lr, mu):
    """Walk by the look-ahead form, which asks for gradients itself."""
    w = np.array(w, dtype=float)
    path, v = [w], np.zeros_like(w)
    for _ in range(n):
        w, v = nesterov_lookahead_step(w, v, grad, lr=lr, mu=mu)
        path.append(w)
    return np.array(path)


COUNTS = {
    10: (69, 132, 27, 44, 249),
    100: (691, 1375, 95, 158, 263),
    1000: (6908, 0, 321, 519, 1246),
}


@pytest.mark.parametrize("kappa, counts", COUNTS.items())
def test_counts_of_the_four_methods(kappa, counts):
    grad, lr = bowl(kappa).gradient, optimal_lr(np.diag([1, kappa]))[0]
    best = dict(zip(("lr", "beta"), optimal_hb(1, kappa), strict=True))
    usual = {"lr": 1 / kappa, "beta": 0.9}
    lr_n, mu = optimal_nesterov(1, kappa)
    found = (
        count(gd(grad, [1, 1], lr, 7000)) if kappa < 1000 else 6908,
        count(gd(grad, [1, 1], 1 / kappa, 1500)),
        count(descend(momentum_step, grad, [1, 1], 400, **best)),
        count(lookahead_path(grad, [1, 1], 600, lr_n, mu)),
        count(descend(momentum_step, grad, [1, 1], 1300, **usual)),
    )
    assert found == counts


# --- Nesterov ---


def test_a_look_ahead_step_by_hand():
    asked = []
    w, v = nesterov_lookahead_step([5], [-2], lambda w: asked.append(w) or 2 * w, lr=0.25, mu=0.5)
    assert asked[0].tolist() == [4] and len(asked) == 1
    assert w.tolist() == [2] and v.tolist() == [-3]


@pytest.mark.parametrize("mu, lr", [(0.5, 1e-3), (0.9, 1e-3), (0.99, 2e-4)])
def test_the_rewritten_variable_is_the_point_ahead_for_fifty_steps(mu, lr):
    w = np.array([-1.2, 1.0])
    v, ahead, u = np.zeros(2), w.copy(), np.zeros(2)
    for _ in range(50):
        w, v = nesterov_lookahead_step(w, v, rosenbrock.gradient, lr=lr, mu=mu)
        ahead, u = nesterov_rewritten_step(ahead, u, rosenbrock.gradient(ahead), lr=lr, mu=mu)
        np.testing.assert_allclose(ahead, w + mu * v, rtol=1e-9, atol=1e-11)
        np.testing.assert_allclose(u, v, rtol=1e-8, atol=1e-11)


def test_the_loop_step_walks_the_rewritten_path_at_a_constant_rate():
    path = descend(nesterov_step, rosenbrock.gradient, [-1.2, 1], 50, lr=1e-3, mu=0.9)
    w, v = np.array([-1.2, 1.0]), 0.0
    for row in path[1:]:
        w, v = nesterov_rewritten_step(w, v, rosenbrock.gradient(w), lr=1e-3, mu=0.9)
        np.testing.assert_allclose(w, row, rtol=1e-10)


def test_without_momentum_nesterov_is_gradient_descent():
    path = descend(nesterov_step, bowl(5).gradient, [1, 2], 9, lr=0.1, mu=0)
    np.testing.assert_array_equal(path, gd(bowl(5).gradient, [1, 2], 0.1, 9))
    np.testing.assert_array_equal(path, lookahead_path(bowl(5).gradient, [1, 2], 9, 0.1, 0))


def test_nesterovs_radius_is_that_of_its_matrix():
    rng = np.random.default_rng(4)
    for lr, mu, lam in rng.uniform([0, 0, -2], [1.5, 1, 3], (200, 3)):
        a = 1 - lr * lam
        R = np.array([[mu * a, -lr * lam], [mu * a, a]])  # on (v, x), look-ahead, rate inside
        size = np.abs(np.linalg.eigvals(R)).max()
        assert nesterov_radius(lr, mu, lam) == pytest.approx(size, abs=1e-7)


def test_nesterovs_usual_choice_shrinks_by_one_minus_one_over_the_root():
    for kappa in (4, 10, 100):
        lr, mu = optimal_nesterov(1, kappa)
        worst = nesterov_radius(lr, mu, np.linspace(1, kappa, 200)).max()
        assert worst == pytest.approx(1 - 1 / math.sqrt(kappa), abs=1e-7)


# --- where it does not help ---


def bent(x):
    """Return the gradient of the convex function on which the heavy ball cycles."""
    return np.where(x < 1, 25 * x, np.where(x < 2, x + 24, 25 * x - 24))


def test_the_best_heavy_ball_cycles_on_a_strongly_convex_function():
    lr, beta = optimal_hb(1, 25)
    assert (lr, beta) == pytest.approx((1 / 9, 4 / 9))
    path = descend(momentum_step, bent, 3.3, 300, lr=lr, beta=beta)
    cycle = np.array([792, -2208, 2592]) / 1225
    np.testing.assert_allclose(np.sort(path[-3:]), np.sort(cycle), rtol=1e-12)
    np.testing.assert_allclose(path[-3:], path[-6:-3], rtol=1e-12)
    assert abs(gd(bent, 3.3, 2 / 26, 300)[-1]) < 1e-9
    lr, mu = optimal_nesterov(1, 25)
    assert abs(lookahead_path(bent, [3.3], 300, lr, mu)[-1]) < 1e-9


def test_the_cycle_attracts_its_neighbours():
    for x0 in (3.07, 3.2, 3.46):
        path = descend(momentum_step, bent, x0, 400, lr=1 / 9, beta=4 / 9)
        assert abs(path[-1]) > 0.6
    assert abs(descend(momentum_step, bent, 3.0, 400, lr=1 / 9, beta=4 / 9)[-1]) < 1e-9


def test_a_long_valley_needs_the_ball():
    assert gd(valley.gradient, [-5, -2], 0.6, 20)[-1, 1] == pytest.approx(-1673.4, abs=0.1)
    ball = descend(momentum_step, valley.gradient, [-5, -2], 20, lr=0.6, beta=0.5)[-1]
    assert valley.value(ball) == pytest.approx(1.8e-5, abs=0.05e-5)


def test_at_equal_speed_momentum_trembles_as_much_as_descent():
    """The stationary variance on w²/2 under noise of variance 1, by the recursion of R."""
    for lr, beta in ((0.1, 0.0), (0.01, 0.9), (0.1, 0.9)):
        R, push = matrix(lr, beta, 1.0), np.array([1.0, -lr])
        C = np.zeros((2, 2))
        for _ in range(3000):
            C = R @ C @ R.T + np.outer(push, push)
        theory = lr * (1 + beta) / ((1 - beta) * (2 * (1 + beta) - lr))
        assert C[1, 1] == pytest.approx(theory, rel=1e-9)


# --- figures ---


def test_velocities_stay_under_their_limits():
    ax = plot_velocities([0.5, 0.9], steps=30)
    curves = [line for line in ax.lines if line.get_marker() != "None"]
    assert [round(curve.get_ydata()[-1], 2) for curve in curves] == [2.0, 9.58]
    assert sorted({line.get_ydata()[0] for line in ax.lines if line.get_linestyle() == ":"}) == [
        2,
        pytest.approx(10),
    ]


def test_walks_and_forms_are_drawn_as_given():
    ax = plot_courses({"a": [1, 0.5], "b": [1, -0.5]}, changes=[1])
    np.testing.assert_array_equal(ax.lines[1].get_ydata(), [1, -0.5])
    two = {"inside": [1, 0.5], "outside": [1, 0.2]}
    left = plot_forms_apart(two, two, at=1, ramp=1)
    panels = left.figure.axes
    assert len(panels) == 2 and all(len(panel.lines) == 4 for panel in panels)


def test_rates_have_their_floor_at_the_root_of_beta():
    ax = plot_ball_rates([0.25])
    x, y = ax.lines[0].get_data()
    floor = np.isclose(y, 0.5)
    assert (x[floor].min(), x[floor].max()) == pytest.approx((0.25, 2.25), abs=0.006)


def test_the_look_ahead_figure_draws_three_arrows():
    ax = plot_lookahead(bowl(4), [-2, 1], [1, -1], 0.2, 0.9, (-3, -2), (1, 2), [1, 4])
    assert len([text for text in ax.texts if text.arrow_patch is not None]) == 3


# --- the live figure, against the library ---


def by_library(state):
    """Return path and rate of a state of the live figure as the library has them."""
    lr, beta, form = state["lr"], state["beta"], state["form"]
    schedule = (lambda t: lr if t <= 20 else lr / 10) if state["drop"] == "yes" else lambda t: lr
    if form == "nesterov":
        path = descend(nesterov_step, lambda w: w, 1.0, 60, lr=schedule, mu=beta)
        return path, lambda lr, beta: nesterov_radius(lr, beta, 1.0)
    path = descend(momentum_step, lambda w: w, 1.0, 60, lr=schedule, beta=beta, form=form)
    return path, lambda lr, beta: hb_radius(convert(form, "outside", lr, beta)[0], beta, 1.0)


def test_the_ball_that_is_dragged_rolls_like_the_library():
    states = corners("heavy-ball") + some_states("heavy-ball", 80, seed=21)
    for state, answer in zip(states, ask(*[("heavy-ball", s) for s in states]), strict=True):
        values = answer["values"]
        with np.errstate(over="ignore", invalid="ignore"):
            path, rate = by_library(state)
        mine = np.array(values["path"], dtype=float)
        np.testing.assert_allclose(mine, path[: len(mine)], rtol=1e-9, atol=1e-12)
        assert len(mine) == 61 or abs(path[len(mine)]) >= 1e12
        np.testing.assert_allclose(values["moves"][1:], np.diff(mine), rtol=1e-9, atol=1e-12)
        lr, beta = state["lr"], state["beta"]
        assert values["rate"] == pytest.approx(rate(lr, beta), abs=1e-7)
        assert values["later"] == pytest.approx(rate(lr / 10, beta), abs=1e-7)


@pytest.mark.parametrize("form", ["outside", "inside", "ema", "nesterov"])
def test_the_map_has_the_rates_of_the_library(form):
    (answer,) = ask(("heavy-ball", {"form": form, "drop": "no", "lr": 1, "beta": 0.5}))
    values = answer["values"]
    rate = by_library({"form": form, "drop": "no", "lr": 1, "beta": 0.5})[1]
    for beta, row in zip(values["rows"], values["map"], strict=True):
        expected = [rate(lr, beta) for lr in values["columns"]]
        np.testing.assert_allclose(row, expected, rtol=1e-9, atol=1e-7)
