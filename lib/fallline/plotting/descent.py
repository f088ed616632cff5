"""The figures of chapter `descent`."""

import numpy as np

from fallline.descent import gd_quadratic_exact, optimal_lr
from fallline.plotting.house import PALETTE, contours, legend_above, new_axes

__all__ = [
    "plot_basins",
    "plot_distances",
    "plot_factors",
    "plot_line_search",
    "plot_paths",
    "plot_regimes",
]

_LOOKS = [("blue", "-", "o"), ("red", "--", "s"), ("green", "-.", "^"), ("purple", ":", "d")]
_LOOKS += [("orange", (0, (5, 1)), "v"), ("grey", (0, (3, 1, 1, 1, 1, 1)), "x")]


def plot_regimes(lam, lrs, steps=8, ax=None):
    """Draw descent on lam w² / 2 from w = 1, one path for each learning rate."""
    ax = new_axes() if ax is None else ax
    k = np.arange(steps + 1)
    for lr, (color, line, mark) in zip(lrs, _LOOKS, strict=False):
        path = [gd_quadratic_exact([lam], [1], lr, int(step))[0] for step in k]
        style = {"color": PALETTE[color], "linestyle": line, "marker": mark, "markersize": 5}
        ax.plot(k, path, label=rf"$\eta\lambda$ = {lr * lam:g}", **style)
    ax.axhline(0, color=PALETTE["grey"], linewidth=1)
    ax.set(xlabel="step $k$", ylabel="$w_k$", xticks=k)
    legend_above(ax)
    return ax


def plot_factors(lams, ax=None):
    """Draw the size of 1 - lr lam against lr for two curvatures, and where both are equal."""
    ax = new_axes(height=3.8) if ax is None else ax
    low, high = min(lams), max(lams)
    lr = np.linspace(0, 2.3 / high, 401)
    slow, fast = np.abs(1 - lr * low), np.abs(1 - lr * high)
    ax.plot(lr, np.maximum(slow, fast), color=PALETTE["grey"], linewidth=6, alpha=0.35)
    ax.plot(lr, slow, "-", color=PALETTE["blue"], label=r"$|1 - \eta\lambda_1|$, flat")
    ax.plot(lr, fast, "--", color=PALETTE["red"], label=r"$|1 - \eta\lambda_n|$, steep")
    best, rate = optimal_lr(np.diag([low, high]))
    ax.plot(best, rate, "D", color=PALETTE["green"], markersize=9, label="best: both equal")
    ax.axhline(1, color=PALETTE["grey"], linestyle=":")
    ax.axvline(2 / high, color=PALETTE["grey"], linestyle=":", label=r"$\eta = 2/\lambda_n$")
    ax.set(xlabel=r"learning rate $\eta$", ylabel="factor of a step", ylim=(0, 1.3))
    legend_above(ax)
    return ax


def plot_distances(runs, bound=None, ylabel=r"distance $\|w_k\|$", ax=None):
    """Draw how a quantity falls with the step; `runs` maps a label to one number a step."""
    ax = new_axes(height=3.8) if ax is None else ax
    for (label, values), (color, line, mark) in zip(runs.items(), _LOOKS, strict=False):
        every = max(1, len(values) // 8)
        style = {"linestyle": line, "marker": mark, "markevery": every, "markersize": 5}
        ax.semilogy(values, color=PALETTE[color], label=label, **style)
    if bound is not None:
        ax.axhline(bound, color=PALETTE["grey"], linestyle=":", linewidth=1.2)
    ax.set(xlabel="step $k$", ylabel=ylabel)
    legend_above(ax, min(3, len(runs)))
    return ax


def plot_paths(objective, paths, reach, levels, ax=None):
    """Draw level sets from -reach to reach, and paths over them; `paths` maps a label to one."""
    ax = new_axes(height=3.8) if ax is None else ax
    reach = np.broadcast_to(reach, 2)
    contours(ax, objective.value, -reach, reach, levels, linewidths=0.7)
    for (label, path), (color, line, mark) in zip(paths.items(), _LOOKS, strict=False):
        style = {"linestyle": line, "marker": mark, "markersize": 4, "linewidth": 1.3}
        ax.plot(*np.transpose(path), color=PALETTE[color], label=label, **style)
        ax.plot(*path[0], "o", color=PALETTE[color], markersize=8)
    ax.set(xlim=(-reach[0], reach[0]), ylim=(-reach[1], reach[1]))
    legend_above(ax, min(3, len(paths)))
    return ax


def plot_line_search(f, slope, c, trials, ax=None):
    """Draw f along a direction, the line it must get under, and the trials; the last is taken."""
    ax = new_axes(height=3.8) if ax is None else ax
    t = np.linspace(0, 1.05 * max(trials), 401)
    height = np.array([f(s) for s in t])
    ax.plot(t, height, "-", color=PALETTE["blue"], label="$f(w + td)$")
    ax.plot(t, height[0] + slope * t, ":", color=PALETTE["grey"], label="linear model")
    line = height[0] + c * slope * t
    ax.plot(t, line, "--", color=PALETTE["red"], label=f"share c = {c:g} of its drop")
    ax.fill_between(t, height, line, where=height <= line, color=PALETTE["green"], alpha=0.2)
    ax.plot(trials[:-1], [f(s) for s in trials[:-1]], "x", color=PALETTE["red"], markersize=9)
    ax.plot(trials[-1], f(trials[-1]), "D", color=PALETTE["green"], markersize=8, label="taken")
    rise = height.max() - height.min()
    ax.set(xlabel="step $t$", ylabel="$f$", ylim=(height.min() - 0.35 * rise, None))
    legend_above(ax)
    return ax


def plot_basins(axis, labels, minima, ax=None):
    """Draw which minimum each start of a square grid reaches; what reaches none stays white."""
    ax = new_axes(height=5.6) if ax is None else ax
    labels = np.asarray(labels)
    for i, (x, y) in enumerate(np.asarray(minima, dtype=float)):
        color, _, mark = _LOOKS[i % 4]
        here = np.where(labels == i, 1.0, 0.0)
        if here.any():
            ax.contourf(axis, axis, here, levels=[0.5, 1.5], colors=PALETTE[color], alpha=0.55)
        share = f"{np.mean(labels == i):.3f}"
        style = {"color": PALETTE[color], "markeredgecolor": "white", "markersize": 10}
        ax.plot(x, y, mark, **style, label=f"({x:.2f}, {y:.2f}): {share}".replace("-", "−"))
    ax.plot([], [], " ", label=f"none: {np.mean(labels == -1):.3f}")
    ax.set(xlabel="$x$", ylabel="$y$", aspect="equal")
    ax.set(xlim=(axis[0], axis[-1]), ylim=(axis[0], axis[-1]))
    legend_above(ax, title="share of starts")
    return ax
