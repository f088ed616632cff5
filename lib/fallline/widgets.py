"""The house's moving figure: widgets where a kernel is alive, precomputed pictures in the book."""

import math
import os
import re
from typing import NamedTuple

import ipywidgets

from fallline.filmstrip import Filmstrip


def explore(draw, *, labels=None, describe=None, **parameters):
    """Draw a figure whose parameters the reader can move.

    In a notebook each parameter becomes a slider or a menu, and moving it draws afresh.
    While the book is built (`FALLLINE_BOOK=1` in the environment) a picture is drawn for every
    combination of values instead, and the page shows the one that the reader chooses.

    Parameters
    ----------
    draw : callable
        Called as `draw(**values)`; it makes its own figure and may return axes of it.
    labels : dict, optional
        What the reader sees instead of a parameter's name: its label, or a pair of label and
        value format, as in `{"power": ("zoom", "×10^{}")}`; powers are set as such. The format
        may be a function.
    describe : callable, optional
        Called as `describe(**values)`; says in words what the picture shows. Otherwise what
        changes in titles, legends, notes and the ranges of the axes is read out.
    **parameters : tuple or list
        A slider is `(low, high, step)` or `(low, high, step, start)`; it gives integers if all
        its numbers are integers, and starts in the middle unless told otherwise.
        A menu is a list of choices; it starts at the first.

    Returns
    -------
    ipywidgets.interactive or Filmstrip
        The controls with the figure below them; in the book, all pictures and their page.

    Raises
    ------
    TypeError
        A parameter is neither a tuple of three or four numbers nor a list.
    ValueError
        A list or range is empty, a step is not positive, a start lies outside or on no step, a
        label belongs to no parameter; in the book, the pictures are too many, too large or of
        different shapes.
    RuntimeError
        In the book: a picture could not be drawn; the message says for which values.

    Examples
    --------
    >>> explore(print, a=(4, 0, 1))
    Traceback (most recent call last):
    ValueError: a: (4, 0, 1) needs low < high and step > 0
    """
    if not parameters:
        raise ValueError("nothing to explore: name at least one parameter, as in a=(0, 4, 1)")
    labels = labels or {}
    if unknown := set(labels) - set(parameters):
        raise ValueError(f"labels: no parameter is called {' or '.join(sorted(unknown))}")
    controls = [_control(name, parameters[name], labels.get(name)) for name in parameters]
    if os.environ.get("FALLLINE_BOOK") == "1":
        return Filmstrip(draw, controls, describe)
    panel = {control.name: _widget(control) for control in controls}
    return ipywidgets.interactive(lambda **values: draw(**values), **panel)


# --- parameters ---


class Control(NamedTuple):
    """A parameter with all that it can be: its values, their words, and which comes first."""

    name: str
    label: str
    values: list
    texts: list
    start: int
    range: tuple | None  # low, high and step of a slider, None for a menu


def _control(name, choice, label):
    """Return the control that a parameter asks for, or say what is wrong with it."""
    text, form = label if isinstance(label, tuple) else (label, None)
    if text is None:
        text = re.sub("^log10_", "log₁₀ ", name).replace("_", " ")
    if isinstance(choice, list):
        if not choice:
            raise ValueError(f"{name}: the list of choices is empty")
        values, start, span = choice, 0, None
    else:
        *span, first = _range(name, choice)
        values, start = _steps(name, *span, first)
    form = form or _number
    form = form if callable(form) else form.format
    return Control(name, text, values, [_raised(str(form(value))) for value in values], start, span)


def _raised(text):
    """Return a text with its powers set as such: 10^-3 becomes 10⁻³."""
    powers = str.maketrans("-−0123456789", "⁻⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
    return re.sub(r"\^([-−]?\d+)", lambda power: power[1].translate(powers), text)


def _number(value):
    """Return a choice as it is read: numbers short and with a true minus sign."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    return f"{value:g}".replace("-", "−")


def _range(name, choice):
    """Return low, high, step and start of a slider, or say what is wrong with it."""
    if not (isinstance(choice, tuple) and len(choice) in (3, 4)):
        raise TypeError(
            f"{name}: expected (low, high, step), (low, high, step, start) or a list of choices, "
            f"got {choice!r}"
        )
    if any(isinstance(n, bool) or not isinstance(n, int | float) for n in choice):
        raise TypeError(f"{name}: every entry of {choice!r} must be a number")
    low, high, step = choice[:3]
    if not (low < high and step > 0):
        raise ValueError(f"{name}: {choice!r} needs low < high and step > 0")
    start = choice[3] if len(choice) == 4 else low + (high - low) / step // 2 * step
    start = int(start) if all(isinstance(number, int) for number in choice) else start
    if not low <= start <= high:
        raise ValueError(f"{name}: the start {start} lies outside of {low} to {high}")
    return low, high, step, start


def _steps(name, low, high, step, start):
    """Return every value of a slider, and the place of its start among them."""
    count = math.floor((high - low) / step + 1e-9) + 1
    values = [low + i * step for i in range(count)]
    if any(isinstance(number, float) for number in (low, high, step, start)):
        values = [float(f"{value:.12g}") for value in values]  # 0.3, not 0.30000000000000004
    place = round((start - low) / step)
    if abs(start - low - place * step) > 1e-6 * step or place >= count:
        raise ValueError(f"{name}: the start {start} is on no step of {step} from {low}")
    return values, place


def _widget(control):
    """Return the control of a notebook."""
    options = {"value": control.values[control.start], "description": control.label}
    options["style"] = {"description_width": "initial"}
    if control.range is None:
        texts = zip(control.texts, control.values, strict=True)
        return ipywidgets.Dropdown(options=list(texts), **options)
    options |= dict(zip(("min", "max", "step"), control.range, strict=True))
    if all(isinstance(value, int) for value in control.values):
        return ipywidgets.IntSlider(**options)
    return ipywidgets.FloatSlider(**options, readout_format="g")
