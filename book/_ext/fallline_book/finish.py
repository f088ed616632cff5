"""The finishing step: what a page need not load, it does not load."""


def setup(app):
    """Finish pages as they are written."""
    app.connect("html-page-context", drop_thebe, priority=900)


def drop_thebe(app, pagename, templatename, context, doctree):
    """Leave out the scripts for live cells: they name an outside host and are loaded twice."""
    context["script_files"] = [
        script for script in context.get("script_files", []) if not _is_thebe(script)
    ]


def _is_thebe(script):
    words = f"{getattr(script, 'filename', '')} {getattr(script, 'attributes', {}).get('body', '')}"
    return "thebe" in words.lower()
