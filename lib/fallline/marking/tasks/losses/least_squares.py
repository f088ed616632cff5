"""Task `least_squares` of chapter `losses`."""

import numpy as np

from fallline import losses as reference
from fallline.marking.task import Case, Task
from fallline.marking.tasks.losses.cases import X22, ones, refuses


def random_regressions(rng):
    cases = []
    for N, D, scale in ((5, 3, 1.0), (2, 4, 1e-3), (4, 4, 1e3)):
        w, X, y = rng.normal(size=D), rng.normal(size=(N, D)), scale * rng.normal(size=N)
        w[0] = 0.0
        cases.append(Case(f"N = {N}, D = {D}, targets near {scale:g}", (scale * w, X, y)))
    return cases


task = Task(
    reference.least_squares,
    cases=[
        Case("w = (1, 1), residuals (-1, 2)", (ones, X22, np.array([2.0, 1.0]))),
        Case(
            "whole numbers, residuals (1, 3)",
            (np.array([1, 2]), X22, np.array([0, 2])),
        ),
        Case("a perfect fit", (ones, X22, np.array([1.0, 3.0]))),
        Case("w = 0", (np.zeros(2), X22, np.array([2.0, -1.0]))),
        Case("one example, three columns", (np.ones(3), np.array([[1.0, 2, 3]]), np.array([4.0]))),
        Case("five examples, one column", (np.ones(1), np.ones((5, 1)), np.arange(5.0))),
        Case("a target is NaN", (ones, X22, np.array([np.nan, 1.0]))),
        Case("y is a column of shape (2, 1)", (ones, X22, np.array([[2.0], [1.0]])), refuses),
        Case("y of shape (1, 1), X one row", (ones, X22[:1], np.array([[2.0]])), refuses),
        Case("y = (2,), X two rows", (ones, X22, np.array([2.0])), refuses),
        Case("y = 2, one number for two rows", (ones, X22, np.array(2.0)), refuses),
    ],
    draw=random_regressions,
    why="sums of a few products: only rounding may differ",
)


@task.mistake(
    "gradient not averaged",
    "Your loss is right, and your gradient is N times too large: the loss is a mean, "
    "so each example's share of the gradient has the same 1/N.",
)
def least_squares(w, X, y):
    residual = np.asarray(X, float) @ w - y
    return residual @ residual / (2 * len(X)), np.asarray(X, float).T @ residual


@task.mistake(
    "half lost in the loss",
    "Your gradient is right, and your loss is twice too large: "
    "the ½ is there to be cancelled by the 2 that the square brings down.",
)
def least_squares(w, X, y):
    residual = np.asarray(X, float) @ w - y
    return np.mean(residual**2), np.asarray(X, float).T @ residual / len(X)


@task.mistake(
    "no half at all",
    "Loss and gradient belong together, and both are twice too large: "
    "this is the mean square, and asked for is half of it.",
)
def least_squares(w, X, y):
    residual = np.asarray(X, float) @ w - y
    return np.mean(residual**2), 2 * np.asarray(X, float).T @ residual / len(X)


@task.mistake(
    "half kept in the gradient",
    "Your loss is right, and your gradient half as large as its slope: "
    "differentiating the square brings down a 2, which cancels the ½.",
)
def least_squares(w, X, y):
    residual = np.asarray(X, float) @ w - y
    return np.mean(residual**2) / 2, np.asarray(X, float).T @ residual / (2 * len(X))


@task.mistake(
    "sum instead of mean",
    "You add up the examples' losses and stop there. With twice the data the loss would be "
    "twice as large: asked for is the mean.",
)
def least_squares(w, X, y):
    residual = np.asarray(X, float) @ w - y
    return np.sum(residual**2) / 2, np.asarray(X, float).T @ residual


@task.mistake(
    "column broadcasts",
    "Everything is right but for a y of shape (N, 1): (N,) minus (N, 1) has shape (N, N), "
    "without a word. Refuse a y that is not of shape (N,) with a ValueError.",
)
def least_squares(w, X, y):
    residual = np.asarray(X, float) @ w - y
    return float(np.sum(residual**2)) / (2 * len(X)), np.asarray(X, float).T @ residual / len(X)


@task.mistake(
    "sign of the residual",
    "Your loss is right, and your gradient points the wrong way. A square does not care whether "
    "you take model minus target or target minus model; its gradient does.",
)
def least_squares(w, X, y):
    residual = y - np.asarray(X, float) @ w
    return residual @ residual / (2 * len(X)), np.asarray(X, float).T @ residual / len(X)


@task.mistake(
    "targets missing in the gradient",
    "Your gradient does not depend on y, as if every target were 0. "
    "What the matrix is multiplied with is the residual.",
)
def least_squares(w, X, y):
    residual = np.asarray(X, float) @ w - y
    return residual @ residual / (2 * len(X)), np.asarray(X, float).T @ (residual + y) / len(X)


@task.mistake(
    "divided by the number of columns",
    "You divide by the number of columns of X. The mean runs over the examples, its rows.",
)
def least_squares(w, X, y):
    residual = np.asarray(X, float) @ w - y
    D = np.shape(X)[1]
    return residual @ residual / (2 * D), np.asarray(X, float).T @ residual / D


@task.mistake(
    "root of the loss",
    "This is the norm of the residuals, scaled: a root too many. "
    "The squares are averaged and halved, and left at that.",
)
def least_squares(w, X, y):
    residual = np.asarray(X, float) @ w - y
    return np.sqrt(residual @ residual / (2 * len(X))), np.asarray(X, float).T @ residual / len(X)


@task.mistake(
    "X not transposed",
    "Write the shapes down: the residual has one entry for each example, the gradient one for "
    "each column of X. Which side of X can meet the residual?",
)
def least_squares(w, X, y):
    residual = X @ w - y
    return np.mean(residual**2) / 2, X @ residual / len(X)


@task.mistake(
    "absolute residuals",
    "You charge the size of each residual. Here its square is charged, "
    "so a miss of 2 costs four times as much as a miss of 1.",
)
def least_squares(w, X, y):
    residual = X @ w - y
    return np.mean(np.abs(residual)), X.T @ np.sign(residual) / len(X)


@task.mistake(
    "residual squared in the gradient",
    "The gradient still holds the squares. What is left of a square when it is differentiated?",
)
def least_squares(w, X, y):
    residual = X @ w - y
    return np.mean(residual**2) / 2, X.T @ residual**2 / len(X)


@task.mistake(
    "gradient of twice the loss",
    "Your loss is right, and your gradient is twice its slope. The 2 that the square brings down "
    "has met something in the loss: what is left of both?",
)
def least_squares(w, X, y):
    residual = X @ w - y
    return np.mean(residual**2) / 2, 2 * X.T @ residual / len(X)


@task.mistake(
    "length instead of its square",
    "Your gradient is right. Your loss doubles where all residuals double, and a sum of squares "
    "becomes four times as large: is it the length that is asked for, or its square?",
)
def least_squares(w, X, y):
    residual = X @ w - y
    return np.linalg.norm(residual) / (2 * len(X)), X.T @ residual / len(X)


@task.mistake(
    "one target for all rows",
    "A column is refused, and a single target for several rows still spreads over all of them. "
    "How many targets belong to N rows?",
)
def least_squares(w, X, y):
    if y.ndim > 1:
        raise ValueError("y is a matrix")
    residual = X @ w - y
    return np.mean(residual**2) / 2, X.T @ residual / len(X)


@task.mistake(
    "only the number of axes is looked at",
    "One axis is not enough: a y of shape (1,) has one axis, and NumPy lends its number to every "
    "row. Which length should that axis have?",
)
def least_squares(w, X, y):
    if y.ndim != 1:
        raise ValueError("y is no vector")
    residual = X @ w - y
    return np.mean(residual**2) / 2, X.T @ residual / len(X)


@task.mistake(
    "column or number for y",
    "With y of shape (N, 1) your residual is no longer a vector, and neither error nor warning "
    "says so. Print its shape: what should happen to such a y?",
)
def least_squares(w, X, y):
    residual = X @ w - y
    return (residual @ residual) / (2 * len(y)), X.T @ residual / len(y)


@task.mistake(
    "gradient divided by the number of columns",
    "Your loss is right, and your gradient is divided by the length of w. "
    "What did the loss count, examples or parameters?",
)
def least_squares(w, X, y):
    residual = X @ w - y
    return np.mean(residual**2) / 2, X.T @ residual / len(w)


@task.mistake(
    "product of means",
    "You average residuals and columns apart and multiply the means. With residuals (-1, 2) and "
    "inputs (0, 2) the mean of the products is 2: is it the product of the means?",
)
def least_squares(w, X, y):
    residual = X @ w - y
    return np.mean(residual**2) / 2, np.mean(residual) * X.mean(axis=0)


@task.mistake(
    "gradient first",
    "Both are there, the gradient in front. Which of the two does the statement name first?",
)
def least_squares(w, X, y):
    residual = X @ w - y
    return X.T @ residual / len(X), np.mean(residual**2) / 2


@task.accepts("as Python loops")
def least_squares(w, X, y):
    if np.ndim(y) != 1:
        raise ValueError("y must be a vector")
    N, loss, grad = len(y), 0.0, np.zeros(len(w))
    for row, target in zip(X, y, strict=True):
        residual = sum(a * b for a, b in zip(row, w, strict=True)) - target
        loss += residual**2 / 2 / N
        grad += residual * np.asarray(row) / N
    return loss, grad


@task.accepts("with means")
def least_squares(w, X, y):
    X, y = np.array(X, dtype=float), np.array(y, dtype=float)
    predictions = np.einsum("ij,j->i", X, w)
    if y.shape != predictions.shape:
        raise ValueError(f"y has shape {y.shape}")
    error = predictions - y
    return 0.5 * np.mean(np.square(error)), np.mean(error[:, None] * X, axis=0)
