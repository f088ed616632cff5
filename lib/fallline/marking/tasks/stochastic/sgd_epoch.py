"""Task `sgd_epoch` of chapter `stochastic`."""

import numpy as np

from fallline import stochastic as reference
from fallline.marking.task import Case, Task
from fallline.marking.tasks.stochastic.cases import in_words, rng

GRADIENTS = np.array([[1.0, 0.0], [2.0, 4.0], [3.0, -8.0], [6.0, 0.0]])


def itself(w, i):
    """Return the gradient of w²/2 for every example: the very array w."""
    return w


def constant(w, i):
    """Return gradients that do not depend on w."""
    return GRADIENTS[i]


def slopes(w, i):
    return np.array([3.0, 0.0, 9.0])[i] + 0 * w


def toward(w, i):
    """Return the gradient of half the squared distance from a table of numbers."""
    return w - np.arange(6.0).reshape(2, 3)


def asked(answer, n, B, seed):
    """Say which examples an epoch asks for, at how many points, and which of them together."""
    heard, gen = [], rng(seed)

    def grad_i(w, i):
        heard.append((float(np.ravel(w)[0]), int(i)))
        return np.ones_like(w)

    orders, batches = [], []
    for _ in range(4):
        heard.clear()
        answer(grad_i, np.array([50.0]), n, B, 0.25, gen)
        orders.append([i for _, i in heard])
        points = {point for point, _ in heard}
        batches.append({frozenset(i for p, i in heard if p == point) for point in points})
    seen = {"examples asked": in_words(orders[0], n, 0)}
    seen["different points"] = str(len(points))
    seen["order"] = "as they came" if orders[0] == sorted(orders[0]) else "shuffled"
    seen["next epoch"] = "the same order" if orders[0] == orders[1] else "another order"
    if 1 < B < n:
        same = all(batch == batches[0] for batch in batches)
        seen["in four epochs"] = "the same batches" if same else "other batches"
    return seen


def random_walks(gen):
    cases = []
    for n, B, scale in ((6, 3, 1.0), (7, 2, 1e-6), (8, 4, 1e4)):
        centre, w = scale * gen.normal(size=3), scale * gen.normal(size=3)
        w[1] = 0.0
        label = f"{n} equal examples, B = {B}, size {scale:g}"
        cases.append(Case(label, (w, centre, n, B, rng(int(gen.integers(1000)))), equal_call))
    table = gen.normal(size=(6, 2))
    table[0] = 0.0
    label = "6 different gradients wherever w is, B = 3, lr = 0.1, from (1, 2)"
    given = (lambda w, i: table[i], np.array([1.0, 2.0]), 6, 3, 0.1, rng(int(gen.integers(1000))))
    cases.append(Case(label, given))
    n = int(gen.integers(12, 20))
    cases.append(Case(f"who is asked: n = {n}, B = 4", (n, 4, int(gen.integers(1000))), asked))
    return cases


def equal_call(answer, w, centre, n, B, gen):
    """Run an epoch over equal examples, so that their order does not matter."""
    return answer(lambda w, i: 3 * (w - centre), w, n, B, 0.1, gen)


task = Task(
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
        Case("gradients 3, 0, 9, B = 3: one step", (slopes, np.array([4.0]), 3, 3, 0.5, rng(3))),
        Case("gradients 3, 0, 9, B = 1: three steps", (slopes, np.array([4.0]), 3, 1, 0.5, rng(4))),
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


@task.mistake(
    "divided by n",
    "From gradient w, B = 2 and lr = 1/2 you go from 16 to 12 in the first batch, and not to 8. "
    "How many examples had their say in this step?",
)
def sgd_epoch(grad_i, w, n, B, lr, rng):
    order = rng.permutation(n)
    for start in range(0, n, B):
        w = w - lr * sum(grad_i(w, i) for i in order[start : start + B]) / n
    return w


@task.mistake(
    "only the last gradient of a batch",
    "Your loop asks all examples of a batch and keeps what the last one said. What becomes of the "
    "others?",
)
def sgd_epoch(grad_i, w, n, B, lr, rng):
    order = rng.permutation(n)
    for start in range(0, n, B):
        for i in order[start : start + B]:
            g = grad_i(w, i)
        w = w - lr * g
    return w


@task.mistake(
    "gradients of earlier batches kept",
    "The first step is right, and the second holds the first batch's gradients once more. When "
    "does a sum begin at 0?",
)
def sgd_epoch(grad_i, w, n, B, lr, rng):
    order, g = rng.permutation(n), 0.0
    for start in range(0, n, B):
        batch = order[start : start + B]
        for i in batch:
            g = g + grad_i(w, i) / len(batch)
        w = w - lr * g
    return w


@task.mistake(
    "a whole batch asked at once",
    "You hand grad_i a whole batch of numbers, and average over what comes back. How many examples "
    "does it speak for in one call?",
)
def sgd_epoch(grad_i, w, n, B, lr, rng):
    order = rng.permutation(n)
    for start in range(0, n, B):
        w = w - lr * np.mean(grad_i(w, order[start : start + B]), axis=0)
    return w


@task.mistake(
    "the same batches in each epoch",
    "The batches come in another order each time, and each holds the same examples as before. "
    "What is to be shuffled, batches or examples?",
)
def sgd_epoch(grad_i, w, n, B, lr, rng):
    for start in rng.permutation(np.arange(0, n, B)):
        batch = range(start, min(start + B, n))
        w = w - lr * np.mean([grad_i(w, i) for i in batch], axis=0)
    return w


@task.mistake(
    "w never changed",
    "What comes back is the w that went in: a difference was computed and not kept. Where does "
    "the new w go?",
)
def sgd_epoch(grad_i, w, n, B, lr, rng):
    order = rng.permutation(n)
    for start in range(0, n, B):
        g = np.mean([grad_i(w, i) for i in order[start : start + B]], axis=0)
        w - lr * g
    return w


@task.mistake(
    "divided twice by what is there",
    "Your steps are too short by the size of their own batch. A mean is taken already: what is "
    "lr divided for?",
)
def sgd_epoch(grad_i, w, n, B, lr, rng):
    order = rng.permutation(n)
    for start in range(0, n, B):
        batch = order[start : start + B]
        w = w - lr / len(batch) * np.mean([grad_i(w, i) for i in batch], axis=0)
    return w


@task.mistake(
    "places in the batch for indices",
    "Every batch asks the examples 0, 1, 2, ...: the places in the batch, not what stands "
    "there. Which of the two does grad_i want?",
)
def sgd_epoch(grad_i, w, n, B, lr, rng):
    order = rng.permutation(n)
    for start in range(0, n, B):
        batch = order[start : start + B]
        w = w - lr * np.mean([grad_i(w, j) for j in range(len(batch))], axis=0)
    return w


@task.mistake(
    "about equal batches",
    "5 examples and B = 2 make two steps in your epoch: a batch of yours holds more than B. How "
    "many steps should it be?",
)
def sgd_epoch(grad_i, w, n, B, lr, rng):
    order = rng.permutation(n)
    for batch in np.array_split(order, max(n // B, 1)):
        w = w - lr * np.mean([grad_i(w, i) for i in batch], axis=0)
    return w


@task.mistake(
    "the rate falls within the epoch",
    "Your second step is half as long as it should be. Does lr depend on the number of the batch?",
)
def sgd_epoch(grad_i, w, n, B, lr, rng):
    order = rng.permutation(n)
    for t, start in enumerate(range(0, n, B), start=1):
        w = w - lr / t * np.mean([grad_i(w, i) for i in order[start : start + B]], axis=0)
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
