"""Task `quadratic` of chapter `gradient`."""

import numpy as np

from fallline import gradient as reference
from fallline.marking.task import Case, Task


def random_quadratics(rng):
    cases = []
    for d, scale in ((2, 1.0), (3, 1e-2), (6, 1e2)):
        A, b, x = rng.normal(size=(d, d)), rng.normal(size=d), scale * rng.normal(size=d)
        x[0] = 0.0
        cases.append(Case(f"random A of shape ({d}, {d}), x near {scale:g}", (A, b, x)))
    return cases


task = Task(
    reference.quadratic,
    cases=[
        Case(
            "A = [[2, 1], [3, 4]], b = (1, 0), x = (1, 2)",
            (np.array([[2.0, 1.0], [3.0, 4.0]]), np.array([1.0, 0.0]), np.array([1.0, 2.0])),
        ),
        Case(
            "A = [[1, 0], [1, 1]], b = (0, 1), x = (1, 2), whole numbers",
            (np.array([[1, 0], [1, 1]]), np.array([0, 1]), np.array([1, 2])),
        ),
        Case(
            "A = [[2, 1], [1, 2]], which is symmetric",
            (np.array([[2.0, 1.0], [1.0, 2.0]]), np.array([0.0, -1.0]), np.array([3.0, -1.0])),
        ),
        Case("x = 0", (np.array([[2.0, 1.0], [3.0, 4.0]]), np.array([1.0, -2.0]), np.zeros(2))),
        Case(
            "x holds NaN",
            (np.array([[2.0, 1.0], [3.0, 4.0]]), np.ones(2), np.array([np.nan, 1.0])),
        ),
    ],
    draw=random_quadratics,
    rtol=1e-9,
    atol=1e-10,
    why="sums of a few products: only rounding may differ",
)


@task.mistake(
    "gradient Ax - b",
    "That is right for symmetric A alone. x stands on both sides of A: "
    "differentiate both, and A turned over its diagonal appears as well.",
)
def quadratic(A, b, x):
    A, b, x = np.asarray(A, float), np.asarray(b, float), np.asarray(x, float)
    return float(x @ A @ x / 2 - b @ x), A @ x - b


@task.mistake(
    "gradient with the transpose only",
    "You kept one of the two terms, the one with A turned over its diagonal. "
    "The gradient is the average of both.",
)
def quadratic(A, b, x):
    A, b, x = np.asarray(A, float), np.asarray(b, float), np.asarray(x, float)
    return float(x @ A @ x / 2 - b @ x), A.T @ x - b


@task.mistake(
    "half lost in the gradient",
    "Both terms are there, and the factor ½ in front of the quadratic is not: "
    "it survives differentiation.",
)
def quadratic(A, b, x):
    A, b, x = np.asarray(A, float), np.asarray(b, float), np.asarray(x, float)
    return float(x @ A @ x / 2 - b @ x), (A + A.T) @ x - b


@task.mistake(
    "half lost in the value",
    "Your gradient is right and your value lacks the factor ½ in front of the quadratic term.",
)
def quadratic(A, b, x):
    A, b, x = np.asarray(A, float), np.asarray(b, float), np.asarray(x, float)
    return float(x @ A @ x - b @ x), (A + A.T) @ x / 2 - b


@task.mistake(
    "gradient of a least-squares sum",
    "A times its transpose belongs to ½‖Ax‖². Here A appears once in f, "
    "so it appears once in each term of the gradient.",
)
def quadratic(A, b, x):
    A, b, x = np.asarray(A, float), np.asarray(b, float), np.asarray(x, float)
    return float(x @ A @ x / 2 - b @ x), A.T @ A @ x - b


@task.mistake(
    "sign of b",
    "The linear term is subtracted in f, so b is subtracted in the gradient too.",
)
def quadratic(A, b, x):
    A, b, x = np.asarray(A, float), np.asarray(b, float), np.asarray(x, float)
    return float(x @ A @ x / 2 - b @ x), (A + A.T) @ x / 2 + b


@task.accepts("symmetric part first")
def quadratic(A, b, x):
    S = 0.5 * (np.array(A, dtype=float) + np.array(A, dtype=float).T)
    Sx = S @ x
    return 0.5 * np.dot(x, Sx) - np.dot(b, x), Sx - b


@task.accepts("as Python loops")
def quadratic(A, b, x):
    d = range(len(x))
    value = sum(x[i] * A[i][j] * x[j] for i in d for j in d) / 2 - sum(b[i] * x[i] for i in d)
    slopes = [sum((A[i][j] + A[j][i]) * x[j] for j in d) / 2 - b[i] for i in d]
    return float(value), np.array(slopes, dtype=float)
