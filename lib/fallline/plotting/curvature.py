"""The figures of chapter `curvature`."""

import numpy as np

from fallline.curvature import newton_step
from fallline.plotting.house import PALETTE, legend_above, new_axes

__all__ = ["plot_fates", "plot_fit", "plot_newton_parabola"]

_LOOKS = [("blue", "-", "o"), ("red", "--", "s"), ("green", "-.", "^"), ("purple", ":", "d")]


def plot_newton_parabola(f, df, d2f, w, span, ax=None):
    """Draw a curve, its parabola at w, and the step to the parabola's vertex."""
    ax = new_axes(height=3.8) if ax is None else ax
    x = np.linspace(*span, 401)
    p = newton_step([df(w)], [[d2f(w)]])[0]
    parabola = f(w) + df(w) * (x - w) + d2f(w) * (x - w) ** 2 / 2
    vertex = f(w) + df(w) * p / 2
    curve = f(x)
    ax.plot(x, curve, "-", color=PALETTE["blue"], label="$f$")
    ax.plot(x, parabola, "--", color=PALETTE["red"], label="parabola at $w$")
    ax.plot([w, w + p], [vertex, vertex], "-", color=PALETTE["grey"], linewidth=1.2)
    ax.plot([w, w], [vertex, f(w)], ":", color=PALETTE["grey"], linewidth=1.2)
    ax.plot(w, f(w), "o", color=PALETTE["blue"], markersize=9, label=f"$w$ = {w:g}")
    ax.plot(w + p, vertex, "D", color=PALETTE["red"], markersize=8, label=f"next: {w + p:g}")
    rise = curve.max() - curve.min()
    ax.set(xlabel="$w$", ylabel="$f$")
    ax.set_ylim(min(curve.min(), vertex) - 0.15 * rise, curve.max())
    legend_above(ax)
    return ax


def plot_fates(axis, fates, points, ax=None):
    """Draw at which kind of point each start of a square grid ends.

    `fates` holds a number a start, and `points` maps the name of each kind to its points.
    """
    ax = new_axes(height=5.6) if ax is None else ax
    fates = np.asarray(fates)
    for i, (name, places) in enumerate(points.items()):
        color, _, mark = _LOOKS[i]
        here = np.where(fates == i, 1.0, 0.0)
        if here.any():
            ax.contourf(axis, axis, here, levels=[0.5, 1.5], colors=PALETTE[color], alpha=0.55)
        style = {"color": PALETTE[color], "markeredgecolor": "white", "markersize": 10}
        share = f"{np.mean(fates == i):.2f}"
        ax.plot(*np.transpose(places), mark, linestyle="", **style, label=f"{name}: {share}")
    ax.set(xlabel="$x$", ylabel="$y$", aspect="equal")
    ax.set(xlim=(axis[0], axis[-1]), ylim=(axis[0], axis[-1]))
    legend_above(ax, 3, title="share of starts")
    return ax


def plot_fit(x, y, curves, xlabel="$x$", ylabel="$y$", ax=None):
    """Draw data and fitted curves; `curves` maps a label to a function of x."""
    ax = new_axes(height=3.8) if ax is None else ax
    fine = np.linspace(0, 1.05 * np.max(x), 201)
    for (label, curve), (color, line, _) in zip(curves.items(), _LOOKS[1:], strict=False):
        ax.plot(fine, curve(fine), linestyle=line, color=PALETTE[color], label=label)
    ax.plot(x, y, "o", color=PALETTE["blue"], markersize=6, label="data")
    ax.set(xlabel=xlabel, ylabel=ylabel)
    legend_above(ax)
    return ax
