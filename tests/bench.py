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
from fallline.capstone import init_mlp
from fallline.datasets import mnist
from fallline.differences import central_diff, complex_step, numerical_gradient
from fallline.gradient import jacobian, jvp
from fallline.inplace import AdamInPlace
from fallline.marking.check import mark
from fallline.marking.tasks import find
from fallline.stochastic import minibatches
from fallline.training import FORMS, STEPS, train

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


# --- a training step of the capstone's network ---


def our_training(form):
    """Return a maker of training steps of the library, on batches of 64."""

    def make(X, y, batches, step, hyper, _):
        params = init_mlp(np.random.default_rng(0), dtype=np.float32)
        runner = FORMS[form](X, y, params, STEPS[step], hyper, 64)
        return lambda t: runner.advance(batches[t % len(batches)], t + 1)

    return make


def torch_training(**how):
    """Return a maker of PyTorch's training steps: forward, backward, optimizer."""

    def make(X, y, batches, step, hyper, threads):
        import torch

        torch.set_num_threads(threads)
        torch.manual_seed(0)
        linear = torch.nn.Linear
        net = torch.nn.Sequential(linear(784, 200), torch.nn.ReLU(), linear(200, 10))
        kind, words = {
            "momentum": (torch.optim.SGD, {"lr": hyper["lr"], "momentum": hyper.get("beta")}),
            "adam": (torch.optim.Adam, {"lr": hyper["lr"]}),
        }[step]
        optimizer = kind(net.parameters(), **words, **how)
        images, labels = torch.from_numpy(X), torch.from_numpy(y)
        orders = [torch.from_numpy(batch) for batch in batches]

        def advance(t):
            batch = orders[t % len(orders)]
            loss = torch.nn.functional.cross_entropy(net(images[batch]), labels[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            return loss.item()

        return advance

    return make


TRAININGS = {"pure": our_training("pure"), "preallocated": our_training("fast")}
if importlib.util.find_spec("torch"):
    TRAININGS |= {"torch": torch_training(), "torch fused": torch_training(fused=True)}
HYPERS = {"momentum": {"lr": 0.01, "beta": 0.9}, "adam": {"lr": 0.001}}


def training_times(step, threads) -> dict[str, float]:
    """Return the seconds of a training step's fastest turn; all ways take turns."""
    rng = np.random.default_rng(0)
    X = rng.uniform(-1, 1, (6400, 784)).astype(np.float32)
    y = rng.integers(0, 10, 6400)
    batches = minibatches(6400, 64, rng)
    ways = {
        name: make(X, y, batches, step, HYPERS[step], threads) for name, make in TRAININGS.items()
    }
    best, timer = dict.fromkeys(ways, math.inf), timeit.default_timer
    end, t = timer() + 5 * SECONDS * len(ways), 0
    while t < 20 or timer() < end:
        for name, advance in ways.items():
            begun = timer()
            advance(t)
            best[name] = min(best[name], timer() - begun)
        t += 1
    return best


def training_table() -> None:
    """Print the time of a training step, all ways side by side in one run."""
    try:
        from threadpoolctl import threadpool_limits
    except ModuleNotFoundError:
        print("no table of training steps: threadpoolctl, which sets NumPy's threads, is missing")
        return
    reference = "torch fused" if "torch fused" in TRAININGS else "pure"
    print(f"one training step, 784-200-10, batch 64, float32: microseconds (x {reference})")
    print("rule      threads" + "".join(f"{name:>20}" for name in TRAININGS))
    for threads in (1, 2):
        for step in HYPERS:
            with threadpool_limits(threads):
                took = training_times(step, threads)
            cells = (f"{1e6 * s:.0f} ({s / took[reference]:.2f})" for s in took.values())
            print(f"{step:<8}{threads:>9}" + "".join(f"{cell:>20}" for cell in cells), flush=True)
    print(f"five epochs of MNIST are {5 * 938} steps", end="")
    try:
        split = mnist()
    except FileNotFoundError:
        print()
        return
    X = (split.X.astype(np.float32) / 255 - 0.5) / 0.5
    begun = timeit.default_timer()
    run = train(X, split.y, "momentum", lr=0.01, beta=0.9)
    took = timeit.default_timer() - begun
    print(f": {took:.1f} s with momentum, preallocated; losses {run.losses.round(4)}")


TABLES = {"adam": adam_table, "training": training_table}


def main() -> None:
    """Print the tables: one of `TABLES` alone where its name is given, else all."""
    chosen = [table for name, table in TABLES.items() if name in sys.argv[1:]]
    if chosen:
        for table in chosen:
            table()
        return
    for label, slow, fast in rows():
        with contextlib.redirect_stdout(io.StringIO()):
            times = ratio(slow, fast)
        print(f"{times:10.1f}   {label}")
    for table in TABLES.values():
        table()


if __name__ == "__main__":
    main()
