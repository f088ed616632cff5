"""Namespaces: the fork server's own, once, and those of each process that it forks."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Callable

from safegrade.jail import kernel

NOBODY = 65534
OUTER = (
    kernel.NEWUSER | kernel.NEWPID | kernel.NEWNS | kernel.NEWNET | kernel.NEWIPC | kernel.NEWUTS
)
INNER = kernel.NEWNS | kernel.NEWIPC | kernel.NEWUTS


class Proc:
    """The folder /proc as it was, after the process's own root folder has changed."""

    def __init__(self):
        self.folder = os.open("/proc", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)

    def read(self, name: str) -> str:
        """Return the text of a file below /proc."""
        with open(os.open(name, os.O_RDONLY, dir_fd=self.folder)) as file:
            return file.read()

    def number(self) -> int:
        """Return this process's id, as the folder has it."""
        return int(os.readlink("self", dir_fd=self.folder))

    def write(self, name: str, text: str) -> None:
        """Write to a file below /proc."""
        with open(os.open(name, os.O_WRONLY, dir_fd=self.folder), "w") as file:
            file.write(text)


def become_nobody(trial: Callable[[], object]) -> bool:
    """Give up being root, for a user whose number of processes the kernel bounds.

    Parameters
    ----------
    trial : callable
        Raises OSError, as that user, where the user could not work; then nothing is changed.
    """
    if not in_fork(lambda: (change_user(), trial())):
        return False
    change_user()
    return True


def change_user() -> None:
    """Become nobody, who may still name the ids of its own namespace."""
    os.setgroups([])
    os.setresgid(NOBODY, NOBODY, NOBODY)
    os.setresuid(NOBODY, NOBODY, NOBODY)
    kernel.prctl(kernel.PR_SET_DUMPABLE, 1)


def in_fork(action: Callable[[], object]) -> bool:
    """Return whether an action works in a process that is thrown away."""
    pid = os.fork()
    if pid == 0:
        try:
            action()
            os._exit(0)
        except BaseException:
            os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0


def enter_outer(proc: Proc) -> None:
    """Enter the fork server's namespaces; its next child is the first process there.

    In them this process may do all that concerns only them, and no one may make others:
    namespaces of users would be a way to such rights.
    """
    user, group = os.geteuid(), os.getegid()
    kernel.unshare(OUTER)
    proc.write("self/setgroups", "deny")
    proc.write("self/uid_map", f"{user} {user} 1")
    proc.write("self/gid_map", f"{group} {group} 1")
    with contextlib.suppress(OSError):  # the system call filter is left
        proc.write("sys/user/max_user_namespaces", "0")


def fork_first() -> None:
    """Go on as the first process of the new namespace; the present one waits, and tells how."""
    pid = os.fork()
    if pid == 0:
        die_with_parent()
        return
    try:
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    finally:
        os._exit(0 if code == 0 else 1)


def die_with_parent() -> None:
    """Let the kernel kill this process when its parent dies."""
    kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)


def fork_in_new_pids(own: int) -> int:
    """Fork a child that is the first process of a namespace of its own.

    Parameters
    ----------
    own : int
        A descriptor of this process's own namespace, for the children after this one.
    """
    kernel.unshare(kernel.NEWPID)
    try:
        pid = os.fork()
    except BaseException:
        kernel.setns(own, kernel.NEWPID)
        raise
    if pid:
        kernel.setns(own, kernel.NEWPID)
    return pid


def enter_inner(scratch: str, size: int) -> None:
    """Enter a jailed process's own namespaces, with an empty scratch folder."""
    kernel.unshare(INNER)
    flags = kernel.MS_NOSUID | kernel.MS_NODEV | kernel.MS_NOEXEC
    kernel.mount("tmpfs", scratch, "tmpfs", flags, f"size={size},nr_inodes=20000,mode=700")
    os.chdir(scratch)
