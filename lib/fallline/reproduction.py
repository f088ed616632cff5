"""A published experiment run again: momentum on MNIST, its siblings, and what it left out."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import NamedTuple

import numpy as np

from fallline import datasets
from fallline.capstone import accuracy
from fallline.files import write_whole
from fallline.runs import run_units
from fallline.training import train

TOLERANCE = {"A": 0.06, "siblings": 0.12}
"""By how much a median may differ from the published number, relative to it.

One run was published of each, and seeds differ: by 2 % for momentum, by 10 % for RMSProp and
AdaGrad."""


class Entry(NamedTuple):
    """One row of the tables: an optimizer with its settings, and what was published of it.

    published has the mean loss of every epoch, or of the last one, or nothing.
    """

    part: str
    label: str
    step: str
    hyper: dict
    published: tuple = ()


ENTRIES = {
    "momentum": Entry(
        "A",
        "momentum 0.9, lr 0.01",
        "momentum",
        {"lr": 0.01, "beta": 0.9},
        (0.369134, 0.176699, 0.125531, 0.100507, 0.083820),
    ),
    "none": Entry(
        "A",
        "no momentum, lr 0.01",
        "gradient",
        {"lr": 0.01},
        (0.735494, 0.364616, 0.318786, 0.290835, 0.268683),
    ),
    "none-tenfold": Entry("B", "no momentum, lr 0.1", "gradient", {"lr": 0.1}),
    "momentum-tenth": Entry("B", "momentum 0.9, lr 0.001", "momentum", {"lr": 0.001, "beta": 0.9}),
    "adagrad": Entry("siblings", "AdaGrad, lr 0.01", "adagrad", {"lr": 0.01}, (0.1731,)),
    "rmsprop-0.9": Entry(
        "siblings", "RMSProp 0.9", "rmsprop", {"lr": 0.001, "rho": 0.9}, (0.0884,)
    ),
    "rmsprop-0.999": Entry(
        "siblings", "RMSProp 0.999", "rmsprop", {"lr": 0.001, "rho": 0.999}, (0.1076,)
    ),
    "adam": Entry("siblings", "Adam", "adam", {"lr": 0.001}, (0.0858,)),
    "adadelta": Entry("siblings", "Adadelta 0.9", "adadelta", {"rho": 0.9}, (0.0847,)),
    "sgd-1": Entry("siblings", "no momentum, lr 1", "gradient", {"lr": 1.0}, (2.3049,)),
}
"""What is run, by name: A was published, B is what it did not run, siblings are other methods."""

BUDGETS = {
    "mnist": {"sizes": [784, 200, 10], "B": 64, "epochs": 5},
    # A small copy for machines without MNIST: a batch of 8 makes 175 steps of an epoch.
    "digits": {"sizes": [64, 32, 10], "B": 8, "epochs": 5},
}


def _images(name: str) -> datasets.Split:
    """Return images with pixels from -1 to 1, as float32."""
    load, top = {"mnist": (datasets.mnist, 255), "digits": (datasets.digits_split, 1)}[name]
    X, y, X_test, y_test = load()
    levels = [(((part / np.float32(top)) - 0.5) / 0.5).astype(np.float32) for part in (X, X_test)]
    return datasets.Split(levels[0], y, levels[1], y_test)


def run_entry(settings: dict) -> dict:
    """Run one entry with one seed; the settings are those that `reproduce` makes.

    Returns
    -------
    dict
        ``losses``: the mean loss of each epoch; ``accuracy``: the part of the test images that
        is recognised after each.
    """
    split = _images(settings["data"])
    run = train(
        split.X,
        split.y,
        settings["step"],
        seed=settings["seed"],
        watch=lambda params: accuracy(params, split.X_test, split.y_test),
        progress=False,
        **settings["budget"],
        **settings["hyper"],
    )
    return {"losses": run.losses.tolist(), "accuracy": run.watched}


def reproduce(data="mnist", names=None, seeds=(0, 1, 2), *, folder, **how) -> dict:
    """Run the entries with every seed, and return medians and ranges beside what was published.

    Parameters
    ----------
    data : {"mnist", "digits"}
        The images of the publication, or those that ship with scikit-learn: then there is
        nothing published to compare with.
    names : sequence of str, optional
        Which of `ENTRIES`; by default all.
    seeds : sequence of int
        One training for each.
    folder : path
        Where single results are kept: a second call continues.
    **how
        executor, cluster, workers and progress, as for `fallline.runs.run_units`.

    Returns
    -------
    dict
        ``data``, ``budget``, ``seeds`` and, under ``entries``, for each name ``label``, ``part``,
        ``median``, ``low`` and ``high`` of the losses of every epoch, ``accuracy`` (the median
        after the last), ``published``, and ``holds``: whether the medians agree with it,
        None where nothing was published of these images.

    Raises
    ------
    FileNotFoundError
        If MNIST is asked for and not there, and no cluster is given.
    ValueError, RuntimeError
        As for `fallline.runs.run_units`, or if data or a name is not known.
    """
    if data not in BUDGETS:
        raise ValueError(f"data must be one of {', '.join(BUDGETS)}, got {data!r}")
    names, seeds = list(ENTRIES) if names is None else list(names), [int(seed) for seed in seeds]
    if not seeds:
        raise ValueError("at least one seed is needed")
    if set(names) - set(ENTRIES):
        raise ValueError(f"the entries are {', '.join(ENTRIES)}, got {names}")
    if data == "mnist" and not how.get("cluster"):  # its workers have the data
        datasets.mnist()  # says how to get it, before a process of the pool would
    wanted = []
    for name in names:
        what = {"data": data, "budget": BUDGETS[data], "step": ENTRIES[name].step}
        what["hyper"] = ENTRIES[name].hyper
        wanted += [{**what, "seed": seed} for seed in seeds]
    found = iter(run_units(wanted, folder, run_entry, **how))
    entries = {name: _told(ENTRIES[name], [next(found) for _ in seeds], data) for name in names}
    return {"data": data, "budget": BUDGETS[data], "seeds": seeds, "entries": entries}


def _told(entry: Entry, results, data: str) -> dict:
    """Return what is to be said of one entry."""
    losses = np.array([result["losses"] for result in results])
    median = np.median(losses, axis=0)
    told = {"label": entry.label, "part": entry.part, "hyper": entry.hyper}
    told |= {"median": median.tolist(), "low": losses.min(axis=0).tolist()}
    told |= {"high": losses.max(axis=0).tolist(), "losses": losses.tolist()}
    told["accuracy"] = float(np.median([result["accuracy"][-1] for result in results]))
    told["published"], told["holds"] = [], None
    if data == "mnist" and entry.published:
        told["published"] = list(entry.published)
        gaps = np.abs(median[-len(entry.published) :] / np.array(entry.published) - 1)
        told["holds"] = bool(np.all(gaps <= TOLERANCE[entry.part]))
    return told


def as_text(told: dict) -> str:
    """Return the tables of `reproduce` as text."""
    budget = told["budget"]
    network = "-".join(map(str, budget["sizes"]))
    lines = [
        f"{told['data']}, network {network}, batch {budget['B']}, seeds {told['seeds']}",
        "mean loss of each epoch: median over the seeds, range below, published below that",
    ]
    for entry in told["entries"].values():
        lines += ["", f"{entry['part']}: {entry['label']}, test accuracy {entry['accuracy']:.4f}"]
        lines.append("  ours       " + _numbers(entry["median"]))
        lines.append("  from       " + _numbers(entry["low"]))
        lines.append("  to         " + _numbers(entry["high"]))
        if entry["published"]:
            width = 9 * (len(entry["median"]) - len(entry["published"]))
            verdict = "agrees" if entry["holds"] else "DIFFERS"
            lines.append(f"  published  {'':{width}}{_numbers(entry['published'])}   {verdict}")
    return "\n".join(lines)


def _numbers(values) -> str:
    return "".join(f"{value:9.6f}" for value in values)


def main(arguments=None) -> int:
    """Run the experiment, print its tables, and write them to a file of JSON."""
    parser = argparse.ArgumentParser(prog="python -m fallline.reproduction", description=__doc__)
    parser.add_argument("names", nargs="*", help=f"which of {', '.join(ENTRIES)}; by default all")
    parser.add_argument("--data", choices=list(BUDGETS), help="by default MNIST if it is here")
    parser.add_argument("--seeds", type=int, default=3, help="how many")
    parser.add_argument("--folder", default="_build/reproduction", help="where results are kept")
    parser.add_argument("--cluster", help="address of a Dask scheduler, such as tcp://host:8786")
    parser.add_argument("--workers", type=int, help="how many processes; by default one a core")
    chosen = parser.parse_args(arguments)
    if set(chosen.names) - set(ENTRIES) or chosen.seeds < 1:
        parser.error(f"names are {', '.join(ENTRIES)}, and at least one seed is needed")
    data = chosen.data
    if data is None:
        try:
            datasets.mnist()
            data = "mnist"
        except FileNotFoundError:
            print("MNIST is not on this machine ( make data  fetches it): these are the digits")
            print("that ship with scikit-learn, of which nothing was published.")
            data = "digits"
    how = {"cluster": chosen.cluster, "workers": chosen.workers, "folder": chosen.folder}
    told = reproduce(data, chosen.names or None, range(chosen.seeds), **how)
    path = Path(f"{chosen.folder}.json")
    write_whole(path, json.dumps(told, indent=1).encode())
    print(as_text(told))
    print(f"\n{path} holds these numbers, {chosen.folder} the single runs: delete it to run again.")
    return int(any(entry["holds"] is False for entry in told["entries"].values()))


if __name__ == "__main__":
    from fallline import reproduction  # so that the processes can import what they run

    sys.exit(reproduction.main())
