"""The figures of chapter `depth`."""

import numpy as np

from fallline.depth import ACTIVATIONS, clip_by_global_norm, clip_by_value
from fallline.plotting.house import PALETTE, arrow_from, legend_above, new_axes

__all__ = [
    "plot_activations",
    "plot_clipping",
    "plot_gains",
    "plot_layers",
]

_COLOURS = ("blue", "red", "green", "purple", "orange", "grey")
_LINES = ("-", "--", "-.", ":", (0, (5, 1)), (0, (3, 1, 1, 1, 1, 1)))
_MARKS = ("o", "s", "^", "D", "v", "X")


def plot_layers(courses, ylabel=r"$\|\partial L / \partial h_l\|$", ax=None):
    """Draw a size for every layer, on a logarithmic axis; `courses` maps a label to the sizes."""
    ax = new_axes(width=6, height=3.8) if ax is None else ax
    for k, (label, sizes) in enumerate(courses.items()):
        layers = np.arange(len(sizes))
        style = {"color": PALETTE[_COLOURS[k]], "linestyle": _LINES[k]}
        ax.plot(layers, sizes, marker=_MARKS[k], markevery=max(1, len(sizes) // 10), **style)
        ax.plot([], [], marker=_MARKS[k], label=label, **style)
    ax.set(xlabel="layer $l$, the input is 0", ylabel=ylabel, yscale="log")
    legend_above(ax)
    return ax


def plot_activations(names=("sigmoid", "tanh", "relu", "elu")):
    """Draw activations on the left and their slopes on the right."""
    axes = new_axes(width=6, height=3.4, ncols=2)
    z = np.linspace(-4, 4, 801)
    z = z[z != 0]
    for k, name in enumerate(names):
        for ax, f in zip(axes, ACTIVATIONS[name], strict=True):
            label = name if ax is axes[0] else None
            ax.plot(z, f(z), color=PALETTE[_COLOURS[k]], linestyle=_LINES[k], label=label)
    axes[0].set(title=r"activation $\varphi(z)$", xlabel="$z$", ylim=(-1.3, 2.3))
    axes[1].set(title=r"slope $\varphi'(z)$", xlabel="$z$", ylim=(-0.08, 1.15))
    axes[1].set(yticks=[0, 0.25, 0.5, 0.75, 1])
    axes[0].figure.legend(loc="outside upper center", ncols=4, fontsize=11)
    return axes[0]


def plot_gains(gains, measured, predicted, ax=None):
    """Draw measured ratios as markers over predicted ones as lines, against the gain.

    `measured` and `predicted` map a name to one ratio for each gain.
    """
    ax = new_axes(width=6, height=4.4) if ax is None else ax
    for k, name in enumerate(measured):
        colour = PALETTE[_COLOURS[k]]
        ax.plot(gains, predicted[name], color=colour, linestyle=_LINES[k])
        ax.plot(gains, measured[name], _MARKS[k], color=colour)
        ax.plot([], [], marker=_MARKS[k], color=colour, linestyle=_LINES[k], label=name)
    ax.axhline(1, color=PALETTE["grey"], linewidth=1)
    ax.set(xscale="log", yscale="log", xlabel=r"gain $\sigma_w$ of the weights")
    ax.set(ylabel=r"$\|\partial L/\partial h_0\| \;/\; \|\partial L/\partial h_L\|$")
    ax.set_xticks(gains, [f"{gain:.3g}" for gain in gains], minor=False)
    ax.minorticks_off()
    legend_above(ax, 3)
    return ax


def plot_clipping(c, g=(12.0, 5.0), ax=None):
    """Draw a gradient of two entries with what two ways of clipping at c leave of it."""
    ax = new_axes(width=6, height=4.6) if ax is None else ax
    g = np.asarray(g, dtype=float)
    (norm,), (value,) = clip_by_global_norm([g], c), clip_by_value([g], c)
    around = np.linspace(0, 2 * np.pi, 361)
    dotted = {"color": PALETTE["grey"], "linestyle": ":", "linewidth": 1.2}
    ax.plot(c * np.cos(around), c * np.sin(around), **dotted)
    ax.plot(c * np.array([1, 1, -1, -1, 1]), c * np.array([1, -1, -1, 1, 1]), **dotted)
    arrow_from(ax, (0, 0), g, "grey")
    arrow_from(ax, (0, 0), value, "red", "--")
    arrow_from(ax, (0, 0), norm, "blue")
    turn = np.degrees(np.arctan2(value[1], value[0]) - np.arctan2(g[1], g[0]))
    ax.plot([], [], "-", color=PALETTE["grey"], label="gradient")
    ax.plot([], [], "-", color=PALETTE["blue"], label="by norm, turned by 0°")
    label = f"by value, turned by {abs(turn):.0f}°"
    ax.plot([], [], color=PALETTE["red"], linestyle="--", label=label)
    ax.set(xlim=(-1, 14), ylim=(-1, 9.5), aspect="equal")
    ax.set(xlabel="$g_1$", ylabel="$g_2$")
    legend_above(ax, title=f"$c = {c:g}$")
    return ax
