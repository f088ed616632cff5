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
    `FALLLINE_WITHOUT` names parts to leave out, for a comparison with stock pages.
    """
    os.environ["FALLLINE_BOOK"] = "1"
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # small products lose by more threads
    without = os.environ.get("FALLLINE_WITHOUT", "").split()
    for part in (part for part in PARTS if part not in without):
        import_module(f"{__name__}.{part}").setup(app)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
