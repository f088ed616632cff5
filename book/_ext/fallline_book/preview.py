"""What a link to a page looks like where it is shared: title, description and a card."""

import re
import textwrap
from functools import cache
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Circle, PathPatch
from matplotlib.path import Path as Curve
from PIL import Image
from sphinx.errors import ExtensionError

from fallline.objectives import himmelblau

SIZE = (1200, 630)
SLATE, SNOW, MIST, FLAME = "#16212b", "#f4f6f7", "#a9b6c1", "#f0803c"
PALETTE = [(SLATE, SNOW, 10), (SLATE, FLAME, 6)]  # sixteen colours take half a byte each
STARTS = ((-0.25, -0.85), (0.9, 4.6), (4.9, 0.2), (-4.6, 1.0), (0.4, -4.8))
ICONS = '<link rel="apple-touch-icon" href="{}" />\n'


def setup(app):
    """Let sphinxext-opengraph write the tags; titles, descriptions and cards are ours."""
    app.setup_extension("sphinxext.opengraph")
    app.connect("config-inited", settle, priority=200)  # after the address is known
    app.connect("html-page-context", describe, priority=400)  # before the tags are written
    app.connect("html-page-context", add_icon)
    app.connect("build-finished", write_icons, priority=120)


def settle(app, config):
    """Tell the extension where the site is."""
    config.ogp_site_url = config.html_baseurl
    config.ogp_site_name = config.html_title
    config.ogp_social_cards = {"enable": False}
    card = '<meta name="twitter:card" content="summary_large_image" />'
    config.ogp_custom_meta_tags = [card] if config.html_baseurl else []


def describe(app, pagename, templatename, context, doctree):
    """Give a page its title, its own description and its card."""
    if doctree is None or app.builder.name != "html":
        return
    fields = context["meta"] = dict(context.get("meta") or {})
    if not app.config.html_baseurl:
        fields["ogp_disable"] = True  # a preview needs whole addresses
        return
    title = app.env.titles[pagename].astext()
    words = description(doctree)
    if not words:
        raise ExtensionError(f"{pagename} has no description: add html_meta to its front matter")
    image = f"_images/card-{pagename.replace('/', '-')}.png"
    path = Path(app.outdir, image)
    path.parent.mkdir(parents=True, exist_ok=True)
    book = app.config.html_title
    logo = str(Path(app.srcdir, app.config.html_logo)) if app.config.html_logo else ""
    address = re.sub(r"^https?://|/$", "", app.config.html_baseurl)
    kind = sum(map(ord, pagename))
    path.write_bytes(draw_card(title, words, book=book, address=address, logo=logo, kind=kind))
    fields["og:title"] = title
    fields["og:description"] = words
    fields["og:image"] = app.config.html_baseurl + image
    fields["og:image:alt"] = f"{book}: {title}. Beside it, a path crosses level lines downhill."
    fields["og:image:width"], fields["og:image:height"] = map(str, SIZE)


def description(doctree):
    """Return the description that a page's author wrote in the front matter."""
    metas = (n for n in doctree.findall() if getattr(n, "tagname", "") == "meta")
    return next((meta["content"] for meta in metas if meta.get("name") == "description"), "")


def draw_card(title, words, *, book, address, logo, kind=0):
    """Return a card as a PNG: a slope with its level lines, and a path down from one place."""
    figure = Figure(figsize=(SIZE[0] / 100, SIZE[1] / 100), dpi=100, facecolor=SLATE)
    _draw_slope(figure.add_axes((0.5, 0, 0.5, 1)), STARTS[kind % len(STARTS)])
    _draw_logo(figure.add_axes((0.055, 0.80, 0.0735, 0.14)), logo)
    figure.text(0.14, 0.87, book, color=SNOW, size=24, va="center", weight="bold")
    lines = textwrap.wrap(title, 21)
    size = 40 if len(lines) <= 3 else 32
    lines = lines if len(lines) <= 3 else textwrap.wrap(title, 27)
    figure.text(
        0.06, 0.72, "\n".join(lines[:4]), color=SNOW, size=size, va="top", weight="bold",
        linespacing=1.15,
    )  # fmt: skip
    short = textwrap.wrap(textwrap.shorten(words, 150, placeholder=" …"), 46)
    figure.text(0.06, 0.13, "\n".join(short), color=MIST, size=17, va="bottom", linespacing=1.35)
    figure.text(0.06, 0.055, address, color=FLAME, size=15, va="bottom")
    return _png(figure, _mixtures())


def _mixtures():
    """Return a palette of mixtures of the card's colours, as Pillow wants it."""
    mixed = [np.linspace(_rgb(low), _rgb(high), steps) for low, high, steps in PALETTE]
    palette = Image.new("P", (1, 1))
    palette.putpalette(np.concatenate(mixed).round().astype(np.uint8).tobytes())
    return palette


def _rgb(colour):
    return [int(colour[i : i + 2], 16) for i in (1, 3, 5)]


def _png(figure, palette=None):
    """Return a figure as a small PNG."""
    raw = BytesIO()
    figure.savefig(raw, dpi=figure.dpi, facecolor=figure.get_facecolor())
    image = Image.open(raw).convert("RGB")
    image = image.quantize(palette=palette, dither=Image.Dither.NONE) if palette else image
    small = BytesIO()
    image.save(small, "PNG", optimize=True)
    return small.getvalue()


def _draw_slope(axes, start):
    """Draw level lines that fade towards the text, and the walk of gradient descent."""
    x, y = np.meshgrid(np.linspace(-6.5, 5.5, 220), np.linspace(-5.8, 5.8, 220))
    heights = np.sqrt(himmelblau.value(np.stack([x, y])))
    axes.contour(x, y, heights, levels=np.linspace(0.8, 22, 12), colors=MIST, linewidths=1.2)
    path = [np.array(start, dtype=float)]
    for _ in range(60):
        path.append(path[-1] - 0.006 * himmelblau.gradient(path[-1]))
    path = np.array(path)
    axes.plot(*path.T, color=FLAME, linewidth=6, zorder=3, solid_capstyle="round")
    axes.plot(*path[0], "o", color=FLAME, markersize=17, zorder=3)
    veil = np.zeros((1, 64, 4))
    veil[..., :3] = np.array(_rgb(SLATE)) / 255
    veil[..., 3] = np.linspace(1, 0, 64) ** 0.8
    axes.imshow(veil, extent=(-6.5, 1.0, -5.8, 5.8), aspect="auto", zorder=2.5)
    axes.set(xlim=(-6.5, 5.5), ylim=(-5.8, 5.8))
    axes.set_axis_off()


@cache
def _strokes(logo):
    """Return the strokes and dots of a logo that is made of curves M x y C ... and circles."""
    strokes, dots = [], []
    for group in ElementTree.parse(logo).getroot().iter():
        for item in group:
            look = {**group.attrib, **item.attrib}
            if item.tag.endswith("path"):
                numbers = [float(n) for n in re.findall(r"-?[\d.]+", look["d"])]
                points = np.reshape(numbers, (-1, 2))
                codes = [Curve.MOVETO] + [Curve.CURVE4] * (len(points) - 1)
                width = float(look["stroke-width"])
                strokes.append((Curve(points, codes), look["stroke"], width))
            elif item.tag.endswith("circle"):
                dots.append(([float(look[k]) for k in ("cx", "cy", "r")], look["fill"]))
    return strokes, dots


def _draw_logo(axes, logo):
    """Draw the logo from its own file."""
    axes.set(xlim=(0, 64), ylim=(64, 0), aspect="equal")
    axes.set_axis_off()
    if not logo:
        return
    box = axes.get_position()
    figure = axes.figure
    unit = box.height * figure.get_figheight() * 72 / 64  # points for one unit of the logo
    strokes, dots = _strokes(logo)
    for curve, colour, width in strokes:
        axes.add_patch(
            PathPatch(
                curve, facecolor="none", edgecolor=colour, linewidth=width * unit,
                capstyle="round",
            )
        )  # fmt: skip
    for (x, y, r), colour in dots:
        axes.add_patch(Circle((x, y), r, facecolor=colour, edgecolor="none"))


def add_icon(app, pagename, templatename, context, doctree):
    """Name the icon for a phone's home screen."""
    if app.config.html_logo:
        place = context["pathto"]("_static/apple-touch-icon.png", 1)
        context["metatags"] = context.get("metatags", "") + ICONS.format(place)


def write_icons(app, exception):
    """Draw the logo for phones, and for browsers that show no SVG in a tab."""
    if exception or app.builder.name != "html" or not app.config.html_logo:
        return
    figure = Figure(figsize=(1.8, 1.8), dpi=100, facecolor="white")
    _draw_logo(
        figure.add_axes((0.08, 0.08, 0.84, 0.84)), str(Path(app.srcdir, app.config.html_logo))
    )
    large = _png(figure)
    static = Path(app.outdir, "_static")
    static.joinpath("apple-touch-icon.png").write_bytes(large)
    Image.open(BytesIO(large)).save(Path(app.outdir, "favicon.ico"), sizes=[(32, 32)])
