"""Task `chain_derivative` of chapter `derivative`."""

import numpy as np

from fallline import derivative as reference
from fallline.marking.functions import square
from fallline.marking.task import Case, Task
from fallline.marking.tasks.derivative.cases import double, one


def two(x):
    return 0.0 * x + 2.0


def shift(x):
    return x + 0.5


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


task = Task(
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
