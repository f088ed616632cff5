"""Task `directional_check` of chapter `checking`."""

import numpy as np

from fallline import checking as reference
from fallline.marking.task import Case, Task
from fallline.marking.tasks.checking.cases import (
    cubes,
    cubes_gradient,
    squares,
    squares_gradient,
)


def asks_of_f(answer, size, h):
    """Say where an answer evaluates f: how often, how far from x, and whether rng decides."""
    x, ways = np.linspace(-1.0, 1.0, size), []
    for seed in (1, 2, 1):
        points = []

        def f(point, points=points):
            points.append(np.array(point, dtype=float))
            return squares(point)

        answer(f, squares_gradient(x), x.copy(), np.random.default_rng(seed), h)
        ways.append([p - x for p in points])
    first, second, again = ways
    sizes = sorted({round(float(np.linalg.norm(step) / h), 6) for way in ways for step in way})
    same = len(first) == len(again) and np.allclose(first, again)
    words = {
        "evaluations of f": [len(way) for way in ways],
        "distances from x, in units of h": sizes,
        "another rng, another direction": not np.allclose(first[0], second[0]),
        "the same rng, the same direction": same,
        "entries that move": int(np.sum(np.abs(first[0]) > 1e-12)),
    }
    return {what: str(found) for what, found in words.items()}


def random_directional(rng):
    cases = []
    for shape, scale in (((4,), 1.0), ((2, 3), 1e-2), ((6,), 10.0)):
        x = scale * rng.uniform(1, 2, size=shape)
        seed = int(rng.integers(1000))
        g = 3.0 * x**2 + scale**2 * rng.normal(size=shape)
        label = f"shape {shape}, x near {scale:g}, a gradient that is off"
        cases.append(Case(label, (cubes, g, x, np.random.default_rng(seed), 0.1 * scale)))
    return cases


def at(seed):
    return np.random.default_rng(seed)


x4 = np.array([1.0, -2.0, 0.5, 3.0])


task = Task(
    reference.directional_check,
    cases=[
        Case("a right gradient", (squares, squares_gradient(x4), x4, at(1), 0.5)),
        Case(
            "one entry twice too large",
            (squares, squares_gradient(x4) * [1, 2, 1, 1], x4, at(2), 0.5),
        ),
        Case("every sign wrong", (squares, -squares_gradient(x4), x4, at(3), 0.5)),
        Case("sum of cubes, h = 0.5", (cubes, cubes_gradient(x4), x4, at(4), 0.5)),
        Case("shape (2, 2)", (cubes, np.ones((2, 2)), x4.reshape(2, 2), at(5), 0.1)),
        Case("shape (2, 2), h = 1", (cubes, np.ones((2, 2)), x4.reshape(2, 2), at(9), 1.0)),
        Case("whole numbers", (squares, np.array([2, 5, 6]), np.array([1, 1, 1]), at(6), 0.5)),
        Case("x = 0, and a gradient of 0", (squares, np.zeros(3), np.zeros(3), at(7), 0.5)),
        Case("the gradient holds NaN", (squares, x4 * [1, np.nan, 1, 1], x4, at(8), 0.5)),
        Case("where f is evaluated, 7 coordinates", (7, 0.01), asks_of_f),
        Case("where f is evaluated, 50 coordinates", (50, 0.01), asks_of_f),
    ],
    draw=random_directional,
    rtol=1e-6,
    atol=1e-7,
    why="one difference of two values: rounding leaves 1e-9 or so, of the size of the step",
)


@task.mistake(
    "direction not of length 1",
    "Your direction grows with the number of coordinates, so the step is longer than h and the "
    "difference truncates more. Bring v to length 1.",
)
def directional_check(f, g, x, rng, h=1e-5):
    x, g = np.array(x, dtype=float), np.array(g, dtype=float)
    v = rng.normal(size=x.shape)
    n, a = (f(x + h * v) - f(x - h * v)) / (2 * h), np.sum(g * v)
    return float(abs(n - a) / np.max([abs(n), abs(a), 1e-8]))


@task.mistake(
    "one-sided",
    "Both of the evaluations that you may use should be beside x, one on either side: "
    "your one-sided difference is off by the order of h.",
)
def directional_check(f, g, x, rng, h=1e-5):
    x, g = np.array(x, dtype=float), np.array(g, dtype=float)
    v = rng.normal(size=x.shape)
    v /= np.linalg.norm(v)
    n, a = (f(x + h * v) - f(x)) / h, np.sum(g * v)
    return float(abs(n - a) / np.max([abs(n), abs(a), 1e-8]))


@task.mistake(
    "signs dropped",
    "You compare sizes only, so a gradient whose every sign is wrong passes. "
    "Uphill and downhill are not the same.",
)
def directional_check(f, g, x, rng, h=1e-5):
    x, g = np.array(x, dtype=float), np.array(g, dtype=float)
    v = rng.normal(size=x.shape)
    v /= np.linalg.norm(v)
    n, a = abs(f(x + h * v) - f(x - h * v)) / (2 * h), abs(np.sum(g * v))
    return float(abs(n - a) / np.max([abs(n), abs(a), 1e-8]))


@task.mistake(
    "always the same direction",
    "The direction does not depend on rng: whatever is at a right angle to this one v stays "
    "hidden for ever. Draw v from the rng argument.",
)
def directional_check(f, g, x, rng, h=1e-5):
    x, g = np.array(x, dtype=float), np.array(g, dtype=float)
    v = np.ones(x.shape) / np.sqrt(x.size)
    n, a = (f(x + h * v) - f(x - h * v)) / (2 * h), np.sum(g * v)
    return float(abs(n - a) / np.max([abs(n), abs(a), 1e-8]))


@task.mistake(
    "seeded inside",
    "A generator that is made inside of the function, always with the same seed, gives the same "
    "direction in every call. The rng argument is there to be used.",
)
def directional_check(f, g, x, rng, h=1e-5):
    x, g = np.array(x, dtype=float), np.array(g, dtype=float)
    v = np.random.default_rng(0).normal(size=x.shape)
    v /= np.linalg.norm(v)
    n, a = (f(x + h * v) - f(x - h * v)) / (2 * h), np.sum(g * v)
    return float(abs(n - a) / np.max([abs(n), abs(a), 1e-8]))


@task.mistake(
    "one coordinate only",
    "Your direction is an axis, so a single entry of the gradient is tried. "
    "With normal numbers in every coordinate, all entries are in the product at once.",
)
def directional_check(f, g, x, rng, h=1e-5):
    x, g = np.array(x, dtype=float), np.array(g, dtype=float)
    v = np.zeros(x.size)
    v[rng.integers(x.size)] = 1.0
    v = v.reshape(x.shape)
    n, a = (f(x + h * v) - f(x - h * v)) / (2 * h), np.sum(g * v)
    return float(abs(n - a) / np.max([abs(n), abs(a), 1e-8]))


@task.mistake(
    "absolute error",
    "How far apart two slopes are means little without their size: divide by the larger of the "
    "two, with the floor of 1e-8.",
)
def directional_check(f, g, x, rng, h=1e-5):
    x, g = np.array(x, dtype=float), np.array(g, dtype=float)
    v = rng.normal(size=x.shape)
    v /= np.linalg.norm(v)
    n, a = (f(x + h * v) - f(x - h * v)) / (2 * h), np.sum(g * v)
    return float(abs(n - a))


@task.mistake(
    "divided by h",
    "A right gradient comes out with an error of a half: your difference is twice the slope. "
    "How far apart are the two points?",
)
def directional_check(f, g, x, rng, h=1e-5):
    v = rng.normal(size=x.shape)
    v = v / np.linalg.norm(v)
    n, a = (f(x + h * v) - f(x - h * v)) / h, np.sum(g * v)
    return float(abs(n - a) / np.max([abs(n), abs(a), 1e-8]))


@task.mistake(
    "norm of the gradient",
    "You compare the slope along v with the steepest slope there is. "
    "What does a gradient predict for one given direction?",
)
def directional_check(f, g, x, rng, h=1e-5):
    v = rng.normal(size=x.shape)
    v = v / np.linalg.norm(v)
    n, a = (f(x + h * v) - f(x - h * v)) / (2 * h), np.linalg.norm(g)
    return float(abs(n - a) / np.max([abs(n), abs(a), 1e-8]))


@task.mistake(
    "relative to one slope only",
    "Where the gradient is wrong, the two slopes differ in size, and you divide by one of them "
    "alone. Which of the two is it in the formula of task 1?",
)
def directional_check(f, g, x, rng, h=1e-5):
    v = rng.normal(size=x.shape)
    v = v / np.linalg.norm(v)
    n, a = (f(x + h * v) - f(x - h * v)) / (2 * h), np.sum(g * v)
    return float(abs(n - a) / np.max([abs(a), 1e-8]))


@task.mistake(
    "relative to the difference only",
    "Your error is right where the difference is the larger of the two slopes, and too large "
    "elsewhere. What keeps a relative error from growing beyond 2?",
)
def directional_check(f, g, x, rng, h=1e-5):
    v = rng.normal(size=x.shape)
    v = v / np.linalg.norm(v)
    n, a = (f(x + h * v) - f(x - h * v)) / (2 * h), np.sum(g * v)
    return float(abs(n - a) / np.max([abs(n), 1e-8]))


@task.mistake(
    "uniform numbers",
    "Your direction is drawn with numbers of another kind, which prefer the corners of a cube. "
    "Which distribution does the task name?",
)
def directional_check(f, g, x, rng, h=1e-5):
    v = rng.uniform(-1, 1, size=x.shape)
    v = v / np.linalg.norm(v)
    n, a = (f(x + h * v) - f(x - h * v)) / (2 * h), np.sum(g * v)
    return float(abs(n - a) / np.max([abs(n), abs(a), 1e-8]))


@task.mistake(
    "divided by the squared length",
    "The step to either side is shorter than h: your v is not of length 1. "
    "By what does one divide a vector to make its length 1?",
)
def directional_check(f, g, x, rng, h=1e-5):
    v = rng.normal(size=x.shape)
    v = v / np.sum(v**2)
    n, a = (f(x + h * v) - f(x - h * v)) / (2 * h), np.sum(g * v)
    return float(abs(n - a) / np.max([abs(n), abs(a), 1e-8]))


@task.mistake(
    "length from another norm",
    "Your direction is shorter than 1: its entries add up to 1 in size. "
    "Which norm is meant where none is named?",
)
def directional_check(f, g, x, rng, h=1e-5):
    v = rng.normal(size=x.shape)
    v = v / np.sum(np.abs(v))
    n, a = (f(x + h * v) - f(x - h * v)) / (2 * h), np.sum(g * v)
    return abs(n - a) / np.max([abs(n), abs(a), 1e-8])


@task.mistake(
    "f at x as well",
    "The error is right, and f is evaluated three times. Which of its values does a central "
    "difference never use?",
)
def directional_check(f, g, x, rng, h=1e-5):
    v = rng.normal(size=x.shape)
    v = v / np.linalg.norm(v)
    middle = f(x)
    n, a = (f(x + h * v) - middle + middle - f(x - h * v)) / (2 * h), np.sum(g * v)
    return float(np.abs(n - a) / np.max([np.abs(n), np.abs(a), 1e-8]))


@task.mistake(
    "h fixed",
    "With h = 0.5 the difference of a cube should be off, and yours is not: "
    "which step do you take, and which one was given?",
)
def directional_check(f, g, x, rng, h=1e-5):
    v = rng.normal(size=x.shape)
    v = v / np.linalg.norm(v)
    n, a = (f(x + 1e-5 * v) - f(x - 1e-5 * v)) / 2e-5, np.sum(g * v)
    return float(np.abs(n - a) / np.max([np.abs(n), np.abs(a), 1e-8]))


@task.mistake(
    "relative to the sum of both",
    "Your errors are about half as large as they should be, and no sign can make them exceed 1. "
    "What does the relative error of task 1 divide by?",
)
def directional_check(f, g, x, rng, h=1e-5):
    v = rng.normal(size=x.shape)
    v = v / np.linalg.norm(v)
    n, a = (f(x + h * v) - f(x - h * v)) / (2 * h), np.sum(g * v)
    return float(np.abs(n - a) / np.max([np.abs(n) + np.abs(a), 1e-8]))


@task.mistake(
    "signed error",
    "Some of your errors are negative, and a threshold would let all of those pass. "
    "Does it matter which of the two slopes is the larger one?",
)
def directional_check(f, g, x, rng, h=1e-5):
    v = rng.normal(size=x.shape)
    v = v / np.linalg.norm(v)
    n, a = (f(x + h * v) - f(x - h * v)) / (2 * h), np.sum(g * v)
    return float((a - n) / np.max([np.abs(n), np.abs(a), 1e-8]))


@task.mistake(
    "rows of length 1",
    "For a matrix every row of your v has length 1, and so all of v is longer. "
    "How many numbers does the length of a direction take together?",
)
def directional_check(f, g, x, rng, h=1e-5):
    v = rng.normal(size=x.shape)
    v = v / np.linalg.norm(v, axis=-1, keepdims=True)
    n, a = (f(x + h * v) - f(x - h * v)) / (2 * h), np.sum(g * v)
    return float(np.abs(n - a) / np.max([np.abs(n), np.abs(a), 1e-8]))


@task.mistake(
    "spectral norm",
    "For a vector all is well, and for a matrix your v is too long: another norm divides it. "
    "Is the length of v the root of the sum of all its squares?",
)
def directional_check(f, g, x, rng, h=1e-5):
    v = rng.normal(size=x.shape)
    v = v / np.linalg.norm(v, 2)
    n, a = (f(x + h * v) - f(x - h * v)) / (2 * h), np.sum(g * v)
    return float(np.abs(n - a) / np.max([np.abs(n), np.abs(a), 1e-8]))


@task.mistake(
    "numbers between 0 and 1",
    "All entries of your direction are positive, so whole families of directions are never tried. "
    "Which distribution does the task name?",
)
def directional_check(f, g, x, rng, h=1e-5):
    v = rng.random(x.shape)
    v = v / np.linalg.norm(v)
    n, a = (f(x + h * v) - f(x - h * v)) / (2 * h), np.sum(g * v)
    return float(np.abs(n - a) / np.max([np.abs(n), np.abs(a), 1e-8]))


@task.accepts("as flat vectors")
def directional_check(f, g, x, rng, h=1e-5):
    x = np.array(x, dtype=float)
    v = rng.standard_normal(x.shape)
    v = v / np.sqrt(np.sum(v**2))
    slope = np.dot(np.ravel(g), v.ravel())
    n = (f(x + h * v) - f(x - h * v)) / h / 2
    return np.abs(n - slope) / np.maximum(np.maximum(np.abs(n), np.abs(slope)), 1e-8)


@task.accepts("the step first")
def directional_check(f, g, x, rng, h=1e-5):
    v = rng.normal(size=np.shape(x))
    step = h * v / np.linalg.norm(v)
    rise = f(x + step) - f(x - step)
    model = 2 * np.sum(np.asarray(g, dtype=float) * step)
    size = np.max([abs(rise), abs(model), 2e-8 * h])
    return float(abs(rise - model) / size)
