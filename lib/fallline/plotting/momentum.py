"""The figures of chapter `momentum`."""

import numpy as np

from fallline.momentum import hb_radius, nesterov_lookahead_step, velocity_after
from fallline.plotting.house import PALETTE, arrow_from, contours, legend_above, new_axes

__all__ = [
    "plot_ball_rates",
    "plot_courses",
    "plot_forms_apart",
    "plot_lookahead",
    "plot_velocities",
]

_LOOKS = [("blue", "-", "o"), ("red", "--", "s"), ("green", "-.", "^"), ("purple", ":", "d")]


def plot_velocities(betas, steps=60, ax=None):
    """Draw the velocity of a constant gradient of 1, and the velocity that it tends to."""
    ax = new_axes(height=3.8) if ax is None else ax
    k = np.arange(steps + 1)
    for beta, (color, line, mark) in zip(betas, _LOOKS, strict=False):
        v = [velocity_after(int(i), beta, 1.0) for i in k]
        style = {"color": PALETTE[color], "linestyle": line, "marker": mark, "markersize": 4}
        ax.plot(k, v, **style, markevery=4, label=rf"$\beta$ = {beta:g}")
        ax.axhline(1 / (1 - beta), color=PALETTE[color], linestyle=":", linewidth=1.2)
    ax.set(xlabel="step $k$", ylabel="velocity $v_k$", ylim=(0, None))
    legend_above(ax, min(3, len(betas)))
    return ax


def plot_courses(runs, changes=(), ylabel="$w_k$", every=None, ax=None):
    """Draw numbers over the steps, marked at `every` few; `runs` maps a label to one a step."""
    alone, ax = ax is None, new_axes() if ax is None else ax
    for (label, values), (color, line, mark) in zip(runs.items(), _LOOKS, strict=False):
        marks = {"marker": mark, "markersize": 4, "markevery": every or max(1, len(values) // 12)}
        ax.plot(values, color=PALETTE[color], linestyle=line, label=label, **marks)
    for k in changes:
        ax.axvline(k, color=PALETTE["grey"], linestyle=":", linewidth=1.4)
    ax.axhline(0, color=PALETTE["grey"], linewidth=0.8)
    ax.set(xlabel="step $k$", ylabel=ylabel)
    if alone:
        legend_above(ax, min(3, len(runs)))
    return ax


def plot_forms_apart(drop, warmup, at, ramp):
    """Draw two forms after a drop of the learning rate, and during a warm-up, side by side."""
    left, right = new_axes(height=3.4, ncols=2)
    plot_courses(drop, [at], ax=left)
    plot_courses(warmup, [ramp], ylabel="", ax=right)
    left.set_title(f"rate drops after {at}")
    right.set_title(f"rate rises until {ramp}")
    left.figure.legend(*left.get_legend_handles_labels(), loc="outside upper center", ncols=2)
    return left


def plot_ball_rates(betas, reach=4.0, ax=None):
    """Draw the rate of the heavy ball against lr times curvature, for several momenta."""
    ax = new_axes(height=3.8) if ax is None else ax
    x = np.linspace(0, reach, 801)
    for beta, (color, line, _) in zip(betas, _LOOKS, strict=False):
        label = rf"$\beta$ = {beta:g}"
        ax.plot(x, hb_radius(x, beta, 1.0), line, color=PALETTE[color], label=label)
    ax.axhline(1, color=PALETTE["grey"], linestyle=":")
    ax.set(xlabel=r"$\eta\lambda$", ylabel="rate of a step", ylim=(0, 1.25), xlim=(0, reach))
    legend_above(ax, min(3, len(betas)))
    return ax


def plot_lookahead(objective, w, v, lr, mu, low, high, levels):
    """Draw one step from the same point with the gradient taken there, and taken ahead."""
    w, v = np.array(w, dtype=float), np.array(v, dtype=float)
    ahead = w + mu * v
    ax = new_axes(height=4.2)
    contours(ax, objective.value, low, high, levels, linewidths=0.7)
    arrow_from(ax, w, mu * v, "grey")
    arrow_from(ax, ahead, -lr * objective.gradient(w), "red", "--")
    end = nesterov_lookahead_step(w, v, objective.gradient, lr=lr, mu=mu)[0]
    arrow_from(ax, ahead, end - ahead, "blue")
    ax.plot(*w, "o", color=PALETTE["grey"], markersize=8)
    ax.plot(*ahead, "D", color=PALETTE["grey"], markersize=7)
    lines = [("grey", "-", r"$\mu v$"), ("red", "--", "gradient here")]
    for color, line, label in [*lines, ("blue", "-", "gradient ahead")]:
        ax.plot([], [], line, color=PALETTE[color], label=label)
    ax.set(xlim=(low[0], high[0]), ylim=(low[1], high[1]))
    legend_above(ax, 3)
    return ax
