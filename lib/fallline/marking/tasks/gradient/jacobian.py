"""Task `jacobian` of chapter `gradient`."""

import numpy as np

from fallline import gradient as reference
from fallline.marking.task import Case, Task
from fallline.marking.tasks.gradient.cases import bent, square, wide


def tall(x):
    """Three outputs of two inputs."""
    return np.array([x[0] * x[1] / 4, x[0] ** 3, x[0] + 2 * x[1]])


def random_maps(rng):
    cases = []
    for m, n in ((3, 3), (4, 2), (2, 5)):
        A, B, x = rng.normal(size=(m, n)), rng.normal(size=(m, n)), rng.normal(size=n)
        F = bent(A, B)
        cases.append(Case(f"F(x) = Ax + (Bx)³, {m} outputs, {n} inputs", (F, x, 1e-3)))
    return cases


task = Task(
    reference.jacobian,
    cases=[
        Case(
            "F(x) = (x₀x₁/4, x₀³, x₀ + 2x₁) at (2, 3), h = 0.001",
            (tall, np.array([2.0, 3.0]), 1e-3),
        ),
        Case(
            "F(x) = (sin x₀ + x₁², x₁ exp x₂) at (0.5, -1, 0.2)",
            (wide, np.array([0.5, -1.0, 0.2]), 1e-3),
        ),
        Case(
            "F(x) = (x₀²x₁, 5x₀ + x₁³) at (1, 2), h = 0.001", (square, np.array([1.0, 2.0]), 1e-3)
        ),
        Case("F(x) = (x₀²x₁, 5x₀ + x₁³) at (1, 2), the default h", (square, np.array([1.0, 2.0]))),
        Case(
            "F(x) = (x₀²x₁, 5x₀ + x₁³) at (1, 2), h negative", (square, np.array([1.0, 2.0]), -1e-3)
        ),
        Case(
            "F(x) = (x₀x₁/4, x₀³, x₀ + 2x₁) at whole (2, 3), h = 0.5", (tall, np.array([2, 3]), 0.5)
        ),
        Case("x holds NaN", (tall, np.array([np.nan, 1.0]), 1e-3)),
    ],
    draw=random_maps,
    rtol=1e-7,
    atol=1e-9,
    why="a difference of close numbers: at h = 0.001 about 1e-13 of rounding is left",
)


@task.mistake(
    "transposed",
    "Rows and columns are swapped: J[i, j] says how output i reacts to input j, "
    "so J has one row for each output.",
)
def jacobian(F, x, h=1e-5):
    x = np.array(x, dtype=float)
    return np.array([(F(x + h * e) - F(x - h * e)) / (2 * h) for e in np.eye(x.size)])


@task.mistake(
    "rows filled",
    "Moving input j changes all outputs at once: what comes back is column j of J, "
    "and you wrote it into row j.",
)
def jacobian(F, x, h=1e-5):
    x = np.array(x, dtype=float)
    J = np.zeros((F(x).size, x.size))
    for j, e in enumerate(np.eye(x.size)):
        J[j] = (F(x + h * e) - F(x - h * e)) / (2 * h)
    return J


@task.mistake(
    "forward difference",
    "Close, but one-sided: its error is of order h. "
    "Look at both sides of x, a step h to either side.",
)
def jacobian(F, x, h=1e-5):
    x = np.array(x, dtype=float)
    J = np.zeros((F(x).size, x.size))
    for j, e in enumerate(np.eye(x.size)):
        J[:, j] = (F(x + h * e) - F(x)) / h
    return J


@task.mistake(
    "as many outputs as inputs",
    "Your matrix is square by force. F may have more or fewer outputs than inputs: "
    "ask F(x) how many there are.",
)
def jacobian(F, x, h=1e-5):
    x = np.array(x, dtype=float)
    J = np.zeros((x.size, x.size))
    for j, e in enumerate(np.eye(x.size)):
        J[:, j] = (F(x + h * e) - F(x - h * e)) / (2 * h)
    return J


@task.mistake(
    "divided by h",
    "Every entry is twice too large: from x - h to x + h the distance is 2h.",
)
def jacobian(F, x, h=1e-5):
    x = np.array(x, dtype=float)
    J = np.zeros((F(x).size, x.size))
    for j, e in enumerate(np.eye(x.size)):
        J[:, j] = (F(x + h * e) - F(x - h * e)) / h
    return J


@task.mistake(
    "x moved in place and not put back",
    "x is changed on the way and never restored, so later columns are taken at another point "
    "and the caller's x is spoilt. From where should each column start?",
)
def jacobian(F, x, h=1e-5):
    J = np.zeros((F(x).size, x.size))
    for j in range(x.size):
        x[j] += h
        ahead = F(x)
        x[j] -= 2 * h
        J[:, j] = (ahead - F(x)) / (2 * h)
    return J


@task.mistake(
    "all inputs moved at once",
    "All columns are equal: every input was moved, each time. Column j belongs to input j alone.",
)
def jacobian(F, x, h=1e-5):
    x = np.array(x, dtype=float)
    J = np.zeros((F(x).size, x.size))
    for j in range(x.size):
        J[:, j] = (F(x + h) - F(x - h)) / (2 * h)
    return J


@task.mistake(
    "backward difference",
    "One-sided, to the left: its error is of order h. Look to both sides of x.",
)
def jacobian(F, x, h=1e-5):
    x = np.array(x, dtype=float)
    J = np.zeros((F(x).size, x.size))
    for j, e in enumerate(np.eye(x.size)):
        J[:, j] = (F(x) - F(x - h * e)) / h
    return J


@task.mistake(
    "2h without parentheses",
    "Your slopes shrink with h: / 2 * h halves, then multiplies. "
    "What belongs under the bar as a whole?",
)
def jacobian(F, x, h=1e-5):
    x = np.array(x, dtype=float)
    J = np.zeros((F(x).size, x.size))
    for j, e in enumerate(np.eye(x.size)):
        J[:, j] = (F(x + h * e) - F(x - h * e)) / 2 * h
    return J


@task.mistake(
    "steps on whole numbers",
    "Where x came as whole numbers, so did your copy of it, and a step of a half was cut off. "
    "What type must the copy have?",
)
def jacobian(F, x, h=1e-5):
    J = np.zeros((F(x).size, x.size))
    for j in range(x.size):
        left, right = x.copy(), x.copy()
        right[j] += h
        left[j] -= h
        J[:, j] = (F(right) - F(left)) / (2 * h)
    return J


@task.accepts("entry by entry")
def jacobian(F, x, h=1e-5):
    x = np.array(x, dtype=float)
    J = np.zeros((len(F(x)), len(x)))
    for i in range(J.shape[0]):
        for j in range(J.shape[1]):
            left, right = x.copy(), x.copy()
            left[j] -= h
            right[j] += h
            J[i, j] = (F(right)[i] - F(left)[i]) / (2 * h)
    return J


@task.accepts("stacked columns")
def jacobian(F, x, h=1e-5):
    steps = h * np.eye(len(x))
    return np.column_stack([(F(x + e) - F(x - e)) / h / 2 for e in steps])
