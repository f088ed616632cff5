"""Task `multiclass_hinge` of chapter `losses`."""

import numpy as np

from fallline import losses as reference
from fallline.marking.task import Case, Task
from fallline.marking.tasks.losses.cases import X22


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


task = Task(
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
