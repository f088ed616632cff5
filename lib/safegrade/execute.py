"""Run a notebook so that a cell which ends, hangs or floods its kernel costs only itself."""

from __future__ import annotations

from contextlib import AbstractContextManager
from copy import deepcopy
from subprocess import DEVNULL
from time import monotonic

from jupyter_client import KernelManager
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat.notebooknode import NotebookNode
from nbformat.v4 import new_code_cell, new_output
from nbgrader.preprocessors import Execute
from traitlets import Integer, default

from safegrade.notes import note
from safegrade.repair import name_of
from safegrade.setup import is_setup, is_test, keep, restore

CUT = "\n... output cut short ...\n"
SHOWN = ("display_data", "update_display_data")
QUIET = {"stdout": DEVNULL, "stderr": DEVNULL}  # what the kernel's process itself says


class SafeExecute(Execute):
    """nbgrader's `Execute`, with a fresh kernel after a lost one and limits on everything.

    When a cell ends its kernel, or cannot be interrupted, the cell gets an error, a
    new kernel starts, the cells that had run well run there again unseen, and the
    notebook goes on. Before each test cell the names of the set-up cells get their
    values back, so that an answer which replaces one of them costs no other answer.
    All options of `Execute` keep their meaning.
    """

    max_output = Integer(1_000_000, help="Characters of output kept of a cell.").tag(config=True)
    max_restarts = Integer(3, help="New kernels that a notebook is given.").tag(config=True)
    notebook_timeout = Integer(120, help="Seconds that all cells may take together.").tag(
        config=True
    )

    @default("shutdown_kernel")
    def _shutdown_kernel_default(self) -> str:
        return "immediate"

    def preprocess(
        self, nb: NotebookNode, resources: dict | None = None, km: KernelManager | None = None
    ) -> tuple[NotebookNode, dict]:
        """Run all cells of a notebook in place."""
        self._seconds_left = float(self.notebook_timeout)
        self._restarts = 0
        self._ran_well: list[int] = []
        self._given_up = ""
        return super().preprocess(nb, resources, km)

    def setup_kernel(self, **kwargs) -> AbstractContextManager:
        """Start the kernel as nbclient does, without its chatter on the terminal."""
        return super().setup_kernel(**QUIET, **kwargs)

    def preprocess_cell(self, cell: NotebookNode, resources: dict, index: int):
        """Run one cell, or say in an error why it is not run."""
        if cell.cell_type != "code" or not cell.source.strip():
            return cell, resources
        if self._seconds_left <= 0 and not self._given_up:
            self._give_up(f"the notebook took more than {self.notebook_timeout} s")
        if self._given_up:
            cell.outputs = [error("NotRun", f"Not run: {self._given_up}.")]
            return cell, resources
        start = monotonic()
        self._run(cell, resources, index)
        self._seconds_left -= monotonic() - start
        return cell, resources

    def _run(self, cell: NotebookNode, resources: dict, index: int) -> None:
        if is_test(cell):
            self._run_unseen(restore(), index)
        self._room, self._timed_out = self.max_output, False
        try:
            super().preprocess_cell(cell, resources, index)
        except DeadKernelError:
            self._lose(cell, "DeadKernel", "ended the kernel")
        except CellTimeoutError:
            self._lose(cell, "CellTimeoutError", "timed out and could not be interrupted")
        else:
            if self._timed_out:
                note(self.log, f"timed out in {label(cell)}")
            else:
                self._ran_well.append(index)
                self._keep_names(cell, index)

    def _lose(self, cell: NotebookNode, name: str, what: str) -> None:
        """Blame a cell for the loss of its kernel, and go on in a new one."""
        note(self.log, f"{label(cell)} {what}")
        cell.outputs.append(error(name, f"This cell {what}."))
        self._restarts += 1
        if self._restarts > self.max_restarts:
            self._give_up(f"{self._restarts} cells have cost a kernel each")
            return
        self._cleanup_kernel()
        self.km = self.create_kernel_manager()
        self.start_new_kernel(**QUIET)
        self.start_new_kernel_client()
        try:
            self._replay()
        except (DeadKernelError, CellTimeoutError):
            self._give_up("the cells before could not be run a second time")

    def _replay(self) -> None:
        """Run again, on copies, what had run well; show none of its output."""
        self._room = 0
        for index in self._ran_well:
            cell = self.nb.cells[index]
            self.execute_cell(deepcopy(cell), index)
            self.nb.cells[index] = cell
            self._keep_names(cell, index)

    def _keep_names(self, cell: NotebookNode, index: int) -> None:
        if is_setup(cell):
            self._run_unseen(keep(cell.source), index)

    def _run_unseen(self, code: str, index: int) -> None:
        """Run code of ours between the cells; whatever comes of it, the notebook goes on."""
        cell, self._room = self.nb.cells[index], 0
        try:
            self.execute_cell(new_code_cell(code), index, store_history=False)
        except Exception:
            self.log.info("before or after %s", label(cell), exc_info=True)
        finally:
            self.nb.cells[index] = cell

    def _give_up(self, why: str) -> None:
        self._given_up = why
        note(self.log, f"stopped: {why}")

    def on_cell_executed(self, **kwargs) -> None:
        """Record errors as nbgrader does, and see whether the cell asked the kernel to end."""
        super().on_cell_executed(**kwargs)
        reply = kwargs["execute_reply"]["content"]
        if reply.get("ename") == self.error_on_timeout.get("ename"):
            self._timed_out = True
        if any(item.get("source") == "ask_exit" for item in reply.get("payload", [])):
            raise DeadKernelError("the cell asked the kernel to exit")

    def process_message(self, msg: dict, cell: NotebookNode, cell_index: int):
        """Take a message from the kernel, as far as there is room for its output."""
        content, kind = msg["content"], msg["msg_type"]
        if kind == "error":
            content["evalue"] = content["evalue"][: self.max_output]
            content["traceback"] = [line[:10_000] for line in content["traceback"]]
        elif kind in ("stream", *SHOWN) and not self._room:
            return None
        elif kind == "stream":
            content["text"] = self._fit(content["text"], cell)
        elif kind in ("execute_result", *SHOWN):
            shown = content["data"]
            if len(text := "".join(map(str, shown.values()))) > self._room:
                content["data"] = {"text/plain": str(shown.get("text/plain", ""))[:200] + CUT}
            self._fit(text, cell)
        return super().process_message(msg, cell, cell_index)

    def _fit(self, text: str, cell: NotebookNode) -> str:
        """Return as much of a text as there is room for, and leave less room."""
        if len(text) > self._room > 0:
            note(self.log, f"the output of {label(cell)} was cut short")
            text = text[: self._room] + CUT
        self._room = max(0, self._room - len(text))
        return text


def error(name: str, text: str) -> NotebookNode:
    """Return an error output, as if the cell had raised it."""
    return new_output("error", ename=name, evalue=text, traceback=[f"{name}: {text}"])


def label(cell: NotebookNode) -> str:
    """Return what to call a cell in a note."""
    return name_of(cell) or cell.get("id") or "a cell without a name"
