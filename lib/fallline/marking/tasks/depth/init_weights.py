"""Task `init_weights` of chapter `depth`."""

from types import SimpleNamespace

import numpy as np

from fallline import depth as reference
from fallline.marking.task import Case, Task


def missing(*args, size=None):
    """Draw NaN, whatever is asked for; the shape is the last argument."""
    return np.full(args[-1] if size is None else size, np.nan)


# A generator whose every number is NaN: what is drawn must come out.
NOTHING_BUT_NAN = SimpleNamespace(
    normal=missing, standard_normal=missing, uniform=missing, random=missing
)


def habits(answer, kind, n_in, n_out, seed):
    """Return what can be said of drawn weights: shape, dependence on rng, spread, law, centre."""
    if seed is None:
        return float(np.sum(answer(kind, n_in, n_out, NOTHING_BUT_NAN)))
    W, again, other = (
        answer(kind, n_in, n_out, np.random.default_rng(s)) for s in (seed, seed, seed + 1)
    )
    if not isinstance(W, np.ndarray) or W.ndim != 2:
        return W
    fair = np.array_equal(W, again) and (not W.any() or not np.array_equal(W, other))
    words = "drawn from rng alone" if fair else "not drawn from rng alone"
    spread, size, centre = (float(v) for v in (np.sqrt(np.mean(W**2)), np.abs(W).mean(), W.mean()))
    unit = spread or 1.0
    return W.shape, words, spread, size / unit, 1 + centre / unit


def random_sizes(rng):
    cases = []
    for law in ("normal", "uniform"):
        n = int(rng.integers(60, 80))
        name = ("xavier", "he", "lecun")[int(rng.integers(3))]
        sizes = (n, 5 * n) if rng.random() < 0.5 else (5 * n, n)
        kind = f"{name}-{law}"
        args = (kind, *sizes, int(rng.integers(10**6)))
        cases.append(Case(f"{kind}, {sizes[0]} inputs and {sizes[1]} outputs", args, habits))
    return cases


task = Task(
    reference.init_weights,
    cases=[
        *(
            Case(f"{kind}, 300 inputs and 75 outputs", (kind, 300, 75, 5), habits)
            for kind in ("he-normal", "he-uniform", "xavier-normal", "lecun-uniform")
        ),
        *(
            Case(f"{kind}, 75 inputs and 300 outputs", (kind, 75, 300, 6), habits)
            for kind in ("xavier-uniform", "lecun-normal", "he-normal")
        ),
        Case("a generator that draws NaN only", ("he-normal", 2, 3, None), habits),
    ],
    draw=random_sizes,
    rtol=0.05,
    why="some 20 000 draws: their spread is within 0.5 % of its mean, their centre within 0.7 % "
    "of a spread, so 5 % is more than five standard errors of a difference",
)


@task.mistake(
    "variance taken for standard deviation",
    "A generator wants the standard deviation, and these formulas give the variance. "
    "What is between the two?",
)
def init_weights(kind, n_in, n_out, rng):
    name, law = kind.split("-")
    variance = {"xavier": 2 / (n_in + n_out), "he": 2 / n_in, "lecun": 1 / n_in}[name]
    if law == "normal":
        return rng.normal(0.0, variance, (n_out, n_in))
    return rng.uniform(-np.sqrt(3) * variance, np.sqrt(3) * variance, (n_out, n_in))


@task.mistake(
    "uniform bound too small",
    "Numbers spread evenly between -a and a have a variance smaller than a². "
    "Work out ∫ x² dx / 2a over that range, then choose a.",
)
def init_weights(kind, n_in, n_out, rng):
    name, law = kind.split("-")
    std = np.sqrt({"xavier": 2 / (n_in + n_out), "he": 2 / n_in, "lecun": 1 / n_in}[name])
    if law == "normal":
        return rng.normal(0.0, std, (n_out, n_in))
    return rng.uniform(-std, std, (n_out, n_in))


@task.mistake(
    "number of outputs",
    "A forward sum runs over the inputs of a unit. "
    "For he and lecun the number that counts is how many terms that sum has.",
)
def init_weights(kind, n_in, n_out, rng):
    name, law = kind.split("-")
    std = np.sqrt({"xavier": 2 / (n_in + n_out), "he": 2 / n_out, "lecun": 1 / n_out}[name])
    if law == "normal":
        return rng.normal(0.0, std, (n_out, n_in))
    return rng.uniform(-np.sqrt(3) * std, np.sqrt(3) * std, (n_out, n_in))


@task.mistake(
    "sum of the fans instead of their mean",
    "Xavier replaces the number of inputs by the mean of inputs and outputs. "
    "With as many of one as of the other, your variance should be that of lecun.",
)
def init_weights(kind, n_in, n_out, rng):
    name, law = kind.split("-")
    std = np.sqrt({"xavier": 1 / (n_in + n_out), "he": 2 / n_in, "lecun": 1 / n_in}[name])
    if law == "normal":
        return rng.normal(0.0, std, (n_out, n_in))
    return rng.uniform(-np.sqrt(3) * std, np.sqrt(3) * std, (n_out, n_in))


@task.mistake(
    "shape turned round",
    "The numbers are right, and the matrix lies on its side: "
    "it has one row for each output and one column for each input.",
)
def init_weights(kind, n_in, n_out, rng):
    name, law = kind.split("-")
    std = np.sqrt({"xavier": 2 / (n_in + n_out), "he": 2 / n_in, "lecun": 1 / n_in}[name])
    if law == "normal":
        return rng.normal(0.0, std, (n_in, n_out))
    return rng.uniform(-np.sqrt(3) * std, np.sqrt(3) * std, (n_in, n_out))


@task.mistake(
    "uniform from zero",
    "Your uniform weights are all positive. Their law is symmetric around 0, "
    "or every unit of the next layer is pushed the same way.",
)
def init_weights(kind, n_in, n_out, rng):
    name, law = kind.split("-")
    std = np.sqrt({"xavier": 2 / (n_in + n_out), "he": 2 / n_in, "lecun": 1 / n_in}[name])
    if law == "normal":
        return rng.normal(0.0, std, (n_out, n_in))
    return rng.uniform(0.0, np.sqrt(3) * std, (n_out, n_in))


@task.mistake(
    "a generator of its own",
    "You draw the same weights whatever rng is given. Whoever calls the function decides on the "
    "randomness: draw from rng, and make no generator inside.",
)
def init_weights(kind, n_in, n_out, rng):
    rng = np.random.default_rng(0)
    name, law = kind.split("-")
    std = np.sqrt({"xavier": 2 / (n_in + n_out), "he": 2 / n_in, "lecun": 1 / n_in}[name])
    if law == "normal":
        return rng.normal(0.0, std, (n_out, n_in))
    return rng.uniform(-np.sqrt(3) * std, np.sqrt(3) * std, (n_out, n_in))


@task.mistake(
    "no root anywhere",
    "Both laws come out with the spread of a variance. The numbers are far too small: what is "
    "the unit of a variance, and what is that of a weight?",
)
def init_weights(kind, n_in, n_out, rng):
    name, law = kind.split("-")
    v = {"xavier": 2 / (n_in + n_out), "he": 2 / n_in, "lecun": 1 / n_in}[name]
    if law == "normal":
        return rng.normal(0.0, v, (n_out, n_in))
    return rng.uniform(-3 * v, 3 * v, (n_out, n_in))


@task.mistake(
    "width taken for half width",
    "Your uniform weights spread twice as far as they should. The width of the range is 2a: "
    "which formula for the variance is about the width, and which about a?",
)
def init_weights(kind, n_in, n_out, rng):
    name, law = kind.split("-")
    v = {"xavier": 2 / (n_in + n_out), "he": 2 / n_in, "lecun": 1 / n_in}[name]
    a = np.sqrt(12 * v)
    if law == "normal":
        return rng.normal(0.0, np.sqrt(v), (n_out, n_in))
    return rng.uniform(-a, a, (n_out, n_in))


@task.mistake(
    "always normal",
    "The spread is right, and the law is not: nothing beyond a may occur in a uniform law. "
    "Does your code look at the second half of kind?",
)
def init_weights(kind, n_in, n_out, rng):
    name = kind.split("-")[0]
    v = {"xavier": 2 / (n_in + n_out), "he": 2 / n_in, "lecun": 1 / n_in}[name]
    return rng.normal(0.0, np.sqrt(v), (n_out, n_in))


@task.mistake(
    "three on the wrong side",
    "Your uniform weights are three times too small. Solve a²/3 = variance for a: on which side "
    "does the 3 end up?",
)
def init_weights(kind, n_in, n_out, rng):
    name, law = kind.split("-")
    variance = {"xavier": 2 / (n_in + n_out), "he": 2 / n_in, "lecun": 1 / n_in}[name]
    if law == "normal":
        return np.sqrt(variance) * rng.normal(size=(n_out, n_in))
    a = np.sqrt(variance / 3)
    return rng.uniform(-a, a, size=(n_out, n_in))


@task.mistake(
    "six for three",
    "Your uniform weights have twice the variance asked for. The 6 of the textbooks holds a 2 "
    "that belongs to the recipe: is it in your variance already?",
)
def init_weights(kind, n_in, n_out, rng):
    name, law = kind.split("-")
    variance = {"xavier": 2 / (n_in + n_out), "he": 2 / n_in, "lecun": 1 / n_in}[name]
    if law == "normal":
        return np.sqrt(variance) * rng.normal(size=(n_out, n_in))
    a = np.sqrt(6 * variance)
    return rng.uniform(-a, a, size=(n_out, n_in))


@task.mistake(
    "xavier from the inputs alone",
    "he and lecun are right, and xavier has the spread of lecun. On which two numbers does it "
    "depend?",
)
def init_weights(kind, n_in, n_out, rng):
    name, law = kind.split("-")
    variance = {"xavier": 1 / n_in, "he": 2 / n_in, "lecun": 1 / n_in}[name]
    if law == "normal":
        return np.sqrt(variance) * rng.normal(size=(n_out, n_in))
    a = np.sqrt(3 * variance)
    return rng.uniform(-a, a, size=(n_out, n_in))


@task.mistake(
    "six in the variance",
    "he and lecun are right, and xavier has three times its variance. Is the 6 that you remember "
    "a variance, or the square of a bound?",
)
def init_weights(kind, n_in, n_out, rng):
    name, law = kind.split("-")
    variance = {"xavier": 6 / (n_in + n_out), "he": 2 / n_in, "lecun": 1 / n_in}[name]
    if law == "normal":
        return np.sqrt(variance) * rng.normal(size=(n_out, n_in))
    a = np.sqrt(3 * variance)
    return rng.uniform(-a, a, size=(n_out, n_in))


@task.mistake(
    "mean of both fans for all",
    "xavier is right, and the other two depend on n_out. Which numbers stand in their rows of the "
    "table?",
)
def init_weights(kind, n_in, n_out, rng):
    name, law = kind.split("-")
    variance = {
        "xavier": 2 / (n_in + n_out),
        "he": 4 / (n_in + n_out),
        "lecun": 2 / (n_in + n_out),
    }[name]
    if law == "normal":
        return np.sqrt(variance) * rng.normal(size=(n_out, n_in))
    a = np.sqrt(3 * variance)
    return rng.uniform(-a, a, size=(n_out, n_in))


@task.accepts("standard numbers, then scaled")
def init_weights(kind, n_in, n_out, rng):
    fan = {"xavier": (n_in + n_out) / 2, "he": n_in / 2, "lecun": n_in}[kind.split("-")[0]]
    if kind.endswith("normal"):
        return rng.standard_normal((n_out, n_in)) / np.sqrt(fan)
    return (2 * rng.random((n_out, n_in)) - 1) * np.sqrt(3 / fan)


@task.accepts("drawn column by column")
def init_weights(kind, n_in, n_out, rng):
    name, law = kind.split("-")
    variance = {"xavier": 2 / (n_in + n_out), "he": 2 / n_in, "lecun": 1 / n_in}[name]
    a = (3 * variance) ** 0.5
    if law == "normal":
        return rng.normal(0.0, variance**0.5, size=(n_in, n_out)).T.copy()
    return rng.uniform(-a, a, size=(n_in, n_out)).T.copy()
