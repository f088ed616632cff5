"""Task `error_curve` of chapter `differences`."""

import numpy as np

from fallline import differences as reference
from fallline.marking.functions import square
from fallline.marking.task import Case, Task
from fallline.marking.tasks.differences.cases import cube


def random_curves(rng):
    cases = []
    for scheme in ("forward", "central", "complex"):
        a, x = rng.uniform(0.5, 2), rng.uniform(-1, 1)
        hs = rng.permutation([0.4, 0.2, 0.1, 0.05, 0.02])
        f, df = lambda x, a=a: np.exp(a * x), lambda x, a=a: a * np.exp(a * x)
        label = f"exp(ax) with a = {a:.3g}, x = {x:.3g}, five steps in any order, {scheme}"
        cases.append(Case(label, (f, df, x, hs, scheme)))
    return cases


def minus_sin(x):
    return -np.sin(x)


task = Task(
    reference.error_curve,
    cases=[
        Case(
            "f(x) = x², x = 1, h = 0.5 and 0.25, forward",
            (square, lambda x: 2 * x, 1.0, np.array([0.5, 0.25]), "forward"),
        ),
        Case(
            "f(x) = x³, x = 1, h = 0.5, 1 and 0.1, central",
            (cube, lambda x: 3 * x * x, 1.0, np.array([0.5, 1.0, 0.1]), "central"),
        ),
        Case(
            "f(x) = x³, x = 1, h = 1 and 2, whole numbers, central",
            (cube, lambda x: 3 * x * x, 1, np.array([1, 2]), "central"),
        ),
        Case(
            "f = cos (a negative slope), x = 1, forward",
            (np.cos, minus_sin, 1.0, np.array([0.05, 0.3, 0.1]), "forward"),
        ),
        Case(
            "f(x) = x³, x = 2, h = 0.5 and 1e-20, complex",
            (cube, lambda x: 3 * x * x, 2.0, np.array([0.5, 1e-20]), "complex"),
        ),
        Case("f = cos, x is NaN", (np.cos, minus_sin, np.nan, np.array([0.1, 0.2]), "central")),
    ],
    draw=random_curves,
    rtol=1e-6,
    why="an error of 1e-5 is itself only known to about 1e-16 / h: steps are 0.02 and more",
)


@task.mistake(
    "absolute error",
    "These are absolute errors. Relative means: in units of the size of the true derivative.",
)
def error_curve(f, df, x, hs, scheme):
    schemes = {
        "forward": lambda h: (f(x + h) - f(x)) / h,
        "central": lambda h: (f(x + h) - f(x - h)) / (2 * h),
        "complex": lambda h: np.imag(f(x + 1j * h)) / h,
    }
    return np.array([abs(schemes[scheme](h) - df(x)) for h in hs])


@task.mistake(
    "signed error",
    "The sign is still there: an error for a log-log plot is a size. "
    "Mind a negative derivative in the divisor as well.",
)
def error_curve(f, df, x, hs, scheme):
    schemes = {
        "forward": lambda h: (f(x + h) - f(x)) / h,
        "central": lambda h: (f(x + h) - f(x - h)) / (2 * h),
        "complex": lambda h: np.imag(f(x + 1j * h)) / h,
    }
    return np.array([(schemes[scheme](h) - df(x)) / df(x) for h in hs])


@task.mistake(
    "divides by the estimate",
    "You divided by the estimate, which is the thing in doubt. Divide by the true derivative.",
)
def error_curve(f, df, x, hs, scheme):
    schemes = {
        "forward": lambda h: (f(x + h) - f(x)) / h,
        "central": lambda h: (f(x + h) - f(x - h)) / (2 * h),
        "complex": lambda h: np.imag(f(x + 1j * h)) / h,
    }
    D = np.array([schemes[scheme](h) for h in hs])
    return abs(D - df(x)) / abs(D)


@task.mistake(
    "sorts the steps",
    "The errors came in the order of sorted steps; entry i belongs to hs[i], "
    "in whatever order they are.",
)
def error_curve(f, df, x, hs, scheme):
    schemes = {
        "forward": lambda h: (f(x + h) - f(x)) / h,
        "central": lambda h: (f(x + h) - f(x - h)) / (2 * h),
        "complex": lambda h: np.imag(f(x + 1j * h)) / h,
    }
    D = np.array([schemes[scheme](h) for h in np.sort(hs)])
    return abs(D - df(x)) / abs(df(x))


@task.mistake(
    "uses the last step for all",
    "All errors are equal: each was computed with the last h. Is the loop's own h used inside it?",
)
def error_curve(f, df, x, hs, scheme):
    schemes = {
        "forward": lambda h: (f(x + h) - f(x)) / h,
        "central": lambda h: (f(x + h) - f(x - h)) / (2 * h),
        "complex": lambda h: np.imag(f(x + 1j * h)) / h,
    }
    D = np.array([schemes[scheme](hs[-1]) for _ in hs])
    return abs(D - df(x)) / abs(df(x))


@task.accepts("all steps at once")
def error_curve(f, df, x, hs, scheme):
    h = np.array(hs, dtype=float)
    if scheme == "forward":
        D = (f(x + h) - f(x)) / h
    elif scheme == "central":
        D = (f(x + h) - f(x - h)) / (2 * h)
    else:
        D = np.imag(f(x + 1j * h)) / h
    return np.abs(D / df(x) - 1)


@task.accepts("a loop that fills an array")
def error_curve(f, df, x, hs, scheme):
    errors = np.zeros(len(hs))
    for i, h in enumerate(hs):
        if scheme == "forward":
            estimate = (f(x + h) - f(x)) / h
        elif scheme == "central":
            estimate = (f(x + h) - f(x - h)) / (2 * h)
        else:
            estimate = f(x + 1j * h).imag / h
        errors[i] = abs((estimate - df(x)) / df(x))
    return errors
