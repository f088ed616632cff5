"""The book's own Sphinx extension: two settings that a configuration file cannot hold."""

import os


def setup(app):
    """Tell the kernels that they build the book, and how to look without a window.

    `fallline.widgets.explore` then draws a still figure: a page has no kernel to answer a slider.
    """
    os.environ["FALLLINE_BOOK"] = "1"
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
