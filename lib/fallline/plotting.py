"""The house figures: one palette, one style, and one function for each picture of the book.

A figure function draws one picture, on the `ax` it is given or on fresh axes, and returns it.
Colours are never alone: line styles and markers tell the same things apart.
"""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes

PALETTE = {
    "blue": "#0072B2",
    "orange": "#E69F00",
    "green": "#009E73",
    "red": "#D55E00",
    "purple": "#CC79A7",
    "grey": "#666666",
}
"""Colours that every reader can tell apart (Okabe and Ito's set, with a neutral grey)."""

_STYLE = {
    "figure.dpi": 144,
    "figure.constrained_layout.use": True,
    "font.size": 11,
    "axes.titlesize": 11,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#DDDDDD",
    "grid.linewidth": 0.6,
    "lines.linewidth": 1.8,
    "axes.prop_cycle": plt.cycler(
        color=[PALETTE[name] for name in ("blue", "red", "green", "purple", "orange", "grey")],
        linestyle=["-", "--", "-.", ":", (0, (5, 1)), (0, (3, 1, 1, 1, 1, 1))],
    ),
}


class _HouseAxes(Axes):
    """Axes whose text form stays out of a notebook: the picture is shown, and that is enough."""

    def _ipython_display_(self):
        pass


def new_axes(width=6.0, height=3.6, ncols=1):
    """Make a fresh figure in the house style and return its axes.

    Parameters
    ----------
    width, height : float
        Size of the whole figure in inches.
    ncols : int
        How many pictures stand side by side.

    Returns
    -------
    matplotlib Axes, or array of Axes of shape (ncols,) if `ncols` is greater than 1

    Raises
    ------
    ValueError
        `ncols` is smaller than 1, or a size is not positive.

    Examples
    --------
    >>> left, right = new_axes(width=8, ncols=2)
    >>> left.figure is right.figure
    True
    """
    if ncols < 1:
        raise ValueError(f"ncols is {ncols}: a figure needs at least one column")
    if not (width > 0 and height > 0):
        raise ValueError(f"width and height are {width} and {height}: both must be positive inches")
    with plt.rc_context(_STYLE):
        figure = plt.figure(figsize=(width, height))
        return figure.subplots(ncols=ncols, subplot_kw={"axes_class": _HouseAxes})


# --- derivative ---


def plot_secant(f, a, h, reach=2.0, ax=None):
    """Draw a graph with the secant through a and a + h, from `a - reach` to `a + reach`."""
    ax = new_axes() if ax is None else ax
    x = np.linspace(a - reach, a + reach, 401)
    slope = (f(a + h) - f(a)) / h
    ax.plot(x, f(x), color=PALETTE["blue"], linestyle="-", label="$f$")
    secant = f(a) + slope * (x - a)
    ax.plot(x, secant, color=PALETTE["red"], linestyle="--", label=f"secant, slope {slope:.6g}")
    ax.plot([a, a + h], [f(a), f(a + h)], "o", color=PALETTE["red"])
    low, high = np.min(f(x)), np.max(f(x))
    ax.set(xlabel="$x$", ylabel="$f(x)$", ylim=(low - 0.3 * (high - low), high))
    ax.set_title(f"a = {a:g}, h = {h:g}")
    ax.legend(loc="upper center")
    return ax


def plot_zoom(f, a, zooms, ax=None):
    """Draw a graph around a, magnified: x and y measured from the point, times the zoom."""
    ax = new_axes(width=3.6) if ax is None else ax
    u = np.linspace(-1, 1, 401)
    styles = ["-", "--", "-.", ":"]
    colors = [PALETTE[name] for name in ("blue", "red", "green", "purple")]
    for i, zoom in enumerate(zooms):
        v = (f(a + u / zoom) - f(a)) * zoom
        ax.plot(u, v, color=colors[i % 4], linestyle=styles[i % 4], label=f"×{zoom:g}")
    ax.set(xlabel="(x - a) · zoom", ylabel="(f(x) - f(a)) · zoom")
    ax.legend(title="zoom")
    return ax


def plot_zooms(curves, zooms):
    """Draw `plot_zoom` for several curves side by side; `curves` maps a title to (f, a)."""
    axes = np.atleast_1d(new_axes(width=3.3 * len(curves), height=3.3, ncols=len(curves)))
    for ax, (title, (f, a)) in zip(axes, curves.items(), strict=True):
        plot_zoom(f, a, zooms, ax=ax).set_title(title)
    return axes


def plot_secant_slopes(functions, a, hs, ax=None):
    """Draw the secant slope at a against h, from the right (lines) and the left (markers)."""
    ax = new_axes() if ax is None else ax
    colors = (PALETTE[name] for name in ("blue", "green", "red", "purple"))
    styles = zip(["-", "-.", "--", ":"], ["o", "s", "^", "d"], colors, strict=True)
    hs = np.asarray(hs, dtype=float)
    for (name, f), (line, marker, color) in zip(functions.items(), styles, strict=False):
        for side, style, face in ((1, line, color), (-1, "", "white")):
            slopes = [(f(a + h) - f(a)) / h for h in side * hs]
            words = f"{name}, h {'>' if side > 0 else '<'} 0"
            ax.plot(hs, slopes, linestyle=style, marker=marker, color=color, mfc=face, label=words)
    ax.set(xscale="log", xlabel="step size |h|", ylabel="slope of the secant")
    ax.invert_xaxis()
    ax.legend(ncols=len(functions), loc="upper center", bbox_to_anchor=(0.5, 1.2), fontsize=9)
    return ax


def plot_remainders(functions, hs, ax=None):
    """Draw the tangent's error against h; `functions` maps a name to (f, df, a)."""
    ax = new_axes() if ax is None else ax
    colors = (PALETTE[name] for name in ("blue", "green", "red", "purple"))
    styles = zip(["-", "-.", "--", ":"], ["o", "s", "^", "d"], colors, strict=True)
    for (name, (f, df, a)), (line, marker, color) in zip(functions.items(), styles, strict=False):
        r = [abs(f(a + h) - f(a) - df(a) * h) for h in hs]
        ax.loglog(hs, r, linestyle=line, marker=marker, color=color, label=name)
    ax.set(xlabel="step $h$", ylabel="$|f(a + h) - f(a) - f'(a)h|$")
    ax.legend()
    return ax


def plot_walks(f, paths, reach=6.0, ax=None):
    """Draw walks on the graph of f; `paths` maps a name to the points visited, in order."""
    ax = new_axes() if ax is None else ax
    w = np.linspace(-reach, reach, 401)
    ax.plot(w, f(w), color=PALETTE["grey"], linestyle="-", label="$f$")
    styles = zip(("red", "blue", "green"), ("o", "s", "^"), ("--", ":", "-."), strict=True)
    for (name, path), (color, marker, line) in zip(paths.items(), styles, strict=False):
        path = np.asarray(path, dtype=float)
        ax.plot(path, f(path), linestyle=line, marker=marker, color=PALETTE[color], label=name)
    ax.set(xlabel="$w$", ylabel="$f(w)$")
    ax.legend()
    return ax


def plot_gradient_on_axis(f, df, points, length=0.15, ax=None):
    """Draw tangents on a graph, and at its foot the gradients: arrows along the w axis."""
    ax = new_axes() if ax is None else ax
    reach = 1.3 * max(abs(w) for w in points)
    w = np.linspace(-reach, reach, 401)
    ax.plot(w, f(w), color=PALETTE["blue"], linestyle="-", label="$f$")
    for i, p in enumerate(points):
        near = np.array([p - reach / 5, p + reach / 5])
        label = "tangent: in the drawing" if i == 0 else None
        ax.plot(near, f(p) + df(p) * (near - p), "--", color=PALETTE["grey"], label=label)
        ax.plot([p, p], [0, f(p)], ":", color=PALETTE["grey"], linewidth=1)
        arrow = {"arrowstyle": "-|>", "color": PALETTE["red"], "linewidth": 2.2}
        ax.annotate("", (p + length * df(p), 0), (p, 0), arrowprops=arrow)
    ax.plot([], [], color=PALETTE["red"], marker=">", label="gradient: on the $w$ axis")
    ax.set(xlabel="$w$", ylabel="$f(w)$", ylim=(-0.1 * np.max(f(w)), np.max(f(w))))
    ax.legend(loc="upper center")
    return ax


def plot_flat_points(functions, reach=1.2, ax=None):
    """Draw graphs that are all flat at 0, with their common tangent; `functions` maps names."""
    ax = new_axes() if ax is None else ax
    x = np.linspace(-reach, reach, 401)
    colors = [PALETTE[name] for name in ("blue", "green", "red", "purple")]
    styles = zip(colors, ["-", "-.", "--", ":"], strict=True)
    for (name, f), (color, style) in zip(functions.items(), styles, strict=False):
        ax.plot(x, f(x), color=color, linestyle=style, label=name)
    ax.plot([-0.45, 0.45], [0, 0], color=PALETTE["grey"], linewidth=3, label="tangent at 0")
    ax.plot([0], [0], "o", color=PALETTE["grey"])
    ax.set(xlabel="$x$", ylabel="$f(x)$", ylim=(-1.3, 1.3))
    ax.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
    return ax
