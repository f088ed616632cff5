"""The figures of chapter `backprop`."""

import numpy as np

from fallline.backprop import topological_order
from fallline.plotting.house import PALETTE, legend_above, new_axes

__all__ = ["plot_costs", "plot_graph", "plot_training"]


def _depths(order):
    """Return how many steps each node is away from its furthest leaf."""
    depth = {}
    for node in order:
        depth[node] = 1 + max((depth[child] for child in node.inputs), default=-1)
    return depth


def plot_graph(root, names=None, ax=None):
    """Draw the graph of a computation: values in the boxes, adjoints under them.

    `names` maps nodes to what they are called; each column holds the nodes of one depth.
    """
    order, names = topological_order(root), names or {}
    depth = _depths(order)
    columns = [[n for n in order if depth[n] == d] for d in range(depth[root] + 1)]
    height = max(map(len, columns))
    if ax is None:
        ax = new_axes(width=max(6.0, 1.0 + 1.5 * len(columns)), height=1.2 + 0.9 * height)
    place = {
        node: (d, (len(column) - 1) / 2 - k)
        for d, column in enumerate(columns)
        for k, node in enumerate(column)
    }
    for node in order:
        for child in dict.fromkeys(node.inputs):
            uses = sum(other is child for other in node.inputs)
            # A second use runs beside the first, and a long way round the columns between.
            around = -0.4 if depth[node] - depth[child] > 1 else 0.0
            for bend in np.linspace(-0.18, 0.18, uses) if uses > 1 else [around]:
                arrow = {
                    "arrowstyle": "-|>",
                    "color": PALETTE["grey"],
                    "shrinkA": 31,
                    "shrinkB": 31,
                }
                arrow |= {"connectionstyle": f"arc3,rad={bend}"}
                ax.annotate("", place[node], place[child], arrowprops=arrow)
    box = {"boxstyle": "round,pad=0.35", "facecolor": "white", "edgecolor": PALETTE["blue"]}
    for node, (x, y) in place.items():
        name = f"{names[node]} = " if node in names else ""
        ax.text(x, y, f"{name}{node.data:.4g}", ha="center", va="center", fontsize=13, bbox=box)
        adjoint = f"adjoint {node.grad:.4g}"
        below = {"xytext": (0, -29), "textcoords": "offset points", "ha": "center", "va": "center"}
        ax.annotate(adjoint, (x, y), color=PALETTE["red"], fontsize=13, **below)
    ax.set(xlim=(-0.5, len(columns) - 0.5), ylim=(-height / 2 - 0.1, height / 2 + 0.1))
    ax.set_axis_off()
    return ax


def plot_costs(inputs, costs, ax=None):
    """Draw the cost of a gradient, in evaluations of f, against the number of inputs.

    `costs` maps the name of a method to its costs, one for each number of inputs.
    """
    ax = new_axes(width=6.0, height=3.8) if ax is None else ax
    for (name, cost), mark in zip(costs.items(), "os^", strict=False):
        ax.loglog(inputs, cost, marker=mark, label=name)
    ax.set(xlabel="number of inputs $n$", ylabel="operations, relative to those of $f$")
    legend_above(ax, ncols=3)
    return ax


def plot_training(losses, accuracy, ax=None):
    """Draw the loss of every step, with the share of test images that are recognised at the end."""
    ax = new_axes(width=6.0, height=3.4) if ax is None else ax
    ax.plot(losses, color=PALETTE["blue"], linestyle="-", label="mini-batch loss")
    ax.set(xlabel="step", ylabel="cross-entropy", ylim=(0, None))
    title = f"test images recognised: {100 * accuracy:.1f} %"
    ax.legend(title=title)
    return ax
