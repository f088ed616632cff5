"""Task `complex_step` of chapter `differences`."""

import numpy as np

from fallline import differences as reference
from fallline.marking.functions import square
from fallline.marking.task import Case, Task
from fallline.marking.tasks.differences.cases import cube, random_points


def random_analytic(rng):
    cases = [Case(label, (f, x, abs(h))) for label, (f, x, h) in map(_pair, random_points(rng))]
    a, b = rng.uniform(0.5, 2, size=2).round(2)
    x = rng.normal(size=4)
    label = "a random exp(a sin(bx)) at four points, the default h"
    return [*cases, Case(label, (lambda z: np.exp(a * np.sin(b * z)), x))]


def _pair(case):
    return case.label, case.args


task = Task(
    reference.complex_step,
    cases=[
        Case("f(x) = x², x = 3, the default h", (square, 3.0)),
        Case("f(x) = x³, x = 2, h = 0.5", (cube, 2.0, 0.5)),
        Case("f(x) = x³, x = -2, h = 0.5", (cube, -2.0, 0.5)),
        Case("f = cos, x = 1, h = 1e-200", (np.cos, 1.0, 1e-200)),
        Case("f = sin, x = 1, the default h", (np.sin, 1.0)),
        Case("f(x) = x + 10¹² x³ at 0, the default h", (lambda x: x + 1e12 * x**3, 0.0)),
        Case("f(x) = √x, x = 2, a whole number", (np.sqrt, 2)),
        Case("f(x) = √x at three whole points", (np.sqrt, np.array([1, 4, 7]))),
        Case("f = exp at three points", (np.exp, np.array([0.5, 0.0, -3.0]))),
        Case("f(x) = x², x is NaN", (square, np.nan)),
    ],
    draw=random_analytic,
    rtol=1e-12,
    why="nothing is subtracted, so nothing is lost but the rounding of f itself",
)


@task.mistake(
    "real part",
    "The real part holds f(x) itself. The derivative travels in the other part.",
)
def complex_step(f, x, h=1e-20):
    return np.real(f(x + 1j * h)) / h


@task.mistake(
    "does not divide by h",
    "The imaginary part is about h times the derivative: one division is missing.",
)
def complex_step(f, x, h=1e-20):
    return np.imag(f(x + 1j * h))


@task.mistake(
    "magnitude",
    "The absolute value of a complex number mixes both parts; you need one of them, with its sign.",
)
def complex_step(f, x, h=1e-20):
    return np.abs(f(x + 1j * h)) / h


@task.mistake(
    "casts to float",
    "Turning the complex value into a real number throws the imaginary part away, "
    "and with it the derivative.",
)
def complex_step(f, x, h=1e-20):
    value = np.real(f(x + 1j * h)).astype(float)
    return np.imag(value) / h


@task.mistake(
    "subtracts after all",
    "This is a forward difference on the real axis, with the cancellation that the complex "
    "step avoids. Step along the imaginary axis; then there is nothing to take away.",
)
def complex_step(f, x, h=1e-8):
    return (f(x + h) - f(x)) / h


@task.mistake(
    "real step",
    "The point was moved along the real axis, so the result has no imaginary part, and 0 comes "
    "back. In which direction does the complex step go?",
)
def complex_step(f, x, h=1e-20):
    return np.imag(f(x + h)) / h


@task.mistake(
    "another default step",
    "With a given h the answer is right, and the default step was made larger. Here nothing "
    "cancels: what is gained by a large step?",
)
def complex_step(f, x, h=1e-5):
    return np.imag(f(x + 1j * h)) / h


@task.accepts("complex() instead of 1j")
def complex_step(f, x, h=1e-20):
    z = np.asarray(x) + complex(0, h)
    return np.imag(f(z)) / h


@task.accepts("divided by ih")
def complex_step(f, x, h=1e-20):
    value = f(x + 1j * h)
    return value.imag * (1 / h)
