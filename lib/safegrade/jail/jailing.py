"""How a fork server and its processes are jailed, or at least held together."""

from __future__ import annotations

import contextlib
import ctypes
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Container

from safegrade.jail import kernel, landlock, namespaces, rlimits, seccomp, view, watching

CLOSE_RANGE = 436
SWEEPS = 100
OWN_WAITING = 4  # the descriptor of the file that says how long the process waited to run
LEAST_TO_BE_KILLED = "1000"  # when memory runs out, the kernel ends these processes first


class Jail:
    """A jail: first the fork server enters its outer part, then each process its inner one.

    Parameters
    ----------
    settings : dict
        What the fork server was told: ``path``, ``package``, ``withheld``, ``readable``, ``fonts``.
    """

    def __init__(self, settings: dict):
        self.settings = settings
        self.enforced: dict[str, bool | int | str] = {"jailed": True}

    def enter(self) -> None:
        """Jail the fork server; the caller goes on as another process, the first of its kind."""
        self.filter = seccomp.build()
        self.proc = namespaces.Proc()
        with contextlib.suppress(OSError):
            self.proc.write("self/oom_score_adj", LEAST_TO_BE_KILLED)
        if os.geteuid() == 0:
            self._as_root()
        else:
            namespaces.enter_outer(self.proc)
            self._build_view((os.geteuid(), os.getegid()))
        namespaces.fork_first()
        self._prepare()

    def _as_root(self) -> None:
        """See what root sees, but be nobody: root's processes could not be counted."""
        kernel.unshare(kernel.NEWNS)
        self._build_view((namespaces.NOBODY, namespaces.NOBODY))
        self.unbounded = not namespaces.become_nobody(self._try_reading)
        namespaces.enter_outer(self.proc)

    unbounded = False

    def _build_view(self, owner: tuple[int, int]) -> None:
        path, package = self.settings["path"], self.settings["package"]
        hidden = [
            place
            for name in self.settings["withheld"]
            for place in view.places_of(name, [*path, os.path.dirname(package)])
        ]
        visible = [*view.interpreter_files(), *path, package, *self.settings["readable"]]
        view.build(visible, hidden, owner, self.settings["fonts"])

    def _try_reading(self) -> None:
        for file in (os.__file__, os.path.join(self.settings["package"], "__init__.py")):
            os.listdir(os.path.dirname(file))
            with open(file, "rb"):
                pass

    def _prepare(self) -> None:
        """Make what all processes share, as the first process of the fork server's namespaces."""
        folder = self.proc.folder
        self.own = os.open("self/ns/pid", os.O_RDONLY | os.O_CLOEXEC, dir_fd=folder)
        kernel.drop_bounds()
        kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
        version = landlock.abi()
        self.ruleset = landlock.create([view.JAIL]) if version else None
        if self.ruleset is not None:
            self._allow_devices()
        names = ("user", "pid", "network", "ipc", "mount")
        self.enforced |= {f"{name}_namespace": True for name in names}
        self.enforced |= {"landlock": version, "seccomp": self.filter is not None}

    def _allow_devices(self) -> None:
        rights = landlock.READ_FILE | landlock.WRITE_FILE
        for name in view.DEVICES:
            landlock.allow(self.ruleset, f"/dev/{name}", rights)

    def ready(self) -> None:
        """Note how much memory the preloaded modules take."""
        self.preloaded = int(self.proc.read("self/statm").split()[0]) * os.sysconf("SC_PAGE_SIZE")
        self.watch = watching.Watch(self.proc)

    def excesses(self, limits: dict[int, dict]) -> list[int]:
        """Return the processes that took too much memory, together with all that they started."""
        return self.watch.excesses({pid: limit["memory"] for pid, limit in limits.items()})

    def fork(self) -> int:
        """Fork a process into its own namespace of processes."""
        return namespaces.fork_in_new_pids(self.own)

    def open_waiting(self) -> int | None:
        """Open the file that says how long this forked process has waited for a processor."""
        with contextlib.suppress(OSError):
            return os.open("self/schedstat", os.O_RDONLY | os.O_CLOEXEC, dir_fd=self.proc.folder)
        return None

    def confine(self, limits: dict) -> dict:
        """Jail this forked process; return what is enforced."""
        namespaces.enter_inner(view.SCRATCH, limits["scratch"])
        kernel.make_read_only("/", recursive=False)
        if self.ruleset is not None:
            landlock.restrict(self.ruleset)
        held = rlimits.apply(limits, self.preloaded, alone=not self.unbounded)
        if not all(held[name] for name in ("cpu_seconds", "memory", "file_size", "open_files")):
            raise OSError("the kernel keeps no limits")
        kernel.drop_capabilities()
        kernel.prctl(kernel.PR_SET_DUMPABLE, 0)
        namespaces.die_with_parent()
        if self.filter is not None:
            seccomp.apply(self.filter)
        more = {"no_new_privileges": True, "scratch": limits["scratch"]}
        return {**self.enforced, **more, **held}

    def clean(self, pid: int, others: Container[int]) -> None:
        """Do nothing: the kernel ended all of the process's namespace with it."""


class NoJail:
    """Processes with a group and, if they have limits, a folder of their own, and no jail."""

    def __init__(self, settings: dict):
        self.settings = settings

    def enter(self) -> None:
        """Become the parent of whatever the processes leave behind."""
        if sys.platform == "linux":
            kernel.prctl(kernel.PR_SET_CHILD_SUBREAPER, 1)

    def ready(self) -> None:
        """Note how much memory the preloaded modules take."""
        self.preloaded = 0
        with contextlib.suppress(OSError), open("/proc/self/statm") as file:
            self.preloaded = int(file.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")

    def excesses(self, limits: dict[int, dict]) -> list[int]:
        """Return no process: without a jail they are not watched."""
        return []

    def fork(self) -> int:
        """Fork a process."""
        return os.fork()

    def open_waiting(self) -> int | None:
        """Open no file: the process has a /proc of its own."""
        return None

    def confine(self, limits: dict | None) -> dict:
        """Limit this forked process where limits are given; return what is enforced."""
        if sys.platform == "linux":
            namespaces.die_with_parent()
        if limits is None:
            return {"jailed": False}
        scratch = os.path.join(self.settings["folder"], str(os.getpid()))
        os.mkdir(scratch, 0o700)
        os.chdir(scratch)
        os.environ.update(HOME=scratch, TMPDIR=scratch)
        tempfile.tempdir = None
        return {"jailed": False, **rlimits.apply(limits, self.preloaded, alone=False)}

    def clean(self, pid: int, others: Container[int]) -> None:
        """End what a process left behind, but not the `others`, and remove its folder."""
        for _ in range(SWEEPS):  # when an orphan ends, its own children become ours
            for orphan in (orphans := [child for child in children() if child not in others]):
                with contextlib.suppress(OSError):
                    os.kill(orphan, signal.SIGKILL)
                    os.waitpid(orphan, 0)
            if not orphans:
                break
        shutil.rmtree(os.path.join(self.settings["folder"], str(pid)), ignore_errors=True)


def children() -> list[int]:
    """Return the process ids of this process's children, where the system tells."""
    try:
        with open(f"/proc/self/task/{os.getpid()}/children") as file:
            return [int(word) for word in file.read().split()]
    except OSError:
        return []


def close_all_but(kept: int, waiting: int | None) -> int:
    """Close all descriptors but the first three and two; return the first one's new number."""
    os.dup2(kept, 3, inheritable=False)
    first = 4
    if waiting is not None and waiting > 3:
        os.dup2(waiting, OWN_WAITING, inheritable=False)
        first = OWN_WAITING + 1
    with contextlib.suppress(OSError):
        kernel.syscall(CLOSE_RANGE, first, ctypes.c_uint(0xFFFFFFFF), 0)
        return 3
    os.closerange(first, 65536)
    return 3
