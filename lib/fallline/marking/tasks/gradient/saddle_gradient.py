"""Task `saddle_gradient` of chapter `gradient`."""

import numpy as np

from fallline import gradient as reference
from fallline.marking.task import Case, Task


def random_points(rng):
    cases = []
    for scale in (1.0, 1e-3, 1e3):
        x, y = scale * rng.normal(size=2)
        cases.append(Case(f"x = {x:.3g}, y = {y:.3g}", (x, y)))
    return cases


task = Task(
    reference.saddle_gradient,
    cases=[
        Case("x = 3, y = 4, whole numbers", (3, 4)),
        Case("x = 1.5, y = -0.5", (1.5, -0.5)),
        Case("x = 1, a whole number, and y = 0.25", (1, 0.25)),
        Case("x = 0, y = 2, on the crest of the y axis", (0.0, 2.0)),
        Case("three points at once", (np.array([1.0, 2.0, -3.0]), np.array([0.5, 0.0, 4.0]))),
        Case("a grid of 2 x 3 points", (np.arange(6.0).reshape(2, 3), np.ones((2, 3)))),
        Case("x is NaN", (np.nan, 1.0)),
    ],
    draw=random_points,
    why="two products: exact but for rounding",
)


@task.mistake(
    "both signs positive",
    "You differentiated x² + y². In f = y² - x² the square of x is subtracted: "
    "walking outwards along x leads down.",
)
def saddle_gradient(x, y):
    return np.array([2.0 * x, 2.0 * y])


@task.mistake(
    "swapped order",
    "Both numbers are there, in the wrong places. A gradient lists the slope along x first: "
    "its order is that of the coordinates, not that of the terms in the formula.",
)
def saddle_gradient(x, y):
    return np.array([2.0 * y, -2.0 * x])


@task.mistake(
    "gradient of x² - y²",
    "This is the gradient of x² - y², the negative of what is asked: "
    "check which of the two squares carries the minus.",
)
def saddle_gradient(x, y):
    return np.array([2.0 * x, -2.0 * y])


@task.mistake(
    "other variable kept",
    "For the slope along x the variable y is a constant, and the derivative of an added "
    "constant is 0: y does not appear in the first component at all.",
)
def saddle_gradient(x, y):
    return np.array([-2.0 * x * y, 2.0 * y * x])


@task.mistake(
    "terms instead of slopes",
    "These are the two terms of f, not their slopes. Differentiate each one first.",
)
def saddle_gradient(x, y):
    return np.array([-1.0 * x * x, 1.0 * y * y])


@task.mistake(
    "factor 2 missing",
    "Right signs, right order, half the size: what is the derivative of a square?",
)
def saddle_gradient(x, y):
    return np.array([-1.0 * x, 1.0 * y])


@task.mistake(
    "gradient of 2xy",
    "This is the gradient of 2xy, a saddle too, turned by 45°. In y² - x² each term holds one "
    "variable only.",
)
def saddle_gradient(x, y):
    return np.array([2.0 * y, 2.0 * x])


@task.accepts("with stack")
def saddle_gradient(x, y):
    return 2.0 * np.stack([-np.asarray(x), np.asarray(y)])


@task.accepts("filled in, coordinate by coordinate")
def saddle_gradient(x, y):
    g = np.zeros((2, *np.shape(x)))
    g[0] -= 2 * np.asarray(x)
    g[1] += 2 * np.asarray(y)
    return g
