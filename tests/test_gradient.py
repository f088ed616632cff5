"""Gradients, directions, Jacobians, quadratics and critical points."""

import numpy as np
import pytest

from fallline.gradient import (
    classify_critical,
    directional_derivative,
    jacobian,
    jvp,
    quadratic,
    saddle_gradient,
    steepest_direction,
    vjp,
)
from fallline.objectives import himmelblau, saddle

NORMS = {"l1": 1, "l2": 2, "linf": np.inf}


def polynomial(x):
    """Five outputs of four inputs, mixing products and squares."""
    return np.array([x[0] * x[1], x[1] ** 2 - x[3], x[2] * x[3], x[0] - 2 * x[2], x[3] ** 2])


def polynomial_jacobian(x):
    return np.array(
        [
            [x[1], x[0], 0, 0],
            [0, 2 * x[1], 0, -1],
            [0, 0, x[3], x[2]],
            [1, 0, -2, 0],
            [0, 0, 0, 2 * x[3]],
        ]
    )


# --- saddle_gradient ---


def test_saddle_gradient_at_three_four():
    g = saddle_gradient(3, 4)
    assert g.tolist() == [-6, 8]
    assert g.dtype == np.float64
    assert np.linalg.norm(g) == 10


def test_saddle_gradient_is_that_of_the_objective_at_many_points():
    w = np.random.default_rng(0).normal(size=(2, 3, 4))
    np.testing.assert_array_equal(saddle_gradient(*w), saddle.gradient(w))


def test_saddle_gradient_errors():
    with pytest.raises(ValueError, match="one shape"):
        saddle_gradient(np.ones(2), np.ones(3))
    with pytest.raises(TypeError, match="real numbers"):
        saddle_gradient("3", 4)
    assert np.isnan(saddle_gradient(np.nan, 1)).tolist() == [True, False]


# --- directional_derivative ---


@pytest.mark.parametrize(
    "u, slope", [([1, 0], -6), ([0, 5], 8), ([-6, 8], 10), ([4, 3], 0), ([3, -4], -10)]
)
def test_directional_derivative_by_hand(u, slope):
    assert directional_derivative([-6, 8], u) == pytest.approx(slope, abs=1e-14)
    assert type(directional_derivative([-6, 8], u)) is float


def test_directional_derivative_is_the_slope_along_a_walk():
    rng = np.random.default_rng(1)
    for _ in range(5):
        w, u = rng.normal(size=2), rng.normal(size=2)
        walk = u / np.linalg.norm(u) * 1e-5
        slope = (himmelblau.value(w + walk) - himmelblau.value(w - walk)) / 2e-5
        assert directional_derivative(himmelblau.gradient(w), u) == pytest.approx(slope, rel=1e-6)


@pytest.mark.parametrize("scale", [1e-300, 1e-9, 1e9, 1e300])
def test_directional_derivative_does_not_depend_on_the_length_of_u(scale):
    slope = directional_derivative([1.0, 2.0], [3.0, 4.0])
    assert directional_derivative([1.0, 2.0], [3 * scale, 4 * scale]) == pytest.approx(slope)


def test_no_direction_is_steeper_than_the_gradient():
    rng = np.random.default_rng(2)
    g = rng.normal(size=6)
    slopes = [directional_derivative(g, u) for u in rng.normal(size=(500, 6))]
    assert max(np.abs(slopes)) < np.linalg.norm(g)
    assert directional_derivative(g, g) == pytest.approx(np.linalg.norm(g))


def test_directional_derivative_errors():
    with pytest.raises(ValueError, match="points nowhere"):
        directional_derivative([1.0, 2.0], [0.0, 0.0])
    with pytest.raises(ValueError, match="one shape"):
        directional_derivative([1.0, 2.0], [1.0])
    with pytest.raises(ValueError, match="ndim = 1"):
        directional_derivative(1.0, 2.0)
    assert np.isnan(directional_derivative([1.0, 2.0], [np.nan, 1.0]))
    assert np.isnan(directional_derivative([np.nan, 2.0], [1.0, 1.0]))


# --- steepest_direction ---


@pytest.mark.parametrize(
    "norm, d", [("l2", [0.6, -0.8]), ("l1", [0, -1]), ("linf", [1, -1])], ids=NORMS
)
def test_steepest_direction_by_hand(norm, d):
    np.testing.assert_allclose(steepest_direction([-6, 8], norm), d, rtol=1e-15)


@pytest.mark.parametrize("norm", NORMS)
def test_no_step_of_norm_one_descends_further(norm):
    rng = np.random.default_rng(3)
    g = rng.normal(size=4)
    d = steepest_direction(g, norm)
    assert np.linalg.norm(d, NORMS[norm]) == pytest.approx(1, rel=1e-15)
    others = rng.normal(size=(2000, 4))
    others /= np.linalg.norm(others, NORMS[norm], axis=1, keepdims=True)
    assert g @ d <= (others @ g).min()
    # The drop is the dual norm of g.
    dual = {"l1": np.inf, "l2": 2, "linf": 1}[norm]
    assert g @ d == pytest.approx(-np.linalg.norm(g, dual))


@pytest.mark.parametrize("norm", NORMS)
def test_a_zero_gradient_has_no_steepest_direction(norm):
    d = steepest_direction(np.zeros(3), norm)
    assert d.tolist() == [0, 0, 0]
    assert not np.signbit(d).any()


def test_steepest_direction_edges():
    assert steepest_direction([2.0, -2.0], "l1").tolist() == [-1, 0]
    assert steepest_direction([0.0, 2.0, -1.0], "linf").tolist() == [0, -1, 1]
    assert np.isnan(steepest_direction([np.nan, 1.0])).all()
    np.testing.assert_allclose(steepest_direction([3e300, 4e300]), [-0.6, -0.8])
    np.testing.assert_allclose(steepest_direction([3e-300, 4e-300]), [-0.6, -0.8])
    with pytest.raises(ValueError, match="l2"):
        steepest_direction([1.0], "l3")
    with pytest.raises(ValueError, match="ndim = 1"):
        steepest_direction(1.0)


# --- jacobian, jvp, vjp ---


def test_jacobian_has_a_row_for_each_output():
    x = np.array([0.3, -1.2, 2.0, 0.7])
    J = jacobian(polynomial, x)
    assert J.shape == (5, 4)
    np.testing.assert_allclose(J, polynomial_jacobian(x), atol=1e-9)


def test_jacobian_is_exact_for_quadratics_at_any_step():
    x = np.array([1, 2, 3, 4])
    np.testing.assert_array_equal(jacobian(polynomial, x, h=0.5), polynomial_jacobian(x))
    np.testing.assert_array_equal(jacobian(polynomial, x, h=-2.0), polynomial_jacobian(x))
    assert x.tolist() == [1, 2, 3, 4]


def test_jacobian_error_is_of_second_order():
    cube = lambda x: x**3  # noqa: E731
    errors = [jacobian(cube, [1.0], h)[0, 0] - 3 for h in (0.1, 0.01)]
    assert errors == pytest.approx([0.01, 0.0001], rel=1e-6)


def test_jacobian_of_a_composition_is_the_product():
    x = np.array([0.3, -1.2, 2.0, 0.7])
    outer = lambda y: np.array([y @ y, np.sin(y[0])])  # noqa: E731
    J = jacobian(lambda x: outer(polynomial(x)), x)
    np.testing.assert_allclose(
        J, jacobian(outer, polynomial(x)) @ jacobian(polynomial, x), atol=1e-7
    )


def test_jacobian_survives_a_function_that_spoils_its_argument():
    def spoils(x):
        x *= 2
        return x

    np.testing.assert_allclose(jacobian(spoils, np.ones(3)), 2 * np.eye(3), atol=1e-9)


def test_jacobian_errors():
    with pytest.raises(ValueError, match="h must not be 0"):
        jacobian(polynomial, np.ones(4), 0)
    with pytest.raises(ValueError, match="ndim = 1"):
        jacobian(polynomial, 1.0)
    with pytest.raises(ValueError, match=r"F must return a vector"):
        jacobian(lambda x: x @ x, np.ones(4))
    with pytest.raises(TypeError, match=r"F\(x\) must hold real numbers"):
        jacobian(lambda x: None, np.ones(4))
    assert np.isnan(jacobian(polynomial, [np.nan, 1, 1, 1])[0]).any()


def test_products_with_a_matrix():
    J = [[3, 2], [0, 1], [1, 1]]
    assert jvp(J, [1, 10]).tolist() == [23, 10, 11]
    assert vjp(J, [1, 10, 100]).tolist() == [103, 112]
    assert jvp(J, [1, 10]).dtype == vjp(J, [1, 0, 0]).dtype == np.float64


def test_both_products_give_the_same_number():
    rng = np.random.default_rng(4)
    J, v, u = rng.normal(size=(3, 5)), rng.normal(size=5), rng.normal(size=3)
    assert u @ jvp(J, v) == pytest.approx(vjp(J, u) @ v, rel=1e-13)


def test_vjp_is_the_gradient_of_the_weighted_outputs():
    x, u = np.array([0.3, -1.2, 2.0, 0.7]), np.array([1.0, -2.0, 0.5, 0.0, 3.0])
    weighted = jacobian(lambda x: np.array([u @ polynomial(x)]), x)[0]
    np.testing.assert_allclose(vjp(polynomial_jacobian(x), u), weighted, atol=1e-8)


@pytest.mark.parametrize("scale", [1e-8, 1.0, 1e8])
def test_jvp_through_a_function_is_linear_and_takes_two_calls(scale):
    calls = []

    def F(x):
        calls.append(1)
        return polynomial(x)

    x, v = np.array([0.3, -1.2, 2.0, 0.7]), scale * np.array([1.0, -0.5, 2.0, 0.0])
    product = jvp(F, v, x=x)
    assert len(calls) == 2
    np.testing.assert_allclose(product, polynomial_jacobian(x) @ v, atol=1e-9 * scale)


def test_jvp_along_nothing_is_zero():
    assert jvp(polynomial, np.zeros(4), x=np.ones(4)).tolist() == [0] * 5


def test_product_errors():
    with pytest.raises(ValueError, match="v must have shape"):
        jvp(np.ones((2, 3)), np.ones(2))
    with pytest.raises(ValueError, match="u needs one entry per row of J, 2, got 3"):
        vjp(np.ones((2, 3)), np.ones(3))
    with pytest.raises(ValueError, match=r"pass it as x="):
        jvp(polynomial, np.ones(4))
    with pytest.raises(ValueError, match="x and v"):
        jvp(polynomial, np.ones(3), x=np.ones(4))
    with pytest.raises(ValueError, match="h must not be 0"):
        jvp(polynomial, np.ones(4), x=np.ones(4), h=0)
    assert np.isnan(jvp(np.ones((2, 2)), [np.nan, 1.0])).all()
    assert np.isnan(jvp(polynomial, [np.nan, 0, 0, 0], x=np.ones(4))).any()


# --- quadratic ---


def test_quadratic_by_hand():
    value, gradient = quadratic([[2, 1], [3, 4]], [1, 0], [1, 2])
    assert value == 12
    assert type(value) is float
    assert gradient.tolist() == [5, 10]


@pytest.mark.parametrize("d", [1, 2, 5])
def test_quadratic_gradient_is_the_slope_of_its_value(d):
    rng = np.random.default_rng(d)
    A, b, x = rng.normal(size=(d, d)), rng.normal(size=d), rng.normal(size=d)
    slopes = jacobian(lambda x: np.array([quadratic(A, b, x)[0]]), x, h=0.5)[0]
    np.testing.assert_allclose(quadratic(A, b, x)[1], slopes, rtol=1e-11, atol=1e-12)


def test_the_antisymmetric_part_of_a_quadratic_does_nothing():
    turn, x = np.array([[0.0, -3.0], [3.0, 0.0]]), np.array([1.0, 2.0])
    value, gradient = quadratic(turn, np.zeros(2), x)
    assert value == 0
    assert gradient.tolist() == [0, 0]


def test_quadratic_errors():
    with pytest.raises(ValueError, match=r"shapes \(d, d\)"):
        quadratic(np.ones((2, 3)), np.ones(2), np.ones(2))
    with pytest.raises(ValueError, match=r"shapes \(d, d\)"):
        quadratic(np.eye(2), np.ones(3), np.ones(2))
    assert np.isnan(quadratic(np.eye(2), np.ones(2), [np.nan, 1.0])[0])


# --- classify_critical ---


@pytest.mark.parametrize(
    "H, kind",
    [
        (np.diag([2, 3]), "min"),
        (np.diag([-1, -5]), "max"),
        (np.diag([-2, 2]), "saddle"),
        ([[1, 2], [2, 1]], "saddle"),
        (np.diag([1, -1, 2, -3]), "saddle"),
        (np.diag([1, -1, 0]), "saddle"),
        (np.diag([1, 0]), "inconclusive"),
        (np.diag([-1, 0]), "inconclusive"),
        (np.zeros((3, 3)), "inconclusive"),
        ([[1, 4], [0, 1]], "saddle"),
        ([[4, 1], [-1, 4]], "min"),
        ([[-3]], "max"),
    ],
)
def test_critical_points_by_their_hessian(H, kind):
    assert classify_critical(H) == kind
    assert classify_critical(np.transpose(H)) == kind


def test_turning_the_axes_does_not_change_the_kind():
    rng = np.random.default_rng(5)
    for signs, kind in (([1, 2, 3], "min"), ([-1, -2, -3], "max"), ([-1, 2, 3], "saddle")):
        Q, _ = np.linalg.qr(rng.normal(size=(3, 3)))
        assert classify_critical(Q @ np.diag(signs) @ Q.T) == kind


def test_tol_decides_what_counts_as_zero():
    assert classify_critical(np.diag([4, 0.01])) == "min"
    assert classify_critical(np.diag([4, 0.01]), tol=0.1) == "inconclusive"
    assert classify_critical(np.diag([4, -0.01]), tol=0.1) == "inconclusive"
    assert classify_critical(np.diag([4, -0.01]), tol=0) == "saddle"
    assert classify_critical(np.diag([1, 1e-12])) == "inconclusive"


def test_himmelblaus_flat_points():
    kinds = [classify_critical(himmelblau.hessian(w)) for w in himmelblau.minima]
    assert kinds == ["min"] * 4
    assert classify_critical(himmelblau.hessian([-0.270844590667, -0.92303852209])) == "max"


def test_classify_errors():
    for bad, message in ((np.ones((2, 3)), "square"), (np.diag([1, np.nan]), "NaN")):
        with pytest.raises(ValueError, match=message):
            classify_critical(bad)
    with pytest.raises(ValueError, match="square"):
        classify_critical(np.zeros((0, 0)))
    for tol in (-1, np.nan):
        with pytest.raises(ValueError, match="tol"):
            classify_critical(np.eye(2), tol)


# --- no argument is changed ---


def test_arguments_stay_as_they_are():
    A, b, x = np.array([[2.0, 1.0], [3.0, 4.0]]), np.array([1.0, 0.0]), np.array([1.0, 2.0])
    before = [v.copy() for v in (A, b, x)]
    quadratic(A, b, x)
    classify_critical(A)
    jvp(A, x), vjp(A, x), directional_derivative(b, x)
    for norm in NORMS:
        steepest_direction(x, norm)
    for now, then in zip((A, b, x), before, strict=True):
        np.testing.assert_array_equal(now, then)
