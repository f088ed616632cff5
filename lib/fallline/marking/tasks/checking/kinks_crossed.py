"""Task `kinks_crossed` of chapter `checking`."""

import numpy as np

from fallline import checking as reference
from fallline.marking.task import Case, Task


def random_activations(rng):
    cases = []
    for shape, scale in (((5,), 1.0), ((3, 4), 1e-6), ((6, 2), 1e-200)):
        a, b = scale * rng.normal(size=(2, *shape))
        a.flat[0], b.flat[0] = -1.0, 2.0
        a.flat[-1] = 0.0
        cases.append(Case(f"shape {shape}, entries near {scale:g}, one of them 0", (a, b)))
    return cases


task = Task(
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
