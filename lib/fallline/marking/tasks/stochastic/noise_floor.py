"""Task `noise_floor` of chapter `stochastic`."""

import numpy as np

from fallline import stochastic as reference
from fallline.marking.task import Case, Task


def random_parabolas(gen):
    cases = []
    for scale in (1.0, 1e-3, 1e3):
        lam = float(scale * gen.uniform(0.5, 2))
        lr = float(gen.uniform(0.1, 1.9) / lam)
        s2 = float(gen.uniform(0.1, 5))
        cases.append(Case(f"lr = {lr:.3g}, lam = {lam:.3g}, s2 = {s2:.3g}", (lr, lam, s2)))
    return cases


task = Task(
    reference.noise_floor,
    cases=[
        Case("lr = 0.4, lam = 1, s2 = 1", (0.4, 1.0, 1.0)),
        Case("lr = 0.5, lam = 2, s2 = 3", (0.5, 2.0, 3.0)),
        Case("lr = 0.1, lam = 4, s2 = 8", (0.1, 4.0, 8.0)),
        Case("lr = 0.01, lam = 1, s2 = 0.25", (0.01, 1.0, 0.25)),
        Case("whole numbers: lr = 1, lam = 1, s2 = 3", (1, 1, 3)),
        Case("whole numbers: lr = 1/4, lam = 2, s2 = 5", (0.25, 2, 5)),
        Case("no noise", (0.3, 2.0, 0.0)),
        Case("lr = 0", (0.0, 2.0, 1.0)),
        Case("lr λ = 2: nothing holds the point", (1.0, 2.0, 1.0)),
        Case("lr λ = 3", (1.0, 3.0, 1.0)),
        Case("a hilltop, lam = -1", (0.1, -1.0, 1.0)),
        Case("s2 is NaN", (0.1, 1.0, np.nan)),
    ],
    draw=random_parabolas,
    why="one quotient: only rounding may differ",
)


@task.mistake(
    "small steps only",
    "lr s²/2 is what remains for a small lr and λ = 1. What has λ to do with it, and what the size "
    "of lr λ?",
)
def noise_floor(lr, lam, s2):
    if lam <= 0 or lr * lam >= 2:
        return float("inf")
    return lr * s2 / 2


@task.mistake(
    "curvature forgotten",
    "A parabola twice as steep holds the point closer, even at the same lr λ. Where does λ stand "
    "by itself?",
)
def noise_floor(lr, lam, s2):
    if lam <= 0 or lr * lam >= 2:
        return float("inf")
    return lr * s2 / (2 - lr * lam)


@task.mistake(
    "plus for minus",
    "At lr λ = 2 the floor must go to infinity, and yours stays small. Expand 1 - (1 - lr λ)² once "
    "more?",
)
def noise_floor(lr, lam, s2):
    if lam <= 0 or lr * lam >= 2:
        return float("inf")
    return lr * s2 / (lam * (2 + lr * lam))


@task.mistake("standard deviation", "This is a distance. Asked for is the mean of its square.")
def noise_floor(lr, lam, s2):
    if lam <= 0 or lr * lam >= 2:
        return float("inf")
    return np.sqrt(lr * s2 / (lam * (2 - lr * lam)))


@task.mistake(
    "noise squared again",
    "Where s2 is 1 you are right. s2 is a variance already: what does squaring it once more do?",
)
def noise_floor(lr, lam, s2):
    if lam <= 0 or lr * lam >= 2:
        return float("inf")
    return lr * s2**2 / (lam * (2 - lr * lam))


@task.mistake(
    "no limit",
    "A mean of squares cannot be negative. For which lr λ does the error grow from step to step?",
)
def noise_floor(lr, lam, s2):
    return lr * s2 / (lam * (2 - lr * lam)) if lam and lr * lam != 2 else float("inf")


@task.mistake(
    "stable up to 1 only",
    "Between lr λ = 1 and 2 the point jumps from side to side and stays near. Where does it stop "
    "to come back?",
)
def noise_floor(lr, lam, s2):
    if lam <= 0 or lr * lam >= 1:
        return float("inf")
    return lr * s2 / (lam * (2 - lr * lam))


@task.mistake(
    "learning rate squared",
    "One step adds lr² s², and that is not what stays. Which factor does 1 - (1 - lr λ)² share "
    "with it?",
)
def noise_floor(lr, lam, s2):
    if lam <= 0 or lr * lam >= 2:
        return float("inf")
    return lr**2 * s2 / (lam * (2 - lr * lam))


@task.mistake(
    "noise of one step",
    "This is what a single step adds. The next steps shrink it and add their own: where do both "
    "balance?",
)
def noise_floor(lr, lam, s2):
    if lam <= 0 or lr * lam >= 2:
        return float("inf")
    return lr**2 * s2


@task.mistake(
    "factor not squared",
    "The squares shrink by (1 - lr λ)² in a step, and you let them shrink by 1 - lr λ. What is the "
    "square of a shrunken x?",
)
def noise_floor(lr, lam, s2):
    if lam <= 0 or lr * lam >= 2:
        return float("inf")
    return lr * s2 / lam


@task.mistake(
    "λ squared",
    "Where λ is 1 you are right. How often does 1 - (1 - lr λ)² contain λ?",
)
def noise_floor(lr, lam, s2):
    if lam <= 0 or lr * lam >= 2:
        return float("inf")
    return lr * s2 / (lam**2 * (2 - lr * lam))


@task.mistake(
    "small lr λ",
    "For small lr λ you are right. Near lr λ = 2 the point is hardly held: what does your "
    "formula say there?",
)
def noise_floor(lr, lam, s2):
    if lam <= 0 or lr * lam >= 2:
        return float("inf")
    return lr * s2 / (2 * lam)


@task.mistake(
    "small lr λ, no limit",
    "For small lr λ you are nearly right. What holds the point where lr λ is 2 or more, and how "
    "does the floor come to know of it?",
)
def noise_floor(lr, lam, s2):
    return lr * s2 / (2 * lam)


@task.accepts("as the fixed point")
def noise_floor(lr, lam, s2):
    if lam <= 0 or lr * lam >= 2:
        return float("inf")
    if lr == 0:
        return 0.0
    return lr**2 * s2 / (1 - (1 - lr * lam) ** 2)


@task.accepts("by halves")
def noise_floor(lr, lam, s2):
    half = 1 - lr * lam / 2
    if not lam > 0 or half <= 0:
        return np.inf
    return lr * s2 / 2 / lam / half
