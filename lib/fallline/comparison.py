"""The fair comparison: optimizers x rates x seeds at equal budgets, on all cores or a cluster."""

from __future__ import annotations

import argparse
import functools
import json
import sys
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np

from fallline import datasets
from fallline.capstone import Grid, accuracy, grid_of, init_mlp, mlp_loss_grad, report
from fallline.depth import init_weights
from fallline.inputs import real_array, whole_number
from fallline.runs import run_units
from fallline.training import train

PROTOCOL = 1
"""Part of every unit's settings: another number, and no earlier result is used again."""

LEAST_RATES, LEAST_SEEDS = 7, 3
"""A comparison with fewer learning rates or seeds is not called fair."""

METHODS: dict[str, tuple[str, dict]] = {
    "gradient": ("gradient", {}),
    "momentum": ("momentum", {"beta": 0.9}),
    "nesterov": ("nesterov", {"mu": 0.9}),
    "adagrad": ("adagrad", {}),
    "rmsprop": ("rmsprop", {"rho": 0.9}),
    "adam": ("adam", {}),
    "lion": ("lion", {}),
}
"""The optimizers that are compared where nothing is said: a step of `training.STEPS` each, and
its other hyper-parameters."""


class Task(NamedTuple):
    """What every run of a comparison has to learn, and with what budget.

    data is "digits", "mnist" or "fashion"; of its images to learn from the last ``validation``
    ones are held out, and the first ``examples`` of the others are used (None: all).
    hidden has the widths of the hidden layers. The budget is ``epochs`` times the examples, that
    many gradients of one example, in batches of B.
    scaling is "signed" (pixels from -1 to 1), "unit" (from 0 to 1) or "standard" (mean 0 and
    variance 1 over all pixels that are learned from); init is "uniform" (`capstone.init_mlp`),
    "normal" (standard deviation 0.01), "he" or "zeros", the last three with biases of 0.
    """

    data: str = "digits"
    hidden: tuple = (50,)
    epochs: int = 10
    B: int = 64
    examples: int | None = None
    validation: int = 300
    scaling: str = "signed"
    init: str = "uniform"
    dtype: str = "float32"


class Row(NamedTuple):
    """One optimizer in the table: what `capstone.report` says, and the accuracy on test images.

    median, low and high are losses on validation images, over the seeds at the best rate lr;
    accuracy is the median of the same runs on test images, which had no say in the choice.
    """

    name: str
    lr: float
    median: float
    low: float
    high: float
    failures: int
    runs: int
    place: str
    accuracy: float


class Comparison(NamedTuple):
    """What `compare` returns: rows of the table, the best first, and the grid of each name."""

    rows: list[Row]
    grids: dict[str, Grid]


# --- one unit ---


def _images(name: str, validation: int, examples) -> list:
    """Return images and classes: to learn from, to validate with and to test with."""
    if name == "digits":
        X, y, X_test, y_test = datasets.digits_split()
        X, X_test = 255 * X, 255 * X_test
    elif name in ("mnist", "fashion"):
        X, y, X_test, y_test = getattr(datasets, name)()
    else:
        raise ValueError(f"data must be digits, mnist or fashion, got {name!r}")
    end = len(X) - validation
    n = end if examples is None else examples
    if not 0 < n <= end or validation < 1:
        raise ValueError(f"{name} has {len(X)} images to learn from, not {n} and {validation}")
    return [(X[:n], y[:n]), (X[end:], y[end:]), (X_test, y_test)]


@functools.lru_cache(maxsize=2)
def _data(name: str, scaling: str, validation: int, examples, dtype: str):
    """Return the same with scaled pixels."""
    parts = _images(name, validation, examples)
    scale = _scaling(scaling, parts[0][0])
    return [(scale(images).astype(dtype), labels) for images, labels in parts]


def _scaling(kind: str, X) -> Callable:
    """Return the function that scales pixels from 0 to 255."""
    if kind == "standard":
        mean, std = float(np.mean(X)), float(np.std(X))
        return lambda pixels: (pixels - mean) / std
    if kind not in ("signed", "unit"):
        raise ValueError(f"scaling must be signed, unit or standard, got {kind!r}")
    return (lambda p: (p / 255 - 0.5) / 0.5) if kind == "signed" else (lambda p: p / 255)


def _start(kind: str, sizes, seed: int):
    """Return the first parameters."""
    rng, pairs = np.random.default_rng([seed, 1]), list(pairwise(sizes))
    if kind == "uniform":
        return init_mlp(rng, sizes)
    laws = {
        "normal": lambda n, m: rng.normal(0, 0.01, (n, m)),
        "he": lambda n, m: init_weights("he-normal", n, m, rng).T,
        "zeros": lambda n, m: np.zeros((n, m)),
    }
    if kind not in laws:
        raise ValueError(f"init must be uniform, {', '.join(laws)}, got {kind!r}")
    return [(laws[kind](n, m), np.zeros(m)) for n, m in pairs]


def run_unit(settings: dict) -> dict:
    """Train once, by settings that say all, and return what is to be kept.

    Parameters
    ----------
    settings : dict
        One of `units`: task, step, hyper, lr and seed.

    Returns
    -------
    dict
        ``value`` is the loss on validation images, None where the run failed; ``losses`` those of
        the epochs; ``validation`` and ``accuracy`` the parts of validation and test images that
        were recognised; ``gradients`` how many gradients of one example were taken.

    Raises
    ------
    TypeError, ValueError
        If the settings are not what they should be.

    Examples
    --------
    >>> task = Task(epochs=1, examples=200)
    >>> (settings,) = units({"adam": ("adam", {})}, [0.01], [0], task)
    >>> result = run_unit(settings)
    >>> result["gradients"], result["value"] < 2.3
    (200, True)
    """
    task = Task(**settings["task"])
    kept = {"value": None, "losses": [], "validation": 0.0, "accuracy": 0.0, "gradients": 0}
    (X, y), (X_val, y_val), (X_test, y_test) = _data(
        task.data, task.scaling, task.validation, task.examples, task.dtype
    )
    sizes = (X.shape[1], *task.hidden, 10)
    budget = {"epochs": task.epochs, "B": task.B, "seed": settings["seed"], "dtype": task.dtype}
    start = _start(task.init, sizes, settings["seed"])
    hyper = {**settings["hyper"], "lr": settings["lr"]}
    try:
        run = train(X, y, settings["step"], params=start, progress=False, **budget, **hyper)
    except ArithmeticError:
        return kept
    value = mlp_loss_grad(run.params, X_val, y_val)[0]
    kept["losses"] = [float(loss) if np.isfinite(loss) else None for loss in run.losses]
    kept["gradients"] = len(X) * task.epochs
    if np.isfinite(value) and np.all(np.isfinite(run.losses)):
        kept |= {"value": value, "validation": accuracy(run.params, X_val, y_val)}
        kept["accuracy"] = accuracy(run.params, X_test, y_test)
    return kept


# --- all units ---


def log_grid(low, high, n=LEAST_RATES) -> np.ndarray:
    """Return n learning rates that are equally spaced in their logarithms.

    Parameters
    ----------
    low, high : float
        The smallest and the largest one, positive.
    n : int
        How many, at least 2.

    Returns
    -------
    array, shape (n,)
        Rounded to six digits, so that they are the same numbers on every machine.

    Raises
    ------
    TypeError, ValueError
        If the ends are not positive and rising, or n is no whole number of at least 2.

    Examples
    --------
    >>> log_grid(0.001, 1).tolist()
    [0.001, 0.00316228, 0.01, 0.0316228, 0.1, 0.316228, 1.0]

    References
    ----------
    ``Bengio2012``, section 3.1.
    """
    low, high = real_array([low, high], "low and high", 1)
    if not 0 < low < high < np.inf:
        raise ValueError(f"low and high must be positive and rise, got {low} and {high}")
    rates = np.geomspace(low, high, whole_number(n, "n", 2))
    return np.array([float(f"{rate:.6g}") for rate in rates])


def units(methods: dict, lrs, seeds, task: Task) -> list[dict]:
    """Return the settings of every run of a comparison, as JSON holds them.

    Parameters
    ----------
    methods : dict of str to (str, dict)
        The optimizers by name: a step of `fallline.training.STEPS` and its hyper-parameters
        but for lr.
    lrs : array, shape (m,), or dict of str to such arrays
        The learning rates, for all methods or for each.
    seeds : sequence of int
        The seeds.
    task : Task
        What is learned, with what budget.

    Returns
    -------
    list of dict
        Method by method, rate by rate, seed by seed.

    Examples
    --------
    >>> len(units(METHODS, log_grid(1e-4, 1), [0, 1, 2], Task()))
    147
    """
    found = []
    for name, (step, hyper) in methods.items():
        for lr in _rates_of(lrs, name):
            for seed in seeds:
                found.append(
                    {
                        "protocol": PROTOCOL,
                        "task": json.loads(json.dumps(task._asdict())),
                        "step": step,
                        "hyper": dict(hyper),
                        "lr": float(lr),
                        "seed": int(seed),
                    }
                )
    return found


def _rates_of(lrs, name):
    return lrs[name] if isinstance(lrs, dict) else lrs


# --- the comparison ---


def compare(
    methods: dict | None = None,
    lrs=None,
    seeds=(0, 1, 2),
    task: Task | None = None,
    *,
    folder,
    fair: bool = True,
    **how,
) -> Comparison:
    """Compare optimizers fairly: every rate with every seed, at equal gradient evaluations.

    For each optimizer the rate is chosen by the median of the validation loss over the seeds.
    Failed runs count as infinity, and are reported; test images have no say in the choice.

    Parameters
    ----------
    methods, lrs, seeds, task
        As for `units`; by default `METHODS`, seven rates from 0.0001 to 1, three seeds, `Task()`.
    folder : path
        Where the results are kept: a second call with the same folder continues.
    fair : bool
        Whether fewer than seven rates or three seeds, rates that are not equally spaced in their
        logarithms, or another number of rates for some method are refused.
    **how
        executor, cluster, workers and progress, as for `fallline.runs.run_units`.

    Returns
    -------
    Comparison

    Raises
    ------
    ValueError
        If the comparison would not be fair, or an argument is not what it should be.
    FileNotFoundError
        If the task's images are not on this machine, and no cluster is given.
    RuntimeError, ConnectionError, ModuleNotFoundError
        As for `fallline.runs.run_units`.

    References
    ----------
    ``SchmidtSchneiderHennig2021``; ``ChoiShallueNadoLeeMaddisonDahl2019``;
    ``WilsonRoelofsSternSrebroRecht2017``.
    """
    methods, task = METHODS if methods is None else methods, Task() if task is None else task
    lrs = log_grid(1e-4, 1) if lrs is None else lrs
    rates = {name: [float(lr) for lr in _rates_of(lrs, name)] for name in methods}
    for name in methods:
        grid_of(rates[name], seeds, np.zeros((len(rates[name]), len(seeds))))  # refuses nonsense
    if fair:
        _refuse_unfair(rates, seeds)
    wanted = units(methods, rates, seeds, task)
    if not how.get("cluster"):  # its workers have the data, this machine need not
        _images(task.data, task.validation, task.examples)
    found = iter(run_units(wanted, folder, run_unit, **how))
    rows, grids = [], {}
    for name in methods:
        results = [[next(found) for _ in seeds] for _ in rates[name]]
        grids[name] = grid_of(
            rates[name],
            seeds,
            [[np.inf if r["value"] is None else r["value"] for r in row] for row in results],
        )
        said = report(grids[name])
        chosen = [row for lr, row in zip(rates[name], results, strict=True) if lr == said.lr]
        right = [result["accuracy"] for row in chosen for result in row]
        rows.append(Row(name, *said, float(np.median(right)) if right else 0.0))
    return Comparison(sorted(rows, key=lambda row: row.median), grids)


def _refuse_unfair(rates: dict, seeds) -> None:
    """Say why a comparison would not be fair."""
    ways = [len(grid) for grid in rates.values()]
    gaps = [np.diff(np.log(grid)) for grid in rates.values()]
    if min(ways) < LEAST_RATES or len(seeds) < LEAST_SEEDS:
        why = f"needs {LEAST_RATES} rates and {LEAST_SEEDS} seeds, not {min(ways)} and {len(seeds)}"
    elif len(set(ways)) > 1:
        why = f"gives every method as many rates, not {ways}"
    elif any(np.ptp(gap) > 1e-3 * np.mean(gap) for gap in gaps):
        why = "has rates that are equally spaced in their logarithms: use log_grid"
    else:
        return
    raise ValueError(f"a fair comparison {why}; to try something out, say fair=False")


def as_text(comparison: Comparison) -> str:
    """Return the table of a comparison as text, one line for each optimizer.

    Examples
    --------
    >>> row = Row("adam", 0.001, 0.25, 0.24, 0.27, 6, 21, "inside", 0.93)
    >>> print(as_text(Comparison([row], {})))
    method     rate     median loss (low to high)   place     failed  accuracy
    adam       0.001    0.2500 (0.2400 to 0.2700)   inside      6/21  0.930
    """
    lines = ["method     rate     median loss (low to high)   place     failed  accuracy"]
    for row in comparison.rows:
        loss = f"{row.median:.4f} ({row.low:.4f} to {row.high:.4f})"
        failed = f"{row.failures}/{row.runs}"
        lines.append(
            f"{row.name:<10} {row.lr:<8.3g} {loss:<27} {row.place:<9} {failed:>6}  "
            f"{row.accuracy:.3f}"
        )
    return "\n".join(lines)


def main(arguments=None) -> int:
    """Run the comparison of `METHODS` and print its table: ``python -m fallline.comparison``."""
    parser = argparse.ArgumentParser(prog="python -m fallline.comparison", description=main.__doc__)
    parser.add_argument("--data", default="digits", choices=["digits", *datasets.SOURCES])
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--examples", type=int, help="how many images to learn from")
    parser.add_argument("--folder", help="where results are kept; by default _build/comparison")
    parser.add_argument("--cluster", help="address of a Dask scheduler, such as tcp://host:8786")
    parser.add_argument("--workers", type=int, help="how many processes; by default one a core")
    chosen = parser.parse_args(arguments)
    task = Task(chosen.data, epochs=chosen.epochs, examples=chosen.examples)
    if chosen.data != "digits":
        task = task._replace(hidden=(200,), validation=10_000)
    folder = chosen.folder or Path("_build/comparison")
    how = {"cluster": chosen.cluster, "workers": chosen.workers}
    print(as_text(compare(task=task, folder=folder, **how)))
    return 0


if __name__ == "__main__":
    from fallline import comparison  # so that what the processes get has its own module's name

    sys.exit(comparison.main())
