"""The figures that `fallline.widgets.explore` makes, as files beside the page."""


def setup(app):
    """Connect nothing yet."""
