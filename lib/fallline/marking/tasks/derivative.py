"""The tasks of chapter `derivative`."""

import numpy as np

from fallline import derivative as reference
from fallline.marking.task import Case, ProblemSet

problems = ProblemSet("derivative")


def square(x):
    return x * x


def random_cubic(rng):
    """Return a cubic with random coefficients, and those in words."""
    c = rng.normal(size=4).round(2)
    return lambda x: c[0] + c[1] * x + c[2] * x**2 + c[3] * x**3


# --- secant_slope ---


def random_secants(rng):
    cases = []
    for scale in (1.0, 1e-3, 1e3):
        a, h = rng.normal(), scale * rng.normal()
        label = f"a random cubic, a = {a:.3g}, h = {h:.3g}"
        cases.append(Case(label, (random_cubic(rng), a, h)))
    return cases


task = problems.task(
    reference.secant_slope,
    cases=[
        Case("f(x) = x², a = 3, h = 1", (square, 3.0, 1.0)),
        Case("f(x) = x², a = 3, h = -1 (to the left)", (square, 3.0, -1.0)),
        Case("f(x) = |x|, a = 0, h = -0.5 (left of the corner)", (abs, 0.0, -0.5)),
        Case("f = sin, a = 1, h = 0.001", (np.sin, 1.0, 1e-3)),
        Case("f(x) = x², a = 1, h = 2, all whole numbers", (square, 1, 2)),
        Case("f(x) = √x, a = 2, h = 3, all whole numbers", (np.sqrt, 2, 3)),
        Case("f(x) = x², a is NaN", (square, np.nan, 1.0)),
        Case("h = 0, where no secant exists", (square, 1.0, 0.0)),
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
    if h == 0:
        raise ValueError("h must not be 0")
    return (f(a) - f(a + h)) / h


@task.accepts("named points")
def secant_slope(f, a, h):
    if h == 0:
        raise ValueError("h must not be 0")
    b = a + h
    return (f(b) - f(a)) / h
