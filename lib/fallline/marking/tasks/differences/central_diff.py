"""Task `central_diff` of chapter `differences`."""

import numpy as np

from fallline import differences as reference
from fallline.marking.functions import square
from fallline.marking.task import Case, Task
from fallline.marking.tasks.differences.cases import cube, random_points

task = Task(
    reference.central_diff,
    cases=[
        Case("f(x) = x², x = 3, h = 1", (square, 3.0, 1.0)),
        Case("f(x) = x³, x = 2, h = 0.5", (cube, 2.0, 0.5)),
        Case("f(x) = x³, x = 2, h = -0.5 (the sign of h does not matter)", (cube, 2.0, -0.5)),
        Case("f = sin, x = 1, h = 0.001", (np.sin, 1.0, 1e-3)),
        Case("f(x) = √x, x = 2, h = 1, all whole numbers", (np.sqrt, 2, 1)),
        Case("f(x) = x³ at three whole points, h = 0.5", (cube, np.array([0, 1, -2]), 0.5)),
        Case("f = exp at three points, h = 0.25", (np.exp, np.array([0.5, 0.0, -3.0]), 0.25)),
        Case("f(x) = x², x is NaN", (square, np.nan, 0.5)),
    ],
    draw=random_points,
    rtol=1e-9,
    atol=1e-9,
    why="one subtraction of close numbers: with h of 0.001 and more, rounding stays below 1e-12",
)


@task.mistake(
    "divides by h",
    "Every slope is twice too large: how far apart are the two samples x - h and x + h?",
)
def central_diff(f, x, h):
    return (f(x + h) - f(x - h)) / h


@task.mistake(
    "one-sided difference",
    "This is the forward difference. The central one looks to both sides of x, equally far.",
)
def central_diff(f, x, h):
    return (f(x + h) - f(x)) / h


@task.mistake(
    "multiplies by h",
    "A slope is rise divided by run: here the difference of the values was multiplied by h.",
)
def central_diff(f, x, h):
    return (f(x + h) - f(x - h)) * h


@task.mistake(
    "half a step to each side",
    "Your samples are h/2 to each side, so they lie h apart, and you divided by 2h. "
    "Distance and divisor belong together.",
)
def central_diff(f, x, h):
    return (f(x + h / 2) - f(x - h / 2)) / (2 * h)


@task.mistake(
    "swapped difference",
    "The sign is wrong: the value on the right comes first.",
)
def central_diff(f, x, h):
    return (f(x - h) - f(x + h)) / (2 * h)


@task.mistake(
    "half the step throughout",
    "A central difference, and a good one, of half the step: the formula goes a whole h "
    "to each side.",
)
def central_diff(f, x, h):
    return (f(x + h / 2) - f(x - h / 2)) / h


@task.mistake(
    "2h without parentheses",
    "Division and multiplication go from left to right: / 2 * h halves, then multiplies. "
    "What belongs under the bar as a whole?",
)
def central_diff(f, x, h):
    return (f(x + h) - f(x - h)) / 2 * h


@task.mistake(
    "backward difference",
    "You compare x with the point on its left only. The central difference leaves x itself out.",
)
def central_diff(f, x, h):
    return (f(x) - f(x - h)) / h


@task.mistake(
    "difference without parentheses",
    "Only the second value was divided by 2h. What has to be divided is the whole rise.",
)
def central_diff(f, x, h):
    return f(x + h) - f(x - h) / (2 * h)


@task.accepts("the mean of forward and backward difference")
def central_diff(f, x, h):
    forward = (f(x + h) - f(x)) / h
    backward = (f(x) - f(x - h)) / h
    return (forward + backward) / 2


@task.accepts("half of the difference")
def central_diff(f, x, h):
    right, left = np.asarray(x) + h, np.asarray(x) - h
    return 0.5 * (f(right) - f(left)) / h
