"""Training the capstone's network: any optimizer, two forms, stopped and resumed at will."""

from __future__ import annotations

import contextlib
import inspect
import operator
import os
import sys
import zlib
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from fallline.adam import (
    adam_step,
    adamax_step,
    adamw_step,
    amsgrad_step,
    lion_step,
    nadam_step,
    radam_step,
)
from fallline.adaptive import (
    adadelta_step,
    adagrad_step,
    delta_bar_delta_step,
    rmsprop_step,
    rprop_step,
    sign_step,
)
from fallline.capstone import init_mlp, mlp_loss_grad, train_step
from fallline.descent import gradient_step
from fallline.files import load_tree, save_tree
from fallline.inplace import AdamInPlace, MLPInPlace, MomentumInPlace, flush
from fallline.inputs import whole_number
from fallline.momentum import momentum_step, nesterov_step
from fallline.stochastic import epoch_loss, minibatches

STEPS: dict[str, Callable] = {
    step.__name__.removesuffix("_step"): step
    for step in (
        gradient_step,
        momentum_step,
        nesterov_step,
        sign_step,
        delta_bar_delta_step,
        rprop_step,
        adagrad_step,
        rmsprop_step,
        adadelta_step,
        adam_step,
        adamw_step,
        amsgrad_step,
        nadam_step,
        adamax_step,
        radam_step,
        lion_step,
    )
}
"""The library's optimizers by name."""

FLUSH_EVERY = 100
"""After how many steps the fast form sets what is nearly 0 in its memory to 0."""


class Run(NamedTuple):
    """What a training gave: `train` makes it.

    params is the list of the layers (W, b) after the last step, and state what the optimizer
    remembers, for `train_step` in the pure form. losses of shape (epochs,) has the mean loss of
    each epoch, every batch before its step; watched has what watch returned after each epoch.
    steps counts the steps.
    """

    params: list
    state: object
    losses: np.ndarray
    watched: list
    steps: int


# --- two forms of one step ---


class _Pure:
    """Steps by the pure functions of the course."""

    def __init__(self, X, y, params, step, hyper, B):
        self._data, self._step, self._hyper = (X, y), step, hyper
        self.params, self.state = params, None

    def advance(self, batch, t):
        X, y = self._data
        self.params, self.state, loss = train_step(
            self.params, X[batch], y[batch], self._step, self.state, **self._hyper
        )
        return loss

    def tree(self):
        return (self.params, self.state)

    def restore(self, tree):
        self.params, self.state = tree


class _Fast:
    """Steps in memory that is made once; an optimizer without such a form stays pure."""

    def __init__(self, X, y, params, step, hyper, B):
        self._data, self._step, self._hyper, self._net = (X, y), step, hyper, MLPInPlace(params, B)
        self._in_place, self.state, self._scale = None, None, 1.0
        if step is adam_step:
            self._in_place = AdamInPlace(self._net.w)
        elif step is gradient_step or (
            step is momentum_step and hyper.get("form", "outside") == "outside"
        ):
            self._in_place = MomentumInPlace(self._net.w)
            # The rate goes into the gradient, where it costs nothing: one pass less over memory.
            self._scale = hyper["lr"]
            self._hyper = {name: value for name, value in hyper.items() if name != "form"}
            self._hyper["lr"] = 1.0

    @property
    def params(self):
        return [(W.copy(), b.copy()) for W, b in self._net.params]

    def advance(self, batch, t):
        loss = self._net.loss_grad(*self._data, batch, self._scale)
        if self._in_place:
            self._in_place.step(self._net.g, **self._hyper)
            if t % FLUSH_EVERY == 0:
                for memory in self._in_place.memory:
                    flush(memory)
            return loss
        before = () if self.state is None else (self.state,)
        self._net.w[:], self.state = self._step(self._net.w, self._net.g, *before, **self._hyper)
        return loss

    def tree(self):
        if not self._in_place:
            return (self._net.w, self.state)
        return (self._net.w, (*self._in_place.memory, getattr(self._in_place, "t", 0)))

    def restore(self, tree):
        self._net.w[:], self.state = tree
        if self._in_place:
            *memory, t = self.state
            for array, values in zip(self._in_place.memory, memory, strict=True):
                array[:] = values
            self._in_place.t = t


FORMS = {"pure": _Pure, "fast": _Fast}

# --- what is kept between two runs ---


def _sum(*arrays) -> int:
    """Return a checksum of arrays."""
    total = 0
    for array in arrays:
        total = zlib.crc32(np.ascontiguousarray(array).data, total)
    return total


def _settings(X, y, params, given: dict, seed, **plain) -> dict:
    """Return all that decides the numbers of a training, as JSON holds it."""
    try:
        plain["seed"] = operator.index(seed)
    except TypeError as error:
        raise TypeError(
            f"with a checkpoint the seed must be a whole number, got {seed!r}: "
            "the same call has to draw the same numbers again"
        ) from error
    hyper = {k: v if isinstance(v, str) else float(v) for k, v in sorted(given.items())}
    start = _sum(*(array for layer in params for array in layer))
    return {"hyper": hyper, "data": _sum(X, y), "start": start, "examples": len(X), **plain}


def _kept(path, settings):
    """Return what a checkpoint holds, None if there is none, or say why it does not fit."""
    if path is None or not os.path.exists(path):
        return None
    tree, info = load_tree(path)
    if not isinstance(info, dict) or "settings" not in info:
        raise ValueError(f"{path} is no checkpoint of a training: name another file")
    other = info["settings"]
    names = sorted(k for k in {*settings, *other} if settings.get(k) != other.get(k))
    if names:
        told = ", ".join(f"{k} {other.get(k)} there and {settings.get(k)} here" for k in names)
        raise ValueError(
            f"{path} belongs to a training with other settings ({told}): "
            "name another checkpoint, or delete this one"
        )
    return tree, info


# --- the loop ---


def progress_bar(progress, total: int, done: int, unit: str, label: str):
    """Return a progress bar of tqdm, or a stand-in where none is wanted or nobody looks.

    Parameters
    ----------
    progress : bool or None
        Whether there is to be one; None for: only on a terminal, and where tqdm is installed.
    total, done : int
        How many units there are, and how many of them are done.
    unit, label : str
        What the bar calls them, and itself.

    Returns
    -------
    context manager
        It has ``update()``, for one more unit.

    Raises
    ------
    ModuleNotFoundError
        If a bar is asked for and tqdm is not installed.

    Examples
    --------
    >>> with progress_bar(False, 3, 0, "step", "training") as bar:
    ...     bar.update()
    """
    if progress is False or (progress is None and not sys.stderr.isatty()):
        return _NoBar()
    try:
        from tqdm import tqdm
    except ModuleNotFoundError as error:
        if progress is None:
            return _NoBar()
        raise ModuleNotFoundError(
            "the progress bar needs tqdm: install it with  pip install tqdm", name=error.name
        ) from error
    return tqdm(total=total, initial=done, unit=unit, desc=label, leave=False)


class _NoBar(contextlib.nullcontext):
    """What stands in for a progress bar."""

    def __enter__(self):
        return self

    def update(self):
        pass


def _blas_threads(threads):
    """Return a context in which BLAS uses that many threads, if that can be arranged."""
    if threads is not None:
        with contextlib.suppress(ModuleNotFoundError):
            from threadpoolctl import threadpool_limits

            return threadpool_limits(whole_number(threads, "threads", 1))
    return contextlib.nullcontext()


class _Loop:
    """Epochs of one training, with what they have left behind so far."""

    def __init__(self, runner, rng, n, B, settings, checkpoint):
        self.runner, self.rng, self.n, self.B = runner, rng, n, B
        self._settings, self._path = settings, checkpoint
        self.epoch, self.batch, self.steps = 0, 0, 0
        self.losses, self.watched, self.part = [], [], []

    def restore(self, tree, info):
        *tree, losses, part = tree
        self.runner.restore(tuple(tree))
        self.losses, self.part = losses.tolist(), part.tolist()
        self.epoch, self.batch, self.steps = len(self.losses), len(self.part), info["steps"]
        self.watched, self.rng.bit_generator.state = info["watched"], info["rng"]

    def save(self, rng_state):
        if self._path is not None:
            info = {"settings": self._settings, "rng": rng_state}
            info |= {"steps": self.steps, "watched": self.watched}
            tree = (*self.runner.tree(), np.array(self.losses), np.array(self.part))
            save_tree(self._path, tree, info)

    def run_epoch(self, every, watch, bar):
        before = self.rng.bit_generator.state
        batches = minibatches(self.n, self.B, self.rng)
        for batch in batches[self.batch :]:
            self.steps += 1
            with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
                self.part.append(self.runner.advance(batch, self.steps))
            bar.update()
            if every and self.steps % every == 0 and len(self.part) < len(batches):
                # The epoch's order is drawn again from the state that it began with.
                self.save(before)
        self.losses.append(epoch_loss(self.part, [len(batch) for batch in batches]))
        self.epoch, self.batch, self.part = self.epoch + 1, 0, []
        if watch is not None:
            self.watched.append(watch(self.runner.params))
        self.save(self.rng.bit_generator.state)

    @property
    def broken(self):
        return bool(self.losses) and not np.isfinite(self.losses[-1])


def _ready(X, y, params, sizes, seed, dtype):
    """Return rng, data and first parameters, after checking that they fit."""
    rng, X, y = np.random.default_rng(seed), np.asarray(X), np.asarray(y)
    if params is None:
        params = init_mlp(rng, sizes)
    params = [(np.asarray(W).astype(dtype), np.asarray(b).astype(dtype)) for W, b in params]
    if X.ndim != 2 or len(X) != len(y):
        raise ValueError(f"X and y must have one row each per image, got {X.shape} and {y.shape}")
    X = X.astype(dtype, copy=False)
    mlp_loss_grad(params, X[:1], y[:1])  # says which shapes do not fit
    if y.ndim != 1 or y.dtype.kind not in "iu" or y.min() < 0 or y.max() >= params[-1][1].size:
        raise ValueError(f"y must hold class numbers from 0 to {params[-1][1].size - 1}")
    return rng, X, y.astype(int), params


def _named(step) -> tuple[str, Callable]:
    """Return name and function of an optimizer."""
    if callable(step):
        return f"{step.__module__}.{step.__qualname__}", step
    if step not in STEPS:
        raise ValueError(f"step must be a function or one of {', '.join(STEPS)}, got {step!r}")
    return _named(STEPS[step])


def train(
    X,
    y,
    step="momentum",
    *,
    sizes=(784, 200, 10),
    params=None,
    epochs=5,
    B=64,
    seed=0,
    form="fast",
    dtype=np.float32,
    checkpoint=None,
    every=None,
    watch=None,
    progress=None,
    threads=1,
    **hyper,
) -> Run:
    r"""Train the network, and go on from where an earlier run was stopped.

    Every epoch is that of `fallline.capstone.train_epoch`.
    With a checkpoint a training may be stopped at any moment, also by SIGKILL or a power cut:
    the same call goes on from the last checkpoint, and ends with the same numbers, bit for bit,
    as one that was never stopped (on the same machine with the same number of BLAS threads).

    Parameters
    ----------
    X : array, shape (N, D)
        One image a row, scaled.
    y : array of int, shape (N,)
        The classes.
    step : str or callable
        The optimizer: a name of `STEPS`, or ``step(w, g, state, **hyper) -> (w, state)``.
    sizes : sequence of int
        Layers of `fallline.capstone.init_mlp`, which draws the first parameters.
    params : list of pairs (W, b), optional
        First parameters to be used instead; sizes is then not read.
    epochs : int
        How many epochs there are to be in the end, those before the checkpoint included.
    B : int
        Batch size.
    seed : int
        One generator draws first the parameters and then the order of each epoch.
    form : {"fast", "pure"}
        "fast" works in memory that is made once (`fallline.inplace`), with the gradient descent,
        momentum and Adam of that module; another optimizer gets the flat array of all
        parameters. "pure" is the code of the chapters. They agree but for rounding.
    dtype : float32 or float64
        The kind of parameters and arithmetic; the pure form keeps its memory in float64.
    checkpoint : path, optional
        An ``.npz`` file that is written after each epoch.
    every : int, optional
        After how many steps it is written within an epoch as well.
    watch : callable, optional
        ``watch(params)`` is called after each epoch; what it returns must be what JSON can hold.
    progress : bool, optional
        Whether a bar is shown; by default only on a terminal.
    threads : int, optional
        How many threads BLAS may use, where threadpoolctl is installed (scikit-learn brings it);
        None leaves it alone. With batches of 64 a second thread gains next to nothing, and on a
        busy machine the threads wait for each other ten times as long as they work.
    **hyper
        Hyper-parameters of the step, numbers or words: ``lr=0.01, beta=0.9``.

    Returns
    -------
    Run

    Raises
    ------
    TypeError, ValueError
        If an argument is not what it should be, or the checkpoint is damaged or belongs to a
        training with other settings.

    Notes
    -----
    The fast form keeps the velocity of momentum times the learning rate, and of Adam's averages
    the sums of `fallline.inplace.AdamInPlace`.
    A training whose loss is no longer finite stops after that epoch; the losses of the epochs
    that are left are NaN.
    The memory of units that get no gradient would become denormal, which makes arithmetic slow:
    every 100 steps the fast form sets what is below 1e-30 in the memory of momentum and Adam
    to 0 (`fallline.inplace.flush`). The pure form needs none in a few epochs, since float64
    reaches down to 1e-308.

    Examples
    --------
    >>> X, y = np.array([[-1.0], [1.0], [2.0], [-3.0]]), np.array([0, 1, 1, 0])
    >>> run = train(X, y, "adam", sizes=(1, 5, 2), epochs=30, B=2, lr=0.1)
    >>> run.steps, bool(run.losses[-1] < 0.05 < run.losses[0])
    (60, True)

    References
    ----------
    ``GoodfellowBengioCourville2016``, chapter 8.
    """
    if form not in FORMS:
        raise ValueError(f"form must be one of {', '.join(FORMS)}, got {form!r}")
    name, step = _named(step)
    inspect.signature(step).bind(None, None, None, **hyper)  # a TypeError names what is misspelt
    epochs, B = whole_number(epochs, "epochs"), whole_number(B, "B", 1)
    every = None if every is None else whole_number(every, "every", 1)
    dtype = np.dtype(dtype)
    if dtype not in (np.float32, np.float64):
        raise ValueError(f"dtype must be float32 or float64, got {dtype}")
    rng, X, y, params = _ready(X, y, params, sizes, seed, dtype)
    plain = {"form": form, "dtype": dtype.name, "step": name, "B": B}
    settings = {} if checkpoint is None else _settings(X, y, params, hyper, seed, **plain)
    runner = FORMS[form](X, y, params, step, hyper, min(B, len(X)))
    loop = _Loop(runner, rng, len(X), B, settings, checkpoint)
    kept = _kept(checkpoint, settings)
    if kept is not None:
        loop.restore(*kept)
    if loop.epoch > epochs or (loop.epoch == epochs and loop.batch):
        raise ValueError(f"{checkpoint} is beyond epoch {epochs}: ask for {loop.epoch + 1} or more")
    total = epochs * -(-len(X) // B)
    with (
        _blas_threads(threads),
        progress_bar(progress, total, loop.steps, "step", "training") as bar,
    ):
        while loop.epoch < epochs and not loop.broken:
            loop.run_epoch(every, watch, bar)
    losses = np.full(epochs, np.nan)
    losses[: loop.epoch] = loop.losses
    state = runner.state if form == "pure" else runner.tree()[1]
    return Run(runner.params, state, losses, loop.watched, loop.steps)
