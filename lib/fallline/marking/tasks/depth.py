"""The tasks of chapter `depth`."""

from itertools import pairwise
from types import SimpleNamespace

import numpy as np

from fallline import depth as reference
from fallline.marking.task import Case, ProblemSet

problems = ProblemSet("depth")


def positive_part(z):
    return np.maximum(z, 0.0)


def step(z):
    return np.heaviside(z, 0.0)


def tanh_slope(z):
    return 1.0 / np.cosh(z) ** 2


def ramp_matrices(*sizes):
    """Return weight matrices of those sizes without symmetry, entries a multiple of 1/4."""
    return [
        ((np.arange(m * n) * 5 + k) % 11 - 5.0).reshape(m, n) / 4
        for k, (n, m) in enumerate(pairwise(sizes))
    ]


def gaussian_matrices(rng, sizes, scale=1.0):
    pairs = pairwise(sizes)
    return [scale * rng.normal(size=(m, n)) / np.sqrt(n) for n, m in pairs]


# --- deep_forward ---


def on_a_copy(answer, Ws, x, *rest):
    """Hand x over as a copy, so that it may become the first signal as it is.

    What is done to the copy is done to x, so that a change is seen.
    """
    given = x.copy()
    try:
        return answer(Ws, given, *rest)
    finally:
        x[...] = given


def random_networks(rng):
    cases = []
    for sizes, scale in (((3, 5, 2), 1.0), ((4, 4, 4, 4), 1e-3), ((2, 3, 6, 1), 1e3)):
        Ws, x = gaussian_matrices(rng, sizes), scale * rng.normal(size=sizes[0])
        x[0] = 0.0
        words = " → ".join(map(str, sizes))
        cases.append(Case(f"random layers {words} with tanh", (Ws, x, np.tanh), on_a_copy))
    return cases


HAND = [np.array([[1.0, -1.0], [0.0, 2.0], [3.0, 0.0]]), np.array([[1.0, 1.0, 1.0]])]

task = problems.task(
    reference.deep_forward,
    cases=[
        Case(
            "layers 2 → 3 → 1, x = (2, 5), ReLU",
            (HAND, np.array([2.0, 5.0]), positive_part),
            on_a_copy,
        ),
        Case(
            "W = [[1, -1], [0, 2]] and [[2, 1]], whole numbers, x = (1, 0), tanh",
            ([np.array([[1, -1], [0, 2]]), np.array([[2, 1]])], np.array([1.0, 0.0]), np.tanh),
            on_a_copy,
        ),
        Case(
            "square layers, three inputs as columns",
            (ramp_matrices(2, 2, 2), np.array([[1.0, 0.0, -2.0], [0.5, 1.0, 3.0]]), np.tanh),
            on_a_copy,
        ),
        Case(
            "layers 3 → 2 → 4 → 3 with ReLU",
            (ramp_matrices(3, 2, 4, 3), np.array([1.0, -2.0, 0.5]), positive_part),
            on_a_copy,
        ),
        Case("no layer at all", ([], np.array([1.5, 2.0]), np.tanh), on_a_copy),
        Case("x holds NaN", (HAND, np.array([np.nan, 1.0]), np.tanh), on_a_copy),
        Case("x has an entry too many", (HAND, np.ones(3), np.tanh), on_a_copy),
    ],
    draw=random_networks,
    why="products of small matrices: only rounding may differ",
)


@task.mistake(
    "W transposed",
    "W has one row for each output and one column for each input. "
    "Which side of W has to fit the signal that arrives?",
)
def deep_forward(Ws, x, phi):
    zs, hs = [], [np.array(x, dtype=float)]
    for W in Ws:
        zs.append(np.asarray(W, dtype=float).T @ hs[-1])
        hs.append(phi(zs[-1]))
    return zs, hs


@task.mistake(
    "z is what came out",
    "The zs equal the hs: what goes into the activation has been lost. Either phi worked in the "
    "memory of z, or z was stored after the activation. The backward pass needs both.",
)
def deep_forward(Ws, x, phi):
    zs, hs = [], [np.array(x, dtype=float)]
    for W in Ws:
        z = W @ hs[-1]
        z[...] = phi(z)
        zs.append(z)
        hs.append(z.copy())
    return zs, hs


@task.mistake(
    "signals twice",
    "Two different lists are asked for: what goes into each activation, one for each layer, "
    "and the signals, one more because the input counts.",
)
def deep_forward(Ws, x, phi):
    hs = [np.array(x, dtype=float)]
    for W in Ws:
        hs.append(phi(W @ hs[-1]))
    return [h.copy() for h in hs], hs


@task.mistake(
    "input missing",
    "The input is a signal too: the first weight matrix's gradient is made of it. "
    "L layers have L + 1 signals.",
)
def deep_forward(Ws, x, phi):
    zs, hs, h = [], [], np.array(x, dtype=float)
    for W in Ws:
        zs.append(W @ h)
        h = phi(zs[-1])
        hs.append(h)
    return zs, hs


@task.mistake(
    "activation on the input",
    "The input goes into the first layer as it is. An activation stands behind a weight matrix, "
    "not in front of the first one.",
)
def deep_forward(Ws, x, phi):
    zs, hs = [], [phi(np.array(x, dtype=float))]
    for W in Ws:
        zs.append(W @ hs[-1])
        hs.append(phi(zs[-1]))
    return zs, hs


@task.mistake(
    "no activation at the end",
    "Every layer ends with the activation here, the last one as well: "
    "the losses of this chapter begin behind it.",
)
def deep_forward(Ws, x, phi):
    zs, hs = [], [np.array(x, dtype=float)]
    for k, W in enumerate(Ws, start=1):
        zs.append(W @ hs[-1])
        hs.append(phi(zs[-1]) if k < len(Ws) else zs[-1].copy())
    return zs, hs


@task.mistake(
    "activation skipped",
    "Each layer takes the last z. It should take what the activation made of it: without the "
    "activation in between, all layers together are one matrix.",
)
def deep_forward(Ws, x, phi):
    zs, hs, z = [], [np.array(x, dtype=float)], np.array(x, dtype=float)
    for W in Ws:
        z = W @ z
        zs.append(z)
        hs.append(phi(z))
    return zs, hs


@task.mistake(
    "signal on the left",
    "The signal stands to the left of W here, so it runs along the columns of W. Which side "
    "of W counts the inputs of the layer?",
)
def deep_forward(Ws, x, phi):
    zs, hs = [], [x]
    for W in Ws:
        zs.append(hs[-1] @ W)
        hs.append(phi(zs[-1]))
    return zs, hs


@task.mistake(
    "entry by entry",
    "Your product multiplies entries and adds nothing up. One unit collects from all inputs: "
    "how many numbers should come out of a layer with two outputs?",
)
def deep_forward(Ws, x, phi):
    zs, hs = [], [x]
    for W in Ws:
        zs.append(W * hs[-1])
        hs.append(phi(zs[-1]))
    return zs, hs


@task.mistake(
    "input among the z",
    "There is one z too many: the input has not gone through any weights. With two layers, "
    "how many activations are there to feed?",
)
def deep_forward(Ws, x, phi):
    zs, hs = [x.copy()], [x]
    for W in Ws:
        zs.append(W @ hs[-1])
        hs.append(phi(zs[-1]))
    return zs, hs


@task.mistake(
    "layers backwards",
    "You begin with the last weight matrix. Which layer meets x first?",
)
def deep_forward(Ws, x, phi):
    zs, hs = [], [x]
    for W in Ws[::-1]:
        zs.append(W @ hs[-1])
        hs.append(phi(zs[-1]))
    return zs, hs


@task.accepts("with a signal that walks")
def deep_forward(Ws, x, phi):
    h = np.array(x, dtype=float)
    zs, hs = [], [h]
    for W in Ws:
        z = np.dot(W, h)
        h = phi(z)
        zs, hs = [*zs, z], [*hs, h]
    return zs, hs


@task.accepts("by recursion, as tuples")
def deep_forward(Ws, x, phi):
    x = 1.0 * np.asarray(x)
    if not len(Ws):
        return (), (x,)
    z = np.einsum("ij,j...->i...", Ws[0], x)
    h = phi(z)
    zs, hs = (), ()
    for W in Ws[1:]:
        h = h if not hs else hs[-1]
        zs = (*zs, W @ h)
        hs = (*hs, phi(zs[-1]))
    return (z, *zs), (x, phi(z), *hs)


# --- backward_norms ---


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

task = problems.task(
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


# --- init_weights ---


def missing(*args, size=None):
    """Draw NaN, whatever is asked for; the shape is the last argument."""
    return np.full(args[-1] if size is None else size, np.nan)


# A generator whose every number is NaN: what is drawn must come out.
NOTHING_BUT_NAN = SimpleNamespace(
    normal=missing, standard_normal=missing, uniform=missing, random=missing
)


def habits(answer, kind, n_in, n_out, seed):
    """Return what can be said of drawn weights: shape, dependence on rng, spread, law, centre."""
    if seed is None:
        return float(np.sum(answer(kind, n_in, n_out, NOTHING_BUT_NAN)))
    W, again, other = (
        answer(kind, n_in, n_out, np.random.default_rng(s)) for s in (seed, seed, seed + 1)
    )
    if not isinstance(W, np.ndarray) or W.ndim != 2:
        return W
    fair = np.array_equal(W, again) and (not W.any() or not np.array_equal(W, other))
    words = "drawn from rng alone" if fair else "not drawn from rng alone"
    spread, size, centre = (float(v) for v in (np.sqrt(np.mean(W**2)), np.abs(W).mean(), W.mean()))
    unit = spread or 1.0
    return W.shape, words, spread, size / unit, 1 + centre / unit


def random_sizes(rng):
    cases = []
    for law in ("normal", "uniform"):
        n = int(rng.integers(60, 80))
        name = ("xavier", "he", "lecun")[int(rng.integers(3))]
        sizes = (n, 5 * n) if rng.random() < 0.5 else (5 * n, n)
        kind = f"{name}-{law}"
        args = (kind, *sizes, int(rng.integers(10**6)))
        cases.append(Case(f"{kind}, {sizes[0]} inputs and {sizes[1]} outputs", args, habits))
    return cases


task = problems.task(
    reference.init_weights,
    cases=[
        *(
            Case(f"{kind}, 300 inputs and 75 outputs", (kind, 300, 75, 5), habits)
            for kind in ("he-normal", "he-uniform", "xavier-normal", "lecun-uniform")
        ),
        *(
            Case(f"{kind}, 75 inputs and 300 outputs", (kind, 75, 300, 6), habits)
            for kind in ("xavier-uniform", "lecun-normal", "he-normal")
        ),
        Case("a generator that draws NaN only", ("he-normal", 2, 3, None), habits),
    ],
    draw=random_sizes,
    rtol=0.05,
    why="some 20 000 draws: their spread is within 0.5 % of its mean, their centre within 0.7 % "
    "of a spread, so 5 % is more than five standard errors of a difference",
)


@task.mistake(
    "variance taken for standard deviation",
    "A generator wants the standard deviation, and these formulas give the variance. "
    "What is between the two?",
)
def init_weights(kind, n_in, n_out, rng):
    name, law = kind.split("-")
    variance = {"xavier": 2 / (n_in + n_out), "he": 2 / n_in, "lecun": 1 / n_in}[name]
    if law == "normal":
        return rng.normal(0.0, variance, (n_out, n_in))
    return rng.uniform(-np.sqrt(3) * variance, np.sqrt(3) * variance, (n_out, n_in))


@task.mistake(
    "uniform bound too small",
    "Numbers spread evenly between -a and a have a variance smaller than a². "
    "Work out ∫ x² dx / 2a over that range, then choose a.",
)
def init_weights(kind, n_in, n_out, rng):
    name, law = kind.split("-")
    std = np.sqrt({"xavier": 2 / (n_in + n_out), "he": 2 / n_in, "lecun": 1 / n_in}[name])
    if law == "normal":
        return rng.normal(0.0, std, (n_out, n_in))
    return rng.uniform(-std, std, (n_out, n_in))


@task.mistake(
    "number of outputs",
    "A forward sum runs over the inputs of a unit. "
    "For he and lecun the number that counts is how many terms that sum has.",
)
def init_weights(kind, n_in, n_out, rng):
    name, law = kind.split("-")
    std = np.sqrt({"xavier": 2 / (n_in + n_out), "he": 2 / n_out, "lecun": 1 / n_out}[name])
    if law == "normal":
        return rng.normal(0.0, std, (n_out, n_in))
    return rng.uniform(-np.sqrt(3) * std, np.sqrt(3) * std, (n_out, n_in))


@task.mistake(
    "sum of the fans instead of their mean",
    "Xavier replaces the number of inputs by the mean of inputs and outputs. "
    "With as many of one as of the other, your variance should be that of lecun.",
)
def init_weights(kind, n_in, n_out, rng):
    name, law = kind.split("-")
    std = np.sqrt({"xavier": 1 / (n_in + n_out), "he": 2 / n_in, "lecun": 1 / n_in}[name])
    if law == "normal":
        return rng.normal(0.0, std, (n_out, n_in))
    return rng.uniform(-np.sqrt(3) * std, np.sqrt(3) * std, (n_out, n_in))


@task.mistake(
    "shape turned round",
    "The numbers are right, and the matrix lies on its side: "
    "it has one row for each output and one column for each input.",
)
def init_weights(kind, n_in, n_out, rng):
    name, law = kind.split("-")
    std = np.sqrt({"xavier": 2 / (n_in + n_out), "he": 2 / n_in, "lecun": 1 / n_in}[name])
    if law == "normal":
        return rng.normal(0.0, std, (n_in, n_out))
    return rng.uniform(-np.sqrt(3) * std, np.sqrt(3) * std, (n_in, n_out))


@task.mistake(
    "uniform from zero",
    "Your uniform weights are all positive. Their law is symmetric around 0, "
    "or every unit of the next layer is pushed the same way.",
)
def init_weights(kind, n_in, n_out, rng):
    name, law = kind.split("-")
    std = np.sqrt({"xavier": 2 / (n_in + n_out), "he": 2 / n_in, "lecun": 1 / n_in}[name])
    if law == "normal":
        return rng.normal(0.0, std, (n_out, n_in))
    return rng.uniform(0.0, np.sqrt(3) * std, (n_out, n_in))


@task.mistake(
    "a generator of its own",
    "You draw the same weights whatever rng is given. Whoever calls the function decides on the "
    "randomness: draw from rng, and make no generator inside.",
)
def init_weights(kind, n_in, n_out, rng):
    rng = np.random.default_rng(0)
    name, law = kind.split("-")
    std = np.sqrt({"xavier": 2 / (n_in + n_out), "he": 2 / n_in, "lecun": 1 / n_in}[name])
    if law == "normal":
        return rng.normal(0.0, std, (n_out, n_in))
    return rng.uniform(-np.sqrt(3) * std, np.sqrt(3) * std, (n_out, n_in))


@task.mistake(
    "no root anywhere",
    "Both laws come out with the spread of a variance. The numbers are far too small: what is "
    "the unit of a variance, and what is that of a weight?",
)
def init_weights(kind, n_in, n_out, rng):
    name, law = kind.split("-")
    v = {"xavier": 2 / (n_in + n_out), "he": 2 / n_in, "lecun": 1 / n_in}[name]
    if law == "normal":
        return rng.normal(0.0, v, (n_out, n_in))
    return rng.uniform(-3 * v, 3 * v, (n_out, n_in))


@task.mistake(
    "width taken for half width",
    "Your uniform weights spread twice as far as they should. The width of the range is 2a: "
    "which formula for the variance is about the width, and which about a?",
)
def init_weights(kind, n_in, n_out, rng):
    name, law = kind.split("-")
    v = {"xavier": 2 / (n_in + n_out), "he": 2 / n_in, "lecun": 1 / n_in}[name]
    a = np.sqrt(12 * v)
    if law == "normal":
        return rng.normal(0.0, np.sqrt(v), (n_out, n_in))
    return rng.uniform(-a, a, (n_out, n_in))


@task.mistake(
    "always normal",
    "The spread is right, and the law is not: nothing beyond a may occur in a uniform law. "
    "Does your code look at the second half of kind?",
)
def init_weights(kind, n_in, n_out, rng):
    name = kind.split("-")[0]
    v = {"xavier": 2 / (n_in + n_out), "he": 2 / n_in, "lecun": 1 / n_in}[name]
    return rng.normal(0.0, np.sqrt(v), (n_out, n_in))


@task.mistake(
    "three on the wrong side",
    "Your uniform weights are three times too small. Solve a²/3 = variance for a: on which side "
    "does the 3 end up?",
)
def init_weights(kind, n_in, n_out, rng):
    name, law = kind.split("-")
    variance = {"xavier": 2 / (n_in + n_out), "he": 2 / n_in, "lecun": 1 / n_in}[name]
    if law == "normal":
        return np.sqrt(variance) * rng.normal(size=(n_out, n_in))
    a = np.sqrt(variance / 3)
    return rng.uniform(-a, a, size=(n_out, n_in))


@task.mistake(
    "six for three",
    "Your uniform weights have twice the variance asked for. The 6 of the textbooks holds a 2 "
    "that belongs to the recipe: is it in your variance already?",
)
def init_weights(kind, n_in, n_out, rng):
    name, law = kind.split("-")
    variance = {"xavier": 2 / (n_in + n_out), "he": 2 / n_in, "lecun": 1 / n_in}[name]
    if law == "normal":
        return np.sqrt(variance) * rng.normal(size=(n_out, n_in))
    a = np.sqrt(6 * variance)
    return rng.uniform(-a, a, size=(n_out, n_in))


@task.mistake(
    "xavier from the inputs alone",
    "he and lecun are right, and xavier has the spread of lecun. On which two numbers does it "
    "depend?",
)
def init_weights(kind, n_in, n_out, rng):
    name, law = kind.split("-")
    variance = {"xavier": 1 / n_in, "he": 2 / n_in, "lecun": 1 / n_in}[name]
    if law == "normal":
        return np.sqrt(variance) * rng.normal(size=(n_out, n_in))
    a = np.sqrt(3 * variance)
    return rng.uniform(-a, a, size=(n_out, n_in))


@task.mistake(
    "six in the variance",
    "he and lecun are right, and xavier has three times its variance. Is the 6 that you remember "
    "a variance, or the square of a bound?",
)
def init_weights(kind, n_in, n_out, rng):
    name, law = kind.split("-")
    variance = {"xavier": 6 / (n_in + n_out), "he": 2 / n_in, "lecun": 1 / n_in}[name]
    if law == "normal":
        return np.sqrt(variance) * rng.normal(size=(n_out, n_in))
    a = np.sqrt(3 * variance)
    return rng.uniform(-a, a, size=(n_out, n_in))


@task.mistake(
    "mean of both fans for all",
    "xavier is right, and the other two depend on n_out. Which numbers stand in their rows of the "
    "table?",
)
def init_weights(kind, n_in, n_out, rng):
    name, law = kind.split("-")
    variance = {
        "xavier": 2 / (n_in + n_out),
        "he": 4 / (n_in + n_out),
        "lecun": 2 / (n_in + n_out),
    }[name]
    if law == "normal":
        return np.sqrt(variance) * rng.normal(size=(n_out, n_in))
    a = np.sqrt(3 * variance)
    return rng.uniform(-a, a, size=(n_out, n_in))


@task.accepts("standard numbers, then scaled")
def init_weights(kind, n_in, n_out, rng):
    fan = {"xavier": (n_in + n_out) / 2, "he": n_in / 2, "lecun": n_in}[kind.split("-")[0]]
    if kind.endswith("normal"):
        return rng.standard_normal((n_out, n_in)) / np.sqrt(fan)
    return (2 * rng.random((n_out, n_in)) - 1) * np.sqrt(3 / fan)


@task.accepts("drawn column by column")
def init_weights(kind, n_in, n_out, rng):
    name, law = kind.split("-")
    variance = {"xavier": 2 / (n_in + n_out), "he": 2 / n_in, "lecun": 1 / n_in}[name]
    a = (3 * variance) ** 0.5
    if law == "normal":
        return rng.normal(0.0, variance**0.5, size=(n_in, n_out)).T.copy()
    return rng.uniform(-a, a, size=(n_in, n_out)).T.copy()


# --- variance_map and chi ---


def with_bias(answer, q, sw2, phi, rng, n, sb2):
    return answer(q, sw2, phi, rng, n, sb2=sb2)


def random_variances(rng):
    cases = []
    for scale in (1e-3, 1.0, 1e3):
        q, sw2, sb2 = scale * rng.uniform(0.5, 2), rng.uniform(0.5, 4), rng.uniform(0.1, 1)
        words = f"tanh, q = {q:.3g}, sw2 = {sw2:.3g}"
        draws = np.random.default_rng(int(rng.integers(10**6)))
        args = (q, sw2, np.tanh, draws, 50, sb2)
        cases.append(Case(f"variance_map: {words}, sb2 = {sb2:.3g}", args, with_bias))
        args = (q, sw2, tanh_slope, draws, 50)
        cases.append(Case(f"chi: {words}", args, of="chi"))
    return cases


def generator():
    return np.random.default_rng(7)


def half_plus(z):
    return 0.5 + 0.25 * z


task = problems.task(
    (reference.variance_map, reference.chi),
    cases=[
        Case("variance_map: ReLU, q = 3, sw2 = 2", (3.0, 2.0, positive_part, generator(), 40)),
        Case("chi: ReLU, q = 3, sw2 = 2", (3.0, 2.0, step, generator(), 40), of="chi"),
        Case("variance_map: tanh, whole numbers", (4, 2, np.tanh, generator(), 30)),
        Case("chi: tanh, whole numbers", (4, 2, tanh_slope, generator(), 30), of="chi"),
        Case("variance_map: phi(z) = 1/2 + z/4", (0.25, 1.5, half_plus, generator(), 25)),
        Case("variance_map: sb2 = 0.5", (0.25, 1.5, np.tanh, generator(), 25, 0.5), with_bias),
        Case("variance_map: q = 0", (0.0, 2.0, half_plus, generator(), 20)),
        Case("chi: q = 0", (0.0, 2.0, tanh_slope, generator(), 20), of="chi"),
        Case("variance_map: q is NaN", (np.nan, 2.0, np.tanh, generator(), 20)),
        Case("chi: q is NaN", (np.nan, 2.0, tanh_slope, generator(), 20), of="chi"),
    ],
    draw=random_variances,
    rtol=1e-9,
    why="the same numbers are drawn from rng, so only rounding may differ",
)


@task.mistake(
    "variance taken for standard deviation",
    "q is the variance of z. With which number does a standard normal one have to be multiplied "
    "to get the variance q?",
)
def variance_map(q, sw2, phi, rng, n, sb2=0.0):
    return float(sw2 * np.mean(phi(q * rng.standard_normal(n)) ** 2) + sb2)


@task.mistake(
    "activation not squared",
    "The mean of the activation is not what travels: the next z is a sum of weights times "
    "activations, and its variance is made of their squares.",
)
def variance_map(q, sw2, phi, rng, n, sb2=0.0):
    return float(sw2 * np.mean(phi(np.sqrt(q) * rng.standard_normal(n))) + sb2)


@task.mistake(
    "variance of the activation",
    "You subtract the mean of the activation. The weights have mean 0 and the activation need "
    "not: what counts is the mean of its square, not its variance.",
)
def variance_map(q, sw2, phi, rng, n, sb2=0.0):
    return float(sw2 * np.var(phi(np.sqrt(q) * rng.standard_normal(n))) + sb2)


@task.mistake(
    "bias forgotten",
    "A bias is added to z and is independent of everything else. "
    "What does an independent number do to the variance of a sum?",
)
def variance_map(q, sw2, phi, rng, n, sb2=0.0):
    return float(sw2 * np.mean(phi(np.sqrt(q) * rng.standard_normal(n)) ** 2))


@task.mistake(
    "weights outside of the square",
    "sw2 is a variance already, and you take its root, or square it: "
    "it multiplies the mean square as it is.",
)
def variance_map(q, sw2, phi, rng, n, sb2=0.0):
    return float(np.sqrt(sw2) * np.mean(phi(np.sqrt(q) * rng.standard_normal(n)) ** 2) + sb2)


@task.mistake(
    "slope not squared",
    "chi is the factor of the squared norm of the gradient, so the slope enters squared.",
)
def chi(q, sw2, dphi, rng, n):
    return float(sw2 * np.mean(dphi(np.sqrt(q) * rng.standard_normal(n))))


@task.mistake(
    "square of the mean slope",
    "Average the squares, do not square the average: units with a steep slope count more.",
)
def chi(q, sw2, dphi, rng, n):
    return float(sw2 * np.mean(dphi(np.sqrt(q) * rng.standard_normal(n))) ** 2)


@task.mistake(
    "activation in place of its slope",
    "You turn the slope back into the activation, or square z: on the way back a signal is "
    "multiplied by the slopes alone.",
)
def chi(q, sw2, dphi, rng, n):
    z = np.sqrt(q) * rng.standard_normal(n)
    return float(sw2 * np.mean((z * dphi(z)) ** 2))


@task.mistake(
    "root of chi",
    "You return the factor of the norm. Asked for is that of the squared norm, without the root.",
)
def chi(q, sw2, dphi, rng, n):
    return float(np.sqrt(sw2 * np.mean(dphi(np.sqrt(q) * rng.standard_normal(n)) ** 2)))


@task.mistake(
    "q outside of the activation",
    "You let the activation see numbers of variance 1 and multiply by q afterwards. For tanh, "
    "is tanh of a large number a large multiple of tanh of a small one?",
)
def variance_map(q, sw2, phi, rng, n, sb2=0.0):
    z = rng.standard_normal(n)
    return sw2 * q * np.mean(phi(z) ** 2) + sb2


@task.mistake(
    "square of the mean",
    "You square after averaging. For an odd activation the mean is about 0: does its output "
    "have no size?",
)
def variance_map(q, sw2, phi, rng, n, sb2=0.0):
    z = np.sqrt(q) * rng.standard_normal(n)
    return sw2 * np.mean(phi(z)) ** 2 + sb2


@task.mistake(
    "sum in place of the mean",
    "Your result grows with n, the number of draws. An expectation is estimated by what, if "
    "not by a sum?",
)
def variance_map(q, sw2, phi, rng, n, sb2=0.0):
    z = np.sqrt(q) * rng.standard_normal(n)
    return sw2 * np.sum(phi(z) ** 2) + sb2


@task.mistake(
    "bias times the weights",
    "The variance of the bias comes out multiplied by sw2. Does a bias pass through the "
    "weights of its own layer?",
)
def variance_map(q, sw2, phi, rng, n, sb2=0.0):
    z = np.sqrt(q) * rng.standard_normal(n)
    return sw2 * (np.mean(phi(z) ** 2) + sb2)


@task.mistake(
    "variances squared again",
    "sw2 and sb2 are squares already, as the 2 in their names says. What does your result do "
    "if sw2 is doubled, and what should it do?",
)
def variance_map(q, sw2, phi, rng, n, sb2=0.0):
    z = np.sqrt(q) * rng.standard_normal(n)
    return sw2**2 * np.mean(phi(z) ** 2) + sb2**2


@task.mistake(
    "root of the bias variance",
    "The bias comes in by its standard deviation. Independent parts of a sum: what of them is "
    "added?",
)
def variance_map(q, sw2, phi, rng, n, sb2=0.0):
    z = np.sqrt(q) * rng.standard_normal(n)
    return sw2 * np.mean(phi(z) ** 2) + np.sqrt(sb2)


@task.mistake(
    "standard deviation returned",
    "This is the root of what is asked for. The next call takes a variance: what would it "
    "make of your number?",
)
def variance_map(q, sw2, phi, rng, n, sb2=0.0):
    z = np.sqrt(q) * rng.standard_normal(n)
    return np.sqrt(sw2 * np.mean(phi(z) ** 2) + sb2)


@task.mistake(
    "chi with q as the spread",
    "In chi the normal numbers are multiplied by q. If q is their variance, what is their "
    "standard deviation?",
)
def chi(q, sw2, dphi, rng, n):
    z = q * rng.standard_normal(n)
    return sw2 * np.mean(dphi(z) ** 2)


@task.mistake(
    "chi without q",
    "Your chi does not change with q. Where are the slopes of tanh taken if z is large, and "
    "where if it is small?",
)
def chi(q, sw2, dphi, rng, n):
    z = rng.standard_normal(n)
    return sw2 * np.mean(dphi(z) ** 2)


@task.mistake(
    "chi as a sum",
    "Your chi grows with the number of draws. Which operation estimates an expectation?",
)
def chi(q, sw2, dphi, rng, n):
    z = np.sqrt(q) * rng.standard_normal(n)
    return sw2 * np.sum(dphi(z) ** 2)


@task.mistake(
    "chi with the root of sw2",
    "chi comes out too small or too large by the root of sw2. Weights enter a squared norm by "
    "their variance: which of the two have you got?",
)
def chi(q, sw2, dphi, rng, n):
    z = np.sqrt(q) * rng.standard_normal(n)
    return np.sqrt(sw2) * np.mean(dphi(z) ** 2)


@task.mistake(
    "sw2 squared",
    "Your q' grows fourfold where sw2 doubles. Is sw2 a variance, or a standard deviation?",
)
def variance_map(q, sw2, phi, rng, n, sb2=0.0):
    return sw2**2 * np.mean(phi(np.sqrt(q) * rng.normal(size=n)) ** 2) + sb2


@task.mistake(
    "sb2 squared",
    "All is right without a bias. What is the variance of a number whose variance is sb2?",
)
def variance_map(q, sw2, phi, rng, n, sb2=0.0):
    return sw2 * np.mean(phi(np.sqrt(q) * rng.normal(size=n)) ** 2) + sb2**2


@task.mistake(
    "divided by n - 1",
    "Your number is a little too large, the less so the more draws there are. By how many do you "
    "divide, and is any mean subtracted here?",
)
def variance_map(q, sw2, phi, rng, n, sb2=0.0):
    return sw2 * np.sum(phi(np.sqrt(q) * rng.normal(size=n)) ** 2) / (n - 1) + sb2


@task.mistake(
    "uniform draws",
    "Your draws lie between 0 and 1. What is ξ in the formula?",
)
def variance_map(q, sw2, phi, rng, n, sb2=0.0):
    return sw2 * np.mean(phi(np.sqrt(q) * rng.random(n)) ** 2) + sb2


@task.mistake(
    "own generator",
    "Your number is the same whatever rng is. Which argument should the draws come from?",
)
def variance_map(q, sw2, phi, rng, n, sb2=0.0):
    xi = np.random.default_rng(0).normal(size=n)
    return sw2 * np.mean(phi(np.sqrt(q) * xi) ** 2) + sb2


@task.mistake(
    "chi without sw2",
    "Your chi is the mean of the squared slopes. The gradient goes through the weights as well: "
    "which factor is theirs?",
)
def chi(q, sw2, dphi, rng, n):
    return np.mean(dphi(np.sqrt(q) * rng.normal(size=n)) ** 2)


@task.accepts("normal numbers of variance q")
def variance_map(q, sw2, phi, rng, n, sb2=0.0):
    h = phi(rng.normal(0.0, np.sqrt(q), size=n))
    return sb2 + sw2 * np.dot(h, h) / n


@task.accepts("as a loop")
def chi(q, sw2, dphi, rng, n):
    total = 0.0
    for xi in rng.normal(size=n):
        total += float(dphi(np.array(q**0.5 * xi))) ** 2
    return sw2 * total / n


# --- clip_by_global_norm ---


def random_gradients(rng):
    cases = []
    for scale in (1e-3, 1.0, 1e4):
        grads = [scale * rng.normal(size=s) for s in ((2, 3), (4,), ())]
        grads[1][0] = 0.0
        c = scale * float(rng.uniform(0.5, 2))
        cases.append(Case(f"random gradients near {scale:g}, c = {c:.3g}", (grads, c)))
    return cases


PARTS = [np.array([3.0, 4.0]), np.array([0.0, 0.0, 12.0])]

task = problems.task(
    reference.clip_by_global_norm,
    cases=[
        Case("(3, 4) and (0, 0, 12), norm 13, c = 6.5", (PARTS, 6.5)),
        Case("(3, 4) and (0, 0, 12), norm 13, c = 26", (PARTS, 26.0)),
        Case("(3, 4) and (0, 0, 12), norm 13, c = 13", (PARTS, 13.0)),
        Case(
            "[[3, -4], [0, 0]] and (12), whole numbers, norm 13, c = 1",
            ([np.array([[3, -4], [0, 0]]), np.array([12])], 1.0),
        ),
        Case("all parts 0", ([np.zeros(2), np.zeros((1, 2))], 1.0)),
        Case("a part 0, the other large", ([np.zeros(3), np.array([0.0, -50.0])], 5.0)),
        Case("NaN", ([np.array([np.nan])], 1.0)),
        Case("one part below c, together above", ([np.array([4.0]), np.array([-3.0])], 4.5)),
        Case("(3, 4) and (12), whole numbers, c = 26", ([np.array([3, 4]), np.array([12])], 26)),
        Case("(3, 4) and (0, 0, 12), norm 13, c = 12.99", (PARTS, 12.99)),
    ],
    draw=random_gradients,
    why="one norm and one factor: only rounding may differ",
)


@task.mistake(
    "each part by its own norm",
    "You clip every array for itself, so parts that are long shrink and others do not: the "
    "direction of the whole changes. One norm, that of all parts together, and one factor.",
)
def clip_by_global_norm(grads, c):
    out = []
    for g in grads:
        norm = np.linalg.norm(g)
        out.append(g * (c / norm) if norm > c else np.array(g, dtype=float))
    return out


@task.mistake(
    "by value",
    "You cut entry by entry. That changes the direction: the large entries lose, and the small "
    "ones stay. Multiply all of them by one number.",
)
def clip_by_global_norm(grads, c):
    return [np.clip(np.array(g, dtype=float), -c, c) for g in grads]


@task.mistake(
    "always to length c",
    "A gradient that is shorter than c is left as it is. You stretch it to length c.",
)
def clip_by_global_norm(grads, c):
    norm = np.sqrt(sum(np.sum(np.asarray(g, dtype=float) ** 2) for g in grads))
    return [np.array(g, dtype=float) * (c / norm if norm > 0 else 1.0) for g in grads]


@task.mistake(
    "in place",
    "You clip in place, so the caller's gradients are gone (and whole numbers cannot be scaled in "
    "place at all). Build new arrays.",
)
def clip_by_global_norm(grads, c):
    norm = np.sqrt(sum(np.sum(np.asarray(g, dtype=float) ** 2) for g in grads))
    if norm > c:
        for g in grads:
            g *= c / norm
    return [np.array(g, dtype=float) for g in grads]


@task.mistake(
    "NaN at zero",
    "Where every gradient is 0 you divide 0 by 0. A zero gradient is short enough: "
    "divide only where there is something to shorten.",
)
def clip_by_global_norm(grads, c):
    grads = [np.array(g, dtype=float) for g in grads]
    norm = np.sqrt(sum(np.sum(g**2) for g in grads))
    return [g / norm * min(norm, c) for g in grads]


@task.mistake(
    "norms added up",
    "The norm of the whole is not the sum of the norms of the parts: "
    "it is their squares that add up.",
)
def clip_by_global_norm(grads, c):
    grads = [np.array(g, dtype=float) for g in grads]
    norm = sum(np.linalg.norm(g) for g in grads)
    return [g * (c / norm) if norm > c else g for g in grads]


@task.mistake(
    "a small number in the denominator",
    "Nearly: you add a small number to the norm, as some libraries do. "
    "Asked for is the exact factor; where the norm is above c it cannot be 0.",
)
def clip_by_global_norm(grads, c):
    grads = [np.array(g, dtype=float) for g in grads]
    norm = np.sqrt(sum(np.sum(g**2) for g in grads))
    return [g * min(1.0, c / (norm + 1e-6)) for g in grads]


@task.mistake(
    "always to length c, zero too",
    "Every gradient comes out with norm c, a short one stretched and a zero one broken. For "
    "which gradients is there anything to do?",
)
def clip_by_global_norm(grads, c):
    norm = np.sqrt(sum(np.sum(g**2) for g in grads))
    return [g * (c / norm) for g in grads]


@task.mistake(
    "factor squared",
    "You divide by the square of the norm. Which length do your parts have together afterwards?",
)
def clip_by_global_norm(grads, c):
    norm = np.sqrt(sum(np.sum(g**2) for g in grads))
    return [g * min(1.0, c / norm**2) for g in grads]


@task.mistake(
    "divided by c",
    "You divide by c. With norm 13 and c = 6.5, which number should 13 be multiplied with to "
    "become 6.5?",
)
def clip_by_global_norm(grads, c):
    norm = np.sqrt(sum(np.sum(g**2) for g in grads))
    return [g / c if norm > c else 1.0 * g for g in grads]


@task.mistake(
    "factor upside down",
    "A gradient that is too long becomes longer. Is your factor larger or smaller than 1 there?",
)
def clip_by_global_norm(grads, c):
    norm = np.sqrt(sum(np.sum(g**2) for g in grads))
    return [g * (norm / c) if norm > c else 1.0 * g for g in grads]


@task.mistake(
    "comparison the wrong way round",
    "Short gradients are stretched and long ones pass. Which side of c needs the clipping?",
)
def clip_by_global_norm(grads, c):
    norm = np.sqrt(sum(np.sum(g**2) for g in grads))
    return [g * (c / norm) if norm < c else g.copy() for g in grads]


@task.mistake(
    "to length 1",
    "A clipped gradient comes out with norm 1. Which norm was it allowed to keep?",
)
def clip_by_global_norm(grads, c):
    norm = np.sqrt(sum(np.sum(g**2) for g in grads))
    return [g / norm if norm > c else 1.0 * g for g in grads]


@task.mistake(
    "largest part decides",
    "You compare c with the longest part. Two parts of norm 4 and 3 stand at a right angle: "
    "how long are they together?",
)
def clip_by_global_norm(grads, c):
    norm = max(np.linalg.norm(g) for g in grads)
    return [g * (c / norm) if norm > c else 1.0 * g for g in grads]


@task.mistake(
    "largest entry for the norm",
    "You shorten by the largest entry. How long is (3, 4), and how large is its largest entry?",
)
def clip_by_global_norm(grads, c):
    size = max(np.abs(g).max() for g in grads)
    return [g * min(1, c / size) if size > 0 else g * 1.0 for g in grads]


@task.mistake(
    "mean square",
    "Your parts stay too long, the more so the more entries there are. Does the norm take the "
    "mean of the squares, or their sum?",
)
def clip_by_global_norm(grads, c):
    size = np.sqrt(np.mean(np.concatenate([np.ravel(g) for g in grads]) ** 2))
    return [g * min(1, c / size) if size > 0 else g * 1.0 for g in grads]


@task.mistake(
    "whole numbers stay whole",
    "All values are right. Where nothing is clipped, of which type are the arrays that come back, "
    "if whole numbers went in?",
)
def clip_by_global_norm(grads, c):
    size = np.sqrt(sum(np.sum(g**2) for g in grads))
    if size > c:
        return [g * c / size for g in grads]
    return [g.copy() for g in grads]


@task.accepts("one long vector")
def clip_by_global_norm(grads, c):
    norm = np.linalg.norm(np.concatenate([np.ravel(g) for g in grads]))
    if norm <= c:
        return tuple(np.array(g, dtype=float) for g in grads)
    return tuple(np.asarray(g, dtype=float) * (c / norm) for g in grads)


@task.accepts("divided by max(1, norm / c)")
def clip_by_global_norm(grads, c):
    norm = np.sqrt(sum(np.sum(np.square(np.asarray(g, dtype=float))) for g in grads))
    return [np.asarray(g, dtype=float) / np.maximum(1.0, norm / c) for g in grads]


# --- batchnorm and batchnorm_backward ---


def random_batches(rng):
    cases = []
    for shape, scale in (((4, 3), 1.0), ((6, 2), 1e-2), ((3, 5), 1e2)):
        x, dy = scale * rng.normal(1.0, 1.0, shape), rng.normal(size=shape)
        g, b = rng.normal(size=shape[1]), rng.normal(size=shape[1])
        words = f"random batch of shape {shape}, x near {scale:g}"
        cases.append(Case(f"batchnorm: {words}", (x, g, b, 1e-5)))
        cases.append(
            Case(f"batchnorm_backward: {words}", (dy, x, g, 1e-5), of="batchnorm_backward")
        )
    return cases


BATCH = np.array([[1.0, 10.0], [3.0, 30.0]])
TALL = np.array([[1.0, -2.0], [0.0, 0.5], [4.0, 2.0]])
UP = np.array([[1.0, 0.0], [0.5, -1.0], [2.0, 3.0]])

task = problems.task(
    (reference.batchnorm, reference.batchnorm_backward),
    cases=[
        Case(
            "batchnorm: columns (1, 3) and (10, 30), g = (1, 2), b = (0, 5), eps = 0",
            (BATCH, np.array([1.0, 2.0]), np.array([0.0, 5.0]), 0.0),
        ),
        Case(
            "batchnorm: whole numbers, eps = 1",
            (np.array([[1, 0], [3, 6], [5, 0]]), np.array([1, 2]), np.array([0, 1]), 1),
        ),
        Case(
            "batchnorm: constant columns, b = (2, -1)",
            (np.ones((3, 2)), np.ones(2), np.array([2.0, -1.0]), 0.01),
        ),
        Case(
            "batchnorm: one example, b = (3, 5), eps = 1",
            (np.array([[4.0, -2.0]]), np.array([1.0, 2.0]), np.array([3.0, 5.0]), 1.0),
        ),
        Case("batchnorm: eps = 3", (TALL, np.array([2.0, -1.0]), np.array([1.0, 0.0]), 3.0)),
        Case("batchnorm: x holds NaN", (np.array([[np.nan, 1.0], [0.0, 2.0]]), 1.0, 0.0, 1e-5)),
        *(
            Case(f"batchnorm_backward: {label}", args, of="batchnorm_backward")
            for label, args in [
                ("one column (1, 3), dy = (1, 0), eps = 3", (UP[:2, :1], BATCH[:, :1], 1.0, 3.0)),
                ("three examples", (UP, TALL, np.array([2.0, -1.0]), 1e-5)),
                ("x in whole numbers, eps = 1", (np.eye(2), np.array([[1, 0], [3, 6]]), 1.0, 1)),
                ("every dy the same", (np.ones((3, 2)), TALL, np.ones(2), 0.5)),
                ("dy holds NaN", (np.array([[np.nan, 1.0], [0.0, 2.0]]), BATCH, 1.0, 1e-5)),
            ]
        ),
    ],
    draw=random_batches,
    rtol=1e-8,
    atol=1e-10,
    why="sums of a few numbers; where dx nearly cancels, rounding leaves some 1e-13",
)


@task.mistake(
    "variance over N - 1",
    "You divide the squares by N - 1. Batch normalisation divides by N, and its backward formula "
    "belongs to that.",
)
def batchnorm(x, g, b, eps):
    x = np.asarray(x, dtype=float)
    return g * (x - x.mean(axis=0)) / np.sqrt(x.var(axis=0, ddof=1) + eps) + b


@task.mistake(
    "mean term missing",
    "Moving one example moves the mean, and with it all the others. Check: adding one number to "
    "the whole column changes nothing, so your dx has to add up to 0.",
)
def batchnorm_backward(dy, x, g, eps):
    dy, x = np.asarray(dy, dtype=float), np.asarray(x, dtype=float)
    s = np.sqrt(x.var(axis=0) + eps)
    xhat = (x - x.mean(axis=0)) / s
    d = g * dy
    dx = (d - xhat * (d * xhat).mean(axis=0)) / s
    return dx, (dy * xhat).sum(axis=0), dy.sum(axis=0)


@task.mistake(
    "variance term missing",
    "Moving one example changes the spread, and with it the scale of all the others. "
    "That way from x to y is not in your sum.",
)
def batchnorm_backward(dy, x, g, eps):
    dy, x = np.asarray(dy, dtype=float), np.asarray(x, dtype=float)
    s = np.sqrt(x.var(axis=0) + eps)
    xhat = (x - x.mean(axis=0)) / s
    d = g * dy
    return (d - d.mean(axis=0)) / s, (dy * xhat).sum(axis=0), dy.sum(axis=0)


@task.mistake(
    "mean and spread taken for constants",
    "You differentiate as if mean and spread were given numbers, as they are when a trained "
    "network is used. In training they depend on x, and two more ways lead through them.",
)
def batchnorm_backward(dy, x, g, eps):
    dy, x = np.asarray(dy, dtype=float), np.asarray(x, dtype=float)
    s = np.sqrt(x.var(axis=0) + eps)
    xhat = (x - x.mean(axis=0)) / s
    return g * dy / s, (dy * xhat).sum(axis=0), dy.sum(axis=0)


@task.mistake(
    "running statistics in training",
    "You normalise with running averages of mean and variance. They are for later use; "
    "in training the batch at hand gives both.",
)
def batchnorm(x, g, b, eps):
    x = np.asarray(x, dtype=float)
    mean, variance = 0.1 * x.mean(axis=0), 0.9 + 0.1 * x.var(axis=0)
    return g * (x - mean) / np.sqrt(variance + eps) + b


@task.mistake(
    "along the rows",
    "You normalise each example over its features: that is layer normalisation. "
    "Batch normalisation takes one feature at a time, over all examples.",
)
def batchnorm(x, g, b, eps):
    x = np.asarray(x, dtype=float)
    centred = x - x.mean(axis=1, keepdims=True)
    return g * centred / np.sqrt(x.var(axis=1, keepdims=True) + eps) + b


@task.mistake(
    "epsilon outside of the root",
    "Here the small number is added to the variance, under the root.",
)
def batchnorm(x, g, b, eps):
    x = np.asarray(x, dtype=float)
    return g * (x - x.mean(axis=0)) / (x.std(axis=0) + eps) + b


@task.mistake(
    "not divided by the spread",
    "You centre the column and leave its spread as it is. Its standard deviation should be 1 "
    "before g stretches it.",
)
def batchnorm(x, g, b, eps):
    x = np.asarray(x, dtype=float)
    return g * (x - x.mean(axis=0)) + b


@task.mistake(
    "stretch lost on the way back",
    "Your dx does not know g. The stretch stands between the normalised x and y, "
    "so the gradient passes through it first.",
)
def batchnorm_backward(dy, x, g, eps):
    dy, x = np.asarray(dy, dtype=float), np.asarray(x, dtype=float)
    s = np.sqrt(x.var(axis=0) + eps)
    xhat = (x - x.mean(axis=0)) / s
    dx = (dy - dy.mean(axis=0) - xhat * (dy * xhat).mean(axis=0)) / s
    return dx, (dy * xhat).sum(axis=0), dy.sum(axis=0)


@task.mistake(
    "one mean for all",
    "Mean and variance are those of the whole array, so a column of large numbers pushes all "
    "others down. Which numbers belong together?",
)
def batchnorm(x, g, b, eps):
    return g * (x - x.mean()) / np.sqrt(x.var() + eps) + b


@task.mistake(
    "divided by the variance",
    "You divide by the variance. After the layer a column should have spread 1: what do "
    "numbers of spread 10 have to be divided by?",
)
def batchnorm(x, g, b, eps):
    return g * (x - x.mean(axis=0)) / (x.var(axis=0) + eps) + b


@task.mistake(
    "stretch and shift forgotten",
    "Spread 1 and mean 0 are there, and g and b are not used. What does the formula for y do "
    "with them?",
)
def batchnorm(x, g, b, eps):
    return (x - x.mean(axis=0)) / np.sqrt(x.var(axis=0) + eps)


@task.mistake(
    "not centred",
    "You divide and do not subtract. What is the mean of your column, and what should it be "
    "for b = 0?",
)
def batchnorm(x, g, b, eps):
    return g * x / np.sqrt(x.var(axis=0) + eps) + b


@task.mistake(
    "sums in place of means",
    "The two terms that you subtract are sums over the batch and grow with it. With every dy "
    "the same, does your dx come out as 0?",
)
def batchnorm_backward(dy, x, g, eps):
    s = np.sqrt(x.var(axis=0) + eps)
    xhat = (x - x.mean(axis=0)) / s
    d = g * dy
    return (
        (d - d.sum(axis=0) - xhat * (d * xhat).sum(axis=0)) / s,
        (dy * xhat).sum(axis=0),
        dy.sum(axis=0),
    )


@task.mistake(
    "parameters averaged",
    "dx is right; dg and db are too small by the number of examples. Every example uses g and "
    "b: does each one add its share, or is there an average?",
)
def batchnorm_backward(dy, x, g, eps):
    s = np.sqrt(x.var(axis=0) + eps)
    xhat = (x - x.mean(axis=0)) / s
    d = g * dy
    return (
        (d - d.mean(axis=0) - xhat * (d * xhat).mean(axis=0)) / s,
        (dy * xhat).mean(axis=0),
        dy.mean(axis=0),
    )


@task.mistake(
    "dg and db swapped",
    "Two of the three results have changed places. Which of g and b is multiplied with the "
    "normalised x?",
)
def batchnorm_backward(dy, x, g, eps):
    s = np.sqrt(x.var(axis=0) + eps)
    xhat = (x - x.mean(axis=0)) / s
    d = g * dy
    return (
        (d - d.mean(axis=0) - xhat * (d * xhat).mean(axis=0)) / s,
        dy.sum(axis=0),
        (dy * xhat).sum(axis=0),
    )


@task.mistake(
    "dg from the raw x",
    "Your dg multiplies by x as it came in. What is g multiplied with on the way forward?",
)
def batchnorm_backward(dy, x, g, eps):
    s = np.sqrt(x.var(axis=0) + eps)
    xhat = (x - x.mean(axis=0)) / s
    d = g * dy
    return (
        (d - d.mean(axis=0) - xhat * (d * xhat).mean(axis=0)) / s,
        (dy * x).sum(axis=0),
        dy.sum(axis=0),
    )


@task.mistake(
    "parameters not summed",
    "dg and db have one entry for each example. The whole batch shares one g and one b: what "
    "becomes of their slopes?",
)
def batchnorm_backward(dy, x, g, eps):
    s = np.sqrt(x.var(axis=0) + eps)
    xhat = (x - x.mean(axis=0)) / s
    d = g * dy
    return (d - d.mean(axis=0) - xhat * (d * xhat).mean(axis=0)) / s, dy * xhat, dy


@task.mistake(
    "epsilon left out",
    "With eps = 0 you are right. Where does eps stand, and what comes out for a constant column?",
)
def batchnorm(x, g, b, eps):
    return g * (x - x.mean(0)) / x.std(0) + b


@task.mistake(
    "shift stretched as well",
    "Where g is 1 or b is 0 you are right. Is b added before the stretch, or behind it?",
)
def batchnorm(x, g, b, eps):
    return g * ((x - x.mean(0)) / np.sqrt(x.var(0) + eps) + b)


@task.mistake(
    "mean square for the variance",
    "Your columns come out too narrow, the more so the farther their mean is from 0. What is "
    "subtracted before a variance squares?",
)
def batchnorm(x, g, b, eps):
    return g * (x - x.mean(0)) / np.sqrt(np.mean(x**2, axis=0) + eps) + b


@task.mistake(
    "spread left out of dx",
    "Your dx has the right direction in each column, and not the right size. By what did the "
    "forward pass divide x?",
)
def batchnorm_backward(dy, x, g, eps):
    s = np.sqrt(x.var(0) + eps)
    xhat, d = (x - x.mean(0)) / s, dy * g
    dx = d - d.mean(0) - xhat * (d * xhat).mean(0)
    return dx, np.sum(dy * xhat, axis=0), np.sum(dy, axis=0)


@task.mistake(
    "sign of the variance term",
    "Two of the three terms of your dx are right. If a column is stretched, its spread grows too: "
    "does that enlarge the normalised x, or shrink it?",
)
def batchnorm_backward(dy, x, g, eps):
    s = np.sqrt(x.var(0) + eps)
    xhat, d = (x - x.mean(0)) / s, dy * g
    dx = (d - d.mean(0) + xhat * (d * xhat).mean(0)) / s
    return dx, np.sum(dy * xhat, axis=0), np.sum(dy, axis=0)


@task.mistake(
    "mean for dg",
    "dx and db are right, and dg is too small by a factor of N. One g serves all examples: what "
    "becomes of what each of them asks for?",
)
def batchnorm_backward(dy, x, g, eps):
    s = np.sqrt(x.var(0) + eps)
    xhat, d = (x - x.mean(0)) / s, dy * g
    dx = (d - d.mean(0) - xhat * (d * xhat).mean(0)) / s
    return dx, np.mean(dy * xhat, axis=0), np.sum(dy, axis=0)


@task.mistake(
    "mean for db",
    "dx and dg are right, and db is too small by a factor of N. If b moves by 1, how many entries "
    "of its column move?",
)
def batchnorm_backward(dy, x, g, eps):
    s = np.sqrt(x.var(0) + eps)
    xhat, d = (x - x.mean(0)) / s, dy * g
    dx = (d - d.mean(0) - xhat * (d * xhat).mean(0)) / s
    return dx, np.sum(dy * xhat, axis=0), np.mean(dy, axis=0)


@task.mistake(
    "epsilon forgotten on the way back",
    "With an eps near 0 your gradients are nearly right. Which spread did the forward pass divide "
    "by?",
)
def batchnorm_backward(dy, x, g, eps):
    s = np.sqrt(x.var(0))
    xhat, d = (x - x.mean(0)) / s, dy * g
    dx = (d - d.mean(0) - xhat * (d * xhat).mean(0)) / s
    return dx, np.sum(dy * xhat, axis=0), np.sum(dy, axis=0)


@task.accepts("by the computational graph, step by step")
def batchnorm_backward(dy, x, g, eps):
    dy, x = np.array(dy, dtype=float), np.array(x, dtype=float)
    n = len(x)
    centred = x - x.sum(axis=0) / n
    variance = (centred**2).sum(axis=0) / n
    inverse = 1 / np.sqrt(variance + eps)
    xhat = centred * inverse
    dxhat = dy * g
    dinverse = (dxhat * centred).sum(axis=0)
    dvariance = -0.5 * inverse**3 * dinverse
    dcentred = dxhat * inverse + 2 / n * centred * dvariance
    dx = dcentred - dcentred.sum(axis=0) / n
    return dx, (dy * xhat).sum(axis=0), dy.sum(axis=0)


@task.accepts("column by column")
def batchnorm(x, g, b, eps):
    x = np.array(x, dtype=float)
    g, b = np.broadcast_to(g, x.shape[1]), np.broadcast_to(b, x.shape[1])
    out = np.empty_like(x)
    for j in range(x.shape[1]):
        column = x[:, j] - x[:, j].mean()
        out[:, j] = g[j] * column / (np.mean(column**2) + eps) ** 0.5 + b[j]
    return out


# --- residual_scale and residual_forward ---


def random_residuals(rng):
    cases = []
    for n, L, scale in ((3, 2, 1.0), (4, 5, 1e-2), (2, 3, 1e2)):
        Ws, x = gaussian_matrices(rng, [n] * (L + 1)), scale * rng.normal(size=n)
        x[0] = 0.0
        args = (Ws, x, np.tanh, 0.3)
        words = f"residual_forward: {L} random layers, tanh, x near {scale:g}, scale = 0.3"
        cases.append(Case(words, args, on_a_copy, "residual_forward"))
    L = int(rng.integers(5, 500))
    return [*cases, Case(f"residual_scale: L = {L}", (L,))]


SWAP = [np.array([[0.0, 1.0], [1.0, 0.0]])] * 4
WHOLE, END = [np.array([[1, 2], [0, 1]])] * 2, np.array([2.0, 0.0])

task = problems.task(
    (reference.residual_scale, reference.residual_forward),
    cases=[
        *(Case(f"residual_scale: L = {L}", (L,)) for L in (16, 1, 4, 100)),
        *(
            Case(f"residual_forward: {label}", args, on_a_copy, "residual_forward")
            for label, args in [
                (
                    "x = (2, 0), 4 layers that swap, ReLU, scale = 0.5",
                    (SWAP, END, positive_part, 0.5),
                ),
                ("scale = 0.5", (ramp_matrices(2, 2, 2), np.array([1.0, -2.0]), np.tanh, 0.5)),
                ("scale = 1", (ramp_matrices(3, 3, 3), np.array([0.5, 0.0, -1.0]), np.tanh, 1.0)),
                ("W = [[1, 2], [0, 1]] twice, whole numbers", (WHOLE, END, np.tanh, 0.25)),
                ("two inputs as columns", (SWAP, np.array([[1.0, 2], [0, -1]]), np.tanh, 0.5)),
                ("x holds NaN", (SWAP, np.array([np.nan, 1.0]), np.tanh, 0.5)),
            ]
        ),
    ],
    draw=random_residuals,
    why="products of small matrices: only rounding may differ",
)


@task.mistake(
    "1 / L",
    "With 1/L the branches hardly count. Independent branches add their variances, not their "
    "sizes: which power of L keeps the sum of L variances at one?",
)
def residual_scale(L):
    return 1 / L


@task.mistake(
    "no scale",
    "Without a scale each branch doubles the variance, and L of them make 2 to the power L of it.",
)
def residual_scale(L):
    return 1.0


@task.mistake(
    "the path is scaled too",
    "You multiply the path as well as the branch. The path has to go straight through, "
    "or it fades like any other product.",
)
def residual_forward(Ws, x, phi, scale):
    zs, hs = [], [np.array(x, dtype=float)]
    for W in Ws:
        zs.append(W @ hs[-1])
        hs.append(scale * (hs[-1] + phi(zs[-1])))
    return zs, hs


@task.mistake(
    "activation over the sum",
    "A second activation stands behind the sum, so the path passes through every activation "
    "again. Only the branch has one.",
)
def residual_forward(Ws, x, phi, scale):
    zs, hs = [], [np.array(x, dtype=float)]
    for W in Ws:
        zs.append(W @ hs[-1])
        hs.append(phi(hs[-1] + scale * phi(zs[-1])))
    return zs, hs


@task.mistake(
    "no path",
    "Your layer forgets what it got: the signal itself is added to the branch.",
)
def residual_forward(Ws, x, phi, scale):
    zs, hs = [], [np.array(x, dtype=float)]
    for W in Ws:
        zs.append(W @ hs[-1])
        hs.append(scale * phi(zs[-1]))
    return zs, hs


@task.mistake(
    "scale inside of the activation",
    "You scale what goes into the activation. That is the same for ReLU and for no other: "
    "the branch is scaled behind it.",
)
def residual_forward(Ws, x, phi, scale):
    zs, hs = [], [np.array(x, dtype=float)]
    for W in Ws:
        zs.append(W @ hs[-1])
        hs.append(hs[-1] + phi(scale * zs[-1]))
    return zs, hs


@task.mistake(
    "the input is added every time",
    "Every layer adds the first input. The path carries the signal of the layer before.",
)
def residual_forward(Ws, x, phi, scale):
    zs, hs = [], [np.array(x, dtype=float)]
    for W in Ws:
        zs.append(W @ hs[-1])
        hs.append(hs[0] + scale * phi(zs[-1]))
    return zs, hs


@task.mistake(
    "root upside down",
    "Your scale grows with the number of branches. Should a hundred branches speak louder "
    "than one, each?",
)
def residual_scale(L):
    return np.sqrt(L)


@task.mistake(
    "one over two to the L",
    "Your scale halves with every branch. Variances of independent branches add up; they do "
    "not multiply. What is the sum of L equal ones?",
)
def residual_scale(L):
    return 0.5**L


@task.mistake(
    "branch at full size",
    "scale is given and nowhere used. Compare scale 0.5 with scale 1: should the outputs be "
    "the same?",
)
def residual_forward(Ws, x, phi, scale):
    zs, hs = [], [x]
    for W in Ws:
        zs.append(W @ hs[-1])
        hs.append(hs[-1] + phi(zs[-1]))
    return zs, hs


@task.mistake(
    "one activation over all",
    "The activation is applied to path and branch together. What does it do to a path that "
    "carries a negative number, if it is ReLU?",
)
def residual_forward(Ws, x, phi, scale):
    zs, hs = [], [x]
    for W in Ws:
        zs.append(W @ hs[-1])
        hs.append(phi(hs[-1] + scale * zs[-1]))
    return zs, hs


@task.mistake(
    "branch without activation",
    "Your branch is only a product with W. Where is phi?",
)
def residual_forward(Ws, x, phi, scale):
    zs, hs = [], [x]
    for W in Ws:
        zs.append(W @ hs[-1])
        hs.append(hs[-1] + scale * zs[-1])
    return zs, hs


@task.mistake(
    "path and branch change places",
    "You scale the path and leave the branch at full size. With scale 0, what should come out "
    "of a residual layer?",
)
def residual_forward(Ws, x, phi, scale):
    zs, hs = [], [x]
    for W in Ws:
        zs.append(W @ hs[-1])
        hs.append(scale * hs[-1] + phi(zs[-1]))
    return zs, hs


@task.mistake(
    "every layer looks at x",
    "The first layer is right, and the later ones take their z from x. Which signal arrives at "
    "layer l?",
)
def residual_forward(Ws, x, phi, scale):
    zs, hs = [], [x]
    for W in Ws:
        zs.append(W @ x)
        hs.append(hs[-1] + scale * phi(zs[-1]))
    return zs, hs


@task.mistake(
    "W transposed",
    "Symmetric W come out right. One row of W belongs to one output: is it W or its transpose "
    "that meets the signal?",
)
def residual_forward(Ws, x, phi, scale):
    zs, hs = [], [x]
    for W in Ws:
        zs.append(W.T @ hs[-1])
        hs.append(hs[-1] + scale * phi(zs[-1]))
    return zs, hs


@task.mistake(
    "signal on the left",
    "The signal stands to the left of W. On which side of W does the formula have it?",
)
def residual_forward(Ws, x, phi, scale):
    zs, hs = [], [x]
    for W in Ws:
        zs.append(hs[-1] @ W)
        hs.append(hs[-1] + scale * phi(zs[-1]))
    return zs, hs


@task.mistake(
    "all signals share memory",
    "All your signals are equal to the last one, the input too. What does += change, and what "
    "does your list hold?",
)
def residual_forward(Ws, x, phi, scale):
    h = np.array(x, dtype=float)
    zs, hs = [], [h]
    for W in Ws:
        zs.append(W @ h)
        h += scale * phi(zs[-1])
        hs.append(h)
    return zs, hs


@task.mistake(
    "z scaled",
    "Your signals are right, and your zs are too small. Where does the formula have the scale: in "
    "z, or behind the activation?",
)
def residual_forward(Ws, x, phi, scale):
    zs, hs = [], [x]
    for W in Ws:
        z = W @ hs[-1]
        zs.append(scale * z)
        hs.append(hs[-1] + scale * phi(z))
    return zs, hs


@task.mistake(
    "z for the path",
    "You add the branch to z. What is meant to go straight through: the signal before W, or what "
    "W made of it?",
)
def residual_forward(Ws, x, phi, scale):
    zs, hs = [], [x]
    for W in Ws:
        zs.append(W @ hs[-1])
        hs.append(zs[-1] + scale * phi(zs[-1]))
    return zs, hs


@task.mistake(
    "scale worked out anew",
    "Whatever scale is given, yours is 1/√L. Which argument is never looked at?",
)
def residual_forward(Ws, x, phi, scale):
    zs, hs = [], [x]
    for W in Ws:
        zs.append(W @ hs[-1])
        hs.append(hs[-1] + phi(zs[-1]) / np.sqrt(len(Ws)))
    return zs, hs


@task.mistake(
    "one layer too many",
    "Your scale is a little too small: for L = 1 it should be 1. Is the input a branch?",
)
def residual_scale(L):
    return 1 / np.sqrt(L + 1)


@task.accepts("as a power")
def residual_scale(L):
    return float(L) ** -0.5


@task.accepts("with a signal that walks")
def residual_forward(Ws, x, phi, scale):
    h = np.array(x, dtype=float)
    zs, hs = (), (h,)
    for W in Ws:
        z = np.dot(W, h)
        h = scale * phi(z) + h
        zs, hs = (*zs, z), (*hs, h)
    return zs, hs


# --- break_symmetry_rank ---


def random_histories(rng):
    cases = []
    for m, n, rank, scale in ((4, 6, 1, 1.0), (5, 3, 2, 1e-6), (3, 3, 3, 1e4)):
        start = rng.normal(size=(m, n))
        low = rng.normal(size=(m, rank)) @ rng.normal(size=(rank, n))
        history = scale * np.array([start, start - 0.1 * low, low])
        cases.append(Case(f"last weights of shape ({m}, {n}), near {scale:g}", (history,)))
    return cases


ONE = np.outer([1.0, 2.0, 3.0], [1.0, 0.0, 1.0, 1.0])
SAME = np.ones((3, 4))


def histories():
    """Return a label and a history of weights for each case."""
    square = np.eye(2)
    yield "all units alike", [SAME, 2 * SAME, 3 * SAME]
    yield "three patterns at first, one at the end", [np.eye(3, 4), ONE]
    yield "one pattern at first, three at the end", [ONE, np.eye(3, 4)]
    yield "first step of rank 1, end of rank 2", [square, square + 1, np.diag([1.0, 2.0])]
    yield "end diag(1, 1e-12): rounding", [square, np.diag([1.0, 1e-12])]
    yield "end diag(1e-12, 1e-13): small, not rounding", [square, np.diag([1e-12, 1e-13])]
    yield "whole numbers", [[[1, 2], [3, 4]], [[1, 2], [2, 4]]]
    yield "all 0 at the end", [np.eye(2, 3), np.zeros((2, 3))]
    yield "rows of one pattern, of different size", [np.eye(2, 3), [[1.0, 2, 3], [2, 4, 6]]]
    yield "end diag(1, 1e-6): small, and above tol", [square, np.diag([1.0, 1e-6])]
    yield "NaN on the way, and whole at the end", [square, np.nan * square, square]
    yield "NaN at the end", [square, [[np.nan, 1.0], [0.0, 1.0]]]


task = problems.task(
    reference.break_symmetry_rank,
    cases=[
        *(Case(label, (np.array(history),)) for label, history in histories()),
        Case("end diag(1, 0.1), tol = 0.5", (np.array([np.eye(2), np.diag([1.0, 0.1])]), 0.5)),
        Case("end diag(1, 1), tol = 0.8", (np.array([2 * np.eye(2), np.eye(2)]), 0.8)),
    ],
    draw=random_histories,
    why="a count: it is right or wrong, and no singular value lies near the limit",
)


@task.mistake(
    "rank of the first step",
    "You looked at the first step, the difference of the first two. "
    "The question is what has become of the units at the end.",
)
def break_symmetry_rank(W1_hist, tol=1e-8):
    W = np.asarray(W1_hist[1], dtype=float) - np.asarray(W1_hist[0], dtype=float)
    if np.isnan(np.asarray(W1_hist[-1], dtype=float)).any():
        return np.nan
    sizes = np.linalg.svd(W, compute_uv=False)
    return int(np.sum(sizes > tol * sizes[0]))


@task.mistake(
    "rank at the start",
    "These are the weights before training. Take the last of the history.",
)
def break_symmetry_rank(W1_hist, tol=1e-8):
    if np.isnan(np.asarray(W1_hist[-1], dtype=float)).any():
        return np.nan
    sizes = np.linalg.svd(np.asarray(W1_hist[0], dtype=float), compute_uv=False)
    return int(np.sum(sizes > tol * sizes[0]))


@task.mistake(
    "no tolerance",
    "Rounding leaves singular values of some 1e-16 where 0 is meant, and you count them. "
    "Count those that are not tiny beside the largest.",
)
def break_symmetry_rank(W1_hist, tol=1e-8):
    if np.isnan(np.asarray(W1_hist[-1], dtype=float)).any():
        return np.nan
    sizes = np.linalg.svd(np.asarray(W1_hist[-1], dtype=float), compute_uv=False)
    return int(np.sum(sizes > 0))


@task.mistake(
    "tolerance not relative",
    "Your limit is a fixed number, so small weights count as none. "
    "What is tiny is decided beside the largest singular value.",
)
def break_symmetry_rank(W1_hist, tol=1e-8):
    if np.isnan(np.asarray(W1_hist[-1], dtype=float)).any():
        return np.nan
    sizes = np.linalg.svd(np.asarray(W1_hist[-1], dtype=float), compute_uv=False)
    return int(np.sum(sizes > tol))


@task.mistake(
    "different rows counted",
    "Rows can differ and still say the same: one may be a multiple of another, or a mixture. "
    "The rank counts how many independent ones there are.",
)
def break_symmetry_rank(W1_hist, tol=1e-8):
    W = np.asarray(W1_hist[-1], dtype=float)
    if np.isnan(W).any():
        return np.nan
    return len(np.unique(W, axis=0))


@task.mistake(
    "entries that are not zero",
    "You count units whose weights spread, or are not 0. A spread says nothing about whether the "
    "units are independent of each other.",
)
def break_symmetry_rank(W1_hist, tol=1e-8):
    W = np.asarray(W1_hist[-1], dtype=float)
    if np.isnan(W).any():
        return np.nan
    return int(np.sum(W.std(axis=1) > tol))


@task.mistake(
    "start, by NumPy's rank",
    "This is the rank before the first step. Which end of the history says what training has "
    "made of the units?",
)
def break_symmetry_rank(W1_hist, tol=1e-8):
    return np.linalg.matrix_rank(W1_hist[0])


@task.mistake(
    "first step, by NumPy's rank",
    "You take the rank of the first change of the weights. Can a change of rank 1 lead to "
    "weights of rank 2?",
)
def break_symmetry_rank(W1_hist, tol=1e-8):
    return np.linalg.matrix_rank(W1_hist[1] - W1_hist[0])


@task.mistake(
    "whole change",
    "You take the rank of what training has added. Are the units alike if the sum of both is?",
)
def break_symmetry_rank(W1_hist, tol=1e-8):
    return np.linalg.matrix_rank(W1_hist[-1] - W1_hist[0])


@task.mistake(
    "NumPy's own limit",
    "NumPy's rank has a limit of its own, of some 1e-16, and does not know tol. Which limit "
    "does the statement give?",
)
def break_symmetry_rank(W1_hist, tol=1e-8):
    return np.linalg.matrix_rank(W1_hist[-1])


@task.mistake(
    "limit not relative, by NumPy",
    "tol reaches NumPy's rank as an absolute number. If all weights are as small as 1e-12, "
    "which of them count?",
)
def break_symmetry_rank(W1_hist, tol=1e-8):
    return np.linalg.matrix_rank(W1_hist[-1], tol=tol)


@task.mistake(
    "zero as the limit, missing NaN",
    "Sizes of 1e-16 are rounding, and you count them. How large would you expect a zero to "
    "come out?",
)
def break_symmetry_rank(W1_hist, tol=1e-8):
    sizes = np.linalg.svd(W1_hist[-1], compute_uv=False)
    return int(np.sum(sizes > 0))


@task.mistake(
    "rows counted as they stand",
    "You count rows that are not the same. Are (1, 2, 3) and (2, 4, 6) two patterns?",
)
def break_symmetry_rank(W1_hist, tol=1e-8):
    return len(np.unique(W1_hist[-1], axis=0))


@task.mistake(
    "columns counted",
    "You count different columns. They belong to the inputs, and may differ by a factor only: "
    "what counts as a pattern of its own?",
)
def break_symmetry_rank(W1_hist, tol=1e-8):
    return np.unique(W1_hist[-1], axis=1).shape[1]


@task.mistake(
    "missing NaN",
    "All numbers are right. Only where the weights hold NaN something else should happen: see "
    "the last sentence of the statement.",
)
def break_symmetry_rank(W1_hist, tol=1e-8):
    sizes = np.linalg.svd(W1_hist[-1], compute_uv=False)
    return int(np.sum(sizes > tol * sizes[0]))


@task.mistake(
    "zero counts",
    "Weights that are all 0 get a rank from you. Is 0 larger than tol times 0?",
)
def break_symmetry_rank(W1_hist, tol=1e-8):
    W = W1_hist[-1]
    if np.isnan(W).any():
        return np.nan
    s = np.linalg.svd(W, compute_uv=False)
    return np.sum(s >= tol * s[0])


@task.mistake(
    "tol not looked at",
    "Your own limit stands where tol should be. Which argument says what is tiny?",
)
def break_symmetry_rank(W1_hist, tol=1e-8):
    W = W1_hist[-1]
    if np.isnan(W).any():
        return np.nan
    s = np.linalg.svd(W, compute_uv=False)
    return np.sum(s > 1e-8 * s[0])


@task.mistake(
    "squares compared",
    "diag(1, 1e-6) gets rank 1 from you. The singular values are compared with tol: what becomes "
    "of 1e-6 if it is squared first?",
)
def break_symmetry_rank(W1_hist, tol=1e-8):
    W = W1_hist[-1]
    if np.isnan(W).any():
        return np.nan
    s = np.linalg.svd(W, compute_uv=False)
    return np.sum(s**2 > tol * s[0] ** 2)


@task.mistake(
    "beside the sum",
    "diag(1, 1) with tol = 0.8 gets rank 0. Beside which number is a singular value tiny: the "
    "largest, or one that is made of them all?",
)
def break_symmetry_rank(W1_hist, tol=1e-8):
    W = W1_hist[-1]
    if np.isnan(W).any():
        return np.nan
    s = np.linalg.svd(W, compute_uv=False)
    return np.sum(s > tol * s.sum())


@task.mistake(
    "NaN anywhere",
    "You return NaN where weights on the way held NaN. Which weights are asked about?",
)
def break_symmetry_rank(W1_hist, tol=1e-8):
    if np.isnan(W1_hist).any():
        return np.nan
    s = np.linalg.svd(W1_hist[-1], compute_uv=False)
    return np.sum(s > tol * s[0])


@task.mistake(
    "rows that are not zero",
    "You count the units whose weights are not 0. How many patterns do (1, 1) and (2, 2) make?",
)
def break_symmetry_rank(W1_hist, tol=1e-8):
    W = W1_hist[-1]
    if np.isnan(W).any():
        return np.nan
    return np.sum(np.any(np.abs(W) > tol, axis=1))


@task.accepts("by NumPy's rank with a limit")
def break_symmetry_rank(W1_hist, tol=1e-8):
    W = np.asarray(W1_hist[-1], dtype=float)
    if not np.all(np.isfinite(W)):
        return np.nan
    return int(np.linalg.matrix_rank(W, tol=tol * np.linalg.norm(W, 2)))


@task.accepts("by counting in a loop")
def break_symmetry_rank(W1_hist, tol=1e-8):
    W = np.array(W1_hist[-1], dtype=float)
    if np.isnan(W).any():
        return np.nan
    sizes = np.linalg.svd(W.T, compute_uv=False)
    return sum(1 for s in sizes if s > tol * max(sizes))
