"""Task `wolfe_backtracking` of chapter `curvature`."""

import numpy as np

from fallline import curvature as reference
from fallline.marking.task import Case, Task
from fallline.marking.tasks.curvature.cases import A
from fallline.objectives import himmelblau, rosenbrock


def square(x):
    """Return the sum of squares."""
    return float(np.sum(x * x))


def square_slope(x):
    """Return the gradient of the sum of squares."""
    return 2 * x


def quartic(x):
    """Return x⁴/4 - x, entry by entry, summed up."""
    return float(np.sum(x**4 / 4 - x))


def quartic_slope(x):
    """Return the gradient of x⁴/4 - x."""
    return x**3 - 1


def downhill(x):
    """Return -x: nothing holds it from below."""
    return -float(np.sum(x))


def downhill_slope(x):
    """Return the gradient of -x."""
    return -np.ones(np.shape(x))


def barrier(x):
    """Return x - log x, which is no number for x < 0."""
    return float(np.sum(x - np.log(x)))


def barrier_slope(x):
    """Return the gradient of x - log x."""
    return 1 - 1 / x


def decay(x):
    """Return e^-x, which falls for ever and ends nowhere."""
    return float(np.sum(np.exp(-x)))


def decay_slope(x):
    """Return the gradient of e^-x."""
    return -np.exp(-x)


def cubic(x):
    """Return x³ - 3x, which has a top at -1 and a bottom at 1."""
    return float(np.sum(x**3 - 3 * x))


def cubic_slope(x):
    """Return the gradient of x³ - 3x."""
    return 3 * x**2 - 3


def random_searches(rng):
    cases = []
    for name, objective, d in (
        ("Himmelblau's", himmelblau, 2),
        ("Rosenbrock's", rosenbrock, 2),
        ("Rosenbrock's", rosenbrock, 4),
    ):
        x = rng.uniform(-2, 2, d)
        g = objective.gradient(x)
        d = -g * 10.0 ** rng.uniform(-4, 0) + 0.1 * np.linalg.norm(g) * rng.normal(size=d) * 1e-3
        label = f"{name} function, d = -g scaled at random"
        cases.append(Case(label, (objective.value, objective.gradient, x, d, 1e-4, 0.4)))
    x = rng.uniform(2, 3, 3)
    return [
        *cases,
        Case("x² from a random point, d = -4x", (square, square_slope, x, -4 * x, 0.1, 0.5)),
    ]


ONE, TWO = A([1.0]), A([2.0])


START = A([-1.2, 1.0])


task = Task(
    reference.wolfe_backtracking,
    cases=[
        Case(
            "x² from 2, d = -16, c1 = 1e-4, c2 = 0.9",
            (square, square_slope, TWO, A([-16.0]), 1e-4, 0.9),
        ),
        Case("x² from 2, d = -0.25, c2 = 0.5", (square, square_slope, TWO, A([-0.25]), 1e-4, 0.5)),
        Case(
            "x² from 2, d = -3.9, c2 = 0.5: the slope turns round",
            (square, square_slope, TWO, A([-3.9]), 1e-4, 0.5),
        ),
        Case("x² from 2, d = -2: at once", (square, square_slope, TWO, A([-2.0]), 1e-4, 0.9)),
        Case(
            "x² from 2, d = -1.1, c2 = 0.1: twice, and half way back",
            (square, square_slope, TWO, A([-1.1]), 1e-4, 0.1),
        ),
        Case(
            "x² from 2, d = -2, c1 = 0.6, c2 = 0.8",
            (square, square_slope, TWO, A([-2.0]), 0.6, 0.8),
        ),
        Case("x² from 2, d = -3, c1 = 0.4", (square, square_slope, TWO, A([-3.0]), 0.4, 0.9)),
        Case(
            "x² from 2, d = -2, c1 = 0.5: just low enough",
            (square, square_slope, TWO, A([-2.0]), 0.5, 0.9),
        ),
        Case(
            "x² from 4, d = -6, c1 = 0.25: just low enough",
            (square, square_slope, A([4.0]), A([-6.0]), 0.25, 0.9),
        ),
        Case(
            "x² from 2, d = -1, c2 = 0.5: just flat enough",
            (square, square_slope, TWO, A([-1.0]), 1e-4, 0.5),
        ),
        Case(
            "x² from 4, d = -1, c2 = 0.5: just flat enough",
            (square, square_slope, A([4.0]), A([-1.0]), 1e-4, 0.5),
        ),
        Case(
            "x² from 2, d = -3, c2 = 0.5: just flat enough, upwards",
            (square, square_slope, TWO, A([-3.0]), 1e-4, 0.5),
        ),
        Case("x² from 3, d = -5, c1 = 0.3", (square, square_slope, A([3.0]), A([-5.0]), 0.3, 0.9)),
        Case("x⁴/4 - x from 0, d = 1.5", (quartic, quartic_slope, A([0.0]), A([1.5]), 0.6, 0.9)),
        Case(
            "x² from (3, 4), d = (-1, -0.5)",
            (square, square_slope, A([3.0, 4.0]), A([-1.0, -0.5]), 1e-4, 0.3),
        ),
        Case("x⁴/4 - x from 0, d = 5", (quartic, quartic_slope, A([0.0]), A([5.0]), 1e-4, 0.1)),
        Case("x⁴/4 - x from 0, d = 0.01", (quartic, quartic_slope, A([0.0]), A([0.01]), 1e-4, 0.1)),
        Case(
            "whole numbers: x² from (1, 2), d = (-3, 0)",
            (square, square_slope, A([1, 2]), A([-3, 0]), 0.25, 0.5),
        ),
        Case(
            "a table of shape (1, 2)",
            (square, square_slope, A([[1.0, 2.0]]), A([[-5.0, -1.0]]), 0.1, 0.2),
        ),
        Case(
            "a table of shape (2, 2)",
            (square, square_slope, A([[1.0, 0], [2, 1]]), A([[-4.0, 0], [-6, -1]]), 1e-4, 0.6),
        ),
        Case(
            "a table of shape (2, 1)",
            (square, square_slope, A([[3.0], [1]]), A([[-1.0], [-1]]), 1e-4, 0.6),
        ),
        Case(
            "Rosenbrock's function from (-1.2, 1), d = -g",
            (rosenbrock.value, rosenbrock.gradient, START, -rosenbrock.gradient(START), 1e-4, 0.9),
        ),
        Case(
            "x - log x from 0.5, d = 4: no number beyond 0",
            (barrier, barrier_slope, A([0.5]), A([4.0]), 1e-4, 0.1),
        ),
        Case(
            "x - log x from 3, d = -20: f is NaN at t = 1",
            (barrier, barrier_slope, A([3.0]), A([-20.0]), 1e-4, 0.5),
        ),
        Case(
            "x - log x from 2, d = -4: f is NaN at t = 1",
            (barrier, barrier_slope, TWO, A([-4.0]), 1e-4, 0.9),
        ),
        Case(
            "x - log x from 1.5, d = -3: f is NaN at t = 1",
            (barrier, barrier_slope, A([1.5]), A([-3.0]), 1e-4, 0.9),
        ),
        Case("a start that is NaN", (square, square_slope, A([np.nan]), A([-1.0]), 1e-4, 0.9)),
        Case("a direction that is NaN", (square, square_slope, TWO, A([np.nan]), 1e-4, 0.9)),
        Case("x - log x from -1, where f is NaN", (barrier, barrier_slope, -ONE, ONE, 1e-4, 0.9)),
        Case("uphill: x² from 2, d = 1", (square, square_slope, TWO, ONE, 1e-4, 0.9)),
        Case(
            "level: d at a right angle to g",
            (square, square_slope, A([2.0, 0.0]), A([0.0, 1.0]), 1e-4, 0.9),
        ),
        Case(
            "uphill: x⁴/4 - x from 2, d = 0.5", (quartic, quartic_slope, TWO, A([0.5]), 1e-4, 0.9)
        ),
        Case(
            "uphill at first: x³ - 3x from -2, d = 3",
            (cubic, cubic_slope, A([-2.0]), A([3.0]), 1e-4, 0.9),
        ),
        Case(
            "level at first: x³ - 3x from its top at -1, d = 2",
            (cubic, cubic_slope, A([-1.0]), A([2.0]), 1e-4, 0.9),
        ),
        Case(
            "x² from 2, d = -1e20: 66 trials",
            (square, square_slope, TWO, A([-1e20]), 1e-4, 0.9),
        ),
        Case(
            "x² from 2, d = -1e-40: more than 100 trials",
            (square, square_slope, TWO, A([-1e-40]), 1e-4, 0.9),
        ),
        Case("-x, which has no bottom", (downhill, downhill_slope, A([0.0]), ONE, 1e-4, 0.9)),
        Case(
            "-x - y, which has no bottom",
            (downhill, downhill_slope, A([0.0, 1.0]), A([1.0, 2.0]), 1e-4, 0.5),
        ),
        Case("-x, d = 1000", (downhill, downhill_slope, A([5.0]), A([1000.0]), 1e-4, 0.9)),
    ],
    draw=random_searches,
    why="every t is 1, doubled and halved: no rounding at all",
)


@task.mistake(
    "only Armijo",
    "From d = -0.25 you take the first trial, though the slope there is nearly as steep as at the "
    "start: f is low enough. Which of the two conditions asks for a step that is long enough?",
)
def wolfe_backtracking(f, grad, x, d, c1=1e-4, c2=0.9):
    here, slope, t = f(x), np.sum(grad(x) * d), 1.0
    if np.isnan(here + slope):
        return np.nan
    if slope >= 0:
        raise ValueError("d must descend")
    for _ in range(100):
        if f(x + t * d) <= here + c1 * t * slope:
            return t
        t = t / 2
    raise ValueError("no step found")


@task.mistake(
    "curvature condition reversed",
    "You accept a step where the slope is still steep and go on where it is nearly flat. A good "
    "step ends where the slope has become small: on which side of c2 |slope| is that?",
)
def wolfe_backtracking(f, grad, x, d, c1=1e-4, c2=0.9):
    here, slope = f(x), np.sum(grad(x) * d)
    if np.isnan(here + slope):
        return np.nan
    if slope >= 0:
        raise ValueError("d must descend")
    low, high, t = 0.0, np.inf, 1.0
    for _ in range(100):
        if not f(x + t * d) <= here + c1 * t * slope:
            high = t
        else:
            now = np.sum(grad(x + t * d) * d)
            if abs(now) >= c2 * abs(slope):
                return t
            if now < 0:
                low = t
            else:
                high = t
        t = 2 * low if high == np.inf else (low + high) / 2
    raise ValueError("no step found")


@task.mistake(
    "never gives up",
    "On -x, which has no bottom, you double t until it is infinite. After how many trials should "
    "the search say that there is nothing to be found?",
)
def wolfe_backtracking(f, grad, x, d, c1=1e-4, c2=0.9):
    here, slope = f(x), np.sum(grad(x) * d)
    if np.isnan(here + slope):
        return np.nan
    if slope >= 0:
        raise ValueError("d must descend")
    low, high, t = 0.0, np.inf, 1.0
    while t < 1e308:
        if not f(x + t * d) <= here + c1 * t * slope:
            high = t
        else:
            now = np.sum(grad(x + t * d) * d)
            if abs(now) <= c2 * abs(slope):
                return t
            if now < 0:
                low = t
            else:
                high = t
        t = 2 * low if high == np.inf else (low + high) / 2
    return t


@task.mistake(
    "d made a unit vector",
    "Your t is right for a d of length 1, and d came with another length. The step is t times d as "
    "it is given: who has changed it?",
)
def wolfe_backtracking(f, grad, x, d, c1=1e-4, c2=0.9):
    d = d / np.linalg.norm(d)
    here, slope = f(x), np.sum(grad(x) * d)
    if np.isnan(here + slope):
        return np.nan
    if slope >= 0:
        raise ValueError("d must descend")
    low, high, t = 0.0, np.inf, 1.0
    for _ in range(100):
        if not f(x + t * d) <= here + c1 * t * slope:
            high = t
        else:
            now = np.sum(grad(x + t * d) * d)
            if abs(now) <= c2 * abs(slope):
                return t
            if now < 0:
                low = t
            else:
                high = t
        t = 2 * low if high == np.inf else (low + high) / 2
    raise ValueError("no step found")


@task.mistake(
    "weak condition",
    "You accept a point where the slope is steep the other way: the valley was crossed. The strong "
    "condition bounds the size of the slope; what does yours bound?",
)
def wolfe_backtracking(f, grad, x, d, c1=1e-4, c2=0.9):
    here, slope = f(x), np.sum(grad(x) * d)
    if np.isnan(here + slope):
        return np.nan
    if slope >= 0:
        raise ValueError("d must descend")
    low, high, t = 0.0, np.inf, 1.0
    for _ in range(100):
        if not f(x + t * d) <= here + c1 * t * slope:
            high = t
        else:
            now = np.sum(grad(x + t * d) * d)
            if now >= c2 * slope:
                return t
            low = t
        t = 2 * low if high == np.inf else (low + high) / 2
    raise ValueError("no step found")


@task.mistake(
    "any descent is enough",
    "A step that lowers f by next to nothing passes your first test. Which part of the drop that "
    "the slope promises is asked for?",
)
def wolfe_backtracking(f, grad, x, d, c1=1e-4, c2=0.9):
    here, slope = f(x), np.sum(grad(x) * d)
    if np.isnan(here + slope):
        return np.nan
    if slope >= 0:
        raise ValueError("d must descend")
    low, high, t = 0.0, np.inf, 1.0
    for _ in range(100):
        if not f(x + t * d) <= here:
            high = t
        else:
            now = np.sum(grad(x + t * d) * d)
            if abs(now) <= c2 * abs(slope):
                return t
            if now < 0:
                low = t
            else:
                high = t
        t = 2 * low if high == np.inf else (low + high) / 2
    raise ValueError("no step found")


@task.mistake(
    "c1 and c2 swapped",
    "Your first condition asks for nearly the whole drop of the slope, and the second for a slope "
    "of nearly nothing. Which number belongs to which?",
)
def wolfe_backtracking(f, grad, x, d, c1=1e-4, c2=0.9):
    here, slope = f(x), np.sum(grad(x) * d)
    if np.isnan(here + slope):
        return np.nan
    if slope >= 0:
        raise ValueError("d must descend")
    low, high, t = 0.0, np.inf, 1.0
    for _ in range(100):
        if not f(x + t * d) <= here + c2 * t * slope:
            high = t
        else:
            now = np.sum(grad(x + t * d) * d)
            if abs(now) <= c1 * abs(slope):
                return t
            if now < 0:
                low = t
            else:
                high = t
        t = 2 * low if high == np.inf else (low + high) / 2
    raise ValueError("no step found")


@task.mistake(
    "slope without the direction",
    "You measure the slope by the gradient's own length. What counts is how f falls along d: how "
    "do g and d make one number?",
)
def wolfe_backtracking(f, grad, x, d, c1=1e-4, c2=0.9):
    here, slope = f(x), -np.sum(grad(x) ** 2)
    if np.isnan(here + slope):
        return np.nan
    if np.sum(grad(x) * d) >= 0:
        raise ValueError("d must descend")
    low, high, t = 0.0, np.inf, 1.0
    for _ in range(100):
        if not f(x + t * d) <= here + c1 * t * slope:
            high = t
        else:
            now = np.sum(grad(x + t * d) * d)
            if abs(now) <= c2 * abs(slope):
                return t
            if now < 0:
                low = t
            else:
                high = t
        t = 2 * low if high == np.inf else (low + high) / 2
    raise ValueError("no step found")


@task.mistake(
    "share of the drop without t",
    "A short step is asked for as large a drop as a long one. The slope promises a drop in "
    "proportion to what?",
)
def wolfe_backtracking(f, grad, x, d, c1=1e-4, c2=0.9):
    here, slope = f(x), np.sum(grad(x) * d)
    if np.isnan(here + slope):
        return np.nan
    if slope >= 0:
        raise ValueError("d must descend")
    low, high, t = 0.0, np.inf, 1.0
    for _ in range(100):
        if not f(x + t * d) <= here + c1 * slope:
            high = t
        else:
            now = np.sum(grad(x + t * d) * d)
            if abs(now) <= c2 * abs(slope):
                return t
            if now < 0:
                low = t
            else:
                high = t
        t = 2 * low if high == np.inf else (low + high) / 2
    raise ValueError("no step found")


@task.mistake(
    "left end forgotten",
    "When a trial is too long you halve it, and come back to lengths that were already too short. "
    "Where does the interval begin by then?",
)
def wolfe_backtracking(f, grad, x, d, c1=1e-4, c2=0.9):
    here, slope, t = f(x), np.sum(grad(x) * d), 1.0
    if np.isnan(here + slope):
        return np.nan
    if slope >= 0:
        raise ValueError("d must descend")
    for _ in range(100):
        now = np.sum(grad(x + t * d) * d)
        if not f(x + t * d) <= here + c1 * t * slope:
            t = t / 2
        elif abs(now) <= c2 * abs(slope):
            return t
        else:
            t = 2 * t if now < 0 else t / 2
    raise ValueError("no step found")


@task.mistake(
    "shorter whatever is wrong",
    "Where the step is too short you make it shorter still. What does a slope that is steeply "
    "negative say: has the bottom been passed, or not reached?",
)
def wolfe_backtracking(f, grad, x, d, c1=1e-4, c2=0.9):
    here, slope, t = f(x), np.sum(grad(x) * d), 1.0
    if np.isnan(here + slope):
        return np.nan
    if slope >= 0:
        raise ValueError("d must descend")
    for _ in range(100):
        low_enough = f(x + t * d) <= here + c1 * t * slope
        if low_enough and abs(np.sum(grad(x + t * d) * d)) <= c2 * abs(slope):
            return t
        t = t / 2
    raise ValueError("no step found")


@task.mistake(
    "right end by three quarters",
    "Where the statement takes the middle of the interval you take another point of it. Which t "
    "comes between 1 and 2?",
)
def wolfe_backtracking(f, grad, x, d, c1=1e-4, c2=0.9):
    here, slope = f(x), np.sum(grad(x) * d)
    if np.isnan(here + slope):
        return np.nan
    if slope >= 0:
        raise ValueError("d must descend")
    low, high, t = 0.0, np.inf, 1.0
    for _ in range(100):
        if not f(x + t * d) <= here + c1 * t * slope:
            high = t
        else:
            now = np.sum(grad(x + t * d) * d)
            if abs(now) <= c2 * abs(slope):
                return t
            if now < 0:
                low = t
            else:
                high = t
        t = 2 * low if high == np.inf else low + 0.25 * (high - low)
    raise ValueError("no step found")


@task.mistake(
    "the point for the step",
    "The point that was reached comes back. Asked for is the number t: by how much is d "
    "multiplied?",
)
def wolfe_backtracking(f, grad, x, d, c1=1e-4, c2=0.9):
    here, slope = f(x), np.sum(grad(x) * d)
    if np.isnan(here + slope):
        return x
    if slope >= 0:
        raise ValueError("d must descend")
    low, high, t = 0.0, np.inf, 1.0
    for _ in range(100):
        if not f(x + t * d) <= here + c1 * t * slope:
            high = t
        else:
            now = np.sum(grad(x + t * d) * d)
            if abs(now) <= c2 * abs(slope):
                return x + t * d
            if now < 0:
                low = t
            else:
                high = t
        t = 2 * low if high == np.inf else (low + high) / 2
    raise ValueError("no step found")


@task.mistake(
    "direction not looked at",
    "Where d climbs or runs level you search all the same. Along such a d no step can do what the "
    "conditions ask: what should the caller hear, and what do they hear from you?",
)
def wolfe_backtracking(f, grad, x, d, c1=1e-4, c2=0.9):
    here, slope = f(x), np.sum(grad(x) * d)
    if np.isnan(here + slope):
        return np.nan
    low, high, t = 0.0, np.inf, 1.0
    for _ in range(100):
        if not f(x + t * d) <= here + c1 * t * slope:
            high = t
        else:
            now = np.sum(grad(x + t * d) * d)
            if abs(now) <= c2 * abs(slope):
                return t
            if now < 0:
                low = t
            else:
                high = t
        t = 2 * low if high == np.inf else (low + high) / 2
    return t


@task.mistake(
    "last trial returned",
    "After the last trial you return a t that meets no condition, as if it did. What should a "
    "caller hear where no step was found?",
)
def wolfe_backtracking(f, grad, x, d, c1=1e-4, c2=0.9):
    here, slope = f(x), np.sum(grad(x) * d)
    if np.isnan(here + slope):
        return np.nan
    if slope >= 0:
        raise ValueError("d must descend")
    low, high, t = 0.0, np.inf, 1.0
    for _ in range(100):
        if not f(x + t * d) <= here + c1 * t * slope:
            high = t
        else:
            now = np.sum(grad(x + t * d) * d)
            if abs(now) <= c2 * abs(slope):
                return t
            if now < 0:
                low = t
            else:
                high = t
        t = 2 * low if high == np.inf else (low + high) / 2
    return t


@task.mistake(
    "steep upwards taken for too short",
    "Where the slope at t points up, and steeply, you go on to longer steps. Is the bottom before "
    "you or behind you then?",
)
def wolfe_backtracking(f, grad, x, d, c1=1e-4, c2=0.9):
    here, slope = f(x), np.sum(grad(x) * d)
    if np.isnan(here + slope):
        return np.nan
    if slope >= 0:
        raise ValueError("d must descend")
    low, high, t = 0.0, np.inf, 1.0
    for _ in range(100):
        if not f(x + t * d) <= here + c1 * t * slope:
            high = t
        elif abs(np.sum(grad(x + t * d) * d)) <= c2 * abs(slope):
            return t
        else:
            low = t
        t = 2 * low if high == np.inf else (low + high) / 2
    raise ValueError("no step found")


@task.mistake(
    "shorter whatever is wrong, NaN not looked at",
    "A step that is too short is made shorter still, until you give up: what does a steep negative "
    "slope say? And where the start itself is NaN, which number should come back?",
)
def wolfe_backtracking(f, grad, x, d, c1=1e-4, c2=0.9):
    here, slope, t = f(x), np.sum(grad(x) * d), 1.0
    for _ in range(100):
        low_enough = f(x + t * d) <= here + c1 * t * slope
        if low_enough and abs(np.sum(grad(x + t * d) * d)) <= c2 * abs(slope):
            return t
        t = t / 2
    raise ValueError("no step found")


@task.mistake(
    "below, not at most",
    "From x = 2 along d = -2 with c1 = 0.5 the very first trial is exactly low enough, and you go "
    "on. Does the condition say less, or at most?",
)
def wolfe_backtracking(f, grad, x, d, c1=1e-4, c2=0.9):
    here, slope = f(x), np.sum(grad(x) * d)
    if np.isnan(here + slope):
        return np.nan
    if slope >= 0:
        raise ValueError("d must descend")
    low, high, t = 0.0, np.inf, 1.0
    for _ in range(100):
        if not f(x + t * d) < here + c1 * t * slope:
            high = t
        else:
            now = np.sum(grad(x + t * d) * d)
            if abs(now) <= c2 * abs(slope):
                return t
            if now < 0:
                low = t
            else:
                high = t
        t = 2 * low if high == np.inf else (low + high) / 2
    raise ValueError("no step found")


@task.mistake(
    "flatter, not at most as steep",
    "From x = 2 along d = -1 with c2 = 0.5 the slope at t = 1 is exactly half of the first one, "
    "and you go on. Does the condition say less, or at most?",
)
def wolfe_backtracking(f, grad, x, d, c1=1e-4, c2=0.9):
    here, slope = f(x), np.sum(grad(x) * d)
    if np.isnan(here + slope):
        return np.nan
    if slope >= 0:
        raise ValueError("d must descend")
    low, high, t = 0.0, np.inf, 1.0
    for _ in range(100):
        if not f(x + t * d) <= here + c1 * t * slope:
            high = t
        else:
            now = np.sum(grad(x + t * d) * d)
            if abs(now) < c2 * abs(slope):
                return t
            if now < 0:
                low = t
            else:
                high = t
        t = 2 * low if high == np.inf else (low + high) / 2
    raise ValueError("no step found")


@task.mistake(
    "NaN taken for low enough",
    "Where f is NaN at a trial you take it for low enough: every comparison with NaN is false. "
    "Which way round should the question be asked, so that NaN is turned down?",
)
def wolfe_backtracking(f, grad, x, d, c1=1e-4, c2=0.9):
    here, slope = f(x), np.sum(grad(x) * d)
    if np.isnan(here + slope):
        return np.nan
    if slope >= 0:
        raise ValueError("d must descend")
    low, high, t = 0.0, np.inf, 1.0
    for _ in range(100):
        if f(x + t * d) > here + c1 * t * slope:
            high = t
        else:
            now = np.sum(grad(x + t * d) * d)
            if abs(now) <= c2 * abs(slope):
                return t
            if now < 0:
                low = t
            else:
                high = t
        t = 2 * low if high == np.inf else (low + high) / 2
    raise ValueError("no step found")


@task.mistake(
    "NaN at the start not looked at",
    "Where f(x) or the first slope is NaN you search, and find nothing. Which number tells the "
    "caller that nothing is known from the start?",
)
def wolfe_backtracking(f, grad, x, d, c1=1e-4, c2=0.9):
    here, slope = f(x), np.sum(grad(x) * d)
    if slope >= 0:
        raise ValueError("d must descend")
    low, high, t = 0.0, np.inf, 1.0
    for _ in range(100):
        if not f(x + t * d) <= here + c1 * t * slope:
            high = t
        else:
            now = np.sum(grad(x + t * d) * d)
            if abs(now) <= c2 * abs(slope):
                return t
            if now < 0:
                low = t
            else:
                high = t
        t = 2 * low if high == np.inf else (low + high) / 2
    raise ValueError("no step found")


@task.mistake(
    "middle rounded down",
    "Between 0 and 1 your middle is 0, and there the search stays. What do two slashes do to a "
    "quotient?",
)
def wolfe_backtracking(f, grad, x, d, c1=1e-4, c2=0.9):
    here, slope = f(x), np.sum(grad(x) * d)
    if np.isnan(here + slope):
        return np.nan
    if slope >= 0:
        raise ValueError("d must descend")
    low, high, t = 0.0, np.inf, 1.0
    for _ in range(100):
        if not f(x + t * d) <= here + c1 * t * slope:
            high = t
        else:
            now = np.sum(grad(x + t * d) * d)
            if abs(now) <= c2 * abs(slope):
                return t
            if now < 0:
                low = t
            else:
                high = t
        t = 2 * low if high == np.inf else (low + high) // 2
    raise ValueError("no step found")


@task.mistake(
    "ten times as long",
    "Where a step is too short your next one is far longer than twice as long. By which factor "
    "should t grow while there is no right end?",
)
def wolfe_backtracking(f, grad, x, d, c1=1e-4, c2=0.9):
    here, slope = f(x), np.sum(grad(x) * d)
    if np.isnan(here + slope):
        return np.nan
    if slope >= 0:
        raise ValueError("d must descend")
    low, high, t = 0.0, np.inf, 1.0
    for _ in range(100):
        if not f(x + t * d) <= here + c1 * t * slope:
            high = t
        else:
            now = np.sum(grad(x + t * d) * d)
            if abs(now) <= c2 * abs(slope):
                return t
            if now < 0:
                low = t
            else:
                high = t
        t = 10 * t if high == np.inf else (low + high) / 2
    raise ValueError("no step found")


@task.mistake(
    "only the slope",
    "A point where the slope is flat is good enough for you, however high it lies. Which condition "
    "asks that f has fallen?",
)
def wolfe_backtracking(f, grad, x, d, c1=1e-4, c2=0.9):
    here, slope = f(x), np.sum(grad(x) * d)
    if np.isnan(here + slope):
        return np.nan
    if slope >= 0:
        raise ValueError("d must descend")
    low, high, t = 0.0, np.inf, 1.0
    for _ in range(100):
        now = np.sum(grad(x + t * d) * d)
        if abs(now) <= c2 * abs(slope):
            return t
        if now < 0:
            low = t
        else:
            high = t
        t = 2 * low if high == np.inf else (low + high) / 2
    raise ValueError("no step found")


@task.mistake(
    "slope with its sign on the right",
    "No trial is ever good enough for you. The first slope m is negative: can the size of a slope "
    "be at most c2 m?",
)
def wolfe_backtracking(f, grad, x, d, c1=1e-4, c2=0.9):
    here, slope = f(x), np.sum(grad(x) * d)
    if np.isnan(here + slope):
        return np.nan
    if slope >= 0:
        raise ValueError("d must descend")
    low, high, t = 0.0, np.inf, 1.0
    for _ in range(100):
        if not f(x + t * d) <= here + c1 * t * slope:
            high = t
        else:
            now = np.sum(grad(x + t * d) * d)
            if abs(now) <= c2 * slope:
                return t
            if now < 0:
                low = t
            else:
                high = t
        t = 2 * low if high == np.inf else (low + high) / 2
    raise ValueError("no step found")


@task.mistake(
    "slope multiplied by t",
    "You multiply the slope at the trial by t. Along d the point moves by d for each unit of t: "
    "which vector meets the gradient, d or t d?",
)
def wolfe_backtracking(f, grad, x, d, c1=1e-4, c2=0.9):
    here, slope = f(x), np.sum(grad(x) * d)
    if np.isnan(here + slope):
        return np.nan
    if slope >= 0:
        raise ValueError("d must descend")
    low, high, t = 0.0, np.inf, 1.0
    for _ in range(100):
        if not f(x + t * d) <= here + c1 * t * slope:
            high = t
        else:
            now = np.sum(grad(x + t * d) * (t * d))
            if abs(now) <= c2 * abs(slope):
                return t
            if now < 0:
                low = t
            else:
                high = t
        t = 2 * low if high == np.inf else (low + high) / 2
    raise ValueError("no step found")


@task.mistake(
    "own constants",
    "Your t does not depend on c1 and c2. The caller may ask for a flatter end than 0.9: where do "
    "the two arguments come in?",
)
def wolfe_backtracking(f, grad, x, d, c1=1e-4, c2=0.9):
    c1, c2 = 1e-4, 0.9
    here, slope = f(x), np.sum(grad(x) * d)
    if np.isnan(here + slope):
        return np.nan
    if slope >= 0:
        raise ValueError("d must descend")
    low, high, t = 0.0, np.inf, 1.0
    for _ in range(100):
        if not f(x + t * d) <= here + c1 * t * slope:
            high = t
        else:
            now = np.sum(grad(x + t * d) * d)
            if abs(now) <= c2 * abs(slope):
                return t
            if now < 0:
                low = t
            else:
                high = t
        t = 2 * low if high == np.inf else (low + high) / 2
    raise ValueError("no step found")


@task.mistake(
    "rows times columns",
    "Vectors come out right, tables do not. Between two tables @ multiplies rows by columns; which "
    "sum does the dot of the task stand for?",
)
def wolfe_backtracking(f, grad, x, d, c1=1e-4, c2=0.9):
    here, slope = f(x), grad(x) @ d
    if np.isnan(here + slope):
        return np.nan
    if slope >= 0:
        raise ValueError("d must descend")
    low, high, t = 0.0, np.inf, 1.0
    for _ in range(100):
        if not f(x + t * d) <= here + c1 * t * slope:
            high = t
        else:
            now = grad(x + t * d) @ d
            if abs(now) <= c2 * abs(slope):
                return t
            if now < 0:
                low = t
            else:
                high = t
        t = 2 * low if high == np.inf else (low + high) / 2
    raise ValueError("no step found")


@task.mistake(
    "direction not looked at, an error all the same",
    "Along x³ - 3x from -2, where f climbs first, you find a step on the far side. The task turns "
    "such a d down before the first trial: what does m ≥ 0 say?",
)
def wolfe_backtracking(f, grad, x, d, c1=1e-4, c2=0.9):
    here, slope = f(x), np.sum(grad(x) * d)
    if np.isnan(here + slope):
        return np.nan
    low, high, t = 0.0, np.inf, 1.0
    for _ in range(100):
        if not f(x + t * d) <= here + c1 * t * slope:
            high = t
        else:
            now = np.sum(grad(x + t * d) * d)
            if abs(now) <= c2 * abs(slope):
                return t
            if now < 0:
                low = t
            else:
                high = t
        t = 2 * low if high == np.inf else (low + high) / 2
    raise ValueError("no step found")


@task.mistake(
    "only Armijo, nothing looked at",
    "You take the first trial that is low enough, and no start, slope or end is looked at. Which "
    "of the two conditions asks for a step that is long enough?",
)
def wolfe_backtracking(f, grad, x, d, c1=1e-4, c2=0.9):
    t, slope = 1.0, grad(x) @ d
    while f(x + t * d) > f(x) + c1 * t * slope:
        t = t / 2
    return t


@task.accepts("with functions of t")
def wolfe_backtracking(f, grad, x, d, c1=1e-4, c2=0.9):
    def height(t):
        return float(f(x + t * d))

    def slope(t):
        return float(np.sum(np.asarray(grad(x + t * d)) * d))

    if np.isnan(height(0.0)) or np.isnan(slope(0.0)):
        return float("nan")
    if slope(0.0) >= 0:
        raise ValueError("d must descend")
    low, high, t = 0.0, None, 1.0
    for _ in range(100):
        too_high = not height(t) <= height(0.0) + c1 * t * slope(0.0)
        if not too_high and abs(slope(t)) <= c2 * abs(slope(0.0)):
            return t
        if too_high or slope(t) > 0:
            high = t
        else:
            low = t
        t = 2.0 * t if high is None else low + (high - low) / 2
    raise ValueError("no step found")


@task.accepts("by the weak condition first")
def wolfe_backtracking(f, grad, x, d, c1=1e-4, c2=0.9):
    start, m = float(f(x * 1.0)), float(np.sum(np.asarray(grad(x * 1.0)) * d))
    if start != start or m != m:
        return float("nan")
    if not m < 0:
        raise ValueError("d must descend")
    ends, t, trials = [0.0, float("inf")], 1.0, 0
    while trials < 100:
        trials += 1
        point = x + t * d
        if f(point) <= start + c1 * t * m:
            now = float(np.sum(np.asarray(grad(point)) * d))
            if c2 * m <= now <= -c2 * m:
                return t
            ends[0 if now < 0 else 1] = t
        else:
            ends[1] = t
        t = sum(ends) / 2 if ends[1] < float("inf") else 2 * t
    raise ValueError("no step found")
