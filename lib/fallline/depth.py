"""Deep networks: signals forward and backward, initial weights, normalisation, skips, clipping."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np

from fallline.inputs import real_array, real_number, whole_number

# --- activations and their slopes ---


def sigmoid(z) -> np.ndarray:
    r"""Return the logistic function of every entry, without overflow.

    .. math:: \sigma(z) = \frac{1}{1 + e^{-z}}

    Parameters
    ----------
    z : float or array

    Returns
    -------
    array
        Of the shape of z, between 0 and 1.

    Examples
    --------
    >>> sigmoid([-1000, 0, 1000])
    array([0. , 0.5, 1. ])
    """
    z = real_array(z, "z")
    e = np.exp(-np.abs(z))
    return np.where(z < 0, e, 1.0) / (1 + e)


def dsigmoid(z) -> np.ndarray:
    r"""Return the slope of the logistic function, which is 1/4 at most.

    .. math:: \sigma'(z) = \sigma(z)\, (1 - \sigma(z))

    Parameters
    ----------
    z : float or array

    Returns
    -------
    array
        Of the shape of z.

    Examples
    --------
    >>> dsigmoid([-1000, 0])
    array([0.  , 0.25])
    """
    e = np.exp(-np.abs(real_array(z, "z")))
    return e / (1 + e) ** 2


def tanh(z) -> np.ndarray:
    r"""Return the hyperbolic tangent of every entry.

    .. math:: \tanh z = 2\sigma(2z) - 1

    Parameters
    ----------
    z : float or array

    Returns
    -------
    array
        Of the shape of z, between -1 and 1.

    Examples
    --------
    >>> tanh([-1000, 0])
    array([-1.,  0.])
    """
    return np.tanh(real_array(z, "z"))


def dtanh(z) -> np.ndarray:
    r"""Return the slope of the hyperbolic tangent, which is 1 at most.

    .. math:: \tanh'(z) = 1 - \tanh^2 z = 4\, \sigma'(2z)

    Parameters
    ----------
    z : float or array

    Returns
    -------
    array
        Of the shape of z; no digits are lost where the slope is small.

    Examples
    --------
    >>> dtanh([0, 1000])
    array([1., 0.])
    """
    return 4 * dsigmoid(2 * real_array(z, "z"))


def relu(z) -> np.ndarray:
    r"""Return the positive part of every entry.

    .. math:: \max(z, 0)

    Parameters
    ----------
    z : float or array

    Returns
    -------
    array
        Of the shape of z.

    Examples
    --------
    >>> relu([-1000, 0, 2])
    array([0., 0., 2.])
    """
    return np.maximum(real_array(z, "z"), 0.0)


def drelu(z) -> np.ndarray:
    r"""Return the slope of the positive part: 1 where z > 0, else 0, also at 0.

    .. math:: [z > 0]

    Parameters
    ----------
    z : float or array

    Returns
    -------
    array
        Of the shape of z.

    Examples
    --------
    >>> drelu([-1000, 0, 2])
    array([0., 0., 1.])
    """
    return np.heaviside(real_array(z, "z"), 0.0)


def elu(z) -> np.ndarray:
    r"""Return the exponential linear unit of every entry.

    .. math:: z \text{ where } z > 0, \qquad e^z - 1 \text{ elsewhere}

    Parameters
    ----------
    z : float or array

    Returns
    -------
    array
        Of the shape of z, above -1.

    Examples
    --------
    >>> elu([-1000, 0, 2])
    array([-1.,  0.,  2.])
    """
    z = real_array(z, "z")
    return np.where(z > 0, z, np.expm1(np.minimum(z, 0.0)))


def delu(z) -> np.ndarray:
    r"""Return the slope of the exponential linear unit.

    .. math:: 1 \text{ where } z > 0, \qquad e^z \text{ elsewhere}

    Parameters
    ----------
    z : float or array

    Returns
    -------
    array
        Of the shape of z.

    Examples
    --------
    >>> delu([-1000, 0, 2])
    array([0., 1., 1.])
    """
    return np.exp(np.minimum(real_array(z, "z"), 0.0))


ACTIVATIONS: dict[str, tuple[Callable, Callable]] = {
    "sigmoid": (sigmoid, dsigmoid),
    "tanh": (tanh, dtanh),
    "relu": (relu, drelu),
    "elu": (elu, delu),
    "linear": (lambda z: real_array(z, "z"), lambda z: 0 * real_array(z, "z") + 1),
}
"""Name -> (function, slope)."""

# --- signals through a deep network ---


def _weights(Ws) -> list[np.ndarray]:
    """Return the weight matrices as float64, if each fits onto the one before it."""
    Ws = [real_array(W, f"weight matrix {k}", 2) for k, W in enumerate(Ws, start=1)]
    for k, (W, follower) in enumerate(pairwise(Ws), start=1):
        if follower.shape[1] != W.shape[0]:
            raise ValueError(
                f"layer {k} returns {W.shape[0]} numbers and layer {k + 1} takes "
                f"{follower.shape[1]}: each W has shape (n_out, n_in)"
            )
    return Ws


def _input(x, Ws) -> np.ndarray:
    """Return the input of a network as float64, if it fits the first weight matrix."""
    x = real_array(x, "x")
    if x.ndim not in (1, 2) or (Ws and x.shape[0] != Ws[0].shape[1]):
        n = Ws[0].shape[1] if Ws else "n_in"
        raise ValueError(f"x must have shape ({n},) or ({n}, batch), got {x.shape}")
    return x


def _paired(Ws, zs, g) -> tuple[list, np.ndarray]:
    """Return the pairs of W and z, the last first, if they fit each other and g."""
    Ws, zs = _weights(Ws), [real_array(z, "z") for z in zs]
    if len(Ws) != len(zs):
        raise ValueError(f"one z for each W: got {len(zs)} z and {len(Ws)} weight matrices")
    shapes = [(W.shape[0], *zs[-1].shape[1:]) for W in Ws]
    g = real_array(g, "g")
    if [z.shape for z in zs] != shapes or (zs and g.shape != shapes[-1]):
        shown = [z.shape for z in zs]
        raise ValueError(f"z must have the shapes {shapes}, and g the last, got {shown}, {g.shape}")
    return list(zip(Ws, zs, strict=True))[::-1], g


def _norms(arrays) -> np.ndarray:
    """Return the norm of each array, squares kept from overflow."""
    sizes = [float(np.max(np.abs(a), initial=0.0)) for a in arrays]
    safe = [s if s > 0 and np.isfinite(s) else 1.0 for s in sizes]
    return np.array([s * np.sqrt(np.sum((a / s) ** 2)) for a, s in zip(arrays, safe, strict=True)])


def deep_forward(Ws, x, phi: Callable) -> tuple[tuple, tuple]:
    r"""Return everything that a network without biases computes on its way forward.

    .. math:: z_l = W_l h_{l-1}, \qquad h_l = \varphi(z_l), \qquad h_0 = x

    Parameters
    ----------
    Ws : sequence of L arrays
        Weight matrices, :math:`W_l` of shape (n_out, n_in).
    x : array, shape (n_in,) or (n_in, batch)
        One input, or several as columns.
    phi : callable
        The activation, entry by entry.

    Returns
    -------
    zs : tuple of L arrays
        What goes into the activations.
    hs : tuple of L + 1 arrays
        The signals; ``hs[0]`` is a copy of the input.

    Raises
    ------
    TypeError
        If an argument does not hold real numbers.
    ValueError
        If a weight matrix does not fit onto what comes before it.

    Examples
    --------
    >>> zs, hs = deep_forward([[[1, -1], [0, 2], [3, 0]], [[1, 1, 1]]], [2, 5], relu)
    >>> zs
    (array([-3., 10.,  6.]), array([16.]))
    >>> hs[1]
    array([ 0., 10.,  6.])

    References
    ----------
    ``GlorotBengio2010``.
    """
    Ws = _weights(Ws)
    zs, hs = [], [_input(x, Ws)]
    for W in Ws:
        zs.append(W @ hs[-1])
        hs.append(real_array(phi(zs[-1].copy()), "phi(z)"))
    return tuple(zs), tuple(hs)


def backward_signals(Ws, zs, dphi: Callable, g) -> tuple:
    r"""Return the gradients with respect to the signals, layer by layer.

    .. math::
        \delta_l = \varphi'(z_l) \odot \frac{\partial L}{\partial h_l}, \qquad
        \frac{\partial L}{\partial h_{l-1}} = W_l^\top \delta_l

    Parameters
    ----------
    Ws, zs, dphi, g
        As for `backward_norms`.

    Returns
    -------
    tuple of L + 1 arrays
        :math:`\partial L / \partial h_l` for l = 0 (the input) to L.

    Raises
    ------
    TypeError, ValueError
        As for `backward_norms`.

    Examples
    --------
    >>> Ws, x = [[[1, 0], [0, 4]], [[3, 1]]], [2, -5]
    >>> zs, hs = deep_forward(Ws, x, relu)
    >>> backward_signals(Ws, zs, drelu, [2])
    (array([6., 0.]), array([6., 2.]), array([2.]))

    References
    ----------
    ``Nielsen2015``, chapter 2.
    """
    pairs, g = _paired(Ws, zs, g)
    signals = [g]
    for W, z in pairs:
        delta = real_array(dphi(z.copy()), "dphi(z)") * signals[-1]
        signals.append(W.T @ delta)
    return tuple(signals[::-1])


def backward_norms(Ws, zs, dphi: Callable, g) -> np.ndarray:
    r"""Return the norms of the gradients with respect to the signals, layer by layer.

    .. math::
        \delta_l = \varphi'(z_l) \odot \frac{\partial L}{\partial h_l}, \qquad
        \frac{\partial L}{\partial h_{l-1}} = W_l^\top \delta_l

    Parameters
    ----------
    Ws : sequence of L arrays
        Weight matrices, :math:`W_l` of shape (n_out, n_in).
    zs : sequence of L arrays
        What went into the activations, from `deep_forward`.
    dphi : callable
        The slope of the activation, entry by entry.
    g : array, shape of the last z
        :math:`\partial L / \partial h_L`; several examples stand as columns.

    Returns
    -------
    array, shape (L + 1,)
        :math:`\|\partial L / \partial h_l\|` for l = 0 (the input) to L.
        Of several examples it is the norm of all their numbers.

    Raises
    ------
    TypeError
        If an argument does not hold real numbers.
    ValueError
        If the shapes do not fit.

    Examples
    --------
    >>> Ws, x = [[[1, 0], [0, 4]], [[3, 1]]], [2, -5]
    >>> zs, hs = deep_forward(Ws, x, relu)
    >>> backward_norms(Ws, zs, drelu, [2])
    array([6.        , 6.32455532, 2.        ])

    References
    ----------
    ``Hochreiter1991``, ``Nielsen2015``, chapter 2.
    """
    return _norms(backward_signals(Ws, zs, dphi, g))


def weight_gradients(Ws, zs, hs, dphi: Callable, g) -> tuple:
    r"""Return the gradient of the loss with respect to every weight matrix.

    .. math:: \frac{\partial L}{\partial W_l} = \delta_l\, h_{l-1}^\top

    Parameters
    ----------
    Ws, zs, hs : sequences of arrays
        Weight matrices, and what `deep_forward` returned for them.
    dphi : callable
        The slope of the activation.
    g : array, shape of the last h
        :math:`\partial L / \partial h_L`.

    Returns
    -------
    tuple of L arrays
        Each of the shape of its weight matrix; summed over the examples.

    Raises
    ------
    TypeError, ValueError
        As for `backward_norms`.

    Examples
    --------
    >>> zs, hs = deep_forward([[[3, 1]]], [2, 5], relu)
    >>> weight_gradients([[[3, 1]]], zs, hs, drelu, [1])
    (array([[2., 5.]]),)

    References
    ----------
    ``Nielsen2015``, chapter 2.
    """
    signals = backward_signals(Ws, zs, dphi, g)
    deltas = [real_array(dphi(z), "dphi(z)") * s for z, s in zip(zs, signals[1:], strict=True)]
    n = 1 if signals[0].ndim == 1 else signals[0].shape[1]
    return tuple(
        d.reshape(-1, n) @ real_array(h, "h").reshape(-1, n).T
        for d, h in zip(deltas, hs, strict=False)
    )


# --- initial weights, and how variances travel ---

_VARIANCES = {
    "xavier": lambda n_in, n_out: 2 / (n_in + n_out),
    "he": lambda n_in, n_out: 2 / n_in,
    "lecun": lambda n_in, n_out: 1 / n_in,
}
_KINDS = [f"{name}-{law}" for name in _VARIANCES for law in ("normal", "uniform")]


def init_weights(kind: str, n_in: int, n_out: int, rng) -> np.ndarray:
    r"""Draw initial weights whose variance fits the size of the layer.

    .. math::
        \operatorname{Var}(W_{ij}) = \frac{2}{n_{in} + n_{out}} \text{ (xavier)}, \quad
        \frac{2}{n_{in}} \text{ (he)}, \quad \frac{1}{n_{in}} \text{ (lecun)}

    Parameters
    ----------
    kind : str
        "xavier-normal", "xavier-uniform", "he-normal", "he-uniform", "lecun-normal"
        or "lecun-uniform"; a uniform law lies between
        :math:`\pm\sqrt{3 \operatorname{Var}}`.
    n_in, n_out : int
        Numbers of inputs and outputs, at least 1.
    rng : numpy.random.Generator
        The only source of randomness.

    Returns
    -------
    array, shape (n_out, n_in)

    Raises
    ------
    TypeError, ValueError
        If the kind is unknown, or a size is not a whole number of at least 1.

    Examples
    --------
    >>> W = init_weights("he-normal", 400, 100, np.random.default_rng(0))
    >>> W.shape, float(W.std().round(3))  # sqrt(2 / 400) = 0.0707
    ((100, 400), 0.071)

    References
    ----------
    ``GlorotBengio2010``, ``HeZhangRenSun2015``, ``LeCunBottouOrrMuller1998``.
    """
    if kind not in _KINDS:
        raise ValueError(f"kind must be one of {', '.join(_KINDS)}, got {kind!r}")
    n_in, n_out = whole_number(n_in, "n_in", least=1), whole_number(n_out, "n_out", least=1)
    name, law = kind.split("-")
    std, shape = np.sqrt(_VARIANCES[name](n_in, n_out)), (n_out, n_in)
    if law == "normal":
        return rng.normal(0.0, std, shape)
    return rng.uniform(-np.sqrt(3) * std, np.sqrt(3) * std, shape)


def _variance(q, name: str) -> float:
    """Return a variance as a float; NaN passes, negative numbers do not."""
    q = real_number(q, name)
    if q < 0:
        raise ValueError(f"{name} is a variance and cannot be negative, got {q}")
    return q


def variance_map(q, sw2, phi: Callable, rng, n: int, *, sb2=0.0) -> float:
    r"""Return the variance of the next layer's z, estimated from n normal numbers.

    .. math:: q' = \sigma_w^2 \operatorname{E}[\varphi(\sqrt{q}\, \xi)^2] + \sigma_b^2,
        \qquad \xi \sim N(0, 1)

    Parameters
    ----------
    q : float
        Variance of this layer's z.
    sw2 : float
        :math:`\sigma_w^2`, number of inputs times the variance of a weight.
    phi : callable
        The activation.
    rng : numpy.random.Generator
        Draws the n standard normal numbers, in one call.
    n : int
        How many.
    sb2 : float
        :math:`\sigma_b^2`, the variance of a bias.

    Returns
    -------
    float

    Raises
    ------
    TypeError
        If an argument is not a real number.
    ValueError
        If a variance is negative.

    Examples
    --------
    >>> round(variance_map(3.0, 2.0, relu, np.random.default_rng(0), 100_000), 2)
    2.99

    References
    ----------
    ``PooleLahiriRaghuSohlDicksteinGanguli2016``.
    """
    q, sw2, sb2 = _variance(q, "q"), _variance(sw2, "sw2"), _variance(sb2, "sb2")
    h = real_array(phi(np.sqrt(q) * rng.standard_normal(n)), "phi(z)")
    return float(sw2 * np.mean(h * h) + sb2)


def chi(q, sw2, dphi: Callable, rng, n: int) -> float:
    r"""Return the factor that one layer puts on the squared norm of the gradient.

    .. math:: \chi = \sigma_w^2 \operatorname{E}[\varphi'(\sqrt{q}\, \xi)^2],
        \qquad \xi \sim N(0, 1)

    Parameters
    ----------
    q, sw2, rng, n
        As for `variance_map`.
    dphi : callable
        The slope of the activation.

    Returns
    -------
    float

    Raises
    ------
    TypeError, ValueError
        As for `variance_map`.

    Examples
    --------
    >>> round(chi(3.0, 2.0, drelu, np.random.default_rng(0), 100_000), 2)
    1.0

    References
    ----------
    ``PooleLahiriRaghuSohlDicksteinGanguli2016``.
    """
    return variance_map(q, sw2, dphi, rng, n)


_XI = (np.arange(-800, 800) + 0.5) * 0.01
_DENSITY = np.exp(-(_XI**2) / 2) / np.sum(np.exp(-(_XI**2) / 2))


def mean_field(L: int, sw2, phi: Callable, dphi: Callable, *, q0=1.0) -> tuple:
    r"""Return the variances and the factors that very wide layers have, without drawing.

    The two means of `variance_map` and `chi` are sums over 1600 equally spaced points,
    so there is nothing random in them; the biases are 0.

    Parameters
    ----------
    L : int
        How many layers.
    sw2 : float
        :math:`\sigma_w^2`.
    phi, dphi : callable
        The activation and its slope.
    q0 : float
        Mean square of the input.

    Returns
    -------
    q : array, shape (L,)
        Variance of :math:`z_1, \dots, z_L`.
    chis : array, shape (L,)
        Factor of each layer; the root of a product of them is the factor of the norm.

    Raises
    ------
    TypeError, ValueError
        As for `variance_map`.

    Examples
    --------
    >>> q, chis = mean_field(3, 2.0, relu, drelu)
    >>> q.round(4), chis.round(4)
    (array([2., 2., 2.]), array([1., 1., 1.]))

    References
    ----------
    ``PooleLahiriRaghuSohlDicksteinGanguli2016``.
    """
    sw2, square = _variance(sw2, "sw2"), _variance(q0, "q0")
    q, chis = [], []
    for _ in range(L):
        q.append(sw2 * square)
        z = np.sqrt(q[-1]) * _XI
        square = float(_DENSITY @ real_array(phi(z), "phi(z)") ** 2)
        chis.append(sw2 * float(_DENSITY @ real_array(dphi(z), "dphi(z)") ** 2))
    return np.array(q), np.array(chis)


# --- clipping ---


def clip_by_global_norm(grads, c) -> tuple:
    r"""Shorten all gradients together until their common norm is at most c.

    .. math:: g \cdot \min\left(1, \frac{c}{\|g\|}\right), \qquad
        \|g\|^2 = \sum_k \|g_k\|^2

    Parameters
    ----------
    grads : sequence of arrays
        The parts of one gradient, of any shapes.
    c : float
        The largest norm that is let through, positive.

    Returns
    -------
    tuple of arrays
        New arrays of the same shapes, all multiplied by the same number.

    Raises
    ------
    TypeError
        If an argument does not hold real numbers.
    ValueError
        If c is not positive.

    Examples
    --------
    >>> clip_by_global_norm([[3, 4], [0, 0, 12]], 6.5)
    (array([1.5, 2. ]), array([0., 0., 6.]))

    References
    ----------
    ``PascanuMikolovBengio2013``.
    """
    grads, c = [real_array(g, "a gradient") for g in grads], _limit(c)
    norm = _norms([_norms(grads)])[0]
    return tuple(c * (g / norm) if norm > c else g for g in grads)


def clip_by_value(grads, c) -> tuple:
    r"""Cut every entry to the range from -c to c; this changes the direction.

    .. math:: g_i \leftarrow \max(-c, \min(c, g_i))

    Parameters
    ----------
    grads : sequence of arrays
        The parts of one gradient.
    c : float
        The largest size of an entry, positive.

    Returns
    -------
    tuple of arrays
        New arrays of the same shapes.

    Raises
    ------
    TypeError, ValueError
        As for `clip_by_global_norm`.

    Examples
    --------
    >>> clip_by_value([[3, -4], [0.5]], 1)
    (array([ 1., -1.]), array([0.5]))

    References
    ----------
    ``PascanuMikolovBengio2013``.
    """
    c = _limit(c)
    return tuple(np.asarray(np.clip(real_array(g, "a gradient"), -c, c)) for g in grads)


def _limit(c) -> float:
    """Return the limit of a clipping, which must be positive."""
    c = real_number(c, "c")
    if not c > 0:
        raise ValueError(f"c must be positive, got {c}")
    return c


# --- normalisation ---


def _normalised(x, g, b, eps, axis: int):
    """Return x, g, b as arrays, and x minus its mean, over its root mean square, with that root."""
    x, g, b = real_array(x, "x", 2), real_array(g, "g"), real_array(b, "b")
    for name, p in (("g", g), ("b", b)):
        if p.shape not in ((), (x.shape[1],)):
            raise ValueError(f"{name} needs one entry per column of x, {x.shape[1]}, got {p.shape}")
    centred = x - x.mean(axis=axis, keepdims=True)
    s = np.sqrt((centred**2).mean(axis=axis, keepdims=True) + real_number(eps, "eps"))
    return x, g, b, centred / s, s


def _norm_backward(dy, x, g, eps, axis: int) -> tuple:
    """Return dx, dg, db of y = g * normalised + b."""
    x, g, _, xhat, s = _normalised(x, g, 0.0, eps, axis)
    dy = real_array(dy, "dy", 2)
    if dy.shape != x.shape:
        raise ValueError(f"dy must have the shape of x, {x.shape}, got {dy.shape}")
    d = g * dy
    mean, along = (np.mean(a, axis=axis, keepdims=True) for a in (d, d * xhat))
    return (d - mean - xhat * along) / s, np.sum(dy * xhat, axis=0), np.sum(dy, axis=0)


def batchnorm(x, g, b, eps=1e-5) -> np.ndarray:
    r"""Normalise every feature over the batch, then stretch and shift it.

    .. math:: y = g \odot \hat x + b, \qquad
        \hat x = \frac{x - \mu}{\sqrt{s^2 + \varepsilon}}

    Mean and variance are those of the batch, column by column; the variance divides by N.

    Parameters
    ----------
    x : array, shape (N, d)
        One example a row.
    g, b : array, shape (d,), or float
        Stretch and shift of each feature.
    eps : float
        The small number under the root.

    Returns
    -------
    array, shape (N, d)

    Raises
    ------
    TypeError
        If an argument does not hold real numbers.
    ValueError
        If the shapes do not fit.

    Examples
    --------
    >>> batchnorm([[1, 10], [3, 30]], g=[1, 2], b=[0, 5], eps=0)
    array([[-1.,  3.],
           [ 1.,  7.]])

    References
    ----------
    ``IoffeSzegedy2015``.
    """
    _, g, b, xhat, _ = _normalised(x, g, b, eps, axis=0)
    return g * xhat + b


def batchnorm_backward(dy, x, g, eps=1e-5) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    r"""Return the gradients of a loss through `batchnorm`.

    .. math::
        \frac{\partial L}{\partial x} = \frac{1}{\sqrt{s^2 + \varepsilon}} \left(
        \hat g - \operatorname{mean}(\hat g) - \hat x \operatorname{mean}(\hat g \odot \hat x)
        \right), \qquad \hat g = g \odot \frac{\partial L}{\partial y}

    Parameters
    ----------
    dy : array, shape (N, d)
        :math:`\partial L / \partial y`.
    x, g, eps
        As for `batchnorm`.

    Returns
    -------
    dx : array, shape (N, d)
    dg, db : array, shape (d,)
        Gradients with respect to the stretch and to the shift.

    Raises
    ------
    TypeError, ValueError
        As for `batchnorm`.

    Examples
    --------
    >>> dx, dg, db = batchnorm_backward([[1, 0], [0, 1]], [[1, 10], [3, 30]], g=[1, 1], eps=3)
    >>> dx[:, 0], dg
    (array([ 0.1875, -0.1875]), array([-0.5       ,  0.98532928]))

    References
    ----------
    ``IoffeSzegedy2015``.
    """
    return _norm_backward(dy, x, g, eps, axis=0)


def layernorm(x, g, b, eps=1e-5) -> np.ndarray:
    r"""Normalise every example over its features, then stretch and shift them.

    .. math:: y = g \odot \hat x + b, \qquad
        \hat x = \frac{x - \mu}{\sqrt{s^2 + \varepsilon}}

    Mean and variance are those of one row, so examples do not see each other.

    Parameters
    ----------
    x, g, b, eps
        As for `batchnorm`.

    Returns
    -------
    array, shape (N, d)

    Raises
    ------
    TypeError, ValueError
        As for `batchnorm`.

    Examples
    --------
    >>> layernorm([[1, 3], [10, 30]], g=1, b=0, eps=0)
    array([[-1.,  1.],
           [-1.,  1.]])

    References
    ----------
    ``BaKirosHinton2016``.
    """
    _, g, b, xhat, _ = _normalised(x, g, b, eps, axis=1)
    return g * xhat + b


def layernorm_backward(dy, x, g, eps=1e-5) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the gradients of a loss through `layernorm`: as `batchnorm_backward`, along rows.

    Parameters
    ----------
    dy, x, g, eps
        As for `batchnorm_backward`.

    Returns
    -------
    dx : array, shape (N, d)
    dg, db : array, shape (d,)

    Raises
    ------
    TypeError, ValueError
        As for `batchnorm`.

    Examples
    --------
    >>> dx, dg, db = layernorm_backward([[1, 0]], [[1, 3]], g=1, eps=3)
    >>> dx, db
    (array([[ 0.1875, -0.1875]]), array([1., 0.]))

    References
    ----------
    ``BaKirosHinton2016``.
    """
    return _norm_backward(dy, x, g, eps, axis=1)


# --- residual paths ---


def residual_scale(L: int) -> float:
    r"""Return the factor on each of L branches that keeps their sum in bounds.

    .. math:: s = \frac{1}{\sqrt{L}}, \qquad (1 + s^2)^L = \left(1 + \tfrac{1}{L}\right)^L < e

    Parameters
    ----------
    L : int
        How many branches, at least 1.

    Returns
    -------
    float

    Raises
    ------
    TypeError
        If L is not a real number.
    ValueError
        If L is smaller than 1.

    Examples
    --------
    >>> residual_scale(16)
    0.25

    References
    ----------
    ``ZhangDauphinMa2019``.
    """
    L = real_number(L, "L")
    if L < 1:
        raise ValueError(f"L counts the branches, at least 1, got {L:g}")
    return float(1 / np.sqrt(L))


def residual_forward(Ws, x, phi: Callable, scale=None) -> tuple[tuple, tuple]:
    r"""Return what a network computes whose layers add to a path that goes straight through.

    .. math:: z_l = W_l h_{l-1}, \qquad h_l = h_{l-1} + s\, \varphi(z_l)

    Parameters
    ----------
    Ws : sequence of L arrays
        Square weight matrices of one shape (n, n).
    x : array, shape (n,) or (n, batch)
        The input.
    phi : callable
        The activation.
    scale : float, optional
        The factor s of every branch; by default ``residual_scale(L)``.

    Returns
    -------
    zs : tuple of L arrays
    hs : tuple of L + 1 arrays
        ``hs[0]`` is a copy of the input.

    Raises
    ------
    TypeError
        If an argument does not hold real numbers.
    ValueError
        If a weight matrix is not square or does not fit.

    Examples
    --------
    >>> zs, hs = residual_forward([[[0, 1], [1, 0]]] * 4, [2, 0], relu)
    >>> hs[-1]  # ((1, .5), (.5, 1)) to the fourth power, times (2, 0)
    array([5.125, 5.   ])

    References
    ----------
    ``HeZhangRenSun2016``.
    """
    Ws = _square(Ws)
    scale = residual_scale(len(Ws)) if scale is None else real_number(scale, "scale")
    zs, hs = [], [_input(x, Ws)]
    for W in Ws:
        zs.append(W @ hs[-1])
        hs.append(hs[-1] + scale * real_array(phi(zs[-1].copy()), "phi(z)"))
    return tuple(zs), tuple(hs)


def residual_norms(Ws, zs, dphi: Callable, g, scale=None) -> np.ndarray:
    r"""Return the norms of the gradients in a network of `residual_forward`.

    .. math:: \frac{\partial L}{\partial h_{l-1}} = \frac{\partial L}{\partial h_l}
        + s\, W_l^\top \left(\varphi'(z_l) \odot \frac{\partial L}{\partial h_l}\right)

    Parameters
    ----------
    Ws, zs, dphi, g
        As for `backward_norms`.
    scale : float, optional
        As for `residual_forward`.

    Returns
    -------
    array, shape (L + 1,)
        :math:`\|\partial L / \partial h_l\|` for l = 0 to L.

    Raises
    ------
    TypeError, ValueError
        As for `backward_norms`.

    Examples
    --------
    >>> zs, hs = residual_forward([[[2]]], [3], relu, scale=0.5)
    >>> residual_norms([[[2]]], zs, drelu, [1], scale=0.5)
    array([2., 1.])

    References
    ----------
    ``HeZhangRenSun2016``.
    """
    Ws = _square(Ws)
    scale = residual_scale(len(Ws)) if scale is None else real_number(scale, "scale")
    pairs, g = _paired(Ws, zs, g)
    signals = [g]
    for W, z in pairs:
        delta = scale * real_array(dphi(z.copy()), "dphi(z)") * signals[-1]
        signals.append(signals[-1] + W.T @ delta)
    return _norms(signals[::-1])


def _square(Ws) -> list[np.ndarray]:
    """Return weight matrices that map a space to itself, as the path through it needs."""
    Ws = _weights(Ws)
    for W in Ws:
        if W.shape[0] != W.shape[1]:
            raise ValueError(f"a branch is added to its input, so W must be square, got {W.shape}")
    return Ws


# --- symmetry ---


def break_symmetry_rank(W1_hist, tol=1e-8) -> int | float:
    r"""Return the rank of the hidden weights when training has ended.

    It is the number of singular values larger than tol times the largest one.

    Parameters
    ----------
    W1_hist : array, shape (steps + 1, n_hidden, n_in)
        The first layer's weights before training and after each step.
    tol : float
        What counts as 0, relative to the largest singular value; positive.

    Returns
    -------
    int
        The rank of the last weights; NaN where they hold NaN or infinity.

    Raises
    ------
    TypeError
        If the history does not hold real numbers.
    ValueError
        If it has not three axes, if it is empty, or if tol is not positive.

    Examples
    --------
    >>> start, end = [[1, 1], [1, 1]], [[3, 2], [3, 2]]
    >>> break_symmetry_rank([start, end])
    1

    References
    ----------
    ``GoodfellowBengioCourville2016``, section 8.4.
    """
    W1_hist, tol = real_array(W1_hist, "W1_hist", 3), real_number(tol, "tol")
    if not W1_hist.size or not tol > 0:
        raise ValueError("W1_hist must not be empty, and tol must be positive")
    if not np.all(np.isfinite(W1_hist[-1])):
        return float("nan")
    sizes = np.linalg.svd(W1_hist[-1], compute_uv=False)
    return int(np.sum(sizes > tol * sizes[0]))
