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
        Case("lr λ = 2 once more: lr = 0.5, lam = 4", (0.5, 4.0, 3.0)),
        Case("lr λ = 2 with lr = 2", (2.0, 1.0, 5.0)),
        Case("lr = 3, lam = 0.5: lr λ = 1.5", (3.0, 0.5, 1.0)),
        Case("lr = 0.5, lam = 6: lr λ = 3", (0.5, 6.0, 2.0)),
        Case("a hilltop, lam = -1", (0.1, -1.0, 1.0)),
        Case("a hilltop, lam = -2", (0.5, -2.0, 3.0)),
        Case("flat ground, lam = 0", (0.1, 0.0, 1.0)),
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


@task.mistake(
    "λ missing beside lr",
    "Where λ is 1 you are right. A step shrinks x by 1 - lr λ: what stands beside every lr?",
)
def noise_floor(lr, lam, s2):
    if lam <= 0 or lr * lam >= 2:
        return np.inf
    return lr * s2 / (lam * (2 - lr))


@task.mistake(
    "multiplied by the bracket",
    "Your floor falls to 0 as lr λ comes near 2, where nothing holds the point. On which side of "
    "the fraction does 2 - lr λ stand in your code?",
)
def noise_floor(lr, lam, s2):
    if lam <= 0 or lr * lam >= 2:
        return np.inf
    return lr * s2 / lam * (2 - lr * lam)


@task.mistake(
    "no brackets",
    "A mean of squares comes out negative: your last difference is taken after the division. What "
    "is all below the line?",
)
def noise_floor(lr, lam, s2):
    if lam <= 0 or lr * lam >= 2:
        return np.inf
    return lr * s2 / lam / 2 - lr * lam


@task.mistake(
    "1 for 2",
    "Already at lr λ = 1 your floor is infinite. Expand (1 - lr λ)²: which multiple of lr λ is "
    "there?",
)
def noise_floor(lr, lam, s2):
    if lam <= 0 or lr * lam >= 2:
        return np.inf
    return lr * s2 / (lam * (1 - lr * lam)) if lr * lam != 1 else np.inf


@task.mistake(
    "root of the variance",
    "Where s2 is 1 you are right. s2 is the square of the noise already: why take its root?",
)
def noise_floor(lr, lam, s2):
    if lam <= 0 or lr * lam >= 2:
        return np.inf
    return lr * np.sqrt(s2) / (lam * (2 - lr * lam))


@task.mistake(
    "loss for mean square",
    "This is the mean of λx²/2, the height above the minimum. Asked for is the mean of x².",
)
def noise_floor(lr, lam, s2):
    if lam <= 0 or lr * lam >= 2:
        return np.inf
    return lr * s2 / (2 * (2 - lr * lam))


@task.mistake(
    "half",
    "Half of the right number, as in x²/2. Which mean is asked for, that of x² or that of a loss?",
)
def noise_floor(lr, lam, s2):
    if lam <= 0 or lr * lam >= 2:
        return np.inf
    return lr * s2 / (2 * lam * (2 - lr * lam))


@task.mistake(
    "no limit at all",
    "Nothing stops your formula where no floor exists: it divides by zero at lr λ = 2 and goes "
    "negative beyond. For which lr λ does the point come back?",
)
def noise_floor(lr, lam, s2):
    return lr * s2 / (lam * (2 - lr * lam))


@task.mistake(
    "hilltop forgotten",
    "On flat ground and on a hilltop you find a floor, or divide by 0. What pulls the point back "
    "where λ is 0 or negative?",
)
def noise_floor(lr, lam, s2):
    if lr * lam >= 2:
        return np.inf
    return lr * s2 / (lam * (2 - lr * lam))


@task.mistake(
    "steep side forgotten",
    "For λ at most 0 you say infinity, and for steps that are too long you do not. What does "
    "1 - lr λ do to x at lr λ = 3?",
)
def noise_floor(lr, lam, s2):
    if lam <= 0:
        return np.inf
    return lr * s2 / (lam * (2 - lr * lam))


@task.mistake(
    "limits not included",
    "Exactly on the limits you divide by zero: at lr λ = 2, and at λ = 0. Does anything hold the "
    "point there?",
)
def noise_floor(lr, lam, s2):
    if lam < 0 or lr * lam > 2:
        return np.inf
    return lr * s2 / (lam * (2 - lr * lam))


@task.mistake(
    "limit not included",
    "At lr λ = 2 you divide by zero. There 1 - lr λ is -1: does the point come nearer from one "
    "step to the next?",
)
def noise_floor(lr, lam, s2):
    if lam <= 0 or lr * lam > 2:
        return np.inf
    return lr * s2 / (lam * (2 - lr * lam))


@task.mistake(
    "limit for lr alone",
    "You ask whether lr reaches 2, whatever λ is. On a parabola twice as steep, which lr is too "
    "long?",
)
def noise_floor(lr, lam, s2):
    if lam <= 0 or lr >= 2:
        return np.inf
    return lr * s2 / (lam * (2 - lr * lam))


@task.mistake(
    "an error for infinity",
    "You raise an error where nothing holds the point. There the mean square grows for ever: "
    "which value is asked for?",
)
def noise_floor(lr, lam, s2):
    if lam <= 0 or lr * lam >= 2:
        raise ValueError("nothing holds the point")
    return lr * s2 / (lam * (2 - lr * lam))


@task.mistake(
    "NaN for infinity",
    "You say NaN, not known, where nothing holds the point. But it is known: how large does the "
    "mean square become?",
)
def noise_floor(lr, lam, s2):
    if lam <= 0 or lr * lam >= 2:
        return np.nan
    return lr * s2 / (lam * (2 - lr * lam))


@task.mistake(
    "lr forgotten",
    "With lr = 0 nothing moves, and your floor is not 0. What does a smaller step do to the ball?",
)
def noise_floor(lr, lam, s2):
    if lam <= 0 or lr * lam >= 2:
        return np.inf
    return s2 / (lam * (2 - lr * lam))


@task.mistake(
    "λ on top",
    "Your floor grows with λ, even where lr λ stays small. Does a steeper parabola hold the "
    "point closer?",
)
def noise_floor(lr, lam, s2):
    if lam <= 0 or lr * lam >= 2:
        return np.inf
    return lr * s2 * lam / (2 - lr * lam)


@task.mistake(
    "0 for infinity",
    "Where nothing holds the point you say 0: that it rests at the minimum. Where does it go?",
)
def noise_floor(lr, lam, s2):
    if lam <= 0 or lr * lam >= 2:
        return 0.0
    return lr * s2 / (lam * (2 - lr * lam))


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
