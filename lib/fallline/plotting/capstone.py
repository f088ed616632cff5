"""The figures of chapter `capstone`."""

import numpy as np

from fallline.plotting.house import PALETTE, legend_above, new_axes

__all__ = ["plot_epochs", "plot_fair_grids", "plot_images", "plot_valleys"]

_LINES = (
    ("red", "-", "o"),
    ("blue", "--", "s"),
    ("green", "-.", "^"),
    ("purple", ":", "D"),
    ("orange", (0, (5, 1)), "v"),
    ("grey", (0, (3, 1, 1, 1)), "P"),
)


def plot_images(X, y, ax=None):
    """Draw one image of each class in a row, with its class under it."""
    ax = new_axes(height=1.2) if ax is None else ax
    side = round(np.sqrt(np.shape(X)[1]))
    classes = np.unique(y)
    tiles = [np.reshape(X[np.flatnonzero(y == k)[0]], (side, side)) for k in classes]
    gap = np.full((side, 1), np.min(X))
    row = np.hstack([part for tile in tiles for part in (tile, gap)][:-1])
    ax.imshow(row, cmap="Greys", interpolation="nearest")
    ax.set_xticks([k * (side + 1) + (side - 1) / 2 for k in range(len(classes))], classes)
    ax.set(yticks=[], xlabel="class $y$")
    ax.grid(False)
    for spine in ax.spines.values():
        spine.set_visible(False)
    return ax


def plot_epochs(runs, ax=None):
    """Draw the mean loss of each epoch; `runs` maps a label to losses of shape (seeds, epochs).

    A line leads through the medians, and a bar goes from the smallest to the largest.
    """
    ax = new_axes(height=4.0) if ax is None else ax
    for k, (label, losses) in enumerate(runs.items()):
        color, style, form = _LINES[k % len(_LINES)]
        losses = np.asarray(losses)
        epochs = np.arange(1, losses.shape[1] + 1)
        median = np.median(losses, axis=0)
        bars = [median - losses.min(axis=0), losses.max(axis=0) - median]
        look = {"color": PALETTE[color], "linestyle": style, "marker": form}
        look |= {"capsize": 3, "linewidth": 3.2 if k == 0 else 1.6}
        ax.errorbar(epochs, median, yerr=bars, label=label, **look)
    ax.set(yscale="log", xlabel="epoch", ylabel="mean loss $\\bar L$", xticks=epochs)
    legend_above(ax, 2, columnspacing=1.2)
    return ax


def plot_fair_grids(grids, ax=None):
    """Draw the validation loss of each optimizer against its learning rate.

    `grids` maps a name to a `fallline.capstone.Grid`: a line through the medians, bars for the
    ranges, and a ring around the best rate. Runs that failed are not drawn.
    """
    ax = new_axes(height=4.6) if ax is None else ax
    for k, (name, grid) in enumerate(grids.items()):
        color, style, form = _LINES[k % len(_LINES)]
        median, low, high = (f(grid.values, axis=1) for f in (np.median, np.min, np.max))
        ok = np.isfinite(median)
        high = np.where(np.isfinite(high), high, median)
        bars = [median[ok] - low[ok], high[ok] - median[ok]]
        look = {"color": PALETTE[color], "linestyle": style, "marker": form, "markersize": 5}
        ax.errorbar(grid.lrs[ok], median[ok], yerr=bars, label=name, capsize=2, **look)
        best = grid.lrs == grid.best
        ring = {"markersize": 13, "markerfacecolor": "none", "markeredgewidth": 1.6}
        ax.plot(grid.lrs[best], median[best], "o", color=PALETTE[color], **ring)
    ax.set(xscale="log", yscale="log", xlabel=r"learning rate $\eta$", ylabel="validation loss")
    ax.set_yticks([0.2, 0.5, 1, 2], ["0.2", "0.5", "1", "2"])
    ax.minorticks_off()
    legend_above(ax, 3, columnspacing=1.2)
    return ax


def plot_valleys(shares, ax=None):
    """Draw the shares of the valleys as bars side by side; `shares` maps a label to shares.

    Each row of shares belongs to the minima A, B, C, ... in their order.
    """
    ax = new_axes(height=3.4) if ax is None else ax
    width = 0.8 / len(shares)
    hatches = ("", "///", "...", "xx")
    for k, (label, row) in enumerate(shares.items()):
        color, _, _ = _LINES[k % len(_LINES)]
        at = np.arange(len(row)) - 0.4 + (k + 0.5) * width
        look = {"color": PALETTE[color], "hatch": hatches[k % len(hatches)], "edgecolor": "white"}
        ax.bar(at, row, width, label=label, **look)
    ax.set_xticks(np.arange(len(row)), list("ABCDEFGH"[: len(row)]))
    ax.set(xlabel="minimum", ylabel="share of the balls")
    legend_above(ax, 2, columnspacing=1.2)
    return ax
