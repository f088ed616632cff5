"""What several tasks of chapter `adam` are tried on."""

import copy

import numpy as np

from fallline.marking.compare import identical
from fallline.marking.task import Case


def path(answer, w, gradients, n, hyper, start=None):
    """Make n steps from a fresh state, given or left out; return the parameters after each."""
    state, points = () if start is None else (start,), []
    for k in range(n):
        before = copy.deepcopy(state)
        w, *after = answer(w, gradients[k % len(gradients)], *state, **hyper)
        if not identical(state, before):
            raise RuntimeError("the step changed its old state in place; return a new state")
        w, state = copy.deepcopy(w), tuple(copy.deepcopy(after))
        points.append(w)
    return points


def once(answer, w, g, state, hyper):
    """Make one step from a given state; return parameters and state."""
    return answer(w, g, state, **hyper)


FRESH = (0.0, 0.0, 0)


ONE = np.array([1.0])


SIGNS = [np.array([1.0, -2.0]), np.array([-1.0, -2.0])]


MIXED = [
    np.array([0.5, 0.0, 3e-8, -200.0]),
    np.array([-0.25, 0.0, -1e-8, 100.0]),
    np.array([2.0, 0.0, 2e-8, -50.0]),
]


TABLE = [np.array([[1.0, -3.0, 0.5], [0.25, 2.0, -1.0]]), np.array([[2.0, 1.0, 0], [1.0, -1.0, 4]])]


WHOLE = [np.array([3, -4]), np.array([1, 2])]


BROKEN = [np.array([np.nan, 1.0]), np.array([2.0, 1.0])]


EASY = {"beta1": 0.5, "beta2": 0.75}


LATE = {"lr": 0.1, "eps": 1e-3}


def late_cases(*records):
    """Return single steps far into a run, where v still needs its correction.

    `records` is what the state holds between v and t, as the largest v of AMSGrad.
    """
    m, v = np.array([0.5, -0.1]), np.array([2.0, 0.04])
    return [
        Case(
            f"one step from a state with t = {t}, eps = 0.001",
            (np.ones(2), np.array([1.0, -0.2]), (m, v, *records, t), LATE),
            once,
        )
        for t in (30, 100, 1000)
    ]


def eps_cases(start):
    """Return steps whose eps counts beside gradients of ordinary size."""
    return [
        Case("w = 5, g = 1, lr = 1, eps = 1", (5 * ONE, [ONE], 1, {"lr": 1.0, "eps": 1.0}), path),
        Case(
            "w = (5, 5), g = (1, -2), (-1, -2), eps = 0.5",
            (np.zeros(2) + 5, SIGNS, 2, {"lr": 1.0, "eps": 0.5} | EASY, start),
            path,
        ),
        Case(
            "four coordinates, four steps, eps = 0.01",
            (np.ones(4), MIXED, 4, {"lr": 0.1, "eps": 0.01}, start),
            path,
        ),
    ]


def step_cases(start, **more):
    """Return what every step is tried on; the first ones can be worked out by hand."""
    easy = {"lr": 1.0} | EASY | more
    hyper = {"lr": 0.1} | more
    zero = np.zeros(2)
    return [
        Case("w = 5, one step with g = 1, lr = 1", (5 * ONE, [ONE], 1, {"lr": 1.0} | more), path),
        Case(
            "w = (5, 5), g = (1, -2), (-1, -2), beta1 = 0.5",
            (zero + 5, SIGNS, 2, easy, start),
            path,
        ),
        Case("w = 2, g = 1 three times, lr = 0.1", (2 * ONE, [ONE], 3, hyper, start), path),
        Case(
            "six steps, one g always 0, one near 1e-8", (np.ones(4), MIXED, 6, hyper, start), path
        ),
        Case("lr and state left out", (np.ones(4), MIXED, 1, more), path),
        Case("lr left out", (np.ones(4), MIXED[::-1], 4, more, start), path),
        Case("a table of shape (2, 3)", (np.ones((2, 3)), TABLE, 4, hyper, start), path),
        Case("whole numbers", (np.array([7, -2]), WHOLE, 3, hyper, start), path),
        Case("plain numbers, not arrays", (3.0, [0.5, -0.25], 3, hyper, start), path),
        Case("tiny gradients only", (np.ones(2), [np.array([1e-9, -4e-8])], 3, hyper, start), path),
        Case("a gradient that holds NaN", (np.ones(2), BROKEN, 2, hyper, start), path),
    ]


def random_steps(rng, start, **more):
    """Return random gradients of several shapes and sizes, one coordinate of them always 0."""
    cases = []
    for shape, scale in (((3,), 1.0), ((2, 4), 1e-4), ((5,), 1e3)):
        gradients = list(scale * rng.normal(size=(7, *shape)))
        for g in gradients:
            g.flat[-1] = 0.0
        hyper = {"lr": 0.05, "beta1": rng.uniform(0.3, 0.8), "beta2": rng.uniform(0.85, 0.95)}
        label = f"seven random steps of shape {shape}, gradients of size {scale:g}"
        cases.append(Case(label, (rng.normal(size=shape), gradients, 7, hyper | more, start), path))
    return cases
