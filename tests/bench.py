"""Compare speeds side by side: `make bench` prints how many times longer one way takes.

The two ways of a row take turns in one process, and the ratio is that of
their fastest turns, so that a busy machine slows both alike.
"""

import contextlib
import io
import timeit

import numpy as np

from fallline.differences import central_diff, complex_step, numerical_gradient
from fallline.gradient import jacobian, jvp
from fallline.marking.check import mark
from fallline.marking.tasks import find

TURNS = 7


def ratio(slow, fast) -> float:
    """Return the fastest turn of `slow` divided by the fastest turn of `fast`."""
    timers = [timeit.Timer(slow), timeit.Timer(fast)]
    counts = [max(1, timer.autorange()[0] // 10) for timer in timers]
    turns = [
        [timer.timeit(count) / count for timer, count in zip(timers, counts, strict=True)]
        for _ in range(TURNS)
    ]
    slow_turns, fast_turns = zip(*turns, strict=True)
    return min(slow_turns) / min(fast_turns)


def gradient_rows():
    """Yield what a gradient by differences costs beside the exact one."""
    for d in (10, 100, 1000):
        c, w = np.linspace(1, 10, d), np.ones(d)
        yield (
            f"gradient of a bowl in {d} dimensions: {2 * d} evaluations / the exact gradient",
            lambda c=c, w=w: numerical_gradient(lambda x: 0.5 * np.sum(c * x * x), w),
            lambda c=c, w=w: c * w,
        )


def rows():
    """Yield a label and the two ways that are compared."""
    yield from gradient_rows()
    yield (
        "derivative of sin: central difference / complex step",
        lambda: central_diff(np.sin, 1.0, 1e-5),
        lambda: complex_step(np.sin, 1.0),
    )
    x, v = np.linspace(0, 1, 50), np.ones(50)
    yield (
        "50 x 50 Jacobian: whole matrix times v / Jacobian-vector product",
        lambda: jacobian(np.sin, x) @ v,
        lambda: jvp(np.sin, v, x=x),
    )
    task = find("secant_slope")
    wrong = next(iter(task.mistakes[0].code.values()))
    yield (
        "marking: a wrong answer with its diagnosis / a right answer",
        lambda: mark(wrong),
        lambda: mark(*task.reference.values()),
    )


def main() -> None:
    """Print the table."""
    for label, slow, fast in rows():
        with contextlib.redirect_stdout(io.StringIO()):
            times = ratio(slow, fast)
        print(f"{times:10.1f}   {label}")


if __name__ == "__main__":
    main()
