"""The derivative as the best local linear model: f(a + h) = f(a) + f'(a) h + o(h)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from fallline.inputs import nonzero_step, real_array, real_number


def secant_slope(f: Callable, a: float, h: float) -> float:
    r"""Return the slope of the line through two points of a graph.

    .. math:: \frac{f(a + h) - f(a)}{h}

    Parameters
    ----------
    f : callable
        Function of one number that returns one number.
    a : float
        The point that stays.
    h : float
        Step to the other point, positive or negative but not 0.

    Returns
    -------
    float
        The slope; it tends to :math:`f'(a)` as h shrinks, where the derivative exists.

    Raises
    ------
    ValueError
        If h is 0, or if a, h or a value of f is not a single number.

    Examples
    --------
    >>> secant_slope(lambda x: x**2, 3, 1)
    7.0

    References
    ----------
    ``Spivak2008``, chapter 9.
    """
    a, h = real_number(a, "a"), nonzero_step(h)
    return (real_number(f(a + h), "f(a + h)") - real_number(f(a), "f(a)")) / h


def tangent_line(fa: float, dfa: float, a: float) -> Callable:
    r"""Return the best linear model of a function at a point.

    .. math:: x \mapsto f(a) + f'(a)\,(x - a)

    Parameters
    ----------
    fa, dfa : float
        The value :math:`f(a)` and the slope :math:`f'(a)`.
    a : float
        The point of contact.

    Returns
    -------
    callable
        The line as a function of x, a number or an array; the result has the shape of x.

    Raises
    ------
    TypeError, ValueError
        If fa, dfa or a is not a single real number.

    Examples
    --------
    >>> line = tangent_line(9, 6, 3)
    >>> line(np.array([3, 4, 5]))
    array([ 9., 15., 21.])
    """
    fa, dfa, a = real_number(fa, "fa"), real_number(dfa, "dfa"), real_number(a, "a")

    def line(x):
        return fa + dfa * (real_array(x, "x") - a)

    return line


def slope_angle_deg(m):
    r"""Return the angle between a line of slope m and the x axis, in degrees.

    .. math:: \arctan(m) \cdot \frac{180}{\pi} \in (-90, 90)

    It is an angle of the *line in the drawing*; the gradient of a function of
    one variable lies on the x axis and has a sign, not an angle.

    Parameters
    ----------
    m : float or array
        Slope or slopes.

    Returns
    -------
    float or array
        The angles, shaped like m; the open ends are reached only by rounding (or m = ±inf).

    Raises
    ------
    TypeError
        If m does not hold real numbers.

    Examples
    --------
    >>> print(round(slope_angle_deg(-1), 10))
    -45.0
    """
    return np.degrees(np.arctan(real_array(m, "m")))


def poly_derivative(c) -> np.ndarray:
    r"""Return the coefficients of a polynomial's derivative.

    .. math:: \Bigl(\sum_{i=0}^{n-1} c_i x^i\Bigr)' = \sum_{i=1}^{n-1} i\, c_i\, x^{i-1}

    Parameters
    ----------
    c : array, shape (n,)
        Coefficients, lowest power first, n >= 1.

    Returns
    -------
    array, shape (max(n - 1, 1),)
        Coefficients of the derivative, lowest power first; ``[0.]`` for a constant.

    Raises
    ------
    ValueError
        If c is empty or has more than one axis.

    Examples
    --------
    >>> poly_derivative([5, 4, 3])  # 5 + 4x + 3x² becomes 4 + 6x
    array([4., 6.])
    """
    c = real_array(c, "c")
    if c.ndim != 1 or c.size == 0:
        raise ValueError(f"c must be a non-empty list of coefficients, got shape {c.shape}")
    return c[1:] * np.arange(1, c.size) if c.size > 1 else np.zeros(1)


def chain_derivative(fs: Sequence[Callable], dfs: Sequence[Callable], x):
    r"""Differentiate a composition :math:`f_n \circ \dots \circ f_1` by the chain rule.

    .. math:: \prod_{k=1}^{n} f_k'(x_{k-1}), \qquad x_0 = x, \quad x_k = f_k(x_{k-1})

    Parameters
    ----------
    fs, dfs : sequences of callables
        The functions, the first applied first, and their derivatives in the same order.
    x : float or array
        Where the derivative is wanted; functions act on arrays element by element.

    Returns
    -------
    float or array
        The derivative, shaped like x; 1 for an empty chain, which is the identity.

    Raises
    ------
    ValueError
        If fs and dfs differ in length, or if a function changes the shape of its input.

    Examples
    --------
    >>> fs, dfs = [lambda x: x**2, np.exp], [lambda x: 2 * x, np.exp]
    >>> print(chain_derivative(fs, dfs, 0.0), chain_derivative([np.sin], [np.cos], 0.0))
    0.0 1.0
    """
    if len(fs) != len(dfs):
        raise ValueError(f"one df for each f: got {len(fs)} fs, {len(dfs)} dfs")
    x = real_array(x, "x")[()]
    slope = np.ones_like(x)
    for k, (f, df) in enumerate(zip(fs, dfs, strict=True)):
        slope = slope * _same_shape(df(x), x, f"dfs[{k}](x)")
        x = _same_shape(f(x), x, f"fs[{k}](x)")
    return slope


def _same_shape(value, x, name: str):
    """Return a function's values as float64, provided that they are shaped like its input."""
    value = real_array(value, name)[()]
    if np.shape(value) != np.shape(x):
        raise ValueError(f"{name} has shape {np.shape(value)}, its input has {np.shape(x)}")
    return value


def remainder_order(f: Callable, df: Callable, a: float, hs) -> float:
    r"""Measure the power of h with which the tangent's error shrinks.

    .. math:: |f(a + h) - f(a) - f'(a) h| \approx C\, |h|^p

    The power is the slope of the least-squares line through the points
    :math:`(\log|h|, \log|r(h)|)`: 2 for a smooth, curved function, 1 at a corner.

    Parameters
    ----------
    f, df : callable
        A function of one number, and its derivative.
    a : float
        The point of contact.
    hs : array, shape (k,)
        Steps, with at least two different sizes; small, yet far above rounding (1e-1 to 1e-4).

    Returns
    -------
    float
        The power p.

    Raises
    ------
    ValueError
        If a step is 0, if all have one size, or if a remainder is exactly 0.

    Examples
    --------
    >>> print(round(remainder_order(lambda x: x**3, lambda x: 3 * x**2, 0, [0.1, 0.01]), 6))
    3.0
    """
    a, hs = real_number(a, "a"), real_array(hs, "hs")
    if hs.ndim != 1 or len(set(np.abs(hs))) < 2 or np.any(hs == 0):
        raise ValueError("hs must be a list of steps of at least two sizes, none of them 0")
    fa, dfa = real_number(f(a), "f(a)"), real_number(df(a), "df(a)")
    r = np.array([real_number(f(a + h), "f(a + h)") - fa - dfa * h for h in hs.tolist()])
    if np.any(r == 0):
        raise ValueError("a remainder is exactly 0, it has no logarithm: take larger steps")
    X, Y = np.log(np.abs(hs)), np.log(np.abs(r))
    X = X - X.mean()
    return float(X @ (Y - Y.mean()) / (X @ X))


def classify_stationary(d1: float, d2: float, tol: float) -> str:
    """Say what the first two derivatives tell about a point.

    Parameters
    ----------
    d1, d2 : float
        :math:`f'(a)` and :math:`f''(a)`.
    tol : float, at least 0
        Size up to which a derivative counts as zero, for both of them: :math:`|d| <= tol`.

    Returns
    -------
    str
        ``"not-stationary"`` if d1 is not zero; else ``"min"`` if d2 is positive, ``"max"`` if it
        is negative and ``"inconclusive"`` if it is zero: x³, x⁴ and -x⁴ all have d1 = d2 = 0.

    Raises
    ------
    ValueError
        If a value is NaN, which no answer would show, or if tol is negative.

    Examples
    --------
    >>> classify_stationary(0, 2, 1e-9), classify_stationary(0, 0, 1e-9)
    ('min', 'inconclusive')
    """
    d1, d2, tol = real_number(d1, "d1"), real_number(d2, "d2"), real_number(tol, "tol")
    if np.isnan([d1, d2, tol]).any() or tol < 0:
        words = f"got d1 = {d1}, d2 = {d2}, tol = {tol}"
        raise ValueError(f"need numbers and tol >= 0, {words}")
    if abs(d1) > tol:
        return "not-stationary"
    if abs(d2) <= tol:
        return "inconclusive"
    return "min" if d2 > 0 else "max"


def descent_1d(df: Callable, w: float, *, lr: float, steps: int) -> np.ndarray:
    r"""Walk downhill along a line and return the path.

    .. math:: w \leftarrow w - lr\, f'(w)

    Parameters
    ----------
    df : callable
        Derivative of the function to be lowered.
    w : float
        Start.
    lr : float
        Learning rate.
    steps : int
        Number of steps.

    Returns
    -------
    array, shape (steps + 1,)
        The start and the point after every step.

    Examples
    --------
    >>> descent_1d(lambda w: 2 * w, 5, lr=0.1, steps=2)
    array([5. , 4. , 3.2])
    """
    path = [real_number(w, "w")]
    for _ in range(steps):
        path.append(path[-1] - lr * real_number(df(path[-1]), "df(w)"))
    return np.array(path)
