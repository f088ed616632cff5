"""The tasks of chapter `search`."""

import numpy as np

from fallline import search as reference
from fallline.marking.task import Case, ProblemSet

problems = ProblemSet("search")


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


def stretched(W):
    """Return value and gradient of a bowl whose axes differ in curvature."""
    a = 1.0 + np.arange(np.size(W)).reshape(np.shape(W))
    return float(np.sum(a * W**2) / 2), a * W


def quartic(W):
    return float(np.sum(W**4) / 4), W**3


def own_slope(W):
    """Return half of the square of W, and its gradient: the very array W."""
    return float(np.sum(W**2) / 2), W


def calls_spent(answer, f, *args):
    """Count how often the answer calls the function that it is given first."""
    counted = reference.counting(f)
    answer(counted, *args)
    return counted.calls


def rng(seed):
    return np.random.default_rng(seed)


# --- random_search ---


def random_draws(gen):
    cases = []
    for shape, n, scale in (((3,), 7, 1.0), ((2, 4), 9, 1e-2), ((5, 1), 5, 10.0)):
        seed = int(gen.integers(1000))
        label = f"{n} draws of shape {shape}, scale {scale:g}"
        cases.append(Case(label, (hill, shape, n, scale, rng(seed))))
    return cases


task = problems.task(
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


# --- local_search ---


def random_walks(gen):
    cases = []
    for shape, n, step in (((3,), 9, 0.3), ((2, 4), 11, 1e-2), ((5, 1), 8, 2.0)):
        W0, seed = gen.normal(size=shape), int(gen.integers(1000))
        W0.flat[0] = 0.0
        cases.append(Case(f"n = {n}, shape {shape}, step {step:g}", (hill, W0, n, step, rng(seed))))
    return cases


task = problems.task(
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


# --- gradient_search ---


def random_descents(gen):
    cases = []
    for shape, lr, n in (((3,), 0.1, 4), ((2, 4), 1e-2, 6), ((5, 1), 0.3, 3)):
        W0 = gen.normal(size=shape)
        W0.flat[1] = 0.0
        cases.append(Case(f"n = {n}, shape {shape}, lr = {lr:g}", (stretched, W0, lr, n)))
    return cases


task = problems.task(
    reference.gradient_search,
    cases=[
        Case("three steps in a bowl, whole numbers", (stretched, np.array([[8, -4, 2]]), 0.25, 3)),
        Case("a single step", (stretched, np.array([1.0, -2.0]), 0.1, 1)),
        Case(
            "(4, -8), halved twice: the gradient of W·W/2 is W itself",
            (own_slope, np.array([4.0, -8.0]), 0.5, 2),
        ),
        Case("a loss of degree 4", (quartic, np.array([1.0, -0.5, 0.0]), 0.2, 4)),
        Case("steps so long that the loss rises", (stretched, np.array([1.0, 1.0]), 1.5, 3)),
        Case("a start where the gradient is zero", (stretched, np.zeros((2, 2)), 0.1, 2)),
        Case("W0 holds NaN", (stretched, np.array([np.nan, 1.0]), 0.1, 3)),
        Case("calls of loss_grad for n = 5", (stretched, np.ones((2, 3)), 0.1, 5), calls_spent),
    ],
    draw=random_descents,
    why="a few products and sums: only rounding may differ",
)


@task.mistake(
    "ascent",
    "Your loss rises at every step, since you walk along the gradient. "
    "It points uphill: which sign leads down?",
)
def gradient_search(loss_grad, W0, lr, n):
    W, history = np.array(W0, dtype=float), []
    for _ in range(n):
        value, g = loss_grad(W)
        history.append(value)
        W = W + lr * np.asarray(g)
    return W, np.array(history)


@task.mistake(
    "W before the last step",
    "Your history is right, and the W that comes back is the one before the last step. "
    "n gradients were paid for: n steps are due.",
)
def gradient_search(loss_grad, W0, lr, n):
    W, history = np.array(W0, dtype=float), []
    for _ in range(n):
        last = W
        value, g = loss_grad(W)
        history.append(value)
        W = W - lr * np.asarray(g)
    return last, np.array(history)


@task.mistake(
    "history off by one",
    "Your history holds the loss after each step, which takes a second call. "
    "Entry t is the loss where step t + 1 starts: it comes with the gradient, for free.",
)
def gradient_search(loss_grad, W0, lr, n):
    W, history = np.array(W0, dtype=float), []
    for _ in range(n):
        W = W - lr * np.asarray(loss_grad(W)[1])
        history.append(loss_grad(W)[0])
    return W, np.array(history)


@task.mistake(
    "one entry too many",
    "Your history has n + 1 entries: the loss at the point that you return costs one call more "
    "than the budget allows.",
)
def gradient_search(loss_grad, W0, lr, n):
    W, history = np.array(W0, dtype=float), []
    for _ in range(n):
        value, g = loss_grad(W)
        history.append(value)
        W = W - lr * np.asarray(g)
    return W, np.array([*history, loss_grad(W)[0]])


@task.mistake(
    "gradient computed once",
    "Every step uses the gradient at W0. Where the ground bends, the way down bends too: "
    "ask again at each point.",
)
def gradient_search(loss_grad, W0, lr, n):
    W, history = np.array(W0, dtype=float), []
    g = np.asarray(loss_grad(W)[1])
    for _ in range(n):
        history.append(loss_grad(W)[0])
        W = W - lr * g
    return W, np.array(history)


@task.mistake(
    "two calls for one step",
    "The result is right and costs twice as much: loss and gradient come from one call, and you "
    "make two. Unpack the pair.",
)
def gradient_search(loss_grad, W0, lr, n):
    W, history = np.array(W0, dtype=float), []
    for _ in range(n):
        history.append(loss_grad(W)[0])
        W = W - lr * np.asarray(loss_grad(W)[1])
    return W, np.array(history)


@task.mistake(
    "gradient brought to length 1",
    "Each of your steps is as long as lr, however steep the ground is. "
    "The step is lr times the gradient, with the length that it has.",
)
def gradient_search(loss_grad, W0, lr, n):
    W, history = np.array(W0, dtype=float), []
    for _ in range(n):
        value, g = loss_grad(W)
        history.append(value)
        length = np.linalg.norm(g)
        W = W - lr * np.asarray(g) / (length if length else 1.0)
    return W, np.array(history)


@task.mistake(
    "steps that raise the loss are taken back",
    "You return the best point on the way. Following the gradient accepts every step, "
    "also one that was too long: return where it ends.",
)
def gradient_search(loss_grad, W0, lr, n):
    W, history = np.array(W0, dtype=float), []
    best = W
    for _ in range(n):
        value, g = loss_grad(W)
        if not history or value < min(history):
            best = W
        history.append(value)
        W = W - lr * np.asarray(g)
    return (W if history[-1] <= min(history) else best), np.array(history)


@task.mistake(
    "gradient changed in place",
    "Where the loss returns W itself as its gradient, W is lost. What else has changed once you "
    "multiply the gradient by lr in its own memory?",
)
def gradient_search(loss_grad, W0, lr, n):
    W, history = np.array(W0, dtype=float), []
    for _ in range(n):
        value, g = loss_grad(W)
        history.append(value)
        g *= lr
        W = W - g
    return W, np.array(history)


@task.mistake(
    "history of the best",
    "Your W is right, and your history hides where the loss rises. Is entry t the loss at W_t, or "
    "the lowest one until then?",
)
def gradient_search(loss_grad, W0, lr, n):
    W, history = np.array(W0, dtype=float), []
    for _ in range(n):
        value, g = loss_grad(W)
        history.append(min([value, *history]))
        W = W - lr * g
    return W, np.array(history)


@task.accepts("with a list of points")
def gradient_search(loss_grad, W0, lr, n):
    path, losses = [np.array(W0, dtype=float)], []
    while len(losses) < n:
        value, g = loss_grad(path[-1])
        losses.append(value)
        path.append(path[-1] - np.multiply(lr, g))
    return path[-1], np.array(losses, dtype=float)


@task.accepts("in place, on a copy")
def gradient_search(loss_grad, W0, lr, n):
    W, history = np.array(W0, dtype=float), np.zeros(n)
    for t in range(n):
        history[t], g = loss_grad(W)
        W -= lr * np.asarray(g)
    return W, history


# --- slice_1d ---


def random_lines(gen):
    cases = []
    for shape, scale in (((3,), 1.0), ((2, 4), 1e-2), ((4, 1), 1e2)):
        W, D, alphas = gen.normal(size=shape), scale * gen.normal(size=shape), gen.normal(size=5)
        D.flat[0], alphas[2] = 0.0, 0.0
        cases.append(Case(f"shape {shape}, D of length {scale:g} or so", (hill, W, D, alphas)))
    return cases


task = problems.task(
    reference.slice_1d,
    cases=[
        Case(
            "W = (3, 0), D = (0, 2), alphas 0, 1, -2",
            (hill, np.array([3, 0]), np.array([0, 2]), np.array([0, 1, -2])),
        ),
        Case(
            "W of shape (2, 3), alphas not in order, one of them twice",
            (hill, np.arange(6.0).reshape(2, 3), np.ones((2, 3)), np.array([0.5, -1.0, 2.0, 0.5])),
        ),
        Case("D = 0", (hill, np.ones((3, 2)), np.zeros((3, 2)), np.array([1.0, 2.0]))),
        Case("a single alpha", (hill, np.zeros(3), np.array([3.0, 0, 4]), np.array([0.5]))),
        Case(
            "alphas hold NaN",
            (hill, np.ones(2), np.array([1.0, 2.0]), np.array([0.0, np.nan, 1.0])),
        ),
        Case(
            "D has another shape than W",
            (hill, np.ones((2, 3)), np.ones(3), np.array([0.0, 1.0])),
        ),
        Case(
            "D is W on its side: as many entries, another shape",
            (hill, np.ones((2, 3)), np.ones((3, 2)), np.array([0.0, 1.0])),
        ),
        Case("D is a flat W", (hill, np.ones((2, 3)), np.ones(6), np.array([0.0, 1.0]))),
    ],
    draw=random_lines,
    why="one product and one sum for each point: only rounding may differ",
)


@task.mistake(
    "alphas add up",
    "Each point of yours starts where the last one ended. "
    "All points of the line are measured from W.",
)
def slice_1d(loss, W, D, alphas):
    if np.shape(D) != np.shape(W):
        raise ValueError("shapes differ")
    W, values = np.array(W, dtype=float), []
    for alpha in alphas:
        W = W + alpha * np.asarray(D)
        values.append(loss(W))
    return np.array(values)


@task.mistake(
    "D brought to length 1",
    "You bring D to length 1. Here its length counts: at alpha = 1 stands W + D itself.",
)
def slice_1d(loss, W, D, alphas):
    if np.shape(D) != np.shape(W):
        raise ValueError("shapes differ")
    length = np.sqrt(np.sum(np.square(D, dtype=float)))
    D = np.asarray(D, dtype=float) / (length if length else 1.0)
    return np.array([loss(np.asarray(W) + alpha * D) for alpha in alphas])


@task.mistake(
    "D for W",
    "Point and direction changed places: at alpha = 0 the loss should be that of W.",
)
def slice_1d(loss, W, D, alphas):
    if np.shape(D) != np.shape(W):
        raise ValueError("shapes differ")
    return np.array([loss(np.asarray(D) + alpha * np.asarray(W)) for alpha in alphas])


@task.mistake(
    "line through zero",
    "Your line passes through zero and not through W.",
)
def slice_1d(loss, W, D, alphas):
    if np.shape(D) != np.shape(W):
        raise ValueError("shapes differ")
    return np.array([loss(alpha * np.asarray(D)) for alpha in alphas])


@task.mistake(
    "backwards",
    "Your line runs the other way: a positive alpha leads along D, not against it.",
)
def slice_1d(loss, W, D, alphas):
    if np.shape(D) != np.shape(W):
        raise ValueError("shapes differ")
    return np.array([loss(np.asarray(W) - alpha * np.asarray(D)) for alpha in alphas])


@task.mistake(
    "alphas sorted",
    "The losses are right, in the order of sorted alphas. Keep the order in which the alphas came.",
)
def slice_1d(loss, W, D, alphas):
    if np.shape(D) != np.shape(W):
        raise ValueError("shapes differ")
    return np.array([loss(np.asarray(W) + alpha * np.asarray(D)) for alpha in np.sort(alphas)])


@task.mistake(
    "differences from the loss at W",
    "You return by how much the loss changes. The slice is the loss itself.",
)
def slice_1d(loss, W, D, alphas):
    if np.shape(D) != np.shape(W):
        raise ValueError("shapes differ")
    here = loss(np.asarray(W))
    return np.array([loss(np.asarray(W) + alpha * np.asarray(D)) - here for alpha in alphas])


@task.mistake(
    "shapes that broadcast pass silently",
    "This D has another shape than W, and NumPy stretched it over W's rows without a word. "
    "It is no direction in the space of W: raise a ValueError.",
)
def slice_1d(loss, W, D, alphas):
    return np.array([loss(np.asarray(W) + alpha * np.asarray(D)) for alpha in alphas])


@task.mistake(
    "from W to D",
    "At alpha = 1 your point is D. Is D a second point, or a direction that starts at W?",
)
def slice_1d(loss, W, D, alphas):
    if W.shape != D.shape:
        raise ValueError("D needs the shape of W")
    return np.array([loss((1 - a) * W + a * D) for a in alphas])


@task.mistake(
    "as many entries will do",
    "A D with as many entries as W and another shape is brought into shape. Which entry of W "
    "would each of its entries belong to?",
)
def slice_1d(loss, W, D, alphas):
    if np.size(W) != np.size(D):
        raise ValueError("D needs the shape of W")
    return np.array([loss(W + a * np.reshape(D, W.shape)) for a in alphas])


@task.accepts("all points at once")
def slice_1d(loss, W, D, alphas):
    W, D = np.asarray(W, dtype=float), np.asarray(D, dtype=float)
    if W.shape != D.shape:
        raise ValueError(f"D has shape {D.shape}, W has {W.shape}")
    points = W + np.multiply.outer(np.asarray(alphas, dtype=float), D)
    return np.array([loss(point) for point in points], dtype=float)


@task.accepts("filled in, one by one")
def slice_1d(loss, W, D, alphas):
    if np.shape(W) != np.shape(D):
        raise ValueError("D and W must have one shape")
    values = np.zeros(len(alphas))
    for i in range(len(alphas)):
        values[i] = loss(np.add(W, np.multiply(alphas[i], D)))
    return values


# --- equal_length_compare ---


def random_comparisons(gen):
    cases = []
    for shape, r, k in (((3,), 0.1, 4), ((2, 4), 1e-3, 5), ((4, 1), 10.0, 3)):
        W, seed = gen.normal(size=shape), int(gen.integers(1000))
        W.flat[0] = 0.5
        label = f"shape {shape}, length {r:g}, k = {k}"
        cases.append(Case(label, (hill, hill_slope, W, r, k, rng(seed))))
    return cases


task = problems.task(
    reference.equal_length_compare,
    cases=[
        Case(
            "length 0.1, k = 5, W of shape (2, 3)",
            (hill, hill_slope, np.arange(6.0).reshape(2, 3), 0.1, 5, rng(0)),
        ),
        Case("W of whole numbers", (hill, hill_slope, np.array([[3, -1]]), 0.5, 3, rng(1))),
        Case("k = 1", (hill, hill_slope, np.array([1.0, 2.0, 0.0]), 1.0, 1, rng(2))),
        Case("a steep place", (hill, hill_slope, np.full((3, 2), 1e3), 0.1, 3, rng(3))),
        Case(
            "a gradient of size 1e-9, which still points somewhere",
            (hill, hill_slope, np.array([0.5 + 3e-10, 0.5, 0.5 - 4e-10]), 0.1, 3, rng(6)),
        ),
        Case("W holds NaN", (hill, hill_slope, np.array([np.nan, 1.0]), 0.1, 2, rng(4))),
        Case("the gradient is zero", (hill, hill_slope, np.full(3, 0.5), 0.1, 2, rng(5))),
    ],
    draw=random_comparisons,
    rtol=1e-7,
    atol=1e-10,
    why="a change is a difference of two losses: what cancels leaves rounding",
)


@task.mistake(
    "random steps of any length",
    "The gradient's step has length r, and your random ones have whatever length they were "
    "drawn with, about r times the root of the number of weights. "
    "Bring all to the same length, or the comparison is not fair.",
)
def equal_length_compare(loss, grad, W, r, k, rng):
    W = np.asarray(W, dtype=float)
    g, here = np.asarray(grad(W)), loss(W)
    if not np.any(g):
        raise ValueError("zero gradient")
    down = loss(W - r * g / np.linalg.norm(g)) - here
    return down, np.array([loss(W + r * rng.normal(size=W.shape)) - here for _ in range(k)])


@task.mistake(
    "uphill",
    "Your gradient step raises the loss: it goes along the gradient. The way down is against it.",
)
def equal_length_compare(loss, grad, W, r, k, rng):
    W = np.asarray(W, dtype=float)
    g, here = np.asarray(grad(W)), loss(W)
    if not np.any(g):
        raise ValueError("zero gradient")
    up = loss(W + r * g / np.linalg.norm(g)) - here
    draws = (rng.normal(size=W.shape) for _ in range(k))
    return up, np.array([loss(W + r * z / np.linalg.norm(z)) - here for z in draws])


@task.mistake(
    "r for each coordinate",
    "Your steps are longer than r by the root of the number of weights: r was taken as the "
    "typical size of one coordinate. It is the length of the whole step.",
)
def equal_length_compare(loss, grad, W, r, k, rng):
    W = np.asarray(W, dtype=float)
    g, here, r = np.asarray(grad(W)), loss(W), r * np.sqrt(np.size(W))
    if not np.any(g):
        raise ValueError("zero gradient")
    down = loss(W - r * g / np.linalg.norm(g)) - here
    draws = (rng.normal(size=W.shape) for _ in range(k))
    return down, np.array([loss(W + r * z / np.linalg.norm(z)) - here for z in draws])


@task.mistake(
    "one direction for all",
    "All your random changes are the same: one direction was drawn before the loop. "
    "Draw a new one for each of the k steps.",
)
def equal_length_compare(loss, grad, W, r, k, rng):
    W = np.asarray(W, dtype=float)
    g, here, z = np.asarray(grad(W)), loss(W), rng.normal(size=W.shape)
    if not np.any(g):
        raise ValueError("zero gradient")
    down = loss(W - r * g / np.linalg.norm(g)) - here
    return down, np.array([loss(W + r * z / np.linalg.norm(z)) - here for _ in range(k)])


@task.mistake(
    "gradient with its own length",
    "Your random steps have length r, and the gradient's step is r times the gradient, as long "
    "as that happens to be. Bring it to length r too.",
)
def equal_length_compare(loss, grad, W, r, k, rng):
    W = np.asarray(W, dtype=float)
    g, here = np.asarray(grad(W)), loss(W)
    if not np.any(g):
        raise ValueError("zero gradient")
    down = loss(W - r * g) - here
    draws = (rng.normal(size=W.shape) for _ in range(k))
    return down, np.array([loss(W + r * z / np.linalg.norm(z)) - here for z in draws])


@task.mistake(
    "losses instead of changes",
    "You return the losses after the steps. Asked for is by how much each step changes the loss.",
)
def equal_length_compare(loss, grad, W, r, k, rng):
    W = np.asarray(W, dtype=float)
    g = np.asarray(grad(W))
    if not np.any(g):
        raise ValueError("zero gradient")
    down = loss(W - r * g / np.linalg.norm(g))
    draws = (rng.normal(size=W.shape) for _ in range(k))
    return down, np.array([loss(W + r * z / np.linalg.norm(z)) for z in draws])


@task.mistake(
    "each row brought to length r",
    "You normalise each row of a random step by itself, so the whole step is too long. "
    "W is one point, whatever its shape: its step has one length, over all entries.",
)
def equal_length_compare(loss, grad, W, r, k, rng):
    W = np.asarray(W, dtype=float)
    g, here = np.asarray(grad(W)), loss(W)
    if not np.any(g):
        raise ValueError("zero gradient")
    down = loss(W - r * g / np.linalg.norm(g)) - here
    draws = (rng.normal(size=W.shape) for _ in range(k))
    units = (z / np.linalg.norm(z, axis=-1, keepdims=True) for z in draws)
    return down, np.array([loss(W + r * u) - here for u in units])


@task.mistake(
    "zero gradient passes silently",
    "Where the gradient is zero you divide 0 by 0 and report NaN. There is no direction to "
    "compare with: raise a ValueError.",
)
def equal_length_compare(loss, grad, W, r, k, rng):
    W = np.asarray(W, dtype=float)
    g, here = np.asarray(grad(W)), loss(W)
    down = loss(W - r * g / np.linalg.norm(g)) - here
    draws = (rng.normal(size=W.shape) for _ in range(k))
    return down, np.array([loss(W + r * z / np.linalg.norm(z)) - here for z in draws])


@task.mistake(
    "random steps the other way",
    "Your gradient step is right, and each random step goes opposite to its draw. Which sign has "
    "u in the formula for random directions?",
)
def equal_length_compare(loss, grad, W, r, k, rng):
    g, changes = grad(W), []
    if np.linalg.norm(g) == 0:
        raise ValueError("zero gradient")
    for _ in range(k):
        z = rng.normal(size=W.shape)
        changes.append(loss(W - r * z / np.linalg.norm(z)) - loss(W))
    return loss(W - r * g / np.linalg.norm(g)) - loss(W), np.array(changes)


@task.mistake(
    "spectral norm",
    "Vectors come out right, and steps of a table are too long. Which norm does NumPy take if a "
    "table comes with the order 2?",
)
def equal_length_compare(loss, grad, W, r, k, rng):
    g, changes = grad(W), []
    if np.linalg.norm(g) == 0:
        raise ValueError("zero gradient")
    for _ in range(k):
        z = rng.normal(size=W.shape)
        changes.append(loss(W + r * z / np.linalg.norm(z, 2)) - loss(W))
    return loss(W - r * g / np.linalg.norm(g, 2)) - loss(W), np.array(changes)


@task.mistake(
    "random steps add up",
    "Your first random change is right, and the later ones start where the last step ended. From "
    "where is each of them to be measured?",
)
def equal_length_compare(loss, grad, W, r, k, rng):
    g, changes, point = grad(W), [], W
    if np.linalg.norm(g) == 0:
        raise ValueError("zero gradient")
    for _ in range(k):
        z = rng.normal(size=W.shape)
        point = point + r * z / np.linalg.norm(z)
        changes.append(loss(point) - loss(W))
    return loss(W - r * g / np.linalg.norm(g)) - loss(W), np.array(changes)


@task.mistake(
    "small gradient taken for zero",
    "A gradient of size 1e-9 is small, and has a direction all the same. Where exactly does it "
    "point nowhere?",
)
def equal_length_compare(loss, grad, W, r, k, rng):
    g, changes = grad(W), []
    if np.linalg.norm(g) < 1e-6:
        raise ValueError("zero gradient")
    for _ in range(k):
        z = rng.normal(size=W.shape)
        changes.append(loss(W + r * z / np.linalg.norm(z)) - loss(W))
    return loss(W - r * g / np.linalg.norm(g)) - loss(W), np.array(changes)


@task.mistake(
    "small number in the denominator",
    "Where the gradient is tiny your step is shorter than r. What does a number that is added to "
    "the norm do to the length?",
)
def equal_length_compare(loss, grad, W, r, k, rng):
    g, changes = grad(W), []
    if np.linalg.norm(g) == 0:
        raise ValueError("zero gradient")
    for _ in range(k):
        z = rng.normal(size=W.shape)
        changes.append(loss(W + r * z / (np.linalg.norm(z) + 1e-8)) - loss(W))
    return loss(W - r * g / (np.linalg.norm(g) + 1e-8)) - loss(W), np.array(changes)


@task.accepts("all directions at once")
def equal_length_compare(loss, grad, W, r, k, rng):
    W = np.asarray(W, dtype=float)
    g, here = np.asarray(grad(W), dtype=float), loss(W)
    if not np.any(g):
        raise ValueError("the gradient points nowhere")
    z = rng.standard_normal(size=(k, *W.shape))
    z *= r / np.sqrt((z**2).sum(axis=tuple(range(1, z.ndim)), keepdims=True))
    down = loss(W - g * (r / np.sqrt(np.sum(g**2)))) - here
    return float(down), np.array([loss(W + step) for step in z]) - here


@task.accepts("with a helper")
def equal_length_compare(loss, grad, W, r, k, rng):
    W = np.array(W, dtype=float)
    start = loss(W)

    def change(v):
        return loss(W + r * v / np.linalg.norm(v)) - start

    g = -np.asarray(grad(W), dtype=float)
    if np.linalg.norm(g) == 0:
        raise ValueError("the gradient is zero")
    changes = np.empty(k)
    down = change(g)
    for i in range(k):
        changes[i] = change(rng.normal(size=W.shape))
    return down, changes


# --- step_sweep ---


def slope_calls(answer, loss, grad, W, exponents):
    """Tell whether the gradient is computed once."""
    counted = reference.counting(grad)
    answer(loss, counted, W, exponents)
    return counted.calls


def random_sweeps(gen):
    cases = []
    for shape, low in (((3,), -3), ((2, 4), -6), ((4, 1), -1)):
        W, exponents = gen.normal(size=shape), gen.permutation(np.arange(low, low + 4))
        W.flat[0] = 0.0
        label = f"shape {shape}, exponents {', '.join(map(str, exponents))}"
        cases.append(Case(label, (hill, hill_slope, W, exponents)))
    return cases


task = problems.task(
    reference.step_sweep,
    cases=[
        Case(
            "W = (2, 0), exponents -2, -1, 0 as integers",
            (hill, hill_slope, np.array([2, 0]), np.array([-2, -1, 0])),
        ),
        Case(
            "exponents as floats, not in order",
            (hill, hill_slope, np.array([[1.0, -2.0, 0.5]]), np.array([-0.5, -3.0, 0.25])),
        ),
        Case(
            "positive integers, so long that the loss rises",
            (hill, hill_slope, np.array([[1.0], [3.0]]), np.array([0, 1, 2])),
        ),
        Case("a single exponent", (hill, hill_slope, np.ones((2, 2)), np.array([-1.0]))),
        Case(
            "a start where the gradient is zero",
            (hill, hill_slope, np.full(3, 0.5), np.array([-1.0, 0.0])),
        ),
        Case(
            "W holds NaN",
            (hill, hill_slope, np.array([np.nan, 1.0]), np.array([-1.0, 0.0])),
        ),
        Case(
            "calls of grad for four exponents",
            (hill, hill_slope, np.ones(3), np.array([-3.0, -2.0, -1.0, 0.0])),
            slope_calls,
        ),
    ],
    draw=random_sweeps,
    why="one power, one product and one sum for each entry: only rounding may differ",
)


@task.mistake(
    "integer powers",
    "With a whole-number base, NumPy refuses an array of negative whole-number exponents: "
    "1/10 is no integer. Which base makes the result a float?",
)
def step_sweep(loss, grad, W, exponents):
    W = np.asarray(W, dtype=float)
    g = np.asarray(grad(W))
    return np.array([loss(W - step * g) for step in 10 ** np.asarray(exponents)])


@task.mistake(
    "steps add up",
    "Each of your steps starts where the last one ended. To compare step sizes, "
    "all of them have to start at W.",
)
def step_sweep(loss, grad, W, exponents):
    W, values = np.array(W, dtype=float), []
    g = np.asarray(grad(W))
    for e in exponents:
        W = W - 10.0**e * g
        values.append(loss(W))
    return np.array(values)


@task.mistake(
    "steps uphill",
    "Your steps go along the gradient, which points uphill. Turn them round.",
)
def step_sweep(loss, grad, W, exponents):
    W = np.asarray(W, dtype=float)
    g = np.asarray(grad(W))
    return np.array([loss(W + 10.0**e * g) for e in exponents])


@task.mistake(
    "losses sorted",
    "The right losses, sorted by size: now nobody can tell which belongs to which exponent. "
    "Keep the order of the exponents.",
)
def step_sweep(loss, grad, W, exponents):
    W = np.asarray(W, dtype=float)
    g = np.asarray(grad(W))
    return np.sort([loss(W - 10.0**e * g) for e in exponents])


@task.mistake(
    "powers of e",
    "You use powers of e, 2.718..., where powers of ten are asked for.",
)
def step_sweep(loss, grad, W, exponents):
    W = np.asarray(W, dtype=float)
    g = np.asarray(grad(W))
    return np.array([loss(W - np.exp(float(e)) * g) for e in exponents])


@task.mistake(
    "exponents as learning rates",
    "You multiply the gradient with the exponent itself. "
    "The exponent -3 stands for the learning rate 0.001.",
)
def step_sweep(loss, grad, W, exponents):
    W = np.asarray(W, dtype=float)
    g = np.asarray(grad(W))
    return np.array([loss(W - e * g) for e in exponents])


@task.mistake(
    "gradient computed for each step",
    "The result is right and costs too much: W stays where it is, so its gradient is the same "
    "for every exponent. Compute it once.",
)
def step_sweep(loss, grad, W, exponents):
    W = np.asarray(W, dtype=float)
    return np.array([loss(W - 10.0**e * np.asarray(grad(W))) for e in exponents])


@task.mistake(
    "only the best loss",
    "You return one number, the best loss. The whole table is wanted: one loss for each exponent.",
)
def step_sweep(loss, grad, W, exponents):
    W = np.asarray(W, dtype=float)
    g = np.asarray(grad(W))
    return min(loss(W - 10.0**e * g) for e in exponents)


@task.mistake(
    "descent, with a rate for each step",
    "Your first loss is right, and every later step starts where the last one ended, with the "
    "gradient there. Where does each try of a sweep start?",
)
def step_sweep(loss, grad, W, exponents):
    losses = []
    for e in exponents:
        W = W - 10.0**e * grad(W)
        losses.append(loss(W))
    return np.array(losses)


@task.mistake(
    "gradient brought to length 1",
    "Your steps have the lengths 10**e, however steep it is at W. Does the formula divide the "
    "gradient by anything?",
)
def step_sweep(loss, grad, W, exponents):
    g = grad(W)
    g = g / np.linalg.norm(g)
    return np.array([loss(W - 10.0**e * g) for e in exponents])


@task.mistake(
    "exponents turned round",
    "The exponent 0 comes out right, and -2 gives you a learning rate of 100. Which sign does e "
    "have already?",
)
def step_sweep(loss, grad, W, exponents):
    g = grad(W)
    return np.array([loss(W - 10.0**-e * g) for e in exponents])


@task.mistake(
    "never worse than W",
    "Where a step is so long that the loss rises, you report the loss at W. What is a sweep meant "
    "to show there?",
)
def step_sweep(loss, grad, W, exponents):
    g = grad(W)
    return np.array([min(loss(W), loss(W - 10.0**e * g)) for e in exponents])


@task.accepts("np.power with a float base")
def step_sweep(loss, grad, W, exponents):
    W = np.array(W, dtype=float)
    g = np.array(grad(W), dtype=float)
    rates = np.power(10.0, exponents)
    return np.array([loss(W - lr * g) for lr in rates])


@task.accepts("as a Python loop with Python integers")
def step_sweep(loss, grad, W, exponents):
    point = np.asarray(W, dtype=float)
    slope = grad(point)
    losses = np.zeros(len(exponents))
    for i, e in enumerate(exponents.tolist()):
        losses[i] = loss(point - 10**e * slope)
    return losses


# --- counting ---


def average(x, scale=1.0):
    """Return a mean, times a scale that can be given by name."""
    return scale * float(np.mean(x))


def fails(x):
    raise ArithmeticError("this loss cannot be computed")


def values_and_count(answer, f, *xs):
    counted = answer(f)
    values = [counted(x) for x in xs]
    return values, counted.calls


def count_of_failures(answer, f, x):
    counted, errors = answer(f), 0
    for _ in range(3):
        try:
            counted(x)
        except ArithmeticError:
            errors += 1
    return counted.calls, errors


def bounds(x):
    """Return a pair of numbers."""
    return float(np.min(x)), float(np.max(x))


def a_clock(answer, ticks):
    """Count a function that returns something else each time."""
    times = iter(range(1, ticks + 1))
    counted = answer(lambda x: x + next(times))
    return [counted(10) for _ in range(ticks)], counted.calls


def by_name(answer, f, x, scale):
    counted = answer(f)
    return counted(x, scale=scale), counted(x=x), counted.calls


def two_counters(answer, f, x):
    one, other = answer(f), answer(f)
    values = [one(x), one(x), other(x)]
    return values, one.calls, other.calls


def before_any_call(answer, f):
    return answer(f).calls


def set_back(answer, f, x):
    counted = answer(f)
    counted(x), counted(x)
    seen, counted.calls = counted.calls, 0
    counted(x)
    return seen, counted.calls


def random_counts(gen):
    cases = []
    for shape, calls in (((3,), 2), ((2, 4), 5)):
        xs = tuple(gen.normal(size=(calls, *shape)))
        cases.append(Case(f"{calls} calls with arrays of shape {shape}", (average, *xs)))
    return [case._replace(call=values_and_count) for case in cases]


task = problems.task(
    reference.counting,
    cases=[
        Case("two calls", (average, np.array([1, 2]), np.array([[4, 5, 8, 9]])), values_and_count),
        Case("before any call", (average,), before_any_call),
        Case("arguments by name", (average, np.array([1.5, 2.0]), 2), by_name),
        Case("two counters of one function", (average, np.array([0.5])), two_counters),
        Case("three calls that fail", (fails, np.array([1.0])), count_of_failures),
        Case("two calls, set back to 0, one call", (average, np.array([1.0])), set_back),
        Case("a NaN goes through", (average, np.array([np.nan, 1.0])), values_and_count),
        Case("a function that returns a pair", (bounds, np.array([1.0, 3.0])), values_and_count),
        Case("a function that returns 11, 12, 13 for the same 10", (3,), a_clock),
    ],
    draw=random_counts,
    why="counting: whole numbers are right or wrong",
)


@task.mistake(
    "the count stays where it started",
    "Your count never moves: it is kept in a variable of the outer function, and the attribute "
    "holds a copy of its first value. Let each call change the attribute itself.",
)
def counting(f):
    calls = 0

    def counted(*args, **kwargs):
        nonlocal calls
        calls += 1
        return f(*args, **kwargs)

    counted.calls = calls
    return counted


@task.mistake(
    "each call starts anew",
    "After any number of calls your count is 1: every call sets it back before it counts. "
    "Where should the count start?",
)
def counting(f):
    def counted(*args, **kwargs):
        counted.calls = 0
        counted.calls += 1
        return f(*args, **kwargs)

    counted.calls = 0
    return counted


@task.mistake(
    "arguments by name are not passed on",
    "Your function takes no arguments by name. "
    "Whatever f accepts, the counted function should accept and hand on.",
)
def counting(f):
    def counted(*args):
        counted.calls += 1
        return f(*args)

    counted.calls = 0
    return counted


@task.mistake(
    "a failed call counts twice",
    "A call that raises is counted twice, before f and again when the error passes. "
    "One call is one call.",
)
def counting(f):
    def counted(*args, **kwargs):
        counted.calls += 1
        try:
            return f(*args, **kwargs)
        except Exception:
            counted.calls += 1
            raise

    counted.calls = 0
    return counted


@task.mistake(
    "a failed call does not count",
    "You count after f has returned, so a call that raises is free. "
    "The work was done all the same: count first.",
)
def counting(f):
    def counted(*args, **kwargs):
        value = f(*args, **kwargs)
        counted.calls += 1
        return value

    counted.calls = 0
    return counted


@task.mistake(
    "one counter for all",
    "Two counted functions share one counter: it belongs to f, and both wrap the same f. "
    "Each counted function needs a count of its own.",
)
def counting(f):
    f.calls = 0

    class Counted:
        calls = property(lambda self: f.calls, lambda self, value: setattr(f, "calls", value))

        def __call__(self, *args, **kwargs):
            f.calls += 1
            return f(*args, **kwargs)

    return Counted()


@task.mistake(
    "counting starts at 1",
    "Before the first call your count is 1 already: wrapping a function is not calling it.",
)
def counting(f):
    def counted(*args, **kwargs):
        counted.calls += 1
        return f(*args, **kwargs)

    counted.calls = 1
    return counted


@task.mistake(
    "the value is lost",
    "The calls are counted, and what f returned is thrown away. "
    "Code that uses the counted function in place of f needs the value.",
)
def counting(f):
    def counted(*args, **kwargs):
        counted.calls += 1
        f(*args, **kwargs)

    counted.calls = 0
    return counted


@task.mistake(
    "errors swallowed",
    "Three calls fail, and nobody hears of it. What does f itself do then, and what should the "
    "counted function do?",
)
def counting(f):
    def counted(*args, **kwargs):
        counted.calls += 1
        try:
            return f(*args, **kwargs)
        except Exception:
            return None

    counted.calls = 0
    return counted


@task.mistake(
    "count kept elsewhere",
    "Set back to 0, your count jumps up again: the true number is kept in another variable and "
    "copied. What does the user change when setting calls?",
)
def counting(f):
    n = 0

    def counted(*args, **kwargs):
        nonlocal n
        n += 1
        counted.calls = n
        return f(*args, **kwargs)

    counted.calls = 0
    return counted


@task.mistake(
    "one variable for all",
    "Two counted functions add to one number. Where is it kept, and how many of them are there?",
)
def counting(f):
    counting.n = 0

    def counted(*args, **kwargs):
        counting.n += 1
        counted.calls = counting.n
        return f(*args, **kwargs)

    counted.calls = 0
    return counted


@task.mistake(
    "no count before the first call",
    "Before the first call there is no attribute to read. When should it come to be, and with "
    "which value?",
)
def counting(f):
    def counted(*args, **kwargs):
        counted.calls = getattr(counted, "calls", 0) + 1
        return f(*args, **kwargs)

    return counted


@task.mistake(
    "count hung on f",
    "The function that you return has no attribute calls. To which function did you give it?",
)
def counting(f):
    f.calls = 0

    def counted(*args, **kwargs):
        f.calls += 1
        return f(*args, **kwargs)

    return counted


@task.mistake(
    "old values handed out again",
    "A second call with the same argument brings the old value. Was f asked again? It may return "
    "something else each time.",
)
def counting(f):
    known = {}

    def counted(*args, **kwargs):
        counted.calls += 1
        key = repr((args, kwargs))
        if key not in known:
            known[key] = f(*args, **kwargs)
        return known[key]

    counted.calls = 0
    return counted


@task.accepts("as a class")
def counting(f):
    class Counted:
        def __init__(self):
            self.calls = 0

        def __call__(self, *args, **kwargs):
            self.calls += 1
            return f(*args, **kwargs)

    return Counted()


@task.accepts("with finally")
def counting(f):
    def counted(*args, **kwargs):
        try:
            return f(*args, **kwargs)
        finally:
            counted.calls += 1

    counted.calls = 0
    return counted
