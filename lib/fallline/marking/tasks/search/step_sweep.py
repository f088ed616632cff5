"""Task `step_sweep` of chapter `search`."""

import numpy as np

from fallline import search as reference
from fallline.marking.task import Case, Task
from fallline.marking.tasks.search.cases import hill, hill_slope


def slope_calls(answer, loss, grad, W, exponents):
    """Tell whether the gradient is computed once."""
    counted = reference.counting(grad)
    answer(loss, counted, W, exponents)
    return counted.calls


def random_sweeps(gen):
    cases = []
    for shape, low in (((3,), -3), ((2, 4), -6), ((4, 1), -1)):
        W, exponents = gen.normal(size=shape), gen.permutation(np.arange(low, low + 4))
        W.flat[0] = 0.0
        label = f"shape {shape}, exponents {', '.join(map(str, exponents))}"
        cases.append(Case(label, (hill, hill_slope, W, exponents)))
    return cases


task = Task(
    reference.step_sweep,
    cases=[
        Case(
            "W = (2, 0), exponents -2, -1, 0 as integers",
            (hill, hill_slope, np.array([2, 0]), np.array([-2, -1, 0])),
        ),
        Case(
            "exponents as floats, not in order",
            (hill, hill_slope, np.array([[1.0, -2.0, 0.5]]), np.array([-0.5, -3.0, 0.25])),
        ),
        Case(
            "positive integers, so long that the loss rises",
            (hill, hill_slope, np.array([[1.0], [3.0]]), np.array([0, 1, 2])),
        ),
        Case("a single exponent", (hill, hill_slope, np.ones((2, 2)), np.array([-1.0]))),
        Case(
            "a start where the gradient is zero",
            (hill, hill_slope, np.full(3, 0.5), np.array([-1.0, 0.0])),
        ),
        Case(
            "W holds NaN",
            (hill, hill_slope, np.array([np.nan, 1.0]), np.array([-1.0, 0.0])),
        ),
        Case(
            "calls of grad for four exponents",
            (hill, hill_slope, np.ones(3), np.array([-3.0, -2.0, -1.0, 0.0])),
            slope_calls,
        ),
    ],
    draw=random_sweeps,
    why="one power, one product and one sum for each entry: only rounding may differ",
)


@task.mistake(
    "integer powers",
    "With a whole-number base, NumPy refuses an array of negative whole-number exponents: "
    "1/10 is no integer. Which base makes the result a float?",
)
def step_sweep(loss, grad, W, exponents):
    W = np.asarray(W, dtype=float)
    g = np.asarray(grad(W))
    return np.array([loss(W - step * g) for step in 10 ** np.asarray(exponents)])


@task.mistake(
    "steps add up",
    "Each of your steps starts where the last one ended. To compare step sizes, "
    "all of them have to start at W.",
)
def step_sweep(loss, grad, W, exponents):
    W, values = np.array(W, dtype=float), []
    g = np.asarray(grad(W))
    for e in exponents:
        W = W - 10.0**e * g
        values.append(loss(W))
    return np.array(values)


@task.mistake(
    "steps uphill",
    "Your steps go along the gradient, which points uphill. Turn them round.",
)
def step_sweep(loss, grad, W, exponents):
    W = np.asarray(W, dtype=float)
    g = np.asarray(grad(W))
    return np.array([loss(W + 10.0**e * g) for e in exponents])


@task.mistake(
    "losses sorted",
    "The right losses, sorted by size: now nobody can tell which belongs to which exponent. "
    "Keep the order of the exponents.",
)
def step_sweep(loss, grad, W, exponents):
    W = np.asarray(W, dtype=float)
    g = np.asarray(grad(W))
    return np.sort([loss(W - 10.0**e * g) for e in exponents])


@task.mistake(
    "powers of e",
    "You use powers of e, 2.718..., where powers of ten are asked for.",
)
def step_sweep(loss, grad, W, exponents):
    W = np.asarray(W, dtype=float)
    g = np.asarray(grad(W))
    return np.array([loss(W - np.exp(float(e)) * g) for e in exponents])


@task.mistake(
    "exponents as learning rates",
    "You multiply the gradient with the exponent itself. "
    "The exponent -3 stands for the learning rate 0.001.",
)
def step_sweep(loss, grad, W, exponents):
    W = np.asarray(W, dtype=float)
    g = np.asarray(grad(W))
    return np.array([loss(W - e * g) for e in exponents])


@task.mistake(
    "gradient computed for each step",
    "The result is right and costs too much: W stays where it is, so its gradient is the same "
    "for every exponent. Compute it once.",
)
def step_sweep(loss, grad, W, exponents):
    W = np.asarray(W, dtype=float)
    return np.array([loss(W - 10.0**e * np.asarray(grad(W))) for e in exponents])


@task.mistake(
    "only the best loss",
    "You return one number, the best loss. The whole table is wanted: one loss for each exponent.",
)
def step_sweep(loss, grad, W, exponents):
    W = np.asarray(W, dtype=float)
    g = np.asarray(grad(W))
    return min(loss(W - 10.0**e * g) for e in exponents)


@task.mistake(
    "descent, with a rate for each step",
    "Your first loss is right, and every later step starts where the last one ended, with the "
    "gradient there. Where does each try of a sweep start?",
)
def step_sweep(loss, grad, W, exponents):
    losses = []
    for e in exponents:
        W = W - 10.0**e * grad(W)
        losses.append(loss(W))
    return np.array(losses)


@task.mistake(
    "gradient brought to length 1",
    "Your steps have the lengths 10**e, however steep it is at W. Does the formula divide the "
    "gradient by anything?",
)
def step_sweep(loss, grad, W, exponents):
    g = grad(W)
    g = g / np.linalg.norm(g)
    return np.array([loss(W - 10.0**e * g) for e in exponents])


@task.mistake(
    "exponents turned round",
    "The exponent 0 comes out right, and -2 gives you a learning rate of 100. Which sign does e "
    "have already?",
)
def step_sweep(loss, grad, W, exponents):
    g = grad(W)
    return np.array([loss(W - 10.0**-e * g) for e in exponents])


@task.mistake(
    "never worse than W",
    "Where a step is so long that the loss rises, you report the loss at W. What is a sweep meant "
    "to show there?",
)
def step_sweep(loss, grad, W, exponents):
    g = grad(W)
    return np.array([min(loss(W), loss(W - 10.0**e * g)) for e in exponents])


@task.accepts("np.power with a float base")
def step_sweep(loss, grad, W, exponents):
    W = np.array(W, dtype=float)
    g = np.array(grad(W), dtype=float)
    rates = np.power(10.0, exponents)
    return np.array([loss(W - lr * g) for lr in rates])


@task.accepts("as a Python loop with Python integers")
def step_sweep(loss, grad, W, exponents):
    point = np.asarray(W, dtype=float)
    slope = grad(point)
    losses = np.zeros(len(exponents))
    for i, e in enumerate(exponents.tolist()):
        losses[i] = loss(point - 10**e * slope)
    return losses
