"""Compare speeds side by side: `make bench` prints how many times longer one way takes.

The two ways of a row take turns in one process, and the ratio is that of
their fastest turns, so that a busy machine slows both alike.
"""

import contextlib
import importlib.util
import io
import math
import sys
import timeit

import numpy as np

from fallline.adam import adam_step
from fallline.differences import central_diff, complex_step, numerical_gradient
from fallline.gradient import jacobian, jvp
from fallline.inplace import AdamInPlace
from fallline.marking.check import mark
from fallline.marking.tasks import find

TURNS = 7
SIZES = (1_000, 100_000, 1_000_000, 10_000_000)
SECONDS = 0.3  # for one way of making a step, at one size: enough for its fastest turn


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


# --- a step of Adam ---


def pure(w, g):
    """Return a function that makes one step of `adam_step` after another, float64 throughout."""
    held = [w, (np.zeros_like(w), np.zeros_like(w), 0)]

    def step():
        held[:] = adam_step(held[0], g, held[1])

    return step


def in_place(chunk):
    """Return a maker of steps in place, in chunks or all at once."""

    def make(w, g):
        adam = AdamInPlace(w, chunk)
        return lambda: adam.step(g)

    return make


def torch_adam(**how):
    """Return a maker of PyTorch's steps, on one thread."""

    def make(w, g):
        import torch

        torch.set_num_threads(1)
        parameter = torch.nn.Parameter(torch.from_numpy(w))
        parameter.grad = torch.from_numpy(g)
        return torch.optim.Adam([parameter], **how).step

    return make


def copy(w, g):
    """Return a function that copies g to w: two of the seven numbers of a step."""
    return lambda: np.copyto(w, g)


WAYS = {
    "copy": copy,
    "pure": pure,
    "in place": in_place(None),
    "chunked": in_place(32_768),
}
if importlib.util.find_spec("torch"):
    WAYS |= {
        "torch single": torch_adam(foreach=False, fused=False),
        "torch foreach": torch_adam(foreach=True),
        "torch fused": torch_adam(fused=True),
    }


def nanoseconds(size, dtype) -> dict[str, float]:
    """Return the time of a step's fastest turn per parameter; all ways take turns."""
    rng, steps = np.random.default_rng(0), {}
    for name, make in WAYS.items():
        w, g = rng.normal(size=(2, size)).astype(dtype)
        steps[name] = make(w, g)
    best, timer = dict.fromkeys(steps, math.inf), timeit.default_timer
    for step in steps.values():
        step()  # the first one makes its memory
    end = timer() + SECONDS * len(steps)
    turns = 0
    while turns < 3 or timer() < end:
        turns += 1
        for name, step in steps.items():
            begun = timer()
            step()
            best[name] = min(best[name], timer() - begun)
    return {name: 1e9 * seconds / size for name, seconds in best.items()}


def adam_table(sizes=SIZES) -> None:
    """Print nanoseconds per parameter of one step, all ways side by side in one run."""
    print("one step of Adam, nanoseconds per parameter (one thread, the fastest turn);")
    print("pure computes in float64 also where the arrays given are float32")
    print("kind      parameters" + "".join(f"{name:>15}" for name in WAYS))
    for dtype in (np.float64, np.float32):
        for size in sizes:
            took = nanoseconds(size, dtype)
            cells = "".join(f"{time:15.2f}" for time in took.values())
            print(f"{np.dtype(dtype).name:<8}{size:>12}{cells}", flush=True)


def main() -> None:
    """Print the tables: of `adam` alone where the word is given, else all."""
    if "adam" in sys.argv[1:]:
        adam_table()
        return
    for label, slow, fast in rows():
        with contextlib.redirect_stdout(io.StringIO()):
            times = ratio(slow, fast)
        print(f"{times:10.1f}   {label}")
    adam_table()


if __name__ == "__main__":
    main()
