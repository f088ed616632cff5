"""The figures of chapter `losses`."""

import numpy as np
from matplotlib.colors import LinearSegmentedColormap

from fallline.losses import least_squares
from fallline.plotting.house import PALETTE, arrow_from, contours, legend_above, new_axes

__all__ = [
    "plot_by_lead",
    "plot_descent_of_loss",
    "plot_residuals",
    "plot_templates",
]


def plot_residuals(t, y, w):
    """Draw the line w[0] + w[1] t with its residuals, and the loss as a map over both parameters.

    The arrow is half the gradient, turned downhill.
    """
    t, y, w = (np.asarray(array, dtype=float) for array in (t, y, w))
    X = np.column_stack([np.ones_like(t), t])
    left, right = new_axes(width=6.0, height=3.4, ncols=2)
    ends = np.array([t.min() - 0.3, t.max() + 0.3])
    left.plot(ends, w[0] + w[1] * ends, color=PALETTE["blue"], linestyle="-")
    left.plot(np.array([t, t]), np.array([X @ w, y]), color=PALETTE["red"], linestyle="--")
    left.plot(t, y, "o", color=PALETTE["grey"])
    for a, target, r in zip(t, y, X @ w - y, strict=True):
        words = f"{r:g}".replace("-", "−")
        left.annotate(words, (a, target + r / 2), (8, 0), textcoords="offset points", va="top")
    left.set(xlabel="$t$", ylabel="$y$", title="residuals")
    best = np.linalg.lstsq(X, y)[0]
    column, target = t[:, None, None], y[:, None, None]
    value = lambda p: np.mean((p[0] + p[1] * column - target) ** 2, axis=0) / 2  # noqa: E731
    contours(right, value, (-3, 0), (3, 4), [0.15, 0.3, 0.6, 1.0, 1.6, 2.5, 4.0, 6.0])
    arrow_from(right, w, -0.5 * least_squares(w, X, y)[1], "red")
    right.plot(*w, "o", color=PALETTE["blue"])
    right.plot(*best, "*", color=PALETTE["green"], markersize=13)
    right.set(xlabel="$w_1$", ylabel="$w_2$", title="the loss over $w$", aspect="auto")
    return left


def plot_descent_of_loss(steps, losses, distances):
    """Draw what a descent still has above the least loss, and its distance to the solution."""
    ax = new_axes(width=6.0, height=3.6)
    ax.loglog(steps, losses, color=PALETTE["blue"], linestyle="-", label="loss, above the least")
    ax.loglog(
        steps, distances, color=PALETTE["red"], linestyle="--", label="parameters, from the best"
    )
    ax.set(xlabel="steps of gradient descent", ylabel="relative distance")
    legend_above(ax)
    return ax


def plot_by_lead(delta=1.0):
    """Draw hinge, cross-entropy and error of two classes, and the slopes of both losses."""
    lead = np.linspace(-3, 4, 701)
    left, right = new_axes(width=6.0, height=3.5, ncols=2)
    losses = {
        "hinge": (np.maximum(0, delta - lead), -1.0 * (lead < delta), "blue", "-"),
        "cross-entropy": (np.logaddexp(0, -lead), -1 / (1 + np.exp(lead)), "red", "--"),
    }
    for name, (value, slope, color, line) in losses.items():
        left.plot(lead, value, color=PALETTE[color], linestyle=line, label=name)
        right.plot(lead, slope, color=PALETTE[color], linestyle=line)
    left.plot(lead, 1.0 * (lead < 0), color=PALETTE["grey"], linestyle=":", label="error")
    left.set(xlabel="lead of the right score", title="loss")
    right.set(xlabel="lead of the right score", title="slope of the loss", ylim=(-1.1, 0.1))
    left.figure.legend(loc="outside upper center", ncols=3, fontsize=11)
    return left


def plot_templates(W):
    """Draw the weights of ten classes as pictures of 8 x 8 pixels, red above 0 and blue below."""
    W = np.asarray(W, dtype=float)
    house = [PALETTE["blue"], "#FFFFFF", PALETTE["red"]]
    style = {"cmap": LinearSegmentedColormap.from_list("weights", house)}
    style |= {"vmin": -np.max(np.abs(W)), "vmax": np.max(np.abs(W))}
    ax = new_axes(width=6.0, height=2.9)
    for digit, w in enumerate(W):
        x, y = digit % 5 * 9.5, digit // 5 * 11.5
        ax.imshow(w.reshape(8, 8), extent=(x, x + 8, y + 8, y), **style)
        ax.plot(
            [x, x + 8, x + 8, x, x], [y, y, y + 8, y + 8, y], "-", color=PALETTE["grey"], lw=0.8
        )
        ax.text(x + 4, y - 0.4, str(digit), ha="center", va="bottom")
    ax.set(xlim=(-0.5, 46.5), ylim=(20, -2.8))
    ax.set_axis_off()
    return ax
