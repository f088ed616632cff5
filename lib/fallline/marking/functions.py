"""Functions that the cases of several chapters are tried on."""

import numpy as np


def square(x):
    """Return x² of a number, or of each entry of an array."""
    return x * x


def random_cubic(rng: np.random.Generator):
    """Return a cubic whose coefficients are drawn at random, with two decimals."""
    c = rng.normal(size=4).round(2)
    return lambda x: c[0] + c[1] * x + c[2] * x**2 + c[3] * x**3
