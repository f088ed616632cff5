"""The house figures: one palette, one style, and one function for each picture of the book.

A figure function draws one picture, on the `ax` it is given or on fresh axes, and returns it.
Colours are never alone: line styles and markers tell the same things apart.
"""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes

from fallline.gradient import classify_critical

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
    """Axes whose text form stays out of a notebook: the picture is shown, and that is enough."""

    def _ipython_display_(self):
        pass


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
    ax.set(
        xlabel="$x$", ylabel="$f(x)$", ylim=(low - 0.3 * (high - low), high + 0.15 * (high - low))
    )
    ax.set_title(f"a = {a:g}, h = {h:g}")
    ax.legend()
    return ax


def plot_zoom(f, a, zooms, ax=None):
    """Draw a graph around a, magnified: x and y measured from the point, times the zoom.

    Where there is one zoom, the title says how far the chord of the picture misses the point.
    """
    ax = new_axes() if ax is None else ax
    u = np.linspace(-1, 1, 401)
    styles = ["-", "--", "-.", ":"]
    colors = [PALETTE[name] for name in ("blue", "red", "green", "purple")]
    for i, zoom in enumerate(zooms):
        v = (f(a + u / zoom) - f(a)) * zoom
        ax.plot(u, v, color=colors[i % 4], linestyle=styles[i % 4], label=f"×{zoom:,.0f}")
    ax.set(xlabel="(x - a) · zoom", ylabel="(f(x) - f(a)) · zoom")
    if len(zooms) == 1:
        bend = abs(f(a + 1 / zoom) - 2 * f(a) + f(a - 1 / zoom)) * zoom / 2
        ax.set_title(f"the line from end to end misses the middle by {bend:.2g}")
    ax.legend(title="zoom", fontsize=9, title_fontsize=9)
    return ax


def plot_zooms(curves, zooms):
    """Draw `plot_zoom` for several curves side by side; `curves` maps a title to (f, a)."""
    axes = np.atleast_1d(new_axes(width=2.3 * len(curves), height=3.0, ncols=len(curves)))
    for ax, (title, (f, a)) in zip(axes, curves.items(), strict=True):
        plot_zoom(f, a, zooms, ax=ax).set(title=title, xticks=[-1, 0, 1])
        handles, labels = ax.get_legend_handles_labels()
        ax.get_legend().remove()
        ax.label_outer()
        ax.tick_params(labelleft=True)
    axes[0].figure.legend(
        handles, [f"zoom {label}" for label in labels], loc="outside upper center", ncols=4
    )
    return axes[0]


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


# --- gradient ---


def _contours(ax, f, low, high, levels, **style):
    """Draw level sets of f, which takes an array of shape (2, n, n), and label the axes."""
    X = np.array(np.meshgrid(np.linspace(low[0], high[0], 161), np.linspace(low[1], high[1], 161)))
    style = {"colors": PALETTE["grey"], "linewidths": 0.9} | style
    lines = ax.contour(*X, f(X), levels=levels, **style)
    ax.set(xlabel="$x$", ylabel="$y$", aspect="equal")
    ax.grid(False)
    return lines


def _arrow(ax, start, step, color, style="-"):
    arrow = {"arrowstyle": "-|>", "color": PALETTE[color], "linewidth": 2.2, "linestyle": style}
    arrow |= {"shrinkA": 0, "shrinkB": 0, "mutation_scale": 15}
    ax.annotate("", np.add(start, step), start, arrowprops=arrow)


def plot_gradient_field(objective, points, scale=0.1, reach=6.0, ax=None):
    """Draw level sets, and at each point the gradient with the level set's tangent."""
    ax = new_axes(width=5.4, height=4.6) if ax is None else ax
    levels = np.linspace(-30, 30, 13)
    lines = _contours(ax, objective.value, (-reach, -reach), (reach, reach), levels)
    ax.clabel(lines, levels[::2], fontsize=8)
    for w in np.asarray(points, dtype=float):
        g = objective.gradient(w)
        along = np.array([-g[1], g[0]]) / np.linalg.norm(g)
        ax.plot(*np.transpose([w - along, w + along]), "--", color=PALETTE["blue"])
        ax.plot(*w, "o", color=PALETTE["blue"])
        _arrow(ax, w, scale * g, "red")
    ax.plot([], [], "-", marker=">", color=PALETTE["red"], label=f"gradient × {scale:g}")
    ax.plot([], [], "--", color=PALETTE["blue"], label="along the level set")
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, 1.14), ncols=2)
    return ax


def plot_slopes(degrees, slopes, g, ax=None):
    """Draw measured slopes against the angle of the direction, with the wave g . u."""
    ax = new_axes(width=6.4, height=4.2) if ax is None else ax
    angle = np.linspace(0, 360, 721)
    wave = g[0] * np.cos(np.radians(angle)) + g[1] * np.sin(np.radians(angle))
    ax.plot(angle, wave, color=PALETTE["grey"], linestyle="-", label=r"$g \cdot u(\theta)$")
    ax.plot(degrees[::10], slopes[::10], "o", color=PALETTE["blue"], label="measured (every 10th)")
    ax.plot([0, 90], g, "s", color=PALETTE["green"], markersize=9, label="partial derivatives")
    top = np.degrees(np.arctan2(g[1], g[0])) % 360
    label = r"$\|g\|$ at the angle of $g$"
    ax.plot(top, np.hypot(*g), "^", color=PALETTE["red"], markersize=10, label=label)
    ax.set(xlabel=r"angle $\theta$ of the direction (degrees)", ylabel="slope $D_u f$")
    ax.set(xticks=range(0, 361, 45))
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2)
    return ax


_BALLS = {
    "l1": ([1, 0, -1, 0, 1], [0, 1, 0, -1, 0]),
    "l2": (np.cos(np.linspace(0, 2 * np.pi, 181)), np.sin(np.linspace(0, 2 * np.pi, 181))),
    "linf": ([1, 1, -1, -1, 1], [-1, 1, 1, -1, -1]),
}


def plot_norm_balls(g, directions):
    """Draw the steps of norm 1 in three norms, side by side, with the steepest of each.

    `directions` maps "l1", "l2" and "linf" to a step; the straight lines are levels of g . d.
    """
    axes = new_axes(width=6.8, height=2.7, ncols=len(directions))
    for ax, (norm, d) in zip(axes, directions.items(), strict=True):
        levels = np.sort(np.unique([*np.arange(-18, 19, 6), float(np.dot(g, d))]))
        slope = lambda p: g[0] * p[0] + g[1] * p[1]  # noqa: E731
        _contours(ax, slope, (-1.4, -1.4), (1.4, 1.4), levels, linestyles=":")
        touch = {"colors": PALETTE["green"], "linewidths": 1.6, "linestyles": "--"}
        _contours(ax, slope, (-1.4, -1.4), (1.4, 1.4), [float(np.dot(g, d))], **touch)
        ax.plot(*_BALLS[norm], color=PALETTE["blue"], linestyle="-")
        _arrow(ax, (0, 0), d, "red")
        ax.set(title=f"{norm}: $g \\cdot d = {np.dot(g, d):g}$", xlabel="$d_1$", ylabel="$d_2$")
        ax.set(xticks=[-1, 0, 1], yticks=[-1, 0, 1])
        ax.label_outer()
    return axes[0]


def plot_quadratic_shapes(hessians, reach=1.5):
    """Draw level sets of p . H p / 2 for several H; `hessians` maps a title to H."""
    axes = new_axes(width=1.75 * len(hessians), height=2.4, ncols=len(hessians))
    for ax, (title, H) in zip(axes, hessians.items(), strict=True):
        model = lambda p, H=H: np.einsum("i...,ij,j...", p, np.asarray(H), p) / 2  # noqa: E731
        high = np.array([0.05, 0.3, 0.8, 1.6, 2.8])
        up = {"colors": PALETTE["red"], "linestyles": "-"}
        down = {"colors": PALETTE["blue"], "linestyles": "--"}
        if np.any(np.linalg.eigvalsh(H) > 0):
            _contours(ax, model, (-reach, -reach), (reach, reach), high, **up)
        if np.any(np.linalg.eigvalsh(H) < 0):
            _contours(ax, model, (-reach, -reach), (reach, reach), -high[::-1], **down)
        ax.set(title=title, xlabel="$p_1$", ylabel="$p_2$", aspect="equal")
        ax.set(xticks=[-1, 0, 1], yticks=[-1, 0, 1])
        ax.label_outer()
    return axes[0]


def plot_eigenvalue(second, first=1.0, angle=30.0, reach=1.5, ax=None):
    """Draw p . H p / 2 and its gradients for an H with these two eigenvalues.

    The second eigenvector stands at `angle` degrees to the p1 axis and is drawn dotted.
    """
    ax = new_axes(width=4.2, height=3.8) if ax is None else ax
    q = np.array([np.cos(np.radians(angle)), np.sin(np.radians(angle))])
    H = second * np.outer(q, q) + first * (np.eye(2) - np.outer(q, q))
    high = np.array([0.05, 0.3, 0.8])
    model = lambda p: np.einsum("i...,ij,j...", p, H, p) / 2  # noqa: E731
    styles = (1, high, "red", "-"), (-1, -high[::-1], "blue", "--")
    for sign, levels, color, line in styles:
        if max(sign * first, sign * second) > 0:
            style = {"colors": PALETTE[color], "linestyles": line}
            _contours(ax, model, (-reach, -reach), (reach, reach), levels, **style)
    p = np.array(np.meshgrid(*[0.8 * np.linspace(-reach, reach, 5)] * 2)).reshape(2, -1)
    ax.quiver(*p, *(H @ p), color=PALETTE["grey"], angles="xy", scale=12, width=0.006)
    ax.plot(*np.outer(q, [-reach, reach]), ":", color=PALETTE["green"])
    value = f"{second:g}".replace("-", "−")
    ax.set_title(rf"eigenvalues {first:g} and {value}: {classify_critical(H)}")
    ax.set(xlabel="$p_1$", ylabel="$p_2$", aspect="equal")
    ax.set(xlim=(-reach, reach), ylim=(-reach, reach))
    return ax


# --- differences ---


def plot_errors(hs, curves, ax=None):
    """Draw errors against the step on log axes; `curves` maps a name to the errors at `hs`.

    An error of exactly 0 has no logarithm and is drawn at 1e-17, below all others.
    """
    ax = new_axes() if ax is None else ax
    colors = (PALETTE[name] for name in ("blue", "red", "green", "purple"))
    styles = zip(["-", "--", "-.", ":"], ["o", "s", "^", "d"], colors, strict=True)
    for (name, errors), (line, marker, color) in zip(curves.items(), styles, strict=False):
        errors = np.maximum(errors, 1e-17)
        style = {"linestyle": line, "marker": marker, "color": color, "linewidth": 1.2}
        ax.loglog(hs, errors, **style, markersize=3, label=name)
    ax.set(xlabel="step $h$", ylabel="relative error")
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, 1.17), ncols=len(curves), fontsize=9)
    return ax


def plot_staircase(f, x, steps=6, ax=None):
    """Draw f(x + t) - f(x) at neighbouring floats: computed values are stairs, not a line."""
    ax = new_axes() if ax is None else ax
    points = [x]
    for _ in range(steps):
        points = [np.nextafter(points[0], -np.inf), *points, np.nextafter(points[-1], np.inf)]
    t = np.array(points) - x
    values = (f(x + t) - f(x)) * 1e16
    slope = (f(x + 1e-5) - f(x - 1e-5)) / 2e-5
    ax.plot(t * 1e16, slope * t * 1e16, "--", color=PALETTE["grey"], label="the exact line")
    ax.plot(t * 1e16, values, "o", color=PALETTE["blue"], label="computed, at every float")
    ax.step(t * 1e16, values, where="mid", color=PALETTE["blue"], linewidth=1)
    ax.set(xlabel=r"$t \cdot 10^{16}$", ylabel=r"$(f(x + t) - f(x)) \cdot 10^{16}$")
    ax.legend(loc="upper left")
    return ax


def plot_microscope(f, df, x, h, ax=None):
    """Draw f around x, enlarged 1/h times both ways: computed values, tangent and secant.

    Where h is small every float of the neighbourhood is shown, and the values are stairs.
    """
    ax = new_axes() if ax is None else ax
    below, above, u = [x], [x], np.linspace(-3, 3, 401)
    while len(above) < 200 and above[-1] - x < 3 * h:
        above.append(np.nextafter(above[-1], np.inf))
    while len(below) < 200 and x - below[-1] < 3 * h:
        below.append(np.nextafter(below[-1], -np.inf))
    floats = max(len(above), len(below)) < 200
    points = np.array(below[:0:-1] + above) if floats else x + u * h
    values = (f(points) - f(x)) / h
    ax.plot(u, df(x) * u, "--", color=PALETTE["grey"], label="tangent")
    line = {"drawstyle": "steps-mid"} if floats else {}
    ax.plot((points - x) / h, values, "-", color=PALETTE["blue"], label="computed $f$", **line)
    slope, step = (f(x + h) - f(x)) / h, (x + h - x) / h
    ax.plot([-3, 3], [-3 * slope, 3 * slope], ":", color=PALETTE["red"], label="forward difference")
    ax.plot([0, step], [0, (f(x + h) - f(x)) / h], "o", color=PALETTE["red"])
    ax.set(xlabel="$t / h$", ylabel="$(f(x + t) - f(x)) / h$", xlim=(-3, 3), ylim=(-2, 2))
    power = f"{np.log10(h):.3g}".replace("-", "−")
    ax.set_title(f"$h = 10^{{{power}}}$: slope {slope:.6f}, tangent {df(x):.6f}")
    ax.legend(loc="upper left")
    return ax
