"""Task `linear_backward` of chapter `losses`."""

import numpy as np

from fallline import losses as reference
from fallline.marking.task import Case, Task
from fallline.marking.tasks.losses.cases import X22


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


task = Task(
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
