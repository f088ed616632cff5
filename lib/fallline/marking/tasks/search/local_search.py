"""Task `local_search` of chapter `search`."""

import numpy as np

from fallline import search as reference
from fallline.marking.task import Case, Task
from fallline.marking.tasks.search.cases import calls_spent, cliff, hill, level, rng, stairs


def random_walks(gen):
    cases = []
    for shape, n, step in (((3,), 9, 0.3), ((2, 4), 11, 1e-2), ((5, 1), 8, 2.0)):
        W0, seed = gen.normal(size=shape), int(gen.integers(1000))
        W0.flat[0] = 0.0
        cases.append(Case(f"n = {n}, shape {shape}, step {step:g}", (hill, W0, n, step, rng(seed))))
    return cases


task = Task(
    reference.local_search,
    cases=[
        Case("n = 8, whole-number W0", (hill, np.zeros((2, 3), int), 8, 0.3, rng(3))),
        Case("n = 1: only W0 is evaluated", (hill, np.array([1.0, -2.0]), 1, 0.3, rng(1))),
        Case("W0 is the minimum: every move leads up", (hill, np.full(3, 0.5), 4, 0.5, rng(2))),
        Case("a loss that is the same everywhere", (level, np.ones((2, 2)), 4, 0.1, rng(3))),
        Case("a loss in steps, with ties", (stairs, np.array([0.4, 0.8]), 10, 0.2, rng(4))),
        Case("a loss that is NaN beyond a line", (cliff, np.array([0.5, 2.0]), 9, 0.3, rng(5))),
        Case("W0 holds NaN", (hill, np.array([np.nan, 1.0]), 3, 0.3, rng(6))),
        Case("calls of loss for n = 7", (hill, np.zeros(2), 7, 0.3, rng(7)), calls_spent),
    ],
    draw=random_walks,
    why="the same moves in the same order: only rounding may differ",
)


@task.mistake(
    "first move always accepted",
    "Your best loss starts at infinity, so the first move is accepted even where it leads "
    "uphill, and the start is lost. What is the loss at W0?",
)
def local_search(loss, W0, n, step, rng):
    W, lowest, history = np.array(W0, dtype=float), np.inf, []
    for _ in range(n):
        trial = W + step * rng.normal(size=W.shape)
        value = loss(trial)
        if value < lowest:
            W, lowest = trial, value
        history.append(lowest)
    return W, np.array(history)


@task.mistake(
    "one evaluation too many",
    "Your history has n + 1 entries, and the loss was called n + 1 times. The look at W0 is "
    "paid from the same budget: how many tries are left?",
)
def local_search(loss, W0, n, step, rng):
    W = np.array(W0, dtype=float)
    history = [loss(W)]
    for _ in range(n):
        trial = W + step * rng.normal(size=W.shape)
        value = loss(trial)
        if value < history[-1]:
            W = trial
        history.append(value if value < history[-1] else history[-1])
    return W, np.array(history)


@task.mistake(
    "rejected moves are kept",
    "You remember the best point, and you walk on from the last one tried, good or bad. "
    "The next move has to start from the best point so far.",
)
def local_search(loss, W0, n, step, rng):
    best = trial = np.array(W0, dtype=float)
    history = [loss(best)]
    for _ in range(n - 1):
        trial = trial + step * rng.normal(size=best.shape)
        value = loss(trial)
        if value < history[-1]:
            best = trial
        history.append(value if value < history[-1] else history[-1])
    return best.copy(), np.array(history)


@task.mistake(
    "in place: the best follows the walk",
    "The best point and the point you try are two names of one array, so every try changes "
    "both, and the result is wherever the walk ended. Build a new array for each try.",
)
def local_search(loss, W0, n, step, rng):
    best = trial = np.array(W0, dtype=float)
    history = [loss(best)]
    for _ in range(n - 1):
        trial += step * rng.normal(size=best.shape)
        value = loss(trial)
        if value < history[-1]:
            best = trial
        history.append(value if value < history[-1] else history[-1])
    return best, np.array(history)


@task.mistake(
    "moves that change nothing are accepted",
    "On level ground your point drifts: a move with the same loss is accepted. "
    "Accept a move only if the loss is smaller.",
)
def local_search(loss, W0, n, step, rng):
    W = np.array(W0, dtype=float)
    history = [loss(W)]
    for _ in range(n - 1):
        trial = W + step * rng.normal(size=W.shape)
        value = loss(trial)
        if value <= history[-1]:
            W = trial
        history.append(value if value <= history[-1] else history[-1])
    return W, np.array(history)


@task.mistake(
    "every move starts at W0",
    "All your moves start at W0, so good ones do not add up. "
    "Start each from the best point so far.",
)
def local_search(loss, W0, n, step, rng):
    W0 = np.array(W0, dtype=float)
    W, history = W0.copy(), [loss(W0)]
    for _ in range(n - 1):
        trial = W0 + step * rng.normal(size=W0.shape)
        value = loss(trial)
        if value < history[-1]:
            W = trial
        history.append(value if value < history[-1] else history[-1])
    return W, np.array(history)


@task.mistake(
    "history of every try",
    "Your history holds the loss of each try. It should hold the loss of the best point so far, "
    "also after a try that failed.",
)
def local_search(loss, W0, n, step, rng):
    W = np.array(W0, dtype=float)
    lowest = loss(W)
    history = [lowest]
    for _ in range(n - 1):
        trial = W + step * rng.normal(size=W.shape)
        value = loss(trial)
        if value < lowest:
            W, lowest = trial, value
        history.append(value)
    return W, np.array(history)


@task.mistake(
    "step ignored",
    "Your moves have standard deviation 1 whatever the step: the argument is never used.",
)
def local_search(loss, W0, n, step, rng):
    W = np.array(W0, dtype=float)
    history = [loss(W)]
    for _ in range(n - 1):
        trial = W + rng.normal(size=W.shape)
        value = loss(trial)
        if value < history[-1]:
            W = trial
        history.append(value if value < history[-1] else history[-1])
    return W, np.array(history)


@task.mistake(
    "the current loss is computed again",
    "The result is right and costs twice as much: you evaluate the loss at the best point again "
    "for each comparison, although you know it. Keep the number.",
)
def local_search(loss, W0, n, step, rng):
    W = np.array(W0, dtype=float)
    history = [loss(W)]
    for _ in range(n - 1):
        trial = W + step * rng.normal(size=W.shape)
        if loss(trial) < loss(W):
            W = trial
        history.append(loss(W))
    return W, np.array(history)


@task.mistake(
    "loss at the start not kept",
    "Your history has the right length, and its first entry is the loss after a try. Which loss "
    "is known before the first move, and how many of the n calls are left after it?",
)
def local_search(loss, W0, n, step, rng):
    W = np.array(W0, dtype=float)
    lowest, history = loss(W), []
    for _ in range(n):
        trial = W + step * rng.normal(size=W.shape)
        value = loss(trial)
        if value < lowest:
            W, lowest = trial, value
        history.append(lowest)
    return W, np.array(history)


@task.mistake(
    "every move is taken",
    "Your point takes each move, and the losses go up as well as down. Under which condition "
    "does the point change?",
)
def local_search(loss, W0, n, step, rng):
    W = np.array(W0, dtype=float)
    history = [loss(W)]
    for _ in range(n - 1):
        W = W + step * rng.normal(size=W.shape)
        history.append(loss(W))
    return W, np.array(history)


@task.mistake(
    "one number for all entries",
    "Each of your moves shifts all entries of W by one and the same number. How many numbers does "
    "one draw have to hold?",
)
def local_search(loss, W0, n, step, rng):
    W = np.array(W0, dtype=float)
    history = [loss(W)]
    for _ in range(n - 1):
        trial = W + step * rng.normal()
        value = loss(trial)
        if value < history[-1]:
            W = trial
        history.append(min(value, history[-1]))
    return W, np.array(history)


@task.mistake(
    "compared with the start",
    "Moves are accepted that are better than W0 and worse than the point where you stand. With "
    "which loss should a try be compared?",
)
def local_search(loss, W0, n, step, rng):
    W = np.array(W0, dtype=float)
    start = loss(W)
    history = [start]
    for _ in range(n - 1):
        trial = W + step * rng.normal(size=W.shape)
        value = loss(trial)
        if value < start:
            W = trial
        history.append(value if value < start else history[-1])
    return W, np.array(history)


@task.mistake(
    "NaN accepted",
    "Where the loss is NaN your point goes there: every comparison with NaN is false. Do you ask "
    "whether the try is better, or whether it is not worse?",
)
def local_search(loss, W0, n, step, rng):
    W = np.array(W0, dtype=float)
    history = [loss(W)]
    for _ in range(n - 1):
        trial = W + step * rng.normal(size=W.shape)
        value = loss(trial)
        if value >= history[-1]:
            history.append(history[-1])
        else:
            W = trial
            history.append(value)
    return W, np.array(history)


@task.accepts("moves drawn at once")
def local_search(loss, W0, n, step, rng):
    W = np.array(W0, dtype=float)
    lowest = loss(W)
    history = np.full(n, lowest, dtype=float)
    for i, move in enumerate(step * rng.standard_normal(size=(n - 1, *W.shape)), start=1):
        value = loss(W + move)
        if value < lowest:
            W, lowest = W + move, value
        history[i] = lowest
    return W, history


@task.accepts("with continue")
def local_search(loss, W0, n, step, rng):
    best = 1.0 * np.asarray(W0)
    lowest = loss(best)
    history = [lowest]
    while len(history) < n:
        candidate = best + rng.normal(scale=1.0, size=best.shape) * step
        value = loss(candidate)
        history.append(lowest)
        if not value < lowest:
            continue
        best, lowest = candidate, value
        history[-1] = lowest
    return best, np.array(history, dtype=float)
