"""The figures of chapter `search`."""

import numpy as np

from fallline.plotting.house import PALETTE, legend_above, new_axes
from fallline.search import cosine_density

__all__ = [
    "plot_changes",
    "plot_cosines",
    "plot_histories",
    "plot_race",
    "plot_slices",
    "plot_sweep",
]

_STRATEGIES = {
    "random": ("blue", ":", "s"),
    "local": ("orange", "--", "^"),
    "gradient": ("red", "-", "o"),
}


def plot_histories(curves, ax=None):
    """Draw the loss of each strategy against what it has spent.

    `curves` maps "random", "local" and "gradient" to pairs of evaluations and losses.
    """
    ax = new_axes(height=3.8) if ax is None else ax
    for name, (spent, losses) in curves.items():
        color, style, form = _STRATEGIES[name]
        every = np.unique(np.geomspace(1, len(losses), 9).astype(int)) - 1
        look = {"color": PALETTE[color], "linestyle": style, "marker": form, "markevery": every}
        ax.plot(spent, losses, label=name, **look)
    ax.set(xscale="log", yscale="log", xlabel="evaluations spent", ylabel="loss $f(W)$")
    legend_above(ax, 3)
    return ax


def plot_race(places, heights, tracks, spent, ax=None):
    """Draw a plane of the space of weights, and how far each strategy has come in it.

    `heights` are the losses at the grid of `places`, rows for the second coordinate. `tracks`
    maps a strategy to rows of evaluations, two coordinates and the loss.
    """
    ax = new_axes(height=5.2) if ax is None else ax
    levels = [0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8, 25.6]
    style = {"colors": PALETTE["grey"], "linewidths": 0.8}
    lines = ax.contour(places, places, heights, levels=levels, **style)
    ax.clabel(lines, levels[2::2], fontsize=11, fmt="%g")
    for name, rows in tracks.items():
        color, style, form = _STRATEGIES[name]
        rows = np.array([row for row in rows if row[0] <= spent])
        label = f"{name} {rows[-1, 3]:.2f}"
        ax.plot(*rows[:, 1:3].T, style, color=PALETTE[color])
        ax.plot(*rows[-1, 1:3], form, color=PALETTE[color], markersize=9, label=label)
    words = f"{spent} evaluation{'' if spent == 1 else 's'} spent; the loss of each:"
    ax.set_title(words, pad=34)
    ax.set(xlabel="towards the end of gradient search", ylabel="at a right angle to it")
    ax.set(aspect="equal")
    legend_above(ax, 3, columnspacing=1.2, handletextpad=0.4)
    ax.grid(False)
    return ax


def plot_slices(alphas, downhill, others, ax=None):
    """Draw the loss along the way straight down, and along several random directions."""
    ax = new_axes(height=3.6) if ax is None else ax
    for i, losses in enumerate(others):
        label = f"{len(others)} random directions" if i == 0 else None
        ax.plot(alphas, losses, "--", color=PALETTE["blue"], linewidth=1.1, label=label)
    ax.plot(
        alphas, downhill, "-", color=PALETTE["red"], linewidth=2.4, label="against the gradient"
    )
    ax.set(xlabel=r"length of the step $\alpha$", ylabel=r"loss $f(W + \alpha\, u)$")
    legend_above(ax)
    return ax


def plot_changes(delta_grad, delta_random, spread, ax=None):
    """Draw a histogram of the changes by random steps, the normal curve, and the gradient's."""
    ax = new_axes(height=3.6) if ax is None else ax
    look = {"color": PALETTE["blue"], "alpha": 0.35, "edgecolor": PALETTE["blue"]}
    _, edges, _ = ax.hist(delta_random, bins=31, label="random steps", **look)
    x = np.linspace(-4, 4, 161) * spread
    normal = np.exp(-((x / spread) ** 2) / 2) / (spread * np.sqrt(2 * np.pi))
    expected = len(delta_random) * (edges[1] - edges[0]) * normal
    ax.plot(x, expected, "--", color=PALETTE["grey"], label="predicted")
    best = np.min(delta_random)
    top = expected.max()
    ax.plot([best] * 2, [0, top / 2], ":", color=PALETTE["blue"], label="best of them")
    ax.plot([delta_grad] * 2, [0, top], "-", color=PALETTE["red"], label="against the gradient")
    ax.set(xlabel="change of the loss", ylabel="number of steps")
    legend_above(ax)
    return ax


def plot_cosines(cosines, ax=None):
    """Draw histograms of cosines with their densities; `cosines` maps d to samples."""
    ax = new_axes(height=3.6) if ax is None else ax
    looks = zip(("blue", "red", "green", "purple"), ("-", "--", "-.", ":"), strict=True)
    for (d, sample), (color, style) in zip(cosines.items(), looks, strict=False):
        edges = np.linspace(-1, 1, 2 * max(10, round(3 * np.sqrt(d))) + 1)
        ax.hist(sample, bins=edges, density=True, color=PALETTE[color], alpha=0.3)
        c = np.linspace(-0.999, 0.999, 999)
        ax.plot(c, cosine_density(c, d), style, color=PALETTE[color], label=f"$d = {d}$")
    ax.set(xlabel="cosine of a random direction with a fixed one", ylabel="density")
    legend_above(ax, 4, columnspacing=1.2)
    return ax


def plot_sweep(exponents, losses, ax=None):
    """Draw losses after one step against the step size; `losses` maps a label to losses."""
    ax = new_axes(height=3.8) if ax is None else ax
    for (label, values), form in zip(losses.items(), "os^", strict=False):
        ax.plot(10.0 ** np.asarray(exponents), values, marker=form, label=label)
    ax.set(xscale="log", yscale="log", xlabel=r"step size $\eta$", ylabel="loss after one step")
    legend_above(ax)
    return ax
