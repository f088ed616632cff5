"""Task `forward_diff` of chapter `differences`."""

import numpy as np

from fallline import differences as reference
from fallline.marking.functions import square
from fallline.marking.task import Case, Task
from fallline.marking.tasks.differences.cases import cube, random_points

task = Task(
    reference.forward_diff,
    cases=[
        Case("f(x) = x², x = 3, h = 1", (square, 3.0, 1.0)),
        Case("f(x) = x², x = 3, h = -1 (to the left)", (square, 3.0, -1.0)),
        Case("f(x) = x³, x = 2, h = 0.1", (cube, 2.0, 0.1)),
        Case("f = sin, x = 1, h = 0.001", (np.sin, 1.0, 1e-3)),
        Case("f(x) = √x, x = 2, h = 2, all whole numbers", (np.sqrt, 2, 2)),
        Case("f(x) = x³ at three whole points, h = 0.5", (cube, np.array([0, 1, -2]), 0.5)),
        Case("f(x) = x² at three points, h = 0.25", (square, np.array([0.5, 0.0, -3.0]), 0.25)),
        Case("f(x) = x², x is NaN", (square, np.nan, 0.5)),
    ],
    draw=random_points,
    rtol=1e-9,
    atol=1e-9,
    why="one subtraction of close numbers: with h of 0.001 and more, rounding stays below 1e-12",
)


@task.mistake(
    "divides by 2h",
    "Your two samples lie h apart, and you divided by twice that distance: every slope is halved.",
)
def forward_diff(f, x, h):
    return (f(x + h) - f(x)) / (2 * h)


@task.mistake(
    "backward difference",
    "You looked to the other side: the forward difference goes from x to x + h, not from x - h.",
)
def forward_diff(f, x, h):
    return (f(x) - f(x - h)) / h


@task.mistake(
    "both samples at the moved point",
    "Both values were taken after x had moved, so their difference is 0. "
    "Keep the old point and build the new one beside it.",
)
def forward_diff(f, x, h):
    x = np.array(x, dtype=float)
    x += h
    return (f(x) - f(x)) / h


@task.mistake(
    "takes |h|",
    "A negative step is allowed and looks to the left: use h with its sign, in both places.",
)
def forward_diff(f, x, h):
    return (f(x + abs(h)) - f(x)) / abs(h)


@task.mistake(
    "swapped difference",
    "The sign is wrong: the value at x + h comes first, the value at x is taken away.",
)
def forward_diff(f, x, h):
    return (f(x) - f(x + h)) / h


@task.mistake(
    "central difference",
    "This is the central difference, which comes next. Here one of the two points is x itself.",
)
def forward_diff(f, x, h):
    return (f(x + h) - f(x - h)) / (2 * h)


@task.mistake(
    "missing parentheses",
    "Only f(x) was divided by h: division binds more tightly than subtraction.",
)
def forward_diff(f, x, h):
    return f(x + h) - f(x) / h


@task.mistake(
    "multiplies by h",
    "A slope is rise over run, and the rise was multiplied by the run. "
    "With h = 1 nobody would notice; try h = 0.1.",
)
def forward_diff(f, x, h):
    return (f(x + h) - f(x)) * h


@task.mistake(
    "no division",
    "This is the rise alone. How far did x go for it?",
)
def forward_diff(f, x, h):
    return f(x + h) - f(x)


@task.accepts("a quotient of differences")
def forward_diff(f, x, h):
    return np.subtract(f(x + h), f(x)) / h


@task.accepts("divided before the subtraction")
def forward_diff(f, x, h):
    ahead, here = f(np.asarray(x) + h), f(np.asarray(x))
    return ahead / h - here / h
