"""What the theme leaves to do for readers with a keyboard or a screen reader."""


def setup(app):
    """Connect nothing yet."""
