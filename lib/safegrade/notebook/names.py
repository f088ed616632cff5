"""Which names code mentions and which it binds, without running it."""

from __future__ import annotations

import ast
import functools
import keyword
import re
import symtable
from collections.abc import Iterable, Iterator

WORD = re.compile(r"[^\W\d]\w*")
MAGIC = re.compile(r"^[^\S\n]*[%!?].*$|^.*\?[^\S\n]*$", re.MULTILINE)


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


@functools.lru_cache(maxsize=2000)
def replaced(source: str) -> frozenset[str]:
    r"""Return the names that code takes away or reads before it binds them anew.

    Such a name stood for something before: what code binds first is its own.

    Examples
    --------
    >>> sorted(replaced("del f\nold = g\ndef g(): return old()\nh = 1\nprint(h)\nk = k + 1"))
    ['f', 'g', 'k']
    >>> sorted(replaced("same = lambda w: [v for v in w]\nv = w = 2\nm = [n]\nn = 1"))
    ['n']
    """
    tree = _parse(source)
    read: set[str] = set()
    taken: set[str] = set()
    own: set[str] = set()
    for statement in _in_order(tree.body if tree is not None else []):
        defines = isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        names = [] if defines else [n for n in _own_nodes(statement) if isinstance(n, ast.Name)]
        inner = _inner_names(statement)
        read |= {name.id for name in names if isinstance(name.ctx, ast.Load)} - own - inner
        taken |= {name.id for name in names if isinstance(name.ctx, ast.Del)} - own
        binds = {name.id for name in names if isinstance(name.ctx, ast.Store)}
        binds |= {statement.name} if defines else set()
        taken |= binds & read
        own |= binds - taken
    return frozenset(taken)


def _inner_names(statement: ast.stmt) -> set[str]:
    """Return the arguments of lambdas, and the variables of comprehensions, in a statement."""
    found = set()
    for node in _own_nodes(statement):
        if isinstance(node, ast.arg):
            found.add(node.arg)
        elif isinstance(node, ast.comprehension):
            found |= {part.id for part in ast.walk(node.target) if isinstance(part, ast.Name)}
    return found


def _in_order(statements: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield statements, and those within loops, branches and the like, from top to bottom."""
    for statement in statements:
        yield statement
        if not isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            for one in ast.iter_child_nodes(statement):
                if isinstance(one, ast.stmt):
                    yield from _in_order([one])
                elif isinstance(one, ast.excepthandler | ast.match_case):
                    yield from _in_order(one.body)


def _own_nodes(statement: ast.stmt) -> Iterator[ast.AST]:
    """Yield the nodes of a statement that are of none within it."""
    waiting: list[ast.AST] = [statement]
    while waiting:
        node = waiting.pop()
        yield node
        for one in ast.iter_child_nodes(node):
            if not isinstance(one, ast.stmt | ast.excepthandler | ast.match_case):
                waiting.append(one)


def definitions(source: str) -> dict[str, list[str] | None]:
    r"""Return the functions and classes that code defines, with the special methods of classes.

    They are None where a base, a decorator or whoever fills in an empty class may bring any.

    Examples
    --------
    >>> definitions("class V:\n    def __add__(self, other): ...\ndef f(x): ...")
    {'V': ['__add__'], 'f': []}
    >>> definitions("class V:\n    # YOUR CODE HERE\n    raise NotImplementedError()")
    {'V': None}
    """
    tree = _parse(source)
    found: dict[str, list[str] | None] = {}
    for node in tree.body if tree is not None else ():
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            found[node.name] = []
        elif isinstance(node, ast.ClassDef):
            inner = [part.name for part in node.body if isinstance(part, ast.FunctionDef)]
            assigned = [part.targets for part in node.body if isinstance(part, ast.Assign)]
            inner += [
                one.id for targets in assigned for one in targets if isinstance(one, ast.Name)
            ]
            special = [name for name in inner if name.startswith("__")]
            unsaid = node.bases or node.decorator_list or not inner
            found[node.name] = None if unsaid else special
    return found


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
