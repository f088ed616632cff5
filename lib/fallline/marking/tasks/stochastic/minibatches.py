"""Task `minibatches, paired_batches` of chapter `stochastic`."""

import numpy as np

from fallline import stochastic as reference
from fallline.marking.task import Case, Task
from fallline.marking.tasks.stochastic.cases import in_words, rng


def flat(batches):
    return [int(i) for batch in batches for i in batch]


def epoch_call(answer, n, B, seed, drop_last):
    """Describe the batches of one epoch, and what the next epochs have to do with them."""
    gen = rng(seed)
    one, two = (list(answer(n, B, gen, drop_last)) for _ in range(2))
    again = list(answer(n, B, rng(seed), drop_last))
    found = {
        "sizes": ", ".join(str(len(batch)) for batch in one),
        "indices": in_words(flat(one), n, n % B if drop_last else 0),
    }
    if n >= 10:
        found["order"] = "as they came" if flat(one) == sorted(flat(one)) else "shuffled"
        found["next epoch"] = "the same order" if flat(one) == flat(two) else "another order"
        found["same seed"] = "the same order" if flat(one) == flat(again) else "another order"
    return found


def fairness_call(answer, n, B, seed):
    """Say whether each index is about equally often the first, and with its neighbour."""
    gen, first, together = rng(seed), np.zeros(n), 0
    epochs = 300
    for _ in range(epochs):
        batches = [[int(i) for i in batch] for batch in answer(n, B, gen)]
        first[batches[0][0]] += 1
        together += any(0 in batch and 1 in batch for batch in batches)
    share, chance = epochs / n, (B - 1) / (n - 1)
    fair = np.all(np.abs(first - share) < 5 * np.sqrt(share))
    meet = abs(together - epochs * chance) < 5 * np.sqrt(epochs * chance * (1 - chance))
    return {
        "the first index": "each about equally often" if fair else "some more often than others",
        "0 and 1 in one batch": "as often as chance has it" if meet else "too often or too rarely",
    }


def pairs(N):
    """Return rows that tell their own number, and these numbers."""
    return np.stack([np.arange(N) + 0.5, np.arange(N) ** 2], axis=1), np.arange(N)


FACTS = ("sizes", "y", "X and y", "order", "next epoch")


def pairs_call(answer, X, y, B, seed):
    """Say whether rows of X and entries of y that belong together come together."""
    gen, N = rng(seed), len(y)
    one, two = (list(answer(X, y, B, gen)) for _ in range(2))
    axes = {tuple(map(np.ndim, pair)) for pair in one + two}
    if axes != {(2, 1)}:
        found = "y before X" if axes == {(1, 2)} else "no list of pairs (rows of X, entries of y)"
        return dict.fromkeys(FACTS, found)
    rows = [float(row[0]) for part, _ in one for row in part]
    marks = [int(mark) for _, part in one for mark in part]
    other = [int(mark) for _, part in two for mark in part]
    together = all(row == mark + 0.5 for row, mark in zip(rows, marks, strict=False))
    found = (
        ", ".join(f"{len(a)} and {len(b)}" for a, b in one),
        in_words(marks, N, 0),
        "belong together" if together else "do not belong together",
        "as they came" if marks == sorted(marks) else "shuffled",
        "the same order" if marks == other else "another order",
    )
    return dict(zip(FACTS, found, strict=True))


def random_epochs(gen):
    cases = []
    for drop_last in (False, True):
        n, B = int(gen.integers(20, 40)), int(gen.integers(3, 9))
        label = f"n = {n}, B = {B}, drop_last = {drop_last}"
        cases.append(Case(label, (n, B, int(gen.integers(1000)), drop_last), epoch_call))
    n, seed = int(gen.integers(12, 20)), int(gen.integers(1000))
    cases.append(Case(f"{n} pairs, B = 5", (*pairs(n), 5, seed), pairs_call, "paired_batches"))
    return cases


task = Task(
    (reference.minibatches, reference.paired_batches),
    cases=[
        Case("n = 5, B = 2", (5, 2, 0, False), epoch_call),
        Case("n = 5, B = 2, drop_last = True", (5, 2, 1, True), epoch_call),
        Case("n = 6, B = 2: three full batches", (6, 2, 2, False), epoch_call),
        Case("n = 6, B = 2, drop_last = True: nothing to drop", (6, 2, 3, True), epoch_call),
        Case("n = 12, B = 5, two epochs", (12, 5, 4, False), epoch_call),
        Case("n = 12, B = 5, drop_last = True, two epochs", (12, 5, 4, True), epoch_call),
        Case("n = 15, B = 1", (15, 1, 5, False), epoch_call),
        Case("n = 11, B = 11: one batch", (11, 11, 6, False), epoch_call),
        Case("n = 3, B = 10: one batch of 3", (3, 10, 7, False), epoch_call),
        Case("300 epochs of n = 6, B = 2", (6, 2, 8), fairness_call),
        Case("10 pairs, B = 4", (*pairs(10), 4, 9), pairs_call, "paired_batches"),
        Case("12 pairs, B = 3", (*pairs(12), 3, 10), pairs_call, "paired_batches"),
        Case("15 pairs, B = 15", (*pairs(15), 15, 11), pairs_call, "paired_batches"),
    ],
    draw=random_epochs,
    why="any fair shuffle is right: counts and facts are compared, not the order itself",
)


@task.mistake(
    "not shuffled",
    "The indices come in their order, 0, 1, 2, ... What happens to the steps if the data are "
    "sorted by class?",
)
def minibatches(n, B, rng, drop_last=False):
    order = np.arange(n)
    batches = [order[i : i + B] for i in range(0, n, B)]
    return batches[:-1] if drop_last and len(batches[-1]) < B else batches


@task.mistake(
    "last batch lost",
    "With n = 5 and B = 2 one example is never seen in this epoch, though drop_last is False. "
    "How many batches does it take to hold all five?",
)
def minibatches(n, B, rng, drop_last=False):
    order = rng.permutation(n)
    return [order[j * B : (j + 1) * B] for j in range(n // B)]


@task.mistake(
    "drawn with replacement",
    "Some index comes twice in one epoch, and others not at all. If a card goes back into the "
    "deck before the next is drawn, what have you seen after 52 draws?",
)
def minibatches(n, B, rng, drop_last=False):
    sizes = [min(B, n - i) for i in range(0, n, B)]
    batches = [rng.integers(n, size=size) for size in sizes]
    return batches[:-1] if drop_last and len(batches[-1]) < B else batches


@task.mistake(
    "without replacement inside a batch only",
    "Inside of a batch no index comes twice, and inside of the epoch some do. What does the second "
    "batch have to know of the first?",
)
def minibatches(n, B, rng, drop_last=False):
    sizes = [min(B, n - i) for i in range(0, n, B)]
    batches = [rng.permutation(n)[:size] for size in sizes]
    return batches[:-1] if drop_last and len(batches[-1]) < B else batches


@task.mistake(
    "the same order in each epoch",
    "Two epochs in a row have the same order, whatever rng is. Where do your random numbers come "
    "from?",
)
def minibatches(n, B, rng, drop_last=False):
    order = np.random.default_rng(0).permutation(n)
    batches = [order[i : i + B] for i in range(0, n, B)]
    return batches[:-1] if drop_last and len(batches[-1]) < B else batches


@task.mistake(
    "drop_last not looked at",
    "With drop_last a batch comes that has fewer than B examples. When is the last one too short?",
)
def minibatches(n, B, rng, drop_last=False):
    order = rng.permutation(n)
    return [order[i : i + B] for i in range(0, n, B)]


@task.mistake(
    "drops a full batch",
    "n = 6 makes three batches of 2, and you leave one out. Is the last batch always a short one?",
)
def minibatches(n, B, rng, drop_last=False):
    order = rng.permutation(n)
    batches = [order[i : i + B] for i in range(0, n, B)]
    return batches[:-1] if drop_last else batches


@task.mistake(
    "drop_last turned round",
    "Where the last batch should go it stays, and where it should stay it goes. Which of the two "
    "does drop_last = True ask for?",
)
def minibatches(n, B, rng, drop_last=False):
    order = rng.permutation(n)
    batches = [order[i : i + B] for i in range(0, n, B)]
    return batches if drop_last or len(batches[-1]) == B else batches[:-1]


@task.mistake(
    "an empty batch at the end",
    "Where B divides n a batch without examples comes last, and a mean over nothing is NaN. Which "
    "start is one too many?",
)
def minibatches(n, B, rng, drop_last=False):
    order = rng.permutation(n)
    batches = [order[i : i + B] for i in range(0, n + 1, B)]
    return batches[:-1] if drop_last and len(batches[-1]) < B else batches


@task.mistake(
    "batches shuffled, examples not",
    "0 and 1 are always in one batch: you shuffle whole batches. What if neighbours are alike?",
)
def minibatches(n, B, rng, drop_last=False):
    batches = [np.arange(i, min(i + B, n)) for i in range(0, n, B)]
    if drop_last and len(batches[-1]) < B:
        batches = batches[:-1]
    places = rng.permutation(len(batches))
    if len(batches) > 1 and len(batches[-1]) < B:
        places = np.append(rng.permutation(len(batches) - 1), len(batches) - 1)
    return [batches[j] for j in places]


@task.mistake(
    "counted from 1",
    "The index 0 never comes, and one comes that no row has. From where does NumPy count?",
)
def minibatches(n, B, rng, drop_last=False):
    order = rng.permutation(n) + 1
    batches = [order[i : i + B] for i in range(0, n, B)]
    return batches[:-1] if drop_last and len(batches[-1]) < B else batches


@task.mistake(
    "B batches instead of batches of B",
    "The number of batches is B, and so should be the number of examples in one. Which of the two "
    "does n / B count?",
)
def minibatches(n, B, rng, drop_last=False):
    return np.array_split(rng.permutation(n), B)


@task.mistake(
    "X and y shuffled apart",
    "Your rows of X come with another row's y: each was shuffled for itself. How many orders may "
    "there be for both?",
)
def paired_batches(X, y, B, rng):
    X, y = X[rng.permutation(len(X))], y[rng.permutation(len(y))]
    return [(X[i : i + B], y[i : i + B]) for i in range(0, len(X), B)]


@task.mistake(
    "only X shuffled",
    "Your y comes in its old order while X was shuffled. Which y belongs to the first row now?",
)
def paired_batches(X, y, B, rng):
    X = X[rng.permutation(len(X))]
    return [(X[i : i + B], y[i : i + B]) for i in range(0, len(X), B)]


@task.mistake(
    "pairs not shuffled",
    "Rows and targets belong together, in their old order. What is missing before you cut?",
)
def paired_batches(X, y, B, rng):
    return [(X[i : i + B], y[i : i + B]) for i in range(0, len(X), B)]


@task.mistake(
    "the last pairs lost",
    "Some pairs are in none of your batches. What is to be done with those that fill no whole one?",
)
def paired_batches(X, y, B, rng):
    order = rng.permutation(len(X))
    parts = [order[j * B : (j + 1) * B] for j in range(len(X) // B)]
    return [(X[part], y[part]) for part in parts]


@task.mistake(
    "about equal batches",
    "n = 5 and B = 2 give batches of 3 and 2 from you. May a batch hold more than B?",
)
def minibatches(n, B, rng, drop_last=False):
    return np.array_split(rng.permutation(n), max(n // B, 1))


@task.mistake(
    "each batch drawn afresh, the rest forgotten",
    "Your batches do not know of each other: an index comes twice and another never, and the "
    "last few have no batch. What is shuffled once, and then only cut?",
)
def minibatches(n, B, rng, drop_last=False):
    return [rng.choice(n, min(n, B), replace=False) for _ in range(n // B)]


@task.mistake(
    "overlapping windows",
    "Your second batch begins one further than the first, and so they share examples. How far "
    "apart do two batches of B begin?",
)
def minibatches(n, B, rng, drop_last=False):
    order = rng.permutation(n)
    return [order[j : j + B] for j in range(n // B)]


@task.mistake(
    "each batch shuffled in itself",
    "The first batch always holds the first B examples: you cut before you shuffle. Who can never "
    "meet whom?",
)
def minibatches(n, B, rng, drop_last=False):
    batches = [rng.permutation(np.arange(i, min(i + B, n))) for i in range(0, n, B)]
    return batches[:-1] if drop_last and len(batches[-1]) < B else batches


@task.mistake(
    "turned, not shuffled",
    "Each epoch begins elsewhere, but 0 and 1 are neighbours in all of them. Which orders can "
    "never come?",
)
def minibatches(n, B, rng, drop_last=False):
    order = np.roll(np.arange(n), rng.integers(n))
    batches = [order[i : i + B] for i in range(0, n, B)]
    return batches[:-1] if drop_last and len(batches[-1]) < B else batches


@task.mistake(
    "two lists for a list of pairs",
    "Two lists come back, all rows and all targets. A training loop takes one batch after another: "
    "what should it find at each place?",
)
def paired_batches(X, y, B, rng):
    order = rng.permutation(len(X))
    parts = [order[i : i + B] for i in range(0, len(X), B)]
    return [X[part] for part in parts], [y[part] for part in parts]


@task.mistake(
    "y before X",
    "In your pairs the targets come first. In which order are they asked for?",
)
def paired_batches(X, y, B, rng):
    order = rng.permutation(len(X))
    parts = [order[i : i + B] for i in range(0, len(X), B)]
    return [(y[part], X[part]) for part in parts]


@task.mistake(
    "columns for rows",
    "Your indices pick columns of X, and there are only two. Which axis counts the examples?",
)
def paired_batches(X, y, B, rng):
    order = rng.permutation(len(y))
    parts = [order[i : i + B] for i in range(0, len(y), B)]
    return [(X[:, part], y[part]) for part in parts]


@task.mistake(
    "pairs in the same order in each epoch",
    "Two calls in a row give the same pairs in the same order, though rng has moved on. Whose "
    "random numbers do you use?",
)
def paired_batches(X, y, B, rng):
    order = np.random.default_rng(0).permutation(len(X))
    parts = [order[i : i + B] for i in range(0, len(X), B)]
    return [(X[part], y[part]) for part in parts]


@task.mistake(
    "one index short",
    "One index never comes. Which numbers does rng.permutation(n - 1) hold?",
)
def minibatches(n, B, rng, drop_last=False):
    order = rng.permutation(n - 1)
    batches = [order[i : i + B] for i in range(0, n, B)]
    return batches[:-1] if drop_last and n % B else batches


@task.mistake(
    "last batch filled up",
    "Your last batch is as large as the others, and some index comes twice. How many examples "
    "are left for it?",
)
def minibatches(n, B, rng, drop_last=False):
    order = rng.permutation(n)
    if drop_last:
        return [order[i : i + B] for i in range(0, n - n % B, B)]
    return [np.take(order, range(i, i + B), mode="wrap") for i in range(0, n, B)]


@task.mistake(
    "all of y in each pair",
    "Each of your pairs holds all of y. Which of its entries belong to the rows beside them?",
)
def paired_batches(X, y, B, rng):
    order = rng.permutation(len(X))
    return [(X[order[i : i + B]], y) for i in range(0, len(X), B)]


@task.accepts("by shuffling in place")
def minibatches(n, B, rng, drop_last=False):
    order = np.arange(n)
    rng.shuffle(order)
    stop = n - n % B if drop_last else n
    return [order[start : start + B] for start in range(0, stop, B)]


@task.accepts("by sorting random numbers, one batch after another")
def minibatches(n, B, rng, drop_last=False):
    waiting, batches = list(np.argsort(rng.random(n))), []
    while len(waiting) >= B or (waiting and not drop_last):
        batches.append(np.array(waiting[:B]))
        waiting = waiting[B:]
    return batches


@task.accepts("pairs by one order")
def paired_batches(X, y, B, rng):
    order = rng.permutation(len(y))
    X, y = X[order], y[order]
    return [(X[i : i + B], y[i : i + B]) for i in range(0, len(y), B)]
