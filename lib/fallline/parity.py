"""Other libraries' optimizers and schedules, composed of the steps of this one.

A function is named like the optimizer whose walk it walks, takes that optimizer's options by
their own names and with their own defaults, and returns a step ``(w, g, state) -> (w, state)``
for the loop. ``lr`` is an argument of the step too, so that a schedule can be given to the loop.
The second paragraph of each docstring says what is composed; the page on parity prints it.

>>> from fallline.descent import descend
>>> descend(torch_sgd(lr=0.1, weight_decay=0.5), lambda w: 2 * w, 1.0, 2)
array([1.    , 0.75  , 0.5625])
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import numpy as np

from fallline.adam import (
    adam_eps_hat_step,
    adam_step,
    adamax_step,
    amsgrad_step,
    effective_eps,
    lion_step,
    nadam_step,
    radam_step,
    scheduled_nadam_step,
)
from fallline.adaptive import (
    adadelta_step,
    adagrad_step,
    centred_rmsprop_step,
    rmsprop_step,
    rprop_step,
    sign_step,
)
from fallline.descent import descend, gradient_step
from fallline.inputs import parameters, real_array
from fallline.momentum import momentum_step, nesterov_rewritten_step, nesterov_step
from fallline.stochastic import asgd_step, plateau_step, schedule

# --- what is composed, and how it is compared ---


def _call(step: Callable, w, g, state=None, **hyper):
    """Make one step; None is the state before the first."""
    return step(w, g, **hyper) if state is None else step(w, g, state, **hyper)


def maximised(step: Callable) -> Callable:
    """Return a step that climbs: the gradient's sign is turned before anything else.

    Examples
    --------
    >>> maximised(gradient_step)([1.0], [3.0], lr=0.5)
    (array([2.5]), None)
    """

    def climb(w, g, state=None, **hyper):
        w, g = parameters(w, g)
        return _call(step, w, -g, state, **hyper)

    return climb


def coupled(step: Callable, weight_decay: float) -> Callable:
    """Return a step with coupled decay: weight_decay * w is added to the gradient.

    Examples
    --------
    >>> coupled(gradient_step, 0.5)([4.0], [3.0], lr=0.5)
    (array([1.5]), None)
    """

    def decay(w, g, state=None, **hyper):
        w, g = parameters(w, g)
        return _call(step, w, g + weight_decay * w, state, **hyper)

    return decay if weight_decay else step


def decoupled(step: Callable, weight_decay: float) -> Callable:
    """Return a step with decoupled decay: w is shrunk by lr * weight_decay of itself first.

    Examples
    --------
    >>> decoupled(gradient_step, 0.5)([4.0], [3.0], lr=0.5)
    (array([1.5]), None)
    """

    def shrink(w, g, state=None, *, lr, **hyper):
        w, g = parameters(w, g)
        return _call(step, (1 - lr * weight_decay) * w, g, state, lr=lr, **hyper)

    return shrink if weight_decay else step


def follow(step: Callable, w, gradients) -> np.ndarray:
    """Return the points after each of some prescribed gradients, whatever the point is.

    Examples
    --------
    >>> follow(torch_sgd(lr=0.5), [0.0], [[2.0], [4.0]])
    array([[-1.],
           [-3.]])
    """
    given = iter(real_array(gradients, "gradients"))
    return descend(step, lambda w: next(given), w, len(gradients))[1:]


def apart(path, other) -> float:
    r"""Return how far two paths are apart at worst, relative where a coordinate is large.

    .. math:: \max_{t, i} \frac{|a_{t,i} - b_{t,i}|}{\max(1, |b_{t,i}|)}

    Examples
    --------
    >>> apart([[0.25, 150.0]], [[0.0, 100.0]])
    0.5
    """
    a, b = real_array(path, "path"), real_array(other, "other")
    if a.shape != b.shape:
        raise ValueError(f"the paths must have one shape, got {a.shape} and {b.shape}")
    return float(np.max(np.abs(a - b) / np.maximum(1, np.abs(b))))


def step_of(library: str, optimizer: str, /, **options) -> Callable:
    """Return the step of a library's optimizer, both named as in `OPTIMIZERS`.

    Options that say how and not what PyTorch computes (`HOW`) change nothing here.

    Raises
    ------
    ValueError
        If there is no such library, or no such optimizer in it.
    TypeError
        If the optimizer has no such option, or needs one that is missing.

    Examples
    --------
    >>> step_of("Keras", "Lion", learning_rate=0.5)([1.0], [300.0])[0]
    array([0.5])
    >>> step_of("PyTorch", "Adagrad", decay=0.1)
    Traceback (most recent call last):
    TypeError: Adagrad of PyTorch has no option decay; it has lr, lr_decay, weight_decay, ...
    """
    if library not in OPTIMIZERS:
        raise ValueError(f"library must be one of {', '.join(OPTIMIZERS)}, got {library!r}")
    made = OPTIMIZERS[library].get(optimizer)
    if made is None:
        known = ", ".join(OPTIMIZERS[library])
        raise ValueError(f"optimizer must be one of {known}, got {optimizer!r}")
    options = {name: value for name, value in options.items() if name not in HOW}
    return _made(made, f"{optimizer} of {library}", options)


def _made(function, title, options):
    """Call a function with options by name, or say which it has."""
    has = inspect.signature(function).parameters
    for name in options:
        if name not in has:
            raise TypeError(f"{title} has no option {name}; it has {', '.join(has)}")
    return function(**options)


def words(function: Callable) -> str:
    """Return what is composed, as the second paragraph of the docstring says it.

    Examples
    --------
    >>> words(optax_sign_sgd)
    '`sign_step` as it is.'
    """
    return " ".join(inspect.getdoc(function).split("\n\n")[1].split())


def changed(function: Callable, options: dict) -> dict:
    """Return those options that are not the defaults, and those that have none.

    Examples
    --------
    >>> changed(torch_sgd, {"lr": 0.1, "momentum": 0, "nesterov": False})
    {'lr': 0.1}
    """
    known = inspect.signature(function).parameters

    def plain(value):
        return tuple(value) if isinstance(value, list | tuple) else value

    return {k: v for k, v in options.items() if plain(v) != plain(known[k].default)}


# --- PyTorch ---


def _torch(step, lr, weight_decay=0.0, maximize=False, decouple=False) -> Callable:
    """Return a step with the options that all of PyTorch's optimizers share, in its order."""
    step = (decoupled if decouple else coupled)(step, weight_decay)
    return _ready(maximised(step) if maximize else step, lr)


def _ready(step, lr) -> Callable:
    """Return a step with its own learning rate, unless the loop gives another."""

    def ready(w, g, state=None, *, lr=lr):
        w, g = parameters(w, g)
        return _call(step, w, g, state, lr=lr)

    return ready


def _direction(step, g, state, **hyper):
    """Return what a step takes away from w if lr is 1, and its new state."""
    moved, state = _call(step, np.zeros_like(g), g, state, lr=1.0, **hyper)
    return -moved, state


def torch_sgd(
    lr=1e-3, momentum=0, dampening=0, weight_decay=0, nesterov=False, *, maximize=False
) -> Callable:
    """Return ``torch.optim.SGD``.

    `gradient_step`; with momentum `momentum_step`, or `nesterov_step`, and every gradient but
    the first is multiplied by 1 - dampening.
    """
    if nesterov and (momentum <= 0 or dampening != 0):
        raise ValueError("nesterov needs a momentum, and a dampening of 0")

    def step(w, g, v=None, *, lr):
        if not momentum:
            return gradient_step(w, g, lr=lr)
        g = g if v is None else (1 - dampening) * g
        if nesterov:
            return _call(nesterov_step, w, g, v, lr=lr, mu=momentum)
        return _call(momentum_step, w, g, v, lr=lr, beta=momentum)

    return _torch(step, lr, weight_decay, maximize)


def torch_adagrad(
    lr=1e-2,
    lr_decay=0,
    weight_decay=0,
    initial_accumulator_value=0,
    eps=1e-10,
    *,
    maximize=False,
) -> Callable:
    """Return ``torch.optim.Adagrad``.

    `adagrad_step`; initial_accumulator_value is its first s, and lr_decay the rate of
    `schedule` "inv".
    """

    def step(w, g, state=(initial_accumulator_value, 0), *, lr):
        s, t = state
        w, s = adagrad_step(w, g, s, lr=schedule("inv", lr, t + 1, rate=lr_decay), eps=eps)
        return w, (s, t + 1)

    return _torch(step, lr, weight_decay, maximize)


def torch_rmsprop(
    lr=1e-2,
    alpha=0.99,
    eps=1e-8,
    weight_decay=0,
    momentum=0,
    centered=False,
    *,
    maximize=False,
) -> Callable:
    """Return ``torch.optim.RMSprop``.

    `rmsprop_step`, or `centred_rmsprop_step`, with rho = alpha; with momentum its direction is
    handed to `momentum_step`.
    """
    rule = partial(centred_rmsprop_step if centered else rmsprop_step, rho=alpha, eps=eps)

    def step(w, g, state=(None, 0.0), *, lr):
        averages, v = state
        d, averages = _direction(rule, g, averages)
        w, v = momentum_step(w, d, v, lr=lr, beta=momentum)
        return w, (averages, v)

    return _torch(step if momentum > 0 else rule, lr, weight_decay, maximize)


def torch_adadelta(lr=1.0, rho=0.9, eps=1e-6, weight_decay=0, *, maximize=False) -> Callable:
    """Return ``torch.optim.Adadelta``.

    `adadelta_step`, whose step is multiplied by lr after it was averaged.
    """
    return _torch(_scaled_adadelta(rho, eps), lr, weight_decay, maximize)


def _scaled_adadelta(rho, eps):
    def step(w, g, state=None, *, lr):
        move, state = _call(adadelta_step, np.zeros_like(w), g, state, rho=rho, eps=eps)
        return w + lr * move, state

    return step


def torch_rprop(lr=1e-2, etas=(0.5, 1.2), step_sizes=(1e-6, 50), *, maximize=False) -> Callable:
    """Return ``torch.optim.Rprop``.

    `rprop_step`; lr is the first length, held between the step_sizes, and etas are down and up.
    """
    (down, up), (low, high) = etas, step_sizes

    def step(w, g, state=None, *, lr):
        state = (0.0, min(max(lr, low), high)) if state is None else state
        return rprop_step(w, g, state, up=up, down=down, low=low, high=high)

    return _torch(step, lr, maximize=maximize)


def _averaged(betas, eps):
    return {"beta1": betas[0], "beta2": betas[1], "eps": eps}


def torch_adam(
    lr=1e-3,
    betas=(0.9, 0.999),
    eps=1e-8,
    weight_decay=0,
    amsgrad=False,
    *,
    maximize=False,
    decoupled_weight_decay=False,
) -> Callable:
    """Return ``torch.optim.Adam``.

    `adam_step`, or `amsgrad_step`; with decoupled_weight_decay what AdamW is.
    """
    step = partial(amsgrad_step if amsgrad else adam_step, **_averaged(betas, eps))
    return _torch(step, lr, weight_decay, maximize, decoupled_weight_decay)


def torch_adamw(
    lr=1e-3,
    betas=(0.9, 0.999),
    eps=1e-8,
    weight_decay=1e-2,
    amsgrad=False,
    *,
    maximize=False,
    decoupled_weight_decay=True,
) -> Callable:
    """Return ``torch.optim.AdamW``.

    `adam_step`, or `amsgrad_step`, after decoupled decay; without amsgrad this is `adamw_step`.
    """
    options = {"maximize": maximize, "decoupled_weight_decay": decoupled_weight_decay}
    return torch_adam(lr, betas, eps, weight_decay, amsgrad, **options)


def torch_adamax(
    lr=2e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0, *, maximize=False
) -> Callable:
    """Return ``torch.optim.Adamax``.

    `adamax_step` as it is.
    """
    return _torch(partial(adamax_step, **_averaged(betas, eps)), lr, weight_decay, maximize)


def torch_nadam(
    lr=2e-3,
    betas=(0.9, 0.999),
    eps=1e-8,
    weight_decay=0,
    momentum_decay=4e-3,
    decoupled_weight_decay=False,
    *,
    maximize=False,
) -> Callable:
    """Return ``torch.optim.NAdam``.

    `scheduled_nadam_step` with psi = momentum_decay.
    """
    step = partial(scheduled_nadam_step, psi=momentum_decay, **_averaged(betas, eps))
    return _torch(step, lr, weight_decay, maximize, decoupled_weight_decay)


def torch_radam(
    lr=1e-3,
    betas=(0.9, 0.999),
    eps=1e-8,
    weight_decay=0,
    decoupled_weight_decay=False,
    *,
    maximize=False,
) -> Callable:
    """Return ``torch.optim.RAdam``.

    `radam_step` as it is.
    """
    step = partial(radam_step, **_averaged(betas, eps))
    return _torch(step, lr, weight_decay, maximize, decoupled_weight_decay)


def torch_asgd(
    lr=1e-2, lambd=1e-4, alpha=0.75, t0=1e6, weight_decay=0, *, maximize=False
) -> Callable:
    """Return ``torch.optim.ASGD``.

    `asgd_step` with lam = lambd; the average is the first part of its state.
    """
    step = partial(asgd_step, lam=lambd, alpha=alpha, t0=t0)
    return _torch(step, lr, weight_decay, maximize)


# --- Optax ---


def optax_sgd(learning_rate, momentum=None, nesterov=False) -> Callable:
    """Return ``optax.sgd``.

    `gradient_step`; with momentum `momentum_step`, or `nesterov_step`.
    """
    if not momentum:
        return _ready(gradient_step, learning_rate)
    ahead, ball = partial(nesterov_step, mu=momentum), partial(momentum_step, beta=momentum)
    return _ready(ahead if nesterov else ball, learning_rate)


def optax_sign_sgd(learning_rate) -> Callable:
    """Return ``optax.sign_sgd``.

    `sign_step` as it is.
    """
    return _ready(sign_step, learning_rate)


def optax_adagrad(learning_rate, initial_accumulator_value=0.1, eps=1e-7) -> Callable:
    """Return ``optax.adagrad``.

    `adagrad_step` with eps = 0, whose first s is initial_accumulator_value + eps: that puts eps
    under the root.
    """
    return _ready(_adagrad_inside(initial_accumulator_value, eps), learning_rate)


def _adagrad_inside(start, eps):
    def step(w, g, s=start + eps, *, lr):
        return adagrad_step(w, g, s, lr=lr, eps=0.0)

    return step


def optax_rmsprop(
    learning_rate,
    decay=0.9,
    eps=1e-8,
    initial_scale=0.0,
    eps_in_sqrt=True,
    centered=False,
    momentum=None,
    nesterov=False,
    bias_correction=False,
) -> Callable:
    """Return ``optax.rmsprop``.

    The averages of `centred_rmsprop_step`, divided anew with eps under the root; with momentum
    the direction is handed to `momentum_step` in its form "inside", or to
    `nesterov_rewritten_step`.
    """
    how = {"inside": eps_in_sqrt, "correct": bias_correction, "start": initial_scale}
    step = _rmsprop_anew(decay, eps, centered, momentum or 0.0, nesterov, **how)
    return _ready(step, learning_rate)


def _rmsprop_anew(
    rho, eps, centered, momentum, nesterov=False, *, inside=True, correct=False, start=0.0
):
    """Return RMSProp whose averages are ours, and whose root, start and memory are chosen."""

    def direction(g, m, v, t):
        grown = 1 - rho**t if correct else 1.0
        spread = v / grown - ((m / grown) ** 2 if centered else 0.0)
        return g / (np.sqrt(spread + eps) if inside else np.sqrt(spread) + eps)

    def step(w, g, state=((0.0, start), 0.0, 0), *, lr):
        averages, ball, t = state
        _, averages = centred_rmsprop_step(w, g, averages, lr=0.0, rho=rho, eps=1.0)
        d = direction(g, *averages, t + 1)
        if nesterov:
            w, ball = nesterov_rewritten_step(w, ball, d, lr=lr, mu=momentum)
        else:
            w, ball = momentum_step(w, d, ball, lr=lr, beta=momentum, form="inside")
        return w, (averages, ball, t + 1)

    return step


def optax_adadelta(learning_rate, rho=0.9, eps=1e-6, weight_decay=0.0) -> Callable:
    """Return ``optax.adadelta``.

    `adadelta_step`, whose step is multiplied by learning_rate after it was averaged; the decay
    is coupled.
    """
    return _ready(coupled(_scaled_adadelta(rho, eps), weight_decay), learning_rate)


def optax_rprop(
    learning_rate, eta_minus=0.5, eta_plus=1.2, min_step_size=1e-6, max_step_size=50.0
) -> Callable:
    """Return ``optax.rprop``.

    `rprop_step`, each of whose steps is made one gradient later, unless a sign flips then.
    """
    bounds = {"up": eta_plus, "down": eta_minus, "low": min_step_size, "high": max_step_size}

    def step(w, g, state=None, *, lr):
        before, held = ((0.0, lr), 0.0) if state is None else state
        flipped = before[0] * g < 0
        move, after = rprop_step(np.zeros_like(w), g, before, **bounds)
        return w + np.where(flipped, 0.0, held), (after, move)

    return _ready(step, learning_rate)


def _rooted(eps_root, nesterov, b1, b2, eps):
    """Return Adam or NAdam, and if eps_root is not 0 with that under the root."""
    hyper = {"beta1": b1, "beta2": b2}
    if not eps_root:
        return partial(nadam_step if nesterov else adam_step, eps=eps, **hyper)

    def step(w, g, state=None, *, lr):
        _, (m, v, t) = _call(adam_step, w, g, state, lr=0.0, **hyper)
        m_hat = m / (1 - b1**t)
        if nesterov:
            m_hat = b1 * m / (1 - b1 ** (t + 1)) + (1 - b1) * g / (1 - b1**t)
        return w - lr * m_hat / (np.sqrt(v / (1 - b2**t) + eps_root) + eps), (m, v, t)

    return step


def optax_adam(
    learning_rate, b1=0.9, b2=0.999, eps=1e-8, eps_root=0.0, *, nesterov=False
) -> Callable:
    """Return ``optax.adam``.

    `adam_step`, or with nesterov `nadam_step`; with eps_root their averages, divided anew.
    """
    return _ready(_rooted(eps_root, nesterov, b1, b2, eps), learning_rate)


def optax_nadam(
    learning_rate, b1=0.9, b2=0.999, eps=1e-8, eps_root=0.0, *, nesterov=True
) -> Callable:
    """Return ``optax.nadam``.

    `nadam_step` as it is; with eps_root its averages, divided anew.
    """
    return optax_adam(learning_rate, b1, b2, eps, eps_root, nesterov=nesterov)


def optax_adamw(
    learning_rate,
    b1=0.9,
    b2=0.999,
    eps=1e-8,
    eps_root=0.0,
    weight_decay=1e-4,
    *,
    nesterov=False,
) -> Callable:
    """Return ``optax.adamw``.

    `adam_step`, or with nesterov `nadam_step`, after decoupled decay: without further options
    `adamw_step`.
    """
    step = _rooted(eps_root, nesterov, b1, b2, eps)
    return _ready(decoupled(step, weight_decay), learning_rate)


def optax_amsgrad(
    learning_rate,
    b1=0.9,
    b2=0.999,
    eps=1e-8,
    eps_root=0.0,
    bias_correction_mu=True,
    bias_correction_nu=True,
) -> Callable:
    """Return ``optax.amsgrad``.

    The averages of `adam_step`, divided by the root of the largest *corrected* v so far.
    """

    def step(w, g, state=((0.0, 0.0, 0), 0.0), *, lr):
        averages, largest = state
        _, (m, v, t) = adam_step(w, g, averages, lr=0.0, beta1=b1, beta2=b2)
        m_hat = m / (1 - b1**t) if bias_correction_mu else m
        largest = np.maximum(largest, v / (1 - b2**t) if bias_correction_nu else v)
        return w - lr * m_hat / (np.sqrt(largest + eps_root) + eps), ((m, v, t), largest)

    return _ready(step, learning_rate)


def optax_adamax(learning_rate, b1=0.9, b2=0.999, eps=1e-8) -> Callable:
    """Return ``optax.adamax``.

    `adamax_step` as it is.
    """
    return _ready(partial(adamax_step, **_averaged((b1, b2), eps)), learning_rate)


def optax_radam(learning_rate, b1=0.9, b2=0.999, eps=1e-8) -> Callable:
    """Return ``optax.radam``.

    `radam_step`, whose eps is multiplied by the root of 1 - b2 ** t: that puts it beside the
    corrected root; eps_root, threshold and nesterov stay as by default.
    """

    def step(w, g, state=(0.0, 0.0, 0), *, lr):
        raw = eps * math.sqrt(1 - b2 ** (state[2] + 1))
        return radam_step(w, g, state, lr=lr, **_averaged((b1, b2), raw))

    return _ready(step, learning_rate)


def optax_lion(learning_rate, b1=0.9, b2=0.99, weight_decay=1e-3) -> Callable:
    """Return ``optax.lion``.

    `lion_step` with lam = weight_decay.
    """
    return _ready(partial(lion_step, beta1=b1, beta2=b2, lam=weight_decay), learning_rate)


# --- Keras ---


def _keras(step, learning_rate, weight_decay) -> Callable:
    """Return a step after decoupled decay, an option of every optimizer of Keras."""
    return _ready(decoupled(step, weight_decay or 0.0), learning_rate)


def keras_sgd(learning_rate=0.01, momentum=0.0, nesterov=False, weight_decay=None) -> Callable:
    """Return ``keras.optimizers.SGD``.

    `momentum_step` in its form "inside", or `nesterov_rewritten_step`; without momentum
    `gradient_step`.
    """

    def ahead(w, g, v=0.0, *, lr):
        return nesterov_rewritten_step(w, v, g, lr=lr, mu=momentum)

    ball = partial(momentum_step, beta=momentum, form="inside")
    step = (ahead if nesterov else ball) if momentum else gradient_step
    return _keras(step, learning_rate, weight_decay)


def keras_adagrad(
    learning_rate=0.001, initial_accumulator_value=0.1, epsilon=1e-7, weight_decay=None
) -> Callable:
    """Return ``keras.optimizers.Adagrad``.

    `adagrad_step` with eps = 0, whose first s is initial_accumulator_value + epsilon: that puts
    epsilon under the root.
    """
    step = _adagrad_inside(initial_accumulator_value, epsilon)
    return _keras(step, learning_rate, weight_decay)


def keras_rmsprop(
    learning_rate=0.001, rho=0.9, momentum=0.0, epsilon=1e-7, centered=False, weight_decay=None
) -> Callable:
    """Return ``keras.optimizers.RMSprop``.

    The averages of `centred_rmsprop_step`, divided anew with epsilon under the root; with
    momentum the direction is handed to `momentum_step` in its form "inside".
    """
    return _keras(_rmsprop_anew(rho, epsilon, centered, momentum), learning_rate, weight_decay)


def keras_adadelta(learning_rate=0.001, rho=0.95, epsilon=1e-7, weight_decay=None) -> Callable:
    """Return ``keras.optimizers.Adadelta``.

    `adadelta_step`, whose step is multiplied by learning_rate after it was averaged.
    """
    return _keras(_scaled_adadelta(rho, epsilon), learning_rate, weight_decay)


def keras_adam(
    learning_rate=0.001,
    beta_1=0.9,
    beta_2=0.999,
    epsilon=1e-7,
    amsgrad=False,
    weight_decay=None,
) -> Callable:
    """Return ``keras.optimizers.Adam``.

    `adam_eps_hat_step`; with amsgrad `amsgrad_step`, whose eps is the `effective_eps` of step t.
    """

    def largest(w, g, state=(0.0, 0.0, 0.0, 0), *, lr):
        eps = effective_eps(state[3] + 1, beta_2, epsilon)
        return amsgrad_step(w, g, state, lr=lr, **_averaged((beta_1, beta_2), eps))

    plain = partial(adam_eps_hat_step, **_averaged((beta_1, beta_2), epsilon))
    return _keras(largest if amsgrad else plain, learning_rate, weight_decay)


def keras_adamw(
    learning_rate=0.001,
    weight_decay=0.004,
    beta_1=0.9,
    beta_2=0.999,
    epsilon=1e-7,
    amsgrad=False,
) -> Callable:
    """Return ``keras.optimizers.AdamW``.

    What Keras' Adam is, after decoupled decay.
    """
    return keras_adam(learning_rate, beta_1, beta_2, epsilon, amsgrad, weight_decay)


def keras_adamax(
    learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7, weight_decay=None
) -> Callable:
    """Return ``keras.optimizers.Adamax``.

    The averages of `adamax_step` with eps = 0, divided anew: epsilon is added to u where u
    divides.
    """

    def step(w, g, state=(0.0, 0.0, 0), *, lr):
        with np.errstate(invalid="ignore"):  # 0 / 0, where no gradient but 0 was seen
            _, (m, u, t) = adamax_step(w, g, state, lr=0.0, **_averaged((beta_1, beta_2), 0.0))
        return w - lr / (1 - beta_1**t) * m / (u + epsilon), (m, u, t)

    return _keras(step, learning_rate, weight_decay)


def keras_nadam(
    learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7, weight_decay=None
) -> Callable:
    """Return ``keras.optimizers.Nadam``.

    `scheduled_nadam_step` with psi = 1.
    """
    step = partial(scheduled_nadam_step, psi=1.0, **_averaged((beta_1, beta_2), epsilon))
    return _keras(step, learning_rate, weight_decay)


def keras_lion(learning_rate=0.001, beta_1=0.9, beta_2=0.99, weight_decay=None) -> Callable:
    """Return ``keras.optimizers.Lion``.

    `lion_step` after decoupled decay, which is the same as with lam = weight_decay.
    """
    return _keras(partial(lion_step, beta1=beta_1, beta2=beta_2), learning_rate, weight_decay)


OPTIMIZERS = {
    "PyTorch": {
        "SGD": torch_sgd,
        "Adagrad": torch_adagrad,
        "RMSprop": torch_rmsprop,
        "Adadelta": torch_adadelta,
        "Rprop": torch_rprop,
        "Adam": torch_adam,
        "AdamW": torch_adamw,
        "Adamax": torch_adamax,
        "NAdam": torch_nadam,
        "RAdam": torch_radam,
        "ASGD": torch_asgd,
    },
    "Optax": {
        "sgd": optax_sgd,
        "sign_sgd": optax_sign_sgd,
        "adagrad": optax_adagrad,
        "rmsprop": optax_rmsprop,
        "adadelta": optax_adadelta,
        "rprop": optax_rprop,
        "adam": optax_adam,
        "adamw": optax_adamw,
        "nadam": optax_nadam,
        "amsgrad": optax_amsgrad,
        "adamax": optax_adamax,
        "radam": optax_radam,
        "lion": optax_lion,
    },
    "Keras": {
        "SGD": keras_sgd,
        "Adagrad": keras_adagrad,
        "RMSprop": keras_rmsprop,
        "Adadelta": keras_adadelta,
        "Adam": keras_adam,
        "AdamW": keras_adamw,
        "Adamax": keras_adamax,
        "Nadam": keras_nadam,
        "Lion": keras_lion,
    },
}
"""Library, its optimizer's name, and the function that makes the step."""

HOW = {"foreach", "fused", "capturable", "differentiable"}
"""Options of PyTorch's that say how a step is computed, and not which."""


# --- PyTorch's schedules: functions of t that return the learning rate and the momentum ---


def _alone(kind, lr0, **kw) -> Callable:
    """Return ``t -> (lr, None)``: a schedule that leaves the momentum alone."""
    return lambda t: (schedule(kind, lr0, t, **kw), None)


def _step_lr(base_lr, step_size, gamma=0.1):
    """Return ``StepLR``.

    `schedule` "step", every = step_size.
    """
    return _alone("step", base_lr, every=step_size, gamma=gamma)


def _multi_step_lr(base_lr, milestones, gamma=0.1):
    """Return ``MultiStepLR``.

    `schedule` "multistep", at = milestones.
    """
    return _alone("multistep", base_lr, at=milestones, gamma=gamma)


def _constant_lr(base_lr, factor=1 / 3, total_iters=5):
    """Return ``ConstantLR``.

    `schedule` "multistep" that rises: from base_lr * factor, gamma = 1 / factor, at total_iters.
    """
    return _alone("multistep", base_lr * factor, at=[total_iters], gamma=1 / factor)


def _linear_lr(base_lr, start_factor=1 / 3, end_factor=1.0, total_iters=5):
    """Return ``LinearLR``.

    `schedule` "linear", T = total_iters, with its two factors.
    """
    return _alone("linear", base_lr, T=total_iters, start=start_factor, end=end_factor)


def _exponential_lr(base_lr, gamma):
    """Return ``ExponentialLR``.

    `schedule` "exp".
    """
    return _alone("exp", base_lr, gamma=gamma)


def _polynomial_lr(base_lr, total_iters=5, power=1.0):
    """Return ``PolynomialLR``.

    `schedule` "poly", T = total_iters.
    """
    return _alone("poly", base_lr, T=total_iters, power=power)


def _cosine_lr(base_lr, T_max, eta_min=0.0):
    """Return ``CosineAnnealingLR``.

    `schedule` "cosine", T = T_max, whose steps run back after T_max: it rises again.
    """
    fall = _alone("cosine", base_lr, T=T_max, end=eta_min)
    return lambda t: fall(1 + T_max - abs(T_max - (t - 1) % (2 * T_max)))


def _restarts_lr(base_lr, T_0, T_mult=1, eta_min=0.0):
    """Return ``CosineAnnealingWarmRestarts``.

    `schedule` "cosine-restarts", T = T_0, mult = T_mult.
    """
    return _alone("cosine-restarts", base_lr, T=T_0, mult=T_mult, end=eta_min)


def _cyclic_lr(
    base_lr,
    max_lr,
    step_size_up=2000,
    step_size_down=None,
    mode="triangular",
    gamma=1.0,
    cycle_momentum=True,
    base_momentum=0.8,
    max_momentum=0.9,
):
    """Return ``CyclicLR``.

    `schedule` "cyclic" with the crest max_lr, and once more for the momentum, upside down; mode
    "triangular2" is shrink = 0.5, "exp_range" is gamma.
    """
    kw = {"up": step_size_up, "down": step_size_down}
    kw["shrink"] = 0.5 if mode == "triangular2" else 1.0
    kw["gamma"] = gamma if mode == "exp_range" else 1.0

    def at(t):
        lr = schedule("cyclic", max_lr, t, low=base_lr, **kw)
        return lr, schedule("cyclic", base_momentum, t, low=max_momentum, **kw)

    return at if cycle_momentum else lambda t: (at(t)[0], None)


def _one_cycle_lr(
    base_lr,
    max_lr,
    total_steps,
    pct_start=0.3,
    anneal_strategy="cos",
    cycle_momentum=True,
    base_momentum=0.85,
    max_momentum=0.95,
    div_factor=25.0,
    final_div_factor=1e4,
    three_phase=False,
):
    """Return ``OneCycleLR``.

    `schedule` "one-cycle" with the crest max_lr, T = total_steps, warm = pct_start, and once
    more for the momentum, upside down.
    """
    start = max_lr / div_factor
    kw = {"T": total_steps, "warm": pct_start, "phases": 3 if three_phase else 2}
    kw["curve"] = "cosine" if anneal_strategy == "cos" else "linear"
    low, ends = start / final_div_factor, {"start": max_momentum, "end": max_momentum}

    def at(t):
        lr = schedule("one-cycle", max_lr, t, start=start, end=low, **kw)
        return lr, schedule("one-cycle", base_momentum, t, **ends, **kw)

    return at if cycle_momentum else lambda t: (at(t)[0], None)


def _plateau_lr(
    base_lr,
    metric,
    factor=0.1,
    patience=10,
    threshold=1e-4,
    threshold_mode="rel",
    cooldown=0,
    min_lr=0.0,
    eps=1e-8,
):
    """Return ``ReduceLROnPlateau``.

    `plateau_step` with low = min_lr and ignore = 1e-8, fed one metric after another.
    """
    hyper = {"factor": factor, "patience": patience, "threshold": threshold}
    hyper |= {"cooldown": cooldown, "low": min_lr, "ignore": eps}
    rates, state = [base_lr], (math.inf, 0, 0)
    for value in metric:
        lr, state = plateau_step(rates[-1], value, state, relative=threshold_mode == "rel", **hyper)
        rates.append(lr)
    return lambda t: (rates[t - 1], None)


def _lambda_lr(base_lr, lr_lambda):
    """Return ``LambdaLR``.

    Any function of t - 1 does; the one compared here is `schedule` "inv" with rate = 0.1.
    """
    return lambda t: (base_lr * lr_lambda(t - 1), None)


def _sequential_lr(base_lr, schedulers, milestones):
    """Return ``SequentialLR``.

    One schedule after the other, each with a t begun anew at its milestone.
    """
    starts = [0, *milestones]

    def at(t):
        now = sum(t > start for start in starts) - 1
        return schedulers[now](t - starts[now])

    return at


SCHEDULERS = {
    "StepLR": _step_lr,
    "MultiStepLR": _multi_step_lr,
    "ConstantLR": _constant_lr,
    "LinearLR": _linear_lr,
    "ExponentialLR": _exponential_lr,
    "PolynomialLR": _polynomial_lr,
    "CosineAnnealingLR": _cosine_lr,
    "CosineAnnealingWarmRestarts": _restarts_lr,
    "CyclicLR": _cyclic_lr,
    "OneCycleLR": _one_cycle_lr,
    "ReduceLROnPlateau": _plateau_lr,
    "LambdaLR": _lambda_lr,
    "SequentialLR": _sequential_lr,
}
"""PyTorch's schedulers, and the function that makes each: see `schedule_of`."""


def schedule_of(scheduler: str, base_lr: float, /, **given) -> Callable:
    """Return one of PyTorch's schedules as a function of t: learning rate and momentum.

    The momentum is None where the scheduler leaves it alone. ``ReduceLROnPlateau`` needs the
    measured values, ``metric``; ``SequentialLR`` needs ``schedulers``, functions of t as well.

    Raises
    ------
    ValueError
        If the scheduler is none of `SCHEDULERS`.
    TypeError
        If it has no such option, or needs one that is missing.

    Examples
    --------
    >>> lr = schedule_of("ConstantLR", 0.5, factor=0.5, total_iters=2)
    >>> [lr(t) for t in (1, 2, 3)]
    [(0.25, None), (0.25, None), (0.5, None)]
    """
    if scheduler not in SCHEDULERS:
        known = ", ".join(SCHEDULERS)
        raise ValueError(f"scheduler must be one of {known}, got {scheduler!r}")
    return _made(SCHEDULERS[scheduler], scheduler, {"base_lr": base_lr, **given})


# --- what is compared: one row for each stored walk ---


class Row(NamedTuple):
    """One stored walk of a library, and how far from it the composed one ends up at worst."""

    name: str
    """The optimizer's or scheduler's name in its library."""
    options: dict
    """What differs from the defaults of that library."""
    words: str
    """What is composed of the course's functions."""
    apart: float
    """The worst difference over all steps and coordinates, see `apart`."""


def optimizer_rows(library: str, oracle: dict) -> list[Row]:
    """Return a row for each of the stored walks of one library.

    Parameters
    ----------
    library : str
        A key of `OPTIMIZERS`.
    oracle : dict
        Start "x0", gradients "grads", and "configs", a list of dicts with "optimizer", "options"
        and the "path" that the library walked.

    Examples
    --------
    >>> walk = {"optimizer": "SGD", "options": {"lr": 0.5}, "path": [[-1.0]]}
    >>> optimizer_rows("PyTorch", {"x0": [0.0], "grads": [[2.0]], "configs": [walk]})[0].apart
    0.0
    """
    rows = []
    for config in oracle["configs"]:
        name, options = config["optimizer"], config["options"]
        made = OPTIMIZERS[library][name]
        path = follow(step_of(library, name, **options), oracle["x0"], oracle["grads"])
        rows.append(Row(name, changed(made, options), words(made), apart(path, config["path"])))
    return rows


def _linear_then_cosine(lr):
    """Return what PyTorch's stored SequentialLR was given."""
    rise = schedule_of("LinearLR", lr, start_factor=0.1, total_iters=5)
    return {"schedulers": [rise, schedule_of("CosineAnnealingLR", lr, T_max=30)], "milestones": [5]}


_SPELT_OUT = {
    "LambdaLR": lambda lr: {"lr_lambda": lambda k: schedule("inv", 1.0, k + 1, rate=0.1)},
    "SequentialLR": _linear_then_cosine,
}
"""What two stored schedules were given, which the file says in words."""


def schedule_rows(oracle: dict) -> list[Row]:
    """Return a row for each of PyTorch's stored schedules.

    Parameters
    ----------
    oracle : dict
        "schedules", a list of dicts with "scheduler", "base_lr", "given", "metric" and the
        pairs "lr_momentum" of every step.
    """
    rows = []
    for table in oracle["schedules"]:
        name, _, rest = table["scheduler"].partition(" ")
        lr, given = table["base_lr"], dict(table["given"])
        shown = given | ({"as": rest} if rest else {})
        given |= _SPELT_OUT[name](lr) if name in _SPELT_OUT else {}
        given |= {"metric": table["metric"]} if table["metric"] is not None else {}
        at = schedule_of(name, lr, **given)
        pairs = [at(t) for t in range(1, len(table["lr_momentum"]) + 1)]
        found = [
            [lr, theirs[1] if momentum is None else momentum]
            for (lr, momentum), theirs in zip(pairs, table["lr_momentum"], strict=True)
        ]
        rows.append(Row(name, shown, words(SCHEDULERS[name]), apart(found, table["lr_momentum"])))
    return rows
