"""Task `softmax` of chapter `losses`."""

import numpy as np

from fallline import losses as reference
from fallline.marking.task import Case, Task


def random_scores(rng):
    cases = []
    for shape, scale in (((2, 5), 1.0), ((4, 3), 1e-3), ((3, 3), 300.0), ((2, 3, 4), 3.0)):
        z = scale * rng.normal(size=shape)
        z[0, 0] = 0.0
        z[-1] += 800.0
        cases.append(Case(f"shape {shape}, scores near {scale:g}, some shifted by 800", (z,)))
    return cases


task = Task(
    reference.softmax,
    cases=[
        Case("z = (0, ln 3)", (np.array([0.0, np.log(3.0)]),)),
        Case("four equal scores, whole numbers", (np.array([2, 2, 2, 2]),)),
        Case("rows (0, 1, 2) and (5, 5, 5)", (np.array([[0, 1, 2], [5, 5, 5]]),)),
        Case(
            "three axes: rows (0, 1), (1, 1) and (2, 0), (0, 3)",
            (np.array([[[0.0, 1.0], [1.0, 1.0]], [[2.0, 0.0], [0.0, 3.0]]]),),
        ),
        Case("three axes, shape (1, 3, 2)", (np.array([[[0.0, 1.0], [3.0, 1.0], [2.0, 0.0]]]),)),
        Case("z = (1000, 0)", (np.array([1000.0, 0.0]),)),
        Case("z = (-1000, -1000)", (np.array([-1000.0, -1000.0]),)),
        Case("z = (-900, -902, -901)", (np.array([-900.0, -902.0, -901.0]),)),
        Case("rows of different size", (np.array([[900.0, 901.0], [-900.0, -901.0]]),)),
        Case("a square of 3 x 3", (np.array([[1.0, 2, 3], [0, 0, 4], [-1, 5, 2]]),)),
        Case("one row, one class", (np.array([[7.0]]),)),
        Case("z = (3000, 2999, -1000)", (np.array([3000.0, 2999.0, -1000.0]),)),
        Case("a row holds NaN", (np.array([[np.nan, 1.0], [0.0, 0.0]]),)),
    ],
    draw=random_scores,
    why="each result is a quotient of sums of positive numbers: only rounding may differ",
)


@task.mistake(
    "no shift",
    "At scores near 1000 the exponentials overflow and inf / inf is NaN. "
    "Adding one number to all scores of a row changes no probability: choose it well.",
)
def softmax(z):
    e = np.exp(np.asarray(z, dtype=float))
    return e / e.sum(axis=-1, keepdims=True)


@task.mistake(
    "one shift for all rows",
    "You subtract the largest score of the whole array. A row that lies far below it is left "
    "with nothing but zeros, and 0 / 0: each row needs its own shift.",
)
def softmax(z):
    e = np.exp(np.asarray(z, dtype=float) - np.max(z))
    return e / e.sum(axis=-1, keepdims=True)


@task.mistake(
    "over the first axis",
    "Your columns sum to 1. The classes are on the last axis, so it is each row that "
    "has to sum to 1.",
)
def softmax(z):
    e = np.exp(np.asarray(z, dtype=float) - np.max(z, axis=0, keepdims=True))
    return e / e.sum(axis=0, keepdims=True)


@task.mistake(
    "over axis 1",
    "Right for a matrix, and wrong for one row alone or for more axes: the classes are on "
    "the last axis, however many there are before it.",
)
def softmax(z):
    e = np.exp(np.asarray(z, dtype=float) - np.max(z, axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


@task.mistake(
    "over the whole array",
    "All entries together sum to 1. Each row is a distribution of its own.",
)
def softmax(z):
    e = np.exp(np.asarray(z, dtype=float) - np.max(z, axis=-1, keepdims=True))
    return e / e.sum()


@task.mistake(
    "shift by the mean",
    "Any shift gives the same probabilities on paper, and this one still overflows: "
    "the largest score may lie far above the mean. After which shift can no exponential overflow?",
)
def softmax(z):
    e = np.exp(np.asarray(z, dtype=float) - np.mean(z, axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


@task.mistake(
    "scores clipped",
    "Clipping keeps the exponentials finite and changes the answer: 1000 and 999 become equal. "
    "A shift of the whole row keeps the differences.",
)
def softmax(z):
    e = np.exp(np.clip(np.asarray(z, dtype=float), -700, 700))
    return e / e.sum(axis=-1, keepdims=True)


@task.mistake(
    "in place",
    "You work inside of the array that you were given: the caller's scores are lost, "
    "and whole numbers have no room for fractions. Let the result be a new array.",
)
def softmax(z):
    z -= np.max(z, axis=-1, keepdims=True)
    np.exp(z, out=z)
    z /= np.sum(z, axis=-1, keepdims=True)
    return z


@task.mistake(
    "kept as logarithms",
    "These are the logarithms of the probabilities, none of them above 0. "
    "Asked for are the probabilities.",
)
def softmax(z):
    s = np.asarray(z, dtype=float) - np.max(z, axis=-1, keepdims=True)
    return s - np.log(np.sum(np.exp(s), axis=-1, keepdims=True))


@task.mistake(
    "whole array as one row",
    "Shift and sum both run over the whole array, so all entries together sum to 1. "
    "What should each row sum to?",
)
def softmax(z):
    e = np.exp(z - np.max(z))
    return e / np.sum(e)


@task.mistake(
    "whole array as one row, no shift",
    "All entries together sum to 1, and at scores near 1000 nothing but NaN is left. "
    "First make each row sum to 1, then ask what may be subtracted from it.",
)
def softmax(z):
    return np.exp(z) / np.sum(np.exp(z))


@task.mistake(
    "axes dropped",
    "The maximum of each row has lost an axis, and so has the sum: against a matrix they are "
    "taken for a row, not for a column. How does a reduction keep its axis?",
)
def softmax(z):
    e = np.exp(z - np.max(z, axis=-1))
    return e / np.sum(e, axis=-1)


@task.mistake(
    "shift by the smallest",
    "After your shift the smallest score is 0, and the others lie above it: "
    "a spread of 1000 overflows all the same. Which score has to end at 0?",
)
def softmax(z):
    e = np.exp(z - np.min(z, axis=-1, keepdims=True))
    return e / np.sum(e, axis=-1, keepdims=True)


@task.mistake(
    "shift above the line only",
    "Your rows do not sum to 1: the numerator is shifted and the denominator is not. "
    "What must happen to both, so that the factor cancels?",
)
def softmax(z):
    e = np.exp(z - np.max(z, axis=-1, keepdims=True))
    return e / np.sum(np.exp(z), axis=-1, keepdims=True)


@task.mistake(
    "divided by the largest",
    "You divide the scores by the largest one. That changes their differences, "
    "and it is the differences that make the probabilities. What leaves them alone?",
)
def softmax(z):
    e = np.exp(z / np.max(z, axis=-1, keepdims=True))
    return e / np.sum(e, axis=-1, keepdims=True)


@task.mistake(
    "shares without the exponential",
    "You divide the scores by their sum. Scores may be negative, and probabilities may not: "
    "which step makes every number positive first?",
)
def softmax(z):
    return z / np.sum(z, axis=-1, keepdims=True)


@task.mistake(
    "shift by the largest size",
    "Your shift keeps large scores from overflowing, and pushes a row far below 0 twice as far "
    "down: 0 / 0 is left. Which entry of the row (-1000, -1000) should be at 0 after the shift?",
)
def softmax(z):
    e = np.exp(z - np.abs(z).max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


@task.mistake(
    "small number in the denominator",
    "Your rows sum to a little less than 1. After the shift one of the exponentials is 1: "
    "can the sum under the fraction still be 0?",
)
def softmax(z):
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return e / (e.sum(axis=-1, keepdims=True) + 1e-8)


@task.mistake(
    "one row or a matrix only",
    "Right for one row and for a matrix. With one more axis the classes are no longer on axis 1: "
    "which axis is the last one, however many there are?",
)
def softmax(z):
    if z.ndim == 1:
        e = np.exp(z - z.max())
        return e / e.sum()
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


@task.accepts("by way of the logarithm")
def softmax(z):
    z = np.array(z, dtype=float)
    top = z.max(axis=-1, keepdims=True)
    return np.exp(z - top - np.log(np.exp(z - top).sum(axis=-1, keepdims=True)))


@task.accepts("row by row")
def softmax(z):
    if np.ndim(z) > 1:
        return np.array([softmax(row) for row in z])
    e = np.array([np.exp(float(score) - float(max(z))) for score in z])
    if np.isnan(z).any():
        return np.full(len(z), np.nan)
    return e / sum(e)
