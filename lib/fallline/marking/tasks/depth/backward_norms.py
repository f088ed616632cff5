"""Task `backward_norms` of chapter `depth`."""

import numpy as np

from fallline import depth as reference
from fallline.marking.task import Case, Task
from fallline.marking.tasks.depth.cases import gaussian_matrices, ramp_matrices, step, tanh_slope


def backward_case(label, Ws, x, g, phi, dphi):
    zs, _ = reference.deep_forward(Ws, x, phi)
    return Case(label, (Ws, list(zs), dphi, g))


def random_backwards(rng):
    cases = []
    for sizes, scale in (((3, 5, 2), 1.0), ((4, 4, 4, 4), 1e3), ((2, 6, 3, 2), 1e-3)):
        Ws, x, g = (
            gaussian_matrices(rng, sizes),
            rng.normal(size=sizes[0]),
            rng.normal(size=(sizes[-1])),
        )
        words = " → ".join(map(str, sizes))
        label = f"random layers {words} with tanh, g near {scale:g}"
        cases.append(backward_case(label, Ws, x, scale * g, np.tanh, tanh_slope))
    Ws, x, g = gaussian_matrices(rng, (3, 4, 3)), rng.normal(size=(3, 5)), rng.normal(size=(3, 5))
    cases.append(backward_case("five examples as columns", Ws, x, g, np.tanh, tanh_slope))
    return cases


BACK = [np.array([[1.0, 0.0], [0.0, 4.0]]), np.array([[3.0, 1.0]])]


task = Task(
    reference.backward_norms,
    cases=[
        Case(
            "layers 2 → 2 → 1 with ReLU, z₁ = (2, -20), z₂ = (6), g = (2)",
            (BACK, [np.array([2.0, -20.0]), np.array([6.0])], step, np.array([2.0])),
        ),
        Case(
            "one layer W = [[3, 0], [4, 0]], ReLU, z = (1, 1), g = (1, 1)",
            ([np.array([[3.0, 0.0], [4.0, 0.0]])], [np.ones(2)], step, np.ones(2)),
        ),
        Case(
            "W = [[1, 2], [0, 1]], whole numbers, z = (1, 0), g = (1, 2), tanh",
            ([np.array([[1, 2], [0, 1]])], [np.array([1, 0])], tanh_slope, np.array([1, 2])),
        ),
        backward_case(
            "square layers with tanh",
            ramp_matrices(3, 3, 3),
            np.array([1.0, -0.5, 0.25]),
            np.array([1.0, 0.0, -2.0]),
            np.tanh,
            tanh_slope,
        ),
        backward_case(
            "two examples as columns, one gradient the negative of the other",
            ramp_matrices(2, 2, 2),
            np.array([[1.0, 1.0], [0.5, 0.5]]),
            np.array([[1.0, -1.0], [2.0, -2.0]]),
            np.tanh,
            tanh_slope,
        ),
        Case("g = 0", (BACK, [np.ones(2), np.ones(1)], step, np.zeros(1))),
        Case("g holds NaN", (BACK, [np.ones(2), np.ones(1)], step, np.array([np.nan]))),
        Case("g does not fit", (BACK, [np.ones(2), np.ones(1)], step, np.ones(3))),
    ],
    draw=random_backwards,
    rtol=1e-9,
    why="products of small matrices: only rounding may differ",
)


@task.mistake(
    "slope of the layer before",
    "The gradient meets the slope of a layer before it meets that layer's weights. "
    "Which z belongs to the last weight matrix, and is its slope in your last product?",
)
def backward_norms(Ws, zs, dphi, g):
    s = np.array(g, dtype=float)
    if len(Ws) and s.shape != np.shape(zs[-1]):
        raise ValueError("g does not fit")
    norms = [np.linalg.norm(s)]
    for k in range(len(Ws) - 1, -1, -1):
        s = np.asarray(Ws[k]).T @ s
        if k > 0:
            s = s * dphi(zs[k - 1])
        norms.append(np.linalg.norm(s))
    return np.array(norms[::-1])


@task.mistake(
    "slope in terms of h, taken of z",
    "1 - h² is the slope of tanh in terms of what comes out, and you put z into it. "
    "The function dphi is given, takes z, and is not always that of tanh.",
)
def backward_norms(Ws, zs, dphi, g):
    signals = [np.array(g, dtype=float)]
    if np.shape(g) != np.shape(zs[-1]):
        raise ValueError("g does not fit")
    for W, z in zip(Ws[::-1], zs[::-1], strict=True):
        signals.append(np.asarray(W).T @ ((1 - np.asarray(z) ** 2) * signals[-1]))
    return np.array([np.linalg.norm(s) for s in signals[::-1]])


@task.mistake(
    "W not transposed",
    "Forward, W mixes inputs into outputs. Backward, each input collects from all outputs that it "
    "went into: down a column of W, not along a row.",
)
def backward_norms(Ws, zs, dphi, g):
    signals = [np.array(g, dtype=float)]
    if np.shape(g) != np.shape(zs[-1]):
        raise ValueError("g does not fit")
    for W, z in zip(Ws[::-1], zs[::-1], strict=True):
        signals.append(np.asarray(W, dtype=float) @ (dphi(z) * signals[-1]))
    return np.array([np.linalg.norm(s) for s in signals[::-1]])


@task.mistake(
    "norm of the mean",
    "You average over the examples before you measure the length, and gradients of opposite "
    "directions cancel. Measure all the numbers.",
)
def backward_norms(Ws, zs, dphi, g):
    signals = [np.array(g, dtype=float)]
    if np.shape(g) != np.shape(zs[-1]):
        raise ValueError("g does not fit")
    for W, z in zip(Ws[::-1], zs[::-1], strict=True):
        signals.append(np.asarray(W).T @ (dphi(z) * signals[-1]))
    signals = [s.mean(axis=1) if s.ndim == 2 else s for s in signals]
    return np.array([np.linalg.norm(s) for s in signals[::-1]])


@task.mistake(
    "slopes forgotten",
    "Only the weights are in your product. Each layer also has an activation, "
    "and its slope is what makes gradients fade.",
)
def backward_norms(Ws, zs, dphi, g):
    signals = [np.array(g, dtype=float)]
    if np.shape(g) != np.shape(zs[-1]):
        raise ValueError("g does not fit")
    for W in Ws[::-1]:
        signals.append(np.asarray(W).T @ signals[-1])
    return np.array([np.linalg.norm(s) for s in signals[::-1]])


@task.mistake(
    "from the end to the start",
    "The numbers are right and stand in the order in which you found them. "
    "Asked for is the order of the layers: the input's norm comes first.",
)
def backward_norms(Ws, zs, dphi, g):
    signals = [np.array(g, dtype=float)]
    if np.shape(g) != np.shape(zs[-1]):
        raise ValueError("g does not fit")
    for W, z in zip(Ws[::-1], zs[::-1], strict=True):
        signals.append(np.asarray(W).T @ (dphi(z) * signals[-1]))
    return np.array([np.linalg.norm(s) for s in signals])


@task.mistake(
    "squared norms",
    "These are the squares of the norms: a root is missing.",
)
def backward_norms(Ws, zs, dphi, g):
    signals = [np.array(g, dtype=float)]
    if np.shape(g) != np.shape(zs[-1]):
        raise ValueError("g does not fit")
    for W, z in zip(Ws[::-1], zs[::-1], strict=True):
        signals.append(np.asarray(W).T @ (dphi(z) * signals[-1]))
    return np.array([np.sum(s**2) for s in signals[::-1]])


@task.mistake(
    "gradients of z",
    "These are the gradients with respect to z, behind the slope. "
    "The ones with respect to h are measured before it, and the input has one as well.",
)
def backward_norms(Ws, zs, dphi, g):
    s, deltas = np.array(g, dtype=float), []
    if s.shape != np.shape(zs[-1]):
        raise ValueError("g does not fit")
    for W, z in zip(Ws[::-1], zs[::-1], strict=True):
        deltas.append(dphi(z) * s)
        s = np.asarray(W).T @ deltas[-1]
    return np.array([np.linalg.norm(d) for d in deltas[::-1]])


@task.mistake(
    "slope behind the weights",
    "You multiply by the weights first and by the slope afterwards. On the way back, which of "
    "the two does the gradient meet first?",
)
def backward_norms(Ws, zs, dphi, g):
    norms = [np.linalg.norm(g)]
    for W, z in zip(reversed(Ws), reversed(zs), strict=True):
        g = (W.T @ g) * dphi(z)
        norms.append(np.linalg.norm(g))
    return np.array(norms[::-1])


@task.mistake(
    "from the first layer on",
    "You begin with the first weight matrix. The gradient comes in at the other end: which "
    "layer does g belong to?",
)
def backward_norms(Ws, zs, dphi, g):
    norms = [np.linalg.norm(g)]
    for W, z in zip(Ws, zs, strict=False):
        g = W.T @ (g * dphi(z))
        norms.append(np.linalg.norm(g))
    return np.array(norms[::-1])


@task.mistake(
    "z in place of its slope",
    "You multiply by z itself. How much does a unit pass on if z moves a little: z, or the "
    "slope of the activation at z?",
)
def backward_norms(Ws, zs, dphi, g):
    norms = [np.linalg.norm(g)]
    for W, z in zip(reversed(Ws), reversed(zs), strict=True):
        g = W.T @ (g * z)
        norms.append(np.linalg.norm(g))
    return np.array(norms[::-1])


@task.mistake(
    "output's norm missing",
    "One norm is missing: that of g, where the walk begins. Two layers have three signals.",
)
def backward_norms(Ws, zs, dphi, g):
    norms = []
    for W, z in zip(reversed(Ws), reversed(zs), strict=True):
        g = W.T @ (g * dphi(z))
        norms.append(np.linalg.norm(g))
    return np.array(norms[::-1])


@task.mistake(
    "mean of the norms",
    "For several examples you average the norms of the columns. The norm of all numbers adds "
    "their squares: what is it for two columns of norm 1?",
)
def backward_norms(Ws, zs, dphi, g):
    norms = [np.mean(np.linalg.norm(g, axis=0))]
    for W, z in zip(Ws[::-1], zs[::-1], strict=True):
        g = W.T @ (g * dphi(z))
        norms.append(np.mean(np.linalg.norm(g, axis=0)))
    return np.array(norms[::-1])


@task.mistake(
    "norm of a matrix",
    "Vectors come out right, and a batch comes out too small. Which norm does NumPy take if a "
    "table comes with the order 2?",
)
def backward_norms(Ws, zs, dphi, g):
    norms = [np.linalg.norm(g, 2)]
    for W, z in zip(reversed(Ws), reversed(zs), strict=True):
        g = W.T @ (dphi(z) * g)
        norms.append(np.linalg.norm(g, 2))
    return np.array(norms[::-1])


@task.mistake(
    "largest entry",
    "Each of your numbers is the size of the largest entry. What do the other entries add to "
    "the length?",
)
def backward_norms(Ws, zs, dphi, g):
    norms = [np.max(np.abs(g))]
    for W, z in zip(reversed(Ws), reversed(zs), strict=True):
        g = W.T @ (dphi(z) * g)
        norms.append(np.max(np.abs(g)))
    return np.array(norms[::-1])


@task.mistake(
    "root of the mean square",
    "Your numbers are too small, the more so the more units a layer has. Does a norm take the "
    "sum of the squares, or their mean?",
)
def backward_norms(Ws, zs, dphi, g):
    norms = [np.sqrt(np.mean(g**2))]
    for W, z in zip(reversed(Ws), reversed(zs), strict=True):
        g = W.T @ (dphi(z) * g)
        norms.append(np.sqrt(np.mean(g**2)))
    return np.array(norms[::-1])


@task.mistake(
    "deltas, and g",
    "The last norm is right, and the ones before it are those of δ, behind the slope. Through "
    "what does δ still have to go, to become the gradient of the signal before?",
)
def backward_norms(Ws, zs, dphi, g):
    norms = [np.linalg.norm(g)]
    for W, z in zip(reversed(Ws), reversed(zs), strict=True):
        delta = dphi(z) * g
        norms.append(np.linalg.norm(delta))
        g = W.T @ delta
    return np.array(norms[::-1])


@task.accepts("by index, from the left")
def backward_norms(Ws, zs, dphi, g):
    s, norms = np.array(g, dtype=float), np.empty(len(Ws) + 1)
    if s.shape != np.shape(zs[-1]):
        raise ValueError("g does not fit")
    norms[-1] = np.sqrt(np.sum(s * s))
    for k in reversed(range(len(Ws))):
        s = ((s * dphi(zs[k])).T @ Ws[k]).T
        norms[k] = np.sqrt(np.sum(s * s))
    return norms


@task.accepts("as a product of Jacobians")
def backward_norms(Ws, zs, dphi, g):
    g = np.array(g, dtype=float)
    if g.shape != np.shape(zs[-1]):
        raise ValueError("g does not fit")
    columns = g.reshape(len(g), -1)
    squares = np.zeros(len(Ws) + 1)
    for n in range(columns.shape[1]):
        row = columns[:, n]
        squares[-1] += row @ row
        for k in range(len(Ws) - 1, -1, -1):
            slope = np.asarray(dphi(zs[k])).reshape(len(zs[k]), -1)[:, n]
            row = row @ (slope[:, None] * Ws[k])
            squares[k] += row @ row
    return np.sqrt(squares)
