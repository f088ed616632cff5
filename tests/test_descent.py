"""The loop, the exact quadratic, the best step, line search, saddles and basins."""

import itertools
import math

import numpy as np
import pytest

from fallline.derivative import descent_1d
from fallline.descent import (
    armijo,
    basin_map,
    descend,
    escape_steps,
    gd,
    gd_quadratic_exact,
    gradient_step,
    optimal_lr,
    stable_minima,
    steps_to,
    walk,
)
from fallline.gradient import jacobian
from fallline.objectives import bowl, double_well, himmelblau, rosenbrock, saddle
from fallline.plotting import (
    plot_basins,
    plot_distances,
    plot_factors,
    plot_line_search,
    plot_paths,
    plot_regimes,
)
from test_live import ask, corners, some_states

H9 = np.array([[1.0, 0.9], [0.9, 1.0]])
HESSIANS = np.array([himmelblau.hessian(w) for w in himmelblau.minima])
THRESHOLDS = {2: 0.01495, 3: 0.01897, 0: 0.02431, 1: 0.02483}


def heavy_ball(w, g, v=0.0, *, lr, beta):
    """A step with memory, to try the loop on a state that counts."""
    v = beta * v + g
    return w - lr * v, v


# --- the loop ---


def test_a_step_by_hand():
    w, state = gradient_step([3, 4], [6, 8], lr=0.25)
    assert w.tolist() == [1.5, 2] and state is None and w.dtype == np.float64


def test_a_step_refuses_another_shape_and_passes_nan():
    with pytest.raises(ValueError, match="one shape"):
        gradient_step([1, 2], [1], lr=0.1)
    with pytest.raises(TypeError, match="real numbers"):
        gradient_step("ab", [1, 2], lr=0.1)
    assert np.isnan(gradient_step([1.0], [np.nan], lr=0.1)[0]).all()
    with pytest.raises(TypeError):
        gradient_step([1.0], [1.0], rate=0.1)


def test_five_to_the_bottom_and_minus_five_as_in_the_first_chapter():
    path = gd(lambda w: 2 * w, [5, -5], 0.1, 5)
    np.testing.assert_allclose(path[:, 0], [5, 4, 3.2, 2.56, 2.048, 1.6384], rtol=1e-15)
    np.testing.assert_array_equal(path[:, 1], -path[:, 0])
    one = gd(lambda w: 2 * w, 5, 0.1, 5)
    np.testing.assert_array_equal(one, descent_1d(lambda w: 2 * w, 5, lr=0.1, steps=5))
    assert one.shape == (6,)


@pytest.mark.parametrize("shape", [(), (1,), (3,), (2, 3), (2, 1, 4)])
def test_a_path_has_a_row_for_the_start_and_for_every_step(shape):
    x0 = np.full(shape, 2)
    path = gd(lambda w: w, x0, 0.5, 3)
    assert path.shape == (4, *shape) and path.dtype == np.float64
    np.testing.assert_array_equal(path[-1], np.full(shape, 0.25))
    assert gd(lambda w: w, x0, 0.5, 0).shape == (1, *shape)


def test_coordinates_move_at_once_and_not_one_after_another():
    x = gd(lambda w: H9 @ w, [1.0, -1.0], 0.5, 1)[1]
    np.testing.assert_allclose(x, [0.95, -0.95], rtol=1e-15)


def test_a_path_survives_a_gradient_that_spoils_its_argument():
    def spoils(w):
        w *= 2
        return w

    np.testing.assert_array_equal(gd(spoils, [4.0], 0.25, 2)[:, 0], [4, 2, 1])


def test_ten_steps_and_ten_more_are_twenty_also_with_memory_and_schedule():
    grad, x0 = bowl(10).gradient, np.array([3.0, 1.0])
    hyper = {"lr": lambda t: 0.1 / t**0.5, "beta": 0.8}
    whole = descend(heavy_ball, grad, x0, 20, **hyper)
    *_, (w, state) = walk(heavy_ball, grad, x0, 10, **hyper)
    rest = descend(heavy_ball, grad, w, 10, state=state, t=10, **hyper)
    np.testing.assert_array_equal(whole[10:], rest)
    forgotten = descend(heavy_ball, grad, w, 10, t=10, **hyper)
    assert not np.allclose(forgotten, rest)
    assert x0.tolist() == [3, 1]


def test_a_schedule_is_asked_for_the_number_of_each_step_from_one():
    asked = []
    descend(gradient_step, lambda w: w, 1.0, 3, lr=lambda t: asked.append(t) or 0.1)
    assert asked == [1, 2, 3]
    descend(gradient_step, lambda w: w, 1.0, 2, t=7, lr=lambda t: asked.append(t) or 0.1)
    assert asked == [1, 2, 3, 8, 9]


def test_a_misspelt_hyper_parameter_is_a_type_error():
    with pytest.raises(TypeError):
        descend(gradient_step, lambda w: w, 1.0, 3, rate=0.1)
    with pytest.raises(TypeError):
        descend(gradient_step, lambda w: w, 1.0, 3)


def test_loop_errors():
    for n in (-1, 2.5):
        with pytest.raises(ValueError, match="steps must be a whole number"):
            gd(lambda w: w, 1.0, 0.1, n)
    with pytest.raises(ValueError, match="shape of its point"):
        gd(lambda w: w.sum(), [1.0, 2.0], 0.1, 1)
    with pytest.raises(TypeError, match="the gradient must hold real numbers"):
        gd(lambda w: None, [1.0], 0.1, 1)
    with pytest.raises(TypeError, match="w must hold"):
        gd(lambda w: w, "here", 0.1, 1)
    assert np.isnan(gd(lambda w: w, [np.nan, 1.0], 0.1, 2)).tolist() == [[True, False]] * 3


def test_a_negative_rate_climbs_and_is_descent_on_the_negative():
    up = gd(lambda w: -2 * w, 1.0, -0.1, 5)
    down = gd(lambda w: 2 * w, 1.0, 0.1, 5)
    np.testing.assert_array_equal(up, down)


# --- the quadratic ---


@pytest.mark.parametrize("d, lr", [(1, 0.3), (4, 0.9), (6, 0.05)])
def test_the_formula_is_the_loop_in_the_eigenvectors_coordinates(d, lr):
    rng = np.random.default_rng(d)
    A = rng.normal(size=(d, d))
    H = (A + A.T) / 2
    lams, Q = np.linalg.eigh(H)
    w0, centre = rng.normal(size=d), rng.normal(size=d)
    path = gd(lambda w: H @ (w - centre), w0, lr, 12)
    for k in (0, 1, 5, 12):
        exact = centre + Q @ gd_quadratic_exact(lams, Q.T @ (w0 - centre), lr, k)
        np.testing.assert_allclose(path[k], exact, rtol=1e-10, atol=1e-12)


def test_formula_errors():
    with pytest.raises(ValueError, match="one shape"):
        gd_quadratic_exact([1, 2], [1], 0.1, 2)
    with pytest.raises(ValueError, match="whole number"):
        gd_quadratic_exact([1], [1], 0.1, -1)
    assert np.isnan(gd_quadratic_exact([1.0, 2.0], [np.nan, 1.0], 0.1, 3)).tolist() == [True, False]


def test_no_learning_rate_beats_the_best_one():
    for lams in ([1.0, 3.0], [0.5, 2.0, 40.0], [2.0]):
        lr, rate = optimal_lr(np.diag(lams))
        factors = np.abs(1 - np.outer(np.linspace(0, 4 / max(lams), 4001), lams)).max(axis=1)
        assert factors.min() >= rate - 1e-12
        assert np.abs(1 - lr * np.array(lams)).max() == pytest.approx(rate, abs=1e-15)


def test_best_rate_by_hand_and_turned():
    assert optimal_lr(np.diag([1, 3])) == (0.5, 0.5)
    assert optimal_lr([[4.0]]) == (0.25, 0)
    Q, _ = np.linalg.qr(np.random.default_rng(1).normal(size=(3, 3)))
    skew = np.array([[0, 1, 2], [-1, 0, 3], [-2, -3, 0]])
    turned = optimal_lr(Q @ np.diag([1.0, 5.0, 9.0]) @ Q.T + skew)
    assert turned == pytest.approx((0.2, 0.8), rel=1e-12)


def test_best_rate_errors():
    for bad in (np.diag([-1.0, 3.0]), [[1, 2], [2, 1]], np.diag([0.0, 1.0])):
        with pytest.raises(ValueError, match="no learning rate"):
            optimal_lr(bad)
    with pytest.raises(ValueError, match="square"):
        optimal_lr(np.ones((2, 3)))
    assert np.isnan(optimal_lr([[np.nan, 0], [0, 1]])).all()


def simulated(lams, x0, lr, tol, limit=20_000):
    """Count by walking; None where the limit is not enough."""
    x, q = np.array(x0, dtype=float), 1 - lr * np.asarray(lams, dtype=float)
    for k in range(limit):
        if np.linalg.norm(x) <= tol:
            return k
        x = q * x
    return None


def test_the_count_is_that_of_a_walk():
    rng = np.random.default_rng(5)
    for _ in range(60):
        d = int(rng.integers(1, 6))
        lams, x0 = rng.uniform(0.2, 4, d), rng.normal(size=d) * 10.0 ** rng.integers(-3, 4)
        lr, tol = rng.uniform(0.02, 0.55), 10.0 ** rng.uniform(-6, 1)
        expected = simulated(lams, x0, lr, tol)
        found = steps_to(lams, x0, lr, tol)
        assert found == (math.inf if expected is None else expected), (lams, x0, lr, tol)


ETAS = {0.05: 132, 0.1: 62, 0.3: 16, 0.5: 1, 0.7: 16, 0.9: 62, 0.95: 132, 1.0: np.inf, 1.1: np.inf}


@pytest.mark.parametrize("lr, count", ETAS.items())
def test_counts_on_the_square(lr, count):
    assert steps_to([2], [1], lr, 1e-6) == count


@pytest.mark.parametrize("kappa, count", [(10, 69), (100, 691), (1000, 6908), (10_000, 69_078)])
def test_counts_at_the_best_rate_follow_the_condition_number(kappa, count):
    lr, rate = optimal_lr(np.diag([1, kappa]))
    start = np.ones(2) / np.sqrt(2)
    assert (
        steps_to([1, kappa], start, lr, 1e-6) == count == math.ceil(math.log(1e-6) / math.log(rate))
    )


def test_counts_at_the_edges():
    assert steps_to([1], [8], 0.5, 1) == 3
    assert steps_to([1, 100], [1, 0], 0.5, 1e-3) == 10
    assert steps_to([1, 6], [1, 1e-9], 0.5, 1e-2) == 7
    assert steps_to([0, 2], [0.5, 1], 0.1, 0.6) == simulated([0, 2], [0.5, 1], 0.1, 0.6)
    assert steps_to([0, 2], [1, 1], 0.1, 0.5) == math.inf
    assert steps_to([3, 4], [0, 0], 0.1, 1e-9) == 0
    assert steps_to([1e-9], [1], 1, 1e-6) == pytest.approx(6e9 * math.log(10), rel=1e-6)
    assert steps_to([5], [1], 1e300, 1e-6) == math.inf
    assert math.isnan(steps_to([np.nan], [1], 0.1, 1e-3))
    for tol in (0, -1):
        with pytest.raises(ValueError, match="positive"):
            steps_to([1], [1], 0.1, tol)
    with pytest.raises(ValueError, match="one shape"):
        steps_to([1, 2], [1], 0.1, 1e-3)


# --- line search ---


def square(x):
    return float(np.sum(x * x))


def test_backtracking_by_hand():
    assert armijo(square, [2], [1], [-2]) == 0.5
    assert armijo(square, [2], [1], [-2], c=0.9) == 0.0625
    assert armijo(square, [2, 4], [1, 2], [-1, -2]) == 1
    assert armijo(lambda x: 50 * square(x), [100], [1], [-100], shrink=0.1) == pytest.approx(0.01)


def test_what_is_taken_is_enough_and_one_trial_longer_is_not():
    rng = np.random.default_rng(7)
    for c, shrink in itertools.product((1e-4, 0.3, 0.8), (0.5, 0.9)):
        x = rng.uniform(-2, 2, 2)
        g = rosenbrock.gradient(x)
        here, slope = rosenbrock.value(x), -g @ g
        t = armijo(rosenbrock.value, g, x, -g, c, shrink)
        assert rosenbrock.value(x - t * g) <= here + c * t * slope
        longer = t / shrink
        assert longer > 1 or rosenbrock.value(x - longer * g) > here + c * longer * slope


def test_a_step_below_this_length_is_always_enough():
    """On a bowl with curvatures up to L every t up to 2 (1 - c) / L passes."""
    for c in (1e-4, 0.25, 0.5):
        g = bowl(100).gradient([3.0, 1.0])
        t = armijo(bowl(100).value, g, [3.0, 1.0], -g, c)
        assert t > 0.5 * 2 * (1 - c) / 100


def test_line_search_errors():
    for d in ([2.0, 0.0], [0.0, 1.0]):
        with pytest.raises(ValueError, match="does not descend"):
            armijo(square, [2.0, 0.0], [1.0, 0.0], d)
    with pytest.raises(ValueError, match="its gradient at x"):
        armijo(square, [-1.0], [0.0], [1.0])
    with pytest.raises(ValueError, match="between 0 and 1"):
        armijo(square, [2.0], [1.0], [-2.0], shrink=1)
    with pytest.raises(ValueError, match="one shape"):
        armijo(square, [2.0, 1.0], [1.0], [-2.0])
    assert math.isnan(armijo(square, [2.0], [np.nan], [-2.0]))


def test_a_line_search_shrinks_past_where_f_is_not_a_number():
    def barrier(x):
        with np.errstate(all="ignore"):
            return float(x[0] - np.log(x[0]))

    assert armijo(barrier, [0.5], [2.0], [-4.0]) == 0.25


# --- saddles ---

ESCAPES = {1e-1: 13, 1e-3: 38, 1e-6: 76, 1e-9: 114, 1e-12: 152}


@pytest.mark.parametrize("x0, count", ESCAPES.items())
def test_the_closed_form_counts_a_walk_from_the_saddle(x0, count):
    path = gd(saddle.gradient, [x0, 1.0], 0.1, 200)[:, 0]
    assert int(np.argmax(np.abs(path) >= 1)) == count == escape_steps(x0, 0.1, -2)
    assert escape_steps(-x0, 0.1, -2) == count


def test_escape_at_the_edges():
    assert escape_steps(0, 0.1, -2) == escape_steps(0.1, 0, -2) == escape_steps(0.1, 1, 0) == np.inf
    assert escape_steps(1, 0.1, -2) == escape_steps(-7, 0.1, -2) == 0
    assert escape_steps(0.25, 0.5, -2) == 2
    assert math.isnan(escape_steps(np.nan, 0.1, -2))
    with pytest.raises(ValueError, match="negative"):
        escape_steps(0.1, -0.1, -2)


# --- basins ---


@pytest.mark.parametrize("i, edge", THRESHOLDS.items())
def test_a_minimum_is_lost_where_the_step_meets_two_over_its_curvature(i, edge):
    top = np.linalg.eigvalsh(HESSIANS[i])[-1]
    assert 2 / top == pytest.approx(edge, abs=6e-6)
    assert stable_minima(HESSIANS, 0.999 * edge)[i] and not stable_minima(HESSIANS, 1.001 * edge)[i]
    near = np.array(himmelblau.minima[i])[:, None] + 0.02 * np.array([[1.0, -1, 0], [0, 1, 1]])
    stays = basin_map(himmelblau.gradient, near, himmelblau.minima, 0.99 * edge, 1500)
    leaves = basin_map(himmelblau.gradient, near, himmelblau.minima, 1.01 * edge, 1500)
    assert (stays == i).all() and not (leaves == i).any()


def test_every_minimum_has_a_quarter_of_the_starts_at_a_small_rate():
    axis = np.linspace(-5, 5, 40)
    starts = np.array(np.meshgrid(axis, axis))
    labels = basin_map(himmelblau.gradient, starts, himmelblau.minima, 0.01, 300)
    assert labels.shape == (40, 40) and labels.dtype.kind == "i"
    shares = [np.mean(labels == i) for i in range(4)]
    assert sum(shares) == 1 and 0.2 < min(shares) < max(shares) < 0.3


def test_a_basin_is_that_of_a_single_walk():
    rng = np.random.default_rng(9)
    starts = rng.uniform(-4, 4, (2, 12))
    labels = basin_map(himmelblau.gradient, starts, himmelblau.minima, 0.012, 400)
    for w, label in zip(starts.T, labels, strict=True):
        end = gd(himmelblau.gradient, w, 0.012, 400)[-1]
        near = np.linalg.norm(np.subtract(himmelblau.minima, end), axis=1)
        assert label == (np.argmin(near) if near.min() <= 1e-3 else -1)


def test_basins_at_the_edges():
    well = double_well
    assert basin_map(well.gradient, [[np.nan, 2, -2]], well.minima, 0.1, 200).tolist() == [-1, 1, 0]
    assert basin_map(well.gradient, [[9.0]], well.minima, 0.1, 200).tolist() == [-1]
    assert basin_map(well.gradient, [[0.9]], well.minima, 0.1, 0).tolist() == [-1]
    assert basin_map(well.gradient, [[0.9]], well.minima, 0.1, 0, tol=0.1).tolist() == [1]
    with pytest.raises(ValueError, match="with one d"):
        basin_map(himmelblau.gradient, np.ones((3, 4)), himmelblau.minima, 0.01, 5)


def test_stability_is_decided_by_the_largest_curvature_alone():
    assert stable_minima([[[8.0]]], 0.25).tolist() == [False]
    assert stable_minima([[[2.0, 1.5], [1.5, 2.0]]], 0.56).tolist() == [True]
    assert stable_minima([[[2.0, 1.5], [1.5, 2.0]]], 0.58).tolist() == [False]
    assert stable_minima([[[1.0, 3.0], [-3.0, 1.0]]], 1.9).tolist() == [True]
    assert stable_minima(HESSIANS, 0.017).tolist() == [True, True, False, True]
    for lr in (0, -1, np.nan):
        with pytest.raises(ValueError, match="positive"):
            stable_minima(HESSIANS, lr)
    with pytest.raises(ValueError, match="NaN"):
        stable_minima([[[np.nan]]], 0.1)
    with pytest.raises(ValueError, match="shape"):
        stable_minima(np.ones((2, 2, 3)), 0.1)


# --- what the chapter proves ---


def test_the_descent_lemma_holds_on_a_bowl_and_is_met_with_equality_along_its_steepest_axis():
    objective, L = bowl(7), 7.0
    rng = np.random.default_rng(11)
    for lr in (0.05, 1 / L, 1.9 / L):
        for w in rng.normal(size=(20, 2)):
            g = objective.gradient(w)
            promised = objective.value(w) - lr * (1 - L * lr / 2) * (g @ g)
            assert objective.value(w - lr * g) <= promised + 1e-12
        w = np.array([0.0, 2.0])
        g = objective.gradient(w)
        bound = objective.value(w) - lr * (1 - L * lr / 2) * (g @ g)
        assert objective.value(w - lr * g) == pytest.approx(bound, rel=1e-12)


def test_the_map_of_a_step_has_the_slope_identity_minus_lr_h():
    w, lr = np.array([0.7, -1.3]), 0.013
    J = jacobian(lambda w: gradient_step(w, himmelblau.gradient(w), lr=lr)[0], w)
    np.testing.assert_allclose(J, np.eye(2) - lr * himmelblau.hessian(w), atol=1e-8)


def test_arguments_stay_as_they_are():
    lams, x0, starts = np.array([1.0, 2.0]), np.array([1.0, -1.0]), np.ones((2, 3))
    before = [v.copy() for v in (lams, x0, starts)]
    gd(lambda w: 2 * w, x0, 0.1, 3)
    gd_quadratic_exact(lams, x0, 0.1, 3), steps_to(lams, x0, 0.1, 1e-3)
    armijo(square, 2 * x0, x0, -x0)
    basin_map(himmelblau.gradient, starts, himmelblau.minima, 0.01, 5)
    for now, then in zip((lams, x0, starts), before, strict=True):
        np.testing.assert_array_equal(now, then)


# --- figures ---


def test_regimes_show_one_path_for_each_rate():
    ax = plot_regimes(2, [0.1, 0.5, 0.9, 1.05])
    np.testing.assert_allclose(ax.lines[0].get_ydata()[:3], [1, 0.8, 0.64])
    np.testing.assert_allclose(ax.lines[2].get_ydata()[:3], [1, -0.8, 0.64])
    words = [text.get_text() for text in ax.get_legend().get_texts()]
    assert len(words) == 4 and words[3].endswith("= 2.1")


def test_factors_meet_at_the_best_rate():
    ax = plot_factors([1, 4])
    best = next(line for line in ax.lines if line.get_marker() == "D")
    assert (best.get_xdata()[0], best.get_ydata()[0]) == pytest.approx((0.4, 0.6))


def test_distances_and_paths_are_drawn_as_given():
    ax = plot_distances({"a": [1, 0.1, 0.01], "b": [1, 0.5, 0.25]}, bound=0.3)
    assert ax.get_yscale() == "log" and len(ax.lines) == 3
    path = gd(saddle.gradient, [0.1, 1.0], 0.1, 4)
    ax = plot_paths(saddle, {"walk": path}, reach=2, levels=[-1, 0, 1])
    np.testing.assert_array_equal(ax.lines[0].get_xdata(), path[:, 0])
    assert ax.get_xlim() == (-2, 2)


def test_a_line_search_is_drawn_with_what_it_refused():
    ax = plot_line_search(lambda t: (1 - 2 * t) ** 2, -4, 0.5, [1, 0.5, 0.25])
    refused = next(line for line in ax.lines if line.get_marker() == "x")
    taken = next(line for line in ax.lines if line.get_marker() == "D")
    assert list(refused.get_xdata()) == [1, 0.5] and taken.get_xdata()[0] == 0.25


def test_basins_are_drawn_with_their_shares():
    axis = np.linspace(-5, 5, 12)
    labels = np.where(np.add.outer(axis, axis) > 0, 0, -1)
    ax = plot_basins(axis, labels, himmelblau.minima)
    words = [text.get_text() for text in ax.get_legend().get_texts()]
    assert len(words) == 5 and words[0].endswith("0.458") and words[4] == "none: 0.542"


# --- the live figures, against the library ---


def test_the_bowl_that_moves_walks_like_the_library():
    states = corners("descent-bowl")[::2] + some_states("descent-bowl", 80, seed=11)
    for state, answer in zip(states, ask(*[("descent-bowl", s) for s in states]), strict=True):
        values, kappa, lr = answer["values"], state["kappa"], state["lr"]
        lams = np.array([1.0, kappa]) if state["shape"] == "bowl" else np.array([-1.0, kappa])
        path = gd(lambda w, lams=lams: lams * w, [state["x"], state["y"]], lr, 40)
        walked = np.array(values["path"], dtype=float)
        np.testing.assert_allclose(walked, path, rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(values["factors"], np.abs(1 - lr * lams), rtol=1e-9)
        count = steps_to(lams, [state["x"], state["y"]], lr, 1e-3)
        assert values["steps"] == (None if count == math.inf else count)
        if state["shape"] == "bowl":
            best, rate = optimal_lr(np.diag(lams))
            assert (values["best"], values["rate"]) == pytest.approx((best, rate), rel=1e-12)


def test_the_map_of_basins_is_that_of_the_library():
    rates = (0.004, 0.01, 0.0149, 0.015, 0.0189, 0.019, 0.0242, 0.0244, 0.0248, 0.0249, 0.026)
    states = [{"steps": s, "lr": lr, "x": -1, "y": 0.5} for s in ("100", "1000") for lr in rates]
    for state, answer in zip(states, ask(*[("basins", s) for s in states]), strict=True):
        values, lr, n = answer["values"], state["lr"], int(state["steps"])
        axis = np.array(values["axis"])
        labels = basin_map(himmelblau.gradient, np.meshgrid(axis, axis), himmelblau.minima, lr, n)
        np.testing.assert_array_equal(np.reshape(values["labels"], labels.shape), labels)
        shares = [np.mean(labels == i) for i in (0, 1, 2, 3, -1)]
        np.testing.assert_allclose(values["shares"], shares, atol=1e-12)
        assert values["stable"] == stable_minima(HESSIANS, lr).tolist()
        np.testing.assert_allclose(
            values["edges"], 2 / np.linalg.eigvalsh(HESSIANS)[:, -1], rtol=1e-12
        )
        with np.errstate(all="ignore"):
            path = gd(himmelblau.gradient, [state["x"], state["y"]], lr, 60)
        mine = np.array(values["path"], dtype=float)
        np.testing.assert_allclose(mine, path[: len(mine)], rtol=1e-9)
        assert np.abs(path[: len(mine)]).max() < 1e7
