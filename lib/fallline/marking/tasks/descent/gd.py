"""Task `gd` of chapter `descent`."""

import numpy as np

from fallline import descent as reference
from fallline.marking.task import Case, Task


def twice(w):
    """Return the gradient of w², entry by entry."""
    return 2 * w


def itself(w):
    """Return the gradient of w²/2: the very array w."""
    return w


COUPLED = np.array([[1.0, 0.9], [0.9, 1.0]])


def coupled(w):
    """Return the gradient of a bowl that lies across the axes."""
    return COUPLED @ w


def table(w):
    """Return a gradient that is as much of a table as its point is, and mixes its rows."""
    return w + 0.5 * w[::-1]


def random_bowls(rng):
    cases = []
    for d, scale in ((2, 1.0), (3, 1e-3), (5, 1e3)):
        A = rng.normal(size=(d, d))
        H = A @ A.T / d
        x0 = scale * rng.normal(size=d)
        x0[1] = 0.0
        cases.append(
            Case(f"a bowl in {d} dimensions, start of size {scale:g}", (H, x0, 6), bowl_call)
        )
    return cases


def bowl_call(answer, H, x0, n):
    """Run an answer on ½ xᵀHx."""
    return answer(lambda x: H @ x, x0, 0.3, n)


task = Task(
    reference.gd,
    cases=[
        Case("w², from the number 5, lr = 0.1, 4 steps", (twice, 5.0, 0.1, 4)),
        Case("a bowl across the axes, from (1, -1)", (coupled, np.array([1.0, -1.0]), 0.5, 3)),
        Case("w², from (5, -5, 0)", (twice, np.array([5.0, -5.0, 0.0]), 0.25, 2)),
        Case(
            "w²/2, whose gradient is w itself, from (4, -8)",
            (itself, np.array([4.0, -8.0]), 0.5, 2),
        ),
        Case("w², from the whole numbers (3, 4)", (twice, np.array([3, 4]), 0.1, 3)),
        Case("w², from the whole number 5", (twice, 5, 0.1, 2)),
        Case("no step at all", (twice, np.array([1.0, 2.0]), 0.1, 0)),
        Case("a start of shape (2, 3)", (table, np.arange(6.0).reshape(2, 3), 0.1, 4)),
        Case("w², lr = 1.1, which runs away", (twice, np.array([1.0]), 1.1, 5)),
        Case("a tiny start", (coupled, np.array([3e-9, 0.0]), 0.2, 3)),
        Case("a start that holds NaN", (twice, np.array([np.nan, 1.0]), 0.1, 2)),
    ],
    draw=random_bowls,
    why="products and differences in a few steps: only rounding may differ",
)


@task.mistake(
    "rows share memory",
    "Every row of your path is the last point. A step that changes x in place changes each row "
    "that holds the same x: let every step make a new array.",
)
def gd(grad, x0, lr, n):
    x = np.array(x0, dtype=float)
    path = [x]
    for _ in range(n):
        x -= lr * grad(x)
        path.append(x)
    return np.array(path)


@task.mistake(
    "start left out",
    "A path begins where you stand: row 0 is the start, before any step, and n steps make n + 1 "
    "rows.",
)
def gd(grad, x0, lr, n):
    x = np.array(x0, dtype=float)
    path = []
    for _ in range(n):
        x = x - lr * grad(x)
        path.append(x)
    return np.array(path).reshape(n, *np.shape(x0))


@task.mistake(
    "one step short",
    "One step is missing at the end: n points need only n - 1 steps. "
    "How many rows do n steps make?",
)
def gd(grad, x0, lr, n):
    path = [np.array(x0, dtype=float)]
    for _ in range(n - 1):
        path.append(path[-1] - lr * grad(path[-1]))
    return np.array(path)


@task.mistake(
    "one coordinate after another",
    "You use the new value of one coordinate in the gradient of the next. The gradient belongs "
    "to one point: compute all of it there, and then move every coordinate at once.",
)
def gd(grad, x0, lr, n):
    x = np.array(x0, dtype=float)
    path = [x.copy()]
    for _ in range(n):
        for i in np.ndindex(x.shape):
            x[i] = x[i] - lr * np.asarray(grad(x.copy()))[i]
        path.append(x.copy())
    return np.array(path)


@task.mistake(
    "ascent",
    "Your path climbs. The gradient points to where f grows, and you want to go down.",
)
def gd(grad, x0, lr, n):
    path = [np.array(x0, dtype=float)]
    for _ in range(n):
        path.append(path[-1] + lr * grad(path[-1]))
    return np.array(path)


@task.mistake(
    "learning rate decays",
    "The first step is right and the later ones are too short: something makes lr smaller from "
    "step to step. Here it stays as it was given.",
)
def gd(grad, x0, lr, n):
    path = [np.array(x0, dtype=float)]
    for k in range(n):
        path.append(path[-1] - lr / (k + 1) * grad(path[-1]))
    return np.array(path)


@task.mistake(
    "gradient taken once",
    "All your steps are the first one, repeated. The slope changes on the way: "
    "ask for the gradient again at every point.",
)
def gd(grad, x0, lr, n):
    x = np.array(x0, dtype=float)
    g = grad(x)
    return np.array([x - k * lr * g for k in range(n + 1)])


@task.mistake(
    "gradient normalised",
    "All your steps are equally long. The step is lr times the gradient as it is: "
    "it is the shrinking gradient that lets the steps become small near the bottom.",
)
def gd(grad, x0, lr, n):
    path = [np.array(x0, dtype=float)]
    for _ in range(n):
        g = np.asarray(grad(path[-1]))
        size = np.sqrt(np.sum(g * g))
        path.append(path[-1] - lr * g / size)
    return np.array(path)


@task.mistake(
    "only the end",
    "The last point is right, and it is all that comes back. Keep every point on the way: "
    "a path can be drawn and looked at.",
)
def gd(grad, x0, lr, n):
    x = np.array(x0, dtype=float)
    for _ in range(n):
        x = x - lr * grad(x)
    return x


@task.mistake(
    "learning rate forgotten",
    "Your steps are as long as the gradient itself. Which factor of the formula is missing?",
)
def gd(grad, x0, lr, n):
    path = [np.array(x0, dtype=float)]
    for _ in range(n):
        path.append(path[-1] - grad(path[-1]))
    return np.array(path)


@task.mistake(
    "last row never filled",
    "Your path has the right shape, and its last row was never written. "
    "Which row does the n-th step fill?",
)
def gd(grad, x0, lr, n):
    path = np.zeros((n + 1, *np.shape(x0)))
    path[0] = x0
    for k in range(1, n):
        path[k] = path[k - 1] - lr * grad(path[k - 1])
    return path


@task.mistake(
    "one entry after another",
    "Two things. A start may be a single number, which has no length. And where one coordinate has "
    "moved before the next asks for its slope, that slope belongs to another point: which one?",
)
def gd(grad, x0, lr, n):
    x = np.array(x0, dtype=float)
    path = [x.copy()]
    for _ in range(n):
        for i in range(len(x)):
            x[i] = x[i] - lr * grad(x)[i]
        path.append(x.copy())
    return np.array(path)


@task.mistake(
    "gradient changed in place",
    "Where the gradient is the point itself, your rows change after they were stored. In whose "
    "memory do you multiply by lr?",
)
def gd(grad, x0, lr, n):
    path = [np.array(x0, dtype=float)]
    for _ in range(n):
        g = grad(path[-1])
        g *= lr
        path.append(path[-1] - g)
    return np.array(path)


@task.accepts("with the whole path prepared")
def gd(grad, x0, lr, n):
    x0 = np.asarray(x0, dtype=float)
    path = np.empty((n + 1, *x0.shape))
    path[0] = x0
    for k in range(n):
        path[k + 1] = path[k] - lr * np.asarray(grad(path[k].copy()))
    return path


@task.accepts("in place, with copies")
def gd(grad, x0, lr, n):
    x = np.array(x0, dtype=float)
    rows = [x.copy()]
    for _ in range(n):
        x -= np.multiply(grad(x.copy()), lr)
        rows.append(x.copy())
    return np.stack(rows)
