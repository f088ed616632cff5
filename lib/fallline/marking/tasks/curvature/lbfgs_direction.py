"""Task `lbfgs_direction` of chapter `curvature`."""

import numpy as np

from fallline import curvature as reference
from fallline.marking.task import Case, Task
from fallline.marking.tasks.curvature.cases import A


def random_histories(rng):
    cases = []
    for d, count, m in ((2, 2, None), (3, 4, 2), (5, 6, 3), (4, 3, 4)):
        B = rng.normal(size=(d, d))
        H = B @ B.T + np.eye(d)
        S = [rng.normal(size=d) for _ in range(count)]
        Y = [H @ s for s in S]
        label = f"{d} parameters, {count} pairs, m = {m}"
        cases.append(Case(label, (rng.normal(size=d), S, Y, m)))
    return cases


S2 = [A([1.0, 0.0]), A([1.0, 1.0])]


Y2 = [A([2.0, 0.0]), A([2.0, 4.0])]


BENT = [A([-1.0, 0.0]), A([2.0, 4.0])]


S3 = [A([1.0, 0.0]), A([1.0, 1.0]), A([0.0, 2.0])]


Y3 = [A([2.0, 1.0]), A([3.0, 4.0]), A([2.0, 6.0])]


task = Task(
    reference.lbfgs_direction,
    cases=[
        Case(
            "g = (2, 4), one pair: s = (1, 0), y = (2, 0)",
            (A([2.0, 4.0]), [A([1.0, 0.0])], [A([2.0, 0.0])], None),
        ),
        Case(
            "g = (2, 4), two pairs of the bowl with curvatures 2 and 4",
            (A([2.0, 4.0]), S2, Y2, None),
        ),
        Case("one parameter: g = 6, s = 2, y = 8", (A([6.0]), [A([2.0])], [A([8.0])], None)),
        Case("no pair yet", (A([2.0, -4.0]), [], [], None)),
        Case("whole numbers", (A([2, 4]), [A([1, 1])], [A([1, 3])], None)),
        Case("three pairs of which the last two count", (A([1.0, 1.0]), S3, Y3, 2)),
        Case("three pairs of which the last counts", (A([1.0, 1.0]), S3, Y3, 1)),
        Case("three pairs, m = 5", (A([1.0, 1.0]), S3, Y3, 5)),
        Case("two pairs, m = 3", (A([2.0, 4.0]), S2, Y2, 3)),
        Case("three pairs, m = 0", (A([1.0, 1.0]), S3, Y3, 0)),
        Case("two pairs, m = 0", (A([2.0, 4.0]), S2, Y2, 0)),
        Case("pairs as rows of arrays", (A([2.0, 4.0]), np.array(S3), np.array(Y3), None)),
        Case("a gradient that holds NaN", (A([np.nan, 1.0]), S2, Y2, None)),
        Case("a pair with s · y = -2", (A([1.0, 1.0]), [A([1.0, 0.0])], [A([-2.0, 0.0])], None)),
        Case("a pair with s · y = 0", (A([1.0, 1.0]), [A([1.0, 0.0])], [A([0.0, 2.0])], None)),
        Case("g = 4, a pair with s · y = 0", (A([4.0]), [A([2.0])], [A([0.0])], None)),
        Case(
            "two pairs, the older one with s · y = 0",
            (A([1.0, 1.0]), [A([1.0, 0.0]), A([1.0, 1.0])], [A([0.0, 1.0]), A([2.0, 4.0])], None),
        ),
        Case("two pairs, the older one with s · y = -1", (A([1.0, 1.0]), S2, BENT, None)),
        Case("the same pairs, m = 1: the older one does not count", (A([1.0, 1.0]), S2, BENT, 1)),
        Case("the same pairs, m = 0: none counts", (A([1.0, 1.0]), S2, BENT, 0)),
        Case(
            "g = 6, m = 1, pairs s = 1, y = -3 and s = 2, y = 8",
            (A([6.0]), [A([1.0]), A([2.0])], [A([-3.0]), A([8.0])], 1),
        ),
    ],
    draw=random_histories,
    rtol=1e-8,
    atol=1e-10,
    why="two loops of a few pairs; only the order of the sums may differ",
)


@task.mistake(
    "both loops newest first",
    "With one pair all is well, with two not. The first loop undoes the updates from the newest to "
    "the oldest: in which order must the second put them back?",
)
def lbfgs_direction(g, S, Y, m=None):
    pairs = [] if m == 0 else list(zip(S, Y, strict=True))[-(m or len(S) or 1) :]
    if any(s @ y <= 0 for s, y in pairs):
        raise ValueError("s . y must be positive")
    q, alphas = g * 1.0, []
    for s, y in pairs[::-1]:
        alphas.append((s @ q) / (s @ y))
        q = q - alphas[-1] * y
    if pairs:
        q = q * (pairs[-1][0] @ pairs[-1][1]) / (pairs[-1][1] @ pairs[-1][1])
    for (s, y), alpha in zip(pairs[::-1], alphas, strict=True):
        q = q + (alpha - (y @ q) / (s @ y)) * s
    return -q


@task.mistake(
    "both loops oldest first",
    "With two pairs the first loop meets the wrong one first. Which update was made last, and so "
    "stands outermost in the product?",
)
def lbfgs_direction(g, S, Y, m=None):
    pairs = [] if m == 0 else list(zip(S, Y, strict=True))[-(m or len(S) or 1) :]
    if any(s @ y <= 0 for s, y in pairs):
        raise ValueError("s . y must be positive")
    q, alphas = g * 1.0, []
    for s, y in pairs:
        alphas.append((s @ q) / (s @ y))
        q = q - alphas[-1] * y
    if pairs:
        q = q * (pairs[-1][0] @ pairs[-1][1]) / (pairs[-1][1] @ pairs[-1][1])
    for (s, y), alpha in zip(pairs, alphas, strict=True):
        q = q + (alpha - (y @ q) / (s @ y)) * s
    return -q


@task.mistake(
    "loops the wrong way round",
    "The oldest pair comes first in the first loop and last in the second: each the other way "
    "round. Which pair does the gradient meet first?",
)
def lbfgs_direction(g, S, Y, m=None):
    pairs = [] if m == 0 else list(zip(S, Y, strict=True))[-(m or len(S) or 1) :]
    if any(s @ y <= 0 for s, y in pairs):
        raise ValueError("s . y must be positive")
    q, alphas = g * 1.0, []
    for s, y in pairs:
        alphas.append((s @ q) / (s @ y))
        q = q - alphas[-1] * y
    if pairs:
        q = q * (pairs[-1][0] @ pairs[-1][1]) / (pairs[-1][1] @ pairs[-1][1])
    for (s, y), alpha in zip(pairs[::-1], alphas[::-1], strict=True):
        q = q + (alpha - (y @ q) / (s @ y)) * s
    return -q


@task.mistake(
    "alphas not turned round",
    "The second loop goes through the pairs in the right order, with the alphas of other pairs. In "
    "which order did you store them?",
)
def lbfgs_direction(g, S, Y, m=None):
    pairs = [] if m == 0 else list(zip(S, Y, strict=True))[-(m or len(S) or 1) :]
    if any(s @ y <= 0 for s, y in pairs):
        raise ValueError("s . y must be positive")
    q, alphas = g * 1.0, []
    for s, y in pairs[::-1]:
        alphas.append((s @ q) / (s @ y))
        q = q - alphas[-1] * y
    if pairs:
        q = q * (pairs[-1][0] @ pairs[-1][1]) / (pairs[-1][1] @ pairs[-1][1])
    for (s, y), alpha in zip(pairs, alphas, strict=True):
        q = q + (alpha - (y @ q) / (s @ y)) * s
    return -q


@task.mistake(
    "no scaling between the loops",
    "Along the directions that were never tried you step as far as the gradient is long. Which "
    "number between the loops gives them a sensible curvature?",
)
def lbfgs_direction(g, S, Y, m=None):
    pairs = [] if m == 0 else list(zip(S, Y, strict=True))[-(m or len(S) or 1) :]
    if any(s @ y <= 0 for s, y in pairs):
        raise ValueError("s . y must be positive")
    q, alphas = g * 1.0, []
    for s, y in pairs[::-1]:
        alphas.append((s @ q) / (s @ y))
        q = q - alphas[-1] * y
    for (s, y), alpha in zip(pairs, alphas[::-1], strict=True):
        q = q + (alpha - (y @ q) / (s @ y)) * s
    return -q


@task.mistake(
    "scaling upside down",
    "For the bowl with curvature 2 the scale between the loops should be 1/2, and yours is 2. Does "
    "it stand for a curvature, or for its inverse?",
)
def lbfgs_direction(g, S, Y, m=None):
    pairs = [] if m == 0 else list(zip(S, Y, strict=True))[-(m or len(S) or 1) :]
    if any(s @ y <= 0 for s, y in pairs):
        raise ValueError("s . y must be positive")
    q, alphas = g * 1.0, []
    for s, y in pairs[::-1]:
        alphas.append((s @ q) / (s @ y))
        q = q - alphas[-1] * y
    if pairs:
        q = q * (pairs[-1][1] @ pairs[-1][1]) / (pairs[-1][0] @ pairs[-1][1])
    for (s, y), alpha in zip(pairs, alphas[::-1], strict=True):
        q = q + (alpha - (y @ q) / (s @ y)) * s
    return -q


@task.mistake(
    "scaling by s · s",
    "The scale between the loops is s · s / s · y in your answer, which is a fair estimate too. "
    "The task has another one: compare the denominators.",
)
def lbfgs_direction(g, S, Y, m=None):
    pairs = [] if m == 0 else list(zip(S, Y, strict=True))[-(m or len(S) or 1) :]
    if any(s @ y <= 0 for s, y in pairs):
        raise ValueError("s . y must be positive")
    q, alphas = g * 1.0, []
    for s, y in pairs[::-1]:
        alphas.append((s @ q) / (s @ y))
        q = q - alphas[-1] * y
    if pairs:
        q = q * (pairs[-1][0] @ pairs[-1][0]) / (pairs[-1][0] @ pairs[-1][1])
    for (s, y), alpha in zip(pairs, alphas[::-1], strict=True):
        q = q + (alpha - (y @ q) / (s @ y)) * s
    return -q


@task.mistake(
    "scaling by the oldest pair",
    "The scale between the loops comes from the oldest pair. Which pair tells most about where "
    "you are now?",
)
def lbfgs_direction(g, S, Y, m=None):
    pairs = [] if m == 0 else list(zip(S, Y, strict=True))[-(m or len(S) or 1) :]
    if any(s @ y <= 0 for s, y in pairs):
        raise ValueError("s . y must be positive")
    q, alphas = g * 1.0, []
    for s, y in pairs[::-1]:
        alphas.append((s @ q) / (s @ y))
        q = q - alphas[-1] * y
    if pairs:
        q = q * (pairs[0][0] @ pairs[0][1]) / (pairs[0][1] @ pairs[0][1])
    for (s, y), alpha in zip(pairs, alphas[::-1], strict=True):
        q = q + (alpha - (y @ q) / (s @ y)) * s
    return -q


@task.mistake(
    "uphill",
    "Your vector has the right length and climbs. Is H⁻¹g a direction of descent, or its negative?",
)
def lbfgs_direction(g, S, Y, m=None):
    pairs = [] if m == 0 else list(zip(S, Y, strict=True))[-(m or len(S) or 1) :]
    if any(s @ y <= 0 for s, y in pairs):
        raise ValueError("s . y must be positive")
    q, alphas = g * 1.0, []
    for s, y in pairs[::-1]:
        alphas.append((s @ q) / (s @ y))
        q = q - alphas[-1] * y
    if pairs:
        q = q * (pairs[-1][0] @ pairs[-1][1]) / (pairs[-1][1] @ pairs[-1][1])
    for (s, y), alpha in zip(pairs, alphas[::-1], strict=True):
        q = q + (alpha - (y @ q) / (s @ y)) * s
    return q


@task.mistake(
    "all pairs used",
    "With three pairs and m = 2 the oldest should not count. Which of the lists has to be cut, and "
    "at which end?",
)
def lbfgs_direction(g, S, Y, m=None):
    pairs = list(zip(S, Y, strict=True))
    if any(s @ y <= 0 for s, y in pairs):
        raise ValueError("s . y must be positive")
    q, alphas = g * 1.0, []
    for s, y in pairs[::-1]:
        alphas.append((s @ q) / (s @ y))
        q = q - alphas[-1] * y
    if pairs:
        q = q * (pairs[-1][0] @ pairs[-1][1]) / (pairs[-1][1] @ pairs[-1][1])
    for (s, y), alpha in zip(pairs, alphas[::-1], strict=True):
        q = q + (alpha - (y @ q) / (s @ y)) * s
    return -q


@task.mistake(
    "oldest pairs kept",
    "With three pairs and m = 2 you use the first two. The lists are oldest first: which pairs are "
    "the newest?",
)
def lbfgs_direction(g, S, Y, m=None):
    pairs = list(zip(S, Y, strict=True))[:m]
    if any(s @ y <= 0 for s, y in pairs):
        raise ValueError("s . y must be positive")
    q, alphas = g * 1.0, []
    for s, y in pairs[::-1]:
        alphas.append((s @ q) / (s @ y))
        q = q - alphas[-1] * y
    if pairs:
        q = q * (pairs[-1][0] @ pairs[-1][1]) / (pairs[-1][1] @ pairs[-1][1])
    for (s, y), alpha in zip(pairs, alphas[::-1], strict=True):
        q = q + (alpha - (y @ q) / (s @ y)) * s
    return -q


@task.mistake(
    "m = 0 takes all",
    "All is right but for m = 0, where every pair is used. What does a slice from -0 on hold?",
)
def lbfgs_direction(g, S, Y, m=None):
    pairs = list(zip(S, Y, strict=True)) if m is None else list(zip(S, Y, strict=True))[-m:]
    if any(s @ y <= 0 for s, y in pairs):
        raise ValueError("s . y must be positive")
    q, alphas = g * 1.0, []
    for s, y in pairs[::-1]:
        alphas.append((s @ q) / (s @ y))
        q = q - alphas[-1] * y
    if pairs:
        q = q * (pairs[-1][0] @ pairs[-1][1]) / (pairs[-1][1] @ pairs[-1][1])
    for (s, y), alpha in zip(pairs, alphas[::-1], strict=True):
        q = q + (alpha - (y @ q) / (s @ y)) * s
    return -q


@task.mistake(
    "s and y swapped in the first loop",
    "The first loop takes multiples of the steps from q. But q stands for a gradient: which of s "
    "and y is of its kind?",
)
def lbfgs_direction(g, S, Y, m=None):
    pairs = [] if m == 0 else list(zip(S, Y, strict=True))[-(m or len(S) or 1) :]
    if any(s @ y <= 0 for s, y in pairs):
        raise ValueError("s . y must be positive")
    q, alphas = g * 1.0, []
    for s, y in pairs[::-1]:
        alphas.append((s @ q) / (s @ y))
        q = q - alphas[-1] * s
    if pairs:
        q = q * (pairs[-1][0] @ pairs[-1][1]) / (pairs[-1][1] @ pairs[-1][1])
    for (s, y), alpha in zip(pairs, alphas[::-1], strict=True):
        q = q + (alpha - (y @ q) / (s @ y)) * s
    return -q


@task.mistake(
    "alpha from y",
    "Your alpha is y · q / s · y. The first loop asks how much of the gradient belongs to the "
    "step: with which of the two is q multiplied?",
)
def lbfgs_direction(g, S, Y, m=None):
    pairs = [] if m == 0 else list(zip(S, Y, strict=True))[-(m or len(S) or 1) :]
    if any(s @ y <= 0 for s, y in pairs):
        raise ValueError("s . y must be positive")
    q, alphas = g * 1.0, []
    for s, y in pairs[::-1]:
        alphas.append((y @ q) / (s @ y))
        q = q - alphas[-1] * y
    if pairs:
        q = q * (pairs[-1][0] @ pairs[-1][1]) / (pairs[-1][1] @ pairs[-1][1])
    for (s, y), alpha in zip(pairs, alphas[::-1], strict=True):
        q = q + (alpha - (y @ q) / (s @ y)) * s
    return -q


@task.mistake(
    "second loop without beta",
    "The second loop adds alpha s and takes nothing away. What has the scaled q already along the "
    "step, and where is that subtracted?",
)
def lbfgs_direction(g, S, Y, m=None):
    pairs = [] if m == 0 else list(zip(S, Y, strict=True))[-(m or len(S) or 1) :]
    if any(s @ y <= 0 for s, y in pairs):
        raise ValueError("s . y must be positive")
    q, alphas = g * 1.0, []
    for s, y in pairs[::-1]:
        alphas.append((s @ q) / (s @ y))
        q = q - alphas[-1] * y
    if pairs:
        q = q * (pairs[-1][0] @ pairs[-1][1]) / (pairs[-1][1] @ pairs[-1][1])
    for (s, _), alpha in zip(pairs, alphas[::-1], strict=True):
        q = q + alpha * s
    return -q


@task.mistake(
    "no complaint",
    "A pair with s · y ≤ 0 says that f curves down along the step, and your direction may climb. "
    "What should the caller hear?",
)
def lbfgs_direction(g, S, Y, m=None):
    pairs = [] if m == 0 else list(zip(S, Y, strict=True))[-(m or len(S) or 1) :]
    q, alphas = g * 1.0, []
    for s, y in pairs[::-1]:
        alphas.append((s @ q) / (s @ y))
        q = q - alphas[-1] * y
    if pairs:
        q = q * (pairs[-1][0] @ pairs[-1][1]) / (pairs[-1][1] @ pairs[-1][1])
    for (s, y), alpha in zip(pairs, alphas[::-1], strict=True):
        q = q + (alpha - (y @ q) / (s @ y)) * s
    return -q


@task.mistake(
    "scaled gradient only",
    "This is the gradient times a number. Which part of the pairs have you not used: where do the "
    "two loops come in?",
)
def lbfgs_direction(g, S, Y, m=None):
    pairs = [] if m == 0 else list(zip(S, Y, strict=True))[-(m or len(S) or 1) :]
    if any(s @ y <= 0 for s, y in pairs):
        raise ValueError("s . y must be positive")
    if not pairs:
        return -1.0 * g
    s, y = pairs[-1]
    return -(s @ y) / (y @ y) * g


@task.mistake(
    "second loop adds y",
    "The second loop adds changes of the gradient. By then q has become a step: which of s and y "
    "is of its kind?",
)
def lbfgs_direction(g, S, Y, m=None):
    pairs = [] if m == 0 else list(zip(S, Y, strict=True))[-(m or len(S) or 1) :]
    if any(s @ y <= 0 for s, y in pairs):
        raise ValueError("s . y must be positive")
    q, alphas = g * 1.0, []
    for s, y in pairs[::-1]:
        alphas.append((s @ q) / (s @ y))
        q = q - alphas[-1] * y
    if pairs:
        q = q * (pairs[-1][0] @ pairs[-1][1]) / (pairs[-1][1] @ pairs[-1][1])
    for (s, y), alpha in zip(pairs, alphas[::-1], strict=True):
        q = q + (alpha - (y @ q) / (s @ y)) * y
    return -q


@task.mistake(
    "pairs that do not count are looked at",
    "You complain of an old pair that is not used at all: with m = 1 only the newest one counts. "
    "What comes first, cutting the lists or looking at s · y?",
)
def lbfgs_direction(g, S, Y, m=None):
    if any(s @ y <= 0 for s, y in zip(S, Y, strict=True)):
        raise ValueError("s . y must be positive")
    pairs = [] if m == 0 else list(zip(S, Y, strict=True))[-(m or len(S) or 1) :]
    q, alphas = g * 1.0, []
    for s, y in pairs[::-1]:
        alphas.append((s @ q) / (s @ y))
        q = q - alphas[-1] * y
    if pairs:
        q = q * (pairs[-1][0] @ pairs[-1][1]) / (pairs[-1][1] @ pairs[-1][1])
    for (s, y), alpha in zip(pairs, alphas[::-1], strict=True):
        q = q + (alpha - (y @ q) / (s @ y)) * s
    return -q


@task.mistake(
    "slice from a negative start",
    "All is right until m is larger than the number of pairs: then some of them are lost. With "
    "two pairs and m = 3, at which place does your slice begin?",
)
def lbfgs_direction(g, S, Y, m=None):
    first = 0 if m is None else len(S) - m
    pairs = list(zip(S, Y, strict=True))[first:]
    if any(s @ y <= 0 for s, y in pairs):
        raise ValueError("s . y must be positive")
    q, alphas = g * 1.0, []
    for s, y in pairs[::-1]:
        alphas.append((s @ q) / (s @ y))
        q = q - alphas[-1] * y
    if pairs:
        q = q * (pairs[-1][0] @ pairs[-1][1]) / (pairs[-1][1] @ pairs[-1][1])
    for (s, y), alpha in zip(pairs, alphas[::-1], strict=True):
        q = q + (alpha - (y @ q) / (s @ y)) * s
    return -q


@task.mistake(
    "zero let through",
    "A pair with s · y = 0 passes your test, and then you divide by that 0. Does the task say "
    "negative, or at most 0?",
)
def lbfgs_direction(g, S, Y, m=None):
    pairs = [] if m == 0 else list(zip(S, Y, strict=True))[-(m or len(S) or 1) :]
    if any(s @ y < 0 for s, y in pairs):
        raise ValueError("s . y must be positive")
    q, alphas = g * 1.0, []
    for s, y in pairs[::-1]:
        alphas.append((s @ q) / (s @ y))
        q = q - alphas[-1] * y
    if pairs:
        q = q * (pairs[-1][0] @ pairs[-1][1]) / (pairs[-1][1] @ pairs[-1][1])
    for (s, y), alpha in zip(pairs, alphas[::-1], strict=True):
        q = q + (alpha - (y @ q) / (s @ y)) * s
    return -q


@task.mistake(
    "bad pairs left out in silence",
    "A pair with s · y ≤ 0 is left out and nobody hears of it. That is wise in a whole method; "
    "here the caller chose the pairs: what should they hear?",
)
def lbfgs_direction(g, S, Y, m=None):
    pairs = [(s, y) for s, y in zip(S, Y, strict=True) if s @ y > 0]
    pairs = [] if m == 0 else pairs[-(m or len(S) or 1) :]
    q, alphas = g * 1.0, []
    for s, y in pairs[::-1]:
        alphas.append((s @ q) / (s @ y))
        q = q - alphas[-1] * y
    if pairs:
        q = q * (pairs[-1][0] @ pairs[-1][1]) / (pairs[-1][1] @ pairs[-1][1])
    for (s, y), alpha in zip(pairs, alphas[::-1], strict=True):
        q = q + (alpha - (y @ q) / (s @ y)) * s
    return -q


@task.mistake(
    "steps and changes swapped",
    "One pair, s = (1, 0) and y = (2, 0): the curvature is 2, and you multiply the gradient by 2 "
    "where Newton would divide. Which list holds the steps?",
)
def lbfgs_direction(g, S, Y, m=None):
    pairs = [] if m == 0 else list(zip(Y, S, strict=True))[-(m or len(S) or 1) :]
    if any(s @ y <= 0 for s, y in pairs):
        raise ValueError("s . y must be positive")
    q, alphas = g * 1.0, []
    for s, y in pairs[::-1]:
        alphas.append((s @ q) / (s @ y))
        q = q - alphas[-1] * y
    if pairs:
        q = q * (pairs[-1][0] @ pairs[-1][1]) / (pairs[-1][1] @ pairs[-1][1])
    for (s, y), alpha in zip(pairs, alphas[::-1], strict=True):
        q = q + (alpha - (y @ q) / (s @ y)) * s
    return -q


@task.mistake(
    "gradient scaled, first loop lost",
    "With one pair your result is right along no direction: the second loop begins with g, scaled. "
    "What has the first loop made of g, and where is it?",
)
def lbfgs_direction(g, S, Y, m=None):
    pairs = [] if m == 0 else list(zip(S, Y, strict=True))[-(m or len(S) or 1) :]
    if any(s @ y <= 0 for s, y in pairs):
        raise ValueError("s . y must be positive")
    q, alphas = g * 1.0, []
    for s, y in pairs[::-1]:
        alphas.append((s @ q) / (s @ y))
        q = q - alphas[-1] * y
    if pairs:
        q = g * (pairs[-1][0] @ pairs[-1][1]) / (pairs[-1][1] @ pairs[-1][1])
    for (s, y), alpha in zip(pairs, alphas[::-1], strict=True):
        q = q + (alpha - (y @ q) / (s @ y)) * s
    return -q


@task.mistake(
    "beta from before the second loop",
    "Your y · q is taken from the q that the first loop left. By then it has been scaled, and the "
    "second loop changes it again with each pair: which q should each y meet?",
)
def lbfgs_direction(g, S, Y, m=None):
    pairs = [] if m == 0 else list(zip(S, Y, strict=True))[-(m or len(S) or 1) :]
    if any(s @ y <= 0 for s, y in pairs):
        raise ValueError("s . y must be positive")
    q, alphas = g * 1.0, []
    for s, y in pairs[::-1]:
        alphas.append((s @ q) / (s @ y))
        q = q - alphas[-1] * y
    old = q
    if pairs:
        q = q * (pairs[-1][0] @ pairs[-1][1]) / (pairs[-1][1] @ pairs[-1][1])
    for (s, y), alpha in zip(pairs, alphas[::-1], strict=True):
        q = q + (alpha - (y @ old) / (s @ y)) * s
    return -q


@task.mistake(
    "alpha and beta swapped",
    "The second loop has the right two numbers and takes them from each other the wrong way round. "
    "For one pair, which of the two is there to put the step back in?",
)
def lbfgs_direction(g, S, Y, m=None):
    pairs = [] if m == 0 else list(zip(S, Y, strict=True))[-(m or len(S) or 1) :]
    if any(s @ y <= 0 for s, y in pairs):
        raise ValueError("s . y must be positive")
    q, alphas = g * 1.0, []
    for s, y in pairs[::-1]:
        alphas.append((s @ q) / (s @ y))
        q = q - alphas[-1] * y
    if pairs:
        q = q * (pairs[-1][0] @ pairs[-1][1]) / (pairs[-1][1] @ pairs[-1][1])
    for (s, y), alpha in zip(pairs, alphas[::-1], strict=True):
        q = q + ((y @ q) / (s @ y) - alpha) * s
    return -q


@task.mistake(
    "oldest pair left out of the first loop",
    "Your first loop ends one pair too early: with a single pair it does nothing. At which number "
    "does a range that counts down to 0 have to stop?",
)
def lbfgs_direction(g, S, Y, m=None):
    first = 0 if m is None else max(0, len(S) - m)
    S, Y = S[first:], Y[first:]
    if any(s @ y <= 0 for s, y in zip(S, Y, strict=True)):
        raise ValueError("s . y must be positive")
    q, alphas = g * 1.0, np.zeros(len(S))
    for i in range(len(S) - 1, 0, -1):
        alphas[i] = (S[i] @ q) / (S[i] @ Y[i])
        q = q - alphas[i] * Y[i]
    if len(S):
        q = q * (S[-1] @ Y[-1]) / (Y[-1] @ Y[-1])
    for i in range(len(S)):
        q = q + (alphas[i] - (Y[i] @ q) / (S[i] @ Y[i])) * S[i]
    return -q


@task.accepts("by the matrix")
def lbfgs_direction(g, S, Y, m=None):
    d = len(g)
    pairs = [
        (np.asarray(s, dtype=float), np.asarray(y, dtype=float)) for s, y in zip(S, Y, strict=True)
    ]
    pairs = pairs if m is None else pairs[max(0, len(pairs) - m) :]
    if any(s @ y <= 0 for s, y in pairs):
        raise ValueError("s . y must be positive")
    Hinv = np.eye(d)
    if pairs:
        s, y = pairs[-1]
        Hinv = Hinv * (s @ y) / (y @ y)
    for s, y in pairs:
        V = np.eye(d) - np.outer(s, y) / (s @ y)
        Hinv = V @ Hinv @ V.T + np.outer(s, s) / (s @ y)
    return -Hinv @ np.asarray(g, dtype=float)


@task.accepts("by recursion")
def lbfgs_direction(g, S, Y, m=None):
    S, Y = [np.asarray(s, dtype=float) for s in S], [np.asarray(y, dtype=float) for y in Y]
    if m is not None:
        S, Y = S[max(0, len(S) - m) :], Y[max(0, len(Y) - m) :]
    if any(s @ y <= 0 for s, y in zip(S, Y, strict=True)):
        raise ValueError("s . y must be positive")
    gamma = (S[-1] @ Y[-1]) / (Y[-1] @ Y[-1]) if S else 1.0

    def apply(k, v):
        if k == 0:
            return gamma * v
        s, y = S[k - 1], Y[k - 1]
        alpha = (s @ v) / (s @ y)
        r = apply(k - 1, v - alpha * y)
        return r + (alpha - (y @ r) / (s @ y)) * s

    return -apply(len(S), np.asarray(g, dtype=float))
