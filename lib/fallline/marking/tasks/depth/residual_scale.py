"""Tasks `residual_scale` and `residual_forward` of chapter `depth`."""

import numpy as np

from fallline import depth as reference
from fallline.marking.task import Case, Task
from fallline.marking.tasks.depth.cases import (
    gaussian_matrices,
    on_a_copy,
    positive_part,
    ramp_matrices,
)


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


task = Task(
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
