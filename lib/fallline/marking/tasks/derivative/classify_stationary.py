"""Task `classify_stationary` of chapter `derivative`."""

import numpy as np

from fallline import derivative as reference
from fallline.marking.task import Case, Task


def random_points(rng):
    cases = []
    for d1, d2 in ((0, 1), (0, -1), (1, 1), (1, -1), (0, 0)):
        tol = float(10.0 ** rng.integers(-9, -2))
        near = float(rng.uniform(-0.9, 0.9)) * tol
        d1 = d1 * float(rng.normal()) + near
        d2 = d2 * float(rng.uniform(0.1, 3)) + near
        cases.append(Case(f"f' = {d1:.3g}, f'' = {d2:.3g}, tol = {tol:g}", (d1, d2, tol)))
    return cases


task = Task(
    reference.classify_stationary,
    cases=[
        Case("x² at 0", (0.0, 2.0, 1e-8)),
        Case("-x² at 0", (0.0, -2.0, 1e-8)),
        Case("x³ at 0", (0.0, 0.0, 1e-8)),
        Case("x² at 1, where it rises", (2.0, 2.0, 1e-8)),
        Case("-x² at 1, where it falls", (-2.0, -2.0, 1e-8)),
        Case("a straight line", (3.0, 0.0, 1e-8)),
        Case("f' almost zero, as computed numbers are", (1e-12, 2.0, 1e-8)),
        Case("f' exactly as large as tol, which counts as zero", (-0.5, -2.0, 0.5)),
        Case("f'' exactly as large as tol, which counts as zero", (0.0, 0.5, 0.5)),
        Case("f'' almost zero and negative", (0.0, -1e-12, 1e-8)),
        Case("whole numbers, tol = 0", (0, 4, 0)),
    ],
    draw=random_points,
    why="words are equal or not",
)


@task.mistake(
    "min where f'' is zero",
    "f'' = 0 was taken for a minimum. Try x³ and -x⁴, which are flat at 0 with f'' = 0: "
    "the second derivative does not decide there.",
)
def classify_stationary(d1, d2, tol):
    if abs(d1) > tol:
        return "not-stationary"
    return "min" if d2 >= -tol else "max"


@task.mistake(
    "ignores f'",
    "A point where the curve rises or falls was called an extremum. Is the tangent flat at all?",
)
def classify_stationary(d1, d2, tol):
    if abs(d2) <= tol:
        return "inconclusive"
    return "min" if d2 > 0 else "max"


@task.mistake(
    "min and max swapped",
    "Minimum and maximum are swapped. x² has f'' = 2 everywhere: what does it have at 0?",
)
def classify_stationary(d1, d2, tol):
    if abs(d1) > tol:
        return "not-stationary"
    if abs(d2) <= tol:
        return "inconclusive"
    return "max" if d2 > 0 else "min"


@task.mistake(
    "tolerance for f'' only",
    "tol is used for one derivative only, and its edge is missed. Computed numbers are never quite "
    "zero: for both, a size up to and including tol counts as zero.",
)
def classify_stationary(d1, d2, tol):
    if d1 != 0:
        return "not-stationary"
    if d2 >= tol:
        return "min"
    return "max" if d2 <= -tol else "inconclusive"


@task.mistake(
    "saddle",
    "Where f' and f'' are both zero anything can happen: x⁴ has a minimum there, and x³ neither. "
    "The honest answer is that the test does not decide.",
)
def classify_stationary(d1, d2, tol):
    if abs(d1) > tol:
        return "not-stationary"
    if abs(d2) <= tol:
        return "saddle"
    return "min" if d2 > 0 else "max"


@task.mistake(
    "compared with exactly zero",
    "A slope of 1e-12 was called not stationary. Computed derivatives are hardly ever exactly 0, "
    "and that is what tol is for.",
)
def classify_stationary(d1, d2, tol):
    if d1 != 0:
        return "not-stationary"
    if d2 == 0:
        return "inconclusive"
    return "min" if d2 > 0 else "max"


@task.mistake(
    "tol for f' left out",
    "For f'' the tolerance is right. f' is a computed number as well: "
    "when should it count as zero?",
)
def classify_stationary(d1, d2, tol):
    if d1 != 0:
        return "not-stationary"
    if abs(d2) <= tol:
        return "inconclusive"
    return "min" if d2 > 0 else "max"


@task.mistake(
    "tol for f'' left out",
    "For f' the tolerance is right. A computed f'' of 1e-12 says no more than 0 does: "
    "when does it count?",
)
def classify_stationary(d1, d2, tol):
    if abs(d1) > tol:
        return "not-stationary"
    if d2 == 0:
        return "inconclusive"
    return "min" if d2 > 0 else "max"


@task.mistake(
    "f' exactly at tol",
    "All is right but the edge: a first derivative of exactly the size of tol counts as zero. "
    "Which of < and <= says that?",
)
def classify_stationary(d1, d2, tol):
    if abs(d1) >= tol > 0 or abs(d1) > tol:
        return "not-stationary"
    if abs(d2) <= tol:
        return "inconclusive"
    return "min" if d2 > 0 else "max"


@task.mistake(
    "strictly below tol",
    "Right away from the edge. A number of exactly the size of tol counts as zero, "
    "and with tol = 0 only an exact 0 does: does your comparison let both in?",
)
def classify_stationary(d1, d2, tol):
    if abs(d1) < tol:
        return "min" if d2 > tol else "max" if d2 < -tol else "inconclusive"
    return "not-stationary"


@task.mistake(
    "sign of f' forgotten",
    "A falling curve was taken for a flat one: a large negative slope is smaller than tol as "
    "well. What about its size?",
)
def classify_stationary(d1, d2, tol):
    if d1 > tol:
        return "not-stationary"
    if abs(d2) <= tol:
        return "inconclusive"
    return "min" if d2 > 0 else "max"


@task.accepts("by cases")
def classify_stationary(d1, d2, tol):
    if not -tol <= d1 <= tol:
        return "not-stationary"
    if d2 > tol:
        return "min"
    if d2 < -tol:
        return "max"
    return "inconclusive"


@task.accepts("by table")
def classify_stationary(d1, d2, tol):
    sign = 0 if abs(d2) <= tol else int(np.sign(d2))
    words = {1: "min", -1: "max", 0: "inconclusive"}
    return words[sign] if abs(d1) <= tol else "not-stationary"
