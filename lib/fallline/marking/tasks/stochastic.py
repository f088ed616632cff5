"""The tasks of chapter `stochastic`."""

import numpy as np

from fallline import stochastic as reference
from fallline.marking.task import Case, ProblemSet

problems = ProblemSet("stochastic")


def rng(seed):
    return np.random.default_rng(seed)


# --- minibatches, paired_batches ---


def in_words(indices, n, left_out):
    """Say whether indices are those of an epoch."""
    if sorted(set(indices)) != sorted(indices):
        return "some index twice"
    if not set(indices) <= set(range(n)):
        return "an index that is none"
    return f"{n - left_out} of {n}" if len(indices) == n - left_out else f"{len(indices)} of {n}"


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


def pairs_call(answer, X, y, B, seed):
    """Say whether rows of X and entries of y that belong together come together."""
    gen, N = rng(seed), len(y)
    one, two = (list(answer(X, y, B, gen)) for _ in range(2))
    rows = [float(row[0]) for part, _ in one for row in part]
    marks = [int(mark) for _, part in one for mark in part]
    other = [int(mark) for _, part in two for mark in part]
    together = all(row == mark + 0.5 for row, mark in zip(rows, marks, strict=False))
    return {
        "sizes": ", ".join(f"{len(a)} and {len(b)}" for a, b in one),
        "y": in_words(marks, N, 0),
        "X and y": "belong together" if together else "do not belong together",
        "order": "as they came" if marks == sorted(marks) else "shuffled",
        "next epoch": "the same order" if marks == other else "another order",
    }


def random_epochs(gen):
    cases = []
    for drop_last in (False, True):
        n, B = int(gen.integers(20, 40)), int(gen.integers(3, 9))
        label = f"n = {n}, B = {B}, drop_last = {drop_last}"
        cases.append(Case(label, (n, B, int(gen.integers(1000)), drop_last), epoch_call))
    n, seed = int(gen.integers(12, 20)), int(gen.integers(1000))
    cases.append(Case(f"{n} pairs, B = 5", (*pairs(n), 5, seed), pairs_call, "paired_batches"))
    return cases


task = problems.task(
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


# --- sgd_epoch ---

GRADIENTS = np.array([[1.0, 0.0], [2.0, 4.0], [3.0, -8.0], [6.0, 0.0]])


def itself(w, i):
    """Return the gradient of w²/2 for every example: the very array w."""
    return w


def constant(w, i):
    """Return gradients that do not depend on w."""
    return GRADIENTS[i]


def slopes(w, i):
    return np.array([3.0, 0.0, 6.0])[i] + 0 * w


def toward(w, i):
    """Return the gradient of half the squared distance from a table of numbers."""
    return w - np.arange(6.0).reshape(2, 3)


def asked(answer, n, B, seed):
    """Say which examples an epoch asks for, and at how many points."""
    heard, gen = [], rng(seed)

    def grad_i(w, i):
        heard.append((float(np.ravel(w)[0]), int(i)))
        return np.ones_like(w)

    orders = []
    for _ in range(2):
        heard.clear()
        answer(grad_i, np.array([50.0]), n, B, 0.25, gen)
        orders.append([i for _, i in heard])
    seen = {"examples asked": in_words(orders[0], n, 0)}
    seen["different points"] = str(len({point for point, _ in heard}))
    seen["order"] = "as they came" if orders[0] == sorted(orders[0]) else "shuffled"
    seen["next epoch"] = "the same order" if orders[0] == orders[1] else "another order"
    return seen


def random_walks(gen):
    cases = []
    for n, B, scale in ((6, 3, 1.0), (7, 2, 1e-6), (8, 4, 1e4)):
        centre, w = scale * gen.normal(size=3), scale * gen.normal(size=3)
        w[1] = 0.0
        label = f"{n} equal examples, B = {B}, size {scale:g}"
        cases.append(Case(label, (w, centre, n, B, rng(int(gen.integers(1000)))), equal_call))
    n = int(gen.integers(12, 20))
    cases.append(Case(f"who is asked: n = {n}, B = 4", (n, 4, int(gen.integers(1000))), asked))
    return cases


def equal_call(answer, w, centre, n, B, gen):
    """Run an epoch over equal examples, so that their order does not matter."""
    return answer(lambda w, i: 3 * (w - centre), w, n, B, 0.1, gen)


task = problems.task(
    reference.sgd_epoch,
    cases=[
        Case(
            "4 examples with gradient w, B = 2, lr = 1/2, from 16",
            (itself, np.array([16.0]), 4, 2, 0.5, rng(0)),
        ),
        Case(
            "gradients 1, 2, 3, 6 and 0, 4, -8, 0 wherever w is, B = 2, lr = 0.1, from (10, 10)",
            (constant, np.array([10.0, 10.0]), 4, 2, 0.1, rng(1)),
        ),
        Case(
            "5 examples with gradient w, B = 2, lr = 1/2, from 16",
            (itself, np.array([16.0]), 5, 2, 0.5, rng(2)),
        ),
        Case("gradients 3, 0, 6, B = 3: one step", (slopes, np.array([4.0]), 3, 3, 0.5, rng(3))),
        Case("gradients 3, 0, 6, B = 1: three steps", (slopes, np.array([4.0]), 3, 1, 0.5, rng(4))),
        Case("3 examples, B = 8", (itself, np.array([16.0, 0.0]), 3, 8, 0.25, rng(5))),
        Case(
            "4 examples with gradient w, B = 3, from the number 8", (itself, 8.0, 4, 3, 0.5, rng(6))
        ),
        Case("whole numbers (3, 5)", (itself, np.array([3, 5]), 4, 2, 0.5, rng(7))),
        Case("w of shape (2, 3)", (toward, np.ones((2, 3)), 5, 3, 0.2, rng(8))),
        Case("w holds NaN", (itself, np.array([np.nan, 1.0]), 4, 2, 0.5, rng(9))),
        Case("who is asked: n = 12, B = 4", (12, 4, 10), asked),
        Case("who is asked: n = 11, B = 1", (11, 1, 11), asked),
        Case("who is asked: n = 15, B = 4", (15, 4, 12), asked),
    ],
    draw=random_walks,
    why="cases in which the order does not matter, up to rounding",
)


@task.mistake(
    "sum for mean",
    "Your steps are B times too long. Is the gradient of a batch the sum over its examples, or "
    "their mean?",
)
def sgd_epoch(grad_i, w, n, B, lr, rng):
    w, order = np.array(w, dtype=float), rng.permutation(n)
    for start in range(0, n, B):
        w = w - lr * sum(grad_i(w, i) for i in order[start : start + B])
    return w


@task.mistake(
    "divided twice",
    "Your steps are B times too short. How often do you divide by the size of the batch?",
)
def sgd_epoch(grad_i, w, n, B, lr, rng):
    w, order = np.array(w, dtype=float), rng.permutation(n)
    for start in range(0, n, B):
        batch = order[start : start + B]
        w = w - lr / B * np.mean([grad_i(w, i) for i in batch], axis=0)
    return w


@task.mistake(
    "one step for the epoch",
    "w changes only once, however many batches there are. When is a batch's gradient to be used?",
)
def sgd_epoch(grad_i, w, n, B, lr, rng):
    w, order, total, count = np.array(w, dtype=float), rng.permutation(n), 0, 0
    for start in range(0, n, B):
        total = total + np.mean([grad_i(w, i) for i in order[start : start + B]], axis=0)
        count += 1
    return w - lr * total / count


@task.mistake(
    "full gradient at every step",
    "Each of your steps asks all n examples. What is a batch for?",
)
def sgd_epoch(grad_i, w, n, B, lr, rng):
    w = np.array(w, dtype=float)
    for _ in range(0, n, B):
        w = w - lr * np.mean([grad_i(w, i) for i in rng.permutation(n)], axis=0)
    return w


@task.mistake(
    "last batch divided by B",
    "With 5 examples and B = 2 the last step is too short. How many examples does its batch hold?",
)
def sgd_epoch(grad_i, w, n, B, lr, rng):
    w, order = np.array(w, dtype=float), rng.permutation(n)
    for start in range(0, n, B):
        w = w - lr * sum(grad_i(w, i) for i in order[start : start + B]) / B
    return w


@task.mistake(
    "last batch left out",
    "With 5 examples and B = 2 one of them is never asked. How many steps does this epoch have?",
)
def sgd_epoch(grad_i, w, n, B, lr, rng):
    w, order = np.array(w, dtype=float), rng.permutation(n)
    for j in range(n // B):
        w = w - lr * np.mean([grad_i(w, i) for i in order[j * B : (j + 1) * B]], axis=0)
    return w


@task.mistake(
    "a step for every example",
    "w moves between two examples of one batch. At which point are all gradients of a batch taken?",
)
def sgd_epoch(grad_i, w, n, B, lr, rng):
    w = np.array(w, dtype=float)
    for i in rng.permutation(n):
        w = w - lr * grad_i(w, i)
    return w


@task.mistake(
    "small steps inside of the batch",
    "w moves by lr/B after each example. From gradient w, B = 2 and lr = 1/2, does 16 go to 8 in "
    "one batch, or through 12 to 9?",
)
def sgd_epoch(grad_i, w, n, B, lr, rng):
    w, order = np.array(w, dtype=float), rng.permutation(n)
    for start in range(0, n, B):
        batch = order[start : start + B]
        for i in batch:
            w = w - lr / len(batch) * grad_i(w, i)
    return w


@task.mistake(
    "not shuffled",
    "The examples are asked in their order, in each epoch. What is rng for?",
)
def sgd_epoch(grad_i, w, n, B, lr, rng):
    w = np.array(w, dtype=float)
    for start in range(0, n, B):
        batch = range(start, min(start + B, n))
        w = w - lr * np.mean([grad_i(w, i) for i in batch], axis=0)
    return w


@task.mistake(
    "the same order in each epoch",
    "Two epochs in a row ask in the same order. Whose random numbers are they?",
)
def sgd_epoch(grad_i, w, n, B, lr, rng):
    w, order = np.array(w, dtype=float), np.random.default_rng(0).permutation(n)
    for start in range(0, n, B):
        w = w - lr * np.mean([grad_i(w, i) for i in order[start : start + B]], axis=0)
    return w


@task.mistake(
    "one example stands for the batch",
    "Each step asks only one example of its batch. What did the others have to say?",
)
def sgd_epoch(grad_i, w, n, B, lr, rng):
    w, order = np.array(w, dtype=float), rng.permutation(n)
    for start in range(0, n, B):
        w = w - lr * grad_i(w, order[start])
    return w


@task.mistake(
    "drawn with replacement",
    "In one epoch some example is asked twice and another never. How does an epoch use each "
    "example once?",
)
def sgd_epoch(grad_i, w, n, B, lr, rng):
    w = np.array(w, dtype=float)
    for start in range(0, n, B):
        batch = rng.integers(n, size=min(B, n - start))
        w = w - lr * np.mean([grad_i(w, i) for i in batch], axis=0)
    return w


@task.mistake(
    "ascent", "16 grows. Which way does a gradient point, and which way do you want to go?"
)
def sgd_epoch(grad_i, w, n, B, lr, rng):
    w, order = np.array(w, dtype=float), rng.permutation(n)
    for start in range(0, n, B):
        w = w + lr * np.mean([grad_i(w, i) for i in order[start : start + B]], axis=0)
    return w


@task.mistake(
    "gradients taken before the epoch",
    "All your gradients belong to the w from before the epoch. Where does the second batch stand?",
)
def sgd_epoch(grad_i, w, n, B, lr, rng):
    first, order = np.array(w, dtype=float), rng.permutation(n)
    w = first
    for start in range(0, n, B):
        w = w - lr * np.mean([grad_i(first, i) for i in order[start : start + B]], axis=0)
    return w


@task.mistake(
    "mean over everything",
    "All coordinates get one and the same step. Over what is the mean to be taken: over examples, "
    "or over coordinates as well?",
)
def sgd_epoch(grad_i, w, n, B, lr, rng):
    w, order = np.array(w, dtype=float), rng.permutation(n)
    for start in range(0, n, B):
        w = w - lr * np.mean([grad_i(w, i) for i in order[start : start + B]])
    return w


@task.mistake(
    "a step of lr/B for every example",
    "w moves between two examples of a batch, and in a last, smaller batch by too little. "
    "How many times does w change in one epoch?",
)
def sgd_epoch(grad_i, w, n, B, lr, rng):
    w = np.array(w, dtype=float)
    for i in rng.permutation(n):
        w = w - lr * grad_i(w, i) / B
    return w


@task.mistake(
    "only the first batch",
    "One batch is asked, and the epoch is over. Who of the n examples has not been heard?",
)
def sgd_epoch(grad_i, w, n, B, lr, rng):
    batch = rng.permutation(n)[:B]
    return w - lr * np.mean([grad_i(w, i) for i in batch], axis=0)


@task.mistake(
    "each batch drawn afresh",
    "Some example is asked in two batches and another in none, and the last batch is as large as "
    "the others. What is an epoch?",
)
def sgd_epoch(grad_i, w, n, B, lr, rng):
    for _ in range(0, n, B):
        batch = rng.choice(n, min(n, B), replace=False)
        w = w - lr * np.mean([grad_i(w, i) for i in batch], axis=0)
    return w


@task.accepts("gradients added up in a loop")
def sgd_epoch(grad_i, w, n, B, lr, rng):
    w = np.array(w, dtype=float)
    order = np.arange(n)
    rng.shuffle(order)
    for start in range(0, n, B):
        batch = order[start : start + B]
        g = np.zeros_like(w)
        for i in batch:
            g = g + np.asarray(grad_i(w, i))
        w = w - lr * g / len(batch)
    return w


@task.accepts("stacked")
def sgd_epoch(grad_i, w, n, B, lr, rng):
    w, left = np.asarray(w) * 1.0, rng.permutation(n)
    while len(left):
        G = np.stack([np.asarray(grad_i(w.copy(), i), dtype=float) for i in left[:B]])
        w, left = w - lr * G.mean(axis=0), left[B:]
    return w


# --- gradient_variance ---


def random_clouds(gen):
    cases = []
    for shape, scale in (((7, 3), 1.0), ((4, 2, 3), 1e-4), ((9, 5), 1e3)):
        G = scale * (gen.normal(size=shape) + 0.7)
        G[0] = 0.0
        cases.append(Case(f"{shape[0]} gradients of shape {shape[1:]}, size {scale:g}", (G,)))
    return cases


task = problems.task(
    reference.gradient_variance,
    cases=[
        Case(
            "rows (1, 0), (-1, 0), (0, 2), (0, -2)",
            (np.array([[1.0, 0], [-1, 0], [0, 2], [0, -2]]),),
        ),
        Case("rows (3, 4) and (3, 4): no spread", (np.array([[3.0, 4], [3, 4]]),)),
        Case("rows (3, 4), (5, 4) and (1, 7)", (np.array([[3.0, 4], [5, 4], [1, 7]]),)),
        Case("numbers 1, 3, 5, 7", (np.array([1.0, 3, 5, 7]),)),
        Case("whole numbers, rows (1, 2), (2, 4), (3, 9)", (np.array([[1, 2], [2, 4], [3, 9]]),)),
        Case("a single row", (np.array([[2.0, -5.0, 0.0]]),)),
        Case(
            "gradients that are tables of shape (2, 3)", (np.arange(24.0).reshape(4, 2, 3) ** 1.5,)
        ),
        Case("tiny gradients", (np.array([[1e-8, 0.0], [3e-8, 0.0], [2e-8, 1e-8]]),)),
        Case("a row that holds NaN", (np.array([[1.0, np.nan], [2.0, 3.0]]),)),
    ],
    draw=random_clouds,
    rtol=1e-8,
    atol=1e-24,
    why="sums of squares; E|G|² - |mean|² loses some digits and is right",
)


@task.mistake(
    "divided by N - 1",
    "You divide by N - 1, which corrects for a mean that was estimated from a sample. Are these "
    "some of the examples, or all?",
)
def gradient_variance(G):
    return np.sum((G - np.mean(G, axis=0)) ** 2) / (len(G) - 1)


@task.mistake(
    "not centred",
    "Rows (3, 4) and (3, 4) have no spread, and you get 25. From where do you measure?",
)
def gradient_variance(G):
    return np.sum(np.asarray(G, dtype=float) ** 2) / len(G)


@task.mistake(
    "one number for each coordinate",
    "These are the variances of the coordinates. The squared length of a vector adds up the "
    "squares of its coordinates: what does that make of the variances?",
)
def gradient_variance(G):
    return np.var(G, axis=0)


@task.mistake(
    "standard deviation", "This is a root: its unit is that of a gradient, not its square."
)
def gradient_variance(G):
    return np.sqrt(np.sum((G - np.mean(G, axis=0)) ** 2) / len(G))


@task.mistake(
    "mean over coordinates",
    "Your number shrinks if a coordinate is added that is always 0. Should it? "
    "How long is (3, 4, 0)?",
)
def gradient_variance(G):
    return np.mean(np.var(G, axis=0))


@task.mistake(
    "spread around one number",
    "(3, 4) and (3, 4) are the same vector, and you find a spread: the mean mixes the coordinates. "
    "What does the mean of vectors look like?",
)
def gradient_variance(G):
    return np.var(G)


@task.mistake("sum for mean", "Twice as many examples of the same kind, and your number doubles.")
def gradient_variance(G):
    return np.sum((G - np.mean(G, axis=0)) ** 2)


@task.mistake(
    "distance not squared",
    "This is the mean distance from the mean. Variance asks for its square: what do squares do "
    "with far ones?",
)
def gradient_variance(G):
    G = np.asarray(G, dtype=float)
    return np.mean([np.sqrt(np.sum(d**2)) for d in G - G.mean(axis=0)])


@task.mistake(
    "the other axis",
    "You centre each gradient by the mean of its own coordinates. Which axis counts the examples?",
)
def gradient_variance(G):
    G = np.asarray(G, dtype=float)
    return np.sum((G - np.mean(G, axis=-1, keepdims=True)) ** 2) / len(G)


@task.mistake(
    "squared length of the mean",
    "This is how long the full gradient is, squared. How far are the others from it?",
)
def gradient_variance(G):
    return np.sum(np.mean(G, axis=0) ** 2)


@task.mistake(
    "root taken before the mean",
    "The root of the sum of squares, divided by N, is neither a variance nor a distance. What "
    "is to be averaged over the examples?",
)
def gradient_variance(G):
    return np.linalg.norm(np.ravel(G - np.mean(G, axis=0))) / len(G)


@task.accepts("coordinate by coordinate")
def gradient_variance(G):
    return float(np.sum(np.var(np.asarray(G, dtype=float), axis=0)))


@task.accepts("row by row")
def gradient_variance(G):
    G = np.asarray(G, dtype=float)
    mean = sum(G[i] for i in range(len(G))) / len(G)
    return sum(float(np.sum((g - mean) ** 2)) for g in G) / len(G)


# --- predicted_variance ---


def random_draws(gen):
    cases = []
    for scale in (1.0, 1e-6, 1e5):
        N = int(gen.integers(20, 200))
        B = int(gen.integers(2, N - 2))
        S = float(scale * gen.uniform(1, 9))
        for replace in (True, False):
            word = "with" if replace else "without"
            label = f"S = {S:.3g}, B = {B}, N = {N}, {word} replacement"
            cases.append(Case(label, (S, B, N, replace)))
    return cases


task = problems.task(
    reference.predicted_variance,
    cases=[
        Case("S = 12, B = 4, N = 10, with replacement", (12.0, 4, 10, True)),
        Case("S = 12, B = 4, N = 10, without", (12.0, 4, 10, False)),
        Case("S = 12, B = 1, N = 10, without", (12.0, 1, 10, False)),
        Case("S = 12, B = 10, N = 10, without: every example", (12.0, 10, 10, False)),
        Case("S = 12, B = 10, N = 10, with", (12.0, 10, 10, True)),
        Case("S = 12, B = 24, N = 10, with", (12.0, 24, 10, True)),
        Case("S = 12, B = 24, N = 10, without: impossible", (12.0, 24, 10, False)),
        Case("S = 7, B = 2, N = 5, without, whole numbers", (7, 2, 5, False)),
        Case("S = 0", (0.0, 3, 10, False)),
        Case("S = 68.2, B = 64, N = 1000, without", (68.2, 64, 1000, False)),
        Case("S is NaN", (np.nan, 3, 10, False)),
    ],
    draw=random_draws,
    why="two divisions and a product: only rounding may differ",
)


@task.mistake(
    "no correction",
    "Without replacement you get what holds with it. What is left to chance if the batch holds "
    "all N examples?",
)
def predicted_variance(S, B, N, replace):
    if not replace and B > N:
        raise ValueError("too many")
    return S / B


@task.mistake(
    "no correction, impossible draws pass",
    "B = N without replacement leaves nothing to chance, and you get S/N. And how would you draw "
    "24 different examples out of 10?",
)
def predicted_variance(S, B, N, replace):
    return S / B


@task.mistake(
    "N for N - 1",
    "A batch of one knows nothing of the others: with and without replacement must agree at B = 1. "
    "Do they in your formula?",
)
def predicted_variance(S, B, N, replace):
    if not replace and B > N:
        raise ValueError("too many")
    return S / B if replace else S / B * (N - B) / N


@task.mistake(
    "correction upside down",
    "Without replacement your variance grows above S/B, and at B = N you divide by 0. Which of the "
    "two ways of drawing is noisier?",
)
def predicted_variance(S, B, N, replace):
    if not replace and B > N:
        raise ValueError("too many")
    if replace:
        return S / B
    return S / B * (N - 1) / (N - B) if N > B else float("inf")


@task.mistake(
    "corrected in both cases",
    "With replacement you correct too. Do independent draws know how many examples there are?",
)
def predicted_variance(S, B, N, replace):
    if not replace and B > N:
        raise ValueError("too many")
    return S / B * (N - B) / (N - 1)


@task.mistake(
    "the two cases swapped",
    "Each of your two numbers belongs to the other way of drawing. What does replace = True mean?",
)
def predicted_variance(S, B, N, replace):
    if not replace and B > N:
        raise ValueError("too many")
    return S / B * (N - B) / (N - 1) if replace else S / B


@task.mistake(
    "root of B",
    "This is how the standard deviation falls. And its square?",
)
def predicted_variance(S, B, N, replace):
    if not replace and B > N:
        raise ValueError("too many")
    return S / np.sqrt(B) if replace else S / np.sqrt(B) * (N - B) / (N - 1)


@task.mistake(
    "S/B forgotten",
    "Without replacement only the correction is there. Does it stand alone, or beside the law for "
    "independent draws?",
)
def predicted_variance(S, B, N, replace):
    if not replace and B > N:
        raise ValueError("too many")
    return S / B if replace else S * (N - B) / (N - 1)


@task.mistake(
    "standard deviation",
    "Your number is the root of the right one. S is a mean of squares: so should the result be.",
)
def predicted_variance(S, B, N, replace):
    if not replace and B > N:
        raise ValueError("too many")
    return np.sqrt(S / B) if replace else np.sqrt(S / B * (N - B) / (N - 1))


@task.mistake(
    "impossible draws pass",
    "24 different examples out of 10 give a variance below 0 in your formula. What should happen "
    "there?",
)
def predicted_variance(S, B, N, replace):
    return S / B if replace else S / B * (N - B) / (N - 1)


@task.mistake(
    "one example too many left",
    "At B = N something is left over, and at B = 1 the two ways of drawing do not agree. What must "
    "the correction be at these two ends?",
)
def predicted_variance(S, B, N, replace):
    if not replace and B > N:
        raise ValueError("too many")
    return S / B if replace else S / B * (N - B + 1) / N


@task.mistake(
    "sum for mean",
    "Your variance grows with B: it is that of a sum. What happens to a variance when the sum is "
    "divided by B?",
)
def predicted_variance(S, B, N, replace):
    if not replace and B > N:
        raise ValueError("too many")
    return S * B if replace else S * B * (N - B) / (N - 1)


@task.mistake(
    "root of the correction",
    "At B = 1 and at B = N you are right, and between them too high: the correction for a "
    "standard deviation is the root. And for a variance?",
)
def predicted_variance(S, B, N, replace):
    if not replace and B > N:
        raise ValueError("too many")
    return S / B if replace else S / B * np.sqrt((N - B) / (N - 1))


@task.mistake(
    "N for N - 1, impossible draws pass",
    "At B = 1 your two ways of drawing differ, though one draw is one draw. And what should "
    "happen with 24 different examples out of 10?",
)
def predicted_variance(S, B, N, replace):
    return S / B if replace else S / B * (N - B) / N


@task.accepts("by the covariance of two draws")
def predicted_variance(S, B, N, replace):
    if not replace and B > N:
        raise ValueError("not so many are there")
    together = 0 if replace else -S / (N - 1)
    return (B * S + B * (B - 1) * together) / B**2


@task.accepts("correction first")
def predicted_variance(S, B, N, replace):
    if B > N and not replace:
        raise ValueError("B must be at most N")
    correction = 1.0 if replace else 1 - (B - 1) / (N - 1)
    return S * correction / B


# --- noise_floor ---


def random_parabolas(gen):
    cases = []
    for scale in (1.0, 1e-3, 1e3):
        lam = float(scale * gen.uniform(0.5, 2))
        lr = float(gen.uniform(0.1, 1.9) / lam)
        s2 = float(gen.uniform(0.1, 5))
        cases.append(Case(f"lr = {lr:.3g}, lam = {lam:.3g}, s2 = {s2:.3g}", (lr, lam, s2)))
    return cases


task = problems.task(
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


# --- schedule ---


def rates(answer, kind, lr0, steps, options):
    """Ask a schedule for several steps."""
    return tuple(answer(kind, lr0, t, **options) for t in steps)


def random_schedules(gen):
    cases = []
    for kind in ("step", "exp", "inv", "poly", "cosine", "warmup-cosine"):
        lr0 = float(10.0 ** gen.uniform(-4, 1))
        T = int(gen.integers(8, 30))
        options = {
            "step": {"every": int(gen.integers(2, 6)), "gamma": float(gen.uniform(0.2, 0.9))},
            "exp": {"gamma": float(gen.uniform(0.5, 0.99))},
            "inv": {"rate": float(gen.uniform(0.1, 2))},
            "poly": {"T": T, "power": float(gen.uniform(1.2, 3)), "end": lr0 / 50},
            "cosine": {"T": T, "end": lr0 / 20},
            "warmup-cosine": {"T": T, "warmup": int(gen.integers(2, 6)), "end": lr0 / 20},
        }[kind]
        cases.append(shown(kind, lr0, (1, 2, 3, 5, 8, T, T + 1, 2 * T), options))
    return cases


def shown(kind, lr0, steps, options):
    """Return a case that is labelled by its numbers."""
    words = "".join(f", {k} = {v:.3g}" for k, v in options.items())
    steps_in_words = ", ".join(map(str, steps))
    label = f"{kind}, lr0 = {lr0:.3g}{words}, t = {steps_in_words}"
    return Case(label, (kind, lr0, steps, options), rates)


task = problems.task(
    reference.schedule,
    cases=[
        shown("constant", 0.3, (1, 2, 100), {}),
        shown("step", 0.8, (1, 2, 3, 4, 5), {"every": 2, "gamma": 0.5}),
        shown("exp", 0.8, (1, 2, 3), {"gamma": 0.5}),
        shown("inv", 0.6, (1, 2, 3), {"rate": 1.0}),
        shown("poly", 0.8, (1, 2, 3, 5), {"T": 4}),
        shown("poly", 0.8, (1, 3, 5, 6, 9), {"T": 4, "power": 2, "end": 0.4}),
        shown("cosine", 0.8, (1, 3, 5), {"T": 4}),
        shown("cosine", 0.8, (1, 2, 3, 5, 6, 9), {"T": 4, "end": 0.4}),
        shown("warmup-cosine", 0.8, (1, 2, 3, 4, 5), {"T": 8, "warmup": 4}),
        shown("warmup-cosine", 0.8, (1, 2, 3, 5, 7, 9), {"T": 6, "warmup": 2, "end": 0.1}),
        shown("warmup-cosine", 0.8, (1, 3, 5, 6), {"T": 4, "warmup": 0}),
        shown("exp", 1, (1, 2, 3, 11), {"gamma": 0.9}),
        shown("step", 1e-6, (3, 4, 7, 10), {"every": 3, "gamma": 0.1}),
        shown("inv", np.nan, (1, 2), {"rate": 0.5}),
        Case("a kind that does not exist", ("sine", 0.1, (1,), {}), rates),
    ],
    draw=random_schedules,
    why="powers and a cosine: only rounding may differ",
)


@task.mistake(
    "t for t - 1",
    "Your first step is already smaller than lr0. How many steps were made before the step t = 1?",
)
def schedule(kind, lr0, t, **kw):
    end, k = kw.get("end", 0.0), t
    if kind == "constant":
        return lr0
    if kind == "step":
        return lr0 * kw["gamma"] ** (k // kw["every"])
    if kind == "exp":
        return lr0 * kw["gamma"] ** k
    if kind == "inv":
        return lr0 / (1 + kw["rate"] * k)
    if kind == "poly":
        return end + (lr0 - end) * (1 - min(k / kw["T"], 1)) ** kw.get("power", 1)
    if kind == "cosine":
        return end + (lr0 - end) * (1 + np.cos(np.pi * min(k / kw["T"], 1))) / 2
    if kind == "warmup-cosine":
        w = kw["warmup"]
        if t <= w:
            return lr0 * t / w
        return end + (lr0 - end) * (1 + np.cos(np.pi * min((k - w) / (kw["T"] - w), 1))) / 2
    raise ValueError(kind)


@task.mistake(
    "cosine rises again",
    "Beyond T your rate climbs, and may fall below zero for a power. What should it be after the "
    "schedule has run out?",
)
def schedule(kind, lr0, t, **kw):
    end, k = kw.get("end", 0.0), t - 1
    if kind == "constant":
        return lr0
    if kind == "step":
        return lr0 * kw["gamma"] ** (k // kw["every"])
    if kind == "exp":
        return lr0 * kw["gamma"] ** k
    if kind == "inv":
        return lr0 / (1 + kw["rate"] * k)
    if kind == "poly":
        return end + (lr0 - end) * (1 - min(k / kw["T"], 1)) ** kw.get("power", 1)
    if kind == "cosine":
        return end + (lr0 - end) * (1 + np.cos(np.pi * k / kw["T"])) / 2
    if kind == "warmup-cosine":
        w = kw["warmup"]
        if t <= w:
            return lr0 * t / w
        return end + (lr0 - end) * (1 + np.cos(np.pi * (k - w) / (kw["T"] - w))) / 2
    raise ValueError(kind)


@task.mistake(
    "whole-number division",
    "Between the first step and the last your rate does not move. What does 3 // 4 come to?",
)
def schedule(kind, lr0, t, **kw):
    end, k = kw.get("end", 0.0), t - 1
    if kind == "constant":
        return lr0
    if kind == "step":
        return lr0 * kw["gamma"] ** (k // kw["every"])
    if kind == "exp":
        return lr0 * kw["gamma"] ** k
    if kind == "inv":
        return lr0 / (1 + kw["rate"] * k)
    if kind == "poly":
        return end + (lr0 - end) * (1 - min(k // kw["T"], 1)) ** kw.get("power", 1)
    if kind == "cosine":
        return end + (lr0 - end) * (1 + np.cos(np.pi * min(k // kw["T"], 1))) / 2
    if kind == "warmup-cosine":
        w = kw["warmup"]
        if t <= w:
            return lr0 * t / w
        return end + (lr0 - end) * (1 + np.cos(np.pi * min((k - w) // (kw["T"] - w), 1))) / 2
    raise ValueError(kind)


@task.mistake(
    "warm-up begins at zero",
    "The first step of your warm-up has the rate 0: it is computed and thrown away. At which t "
    "should lr0 be reached?",
)
def schedule(kind, lr0, t, **kw):
    end, k = kw.get("end", 0.0), t - 1
    if kind == "constant":
        return lr0
    if kind == "step":
        return lr0 * kw["gamma"] ** (k // kw["every"])
    if kind == "exp":
        return lr0 * kw["gamma"] ** k
    if kind == "inv":
        return lr0 / (1 + kw["rate"] * k)
    if kind == "poly":
        return end + (lr0 - end) * (1 - min(k / kw["T"], 1)) ** kw.get("power", 1)
    if kind == "cosine":
        return end + (lr0 - end) * (1 + np.cos(np.pi * min(k / kw["T"], 1))) / 2
    if kind == "warmup-cosine":
        w = kw["warmup"]
        if t <= w:
            return lr0 * (t - 1) / w
        return end + (lr0 - end) * (1 + np.cos(np.pi * min((k - w) / (kw["T"] - w), 1))) / 2
    raise ValueError(kind)


@task.mistake(
    "no warm-up breaks",
    "With warmup = 0 you divide by zero. What is to be done if there is nothing to warm up?",
)
def schedule(kind, lr0, t, **kw):
    end, k = kw.get("end", 0.0), t - 1
    if kind == "constant":
        return lr0
    if kind == "step":
        return lr0 * kw["gamma"] ** (k // kw["every"])
    if kind == "exp":
        return lr0 * kw["gamma"] ** k
    if kind == "inv":
        return lr0 / (1 + kw["rate"] * k)
    if kind == "poly":
        return end + (lr0 - end) * (1 - min(k / kw["T"], 1)) ** kw.get("power", 1)
    if kind == "cosine":
        return end + (lr0 - end) * (1 + np.cos(np.pi * min(k / kw["T"], 1))) / 2
    if kind == "warmup-cosine":
        w = kw["warmup"]
        rise = t / w
        fall = (1 + np.cos(np.pi * min(max(k - w, 0) / (kw["T"] - w), 1))) / 2
        return lr0 * rise if rise <= 1 else end + (lr0 - end) * fall
    raise ValueError(kind)


@task.mistake(
    "cosine not shifted by the warm-up",
    "After the warm-up your rate drops at once: the cosine has been running all the time. Which of "
    "its own steps is the first one after the warm-up?",
)
def schedule(kind, lr0, t, **kw):
    end, k = kw.get("end", 0.0), t - 1
    if kind == "constant":
        return lr0
    if kind == "step":
        return lr0 * kw["gamma"] ** (k // kw["every"])
    if kind == "exp":
        return lr0 * kw["gamma"] ** k
    if kind == "inv":
        return lr0 / (1 + kw["rate"] * k)
    if kind == "poly":
        return end + (lr0 - end) * (1 - min(k / kw["T"], 1)) ** kw.get("power", 1)
    if kind == "cosine":
        return end + (lr0 - end) * (1 + np.cos(np.pi * min(k / kw["T"], 1))) / 2
    if kind == "warmup-cosine":
        w = kw["warmup"]
        if t <= w:
            return lr0 * t / w
        return end + (lr0 - end) * (1 + np.cos(np.pi * min(k / kw["T"], 1))) / 2
    raise ValueError(kind)


@task.mistake(
    "T counted after the warm-up",
    "Your cosine ends too late: T is the length of all, the warm-up included. How many steps are "
    "left for the cosine?",
)
def schedule(kind, lr0, t, **kw):
    end, k = kw.get("end", 0.0), t - 1
    if kind == "constant":
        return lr0
    if kind == "step":
        return lr0 * kw["gamma"] ** (k // kw["every"])
    if kind == "exp":
        return lr0 * kw["gamma"] ** k
    if kind == "inv":
        return lr0 / (1 + kw["rate"] * k)
    if kind == "poly":
        return end + (lr0 - end) * (1 - min(k / kw["T"], 1)) ** kw.get("power", 1)
    if kind == "cosine":
        return end + (lr0 - end) * (1 + np.cos(np.pi * min(k / kw["T"], 1))) / 2
    if kind == "warmup-cosine":
        w = kw["warmup"]
        if t <= w:
            return lr0 * t / w
        return end + (lr0 - end) * (1 + np.cos(np.pi * min((k - w) / kw["T"], 1))) / 2
    raise ValueError(kind)


@task.mistake(
    "steps without steps",
    "Between two cuts your rate creeps down. How many whole cuts have been made after 3 steps, one "
    "every 2?",
)
def schedule(kind, lr0, t, **kw):
    end, k = kw.get("end", 0.0), t - 1
    if kind == "constant":
        return lr0
    if kind == "step":
        return lr0 * kw["gamma"] ** (k / kw["every"])
    if kind == "exp":
        return lr0 * kw["gamma"] ** k
    if kind == "inv":
        return lr0 / (1 + kw["rate"] * k)
    if kind == "poly":
        return end + (lr0 - end) * (1 - min(k / kw["T"], 1)) ** kw.get("power", 1)
    if kind == "cosine":
        return end + (lr0 - end) * (1 + np.cos(np.pi * min(k / kw["T"], 1))) / 2
    if kind == "warmup-cosine":
        w = kw["warmup"]
        if t <= w:
            return lr0 * t / w
        return end + (lr0 - end) * (1 + np.cos(np.pi * min((k - w) / (kw["T"] - w), 1))) / 2
    raise ValueError(kind)


@task.mistake(
    "last rate forgotten",
    "Your rate goes down to 0 although an end is given. Between which two numbers does it fall?",
)
def schedule(kind, lr0, t, **kw):
    k = t - 1
    if kind == "constant":
        return lr0
    if kind == "step":
        return lr0 * kw["gamma"] ** (k // kw["every"])
    if kind == "exp":
        return lr0 * kw["gamma"] ** k
    if kind == "inv":
        return lr0 / (1 + kw["rate"] * k)
    if kind == "poly":
        return lr0 * (1 - min(k / kw["T"], 1)) ** kw.get("power", 1)
    if kind == "cosine":
        return lr0 * (1 + np.cos(np.pi * min(k / kw["T"], 1))) / 2
    if kind == "warmup-cosine":
        w = kw["warmup"]
        if t <= w:
            return lr0 * t / w
        return lr0 * (1 + np.cos(np.pi * min((k - w) / (kw["T"] - w), 1))) / 2
    raise ValueError(kind)


@task.mistake(
    "end added on top",
    "Your rate begins above lr0, by the end that was given. How far is it down from there to end?",
)
def schedule(kind, lr0, t, **kw):
    end, k = kw.get("end", 0.0), t - 1
    if kind == "constant":
        return lr0
    if kind == "step":
        return lr0 * kw["gamma"] ** (k // kw["every"])
    if kind == "exp":
        return lr0 * kw["gamma"] ** k
    if kind == "inv":
        return lr0 / (1 + kw["rate"] * k)
    if kind == "poly":
        return end + lr0 * (1 - min(k / kw["T"], 1)) ** kw.get("power", 1)
    if kind == "cosine":
        return end + lr0 * (1 + np.cos(np.pi * min(k / kw["T"], 1))) / 2
    if kind == "warmup-cosine":
        w = kw["warmup"]
        if t <= w:
            return lr0 * t / w
        return end + lr0 * (1 + np.cos(np.pi * min((k - w) / (kw["T"] - w), 1))) / 2
    raise ValueError(kind)


@task.mistake(
    "exponential with e",
    "Your exponential falls as e to the power -gamma k. Here gamma itself is the factor of a step: "
    "what is left after one?",
)
def schedule(kind, lr0, t, **kw):
    end, k = kw.get("end", 0.0), t - 1
    if kind == "constant":
        return lr0
    if kind == "step":
        return lr0 * kw["gamma"] ** (k // kw["every"])
    if kind == "exp":
        return lr0 * np.exp(-kw["gamma"] * k)
    if kind == "inv":
        return lr0 / (1 + kw["rate"] * k)
    if kind == "poly":
        return end + (lr0 - end) * (1 - min(k / kw["T"], 1)) ** kw.get("power", 1)
    if kind == "cosine":
        return end + (lr0 - end) * (1 + np.cos(np.pi * min(k / kw["T"], 1))) / 2
    if kind == "warmup-cosine":
        w = kw["warmup"]
        if t <= w:
            return lr0 * t / w
        return end + (lr0 - end) * (1 + np.cos(np.pi * min((k - w) / (kw["T"] - w), 1))) / 2
    raise ValueError(kind)


@task.mistake(
    "power inside",
    "Your power acts on the part that is over, and not on the part that is left: with power 2 the "
    "rate should fall fast first. Which of the two is 1 - p?",
)
def schedule(kind, lr0, t, **kw):
    end, k = kw.get("end", 0.0), t - 1
    if kind == "constant":
        return lr0
    if kind == "step":
        return lr0 * kw["gamma"] ** (k // kw["every"])
    if kind == "exp":
        return lr0 * kw["gamma"] ** k
    if kind == "inv":
        return lr0 / (1 + kw["rate"] * k)
    if kind == "poly":
        return end + (lr0 - end) * (1 - min(k / kw["T"], 1) ** kw.get("power", 1))
    if kind == "cosine":
        return end + (lr0 - end) * (1 + np.cos(np.pi * min(k / kw["T"], 1))) / 2
    if kind == "warmup-cosine":
        w = kw["warmup"]
        if t <= w:
            return lr0 * t / w
        return end + (lr0 - end) * (1 + np.cos(np.pi * min((k - w) / (kw["T"] - w), 1))) / 2
    raise ValueError(kind)


@task.mistake(
    "half of the cosine missing",
    "Your cosine begins at twice lr0. Between which values does 1 + cos move?",
)
def schedule(kind, lr0, t, **kw):
    end, k = kw.get("end", 0.0), t - 1
    if kind == "constant":
        return lr0
    if kind == "step":
        return lr0 * kw["gamma"] ** (k // kw["every"])
    if kind == "exp":
        return lr0 * kw["gamma"] ** k
    if kind == "inv":
        return lr0 / (1 + kw["rate"] * k)
    if kind == "poly":
        return end + (lr0 - end) * (1 - min(k / kw["T"], 1)) ** kw.get("power", 1)
    if kind == "cosine":
        return end + (lr0 - end) * (1 + np.cos(np.pi * min(k / kw["T"], 1)))
    if kind == "warmup-cosine":
        w = kw["warmup"]
        if t <= w:
            return lr0 * t / w
        return end + (lr0 - end) * (1 + np.cos(np.pi * min((k - w) / (kw["T"] - w), 1)))
    raise ValueError(kind)


@task.mistake(
    "cut one step early",
    "Your step comes one too early: with a cut every 2 steps, the rates of t = 1 and t = 2 are "
    "alike. How many steps were made before t = 2?",
)
def schedule(kind, lr0, t, **kw):
    end, k = kw.get("end", 0.0), t - 1
    if kind == "constant":
        return lr0
    if kind == "step":
        return lr0 * kw["gamma"] ** (t // kw["every"])
    if kind == "exp":
        return lr0 * kw["gamma"] ** k
    if kind == "inv":
        return lr0 / (1 + kw["rate"] * k)
    if kind == "poly":
        return end + (lr0 - end) * (1 - min(k / kw["T"], 1)) ** kw.get("power", 1)
    if kind == "cosine":
        return end + (lr0 - end) * (1 + np.cos(np.pi * min(k / kw["T"], 1))) / 2
    if kind == "warmup-cosine":
        w = kw["warmup"]
        if t <= w:
            return lr0 * t / w
        return end + (lr0 - end) * (1 + np.cos(np.pi * min((k - w) / (kw["T"] - w), 1))) / 2
    raise ValueError(kind)


@task.mistake(
    "cosine one step ahead after the warm-up",
    "After the warm-up your cosine has already begun to fall at its first step. At t = warmup + 1, "
    "how many of its own steps has it made?",
)
def schedule(kind, lr0, t, **kw):
    end, k = kw.get("end", 0.0), t - 1
    if kind == "constant":
        return lr0
    if kind == "step":
        return lr0 * kw["gamma"] ** (k // kw["every"])
    if kind == "exp":
        return lr0 * kw["gamma"] ** k
    if kind == "inv":
        return lr0 / (1 + kw["rate"] * k)
    if kind == "poly":
        return end + (lr0 - end) * (1 - min(k / kw["T"], 1)) ** kw.get("power", 1)
    if kind == "cosine":
        return end + (lr0 - end) * (1 + np.cos(np.pi * min(k / kw["T"], 1))) / 2
    if kind == "warmup-cosine":
        w = kw["warmup"]
        if t <= w:
            return lr0 * t / w
        return end + (lr0 - end) * (1 + np.cos(np.pi * min((t - w) / (kw["T"] - w), 1))) / 2
    raise ValueError(kind)


@task.accepts("by the part that is left")
def schedule(kind, lr0, t, **kw):
    k, end = t - 1.0, kw.get("end", 0.0)
    if kind == "warmup-cosine":
        w = kw["warmup"]
        if w and t < w:
            return lr0 * t / w
        kind, k, T = "cosine", max(k - w, 0.0), kw["T"] - w
    else:
        T = kw.get("T", 1)
    left = max(1 - k / T, 0.0)
    if kind == "constant":
        return float(lr0)
    if kind == "step":
        return lr0 * kw["gamma"] ** np.floor(k / kw["every"])
    if kind == "exp":
        return lr0 * np.exp(k * np.log(kw["gamma"]))
    if kind == "inv":
        return lr0 / (1 + kw["rate"] * k)
    if kind == "poly":
        return lr0 * left ** kw.get("power", 1) + end * (1 - left ** kw.get("power", 1))
    if kind == "cosine":
        return end + (lr0 - end) * np.sin(np.pi / 2 * left) ** 2
    raise ValueError(f"unknown kind {kind}")


@task.accepts("a table of functions")
def schedule(kind, lr0, t, **kw):
    end = kw.get("end", 0.0)

    def cosine(k, T):
        return end + 0.5 * (lr0 - end) * (1 + np.cos(np.pi * min(k, T) / T))

    table = {
        "constant": lambda k: 1.0 * lr0,
        "step": lambda k: lr0 * kw["gamma"] ** (k // kw["every"]),
        "exp": lambda k: lr0 * kw["gamma"] ** k,
        "inv": lambda k: lr0 / (1 + k * kw["rate"]),
        "poly": lambda k: end + (lr0 - end) * (1 - min(k, kw["T"]) / kw["T"]) ** kw.get("power", 1),
        "cosine": lambda k: cosine(k, kw["T"]),
        "warmup-cosine": lambda k: (
            lr0 * (k + 1) / kw["warmup"]
            if k < kw["warmup"]
            else cosine(k - kw["warmup"], kw["T"] - kw["warmup"])
        ),
    }
    if kind not in table:
        raise ValueError("no such schedule")
    return table[kind](t - 1)


# --- polyak_average ---


def random_paths(gen):
    cases = []
    for shape, burn, scale in (((8, 2), 3, 1.0), ((6, 2, 3), 1, 1e-5), ((12,), 5, 1e4)):
        path = scale * gen.normal(size=shape)
        path[0] = 0.0
        cases.append(Case(f"{shape[0]} points of shape {shape[1:]}, burn = {burn}", (path, burn)))
    return cases


WALK = np.array([[9.0, 9.0], [2.0, 0.0], [4.0, 6.0], [0.0, 3.0]])

task = problems.task(
    reference.polyak_average,
    cases=[
        Case("9, 2, 4, 0, burn = 1", (np.array([9.0, 2.0, 4.0, 0.0]), 1)),
        Case("9, 2, 4, 0, burn = 0", (np.array([9.0, 2.0, 4.0, 0.0]), 0)),
        Case("(9, 9), (2, 0), (4, 6), (0, 3), burn = 1", (WALK, 1)),
        Case("(9, 9), (2, 0), (4, 6), (0, 3), burn = 2", (WALK, 2)),
        Case("burn = 3 of 4: one point is left", (WALK, 3)),
        Case("whole numbers 1, 2, 4, 8, burn = 1", (np.array([1, 2, 4, 8]), 1)),
        Case("points of shape (2, 3), burn = 2", (np.arange(30.0).reshape(5, 2, 3) ** 1.3, 2)),
        Case("tiny numbers", (1e-9 * WALK, 1)),
        Case("NaN on the way", (np.array([1.0, 2.0, np.nan, 4.0]), 1)),
        Case("burn = 4 of 4: nothing is left", (WALK, 4)),
    ],
    draw=random_paths,
    rtol=1e-9,
    why="sums in another order differ by rounding",
)


@task.mistake(
    "moving average",
    "The newest point weighs more than the older ones in your average. In a plain mean, how much "
    "does each of j points count?",
)
def polyak_average(traj, burn):
    kept = np.asarray(traj, dtype=float)[burn:]
    if not len(kept):
        raise ValueError("nothing is left")
    out = [kept[0]]
    for w in kept[1:]:
        out.append(0.9 * out[-1] + 0.1 * w)
    return np.array(out)


@task.mistake(
    "first points included",
    "The points before burn are still in your means. What were they to be left out for?",
)
def polyak_average(traj, burn):
    traj = np.asarray(traj, dtype=float)
    if burn >= len(traj):
        raise ValueError("nothing is left")
    counts = np.arange(1, len(traj) + 1).reshape(-1, *[1] * (traj.ndim - 1))
    return (np.cumsum(traj, axis=0) / counts)[burn:]


@task.mistake(
    "divided by one more",
    "Your first mean is half of the first point. A mean of one point is that point: by what do you "
    "divide?",
)
def polyak_average(traj, burn):
    kept = np.asarray(traj, dtype=float)[burn:]
    if not len(kept):
        raise ValueError("nothing is left")
    counts = np.arange(2, len(kept) + 2).reshape(-1, *[1] * (kept.ndim - 1))
    return np.cumsum(kept, axis=0) / counts


@task.mistake(
    "divided by the count of all",
    "Your means shrink towards 0: the points that were left out are still counted. How many points "
    "are in the first mean?",
)
def polyak_average(traj, burn):
    kept = np.asarray(traj, dtype=float)[burn:]
    if not len(kept):
        raise ValueError("nothing is left")
    counts = np.arange(burn + 1, burn + len(kept) + 1).reshape(-1, *[1] * (kept.ndim - 1))
    return np.cumsum(kept, axis=0) / counts


@task.mistake(
    "the points themselves",
    "This is the walk, not its average. What takes the place of the last point?",
)
def polyak_average(traj, burn):
    kept = np.array(traj, dtype=float)[burn:]
    if not len(kept):
        raise ValueError("nothing is left")
    return kept


@task.mistake(
    "only the last mean",
    "The mean of all is right, and it is all that comes back. A running mean has a row for each "
    "point, so that it can be drawn.",
)
def polyak_average(traj, burn):
    kept = np.asarray(traj, dtype=float)[burn:]
    if not len(kept):
        raise ValueError("nothing is left")
    return np.mean(kept, axis=0)


@task.mistake(
    "one point too many left out",
    "One row is missing: burn = 1 leaves out one point, row 0. Where does the rest begin?",
)
def polyak_average(traj, burn):
    kept = np.asarray(traj, dtype=float)[burn + 1 :]
    if burn >= len(traj):
        raise ValueError("nothing is left")
    counts = np.arange(1, len(kept) + 1).reshape(-1, *[1] * (kept.ndim - 1))
    return np.cumsum(kept, axis=0) / counts


@task.mistake(
    "sums",
    "These are sums, and they grow with the number of points. What makes a mean of a sum?",
)
def polyak_average(traj, burn):
    kept = np.asarray(traj, dtype=float)[burn:]
    if not len(kept):
        raise ValueError("nothing is left")
    return np.cumsum(kept, axis=0)


@task.mistake(
    "nothing left, and no error",
    "If burn leaves no point over, there is no mean. Should that pass in silence?",
)
def polyak_average(traj, burn):
    kept = np.asarray(traj, dtype=float)[burn:]
    counts = np.arange(1, len(kept) + 1).reshape(-1, *[1] * (kept.ndim - 1))
    return np.cumsum(kept, axis=0) / counts


@task.mistake(
    "mean of the last two",
    "Each of your rows is the mean of two neighbours. How far back does a running mean reach?",
)
def polyak_average(traj, burn):
    kept = np.asarray(traj, dtype=float)[burn:]
    if not len(kept):
        raise ValueError("nothing is left")
    return np.concatenate([kept[:1], (kept[1:] + kept[:-1]) / 2])


@task.mistake(
    "mean of the means",
    "You add the new point and the old mean and halve. After three points, how much does the first "
    "one still count?",
)
def polyak_average(traj, burn):
    kept = np.asarray(traj, dtype=float)[burn:]
    if not len(kept):
        raise ValueError("nothing is left")
    out = [kept[0]]
    for w in kept[1:]:
        out.append((out[-1] + w) / 2)
    return np.array(out)


@task.mistake(
    "mean over coordinates",
    "Each row became a single number. Is the mean taken over the points, or inside of one?",
)
def polyak_average(traj, burn):
    kept = np.asarray(traj, dtype=float)[burn:]
    if not len(kept):
        raise ValueError("nothing is left")
    return np.array([np.mean(kept[: j + 1]) for j in range(len(kept))])


@task.mistake(
    "the newest point missing",
    "Your first mean is over nothing, and every later one lacks its last point. Does a slice "
    "hold the index at which it ends?",
)
def polyak_average(traj, burn):
    if burn >= len(traj):
        raise ValueError("nothing is left")
    traj, out = np.asarray(traj, dtype=float), []
    for stop in range(burn, len(traj)):
        total = np.sum(traj[burn:stop], axis=0)
        out.append(total / (stop - burn) if stop > burn else np.nan * total)
    return np.array(out)


@task.mistake(
    "a list of means",
    "The means may be right; they come as a list. The result is an array, one mean a row. And "
    "what if no point is left?",
)
def polyak_average(traj, burn):
    return [np.mean(traj[burn : j + 1], axis=0) for j in range(burn, len(traj))]


@task.accepts("with a running correction")
def polyak_average(traj, burn):
    kept = np.array(traj, dtype=float)[burn:]
    if not len(kept):
        raise ValueError("burn leaves nothing")
    mean, rows = kept[0].copy(), [kept[0].copy()]
    for j, w in enumerate(kept[1:], start=2):
        mean = mean + (w - mean) / j
        rows.append(mean)
    return np.array(rows)


@task.accepts("mean by mean")
def polyak_average(traj, burn):
    traj = np.asarray(traj, dtype=float)
    if burn > len(traj) - 1:
        raise ValueError("burn is too large")
    return np.stack([traj[burn:stop].mean(axis=0) for stop in range(burn + 1, len(traj) + 1)])


# --- epoch_loss ---


def random_accounts(gen):
    cases = []
    for m, scale in ((3, 1.0), (5, 1e-6), (8, 1e4)):
        losses, sizes = scale * gen.uniform(0.1, 2, m), gen.integers(5, 90, m)
        cases.append(Case(f"{m} batches of various sizes, losses about {scale:g}", (losses, sizes)))
    return cases


task = problems.task(
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
