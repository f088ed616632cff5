"""The figures of chapter `adaptive`."""

import numpy as np

from fallline.plotting.house import PALETTE, legend_above, new_axes

__all__ = ["plot_angles", "plot_drift"]

_LOOKS = [("blue", "-", "o"), ("red", "--", "s"), ("green", "-.", "^"), ("purple", ":", "d")]


def _lines(draw, runs, x):
    """Draw one line for each run, with marks that are few enough to be told apart."""
    for (label, values), (color, line, mark) in zip(runs.items(), _LOOKS, strict=False):
        every = max(1, len(values) // 8)
        style = {"linestyle": line, "marker": mark, "markevery": every, "markersize": 5}
        draw(x, values, color=PALETTE[color], label=label, **style)


def plot_drift(runs, ylabel="$w$", ax=None):
    """Draw where walks lead that should stay at 0; `runs` maps a label to a path."""
    ax = new_axes(height=3.8) if ax is None else ax
    first = next(iter(runs.values()))
    _lines(ax.plot, runs, np.arange(len(first)))
    ax.axhline(0, color=PALETTE["grey"], linewidth=1)
    ax.set(xlabel="step $t$", ylabel=ylabel)
    legend_above(ax)
    return ax


def plot_angles(degrees, runs, ylabel="$f$ after the walk", ax=None):
    """Draw what is left of f against the angle; `runs` maps a label to one number an angle."""
    ax = new_axes(height=3.8) if ax is None else ax
    _lines(ax.semilogy, runs, degrees)
    ax.set(
        xlabel="angle of the valley in degrees", ylabel=ylabel, xticks=[0, 15, 30, 45, 60, 75, 90]
    )
    legend_above(ax, min(3, len(runs)))
    return ax
