"""Task `escape_steps` of chapter `descent`."""

import numpy as np

from fallline import descent as reference
from fallline.marking.task import Case, Task


def random_saddles(rng):
    cases = []
    for size in (1e-2, 1e-7, 1e-100):
        x0, lr, lam = -size * rng.uniform(0.2, 0.9), rng.uniform(0.05, 0.3), -rng.uniform(1, 5)
        cases.append(Case(f"x0 = {x0:.2g}, lr = {lr:.3f}, λ = {lam:.2f}", (x0, lr, lam)))
    return cases


task = Task(
    reference.escape_steps,
    cases=[
        Case("x0 = 1/4, doubled by every step", (0.25, 0.5, -2.0)),
        Case("x0 = 0.2, doubled: 0.4, 0.8, 1.6", (0.2, 0.5, -2.0)),
        Case("x0 = 0.3, doubled: 0.6, 1.2", (0.3, 0.5, -2.0)),
        Case("x0 = 0.01 on y² - x², lr = 0.1", (0.01, 0.1, -2)),
        Case("x0 = 0.1 on y² - x², lr = 0.1", (0.1, 0.1, -2)),
        Case("x0 = 1e-12 on y² - x², lr = 0.1", (1e-12, 0.1, -2.0)),
        Case("x0 = -1e-3, on the other side", (-1e-3, 0.1, -2.0)),
        Case("x0 = 0, exactly on the ridge", (0, 0.1, -2)),
        Case("x0 = 3, already out", (3.0, 0.1, -2.0)),
        Case("x0 = -1, just out", (-1, 0.1, -2)),
        Case("x0 = -3, out on the other side", (-3.0, 0.1, -2.0)),
        Case("x0 = 3 and lr = 0: out without a step", (3.0, 0.0, -2.0)),
        Case("a steep ridge: λ = -40, lr = 0.1", (1e-6, 0.1, -40.0)),
        Case("λ = 0, level ground", (1e-3, 0.1, 0.0)),
        Case("lr = 0, no step", (1e-3, 0.0, -2.0)),
        Case("x0 is NaN", (np.nan, 0.1, -2.0)),
    ],
    draw=random_saddles,
    why="a count is a whole number and must be met exactly",
)


@task.mistake(
    "shrinking factor",
    "Away from a saddle the coordinate grows: a step multiplies it by more than 1. "
    "Write down one step, put the negative λ in, and count the minus signs.",
)
def escape_steps(x0, lr, lam):
    if np.isnan(x0):
        return np.nan
    if abs(x0) >= 1:
        return 0
    if x0 == 0 or lr * lam == 0:
        return np.inf
    with np.errstate(all="ignore"):
        return np.ceil(np.log(1 / abs(x0)) / np.log(1 - lr * abs(lam)))


@task.mistake(
    "two different logarithms",
    "Numerator and denominator use logarithms of different bases. Either will do, "
    "as long as it is the same twice.",
)
def escape_steps(x0, lr, lam):
    if np.isnan(x0):
        return np.nan
    if abs(x0) >= 1:
        return 0
    if x0 == 0 or lr * lam == 0:
        return np.inf
    return np.ceil(np.log10(1 / abs(x0)) / np.log(1 + lr * abs(lam)))


@task.mistake(
    "rounded down",
    "After that many steps the point is still inside. The count is the first whole number "
    "at which it is out: round up.",
)
def escape_steps(x0, lr, lam):
    if np.isnan(x0):
        return np.nan
    if abs(x0) >= 1:
        return 0
    if x0 == 0 or lr * lam == 0:
        return np.inf
    return np.floor(np.log(1 / abs(x0)) / np.log(1 + lr * abs(lam)))


@task.mistake(
    "sign of x0",
    "The start may lie on either side of the ridge: only its distance counts, "
    "and a logarithm wants a positive number.",
)
def escape_steps(x0, lr, lam):
    if np.isnan(x0):
        return np.nan
    if x0 >= 1:
        return 0
    if x0 == 0 or lr * lam == 0:
        return np.inf
    with np.errstate(all="ignore"):
        return np.ceil(np.log(1 / np.float64(x0)) / np.log(1 + lr * abs(lam)))


@task.mistake(
    "zero at zero",
    "A start exactly on the ridge never leaves it: no number of steps is enough, "
    "and there is a float for that.",
)
def escape_steps(x0, lr, lam):
    if np.isnan(x0):
        return np.nan
    if abs(x0) >= 1 or x0 == 0:
        return 0
    if lr * lam == 0:
        return np.inf
    return np.ceil(np.log(1 / abs(x0)) / np.log(1 + lr * abs(lam)))


@task.mistake(
    "negative count",
    "A start that is already out has escaped after 0 steps; a count is never negative.",
)
def escape_steps(x0, lr, lam):
    if np.isnan(x0):
        return np.nan
    if x0 == 0 or lr * lam == 0:
        return np.inf
    return np.ceil(np.log(1 / abs(x0)) / np.log(1 + lr * abs(lam)))


@task.mistake(
    "small growth for the logarithm",
    "You wrote lr |λ| for ln(1 + lr |λ|), which is nearly the same for tiny steps only. "
    "Each step multiplies by 1 + lr |λ|; how often, until 1 is reached?",
)
def escape_steps(x0, lr, lam):
    if np.isnan(x0):
        return np.nan
    if abs(x0) >= 1:
        return 0
    if x0 == 0 or lr * lam == 0:
        return np.inf
    return np.ceil(np.log(1 / abs(x0)) / (lr * abs(lam)))


@task.mistake(
    "not rounded",
    "Your count has a fraction. After 12.6 steps there is no point: which is the first step "
    "at which it is out?",
)
def escape_steps(x0, lr, lam):
    if x0 == 0:
        return np.inf
    with np.errstate(all="ignore"):
        return np.log(1 / abs(x0)) / np.log(1 + np.float64(lr * abs(lam)))


@task.mistake(
    "rounded to the nearest",
    "Sometimes you are one step short. A point that needs 37.9 steps is out after 38; "
    "what about one that needs 37.2? And one that is out at the start?",
)
def escape_steps(x0, lr, lam):
    if x0 == 0:
        return np.inf
    with np.errstate(all="ignore"):
        return np.round(np.log(1 / abs(x0)) / np.log(1 + np.float64(lr * abs(lam))))


@task.mistake(
    "rounded down, starts outside forgotten",
    "You are a step short nearly everywhere: is the point already out after the whole steps that "
    "fit in? And can a start at distance 3 need fewer than 0?",
)
def escape_steps(x0, lr, lam):
    if x0 == 0:
        return np.inf
    with np.errstate(all="ignore"):
        return np.floor(np.log(1 / abs(x0)) / np.log(1 + np.float64(lr * abs(lam))))


@task.mistake(
    "distance 1 not enough",
    "You wait until the distance is above 1. Escaped means at least 1: how far is 1/4 after two "
    "doublings?",
)
def escape_steps(x0, lr, lam):
    if np.isnan(x0):
        return np.nan
    if x0 == 0 or lr * lam == 0:
        return np.inf
    x, k = abs(x0), 0
    while x <= 1:
        x, k = x * (1 + lr * abs(lam)), k + 1
    return k


@task.mistake(
    "logarithm of the distance",
    "Your counts are negative. The distance has to grow *by the factor* 1/|x0|: "
    "whose logarithm is it?",
)
def escape_steps(x0, lr, lam):
    if np.isnan(x0):
        return np.nan
    if x0 == 0 or lr * lam == 0:
        return np.inf
    return np.ceil(np.log(abs(x0)) / np.log(1 + lr * abs(lam)))


@task.mistake(
    "one more than rounded down",
    "1/4, 1/2, 1 comes out one too large, and most others are right. What do rounding up and "
    "rounding down plus 1 give for a whole number?",
)
def escape_steps(x0, lr, lam):
    if np.isnan(x0):
        return np.nan
    if abs(x0) >= 1:
        return 0
    if x0 == 0 or lr * lam == 0:
        return np.inf
    return np.floor(np.log(1 / abs(x0)) / np.log(1 + lr * abs(lam))) + 1


@task.mistake(
    "rounded to the nearest, edges right",
    "Some of your counts are one too small: there the point is not out yet. Which way must a "
    "count like 37.2 be rounded?",
)
def escape_steps(x0, lr, lam):
    if np.isnan(x0):
        return np.nan
    if abs(x0) >= 1:
        return 0
    if x0 == 0 or lr * lam == 0:
        return np.inf
    return np.round(np.log(1 / abs(x0)) / np.log(1 + lr * abs(lam)))


@task.mistake(
    "level ground before the start outside",
    "A start at distance 3 is out, whether or not it can move. Which question comes first?",
)
def escape_steps(x0, lr, lam):
    if np.isnan(x0):
        return np.nan
    if x0 == 0 or lr * lam == 0:
        return np.inf
    if abs(x0) >= 1:
        return 0
    return np.ceil(np.log(1 / abs(x0)) / np.log(1 + lr * abs(lam)))


@task.mistake(
    "out on one side only",
    "3 is out, and -3 gets a negative count. How far from the ridge is each of them?",
)
def escape_steps(x0, lr, lam):
    if np.isnan(x0):
        return np.nan
    if x0 >= 1:
        return 0
    if x0 == 0 or lr * lam == 0:
        return np.inf
    return np.ceil(np.log(1 / abs(x0)) / np.log(1 + lr * abs(lam)))


@task.accepts("with binary logarithms")
def escape_steps(x0, lr, lam):
    if x0 != x0:
        return float("nan")
    if abs(x0) >= 1:
        return 0
    if x0 == 0 or lr == 0 or lam == 0:
        return float("inf")
    return int(np.ceil(-np.log2(abs(x0)) / np.log2(1 + lr * abs(lam))))


@task.accepts("counting")
def escape_steps(x0, lr, lam):
    if np.isnan(x0):
        return np.nan
    x, k = abs(float(x0)), 0
    while x < 1:
        if x == x + lr * abs(lam) * x:
            return np.inf
        x, k = x + lr * abs(lam) * x, k + 1
    return k
