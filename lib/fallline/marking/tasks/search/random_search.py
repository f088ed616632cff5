"""Task `random_search` of chapter `search`."""

import numpy as np

from fallline import search as reference
from fallline.marking.task import Case, Task
from fallline.marking.tasks.search.cases import calls_spent, cliff, hill, level, rng, stairs


def random_draws(gen):
    cases = []
    for shape, n, scale in (((3,), 7, 1.0), ((2, 4), 9, 1e-2), ((5, 1), 5, 10.0)):
        seed = int(gen.integers(1000))
        label = f"{n} draws of shape {shape}, scale {scale:g}"
        cases.append(Case(label, (hill, shape, n, scale, rng(seed))))
    return cases


task = Task(
    reference.random_search,
    cases=[
        Case("6 draws of shape (2, 3), scale 0.5", (hill, (2, 3), 6, 0.5, rng(5))),
        Case("a single draw", (hill, (4,), 1, 0.1, rng(1))),
        Case("scale 2, a whole number", (hill, (3, 2), 5, 2, rng(2))),
        Case("a loss that is the same everywhere", (level, (2, 2), 4, 1.0, rng(3))),
        Case("a loss in steps, with ties", (stairs, (2,), 12, 1.0, rng(4))),
        Case("a loss that is NaN for some draws", (cliff, (3,), 8, 0.8, rng(8))),
        Case("scale is NaN", (hill, (2, 2), 3, np.nan, rng(5))),
        Case("calls of loss for n = 7", (hill, (2, 3), 7, 0.5, rng(6)), calls_spent),
    ],
    draw=random_draws,
    why="the same draws in the same order: only rounding may differ",
)


@task.mistake(
    "not the best draw comes back",
    "The W that you return is the last draw, while the last entry of history belongs to "
    "another. Keep the best one under a name of its own, and mind that an array which is "
    "filled anew for each draw is still the same array.",
)
def random_search(loss, shape, n, scale, rng):
    W, lowest, history = np.empty(shape), None, []
    for _ in range(n):
        W[...] = scale * rng.normal(size=shape)
        value = loss(W)
        if not history or value < lowest:
            lowest, best = value, W
        history.append(lowest)
    return best, np.array(history)


@task.mistake(
    "history of every draw",
    "Your history goes up and down. It should hold the loss of the best draw so far, "
    "so no entry is larger than the one before.",
)
def random_search(loss, shape, n, scale, rng):
    best, lowest, history = None, None, []
    for _ in range(n):
        W = np.array(scale * rng.normal(size=shape))
        value = loss(W)
        if best is None or value < lowest:
            best, lowest = W, value
        history.append(value)
    return best, np.array(history)


@task.mistake(
    "the worst is kept",
    "You keep the draw with the largest loss. Which way round does the comparison have to be, "
    "if small is good?",
)
def random_search(loss, shape, n, scale, rng):
    best, lowest, history = None, None, []
    for _ in range(n):
        W = np.array(scale * rng.normal(size=shape))
        value = loss(W)
        if best is None or value > lowest:
            best, lowest = W, value
        history.append(lowest)
    return best, np.array(history)


@task.mistake(
    "ties replace the best",
    "A draw that is just as good is no improvement. Replace the best so far only by one whose "
    "loss is smaller, not smaller or equal.",
)
def random_search(loss, shape, n, scale, rng):
    best, lowest, history = None, None, []
    for _ in range(n):
        W = np.array(scale * rng.normal(size=shape))
        value = loss(W)
        if best is None or value <= lowest:
            best, lowest = W, value
        history.append(lowest)
    return best, np.array(history)


@task.mistake(
    "scale ignored",
    "Your draws have standard deviation 1 whatever the scale: the argument is never used.",
)
def random_search(loss, shape, n, scale, rng):
    best, lowest, history = None, None, []
    for _ in range(n):
        W = np.array(rng.normal(size=shape))
        value = loss(W)
        if best is None or value < lowest:
            best, lowest = W, value
        history.append(lowest)
    return best, np.array(history)


@task.mistake(
    "uniform draws",
    "Your draws are uniform. The task asks for normal ones, which lie on both sides of 0 and "
    "have no largest value.",
)
def random_search(loss, shape, n, scale, rng):
    best, lowest, history = None, None, []
    for _ in range(n):
        W = np.array(scale * rng.uniform(size=shape))
        value = loss(W)
        if best is None or value < lowest:
            best, lowest = W, value
        history.append(lowest)
    return best, np.array(history)


@task.mistake(
    "zero tried first",
    "You compare with the loss at W = 0, which is no random draw and costs an evaluation. "
    "The first draw is the first best, whatever its loss.",
)
def random_search(loss, shape, n, scale, rng):
    best, history = np.zeros(shape), []
    lowest = loss(best)
    for _ in range(n):
        W = np.array(scale * rng.normal(size=shape))
        value = loss(W)
        if value < lowest:
            best, lowest = W, value
        history.append(lowest)
    return best, np.array(history)


@task.mistake(
    "the best starts at infinity",
    "Where the first loss is NaN nothing is ever smaller, and you return no W and a history of "
    "infinities that nobody measured. Let the first draw be the first best, whatever its loss.",
)
def random_search(loss, shape, n, scale, rng):
    best, lowest, history = None, np.inf, []
    for _ in range(n):
        W = np.array(scale * rng.normal(size=shape))
        value = loss(W)
        if value < lowest:
            best, lowest = W, value
        history.append(lowest)
    return best, np.array(history)


@task.mistake(
    "loss evaluated again for the record",
    "The result is right and costs too much: the loss is evaluated a second time for a draw "
    "that you know already. With a budget of n, every call counts: keep the number.",
)
def random_search(loss, shape, n, scale, rng):
    best, lowest, history = None, None, []
    for _ in range(n):
        W = np.array(scale * rng.normal(size=shape))
        if best is None or loss(W) < lowest:
            best, lowest = W, loss(W)
        history.append(lowest)
    return best, np.array(history)


@task.mistake(
    "scale squared",
    "Your draws are too small where scale is below 1, and too large where it is above. Is scale "
    "the standard deviation of a weight, or its variance?",
)
def random_search(loss, shape, n, scale, rng):
    lowest, history = np.inf, []
    for _ in range(n):
        W = rng.normal(0, scale**2, size=shape)
        value = loss(W)
        if value < lowest:
            best, lowest = W, value
        history.append(lowest)
    return best, np.array(history)


@task.mistake(
    "variance for deviation",
    "Your draws are too large where scale is below 1. NumPy's second number is a standard "
    "deviation: which one does the formula have?",
)
def random_search(loss, shape, n, scale, rng):
    lowest, history = np.inf, []
    for _ in range(n):
        W = rng.normal(0, np.sqrt(scale), size=shape)
        value = loss(W)
        if value < lowest:
            best, lowest = W, value
        history.append(lowest)
    return best, np.array(history)


@task.mistake(
    "uniform draws on both sides",
    "None of your weights is larger than scale. Can that be so for draws from a bell curve?",
)
def random_search(loss, shape, n, scale, rng):
    lowest, history = np.inf, []
    for _ in range(n):
        W = scale * rng.uniform(-1, 1, size=shape)
        value = loss(W)
        if value < lowest:
            best, lowest = W, value
        history.append(lowest)
    return best, np.array(history)


@task.mistake(
    "scale forgotten, list of draws",
    "Your numbers are those of scale = 1. Which factor turns Z into W? (Mind NaN as well: argmin "
    "takes it for the smallest of all.)",
)
def random_search(loss, shape, n, scale, rng):
    draws = [rng.normal(size=shape) for _ in range(n)]
    losses = np.array([loss(W) for W in draws])
    return draws[np.argmin(losses)], np.minimum.accumulate(losses)


@task.mistake(
    "NaN taken for the best",
    "The cases without NaN are right. What does argmin return if one loss is NaN, and is NaN "
    "smaller than a number?",
)
def random_search(loss, shape, n, scale, rng):
    draws = [scale * rng.normal(size=shape) for _ in range(n)]
    losses = np.array([loss(W) for W in draws])
    return draws[np.argmin(losses)], np.minimum.accumulate(losses)


@task.mistake(
    "draws around the best",
    "Your first draw is right, and each later one starts from the best so far: that is the next "
    "task. Where is a fresh guess centred?",
)
def random_search(loss, shape, n, scale, rng):
    best = scale * rng.normal(size=shape)
    history = [loss(best)]
    for _ in range(n - 1):
        W = best + scale * rng.normal(size=shape)
        value = loss(W)
        if value < history[-1]:
            best = W
        history.append(min(value, history[-1]))
    return best, np.array(history)


@task.mistake(
    "own generator",
    "Your draws are the same whatever rng is. Which argument should the numbers come from?",
)
def random_search(loss, shape, n, scale, rng):
    rng, history = np.random.default_rng(0), []
    for _ in range(n):
        W = scale * rng.normal(size=shape)
        value = loss(W)
        if not history or value < history[-1]:
            best = W
        history.append(value if best is W else history[-1])
    return best, np.array(history)


@task.accepts("all draws at once")
def random_search(loss, shape, n, scale, rng):
    shape = (shape,) if isinstance(shape, int) else tuple(shape)
    draws = scale * rng.standard_normal(size=(n, *shape))
    losses = [loss(W) for W in draws]
    best = 0
    for i in range(n):
        if losses[i] < losses[best]:
            best = i
    history = [losses[0]]
    for value in losses[1:]:
        history.append(value if value < history[-1] else history[-1])
    return draws[best].copy(), np.array(history)


@task.accepts("the first draw before the loop")
def random_search(loss, shape, n, scale, rng):
    best = rng.normal(0.0, 1.0, shape) * scale
    history = [loss(best)]
    while len(history) < n:
        W = rng.normal(0.0, 1.0, shape) * scale
        value = loss(W)
        if value < history[-1]:
            best = W
        history.append(value if value < history[-1] else history[-1])
    return np.array(best), np.array(history)
