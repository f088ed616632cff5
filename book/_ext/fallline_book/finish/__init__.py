"""The finishing step: what a page need not load, it does not load."""

import shutil
from pathlib import Path

from . import icons, images, licences, scripts, scrollers, styles, tidy
from .pages import read_pages

OWN = ("_static", "_images")


def setup(app):
    """Finish the site when all else is done; before the next build, give Sphinx its pages back."""
    app.add_css_file("finish.css")
    app.add_js_file("scrollers.js")
    app.add_js_file("focus.js")
    app.add_js_file("paper.js")
    app.connect("builder-inited", give_back)
    app.connect("build-finished", finish_site, priority=950)


def finish(folder):
    """Finish a built site in its folder; a finished one stays as it is, byte for byte."""
    folder = Path(folder).resolve()
    pages = read_pages(folder)
    icons.finish(folder, pages)
    scripts.finish(folder, pages)
    images.finish(folder, pages)
    scrollers.finish(pages)
    leave_theme_to_script(pages)
    styles.finish(folder, pages, *scripts.words(folder, pages))
    for page in pages:
        page.write()
    licences.collect(folder)
    tidy.sweep(folder)


def leave_theme_to_script(pages):
    """Take the theme "auto" off the pages: it has no colours, and without a script it stays."""
    for page in pages:
        if page.soup.html.get("data-theme") == "auto":
            del page.soup.html["data-theme"]


def finish_site(app, exception):
    """Finish a copy of the site, and put it in the site's place only when it is whole."""
    if exception or app.builder.name != "html":
        return
    site, copy = Path(app.outdir), Path(app.doctreedir, "finishing")
    shutil.rmtree(copy, ignore_errors=True)
    copy.mkdir(parents=True)
    rooms = [path for path in sorted(site.iterdir()) if belongs(path)]
    try:
        for room in rooms:
            (shutil.copytree if room.is_dir() else shutil.copy2)(room, copy / room.name)
        finish(copy)
        _exchange(site, copy, _originals(app))
    finally:
        shutil.rmtree(copy, ignore_errors=True)


def give_back(app):
    """Put the pages as Sphinx wrote them where the finished ones are.

    Sphinx writes only what has changed, and what it left alone has to be
    finished anew together with that.
    """
    originals, site = _originals(app), Path(app.outdir)
    if app.builder.name == "html" and originals.exists() and site.exists():
        shutil.copytree(originals, site, dirs_exist_ok=True)
    if app.builder.name == "html":
        shutil.rmtree(originals, ignore_errors=True)


def _originals(app):
    return Path(app.doctreedir, "unfinished")


def belongs(path):
    """Return whether Sphinx wrote this: other things, such as a JupyterLite, are left alone."""
    return path.is_file() or path.name in OWN or bool(read_pages(path, parse=False))


def _exchange(site, copy, originals):
    shutil.rmtree(originals, ignore_errors=True)
    originals.mkdir()
    for finished in sorted(copy.iterdir()):
        shutil.move(site / finished.name, originals / finished.name)
        shutil.move(finished, site / finished.name)
