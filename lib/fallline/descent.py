"""Gradient descent: the loop, its exact course on a quadratic, step sizes, saddles, basins."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from fallline.inputs import gradient_at, parameters, real_array, real_number, whole_number

SHRINKS = 200
"""How often a line search shrinks its step before it gives up."""


# --- the loop ---


def gradient_step(w, g, state=None, *, lr):
    r"""Make one step of gradient descent.

    .. math:: w \leftarrow w - lr \; g

    Parameters
    ----------
    w, g : array, one shape
        Parameters and their gradient.
    state : None
        Gradient descent remembers nothing; the argument is there because other steps do.
    lr : float
        Learning rate; a negative one climbs.

    Returns
    -------
    w : array, same shape
        The new parameters.
    state : None
        As it came.

    Raises
    ------
    TypeError, ValueError
        If an argument does not hold real numbers, or if the shapes differ.

    Examples
    --------
    >>> gradient_step([3, 4], [6, 8], lr=0.5)
    (array([0., 0.]), None)

    References
    ----------
    ``Cauchy1847``.
    """
    w, g = parameters(w, g)
    return w - real_number(lr, "lr") * g, state


def walk(step: Callable, grad: Callable, w, steps: int, *, state=None, t: int = 0, **hyper):
    r"""Generate parameters and state after every step of any optimizer.

    .. math:: (w_{t+1}, \text{state}_{t+1}) = \mathrm{step}(w_t, \nabla f(w_t), \text{state}_t)

    Ten steps and ten more are twenty: hand on w, state and t.

    Parameters
    ----------
    step : callable
        ``step(w, g, state, **hyper) -> (w, state)``, pure; left out, state is the initial one.
    grad : callable
        The gradient: w -> array of the shape of w.
    w : array, any shape
        Start.
    steps : int
        How many steps to make.
    state : optional
        What earlier steps left behind; None begins afresh.
    t : int
        How many steps were made before: the first one here has the number t + 1.
    **hyper
        Hyper-parameters of the step. ``lr`` may be a function of the step's number.

    Yields
    ------
    w : array
        Parameters after the step.
    state
        State after the step.

    Raises
    ------
    TypeError, ValueError
        If w, steps, t or a gradient is not what it should be.

    Examples
    --------
    >>> grad = lambda w: 2 * w
    >>> *_, (w, state) = walk(gradient_step, grad, 5, 2, lr=0.1)
    >>> for w, state in walk(gradient_step, grad, w, 2, state=state, t=2, lr=0.1):
    ...     print(w.round(4))
    2.56
    2.048
    """
    w, t, lr = real_array(w, "w"), whole_number(t, "t"), hyper.get("lr")
    for now in range(t + 1, t + 1 + whole_number(steps, "steps")):
        if callable(lr):
            hyper["lr"] = lr(now)
        before = () if state is None else (state,)
        w, state = step(w, gradient_at(grad, w), *before, **hyper)
        yield w, state


def descend(step: Callable, grad: Callable, w, steps: int, **hyper) -> np.ndarray:
    r"""Walk downhill by any optimizer and return the path.

    Parameters
    ----------
    step, grad, w, steps
        As for `walk`.
    **hyper
        ``state`` and ``t`` of a walk that goes on, and the hyper-parameters of the step.

    Returns
    -------
    array, shape (steps + 1, *w.shape)
        The start, and the point after every step.

    Raises
    ------
    TypeError, ValueError
        As for `walk`.

    Examples
    --------
    >>> descend(gradient_step, lambda w: 2 * w, 5, 3, lr=0.1)
    array([5.  , 4.  , 3.2 , 2.56])
    >>> descend(gradient_step, lambda w: 2 * w, 5, 3, lr=lambda t: 0.5 / t)
    array([5., 0., 0., 0.])
    """
    start = real_array(w, "w")
    return np.stack([start, *(w for w, _ in walk(step, grad, start, steps, **hyper))])


def gd(grad: Callable, x0, lr: float, n: int) -> np.ndarray:
    r"""Run gradient descent and return the path.

    .. math:: x_{k+1} = x_k - lr\, \nabla f(x_k)

    Parameters
    ----------
    grad : callable
        The gradient: an array of the shape of x0 -> one of the same shape.
    x0 : array, any shape
        Start; a number is a start on the line.
    lr : float
        Learning rate.
    n : int
        Number of steps.

    Returns
    -------
    array, shape (n + 1, *x0.shape)
        Row k is the point after k steps; row 0 is the start.

    Raises
    ------
    TypeError, ValueError
        If an argument or a gradient is not what it should be.

    Examples
    --------
    >>> gd(lambda w: 2 * w, [5, -5], 0.1, 2)
    array([[ 5. , -5. ],
           [ 4. , -4. ],
           [ 3.2, -3.2]])

    References
    ----------
    ``Cauchy1847``.
    """
    return descend(gradient_step, grad, x0, n, lr=real_number(lr, "lr"))


# --- the quadratic, exactly ---


def _spectrum(lams, x0) -> tuple[np.ndarray, np.ndarray]:
    """Return curvatures and start as float64 arrays of one shape."""
    lams, x0 = real_array(lams, "lams"), real_array(x0, "x0")
    if lams.shape != x0.shape:
        raise ValueError(f"lams and x0 must have one shape, got {lams.shape} and {x0.shape}")
    return lams, x0


def gd_quadratic_exact(lams, x0, lr: float, k: int) -> np.ndarray:
    r"""Return the point after k steps on a quadratic, without making them.

    .. math:: x_{k,i} = (1 - lr\, \lambda_i)^k \; x_{0,i}

    Parameters
    ----------
    lams : array, shape (d,)
        Eigenvalues of the Hessian, of any sign.
    x0 : array, shape (d,)
        The start minus the stationary point, in the coordinates of the eigenvectors.
    lr : float
        Learning rate.
    k : int
        Number of steps.

    Returns
    -------
    array, shape (d,)
        The point after k steps, in the same coordinates.

    Raises
    ------
    TypeError, ValueError
        If an argument does not hold real numbers, if the shapes differ,
        or if k is not a whole number from 0 on.

    Examples
    --------
    >>> gd_quadratic_exact([1, 10], [1, 1], 0.15, 2).round(6)
    array([0.7225, 0.25  ])

    References
    ----------
    ``Goh2017``.
    """
    lams, x0 = _spectrum(lams, x0)
    return (1 - real_number(lr, "lr") * lams) ** whole_number(k, "k") * x0


def optimal_lr(H) -> tuple[float, float]:
    r"""Return the best constant learning rate for a quadratic, and the rate that it earns.

    .. math::
        lr = \frac{2}{\lambda_{\min} + \lambda_{\max}}, \qquad
        \mathrm{rate} = \frac{\kappa - 1}{\kappa + 1}, \quad
        \kappa = \frac{\lambda_{\max}}{\lambda_{\min}}

    Parameters
    ----------
    H : array, shape (d, d)
        The Hessian, positive definite; its symmetric part counts.

    Returns
    -------
    lr : float
        The learning rate at which the slowest coordinate shrinks fastest.
    rate : float
        The factor by which it shrinks in a step. Both are NaN where H holds NaN.

    Raises
    ------
    TypeError, ValueError
        If H is not a square matrix of real numbers,
        or if an eigenvalue is not positive: then no learning rate converges.

    Examples
    --------
    >>> lr, rate = optimal_lr([[1, 0], [0, 3]])
    >>> lr, rate
    (0.5, 0.5)

    References
    ----------
    ``NocedalWright2006``, section 3.3.
    """
    H = real_array(H, "H", 2)
    if H.shape[0] != H.shape[1] or not H.size:
        raise ValueError(f"H must be square, got shape {H.shape}")
    if not np.all(np.isfinite(H)):
        return math.nan, math.nan
    low, high = np.linalg.eigvalsh((H + H.T) / 2)[[0, -1]]
    if not low > 0:
        raise ValueError(
            f"H has the eigenvalue {low:.3g}, and no learning rate shrinks that coordinate: "
            "H must be positive definite"
        )
    return float(2 / (low + high)), float((high - low) / (high + low))


def _first(holds: Callable[[int], bool]) -> int:
    """Return the first k from 0 on for which a condition holds that holds ever after."""
    if holds(0):
        return 0
    low, high = 0, 1
    while not holds(high):
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle, high)
    return high


def steps_to(lams, x0, lr: float, tol: float) -> float:
    r"""Return after how many steps on a quadratic the distance is at most tol.

    .. math::
        \min \{\, k \ge 0 : \|x_k\|_2 \le tol \,\}, \qquad
        x_{k,i} = (1 - lr\, \lambda_i)^k \; x_{0,i}

    The norm is a convex function of k.
    Once a step fails to lower it, no later one does, and a search by halving finds the count.

    Parameters
    ----------
    lams, x0 : array, shape (d,)
        Eigenvalues, and the start in the coordinates of the eigenvectors.
    lr : float
        Learning rate.
    tol : float
        The distance to be reached; absolute, not relative to the start; positive.

    Returns
    -------
    float
        The count; infinity where the distance never gets so small,
        and NaN where an argument is NaN.

    Raises
    ------
    TypeError, ValueError
        If an argument does not hold real numbers, if the shapes differ, or if tol is not positive.

    Examples
    --------
    >>> steps_to([2], [1], 0.1, 1e-6)
    62.0
    >>> steps_to([2], [1], 1.1, 1e-6)
    inf
    """
    (lams, x0), lr, tol = _spectrum(lams, x0), real_number(lr, "lr"), real_number(tol, "tol")
    if tol <= 0:
        raise ValueError(f"tol must be positive, got {tol}: rounding decides when 0 is reached")
    if np.isnan(lr + tol + np.sum(lams) + np.sum(x0)):
        return math.nan
    moving = x0 != 0
    factors, x0 = np.abs(1 - lr * lams[moving]), x0[moving]

    def distance(k):
        with np.errstate(over="ignore", invalid="ignore"):
            return np.linalg.norm(factors ** float(k) * x0)

    k = _first(lambda k: distance(k) <= tol or not distance(k + 1) < distance(k))
    return float(k) if distance(k) <= tol else math.inf


# --- a step that is searched for ---


def armijo(f: Callable, g, x, d, c: float = 1e-4, shrink: float = 0.5) -> float:
    r"""Return a step along d that lowers f enough: backtracking from 1.

    .. math:: f(x + t d) \le f(x) + c\, t\, (g \cdot d)

    Parameters
    ----------
    f : callable
        The objective: array of the shape of x -> number.
    g : array
        The gradient at x, a vector, not a function.
    x, d : array, of the shape of g
        The point, and a direction that descends: :math:`g \cdot d < 0`.
    c : float
        Which part of the drop that the slope promises is enough; between 0 and 1.
    shrink : float
        The factor from one trial to the next; between 0 and 1.

    Returns
    -------
    float
        The first t among 1, shrink, shrink², ... with enough descent.
        A trial where f is NaN is not enough; where f(x) or the slope is NaN, the result is.

    Raises
    ------
    TypeError, ValueError
        If an argument does not hold real numbers, if the shapes differ, if c or shrink is not
        between 0 and 1, if d does not descend, or if 200 shrinks were not enough.

    Examples
    --------
    >>> f = lambda x: float(x @ x)
    >>> armijo(f, [2, 0], [1, 0], [-4, 0])
    0.25

    References
    ----------
    ``Armijo1966``.
    """
    x, g, d = real_array(x, "x"), real_array(g, "g"), real_array(d, "d")
    if not x.shape == g.shape == d.shape:
        raise ValueError(f"x, g, d must have one shape, got {x.shape}, {g.shape}, {d.shape}")
    if not (0 < c < 1 and 0 < shrink < 1):
        raise ValueError(f"c and shrink must lie between 0 and 1, got {c} and {shrink}")
    here, slope, t = real_number(f(x.copy()), "f(x)"), float(np.sum(g * d)), 1.0
    if np.isnan(here + slope):
        return math.nan
    if slope >= 0:
        raise ValueError(f"d does not descend: its slope g . d is {slope:.3g}, not negative")
    for _ in range(SHRINKS + 1):
        if real_number(f(x + t * d), "f(x)") <= here + c * t * slope:
            return t
        t *= shrink
    raise ValueError(f"no step down to {t:.3g} lowers f enough: is g its gradient at x?")


# --- saddles ---


def escape_steps(x0: float, lr: float, lam: float) -> float:
    r"""Return how many steps lead away from a saddle, to a distance of at least 1.

    .. math:: k = \left\lceil \frac{\ln(1 / |x_0|)}{\ln(1 + lr\, |\lambda|)} \right\rceil

    Parameters
    ----------
    x0 : float
        The start's coordinate along the direction in which f curves down.
    lr : float
        Learning rate, at least 0.
    lam : float
        The curvature there; a negative eigenvalue, of which only the size counts.

    Returns
    -------
    float
        The count: 0 if the start is that far out, infinity at 0.

    Raises
    ------
    TypeError, ValueError
        If an argument is not one real number, or if lr is negative.

    Examples
    --------
    >>> escape_steps(1e-12, 0.1, -2)
    152.0
    >>> escape_steps(0, 0.1, -2)
    inf

    References
    ----------
    ``LeeSimchowitzJordanRecht2016``.
    """
    x0, lr, lam = real_number(x0, "x0"), real_number(lr, "lr"), real_number(lam, "lam")
    if lr < 0:
        raise ValueError(f"lr must not be negative, got {lr}")
    if np.isnan(x0 + lr + lam):
        return math.nan
    growth = math.log1p(lr * abs(lam))
    if abs(x0) >= 1:
        return 0.0
    if x0 == 0 or growth == 0:
        return math.inf
    return float(math.ceil(-math.log(abs(x0)) / growth))


# --- which minimum ---


def basin_map(grad: Callable, starts, minima, lr: float, n: int, tol: float = 1e-3) -> np.ndarray:
    r"""Say for every start which minimum gradient descent reaches.

    Parameters
    ----------
    grad : callable
        The gradient of many points at once, shape (d, ...), coordinates first.
    starts : array, shape (d, ...)
        The starts, coordinates first.
    minima : array, shape (m, d)
        The minima, one a row.
    lr : float
        Learning rate.
    n : int
        Number of steps.
    tol : float
        A start has reached a minimum if after n steps it is at most so far away.

    Returns
    -------
    array of int, shape (...)
        The row of the minimum, and -1 where there is none: not yet there, going back and forth, or
        gone to infinity or NaN.

    Raises
    ------
    TypeError, ValueError
        If an argument or a gradient is not what it should be.

    Examples
    --------
    >>> from fallline.objectives import double_well
    >>> basin_map(double_well.gradient, [[-2, -0.5, 0.5, 9]], double_well.minima, 0.1, 200)
    array([ 0,  0,  1, -1])
    """
    w, minima = real_array(starts, "starts"), real_array(minima, "minima", 2)
    lr, n = real_number(lr, "lr"), whole_number(n, "n")
    if w.ndim == 0 or w.shape[0] != minima.shape[1]:
        raise ValueError(
            f"starts have shape (d, ...) and minima (m, d), with one d, got {w.shape} and "
            f"{minima.shape}"
        )
    with np.errstate(over="ignore", invalid="ignore"):
        for _ in range(n):
            w = w - lr * gradient_at(grad, w)
        centres = minima.reshape(*minima.shape, *[1] * (w.ndim - 1))
        distances = np.sqrt(np.sum((w - centres) ** 2, axis=1))
    distances[np.isnan(distances)] = np.inf
    labels = np.argmin(distances, axis=0)
    return np.where(np.min(distances, axis=0) <= tol, labels, -1)


def stable_minima(hessians, lr: float) -> np.ndarray:
    r"""Tell which minima gradient descent with this learning rate can settle in.

    .. math:: lr\; \lambda_{\max}(H_i) < 2

    Parameters
    ----------
    hessians : array, shape (m, d, d)
        The Hessian at each minimum; its symmetric part counts.
    lr : float
        Learning rate, positive.

    Returns
    -------
    array of bool, shape (m,)
        True where the minimum attracts; at :math:`lr\, \lambda_{\max} = 2` it does not.

    Raises
    ------
    TypeError, ValueError
        If the Hessians are not finite square matrices of one size, or if lr is not positive.

    Examples
    --------
    >>> stable_minima([[[2, 0], [0, 1]], [[8, 0], [0, 1]]], 0.25)
    array([ True, False])
    """
    H, lr = real_array(hessians, "hessians", 3), real_number(lr, "lr")
    if H.shape[1] != H.shape[2]:
        raise ValueError(f"hessians must have shape (m, d, d), got {H.shape}")
    if not np.all(np.isfinite(H)):
        raise ValueError("hessians hold NaN or infinity, so they have no eigenvalues to read")
    if not lr > 0:
        raise ValueError(f"lr must be positive, got {lr}")
    return lr * np.linalg.eigvalsh((H + H.transpose(0, 2, 1)) / 2)[:, -1] < 2
