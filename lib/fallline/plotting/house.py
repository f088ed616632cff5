"""What the figures of all chapters share: palette, style, fresh axes, level sets, arrows."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes

PALETTE = {
    "blue": "#0072B2",
    "orange": "#C98400",
    "green": "#2BA272",
    "red": "#BB4700",
    "purple": "#C47AAC",
    "grey": "#5C5C5C",
}
"""Colours that every reader can tell apart, on white paper and turned over in the dark.

They are Okabe and Ito's, moved until a thin line stands out on both (contrast 3 and more).
"""

_STYLE = {
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
    """Axes whose text form stays out of a notebook: the picture is shown, and that is enough.

    A legend is made after the style has been left, and still has its letters.
    """

    def _ipython_display_(self):
        pass

    def legend(self, *args, **options):
        letters = {"fontsize": _STYLE["font.size"], "title_fontsize": _STYLE["font.size"]}
        return super().legend(*args, **(letters | options))


class _HouseRow(np.ndarray):
    """Several axes side by side, whose text form stays out of a notebook as well."""

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
    # The figure comes before the style: rc_context would undo what a notebook's backend, which
    # is set up with the first figure, writes to the rcParams, and later figures would not show.
    figure = plt.figure(figsize=(width, height), dpi=144, layout="constrained")
    with plt.rc_context(_STYLE):
        axes = figure.subplots(ncols=ncols, subplot_kw={"axes_class": _HouseAxes})
    return axes if ncols == 1 else axes.view(_HouseRow)


def legend_above(ax, ncols=2, **options):
    """Put the legend over the axes, where it hides no curve."""
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=ncols, **options)


def contours(ax, f, low, high, levels, **style):
    """Draw level sets of f, which takes an array of shape (2, n, n), and label the axes."""
    X = np.array(np.meshgrid(np.linspace(low[0], high[0], 161), np.linspace(low[1], high[1], 161)))
    style = {"colors": PALETTE["grey"], "linewidths": 0.9} | style
    lines = ax.contour(*X, f(X), levels=levels, **style)
    ax.set(xlabel="$x$", ylabel="$y$", aspect="equal")
    ax.grid(False)
    return lines


def arrow_from(ax, start, step, color, style="-"):
    """Draw an arrow of one of the palette's colours, from a point along a step."""
    arrow = {"arrowstyle": "-|>", "color": PALETTE[color], "linewidth": 2.2, "linestyle": style}
    arrow |= {"shrinkA": 0, "shrinkB": 0, "mutation_scale": 15}
    ax.annotate("", np.add(start, step), start, arrowprops=arrow)
