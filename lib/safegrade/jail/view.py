"""The files that a jailed process can see: a new root folder with the few that it needs."""

from __future__ import annotations

import glob
import importlib.util
import os
import shutil
import sys
from collections.abc import Iterable, Sequence

from safegrade.jail import kernel

JAIL = "/jail"
SCRATCH = "/jail/scratch"
CONFIG = "/jail/config"
SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/nix/store")
SETTINGS = ("ld.so.cache", "localtime", "fonts", "alternatives", "mime.types")
PARTS = ("lib", "lib64", "lib32", "libexec", "bin", "share", "include", "pyvenv.cfg")
DEVICES = ("null", "zero", "full", "random", "urandom")
OLD = "/.old"
ACCOUNT = {
    "passwd": "student:x:{user}:{group}::/jail/scratch:/bin/sh\n",
    "group": "student:x:{group}:\n",
    "hosts": "127.0.0.1 localhost\n",
    "nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\n",
}


def interpreter_files() -> list[str]:
    """Return the files and folders of the interpreter, without what else lies beside them."""
    homes = dict.fromkeys((sys.base_prefix, sys.base_exec_prefix, sys.prefix, sys.exec_prefix))
    return [os.path.join(home, part) for home in homes for part in PARTS]


def import_path(path: Sequence[str]) -> list[str]:
    """Return those folders of an import path that hold the standard library or installed packages.

    Examples
    --------
    >>> import_path(["", "/course", "/opt/site-packages"])
    ['/opt/site-packages']
    """
    homes = {os.path.dirname(os.__file__), sys.base_prefix + "/lib", sys.prefix + "/lib"}
    return [
        folder
        for folder in path
        if os.path.basename(folder) in ("site-packages", "dist-packages")
        or any(folder == home or folder.startswith(home + os.sep) for home in homes)
    ]


def places_of(name: str, path: Iterable[str]) -> list[str]:
    """Return the files and folders of a package or module, compiled ones too.

    Examples
    --------
    >>> import json
    >>> places_of("json", [os.path.dirname(os.__file__)]) == [os.path.dirname(json.__file__)]
    True
    """
    places = []
    for folder in path:
        folder, _, last = os.path.join(folder, *name.split(".")).rpartition(os.sep)
        folder, last = glob.escape(folder), glob.escape(last)
        for pattern in (f"{last}", f"{last}.*", f"__pycache__/{last}.*"):
            places += glob.glob(os.path.join(folder, pattern))
    return list(dict.fromkeys(places + [place for place in found_by_import(name) if place]))


def found_by_import(name: str) -> list[str | None]:
    """Return where this process would import a top-level package from."""
    try:
        spec = None if "." in name else importlib.util.find_spec(name)
    except (ImportError, ValueError):
        return []
    if spec is None:
        return []
    return list(spec.submodule_search_locations or [spec.origin if spec.has_location else None])


def build(
    visible: Iterable[str], hidden: Iterable[str], owner: tuple[int, int], fonts: str = ""
) -> None:
    """Put this process's mount namespace onto a new root folder.

    Parameters
    ----------
    visible : iterable of str
        Files and folders that are seen, read-only, beside the system's own.
    hidden : iterable of str
        Files and folders below them that are not.
    owner : tuple of int
        The user and group ids of the jailed processes, within their namespace.
    fonts : str
        The folder with matplotlib's list of fonts.
    """
    visible, hidden = list(dict.fromkeys(visible)), list(dict.fromkeys(hidden))
    kernel.mount("none", "/", None, kernel.MS_REC | kernel.MS_PRIVATE)
    flags = kernel.MS_NOSUID | kernel.MS_NODEV
    kernel.mount("tmpfs", "/tmp", "tmpfs", flags, "mode=755,size=64m")
    os.mkdir("/tmp" + OLD)
    kernel.pivot_root("/tmp", "/tmp" + OLD)
    os.chdir("/")
    show([*SYSTEM, *(f"/etc/{name}" for name in SETTINGS), *visible])
    for place in hidden:
        hide(place)
    make_devices()
    make_homes(owner)
    if fonts:
        copy_font_list(fonts)
    kernel.unmount(OLD)
    os.rmdir(OLD)


def show(places: list[str]) -> None:
    """Make files and folders of the old root seen under their own names."""
    real = {place: resolve(place) for place in places}
    last = None
    for place in sorted({place.rstrip("/") + "/" for place in real.values()}):
        if last is None or not place.startswith(last):  # else it is seen already
            last = place
            if os.path.lexists(OLD + place[:-1]):
                bind(OLD + place[:-1], place[:-1])
                kernel.make_read_only(place[:-1])
    for place, target in real.items():
        if place != target and not os.path.lexists(place) and os.path.lexists(target):
            os.makedirs(os.path.dirname(place), exist_ok=True)
            os.symlink(target, place)


def resolve(place: str) -> str:
    """Return the path of a file of the old root without symbolic links.

    A link that is absolute leads out of the old root's folder: it is followed by hand.
    """
    done = "/"
    waiting = [part for part in reversed(place.split("/")) if part]
    for _ in range(1000):
        if not waiting:
            break
        part = waiting.pop()
        if part == "..":
            done = os.path.dirname(done)
        elif part != ".":
            step = os.path.join(done, part)
            if os.path.islink(OLD + step):
                target = os.readlink(OLD + step)
                done = "/" if target.startswith("/") else done
                waiting += [piece for piece in reversed(target.split("/")) if piece]
            else:
                done = step
    return done


def bind(source: str, target: str) -> None:
    """Mount a file or a folder a second time."""
    if os.path.isdir(source):
        os.makedirs(target, exist_ok=True)
    else:
        os.makedirs(os.path.dirname(target), exist_ok=True)
        with open(target, "a"):
            pass
    kernel.mount(source, target, None, kernel.MS_BIND | kernel.MS_REC)


def hide(place: str) -> None:
    """Cover a file or folder, if it is seen, by an empty one."""
    real = resolve(place)
    if not os.path.lexists(real):
        return
    if os.path.isdir(real):
        kernel.mount("tmpfs", real, "tmpfs", kernel.MS_RDONLY, "mode=555,size=4k")
    else:
        with open("/.empty", "a"):
            pass
        kernel.mount("/.empty", real, None, kernel.MS_BIND)
        kernel.make_read_only(real)


def make_devices() -> None:
    """Make the harmless devices, and the folder of shared memory."""
    os.mkdir("/dev")
    for name in DEVICES:
        bind(f"{OLD}/dev/{name}", f"/dev/{name}")
    os.symlink(SCRATCH, "/dev/shm")


def make_homes(owner: tuple[int, int]) -> None:
    """Make the folders for scratch files and settings, and the one account of the jail."""
    for folder in (JAIL, SCRATCH, CONFIG):
        os.mkdir(folder, 0o755)
    os.chown(CONFIG, *owner)
    if not os.path.lexists("/tmp"):
        os.symlink(SCRATCH, "/tmp")
    os.makedirs("/etc", exist_ok=True)
    for name, text in ACCOUNT.items():
        with open(f"/etc/{name}", "w") as file:
            file.write(text.format(user=owner[0], group=owner[1]))


def copy_font_list(source: str) -> None:
    """Copy matplotlib's list of fonts, which takes a second to make, from the old root."""
    for file in glob.glob(os.path.join(glob.escape(OLD + source), "fontlist-*.json")):
        shutil.copy(file, CONFIG)
