"""Task `steepest_direction` of chapter `gradient`."""

import numpy as np

from fallline import gradient as reference
from fallline.marking.task import Case, Task


def random_gradients(rng):
    cases = []
    for d, scale, norm in ((3, 1.0, "l2"), (4, 1e-3, "l1"), (5, 1e3, "linf")):
        g = scale * rng.normal(size=d)
        g[1] = 0.0
        cases.append(Case(f"{d} coordinates, one of them 0, norm {norm}", (g, norm)))
    return cases


task = Task(
    reference.steepest_direction,
    cases=[
        Case("g = (3, -4), the default norm", (np.array([3, -4]),)),
        Case("g = (3, -4), norm l1", (np.array([3.0, -4.0]), "l1")),
        Case("g = (3, -4), norm linf", (np.array([3.0, -4.0]), "linf")),
        Case("g = (0, 2, -1), norm linf", (np.array([0.0, 2.0, -1.0]), "linf")),
        Case("g = 0, norm l2", (np.zeros(3), "l2")),
        Case("g = 0, norm l1", (np.zeros(3), "l1")),
        Case("g = 0, norm linf", (np.zeros(2), "linf")),
        Case("g = (2, -2), a tie, norm l1", (np.array([2.0, -2.0]), "l1")),
        Case("g = (-1, 3, -3), a tie, norm l1", (np.array([-1, 3, -3]), "l1")),
        Case("g = (1, -1), which sums to 0, norm l2", (np.array([1.0, -1.0]), "l2")),
        Case("g = (3e-9, -4e-9), norm l2", (np.array([3e-9, -4e-9]), "l2")),
        Case("g = (3e-9, -4e-9), norm l1", (np.array([3e-9, -4e-9]), "l1")),
        Case("g = (3e-9, -4e-9), norm linf", (np.array([3e-9, -4e-9]), "linf")),
        Case("g holds NaN, norm l2", (np.array([np.nan, 1.0]), "l2")),
    ],
    draw=random_gradients,
    why="one norm and one division: only rounding may differ",
)


@task.mistake(
    "ascent",
    "Your step leads uphill. The gradient points to where f grows: steepest descent "
    "is the opposite direction.",
)
def steepest_direction(g, norm="l2"):
    g = np.array(g, dtype=float)
    if not np.any(g):
        return np.zeros_like(g)
    if norm == "l2":
        return g / np.linalg.norm(g)
    if norm == "linf":
        return np.sign(g)
    d, i = np.zeros_like(g), np.argmax(np.abs(g))
    d[i] = np.sign(g[i])
    return d


@task.mistake(
    "largest component for l2",
    "In the Euclidean norm the direction is the whole vector, not its largest component: "
    "the smaller slopes help as well. The single coordinate is the answer for l1.",
)
def steepest_direction(g, norm="l2"):
    g = np.array(g, dtype=float)
    if norm == "linf":
        return -np.sign(g)
    d, i = np.zeros_like(g), np.argmax(np.abs(g))
    d[i] = -np.sign(g[i])
    return d


@task.mistake(
    "NaN where the gradient is zero",
    "At a point where the gradient is zero you divide by its norm, which is 0. "
    "No direction descends there: return the zero vector.",
)
def steepest_direction(g, norm="l2"):
    g = np.array(g, dtype=float)
    if norm == "l2":
        return -g / np.linalg.norm(g)
    if norm == "linf":
        return -np.sign(g)
    d, i = np.zeros_like(g), np.argmax(np.abs(g))
    d[i] = -np.sign(g[i])
    return d


@task.mistake(
    "signs for l1",
    "In the l1 norm every coordinate that moves costs its share of the one unit. "
    "The whole unit is best spent on one coordinate: which one?",
)
def steepest_direction(g, norm="l2"):
    g = np.array(g, dtype=float)
    if not np.any(g):
        return np.zeros_like(g)
    return -g / np.linalg.norm(g) if norm == "l2" else -np.sign(g)


@task.mistake(
    "l2 not normalised",
    "The direction for l2 is right and its length is not: a direction has norm 1, "
    "however steep the ground is.",
)
def steepest_direction(g, norm="l2"):
    g = np.array(g, dtype=float)
    if norm == "l2":
        return -g
    if norm == "linf":
        return -np.sign(g)
    d, i = np.zeros_like(g), np.argmax(np.abs(g))
    d[i] = -np.sign(g[i])
    return d


@task.mistake(
    "linf scaled by the largest slope",
    "In the linf norm a small slope does not ask for a small step: every coordinate may move "
    "by a full 1 at no extra cost, and each that has a slope should.",
)
def steepest_direction(g, norm="l2"):
    g = np.array(g, dtype=float)
    if not np.any(g):
        return np.zeros_like(g)
    if norm == "l2":
        return -g / np.linalg.norm(g)
    if norm == "linf":
        return -g / np.max(np.abs(g))
    d, i = np.zeros_like(g), np.argmax(np.abs(g))
    d[i] = -np.sign(g[i])
    return d


@task.mistake(
    "l1 and linf swapped",
    "The answers for l1 and linf changed places. In l1 all coordinates share one unit, "
    "in linf each has a unit of its own.",
)
def steepest_direction(g, norm="l2"):
    g = np.array(g, dtype=float)
    if norm == "l2":
        return -g / np.linalg.norm(g) if np.any(g) else np.zeros_like(g)
    if norm == "l1":
        return -np.sign(g)
    d, i = np.zeros_like(g), np.argmax(np.abs(g))
    d[i] = -np.sign(g[i])
    return d


@task.mistake(
    "every tied coordinate moves",
    "In a tie for l1 you moved several coordinates, and the step is longer than one unit. "
    "The first of them moves alone.",
)
def steepest_direction(g, norm="l2"):
    g = np.array(g, dtype=float)
    if norm == "l2":
        return -g / np.linalg.norm(g) if np.any(g) else np.zeros_like(g)
    if norm == "linf":
        return -np.sign(g)
    return np.where(np.abs(g) == np.max(np.abs(g)), -np.sign(g), 0.0)


@task.mistake(
    "g scaled to norm 1 each time",
    "Each step has norm 1, and for l2 it is the steepest. In another norm the steepest step is "
    "not g made shorter: try g = (3, -4) in l1, and look for a step with a slope below -3.6.",
)
def steepest_direction(g, norm="l2"):
    g = np.array(g, dtype=float)
    order = {"l2": 2, "l1": 1, "linf": np.inf}[norm]
    return -g / np.linalg.norm(g, order) if np.any(g) else np.zeros_like(g)


@task.mistake(
    "g scaled, and 0 / 0",
    "Where g is zero you divide by 0. And g made shorter is the steepest step in one norm only: "
    "try g = (3, -4) in l1, and look for a slope below -3.6.",
)
def steepest_direction(g, norm="l2"):
    g = np.array(g, dtype=float)
    return -g / np.linalg.norm(g, {"l2": 2, "l1": 1, "linf": np.inf}[norm])


@task.mistake(
    "something small added to the norm",
    "Where g is small, what you added to its norm is no longer small beside it, and the step is "
    "shorter than 1. Zero is one single case: treat it as one.",
)
def steepest_direction(g, norm="l2"):
    g = np.array(g, dtype=float)
    if norm == "l2":
        return -g / (np.linalg.norm(g) + 1e-12)
    if norm == "linf":
        return -np.sign(g)
    d, i = np.zeros_like(g), np.argmax(np.abs(g))
    d[i] = -np.sign(g[i])
    return d


@task.mistake(
    "largest instead of steepest",
    "In l1 you moved the coordinate with the largest slope, and -4 is steeper than 3: "
    "look at the sizes.",
)
def steepest_direction(g, norm="l2"):
    g = np.array(g, dtype=float)
    if norm == "l2":
        return -g / np.linalg.norm(g) if np.any(g) else np.zeros_like(g)
    if norm == "linf":
        return -np.sign(g)
    d, i = np.zeros_like(g), np.argmax(g)
    d[i] = -np.sign(g[i])
    return d


@task.accepts("chosen by match")
def steepest_direction(g, norm="l2"):
    g = np.array(g, dtype=float)
    match norm:
        case "l2":
            length = np.sqrt(np.sum(g**2))
            return -g / length if length != 0 else g
        case "l1":
            i = np.argmax(np.abs(g))
            return -np.sign(g[i]) * np.eye(g.size)[i]
        case _:
            return -np.sign(g)


@task.accepts("as Python loops")
def steepest_direction(g, norm="l2"):
    g = [float(c) for c in g]
    size = sum(c * c for c in g) ** 0.5
    if size == 0:
        return np.zeros(len(g))
    if norm == "l2":
        return np.array([-c / size for c in g])
    signs = [(c < 0) - (c > 0) + 0.0 for c in g]
    if norm == "l1":
        best = max(range(len(g)), key=lambda i: abs(g[i]))
        signs = [s if i == best else 0.0 for i, s in enumerate(signs)]
    return np.array(signs)
