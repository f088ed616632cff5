"""Newton and its repairs, Hessian-vector products, BFGS, the line search, least squares."""

import math

import numpy as np
import pytest

from conftest import oracle
from fallline.curvature import (
    bfgs,
    bfgs_update,
    cg_solve,
    conjugate,
    gauss_newton_step,
    hvp,
    lbfgs,
    lbfgs_direction,
    levenberg_marquardt,
    minimise,
    newton_step,
    saddle_free_step,
    second_order_cost,
    trust_region_step,
    wolfe_backtracking,
)
from fallline.descent import descend, gradient_step
from fallline.objectives import beale, bowl, himmelblau, rosenbrock, saddle
from fallline.plotting import plot_fates, plot_fit, plot_newton_parabola
from test_live import ask, corners, some_states

START = np.array([-1.2, 1.0])
RULES = {"bfgs": (bfgs, 0.9), "lbfgs": (lbfgs(5), 0.9), "conjugate": (conjugate, 0.1)}
by_rule = pytest.mark.parametrize("rule, c2", RULES.values(), ids=list(RULES))


def random_spd(rng, d):
    A = rng.normal(size=(d, d))
    return A @ A.T + 0.1 * np.eye(d)


def random_pairs(rng, d, count):
    """Return steps and changes of the gradient on a random bowl."""
    H = random_spd(rng, d)
    S = rng.normal(size=(count, d))
    return S, S @ H


# --- Newton's step and its repairs ---


def test_one_newton_step_ends_at_the_minimum_of_any_bowl():
    rng = np.random.default_rng(1)
    for d in (1, 2, 5):
        H, centre, w = random_spd(rng, d), rng.normal(size=d), rng.normal(size=d)
        np.testing.assert_allclose(w + newton_step(H @ (w - centre), H), centre, rtol=1e-9)


def test_newton_solves_with_the_matrix_as_it_is():
    H, g = np.array([[2.0, 1.0], [0.0, 4.0]]), np.array([4.0, 4.0])
    np.testing.assert_allclose(newton_step(g, H), [-1.5, -1.0], rtol=1e-15)
    assert not np.allclose(newton_step(g, H), newton_step(g, H.T))


def test_newton_goes_to_the_saddle_in_one_step_and_the_saddle_free_step_away_from_it():
    for w in ([3.0, 4.0], [1e-6, 1.0], [-7.0, 0.5]):
        g, H = saddle.gradient(w), saddle.hessian(w)
        np.testing.assert_array_equal(w + newton_step(g, H), [0, 0])
        np.testing.assert_allclose(w + saddle_free_step(g, H, 0.1), [2 * w[0], 0], atol=1e-15)


def test_newton_is_blind_to_the_units_of_the_parameters():
    rng = np.random.default_rng(2)
    A, g, H = rng.normal(size=(3, 3)), rng.normal(size=3), random_spd(rng, 3)
    np.testing.assert_allclose(A @ newton_step(A.T @ g, A.T @ H @ A), newton_step(g, H), rtol=1e-9)


def test_damping_leads_from_newton_to_the_gradient():
    g, H = np.array([1.0, 10.0]), np.diag([1.0, 10.0])
    np.testing.assert_allclose(newton_step(g, H, damping=1e9) * 1e9, -g, rtol=1e-7)
    lengths = [np.linalg.norm(newton_step(g, H, damping=mu)) for mu in (0, 0.1, 1, 10, 100)]
    assert lengths == sorted(lengths, reverse=True)
    assert newton_step([1], [[-2]], damping=3).tolist() == [-1]


def test_newton_errors():
    with pytest.raises(ValueError, match="singular"):
        newton_step([1, 2], [[1, 2], [2, 4]])
    for bad in ([[1, 2]], np.eye(3), [1, 2]):
        with pytest.raises(ValueError):
            newton_step([1, 2], bad)
    with pytest.raises(TypeError, match="real numbers"):
        newton_step("ab", np.eye(2))
    assert np.isnan(newton_step([np.nan, 1], np.eye(2)))[0]


def test_newton_on_w_minus_log_w_squares_the_error_exactly():
    w = 0.5
    for k in range(1, 6):
        w = w + newton_step([1 - 1 / w], [[1 / w**2]])[0]
        assert 1 - w == pytest.approx(0.5 ** (2**k), rel=1e-4)


def test_the_error_of_newton_is_at_most_a_constant_times_its_square():
    """With |H(a) - H(b)| <= M |a - b| and |1 / H| <= 1/m it is e' <= M/(2m) e^2."""
    M, m = 6 * 1.1, 3 * 0.5**2  # f = w^4/4 - w, minimum at 1; f'' = 3w^2, f''' = 6w on [0.5, 1.1]
    for w in np.linspace(0.5, 1.1, 25):
        new = w + newton_step([w**3 - 1], [[3 * w * w]])[0]
        assert abs(new - 1) <= M / (2 * m) * (w - 1) ** 2 + 1e-15


def test_the_saddle_free_step_is_newtons_where_all_curvatures_are_large():
    rng = np.random.default_rng(3)
    g, H = rng.normal(size=4), random_spd(rng, 4)
    np.testing.assert_allclose(saddle_free_step(g, H, 1e-9), newton_step(g, H), rtol=1e-8)


def test_the_saddle_free_step_descends_and_is_never_longer_than_the_floor_allows():
    rng = np.random.default_rng(4)
    for _ in range(30):
        A, g = rng.normal(size=(3, 3)), rng.normal(size=3)
        p = saddle_free_step(g, A + A.T, 0.5)
        assert p @ g < 0 and np.linalg.norm(p) <= np.linalg.norm(g) / 0.5 + 1e-12
        skew = rng.normal(size=(3, 3))
        np.testing.assert_allclose(
            saddle_free_step(g, A + A.T + skew - skew.T, 0.5), p, rtol=1e-9, atol=1e-12
        )


def test_the_saddle_free_step_by_hand_and_its_errors():
    assert saddle_free_step([1, 1], [[0, 0], [0, 4]], 0.5).tolist() == [-2, -0.25]
    np.testing.assert_allclose(saddle_free_step([3, 1], [[0, 2], [2, 0]], 0.1), [-1.5, -0.5])
    for floor in (0, -1):
        with pytest.raises(ValueError, match="positive"):
            saddle_free_step([1, 1], np.eye(2), floor)
    assert np.isnan(saddle_free_step([1, 1], [[np.nan, 0], [0, 1]], 0.1)).all()


def test_the_trust_region_step_is_the_best_in_its_ball():
    rng = np.random.default_rng(5)
    angle = np.linspace(0, 2 * np.pi, 4001)
    for _ in range(40):
        A, g, radius = rng.normal(size=(2, 2)), rng.normal(size=2), 10 ** rng.uniform(-1, 1)
        H = A + A.T
        p = trust_region_step(g, H, radius)
        assert np.linalg.norm(p) <= radius * (1 + 1e-9)
        ring = np.array([np.cos(angle), np.sin(angle)])
        for share in (0.3, 0.7, 1):
            q = share * radius * ring
            model = g @ q + np.sum(q * (H @ q), axis=0) / 2
            assert g @ p + p @ H @ p / 2 <= model.min() + 1e-9


def test_the_trust_region_step_at_its_edges():
    np.testing.assert_allclose(trust_region_step([2, 4], np.diag([2, 8]), 9), [-1, -0.5])
    p = trust_region_step([0, 1], np.diag([-1.0, 1.0]), 2)  # the hard case: g says nothing of x
    assert p[1] == pytest.approx(-0.5) and np.linalg.norm(p) == pytest.approx(2)
    assert np.linalg.norm(trust_region_step([0, 0], -np.eye(2), 3)) == pytest.approx(3)
    assert trust_region_step([0, 0], np.eye(2), 3).tolist() == [0, 0]
    assert np.isnan(trust_region_step([np.nan, 0], np.eye(2), 3)).all()
    with pytest.raises(ValueError, match="positive"):
        trust_region_step([1, 0], np.eye(2), 0)


# --- the Hessian times a vector ---


@pytest.mark.parametrize(
    "name, objective",
    [
        ("rosen2", rosenbrock),
        ("rosen5", rosenbrock),
        ("beale2", beale),
        ("himmelblau2", himmelblau),
    ],
)
def test_products_agree_with_automatic_differentiation(name, objective):
    for table in oracle("torch_derivs")[name]:
        x, v, H = (np.array(table[key]) for key in ("x", "v", "H"))
        found = hvp(objective.gradient, x, v)
        np.testing.assert_allclose(found, H @ v, rtol=1e-7, atol=1e-6 * np.abs(H).max())


def test_a_product_looks_at_the_same_distance_however_long_the_vector():
    x, v = np.array([0.3, -0.8]), np.array([0.6, 0.8])
    for size in (1e-9, 1, 1e6):
        found = hvp(himmelblau.gradient, x, size * v)
        np.testing.assert_allclose(found, size * himmelblau.hessian(x) @ v, rtol=1e-8)
    seen = []
    hvp(lambda w: seen.append(w) or w, [0.0, 0.0], [3e5, 4e5], h=0.5)
    assert [np.linalg.norm(w) for w in seen] == pytest.approx([0.5, 0.5])


def test_a_product_costs_two_gradients_and_is_exact_on_a_bowl_of_any_shape():
    W, V = np.arange(6.0).reshape(2, 3), np.ones((2, 3))
    np.testing.assert_allclose(hvp(lambda w: 3 * w, W, V, 0.25), 3 * V, rtol=1e-12)
    assert hvp(lambda w: w, [1, 2], [0, 0]).tolist() == [0, 0]
    assert np.isnan(hvp(lambda w: w, [1, 2], [np.nan, 0])).all()
    with pytest.raises(ValueError, match="h must not be 0"):
        hvp(lambda w: w, [1.0], [1.0], 0)
    with pytest.raises(ValueError, match="one shape"):
        hvp(lambda w: w, [1.0, 2.0], [1.0])


def test_conjugate_gradients_end_after_d_products():
    rng = np.random.default_rng(6)
    for d in (1, 3, 8):
        A, b, count = random_spd(rng, d), rng.normal(size=d), []
        x = cg_solve(lambda p, A=A, c=count: c.append(1) or A @ p, b)
        np.testing.assert_allclose(x, np.linalg.solve(A, b), rtol=1e-6, atol=1e-8)
        assert len(count) <= d


def test_conjugate_gradients_take_as_many_steps_as_there_are_curvatures():
    count = []
    lams = np.repeat([1.0, 10.0, 100.0], 20)
    x = cg_solve(lambda p: count.append(1) or lams * p, np.ones(60))
    np.testing.assert_allclose(x, 1 / lams, rtol=1e-9)
    assert len(count) == 3


def test_conjugate_gradients_stop_where_the_curvature_is_not_positive():
    assert cg_solve(lambda p: -p, [1, 2]).tolist() == [1, 2]
    A = np.diag([4.0, -1.0])
    x = cg_solve(lambda p: A @ p, [2.0, 1.0])
    np.testing.assert_allclose(x, 5 / 15 * np.array([2, 1]))
    assert cg_solve(lambda p: p, [0.0, 0.0]).tolist() == [0, 0]
    with pytest.raises(ValueError, match="the product"):
        cg_solve(lambda p: p[:1], [1.0, 2.0])


def test_newtons_step_without_a_hessian():
    w = np.array([1.3, 1.5])
    g = rosenbrock.gradient(w)
    p = cg_solve(lambda v: hvp(rosenbrock.gradient, w, v), -g)
    np.testing.assert_allclose(p, newton_step(g, rosenbrock.hessian(w)), rtol=1e-6)


# --- BFGS ---


def test_the_update_by_hand():
    assert bfgs_update(np.eye(2), [1, 0], [2, 0]).tolist() == [[0.5, 0], [0, 1]]
    new = bfgs_update(np.eye(2), [1, 1], [1, 0])
    np.testing.assert_allclose(new, [[1, 1], [1, 3]], rtol=1e-15)


def test_the_update_keeps_the_secant_equation_symmetry_and_positive_definiteness():
    rng = np.random.default_rng(7)
    for d in (1, 2, 6):
        Hinv = random_spd(rng, d)
        s = rng.normal(size=d)
        y = random_spd(rng, d) @ s
        new = bfgs_update(Hinv, s, y)
        np.testing.assert_allclose(new @ y, s, rtol=1e-9, atol=1e-11)
        np.testing.assert_allclose(new, new.T, rtol=1e-9, atol=1e-11)
        assert np.linalg.eigvalsh((new + new.T) / 2)[0] > 0


def test_the_update_inverts_the_update_of_the_hessian_itself():
    rng = np.random.default_rng(8)
    B, (s,), (y,) = random_spd(rng, 4), *random_pairs(rng, 4, 1)
    Bs = B @ s
    direct = B - np.outer(Bs, Bs) / (s @ Bs) + np.outer(y, y) / (s @ y)
    np.testing.assert_allclose(
        bfgs_update(np.linalg.inv(B), s, y), np.linalg.inv(direct), rtol=1e-7
    )


def test_the_update_is_the_least_change_that_keeps_the_secant_equation():
    """In the norm weighted by any matrix that maps s to y, no other symmetric answer is nearer."""
    rng = np.random.default_rng(9)
    H, Hinv, s = random_spd(rng, 3), random_spd(rng, 3), rng.normal(size=3)
    y = H @ s
    root = np.linalg.cholesky(H)

    def size(E):
        return np.linalg.norm(root.T @ E @ root)

    new = bfgs_update(Hinv, s, y)
    for _ in range(20):  # every symmetric N with N y = 0 leads to another answer
        E = rng.normal(size=(3, 3))
        off = np.eye(3) - np.outer(y, y) / (y @ y)
        N = off @ (E + E.T) @ off
        assert size(new + 0.1 * N - Hinv) >= size(new - Hinv) - 1e-12


def test_a_pair_without_curvature_teaches_nothing():
    Hinv = np.array([[2.0, 1.0], [1.0, 3.0]])
    for y in ([-1.0, 0.0], [0.0, 5.0]):
        new = bfgs_update(Hinv, [1.0, 0.0], y)
        assert np.array_equal(new, Hinv) and new is not Hinv
    assert np.array_equal(bfgs_update(Hinv, [1.0, 0.0], [0.5, 0.0], tol=0.5), Hinv)
    assert not np.array_equal(bfgs_update(Hinv, [1.0, 0.0], [0.5, 0.0], tol=0.4), Hinv)
    assert np.isnan(bfgs_update(Hinv, [1.0, 0.0], [np.nan, 0.0])).any()
    with pytest.raises(ValueError, match="one shape"):
        bfgs_update(np.eye(2), [1, 2], [1, 2, 3])


@pytest.mark.parametrize(
    "d, count, m", [(2, 1, None), (3, 4, None), (6, 9, 4), (5, 3, 8), (4, 0, 2)]
)
def test_two_loops_are_the_updates_written_out(d, count, m):
    rng = np.random.default_rng(10 + count)
    (S, Y), g = random_pairs(rng, d, count), rng.normal(size=d)
    used = list(zip(S, Y, strict=True))[-(m or count or 1) :]
    Hinv = np.eye(d)
    if used:
        s, y = used[-1]
        Hinv = (s @ y) / (y @ y) * Hinv
    for s, y in used:
        Hinv = bfgs_update(Hinv, s, y)
    np.testing.assert_allclose(lbfgs_direction(g, S, Y, m), -Hinv @ g, rtol=1e-8, atol=1e-10)


def test_with_all_directions_of_a_bowl_the_two_loops_are_newtons_step():
    H = random_spd(np.random.default_rng(11), 3)
    S = np.linalg.eigh(H)[1].T
    g = np.array([1.0, -2.0, 0.5])
    np.testing.assert_allclose(lbfgs_direction(g, S, S @ H), newton_step(g, H), rtol=1e-9)


def test_lbfgs_at_the_edges():
    assert lbfgs_direction([2, -4], [], []).tolist() == [-2, 4]
    assert lbfgs_direction([2, -4], [[1, 0]], [[2, 0]], m=0).tolist() == [-2, 4]
    with pytest.raises(ValueError, match="leave it out"):
        lbfgs_direction([1, 1], [[1, 0]], [[-1, 0]])
    for S, Y in (([[1, 0]], []), ([[1, 0, 0]], [[1, 0, 0]])):
        with pytest.raises(ValueError, match="equally many"):
            lbfgs_direction([1, 1], S, Y)
    assert np.isnan(lbfgs_direction([np.nan, 1], [[1, 0]], [[2, 0]])).any()


# --- the line search ---


def slope_along(objective, x, d, t):
    return objective.gradient(x + t * d) @ d


def test_what_the_search_returns_meets_the_strong_wolfe_conditions():
    rng = np.random.default_rng(12)
    for objective in (rosenbrock, himmelblau, beale):
        for c1, c2 in ((1e-4, 0.9), (1e-4, 0.1), (0.3, 0.4)):
            for _ in range(20):
                x, d = rng.uniform(-2, 2, 2), rng.normal(size=2) * 10.0 ** rng.integers(-3, 3)
                slope = slope_along(objective, x, d, 0)
                if slope > 0:
                    d, slope = -d, -slope
                t = wolfe_backtracking(objective.value, objective.gradient, x, d, c1, c2)
                assert objective.value(x + t * d) <= objective.value(x) + c1 * t * slope
                assert abs(slope_along(objective, x, d, t)) <= c2 * abs(slope)


def test_the_step_that_it_takes_has_positive_curvature():
    """The second condition promises s . y > 0 for every step, on any function."""
    x = START
    for _ in range(25):
        g = himmelblau.gradient(x)
        t = wolfe_backtracking(himmelblau.value, himmelblau.gradient, x, -g)
        s = -t * g
        assert s @ (himmelblau.gradient(x + s) - g) > 0
        x = x + s


@pytest.mark.parametrize("length, t", [(4, 1), (16, 0.125), (0.25, 8), (1e-3, 512), (1e3, 2**-9)])
def test_it_halves_doubles_and_halves_again(length, t):
    """f = x^2 from 2 with c2 = 0.9: good are steps from 0.1 to 1.9 times the way to the bottom."""
    found = wolfe_backtracking(lambda x: float(x @ x), lambda x: 2 * x, [2.0], [-length])
    assert 0.2 - 1e-9 <= found * length <= 3.8 + 1e-3
    if length in (16, 0.25, 4):
        assert found == {4: 0.5, 16: 0.125, 0.25: 1}[length]


def test_search_errors():
    f, grad = lambda x: float(x @ x), lambda x: 2 * x
    for d in ([2.0, 0.0], [0.0, 1.0]):
        with pytest.raises(ValueError, match="does not descend"):
            wolfe_backtracking(f, grad, [2.0, 0.0], d)
    with pytest.raises(ValueError, match="bounded below"):
        wolfe_backtracking(lambda x: -x[0], lambda x: np.array([-1.0]), [0.0], [1.0])
    with pytest.raises(ValueError, match="bounded below"):
        wolfe_backtracking(f, lambda x: -2 * x, [1.0], [1.0])
    for c1, c2 in ((0.5, 0.4), (0, 0.9), (0.1, 1)):
        with pytest.raises(ValueError, match="c1 < c2"):
            wolfe_backtracking(f, grad, [1.0], [-1.0], c1, c2)
    assert math.isnan(wolfe_backtracking(f, grad, [np.nan], [-1.0]))


def test_the_search_steps_back_from_where_f_is_not_a_number():
    def f(x):
        with np.errstate(all="ignore"):
            return float(x[0] - np.log(x[0]))

    t = wolfe_backtracking(f, lambda x: 1 - 1 / x, [0.5], [-4.0 * (1 - 1 / 0.5)], c2=0.1)
    assert abs(0.5 + 4 * t - 1) < 0.1


# --- whole methods ---


@by_rule
@pytest.mark.parametrize("objective", [rosenbrock, beale, bowl(1000)])
def test_each_method_finds_the_minimum(rule, c2, objective):
    start = {"Rosenbrock's function": START, "Beale's function": [0.5, 0.5]}
    path = minimise(
        objective.value, objective.gradient, start.get(objective.name, [3, 1]), rule, c2=c2
    )
    np.testing.assert_allclose(path[-1], objective.minima[0], atol=1e-5)
    values = objective.value(path.T)
    assert np.all(np.diff(values) < 0) and len(path) < 100


@by_rule
def test_each_method_finds_the_minimum_in_twenty_dimensions(rule, c2):
    x0 = np.tile(START, 10)
    path = minimise(rosenbrock.value, rosenbrock.gradient, x0, rule, c2=c2)
    assert np.linalg.norm(rosenbrock.gradient(path[-1])) <= 1e-6
    assert len(path) < 600


def test_the_numbers_of_the_chapter_on_rosenbrocks_function():
    w, heights = START, []
    for _ in range(7):
        w = w + newton_step(rosenbrock.gradient(w), rosenbrock.hessian(w))
        heights.append(float(rosenbrock.value(w)))
    expected = [4.73, 1411.8, 0.0560, 0.3132, 1.85e-11, 3.4e-20, 0]
    np.testing.assert_allclose(heights, expected, rtol=0.01, atol=1e-25)
    counts = {}
    for name, (rule, c2) in RULES.items():
        path = minimise(rosenbrock.value, rosenbrock.gradient, START, rule, c2=c2)
        counts[name] = int(np.argmax(rosenbrock.value(path.T) <= 1e-6))
    assert counts == {"bfgs": 30, "lbfgs": 31, "conjugate": 20}


def test_bfgs_with_few_pairs_is_lbfgs_with_as_many():
    few = minimise(rosenbrock.value, rosenbrock.gradient, START, lbfgs(1), steps=4)
    more = minimise(rosenbrock.value, rosenbrock.gradient, START, lbfgs(9), steps=4)
    np.testing.assert_array_equal(few[:3], more[:3])
    assert not np.array_equal(few[3], more[3])
    both = minimise(rosenbrock.value, rosenbrock.gradient, START, bfgs, steps=2)
    np.testing.assert_allclose(both, more[:3], rtol=1e-10)


def test_a_step_of_newton_plugs_into_the_loop():
    def step(w, g, state=None):
        return w + newton_step(g, rosenbrock.hessian(w)), state

    path = descend(step, rosenbrock.gradient, START, 7)
    assert rosenbrock.value(path[-1]) == 0
    slow = descend(gradient_step, rosenbrock.gradient, START, 7, lr=1e-3)
    assert rosenbrock.value(slow[-1]) > 1


@by_rule
def test_no_point_is_asked_twice(rule, c2):
    heights, slopes = [], []

    def f(w):
        heights.append(tuple(w))
        return rosenbrock.value(w)

    def grad(w):
        slopes.append(tuple(w))
        return rosenbrock.gradient(w)

    path = minimise(f, grad, START, rule, c2=c2)
    assert len(set(heights)) == len(heights) and len(set(slopes)) == len(slopes)
    assert set(map(tuple, path)) <= set(slopes) <= set(heights)


def test_methods_stop_where_they_should():
    assert len(minimise(rosenbrock.value, rosenbrock.gradient, [1, 1], bfgs)) == 1
    assert len(minimise(rosenbrock.value, rosenbrock.gradient, START, bfgs, steps=3)) == 4
    assert np.isnan(minimise(rosenbrock.value, rosenbrock.gradient, [np.nan, 1], bfgs)).any()


# --- least squares, against certified answers ---

MODELS = {
    "Misra1a": lambda b, x: b[0] * (1 - np.exp(-b[1] * x)),
    "Chwirut1": lambda b, x: np.exp(-b[0] * x) / (b[1] + b[2] * x),
    "Lanczos3": lambda b, x: sum(b[i] * np.exp(-b[i + 1] * x) for i in (0, 2, 4)),
    "Gauss1": lambda b, x: (
        b[0] * np.exp(-b[1] * x)
        + b[2] * np.exp(-((x - b[3]) ** 2) / b[4] ** 2)
        + b[5] * np.exp(-((x - b[6]) ** 2) / b[7] ** 2)
    ),
    "DanWood": lambda b, x: b[0] * x ** b[1],
    "Misra1b": lambda b, x: b[0] * (1 - (1 + b[1] * x / 2) ** -2),
}
MODELS |= {"Chwirut2": MODELS["Chwirut1"], "Gauss2": MODELS["Gauss1"]}


def residual_and_jacobian(model, x, y):
    """Return both as functions of the parameters; the Jacobian by the complex step."""

    def jac(b):
        steps = b + 1e-30j * np.eye(len(b))
        return np.array([np.imag(model(row, x)) / 1e-30 for row in steps]).T

    return (lambda b: model(b, x) - y), jac


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("start", ["start1", "start2"])
def test_certified_parameters_are_reached_to_nine_digits_from_both_starts(name, start):
    problem = oracle("nist_lower")[name]
    y, x = np.array(problem["data"]).T
    residual, jac = residual_and_jacobian(MODELS[name], x, y)
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        path = levenberg_marquardt(residual, jac, problem[start])
    np.testing.assert_allclose(path[-1], problem["certified"], rtol=1e-9)
    r = residual(path[-1])
    assert r @ r == pytest.approx(problem["rss"], rel=2e-10)
    assert residual(path[0]) @ residual(path[0]) > r @ r


def test_the_step_of_gauss_and_newton_solves_a_linear_problem_at_once():
    rng = np.random.default_rng(13)
    X, y, w = rng.normal(size=(7, 3)), rng.normal(size=7), rng.normal(size=3)
    best = np.linalg.lstsq(X, y, rcond=None)[0]
    np.testing.assert_allclose(w + gauss_newton_step(X @ w - y, X), best, rtol=1e-10)


def test_damping_of_least_squares_has_no_units():
    rng = np.random.default_rng(14)
    J, r, units = rng.normal(size=(6, 2)), rng.normal(size=6), np.array([1e3, 1e-5])
    one = gauss_newton_step(r, J, damping=0.7)
    np.testing.assert_allclose(gauss_newton_step(r, J * units, damping=0.7) * units, one, rtol=1e-9)
    D2 = np.diag(np.sum(J * J, axis=0))
    np.testing.assert_allclose((J.T @ J + 0.7 * D2) @ one, -J.T @ r, rtol=1e-9)


def test_least_squares_errors():
    with pytest.raises(ValueError, match="one row"):
        gauss_newton_step([1, 2], [[1, 2]])
    for bad in ({"damping": -1}, {}):
        with pytest.raises(ValueError, match="finite"):
            gauss_newton_step([1, np.nan if not bad else 1], [[1], [2]], **bad)


# --- cost, purity ---


def test_the_cost_by_hand():
    assert second_order_cost(10, "float32") == (400, pytest.approx(1000 / 3))
    assert second_order_cost(10**6, "float32")[0] == 4e12
    memory, flops = second_order_cost(159_010)
    assert memory / 2**30 == pytest.approx(188.4, abs=0.05) and flops == pytest.approx(
        1.34e15, rel=1e-3
    )
    assert second_order_cost(3.0) == second_order_cost(3) == (72, 9)
    for bad in (-1, 2.5):
        with pytest.raises(ValueError, match="whole number"):
            second_order_cost(bad)


def test_arguments_stay_as_they_are_and_whole_numbers_are_welcome():
    g, H = np.array([2, 4]), np.array([[2, 0], [0, 4]])
    S, Y = [np.array([1, 0])], [np.array([2, 0])]
    before = [v.copy() for v in (g, H, S[0], Y[0])]
    results = [
        newton_step(g, H),
        saddle_free_step(g, H, 1),
        trust_region_step(g, H, 1),
        hvp(lambda w: w * w, g, g),
        bfgs_update(H, S[0], Y[0]),
        lbfgs_direction(g, S, Y),
        cg_solve(lambda p: 2 * p, g),
        minimise(bowl(2).value, bowl(2).gradient, g, bfgs),
        gauss_newton_step(g, H),
    ]
    assert all(r.dtype == np.float64 for r in results)
    for now, then in zip((g, H, S[0], Y[0]), before, strict=True):
        np.testing.assert_array_equal(now, then)


# --- figures ---


def test_the_parabola_is_drawn_with_its_vertex():
    ax = plot_newton_parabola(
        lambda w: w - np.log(w), lambda w: 1 - 1 / w, lambda w: w**-2.0, 0.5, (0.2, 2)
    )
    vertex = next(line for line in ax.lines if line.get_marker() == "D")
    assert vertex.get_xdata()[0] == pytest.approx(0.75)
    parabola = ax.lines[1]
    k = np.argmin(parabola.get_ydata())
    assert parabola.get_xdata()[k] == pytest.approx(0.75, abs=0.01)


def test_fates_are_drawn_with_their_shares():
    axis = np.linspace(-5, 5, 10)
    fates = np.where(np.add.outer(axis, axis) > 1e-9, 0, 2)
    ax = plot_fates(axis, fates, {"minimum": [(3, 2)], "saddle": [(0, 3)], "top": [(0, -1)]})
    words = [text.get_text() for text in ax.get_legend().get_texts()]
    assert words == ["minimum: 0.45", "saddle: 0.00", "top: 0.55"]


def test_a_fit_is_drawn_as_given():
    ax = plot_fit([0, 1, 2], [0, 1, 4], {"square": lambda x: x * x})
    assert ax.lines[0].get_ydata()[-1] == pytest.approx(2.1**2)
    assert list(ax.lines[1].get_ydata()) == [0, 1, 4]


# --- the live figure, against the library ---


def test_the_model_that_moves_makes_the_steps_of_the_library():
    states = corners("curvature-model") + some_states("curvature-model", 150, seed=14)
    kind = "curvature-model"
    for state, answer in zip(states, ask(*[(kind, s) for s in states]), strict=True):
        values, w = answer["values"], np.array([state["x"], state["y"]], dtype=float)
        g, H = himmelblau.gradient(w), himmelblau.hessian(w)
        steps = {
            "newton": newton_step(g, H),
            "size": saddle_free_step(g, H, 1),
            "trust": trust_region_step(g, H, state["radius"]),
        }
        for name, p in steps.items():
            np.testing.assert_allclose(values["steps"][name], p, rtol=1e-9, atol=1e-9)
        p = steps[state["step"]]
        np.testing.assert_allclose(values["lams"], np.linalg.eigvalsh(H), rtol=1e-9, atol=1e-9)
        assert values["here"] == pytest.approx(himmelblau.value(w), rel=1e-9, abs=1e-12)
        assert values["there"] == pytest.approx(himmelblau.value(w + p), rel=1e-8, abs=1e-9)
        model = himmelblau.value(w) + g @ p + p @ H @ p / 2
        assert values["promised"] == pytest.approx(model, rel=1e-9, abs=1e-9)
