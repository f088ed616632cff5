"""Task `remainder_order` of chapter `derivative`."""

import numpy as np

from fallline import derivative as reference
from fallline.marking.functions import square
from fallline.marking.task import Case, Task
from fallline.marking.tasks.derivative.cases import double


def random_orders(rng):
    cases = []
    for sign in (1, -1):
        c = rng.uniform(0.5, 2, size=4).round(2)
        a = float(rng.uniform(0.2, 2))
        hs = sign * np.sort(rng.uniform(0.001, 0.3, size=5))[::-1]
        side = "right" if sign > 0 else "left"
        label = f"a random cubic, a = {a:.3g}, five steps to the {side}"
        cases.append(Case(label, (cubic(c), cubic_slope(c), a, hs)))
    return cases


def cubic(c):
    return lambda x: c[0] + c[1] * x + c[2] * x**2 + c[3] * x**3


def cubic_slope(c):
    return lambda x: c[1] + 2 * c[2] * x + 3 * c[3] * x**2


def zero(x):
    return 0.0 * x


def three_halves(x):
    return abs(x) ** 1.5


STEPS = np.array([0.1, 0.03, 0.01, 0.003])


task = Task(
    reference.remainder_order,
    cases=[
        Case("x² at 1: order 2 exactly", (square, double, 1.0, np.array([0.1, 0.01]))),
        Case("exp at 0", (np.exp, np.exp, 0.0, STEPS)),
        Case("sin at 1, whose remainder is negative", (np.sin, np.cos, 1.0, STEPS)),
        Case("exp at 0, steps to the left", (np.exp, np.exp, 0.0, -STEPS)),
        Case("|x| at 0 with slope 0: order 1", (abs, zero, 0.0, STEPS)),
        Case("|x| to the power 1.5 at 0", (three_halves, zero, 0.0, STEPS)),
        Case("exp at 0, whole steps", (np.exp, np.exp, 0, np.array([1, 2, 4]))),
        Case("exp, a is NaN", (np.exp, np.exp, np.nan, STEPS)),
    ],
    draw=random_orders,
    rtol=1e-6,
    atol=1e-9,
    why="remainders of about 1e-6 are differences of numbers of about 1: 1e-10 of them is rounding",
)


@task.mistake(
    "value only",
    "The order comes out as 1: only f(a) was subtracted. What does the tangent predict at a + h?",
)
def remainder_order(f, df, a, hs):
    r = np.array([f(a + h) - f(a) for h in hs])
    X, Y = np.log(np.abs(hs)), np.log(np.abs(r))
    X, Y = X - X.mean(), Y - Y.mean()
    return np.sum(X * Y) / np.sum(X * X)


@task.mistake(
    "f(a) missing",
    "The order comes out near 0: what is left does not shrink at all, because the tangent starts "
    "at height f(a), not at height 0.",
)
def remainder_order(f, df, a, hs):
    r = np.array([f(a + h) - df(a) * h for h in hs])
    X, Y = np.log(np.abs(hs)), np.log(np.abs(r))
    X, Y = X - X.mean(), Y - Y.mean()
    return np.sum(X * Y) / np.sum(X * X)


@task.mistake(
    "logarithm of a signed remainder",
    "NaN came back: remainders and steps can be negative, and negative numbers have no logarithm. "
    "The order is about their sizes.",
)
def remainder_order(f, df, a, hs):
    r = np.array([f(a + h) - f(a) - df(a) * h for h in hs])
    X, Y = np.log(hs), np.log(r)
    X, Y = X - X.mean(), Y - Y.mean()
    return np.sum(X * Y) / np.sum(X * X)


@task.mistake(
    "one logarithm only",
    "Only the remainder was put on a logarithmic scale. A power law is a straight line when both "
    "axes are logarithmic.",
)
def remainder_order(f, df, a, hs):
    r = np.array([f(a + h) - f(a) - df(a) * h for h in hs])
    X, Y = np.abs(hs), np.log(np.abs(r))
    X, Y = X - X.mean(), Y - Y.mean()
    return np.sum(X * Y) / np.sum(X * X)


@task.mistake(
    "intercept",
    "This is the height of the fitted line, not its slope. np.polyfit returns the slope first.",
)
def remainder_order(f, df, a, hs):
    r = np.array([f(a + h) - f(a) - df(a) * h for h in hs])
    X, Y = np.log(np.abs(hs)), np.log(np.abs(r))
    slope = np.sum((X - X.mean()) * (Y - Y.mean())) / np.sum((X - X.mean()) ** 2)
    return Y.mean() - slope * X.mean()


@task.mistake(
    "axes swapped",
    "An order of 2 comes out as 1/2: the line was fitted with the axes changed over. "
    "Which of the two logarithms answers to the other?",
)
def remainder_order(f, df, a, hs):
    r = np.array([f(a + h) - f(a) - df(a) * h for h in hs])
    X, Y = np.log(np.abs(hs)), np.log(np.abs(r))
    X, Y = X - X.mean(), Y - Y.mean()
    return np.sum(X * Y) / np.sum(Y * Y)


@task.mistake(
    "slope at the far end",
    "The line has the slope of the curve at a + h. The tangent at a knows nothing of a + h: "
    "where is its slope taken?",
)
def remainder_order(f, df, a, hs):
    r = np.array([f(a + h) - f(a) - df(a + h) * h for h in hs])
    X, Y = np.log(np.abs(hs)), np.log(np.abs(r))
    X, Y = X - X.mean(), Y - Y.mean()
    return np.sum(X * Y) / np.sum(X * X)


@task.accepts("with polyfit")
def remainder_order(f, df, a, hs):
    hs = np.asarray(hs, dtype=float)
    r = np.abs(f(a + hs) - f(a) - df(a) * hs)
    return np.polyfit(np.log(np.abs(hs)), np.log(r), 1)[0]


@task.accepts("as a loop, with base 10")
def remainder_order(f, df, a, hs):
    X, Y = [], []
    for h in hs:
        X.append(np.log10(abs(h)))
        Y.append(np.log10(abs(f(a + h) - (f(a) + df(a) * h))))
    n = len(X)
    above = n * sum(x * y for x, y in zip(X, Y, strict=False)) - sum(X) * sum(Y)
    return above / (n * sum(x * x for x in X) - sum(X) ** 2)
