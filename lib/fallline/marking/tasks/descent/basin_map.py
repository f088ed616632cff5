"""Task `basin_map` of chapter `descent`."""

import numpy as np

from fallline import descent as reference
from fallline.marking.task import Case, Task
from fallline.objectives import double_well, himmelblau


def random_starts(rng):
    return [
        Case(
            "ten random starts on Himmelblau's function",
            (himmelblau.gradient, rng.uniform(-4, 4, (2, 10)), himmelblau.minima, 0.01, 120),
        ),
        Case(
            "six random starts on the double well",
            (double_well.gradient, rng.uniform(-2, 2, (1, 6)), double_well.minima, 0.3, 60),
        ),
    ]


NEAR = np.array([[2.5, -2.5, -3.5, 3.2, 0.0], [1.5, 2.5, -3.0, -1.5, 0.5]])


task = Task(
    reference.basin_map,
    cases=[
        Case(
            "a start near each of Himmelblau's minima, and one between them",
            (himmelblau.gradient, NEAR, himmelblau.minima, 0.01, 120),
        ),
        Case(
            "the double well, starts that cross the hill",
            (
                double_well.gradient,
                np.array([[-2.0, -0.3, 0.05, 0.2, 1.9, -1.9]]),
                double_well.minima,
                0.6,
                40,
            ),
        ),
        Case(
            "whole numbers, a grid of shape (2, 2, 3)",
            (
                himmelblau.gradient,
                np.array([[[3, -3, -3], [4, 0, 2]], [[2, 3, -3], [-2, -4, 1]]]),
                himmelblau.minima,
                0.005,
                250,
            ),
        ),
        Case(
            "lr = 0.02: two of the four minima can no longer be reached",
            (himmelblau.gradient, NEAR, himmelblau.minima, 0.02, 200),
        ),
        Case(
            "lr = 0.05: most starts run away",
            (himmelblau.gradient, NEAR[:, ::-1].copy(), himmelblau.minima, 0.05, 40),
        ),
        Case(
            "three steps only: nobody has arrived",
            (himmelblau.gradient, NEAR, himmelblau.minima, 0.002, 3),
        ),
        Case(
            "no step, starts at a minimum and beside it",
            (
                double_well.gradient,
                np.array([[-1.0466805318, 0.9456492739, 0.5]]),
                double_well.minima,
                0.1,
                0,
            ),
        ),
        Case(
            "no step, starts above and beside a minimum",
            (
                himmelblau.gradient,
                np.array([[3.0, 4.0, 3.0, 3.01], [2.0, 1.0, 2.0005, 2.0]]),
                himmelblau.minima,
                0.1,
                0,
            ),
        ),
        Case(
            "halved in each of 3 steps, from 4, 8 and -4, tol = 0.5",
            (lambda w: 2 * w, np.array([[4.0, 8.0, -4.0]]), [[0.0]], 0.25, 3, 0.5),
        ),
        Case(
            "3 steps that lead away from 0, from 0.3, 0.1 and -0.3, tol = 0.5",
            (lambda w: 2 * w, np.array([[0.3, 0.1, -0.3]]), [[0.0]], 1.25, 3, 0.5),
        ),
        Case(
            "no step, tol = 0.5, around the minimum (3, 2)",
            (
                himmelblau.gradient,
                np.array([[3.4, 3.3, 3.0, 3.0], [2.4, 2.3, 2.5, 4.0]]),
                himmelblau.minima,
                0.1,
                0,
                0.5,
            ),
        ),
        Case(
            "three coordinates, five minima, no step",
            (
                lambda w: 2 * w,
                np.array([[0.0, 0.0, 4.0, 0.0], [0.0, 0.0, 0.0, 3.0], [0.0, 3.0, 0.0, 0.0]]),
                np.array([[0.0, 0, 0], [1, 0, 0], [2, 0, 0], [3, 0, 0], [4, 0, 0]]),
                0.1,
                0,
            ),
        ),
        Case(
            "tol = 0.5 after three steps",
            (himmelblau.gradient, NEAR, himmelblau.minima, 0.01, 3, 0.5),
        ),
        Case(
            "a start that holds NaN",
            (
                double_well.gradient,
                np.array([[np.nan, -2.0, 2.0]]),
                double_well.minima,
                0.1,
                120,
            ),
        ),
    ],
    draw=random_starts,
    why="labels are whole numbers and must be met exactly",
)


@task.mistake(
    "nearest at the start",
    "You label each start by the minimum that it is nearest to before it moves. "
    "Descent can cross over: let it run first, and look where it ends.",
)
def basin_map(grad, starts, minima, lr, n, tol=1e-3):
    w, m = np.array(starts, dtype=float), np.asarray(minima, dtype=float)
    begin = w
    for _ in range(n):
        w = w - lr * grad(w)
    m = m.reshape(*m.shape, *[1] * (w.ndim - 1))
    first = np.sqrt(np.nansum((begin - m) ** 2, axis=1))
    last = np.sqrt(np.sum((w - m) ** 2, axis=1))
    arrived = np.min(np.where(np.isnan(last), np.inf, last), axis=0) <= tol
    return np.where(arrived, np.argmin(first, axis=0), -1)


@task.mistake(
    "always the nearest",
    "Every start of yours gets a minimum, also those that ran away or became NaN. "
    "The nearest one may be at the end of the world: where none is within tol, the label is -1.",
)
def basin_map(grad, starts, minima, lr, n, tol=1e-3):
    w, m = np.array(starts, dtype=float), np.asarray(minima, dtype=float)
    for _ in range(n):
        w = w - lr * grad(w)
    m = m.reshape(*m.shape, *[1] * (w.ndim - 1))
    return np.argmin(np.sum((w - m) ** 2, axis=1), axis=0)


@task.mistake(
    "only NaN is lost",
    "You give -1 to what has run away, and a minimum to everything else. A start may also be "
    "still on its way, or jump back and forth: demand that it is within tol.",
)
def basin_map(grad, starts, minima, lr, n, tol=1e-3):
    w, m = np.array(starts, dtype=float), np.asarray(minima, dtype=float)
    for _ in range(n):
        w = w - lr * grad(w)
    m = m.reshape(*m.shape, *[1] * (w.ndim - 1))
    far = np.sum((w - m) ** 2, axis=1)
    finite = np.all(np.isfinite(w), axis=0)
    return np.where(finite, np.argmin(np.where(np.isnan(far), np.inf, far), axis=0), -1)


@task.mistake(
    "one point for all",
    "All starts share one label, that of the last of them. Each must be kept in memory of its "
    "own: a list that holds one array many times holds one point.",
)
def basin_map(grad, starts, minima, lr, n, tol=1e-3):
    starts, m = np.array(starts, dtype=float), np.asarray(minima, dtype=float)
    flat = starts.reshape(len(starts), -1)
    w, ends = np.empty(len(flat)), []
    for i in range(flat.shape[1]):
        w[:] = flat[:, i]
        for _ in range(n):
            w -= lr * grad(w)
        ends.append(w)
    far = np.array([[np.sqrt(np.sum((end - c) ** 2)) for end in ends] for c in m])
    far = np.where(np.isnan(far), np.inf, far)
    labels = np.where(far.min(axis=0) <= tol, far.argmin(axis=0), -1)
    return labels.reshape(starts.shape[1:])


@task.mistake(
    "labels from 1",
    "Your labels are all one too large. A label is the row of the minimum, and rows count from 0.",
)
def basin_map(grad, starts, minima, lr, n, tol=1e-3):
    w, m = np.array(starts, dtype=float), np.asarray(minima, dtype=float)
    for _ in range(n):
        w = w - lr * grad(w)
    m = m.reshape(*m.shape, *[1] * (w.ndim - 1))
    far = np.sqrt(np.sum((w - m) ** 2, axis=1))
    far = np.where(np.isnan(far), np.inf, far)
    return np.where(far.min(axis=0) <= tol, far.argmin(axis=0) + 1, -1)


@task.mistake(
    "zero for none",
    "A start that reaches no minimum gets the label 0 from you, which is the first minimum's. "
    "None is -1.",
)
def basin_map(grad, starts, minima, lr, n, tol=1e-3):
    w, m = np.array(starts, dtype=float), np.asarray(minima, dtype=float)
    for _ in range(n):
        w = w - lr * grad(w)
    m = m.reshape(*m.shape, *[1] * (w.ndim - 1))
    far = np.sqrt(np.sum((w - m) ** 2, axis=1))
    far = np.where(np.isnan(far), np.inf, far)
    return np.where(far.min(axis=0) <= tol, far.argmin(axis=0), 0)


@task.mistake(
    "sum of the coordinates' distances",
    "Two points are far apart if one coordinate is: signed differences that cancel hide it. "
    "Take the Euclidean distance.",
)
def basin_map(grad, starts, minima, lr, n, tol=1e-3):
    w, m = np.array(starts, dtype=float), np.asarray(minima, dtype=float)
    for _ in range(n):
        w = w - lr * grad(w)
    m = m.reshape(*m.shape, *[1] * (w.ndim - 1))
    far = np.abs(np.sum(w - m, axis=1))
    far = np.where(np.isnan(far), np.inf, far)
    return np.where(far.min(axis=0) <= tol, far.argmin(axis=0), -1)


@task.mistake(
    "distance not rooted",
    "A start at a distance of 0.01 counts as arrived with you, though tol is 0.001. "
    "Did you compare the distance, or its square?",
)
def basin_map(grad, starts, minima, lr, n, tol=1e-3):
    w = np.array(starts, dtype=float)
    for _ in range(n):
        w = w - lr * grad(w)
    labels = np.full(w.shape[1:], -1)
    for i, minimum in enumerate(minima):
        away = w - np.reshape(minimum, (-1, *[1] * (w.ndim - 1)))
        labels[np.sum(away**2, axis=0) <= tol] = i
    return labels


@task.mistake(
    "tol not looked at",
    "Your own limit stands where tol should be: one case asks for a wider one. Which argument says "
    "what counts as arrived?",
)
def basin_map(grad, starts, minima, lr, n, tol=1e-3):
    w = np.array(starts, dtype=float)
    for _ in range(n):
        w = w - lr * grad(w)
    labels = np.full(w.shape[1:], -1)
    for i, minimum in enumerate(minima):
        away = w - np.reshape(minimum, (-1, *[1] * (w.ndim - 1)))
        labels[np.sqrt(np.sum(away**2, axis=0)) <= 1e-3] = i
    return labels


@task.mistake(
    "ascent",
    "Your starts climb, so nobody arrives. Which way does the gradient point?",
)
def basin_map(grad, starts, minima, lr, n, tol=1e-3):
    w = np.array(starts, dtype=float)
    for _ in range(n):
        w = w + lr * grad(w)
    labels = np.full(w.shape[1:], -1)
    for i, minimum in enumerate(minima):
        away = w - np.reshape(minimum, (-1, *[1] * (w.ndim - 1)))
        labels[np.sqrt(np.sum(away**2, axis=0)) <= tol] = i
    return labels


@task.mistake(
    "largest coordinate for the distance",
    "(3.4, 2.4) counts as within 0.5 of (3, 2). How long is the way between them?",
)
def basin_map(grad, starts, minima, lr, n, tol=1e-3):
    w = np.array(starts, dtype=float)
    for _ in range(n):
        w = w - lr * grad(w)
    labels = np.full(w.shape[1:], -1)
    for i, minimum in enumerate(minima):
        away = w - np.reshape(minimum, (-1, *[1] * (w.ndim - 1)))
        labels[np.max(np.abs(away), axis=0) <= tol] = i
    return labels


@task.mistake(
    "coordinates added up for the distance",
    "(3.3, 2.3) counts as farther than 0.5 from (3, 2). How long is the straight way?",
)
def basin_map(grad, starts, minima, lr, n, tol=1e-3):
    w = np.array(starts, dtype=float)
    for _ in range(n):
        w = w - lr * grad(w)
    labels = np.full(w.shape[1:], -1)
    for i, minimum in enumerate(minima):
        away = w - np.reshape(minimum, (-1, *[1] * (w.ndim - 1)))
        labels[np.sum(np.abs(away), axis=0) <= tol] = i
    return labels


@task.mistake(
    "at the limit is not there",
    "A start at the distance tol gets -1 from you. Does the statement say less, or at most?",
)
def basin_map(grad, starts, minima, lr, n, tol=1e-3):
    w = np.array(starts, dtype=float)
    for _ in range(n):
        w = w - lr * grad(w)
    labels = np.full(w.shape[1:], -1)
    for i, minimum in enumerate(minima):
        away = w - np.reshape(minimum, (-1, *[1] * (w.ndim - 1)))
        labels[np.sqrt(np.sum(away**2, axis=0)) < tol] = i
    return labels


@task.mistake(
    "one step short",
    "4, 2, 1, 0.5 has come within 0.5 after three steps, and you stop at 1. How many steps do you "
    "make?",
)
def basin_map(grad, starts, minima, lr, n, tol=1e-3):
    w = np.array(starts, dtype=float)
    for _ in range(n - 1):
        w = w - lr * grad(w)
    labels = np.full(w.shape[1:], -1)
    for i, minimum in enumerate(minima):
        away = w - np.reshape(minimum, (-1, *[1] * (w.ndim - 1)))
        labels[np.sqrt(np.sum(away**2, axis=0)) <= tol] = i
    return labels


@task.mistake(
    "one coordinate decides",
    "(3, 4) counts as the minimum (3, 2). How many coordinates have to agree?",
)
def basin_map(grad, starts, minima, lr, n, tol=1e-3):
    w = np.array(starts, dtype=float)
    for _ in range(n):
        w = w - lr * grad(w)
    labels = np.full(w.shape[1:], -1)
    for i, minimum in enumerate(minima):
        away = w - np.reshape(minimum, (-1, *[1] * (w.ndim - 1)))
        labels[np.abs(away[0]) <= tol] = i
    return labels


@task.mistake(
    "arrived once, arrived for ever",
    "A start that passes a minimum and leaves it again keeps its label. When is the distance to "
    "be measured?",
)
def basin_map(grad, starts, minima, lr, n, tol=1e-3):
    w = np.array(starts, dtype=float)
    labels = np.full(w.shape[1:], -1)
    for k in range(n + 1):
        for i, minimum in enumerate(minima):
            away = w - np.reshape(minimum, (-1, *[1] * (w.ndim - 1)))
            labels[(labels == -1) & (np.sqrt(np.sum(away**2, axis=0)) <= tol)] = i
        if k < n:
            w = w - lr * grad(w)
    return labels


@task.mistake(
    "nearest to the start",
    "You label where a start stands, not where it ends. Which point is to be compared with the "
    "minima, after n steps?",
)
def basin_map(grad, starts, minima, lr, n, tol=1e-3):
    w = np.array(starts, dtype=float)
    away = [np.sum((w - np.reshape(m, (-1, *[1] * (w.ndim - 1)))) ** 2, axis=0) for m in minima]
    return np.argmin(away, axis=0)


@task.accepts("one start after another")
def basin_map(grad, starts, minima, lr, n, tol=1e-3):
    starts = np.asarray(starts, dtype=float)
    labels = np.full(starts.shape[1:], -1)
    for place in np.ndindex(labels.shape):
        w = starts[(slice(None), *place)].copy()
        for _ in range(n):
            w = w - lr * np.asarray(grad(w))
        for i, minimum in enumerate(minima):
            if np.linalg.norm(w - minimum) <= tol:
                labels[place] = i
    return labels


@task.accepts("all starts at once, minimum by minimum")
def basin_map(grad, starts, minima, lr, n, tol=1e-3):
    w = np.array(starts, dtype=float)
    for _ in range(n):
        w = w - lr * grad(w)
    labels = np.full(w.shape[1:], -1, dtype=int)
    for i, minimum in enumerate(np.asarray(minima, dtype=float)):
        away = w - minimum.reshape(-1, *[1] * (w.ndim - 1))
        labels[np.linalg.norm(away, axis=0) <= tol] = i
    return labels
