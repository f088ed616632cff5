"""Gradients, directions, Jacobians and the shape of a function at a critical point."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from fallline.inputs import nonzero_step, real_array, real_number

STEP = float(np.finfo(float).eps ** (1 / 3))
"""Default step of a central difference, 6.06e-6: see the chapter on differences."""


def _unit(u: np.ndarray) -> np.ndarray:
    """Return u / ||u||, by way of max |u| so that squares neither overflow nor vanish."""
    with np.errstate(invalid="ignore"):
        u = u / np.max(np.abs(u))
        return u / np.sqrt(np.sum(u * u))


def saddle_gradient(x, y) -> np.ndarray:
    r"""Return the gradient of the saddle :math:`f(x, y) = y^2 - x^2`.

    .. math:: \nabla f(x, y) = (-2x,\; 2y)

    Parameters
    ----------
    x, y : float or array
        Coordinates of one point, or of many as arrays of one shape S.

    Returns
    -------
    array, shape (2,) or (2, *S)
        The partial derivatives, with respect to x first.

    Raises
    ------
    TypeError
        If x or y does not hold real numbers.
    ValueError
        If x and y have different shapes.

    Examples
    --------
    >>> saddle_gradient(3, 4)
    array([-6.,  8.])

    References
    ----------
    ``Apostol1969``, chapter 8.
    """
    x, y = real_array(x, "x"), real_array(y, "y")
    if x.shape != y.shape:
        raise ValueError(f"x and y must have one shape, got {x.shape} and {y.shape}")
    return np.array([-2 * x, 2 * y])


def directional_derivative(g, u) -> float:
    r"""Return the slope of a function in a direction, from its gradient.

    .. math:: D_u f = \nabla f \cdot \frac{u}{\|u\|_2}

    Parameters
    ----------
    g : array, shape (d,)
        The gradient at the point.
    u : array, shape (d,)
        The direction, of any length but 0.

    Returns
    -------
    float
        The rate of change of f for each unit of length along u.

    Raises
    ------
    TypeError
        If g or u does not hold real numbers.
    ValueError
        If u is the zero vector, or if the shapes differ.

    Examples
    --------
    >>> directional_derivative([-6, 8], [0, 5])
    8.0

    References
    ----------
    ``Apostol1969``, chapter 8.
    """
    g, u = real_array(g, "g", 1), real_array(u, "u", 1)
    if g.shape != u.shape:
        raise ValueError(f"g and u must have one shape, got {g.shape} and {u.shape}")
    if not np.any(u):
        raise ValueError("u is zero and points nowhere: give another direction")
    return float(np.sum(g * _unit(u)))


def steepest_direction(g, norm: str = "l2") -> np.ndarray:
    r"""Return the direction of steepest descent among the steps of norm 1.

    .. math:: \operatorname*{arg\,min}_{\|d\| = 1} \; g \cdot d

    Parameters
    ----------
    g : array, shape (d,)
        The gradient at the point.
    norm : {"l2", "l1", "linf"}
        How the length of a step is measured.
        "l2" gives the negative gradient at length 1,
        "l1" a step along the one coordinate of largest slope (the first in a tie),
        "linf" a step of size 1 in every coordinate whose slope is not 0.

    Returns
    -------
    array, shape (d,)
        The direction; zero where g is zero, since no direction descends there.

    Raises
    ------
    TypeError
        If g does not hold real numbers.
    ValueError
        If g is not a vector, or if the norm is unknown.

    Examples
    --------
    >>> steepest_direction([3, -4])
    array([-0.6,  0.8])
    >>> steepest_direction([3, -4], norm="l1")
    array([0., 1.])
    >>> steepest_direction([3, -4], norm="linf")
    array([-1.,  1.])

    References
    ----------
    ``BoydVandenberghe2004``, section 9.4.
    """
    g = real_array(g, "g", 1)
    if norm not in ("l2", "l1", "linf"):
        raise ValueError(f'norm must be "l2", "l1" or "linf", got {norm!r}')
    if not np.any(g):
        return np.zeros_like(g)
    if norm == "l2":
        return 0.0 - _unit(g)
    signs = 0.0 - np.sign(g)
    if norm == "linf":
        return signs
    return np.where(np.arange(g.size) == np.argmax(np.abs(g)), signs, 0.0)


def _vector_value(F: Callable, x: np.ndarray) -> np.ndarray:
    """Return F(x) as a float64 vector, or say what came instead."""
    value = real_array(F(x), "F(x)")
    if value.ndim != 1:
        raise ValueError(f"F must return a vector, shape (m,), got shape {value.shape}")
    return value


def jacobian(F: Callable, x, h: float = STEP) -> np.ndarray:
    r"""Return the Jacobian of a vector function by central differences.

    .. math::
        J_{ij} = \frac{\partial F_i}{\partial x_j}
        \approx \frac{F_i(x + h e_j) - F_i(x - h e_j)}{2h}

    Parameters
    ----------
    F : callable
        Takes an array of shape (n,) and returns one of shape (m,).
    x : array, shape (n,)
        The point; it is not changed.
    h : float
        The step, not 0.

    Returns
    -------
    array, shape (m, n)
        One row for each output, one column for each input.

    Raises
    ------
    TypeError
        If x or F(x) does not hold real numbers.
    ValueError
        If h is 0, or if x or F(x) is not a vector.

    Examples
    --------
    >>> F = lambda x: np.array([x[0] * x[1], x[1], x[0] + x[1]])
    >>> jacobian(F, [2, 3], h=0.5)
    array([[3., 2.],
           [0., 1.],
           [1., 1.]])

    References
    ----------
    ``MagnusNeudecker1999``, chapter 5.
    """
    x, h = real_array(x, "x", 1), nonzero_step(h)
    steps = h * np.eye(x.size)
    columns = [_vector_value(F, x + e) - _vector_value(F, x - e) for e in steps]
    return np.stack(columns, axis=1) / (2 * h)


def jvp(J, v, x=None, h: float = STEP) -> np.ndarray:
    r"""Return the Jacobian-vector product: how the outputs move when the input moves along v.

    .. math:: J v \approx \frac{F(x + h v) - F(x - h v)}{2h}

    A callable F may stand in for J; the product then costs two evaluations of F
    and the Jacobian is never formed.

    Parameters
    ----------
    J : array, shape (m, n), or callable
        The Jacobian, or the function F itself: (n,) -> (m,).
    v : array, shape (n,)
        A direction in the space of inputs; its length counts.
    x : array, shape (n,), optional
        The point, where J is a callable.
    h : float
        The length of the difference's step, not 0, where J is a callable.

    Returns
    -------
    array, shape (m,)
        The product; it is linear in v.

    Raises
    ------
    TypeError
        If an argument does not hold real numbers.
    ValueError
        If shapes do not fit, if h is 0, or if J is a callable and x is missing.

    Examples
    --------
    >>> jvp([[3, 2], [0, 1], [1, 1]], [1, 10])
    array([23., 10., 11.])
    >>> F = lambda x: np.array([x[0] * x[1], x[1], x[0] + x[1]])
    >>> jvp(F, [1, 10], x=[2, 3]).round(6)
    array([23., 10., 11.])

    References
    ----------
    ``GriewankWalther2008``, chapter 3.
    """
    v = real_array(v, "v", 1)
    if not callable(J):
        J = real_array(J, "J", 2)
        if J.shape[1] != v.size:
            raise ValueError(f"v must have shape ({J.shape[1]},) to follow J, got {v.shape}")
        return J @ v
    if x is None:
        raise ValueError("a function has a Jacobian at a point: pass it as x=...")
    x, h = real_array(x, "x", 1), nonzero_step(h)
    if x.shape != v.shape:
        raise ValueError(f"x and v must have one shape, got {x.shape} and {v.shape}")
    # The step has length h whatever the length of v, and linearity restores the scale.
    length = np.max(np.abs(v), initial=0.0)
    e = h * v / length if length else 0 * v
    return (_vector_value(J, x + e) - _vector_value(J, x - e)) / (2 * h) * length


def vjp(J, u) -> np.ndarray:
    r"""Return the vector-Jacobian product: the gradient of :math:`u \cdot F` at the point.

    .. math:: J^\top u = \nabla_x \, (u \cdot F(x))

    Parameters
    ----------
    J : array, shape (m, n)
        The Jacobian.
    u : array, shape (m,)
        Weights of the outputs.

    Returns
    -------
    array, shape (n,)
        The product; it is linear in u.

    Raises
    ------
    TypeError
        If an argument does not hold real numbers.
    ValueError
        If the shapes do not fit.

    Examples
    --------
    >>> vjp([[3, 2], [0, 1], [1, 1]], [1, 10, 100])
    array([103., 112.])

    References
    ----------
    ``GriewankWalther2008``, chapter 3.
    """
    J, u = real_array(J, "J", 2), real_array(u, "u", 1)
    if J.shape[0] != u.size:
        raise ValueError(f"u needs one entry per row of J, {J.shape[0]}, got {u.size}")
    return J.T @ u


def quadratic(A, b, x) -> tuple[float, np.ndarray]:
    r"""Return value and gradient of a quadratic, for any square A.

    .. math::
        f(x) = \tfrac{1}{2} x^\top A x - b^\top x, \qquad
        \nabla f(x) = \tfrac{1}{2} (A + A^\top) x - b

    Parameters
    ----------
    A : array, shape (d, d)
        Coefficients; A need not be symmetric.
    b, x : array, shape (d,)
        The linear term, and the point.

    Returns
    -------
    value : float
        :math:`f(x)`.
    gradient : array, shape (d,)
        :math:`\nabla f(x)`.

    Raises
    ------
    TypeError
        If an argument does not hold real numbers.
    ValueError
        If the shapes do not fit.

    Examples
    --------
    >>> quadratic([[2, 1], [3, 4]], [1, 0], [1, 2])
    (12.0, array([ 5., 10.]))

    References
    ----------
    ``PetersenPedersen2012``, section 2.4.
    """
    A, b, x = real_array(A, "A", 2), real_array(b, "b", 1), real_array(x, "x", 1)
    if A.shape != (x.size, x.size) or b.shape != x.shape:
        raise ValueError(
            f"A, b and x must have shapes (d, d), (d,), (d,), got {A.shape}, {b.shape}, {x.shape}"
        )
    return float(x @ A @ x / 2 - b @ x), (A + A.T) @ x / 2 - b


def _finite_square(H) -> np.ndarray:
    """Return a Hessian as a float64 matrix, or say why it cannot be one."""
    H = real_array(H, "H", 2)
    if H.shape[0] != H.shape[1] or not H.size:
        raise ValueError(f"H must be square, got shape {H.shape}")
    if not np.all(np.isfinite(H)):
        raise ValueError("H holds NaN or infinity, so it has no eigenvalues to read")
    return H


def classify_critical(H, tol: float = 1e-8) -> str:
    r"""Tell a critical point's kind from the eigenvalues of its Hessian.

    The eigenvalues are those of :math:`\tfrac{1}{2} (H + H^\top)`;
    one counts as positive above tol and as negative below -tol.

    Parameters
    ----------
    H : array, shape (d, d)
        The Hessian; rounding may have left it slightly asymmetric.
    tol : float
        How large an eigenvalue must be to be told from 0; at least 0.

    Returns
    -------
    {"min", "max", "saddle", "inconclusive"}
        All positive, all negative, both signs, and anything else:
        where an eigenvalue is about 0 and the others agree, higher derivatives decide.

    Raises
    ------
    TypeError
        If H or tol does not hold real numbers.
    ValueError
        If H is not square or not finite, or if tol is negative or not a number.

    Examples
    --------
    >>> classify_critical([[1, 2], [2, 1]])
    'saddle'
    >>> classify_critical([[1, 0], [0, 0]])
    'inconclusive'

    References
    ----------
    ``Apostol1969``, chapter 9.
    """
    H, tol = _finite_square(H), real_number(tol, "tol")
    if not tol >= 0:
        raise ValueError(f"tol must be at least 0, got {tol}")
    eigenvalues = np.linalg.eigvalsh((H + H.T) / 2)
    up, down = eigenvalues > tol, eigenvalues < -tol
    if up.any() and down.any():
        return "saddle"
    return "min" if up.all() else "max" if down.all() else "inconclusive"
