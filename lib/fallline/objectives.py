"""The canonical objectives of the course, each with value, gradient, Hessian and minima.

A point ``w`` has shape (d,).
Every function also takes many points at once, as an array of shape (d, ...), coordinates first:
then the value has shape (...), the gradient (d, ...) and the Hessian (d, d, ...).
Complex points are welcome, so the complex step can check a gradient.

Examples
--------
>>> himmelblau.value([3, 2])
np.float64(0.0)
>>> saddle.gradient([3, 4])
array([-6.,  8.])
>>> bowl(10).hessian([0, 0])
array([[ 1.,  0.],
       [ 0., 10.]])
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

__all__ = [
    "Objective",
    "beale",
    "bowl",
    "double_well",
    "gaussians",
    "hills",
    "himmelblau",
    "rosenbrock",
    "saddle",
    "valley",
]


class Objective(NamedTuple):
    """A function to be minimised, with everything that is known about it.

    Attributes
    ----------
    name : str
        What a figure calls it.
    value : callable
        w of shape (d,) -> the scalar f(w).
    gradient : callable
        w of shape (d,) -> array, shape (d,).
    hessian : callable
        w of shape (d,) -> array, shape (d, d).
    minima : tuple of tuple of float
        Every local minimum; empty if there is none.
    source : str
        Where the function was first published or made known.
    """

    name: str
    value: Callable
    gradient: Callable
    hessian: Callable
    minima: tuple
    source: str


def _point(w, name, d=2):
    """Return w as a float64 (or complex128) array whose first axis has length d."""
    w = np.asarray(w)
    if w.dtype.kind not in "buifc":
        raise TypeError(f"{name} needs numbers, got an array of dtype {w.dtype}")
    if w.ndim == 0 or w.shape[0] != d:
        raise ValueError(
            f"{name} needs a point of shape ({d},), or many points as ({d}, ...) with the "
            f"coordinates first, got shape {w.shape}"
        )
    return w.astype(np.result_type(w.dtype, np.float64))


def _symmetric(a, b, c):
    """Return the 2 x 2 matrix [[a, b], [b, c]], for numbers or arrays of numbers."""
    a, b, c = np.broadcast_arrays(a, b, c)
    return np.array([[a, b], [b, c]])


def _quadratic(name, a, c, minima, source):
    """Return the objective (a x^2 + c y^2) / 2."""

    def value(w):
        x, y = _point(w, name)
        return (a * x * x + c * y * y) / 2

    def gradient(w):
        x, y = _point(w, name)
        return np.array([a * x, c * y])

    def hessian(w):
        x, _ = _point(w, name)
        # 0 x keeps the shape, the dtype and a NaN of the point.
        return _symmetric(a + 0 * x, 0 * x, c + 0 * x)

    return Objective(name, value, gradient, hessian, minima, source)


def bowl(kappa):
    r"""Return the quadratic bowl with Hessian diag(1, kappa).

    .. math:: f(x, y) = \tfrac{1}{2} (x^2 + \kappa y^2)

    Parameters
    ----------
    kappa : float
        The curvature along y; for kappa >= 1 it is the condition number. Must be positive.

    Returns
    -------
    Objective
        With its one minimum at the origin.

    Raises
    ------
    ValueError
        If kappa is not a positive finite number.

    Examples
    --------
    >>> bowl(100).gradient([1, 1])
    array([  1., 100.])

    References
    ----------
    ``NocedalWright2006``, section 3.3.
    """
    kappa = float(kappa)
    if not (0 < kappa < np.inf):
        raise ValueError(f"kappa must be positive and finite, got {kappa}")
    name = f"bowl, condition number {kappa:g}"
    return _quadratic(name, 1.0, kappa, ((0.0, 0.0),), "the textbook quadratic")


saddle = _quadratic("saddle", -2.0, 2.0, (), "the textbook saddle y^2 - x^2")
"""The saddle y^2 - x^2: stationary at the origin, without a minimum."""

valley = _quadratic("valley", 0.2, 4.0, ((0.0, 0.0),), "Zhang, Lipton, Li & Smola 2023, chapter 12")
"""The long valley 0.1 x^2 + 2 y^2, condition number 20."""


def _himmelblau_value(w):
    x, y = _point(w, "Himmelblau's function")
    return (x * x + y - 11) ** 2 + (x + y * y - 7) ** 2


def _himmelblau_gradient(w):
    x, y = _point(w, "Himmelblau's function")
    p, q = x * x + y - 11, x + y * y - 7
    return np.array([4 * x * p + 2 * q, 2 * p + 4 * y * q])


def _himmelblau_hessian(w):
    x, y = _point(w, "Himmelblau's function")
    return _symmetric(12 * x * x + 4 * y - 42, 4 * (x + y), 12 * y * y + 4 * x - 26)


himmelblau = Objective(
    "Himmelblau's function",
    _himmelblau_value,
    _himmelblau_gradient,
    _himmelblau_hessian,
    (
        (3.0, 2.0),
        (-2.805118086952745, 3.131312518250573),
        (-3.779310253377747, -3.283185991286170),
        (3.584428340330492, -1.848126526964404),
    ),
    "Himmelblau 1972, Applied Nonlinear Programming",
)
"""Himmelblau's (x^2 + y - 11)^2 + (x + y^2 - 7)^2: four minima, all of value 0."""


def _rosenbrock_point(w):
    shape = np.shape(w)
    return _point(w, "Rosenbrock's function", max(2, shape[0]) if shape else 2)


def _rosenbrock_value(w):
    w = _rosenbrock_point(w)
    return np.sum(100 * (w[1:] - w[:-1] ** 2) ** 2 + (1 - w[:-1]) ** 2, axis=0)


def _rosenbrock_gradient(w):
    w = _rosenbrock_point(w)
    rise = w[1:] - w[:-1] ** 2
    g = np.zeros_like(w)
    g[:-1] = -400 * w[:-1] * rise - 2 * (1 - w[:-1])
    g[1:] += 200 * rise
    return g


def _rosenbrock_hessian(w):
    w = _rosenbrock_point(w)
    i = np.arange(len(w) - 1)
    H = np.zeros((len(w), *w.shape), dtype=w.dtype)
    H[i, i] = 1200 * w[:-1] ** 2 - 400 * w[1:] + 2
    H[i + 1, i + 1] += 200
    H[i, i + 1] = H[i + 1, i] = -400 * w[:-1]
    return H


rosenbrock = Objective(
    "Rosenbrock's function",
    _rosenbrock_value,
    _rosenbrock_gradient,
    _rosenbrock_hessian,
    ((1.0, 1.0),),
    "Rosenbrock 1960, The Computer Journal 3:175",
)
"""Rosenbrock's sum of 100 (w[i+1] - w[i]^2)^2 + (1 - w[i])^2, for any d >= 2.

The minimum is at (1, ..., 1); ``minima`` lists it for d = 2.
"""

_BEALE = ((1, 1.5), (2, 2.25), (3, 2.625))


def _beale_value(w):
    x, y = _point(w, "Beale's function")
    return sum((c - x + x * y**k) ** 2 for k, c in _BEALE)


def _beale_gradient(w):
    x, y = _point(w, "Beale's function")
    dx = sum(2 * (c - x + x * y**k) * (y**k - 1) for k, c in _BEALE)
    dy = sum(2 * (c - x + x * y**k) * k * x * y ** (k - 1) for k, c in _BEALE)
    return np.array([dx, dy])


def _beale_hessian(w):
    x, y = _point(w, "Beale's function")
    xx, xy, yy = 0 * x, 0 * x, 0 * x
    for k, c in _BEALE:
        r, r_x, r_y = c - x + x * y**k, y**k - 1, k * x * y ** (k - 1)
        xx = xx + 2 * r_x * r_x
        xy = xy + 2 * (r_x * r_y + r * k * y ** (k - 1))
        yy = yy + 2 * (r_y * r_y + r * k * (k - 1) * x * y ** max(k - 2, 0))
    return _symmetric(xx, xy, yy)


beale = Objective(
    "Beale's function",
    _beale_value,
    _beale_gradient,
    _beale_hessian,
    ((3.0, 0.5),),
    "Beale 1958, Princeton Statistical Techniques Research Group, report 25",
)
"""Beale's function: a flat floor between steep walls, minimum 0 at (3, 0.5)."""


def _line(w):
    """Return w as a point of the line: a scalar, or an array of shape (1, ...)."""
    return _point(w if np.ndim(w) else [w], "the double well (give a scalar, or x[None])", 1)[0]


def _double_well_value(w):
    x = _line(w)
    return x**4 / 4 - x**2 / 2 + 0.1 * x


def _double_well_gradient(w):
    x = _line(w)
    g = x**3 - x + 0.1
    return g[None] if np.ndim(w) else g


def _double_well_hessian(w):
    x = _line(w)
    H = 3 * x**2 - 1
    return H[None, None] if np.ndim(w) else H


double_well = Objective(
    "double well",
    _double_well_value,
    _double_well_gradient,
    _double_well_hessian,
    ((-1.046680531804602,), (0.9456492739235914,)),
    "the tilted quartic of bifurcation theory",
)
"""The double well x^4/4 - x^2/2 + 0.1 x on the line; the left well is the deeper one.

A scalar point gives a scalar gradient and a scalar Hessian.
"""


def gaussians(centres, depths, widths, bowl=0.0):
    r"""Return a plain, or a wide bowl, with round hollows and hills: a sum of Gaussians.

    .. math:: f(w) = \frac{b}{2} \|w\|^2
        - \sum_k a_k \exp\!\left(-\frac{\|w - c_k\|^2}{2 s_k^2}\right)

    Parameters
    ----------
    centres : array, shape (K, 2)
        The centres c, one a row.
    depths : array, shape (K,)
        How deep each hollow is by itself; a negative depth makes a hill.
    widths : array, shape (K,)
        The widths s, positive.
    bowl : float
        The curvature b of the bowl, 0 or more; 0 is a plain.

    Returns
    -------
    Objective
        Its minima are found by Newton's method from the centres of the hollows, in their order;
        a hollow that drowns in a deeper one beside it has none.

    Raises
    ------
    ValueError
        If the shapes do not fit, a number is not finite, or a width is not positive.

    Examples
    --------
    >>> terrain = gaussians([[0, 0], [9, 0]], [1, 2], [1, 1])
    >>> terrain.value([0, 0]).round(6), np.round(terrain.minima, 6).tolist()
    (np.float64(-1.0), [[0.0, 0.0], [9.0, 0.0]])
    """
    c, a, s = (np.array(x, dtype=float) for x in (centres, depths, widths))
    if c.ndim != 2 or c.shape[1] != 2 or not a.shape == s.shape == c.shape[:1]:
        raise ValueError(
            f"centres, depths and widths need shapes (K, 2), (K,), (K,), got {c.shape}"
        )
    if not (
        np.isfinite(c).all() and np.isfinite(a).all() and np.isfinite(s).all() and (s > 0).all()
    ):
        raise ValueError("centres, depths and widths must be finite, and widths positive")
    if not 0 <= bowl < np.inf:
        raise ValueError(f"bowl must be a curvature, 0 or more, got {bowl}")
    name = f"sum of {len(a)} Gaussians"

    def parts(w):
        """Return what each Gaussian adds, and the way from its centre, Gaussians first."""
        w = _point(w, name)
        rest = [1] * (w.ndim - 1)
        d = w[None] - c.reshape(*c.shape, *rest)
        wide, deep = s.reshape(-1, *rest), a.reshape(-1, *rest)
        return deep * np.exp(-(d[:, 0] ** 2 + d[:, 1] ** 2) / (2 * wide**2)), d, wide**2

    def value(w):
        x, y = _point(w, name)
        return bowl / 2 * (x * x + y * y) - np.sum(parts(w)[0], axis=0)

    def gradient(w):
        e, d, s2 = parts(w)
        return bowl * _point(w, name) + np.sum((e / s2)[:, None] * d, axis=0)

    def hessian(w):
        e, d, s2 = parts(w)
        x, y = d[:, 0], d[:, 1]
        xx, xy, yy = e / s2 * (1 - x * x / s2), -e * x * y / s2**2, e / s2 * (1 - y * y / s2)
        xx, xy, yy = (np.sum(entry, axis=0) for entry in (xx, xy, yy))
        return _symmetric(bowl + xx, xy, bowl + yy)

    found = _minima(
        gradient, hessian, [tuple(row) for row, depth in zip(c, a, strict=True) if depth > 0]
    )
    return Objective(
        name, value, gradient, hessian, found, "the landscapes of films about optimizers"
    )


def _minima(gradient, hessian, starts):
    """Return the minima that Newton's method finds from the starts, each once."""
    found = []
    for w in map(np.array, starts):
        for _ in range(50):
            H = hessian(w)
            if not np.linalg.eigvalsh(H).min() > 0:
                break
            step = np.linalg.solve(H, gradient(w))
            w = w - step
            if np.abs(step).max() <= 1e-15 * max(1, np.abs(w).max()):
                break
        settled = np.abs(gradient(w)).max() < 1e-12 and np.linalg.eigvalsh(hessian(w)).min() > 0
        if settled and all(np.abs(w - other).max() > 1e-6 for other in found):
            found.append(w)
    return tuple(tuple(map(float, w)) for w in found)


hills = gaussians(
    [[-3.0, 2.4], [2.6, 2.8], [-2.2, -2.8], [2.8, -2.2], [0.2, 0.1]],
    [90.0, 130.0, 120.0, 60.0, -60.0],
    [1.0, 1.3, 1.2, 0.7, 1.2],
    bowl=6.0,
)._replace(name="the hills", source="made for this course")
"""A wide bowl with four wells of different depth and width, and a hill in the middle."""
