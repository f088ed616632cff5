"""What the text of a cell says about which released cell it is."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Set as AbstractSet
from functools import lru_cache

from safegrade.salvage.released import Released

DEFINES = re.compile(
    r"^(?:(?:async[ \t]+)?(?:def|class)[ \t]+(\w+)|(\w+)[ \t]*=[ \t]*lambda\b)", re.MULTILINE
)
HIDDEN = re.compile(
    r"^.*BEGIN HIDDEN TESTS.*\n(?:.*\n)*?.*END HIDDEN TESTS.*(?:\n|\Z)", re.MULTILINE
)
COMMENT = re.compile(r"#.*")
MAX_PARSED = 50_000  # characters; what is longer is judged by its lines alone
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def parse(text: str) -> ast.Module | None:
    """Return the syntax tree of a text, or None if it is no Python."""
    if len(text) > MAX_PARSED:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def mentions(text: str) -> set[str]:
    """Return the names that lines at the left margin seem to define."""
    return {one or other for one, other in DEFINES.findall(text)}


def defines(text: str, wanted: AbstractSet[str]) -> set[str]:
    r"""Return which of the wanted functions and classes a text defines at its top level.

    A text with a mistake in its syntax, or with a command of IPython's, is judged by
    its lines.

    Examples
    --------
    >>> wanted = {"f", "g", "h"}
    >>> sorted(defines("def f(): pass\nh = lambda: 1\n'''\ndef g(): pass'''", wanted))
    ['f', 'h']
    >>> defines("%%time\ndef f(): pass", wanted)
    {'f'}
    """
    found = mentions(text) & wanted
    made = definitions(text) if found else None
    return found if made is None else found & set(made)


@lru_cache(maxsize=256)
def definitions(text: str) -> dict[str, int] | None:
    """Return a number for the last definition of each function and class at the top level.

    Equal definitions have equal numbers, whatever their layout and comments. None means
    that the text is no Python.
    """
    tree = parse(text)
    if tree is None:
        return None
    found: dict[str, int] = {}
    for node in tree.body:
        if isinstance(node, DEFINITIONS):
            found[node.name] = _number(node)
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Lambda):
            names = [to.id for to in node.targets if isinstance(to, ast.Name)]
            found.update(dict.fromkeys(names, _number(node)))
    return found


def _number(node: ast.AST) -> int:
    try:
        return hash(ast.dump(node))
    except RecursionError:
        return id(node)


@lru_cache(maxsize=2048)
def asked(released: Released) -> frozenset[str]:
    """Return the functions and classes that an answer is asked for: those of its stub."""
    if not released.solution or released.cell_type != "code":
        return frozenset()
    made = definitions(released.source)
    return frozenset(mentions(released.source) if made is None else made)


@lru_cache(maxsize=2048)
def used(released: Released) -> frozenset[str]:
    """Return the names that a released code cell uses."""
    tree = parse(released.source) if released.cell_type == "code" else None
    if tree is None:
        return frozenset(re.findall(r"\b[^\W\d]\w*", released.source))
    return frozenset(node.id for node in ast.walk(tree) if isinstance(node, ast.Name))


@lru_cache(maxsize=2048)
def visible(released: Released) -> str:
    """Return what a student sees of a released cell."""
    return HIDDEN.sub("", released.source).strip()


@lru_cache(maxsize=2048)
def known_lines(released: Released) -> frozenset[str]:
    """Return the lines of a released cell, hidden ones too."""
    return frozenset(lines_of(released.source))


def code_of(text: str) -> str:
    """Return what a text says to Python, without comments and layout."""
    return "".join(COMMENT.sub("", text).split())


def lines_of(text: str) -> list[str]:
    """Return the lines of a text without the space around them, and none that are empty."""
    return [line for line in map(str.strip, text.splitlines()) if line]


def own_lines(text: str, released: Released, comments: bool = True) -> list[str]:
    """Return the lines of a text that are not those of the released cell."""
    if text == released.source:
        return []
    known = known_lines(released)
    code = released.cell_type == "code" and not comments
    return [line for line in lines_of(text) if line not in known and not (code and line[0] == "#")]


def says_more(text: str, released: Released) -> bool:
    """Whether a text says more than the released cell did; a comment says nothing."""
    return bool(own_lines(text, released, comments=False))


def is_near(text: str, released: Released) -> bool:
    """Whether a text is that of a locked cell, perhaps with small changes."""
    told = visible(released)
    if text.strip() in (released.source.strip(), told):
        return True
    if len(text) > 4 * len(released.source) + 1000:
        return False
    lines, known = lines_of(text), set(lines_of(told))
    own = own_lines(text, released)
    if 2 * len(own) <= len(lines) and 2 * len(known & set(lines)) >= len(known):
        return True
    return released.cell_type == "code" and code_of(text) == code_of(told) != ""


def is_foreign(text: str, released: Released, answers: AbstractSet[str]) -> bool:
    """Whether a text is a student's own, although its cell bears a locked cell's name."""
    own = own_lines(text, released)
    if not own:
        return False
    if mentions("\n".join(own)) & answers or defines(text, answers - used_names(released)):
        return True
    return 2 * len(own) > len(lines_of(text)) and not is_near(text, released)


@lru_cache(maxsize=2048)
def used_names(released: Released) -> frozenset[str]:
    """Return the names that a released cell itself defines."""
    return frozenset(mentions(released.source))


def answered(text: str, released: Released) -> set[str]:
    """Return which of the functions that were asked for a text defines in words of its own."""
    found = mentions(text) & asked(released)
    made = definitions(text) if found else None
    if made is None:
        return found if says_more(text, released) else set()
    stubs = definitions(released.source) or {}
    return {name for name in found & set(made) if made[name] != stubs.get(name)}
