"""Task `clip_by_global_norm` of chapter `depth`."""

import numpy as np

from fallline import depth as reference
from fallline.marking.task import Case, Task


def random_gradients(rng):
    cases = []
    for scale in (1e-3, 1.0, 1e4):
        grads = [scale * rng.normal(size=s) for s in ((2, 3), (4,), ())]
        grads[1][0] = 0.0
        c = scale * float(rng.uniform(0.5, 2))
        cases.append(Case(f"random gradients near {scale:g}, c = {c:.3g}", (grads, c)))
    return cases


PARTS = [np.array([3.0, 4.0]), np.array([0.0, 0.0, 12.0])]


task = Task(
    reference.clip_by_global_norm,
    cases=[
        Case("(3, 4) and (0, 0, 12), norm 13, c = 6.5", (PARTS, 6.5)),
        Case("(3, 4) and (0, 0, 12), norm 13, c = 26", (PARTS, 26.0)),
        Case("(3, 4) and (0, 0, 12), norm 13, c = 13", (PARTS, 13.0)),
        Case(
            "[[3, -4], [0, 0]] and (12), whole numbers, norm 13, c = 1",
            ([np.array([[3, -4], [0, 0]]), np.array([12])], 1.0),
        ),
        Case("all parts 0", ([np.zeros(2), np.zeros((1, 2))], 1.0)),
        Case("a part 0, the other large", ([np.zeros(3), np.array([0.0, -50.0])], 5.0)),
        Case("NaN", ([np.array([np.nan])], 1.0)),
        Case("one part below c, together above", ([np.array([4.0]), np.array([-3.0])], 4.5)),
        Case("(3, 4) and (12), whole numbers, c = 26", ([np.array([3, 4]), np.array([12])], 26)),
        Case("(3, 4) and (0, 0, 12), norm 13, c = 12.99", (PARTS, 12.99)),
    ],
    draw=random_gradients,
    why="one norm and one factor: only rounding may differ",
)


@task.mistake(
    "each part by its own norm",
    "You clip every array for itself, so parts that are long shrink and others do not: the "
    "direction of the whole changes. One norm, that of all parts together, and one factor.",
)
def clip_by_global_norm(grads, c):
    out = []
    for g in grads:
        norm = np.linalg.norm(g)
        out.append(g * (c / norm) if norm > c else np.array(g, dtype=float))
    return out


@task.mistake(
    "by value",
    "You cut entry by entry. That changes the direction: the large entries lose, and the small "
    "ones stay. Multiply all of them by one number.",
)
def clip_by_global_norm(grads, c):
    return [np.clip(np.array(g, dtype=float), -c, c) for g in grads]


@task.mistake(
    "always to length c",
    "A gradient that is shorter than c is left as it is. You stretch it to length c.",
)
def clip_by_global_norm(grads, c):
    norm = np.sqrt(sum(np.sum(np.asarray(g, dtype=float) ** 2) for g in grads))
    return [np.array(g, dtype=float) * (c / norm if norm > 0 else 1.0) for g in grads]


@task.mistake(
    "in place",
    "You clip in place, so the caller's gradients are gone (and whole numbers cannot be scaled in "
    "place at all). Build new arrays.",
)
def clip_by_global_norm(grads, c):
    norm = np.sqrt(sum(np.sum(np.asarray(g, dtype=float) ** 2) for g in grads))
    if norm > c:
        for g in grads:
            g *= c / norm
    return [np.array(g, dtype=float) for g in grads]


@task.mistake(
    "NaN at zero",
    "Where every gradient is 0 you divide 0 by 0. A zero gradient is short enough: "
    "divide only where there is something to shorten.",
)
def clip_by_global_norm(grads, c):
    grads = [np.array(g, dtype=float) for g in grads]
    norm = np.sqrt(sum(np.sum(g**2) for g in grads))
    return [g / norm * min(norm, c) for g in grads]


@task.mistake(
    "norms added up",
    "The norm of the whole is not the sum of the norms of the parts: "
    "it is their squares that add up.",
)
def clip_by_global_norm(grads, c):
    grads = [np.array(g, dtype=float) for g in grads]
    norm = sum(np.linalg.norm(g) for g in grads)
    return [g * (c / norm) if norm > c else g for g in grads]


@task.mistake(
    "a small number in the denominator",
    "Nearly: you add a small number to the norm, as some libraries do. "
    "Asked for is the exact factor; where the norm is above c it cannot be 0.",
)
def clip_by_global_norm(grads, c):
    grads = [np.array(g, dtype=float) for g in grads]
    norm = np.sqrt(sum(np.sum(g**2) for g in grads))
    return [g * min(1.0, c / (norm + 1e-6)) for g in grads]


@task.mistake(
    "always to length c, zero too",
    "Every gradient comes out with norm c, a short one stretched and a zero one broken. For "
    "which gradients is there anything to do?",
)
def clip_by_global_norm(grads, c):
    norm = np.sqrt(sum(np.sum(g**2) for g in grads))
    return [g * (c / norm) for g in grads]


@task.mistake(
    "factor squared",
    "You divide by the square of the norm. Which length do your parts have together afterwards?",
)
def clip_by_global_norm(grads, c):
    norm = np.sqrt(sum(np.sum(g**2) for g in grads))
    return [g * min(1.0, c / norm**2) for g in grads]


@task.mistake(
    "divided by c",
    "You divide by c. With norm 13 and c = 6.5, which number should 13 be multiplied with to "
    "become 6.5?",
)
def clip_by_global_norm(grads, c):
    norm = np.sqrt(sum(np.sum(g**2) for g in grads))
    return [g / c if norm > c else 1.0 * g for g in grads]


@task.mistake(
    "factor upside down",
    "A gradient that is too long becomes longer. Is your factor larger or smaller than 1 there?",
)
def clip_by_global_norm(grads, c):
    norm = np.sqrt(sum(np.sum(g**2) for g in grads))
    return [g * (norm / c) if norm > c else 1.0 * g for g in grads]


@task.mistake(
    "comparison the wrong way round",
    "Short gradients are stretched and long ones pass. Which side of c needs the clipping?",
)
def clip_by_global_norm(grads, c):
    norm = np.sqrt(sum(np.sum(g**2) for g in grads))
    return [g * (c / norm) if norm < c else g.copy() for g in grads]


@task.mistake(
    "to length 1",
    "A clipped gradient comes out with norm 1. Which norm was it allowed to keep?",
)
def clip_by_global_norm(grads, c):
    norm = np.sqrt(sum(np.sum(g**2) for g in grads))
    return [g / norm if norm > c else 1.0 * g for g in grads]


@task.mistake(
    "largest part decides",
    "You compare c with the longest part. Two parts of norm 4 and 3 stand at a right angle: "
    "how long are they together?",
)
def clip_by_global_norm(grads, c):
    norm = max(np.linalg.norm(g) for g in grads)
    return [g * (c / norm) if norm > c else 1.0 * g for g in grads]


@task.mistake(
    "largest entry for the norm",
    "You shorten by the largest entry. How long is (3, 4), and how large is its largest entry?",
)
def clip_by_global_norm(grads, c):
    size = max(np.abs(g).max() for g in grads)
    return [g * min(1, c / size) if size > 0 else g * 1.0 for g in grads]


@task.mistake(
    "mean square",
    "Your parts stay too long, the more so the more entries there are. Does the norm take the "
    "mean of the squares, or their sum?",
)
def clip_by_global_norm(grads, c):
    size = np.sqrt(np.mean(np.concatenate([np.ravel(g) for g in grads]) ** 2))
    return [g * min(1, c / size) if size > 0 else g * 1.0 for g in grads]


@task.mistake(
    "whole numbers stay whole",
    "All values are right. Where nothing is clipped, of which type are the arrays that come back, "
    "if whole numbers went in?",
)
def clip_by_global_norm(grads, c):
    size = np.sqrt(sum(np.sum(g**2) for g in grads))
    if size > c:
        return [g * c / size for g in grads]
    return [g.copy() for g in grads]


@task.accepts("one long vector")
def clip_by_global_norm(grads, c):
    norm = np.linalg.norm(np.concatenate([np.ravel(g) for g in grads]))
    if norm <= c:
        return tuple(np.array(g, dtype=float) for g in grads)
    return tuple(np.asarray(g, dtype=float) * (c / norm) for g in grads)


@task.accepts("divided by max(1, norm / c)")
def clip_by_global_norm(grads, c):
    norm = np.sqrt(sum(np.sum(np.square(np.asarray(g, dtype=float))) for g in grads))
    return [np.asarray(g, dtype=float) / np.maximum(1.0, norm / c) for g in grads]
