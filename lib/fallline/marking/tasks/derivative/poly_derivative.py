"""Task `poly_derivative` of chapter `derivative`."""

import numpy as np

from fallline import derivative as reference
from fallline.marking.task import Case, Task


def random_polynomials(rng):
    return [
        Case(f"{n} random coefficients", (rng.normal(scale=scale, size=n).round(3),))
        for n, scale in ((2, 1.0), (4, 100.0), (6, 1.0))
    ]


task = Task(
    reference.poly_derivative,
    cases=[
        Case("5 + 4x + 3x²", (np.array([5.0, 4.0, 3.0]),)),
        Case("the constant 7", (np.array([7.0]),)),
        Case("1 + 2x³, with two coefficients zero", (np.array([1.0, 0.0, 0.0, 2.0]),)),
        Case("x, in whole numbers", (np.array([0, 1]),)),
        Case("2 + 3x + x² + 4x³, in whole numbers", (np.array([2, 3, 1, 4]),)),
        Case("a list: 1 + x/2 + 2x²", ([1, 0.5, 2],)),
        Case("1 + 2x + 0x², as given", (np.array([1.0, 2.0, 0.0]),)),
        Case("the zero polynomial 0 + 0x + 0x²", (np.zeros(3),)),
        Case("degree 8", (np.linspace(-1.0, 1.0, 9),)),
        Case("a coefficient is NaN", (np.array([1.0, np.nan, 2.0]),)),
    ],
    draw=random_polynomials,
    why="one product for each coefficient",
)


@task.mistake(
    "highest power first",
    "Right rule, wrong end: here the list starts with the constant, so c[i] belongs to x to the i.",
)
def poly_derivative(c):
    c = np.array(c, dtype=float)
    n = len(c)
    return c[:-1] * np.arange(n - 1, 0, -1) if n > 1 else np.zeros(1)


@task.mistake(
    "factor i + 1",
    "Every factor is one too large: x² has the derivative 2x, so c[2] is multiplied by 2.",
)
def poly_derivative(c):
    c = np.array(c, dtype=float)
    return c[1:] * np.arange(2, len(c) + 1) if len(c) > 1 else np.zeros(1)


@task.mistake(
    "nothing for a constant",
    "The derivative of a constant is the polynomial 0, and that has one coefficient. "
    "An empty array is no polynomial.",
)
def poly_derivative(c):
    c = np.array(c, dtype=float)
    return c[1:] * np.arange(1, len(c))


@task.mistake(
    "keeps the length",
    "The numbers are right, and there is one too many: a derivative has one power less, "
    "so the array gets shorter by one.",
)
def poly_derivative(c):
    c = np.array(c, dtype=float)
    return np.append(c[1:] * np.arange(1, len(c)), 0.0)


@task.mistake(
    "works in place",
    "The coefficients that came in were overwritten, and the caller still needs them. "
    "Build a new array.",
)
def poly_derivative(c):
    if len(c) == 1:
        return np.zeros(1)
    for i in range(1, len(c)):
        c[i - 1] = i * c[i]
    return c[:-1]


@task.mistake(
    "np.polyder",
    "np.polyder reads a polynomial from its highest power down, and here the constant comes "
    "first. Both ends of the list would have to be turned around.",
)
def poly_derivative(c):
    return np.polyder(np.array(c, dtype=float))


@task.accepts("as a loop")
def poly_derivative(c):
    out = []
    for i in range(1, len(c)):
        out.append(i * c[i])
    return np.array(out or [0.0], dtype=float)


@task.accepts("as a matrix")
def poly_derivative(c):
    c = np.array(c, dtype=float)
    if len(c) == 1:
        return np.zeros(1)
    return np.delete(np.arange(len(c)) * c, 0)
