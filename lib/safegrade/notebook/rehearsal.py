"""What the tests' fork server works out once, because every student's notebook needs it."""

from __future__ import annotations

from safegrade.jail.loading import resolve
from safegrade.notebook.names import bound, looked_up, mentioned, replaced


def rehearse(told: list) -> None:
    """Read the set-up and test cells, and let their package work out what it can.

    Parameters
    ----------
    told : list
        A function of the tests' package, as ``"package.module:function"``, and the texts of the
        cells, with which it is called.

    Examples
    --------
    >>> rehearse(["builtins:len", ["assert half(2) == 1"]])
    >>> hits = bound.cache_info().hits
    >>> bound("assert half(2) == 1"), bound.cache_info().hits - hits
    (frozenset(), 1)
    """
    entry, sources = told
    for source in sources:
        for read in (bound, looked_up, mentioned, replaced):
            read(source)  # each of them remembers what it found
    resolve(entry)(sources)
