"""Task `numerical_gradient` of chapter `differences`."""

import numpy as np

from fallline import differences as reference
from fallline.marking.task import Case, Task


def knotted(x):
    """Return a number in which every coordinate meets every other."""
    return np.sum(x**3) + np.sum(x) ** 2


def default_steps(answer, x):
    """Return how far each coordinate is moved where no step is given, in units of eps**(1/3)."""
    start, points = np.array(x), []

    def f(point):
        points.append(np.array(point))
        return float(np.sum(points[-1] ** 2))

    answer(f, x)
    return np.max([np.abs(point - start) for point in points], axis=0) * 2 ** (52 / 3)


def random_gradients(rng):
    cases = []
    for shape, h in (((4,), 0.1), ((2, 3), 0.01), ((3, 2), None), ((2, 1, 2), 0.25), ((), 0.1)):
        c, x = rng.normal(size=shape), rng.normal(size=shape)
        f = lambda x, c=c: np.sin(np.sum(c * x)) + knotted(x)
        label = f"a random smooth function, x of shape {shape}, h = {h}"
        cases.append(Case(label, (f, x) if h is None else (f, x, h)))
    return cases


task = Task(
    reference.numerical_gradient,
    cases=[
        Case(
            "f(x) = Σx², x = (1, 2, 3), h = 0.5",
            (lambda x: np.sum(x**2), np.array([1.0, 2, 3]), 0.5),
        ),
        Case("f(x) = Σx³ + (Σx)², x = (0, 1, -2), h = 0.5", (knotted, np.array([0.0, 1, -2]), 0.5)),
        Case("f(x) = Σx³ + (Σx)², whole numbers", (knotted, np.array([1, 2, 3]), 0.5)),
        Case("f(x) = Σx³ + (Σx)², a matrix", (knotted, np.array([[1.0, 2], [3, 4], [5, 6]]), 0.5)),
        Case("f(x) = Σx³ + (Σx)², a single number", (knotted, 2.0, 0.5)),
        Case(
            "how far each coordinate of x = (-1000, 0.5) is moved without h, in units of ε^(1/3)",
            (np.array([-1000.0, 0.5]),),
            default_steps,
        ),
        Case("f(x) = x₀x₁, x = (2, 3), the default h", (lambda x: x[0] * x[1], np.array([2.0, 3]))),
        Case("f(x) = Σx³ + (Σx)², one NaN", (knotted, np.array([1.0, np.nan]), 0.5)),
    ],
    draw=random_gradients,
    rtol=1e-6,
    atol=1e-6,
    why="the default step leaves a rounding error near 1e-10; a wrong formula is off by far more",
)


@task.mistake(
    "moves a single number",
    "f was given one entry of x, moved by h, and nothing of the others. f takes the whole of x: "
    "what should it look like when only one entry has moved?",
)
def numerical_gradient(f, x, h=None):
    x = np.array(x, dtype=float)
    gradient, scale = np.zeros(x.shape), np.maximum(1, np.abs(x))
    hs = 2 ** (-52 / 3) * scale if h is None else np.full(x.shape, h)
    for index in np.ndindex(x.shape):
        h = hs[index]
        gradient[index] = (f(x[index] + h) - f(x)) / h
    return gradient


@task.mistake(
    "does not restore",
    "One entry stays moved when the next one has its turn, so later partials are taken at "
    "another point. From where should each coordinate start?",
)
def numerical_gradient(f, x, h=None):
    x = np.array(x, dtype=float)
    gradient, scale = np.zeros(x.shape), np.maximum(1, np.abs(x))
    hs = 2 ** (-52 / 3) * scale if h is None else np.full(x.shape, h)
    for index in np.ndindex(x.shape):
        h = hs[index]
        x[index] += h
        right = f(x)
        x[index] -= 2 * h
        gradient[index] = (right - f(x)) / (2 * h)
    return gradient


@task.mistake(
    "moves all entries",
    "You moved every coordinate at once and got the sum of all partials, everywhere. "
    "A partial derivative moves one coordinate and holds the others.",
)
def numerical_gradient(f, x, h=None):
    x = np.array(x, dtype=float)
    gradient, scale = np.zeros(x.shape), np.maximum(1, np.abs(x))
    hs = 2 ** (-52 / 3) * scale if h is None else np.full(x.shape, h)
    for index in np.ndindex(x.shape):
        h = hs[index]
        gradient[index] = (f(x + h) - f(x - h)) / (2 * h)
    return gradient


@task.mistake(
    "moves whole rows",
    "In a matrix you moved a whole row at once. Every entry has a partial derivative of its own: "
    "loop over all index tuples.",
)
def numerical_gradient(f, x, h=None):
    x = np.array(x, dtype=float)
    gradient, scale = np.zeros(x.shape), np.maximum(1, np.abs(x))
    hs = 2 ** (-52 / 3) * scale if h is None else np.full(x.shape, h)
    for row in range(x.shape[0]) if x.ndim else [()]:
        h = hs[row]
        right, left = x.copy(), x.copy()
        right[row] += h
        left[row] -= h
        gradient[row] = (f(right) - f(left)) / (2 * h)
    return gradient


@task.mistake(
    "divides by h",
    "Every entry is twice too large: the two points of a central difference lie 2h apart.",
)
def numerical_gradient(f, x, h=None):
    x = np.array(x, dtype=float)
    gradient, scale = np.zeros(x.shape), np.maximum(1, np.abs(x))
    hs = 2 ** (-52 / 3) * scale if h is None else np.full(x.shape, h)
    for index in np.ndindex(x.shape):
        h = hs[index]
        right, left = x.copy(), x.copy()
        right[index] += h
        left[index] -= h
        gradient[index] = (f(right) - f(left)) / h
    return gradient


@task.mistake(
    "leaves x changed",
    "The caller's own x has been moved and was not put back: np.asarray makes no copy of an "
    "array that is float64 already.",
)
def numerical_gradient(f, x, h=None):
    x = np.asarray(x, dtype=float)
    gradient, scale = np.zeros(x.shape), np.maximum(1, np.abs(x))
    hs = 2 ** (-52 / 3) * scale if h is None else np.full(x.shape, h)
    for index in np.ndindex(x.shape):
        h = hs[index]
        x[index] += h
        right = f(x)
        x[index] -= 2 * h
        gradient[index] = (right - f(x)) / (2 * h)
    return gradient


@task.mistake(
    "base value after the move",
    "The value that you subtract was computed after an entry had been moved, and is shared by "
    "all coordinates. Compute what is compared from the untouched x.",
)
def numerical_gradient(f, x, h=None):
    x = np.array(x, dtype=float)
    gradient, scale, base = np.zeros(x.shape), np.maximum(1, np.abs(x)), None
    hs = 2 ** (-52 / 3) * scale if h is None else np.full(x.shape, h)
    for index in np.ndindex(x.shape):
        h = hs[index]
        x[index] += h
        base = f(x) if base is None else base
        gradient[index] = (f(x) - base) / h
        x[index] -= h
    return gradient


@task.mistake(
    "forward difference",
    "You compare x + h with x itself, which is the forward difference. The formula looks to both "
    "sides of x, and its error is far smaller.",
)
def numerical_gradient(f, x, h=None):
    x = np.array(x, dtype=float)
    gradient, scale = np.zeros(x.shape), np.maximum(1, np.abs(x))
    hs = 2 ** (-52 / 3) * scale if h is None else np.full(x.shape, h)
    for index in np.ndindex(x.shape):
        right = x.copy()
        right[index] += hs[index]
        gradient[index] = (f(right) - f(x)) / hs[index]
    return gradient


@task.mistake(
    "default step not scaled",
    "With a step of your own the answer is right. The default step has to grow with |x_j|, "
    "coordinate by coordinate, and never falls below that at 1.",
)
def numerical_gradient(f, x, h=None):
    x = np.array(x, dtype=float)
    gradient, h = np.zeros(x.shape), 2 ** (-52 / 3) if h is None else h
    for index in np.ndindex(x.shape):
        right, left = x.copy(), x.copy()
        right[index] += h
        left[index] -= h
        gradient[index] = (f(right) - f(left)) / (2 * h)
    return gradient


@task.mistake(
    "moved points pile up",
    "The first entry is right and the later ones are not: your two shifted points keep what was "
    "moved before. From which point should each coordinate start?",
)
def numerical_gradient(f, x, h=None):
    x = np.array(x, dtype=float)
    gradient, scale = np.zeros(x.shape), np.maximum(1, np.abs(x))
    hs = 2 ** (-52 / 3) * scale if h is None else np.full(x.shape, h)
    right, left = x.copy(), x.copy()
    for index in np.ndindex(x.shape):
        right[index] += hs[index]
        left[index] -= hs[index]
        gradient[index] = (f(right) - f(left)) / (2 * hs[index])
    return gradient


@task.accepts("moved and put back")
def numerical_gradient(f, x, h=None):
    x = np.array(x, dtype=float)
    gradient = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        old = x[index]
        step = 2 ** (-52 / 3) * max(1, abs(old)) if h is None else h
        x[index] = old + step
        right = f(x.copy())
        x[index] = old - step
        gradient[index] = (right - f(x.copy())) / (2 * step)
        x[index] = old
    return gradient


@task.accepts("rows of a unit matrix")
def numerical_gradient(f, x, h=None):
    x = np.array(x, dtype=float)
    h = np.cbrt(2.0**-52) * np.maximum(1, np.abs(x)) if h is None else np.full(x.shape, h)
    steps = np.diag(h.ravel()).reshape(-1, *x.shape)
    slopes = [(f(x + e) - f(x - e)) / (2 * e.sum()) for e in steps]
    return np.array(slopes).reshape(x.shape)
