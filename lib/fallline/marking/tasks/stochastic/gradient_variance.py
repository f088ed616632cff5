"""Task `gradient_variance` of chapter `stochastic`."""

import numpy as np

from fallline import stochastic as reference
from fallline.marking.task import Case, Task


def random_clouds(gen):
    cases = []
    for shape, scale in (((7, 3), 1.0), ((4, 2, 3), 1e-4), ((9, 5), 1e3)):
        G = scale * (gen.normal(size=shape) + 0.7)
        G[0] = 0.0
        cases.append(Case(f"{shape[0]} gradients of shape {shape[1:]}, size {scale:g}", (G,)))
    return cases


task = Task(
    reference.gradient_variance,
    cases=[
        Case(
            "rows (1, 0), (-1, 0), (0, 2), (0, -2)",
            (np.array([[1.0, 0], [-1, 0], [0, 2], [0, -2]]),),
        ),
        Case("rows (3, 4) and (3, 4): no spread", (np.array([[3.0, 4], [3, 4]]),)),
        Case("rows (3, 4), (5, 4) and (1, 7)", (np.array([[3.0, 4], [5, 4], [1, 7]]),)),
        Case("numbers 1, 3, 5, 7", (np.array([1.0, 3, 5, 7]),)),
        Case("whole numbers, rows (1, 2), (2, 4), (3, 9)", (np.array([[1, 2], [2, 4], [3, 9]]),)),
        Case("a single row", (np.array([[2.0, -5.0, 0.0]]),)),
        Case(
            "gradients that are tables of shape (2, 3)", (np.arange(24.0).reshape(4, 2, 3) ** 1.5,)
        ),
        Case("tiny gradients", (np.array([[1e-8, 0.0], [3e-8, 0.0], [2e-8, 1e-8]]),)),
        Case("a row that holds NaN", (np.array([[1.0, np.nan], [2.0, 3.0]]),)),
    ],
    draw=random_clouds,
    rtol=1e-8,
    atol=1e-24,
    why="sums of squares; E|G|² - |mean|² loses some digits and is right",
)


@task.mistake(
    "divided by N - 1",
    "You divide by N - 1, which corrects for a mean that was estimated from a sample. Are these "
    "some of the examples, or all?",
)
def gradient_variance(G):
    return np.sum((G - np.mean(G, axis=0)) ** 2) / (len(G) - 1)


@task.mistake(
    "not centred",
    "Rows (3, 4) and (3, 4) have no spread, and you get 25. From where do you measure?",
)
def gradient_variance(G):
    return np.sum(np.asarray(G, dtype=float) ** 2) / len(G)


@task.mistake(
    "one number for each coordinate",
    "These are the variances of the coordinates. The squared length of a vector adds up the "
    "squares of its coordinates: what does that make of the variances?",
)
def gradient_variance(G):
    return np.var(G, axis=0)


@task.mistake(
    "standard deviation", "This is a root: its unit is that of a gradient, not its square."
)
def gradient_variance(G):
    return np.sqrt(np.sum((G - np.mean(G, axis=0)) ** 2) / len(G))


@task.mistake(
    "mean over coordinates",
    "Your number shrinks if a coordinate is added that is always 0. Should it? "
    "How long is (3, 4, 0)?",
)
def gradient_variance(G):
    return np.mean(np.var(G, axis=0))


@task.mistake(
    "spread around one number",
    "(3, 4) and (3, 4) are the same vector, and you find a spread: the mean mixes the coordinates. "
    "What does the mean of vectors look like?",
)
def gradient_variance(G):
    return np.var(G)


@task.mistake("sum for mean", "Twice as many examples of the same kind, and your number doubles.")
def gradient_variance(G):
    return np.sum((G - np.mean(G, axis=0)) ** 2)


@task.mistake(
    "distance not squared",
    "This is the mean distance from the mean. Variance asks for its square: what do squares do "
    "with far ones?",
)
def gradient_variance(G):
    G = np.asarray(G, dtype=float)
    return np.mean([np.sqrt(np.sum(d**2)) for d in G - G.mean(axis=0)])


@task.mistake(
    "the other axis",
    "You centre each gradient by the mean of its own coordinates. Which axis counts the examples?",
)
def gradient_variance(G):
    G = np.asarray(G, dtype=float)
    return np.sum((G - np.mean(G, axis=-1, keepdims=True)) ** 2) / len(G)


@task.mistake(
    "squared length of the mean",
    "This is how long the full gradient is, squared. How far are the others from it?",
)
def gradient_variance(G):
    return np.sum(np.mean(G, axis=0) ** 2)


@task.mistake(
    "root taken before the mean",
    "The root of the sum of squares, divided by N, is neither a variance nor a distance. What "
    "is to be averaged over the examples?",
)
def gradient_variance(G):
    return np.linalg.norm(np.ravel(G - np.mean(G, axis=0))) / len(G)


@task.accepts("coordinate by coordinate")
def gradient_variance(G):
    return float(np.sum(np.var(np.asarray(G, dtype=float), axis=0)))


@task.accepts("row by row")
def gradient_variance(G):
    G = np.asarray(G, dtype=float)
    mean = sum(G[i] for i in range(len(G))) / len(G)
    return sum(float(np.sum((g - mean) ** 2)) for g in G) / len(G)
