"""Adam in place, for large runs: the rule of `fallline.adam.adam_step` without new arrays."""

from __future__ import annotations

import math

import numpy as np

CHUNK = 32_768
"""How many parameters are taken at a time where nothing is said: few enough for the cache."""


class AdamInPlace:
    r"""Adam for one array of parameters, which it changes.

    The averages and the scratch memory are made once; a step makes no array.

    .. math:: w \leftarrow w - lr\, \frac{c_t}{1 - \beta_1^t}\,
        \frac{m}{\sqrt{v} + c_t\, \varepsilon}, \qquad c_t = \sqrt{1 - \beta_2^t}

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
    ``m`` and ``v`` are the raw averages, of the shape and kind of w; ``t`` counts the steps.
    Results differ from those of `fallline.adam.adam_step` by a few units of the last place:
    the corrections are taken out of the arrays and into two numbers.
    All numbers beside the arrays are Python floats: a NumPy scalar of 64 bits would turn
    arithmetic of 32 bits into arithmetic of 64.

    Examples
    --------
    >>> w = np.array([1.0, 1.0])
    >>> adam = AdamInPlace(w)
    >>> adam.step(np.array([3.0, -0.02]), lr=0.1)
    >>> w.round(4), adam.t
    (array([0.9, 1.1]), 1)

    References
    ----------
    ``KingmaBa2015``.
    """

    def __init__(self, w: np.ndarray, chunk: int | None = CHUNK):
        if not isinstance(w, np.ndarray) or w.dtype not in (np.float32, np.float64):
            raise TypeError("w must be an array of float32 or float64: it is changed in place")
        if not w.flags.c_contiguous or not w.flags.writeable:
            raise ValueError("w must be contiguous and writeable: take a copy of it")
        if chunk is not None and not (chunk >= 1 and chunk % 1 == 0):
            raise ValueError(f"chunk must be a positive whole number, got {chunk!r}")
        self.m, self.v, self.t, self._w = np.zeros_like(w), np.zeros_like(w), 0, w
        chunk = max(1, w.size if chunk is None else min(int(chunk), w.size))
        self._slices = [slice(k, k + chunk) for k in range(0, w.size, chunk)]
        self._scratch = np.empty(chunk, w.dtype)

    def step(self, g: np.ndarray, *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8) -> None:
        """Make one step; the hyper-parameters are those of `fallline.adam.adam_step`.

        Raises
        ------
        TypeError, ValueError
            If g is not an array of the kind and shape of w.
        """
        if not isinstance(g, np.ndarray) or g.dtype != self._w.dtype:
            raise TypeError(f"g must be an array of {self._w.dtype}, as w is")
        if g.shape != self._w.shape:
            raise ValueError(f"g must have the shape of w, {self._w.shape}, got {g.shape}")
        self.t += 1
        grown = math.sqrt(1 - beta2**self.t)
        rate, floor = float(lr) * grown / (1 - beta1**self.t), float(eps) * grown
        arrays = [a.reshape(-1) for a in (self._w, g, self.m, self.v)]
        for part in self._slices:
            _adam(*(a[part] for a in arrays), self._scratch, rate, beta1, beta2, floor)


def _adam(w, g, m, v, scratch, rate, beta1, beta2, floor):
    """Change w, m and v, line by line, with one array of scratch."""
    scratch = scratch[: w.size]
    np.multiply(g, 1 - beta1, out=scratch)
    m *= beta1
    m += scratch
    np.multiply(g, g, out=scratch)
    scratch *= 1 - beta2
    v *= beta2
    v += scratch
    np.sqrt(v, out=scratch)
    scratch += floor
    np.divide(m, scratch, out=scratch)
    scratch *= rate
    w -= scratch
