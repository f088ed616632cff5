"""Where a score comes from: digests of all that it depends on, and what differs between two."""

from __future__ import annotations

import functools
import importlib.metadata
import json
import platform
import re
import sys
from collections.abc import Iterable

from safegrade.course.files import digest

MATTER = ("numpy", "ipython", "nbgrader", "nbclient", "matplotlib", "scipy")
IMPORT = re.compile(r"^\s*(?:import|from)\s+([A-Za-z_]\w*)", re.MULTILINE)
CHANGES = {
    "submission": "the submission changed",
    "tests": "the tests changed",
    "environment": "the environment changed",
    "settings": "the settings changed",
    "safegrade": "safegrade changed",
}


def environment(modules: Iterable[str] = ()) -> dict[str, str]:
    """Return the versions that a score can depend on.

    Parameters
    ----------
    modules : iterable of str
        Modules that the tests import, besides those that always matter.
    """
    found = {name: version(name) for name in {*MATTER, *modules}}
    versions = {name: found[name] for name in sorted(found) if found[name]}
    return {"python": platform.python_version(), "system": sys.platform, **versions}


@functools.cache
def version(name: str) -> str | None:
    """Return the version of an installed distribution, or None."""
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


@functools.cache
def own_version() -> str:
    """Return safegrade's version: a digest of its code, which is exact where a number is not."""
    from pathlib import Path

    folder = Path(__file__).parents[1]
    paths = [path for path in folder.rglob("*") if path.suffix in (".py", ".css", ".j2", ".html")]
    parts = [(path.relative_to(folder).as_posix(), path.read_bytes()) for path in sorted(paths)]
    return digest(*(part for pair in parts for part in pair))[:16]


def imported(sources: Iterable[str]) -> set[str]:
    r"""Return the modules from outside the standard library that some code imports.

    Examples
    --------
    >>> imported(["import math\nfrom numpy.linalg import norm", "x = 1"])
    {'numpy'}
    """
    found = {name for source in sources for name in IMPORT.findall(source)}
    return found - set(sys.stdlib_module_names)


def key_of(told: dict) -> str:
    """Return one digest for all that a score depends on."""
    chosen = {name: told[name] for name in CHANGES}
    return digest(json.dumps(chosen, sort_keys=True))


def changes(old: dict, new: dict) -> list[str]:
    """Return in words what differs between the origins of two scores.

    Examples
    --------
    >>> old = {"tests": "1", "environment": {"numpy": "2.3", "python": "3.11"}}
    >>> changes(old, {"tests": "2", "environment": {"numpy": "2.4", "python": "3.11"}})
    ['the tests changed', 'the environment changed (numpy 2.3 -> 2.4)']
    """
    lines = []
    for name, words in CHANGES.items():
        before, now = old.get(name), new.get(name)
        if before == now:
            continue
        lines.append(words + (_between(before, now) if name == "environment" else ""))
    return lines


def _between(before: dict | None, now: dict | None) -> str:
    before, now = before or {}, now or {}
    names = sorted(name for name in {*before, *now} if before.get(name) != now.get(name))
    told = [f"{name} {before.get(name, 'none')} -> {now.get(name, 'none')}" for name in names]
    return f" ({', '.join(told)})"
