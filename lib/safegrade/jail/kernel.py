"""The few Linux system calls that Python lacks."""

from __future__ import annotations

import ctypes
import functools
import os

# Of the mounts.
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC = 1, 2, 4, 8
MS_REMOUNT, MS_BIND, MS_REC, MS_PRIVATE = 0x20, 0x1000, 0x4000, 1 << 18
MNT_DETACH = 2
MOUNT_ATTR_RDONLY, MOUNT_ATTR_NOSUID, MOUNT_ATTR_NODEV = 1, 2, 4
AT_FDCWD, AT_RECURSIVE = -100, 0x8000

# Of the namespaces.
NEWNS, NEWCGROUP, NEWUTS, NEWIPC = 0x20000, 0x2000000, 0x4000000, 0x8000000
NEWUSER, NEWPID, NEWNET = 0x10000000, 0x20000000, 0x40000000

# Of prctl.
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_SECCOMP, PR_CAPBSET_DROP = 1, 4, 22, 24
PR_SET_CHILD_SUBREAPER, PR_SET_NO_NEW_PRIVS, PR_CAP_AMBIENT = 36, 38, 47
SECCOMP_MODE_FILTER, PR_CAP_AMBIENT_CLEAR_ALL = 2, 4

# Numbers of the calls that glibc may not wrap: newer than 2019 they are the same on all machines.
MOUNT_SETATTR = 442
LANDLOCK_CREATE_RULESET, LANDLOCK_ADD_RULE, LANDLOCK_RESTRICT_SELF = 444, 445, 446
PIVOT_ROOT = {"x86_64": 155, "aarch64": 41, "riscv64": 41, "ppc64le": 203, "s390x": 217}


@functools.cache
def libc() -> ctypes.CDLL:
    """Return the C library, which keeps `errno` for us."""
    return ctypes.CDLL(None, use_errno=True)


def checked(result: int, what: str) -> int:
    """Return a result, or raise OSError for the call's error."""
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
    return result


def syscall(number: int, *args) -> int:
    """Do the system call `number` with integers, bytes and pointers."""
    words = [ctypes.c_long(arg) if isinstance(arg, int) else arg for arg in args]
    return checked(libc().syscall(ctypes.c_long(number), *words), f"system call {number}")


def prctl(option: int, *args) -> int:
    """Change an attribute of this process."""
    words = [ctypes.c_ulong(arg) if isinstance(arg, int) else arg for arg in args]
    words += [ctypes.c_ulong(0)] * (4 - len(words))
    return checked(libc().prctl(option, *words), f"prctl {option}")


def unshare(flags: int) -> None:
    """Move this process into new namespaces."""
    checked(libc().unshare(flags), "unshare")


def setns(descriptor: int, flags: int) -> None:
    """Move this process, or its future children, into a namespace that a descriptor names."""
    checked(libc().setns(descriptor, flags), "setns")


def mount(source: str, target: str, kind: str | None, flags: int, data: str | None = None) -> None:
    """Mount `source` at `target`."""
    words = [None if word is None else word.encode() for word in (source, target, kind, data)]
    result = libc().mount(*words[:3], ctypes.c_ulong(flags), words[3])
    checked(result, f"mount {target}")


def unmount(target: str) -> None:
    """Detach a mount with all that is mounted below it."""
    checked(libc().umount2(target.encode(), MNT_DETACH), f"unmount {target}")


class MountAttributes(ctypes.Structure):
    """What `mount_setattr` is to set and to clear."""

    _fields_ = [(name, ctypes.c_uint64) for name in ("set", "clear", "propagation", "userns_fd")]


def make_read_only(target: str, *, recursive: bool = True, devices: bool = False) -> None:
    """Make a mount read-only, without set-user-id programs and (mostly) without devices."""
    flags = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | (0 if devices else MOUNT_ATTR_NODEV)
    wanted = MountAttributes(set=flags)
    at = AT_RECURSIVE if recursive else 0
    size = ctypes.sizeof(wanted)
    syscall(MOUNT_SETATTR, AT_FDCWD, target.encode(), at, ctypes.byref(wanted), size)


def pivot_root(new: str, old: str) -> None:
    """Make `new` the root folder; the present one is found at `old` then."""
    number = PIVOT_ROOT[os.uname().machine]
    syscall(number, new.encode(), old.encode())


class CapabilityHeader(ctypes.Structure):
    """Whose capabilities are meant."""

    _fields_ = [("version", ctypes.c_uint32), ("pid", ctypes.c_int)]


def drop_bounds() -> None:
    """Make it impossible to gain any capability by running a program."""
    for number in range(64):
        try:
            prctl(PR_CAPBSET_DROP, number)
        except OSError:
            return  # the kernel knows no more of them


def drop_capabilities() -> None:
    """Give all capabilities up."""
    header = CapabilityHeader(0x20080522, 0)
    checked(libc().capset(ctypes.byref(header), bytes(24)), "capset")
