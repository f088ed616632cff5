"""Task `half_life, time_constant` of chapter `momentum`."""

import numpy as np

from fallline import momentum as reference
from fallline.marking.task import Case, Task


def halved_after(answer, k):
    """Ask for the half-life where it is known."""
    return answer(0.5 ** (1 / k))


def random_betas(rng):
    cases = []
    for beta in rng.uniform(0.05, 0.995, 3):
        cases.append(Case(f"half_life({beta:.4f})", (beta,)))
        cases.append(Case(f"time_constant({beta:.4f})", (beta,), of="time_constant"))
    return cases


task = Task(
    (reference.half_life, reference.time_constant),
    cases=[
        Case("half_life(0.5)", (0.5,)),
        Case("half_life(0.25)", (0.25,)),
        Case("half_life(0.9)", (0.9,)),
        Case("half_life(0.99)", (0.99,)),
        Case("half_life(NaN)", (np.nan,)),
        Case("half_life of the beta with which half is left after 3 steps", (3,), halved_after),
        Case("half_life(1)", (1.0,)),
        Case("half_life(-0.5)", (-0.5,)),
        Case("time_constant(0.5)", (0.5,), of="time_constant"),
        Case("time_constant(0.75)", (0.75,), of="time_constant"),
        Case("time_constant(0.9)", (0.9,), of="time_constant"),
        Case("time_constant(0.998)", (0.998,), of="time_constant"),
        Case("time_constant(0), no memory", (0.0,), of="time_constant"),
        Case("time_constant(NaN)", (np.nan,), of="time_constant"),
        Case("time_constant(1)", (1.0,), of="time_constant"),
        Case("time_constant(-0.5)", (-0.5,), of="time_constant"),
    ],
    draw=random_betas,
    why="two logarithms and a quotient: only rounding may differ",
)


@task.mistake(
    "time constant as half-life",
    "After your number of steps less than half is left: for beta = 0.9 it is 0.35. Which power "
    "of beta is one half?",
)
def half_life(beta):
    if beta >= 1 or beta < 0:
        raise ValueError("beta")
    return 1 / (1 - beta)


@task.mistake(
    "where is the half?",
    "After your number of steps 0.37 is left, which is 1/e. Which number should the power of beta "
    "be equal to?",
)
def half_life(beta):
    if beta >= 1 or beta < 0:
        raise ValueError("beta")
    return -1 / np.log(beta)


@task.mistake(
    "negative time",
    "A negative number of steps: the logarithm of a number below 1 is negative. On one side of the "
    "equation a sign got lost.",
)
def half_life(beta):
    if beta >= 1 or beta < 0:
        raise ValueError("beta")
    return np.log(2) / np.log(beta)


@task.mistake(
    "quotient upside down",
    "A longer memory should have a longer half-life, and yours gets shorter. Solve for the "
    "exponent once more.",
)
def half_life(beta):
    if beta >= 1 or beta < 0:
        raise ValueError("beta")
    return -np.log(beta) / np.log(2)


@task.mistake(
    "a whole number of steps",
    "Your half-life is rounded. It is a property of beta and not a count: leave its digits.",
)
def half_life(beta):
    if beta >= 1 or beta < 0:
        raise ValueError("beta")
    return float(np.ceil(np.log(0.5) / np.log(beta)))


@task.mistake(
    "nearly right for long memories",
    "Close for beta = 0.99 and far off for 0.5: you have put 1 - beta where a logarithm belongs. "
    "Is half left after your number of steps?",
)
def half_life(beta):
    if beta >= 1 or beta < 0:
        raise ValueError("beta")
    return np.log(2) / (1 - beta)


@task.mistake(
    "half of the time constant",
    "Half of the sum of all weights is not the time after which a weight is halved. Which power of "
    "beta is 0.5?",
)
def half_life(beta):
    if beta >= 1 or beta < 0:
        raise ValueError("beta")
    return 0.5 / (1 - beta)


@task.mistake(
    "one over beta",
    "Your time constant falls for a longer memory. Add up 1, 0.5, 0.25, ... for beta = 0.5: what "
    "does the sum depend on?",
)
def time_constant(beta):
    if beta >= 1 or beta < 0:
        raise ValueError("beta")
    return 1 / beta if beta else np.inf


@task.mistake(
    "by the logarithm",
    "Close for long memories: you say when a weight has fallen to 1/e. Here the sum of all weights "
    "is meant, and without memory it is 1.",
)
def time_constant(beta):
    if beta >= 1 or beta < 0:
        raise ValueError("beta")
    return -1 / np.log(beta) if beta else 0.0


@task.mistake(
    "without the first gradient",
    "Your sum is too small by 1: the newest gradient has a weight as well. Which power of beta is "
    "it?",
)
def time_constant(beta):
    if beta >= 1 or beta < 0:
        raise ValueError("beta")
    return beta / (1 - beta)


@task.mistake(
    "one minus beta",
    "Yours is 1 - beta, and gets smaller as the memory gets longer. A sum of weights has a "
    "fraction: what does Python put under its line, and what beside it?",
)
def time_constant(beta):
    if beta >= 1 or beta < 0:
        raise ValueError("beta")
    return 1 - beta


@task.mistake(
    "two bases",
    "Your half-life is too short by the factor 2.3, which is the logarithm of 10. Are both "
    "logarithms taken to the same base?",
)
def half_life(beta):
    if beta >= 1 or beta < 0:
        raise ValueError("beta")
    return np.log10(2) / -np.log(beta)


@task.mistake(
    "a half divided by beta",
    "Right for beta = 0.5, and shorter for longer memories. Forgetting multiplies by beta again "
    "and again: how is such an equation solved for the number of times?",
)
def half_life(beta):
    if beta >= 1 or beta < 0:
        raise ValueError("beta")
    return 0.5 / beta


@task.mistake(
    "one plus beta",
    "Your sum is below 1, and its first term alone is 1. Multiply 1 + beta + beta² + ... by "
    "1 - beta: what is left?",
)
def time_constant(beta):
    if beta >= 1 or beta < 0:
        raise ValueError("beta")
    return 1 / (1 + beta)


@task.mistake(
    "a series cut off",
    "Right for short memories and too small for long ones. How much weight lies in the terms that "
    "your sum leaves out?",
)
def time_constant(beta):
    if beta >= 1 or beta < 0:
        raise ValueError("beta")
    return sum(beta**i for i in range(100))


@task.mistake(
    "one minus beta in the logarithm",
    "Your half-life falls for a longer memory. What is left after a step, beta or 1 - beta? Its "
    "power is to be one half.",
)
def half_life(beta):
    if beta >= 1 or beta < 0:
        raise ValueError("beta")
    return np.log(0.5) / np.log(1 - beta)


@task.mistake(
    "logarithm of the quotient",
    "Yours is the logarithm of a quotient, where the quotient of two logarithms is wanted: are "
    "they the same for 0.5 and 0.25?",
)
def half_life(beta):
    if beta >= 1 or beta < 0:
        raise ValueError("beta")
    return np.log(0.5 / beta)


@task.mistake(
    "half of the logarithm",
    "Your number is negative, and half a logarithm. Write down the equation for h with beta to "
    "the power h: where does the half stand?",
)
def half_life(beta):
    if beta >= 1 or beta < 0:
        raise ValueError("beta")
    return np.log(beta) / 2


@task.mistake(
    "half-life as time constant",
    "That is the half-life: for beta = 0.5 it is 1. The sum 1 + 0.5 + 0.25 + ... begins with 1 "
    "already: where does it lead?",
)
def time_constant(beta):
    if beta >= 1 or beta < 0:
        raise ValueError("beta")
    return -np.log(2) / np.log(beta) if beta else 0.0


@task.mistake(
    "sign under the fraction",
    "A sum of positive weights came out negative. For beta below 1, which is larger, 1 or beta?",
)
def time_constant(beta):
    if beta >= 1 or beta < 0:
        raise ValueError("beta")
    return 1 / (beta - 1)


@task.accepts("with base 2")
def half_life(beta):
    if beta >= 1 or beta < 0:
        raise ValueError("beta")
    return -1 / np.log2(beta)


@task.accepts("logarithm to the base beta")
def half_life(beta):
    if not (0 <= beta < 1 or np.isnan(beta)):
        raise ValueError("beta")
    return np.log(0.5) / np.log(beta)


@task.accepts("sum of a series that has died out")
def time_constant(beta):
    if beta >= 1 or beta < 0:
        raise ValueError("beta")
    return float(np.sum(beta ** np.arange(20_000.0)))
