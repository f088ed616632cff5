"""Task `grad_check` of chapter `checking`."""

import numpy as np

from fallline import checking as reference
from fallline.marking.task import Case, Task
from fallline.marking.tasks.checking.cases import (
    cubes,
    cubes_gradient,
    point,
    squares,
    squares_gradient,
)


def plain(x):
    """Return the sum of squares."""
    return float(np.sum(np.asarray(x) ** 2))


def plain_gradient(x):
    return np.where(np.arange(np.size(x)) == 0, 2.5, 2.0) * x


def spoilt(gradient, index, factor):
    """Return a gradient with one entry multiplied by a factor."""

    def wrong(x):
        g = np.array(gradient(x), dtype=float)
        g[index] *= factor
        return g

    return wrong


def worst_only(answer, f, grad, x, h):
    return answer(f, grad, x, h)[0]


def worst_somewhere(answer, f, grad, x, h):
    """Return the worst error and how many numbers the index holds: several entries tie."""
    worst, index = answer(f, grad, x, h)
    return worst, len(index)


def what_is_tried(answer, size, k):
    """Say which entries an answer moves, and where it asks for the gradient."""
    x, h, draws = np.linspace(1.0, 2.0, size), 0.01, []
    facts, asked = {"moves": set(), "gradient": set()}, []
    for seed in range(25):
        moved = []

        def f(point, moved=moved):
            step = np.asarray(point, dtype=float) - x
            places = np.flatnonzero(np.abs(step) > 1e-9)
            if places.size:
                moved.append(int(places[0]))
                facts["moves"].add((places.size, round(float(np.abs(step).max() / h), 6)))
            return cubes(point)

        def grad(point, seed=seed):
            facts["gradient"].add(bool(np.allclose(point, x)))
            asked.append(seed)
            return cubes_gradient(point)

        answer(f, grad, x.copy(), h, k, np.random.default_rng(seed))
        draws.append(sorted(moved))
    words = {
        "evaluations beside x": sorted({len(moved) for moved in draws}),
        "different entries in a run": sorted({len(set(moved)) for moved in draws}),
        "entries drawn in some run": len(set().union(*draws)),
        "how many entries move at once, and how far in h": sorted(facts["moves"]),
        "gradient asked for once a run": len(asked) == 25,
        "gradient asked for at x": sorted(facts["gradient"]) == [True],
    }
    return {what: str(found) for what, found in words.items()}


def random_checks(rng):
    cases = []
    for shape, scale in (((4,), 1.0), ((2, 3), 1e-2), ((5, 1), 10.0)):
        x = scale * rng.uniform(1, 2, size=shape)
        index = tuple(int(rng.integers(n)) for n in shape)
        grad = spoilt(squares_gradient, index, float(rng.uniform(1.2, 3)))
        label = f"shape {shape}, x near {scale:g}, one entry wrong"
        cases.append(Case(label, (squares, grad, x, 0.1 * scale)))
    return cases


task = Task(
    reference.grad_check,
    cases=[
        Case("sum of cubes at (1, 2), h = 0.1", (cubes, cubes_gradient, np.array([1.0, 2]), 0.1)),
        Case(
            "sum of x² at (2, -1), where grad says (5, -2)",
            (plain, plain_gradient, np.array([2.0, -1.0]), 0.5),
        ),
        Case("entry 2 is twice too large", (cubes, spoilt(cubes_gradient, 2, 2), point, 1e-3)),
        Case("entry 1 has the wrong sign", (cubes, spoilt(cubes_gradient, 1, -1), point, 1e-3)),
        Case(
            "shape (2, 3), entry (1, 0) is 0",
            (squares, spoilt(squares_gradient, (1, 0), 0), np.arange(1.0, 7).reshape(2, 3), 1e-3),
        ),
        Case("whole numbers", (squares, spoilt(squares_gradient, 1, 1.25), np.array([3, 1]), 1e-2)),
        Case(
            "x = 0, and a gradient of 0",
            (squares, squares_gradient, np.zeros(3), 0.25),
            worst_somewhere,
        ),
        Case(
            "f is constant, and grad says 1e-9",
            (lambda x: 2.0, lambda x: np.full(np.shape(x), 1e-9), np.ones(2), 0.5),
            worst_somewhere,
        ),
        Case(
            "f is constant, and grad says (0, 2e-9)",
            (lambda x: 2.0, lambda x: np.array([0.0, 2e-9]), np.ones(2), 0.5),
        ),
        Case("the gradient holds NaN", (squares, spoilt(squares_gradient, 1, np.nan), point, 0.1)),
        Case("the first is NaN", (squares, spoilt(squares_gradient, 0, np.nan), point, 0.1)),
        Case(
            "f is NaN everywhere",
            (squares, squares_gradient, np.array([np.nan, 1.0]), 0.1),
            worst_only,
        ),
        Case("2 of 6 entries, 25 times", (6, 2), what_is_tried),
        Case("k = 9 of 4 entries, 25 times", (4, 9), what_is_tried),
    ],
    draw=random_checks,
    rtol=1e-6,
    atol=1e-6,
    why="right entries leave an error of 1e-9 or so that depends on how the steps are rounded",
)


@task.mistake(
    "forward difference",
    "You look to one side only, so the difference is off by the order of h, and the right "
    "gradient seems wrong. Step h to either side, and mind what you divide by.",
)
def grad_check(f, grad, x, h=1e-5, k=None, rng=None):
    x, g = np.array(x, dtype=float), grad(np.array(x, dtype=float))
    k = x.size if k is None else min(k, x.size)
    places = np.arange(x.size) if k == x.size else rng.choice(x.size, size=k, replace=False)
    entries = [tuple(int(i) for i in np.unravel_index(p, x.shape)) for p in places]
    errors = []
    for i in entries:
        right = x.copy()
        right[i] += h
        n = (f(right) - f(x)) / h
        errors.append(abs(n - g[i]) / max(abs(n), abs(g[i]), 1e-8))
    worst = int(np.argmax(errors))
    return errors[worst], entries[worst]


@task.mistake(
    "the first k entries",
    "You try the same k entries each time, so a mistake in any other is never found. "
    "Let rng draw them.",
)
def grad_check(f, grad, x, h=1e-5, k=None, rng=None):
    x, g = np.array(x, dtype=float), grad(np.array(x, dtype=float))
    k = x.size if k is None else min(k, x.size)
    entries = [tuple(int(i) for i in np.unravel_index(p, x.shape)) for p in range(k)]
    errors = []
    for i in entries:
        right, left = x.copy(), x.copy()
        right[i] += h
        left[i] -= h
        n = (f(right) - f(left)) / (2 * h)
        errors.append(abs(n - g[i]) / max(abs(n), abs(g[i]), 1e-8))
    worst = int(np.argmax(errors))
    return errors[worst], entries[worst]


@task.mistake(
    "drawn with replacement",
    "Some entries are tried twice in one run, and others lose their turn: "
    "k different entries are wanted, as when cards are drawn and not put back.",
)
def grad_check(f, grad, x, h=1e-5, k=None, rng=None):
    x, g = np.array(x, dtype=float), grad(np.array(x, dtype=float))
    k = x.size if k is None else min(k, x.size)
    places = np.arange(x.size) if k == x.size else rng.integers(x.size, size=k)
    entries = [tuple(int(i) for i in np.unravel_index(p, x.shape)) for p in places]
    errors = []
    for i in entries:
        right, left = x.copy(), x.copy()
        right[i] += h
        left[i] -= h
        n = (f(right) - f(left)) / (2 * h)
        errors.append(abs(n - g[i]) / max(abs(n), abs(g[i]), 1e-8))
    worst = int(np.argmax(errors))
    return errors[worst], entries[worst]


@task.mistake(
    "mean instead of the worst",
    "Averaged over many right entries, one wrong entry looks small. "
    "A chain is as strong as its weakest link: which error says that?",
)
def grad_check(f, grad, x, h=1e-5, k=None, rng=None):
    x, g = np.array(x, dtype=float), grad(np.array(x, dtype=float))
    k = x.size if k is None else min(k, x.size)
    places = np.arange(x.size) if k == x.size else rng.choice(x.size, size=k, replace=False)
    entries = [tuple(int(i) for i in np.unravel_index(p, x.shape)) for p in places]
    errors = []
    for i in entries:
        right, left = x.copy(), x.copy()
        right[i] += h
        left[i] -= h
        n = (f(right) - f(left)) / (2 * h)
        errors.append(abs(n - g[i]) / max(abs(n), abs(g[i]), 1e-8))
    return float(np.mean(errors)), entries[int(np.argmax(errors))]


@task.mistake(
    "divided by h",
    "Your differences are twice too large: from one side to the other the distance is not h. "
    "By how much did the entry move in all?",
)
def grad_check(f, grad, x, h=1e-5, k=None, rng=None):
    x, g = np.array(x, dtype=float), grad(np.array(x, dtype=float))
    k = x.size if k is None else min(k, x.size)
    places = np.arange(x.size) if k == x.size else rng.choice(x.size, size=k, replace=False)
    entries = [tuple(int(i) for i in np.unravel_index(p, x.shape)) for p in places]
    errors = []
    for i in entries:
        right, left = x.copy(), x.copy()
        right[i] += h
        left[i] -= h
        n = (f(right) - f(left)) / h
        errors.append(abs(n - g[i]) / np.max([abs(n), abs(g[i]), 1e-8]))
    worst = int(np.argmax(errors))
    return errors[worst], entries[worst]


@task.mistake(
    "k ignored",
    "You try every entry, whatever k is. With a million of them that takes two million "
    "evaluations: k is there to say how many are worth it.",
)
def grad_check(f, grad, x, h=1e-5, k=None, rng=None):
    x, g = np.array(x, dtype=float), grad(np.array(x, dtype=float))
    entries, errors = list(np.ndindex(x.shape)), []
    for i in entries:
        right, left = x.copy(), x.copy()
        right[i] += h
        left[i] -= h
        n = (f(right) - f(left)) / (2 * h)
        errors.append(abs(n - g[i]) / np.max([abs(n), abs(g[i]), 1e-8]))
    worst = int(np.argmax(errors))
    return errors[worst], entries[worst]


@task.mistake(
    "gradient at the perturbed point",
    "The gradient is asked for at x + h, and the difference has its centre at x: "
    "they are slopes at two different places. Ask for the gradient once, at x.",
)
def grad_check(f, grad, x, h=1e-5, k=None, rng=None):
    x = np.array(x, dtype=float)
    k = x.size if k is None else min(k, x.size)
    places = np.arange(x.size) if k == x.size else rng.choice(x.size, size=k, replace=False)
    entries = [tuple(int(i) for i in np.unravel_index(p, x.shape)) for p in places]
    errors = []
    for i in entries:
        right, left = x.copy(), x.copy()
        right[i] += h
        left[i] -= h
        n, a = (f(right) - f(left)) / (2 * h), grad(right)[i]
        errors.append(abs(n - a) / max(abs(n), abs(a), 1e-8))
    worst = int(np.argmax(errors))
    return errors[worst], entries[worst]


@task.mistake(
    "not restored",
    "An entry that was moved stays where it was moved to, so the next entries are tried at "
    "another point. Put it back, or move a fresh copy each time.",
)
def grad_check(f, grad, x, h=1e-5, k=None, rng=None):
    x, g = np.array(x, dtype=float), grad(np.array(x, dtype=float))
    k = x.size if k is None else min(k, x.size)
    places = np.arange(x.size) if k == x.size else rng.choice(x.size, size=k, replace=False)
    entries = [tuple(int(i) for i in np.unravel_index(p, x.shape)) for p in places]
    errors = []
    for i in entries:
        x[i] += h
        right = f(x)
        x[i] -= 2 * h
        n = (right - f(x)) / (2 * h)
        errors.append(abs(n - g[i]) / max(abs(n), abs(g[i]), 1e-8))
    worst = int(np.argmax(errors))
    return errors[worst], entries[worst]


@task.mistake(
    "NaN passes the check",
    "A gradient of NaN goes through your check as if it were right: each comparison with NaN is "
    "False, so NaN is never larger than the worst error so far. Let NaN be what comes out.",
)
def grad_check(f, grad, x, h=1e-5, k=None, rng=None):
    x, g = np.array(x, dtype=float), grad(np.array(x, dtype=float))
    k = x.size if k is None else min(k, x.size)
    places = np.arange(x.size) if k == x.size else rng.choice(x.size, size=k, replace=False)
    worst, index = -1.0, None
    for p in places:
        i = tuple(int(j) for j in np.unravel_index(p, x.shape))
        right, left = x.copy(), x.copy()
        right[i] += h
        left[i] -= h
        n = (f(right) - f(left)) / (2 * h)
        error = abs(n - g[i]) / max(abs(n), abs(g[i]), 1e-8)
        if error > worst:
            worst, index = error, i
    return worst, index


@task.mistake(
    "worst error starts at zero",
    "Where no error is larger than 0, no index is found; and an error of NaN is never larger than "
    "anything, so it passes. What should the worst one be compared with at the beginning?",
)
def grad_check(f, grad, x, h=1e-5, k=None, rng=None):
    x, g = np.array(x, dtype=float), grad(np.array(x, dtype=float))
    k = x.size if k is None else min(k, x.size)
    places = np.arange(x.size) if k == x.size else rng.choice(x.size, size=k, replace=False)
    worst, index = 0.0, None
    for p in places:
        i = tuple(int(j) for j in np.unravel_index(p, x.shape))
        right, left = x.copy(), x.copy()
        right[i] += h
        left[i] -= h
        n = (f(right) - f(left)) / (2 * h)
        error = abs(n - g[i]) / max(abs(n), abs(g[i]), 1e-8)
        if error > worst:
            worst, index = error, i
    return worst, index


@task.mistake(
    "flat index",
    "The error is right, and the index counts along the flattened array. Return it as a tuple, "
    "one number for each axis, so that it finds the entry in x.",
)
def grad_check(f, grad, x, h=1e-5, k=None, rng=None):
    x, g = np.array(x, dtype=float), grad(np.array(x, dtype=float))
    k = x.size if k is None else min(k, x.size)
    places = np.arange(x.size) if k == x.size else rng.choice(x.size, size=k, replace=False)
    errors = []
    for p in places:
        i = np.unravel_index(p, x.shape)
        right, left = x.copy(), x.copy()
        right[i] += h
        left[i] -= h
        n = (f(right) - f(left)) / (2 * h)
        errors.append(float(abs(n - g[i]) / max(abs(n), abs(g[i]), 1e-8)))
    worst = int(np.argmax(errors))
    return errors[worst], int(places[worst])


@task.mistake(
    "absolute error",
    "The worst entry is picked by its absolute error, so a large right entry beats a small wrong "
    "one. Compare each entry with its own size.",
)
def grad_check(f, grad, x, h=1e-5, k=None, rng=None):
    x, g = np.array(x, dtype=float), grad(np.array(x, dtype=float))
    k = x.size if k is None else min(k, x.size)
    places = np.arange(x.size) if k == x.size else rng.choice(x.size, size=k, replace=False)
    entries = [tuple(int(i) for i in np.unravel_index(p, x.shape)) for p in places]
    errors = []
    for i in entries:
        right, left = x.copy(), x.copy()
        right[i] += h
        left[i] -= h
        errors.append(abs((f(right) - f(left)) / (2 * h) - g[i]))
    worst = int(np.argmax(errors))
    return errors[worst], entries[worst]


@task.mistake(
    "relative to the gradient only",
    "An entry that is 0 by mistake gets an error of millions, and one that is twice too large "
    "only a half of what it should. Whose sizes belong underneath?",
)
def grad_check(f, grad, x, h=1e-5, k=None, rng=None):
    x, g = np.array(x, dtype=float), grad(np.array(x, dtype=float))
    k = x.size if k is None else min(k, x.size)
    places = np.arange(x.size) if k == x.size else rng.choice(x.size, size=k, replace=False)
    entries = [tuple(int(i) for i in np.unravel_index(p, x.shape)) for p in places]
    errors = []
    for i in entries:
        e = np.zeros(x.shape)
        e[i] = h
        n = (f(x + e) - f(x - e)) / (2 * h)
        errors.append(abs(n - g[i]) / np.max([abs(g[i]), 1e-8]))
    worst = int(np.argmax(errors))
    return errors[worst], entries[worst]


@task.mistake(
    "relative to the difference only",
    "You divide by the size of the difference alone: where the gradient is three times too large, "
    "your error is 2. Which of the two sizes is the larger there?",
)
def grad_check(f, grad, x, h=1e-5, k=None, rng=None):
    x, g = np.array(x, dtype=float), grad(np.array(x, dtype=float))
    k = x.size if k is None else min(k, x.size)
    places = np.arange(x.size) if k == x.size else rng.choice(x.size, size=k, replace=False)
    entries = [tuple(int(i) for i in np.unravel_index(p, x.shape)) for p in places]
    errors = []
    for i in entries:
        e = np.zeros(x.shape)
        e[i] = h
        n = (f(x + e) - f(x - e)) / (2 * h)
        errors.append(abs(n - g[i]) / np.max([abs(n), 1e-8]))
    worst = int(np.argmax(errors))
    return errors[worst], entries[worst]


@task.mistake(
    "signed error",
    "An entry that is too small gets an error of the other sign, and the maximum passes over it. "
    "Does it matter on which side the gradient is off?",
)
def grad_check(f, grad, x, h=1e-5, k=None, rng=None):
    x, g = np.array(x, dtype=float), grad(np.array(x, dtype=float))
    k = x.size if k is None else min(k, x.size)
    places = np.arange(x.size) if k == x.size else rng.choice(x.size, size=k, replace=False)
    entries = [tuple(int(i) for i in np.unravel_index(p, x.shape)) for p in places]
    errors = []
    for i in entries:
        e = np.zeros(x.shape)
        e[i] = h
        n = (f(x + e) - f(x - e)) / (2 * h)
        errors.append((n - g[i]) / np.max([abs(n), abs(g[i]), 1e-8]))
    worst = int(np.argmax(errors))
    return errors[worst], entries[worst]


@task.mistake(
    "best instead of worst",
    "The error that you return is the smallest of all. Would you trust a bridge because of its "
    "strongest beam?",
)
def grad_check(f, grad, x, h=1e-5, k=None, rng=None):
    x, g = np.array(x, dtype=float), grad(np.array(x, dtype=float))
    k = x.size if k is None else min(k, x.size)
    places = np.arange(x.size) if k == x.size else rng.choice(x.size, size=k, replace=False)
    entries = [tuple(int(i) for i in np.unravel_index(p, x.shape)) for p in places]
    errors = []
    for i in entries:
        e = np.zeros(x.shape)
        e[i] = h
        n = (f(x + e) - f(x - e)) / (2 * h)
        errors.append(abs(n - g[i]) / np.max([abs(n), abs(g[i]), 1e-8]))
    best = int(np.argmin(errors))
    return errors[best], entries[best]


@task.mistake(
    "steps lost in whole numbers",
    "Right for fractions, and wrong where x holds whole numbers: 3 + 0.01 is put back into an "
    "array that can only hold 3. How far has the point moved then?",
)
def grad_check(f, grad, x, h=1e-5, k=None, rng=None):
    places = list(np.ndindex(x.shape))
    if k is not None and k < x.size:
        places = [places[j] for j in rng.choice(x.size, size=k, replace=False)]
    g, errors = np.asarray(grad(x), dtype=float), []
    for i in places:
        p, m = np.array(x), np.array(x)
        p[i] = x[i] + h
        m[i] = x[i] - h
        n = (f(p) - f(m)) / (2 * h)
        errors.append(abs(n - g[i]) / np.max([abs(n), abs(g[i]), 1e-8]))
    worst = int(np.argmax(errors))
    return float(errors[worst]), places[worst]


@task.mistake(
    "gradient asked for again and again",
    "Each entry asks for the whole gradient once more. With a million entries, "
    "how often is it computed, and how often does it change in between?",
)
def grad_check(f, grad, x, h=1e-5, k=None, rng=None):
    places = list(np.ndindex(x.shape))
    if k is not None and k < x.size:
        places = [places[j] for j in rng.choice(x.size, size=k, replace=False)]
    errors = []
    for i in places:
        p, m = np.array(x, dtype=float), np.array(x, dtype=float)
        p[i] += h
        m[i] -= h
        n, a = (f(p) - f(m)) / (2 * h), grad(x)[i]
        errors.append(abs(n - a) / np.max([abs(n), abs(a), 1e-8]))
    worst = int(np.argmax(errors))
    return float(errors[worst]), places[worst]


@task.mistake(
    "NaN found and lost again",
    "A NaN is the worst for you until the next entry comes, which then takes its place. "
    "Is any error larger than NaN, or smaller? What may still replace it?",
)
def grad_check(f, grad, x, h=1e-5, k=None, rng=None):
    x = np.array(x, dtype=float)
    g = grad(x)
    places = range(x.size) if k is None or k >= x.size else rng.choice(x.size, k, replace=False)
    worst, index = -1.0, None
    for place in places:
        i = tuple(int(j) for j in np.unravel_index(place, x.shape))
        right, left = x.copy(), x.copy()
        right[i] += h
        left[i] -= h
        n = (f(right) - f(left)) / (2 * h)
        error = abs(n - g[i]) / max(abs(n), abs(g[i]), 1e-8)
        if not error <= worst:
            worst, index = error, i
    return worst, index


@task.mistake(
    "relative to the sum",
    "Your errors are about half as large as they should be. What stands under the fraction in "
    "task 1, the two sizes together or the larger one?",
)
def grad_check(f, grad, x, h=1e-5, k=None, rng=None):
    x = np.array(x, dtype=float)
    g = grad(x)
    places = range(x.size) if k is None or k >= x.size else rng.choice(x.size, k, replace=False)
    worst, index = -1.0, None
    for place in places:
        i = tuple(int(j) for j in np.unravel_index(place, x.shape))
        right, left = x.copy(), x.copy()
        right[i] += h
        left[i] -= h
        n = (f(right) - f(left)) / (2 * h)
        error = abs(n - g[i]) / max(abs(n) + abs(g[i]), 1e-8)
        if not (error <= worst or worst != worst):
            worst, index = error, i
    return worst, index


@task.mistake(
    "no floor",
    "Where f is constant and the gradient says 1e-9 your error is 1, as bad as it gets. "
    "What is the smallest size that an entry should count as?",
)
def grad_check(f, grad, x, h=1e-5, k=None, rng=None):
    x = np.array(x, dtype=float)
    g = grad(x)
    places = range(x.size) if k is None or k >= x.size else rng.choice(x.size, k, replace=False)
    worst, index = -1.0, None
    for place in places:
        i = tuple(int(j) for j in np.unravel_index(place, x.shape))
        right, left = x.copy(), x.copy()
        right[i] += h
        left[i] -= h
        n = (f(right) - f(left)) / (2 * h)
        error = abs(n - g[i]) / max(abs(n), abs(g[i])) if n or g[i] else 0.0
        if not (error <= worst or worst != worst):
            worst, index = error, i
    return worst, index


@task.mistake(
    "h fixed",
    "Right gradients come out closer to right than they can be: with h = 0.1 a cube is off by "
    "0.01. Which step do you take, and which one was given?",
)
def grad_check(f, grad, x, h=1e-5, k=None, rng=None):
    x, h = np.array(x, dtype=float), 1e-5
    g = grad(x)
    places = range(x.size) if k is None or k >= x.size else rng.choice(x.size, k, replace=False)
    worst, index = -1.0, None
    for place in places:
        i = tuple(int(j) for j in np.unravel_index(place, x.shape))
        right, left = x.copy(), x.copy()
        right[i] += h
        left[i] -= h
        n = (f(right) - f(left)) / (2 * h)
        error = abs(n - g[i]) / max(abs(n), abs(g[i]), 1e-8)
        if not (error <= worst or worst != worst):
            worst, index = error, i
    return worst, index


@task.accepts("a permutation, cut short")
def grad_check(f, grad, x, h=1e-5, k=None, rng=None):
    x = np.array(x, dtype=float)
    g = np.asarray(grad(x.copy()), dtype=float)
    places = np.arange(x.size)
    if k is not None and k < x.size:
        places = rng.permutation(x.size)[:k]
    n = []
    for p in places:
        e = h * (np.arange(x.size) == p).reshape(x.shape)
        n.append((f(x + e) - f(x - e)) / (2 * h))
    n, a = np.array(n), g.ravel()[places]
    r = np.abs(n - a) / np.maximum(np.maximum(np.abs(n), np.abs(a)), 1e-8)
    return r.max(), np.unravel_index(places[np.argmax(r)], x.shape)


@task.accepts("in place, and put back")
def grad_check(f, grad, x, h=1e-5, k=None, rng=None):
    x = np.array(x, dtype=float)
    g, found = np.array(grad(x), dtype=float), []
    every = list(np.ndindex(x.shape))
    if k is not None and k < len(every):
        every = [every[i] for i in rng.choice(len(every), k, replace=False)]
    for i in every:
        old = x[i]
        x[i] = old + h
        right = f(x)
        x[i] = old - h
        n = (right - f(x)) / (2 * h)
        x[i] = old
        found.append(np.abs(n - g[i]) / np.max([np.abs(n), np.abs(g[i]), 1e-8]))
    return float(np.max(found)), every[int(np.argmax(found))]
