"""Gradients estimated from a few examples: batches, their noise, schedules and averages."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise

import numpy as np

from fallline.inputs import gradient_at, parameters, real_array, real_number, whole_number

# --- batches ---


def _sizes(n, B) -> tuple[int, int]:
    """Return the number of examples and the batch size, both at least 1."""
    return whole_number(n, "n", 1), whole_number(B, "B", 1)


def minibatches(n: int, B: int, rng, drop_last: bool = False) -> list[np.ndarray]:
    r"""Cut the numbers 0 to n - 1, freshly shuffled, into batches: one epoch.

    .. math:: \{0, \dots, n - 1\} = I_1 \cup I_2 \cup \dots, \qquad |I_j| = B

    One call of ``rng.permutation(n)`` makes the order.
    ``X[I]`` and ``y[I]`` with one I stay pairs; two shuffles, one for X and one for y, do not.

    Parameters
    ----------
    n : int
        Number of examples, at least 1.
    B : int
        Batch size, at least 1; more than n gives one batch of all.
    rng : numpy.random.Generator
        The only source of randomness; the next call gives another order.
    drop_last : bool
        Whether a last batch of fewer than B examples is left out.

    Returns
    -------
    list of arrays of int
        The batches; each index occurs once, unless it was left out with the last batch.

    Raises
    ------
    TypeError, ValueError
        If n or B is not a whole number from 1 on.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> [batch.tolist() for batch in minibatches(5, 2, rng)]
    [[2, 4], [3, 0], [1]]

    References
    ----------
    ``Bottou2012``.
    """
    n, B = _sizes(n, B)
    order = rng.permutation(n)
    batches = [order[start : start + B].copy() for start in range(0, n, B)]
    return batches[:-1] if drop_last and len(batches[-1]) < B else batches


def paired_batches(X, y, B: int, rng) -> list[tuple[np.ndarray, np.ndarray]]:
    r"""Cut data and targets into shuffled batches that stay pairs: one epoch.

    .. math:: (X_I, y_I), \qquad I \text{ from } \texttt{minibatches}(N, B)

    Parameters
    ----------
    X : array, shape (N, ...)
        The examples, one a row.
    y : array, shape (N, ...)
        What belongs to each; class numbers stay integers.
    B : int
        Batch size.
    rng : numpy.random.Generator
        The only source of randomness.

    Returns
    -------
    list of pairs of arrays
        Rows of X, and the entries of y that belong to them; copies.

    Raises
    ------
    TypeError, ValueError
        If X and y have different numbers of rows or none, or if B is not a whole number from 1 on.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> for X, y in paired_batches([[0.0], [1.0], [2.0]], [10, 11, 12], 2, rng):
    ...     print(X.ravel(), y)
    [2. 0.] [12 10]
    [1.] [11]

    References
    ----------
    ``Bottou2012``.
    """
    X, y = np.asarray(X), np.asarray(y)
    if not (X.ndim and y.ndim and len(X) == len(y)):
        raise ValueError(f"X and y must have one row each per example, got {X.shape}, {y.shape}")
    return [(X[batch], y[batch]) for batch in minibatches(len(X), B, rng)]


def sample_gradients(loss_grad: Callable, w, X, y) -> np.ndarray:
    r"""Return the gradient of every example by itself.

    .. math:: G_i = \nabla f_i(w), \qquad \nabla f(w) = \frac{1}{N} \sum_i G_i

    Parameters
    ----------
    loss_grad : callable
        ``loss_grad(w, X, y) -> (loss, gradient)``, means over the rows: the losses of the course.
    w : array
        Parameters.
    X, y : array, shape (N, ...)
        The examples and what belongs to each.

    Returns
    -------
    array, shape (N, *w.shape)
        One gradient a row.

    Raises
    ------
    TypeError, ValueError
        If a gradient is not what it should be.

    Examples
    --------
    >>> from fallline.losses import least_squares
    >>> sample_gradients(least_squares, [1.0], [[1], [2]], [0, 5])
    array([[ 1.],
           [-6.]])

    References
    ----------
    ``BottouCurtisNocedal2018``, section 3.
    """
    w, X, y = real_array(w, "w"), np.asarray(X), np.asarray(y)
    rows = [slice(i, i + 1) for i in range(len(X))]
    return np.stack([gradient_at(lambda w, i=i: loss_grad(w, X[i], y[i])[1], w) for i in rows])


def batch_gradient(loss_grad: Callable, X, y, B: int, rng, replace: bool = False) -> Callable:
    r"""Return a gradient that is estimated afresh, from the next batch, at every call.

    .. math:: g(w) = \frac{1}{|I|} \sum_{i \in I} \nabla f_i(w)

    Given to `fallline.descent.descend` it makes the one rule into all three methods:
    B = N is gradient descent, B = 1 stochastic gradient descent, and between lie mini-batches.

    Parameters
    ----------
    loss_grad : callable
        ``loss_grad(w, X, y) -> (loss, gradient)``, means over the rows.
    X, y : array, shape (N, ...)
        The examples and what belongs to each.
    B : int
        Batch size, from 1 to N.
    rng : numpy.random.Generator
        The only source of randomness.
    replace : bool
        If true, each batch is B independent draws;
        if false, epoch after epoch is shuffled and cut as by `minibatches`.

    Returns
    -------
    callable
        ``grad(w)``, an array of the shape of w; each call takes the next batch.

    Raises
    ------
    TypeError, ValueError
        If X and y differ in length, or if B is not a whole number from 1 to N.

    Examples
    --------
    >>> from fallline.descent import descend, gradient_step
    >>> from fallline.losses import least_squares
    >>> X, y = np.array([[1.0], [2.0]]), np.array([1.0, 2.0])
    >>> grad = batch_gradient(least_squares, X, y, 2, np.random.default_rng(0))
    >>> descend(gradient_step, grad, [0.0], 2, lr=0.2).ravel()
    array([0.  , 0.5 , 0.75])

    References
    ----------
    ``RobbinsMonro1951``; ``BottouCurtisNocedal2018``, section 4.
    """
    X, y = np.asarray(X), np.asarray(y)
    N, B = _sizes(len(X), B)
    if len(y) != N or B > N:
        raise ValueError(f"X and y need one length of at least B = {B}, got {N} and {len(y)}")

    def batches():
        while True:
            yield from [rng.integers(N, size=B)] if replace else minibatches(N, B, rng)

    stream = batches()

    def grad(w):
        batch = next(stream)
        return loss_grad(w, X[batch], y[batch])[1]

    return grad


def sgd_epoch(grad_i: Callable, w, n: int, B: int, lr: float, rng) -> np.ndarray:
    r"""Go once through all examples by mini-batch steps.

    .. math:: w \leftarrow w - lr \; \frac{1}{|I|} \sum_{i \in I} \nabla f_i(w)
        \qquad \text{for each batch } I

    Parameters
    ----------
    grad_i : callable
        ``grad_i(w, i)`` is the gradient of example i, an array of the shape of w.
    w : array, any shape
        Parameters before the epoch.
    n, B : int
        Number of examples and batch size; a last batch may be smaller, and is used.
    lr : float
        Learning rate.
    rng : numpy.random.Generator
        Shuffles, by one call of `minibatches`.

    Returns
    -------
    array, same shape as w
        Parameters after the epoch.

    Raises
    ------
    TypeError, ValueError
        If an argument or a gradient is not what it should be.

    Examples
    --------
    >>> sgd_epoch(lambda w, i: w, [8.0], 4, 2, 0.5, np.random.default_rng(0))
    array([2.])

    References
    ----------
    ``Bottou2012``.
    """
    w, lr = real_array(w, "w"), real_number(lr, "lr")
    for batch in minibatches(n, B, rng):
        each = [gradient_at(lambda w, i=int(i): grad_i(w, i), w) for i in batch]
        w = w - lr * np.mean(each, axis=0)
    return w


# --- noise ---


def gradient_variance(G) -> float:
    r"""Return the variance of per-sample gradients: the trace of their covariance.

    .. math:: S = \frac{1}{N} \sum_i \|G_i - \bar G\|^2, \qquad \bar G = \frac{1}{N} \sum_i G_i

    These are all examples that there are, not a sample of them: the divisor is N.

    Parameters
    ----------
    G : array, shape (N, ...)
        One gradient a row, of any shape.

    Returns
    -------
    float
        The mean squared distance of a gradient from the mean.

    Raises
    ------
    TypeError, ValueError
        If G does not hold real numbers, or has no rows.

    Examples
    --------
    >>> gradient_variance([[1, 0], [-1, 0], [0, 2], [0, -2]])
    2.5

    References
    ----------
    ``BottouCurtisNocedal2018``, section 4.1.
    """
    G = real_array(G, "G")
    if not G.ndim or not len(G):
        raise ValueError(f"G needs a row for each example, got shape {G.shape}")
    return float(np.sum((G - np.mean(G, axis=0)) ** 2) / len(G))


def predicted_variance(S: float, B: int, N: int, replace: bool) -> float:
    r"""Return the variance of a mean of B gradients out of N.

    .. math:: \frac{S}{B} \quad \text{with replacement}, \qquad
        \frac{S}{B} \cdot \frac{N - B}{N - 1} \quad \text{without}

    Parameters
    ----------
    S : float
        Variance of one gradient, as `gradient_variance` returns it.
    B, N : int
        Batch size, and number of examples.
    replace : bool
        Whether one example may be drawn again into the same batch.

    Returns
    -------
    float
        The expected squared distance of the batch's mean from the full gradient.

    Raises
    ------
    TypeError, ValueError
        If S is not one number, B or N no whole number from 1 on,
        or if more than N are drawn without replacement.

    Examples
    --------
    >>> predicted_variance(12.0, 4, 10, True), predicted_variance(12.0, 4, 10, False)
    (3.0, 2.0)

    References
    ----------
    ``Cochran1977``, section 2.
    """
    S, (N, B) = real_number(S, "S"), _sizes(N, B)
    if replace:
        return S / B
    if B > N:
        raise ValueError(f"B = {B} different examples cannot be drawn out of N = {N}")
    return S / B * (N - B) / max(N - 1, 1)


def noise_floor(lr: float, lam: float, s2: float) -> float:
    r"""Return the mean squared distance at which a constant step on a noisy parabola stays.

    .. math:: \mathbb{E}[x^2] = \frac{lr\, s^2}{\lambda\, (2 - lr\, \lambda)}
        \quad \text{for} \quad x \leftarrow x - lr\, (\lambda x + \xi), \quad
        \mathbb{E}[\xi^2] = s^2

    Parameters
    ----------
    lr : float
        Learning rate, at least 0.
    lam : float
        Curvature.
    s2 : float
        Variance of the gradient's noise, at least 0.

    Returns
    -------
    float
        The floor; infinity where nothing holds the point: lam <= 0, or lr * lam >= 2.

    Raises
    ------
    TypeError, ValueError
        If an argument is not one real number, or if lr or s2 is negative.

    Examples
    --------
    >>> noise_floor(0.4, 1, 1)
    0.25
    >>> noise_floor(0.5, 4, 1)
    inf

    References
    ----------
    ``BottouCurtisNocedal2018``, theorem 4.6.
    """
    lr, lam, s2 = real_number(lr, "lr"), real_number(lam, "lam"), real_number(s2, "s2")
    if lr < 0 or s2 < 0:
        raise ValueError(f"lr and s2 must not be negative, got {lr} and {s2}")
    if math.isnan(lr + lam + s2):
        return math.nan
    return lr * s2 / (lam * (2 - lr * lam)) if lam > 0 and lr * lam < 2 else math.inf


# --- schedules: k is the number of steps that were made before, t - 1 ---


def _steps(value, name: str, least: int = 1) -> int:
    return whole_number(value, name, least)


def _constant(lr0, k):
    return lr0


def _step(lr0, k, every, gamma=0.1):
    return lr0 * gamma ** (k // _steps(every, "every"))


def _multistep(lr0, k, at, gamma=0.1):
    return lr0 * gamma ** sum(k >= edge for edge in at)


def _exp(lr0, k, gamma):
    return lr0 * gamma**k


def _inv(lr0, k, rate):
    return lr0 / (1 + rate * k)


def _linear(lr0, k, T, start=0.0, end=1.0):
    return lr0 * (start + (end - start) * min(k / _steps(T, "T"), 1))


def _poly(lr0, k, T, power=1.0, end=0.0):
    return end + (lr0 - end) * (1 - min(k / _steps(T, "T"), 1)) ** power


def _half_cosine(high, low, share):
    return low + (high - low) * (1 + math.cos(math.pi * share)) / 2


def _cosine(lr0, k, T, end=0.0):
    return _half_cosine(lr0, end, min(k / _steps(T, "T"), 1))


def _warmup_cosine(lr0, k, T, warmup, end=0.0):
    T, warmup = _steps(T, "T"), _steps(warmup, "warmup", 0)
    if warmup >= T:
        raise ValueError(f"warmup = {warmup} steps must be fewer than all T = {T}")
    return lr0 * (k + 1) / warmup if k < warmup else _cosine(lr0, k - warmup, T - warmup, end)


def _cosine_restarts(lr0, k, T, mult=1, end=0.0):
    T, mult = _steps(T, "T"), _steps(mult, "mult")
    while k >= T:
        k, T = k - T, T * mult
    return _half_cosine(lr0, end, k / T)


def _cyclic(lr0, k, low, up, down=None, shrink=1.0, gamma=1.0):
    up = _steps(up, "up")
    down = up if down is None else _steps(down, "down")
    cycle, k_in = divmod(k, up + down)
    share = k_in / up if k_in <= up else 1 - (k_in - up) / down
    return low + (lr0 - low) * share * shrink**cycle * gamma**k


def _one_cycle(lr0, k, T, warm=0.3, start=None, end=None, curve="cosine", phases=2):
    T = _steps(T, "T", 2)
    start = lr0 / 25 if start is None else start
    end = start / 1e4 if end is None else end
    peak = warm * T - 1
    edges = [0, peak, T - 1] if phases == 2 else [0, peak, 2 * peak, T - 1]
    heights = [start, lr0, end] if phases == 2 else [start, lr0, start, end]
    if not all(a < b for a, b in pairwise(edges)):
        raise ValueError(f"warm = {warm} of T = {T} steps leaves a phase without a step")
    j = max(sum(k > edge for edge in edges[1:-1]), 0)
    share = min((k - edges[j]) / (edges[j + 1] - edges[j]), 1)
    a, b = heights[j : j + 2]
    return _half_cosine(a, b, share) if curve == "cosine" else a + (b - a) * share


SCHEDULES = {
    "constant": _constant,
    "step": _step,
    "multistep": _multistep,
    "exp": _exp,
    "inv": _inv,
    "linear": _linear,
    "poly": _poly,
    "cosine": _cosine,
    "warmup-cosine": _warmup_cosine,
    "cosine-restarts": _cosine_restarts,
    "cyclic": _cyclic,
    "one-cycle": _one_cycle,
}
"""What `schedule` knows: the kind, and the function of lr0 and of k = t - 1 that it stands for."""


def schedule(kind: str, lr0: float, t: int, **kw) -> float:
    r"""Return the learning rate of step t, counted from 1.

    With :math:`k = t - 1` steps made before, it is

    .. math::
        \begin{aligned}
        \text{constant} &: lr_0 \\
        \text{step} &: lr_0\, \gamma^{\lfloor k / \text{every} \rfloor} \\
        \text{exp} &: lr_0\, \gamma^{k} \\
        \text{inv} &: lr_0 / (1 + \text{rate}\; k) \\
        \text{poly} &: end + (lr_0 - end)\, (1 - p)^{\text{power}} , \quad p = \min(k / T, 1) \\
        \text{cosine} &: end + (lr_0 - end)\, \tfrac{1}{2} (1 + \cos \pi p) \\
        \text{warmup-cosine} &: lr_0\, t / \text{warmup} \text{ while } t \le \text{warmup, then a
        cosine over } T - \text{warmup}
        \end{aligned}

    Further kinds: ``multistep`` (at, gamma) cuts after the listed numbers of steps;
    ``linear`` (T, start, end: factors of lr0); ``cosine-restarts`` (T, mult, end);
    ``cyclic`` (low, up, down, shrink a cycle, gamma a step) has lr0 as its crest;
    ``one-cycle`` (T, warm, start, end, curve, phases) as well.

    Parameters
    ----------
    kind : str
        One of `SCHEDULES`.
    lr0 : float
        The learning rate that the schedule starts from, or rises to.
    t : int
        Number of the step, from 1.
    **kw
        What the kind needs; `end` is 0, `power` is 1 and `gamma` of steps 0.1 if left out.

    Returns
    -------
    float
        The learning rate; beyond T the last one stays.

    Raises
    ------
    TypeError
        If something that the kind needs is missing, or unknown to it.
    ValueError
        If the kind is unknown, t is below 1, T or every is below 1, or warmup is not below T.

    Notes
    -----
    All schedules of ``torch.optim.lr_scheduler`` come out to rounding, whose epoch counter is k.
    Differences: its CosineAnnealingLR rises again beyond T_max; its OneCycleLR raises beyond T, and
    moves the momentum as well (here another call, with its own crest); Keras's piecewise constant
    decay cuts one step later; Keras counts a cosine's steps from the end of the warm-up, and
    Optax from its beginning, as here.

    Examples
    --------
    >>> [schedule("step", 0.8, t, every=2, gamma=0.5) for t in (1, 2, 3, 5)]
    [0.8, 0.8, 0.4, 0.2]
    >>> [round(schedule("warmup-cosine", 1.0, t, T=6, warmup=2), 3) for t in (1, 2, 3, 5, 7)]
    [0.5, 1.0, 1.0, 0.5, 0.0]

    References
    ----------
    ``LoshchilovHutter2017``; ``Smith2017``; ``SmithTopin2019``.
    """
    if kind not in SCHEDULES:
        raise ValueError(f"kind must be one of {', '.join(SCHEDULES)}, got {kind!r}")
    lr0, k = real_number(lr0, "lr0"), whole_number(t, "t", 1) - 1
    return float(SCHEDULES[kind](lr0, k, **kw))


def plateau_step(
    lr,
    value,
    state=(math.inf, 0, 0),
    *,
    factor=0.1,
    patience=10,
    threshold=1e-4,
    relative=True,
    cooldown=0,
    low=0.0,
    ignore=0.0,
):
    r"""Cut the learning rate where a measured value no longer falls.

    .. math:: lr \leftarrow \max(factor \cdot lr,\; low)
        \quad \text{after more than } patience \text{ values without a new best}

    Parameters
    ----------
    lr : float
        The learning rate in use.
    value : float
        What was measured after the epoch, such as the loss on held-out data.
    state : tuple
        The best value, how many since were no better, and how many epochs of cooldown remain.
    factor, patience
        By what lr is multiplied, and how many values without progress are borne.
    threshold, relative
        A value is a new best below best (1 - threshold), or below best - threshold.
    cooldown : int
        For how many epochs after a cut nothing is counted.
    low : float
        The least learning rate.
    ignore : float
        A cut by no more than this is not made.

    Returns
    -------
    lr : float
        The learning rate of the next epoch.
    state : tuple
        The new state.

    Raises
    ------
    TypeError, ValueError
        If lr or value is not one real number.

    Notes
    -----
    ``ReduceLROnPlateau`` of PyTorch is this with ignore = 1e-8.

    Examples
    --------
    >>> lr, state = 0.1, (1.0, 0, 0)
    >>> for value in (0.9, 0.9, 0.9):
    ...     lr, state = plateau_step(lr, value, state, factor=0.5, patience=1)
    ...     print(lr, state)
    0.1 (0.9, 0, 0)
    0.1 (0.9, 1, 0)
    0.05 (0.9, 0, 0)

    References
    ----------
    ``GoodfellowBengioCourville2016``, section 8.3.1.
    """
    lr, value, (best, bad, rest) = real_number(lr, "lr"), real_number(value, "value"), state
    better = value < (best * (1 - threshold) if relative else best - threshold)
    best, bad = (value, 0) if better else (best, bad + 1)
    if rest > 0:
        bad, rest = 0, rest - 1
    if bad > patience:
        cut = max(lr * factor, low)
        lr, bad, rest = (cut if lr - cut > ignore else lr), 0, cooldown
    return lr, (best, bad, rest)


# --- averages ---


def polyak_average(traj, burn: int) -> np.ndarray:
    r"""Return the running means of a path, after its first points were left out.

    .. math:: \bar w_j = \frac{1}{j + 1} \sum_{i=0}^{j} w_{burn + i}

    Parameters
    ----------
    traj : array, shape (n, ...)
        The points of a walk, one a row.
    burn : int
        How many of the first rows are left out, from 0 to n - 1.

    Returns
    -------
    array, shape (n - burn, ...)
        Row j is the mean of j + 1 points; the last row that of all.

    Raises
    ------
    TypeError, ValueError
        If traj does not hold real numbers or has no axis, or if burn leaves nothing over.

    Examples
    --------
    >>> polyak_average([9.0, 2.0, 4.0, 0.0], 1)
    array([2., 3., 2.])

    References
    ----------
    ``PolyakJuditsky1992``; ``Ruppert1988``.
    """
    traj, burn = real_array(traj, "traj"), whole_number(burn, "burn")
    if not traj.ndim or burn >= len(traj):
        raise ValueError(f"burn = {burn} leaves no row of a path of shape {traj.shape}")
    kept = traj[burn:]
    counts = np.arange(1, len(kept) + 1).reshape(-1, *[1] * (kept.ndim - 1))
    return np.cumsum(kept, axis=0) / counts


def asgd_step(w, g, state=(0.0, 0), *, lr, lam=1e-4, alpha=0.75, t0=1e6):
    r"""Make one step of averaged stochastic gradient descent.

    .. math::
        \begin{aligned}
        lr_t &= lr\, (1 + \lambda\, lr\, (t - 1))^{-\alpha} \\
        w &\leftarrow (1 - \lambda\, lr_t)\, w - lr_t\, g \\
        a &\leftarrow a + \mu_t\, (w - a), \qquad \mu_t = 1 / \max(1,\, t - 1 - t_0)
        \end{aligned}

    Parameters
    ----------
    w, g : array, one shape
        Parameters and their gradient.
    state : tuple
        The average a, to be used at the end, and the number of steps made.
    lr : float
        The first learning rate.
    lam : float
        Weight of the penalty :math:`\tfrac{1}{2} \lambda \|w\|^2`, which also paces the decay.
    alpha : float
        Power of the decay.
    t0 : float
        The average follows w for so many steps, and only then begins.

    Returns
    -------
    w : array, same shape
        The new parameters.
    state : tuple
        The new average, and the number of steps made.

    Raises
    ------
    TypeError, ValueError
        If an argument does not hold real numbers, or if the shapes differ.

    Notes
    -----
    ``torch.optim.ASGD`` is this, with the same defaults and lr = 0.01.

    Examples
    --------
    >>> w, state = 8.0, (0.0, 0)
    >>> for g in (8.0, 4.0, 2.0):
    ...     w, state = asgd_step(w, g, state, lr=0.5, lam=0, t0=0)
    >>> w, state
    (array(1.), (array(1.5), 3))

    References
    ----------
    ``Bottou2012``; ``PolyakJuditsky1992``.
    """
    (w, g), (average, t) = parameters(w, g), state
    t = t + 1
    lr = real_number(lr, "lr") * (1 + lam * lr * (t - 1)) ** -alpha
    w = np.asarray((1 - lam * lr) * w - lr * g)
    mu = 1 / max(1, t - 1 - t0)
    return w, (np.array(w if mu == 1 else average + mu * (w - average)), t)


# --- accounts ---


def epoch_loss(losses, sizes) -> float:
    r"""Return the mean loss per example from the mean losses of batches.

    .. math:: \bar L = \frac{\sum_j B_j L_j}{\sum_j B_j}

    Parameters
    ----------
    losses : array, shape (m,)
        The mean loss of each batch.
    sizes : array, shape (m,)
        How many examples each batch had.

    Returns
    -------
    float
        The mean over all examples.

    Raises
    ------
    TypeError, ValueError
        If the shapes differ, or if the sizes are negative or add up to 0.

    Examples
    --------
    >>> epoch_loss([1.0, 1.0, 4.0], [64, 64, 32])
    1.6

    References
    ----------
    ``GoodfellowBengioCourville2016``, section 8.1.3.
    """
    losses, sizes = real_array(losses, "losses", 1), real_array(sizes, "sizes", 1)
    if losses.shape != sizes.shape:
        raise ValueError(f"one size for each loss, got {losses.shape} and {sizes.shape}")
    if np.any(sizes < 0) or not np.sum(sizes) != 0:
        raise ValueError("sizes must not be negative, and not all 0")
    return float(np.sum(losses * sizes) / np.sum(sizes))
