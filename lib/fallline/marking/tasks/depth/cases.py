"""What several tasks of chapter `depth` are tried on."""

from itertools import pairwise

import numpy as np


def positive_part(z):
    return np.maximum(z, 0.0)


def step(z):
    return np.heaviside(z, 0.0)


def tanh_slope(z):
    return 1.0 / np.cosh(z) ** 2


def ramp_matrices(*sizes):
    """Return weight matrices of those sizes without symmetry, entries a multiple of 1/4."""
    return [
        ((np.arange(m * n) * 5 + k) % 11 - 5.0).reshape(m, n) / 4
        for k, (n, m) in enumerate(pairwise(sizes))
    ]


def gaussian_matrices(rng, sizes, scale=1.0):
    pairs = pairwise(sizes)
    return [scale * rng.normal(size=(m, n)) / np.sqrt(n) for n, m in pairs]


def on_a_copy(answer, Ws, x, *rest):
    """Hand x over as a copy, so that it may become the first signal as it is.

    What is done to the copy is done to x, so that a change is seen.
    """
    given = x.copy()
    try:
        return answer(Ws, given, *rest)
    finally:
        x[...] = given
