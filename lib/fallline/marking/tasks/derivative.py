"""The tasks of chapter `derivative`."""

import numpy as np

from fallline import derivative as reference
from fallline.marking.functions import random_cubic, square
from fallline.marking.task import Case, ProblemSet

problems = ProblemSet("derivative")


# --- secant_slope ---


def random_secants(rng):
    cases = []
    for scale in (1.0, 1e-3, 1e3):
        a, h = rng.normal(), scale * rng.normal()
        label = f"a random cubic, a = {a:.3g}, h = {h:.3g}"
        cases.append(Case(label, (random_cubic(rng), a, h)))
    return cases


task = problems.task(
    reference.secant_slope,
    cases=[
        Case("f(x) = x², a = 3, h = 1", (square, 3.0, 1.0)),
        Case("f(x) = x², a = 3, h = -1 (to the left)", (square, 3.0, -1.0)),
        Case("f(x) = |x|, a = 0, h = -0.5 (left of the corner)", (abs, 0.0, -0.5)),
        Case("f = sin, a = 1, h = 0.001", (np.sin, 1.0, 1e-3)),
        Case("f(x) = x², a = 1, h = 2, all whole numbers", (square, 1, 2)),
        Case("f(x) = √x, a = 2, h = 3, all whole numbers", (np.sqrt, 2, 3)),
        Case("f(x) = x², a is NaN", (square, np.nan, 1.0)),
    ],
    draw=random_secants,
    rtol=1e-9,
    why="one subtraction of close numbers: at h = 0.001 a relative 1e-13 is lost, not more",
)


@task.mistake(
    "swapped difference",
    "The sign is wrong: the slope is (later value minus earlier value) / h, "
    "and f(a + h) is the later one.",
)
def secant_slope(f, a, h):
    return (f(a) - f(a + h)) / h


@task.mistake(
    "divides by 2h",
    "Half of the right slope: dividing by 2h belongs to the central difference, whose points lie "
    "2h apart. How far apart are a and a + h?",
)
def secant_slope(f, a, h):
    return (f(a + h) - f(a)) / (2 * h)


@task.mistake(
    "divides by |h|",
    "Right for h > 0 and with the wrong sign for h < 0: rise and run both change sign when the "
    "second point lies to the left, so the run is h itself.",
)
def secant_slope(f, a, h):
    return (f(a + h) - f(a)) / abs(h)


@task.mistake(
    "no division",
    "This is the rise alone. A slope is rise over run: how far did you go to get that rise?",
)
def secant_slope(f, a, h):
    return f(a + h) - f(a)


@task.mistake(
    "goes to a - h",
    "The second point is on the wrong side: with h > 0 it lies to the right of a, "
    "and a negative h brings its own sign.",
)
def secant_slope(f, a, h):
    return (f(a - h) - f(a)) / h


@task.mistake(
    "central difference",
    "Your two points lie on both sides of a. The secant of this task starts at a itself: "
    "which two heights does it join?",
)
def secant_slope(f, a, h):
    return (f(a + h) - f(a - h)) / (2 * h)


@task.mistake(
    "missing parentheses",
    "Only f(a) was divided by h. Division binds more tightly than subtraction: "
    "what has to be divided here?",
)
def secant_slope(f, a, h):
    return f(a + h) - f(a) / h


@task.mistake(
    "run over rise",
    "This is 1 divided by the slope. A steep line climbs far on a short way: "
    "which of the two stands above?",
)
def secant_slope(f, a, h):
    return h / (f(a + h) - f(a))


@task.accepts("named points")
def secant_slope(f, a, h):
    b = a + h
    return (f(b) - f(a)) / h


@task.accepts("both signs turned")
def secant_slope(f, a, h):
    a, h = float(a), float(h)
    rise, run = f(a) - f(a + h), -h
    return rise / run


# --- tangent_line ---


def on_line(answer, fa, dfa, a, x):
    return answer(fa, dfa, a)(x)


def random_tangents(rng):
    cases = []
    for shape in ((), (4,), (2, 3)):
        fa, dfa, a = (float(number) for number in rng.normal(size=3))
        x = rng.normal(scale=10, size=shape)
        label = f"f(a) = {fa:.3g}, f'(a) = {dfa:.3g}, a = {a:.3g}, x of shape {shape}"
        cases.append(Case(label, (fa, dfa, a, x if shape else float(x)), on_line))
    return cases


def first_of_two(answer, fa, dfa, a, x):
    """Read one line after another has been made."""
    line, _ = answer(fa, dfa, a), answer(-dfa, fa, 2 * a)
    return line(x)


task = problems.task(
    reference.tangent_line,
    cases=[
        Case("x² at a = 3, read at x = 4", (9.0, 6.0, 3.0, 4.0), on_line),
        Case("x² at a = 3, read at a itself", (9.0, 6.0, 3.0, 3.0), on_line),
        Case("x² at a = -1, at three points", (1.0, -2.0, -1.0, np.array([-2.0, 0, 1])), on_line),
        Case("whole numbers: x² at 1, at 0 and 3", (1, 2, 1, np.array([0, 3])), on_line),
        Case("slope 1/2 at a = 1, whole x", (2, 0.5, 1, np.array([[0, 1], [2, 4]])), on_line),
        Case("slope 1/2 at a = 1, one whole x", (2, 0.5, 1, 4), on_line),
        Case("one x is NaN", (9.0, 6.0, 3.0, np.array([np.nan, 4.0])), on_line),
        Case("a line that is read after another was made", (9.0, 6.0, 3.0, 4.0), first_of_two),
    ],
    draw=random_tangents,
    why="one product and two sums: nothing is lost but rounding",
)


@task.mistake(
    "slope times x",
    "The slope multiplies the wrong thing. How far is x from the point of contact?",
)
def tangent_line(fa, dfa, a):
    return lambda x: fa + dfa * np.asarray(x, dtype=float)


@task.mistake(
    "line through the origin",
    "This line passes through the origin. The tangent passes through (a, f(a)): "
    "what should it give at x = a?",
)
def tangent_line(fa, dfa, a):
    return lambda x: dfa * np.asarray(x, dtype=float)


@task.mistake(
    "ignores f(a)",
    "At x = a your line is at height 0, and the curve is at height f(a). "
    "Slope and run are right; where does the line start?",
)
def tangent_line(fa, dfa, a):
    return lambda x: dfa * (np.asarray(x, dtype=float) - a)


@task.mistake(
    "one number only",
    "Your line is right for one number and cannot take an array, because float() makes one number "
    "of everything. What turns numbers and arrays alike into floats?",
)
def tangent_line(fa, dfa, a):
    return lambda x: fa + dfa * (float(x) - a)


@task.mistake(
    "distance turned around",
    "The line tilts the wrong way. To the right of a the distance from a should be positive.",
)
def tangent_line(fa, dfa, a):
    return lambda x: fa + dfa * (a - np.asarray(x, dtype=float))


@task.mistake(
    "missing parentheses",
    "At x = a your line should be at height f(a), and it is not: the slope multiplies x alone. "
    "What does it have to multiply?",
)
def tangent_line(fa, dfa, a):
    return lambda x: fa + dfa * np.asarray(x, dtype=float) - a


@task.mistake(
    "height and slope swapped",
    "Height and slope changed places. Which of the two numbers should come back at x = a, "
    "where nothing has been climbed yet?",
)
def tangent_line(fa, dfa, a):
    return lambda x: dfa + fa * (np.asarray(x, dtype=float) - a)


@task.accepts("slope and intercept")
def tangent_line(fa, dfa, a):
    intercept = fa - dfa * a

    def line(x):
        return dfa * np.asarray(x, dtype=float) + intercept

    return line


@task.accepts("floats first")
def tangent_line(fa, dfa, a):
    fa, dfa, a = float(fa), float(dfa), float(a)
    return lambda x: fa + dfa * (x - a)


# --- slope_angle_deg ---


def random_slopes(rng):
    scales = np.array([1e-3, 0.3, 3.0, 1e3])
    m = rng.normal(size=4) * scales
    one = float(rng.normal())
    return [Case("four random slopes", (m,)), Case(f"slope {one:.3g}", (one,))]


task = problems.task(
    reference.slope_angle_deg,
    cases=[
        Case("slope 1", (1.0,)),
        Case("slope -1", (-1.0,)),
        Case("slope 0", (0.0,)),
        Case("slope √3, which is 60°", (np.sqrt(3.0),)),
        Case("slope -2, a whole number", (-2,)),
        Case("four slopes", (np.array([-1e6, -0.5, 0.0, 1e6]),)),
        Case("whole slopes", (np.array([[-3, 0], [2, 7]]),)),
        Case("a slope is NaN", (np.array([np.nan, 1.0]),)),
    ],
    draw=random_slopes,
    why="one arctangent and one factor",
)


@task.mistake(
    "radians",
    "These are radians: a slope of 1 should give 45. One whole turn is 2π radians or 360 degrees.",
)
def slope_angle_deg(m):
    return np.arctan(m)


@task.mistake(
    "270 to 360 for falling lines",
    "A falling line comes out between 270° and 360°. The slope of a line is a single number, and "
    "its angle lies between -90° and 90°: a falling line has a negative one.",
)
def slope_angle_deg(m):
    return np.degrees(np.arctan(m)) % 360


@task.mistake(
    "size of the slope",
    "Rising and falling lines get the same angle. The sign of the slope says which is which.",
)
def slope_angle_deg(m):
    return np.degrees(np.arctan(np.abs(m)))


@task.mistake(
    "run of -1",
    "The angle is measured towards the left. A line of slope m rises by m on a run of plus one.",
)
def slope_angle_deg(m):
    return np.degrees(np.arctan2(m, -1.0))


@task.mistake(
    "between 0 and 180",
    "A falling line comes out between 90° and 180°. That names the same line, but here its angle "
    "is asked for between -90° and 90°, so that the sign of the slope can be read off.",
)
def slope_angle_deg(m):
    return np.degrees(np.arctan(m)) % 180


@task.mistake(
    "tan instead of arctan",
    "The tangent turns an angle into a slope. Here the slope is known and the angle is asked for.",
)
def slope_angle_deg(m):
    return np.degrees(np.tan(m))


@task.mistake(
    "degrees before the arctan",
    "A slope is no angle yet, so it cannot be turned into degrees. "
    "First find the angle, then change its unit.",
)
def slope_angle_deg(m):
    return np.arctan(np.degrees(m))


@task.mistake(
    "rounded",
    "Nearly right: the answer was rounded. Rounding is for printing; whoever computes on "
    "with the angle wants all of its digits.",
)
def slope_angle_deg(m):
    return np.round(np.degrees(np.arctan(m)), 1)


@task.accepts("with a run of one")
def slope_angle_deg(m):
    return np.rad2deg(np.arctan2(m, 1.0))


@task.accepts("half angles")
def slope_angle_deg(m):
    m = np.asarray(m, dtype=float)
    return 360 / np.pi * np.arctan(m / (1 + np.hypot(1, m)))


# --- poly_derivative ---


def random_polynomials(rng):
    return [
        Case(f"{n} random coefficients", (rng.normal(scale=scale, size=n).round(3),))
        for n, scale in ((2, 1.0), (4, 100.0), (6, 1.0))
    ]


task = problems.task(
    reference.poly_derivative,
    cases=[
        Case("5 + 4x + 3x²", (np.array([5.0, 4.0, 3.0]),)),
        Case("the constant 7", (np.array([7.0]),)),
        Case("1 + 2x³, with two coefficients zero", (np.array([1.0, 0.0, 0.0, 2.0]),)),
        Case("x, in whole numbers", (np.array([0, 1]),)),
        Case("2 + 3x + x² + 4x³, in whole numbers", (np.array([2, 3, 1, 4]),)),
        Case("a list: 1 + x/2 + 2x²", ([1, 0.5, 2],)),
        Case("1 + 2x + 0x², as given", (np.array([1.0, 2.0, 0.0]),)),
        Case("the zero polynomial 0 + 0x + 0x²", (np.zeros(3),)),
        Case("degree 8", (np.linspace(-1.0, 1.0, 9),)),
        Case("a coefficient is NaN", (np.array([1.0, np.nan, 2.0]),)),
    ],
    draw=random_polynomials,
    why="one product for each coefficient",
)


@task.mistake(
    "highest power first",
    "Right rule, wrong end: here the list starts with the constant, so c[i] belongs to x to the i.",
)
def poly_derivative(c):
    c = np.array(c, dtype=float)
    n = len(c)
    return c[:-1] * np.arange(n - 1, 0, -1) if n > 1 else np.zeros(1)


@task.mistake(
    "factor i + 1",
    "Every factor is one too large: x² has the derivative 2x, so c[2] is multiplied by 2.",
)
def poly_derivative(c):
    c = np.array(c, dtype=float)
    return c[1:] * np.arange(2, len(c) + 1) if len(c) > 1 else np.zeros(1)


@task.mistake(
    "nothing for a constant",
    "The derivative of a constant is the polynomial 0, and that has one coefficient. "
    "An empty array is no polynomial.",
)
def poly_derivative(c):
    c = np.array(c, dtype=float)
    return c[1:] * np.arange(1, len(c))


@task.mistake(
    "keeps the length",
    "The numbers are right, and there is one too many: a derivative has one power less, "
    "so the array gets shorter by one.",
)
def poly_derivative(c):
    c = np.array(c, dtype=float)
    return np.append(c[1:] * np.arange(1, len(c)), 0.0)


@task.mistake(
    "works in place",
    "The coefficients that came in were overwritten, and the caller still needs them. "
    "Build a new array.",
)
def poly_derivative(c):
    if len(c) == 1:
        return np.zeros(1)
    for i in range(1, len(c)):
        c[i - 1] = i * c[i]
    return c[:-1]


@task.mistake(
    "np.polyder",
    "np.polyder reads a polynomial from its highest power down, and here the constant comes "
    "first. Both ends of the list would have to be turned around.",
)
def poly_derivative(c):
    return np.polyder(np.array(c, dtype=float))


@task.accepts("as a loop")
def poly_derivative(c):
    out = []
    for i in range(1, len(c)):
        out.append(i * c[i])
    return np.array(out or [0.0], dtype=float)


@task.accepts("as a matrix")
def poly_derivative(c):
    c = np.array(c, dtype=float)
    if len(c) == 1:
        return np.zeros(1)
    return np.delete(np.arange(len(c)) * c, 0)


# --- chain_derivative ---


def double(x):
    return 2.0 * x


def two(x):
    return 0.0 * x + 2.0


def shift(x):
    return x + 0.5


def one(x):
    return 0.0 * x + 1.0


def minus_sin(x):
    return -np.sin(x)


def negative_part(x):
    return np.minimum(x, 0.0)


def negative_step(x):
    return np.where(np.less(x, 0), 1.0, 0.0 * x)


LINKS = {
    "min(x, 0)": (negative_part, negative_step),
    "2x": (double, two),
    "x²": (square, double),
    "x + 1/2": (shift, one),
    "sin": (np.sin, np.cos),
    "cos": (np.cos, minus_sin),
    "exp": (np.exp, np.exp),
}


def chain(names, x):
    """Return the case of a chain of links, the first applied first."""
    where = f"x = {x:.3g}" if np.ndim(x) == 0 else f"x = {x.tolist()}"
    fs, dfs = ([LINKS[name][i] for name in names] for i in (0, 1))
    return Case(f"{', then '.join(names)}, at {where}", (fs, dfs, x))


def random_chains(rng):
    names = ["2x", "x²", "x + 1/2", "sin", "cos"]
    picks = (rng.permutation(names)[:n].tolist() for n in (2, 3, 5))
    return [chain(pick, float(rng.uniform(0.2, 1.5))) for pick in picks]


task = problems.task(
    reference.chain_derivative,
    cases=[
        chain(["2x", "x²", "sin"], 0.5),
        chain(["exp", "x²"], 0.0),
        chain(["x²"], 3.0),
        chain(["sin", "2x"], 0.0),
        chain(["x²", "2x", "x + 1/2"], 3),
        chain(["x²", "exp"], 1),
        chain(["sin", "x²", "exp"], np.array([0.0, 0.5, -1.0])),
        chain(["x²", "x + 1/2"], np.array([2.0, 0.0, -3.0])),
        chain(["2x", "sin"], np.array([0, 1])),
        chain(["x + 1/2", "min(x, 0)", "x²"], np.array([-2.0, -1.0, 3.0])),
        chain(["sin", "exp"], np.nan),
    ],
    draw=random_chains,
    why="a product of a few slopes: only rounding differs with the order of the factors",
)


@task.mistake(
    "all slopes at x",
    "Every slope is taken at the first input. The second function never sees x: what does it see?",
)
def chain_derivative(fs, dfs, x):
    slope = 1.0
    for df in dfs:
        slope = slope * df(x)
    return slope


@task.mistake(
    "wrong order",
    "The functions are applied from the last to the first. Here fs[0] acts first, on x itself.",
)
def chain_derivative(fs, dfs, x):
    slope = 1.0
    for f, df in zip(reversed(fs), reversed(dfs), strict=False):
        slope = slope * df(x)
        x = f(x)
    return slope


@task.mistake(
    "sum of the slopes",
    "The slopes are added. A stretch by 2 followed by a stretch by 3 stretches by how much?",
)
def chain_derivative(fs, dfs, x):
    slope = 0.0
    for f, df in zip(fs, dfs, strict=False):
        slope = slope + df(x)
        x = f(x)
    return slope


@task.mistake(
    "last factor missing",
    "One factor is missing, the slope of the last function: the chain has as many slopes as links.",
)
def chain_derivative(fs, dfs, x):
    slope = 0.0 * x + 1.0
    for f, df in zip(fs[:-1], dfs[:-1], strict=False):
        slope = slope * df(x)
        x = f(x)
    return slope


@task.mistake(
    "first factor missing",
    "One factor is missing, the slope of the first function at x itself.",
)
def chain_derivative(fs, dfs, x):
    slope = 0.0 * x + 1.0
    x = fs[0](x)
    for f, df in zip(fs[1:], dfs[1:], strict=False):
        slope = slope * df(x)
        x = f(x)
    return slope


@task.mistake(
    "advances too early",
    "Each slope is taken at its function's output instead of its input: "
    "use the value before you replace it.",
)
def chain_derivative(fs, dfs, x):
    slope = 1.0
    for f, df in zip(fs, dfs, strict=False):
        x = f(x)
        slope = slope * df(x)
    return slope


@task.mistake(
    "passes on the slope",
    "The next function was handed a slope. What travels along the chain are the values; "
    "the slopes are collected on the way.",
)
def chain_derivative(fs, dfs, x):
    slope = 1.0
    for df in dfs:
        slope = slope * df(x)
        x = df(x)
    return slope


@task.mistake(
    "last slope only",
    "Only the slope of the last function came back. What became of the earlier ones, "
    "when each new one was computed?",
)
def chain_derivative(fs, dfs, x):
    for f, df in zip(fs, dfs, strict=False):
        slope = df(x)
        x = f(x)
    return slope


@task.accepts("values first, then the product")
def chain_derivative(fs, dfs, x):
    values = [x]
    for f in fs[:-1]:
        values.append(f(values[-1]))
    factors = [df(value) for df, value in zip(dfs, values, strict=False)]
    product = factors[-1]
    for factor in factors[-2::-1]:
        product = product * factor
    return product


@task.accepts("as a recursion")
def chain_derivative(fs, dfs, x):
    if not fs:
        return 1.0
    return chain_derivative(fs[1:], dfs[1:], fs[0](x)) * dfs[0](x)


# --- remainder_order ---


def random_orders(rng):
    cases = []
    for sign in (1, -1):
        c = rng.uniform(0.5, 2, size=4).round(2)
        a = float(rng.uniform(0.2, 2))
        hs = sign * np.sort(rng.uniform(0.001, 0.3, size=5))[::-1]
        side = "right" if sign > 0 else "left"
        label = f"a random cubic, a = {a:.3g}, five steps to the {side}"
        cases.append(Case(label, (cubic(c), cubic_slope(c), a, hs)))
    return cases


def cubic(c):
    return lambda x: c[0] + c[1] * x + c[2] * x**2 + c[3] * x**3


def cubic_slope(c):
    return lambda x: c[1] + 2 * c[2] * x + 3 * c[3] * x**2


def zero(x):
    return 0.0 * x


def three_halves(x):
    return abs(x) ** 1.5


STEPS = np.array([0.1, 0.03, 0.01, 0.003])

task = problems.task(
    reference.remainder_order,
    cases=[
        Case("x² at 1: order 2 exactly", (square, double, 1.0, np.array([0.1, 0.01]))),
        Case("exp at 0", (np.exp, np.exp, 0.0, STEPS)),
        Case("sin at 1, whose remainder is negative", (np.sin, np.cos, 1.0, STEPS)),
        Case("exp at 0, steps to the left", (np.exp, np.exp, 0.0, -STEPS)),
        Case("|x| at 0 with slope 0: order 1", (abs, zero, 0.0, STEPS)),
        Case("|x| to the power 1.5 at 0", (three_halves, zero, 0.0, STEPS)),
        Case("exp at 0, whole steps", (np.exp, np.exp, 0, np.array([1, 2, 4]))),
        Case("exp, a is NaN", (np.exp, np.exp, np.nan, STEPS)),
    ],
    draw=random_orders,
    rtol=1e-6,
    atol=1e-9,
    why="remainders of about 1e-6 are differences of numbers of about 1: 1e-10 of them is rounding",
)


@task.mistake(
    "value only",
    "The order comes out as 1: only f(a) was subtracted. What does the tangent predict at a + h?",
)
def remainder_order(f, df, a, hs):
    r = np.array([f(a + h) - f(a) for h in hs])
    X, Y = np.log(np.abs(hs)), np.log(np.abs(r))
    X, Y = X - X.mean(), Y - Y.mean()
    return np.sum(X * Y) / np.sum(X * X)


@task.mistake(
    "f(a) missing",
    "The order comes out near 0: what is left does not shrink at all, because the tangent starts "
    "at height f(a), not at height 0.",
)
def remainder_order(f, df, a, hs):
    r = np.array([f(a + h) - df(a) * h for h in hs])
    X, Y = np.log(np.abs(hs)), np.log(np.abs(r))
    X, Y = X - X.mean(), Y - Y.mean()
    return np.sum(X * Y) / np.sum(X * X)


@task.mistake(
    "logarithm of a signed remainder",
    "NaN came back: remainders and steps can be negative, and negative numbers have no logarithm. "
    "The order is about their sizes.",
)
def remainder_order(f, df, a, hs):
    r = np.array([f(a + h) - f(a) - df(a) * h for h in hs])
    X, Y = np.log(hs), np.log(r)
    X, Y = X - X.mean(), Y - Y.mean()
    return np.sum(X * Y) / np.sum(X * X)


@task.mistake(
    "one logarithm only",
    "Only the remainder was put on a logarithmic scale. A power law is a straight line when both "
    "axes are logarithmic.",
)
def remainder_order(f, df, a, hs):
    r = np.array([f(a + h) - f(a) - df(a) * h for h in hs])
    X, Y = np.abs(hs), np.log(np.abs(r))
    X, Y = X - X.mean(), Y - Y.mean()
    return np.sum(X * Y) / np.sum(X * X)


@task.mistake(
    "intercept",
    "This is the height of the fitted line, not its slope. np.polyfit returns the slope first.",
)
def remainder_order(f, df, a, hs):
    r = np.array([f(a + h) - f(a) - df(a) * h for h in hs])
    X, Y = np.log(np.abs(hs)), np.log(np.abs(r))
    slope = np.sum((X - X.mean()) * (Y - Y.mean())) / np.sum((X - X.mean()) ** 2)
    return Y.mean() - slope * X.mean()


@task.mistake(
    "axes swapped",
    "An order of 2 comes out as 1/2: the line was fitted with the axes changed over. "
    "Which of the two logarithms answers to the other?",
)
def remainder_order(f, df, a, hs):
    r = np.array([f(a + h) - f(a) - df(a) * h for h in hs])
    X, Y = np.log(np.abs(hs)), np.log(np.abs(r))
    X, Y = X - X.mean(), Y - Y.mean()
    return np.sum(X * Y) / np.sum(Y * Y)


@task.mistake(
    "slope at the far end",
    "The line has the slope of the curve at a + h. The tangent at a knows nothing of a + h: "
    "where is its slope taken?",
)
def remainder_order(f, df, a, hs):
    r = np.array([f(a + h) - f(a) - df(a + h) * h for h in hs])
    X, Y = np.log(np.abs(hs)), np.log(np.abs(r))
    X, Y = X - X.mean(), Y - Y.mean()
    return np.sum(X * Y) / np.sum(X * X)


@task.accepts("with polyfit")
def remainder_order(f, df, a, hs):
    hs = np.asarray(hs, dtype=float)
    r = np.abs(f(a + hs) - f(a) - df(a) * hs)
    return np.polyfit(np.log(np.abs(hs)), np.log(r), 1)[0]


@task.accepts("as a loop, with base 10")
def remainder_order(f, df, a, hs):
    X, Y = [], []
    for h in hs:
        X.append(np.log10(abs(h)))
        Y.append(np.log10(abs(f(a + h) - (f(a) + df(a) * h))))
    n = len(X)
    above = n * sum(x * y for x, y in zip(X, Y, strict=False)) - sum(X) * sum(Y)
    return above / (n * sum(x * x for x in X) - sum(X) ** 2)


# --- classify_stationary ---


def random_points(rng):
    cases = []
    for d1, d2 in ((0, 1), (0, -1), (1, 1), (1, -1), (0, 0)):
        tol = float(10.0 ** rng.integers(-9, -2))
        near = float(rng.uniform(-0.9, 0.9)) * tol
        d1 = d1 * float(rng.normal()) + near
        d2 = d2 * float(rng.uniform(0.1, 3)) + near
        cases.append(Case(f"f' = {d1:.3g}, f'' = {d2:.3g}, tol = {tol:g}", (d1, d2, tol)))
    return cases


task = problems.task(
    reference.classify_stationary,
    cases=[
        Case("x² at 0", (0.0, 2.0, 1e-8)),
        Case("-x² at 0", (0.0, -2.0, 1e-8)),
        Case("x³ at 0", (0.0, 0.0, 1e-8)),
        Case("x² at 1, where it rises", (2.0, 2.0, 1e-8)),
        Case("-x² at 1, where it falls", (-2.0, -2.0, 1e-8)),
        Case("a straight line", (3.0, 0.0, 1e-8)),
        Case("f' almost zero, as computed numbers are", (1e-12, 2.0, 1e-8)),
        Case("f' exactly as large as tol, which counts as zero", (-0.5, -2.0, 0.5)),
        Case("f'' exactly as large as tol, which counts as zero", (0.0, 0.5, 0.5)),
        Case("f'' almost zero and negative", (0.0, -1e-12, 1e-8)),
        Case("whole numbers, tol = 0", (0, 4, 0)),
    ],
    draw=random_points,
    why="words are equal or not",
)


@task.mistake(
    "min where f'' is zero",
    "f'' = 0 was taken for a minimum. Try x³ and -x⁴, which are flat at 0 with f'' = 0: "
    "the second derivative does not decide there.",
)
def classify_stationary(d1, d2, tol):
    if abs(d1) > tol:
        return "not-stationary"
    return "min" if d2 >= -tol else "max"


@task.mistake(
    "ignores f'",
    "A point where the curve rises or falls was called an extremum. Is the tangent flat at all?",
)
def classify_stationary(d1, d2, tol):
    if abs(d2) <= tol:
        return "inconclusive"
    return "min" if d2 > 0 else "max"


@task.mistake(
    "min and max swapped",
    "Minimum and maximum are swapped. x² has f'' = 2 everywhere: what does it have at 0?",
)
def classify_stationary(d1, d2, tol):
    if abs(d1) > tol:
        return "not-stationary"
    if abs(d2) <= tol:
        return "inconclusive"
    return "max" if d2 > 0 else "min"


@task.mistake(
    "tolerance for f'' only",
    "tol is used for one derivative only, and its edge is missed. Computed numbers are never quite "
    "zero: for both, a size up to and including tol counts as zero.",
)
def classify_stationary(d1, d2, tol):
    if d1 != 0:
        return "not-stationary"
    if d2 >= tol:
        return "min"
    return "max" if d2 <= -tol else "inconclusive"


@task.mistake(
    "saddle",
    "Where f' and f'' are both zero anything can happen: x⁴ has a minimum there, and x³ neither. "
    "The honest answer is that the test does not decide.",
)
def classify_stationary(d1, d2, tol):
    if abs(d1) > tol:
        return "not-stationary"
    if abs(d2) <= tol:
        return "saddle"
    return "min" if d2 > 0 else "max"


@task.mistake(
    "compared with exactly zero",
    "A slope of 1e-12 was called not stationary. Computed derivatives are hardly ever exactly 0, "
    "and that is what tol is for.",
)
def classify_stationary(d1, d2, tol):
    if d1 != 0:
        return "not-stationary"
    if d2 == 0:
        return "inconclusive"
    return "min" if d2 > 0 else "max"


@task.mistake(
    "tol for f' left out",
    "For f'' the tolerance is right. f' is a computed number as well: "
    "when should it count as zero?",
)
def classify_stationary(d1, d2, tol):
    if d1 != 0:
        return "not-stationary"
    if abs(d2) <= tol:
        return "inconclusive"
    return "min" if d2 > 0 else "max"


@task.mistake(
    "tol for f'' left out",
    "For f' the tolerance is right. A computed f'' of 1e-12 says no more than 0 does: "
    "when does it count?",
)
def classify_stationary(d1, d2, tol):
    if abs(d1) > tol:
        return "not-stationary"
    if d2 == 0:
        return "inconclusive"
    return "min" if d2 > 0 else "max"


@task.mistake(
    "f' exactly at tol",
    "All is right but the edge: a first derivative of exactly the size of tol counts as zero. "
    "Which of < and <= says that?",
)
def classify_stationary(d1, d2, tol):
    if abs(d1) >= tol > 0 or abs(d1) > tol:
        return "not-stationary"
    if abs(d2) <= tol:
        return "inconclusive"
    return "min" if d2 > 0 else "max"


@task.mistake(
    "strictly below tol",
    "Right away from the edge. A number of exactly the size of tol counts as zero, "
    "and with tol = 0 only an exact 0 does: does your comparison let both in?",
)
def classify_stationary(d1, d2, tol):
    if abs(d1) < tol:
        return "min" if d2 > tol else "max" if d2 < -tol else "inconclusive"
    return "not-stationary"


@task.mistake(
    "sign of f' forgotten",
    "A falling curve was taken for a flat one: a large negative slope is smaller than tol as "
    "well. What about its size?",
)
def classify_stationary(d1, d2, tol):
    if d1 > tol:
        return "not-stationary"
    if abs(d2) <= tol:
        return "inconclusive"
    return "min" if d2 > 0 else "max"


@task.accepts("by cases")
def classify_stationary(d1, d2, tol):
    if not -tol <= d1 <= tol:
        return "not-stationary"
    if d2 > tol:
        return "min"
    if d2 < -tol:
        return "max"
    return "inconclusive"


@task.accepts("by table")
def classify_stationary(d1, d2, tol):
    sign = 0 if abs(d2) <= tol else int(np.sign(d2))
    words = {1: "min", -1: "max", 0: "inconclusive"}
    return words[sign] if abs(d1) <= tol else "not-stationary"
