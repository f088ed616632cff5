"""Files that are either whole or not there: what runs and downloads leave behind."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import uuid
import zipfile
import zlib
from pathlib import Path

import numpy as np

BROKEN_ARCHIVE = (
    *(zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError),
    *(AttributeError, LookupError, TypeError),
)
"""What reading a damaged ``.npz`` file may raise: one byte may make it look encrypted, say."""


def write_whole(path, content: bytes) -> None:
    """Write a file so that whoever looks sees the old content or the new one, never a part.

    The content goes to a file beside it, which then takes its place: a process that is killed,
    or a machine that loses power, leaves the old file as it was.

    Parameters
    ----------
    path : path
        Where the file is to be; missing folders are made.
    content : bytes
        What it is to hold.

    Raises
    ------
    OSError
        If it cannot be written; an old file stays.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_whole(Path(folder) / "a/b.txt", b"whole")
    ...     print((Path(folder) / "a/b.txt").read_bytes(), len(os.listdir(folder + "/a")))
    b'whole' 1
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{uuid.uuid4().hex[:16]}.part")  # no other writer has it
    try:
        with open(part, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    except OSError as error:
        error.filename = error.filename or str(path)  # a full disk does not name it
        raise
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)


def fingerprint(settings) -> str:
    """Return a short name for settings: equal settings have equal names.

    Parameters
    ----------
    settings
        What JSON can hold: dicts, lists, strings, numbers, None. The order in a dict is no matter.

    Returns
    -------
    str
        The first 16 digits of the SHA-256 of the settings as JSON.

    Raises
    ------
    TypeError
        If JSON cannot hold the settings.

    Examples
    --------
    >>> fingerprint({"lr": 0.1, "seed": 0}) == fingerprint({"seed": 0, "lr": 0.1})
    True
    """
    text = json.dumps(settings, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _plan(tree, arrays: list):
    """Return the structure of a tree as JSON; its arrays are put into the list."""
    if isinstance(tree, (np.ndarray, np.generic)):
        arrays.append(np.asarray(tree))
        return {"array": len(arrays) - 1}
    if isinstance(tree, (list, tuple)):
        kind = "list" if isinstance(tree, list) else "tuple"
        return {kind: [_plan(part, arrays) for part in tree]}
    if tree is None or isinstance(tree, (bool, int, float, str)):
        return {"plain": tree}
    raise TypeError(f"a checkpoint holds arrays, numbers, lists and tuples, not {type(tree)}")


def _grown(plan, arrays):
    """Return the tree of a structure and its arrays."""
    ((kind, value),) = plan.items()
    if kind == "array":
        return arrays[value]
    if kind == "plain":
        return value
    parts = [_grown(part, arrays) for part in value]
    return parts if kind == "list" else tuple(parts)


def save_tree(path, tree, info: dict) -> None:
    """Write arrays in lists and tuples, and what is to be known of them, to one ``.npz`` file.

    Parameters
    ----------
    path : path
        The file; it is whole or, if something comes between, as it was before.
    tree
        Arrays, numbers, strings and None, in lists and tuples of any depth.
    info : dict
        What JSON can hold.

    Raises
    ------
    TypeError
        If the tree or the info holds something else.
    OSError
        If the file cannot be written.
    """
    arrays: list = []
    text = json.dumps({"info": info, "plan": _plan(tree, arrays)})
    content = io.BytesIO()
    named = {f"array{k}": array for k, array in enumerate(arrays)}
    np.savez(content, text=np.array(text), **named)
    write_whole(path, content.getvalue())


def load_tree(path) -> tuple:
    """Return the tree and the info of a file that `save_tree` wrote; nothing is unpickled.

    Raises
    ------
    FileNotFoundError
        If the file is not there.
    ValueError
        If it is damaged, or no file of `save_tree`.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save_tree(folder + "/run.npz", [np.array([1.5]), (2, None)], {"epoch": 3})
    ...     print(load_tree(folder + "/run.npz"))
    ([array([1.5]), (2, None)], {'epoch': 3})
    """
    content = Path(path).read_bytes()
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as file:
            text = json.loads(str(file["text"]))
            arrays = [file[f"array{k}"] for k in range(len(file.files) - 1)]
            return _grown(text["plan"], arrays), text["info"]
    except BROKEN_ARCHIVE as error:
        raise ValueError(
            f"{path} is damaged, or another kind of file ({error}): "
            "delete it to begin afresh, or put an earlier copy in its place"
        ) from error
