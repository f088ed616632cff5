"""Images with their classes: where they lie, and whether they are what they should be."""

import gzip
import hashlib
import io
import os
import struct
import warnings
import zipfile
import zlib
from pathlib import Path
from typing import NamedTuple

import numpy as np

from fallline.datasets.shipped import digits
from fallline.datasets.sources import SOURCES, Source, source_of

FOLDER = "FALLLINE_DATA"
"""The environment variable that names the data folder."""


class Split(NamedTuple):
    """Images and their classes, some to learn from and others to test with.

    X of shape (N, D) has one image a row, and y of shape (N,) the class of each;
    X_test of shape (M, D) and y_test of shape (M,) are not seen by the training.
    """

    X: np.ndarray
    y: np.ndarray
    X_test: np.ndarray
    y_test: np.ndarray


class Damaged(ValueError):
    """A file is not what it should be; the message names it and says what is wrong."""


class _Other(Exception):
    """A folder holds the files of another data set, which bear the same names."""


# --- one file ---


def check_sum(path, content: bytes, sha256: str) -> bytes:
    """Return what a file holds, or say that it is not what it should be."""
    found = hashlib.sha256(content).hexdigest()
    if found == sha256:
        return content
    if any(found == known for source in SOURCES.values() for _, known, _ in source.idx):
        raise _Other
    raise Damaged(
        f"{path} is damaged, or another file of that name: "
        f"its SHA-256 is {found} and should be {sha256}"
    )


def unpacked(path, content: bytes) -> bytes:
    """Return what a gzipped file holds, and any other as it is."""
    if not content.startswith(b"\x1f\x8b"):
        return content
    try:
        return gzip.decompress(content)
    except (EOFError, OSError, zlib.error) as error:
        raise Damaged(f"{path} is damaged, or was cut short: {error}") from error


def _idx_array(path, content: bytes) -> np.ndarray:
    """Return the array of bytes in a file of the idx format."""
    zeros, kind, axes = struct.unpack_from(">HBB", content) if len(content) >= 4 else (1, 0, 0)
    if zeros or kind != 8 or not axes or len(content) < 4 + 4 * axes:
        raise Damaged(f"{path} is no idx file of bytes")
    shape = struct.unpack_from(f">{axes}I", content, 4)
    pixels = np.frombuffer(content, np.uint8, offset=4 + 4 * axes)
    if pixels.size != np.prod(shape, dtype=int):
        raise Damaged(f"{path} should hold an array of shape {shape}, and has {pixels.size} bytes")
    return pixels.reshape(shape).copy()


def read_idx(folder: Path, stem: str, sha256: str) -> np.ndarray | None:
    """Return the array of one idx file, gzipped or not; None if there is neither.

    Raises
    ------
    Damaged
        If there is one, or there are two, and none is what it should be.
    """
    wrong: Exception | None = None
    for path in (folder / stem, folder / f"{stem}.gz"):
        try:
            if path.is_file():
                content = check_sum(path, unpacked(path, path.read_bytes()), sha256)
                return _idx_array(path, content)
        except OSError as error:
            wrong = wrong or Damaged(f"{path} cannot be read: {error}")
        except (Damaged, _Other) as error:
            wrong = wrong or error
    if wrong is not None:
        raise wrong
    return None


# --- one folder ---


def _from_archive(source: Source, folder: Path):
    """Return the four arrays of the ``.npz`` file in a folder; None if there is none."""
    if source.archive is None or not (folder / source.archive[0]).is_file():
        return None
    path = folder / source.archive[0]
    content = check_sum(path, path.read_bytes(), source.archive[1])
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
            return [arrays[key] for key in ("xtr", "ytr", "xte", "yte")]
    except (ValueError, KeyError, zipfile.BadZipFile) as error:
        raise Damaged(f"{path} is not what it should be: {error}") from error


def _from_idx(source: Source, folder: Path):
    """Return the four arrays of the idx files in a folder; None if there is no such file."""
    arrays = [read_idx(folder, stem, sha256) for stem, sha256, _ in source.idx]
    missing = [stem for (stem, *_), array in zip(source.idx, arrays, strict=True) if array is None]
    if len(missing) == len(arrays):
        return None
    if missing:
        raise Damaged(f"{folder} is not complete: {', '.join(missing)} is missing")
    return arrays


def _verified(source: Source, arrays) -> Split:
    """Return four arrays as rows and classes, after a look at shapes, kinds and classes."""
    X, y, X_test, y_test = arrays
    for images, labels, counts in ((X, y, source.train), (X_test, y_test, source.test)):
        fits = images.ndim >= 2 and labels.shape == images.shape[:1]
        if not fits or images.dtype != np.uint8 or labels.dtype.kind not in "iu":
            raise Damaged(
                f"{source.title} here is {images.dtype} {images.shape} with labels "
                f"{labels.dtype} {labels.shape}, not uint8 images with one label each"
            )
        if tuple(np.bincount(labels)) != counts:
            raise Damaged(f"{source.title} here holds {np.bincount(labels)} of each class")
    return Split(
        X.reshape(len(X), -1),
        y.astype(int),
        X_test.reshape(len(X_test), -1),
        y_test.astype(int),
    )


def cache() -> Path | None:
    """Return the folder of the user's cache, None where pooch is not installed."""
    try:
        from pooch import os_cache
    except ModuleNotFoundError:
        return None
    return Path(os_cache("fallline"))


def _roots(folder) -> list[Path]:
    """Return the folders that are looked into, in that order."""
    if folder is not None:
        return [Path(folder)]
    named = os.environ.get(FOLDER)
    return [Path(root) for root in (named, cache()) if root]


def find(source: Source, folder=None) -> tuple[Split, Path]:
    """Return a good copy of a data set and the folder that it lies in.

    Raises
    ------
    FileNotFoundError
        If there is none.
    ValueError
        If there are only damaged ones; a good one is used, with a warning of the damaged one.
    """
    wrong, roots = [], _roots(folder)
    places = [place for root in roots for place in (root, *(root / sub for sub in source.folders))]
    for place in places:
        for read in (_from_archive, _from_idx):
            try:
                arrays = read(source, place)
                split = None if arrays is None else _verified(source, arrays)
            except _Other:
                continue
            except (Damaged, OSError) as error:
                wrong.append(str(error))
                continue
            if split is not None:
                if wrong:
                    warnings.warn(f"{wrong[0]}; {place} is used instead", stacklevel=3)
                return split, place
    _complain(source, folder, wrong, roots)


def _complain(source: Source, folder, wrong, roots):
    """Raise the error that says what was looked for and how to get it."""
    get = f"make data  (or  python -m fallline.datasets fetch {source.name} )"
    if wrong:
        told = "; ".join(wrong)
        raise ValueError(f"{told}. Delete it and copy it there again, or fetch it:  {get}")
    files = [source.archive[0]] if source.archive else []
    files.append(f"the four files {source.idx[0][0]}[.gz], ...")
    within = f", in folders called {source.name} within" if roots else ""
    looked = "".join(f"\n  looked into {root}{within}" for root in roots)
    named = "" if os.environ.get(FOLDER) or folder else f"\n  {FOLDER} is not set"
    raise FileNotFoundError(
        f"{source.title} is missing on this machine.{looked}{named}\n"
        f"Fetch it:  {get}\nor set {FOLDER} to the folder that holds {' or '.join(files)}"
    )


def mnist(folder=None) -> Split:
    """Return the MNIST digits, from the data folder or the user's cache.

    They are read from ``mnist_u8.npz`` or from the four idx files, gzipped or not,
    in the folder itself or in one called ``mnist`` within.

    Parameters
    ----------
    folder : path, optional
        The only folder to look into; by default the one that ``FALLLINE_DATA`` names,
        and then the user's cache, where `fetch` puts them.

    Returns
    -------
    Split
        60 000 images to learn from and 10 000 to test with, each a row of 28 x 28 pixels
        of type uint8, from 0 (white) to 255. Take as many rows as you need before you divide:
        all of them as float64 fill 376 MB.

    Raises
    ------
    FileNotFoundError
        If they are not there; the message says how to fetch them.
    ValueError
        If a file is damaged and there is no other; the message says which, and how to repair it.

    References
    ----------
    ``LeCunBottouBengioHaffner1998``, section III.
    """
    return find(source_of("mnist"), folder)[0]


def fashion(folder=None) -> Split:
    """Return Fashion-MNIST: pieces of clothing, of the same form as MNIST and harder to tell apart.

    They are read from the four idx files, gzipped or not, in the folder itself or in one called
    ``fashion`` or ``fashion-mnist`` within.

    Parameters
    ----------
    folder : path, optional
        As for `mnist`.

    Returns
    -------
    Split
        60 000 images to learn from, 6000 of each class, and 10 000 to test with, 1000 of each:
        T-shirt, trousers, pullover, dress, coat, sandal, shirt, sneaker, bag, ankle boot.

    Raises
    ------
    FileNotFoundError, ValueError
        As for `mnist`.

    References
    ----------
    ``XiaoRasulVollgraf2017``.
    """
    return find(source_of("fashion"), folder)[0]


def digits_split() -> Split:
    """Return scikit-learn's digits in the order of the file, the last 397 of them to test with.

    Returns
    -------
    Split
        1400 images to learn from and 397 to test with; pixels are float64 from 0 to 1.

    Raises
    ------
    ModuleNotFoundError
        As for `digits`.

    Examples
    --------
    >>> [len(part) for part in digits_split()]
    [1400, 1400, 397, 397]

    References
    ----------
    ``AlpaydinKaynak1998``.
    """
    X, y = digits()
    return Split(X[:1400], y[:1400], X[1400:], y[1400:])


def handwriting(n=2000, folder=None) -> tuple[str, Split]:
    """Return MNIST where this machine has it, and else the digits: for trying things out.

    Parameters
    ----------
    n : int
        At most how many images to learn from: the first ones.
    folder : path, optional
        As for `mnist`.

    Returns
    -------
    name : {"MNIST", "digits"}
        Which data these are.
    split : Split
        Pixels are float64 from 0 to 1. Of MNIST all test images are there;
        the digits are split as by `digits_split`.

    Raises
    ------
    ValueError
        If the file is there and damaged.
    ModuleNotFoundError
        If there is no file, and scikit-learn is not installed.

    Examples
    --------
    >>> name, split = handwriting(100)
    >>> len(split.y), float(split.X.max())
    (100, 1.0)
    """
    try:
        X, y, X_test, y_test = mnist(folder)
    except FileNotFoundError:
        X, y, X_test, y_test = digits_split()
        return "digits", Split(X[:n], y[:n], X_test, y_test)
    return "MNIST", Split(X[:n] / 255, y[:n], X_test / 255, y_test)
