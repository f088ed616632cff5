"""The tasks of chapter `curvature`."""

import numpy as np

from fallline import curvature as reference
from fallline.marking.task import Case, ProblemSet
from fallline.objectives import himmelblau, rosenbrock

problems = ProblemSet("curvature")

A = np.array


# --- newton_step ---


def random_systems(rng):
    cases = []
    for d, scale in ((2, 1.0), (3, 1e-3), (5, 1e4)):
        H = scale * (rng.normal(size=(d, d)) + 2 * np.eye(d))
        g = rng.normal(size=d)
        g[0] = 0.0
        cases.append(Case(f"{d} parameters, H of size {scale:g}, not symmetric", (g, H)))
    return cases


task = problems.task(
    reference.newton_step,
    cases=[
        Case("g = (2, 4), H = [[2, 1], [1, 3]]", (A([2.0, 4.0]), A([[2.0, 1.0], [1.0, 3.0]]))),
        Case("one parameter: g = 6, H = 2", (A([6.0]), A([[2.0]]))),
        Case("g = (4, 4), H = [[2, 1], [0, 4]]", (A([4.0, 4.0]), A([[2.0, 1.0], [0.0, 4.0]]))),
        Case("g = (1, 0), H = [[1, 2], [-1, 1]]", (A([1.0, 0.0]), A([[1.0, 2.0], [-1.0, 1.0]]))),
        Case("a saddle: g = (-6, 8), H = diag(-2, 2)", (A([-6.0, 8.0]), A([[-2.0, 0], [0, 2.0]]))),
        Case("whole numbers: g = (1, 1), H = [[2, 1], [1, 4]]", (A([1, 1]), A([[2, 1], [1, 4]]))),
        Case("a gradient of zeros", (np.zeros(2), A([[2.0, 1.0], [1.0, 3.0]]))),
        Case("Himmelblau's function at (0, 0)", (A([-14.0, -22.0]), himmelblau.hessian([0, 0]))),
        Case("a gradient that holds NaN", (A([np.nan, 1.0]), A([[2.0, 1.0], [1.0, 3.0]]))),
        Case("singular: H = [[1, 2], [2, 4]]", (A([1.0, 1.0]), A([[1.0, 2.0], [2.0, 4.0]]))),
        Case("singular: H = diag(3, 0)", (A([1.0, 1.0]), A([[3.0, 0.0], [0.0, 0.0]]))),
        Case("singular: H = 0, one parameter", (A([1.0]), A([[0.0]]))),
    ],
    draw=random_systems,
    rtol=1e-8,
    why="solving loses the digits of H's condition number: two or three here",
)


@task.mistake(
    "plus",
    "Your step has the right length and the wrong sign: on a bowl it leads away from the bottom. "
    "Where is the slope of the model, g + H p, zero?",
)
def newton_step(g, H):
    return np.linalg.solve(H, g)


@task.mistake(
    "transposed",
    "Symmetric matrices come out right. With H = [[2, 1], [0, 4]] the first equation reads "
    "2 p1 + p2 = -g1: do you add up along rows or down columns?",
)
def newton_step(g, H):
    return -np.linalg.solve(H.T, g)


@task.mistake(
    "diagonal only",
    "Each coordinate is divided by its own curvature, as if none knew of the others. What do the "
    "entries beside the diagonal do to the slope?",
)
def newton_step(g, H):
    return -g / np.diag(H)


@task.mistake(
    "scaled by a learning rate",
    "Your step is a tenth of the right one. The model says how long its step is; is there a "
    "learning rate in the equation?",
)
def newton_step(g, H):
    return -0.1 * np.linalg.solve(H, g)


@task.mistake(
    "multiplied instead of solved",
    "Where the curvature is 2 and the slope 6 you step by 12. Does a larger curvature make the "
    "way to the bottom longer or shorter?",
)
def newton_step(g, H):
    return -H @ g


@task.mistake(
    "entries inverted one by one",
    "Each entry of H was turned over by itself. Multiply H = [[2, 1], [1, 3]] by what you take for "
    "its inverse: does the identity come out?",
)
def newton_step(g, H):
    return -(1 / H) @ g


@task.mistake(
    "divided by the whole table",
    "A whole table comes back where a step should. What does / do between a vector and a matrix, "
    "and what should be undone: H times p?",
)
def newton_step(g, H):
    return -g / H


@task.mistake(
    "the gradient alone",
    "This step does not depend on H at all. It is that of gradient descent with rate 1: where does "
    "the curvature come in?",
)
def newton_step(g, H):
    return -g


@task.mistake(
    "squared Hessian",
    "With one parameter, g = 6 and H = 2, the vertex is 3 away, and you go another way. How often "
    "does H enter the equation H p = -g?",
)
def newton_step(g, H):
    return -np.linalg.solve(H @ H, g)


@task.mistake(
    "curvature made positive",
    "On a saddle you go down. That is wiser than Newton, but asked for is his step: where is the "
    "slope of the model zero?",
)
def newton_step(g, H):
    lams, Q = np.linalg.eig(H)
    return -np.real(Q @ np.diag(1 / np.abs(lams)) @ np.linalg.inv(Q) @ g)


@task.mistake(
    "some step for a singular H",
    "All is right where there is one answer. For H = diag(3, 0) and g = (1, 1) no p makes the "
    "second slope zero: what comes back from your function, and should it?",
)
def newton_step(g, H):
    return np.linalg.lstsq(H, -g, rcond=None)[0]


@task.mistake(
    "inverse times each entry",
    "A whole table comes back. The inverse is a matrix and g a vector: which product of the two is "
    "a vector again?",
)
def newton_step(g, H):
    return -np.linalg.inv(H) * g


@task.mistake(
    "divided by the size of H",
    "Your step points along -g, whatever H is. Does a table of curvatures act like one number, its "
    "size, or does each direction have its own?",
)
def newton_step(g, H):
    return -g / np.linalg.norm(H)


@task.accepts("by the inverse")
def newton_step(g, H):
    return -(np.linalg.inv(np.asarray(H, dtype=float)) @ g)


@task.accepts("by elimination")
def newton_step(g, H):
    H, p = np.array(H, dtype=float), -np.array(g, dtype=float)
    d = len(p)
    for k in range(d):
        best = k + int(np.argmax(np.abs(H[k:, k])))
        if H[best, k] == 0:
            raise ValueError("H is singular")
        H[[k, best]], p[[k, best]] = H[[best, k]], p[[best, k]]
        for i in range(k + 1, d):
            share = H[i, k] / H[k, k]
            H[i] = H[i] - share * H[k]
            p[i] = p[i] - share * p[k]
    for k in reversed(range(d)):
        p[k] = (p[k] - H[k, k + 1 :] @ p[k + 1 :]) / H[k, k]
    return p


# --- saddle_free_step ---


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

task = problems.task(
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


# --- hvp ---


def cubed(w):
    """Return the gradient of w⁴/4, entry by entry."""
    return w**3


def itself(w):
    """Return the gradient of w²/2: the very array w."""
    return w


MIXED = A([[1.0, 2.0], [0.0, 3.0]])


def mixed(w):
    """Return a vector field whose Jacobian is not symmetric, with a cubic part."""
    return MIXED @ w + w**3


def random_products(rng):
    cases = []
    for d, size in ((2, 1.0), (3, 1e3), (5, 1e-4)):
        x, v = rng.normal(size=d), size * rng.normal(size=d)
        v[0] = 0.0
        cases.append(
            Case(
                f"Rosenbrock's function in {d} dimensions, v of size {size:g}, h = 0.1",
                (rosenbrock.gradient, x, v, 0.1),
            )
        )
    return cases


task = problems.task(
    reference.hvp,
    cases=[
        Case(
            "gradient w³, at (1, 2), v = (3, 4), h = 0.5",
            (cubed, A([1.0, 2.0]), A([3.0, 4.0]), 0.5),
        ),
        Case("gradient w³, at 1, v = 2, h = 1", (cubed, A([1.0]), A([2.0]), 1.0)),
        Case(
            "gradient w³, at (1, 2), v = (30, 40), h = 0.5",
            (cubed, A([1.0, 2.0]), A([30.0, 40.0]), 0.5),
        ),
        Case("gradient w³, v of length 1", (cubed, A([1.0, 2.0]), A([0.6, 0.8]), 0.5)),
        Case("a gradient that mixes, v = (0, 2)", (mixed, A([1.0, -1.0]), A([0.0, 2.0]), 0.1)),
        Case("a gradient that mixes, v = (2, 0)", (mixed, A([1.0, -1.0]), A([2.0, 0.0]), 0.1)),
        Case(
            "gradient w, which returns its own argument",
            (itself, A([1.0, 2.0]), A([3.0, 4.0]), 0.25),
        ),
        Case(
            "Himmelblau's function at (1, 1)",
            (himmelblau.gradient, A([1.0, 1.0]), A([1.0, -2.0]), 0.01),
        ),
        Case("whole numbers", (cubed, A([1, 2]), A([0, 2]), 0.5)),
        Case(
            "a table of shape (2, 3)", (cubed, np.arange(6.0).reshape(2, 3), np.ones((2, 3)), 0.5)
        ),
        Case("v = (0, 0)", (cubed, A([1.0, 2.0]), np.zeros(2), 0.5)),
        Case("v = 0, one parameter", (cubed, A([1.0]), np.zeros(1), 0.5)),
        Case(
            "v = (0, 0), Himmelblau's function",
            (himmelblau.gradient, A([1.0, 1.0]), np.zeros(2), 0.01),
        ),
        Case("a vector that holds NaN", (itself, A([1.0, 2.0]), A([np.nan, 1.0]), 0.5)),
    ],
    draw=random_products,
    rtol=1e-8,
    atol=1e-10,
    why="a difference of two gradients over h of at least 0.01 keeps twelve digits",
)


@task.mistake(
    "forward",
    "One of your two gradients is taken at x itself, and the error falls only like h. What does "
    "looking to both sides cancel?",
)
def hvp(grad, x, v, h):
    length = np.linalg.norm(v)
    u = v / length if length != 0 else 0 * v
    return length * (np.asarray(grad(x + h * u)) - grad(x * 1.0)) / h


@task.mistake(
    "distance not scaled",
    "With v = (30, 40) and h = 0.5 you look 25 away from x. How far from x should the two points "
    "lie, whatever the length of v?",
)
def hvp(grad, x, v, h):
    return (np.asarray(grad(x + h * v)) - grad(x - h * v)) / (2 * h)


@task.mistake(
    "length forgotten",
    "Twice as long a v must give twice the product, and yours stays the same. What became of the "
    "length that you divided by?",
)
def hvp(grad, x, v, h):
    length = np.linalg.norm(v)
    u = v / length if length != 0 else 0 * v
    return (np.asarray(grad(x + h * u)) - grad(x - h * u)) / (2 * h)


@task.mistake(
    "length divided once more",
    "A longer v gives you a smaller product. H(2v) is twice Hv: which way does the length of v "
    "have to enter?",
)
def hvp(grad, x, v, h):
    length = np.linalg.norm(v)
    u = v / length if length != 0 else 0 * v
    return (np.asarray(grad(x + h * u)) - grad(x - h * u)) / (2 * h * (length if length else 1))


@task.mistake(
    "width h",
    "Your product is twice as large as it should be. How far apart are the two points?",
)
def hvp(grad, x, v, h):
    length = np.linalg.norm(v)
    u = v / length if length != 0 else 0 * v
    return length * (np.asarray(grad(x + h * u)) - grad(x - h * u)) / h


@task.mistake(
    "width h, distance not scaled",
    "Two things: how far apart are your two points, and why does that depend on the length of v?",
)
def hvp(grad, x, v, h):
    return (np.asarray(grad(x + h * v)) - grad(x - h * v)) / h


@task.mistake(
    "own tiny step",
    "You do not use the h that was given but one of 1e-12, where rounding leaves four digits. "
    "What is the argument for?",
)
def hvp(grad, x, v, h):
    h = 1e-12
    length = np.linalg.norm(v)
    u = v / length if length != 0 else 0 * v
    return length * (np.asarray(grad(x + h * u)) - grad(x - h * u)) / (2 * h)


@task.mistake(
    "own small step",
    "The result hardly depends on h, but it should: asked for is the quotient for that very h. "
    "Where do you set it anew?",
)
def hvp(grad, x, v, h):
    h = 1e-5
    length = np.linalg.norm(v)
    u = v / length if length != 0 else 0 * v
    return length * (np.asarray(grad(x + h * u)) - grad(x - h * u)) / (2 * h)


@task.mistake(
    "columns for rows",
    "Where the field is a gradient all is well, and on one whose Jacobian is not symmetric rows "
    "and columns are swapped. Which sum of products is the first entry of Hv?",
)
def hvp(grad, x, v, h):
    x = np.array(x, dtype=float)
    J = [(grad(x + h * e) - np.asarray(grad(x - h * e))) / (2 * h) for e in np.eye(len(x))]
    return np.array(J) @ v


@task.mistake(
    "Hessian built first",
    "You build the whole matrix, column by column, and the steps are along the axes. Two gradients "
    "along v are enough: in which direction do you have to look?",
)
def hvp(grad, x, v, h):
    x = np.array(x, dtype=float)
    J = [(grad(x + h * e) - np.asarray(grad(x - h * e))) / (2 * h) for e in np.eye(len(x))]
    return np.array(J).T @ v


@task.mistake(
    "diagonal only",
    "Each coordinate was moved by itself and its own slope watched. What becomes of the entries of "
    "H beside the diagonal?",
)
def hvp(grad, x, v, h):
    x = np.array(x, dtype=float)
    D = [(grad(x + h * e) - np.asarray(grad(x - h * e))) @ e / (2 * h) for e in np.eye(len(x))]
    return np.array(D) * v


@task.mistake(
    "multiplied by v once more",
    "A single number comes back. Is asked for the vector Hv, or the curvature along v, "
    "which multiplies it by v again?",
)
def hvp(grad, x, v, h):
    length = np.linalg.norm(v)
    u = v / length if length != 0 else 0 * v
    return np.sum(v * length * (np.asarray(grad(x + h * u)) - grad(x - h * u)) / (2 * h))


@task.mistake(
    "gradient times vector",
    "You multiply v by the gradient. It is the change of the gradient along v that is wanted: how "
    "can you see a change with one look?",
)
def hvp(grad, x, v, h):
    return grad(x * 1.0) * v


@task.mistake(
    "order swapped",
    "Right size, wrong sign: which of the two gradients is to be subtracted from which?",
)
def hvp(grad, x, v, h):
    length = np.linalg.norm(v)
    u = v / length if length != 0 else 0 * v
    return length * (np.asarray(grad(x - h * u)) - grad(x + h * u)) / (2 * h)


@task.mistake(
    "zero vector",
    "For v = 0 you divide 0 by 0. What is H times 0?",
)
def hvp(grad, x, v, h):
    length = np.linalg.norm(v)
    u = v / length
    return length * (np.asarray(grad(x + h * u)) - grad(x - h * u)) / (2 * h)


@task.mistake(
    "longest column for the length",
    "For a table of numbers you used another norm. The length that counts is the root of the sum "
    "of the squares of all entries, here as for a vector.",
)
def hvp(grad, x, v, h):
    length = np.linalg.norm(v, 1)
    u = v / length if length != 0 else 0 * v
    return length * (np.asarray(grad(x + h * u)) - grad(x - h * u)) / (2 * h)


@task.mistake(
    "forward, distance not scaled",
    "Two things. The error falls only like h, because you look to one side. And the point lies h "
    "times the length of v away: how far should it be?",
)
def hvp(grad, x, v, h):
    return (np.asarray(grad(x + h * v)) - grad(x * 1.0)) / h


@task.mistake(
    "multiplied by v entry by entry",
    "The change of the gradient is right, and each of its entries is then multiplied by one of v. "
    "What do you want to multiply by: the vector, or its length?",
)
def hvp(grad, x, v, h):
    length = np.linalg.norm(v)
    u = v / length if length != 0 else 0 * v
    return v * (np.asarray(grad(x + h * u)) - grad(x - h * u)) / (2 * h)


@task.mistake(
    "length twice",
    "Twice as long a v must give twice the product, and yours gives four times as much. How often "
    "does the length enter?",
)
def hvp(grad, x, v, h):
    length = np.linalg.norm(v)
    u = v / length if length != 0 else 0 * v
    return length**2 * (np.asarray(grad(x + h * u)) - grad(x - h * u)) / (2 * h)


@task.accepts("by the scaled step")
def hvp(grad, x, v, h):
    size = np.sqrt(np.sum(np.square(v, dtype=float)))
    if size == 0:
        return np.zeros(np.shape(x))
    step = h / size
    return (np.asarray(grad(x + step * v)) - np.asarray(grad(x - step * v))) / (2 * step)


@task.accepts("with the norm of all entries")
def hvp(grad, x, v, h):
    x, v = np.asarray(x, dtype=float), np.asarray(v, dtype=float)
    length = np.linalg.norm(v.ravel())
    u = v / (length or 1.0)
    ahead, behind = np.array(grad(x + h * u)), np.array(grad(x - h * u))
    return (ahead - behind) * (length / (2 * h))


# --- bfgs_update ---


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

task = problems.task(
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


# --- lbfgs_direction ---


def random_histories(rng):
    cases = []
    for d, count, m in ((2, 2, None), (3, 4, 2), (5, 6, 3), (4, 3, 9)):
        B = rng.normal(size=(d, d))
        H = B @ B.T + np.eye(d)
        S = [rng.normal(size=d) for _ in range(count)]
        Y = [H @ s for s in S]
        label = f"{d} parameters, {count} pairs, m = {m}"
        cases.append(Case(label, (rng.normal(size=d), S, Y, m)))
    return cases


S2 = [A([1.0, 0.0]), A([1.0, 1.0])]
Y2 = [A([2.0, 0.0]), A([2.0, 4.0])]
S3 = [A([1.0, 0.0]), A([1.0, 1.0]), A([0.0, 2.0])]
Y3 = [A([2.0, 1.0]), A([3.0, 4.0]), A([2.0, 6.0])]

task = problems.task(
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
        Case("three pairs, m = 0", (A([1.0, 1.0]), S3, Y3, 0)),
        Case("two pairs, m = 0", (A([2.0, 4.0]), S2, Y2, 0)),
        Case("pairs as rows of arrays", (A([2.0, 4.0]), np.array(S3), np.array(Y3), None)),
        Case("a gradient that holds NaN", (A([np.nan, 1.0]), S2, Y2, None)),
        Case("a pair with s · y = -2", (A([1.0, 1.0]), [A([1.0, 0.0])], [A([-2.0, 0.0])], None)),
        Case("a pair with s · y = 0", (A([1.0, 1.0]), [A([1.0, 0.0])], [A([0.0, 2.0])], None)),
        Case(
            "two pairs, the older one with s · y = -1",
            (A([1.0, 1.0]), [A([1.0, 0.0]), A([1.0, 1.0])], [A([-1.0, 0.0]), A([2.0, 4.0])], None),
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


# --- wolfe_backtracking ---


def square(x):
    """Return the sum of squares."""
    return float(np.sum(x * x))


def square_slope(x):
    """Return the gradient of the sum of squares."""
    return 2 * x


def quartic(x):
    """Return x⁴/4 - x, entry by entry, summed up."""
    return float(np.sum(x**4 / 4 - x))


def quartic_slope(x):
    """Return the gradient of x⁴/4 - x."""
    return x**3 - 1


def downhill(x):
    """Return -x: nothing holds it from below."""
    return -float(np.sum(x))


def downhill_slope(x):
    """Return the gradient of -x."""
    return -np.ones(np.shape(x))


def barrier(x):
    """Return x - log x, which is no number for x < 0."""
    return float(np.sum(x - np.log(x)))


def barrier_slope(x):
    """Return the gradient of x - log x."""
    return 1 - 1 / x


def decay(x):
    """Return e^-x, which falls for ever and ends nowhere."""
    return float(np.sum(np.exp(-x)))


def decay_slope(x):
    """Return the gradient of e^-x."""
    return -np.exp(-x)


def random_searches(rng):
    cases = []
    for name, objective, d in (
        ("Himmelblau's", himmelblau, 2),
        ("Rosenbrock's", rosenbrock, 2),
        ("Rosenbrock's", rosenbrock, 4),
    ):
        x = rng.uniform(-2, 2, d)
        g = objective.gradient(x)
        d = -g * 10.0 ** rng.uniform(-4, 0) + 0.1 * np.linalg.norm(g) * rng.normal(size=d) * 1e-3
        label = f"{name} function, d = -g scaled at random"
        cases.append(Case(label, (objective.value, objective.gradient, x, d, 1e-4, 0.4)))
    x = rng.uniform(2, 3, 3)
    return [
        *cases,
        Case("x² from a random point, d = -4x", (square, square_slope, x, -4 * x, 0.1, 0.5)),
    ]


ONE, TWO = A([1.0]), A([2.0])
START = A([-1.2, 1.0])

task = problems.task(
    reference.wolfe_backtracking,
    cases=[
        Case(
            "x² from 2, d = -16, c1 = 1e-4, c2 = 0.9",
            (square, square_slope, TWO, A([-16.0]), 1e-4, 0.9),
        ),
        Case("x² from 2, d = -0.25, c2 = 0.5", (square, square_slope, TWO, A([-0.25]), 1e-4, 0.5)),
        Case(
            "x² from 2, d = -3.9, c2 = 0.5: the slope turns round",
            (square, square_slope, TWO, A([-3.9]), 1e-4, 0.5),
        ),
        Case("x² from 2, d = -2: at once", (square, square_slope, TWO, A([-2.0]), 1e-4, 0.9)),
        Case(
            "x² from 2, d = -1.1, c2 = 0.1: twice, and half way back",
            (square, square_slope, TWO, A([-1.1]), 1e-4, 0.1),
        ),
        Case(
            "x² from 2, d = -2, c1 = 0.6, c2 = 0.8",
            (square, square_slope, TWO, A([-2.0]), 0.6, 0.8),
        ),
        Case("x² from 2, d = -3, c1 = 0.4", (square, square_slope, TWO, A([-3.0]), 0.4, 0.9)),
        Case("x² from 3, d = -5, c1 = 0.3", (square, square_slope, A([3.0]), A([-5.0]), 0.3, 0.9)),
        Case("x⁴/4 - x from 0, d = 1.5", (quartic, quartic_slope, A([0.0]), A([1.5]), 0.6, 0.9)),
        Case(
            "x² from (3, 4), d = (-1, -0.5)",
            (square, square_slope, A([3.0, 4.0]), A([-1.0, -0.5]), 1e-4, 0.3),
        ),
        Case("x⁴/4 - x from 0, d = 5", (quartic, quartic_slope, A([0.0]), A([5.0]), 1e-4, 0.1)),
        Case("x⁴/4 - x from 0, d = 0.01", (quartic, quartic_slope, A([0.0]), A([0.01]), 1e-4, 0.1)),
        Case(
            "whole numbers: x² from (1, 2), d = (-3, 0)",
            (square, square_slope, A([1, 2]), A([-3, 0]), 0.25, 0.5),
        ),
        Case(
            "a table of shape (1, 2)",
            (square, square_slope, A([[1.0, 2.0]]), A([[-5.0, -1.0]]), 0.1, 0.2),
        ),
        Case(
            "Rosenbrock's function from (-1.2, 1), d = -g",
            (rosenbrock.value, rosenbrock.gradient, START, -rosenbrock.gradient(START), 1e-4, 0.9),
        ),
        Case(
            "x - log x from 0.5, d = 4: no number beyond 0",
            (barrier, barrier_slope, A([0.5]), A([4.0]), 1e-4, 0.1),
        ),
        Case(
            "x - log x from 3, d = -20: f is NaN at t = 1",
            (barrier, barrier_slope, A([3.0]), A([-20.0]), 1e-4, 0.5),
        ),
        Case("a start that is NaN", (square, square_slope, A([np.nan]), A([-1.0]), 1e-4, 0.9)),
        Case("uphill: x² from 2, d = 1", (square, square_slope, TWO, ONE, 1e-4, 0.9)),
        Case(
            "level: d at a right angle to g",
            (square, square_slope, A([2.0, 0.0]), A([0.0, 1.0]), 1e-4, 0.9),
        ),
        Case(
            "uphill: x⁴/4 - x from 2, d = 0.5", (quartic, quartic_slope, TWO, A([0.5]), 1e-4, 0.9)
        ),
        Case("-x, which has no bottom", (downhill, downhill_slope, A([0.0]), ONE, 1e-4, 0.9)),
        Case(
            "-x - y, which has no bottom",
            (downhill, downhill_slope, A([0.0, 1.0]), A([1.0, 2.0]), 1e-4, 0.5),
        ),
        Case("-x, d = 1000", (downhill, downhill_slope, A([5.0]), A([1000.0]), 1e-4, 0.9)),
    ],
    draw=random_searches,
    why="every t is 1, doubled and halved: no rounding at all",
)


@task.mistake(
    "only Armijo",
    "From d = -0.25 you take the first trial, though the slope there is nearly as steep as at the "
    "start: f is low enough. Which of the two conditions asks for a step that is long enough?",
)
def wolfe_backtracking(f, grad, x, d, c1=1e-4, c2=0.9):
    here, slope, t = f(x), np.sum(grad(x) * d), 1.0
    if np.isnan(here + slope):
        return np.nan
    if slope >= 0:
        raise ValueError("d must descend")
    for _ in range(100):
        if f(x + t * d) <= here + c1 * t * slope:
            return t
        t = t / 2
    raise ValueError("no step found")


@task.mistake(
    "curvature condition reversed",
    "You accept a step where the slope is still steep and go on where it is nearly flat. A good "
    "step ends where the slope has become small: on which side of c2 |slope| is that?",
)
def wolfe_backtracking(f, grad, x, d, c1=1e-4, c2=0.9):
    here, slope = f(x), np.sum(grad(x) * d)
    if np.isnan(here + slope):
        return np.nan
    if slope >= 0:
        raise ValueError("d must descend")
    low, high, t = 0.0, np.inf, 1.0
    for _ in range(100):
        if not f(x + t * d) <= here + c1 * t * slope:
            high = t
        else:
            now = np.sum(grad(x + t * d) * d)
            if abs(now) >= c2 * abs(slope):
                return t
            if now < 0:
                low = t
            else:
                high = t
        t = 2 * low if high == np.inf else (low + high) / 2
    raise ValueError("no step found")


@task.mistake(
    "never gives up",
    "On -x, which has no bottom, you double t until it is infinite. After how many trials should "
    "the search say that there is nothing to be found?",
)
def wolfe_backtracking(f, grad, x, d, c1=1e-4, c2=0.9):
    here, slope = f(x), np.sum(grad(x) * d)
    if np.isnan(here + slope):
        return np.nan
    if slope >= 0:
        raise ValueError("d must descend")
    low, high, t = 0.0, np.inf, 1.0
    while t < 1e308:
        if not f(x + t * d) <= here + c1 * t * slope:
            high = t
        else:
            now = np.sum(grad(x + t * d) * d)
            if abs(now) <= c2 * abs(slope):
                return t
            if now < 0:
                low = t
            else:
                high = t
        t = 2 * low if high == np.inf else (low + high) / 2
    return t


@task.mistake(
    "d made a unit vector",
    "Your t is right for a d of length 1, and d came with another length. The step is t times d as "
    "it is given: who has changed it?",
)
def wolfe_backtracking(f, grad, x, d, c1=1e-4, c2=0.9):
    d = d / np.linalg.norm(d)
    here, slope = f(x), np.sum(grad(x) * d)
    if np.isnan(here + slope):
        return np.nan
    if slope >= 0:
        raise ValueError("d must descend")
    low, high, t = 0.0, np.inf, 1.0
    for _ in range(100):
        if not f(x + t * d) <= here + c1 * t * slope:
            high = t
        else:
            now = np.sum(grad(x + t * d) * d)
            if abs(now) <= c2 * abs(slope):
                return t
            if now < 0:
                low = t
            else:
                high = t
        t = 2 * low if high == np.inf else (low + high) / 2
    raise ValueError("no step found")


@task.mistake(
    "weak condition",
    "You accept a point where the slope is steep the other way: the valley was crossed. The strong "
    "condition bounds the size of the slope; what does yours bound?",
)
def wolfe_backtracking(f, grad, x, d, c1=1e-4, c2=0.9):
    here, slope = f(x), np.sum(grad(x) * d)
    if np.isnan(here + slope):
        return np.nan
    if slope >= 0:
        raise ValueError("d must descend")
    low, high, t = 0.0, np.inf, 1.0
    for _ in range(100):
        if not f(x + t * d) <= here + c1 * t * slope:
            high = t
        else:
            now = np.sum(grad(x + t * d) * d)
            if now >= c2 * slope:
                return t
            low = t
        t = 2 * low if high == np.inf else (low + high) / 2
    raise ValueError("no step found")


@task.mistake(
    "any descent is enough",
    "A step that lowers f by next to nothing passes your first test. Which part of the drop that "
    "the slope promises is asked for?",
)
def wolfe_backtracking(f, grad, x, d, c1=1e-4, c2=0.9):
    here, slope = f(x), np.sum(grad(x) * d)
    if np.isnan(here + slope):
        return np.nan
    if slope >= 0:
        raise ValueError("d must descend")
    low, high, t = 0.0, np.inf, 1.0
    for _ in range(100):
        if not f(x + t * d) <= here:
            high = t
        else:
            now = np.sum(grad(x + t * d) * d)
            if abs(now) <= c2 * abs(slope):
                return t
            if now < 0:
                low = t
            else:
                high = t
        t = 2 * low if high == np.inf else (low + high) / 2
    raise ValueError("no step found")


@task.mistake(
    "c1 and c2 swapped",
    "Your first condition asks for nearly the whole drop of the slope, and the second for a slope "
    "of nearly nothing. Which number belongs to which?",
)
def wolfe_backtracking(f, grad, x, d, c1=1e-4, c2=0.9):
    here, slope = f(x), np.sum(grad(x) * d)
    if np.isnan(here + slope):
        return np.nan
    if slope >= 0:
        raise ValueError("d must descend")
    low, high, t = 0.0, np.inf, 1.0
    for _ in range(100):
        if not f(x + t * d) <= here + c2 * t * slope:
            high = t
        else:
            now = np.sum(grad(x + t * d) * d)
            if abs(now) <= c1 * abs(slope):
                return t
            if now < 0:
                low = t
            else:
                high = t
        t = 2 * low if high == np.inf else (low + high) / 2
    raise ValueError("no step found")


@task.mistake(
    "slope without the direction",
    "You measure the slope by the gradient's own length. What counts is how f falls along d: how "
    "do g and d make one number?",
)
def wolfe_backtracking(f, grad, x, d, c1=1e-4, c2=0.9):
    here, slope = f(x), -np.sum(grad(x) ** 2)
    if np.isnan(here + slope):
        return np.nan
    if np.sum(grad(x) * d) >= 0:
        raise ValueError("d must descend")
    low, high, t = 0.0, np.inf, 1.0
    for _ in range(100):
        if not f(x + t * d) <= here + c1 * t * slope:
            high = t
        else:
            now = np.sum(grad(x + t * d) * d)
            if abs(now) <= c2 * abs(slope):
                return t
            if now < 0:
                low = t
            else:
                high = t
        t = 2 * low if high == np.inf else (low + high) / 2
    raise ValueError("no step found")


@task.mistake(
    "share of the drop without t",
    "A short step is asked for as large a drop as a long one. The slope promises a drop in "
    "proportion to what?",
)
def wolfe_backtracking(f, grad, x, d, c1=1e-4, c2=0.9):
    here, slope = f(x), np.sum(grad(x) * d)
    if np.isnan(here + slope):
        return np.nan
    if slope >= 0:
        raise ValueError("d must descend")
    low, high, t = 0.0, np.inf, 1.0
    for _ in range(100):
        if not f(x + t * d) <= here + c1 * slope:
            high = t
        else:
            now = np.sum(grad(x + t * d) * d)
            if abs(now) <= c2 * abs(slope):
                return t
            if now < 0:
                low = t
            else:
                high = t
        t = 2 * low if high == np.inf else (low + high) / 2
    raise ValueError("no step found")


@task.mistake(
    "left end forgotten",
    "When a trial is too long you halve it, and come back to lengths that were already too short. "
    "Where does the interval begin by then?",
)
def wolfe_backtracking(f, grad, x, d, c1=1e-4, c2=0.9):
    here, slope, t = f(x), np.sum(grad(x) * d), 1.0
    if np.isnan(here + slope):
        return np.nan
    if slope >= 0:
        raise ValueError("d must descend")
    for _ in range(100):
        now = np.sum(grad(x + t * d) * d)
        if not f(x + t * d) <= here + c1 * t * slope:
            t = t / 2
        elif abs(now) <= c2 * abs(slope):
            return t
        else:
            t = 2 * t if now < 0 else t / 2
    raise ValueError("no step found")


@task.mistake(
    "shorter whatever is wrong",
    "Where the step is too short you make it shorter still. What does a slope that is steeply "
    "negative say: has the bottom been passed, or not reached?",
)
def wolfe_backtracking(f, grad, x, d, c1=1e-4, c2=0.9):
    here, slope, t = f(x), np.sum(grad(x) * d), 1.0
    if np.isnan(here + slope):
        return np.nan
    if slope >= 0:
        raise ValueError("d must descend")
    for _ in range(100):
        low_enough = f(x + t * d) <= here + c1 * t * slope
        if low_enough and abs(np.sum(grad(x + t * d) * d)) <= c2 * abs(slope):
            return t
        t = t / 2
    raise ValueError("no step found")


@task.mistake(
    "right end by three quarters",
    "Where the statement takes the middle of the interval you take another point of it. Which t "
    "comes between 1 and 2?",
)
def wolfe_backtracking(f, grad, x, d, c1=1e-4, c2=0.9):
    here, slope = f(x), np.sum(grad(x) * d)
    if np.isnan(here + slope):
        return np.nan
    if slope >= 0:
        raise ValueError("d must descend")
    low, high, t = 0.0, np.inf, 1.0
    for _ in range(100):
        if not f(x + t * d) <= here + c1 * t * slope:
            high = t
        else:
            now = np.sum(grad(x + t * d) * d)
            if abs(now) <= c2 * abs(slope):
                return t
            if now < 0:
                low = t
            else:
                high = t
        t = 2 * low if high == np.inf else low + 0.25 * (high - low)
    raise ValueError("no step found")


@task.mistake(
    "the point for the step",
    "The point that was reached comes back. Asked for is the number t: by how much is d "
    "multiplied?",
)
def wolfe_backtracking(f, grad, x, d, c1=1e-4, c2=0.9):
    here, slope = f(x), np.sum(grad(x) * d)
    if np.isnan(here + slope):
        return x
    if slope >= 0:
        raise ValueError("d must descend")
    low, high, t = 0.0, np.inf, 1.0
    for _ in range(100):
        if not f(x + t * d) <= here + c1 * t * slope:
            high = t
        else:
            now = np.sum(grad(x + t * d) * d)
            if abs(now) <= c2 * abs(slope):
                return x + t * d
            if now < 0:
                low = t
            else:
                high = t
        t = 2 * low if high == np.inf else (low + high) / 2
    raise ValueError("no step found")


@task.mistake(
    "direction not looked at",
    "Where d climbs or runs level you search all the same. Along such a d no step can do what the "
    "conditions ask: what should the caller hear, and what do they hear from you?",
)
def wolfe_backtracking(f, grad, x, d, c1=1e-4, c2=0.9):
    here, slope = f(x), np.sum(grad(x) * d)
    if np.isnan(here + slope):
        return np.nan
    low, high, t = 0.0, np.inf, 1.0
    for _ in range(100):
        if not f(x + t * d) <= here + c1 * t * slope:
            high = t
        else:
            now = np.sum(grad(x + t * d) * d)
            if abs(now) <= c2 * abs(slope):
                return t
            if now < 0:
                low = t
            else:
                high = t
        t = 2 * low if high == np.inf else (low + high) / 2
    return t


@task.mistake(
    "last trial returned",
    "After the last trial you return a t that meets no condition, as if it did. What should a "
    "caller hear where no step was found?",
)
def wolfe_backtracking(f, grad, x, d, c1=1e-4, c2=0.9):
    here, slope = f(x), np.sum(grad(x) * d)
    if np.isnan(here + slope):
        return np.nan
    if slope >= 0:
        raise ValueError("d must descend")
    low, high, t = 0.0, np.inf, 1.0
    for _ in range(100):
        if not f(x + t * d) <= here + c1 * t * slope:
            high = t
        else:
            now = np.sum(grad(x + t * d) * d)
            if abs(now) <= c2 * abs(slope):
                return t
            if now < 0:
                low = t
            else:
                high = t
        t = 2 * low if high == np.inf else (low + high) / 2
    return t


@task.mistake(
    "steep upwards taken for too short",
    "Where the slope at t points up, and steeply, you go on to longer steps. Is the bottom before "
    "you or behind you then?",
)
def wolfe_backtracking(f, grad, x, d, c1=1e-4, c2=0.9):
    here, slope = f(x), np.sum(grad(x) * d)
    if np.isnan(here + slope):
        return np.nan
    if slope >= 0:
        raise ValueError("d must descend")
    low, high, t = 0.0, np.inf, 1.0
    for _ in range(100):
        if not f(x + t * d) <= here + c1 * t * slope:
            high = t
        elif abs(np.sum(grad(x + t * d) * d)) <= c2 * abs(slope):
            return t
        else:
            low = t
        t = 2 * low if high == np.inf else (low + high) / 2
    raise ValueError("no step found")


@task.mistake(
    "shorter whatever is wrong, NaN not looked at",
    "A step that is too short is made shorter still, until you give up: what does a steep negative "
    "slope say? And where the start itself is NaN, which number should come back?",
)
def wolfe_backtracking(f, grad, x, d, c1=1e-4, c2=0.9):
    here, slope, t = f(x), np.sum(grad(x) * d), 1.0
    for _ in range(100):
        low_enough = f(x + t * d) <= here + c1 * t * slope
        if low_enough and abs(np.sum(grad(x + t * d) * d)) <= c2 * abs(slope):
            return t
        t = t / 2
    raise ValueError("no step found")


@task.accepts("with functions of t")
def wolfe_backtracking(f, grad, x, d, c1=1e-4, c2=0.9):
    def height(t):
        return float(f(x + t * d))

    def slope(t):
        return float(np.sum(np.asarray(grad(x + t * d)) * d))

    if np.isnan(height(0.0)) or np.isnan(slope(0.0)):
        return float("nan")
    if slope(0.0) >= 0:
        raise ValueError("d must descend")
    low, high, t = 0.0, None, 1.0
    for _ in range(100):
        too_high = not height(t) <= height(0.0) + c1 * t * slope(0.0)
        if not too_high and abs(slope(t)) <= c2 * abs(slope(0.0)):
            return t
        if too_high or slope(t) > 0:
            high = t
        else:
            low = t
        t = 2.0 * t if high is None else low + (high - low) / 2
    raise ValueError("no step found")


@task.accepts("by the weak condition first")
def wolfe_backtracking(f, grad, x, d, c1=1e-4, c2=0.9):
    start, m = float(f(x * 1.0)), float(np.sum(np.asarray(grad(x * 1.0)) * d))
    if start != start or m != m:
        return float("nan")
    if not m < 0:
        raise ValueError("d must descend")
    ends, t, trials = [0.0, float("inf")], 1.0, 0
    while trials < 100:
        trials += 1
        point = x + t * d
        if f(point) <= start + c1 * t * m:
            now = float(np.sum(np.asarray(grad(point)) * d))
            if c2 * m <= now <= -c2 * m:
                return t
            ends[0 if now < 0 else 1] = t
        else:
            ends[1] = t
        t = sum(ends) / 2 if ends[1] < float("inf") else 2 * t
    raise ValueError("no step found")


# --- second_order_cost ---


def random_sizes(rng):
    sizes = [int(n) for n in rng.integers(10, 10**6, size=3)]
    return [
        Case(f"n = {n}, {dtype}", (n, dtype))
        for n, dtype in zip(sizes, ("float32", "float64", "float16"), strict=True)
    ]


task = problems.task(
    reference.second_order_cost,
    cases=[
        Case("n = 10, float64", (10, "float64")),
        Case("n = 10, float32", (10, "float32")),
        Case("n = 3, float64", (3, "float64")),
        Case("n = 5, float64", (5, "float64")),
        Case("n = 2, float32", (2, "float32")),
        Case("n = 8, float16", (8, "float16")),
        Case("one parameter, float64", (1, "float64")),
        Case("no parameter", (0, "float64")),
        Case("a million parameters, float32", (10**6, "float32")),
        Case("the network of 159 010 parameters, float64", (159_010, "float64")),
        Case("100 parameters, of the type np.float32 itself", (100, np.float32)),
        Case("n = NaN", (float("nan"), "float64")),
    ],
    draw=random_sizes,
    rtol=1e-12,
    why="two products and a division",
)


@task.mistake(
    "gibibytes",
    "Your first number is 2³⁰ times too small: GiB. Asked for are bytes, which leave the choice of "
    "GB or GiB to the reader.",
)
def second_order_cost(n, dtype="float64"):
    return n**2 * np.dtype(dtype).itemsize / 2**30, n**3 / 3


@task.mistake(
    "gigabytes",
    "Your first number is a thousand million times too small: GB. In which unit is the answer "
    "wanted?",
)
def second_order_cost(n, dtype="float64"):
    return n**2 * np.dtype(dtype).itemsize / 1e9, n**3 / 3


@task.mistake(
    "n instead of n squared",
    "That much memory holds the gradient. How many second derivatives do n parameters have?",
)
def second_order_cost(n, dtype="float64"):
    return n * np.dtype(dtype).itemsize, n**3 / 3


@task.mistake(
    "four bytes for all",
    "The answer for float64 is half of what it should be. How many bytes has one entry, and which "
    "argument says so?",
)
def second_order_cost(n, dtype="float64"):
    return n**2 * 4, n**3 / 3


@task.mistake(
    "eight bytes for all",
    "The answer for float32 is twice what it should be, and float16 four times. How many bytes has "
    "one entry, and which argument says so?",
)
def second_order_cost(n, dtype="float64"):
    return n**2 * 8, n**3 / 3


@task.mistake(
    "entries, not bytes",
    "You count the entries of the matrix. How many bytes does each of them fill?",
)
def second_order_cost(n, dtype="float64"):
    return n**2, n**3 / 3


@task.mistake(
    "bits",
    "Your first number is eight times too large. How many bits are a byte?",
)
def second_order_cost(n, dtype="float64"):
    return n**2 * np.dtype(dtype).itemsize * 8, n**3 / 3


@task.mistake(
    "one triangle stored",
    "You store each symmetric pair once, which is clever and about half. The task asks for all "
    "n times n entries.",
)
def second_order_cost(n, dtype="float64"):
    return n * (n + 1) / 2 * np.dtype(dtype).itemsize, n**3 / 3


@task.mistake(
    "a sixth",
    "Your second number is half of what it should be. You count multiplications only; each comes "
    "with what else?",
)
def second_order_cost(n, dtype="float64"):
    return n**2 * np.dtype(dtype).itemsize, n**3 / 6


@task.mistake(
    "two thirds",
    "That is the price of elimination for any matrix. What does Cholesky save, because the matrix "
    "is symmetric?",
)
def second_order_cost(n, dtype="float64"):
    return n**2 * np.dtype(dtype).itemsize, 2 * n**3 / 3


@task.mistake(
    "n cubed",
    "The power is right and the factor is missing. Elimination works on ever smaller squares: what "
    "do 1² + 2² + ... + n² add up to?",
)
def second_order_cost(n, dtype="float64"):
    return n**2 * np.dtype(dtype).itemsize, n**3


@task.mistake(
    "n squared operations",
    "So many operations multiply a matrix by a vector. Solving begins with a factorisation: how "
    "does its price grow when n doubles?",
)
def second_order_cost(n, dtype="float64"):
    return n**2 * np.dtype(dtype).itemsize, n**2


@task.mistake(
    "rounded",
    "The count of operations is an estimate and needs no rounding: 125/3 is not 42. Who has "
    "rounded it?",
)
def second_order_cost(n, dtype="float64"):
    return n**2 * np.dtype(dtype).itemsize, np.round(n**3 / 3)


@task.mistake(
    "operations times bytes",
    "The memory is right. Does an operation on longer numbers count more than once?",
)
def second_order_cost(n, dtype="float64"):
    size = np.dtype(dtype).itemsize
    return n**2 * size, n**3 / 3 * size


@task.mistake(
    "order swapped",
    "Both numbers are right and stand in each other's place. Which comes first?",
)
def second_order_cost(n, dtype="float64"):
    return n**3 / 3, n**2 * np.dtype(dtype).itemsize


@task.mistake(
    "memory only",
    "The bytes are right. What else is asked for?",
)
def second_order_cost(n, dtype="float64"):
    return n**2 * np.dtype(dtype).itemsize


@task.accepts("by an empty array")
def second_order_cost(n, dtype="float64"):
    return float(n) ** 2 * np.empty(0, dtype=dtype).itemsize, float(n) ** 3 / 3


@task.accepts("by a table of sizes")
def second_order_cost(n, dtype="float64"):
    size = {"float16": 2, "float32": 4, "float64": 8}[np.dtype(dtype).name]
    return n * n * size, n * n * n / 3
