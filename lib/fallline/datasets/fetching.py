"""Fetching data sets, on request only: mirrors, checksums, a progress bar, nothing by halves."""

import hashlib
import io
import sys
from pathlib import Path

from fallline.datasets.images import FOLDER, Damaged, cache, find, read_idx, unpacked
from fallline.datasets.sources import Source, source_of
from fallline.files import write_whole


def _downloader(progress):
    """Return pooch's downloader, or say what to install."""
    try:
        import pooch
        import tqdm  # noqa: F401
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            f"fetching needs pooch and tqdm, and {error.name} is missing: "
            "install them with  pip install pooch tqdm",
            name=error.name,
        ) from error
    bar = sys.stderr.isatty() if progress is None else bool(progress)
    return pooch.HTTPDownloader(progressbar=bar, chunk_size=65536)


def _checked(url: str, content: bytes, sha256: str, md5: str) -> bytes:
    """Return a download if what it holds has both checksums."""
    inside = unpacked(url, content)
    found = hashlib.sha256(inside).hexdigest()
    published = hashlib.md5(inside, usedforsecurity=False).hexdigest()
    if (found, published) != (sha256, md5):
        raise Damaged(f"{url} holds {len(content)} bytes with another checksum than published")
    return content


def _download(source: Source, file: tuple, mirrors, download) -> bytes:
    """Return one file from the first mirror that has it whole."""
    stem, sha256, md5 = file
    reasons = []
    for mirror in mirrors:
        url, content = f"{mirror.rstrip('/')}/{stem}.gz", io.BytesIO()
        try:
            download(url, content, None)
            return _checked(url, content.getvalue(), sha256, md5)
        except (OSError, ValueError) as error:  # what requests raises is an OSError
            inner = getattr(error.args[0], "reason", error) if error.args else error
            reasons.append(f"{url}: {inner or type(error).__name__}")
            if getattr(error, "response", None) is not None:
                error.response.close()  # an answer that was not read keeps its connection
    raise ConnectionError(
        f"{source.title} could not be fetched: no mirror gave {stem}.gz.\n"
        + "".join(f"  {reason}\n" for reason in reasons)
        + "What was there before is as it was, and files that are complete are kept. "
        "Check the network connection and try again"
    )


def fetch(name: str, folder=None, *, mirrors=None, progress=None) -> Path:
    """Fetch a data set, unless this machine has it, and return the folder that it lies in.

    Each file is downloaded, compared with its published checksum, and only then put into the
    folder, as a whole: a download that was stopped in the middle leaves nothing behind, and the
    next one fetches the files that are missing. A damaged file stays until a good one is there.

    Parameters
    ----------
    name : {"mnist", "fashion"}
        The data set.
    folder : path, optional
        Where a folder of its name is made; by default in the user's cache, and then only if
        neither the cache nor the folder that ``FALLLINE_DATA`` names has a good copy.
    mirrors : sequence of str, optional
        Addresses to be tried in turn; by default the known ones.
    progress : bool, optional
        Whether a bar is shown for each file; by default only on a terminal.

    Returns
    -------
    pathlib.Path
        The folder with the files.

    Raises
    ------
    ValueError
        If there is no data set of that name.
    ConnectionError
        If no mirror gave a file whole, with the reason of each; nothing that was there is changed.
    OSError
        If the folder cannot be written, or has no room left.
    ModuleNotFoundError
        If pooch or tqdm is not installed: the extra ``data`` brings them.

    Notes
    -----
    MNIST is by Y. LeCun and C. Cortes, under CC BY-SA 3.0; Fashion-MNIST by Zalando, under the MIT
    licence. Neither is part of this library.

    References
    ----------
    ``LeCunBottouBengioHaffner1998``, ``XiaoRasulVollgraf2017``.
    """
    source = source_of(name)
    try:
        return find(source, folder)[1]
    except (FileNotFoundError, ValueError):
        pass
    download = _downloader(progress)
    target = (cache() if folder is None else Path(folder)) / source.name
    for file in source.idx:
        if not _is_there(target, file):
            content = _download(source, file, mirrors or source.mirrors, download)
            _put(target / f"{file[0]}.gz", content)
    return target


def _put(path: Path, content: bytes) -> None:
    """Write a file as a whole, or say where it may be put instead."""
    try:
        write_whole(path, content)
    except OSError as error:
        raise OSError(
            f"{path} cannot be written: {error}. Make room, or fetch to another folder with "
            f"--folder FOLDER , and set {FOLDER} to it"
        ) from error


def _is_there(folder: Path, file: tuple) -> bool:
    """Return whether a folder has one file, and it is good."""
    try:
        return read_idx(folder, *file[:2]) is not None
    except Exception:  # whatever is wrong with it, it has to be fetched
        return False
