"""Which names code mentions and which it binds, without running it."""

from __future__ import annotations

import ast
import functools
import keyword
import re
import symtable
from collections.abc import Iterable

WORD = re.compile(r"[^\W\d]\w*")
MAGIC = re.compile(r"^\s*[%!?].*$|^.*\?\s*$", re.MULTILINE)


@functools.lru_cache(maxsize=2000)
def mentioned(source: str) -> frozenset[str]:
    """Return the names that code may look up: its own, and the words in its strings.

    Examples
    --------
    >>> sorted(mentioned("points if 'score' in globals() else eval('half(x)')"))
    ['eval', 'globals', 'half', 'points', 'score', 'x']
    """
    tree = _parse(source)
    if tree is None:
        return frozenset(WORD.findall(source))
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            names.add(node.id)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            names.update(WORD.findall(node.value[:2000]))
    return frozenset(name for name in names if not keyword.iskeyword(name))


@functools.lru_cache(maxsize=2000)
def bound(source: str) -> frozenset[str]:
    r"""Return the global names that code assigns, imports, defines or loops over.

    Examples
    --------
    >>> sorted(bound("import os.path\nfor i in y: pass\ndef f():\n    global g\n    g = z = 1"))
    ['f', 'g', 'i', 'os']
    """
    text = source if _parse(source) is not None else MAGIC.sub("", source)
    try:
        table = symtable.symtable(text, "cell", "exec")
    except (SyntaxError, ValueError, RecursionError):
        return frozenset()
    names = {symbol.get_name() for symbol in table.get_symbols() if _binds(symbol)}
    waiting = table.get_children()
    while waiting:
        inner = waiting.pop()
        waiting.extend(inner.get_children())
        for symbol in inner.get_symbols():
            if symbol.is_declared_global() and symbol.is_assigned():
                names.add(symbol.get_name())
    return frozenset(names)


@functools.lru_cache(maxsize=2000)
def looked_up(source: str) -> frozenset[str]:
    r"""Return the global names that code itself reads, without arguments and loop variables.

    Examples
    --------
    >>> sorted(looked_up("g = max\nf(lambda x: x + [y for y in z][0], 'half')"))
    ['f', 'max', 'z']
    """
    try:
        waiting = [symtable.symtable(source, "cell", "exec")]
    except (SyntaxError, ValueError, RecursionError):
        return frozenset()
    names = set()
    while waiting:
        table = waiting.pop()
        waiting.extend(table.get_children())
        top = table.get_type() == "module"
        names |= {
            symbol.get_name()
            for symbol in table.get_symbols()
            if symbol.is_referenced() and (top or symbol.is_global())
        }
    return frozenset(names)


def answer_words(names: Iterable[str]) -> list[str]:
    """Return the words in names of marked cells: answers may bear them, even built-in ones.

    Examples
    --------
    >>> answer_words(["test-sum", "half_life"])
    ['half_life', 'sum', 'test']
    """
    return sorted({word for name in names for word in WORD.findall(name)})


def _binds(symbol: symtable.Symbol) -> bool:
    return symbol.is_assigned() or symbol.is_imported()


def _parse(source: str) -> ast.Module | None:
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
