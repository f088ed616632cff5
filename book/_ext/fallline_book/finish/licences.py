"""The licences of what the site ships and the book did not write, beside it."""

from importlib.metadata import distribution

from .pages import FinishError

# Their styles and scripts are in the bundles; the texts for what they bundle in turn
# (Bootstrap, Font Awesome, clipboard.js) lie in `book/_static/licences`.
PACKAGES = (
    "myst-nb",
    "pydata-sphinx-theme",
    "pygments",
    "sphinx",
    "sphinx-book-theme",
    "sphinx-copybutton",
    "sphinx-design",
    "sphinx-togglebutton",
)


def collect(folder):
    """Copy the licence of each package into the site."""
    room = folder / "_static/licences"
    room.mkdir(parents=True, exist_ok=True)
    for name in PACKAGES:
        files = distribution(name).files or []
        texts = [f for f in files if f.stem == "LICENSE" and ".dist-info" in f.parts[0]]
        if not texts:
            raise FinishError(f"the package {name} came without its licence")
        (room / f"{name}.txt").write_text(texts[0].read_text("utf-8"), "utf-8")
