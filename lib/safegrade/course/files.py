"""Write files so that they are there whole or not at all, and hold off a second grader."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

PART = ".part"  # the ending of a file that is being written
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
# what names bring about that do not go together, or are too long
NAMES = (errno.ENAMETOOLONG, errno.EISDIR, errno.ENOTDIR, errno.EEXIST, errno.ELOOP, errno.EINVAL)


class Trouble(Exception):
    """Says why grading cannot go on, and what to do."""


class Busy(Trouble):
    """Says that somebody else grades this course at the moment."""


def explained(error: OSError) -> Trouble:
    """Return an error that says what to do about a disk that cannot be written.

    Examples
    --------
    >>> explained(OSError(28, "No space left on device", "grades/a.csv"))
    Trouble('the disk is full (grades): make room and run this again; nothing is lost')
    """
    place = str(Path(error.filename).parent) if error.filename else ""
    if error.errno in FULL:
        where = f" ({place})" if place else ""
        return Trouble(f"the disk is full{where}: make room and run this again; nothing is lost")
    why = error.strerror or error
    return Trouble(f"{place or 'a file'} cannot be written: {why}; mend that and run this again")


def write_whole(path: Path, data: bytes) -> None:
    """Write a file beside its place, bring it to the disk, and only then put it there.

    Examples
    --------
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_whole(Path(folder, "a", "b.txt"), b"all of it")
    ...     [path.name for path in sorted(Path(folder).rglob("*"))]
    ['a', 'b.txt']
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{digest(path.name)[:16]}{PART}")  # never longer than any other name
    try:
        with part.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            part.unlink()
        raise


def fill_folder(folder: Path, files: dict[str, bytes]) -> dict[str, str]:
    """Make a folder hold these files and no others; return the digest of each.

    Files are replaced one by one, and what is left over goes last.
    """
    for name, data in files.items():
        write_whole(folder / name, data)
    if folder.is_dir():
        for path in sorted(folder.rglob("*"), reverse=True):
            if path.is_dir() and not path.is_symlink():
                with contextlib.suppress(OSError):
                    path.rmdir()  # only an empty one goes
            elif path.relative_to(folder).as_posix() not in files:
                path.unlink()
    return {name: digest(data) for name, data in files.items()}


def digests(folder: Path) -> dict[str, str]:
    """Return the digest of each file in a folder, by its path within."""
    if not folder.is_dir():
        return {}
    paths = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return {path.relative_to(folder).as_posix(): digest(path.read_bytes()) for path in paths}


def digest(*parts: bytes | str) -> str:
    """Return the SHA-256 of some parts, each told apart from the next.

    Examples
    --------
    >>> digest("ab", "c") == digest("a", "bc")
    False
    """
    sha = hashlib.sha256()
    for part in parts:
        data = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
        sha.update(b"%d:" % len(data) if len(parts) > 1 else b"")
        sha.update(data)
    return sha.hexdigest()


@contextlib.contextmanager
def alone(home: Path) -> Iterator[Path]:
    """Hold a course for one grader, and lend a scratch folder that is gone afterwards.

    A grader that was killed leaves its scratch folder; the next one removes it.

    Raises
    ------
    Busy
        Another grader is at work in this course.
    Trouble
        The disk is full or read-only.
    """
    from filelock import FileLock, Timeout

    told = home / ".safegrade.scratch"
    with contextlib.ExitStack() as held:
        try:
            home.mkdir(parents=True, exist_ok=True)
            lock = FileLock(home / ".safegrade.lock")
            lock.acquire(timeout=0)
            held.callback(lock.release)
            _remove_left_over(told)
            scratch = tempfile.TemporaryDirectory(prefix="safegrade-", ignore_cleanup_errors=True)
            name = held.enter_context(scratch)
            told.write_text(name, encoding="utf-8")
        except Timeout:
            raise Busy(f"another safegrade is at work in {home}; let it end first") from None
        except OSError as error:
            raise explained(error) from error
        yield Path(name)
        with contextlib.suppress(OSError):
            told.unlink()


def _remove_left_over(told: Path) -> None:
    """Remove the scratch folder of a grader that could not do so itself."""
    with contextlib.suppress(OSError):
        folder = Path(told.read_text(encoding="utf-8"))
        if folder.name.startswith("safegrade-") and folder.is_dir():
            shutil.rmtree(folder, ignore_errors=True)
