"""Task `armijo` of chapter `descent`."""

import numpy as np

from fallline import descent as reference
from fallline.marking.task import Case, Task


def square_length(x):
    """Return x · x."""
    return float(np.sum(np.asarray(x) ** 2))


def steep(x):
    """Return 50 x · x."""
    return float(50 * np.sum(np.asarray(x) ** 2))


def barrier(x):
    """Return x - log x, which is there for positive x alone."""
    with np.errstate(all="ignore"):
        return float(x[0] - np.log(x[0]))


def random_slopes(rng):
    cases = []
    for d, scale in ((1, 1.0), (3, 1e-3), (6, 1e3)):
        A = rng.normal(size=(d, d))
        H = A @ A.T + np.eye(d)
        x, turn = scale * rng.normal(size=d), rng.uniform(0.2, 3, size=d)
        g = H @ x
        label = f"a bowl in {d} dimensions, a direction off the gradient"
        cases.append(Case(label, (H, g, x, -turn * g), search_call))
    return cases


def search_call(answer, H, g, x, d):
    """Search along d on ½ xᵀHx, with a demand that is not the default."""
    return answer(lambda x: float(x @ H @ x / 2), g, x, d, 0.3, 0.7)


task = Task(
    reference.armijo,
    cases=[
        Case(
            "x² from 1 along -g = -2: 1 overshoots, 0.5 is the bottom",
            (square_length, np.array([2.0]), np.array([1.0]), np.array([-2.0])),
        ),
        Case(
            "whole numbers, x·x from (1, 0) along (-4, 0)",
            (square_length, np.array([2, 0]), np.array([1, 0]), np.array([-4, 0])),
        ),
        Case(
            "the whole step is good",
            (square_length, np.array([2.0, 4.0]), np.array([1.0, 2.0]), np.array([-1.0, -2.0])),
        ),
        Case(
            "50 x·x, much too steep for t = 1",
            (steep, np.array([100.0, 0.0]), np.array([1.0, 0.0]), np.array([-100.0, 0.0])),
        ),
        Case(
            "c = 0.9 demands nearly all that the slope promises",
            (square_length, np.array([2.0]), np.array([1.0]), np.array([-2.0]), 0.9),
        ),
        Case(
            "c = 0.5, and a step that lowers f, but not by enough",
            (square_length, np.array([2.0]), np.array([1.0]), np.array([-1.5]), 0.5),
        ),
        Case(
            "x² from 1 along -1, c = 0.5: f(0) lies exactly on the line",
            (square_length, np.array([2.0]), np.array([1.0]), np.array([-1.0]), 0.5),
        ),
        Case(
            "shrink = 0.1",
            (
                steep,
                np.array([100.0, 0.0]),
                np.array([1.0, 0.0]),
                np.array([-100.0, 0.0]),
                1e-4,
                0.1,
            ),
        ),
        Case(
            "a slanted direction, c = 0.6, shrink = 0.9",
            (
                square_length,
                np.array([2.0, 2.0]),
                np.array([1.0, 1.0]),
                np.array([-2.0, 0.5]),
                0.6,
                0.9,
            ),
        ),
        Case(
            "x - log x from 2: the first trial is where f is NaN",
            (barrier, np.array([0.5]), np.array([2.0]), np.array([-4.0])),
        ),
        Case(
            "x holds NaN",
            (square_length, np.array([2.0]), np.array([np.nan]), np.array([-2.0])),
        ),
        Case(
            "d climbs",
            (square_length, np.array([2.0, 0.0]), np.array([1.0, 0.0]), np.array([2.0, 0.0])),
        ),
        Case(
            "d runs along the level set",
            (square_length, np.array([2.0, 0.0]), np.array([1.0, 0.0]), np.array([0.0, 1.0])),
        ),
        Case(
            "g is not the gradient: from the bottom every step climbs",
            (square_length, np.array([-1.0]), np.array([0.0]), np.array([1.0])),
        ),
        Case(
            "shrink = 0.97: more than a hundred shrinks",
            (steep, np.array([100.0]), np.array([1.0]), np.array([-100.0]), 0.5, 0.97),
        ),
        Case(
            "shrink = 0.99: 200 shrinks are not enough",
            (steep, np.array([100.0]), np.array([1.0]), np.array([-100.0]), 1e-4, 0.99),
        ),
    ],
    draw=random_slopes,
    why="the result is a power of shrink: only rounding may differ",
)


@task.mistake(
    "slope forgotten",
    "Your condition lets f rise by c t. What is enough is a part of the drop that the slope "
    "promises, and the slope along d is a product of g and d.",
)
def armijo(f, g, x, d, c=1e-4, shrink=0.5):
    x, d, slope = np.asarray(x, dtype=float), np.asarray(d, dtype=float), np.sum(np.multiply(g, d))
    if np.isnan(slope + f(x)):
        return np.nan
    if slope >= 0:
        raise ValueError("d does not descend")
    t = 1.0
    for _ in range(201):
        if f(x + t * d) <= f(x) + c * t:
            return t
        t *= shrink
    raise ValueError("no step found")


@task.mistake(
    "sign of the slope",
    "g · d is negative, and it is added: the line to get under leads down. Yours leads up, "
    "so steps that raise f are taken.",
)
def armijo(f, g, x, d, c=1e-4, shrink=0.5):
    x, d, slope = np.asarray(x, dtype=float), np.asarray(d, dtype=float), np.sum(np.multiply(g, d))
    if np.isnan(slope + f(x)):
        return np.nan
    if slope >= 0:
        raise ValueError("d does not descend")
    t = 1.0
    for _ in range(201):
        if f(x + t * d) <= f(x) - c * t * slope:
            return t
        t *= shrink
    raise ValueError("no step found")


@task.mistake(
    "step grows",
    "Your trials get longer and longer. Close to x the linear model is right, "
    "so a shorter step is the one that must succeed.",
)
def armijo(f, g, x, d, c=1e-4, shrink=0.5):
    x, d, slope = np.asarray(x, dtype=float), np.asarray(d, dtype=float), np.sum(np.multiply(g, d))
    if np.isnan(slope + f(x)):
        return np.nan
    if slope >= 0:
        raise ValueError("d does not descend")
    t = 1.0
    for _ in range(201):
        if f(x + t * d) <= f(x) + c * t * slope:
            return t
        t /= shrink
    raise ValueError("no step found")


@task.mistake(
    "first step taken",
    "You take t = 1 without asking whether f went down by enough. "
    "Compare f there with the line that the slope draws, and shrink t as long as f is above it.",
)
def armijo(f, g, x, d, c=1e-4, shrink=0.5):
    x, slope = np.asarray(x, dtype=float), np.sum(np.multiply(g, d))
    if np.isnan(slope + f(x)):
        return np.nan
    if slope >= 0:
        raise ValueError("d does not descend")
    return 1.0


@task.mistake(
    "any decrease",
    "You take a step as soon as f is lower at all. Decreases that get smaller and smaller can "
    "add up to nothing: demand a share c of what the slope promises.",
)
def armijo(f, g, x, d, c=1e-4, shrink=0.5):
    x, d, slope = np.asarray(x, dtype=float), np.asarray(d, dtype=float), np.sum(np.multiply(g, d))
    if np.isnan(slope + f(x)):
        return np.nan
    if slope >= 0:
        raise ValueError("d does not descend")
    t = 1.0
    for _ in range(201):
        if f(x + t * d) < f(x):
            return t
        t *= shrink
    raise ValueError("no step found")


@task.mistake(
    "d taken for -g",
    "Your condition has the square of the gradient in it, which is the slope along -g. "
    "The direction d may be another one: take the slope along d.",
)
def armijo(f, g, x, d, c=1e-4, shrink=0.5):
    x, d, slope = np.asarray(x, dtype=float), np.asarray(d, dtype=float), np.sum(np.multiply(g, d))
    if np.isnan(slope + f(x)):
        return np.nan
    if slope >= 0:
        raise ValueError("d does not descend")
    t = 1.0
    for _ in range(201):
        if f(x + t * d) <= f(x) - c * t * np.sum(np.multiply(g, g)):
            return t
        t *= shrink
    raise ValueError("no step found")


@task.mistake(
    "t missing from the demand",
    "Your demand does not shrink with the step: a small t cannot earn the drop of a whole one. "
    "Everything on the right-hand side but f(x) is in proportion to t.",
)
def armijo(f, g, x, d, c=1e-4, shrink=0.5):
    x, d, slope = np.asarray(x, dtype=float), np.asarray(d, dtype=float), np.sum(np.multiply(g, d))
    if np.isnan(slope + f(x)):
        return np.nan
    if slope >= 0:
        raise ValueError("d does not descend")
    t = 1.0
    for _ in range(201):
        if f(x + t * d) <= f(x) + c * slope:
            return t
        t *= shrink
    raise ValueError("no step found")


@task.mistake(
    "climbing direction accepted",
    "Along this d the slope is not negative, so no t can be right. Say so with a ValueError "
    "instead of searching.",
)
def armijo(f, g, x, d, c=1e-4, shrink=0.5):
    x, d, slope = np.asarray(x, dtype=float), np.asarray(d, dtype=float), np.sum(np.multiply(g, d))
    if np.isnan(slope + f(x)):
        return np.nan
    t = 1.0
    for _ in range(201):
        if f(x + t * d) <= f(x) + c * t * slope:
            return t
        t *= shrink
    return t


@task.mistake(
    "the point instead of the step",
    "This is the point where the step ends. Asked for is t, a number: the caller knows x and d.",
)
def armijo(f, g, x, d, c=1e-4, shrink=0.5):
    x, d, slope = np.asarray(x, dtype=float), np.asarray(d, dtype=float), np.sum(np.multiply(g, d))
    if np.isnan(slope + f(x)):
        return np.nan
    if slope >= 0:
        raise ValueError("d does not descend")
    t = 1.0
    for _ in range(201):
        if f(x + t * d) <= f(x) + c * t * slope:
            return x + t * d
        t *= shrink
    raise ValueError("no step found")


@task.mistake(
    "nothing refused",
    "Good directions are searched correctly. Now what if d climbs, if f is NaN at a trial, "
    "or if no step is ever enough? A comparison with NaN is False: what does your loop do then?",
)
def armijo(f, g, x, d, c=1e-4, shrink=0.5):
    t = 1.0
    while f(x + t * d) > f(x) + c * t * np.sum(g * d):
        t *= shrink
    return t


@task.mistake(
    "trial at NaN taken",
    "One trial lands where f is NaN, and you take it. Every comparison with NaN is False: "
    "ask whether the trial is good, not whether it is bad.",
)
def armijo(f, g, x, d, c=1e-4, shrink=0.5):
    slope, t = np.sum(g * d), 1.0
    if np.isnan(slope + f(x)):
        return np.nan
    if slope >= 0:
        raise ValueError("d does not descend")
    for _ in range(201):
        if not f(x + t * d) > f(x) + c * t * slope:
            return t
        t *= shrink
    raise ValueError("no step found")


@task.mistake(
    "square of g, nothing refused",
    "The drop that you demand is that along -g. Here d is given, and may be shorter, longer or "
    "slanted: what is the slope along it? And when is there no descent at all?",
)
def armijo(f, g, x, d, c=1e-4, shrink=0.5):
    t = 1.0
    while f(x + t * d) > f(x) - c * t * np.sum(g * g) and t > 1e-30:
        t *= shrink
    return t


@task.mistake(
    "walks along -g",
    "Your trials leave x along -g. The caller has chosen the direction: where does x + t d lie?",
)
def armijo(f, g, x, d, c=1e-4, shrink=0.5):
    slope, t = np.sum(g * d), 1.0
    if slope >= 0:
        raise ValueError("d does not descend")
    for _ in range(201):
        if f(x - t * g) <= f(x) + c * t * slope:
            return t
        t *= shrink
    raise ValueError("no step found")


@task.mistake(
    "walks backwards",
    "Your trials go the other way: d points downhill already. Where does the minus come from?",
)
def armijo(f, g, x, d, c=1e-4, shrink=0.5):
    slope, t = np.sum(g * d), 1.0
    if slope >= 0:
        raise ValueError("d does not descend")
    for _ in range(201):
        if f(x - t * d) <= f(x) + c * t * slope:
            return t
        t *= shrink
    raise ValueError("no step found")


@task.mistake(
    "any decrease, NaN not looked at",
    "You stop at the first trial that is lower at all, however little. What does c say about how "
    "much lower it has to be? (And where x is NaN no trial is ever lower.)",
)
def armijo(f, g, x, d, c=1e-4, shrink=0.5):
    t = 1.0
    if np.sum(g * d) >= 0:
        raise ValueError("d does not descend")
    for _ in range(201):
        if f(x + t * d) < f(x):
            return t
        t *= shrink
    raise ValueError("no step found")


@task.mistake(
    "always halved",
    "Right with the default, and wrong where shrink is another number: by which factor do your "
    "trials get shorter?",
)
def armijo(f, g, x, d, c=1e-4, shrink=0.5):
    slope, t = np.sum(g * d), 1.0
    if np.isnan(slope + f(x)):
        return np.nan
    if slope >= 0:
        raise ValueError("d does not descend")
    for _ in range(201):
        if f(x + t * d) <= f(x) + c * t * slope:
            return t
        t /= 2
    raise ValueError("no step found")


@task.mistake(
    "c forgotten",
    "You demand all of the drop that the slope promises, and a function that curves upwards never "
    "gives all. Which share of it is enough?",
)
def armijo(f, g, x, d, c=1e-4, shrink=0.5):
    slope, t = np.sum(g * d), 1.0
    if np.isnan(slope + f(x)):
        return np.nan
    if slope >= 0:
        raise ValueError("d does not descend")
    for _ in range(201):
        if f(x + t * d) <= f(x) + t * slope:
            return t
        t *= shrink
    raise ValueError("no step found")


@task.mistake(
    "strictly below the line",
    "A trial that lies exactly on the line is refused. Does the demand say less, or less or equal?",
)
def armijo(f, g, x, d, c=1e-4, shrink=0.5):
    slope, here = g @ d, f(x)
    if np.isnan(slope) or np.isnan(here):
        return np.nan
    if slope >= 0:
        raise ValueError("d does not descend")
    t = 1.0
    for _ in range(201):
        if f(x + t * d) < here + c * t * slope:
            return t
        t *= shrink
    raise ValueError("no step is enough")


@task.mistake(
    "patience too short",
    "Where shrink is near 1 you give up before the right step. How many shrinks does the statement "
    "allow?",
)
def armijo(f, g, x, d, c=1e-4, shrink=0.5):
    slope, here = g @ d, f(x)
    if np.isnan(slope) or np.isnan(here):
        return np.nan
    if slope >= 0:
        raise ValueError("d does not descend")
    t = 1.0
    for _ in range(51):
        if f(x + t * d) <= here + c * t * slope:
            return t
        t *= shrink
    raise ValueError("no step is enough")


@task.mistake(
    "patience too long",
    "A search that has shrunk t 200 times goes on. What should happen then?",
)
def armijo(f, g, x, d, c=1e-4, shrink=0.5):
    slope, here = g @ d, f(x)
    if np.isnan(slope) or np.isnan(here):
        return np.nan
    if slope >= 0:
        raise ValueError("d does not descend")
    t = 1.0
    for _ in range(1001):
        if f(x + t * d) <= here + c * t * slope:
            return t
        t *= shrink
    raise ValueError("no step is enough")


@task.mistake(
    "square of g in place of the slope",
    "Along -g your steps are right, and other directions are measured by the length of g. What "
    "does f promise along d, and when does d climb?",
)
def armijo(f, g, x, d, c=1e-4, shrink=0.5):
    slope, here = -g @ g, f(x)
    if np.isnan(slope) or np.isnan(here):
        return np.nan
    if slope >= 0:
        raise ValueError("d does not descend")
    t = 1.0
    for _ in range(201):
        if f(x + t * d) <= here + c * t * slope:
            return t
        t *= shrink
    raise ValueError("no step is enough")


@task.mistake(
    "direction brought to length 1",
    "Your trials stand at the distance t from x, however long d is. What does the formula add "
    "to x?",
)
def armijo(f, g, x, d, c=1e-4, shrink=0.5):
    slope, here = g @ d, f(x)
    if np.isnan(slope) or np.isnan(here):
        return np.nan
    if slope >= 0:
        raise ValueError("d does not descend")
    t = 1.0
    for _ in range(201):
        if f(x + t * d / np.linalg.norm(d)) <= here + c * t * slope:
            return t
        t *= shrink
    raise ValueError("no step is enough")


@task.mistake(
    "shrinks by the rest",
    "Halving comes out right. For shrink = 0.9, is the second trial 0.9 or 0.1?",
)
def armijo(f, g, x, d, c=1e-4, shrink=0.5):
    slope, here = g @ d, f(x)
    if np.isnan(slope) or np.isnan(here):
        return np.nan
    if slope >= 0:
        raise ValueError("d does not descend")
    t = 1.0
    for _ in range(201):
        if f(x + t * d) <= here + c * t * slope:
            return t
        t *= 1 - shrink
    raise ValueError("no step is enough")


@task.accepts("with a counter")
def armijo(f, g, x, d, c=1e-4, shrink=0.5):
    slope, here = float(np.dot(g, d)), f(np.array(x, dtype=float))
    if slope != slope or here != here:
        return float("nan")
    if slope >= 0:
        raise ValueError("not a descent direction")
    k = 0
    while not f(np.add(x, np.multiply(shrink**k, d))) - here <= c * shrink**k * slope:
        k += 1
        if k > 200:
            raise ValueError("gave up")
    return shrink**k


@task.accepts("trying all lengths")
def armijo(f, g, x, d, c=1e-4, shrink=0.5):
    x, d = np.asarray(x, dtype=float), np.asarray(d, dtype=float)
    slope = np.inner(g, d)
    if np.isnan(slope) or np.isnan(f(x)):
        return np.nan
    if not slope < 0:
        raise ValueError("not a descent direction")
    for t in shrink ** np.arange(201.0):
        if f(x + t * d) <= f(x) + c * t * slope:
            return float(t)
    raise ValueError("gave up")
