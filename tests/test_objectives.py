"""The objectives: value, gradient and Hessian check each other; minima are those published."""

import numpy as np
import pytest

from conftest import oracle
from fallline.objectives import (
    Objective,
    beale,
    bowl,
    double_well,
    gaussians,
    hills,
    himmelblau,
    rosenbrock,
    saddle,
    valley,
)

HOLLOWS = gaussians(
    [[-1, -1], [1.5, 0], [0, 1], [0.1, 1.1]], [2, 1.5, -1, 0.5], [0.8, 0.6, 0.7, 0.5]
)
PLANE = (saddle, bowl(1), bowl(100), valley, himmelblau, rosenbrock, beale, HOLLOWS, hills)
PLANE = {f.name: f for f in PLANE}
by_objective = pytest.mark.parametrize("f", PLANE.values(), ids=PLANE)


def points(f, n=6):
    return np.random.default_rng(len(f.name)).uniform(-2, 2, size=(n, 2))


def central(function, w, h):
    """Return the slopes of a function along every axis, stacked last."""
    slopes = [(function(w + e) - function(w - e)) / (2 * h) for e in h * np.eye(w.size)]
    return np.stack(slopes, axis=-1)


def complex_slopes(function, w, h=1e-30):
    return np.stack([np.imag(function(w + 1j * e)) / h for e in h * np.eye(w.size)], axis=-1)


# --- derivatives against those of others, and against each other ---


@pytest.mark.parametrize(
    "name, f",
    [
        ("rosen2", rosenbrock),
        ("rosen5", rosenbrock),
        ("beale2", beale),
        ("himmelblau2", himmelblau),
    ],
)
def test_value_gradient_and_hessian_are_those_of_automatic_differentiation(name, f):
    for table in oracle("torch_derivs")[name]:
        w = np.array(table["x"])
        np.testing.assert_allclose(f.value(w), table["f"], rtol=1e-12)
        np.testing.assert_allclose(f.gradient(w), table["g"], rtol=1e-11, atol=1e-11)
        np.testing.assert_allclose(f.hessian(w), table["H"], rtol=1e-11, atol=1e-11)


@by_objective
def test_gradient_is_the_slope_of_the_value(f):
    for w in points(f):
        g, size = f.gradient(w), 1 + np.abs(f.gradient(w)).max()
        np.testing.assert_allclose(central(f.value, w, 1e-5), g, atol=1e-7 * size)
        np.testing.assert_allclose(complex_slopes(f.value, w), g, atol=1e-13 * size)


@by_objective
def test_hessian_is_the_slope_of_the_gradient(f):
    for w in points(f):
        H, size = f.hessian(w), 1 + np.abs(f.hessian(w)).max()
        np.testing.assert_allclose(central(f.gradient, w, 1e-5), H, atol=1e-7 * size)
        np.testing.assert_allclose(complex_slopes(f.gradient, w), H, atol=1e-13 * size)
        np.testing.assert_array_equal(H, H.T)


@pytest.mark.parametrize("d", [2, 3, 7])
def test_rosenbrock_in_any_dimension(d):
    w = np.random.default_rng(d).uniform(-2, 2, size=d)
    g, H = rosenbrock.gradient(w), rosenbrock.hessian(w)
    np.testing.assert_allclose(complex_slopes(rosenbrock.value, w), g, rtol=1e-12)
    np.testing.assert_allclose(complex_slopes(rosenbrock.gradient, w), H, rtol=1e-12, atol=1e-10)
    assert rosenbrock.value(np.ones(d)) == 0
    np.testing.assert_array_equal(rosenbrock.gradient(np.ones(d)), np.zeros(d))


@pytest.mark.parametrize("x", [-1.3, 0.0, 0.2, 2.0])
def test_double_well_on_the_line(x):
    h = 1e-30
    g, H = double_well.gradient(x), double_well.hessian(x)
    assert double_well.value(x + 1j * h).imag / h == pytest.approx(g, rel=1e-14)
    assert double_well.gradient(x + 1j * h).imag / h == pytest.approx(H, rel=1e-14)
    assert np.ndim(g) == np.ndim(H) == 0
    assert double_well.value([x]) == double_well.value(x)
    assert double_well.gradient([x]).tolist() == [g]
    assert double_well.hessian([x]).tolist() == [[H]]


# --- minima ---


@pytest.mark.parametrize("f", [*PLANE.values(), double_well], ids=lambda f: f.name)
def test_every_minimum_is_one(f):
    for w in f.minima:
        assert np.abs(f.gradient(w)).max() < 1e-12
        assert np.linalg.eigvalsh(f.hessian(w)).min() > 0


def test_minima_are_the_published_ones():
    # Rosenbrock and Beale: SciPy's benchmark suite of global optimization.
    assert rosenbrock.minima == ((1.0, 1.0),)
    assert beale.minima == ((3.0, 0.5),)
    assert rosenbrock.value(rosenbrock.minima[0]) == beale.value(beale.minima[0]) == 0
    assert all(abs(himmelblau.value(w)) < 1e-25 for w in himmelblau.minima)
    rounded = [tuple(np.round(w, 6)) for w in himmelblau.minima]
    assert rounded == [(3, 2), (-2.805118, 3.131313), (-3.779310, -3.283186), (3.584428, -1.848127)]
    assert [round(x, 4) for (x,) in double_well.minima] == [-1.0467, 0.9456]
    assert double_well.value(-1.0467) < double_well.value(0.9456)
    assert saddle.minima == ()


def test_himmelblaus_local_maximum():
    top = np.array([-0.270844590667, -0.92303852209])
    assert himmelblau.value(top) == pytest.approx(181.616521522, rel=1e-11)
    assert np.abs(himmelblau.gradient(top)).max() < 1e-6  # the published digits
    assert np.linalg.eigvalsh(himmelblau.hessian(top)).max() < 0


@pytest.mark.parametrize(
    "f, w, value",  # sample values of SciPy's benchmark suite
    [
        (rosenbrock, (-5.0579, 20.8382), 2287.396361340883),
        (rosenbrock, (12.2333, -11.5046), 2597323.660925053),
        (beale, (2.1112, -3.477), 8506.509631652958),
        (beale, (-0.9789, 0.1507), 28.682014246030953),
    ],
)
def test_values_agree_with_published_samples(f, w, value):
    assert f.value(w) == pytest.approx(value, rel=1e-13)


def test_rosenbrock_agrees_with_scipy_in_three_dimensions():
    w = [-1.5777, -1.2749, 0.6422]
    assert rosenbrock.value(w) == pytest.approx(1525.2797062073944, rel=1e-13)
    g = [-2380.5640529732004, -1258.7346362995997, -196.63400199999995]
    np.testing.assert_allclose(rosenbrock.gradient(w), g, rtol=1e-13)


# --- worked by hand ---


def test_values_that_can_be_worked_by_hand():
    assert saddle.value([3, 4]) == 7
    assert saddle.gradient([3, 4]).tolist() == [-6, 8]
    assert saddle.hessian([3, 4]).tolist() == [[-2, 0], [0, 2]]
    assert bowl(10).value([2, 1]) == 7
    assert valley.value([-5, -2]) == pytest.approx(10.5)
    assert valley.gradient([-5, -2]) == pytest.approx([-1, -8])
    assert himmelblau.value([0, 0]) == 170
    assert rosenbrock.value([0, 0]) == 1
    assert double_well.value(2) == pytest.approx(2.2)


# --- many points, types, purity, errors ---


@by_objective
def test_many_points_at_once_are_those_points_one_by_one(f):
    w = points(f, 6)
    grid = w.T.reshape(2, 3, 2)
    assert f.value(grid).shape == (3, 2)
    np.testing.assert_array_equal(f.value(w.T), [f.value(p) for p in w])
    np.testing.assert_array_equal(f.gradient(w.T).T, [f.gradient(p) for p in w])
    np.testing.assert_array_equal(f.hessian(grid)[..., 1, 1], f.hessian(grid[:, 1, 1]))


@by_objective
def test_whole_numbers_give_floats_and_arguments_stay(f):
    w = np.array([2, -1])
    assert f.value(w).dtype == f.gradient(w).dtype == f.hessian(w).dtype == np.float64
    assert w.tolist() == [2, -1]
    assert f.value(w) == f.value(np.array([2.0, -1.0]))


@by_objective
def test_nan_passes_visibly(f):
    assert np.isnan(f.value([np.nan, 1.0]))
    assert np.isnan(f.gradient([np.nan, 1.0])).any()


@by_objective
@pytest.mark.parametrize("call", ["value", "gradient", "hessian"])
def test_bad_points_are_refused(f, call):
    for bad in (1.0, [[1.0, 2.0]], []):
        with pytest.raises(ValueError, match="coordinates first"):
            getattr(f, call)(bad)
    with pytest.raises(TypeError, match="needs numbers"):
        getattr(f, call)(["a", "b"])


def test_a_row_of_numbers_is_not_a_point_of_the_line():
    with pytest.raises(ValueError, match=r"x\[None\]"):
        double_well.value([1.0, 2.0])


@pytest.mark.parametrize("kappa", [0, -1, np.nan, np.inf])
def test_a_bowl_needs_a_positive_condition_number(kappa):
    with pytest.raises(ValueError, match="positive"):
        bowl(kappa)


@by_objective
def test_objectives_cannot_be_changed(f):
    assert isinstance(f, Objective)
    assert f.source
    with pytest.raises(AttributeError):
        f.name = "other"


# --- sums of Gaussians ---


def test_a_hollow_alone_has_its_minimum_at_its_centre_and_its_depth():
    f = gaussians([[1, 2]], [3], [0.5])
    assert f.minima == ((1.0, 2.0),) and f.value([1, 2]) == -3
    assert np.allclose(f.hessian([1, 2]), 12 * np.eye(2))


def test_hollows_are_found_where_they_are_and_hills_and_drowned_ones_are_none():
    assert len(HOLLOWS.minima) == 2
    f = gaussians([[0, 0], [0.3, 0], [5, 5]], [5, 0.1, -1], [1, 1, 1])
    assert len(f.minima) == 1
    assert f.value([5, 5]) > f.value([9, 9])


@pytest.mark.parametrize(
    "arguments",
    [
        ([[0, 0]], [1], [0]),
        ([[0, 0]], [1, 2], [1]),
        ([0, 0], [1], [1]),
        ([[0, 0, 0]], [1], [1]),
        ([[0, np.nan]], [1], [1]),
        ([[0, 0]], [1], [1], -1),
    ],
)
def test_gaussians_that_make_no_sense_are_refused(arguments):
    with pytest.raises(ValueError):
        gaussians(*arguments)
