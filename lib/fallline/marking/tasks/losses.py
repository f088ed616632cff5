"""The tasks of chapter `losses`."""

import numpy as np

from fallline import losses as reference
from fallline.marking.task import Case, ProblemSet

problems = ProblemSet("losses")


def refuses(answer, *args):
    """Say in a word whether an answer raises a ValueError, whatever else it would return."""
    try:
        answer(*args)
    except ValueError:
        return "refused"
    return "accepted"


# --- least_squares ---


def random_regressions(rng):
    cases = []
    for N, D, scale in ((5, 3, 1.0), (2, 4, 1e-3), (4, 4, 1e3)):
        w, X, y = rng.normal(size=D), rng.normal(size=(N, D)), scale * rng.normal(size=N)
        w[0] = 0.0
        cases.append(Case(f"N = {N}, D = {D}, targets near {scale:g}", (scale * w, X, y)))
    return cases


X22, ones = np.array([[1.0, 0.0], [1.0, 2.0]]), np.ones(2)

task = problems.task(
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


# --- multiclass_hinge ---


def random_classifiers(rng):
    cases = []
    for N, C, D, scale in ((6, 4, 3, 1.0), (3, 2, 5, 1e-2), (5, 3, 3, 30.0)):
        W, X = scale * rng.normal(size=(C, D)), rng.normal(size=(N, D))
        W[0, 0] = 0.0
        y = rng.integers(0, C, N)
        y[0] = C - 1
        delta = float(rng.choice([0.5, 2.0]))
        label = f"N = {N}, C = {C}, D = {D}, weights near {scale:g}, delta = {delta:g}"
        cases.append(Case(label, (W, X, y, delta)))
    return cases


W32 = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])

task = problems.task(
    reference.multiclass_hinge,
    cases=[
        Case(
            "scores (2, 1, 3), y = 0: a margin of 0", (W32, np.array([[2.0, 1.0]]), np.array([0]))
        ),
        Case(
            "two examples, whole numbers",
            (np.array([[1, 0], [0, 1], [1, 1]]), np.array([[2, 1], [0, 1]]), np.array([0, 2])),
        ),
        Case("W = 0, four classes", (np.zeros((4, 2)), X22, np.array([0, 3]))),
        Case("scores (2, 1, 3), y = 2", (W32, np.array([[2.0, 1.0]]), np.array([2]))),
        Case("scores (2, 1, 3), y = 1", (W32, np.array([[2.0, 1.0]]), np.array([1]))),
        Case("delta = 0.5", (W32, np.array([[2.0, 1.0], [-1.0, 2.0]]), np.array([0, 1]), 0.5)),
        Case("every margin is met", (4 * W32[:2], np.eye(2), np.array([0, 1]))),
        Case(
            "whole weights, fractions in X",
            (np.array([[1, 0], [0, 1], [1, 1]]), np.array([[0.5, 1.5]]), np.array([1])),
        ),
        Case("a margin of 1e-5", (W32[:2], np.array([[2.0, 1.00001]]), np.array([0]))),
        Case(
            "delta = 0, a tie", (W32[:2], np.array([[1.0, 1.0], [1.0, 3.0]]), np.array([0, 0]), 0.0)
        ),
        Case("an input is NaN", (W32[:, :1], np.array([[1.0], [np.nan]]), np.array([1, 0]))),
    ],
    draw=random_classifiers,
    why="sums of a few products: only rounding may differ",
)


@task.mistake(
    "right class counted",
    "Your loss is delta too large: for j = y the margin is delta itself, which no W can lower. "
    "The sum runs over the wrong classes only.",
)
def multiclass_hinge(W, X, y, delta=1.0):
    X, rows = np.asarray(X, float), np.arange(len(X))
    scores = X @ np.asarray(W, float).T
    margins = np.maximum(0, scores - scores[rows, y][:, None] + delta)
    ds = (margins > 0).astype(float)
    ds[rows, y] = 0
    ds[rows, y] = -ds.sum(axis=1)
    return margins.sum() / len(X), ds.T @ X / len(X)


@task.mistake(
    "right class counted, also in the gradient",
    "The sum runs over the wrong classes only. You count j = y as well: your loss is delta too "
    "large, and the right row of the gradient has one x too many.",
)
def multiclass_hinge(W, X, y, delta=1.0):
    X, rows = np.asarray(X, float), np.arange(len(X))
    scores = X @ np.asarray(W, float).T
    margins = np.maximum(0, scores - scores[rows, y][:, None] + delta)
    ds = (margins > 0).astype(float)
    ds[rows, y] = -ds.sum(axis=1)
    return margins.sum() / len(X), ds.T @ X / len(X)


@task.mistake(
    "right row counted once",
    "The score of the right class stands in every violated margin. "
    "So how often is x subtracted from its row?",
)
def multiclass_hinge(W, X, y, delta=1.0):
    X, rows = np.asarray(X, float), np.arange(len(X))
    scores = X @ np.asarray(W, float).T
    margins = np.maximum(0, scores - scores[rows, y][:, None] + delta)
    margins[rows, y] = 0
    ds = (margins > 0).astype(float)
    ds[rows, y] = -1.0 * (ds.sum(axis=1) > 0)
    return margins.sum() / len(X), ds.T @ X / len(X)


@task.mistake(
    "right row forgotten",
    "The rows of the wrong classes are right. But the score of the right class stands in every "
    "margin too, with a minus, so its row has a gradient as well.",
)
def multiclass_hinge(W, X, y, delta=1.0):
    X, rows = np.asarray(X, float), np.arange(len(X))
    scores = X @ np.asarray(W, float).T
    margins = np.maximum(0, scores - scores[rows, y][:, None] + delta)
    margins[rows, y] = 0
    return margins.sum() / len(X), (margins > 0).astype(float).T @ X / len(X)


@task.mistake(
    "kink counted as violated",
    "Where a margin is exactly 0 the class does not cost anything, and here it shall not pull "
    "either: in the gradient only margins greater than 0 count.",
)
def multiclass_hinge(W, X, y, delta=1.0):
    X, rows = np.asarray(X, float), np.arange(len(X))
    scores = X @ np.asarray(W, float).T
    margins = scores - scores[rows, y][:, None] + delta
    ds = (margins >= 0).astype(float)
    margins[rows, y] = ds[rows, y] = 0
    ds[rows, y] = -ds.sum(axis=1)
    return np.maximum(0, margins).sum() / len(X), ds.T @ X / len(X)


@task.mistake(
    "gradient not averaged",
    "Your loss is right, and your gradient is N times too large: "
    "what is divided by N in the loss is divided by N in its slope.",
)
def multiclass_hinge(W, X, y, delta=1.0):
    X, rows = np.asarray(X, float), np.arange(len(X))
    scores = X @ np.asarray(W, float).T
    margins = np.maximum(0, scores - scores[rows, y][:, None] + delta)
    margins[rows, y] = 0
    ds = (margins > 0).astype(float)
    ds[rows, y] = -ds.sum(axis=1)
    return margins.sum() / len(X), ds.T @ X


@task.mistake(
    "worst class only",
    "You take the worst of the wrong classes. That is a hinge loss too, Crammer and Singer's; "
    "here every wrong class that comes too near adds its share.",
)
def multiclass_hinge(W, X, y, delta=1.0):
    X, rows = np.asarray(X, float), np.arange(len(X))
    scores = X @ np.asarray(W, float).T
    margins = np.maximum(0, scores - scores[rows, y][:, None] + delta)
    margins[rows, y] = 0
    worst, ds = margins.argmax(axis=1), np.zeros_like(margins)
    ds[rows, worst] = margins[rows, worst] > 0
    ds[rows, y] -= ds.sum(axis=1)
    return margins.max(axis=1).sum() / len(X), ds.T @ X / len(X)


@task.mistake(
    "averaged over the classes",
    "You divide by the number of classes as well, as PyTorch does. "
    "Here the sum over the classes stays a sum, and the mean runs over the examples.",
)
def multiclass_hinge(W, X, y, delta=1.0):
    X, rows = np.asarray(X, float), np.arange(len(X))
    scores = X @ np.asarray(W, float).T
    margins = np.maximum(0, scores - scores[rows, y][:, None] + delta)
    margins[rows, y] = 0
    ds = (margins > 0).astype(float)
    ds[rows, y] = -ds.sum(axis=1)
    return margins.sum() / scores.size, ds.T @ X / scores.size


@task.mistake(
    "margin turned round",
    "Your loss grows when the right class leads. A wrong class costs something where its score "
    "comes nearer than delta to that of the right one: which is subtracted from which?",
)
def multiclass_hinge(W, X, y, delta=1.0):
    X, rows = np.asarray(X, float), np.arange(len(X))
    scores = X @ np.asarray(W, float).T
    margins = np.maximum(0, scores[rows, y][:, None] - scores + delta)
    margins[rows, y] = 0
    ds = -(margins > 0).astype(float)
    ds[rows, y] = -ds.sum(axis=1)
    return margins.sum() / len(X), ds.T @ X / len(X)


@task.mistake(
    "delta fixed at 1",
    "Your answer does not change with delta: the argument is there and not used.",
)
def multiclass_hinge(W, X, y, delta=1.0):
    X, rows = np.asarray(X, float), np.arange(len(X))
    scores = X @ np.asarray(W, float).T
    margins = np.maximum(0, scores - scores[rows, y][:, None] + 1.0)
    margins[rows, y] = 0
    ds = (margins > 0).astype(float)
    ds[rows, y] = -ds.sum(axis=1)
    return margins.sum() / len(X), ds.T @ X / len(X)


@task.mistake(
    "gradient transposed",
    "The numbers are right and lie on their side, one column for each class. "
    "A gradient has the shape of what it is the gradient of, here (C, D).",
)
def multiclass_hinge(W, X, y, delta=1.0):
    X, rows = np.asarray(X, float), np.arange(len(X))
    scores = X @ np.asarray(W, float).T
    margins = np.maximum(0, scores - scores[rows, y][:, None] + delta)
    margins[rows, y] = 0
    ds = (margins > 0).astype(float)
    ds[rows, y] = -ds.sum(axis=1)
    return margins.sum() / len(X), X.T @ ds / len(X)


@task.mistake(
    "counts kept in a boolean array",
    "An array of True and False cannot hold a count: the -2 that you put into it becomes True. "
    "What type does the array of the comparison have?",
)
def multiclass_hinge(W, X, y, delta=1.0):
    scores = X @ W.T
    margins = np.maximum(0, scores - scores[np.arange(len(X)), y][:, None] + delta)
    margins[np.arange(len(X)), y] = 0
    violated = margins > 0
    violated[np.arange(len(X)), y] = -np.sum(violated, axis=1)
    return np.sum(margins) / len(X), violated.T @ X / len(X)


@task.mistake(
    "right scores of all rows",
    "scores[:, y] takes the columns y of *every* row, a square of N x N. "
    "One score is wanted for each row: its row number has to go with its class.",
)
def multiclass_hinge(W, X, y, delta=1.0):
    scores = X @ W.T
    margins = np.maximum(0, scores - scores[:, y] + delta)
    margins[np.arange(len(X)), y] = 0
    ds = 1.0 * (margins > 0)
    ds[np.arange(len(X)), y] = -np.sum(ds, axis=1)
    return np.sum(margins) / len(X), ds.T @ X / len(X)


@task.mistake(
    "loss averaged over the classes",
    "Your gradient is right, and your loss C times too small: the mean of the whole array of "
    "margins runs over the classes too. Over which axis is added, over which averaged?",
)
def multiclass_hinge(W, X, y, delta=1.0):
    scores = X @ W.T
    margins = np.maximum(0, scores - scores[np.arange(len(X)), y][:, None] + delta)
    margins[np.arange(len(X)), y] = 0
    ds = 1.0 * (margins > 0)
    ds[np.arange(len(X)), y] = -np.sum(ds, axis=1)
    return np.mean(margins), ds.T @ X / len(X)


@task.mistake(
    "margins instead of counts",
    "Your gradient grows with the margins. The hinge is a straight line where it is not 0: "
    "how steep is it, however far one is up?",
)
def multiclass_hinge(W, X, y, delta=1.0):
    scores = X @ W.T
    margins = np.maximum(0, scores - scores[np.arange(len(X)), y][:, None] + delta)
    margins[np.arange(len(X)), y] = 0
    ds = 1.0 * margins
    ds[np.arange(len(X)), y] = -np.sum(ds, axis=1)
    return np.sum(margins) / len(X), ds.T @ X / len(X)


@task.mistake(
    "right row forgotten, in a loop",
    "Each violated margin holds two scores, one with a plus and one with a minus. "
    "Your loop moves the row of the wrong class; whose row moves the other way?",
)
def multiclass_hinge(W, X, y, delta=1.0):
    loss, dW = 0.0, np.zeros(np.shape(W))
    for i in range(len(X)):
        for j in range(len(W)):
            margin = (W[j] - W[y[i]]) @ X[i] + delta
            if j != y[i] and margin > 0:
                loss += margin
                dW[j] += X[i]
    return loss / len(X), dW / len(X)


@task.mistake(
    "gradient not averaged, in a loop",
    "After your loop the loss is divided by N. The gradient was added up in the same loop: "
    "what has to happen to it?",
)
def multiclass_hinge(W, X, y, delta=1.0):
    loss, dW = 0.0, np.zeros(np.shape(W))
    for i in range(len(X)):
        for j in range(len(W)):
            margin = (W[j] - W[y[i]]) @ X[i] + delta
            if j != y[i] and margin > 0:
                loss += margin
                dW[j] += X[i]
                dW[y[i]] -= X[i]
    return loss / len(X), dW


@task.mistake(
    "right class counted, in a loop",
    "Your loop runs over all classes. For j = y the margin is delta, always violated, "
    "and it adds delta to the loss of each example: which j have to be passed over?",
)
def multiclass_hinge(W, X, y, delta=1.0):
    loss, dW = 0.0, np.zeros(np.shape(W))
    for i in range(len(X)):
        for j in range(len(W)):
            margin = (W[j] - W[y[i]]) @ X[i] + delta
            if margin > 0:
                loss += margin
                dW[j] += X[i]
                dW[y[i]] -= X[i]
    return loss / len(X), dW / len(X)


@task.mistake(
    "right row lowered once in every example",
    "The row of the right class gets the same from each example, whether no margin is violated or "
    "three. In how many of the terms does its score stand?",
)
def multiclass_hinge(W, X, y, delta=1.0):
    scores, rows = X @ W.T, np.arange(len(y))
    margins = np.maximum(0, scores - scores[rows, y][:, None] + delta)
    margins[rows, y] = 0
    ds = np.where(margins > 0, 1.0, 0.0 * margins)
    ds[rows, y] = -1
    return margins.sum() / len(y), ds.T @ X / len(y)


@task.mistake(
    "summed over the examples",
    "Loss and gradient belong together, and with the data given twice both would double. "
    "What does the formula do with the N examples, besides adding them up?",
)
def multiclass_hinge(W, X, y, delta=1.0):
    scores, rows = X @ W.T, np.arange(len(X))
    margins = np.maximum(0, scores - scores[rows, y][:, None] + delta)
    margins[rows, y] = 0
    ds = (margins > 0).astype(float)
    ds[rows, y] = -ds.sum(axis=1)
    return margins.sum(), ds.T @ X


@task.mistake(
    "squared hinge",
    "Where one margin is 2 your loss is 4, and your gradient grows with it. "
    "Is anything squared in the formula?",
)
def multiclass_hinge(W, X, y, delta=1.0):
    scores, rows = X @ W.T, np.arange(len(X))
    margins = np.maximum(0, scores - scores[rows, y][:, None] + delta)
    margins[rows, y] = 0
    ds = 2 * margins
    ds[rows, y] = -ds.sum(axis=1)
    return np.sum(margins**2) / len(X), ds.T @ X / len(X)


@task.mistake(
    "margin subtracted",
    "With you a class may come closer than delta and costs nothing. If the wrong score is equal "
    "to the right one, is it too near?",
)
def multiclass_hinge(W, X, y, delta=1.0):
    scores, rows = X @ W.T, np.arange(len(X))
    margins = np.maximum(0, scores - scores[rows, y][:, None] - delta)
    margins[rows, y] = 0
    ds = (margins > 0).astype(float)
    ds[rows, y] = -ds.sum(axis=1)
    return margins.sum() / len(X), ds.T @ X / len(X)


@task.mistake(
    "gradient in an array of whole numbers",
    "Right as long as W holds fractions. An array made like a W of whole numbers has no room for "
    "a half: what kind of numbers should the gradient hold?",
)
def multiclass_hinge(W, X, y, delta=1.0):
    loss, dW = 0.0, np.zeros_like(W)
    for x, right in zip(X, y, strict=True):
        scores = W @ x
        for j in range(len(W)):
            margin = scores[j] - scores[right] + delta
            if j != right and not margin <= 0:
                loss += margin
                dW[j] += x
                dW[right] -= x
    return loss / len(X), dW / len(X)


@task.accepts("as Python loops")
def multiclass_hinge(W, X, y, delta=1.0):
    W, X = np.asarray(W, float), np.asarray(X, float)
    loss, dW = 0.0, np.zeros_like(W)
    for x, right in zip(X, y, strict=True):
        for j in range(len(W)):
            margin = (W[j] - W[right]) @ x + delta
            if j == right or margin <= 0:
                continue
            loss += margin / len(X)
            dW[j] += x / len(X)
            dW[right] -= x / len(X)
    return loss, dW


@task.accepts("with a one-hot matrix")
def multiclass_hinge(W, X, y, delta=1.0):
    W, X = np.array(W, dtype=float), np.array(X, dtype=float)
    right = np.eye(len(W))[y]
    scores = X.dot(W.T)
    cost = np.clip(scores - np.sum(scores * right, axis=1, keepdims=True) + delta, 0, None)
    cost = cost * (1 - right)
    pulls = np.where(cost > 0, 1.0, 0.0)
    pulls = pulls - right * pulls.sum(axis=1, keepdims=True)
    return cost.sum(axis=1).mean(), np.einsum("ik,ij->kj", pulls, X) / len(X)


# --- softmax ---


def random_scores(rng):
    cases = []
    for shape, scale in (((2, 5), 1.0), ((4, 3), 1e-3), ((3, 3), 300.0), ((2, 3, 4), 3.0)):
        z = scale * rng.normal(size=shape)
        z[0, 0] = 0.0
        z[-1] += 800.0
        cases.append(Case(f"shape {shape}, scores near {scale:g}, some shifted by 800", (z,)))
    return cases


task = problems.task(
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


# --- softmax_xent ---


def random_examples(rng):
    cases = []
    for N, C, scale in ((5, 3, 1.0), (2, 6, 1e-3), (4, 4, 20.0)):
        z, y = scale * rng.normal(size=(N, C)), rng.integers(0, C, N)
        z[0, 0] = 0.0
        cases.append(Case(f"N = {N}, C = {C}, scores near {scale:g}", (z, y)))
    return cases


task = problems.task(
    reference.softmax_xent,
    cases=[
        Case(
            "rows (0, ln 3) and (0, 0)",
            (np.array([[0.0, np.log(3.0)], [0.0, 0.0]]), np.array([0, 1])),
        ),
        Case("whole numbers", (np.array([[1, 2, 3], [3, 0, 0]]), np.array([2, 1]))),
        Case("one row, four equal scores", (np.zeros((1, 4)), np.array([2]))),
        Case("z = (1000, -1000), y = 1", (np.array([[1000.0, -1000.0]]), np.array([1]))),
        Case("z = (1000, -1000), y = 0", (np.array([[1000.0, -1000.0]]), np.array([0]))),
        Case("z = (-1000, -1001)", (np.array([[-1000.0, -1001.0]]), np.array([0]))),
        Case(
            "rows (900, 0) and (0, -900), the wrong one leads in both",
            (np.array([[900.0, 0.0], [0.0, -900.0]]), np.array([1, 1])),
        ),
        Case(
            "rows (1000, 1000) and (-1000, -1000)",
            (np.array([[1000.0, 1000.0], [-1000.0, -1000.0]]), np.array([0, 1])),
        ),
        Case(
            "rows (0, 1, 2) and (-3000, -3001, -3002)",
            (np.array([[0.0, 1, 2], [-3000, -3001, -3002]]), np.array([0, 1])),
        ),
        Case(
            "three rows of one class",
            (np.array([[0.0, 1.0, -1.0], [2.0, 0.0, 0.5], [1.0, 1.0, 3.0]]), np.array([1, 1, 1])),
        ),
        Case("a score is NaN", (np.array([[np.nan, 1.0], [0.0, 0.0]]), np.array([1, 0]))),
    ],
    draw=random_examples,
    why="one exponential and one logarithm each, without cancellation: only rounding may differ",
)


@task.mistake(
    "logarithm of the probability",
    "Right until a probability rounds to 0: its logarithm is minus infinity, where the loss is "
    "2000. Simplify log(exp(a) / s) on paper, before the computer has to form the quotient.",
)
def softmax_xent(z, y):
    z, rows = np.asarray(z, dtype=float), np.arange(len(z))
    e = np.exp(z - z.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    loss = -np.mean(np.log(p[rows, y]))
    p[rows, y] -= 1
    return loss, p / len(z)


@task.mistake(
    "probability clipped",
    "A floor under the probability keeps the logarithm finite and makes up the number: however "
    "wrong the scores are, the loss stops growing at -ln of the floor, 27.6 for 1e-12.",
)
def softmax_xent(z, y):
    z, rows = np.asarray(z, dtype=float), np.arange(len(z))
    e = np.exp(z - z.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    loss = -np.mean(np.log(np.maximum(p[rows, y], 1e-12)))
    p[rows, y] -= 1
    return loss, p / len(z)


@task.mistake(
    "no shift",
    "At scores near 1000 the exponentials overflow, and NaN comes out. "
    "Shift each row by its largest score first.",
)
def softmax_xent(z, y):
    p = np.exp(z) / np.sum(np.exp(z), axis=1, keepdims=True)
    loss = -np.mean(np.log(p[np.arange(len(z)), y]))
    p[np.arange(len(z)), y] -= 1
    return loss, p / len(z)


@task.mistake(
    "no shift in the sum",
    "The logarithm is simplified, and the exponentials under it still overflow at 1000. "
    "By how much may all scores of a row be shifted, and what does that do to the loss?",
)
def softmax_xent(z, y):
    p = np.exp(z) / np.sum(np.exp(z), axis=1, keepdims=True)
    loss = np.mean(np.log(np.sum(np.exp(z), axis=1)) - z[np.arange(len(z)), y])
    p[np.arange(len(z)), y] -= 1
    return loss, p / len(z)


@task.mistake(
    "gradient not averaged",
    "Your loss is right, and your gradient is N times too large: "
    "a mean over N examples has a 1/N in its gradient too.",
)
def softmax_xent(z, y):
    z, rows = np.asarray(z, dtype=float), np.arange(len(z))
    s = z - z.max(axis=1, keepdims=True)
    logp = s - np.log(np.exp(s).sum(axis=1, keepdims=True))
    dz = np.exp(logp)
    dz[rows, y] -= 1
    return -np.mean(logp[rows, y]), dz


@task.mistake(
    "probabilities as gradient",
    "Your gradient pushes every score down, the right one too. "
    "The loss falls when the score of the right class grows: something is missing there.",
)
def softmax_xent(z, y):
    z, rows = np.asarray(z, dtype=float), np.arange(len(z))
    s = z - z.max(axis=1, keepdims=True)
    logp = s - np.log(np.exp(s).sum(axis=1, keepdims=True))
    return -np.mean(logp[rows, y]), np.exp(logp) / len(z)


@task.mistake(
    "loss summed",
    "Your gradient is that of the mean, and your loss is the sum over the examples.",
)
def softmax_xent(z, y):
    z, rows = np.asarray(z, dtype=float), np.arange(len(z))
    s = z - z.max(axis=1, keepdims=True)
    logp = s - np.log(np.exp(s).sum(axis=1, keepdims=True))
    dz = np.exp(logp)
    dz[rows, y] -= 1
    return -np.sum(logp[rows, y]), dz / len(z)


@task.mistake(
    "loss and gradient summed",
    "Loss and gradient belong together: they are those of the sum over the examples. "
    "Asked for is the mean.",
)
def softmax_xent(z, y):
    z, rows = np.asarray(z, dtype=float), np.arange(len(z))
    s = z - z.max(axis=1, keepdims=True)
    logp = s - np.log(np.exp(s).sum(axis=1, keepdims=True))
    dz = np.exp(logp)
    dz[rows, y] -= 1
    return -np.sum(logp[rows, y]), dz


@task.mistake(
    "averaged over the classes too",
    "You divide by the number of all scores. "
    "Each example has one loss, so the mean runs over the N rows.",
)
def softmax_xent(z, y):
    z, rows = np.asarray(z, dtype=float), np.arange(len(z))
    s = z - z.max(axis=1, keepdims=True)
    logp = s - np.log(np.exp(s).sum(axis=1, keepdims=True))
    dz = np.exp(logp)
    dz[rows, y] -= 1
    return -np.sum(logp[rows, y]) / z.size, dz / z.size


@task.mistake(
    "whole columns lowered",
    "You subtract 1 from the columns y in every row. "
    "In row i it is the entry (i, y[i]) alone: an index of rows has to go with that of columns.",
)
def softmax_xent(z, y):
    z, rows = np.asarray(z, dtype=float), np.arange(len(z))
    s = z - z.max(axis=1, keepdims=True)
    logp = s - np.log(np.exp(s).sum(axis=1, keepdims=True))
    dz = np.exp(logp)
    dz[:, y] -= 1
    return -np.mean(logp[rows, y]), dz / len(z)


@task.mistake(
    "sign of the gradient",
    "Your gradient points downhill, right for a step and wrong for a gradient: "
    "the score of the right class must have a negative slope.",
)
def softmax_xent(z, y):
    z, rows = np.asarray(z, dtype=float), np.arange(len(z))
    s = z - z.max(axis=1, keepdims=True)
    logp = s - np.log(np.exp(s).sum(axis=1, keepdims=True))
    dz = -np.exp(logp)
    dz[rows, y] += 1
    return -np.mean(logp[rows, y]), dz / len(z)


@task.mistake(
    "sign of the loss",
    "Your loss is negative: the logarithm of a probability is at most 0, "
    "and a loss is what it costs.",
)
def softmax_xent(z, y):
    z, rows = np.asarray(z, dtype=float), np.arange(len(z))
    s = z - z.max(axis=1, keepdims=True)
    logp = s - np.log(np.exp(s).sum(axis=1, keepdims=True))
    dz = np.exp(logp)
    dz[rows, y] -= 1
    return np.mean(logp[rows, y]), dz / len(z)


@task.mistake(
    "small number added to the probability",
    "With something added to it the probability is never 0, and never right: at a lead of -2000 "
    "your loss is 27.6 and does not grow. Which quotient need not be formed at all?",
)
def softmax_xent(z, y):
    e = np.exp(z - np.max(z, axis=1, keepdims=True))
    p = e / np.sum(e, axis=1, keepdims=True)
    loss = -np.mean(np.log(p[np.arange(len(z)), y] + 1e-12))
    p[np.arange(len(z)), y] -= 1
    return loss, p / len(z)


@task.mistake(
    "gradient not averaged, logarithm of the probability",
    "Two things. The gradient is N times too large: where did the mean go? "
    "And at 1000 the loss is infinite, because a probability has rounded to 0 before its "
    "logarithm is taken.",
)
def softmax_xent(z, y):
    e = np.exp(z - np.max(z, axis=1, keepdims=True))
    p = e / np.sum(e, axis=1, keepdims=True)
    loss = -np.mean(np.log(p[np.arange(len(z)), y]))
    p[np.arange(len(z)), y] -= 1
    return loss, p


@task.mistake(
    "probabilities as gradient, logarithm of the probability",
    "Two things. Your slopes are all positive, so every score would be pushed down: what does "
    "the right class lack? And at 1000 the loss is infinite: simplify the logarithm first.",
)
def softmax_xent(z, y):
    e = np.exp(z - np.max(z, axis=1, keepdims=True))
    p = e / np.sum(e, axis=1, keepdims=True)
    return -np.mean(np.log(p[np.arange(len(z)), y])), p / len(z)


@task.mistake(
    "whole columns lowered, logarithm of the probability",
    "Two things. p[:, y] are whole columns: which index belongs in place of the colon? "
    "And at 1000 the loss is infinite: simplify the logarithm first.",
)
def softmax_xent(z, y):
    e = np.exp(z - np.max(z, axis=1, keepdims=True))
    p = e / np.sum(e, axis=1, keepdims=True)
    loss = -np.mean(np.log(p[np.arange(len(z)), y]))
    p[:, y] -= 1
    return loss, p / len(z)


@task.mistake(
    "all classes averaged",
    "Your gradient is right, and your loss averages the logarithms of all classes. "
    "Only one probability of each row is paid for: which?",
)
def softmax_xent(z, y):
    s = z - np.max(z, axis=1, keepdims=True)
    logp = s - np.log(np.sum(np.exp(s), axis=1, keepdims=True))
    dz = np.exp(logp)
    dz[np.arange(len(z)), y] -= 1
    return -np.mean(logp), dz / len(z)


@task.mistake(
    "shift in the sum only",
    "The sum is taken of the shifted scores, and then the score that is not shifted is "
    "subtracted. A shift that is done in one place has to be done, or undone, in the other.",
)
def softmax_xent(z, y):
    s = z - np.max(z, axis=1, keepdims=True)
    total = np.sum(np.exp(s), axis=1, keepdims=True)
    dz = np.exp(s) / total
    dz[np.arange(len(z)), y] -= 1
    return np.mean(np.log(total[:, 0]) - z[np.arange(len(z)), y]), dz / len(z)


@task.mistake(
    "probability clipped at 1e-15",
    "Where the loss should be 2000 yours is 34.5, and it would be the same at 4000: it is the "
    "logarithm of the limit that you put in. Can the loss be written without log of a small p?",
)
def softmax_xent(z, y):
    e, rows = np.exp(z - z.max(axis=1, keepdims=True)), np.arange(len(z))
    p = e / e.sum(axis=1, keepdims=True)
    loss = -np.mean(np.log(np.clip(p[rows, y], 1e-15, 1)))
    p[rows, y] -= 1
    return loss, p / len(z)


@task.mistake(
    "whole columns in loss and gradient",
    "Loss and gradient both take the columns y of every row, so each example pays for the others' "
    "classes as well. How many probabilities should N examples pick out, N or N times N?",
)
def softmax_xent(z, y):
    s = z - z.max(axis=1, keepdims=True)
    logp = s - np.log(np.exp(s).sum(axis=1, keepdims=True))
    dz = np.exp(logp)
    dz[:, y] -= 1
    return -np.mean(logp[:, y]), dz / len(z)


@task.mistake(
    "only the probabilities averaged",
    "You divide the probabilities by N and subtract a whole 1 from them. Each row of the gradient "
    "should sum to 0: what do yours sum to?",
)
def softmax_xent(z, y):
    shifted, rows = z - z.max(axis=1, keepdims=True), np.arange(len(z))
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    dz = np.exp(log_p) / len(z)
    dz[rows, y] -= 1
    return -log_p[rows, y].mean(), dz


@task.mistake(
    "loss in bits",
    "Your gradient is right, and your loss is 1.44 times too large: two equal scores cost you 1. "
    "Which logarithm is the inverse of the exponential in the softmax?",
)
def softmax_xent(z, y):
    shifted, rows = z - z.max(axis=1, keepdims=True), np.arange(len(z))
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    dz = np.exp(log_p)
    dz[rows, y] -= 1
    return -log_p[rows, y].mean() / np.log(2), dz / len(z)


@task.mistake(
    "gradient divided by the size of z",
    "Your loss is right, and your gradient is C times too small. "
    "Over how many losses is the mean taken, one for each example or one for each score?",
)
def softmax_xent(z, y):
    shifted, rows = z - z.max(axis=1, keepdims=True), np.arange(len(z))
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    dz = np.exp(log_p)
    dz[rows, y] -= 1
    return -log_p[rows, y].mean(), dz / z.size


@task.mistake(
    "only the right class pulled",
    "The slopes of the right classes are there, and all others are 0. "
    "If a wrong score rises, does the right class keep its probability?",
)
def softmax_xent(z, y):
    shifted, rows = z - z.max(axis=1, keepdims=True), np.arange(len(z))
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    dz = np.zeros(z.shape)
    dz[rows, y] = np.exp(log_p[rows, y]) - 1
    return -log_p[rows, y].mean(), dz / len(z)


@task.mistake(
    "logarithm of a sum that overflows",
    "Right for small scores. At 1000 the sum of exponentials is inf, at -1000 it is 0: "
    "what may be subtracted from a whole row without changing its loss?",
)
def softmax_xent(z, y):
    rows = np.arange(len(z))
    log_p = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    dz = np.exp(log_p)
    dz[rows, y] -= 1
    return -log_p[rows, y].mean(), dz / len(z)


@task.mistake(
    "one shift for all rows",
    "Each row alone comes out right, and two rows of very different height do not: the largest "
    "score of the whole array is taken off. What is left of a row that lies 2000 below it?",
)
def softmax_xent(z, y):
    shifted, rows = z - np.max(z), np.arange(len(z))
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    dz = np.exp(log_p)
    dz[rows, y] -= 1
    return -log_p[rows, y].mean(), dz / len(z)


@task.mistake(
    "tiny number added to the probability",
    "Your loss never exceeds 691, the logarithm of the tiny number that you add, and a lead of "
    "2000 costs 2000. Where has the size of the lead been lost?",
)
def softmax_xent(z, y):
    shifted, rows = z - z.max(axis=1, keepdims=True), np.arange(len(z))
    p = np.exp(shifted) / np.exp(shifted).sum(axis=1, keepdims=True)
    loss = -np.log(p[rows, y] + 1e-300).mean()
    p[rows, y] -= 1
    return loss, p / len(z)


@task.accepts("with a one-hot matrix")
def softmax_xent(z, y):
    z = np.array(z, dtype=float)
    right = np.eye(z.shape[1])[y]
    top = np.max(z, axis=1, keepdims=True)
    log_sum = top + np.log(np.sum(np.exp(z - top), axis=1, keepdims=True))
    loss = np.mean(log_sum[:, 0] - z[np.arange(len(z)), y])
    return loss, (np.exp(z - log_sum) - right) / len(z)


@task.accepts("row by row, by logaddexp")
def softmax_xent(z, y):
    z = np.asarray(z, dtype=float)
    loss, dz = 0.0, np.zeros_like(z)
    for i, right in enumerate(y):
        log_sum = np.logaddexp.reduce(z[i])
        loss += (log_sum - z[i, right]) / len(z)
        dz[i] = np.exp(z[i] - log_sum) / len(z)
        dz[i, right] -= 1 / len(z)
    return loss, dz


# --- l2_penalty ---


def random_parameters(rng):
    cases = []
    for scale, lam, skip in ((1.0, 0.3, ("b",)), (1e-3, 7.0, ("b1", "b2")), (30.0, 1e-4, ())):
        params = {
            "W1": scale * rng.normal(size=(3, 2)),
            "b1": scale * rng.normal(size=2),
            "b": scale * rng.normal(size=4),
        }
        params["W1"][0, 0] = 0.0
        label = f"random parameters near {scale:g}, lam = {lam:g}, skip = {skip}"
        cases.append(Case(label, (params, lam, skip)))
    return cases


task = problems.task(
    reference.l2_penalty,
    cases=[
        Case(
            "W = [[3, 4]], b = [7], lam = 0.1",
            ({"W": np.array([[3.0, 4.0]]), "b": np.array([7.0])}, 0.1),
        ),
        Case(
            "whole numbers, lam = 0.25",
            ({"W": np.array([[1, -2], [0, 2]]), "b": np.array([5.0, 6.0])}, 0.25),
        ),
        Case(
            "whole numbers only, lam = 2",
            ({"W": np.array([[1, -2], [0, 2]]), "b": np.array([5, 6])}, 2),
        ),
        Case("lam = 0", ({"W": np.array([[3.0, 4.0]]), "b": np.array([7.0])}, 0.0)),
        Case("nothing skipped", ({"W": np.array([1.0, -3.0]), "b": np.array([2.0])}, 0.5, ())),
        Case(
            "skip = (b1, b2): four parameters",
            (
                {
                    "W1": np.array([[1.0, 2.0, -1.0]]),
                    "b1": np.array([3.0, 1.0, 2.0]),
                    "W2": np.array([0.5, -1.5]),
                    "b2": np.array([4.0]),
                },
                2.0,
                ("b1", "b2"),
            ),
        ),
        Case(
            "a weight called bend, which is not skipped",
            ({"bend": np.array([1.0, 2.0]), "b": np.array([3.0])}, 1.0),
        ),
        Case(
            "a weight called W_b, which is not skipped",
            ({"W_b": np.array([1.0, 2.0]), "b": np.array([3.0])}, 1.0),
        ),
        Case(
            "a name b1 in skip, and a parameter b that is not",
            ({"b": np.array([1.0, 2.0]), "b1": np.array([3.0])}, 1.0, ("b1",)),
        ),
        Case("a weight is NaN", ({"W": np.array([np.nan, 2.0]), "b": np.array([1.0])}, 0.5)),
        Case("no parameters", ({}, 0.5)),
    ],
    draw=random_parameters,
    why="squares, a sum and a product: only rounding may differ",
)


@task.mistake(
    "biases penalised",
    "You penalise every parameter. Those whose names are in skip add nothing to the value, "
    "and their gradients are zero.",
)
def l2_penalty(params, lam, skip=("b",)):
    value = sum(lam * np.sum(np.asarray(W, float) ** 2) / 2 for W in params.values())
    return value, {name: lam * np.asarray(W, float) for name, W in params.items()}


@task.mistake(
    "biases penalised in the gradient",
    "The value leaves the skipped parameters out, and their gradients are not zero. "
    "What does not enter a value has no slope in it.",
)
def l2_penalty(params, lam, skip=("b",)):
    used = [np.asarray(W, float) for name, W in params.items() if name not in skip]
    value = sum(lam * np.sum(W**2) / 2 for W in used)
    return value, {name: lam * np.asarray(W, float) for name, W in params.items()}


@task.mistake(
    "gradient without the half",
    "Your value has the ½, and your gradients are twice its slope: "
    "the 2 that the square brings down is cancelled.",
)
def l2_penalty(params, lam, skip=("b",)):
    kept = {k: np.asarray(W, float) * (k not in skip) for k, W in params.items()}
    value = sum(lam * np.sum(W**2) / 2 for W in kept.values())
    return value, {name: 2 * lam * W for name, W in kept.items()}


@task.mistake(
    "value without the half",
    "Your gradients are right, and your value is twice too large. "
    "Differentiate it: is λW what comes out?",
)
def l2_penalty(params, lam, skip=("b",)):
    kept = {k: np.asarray(W, float) * (k not in skip) for k, W in params.items()}
    value = sum(lam * np.sum(W**2) for W in kept.values())
    return value, {name: lam * W for name, W in kept.items()}


@task.mistake(
    "no half at all",
    "Value and gradients belong together, and both are twice too large: "
    "in this course the penalty has a ½, so that its gradient is λW.",
)
def l2_penalty(params, lam, skip=("b",)):
    kept = {k: np.asarray(W, float) * (k not in skip) for k, W in params.items()}
    value = sum(lam * np.sum(W**2) for W in kept.values())
    return value, {name: 2 * lam * W for name, W in kept.items()}


@task.mistake(
    "absolute values",
    "This is the L1 penalty, the sum of absolute values, with the signs as its gradient. "
    "Asked for are squares.",
)
def l2_penalty(params, lam, skip=("b",)):
    kept = {k: np.asarray(W, float) * (k not in skip) for k, W in params.items()}
    value = sum(lam * np.sum(np.abs(W)) / 2 for W in kept.values())
    return value, {name: lam * np.sign(W) / 2 for name, W in kept.items()}


@task.mistake(
    "root taken",
    "You add up the norms. The penalty is a sum of squares: the root is not taken.",
)
def l2_penalty(params, lam, skip=("b",)):
    kept = {k: np.asarray(W, float) * (k not in skip) for k, W in params.items()}
    value = sum(lam * np.sqrt(np.sum(W**2)) / 2 for W in kept.values())
    return value, {name: lam * W for name, W in kept.items()}


@task.mistake(
    "mean instead of sum",
    "You average the squares of each parameter. A penalty adds them up: "
    "a weight is as dear in a large array as in a small one.",
)
def l2_penalty(params, lam, skip=("b",)):
    kept = {k: np.asarray(W, float) * (k not in skip) for k, W in params.items()}
    value = sum(lam * np.mean(W**2) / 2 for W in kept.values())
    return value, {name: lam * W / W.size for name, W in kept.items()}


@task.mistake(
    "skipped ones left out",
    "The gradients of the skipped parameters are missing. An optimizer will ask for each "
    "parameter's gradient by its name: give it zeros of the parameter's shape.",
)
def l2_penalty(params, lam, skip=("b",)):
    used = {name: np.asarray(W, float) for name, W in params.items() if name not in skip}
    value = sum(lam * np.sum(W**2) / 2 for W in used.values())
    return value, {name: lam * W for name, W in used.items()}


@task.mistake(
    "skip ignored",
    "You always leave out b and nothing else. The names to leave out come in skip, "
    "which may hold others, or none.",
)
def l2_penalty(params, lam, skip=("b",)):
    kept = {k: np.asarray(W, float) * (k != "b") for k, W in params.items()}
    value = sum(lam * np.sum(W**2) / 2 for W in kept.values())
    return value, {name: lam * W for name, W in kept.items()}


@task.mistake(
    "names that begin alike",
    "A parameter is skipped because its name begins like one in skip. "
    "Compare whole names: bend is not b.",
)
def l2_penalty(params, lam, skip=("b",)):
    kept = {k: np.asarray(W, float) * (not k.startswith(tuple(skip))) for k, W in params.items()}
    value = sum(lam * np.sum(W**2) / 2 for W in kept.values())
    return value, {name: lam * W for name, W in kept.items()}


@task.mistake(
    "last parameter only",
    "The value is that of the last parameter: each one overwrites what the others have added.",
)
def l2_penalty(params, lam, skip=("b",)):
    value, grads = 0.0, {}
    for name, W in params.items():
        W = np.asarray(W, float)
        grads[name] = np.zeros_like(W)
        if name not in skip:
            value = lam * np.sum(W**2) / 2
            grads[name] = lam * W
    return value, grads


@task.mistake(
    "square of the sum",
    "You add up first and square then, so a 3 and a -3 would cost nothing. "
    "What is squared, each entry or their sum?",
)
def l2_penalty(params, lam, skip=("b",)):
    kept = {k: np.asarray(W, float) * (k not in skip) for k, W in params.items()}
    value = sum(lam * np.sum(W) ** 2 / 2 for W in kept.values())
    return value, {name: lam * W for name, W in kept.items()}


@task.mistake(
    "price forgotten",
    "Your result does not change with lam: at a price of 0 there should be nothing to pay.",
)
def l2_penalty(params, lam, skip=("b",)):
    kept = {k: np.asarray(W, float) * (k not in skip) for k, W in params.items()}
    return sum(np.sum(W**2) / 2 for W in kept.values()), kept


@task.mistake(
    "absolute values, without the half",
    "Your gradients have one size, whatever the weight, and the value grows like the weights "
    "themselves. Which penalty is that, and which one is asked for?",
)
def l2_penalty(params, lam, skip=("b",)):
    kept = {k: W * (k not in skip) for k, W in params.items()}
    value = lam * sum(np.sum(np.abs(W)) for W in kept.values())
    return value, {name: lam * np.sign(W) for name, W in kept.items()}


@task.mistake(
    "skipped ones in the value",
    "Your gradients are right, and the value still holds what the skipped parameters would cost. "
    "Move a bias: your value changes, and what does its gradient say?",
)
def l2_penalty(params, lam, skip=("b",)):
    value = sum(lam * np.sum(W**2) / 2 for W in params.values())
    return value, {k: np.zeros(W.shape) if k in skip else lam * W for k, W in params.items()}


@task.mistake(
    "price missing in the gradient",
    "Your value is right, and your gradients are the weights themselves, whatever lam is. "
    "A penalty that is twice as dear: how hard does it pull?",
)
def l2_penalty(params, lam, skip=("b",)):
    value = sum(lam * np.sum(W**2) / 2 for k, W in params.items() if k not in skip)
    return value, {k: np.zeros(W.shape) if k in skip else 1.0 * W for k, W in params.items()}


@task.mistake(
    "a part of the name is enough",
    "A parameter is skipped because a name of skip stands somewhere inside of its own name. "
    "Which names does skip hold, and is W_b one of them?",
)
def l2_penalty(params, lam, skip=("b",)):
    skipped = {k for k in params if any(name in k for name in skip)}
    value = sum(lam * np.sum(W**2) / 2 for k, W in params.items() if k not in skipped)
    return value, {
        k: np.zeros(W.shape) if k in skipped else 1.0 * lam * W for k, W in params.items()
    }


@task.accepts("with a comprehension")
def l2_penalty(params, lam, skip=("b",)):
    weight = {name: 0.0 if name in skip else float(lam) for name in params}
    grads = {name: weight[name] * np.asarray(params[name], dtype=float) for name in params}
    return sum(0.5 * np.vdot(grads[name], params[name]) for name in params), grads


@task.accepts("entry by entry")
def l2_penalty(params, lam, skip=("b",)):
    value, grads = 0.0, {name: np.zeros(np.shape(W)) for name, W in params.items()}
    for name in set(params) - set(skip):
        for index, entry in np.ndenumerate(params[name]):
            value += lam / 2 * entry**2
            grads[name][index] = lam * entry
    return value, grads


# --- linear_backward ---


def random_layers(rng):
    cases = []
    for N, D, M, scale in ((4, 3, 2, 1.0), (2, 3, 5, 1e-3), (4, 3, 3, 1e3), (3, 1, 4, 1.0)):
        dout, X, W = rng.normal(size=(N, M)), rng.normal(size=(N, D)), rng.normal(size=(D, M))
        dout[0, 0] = 0.0
        cases.append(
            Case(f"N = {N}, D = {D}, M = {M}, slopes near {scale:g}", (scale * dout, X, W))
        )
    return cases


W23, X12 = np.array([[1, 2, 3], [4, 5, 6]]), np.array([[3.0, 4.0]])

task = problems.task(
    reference.linear_backward,
    cases=[
        Case("one example, D = 2, M = 3", (np.array([[1.0, 0, 2]]), X12, 1.0 * W23)),
        Case(
            "two examples, whole numbers and fractions",
            (np.array([[0.5, 0.0, 1.0], [-1.0, 2.0, 0.25]]), np.array([[1, 2], [3, -1]]), W23),
        ),
        Case(
            "whole numbers only",
            (np.array([[1, 0, 2], [-1, 3, 1]]), np.array([[1, 2], [3, -1]]), W23),
        ),
        Case(
            "a square W",
            (np.array([[1.0, 2], [0, 1], [1, 0]]), np.array([[1.0, 0], [2, 1], [0, 3]]), X22),
        ),
        Case(
            "one output", (np.array([[1.0], [2.0]]), np.array([[1.0, 5], [0, 1]]), np.ones((2, 1)))
        ),
        Case("dout = 0", (np.zeros((2, 3)), np.ones((2, 2)), 1.0 * W23)),
        Case("dout holds NaN", (np.array([[np.nan, 1.0]]), np.array([[1.0, 2]]), np.ones((2, 2)))),
    ],
    draw=random_layers,
    why="sums of a few products: only rounding may differ",
)


@task.mistake(
    "db averaged",
    "You average over the examples. The 1/N of the loss is in dout already; "
    "b meets every example, so what comes back to it is a sum.",
)
def linear_backward(dout, X, W):
    dout, X, W = np.asarray(dout, float), np.asarray(X, float), np.asarray(W, float)
    return dout @ W.T, X.T @ dout, dout.mean(axis=0)


@task.mistake(
    "dW averaged too",
    "You divide dW and db by the number of examples. "
    "If the loss is a mean, its 1/N is in dout already, and would be applied twice.",
)
def linear_backward(dout, X, W):
    dout, X, W = np.asarray(dout, float), np.asarray(X, float), np.asarray(W, float)
    return dout @ W.T, X.T @ dout / len(X), dout.mean(axis=0)


@task.mistake(
    "dW transposed",
    "Your dW lies on its side. It has the shape of W, (D, M): inputs down, outputs across. "
    "With a square W no shape gives this away.",
)
def linear_backward(dout, X, W):
    dout, X, W = np.asarray(dout, float), np.asarray(X, float), np.asarray(W, float)
    return dout @ W.T, dout.T @ X, dout.sum(axis=0)


@task.mistake(
    "dX without the transpose",
    "Forward, W leads from D inputs to M outputs. "
    "Back from the outputs to the inputs it is passed the other way, which only a square W hides.",
)
def linear_backward(dout, X, W):
    dout, X, W = np.asarray(dout, float), np.asarray(X, float), np.asarray(W, float)
    return dout @ W, X.T @ dout, dout.sum(axis=0)


@task.mistake(
    "db as a row",
    "The numbers of db are right, and its shape is (1, M). "
    "A gradient has the shape of what it is the gradient of: b has shape (M,).",
)
def linear_backward(dout, X, W):
    dout, X, W = np.asarray(dout, float), np.asarray(X, float), np.asarray(W, float)
    return dout @ W.T, X.T @ dout, dout.sum(axis=0, keepdims=True)


@task.mistake(
    "db over the outputs",
    "You add up each example's row. There is one bias for each output, "
    "and it is the examples that share it.",
)
def linear_backward(dout, X, W):
    dout, X, W = np.asarray(dout, float), np.asarray(X, float), np.asarray(W, float)
    return dout @ W.T, X.T @ dout, dout.sum(axis=1)


@task.mistake(
    "db as one number",
    "You add up all of dout. Each output has a bias of its own, so M numbers come back.",
)
def linear_backward(dout, X, W):
    dout, X, W = np.asarray(dout, float), np.asarray(X, float), np.asarray(W, float)
    return dout @ W.T, X.T @ dout, dout.sum()


@task.mistake(
    "order of the results",
    "The three gradients are there, dW first. Return them in the order asked for: dX, dW, db.",
)
def linear_backward(dout, X, W):
    dout, X, W = np.asarray(dout, float), np.asarray(X, float), np.asarray(W, float)
    return X.T @ dout, dout @ W.T, dout.sum(axis=0)


@task.mistake(
    "dout forgotten",
    "These are the slopes of the sum of all outputs. "
    "The loss does not weigh all outputs alike: how much each one counts is what dout says.",
)
def linear_backward(dout, X, W):
    dout, X, W = np.asarray(dout, float), np.asarray(X, float), np.asarray(W, float)
    ones = np.ones_like(dout) + 0 * dout
    return ones @ W.T, X.T @ ones, ones.sum(axis=0)


@task.mistake(
    "only dW averaged",
    "dX and db are right, and dW is divided by the number of examples. "
    "Each example adds its share to dW: where is the 1/N of a mean, if there is one?",
)
def linear_backward(dout, X, W):
    return dout @ W.T, X.T @ dout / len(X), np.sum(dout, axis=0)


@task.mistake(
    "X not transposed",
    "Write the shapes down: X is (N, D), dout is (N, M), and dW has to be (D, M). "
    "Which axis do the two have in common, and where must it stand?",
)
def linear_backward(dout, X, W):
    return dout @ W.T, X @ dout, np.sum(dout, axis=0)


@task.mistake(
    "W from the left",
    "Write the shapes down: W is (D, M), dout is (N, M), and dX has to be (N, D). "
    "Which of the two comes first?",
)
def linear_backward(dout, X, W):
    return W @ dout, X.T @ dout, np.sum(dout, axis=0)


@task.mistake(
    "W from the left, transposed",
    "Right for one example as a column. Here examples are rows, so the product is read the "
    "other way round: what has the shape (N, D)?",
)
def linear_backward(dout, X, W):
    return W.T @ dout, X.T @ dout, np.sum(dout, axis=0)


@task.mistake(
    "db of ones",
    "Your db does not depend on dout. If the loss does not look at an output at all, "
    "what is the slope of that output's bias?",
)
def linear_backward(dout, X, W):
    return dout @ W.T, X.T @ dout, np.ones(W.shape[1])


@task.mistake(
    "db of N",
    "Your db counts the examples, whatever dout says. How much does each of them weigh?",
)
def linear_backward(dout, X, W):
    return dout @ W.T, X.T @ dout, np.full(W.shape[1], float(len(X)))


@task.mistake(
    "dW reshaped instead of transposed",
    "The shapes are right, and the numbers of dW stand in the wrong places: reshape reads them "
    "row by row. Is a matrix that is laid out anew its transpose?",
)
def linear_backward(dout, X, W):
    return dout @ W.T, (dout.T @ X).reshape(W.shape), dout.sum(axis=0)


@task.mistake(
    "W reshaped instead of transposed",
    "The shapes are right, and dX is not: W laid out anew as (M, D) is not W read by columns. "
    "Which entry of W leads from input 1 to output 0?",
)
def linear_backward(dout, X, W):
    return dout @ W.reshape(W.shape[::-1]), X.T @ dout, dout.sum(axis=0)


@task.accepts("with einsum")
def linear_backward(dout, X, W):
    dout, X, W = (np.array(a, dtype=float) for a in (dout, X, W))
    dX = np.einsum("im,jm->ij", dout, W)
    dW = np.einsum("ij,im->jm", X, dout)
    return dX, dW, np.einsum("im->m", dout)


@task.accepts("example by example")
def linear_backward(dout, X, W):
    dX, dW, db = (np.zeros(shape) for shape in (np.shape(X), np.shape(W), np.shape(W)[1]))
    for i, slopes in enumerate(np.asarray(dout, dtype=float)):
        dX[i] = np.asarray(W) @ slopes
        dW += np.outer(X[i], slopes)
        db += slopes
    return dX, dW, db


# --- loss_at_chance ---


def random_numbers_of_classes(rng):
    kinds = ("hinge", "cross-entropy")
    numbers = rng.integers(11, 2000, 4)
    return [
        Case(f"{kind}, C = {C}", (kind, int(C)))
        for C, kind in zip(numbers, kinds + kinds, strict=True)
    ]


task = problems.task(
    reference.loss_at_chance,
    cases=[
        Case("hinge, C = 10", ("hinge", 10)),
        Case("cross-entropy, C = 10", ("cross-entropy", 10)),
        Case("hinge, C = 2", ("hinge", 2)),
        Case("cross-entropy, C = 2", ("cross-entropy", 2)),
        Case("cross-entropy, C = 1000", ("cross-entropy", 1000)),
        Case("hinge, one class", ("hinge", 1)),
        Case("cross-entropy, one class", ("cross-entropy", 1)),
        Case("cross-entropy, C is NaN", ("cross-entropy", float("nan"))),
        Case("an unknown kind", ("accuracy", 10), refuses),
        Case("kind = hinge loss, which is not the name", ("hinge loss", 10), refuses),
        Case("kind = entropy, half of a name", ("entropy", 10), refuses),
    ],
    draw=random_numbers_of_classes,
    why="one logarithm: only rounding may differ",
)


@task.mistake(
    "logarithm to base 2",
    "You count in bits. The logarithm of this course, and of NumPy's log, is the natural one.",
)
def loss_at_chance(kind, C):
    return C - 1.0 if kind == "hinge" else np.log2(C)


@task.mistake(
    "logarithm to base 10",
    "You count in powers of ten: the logarithm of the cross-entropy is the natural one.",
)
def loss_at_chance(kind, C):
    return C - 1.0 if kind == "hinge" else np.log10(C)


@task.mistake(
    "hinge counts the right class",
    "With equal scores every wrong class costs 1. How many wrong classes are there?",
)
def loss_at_chance(kind, C):
    return float(C) if kind == "hinge" else np.log(C)


@task.mistake(
    "hinge averaged over the classes",
    "That is one class's share. The hinge loss adds up the wrong classes, it does not average.",
)
def loss_at_chance(kind, C):
    return (C - 1.0) / C if kind == "hinge" else np.log(C)


@task.mistake(
    "probability instead of loss",
    "1/C is the probability that softmax gives to each class. "
    "What does the cross-entropy make of a probability?",
)
def loss_at_chance(kind, C):
    return C - 1.0 if kind == "hinge" else 1.0 / C


@task.mistake(
    "number of classes",
    "The cross-entropy at chance is not C: the probability of the right class is 1/C, "
    "and the loss is minus its logarithm.",
)
def loss_at_chance(kind, C):
    return C - 1.0 if kind == "hinge" else float(C)


@task.mistake(
    "sign of the logarithm",
    "Your cross-entropy is negative. ln(1/C) is, and the loss is its negative.",
)
def loss_at_chance(kind, C):
    return C - 1.0 if kind == "hinge" else -np.log(C)


@task.mistake(
    "kinds swapped",
    "The two formulas are right and answer to each other's names.",
)
def loss_at_chance(kind, C):
    return np.log(C) if kind == "hinge" else C - 1.0


@task.mistake(
    "chance of an error",
    "This is the share of wrong guesses at chance. It is an error rate, not a loss: "
    "the cross-entropy is measured in logarithms.",
)
def loss_at_chance(kind, C):
    return C - 1.0 if kind == "hinge" else 1.0 - 1.0 / C


@task.mistake(
    "any kind passes",
    "A kind that is not known gets the other kind's number, and a slip of the keyboard goes "
    "unnoticed: every kind but the two should be refused with a ValueError.",
)
def loss_at_chance(kind, C):
    return C - 1.0 if kind == "hinge" else np.log(C)


@task.mistake(
    "one margin only",
    "One wrong class costs 1. Each example has several of them: how many?",
)
def loss_at_chance(kind, C):
    return 1.0 if kind == "hinge" else np.log(C)


@task.mistake(
    "one term of the entropy",
    "You weigh the logarithm with 1/C. The right class is known, so its logarithm counts whole.",
)
def loss_at_chance(kind, C):
    return C - 1.0 if kind == "hinge" else np.log(C) / C


@task.mistake(
    "a part of the name is enough",
    "A kind whose name only holds one of the two, or a part of it, is taken for it. "
    "Is hinge loss one of the two names in the statement?",
)
def loss_at_chance(kind, C):
    if "hinge" in kind:
        return float(C - 1)
    if "entropy" in kind:
        return np.log(C)
    raise ValueError(kind)


@task.accepts("from the losses themselves")
def loss_at_chance(kind, C):
    if kind == "hinge":
        return C * 1.0 - 1.0
    if kind == "cross-entropy":
        return -np.log(1.0 / C)
    raise ValueError(f"unknown kind {kind!r}")


@task.accepts("from a table")
def loss_at_chance(kind, C):
    table = {"hinge": lambda: max(C - 1, 0), "cross-entropy": lambda: np.log1p(C - 1)}
    if kind not in table:
        raise ValueError("no such loss")
    return table[kind]()
