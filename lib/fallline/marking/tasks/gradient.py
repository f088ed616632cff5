"""The tasks of chapter `gradient`."""

import numpy as np

from fallline import gradient as reference
from fallline.marking.task import Case, ProblemSet

problems = ProblemSet("gradient")


# --- saddle_gradient ---


def random_points(rng):
    cases = []
    for scale in (1.0, 1e-3, 1e3):
        x, y = scale * rng.normal(size=2)
        cases.append(Case(f"x = {x:.3g}, y = {y:.3g}", (x, y)))
    return cases


task = problems.task(
    reference.saddle_gradient,
    cases=[
        Case("x = 3, y = 4, whole numbers", (3, 4)),
        Case("x = 1.5, y = -0.5", (1.5, -0.5)),
        Case("x = 1, a whole number, and y = 0.25", (1, 0.25)),
        Case("x = 0, y = 2, on the crest of the y axis", (0.0, 2.0)),
        Case("three points at once", (np.array([1.0, 2.0, -3.0]), np.array([0.5, 0.0, 4.0]))),
        Case("a grid of 2 x 3 points", (np.arange(6.0).reshape(2, 3), np.ones((2, 3)))),
        Case("x is NaN", (np.nan, 1.0)),
    ],
    draw=random_points,
    why="two products: exact but for rounding",
)


@task.mistake(
    "both signs positive",
    "You differentiated x² + y². In f = y² - x² the square of x is subtracted: "
    "walking outwards along x leads down.",
)
def saddle_gradient(x, y):
    return np.array([2.0 * x, 2.0 * y])


@task.mistake(
    "swapped order",
    "Both numbers are there, in the wrong places. A gradient lists the slope along x first: "
    "its order is that of the coordinates, not that of the terms in the formula.",
)
def saddle_gradient(x, y):
    return np.array([2.0 * y, -2.0 * x])


@task.mistake(
    "gradient of x² - y²",
    "This is the gradient of x² - y², the negative of what is asked: "
    "check which of the two squares carries the minus.",
)
def saddle_gradient(x, y):
    return np.array([2.0 * x, -2.0 * y])


@task.mistake(
    "other variable kept",
    "For the slope along x the variable y is a constant, and the derivative of an added "
    "constant is 0: y does not appear in the first component at all.",
)
def saddle_gradient(x, y):
    return np.array([-2.0 * x * y, 2.0 * y * x])


@task.mistake(
    "terms instead of slopes",
    "These are the two terms of f, not their slopes. Differentiate each one first.",
)
def saddle_gradient(x, y):
    return np.array([-1.0 * x * x, 1.0 * y * y])


@task.mistake(
    "factor 2 missing",
    "Right signs, right order, half the size: what is the derivative of a square?",
)
def saddle_gradient(x, y):
    return np.array([-1.0 * x, 1.0 * y])


@task.mistake(
    "gradient of 2xy",
    "This is the gradient of 2xy, a saddle too, turned by 45°. In y² - x² each term holds one "
    "variable only.",
)
def saddle_gradient(x, y):
    return np.array([2.0 * y, 2.0 * x])


@task.accepts("with stack")
def saddle_gradient(x, y):
    return 2.0 * np.stack([-np.asarray(x), np.asarray(y)])


@task.accepts("filled in, coordinate by coordinate")
def saddle_gradient(x, y):
    g = np.zeros((2, *np.shape(x)))
    g[0] -= 2 * np.asarray(x)
    g[1] += 2 * np.asarray(y)
    return g


# --- directional_derivative ---


def random_directions(rng):
    cases = []
    for d, scale in ((2, 1.0), (3, 1e-3), (7, 1e3)):
        g, u = rng.normal(size=d), scale * rng.normal(size=d)
        if g @ u > 0:
            u = -u
        cases.append(Case(f"downhill, {d} coordinates, u of length {scale:g} or so", (g, u)))
    return cases


task = problems.task(
    reference.directional_derivative,
    cases=[
        Case("g = (-6, 8), u = (0, 5)", (np.array([-6.0, 8.0]), np.array([0.0, 5.0]))),
        Case("g = (-6, 8), u = (1, 0)", (np.array([-6.0, 8.0]), np.array([1.0, 0.0]))),
        Case("g = (1, 2, 2), u = (3, 0, 4)", (np.array([1, 2, 2]), np.array([3, 0, 4]))),
        Case("along the level set", (np.array([-6.0, 8.0]), np.array([4.0, 3.0]))),
        Case("g = (1, 2, 3), u = (0, 0, 2)", (np.array([1.0, 2, 3]), np.array([0.0, 0, 2]))),
        Case("g = (-6, 8), a tiny u", (np.array([-6.0, 8.0]), np.array([3e-12, 4e-12]))),
        Case("g = (0, 0), u = (1, 1)", (np.zeros(2), np.ones(2))),
        Case("g holds NaN", (np.array([np.nan, 1.0]), np.array([1.0, 1.0]))),
        Case("u = (0, 0), which points nowhere", (np.array([1.0, 2.0]), np.zeros(2))),
    ],
    draw=random_directions,
    why="one dot product and one norm: only rounding may differ",
)


@task.mistake(
    "u not normalised",
    "Your slope grows with the length of u. A slope is the rise for one unit of length, "
    "so bring u to length 1 first.",
)
def directional_derivative(g, u):
    if not np.any(u):
        raise ValueError("u is zero")
    return float(np.dot(g, u))


@task.mistake(
    "absolute value",
    "Downhill is a slope too, and it is negative: keep the sign.",
)
def directional_derivative(g, u):
    if not np.any(u):
        raise ValueError("u is zero")
    return float(abs(np.dot(g, u)) / np.linalg.norm(u))


@task.mistake(
    "products not summed",
    "A slope in one direction is one number. The products of the components "
    "still have to be added up.",
)
def directional_derivative(g, u):
    if not np.any(u):
        raise ValueError("u is zero")
    return np.asarray(g) * np.asarray(u) / np.linalg.norm(u)


@task.mistake(
    "g normalised",
    "It is the direction u that is brought to length 1. "
    "The length of the gradient carries the steepness: do not divide it away.",
)
def directional_derivative(g, u):
    if not np.any(u):
        raise ValueError("u is zero")
    return float(np.dot(g, u) / np.linalg.norm(g))


@task.mistake(
    "both normalised",
    "With both vectors at length 1 this is the cosine of the angle between them, not the slope: "
    "the steepness, which is the norm of g, is lost.",
)
def directional_derivative(g, u):
    if not np.any(u):
        raise ValueError("u is zero")
    return float(np.dot(g, u) / np.linalg.norm(u) / np.linalg.norm(g))


@task.mistake(
    "zero direction passes silently",
    "The zero vector points nowhere, so there is no slope to report. "
    "Returning 0 would claim that the ground is level: raise a ValueError.",
)
def directional_derivative(g, u):
    length = np.linalg.norm(u)
    return float(np.dot(g, u) / length) if length else 0.0


@task.mistake(
    "divided by the squared length",
    "A u twice as long should give the same slope, and yours is halved: "
    "you divided by the length of u twice.",
)
def directional_derivative(g, u):
    if not np.any(u):
        raise ValueError("u is zero")
    return float(np.dot(g, u) / np.dot(u, u))


@task.mistake(
    "tiny u refused",
    "A very short u still points somewhere. Only one vector has no direction.",
)
def directional_derivative(g, u):
    if np.linalg.norm(u) < 1e-8:
        raise ValueError("u is zero")
    return float(np.dot(g, u) / np.linalg.norm(u))


@task.accepts("as a Python loop")
def directional_derivative(g, u):
    length = sum(float(c) ** 2 for c in u) ** 0.5
    if length == 0:
        raise ValueError("u is zero")
    return sum(float(a) * float(b) for a, b in zip(g, u, strict=True)) / length


@task.accepts("unit vector first")
def directional_derivative(g, u):
    length = np.linalg.norm(u)
    if length == 0:
        raise ValueError("u is zero")
    return np.inner(u / length, g)


# --- steepest_direction ---


def random_gradients(rng):
    cases = []
    for d, scale, norm in ((3, 1.0, "l2"), (4, 1e-3, "l1"), (5, 1e3, "linf")):
        g = scale * rng.normal(size=d)
        g[1] = 0.0
        cases.append(Case(f"{d} coordinates, one of them 0, norm {norm}", (g, norm)))
    return cases


task = problems.task(
    reference.steepest_direction,
    cases=[
        Case("g = (3, -4), the default norm", (np.array([3, -4]),)),
        Case("g = (3, -4), norm l1", (np.array([3.0, -4.0]), "l1")),
        Case("g = (3, -4), norm linf", (np.array([3.0, -4.0]), "linf")),
        Case("g = (0, 2, -1), norm linf", (np.array([0.0, 2.0, -1.0]), "linf")),
        Case("g = 0, norm l2", (np.zeros(3), "l2")),
        Case("g = 0, norm l1", (np.zeros(3), "l1")),
        Case("g = 0, norm linf", (np.zeros(2), "linf")),
        Case("g = (2, -2), a tie, norm l1", (np.array([2.0, -2.0]), "l1")),
        Case("g = (-1, 3, -3), a tie, norm l1", (np.array([-1, 3, -3]), "l1")),
        Case("g = (1, -1), which sums to 0, norm l2", (np.array([1.0, -1.0]), "l2")),
        Case("g = (3e-9, -4e-9), norm l2", (np.array([3e-9, -4e-9]), "l2")),
        Case("g = (3e-9, -4e-9), norm l1", (np.array([3e-9, -4e-9]), "l1")),
        Case("g = (3e-9, -4e-9), norm linf", (np.array([3e-9, -4e-9]), "linf")),
        Case("g holds NaN, norm l2", (np.array([np.nan, 1.0]), "l2")),
    ],
    draw=random_gradients,
    why="one norm and one division: only rounding may differ",
)


@task.mistake(
    "ascent",
    "Your step leads uphill. The gradient points to where f grows: steepest descent "
    "is the opposite direction.",
)
def steepest_direction(g, norm="l2"):
    g = np.array(g, dtype=float)
    if not np.any(g):
        return np.zeros_like(g)
    if norm == "l2":
        return g / np.linalg.norm(g)
    if norm == "linf":
        return np.sign(g)
    d, i = np.zeros_like(g), np.argmax(np.abs(g))
    d[i] = np.sign(g[i])
    return d


@task.mistake(
    "largest component for l2",
    "In the Euclidean norm the direction is the whole vector, not its largest component: "
    "the smaller slopes help as well. The single coordinate is the answer for l1.",
)
def steepest_direction(g, norm="l2"):
    g = np.array(g, dtype=float)
    if norm == "linf":
        return -np.sign(g)
    d, i = np.zeros_like(g), np.argmax(np.abs(g))
    d[i] = -np.sign(g[i])
    return d


@task.mistake(
    "NaN where the gradient is zero",
    "At a point where the gradient is zero you divide by its norm, which is 0. "
    "No direction descends there: return the zero vector.",
)
def steepest_direction(g, norm="l2"):
    g = np.array(g, dtype=float)
    if norm == "l2":
        return -g / np.linalg.norm(g)
    if norm == "linf":
        return -np.sign(g)
    d, i = np.zeros_like(g), np.argmax(np.abs(g))
    d[i] = -np.sign(g[i])
    return d


@task.mistake(
    "signs for l1",
    "In the l1 norm every coordinate that moves costs its share of the one unit. "
    "The whole unit is best spent on one coordinate: which one?",
)
def steepest_direction(g, norm="l2"):
    g = np.array(g, dtype=float)
    if not np.any(g):
        return np.zeros_like(g)
    return -g / np.linalg.norm(g) if norm == "l2" else -np.sign(g)


@task.mistake(
    "l2 not normalised",
    "The direction for l2 is right and its length is not: a direction has norm 1, "
    "however steep the ground is.",
)
def steepest_direction(g, norm="l2"):
    g = np.array(g, dtype=float)
    if norm == "l2":
        return -g
    if norm == "linf":
        return -np.sign(g)
    d, i = np.zeros_like(g), np.argmax(np.abs(g))
    d[i] = -np.sign(g[i])
    return d


@task.mistake(
    "linf scaled by the largest slope",
    "In the linf norm a small slope does not ask for a small step: every coordinate may move "
    "by a full 1 at no extra cost, and each that has a slope should.",
)
def steepest_direction(g, norm="l2"):
    g = np.array(g, dtype=float)
    if not np.any(g):
        return np.zeros_like(g)
    if norm == "l2":
        return -g / np.linalg.norm(g)
    if norm == "linf":
        return -g / np.max(np.abs(g))
    d, i = np.zeros_like(g), np.argmax(np.abs(g))
    d[i] = -np.sign(g[i])
    return d


@task.mistake(
    "l1 and linf swapped",
    "The answers for l1 and linf changed places. In l1 all coordinates share one unit, "
    "in linf each has a unit of its own.",
)
def steepest_direction(g, norm="l2"):
    g = np.array(g, dtype=float)
    if norm == "l2":
        return -g / np.linalg.norm(g) if np.any(g) else np.zeros_like(g)
    if norm == "l1":
        return -np.sign(g)
    d, i = np.zeros_like(g), np.argmax(np.abs(g))
    d[i] = -np.sign(g[i])
    return d


@task.mistake(
    "every tied coordinate moves",
    "In a tie for l1 you moved several coordinates, and the step is longer than one unit. "
    "The first of them moves alone.",
)
def steepest_direction(g, norm="l2"):
    g = np.array(g, dtype=float)
    if norm == "l2":
        return -g / np.linalg.norm(g) if np.any(g) else np.zeros_like(g)
    if norm == "linf":
        return -np.sign(g)
    return np.where(np.abs(g) == np.max(np.abs(g)), -np.sign(g), 0.0)


@task.mistake(
    "g scaled to norm 1 each time",
    "Each step has norm 1, and for l2 it is the steepest. In another norm the steepest step is "
    "not g made shorter: try g = (3, -4) in l1, and look for a step with a slope below -3.6.",
)
def steepest_direction(g, norm="l2"):
    g = np.array(g, dtype=float)
    order = {"l2": 2, "l1": 1, "linf": np.inf}[norm]
    return -g / np.linalg.norm(g, order) if np.any(g) else np.zeros_like(g)


@task.mistake(
    "g scaled, and 0 / 0",
    "Where g is zero you divide by 0. And g made shorter is the steepest step in one norm only: "
    "try g = (3, -4) in l1, and look for a slope below -3.6.",
)
def steepest_direction(g, norm="l2"):
    g = np.array(g, dtype=float)
    return -g / np.linalg.norm(g, {"l2": 2, "l1": 1, "linf": np.inf}[norm])


@task.mistake(
    "something small added to the norm",
    "Where g is small, what you added to its norm is no longer small beside it, and the step is "
    "shorter than 1. Zero is one single case: treat it as one.",
)
def steepest_direction(g, norm="l2"):
    g = np.array(g, dtype=float)
    if norm == "l2":
        return -g / (np.linalg.norm(g) + 1e-12)
    if norm == "linf":
        return -np.sign(g)
    d, i = np.zeros_like(g), np.argmax(np.abs(g))
    d[i] = -np.sign(g[i])
    return d


@task.mistake(
    "largest instead of steepest",
    "In l1 you moved the coordinate with the largest slope, and -4 is steeper than 3: "
    "look at the sizes.",
)
def steepest_direction(g, norm="l2"):
    g = np.array(g, dtype=float)
    if norm == "l2":
        return -g / np.linalg.norm(g) if np.any(g) else np.zeros_like(g)
    if norm == "linf":
        return -np.sign(g)
    d, i = np.zeros_like(g), np.argmax(g)
    d[i] = -np.sign(g[i])
    return d


@task.accepts("chosen by match")
def steepest_direction(g, norm="l2"):
    g = np.array(g, dtype=float)
    match norm:
        case "l2":
            length = np.sqrt(np.sum(g**2))
            return -g / length if length != 0 else g
        case "l1":
            i = np.argmax(np.abs(g))
            return -np.sign(g[i]) * np.eye(g.size)[i]
        case _:
            return -np.sign(g)


@task.accepts("as Python loops")
def steepest_direction(g, norm="l2"):
    g = [float(c) for c in g]
    size = sum(c * c for c in g) ** 0.5
    if size == 0:
        return np.zeros(len(g))
    if norm == "l2":
        return np.array([-c / size for c in g])
    signs = [(c < 0) - (c > 0) + 0.0 for c in g]
    if norm == "l1":
        best = max(range(len(g)), key=lambda i: abs(g[i]))
        signs = [s if i == best else 0.0 for i, s in enumerate(signs)]
    return np.array(signs)


# --- jacobian ---


def tall(x):
    """Three outputs of two inputs."""
    return np.array([x[0] * x[1] / 4, x[0] ** 3, x[0] + 2 * x[1]])


def wide(x):
    """Two outputs of three inputs."""
    return np.array([np.sin(x[0]) + x[1] ** 2, x[1] * np.exp(x[2])])


def square(x):
    """Two outputs of two inputs."""
    return np.array([x[0] ** 2 * x[1], 5 * x[0] + x[1] ** 3])


def random_maps(rng):
    cases = []
    for m, n in ((3, 3), (4, 2), (2, 5)):
        A, B, x = rng.normal(size=(m, n)), rng.normal(size=(m, n)), rng.normal(size=n)
        F = bent(A, B)
        cases.append(Case(f"F(x) = Ax + (Bx)³, {m} outputs, {n} inputs", (F, x, 1e-3)))
    return cases


def bent(A, B):
    return lambda x: A @ x + (B @ x) ** 3


task = problems.task(
    reference.jacobian,
    cases=[
        Case(
            "F(x) = (x₀x₁/4, x₀³, x₀ + 2x₁) at (2, 3), h = 0.001",
            (tall, np.array([2.0, 3.0]), 1e-3),
        ),
        Case(
            "F(x) = (sin x₀ + x₁², x₁ exp x₂) at (0.5, -1, 0.2)",
            (wide, np.array([0.5, -1.0, 0.2]), 1e-3),
        ),
        Case(
            "F(x) = (x₀²x₁, 5x₀ + x₁³) at (1, 2), h = 0.001", (square, np.array([1.0, 2.0]), 1e-3)
        ),
        Case("F(x) = (x₀²x₁, 5x₀ + x₁³) at (1, 2), the default h", (square, np.array([1.0, 2.0]))),
        Case(
            "F(x) = (x₀²x₁, 5x₀ + x₁³) at (1, 2), h negative", (square, np.array([1.0, 2.0]), -1e-3)
        ),
        Case(
            "F(x) = (x₀x₁/4, x₀³, x₀ + 2x₁) at whole (2, 3), h = 0.5", (tall, np.array([2, 3]), 0.5)
        ),
        Case("x holds NaN", (tall, np.array([np.nan, 1.0]), 1e-3)),
    ],
    draw=random_maps,
    rtol=1e-7,
    atol=1e-9,
    why="a difference of close numbers: at h = 0.001 about 1e-13 of rounding is left",
)


@task.mistake(
    "transposed",
    "Rows and columns are swapped: J[i, j] says how output i reacts to input j, "
    "so J has one row for each output.",
)
def jacobian(F, x, h=1e-5):
    x = np.array(x, dtype=float)
    return np.array([(F(x + h * e) - F(x - h * e)) / (2 * h) for e in np.eye(x.size)])


@task.mistake(
    "rows filled",
    "Moving input j changes all outputs at once: what comes back is column j of J, "
    "and you wrote it into row j.",
)
def jacobian(F, x, h=1e-5):
    x = np.array(x, dtype=float)
    J = np.zeros((F(x).size, x.size))
    for j, e in enumerate(np.eye(x.size)):
        J[j] = (F(x + h * e) - F(x - h * e)) / (2 * h)
    return J


@task.mistake(
    "forward difference",
    "Close, but one-sided: its error is of order h. "
    "Look at both sides of x, a step h to either side.",
)
def jacobian(F, x, h=1e-5):
    x = np.array(x, dtype=float)
    J = np.zeros((F(x).size, x.size))
    for j, e in enumerate(np.eye(x.size)):
        J[:, j] = (F(x + h * e) - F(x)) / h
    return J


@task.mistake(
    "as many outputs as inputs",
    "Your matrix is square by force. F may have more or fewer outputs than inputs: "
    "ask F(x) how many there are.",
)
def jacobian(F, x, h=1e-5):
    x = np.array(x, dtype=float)
    J = np.zeros((x.size, x.size))
    for j, e in enumerate(np.eye(x.size)):
        J[:, j] = (F(x + h * e) - F(x - h * e)) / (2 * h)
    return J


@task.mistake(
    "divided by h",
    "Every entry is twice too large: from x - h to x + h the distance is 2h.",
)
def jacobian(F, x, h=1e-5):
    x = np.array(x, dtype=float)
    J = np.zeros((F(x).size, x.size))
    for j, e in enumerate(np.eye(x.size)):
        J[:, j] = (F(x + h * e) - F(x - h * e)) / h
    return J


@task.mistake(
    "x moved in place and not put back",
    "x is changed on the way and never restored, so later columns are taken at another point "
    "and the caller's x is spoilt. From where should each column start?",
)
def jacobian(F, x, h=1e-5):
    J = np.zeros((F(x).size, x.size))
    for j in range(x.size):
        x[j] += h
        ahead = F(x)
        x[j] -= 2 * h
        J[:, j] = (ahead - F(x)) / (2 * h)
    return J


@task.mistake(
    "all inputs moved at once",
    "All columns are equal: every input was moved, each time. Column j belongs to input j alone.",
)
def jacobian(F, x, h=1e-5):
    x = np.array(x, dtype=float)
    J = np.zeros((F(x).size, x.size))
    for j in range(x.size):
        J[:, j] = (F(x + h) - F(x - h)) / (2 * h)
    return J


@task.mistake(
    "backward difference",
    "One-sided, to the left: its error is of order h. Look to both sides of x.",
)
def jacobian(F, x, h=1e-5):
    x = np.array(x, dtype=float)
    J = np.zeros((F(x).size, x.size))
    for j, e in enumerate(np.eye(x.size)):
        J[:, j] = (F(x) - F(x - h * e)) / h
    return J


@task.mistake(
    "2h without parentheses",
    "Your slopes shrink with h: / 2 * h halves, then multiplies. "
    "What belongs under the bar as a whole?",
)
def jacobian(F, x, h=1e-5):
    x = np.array(x, dtype=float)
    J = np.zeros((F(x).size, x.size))
    for j, e in enumerate(np.eye(x.size)):
        J[:, j] = (F(x + h * e) - F(x - h * e)) / 2 * h
    return J


@task.mistake(
    "steps on whole numbers",
    "Where x came as whole numbers, so did your copy of it, and a step of a half was cut off. "
    "What type must the copy have?",
)
def jacobian(F, x, h=1e-5):
    J = np.zeros((F(x).size, x.size))
    for j in range(x.size):
        left, right = x.copy(), x.copy()
        right[j] += h
        left[j] -= h
        J[:, j] = (F(right) - F(left)) / (2 * h)
    return J


@task.accepts("entry by entry")
def jacobian(F, x, h=1e-5):
    x = np.array(x, dtype=float)
    J = np.zeros((len(F(x)), len(x)))
    for i in range(J.shape[0]):
        for j in range(J.shape[1]):
            left, right = x.copy(), x.copy()
            left[j] -= h
            right[j] += h
            J[i, j] = (F(right)[i] - F(left)[i]) / (2 * h)
    return J


@task.accepts("stacked columns")
def jacobian(F, x, h=1e-5):
    steps = h * np.eye(len(x))
    return np.column_stack([(F(x + e) - F(x - e)) / h / 2 for e in steps])


# --- jvp and vjp ---


def through_function(jvp, F, v, x, h):
    """Use jvp with a function in place of J."""
    return jvp(F, v, x=x, h=h)


def two_calls_suffice(jvp, F, v, x, h):
    """Tell whether jvp asks F for at most two values."""
    calls = []
    jvp(lambda point: calls.append(1) or F(point), v, x=x, h=h)
    return 0 < len(calls) <= 2


def random_products(rng):
    cases = []
    for m, n in ((2, 3), (4, 4), (5, 1)):
        J, v, u = rng.normal(size=(m, n)), rng.normal(size=n), rng.normal(size=m)
        cases.append(Case(f"jvp with J of shape ({m}, {n})", (J, v), of="jvp"))
        cases.append(Case(f"vjp with J of shape ({m}, {n})", (J, u), of="vjp"))
    F, x, v = bent(rng.normal(size=(2, 4)), rng.normal(size=(2, 4))), rng.normal(size=4), np.ones(4)
    cases.append(Case("jvp through a random F", (F, v, x, 1e-4), through_function, "jvp"))
    return cases


J32 = np.array([[3, 2], [0, 1], [1, 1]])
point, along = np.array([0.5, -1.0, 0.2]), np.array([1.0, 2.0, -1.0])

task = problems.task(
    (reference.jvp, reference.vjp),
    cases=[
        Case(
            "jvp: J = [[3, 2], [0, 1], [1, 1]], v = (1, 0.5)", (J32, np.array([1.0, 0.5])), of="jvp"
        ),
        Case(
            "vjp: J = [[3, 2], [0, 1], [1, 1]], u = (1, 10, 0.5)",
            (J32, np.array([1, 10, 0.5])),
            of="vjp",
        ),
        Case(
            "jvp: J = [[3, 2], [0, 1], [1, 1]] in whole numbers, v = (1, 10)",
            (J32, np.array([1, 10])),
            of="jvp",
        ),
        Case("jvp: v = 0", (J32, np.zeros(2)), of="jvp"),
        Case("jvp: v holds NaN", (J32, np.array([np.nan, 1.0])), of="jvp"),
        Case("vjp: u holds NaN", (J32, np.array([1.0, np.nan, 0.0])), of="vjp"),
        Case("jvp through a function F", (wide, along, point, 1e-4), through_function, "jvp"),
        Case("jvp through F, a long v", (square, 3 * J32[2], 0.5 * J32[0], 1e-4), through_function),
        Case("calls of F: two suffice", (wide, along, point, 1e-4), two_calls_suffice, "jvp"),
    ],
    draw=random_products,
    rtol=1e-6,
    atol=1e-8,
    why="a central difference at h = 0.0001: truncation and rounding both stay below 1e-6",
)


@task.mistake(
    "jvp with the transpose",
    "jvp pushes a direction of the inputs forward: each row of J meets v. "
    "With the transpose you compute the other product, vjp.",
)
def jvp(J, v, x=None, h=1e-5):
    v = np.array(v, dtype=float)
    if not callable(J):
        return np.asarray(J, dtype=float).T @ v
    return (J(x + h * v) - J(x - h * v)) / (2 * h)


@task.mistake(
    "vjp without the transpose",
    "vjp pulls weights of the outputs back to the inputs: each column of J meets u. "
    "Without the transpose it is the other product, and the shapes fit only if J is square.",
)
def vjp(J, u):
    return np.asarray(J, dtype=float) @ np.asarray(u, dtype=float)


@task.mistake(
    "vjp as a column",
    "The numbers are right and they stand in a column of shape (n, 1). "
    "A gradient has the shape of the point, (n,).",
)
def vjp(J, u):
    return np.asarray(J, dtype=float).T @ np.asarray(u, dtype=float)[:, None]


@task.mistake(
    "v normalised",
    "A Jacobian-vector product is linear in v: a direction twice as long gives twice the result. "
    "Do not bring v to length 1.",
)
def jvp(J, v, x=None, h=1e-5):
    v = np.array(v, dtype=float)
    length = np.linalg.norm(v)
    v = v / length if length else v
    if not callable(J):
        return np.asarray(J, dtype=float) @ v
    return (J(x + h * v) - J(x - h * v)) / (2 * h)


@task.mistake(
    "whole Jacobian formed",
    "The result is right and too expensive: you build J column by column, two calls of F each. "
    "One difference along v itself needs two calls in all.",
)
def jvp(J, v, x=None, h=1e-5):
    v = np.array(v, dtype=float)
    if callable(J):
        J = np.array([(J(x + h * e) - J(x - h * e)) / (2 * h) for e in np.eye(len(x))]).T
    return np.asarray(J, dtype=float) @ v


@task.mistake(
    "forward difference",
    "Through a function your product is one-sided, so its error is of order h. "
    "Two calls also pay for a step to either side of x.",
)
def jvp(J, v, x=None, h=1e-5):
    v = np.array(v, dtype=float)
    if not callable(J):
        return np.asarray(J, dtype=float) @ v
    return (J(x + h * v) - J(x)) / h


@task.accepts("row by row")
def jvp(J, v, x=None, h=1e-5):
    if callable(J):
        step = h * np.asarray(v, dtype=float)
        return (J(x + step) - J(x - step)) / h / 2
    return np.array([sum(a * b for a, b in zip(row, v, strict=True)) for row in J], dtype=float)


@task.accepts("from the left")
def vjp(J, u):
    return np.asarray(u, dtype=float) @ np.asarray(J, dtype=float)


# --- quadratic ---


def random_quadratics(rng):
    cases = []
    for d, scale in ((2, 1.0), (3, 1e-2), (6, 1e2)):
        A, b, x = rng.normal(size=(d, d)), rng.normal(size=d), scale * rng.normal(size=d)
        x[0] = 0.0
        cases.append(Case(f"random A of shape ({d}, {d}), x near {scale:g}", (A, b, x)))
    return cases


task = problems.task(
    reference.quadratic,
    cases=[
        Case(
            "A = [[2, 1], [3, 4]], b = (1, 0), x = (1, 2)",
            (np.array([[2.0, 1.0], [3.0, 4.0]]), np.array([1.0, 0.0]), np.array([1.0, 2.0])),
        ),
        Case(
            "A = [[1, 0], [1, 1]], b = (0, 1), x = (1, 2), whole numbers",
            (np.array([[1, 0], [1, 1]]), np.array([0, 1]), np.array([1, 2])),
        ),
        Case(
            "A = [[2, 1], [1, 2]], which is symmetric",
            (np.array([[2.0, 1.0], [1.0, 2.0]]), np.array([0.0, -1.0]), np.array([3.0, -1.0])),
        ),
        Case("x = 0", (np.array([[2.0, 1.0], [3.0, 4.0]]), np.array([1.0, -2.0]), np.zeros(2))),
        Case(
            "x holds NaN",
            (np.array([[2.0, 1.0], [3.0, 4.0]]), np.ones(2), np.array([np.nan, 1.0])),
        ),
    ],
    draw=random_quadratics,
    rtol=1e-9,
    atol=1e-10,
    why="sums of a few products: only rounding may differ",
)


@task.mistake(
    "gradient Ax - b",
    "That is right for symmetric A alone. x stands on both sides of A: "
    "differentiate both, and A turned over its diagonal appears as well.",
)
def quadratic(A, b, x):
    A, b, x = np.asarray(A, float), np.asarray(b, float), np.asarray(x, float)
    return float(x @ A @ x / 2 - b @ x), A @ x - b


@task.mistake(
    "gradient with the transpose only",
    "You kept one of the two terms, the one with A turned over its diagonal. "
    "The gradient is the average of both.",
)
def quadratic(A, b, x):
    A, b, x = np.asarray(A, float), np.asarray(b, float), np.asarray(x, float)
    return float(x @ A @ x / 2 - b @ x), A.T @ x - b


@task.mistake(
    "half lost in the gradient",
    "Both terms are there, and the factor ½ in front of the quadratic is not: "
    "it survives differentiation.",
)
def quadratic(A, b, x):
    A, b, x = np.asarray(A, float), np.asarray(b, float), np.asarray(x, float)
    return float(x @ A @ x / 2 - b @ x), (A + A.T) @ x - b


@task.mistake(
    "half lost in the value",
    "Your gradient is right and your value lacks the factor ½ in front of the quadratic term.",
)
def quadratic(A, b, x):
    A, b, x = np.asarray(A, float), np.asarray(b, float), np.asarray(x, float)
    return float(x @ A @ x - b @ x), (A + A.T) @ x / 2 - b


@task.mistake(
    "gradient of a least-squares sum",
    "A times its transpose belongs to ½‖Ax‖². Here A appears once in f, "
    "so it appears once in each term of the gradient.",
)
def quadratic(A, b, x):
    A, b, x = np.asarray(A, float), np.asarray(b, float), np.asarray(x, float)
    return float(x @ A @ x / 2 - b @ x), A.T @ A @ x - b


@task.mistake(
    "sign of b",
    "The linear term is subtracted in f, so b is subtracted in the gradient too.",
)
def quadratic(A, b, x):
    A, b, x = np.asarray(A, float), np.asarray(b, float), np.asarray(x, float)
    return float(x @ A @ x / 2 - b @ x), (A + A.T) @ x / 2 + b


@task.accepts("symmetric part first")
def quadratic(A, b, x):
    S = 0.5 * (np.array(A, dtype=float) + np.array(A, dtype=float).T)
    Sx = S @ x
    return 0.5 * np.dot(x, Sx) - np.dot(b, x), Sx - b


@task.accepts("as Python loops")
def quadratic(A, b, x):
    d = range(len(x))
    value = sum(x[i] * A[i][j] * x[j] for i in d for j in d) / 2 - sum(b[i] * x[i] for i in d)
    slopes = [sum((A[i][j] + A[j][i]) * x[j] for j in d) / 2 - b[i] for i in d]
    return float(value), np.array(slopes, dtype=float)


# --- classify_critical ---


def random_hessians(rng):
    cases = []
    for signs in ((1, 1, 1), (-1, -1, -1), (1, -1, 1), (1, 1, 0), (-1, -1, 1, 1)):
        sizes = 10.0 ** rng.uniform(-1, 1, len(signs))
        Q, _ = np.linalg.qr(rng.normal(size=(len(signs),) * 2))
        H = Q @ np.diag(signs * sizes) @ Q.T
        words = "".join("-0+"[sign + 1] for sign in signs)
        cases.append(Case(f"a turned Hessian with eigenvalues {words}", (H, 1e-8)))
    return cases


task = problems.task(
    reference.classify_critical,
    cases=[
        Case("H = diag(2, 3), whole numbers", (np.diag([2, 3]), 1e-8)),
        Case("H = diag(-1, -5)", (np.diag([-1.0, -5.0]), 1e-8)),
        Case("H = diag(-2, 2), the saddle y² - x²", (np.diag([-2.0, 2.0]), 1e-8)),
        Case("H = [[1, 2], [2, 1]]", (np.array([[1.0, 2.0], [2.0, 1.0]]), 1e-8)),
        Case("H = diag(1, -1, 2, -3)", (np.diag([1.0, -1.0, 2.0, -3.0]), 1e-8)),
        Case("H = diag(1, 0)", (np.diag([1.0, 0.0]), 1e-8)),
        Case("H = diag(-1, 0)", (np.diag([-1.0, 0.0]), 1e-8)),
        Case("H = diag(1, -1, 0)", (np.diag([1.0, -1.0, 0.0]), 1e-8)),
        Case("H = diag(4, 0.01), tol = 0.1", (np.diag([4.0, 0.01]), 0.1)),
        Case("H = diag(4, -0.01), tol = 0.1", (np.diag([4.0, -0.01]), 0.1)),
        Case("H = [[1, 4], [0, 1]], not symmetric", (np.array([[1.0, 4.0], [0.0, 1.0]]), 1e-8)),
        Case("H = [[1, 0], [4, 1]], not symmetric", (np.array([[1.0, 0.0], [4.0, 1.0]]), 1e-8)),
        Case("H = [[1, 0], [1.8, 1]], not symmetric", (np.array([[1.0, 0.0], [1.8, 1.0]]), 1e-8)),
        Case("H = diag(0.07, 1), tol = 0.1", (np.diag([0.07, 1.0]), 0.1)),
        Case("H = diag(40, -0.05), tol = 0.1", (np.diag([40.0, -0.05]), 0.1)),
        Case("H = diag(1e-5, -1e-5)", (np.diag([1e-5, -1e-5]), 1e-8)),
        Case("H = diag(1e9, 1)", (np.diag([1e9, 1.0]), 1e-8)),
        Case("H = diag(0.5, 1), tol = 0.5: not above tol", (np.diag([0.5, 1.0]), 0.5)),
        Case("H = diag(1e-5, 1), the default tol", (np.diag([1e-5, 1.0]),)),
        Case("H = 0", (np.zeros((2, 2)), 1e-8)),
    ],
    draw=random_hessians,
    why="a word: it is right or wrong; an eigenvalue at tol stands on the diagonal, so it is exact",
)


@task.mistake(
    "determinant only",
    "The determinant is the product of the eigenvalues, and two negative ones hide in it. "
    "The rule from two variables fails in four: look at every eigenvalue.",
)
def classify_critical(H, tol=1e-8):
    H = (np.asarray(H, dtype=float) + np.asarray(H, dtype=float).T) / 2
    det = np.linalg.det(H)
    if abs(det) <= tol:
        return "inconclusive"
    if det < 0:
        return "saddle"
    return "min" if H[0, 0] > 0 else "max"


@task.mistake(
    "signs of the diagonal",
    "The diagonal tells the curvature along the axes only. Between the axes it can be different: "
    "[[1, 2], [2, 1]] curves down along (1, -1).",
)
def classify_critical(H, tol=1e-8):
    d = np.diag(np.asarray(H, dtype=float))
    if np.any(d > tol) and np.any(d < -tol):
        return "saddle"
    return "min" if np.all(d > tol) else "max" if np.all(d < -tol) else "inconclusive"


@task.mistake(
    "trace only",
    "The trace is the sum of the eigenvalues: a large positive one hides a negative one. "
    "Each of them has to be looked at.",
)
def classify_critical(H, tol=1e-8):
    trace = np.trace(np.asarray(H, dtype=float))
    return "min" if trace > tol else "max" if trace < -tol else "inconclusive"


@task.mistake(
    "semidefinite taken for definite",
    "An eigenvalue of about 0 decides nothing: along it x⁴, x³ and -x⁴ all look flat. "
    "Where no eigenvalue has the other sign, this is inconclusive.",
)
def classify_critical(H, tol=1e-8):
    e = np.linalg.eigvalsh((np.asarray(H, dtype=float) + np.asarray(H, dtype=float).T) / 2)
    if np.all(e >= -tol):
        return "min"
    return "max" if np.all(e <= tol) else "saddle"


@task.mistake(
    "not symmetrised",
    "This H is not symmetric, as a numerical Hessian seldom is. "
    "Only one part of it enters the quadratic model: which one does the statement name?",
)
def classify_critical(H, tol=1e-8):
    e = np.linalg.eigvalsh(np.asarray(H, dtype=float))
    if np.any(e > tol) and np.any(e < -tol):
        return "saddle"
    return "min" if np.all(e > tol) else "max" if np.all(e < -tol) else "inconclusive"


@task.mistake(
    "any zero is inconclusive",
    "One zero eigenvalue does not spoil a verdict that is already in: "
    "where f curves up one way and down another, it is a saddle.",
)
def classify_critical(H, tol=1e-8):
    e = np.linalg.eigvalsh((np.asarray(H, dtype=float) + np.asarray(H, dtype=float).T) / 2)
    if np.any(np.abs(e) <= tol):
        return "inconclusive"
    return "min" if np.all(e > 0) else "max" if np.all(e < 0) else "saddle"


@task.mistake(
    "tol ignored",
    "Rounding never leaves an exact 0. "
    "An eigenvalue counts as positive above tol, and as negative below -tol.",
)
def classify_critical(H, tol=1e-8):
    e = np.linalg.eigvalsh((np.asarray(H, dtype=float) + np.asarray(H, dtype=float).T) / 2)
    if np.any(e > 0) and np.any(e < 0):
        return "saddle"
    return "min" if np.all(e > 0) else "max" if np.all(e < 0) else "inconclusive"


@task.mistake(
    "min and max swapped",
    "The words changed places. Where every eigenvalue is positive the ground rises in every "
    "direction: are you at the bottom or at the top?",
)
def classify_critical(H, tol=1e-8):
    H = np.asarray(H, dtype=float)
    eigenvalues = np.linalg.eigvalsh((H + H.T) / 2)
    up, down = np.any(eigenvalues > tol), np.any(eigenvalues < -tol)
    if up and down:
        return "saddle"
    if np.all(eigenvalues > tol):
        return "max"
    return "min" if np.all(eigenvalues < -tol) else "inconclusive"


@task.mistake(
    "sum not halved",
    "You add H and its transpose without halving the sum: the eigenvalues are twice too large, "
    "and tol is met too early.",
)
def classify_critical(H, tol=1e-8):
    H = np.asarray(H, dtype=float)
    eigenvalues = np.linalg.eigvalsh(H + H.T)
    up, down = eigenvalues > tol, eigenvalues < -tol
    if np.any(up) and np.any(down):
        return "saddle"
    return "min" if np.all(up) else "max" if np.all(down) else "inconclusive"


@task.mistake(
    "eigenvalues of H as it is",
    "Two of these H are not symmetric, and their own eigenvalues say nothing about f: "
    "in p.Hp only one part of H counts. Which one?",
)
def classify_critical(H, tol=1e-8):
    e = np.linalg.eigvals(np.asarray(H, dtype=float)).real
    if np.any(e > tol) and np.any(e < -tol):
        return "saddle"
    return "min" if np.all(e > tol) else "max" if np.all(e < -tol) else "inconclusive"


@task.mistake(
    "everything else a saddle",
    "diag(1, 0) rises one way and is level the other way: nothing falls there. "
    "What does a saddle need?",
)
def classify_critical(H, tol=1e-8):
    e = np.linalg.eigvalsh((np.asarray(H, dtype=float) + np.asarray(H, dtype=float).T) / 2)
    return "min" if np.all(e > tol) else "max" if np.all(e < -tol) else "saddle"


@task.mistake(
    "determinant of H as it is",
    "With the determinant of a matrix that is not symmetric you miss a saddle, and in four "
    "dimensions two negative eigenvalues hide in any determinant. What does each eigenvalue say?",
)
def classify_critical(H, tol=1e-8):
    det = np.linalg.det(H)
    if abs(det) <= tol:
        return "inconclusive"
    return "saddle" if det < 0 else "min" if H[0, 0] > 0 else "max"


@task.accepts("by the extreme eigenvalues")
def classify_critical(H, tol=1e-8):
    H = np.asarray(H, dtype=float)
    e = np.linalg.eigvalsh(0.5 * H + 0.5 * H.T)
    low, high = e[0], e[-1]
    if low < -tol and high > tol:
        return "saddle"
    return "min" if low > tol else "max" if high < -tol else "inconclusive"


@task.accepts("by counting signs")
def classify_critical(H, tol=1e-8):
    H = np.asarray(H, dtype=float)
    e = np.linalg.eigvals((H + H.T) / 2).real
    up, down = sum(e > tol), sum(e < -tol)
    if up and down:
        return "saddle"
    return {(len(e), 0): "min", (0, len(e)): "max"}.get((up, down), "inconclusive")
