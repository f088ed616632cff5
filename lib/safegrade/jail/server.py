"""The fork server's own process: it waits for requests and for the ends of its children."""

from __future__ import annotations

import contextlib
import gc
import os
import select
import shutil
import signal
import socket
import sys
import tempfile

from safegrade.jail import jailing, view
from safegrade.jail.cores import settle_on
from safegrade.jail.loading import Withheld, give_builtins, preload, rehearse, reseed, resolve
from safegrade.jail.messages import receive, tell
from safegrade.jail.watching import INTERVAL


def main(control_fd: int, owner: int) -> None:
    """Serve until the owner closes its end of the socket, or dies.

    Parameters
    ----------
    control_fd : int
        The descriptor of the socket on which requests come.
    owner : int
        The process id of the process that started this one.
    """
    control = socket.socket(fileno=control_fd)
    settings = receive(control)[0]
    if settings is None:
        return
    try:
        server = Server(control, settings, owner)
        server.prepare()
    except Exception as error:
        tell(control, {"error": f"{type(error).__name__}: {error}"})
        os._exit(1)
    server.run()


class Server:
    """The loop of a fork server.

    Parameters
    ----------
    control : socket.socket
        Where requests come from.
    settings : dict
        What `safegrade.jail.nursery.Nursery` was given.
    owner : int
        The process id of the process that started this one.
    """

    def __init__(self, control: socket.socket, settings: dict, owner: int):
        self.control = control
        self.settings = settings
        self.owner = owner
        self.owner_fd = watch(owner)
        self.children: dict[int, socket.socket] = {}
        self.limits: dict[int, dict] = {}
        self.jail = (jailing.Jail if settings["jailed"] else jailing.NoJail)(settings)

    def prepare(self) -> None:
        """Enter the outer jail, preload and tell that this is done."""
        settings = self.settings
        sys.path[:] = settings["path"]
        if settings["jailed"]:
            sys.path.append(os.path.dirname(settings["package"]))
            sys.prefix, sys.exec_prefix = settings["prefixes"]
        self.jail.enter()
        if settings["jailed"]:
            sys.meta_path.insert(0, Withheld(settings["withheld"]))
            os.environ.update(HOME=view.SCRATCH, TMPDIR=view.SCRATCH, MPLCONFIGDIR=view.CONFIG)
            tempfile.tempdir = view.SCRATCH
            give_builtins()
        notes = [*preload(settings["preload"]), *rehearse(settings["rehearsal"])]
        self.entry = resolve(settings["entry"])
        self.nothing = os.open(os.devnull, os.O_RDWR | os.O_CLOEXEC)
        self.jail.ready()
        self._watch_children()
        gc.collect()
        gc.freeze()
        tell(self.control, {"notes": notes})

    def _watch_children(self) -> None:
        self.wakeup, self.writer = socket.socketpair()
        self.wakeup.setblocking(False)
        self.writer.setblocking(False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self.writer.fileno(), warn_on_full_buffer=False)

    def run(self) -> None:
        """Serve requests."""
        try:
            while self.turn():
                pass
        finally:
            for pid in list(self.children):
                self.kill(pid)
            shutil.rmtree(self.settings["folder"], ignore_errors=True)
            os._exit(0)

    def turn(self) -> bool:
        """Wait for something to do and do it; return whether there may be more."""
        poll = select.poll()
        waiting = {status.fileno(): pid for pid, status in self.children.items()}
        for descriptor in (self.control, self.wakeup, *waiting):
            poll.register(descriptor, select.POLLIN)
        if self.owner_fd is not None:
            poll.register(self.owner_fd, select.POLLIN)
        events = {
            descriptor for descriptor, _ in poll.poll(1000 * INTERVAL if self.limits else None)
        }
        if not events:
            for pid in self.jail.excesses(self.limits):
                self.kill(pid, "memory")
        if self.owner_fd in events:
            return False
        if self.wakeup.fileno() in events:
            self.wakeup.recv(4096)
            self.reap()
        for descriptor in events & set(waiting):  # a request to kill, or nobody cares any more
            self.kill(waiting[descriptor])
        if self.control.fileno() in events:
            request, descriptors = receive(self.control)
            if request is None:
                return False
            self.fork(request, descriptors)
        return True

    def fork(self, request: dict, descriptors: list[int]) -> None:
        """Fork a process for a request."""
        sock, status = (socket.socket(fileno=descriptor) for descriptor in descriptors)
        try:
            pid = self.jail.fork()
        except OSError as error:
            tell(status, {"error": f"no process could be forked: {error}"})
            sock.close()
            status.close()
            return
        if pid:
            sock.close()
            self.children[pid] = status
            if request["limits"]:
                self.limits[pid] = request["limits"]
            return
        code = 1
        try:
            if (sock := self.settle(request, sock, status)) is not None:
                self.entry(sock, request["options"])
                code = 0
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else int(end.code is not None)
        finally:
            os._exit(code & 255)

    def settle(
        self, request: dict, sock: socket.socket, status: socket.socket
    ) -> socket.socket | None:
        """Confine a process that was just forked; return its socket if that worked."""
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            os.setsid()
            os.umask(0o077)
            for number in (0, 1, 2):
                os.dup2(self.nothing, number)
            settle_on(request["core"])
            waiting = self.jail.open_waiting()
            enforced = self.jail.confine(request["limits"])
            reseed()
            tell(status, {"pid": os.getpid(), "enforced": enforced})
        except Exception as error:
            tell(status, {"error": f"the process could not be jailed: {error}"})
            return None
        for other in (self.control, self.wakeup, self.writer, status, *self.children.values()):
            other.detach()  # so that no object closes a number that means something else by then
        self.children.clear()
        family, kind = sock.family, sock.type
        return socket.socket(family, kind, fileno=jailing.close_all_but(sock.detach(), waiting))

    def reap(self) -> None:
        """Collect all children that ended, also those that others left to this process."""
        with contextlib.suppress(ChildProcessError):
            while (ended := os.wait4(-1, os.WNOHANG))[0]:
                if ended[0] in self.children:
                    self.finish(*ended)

    def kill(self, pid: int, exceeded: str = "") -> None:
        """End a process with all that it started, because it `exceeded` a limit or is to end."""
        if pid in self.children:
            os.kill(pid, signal.SIGKILL)
            self.finish(*os.wait4(pid, 0), exceeded)

    def finish(self, pid: int, result: int, used, exceeded: str = "") -> None:
        """End what a process that ended left behind, and tell what it used."""
        with contextlib.suppress(OSError):
            os.killpg(pid, signal.SIGKILL)
        status = self.children.pop(pid)
        self.limits.pop(pid, None)
        self.jail.clean(pid, self.children)
        code = os.waitstatus_to_exitcode(result)
        usage = {
            "code": code if code >= 0 else None,
            "signal": -code if code < 0 else None,
            "cpu_seconds": used.ru_utime + used.ru_stime,
            "exceeded": exceeded,
            "max_rss": used.ru_maxrss * (1 if sys.platform == "darwin" else 1024),
        }
        tell(status, usage)
        status.close()


def watch(owner: int) -> int | None:
    """Return a descriptor that can be read once a process is gone, where there are such."""
    if not hasattr(os, "pidfd_open"):
        return None
    try:
        descriptor = os.pidfd_open(owner)
    except OSError:
        return None
    if os.getppid() != owner:  # it went before; the number may be another's by now
        os._exit(1)
    return descriptor
