"""For large runs: Adam, momentum and the network in memory that is made once, equal to the rest."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np

CHUNK = 32_768
"""How many parameters are taken at a time where nothing is said: few enough for the cache."""


class _InPlace:
    """What optimizers in place have in common: one array of parameters, taken in chunks."""

    memory: tuple  # the arrays in which the optimizer remembers what was

    def __init__(self, w: np.ndarray, chunk: int | None):
        if not isinstance(w, np.ndarray) or w.dtype not in (np.float32, np.float64):
            raise TypeError("w must be an array of float32 or float64: it is changed in place")
        if not w.flags.c_contiguous or not w.flags.writeable:
            raise ValueError("w must be contiguous and writeable: take a copy of it")
        if chunk is not None and not (chunk >= 1 and chunk % 1 == 0):
            raise ValueError(f"chunk must be a positive whole number, got {chunk!r}")
        chunk = max(1, w.size if chunk is None else min(int(chunk), w.size))
        self._w, self._scratch = w, np.empty(chunk, w.dtype)
        self._slices = [slice(k, k + chunk) for k in range(0, w.size, chunk)]

    def _chunks(self, g: np.ndarray):
        """Check g, and return the windows on w, on g and on the memory, chunk by chunk."""
        if not isinstance(g, np.ndarray) or g.dtype != self._w.dtype:
            raise TypeError(f"g must be an array of {self._w.dtype}, as w is")
        if g.shape != self._w.shape:
            raise ValueError(f"g must have the shape of w, {self._w.shape}, got {g.shape}")
        arrays = [array.reshape(-1) for array in (self._w, g, *self.memory)]
        return (tuple(array[part] for array in arrays) for part in self._slices)


class AdamInPlace(_InPlace):
    r"""Adam for one array of parameters, which it changes.

    The sums and the scratch memory are made once; a step makes no array.

    .. math:: M \leftarrow \beta_1 M + g, \qquad V \leftarrow \beta_2 V + g^2, \qquad
        w \leftarrow w - lr\, \frac{1 - \beta_1}{1 - \beta_1^t}\, c_t\,
        \frac{M}{\sqrt{V} + c_t\, \varepsilon}, \qquad
        c_t = \sqrt{\frac{1 - \beta_2^t}{1 - \beta_2}}

    Parameters
    ----------
    w : array of float32 or float64, contiguous, any shape
        The parameters; every step changes them.
    chunk : int, optional
        How many parameters are taken at a time; None takes all of them at once.

    Raises
    ------
    TypeError
        If w is not an array of float32 or float64.
    ValueError
        If w is not contiguous, or chunk is not a positive whole number.

    Notes
    -----
    ``memory`` holds the sums M and V, ``t`` counts the steps; ``m`` and ``v`` are the raw averages
    :math:`(1 - \beta_1) M` and :math:`(1 - \beta_2) V`, made anew whenever they are asked for.
    Results differ from those of `fallline.adam.adam_step` by a few units of the last place:
    the weights of the averages and the corrections are taken out of the arrays and into two
    numbers, which saves two passes over memory of twelve.
    All numbers beside the arrays are Python floats: a NumPy scalar of 64 bits would turn
    arithmetic of 32 bits into arithmetic of 64.

    Examples
    --------
    >>> w = np.array([1.0, 1.0])
    >>> adam = AdamInPlace(w)
    >>> adam.step(np.array([3.0, -0.02]), lr=0.1)
    >>> w.round(4), adam.t, adam.m.round(4)
    (array([0.9, 1.1]), 1, array([ 0.3  , -0.002]))

    References
    ----------
    ``KingmaBa2015``.
    """

    def __init__(self, w: np.ndarray, chunk: int | None = CHUNK):
        super().__init__(w, chunk)
        self.memory, self.t, self._betas = (np.zeros_like(w), np.zeros_like(w)), 0, None

    @property
    def m(self) -> np.ndarray:
        """The average of the gradients, not corrected."""
        return self.memory[0] * (1 - (self._betas or (0.9,))[0])

    @property
    def v(self) -> np.ndarray:
        """The average of their squares, not corrected."""
        return self.memory[1] * (1 - (self._betas or (0.9, 0.999))[1])

    def step(self, g: np.ndarray, *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8) -> None:
        """Make one step; the hyper-parameters are those of `fallline.adam.adam_step`.

        Raises
        ------
        TypeError, ValueError
            If g is not an array of the kind and shape of w, or a beta is 1.
        """
        chunks = self._chunks(g)
        self._weigh(float(beta1), float(beta2))
        self.t += 1
        beta1, beta2 = self._betas
        grown = math.sqrt((1 - beta2**self.t) / (1 - beta2))
        rate = float(lr) * grown * (1 - beta1) / (1 - beta1**self.t)
        for chunk in chunks:
            _adam(*chunk, self._scratch, rate, beta1, beta2, float(eps) * grown)

    def _weigh(self, *betas) -> None:
        """Keep the averages where a step has other betas than the one before it."""
        if 1 in betas:
            raise ValueError("beta1 and beta2 must not be 1: an average would take nothing in")
        for total, old, new in zip(self.memory, self._betas or betas, betas, strict=True):
            if new != old:
                total *= (1 - old) / (1 - new)
        self._betas = betas


def _adam(w, g, M, V, scratch, rate, beta1, beta2, floor):
    """Change w and both sums, line by line, with one array of scratch."""
    scratch = scratch[: w.size]
    M *= beta1
    M += g
    np.multiply(g, g, out=scratch)
    V *= beta2
    V += scratch
    np.sqrt(V, out=scratch)
    scratch += floor
    np.divide(M, scratch, out=scratch)
    scratch *= rate
    w -= scratch


class MomentumInPlace(_InPlace):
    r"""Gradient descent with momentum for one array of parameters, which it changes.

    .. math:: v \leftarrow \beta v + g, \qquad w \leftarrow w - lr\, v

    Parameters
    ----------
    w : array of float32 or float64, contiguous, any shape
        The parameters; every step changes them.
    chunk : int, optional
        How many parameters are taken at a time; None takes all of them at once.

    Raises
    ------
    TypeError, ValueError
        As for `AdamInPlace`.

    Notes
    -----
    It is the form "outside" of `fallline.momentum.momentum_step`, equal to it but for rounding.
    ``v`` is the velocity. Without momentum (beta = 0) the step is that of
    `fallline.descent.gradient_step`, and the velocity is neither read nor written.

    Examples
    --------
    >>> w = np.array([5.0])
    >>> momentum = MomentumInPlace(w)
    >>> momentum.step(np.array([10.0]), lr=0.1, beta=0.9)
    >>> momentum.step(np.array([8.0]), lr=0.1, beta=0.9)
    >>> w.round(6), momentum.v
    (array([2.3]), array([17.]))

    References
    ----------
    ``Polyak1964``.
    """

    def __init__(self, w: np.ndarray, chunk: int | None = CHUNK):
        super().__init__(w, chunk)
        self.memory = (np.zeros_like(w),)

    @property
    def v(self) -> np.ndarray:
        """The velocity."""
        return self.memory[0]

    def step(self, g: np.ndarray, *, lr, beta=0.0) -> None:
        """Make one step.

        Raises
        ------
        TypeError, ValueError
            If g is not an array of the kind and shape of w.
        """
        for chunk in self._chunks(g):
            _momentum(*chunk, self._scratch, float(lr), float(beta))


def _momentum(w, g, v, scratch, lr, beta):
    """Change w and v, with one array of scratch; a rate of 1 needs no multiplication."""
    if beta:
        v *= beta
        v += g
        g = v
    w -= g if lr == 1 else np.multiply(g, lr, out=scratch[: w.size])


def flush(array: np.ndarray, tiny=1e-30) -> None:
    """Set the entries of an array that are smaller than tiny to 0, in place.

    The memory of a unit that gets no more gradients shrinks in every step until it is denormal,
    below 1e-38 in float32, and arithmetic with such numbers is about twenty times slower.

    Parameters
    ----------
    array : array of float
        What an optimizer remembers.
    tiny : float
        Far below what moves a parameter, and far above the denormal numbers of float32.

    Examples
    --------
    >>> v = np.array([1.5, -1e-35, 2.0])
    >>> flush(v)
    >>> v
    array([1.5, 0. , 2. ])

    References
    ----------
    ``Goldberg1991``, section on denormalized numbers.
    """
    np.copyto(array, 0, where=np.abs(array) < tiny)


class MLPInPlace:
    r"""The network of `fallline.capstone`, with its loss and gradient, in memory made once.

    All parameters lie in one flat array w, layer by layer W row by row and then b;
    their gradient lies likewise in g. An optimizer in place works on w and g.

    Parameters
    ----------
    params : list of pairs (W, b)
        The first parameters, copied; float32 if all of them are, else float64.
    B : int
        The largest batch.

    Raises
    ------
    ValueError
        If the layers do not fit together.

    Notes
    -----
    ``params`` and ``grads`` are lists of pairs like those of `fallline.capstone.mlp_loss_grad`,
    but windows on w and g: they change with every step.

    Examples
    --------
    >>> net = MLPInPlace([(np.eye(2), np.array([0.0, -3.0])), (np.eye(2), np.zeros(2))], B=1)
    >>> loss = net.loss_grad(np.array([[1.0, 2.0]]), np.array([1]), np.array([0]))
    >>> round(loss, 6), net.grads[0][0].round(3), net.w.size
    (1.313262, array([[0.731, 0.   ],
           [1.462, 0.   ]]), 12)

    References
    ----------
    ``RumelhartHintonWilliams1986``.
    """

    def __init__(self, params, B: int):
        arrays = [np.asarray(array) for layer in params for array in layer]
        dtype = np.float32 if all(a.dtype == np.float32 for a in arrays) else np.float64
        shapes = [(np.shape(W), np.shape(b)) for W, b in params]
        widths = [shapes[0][0][0], *(b[0] for _, b in shapes)]
        if shapes != [((n, m), (m,)) for n, m in pairwise(widths)]:
            raise ValueError(f"the shapes of (W, b) do not fit together: {shapes}")
        self.w = np.concatenate([array.ravel() for array in arrays]).astype(dtype)
        self.g = np.zeros_like(self.w)
        self.params, self.grads = _windows(self.w, shapes), _windows(self.g, shapes)
        self._values = [np.empty((B, width), dtype) for width in widths]
        self._slopes = [np.empty((B, width), dtype) for width in widths[1:-1]]
        self._on = [np.empty((B, width), bool) for width in widths[1:-1]]

    def loss_grad(self, X: np.ndarray, y: np.ndarray, batch: np.ndarray, scale=1.0) -> float:
        """Return the mean loss of the rows of X and y that batch names, and fill in g.

        Parameters
        ----------
        X : array, shape (N, D)
            All images, of the kind of the parameters.
        y : array of int, shape (N,)
            All classes; their range is not checked here.
        batch : array of int, shape (n,)
            The rows, from 0 to N - 1, at most B of them.
        scale : float
            What the gradient in g is multiplied by, at no cost: say the learning rate.

        Returns
        -------
        float
        """
        n = len(batch)
        x, *hidden, z = (array[:n] for array in self._values)
        np.take(X, batch, axis=0, out=x, mode="clip")  # other modes would take a detour
        before = x
        for (W, b), h in zip(self.params, [*hidden, z], strict=True):
            np.matmul(before, W, out=h)
            h += b
            before = h if h is z else np.maximum(h, 0, out=h)
        loss = _softmax_in_place(z, y[batch], float(scale) / n)
        self._backward([x, *hidden], z)
        return loss

    def _backward(self, inputs, dz):
        """Fill in the gradients, from the last layer to the first."""
        for k in reversed(range(len(inputs))):
            dW, db = self.grads[k]
            np.matmul(inputs[k].T, dz, out=dW)
            np.sum(dz, axis=0, out=db)
            if k:
                on, slope = (room[k - 1][: len(dz)] for room in (self._on, self._slopes))
                np.greater(inputs[k], 0, out=on)
                np.matmul(dz, self.params[k][0].T, out=slope)
                slope *= on
                dz = slope


def _windows(flat: np.ndarray, shapes) -> list:
    """Return windows of those shapes on a flat array, one after the other."""
    windows, start = [], 0
    for pair in shapes:
        layer = []
        for shape in pair:
            end = start + math.prod(shape)
            layer.append(flat[start:end].reshape(shape))
            start = end
        windows.append(tuple(layer))
    return windows


def _softmax_in_place(z: np.ndarray, y: np.ndarray, scale: float) -> float:
    """Return the mean cross-entropy of scores, and turn them into its scaled gradient."""
    flat, at = z.reshape(-1), np.arange(0, z.size, z.shape[1]) + y
    z -= np.maximum.reduce(z, axis=1, keepdims=True)
    picked = flat[at]
    np.exp(z, out=z)
    total = np.add.reduce(z, axis=1, keepdims=True)
    z *= scale / total
    flat[at] -= scale
    return float(np.sum(np.log(total[:, 0]) - picked, dtype=np.float64)) / len(z)
