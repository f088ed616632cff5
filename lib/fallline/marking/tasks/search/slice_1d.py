"""Task `slice_1d` of chapter `search`."""

import numpy as np

from fallline import search as reference
from fallline.marking.task import Case, Task
from fallline.marking.tasks.search.cases import hill


def random_lines(gen):
    cases = []
    for shape, scale in (((3,), 1.0), ((2, 4), 1e-2), ((4, 1), 1e2)):
        W, D, alphas = gen.normal(size=shape), scale * gen.normal(size=shape), gen.normal(size=5)
        D.flat[0], alphas[2] = 0.0, 0.0
        cases.append(Case(f"shape {shape}, D of length {scale:g} or so", (hill, W, D, alphas)))
    return cases


task = Task(
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
