"""A figure that moves without a kernel: every picture drawn beforehand, all in one sheet."""

import base64
import hashlib
import html
import io
import itertools
import json
import math
import re

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.transforms import Bbox
from PIL import Image

MOST_FRAMES = 120
"""How many pictures a figure may have; as many stay legible in one sheet."""

MOST_BYTES = 250_000
"""How many bytes all pictures of a figure may weigh together."""

_DPI = 144
_PIXELS = 2**24  # what the browser of a phone is sure to hold in one picture
_SIDE = 16383  # the longest side that WebP knows


class Filmstrip:
    """A figure with a picture for every combination of its parameters, as the book shows it.

    Attributes
    ----------
    frames : list
        The pictures, of Pillow; the last parameter changes fastest.
    says : list of str
        What each picture shows, in words.
    start : int
        The place of the picture that is seen first.
    sheet : bytes
        All pictures in one WebP file, without loss.
    columns : int
        How many pictures stand side by side in the sheet.
    """

    def __init__(self, draw, controls, describe=None):
        self.name = getattr(draw, "__name__", "the figure")
        self.controls = controls
        states, shown, self.start = _grid(self.name, controls)
        figures = [_figure(self.name, draw, state) for state in states]
        _align(self.name, figures, dpi := _sharpness(figures))
        self.frames = [_picture(figure) for figure in figures]
        self.width = round(self.frames[0].width * _DPI / dpi)  # on the page, where it has room
        said = map(_words, figures)
        told = [describe(**state) for state in states] if describe else _changes(said, shown)
        self.says = [self._say(*each) for each in zip(shown, told, strict=True)]
        self.columns, self.sheet = _sheet(self.frames)
        self.still = _encoded(self.frames[self.start], "webp")
        _weigh(self.name, len(self.frames), len(self.sheet) + len(self.still))

    def _say(self, texts, told):
        pairs = zip(self.controls, texts, strict=True)
        state = ", ".join(f"{control.label} {text}" for control, text in pairs)
        return f"{state}: {told}" if told else state

    def __repr__(self):
        return f"{self.name}: {len(self.frames)} pictures, first {self.says[self.start]}"

    def _repr_mimebundle_(self, include=None, exclude=None):
        """Return the figure for a page, and its first picture for paper."""
        png = base64.b64encode(_encoded(self.frames[self.start], "png")).decode()
        return {"text/html": self.to_html(), "image/png": png, "text/plain": repr(self)}

    def to_html(self):
        """Return the figure as it stands in a page; the pictures are inside as data."""
        place = f"film-{hashlib.sha256(self.sheet).hexdigest()[:8]}"
        width, height = self.frames[0].size
        facts = {
            "columns": self.columns,
            "texts": [control.texts for control in self.controls],
            "says": self.says,
        }
        script = json.dumps(facts, ensure_ascii=False).replace("<", "\\u003c")
        moves = [html.escape(f"{c.label} ({_extent(c)})") for c in self.controls]
        return f"""<div class="filmstrip" data-start="{self.start}">
<div class="filmstrip-view"><img class="filmstrip-still dark-light keep" alt="" loading="lazy" \
width="{self.width}" height="{round(self.width * height / width)}" src="{_data(self.still)}"></div>
<div class="filmstrip-controls" role="group" aria-label="Move the figure" hidden>
{"".join(_html(control, f"{place}-{i}") for i, control in enumerate(self.controls))}</div>
<p class="filmstrip-says" aria-live="polite"></p>
<p class="filmstrip-note">With JavaScript, this figure moves: choose {" and ".join(moves)}. \
<a class="filmstrip-sheet" href="{_data(self.sheet)}">See all {len(self.frames)} pictures</a>.</p>
<script type="application/json">{script}</script>
</div>"""


def _extent(control):
    if control.range is None:
        return ", ".join(control.texts)
    return f"{control.texts[0]} to {control.texts[-1]}"


def _html(control, place):
    """Return a control of the page with its label."""
    label = f'<label for="{place}">{html.escape(control.label)}</label>\n'
    start = html.escape(control.texts[control.start])
    if control.range is None:
        chosen = [" selected" if i == control.start else "" for i in range(len(control.texts))]
        pairs = zip(chosen, map(html.escape, control.texts), strict=True)
        options = "".join(f"<option{mark}>{text}</option>" for mark, text in pairs)
        return f'{label}<select id="{place}" autocomplete="off">{options}</select>\n'
    widest = max(map(len, control.texts))
    return f"""{label}<input id="{place}" type="range" min="0" max="{len(control.values) - 1}" \
value="{control.start}" aria-valuetext="{start}" autocomplete="off">
<output for="{place}" aria-live="off" style="min-width: {widest}ch">{start}</output>
"""


def _grid(name, controls):
    """Return every combination of values, the words of each, and the place of the first."""
    sizes = [len(control.values) for control in controls]
    if (count := math.prod(sizes)) > MOST_FRAMES:
        raise ValueError(
            f"{name}: {count} pictures ({' times '.join(map(str, sizes))}) are too many, "
            f"at most {MOST_FRAMES}: take larger steps or fewer choices"
        )
    names = [control.name for control in controls]
    grid = itertools.product(*(control.values for control in controls))
    states = [dict(zip(names, values, strict=True)) for values in grid]
    shown = list(itertools.product(*(control.texts for control in controls)))
    return states, shown, int(np.ravel_multi_index([c.start for c in controls], sizes))


def _weigh(name, count, size):
    """Refuse pictures that a reader with a slow connection would have to wait for."""
    if size > MOST_BYTES:
        raise ValueError(
            f"{name}: {count} pictures weigh {size / 1000:.0f} kB, at most {MOST_BYTES // 1000}: "
            f"take fewer of them (about {count * MOST_BYTES // size} would fit), a smaller figure, "
            "or draw less that changes from one to the next"
        )


def _figure(name, draw, state):
    """Draw for one combination of values, and return the figure, which pyplot forgets."""
    before = set(plt.get_fignums())
    try:
        drawn = draw(**state)
        fresh = [plt.figure(number) for number in plt.get_fignums() if number not in before]
        figure = _figure_of(drawn) or (fresh[-1] if fresh else None)
        if figure is None or figure in map(plt.figure, before):
            raise ValueError("it made no figure of its own")
        return figure
    except Exception as error:
        values = ", ".join(f"{key}={value!r}" for key, value in state.items())
        raise RuntimeError(f"{name}({values}) could not be drawn: {error}") from error
    finally:
        for number in set(plt.get_fignums()) - before:
            plt.close(number)


def _figure_of(drawn):
    """Return the figure that axes belong to, one or several of them; None for anything else."""
    if isinstance(drawn, Figure):
        return drawn
    several = isinstance(drawn, list | tuple | np.ndarray) and len(drawn)
    first = np.ravel(np.asarray(drawn, dtype=object))[0] if several else drawn
    return first if isinstance(first, Figure) else getattr(first, "figure", None)


def _sharpness(figures):
    """Return how many dots to the inch fit into one sheet: less where there are many pictures."""
    width, height = figures[0].get_size_inches()
    return min(_DPI, math.floor(math.sqrt(_PIXELS / len(figures) / width / height)))


def _align(name, figures, dpi):
    """Give every picture the same axes boxes: what is left when each has room for its words."""
    if len({(*figure.get_size_inches(), len(figure.axes)) for figure in figures}) > 1:
        raise ValueError(f"{name}: all pictures must have the same size and as many axes")
    for figure in figures:
        figure.set_dpi(dpi)
        FigureCanvasAgg(figure)
        if engine := figure.get_layout_engine():
            engine.execute(figure)
            figure.set_layout_engine("none")
    for axes in zip(*(figure.axes for figure in figures), strict=True):
        boxes = np.array([ax.get_position(original=True).extents for ax in axes])
        box = Bbox.from_extents(*boxes[:, :2].max(axis=0), *boxes[:, 2:].min(axis=0))
        for ax in axes:
            ax.set_position(box)


def _picture(figure):
    figure.canvas.draw()
    picture = Image.fromarray(np.array(figure.canvas.buffer_rgba()))
    paper = Image.new("RGB", picture.size, "white")
    paper.paste(picture, mask=picture)
    return paper


def _sheet(frames):
    """Return the number of columns, and all pictures in one file."""
    width, height = frames[0].size
    columns = -(-len(frames) // (_SIDE // height))  # as few as can be: it packs best
    sheet = Image.new("RGB", (columns * width, -(-len(frames) // columns) * height), "white")
    for i, frame in enumerate(frames):
        sheet.paste(frame, (i % columns * width, i // columns * height))
    return columns, _encoded(sheet, "webp")


def _encoded(picture, kind):
    options = {"lossless": True, "method": 6, "quality": 80} if kind == "webp" else {}
    picture.save(file := io.BytesIO(), kind, **options)
    return file.getvalue()


def _data(picture):
    return f"data:image/webp;base64,{base64.b64encode(picture).decode()}"


# --- words ---


def _words(figure):
    """Return what a picture says: titles, legends, notes, and how far its axes reach."""
    texts, reach, legends = [figure.get_suptitle()], [], [*figure.legends]
    for i, ax in enumerate(figure.axes, start=1):
        texts += [ax.get_title(side) for side in ("left", "center", "right")]
        texts += [text.get_text() for text in ax.texts]
        legends += [ax.get_legend()] if ax.get_legend() else []
        of = f" of picture {i}" if len(figure.axes) > 1 else ""
        for side, limits in (("horizontal", ax.get_xlim()), ("vertical", ax.get_ylim())):
            low, high = (f"{limit:.3g}".replace("-", "−") for limit in limits)
            reach.append(f"{side} axis{of} from {low} to {high}")
    written = [*figure.texts, *(text for legend in legends for text in legend.get_texts())]
    texts += [text.get_text() for text in written]
    return [_plain(text) for text in dict.fromkeys(texts + reach) if text]


def _changes(said, texts):
    """Return for each picture, in one line, what not all of them say and no control says."""
    said = list(said)
    common = set(said[0]).intersection(*said).union(*texts)
    return ["; ".join(text for text in words if text not in common) for words in said]


def _plain(text):
    """Return a text without the marks of mathematical setting."""
    text = re.sub(r"\\cdot\b", "·", re.sub(r"\^", " to the power ", text))
    return " ".join(re.sub(r"[${}_\\]+", " ", text).split()).replace(" :", ":")
