"""Modules that tests take from the student's imports, without taking the student's modules.

In many courses the cell with ``import numpy as np`` is an ordinary cell, and the tests rely
on it. The tests then get the real module, imported where they run, and not the one that a
student may have changed.
"""

from __future__ import annotations

import ast
import functools
import importlib
import sys
from collections.abc import Iterable, Iterator
from typing import Any

USUAL = {  # the short names under which everybody knows a module
    "np": "numpy",
    "plt": "matplotlib.pyplot",
    "mpl": "matplotlib",
    "pd": "pandas",
    "sp": "scipy",
    "sns": "seaborn",
    "nx": "networkx",
    "xr": "xarray",
    "sym": "sympy",
    "tf": "tensorflow",
    "jnp": "jax.numpy",
}
KNOWN = frozenset(
    """
    numpy scipy pandas matplotlib sklearn sympy math cmath random statistics itertools functools
    collections operator string re copy time datetime json csv fractions decimal heapq bisect
    array typing dataclasses enum abc io pathlib os sys warnings inspect types contextlib
    unittest textwrap numbers pprint hashlib struct networkx seaborn torch jax tensorflow xarray
    """.split()  # noqa: SIM905
)


def real_modules(names: Iterable[str], sources: Iterable[str]) -> dict[str, Any]:
    r"""Return what some names stand for, where cells import them from well-known modules.

    Parameters
    ----------
    names : iterable of str
        The names that are asked for.
    sources : iterable of str
        The text of the students' cells; only their import statements count.

    Returns
    -------
    dict
        The real modules, functions and classes.

    Examples
    --------
    >>> cell = "import math\nfrom operator import truth as isclose\nimport builtins as plt"
    >>> real_modules(["math", "isclose", "plt"], [cell])
    {'math': <module 'math' ...>}
    """
    wanted: set[str] = set(names)
    told: dict[str, tuple[str, str | None]] = {}
    for source in sources:
        for name, module, attribute in _imports(source):
            if module:
                told[name] = module, attribute
            elif name in told and told[name][1] is not None:
                del told[name]  # the student's own function of that name came later
    found = {name: _resolve(*told[name]) for name in wanted & told.keys()}
    return {name: value for name, value in found.items() if value is not None}


@functools.lru_cache(maxsize=2000)
def _imports(source: str) -> tuple[tuple[str, str, str | None], ...]:
    """Return name, module and attribute of the imports of which the name tells no lie.

    The module is empty where a cell defines a function or class of that name. What stands in a
    branch, a loop or a function is passed over: it may never run.
    """
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ()
    found = []
    for node in _run_always(tree.body):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.append((node.name, "", None))
        elif isinstance(node, ast.Import):
            for item in node.names:
                name = item.asname or item.name.split(".")[0]
                module = item.name if item.asname else name
                if module in (name, USUAL.get(name)) or module.rpartition(".")[2] == name:
                    found.append((name, module, None))
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for item in node.names:
                if item.asname in (None, item.name) and item.name != "*":
                    found.append((item.name, node.module, item.name))
    return tuple(found)


def _run_always(statements: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield statements, those under ``with`` and all of a ``try``, from top to bottom."""
    for statement in statements:
        yield statement
        if isinstance(statement, ast.With | ast.Try | ast.TryStar):
            yield from _run_always(statement.body)
        if isinstance(statement, ast.Try | ast.TryStar):
            handled = [part for handler in statement.handlers for part in handler.body]
            yield from _run_always([*handled, *statement.orelse, *statement.finalbody])


def _resolve(module: str, attribute: str | None) -> Any:
    if module.split(".")[0] not in KNOWN:
        return None
    try:
        value = sys.modules.get(module) or importlib.import_module(module)
        if attribute is None:
            return value
        if hasattr(value, attribute):
            return getattr(value, attribute)
        return importlib.import_module(f"{module}.{attribute}")
    except Exception:
        return None


def usual_modules(names: Iterable[str]) -> dict[str, Any]:
    """Return the modules that everybody knows under some of these short names.

    Examples
    --------
    >>> usual_modules(["np", "area"])
    {'np': <module 'numpy' ...>}
    """
    found = {name: _resolve(USUAL[name], None) for name in names if name in USUAL}
    return {name: module for name, module in found.items() if module is not None}


def imported(sources: Iterable[str]) -> tuple[str, ...]:
    """Return the modules that the code of cells imports.

    Examples
    --------
    >>> imported(["import numpy.linalg as la", "from math import pi"])
    ('math', 'numpy.linalg')
    """
    found = set()
    for source in sources:
        if "import" not in source:
            continue
        try:
            tree = ast.parse(source)
        except (SyntaxError, ValueError):
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                found.update(item.name for item in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                found.add(node.module)
    return tuple(sorted(found))
