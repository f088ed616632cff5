"""Task `init_mlp` of chapter `capstone`."""

from itertools import pairwise

import numpy as np

from fallline import capstone as reference
from fallline.marking.task import Case, Task
from fallline.marking.tasks.capstone.cases import rng

FACTS = ("shapes", "W", "b", "two calls with one rng", "layers", "numbers")


def spread_of(values, n):
    """Say in words how numbers are spread, measured by r = 1 / sqrt(n)."""
    scaled = np.abs(np.ravel(values)) * np.sqrt(n)
    if not np.any(scaled):
        return "all zero"
    if scaled.max() > 1 + 1e-9:
        top = scaled.max() if scaled.size > 2000 else 0.0
        return "some beyond r" + (
            " far"
            if top > 4.95
            else " and 3 r"
            if top > 2.8
            else ", up to 2 r"
            if 0 < top < 2
            else ""
        )
    if scaled.max() < 0.8:
        return "all well inside of -r to r"
    signed = np.ravel(values) * np.sqrt(n)
    if abs(signed.mean()) > 5 * np.sqrt(1 / 3 / signed.size):
        return "within -r to r, mostly on one side of 0"
    if abs(np.mean(signed**2) * 3 - 1) > 5 * np.sqrt(0.8 / signed.size):
        return "within -r to r, not evenly"
    if np.std(np.diff(np.sort(signed))) < 1 / signed.size:  # chance leaves gaps of every width
        return "within -r to r, at equal distances"
    return "fill -r to r evenly"


def repeats(W, b):
    """Say in words whether each number of a layer, but for its sign, was drawn for itself."""
    W, b = (np.abs(np.ravel(part) / np.max(np.abs(W))).round(12) for part in (W, b))
    if np.isin(b, W).sum() > 5:
        return "those of b are in W as well"
    often = [part.size - np.unique(part).size > 5 for part in (W, b)]
    names = " and ".join(name for name, twice in zip("Wb", often, strict=True) if twice)
    return f"{names}: some come twice" if names else "none comes twice"


def facts(answer, sizes, seed):
    """Say what was drawn: no order of drawing is asked for."""
    gen = rng(seed)
    one, two = answer(gen, sizes), answer(gen, sizes)
    pairs = one if isinstance(one, list | tuple) else [one]
    if any(not isinstance(pair, list | tuple) or len(pair) != 2 for pair in pairs):
        return dict.fromkeys(FACTS, "no list of pairs (W, b)")
    shapes = [(np.shape(W), np.shape(b)) for W, b in one]
    wanted = [((n, m), (m,)) for n, m in pairwise(sizes)]
    seen = {"shapes": " then ".join(f"{w} and {b}" for w, b in shapes)}
    if shapes != wanted:
        return seen | dict.fromkeys(FACTS[1:], "see the shapes")
    fans = list(sizes[:-1])
    for k, name in enumerate("Wb"):
        words = [spread_of(pair[k], n) for pair, n in zip(one, fans, strict=True)]
        seen[name] = "; ".join(words)
    same = np.array_equal(one[0][0], two[0][0])
    seen["two calls with one rng"] = "the same numbers" if same else "other numbers"
    heads = [np.ravel(pair[0])[:5] * np.sqrt(n) for pair, n in zip(one, fans, strict=True)]
    alike = len(heads) > 1 and np.allclose(heads[0], heads[-1])
    seen["layers"] = "begin with the same numbers" if alike else "differ"
    seen["numbers"] = "; ".join(repeats(*pair) for pair in one)
    return seen


def random_networks(gen):
    cases = []
    for low, high in ((60, 90), (150, 250)):
        n, m = int(gen.integers(low, high)), int(gen.integers(400, 500))
        sizes = (n, m, int(gen.integers(80, 120)))
        cases.append(Case(f"layers {sizes}", (sizes, int(gen.integers(10**6))), facts))
    return cases


task = Task(
    reference.init_mlp,
    cases=[
        Case("100 inputs, 400 units, 80 outputs: r is 0.1, then 0.05", ((100, 400, 80), 1), facts),
        Case("400 inputs, 100 units, 90 outputs: r is 0.05, then 0.1", ((400, 100, 90), 2), facts),
        Case("25 inputs, 225 units, 100 outputs: r is 1/5, then 1/15", ((25, 225, 100), 3), facts),
        Case("64 inputs, 256 units, 144 outputs", ((64, 256, 144), 4), facts),
        Case("three layers: sizes 100, 120, 64, 90", ((100, 120, 64, 90), 5), facts),
        Case("one layer: 225 inputs, 100 outputs", ((225, 100), 6), facts),
    ],
    draw=random_networks,
    why="any order of drawing is right: ranges are compared, and means to five standard errors",
)


@task.mistake(
    "by the outputs",
    "The range follows the number that comes out of a layer. How many terms does one of its sums "
    "have?",
)
def init_mlp(rng, sizes=(784, 200, 10)):
    from itertools import pairwise

    params = []
    for n, m in pairwise(sizes):
        r = 1 / np.sqrt(m)
        params.append((rng.uniform(-r, r, (n, m)), rng.uniform(-r, r, m)))
    return params


@task.mistake(
    "normal, not uniform",
    "Some of your numbers are larger than r: the bell curve has no edge. Which law is asked for?",
)
def init_mlp(rng, sizes=(784, 200, 10)):
    from itertools import pairwise

    return [
        (rng.normal(size=(n, m)) / np.sqrt(n), rng.normal(size=m) / np.sqrt(n))
        for n, m in pairwise(sizes)
    ]


@task.mistake(
    "biases of zero",
    "Your weights are right, and every bias is 0. That is a fine choice, and not the one whose "
    "losses were published: what is b drawn from there?",
)
def init_mlp(rng, sizes=(784, 200, 10)):
    from itertools import pairwise

    params = []
    for n, m in pairwise(sizes):
        r = 1 / np.sqrt(n)
        params.append((rng.uniform(-r, r, (n, m)), np.zeros(m)))
    return params


@task.mistake(
    "normal, biases of zero",
    "Some weights are larger than r, and no bias is drawn at all. What do the two laws of this "
    "task say?",
)
def init_mlp(rng, sizes=(784, 200, 10)):
    from itertools import pairwise

    return [(rng.normal(size=(n, m)) / np.sqrt(n), np.zeros(m)) for n, m in pairwise(sizes)]


@task.mistake(
    "transposed",
    "Your W has a row for each output. Which shape must W have, so that X @ W is one row for each "
    "image?",
)
def init_mlp(rng, sizes=(784, 200, 10)):
    from itertools import pairwise

    params = []
    for n, m in pairwise(sizes):
        r = 1 / np.sqrt(n)
        params.append((rng.uniform(-r, r, (m, n)), rng.uniform(-r, r, m)))
    return params


@task.mistake(
    "from 0 up",
    "No number of yours is negative, so every unit adds up all pixels with one sign. Where does "
    "the range begin?",
)
def init_mlp(rng, sizes=(784, 200, 10)):
    from itertools import pairwise

    params = []
    for n, m in pairwise(sizes):
        r = 1 / np.sqrt(n)
        params.append((rng.uniform(0, r, (n, m)), rng.uniform(0, r, m)))
    return params


@task.mistake(
    "root forgotten",
    "Your numbers are much too small: with 100 inputs they end at 0.01. What becomes of 100 when "
    "its root is taken?",
)
def init_mlp(rng, sizes=(784, 200, 10)):
    from itertools import pairwise

    params = []
    for n, m in pairwise(sizes):
        r = 1 / n
        params.append((rng.uniform(-r, r, (n, m)), rng.uniform(-r, r, m)))
    return params


@task.mistake(
    "variance 1/n",
    "Your range is wider than r by the root of 3: then the variance is 1/n. What is 1/n the square "
    "of here, the spread or the end of the range?",
)
def init_mlp(rng, sizes=(784, 200, 10)):
    from itertools import pairwise

    params = []
    for n, m in pairwise(sizes):
        r = np.sqrt(3 / n)
        params.append((rng.uniform(-r, r, (n, m)), rng.uniform(-r, r, m)))
    return params


@task.mistake(
    "He's range",
    "Your range has the 6 of He's rule in it, which keeps variances with ReLU. It is the better "
    "one in deep networks: but which was run in the experiment that we repeat?",
)
def init_mlp(rng, sizes=(784, 200, 10)):
    from itertools import pairwise

    params = []
    for n, m in pairwise(sizes):
        r = np.sqrt(6 / n)
        params.append((rng.uniform(-r, r, (n, m)), np.zeros(m)))
    return params


@task.mistake(
    "biases by their own number",
    "Your weights are right, and the biases follow how many of them there are. Whose fan-in does "
    "a bias share?",
)
def init_mlp(rng, sizes=(784, 200, 10)):
    from itertools import pairwise

    params = []
    for n, m in pairwise(sizes):
        r = 1 / np.sqrt(n)
        params.append((rng.uniform(-r, r, (n, m)), rng.uniform(-1 / np.sqrt(m), 1 / np.sqrt(m), m)))
    return params


@task.mistake(
    "one range for all layers",
    "The second layer has the range of the first. How many inputs does it have?",
)
def init_mlp(rng, sizes=(784, 200, 10)):
    from itertools import pairwise

    r = 1 / np.sqrt(sizes[0])
    return [(rng.uniform(-r, r, (n, m)), rng.uniform(-r, r, m)) for n, m in pairwise(sizes)]


@task.mistake(
    "a generator of its own",
    "Two calls give the same numbers, although rng has moved on: five seeds would be one "
    "experiment, done five times. Whose numbers do you draw?",
)
def init_mlp(rng, sizes=(784, 200, 10)):
    from itertools import pairwise

    rng, params = np.random.default_rng(0), []
    for n, m in pairwise(sizes):
        r = 1 / np.sqrt(n)
        params.append((rng.uniform(-r, r, (n, m)), rng.uniform(-r, r, m)))
    return params


@task.mistake(
    "a flat list",
    "W and b of all layers come one after another. What should one entry of the list hold?",
)
def init_mlp(rng, sizes=(784, 200, 10)):
    from itertools import pairwise

    params = []
    for n, m in pairwise(sizes):
        r = 1 / np.sqrt(n)
        params += [rng.uniform(-r, r, (n, m)), rng.uniform(-r, r, m)]
    return params


@task.mistake(
    "biases as a row",
    "Your b has two axes. It adds to X @ W all the same; but what shape will its gradient, a sum "
    "over the rows, have?",
)
def init_mlp(rng, sizes=(784, 200, 10)):
    from itertools import pairwise

    params = []
    for n, m in pairwise(sizes):
        r = 1 / np.sqrt(n)
        params.append((rng.uniform(-r, r, (n, m)), rng.uniform(-r, r, (1, m))))
    return params


@task.mistake(
    "not scaled",
    "Your numbers reach from -1 to 1 in every layer. What becomes of a sum of 784 such terms, and "
    "by what is the range to be divided?",
)
def init_mlp(rng, sizes=(784, 200, 10)):
    from itertools import pairwise

    return [(rng.uniform(-1, 1, (n, m)), rng.uniform(-1, 1, m)) for n, m in pairwise(sizes)]


@task.mistake(
    "two layers whatever the sizes",
    "With four sizes there are three layers, and with two there is one: yours are always two. How "
    "many neighbours are there in the list of sizes?",
)
def init_mlp(rng, sizes=(784, 200, 10)):
    params = []
    for k in (0, 1):
        n, m = sizes[k], sizes[min(k + 1, len(sizes) - 1)]
        r = 1 / np.sqrt(n)
        params.append((rng.uniform(-r, r, (n, m)), rng.uniform(-r, r, m)))
    return params


@task.mistake(
    "He's range, biases too",
    "Weights and biases reach past r, by the root of 6: that is He's rule, which keeps variances "
    "with ReLU. Which number stands above the root in the range of this task?",
)
def init_mlp(rng, sizes=(784, 200, 10)):
    from itertools import pairwise

    params = []
    for n, m in pairwise(sizes):
        r = np.sqrt(6 / n)
        params.append((rng.uniform(-r, r, (n, m)), rng.uniform(-r, r, m)))
    return params


@task.mistake(
    "Glorot's range",
    "Your range looks at both sides of a layer, what goes in and what comes out. Which of the two "
    "numbers does the range of this task know?",
)
def init_mlp(rng, sizes=(784, 200, 10)):
    from itertools import pairwise

    params = []
    for n, m in pairwise(sizes):
        r = np.sqrt(6 / (n + m))
        params.append((rng.uniform(-r, r, (n, m)), rng.uniform(-r, r, m)))
    return params


@task.mistake(
    "Glorot's range, biases of zero",
    "Your range looks at what goes into a layer and at what comes out, and no bias is drawn. What "
    "is in the range of this task, and what is drawn from it?",
)
def init_mlp(rng, sizes=(784, 200, 10)):
    from itertools import pairwise

    params = []
    for n, m in pairwise(sizes):
        r = np.sqrt(6 / (n + m))
        params.append((rng.uniform(-r, r, (n, m)), np.zeros(m)))
    return params


@task.mistake(
    "a bell cut off at the ends",
    "Your numbers end at r, but they are not even: many stand exactly at the ends, where a bell "
    "curve was cut. Which law has ends of its own?",
)
def init_mlp(rng, sizes=(784, 200, 10)):
    from itertools import pairwise

    params = []
    for n, m in pairwise(sizes):
        r = 1 / np.sqrt(n)
        W, b = rng.normal(0, r / np.sqrt(3), (n, m)), rng.normal(0, r / np.sqrt(3), m)
        params.append((np.clip(W, -r, r), np.clip(b, -r, r)))
    return params


@task.mistake(
    "only the two ends",
    "Every number of yours is -r or r. How many numbers are there between the two ends?",
)
def init_mlp(rng, sizes=(784, 200, 10)):
    from itertools import pairwise

    return [
        (rng.choice([-1.0, 1.0], (n, m)) / np.sqrt(n), rng.choice([-1.0, 1.0], m) / np.sqrt(n))
        for n, m in pairwise(sizes)
    ]


@task.mistake(
    "at equal distances",
    "Your numbers stand at equal distances from -r to r, the same in every call. Where does chance "
    "come in?",
)
def init_mlp(rng, sizes=(784, 200, 10)):
    from itertools import pairwise

    params = []
    for n, m in pairwise(sizes):
        r = 1 / np.sqrt(n)
        params.append((np.linspace(-r, r, n * m).reshape(n, m), np.linspace(-r, r, m)))
    return params


@task.mistake(
    "one bias for the whole layer",
    "The biases of a layer are all one and the same number. How many draws does a vector of m "
    "independent numbers take?",
)
def init_mlp(rng, sizes=(784, 200, 10)):
    from itertools import pairwise

    params = []
    for n, m in pairwise(sizes):
        r = 1 / np.sqrt(n)
        params.append((rng.uniform(-r, r, (n, m)), np.full(m, rng.uniform(-r, r))))
    return params


@task.mistake(
    "biases taken from W",
    "Your biases are numbers that stand in W already. What does independently drawn mean for a "
    "bias and the weights beside it?",
)
def init_mlp(rng, sizes=(784, 200, 10)):
    from itertools import pairwise

    params = []
    for n, m in pairwise(sizes):
        r = 1 / np.sqrt(n)
        W = rng.uniform(-r, r, (n, m))
        params.append((W, W[0].copy()))
    return params


@task.mistake(
    "all units alike",
    "All units of a layer begin with the same weights. They would get the same gradients: what "
    "could make two of them ever differ?",
)
def init_mlp(rng, sizes=(784, 200, 10)):
    from itertools import pairwise

    params = []
    for n, m in pairwise(sizes):
        r = 1 / np.sqrt(n)
        W = np.tile(rng.uniform(-r, r, (n, 1)), (1, m))
        params.append((W, rng.uniform(-r, r, m)))
    return params


@task.mistake(
    "no bias drawn in the last layer",
    "The biases of the scores are 0, all others are drawn. Does the last layer follow another law?",
)
def init_mlp(rng, sizes=(784, 200, 10)):
    from itertools import pairwise

    params = []
    for n, m in pairwise(sizes):
        r = 1 / np.sqrt(n)
        params.append((rng.uniform(-r, r, (n, m)), rng.uniform(-r, r, m)))
    return [*params[:-1], (params[-1][0], np.zeros(sizes[-1]))]


@task.mistake(
    "one seed for all layers",
    "Each layer begins with the numbers of the first one, only in another range. When is a "
    "generator to begin anew, and who decides that?",
)
def init_mlp(rng, sizes=(784, 200, 10)):
    from itertools import pairwise

    seed, params = int(rng.integers(2**31)), []
    for n, m in pairwise(sizes):
        own, r = np.random.default_rng(seed), 1 / np.sqrt(n)
        params.append((own.uniform(-r, r, (n, m)), own.uniform(-r, r, m)))
    return params


@task.accepts("by stretching random numbers from 0 to 1")
def init_mlp(rng, sizes=(784, 200, 10)):
    params = []
    for k in range(len(sizes) - 1):
        n, m = sizes[k], sizes[k + 1]
        params.append(((2 * rng.random((n, m)) - 1) / n**0.5, (2 * rng.random(m) - 1) / n**0.5))
    return params


@task.accepts("all weights first, then all biases")
def init_mlp(rng, sizes=(784, 200, 10)):
    from itertools import pairwise

    fans = list(pairwise(sizes))
    Ws = [rng.uniform(-(n**-0.5), n**-0.5, size=(n, m)) for n, m in fans]
    bs = [rng.uniform(-(n**-0.5), n**-0.5, size=m) for n, m in fans]
    return list(zip(Ws, bs, strict=True))
