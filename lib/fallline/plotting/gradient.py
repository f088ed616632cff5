"""The figures of chapter `gradient`."""

import numpy as np

from fallline.gradient import classify_critical
from fallline.plotting.house import PALETTE, arrow_from, contours, legend_above, new_axes

__all__ = [
    "plot_eigenvalue",
    "plot_gradient_field",
    "plot_norm_balls",
    "plot_quadratic_shapes",
    "plot_slopes",
]


def plot_gradient_field(objective, points, scale=0.1, reach=6.0, ax=None):
    """Draw level sets, and at each point the gradient with the level set's tangent."""
    ax = new_axes(height=4.8) if ax is None else ax
    levels = np.linspace(-30, 30, 13)
    lines = contours(ax, objective.value, (-reach, -reach), (reach, reach), levels)
    ax.clabel(lines, levels[::2], fontsize=10)
    for w in np.asarray(points, dtype=float):
        g = objective.gradient(w)
        along = np.array([-g[1], g[0]]) / np.linalg.norm(g)
        ax.plot(*np.transpose([w - along, w + along]), "--", color=PALETTE["blue"])
        ax.plot(*w, "o", color=PALETTE["blue"])
        arrow_from(ax, w, scale * g, "red")
    ax.plot([], [], "-", marker=">", color=PALETTE["red"], label=f"gradient × {scale:g}")
    ax.plot([], [], "--", color=PALETTE["blue"], label="along the level set")
    legend_above(ax)
    return ax


def plot_slopes(degrees, slopes, g, ax=None):
    """Draw measured slopes against the angle of the direction, with the wave g . u."""
    ax = new_axes(height=4.2) if ax is None else ax
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
    legend_above(ax)
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
    axes = new_axes(height=2.6, ncols=len(directions))
    for ax, (norm, d) in zip(axes, directions.items(), strict=True):
        levels = np.sort(np.unique([*np.arange(-18, 19, 6), float(np.dot(g, d))]))
        slope = lambda p: g[0] * p[0] + g[1] * p[1]  # noqa: E731
        contours(ax, slope, (-1.4, -1.4), (1.4, 1.4), levels, linestyles=":")
        touch = {"colors": PALETTE["green"], "linewidths": 1.6, "linestyles": "--"}
        contours(ax, slope, (-1.4, -1.4), (1.4, 1.4), [float(np.dot(g, d))], **touch)
        ax.plot(*_BALLS[norm], color=PALETTE["blue"], linestyle="-")
        arrow_from(ax, (0, 0), d, "red")
        name = norm.removeprefix("l").replace("inf", r"\infty")
        title = rf"$\ell_{{{name}}}$: $g \cdot d = {np.dot(g, d):g}$"
        ax.set(title=title, xlabel="$d_1$", ylabel="$d_2$")
        ax.set(xticks=[-1, 0, 1], yticks=[-1, 0, 1])
        ax.label_outer()
    return axes[0]


def plot_quadratic_shapes(hessians, reach=1.5):
    """Draw level sets of p . H p / 2 for several H; `hessians` maps a title to H."""
    axes = new_axes(width=1.5 * len(hessians), height=2.2, ncols=len(hessians))
    for ax, (title, H) in zip(axes, hessians.items(), strict=True):
        model = lambda p, H=H: np.einsum("i...,ij,j...", p, np.asarray(H), p) / 2  # noqa: E731
        high = np.array([0.05, 0.3, 0.8, 1.6, 2.8])
        up = {"colors": PALETTE["red"], "linestyles": "-"}
        down = {"colors": PALETTE["blue"], "linestyles": "--"}
        if np.any(np.linalg.eigvalsh(H) > 0):
            contours(ax, model, (-reach, -reach), (reach, reach), high, **up)
        if np.any(np.linalg.eigvalsh(H) < 0):
            contours(ax, model, (-reach, -reach), (reach, reach), -high[::-1], **down)
        ax.set(title=title, xlabel="$p_1$", ylabel="$p_2$", aspect="equal")
        ax.set(xticks=[-1, 0, 1], yticks=[-1, 0, 1])
        ax.label_outer()
    return axes[0]


def plot_eigenvalue(second, first=1.0, angle=30.0, reach=1.5, ax=None):
    """Draw p . H p / 2 and its gradients for an H with these two eigenvalues.

    The second eigenvector stands at `angle` degrees to the p1 axis and is drawn dotted.
    """
    ax = new_axes(width=5.0, height=4.2) if ax is None else ax
    q = np.array([np.cos(np.radians(angle)), np.sin(np.radians(angle))])
    H = second * np.outer(q, q) + first * (np.eye(2) - np.outer(q, q))
    high = np.array([0.05, 0.3, 0.8])
    model = lambda p: np.einsum("i...,ij,j...", p, H, p) / 2  # noqa: E731
    styles = (1, high, "red", "-"), (-1, -high[::-1], "blue", "--")
    for sign, levels, color, line in styles:
        if max(sign * first, sign * second) > 0:
            style = {"colors": PALETTE[color], "linestyles": line}
            contours(ax, model, (-reach, -reach), (reach, reach), levels, **style)
    p = np.array(np.meshgrid(*[0.8 * np.linspace(-reach, reach, 5)] * 2)).reshape(2, -1)
    ax.quiver(*p, *(H @ p), color=PALETTE["grey"], angles="xy", scale=12, width=0.006)
    ax.plot(*np.outer(q, [-reach, reach]), ":", color=PALETTE["green"])
    value = f"{second:g}".replace("-", "−")
    ax.set_title(rf"eigenvalues {first:g} and {value}: {classify_critical(H)}")
    ax.set(xlabel="$p_1$", ylabel="$p_2$", aspect="equal")
    ax.set(xlim=(-reach, reach), ylim=(-reach, reach))
    return ax
