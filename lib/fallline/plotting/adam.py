"""The figure of chapter `adam`."""

import numpy as np

from fallline.plotting.house import PALETTE, legend_above, new_axes

__all__ = ["plot_game"]

_LOOKS = [("blue", "-"), ("red", "--"), ("green", "-."), ("purple", ":")]


def plot_game(paths, ax=None):
    """Draw walks between two walls at -1 and 1; `paths` maps a label to one number a step."""
    ax = new_axes() if ax is None else ax
    for (label, path), (color, line) in zip(paths.items(), _LOOKS, strict=False):
        shown = np.unique(np.linspace(0, len(path) - 1, 1500).astype(int))
        style = {"color": PALETTE[color], "linestyle": line, "linewidth": 1.4}
        ax.plot(shown, np.asarray(path)[shown], label=label, **style)
    for wall in (-1, 1):
        ax.axhline(wall, color=PALETTE["grey"], linewidth=1)
    ax.set(xlabel="step $t$", ylabel="$x$", ylim=(-1.15, 1.15))
    legend_above(ax, min(3, len(paths)))
    return ax
