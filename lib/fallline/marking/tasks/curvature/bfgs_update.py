"""Task `bfgs_update` of chapter `curvature`."""

import numpy as np

from fallline import curvature as reference
from fallline.marking.task import Case, Task
from fallline.marking.tasks.curvature.cases import A


def random_estimates(rng):
    cases = []
    for d, scale in ((2, 1.0), (3, 1e-3), (5, 1e3)):
        B = rng.normal(size=(d, d))
        Hinv = B @ B.T + np.eye(d)
        s = scale * rng.normal(size=d)
        C = rng.normal(size=(d, d))
        y = (C @ C.T / d + 0.5 * np.eye(d)) @ s
        cases.append(Case(f"{d} parameters, a step of size {scale:g}", (Hinv, s, y, 0.0)))
    Hinv, s = np.eye(3) + 0.1, rng.normal(size=3)
    return [*cases, Case("a random step along which f curves down", (Hinv, s, -s, 0.0))]


ESTIMATE = A([[2.0, 1.0], [1.0, 3.0]])


task = Task(
    reference.bfgs_update,
    cases=[
        Case("identity, s = (1, 1), y = (1, 0)", (np.eye(2), A([1.0, 1.0]), A([1.0, 0.0]), 0.0)),
        Case(
            "[[2, 1], [1, 3]], s = (1, 0), y = (2, 1)",
            (ESTIMATE, A([1.0, 0.0]), A([2.0, 1.0]), 0.0),
        ),
        Case("one parameter: 5, s = 2, y = 8", (A([[5.0]]), A([2.0]), A([8.0]), 0.0)),
        Case(
            "whole numbers: s = (1, 2), y = (0, 2)", (A([[2, 1], [1, 3]]), A([1, 2]), A([0, 2]), 0)
        ),
        Case("s · y = -1: f curves down", (ESTIMATE, A([1.0, 0.0]), A([-1.0, 5.0]), 0.0)),
        Case("s · y = -6", (ESTIMATE, A([1.0, 2.0]), A([-2.0, -2.0]), 0.0)),
        Case("s · y = 0, tol = 0", (ESTIMATE, A([1.0, 0.0]), A([0.0, 5.0]), 0.0)),
        Case("s · y = 0.5, tol = 0.5", (ESTIMATE, A([1.0, 0.0]), A([0.5, 1.0]), 0.5)),
        Case("s · y = 2, tol = 2", (ESTIMATE, A([1.0, 1.0]), A([1.0, 1.0]), 2.0)),
        Case("s · y = 2, tol = 3", (ESTIMATE, A([1.0, 1.0]), A([1.0, 1.0]), 3.0)),
        Case("s · y = 0.25, tol = 1", (ESTIMATE, A([0.5, 0.0]), A([0.5, 1.0]), 1.0)),
        Case("s · y = -3, tol = 1", (ESTIMATE, A([1.0, 1.0]), A([-1.0, -2.0]), 1.0)),
        Case(
            "three parameters",
            (np.diag([1.0, 2.0, 4.0]), A([1.0, 0.0, 2.0]), A([1.0, 1.0, 1.0]), 0.0),
        ),
        Case("a tiny step", (ESTIMATE, A([1e-8, 0.0]), A([2e-8, 1e-8]), 0.0)),
        Case(
            "an estimate that holds NaN",
            (A([[np.nan, 0], [0, 1.0]]), A([1.0, 1.0]), A([1.0, 2.0]), 0.0),
        ),
    ],
    draw=random_estimates,
    rtol=1e-9,
    atol=1e-11,
    why="a few products of small matrices, in any order",
)


@task.mistake(
    "no skip",
    "Along a step with s · y ≤ tol the function seems to curve down, and you learn from it all the "
    "same. What becomes of positive definiteness when rho is negative, or endless?",
)
def bfgs_update(Hinv, s, y, tol=0.0):
    rho = 1 / (s @ y)
    V = np.eye(len(s)) - rho * np.outer(s, y)
    return V @ Hinv @ V.T + rho * np.outer(s, s)


@task.mistake(
    "rho inverted",
    "Multiply your result by y: it should give back s. For one parameter with s = 2 and y = 8 only "
    "1/4 does: how is rho made of s · y?",
)
def bfgs_update(Hinv, s, y, tol=0.0):
    if s @ y <= tol:
        return Hinv.copy()
    rho = s @ y
    V = np.eye(len(s)) - rho * np.outer(s, y)
    return V @ Hinv @ V.T + rho * np.outer(s, s)


@task.mistake(
    "rho from y alone",
    "Multiply your result by y: s comes back, times a number that is not 1. Which product of s and "
    "y stands under the fraction?",
)
def bfgs_update(Hinv, s, y, tol=0.0):
    if s @ y <= tol:
        return Hinv.copy()
    rho = 1 / (y @ y)
    V = np.eye(len(s)) - rho * np.outer(s, y)
    return V @ Hinv @ V.T + rho * np.outer(s, s)


@task.mistake(
    "update of the Hessian",
    "Your result maps s to y: that is an estimate of the Hessian. Here the inverse is kept, so "
    "that no system has to be solved. What should it map to what?",
)
def bfgs_update(Hinv, s, y, tol=0.0):
    if s @ y <= tol:
        return Hinv.copy()
    Bs = Hinv @ s
    return Hinv - np.outer(Bs, Bs) / (s @ Bs) + np.outer(y, y) / (s @ y)


@task.mistake(
    "symmetry lost",
    "Your result is not symmetric. The same factor stands on both sides: which of the two has to "
    "be turned over?",
)
def bfgs_update(Hinv, s, y, tol=0.0):
    if s @ y <= tol:
        return Hinv.copy()
    rho = 1 / (s @ y)
    V = np.eye(len(s)) - rho * np.outer(s, y)
    return V @ Hinv @ V + rho * np.outer(s, s)


@task.mistake(
    "one side only",
    "The factor that forgets what was believed along y stands on one side only. A symmetric matrix "
    "that is changed from the left has to be changed from where else?",
)
def bfgs_update(Hinv, s, y, tol=0.0):
    if s @ y <= tol:
        return Hinv.copy()
    rho = 1 / (s @ y)
    return (np.eye(len(s)) - rho * np.outer(s, y)) @ Hinv + rho * np.outer(s, s)


@task.mistake(
    "sides swapped",
    "The two factors change places in your product. Multiply by y from the right: which factor "
    "must meet y first, so that it comes out as zero?",
)
def bfgs_update(Hinv, s, y, tol=0.0):
    if s @ y <= tol:
        return Hinv.copy()
    rho = 1 / (s @ y)
    V = np.eye(len(s)) - rho * np.outer(s, y)
    return V.T @ Hinv @ V + rho * np.outer(s, s)


@task.mistake(
    "s and y swapped",
    "Your result times s is y. It should be the other way round: which of the two is a step, and "
    "which a change of the gradient?",
)
def bfgs_update(Hinv, s, y, tol=0.0):
    if s @ y <= tol:
        return Hinv.copy()
    rho = 1 / (s @ y)
    V = np.eye(len(s)) - rho * np.outer(y, s)
    return V @ Hinv @ V.T + rho * np.outer(y, y)


@task.mistake(
    "last term forgotten",
    "Your result maps y to 0: you have forgotten the old belief and put nothing in its place. "
    "Which term says that y comes from s?",
)
def bfgs_update(Hinv, s, y, tol=0.0):
    if s @ y <= tol:
        return Hinv.copy()
    rho = 1 / (s @ y)
    V = np.eye(len(s)) - rho * np.outer(s, y)
    return V @ Hinv @ V.T


@task.mistake(
    "last term without rho",
    "Your result times y is s times a number. Where must that number be cancelled?",
)
def bfgs_update(Hinv, s, y, tol=0.0):
    if s @ y <= tol:
        return Hinv.copy()
    V = np.eye(len(s)) - np.outer(s, y) / (s @ y)
    return V @ Hinv @ V.T + np.outer(s, s)


@task.mistake(
    "number for a matrix",
    "For flat vectors s @ y.T is one number, not a matrix, and a number is taken from every entry "
    "of the identity. Which product of two vectors makes a table?",
)
def bfgs_update(Hinv, s, y, tol=0.0):
    if s @ y <= tol:
        return Hinv.copy()
    rho = 1 / (s @ y)
    V = np.eye(len(s)) - rho * (s @ y.T)
    return V @ Hinv @ V.T + rho * (s @ s.T)


@task.mistake(
    "row for a matrix",
    "s * y has as many entries as s, and is taken from each row of the identity. How do two "
    "vectors make a table with an entry for each pair?",
)
def bfgs_update(Hinv, s, y, tol=0.0):
    if s @ y <= tol:
        return Hinv.copy()
    rho = 1 / (s @ y)
    V = np.eye(len(s)) - rho * s * y
    return V @ Hinv @ V.T + rho * s * s


@task.mistake(
    "another formula: DFP",
    "Your result maps y to s and is symmetric, as it should; it is the update of Davidon, Fletcher "
    "and Powell. Compare it with the formula of the task, term by term.",
)
def bfgs_update(Hinv, s, y, tol=0.0):
    if s @ y <= tol:
        return Hinv.copy()
    Hy = Hinv @ y
    return Hinv - np.outer(Hy, Hy) / (y @ Hy) + np.outer(s, s) / (s @ y)


@task.mistake(
    "limit not included",
    "At s · y = tol you still learn. Does the statement say less than tol, or at most?",
)
def bfgs_update(Hinv, s, y, tol=0.0):
    if s @ y < tol:
        return Hinv.copy()
    rho = 1 / (s @ y)
    V = np.eye(len(s)) - rho * np.outer(s, y)
    return V @ Hinv @ V.T + rho * np.outer(s, s)


@task.mistake(
    "size of the product tested",
    "A large negative s · y passes your test. Does it say that f curves up along the step?",
)
def bfgs_update(Hinv, s, y, tol=0.0):
    if abs(s @ y) <= tol:
        return Hinv.copy()
    rho = 1 / (s @ y)
    V = np.eye(len(s)) - rho * np.outer(s, y)
    return V @ Hinv @ V.T + rho * np.outer(s, s)


@task.mistake(
    "tol not used",
    "Negative products are skipped, and those between 0 and tol are not. Which number should "
    "s · y be compared with?",
)
def bfgs_update(Hinv, s, y, tol=0.0):
    if s @ y <= 0:
        return Hinv.copy()
    rho = 1 / (s @ y)
    V = np.eye(len(s)) - rho * np.outer(s, y)
    return V @ Hinv @ V.T + rho * np.outer(s, s)


@task.mistake(
    "forgets when it skips",
    "Where there is nothing to learn you begin again from the identity. What should become of all "
    "that was learnt before?",
)
def bfgs_update(Hinv, s, y, tol=0.0):
    if s @ y <= tol:
        return np.eye(len(s))
    rho = 1 / (s @ y)
    V = np.eye(len(s)) - rho * np.outer(s, y)
    return V @ Hinv @ V.T + rho * np.outer(s, s)


@task.mistake(
    "nothing comes back when it skips",
    "Where s · y ≤ tol nothing comes back. The caller goes on with the old estimate: who gives it "
    "to them?",
)
def bfgs_update(Hinv, s, y, tol=0.0):
    if s @ y > tol or np.isnan(s @ y):
        rho = 1 / (s @ y)
        V = np.eye(len(s)) - rho * np.outer(s, y)
        return V @ Hinv @ V.T + rho * np.outer(s, s)


@task.mistake(
    "last term subtracted",
    "Your result times y is the negative of s. Which sign has the term that puts the new knowledge "
    "in?",
)
def bfgs_update(Hinv, s, y, tol=0.0):
    if s @ y <= tol:
        return Hinv.copy()
    rho = 1 / (s @ y)
    V = np.eye(len(s)) - rho * np.outer(s, y)
    return V @ Hinv @ V.T - rho * np.outer(s, s)


@task.mistake(
    "last term from y",
    "Your result times y points along y. The estimate should lead from a change of the gradient "
    "back to what?",
)
def bfgs_update(Hinv, s, y, tol=0.0):
    if s @ y <= tol:
        return Hinv.copy()
    rho = 1 / (s @ y)
    V = np.eye(len(s)) - rho * np.outer(s, y)
    return V @ Hinv @ V.T + rho * np.outer(y, y)


@task.mistake(
    "another formula: rank one",
    "The secant equation holds and the matrix is symmetric: it is the update of rank one, which "
    "may lose positive definiteness. Which formula does the task give?",
)
def bfgs_update(Hinv, s, y, tol=0.0):
    if s @ y <= tol:
        return Hinv.copy()
    off = s - Hinv @ y
    return Hinv + np.outer(off, off) / (off @ y)


@task.mistake(
    "row for a matrix, not turned over",
    "s * y has as many entries as s, and so has y * s: no table is made, and the result is not "
    "symmetric. Which product of two vectors has an entry for each pair?",
)
def bfgs_update(Hinv, s, y, tol=0.0):
    if s @ y <= tol:
        return Hinv.copy()
    rho = 1 / (s @ y)
    eye = np.eye(len(s))
    return (eye - rho * s * y) @ Hinv @ (eye - rho * y * s) + rho * s * s


@task.mistake(
    "tables multiplied entry by entry",
    "The factors are right, and are multiplied entry by entry. What does * do between two tables, "
    "and what does the formula mean by writing matrices side by side?",
)
def bfgs_update(Hinv, s, y, tol=0.0):
    if s @ y <= tol:
        return Hinv.copy()
    rho = 1 / (s @ y)
    V = np.eye(len(s)) - rho * np.outer(s, y)
    return V * Hinv * V.T + rho * np.outer(s, s)


@task.mistake(
    "old estimate left out",
    "From the identity your update is right, and from any other estimate it is the same again. "
    "What stands between the two factors?",
)
def bfgs_update(Hinv, s, y, tol=0.0):
    if s @ y <= tol:
        return Hinv.copy()
    rho = 1 / (s @ y)
    V = np.eye(len(s)) - rho * np.outer(s, y)
    return V @ V.T + rho * np.outer(s, s)


@task.mistake(
    "rho compared with tol",
    "You compare 1 / (s · y) with tol. For s · y = 0.25 that is 4, and for s · y = 0 it is "
    "endless: which number is to be compared?",
)
def bfgs_update(Hinv, s, y, tol=0.0):
    rho = 1 / (s @ y)
    if rho <= tol:
        return Hinv.copy()
    V = np.eye(len(s)) - rho * np.outer(s, y)
    return V @ Hinv @ V.T + rho * np.outer(s, s)


@task.mistake(
    "number for the last term",
    "s @ s is one number, and it is added to every entry. Which product of s with itself is a "
    "table?",
)
def bfgs_update(Hinv, s, y, tol=0.0):
    if s @ y <= tol:
        return Hinv.copy()
    rho = 1 / (s @ y)
    V = np.eye(len(s)) - rho * np.outer(s, y)
    return V @ Hinv @ V.T + rho * (s @ s)


@task.mistake(
    "zeros when it skips",
    "Where there is nothing to learn zeros come back, and the next direction is none at all. What "
    "should become of all that was learnt before?",
)
def bfgs_update(Hinv, s, y, tol=0.0):
    if s @ y <= tol:
        return np.zeros((len(s), len(s)))
    rho = 1 / (s @ y)
    V = np.eye(len(s)) - rho * np.outer(s, y)
    return V @ Hinv @ V.T + rho * np.outer(s, s)


@task.mistake(
    "an error when it skips",
    "A step that teaches nothing is no wrong input: on a saddle it happens. With which estimate "
    "should the caller go on?",
)
def bfgs_update(Hinv, s, y, tol=0.0):
    if s @ y <= tol:
        raise ValueError("nothing to learn")
    rho = 1 / (s @ y)
    V = np.eye(len(s)) - rho * np.outer(s, y)
    return V @ Hinv @ V.T + rho * np.outer(s, s)


@task.mistake(
    "1 for the identity",
    "You take the table from 1, and 1 is taken for a table full of ones. What stands beside the "
    "diagonal of I?",
)
def bfgs_update(Hinv, s, y, tol=0.0):
    if s @ y <= tol:
        return Hinv.copy()
    rho = 1 / (s @ y)
    V = 1 - rho * np.outer(s, y)
    return V @ Hinv @ V.T + rho * np.outer(s, s)


@task.mistake(
    "added to the identity",
    "Your factors add where they should take away. The right one should turn y into zero: what "
    "does yours make of y?",
)
def bfgs_update(Hinv, s, y, tol=0.0):
    if s @ y <= tol:
        return Hinv.copy()
    rho = 1 / (s @ y)
    V = np.eye(len(s)) + rho * np.outer(s, y)
    return V @ Hinv @ V.T + rho * np.outer(s, s)


@task.accepts("written out")
def bfgs_update(Hinv, s, y, tol=0.0):
    Hinv, s, y = (np.array(v, dtype=float) for v in (Hinv, s, y))
    sy = s @ y
    if sy <= tol:
        return Hinv
    Hy = Hinv @ y
    grown = (1 + (y @ Hy) / sy) * np.outer(s, s) / sy
    return Hinv + grown - (np.outer(Hy, s) + np.outer(s, Hy)) / sy


@task.accepts("by columns and rows")
def bfgs_update(Hinv, s, y, tol=0.0):
    Hinv = np.array(Hinv, dtype=float)
    s, y = np.reshape(s, (-1, 1)) * 1.0, np.reshape(y, (-1, 1)) * 1.0
    sy = float((s.T @ y)[0, 0])
    if sy <= tol:
        return Hinv
    left = np.eye(len(s)) - (s @ y.T) / sy
    right = np.eye(len(s)) - (y @ s.T) / sy
    return left @ Hinv @ right + (s @ s.T) / sy
