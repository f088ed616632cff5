"""The house widget: a figure with controls where a kernel is alive, a still figure in the book."""

import os

import ipywidgets


def explore(draw, **parameters):
    """Draw a figure whose parameters the reader can move.

    In a notebook each parameter becomes a slider or a menu, and moving it draws afresh.
    While the book is built (`FALLLINE_BOOK=1` in the environment) the figure is drawn once,
    at the start values, and no controls are made: a page has no kernel that could answer them.

    Parameters
    ----------
    draw : callable
        Called as `draw(**values)`; it makes its own figure.
    **parameters : tuple or list
        A slider is `(low, high, step)` or `(low, high, step, start)`; it gives integers if all
        its numbers are integers, and starts in the middle unless told otherwise.
        A menu is a list of choices; it starts at the first.

    Returns
    -------
    ipywidgets.interactive or None
        The controls with the figure below them; None in the built book.

    Raises
    ------
    TypeError
        A parameter is neither a tuple of three or four numbers nor a list.
    ValueError
        A list is empty, a range is empty, a step is not positive, or a start lies outside.

    Examples
    --------
    >>> explore(print, a=(4, 0, 1))
    Traceback (most recent call last):
    ValueError: a: (4, 0, 1) needs low < high and step > 0
    """
    if not parameters:
        raise ValueError("nothing to explore: name at least one parameter, as in a=(0, 4, 1)")
    parts = {name: _slider_or_menu(name, choice) for name, choice in parameters.items()}
    if os.environ.get("FALLLINE_BOOK") == "1":
        draw(**{name: options["value"] for name, (_, options) in parts.items()})
        return None
    controls = {name: kind(**options, description=name) for name, (kind, options) in parts.items()}
    return ipywidgets.interactive(lambda **values: draw(**values), **controls)


def _slider_or_menu(name, choice):
    """Return the kind of control that a parameter asks for, and its options."""
    if isinstance(choice, list):
        if not choice:
            raise ValueError(f"{name}: the list of choices is empty")
        return ipywidgets.Dropdown, {"options": choice, "value": choice[0]}
    low, high, step, start = _range(name, choice)
    options = {"value": start, "min": low, "max": high, "step": step}
    if all(isinstance(number, int) for number in (low, high, step, start)):
        return ipywidgets.IntSlider, options
    return ipywidgets.FloatSlider, {**options, "readout_format": "g"}


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
