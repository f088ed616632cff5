"""The tasks of chapter `checking`."""

import numpy as np

from fallline import checking as reference
from fallline.marking.task import Case, ProblemSet

problems = ProblemSet("checking")


# --- relative_error ---


def random_pairs(rng):
    cases = []
    for shape, scale in (((4,), 1.0), ((2, 3), 1e-6), ((3, 2), 1e6)):
        a = scale * rng.normal(size=shape)
        b = a * (1 + 0.1 * rng.normal(size=shape))
        a[0] = b[0] = 0.0
        cases.append(Case(f"shape {shape}, entries near {scale:g}, a few 0", (a, b)))
    return cases


task = problems.task(
    reference.relative_error,
    cases=[
        Case("a = (1, 4), b = (2, 4)", (np.array([1.0, 4.0]), np.array([2.0, 4.0]))),
        Case("a = (4, 1), b = (2, -1)", (np.array([4.0, 1.0]), np.array([2.0, -1.0]))),
        Case("a = (-4, -1), b = (-5, -1)", (np.array([-4.0, -1.0]), np.array([-5.0, -1.0]))),
        Case("a = (0, 1), b = (0, 1)", (np.array([0.0, 1.0]), np.array([0.0, 1.0]))),
        Case("a = (3, -2, 0), b = (4, 2, 5)", (np.array([3, -2, 0]), np.array([4, 2, 5]))),
        Case("a = (1e-9, 1), b = (3e-9, 1)", (np.array([1e-9, 1.0]), np.array([3e-9, 1.0]))),
        Case("a = (1e-12, 3e-9), b = (3e-12, 0)", (np.array([1e-12, 3e-9]), np.array([3e-12, 0]))),
        Case(
            "a = (0.1, 2), b = (0.2, 1.5), floor = 0.5",
            (np.array([0.1, 2.0]), np.array([0.2, 1.5]), 0.5),
        ),
        Case(
            "a = (1e-12, 1), b = (3e-12, 1), floor = 1e-15",
            (np.array([1e-12, 1.0]), np.array([3e-12, 1.0]), 1e-15),
        ),
        Case("shape (2, 3)", (np.arange(6.0).reshape(2, 3), np.full((2, 3), 4.0))),
        Case("a = (NaN, 1, 2), b = (1, 1, 4)", (np.array([np.nan, 1, 2]), np.array([1.0, 1, 4]))),
    ],
    draw=random_pairs,
    why="one subtraction and one division: only rounding may differ",
)


@task.mistake(
    "NaN where both are zero",
    "0 against 0 gives you NaN, though nothing agrees better. "
    "What is the smallest size that an entry should count as?",
)
def relative_error(a, b, floor=1e-8):
    return np.abs(a - b) / np.maximum(np.abs(a), np.abs(b))


@task.mistake(
    "no floor",
    "0 against 0 is treated, and 1e-12 against 3e-12 is not: there your error is large, though "
    "both are as good as 0. What is the floor for?",
)
def relative_error(a, b, floor=1e-8):
    size = np.maximum(np.abs(a), np.abs(b))
    return np.abs(a - b) / np.where(size == 0, 1.0, size)


@task.mistake(
    "one norm for all",
    "One number comes back for the whole array, and in it a large entry hides what is wrong "
    "with a small one. How many errors are there, if each entry has its own?",
)
def relative_error(a, b, floor=1e-8):
    return np.linalg.norm(a - b) / (np.linalg.norm(a) + np.linalg.norm(b))


@task.mistake(
    "the worst entry only",
    "You return the largest error. Which entry does it belong to? "
    "Keep them all; whoever calls you can take the largest.",
)
def relative_error(a, b, floor=1e-8):
    return np.max(np.abs(a - b) / np.maximum(np.maximum(np.abs(a), np.abs(b)), floor))


@task.mistake(
    "absolute error",
    "This is how far apart the numbers are, not how far apart they are for their size: "
    "is an error of 0.1 the same in 1000 as in 0.1?",
)
def relative_error(a, b, floor=1e-8):
    return np.abs(a - b)


@task.mistake(
    "signed error",
    "Some of your errors are negative, and a maximum would pass over exactly these. "
    "Does it matter which of the two is larger?",
)
def relative_error(a, b, floor=1e-8):
    return (a - b) / np.maximum(np.maximum(np.abs(a), np.abs(b)), floor)


@task.mistake(
    "size without the absolute value",
    "Where both numbers are negative your error is far too large. "
    "Which is the larger of -4 and -5, and which of them is larger in size?",
)
def relative_error(a, b, floor=1e-8):
    return np.abs(a - b) / np.maximum(np.maximum(a, b), floor)


@task.mistake(
    "relative to b only",
    "Swap a and b, and another error comes out. "
    "Neither of the two is known to be right: what size treats them alike?",
)
def relative_error(a, b, floor=1e-8):
    return np.abs(a - b) / np.maximum(np.abs(b), floor)


@task.mistake(
    "relative to a only",
    "Your error depends on which of the two comes first. "
    "If a is 0 by mistake, is b then infinitely far away?",
)
def relative_error(a, b, floor=1e-8):
    return np.abs(a - b) / np.maximum(np.abs(a), floor)


@task.mistake(
    "relative to the sum",
    "Your errors are too small, about half as large as they should be. "
    "Some courses divide by the sum of both sizes; what stands in the formula here?",
)
def relative_error(a, b, floor=1e-8):
    return np.abs(a - b) / np.maximum(np.abs(a) + np.abs(b), floor)


@task.mistake(
    "floor added",
    "Large entries come out nearly right, and with floor = 0.5 all errors are too small: "
    "a floor is a lower limit. Is it felt where you stand above it?",
)
def relative_error(a, b, floor=1e-8):
    return np.abs(a - b) / (np.maximum(np.abs(a), np.abs(b)) + floor)


@task.mistake(
    "relative to the mean size",
    "Where one number is twice the other, your error is 2/3. "
    "What stands underneath in the formula, the mean of the two sizes or the larger?",
)
def relative_error(a, b, floor=1e-8):
    return np.abs(a - b) / np.maximum((np.abs(a) + np.abs(b)) / 2, floor)


@task.mistake(
    "relative to the smaller",
    "Your errors are too large: you divide by the smaller of the two sizes. "
    "How large can such an error become, and where would it be bounded?",
)
def relative_error(a, b, floor=1e-8):
    return np.abs(a - b) / np.maximum(np.minimum(np.abs(a), np.abs(b)), floor)


@task.mistake(
    "distance of the ratio from 1",
    "a / b close to 1 is a good idea until b is 0 or smaller than a: "
    "1 against 2 and 2 against 1 should be equally far apart. Are they for you?",
)
def relative_error(a, b, floor=1e-8):
    return np.abs(1 - a / b)


@task.mistake(
    "squared",
    "A wrong sign should give 2, and you get 4; a gap of one percent becomes 0.0001. "
    "Is anything squared in the formula?",
)
def relative_error(a, b, floor=1e-8):
    return (a - b) ** 2 / np.maximum(np.maximum(a**2, b**2), floor)


@task.mistake(
    "one size for all",
    "Small entries get errors that are far too small: all are divided by the largest entry of "
    "the whole array. Whose size should stand under each error?",
)
def relative_error(a, b, floor=1e-8):
    return np.abs(a - b) / max(np.abs(a).max(), np.abs(b).max(), floor)


@task.mistake(
    "floor fixed",
    "Right with the floor that is there by default, and wrong with 0.5: your errors do not change "
    "when the floor does. Where should the argument come in?",
)
def relative_error(a, b, floor=1e-8):
    return np.abs(a - b) / np.maximum(np.maximum(np.abs(a), np.abs(b)), 1e-8)


@task.mistake(
    "sizes compared",
    "1 and -1 have an error of 0 with you: you compare the sizes and lose the signs. "
    "How far apart are the two numbers?",
)
def relative_error(a, b, floor=1e-8):
    return np.abs(np.abs(a) - np.abs(b)) / np.maximum(np.maximum(np.abs(a), np.abs(b)), floor)


@task.mistake(
    "nothing counts below the floor",
    "Two numbers below the floor always agree with you. The formula still looks at how far apart "
    "they are: what does it divide by there?",
)
def relative_error(a, b, floor=1e-8):
    size = np.maximum(np.abs(a), np.abs(b))
    return np.where(size < floor, 0.0, np.abs(a - b) / np.where(size < floor, 1.0, size))


@task.accepts("the maximum of three stacked arrays")
def relative_error(a, b, floor=1e-8):
    a, b = np.array(a, dtype=float), np.array(b, dtype=float)
    size = np.max([np.abs(a), np.abs(b), np.full(a.shape, float(floor))], axis=0)
    return np.abs(a - b) / size


@task.accepts("entry by entry")
def relative_error(a, b, floor=1e-8):
    out = np.zeros(np.shape(a))
    for i in np.ndindex(out.shape):
        p, q = float(a[i]), float(b[i])
        if p != q:
            out[i] = abs(p - q) / max(abs(p), abs(q), floor)
    return out


# --- grad_check ---


def cubes(x):
    """Sum of cubes."""
    return float(np.sum(x**3))


def cubes_gradient(x):
    return 3.0 * np.asarray(x, dtype=float) ** 2


def plain(x):
    """Return the sum of squares."""
    return float(np.sum(np.asarray(x) ** 2))


def plain_gradient(x):
    return np.where(np.arange(np.size(x)) == 0, 2.5, 2.0) * x


def squares(x):
    """Sum of squares, weighted by the place."""
    return float(np.sum(np.arange(1, np.size(x) + 1) * np.ravel(x) ** 2))


def squares_gradient(x):
    return 2.0 * np.arange(1, np.size(x) + 1).reshape(np.shape(x)) * x


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


point = np.array([1.0, -2.0, 0.5, 3.0])

task = problems.task(
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


# --- check_params ---


def model(name):
    """Return loss, parameters and gradients of a small model, spoilt as the name says."""
    params = {
        "W": np.array([[1.0, -2.0, 3.0], [0.5, 4.0, -1.0]]),
        "b": np.array([100.0, 200.0, -50.0]),
        "scale": np.array([2.0]),
    }
    if "whole" in name:
        params = {"W": np.array([[1, 2]]), "b": np.array([3, 5]), "scale": np.array([2])}

    def loss(p):
        inner = np.sum(p["W"] ** 2) + np.sum(np.sum(p["W"], axis=0) * p["b"]) + np.sum(p["b"] ** 2)
        return float(np.sum(p["scale"]) * inner)

    s, columns = float(params["scale"][0]), params["W"].sum(axis=0)
    grads = {
        "W": s * (2.0 * params["W"] + params["b"]),
        "b": s * (columns + 2.0 * params["b"]),
        "scale": np.array([loss(params) / s]),
    }
    for key in ("W", "b", "scale"):
        if f"{key} is 1.25 times" in name:
            grads[key].flat[-1] *= 1.25
        if f"{key} holds NaN" in name:
            grads[key].flat[0] = np.nan
        if f"every {key} is 2 too large" in name:
            grads[key] = grads[key] + 2.0
        if f"{key} has one entry only" in name:
            grads[key] = grads[key][:1]
        if f"{key} without axes" in name:
            grads[key] = np.array(grads[key][0])
        if f"{key} is misspelt as bias" in name:
            grads["bias"] = grads.pop(key)
        if f"{key} missing" in name:
            del grads[key]
        if f"{key} transposed" in name:
            grads[key] = grads[key].T
        if f"{key} as a column" in name:
            grads[key] = grads[key][:, None]
        if f"{key} as a row" in name:
            grads[key] = grads[key][None]
    if "loss is NaN" in name:
        return lambda p: float("nan"), params, grads
    if "a stranger" in name:
        grads["V"] = np.zeros(2)
    if "order" in name:
        grads = dict(reversed(grads.items()))
    return loss, params, grads


def verdicts(answer, loss, params, grads):
    """Return the answer's verdict for each array in words."""
    errors = answer(loss, params, grads)
    return "; ".join(f"{key}: {_in_words(float(errors[key]))}" for key in sorted(errors))


def _in_words(error):
    return "right" if error < 1e-5 else f"off by {error:.4f}"


NAMES = (
    "all gradients right",
    "b is 1.25 times too large in its last entry",
    "W is 1.25 times too large in its last entry",
    "scale is 1.25 times too large",
    "whole numbers, W is 1.25 times too large in its last entry",
    "whole numbers, all right",
    "whole numbers, b is 1.25 times too large in its last entry",
    "the names stand in another order in grads",
    "b holds NaN",
    "W holds NaN",
    "scale holds NaN",
    "every W is 2 too large",
    "every b is 2 too large",
    "W missing in grads",
    "b is misspelt as bias in grads",
    "b has one entry only in grads",
    "scale without axes in grads",
    "scale missing in grads",
    "a stranger in grads",
    "W transposed in grads",
    "b as a column in grads",
    "b as a row in grads",
    "scale as a column in grads",
    "the loss is NaN",
)


def random_models(rng):
    """Return models drawn at random: which array is wrong, and by which factor."""
    cases = []
    for key in rng.permutation(["W", "b"]):
        shapes = {"W": (2, 4), "b": (3,)}
        p = {name: rng.uniform(1, 2, size=shape) for name, shape in shapes.items()}
        factor = float(rng.uniform(1.5, 3))
        args = _bent(p, key, factor)
        cases.append(Case(f"random parameters, a wrong entry in {key}", args, verdicts))
    return cases


def _bent(p, key, factor):
    """Return loss, parameters and gradients of a random model, one gradient wrong."""
    loss = lambda q: float(np.sum(q["W"] ** 2) * np.sum(q["b"] ** 2))
    grads = {"W": 2 * p["W"] * np.sum(p["b"] ** 2), "b": 2 * p["b"] * np.sum(p["W"] ** 2)}
    grads[key].flat[0] *= factor
    return loss, p, grads


def with_step(answer, f, gradient, x, h):
    """Return the answer's verdict in words for a model with a single array."""
    errors = answer(lambda p: float(np.sum(f(p["w"]))), {"w": x}, {"w": gradient}, h)
    return "; ".join(f"{name}: {_in_words(float(error))}" for name, error in errors.items())


W13, W212 = np.array([1.0, 3.0]), np.array([[[1.0, 2.0]], [[-1.0, 3.0]]])


def cube(w):
    return w**3


task = problems.task(
    reference.check_params,
    cases=[
        Case("w² at (1, 3), h = 0.5", (np.square, np.array([2.0, 6.0]), W13, 0.5), with_step),
        Case("w³ at (1, 3), h = 0.5", (cube, np.array([3.0, 27.0]), W13, 0.5), with_step),
        Case("w³ at (1, 3), h = 0.1", (cube, np.array([3.0, 27.0]), W13, 0.1), with_step),
        *(Case(name, model(name), verdicts) for name in NAMES),
        Case(
            "w² at an array of shape (2, 1, 2), one entry wrong",
            (np.square, np.array([[[2.0, 4.0]], [[-2.0, 8.0]]]), W212, 0.5),
            with_step,
        ),
    ],
    draw=random_models,
    why="verdicts in words: an error below 1e-5 is right, a larger one is shown to four decimals",
)


@task.mistake(
    "all arrays in one",
    "Every array gets the worst error of all of them, so nobody learns where the bug is. "
    "Look at each array by itself.",
)
def check_params(loss_fn, params, grads, h=1e-5):
    if set(params) != set(grads):
        raise ValueError("the names differ")
    worst = 0.0
    for name, w in params.items():
        if np.shape(grads[name]) != np.shape(w):
            raise ValueError("the shapes differ")
        for i in np.ndindex(np.shape(w)):
            p, m = np.array(w, dtype=float), np.array(w, dtype=float)
            p[i] += h
            m[i] -= h
            n = (loss_fn({**params, name: p}) - loss_fn({**params, name: m})) / (2 * h)
            a = float(grads[name][i])
            worst = np.maximum(worst, abs(n - a) / np.max([abs(n), abs(a), 1e-8]))
    return dict.fromkeys(params, float(worst))


@task.mistake(
    "one norm for each array",
    "Within an array the large entries hide the small ones: the error of a single wrong entry is "
    "divided by the norm of them all. Take the worst entry's own relative error.",
)
def check_params(loss_fn, params, grads, h=1e-5):
    if set(params) != set(grads):
        raise ValueError("the names differ")
    found = {}
    for name, w in params.items():
        if np.shape(grads[name]) != np.shape(w):
            raise ValueError("the shapes differ")
        n = np.zeros(np.shape(w))
        for i in np.ndindex(np.shape(w)):
            p, m = np.array(w, dtype=float), np.array(w, dtype=float)
            p[i] += h
            m[i] -= h
            n[i] = (loss_fn({**params, name: p}) - loss_fn({**params, name: m})) / (2 * h)
        size = np.linalg.norm(n) + np.linalg.norm(grads[name])
        found[name] = float(np.linalg.norm(n - grads[name]) / size)
    return found


@task.mistake(
    "arrays of one element skipped",
    "A parameter with a single entry is a parameter too, and it has a gradient that can be wrong: "
    "one of the names is missing in your result.",
)
def check_params(loss_fn, params, grads, h=1e-5):
    if set(params) != set(grads):
        raise ValueError("the names differ")
    found = {}
    for name, w in params.items():
        if np.shape(grads[name]) != np.shape(w):
            raise ValueError("the shapes differ")
        errors = []
        for i in np.ndindex(np.shape(w)):
            p, m = np.array(w, dtype=float), np.array(w, dtype=float)
            p[i] += h
            m[i] -= h
            n = (loss_fn({**params, name: p}) - loss_fn({**params, name: m})) / (2 * h)
            a = float(grads[name][i])
            errors.append(abs(n - a) / np.max([abs(n), abs(a), 1e-8]))
        if len(errors) > 1:
            found[name] = float(np.max(errors))
    return found


@task.mistake(
    "missing gradient ignored",
    "A parameter without a gradient is passed over in silence, and that is a bug found and thrown "
    "away: forgotten gradients are common. Raise a ValueError that names it.",
)
def check_params(loss_fn, params, grads, h=1e-5):
    if not set(grads) <= set(params):
        raise ValueError("the names differ")
    found = {}
    for name, w in params.items():
        if name not in grads:
            continue
        if np.shape(grads[name]) != np.shape(w):
            raise ValueError("the shapes differ")
        errors = []
        for i in np.ndindex(np.shape(w)):
            p, m = np.array(w, dtype=float), np.array(w, dtype=float)
            p[i] += h
            m[i] -= h
            n = (loss_fn({**params, name: p}) - loss_fn({**params, name: m})) / (2 * h)
            a = float(grads[name][i])
            errors.append(abs(n - a) / np.max([abs(n), abs(a), 1e-8]))
        found[name] = float(np.max(errors))
    return found


@task.mistake(
    "gradient without a parameter ignored",
    "Some gradient belongs to no parameter, and nobody is told. Perhaps its name is misspelt: "
    "raise a ValueError that names it.",
)
def check_params(loss_fn, params, grads, h=1e-5):
    found = {}
    for name, w in params.items():
        if name not in grads or np.shape(grads[name]) != np.shape(w):
            raise ValueError("no gradient, or one of another shape")
        errors = []
        for i in np.ndindex(np.shape(w)):
            p, m = np.array(w, dtype=float), np.array(w, dtype=float)
            p[i] += h
            m[i] -= h
            n = (loss_fn({**params, name: p}) - loss_fn({**params, name: m})) / (2 * h)
            a = float(grads[name][i])
            errors.append(abs(n - a) / np.max([abs(n), abs(a), 1e-8]))
        found[name] = float(np.max(errors))
    return found


@task.mistake(
    "names of neither side compared",
    "You walk through the names that both sides have. What one side has and the other lacks is "
    "never seen: compare the two sets of names first.",
)
def check_params(loss_fn, params, grads, h=1e-5):
    found = {}
    for name in [key for key in params if key in grads]:
        if np.shape(grads[name]) != np.shape(params[name]):
            raise ValueError("the shapes differ")
        errors = []
        for i in np.ndindex(np.shape(params[name])):
            p, m = np.array(params[name], dtype=float), np.array(params[name], dtype=float)
            p[i] += h
            m[i] -= h
            n = (loss_fn({**params, name: p}) - loss_fn({**params, name: m})) / (2 * h)
            a = float(grads[name][i])
            errors.append(abs(n - a) / np.max([abs(n), abs(a), 1e-8]))
        found[name] = float(np.max(errors))
    return found


@task.mistake(
    "NaN passes the check",
    "A gradient that holds NaN comes out as right: no comparison with NaN is ever True, "
    "so it never replaces the worst error so far. Let NaN win.",
)
def check_params(loss_fn, params, grads, h=1e-5):
    if set(params) != set(grads):
        raise ValueError("the names differ")
    found = {}
    for name, w in params.items():
        if np.shape(grads[name]) != np.shape(w):
            raise ValueError("the shapes differ")
        found[name] = 0.0
        for i in np.ndindex(np.shape(w)):
            p, m = np.array(w, dtype=float), np.array(w, dtype=float)
            p[i] += h
            m[i] -= h
            n = (loss_fn({**params, name: p}) - loss_fn({**params, name: m})) / (2 * h)
            a = float(grads[name][i])
            error = abs(n - a) / max(abs(n), abs(a), 1e-8)
            if error > found[name]:
                found[name] = error
    return found


@task.mistake(
    "shapes not compared",
    "A transposed gradient gets through, or crashes somewhere inside: each gradient must have the "
    "shape of its parameter, and a ValueError should say so.",
)
def check_params(loss_fn, params, grads, h=1e-5):
    if set(params) != set(grads):
        raise ValueError("the names differ")
    found = {}
    for name, w in params.items():
        errors = []
        flat = np.ravel(grads[name])
        for k, i in enumerate(np.ndindex(np.shape(w))):
            p, m = np.array(w, dtype=float), np.array(w, dtype=float)
            p[i] += h
            m[i] -= h
            n = (loss_fn({**params, name: p}) - loss_fn({**params, name: m})) / (2 * h)
            errors.append(abs(n - flat[k]) / np.max([abs(n), abs(flat[k]), 1e-8]))
        found[name] = float(np.max(errors))
    return found


@task.mistake(
    "one norm, relative to the larger",
    "One wrong entry among many comes out smaller than it is: the norm of the whole array stands "
    "under it. Whose size should each entry be measured by?",
)
def check_params(loss_fn, params, grads, h=1e-5):
    if set(params) != set(grads):
        raise ValueError("the names differ")
    found = {}
    for name, w in params.items():
        if np.shape(grads[name]) != np.shape(w):
            raise ValueError("the shapes differ")
        n = np.zeros(np.shape(w))
        for i in np.ndindex(np.shape(w)):
            p, m = np.array(w, dtype=float), np.array(w, dtype=float)
            p[i] += h
            m[i] -= h
            n[i] = (loss_fn({**params, name: p}) - loss_fn({**params, name: m})) / (2 * h)
        g = grads[name]
        size = max(np.linalg.norm(n), np.linalg.norm(g), 1e-8)
        found[name] = float(np.linalg.norm(n - g) / size)
    return found


@task.mistake(
    "mean of the errors",
    "The right entries make the wrong one look small: among a thousand of them its error is "
    "divided by a thousand. Which one number of an array should be kept?",
)
def check_params(loss_fn, params, grads, h=1e-5):
    if set(params) != set(grads):
        raise ValueError("the names differ")
    found = {}
    for name, w in params.items():
        if np.shape(grads[name]) != np.shape(w):
            raise ValueError("the shapes differ")
        n = np.zeros(np.shape(w))
        for i in np.ndindex(np.shape(w)):
            p, m = np.array(w, dtype=float), np.array(w, dtype=float)
            p[i] += h
            m[i] -= h
            n[i] = (loss_fn({**params, name: p}) - loss_fn({**params, name: m})) / (2 * h)
        g = grads[name]
        errors = abs(n - g) / np.maximum(np.maximum(abs(n), abs(g)), 1e-8)
        found[name] = float(np.mean(errors))
    return found


@task.mistake(
    "steps lost in whole numbers",
    "With whole numbers every array comes out wrong: 3 + 0.00001 is put back into an array that "
    "can only hold 3. How far has the parameter moved then?",
)
def check_params(loss_fn, params, grads, h=1e-5):
    if set(params) != set(grads):
        raise ValueError("the names differ")
    found = {}
    for name, w in params.items():
        if np.shape(grads[name]) != np.shape(w):
            raise ValueError("the shapes differ")
        errors = []
        for i in np.ndindex(np.shape(w)):
            p, m = np.array(w), np.array(w)
            p[i] = w[i] + h
            m[i] = w[i] - h
            n = (loss_fn({**params, name: p}) - loss_fn({**params, name: m})) / (2 * h)
            a = grads[name][i]
            errors.append(abs(n - a) / np.max([abs(n), abs(a), 1e-8]))
        found[name] = float(np.max(errors))
    return found


@task.mistake(
    "shapes that broadcast",
    "A gradient of shape (3, 1) or (1, 3) beside a parameter of shape (3,) gets through: NumPy "
    "stretches it without a word. What could you compare before you subtract?",
)
def check_params(loss_fn, params, grads, h=1e-5):
    if set(params) != set(grads):
        raise ValueError("the names differ")
    found = {}
    for name, w in params.items():
        n = np.zeros(np.shape(w))
        for i in np.ndindex(np.shape(w)):
            p, m = np.array(w, dtype=float), np.array(w, dtype=float)
            p[i] += h
            m[i] -= h
            n[i] = (loss_fn({**params, name: p}) - loss_fn({**params, name: m})) / (2 * h)
        g = grads[name]
        errors = abs(n - g) / np.maximum(np.maximum(abs(n), abs(g)), 1e-8)
        found[name] = float(np.max(errors))
    return found


@task.mistake(
    "all entries moved at once",
    "Even right gradients come out wrong where an array has more than one entry: each of your "
    "slopes is that of all its entries together. Which of them should stay where they are?",
)
def check_params(loss_fn, params, grads, h=1e-5):
    if set(params) != set(grads):
        raise ValueError("the names differ")
    found = {}
    for name, w in params.items():
        if w.shape != grads[name].shape:
            raise ValueError("the shapes differ")
        n = np.zeros(w.shape)
        for i in np.ndindex(w.shape):
            p, m = np.array(w, dtype=float), np.array(w, dtype=float)
            p += h
            m -= h
            n[i] = (loss_fn({**params, name: p}) - loss_fn({**params, name: m})) / (2 * h)
        r = np.abs(n - grads[name]) / np.maximum(np.maximum(np.abs(n), np.abs(grads[name])), 1e-8)
        found[name] = float(np.max(r))
    return found


@task.mistake(
    "forward difference",
    "You move each entry to one side only: with h = 0.5 the right gradient of w² looks wrong. "
    "For which side would the error have the other sign?",
)
def check_params(loss_fn, params, grads, h=1e-5):
    if set(params) != set(grads):
        raise ValueError("the names differ")
    found = {}
    for name, w in params.items():
        if w.shape != grads[name].shape:
            raise ValueError("the shapes differ")
        n = np.zeros(w.shape)
        for i in np.ndindex(w.shape):
            p, m = np.array(w, dtype=float), np.array(w, dtype=float)
            p[i] += h
            m[i] += 0.0
            n[i] = (loss_fn({**params, name: p}) - loss_fn({**params, name: m})) / h
        r = np.abs(n - grads[name]) / np.maximum(np.maximum(np.abs(n), np.abs(grads[name])), 1e-8)
        found[name] = float(np.max(r))
    return found


@task.mistake(
    "divided by h",
    "Every right gradient has an error of a half: your slopes are twice too steep. "
    "How far apart are the two points?",
)
def check_params(loss_fn, params, grads, h=1e-5):
    if set(params) != set(grads):
        raise ValueError("the names differ")
    found = {}
    for name, w in params.items():
        if w.shape != grads[name].shape:
            raise ValueError("the shapes differ")
        n = np.zeros(w.shape)
        for i in np.ndindex(w.shape):
            p, m = np.array(w, dtype=float), np.array(w, dtype=float)
            p[i] += h
            m[i] -= h
            n[i] = (loss_fn({**params, name: p}) - loss_fn({**params, name: m})) / h
        r = np.abs(n - grads[name]) / np.maximum(np.maximum(np.abs(n), np.abs(grads[name])), 1e-8)
        found[name] = float(np.max(r))
    return found


@task.mistake(
    "absolute error",
    "You tell how far apart the numbers are, and a large gradient may be far off and still agree "
    "to ten digits. What should each entry be measured by?",
)
def check_params(loss_fn, params, grads, h=1e-5):
    if set(params) != set(grads):
        raise ValueError("the names differ")
    found = {}
    for name, w in params.items():
        if w.shape != grads[name].shape:
            raise ValueError("the shapes differ")
        n = np.zeros(w.shape)
        for i in np.ndindex(w.shape):
            p, m = np.array(w, dtype=float), np.array(w, dtype=float)
            p[i] += h
            m[i] -= h
            n[i] = (loss_fn({**params, name: p}) - loss_fn({**params, name: m})) / (2 * h)
        found[name] = float(np.max(np.abs(n - grads[name])))
    return found


@task.mistake(
    "NaN left out of the maximum",
    "An entry that is NaN is passed over, and the others decide. If a whole array is NaN, "
    "what is left to take the largest of? NaN is the worst that there is.",
)
def check_params(loss_fn, params, grads, h=1e-5):
    if set(params) != set(grads):
        raise ValueError("the names differ")
    found = {}
    for name, w in params.items():
        if w.shape != grads[name].shape:
            raise ValueError("the shapes differ")
        n = np.zeros(w.shape)
        for i in np.ndindex(w.shape):
            p, m = np.array(w, dtype=float), np.array(w, dtype=float)
            p[i] += h
            m[i] -= h
            n[i] = (loss_fn({**params, name: p}) - loss_fn({**params, name: m})) / (2 * h)
        r = np.abs(n - grads[name]) / np.maximum(np.maximum(np.abs(n), np.abs(grads[name])), 1e-8)
        found[name] = float(np.nanmax(r))
    return found


@task.mistake(
    "relative to the sum",
    "A gradient that is 1.25 times too large is off by a fifth, and you find a ninth. "
    "Does the formula of task 1 add the two sizes up?",
)
def check_params(loss_fn, params, grads, h=1e-5):
    if set(params) != set(grads):
        raise ValueError("the names differ")
    found = {}
    for name, w in params.items():
        if w.shape != grads[name].shape:
            raise ValueError("the shapes differ")
        n = np.zeros(w.shape)
        for i in np.ndindex(w.shape):
            p, m = np.array(w, dtype=float), np.array(w, dtype=float)
            p[i] += h
            m[i] -= h
            n[i] = (loss_fn({**params, name: p}) - loss_fn({**params, name: m})) / (2 * h)
        r = np.abs(n - grads[name]) / np.maximum(np.abs(n) + np.abs(grads[name]), 1e-8)
        found[name] = float(np.max(r))
    return found


@task.mistake(
    "h fixed",
    "Your errors do not change with h: a cube differentiated with h = 0.5 should be off. "
    "Which step do you take, and which one was given?",
)
def check_params(loss_fn, params, grads, h=1e-5):
    if set(params) != set(grads):
        raise ValueError("the names differ")
    found = {}
    for name, w in params.items():
        if w.shape != grads[name].shape:
            raise ValueError("the shapes differ")
        n = np.zeros(w.shape)
        for i in np.ndindex(w.shape):
            p, m = np.array(w, dtype=float), np.array(w, dtype=float)
            p[i] += 1e-5
            m[i] -= 1e-5
            n[i] = (loss_fn({**params, name: p}) - loss_fn({**params, name: m})) / 2e-5
        r = np.abs(n - grads[name]) / np.maximum(np.maximum(np.abs(n), np.abs(grads[name])), 1e-8)
        found[name] = float(np.max(r))
    return found


@task.mistake(
    "only the number of names compared",
    "A gradient under a misspelt name gets through: there are as many names on either side, "
    "and they are not the same. Which parameter has then never been checked?",
)
def check_params(loss_fn, params, grads, h=1e-5):
    if len(params) != len(grads):
        raise ValueError("the names differ")
    found = {}
    for name in params:
        if name not in grads:
            continue
        w = params[name]
        if w.shape != grads[name].shape:
            raise ValueError("the shapes differ")
        n = np.zeros(w.shape)
        for i in np.ndindex(w.shape):
            p, m = np.array(w, dtype=float), np.array(w, dtype=float)
            p[i] += h
            m[i] -= h
            n[i] = (loss_fn({**params, name: p}) - loss_fn({**params, name: m})) / (2 * h)
        size = np.maximum(np.maximum(np.abs(n), np.abs(grads[name])), 1e-8)
        found[name] = float(np.max(np.abs(n - grads[name]) / size, initial=0.0))
    return found


@task.accepts("through one flat vector for each array")
def check_params(loss_fn, params, grads, h=1e-5):
    if params.keys() != grads.keys():
        raise ValueError("the names differ")
    found = {}
    for name, w in params.items():
        w, g = np.array(w, dtype=float), np.array(grads[name], dtype=float)
        if w.shape != g.shape:
            raise ValueError("the shapes differ")
        loss = lambda v, s=w.shape, key=name: loss_fn({**params, key: v.reshape(s)})
        steps = h * np.eye(w.size)
        n = np.array([loss(w.ravel() + e) - loss(w.ravel() - e) for e in steps]) / (2 * h)
        size = np.maximum(np.maximum(np.abs(n), np.abs(g.ravel())), 1e-8)
        found[name] = np.max(np.abs(n - g.ravel()) / size)
    return found


@task.accepts("two copies of all arrays for each entry")
def check_params(loss_fn, params, grads, h=1e-5):
    if sorted(params) != sorted(grads):
        raise ValueError(f"not the same names: {sorted(params)} and {sorted(grads)}")
    found = {}
    for name in sorted(params):
        w, errors = np.asarray(params[name], dtype=float), []
        if w.shape != np.shape(grads[name]):
            raise ValueError("not the same shape")
        for i in np.ndindex(w.shape):
            values = []
            for sign in (1, -1):
                moved = {key: np.array(value, dtype=float) for key, value in params.items()}
                moved[name][i] += sign * h
                values.append(loss_fn(moved))
            n, a = (values[0] - values[1]) / (2 * h), grads[name][i]
            errors.append(np.abs(n - a) / np.max([np.abs(n), np.abs(a), 1e-8]))
        found[name] = np.max(errors)
    return found


# --- directional_check ---


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
task = problems.task(
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


# --- kinks_crossed ---


def random_activations(rng):
    cases = []
    for shape, scale in (((5,), 1.0), ((3, 4), 1e-6), ((6, 2), 1e-200)):
        a, b = scale * rng.normal(size=(2, *shape))
        a.flat[0], b.flat[0] = -1.0, 2.0
        a.flat[-1] = 0.0
        cases.append(Case(f"shape {shape}, entries near {scale:g}, one of them 0", (a, b)))
    return cases


task = problems.task(
    reference.kinks_crossed,
    cases=[
        Case("(-1, 2) and (1, 3)", (np.array([-1.0, 2.0]), np.array([1.0, 3.0]))),
        Case("(-1, 2, 5) and (4, -3, 6)", (np.array([-1, 2, 5]), np.array([4, -3, 6]))),
        Case("(1e-200, 1) and (-1e-200, 2)", (np.array([1e-200, 1]), np.array([-1e-200, 2]))),
        Case("(3, -1e-180) and (4, 1e-180)", (np.array([3, -1e-180]), np.array([4, 1e-180]))),
        Case("(1, -2) and (3, -0.5)", (np.array([1.0, -2.0]), np.array([3.0, -0.5]))),
        Case("from 0 to 1", (np.zeros(1), np.ones(1))),
        Case("from 0 to -1", (np.zeros(1), -np.ones(1))),
        Case("from -1 to 0", (-np.ones(1), np.zeros(1))),
        Case("from 1 to 0", (np.ones(1), np.zeros(1))),
        Case("(2, -2, -1) and (0, 0, -0)", (np.array([2.0, -2, -1]), np.array([0.0, 0, -0.0]))),
        Case(
            "shape (2, 3), a crossing in the second row",
            (np.array([[1.0, 2, 3], [-1, 2, 0]]), np.array([[1.0, 2, 3], [1, -2, 0]])),
        ),
        Case(
            "shape (2, 1, 2), three crossings",
            (np.array([[[1.0, 2]], [[-1, 2]]]), np.array([[[1.0, -2]], [[1, -2]]])),
        ),
        Case(
            "shape (2, 2), two crossings in a row",
            (np.ones((2, 2)), np.array([[-1.0, -1], [1, 2]])),
        ),
        Case("no unit at all", (np.zeros((0, 3)), np.zeros((0, 3)))),
        Case("an entry is NaN", (np.array([np.nan, 1, 2, 3]), np.array([1.0, -1, -3, 4]))),
        Case(
            "an entry of the second is NaN", (np.array([1.0, 1, 2]), np.array([-1.0, np.nan, -2]))
        ),
        Case("both are NaN", (np.array([2.0, np.nan, -1]), np.array([-1.0, np.nan, 4]))),
    ],
    draw=random_activations,
    why="a count: it is right or wrong",
)


@task.mistake(
    "yes or no",
    "You tell whether there is a crossing, and the number of them is asked for.",
)
def kinks_crossed(pre_a, pre_b):
    a, b = np.asarray(pre_a), np.asarray(pre_b)
    return int(np.any(np.sign(a) * np.sign(b) < 0))


@task.mistake(
    "values compared",
    "You count the units whose value changes. Nearly all of them do: "
    "a kink lies between two values only if 0 does.",
)
def kinks_crossed(pre_a, pre_b):
    a, b = np.asarray(pre_a), np.asarray(pre_b)
    return int(np.sum(a != b))


@task.mistake(
    "zero counted as positive",
    "With 0 on the positive side, a unit that comes up to 0 from below is counted though it "
    "crosses nothing: below 0, and at 0, its slope is one and the same.",
)
def kinks_crossed(pre_a, pre_b):
    a, b = np.asarray(pre_a), np.asarray(pre_b)
    return int(np.sum((a >= 0) != (b >= 0)))


@task.mistake(
    "zero counted as negative",
    "With 0 on the negative side, a unit that starts at 0 and goes up is counted. It touches the "
    "kink and does not cross it: only a change from one strict sign to the other counts.",
)
def kinks_crossed(pre_a, pre_b):
    a, b = np.asarray(pre_a), np.asarray(pre_b)
    return int(np.sum((a > 0) != (b > 0)))


@task.mistake(
    "zero counted as a sign of its own",
    "From 0 to any other number the sign changes for you. The kink is at 0 itself: whoever starts "
    "there, or ends there, stays on one side of it.",
)
def kinks_crossed(pre_a, pre_b):
    a, b = np.asarray(pre_a), np.asarray(pre_b)
    return int(np.sum(np.sign(a) != np.sign(b)))


@task.mistake(
    "one way only",
    "You count the units that are switched on and not those that are switched off: "
    "a kink is crossed in either direction.",
)
def kinks_crossed(pre_a, pre_b):
    return int(np.sum((pre_a < 0) & (pre_b > 0)))


@task.mistake(
    "touching counts as crossing",
    "Every unit that is at 0 on either side is counted, even one that stays there. "
    "Has it been on both sides of the kink?",
)
def kinks_crossed(pre_a, pre_b):
    return int(np.sum(pre_a * pre_b <= 0))


@task.mistake(
    "difference of two counts",
    "You compare how many units are on: if one goes on and another off, that number is the same. "
    "How many kinks were crossed then?",
)
def kinks_crossed(pre_a, pre_b):
    return int(abs(np.sum(pre_a > 0) - np.sum(pre_b > 0)))


@task.mistake(
    "same signs counted",
    "You count the units that keep their sign. Which of them has a kink between its two values?",
)
def kinks_crossed(pre_a, pre_b):
    return int(np.sum(np.sign(pre_a) * np.sign(pre_b) > 0))


@task.mistake(
    "first row only",
    "Only the first example's units are counted. Every entry of the arrays is a unit.",
)
def kinks_crossed(pre_a, pre_b):
    a, b = np.asarray(pre_a), np.asarray(pre_b)
    crossed = np.sign(a) * np.sign(b) < 0
    return int(np.sum(crossed[:1] if crossed.ndim > 1 else crossed))


@task.mistake(
    "share instead of number",
    "You return which share of the units crosses. The number itself is asked for: "
    "one kink among a million units is still one too many.",
)
def kinks_crossed(pre_a, pre_b):
    a, b = np.asarray(pre_a), np.asarray(pre_b)
    return float(np.mean(np.sign(a) * np.sign(b) < 0)) if a.size else 0.0


@task.mistake(
    "product underflows",
    "For very small pre-activations the product of the two is rounded to 0, and the crossing is "
    "lost. Look at the signs before you multiply.",
)
def kinks_crossed(pre_a, pre_b):
    return int(np.sum(pre_a * pre_b < 0))


@task.mistake(
    "bit of the sign",
    "0 has a sign bit too, and so has -0: a unit that starts or ends there is counted in some "
    "cases and not in others. On which side of the kink does the statement leave it?",
)
def kinks_crossed(pre_a, pre_b):
    if np.isnan(pre_a).any() or np.isnan(pre_b).any():
        return np.nan
    return int(np.sum(np.signbit(pre_a) != np.signbit(pre_b)))


@task.mistake(
    "half a crossing for a touch",
    "A unit that touches the kink counts half with you, so that two of them make one crossing. "
    "How much should a touch count?",
)
def kinks_crossed(pre_a, pre_b):
    return np.sum(np.abs(np.sign(pre_a) - np.sign(pre_b))) / 2


@task.mistake(
    "rows counted",
    "You count the rows in which something crosses. Two units of one row count twice.",
)
def kinks_crossed(pre_a, pre_b):
    if np.isnan(pre_a).any() or np.isnan(pre_b).any():
        return np.nan
    return int(np.sum(np.any(np.sign(pre_a) * np.sign(pre_b) < 0, axis=-1)))


@task.mistake(
    "same signs, zeros too",
    "You count the units whose sign stays as it is. Which ones went over the kink?",
)
def kinks_crossed(pre_a, pre_b):
    if np.isnan(pre_a).any() or np.isnan(pre_b).any():
        return np.nan
    return int(np.sum(np.sign(pre_a) == np.sign(pre_b)))


@task.mistake(
    "NaN taken for no crossing",
    "Right, until an entry is NaN: no comparison with NaN is true, so it is counted as staying "
    "where it is. Does anybody know on which side it was?",
)
def kinks_crossed(pre_a, pre_b):
    return int(np.sum(np.sign(pre_a) * np.sign(pre_b) < 0))


@task.accepts("one way and the other")
def kinks_crossed(pre_a, pre_b):
    a, b = np.asarray(pre_a, dtype=float), np.asarray(pre_b, dtype=float)
    if np.isnan(a + b).any():
        return np.nan
    up, down = (a < 0) & (b > 0), (a > 0) & (b < 0)
    return np.count_nonzero(up | down)


@task.accepts("as a Python loop")
def kinks_crossed(pre_a, pre_b):
    count = 0
    for a, b in zip(np.ravel(pre_a), np.ravel(pre_b), strict=True):
        if np.isnan(a) or np.isnan(b):
            return float("nan")
        if min(a, b) < 0 < max(a, b):
            count += 1
    return count


# --- find_bugs ---


def places(x):
    return np.arange(1.0, x.size + 1)


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

task = problems.task(
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


# --- check_with_noise ---


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
task = problems.task(
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
