"""Task `hb_radius` of chapter `momentum`."""

import numpy as np

from fallline import momentum as reference
from fallline.marking.task import Case, Task


def random_balls(rng):
    cases = []
    for words, lr, beta, lam in (
        ("a short memory", rng.uniform(0.1, 0.4), 0.1, rng.uniform(0.5, 1.0)),
        ("a long memory", rng.uniform(0.5, 1.5), 0.9, rng.uniform(0.5, 1.0)),
        ("a tiny curvature", rng.uniform(1e3, 2e3), 0.3, 1e-5),
        ("a step too long", rng.uniform(5, 9), 0.5, 1.0),
    ):
        cases.append(
            Case(f"{words}: lr = {lr:.3g}, beta = {beta:g}, lam = {lam:.3g}", (lr, beta, lam))
        )
    return cases


task = Task(
    reference.hb_radius,
    cases=[
        Case("lr = 1, beta = 0.25, lam = 1: complex", (1.0, 0.25, 1.0)),
        Case("lr = 2, beta = 0.81, lam = 0.5: complex", (2.0, 0.81, 0.5)),
        Case("lr = 0.5, beta = 0, lam = 1: plain descent", (0.5, 0.0, 1.0)),
        Case("lr = 1.5, beta = 0, lam = 1: factor -0.5", (1.5, 0.0, 1.0)),
        Case("lr = 0.1, beta = 0.2, lam = 1: real, positive", (0.1, 0.2, 1.0)),
        Case("lr = 2.3, beta = 0.2, lam = 1: real, negative", (2.3, 0.2, 1.0)),
        Case("lr = 4, beta = 0.5, lam = 1: too long", (4.0, 0.5, 1.0)),
        Case("lr = 0.1, beta = 0.9, lam = 10", (0.1, 0.9, 10.0)),
        Case("whole numbers: lr = 1, beta = 0, lam = 3", (1, 0, 3)),
        Case("lr = 1, beta = 0.5, lam = 1, whole where they are", (1, 0.5, 1)),
        Case("a saddle: lam = -2", (0.1, 0.5, -2.0)),
        Case("flat ground: lam = 0", (0.1, 0.5, 0.0)),
        Case("beta is NaN", (0.1, np.nan, 1.0)),
        Case("lam is NaN", (0.1, 0.5, np.nan)),
    ],
    draw=random_balls,
    rtol=1e-7,
    atol=1e-9,
    why="where two eigenvalues almost meet, rounding moves them by about the root of 1e-16",
)


@task.mistake(
    "twice the root",
    "Twice too large where the eigenvalues are complex. Their product is the determinant, and both "
    "have the same size: how large is each?",
)
def hb_radius(lr, beta, lam):
    t = 1 + beta - lr * lam
    gap = t * t - 4 * beta
    if gap < 0:
        return 2 * np.sqrt(beta)
    return (abs(t) + np.sqrt(gap)) / 2


@task.mistake(
    "sign of the coupling",
    "Your matrix has another determinant than beta, so a sign in it is wrong. Which way does the "
    "velocity move x?",
)
def hb_radius(lr, beta, lam):
    if np.isnan(lr + beta + lam):
        return np.nan
    R = np.array([[beta, lam], [lr * beta, 1 - lr * lam]])
    return np.max(np.abs(np.linalg.eigvals(R)))


@task.mistake(
    "largest real part",
    "Right where the eigenvalues are real and positive. A complex or negative one shrinks by its "
    "size, not by its real part: what is the size of a complex number?",
)
def hb_radius(lr, beta, lam):
    if np.isnan(lr + beta + lam):
        return np.nan
    R = np.array([[beta, lam], [-lr * beta, 1 - lr * lam]])
    return np.max(np.linalg.eigvals(R).real)


@task.mistake(
    "size of the real part",
    "Right where the eigenvalues are real, too small where they are complex. Their imaginary part "
    "belongs to their size.",
)
def hb_radius(lr, beta, lam):
    if np.isnan(lr + beta + lam):
        return np.nan
    R = np.array([[beta, lam], [-lr * beta, 1 - lr * lam]])
    return np.max(np.abs(np.linalg.eigvals(R).real))


@task.mistake(
    "root of a negative number",
    "Where the number under the root is negative NaN comes out. The eigenvalues are complex there, "
    "and both have one size: what is it?",
)
def hb_radius(lr, beta, lam):
    t = 1 + beta - lr * lam
    with np.errstate(invalid="ignore"):
        return (abs(t) + np.sqrt(np.float64(t * t - 4 * beta))) / 2


@task.mistake(
    "the smaller eigenvalue",
    "You return the factor that dies out first. After many steps, which of the two is left?",
)
def hb_radius(lr, beta, lam):
    if np.isnan(lr + beta + lam):
        return np.nan
    R = np.array([[beta, lam], [-lr * beta, 1 - lr * lam]])
    return np.min(np.abs(np.linalg.eigvals(R)))


@task.mistake(
    "largest singular value",
    "Yours is how much one single step can stretch a vector, the largest singular value. The rate "
    "of many steps is decided by the eigenvalues.",
)
def hb_radius(lr, beta, lam):
    if np.isnan(lr + beta + lam):
        return np.nan
    R = np.array([[beta, lam], [-lr * beta, 1 - lr * lam]])
    return np.linalg.norm(R, 2)


@task.mistake(
    "momentum left out",
    "That is the factor of plain gradient descent: beta does not change your result. Which 2 by 2 "
    "matrix leads from (v, x) to the next pair?",
)
def hb_radius(lr, beta, lam):
    return abs(1 - lr * lam)


@task.mistake(
    "always the root of beta",
    "Right where the eigenvalues are complex. Where they are real they differ in size: which of "
    "them decides, and can it be above 1?",
)
def hb_radius(lr, beta, lam):
    return np.sqrt(beta)


@task.mistake(
    "the determinant",
    "That is the product of both eigenvalues. If they have the same size, what is the size of one?",
)
def hb_radius(lr, beta, lam):
    return beta


@task.mistake(
    "an eigenvalue without its size",
    "Right where the larger eigenvalue is positive. With a long step it is negative: x jumps from "
    "side to side. What counts for the rate?",
)
def hb_radius(lr, beta, lam):
    t = 1 + beta - lr * lam
    gap = t * t - 4 * beta
    if gap < 0:
        return np.sqrt(beta)
    return (t + np.sqrt(gap)) / 2


@task.mistake(
    "curvature squared",
    "Right where lam is 1 or 0. The gradient of half lam x squared is lam x: how often does the "
    "curvature enter a step?",
)
def hb_radius(lr, beta, lam):
    t = 1 + beta - lr * lam**2
    gap = t * t - 4 * beta
    if gap < 0:
        return np.sqrt(beta)
    return (abs(t) + np.sqrt(gap)) / 2


@task.mistake(
    "half forgotten",
    "Where the eigenvalues are real yours is twice too large. Which number stands under the whole "
    "fraction in the solution of a quadratic equation?",
)
def hb_radius(lr, beta, lam):
    t = 1 + beta - lr * lam
    gap = t * t - 4 * beta
    if gap < 0:
        return np.sqrt(beta)
    return abs(t) + np.sqrt(gap)


@task.mistake(
    "plain factor where it does not swing",
    "Right where the eigenvalues are complex or beta is 0. Where they are real you take the factor "
    "of plain descent, but the memory acts there as well: solve the quadratic equation.",
)
def hb_radius(lr, beta, lam):
    if (1 + beta - lr * lam) ** 2 < 4 * beta:
        return np.sqrt(beta)
    return abs(1 - lr * lam)


@task.mistake(
    "momentum missing in a corner",
    "The determinant of your matrix is not beta. The new velocity moves x, and its old part "
    "arrives there with a factor: which?",
)
def hb_radius(lr, beta, lam):
    if np.isnan(lr + beta + lam):
        return np.nan
    R = np.array([[beta, lam], [-lr, 1 - lr * lam]])
    return np.max(np.abs(np.linalg.eigvals(R)))


@task.mistake(
    "taken for symmetric",
    "eigvalsh looks at one half of the matrix and supposes that the other mirrors it. Do the "
    "corners of this one mirror each other, and can a symmetric matrix have complex eigenvalues?",
)
def hb_radius(lr, beta, lam):
    if np.isnan(lr + beta + lam):
        return np.nan
    R = np.array([[beta, lam], [-lr * beta, 1 - lr * lam]])
    return np.max(np.abs(np.linalg.eigvalsh(R)))


@task.mistake(
    "rate missing in a corner",
    "Right where lr is 1 or beta is 0. Put the new velocity into the step of x: by what is the old "
    "velocity multiplied there?",
)
def hb_radius(lr, beta, lam):
    if np.isnan(lr + beta + lam):
        return np.nan
    R = np.array([[beta, lam], [-beta, 1 - lr * lam]])
    return np.max(np.abs(np.linalg.eigvals(R)))


@task.mistake(
    "rate missing in the last entry",
    "Right where lr is 1. Without memory x shrinks by 1 - lr lam, as in plain descent: what stands "
    "at the lower right of your matrix?",
)
def hb_radius(lr, beta, lam):
    if np.isnan(lr + beta + lam):
        return np.nan
    R = np.array([[beta, lam], [-lr * beta, 1 - lam]])
    return np.max(np.abs(np.linalg.eigvals(R)))


@task.mistake(
    "size of both together",
    "Too large where both eigenvalues count: you add up squares over the whole list. The rate is "
    "the larger of two sizes: where do you take the larger one?",
)
def hb_radius(lr, beta, lam):
    if np.isnan(lr + beta + lam):
        return np.nan
    R = np.array([[beta, lam], [-lr * beta, 1 - lr * lam]])
    return np.linalg.norm(np.linalg.eigvals(R))


@task.mistake(
    "the largest, and then its size",
    "Right where the eigenvalues are complex or positive. Of -0.9 and 0.1 the larger is 0.1, and "
    "the one that lasts is the other: what comes first, the size or the choice?",
)
def hb_radius(lr, beta, lam):
    if np.isnan(lr + beta + lam):
        return np.nan
    R = np.array([[beta, lam], [-lr * beta, 1 - lr * lam]])
    return abs(np.max(np.linalg.eigvals(R)))


@task.mistake(
    "climbs in the last entry",
    "Even plain descent, beta = 0, grows in yours. The gradient is taken away from x: which sign "
    "stands at the lower right?",
)
def hb_radius(lr, beta, lam):
    if np.isnan(lr + beta + lam):
        return np.nan
    R = np.array([[beta, lam], [-lr * beta, 1 + lr * lam]])
    return np.max(np.abs(np.linalg.eigvals(R)))


@task.mistake(
    "curvature missing in a corner",
    "Right where lam is 1. The velocity takes in the gradient lam x: what stands at the upper "
    "right?",
)
def hb_radius(lr, beta, lam):
    if np.isnan(lr + beta + lam):
        return np.nan
    R = np.array([[beta, 1.0], [-lr * beta, 1 - lr * lam]])
    return np.max(np.abs(np.linalg.eigvals(R)))


@task.mistake(
    "one minus beta for beta",
    "Your determinant is 1 - beta. In the form outside, which part of the old velocity is kept?",
)
def hb_radius(lr, beta, lam):
    if np.isnan(lr + beta + lam):
        return np.nan
    R = np.array([[1 - beta, lam], [-lr * (1 - beta), 1 - lr * lam]])
    return np.max(np.abs(np.linalg.eigvals(R)))


@task.mistake(
    "sizes added",
    "You add the sizes of both eigenvalues. The part with the smaller one dies out first: what "
    "is left in the long run?",
)
def hb_radius(lr, beta, lam):
    if np.isnan(lr + beta + lam):
        return np.nan
    R = np.array([[beta, lam], [-lr * beta, 1 - lr * lam]])
    return np.sum(np.abs(np.linalg.eigvals(R)))


@task.mistake(
    "size squared",
    "Yours is the square of the right rate. For a + bi, what is still missing after a² + b²?",
)
def hb_radius(lr, beta, lam):
    if np.isnan(lr + beta + lam):
        return np.nan
    R = np.array([[beta, lam], [-lr * beta, 1 - lr * lam]])
    e = np.linalg.eigvals(R)
    return np.max(e.real**2 + e.imag**2)


@task.mistake(
    "middle of the two",
    "Yours is the middle between the two eigenvalues, half of their sum. How far from it does "
    "each of them lie?",
)
def hb_radius(lr, beta, lam):
    return abs(1 + beta - lr * lam) / 2


@task.mistake(
    "sum of the two",
    "Yours is the sum of both eigenvalues, the trace. Together with their product it gives a "
    "quadratic equation: what are its roots?",
)
def hb_radius(lr, beta, lam):
    return abs(1 + beta - lr * lam)


@task.accepts("eigenvalues of the matrix")
def hb_radius(lr, beta, lam):
    if np.isnan([lr, beta, lam]).any():
        return np.nan
    R = np.array([[beta, lam], [-lr * beta, 1 - lr * lam]])
    return float(np.abs(np.linalg.eigvals(R)).max())


@task.accepts("roots of the characteristic polynomial")
def hb_radius(lr, beta, lam):
    if np.isnan([lr, beta, lam]).any():
        return np.nan
    half = (1 + beta - lr * lam) / 2
    gap = np.sqrt(complex(half * half - beta))
    return max(abs(half + gap), abs(half - gap))


@task.accepts("in the variables x and the x before")
def hb_radius(lr, beta, lam):
    if np.isnan(lr * beta * lam):
        return np.nan
    A = np.array([[1 + beta - lr * lam, -beta], [1.0, 0.0]])
    return np.max(np.abs(np.linalg.eigvals(A)))
