"""Task `newton_step` of chapter `curvature`."""

import numpy as np

from fallline import curvature as reference
from fallline.marking.task import Case, Task
from fallline.marking.tasks.curvature.cases import A
from fallline.objectives import himmelblau


def random_systems(rng):
    cases = []
    for d, scale in ((2, 1.0), (3, 1e-3), (5, 1e4)):
        H = scale * (rng.normal(size=(d, d)) + 2 * np.eye(d))
        g = rng.normal(size=d)
        g[0] = 0.0
        cases.append(Case(f"{d} parameters, H of size {scale:g}, not symmetric", (g, H)))
    return cases


task = Task(
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
    "zeros for a singular H",
    "For H = diag(3, 0) and g = (1, 1) you stay where you are, as if this were a stationary point. "
    "The slope there is not zero: what should the caller hear?",
)
def newton_step(g, H):
    try:
        return np.linalg.solve(H, -g)
    except np.linalg.LinAlgError:
        return np.zeros(len(g))


@task.mistake(
    "the gradient for a singular H",
    "Where H is singular you make another method's step in silence. Whoever asked for Newton's "
    "step goes on as if it were one: what should they hear?",
)
def newton_step(g, H):
    try:
        return np.linalg.solve(H, -g)
    except np.linalg.LinAlgError:
        return -g


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


@task.mistake(
    "symmetric part",
    "Symmetric matrices come out right. Of H = [[2, 1], [0, 4]] you take the symmetric part, and "
    "then 2 p1 + p2 is not -4: did the equation ask for another matrix than H?",
)
def newton_step(g, H):
    return np.linalg.solve((H + H.T) / 2, -g)


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
