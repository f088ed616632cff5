"""Task `optimal_lr` of chapter `descent`."""

import numpy as np

from fallline import descent as reference
from fallline.marking.task import Case, Task


def random_hessians(rng):
    cases = []
    for d, scale in ((2, 1.0), (3, 1e-3), (5, 1e3)):
        Q, _ = np.linalg.qr(rng.normal(size=(d, d)))
        lams = scale * np.linspace(1, rng.uniform(5, 50), d)
        skew = rng.normal(size=(d, d)) * scale
        H = Q @ np.diag(lams) @ Q.T + (skew - skew.T)
        cases.append(Case(f"{d} x {d}, eigenvalues of size {scale:g}, not symmetric", (H,)))
    return cases


task = Task(
    reference.optimal_lr,
    cases=[
        Case("diag(1, 3)", (np.diag([1.0, 3.0]),)),
        Case("diag(1, 100)", (np.diag([1.0, 100.0]),)),
        Case("[[2, 1], [1, 2]], whole numbers, eigenvalues 1 and 3", (np.array([[2, 1], [1, 2]]),)),
        Case("diag(1, 2, 9)", (np.diag([1.0, 2.0, 9.0]),)),
        Case("a round bowl, the identity", (np.eye(3),)),
        Case("[[4]], one dimension", (np.array([[4.0]]),)),
        Case("[[2, 2], [0, 2]], not symmetric", (np.array([[2.0, 2.0], [0.0, 2.0]]),)),
        Case("diag(1e-9, 3e-9)", (np.diag([1e-9, 3e-9]),)),
        Case("H holds NaN", (np.array([[np.nan, 0.0], [0.0, 1.0]]),)),
        Case("diag(-1, 3), a saddle", (np.diag([-1.0, 3.0]),)),
        Case("[[1, 2], [2, 1]], a saddle as well", (np.array([[1.0, 2.0], [2.0, 1.0]]),)),
        Case("diag(0, 1), flat along one axis", (np.diag([0.0, 1.0]),)),
        Case("diag(-1, -3), a hilltop", (np.diag([-1.0, -3.0]),)),
        Case("H holds NaN beside the diagonal", (np.array([[2.0, np.nan], [0.0, 1.0]]),)),
    ],
    draw=random_hessians,
    rtol=1e-9,
    why="eigenvalues carry rounding, which small ones feel most",
)


@task.mistake(
    "1/λmax",
    "This lr is safe, and the slow coordinate pays for it. At the best one the fastest and the "
    "slowest coordinate shrink by the same factor, with opposite signs.",
)
def optimal_lr(H):
    H = np.asarray(H, dtype=float)
    e = np.linalg.eigvalsh((H + H.T) / 2)
    if e[0] <= 0:
        raise ValueError("not positive definite")
    return 1 / e[-1], (e[-1] - e[0]) / (e[-1] + e[0])


@task.mistake(
    "2/λmax",
    "This is the edge: along the steepest direction the factor is exactly -1, and nothing "
    "shrinks there. Set the largest and the smallest factor equal in size instead.",
)
def optimal_lr(H):
    H = np.asarray(H, dtype=float)
    e = np.linalg.eigvalsh((H + H.T) / 2)
    if e[0] <= 0:
        raise ValueError("not positive definite")
    return 2 / e[-1], (e[-1] - e[0]) / (e[-1] + e[0])


@task.mistake(
    "half of it",
    "Your lr is half of the best one. Which two factors are equal in size there, and what does "
    "1 - lr λ₁ = -(1 - lr λₙ) give for lr?",
)
def optimal_lr(H):
    H = np.asarray(H, dtype=float)
    e = np.linalg.eigvalsh((H + H.T) / 2)
    if e[0] <= 0:
        raise ValueError("not positive definite")
    return 1 / (e[0] + e[-1]), (e[-1] - e[0]) / (e[-1] + e[0])


@task.mistake(
    "condition number of any H",
    "For this H some direction falls away for ever, and every learning rate makes it worse. "
    "A ratio of sizes does not see the sign: raise a ValueError unless all eigenvalues are "
    "positive.",
)
def optimal_lr(H):
    H = np.asarray(H, dtype=float)
    e = np.sort(np.abs(np.linalg.eigvalsh((H + H.T) / 2)))
    return 2 / (e[0] + e[-1]), (e[-1] - e[0]) / (e[-1] + e[0])


@task.mistake(
    "not symmetrised",
    "This H is not symmetric, and its own eigenvalues are not the curvatures. Only the symmetric "
    "part of H bends the function.",
)
def optimal_lr(H):
    e = np.sort(np.linalg.eigvals(np.asarray(H, dtype=float)).real)
    if e[0] <= 0:
        raise ValueError("not positive definite")
    return 2 / (e[0] + e[-1]), (e[-1] - e[0]) / (e[-1] + e[0])


@task.mistake(
    "one triangle",
    "This H is not symmetric, and the routine you call looks at one triangle of it only. "
    "Average H and its transpose first.",
)
def optimal_lr(H):
    e = np.linalg.eigvalsh(np.asarray(H, dtype=float))
    if e[0] <= 0:
        raise ValueError("not positive definite")
    return 2 / (e[0] + e[-1]), (e[-1] - e[0]) / (e[-1] + e[0])


@task.mistake(
    "trace",
    "Right in two dimensions, where the trace is the sum of just these two eigenvalues. "
    "With more of them only the smallest and the largest count.",
)
def optimal_lr(H):
    H = np.asarray(H, dtype=float)
    e = np.linalg.eigvalsh((H + H.T) / 2)
    if e[0] <= 0:
        raise ValueError("not positive definite")
    return 2 / np.trace(H), (e[-1] - e[0]) / (e[-1] + e[0])


@task.mistake(
    "rate of a method with memory",
    "This rate has the root of κ in it: that is what the best method with memory earns. "
    "For plain descent put the best lr into the factor of the slowest coordinate.",
)
def optimal_lr(H):
    H = np.asarray(H, dtype=float)
    e = np.linalg.eigvalsh((H + H.T) / 2)
    if e[0] <= 0:
        raise ValueError("not positive definite")
    root = np.sqrt(e[-1] / e[0])
    return 2 / (e[0] + e[-1]), (root - 1) / (root + 1)


@task.mistake(
    "κ for the rate",
    "The second number is the condition number. The rate is the factor by which a step shrinks "
    "the slowest coordinate, a number below 1.",
)
def optimal_lr(H):
    H = np.asarray(H, dtype=float)
    e = np.linalg.eigvalsh((H + H.T) / 2)
    if e[0] <= 0:
        raise ValueError("not positive definite")
    return 2 / (e[0] + e[-1]), e[-1] / e[0]


@task.mistake(
    "NaN taken for level ground",
    "H holds NaN, and the eigenvalue routine answers with zeros all the same. "
    "Look for NaN before you ask for eigenvalues: nothing is known here, so return NaN twice.",
)
def optimal_lr(H):
    H = np.asarray(H, dtype=float)
    e = np.linalg.eigvalsh((H + H.T) / 2)
    if not e[0] > 0:
        raise ValueError("not positive definite")
    return 2 / (e[0] + e[-1]), (e[-1] - e[0]) / (e[-1] + e[0])


@task.mistake(
    "nothing refused",
    "On a real bowl your numbers are right. But what would they mean on a saddle, on level ground, "
    "or where H is unknown? Look at the fixed cases with saddles before you answer.",
)
def optimal_lr(H):
    e = np.linalg.eigvalsh((H + H.T) / 2)
    return 2 / (e[0] + e[-1]), (e[-1] - e[0]) / (e[-1] + e[0])


@task.mistake(
    "one triangle, nothing refused",
    "Symmetric bowls come out right. Try [[2, 2], [0, 2]]: its value at p is the same as for "
    "[[2, 1], [1, 2]], so which curvatures has it? And what if one of them is not positive?",
)
def optimal_lr(H):
    e = np.linalg.eigvalsh(H)
    return 2 / (e[0] + e[-1]), (e[-1] - e[0]) / (e[-1] + e[0])


@task.mistake(
    "own eigenvalues, nothing refused",
    "The matrix [[2, 2], [0, 2]] has the eigenvalue 2 twice, and yet f curves by 1 one way and by "
    "3 another. Which matrix has these curvatures? And what if one of them is not positive?",
)
def optimal_lr(H):
    e = np.linalg.eigvals(H)
    return 2 / (min(e) + max(e)), (max(e) - min(e)) / (max(e) + min(e))


@task.mistake(
    "diagonal",
    "Right for diagonal matrices. In [[2, 1], [1, 2]] both axes curve by 2: how much does f curve "
    "along (1, 1), and along (1, -1)?",
)
def optimal_lr(H):
    e = np.diag(H)
    return 2 / (min(e) + max(e)), (max(e) - min(e)) / (max(e) + min(e))


@task.mistake(
    "1/λmax with its own rate",
    "A consistent pair, for the cautious step that never jumps across. How much further can you go "
    "until the steep direction is as slow as the flat one?",
)
def optimal_lr(H):
    e = np.linalg.eigvalsh((H + H.T) / 2)
    return 1 / e[-1], 1 - e[0] / e[-1]


@task.mistake(
    "rate turned over",
    "Your rate is above 1: the error would grow. Which is larger, κ - 1 or κ + 1?",
)
def optimal_lr(H):
    H = np.asarray(H, dtype=float)
    if np.isnan(H).any():
        return np.nan, np.nan
    e = np.linalg.eigvalsh((H + H.T) / 2)
    if e[0] <= 0:
        raise ValueError("not positive definite")
    with np.errstate(all="ignore"):
        return 2 / (e[0] + e[-1]), (e[-1] + e[0]) / (e[-1] - e[0])


@task.mistake(
    "κ turned over",
    "Your rate is negative. The condition number is at least 1: which of the two eigenvalues is "
    "divided by which?",
)
def optimal_lr(H):
    H = np.asarray(H, dtype=float)
    if np.isnan(H).any():
        return np.nan, np.nan
    e = np.linalg.eigvalsh((H + H.T) / 2)
    if e[0] <= 0:
        raise ValueError("not positive definite")
    return 2 / (e[0] + e[-1]), (e[0] - e[-1]) / (e[-1] + e[0])


@task.mistake(
    "the two smallest",
    "Two dimensions come out right, and with three of them lr is too large. Which eigenvalue "
    "does your index 1 pick then?",
)
def optimal_lr(H):
    if np.isnan(H).any():
        return np.nan, np.nan
    lams = np.linalg.eigvalsh((H + H.T) / 2)
    if lams[0] <= 0:
        raise ValueError("not positive definite")
    return 2 / (lams[0] + lams[1]), (lams[1] - lams[0]) / (lams[1] + lams[0])


@task.mistake(
    "eigenvalues in any order",
    "For some H your rate is negative or too small. In which order do your eigenvalues come, and "
    "are the first and the last the extreme ones?",
)
def optimal_lr(H):
    if np.isnan(H).any():
        return np.nan, np.nan
    lams = np.linalg.eigvals((H + H.T) / 2)
    if min(lams) <= 0:
        raise ValueError("not positive definite")
    kappa = lams[-1] / lams[0]
    return 2 / (lams[0] + lams[-1]), (kappa - 1) / (kappa + 1)


@task.mistake(
    "rate of the safe step",
    "Your lr is right, and the rate is the one of lr = 1/λₙ. What is |1 - lr λ₁| with the lr "
    "that you return?",
)
def optimal_lr(H):
    if np.isnan(H).any():
        return np.nan, np.nan
    lams = np.linalg.eigvalsh((H + H.T) / 2)
    if lams[0] <= 0:
        raise ValueError("not positive definite")
    return 2 / (lams[0] + lams[-1]), 1 - lams[0] / lams[-1]


@task.mistake(
    "determinant for eigenvalues",
    "A hilltop passes as a bowl: two negative numbers have a positive product. Which number of "
    "them all has to be positive?",
)
def optimal_lr(H):
    if np.isnan(H).any():
        return np.nan, np.nan
    S = (H + H.T) / 2
    if np.linalg.det(S) <= 0:
        raise ValueError("not positive definite")
    lams = np.linalg.eigvalsh(S)
    return 2 / (lams[0] + lams[-1]), (lams[-1] - lams[0]) / (lams[0] + lams[-1])


@task.accepts("by the condition number")
def optimal_lr(H):
    H = 0.5 * np.asarray(H, dtype=float)
    if np.isnan(H.sum()):
        return np.nan, np.nan
    e = np.linalg.eigvalsh(H + H.T)
    if np.any(e <= 0):
        raise ValueError("not positive definite")
    kappa = max(e) / min(e)
    return 2 / (min(e) + max(e)), (kappa - 1) / (kappa + 1)


@task.accepts("the rate from its factor")
def optimal_lr(H):
    H = np.asarray(H, dtype=float)
    if np.isnan(H).any():
        return np.nan, np.nan
    e = np.linalg.eigh((H + H.T) / 2)[0]
    if not e[0] > 0:
        raise ValueError("not positive definite")
    lr = 2 / (e[0] + e[-1])
    return lr, (1 - lr * e[0] + (lr * e[-1] - 1)) / 2
