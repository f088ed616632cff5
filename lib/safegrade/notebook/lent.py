"""Lend a jailed process the source of some modules of a package that is withheld from it."""

from __future__ import annotations

import functools
import importlib.abc
import importlib.machinery
import importlib.util
import sys
from pathlib import Path
from typing import Any

ELSEWHERE = "{} is not available while this is graded"


@functools.lru_cache(maxsize=64)
def sources_of(name: str) -> dict[str, str]:
    """Return the source of a module, and of those in it if it is a package, without running it.

    Examples
    --------
    >>> sorted(sources_of("json"))
    ['json', 'json.decoder', 'json.encoder', 'json.scanner', 'json.tool']

    Raises
    ------
    ModuleNotFoundError
        When there is no such module in Python.
    """
    places = None
    for part in (parts := name.split(".")):
        whole = ".".join(parts[: parts.index(part) + 1])
        spec = importlib.machinery.PathFinder.find_spec(whole, places)
        if spec is None or (spec.origin is None and whole == name):
            raise ModuleNotFoundError(f"no module {name} can be lent", name=name)
        places = spec.submodule_search_locations
    if places is None:
        return {name: Path(spec.origin).read_text(encoding="utf-8")}
    found = {}
    root = Path(spec.origin).parent
    for path in sorted(root.rglob("*.py")):
        inner = path.relative_to(root).with_suffix("").parts
        inner = inner[:-1] if inner[-1] == "__init__" else inner
        found[".".join([name, *inner])] = path.read_text(encoding="utf-8")
    return found


class Lending(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Import lent modules from their source, and say clearly that others are withheld.

    Parameters
    ----------
    sources : dict
        The source of each lent module by its name.
    withheld : sequence of str
        Packages of which nothing else can be imported.
    """

    def __init__(self, sources: dict[str, str], withheld: tuple[str, ...]):
        self.sources: dict[str, str] = {}
        self.withheld = frozenset(withheld)
        self.lend(sources)

    def lend(self, sources: dict[str, str]) -> None:
        """Let these modules be imported from now on, too; what they replace is forgotten."""
        for name, text in sources.items():
            if self.sources.get(name) != text and sys.modules.pop(name, None):
                parent, _, last = name.rpartition(".")
                if parent in sys.modules:
                    vars(sys.modules[parent]).pop(last, None)
        self.sources.update(sources)
        above = {
            ".".join(parts[:n]) for parts in map(_parts, self.sources) for n in range(1, len(parts))
        }
        self.parents = above - set(self.sources)

    def install(self) -> None:
        """Let this be asked before everything else, and forget what was imported before."""
        for name in [name for name in sys.modules if name.split(".")[0] in self.withheld]:
            if name not in self.sources:
                del sys.modules[name]
        sys.meta_path.insert(0, self)

    def find_spec(self, name: str, path: Any = None, target: Any = None):
        """Answer Python's import system."""
        if name in self.sources or name in self.parents:
            inner = any(other.startswith(name + ".") for other in self.sources)
            return importlib.util.spec_from_loader(name, self, is_package=inner)
        if name.split(".")[0] in self.withheld:
            raise ModuleNotFoundError(ELSEWHERE.format(name), name=name)
        return None

    def get_source(self, name: str) -> str:
        """Return the source of a module, for tracebacks."""
        return self.sources.get(name, "")

    def create_module(self, spec: Any) -> None:
        """Let Python make the module."""

    def exec_module(self, module: Any) -> None:
        """Run the source of a module."""
        name = module.__name__
        code = compile(self.get_source(name), f"<{name}>", "exec", dont_inherit=True)
        exec(code, module.__dict__)


def _parts(name: str) -> list[str]:
    return name.split(".")


def is_withheld(error: BaseException, withheld: frozenset[str]) -> bool:
    """Whether an exception says that a withheld package could not be imported."""
    name = getattr(error, "name", None)
    return (
        isinstance(error, ModuleNotFoundError)
        and isinstance(name, str)
        and name.split(".")[0] in withheld
    )
