"""Task `secant_slope` of chapter `derivative`."""

import numpy as np

from fallline import derivative as reference
from fallline.marking.functions import random_cubic, square
from fallline.marking.task import Case, Task


def random_secants(rng):
    cases = []
    for scale in (1.0, 1e-3, 1e3):
        a, h = rng.normal(), scale * rng.normal()
        label = f"a random cubic, a = {a:.3g}, h = {h:.3g}"
        cases.append(Case(label, (random_cubic(rng), a, h)))
    return cases


task = Task(
    reference.secant_slope,
    cases=[
        Case("f(x) = x², a = 3, h = 1", (square, 3.0, 1.0)),
        Case("f(x) = x², a = 3, h = -1 (to the left)", (square, 3.0, -1.0)),
        Case("f(x) = |x|, a = 0, h = -0.5 (left of the corner)", (abs, 0.0, -0.5)),
        Case("f = sin, a = 1, h = 0.001", (np.sin, 1.0, 1e-3)),
        Case("f(x) = x², a = 1, h = 2, all whole numbers", (square, 1, 2)),
        Case("f(x) = √x, a = 2, h = 3, all whole numbers", (np.sqrt, 2, 3)),
        Case("f(x) = x², a is NaN", (square, np.nan, 1.0)),
    ],
    draw=random_secants,
    rtol=1e-9,
    why="one subtraction of close numbers: at h = 0.001 a relative 1e-13 is lost, not more",
)


@task.mistake(
    "swapped difference",
    "The sign is wrong: the slope is (later value minus earlier value) / h, "
    "and f(a + h) is the later one.",
)
def secant_slope(f, a, h):
    return (f(a) - f(a + h)) / h


@task.mistake(
    "divides by 2h",
    "Half of the right slope: dividing by 2h belongs to the central difference, whose points lie "
    "2h apart. How far apart are a and a + h?",
)
def secant_slope(f, a, h):
    return (f(a + h) - f(a)) / (2 * h)


@task.mistake(
    "divides by |h|",
    "Right for h > 0 and with the wrong sign for h < 0: rise and run both change sign when the "
    "second point lies to the left, so the run is h itself.",
)
def secant_slope(f, a, h):
    return (f(a + h) - f(a)) / abs(h)


@task.mistake(
    "no division",
    "This is the rise alone. A slope is rise over run: how far did you go to get that rise?",
)
def secant_slope(f, a, h):
    return f(a + h) - f(a)


@task.mistake(
    "goes to a - h",
    "The second point is on the wrong side: with h > 0 it lies to the right of a, "
    "and a negative h brings its own sign.",
)
def secant_slope(f, a, h):
    return (f(a - h) - f(a)) / h


@task.mistake(
    "central difference",
    "Your two points lie on both sides of a. The secant of this task starts at a itself: "
    "which two heights does it join?",
)
def secant_slope(f, a, h):
    return (f(a + h) - f(a - h)) / (2 * h)


@task.mistake(
    "missing parentheses",
    "Only f(a) was divided by h. Division binds more tightly than subtraction: "
    "what has to be divided here?",
)
def secant_slope(f, a, h):
    return f(a + h) - f(a) / h


@task.mistake(
    "run over rise",
    "This is 1 divided by the slope. A steep line climbs far on a short way: "
    "which of the two stands above?",
)
def secant_slope(f, a, h):
    return h / (f(a + h) - f(a))


@task.accepts("named points")
def secant_slope(f, a, h):
    b = a + h
    return (f(b) - f(a)) / h


@task.accepts("both signs turned")
def secant_slope(f, a, h):
    a, h = float(a), float(h)
    rise, run = f(a) - f(a + h), -h
    return rise / run
