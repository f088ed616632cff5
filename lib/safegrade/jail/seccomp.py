"""A filter of system calls, for the prctl of a process that is about to be jailed."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import tempfile

from safegrade.jail import kernel

# What no cell of a notebook needs, and what attacks on kernels have begun with.
DENIED = """
ptrace process_vm_readv process_vm_writev process_madvise kcmp pidfd_getfd mount umount2 umount
pivot_root chroot move_mount open_tree fsopen fsconfig fsmount fspick mount_setattr unshare setns
keyctl add_key request_key bpf perf_event_open userfaultfd fanotify_init lookup_dcookie kexec_load
kexec_file_load init_module finit_module delete_module create_module io_uring_setup io_uring_enter
io_uring_register open_by_handle_at name_to_handle_at personality quotactl quotactl_fd swapon
swapoff reboot acct syslog vhangup nfsservctl settimeofday clock_settime clock_adjtime adjtimex
stime sethostname setdomainname iopl ioperm modify_ldt vm86 vm86old uselib ustat sysfs _sysctl
mbind set_mempolicy migrate_pages move_pages set_mempolicy_home_node memfd_secret memfd_create
shmget msgget semget setuid setgid setreuid setregid setresuid setresgid setgroups setfsuid
setfsgid
""".split()  # noqa: SIM905
UNKNOWN = ["clone3"]  # its flags are out of a filter's sight; the C library then uses clone
NAMESPACES = (
    kernel.NEWNS,
    kernel.NEWCGROUP,
    kernel.NEWUTS,
    kernel.NEWIPC,
    kernel.NEWUSER,
    kernel.NEWPID,
    kernel.NEWNET,
)
UNIX = 1  # the one family of sockets that is left: pairs of them, and files in the scratch folder
STUFF_INPUT, SET_SELECTION = 0x5412, 0x541C  # ioctl that types into a terminal


class Program(ctypes.Structure):
    """A filter as the kernel takes it: the number of its instructions, and where they are."""

    _fields_ = [("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p)]


def build() -> bytes | None:
    """Return the filter's instructions, or None where libseccomp is missing."""
    try:
        import pyseccomp
    except (ImportError, RuntimeError, OSError, AttributeError):
        return None
    rules = pyseccomp.SyscallFilter(pyseccomp.ALLOW)
    for name in DENIED:
        deny(rules, pyseccomp.ERRNO(errno.EPERM), name)
    for name in UNKNOWN:
        deny(rules, pyseccomp.ERRNO(errno.ENOSYS), name)
    refusal = pyseccomp.ERRNO(errno.EPERM)
    for flag in NAMESPACES:
        deny(rules, refusal, "clone", pyseccomp.Arg(0, pyseccomp.MASKED_EQ, flag, flag))
    for name in ("socket", "socketpair"):
        deny(rules, refusal, name, pyseccomp.Arg(0, pyseccomp.NE, UNIX))
    low = 0xFFFFFFFF  # the kernel looks at no more of the number
    for number in (STUFF_INPUT, SET_SELECTION):
        deny(rules, refusal, "ioctl", pyseccomp.Arg(1, pyseccomp.MASKED_EQ, low, number))
    with tempfile.TemporaryFile() as file:
        rules.export_bpf(file)
        file.seek(0)
        return file.read()


def deny(rules, action: int, name: str, *conditions) -> None:
    """Add a rule, unless this machine has no such system call."""
    with contextlib.suppress(OSError, ValueError):
        rules.add_rule(action, name, *conditions)


def apply(instructions: bytes) -> None:
    """Submit to a filter, for good; the process must have no new privileges."""
    program = Program(len(instructions) // 8, instructions)
    kernel.prctl(kernel.PR_SET_SECCOMP, kernel.SECCOMP_MODE_FILTER, ctypes.byref(program))
