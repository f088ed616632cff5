"""The capstone: a network of the reader's own parts, a fair grid, and balls on a terrain."""

from __future__ import annotations

import io
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np

from fallline.backprop import Tensor
from fallline.datasets import SOURCES, Split
from fallline.files import BROKEN_ARCHIVE
from fallline.inputs import gradient_at, real_array, real_number, whole_number
from fallline.losses import softmax_xent
from fallline.stochastic import epoch_loss, minibatches

MNIST_COUNTS = (SOURCES["mnist"].train, SOURCES["mnist"].test)
"""How often each digit occurs in MNIST: to learn from, and to test with."""

# --- the data ---


def _arrays(path) -> list[np.ndarray]:
    """Return the four arrays of a file of images, or say what is wrong with it."""
    content = path.read() if hasattr(path, "read") else Path(path).read_bytes()
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as file:
            missing = [key for key in ("xtr", "ytr", "xte", "yte") if key not in file]
            if missing:
                raise ValueError(f"{path} lacks {', '.join(missing)}: is it another file?")
            return [file[key] for key in ("xtr", "ytr", "xte", "yte")]
    except ValueError:
        raise
    except BROKEN_ARCHIVE as error:
        raise ValueError(f"{path} is damaged ({error}): fetch it again") from error


def _pixels(images: np.ndarray, dtype) -> np.ndarray:
    """Return images as rows of numbers from -1 to 1, in new memory once."""
    if images.dtype != np.uint8 or images.ndim < 2:
        raise ValueError(f"images must be uint8, one a row, got {images.dtype} {images.shape}")
    # There are but 256 values of a pixel: scale these, and look each pixel up.
    levels = ((np.arange(256) / 255 - 0.5) / 0.5).astype(dtype)
    return levels[images.reshape(len(images), -1)]


def load_digits(path, counts=MNIST_COUNTS, dtype=np.float64) -> Split:
    r"""Return images of digits as the network takes them.

    .. math:: x = \frac{p / 255 - 0.5}{0.5} \in [-1, 1], \qquad p \in \{0, \dots, 255\}

    Parameters
    ----------
    path : path or open file
        An ``.npz`` file with the uint8 images ``xtr`` of shape (N, h, w) to learn from and
        ``xte`` to test with, and their classes ``ytr`` of shape (N,) and ``yte``.
    counts : pair of sequences of int
        How often each class must occur among ``ytr`` and ``yte``;
        by default as in the whole of MNIST, 60 000 and 10 000 images.
    dtype : float64 or float32
        The kind of the pixels: all of MNIST takes 439 MB or 220 MB.

    Returns
    -------
    Split
        X of shape (N, h w) and X_test, row by row of each image from top to bottom;
        y and y_test as int.

    Raises
    ------
    FileNotFoundError
        If the file is not there.
    ValueError
        If the file is damaged, lacks an array, or holds other numbers of the classes:
        then labels are shifted, the parts are swapped, or images are missing.

    Examples
    --------
    >>> import io
    >>> file, image = io.BytesIO(), np.array([[[0, 255], [51, 102]]], dtype=np.uint8)
    >>> np.savez(file, xtr=image, ytr=[1], xte=image, yte=[0])
    >>> _ = file.seek(0)
    >>> split = load_digits(file, counts=[(0, 1), (1,)])
    >>> split.X.round(6), split.y
    (array([[-1. ,  1. , -0.6, -0.2]]), array([1]))

    References
    ----------
    ``LeCunBottouBengioHaffner1998``, section III.
    """
    X, y, X_test, y_test = _arrays(path)
    for labels, images, wanted in ((y, X, counts[0]), (y_test, X_test, counts[1])):
        if labels.dtype.kind not in "iu" or labels.shape != (len(images),) or np.any(labels < 0):
            raise ValueError(f"{path} must have one class number, from 0 on, for each image")
        found = np.bincount(labels).tolist()
        if found != list(wanted):
            raise ValueError(f"{path} holds {found} of each class, not {list(wanted)}")
    return Split(_pixels(X, dtype), y.astype(int), _pixels(X_test, dtype), y_test.astype(int))


# --- the network ---


def init_mlp(rng, sizes=(784, 200, 10), dtype=np.float64) -> list:
    r"""Draw the first weights and biases of a network of linear layers.

    .. math:: W_{ij},\, b_j \sim U\!\left(-\frac{1}{\sqrt{n}},\; \frac{1}{\sqrt{n}}\right),
        \qquad n = \text{inputs of the layer}

    Layer by layer, first W and then b is drawn.

    Parameters
    ----------
    rng : numpy.random.Generator
        The only source of randomness.
    sizes : sequence of int
        How many numbers go in, how many each hidden layer has, and how many come out.
    dtype : float64 or float32
        The kind of the parameters; they are drawn as float64.

    Returns
    -------
    list of pairs (W, b)
        For each layer W of shape (inputs, outputs), one column for each output as in
        `fallline.losses.linear_forward`, and b of shape (outputs,).

    Raises
    ------
    TypeError, ValueError
        If there are fewer than two sizes, or one is not a whole number from 1 on.

    Examples
    --------
    >>> [(W1, b1), (W2, b2)] = init_mlp(np.random.default_rng(0), (100, 20, 3))
    >>> W1.shape, b1.shape, W2.shape, bool(abs(W1).max() <= 0.1)
    ((100, 20), (20,), (20, 3), True)

    References
    ----------
    ``LeCunBottouOrrMuller1998``, section 4.6; it is the default of ``torch.nn.Linear``.
    """
    sizes = [whole_number(size, "a size", 1) for size in sizes]
    if len(sizes) < 2:
        raise ValueError(f"sizes must name inputs and outputs at least, got {sizes}")
    params = []
    for n, m in pairwise(sizes):
        r = 1 / np.sqrt(n)
        W, b = rng.uniform(-r, r, (n, m)), rng.uniform(-r, r, m)
        params.append((W.astype(dtype), b.astype(dtype)))
    return params


def _layers(params, X) -> tuple[list, np.ndarray]:
    """Return layers and images as arrays of one kind, after checking that they fit."""
    layers = [(np.asarray(W), np.asarray(b)) for W, b in params]
    kinds = {array.dtype for layer in layers for array in layer}
    dtype = np.float32 if kinds == {np.dtype(np.float32)} else np.float64
    X = np.asarray(X)
    for array in (X, *(a for layer in layers for a in layer)):
        if array.dtype.kind not in "biuf":
            raise TypeError(f"X and the parameters must hold real numbers, got {array.dtype}")
    if X.ndim != 2 or not len(X):
        raise ValueError(f"X must have shape (N, D) with at least one row, got {X.shape}")
    shapes, D = [(W.shape, b.shape) for W, b in layers], X.shape[1]
    for W, b in shapes:
        if len(W) != 2 or W[0] != D or b != W[1:]:
            raise ValueError(f"X of shape {X.shape} and the shapes of (W, b) do not fit: {shapes}")
        D = W[1]
    return [(W.astype(dtype), b.astype(dtype)) for W, b in layers], X.astype(dtype)


def _forward(layers, X) -> tuple[list, list]:
    """Return what every layer takes in and what it gives before the ReLU."""
    inputs, zs = [X], []
    with np.errstate(over="ignore", invalid="ignore"):
        for W, b in layers:
            zs.append(inputs[-1] @ W + b)
            inputs.append(np.maximum(zs[-1], 0))
    return inputs[:-1], zs


def mlp_loss_grad(params, X, y) -> tuple[float, list]:
    r"""Return the mean cross-entropy of the network, and its gradient by hand.

    .. math::
        z_1 &= X W_1 + b_1, \quad h_1 = \max(z_1, 0), \quad z_2 = h_1 W_2 + b_2, \\
        \bar W_2 &= h_1^\top \bar z_2, \quad \bar b_2 = \textstyle\sum_i \bar z_{2,i}, \\
        \bar z_1 &= \bar z_2 W_2^\top \odot [z_1 > 0], \quad
        \bar W_1 = X^\top \bar z_1, \quad \bar b_1 = \textstyle\sum_i \bar z_{1,i}

    :math:`\bar z_2` comes from `fallline.losses.softmax_xent`, with the 1/N of the mean.

    Parameters
    ----------
    params : list of pairs (W, b)
        The layers, as `init_mlp` returns them; two of them, or any other number.
        If all are float32, so is the arithmetic, but for the loss; else it is float64.
    X : array, shape (N, D)
        One image a row.
    y : array of int, shape (N,)
        The classes.

    Returns
    -------
    loss : float
        The mean over the rows.
    grads : list of pairs (dW, db)
        The gradients, of the structure, shapes and kind of params.

    Raises
    ------
    TypeError, ValueError
        If the arguments do not hold what they should, or do not fit.

    Examples
    --------
    >>> params = [(np.eye(2), np.array([0.0, -3.0])), (np.eye(2), np.zeros(2))]
    >>> loss, grads = mlp_loss_grad(params, [[1.0, 2.0]], [1])
    >>> round(loss, 6), grads[0][0].round(3)  # the second unit is off, and passes nothing back
    (1.313262, array([[0.731, 0.   ],
           [1.462, 0.   ]]))

    References
    ----------
    ``RumelhartHintonWilliams1986``; ``GoodfellowBengioCourville2016``, section 6.5.
    """
    layers, X = _layers(params, X)
    inputs, zs = _forward(layers, X)
    loss, dz = softmax_xent(zs[-1], y)
    dz, grads = dz.astype(X.dtype), []
    with np.errstate(over="ignore", invalid="ignore"):
        for k in reversed(range(len(layers))):
            grads.append((inputs[k].T @ dz, np.sum(dz, axis=0)))
            if k:
                dz = (dz @ layers[k][0].T) * (zs[k - 1] > 0)
    return loss, grads[::-1]


def mlp_loss_engine(params, X, y) -> tuple[float, list]:
    """Return the same loss and gradient by the array engine of `fallline.backprop`.

    Parameters
    ----------
    params, X, y
        As for `mlp_loss_grad`.

    Returns
    -------
    loss : float
        The mean over the rows.
    grads : list of pairs (dW, db)
        The gradients, of the structure of params.

    Raises
    ------
    TypeError, ValueError
        As for `mlp_loss_grad`.

    Examples
    --------
    >>> params = init_mlp(np.random.default_rng(0), (4, 3, 2))
    >>> X, y = [[1.0, -1.0, 0.5, 2.0]], [1]
    >>> loss, grads = mlp_loss_engine(params, X, y)
    >>> bool(abs(loss - mlp_loss_grad(params, X, y)[0]) < 1e-12)
    True

    References
    ----------
    ``BaydinPearlmutterRadulSiskind2018``.
    """
    layers, X = _layers(params, X)
    y = np.asarray(y)
    softmax_xent(np.zeros((len(X), layers[-1][1].size)), y)  # says what is wrong with y
    leaves = [(Tensor(W), Tensor(b)) for W, b in layers]
    z = Tensor(X)
    for W, b in leaves[:-1]:
        z = (z @ W + b).relu()
    loss = (z @ leaves[-1][0] + leaves[-1][1]).cross_entropy(y)
    loss.backward()
    return float(loss.data), [(np.array(W.grad), np.array(b.grad)) for W, b in leaves]


def accuracy(params, X, y) -> float:
    """Return the part of the images whose highest score is that of their class.

    Parameters
    ----------
    params, X, y
        As for `mlp_loss_grad`.

    Returns
    -------
    float
        From 0 to 1; an image with a score that is no number counts as wrong.

    Raises
    ------
    TypeError, ValueError
        As for `mlp_loss_grad`.

    Examples
    --------
    >>> accuracy([(np.eye(2), np.zeros(2))], [[3.0, 1.0], [0.0, 1.0]], [0, 0])
    0.5
    """
    scores = _forward(*_layers(params, X))[1][-1]
    y = np.asarray(y)
    if y.dtype.kind not in "iu" or y.shape != (len(scores),):
        raise ValueError(f"y must hold {len(scores)} class numbers, got {y.dtype} {y.shape}")
    sound = ~np.isnan(scores).any(axis=1)
    return float(np.mean(sound & (np.argmax(scores, axis=1) == y)))


# --- training ---


def train_step(params, X, y, step: Callable, state=None, **hyper) -> tuple:
    r"""Make one step of any of the library's optimizers on one batch.

    Parameters
    ----------
    params, X, y
        As for `mlp_loss_grad`.
    step : callable
        ``step(w, g, state, **hyper) -> (w, state)``; it is applied to each W and each b.
    state : list of pairs, optional
        What the last step left behind, for each (W, b); None begins afresh.
    **hyper
        Hyper-parameters of the step.

    Returns
    -------
    params : list of pairs (W, b)
        The new parameters, of the kind of the old ones.
    state : list of pairs
        To be handed to the next step.
    loss : float
        The mean over the batch, before the step.

    Raises
    ------
    TypeError, ValueError
        If an argument is not what it should be.

    Examples
    --------
    >>> from fallline.descent import gradient_step
    >>> params = [(np.zeros((1, 2)), np.zeros(2))]
    >>> params, state, loss = train_step(params, [[1.0]], [1], gradient_step, lr=0.5)
    >>> params[0][0], round(loss, 6)
    (array([[-0.25,  0.25]]), 0.693147)
    """
    loss, grads = mlp_loss_grad(params, X, y)
    memory = [((), ()) for _ in params] if state is None else [((s,), (r,)) for s, r in state]
    moved = []
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        for layer, grad, before in zip(params, grads, memory, strict=True):
            both = zip(layer, grad, before, strict=True)
            moved.append([step(w, g, *past, **hyper) for w, g, past in both])
    kinds = [dW.dtype for dW, _ in grads]
    params = [
        tuple(w.astype(kind) for w, _ in pair) for pair, kind in zip(moved, kinds, strict=True)
    ]
    return params, [tuple(state for _, state in pair) for pair in moved], loss


def train_epoch(params, X, y, step: Callable, state=None, *, lr, B, rng, **hyper) -> tuple:
    r"""Go once through the data in freshly shuffled batches, a step for each.

    .. math:: \bar L = \frac{\sum_j B_j L_j}{\sum_j B_j}, \qquad
        L_j = \text{loss of batch } j \text{ before its step}

    Parameters
    ----------
    params : list of pairs (W, b)
        The layers before the epoch.
    X : array, shape (N, D)
        One image a row.
    y : array of int, shape (N,)
        The classes.
    step : callable
        ``step(w, g, state, **hyper) -> (w, state)``, any of the library's.
    state : list of pairs, optional
        What the last epoch left behind; None begins afresh.
    lr : float or None
        Learning rate; None for a step that has none.
    B : int
        Batch size; the last batch may be smaller, and is used.
    rng : numpy.random.Generator
        Shuffles, by one call of `fallline.stochastic.minibatches`.
    **hyper
        Further hyper-parameters of the step, such as ``beta=0.9``.

    Returns
    -------
    params : list of pairs (W, b)
        The layers after the epoch.
    state : list of pairs
        To be handed to the next epoch, or momentum and averages are lost.
    loss : float
        The mean over all examples, each counted as often as any other.

    Raises
    ------
    TypeError, ValueError
        If an argument is not what it should be.

    Examples
    --------
    >>> from fallline.momentum import momentum_step
    >>> rng, X, y = np.random.default_rng(0), np.array([[-1.0], [1.0], [2.0]]), np.array([0, 1, 1])
    >>> params, state = [(np.zeros((1, 2)), np.zeros(2))], None
    >>> for _ in range(3):
    ...     params, state, loss = train_epoch(
    ...         params, X, y, momentum_step, state, lr=0.5, B=2, rng=rng, beta=0.9
    ...     )
    ...     print(round(loss, 2))
    0.59
    0.09
    0.02

    References
    ----------
    ``Bottou2012``; ``SutskeverMartensDahlHinton2013``.
    """
    X, y = np.asarray(X), np.asarray(y)
    if X.ndim != 2 or len(y) != len(X):
        raise ValueError(f"X and y must have one row each per image, got {X.shape} and {y.shape}")
    hyper = hyper if lr is None else {"lr": lr, **hyper}
    losses, sizes = [], []
    for batch in minibatches(len(X), B, rng):
        params, state, loss = train_step(params, X[batch], y[batch], step, state, **hyper)
        losses.append(loss)
        sizes.append(len(batch))
    return params, state, epoch_loss(losses, sizes)


# --- the fair grid ---


class Grid(NamedTuple):
    """What a grid of runs gave: `fair_grid` makes it, `report` reads it.

    lrs of shape (m,) rises; seeds of shape (k,); values of shape (m, k) has one validation value
    for each rate and seed, infinity where a run failed.
    best is the rate with the smallest median, NaN where none has a finite one.
    """

    lrs: np.ndarray
    seeds: np.ndarray
    values: np.ndarray
    best: float


class Report(NamedTuple):
    """What is to be said of a grid: `report` makes it.

    lr is the best rate; median, low and high are those of its runs, one for each seed;
    failures is the number of failed runs in the whole grid, out of runs;
    place says where the best rate lies: "inside", "low end", "high end",
    "only rate", or "nowhere" if none has a finite median.
    """

    lr: float
    median: float
    low: float
    high: float
    failures: int
    runs: int
    place: str


def _rates(lrs) -> np.ndarray:
    """Return learning rates as a rising array of positive numbers."""
    lrs = real_array(lrs, "lrs", 1)
    if not len(lrs) or not np.all((lrs > 0) & (lrs < np.inf)) or np.any(np.diff(lrs) <= 0):
        raise ValueError(f"lrs must be positive and rise, such as 0.001, 0.01, 0.1, got {lrs}")
    return lrs


def grid_of(lrs, seeds, values) -> Grid:
    """Return values of runs as a grid, with the best rate by the median over the seeds.

    Parameters
    ----------
    lrs : array, shape (m,)
        The learning rates, positive and rising.
    seeds : array of int, shape (k,)
        The seeds, each once.
    values : array, shape (m, k)
        The validation values, smaller is better; what is not finite is a failure.

    Returns
    -------
    Grid

    Raises
    ------
    TypeError, ValueError
        If an argument is not what it should be.

    Examples
    --------
    >>> grid_of([0.1, 1.0], [0, 1, 2], [[3, 4, 5], [1, np.nan, np.nan]]).best
    0.1
    """
    lrs, seeds, values = _rates(lrs), np.array(seeds), real_array(values, "values")
    if seeds.ndim != 1 or seeds.dtype.kind not in "iu" or len(set(seeds.tolist())) < len(seeds):
        raise ValueError(f"seeds must be different whole numbers, got {seeds}")
    if not len(seeds) or values.shape != (len(lrs), len(seeds)):
        raise ValueError(f"one value for each of {len(lrs)} rates and {len(seeds)} seeds is needed")
    values[~np.isfinite(values)] = np.inf
    medians = np.median(values, axis=1)
    found = np.isfinite(medians).any()
    return Grid(lrs, seeds, values, float(lrs[np.argmin(medians)]) if found else np.nan)


def fair_grid(train_fn: Callable, lrs, seeds) -> Grid:
    """Run one optimizer with every learning rate and every seed, and pick the best rate.

    Every run has the same budget: train_fn is called once for each pair, whatever it gives,
    and a failed run is neither repeated nor left out: it counts as infinity.
    The best rate has the smallest median over the seeds; of equal ones the smallest rate.

    Parameters
    ----------
    train_fn : callable
        ``train_fn(lr, seed) -> value`` trains from the beginning, with as many evaluations of
        the gradient in each call, and returns the loss on validation data, never on test data.
        NaN, infinity and an ArithmeticError are failures; any other error is a mistake in
        train_fn, and is passed on.
    lrs : array, shape (m,)
        The learning rates, positive and rising; a fair grid has seven or more, equally spaced
        in their logarithms.
    seeds : sequence of int
        The seeds, three or more.

    Returns
    -------
    Grid
        All values, and the best rate.

    Raises
    ------
    TypeError, ValueError
        If lrs or seeds is not what it should be, or train_fn returns no real number.

    Examples
    --------
    >>> grid = fair_grid(lambda lr, seed: (lr - 0.1) ** 2 + seed, [0.01, 0.1, 1.0], [0, 1, 2])
    >>> grid.best, grid.values.shape
    (0.1, (3, 3))

    References
    ----------
    ``SchmidtSchneiderHennig2021``; ``ChoiShallueNadoLeeMaddisonDahl2019``.
    """
    lrs, seeds = _rates(lrs), np.array(seeds)
    grid_of(lrs, seeds, np.zeros((len(lrs), seeds.size)))  # refuses what is wrong before any run
    values = np.full((len(lrs), len(seeds)), np.inf)
    for i, lr in enumerate(lrs):
        for j, seed in enumerate(seeds):
            try:
                value = train_fn(float(lr), int(seed))
            except ArithmeticError:  # overflow, division by zero, NumPy's FloatingPointError
                continue
            values[i, j] = real_number(value, "what train_fn returns")
    return grid_of(lrs, seeds, values)


def report(results: Grid) -> Report:
    """Say what a grid gave, with nothing hidden.

    Parameters
    ----------
    results : Grid
        What `fair_grid` returned.

    Returns
    -------
    Report
        The best rate with median and range over all of its seeds, failures included; how many
        runs of the whole grid failed; and where the best rate lies. At an end of the grid the
        best rate may lie outside: widen the grid before you compare.

    Raises
    ------
    TypeError, ValueError
        If the results are not those of a grid.

    Examples
    --------
    >>> values = [[4, 5, 6], [1, 2, 9], [np.inf, np.inf, 1]]
    >>> report(grid_of([0.01, 0.1, 1.0], [0, 1, 2], values))
    Report(lr=0.1, median=2.0, low=1.0, high=9.0, failures=2, runs=9, place='inside')

    References
    ----------
    ``BergstraBengio2012``; ``SchmidtSchneiderHennig2021``.
    """
    lrs, _, values, best = grid_of(*results[:3])
    failures = int(np.sum(np.isinf(values)))
    if np.isnan(best):
        return Report(best, np.inf, float(values.min()), np.inf, failures, values.size, "nowhere")
    k = int(np.flatnonzero(lrs == best)[0])
    if len(lrs) == 1:
        place = "only rate"
    else:
        place = {0: "low end", len(lrs) - 1: "high end"}.get(k, "inside")
    row = values[k]
    low, high, median = float(row.min()), float(row.max()), float(np.median(row))
    return Report(best, median, low, high, failures, values.size, place)


# --- balls on a terrain ---


def balls(terrain_grad: Callable, starts, lr, n, noise, rng, *, beta=0.0, limit=1e6):
    r"""Let many balls roll at once, each from its own start with its own noise.

    .. math:: v \leftarrow \beta v + (g + \sigma\, \xi), \qquad w \leftarrow w - lr\; v,
        \qquad \xi \sim N(0, 1) \text{ for each ball, coordinate and step}

    All coordinates move together; without noise and momentum it is gradient descent from many
    starts. A ball with a coordinate that is not finite, or beyond the limit, after some step is
    lost: it is NaN from then on.

    Parameters
    ----------
    terrain_grad : callable
        The gradient of many points at once, shape (d, ...), coordinates first.
    starts : array, shape (d, ...)
        Where the balls start, coordinates first.
    lr : float
        Learning rate.
    n : int
        Number of steps.
    noise : float
        Standard deviation of the noise on each coordinate of the gradient, 0 or more.
    rng : numpy.random.Generator
        The only source of randomness; one draw of ``standard_normal`` of the shape of starts in
        each step. Without noise nothing is drawn, and it may be None.
    beta : float
        Momentum, in the form "outside" of the chapter on it.
    limit : float
        How far from 0 a coordinate may be; farther away a ball is lost.

    Returns
    -------
    array, shape (d, ...)
        Where the balls are after n steps; NaN where they are lost.

    Raises
    ------
    TypeError, ValueError
        If an argument or a gradient is not what it should be.

    Examples
    --------
    >>> balls(lambda w: 2 * w, [[1.0, -4.0], [2.0, 0.0]], 0.25, 2, 0.0, None)
    array([[ 0.25, -1.  ],
           [ 0.5 ,  0.  ]])
    >>> balls(lambda w: w**3, [[1.0, 9.0]], 0.5, 8, 0.0, None).round(3)
    array([[0.29,  nan]])

    References
    ----------
    ``Polyak1964``; ``Himmelblau1972``.
    """
    w, lr, n = real_array(starts, "starts"), real_number(lr, "lr"), whole_number(n, "n")
    noise, beta, limit = (
        real_number(value, name)
        for value, name in ((noise, "noise"), (beta, "beta"), (limit, "limit"))
    )
    if w.ndim == 0:
        raise ValueError("starts must have shape (d, ...), coordinates first, got one number")
    if noise < 0 or limit <= 0:
        raise ValueError(f"noise must be 0 or more and limit positive, got {noise} and {limit}")
    v = np.zeros_like(w)
    with np.errstate(over="ignore", invalid="ignore"):
        for _ in range(n):
            g = gradient_at(terrain_grad, w)
            if noise:
                g = g + noise * rng.standard_normal(w.shape)
            v = beta * v + g
            w = w - lr * v
            kept = np.all(np.abs(w) <= limit, axis=0)
            w = np.where(kept, w, np.nan)
    return w


def valleys(w, minima, tol=np.inf) -> np.ndarray:
    """Return the number of the nearest minimum for every ball, and -1 for a lost one.

    Parameters
    ----------
    w : array, shape (d, ...)
        Where the balls are, coordinates first.
    minima : array, shape (m, d)
        The minima, one a row.
    tol : float
        How near a ball must be to its minimum to count; by default any distance will do.

    Returns
    -------
    array of int, shape (...)
        Rows of minima; -1 where a ball is not finite, or not near enough.
        ``[np.mean(valleys(w, minima) == k) for k in range(m)]`` are the shares of the valleys.

    Raises
    ------
    TypeError, ValueError
        If an argument does not hold real numbers, or the shapes do not fit.

    Examples
    --------
    >>> valleys([[0.9, -1.2, np.nan]], [[-1], [1]])
    array([ 1,  0, -1])
    """
    w, minima, tol = real_array(w, "w"), real_array(minima, "minima", 2), real_number(tol, "tol")
    if w.ndim == 0 or not len(minima) or len(w) != minima.shape[1]:
        raise ValueError(
            f"w and minima must have shapes (d, ...) and (m, d), got {w.shape} and {minima.shape}"
        )
    finite = np.all(np.isfinite(w), axis=0)
    centres = minima.reshape(*minima.shape, *[1] * (w.ndim - 1))
    gaps = np.sqrt(np.sum((np.where(finite, w, 0) - centres) ** 2, axis=1))
    near = finite & (np.min(gaps, axis=0) <= tol)
    return np.where(near, np.argmin(gaps, axis=0), -1)
