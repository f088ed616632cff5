"""Task `steps_to` of chapter `descent`."""

import numpy as np

from fallline import descent as reference
from fallline.marking.task import Case, Task


def random_races(rng):
    cases = []
    for d, tol in ((1, 1e-4), (3, 1e-2), (5, 0.1)):
        lams = np.linspace(1, rng.uniform(3, 8), d)
        x0 = rng.normal(size=d) * 10 + np.sign(rng.normal(size=d))
        lr = rng.uniform(0.05, 0.2)
        cases.append(Case(f"{d} eigenvalues, lr = {lr:.3f}, tol = {tol:g}", (lams, x0, lr, tol)))
    return cases


task = Task(
    reference.steps_to,
    cases=[
        Case(
            "λ = 1 from 8 with lr = 0.5: 8, 4, 2, 1; tol = 1",
            (np.array([1.0]), np.array([8.0]), 0.5, 1.0),
        ),
        Case("λ = 2, lr = 0.1", (np.array([2.0]), np.array([1.0]), 0.1, 1e-6)),
        Case("λ = 2, lr = 0.9, from side to side", (np.array([2.0]), np.array([1.0]), 0.9, 1e-6)),
        Case("λ = 2, lr = 0.5, there in one step", (np.array([2.0]), np.array([1.0]), 0.5, 1e-6)),
        Case("already there", (np.array([1.0, 2.0]), np.array([0.3, -0.4]), 0.1, 1.0)),
        Case("λ = 1 and 10 at the best lr", (np.array([1, 10]), np.array([1, 1]), 2 / 11, 1e-3)),
        Case(
            "λ = 1 and 10 at lr = 0.19: the steep one is slow",
            (np.array([1.0, 10.0]), np.array([1.0, 1.0]), 0.19, 1e-3),
        ),
        Case(
            "three coordinates of one size: the norm is larger than each",
            (np.array([1.0, 1.0, 1.0]), np.array([4.0, 4.0, 4.0]), 0.5, 1.0),
        ),
        Case(
            "the direction that would run away starts at 0",
            (np.array([1.0, 100.0]), np.array([1.0, 0.0]), 0.5, 1e-3),
        ),
        Case(
            "a direction that runs away starts so small that tol is met before",
            (np.array([1.0, 6.0]), np.array([1.0, 1e-9]), 0.5, 1e-2),
        ),
        Case(
            "λ = 0 keeps 0.5, and tol is 0.6",
            (np.array([0.0, 2.0]), np.array([0.5, 1.0]), 0.1, 0.6),
        ),
        Case("λ = 0 keeps 1, and tol is 0.5", (np.array([0.0, 2.0]), np.ones(2), 0.1, 0.5)),
        Case("λ = 2, lr = 1: back and forth", (np.array([2.0]), np.array([1.0]), 1.0, 1e-6)),
        Case("λ = 2, lr = 1.1: away", (np.array([2.0]), np.array([1.0]), 1.1, 1e-6)),
        Case("a saddle", (np.array([-1.0, 1.0]), np.array([1.0, 1.0]), 0.1, 1e-3)),
        Case(
            "already there, and the next step leads out",
            (np.array([5.0]), np.array([0.5]), 1.0, 1.0),
        ),
        Case("the start is 0", (np.array([1.0, 3.0]), np.zeros(2), 0.1, 1e-6)),
        Case("1.0000001 is above 1", (np.array([1.0]), np.array([1.0000001]), 0.5, 1.0)),
        Case("λ = 1, lr = 0.0035: thousands of steps", (np.array([1.0]), np.ones(1), 0.0035, 1e-6)),
        Case("a start that holds NaN", (np.array([1.0, 1.0]), np.array([np.nan, 1.0]), 0.1, 1e-3)),
    ],
    draw=random_races,
    why="a count is a whole number and must be met exactly",
)


@task.mistake(
    "strictly below",
    "You ask for a norm below tol. The count ends as soon as the norm is at most tol, "
    "and 8, 4, 2, 1 has reached 1 after three steps.",
)
def steps_to(lams, x0, lr, tol):
    x, q = np.array(x0, dtype=float), 1 - lr * np.asarray(lams, dtype=float)
    if np.isnan(x).any():
        return np.nan
    k = 0
    while not np.linalg.norm(x) < tol:
        new = q * x
        if not np.linalg.norm(new) < np.linalg.norm(x):
            return np.inf
        x, k = new, k + 1
    return k


@task.mistake(
    "one too many",
    "You count points instead of steps: a start that is already there takes 0 steps.",
)
def steps_to(lams, x0, lr, tol):
    x, q = np.array(x0, dtype=float), 1 - lr * np.asarray(lams, dtype=float)
    if np.isnan(x).any():
        return np.nan
    k = 1
    while not np.linalg.norm(x) <= tol:
        new = q * x
        if not np.linalg.norm(new) < np.linalg.norm(x):
            return np.inf
        x, k = new, k + 1
    return k


@task.mistake(
    "smallest eigenvalue only",
    "You follow the flattest direction alone. With a long step it is the steepest one that "
    "lingers, jumping from side to side: let all coordinates have their say.",
)
def steps_to(lams, x0, lr, tol):
    x = np.array(x0, dtype=float)
    if np.isnan(x).any():
        return np.nan
    q = abs(1 - lr * np.min(lams))
    size = np.linalg.norm(x)
    if size <= tol:
        return 0
    if q >= 1:
        return np.inf
    if q == 0:
        return 1
    return np.ceil(np.log(tol / size) / np.log(q))


@task.mistake(
    "slowest factor for all",
    "You let the whole start shrink by the slowest factor. Only its share of the start does; "
    "the other coordinates are gone sooner, so this count is too large.",
)
def steps_to(lams, x0, lr, tol):
    x = np.array(x0, dtype=float)
    if np.isnan(x).any():
        return np.nan
    q = np.max(np.abs(1 - lr * np.asarray(lams, dtype=float)))
    size = np.linalg.norm(x)
    if size <= tol:
        return 0
    if q >= 1:
        return np.inf
    if q == 0:
        return 1
    return np.ceil(np.log(tol / size) / np.log(q))


@task.mistake(
    "divergence not noticed",
    "Here the distance never gets small, and your count ends all the same, at a limit of its own. "
    "Watch the norm: when a step does not lower it, no later one will.",
)
def steps_to(lams, x0, lr, tol):
    x, q = np.array(x0, dtype=float), 1 - lr * np.asarray(lams, dtype=float)
    if np.isnan(x).any():
        return np.nan
    k = 0
    while not np.linalg.norm(x) <= tol and k < 1000:
        x, k = q * x, k + 1
    return k


@task.mistake(
    "relative to the start",
    "You compare the norm with tol times the norm of the start. Here tol is a distance in itself.",
)
def steps_to(lams, x0, lr, tol):
    x, q = np.array(x0, dtype=float), 1 - lr * np.asarray(lams, dtype=float)
    if np.isnan(x).any():
        return np.nan
    k, size = 0, np.linalg.norm(x)
    while not np.linalg.norm(x) <= tol * size:
        new = q * x
        if not np.linalg.norm(new) < np.linalg.norm(x):
            return np.inf
        x, k = new, k + 1
    return k


@task.mistake(
    "largest coordinate",
    "You stop when every coordinate is small by itself. Several small coordinates make a longer "
    "vector: the distance is the Euclidean norm.",
)
def steps_to(lams, x0, lr, tol):
    x, q = np.array(x0, dtype=float), 1 - lr * np.asarray(lams, dtype=float)
    if np.isnan(x).any():
        return np.nan
    k = 0
    while not np.abs(x).max() <= tol:
        new = q * x
        if not np.linalg.norm(new) < np.linalg.norm(x):
            return np.inf
        x, k = new, k + 1
    return k


@task.mistake(
    "given up too early",
    "One coordinate grows, or stays, but the others still shrink: the distance may meet tol "
    "before that coordinate matters. Look at the norm, not at single factors.",
)
def steps_to(lams, x0, lr, tol):
    x, q = np.array(x0, dtype=float), 1 - lr * np.asarray(lams, dtype=float)
    if np.isnan(x).any():
        return np.nan
    k = 0
    while not np.linalg.norm(x) <= tol:
        if np.any((np.abs(q) >= 1) & (x != 0)):
            return np.inf
        x, k = q * x, k + 1
    return k


@task.mistake(
    "counted up to a limit",
    "Where the distance never gets small, what comes back is the limit of your own loop. "
    "How can one step tell you that no later one will help? And what is the norm of NaN?",
)
def steps_to(lams, x0, lr, tol):
    k = 0
    while np.linalg.norm((1 - lr * lams) ** k * x0) > tol and k < 10_000:
        k += 1
    return k


@task.mistake(
    "counted up to a smaller limit",
    "A loop that stops by itself after a thousand steps says 1000 where never is meant. "
    "Compare the norm before and after one step: what follows if it did not fall?",
)
def steps_to(lams, x0, lr, tol):
    k = 0
    while np.linalg.norm((1 - lr * lams) ** k * x0) > tol and k < 1000:
        k += 1
    return k


@task.mistake(
    "any large factor is never",
    "You answer infinity as soon as one factor is not below 1. Does that coordinate matter if it "
    "starts at 0, or if tol is met before it has grown? NaN needs an answer of its own as well.",
)
def steps_to(lams, x0, lr, tol):
    q = 1 - lr * lams
    if np.any(np.abs(q) >= 1):
        return np.inf
    x, k = x0, 0
    while np.linalg.norm(x) > tol:
        x, k = q * x, k + 1
    return k


@task.mistake(
    "root forgotten",
    "You compare the sum of the squares with tol. For small numbers a square is much smaller than "
    "the number: which operation makes a length of it?",
)
def steps_to(lams, x0, lr, tol):
    x, q, k = np.asarray(x0, dtype=float), 1 - lr * lams, 0
    if np.isnan(x).any():
        return np.nan
    while np.sum(x**2) > tol:
        if np.sum((q * x) ** 2) >= np.sum(x**2):
            return np.inf
        x, k = q * x, k + 1
    return k


@task.mistake(
    "a limit that comes too soon",
    "A slow run of some thousand steps is called endless. Which sign tells that the norm will "
    "never get there, however slow it is?",
)
def steps_to(lams, x0, lr, tol):
    if np.isnan(lams).any() or np.isnan(x0).any() or np.isnan(lr) or np.isnan(tol):
        return np.nan
    x = x0
    for k in range(1000):
        if np.linalg.norm(x) <= tol:
            return k
        x = x * (1 - lr * lams)
    return np.inf


@task.mistake(
    "growth asked before arrival",
    "A start that is there already needs no step, also where the next one would lead out. Which "
    "of your two questions comes first?",
)
def steps_to(lams, x0, lr, tol):
    if np.isnan(lams).any() or np.isnan(x0).any() or np.isnan(lr) or np.isnan(tol):
        return np.nan
    x, k = x0, 0
    while True:
        after = x * (1 - lr * lams)
        if np.linalg.norm(after) >= np.linalg.norm(x) > 0:
            return np.inf
        if np.linalg.norm(x) <= tol:
            return k
        x, k = after, k + 1


@task.mistake(
    "arrival not exact",
    "1.0000001 counts as 1 with you. How much above tol may the norm be?",
)
def steps_to(lams, x0, lr, tol):
    if np.isnan(lams).any() or np.isnan(x0).any() or np.isnan(lr) or np.isnan(tol):
        return np.nan
    x, k = x0, 0
    while not (np.linalg.norm(x) <= tol or np.isclose(np.linalg.norm(x), tol)):
        after = x * (1 - lr * lams)
        if not np.linalg.norm(after) < np.linalg.norm(x):
            return np.inf
        x, k = after, k + 1
    return k


@task.accepts("step by step")
def steps_to(lams, x0, lr, tol):
    x, q = np.array(x0, dtype=float), 1 - lr * np.asarray(lams, dtype=float)
    k = 0
    while not np.linalg.norm(x) <= tol:
        if np.isnan(x).any():
            return np.nan
        new = q * x
        if np.linalg.norm(new) >= np.linalg.norm(x):
            return np.inf
        x, k = new, k + 1
    return k


@task.accepts("with squares and powers")
def steps_to(lams, x0, lr, tol):
    x, q = np.array(x0, dtype=float) ** 2, (1 - lr * np.asarray(lams, dtype=float)) ** 2
    if np.isnan(x.sum() + q.sum()):
        return float("nan")
    old = np.inf
    for k in range(100_000):
        now = float(np.sum(q**k * x))
        if now <= tol**2:
            return float(k)
        if now >= old:
            return float("inf")
        old = now
