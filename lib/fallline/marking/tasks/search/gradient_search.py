"""Task `gradient_search` of chapter `search`."""

import numpy as np

from fallline import search as reference
from fallline.marking.task import Case, Task
from fallline.marking.tasks.search.cases import calls_spent


def stretched(W):
    """Return value and gradient of a bowl whose axes differ in curvature."""
    a = 1.0 + np.arange(np.size(W)).reshape(np.shape(W))
    return float(np.sum(a * W**2) / 2), a * W


def quartic(W):
    return float(np.sum(W**4) / 4), W**3


def own_slope(W):
    """Return half of the square of W, and its gradient: the very array W."""
    return float(np.sum(W**2) / 2), W


def random_descents(gen):
    cases = []
    for shape, lr, n in (((3,), 0.1, 4), ((2, 4), 1e-2, 6), ((5, 1), 0.3, 3)):
        W0 = gen.normal(size=shape)
        W0.flat[1] = 0.0
        cases.append(Case(f"n = {n}, shape {shape}, lr = {lr:g}", (stretched, W0, lr, n)))
    return cases


task = Task(
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
