"""Task `epoch_loss` of chapter `stochastic`."""

import numpy as np

from fallline import stochastic as reference
from fallline.marking.task import Case, Task


def random_accounts(gen):
    cases = []
    for m, scale in ((3, 1.0), (5, 1e-6), (8, 1e4)):
        losses, sizes = scale * gen.uniform(0.1, 2, m), gen.integers(5, 90, m)
        cases.append(Case(f"{m} batches of various sizes, losses about {scale:g}", (losses, sizes)))
    return cases


task = Task(
    reference.epoch_loss,
    cases=[
        Case(
            "losses 1, 1, 4 of 64, 64, 32 examples", (np.array([1.0, 1, 4]), np.array([64, 64, 32]))
        ),
        Case("losses 2, 5 of 3, 1 examples", (np.array([2.0, 5.0]), np.array([3, 1]))),
        Case("losses 8, 2, 4 of 1, 2, 5 examples", (np.array([8.0, 2, 4]), np.array([1, 2, 5]))),
        Case("equal sizes: 1, 2, 6", (np.array([1.0, 2.0, 6.0]), np.array([10, 10, 10]))),
        Case("whole numbers: losses 1, 2 of 2, 1", (np.array([1, 2]), np.array([2, 1]))),
        Case("one batch", (np.array([0.7]), np.array([50]))),
        Case("a batch without loss", (np.array([0.0, 3.0]), np.array([7, 2]))),
        Case("a batch that holds nothing", (np.array([9.0, 3.0, 1.0]), np.array([0, 2, 3]))),
        Case("a loss that is NaN", (np.array([np.nan, 3.0]), np.array([7, 2]))),
        Case("no example at all: sizes 0, 0", (np.array([1.0, 3.0]), np.array([0, 0]))),
    ],
    draw=random_accounts,
    why="one weighted mean: only rounding may differ",
)


@task.mistake(
    "each batch counts the same",
    "The last batch holds half as many examples and weighs as much as the others. What share of "
    "all examples does it hold?",
)
def epoch_loss(losses, sizes):
    if np.sum(sizes) == 0:
        raise ValueError("nothing")
    return np.mean(losses)


@task.mistake(
    "each batch counts the same, and nothing is a batch",
    "Losses 2 and 5 of 3 and 1 examples: if you write down all four losses, what is their mean? "
    "And what is the mean over no example?",
)
def epoch_loss(losses, sizes):
    return np.mean(losses)


@task.mistake("sum of the losses", "More batches, and your loss grows. Which mean is asked for?")
def epoch_loss(losses, sizes):
    if np.sum(sizes) == 0:
        raise ValueError("nothing")
    return np.sum(losses)


@task.mistake(
    "last batch",
    "This is the loss of the last batch alone. What did the epoch look like before it?",
)
def epoch_loss(losses, sizes):
    if np.sum(sizes) == 0:
        raise ValueError("nothing")
    return losses[-1]


@task.mistake(
    "divided by the number of batches",
    "Your sum counts every example, and you divide by batches. How many things were added up?",
)
def epoch_loss(losses, sizes):
    if np.sum(sizes) == 0:
        raise ValueError("nothing")
    return np.sum(np.asarray(losses) * sizes) / len(losses)


@task.mistake(
    "not divided",
    "This is the loss of all examples together, and so it grows with their number. What is one "
    "example's share of it?",
)
def epoch_loss(losses, sizes):
    if np.sum(sizes) == 0:
        raise ValueError("nothing")
    return np.sum(np.asarray(losses) * sizes)


@task.mistake(
    "as if all were full",
    "You divide as if every batch had as many examples as the first. How many are there in all?",
)
def epoch_loss(losses, sizes):
    if np.sum(sizes) == 0:
        raise ValueError("nothing")
    first = np.max(sizes)
    return np.sum(np.asarray(losses) * sizes) / (len(sizes) * first)


@task.mistake(
    "divided by the sizes",
    "These losses are means already, and you divide by sizes once more. What undoes a mean?",
)
def epoch_loss(losses, sizes):
    if np.sum(sizes) == 0:
        raise ValueError("nothing")
    return np.sum(losses) / np.sum(sizes)


@task.mistake(
    "mean over no example",
    "Without any example you return a number, or NaN. Raise a ValueError: which mean would it be?",
)
def epoch_loss(losses, sizes):
    total = np.sum(sizes)
    return np.sum(np.asarray(losses) * sizes) / total if total else float("nan")


@task.mistake(
    "shares upside down",
    "Small batches weigh more than large ones in your mean. Which should count more?",
)
def epoch_loss(losses, sizes):
    sizes = np.asarray(sizes, dtype=float)
    if np.sum(sizes) == 0:
        raise ValueError("nothing")
    weights = np.divide(1.0, sizes, out=np.zeros_like(sizes), where=sizes > 0)
    return np.sum(losses * weights) / np.sum(weights)


@task.mistake(
    "best batch",
    "This is the smallest of the losses. What of the examples in the other batches?",
)
def epoch_loss(losses, sizes):
    if np.sum(sizes) == 0:
        raise ValueError("nothing")
    return np.min(losses)


@task.mistake(
    "as if all had the first one's size",
    "You divide as if every batch were as large as the first. Where the first is the small one, "
    "what happens?",
)
def epoch_loss(losses, sizes):
    if np.sum(sizes) == 0:
        raise ValueError("nothing")
    total = np.sum(np.asarray(losses) * sizes)
    return total / (len(sizes) * sizes[0]) if sizes[0] else float("inf")


@task.mistake(
    "losses and sizes exchanged",
    "Losses 1, 1 and 4, and your mean is above 40: it is a mean of the sizes. Which of the two is "
    "averaged, and which says how much each counts?",
)
def epoch_loss(losses, sizes):
    if np.sum(sizes) == 0:
        raise ValueError("nothing")
    return np.sum(losses * sizes) / np.sum(losses)


@task.mistake(
    "each loss divided by its size",
    "You divide each loss by its batch's size, so a large batch counts less. These losses are "
    "means: what is the sum of the losses in a batch of 64 with the mean 1?",
)
def epoch_loss(losses, sizes):
    if np.sum(sizes) == 0:
        raise ValueError("nothing")
    return np.sum(losses / sizes)


@task.mistake(
    "each loss divided by its size, then by all",
    "Your loss is a thousand times too small: divided by sizes twice, and never multiplied. How "
    "much do 64 examples of mean 1 have together?",
)
def epoch_loss(losses, sizes):
    if np.sum(sizes) == 0:
        raise ValueError("nothing")
    return np.sum(losses / sizes) / np.sum(sizes)


@task.mistake(
    "divided by the examples and by the batches",
    "With three batches your loss is a third of the right one. The shares of the batches add up "
    "to 1 already: what is still to be averaged?",
)
def epoch_loss(losses, sizes):
    if np.sum(sizes) == 0:
        raise ValueError("nothing")
    return np.mean(losses * sizes / np.sum(sizes))


@task.mistake(
    "median",
    "The middle one of the losses does not move when the last batch's loss is doubled. Should "
    "the loss of an epoch?",
)
def epoch_loss(losses, sizes):
    if np.sum(sizes) == 0:
        raise ValueError("nothing")
    return np.median(losses)


@task.mistake(
    "last batch left out",
    "The last batch is smaller, and you leave it out altogether. Which of its examples are not "
    "part of the epoch?",
)
def epoch_loss(losses, sizes):
    if np.sum(sizes) == 0:
        raise ValueError("nothing")
    return np.sum(losses[:-1] * sizes[:-1]) / np.sum(sizes[:-1]) if len(sizes) > 1 else losses[0]


@task.mistake(
    "mean of all but the last",
    "You average the full batches only, each alike. What happens to the examples of the last one?",
)
def epoch_loss(losses, sizes):
    if np.sum(sizes) == 0:
        raise ValueError("nothing")
    return np.mean(losses[:-1])


@task.mistake(
    "worst batch",
    "This is the largest of the losses. How many examples did that batch hold, of how many?",
)
def epoch_loss(losses, sizes):
    if np.sum(sizes) == 0:
        raise ValueError("nothing")
    return np.max(losses)


@task.mistake(
    "first batch",
    "This is the loss of the first batch. What did the examples after it say?",
)
def epoch_loss(losses, sizes):
    if np.sum(sizes) == 0:
        raise ValueError("nothing")
    return losses[0]


@task.mistake(
    "cut to a whole number",
    "Your loss is a whole number: what came after the point is cut off. What does int() do to 1.6?",
)
def epoch_loss(losses, sizes):
    if np.sum(sizes) == 0:
        raise ValueError("nothing")
    return int(np.sum(losses * sizes) / np.sum(sizes))


@task.mistake(
    "mean loss times mean size",
    "A mean of losses times a mean of sizes has the size of a sum. What should come out if all "
    "losses are 1?",
)
def epoch_loss(losses, sizes):
    if np.sum(sizes) == 0:
        raise ValueError("nothing")
    return np.mean(losses) * np.mean(sizes)


@task.mistake(
    "root of the size as weight",
    "A batch of four times the size counts only twice in your mean. How often should each "
    "example count?",
)
def epoch_loss(losses, sizes):
    if np.sum(sizes) == 0:
        raise ValueError("nothing")
    return np.sum(losses * np.sqrt(sizes)) / np.sum(np.sqrt(sizes))


@task.accepts("by NumPy's weighted mean")
def epoch_loss(losses, sizes):
    if not np.sum(sizes):
        raise ValueError("no example")
    return float(np.average(losses, weights=sizes))


@task.accepts("in a loop")
def epoch_loss(losses, sizes):
    total, count = 0.0, 0
    for loss, size in zip(losses, sizes, strict=True):
        total, count = total + loss * size, count + size
    if count == 0:
        raise ValueError("no example")
    return total / count
