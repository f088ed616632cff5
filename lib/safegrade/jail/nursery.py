"""A fork server: a clean process with modules preloaded, and the processes it forks."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from safegrade.jail.capabilities import JailError, capabilities
from safegrade.jail.limits import Limits
from safegrade.jail.messages import Lines, send
from safegrade.jail.process import PATIENCE, Child
from safegrade.jail.view import import_path

START = 120.0  # seconds that a start with all its preloads may take
SPAWN = 30.0
PACKAGES = Path(__file__).resolve().parents[2]
ONE_THREAD = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")


class Nursery:
    """A fork server of processes that begin with their modules loaded.

    Parameters
    ----------
    entry : str
        What a process calls, as ``"package.module:function"``, with its socket and its options.
    preload : sequence of str
        Modules to import before the first fork; one that is missing is only noted.
    jailed : bool
        Whether the processes run jailed.
    limits : Limits
        What one process may use, unless `spawn` says otherwise. Without a jail they hold only
        when `spawn` is given limits.
    withheld : sequence of str
        Packages that the jailed processes can neither import nor read.
    readable : sequence of str
        Files and folders that the jailed processes may read, by their own names.
    rehearsal : tuple, optional
        A function, named as ``"package.module:function"``, and its one argument, of plain data:
        called once before the first fork, so that what it works out is there in each process.
    path : sequence of str, optional
        The folders to import from; else those of this process (in a jail: only those of
        installed packages).

    Examples
    --------
    >>> with Nursery("safegrade.jail.nursery:echo", jailed=False) as nursery:
    ...     ours, theirs = socket.socketpair()
    ...     child = nursery.spawn(theirs, {"text": "hello"})
    ...     ours.recv(99), child.wait().code
    (b'hello', 0)
    >>> ours.close()
    """

    def __init__(
        self,
        entry: str,
        *,
        preload: Sequence[str] = (),
        jailed: bool,
        limits: Limits | None = None,
        withheld: Sequence[str] = (),
        readable: Sequence[str] = (),
        rehearsal: tuple[str, list] | None = None,
        path: Sequence[str] | None = None,
    ):
        self.entry = entry
        self.preload = tuple(preload)
        self.rehearsal = rehearsal
        self.jailed = jailed
        self.limits = limits or Limits()
        self.withheld = tuple(withheld)
        self.readable = tuple(str(Path(name).absolute()) for name in readable)
        self.path = None if path is None else tuple(str(Path(name).absolute()) for name in path)
        self.notes: list[str] = []
        self._process: subprocess.Popen | None = None
        self._owner = 0

    def __enter__(self) -> Nursery:
        return self

    def __exit__(self, *_) -> None:
        self.stop()

    def __del__(self):
        with contextlib.suppress(Exception):
            self.stop()

    @property
    def pid(self) -> int:
        """The process id of the fork server, 0 when it does not run."""
        return self._process.pid if self._process else 0

    def start(self) -> None:
        """Start the fork server unless it runs; its preloading goes on meanwhile.

        Raises
        ------
        JailError
            When it should jail and this system can't.
        """
        if self._process and self._owner == os.getpid() and self._process.poll() is None:
            return
        if self.jailed and not capabilities().can_jail:
            raise JailError(capabilities().reason)
        if not hasattr(os, "fork"):
            raise JailError("this system has no fork, without which nothing can be graded")
        self.stop()
        self._launch()

    def _launch(self) -> None:
        self._control, theirs = socket.socketpair()
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115
        self._folder = "" if self.jailed else tempfile.mkdtemp(prefix="safegrade-")
        code = (
            f"import sys; sys.path.insert(0, {str(PACKAGES)!r}); "
            f"from safegrade.jail.server import main; main({theirs.fileno()}, {os.getpid()})"
        )
        flags = ["-I", "-S"] if self.jailed else ["-I"]
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, *flags, "-c", code],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=self._errors,
                env=environment(),
                cwd="/",
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )
        self._owner = os.getpid()
        self._lines = Lines(self._control)
        self._ready = False
        with contextlib.suppress(OSError):  # it died at once: noticed when it should be ready
            send(self._control, self._settings())

    def _settings(self) -> dict:
        return {
            "entry": self.entry,
            "preload": self.preload,
            "rehearsal": self.rehearsal,
            "jailed": self.jailed,
            "withheld": self.withheld,
            "readable": self.readable,
            "path": self._path(),
            "package": str(Path(__file__).parents[1]),
            "prefixes": [sys.prefix, sys.exec_prefix],
            "fonts": font_folder(),
            "folder": self._folder,
        }

    def _path(self) -> list[str]:
        if self.path is not None:
            return list(self.path)
        folders = [str(Path(folder).absolute()) for folder in sys.path if folder]
        return import_path(folders) if self.jailed else folders

    def _await_ready(self) -> None:
        if self._ready:
            return
        try:
            message = self._lines.read(START)
        except TimeoutError:
            message = {"error": f"the fork server was not ready after {START:.0f} s"}
        if message is None or "error" in message:
            reason = message["error"] if message else self._last_words()
            self.stop()
            raise JailError(f"the fork server did not start: {reason}")
        self.notes = message["notes"]
        self._ready = True

    def _last_words(self) -> str:
        self._errors.seek(0)
        words = self._errors.read()[-2000:].decode(errors="replace").strip()
        return words.splitlines()[-1] if words else "it ended without a word"

    def spawn(
        self,
        sock: socket.socket,
        options: dict,
        *,
        limits: Limits | None = None,
        core: int | None = None,
    ) -> Child:
        """Fork a process that calls the entry with `sock`, and close `sock` here.

        Parameters
        ----------
        sock : socket.socket
            A connected socket, the process's own from now on.
        options : dict
            JSON-able options for the entry.
        limits : Limits, optional
            In place of the nursery's.
        core : int, optional
            Where it runs; by default where the kernel likes.

        Raises
        ------
        JailError
            When the process could not be started, or not be jailed.
        """
        if limits is None and self.jailed:
            limits = self.limits
        request = {"options": options, "limits": asdict(limits) if limits else None, "core": core}
        with sock:
            for last in (False, True):
                self.start()
                self._await_ready()
                with contextlib.suppress(OSError):
                    child = self._request(sock, request)
                    if child is not None:
                        return child
                if last:
                    raise JailError(f"the fork server died: {self._last_words()}")
                self.stop()
        raise AssertionError("unreachable")

    def _request(self, sock: socket.socket, request: dict) -> Child | None:
        """Ask for a process; None when the fork server died."""
        ours, theirs = socket.socketpair()
        with contextlib.ExitStack() as unused:
            unused.enter_context(ours)
            lines = Lines(ours)
            lines.ask_for_senders()
            with theirs:
                send(self._control, request, [sock.fileno(), theirs.fileno()])
            try:
                message = lines.read(SPAWN)
            except TimeoutError:
                message = {"error": f"no process after {SPAWN:.0f} s"}
            if message is None:
                return None
            if "error" in message:
                raise JailError(message["error"])
            unused.pop_all()
        return Child(lines, lines.sender or message["pid"], message["enforced"])

    def stop(self) -> None:
        """End the fork server with all its processes."""
        process, self._process = self._process, None
        if process is None:
            return
        self._control.close()
        self._errors.close()
        if self._owner != os.getpid():
            process.returncode = 0  # another process's child: not ours to wait for
            return
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        shutil.rmtree(self._folder, ignore_errors=True)  # if the server could not


def environment() -> dict[str, str]:
    """Return the few environment variables that a fork server is given."""
    kept = {name: os.environ[name] for name in ("LANG", "LC_ALL", "TZ") if name in os.environ}
    return {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "MPLBACKEND": "agg",
        **dict.fromkeys(ONE_THREAD, "1"),
        **kept,
    }


def font_folder() -> str:
    """Return where matplotlib keeps its list of fonts."""
    cache = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return os.environ.get("MPLCONFIGDIR") or os.path.join(cache, "matplotlib")


def echo(sock: socket.socket, options: dict) -> None:
    """Send the option ``text``: the smallest entry."""
    sock.sendall(options["text"].encode())
