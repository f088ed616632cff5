"""Import nbgrader without what takes most of the time and is not needed."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator

GRAMMAR = "rfc3987_syntax"  # jsonschema builds a parser of web addresses from it: two seconds


@contextlib.contextmanager
def lightly() -> Iterator[None]:
    """Let what is imported meanwhile do without the grammar of web addresses.

    jsonschema takes it for not installed, as it may be; nbformat never asks for it.
    """
    absent = GRAMMAR not in sys.modules
    if absent:
        sys.modules[GRAMMAR] = None
    try:
        yield
    finally:
        if absent:
            del sys.modules[GRAMMAR]
