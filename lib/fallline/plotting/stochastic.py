"""The figures of chapter `stochastic`."""

import numpy as np

from fallline.plotting.house import PALETTE, contours, legend_above, new_axes

__all__ = ["plot_noisy_walks", "plot_schedules", "plot_traces", "plot_variance"]

_LOOKS = [("blue", "-", "o"), ("red", "--", "s"), ("green", "-.", "^"), ("purple", ":", "d")]
_LOOKS += [("orange", (0, (5, 1)), "v"), ("grey", (0, (3, 1, 1, 1, 1, 1)), "x")]


def plot_noisy_walks(value, paths, low, high, levels, names=("$w_1$", "$w_2$"), ax=None):
    """Draw level sets of value and several walks over them; `paths` maps a label to a path."""
    ax = new_axes(height=4.2) if ax is None else ax
    contours(ax, value, low, high, levels, linewidths=0.7)
    for (label, path), (color, line, mark) in zip(paths.items(), _LOOKS, strict=False):
        style = {"linestyle": line, "marker": mark, "markersize": 3, "linewidth": 1.1}
        ax.plot(*np.transpose(path), color=PALETTE[color], label=label, **style)
    first = next(iter(paths.values()))[0]
    ax.plot(*first, "o", color=PALETTE["grey"], markersize=9)
    ax.set(xlabel=names[0], ylabel=names[1], xlim=(low[0], high[0]), ylim=(low[1], high[1]))
    legend_above(ax, min(3, len(paths)))
    return ax


def plot_variance(sizes, measured, predicted, ax=None):
    """Draw the variance of a batch's gradient against its size, dots on their predicted lines.

    `measured` and `predicted` map a label to one number for each of the sizes.
    """
    ax = new_axes(height=3.8) if ax is None else ax
    for label, (color, line, mark) in zip(measured, _LOOKS, strict=False):
        law = np.where(np.array(predicted[label]) > 0, predicted[label], np.nan)
        ax.loglog(sizes, law, linestyle=line, color=PALETTE[color], label=f"{label}, predicted")
        dots = np.where(np.array(measured[label]) > 1e-12, measured[label], np.nan)
        ax.loglog(sizes, dots, mark, color=PALETTE[color], markersize=8, label=f"{label}, measured")
    ax.set(xlabel="batch size $B$", ylabel="variance")
    legend_above(ax)
    return ax


def plot_traces(runs, xlabel, ylabel, scale="semilogy", ncols=3, level=None, ax=None):
    """Draw curves on logarithmic axes; `runs` maps a label to (x, y)."""
    ax = new_axes(height=3.8) if ax is None else ax
    for (label, (x, y)), (color, line, mark) in zip(runs.items(), _LOOKS, strict=False):
        style = {"linestyle": line, "marker": mark, "markersize": 5, "linewidth": 1.4}
        every = max(1, len(x) // 8)
        getattr(ax, scale)(x, y, color=PALETTE[color], label=label, markevery=every, **style)
    if level is not None:
        ax.axhline(level, color=PALETTE["grey"], linestyle=":", linewidth=1.2)
    ax.set(xlabel=xlabel, ylabel=ylabel)
    legend_above(ax, ncols)
    return ax


def plot_schedules(runs, ax=None):
    """Draw the learning rate against the step; `runs` maps a label to one rate for each step."""
    ax = new_axes(height=3.8) if ax is None else ax
    for (label, rates), (color, line, mark) in zip(runs.items(), _LOOKS, strict=False):
        t = np.arange(1, len(rates) + 1)
        style = {"linestyle": line, "marker": mark, "markersize": 5, "markevery": len(t) // 8 or 1}
        ax.plot(t, rates, color=PALETTE[color], label=label, **style)
    ax.set(xlabel="step $t$", ylabel=r"learning rate $\eta_t$")
    ax.set_ylim(bottom=0)
    legend_above(ax, 3)
    return ax
