"""The book's own Sphinx extension: what a configuration file cannot hold."""

import os
from importlib import import_module

PARTS = (
    "listing",
    "references",
    "library",
    "mathematics",
    "filmstrip",
    "live",
    "predict",
    "address",
    "notebooks",
    "practice",
    "preview",
    "pages",
    "access",
    "finish",
)


def setup(app):
    """Connect every part; the kernels learn that they build the book.

    `fallline.widgets.explore` then makes a figure that needs no kernel.
    """
    os.environ["FALLLINE_BOOK"] = "1"
    for part in PARTS:
        import_module(f"{__name__}.{part}").setup(app)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
