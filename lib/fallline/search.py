"""Random, local and gradient search under one budget, and what the loss looks like on the way."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable

import numpy as np

from fallline.inputs import gradient_at, real_array, real_number, whole_number

# --- the budget ---


def counting(f: Callable) -> Callable:
    r"""Return a function that does what f does and counts its calls.

    .. math:: \texttt{counted}(\dots) = f(\dots), \qquad
        \texttt{calls} \leftarrow \texttt{calls} + 1

    Parameters
    ----------
    f : callable
        Any function; arguments by position and by name are passed on.

    Returns
    -------
    callable
        Its attribute ``calls`` starts at 0, belongs to this one function, and may be set
        back to 0. A call counts once, also one that raises.

    Raises
    ------
    TypeError
        If f is not a function.

    Examples
    --------
    >>> counted = counting(abs)
    >>> counted(-3), counted(4), counted.calls
    (3, 4, 2)

    References
    ----------
    ``Spall2003``, section 2.1: searches are compared at equal numbers of evaluations.
    """
    if not callable(f):
        raise TypeError(f"f must be a function, got {f!r}")

    @functools.wraps(f)
    def counted(*args, **kwargs):
        counted.calls += 1  # before the call: one that fails has been paid for too
        return f(*args, **kwargs)

    counted.calls = 0
    return counted


def _loss_at(loss: Callable, W: np.ndarray) -> float:
    """Return loss(W) as a float; loss gets a copy, so it cannot change W."""
    return real_number(loss(W.copy()), "loss(W)")


# --- three strategies ---


def random_search(loss: Callable, shape, n: int, scale: float, rng) -> tuple:
    r"""Draw parameters at random, n times, and keep the best.

    .. math:: W_i = \texttt{scale} \cdot Z_i, \qquad W = \arg\min_{i} f(W_i)

    Z has independent standard normal entries: one ``rng.normal(size=shape)`` for each try.
    A later draw replaces the best so far only if its loss is smaller.

    Parameters
    ----------
    loss : callable
        W -> f(W), a number.
    shape : int or tuple of int
        The shape of W.
    n : int
        The budget: loss is evaluated exactly n times; at least 1.
    scale : float
        The standard deviation of an entry.
    rng : numpy.random.Generator
        The only source of randomness.

    Returns
    -------
    W : array, of the given shape
        The best draw.
    history : array, shape (n,)
        The loss of the best draw so far, after each evaluation; it never rises.
        If the first loss is NaN it stays, since nothing is smaller than NaN.

    Raises
    ------
    TypeError, ValueError
        If n is no whole number or below 1, or if scale is not one real number.

    Examples
    --------
    >>> bowl = lambda W: float(np.sum(W**2))
    >>> W, history = random_search(bowl, (1, 2), 5, 0.5, np.random.default_rng(1))
    >>> history.round(3)
    array([0.199, 0.199, 0.199, 0.157, 0.055])
    >>> bool(bowl(W) == history[-1])
    True

    References
    ----------
    ``Brooks1958``.
    """
    n, scale = whole_number(n, "n", least=1), real_number(scale, "scale")
    best, lowest, history = None, None, np.empty(n)
    for i in range(n):
        W = np.array(scale * rng.normal(size=shape))
        value = _loss_at(loss, W)
        if best is None or value < lowest:
            best, lowest = W, value
        history[i] = lowest
    return best, history


def local_search(loss: Callable, W0, n: int, step: float, rng) -> tuple:
    r"""Try random moves from the best point so far, and keep those that lower the loss.

    .. math:: W \leftarrow \begin{cases}
        W + \texttt{step} \cdot Z & \text{if } f(W + \texttt{step} \cdot Z) < f(W) \\
        W & \text{otherwise} \end{cases}

    Z has independent standard normal entries: one ``rng.normal(size=W.shape)`` for each try.

    Parameters
    ----------
    loss : callable
        W -> f(W), a number.
    W0 : array
        The start, of any shape; it is not changed.
    n : int
        The budget: loss is evaluated exactly n times, the first time at W0,
        so there are n - 1 tries; at least 1.
    step : float
        The standard deviation of an entry of a move.
    rng : numpy.random.Generator
        The only source of randomness.

    Returns
    -------
    W : array, of the shape of W0
        The best point.
    history : array, shape (n,)
        The loss of the best point so far, after each evaluation: ``history[0]`` is f(W0),
        and it never rises. If f(W0) is NaN it stays, since nothing is smaller than NaN.

    Raises
    ------
    TypeError, ValueError
        If n is no whole number or below 1, or if W0 or step does not hold real numbers.

    Examples
    --------
    >>> bowl = lambda W: float(np.sum(W**2))
    >>> W, history = local_search(bowl, [1, -1], 5, 0.3, np.random.default_rng(3))
    >>> history.round(3)
    array([2.   , 2.   , 2.   , 1.88 , 1.353])
    >>> bool(bowl(W) == history[-1])
    True

    References
    ----------
    ``Matyas1965``; ``Rastrigin1963``.
    """
    n, W, step = whole_number(n, "n", least=1), real_array(W0, "W0"), real_number(step, "step")
    history = np.empty(n)
    history[0] = _loss_at(loss, W)
    for i in range(1, n):
        trial = W + step * rng.normal(size=W.shape)
        value = _loss_at(loss, trial)
        history[i] = history[i - 1]
        if value < history[i]:
            W, history[i] = trial, value
    return W, history


def gradient_search(loss_grad: Callable, W0, lr: float, n: int) -> tuple:
    r"""Take n steps against the gradient.

    .. math:: W_{t+1} = W_t - \eta\, \nabla f(W_t), \qquad t = 0, \dots, n - 1

    Parameters
    ----------
    loss_grad : callable
        W -> (f(W), gradient), a number and an array of the shape of W.
    W0 : array
        The start, of any shape; it is not changed.
    lr : float
        The learning rate.
    n : int
        The budget: loss_grad is evaluated exactly n times, once before each step; at least 1.

    Returns
    -------
    W : array, of the shape of W0
        The point after the n-th step, whether or not it is the best.
    history : array, shape (n,)
        ``history[t]`` is the loss at :math:`W_t`, where step t + 1 starts: the first is f(W0).
        The loss at the point that comes back is not in it, for it would cost one call more.

    Raises
    ------
    TypeError, ValueError
        If n is no whole number or below 1, if an argument does not hold real numbers,
        or if the gradient has not the shape of W.

    Examples
    --------
    >>> bowl = lambda W: (float(np.sum(W**2)), 2 * W)
    >>> gradient_search(bowl, [8, -4], 0.25, 3)
    (array([ 1. , -0.5]), array([80., 20.,  5.]))

    References
    ----------
    ``Cauchy1847``.
    """
    n, W, lr = whole_number(n, "n", least=1), real_array(W0, "W0"), real_number(lr, "lr")
    history = np.empty(n)
    for t in range(n):
        value, g = loss_grad(W.copy())
        history[t] = real_number(value, "the loss")
        W = W - lr * gradient_at(_function(g), W)
    return W, history


# --- what the loss looks like from here ---


def _function(grad) -> Callable:
    """Return a gradient as a function, also one that has been computed already."""
    return grad if callable(grad) else lambda W: grad


def slice_1d(loss: Callable, W, D, alphas) -> np.ndarray:
    r"""Return the loss along a straight line through W.

    .. math:: s_i = f(W + \alpha_i D)

    Parameters
    ----------
    loss : callable
        W -> f(W), a number.
    W : array
        The point at :math:`\alpha = 0`, of any shape.
    D : array, of the shape of W
        The direction, with the length it has: :math:`\alpha = 1` is at W + D.
    alphas : array, shape (m,)
        Where on the line, in any order.

    Returns
    -------
    array, shape (m,)
        One loss for each alpha, in the order of alphas.

    Raises
    ------
    TypeError, ValueError
        If an argument does not hold real numbers, or if the shapes do not fit.

    Examples
    --------
    >>> bowl = lambda W: float(np.sum(W**2))
    >>> slice_1d(bowl, [3, 0], [0, 2], [0, 1, -2])
    array([ 9., 13., 25.])

    References
    ----------
    ``LiXuTaylorStuderGoldstein2018``.
    """
    W, D, alphas = real_array(W, "W"), real_array(D, "D"), real_array(alphas, "alphas", 1)
    if D.shape != W.shape:
        raise ValueError(f"D must have the shape of W, {W.shape}, got {D.shape}")
    values = [_loss_at(loss, W + alpha * D) for alpha in alphas]
    return np.array(values, dtype=float)


def _of_length(r: float, v: np.ndarray) -> np.ndarray:
    """Return v brought to length r; an entry of largest size 1 keeps squares in range."""
    with np.errstate(invalid="ignore"):
        v = v / np.max(np.abs(v))
        return r * v / np.sqrt(np.sum(v * v))


def equal_length_compare(loss: Callable, grad, W, r: float, k: int, rng) -> tuple:
    r"""Compare one step against the gradient with k random steps of the same length.

    .. math:: \Delta(u) = f(W + r\,u) - f(W), \qquad
        u = -\frac{\nabla f(W)}{\|\nabla f(W)\|} \quad\text{or}\quad u = \frac{Z_i}{\|Z_i\|}

    Z has independent standard normal entries, so all directions are equally likely;
    the norm is that of all entries of W together.

    Parameters
    ----------
    loss : callable
        W -> f(W), a number.
    grad : callable or array
        W -> the gradient, of the shape of W; or that gradient itself.
    W : array
        The point, of any shape.
    r : float
        The length of every step.
    k : int
        How many random directions; one ``rng.normal(size=W.shape)`` for each.
    rng : numpy.random.Generator
        The only source of randomness.

    Returns
    -------
    delta_grad : float
        The change of the loss by the gradient's step.
    delta_random : array, shape (k,)
        The change of the loss by each random step.

    Raises
    ------
    TypeError, ValueError
        If an argument does not hold real numbers, if k is no whole number or below 1,
        or if the gradient is zero and points nowhere.

    Examples
    --------
    >>> slope = np.array([[3.0, 0.0, 4.0]])
    >>> plane = lambda W: float(np.sum(slope * W))
    >>> down, random = equal_length_compare(
    ...     plane, lambda W: slope, np.zeros((1, 3)), 0.1, 1000, np.random.default_rng(0)
    ... )
    >>> round(down, 12), bool(random.min() > down), round(float(random.std()), 2)
    (-0.5, True, 0.29)

    References
    ----------
    ``Spall2003``, chapter 2.
    """
    W, r, k = real_array(W, "W"), real_number(r, "r"), whole_number(k, "k", least=1)
    g, here = gradient_at(_function(grad), W), _loss_at(loss, W)
    if not np.any(g):
        raise ValueError("the gradient is zero and points nowhere")
    steps = [-_of_length(r, g), *(_of_length(r, rng.normal(size=W.shape)) for _ in range(k))]
    changes = np.array([_loss_at(loss, W + step) - here for step in steps])
    return float(changes[0]), changes[1:].copy()


def cosine_density(c, d: int) -> np.ndarray:
    r"""Return the density of the cosine between a fixed direction and a random one.

    .. math::
        p_d(c) = \frac{\Gamma(d/2)}{\sqrt{\pi}\,\Gamma((d - 1)/2)}\, (1 - c^2)^{(d - 3)/2},
        \qquad -1 < c < 1

    Its mean is 0 and its variance 1/d; for large d it is nearly normal.

    Parameters
    ----------
    c : float or array
        Cosines, strictly between -1 and 1.
    d : int
        The number of dimensions, at least 2.

    Returns
    -------
    array, of the shape of c
        The density.

    Raises
    ------
    TypeError, ValueError
        If c does not hold real numbers, if one of them is not between -1 and 1,
        or if d is no whole number of at least 2.

    Examples
    --------
    >>> cosine_density([-0.5, 0, 0.5], 3)
    array([0.5, 0.5, 0.5])

    References
    ----------
    ``Spall2003``, chapter 2, on what many dimensions do to random search.
    """
    c, d = real_array(c, "c"), whole_number(d, "d", least=2)
    if np.any(np.abs(c) >= 1):
        raise ValueError("the density is that of cosines strictly between -1 and 1")
    size = math.exp(math.lgamma(d / 2) - math.lgamma((d - 1) / 2)) / math.sqrt(math.pi)
    return size * np.exp((d - 3) / 2 * np.log1p(-c * c))  # a power of 0 would hide a NaN


def step_sweep(loss: Callable, grad, W, exponents) -> np.ndarray:
    r"""Return the loss after one gradient step, for learning rates that are powers of ten.

    .. math:: s_i = f\bigl(W - 10^{e_i}\, \nabla f(W)\bigr)

    Every step starts at W, and the gradient is computed once.

    Parameters
    ----------
    loss : callable
        W -> f(W), a number.
    grad : callable or array
        W -> the gradient, of the shape of W; or that gradient itself.
    W : array
        The point, of any shape.
    exponents : array, shape (m,)
        The powers :math:`e_i`, whole numbers or not, in any order.

    Returns
    -------
    array, shape (m,)
        One loss for each exponent, in the order of exponents.

    Raises
    ------
    TypeError, ValueError
        If an argument does not hold real numbers, or if the shapes do not fit.

    Examples
    --------
    >>> bowl = lambda W: float(np.sum(W**2))
    >>> step_sweep(bowl, lambda W: 2 * W, [2, 0], np.array([-2, -1, 0]))
    array([3.8416, 2.56  , 4.    ])

    References
    ----------
    ``NocedalWright2006``, section 3.1.
    """
    W, exponents = real_array(W, "W"), real_array(exponents, "exponents", 1)
    return slice_1d(loss, W, -gradient_at(_function(grad), W), 10.0**exponents)
