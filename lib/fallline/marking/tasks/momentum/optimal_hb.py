"""Task `optimal_hb` of chapter `momentum`."""

import numpy as np

from fallline import momentum as reference
from fallline.marking.task import Case, Task


def random_ends(rng):
    cases = []
    for scale in (1e-3, 1.0, 1e3):
        l1 = scale * rng.uniform(0.5, 2)
        ln = l1 * rng.uniform(2, 200)
        cases.append(Case(f"curvatures from {l1:.3g} to {ln:.3g}", (l1, ln)))
    return cases


task = Task(
    reference.optimal_hb,
    cases=[
        Case("curvatures from 1 to 9", (1.0, 9.0)),
        Case("curvatures from 4 to 16", (4.0, 16.0)),
        Case("whole numbers: from 1 to 4", (1, 4)),
        Case("curvatures from 0.01 to 1", (0.01, 1.0)),
        Case("all curvatures equal: 4", (4.0, 4.0)),
        Case("all curvatures equal: 0.25", (0.25, 0.25)),
        Case("kappa = 10000", (1.0, 10_000.0)),
        Case("ln is NaN", (1.0, np.nan)),
        Case("l1 is NaN", (np.nan, 2.0)),
        Case("l1 = 0, flat ground", (0.0, 1.0)),
        Case("l1 = -1, a saddle", (-1.0, 4.0)),
        Case("ends exchanged: 9 and 1", (9.0, 1.0)),
    ],
    draw=random_ends,
    why="roots and quotients: only rounding may differ",
)


@task.mistake(
    "momentum not squared",
    "Your learning rate is right, and your beta is the factor by which the error shrinks. In the "
    "complex regime that factor is the root of beta.",
)
def optimal_hb(l1, ln):
    if l1 <= 0 or ln < l1:
        raise ValueError("order")
    a, b = np.sqrt(l1), np.sqrt(ln)
    return (2 / (a + b)) ** 2, (b - a) / (b + a)


@task.mistake(
    "roots left out",
    "For 1 and 9 your beta is 0.64, and 0.25 would do. Heavy ball pays with the root of the "
    "condition number: where are the roots?",
)
def optimal_hb(l1, ln):
    if l1 <= 0 or ln < l1:
        raise ValueError("order")
    return (2 / (l1 + ln)) ** 2, ((ln - l1) / (ln + l1)) ** 2


@task.mistake(
    "gradient descent's rate",
    "Your beta is right, and your learning rate is the best one *without* momentum. With momentum "
    "a longer step is allowed, up to 2 (1 + beta) / ln: which is best?",
)
def optimal_hb(l1, ln):
    if l1 <= 0 or ln < l1:
        raise ValueError("order")
    a, b = np.sqrt(l1), np.sqrt(ln)
    return 2 / (l1 + ln), ((b - a) / (b + a)) ** 2


@task.mistake(
    "results exchanged",
    "Both numbers are right and come in the other order.",
)
def optimal_hb(l1, ln):
    if l1 <= 0 or ln < l1:
        raise ValueError("order")
    a, b = np.sqrt(l1), np.sqrt(ln)
    return ((b - a) / (b + a)) ** 2, (2 / (a + b)) ** 2


@task.mistake(
    "rate not squared",
    "Your beta is right, and your learning rate is the root of the right one. A rate times a "
    "curvature is a pure number: which power of the curvature must it hold?",
)
def optimal_hb(l1, ln):
    if l1 <= 0 or ln < l1:
        raise ValueError("order")
    a, b = np.sqrt(l1), np.sqrt(ln)
    return 2 / (a + b), ((b - a) / (b + a)) ** 2


@task.mistake(
    "kappa upside down",
    "Your learning rate is right and your beta is above 1 or far from it. Kappa is the largest "
    "curvature divided by the smallest.",
)
def optimal_hb(l1, ln):
    if l1 <= 0 or ln < l1:
        raise ValueError("order")
    root = np.sqrt(ln / l1)
    return (2 / (np.sqrt(l1) + np.sqrt(ln))) ** 2, (
        (root + 1) / (root - 1)
    ) ** 2 if root > 1 else np.inf


@task.mistake(
    "kappa without its root",
    "Your learning rate is right; your beta has the condition number where its root belongs. For "
    "curvatures 1 and 9, which numbers stand in the quotient?",
)
def optimal_hb(l1, ln):
    if l1 <= 0 or ln < l1:
        raise ValueError("order")
    return (2 / (np.sqrt(l1) + np.sqrt(ln))) ** 2, ((ln - l1) / (ln + l1)) ** 2


@task.mistake(
    "the careful rate",
    "Your learning rate is 1/ln, the careful choice of plain descent and of Nesterov. The heavy "
    "ball may step further: set both ends to the edge of the complex regime.",
)
def optimal_hb(l1, ln):
    if l1 <= 0 or ln < l1:
        raise ValueError("order")
    a, b = np.sqrt(l1), np.sqrt(ln)
    return 1 / ln, ((b - a) / (b + a)) ** 2


@task.mistake(
    "two for four",
    "Your learning rate is half of the right one. Square the whole bracket, its 2 included.",
)
def optimal_hb(l1, ln):
    if l1 <= 0 or ln < l1:
        raise ValueError("order")
    a, b = np.sqrt(l1), np.sqrt(ln)
    return 2 / (a + b) ** 2, ((b - a) / (b + a)) ** 2


@task.mistake(
    "sum not squared",
    "Your beta is right. In the learning rate the 2 is squared and the sum of the roots is not: "
    "square the whole bracket.",
)
def optimal_hb(l1, ln):
    if l1 <= 0 or ln < l1:
        raise ValueError("order")
    a, b = np.sqrt(l1), np.sqrt(ln)
    return 4 / (a + b), ((b - a) / (b + a)) ** 2


@task.mistake(
    "plain descent's pair",
    "That is the best learning rate of plain descent, and the factor that it earns. Momentum puts "
    "roots in the place of both curvatures, and squares what comes out.",
)
def optimal_hb(l1, ln):
    if l1 <= 0 or ln < l1:
        raise ValueError("order")
    return 2 / (l1 + ln), (ln - l1) / (ln + l1)


@task.mistake(
    "plain rate, and no roots",
    "For 1 and 9 yours is the pair 0.2 and 0.64: the best rate of plain descent, and the square of "
    "its factor. Momentum gains a root: which numbers should stand where you have 1 and 9?",
)
def optimal_hb(l1, ln):
    if l1 <= 0 or ln < l1:
        raise ValueError("order")
    return 2 / (l1 + ln), ((ln / l1 - 1) / (ln / l1 + 1)) ** 2


@task.mistake(
    "root of the sum",
    "Your beta is right. In the learning rate you add first and take the root then: for 1 and 9, "
    "is that the same as the sum of the two roots?",
)
def optimal_hb(l1, ln):
    if l1 <= 0 or ln < l1:
        raise ValueError("order")
    a, b = np.sqrt(l1), np.sqrt(ln)
    return (2 / np.sqrt(l1 + ln)) ** 2, ((b - a) / (b + a)) ** 2


@task.mistake(
    "division before subtraction",
    "Your learning rate is right, and your beta is far above 1. For kappa = 9 the quotient is 2 "
    "by 4: what does Python divide in yours?",
)
def optimal_hb(l1, ln):
    if l1 <= 0 or ln < l1:
        raise ValueError("order")
    root = np.sqrt(ln / l1)
    return (2 / (np.sqrt(l1) + np.sqrt(ln))) ** 2, (root - 1 / root + 1) ** 2


@task.mistake(
    "equal ends refused",
    "Right for a valley; for a round bowl, l1 = ln, you raise an error. Kappa is 1 there: what do "
    "the two formulas say?",
)
def optimal_hb(l1, ln):
    if l1 <= 0 or ln <= l1:
        raise ValueError("order")
    a, b = np.sqrt(l1), np.sqrt(ln)
    return (2 / (a + b)) ** 2, ((b - a) / (b + a)) ** 2


@task.mistake(
    "one for two",
    "Your beta is right, and your learning rate is a quarter of the right one. Which number "
    "stands above the sum of the roots?",
)
def optimal_hb(l1, ln):
    if l1 <= 0 or ln < l1:
        raise ValueError("order")
    a, b = np.sqrt(l1), np.sqrt(ln)
    return (1 / (a + b)) ** 2, ((b - a) / (b + a)) ** 2


@task.mistake(
    "only the denominator squared",
    "Your learning rate is right. In your beta the square reaches only what is below the "
    "fraction line: what does ** bind to?",
)
def optimal_hb(l1, ln):
    if l1 <= 0 or ln < l1:
        raise ValueError("order")
    root = np.sqrt(ln / l1)
    return (2 / (np.sqrt(l1) + np.sqrt(ln))) ** 2, (root - 1) / (root + 1) ** 2


@task.mistake(
    "only the numerator squared",
    "Your learning rate is right. In your beta the square reaches only what is above the "
    "fraction line: where do the brackets close?",
)
def optimal_hb(l1, ln):
    if l1 <= 0 or ln < l1:
        raise ValueError("order")
    root = np.sqrt(ln / l1)
    return (2 / (np.sqrt(l1) + np.sqrt(ln))) ** 2, (root - 1) ** 2 / (root + 1)


@task.mistake(
    "division before the sum",
    "Your beta is right, and your learning rate is far too large. Python divides before it adds: "
    "by what is the 2 divided in yours?",
)
def optimal_hb(l1, ln):
    if l1 <= 0 or ln < l1:
        raise ValueError("order")
    a, b = np.sqrt(l1), np.sqrt(ln)
    return (2 / a + b) ** 2, ((b - a) / (b + a)) ** 2


@task.mistake(
    "Nesterov's momentum",
    "Your learning rate is right, and your beta is 1 minus a root: a rate of another method. The "
    "formula for beta has a quotient of two numbers: which?",
)
def optimal_hb(l1, ln):
    if l1 <= 0 or ln < l1:
        raise ValueError("order")
    return (2 / (np.sqrt(l1) + np.sqrt(ln))) ** 2, 1 - np.sqrt(l1 / ln)


@task.mistake(
    "roots forgotten in the rate",
    "Your beta is right, and your learning rate has the curvatures where their roots belong. For "
    "1 and 9, what is the sum of the roots?",
)
def optimal_hb(l1, ln):
    if l1 <= 0 or ln < l1:
        raise ValueError("order")
    a, b = np.sqrt(l1), np.sqrt(ln)
    return (2 / (l1 + ln)) ** 2, ((b - a) / (b + a)) ** 2


@task.accepts("with kappa")
def optimal_hb(l1, ln):
    if l1 <= 0 or ln < l1:
        raise ValueError("not 0 < l1 <= ln")
    root = np.sqrt(ln / l1)
    return 4 / (l1 * (1 + root) ** 2), 1 - 4 * root / (root + 1) ** 2


@task.accepts("beta first, then the rate from it")
def optimal_hb(l1, ln):
    if l1 <= 0 or l1 > ln:
        raise ValueError("not 0 < l1 <= ln")
    a, b = l1**0.5, ln**0.5
    rate = (b - a) / (b + a)
    return (1 + rate) ** 2 / ln, rate * rate
