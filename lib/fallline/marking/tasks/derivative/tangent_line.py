"""Task `tangent_line` of chapter `derivative`."""

import numpy as np

from fallline import derivative as reference
from fallline.marking.task import Case, Task


def on_line(answer, fa, dfa, a, x):
    return answer(fa, dfa, a)(x)


def random_tangents(rng):
    cases = []
    for shape in ((), (4,), (2, 3)):
        fa, dfa, a = (float(number) for number in rng.normal(size=3))
        x = rng.normal(scale=10, size=shape)
        label = f"f(a) = {fa:.3g}, f'(a) = {dfa:.3g}, a = {a:.3g}, x of shape {shape}"
        cases.append(Case(label, (fa, dfa, a, x if shape else float(x)), on_line))
    return cases


def first_of_two(answer, fa, dfa, a, x):
    """Read one line after another has been made."""
    line, _ = answer(fa, dfa, a), answer(-dfa, fa, 2 * a)
    return line(x)


task = Task(
    reference.tangent_line,
    cases=[
        Case("x² at a = 3, read at x = 4", (9.0, 6.0, 3.0, 4.0), on_line),
        Case("x² at a = 3, read at a itself", (9.0, 6.0, 3.0, 3.0), on_line),
        Case("x² at a = -1, at three points", (1.0, -2.0, -1.0, np.array([-2.0, 0, 1])), on_line),
        Case("whole numbers: x² at 1, at 0 and 3", (1, 2, 1, np.array([0, 3])), on_line),
        Case("slope 1/2 at a = 1, whole x", (2, 0.5, 1, np.array([[0, 1], [2, 4]])), on_line),
        Case("slope 1/2 at a = 1, one whole x", (2, 0.5, 1, 4), on_line),
        Case("one x is NaN", (9.0, 6.0, 3.0, np.array([np.nan, 4.0])), on_line),
        Case("a line that is read after another was made", (9.0, 6.0, 3.0, 4.0), first_of_two),
    ],
    draw=random_tangents,
    why="one product and two sums: nothing is lost but rounding",
)


@task.mistake(
    "slope times x",
    "The slope multiplies the wrong thing. How far is x from the point of contact?",
)
def tangent_line(fa, dfa, a):
    return lambda x: fa + dfa * np.asarray(x, dtype=float)


@task.mistake(
    "line through the origin",
    "This line passes through the origin. The tangent passes through (a, f(a)): "
    "what should it give at x = a?",
)
def tangent_line(fa, dfa, a):
    return lambda x: dfa * np.asarray(x, dtype=float)


@task.mistake(
    "ignores f(a)",
    "At x = a your line is at height 0, and the curve is at height f(a). "
    "Slope and run are right; where does the line start?",
)
def tangent_line(fa, dfa, a):
    return lambda x: dfa * (np.asarray(x, dtype=float) - a)


@task.mistake(
    "one number only",
    "Your line is right for one number and cannot take an array, because float() makes one number "
    "of everything. What turns numbers and arrays alike into floats?",
)
def tangent_line(fa, dfa, a):
    return lambda x: fa + dfa * (float(x) - a)


@task.mistake(
    "distance turned around",
    "The line tilts the wrong way. To the right of a the distance from a should be positive.",
)
def tangent_line(fa, dfa, a):
    return lambda x: fa + dfa * (a - np.asarray(x, dtype=float))


@task.mistake(
    "missing parentheses",
    "At x = a your line should be at height f(a), and it is not: the slope multiplies x alone. "
    "What does it have to multiply?",
)
def tangent_line(fa, dfa, a):
    return lambda x: fa + dfa * np.asarray(x, dtype=float) - a


@task.mistake(
    "height and slope swapped",
    "Height and slope changed places. Which of the two numbers should come back at x = a, "
    "where nothing has been climbed yet?",
)
def tangent_line(fa, dfa, a):
    return lambda x: dfa + fa * (np.asarray(x, dtype=float) - a)


@task.accepts("slope and intercept")
def tangent_line(fa, dfa, a):
    intercept = fa - dfa * a

    def line(x):
        return dfa * np.asarray(x, dtype=float) + intercept

    return line


@task.accepts("floats first")
def tangent_line(fa, dfa, a):
    fa, dfa, a = float(fa), float(dfa), float(a)
    return lambda x: fa + dfa * (x - a)
