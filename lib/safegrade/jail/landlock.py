"""Landlock: a process gives up access to files, networks and other processes."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterable

from safegrade.jail import kernel

EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = 1, 2, 4, 8
MAKE_CHAR, MAKE_BLOCK = 1 << 6, 1 << 11
READ = EXECUTE | READ_FILE | READ_DIR
VERSION, PATH_BENEATH = 1, 1
TCP = 0b11  # binding and connecting
SCOPES = 0b11  # abstract sockets and signals of processes outside


class Ruleset(ctypes.Structure):
    """What a ruleset forbids unless a rule allows it."""

    _fields_ = [(name, ctypes.c_uint64) for name in ("files", "network", "scoped")]


class PathBeneath(ctypes.Structure):
    """A rule that allows access below a folder."""

    _pack_ = 1
    _fields_ = [("allowed", ctypes.c_uint64), ("folder", ctypes.c_int32)]


def abi() -> int:
    """Return the version of Landlock that this kernel offers, 0 for none."""
    try:
        return kernel.syscall(kernel.LANDLOCK_CREATE_RULESET, None, 0, VERSION)
    except OSError:
        return 0


def file_rights(version: int) -> int:
    """Return all rights on files and folders that a version of Landlock knows.

    Examples
    --------
    >>> [file_rights(version).bit_length() for version in (1, 2, 3, 4, 5, 7)]
    [13, 14, 15, 15, 16, 16]
    """
    return (1 << {1: 13, 2: 14, 3: 15, 4: 15}.get(version, 16)) - 1


def create(writable: Iterable[str], readable: Iterable[str] = ("/",)) -> int:
    """Return the descriptor of a ruleset for `restrict`.

    No network, no signals or abstract sockets across its border, and of the files:

    Parameters
    ----------
    writable : iterable of str
        Folders below which files may be made, changed and removed (but no devices).
    readable : iterable of str
        Folders below which files may be read and run.
    """
    version = abi()
    rights = file_rights(version)
    network = TCP if version >= 4 else 0
    rules = Ruleset(rights, network, SCOPES if version >= 6 else 0)
    size = 24 if version >= 6 else 16 if version >= 4 else 8
    ruleset = kernel.syscall(kernel.LANDLOCK_CREATE_RULESET, ctypes.byref(rules), size, 0)
    for folder in readable:
        allow(ruleset, folder, READ)
    for folder in writable:
        allow(ruleset, folder, rights & ~(MAKE_CHAR | MAKE_BLOCK))
    return ruleset


def allow(ruleset: int, folder: str, rights: int) -> None:
    """Add a rule for a folder."""
    descriptor = os.open(folder, os.O_PATH | os.O_CLOEXEC)
    try:
        rule = PathBeneath(rights, descriptor)
        kernel.syscall(kernel.LANDLOCK_ADD_RULE, ruleset, PATH_BENEATH, ctypes.byref(rule), 0)
    finally:
        os.close(descriptor)


def restrict(ruleset: int) -> None:
    """Submit to a ruleset, for good; the process must have no new privileges."""
    kernel.syscall(kernel.LANDLOCK_RESTRICT_SELF, ruleset, 0)
