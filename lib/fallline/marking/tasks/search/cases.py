"""What several tasks of chapter `search` are tried on."""

import numpy as np

from fallline import search as reference


def hill(W):
    """Return the squared distance from the point whose entries are all 1/2."""
    return float(np.sum((W - 0.5) ** 2))


def hill_slope(W):
    return 2.0 * (W - 0.5)


def level(W):
    """Return the same loss everywhere; NaN where W is NaN."""
    return float(3.0 + np.sum(0.0 * W))


def stairs(W):
    """Return a loss with flat treads: most small moves change nothing."""
    return float(np.floor(2.0 * np.sum(np.abs(W))))


def cliff(W):
    """Return a loss that is NaN beyond a line."""
    return float("nan") if np.ravel(W)[0] > 0.6 else hill(W)


def calls_spent(answer, f, *args):
    """Count how often the answer calls the function that it is given first."""
    counted = reference.counting(f)
    answer(counted, *args)
    return counted.calls


def rng(seed):
    return np.random.default_rng(seed)
