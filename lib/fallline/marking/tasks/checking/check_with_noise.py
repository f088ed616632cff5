"""Task `check_with_noise` of chapter `checking`."""

import numpy as np

from fallline import checking as reference
from fallline.marking.task import Case, Task


def dropout(x, rng):
    """Sum of squares of the entries that a random mask keeps."""
    return float(np.sum(np.asarray(x) ** 2 * (rng.random(np.shape(x)) < 0.5)) / 0.5)


def noisy(x, rng):
    """Squares with random weights, and a random number on top."""
    weights = rng.normal(size=np.shape(x))
    return float(np.sum(weights * np.asarray(x) ** 3) + 10 * rng.normal())


def random_noise(rng):
    cases = []
    for shape, scale, seed in (((4,), 1.0, 11), ((2, 3), 1e-2, 12), ((3, 1), 10.0, 13)):
        x = scale * rng.normal(size=shape)
        x[0] = 0.0
        f = noisy if seed == 12 else dropout
        label = f"shape {shape}, entries near {scale:g}, seed {seed}"
        cases.append(Case(label, (f, x, seed + int(rng.integers(100)), 0.01 * scale)))
    return cases


x3 = np.array([1.0, -2.0, 0.5])


task = Task(
    reference.check_with_noise,
    cases=[
        Case("dropout at (1, -2, 0.5), seed 3", (dropout, x3, 3, 1e-3)),
        Case("dropout, another seed", (dropout, x3, 4, 1e-3)),
        Case("noise in two places, h = 0.1", (noisy, x3, 5, 0.1)),
        Case("dropout with whole numbers", (dropout, np.array([1, 2, 3, 4]), 6, 0.25)),
        Case("noise in two places, whole numbers", (noisy, np.array([1, 2]), 7, 0.5)),
        Case("shape (2, 2)", (dropout, np.array([[1.0, -1.0], [2.0, 0.0]]), 8, 0.1)),
        Case(
            "dropout with whole numbers, shape (2, 2)",
            (dropout, np.array([[3, 1], [2, 5]]), 10, 0.5),
        ),
        Case("x holds NaN", (noisy, np.array([np.nan, 1.0]), 9, 0.1)),
    ],
    draw=random_noise,
    rtol=1e-6,
    atol=1e-8,
    why="a central difference of low powers: rounding alone is left",
)


@task.mistake(
    "one generator for all",
    "Each evaluation goes on with the random numbers where the last one stopped, so the difference "
    "holds the noise itself, divided by a small h. Start the generator anew every time.",
)
def check_with_noise(f, x, seed, h=1e-5):
    x, rng = np.array(x, dtype=float), np.random.default_rng(seed)
    g = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        e = np.zeros(x.shape)
        e[i] = h
        g[i] = (f(x + e, rng) - f(x - e, rng)) / (2 * h)
    return g


@task.mistake(
    "started anew for each entry only",
    "The generator is fresh for every entry, and then both sides of one difference share it: "
    "the left one gets other noise than the right one.",
)
def check_with_noise(f, x, seed, h=1e-5):
    x = np.array(x, dtype=float)
    g = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        e = np.zeros(x.shape)
        e[i] = h
        rng = np.random.default_rng(seed)
        g[i] = (f(x + e, rng) - f(x - e, rng)) / (2 * h)
    return g


@task.mistake(
    "another seed on the other side",
    "The two sides of your difference have two seeds, and so two noises. "
    "Only with one noise on both sides does it cancel.",
)
def check_with_noise(f, x, seed, h=1e-5):
    x = np.array(x, dtype=float)
    g = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        e = np.zeros(x.shape)
        e[i] = h
        right = f(x + e, np.random.default_rng(seed))
        g[i] = (right - f(x - e, np.random.default_rng(seed + 1))) / (2 * h)
    return g


@task.mistake(
    "another seed for each entry",
    "Every entry is differentiated under a noise of its own: what you get is a patchwork of "
    "several functions' gradients. One noise for the whole gradient.",
)
def check_with_noise(f, x, seed, h=1e-5):
    x = np.array(x, dtype=float)
    g = np.zeros(x.shape)
    for k, i in enumerate(np.ndindex(x.shape)):
        e = np.zeros(x.shape)
        e[i] = h
        right = f(x + e, np.random.default_rng(seed + k))
        g[i] = (right - f(x - e, np.random.default_rng(seed + k))) / (2 * h)
    return g


@task.mistake(
    "averaged over noise",
    "You average over several draws of the noise, which gives the slope of the mean, and slowly. "
    "The analytic gradient to be checked belongs to one draw: that of the seed.",
)
def check_with_noise(f, x, seed, h=1e-5):
    x = np.array(x, dtype=float)
    g = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        e = np.zeros(x.shape)
        e[i] = h
        for k in range(10):
            right = f(x + e, np.random.default_rng(seed + k))
            g[i] += (right - f(x - e, np.random.default_rng(seed + k))) / (20 * h)
    return g


@task.mistake(
    "seed ignored",
    "The noise is the same on both sides, and it is not the one of the seed that was given: "
    "the gradient to be checked was computed with that one.",
)
def check_with_noise(f, x, seed, h=1e-5):
    x = np.array(x, dtype=float)
    g = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        e = np.zeros(x.shape)
        e[i] = h
        right = f(x + e, np.random.default_rng(0))
        g[i] = (right - f(x - e, np.random.default_rng(0))) / (2 * h)
    return g


@task.mistake(
    "forward difference",
    "The noise is right, and the difference looks to one side only: "
    "its error is of the order of h. Step to either side.",
)
def check_with_noise(f, x, seed, h=1e-5):
    x = np.array(x, dtype=float)
    g = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        e = np.zeros(x.shape)
        e[i] = h
        right = f(x + e, np.random.default_rng(seed))
        g[i] = (right - f(x, np.random.default_rng(seed))) / h
    return g


@task.mistake(
    "divided by h",
    "The noise is right, and every slope is twice too large. "
    "How far apart are the two points of a central difference?",
)
def check_with_noise(f, x, seed, h=1e-5):
    g = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        e = np.zeros(x.shape)
        e[i] = h
        right = f(x + e, np.random.default_rng(seed))
        g[i] = (right - f(x - e, np.random.default_rng(seed))) / h
    return g


@task.mistake(
    "all entries moved at once",
    "Every entry of your gradient is the same, the sum of all of them: you move x as a whole. "
    "Which entries stay where they are in a partial derivative?",
)
def check_with_noise(f, x, seed, h=1e-5):
    right = f(x + h, np.random.default_rng(seed))
    slope = (right - f(x - h, np.random.default_rng(seed))) / (2 * h)
    return slope * np.ones(x.shape)


@task.mistake(
    "steps lost in whole numbers",
    "Right for fractions, and wrong where x holds whole numbers: 1 + 0.25 is put back into an "
    "array that has room for whole numbers only. How far has the point moved then?",
)
def check_with_noise(f, x, seed, h=1e-5):
    g = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        p, m = x.copy(), x.copy()
        p[i] += h
        m[i] -= h
        g[i] = (f(p, np.random.default_rng(seed)) - f(m, np.random.default_rng(seed))) / (2 * h)
    return g


@task.mistake(
    "generators of another kind",
    "The noise is the same on both sides, and it is not that of default_rng(seed): "
    "an old RandomState draws other numbers from the same seed.",
)
def check_with_noise(f, x, seed, h=1e-5):
    x, g = np.array(x, dtype=float), np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        p, m = x.copy(), x.copy()
        p[i] += h
        m[i] -= h
        g[i] = (f(p, np.random.RandomState(seed)) - f(m, np.random.RandomState(seed))) / (2 * h)
    return g


@task.mistake(
    "h fixed",
    "Your result does not change with h, and the difference of a cube should. "
    "Which step do you take, and which one was given?",
)
def check_with_noise(f, x, seed, h=1e-5):
    x, g, h = np.array(x, dtype=float), np.zeros(x.shape), 1e-5
    for i in np.ndindex(x.shape):
        p, m = x.copy(), x.copy()
        p[i] += h
        m[i] -= h
        g[i] = (f(p, np.random.default_rng(seed)) - f(m, np.random.default_rng(seed))) / (2 * h)
    return g


@task.accepts("the noise frozen in a function of x alone")
def check_with_noise(f, x, seed, h=1e-5):
    def frozen(flat):
        return f(flat.reshape(np.shape(x)), np.random.default_rng(seed))

    w = np.array(x, dtype=float).ravel()
    g = [(frozen(w + e) - frozen(w - e)) / (2 * h) for e in h * np.eye(w.size)]
    return np.array(g).reshape(np.shape(x))


@task.accepts("in place, and put back")
def check_with_noise(f, x, seed, h=1e-5):
    x = np.array(x, dtype=float)
    g = np.empty_like(x)
    for i in np.ndindex(x.shape):
        old, values = x[i], []
        for sign in (1, -1):
            x[i] = old + sign * h
            values.append(f(x, np.random.Generator(np.random.PCG64(seed))))
        x[i] = old
        g[i] = (values[0] - values[1]) / (2 * h)
    return g
