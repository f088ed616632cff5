"""Run the cells of a notebook in this process, one after the other."""

from __future__ import annotations

import ast
import builtins
import contextlib
import fcntl
import inspect
import io
import linecache
import os
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from safegrade.notebook.alarm import CellTimeout
from safegrade.notebook.errors import name_of, tell
from safegrade.notebook.outputs import CellStream, Outputs
from safegrade.notebook.shell import CellHook, CellShell, Exiter, KernelExit, make_shell

FUTURE = 0x1FF0000  # the bits of co_flags that a `from __future__ import` sets


@dataclass
class Outcome:
    """What came of a cell: its outputs, and how it ended."""

    outputs: list[dict] = field(default_factory=list)
    error: str = ""  # the name of the exception that ended it
    exit: bool = False  # it called exit() or quit()
    timed_out: bool = False
    cut: bool = False  # there was more output than room for it
    size: int = 0  # characters of output


class Runner:
    """Cells of one notebook, run in one namespace.

    Parameters
    ----------
    catch_descriptors : bool
        Whether to take also what goes to the descriptors 1 and 2 past `sys.stdout`.
    """

    def __init__(self, catch_descriptors: bool = False):
        self.shell: CellShell = make_shell()
        self.shell.user_ns.pop("__doc__", None)
        self.sources: dict[str, tuple[str, str]] = {}
        self._flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
        self._loop: Any = None
        self._descriptors = _catch_descriptors() if catch_descriptors else None

    @property
    def namespace(self) -> dict[str, Any]:
        """Where the cells bind their names."""
        return self.shell.user_ns

    def run(
        self,
        source: str,
        count: int | None = None,
        room: int = 1_000_000,
        label: str = "",
        skip: Callable[[BaseException], bool] | None = None,
    ) -> Outcome:
        """Run one cell.

        Parameters
        ----------
        source : str
            Its text, with or without IPython's magic commands.
        count : int, optional
            Its number, as in ``In[3]``.
        room : int
            Characters of output that are kept.
        label : str
            How to call the cell where an error is told.
        skip : callable, optional
            If given, statements run one by one, and those whose exception this function
            accepts are passed over.

        Returns
        -------
        Outcome
            What came of it; whatever the cell does short of ending the process.
        """
        outputs, shell = Outputs(room), self.shell
        shell.outputs, shell.failed, shell.execution_count = outputs, None, count or 0
        streams = sys.stdout, sys.stderr, sys.stdin
        sys.stdout, sys.stderr = CellStream("stdout", outputs, 1), CellStream("stderr", outputs, 2)
        sys.stdin = io.StringIO()
        outcome = Outcome()
        try:
            self._run(source, f"<cell {count or 0}>", label or f"cell {count}", skip)
        except BaseException as error:
            outcome.error = name_of(error)
            outcome.exit = isinstance(error, KernelExit)
            outcome.timed_out = isinstance(error, CellTimeout)
            if not outcome.exit:
                tell(error, self.sources, outputs)
        finally:
            sys.stdout, sys.stderr, sys.stdin = streams
        self.take_from_descriptors(outputs)
        outcome.outputs, outcome.cut = outputs.finish(), outputs.cut
        outcome.size = room - outputs.room
        return outcome

    def _run(self, source: str, filename: str, label: str, skip: Callable | None) -> None:
        shell = self.shell
        self.sources[filename] = label, source
        linecache.cache[filename] = len(source), None, source.splitlines(True), filename
        shell.history_manager.input_hist_parsed.append(source)
        try:
            tree = ast.parse(source, filename)
        except (SyntaxError, ValueError):
            tree = None
        if tree is None:  # IPython's magic commands, or a mistake
            source = shell.transform_cell(source)
            tree = ast.parse(source, filename)
        shell.events.trigger("pre_execute")
        try:
            self._run_tree(tree, source, filename, skip)
            if shell.failed is not None:
                raise shell.failed
        finally:
            draw_once()
            shell.events.trigger("post_execute")  # shows figures

    def _run_tree(self, tree: ast.Module, source: str, filename: str, skip: Any) -> None:
        body, last = tree.body, None
        if body and isinstance(body[-1], ast.Expr):
            last = body.pop()
        if skip is None:
            self._execute(ast.Module(body, tree.type_ignores), filename, "exec")
        else:
            for statement in body:
                with _passing_over(skip):
                    self._execute(ast.Module([statement], []), filename, "exec")
        if last is not None:
            with _passing_over(skip):
                value = self._execute(ast.Expression(last.value), filename, "eval")
                if isinstance(value, Exiter):  # `exit` alone on a line ends the kernel, too
                    value()
                if not _ends_in_semicolon(source):
                    self.shell.displayhook(value)

    def _execute(self, tree: ast.AST, filename: str, mode: str) -> Any:
        code = compile(tree, filename, mode, self._flags, dont_inherit=True)
        self._flags |= code.co_flags & FUTURE
        if code.co_flags & inspect.CO_COROUTINE:
            return self._wait_for(eval(code, self.namespace))
        return eval(code, self.namespace)

    def _wait_for(self, coroutine: Any) -> Any:
        import asyncio

        if self._loop is None:
            self._loop = asyncio.new_event_loop()
        return self._loop.run_until_complete(coroutine)

    def take_from_descriptors(self, outputs: Outputs) -> None:
        """Append what was written past `sys.stdout`, for example by code in C."""
        number = self._descriptors
        if number is None:
            return
        try:
            size = os.fstat(number).st_size
            if size:
                text = os.pread(number, min(size, 4 * outputs.room + 100), 0)
                os.ftruncate(number, 0)
                outputs.stream("stdout", text.decode("utf-8", "replace"))
        except OSError:
            self._descriptors = None  # the cell has closed it


@contextlib.contextmanager
def _passing_over(skip: Callable[[BaseException], bool] | None):
    try:
        yield
    except Exception as error:
        if skip is None or not skip(error):
            raise


def draw_once() -> None:
    """Keep pyplot from drawing what the inline backend draws anyway, when it shows it."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is not None:
        pyplot.uninstall_repl_displayhook()  # a figure's backend may have installed it again


def _ends_in_semicolon(source: str) -> bool:
    last = source.rstrip().rpartition("\n")[2]
    return ";" in last and CellHook.semicolon_at_end_of_expression(source)


def _catch_descriptors() -> int | None:
    """Lead the descriptors 1 and 2 into a file without a name, and return its number."""
    try:
        with tempfile.TemporaryFile() as file:
            number = os.dup(file.fileno())
        fcntl.fcntl(number, fcntl.F_SETFL, fcntl.fcntl(number, fcntl.F_GETFL) | os.O_APPEND)
        for target in (1, 2):
            os.dup2(number, target)
    except OSError:
        return None
    return number


def no_input(prompt: object = "") -> str:
    """Refuse to ask: nobody sits before a notebook that is graded."""
    raise EOFError("input() is not available: nobody is there to answer")


def without_input() -> None:
    """Let `input` refuse in this process."""
    builtins.input = no_input
