"""Task `equal_length_compare` of chapter `search`."""

import numpy as np

from fallline import search as reference
from fallline.marking.task import Case, Task
from fallline.marking.tasks.search.cases import hill, hill_slope, rng


def random_comparisons(gen):
    cases = []
    for shape, r, k in (((3,), 0.1, 4), ((2, 4), 1e-3, 5), ((4, 1), 10.0, 3)):
        W, seed = gen.normal(size=shape), int(gen.integers(1000))
        W.flat[0] = 0.5
        label = f"shape {shape}, length {r:g}, k = {k}"
        cases.append(Case(label, (hill, hill_slope, W, r, k, rng(seed))))
    return cases


task = Task(
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
