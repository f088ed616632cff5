"""Task `velocity_after, steps_to_fraction` of chapter `momentum`."""

import numpy as np

from fallline import momentum as reference
from fallline.marking.task import Case, Task


def random_speeds(rng):
    cases = []
    for k, shape, scale in ((3, (2,), 1e-3), (12, (2, 3), 1.0), (30, (), 1e3)):
        g = scale * rng.normal(size=shape)
        beta = rng.uniform(0.2, 0.97)
        cases.append(Case(f"{k} steps, beta = {beta:.3g}, g of shape {shape}", (k, beta, g)))
        p = rng.uniform(0.05, 0.95)
        words = f"steps_to_fraction: beta = {beta:.3g}, p = {p:.3g}"
        cases.append(Case(words, (beta, p), of="steps_to_fraction"))
    return cases


FRACTION = "steps_to_fraction"


task = Task(
    (reference.velocity_after, reference.steps_to_fraction),
    cases=[
        Case("velocity_after: 3 steps, beta = 0.5, g = 8", (3, 0.5, 8.0)),
        Case("velocity_after: 1 step, beta = 0.5, g = 8", (1, 0.5, 8.0)),
        Case(
            "velocity_after: 2 steps, beta = 0.9, g = (10, -20, 0)",
            (2, 0.9, np.array([10.0, -20, 0])),
        ),
        Case("velocity_after: no step", (0, 0.9, np.array([4.0, 5.0]))),
        Case("velocity_after: 22 steps, beta = 0.9, g = 1", (22, 0.9, 1)),
        Case("velocity_after: whole numbers in g", (3, 0.75, np.array([1, 3]))),
        Case("velocity_after: beta = 1, 5 steps of g = 2", (5, 1.0, 2.0)),
        Case("velocity_after: beta = 1, 3 steps of g = (1, -2)", (3, 1, np.array([1.0, -2.0]))),
        Case("velocity_after: 300 steps, beta = 0.99, g = 1", (300, 0.99, 1.0)),
        Case("velocity_after: beta = 0, 4 steps of g = 3", (4, 0.0, 3.0)),
        Case("velocity_after: g holds NaN", (2, 0.5, np.array([np.nan, 1.0]))),
        Case("steps_to_fraction: beta = 0.5, p = 0.7", (0.5, 0.7), of=FRACTION),
        Case("steps_to_fraction: beta = 0.9, p = 0.9", (0.9, 0.9), of=FRACTION),
        Case("steps_to_fraction: beta = 0.9, p = 0.99", (0.9, 0.99), of=FRACTION),
        Case("steps_to_fraction: beta = 0.8, p = 0.1", (0.8, 0.1), of=FRACTION),
        Case("steps_to_fraction: beta = 0.5, p = 0.875, exactly 3", (0.5, 0.875), of=FRACTION),
        Case("steps_to_fraction: beta = 0.75, p = 0.95", (0.75, 0.95), of=FRACTION),
        Case("steps_to_fraction: beta = 0.95, p = 0.8", (0.95, 0.8), of=FRACTION),
        Case("steps_to_fraction: beta = 0.5, p = 0.75, exactly 2", (0.5, 0.75), of=FRACTION),
        Case("steps_to_fraction: beta = 0.9, p = 0", (0.9, 0), of=FRACTION),
        Case("steps_to_fraction: beta = 0.5, p = 0", (0.5, 0.0), of=FRACTION),
        Case("steps_to_fraction: beta = 0.998, p = 0.99", (0.998, 0.99), of=FRACTION),
        Case("steps_to_fraction: beta = 1", (1.0, 0.5), of=FRACTION),
    ],
    draw=random_speeds,
    why="a power and a logarithm: only rounding may differ",
)


@task.mistake(
    "one gradient too many",
    "After no step at all the velocity should be 0, and yours is g. How many gradients has the "
    "memory seen after k steps?",
)
def velocity_after(k, beta, g):
    return g * float(k + 1) if beta == 1 else (1 - beta ** (k + 1)) / (1 - beta) * g


@task.mistake(
    "always the terminal velocity",
    "Your velocity does not depend on k: it is the one after infinitely many steps. How much of it "
    "is there after the first one?",
)
def velocity_after(k, beta, g):
    return np.inf * g if beta == 1 else g / (1 - beta)


@task.mistake(
    "no gradient is forgotten",
    "Your velocity grows without end. What has become of the first gradient by the time of the "
    "second step?",
)
def velocity_after(k, beta, g):
    return k * g * 1.0


@task.mistake(
    "weight of the first gradient only",
    "That is what is left of the very first push. What have the later ones added since?",
)
def velocity_after(k, beta, g):
    return beta**k * g


@task.mistake(
    "an average",
    "Your velocity tends to g: that is the form ema. The form outside adds up: to what does its "
    "sum tend for beta = 0.9?",
)
def velocity_after(k, beta, g):
    return (1 - beta**k) * g


@task.mistake(
    "gradient left out",
    "Right where g is 1. What does a gradient twice as large do to the velocity?",
)
def velocity_after(k, beta, g):
    return float(k) if beta == 1 else (1 - beta**k) / (1 - beta)


@task.mistake(
    "division by zero",
    "Right, but for beta = 1 the formula is 0 divided by 0. Nothing is forgotten then: what is the "
    "sum of k equal gradients?",
)
def velocity_after(k, beta, g):
    return (1 - np.float64(beta) ** k) / (1 - np.float64(beta)) * g


@task.mistake(
    "rounded down",
    "After your number of steps the part p is not yet reached. To which side must the quotient be "
    "rounded?",
)
def steps_to_fraction(beta, p):
    if beta >= 1:
        raise ValueError("beta")
    return float(np.floor(np.log(1 - p) / np.log(beta) + 1e-9))


@task.mistake(
    "rounded to the nearest",
    "Some of your counts are one too small: after them the part p is not yet reached. When may a "
    "count of 2.2 become 2?",
)
def steps_to_fraction(beta, p):
    if beta >= 1:
        raise ValueError("beta")
    return float(np.round(np.log(1 - p) / np.log(beta)))


@task.mistake(
    "not a whole number",
    "Your count has digits after the point. Which is the first whole step at which the part is "
    "reached?",
)
def steps_to_fraction(beta, p):
    if beta >= 1:
        raise ValueError("beta")
    return float(np.log(1 - p) / np.log(beta))


@task.mistake(
    "two bases",
    "Your counts are too small by the factor 2.3, which is the logarithm of 10. Are both "
    "logarithms taken to the same base?",
)
def steps_to_fraction(beta, p):
    if beta >= 1:
        raise ValueError("beta")
    return float(np.ceil(np.log10(1 - p) / np.log(beta) - 1e-9))


@task.mistake(
    "logarithm of the part reached",
    "You compute when p of a push is left. The velocity is to have reached p: which part is still "
    "missing then?",
)
def steps_to_fraction(beta, p):
    if beta >= 1:
        raise ValueError("beta")
    with np.errstate(divide="ignore"):
        return float(np.ceil(np.log(p) / np.log(beta) - 1e-9))


@task.mistake(
    "one step too many",
    "One step too many each time: yours is the step after the part is reached. Check p = 0, "
    "which needs no step.",
)
def steps_to_fraction(beta, p):
    if beta >= 1:
        raise ValueError("beta")
    return float(np.ceil(np.log(1 - p) / np.log(beta) - 1e-9)) + 1


@task.mistake(
    "quotient upside down",
    "Your counts fall where they should rise: a longer memory takes more steps to fill. Which of "
    "the two logarithms stands on top?",
)
def steps_to_fraction(beta, p):
    if beta >= 1:
        raise ValueError("beta")
    with np.errstate(divide="ignore"):
        return float(np.ceil(np.log(beta) / np.log(1 - np.float64(p))))


@task.mistake(
    "next whole number above",
    "Right but for the cases in which the part is reached exactly, where yours is one too many: "
    "beta = 0.5 has reached 0.75 after 2 steps, and 0 after none.",
)
def steps_to_fraction(beta, p):
    if beta >= 1:
        raise ValueError("beta")
    return float(np.floor(np.log(1 - p) / np.log(beta) + 1e-9)) + 1


@task.mistake(
    "as if the first speed stayed",
    "You divide the way by 1 - beta, as if the velocity rose evenly. Its gain gets smaller from "
    "step to step: which power of beta is still missing after k of them?",
)
def steps_to_fraction(beta, p):
    if beta >= 1:
        raise ValueError("beta")
    return float(np.ceil(p / (1 - beta)))


@task.mistake(
    "one gradient too few",
    "After one step the velocity is g, and yours is still 0. From the power 0 of beta to the power "
    "k - 1, how many terms does the sum have?",
)
def velocity_after(k, beta, g):
    return k * g * 1.0 if beta == 1 else (1 - beta ** (k - 1)) / (1 - beta) * g


@task.mistake(
    "last gradient left out",
    "Your velocity is g too small after every step but the first. Does range reach the power that "
    "you want it to reach?",
)
def velocity_after(k, beta, g):
    return sum(beta**i for i in range(k - 1)) * g


@task.mistake(
    "newest gradient weakened",
    "After one step your velocity is beta g. The gradient that has just come in has lost nothing "
    "yet: at which power does the sum begin?",
)
def velocity_after(k, beta, g):
    return sum(beta**i for i in range(1, k + 1)) * g


@task.mistake(
    "division by zero, stopped",
    "For beta = 1 your fraction is 0 divided by 0, and Python stops there. Leave the fraction and "
    "look at the sum before it: what is g + g + ... + g?",
)
def velocity_after(k, beta, g):
    return (1 - beta**k) / (1 - beta) * g


@task.mistake(
    "a single gradient for beta one",
    "Right as long as something is forgotten. With beta = 1 each of the k gradients is still there "
    "in full: how much do they make together?",
)
def velocity_after(k, beta, g):
    return g * 1.0 if beta == 1 else (1 - beta**k) / (1 - beta) * g


@task.mistake(
    "part reached, not part missing",
    "Where 0.7 should be reached you count until 0.7 is left. Which part of the terminal velocity "
    "is missing after k steps, and how large may it be?",
)
def steps_to_fraction(beta, p):
    if beta >= 1:
        raise ValueError("beta")
    return int(np.ceil(np.log(p) / np.log(beta))) if p > 0 else 0


@task.mistake(
    "counts from one",
    "Right but for p = 0, where you ask for one step. Nothing at all is reached before the first "
    "step as well: with which k should the search begin?",
)
def steps_to_fraction(beta, p):
    if beta >= 1:
        raise ValueError("beta")
    return max(1, int(np.ceil(np.log(1 - p) / np.log(beta))))


@task.mistake(
    "the step before",
    "One step too few each time: after yours the part p is not reached, and after the next it is. "
    "Does the loop stop before it counts, or after?",
)
def steps_to_fraction(beta, p):
    if beta >= 1:
        raise ValueError("beta")
    return float(np.ceil(np.log(1 - p) / np.log(beta) - 1e-9)) - 1


@task.mistake(
    "bracket under the fraction lost",
    "A constant gradient makes your velocity negative. Python divides before it subtracts: what "
    "stands under your fraction line?",
)
def velocity_after(k, beta, g):
    return k * g * 1.0 if beta == 1 else (1 - beta**k) / 1 - beta * g


@task.mistake(
    "product for a power",
    "Your velocity starts right and then grows without end. After three steps the first gradient "
    "has been multiplied by beta twice: is that 2 beta?",
)
def velocity_after(k, beta, g):
    return k * g * 1.0 if beta == 1 else (1 - beta * k) / (1 - beta) * g


@task.mistake(
    "each gradient weakened once",
    "Your velocity grows by beta g in every step, without a limit. How much of the first "
    "gradient is left after the third step?",
)
def velocity_after(k, beta, g):
    return k * beta * g


@task.mistake(
    "upside down",
    "Your velocity has the right size and the other sign. Which is larger, 1 or a power of beta?",
)
def velocity_after(k, beta, g):
    return k * g * 1.0 if beta == 1 else (beta**k - 1) / (1 - beta) * g


@task.mistake(
    "a part of the sum, not of the limit",
    "You stop when the velocity itself is at least p. A single gradient brings more than that: p "
    "is a part of what?",
)
def steps_to_fraction(beta, p):
    if beta >= 1:
        raise ValueError("beta")
    k = 0
    while (1 - beta**k) / (1 - beta) < p:
        k += 1
    return k


@task.mistake(
    "logarithms multiplied",
    "You multiply two logarithms. From beta to the power k at most 1 - p, how does one get k "
    "alone?",
)
def steps_to_fraction(beta, p):
    if beta >= 1:
        raise ValueError("beta")
    return float(np.ceil(np.log(1 - p) * np.log(beta)))


@task.accepts("the sum written out, and a loop that counts")
def velocity_after(k, beta, g):
    v = 0.0 * np.asarray(g)
    for _ in range(k):
        v = beta * v + g
    return v if np.ndim(g) else float(v)


@task.accepts("a sum of powers")
def velocity_after(k, beta, g):
    return np.asarray(g) * sum(beta**i for i in range(k)) * 1.0


@task.accepts("counting up")
def steps_to_fraction(beta, p):
    if beta >= 1:
        raise ValueError("the velocity has no limit")
    k, left = 0, 1.0
    while 1 - left < p - 1e-12:
        k, left = k + 1, left * beta
    return k
