"""Second order: Newton's step and its repairs, products with the Hessian, BFGS, least squares."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from fallline.inputs import gradient_at, nonzero_step, real_array, real_number, whole_number

TRIALS = 100
"""How many steps a line search tries before it gives up."""

ROUNDING = 1e-11
"""By which share two sums of squares may differ and still count as equal."""


# --- a step from the quadratic model ---


def _model(g, H) -> tuple[np.ndarray, np.ndarray]:
    """Return gradient and Hessian as arrays that fit."""
    g, H = real_array(g, "g", 1), real_array(H, "H", 2)
    if H.shape != (len(g), len(g)) or not len(g):
        raise ValueError(f"g and H must have shapes (d,) and (d, d), got {g.shape} and {H.shape}")
    return g, H


def newton_step(g, H, *, damping: float = 0.0) -> np.ndarray:
    r"""Return the step to the stationary point of the quadratic model.

    .. math:: (H + \mu I)\, p = -g

    The step is p; the next point is w + p.
    With damping :math:`\mu > 0` it is shorter, and turns towards :math:`-g`.

    Parameters
    ----------
    g : array, shape (d,)
        The gradient.
    H : array, shape (d, d)
        The Hessian, or another matrix in its place; it is used as it is, symmetric or not.
    damping : float
        The number :math:`\mu` that is added to the diagonal.

    Returns
    -------
    array, shape (d,)
        The step p.

    Raises
    ------
    TypeError
        If an argument does not hold real numbers.
    ValueError
        If the shapes do not fit, or if the matrix is singular.

    Examples
    --------
    >>> newton_step([2, 4], [[2, 0], [0, 8]])
    array([-1. , -0.5])
    >>> newton_step([2, 4], [[2, 0], [0, 8]], damping=2)
    array([-0.5, -0.4])

    References
    ----------
    ``NocedalWright2006``, section 3.3.
    """
    g, H = _model(g, H)
    try:
        return np.linalg.solve(H + real_number(damping, "damping") * np.eye(len(g)), -g)
    except np.linalg.LinAlgError as error:
        raise ValueError("H is singular, so its model has no single stationary point") from error


def _eigen(H: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return eigenvalues and eigenvectors of the symmetric part; NaN where there are none."""
    if not np.all(np.isfinite(H)):
        return np.full(len(H), np.nan), np.full(H.shape, np.nan)
    return np.linalg.eigh((H + H.T) / 2)


def saddle_free_step(g, H, floor: float) -> np.ndarray:
    r"""Return a Newton step that goes down where f curves down.

    .. math::
        p = -\sum_i \frac{q_i \cdot g}{\max(|\lambda_i|, \mathrm{floor})}\; q_i

    Parameters
    ----------
    g : array, shape (d,)
        The gradient.
    H : array, shape (d, d)
        The Hessian, with eigenvalues :math:`\lambda_i` and unit eigenvectors :math:`q_i`;
        its symmetric part counts.
    floor : float
        The least curvature that a direction is taken to have; positive.

    Returns
    -------
    array, shape (d,)
        The step p.

    Raises
    ------
    TypeError
        If an argument does not hold real numbers.
    ValueError
        If the shapes do not fit, or if floor is not positive.

    Examples
    --------
    >>> saddle_free_step([-6, 8], [[-2, 0], [0, 2]], 0.1)
    array([ 3., -4.])

    References
    ----------
    ``DauphinPascanuGulcehreChoGanguliBengio2014``.
    """
    (g, H), floor = _model(g, H), real_number(floor, "floor")
    if floor <= 0:
        raise ValueError(f"floor must be positive, got {floor}: a flat direction divides by it")
    lams, Q = _eigen(H)
    return -Q @ (Q.T @ g / np.maximum(np.abs(lams), floor))


def trust_region_step(g, H, radius: float) -> np.ndarray:
    r"""Return the step that makes the quadratic model lowest within a ball.

    .. math::
        \min_p\; g \cdot p + \tfrac12 p^\top H p
        \quad\text{where } \|p\|_2 \le \mathrm{radius}

    It is :math:`-(H + \mu I)^{-1} g` with the least :math:`\mu \ge 0` for which the matrix is
    positive semidefinite and the step short enough; :math:`\mu` is found by halving.

    Parameters
    ----------
    g : array, shape (d,)
        The gradient.
    H : array, shape (d, d)
        The Hessian; its symmetric part counts.
    radius : float
        How far the model is trusted; positive.

    Returns
    -------
    array, shape (d,)
        The step p. Where two are equally good, as at the top of a hill, one of them.

    Raises
    ------
    TypeError
        If an argument does not hold real numbers.
    ValueError
        If the shapes do not fit, or if radius is not positive.

    Examples
    --------
    >>> trust_region_step([-6, 8], [[-2, 0], [0, 2]], 5).round(4)
    array([ 4.763, -1.521])

    References
    ----------
    ``NocedalWright2006``, section 4.3.
    """
    (g, H), radius = _model(g, H), real_number(radius, "radius")
    if radius <= 0:
        raise ValueError(f"radius must be positive, got {radius}")
    lams, Q = _eigen(H)
    part = Q.T @ g
    if np.isnan(radius + np.sum(lams) + np.sum(part)):
        return np.full(len(g), np.nan)

    def step(mu):
        shifted = lams + mu
        return -np.divide(part, shifted, out=np.zeros(len(g)), where=shifted != 0)

    low = max(0.0, -lams[0])
    if np.linalg.norm(step(low)) <= radius and np.all(part[lams + low == 0] == 0):
        short = step(low)
        if low > 0:  # the model falls along the first eigenvector, and g says nothing of it
            short[0] = math.sqrt(radius**2 - float(np.sum(short**2)))
        return Q @ short
    high = low + np.linalg.norm(part) / radius
    for _ in range(TRIALS):
        middle = (low + high) / 2
        low, high = (middle, high) if np.linalg.norm(step(middle)) > radius else (low, middle)
    return Q @ step(high)


# --- the Hessian times a vector ---


def hvp(grad: Callable, x, v, h: float = 1e-5) -> np.ndarray:
    r"""Return the Hessian times a vector, from two gradients.

    .. math::
        Hv \approx \|v\|\; \frac{\nabla f(x + h u) - \nabla f(x - h u)}{2h},
        \qquad u = \frac{v}{\|v\|}

    The two points lie at the distance h from x, however long v is.

    Parameters
    ----------
    grad : callable
        The gradient: an array of the shape of x -> one of the same shape.
    x, v : array, one shape
        The point, and the vector.
    h : float
        The distance; not 0.

    Returns
    -------
    array, of the shape of x
        The product; zeros where v is zero.

    Raises
    ------
    TypeError, ValueError
        If an argument or a gradient does not hold real numbers, if the shapes differ, or if h is 0.

    Examples
    --------
    >>> hvp(lambda w: w**3, [1, 2], [1, 1]).round(6)
    array([ 3., 12.])

    References
    ----------
    ``Pearlmutter1994``.
    """
    x, v, h = real_array(x, "x"), real_array(v, "v"), nonzero_step(h)
    if x.shape != v.shape:
        raise ValueError(f"x and v must have one shape, got {x.shape} and {v.shape}")
    length = np.sqrt(np.sum(v * v))
    u = v / length if length != 0 else v
    ahead, behind = gradient_at(grad, x + h * u), gradient_at(grad, x - h * u)
    return length * (ahead - behind) / (2 * h)


def cg_solve(multiply: Callable, b, *, steps: int | None = None, tol: float = 1e-10) -> np.ndarray:
    r"""Solve A x = b by conjugate gradients, from products with A alone.

    .. math::
        x \leftarrow x + \alpha p, \quad r \leftarrow r - \alpha A p, \quad
        p \leftarrow r + \frac{r \cdot r}{r_{\mathrm{old}} \cdot r_{\mathrm{old}}}\, p,
        \qquad \alpha = \frac{r \cdot r}{p \cdot A p}

    Parameters
    ----------
    multiply : callable
        A symmetric positive definite matrix as a function: p -> A p.
    b : array, shape (d,)
        The right side.
    steps : int, optional
        At most so many products; d by default, enough where nothing is rounded.
    tol : float
        It stops when the residual r has at most this share of the norm of b.

    Returns
    -------
    array, shape (d,)
        The solution. Where a direction with :math:`p \cdot A p \le 0` turns up, what was found
        before it, and b itself if nothing was.

    Raises
    ------
    TypeError, ValueError
        If b or a product is not what it should be.

    Examples
    --------
    >>> A = np.array([[4.0, 1.0], [1.0, 3.0]])
    >>> cg_solve(lambda p: A @ p, [1, 2]).round(6)
    array([0.090909, 0.636364])

    References
    ----------
    ``HestenesStiefel1952``.
    """
    b = real_array(b, "b", 1)
    x, r, p = np.zeros_like(b), b.copy(), b.copy()
    for k in range(len(b) if steps is None else whole_number(steps, "steps")):
        size = r @ r
        if np.sqrt(size) <= tol * np.linalg.norm(b):
            break
        Ap = gradient_at(multiply, p, "the product")
        if p @ Ap <= 0:
            return b if k == 0 else x
        alpha = size / (p @ Ap)
        x, r = x + alpha * p, r - alpha * Ap
        p = r + (r @ r) / size * p
    return x


# --- learning the curvature from gradients ---


def bfgs_update(Hinv, s, y, tol: float = 0.0) -> np.ndarray:
    r"""Return the inverse Hessian that BFGS makes of the last one and of what a step taught.

    .. math::
        H^{-1} \leftarrow (I - \rho\, s y^\top)\, H^{-1} (I - \rho\, y s^\top) + \rho\, s s^\top,
        \qquad \rho = \frac{1}{s \cdot y}

    Parameters
    ----------
    Hinv : array, shape (d, d)
        The estimate of the inverse Hessian so far, symmetric.
    s, y : array, shape (d,)
        The step, and the change of the gradient along it.
    tol : float
        Where :math:`s \cdot y \le \mathrm{tol}` nothing is learnt.

    Returns
    -------
    array, shape (d, d)
        The new estimate, which maps y to s; or a copy of the old one.

    Raises
    ------
    TypeError, ValueError
        If an argument does not hold real numbers, or if the shapes do not fit.

    Examples
    --------
    >>> bfgs_update([[1, 0], [0, 1]], [1, 0], [2, 0])
    array([[0.5, 0. ],
           [0. , 1. ]])

    References
    ----------
    ``Broyden1970``, ``Fletcher1970``, ``Goldfarb1970``, ``Shanno1970``.
    """
    (s, Hinv), y = _model(s, Hinv), real_array(y, "y", 1)
    if s.shape != y.shape:
        raise ValueError(f"s and y must have one shape, got {s.shape} and {y.shape}")
    sy = s @ y
    if sy <= real_number(tol, "tol"):
        return Hinv
    V = np.eye(len(s)) - np.outer(s, y) / sy
    return V @ Hinv @ V.T + np.outer(s, s) / sy


def _pairs(S, Y, d: int, m: int | None) -> list:
    """Return the last m curvature pairs, oldest first, each with its product s . y."""
    S = [real_array(s, "a step of S", 1) for s in S]
    Y = [real_array(y, "a change of Y", 1) for y in Y]
    if len(S) != len(Y) or any(v.shape != (d,) for v in S + Y):
        raise ValueError(f"S and Y must hold equally many vectors of the shape of g, ({d},)")
    first = 0 if m is None else max(0, len(S) - whole_number(m, "m"))
    pairs = [(s, y, s @ y) for s, y in zip(S[first:], Y[first:], strict=True)]
    if any(sy <= 0 for _, _, sy in pairs):
        raise ValueError("a pair has s . y <= 0, as if f curved down along s: leave it out")
    return pairs


def lbfgs_direction(g, S, Y, m: int | None = None) -> np.ndarray:
    r"""Return the L-BFGS direction by the two loops, without any matrix.

    .. math:: p = -H_k^{-1} g, \qquad H_0^{-1} = \gamma I, \quad
        \gamma = \frac{s \cdot y}{y \cdot y} \text{ of the newest pair}

    Parameters
    ----------
    g : array, shape (d,)
        The gradient.
    S, Y : sequence of arrays, each of shape (d,)
        Steps and changes of the gradient, oldest first.
    m : int, optional
        How many of the newest pairs are used; all by default.

    Returns
    -------
    array, shape (d,)
        The direction; :math:`-g` where there is no pair.

    Raises
    ------
    TypeError, ValueError
        If an argument does not hold real numbers, if the shapes do not fit,
        or if a pair that is used has :math:`s \cdot y \le 0`.

    Examples
    --------
    >>> lbfgs_direction([2, 4], [[1, 0]], [[2, 0]])
    array([-1., -2.])

    References
    ----------
    ``Nocedal1980``, ``LiuNocedal1989``.
    """
    q = real_array(g, "g", 1)
    pairs, alphas = _pairs(S, Y, len(q), m), []
    for s, y, sy in reversed(pairs):
        alphas.append((s @ q) / sy)
        q = q - alphas[-1] * y
    if pairs:
        _, y, sy = pairs[-1]
        q = q * (sy / (y @ y))
    for (s, y, sy), alpha in zip(pairs, reversed(alphas), strict=True):
        q = q + (alpha - (y @ q) / sy) * s
    return -q


# --- how far along a direction ---


def wolfe_backtracking(f, grad, x, d, c1: float = 1e-4, c2: float = 0.9) -> float:
    r"""Return a step along d that meets the strong Wolfe conditions.

    .. math::
        f(x + t d) \le f(x) + c_1 t\, (g \cdot d), \qquad
        |\nabla f(x + t d) \cdot d| \le c_2\, |g \cdot d|

    It begins at t = 1 and keeps an interval.
    Too high, or the slope too far up: t is its new right end.
    The slope too far down: t is its new left end.
    Next comes the middle, or twice t as long as there is no right end.

    Parameters
    ----------
    f, grad : callable
        The objective and its gradient: array of the shape of x -> number, array.
    x, d : array, one shape
        The point, and a direction that descends: :math:`g \cdot d < 0`.
    c1, c2 : float
        Shares of the first slope, with 0 < c1 < c2 < 1.

    Returns
    -------
    float
        The first t tried that meets both; NaN where f(x) or the slope at x is NaN.
        A trial where f is NaN counts as too high.

    Raises
    ------
    TypeError, ValueError
        If an argument does not hold real numbers, if the shapes differ, if c1 and c2 are not in
        that order, if d does not descend, or if 100 trials were not enough.

    Examples
    --------
    >>> wolfe_backtracking(lambda x: float(x @ x), lambda x: 2 * x, [2, 0], [-16, 0])
    0.125

    References
    ----------
    ``Wolfe1969``; ``NocedalWright2006``, section 3.1.
    """
    x, d = real_array(x, "x"), real_array(d, "d")
    if x.shape != d.shape:
        raise ValueError(f"x and d must have one shape, got {x.shape} and {d.shape}")
    if not 0 < c1 < c2 < 1:
        raise ValueError(f"it must be 0 < c1 < c2 < 1, got c1 = {c1} and c2 = {c2}")
    here, slope = real_number(f(x.copy()), "f(x)"), float(np.sum(gradient_at(grad, x) * d))
    if np.isnan(here + slope):
        return math.nan
    if slope >= 0:
        raise ValueError(f"d does not descend: its slope g . d is {slope:.3g}, not negative")
    low, high, t = 0.0, math.inf, 1.0
    for _ in range(TRIALS):
        if not real_number(f(x + t * d), "f(x)") <= here + c1 * t * slope:
            high = t
        else:
            now = float(np.sum(gradient_at(grad, x + t * d) * d))
            if abs(now) <= -c2 * slope:
                return t
            low, high = (t, high) if now < 0 else (low, t)
        t = 2 * low if math.isinf(high) else (low + high) / 2
    raise ValueError(f"no step was found in {TRIALS} trials: is f bounded below, and grad its own?")


# --- whole methods ---


def bfgs(g, state=None):
    """Give the BFGS direction: a rule for `minimise`, whose state is gradient and estimate."""
    if state is None:
        return -g, None
    s, y, Hinv = state
    if Hinv is None:
        Hinv = (s @ y) / (y @ y) * np.eye(len(g))
    Hinv = bfgs_update(Hinv, s, y)
    return -Hinv @ g, Hinv


def lbfgs(m: int) -> Callable:
    """Return the rule of L-BFGS with m pairs, for `minimise`; its state is the pairs."""

    def rule(g, state=None):
        if state is None:
            return -g, ()
        s, y, pairs = state
        pairs = ((*pairs, (s, y)) if s @ y > 0 else pairs)[-m:]
        return lbfgs_direction(g, *zip(*pairs, strict=True)) if pairs else -g, pairs

    return rule


def conjugate(g, state=None):
    """Give the nonlinear conjugate direction of Polak and Ribière: a rule for `minimise`."""
    if state is None:
        return -g, -g
    _, y, d = state
    old = g - y
    d = -g + max(0.0, (g @ y) / (old @ old)) * d
    d = d if g @ d < 0 else -g
    return d, d


def _once(function: Callable) -> Callable:
    """Return the function, which is not asked again at the point of the last call."""
    last: list = []

    def remembered(x):
        if not (last and np.array_equal(last[0], x)):
            last[:] = x.copy(), function(x)
        return last[1]

    return remembered


def minimise(f, grad, w, rule, *, steps: int = 1000, tol: float = 1e-6, c2: float = 0.9):
    r"""Walk downhill by a rule for directions and a line search; return the path.

    .. math:: w_{k+1} = w_k + t_k\, d_k, \qquad t_k \text{ by the strong Wolfe conditions}

    Parameters
    ----------
    f, grad : callable
        The objective and its gradient, each asked once at every point that is tried.
    w : array, shape (d,)
        The start.
    rule : callable
        ``rule(g, state) -> (direction, memory)``; state is None at first, and then
        ``(s, y, memory)`` with the last step, the change of the gradient, and what it returned.
        `bfgs`, ``lbfgs(m)`` and `conjugate` are such rules.
    steps : int
        At most so many steps.
    tol : float
        It stops where the norm of the gradient is at most tol.
    c2 : float
        The line search's c2; conjugate gradients need a small one, such as 0.1.

    Returns
    -------
    array, shape (steps made + 1, d)
        The start, and the point after every step.

    Raises
    ------
    TypeError, ValueError
        If an argument is not what it should be, or if a line search fails.

    Examples
    --------
    >>> from fallline.objectives import bowl
    >>> path = minimise(bowl(10).value, bowl(10).gradient, [3, 1], bfgs)
    >>> len(path) < 12, bool(bowl(10).value(path[-1]) < 1e-12)
    (True, True)

    References
    ----------
    ``NocedalWright2006``, chapters 5 to 7.
    """
    w, f, grad = real_array(w, "w", 1), _once(f), _once(grad)
    path, g, state = [w], gradient_at(grad, w), None
    for _ in range(whole_number(steps, "steps")):
        if not np.linalg.norm(g) > tol:
            break
        d, memory = rule(g, state)
        s = wolfe_backtracking(f, grad, w, d, c2=c2) * d
        w, old = w + s, g
        g = gradient_at(grad, w)
        state = s, g - old, memory
        path.append(w)
    return np.array(path)


# --- least squares ---


def gauss_newton_step(r, J, *, damping: float = 0.0) -> np.ndarray:
    r"""Return the step of Gauss and Newton, damped as Marquardt does.

    .. math:: (J^\top J + \mu D^2)\, p = -J^\top r, \qquad D_{jj} = \|J_{:j}\|

    The system is never formed: p solves the least squares problem with :math:`J` on top of
    :math:`\sqrt{\mu} D`, which loses half as many digits.

    Parameters
    ----------
    r : array, shape (N,)
        The residuals, model minus data.
    J : array, shape (N, d)
        Their Jacobian.
    damping : float
        The number :math:`\mu`, at least 0; it has no unit, because D has that of the columns.

    Returns
    -------
    array, shape (d,)
        The step p.

    Raises
    ------
    TypeError, ValueError
        If an argument does not hold finite real numbers, or if the shapes do not fit.

    Examples
    --------
    >>> gauss_newton_step([1, 2], [[1, 0], [0, 2]])
    array([-1., -1.])

    References
    ----------
    ``Levenberg1944``, ``Marquardt1963``; ``NocedalWright2006``, section 10.3.
    """
    r, J, damping = real_array(r, "r", 1), real_array(J, "J", 2), real_number(damping, "damping")
    if len(J) != len(r):
        raise ValueError(f"r and J must have one row for each datum, got {r.shape} and {J.shape}")
    if damping < 0 or not np.all(np.isfinite(J)) or not np.all(np.isfinite(r)):
        raise ValueError("r and J must be finite, and damping not negative")
    D = np.linalg.norm(J, axis=0)
    D[D == 0] = 1.0
    stacked = np.vstack([J / D, math.sqrt(damping) * np.eye(len(D))])
    target = np.concatenate([-r, np.zeros(len(D))])
    return np.linalg.lstsq(stacked, target, rcond=None)[0] / D


def levenberg_marquardt(residual, jac, w, *, steps: int = 500, damping: float = 1e-3):
    r"""Fit parameters by least squares, with as much damping as it takes; return the path.

    A step that does not raise :math:`\|r\|^2` by more than rounding is made, and the damping
    falls to a tenth; another one is not made, and the damping grows tenfold.

    Parameters
    ----------
    residual, jac : callable
        w -> residuals, shape (N,), and their Jacobian, shape (N, d).
    w : array, shape (d,)
        The start.
    steps : int
        At most so many trials.
    damping : float
        The damping of the first trial.

    Returns
    -------
    array, shape (steps made + 1, d)
        The start, and the point after every step that was made. It ends with a step that changes
        no parameter by more than a share of 1e-12.

    Raises
    ------
    TypeError, ValueError
        If an argument or a residual is not what it should be.

    Examples
    --------
    >>> x = np.array([0.0, 1.0, 2.0])
    >>> residual = lambda w: np.exp(w[0] * x) - np.array([1.0, 2.0, 4.0])
    >>> jac = lambda w: (x * np.exp(w[0] * x))[:, None]
    >>> levenberg_marquardt(residual, jac, [0.0])[-1].round(9)
    array([0.69314718])

    References
    ----------
    ``Marquardt1963``, ``More1978``.
    """
    w = real_array(w, "w", 1)
    path, r = [w], real_array(residual(w.copy()), "the residual", 1)
    for _ in range(whole_number(steps, "steps")):
        p = gauss_newton_step(r, jac(w.copy()), damping=damping)
        with np.errstate(over="ignore", invalid="ignore"):
            trial = real_array(residual(w + p), "the residual", 1)
            better = trial @ trial <= (1 + ROUNDING) * (r @ r)
        if better:
            w, r = w + p, trial
            path.append(w)
        if np.all(np.abs(p) <= 1e-12 * np.abs(w)):
            break
        damping = max(damping / 10, 1e-20) if better else 10 * damping
    return np.array(path)


# --- what it costs ---


def second_order_cost(n, dtype=np.float64) -> tuple[float, float]:
    r"""Return what a dense Newton step costs: bytes for the Hessian, operations for solving.

    .. math:: \text{bytes} = n^2 \cdot \text{itemsize}, \qquad \text{flops} = \frac{n^3}{3}

    Parameters
    ----------
    n : int
        The number of parameters.
    dtype
        The type of an entry, such as "float32" or "float64".

    Returns
    -------
    bytes : float
        The memory of all n x n entries.
    flops : float
        Multiplications and additions of a Cholesky factorisation, to leading order.

    Raises
    ------
    TypeError, ValueError
        If n is not a whole number from 0 on.

    Examples
    --------
    >>> memory, flops = second_order_cost(3000, "float32")
    >>> memory, flops
    (36000000.0, 9000000000.0)

    References
    ----------
    ``GolubVanLoan2013``, section 4.2.
    """
    n = real_number(n, "n")
    if math.isnan(n):
        return math.nan, math.nan
    n = whole_number(n, "n")
    return float(n * n * np.dtype(dtype).itemsize), n**3 / 3
