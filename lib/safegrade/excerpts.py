"""Parts of a module's source: what may be lent of one that holds answers, too."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator

REFUSAL = """
def {name}(*args, **kwargs):
    raise ModuleNotFoundError({text!r}, name={module!r})
"""


def excerpt(source: str, names: Iterable[str]) -> str:
    r"""Return the source text of some names of a module, without the rest of it.

    Parameters
    ----------
    source : str
        The module's source text.
    names : iterable of str
        Names that the module defines at its top level.

    Returns
    -------
    str
        The statements that bind these names and, in turn, what those mention.

    Raises
    ------
    ValueError
        If the module does not define one of the names.

    Examples
    --------
    >>> text = "import math\ndef f(x): return g(x)\ndef g(x): return 2\ndef h(x): return math.pi"
    >>> print(excerpt(text, ["f"]))
    def f(x):
        return g(x)
    <BLANKLINE>
    def g(x):
        return 2
    """
    statements = ast.parse(source).body
    binding: dict[str, list[int]] = {}
    for number, statement in enumerate(statements):
        for name in bound(statement):
            binding.setdefault(name, []).append(number)
    wanted, kept = list(names), set()
    for name in wanted:
        if name not in binding:
            raise ValueError(f"the module does not define {name}")
    while wanted:
        for number in binding.get(wanted.pop(), ()):
            if number not in kept:
                kept.add(number)
                wanted += mentioned(statements[number])
    futures = {n for n, s in enumerate(statements) if _is_future(s)}
    body = [statements[number] for number in sorted(kept | futures)]
    return ast.unparse(ast.Module(body, []))


def bound(statement: ast.stmt) -> Iterator[str]:
    """Return the names that a statement of a module binds at its top level."""
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield statement.name
        return
    for node in ast.walk(statement):
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from (alias.asname or alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id


def mentioned(statement: ast.stmt) -> list[str]:
    """Return the names that a statement reads, in whatever scope."""
    return [node.id for node in ast.walk(statement) if isinstance(node, ast.Name)]


def _is_future(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.ImportFrom) and statement.module == "__future__"


def softened(source: str, absent: Callable[[str], bool]) -> str:
    r"""Return a module's source in which names from absent modules raise only when they are called.

    A module that is lent may need others, which are withheld, for a few of its functions.

    Parameters
    ----------
    source : str
        The module's source text.
    absent : callable
        Whether a module, by its full name, cannot be imported.

    Examples
    --------
    >>> text = "from secret.part import answer\nimport math\ndef g(): return answer(math.pi)"
    >>> namespace = {}
    >>> exec(softened(text, lambda module: module.startswith("secret")), namespace)
    >>> namespace["g"]()
    Traceback (most recent call last):
        ...
    ModuleNotFoundError: secret.part is not available while this is graded
    """
    tree, changed = ast.parse(source), False
    body: list[ast.stmt] = []
    for statement in tree.body:
        if not isinstance(statement, ast.ImportFrom) or statement.level:
            body.append(statement)
            continue
        module = statement.module or ""
        missing = [
            alias
            for alias in statement.names
            if absent(module) and absent(f"{module}.{alias.name}")
        ]
        if missing:
            statement.names = [alias for alias in statement.names if alias not in missing]
            changed = True
        if statement.names:
            body.append(statement)
        for alias in missing:
            if alias.name != "*":
                body += _refusals(module, alias.asname or alias.name)
    return ast.unparse(ast.Module(body, [])) if changed else source


def _refusals(module: str, name: str) -> list[ast.stmt]:
    text = f"{module} is not available while this is graded"
    return ast.parse(REFUSAL.format(name=name, text=text, module=module)).body
