"""Code for the student's kernel: what the set-up cells made stays what it was.

A set-up cell is a code cell that is locked and gives no points. The names that it binds
are kept when it has run. Before a test cell, those that stand for modules, functions
and classes are bound again, and all others if they are gone. After every cell standard
output and standard error are made anew if they were closed or replaced.
"""

from __future__ import annotations

from nbformat.notebooknode import NotebookNode
from nbgrader import utils

START = """
import sys
from types import ModuleType
from IPython import get_ipython
from ipykernel.iostream import OutStream
from ipykernel.kernelapp import IPKernelApp

def mend_streams():
    app = IPKernelApp.instance()
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name, None)
        if not isinstance(stream, OutStream) or stream.closed:
            setattr(sys, name, OutStream(app.session, app.iopub_thread, name, watchfd=False))

shell = get_ipython()
if "_safegrade_kept" not in shell.__dict__:
    shell.__dict__["_safegrade_kept"] = {}
    shell.events.register("post_execute", mend_streams)
kept = shell.__dict__["_safegrade_kept"]
"""
KEEP = """
import symtable

table = symtable.symtable(shell.transform_cell(source), "setup", "exec")
for symbol in table.get_symbols():
    name = symbol.get_name()
    if (symbol.is_assigned() or symbol.is_imported()) and name in shell.user_ns:
        kept[name] = shell.user_ns[name]
"""
RESTORE = """
for name, value in kept.items():
    if name not in shell.user_ns or callable(value) or isinstance(value, ModuleType):
        shell.user_ns[name] = value
"""


def is_setup(cell: NotebookNode) -> bool:
    """Whether a cell is locked code that gives no points."""
    return cell.cell_type == "code" and utils.is_locked(cell) and not utils.is_grade(cell)


def is_test(cell: NotebookNode) -> bool:
    """Whether a cell is code that gives points to other cells."""
    return cell.cell_type == "code" and utils.is_grade(cell) and not utils.is_solution(cell)


def keep(source: str) -> str:
    """Return the code that keeps the names which this set-up code has bound."""
    return apart(START + KEEP, source=source)


def restore() -> str:
    """Return the code that gives the names of the set-up back."""
    return apart(START + RESTORE)


def apart(code: str, **names: str) -> str:
    """Return code that runs the given code in a namespace of its own.

    Examples
    --------
    >>> exec(apart("assert word == 'apart'; code = None", word="apart"))
    """
    return f"__import__('builtins').exec({code!r}, {names!r})"
