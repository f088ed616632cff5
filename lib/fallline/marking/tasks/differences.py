"""The tasks of chapter `differences`."""

import numpy as np

from fallline import differences as reference
from fallline.marking.functions import random_cubic, square
from fallline.marking.task import Case, ProblemSet

problems = ProblemSet("differences")


def cube(x):
    return x * x * x


def knotted(x):
    """Return a number in which every coordinate meets every other."""
    return np.sum(x**3) + np.sum(x) ** 2


def random_points(rng):
    """Return cases of a cubic, a point and a step, in several shapes and scales."""
    cases = []
    for shape, scale, step in (
        ((), 1.0, 0.1),
        ((), 10.0, -0.5),
        ((3,), 1.0, 0.01),
        ((2, 3), 3.0, 1),
    ):
        x = scale * rng.normal(size=shape)
        x = x if shape else float(x)
        label = f"a random cubic, x of shape {shape}, h = {step}"
        cases.append(Case(label, (random_cubic(rng), x, step)))
    return cases


# --- forward_diff ---


task = problems.task(
    reference.forward_diff,
    cases=[
        Case("f(x) = x², x = 3, h = 1", (square, 3.0, 1.0)),
        Case("f(x) = x², x = 3, h = -1 (to the left)", (square, 3.0, -1.0)),
        Case("f(x) = x³, x = 2, h = 0.1", (cube, 2.0, 0.1)),
        Case("f = sin, x = 1, h = 0.001", (np.sin, 1.0, 1e-3)),
        Case("f(x) = √x, x = 2, h = 2, all whole numbers", (np.sqrt, 2, 2)),
        Case("f(x) = x³ at three whole points, h = 0.5", (cube, np.array([0, 1, -2]), 0.5)),
        Case("f(x) = x² at three points, h = 0.25", (square, np.array([0.5, 0.0, -3.0]), 0.25)),
        Case("f(x) = x², x is NaN", (square, np.nan, 0.5)),
    ],
    draw=random_points,
    rtol=1e-9,
    atol=1e-9,
    why="one subtraction of close numbers: with h of 0.001 and more, rounding stays below 1e-12",
)


@task.mistake(
    "divides by 2h",
    "Your two samples lie h apart, and you divided by twice that distance: every slope is halved.",
)
def forward_diff(f, x, h):
    return (f(x + h) - f(x)) / (2 * h)


@task.mistake(
    "backward difference",
    "You looked to the other side: the forward difference goes from x to x + h, not from x - h.",
)
def forward_diff(f, x, h):
    return (f(x) - f(x - h)) / h


@task.mistake(
    "both samples at the moved point",
    "Both values were taken after x had moved, so their difference is 0. "
    "Keep the old point and build the new one beside it.",
)
def forward_diff(f, x, h):
    x = np.array(x, dtype=float)
    x += h
    return (f(x) - f(x)) / h


@task.mistake(
    "takes |h|",
    "A negative step is allowed and looks to the left: use h with its sign, in both places.",
)
def forward_diff(f, x, h):
    return (f(x + abs(h)) - f(x)) / abs(h)


@task.mistake(
    "swapped difference",
    "The sign is wrong: the value at x + h comes first, the value at x is taken away.",
)
def forward_diff(f, x, h):
    return (f(x) - f(x + h)) / h


@task.mistake(
    "central difference",
    "This is the central difference, which comes next. Here one of the two points is x itself.",
)
def forward_diff(f, x, h):
    return (f(x + h) - f(x - h)) / (2 * h)


@task.mistake(
    "missing parentheses",
    "Only f(x) was divided by h: division binds more tightly than subtraction.",
)
def forward_diff(f, x, h):
    return f(x + h) - f(x) / h


@task.mistake(
    "multiplies by h",
    "A slope is rise over run, and the rise was multiplied by the run. "
    "With h = 1 nobody would notice; try h = 0.1.",
)
def forward_diff(f, x, h):
    return (f(x + h) - f(x)) * h


@task.mistake(
    "no division",
    "This is the rise alone. How far did x go for it?",
)
def forward_diff(f, x, h):
    return f(x + h) - f(x)


@task.accepts("a quotient of differences")
def forward_diff(f, x, h):
    return np.subtract(f(x + h), f(x)) / h


@task.accepts("divided before the subtraction")
def forward_diff(f, x, h):
    ahead, here = f(np.asarray(x) + h), f(np.asarray(x))
    return ahead / h - here / h


# --- central_diff ---


task = problems.task(
    reference.central_diff,
    cases=[
        Case("f(x) = x², x = 3, h = 1", (square, 3.0, 1.0)),
        Case("f(x) = x³, x = 2, h = 0.5", (cube, 2.0, 0.5)),
        Case("f(x) = x³, x = 2, h = -0.5 (the sign of h does not matter)", (cube, 2.0, -0.5)),
        Case("f = sin, x = 1, h = 0.001", (np.sin, 1.0, 1e-3)),
        Case("f(x) = √x, x = 2, h = 1, all whole numbers", (np.sqrt, 2, 1)),
        Case("f(x) = x³ at three whole points, h = 0.5", (cube, np.array([0, 1, -2]), 0.5)),
        Case("f = exp at three points, h = 0.25", (np.exp, np.array([0.5, 0.0, -3.0]), 0.25)),
        Case("f(x) = x², x is NaN", (square, np.nan, 0.5)),
    ],
    draw=random_points,
    rtol=1e-9,
    atol=1e-9,
    why="one subtraction of close numbers: with h of 0.001 and more, rounding stays below 1e-12",
)


@task.mistake(
    "divides by h",
    "Every slope is twice too large: how far apart are the two samples x - h and x + h?",
)
def central_diff(f, x, h):
    return (f(x + h) - f(x - h)) / h


@task.mistake(
    "one-sided difference",
    "This is the forward difference. The central one looks to both sides of x, equally far.",
)
def central_diff(f, x, h):
    return (f(x + h) - f(x)) / h


@task.mistake(
    "multiplies by h",
    "A slope is rise divided by run: here the difference of the values was multiplied by h.",
)
def central_diff(f, x, h):
    return (f(x + h) - f(x - h)) * h


@task.mistake(
    "half a step to each side",
    "Your samples are h/2 to each side, so they lie h apart, and you divided by 2h. "
    "Distance and divisor belong together.",
)
def central_diff(f, x, h):
    return (f(x + h / 2) - f(x - h / 2)) / (2 * h)


@task.mistake(
    "swapped difference",
    "The sign is wrong: the value on the right comes first.",
)
def central_diff(f, x, h):
    return (f(x - h) - f(x + h)) / (2 * h)


@task.mistake(
    "half the step throughout",
    "A central difference, and a good one, of half the step: the formula goes a whole h "
    "to each side.",
)
def central_diff(f, x, h):
    return (f(x + h / 2) - f(x - h / 2)) / h


@task.mistake(
    "2h without parentheses",
    "Division and multiplication go from left to right: / 2 * h halves, then multiplies. "
    "What belongs under the bar as a whole?",
)
def central_diff(f, x, h):
    return (f(x + h) - f(x - h)) / 2 * h


@task.mistake(
    "backward difference",
    "You compare x with the point on its left only. The central difference leaves x itself out.",
)
def central_diff(f, x, h):
    return (f(x) - f(x - h)) / h


@task.mistake(
    "difference without parentheses",
    "Only the second value was divided by 2h. What has to be divided is the whole rise.",
)
def central_diff(f, x, h):
    return f(x + h) - f(x - h) / (2 * h)


@task.accepts("the mean of forward and backward difference")
def central_diff(f, x, h):
    forward = (f(x + h) - f(x)) / h
    backward = (f(x) - f(x - h)) / h
    return (forward + backward) / 2


@task.accepts("half of the difference")
def central_diff(f, x, h):
    right, left = np.asarray(x) + h, np.asarray(x) - h
    return 0.5 * (f(right) - f(left)) / h


# --- complex_step ---


def random_analytic(rng):
    cases = [Case(label, (f, x, abs(h))) for label, (f, x, h) in map(_pair, random_points(rng))]
    a, b = rng.uniform(0.5, 2, size=2).round(2)
    x = rng.normal(size=4)
    label = "a random exp(a sin(bx)) at four points, the default h"
    return [*cases, Case(label, (lambda z: np.exp(a * np.sin(b * z)), x))]


def _pair(case):
    return case.label, case.args


task = problems.task(
    reference.complex_step,
    cases=[
        Case("f(x) = x², x = 3, the default h", (square, 3.0)),
        Case("f(x) = x³, x = 2, h = 0.5", (cube, 2.0, 0.5)),
        Case("f(x) = x³, x = -2, h = 0.5", (cube, -2.0, 0.5)),
        Case("f = cos, x = 1, h = 1e-200", (np.cos, 1.0, 1e-200)),
        Case("f = sin, x = 1, the default h", (np.sin, 1.0)),
        Case("f(x) = x + 10¹² x³ at 0, the default h", (lambda x: x + 1e12 * x**3, 0.0)),
        Case("f(x) = √x, x = 2, a whole number", (np.sqrt, 2)),
        Case("f(x) = √x at three whole points", (np.sqrt, np.array([1, 4, 7]))),
        Case("f = exp at three points", (np.exp, np.array([0.5, 0.0, -3.0]))),
        Case("f(x) = x², x is NaN", (square, np.nan)),
    ],
    draw=random_analytic,
    rtol=1e-12,
    why="nothing is subtracted, so nothing is lost but the rounding of f itself",
)


@task.mistake(
    "real part",
    "The real part holds f(x) itself. The derivative travels in the other part.",
)
def complex_step(f, x, h=1e-20):
    return np.real(f(x + 1j * h)) / h


@task.mistake(
    "does not divide by h",
    "The imaginary part is about h times the derivative: one division is missing.",
)
def complex_step(f, x, h=1e-20):
    return np.imag(f(x + 1j * h))


@task.mistake(
    "magnitude",
    "The absolute value of a complex number mixes both parts; you need one of them, with its sign.",
)
def complex_step(f, x, h=1e-20):
    return np.abs(f(x + 1j * h)) / h


@task.mistake(
    "casts to float",
    "Turning the complex value into a real number throws the imaginary part away, "
    "and with it the derivative.",
)
def complex_step(f, x, h=1e-20):
    value = np.real(f(x + 1j * h)).astype(float)
    return np.imag(value) / h


@task.mistake(
    "subtracts after all",
    "This is a forward difference on the real axis, with the cancellation that the complex "
    "step avoids. Step along the imaginary axis; then there is nothing to take away.",
)
def complex_step(f, x, h=1e-8):
    return (f(x + h) - f(x)) / h


@task.mistake(
    "real step",
    "The point was moved along the real axis, so the result has no imaginary part, and 0 comes "
    "back. In which direction does the complex step go?",
)
def complex_step(f, x, h=1e-20):
    return np.imag(f(x + h)) / h


@task.mistake(
    "another default step",
    "With a given h the answer is right, and the default step was made larger. Here nothing "
    "cancels: what is gained by a large step?",
)
def complex_step(f, x, h=1e-5):
    return np.imag(f(x + 1j * h)) / h


@task.accepts("complex() instead of 1j")
def complex_step(f, x, h=1e-20):
    z = np.asarray(x) + complex(0, h)
    return np.imag(f(z)) / h


@task.accepts("divided by ih")
def complex_step(f, x, h=1e-20):
    value = f(x + 1j * h)
    return value.imag * (1 / h)


# --- best_step ---


def random_steps(rng):
    cases = []
    for scheme in ("forward", "central"):
        for shape in ((), (3,), (2, 2)):
            x = 100 * rng.normal(size=shape)
            eps = 2.0 ** -rng.integers(10, 50)
            label = f"{scheme}, random x of shape {shape}, eps = {eps:.3g}"
            cases.append(Case(label, (scheme, x if shape else float(x), eps)))
    return cases


task = problems.task(
    reference.best_step,
    cases=[
        Case("forward, x = 1", ("forward", 1.0)),
        Case("central, x = 0", ("central", 0.0)),
        Case("forward, x = -100", ("forward", -100.0)),
        Case("central, x = 0.01", ("central", 0.01)),
        Case("forward, x = 3, a whole number, in float32", ("forward", 3, 2**-23)),
        Case("central, x = 1, eps = 2**-30", ("central", 1.0, 2**-30)),
        Case("central at three whole points", ("central", np.array([0, -8, 1000]))),
        Case("forward at three points", ("forward", np.array([0.5, -2.0, 0.0]))),
        Case("forward, one of two coordinates is NaN", ("forward", np.array([np.nan, 4.0]))),
    ],
    draw=random_steps,
    rtol=1e-10,
    atol=0.0,
    why="a root and a product; steps are tiny, so only a relative tolerance means anything",
)


@task.mistake(
    "exponents swapped",
    "Square root and cube root changed places: the scheme with the smaller truncation error "
    "can afford the larger step.",
)
def best_step(scheme, x, eps=2**-52):
    return eps ** {"forward": 1 / 3, "central": 1 / 2}[scheme] * np.maximum(1.0, np.abs(x))


@task.mistake(
    "no scaling",
    "At x = 100 the floats lie further apart than at 1, and the step has to grow with them: "
    "scale it.",
)
def best_step(scheme, x, eps=2**-52):
    return eps ** {"forward": 1 / 2, "central": 1 / 3}[scheme] * np.ones(np.shape(x))


@task.mistake(
    "eps itself",
    "With a step as small as eps, nothing but rounding is left in the difference. "
    "Balance the two errors: a root of eps comes out.",
)
def best_step(scheme, x, eps=2**-52):
    return eps * np.maximum(1.0, np.abs(x))


@task.mistake(
    "ignores eps",
    "The answer does not depend on the argument eps: in float32 the floats lie further apart, "
    "and the step must be larger.",
)
def best_step(scheme, x, eps=2**-52):
    root = {"forward": 1 / 2, "central": 1 / 3}[scheme]
    return (2.0**-52) ** root * np.maximum(1.0, np.abs(x))


@task.mistake(
    "constant 1e-5",
    "1e-5 is a fair step for one scheme, near x = 1, in float64. "
    "Let the scheme, x and eps have their say.",
)
def best_step(scheme, x, eps=2**-52):
    return np.full(np.shape(x), 1e-5)


@task.mistake(
    "scales by |x| alone",
    "At x = 0 your step is 0, and near 0 it is far too small: let the scale be 1 there.",
)
def best_step(scheme, x, eps=2**-52):
    return eps ** {"forward": 1 / 2, "central": 1 / 3}[scheme] * np.abs(x)


@task.mistake(
    "forgets the sign of x",
    "A point far to the left of 0 needs a large step as well: it is the size of x that counts.",
)
def best_step(scheme, x, eps=2**-52):
    return eps ** {"forward": 1 / 2, "central": 1 / 3}[scheme] * np.maximum(1.0, x)


@task.mistake(
    "power without parentheses",
    "The power binds first: eps**1/2 is half of eps, not its root.",
)
def best_step(scheme, x, eps=2**-52):
    step = eps**1 / 2 if scheme == "forward" else eps**1 / 3
    return step * np.maximum(1.0, np.abs(x))


@task.mistake(
    "one root for both",
    "The step does not depend on the scheme. The central difference truncates less: "
    "can it afford a larger step, or does it need a smaller one?",
)
def best_step(scheme, x, eps=2**-52):
    return eps ** (1 / 2) * np.maximum(1.0, np.abs(x))


@task.mistake(
    "minimum for maximum",
    "Near 0 your step shrinks with x, and far out it no longer grows. "
    "Which of 1 and |x| should win, the smaller or the larger?",
)
def best_step(scheme, x, eps=2**-52):
    return eps ** {"forward": 1 / 2, "central": 1 / 3}[scheme] * np.minimum(1.0, np.abs(x))


@task.mistake(
    "1 + |x|",
    "The scale is a sum of 1 and |x|, twice too large at x = 1. Only the larger of the two counts.",
)
def best_step(scheme, x, eps=2**-52):
    return eps ** {"forward": 1 / 2, "central": 1 / 3}[scheme] * (1.0 + np.abs(x))


@task.mistake(
    "scales by x",
    "Left of 0 your step is negative, and at 0 there is none. The scale is a size, "
    "and never smaller than 1.",
)
def best_step(scheme, x, eps=2**-52):
    return eps ** {"forward": 1 / 2, "central": 1 / 3}[scheme] * np.asarray(x, dtype=float)


@task.accepts("two branches")
def best_step(scheme, x, eps=2**-52):
    scale = np.maximum(np.abs(x), 1)
    if scheme == "forward":
        return np.sqrt(eps) * scale
    return np.cbrt(eps) * scale


@task.accepts("by logarithms")
def best_step(scheme, x, eps=2**-52):
    roots = {"forward": 2, "central": 3}
    size = np.abs(np.asarray(x, dtype=float))
    return np.exp(np.log(eps) / roots[scheme]) * np.where(size < 1, 1.0, size)


# --- numerical_gradient ---


def default_steps(answer, x):
    """Return how far each coordinate is moved where no step is given, in units of eps**(1/3)."""
    start, points = np.array(x), []

    def f(point):
        points.append(np.array(point))
        return float(np.sum(points[-1] ** 2))

    answer(f, x)
    return np.max([np.abs(point - start) for point in points], axis=0) * 2 ** (52 / 3)


def random_gradients(rng):
    cases = []
    for shape, h in (((4,), 0.1), ((2, 3), 0.01), ((3, 2), None), ((2, 1, 2), 0.25), ((), 0.1)):
        c, x = rng.normal(size=shape), rng.normal(size=shape)
        f = lambda x, c=c: np.sin(np.sum(c * x)) + knotted(x)
        label = f"a random smooth function, x of shape {shape}, h = {h}"
        cases.append(Case(label, (f, x) if h is None else (f, x, h)))
    return cases


task = problems.task(
    reference.numerical_gradient,
    cases=[
        Case(
            "f(x) = Σx², x = (1, 2, 3), h = 0.5",
            (lambda x: np.sum(x**2), np.array([1.0, 2, 3]), 0.5),
        ),
        Case("f(x) = Σx³ + (Σx)², x = (0, 1, -2), h = 0.5", (knotted, np.array([0.0, 1, -2]), 0.5)),
        Case("f(x) = Σx³ + (Σx)², whole numbers", (knotted, np.array([1, 2, 3]), 0.5)),
        Case("f(x) = Σx³ + (Σx)², a matrix", (knotted, np.array([[1.0, 2], [3, 4], [5, 6]]), 0.5)),
        Case("f(x) = Σx³ + (Σx)², a single number", (knotted, 2.0, 0.5)),
        Case(
            "how far each coordinate of x = (-1000, 0.5) is moved without h, in units of ε^(1/3)",
            (np.array([-1000.0, 0.5]),),
            default_steps,
        ),
        Case("f(x) = x₀x₁, x = (2, 3), the default h", (lambda x: x[0] * x[1], np.array([2.0, 3]))),
        Case("f(x) = Σx³ + (Σx)², one NaN", (knotted, np.array([1.0, np.nan]), 0.5)),
    ],
    draw=random_gradients,
    rtol=1e-6,
    atol=1e-6,
    why="the default step leaves a rounding error near 1e-10; a wrong formula is off by far more",
)


@task.mistake(
    "moves a single number",
    "f was given one entry of x, moved by h, and nothing of the others. f takes the whole of x: "
    "what should it look like when only one entry has moved?",
)
def numerical_gradient(f, x, h=None):
    x = np.array(x, dtype=float)
    gradient, scale = np.zeros(x.shape), np.maximum(1, np.abs(x))
    hs = 2 ** (-52 / 3) * scale if h is None else np.full(x.shape, h)
    for index in np.ndindex(x.shape):
        h = hs[index]
        gradient[index] = (f(x[index] + h) - f(x)) / h
    return gradient


@task.mistake(
    "does not restore",
    "One entry stays moved when the next one has its turn, so later partials are taken at "
    "another point. From where should each coordinate start?",
)
def numerical_gradient(f, x, h=None):
    x = np.array(x, dtype=float)
    gradient, scale = np.zeros(x.shape), np.maximum(1, np.abs(x))
    hs = 2 ** (-52 / 3) * scale if h is None else np.full(x.shape, h)
    for index in np.ndindex(x.shape):
        h = hs[index]
        x[index] += h
        right = f(x)
        x[index] -= 2 * h
        gradient[index] = (right - f(x)) / (2 * h)
    return gradient


@task.mistake(
    "moves all entries",
    "You moved every coordinate at once and got the sum of all partials, everywhere. "
    "A partial derivative moves one coordinate and holds the others.",
)
def numerical_gradient(f, x, h=None):
    x = np.array(x, dtype=float)
    gradient, scale = np.zeros(x.shape), np.maximum(1, np.abs(x))
    hs = 2 ** (-52 / 3) * scale if h is None else np.full(x.shape, h)
    for index in np.ndindex(x.shape):
        h = hs[index]
        gradient[index] = (f(x + h) - f(x - h)) / (2 * h)
    return gradient


@task.mistake(
    "moves whole rows",
    "In a matrix you moved a whole row at once. Every entry has a partial derivative of its own: "
    "loop over all index tuples.",
)
def numerical_gradient(f, x, h=None):
    x = np.array(x, dtype=float)
    gradient, scale = np.zeros(x.shape), np.maximum(1, np.abs(x))
    hs = 2 ** (-52 / 3) * scale if h is None else np.full(x.shape, h)
    for row in range(x.shape[0]) if x.ndim else [()]:
        h = hs[row]
        right, left = x.copy(), x.copy()
        right[row] += h
        left[row] -= h
        gradient[row] = (f(right) - f(left)) / (2 * h)
    return gradient


@task.mistake(
    "divides by h",
    "Every entry is twice too large: the two points of a central difference lie 2h apart.",
)
def numerical_gradient(f, x, h=None):
    x = np.array(x, dtype=float)
    gradient, scale = np.zeros(x.shape), np.maximum(1, np.abs(x))
    hs = 2 ** (-52 / 3) * scale if h is None else np.full(x.shape, h)
    for index in np.ndindex(x.shape):
        h = hs[index]
        right, left = x.copy(), x.copy()
        right[index] += h
        left[index] -= h
        gradient[index] = (f(right) - f(left)) / h
    return gradient


@task.mistake(
    "leaves x changed",
    "The caller's own x has been moved and was not put back: np.asarray makes no copy of an "
    "array that is float64 already.",
)
def numerical_gradient(f, x, h=None):
    x = np.asarray(x, dtype=float)
    gradient, scale = np.zeros(x.shape), np.maximum(1, np.abs(x))
    hs = 2 ** (-52 / 3) * scale if h is None else np.full(x.shape, h)
    for index in np.ndindex(x.shape):
        h = hs[index]
        x[index] += h
        right = f(x)
        x[index] -= 2 * h
        gradient[index] = (right - f(x)) / (2 * h)
    return gradient


@task.mistake(
    "base value after the move",
    "The value that you subtract was computed after an entry had been moved, and is shared by "
    "all coordinates. Compute what is compared from the untouched x.",
)
def numerical_gradient(f, x, h=None):
    x = np.array(x, dtype=float)
    gradient, scale, base = np.zeros(x.shape), np.maximum(1, np.abs(x)), None
    hs = 2 ** (-52 / 3) * scale if h is None else np.full(x.shape, h)
    for index in np.ndindex(x.shape):
        h = hs[index]
        x[index] += h
        base = f(x) if base is None else base
        gradient[index] = (f(x) - base) / h
        x[index] -= h
    return gradient


@task.mistake(
    "forward difference",
    "You compare x + h with x itself, which is the forward difference. The formula looks to both "
    "sides of x, and its error is far smaller.",
)
def numerical_gradient(f, x, h=None):
    x = np.array(x, dtype=float)
    gradient, scale = np.zeros(x.shape), np.maximum(1, np.abs(x))
    hs = 2 ** (-52 / 3) * scale if h is None else np.full(x.shape, h)
    for index in np.ndindex(x.shape):
        right = x.copy()
        right[index] += hs[index]
        gradient[index] = (f(right) - f(x)) / hs[index]
    return gradient


@task.mistake(
    "default step not scaled",
    "With a step of your own the answer is right. The default step has to grow with |x_j|, "
    "coordinate by coordinate, and never falls below that at 1.",
)
def numerical_gradient(f, x, h=None):
    x = np.array(x, dtype=float)
    gradient, h = np.zeros(x.shape), 2 ** (-52 / 3) if h is None else h
    for index in np.ndindex(x.shape):
        right, left = x.copy(), x.copy()
        right[index] += h
        left[index] -= h
        gradient[index] = (f(right) - f(left)) / (2 * h)
    return gradient


@task.mistake(
    "moved points pile up",
    "The first entry is right and the later ones are not: your two shifted points keep what was "
    "moved before. From which point should each coordinate start?",
)
def numerical_gradient(f, x, h=None):
    x = np.array(x, dtype=float)
    gradient, scale = np.zeros(x.shape), np.maximum(1, np.abs(x))
    hs = 2 ** (-52 / 3) * scale if h is None else np.full(x.shape, h)
    right, left = x.copy(), x.copy()
    for index in np.ndindex(x.shape):
        right[index] += hs[index]
        left[index] -= hs[index]
        gradient[index] = (f(right) - f(left)) / (2 * hs[index])
    return gradient


@task.accepts("moved and put back")
def numerical_gradient(f, x, h=None):
    x = np.array(x, dtype=float)
    gradient = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        old = x[index]
        step = 2 ** (-52 / 3) * max(1, abs(old)) if h is None else h
        x[index] = old + step
        right = f(x.copy())
        x[index] = old - step
        gradient[index] = (right - f(x.copy())) / (2 * step)
        x[index] = old
    return gradient


@task.accepts("rows of a unit matrix")
def numerical_gradient(f, x, h=None):
    x = np.array(x, dtype=float)
    h = np.cbrt(2.0**-52) * np.maximum(1, np.abs(x)) if h is None else np.full(x.shape, h)
    steps = np.diag(h.ravel()).reshape(-1, *x.shape)
    slopes = [(f(x + e) - f(x - e)) / (2 * e.sum()) for e in steps]
    return np.array(slopes).reshape(x.shape)


# --- error_curve ---


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


task = problems.task(
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


# --- richardson ---


def random_estimates(rng):
    cases = []
    for shape in ((), (2,), (2, 2)):
        a = rng.normal(size=(5, *shape))
        D = lambda h, a=a: a[0] + a[1] * h + a[2] * h**2 + a[3] * h**3 + a[4] * h**4
        h = rng.uniform(0.2, 2)
        cases.append(Case(f"a random polynomial D of shape {shape}, h = {h:.3g}", (D, h)))
    return cases


task = problems.task(
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


# --- hessian_fd ---


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

task = problems.task(
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
