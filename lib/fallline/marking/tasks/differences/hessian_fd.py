"""Task `hessian_fd` of chapter `differences`."""

import numpy as np

from fallline import differences as reference
from fallline.marking.task import Case, Task


def valley_gradient(x):
    """Return the gradient of Rosenbrock's valley."""
    a, b = x
    return np.array([-2 * (1 - a) - 400 * a * (b - a * a), 200 * (b - a * a)])


def product_gradient(x):
    """Return the gradient of exp(x₀) x₁²."""
    a, b = x
    return np.array([np.exp(a) * b * b, 2 * np.exp(a) * b])


def random_hessians(rng):
    cases = []
    for n, h in ((1, 0.1), (3, 0.1), (4, 0.01)):
        A, c, x = rng.normal(size=(n, n)), rng.normal(size=n), rng.normal(size=n)
        grad = lambda x, A=A, c=c: A @ x + c * x**3
        label = f"a random gradient with {n} coordinate(s), its parts not quite symmetric, h = {h}"
        cases.append(Case(label, (grad, x, h)))
    return cases


SKEW = np.array([[2.0, 1.0, 0.0], [3.0, 5.0, -1.0], [0.0, 1.0, 4.0]])


task = Task(
    reference.hessian_fd,
    cases=[
        Case(
            "∇f = (2x₀, 10x₁), x = (1, 2), h = 0.5",
            (lambda x: x * [2, 10], np.array([1.0, 2]), 0.5),
        ),
        Case(
            "a gradient Ax with a skewed A, h = 1",
            (lambda x: SKEW @ x, np.array([1.0, 0, -2]), 1.0),
        ),
        Case(
            "Rosenbrock's valley at (1, 1), h = 0.1", (valley_gradient, np.array([1.0, 1.0]), 0.1)
        ),
        Case(
            "f(x) = exp(x₀) x₁², x = (0, 3), h = 0.25", (product_gradient, np.array([0.0, 3]), 0.25)
        ),
        Case(
            "f(x) = exp(x₀) x₁², x = (1, 2), whole numbers",
            (product_gradient, np.array([1, 2]), 0.25),
        ),
        Case(
            "f(x) = exp(x₀) x₁², one coordinate is NaN",
            (product_gradient, np.array([np.nan, 2.0]), 0.25),
        ),
    ],
    draw=random_hessians,
    rtol=1e-9,
    atol=1e-9,
    why="differences with h of 0.01 and more lose at most three digits of sixteen",
)


@task.mistake(
    "not symmetrised",
    "A Hessian is symmetric, and the matrix of differences is not quite. "
    "What does the second half of the formula do about it?",
)
def hessian_fd(grad, x, h):
    x = np.array(x, dtype=float)
    steps = h * np.eye(x.size)
    return np.array([(grad(x + e) - grad(x - e)) / (2 * h) for e in steps]).T


@task.mistake(
    "transposed and not symmetrised",
    "Each difference of gradients was put into a row, and the matrix was left as it is: "
    "symmetrise it, and the question of rows or columns disappears.",
)
def hessian_fd(grad, x, h):
    x = np.array(x, dtype=float)
    steps = h * np.eye(x.size)
    return np.array([(grad(x + e) - grad(x - e)) / (2 * h) for e in steps])


@task.mistake(
    "forward difference",
    "You looked to one side only, which leaves an error of order h: "
    "take the gradient on both sides of x.",
)
def hessian_fd(grad, x, h):
    x = np.array(x, dtype=float)
    B = np.array([(grad(x + e) - grad(x)) / h for e in h * np.eye(x.size)])
    return (B + B.T) / 2


@task.mistake(
    "divides by h",
    "All entries are twice too large: the two gradients belong to points that lie 2h apart.",
)
def hessian_fd(grad, x, h):
    x = np.array(x, dtype=float)
    B = np.array([(grad(x + e) - grad(x - e)) / h for e in h * np.eye(x.size)])
    return (B + B.T) / 2


@task.mistake(
    "copies the upper triangle",
    "One triangle was copied over the other, which throws half of the measurements away. "
    "How can both have their say?",
)
def hessian_fd(grad, x, h):
    x = np.array(x, dtype=float)
    B = np.array([(grad(x + e) - grad(x - e)) / (2 * h) for e in h * np.eye(x.size)]).T
    return np.triu(B) + np.triu(B, 1).T


@task.accepts("column by column")
def hessian_fd(grad, x, h):
    x = np.array(x, dtype=float)
    B = np.zeros((x.size, x.size))
    for j in range(x.size):
        right, left = x.copy(), x.copy()
        right[j] += h
        left[j] -= h
        B[:, j] = (grad(right) - grad(left)) / (2 * h)
    return 0.5 * (B + B.T)


@task.accepts("symmetrised entry by entry")
def hessian_fd(grad, x, h):
    x, e = np.array(x, dtype=float), h * np.eye(len(x))
    H = np.empty((x.size, x.size))
    for i in range(x.size):
        for j in range(x.size):
            a = (grad(x + e[j])[i] - grad(x - e[j])[i]) / (2 * h)
            b = (grad(x + e[i])[j] - grad(x - e[i])[j]) / (2 * h)
            H[i, j] = (a + b) / 2
    return H
