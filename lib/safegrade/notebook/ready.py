"""Imported by a fork server last: what comes after NumPy and Matplotlib, and is slow at first."""

from __future__ import annotations

import sys
from importlib import import_module


def warm_figures() -> None:
    """Draw a small figure of every usual kind of text, so that fonts are found and read."""
    from IPython.core.pylabtools import print_figure
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(2, 2))
    axes.plot([1, 2], label="warm")
    axes.set_title("$x$")
    axes.legend()
    print_figure(figure, "png")
    pyplot.close("all")


import_module("safegrade.notebook.session")
if "numpy" in sys.modules:
    import_module("numpy.random")  # newer NumPy loads it late; both processes share its state
    import_module("safegrade.wire.numerics")
if "matplotlib.pyplot" in sys.modules:
    warm_figures()
