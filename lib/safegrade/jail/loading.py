"""What a fork server loads before it forks, and what its processes must not load."""

from __future__ import annotations

import importlib
import os
import sys
import warnings


def preload(names: list[str]) -> list[str]:
    """Import modules; return a note for each one that fails.

    Examples
    --------
    >>> preload(["json", "no_such_module"])
    ["no_such_module could not be preloaded: No module named 'no_such_module'"]
    """
    notes = []
    for name in names:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                importlib.import_module(name)
        except Exception as error:
            notes.append(f"{name} could not be preloaded: {error}")
    return notes


def resolve(entry: str):
    """Return the function that ``package.module:function`` names.

    Examples
    --------
    >>> resolve("os.path:join")("a", "b")
    'a/b'
    """
    module, _, function = entry.partition(":")
    return getattr(importlib.import_module(module), function)


def rehearse(rehearsal: list | None) -> list[str]:
    """Call a function by its name with its one argument; return a note if that fails.

    Examples
    --------
    >>> rehearse(["math:sqrt", 4.0]), rehearse(["math:sqrt", -1.0])
    ([], ['math:sqrt could not be rehearsed: math domain error'])
    """
    try:
        if rehearsal:
            entry, argument = rehearsal
            resolve(entry)(argument)
    except Exception as error:
        return [f"{rehearsal[0]} could not be rehearsed: {error}"]
    return []


class Withheld:
    """The first of the import system's finders: it has no package that is withheld."""

    def __init__(self, names: list[str]):
        self.names = names

    def find_spec(self, name: str, path=None, target=None) -> None:
        """Raise for a package that is withheld, and leave all others to the other finders."""
        if any(name == held or name.startswith(held + ".") for held in self.names):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)


def give_builtins() -> None:
    """Define what Python's `site` module would have: it was not run, for it reads .pth files."""
    import site

    site.setquit()
    site.setcopyright()
    site.sethelper()


def reseed() -> None:
    """Give NumPy's global generator a state of its own, as Python's has after a fork."""
    random = sys.modules.get("numpy.random")
    if random is not None:
        random.seed(int.from_bytes(os.urandom(4), "little"))
