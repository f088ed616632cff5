"""Adam and what was made of it: bias correction, epsilon, AMSGrad, AdamW, NAdam, RAdam, Lion."""

from __future__ import annotations

import math

import numpy as np

from fallline.inputs import parameters, real_array, real_number, whole_number

FORMS = {
    "outside": "√v̂ + ε",
    "hat": "√v + ε",
    "inside": "√(v̂ + ε)",
    "inside hat": "√(v + ε)",
}
"""Where epsilon may stand: after or under the root, beside the corrected or the raw average."""

DEFAULTS = {
    ("Adam", "PyTorch"): {"lr": 1e-3, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8},
    ("Adam", "Keras"): {"lr": 1e-3, "beta1": 0.9, "beta2": 0.999, "eps": 1e-7},
    ("Adam", "Optax"): {"lr": None, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8},
    ("AdamW", "PyTorch"): {"lr": 1e-3, "eps": 1e-8, "lam": 1e-2},
    ("AdamW", "Keras"): {"lr": 1e-3, "eps": 1e-7, "lam": 4e-3},
    ("AdamW", "Optax"): {"lr": None, "eps": 1e-8, "lam": 1e-4},
    ("RMSprop", "PyTorch"): {"lr": 1e-2, "rho": 0.99, "eps": 1e-8},
    ("RMSprop", "Keras"): {"lr": 1e-3, "rho": 0.9, "eps": 1e-7},
    ("RMSprop", "Optax"): {"lr": None, "rho": 0.9, "eps": 1e-8},
    ("Adagrad", "PyTorch"): {"lr": 1e-2, "eps": 1e-10, "start": 0.0},
    ("Adagrad", "Keras"): {"lr": 1e-3, "eps": 1e-7, "start": 0.1},
    ("Adagrad", "Optax"): {"lr": None, "eps": 1e-7, "start": 0.1},
    ("Adadelta", "PyTorch"): {"lr": 1.0, "rho": 0.9, "eps": 1e-6},
    ("Adadelta", "Keras"): {"lr": 1e-3, "rho": 0.95, "eps": 1e-7},
    ("Adadelta", "Optax"): {"lr": None, "rho": 0.9, "eps": 1e-6},
    ("Lion", "Keras"): {"lr": 1e-3, "beta1": 0.9, "beta2": 0.99},
    ("Lion", "Optax"): {"lr": None, "beta1": 0.9, "beta2": 0.99},
}
"""What PyTorch 2.13, Keras 3.15 and Optax 0.2.8 take where nothing is said; None: must be said."""


# --- averages that begin at zero ---


def ema_debiased(gs, beta: float) -> np.ndarray:
    r"""Return the bias-corrected leaky average after each of a row of gradients.

    .. math:: m_t = \beta\, m_{t-1} + (1 - \beta)\, g_t, \quad m_0 = 0, \qquad
        \hat m_t = \frac{m_t}{1 - \beta^t}

    Parameters
    ----------
    gs : array, shape (n, ...)
        One gradient a row, in the order of time.
    beta : float
        Decay rate, at least 0 and below 1.

    Returns
    -------
    array, of the shape of gs
        Row t - 1 is the corrected average of the first t gradients.

    Raises
    ------
    TypeError, ValueError
        If gs is a single number or does not hold real numbers, or if beta is not in [0, 1).

    Examples
    --------
    >>> ema_debiased([4, 4, 4], 0.9)
    array([4., 4., 4.])
    >>> ema_debiased([1, 4], 0.5)
    array([1., 3.])

    References
    ----------
    ``KingmaBa2015``, section 3.
    """
    gs, beta = real_array(gs, "gs"), real_number(beta, "beta")
    if gs.ndim == 0:
        raise ValueError(f"gs must hold one gradient a row, got the number {gs}")
    if not 0 <= beta < 1:
        raise ValueError(f"beta must be at least 0 and below 1, got {beta}")
    m, averages = np.zeros(gs.shape[1:]), np.empty_like(gs)
    for t, g in enumerate(gs, start=1):
        m = beta * m + (1 - beta) * g
        averages[t - 1] = m / (1 - beta**t)
    return averages


def _grown(beta: float, t):
    """Return 1 - beta ** t without cancellation."""
    return -np.expm1(t * np.log(beta)) if beta > 0 else np.where(np.asarray(t) > 0, 1.0, 0.0)


def overshoot(t, b1: float = 0.9, b2: float = 0.999):
    r"""Return how long the step number t of an uncorrected Adam is under a constant gradient.

    .. math:: r_t = \frac{1 - \beta_1^t}{\sqrt{1 - \beta_2^t}}

    With both corrections it is 1, that is one learning rate.

    Parameters
    ----------
    t : float or array
        Number of the step, from 1 on.
    b1, b2 : float
        Decay rates of Adam's two averages, at least 0 and below 1.

    Returns
    -------
    float or array, of the shape of t
        The length of the step in learning rates.

    Raises
    ------
    TypeError, ValueError
        If an argument is not real, if t is below 1, or a decay rate is not in [0, 1).

    Examples
    --------
    >>> overshoot([1, 2, 12]).round(3)
    array([3.162, 4.25 , 6.569])
    """
    t = real_array(t, "t")
    for beta, name in ((b1, "b1"), (b2, "b2")):
        if not 0 <= real_number(beta, name) < 1:
            raise ValueError(f"{name} must be at least 0 and below 1, got {beta}")
    if np.any(t < 1):
        raise ValueError("t counts the steps from 1 on")
    return np.where(np.isnan(t), t, _grown(b1, t) / np.sqrt(_grown(b2, t)))[()]


def argmax_overshoot(b1: float = 0.9, b2: float = 0.999) -> float:
    r"""Return at which step an uncorrected Adam overshoots most.

    :math:`r_t` rises to one maximum and falls, so the first step that is no longer exceeded by
    the next is found by doubling and halving.

    Parameters
    ----------
    b1, b2 : float
        Decay rates, at least 0 and below 1.

    Returns
    -------
    float
        The whole number t at which r is largest, the first of two that are equal.
        Infinity where r rises for ever towards 1, as for b2 <= b1, unless b1 is 0.

    Raises
    ------
    TypeError, ValueError
        As for `overshoot`.

    Examples
    --------
    >>> argmax_overshoot(0.9, 0.999)
    12.0
    >>> argmax_overshoot(0.9, 0.9)
    inf
    """
    if overshoot(1, b1, b2) and b2 <= b1 and b1 > 0:
        return math.inf
    low, high = 0, 1  # r still rises after `low`, and no longer after `high`
    while overshoot(high + 1, b1, b2) > overshoot(high, b1, b2):
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        rises = overshoot(middle + 1, b1, b2) > overshoot(middle, b1, b2)
        low, high = (middle, high) if rises else (low, middle)
    return float(high)


# --- Adam ---


def _averages(w, g, m, v, t, beta1, beta2):
    """Return w, g, and the next m, v and t: what every relative of Adam begins with."""
    w, g = parameters(w, g)
    m = beta1 * real_array(m, "m") + (1 - beta1) * g
    v = beta2 * real_array(v, "v") + (1 - beta2) * g**2
    return w, g, m, v, whole_number(t, "t") + 1


def adam_step(w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    r"""Make one step of Adam, Algorithm 1 of its paper.

    .. math::
        t \leftarrow t + 1, \quad
        m \leftarrow \beta_1 m + (1 - \beta_1)\, g, \quad
        v \leftarrow \beta_2 v + (1 - \beta_2)\, g^2, \\
        \hat m = \frac{m}{1 - \beta_1^t}, \quad \hat v = \frac{v}{1 - \beta_2^t}, \quad
        w \leftarrow w - lr\, \frac{\hat m}{\sqrt{\hat v} + \varepsilon}

    Parameters
    ----------
    w, g : array, one shape
        Parameters and their gradient.
    state : tuple
        m, v and t before the step: two arrays of the shape of w, uncorrected, and a whole number.
    lr, beta1, beta2, eps : float
        Learning rate, decay rates of the two averages, and what is added to the root.

    Returns
    -------
    w : array, same shape
        The new parameters.
    state : tuple
        m, v and t after the step.

    Raises
    ------
    TypeError, ValueError
        If an argument does not hold real numbers, or if the shapes of w and g differ.

    Notes
    -----
    The same as ``torch.optim.Adam`` and ``optax.adam``, to the last digits.
    Keras has another epsilon: `adam_eps_hat_step`.

    Examples
    --------
    >>> w, state = adam_step([1, 1], [3, -0.02], lr=0.1)
    >>> w.round(4)
    array([0.9, 1.1])
    >>> state[2]
    1

    References
    ----------
    ``KingmaBa2015``.
    """
    w, g, m, v, t = _averages(w, g, *state, beta1, beta2)
    m_hat, v_hat = m / (1 - beta1**t), v / (1 - beta2**t)
    return w - lr * m_hat / (np.sqrt(v_hat) + eps), (m, v, t)


def adam_eps_hat_step(w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-7):
    r"""Make one step of Adam in the form with epsilon-hat, added before the correction.

    .. math::
        lr_t = lr\, \frac{\sqrt{1 - \beta_2^t}}{1 - \beta_1^t}, \qquad
        w \leftarrow w - lr_t\, \frac{m}{\sqrt{v} + \hat\varepsilon}

    Parameters
    ----------
    w, g, state, lr, beta1, beta2
        As for `adam_step`.
    eps : float
        What is added to the root of the *raw* v.

    Returns
    -------
    w, state
        As for `adam_step`.

    Raises
    ------
    TypeError, ValueError
        As for `adam_step`.

    Notes
    -----
    The same as ``keras.optimizers.Adam``.
    It is `adam_step` with an eps that shrinks with t: `effective_eps`.

    Examples
    --------
    >>> w, _ = adam_eps_hat_step([0], [1e-8], lr=1)
    >>> w.round(4)
    array([-0.0032])

    References
    ----------
    ``KingmaBa2015``, the remark before section 2.1.
    """
    w, g, m, v, t = _averages(w, g, *state, beta1, beta2)
    lr_t = lr * math.sqrt(1 - beta2**t) / (1 - beta1**t)
    return w - lr_t * m / (np.sqrt(v) + eps), (m, v, t)


def effective_eps(t, b2: float, eps: float):
    r"""Return the epsilon of `adam_step` that does what an epsilon-hat does at step t.

    .. math:: \varepsilon_t = \frac{\hat\varepsilon}{\sqrt{1 - \beta_2^t}}

    Parameters
    ----------
    t : float or array
        Number of the step, from 1 on.
    b2 : float
        Decay rate of v, at least 0 and below 1.
    eps : float
        Epsilon-hat.

    Returns
    -------
    float or array, of the shape of t
        The epsilon of Algorithm 1.

    Raises
    ------
    TypeError, ValueError
        If an argument is not real, if t is below 1, or if b2 is not in [0, 1).

    Examples
    --------
    >>> print(f"{effective_eps(1, 0.999, 1e-7):.3g}")
    3.16e-06
    """
    return real_number(eps, "eps") * overshoot(t, 0.0, b2)


def share_of_lr(g, t=1, *, eps=1e-8, beta2=0.999, form="outside"):
    r"""Return Adam's step under a constant gradient, in learning rates, for each place of eps.

    .. math::
        \frac{|g|}{|g| + \varepsilon}, \quad \frac{|g|}{|g| + \varepsilon / c_t}, \quad
        \frac{|g|}{\sqrt{g^2 + \varepsilon}}, \quad \frac{|g|}{\sqrt{g^2 + \varepsilon / c_t^2}},
        \qquad c_t = \sqrt{1 - \beta_2^t}

    Parameters
    ----------
    g : array
        Gradients, each the same in all t steps.
    t : float
        Number of the step.
    eps, beta2 : float
        As for `adam_step`.
    form : str
        "outside", "hat", "inside" or "inside hat": a key of `FORMS`, in the order of the formula.

    Returns
    -------
    array, of the shape of g
        The length of the step divided by lr: 1 where eps does nothing.

    Raises
    ------
    TypeError, ValueError
        If an argument does not hold real numbers, or if the form is unknown.

    Examples
    --------
    >>> [float(share_of_lr(1e-8, form=form).round(5)) for form in FORMS]
    [0.5, 0.03065, 0.0001, 0.0]
    """
    if form not in FORMS:
        raise ValueError(f"form must be one of {', '.join(FORMS)}, got {form!r}")
    g, eps = np.abs(real_array(g, "g")), real_number(eps, "eps")
    grown = float(1 / overshoot(t, 0.0, beta2) ** 2) if "hat" in form else 1.0
    if form.startswith("inside"):
        return g / np.sqrt(g**2 + eps / grown)
    return g / (g + eps / math.sqrt(grown))


# --- relatives ---


def amsgrad_step(w, g, state=(0.0, 0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    r"""Make one step of AMSGrad: Adam divided by the largest v so far.

    .. math::
        V \leftarrow \max(V, v), \qquad
        w \leftarrow w - lr\, \frac{\hat m}{\sqrt{V / (1 - \beta_2^t)} + \varepsilon}

    The maximum is taken of the raw v, before correction.

    Parameters
    ----------
    w, g, lr, beta1, beta2, eps
        As for `adam_step`.
    state : tuple
        m, v, V and t before the step.

    Returns
    -------
    w : array, same shape
        The new parameters.
    state : tuple
        m, v, V and t after the step.

    Raises
    ------
    TypeError, ValueError
        As for `adam_step`.

    Notes
    -----
    The same as ``torch.optim.Adam(amsgrad=True)`` and Keras, but for its epsilon-hat.
    ``optax.amsgrad`` takes the maximum of the corrected v; the paper corrects nothing.

    Examples
    --------
    >>> w, state = amsgrad_step(0, 1, lr=0.1)
    >>> _, (m, v, V, t) = amsgrad_step(w, 0, state, lr=0.1)
    >>> bool(v < V), t
    (True, 2)

    References
    ----------
    ``ReddiKaleKumar2018``.
    """
    m, v, V, t = state
    w, g, m, v, t = _averages(w, g, m, v, t, beta1, beta2)
    V = np.maximum(real_array(V, "V"), v)
    m_hat, v_hat = m / (1 - beta1**t), V / (1 - beta2**t)
    return w - lr * m_hat / (np.sqrt(v_hat) + eps), (m, v, V, t)


def adamw_step(
    w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8, lam=0.01, mask=1.0
):
    r"""Make one step of AdamW: shrink the parameters, then step as Adam.

    .. math:: w \leftarrow (1 - lr\, \lambda)\, w - lr\, \frac{\hat m}{\sqrt{\hat v} + \varepsilon}

    The gradient, and with it m and v, does not see the decay.

    Parameters
    ----------
    w, g, state, lr, beta1, beta2, eps
        As for `adam_step`.
    lam : float
        Weight decay; a step shrinks w by lr * lam of itself.
    mask : array that broadcasts to the shape of w
        1 or True where w decays, 0 or False where it does not, as for biases.

    Returns
    -------
    w, state
        As for `adam_step`.

    Raises
    ------
    TypeError, ValueError
        As for `adam_step`.

    Notes
    -----
    The same as ``torch.optim.AdamW`` and ``optax.adamw``; Keras differs in its epsilon-hat.
    ``torch.optim.Adam(weight_decay=...)`` is `adam_step` with g + weight_decay * w for g.

    Examples
    --------
    >>> adamw_step([10, 10], [0, 0], lr=0.1, lam=0.5, mask=[1, 0])[0]
    array([ 9.5, 10. ])

    References
    ----------
    ``LoshchilovHutter2019``.
    """
    start = real_array(w, "w")
    decay = lr * lam * real_array(mask, "mask") * start
    stepped, state = adam_step(w, g, state, lr=lr, beta1=beta1, beta2=beta2, eps=eps)
    return stepped - decay, state


def nadam_step(w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    r"""Make one step of NAdam: Adam whose momentum looks one step ahead.

    .. math::
        \bar m = \frac{\beta_1\, m}{1 - \beta_1^{t+1}} + \frac{(1 - \beta_1)\, g}{1 - \beta_1^t},
        \qquad w \leftarrow w - lr\, \frac{\bar m}{\sqrt{\hat v} + \varepsilon}

    Parameters
    ----------
    w, g, state, lr, beta1, beta2, eps
        As for `adam_step`.

    Returns
    -------
    w, state
        As for `adam_step`.

    Raises
    ------
    TypeError, ValueError
        As for `adam_step`.

    Notes
    -----
    The same as ``optax.nadam``.
    PyTorch and Keras let beta1 grow with t: `scheduled_nadam_step`.

    Examples
    --------
    >>> nadam_step([0], [1], lr=0.1)[0].round(4)
    array([-0.1474])

    References
    ----------
    ``Dozat2016``.
    """
    w, g, m, v, t = _averages(w, g, *state, beta1, beta2)
    m_bar = beta1 * m / (1 - beta1 ** (t + 1)) + (1 - beta1) * g / (1 - beta1**t)
    return w - lr * m_bar / (np.sqrt(v / (1 - beta2**t)) + eps), (m, v, t)


def scheduled_nadam_step(
    w, g, state=(0.0, 0.0, 1.0, 0), *, lr=0.002, beta1=0.9, beta2=0.999, eps=1e-8, psi=0.004
):
    r"""Make one step of NAdam with a momentum that grows with t.

    .. math::
        \mu_t = \beta_1 \left(1 - \tfrac12\, 0.96^{\,t \psi}\right), \quad
        P \leftarrow P\, \mu_t, \quad
        \bar m = \frac{\mu_{t+1}\, m}{1 - P \mu_{t+1}} + \frac{(1 - \mu_t)\, g}{1 - P}

    Parameters
    ----------
    w, g, lr, beta1, beta2, eps
        As for `adam_step`.
    state : tuple
        m, v, the product P of all momenta so far, and t before the step.
    psi : float
        How fast the momentum grows; infinity gives `nadam_step`.

    Returns
    -------
    w : array, same shape
        The new parameters.
    state : tuple
        m, v, P and t after the step.

    Raises
    ------
    TypeError, ValueError
        As for `adam_step`.

    Notes
    -----
    The same as ``torch.optim.NAdam``; Keras has psi = 1.

    Examples
    --------
    >>> scheduled_nadam_step([0], [1], lr=0.1)[0].round(4)
    array([-0.1056])

    References
    ----------
    ``Dozat2016``.
    """
    m, v, product, t = state
    w, g, m, v, t = _averages(w, g, m, v, t, beta1, beta2)
    now, ahead = (beta1 * (1 - 0.5 * 0.96 ** (k * psi)) for k in (t, t + 1))
    product = product * now
    m_bar = ahead * m / (1 - product * ahead) + (1 - now) * g / (1 - product)
    return w - lr * m_bar / (np.sqrt(v / (1 - beta2**t)) + eps), (m, v, product, t)


def adamax_step(w, g, state=(0.0, 0.0, 0), *, lr=0.002, beta1=0.9, beta2=0.999, eps=1e-8):
    r"""Make one step of Adamax: Adam with a decaying maximum in place of the root.

    .. math::
        u \leftarrow \max(\beta_2 u,\; |g| + \varepsilon), \qquad
        w \leftarrow w - lr\, \frac{m}{(1 - \beta_1^t)\, u}

    A maximum that starts at 0 is not biased towards 0, so only m is corrected.

    Parameters
    ----------
    w, g, lr, beta1, beta2, eps
        As for `adam_step`.
    state : tuple
        m, u and t before the step.

    Returns
    -------
    w : array, same shape
        The new parameters.
    state : tuple
        m, u and t after the step.

    Raises
    ------
    TypeError, ValueError
        As for `adam_step`.

    Notes
    -----
    The same as ``torch.optim.Adamax`` and ``optax.adamax``.
    Keras adds eps to u where it divides; the paper has no eps.

    Examples
    --------
    >>> adamax_step([1, 1], [3, -0.02], lr=0.1)[0].round(4)
    array([0.9, 1.1])

    References
    ----------
    ``KingmaBa2015``, section 7.1.
    """
    (w, g), (m, u, t) = parameters(w, g), state
    m, t = beta1 * real_array(m, "m") + (1 - beta1) * g, whole_number(t, "t") + 1
    u = np.maximum(beta2 * real_array(u, "u"), np.abs(g) + eps)
    return w - lr / (1 - beta1**t) * m / u, (m, u, t)


def radam_step(w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    r"""Make one step of RAdam: Adam, shortened while v rests on few gradients.

    .. math::
        \begin{aligned}
        \rho_\infty &= \frac{2}{1 - \beta_2} - 1, \qquad
        \rho_t = \rho_\infty - \frac{2 t \beta_2^t}{1 - \beta_2^t}, \\
        r &= \sqrt{\frac{(\rho_t - 4)(\rho_t - 2)\, \rho_\infty}
                        {(\rho_\infty - 4)(\rho_\infty - 2)\, \rho_t}}
        \end{aligned}

    Where :math:`\rho_t > 5` the step is Adam's times r; before that it is :math:`lr\, \hat m`.

    Parameters
    ----------
    w, g, state, lr, beta1, beta2, eps
        As for `adam_step`.

    Returns
    -------
    w, state
        As for `adam_step`.

    Raises
    ------
    TypeError, ValueError
        As for `adam_step`.

    Notes
    -----
    The same as ``torch.optim.RAdam``, whose epsilon is added to the root of the raw v.

    Examples
    --------
    >>> radam_step([0], [5], lr=0.1)[0]
    array([-0.5])

    References
    ----------
    ``LiuJiangHeChenLiuGaoHan2020``.
    """
    w, g, m, v, t = _averages(w, g, *state, beta1, beta2)
    m_hat, most = m / (1 - beta1**t), 2 / (1 - beta2) - 1
    rho = most - 2 * t * beta2**t / (1 - beta2**t)
    if rho <= 5:
        return w - lr * m_hat, (m, v, t)
    r = math.sqrt((rho - 4) * (rho - 2) * most / ((most - 4) * (most - 2) * rho))
    return w - lr * r * m_hat * math.sqrt(1 - beta2**t) / (np.sqrt(v) + eps), (m, v, t)


def lion_step(w, g, state=0.0, *, lr=0.0001, beta1=0.9, beta2=0.99, lam=0.0):
    r"""Make one step of Lion: the sign of an average, every coordinate by the same length.

    .. math::
        c = \beta_1 m + (1 - \beta_1)\, g, \qquad
        w \leftarrow w - lr\, (\operatorname{sign} c + \lambda w), \qquad
        m \leftarrow \beta_2 m + (1 - \beta_2)\, g

    The sign is taken of c, made with the m from before the step and the shorter memory.

    Parameters
    ----------
    w, g : array, one shape
        Parameters and their gradient.
    state : array, or the number 0 at first
        m before the step.
    lr, beta1, beta2, lam : float
        Length of a step, decay rates of c and of m, and decoupled weight decay.

    Returns
    -------
    w : array, same shape
        The new parameters.
    state : array, same shape
        m after the step.

    Raises
    ------
    TypeError, ValueError
        If an argument does not hold real numbers, or if the shapes of w and g differ.

    Notes
    -----
    The same as ``optax.lion`` and ``keras.optimizers.Lion``; PyTorch has none.

    Examples
    --------
    >>> lion_step([1, 1, 1], [300, 0, -0.02], lr=0.5)[0]
    array([0.5, 1. , 1.5])

    References
    ----------
    ``ChenLiangHuangEtAl2023``.
    """
    (w, g), m = parameters(w, g), real_array(state, "m")
    c = beta1 * m + (1 - beta1) * g
    return w - lr * (np.sign(c) + lam * w), beta2 * m + (1 - beta2) * g


# --- where Adam fails ---


def linear_game(gs, x=0.0, *, lr, beta1=0.9, beta2=0.99, eps=1e-8, largest=False) -> np.ndarray:
    r"""Walk on [-1, 1] by Adam or AMSGrad, where the gradients are given beforehand.

    .. math:: x \leftarrow \mathrm{clip}\!\left(x - \frac{lr}{\sqrt t}\,
        \frac{\hat m}{\sqrt{\hat v} + \varepsilon},\; -1,\; 1\right)

    The averages do not depend on x, so they are made first; what is left is a sum with two walls.

    Parameters
    ----------
    gs : array, shape (n,)
        The slope of the loss at each step.
    x : float
        Start.
    lr : float
        Learning rate of the first step; it shrinks as 1 / sqrt(t).
    beta1, beta2, eps : float
        As for `adam_step`.
    largest : bool
        Divide by the largest v so far, as AMSGrad does.

    Returns
    -------
    array, shape (n + 1,)
        The path, start included.

    Raises
    ------
    TypeError, ValueError
        If an argument is not what it should be.

    Examples
    --------
    >>> linear_game([1, 1, 1], lr=0.5).round(3)
    array([ 0.   , -0.5  , -0.854, -1.   ])

    References
    ----------
    ``ReddiKaleKumar2018``.
    """
    gs, t = real_array(gs, "gs", 1), np.arange(1, len(gs) + 1)
    m, v = _leaky(gs, beta1), _leaky(gs**2, beta2)
    v = np.maximum.accumulate(v) if largest else v
    moves = m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + eps) * lr / np.sqrt(t)
    path = [real_number(x, "x")]
    for move in moves.tolist():
        path.append(min(1.0, max(-1.0, path[-1] - move)))
    return np.array(path)


def _leaky(values, beta):
    """Return the leaky average after each of a row of numbers, uncorrected."""
    average, averages = 0.0, []
    for value in values.tolist():
        average = beta * average + (1 - beta) * value
        averages.append(average)
    return np.array(averages)
