"""The tasks of chapter `descent`."""

import numpy as np

from fallline import descent as reference
from fallline.marking.task import Case, ProblemSet
from fallline.objectives import double_well, himmelblau

problems = ProblemSet("descent")


# --- gd ---


def twice(w):
    """Return the gradient of w², entry by entry."""
    return 2 * w


def itself(w):
    """Return the gradient of w²/2: the very array w."""
    return w


COUPLED = np.array([[1.0, 0.9], [0.9, 1.0]])


def coupled(w):
    """Return the gradient of a bowl that lies across the axes."""
    return COUPLED @ w


def table(w):
    """Return a gradient that is as much of a table as its point is, and mixes its rows."""
    return w + 0.5 * w[::-1]


def random_bowls(rng):
    cases = []
    for d, scale in ((2, 1.0), (3, 1e-3), (5, 1e3)):
        A = rng.normal(size=(d, d))
        H = A @ A.T / d
        x0 = scale * rng.normal(size=d)
        x0[1] = 0.0
        cases.append(
            Case(f"a bowl in {d} dimensions, start of size {scale:g}", (H, x0, 6), bowl_call)
        )
    return cases


def bowl_call(answer, H, x0, n):
    """Run an answer on ½ xᵀHx."""
    return answer(lambda x: H @ x, x0, 0.3, n)


task = problems.task(
    reference.gd,
    cases=[
        Case("w², from the number 5, lr = 0.1, 4 steps", (twice, 5.0, 0.1, 4)),
        Case("a bowl across the axes, from (1, -1)", (coupled, np.array([1.0, -1.0]), 0.5, 3)),
        Case("w², from (5, -5, 0)", (twice, np.array([5.0, -5.0, 0.0]), 0.25, 2)),
        Case(
            "w²/2, whose gradient is w itself, from (4, -8)",
            (itself, np.array([4.0, -8.0]), 0.5, 2),
        ),
        Case("w², from the whole numbers (3, 4)", (twice, np.array([3, 4]), 0.1, 3)),
        Case("w², from the whole number 5", (twice, 5, 0.1, 2)),
        Case("no step at all", (twice, np.array([1.0, 2.0]), 0.1, 0)),
        Case("a start of shape (2, 3)", (table, np.arange(6.0).reshape(2, 3), 0.1, 4)),
        Case("w², lr = 1.1, which runs away", (twice, np.array([1.0]), 1.1, 5)),
        Case("a tiny start", (coupled, np.array([3e-9, 0.0]), 0.2, 3)),
        Case("a start that holds NaN", (twice, np.array([np.nan, 1.0]), 0.1, 2)),
    ],
    draw=random_bowls,
    why="products and differences in a few steps: only rounding may differ",
)


@task.mistake(
    "rows share memory",
    "Every row of your path is the last point. A step that changes x in place changes each row "
    "that holds the same x: let every step make a new array.",
)
def gd(grad, x0, lr, n):
    x = np.array(x0, dtype=float)
    path = [x]
    for _ in range(n):
        x -= lr * grad(x)
        path.append(x)
    return np.array(path)


@task.mistake(
    "start left out",
    "A path begins where you stand: row 0 is the start, before any step, and n steps make n + 1 "
    "rows.",
)
def gd(grad, x0, lr, n):
    x = np.array(x0, dtype=float)
    path = []
    for _ in range(n):
        x = x - lr * grad(x)
        path.append(x)
    return np.array(path).reshape(n, *np.shape(x0))


@task.mistake(
    "one step short",
    "One step is missing at the end: n points need only n - 1 steps. "
    "How many rows do n steps make?",
)
def gd(grad, x0, lr, n):
    path = [np.array(x0, dtype=float)]
    for _ in range(n - 1):
        path.append(path[-1] - lr * grad(path[-1]))
    return np.array(path)


@task.mistake(
    "one coordinate after another",
    "You use the new value of one coordinate in the gradient of the next. The gradient belongs "
    "to one point: compute all of it there, and then move every coordinate at once.",
)
def gd(grad, x0, lr, n):
    x = np.array(x0, dtype=float)
    path = [x.copy()]
    for _ in range(n):
        for i in np.ndindex(x.shape):
            x[i] = x[i] - lr * np.asarray(grad(x.copy()))[i]
        path.append(x.copy())
    return np.array(path)


@task.mistake(
    "ascent",
    "Your path climbs. The gradient points to where f grows, and you want to go down.",
)
def gd(grad, x0, lr, n):
    path = [np.array(x0, dtype=float)]
    for _ in range(n):
        path.append(path[-1] + lr * grad(path[-1]))
    return np.array(path)


@task.mistake(
    "learning rate decays",
    "The first step is right and the later ones are too short: something makes lr smaller from "
    "step to step. Here it stays as it was given.",
)
def gd(grad, x0, lr, n):
    path = [np.array(x0, dtype=float)]
    for k in range(n):
        path.append(path[-1] - lr / (k + 1) * grad(path[-1]))
    return np.array(path)


@task.mistake(
    "gradient taken once",
    "All your steps are the first one, repeated. The slope changes on the way: "
    "ask for the gradient again at every point.",
)
def gd(grad, x0, lr, n):
    x = np.array(x0, dtype=float)
    g = grad(x)
    return np.array([x - k * lr * g for k in range(n + 1)])


@task.mistake(
    "gradient normalised",
    "All your steps are equally long. The step is lr times the gradient as it is: "
    "it is the shrinking gradient that lets the steps become small near the bottom.",
)
def gd(grad, x0, lr, n):
    path = [np.array(x0, dtype=float)]
    for _ in range(n):
        g = np.asarray(grad(path[-1]))
        size = np.sqrt(np.sum(g * g))
        path.append(path[-1] - lr * g / size)
    return np.array(path)


@task.mistake(
    "only the end",
    "The last point is right, and it is all that comes back. Keep every point on the way: "
    "a path can be drawn and looked at.",
)
def gd(grad, x0, lr, n):
    x = np.array(x0, dtype=float)
    for _ in range(n):
        x = x - lr * grad(x)
    return x


@task.mistake(
    "learning rate forgotten",
    "Your steps are as long as the gradient itself. Which factor of the formula is missing?",
)
def gd(grad, x0, lr, n):
    path = [np.array(x0, dtype=float)]
    for _ in range(n):
        path.append(path[-1] - grad(path[-1]))
    return np.array(path)


@task.mistake(
    "last row never filled",
    "Your path has the right shape, and its last row was never written. "
    "Which row does the n-th step fill?",
)
def gd(grad, x0, lr, n):
    path = np.zeros((n + 1, *np.shape(x0)))
    path[0] = x0
    for k in range(1, n):
        path[k] = path[k - 1] - lr * grad(path[k - 1])
    return path


@task.mistake(
    "one entry after another",
    "Two things. A start may be a single number, which has no length. And where one coordinate has "
    "moved before the next asks for its slope, that slope belongs to another point: which one?",
)
def gd(grad, x0, lr, n):
    x = np.array(x0, dtype=float)
    path = [x.copy()]
    for _ in range(n):
        for i in range(len(x)):
            x[i] = x[i] - lr * grad(x)[i]
        path.append(x.copy())
    return np.array(path)


@task.mistake(
    "gradient changed in place",
    "Where the gradient is the point itself, your rows change after they were stored. In whose "
    "memory do you multiply by lr?",
)
def gd(grad, x0, lr, n):
    path = [np.array(x0, dtype=float)]
    for _ in range(n):
        g = grad(path[-1])
        g *= lr
        path.append(path[-1] - g)
    return np.array(path)


@task.accepts("with the whole path prepared")
def gd(grad, x0, lr, n):
    x0 = np.asarray(x0, dtype=float)
    path = np.empty((n + 1, *x0.shape))
    path[0] = x0
    for k in range(n):
        path[k + 1] = path[k] - lr * np.asarray(grad(path[k].copy()))
    return path


@task.accepts("in place, with copies")
def gd(grad, x0, lr, n):
    x = np.array(x0, dtype=float)
    rows = [x.copy()]
    for _ in range(n):
        x -= np.multiply(grad(x.copy()), lr)
        rows.append(x.copy())
    return np.stack(rows)


# --- gd_quadratic_exact ---


def random_spectra(rng):
    cases = []
    for d, k, scale in ((2, 3, 1.0), (4, 7, 1e-3), (6, 2, 1e3)):
        lams = rng.normal(size=d) + 1
        lams[0] = 0.0
        args = (lams, scale * rng.normal(size=d), 0.4, k)
        cases.append(Case(f"{d} eigenvalues of both signs, {k} steps", args))
    return cases


task = problems.task(
    reference.gd_quadratic_exact,
    cases=[
        Case(
            "eigenvalues 1 and 10, from (1, 1), lr = 0.15, 2 steps",
            (np.array([1.0, 10.0]), np.ones(2), 0.15, 2),
        ),
        Case(
            "three steps that overshoot, factor -0.5",
            (np.array([3.0, 1.0]), np.array([8.0, 0.0]), 0.5, 3),
        ),
        Case("no step", (np.array([1.0, 10.0]), np.array([2.0, 3.0]), 0.15, 0)),
        Case("one step", (np.array([1.0, 10.0]), np.array([2.0, 3.0]), 0.15, 1)),
        Case("whole numbers", (np.array([1, 2]), np.array([4, 4]), 0.25, 2)),
        Case(
            "a saddle, eigenvalues -2 and 2",
            (np.array([-2.0, 2.0]), np.array([1e-6, 1.0]), 0.1, 50),
        ),
        Case("lr = 2/λ, back and forth", (np.array([2.0]), np.array([1.0]), 1.0, 5)),
        Case("a start that holds NaN", (np.array([1.0, 2.0]), np.array([np.nan, 1.0]), 0.1, 3)),
        Case("two eigenvalues, a start of three", (np.ones(2), np.ones(3), 0.1, 3)),
    ],
    draw=random_spectra,
    why="one power and one product: only rounding may differ",
)


@task.mistake(
    "eigenvalue squared",
    "The gradient of ½λx² is λx: the curvature enters a step once. "
    "Write one step down before you raise it to a power.",
)
def gd_quadratic_exact(lams, x0, lr, k):
    return (1 - lr * np.asarray(lams, dtype=float) ** 2) ** k * np.asarray(x0, dtype=float)


@task.mistake(
    "one step only",
    "This is the point after one step, whatever k is. Each step multiplies once more by the "
    "same factor.",
)
def gd_quadratic_exact(lams, x0, lr, k):
    return (1 - lr * np.asarray(lams, dtype=float)) * np.asarray(x0, dtype=float)


@task.mistake(
    "k times the factor",
    "You multiply the factor by k. Each step multiplies the last point by the factor, "
    "so k steps multiply by it k times.",
)
def gd_quadratic_exact(lams, x0, lr, k):
    return k * (1 - lr * np.asarray(lams, dtype=float)) * np.asarray(x0, dtype=float)


@task.mistake(
    "exponential",
    "The exponential is the path of infinitely many infinitely small steps. A step of finite "
    "length shrinks by 1 - lr λ, which can even be negative.",
)
def gd_quadratic_exact(lams, x0, lr, k):
    return np.exp(-lr * np.asarray(lams, dtype=float) * k) * np.asarray(x0, dtype=float)


@task.mistake(
    "sign lost",
    "The size is right and the sign is not. Where 1 - lr λ is negative every step jumps to the "
    "other side.",
)
def gd_quadratic_exact(lams, x0, lr, k):
    return np.abs(1 - lr * np.asarray(lams, dtype=float)) ** k * np.asarray(x0, dtype=float)


@task.mistake(
    "k steps in one",
    "You make one step that is k times as long. Each step starts from where the last one ended, "
    "and there the slope is another.",
)
def gd_quadratic_exact(lams, x0, lr, k):
    return (1 - k * lr * np.asarray(lams, dtype=float)) * np.asarray(x0, dtype=float)


@task.mistake(
    "one step too many",
    "After 0 steps you should still be at the start. How often is the factor applied in k steps?",
)
def gd_quadratic_exact(lams, x0, lr, k):
    return (1 - lr * np.asarray(lams, dtype=float)) ** (k + 1) * np.asarray(x0, dtype=float)


@task.mistake(
    "wrong sign",
    "Your factor is above 1 where the curvature is positive: on a bowl you would run uphill. "
    "Which sign has the step?",
)
def gd_quadratic_exact(lams, x0, lr, k):
    return (1 + lr * lams) ** k * x0


@task.mistake(
    "power of one part",
    "Right for one step. For more of them, what is raised to the power k: the product lr λ, "
    "or all of the factor?",
)
def gd_quadratic_exact(lams, x0, lr, k):
    return (1 - (lr * lams) ** k) * x0


@task.mistake(
    "curvature forgotten",
    "Every coordinate of yours shrinks by the same factor. In a steeper direction the gradient is "
    "larger: what is missing beside lr?",
)
def gd_quadratic_exact(lams, x0, lr, k):
    return (1 - lr) ** k * x0


@task.mistake(
    "start raised too",
    "Starts of size 1 come out right and others do not. Was the start multiplied in once, "
    "or k times?",
)
def gd_quadratic_exact(lams, x0, lr, k):
    return ((1 - lr * lams) * x0) ** k


@task.mistake(
    "one factor for all",
    "The steepest coordinate is right, and all others shrink as fast as it does. Which curvature "
    "belongs to each of them?",
)
def gd_quadratic_exact(lams, x0, lr, k):
    return (1 - lr * np.max(lams)) ** k * x0


@task.mistake(
    "factor cut off at zero",
    "Where a step jumps to the other side, your point stays at 0. May a factor be negative?",
)
def gd_quadratic_exact(lams, x0, lr, k):
    return np.maximum(1 - lr * lams, 0) ** k * x0


@task.accepts("step by step")
def gd_quadratic_exact(lams, x0, lr, k):
    x = np.array(x0, dtype=float)
    for _ in range(k):
        x = x - lr * np.asarray(lams) * x
    return x


@task.accepts("as a product of factors")
def gd_quadratic_exact(lams, x0, lr, k):
    factor = np.subtract(1.0, np.multiply(lr, lams))
    return np.prod(np.tile(factor, (k, 1)), axis=0) * x0


# --- optimal_lr ---


def random_hessians(rng):
    cases = []
    for d, scale in ((2, 1.0), (3, 1e-3), (5, 1e3)):
        Q, _ = np.linalg.qr(rng.normal(size=(d, d)))
        lams = scale * np.linspace(1, rng.uniform(5, 50), d)
        skew = rng.normal(size=(d, d)) * scale
        H = Q @ np.diag(lams) @ Q.T + (skew - skew.T)
        cases.append(Case(f"{d} x {d}, eigenvalues of size {scale:g}, not symmetric", (H,)))
    return cases


task = problems.task(
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


# --- steps_to ---


def random_races(rng):
    cases = []
    for d, tol in ((1, 1e-4), (3, 1e-2), (5, 0.1)):
        lams = np.linspace(1, rng.uniform(3, 8), d)
        x0 = rng.normal(size=d) * 10 + np.sign(rng.normal(size=d))
        lr = rng.uniform(0.05, 0.2)
        cases.append(Case(f"{d} eigenvalues, lr = {lr:.3f}, tol = {tol:g}", (lams, x0, lr, tol)))
    return cases


task = problems.task(
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


# --- armijo ---


def square_length(x):
    """Return x · x."""
    return float(np.sum(np.asarray(x) ** 2))


def steep(x):
    """Return 50 x · x."""
    return float(50 * np.sum(np.asarray(x) ** 2))


def barrier(x):
    """Return x - log x, which is there for positive x alone."""
    with np.errstate(all="ignore"):
        return float(x[0] - np.log(x[0]))


def random_slopes(rng):
    cases = []
    for d, scale in ((1, 1.0), (3, 1e-3), (6, 1e3)):
        A = rng.normal(size=(d, d))
        H = A @ A.T + np.eye(d)
        x, turn = scale * rng.normal(size=d), rng.uniform(0.2, 3, size=d)
        g = H @ x
        label = f"a bowl in {d} dimensions, a direction off the gradient"
        cases.append(Case(label, (H, g, x, -turn * g), search_call))
    return cases


def search_call(answer, H, g, x, d):
    """Search along d on ½ xᵀHx, with a demand that is not the default."""
    return answer(lambda x: float(x @ H @ x / 2), g, x, d, 0.3, 0.7)


task = problems.task(
    reference.armijo,
    cases=[
        Case(
            "x² from 1 along -g = -2: 1 overshoots, 0.5 is the bottom",
            (square_length, np.array([2.0]), np.array([1.0]), np.array([-2.0])),
        ),
        Case(
            "whole numbers, x·x from (1, 0) along (-4, 0)",
            (square_length, np.array([2, 0]), np.array([1, 0]), np.array([-4, 0])),
        ),
        Case(
            "the whole step is good",
            (square_length, np.array([2.0, 4.0]), np.array([1.0, 2.0]), np.array([-1.0, -2.0])),
        ),
        Case(
            "50 x·x, much too steep for t = 1",
            (steep, np.array([100.0, 0.0]), np.array([1.0, 0.0]), np.array([-100.0, 0.0])),
        ),
        Case(
            "c = 0.9 demands nearly all that the slope promises",
            (square_length, np.array([2.0]), np.array([1.0]), np.array([-2.0]), 0.9),
        ),
        Case(
            "c = 0.5, and a step that lowers f, but not by enough",
            (square_length, np.array([2.0]), np.array([1.0]), np.array([-1.5]), 0.5),
        ),
        Case(
            "x² from 1 along -1, c = 0.5: f(0) lies exactly on the line",
            (square_length, np.array([2.0]), np.array([1.0]), np.array([-1.0]), 0.5),
        ),
        Case(
            "shrink = 0.1",
            (
                steep,
                np.array([100.0, 0.0]),
                np.array([1.0, 0.0]),
                np.array([-100.0, 0.0]),
                1e-4,
                0.1,
            ),
        ),
        Case(
            "a slanted direction, c = 0.6, shrink = 0.9",
            (
                square_length,
                np.array([2.0, 2.0]),
                np.array([1.0, 1.0]),
                np.array([-2.0, 0.5]),
                0.6,
                0.9,
            ),
        ),
        Case(
            "x - log x from 2: the first trial is where f is NaN",
            (barrier, np.array([0.5]), np.array([2.0]), np.array([-4.0])),
        ),
        Case(
            "x holds NaN",
            (square_length, np.array([2.0]), np.array([np.nan]), np.array([-2.0])),
        ),
        Case(
            "d climbs",
            (square_length, np.array([2.0, 0.0]), np.array([1.0, 0.0]), np.array([2.0, 0.0])),
        ),
        Case(
            "d runs along the level set",
            (square_length, np.array([2.0, 0.0]), np.array([1.0, 0.0]), np.array([0.0, 1.0])),
        ),
        Case(
            "g is not the gradient: from the bottom every step climbs",
            (square_length, np.array([-1.0]), np.array([0.0]), np.array([1.0])),
        ),
        Case(
            "shrink = 0.97: more than a hundred shrinks",
            (steep, np.array([100.0]), np.array([1.0]), np.array([-100.0]), 0.5, 0.97),
        ),
        Case(
            "shrink = 0.99: 200 shrinks are not enough",
            (steep, np.array([100.0]), np.array([1.0]), np.array([-100.0]), 1e-4, 0.99),
        ),
    ],
    draw=random_slopes,
    why="the result is a power of shrink: only rounding may differ",
)


@task.mistake(
    "slope forgotten",
    "Your condition lets f rise by c t. What is enough is a part of the drop that the slope "
    "promises, and the slope along d is a product of g and d.",
)
def armijo(f, g, x, d, c=1e-4, shrink=0.5):
    x, d, slope = np.asarray(x, dtype=float), np.asarray(d, dtype=float), np.sum(np.multiply(g, d))
    if np.isnan(slope + f(x)):
        return np.nan
    if slope >= 0:
        raise ValueError("d does not descend")
    t = 1.0
    for _ in range(201):
        if f(x + t * d) <= f(x) + c * t:
            return t
        t *= shrink
    raise ValueError("no step found")


@task.mistake(
    "sign of the slope",
    "g · d is negative, and it is added: the line to get under leads down. Yours leads up, "
    "so steps that raise f are taken.",
)
def armijo(f, g, x, d, c=1e-4, shrink=0.5):
    x, d, slope = np.asarray(x, dtype=float), np.asarray(d, dtype=float), np.sum(np.multiply(g, d))
    if np.isnan(slope + f(x)):
        return np.nan
    if slope >= 0:
        raise ValueError("d does not descend")
    t = 1.0
    for _ in range(201):
        if f(x + t * d) <= f(x) - c * t * slope:
            return t
        t *= shrink
    raise ValueError("no step found")


@task.mistake(
    "step grows",
    "Your trials get longer and longer. Close to x the linear model is right, "
    "so a shorter step is the one that must succeed.",
)
def armijo(f, g, x, d, c=1e-4, shrink=0.5):
    x, d, slope = np.asarray(x, dtype=float), np.asarray(d, dtype=float), np.sum(np.multiply(g, d))
    if np.isnan(slope + f(x)):
        return np.nan
    if slope >= 0:
        raise ValueError("d does not descend")
    t = 1.0
    for _ in range(201):
        if f(x + t * d) <= f(x) + c * t * slope:
            return t
        t /= shrink
    raise ValueError("no step found")


@task.mistake(
    "first step taken",
    "You take t = 1 without asking whether f went down by enough. "
    "Compare f there with the line that the slope draws, and shrink t as long as f is above it.",
)
def armijo(f, g, x, d, c=1e-4, shrink=0.5):
    x, slope = np.asarray(x, dtype=float), np.sum(np.multiply(g, d))
    if np.isnan(slope + f(x)):
        return np.nan
    if slope >= 0:
        raise ValueError("d does not descend")
    return 1.0


@task.mistake(
    "any decrease",
    "You take a step as soon as f is lower at all. Decreases that get smaller and smaller can "
    "add up to nothing: demand a share c of what the slope promises.",
)
def armijo(f, g, x, d, c=1e-4, shrink=0.5):
    x, d, slope = np.asarray(x, dtype=float), np.asarray(d, dtype=float), np.sum(np.multiply(g, d))
    if np.isnan(slope + f(x)):
        return np.nan
    if slope >= 0:
        raise ValueError("d does not descend")
    t = 1.0
    for _ in range(201):
        if f(x + t * d) < f(x):
            return t
        t *= shrink
    raise ValueError("no step found")


@task.mistake(
    "d taken for -g",
    "Your condition has the square of the gradient in it, which is the slope along -g. "
    "The direction d may be another one: take the slope along d.",
)
def armijo(f, g, x, d, c=1e-4, shrink=0.5):
    x, d, slope = np.asarray(x, dtype=float), np.asarray(d, dtype=float), np.sum(np.multiply(g, d))
    if np.isnan(slope + f(x)):
        return np.nan
    if slope >= 0:
        raise ValueError("d does not descend")
    t = 1.0
    for _ in range(201):
        if f(x + t * d) <= f(x) - c * t * np.sum(np.multiply(g, g)):
            return t
        t *= shrink
    raise ValueError("no step found")


@task.mistake(
    "t missing from the demand",
    "Your demand does not shrink with the step: a small t cannot earn the drop of a whole one. "
    "Everything on the right-hand side but f(x) is in proportion to t.",
)
def armijo(f, g, x, d, c=1e-4, shrink=0.5):
    x, d, slope = np.asarray(x, dtype=float), np.asarray(d, dtype=float), np.sum(np.multiply(g, d))
    if np.isnan(slope + f(x)):
        return np.nan
    if slope >= 0:
        raise ValueError("d does not descend")
    t = 1.0
    for _ in range(201):
        if f(x + t * d) <= f(x) + c * slope:
            return t
        t *= shrink
    raise ValueError("no step found")


@task.mistake(
    "climbing direction accepted",
    "Along this d the slope is not negative, so no t can be right. Say so with a ValueError "
    "instead of searching.",
)
def armijo(f, g, x, d, c=1e-4, shrink=0.5):
    x, d, slope = np.asarray(x, dtype=float), np.asarray(d, dtype=float), np.sum(np.multiply(g, d))
    if np.isnan(slope + f(x)):
        return np.nan
    t = 1.0
    for _ in range(201):
        if f(x + t * d) <= f(x) + c * t * slope:
            return t
        t *= shrink
    return t


@task.mistake(
    "the point instead of the step",
    "This is the point where the step ends. Asked for is t, a number: the caller knows x and d.",
)
def armijo(f, g, x, d, c=1e-4, shrink=0.5):
    x, d, slope = np.asarray(x, dtype=float), np.asarray(d, dtype=float), np.sum(np.multiply(g, d))
    if np.isnan(slope + f(x)):
        return np.nan
    if slope >= 0:
        raise ValueError("d does not descend")
    t = 1.0
    for _ in range(201):
        if f(x + t * d) <= f(x) + c * t * slope:
            return x + t * d
        t *= shrink
    raise ValueError("no step found")


@task.mistake(
    "nothing refused",
    "Good directions are searched correctly. Now what if d climbs, if f is NaN at a trial, "
    "or if no step is ever enough? A comparison with NaN is False: what does your loop do then?",
)
def armijo(f, g, x, d, c=1e-4, shrink=0.5):
    t = 1.0
    while f(x + t * d) > f(x) + c * t * np.sum(g * d):
        t *= shrink
    return t


@task.mistake(
    "trial at NaN taken",
    "One trial lands where f is NaN, and you take it. Every comparison with NaN is False: "
    "ask whether the trial is good, not whether it is bad.",
)
def armijo(f, g, x, d, c=1e-4, shrink=0.5):
    slope, t = np.sum(g * d), 1.0
    if np.isnan(slope + f(x)):
        return np.nan
    if slope >= 0:
        raise ValueError("d does not descend")
    for _ in range(201):
        if not f(x + t * d) > f(x) + c * t * slope:
            return t
        t *= shrink
    raise ValueError("no step found")


@task.mistake(
    "square of g, nothing refused",
    "The drop that you demand is that along -g. Here d is given, and may be shorter, longer or "
    "slanted: what is the slope along it? And when is there no descent at all?",
)
def armijo(f, g, x, d, c=1e-4, shrink=0.5):
    t = 1.0
    while f(x + t * d) > f(x) - c * t * np.sum(g * g) and t > 1e-30:
        t *= shrink
    return t


@task.mistake(
    "walks along -g",
    "Your trials leave x along -g. The caller has chosen the direction: where does x + t d lie?",
)
def armijo(f, g, x, d, c=1e-4, shrink=0.5):
    slope, t = np.sum(g * d), 1.0
    if slope >= 0:
        raise ValueError("d does not descend")
    for _ in range(201):
        if f(x - t * g) <= f(x) + c * t * slope:
            return t
        t *= shrink
    raise ValueError("no step found")


@task.mistake(
    "walks backwards",
    "Your trials go the other way: d points downhill already. Where does the minus come from?",
)
def armijo(f, g, x, d, c=1e-4, shrink=0.5):
    slope, t = np.sum(g * d), 1.0
    if slope >= 0:
        raise ValueError("d does not descend")
    for _ in range(201):
        if f(x - t * d) <= f(x) + c * t * slope:
            return t
        t *= shrink
    raise ValueError("no step found")


@task.mistake(
    "any decrease, NaN not looked at",
    "You stop at the first trial that is lower at all, however little. What does c say about how "
    "much lower it has to be? (And where x is NaN no trial is ever lower.)",
)
def armijo(f, g, x, d, c=1e-4, shrink=0.5):
    t = 1.0
    if np.sum(g * d) >= 0:
        raise ValueError("d does not descend")
    for _ in range(201):
        if f(x + t * d) < f(x):
            return t
        t *= shrink
    raise ValueError("no step found")


@task.mistake(
    "always halved",
    "Right with the default, and wrong where shrink is another number: by which factor do your "
    "trials get shorter?",
)
def armijo(f, g, x, d, c=1e-4, shrink=0.5):
    slope, t = np.sum(g * d), 1.0
    if np.isnan(slope + f(x)):
        return np.nan
    if slope >= 0:
        raise ValueError("d does not descend")
    for _ in range(201):
        if f(x + t * d) <= f(x) + c * t * slope:
            return t
        t /= 2
    raise ValueError("no step found")


@task.mistake(
    "c forgotten",
    "You demand all of the drop that the slope promises, and a function that curves upwards never "
    "gives all. Which share of it is enough?",
)
def armijo(f, g, x, d, c=1e-4, shrink=0.5):
    slope, t = np.sum(g * d), 1.0
    if np.isnan(slope + f(x)):
        return np.nan
    if slope >= 0:
        raise ValueError("d does not descend")
    for _ in range(201):
        if f(x + t * d) <= f(x) + t * slope:
            return t
        t *= shrink
    raise ValueError("no step found")


@task.mistake(
    "strictly below the line",
    "A trial that lies exactly on the line is refused. Does the demand say less, or less or equal?",
)
def armijo(f, g, x, d, c=1e-4, shrink=0.5):
    slope, here = g @ d, f(x)
    if np.isnan(slope) or np.isnan(here):
        return np.nan
    if slope >= 0:
        raise ValueError("d does not descend")
    t = 1.0
    for _ in range(201):
        if f(x + t * d) < here + c * t * slope:
            return t
        t *= shrink
    raise ValueError("no step is enough")


@task.mistake(
    "patience too short",
    "Where shrink is near 1 you give up before the right step. How many shrinks does the statement "
    "allow?",
)
def armijo(f, g, x, d, c=1e-4, shrink=0.5):
    slope, here = g @ d, f(x)
    if np.isnan(slope) or np.isnan(here):
        return np.nan
    if slope >= 0:
        raise ValueError("d does not descend")
    t = 1.0
    for _ in range(51):
        if f(x + t * d) <= here + c * t * slope:
            return t
        t *= shrink
    raise ValueError("no step is enough")


@task.mistake(
    "patience too long",
    "A search that has shrunk t 200 times goes on. What should happen then?",
)
def armijo(f, g, x, d, c=1e-4, shrink=0.5):
    slope, here = g @ d, f(x)
    if np.isnan(slope) or np.isnan(here):
        return np.nan
    if slope >= 0:
        raise ValueError("d does not descend")
    t = 1.0
    for _ in range(1001):
        if f(x + t * d) <= here + c * t * slope:
            return t
        t *= shrink
    raise ValueError("no step is enough")


@task.mistake(
    "square of g in place of the slope",
    "Along -g your steps are right, and other directions are measured by the length of g. What "
    "does f promise along d, and when does d climb?",
)
def armijo(f, g, x, d, c=1e-4, shrink=0.5):
    slope, here = -g @ g, f(x)
    if np.isnan(slope) or np.isnan(here):
        return np.nan
    if slope >= 0:
        raise ValueError("d does not descend")
    t = 1.0
    for _ in range(201):
        if f(x + t * d) <= here + c * t * slope:
            return t
        t *= shrink
    raise ValueError("no step is enough")


@task.mistake(
    "direction brought to length 1",
    "Your trials stand at the distance t from x, however long d is. What does the formula add "
    "to x?",
)
def armijo(f, g, x, d, c=1e-4, shrink=0.5):
    slope, here = g @ d, f(x)
    if np.isnan(slope) or np.isnan(here):
        return np.nan
    if slope >= 0:
        raise ValueError("d does not descend")
    t = 1.0
    for _ in range(201):
        if f(x + t * d / np.linalg.norm(d)) <= here + c * t * slope:
            return t
        t *= shrink
    raise ValueError("no step is enough")


@task.mistake(
    "shrinks by the rest",
    "Halving comes out right. For shrink = 0.9, is the second trial 0.9 or 0.1?",
)
def armijo(f, g, x, d, c=1e-4, shrink=0.5):
    slope, here = g @ d, f(x)
    if np.isnan(slope) or np.isnan(here):
        return np.nan
    if slope >= 0:
        raise ValueError("d does not descend")
    t = 1.0
    for _ in range(201):
        if f(x + t * d) <= here + c * t * slope:
            return t
        t *= 1 - shrink
    raise ValueError("no step is enough")


@task.accepts("with a counter")
def armijo(f, g, x, d, c=1e-4, shrink=0.5):
    slope, here = float(np.dot(g, d)), f(np.array(x, dtype=float))
    if slope != slope or here != here:
        return float("nan")
    if slope >= 0:
        raise ValueError("not a descent direction")
    k = 0
    while not f(np.add(x, np.multiply(shrink**k, d))) - here <= c * shrink**k * slope:
        k += 1
        if k > 200:
            raise ValueError("gave up")
    return shrink**k


@task.accepts("trying all lengths")
def armijo(f, g, x, d, c=1e-4, shrink=0.5):
    x, d = np.asarray(x, dtype=float), np.asarray(d, dtype=float)
    slope = np.inner(g, d)
    if np.isnan(slope) or np.isnan(f(x)):
        return np.nan
    if not slope < 0:
        raise ValueError("not a descent direction")
    for t in shrink ** np.arange(201.0):
        if f(x + t * d) <= f(x) + c * t * slope:
            return float(t)
    raise ValueError("gave up")


# --- escape_steps ---


def random_saddles(rng):
    cases = []
    for size in (1e-2, 1e-7, 1e-100):
        x0, lr, lam = -size * rng.uniform(0.2, 0.9), rng.uniform(0.05, 0.3), -rng.uniform(1, 5)
        cases.append(Case(f"x0 = {x0:.2g}, lr = {lr:.3f}, λ = {lam:.2f}", (x0, lr, lam)))
    return cases


task = problems.task(
    reference.escape_steps,
    cases=[
        Case("x0 = 1/4, doubled by every step", (0.25, 0.5, -2.0)),
        Case("x0 = 0.2, doubled: 0.4, 0.8, 1.6", (0.2, 0.5, -2.0)),
        Case("x0 = 0.3, doubled: 0.6, 1.2", (0.3, 0.5, -2.0)),
        Case("x0 = 0.01 on y² - x², lr = 0.1", (0.01, 0.1, -2)),
        Case("x0 = 0.1 on y² - x², lr = 0.1", (0.1, 0.1, -2)),
        Case("x0 = 1e-12 on y² - x², lr = 0.1", (1e-12, 0.1, -2.0)),
        Case("x0 = -1e-3, on the other side", (-1e-3, 0.1, -2.0)),
        Case("x0 = 0, exactly on the ridge", (0, 0.1, -2)),
        Case("x0 = 3, already out", (3.0, 0.1, -2.0)),
        Case("x0 = -1, just out", (-1, 0.1, -2)),
        Case("x0 = -3, out on the other side", (-3.0, 0.1, -2.0)),
        Case("x0 = 3 and lr = 0: out without a step", (3.0, 0.0, -2.0)),
        Case("a steep ridge: λ = -40, lr = 0.1", (1e-6, 0.1, -40.0)),
        Case("λ = 0, level ground", (1e-3, 0.1, 0.0)),
        Case("lr = 0, no step", (1e-3, 0.0, -2.0)),
        Case("x0 is NaN", (np.nan, 0.1, -2.0)),
    ],
    draw=random_saddles,
    why="a count is a whole number and must be met exactly",
)


@task.mistake(
    "shrinking factor",
    "Away from a saddle the coordinate grows: a step multiplies it by more than 1. "
    "Write down one step, put the negative λ in, and count the minus signs.",
)
def escape_steps(x0, lr, lam):
    if np.isnan(x0):
        return np.nan
    if abs(x0) >= 1:
        return 0
    if x0 == 0 or lr * lam == 0:
        return np.inf
    with np.errstate(all="ignore"):
        return np.ceil(np.log(1 / abs(x0)) / np.log(1 - lr * abs(lam)))


@task.mistake(
    "two different logarithms",
    "Numerator and denominator use logarithms of different bases. Either will do, "
    "as long as it is the same twice.",
)
def escape_steps(x0, lr, lam):
    if np.isnan(x0):
        return np.nan
    if abs(x0) >= 1:
        return 0
    if x0 == 0 or lr * lam == 0:
        return np.inf
    return np.ceil(np.log10(1 / abs(x0)) / np.log(1 + lr * abs(lam)))


@task.mistake(
    "rounded down",
    "After that many steps the point is still inside. The count is the first whole number "
    "at which it is out: round up.",
)
def escape_steps(x0, lr, lam):
    if np.isnan(x0):
        return np.nan
    if abs(x0) >= 1:
        return 0
    if x0 == 0 or lr * lam == 0:
        return np.inf
    return np.floor(np.log(1 / abs(x0)) / np.log(1 + lr * abs(lam)))


@task.mistake(
    "sign of x0",
    "The start may lie on either side of the ridge: only its distance counts, "
    "and a logarithm wants a positive number.",
)
def escape_steps(x0, lr, lam):
    if np.isnan(x0):
        return np.nan
    if x0 >= 1:
        return 0
    if x0 == 0 or lr * lam == 0:
        return np.inf
    with np.errstate(all="ignore"):
        return np.ceil(np.log(1 / np.float64(x0)) / np.log(1 + lr * abs(lam)))


@task.mistake(
    "zero at zero",
    "A start exactly on the ridge never leaves it: no number of steps is enough, "
    "and there is a float for that.",
)
def escape_steps(x0, lr, lam):
    if np.isnan(x0):
        return np.nan
    if abs(x0) >= 1 or x0 == 0:
        return 0
    if lr * lam == 0:
        return np.inf
    return np.ceil(np.log(1 / abs(x0)) / np.log(1 + lr * abs(lam)))


@task.mistake(
    "negative count",
    "A start that is already out has escaped after 0 steps; a count is never negative.",
)
def escape_steps(x0, lr, lam):
    if np.isnan(x0):
        return np.nan
    if x0 == 0 or lr * lam == 0:
        return np.inf
    return np.ceil(np.log(1 / abs(x0)) / np.log(1 + lr * abs(lam)))


@task.mistake(
    "small growth for the logarithm",
    "You wrote lr |λ| for ln(1 + lr |λ|), which is nearly the same for tiny steps only. "
    "Each step multiplies by 1 + lr |λ|; how often, until 1 is reached?",
)
def escape_steps(x0, lr, lam):
    if np.isnan(x0):
        return np.nan
    if abs(x0) >= 1:
        return 0
    if x0 == 0 or lr * lam == 0:
        return np.inf
    return np.ceil(np.log(1 / abs(x0)) / (lr * abs(lam)))


@task.mistake(
    "not rounded",
    "Your count has a fraction. After 12.6 steps there is no point: which is the first step "
    "at which it is out?",
)
def escape_steps(x0, lr, lam):
    if x0 == 0:
        return np.inf
    with np.errstate(all="ignore"):
        return np.log(1 / abs(x0)) / np.log(1 + np.float64(lr * abs(lam)))


@task.mistake(
    "rounded to the nearest",
    "Sometimes you are one step short. A point that needs 37.9 steps is out after 38; "
    "what about one that needs 37.2? And one that is out at the start?",
)
def escape_steps(x0, lr, lam):
    if x0 == 0:
        return np.inf
    with np.errstate(all="ignore"):
        return np.round(np.log(1 / abs(x0)) / np.log(1 + np.float64(lr * abs(lam))))


@task.mistake(
    "rounded down, starts outside forgotten",
    "You are a step short nearly everywhere: is the point already out after the whole steps that "
    "fit in? And can a start at distance 3 need fewer than 0?",
)
def escape_steps(x0, lr, lam):
    if x0 == 0:
        return np.inf
    with np.errstate(all="ignore"):
        return np.floor(np.log(1 / abs(x0)) / np.log(1 + np.float64(lr * abs(lam))))


@task.mistake(
    "distance 1 not enough",
    "You wait until the distance is above 1. Escaped means at least 1: how far is 1/4 after two "
    "doublings?",
)
def escape_steps(x0, lr, lam):
    if np.isnan(x0):
        return np.nan
    if x0 == 0 or lr * lam == 0:
        return np.inf
    x, k = abs(x0), 0
    while x <= 1:
        x, k = x * (1 + lr * abs(lam)), k + 1
    return k


@task.mistake(
    "logarithm of the distance",
    "Your counts are negative. The distance has to grow *by the factor* 1/|x0|: "
    "whose logarithm is it?",
)
def escape_steps(x0, lr, lam):
    if np.isnan(x0):
        return np.nan
    if x0 == 0 or lr * lam == 0:
        return np.inf
    return np.ceil(np.log(abs(x0)) / np.log(1 + lr * abs(lam)))


@task.mistake(
    "one more than rounded down",
    "1/4, 1/2, 1 comes out one too large, and most others are right. What do rounding up and "
    "rounding down plus 1 give for a whole number?",
)
def escape_steps(x0, lr, lam):
    if np.isnan(x0):
        return np.nan
    if abs(x0) >= 1:
        return 0
    if x0 == 0 or lr * lam == 0:
        return np.inf
    return np.floor(np.log(1 / abs(x0)) / np.log(1 + lr * abs(lam))) + 1


@task.mistake(
    "rounded to the nearest, edges right",
    "Some of your counts are one too small: there the point is not out yet. Which way must a "
    "count like 37.2 be rounded?",
)
def escape_steps(x0, lr, lam):
    if np.isnan(x0):
        return np.nan
    if abs(x0) >= 1:
        return 0
    if x0 == 0 or lr * lam == 0:
        return np.inf
    return np.round(np.log(1 / abs(x0)) / np.log(1 + lr * abs(lam)))


@task.mistake(
    "level ground before the start outside",
    "A start at distance 3 is out, whether or not it can move. Which question comes first?",
)
def escape_steps(x0, lr, lam):
    if np.isnan(x0):
        return np.nan
    if x0 == 0 or lr * lam == 0:
        return np.inf
    if abs(x0) >= 1:
        return 0
    return np.ceil(np.log(1 / abs(x0)) / np.log(1 + lr * abs(lam)))


@task.mistake(
    "out on one side only",
    "3 is out, and -3 gets a negative count. How far from the ridge is each of them?",
)
def escape_steps(x0, lr, lam):
    if np.isnan(x0):
        return np.nan
    if x0 >= 1:
        return 0
    if x0 == 0 or lr * lam == 0:
        return np.inf
    return np.ceil(np.log(1 / abs(x0)) / np.log(1 + lr * abs(lam)))


@task.accepts("with binary logarithms")
def escape_steps(x0, lr, lam):
    if x0 != x0:
        return float("nan")
    if abs(x0) >= 1:
        return 0
    if x0 == 0 or lr == 0 or lam == 0:
        return float("inf")
    return int(np.ceil(-np.log2(abs(x0)) / np.log2(1 + lr * abs(lam))))


@task.accepts("counting")
def escape_steps(x0, lr, lam):
    if np.isnan(x0):
        return np.nan
    x, k = abs(float(x0)), 0
    while x < 1:
        if x == x + lr * abs(lam) * x:
            return np.inf
        x, k = x + lr * abs(lam) * x, k + 1
    return k


# --- basin_map ---


def random_starts(rng):
    return [
        Case(
            "ten random starts on Himmelblau's function",
            (himmelblau.gradient, rng.uniform(-4, 4, (2, 10)), himmelblau.minima, 0.01, 120),
        ),
        Case(
            "six random starts on the double well",
            (double_well.gradient, rng.uniform(-2, 2, (1, 6)), double_well.minima, 0.3, 60),
        ),
    ]


NEAR = np.array([[2.5, -2.5, -3.5, 3.2, 0.0], [1.5, 2.5, -3.0, -1.5, 0.5]])

task = problems.task(
    reference.basin_map,
    cases=[
        Case(
            "a start near each of Himmelblau's minima, and one between them",
            (himmelblau.gradient, NEAR, himmelblau.minima, 0.01, 120),
        ),
        Case(
            "the double well, starts that cross the hill",
            (
                double_well.gradient,
                np.array([[-2.0, -0.3, 0.05, 0.2, 1.9, -1.9]]),
                double_well.minima,
                0.6,
                40,
            ),
        ),
        Case(
            "whole numbers, a grid of shape (2, 2, 3)",
            (
                himmelblau.gradient,
                np.array([[[3, -3, -3], [4, 0, 2]], [[2, 3, -3], [-2, -4, 1]]]),
                himmelblau.minima,
                0.005,
                250,
            ),
        ),
        Case(
            "lr = 0.02: two of the four minima can no longer be reached",
            (himmelblau.gradient, NEAR, himmelblau.minima, 0.02, 200),
        ),
        Case(
            "lr = 0.05: most starts run away",
            (himmelblau.gradient, NEAR[:, ::-1].copy(), himmelblau.minima, 0.05, 40),
        ),
        Case(
            "three steps only: nobody has arrived",
            (himmelblau.gradient, NEAR, himmelblau.minima, 0.002, 3),
        ),
        Case(
            "no step, starts at a minimum and beside it",
            (
                double_well.gradient,
                np.array([[-1.0466805318, 0.9456492739, 0.5]]),
                double_well.minima,
                0.1,
                0,
            ),
        ),
        Case(
            "no step, starts above and beside a minimum",
            (
                himmelblau.gradient,
                np.array([[3.0, 4.0, 3.0, 3.01], [2.0, 1.0, 2.0005, 2.0]]),
                himmelblau.minima,
                0.1,
                0,
            ),
        ),
        Case(
            "halved in each of 3 steps, from 4, 8 and -4, tol = 0.5",
            (lambda w: 2 * w, np.array([[4.0, 8.0, -4.0]]), [[0.0]], 0.25, 3, 0.5),
        ),
        Case(
            "3 steps that lead away from 0, from 0.3, 0.1 and -0.3, tol = 0.5",
            (lambda w: 2 * w, np.array([[0.3, 0.1, -0.3]]), [[0.0]], 1.25, 3, 0.5),
        ),
        Case(
            "no step, tol = 0.5, around the minimum (3, 2)",
            (
                himmelblau.gradient,
                np.array([[3.4, 3.3, 3.0, 3.0], [2.4, 2.3, 2.5, 4.0]]),
                himmelblau.minima,
                0.1,
                0,
                0.5,
            ),
        ),
        Case(
            "three coordinates, five minima, no step",
            (
                lambda w: 2 * w,
                np.array([[0.0, 0.0, 4.0, 0.0], [0.0, 0.0, 0.0, 3.0], [0.0, 3.0, 0.0, 0.0]]),
                np.array([[0.0, 0, 0], [1, 0, 0], [2, 0, 0], [3, 0, 0], [4, 0, 0]]),
                0.1,
                0,
            ),
        ),
        Case(
            "tol = 0.5 after three steps",
            (himmelblau.gradient, NEAR, himmelblau.minima, 0.01, 3, 0.5),
        ),
        Case(
            "a start that holds NaN",
            (
                double_well.gradient,
                np.array([[np.nan, -2.0, 2.0]]),
                double_well.minima,
                0.1,
                120,
            ),
        ),
    ],
    draw=random_starts,
    why="labels are whole numbers and must be met exactly",
)


@task.mistake(
    "nearest at the start",
    "You label each start by the minimum that it is nearest to before it moves. "
    "Descent can cross over: let it run first, and look where it ends.",
)
def basin_map(grad, starts, minima, lr, n, tol=1e-3):
    w, m = np.array(starts, dtype=float), np.asarray(minima, dtype=float)
    begin = w
    for _ in range(n):
        w = w - lr * grad(w)
    m = m.reshape(*m.shape, *[1] * (w.ndim - 1))
    first = np.sqrt(np.nansum((begin - m) ** 2, axis=1))
    last = np.sqrt(np.sum((w - m) ** 2, axis=1))
    arrived = np.min(np.where(np.isnan(last), np.inf, last), axis=0) <= tol
    return np.where(arrived, np.argmin(first, axis=0), -1)


@task.mistake(
    "always the nearest",
    "Every start of yours gets a minimum, also those that ran away or became NaN. "
    "The nearest one may be at the end of the world: where none is within tol, the label is -1.",
)
def basin_map(grad, starts, minima, lr, n, tol=1e-3):
    w, m = np.array(starts, dtype=float), np.asarray(minima, dtype=float)
    for _ in range(n):
        w = w - lr * grad(w)
    m = m.reshape(*m.shape, *[1] * (w.ndim - 1))
    return np.argmin(np.sum((w - m) ** 2, axis=1), axis=0)


@task.mistake(
    "only NaN is lost",
    "You give -1 to what has run away, and a minimum to everything else. A start may also be "
    "still on its way, or jump back and forth: demand that it is within tol.",
)
def basin_map(grad, starts, minima, lr, n, tol=1e-3):
    w, m = np.array(starts, dtype=float), np.asarray(minima, dtype=float)
    for _ in range(n):
        w = w - lr * grad(w)
    m = m.reshape(*m.shape, *[1] * (w.ndim - 1))
    far = np.sum((w - m) ** 2, axis=1)
    finite = np.all(np.isfinite(w), axis=0)
    return np.where(finite, np.argmin(np.where(np.isnan(far), np.inf, far), axis=0), -1)


@task.mistake(
    "one point for all",
    "All starts share one label, that of the last of them. Each must be kept in memory of its "
    "own: a list that holds one array many times holds one point.",
)
def basin_map(grad, starts, minima, lr, n, tol=1e-3):
    starts, m = np.array(starts, dtype=float), np.asarray(minima, dtype=float)
    flat = starts.reshape(len(starts), -1)
    w, ends = np.empty(len(flat)), []
    for i in range(flat.shape[1]):
        w[:] = flat[:, i]
        for _ in range(n):
            w -= lr * grad(w)
        ends.append(w)
    far = np.array([[np.sqrt(np.sum((end - c) ** 2)) for end in ends] for c in m])
    far = np.where(np.isnan(far), np.inf, far)
    labels = np.where(far.min(axis=0) <= tol, far.argmin(axis=0), -1)
    return labels.reshape(starts.shape[1:])


@task.mistake(
    "labels from 1",
    "Your labels are all one too large. A label is the row of the minimum, and rows count from 0.",
)
def basin_map(grad, starts, minima, lr, n, tol=1e-3):
    w, m = np.array(starts, dtype=float), np.asarray(minima, dtype=float)
    for _ in range(n):
        w = w - lr * grad(w)
    m = m.reshape(*m.shape, *[1] * (w.ndim - 1))
    far = np.sqrt(np.sum((w - m) ** 2, axis=1))
    far = np.where(np.isnan(far), np.inf, far)
    return np.where(far.min(axis=0) <= tol, far.argmin(axis=0) + 1, -1)


@task.mistake(
    "zero for none",
    "A start that reaches no minimum gets the label 0 from you, which is the first minimum's. "
    "None is -1.",
)
def basin_map(grad, starts, minima, lr, n, tol=1e-3):
    w, m = np.array(starts, dtype=float), np.asarray(minima, dtype=float)
    for _ in range(n):
        w = w - lr * grad(w)
    m = m.reshape(*m.shape, *[1] * (w.ndim - 1))
    far = np.sqrt(np.sum((w - m) ** 2, axis=1))
    far = np.where(np.isnan(far), np.inf, far)
    return np.where(far.min(axis=0) <= tol, far.argmin(axis=0), 0)


@task.mistake(
    "sum of the coordinates' distances",
    "Two points are far apart if one coordinate is: signed differences that cancel hide it. "
    "Take the Euclidean distance.",
)
def basin_map(grad, starts, minima, lr, n, tol=1e-3):
    w, m = np.array(starts, dtype=float), np.asarray(minima, dtype=float)
    for _ in range(n):
        w = w - lr * grad(w)
    m = m.reshape(*m.shape, *[1] * (w.ndim - 1))
    far = np.abs(np.sum(w - m, axis=1))
    far = np.where(np.isnan(far), np.inf, far)
    return np.where(far.min(axis=0) <= tol, far.argmin(axis=0), -1)


@task.mistake(
    "distance not rooted",
    "A start at a distance of 0.01 counts as arrived with you, though tol is 0.001. "
    "Did you compare the distance, or its square?",
)
def basin_map(grad, starts, minima, lr, n, tol=1e-3):
    w = np.array(starts, dtype=float)
    for _ in range(n):
        w = w - lr * grad(w)
    labels = np.full(w.shape[1:], -1)
    for i, minimum in enumerate(minima):
        away = w - np.reshape(minimum, (-1, *[1] * (w.ndim - 1)))
        labels[np.sum(away**2, axis=0) <= tol] = i
    return labels


@task.mistake(
    "tol not looked at",
    "Your own limit stands where tol should be: one case asks for a wider one. Which argument says "
    "what counts as arrived?",
)
def basin_map(grad, starts, minima, lr, n, tol=1e-3):
    w = np.array(starts, dtype=float)
    for _ in range(n):
        w = w - lr * grad(w)
    labels = np.full(w.shape[1:], -1)
    for i, minimum in enumerate(minima):
        away = w - np.reshape(minimum, (-1, *[1] * (w.ndim - 1)))
        labels[np.sqrt(np.sum(away**2, axis=0)) <= 1e-3] = i
    return labels


@task.mistake(
    "ascent",
    "Your starts climb, so nobody arrives. Which way does the gradient point?",
)
def basin_map(grad, starts, minima, lr, n, tol=1e-3):
    w = np.array(starts, dtype=float)
    for _ in range(n):
        w = w + lr * grad(w)
    labels = np.full(w.shape[1:], -1)
    for i, minimum in enumerate(minima):
        away = w - np.reshape(minimum, (-1, *[1] * (w.ndim - 1)))
        labels[np.sqrt(np.sum(away**2, axis=0)) <= tol] = i
    return labels


@task.mistake(
    "largest coordinate for the distance",
    "(3.4, 2.4) counts as within 0.5 of (3, 2). How long is the way between them?",
)
def basin_map(grad, starts, minima, lr, n, tol=1e-3):
    w = np.array(starts, dtype=float)
    for _ in range(n):
        w = w - lr * grad(w)
    labels = np.full(w.shape[1:], -1)
    for i, minimum in enumerate(minima):
        away = w - np.reshape(minimum, (-1, *[1] * (w.ndim - 1)))
        labels[np.max(np.abs(away), axis=0) <= tol] = i
    return labels


@task.mistake(
    "coordinates added up for the distance",
    "(3.3, 2.3) counts as farther than 0.5 from (3, 2). How long is the straight way?",
)
def basin_map(grad, starts, minima, lr, n, tol=1e-3):
    w = np.array(starts, dtype=float)
    for _ in range(n):
        w = w - lr * grad(w)
    labels = np.full(w.shape[1:], -1)
    for i, minimum in enumerate(minima):
        away = w - np.reshape(minimum, (-1, *[1] * (w.ndim - 1)))
        labels[np.sum(np.abs(away), axis=0) <= tol] = i
    return labels


@task.mistake(
    "at the limit is not there",
    "A start at the distance tol gets -1 from you. Does the statement say less, or at most?",
)
def basin_map(grad, starts, minima, lr, n, tol=1e-3):
    w = np.array(starts, dtype=float)
    for _ in range(n):
        w = w - lr * grad(w)
    labels = np.full(w.shape[1:], -1)
    for i, minimum in enumerate(minima):
        away = w - np.reshape(minimum, (-1, *[1] * (w.ndim - 1)))
        labels[np.sqrt(np.sum(away**2, axis=0)) < tol] = i
    return labels


@task.mistake(
    "one step short",
    "4, 2, 1, 0.5 has come within 0.5 after three steps, and you stop at 1. How many steps do you "
    "make?",
)
def basin_map(grad, starts, minima, lr, n, tol=1e-3):
    w = np.array(starts, dtype=float)
    for _ in range(n - 1):
        w = w - lr * grad(w)
    labels = np.full(w.shape[1:], -1)
    for i, minimum in enumerate(minima):
        away = w - np.reshape(minimum, (-1, *[1] * (w.ndim - 1)))
        labels[np.sqrt(np.sum(away**2, axis=0)) <= tol] = i
    return labels


@task.mistake(
    "one coordinate decides",
    "(3, 4) counts as the minimum (3, 2). How many coordinates have to agree?",
)
def basin_map(grad, starts, minima, lr, n, tol=1e-3):
    w = np.array(starts, dtype=float)
    for _ in range(n):
        w = w - lr * grad(w)
    labels = np.full(w.shape[1:], -1)
    for i, minimum in enumerate(minima):
        away = w - np.reshape(minimum, (-1, *[1] * (w.ndim - 1)))
        labels[np.abs(away[0]) <= tol] = i
    return labels


@task.mistake(
    "arrived once, arrived for ever",
    "A start that passes a minimum and leaves it again keeps its label. When is the distance to "
    "be measured?",
)
def basin_map(grad, starts, minima, lr, n, tol=1e-3):
    w = np.array(starts, dtype=float)
    labels = np.full(w.shape[1:], -1)
    for k in range(n + 1):
        for i, minimum in enumerate(minima):
            away = w - np.reshape(minimum, (-1, *[1] * (w.ndim - 1)))
            labels[(labels == -1) & (np.sqrt(np.sum(away**2, axis=0)) <= tol)] = i
        if k < n:
            w = w - lr * grad(w)
    return labels


@task.mistake(
    "nearest to the start",
    "You label where a start stands, not where it ends. Which point is to be compared with the "
    "minima, after n steps?",
)
def basin_map(grad, starts, minima, lr, n, tol=1e-3):
    w = np.array(starts, dtype=float)
    away = [np.sum((w - np.reshape(m, (-1, *[1] * (w.ndim - 1)))) ** 2, axis=0) for m in minima]
    return np.argmin(away, axis=0)


@task.accepts("one start after another")
def basin_map(grad, starts, minima, lr, n, tol=1e-3):
    starts = np.asarray(starts, dtype=float)
    labels = np.full(starts.shape[1:], -1)
    for place in np.ndindex(labels.shape):
        w = starts[(slice(None), *place)].copy()
        for _ in range(n):
            w = w - lr * np.asarray(grad(w))
        for i, minimum in enumerate(minima):
            if np.linalg.norm(w - minimum) <= tol:
                labels[place] = i
    return labels


@task.accepts("all starts at once, minimum by minimum")
def basin_map(grad, starts, minima, lr, n, tol=1e-3):
    w = np.array(starts, dtype=float)
    for _ in range(n):
        w = w - lr * grad(w)
    labels = np.full(w.shape[1:], -1, dtype=int)
    for i, minimum in enumerate(np.asarray(minima, dtype=float)):
        away = w - minimum.reshape(-1, *[1] * (w.ndim - 1))
        labels[np.linalg.norm(away, axis=0) <= tol] = i
    return labels


# --- stable_minima ---


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

task = problems.task(
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
