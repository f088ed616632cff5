"""Task `best_step` of chapter `differences`."""

import numpy as np

from fallline import differences as reference
from fallline.marking.task import Case, Task


def random_steps(rng):
    cases = []
    for scheme in ("forward", "central"):
        for shape in ((), (3,), (2, 2)):
            x = 100 * rng.normal(size=shape)
            eps = 2.0 ** -rng.integers(10, 50)
            label = f"{scheme}, random x of shape {shape}, eps = {eps:.3g}"
            cases.append(Case(label, (scheme, x if shape else float(x), eps)))
    return cases


task = Task(
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
