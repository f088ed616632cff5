"""Task `gd_quadratic_exact` of chapter `descent`."""

import numpy as np

from fallline import descent as reference
from fallline.marking.task import Case, Task


def random_spectra(rng):
    cases = []
    for d, k, scale in ((2, 3, 1.0), (4, 7, 1e-3), (6, 2, 1e3)):
        lams = rng.normal(size=d) + 1
        lams[0] = 0.0
        args = (lams, scale * rng.normal(size=d), 0.4, k)
        cases.append(Case(f"{d} eigenvalues of both signs, {k} steps", args))
    return cases


task = Task(
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
