"""What several tasks of chapter `stochastic` are tried on."""

import numpy as np


def rng(seed):
    return np.random.default_rng(seed)


def in_words(indices, n, left_out):
    """Say whether indices are those of an epoch."""
    if sorted(set(indices)) != sorted(indices):
        return "some index twice"
    if not set(indices) <= set(range(n)):
        return "an index that is none"
    return f"{n - left_out} of {n}" if len(indices) == n - left_out else f"{len(indices)} of {n}"
