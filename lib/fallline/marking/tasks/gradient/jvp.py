"""Tasks `jvp` and `vjp` of chapter `gradient`."""

import numpy as np

from fallline import gradient as reference
from fallline.marking.task import Case, Task
from fallline.marking.tasks.gradient.cases import bent, square, wide


def through_function(jvp, F, v, x, h):
    """Use jvp with a function in place of J."""
    return jvp(F, v, x=x, h=h)


def two_calls_suffice(jvp, F, v, x, h):
    """Tell whether jvp asks F for at most two values."""
    calls = []
    jvp(lambda point: calls.append(1) or F(point), v, x=x, h=h)
    return 0 < len(calls) <= 2


def random_products(rng):
    cases = []
    for m, n in ((2, 3), (4, 4), (5, 1)):
        J, v, u = rng.normal(size=(m, n)), rng.normal(size=n), rng.normal(size=m)
        cases.append(Case(f"jvp with J of shape ({m}, {n})", (J, v), of="jvp"))
        cases.append(Case(f"vjp with J of shape ({m}, {n})", (J, u), of="vjp"))
    F, x, v = bent(rng.normal(size=(2, 4)), rng.normal(size=(2, 4))), rng.normal(size=4), np.ones(4)
    cases.append(Case("jvp through a random F", (F, v, x, 1e-4), through_function, "jvp"))
    return cases


J32 = np.array([[3, 2], [0, 1], [1, 1]])


point, along = np.array([0.5, -1.0, 0.2]), np.array([1.0, 2.0, -1.0])


task = Task(
    (reference.jvp, reference.vjp),
    cases=[
        Case(
            "jvp: J = [[3, 2], [0, 1], [1, 1]], v = (1, 0.5)", (J32, np.array([1.0, 0.5])), of="jvp"
        ),
        Case(
            "vjp: J = [[3, 2], [0, 1], [1, 1]], u = (1, 10, 0.5)",
            (J32, np.array([1, 10, 0.5])),
            of="vjp",
        ),
        Case(
            "jvp: J = [[3, 2], [0, 1], [1, 1]] in whole numbers, v = (1, 10)",
            (J32, np.array([1, 10])),
            of="jvp",
        ),
        Case("jvp: v = 0", (J32, np.zeros(2)), of="jvp"),
        Case("jvp: v holds NaN", (J32, np.array([np.nan, 1.0])), of="jvp"),
        Case("vjp: u holds NaN", (J32, np.array([1.0, np.nan, 0.0])), of="vjp"),
        Case("jvp through a function F", (wide, along, point, 1e-4), through_function, "jvp"),
        Case("jvp through F, a long v", (square, 3 * J32[2], 0.5 * J32[0], 1e-4), through_function),
        Case("calls of F: two suffice", (wide, along, point, 1e-4), two_calls_suffice, "jvp"),
    ],
    draw=random_products,
    rtol=1e-6,
    atol=1e-8,
    why="a central difference at h = 0.0001: truncation and rounding both stay below 1e-6",
)


@task.mistake(
    "jvp with the transpose",
    "jvp pushes a direction of the inputs forward: each row of J meets v. "
    "With the transpose you compute the other product, vjp.",
)
def jvp(J, v, x=None, h=1e-5):
    v = np.array(v, dtype=float)
    if not callable(J):
        return np.asarray(J, dtype=float).T @ v
    return (J(x + h * v) - J(x - h * v)) / (2 * h)


@task.mistake(
    "vjp without the transpose",
    "vjp pulls weights of the outputs back to the inputs: each column of J meets u. "
    "Without the transpose it is the other product, and the shapes fit only if J is square.",
)
def vjp(J, u):
    return np.asarray(J, dtype=float) @ np.asarray(u, dtype=float)


@task.mistake(
    "vjp as a column",
    "The numbers are right and they stand in a column of shape (n, 1). "
    "A gradient has the shape of the point, (n,).",
)
def vjp(J, u):
    return np.asarray(J, dtype=float).T @ np.asarray(u, dtype=float)[:, None]


@task.mistake(
    "v normalised",
    "A Jacobian-vector product is linear in v: a direction twice as long gives twice the result. "
    "Do not bring v to length 1.",
)
def jvp(J, v, x=None, h=1e-5):
    v = np.array(v, dtype=float)
    length = np.linalg.norm(v)
    v = v / length if length else v
    if not callable(J):
        return np.asarray(J, dtype=float) @ v
    return (J(x + h * v) - J(x - h * v)) / (2 * h)


@task.mistake(
    "whole Jacobian formed",
    "The result is right and too expensive: you build J column by column, two calls of F each. "
    "One difference along v itself needs two calls in all.",
)
def jvp(J, v, x=None, h=1e-5):
    v = np.array(v, dtype=float)
    if callable(J):
        J = np.array([(J(x + h * e) - J(x - h * e)) / (2 * h) for e in np.eye(len(x))]).T
    return np.asarray(J, dtype=float) @ v


@task.mistake(
    "forward difference",
    "Through a function your product is one-sided, so its error is of order h. "
    "Two calls also pay for a step to either side of x.",
)
def jvp(J, v, x=None, h=1e-5):
    v = np.array(v, dtype=float)
    if not callable(J):
        return np.asarray(J, dtype=float) @ v
    return (J(x + h * v) - J(x)) / h


@task.accepts("row by row")
def jvp(J, v, x=None, h=1e-5):
    if callable(J):
        step = h * np.asarray(v, dtype=float)
        return (J(x + step) - J(x - step)) / h / 2
    return np.array([sum(a * b for a, b in zip(row, v, strict=True)) for row in J], dtype=float)


@task.accepts("from the left")
def vjp(J, u):
    return np.asarray(u, dtype=float) @ np.asarray(J, dtype=float)
