"""The chapter as a notebook, and the ways to open its exercises."""


def setup(app):
    """Connect nothing yet."""
