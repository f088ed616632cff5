"""Real data for the experiments: what ships with a package, and what is fetched on request.

The data folder is named by the environment variable ``FALLLINE_DATA``; where it has not got
what is asked for, the user's cache is looked at, which ``make data`` fills.
Nothing is fetched unless `fetch` is called, and nothing is ever unpickled.
"""

from fallline.datasets.fetching import fetch
from fallline.datasets.images import FOLDER, Split, digits_split, fashion, handwriting, mnist
from fallline.datasets.shipped import diabetes, digits
from fallline.datasets.sources import SOURCES, Source

__all__ = [
    "FOLDER",
    "SOURCES",
    "Source",
    "Split",
    "diabetes",
    "digits",
    "digits_split",
    "fashion",
    "fetch",
    "handwriting",
    "mnist",
]
