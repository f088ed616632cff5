"""Task `find_bugs` of chapter `checking`."""

import numpy as np

from fallline import checking as reference
from fallline.marking.task import Case, Task
from fallline.marking.tasks.checking.cases import places


def chain(x):
    """Neighbours multiplied: each entry meets the next one."""
    return float(np.sum(x[:-1] * x[1:]))


def chain_gradient(x):
    g = np.zeros_like(x)
    g[:-1] += x[1:]
    g[1:] += x[:-1]
    return g


def softplus(x):
    return float(np.sum(places(x) * np.logaddexp(0.0, x)))


def softplus_gradient(x):
    return places(x) / (1 + np.exp(-x))


def leaky(x):
    """Return a weighted sum of ReLUs whose left arms have slope 0.1."""
    return float(np.sum(places(x) * np.where(x > 0, x, 0.1 * x)))


def leaky_gradient(x):
    return places(x) * np.where(x > 0, 1.0, 0.1)


def lifted(x):
    """Return a small wave on a large value: the difference has few digits to spare."""
    return float(200 + np.sum(np.sin(x)))


def spread(x):
    """Squares whose weights fall from 1 to 0.001."""
    return float(np.sum(np.logspace(0, -3, x.size) * x**2))


def spread_gradient(x):
    return 2 * np.logspace(0, -3, x.size) * x


def last_zeroed(x):
    g = spread_gradient(x)
    g[-1] = 0.0
    return g


ZOO = {
    "chain": (chain, chain_gradient),
    "chain, forward neighbours only": (chain, lambda x: np.append(x[1:], 0.0)),
    "softplus": (softplus, softplus_gradient),
    "softplus, 0.2 percent too steep": (softplus, lambda x: 1.002 * softplus_gradient(x)),
    "softplus, twice as steep": (softplus, lambda x: 2 * softplus_gradient(x)),
    "softplus, weights reversed": (softplus, lambda x: places(x)[::-1] / (1 + np.exp(-x))),
    "leaky": (leaky, leaky_gradient),
    "leaky, left arm flat": (leaky, lambda x: places(x) * (x > 0)),
    "sine on 200": (lifted, np.cos),
    "cosine with a wrong sign": (lambda x: float(np.sum(np.cos(x))), np.sin),
    "tanh": (lambda x: float(np.sum(np.tanh(x))), lambda x: 1 - np.tanh(x) ** 2),
    "tanh, square forgotten": (lambda x: float(np.sum(np.tanh(x))), lambda x: 1 - np.tanh(x)),
    "squares of all sizes": (spread, spread_gradient),
    "squares, smallest entry zeroed": (spread, last_zeroed),
    "quartic": (lambda x: float(np.sum(x**4) / 4), lambda x: x**3),
    "quartic, one power too few": (lambda x: float(np.sum(x**4) / 4), lambda x: x**2),
    "tanh, entries reversed": (
        lambda x: float(np.sum(np.tanh(x))),
        lambda x: (1 - np.tanh(x) ** 2)[::-1],
    ),
    "chain, backward neighbours only": (chain, lambda x: np.append(0.0, x[:-1])),
    "sine on 200, first entry doubled": (lifted, lambda x: np.cos(x) * (1.0 + (places(x) == 1))),
    "sine on 200, second entry flipped": (
        lifted,
        lambda x: np.cos(x) * (1.0 - 2 * (places(x) == 2)),
    ),
    "NaN gradient": (lambda x: float(np.sum(x**2)), lambda x: np.full(x.shape, np.nan)),
}


def zoo(names, seed):
    """Make a case of some pairs of the zoo."""
    return Case("; ".join(names), ([ZOO[name] for name in names], names, seed), which)


def which(answer, pairs, names, seed):
    """Return what is found among those of the zoo, each place with its name."""
    found = answer(pairs, np.random.default_rng(seed))
    numbers = [int(i) for i in np.ravel(found)]
    said = [f"{i} ({names[i]})" if 0 <= i < len(names) else str(i) for i in numbers]
    return "wrong: " + (" and ".join(said) or "none")


RIGHT = [name for name in ZOO if "," not in name and "wrong" not in name and "NaN" not in name]


WRONG = [name for name in ZOO if name not in RIGHT]


def random_zoos(rng):
    cases = []
    for _ in range(3):
        names = [*rng.choice(RIGHT, 3, replace=False), *rng.choice(WRONG, 2, replace=False)]
        names = tuple(str(name) for name in rng.permutation(names))
        cases.append(zoo(names, int(rng.integers(1000))))
    return cases


ZOOS = (
    ("chain", "softplus, 0.2 percent too steep", "tanh", "leaky, left arm flat", "quartic"),
    (
        *("cosine with a wrong sign", "sine on 200", "leaky", "softplus, twice as steep"),
        "quartic, one power too few",
    ),
    (
        *("squares of all sizes", "squares, smallest entry zeroed", "tanh, square forgotten"),
        *("chain", "sine on 200"),
    ),
    ("softplus, weights reversed", "softplus", "chain, forward neighbours only", "leaky", "tanh"),
    ("NaN gradient", "tanh", "sine on 200", "softplus, 0.2 percent too steep", "softplus"),
    ("chain", "softplus", "leaky", "sine on 200", "squares of all sizes"),
    ("quartic", "sine on 200, first entry doubled", "leaky", "tanh, entries reversed", "softplus"),
    (
        *("sine on 200, second entry flipped", "chain, backward neighbours only"),
        *("softplus", "squares of all sizes", "quartic"),
    ),
)


task = Task(
    reference.find_bugs,
    cases=[zoo(names, 5) for names in ZOOS],
    draw=random_zoos,
    why="a verdict for each pair: it is right or wrong",
)


@task.mistake(
    "threshold too generous",
    "A gradient that is 0.2 percent too steep passes. In double precision a right gradient agrees "
    "to eight digits or so: how much closer can the threshold come?",
)
def find_bugs(pairs, rng):
    wrong = []
    for k, (f, grad) in enumerate(pairs):
        x = rng.normal(size=6)
        n = np.array([(f(x + e) - f(x - e)) / 2e-5 for e in 1e-5 * np.eye(6)])
        r = np.abs(n - grad(x)) / np.maximum(np.maximum(np.abs(n), np.abs(grad(x))), 1e-8)
        if not np.max(r) <= 1e-2:
            wrong.append(k)
    return wrong


@task.mistake(
    "threshold too strict",
    "Every gradient is called wrong, the right ones too. A difference has an error of its own: "
    "is your threshold larger than what the step and the precision leave?",
)
def find_bugs(pairs, rng):
    wrong = []
    for k, (f, grad) in enumerate(pairs):
        x = rng.normal(size=6)
        n = np.array([(f(x + e) - f(x - e)) / 2e-5 for e in 1e-5 * np.eye(6)])
        r = np.abs(n - grad(x)) / np.maximum(np.maximum(np.abs(n), np.abs(grad(x))), 1e-8)
        if not np.max(r) <= 1e-13:
            wrong.append(k)
    return wrong


@task.mistake(
    "tested at zeros",
    "At x = 0 most wrong terms vanish: whatever is multiplied by x is hidden there. "
    "Choose a point at which no two entries are equal and none is 0.",
)
def find_bugs(pairs, rng):
    wrong = []
    for k, (f, grad) in enumerate(pairs):
        x = np.zeros(6)
        n = np.array([(f(x + e) - f(x - e)) / 2e-5 for e in 1e-5 * np.eye(6)])
        r = np.abs(n - grad(x)) / np.maximum(np.maximum(np.abs(n), np.abs(grad(x))), 1e-8)
        if not np.max(r) <= 1e-5:
            wrong.append(k)
    return wrong


@task.mistake(
    "tested at ones",
    "All entries of your point are 1, where powers cannot be told apart and negative numbers "
    "never come. Draw the point at random.",
)
def find_bugs(pairs, rng):
    wrong = []
    for k, (f, grad) in enumerate(pairs):
        x = np.ones(6)
        n = np.array([(f(x + e) - f(x - e)) / 2e-5 for e in 1e-5 * np.eye(6)])
        r = np.abs(n - grad(x)) / np.maximum(np.maximum(np.abs(n), np.abs(grad(x))), 1e-8)
        if not np.max(r) <= 1e-5:
            wrong.append(k)
    return wrong


@task.mistake(
    "single precision",
    "Your point is of type float32: seven digits, of which a difference leaves two or three. "
    "Right gradients fail, and small bugs cannot be seen. Check in float64.",
)
def find_bugs(pairs, rng):
    wrong = []
    for k, (f, grad) in enumerate(pairs):
        x = rng.normal(size=6).astype(np.float32)
        steps = (1e-2 * np.eye(6)).astype(np.float32)
        n = np.array([(np.float32(f(x + e)) - np.float32(f(x - e))) / 2e-2 for e in steps])
        r = np.abs(n - grad(x)) / np.maximum(np.maximum(np.abs(n), np.abs(grad(x))), 1e-8)
        if not np.max(r) <= 2e-3:
            wrong.append(k)
    return wrong


@task.mistake(
    "step far too small",
    "Your step is so small that rounding is all that remains of the difference. "
    "The best central step is near the cube root of the machine precision.",
)
def find_bugs(pairs, rng):
    wrong = []
    for k, (f, grad) in enumerate(pairs):
        x = rng.normal(size=6)
        n = np.array([(f(x + e) - f(x - e)) / 2e-12 for e in 1e-12 * np.eye(6)])
        r = np.abs(n - grad(x)) / np.maximum(np.maximum(np.abs(n), np.abs(grad(x))), 1e-8)
        if not np.max(r) <= 1e-2:
            wrong.append(k)
    return wrong


@task.mistake(
    "first entry only",
    "You try a single entry. A bug may sit in the last one: go through all of them.",
)
def find_bugs(pairs, rng):
    wrong = []
    for k, (f, grad) in enumerate(pairs):
        x = np.abs(rng.normal(size=6)) + 0.5
        e = 1e-5 * np.eye(6)[0]
        n, a = (f(x + e) - f(x - e)) / 2e-5, grad(x)[0]
        if not abs(n - a) <= 1e-5 * max(abs(n), abs(a), 1e-8):
            wrong.append(k)
    return wrong


@task.mistake(
    "NaN passes the check",
    "A gradient of NaN is called right: NaN is not larger than your threshold, and not smaller "
    "either. Ask whether the error is small enough, not whether it is too large.",
)
def find_bugs(pairs, rng):
    wrong = []
    for k, (f, grad) in enumerate(pairs):
        x = rng.normal(size=6)
        n = np.array([(f(x + e) - f(x - e)) / 2e-5 for e in 1e-5 * np.eye(6)])
        r = np.abs(n - grad(x)) / np.maximum(np.maximum(np.abs(n), np.abs(grad(x))), 1e-8)
        if np.max(r) > 1e-5:
            wrong.append(k)
    return wrong


@task.mistake(
    "right ones returned",
    "You return the places of the gradients that are right. Which ones does the task ask for?",
)
def find_bugs(pairs, rng):
    right = []
    for k, (f, grad) in enumerate(pairs):
        x = rng.normal(size=6)
        n = np.array([(f(x + e) - f(x - e)) / 2e-5 for e in 1e-5 * np.eye(6)])
        if np.allclose(n, grad(x), rtol=1e-5, atol=1e-7):
            right.append(k)
    return right


@task.mistake(
    "counted from 1",
    "Each of your numbers is one too large: the first pair has place 0.",
)
def find_bugs(pairs, rng):
    wrong = []
    for k, (f, grad) in enumerate(pairs, start=1):
        x = rng.normal(size=6)
        n = np.array([(f(x + e) - f(x - e)) / 2e-5 for e in 1e-5 * np.eye(6)])
        if not np.allclose(n, grad(x), rtol=1e-5, atol=1e-7):
            wrong.append(k)
    return wrong


@task.mistake(
    "listed once for every point",
    "The right places, and each of them many times: a pair is listed again at every point that "
    "gives it away. How often should a wrong pair stand in the list?",
)
def find_bugs(pairs, rng):
    found = []
    for place, (f, grad) in enumerate(pairs):
        for _ in range(10):
            x = rng.normal(size=5)
            n = np.array([(f(x + e) - f(x - e)) / 2e-5 for e in 1e-5 * np.eye(5)])
            if not np.all(np.abs(n - grad(x)) <= 1e-5 * (1 + np.abs(n))):
                found.append(place)
    return found


@task.mistake(
    "errors of one sign only",
    "A gradient that is too large is never found: the difference is then negative, and no "
    "negative number is above a threshold. What is lost between the two?",
)
def find_bugs(pairs, rng):
    found = []
    for place, (f, grad) in enumerate(pairs):
        for _ in range(10):
            x = rng.normal(size=5)
            n = np.array([(f(x + e) - f(x - e)) / 2e-5 for e in 1e-5 * np.eye(5)])
            if not np.all(n - grad(x) <= 1e-5 * (1 + np.abs(n))):
                found.append(place)
                break
    return found


@task.mistake(
    "positive points only",
    "All your points have positive entries, so what goes wrong for negative numbers stays hidden. "
    "Where could the left arm of a leaky ReLU be seen?",
)
def find_bugs(pairs, rng):
    found = []
    for place, (f, grad) in enumerate(pairs):
        for _ in range(10):
            x = rng.random(5) + 0.1
            n = np.array([(f(x + e) - f(x - e)) / 2e-5 for e in 1e-5 * np.eye(5)])
            if not np.all(np.abs(n - grad(x)) <= 1e-5 * (1 + np.abs(n))):
                found.append(place)
                break
    return found


@task.mistake(
    "yes or no for each pair",
    "You say of every pair whether it is wrong. Asked for are the places of the wrong ones, "
    "counted from 0: how long is the list if all are right?",
)
def find_bugs(pairs, rng):
    wrong = []
    for k, (f, grad) in enumerate(pairs):
        for _ in range(5):
            x = rng.normal(size=6)
            n = np.array([(f(x + e) - f(x - e)) / 2e-5 for e in 1e-5 * np.eye(x.size)])
            r = np.abs(n - grad(x)) / np.maximum(np.maximum(np.abs(n), np.abs(grad(x))), 1e-8)
            if not np.all(r <= 2e-4):
                wrong.append(k)
                break
    return [k in wrong for k in range(len(pairs))]


@task.mistake(
    "sizes compared",
    "A gradient that points the wrong way passes: you compare sizes. What tells 2 from -2?",
)
def find_bugs(pairs, rng):
    wrong = []
    for k, (f, grad) in enumerate(pairs):
        for _ in range(5):
            x = rng.normal(size=6)
            n = np.array([(f(x + e) - f(x - e)) / 2e-5 for e in 1e-5 * np.eye(x.size)])
            r = np.abs(np.abs(n) - np.abs(grad(x))) / np.maximum(np.abs(n), 1e-8)
            if not np.all(r <= 1e-3):
                wrong.append(k)
                break
    return wrong


@task.mistake(
    "sums compared",
    "You add up the entries before you compare, so that two errors may cancel. "
    "What is the sum of a gradient whose entries have changed places?",
)
def find_bugs(pairs, rng):
    wrong = []
    for k, (f, grad) in enumerate(pairs):
        for _ in range(5):
            x = rng.normal(size=6)
            n = np.array([(f(x + e) - f(x - e)) / 2e-5 for e in 1e-5 * np.eye(x.size)])
            r = np.abs(np.sum(n) - np.sum(grad(x)))
            if not r <= 1e-3:
                wrong.append(k)
                break
    return wrong


@task.mistake(
    "first entry never tried",
    "A bug in the first entry gets through: you start at the second. "
    "With which index does an array begin?",
)
def find_bugs(pairs, rng):
    wrong = []
    for k, (f, grad) in enumerate(pairs):
        for _ in range(5):
            x = rng.normal(size=6)
            n = np.array([(f(x + e) - f(x - e)) / 2e-5 for e in 1e-5 * np.eye(x.size)])
            r = np.abs(n - grad(x)) / np.maximum(np.maximum(np.abs(n), np.abs(grad(x))), 1e-8)
            if not np.all(r[1:] <= 2e-4):
                wrong.append(k)
                break
    return wrong


@task.mistake(
    "large step, one side",
    "Right gradients are called wrong where the function bends: a step of 0.01 to one side is off "
    "by half a percent. How does the error shrink if you look to both sides?",
)
def find_bugs(pairs, rng):
    wrong = []
    for k, (f, grad) in enumerate(pairs):
        for _ in range(5):
            x = rng.normal(size=6)
            n = np.array([(f(x + e) - f(x)) / 1e-2 for e in 1e-2 * np.eye(x.size)])
            r = np.abs(n - grad(x)) / np.maximum(np.maximum(np.abs(n), np.abs(grad(x))), 1e-8)
            if not np.all(r <= 1e-4):
                wrong.append(k)
                break
    return wrong


@task.mistake(
    "threshold below what is left",
    "Some right gradients are called wrong, those of large values or small slopes first. "
    "How many digits of a difference does rounding leave with your step?",
)
def find_bugs(pairs, rng):
    wrong = []
    for k, (f, grad) in enumerate(pairs):
        for _ in range(5):
            x = rng.normal(size=6)
            n = np.array([(f(x + e) - f(x - e)) / 2e-5 for e in 1e-5 * np.eye(x.size)])
            r = np.abs(n - grad(x)) / np.maximum(np.maximum(np.abs(n), np.abs(grad(x))), 1e-8)
            if not np.all(r <= 1e-9):
                wrong.append(k)
                break
    return wrong


@task.accepts("several points, as an array of indices")
def find_bugs(pairs, rng):
    def agrees(f, grad, x):
        n = np.array([(f(x + e) - f(x - e)) / 1e-5 for e in 5e-6 * np.eye(x.size)])
        return np.allclose(n, grad(x), rtol=1e-5, atol=1e-7)

    right = [all(agrees(*pair, rng.uniform(-2, 2, size=9)) for _ in range(4)) for pair in pairs]
    return np.flatnonzero(~np.array(right))


@task.accepts("along random directions")
def find_bugs(pairs, rng):
    wrong = []
    for k, (f, grad) in enumerate(pairs):
        for _ in range(20):
            x = rng.normal(size=4)
            v = 10.0 ** rng.integers(-2, 1, size=4) * rng.normal(size=4)
            slope = (f(x + 1e-5 * v) - f(x - 1e-5 * v)) / 2e-5
            if not abs(slope - grad(x) @ v) <= 2e-5 * np.sum(np.abs(grad(x) * v)) + 1e-7:
                wrong.append(k)
                break
    return wrong
