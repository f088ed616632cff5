"""A step size for every coordinate: delta-bar-delta, Rprop, AdaGrad, RMSProp, Adadelta."""

from __future__ import annotations

import math

import numpy as np

from fallline.inputs import parameters, real_array, real_number


def _memory(value, name: str, w: np.ndarray) -> np.ndarray:
    """Return a part of the state as an array of the shape of w; a number fills it."""
    array = real_array(value, name)
    if array.ndim and array.shape != w.shape:
        raise ValueError(f"{name} must be a number or have the shape of w, got {array.shape}")
    return np.broadcast_to(array, w.shape)


def _memories(state, names, w: np.ndarray) -> list[np.ndarray]:
    """Return every part of a state as an array of the shape of w."""
    return [_memory(part, name, w) for part, name in zip(state, names, strict=True)]


def _share(value, name: str) -> float:
    """Return what a leaky average keeps of its past: from 0 to less than 1."""
    number = real_number(value, name)
    if number < 0 or number >= 1:
        raise ValueError(f"{name} must be at least 0 and below 1, got {number}")
    return number


# --- what the signs say ---


def sign_step(w, g, state=None, *, lr):
    r"""Step by the same length along every coordinate.

    .. math:: w \leftarrow w - lr\; \mathrm{sign}(g)

    Parameters
    ----------
    w, g : array, one shape
        Parameters and their gradient.
    state : None
        Nothing is remembered.
    lr : float
        How far each coordinate moves.

    Returns
    -------
    w : array, same shape
        The new parameters; where the gradient is 0 they stay.
    state : None
        As it came.

    Raises
    ------
    TypeError, ValueError
        If an argument does not hold real numbers, or if the shapes differ.

    Examples
    --------
    >>> sign_step([3, 4, 5], [100, -1, 0], lr=0.5)
    (array([2.5, 4.5, 5. ]), None)

    References
    ----------
    ``BernsteinWangAzizzadenesheliAnandkumar2018``.
    """
    w, g = parameters(w, g)
    return w - real_number(lr, "lr") * np.sign(g), state


def delta_bar_delta_step(w, g, state=(0.0, 1.0), *, lr, up=0.1, down=0.9, beta=0.7):
    r"""Make one step in which each coordinate's rate has grown or shrunk by the signs it saw.

    .. math::
        \gamma &\leftarrow
        \begin{cases}
            \gamma + up & \bar g\, g > 0 \\
            \gamma \cdot down & \bar g\, g < 0 \\
            \gamma & \bar g\, g = 0
        \end{cases} \\
        \bar g &\leftarrow (1 - \beta)\, g + \beta\, \bar g \\
        w &\leftarrow w - lr\; \gamma \odot g

    Parameters
    ----------
    w, g : array, one shape
        Parameters and their gradient, of the full batch.
    state : tuple (gbar, gain)
        The averaged gradient and the gain of each coordinate: arrays of the shape of w,
        or numbers for all coordinates.
    lr : float
        Learning rate of a coordinate whose gain is 1.
    up : float
        What is added to a gain where the signs agree.
    down : float
        What a gain is multiplied by where they differ.
    beta : float
        What the average keeps, from 0 to less than 1; with 0 it is the last gradient.

    Returns
    -------
    w : array, same shape
        The new parameters.
    state : tuple of array
        The new average and gains.

    Raises
    ------
    TypeError, ValueError
        If an argument does not hold real numbers, or if the shapes differ.

    Notes
    -----
    Jacobs adds :math:`\kappa` to the rate itself, which is ``lr * gain``: his
    :math:`\kappa` is ``lr * up``, and his :math:`\phi` is ``1 - down``.
    PyTorch, Optax and Keras do not have it.

    Examples
    --------
    >>> w, state = delta_bar_delta_step([1, 1], [2, 2], lr=0.1)
    >>> w, (gbar, gain) = delta_bar_delta_step(w, [1, -1], state, lr=0.1)
    >>> gain
    array([1.1, 0.9])
    >>> w
    array([0.69, 0.89])

    References
    ----------
    ``Jacobs1988``.
    """
    w, g = parameters(w, g)
    gbar, gain = _memories(state, ("gbar", "gain"), w)
    lr, up, down = real_number(lr, "lr"), real_number(up, "up"), real_number(down, "down")
    beta, agree = _share(beta, "beta"), gbar * g
    gain = np.where(agree > 0, gain + up, np.where(agree < 0, gain * down, gain))
    return w - lr * gain * g, ((1 - beta) * g + beta * gbar, gain)


def rprop_step(w, g, state=(0.0, 0.1), *, up=1.2, down=0.5, low=1e-6, high=50.0):
    r"""Make one step whose length each coordinate has learnt from the signs of its gradient.

    .. math::
        \Delta &\leftarrow
        \begin{cases}
            \min(up \cdot \Delta,\, high) & g_{\text{prev}}\, g > 0 \\
            \max(down \cdot \Delta,\, low) & g_{\text{prev}}\, g < 0 \\
            \Delta & \text{else}
        \end{cases} \\
        g &\leftarrow 0 \quad \text{where } g_{\text{prev}}\, g < 0 \\
        w &\leftarrow w - \mathrm{sign}(g) \odot \Delta, \qquad g_{\text{prev}} \leftarrow g

    Parameters
    ----------
    w, g : array, one shape
        Parameters and their gradient, of the full batch.
    state : tuple (g_prev, size)
        The last gradient and the length of each coordinate's step: arrays of the shape of w,
        or numbers for all coordinates.
    up, down : float
        Factors on the length where the sign stays, and where it flips.
    low, high : float
        Bounds of the length.

    Returns
    -------
    w : array, same shape
        The new parameters.
    state : tuple of array
        The gradient, with a 0 where its sign flipped, and the new lengths.

    Raises
    ------
    TypeError, ValueError
        If an argument does not hold real numbers, or if the shapes differ.

    Notes
    -----
    This is the variant without weight-backtracking in which a coordinate that overshot waits for
    one step, iRprop− of Igel and Hüsken.
    It equals ``torch.optim.Rprop``, whose ``lr`` is the first length: ``state=(0.0, lr)``, as long
    as that lies within the bounds; PyTorch moves every length into them.
    Optax's ``rprop`` makes each move one gradient later; Keras has none.

    Examples
    --------
    >>> w, state = rprop_step([1.0, 1.0], [100, 0.01])
    >>> w
    array([0.9, 0.9])
    >>> w, (g_prev, size) = rprop_step(w, [100, -0.01], state)
    >>> w, g_prev, size
    (array([0.78, 0.9 ]), array([100.,   0.]), array([0.12, 0.05]))

    References
    ----------
    ``RiedmillerBraun1993``, ``IgelHusken2000``.
    """
    w, g = parameters(w, g)
    g_prev, size = _memories(state, ("g_prev", "size"), w)
    longer = np.minimum(real_number(up, "up") * size, real_number(high, "high"))
    shorter = np.maximum(real_number(down, "down") * size, real_number(low, "low"))
    agree = g_prev * g
    size = np.where(agree > 0, longer, np.where(agree < 0, shorter, size))
    g = np.where(agree < 0, 0.0, g)
    return w - np.sign(g) * size, (g, size)


# --- what the sizes say ---


def adagrad_step(w, g, s=0.0, *, lr, eps=1e-10):
    r"""Make one step of AdaGrad: each coordinate divides by the root of its sum of squares.

    .. math::
        s &\leftarrow s + g \odot g \\
        w &\leftarrow w - lr\; \frac{g}{\sqrt{s} + \varepsilon}

    Parameters
    ----------
    w, g : array, one shape
        Parameters and their gradient.
    s : array, of the shape of w, or float
        The state: the sum of the squared gradients so far.
    lr : float
        Learning rate.
    eps : float
        Added to the root, so that a coordinate that has seen no gradient yet stays.

    Returns
    -------
    w : array, same shape
        The new parameters.
    s : array, same shape
        The new sum.

    Raises
    ------
    TypeError, ValueError
        If an argument does not hold real numbers, or if the shapes differ.

    Notes
    -----
    Equals ``torch.optim.Adagrad``, with its defaults; its ``initial_accumulator_value`` is the
    first ``s``, and its ``lr_decay`` the schedule ``lr / (1 + (t - 1) lr_decay)``.
    Optax, Keras and d2l put eps inside of the root, and the first two start with ``s = 0.1``.

    Examples
    --------
    >>> adagrad_step([1, 1], [1, 100], lr=0.1)
    (array([0.9, 0.9]), array([1.e+00, 1.e+04]))

    References
    ----------
    ``DuchiHazanSinger2011``, ``McMahanStreeter2010``.
    """
    w, g = parameters(w, g)
    s = _memory(s, "s", w) + g * g
    return w - real_number(lr, "lr") * g / (np.sqrt(s) + real_number(eps, "eps")), s


def rmsprop_step(w, g, v=0.0, *, lr, rho=0.9, eps=1e-8):
    r"""Make one step of RMSProp: divide by the root of a leaky average of the squares.

    .. math::
        v &\leftarrow \rho\, v + (1 - \rho)\, g \odot g \\
        w &\leftarrow w - lr\; \frac{g}{\sqrt{v} + \varepsilon}

    Parameters
    ----------
    w, g : array, one shape
        Parameters and their gradient.
    v : array, of the shape of w, or float
        The state: the averaged squares of the gradients so far.
    lr : float
        Learning rate.
    rho : float
        What the average keeps, from 0 to less than 1.
    eps : float
        Added to the root.

    Returns
    -------
    w : array, same shape
        The new parameters.
    v : array, same shape
        The new average.

    Raises
    ------
    TypeError, ValueError
        If an argument does not hold real numbers, if the shapes differ, or if rho is out of range.

    Notes
    -----
    Equals ``torch.optim.RMSprop``, where rho is called ``alpha`` and is 0.99 unless said, and
    CS231n's ``rmsprop``.
    Optax, Keras and d2l put eps inside of the root; autograd starts with ``v = 1``.
    With momentum PyTorch averages g / (root + eps) and keeps lr outside;
    Optax and Keras keep it inside.

    Examples
    --------
    >>> rmsprop_step([1, 1], [1, 100], lr=0.1, rho=0.75)
    (array([0.8, 0.8]), array([2.5e-01, 2.5e+03]))

    References
    ----------
    ``TielemanHinton2012``.
    """
    w, g = parameters(w, g)
    rho = _share(rho, "rho")
    v = rho * _memory(v, "v", w) + (1 - rho) * g * g
    return w - real_number(lr, "lr") * g / (np.sqrt(v) + real_number(eps, "eps")), v


def centred_rmsprop_step(w, g, state=(0.0, 0.0), *, lr, rho=0.9, eps=1e-8):
    r"""Make one step of centred RMSProp: divide by the spread of the gradients.

    .. math::
        m &\leftarrow \rho\, m + (1 - \rho)\, g, \qquad
        v \leftarrow \rho\, v + (1 - \rho)\, g \odot g \\
        w &\leftarrow w - lr\; \frac{g}{\sqrt{\max(v - m \odot m,\, 0)} + \varepsilon}

    Parameters
    ----------
    w, g : array, one shape
        Parameters and their gradient.
    state : tuple (m, v)
        Averaged gradients and averaged squares: arrays of the shape of w, or numbers.
    lr, rho, eps : float
        As for `rmsprop_step`.

    Returns
    -------
    w : array, same shape
        The new parameters.
    state : tuple of array
        The new averages.

    Raises
    ------
    TypeError, ValueError
        As for `rmsprop_step`.

    Notes
    -----
    Equals ``torch.optim.RMSprop(centered=True)`` but for the maximum: where the gradient hardly
    changes, rounding makes :math:`v - m^2` negative, and a root without the maximum is NaN; with
    rho = 0.9 that is so at the 331st gradient of 7 (in PyTorch 2.13, of 0.1).
    Here the step is then ``lr * g / eps``: a number, and far too long.
    Optax and Keras put eps inside of the root.

    Examples
    --------
    >>> w, (m, v) = centred_rmsprop_step([1.0], [2.0], lr=0.1, rho=0.5)
    >>> w, m, v
    (array([0.8]), array([1.]), array([2.]))

    References
    ----------
    ``Graves2013``.
    """
    w, g = parameters(w, g)
    m, v = _memories(state, "mv", w)
    rho = _share(rho, "rho")
    m, v = rho * m + (1 - rho) * g, rho * v + (1 - rho) * g * g
    spread = np.sqrt(np.maximum(v - m * m, 0))
    return w - real_number(lr, "lr") * g / (spread + real_number(eps, "eps")), (m, v)


def adadelta_step(w, g, state=(0.0, 0.0), *, rho=0.95, eps=1e-6):
    r"""Make one step of Adadelta: as long as recent steps were, relative to recent gradients.

    .. math::
        v &\leftarrow \rho\, v + (1 - \rho)\, g \odot g \\
        \Delta &= -\frac{\sqrt{r + \varepsilon}}{\sqrt{v + \varepsilon}}\; g \\
        r &\leftarrow \rho\, r + (1 - \rho)\, \Delta \odot \Delta \\
        w &\leftarrow w + \Delta

    Parameters
    ----------
    w, g : array, one shape
        Parameters and their gradient.
    state : tuple (v, r)
        Averaged squares of the gradients and of the steps: arrays of the shape of w, or numbers.
    rho : float
        What both averages keep, from 0 to less than 1.
    eps : float
        Inside of both roots, as in the paper; positive, or no step is ever made.

    Returns
    -------
    w : array, same shape
        The new parameters.
    state : tuple of array
        The new averages.

    Raises
    ------
    TypeError, ValueError
        If an argument does not hold real numbers, if the shapes differ, if rho is out of range,
        or if eps is not positive.

    Notes
    -----
    Equals ``torch.optim.Adadelta`` with ``lr=1`` and rho of 0.9; another ``lr`` multiplies the
    step, and not what ``r`` averages.
    Optax and Keras have the same rule; Keras starts with ``lr=0.001``, eps of 1e-7.

    Examples
    --------
    >>> w, (v, r) = adadelta_step([1.0], [2.0], rho=0.75, eps=3.0)
    >>> w, v, r
    (array([-0.73205081]), array([1.]), array([0.75]))

    References
    ----------
    ``Zeiler2012``.
    """
    w, g = parameters(w, g)
    v, r = _memories(state, "vr", w)
    rho, eps = _share(rho, "rho"), real_number(eps, "eps")
    if eps <= 0:
        raise ValueError(f"eps must be positive, got {eps}: with 0 no step is ever made")
    v = rho * v + (1 - rho) * g * g
    move = -np.sqrt(r + eps) / np.sqrt(v + eps) * g
    return w + move, (v, rho * r + (1 - rho) * move * move)


def effective_lr(method: str, G, *, lr, rho=0.9, eps=1e-8) -> np.ndarray:
    r"""Return the factor on the gradient in every step, for each coordinate.

    .. math::
        \frac{lr}{\sqrt{s_t} + \varepsilon}, \qquad
        \text{AdaGrad: } s_t = \sum_{k \le t} g_k \odot g_k, \qquad
        \text{RMSProp: } s_t = \rho\, s_{t-1} + (1 - \rho)\, g_t \odot g_t

    Parameters
    ----------
    method : str
        ``"gd"``, where it is lr itself, ``"adagrad"`` or ``"rmsprop"``.
    G : array, shape (T, d)
        The gradients, one a row, in their order.
    lr : float
        Learning rate.
    rho : float
        What RMSProp's average keeps; the others do not look at it.
    eps : float
        Added to the root.

    Returns
    -------
    array, shape (T, d)
        Row t holds what the gradient in row t is multiplied by in its step;
        lr / eps where no gradient but 0 was seen.

    Raises
    ------
    TypeError, ValueError
        If an argument does not hold real numbers, if G has not two axes,
        or if the method has another name.

    Examples
    --------
    >>> effective_lr("adagrad", [[3, 1], [4, 0]], lr=0.3, eps=0)
    array([[0.1 , 0.3 ],
           [0.06, 0.3 ]])
    """
    G, lr, eps = real_array(G, "G", 2), real_number(lr, "lr"), real_number(eps, "eps")
    rho = _share(rho, "rho")
    if method == "gd":
        return np.full(G.shape, lr)
    if method not in ("adagrad", "rmsprop"):
        raise ValueError(f'method must be "gd", "adagrad" or "rmsprop", got {method!r}')
    keep, take = (1.0, 1.0) if method == "adagrad" else (rho, 1 - rho)
    s, rates = np.zeros(G.shape[1]), np.empty_like(G)
    for t, g in enumerate(G):
        s = keep * s + take * g * g
        rates[t] = np.sqrt(s) + eps
    with np.errstate(divide="ignore"):
        return lr / rates


# --- the axes ---


def rotate_problem(H, theta) -> tuple[np.ndarray, np.ndarray]:
    r"""Turn a quadratic in the plane, and return with its new Hessian what turns its points.

    .. math::
        R = \begin{pmatrix} \cos\theta & -\sin\theta \\ \sin\theta & \cos\theta \end{pmatrix},
        \qquad H' = R H R^\top, \qquad
        \tfrac12 (Rw)^\top H' (Rw) = \tfrac12 w^\top H w

    Parameters
    ----------
    H : array, shape (2, 2)
        The Hessian.
    theta : float
        The angle in radians, counterclockwise.

    Returns
    -------
    H : array, shape (2, 2)
        The turned Hessian.
    R : array, shape (2, 2)
        The rotation: what was at w is now at ``R @ w``.

    Raises
    ------
    TypeError, ValueError
        If H is not a 2 x 2 matrix of real numbers, or theta not one real number.

    Examples
    --------
    >>> H, R = rotate_problem([[1, 0], [0, 3]], np.pi / 4)
    >>> H.round(12)
    array([[ 2., -1.],
           [-1.,  2.]])
    >>> (R @ [1, 0]).round(3)
    array([0.707, 0.707])
    """
    H, theta = real_array(H, "H", 2), real_number(theta, "theta")
    if H.shape != (2, 2):
        raise ValueError(f"H must have shape (2, 2), got {H.shape}")
    c, s = math.cos(theta), math.sin(theta)
    R = np.array([[c, -s], [s, c]])
    return R @ H @ R.T, R
