"""An IPython shell without a terminal: it hands everything that is shown to the cell's outputs.

One shell is made in the fork server, since that takes a while, and used in its children.
"""

from __future__ import annotations

import os
import sys
import types
from typing import Any

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.history import HistoryManager
from IPython.core.interactiveshell import InteractiveShell
from traitlets import Any as AnyTrait
from traitlets import Type

from safegrade.notebook.outputs import Outputs

INLINE = "module://matplotlib_inline.backend_inline"


class KernelExit(SystemExit):
    """A cell called `exit` or `quit`, which ends a notebook's kernel."""


class Exiter:
    """What `exit` and `quit` are in a notebook."""

    def __call__(self, keep_kernel: bool = False) -> None:
        """End the kernel."""
        raise KernelExit("exit")

    def __repr__(self) -> str:
        return "exit"


class CellHook(DisplayHook):
    """Take the value of a cell's last expression."""

    def quiet(self) -> bool:
        """Whether to show nothing: the runner has looked for the semicolon already."""
        return False

    @property
    def prompt_count(self) -> int:
        """The number of the cell that runs."""
        return self.shell.execution_count

    def compute_format_data(self, result: Any) -> tuple[dict, dict]:
        """Return how to show a value; one of the other process must not pass for a number."""
        if any(base.__module__ == "safegrade.wire.proxies" for base in type(result).__mro__):
            return {"text/plain": repr(repr(result))}, {}
        return super().compute_format_data(result)

    def write_output_prompt(self) -> None:
        """Write no prompt."""

    def write_format_data(self, format_dict: dict, md_dict: dict | None = None) -> None:
        """Hand the result to the outputs."""
        count = self.shell.execution_count
        self.shell.outputs.show("execute_result", format_dict, md_dict, count)

    def log_output(self, format_dict: dict) -> None:
        """Keep no history of outputs."""

    def finish_displayhook(self) -> None:
        """Note that nothing is being shown any more."""
        self._is_active = False


class CellPublisher(DisplayPublisher):
    """Take what `display` and `clear_output` are called with."""

    def publish(
        self,
        data: dict,
        metadata: dict | None = None,
        *ignored: Any,
        transient: dict | None = None,
        update: bool = False,
        **more: Any,
    ) -> None:
        """Hand a display to the outputs."""
        self.shell.outputs.publish(data, metadata, (transient or {}).get("display_id"), update)

    def clear_output(self, wait: bool = False) -> None:
        """Clear the outputs of the cell that runs."""
        self.shell.outputs.clear(wait)


class CellShell(InteractiveShell):
    """The shell that `get_ipython()` returns in a cell."""

    displayhook_class = Type(CellHook)
    display_pub_class = Type(CellPublisher)
    outputs = AnyTrait()
    failed = AnyTrait()

    def init_ipython_dir(self, ipython_dir: str | None) -> None:
        """Have no folder of IPython's."""

    def init_profile_dir(self, profile_dir: Any) -> None:
        """Have no profile."""

    def init_virtualenv(self) -> None:
        """Leave the path as the fork server was given it."""

    def init_history(self) -> None:
        """Keep the history in memory, without a thread that would save it."""
        self.history_manager = HistoryManager(
            shell=self, parent=self, enabled=False, hist_file=":memory:"
        )
        self.configurables.append(self.history_manager)

    def init_user_ns(self) -> None:
        """Bind what a notebook finds there."""
        super().init_user_ns()
        self.user_ns["exit"] = self.user_ns["quit"] = Exiter()

    def enable_gui(self, gui: str | None = None) -> None:
        """Have no event loop for windows."""

    def ask_exit(self) -> None:
        """End the kernel."""
        raise KernelExit("exit")

    def showtraceback(self, exc_tuple: tuple | None = None, *ignored: Any, **more: Any) -> None:
        """Remember the exception that a magic command has caught."""
        self.failed = (exc_tuple or sys.exc_info())[1]

    def showsyntaxerror(self, *ignored: Any, **more: Any) -> None:
        """Remember the exception that a magic command has caught."""
        self.failed = sys.exc_info()[1]


def make_shell() -> CellShell:
    """Return the shell of this process; it is made when first asked for."""
    if CellShell.initialized():
        return CellShell.instance()
    os.environ["MPLBACKEND"] = INLINE
    main = types.ModuleType("__main__", "What the cells of a notebook have defined.")
    # atexit would write to folders that the shell does not have
    CellShell.atexit_operations = lambda self: None
    shell = CellShell.instance(user_module=main, colors="nocolor")
    shell.outputs = Outputs(0)
    return shell
