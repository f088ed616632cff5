"""The derivative: worked numbers, limits, orders and clear errors."""

import numpy as np
import pytest

from fallline.derivative import (
    chain_derivative,
    classify_stationary,
    descent_1d,
    poly_derivative,
    remainder_order,
    secant_slope,
    slope_angle_deg,
    tangent_line,
)

SMOOTH = {
    "square": (lambda x: x**2, lambda x: 2 * x),
    "exp": (np.exp, np.exp),
    "sin": (np.sin, np.cos),
    "reciprocal": (lambda x: 1 / x, lambda x: -1 / x**2),
}
by_function = pytest.mark.parametrize("f, df", SMOOTH.values(), ids=SMOOTH)


# --- secant_slope ---


@pytest.mark.parametrize(
    "a, h, slope", [(3, 1, 7), (3, -1, 5), (0, 2, 2), (-5, 10, 0), (1, 0.5, 2.5)]
)
def test_secant_of_the_square_is_2a_plus_h(a, h, slope):
    assert secant_slope(lambda x: x**2, a, h) == slope


@pytest.mark.parametrize("h", [1.0, 1e-3, 1e-9])
def test_secant_of_the_absolute_value_never_settles(h):
    assert (secant_slope(abs, 0, h), secant_slope(abs, 0, -h)) == (1.0, -1.0)


@by_function
def test_secants_tend_to_the_derivative_with_order_one(f, df):
    errors = [secant_slope(f, 0.7, h) - df(0.7) for h in (1e-3, 1e-4)]
    assert errors[0] / errors[1] == pytest.approx(10, rel=5e-3)


@by_function
def test_both_ends_of_a_secant_give_one_slope(f, df):
    assert secant_slope(f, 0.5, 0.25) == pytest.approx(secant_slope(f, 0.75, -0.25), rel=1e-14)


def test_secant_turns_whole_numbers_into_floats_before_the_function_sees_them():
    assert secant_slope(lambda x: x**-1, np.array(1), np.int64(1)) == -0.5
    assert type(secant_slope(lambda x: x**2, 3, 1)) is float


# --- tangent_line ---


@pytest.mark.parametrize("x, y", [(3, 9), (4, 15), (0, -9), (-1.5, -18)])
def test_tangent_of_the_square_at_three(x, y):
    assert tangent_line(9, 6, 3)(x) == y


@pytest.mark.parametrize("shape", [(), (1,), (4,), (2, 3)])
def test_tangent_keeps_the_shape_of_its_input(shape):
    x = np.full(shape, 4)
    line = tangent_line(9, 6, 3)
    assert np.shape(line(x)) == shape
    assert np.asarray(line(x)).dtype == np.float64
    assert np.array_equal(line(x), np.full(shape, 15.0))
    assert np.array_equal(x, np.full(shape, 4))


def test_flat_tangent_still_varies_with_shape_and_passes_nan():
    assert np.array_equal(tangent_line(2, 0, 1)([5, 7]), [2.0, 2.0])
    assert np.array_equal(tangent_line(2, 1, 1)([np.nan, 1]), [np.nan, 2.0], equal_nan=True)


# --- slope_angle_deg ---


@pytest.mark.parametrize(
    "m, angle", [(0, 0), (1, 45), (-1, -45), (np.sqrt(3), 60), (-np.sqrt(3), -60), (np.inf, 90)]
)
def test_angles_that_are_known(m, angle):
    assert slope_angle_deg(m) == pytest.approx(angle, abs=1e-12)


def test_angle_is_odd_increasing_and_less_than_a_right_angle():
    m = np.linspace(-1000, 1000, 2001)
    angle = slope_angle_deg(m)
    assert np.all(np.diff(angle) > 0)
    assert np.all(np.abs(angle) < 90)
    assert angle == pytest.approx(-angle[::-1])


# --- poly_derivative ---


@pytest.mark.parametrize(
    "c, expected",
    [([5, 4, 3], [4, 6]), ([7], [0]), ([0, 1], [1]), ([1, 0, 0, 2], [0, 0, 6]), ([-3.0], [0])],
)
def test_polynomials_by_hand(c, expected):
    derivative = poly_derivative(c)
    assert derivative.dtype == np.float64
    assert np.array_equal(derivative, expected)


def test_polynomial_agrees_with_its_tangent_remainder():
    c = np.array([1.0, -2.0, 0.5, 3.0])
    f, df = (lambda x, c=c: np.polyval(c[::-1], x) for c in (c, poly_derivative(c)))
    assert remainder_order(f, df, 0.3, [1e-2, 1e-3]) == pytest.approx(2, abs=0.02)


def test_polynomial_leaves_its_argument_alone_and_shows_nan():
    c = np.array([1.0, np.nan, 2.0])
    d = poly_derivative(c)
    assert np.array_equal(d, [np.nan, 4.0], equal_nan=True)
    assert np.array_equal(c, [1.0, np.nan, 2.0], equal_nan=True)
    assert not np.shares_memory(c, d)


# --- chain_derivative ---


def test_chain_of_three_by_hand():
    """sin((2x)²) at 0.5 is sin(1); its derivative is cos(1) · 2 · 1 · 2."""
    fs = [lambda x: 2 * x, lambda x: x**2, np.sin]
    dfs = [lambda x: 2.0, lambda x: 2 * x, np.cos]
    assert chain_derivative(fs, dfs, 0.5) == pytest.approx(4 * np.cos(1), rel=1e-15)


def test_chain_of_nothing_is_the_identity():
    assert chain_derivative([], [], 3) == 1.0
    assert np.array_equal(chain_derivative([], [], [3, 4]), [1.0, 1.0])


def test_chain_agrees_with_secants_and_works_element_by_element():
    fs, dfs = [np.exp, np.sin, lambda x: x**2], [np.exp, np.cos, lambda x: 2 * x]
    x = np.array([-1.0, 0.0, 0.7])
    slopes = [secant_slope(lambda x: np.sin(np.exp(x)) ** 2, a, 1e-7) for a in x]
    assert chain_derivative(fs, dfs, x) == pytest.approx(slopes, abs=1e-5)
    assert np.array_equal(x, [-1.0, 0.0, 0.7])


def test_chain_splits_into_chains():
    fs, dfs = [np.sin, np.exp, np.cos], [np.cos, np.exp, lambda x: -np.sin(x)]
    inner = chain_derivative(fs[:1], dfs[:1], 0.4)
    outer = chain_derivative(fs[1:], dfs[1:], np.sin(0.4))
    assert chain_derivative(fs, dfs, 0.4) == pytest.approx(inner * outer, rel=1e-15)


# --- remainder_order ---


@by_function
def test_remainder_of_a_smooth_function_has_order_two(f, df):
    hs = np.logspace(-1, -4, 7)
    assert remainder_order(f, df, 0.8, hs) == pytest.approx(2, abs=0.05)
    assert remainder_order(f, df, 0.8, -hs) == pytest.approx(2, abs=0.05)


@pytest.mark.parametrize("p", [1.5, 2.0, 3.0, 4.0])
def test_remainder_of_a_power_at_zero_has_that_power(p):
    order = remainder_order(lambda x: abs(x) ** p, lambda x: 0.0, 0, [0.1, -0.01, 0.003])
    assert order == pytest.approx(p, rel=1e-12)


@pytest.mark.parametrize("slope", [-0.5, 0.0, 0.5])
def test_no_line_touches_a_corner_better_than_order_one(slope):
    order = remainder_order(abs, lambda x: slope, 0, [0.1, 0.01, 0.001])
    assert order == pytest.approx(1, rel=1e-12)


def test_a_wrong_derivative_shows_as_order_one_and_nan_as_nan():
    assert remainder_order(np.exp, lambda x: 1.1, 0, [1e-3, 1e-4]) == pytest.approx(1, abs=0.02)
    assert np.isnan(remainder_order(np.exp, np.exp, np.nan, [0.1, 0.01]))


# --- classify_stationary ---


@pytest.mark.parametrize(
    "d1, d2, tol, answer",
    [
        (0, 2, 0, "min"),
        (0, -2, 0, "max"),
        (0, 0, 0, "inconclusive"),
        (1, 2, 0, "not-stationary"),
        (-1, 0, 0.5, "not-stationary"),
        (0.1, 1, 0.1, "min"),
        (-0.1, -1, 0.1, "max"),
        (0, 0.1, 0.1, "inconclusive"),
        (0, -0.1, 0.1, "inconclusive"),
        (0, np.inf, 0.1, "min"),
    ],
)
def test_classification(d1, d2, tol, answer):
    assert classify_stationary(d1, d2, tol) == answer


# --- descent_1d ---


@pytest.mark.parametrize("start", [5, -5])
def test_descent_on_the_square_by_hand(start):
    path = descent_1d(lambda w: 2 * w, start, lr=0.1, steps=5)
    expected = np.sign(start) * np.array([5, 4, 3.2, 2.56, 2.048, 1.6384])
    assert path == pytest.approx(expected, rel=1e-14)


def test_descent_needs_62_steps_from_one_to_a_millionth():
    path = descent_1d(lambda w: 2 * w, 1, lr=0.1, steps=70)
    assert np.argmax(np.abs(path) < 1e-6) == 62


def test_descent_of_no_steps_is_its_start():
    assert np.array_equal(descent_1d(np.cos, 2, lr=0.1, steps=0), [2.0])


# --- what is refused, and how ---


@pytest.mark.parametrize(
    "error, words, call",
    [
        (ValueError, "h must not be 0", lambda: secant_slope(np.sin, 1, 0)),
        (ValueError, r"a must be one number.*\(2,\)", lambda: secant_slope(np.sin, [1, 2], 1)),
        (ValueError, r"f\(a \+ h\) must be one", lambda: secant_slope(lambda x: [x, x], 1, 1)),
        (TypeError, "f\\(a \\+ h\\) must hold real numbers", lambda: secant_slope(str, 1, 1)),
        (TypeError, "h must hold real numbers, got '1'", lambda: secant_slope(np.sin, 1, "1")),
        (TypeError, "dfa must hold real", lambda: tangent_line(1, None, 0)),
        (TypeError, "x must hold real", lambda: tangent_line(1, 1, 0)(1j)),
        (TypeError, "m must hold real", lambda: slope_angle_deg("steep")),
        (ValueError, r"non-empty.*\(0,\)", lambda: poly_derivative([])),
        (ValueError, r"\(1, 2\)", lambda: poly_derivative([[1, 2]])),
        (ValueError, "2 fs, 1 dfs", lambda: chain_derivative([np.sin] * 2, [np.cos], 0)),
        (ValueError, r"fs\[0\].*\(2,\)", lambda: chain_derivative([lambda x: [x, x]], [abs], 1)),
        (ValueError, "two sizes", lambda: remainder_order(np.sin, np.cos, 0, [0.1])),
        (ValueError, "two sizes", lambda: remainder_order(np.sin, np.cos, 0, [0.1, -0.1])),
        (ValueError, "none of them 0", lambda: remainder_order(np.sin, np.cos, 0, [0.1, 0.2, 0])),
        (ValueError, "exactly 0", lambda: remainder_order(abs, np.sign, 1, [0.5, 0.25])),
        (ValueError, "tol >= 0, got .*-1", lambda: classify_stationary(0, 1, -1)),
        (ValueError, "got d1 = nan", lambda: classify_stationary(np.nan, 1, 0)),
        (ValueError, "w must be one number", lambda: descent_1d(abs, [1, 2], lr=0.1, steps=1)),
    ],
)
def test_bad_input_is_refused_in_words(error, words, call):
    with pytest.raises(error, match=words):
        call()


def test_nan_passes_through():
    assert np.isnan(secant_slope(np.sin, np.nan, 1))
    assert np.isnan(slope_angle_deg(np.nan))
    assert np.isnan(chain_derivative([np.sin], [np.cos], np.nan))
    assert np.isnan(descent_1d(lambda w: np.nan, 1, lr=0.1, steps=2)[1:]).all()
