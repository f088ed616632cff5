"""What several tasks of chapter `adaptive` are tried on."""

import copy

import numpy as np


def one(answer, w, g, state, hyper):
    """Make one step from a given state; return parameters and state."""
    return answer(w, g, state, **hyper)


def fed(answer, w, gradients, hyper):
    """Feed one gradient after another from the initial state; return w after each."""
    path, state = [], ()
    for g in gradients:
        w, *state = copy.deepcopy(answer(w, g, *state, **hyper))
        path.append(w)
    return path


def rows(*gradients):
    """Return prescribed gradients, one a row."""
    return np.array(gradients, dtype=float)


def mixed(rng, n, d, small=1e-8):
    """Draw n gradients: of many sizes, a tiny coordinate and one that is 0."""
    G = rng.normal(size=(n, d)) * 10.0 ** rng.integers(-2, 3, d)
    G[:, 0] = small * rng.uniform(0.5, 2, n)
    G[:, 1] = 0.0
    return G


def rate(answer, method, G, hyper):
    """Ask for the rates of a method."""
    return answer(method, G, **hyper)
