"""The directive `live`: a figure that does its own mathematics in the page."""


def setup(app):
    """Connect nothing yet."""
