"""The directive `misconception`: a claim on trial, and a prediction before the experiment."""


def setup(app):
    """Connect nothing yet."""
