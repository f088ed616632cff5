"""Pages that no chapter writes."""

from pathlib import Path

FRONT_DOOR = """<!DOCTYPE html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<meta http-equiv="refresh" content="0; url={page}">
<link rel="canonical" href="{page}">
</head>
<body><p><a href="{page}">{title}</a></p></body>
</html>
"""


def setup(app):
    """Write them when the book is built."""
    app.connect("build-finished", write_front_door, priority=100)


def write_front_door(app, exception):
    """Let the root of the site lead to the first page, with or without a browser's help."""
    root = app.config.root_doc
    if exception or app.builder.name != "html" or root == "index":
        return
    page = app.builder.get_target_uri(root)
    text = FRONT_DOOR.format(language=app.config.language, title=app.config.html_title, page=page)
    Path(app.outdir, "index.html").write_text(text, encoding="utf-8")
