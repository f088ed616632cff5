"""Delta-bar-delta, Rprop, AdaGrad, RMSProp and Adadelta: by hand, by law, and as PyTorch does."""

import math

import numpy as np
import pytest

from conftest import oracle
from fallline.adaptive import (
    adadelta_step,
    adagrad_step,
    centred_rmsprop_step,
    delta_bar_delta_step,
    effective_lr,
    rmsprop_step,
    rotate_problem,
    rprop_step,
    sign_step,
)
from fallline.descent import descend, gradient_step, walk
from fallline.gradient import jacobian
from fallline.objectives import bowl, valley
from fallline.plotting import plot_angles, plot_drift
from test_live import ask, corners, some_states

STEPS = {
    "sign": (sign_step, {"lr": 0.1}, None),
    "delta-bar-delta": (delta_bar_delta_step, {"lr": 0.01}, (0.0, 1.0)),
    "rprop": (rprop_step, {}, (0.0, 0.1)),
    "adagrad": (adagrad_step, {"lr": 0.5}, 0.0),
    "rmsprop": (rmsprop_step, {"lr": 0.05}, 0.0),
    "centred": (centred_rmsprop_step, {"lr": 0.05}, (0.0, 0.0)),
    "adadelta": (adadelta_step, {}, (0.0, 0.0)),
}
by_step = pytest.mark.parametrize("step, hyper, start", STEPS.values(), ids=STEPS)


def fed(step, gradients, w=0.0, **hyper):
    """Return the parameters after each of some prescribed gradients, the start included."""
    path, state = [np.asarray(w, dtype=float)], ()
    for g in np.asarray(gradients, dtype=float):
        w, *state = step(path[-1], g, *state, **hyper)
        path.append(w)
    return np.array(path)


# --- what holds for all of them ---


@by_step
@pytest.mark.parametrize("shape", [(), (1,), (3,), (2, 3)])
def test_a_step_keeps_the_shape_and_is_float64(step, hyper, start, shape):
    w, state = step(np.full(shape, 3), np.full(shape, 2), **hyper)
    assert np.shape(w) == shape and w.dtype == np.float64
    for part in () if state is None else state if isinstance(state, tuple) else (state,):
        assert np.shape(part) == shape and part.dtype == np.float64


@by_step
def test_coordinates_do_not_see_each_other(step, hyper, start):
    G = np.random.default_rng(3).normal(size=(6, 3)) * [1e-3, 1.0, 1e3]
    together = fed(step, G, np.zeros(3), **hyper)
    alone = np.stack([fed(step, column, 0.0, **hyper) for column in G.T], axis=1)
    np.testing.assert_array_equal(together, alone)


@by_step
def test_ten_steps_and_ten_more_are_twenty(step, hyper, start):
    grad, w0 = bowl(10).gradient, np.array([3.0, 1.0])
    whole = descend(step, grad, w0, 20, **hyper)
    *_, (w, state) = walk(step, grad, w0, 10, **hyper)
    np.testing.assert_array_equal(whole[10:], descend(step, grad, w, 10, state=state, **hyper))


@by_step
def test_nothing_is_changed_in_place_and_nothing_is_shared(step, hyper, start):
    w, g = np.array([1.0, -2.0]), np.array([0.5, -3.0])
    w1, state = step(w, g, **hyper)
    kept = (w1.copy(), np.copy(state))
    w2, after = step(w1, -g, state, **hyper)
    np.testing.assert_array_equal(w1, kept[0])
    np.testing.assert_array_equal(np.copy(state), kept[1])
    parts = [p for s in (state, after) if s is not None for p in (s if type(s) is tuple else (s,))]
    for i, a in enumerate([w, g, w1, w2, *parts]):
        for b in [w, g, w1, w2, *parts][i + 1 :]:
            assert not np.shares_memory(a, b)


@by_step
def test_nan_stays_where_it_is(step, hyper, start):
    w, _ = step([1.0, 2.0], [np.nan, 1.0], **hyper)
    assert np.isnan(w).tolist() == [True, False]


@by_step
def test_bad_input_is_refused(step, hyper, start):
    with pytest.raises(ValueError, match="one shape"):
        step([1.0, 2.0], [1.0], **hyper)
    with pytest.raises(TypeError, match="real numbers"):
        step([1.0], ["a"], **hyper)
    with pytest.raises(TypeError):
        step([1.0], [1.0], **hyper, rate=0.1)
    if start is not None:
        wrong = np.ones(3) if start == 0 else (np.ones(3), start[1])
        with pytest.raises(ValueError, match="shape of w"):
            step([1.0, 2.0], [1.0, 2.0], wrong, **hyper)


@by_step
def test_a_coordinate_without_gradient_stays(step, hyper, start):
    path = fed(step, [[0.0, 1.0]] * 5, np.array([2.0, 2.0]), **hyper)
    assert (path[:, 0] == 2).all() and path[-1, 1] < 2


def test_what_an_average_keeps_must_be_a_share():
    for rho in (-0.1, 1.0):
        for call in (
            lambda rho: rmsprop_step(1.0, 1.0, lr=1, rho=rho),
            lambda rho: centred_rmsprop_step(1.0, 1.0, lr=1, rho=rho),
            lambda rho: adadelta_step(1.0, 1.0, rho=rho),
            lambda rho: delta_bar_delta_step(1.0, 1.0, lr=1, beta=rho),
            lambda rho: effective_lr("rmsprop", [[1.0]], lr=1, rho=rho),
        ):
            with pytest.raises(ValueError, match="below 1"):
                call(rho)


# --- signs ---


def test_delta_bar_delta_by_hand():
    w, state = np.zeros(3), (0.0, 1.0)
    for g, gains in ([2, 2, 0], [1, 1, 1]), ([1, -1, 3], [1.5, 0.5, 1]), ([1, 1, 1], [2, 0.5, 1.5]):
        before, gbar = w, state[0]
        w, state = delta_bar_delta_step(w, g, state, lr=0.1, up=0.5, down=0.5, beta=0.5)
        np.testing.assert_allclose(state[1], gains)
        np.testing.assert_allclose(before - w, 0.1 * np.multiply(gains, g))
        np.testing.assert_allclose(state[0], np.add(gbar, g) / 2)
    # After 2 and -1 the average is 0: 1 neither agrees nor differs.
    np.testing.assert_allclose(state[0], [1, 0.5, 1.25])


def test_gains_are_additive_up_and_multiplicative_down():
    gain = 1.0
    state = (1.0, gain)
    for _ in range(10):
        _, state = delta_bar_delta_step(0.0, 1.0, state, lr=1, up=0.1)
    assert state[1] == pytest.approx(2)
    for k in range(1, 5):
        _, state = delta_bar_delta_step(0.0, -1.0, (1.0, state[1]), lr=1, down=0.9)
        assert state[1] == pytest.approx(2 * 0.9**k)


def test_with_fixed_gains_it_is_gradient_descent():
    grad, w0 = bowl(10).gradient, [3.0, 1.0]
    plain = descend(gradient_step, grad, w0, 20, lr=0.1)
    same = descend(delta_bar_delta_step, grad, w0, 20, lr=0.1, up=0, down=1)
    np.testing.assert_allclose(same, plain, rtol=1e-15)


def test_rprop_by_hand():
    w, state = rprop_step([1.0, 1.0, 1.0], [5, -2, 0])
    np.testing.assert_allclose(w, [0.9, 1.1, 1])
    w, state = rprop_step(w, [1e-9, 3, 1], state)
    np.testing.assert_allclose(w, [0.78, 1.1, 0.9])
    np.testing.assert_allclose(state[0], [1e-9, 0, 1])
    np.testing.assert_allclose(state[1], [0.12, 0.05, 0.1])
    w, state = rprop_step(w, [1, 3, -1], state)
    np.testing.assert_allclose(w, [0.636, 1.05, 0.9])
    np.testing.assert_allclose(state[1], [0.144, 0.05, 0.05])


def test_rprop_keeps_its_lengths_between_the_bounds():
    state = (0.0, 0.1)
    for _ in range(100):
        _, state = rprop_step(0.0, 1.0, state)
    assert state[1] == 50
    for k in range(100):
        _, state = rprop_step(0.0, (-1.0) ** (k // 2), state)
    assert state[1] >= 1e-6
    for _ in range(60):
        _, state = rprop_step(0.0, -1.0, (1.0, state[1]))
    assert state[1] == 1e-6


@pytest.mark.parametrize("step, hyper", [(sign_step, {"lr": 0.01}), (rprop_step, {})])
def test_sign_methods_do_not_see_the_size_of_a_gradient(step, hyper):
    G = np.random.default_rng(4).normal(size=(8, 3))
    plain = fed(step, G, np.ones(3), **hyper)
    np.testing.assert_array_equal(plain, fed(step, 1e6 * G, np.ones(3), **hyper))


BATCHES = np.tile([0.1] * 9 + [-0.9], 100)


def test_ten_batches_without_a_mean_carry_a_sign_method_away():
    assert abs(BATCHES.sum()) < 1e-12
    assert fed(sign_step, BATCHES, lr=0.01)[-1] == pytest.approx(-8)
    assert fed(gradient_step, BATCHES, lr=0.01)[-1] == pytest.approx(0, abs=1e-12)
    assert fed(rmsprop_step, BATCHES, lr=0.01)[-1] == pytest.approx(-0.8105, abs=1e-4)
    # A slow average needs to be full before it helps: from 0 its first steps are long.
    assert fed(rmsprop_step, BATCHES, lr=0.01, rho=0.999)[-1] == pytest.approx(-1.4456, abs=1e-4)
    w, v = 0.0, 0.09
    for g in BATCHES:
        w, v = rmsprop_step(w, g, v, lr=0.01, rho=0.999)
    assert w == pytest.approx(-0.00671, abs=1e-5)


def test_rprop_is_carried_off_by_batches_without_a_mean():
    assert fed(rprop_step, BATCHES[:100])[-1] < -1


COUNTS = {
    "gd": (gradient_step, None, {"lr": 2 / 101}, 691),
    "delta-bar-delta": (delta_bar_delta_step, None, {"lr": 0.005, "up": 0.2}, 158),
    "rprop": (rprop_step, None, {}, 57),
}


@pytest.mark.parametrize("step, start, hyper, count", COUNTS.values(), ids=COUNTS)
def test_counts_on_the_narrow_bowl(step, start, hyper, count):
    path = descend(step, bowl(100).gradient, [1, 1], 800, **hyper)
    assert int(np.argmax(np.abs(path).max(axis=1) <= 1e-6)) == count


# --- sizes ---


def test_adagrad_moves_every_coordinate_alike_however_steep():
    path = fed(adagrad_step, [[1, 100]] * 100, np.zeros(2), lr=0.1)
    np.testing.assert_allclose(path[:, 0], path[:, 1], rtol=1e-9)
    lengths = -np.diff(path[:, 0])
    np.testing.assert_allclose(lengths[[0, 3, 24, 99]], [0.1, 0.05, 0.02, 0.01], rtol=1e-9)


def test_adagrad_slows_down_and_never_stops():
    path = fed(adagrad_step, np.ones(10_000), lr=0.1)
    assert -path[-1] == pytest.approx(19.9, abs=0.06) and 2 * 0.1 * math.sqrt(1e4) == 20


def test_the_sum_in_the_regret_bound():
    """A gradient over the root of the squares so far adds up to at most twice the last root."""
    rng = np.random.default_rng(8)
    for scale in (1e-3, 1.0, 1e3):
        g = scale * rng.standard_normal(200)
        s = np.cumsum(g * g)
        assert np.sum(g * g / np.sqrt(s)) <= 2 * np.sqrt(s[-1])


def test_the_regret_bound_of_adagrad_on_linear_losses_in_a_box():
    rng = np.random.default_rng(9)
    for _ in range(5):
        G = rng.normal(size=(300, 4)) * [0.01, 1, 10, 1] * (rng.random((300, 4)) < [1, 1, 1, 0.02])
        w, s, paid = np.zeros(4), 0.0, 0.0
        for g in G:
            paid += g @ w
            w, s = adagrad_step(w, g, s, lr=2 / math.sqrt(2))
            w = np.clip(w, -1, 1)
        best = -np.abs(G.sum(axis=0)).sum()
        assert paid - best <= math.sqrt(2) * 2 * np.sqrt((G**2).sum(axis=0)).sum()


@pytest.mark.parametrize("step, rho", [(adagrad_step, None), (rmsprop_step, 0.9)])
def test_the_scale_of_a_loss_cancels(step, rho):
    hyper = {"lr": 0.1, "eps": 0} | ({"rho": rho} if rho else {})
    G = np.random.default_rng(5).normal(size=(8, 3))
    plain = fed(step, G, np.ones(3), **hyper)
    np.testing.assert_allclose(fed(step, 1e5 * G, np.ones(3), **hyper), plain, rtol=1e-12)


def test_eps_stands_outside_of_the_root():
    for step, inside in ((adagrad_step, 1e-4), (rmsprop_step, 1e-4)):
        hyper = {"lr": 1, "eps": 1e-8} | ({"rho": 0} if step is rmsprop_step else {})
        w, _ = step(0.0, 1e-8, **hyper)
        assert w == pytest.approx(-0.5) and abs(w) > 1000 * inside


def test_the_first_step_of_rmsprop_is_long():
    for rho, length in ((0.9, 3.1623), (0.99, 10), (0.999, 31.623)):
        for g in (0.01, -5.0):
            w, _ = rmsprop_step(0.0, g, lr=1, rho=rho, eps=0)
            assert w == pytest.approx(-math.copysign(length, g), rel=1e-4)


def test_rmsprop_of_a_constant_gradient_ends_as_a_sign_step():
    path = fed(rmsprop_step, np.full(200, -7.0), lr=0.01)
    assert np.diff(path)[-1] == pytest.approx(0.01, rel=1e-6)


def test_rmsprop_forgets_and_adagrad_does_not():
    loud = np.array([100.0] + 500 * [1.0])
    assert effective_lr("rmsprop", loud[:, None], lr=1)[-1, 0] == pytest.approx(1, rel=1e-6)
    assert effective_lr("adagrad", loud[:, None], lr=1)[-1, 0] == pytest.approx(
        1 / 102.47, abs=1e-5
    )


def test_the_centred_form_does_not_break_on_a_constant_gradient():
    m, v, below = 0.0, 0.0, []
    for _ in range(400):
        m, v = 0.9 * m + 0.1 * 7, 0.9 * v + 0.1 * 7 * 7
        below.append(v < m * m)
    assert below.index(True) + 1 == 331
    path = fed(centred_rmsprop_step, np.full(400, 7.0), lr=0.01)
    assert np.isfinite(path).all() and abs(path[-1]) > 1e6


def test_the_centred_form_is_the_plain_one_where_the_mean_is_zero():
    G = np.tile([1.0, -1.0], 2000)
    m = v = 0.0
    for g in G:
        _, (m, v) = centred_rmsprop_step(0.0, g, (m, v), lr=1, rho=0.999)
    assert v - m * m == pytest.approx(v, rel=1e-6)


def test_adadelta_by_hand_and_its_first_step():
    w, (v, r) = adadelta_step(1.0, 2.0, rho=0.75, eps=3.0)
    assert (w, v, r) == pytest.approx((1 - math.sqrt(3), 1.0, 0.75))
    for g in (0.1, -30.0):
        w, _ = adadelta_step(0.0, g)
        assert w == pytest.approx(-math.copysign(math.sqrt(1e-6 / 0.05), g), rel=1e-2)
    for eps in (0, -1e-6):
        with pytest.raises(ValueError, match="positive"):
            adadelta_step(1.0, 1.0, eps=eps)


def test_adadelta_has_the_units_of_its_parameters():
    """In other units of w and of eps, and with another scale of the loss, the path is the same."""
    c, a = 1000.0, 7.0
    H = np.array([1.0, 10.0])
    path = descend(adadelta_step, lambda w: H * w, [3.0, 1.0], 60, eps=1e-6)

    def rescaled(w, g, state=(0.0, 0.0)):
        """Adadelta with one eps for each root, as the units of v and r ask for."""
        v, r = state
        v = 0.95 * v + 0.05 * g * g
        move = -np.sqrt(r + 1e-6 * c**2) / np.sqrt(v + 1e-6 * (a / c) ** 2) * g
        return w + move, (v, 0.95 * r + 0.05 * move**2)

    other = descend(rescaled, lambda w: a * H * w / c**2, [3.0 * c, 1.0 * c], 60)
    np.testing.assert_allclose(other, c * path, rtol=1e-9)


D2L = [
    (adagrad_step, {"lr": 0.4, "eps": 1e-6}, 0.618, 5e-4),
    (adagrad_step, {"lr": 2, "eps": 1e-6}, 5.27e-7, 1e-9),
    (rmsprop_step, {"lr": 0.4, "eps": 1e-6}, 1.12e-5, 1e-7),
]


@pytest.mark.parametrize("step, hyper, value, atol", D2L)
def test_twenty_steps_in_the_valley(step, hyper, value, atol):
    end = descend(step, valley.gradient, [-5, -2], 20, **hyper)[-1]
    assert valley.value(end) == pytest.approx(value, abs=atol)


# --- effective rates ---


@pytest.mark.parametrize("method, step", [("adagrad", adagrad_step), ("rmsprop", rmsprop_step)])
def test_the_effective_rate_is_what_the_step_multiplies_by(method, step):
    G = np.random.default_rng(6).normal(size=(7, 3)) * [1e-3, 1, 100]
    hyper = {"lr": 0.3, "eps": 1e-4}
    rates = effective_lr(method, G, **hyper)
    np.testing.assert_allclose(-np.diff(fed(step, G, np.zeros(3), **hyper), axis=0), rates * G)
    assert (effective_lr("gd", G, lr=0.3) == 0.3).all()


def test_effective_rates_by_hand():
    rates = effective_lr("adagrad", [[1, 100]], lr=0.1)
    np.testing.assert_allclose(rates, [[0.1, 0.001]], rtol=1e-6)
    rates = effective_lr("rmsprop", [[3, 0], [1, 2]], lr=0.6, rho=0.5, eps=0)
    np.testing.assert_allclose(rates[1], [0.6 / math.sqrt(2.75), 0.6 / math.sqrt(2)])
    with pytest.raises(ValueError, match="adam"):
        effective_lr("adam", [[1.0]], lr=1)
    with pytest.raises(ValueError, match="axes"):
        effective_lr("gd", [1.0], lr=1)


# --- rotation ---

TURNED, R45 = rotate_problem(np.diag([0.2, 4.0]), math.pi / 4)


def test_a_turned_problem_has_the_old_values_at_the_turned_points():
    rng = np.random.default_rng(2)
    for theta in (-2.0, 0.3, math.pi / 2):
        A = rng.normal(size=(2, 2))
        H, w = A + A.T, rng.normal(size=2)
        other, R = rotate_problem(H, theta)
        np.testing.assert_allclose(R @ R.T, np.eye(2), atol=1e-15)
        assert np.linalg.det(R) == pytest.approx(1)
        assert (R @ w) @ other @ (R @ w) == pytest.approx(w @ H @ w)
        np.testing.assert_allclose(other @ (R @ w), R @ (H @ w), atol=1e-14)
        np.testing.assert_allclose(jacobian(lambda u, other=other: other @ u, w), other, atol=1e-7)
    with pytest.raises(ValueError, match="2, 2"):
        rotate_problem(np.eye(3), 0.1)


def adam_step(w, g, state=(0.0, 0.0, 0), *, lr):
    """RMSProp that also averages the gradient, both averages corrected for their start."""
    m, v, t = state
    m, v, t = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g, t + 1
    step = m / (1 - 0.9**t) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
    return w - lr * step, (m, v, t)


def heavy_ball(w, g, v=0.0, *, lr, beta):
    v = beta * v + g
    return w - lr * v, v


def ends(step, steps, **hyper):
    """Return f at the end of a walk in the valley, and in the valley turned by 45 degrees."""
    straight = descend(step, valley.gradient, [-5, -2], steps, **hyper)[-1]
    turned = descend(step, lambda w: TURNED @ w, R45 @ [-5, -2], steps, **hyper)[-1]
    return valley.value(straight), turned @ TURNED @ turned / 2


def test_gradient_descent_and_the_heavy_ball_do_not_feel_a_rotation():
    for step, hyper in ((gradient_step, {"lr": 0.4}), (heavy_ball, {"lr": 0.2, "beta": 0.5})):
        straight, turned = ends(step, 60, **hyper)
        assert turned == pytest.approx(straight, rel=1e-12)


def test_one_rate_for_each_coordinate_feels_a_rotation():
    assert ends(adagrad_step, 200, lr=1) == pytest.approx((7.2e-20, 1.0e-5), rel=0.05)
    assert ends(adam_step, 200, lr=0.1) == pytest.approx((7.7e-9, 4.5e-3), rel=0.02)
    for step, hyper in ((rprop_step, {}), (rmsprop_step, {"lr": 0.1}), (adadelta_step, {})):
        straight, turned = ends(step, 100, **hyper)
        assert abs(straight - turned) > 0.02 * straight


# --- published numbers ---


def test_rmsprop_has_the_numbers_of_cs231n():
    known = oracle("cs231n_rmsprop")
    w, v = rmsprop_step(known["w"], known["dw"], known["cache"], lr=0.01, rho=0.99, eps=1e-8)
    np.testing.assert_allclose(w, known["next_w"], rtol=1e-6)
    np.testing.assert_allclose(v, known["next_cache"], rtol=1e-6)


def test_other_libraries_in_a_line_each():
    """Keras and Optax: eps inside of the root, the sum from 0.1 on (measured once)."""
    g = 1e-8
    outside = abs(adagrad_step(0.0, g, lr=1, eps=1e-8)[0])
    inside = g / math.sqrt(g * g + 1e-8)
    assert (outside, inside) == pytest.approx((0.5, 1e-4), rel=1e-6)
    assert adagrad_step(0.0, 1.0, 0.1, lr=1)[0] == pytest.approx(-1 / math.sqrt(1.1))


# --- figures ---


def test_drift_and_angles_are_drawn_as_given():
    ax = plot_drift({"signs": [0.0, -0.1, -0.2], "mean": [0.0, 0.0, 0.0]})
    np.testing.assert_array_equal(ax.lines[0].get_ydata(), [0, -0.1, -0.2])
    ax = plot_angles([0, 45, 90], {"a": [1e-9, 1e-3, 1e-9]})
    assert ax.get_yscale() == "log" and list(ax.get_xticks()) == [0, 15, 30, 45, 60, 75, 90]


# --- the live figure, against the library ---


def test_the_dials_show_what_the_library_computes():
    """Step by step: small differences of a cosine may grow along a walk, not within a step."""
    states = corners("dials")[::3] + some_states("dials", 60, seed=12)
    rules = {"gd": gradient_step, "adagrad": adagrad_step, "rmsprop": rmsprop_step}
    for state, answer in zip(states, ask(*[("dials", s) for s in states]), strict=True):
        values = {key: np.array(value, dtype=float) for key, value in answer["values"].items()}
        method, lr = state["method"], state["lr"]
        H, R = rotate_problem(np.diag([0.2, 4.0]), math.radians(state["theta"]))
        path, G = values["path"], values["path"][:-1] @ H.T
        np.testing.assert_allclose(values["H"], H, atol=1e-15)
        np.testing.assert_allclose(path[0], R @ [-5, -2], rtol=1e-12)
        size = np.abs(path).max(axis=1, keepdims=True)
        assert np.all(np.abs(values["gradients"] - G) <= 1e-12 * size[:-1])
        G = values["gradients"]
        eps = {} if method == "gd" else {"eps": 1e-8}
        rates = effective_lr(method, G, lr=lr, **eps)
        np.testing.assert_allclose(values["rates"], rates, rtol=1e-9)
        memory = ()
        for k, g in enumerate(G):
            w, *memory = rules[method](path[k], g, *memory, lr=lr, **eps)
            assert np.all(np.abs(w - path[k + 1]) <= 1e-9 * np.abs(path[k : k + 2]).max())
        heights = np.einsum("ki,ij,kj->k", path, H, path) / 2
        np.testing.assert_allclose(values["values"], heights, rtol=1e-6, atol=1e-300)
