"""The figures of chapter `checking`."""

import numpy as np

from fallline.checking import kinks_crossed
from fallline.plotting.house import PALETTE, legend_above, new_axes

__all__ = ["plot_check_errors", "plot_conditioning", "plot_kink"]


def plot_check_errors(hs, curves, expected, ax=None):
    """Draw what a check reports for a right gradient at every step, and the error to expect.

    `curves` maps a name to the errors at the steps `hs`; `expected` maps it to one number.
    """
    ax = new_axes(width=6.0, height=3.9) if ax is None else ax
    styles = (("blue", "o", "-"), ("red", "s", "--"), ("green", "^", "-."))
    for (name, errors), (color, marker, line) in zip(curves.items(), styles, strict=False):
        color = PALETTE[color]
        ax.plot(hs, errors, marker=marker, markersize=5, color=color, linestyle=line, label=name)
        ax.axhline(expected[name], color=color, linestyle=":", linewidth=1.4)
    ax.plot([], [], ":", color=PALETTE["grey"], label="expected at the best step")
    ax.set(xscale="log", yscale="log", xlabel="step $h$", ylabel="relative error")
    legend_above(ax)
    return ax


def plot_conditioning(g, errors, expected, wrong, ax=None):
    """Draw relative errors of right entries against their size, and those of wrong ones.

    `wrong` is a pair of arrays like `g` and `errors`; the lines are the expected error of a right
    entry, and a hundred times as much.
    """
    ax = new_axes(width=6.0, height=4.2) if ax is None else ax
    size, order = np.abs(g), np.argsort(np.abs(g))
    ax.plot(size, errors, "o", markersize=4, color=PALETTE["blue"], label="right entries")
    ax.plot(np.abs(wrong[0]), wrong[1], "X", markersize=7, color=PALETTE["red"], label="1 % off")
    line = {"color": PALETTE["grey"], "marker": ""}
    ax.plot(size[order], expected[order], "--", **line, label="expected error")
    ax.plot(size[order], 100 * expected[order], "-", **line, label="threshold, 100 times that")
    ax.set(xscale="log", yscale="log", xlabel="size of the entry, $|g_i|$")
    ax.set(ylabel="relative error $r_i$")
    legend_above(ax)
    return ax


def plot_kink(x, h, ax=None):
    """Draw a ReLU around its kink, the point x, and the central difference with step h."""
    ax = new_axes(width=6.0, height=3.6) if ax is None else ax
    relu = lambda z: np.maximum(z, 0.0)  # noqa: E731
    unit = max(abs(x), h)
    z = unit * np.linspace(-2.4, 2.4, 241)
    ends = np.array([x - h, x + h])
    slope = (relu(ends[1]) - relu(ends[0])) / (2 * h)
    ax.plot(z / unit, relu(z) / unit, "-", color=PALETTE["grey"], label="ReLU")
    label = f"central difference, slope {slope:.3g}"
    ax.plot(ends / unit, relu(ends) / unit, "o--", color=PALETTE["red"], label=label)
    label = f"the point, slope {float(x > 0):g}"
    ax.plot(x / unit, relu(x) / unit, "D", markersize=8, color=PALETTE["blue"], label=label)
    count = kinks_crossed(ends[:1], ends[1:])
    step, size = (rf"10^{{{np.log10(value):.0f}}}" for value in (h, unit))
    ax.set_title(f"$h = {step}$, kinks crossed: {count}")
    ax.set_xlabel(f"pre-activation, in units of ${size}$")
    ax.set(ylabel="output, in the same units", xlim=(-2.4, 2.4), ylim=(-0.4, 2.4))
    ax.legend(loc="upper left")
    return ax
