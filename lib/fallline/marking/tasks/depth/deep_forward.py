"""Task `deep_forward` of chapter `depth`."""

import numpy as np

from fallline import depth as reference
from fallline.marking.task import Case, Task
from fallline.marking.tasks.depth.cases import (
    gaussian_matrices,
    on_a_copy,
    positive_part,
    ramp_matrices,
)


def random_networks(rng):
    cases = []
    for sizes, scale in (((3, 5, 2), 1.0), ((4, 4, 4, 4), 1e-3), ((2, 3, 6, 1), 1e3)):
        Ws, x = gaussian_matrices(rng, sizes), scale * rng.normal(size=sizes[0])
        x[0] = 0.0
        words = " → ".join(map(str, sizes))
        cases.append(Case(f"random layers {words} with tanh", (Ws, x, np.tanh), on_a_copy))
    return cases


HAND = [np.array([[1.0, -1.0], [0.0, 2.0], [3.0, 0.0]]), np.array([[1.0, 1.0, 1.0]])]


task = Task(
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
