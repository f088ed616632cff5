"""Task `hvp` of chapter `curvature`."""

import numpy as np

from fallline import curvature as reference
from fallline.marking.task import Case, Task
from fallline.marking.tasks.curvature.cases import A
from fallline.objectives import himmelblau, rosenbrock


def cubed(w):
    """Return the gradient of w⁴/4, entry by entry."""
    return w**3


def itself(w):
    """Return the gradient of w²/2: the very array w."""
    return w


MIXED = A([[1.0, 2.0], [0.0, 3.0]])


def mixed(w):
    """Return a vector field whose Jacobian is not symmetric, with a cubic part."""
    return MIXED @ w + w**3


def random_products(rng):
    cases = []
    for d, size in ((2, 1.0), (3, 1e3), (5, 1e-4)):
        x, v = rng.normal(size=d), size * rng.normal(size=d)
        v[0] = 0.0
        cases.append(
            Case(
                f"Rosenbrock's function in {d} dimensions, v of size {size:g}, h = 0.1",
                (rosenbrock.gradient, x, v, 0.1),
            )
        )
    return cases


task = Task(
    reference.hvp,
    cases=[
        Case(
            "gradient w³, at (1, 2), v = (3, 4), h = 0.5",
            (cubed, A([1.0, 2.0]), A([3.0, 4.0]), 0.5),
        ),
        Case("gradient w³, at 1, v = 2, h = 1", (cubed, A([1.0]), A([2.0]), 1.0)),
        Case(
            "gradient w³, at (1, 2), v = (30, 40), h = 0.5",
            (cubed, A([1.0, 2.0]), A([30.0, 40.0]), 0.5),
        ),
        Case("gradient w³, v of length 1", (cubed, A([1.0, 2.0]), A([0.6, 0.8]), 0.5)),
        Case("a gradient that mixes, v = (0, 2)", (mixed, A([1.0, -1.0]), A([0.0, 2.0]), 0.1)),
        Case("a gradient that mixes, v = (2, 0)", (mixed, A([1.0, -1.0]), A([2.0, 0.0]), 0.1)),
        Case(
            "gradient w, which returns its own argument",
            (itself, A([1.0, 2.0]), A([3.0, 4.0]), 0.25),
        ),
        Case(
            "Himmelblau's function at (1, 1)",
            (himmelblau.gradient, A([1.0, 1.0]), A([1.0, -2.0]), 0.01),
        ),
        Case("whole numbers", (cubed, A([1, 2]), A([0, 2]), 0.5)),
        Case(
            "a table of shape (2, 3)", (cubed, np.arange(6.0).reshape(2, 3), np.ones((2, 3)), 0.5)
        ),
        Case(
            "v = [[3, 0], [0, 4]], a table", (cubed, np.ones((2, 2)), A([[3.0, 0], [0, 4.0]]), 0.5)
        ),
        Case(
            "v = [[1, 2], [2, -1]], a table",
            (cubed, A([[1.0, 0], [0, 2.0]]), A([[1.0, 2], [2, -1.0]]), 0.5),
        ),
        Case("v = (0, 0)", (cubed, A([1.0, 2.0]), np.zeros(2), 0.5)),
        Case("v = 0, one parameter", (cubed, A([1.0]), np.zeros(1), 0.5)),
        Case(
            "v = (0, 0), Himmelblau's function",
            (himmelblau.gradient, A([1.0, 1.0]), np.zeros(2), 0.01),
        ),
        Case("a vector that holds NaN", (itself, A([1.0, 2.0]), A([np.nan, 1.0]), 0.5)),
    ],
    draw=random_products,
    rtol=1e-8,
    atol=1e-10,
    why="a difference of two gradients over h of at least 0.01 keeps twelve digits",
)


@task.mistake(
    "forward",
    "One of your two gradients is taken at x itself, and the error falls only like h. What does "
    "looking to both sides cancel?",
)
def hvp(grad, x, v, h):
    length = np.linalg.norm(v)
    u = v / length if length != 0 else 0 * v
    return length * (np.asarray(grad(x + h * u)) - grad(x * 1.0)) / h


@task.mistake(
    "distance not scaled",
    "With v = (30, 40) and h = 0.5 you look 25 away from x. How far from x should the two points "
    "lie, whatever the length of v?",
)
def hvp(grad, x, v, h):
    return (np.asarray(grad(x + h * v)) - grad(x - h * v)) / (2 * h)


@task.mistake(
    "length forgotten",
    "Twice as long a v must give twice the product, and yours stays the same. What became of the "
    "length that you divided by?",
)
def hvp(grad, x, v, h):
    length = np.linalg.norm(v)
    u = v / length if length != 0 else 0 * v
    return (np.asarray(grad(x + h * u)) - grad(x - h * u)) / (2 * h)


@task.mistake(
    "length divided once more",
    "A longer v gives you a smaller product. H(2v) is twice Hv: which way does the length of v "
    "have to enter?",
)
def hvp(grad, x, v, h):
    length = np.linalg.norm(v)
    u = v / length if length != 0 else 0 * v
    return (np.asarray(grad(x + h * u)) - grad(x - h * u)) / (2 * h * (length if length else 1))


@task.mistake(
    "width h",
    "Your product is twice as large as it should be. How far apart are the two points?",
)
def hvp(grad, x, v, h):
    length = np.linalg.norm(v)
    u = v / length if length != 0 else 0 * v
    return length * (np.asarray(grad(x + h * u)) - grad(x - h * u)) / h


@task.mistake(
    "width h, distance not scaled",
    "Two things: how far apart are your two points, and why does that depend on the length of v?",
)
def hvp(grad, x, v, h):
    return (np.asarray(grad(x + h * v)) - grad(x - h * v)) / h


@task.mistake(
    "own tiny step",
    "You do not use the h that was given but one of 1e-12, where rounding leaves four digits. "
    "What is the argument for?",
)
def hvp(grad, x, v, h):
    h = 1e-12
    length = np.linalg.norm(v)
    u = v / length if length != 0 else 0 * v
    return length * (np.asarray(grad(x + h * u)) - grad(x - h * u)) / (2 * h)


@task.mistake(
    "own small step",
    "The result hardly depends on h, but it should: asked for is the quotient for that very h. "
    "Where do you set it anew?",
)
def hvp(grad, x, v, h):
    h = 1e-5
    length = np.linalg.norm(v)
    u = v / length if length != 0 else 0 * v
    return length * (np.asarray(grad(x + h * u)) - grad(x - h * u)) / (2 * h)


@task.mistake(
    "columns for rows",
    "Where the field is a gradient all is well, and on one whose Jacobian is not symmetric rows "
    "and columns are swapped. Which sum of products is the first entry of Hv?",
)
def hvp(grad, x, v, h):
    x = np.array(x, dtype=float)
    J = [(grad(x + h * e) - np.asarray(grad(x - h * e))) / (2 * h) for e in np.eye(len(x))]
    return np.array(J) @ v


@task.mistake(
    "Hessian built first",
    "You build the whole matrix, column by column, and the steps are along the axes. Two gradients "
    "along v are enough: in which direction do you have to look?",
)
def hvp(grad, x, v, h):
    axes = h * np.eye(np.size(x)).reshape(-1, *np.shape(x))
    J = [np.ravel(np.asarray(grad(x + e)) - grad(x - e)) / (2 * h) for e in axes]
    return np.reshape(np.array(J).T @ np.ravel(v), np.shape(x))


@task.mistake(
    "diagonal only",
    "Each coordinate was moved by itself and its own slope watched. What becomes of the entries of "
    "H beside the diagonal?",
)
def hvp(grad, x, v, h):
    x = np.array(x, dtype=float)
    D = [(grad(x + h * e) - np.asarray(grad(x - h * e))) @ e / (2 * h) for e in np.eye(len(x))]
    return np.array(D) * v


@task.mistake(
    "a number for v = 0",
    "All is right but for v = 0, where one number comes back. What shape has the product of a "
    "matrix and a vector of zeros?",
)
def hvp(grad, x, v, h):
    length = np.linalg.norm(v)
    if length == 0:
        return 0.0
    u = v / length
    return length * (np.asarray(grad(x + h * u)) - grad(x - h * u)) / (2 * h)


@task.mistake(
    "multiplied by v once more",
    "A single number comes back. Is asked for the vector Hv, or the curvature along v, "
    "which multiplies it by v again?",
)
def hvp(grad, x, v, h):
    length = np.linalg.norm(v)
    u = v / length if length != 0 else 0 * v
    return np.sum(v * length * (np.asarray(grad(x + h * u)) - grad(x - h * u)) / (2 * h))


@task.mistake(
    "gradient times vector",
    "You multiply v by the gradient. It is the change of the gradient along v that is wanted: how "
    "can you see a change with one look?",
)
def hvp(grad, x, v, h):
    return grad(x * 1.0) * v


@task.mistake(
    "order swapped",
    "Right size, wrong sign: which of the two gradients is to be subtracted from which?",
)
def hvp(grad, x, v, h):
    length = np.linalg.norm(v)
    u = v / length if length != 0 else 0 * v
    return length * (np.asarray(grad(x - h * u)) - grad(x + h * u)) / (2 * h)


@task.mistake(
    "zero vector",
    "For v = 0 you divide 0 by 0. What is H times 0?",
)
def hvp(grad, x, v, h):
    length = np.linalg.norm(v)
    u = v / length
    return length * (np.asarray(grad(x + h * u)) - grad(x - h * u)) / (2 * h)


@task.mistake(
    "longest column for the length",
    "For a table of numbers you used another norm. The length that counts is the root of the sum "
    "of the squares of all entries, here as for a vector.",
)
def hvp(grad, x, v, h):
    length = np.linalg.norm(v, 1)
    u = v / length if length != 0 else 0 * v
    return length * (np.asarray(grad(x + h * u)) - grad(x - h * u)) / (2 * h)


@task.mistake(
    "forward, distance not scaled",
    "Two things. The error falls only like h, because you look to one side. And the point lies h "
    "times the length of v away: how far should it be?",
)
def hvp(grad, x, v, h):
    return (np.asarray(grad(x + h * v)) - grad(x * 1.0)) / h


@task.mistake(
    "multiplied by v entry by entry",
    "The change of the gradient is right, and each of its entries is then multiplied by one of v. "
    "What do you want to multiply by: the vector, or its length?",
)
def hvp(grad, x, v, h):
    length = np.linalg.norm(v)
    u = v / length if length != 0 else 0 * v
    return v * (np.asarray(grad(x + h * u)) - grad(x - h * u)) / (2 * h)


@task.mistake(
    "length twice",
    "Twice as long a v must give twice the product, and yours gives four times as much. How often "
    "does the length enter?",
)
def hvp(grad, x, v, h):
    length = np.linalg.norm(v)
    u = v / length if length != 0 else 0 * v
    return length**2 * (np.asarray(grad(x + h * u)) - grad(x - h * u)) / (2 * h)


@task.mistake(
    "largest stretch for the length",
    "Vectors come out right. For a table the norm that you took is the largest stretch of a "
    "matrix: what is the root of the sum of the squares of [[3, 0], [0, 4]]?",
)
def hvp(grad, x, v, h):
    length = np.linalg.norm(v, 2)
    u = v / length if length != 0 else 0 * v
    return length * (np.asarray(grad(x + h * u)) - grad(x - h * u)) / (2 * h)


@task.mistake(
    "largest entry for the length",
    "With v = (3, 4) and h = 0.5 your points lie 0.625 away from x, not 0.5. How long is v: as "
    "long as its largest entry?",
)
def hvp(grad, x, v, h):
    length = np.max(np.abs(v))
    u = v / length if length != 0 else 0 * v
    return length * (np.asarray(grad(x + h * u)) - grad(x - h * u)) / (2 * h)


@task.mistake(
    "length without the root",
    "For v = (3, 4) you divide by 25, and look only 0.1 to each side where h is 0.5. How long "
    "should the vector u be?",
)
def hvp(grad, x, v, h):
    length = np.sum(v**2)
    u = v / length if length != 0 else 0 * v
    return length * (np.asarray(grad(x + h * u)) - grad(x - h * u)) / (2 * h)


@task.mistake(
    "divided by 2, multiplied by h",
    "With h = 0.5 your product is a quarter of the right one, with h = 1 it is right. In which "
    "order does Python read a / 2 * h?",
)
def hvp(grad, x, v, h):
    length = np.linalg.norm(v)
    u = v / length if length != 0 else 0 * v
    return length * (np.asarray(grad(x + h * u)) - grad(x - h * u)) / 2 * h


@task.mistake(
    "width forgotten",
    "The smaller h is, the smaller your product. The change of the gradient is there: over which "
    "distance did it change?",
)
def hvp(grad, x, v, h):
    length = np.linalg.norm(v)
    u = v / length if length != 0 else 0 * v
    return length * (np.asarray(grad(x + h * u)) - grad(x - h * u)) / 2


@task.mistake(
    "backward",
    "One of your two gradients is taken at x itself and the other behind it. What does looking to "
    "both sides cancel?",
)
def hvp(grad, x, v, h):
    length = np.linalg.norm(v)
    u = v / length if length != 0 else 0 * v
    return length * (np.asarray(grad(x * 1.0)) - grad(x - h * u)) / h


@task.mistake(
    "length of x",
    "You multiply by the length of x. The product should be twice as long for 2v: whose length was "
    "taken out, and has to come back?",
)
def hvp(grad, x, v, h):
    length = np.linalg.norm(v)
    u = v / length if length != 0 else 0 * v
    return np.linalg.norm(x) * (np.asarray(grad(x + h * u)) - grad(x - h * u)) / (2 * h)


@task.accepts("by the scaled step")
def hvp(grad, x, v, h):
    size = np.sqrt(np.sum(np.square(v, dtype=float)))
    if size == 0:
        return np.zeros(np.shape(x))
    step = h / size
    return (np.asarray(grad(x + step * v)) - np.asarray(grad(x - step * v))) / (2 * step)


@task.accepts("with the norm of all entries")
def hvp(grad, x, v, h):
    x, v = np.asarray(x, dtype=float), np.asarray(v, dtype=float)
    length = np.linalg.norm(v.ravel())
    u = v / (length or 1.0)
    ahead, behind = np.array(grad(x + h * u)), np.array(grad(x - h * u))
    return (ahead - behind) * (length / (2 * h))
