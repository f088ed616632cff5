"""Task `softmax_xent` of chapter `losses`."""

import numpy as np

from fallline import losses as reference
from fallline.marking.task import Case, Task


def random_examples(rng):
    cases = []
    for N, C, scale in ((5, 3, 1.0), (2, 6, 1e-3), (4, 4, 20.0)):
        z, y = scale * rng.normal(size=(N, C)), rng.integers(0, C, N)
        z[0, 0] = 0.0
        cases.append(Case(f"N = {N}, C = {C}, scores near {scale:g}", (z, y)))
    return cases


task = Task(
    reference.softmax_xent,
    cases=[
        Case(
            "rows (0, ln 3) and (0, 0)",
            (np.array([[0.0, np.log(3.0)], [0.0, 0.0]]), np.array([0, 1])),
        ),
        Case("whole numbers", (np.array([[1, 2, 3], [3, 0, 0]]), np.array([2, 1]))),
        Case("one row, four equal scores", (np.zeros((1, 4)), np.array([2]))),
        Case("z = (1000, -1000), y = 1", (np.array([[1000.0, -1000.0]]), np.array([1]))),
        Case("z = (1000, -1000), y = 0", (np.array([[1000.0, -1000.0]]), np.array([0]))),
        Case("z = (-1000, -1001)", (np.array([[-1000.0, -1001.0]]), np.array([0]))),
        Case(
            "rows (900, 0) and (0, -900), the wrong one leads in both",
            (np.array([[900.0, 0.0], [0.0, -900.0]]), np.array([1, 1])),
        ),
        Case(
            "rows (1000, 1000) and (-1000, -1000)",
            (np.array([[1000.0, 1000.0], [-1000.0, -1000.0]]), np.array([0, 1])),
        ),
        Case(
            "rows (0, 1, 2) and (-3000, -3001, -3002)",
            (np.array([[0.0, 1, 2], [-3000, -3001, -3002]]), np.array([0, 1])),
        ),
        Case(
            "three rows of one class",
            (np.array([[0.0, 1.0, -1.0], [2.0, 0.0, 0.5], [1.0, 1.0, 3.0]]), np.array([1, 1, 1])),
        ),
        Case("a score is NaN", (np.array([[np.nan, 1.0], [0.0, 0.0]]), np.array([1, 0]))),
    ],
    draw=random_examples,
    why="one exponential and one logarithm each, without cancellation: only rounding may differ",
)


@task.mistake(
    "logarithm of the probability",
    "Right until a probability rounds to 0: its logarithm is minus infinity, where the loss is "
    "2000. Simplify log(exp(a) / s) on paper, before the computer has to form the quotient.",
)
def softmax_xent(z, y):
    z, rows = np.asarray(z, dtype=float), np.arange(len(z))
    e = np.exp(z - z.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    loss = -np.mean(np.log(p[rows, y]))
    p[rows, y] -= 1
    return loss, p / len(z)


@task.mistake(
    "probability clipped",
    "A floor under the probability keeps the logarithm finite and makes up the number: however "
    "wrong the scores are, the loss stops growing at -ln of the floor, 27.6 for 1e-12.",
)
def softmax_xent(z, y):
    z, rows = np.asarray(z, dtype=float), np.arange(len(z))
    e = np.exp(z - z.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    loss = -np.mean(np.log(np.maximum(p[rows, y], 1e-12)))
    p[rows, y] -= 1
    return loss, p / len(z)


@task.mistake(
    "no shift",
    "At scores near 1000 the exponentials overflow, and NaN comes out. "
    "Shift each row by its largest score first.",
)
def softmax_xent(z, y):
    p = np.exp(z) / np.sum(np.exp(z), axis=1, keepdims=True)
    loss = -np.mean(np.log(p[np.arange(len(z)), y]))
    p[np.arange(len(z)), y] -= 1
    return loss, p / len(z)


@task.mistake(
    "no shift in the sum",
    "The logarithm is simplified, and the exponentials under it still overflow at 1000. "
    "By how much may all scores of a row be shifted, and what does that do to the loss?",
)
def softmax_xent(z, y):
    p = np.exp(z) / np.sum(np.exp(z), axis=1, keepdims=True)
    loss = np.mean(np.log(np.sum(np.exp(z), axis=1)) - z[np.arange(len(z)), y])
    p[np.arange(len(z)), y] -= 1
    return loss, p / len(z)


@task.mistake(
    "gradient not averaged",
    "Your loss is right, and your gradient is N times too large: "
    "a mean over N examples has a 1/N in its gradient too.",
)
def softmax_xent(z, y):
    z, rows = np.asarray(z, dtype=float), np.arange(len(z))
    s = z - z.max(axis=1, keepdims=True)
    logp = s - np.log(np.exp(s).sum(axis=1, keepdims=True))
    dz = np.exp(logp)
    dz[rows, y] -= 1
    return -np.mean(logp[rows, y]), dz


@task.mistake(
    "probabilities as gradient",
    "Your gradient pushes every score down, the right one too. "
    "The loss falls when the score of the right class grows: something is missing there.",
)
def softmax_xent(z, y):
    z, rows = np.asarray(z, dtype=float), np.arange(len(z))
    s = z - z.max(axis=1, keepdims=True)
    logp = s - np.log(np.exp(s).sum(axis=1, keepdims=True))
    return -np.mean(logp[rows, y]), np.exp(logp) / len(z)


@task.mistake(
    "loss summed",
    "Your gradient is that of the mean, and your loss is the sum over the examples.",
)
def softmax_xent(z, y):
    z, rows = np.asarray(z, dtype=float), np.arange(len(z))
    s = z - z.max(axis=1, keepdims=True)
    logp = s - np.log(np.exp(s).sum(axis=1, keepdims=True))
    dz = np.exp(logp)
    dz[rows, y] -= 1
    return -np.sum(logp[rows, y]), dz / len(z)


@task.mistake(
    "loss and gradient summed",
    "Loss and gradient belong together: they are those of the sum over the examples. "
    "Asked for is the mean.",
)
def softmax_xent(z, y):
    z, rows = np.asarray(z, dtype=float), np.arange(len(z))
    s = z - z.max(axis=1, keepdims=True)
    logp = s - np.log(np.exp(s).sum(axis=1, keepdims=True))
    dz = np.exp(logp)
    dz[rows, y] -= 1
    return -np.sum(logp[rows, y]), dz


@task.mistake(
    "averaged over the classes too",
    "You divide by the number of all scores. "
    "Each example has one loss, so the mean runs over the N rows.",
)
def softmax_xent(z, y):
    z, rows = np.asarray(z, dtype=float), np.arange(len(z))
    s = z - z.max(axis=1, keepdims=True)
    logp = s - np.log(np.exp(s).sum(axis=1, keepdims=True))
    dz = np.exp(logp)
    dz[rows, y] -= 1
    return -np.sum(logp[rows, y]) / z.size, dz / z.size


@task.mistake(
    "whole columns lowered",
    "You subtract 1 from the columns y in every row. "
    "In row i it is the entry (i, y[i]) alone: an index of rows has to go with that of columns.",
)
def softmax_xent(z, y):
    z, rows = np.asarray(z, dtype=float), np.arange(len(z))
    s = z - z.max(axis=1, keepdims=True)
    logp = s - np.log(np.exp(s).sum(axis=1, keepdims=True))
    dz = np.exp(logp)
    dz[:, y] -= 1
    return -np.mean(logp[rows, y]), dz / len(z)


@task.mistake(
    "sign of the gradient",
    "Your gradient points downhill, right for a step and wrong for a gradient: "
    "the score of the right class must have a negative slope.",
)
def softmax_xent(z, y):
    z, rows = np.asarray(z, dtype=float), np.arange(len(z))
    s = z - z.max(axis=1, keepdims=True)
    logp = s - np.log(np.exp(s).sum(axis=1, keepdims=True))
    dz = -np.exp(logp)
    dz[rows, y] += 1
    return -np.mean(logp[rows, y]), dz / len(z)


@task.mistake(
    "sign of the loss",
    "Your loss is negative: the logarithm of a probability is at most 0, "
    "and a loss is what it costs.",
)
def softmax_xent(z, y):
    z, rows = np.asarray(z, dtype=float), np.arange(len(z))
    s = z - z.max(axis=1, keepdims=True)
    logp = s - np.log(np.exp(s).sum(axis=1, keepdims=True))
    dz = np.exp(logp)
    dz[rows, y] -= 1
    return np.mean(logp[rows, y]), dz / len(z)


@task.mistake(
    "small number added to the probability",
    "With something added to it the probability is never 0, and never right: at a lead of -2000 "
    "your loss is 27.6 and does not grow. Which quotient need not be formed at all?",
)
def softmax_xent(z, y):
    e = np.exp(z - np.max(z, axis=1, keepdims=True))
    p = e / np.sum(e, axis=1, keepdims=True)
    loss = -np.mean(np.log(p[np.arange(len(z)), y] + 1e-12))
    p[np.arange(len(z)), y] -= 1
    return loss, p / len(z)


@task.mistake(
    "gradient not averaged, logarithm of the probability",
    "Two things. The gradient is N times too large: where did the mean go? "
    "And at 1000 the loss is infinite, because a probability has rounded to 0 before its "
    "logarithm is taken.",
)
def softmax_xent(z, y):
    e = np.exp(z - np.max(z, axis=1, keepdims=True))
    p = e / np.sum(e, axis=1, keepdims=True)
    loss = -np.mean(np.log(p[np.arange(len(z)), y]))
    p[np.arange(len(z)), y] -= 1
    return loss, p


@task.mistake(
    "probabilities as gradient, logarithm of the probability",
    "Two things. Your slopes are all positive, so every score would be pushed down: what does "
    "the right class lack? And at 1000 the loss is infinite: simplify the logarithm first.",
)
def softmax_xent(z, y):
    e = np.exp(z - np.max(z, axis=1, keepdims=True))
    p = e / np.sum(e, axis=1, keepdims=True)
    return -np.mean(np.log(p[np.arange(len(z)), y])), p / len(z)


@task.mistake(
    "whole columns lowered, logarithm of the probability",
    "Two things. p[:, y] are whole columns: which index belongs in place of the colon? "
    "And at 1000 the loss is infinite: simplify the logarithm first.",
)
def softmax_xent(z, y):
    e = np.exp(z - np.max(z, axis=1, keepdims=True))
    p = e / np.sum(e, axis=1, keepdims=True)
    loss = -np.mean(np.log(p[np.arange(len(z)), y]))
    p[:, y] -= 1
    return loss, p / len(z)


@task.mistake(
    "all classes averaged",
    "Your gradient is right, and your loss averages the logarithms of all classes. "
    "Only one probability of each row is paid for: which?",
)
def softmax_xent(z, y):
    s = z - np.max(z, axis=1, keepdims=True)
    logp = s - np.log(np.sum(np.exp(s), axis=1, keepdims=True))
    dz = np.exp(logp)
    dz[np.arange(len(z)), y] -= 1
    return -np.mean(logp), dz / len(z)


@task.mistake(
    "shift in the sum only",
    "The sum is taken of the shifted scores, and then the score that is not shifted is "
    "subtracted. A shift that is done in one place has to be done, or undone, in the other.",
)
def softmax_xent(z, y):
    s = z - np.max(z, axis=1, keepdims=True)
    total = np.sum(np.exp(s), axis=1, keepdims=True)
    dz = np.exp(s) / total
    dz[np.arange(len(z)), y] -= 1
    return np.mean(np.log(total[:, 0]) - z[np.arange(len(z)), y]), dz / len(z)


@task.mistake(
    "probability clipped at 1e-15",
    "Where the loss should be 2000 yours is 34.5, and it would be the same at 4000: it is the "
    "logarithm of the limit that you put in. Can the loss be written without log of a small p?",
)
def softmax_xent(z, y):
    e, rows = np.exp(z - z.max(axis=1, keepdims=True)), np.arange(len(z))
    p = e / e.sum(axis=1, keepdims=True)
    loss = -np.mean(np.log(np.clip(p[rows, y], 1e-15, 1)))
    p[rows, y] -= 1
    return loss, p / len(z)


@task.mistake(
    "whole columns in loss and gradient",
    "Loss and gradient both take the columns y of every row, so each example pays for the others' "
    "classes as well. How many probabilities should N examples pick out, N or N times N?",
)
def softmax_xent(z, y):
    s = z - z.max(axis=1, keepdims=True)
    logp = s - np.log(np.exp(s).sum(axis=1, keepdims=True))
    dz = np.exp(logp)
    dz[:, y] -= 1
    return -np.mean(logp[:, y]), dz / len(z)


@task.mistake(
    "only the probabilities averaged",
    "You divide the probabilities by N and subtract a whole 1 from them. Each row of the gradient "
    "should sum to 0: what do yours sum to?",
)
def softmax_xent(z, y):
    shifted, rows = z - z.max(axis=1, keepdims=True), np.arange(len(z))
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    dz = np.exp(log_p) / len(z)
    dz[rows, y] -= 1
    return -log_p[rows, y].mean(), dz


@task.mistake(
    "loss in bits",
    "Your gradient is right, and your loss is 1.44 times too large: two equal scores cost you 1. "
    "Which logarithm is the inverse of the exponential in the softmax?",
)
def softmax_xent(z, y):
    shifted, rows = z - z.max(axis=1, keepdims=True), np.arange(len(z))
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    dz = np.exp(log_p)
    dz[rows, y] -= 1
    return -log_p[rows, y].mean() / np.log(2), dz / len(z)


@task.mistake(
    "gradient divided by the size of z",
    "Your loss is right, and your gradient is C times too small. "
    "Over how many losses is the mean taken, one for each example or one for each score?",
)
def softmax_xent(z, y):
    shifted, rows = z - z.max(axis=1, keepdims=True), np.arange(len(z))
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    dz = np.exp(log_p)
    dz[rows, y] -= 1
    return -log_p[rows, y].mean(), dz / z.size


@task.mistake(
    "only the right class pulled",
    "The slopes of the right classes are there, and all others are 0. "
    "If a wrong score rises, does the right class keep its probability?",
)
def softmax_xent(z, y):
    shifted, rows = z - z.max(axis=1, keepdims=True), np.arange(len(z))
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    dz = np.zeros(z.shape)
    dz[rows, y] = np.exp(log_p[rows, y]) - 1
    return -log_p[rows, y].mean(), dz / len(z)


@task.mistake(
    "logarithm of a sum that overflows",
    "Right for small scores. At 1000 the sum of exponentials is inf, at -1000 it is 0: "
    "what may be subtracted from a whole row without changing its loss?",
)
def softmax_xent(z, y):
    rows = np.arange(len(z))
    log_p = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    dz = np.exp(log_p)
    dz[rows, y] -= 1
    return -log_p[rows, y].mean(), dz / len(z)


@task.mistake(
    "one shift for all rows",
    "Each row alone comes out right, and two rows of very different height do not: the largest "
    "score of the whole array is taken off. What is left of a row that lies 2000 below it?",
)
def softmax_xent(z, y):
    shifted, rows = z - np.max(z), np.arange(len(z))
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    dz = np.exp(log_p)
    dz[rows, y] -= 1
    return -log_p[rows, y].mean(), dz / len(z)


@task.mistake(
    "tiny number added to the probability",
    "Your loss never exceeds 691, the logarithm of the tiny number that you add, and a lead of "
    "2000 costs 2000. Where has the size of the lead been lost?",
)
def softmax_xent(z, y):
    shifted, rows = z - z.max(axis=1, keepdims=True), np.arange(len(z))
    p = np.exp(shifted) / np.exp(shifted).sum(axis=1, keepdims=True)
    loss = -np.log(p[rows, y] + 1e-300).mean()
    p[rows, y] -= 1
    return loss, p / len(z)


@task.accepts("with a one-hot matrix")
def softmax_xent(z, y):
    z = np.array(z, dtype=float)
    right = np.eye(z.shape[1])[y]
    top = np.max(z, axis=1, keepdims=True)
    log_sum = top + np.log(np.sum(np.exp(z - top), axis=1, keepdims=True))
    loss = np.mean(log_sum[:, 0] - z[np.arange(len(z)), y])
    return loss, (np.exp(z - log_sum) - right) / len(z)


@task.accepts("row by row, by logaddexp")
def softmax_xent(z, y):
    z = np.asarray(z, dtype=float)
    loss, dz = 0.0, np.zeros_like(z)
    for i, right in enumerate(y):
        log_sum = np.logaddexp.reduce(z[i])
        loss += (log_sum - z[i, right]) / len(z)
        dz[i] = np.exp(z[i] - log_sum) / len(z)
        dz[i, right] -= 1 / len(z)
    return loss, dz
