"""The figures of chapter `differences`."""

import numpy as np

from fallline.plotting.house import PALETTE, legend_above, new_axes

__all__ = [
    "plot_errors",
    "plot_microscope",
    "plot_staircase",
]


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
    legend_above(ax, len(curves))
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
