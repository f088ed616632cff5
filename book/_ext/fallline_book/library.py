"""The page of the library: constants keep what they say of themselves."""


def setup(app):
    """Stand before and after napoleon, which takes words before a colon for a type."""
    app.connect("autodoc-process-docstring", keep_plain, priority=400)
    app.connect("autodoc-process-docstring", put_back, priority=600)


def keep_plain(app, what, name, obj, options, lines):
    """Set aside what a constant says."""
    if what in ("attribute", "data", "property"):
        app.env.temp_data["fallline-plain"] = list(lines)


def put_back(app, what, name, obj, options, lines):
    """Put back what `keep_plain` has set aside."""
    lines[:] = app.env.temp_data.pop("fallline-plain", lines)
