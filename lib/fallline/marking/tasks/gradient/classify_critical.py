"""Task `classify_critical` of chapter `gradient`."""

import numpy as np

from fallline import gradient as reference
from fallline.marking.task import Case, Task


def random_hessians(rng):
    cases = []
    for signs in ((1, 1, 1), (-1, -1, -1), (1, -1, 1), (1, 1, 0), (-1, -1, 1, 1)):
        sizes = 10.0 ** rng.uniform(-1, 1, len(signs))
        Q, _ = np.linalg.qr(rng.normal(size=(len(signs),) * 2))
        H = Q @ np.diag(signs * sizes) @ Q.T
        words = "".join("-0+"[sign + 1] for sign in signs)
        cases.append(Case(f"a turned Hessian with eigenvalues {words}", (H, 1e-8)))
    return cases


task = Task(
    reference.classify_critical,
    cases=[
        Case("H = diag(2, 3), whole numbers", (np.diag([2, 3]), 1e-8)),
        Case("H = diag(-1, -5)", (np.diag([-1.0, -5.0]), 1e-8)),
        Case("H = diag(-2, 2), the saddle y² - x²", (np.diag([-2.0, 2.0]), 1e-8)),
        Case("H = [[1, 2], [2, 1]]", (np.array([[1.0, 2.0], [2.0, 1.0]]), 1e-8)),
        Case("H = diag(1, -1, 2, -3)", (np.diag([1.0, -1.0, 2.0, -3.0]), 1e-8)),
        Case("H = diag(1, 0)", (np.diag([1.0, 0.0]), 1e-8)),
        Case("H = diag(-1, 0)", (np.diag([-1.0, 0.0]), 1e-8)),
        Case("H = diag(1, -1, 0)", (np.diag([1.0, -1.0, 0.0]), 1e-8)),
        Case("H = diag(4, 0.01), tol = 0.1", (np.diag([4.0, 0.01]), 0.1)),
        Case("H = diag(4, -0.01), tol = 0.1", (np.diag([4.0, -0.01]), 0.1)),
        Case("H = [[1, 4], [0, 1]], not symmetric", (np.array([[1.0, 4.0], [0.0, 1.0]]), 1e-8)),
        Case("H = [[1, 0], [4, 1]], not symmetric", (np.array([[1.0, 0.0], [4.0, 1.0]]), 1e-8)),
        Case("H = [[1, 0], [1.8, 1]], not symmetric", (np.array([[1.0, 0.0], [1.8, 1.0]]), 1e-8)),
        Case("H = diag(0.07, 1), tol = 0.1", (np.diag([0.07, 1.0]), 0.1)),
        Case("H = diag(40, -0.05), tol = 0.1", (np.diag([40.0, -0.05]), 0.1)),
        Case("H = diag(1e-5, -1e-5)", (np.diag([1e-5, -1e-5]), 1e-8)),
        Case("H = diag(1e9, 1)", (np.diag([1e9, 1.0]), 1e-8)),
        Case("H = diag(0.5, 1), tol = 0.5: not above tol", (np.diag([0.5, 1.0]), 0.5)),
        Case("H = diag(1e-5, 1), the default tol", (np.diag([1e-5, 1.0]),)),
        Case("H = 0", (np.zeros((2, 2)), 1e-8)),
    ],
    draw=random_hessians,
    why="a word: it is right or wrong; an eigenvalue at tol stands on the diagonal, so it is exact",
)


@task.mistake(
    "determinant only",
    "The determinant is the product of the eigenvalues, and two negative ones hide in it. "
    "The rule from two variables fails in four: look at every eigenvalue.",
)
def classify_critical(H, tol=1e-8):
    H = (np.asarray(H, dtype=float) + np.asarray(H, dtype=float).T) / 2
    det = np.linalg.det(H)
    if abs(det) <= tol:
        return "inconclusive"
    if det < 0:
        return "saddle"
    return "min" if H[0, 0] > 0 else "max"


@task.mistake(
    "signs of the diagonal",
    "The diagonal tells the curvature along the axes only. Between the axes it can be different: "
    "[[1, 2], [2, 1]] curves down along (1, -1).",
)
def classify_critical(H, tol=1e-8):
    d = np.diag(np.asarray(H, dtype=float))
    if np.any(d > tol) and np.any(d < -tol):
        return "saddle"
    return "min" if np.all(d > tol) else "max" if np.all(d < -tol) else "inconclusive"


@task.mistake(
    "trace only",
    "The trace is the sum of the eigenvalues: a large positive one hides a negative one. "
    "Each of them has to be looked at.",
)
def classify_critical(H, tol=1e-8):
    trace = np.trace(np.asarray(H, dtype=float))
    return "min" if trace > tol else "max" if trace < -tol else "inconclusive"


@task.mistake(
    "semidefinite taken for definite",
    "An eigenvalue of about 0 decides nothing: along it x⁴, x³ and -x⁴ all look flat. "
    "Where no eigenvalue has the other sign, this is inconclusive.",
)
def classify_critical(H, tol=1e-8):
    e = np.linalg.eigvalsh((np.asarray(H, dtype=float) + np.asarray(H, dtype=float).T) / 2)
    if np.all(e >= -tol):
        return "min"
    return "max" if np.all(e <= tol) else "saddle"


@task.mistake(
    "not symmetrised",
    "This H is not symmetric, as a numerical Hessian seldom is. "
    "Only one part of it enters the quadratic model: which one does the statement name?",
)
def classify_critical(H, tol=1e-8):
    e = np.linalg.eigvalsh(np.asarray(H, dtype=float))
    if np.any(e > tol) and np.any(e < -tol):
        return "saddle"
    return "min" if np.all(e > tol) else "max" if np.all(e < -tol) else "inconclusive"


@task.mistake(
    "any zero is inconclusive",
    "One zero eigenvalue does not spoil a verdict that is already in: "
    "where f curves up one way and down another, it is a saddle.",
)
def classify_critical(H, tol=1e-8):
    e = np.linalg.eigvalsh((np.asarray(H, dtype=float) + np.asarray(H, dtype=float).T) / 2)
    if np.any(np.abs(e) <= tol):
        return "inconclusive"
    return "min" if np.all(e > 0) else "max" if np.all(e < 0) else "saddle"


@task.mistake(
    "tol ignored",
    "Rounding never leaves an exact 0. "
    "An eigenvalue counts as positive above tol, and as negative below -tol.",
)
def classify_critical(H, tol=1e-8):
    e = np.linalg.eigvalsh((np.asarray(H, dtype=float) + np.asarray(H, dtype=float).T) / 2)
    if np.any(e > 0) and np.any(e < 0):
        return "saddle"
    return "min" if np.all(e > 0) else "max" if np.all(e < 0) else "inconclusive"


@task.mistake(
    "min and max swapped",
    "The words changed places. Where every eigenvalue is positive the ground rises in every "
    "direction: are you at the bottom or at the top?",
)
def classify_critical(H, tol=1e-8):
    H = np.asarray(H, dtype=float)
    eigenvalues = np.linalg.eigvalsh((H + H.T) / 2)
    up, down = np.any(eigenvalues > tol), np.any(eigenvalues < -tol)
    if up and down:
        return "saddle"
    if np.all(eigenvalues > tol):
        return "max"
    return "min" if np.all(eigenvalues < -tol) else "inconclusive"


@task.mistake(
    "sum not halved",
    "You add H and its transpose without halving the sum: the eigenvalues are twice too large, "
    "and tol is met too early.",
)
def classify_critical(H, tol=1e-8):
    H = np.asarray(H, dtype=float)
    eigenvalues = np.linalg.eigvalsh(H + H.T)
    up, down = eigenvalues > tol, eigenvalues < -tol
    if np.any(up) and np.any(down):
        return "saddle"
    return "min" if np.all(up) else "max" if np.all(down) else "inconclusive"


@task.mistake(
    "eigenvalues of H as it is",
    "Two of these H are not symmetric, and their own eigenvalues say nothing about f: "
    "in p.Hp only one part of H counts. Which one?",
)
def classify_critical(H, tol=1e-8):
    e = np.linalg.eigvals(np.asarray(H, dtype=float)).real
    if np.any(e > tol) and np.any(e < -tol):
        return "saddle"
    return "min" if np.all(e > tol) else "max" if np.all(e < -tol) else "inconclusive"


@task.mistake(
    "everything else a saddle",
    "diag(1, 0) rises one way and is level the other way: nothing falls there. "
    "What does a saddle need?",
)
def classify_critical(H, tol=1e-8):
    e = np.linalg.eigvalsh((np.asarray(H, dtype=float) + np.asarray(H, dtype=float).T) / 2)
    return "min" if np.all(e > tol) else "max" if np.all(e < -tol) else "saddle"


@task.mistake(
    "determinant of H as it is",
    "With the determinant of a matrix that is not symmetric you miss a saddle, and in four "
    "dimensions two negative eigenvalues hide in any determinant. What does each eigenvalue say?",
)
def classify_critical(H, tol=1e-8):
    det = np.linalg.det(H)
    if abs(det) <= tol:
        return "inconclusive"
    return "saddle" if det < 0 else "min" if H[0, 0] > 0 else "max"


@task.accepts("by the extreme eigenvalues")
def classify_critical(H, tol=1e-8):
    H = np.asarray(H, dtype=float)
    e = np.linalg.eigvalsh(0.5 * H + 0.5 * H.T)
    low, high = e[0], e[-1]
    if low < -tol and high > tol:
        return "saddle"
    return "min" if low > tol else "max" if high < -tol else "inconclusive"


@task.accepts("by counting signs")
def classify_critical(H, tol=1e-8):
    H = np.asarray(H, dtype=float)
    e = np.linalg.eigvals((H + H.T) / 2).real
    up, down = sum(e > tol), sum(e < -tol)
    if up and down:
        return "saddle"
    return {(len(e), 0): "min", (0, len(e)): "max"}.get((up, down), "inconclusive")
