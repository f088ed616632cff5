"""Task `loss_at_chance` of chapter `losses`."""

import numpy as np

from fallline import losses as reference
from fallline.marking.task import Case, Task
from fallline.marking.tasks.losses.cases import refuses


def random_numbers_of_classes(rng):
    kinds = ("hinge", "cross-entropy")
    numbers = rng.integers(11, 2000, 4)
    return [
        Case(f"{kind}, C = {C}", (kind, int(C)))
        for C, kind in zip(numbers, kinds + kinds, strict=True)
    ]


task = Task(
    reference.loss_at_chance,
    cases=[
        Case("hinge, C = 10", ("hinge", 10)),
        Case("cross-entropy, C = 10", ("cross-entropy", 10)),
        Case("hinge, C = 2", ("hinge", 2)),
        Case("cross-entropy, C = 2", ("cross-entropy", 2)),
        Case("cross-entropy, C = 1000", ("cross-entropy", 1000)),
        Case("hinge, one class", ("hinge", 1)),
        Case("cross-entropy, one class", ("cross-entropy", 1)),
        Case("cross-entropy, C is NaN", ("cross-entropy", float("nan"))),
        Case("an unknown kind", ("accuracy", 10), refuses),
        Case("kind = hinge loss, which is not the name", ("hinge loss", 10), refuses),
        Case("kind = entropy, half of a name", ("entropy", 10), refuses),
    ],
    draw=random_numbers_of_classes,
    why="one logarithm: only rounding may differ",
)


@task.mistake(
    "logarithm to base 2",
    "You count in bits. The logarithm of this course, and of NumPy's log, is the natural one.",
)
def loss_at_chance(kind, C):
    return C - 1.0 if kind == "hinge" else np.log2(C)


@task.mistake(
    "logarithm to base 10",
    "You count in powers of ten: the logarithm of the cross-entropy is the natural one.",
)
def loss_at_chance(kind, C):
    return C - 1.0 if kind == "hinge" else np.log10(C)


@task.mistake(
    "hinge counts the right class",
    "With equal scores every wrong class costs 1. How many wrong classes are there?",
)
def loss_at_chance(kind, C):
    return float(C) if kind == "hinge" else np.log(C)


@task.mistake(
    "hinge averaged over the classes",
    "That is one class's share. The hinge loss adds up the wrong classes, it does not average.",
)
def loss_at_chance(kind, C):
    return (C - 1.0) / C if kind == "hinge" else np.log(C)


@task.mistake(
    "probability instead of loss",
    "1/C is the probability that softmax gives to each class. "
    "What does the cross-entropy make of a probability?",
)
def loss_at_chance(kind, C):
    return C - 1.0 if kind == "hinge" else 1.0 / C


@task.mistake(
    "number of classes",
    "The cross-entropy at chance is not C: the probability of the right class is 1/C, "
    "and the loss is minus its logarithm.",
)
def loss_at_chance(kind, C):
    return C - 1.0 if kind == "hinge" else float(C)


@task.mistake(
    "sign of the logarithm",
    "Your cross-entropy is negative. ln(1/C) is, and the loss is its negative.",
)
def loss_at_chance(kind, C):
    return C - 1.0 if kind == "hinge" else -np.log(C)


@task.mistake(
    "kinds swapped",
    "The two formulas are right and answer to each other's names.",
)
def loss_at_chance(kind, C):
    return np.log(C) if kind == "hinge" else C - 1.0


@task.mistake(
    "chance of an error",
    "This is the share of wrong guesses at chance. It is an error rate, not a loss: "
    "the cross-entropy is measured in logarithms.",
)
def loss_at_chance(kind, C):
    return C - 1.0 if kind == "hinge" else 1.0 - 1.0 / C


@task.mistake(
    "any kind passes",
    "A kind that is not known gets the other kind's number, and a slip of the keyboard goes "
    "unnoticed: every kind but the two should be refused with a ValueError.",
)
def loss_at_chance(kind, C):
    return C - 1.0 if kind == "hinge" else np.log(C)


@task.mistake(
    "one margin only",
    "One wrong class costs 1. Each example has several of them: how many?",
)
def loss_at_chance(kind, C):
    return 1.0 if kind == "hinge" else np.log(C)


@task.mistake(
    "one term of the entropy",
    "You weigh the logarithm with 1/C. The right class is known, so its logarithm counts whole.",
)
def loss_at_chance(kind, C):
    return C - 1.0 if kind == "hinge" else np.log(C) / C


@task.mistake(
    "a part of the name is enough",
    "A kind whose name only holds one of the two, or a part of it, is taken for it. "
    "Is hinge loss one of the two names in the statement?",
)
def loss_at_chance(kind, C):
    if "hinge" in kind:
        return float(C - 1)
    if "entropy" in kind:
        return np.log(C)
    raise ValueError(kind)


@task.accepts("from the losses themselves")
def loss_at_chance(kind, C):
    if kind == "hinge":
        return C * 1.0 - 1.0
    if kind == "cross-entropy":
        return -np.log(1.0 / C)
    raise ValueError(f"unknown kind {kind!r}")


@task.accepts("from a table")
def loss_at_chance(kind, C):
    table = {"hinge": lambda: max(C - 1, 0), "cross-entropy": lambda: np.log1p(C - 1)}
    if kind not in table:
        raise ValueError("no such loss")
    return table[kind]()
