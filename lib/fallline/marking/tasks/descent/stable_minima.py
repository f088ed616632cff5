"""Task `stable_minima` of chapter `descent`."""

import numpy as np

from fallline import descent as reference
from fallline.marking.task import Case, Task
from fallline.objectives import himmelblau


def random_minima(rng):
    cases = []
    for m, d in ((3, 2), (4, 3), (6, 1)):
        A = rng.normal(size=(m, d, d))
        H = A @ A.transpose(0, 2, 1) + 0.5 * np.eye(d)
        edge = 2 / np.median(np.linalg.eigvalsh(H)[:, -1])
        skew = rng.normal(size=(m, d, d))
        H = H + skew - skew.transpose(0, 2, 1)
        cases.append(Case(f"{m} Hessians, {d} x {d}, not symmetric", (H, 1.03 * edge)))
    return cases


HIMMELBLAU = np.array([himmelblau.hessian(w) for w in himmelblau.minima])


PAIR = np.array([[[2.0, 0.0], [0.0, 1.0]], [[8.0, 0.0], [0.0, 1.0]]])


task = Task(
    reference.stable_minima,
    cases=[
        Case("λmax = 2 and 8, lr = 0.3", (PAIR, 0.3)),
        Case("λmax = 2 and 8, lr = 0.25: exactly 2 for the second", (PAIR, 0.25)),
        Case("λmax = 2 and 8, lr = 0.24999: just below 2", (PAIR, 0.24999)),
        Case("λmax = 2 and 8, lr = 0.24", (PAIR, 0.24)),
        Case("whole numbers: λmax = 1, 2 and 3, lr = 1", (np.array([[[1]], [[2]], [[3]]]), 1)),
        Case("Himmelblau's minima, lr = 0.01", (HIMMELBLAU, 0.01)),
        Case("Himmelblau's minima, lr = 0.017", (HIMMELBLAU, 0.017)),
        Case("Himmelblau's minima, lr = 0.02", (HIMMELBLAU, 0.02)),
        Case("Himmelblau's minima, lr = 0.0245", (HIMMELBLAU, 0.0245)),
        Case("Himmelblau's minima, lr = 0.025", (HIMMELBLAU, 0.025)),
        Case(
            "[[2, 1.5], [1.5, 2]]: the curvature lies across the axes",
            (np.array([[[2.0, 1.5], [1.5, 2.0]]]), 0.7),
        ),
        Case(
            "not symmetric: [[2, 2], [0, 2]] curves by 1 one way and by 3 another",
            (np.array([[[2.0, 2.0], [0.0, 2.0]]]), 0.8),
        ),
        Case(
            "not symmetric: [[1, 3], [-3, 1]] curves by 1 all round",
            (np.array([[[1.0, 3.0], [-3.0, 1.0]]]), 1.5),
        ),
        Case("three dimensions, λ = 1, 1, 1", (np.eye(3)[None], 1.5)),
        Case("lr = 0", (PAIR, 0.0)),
        Case("lr = -0.1", (PAIR, -0.1)),
    ],
    draw=random_minima,
    why="yes or no",
)


@task.mistake(
    "smallest eigenvalue",
    "You ask the flattest direction. It is the steepest one that a long step overshoots first.",
)
def stable_minima(hessians, lr):
    if not lr > 0:
        raise ValueError("lr must be positive")
    H = np.asarray(hessians, dtype=float)
    return lr * np.linalg.eigvalsh((H + H.transpose(0, 2, 1)) / 2)[:, 0] < 2


@task.mistake(
    "1 for 2",
    "Between 1 and 2 descent jumps from side to side, and still comes closer. "
    "For which lr λ is the factor 1 - lr λ larger than 1 in size?",
)
def stable_minima(hessians, lr):
    if not lr > 0:
        raise ValueError("lr must be positive")
    H = np.asarray(hessians, dtype=float)
    return lr * np.linalg.eigvalsh((H + H.transpose(0, 2, 1)) / 2)[:, -1] < 1


@task.mistake(
    "the edge counts",
    "At lr λ = 2 the factor is exactly -1: the point jumps back and forth and never comes closer. "
    "The edge does not count as stable.",
)
def stable_minima(hessians, lr):
    if not lr > 0:
        raise ValueError("lr must be positive")
    H = np.asarray(hessians, dtype=float)
    return lr * np.linalg.eigvalsh((H + H.transpose(0, 2, 1)) / 2)[:, -1] <= 2


@task.mistake(
    "trace",
    "The trace adds up the curvatures of all directions. Each direction has to be stable by "
    "itself: look at the largest.",
)
def stable_minima(hessians, lr):
    if not lr > 0:
        raise ValueError("lr must be positive")
    H = np.asarray(hessians, dtype=float)
    return lr * np.trace(H, axis1=1, axis2=2) < 2


@task.mistake(
    "diagonal",
    "The diagonal holds the curvatures along the axes. Between the axes f may curve more: "
    "where is the largest curvature of all?",
)
def stable_minima(hessians, lr):
    if not lr > 0:
        raise ValueError("lr must be positive")
    H = np.asarray(hessians, dtype=float)
    return lr * np.max(np.diagonal(H, axis1=1, axis2=2), axis=1) < 2


@task.mistake(
    "average curvature",
    "You let the gentle directions make up for the steep one. The point is lost along the worst "
    "direction, however good the others are.",
)
def stable_minima(hessians, lr):
    if not lr > 0:
        raise ValueError("lr must be positive")
    H = np.asarray(hessians, dtype=float)
    return lr * np.trace(H, axis1=1, axis2=2) / H.shape[1] < 2


@task.mistake(
    "one triangle",
    "These Hessians are not symmetric, and the routine you call looks at one triangle only. "
    "Average each with its transpose first.",
)
def stable_minima(hessians, lr):
    if not lr > 0:
        raise ValueError("lr must be positive")
    return lr * np.linalg.eigvalsh(np.asarray(hessians, dtype=float))[:, -1] < 2


@task.mistake(
    "lr not looked at",
    "With lr = 0 nothing moves, and with a negative lr descent climbs: "
    "no minimum attracts. Raise a ValueError.",
)
def stable_minima(hessians, lr):
    H = np.asarray(hessians, dtype=float)
    return lr * np.linalg.eigvalsh((H + H.transpose(0, 2, 1)) / 2)[:, -1] < 2


@task.mistake(
    "numbers instead of an array of yes and no",
    "These are the places of the stable minima. Asked for is one True or False for each "
    "minimum, so that it can be used as a mask.",
)
def stable_minima(hessians, lr):
    if not lr > 0:
        raise ValueError("lr must be positive")
    H = np.asarray(hessians, dtype=float)
    return np.flatnonzero(lr * np.linalg.eigvalsh((H + H.transpose(0, 2, 1)) / 2)[:, -1] < 2)


@task.mistake(
    "the edge counts, lr not looked at",
    "With λmax = 8 and lr = 0.25 the factor is -1: does the distance shrink there? "
    "And what should happen where lr is 0 or negative?",
)
def stable_minima(hessians, lr):
    return np.array([lr * np.linalg.eigvalsh((H + H.T) / 2)[-1] <= 2 for H in hessians])


@task.mistake(
    "one triangle, lr not looked at",
    "Symmetric Hessians come out right. How does f curve for [[1, 3], [-3, 1]], where pᵀHp is just "
    "p · p? And what should happen where lr is 0 or negative?",
)
def stable_minima(hessians, lr):
    return np.array([lr * np.linalg.eigvalsh(H)[-1] < 2 for H in hessians])


@task.mistake(
    "own eigenvalues, lr not looked at",
    "A matrix that is not symmetric has eigenvalues that are no curvatures. Which part of it "
    "remains in pᵀHp? And what should happen where lr is 0 or negative?",
)
def stable_minima(hessians, lr):
    return np.array([lr * np.linalg.eigvals(H).real.max() < 2 for H in hessians])


@task.mistake(
    "sum not halved",
    "You call minima unstable at half of their threshold. H and its transpose were added up: "
    "what is the sum of a symmetric matrix and its transpose?",
)
def stable_minima(hessians, lr):
    return np.array([lr * np.linalg.eigvalsh(H + H.T)[-1] < 2 for H in hessians])


@task.mistake(
    "smallest eigenvalue, lr not looked at",
    "The eigenvalues come in rising order, and you take the first. Which direction does a long "
    "step overshoot first, the flat one or the steep one?",
)
def stable_minima(hessians, lr):
    return np.array([lr * np.linalg.eigvalsh((H + H.T) / 2)[0] < 2 for H in hessians])


@task.mistake(
    "1/lr",
    "You compare λmax with 1/lr, where jumping from side to side begins. Where do the jumps begin "
    "to grow?",
)
def stable_minima(hessians, lr):
    return np.array([np.linalg.eigvalsh((H + H.T) / 2)[-1] < 1 / lr for H in hessians])


@task.mistake(
    "norm of the Hessian",
    "The norm adds up the squares of all curvatures, so it is too large. Which single one of them "
    "decides?",
)
def stable_minima(hessians, lr):
    return np.array([lr * np.linalg.norm(H) < 2 for H in hessians])


@task.mistake(
    "turned round",
    "Every answer is the opposite of the right one. Does a large curvature make a minimum stable?",
)
def stable_minima(hessians, lr):
    if not lr > 0:
        raise ValueError("lr must be positive")
    H = np.asarray(hessians, dtype=float)
    return lr * np.linalg.eigvalsh((H + H.transpose(0, 2, 1)) / 2)[:, -1] > 2


@task.mistake(
    "turned round, lr not looked at",
    "True where it should be False, and the other way round: which side of 2 is the safe one? "
    "And what should happen where lr is 0 or negative?",
)
def stable_minima(hessians, lr):
    return np.array([lr * np.linalg.eigvalsh((H + H.T) / 2)[-1] > 2 for H in hessians])


@task.mistake(
    "all axes turned round",
    "A stack of Hessians has three axes, and H.T turns round the order of all of them. Which two "
    "should change places, and which one counts the minima?",
)
def stable_minima(hessians, lr):
    if lr <= 0:
        raise ValueError("lr must be positive")
    return lr * np.linalg.eigvalsh((hessians + hessians.T) / 2)[:, -1] < 2


@task.mistake(
    "largest singular value",
    "Symmetric Hessians come out right. How does f curve for [[1, 3], [-3, 1]], and how long does "
    "that matrix make a vector?",
)
def stable_minima(hessians, lr):
    if lr <= 0:
        raise ValueError("lr must be positive")
    return np.array([lr * np.linalg.norm(H, 2) < 2 for H in hessians])


@task.accepts("by the factors")
def stable_minima(hessians, lr):
    if lr <= 0:
        raise ValueError("lr must be positive")
    H = np.asarray(hessians, dtype=float)
    factors = 1 - lr * np.linalg.eigvalsh((H + np.swapaxes(H, 1, 2)) / 2)
    return np.all(np.abs(factors) < 1, axis=1)


@task.accepts("one minimum after another")
def stable_minima(hessians, lr):
    if lr <= 0:
        raise ValueError("lr must be positive")
    worst = [max(np.linalg.eigvalsh((H + H.T) / 2)) for H in np.asarray(hessians, dtype=float)]
    return np.array([lr * lam < 2 for lam in worst])
