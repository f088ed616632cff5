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


@task.mistake(
    "vectors only",
    "Right where each gradient is a vector. Where it is a single number, or a table, over which "
    "axes do its squares have to be added?",
)
def gradient_variance(G):
    return np.mean(np.sum((G - np.mean(G, axis=0)) ** 2, axis=1))


@task.mistake(
    "not centred, vectors only",
    "Two rows (3, 4) and (3, 4) agree, and you find 25: that is their squared length. How far is "
    "each from their mean?",
)
def gradient_variance(G):
    return np.mean(np.sum(G**2, axis=1))


@task.mistake(
    "distance not squared, vectors only",
    "Distances 1, 1, 2 and 2 come to 1.5 on average, and that is your number. What do their "
    "squares come to?",
)
def gradient_variance(G):
    return np.mean(np.linalg.norm(G - np.mean(G, axis=0), axis=1))


@task.mistake(
    "spread inside of each row",
    "(3, 4) and (3, 4) are one and the same arrow, and you find 0.5: how 3 differs from 4. Which "
    "numbers should be compared, those of a row or those of a column?",
)
def gradient_variance(G):
    return np.sum(np.var(G, axis=1))


@task.mistake(
    "sum of standard deviations",
    "You add up the roots. Along one axis 3 and along the other 4: how far is that, by "
    "Pythagoras, and which numbers did he add?",
)
def gradient_variance(G):
    return np.sum(np.std(G, axis=0))


@task.mistake(
    "one mean for all coordinates",
    "Your centre is a single number, the mean of all entries, so (3, 4) lies off itself. Which "
    "shape has the mean of gradients?",
)
def gradient_variance(G):
    return np.sum((G - np.mean(G)) ** 2) / len(G)


@task.mistake(
    "averaged before squaring",
    "You get 0 whatever the rows are: deviations from a mean cancel. Which comes first, the "
    "square or the mean?",
)
def gradient_variance(G):
    return np.sum(np.mean(G - np.mean(G, axis=0), axis=0) ** 2)


@task.mistake(
    "the farthest row",
    "This is the squared distance of the row that is farthest off. What of the other rows?",
)
def gradient_variance(G):
    return max(np.sum((g - np.mean(G, axis=0)) ** 2) for g in G)


@task.mistake(
    "measured from the first row",
    "You measure from the first row, so that its own share is always 0. What makes it the centre?",
)
def gradient_variance(G):
    return np.sum((G - G[0]) ** 2) / len(G)


@task.mistake(
    "measured from the median",
    "Your centre is the median of each coordinate. From which point is the mean of the squared "
    "distances the smallest?",
)
def gradient_variance(G):
    return np.sum((G - np.median(G, axis=0)) ** 2) / len(G)


@task.mistake(
    "the farthest row, vectors only",
    "Rows at the distances 1, 1, 2 and 2 give 4: you took the largest square. How much do the "
    "others count?",
)
def gradient_variance(G):
    return np.max(np.sum((G - np.mean(G, axis=0)) ** 2, axis=1))


@task.mistake(
    "measured from the first row, vectors only",
    "With the rows in another order your number changes: you measure from the first one. Which "
    "point belongs to all rows alike?",
)
def gradient_variance(G):
    return np.mean(np.sum((G - G[0]) ** 2, axis=1))


@task.mistake(
    "standard deviation, vectors only",
    "The root of 2.5 is 1.58, and that is what you have. Which of the two is the mean of squares?",
)
def gradient_variance(G):
    return np.sqrt(np.mean(np.sum((G - np.mean(G, axis=0)) ** 2, axis=1)))


@task.mistake(
    "absolute values for squares",
    "You add absolute values, along the axes. How far off is (3, 4), 7 or 5, and what is the "
    "square of that?",
)
def gradient_variance(G):
    return np.mean(np.sum(np.abs(G - np.mean(G, axis=0)), axis=1))


@task.mistake(
    "added up before squaring",
    "Deviations of (1, -1) cancel in your number: you add the coordinates and square the sum. "
    "Which comes first in Pythagoras?",
)
def gradient_variance(G):
    return np.mean(np.sum(G - np.mean(G, axis=0), axis=1) ** 2)


@task.mistake(
    "by a covariance of a sample",
    "np.cov divides by one less than there are rows, as for a sample. Are these rows a sample "
    "of the examples?",
)
def gradient_variance(G):
    return np.trace(np.cov(G.T))


@task.mistake(
    "length of the mean not squared",
    "You take the mean's length from a mean of squares. Do the two have the same unit?",
)
def gradient_variance(G):
    return np.mean(np.sum(G**2, axis=1)) - np.linalg.norm(np.mean(G, axis=0))


@task.accepts("coordinate by coordinate")
def gradient_variance(G):
    return float(np.sum(np.var(np.asarray(G, dtype=float), axis=0)))


@task.accepts("row by row")
def gradient_variance(G):
    G = np.asarray(G, dtype=float)
    mean = sum(G[i] for i in range(len(G))) / len(G)
    return sum(float(np.sum((g - mean) ** 2)) for g in G) / len(G)
