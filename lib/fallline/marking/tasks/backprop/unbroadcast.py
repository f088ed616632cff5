"""Task `unbroadcast` of chapter `backprop`."""

import numpy as np

from fallline import backprop as reference
from fallline.marking.task import Case, Task
from fallline.marking.tasks.backprop.cases import SIX


def random_stretches(rng):
    cases = []
    for scale, big, shape in (
        (1.0, (4, 3), (3,)),
        (1e-6, (2, 4, 3), (4, 1)),
        (1e6, (2, 4, 3), (1, 3)),
        (1.0, (3, 2, 2), (3, 1, 2)),
    ):
        cases.append(
            Case(f"{big} to {shape}, about {scale:g}", (scale * rng.normal(size=big), shape))
        )
    return cases


task = Task(
    reference.unbroadcast,
    cases=[
        Case("(2, 3) to (3,), whole numbers", (np.arange(1, 7).reshape(2, 3), (3,))),
        Case("(2, 3) to (2, 1)", (SIX, (2, 1))),
        Case("(2, 3) to (1, 3)", (SIX, (1, 3))),
        Case("(2, 3) to (1, 1)", (SIX, (1, 1))),
        Case("(2, 3) to (1,)", (SIX, (1,))),
        Case("(2, 3) to (), a number", (SIX, ())),
        Case("(2, 3) to (2, 3): nothing was stretched", (SIX, (2, 3))),
        Case("(2, 2) to (2,): which axis was added?", (np.array([[1.0, 2], [3, 4.5]]), (2,))),
        Case("(4, 2, 3) to (2, 3)", (np.arange(24.0).reshape(4, 2, 3) / 4, (2, 3))),
        Case("(4, 2, 3) to (2, 1)", (np.arange(24.0).reshape(4, 2, 3) / 4, (2, 1))),
        Case("(4, 1, 3) to (1, 1)", (np.arange(12.0).reshape(4, 1, 3), (1, 1))),
        Case("a number to ()", (np.array(2.5), ())),
        Case("(2, 2) to (2,), one entry NaN", (np.array([[np.nan, 1], [2, 3.5]]), (2,))),
        Case("(2, 3) to (2, 3), whole numbers", (np.arange(6).reshape(2, 3), (2, 3))),
        Case("(2, 3) to (2,), which does not broadcast so", (SIX, (2,))),
        Case("(2, 3) to (2, 2), which does not broadcast so", (SIX, (2, 2))),
        Case("(1, 3) to (2, 3), which is the larger one", (SIX[:1], (2, 3))),
    ],
    draw=random_stretches,
    why="one sum in each place: only rounding may differ",
)


@task.mistake(
    "sums the last axes",
    "Broadcasting adds axes on the left: (3,) becomes (1, 3) and then (2, 3). "
    "Those are the ones to sum away.",
)
def unbroadcast(g, shape):
    g = np.array(g, dtype=float)
    while g.ndim > len(shape):
        g = g.sum(axis=-1)
    for axis, n in enumerate(shape):
        if n == 1:
            g = g.sum(axis=axis, keepdims=True)
    return g.reshape(shape)


@task.mistake(
    "axes of length 1 forgotten",
    "The axes that were added are summed, but a column of shape (2, 1) was stretched as well: "
    "its one entry served every column.",
)
def unbroadcast(g, shape):
    g = np.array(g, dtype=float)
    while g.ndim > len(shape):
        g = g.sum(axis=0)
    return g


@task.mistake(
    "added axes forgotten",
    "Axes of length 1 are summed, but (3,) against (2, 3) got a whole new axis, "
    "which is still there.",
)
def unbroadcast(g, shape):
    g = np.array(g, dtype=float)
    if g.ndim == len(shape):
        for axis, n in enumerate(shape):
            if n == 1:
                g = g.sum(axis=axis, keepdims=True)
    return g


@task.mistake(
    "cut to shape instead of summed",
    "The shape is right, but numbers were dropped. An entry that served many places has an "
    "adjoint from each of them, and all of them count.",
)
def unbroadcast(g, shape):
    g = np.array(g, dtype=float)
    np.broadcast_to(np.zeros(shape), g.shape)
    return np.resize(g, shape)


@task.mistake(
    "mean instead of sum",
    "Every copy moves when the original moves, and their effects add up. "
    "An average would say that more copies do not matter.",
)
def unbroadcast(g, shape):
    g = np.array(g, dtype=float)
    while g.ndim > len(shape):
        g = g.mean(axis=0)
    for axis, n in enumerate(shape):
        if n == 1:
            g = g.mean(axis=axis, keepdims=True)
    return g.reshape(shape)


@task.mistake(
    "axes of length 1 lost",
    "The sums are right and the shape is not: an adjoint has the shape of what it belongs to, "
    "and a column (2, 1) is not a vector (2,).",
)
def unbroadcast(g, shape):
    g = np.array(g, dtype=float)
    extra = g.ndim - len(shape)
    stretched = [extra + i for i, n in enumerate(shape) if n == 1]
    kept = tuple(n for n in shape if n != 1)
    g = g.sum(axis=(*range(extra), *stretched))
    return g.reshape(kept) if kept else np.array(g)


@task.mistake(
    "any shape is accepted",
    "Your sums are right, and where the two shapes do not belong together something comes back "
    "all the same, of a shape that nobody asked for. What could you compare at the end?",
)
def unbroadcast(g, shape):
    g = np.array(g, dtype=float)
    while g.ndim > len(shape):
        g = g.sum(axis=0)
    for axis, n in enumerate(shape):
        if n == 1:
            g = g.sum(axis=axis, keepdims=True)
    return g


@task.mistake(
    "entries laid out anew",
    "Adding whole axes on the left is right for you, and a column is not: reshaping takes the "
    "entries one after the other. Which entries of (2, 3) were made from the first of (2, 1)?",
)
def unbroadcast(g, shape):
    np.broadcast_to(np.zeros(shape), np.shape(g))
    return np.array(g, dtype=float).reshape((-1, *shape)).sum(axis=0)


@task.mistake(
    "first copy only",
    "You take the first of the copies and forget the others. "
    "If an entry served two rows, how many adjoints come back to it?",
)
def unbroadcast(g, shape):
    g = np.array(g, dtype=float)
    while g.ndim > len(shape):
        g = g[0]
    return g


@task.mistake(
    "everything in every place",
    "The sum of all entries stands in every place. Which entries of the stretched array "
    "came from one entry of the small one?",
)
def unbroadcast(g, shape):
    return np.full(shape, np.sum(g), dtype=float)


@task.mistake(
    "mean over the added axes",
    "Along a stretched axis you add up, along an added one you average. "
    "Does a copy count less because there are more of them?",
)
def unbroadcast(g, shape):
    g = np.array(g, dtype=float)
    while g.ndim > len(shape):
        g = g.mean(axis=0)
    for axis, size in enumerate(shape):
        if size == 1:
            g = g.sum(axis=axis, keepdims=True)
    return g


@task.mistake(
    "one axis at most",
    "Right where one axis was added, and not where two were. "
    "How do you know when there are no more axes to sum?",
)
def unbroadcast(g, shape):
    g = np.array(g, dtype=float)
    if g.ndim > len(shape):
        g = g.sum(axis=0)
    for axis, size in enumerate(shape):
        if size == 1:
            g = g.sum(axis=axis, keepdims=True)
    return g


@task.mistake(
    "summed and reshaped",
    "One sum over the first axis, and then reshape has to make it fit. For (2, 3) to (2, 1) "
    "two numbers are asked for: over which axis was b stretched?",
)
def unbroadcast(g, shape):
    return np.sum(g, axis=0, dtype=float).reshape(shape)


@task.mistake(
    "shapes compared from the left",
    "You lay the two shapes side by side from the left. Broadcasting compares them from the other "
    "end: which axis was added in (2, 3) to (3,)?",
)
def unbroadcast(g, shape):
    axes = tuple(i for i, (a, b) in enumerate(zip(g.shape, shape, strict=False)) if a != b)
    return np.sum(g, axis=axes, keepdims=True, dtype=float).reshape(shape)


@task.accepts("axis by axis")
def unbroadcast(g, shape):
    g = np.array(g, dtype=float)
    while g.ndim > len(shape):
        g = g.sum(axis=0)
    for axis, n in enumerate(shape):
        if n == 1 and g.shape[axis] != 1:
            g = g.sum(axis=axis, keepdims=True)
    if g.shape != tuple(shape):
        raise ValueError("the shapes do not fit")
    return g


@task.accepts("adding up one entry at a time")
def unbroadcast(g, shape):
    g, result = np.asarray(g, dtype=float), np.zeros(shape)
    places = np.broadcast_to(np.arange(result.size).reshape(shape), g.shape)
    np.add.at(result.reshape(-1), places.reshape(-1), g.reshape(-1))
    return result
