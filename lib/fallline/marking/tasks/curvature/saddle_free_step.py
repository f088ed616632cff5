"""Task `saddle_free_step` of chapter `curvature`."""

import numpy as np

from fallline import curvature as reference
from fallline.marking.task import Case, Task
from fallline.marking.tasks.curvature.cases import A


def random_saddles(rng):
    cases = []
    for d, scale in ((2, 1.0), (3, 1e-2), (5, 1e3)):
        Q = np.linalg.qr(rng.normal(size=(d, d)))[0]
        lams = scale * np.concatenate([[-2.0, 0.03], rng.normal(size=d - 2)])
        skew = scale * rng.normal(size=(d, d))
        H = Q @ np.diag(lams) @ Q.T + skew - skew.T
        cases.append(
            Case(
                f"{d} curvatures of size {scale:g}, of both signs",
                (rng.normal(size=d), H, 0.2 * scale),
            )
        )
    return cases


SADDLE = A([[-2.0, 0.0], [0.0, 2.0]])


TURNED = A([[1.0, 3.0], [3.0, 1.0]])


task = Task(
    reference.saddle_free_step,
    cases=[
        Case("g = (-6, 8), H = diag(-2, 2), floor = 0.1", (A([-6.0, 8.0]), SADDLE, 0.1)),
        Case(
            "g = (1, 1), H = diag(0, 4), floor = 0.5", (A([1.0, 1.0]), A([[0, 0], [0, 4.0]]), 0.5)
        ),
        Case("H = [[1, 3], [3, 1]], whose curvatures are -2 and 4", (A([2.0, 0.0]), TURNED, 0.1)),
        Case("the same H, floor = 3", (A([2.0, 0.0]), TURNED, 3.0)),
        Case("a bowl: H = diag(1, 10)", (A([1.0, 1.0]), A([[1.0, 0], [0, 10.0]]), 0.01)),
        Case(
            "curvatures 0.1 and -0.2, floor = 0.5", (A([1.0, 1.0]), A([[0.1, 0], [0, -0.2]]), 0.5)
        ),
        Case("whole numbers", (A([3, 1]), A([[0, 2], [2, 0]]), 1)),
        Case("the top of a hill: H = -4", (A([2.0]), A([[-4.0]]), 0.1)),
        Case("the hill again, floor = 8", (A([2.0]), A([[-4.0]]), 8.0)),
        Case("not symmetric: [[-2, 1], [-1, 2]]", (A([-6.0, 8.0]), A([[-2.0, 1], [-1, 2.0]]), 0.1)),
        Case("not symmetric: [[1, 6], [0, 1]]", (A([2.0, 1.0]), A([[1.0, 6.0], [0.0, 1.0]]), 0.1)),
        Case("a gradient that holds NaN", (A([np.nan, 1.0]), SADDLE, 0.1)),
        Case("floor = 0", (A([1.0, 1.0]), SADDLE, 0.0)),
        Case("floor = -0.5", (A([1.0, 1.0]), SADDLE, -0.5)),
        Case("floor = -3", (A([1.0, 1.0]), TURNED, -3.0)),
    ],
    draw=random_saddles,
    rtol=1e-8,
    atol=1e-11,
    why="eigenvectors to rounding, divided by small curvatures",
)


@task.mistake(
    "entries made positive",
    "You took the size of each entry of H. [[1, 3], [3, 1]] has only positive entries and still "
    "curves down somewhere: which numbers say in which direction f curves down?",
)
def saddle_free_step(g, H, floor):
    if floor <= 0:
        raise ValueError("floor must be positive")
    return -np.linalg.solve(np.abs((H + H.T) / 2) + 1e-300 * np.eye(len(g)), g)


@task.mistake(
    "no floor",
    "Where a curvature is 0 or nearly so your step is endless. What is the floor for, and to which "
    "number does it apply?",
)
def saddle_free_step(g, H, floor):
    if floor <= 0:
        raise ValueError("floor must be positive")
    lams, Q = np.linalg.eigh((H + H.T) / 2)
    return -Q @ (Q.T @ g / np.abs(lams))


@task.mistake(
    "floor before the size",
    "Along the direction with curvature -2 you step as if it were nearly flat. Which comes first: "
    "taking the size, or raising to the floor?",
)
def saddle_free_step(g, H, floor):
    if floor <= 0:
        raise ValueError("floor must be positive")
    lams, Q = np.linalg.eigh((H + H.T) / 2)
    return -Q @ (Q.T @ g / np.maximum(lams, floor))


@task.mistake(
    "clipped to zero",
    "Negative curvatures became 0, and then you divide by them. Is a direction in which f falls "
    "ever faster a flat one?",
)
def saddle_free_step(g, H, floor):
    if floor <= 0:
        raise ValueError("floor must be positive")
    lams, Q = np.linalg.eigh((H + H.T) / 2)
    return -Q @ (Q.T @ g / np.maximum(lams, 0))


@task.mistake(
    "plain Newton",
    "On a bowl this is right, on the saddle it leads to the saddle. What does a negative curvature "
    "do to the sign of your step?",
)
def saddle_free_step(g, H, floor):
    if floor <= 0:
        raise ValueError("floor must be positive")
    return -np.linalg.solve((H + H.T) / 2, g)


@task.mistake(
    "sign kept",
    "The floor is there, and the step still goes up where f curves down. Which of the two does the "
    "sign of a curvature decide here: nothing, or everything?",
)
def saddle_free_step(g, H, floor):
    if floor <= 0:
        raise ValueError("floor must be positive")
    lams, Q = np.linalg.eigh((H + H.T) / 2)
    return -Q @ (Q.T @ g / (np.where(lams < 0, -1, 1) * np.maximum(np.abs(lams), floor)))


@task.mistake(
    "uphill",
    "Each coordinate has the right size and points up. Compare your step with -g: do they look "
    "to the same side?",
)
def saddle_free_step(g, H, floor):
    if floor <= 0:
        raise ValueError("floor must be positive")
    lams, Q = np.linalg.eigh((H + H.T) / 2)
    return Q @ (Q.T @ g / np.maximum(np.abs(lams), floor))


@task.mistake(
    "multiplied by the curvature",
    "With g = 8 and curvature 2 you step by 16. Does a larger curvature make the step longer?",
)
def saddle_free_step(g, H, floor):
    if floor <= 0:
        raise ValueError("floor must be positive")
    lams, Q = np.linalg.eigh((H + H.T) / 2)
    return -Q @ (Q.T @ g * np.maximum(np.abs(lams), floor))


@task.mistake(
    "floor added",
    "With H = diag(-2, 2) and floor 0.1 you divide by 2.1. A curvature that is large enough should "
    "stay as it is: what does a floor do to what stands above it?",
)
def saddle_free_step(g, H, floor):
    if floor <= 0:
        raise ValueError("floor must be positive")
    lams, Q = np.linalg.eigh((H + H.T) / 2)
    return -Q @ (Q.T @ g / (np.abs(lams) + floor))


@task.mistake(
    "damped instead",
    "You added the floor to the diagonal, which is damping. With H = diag(-2, 2) one curvature is "
    "still negative: what becomes of that direction?",
)
def saddle_free_step(g, H, floor):
    if floor <= 0:
        raise ValueError("floor must be positive")
    return -np.linalg.solve((H + H.T) / 2 + floor * np.eye(len(g)), g)


@task.mistake(
    "eigenvectors in rows",
    "Along the axes it is right, and across them not. Does the routine put its eigenvectors into "
    "rows or into columns?",
)
def saddle_free_step(g, H, floor):
    if floor <= 0:
        raise ValueError("floor must be positive")
    lams, Q = np.linalg.eigh((H + H.T) / 2 + np.diag(1e-9 * np.arange(len(g))))
    return -Q.T @ (Q @ g / np.maximum(np.abs(lams), floor))


@task.mistake(
    "not turned back",
    "The numbers are those of the eigenvectors' coordinates. In which coordinates should the step "
    "come back?",
)
def saddle_free_step(g, H, floor):
    if floor <= 0:
        raise ValueError("floor must be positive")
    lams, Q = np.linalg.eigh((H + H.T) / 2)
    return -(Q.T @ g) / np.maximum(np.abs(lams), floor)


@task.mistake(
    "curvatures without their directions",
    "The curvatures are right and meet the wrong parts of g: the first of them belongs to the "
    "first eigenvector, not to the first parameter. How large is g along that vector?",
)
def saddle_free_step(g, H, floor):
    if floor <= 0:
        raise ValueError("floor must be positive")
    return -g / np.maximum(np.abs(np.linalg.eigvalsh((H + H.T) / 2)), floor)


@task.mistake(
    "one triangle",
    "Symmetric matrices come out right. For [[1, 6], [0, 1]] the routine looks at one triangle "
    "only: which part of H does the curvature come from?",
)
def saddle_free_step(g, H, floor):
    if floor <= 0:
        raise ValueError("floor must be positive")
    lams, Q = np.linalg.eigh(H)
    return -Q @ (Q.T @ g / np.maximum(np.abs(lams), floor))


@task.mistake(
    "floor not looked at",
    "A floor of 0 or less protects from nothing, and you accept it. What should the caller hear?",
)
def saddle_free_step(g, H, floor):
    lams, Q = np.linalg.eigh((H + H.T) / 2)
    return -Q @ (Q.T @ g / np.maximum(np.abs(lams), floor))


@task.mistake(
    "one triangle, floor not looked at",
    "Two things. A matrix that is not symmetric needs a word before you ask for its eigenvectors. "
    "And what about a floor that is 0 or negative?",
)
def saddle_free_step(g, H, floor):
    lams, Q = np.linalg.eigh(H)
    return -Q @ (Q.T @ g / np.maximum(np.abs(lams), floor))


@task.mistake(
    "lower of the two",
    "Every curvature is cut down to the floor, and steep directions get steps that are far too "
    "long. Is a floor the least value or the greatest?",
)
def saddle_free_step(g, H, floor):
    if floor <= 0:
        raise ValueError("floor must be positive")
    lams, Q = np.linalg.eigh((H + H.T) / 2)
    return -Q @ (Q.T @ g / np.minimum(np.abs(lams), floor))


@task.mistake(
    "small curvatures left out",
    "A direction whose curvature is below the floor is not used at all. It should be, as if its "
    "curvature were the floor: along it the step is long, but not endless.",
)
def saddle_free_step(g, H, floor):
    if floor <= 0:
        raise ValueError("floor must be positive")
    lams, Q = np.linalg.eigh((H + H.T) / 2)
    return -Q @ np.where(np.abs(lams) < floor, 0, Q.T @ g / np.abs(lams))


@task.mistake(
    "not symmetric, floor not looked at",
    "The eigenvectors of a matrix that is not symmetric are not at right angles, and its "
    "eigenvalues are no curvatures. Which part of H counts? And what about a floor of 0?",
)
def saddle_free_step(g, H, floor):
    lams, Q = np.linalg.eig(H)
    return -Q @ np.diag(1 / np.maximum(np.abs(lams), floor)) @ np.linalg.inv(Q) @ g


@task.mistake(
    "no floor, nothing symmetrised",
    "Where a curvature is 0 or nearly so your step is endless: what is the floor for? And "
    "which part of an H that is not symmetric holds the curvatures?",
)
def saddle_free_step(g, H, floor):
    lams, Q = np.linalg.eigh(H)
    return -Q @ (Q.T @ g / np.abs(lams))


@task.mistake(
    "turned the same way twice",
    "Along the axes it is right, and across them not. One product takes g into the coordinates of "
    "the eigenvectors, the other takes the step back: can both be the same matrix?",
)
def saddle_free_step(g, H, floor):
    if floor <= 0:
        raise ValueError("floor must be positive")
    lams, Q = np.linalg.eigh((H + H.T) / 2)
    return -Q @ (Q @ g / np.maximum(np.abs(lams), floor))


@task.mistake(
    "whole step turned round",
    "You turn the whole of Newton's step round where it climbs. On diag(-2, 2) one part of it was "
    "right already: which part climbs, and which becomes wrong by your turning?",
)
def saddle_free_step(g, H, floor):
    if floor <= 0:
        raise ValueError("floor must be positive")
    p = -np.linalg.solve((H + H.T) / 2, g)
    return p if p @ g < 0 else -p


@task.mistake(
    "sizes on the diagonal",
    "Where the eigenvectors lie along the axes all is well. [[1, 3], [3, 1]] has 1 twice on its "
    "diagonal and the curvatures -2 and 4: what do you divide by?",
)
def saddle_free_step(g, H, floor):
    if floor <= 0:
        raise ValueError("floor must be positive")
    return -g / np.maximum(np.abs(np.diag(H)), floor)


@task.mistake(
    "half of the sum forgotten",
    "Even for a symmetric H your steps are too short, by half where the floor does not count. What "
    "is H plus its transpose, if H is symmetric?",
)
def saddle_free_step(g, H, floor):
    if floor <= 0:
        raise ValueError("floor must be positive")
    lams, Q = np.linalg.eigh(H + H.T)
    return -Q @ (Q.T @ g / np.maximum(np.abs(lams), floor))


@task.mistake(
    "largest curvature for all",
    "Your step always points along -g. Each eigenvector has a curvature of its own: what does a "
    "flat direction get, if all are divided by the steepest one's?",
)
def saddle_free_step(g, H, floor):
    if floor <= 0:
        raise ValueError("floor must be positive")
    return -g / max(np.max(np.abs(np.linalg.eigvalsh((H + H.T) / 2))), floor)


@task.accepts("by a matrix")
def saddle_free_step(g, H, floor):
    if floor <= 0:
        raise ValueError("floor must be positive")
    H = np.asarray(H, dtype=float)
    lams, Q = np.linalg.eigh((H + H.T) / 2)
    size = Q @ np.diag(np.maximum(np.abs(lams), floor)) @ Q.T
    return -np.linalg.solve(size, g)


@task.accepts("one eigenvector after another")
def saddle_free_step(g, H, floor):
    if floor <= 0:
        raise ValueError("floor must be positive")
    H = np.asarray(H, dtype=float)
    lams, Q = np.linalg.eigh((H + H.T) / 2)
    p = np.zeros(len(g))
    for i in range(len(g)):
        p = p - (Q[:, i] @ g) / max(abs(lams[i]), floor) * Q[:, i]
    return p
