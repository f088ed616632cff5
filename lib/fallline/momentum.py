"""Momentum in its three forms, Nesterov's look-ahead, and what both do on a quadratic."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from fallline.inputs import gradient_at, parameters, real_array, real_number, whole_number

FORMS = ("inside", "outside", "ema")
"""Where the learning rate stands, or that the memory is an average."""


def _memory(state, w: np.ndarray, name: str = "state") -> np.ndarray:
    """Return a velocity as a new float64 array: one number, or an array of the shape of w."""
    v = real_array(state, name)
    if v.shape not in ((), w.shape):
        raise ValueError(f"{name} must be one number or have shape {w.shape}, got {v.shape}")
    return v


def _one_of_the_forms(form: str, name: str = "form") -> str:
    """Return the name of a form, or say which there are."""
    if form not in FORMS:
        raise ValueError(f"{name} must be one of {', '.join(FORMS)}, got {form!r}")
    return form


def _decay(beta, name: str = "beta") -> float:
    """Return a momentum from 0 up to, not including, 1; NaN passes."""
    beta = real_number(beta, name)
    if beta < 0 or beta >= 1:
        raise ValueError(f"{name} must be at least 0 and below 1, got {beta}")
    return beta


# --- three forms ---


def momentum_step(w, g, state=0.0, *, lr, beta, form="outside"):
    r"""Make one step of momentum, in one of its three forms.

    .. math::
        \begin{aligned}
        \text{inside:} && v &\leftarrow \beta v - lr\, g, & w &\leftarrow w + v \\
        \text{outside:} && v &\leftarrow \beta v + g, & w &\leftarrow w - lr\, v \\
        \text{ema:} && v &\leftarrow \beta v + (1 - \beta)\, g, & w &\leftarrow w - lr\, v
        \end{aligned}

    Parameters
    ----------
    w, g : array, one shape
        Parameters and their gradient.
    state : array, of the shape of w, or a number
        The velocity v after the last step; before the first one it is 0.
    lr : float
        Learning rate.
    beta : float
        Momentum: the part of the velocity that is kept.
    form : str
        ``"inside"``, ``"outside"`` (the course's convention) or ``"ema"``.

    Returns
    -------
    w : array, same shape
        The new parameters.
    state : array, same shape
        The new velocity. In the form "inside" it is a step, in the others a gradient.

    Raises
    ------
    TypeError, ValueError
        If an argument does not hold real numbers, if the shapes differ,
        or if there is no such form.

    Notes
    -----
    "outside" is ``torch.optim.SGD``, ``optax.trace`` and TensorFlow's ``MomentumOptimizer``;
    PyTorch's dampening multiplies every gradient but the first by 1 - dampening.
    "inside" is Keras and CS231n. "ema" is the form of the exponentially weighted average in
    many courses, and the first half of Adam.

    Examples
    --------
    >>> w, v = momentum_step([5.0], [10.0], lr=0.1, beta=0.9)
    >>> w, v
    (array([4.]), array([10.]))
    >>> momentum_step(w, [8.0], v, lr=0.1, beta=0.9)
    (array([2.3]), array([17.]))

    References
    ----------
    ``Polyak1964``; ``SutskeverMartensDahlHinton2013``.
    """
    w, g = parameters(w, g)
    v, form = _memory(state, w), _one_of_the_forms(form)
    lr, beta = real_number(lr, "lr"), real_number(beta, "beta")
    if form == "inside":
        v = beta * v - lr * g
        return w + v, v
    part = 1 if form == "outside" else 1 - beta
    v = beta * v + part * g
    return w - lr * v, v


def convert(form_a, form_b, lr, beta) -> tuple[float, float]:
    r"""Return the learning rate and momentum with which form b walks as form a does.

    .. math::
        lr_{\text{inside}} = lr_{\text{outside}} = (1 - \beta)\, lr_{\text{ema}}

    The paths are equal if the learning rate is constant.

    Parameters
    ----------
    form_a, form_b : str
        Where the numbers come from, and where they are to be used;
        ``"inside"``, ``"outside"`` or ``"ema"``.
    lr, beta : float
        Learning rate and momentum of form a; beta is at least 0 and below 1.

    Returns
    -------
    lr, beta : float
        Learning rate and momentum for form b.

    Raises
    ------
    TypeError, ValueError
        If there is no such form, or if lr or beta is not a number of its range.

    Examples
    --------
    >>> convert("ema", "outside", 0.5, 0.75)
    (0.125, 0.75)
    """
    lr, beta = real_number(lr, "lr"), _decay(beta)
    if _one_of_the_forms(form_a, "form_a") == "ema":
        lr = lr * (1 - beta)
    if _one_of_the_forms(form_b, "form_b") == "ema":
        lr = lr / (1 - beta)
    return lr, beta


# --- how fast, and for how long ---


def velocity_after(k: int, beta: float, g):
    r"""Return the velocity after k equal gradients, from rest.

    .. math:: v_k = \sum_{i=0}^{k-1} \beta^i g = \frac{1 - \beta^k}{1 - \beta}\, g

    Parameters
    ----------
    k : int
        How many steps were made.
    beta : float
        Momentum, at least 0 and at most 1; at 1 nothing is lost, and :math:`v_k = k g`.
    g : array or number
        The gradient, the same in every step.

    Returns
    -------
    array or float, of the shape of g
        The velocity of the form "outside".

    Raises
    ------
    TypeError, ValueError
        If an argument does not hold real numbers, or is not in its range.

    Examples
    --------
    >>> velocity_after(3, 0.5, [1, 8])
    array([ 1.75, 14.  ])
    >>> round(velocity_after(22, 0.9, 1), 2)
    9.02

    References
    ----------
    ``SutskeverMartensDahlHinton2013``.
    """
    k, beta, g = whole_number(k, "k"), real_number(beta, "beta"), real_array(g, "g")
    gain = float(k) if beta == 1 else (1 - _decay(beta) ** k) / (1 - beta)
    return gain * g if g.ndim else float(gain * g)


def steps_to_fraction(beta: float, p: float) -> float:
    r"""Return after how many steps a part p of the terminal velocity is reached.

    .. math::
        \min \{\, k \ge 0 : 1 - \beta^k \ge p \,\}
        = \left\lceil \frac{\ln(1 - p)}{\ln \beta} \right\rceil

    Parameters
    ----------
    beta : float
        Momentum, at least 0 and below 1.
    p : float
        The part, from 0 to 1.

    Returns
    -------
    float
        The count; infinity for p = 1, unless beta is 0; NaN where an argument is NaN.

    Raises
    ------
    TypeError, ValueError
        If an argument is not one real number of its range.

    Examples
    --------
    >>> steps_to_fraction(0.9, 0.9), steps_to_fraction(0.9, 0.99)
    (22.0, 44.0)
    """
    beta, p = _decay(beta), real_number(p, "p")
    if p < 0 or p > 1:
        raise ValueError(f"p must lie between 0 and 1, got {p}")
    if np.isnan(beta + p):
        return math.nan
    if p == 0 or beta == 0:
        return float(p > 0)
    if p == 1:
        return math.inf
    # A quotient that is a whole number but for rounding counts as that number.
    return float(math.ceil(math.log1p(-p) / math.log(beta) - 1e-9))


def half_life(beta: float) -> float:
    r"""Return after how many steps half of a push is forgotten.

    .. math:: \beta^{h} = \tfrac12, \qquad h = \frac{\ln 2}{\ln (1/\beta)}

    Parameters
    ----------
    beta : float
        Momentum, at least 0 and below 1.

    Returns
    -------
    float
        The number of steps, not rounded.

    Raises
    ------
    TypeError, ValueError
        If beta is not one real number from 0 up to, not including, 1.

    Examples
    --------
    >>> round(half_life(0.9), 2)
    6.58
    """
    beta = _decay(beta)
    return math.log(2) / -math.log(beta) if beta != 0 else 0.0


def time_constant(beta: float) -> float:
    r"""Return the sum of all weights that the memory gives to the past.

    .. math:: \sum_{i=0}^{\infty} \beta^i = \frac{1}{1 - \beta}

    It is the factor of the terminal velocity on one gradient, and, loosely, how many
    gradients are remembered: the weight falls to about 1/e in so many steps.

    Parameters
    ----------
    beta : float
        Momentum, at least 0 and below 1.

    Returns
    -------
    float
        The number of steps.

    Raises
    ------
    TypeError, ValueError
        If beta is not one real number from 0 up to, not including, 1.

    Examples
    --------
    >>> time_constant(0.75)
    4.0
    """
    return 1 / (1 - _decay(beta))


# --- on a quadratic ---


def _radius(trace, det):
    """Return the larger size of the roots of s² - trace s + det, entry by entry."""
    gap = trace**2 - 4 * det
    real = (np.abs(trace) + np.sqrt(np.maximum(gap, 0))) / 2
    radius = np.where(gap < 0, np.sqrt(np.maximum(det, 0)), real)
    return radius if radius.ndim else float(radius)


def _rates(lr, beta, lam, name: str) -> tuple:
    """Return learning rate, momentum and curvature as arrays that can be combined."""
    return real_array(lr, "lr"), real_array(beta, name), real_array(lam, "lam")


def hb_radius(lr, beta, lam):
    r"""Return the rate of the heavy ball on a parabola of curvature lam.

    .. math::
        \begin{pmatrix} v \\ x \end{pmatrix} \leftarrow
        \begin{pmatrix} \beta & \lambda \\ -lr\,\beta & 1 - lr\,\lambda \end{pmatrix}
        \begin{pmatrix} v \\ x \end{pmatrix}

    The rate is the spectral radius of this matrix, the larger size of its two eigenvalues:
    :math:`\sqrt\beta` where they are complex.

    Parameters
    ----------
    lr, beta, lam : float, or arrays that broadcast
        Learning rate (form "outside"), momentum, curvature of any sign.

    Returns
    -------
    float or array
        The factor by which a long walk shrinks in a step; 1 or more where it does not settle.

    Raises
    ------
    TypeError, ValueError
        If an argument does not hold real numbers, or if the shapes do not combine.

    Examples
    --------
    >>> hb_radius(0.5, 0.25, 1.0)
    0.5
    >>> hb_radius(0.1, 0.0, [1.0, 30.0])
    array([0.9, 2. ])

    References
    ----------
    ``Polyak1964``; ``Goh2017``.
    """
    lr, beta, lam = _rates(lr, beta, lam, "beta")
    return _radius(1 + beta - lr * lam, beta + 0 * (lr * lam))


def optimal_hb(l1: float, ln: float) -> tuple[float, float]:
    r"""Return the best learning rate and momentum of the heavy ball on a quadratic.

    .. math::
        lr = \left( \frac{2}{\sqrt{\lambda_1} + \sqrt{\lambda_n}} \right)^2, \qquad
        \beta = \left( \frac{\sqrt\kappa - 1}{\sqrt\kappa + 1} \right)^2, \quad
        \kappa = \frac{\lambda_n}{\lambda_1}

    Parameters
    ----------
    l1, ln : float
        Smallest and largest eigenvalue of the Hessian, :math:`0 < \lambda_1 \le \lambda_n`.

    Returns
    -------
    lr, beta : float
        For the form "outside". Every direction then shrinks by :math:`\sqrt\beta` in a step.

    Raises
    ------
    TypeError, ValueError
        If an argument is not one real number, or if they are not in this order.

    Examples
    --------
    >>> optimal_hb(1.0, 9.0)
    (0.25, 0.25)

    References
    ----------
    ``Polyak1964``.
    """
    low, high = _roots_of_ends(l1, ln)
    return (2 / (low + high)) ** 2, ((high - low) / (high + low)) ** 2


def _roots_of_ends(l1, ln) -> tuple[float, float]:
    """Return the square roots of the smallest and the largest eigenvalue."""
    l1, ln = real_number(l1, "l1"), real_number(ln, "ln")
    if l1 <= 0 or ln < l1:
        raise ValueError(f"l1 and ln must obey 0 < l1 <= ln, got {l1} and {ln}")
    return math.sqrt(l1), math.sqrt(ln)


# --- Nesterov ---


def nesterov_lookahead_step(w, v, grad: Callable, *, lr, mu):
    r"""Make one step of Nesterov's momentum, with the gradient where the ball will be.

    .. math:: v \leftarrow \mu v - lr\, \nabla f(w + \mu v), \qquad w \leftarrow w + v

    Parameters
    ----------
    w : array, any shape
        Parameters.
    v : array, of the shape of w, or a number
        Velocity, 0 before the first step.
    grad : callable
        The gradient: array of the shape of w -> the same shape. It is asked once.
    lr : float
        Learning rate.
    mu : float
        Momentum.

    Returns
    -------
    w, v : array, same shape
        New parameters and velocity.

    Raises
    ------
    TypeError, ValueError
        If an argument or the gradient is not what it should be.

    Examples
    --------
    >>> nesterov_lookahead_step([5.0], [-2.0], lambda w: 2 * w, lr=0.25, mu=0.5)
    (array([2.]), array([-3.]))

    References
    ----------
    ``Nesterov1983``; ``SutskeverMartensDahlHinton2013``.
    """
    w, lr = real_array(w, "w"), real_number(lr, "lr")
    v = real_number(mu, "mu") * _memory(v, w, "v")
    v = v - lr * gradient_at(grad, w + v)
    return w + v, v


def nesterov_rewritten_step(w, v, g, *, lr, mu):
    r"""Make one step of Nesterov's momentum in the variable w + mu v of the look-ahead.

    .. math::
        v_{+} = \mu v - lr\, g, \qquad
        w \leftarrow w - \mu v + (1 + \mu)\, v_{+}, \qquad v \leftarrow v_{+}

    Parameters
    ----------
    w : array, any shape
        The point ahead, where the gradient is taken.
    v : array, of the shape of w, or a number
        Velocity, 0 before the first step.
    g : array, of the shape of w
        The gradient at w.
    lr : float
        Learning rate.
    mu : float
        Momentum.

    Returns
    -------
    w, v : array, same shape
        The next point ahead, and the new velocity.

    Raises
    ------
    TypeError, ValueError
        If an argument does not hold real numbers, or if the shapes differ.

    Examples
    --------
    >>> nesterov_rewritten_step([4.0], [-2.0], [8.0], lr=0.25, mu=0.5)
    (array([0.5]), array([-3.]))

    References
    ----------
    ``BengioBoulangerLewandowskiPascanu2013``.
    """
    w, g = parameters(w, g)
    before = _memory(v, w, "v")
    lr, mu = real_number(lr, "lr"), real_number(mu, "mu")
    v = mu * before - lr * g
    return w - mu * before + (1 + mu) * v, v


def nesterov_step(w, g, state=0.0, *, lr, mu):
    r"""Make one step of Nesterov's momentum with the learning rate outside, for the loop.

    .. math:: v \leftarrow \mu v + g, \qquad w \leftarrow w - lr\,(g + \mu v)

    Parameters
    ----------
    w, g : array, one shape
        The point ahead and the gradient there.
    state : array, of the shape of w, or a number
        The velocity after the last step.
    lr : float
        Learning rate.
    mu : float
        Momentum.

    Returns
    -------
    w, state : array, same shape
        The next point ahead, and the new velocity.

    Raises
    ------
    TypeError, ValueError
        If an argument does not hold real numbers, or if the shapes differ.

    Notes
    -----
    ``torch.optim.SGD(nesterov=True)`` and ``optax.trace(nesterov=True)`` do the same.
    Keras has the learning rate inside, as `nesterov_rewritten_step`: the same path as long as
    the learning rate is constant.

    Examples
    --------
    >>> nesterov_step([4.0], [8.0], [8.0], lr=0.25, mu=0.5)
    (array([0.5]), array([12.]))

    References
    ----------
    ``SutskeverMartensDahlHinton2013``.
    """
    w, g = parameters(w, g)
    lr, mu = real_number(lr, "lr"), real_number(mu, "mu")
    v = mu * _memory(state, w) + g
    return w - lr * (g + mu * v), v


def nesterov_radius(lr, mu, lam):
    r"""Return the rate of Nesterov's momentum on a parabola of curvature lam.

    .. math:: \sigma^2 - (1 + \mu)(1 - lr\,\lambda)\, \sigma + \mu\, (1 - lr\,\lambda) = 0

    Parameters
    ----------
    lr, mu, lam : float, or arrays that broadcast
        Learning rate, momentum, curvature of any sign.

    Returns
    -------
    float or array
        The larger size of the two roots.

    Raises
    ------
    TypeError, ValueError
        If an argument does not hold real numbers, or if the shapes do not combine.

    Examples
    --------
    >>> nesterov_radius(0.25, 0.5, 1.0)
    0.6123724356957945

    References
    ----------
    ``ODonoghueCandes2015``; ``LessardRechtPackard2016``.
    """
    lr, mu, lam = _rates(lr, mu, lam, "mu")
    return _radius((1 + mu) * (1 - lr * lam), mu * (1 - lr * lam))


def optimal_nesterov(l1: float, ln: float) -> tuple[float, float]:
    r"""Return the usual learning rate and momentum of Nesterov's method for known curvatures.

    .. math::
        lr = \frac{1}{\lambda_n}, \qquad \mu = \frac{\sqrt\kappa - 1}{\sqrt\kappa + 1}, \quad
        \kappa = \frac{\lambda_n}{\lambda_1}

    Parameters
    ----------
    l1, ln : float
        Smallest and largest curvature, :math:`0 < \lambda_1 \le \lambda_n`.

    Returns
    -------
    lr, mu : float
        On a quadratic the slowest direction shrinks by :math:`1 - 1/\sqrt\kappa` in a step.

    Raises
    ------
    TypeError, ValueError
        If an argument is not one real number, or if they are not in this order.

    Examples
    --------
    >>> optimal_nesterov(1.0, 4.0)
    (0.25, 0.3333333333333333)

    References
    ----------
    ``Nesterov2018``, section 2.2.
    """
    low, high = _roots_of_ends(l1, ln)
    return 1 / high**2, (high - low) / (high + low)
