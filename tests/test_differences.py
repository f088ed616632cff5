"""Differences: orders that are measured, polynomials that are exact, errors that explain."""

import numpy as np
import pytest

from fallline.differences import (
    SCHEMES,
    best_step,
    central_diff,
    complex_step,
    error_curve,
    forward_diff,
    hessian_fd,
    numerical_gradient,
    richardson,
)

ALL = pytest.mark.parametrize("scheme", SCHEMES)


def order(errors, hs):
    return np.polyfit(np.log(hs), np.log(errors), 1)[0]


def rosenbrock(x):
    return 100 * (x[1] - x[0] ** 2) ** 2 + (1 - x[0]) ** 2


# --- truncation: the order of each scheme, and what it differentiates exactly ---


@pytest.mark.parametrize("scheme, expected", [("forward", 1), ("central", 2), ("complex", 2)])
def test_order_is_that_of_the_theory(scheme, expected):
    hs = np.logspace(-3, -1, 9)
    assert order(error_curve(np.exp, np.exp, 0.3, hs, scheme), hs) == pytest.approx(
        expected, abs=0.05
    )


def test_richardson_is_of_order_four():
    hs = np.logspace(-2, 0, 9)
    errors = [abs(richardson(lambda s: central_diff(np.sin, 1, s), h) - np.cos(1)) for h in hs]
    assert order(errors, hs) == pytest.approx(4, abs=0.05)


def test_leading_truncation_errors():
    h = 1e-3
    assert forward_diff(np.exp, 0, h) - 1 == pytest.approx(h / 2, rel=1e-3)
    assert central_diff(np.exp, 0, h) - 1 == pytest.approx(h**2 / 6, rel=1e-3)
    assert complex_step(np.exp, 0, h) - 1 == pytest.approx(-(h**2) / 6, rel=1e-3)


def test_exact_on_low_degrees_with_steps_that_are_powers_of_two():
    assert forward_diff(lambda x: 5 * x - 2, 3, 0.25) == 5
    assert central_diff(lambda x: 4 * x**2 - x, 3, 0.25) == 23
    assert richardson(lambda h: central_diff(lambda x: x**4, 1, h), 0.5) == 4


def test_signs_of_the_step():
    assert forward_diff(lambda x: x**2, 3, 1) == 7
    assert forward_diff(lambda x: x**2, 3, -1) == 5
    assert central_diff(np.exp, 1, 0.1) == central_diff(np.exp, 1, -0.1)


# --- rounding ---


def test_a_step_below_the_spacing_of_floats_is_lost():
    assert forward_diff(np.sin, 1, 1e-16) == 0
    assert central_diff(np.sin, 1, 1e-16) / np.cos(1) == pytest.approx(1.027, abs=1e-3)


@pytest.mark.parametrize(
    "scheme, smaller, larger", [("forward", 1e-11, 1e-5), ("central", 1e-9, 1e-3)]
)
def test_best_step_beats_its_neighbours(scheme, smaller, larger):
    """Rounding is erratic: compare the largest error in a decade around each step."""

    def worst(h):
        return error_curve(np.sin, np.cos, 1.0, h * np.logspace(-0.5, 0.5, 60), scheme).max()

    assert worst(best_step(scheme, 1.0)) < 0.05 * min(worst(smaller), worst(larger))


def test_best_step_values():
    assert best_step("forward", 0.3) == 2**-26
    assert best_step("central", -8.0, 2**-30) == pytest.approx(8 * 2**-10, rel=1e-15)
    assert best_step("forward", 3, 2**-24) == 3 * 2**-12
    assert best_step("complex", 1e6) == 1e-20
    assert best_step("forward", [0, -4]).tolist() == [2**-26, 4 * 2**-26]
    assert np.isnan(best_step("central", [np.nan, 1])).tolist() == [True, False]


@pytest.mark.parametrize("h", [1e-20, 1e-200, 1e-300])
def test_complex_step_needs_no_care(h):
    assert complex_step(np.sin, 1, h) == pytest.approx(np.cos(1), rel=3e-16)


def test_complex_step_on_the_published_example():
    """Martins, Sturdza and Alonso's function at 1.5."""

    def f(x):
        return np.exp(x) / np.sqrt(np.sin(x) ** 3 + np.cos(x) ** 3)

    assert complex_step(f, 1.5) == pytest.approx(4.053427893898621, rel=1e-15)


def test_complex_step_is_blind_where_the_imaginary_part_is_lost():
    assert complex_step(np.abs, -2) == 0
    assert complex_step(lambda x: 3.0, 1) == 0


# --- gradients and Hessians ---


@pytest.mark.parametrize("shape", [(), (1,), (5,), (2, 3), (2, 1, 3), (0,)])
def test_gradient_of_any_shape(shape):
    rng = np.random.default_rng(7)
    c, x = rng.normal(size=shape), rng.normal(size=shape)
    g = numerical_gradient(lambda x: np.sum(c * np.sin(x)) + np.sum(x) ** 2, x)
    assert g.shape == shape and g.dtype == float
    np.testing.assert_allclose(g, c * np.cos(x) + 2 * x.sum(), rtol=1e-8, atol=1e-8)


def test_gradient_exact_on_quadratics():
    assert numerical_gradient(lambda x: x @ x, [1, 2, 3], 0.5).tolist() == [2, 4, 6]


def test_gradient_of_rosenbrock_against_the_formula():
    x = np.array([-1.2, 1.0])
    np.testing.assert_allclose(numerical_gradient(rosenbrock, x), [-215.6, -88.0], rtol=1e-8)


def test_gradient_steps_may_differ():
    g = numerical_gradient(lambda x: np.sum(x**3), np.array([1.0, 1.0]), h=[0.5, 1.0])
    assert g.tolist() == [3.25, 4.0]


def test_gradient_scales_its_default_step():
    seen = []
    numerical_gradient(lambda x: seen.append(float(x)) or 0.0, 1e6)
    assert seen[0] - 1e6 == pytest.approx(1e6 * np.cbrt(2.0**-52), rel=1e-4)


def test_hessian_of_rosenbrock():
    def grad(x):
        return numerical_gradient(rosenbrock, x, 1e-3)

    H = hessian_fd(grad, [1.0, 1.0], 1e-3)
    np.testing.assert_allclose(H, [[802, -400], [-400, 200]], atol=2e-3)


def test_hessian_is_symmetric_even_where_the_gradient_is_wrong():
    A = np.array([[2.0, 1.0], [3.0, 5.0]])
    assert hessian_fd(lambda x: A @ x, [1, 2], 1).tolist() == [[2, 2], [2, 5]]


def test_hessian_differences_are_central():
    assert hessian_fd(lambda x: x**3, np.array([2.0]), 1.0).tolist() == [[13.0]]


def test_hessian_of_a_matrix_has_the_shape_twice():
    H = hessian_fd(lambda w: 2 * w, np.ones((2, 3)), 0.5)
    assert H.shape == (2, 3, 2, 3)
    assert H.reshape(6, 6).tolist() == (2 * np.eye(6)).tolist()
    assert hessian_fd(lambda w: 3 * w, 1.0, 0.5).shape == ()


def test_richardson_takes_arrays():
    R = richardson(lambda h: np.array([1 + h**2, 2 - 3 * h**2]), 2)
    assert R.tolist() == [1, 2]


# --- conduct: types, copies, NaN ---


def test_results_are_float64_also_for_whole_numbers():
    assert type(forward_diff(lambda x: x**2, 3, 1)) is float
    assert forward_diff(np.sqrt, np.array([1, 4]), 1).dtype == np.float64
    assert complex_step(np.sqrt, np.array([1, 4])).tolist() == [0.5, 0.25]
    assert numerical_gradient(lambda x: x @ x, np.array([1, 2]), 0.25).tolist() == [2, 4]


def test_elementwise_points():
    x = np.array([[0.0, 1.0], [2.0, 3.0]])
    assert central_diff(lambda x: x**2, x, 0.5).tolist() == [[0, 2], [4, 6]]


@pytest.mark.parametrize(
    "call",
    [
        lambda f, x: forward_diff(f, x, 0.5),
        lambda f, x: central_diff(f, x, 0.5),
        lambda f, x: complex_step(f, x),
        lambda f, x: hessian_fd(f, x, 0.5),
        lambda f, x: numerical_gradient(lambda x: f(x).sum(), x, 0.5),
    ],
)
def test_a_function_that_spoils_its_argument_does_no_harm(call):
    def spoil(x):
        value = x**3
        x *= 0
        return value

    x = np.array([1.0, 2.0])
    spoilt = call(spoil, x)
    assert x.tolist() == [1, 2]
    assert np.array_equal(spoilt, call(lambda x: x**3, x))


def test_nan_and_infinity_stay_visible():
    assert np.isnan(forward_diff(lambda x: x**2, np.nan, 0.5))
    assert np.isnan(central_diff(lambda x: x, np.inf, 0.5))
    assert np.isnan(complex_step(lambda x: x**2, np.nan))
    g = numerical_gradient(lambda x: x[0] ** 2 + 0 * x[1], [1.0, np.nan])
    assert np.isnan(g).all()
    assert np.isnan(richardson(lambda h: h**2, np.nan))
    assert np.isnan(error_curve(np.sin, np.cos, np.nan, [0.1], "central")).all()


# --- bad input ---


@ALL
def test_a_step_of_zero_is_refused(scheme):
    with pytest.raises(ValueError, match=r"h must not be 0.*try h = 1e-6"):
        SCHEMES[scheme](np.sin, 1.0, 0)
    with pytest.raises(ValueError, match="h must not be 0"):
        error_curve(np.sin, np.cos, 1.0, [0.1, 0.0], scheme)


@ALL
def test_what_is_not_a_number_is_named(scheme):
    with pytest.raises(TypeError, match="x must hold real numbers, got 'one'"):
        SCHEMES[scheme](np.sin, "one", 0.1)
    with pytest.raises(TypeError, match="h must hold real numbers, got None"):
        SCHEMES[scheme](np.sin, 1.0, None)
    with pytest.raises(ValueError, match=r"h must be one number, got an array of shape \(2,\)"):
        SCHEMES[scheme](np.sin, 1.0, [0.1, 0.2])
    with pytest.raises(TypeError, match="x must hold real numbers, got 1j"):
        SCHEMES[scheme](np.sin, 1j, 0.1)


@ALL
def test_a_function_must_keep_the_shape(scheme):
    with pytest.raises(ValueError, match=r"f returned an array of shape \(2,\): one number"):
        SCHEMES[scheme](lambda x: np.array([x, x]), 1.0, 0.1)
    with pytest.raises(TypeError, match="f returned object values"):
        SCHEMES[scheme](lambda x: None, 1.0, 0.1)


def test_unknown_schemes_are_told_the_known_ones():
    for call in (
        lambda: best_step("sideways", 1.0),
        lambda: error_curve(np.sin, np.cos, 1.0, [0.1], "sideways"),
        lambda: best_step(["forward"], 1.0),
    ):
        with pytest.raises(ValueError, match="choose one of 'forward', 'central', 'complex'"):
            call()


def test_other_bad_input():
    with pytest.raises(ValueError, match=r"shape \(3,\): one number is needed"):
        numerical_gradient(lambda x: x**2, [1, 2, 3])
    with pytest.raises(ValueError, match="h must not be 0"):
        numerical_gradient(np.sum, [1, 2], h=[0.1, 0])
    with pytest.raises(ValueError, match="does not fit x"):
        numerical_gradient(np.sum, [1, 2], h=[0.1, 0.2, 0.3])
    with pytest.raises(TypeError, match="rows of one length"):
        numerical_gradient(np.sum, [[1, 2], [3]])
    with pytest.raises(ValueError, match=r"grad returned an array of shape \(\)"):
        hessian_fd(np.sum, [1, 2], 0.1)
    with pytest.raises(ValueError, match="h must not be 0"):
        hessian_fd(lambda x: x, [1, 2], 0)
    with pytest.raises(ValueError, match="h must not be 0"):
        richardson(lambda h: h, 0)
    with pytest.raises(TypeError, match=r"D\(h\) must hold real numbers, got None"):
        richardson(lambda h: None, 1)
    with pytest.raises(ValueError, match=r"df\(x\) is 0"):
        error_curve(np.cos, lambda x: -np.sin(x), 0, [0.1], "central")
    with pytest.raises(ValueError, match="one point and a 1-d array"):
        error_curve(np.sin, np.cos, 1.0, 0.1, "central")
    with pytest.raises(ValueError, match="eps is 0"):
        best_step("central", 1.0, 0)
