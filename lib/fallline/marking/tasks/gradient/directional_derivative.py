"""Task `directional_derivative` of chapter `gradient`."""

import numpy as np

from fallline import gradient as reference
from fallline.marking.task import Case, Task


def random_directions(rng):
    cases = []
    for d, scale in ((2, 1.0), (3, 1e-3), (7, 1e3)):
        g, u = rng.normal(size=d), scale * rng.normal(size=d)
        if g @ u > 0:
            u = -u
        cases.append(Case(f"downhill, {d} coordinates, u of length {scale:g} or so", (g, u)))
    return cases


task = Task(
    reference.directional_derivative,
    cases=[
        Case("g = (-6, 8), u = (0, 5)", (np.array([-6.0, 8.0]), np.array([0.0, 5.0]))),
        Case("g = (-6, 8), u = (1, 0)", (np.array([-6.0, 8.0]), np.array([1.0, 0.0]))),
        Case("g = (1, 2, 2), u = (3, 0, 4)", (np.array([1, 2, 2]), np.array([3, 0, 4]))),
        Case("along the level set", (np.array([-6.0, 8.0]), np.array([4.0, 3.0]))),
        Case("g = (1, 2, 3), u = (0, 0, 2)", (np.array([1.0, 2, 3]), np.array([0.0, 0, 2]))),
        Case("g = (-6, 8), a tiny u", (np.array([-6.0, 8.0]), np.array([3e-12, 4e-12]))),
        Case("g = (0, 0), u = (1, 1)", (np.zeros(2), np.ones(2))),
        Case("g holds NaN", (np.array([np.nan, 1.0]), np.array([1.0, 1.0]))),
        Case("u = (0, 0), which points nowhere", (np.array([1.0, 2.0]), np.zeros(2))),
    ],
    draw=random_directions,
    why="one dot product and one norm: only rounding may differ",
)


@task.mistake(
    "u not normalised",
    "Your slope grows with the length of u. A slope is the rise for one unit of length, "
    "so bring u to length 1 first.",
)
def directional_derivative(g, u):
    if not np.any(u):
        raise ValueError("u is zero")
    return float(np.dot(g, u))


@task.mistake(
    "absolute value",
    "Downhill is a slope too, and it is negative: keep the sign.",
)
def directional_derivative(g, u):
    if not np.any(u):
        raise ValueError("u is zero")
    return float(abs(np.dot(g, u)) / np.linalg.norm(u))


@task.mistake(
    "products not summed",
    "A slope in one direction is one number. The products of the components "
    "still have to be added up.",
)
def directional_derivative(g, u):
    if not np.any(u):
        raise ValueError("u is zero")
    return np.asarray(g) * np.asarray(u) / np.linalg.norm(u)


@task.mistake(
    "g normalised",
    "It is the direction u that is brought to length 1. "
    "The length of the gradient carries the steepness: do not divide it away.",
)
def directional_derivative(g, u):
    if not np.any(u):
        raise ValueError("u is zero")
    return float(np.dot(g, u) / np.linalg.norm(g))


@task.mistake(
    "both normalised",
    "With both vectors at length 1 this is the cosine of the angle between them, not the slope: "
    "the steepness, which is the norm of g, is lost.",
)
def directional_derivative(g, u):
    if not np.any(u):
        raise ValueError("u is zero")
    return float(np.dot(g, u) / np.linalg.norm(u) / np.linalg.norm(g))


@task.mistake(
    "zero direction passes silently",
    "The zero vector points nowhere, so there is no slope to report. "
    "Returning 0 would claim that the ground is level: raise a ValueError.",
)
def directional_derivative(g, u):
    length = np.linalg.norm(u)
    return float(np.dot(g, u) / length) if length else 0.0


@task.mistake(
    "divided by the squared length",
    "A u twice as long should give the same slope, and yours is halved: "
    "you divided by the length of u twice.",
)
def directional_derivative(g, u):
    if not np.any(u):
        raise ValueError("u is zero")
    return float(np.dot(g, u) / np.dot(u, u))


@task.mistake(
    "tiny u refused",
    "A very short u still points somewhere. Only one vector has no direction.",
)
def directional_derivative(g, u):
    if np.linalg.norm(u) < 1e-8:
        raise ValueError("u is zero")
    return float(np.dot(g, u) / np.linalg.norm(u))


@task.accepts("as a Python loop")
def directional_derivative(g, u):
    length = sum(float(c) ** 2 for c in u) ** 0.5
    if length == 0:
        raise ValueError("u is zero")
    return sum(float(a) * float(b) for a, b in zip(g, u, strict=True)) / length


@task.accepts("unit vector first")
def directional_derivative(g, u):
    length = np.linalg.norm(u)
    if length == 0:
        raise ValueError("u is zero")
    return np.inner(u / length, g)
