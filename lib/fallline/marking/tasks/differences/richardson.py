"""Task `richardson` of chapter `differences`."""

import numpy as np

from fallline import differences as reference
from fallline.marking.task import Case, Task


def random_estimates(rng):
    cases = []
    for shape in ((), (2,), (2, 2)):
        a = rng.normal(size=(5, *shape))
        D = lambda h, a=a: a[0] + a[1] * h + a[2] * h**2 + a[3] * h**3 + a[4] * h**4
        h = rng.uniform(0.2, 2)
        cases.append(Case(f"a random polynomial D of shape {shape}, h = {h:.3g}", (D, h)))
    return cases


task = Task(
    reference.richardson,
    cases=[
        Case("D(h) = 7 + 5h², h = 2", (lambda h: 7 + 5 * h**2, 2.0)),
        Case("D(h) = 1 + h² + h⁴, h = 2", (lambda h: 1 + h**2 + h**4, 2.0)),
        Case("D(h) = h + h², h = 1, a whole number", (lambda h: h + h * h, 1)),
        Case("D(h) = (1, h), h = 3", (lambda h: np.array([1.0, h]), 3.0)),
        Case("D(h) = (h², h³), h = 0.5", (lambda h: np.array([h**2, h**3]), 0.5)),
        Case("D(h) = 7 + 5h², h is NaN", (lambda h: 7 + 5 * h**2, np.nan)),
    ],
    draw=random_estimates,
    why="two products, one subtraction of numbers of the same size: only rounding may differ",
)


@task.mistake(
    "missing parentheses",
    "Division binds more tightly than subtraction: 4 D(h/2) - D(h) / 3 divides only the second "
    "term. The whole difference is divided by 3.",
)
def richardson(D, h):
    return 4 * D(h / 2) - D(h) / 3


@task.mistake(
    "weights 2 and 1",
    "These weights cancel an error that grows like h. Here it grows like h²: "
    "how much smaller is it at half the step?",
)
def richardson(D, h):
    return 2 * D(h / 2) - D(h)


@task.mistake(
    "weights swapped",
    "The estimate at the smaller step is the better one and must get the larger weight.",
)
def richardson(D, h):
    return (4 * D(h) - D(h / 2)) / 3


@task.mistake(
    "divides by 5",
    "The weights must add up to 1, or else even a perfect D comes out wrong: "
    "one estimate is added, the other taken away.",
)
def richardson(D, h):
    return (4 * D(h / 2) - D(h)) / 5


@task.mistake(
    "doubles the step",
    "You combined h and 2h. The two steps are h and its half, closer to the limit.",
)
def richardson(D, h):
    return (4 * D(h) - D(2 * h)) / 3


@task.mistake(
    "one estimate only",
    "Both terms use D at the same step, so nothing cancels. D is called twice, "
    "with two different steps.",
)
def richardson(D, h):
    d = D(h)
    return (4 * d - d) / 3


@task.accepts("a correction of the finer estimate")
def richardson(D, h):
    fine = D(h / 2)
    return fine + (fine - D(h)) / 3


@task.accepts("weights as fractions")
def richardson(D, h):
    return 4 / 3 * D(0.5 * h) - 1 / 3 * D(h)
