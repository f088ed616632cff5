"""Task `ema_debiased` of chapter `adam`."""

import numpy as np

from fallline import adam as reference
from fallline.marking.task import Case, Task


def random_rows(rng):
    return [
        Case(
            f"{n} random gradients of shape {shape}, beta = {beta}",
            (scale * rng.normal(size=(n, *shape)), beta),
        )
        for n, shape, scale, beta in (
            (5, (), 1.0, 0.7),
            (4, (3,), 1e-4, 0.95),
            (6, (2, 2), 1e3, 0.4),
        )
    ]


task = Task(
    reference.ema_debiased,
    cases=[
        Case("gs = (4, 4, 4), beta = 0.9: equal ones", (np.array([4.0, 4.0, 4.0]), 0.9)),
        Case("gs = (1, 4), beta = 0.5", (np.array([1.0, 4.0]), 0.5)),
        Case("gs = (8, 0, 0, 0), beta = 0.5", (np.array([8.0, 0.0, 0.0, 0.0]), 0.5)),
        Case("beta = 0.9, five numbers", (np.array([2.0, -1.0, 0.5, 3.0, -2.0]), 0.9)),
        Case("beta = 0: no memory", (np.array([3.0, -1.0, 2.0]), 0.0)),
        Case("whole numbers (3, 5, 6), beta = 0.5", (np.array([3, 5, 6]), 0.5)),
        Case("two coordinates", (np.array([[1.0, 0.0], [2.0, -4.0], [0.0, 1.0]]), 0.8)),
        Case("tables of shape (2, 2)", (np.arange(12.0).reshape(3, 2, 2), 0.6)),
        Case("one gradient only", (np.array([[7.0, -2.0]]), 0.99)),
        Case("NaN in the middle", (np.array([1.0, np.nan, 2.0]), 0.5)),
        Case("beta = 1: never forgets, never learns", (np.array([1.0, 2.0]), 1.0)),
        Case("beta = -0.5: no rate", (np.array([1.0, 2.0]), -0.5)),
        Case("1200 equal gradients of 3, beta = 0.5", (np.full(1200, 3.0), 0.5)),
    ],
    draw=random_rows,
    why="a few products and quotients: only rounding may differ",
)


@task.mistake(
    "not corrected",
    "Three equal gradients of 4 should average to 4, and your first average is far "
    "smaller. The average began at 0: how much weight is still on that 0?",
)
def ema_debiased(gs, beta):
    m, out = 0.0, []
    for g in gs:
        m = beta * m + (1 - beta) * g
        out.append(m)
    return np.array(out)


@task.mistake(
    "beta times t",
    "The first average is right, and from the second on the divisor is off. By what is "
    "the starting 0 multiplied in each step: is that added up, or multiplied up?",
)
def ema_debiased(gs, beta):
    m, out = 0.0, []
    for t, g in enumerate(gs, start=1):
        m = beta * m + (1 - beta) * g
        out.append(m / (1 - beta * t))
    return np.array(out)


@task.mistake(
    "t from 0",
    "The first average is NaN or infinite: the divisor is 0 there. How many gradients "
    "have been taken in when you first divide?",
)
def ema_debiased(gs, beta):
    m, out = 0.0, []
    for t, g in enumerate(gs, start=0):
        m = beta * m + (1 - beta) * g
        out.append(m / (1 - beta**t))
    return np.array(out)


@task.mistake(
    "t from 0, the first left alone",
    "Your first average of equal gradients of 4 is 0.4, and the second is too large: each "
    "divisor stands one row too late. How many gradients are in the average of row 0?",
)
def ema_debiased(gs, beta):
    m, out = 0.0, []
    for t, g in enumerate(gs):
        m = beta * m + (1 - beta) * g
        out.append(m / (1 - beta**t) if t > 0 else m)
    return np.array(out)


@task.mistake(
    "t one too large",
    "Your averages of equal gradients begin too small and come near in time: your first "
    "divisor is that of two gradients. What is t in row 0?",
)
def ema_debiased(gs, beta):
    m, out = 0.0, []
    for t, g in enumerate(gs, start=1):
        m = beta * m + (1 - beta) * g
        out.append(m / (1 - beta ** (t + 1)))
    return np.array(out)


@task.mistake(
    "mean over the coordinates",
    "Several coordinates went in, and one number a row came out. Does an average over time "
    "mix the coordinates of a gradient?",
)
def ema_debiased(gs, beta):
    m, out = 0.0, []
    for t, g in enumerate(gs, start=1):
        m = beta * m + (1 - beta) * np.mean(g)
        out.append(m / (1 - beta**t))
    return np.array(out)


@task.mistake(
    "starts at the first gradient and corrects too",
    "Equal gradients come out too large. An average that starts at g1 has no 0 in it: "
    "what is there left to correct?",
)
def ema_debiased(gs, beta):
    m, out = gs[0], []
    for t, g in enumerate(gs, start=1):
        m = beta * m + (1 - beta) * g
        out.append(m / (1 - beta**t))
    return np.array(out)


@task.mistake(
    "starts at the first gradient",
    "Equal gradients are right, but the first one keeps a weight far above its turn. In "
    "your average of two, which share belongs to g1 and which to g2, and which shares are "
    "asked for?",
)
def ema_debiased(gs, beta):
    m, out = gs[0], []
    for g in gs:
        m = beta * m + (1 - beta) * g
        out.append(m)
    return np.array(out)


@task.mistake(
    "sum for mean",
    "Equal gradients of 4 grow far beyond 4. Do the two weights of one step add up to 1?",
)
def ema_debiased(gs, beta):
    m, out = 0.0, []
    for t, g in enumerate(gs, start=1):
        m = beta * m + g
        out.append(m / (1 - beta**t))
    return np.array(out)


@task.mistake(
    "weights swapped",
    "Your average follows the newest gradient where it should follow the old ones. Which "
    "of the two weights is the large one for beta = 0.9?",
)
def ema_debiased(gs, beta):
    m, out = 0.0, []
    for t, g in enumerate(gs, start=1):
        m = (1 - beta) * m + beta * g
        out.append(m / (1 - beta**t))
    return np.array(out)


@task.mistake(
    "weights swapped, correction to match",
    "The averages are fair, but with the memory of 1 - beta. For beta = 0.9, how much of "
    "the old average should stay?",
)
def ema_debiased(gs, beta):
    m, out = 0.0, []
    for t, g in enumerate(gs, start=1):
        m = (1 - beta) * m + beta * g
        out.append(m / (1 - (1 - beta) ** t))
    return np.array(out)


@task.mistake(
    "last divisor for all",
    "The last average is right and the earlier ones are too small. Has the 0 lost as much "
    "weight after one gradient as after all of them?",
)
def ema_debiased(gs, beta):
    m, out = 0.0, []
    for g in gs:
        m = beta * m + (1 - beta) * g
        out.append(m / (1 - beta ** len(gs)))
    return np.array(out)


@task.mistake(
    "first divisor for all",
    "The first average is right and later ones are too large: you divide by 1 - beta each "
    "time. How much of the starting 0 is left after t steps?",
)
def ema_debiased(gs, beta):
    m, out = 0.0, []
    for g in gs:
        m = beta * m + (1 - beta) * g
        out.append(m / (1 - beta))
    return np.array(out)


@task.mistake(
    "corrected average fed back",
    "Two averages are right at most, and then they run away: a corrected value is "
    "corrected again. Which of the two, raw or corrected, should be remembered?",
)
def ema_debiased(gs, beta):
    m, out = 0.0, []
    for t, g in enumerate(gs, start=1):
        m = (beta * m + (1 - beta) * g) / (1 - beta**t)
        out.append(m)
    return np.array(out)


@task.mistake(
    "plain means",
    "These are the plain means of the first t gradients, all with equal weight. Which "
    "gradients should count more, the old or the new ones?",
)
def ema_debiased(gs, beta):
    return np.array([np.mean(gs[:t], axis=0) for t in range(1, len(gs) + 1)])


@task.mistake(
    "only the last one",
    "Only one average came back. Asked for is the average after each of the gradients: "
    "how many rows is that?",
)
def ema_debiased(gs, beta):
    m, out = 0.0, []
    for t, g in enumerate(gs, start=1):
        m = beta * m + (1 - beta) * g
        out.append(m / (1 - beta**t))
    return np.array(out[-1])


@task.mistake(
    "squares",
    "All averages are positive: you averaged the squares. That is Adam's second average; "
    "what does the first one average?",
)
def ema_debiased(gs, beta):
    m, out = 0.0, []
    for t, g in enumerate(gs, start=1):
        m = beta * m + (1 - beta) * g**2
        out.append(m / (1 - beta**t))
    return np.array(out)


@task.mistake(
    "weighted sum through t",
    "Equal gradients come out too small: you divide by t. What do the weights beta, beta "
    "squared and so on add up to?",
)
def ema_debiased(gs, beta):
    rows = []
    for t in range(1, len(gs) + 1):
        weights = beta ** np.arange(t)[::-1]
        rows.append(np.tensordot(weights, gs[:t], axes=1) / t)
    return np.array(rows)


@task.mistake(
    "newest first",
    "The first average is right, later ones look at the row from the wrong end: the "
    "oldest gradient has the largest weight. Which one should count most?",
)
def ema_debiased(gs, beta):
    rows = []
    for t in range(1, len(gs) + 1):
        weights = beta ** np.arange(t)
        rows.append(np.tensordot(weights / weights.sum(), gs[:t], axes=1))
    return np.array(rows)


@task.mistake(
    "scaled once more",
    "Your averages of equal gradients are too small by the factor 1 - beta: it is in "
    "there twice. Where is the weight of a new gradient to be put in?",
)
def ema_debiased(gs, beta):
    m, out = 0.0, []
    for t, g in enumerate(gs, start=1):
        m = beta * m + (1 - beta) * g
        out.append((1 - beta) * m / (1 - beta**t))
    return np.array(out)


@task.mistake(
    "times for divided",
    "Your first average of equal gradients of 4 is 0.04: what was too small became "
    "smaller still. Is the share of weight that has arrived to be multiplied by, or "
    "divided out?",
)
def ema_debiased(gs, beta):
    m, out = 0.0, []
    for t, g in enumerate(gs, start=1):
        m = beta * m + (1 - beta) * g
        out.append(m * (1 - beta**t))
    return np.array(out)


@task.mistake(
    "power taken away",
    "You subtract the weight that is left on the 0, and it is no gradient. If 0.4 is a "
    "tenth of the average, what makes the whole of it?",
)
def ema_debiased(gs, beta):
    m, out = 0.0, []
    for t, g in enumerate(gs, start=1):
        m = beta * m + (1 - beta) * g
        out.append(m - beta**t)
    return np.array(out)


@task.mistake(
    "power after the difference",
    "The first average is right and the next ones explode: you raise the small 1 - beta "
    "to the power of t. Which of the two falls from step to step, beta or 1 - beta?",
)
def ema_debiased(gs, beta):
    m, out = 0.0, []
    for t, g in enumerate(gs, start=1):
        m = beta * m + (1 - beta) * g
        out.append(m / (1 - beta) ** t)
    return np.array(out)


@task.accepts("weights written out")
def ema_debiased(gs, beta):
    if not 0 <= beta < 1:
        raise ValueError("beta must be in [0, 1)")
    gs = np.asarray(gs, dtype=float)
    rows = []
    for t in range(1, len(gs) + 1):
        weights = float(beta) ** np.arange(t - 1, -1, -1)
        rows.append(np.tensordot(weights / weights.sum(), gs[:t], axes=1))
    return np.array(rows)


@task.accepts("with a growing weight, and no divisor")
def ema_debiased(gs, beta):
    if beta >= 1 or beta < 0:
        raise ValueError("beta must be in [0, 1)")
    averages = np.array(gs, dtype=float)
    for t in range(2, len(averages) + 1):
        new = (1 - beta) / (1 - beta**t)
        averages[t - 1] = (1 - new) * averages[t - 2] + new * averages[t - 1]
    return averages
