"""The figures of chapter `derivative`."""

import numpy as np

from fallline.plotting.house import PALETTE, legend_above, new_axes

__all__ = [
    "plot_flat_points",
    "plot_gradient_on_axis",
    "plot_remainders",
    "plot_secant",
    "plot_secant_slopes",
    "plot_walks",
    "plot_zoom",
    "plot_zooms",
]


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

    Where there is one zoom, the title names it and says how far the picture is from straight.
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
        ax.set_title(f"×{zoom:,.0f}: the line from end to end misses the point by {bend:.2g}")
    else:
        ax.legend(title="zoom")
    return ax


def plot_zooms(curves, zooms):
    """Draw `plot_zoom` for several curves side by side; `curves` maps a title to (f, a)."""
    axes = np.atleast_1d(new_axes(width=2.0 * len(curves), height=3.0, ncols=len(curves)))
    for ax, (title, (f, a)) in zip(axes, curves.items(), strict=True):
        plot_zoom(f, a, zooms, ax=ax).set(title=title, xticks=[-1, 0, 1])
        handles, labels = ax.get_legend_handles_labels()
        if ax.get_legend():
            ax.get_legend().remove()
        ax.label_outer()
        ax.tick_params(labelleft=True)
    place = {"loc": "outside upper center", "ncols": 4, "columnspacing": 1.2}
    axes[0].figure.legend(handles, labels, title="zoom", fontsize=11, title_fontsize=11, **place)
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
    legend_above(ax, len(functions))
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
    legend_above(ax, 3)
    return ax
