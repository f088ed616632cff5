"""The house figures: one palette, one style, and one function for each picture of the book.

A figure function draws one picture, on the `ax` it is given or on fresh axes, and returns it.
Colours are never alone: line styles and markers tell the same things apart.
"""

import matplotlib.pyplot as plt
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
