"""Real data for the experiments: what ships with a package, and what lies in a data folder.

The data folder is named by the environment variable ``FALLLINE_DATA``.
The book's pages need none: they keep to the data that ship with scikit-learn,
so that their numbers are the same on every machine.
"""

import hashlib
import io
import os
from pathlib import Path
from typing import NamedTuple

import numpy as np

__all__ = ["Split", "diabetes", "digits", "handwriting", "mnist"]

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


# --- what ships with scikit-learn ---


def _shipped(name: str):
    """Return a data set of scikit-learn, or say what to install."""
    try:
        from sklearn import datasets
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            f"the {name} data ship with scikit-learn, and sklearn cannot be imported here: "
            "install it with  pip install scikit-learn",
            name=error.name,
        ) from error
    return getattr(datasets, f"load_{name}")()


def digits() -> tuple[np.ndarray, np.ndarray]:
    """Return the handwritten digits that ship with scikit-learn.

    Returns
    -------
    X : array, shape (1797, 64)
        Images of 8 by 8 pixels, one a row, from 0 (white) to 1.
    y : array of int, shape (1797,)
        The digit that each image shows, from 0 to 9.

    Raises
    ------
    ModuleNotFoundError
        If scikit-learn is not installed: the extra ``data`` brings it.

    Examples
    --------
    >>> X, y = digits()
    >>> X.shape, float(X.max()), y[:5].tolist()
    ((1797, 64), 1.0, [0, 1, 2, 3, 4])

    References
    ----------
    ``AlpaydinKaynak1998``.
    """
    data = _shipped("digits")
    return data.data / 16, data.target.astype(int)


def diabetes() -> tuple[np.ndarray, np.ndarray]:
    """Return the diabetes data that ship with scikit-learn, for regression.

    Returns
    -------
    X : array, shape (442, 10)
        Ten measurements of each patient; each column has mean 0 and sum of squares 1.
    y : array, shape (442,)
        A measure of the disease's progress a year later, from 25 to 346.

    Raises
    ------
    ModuleNotFoundError
        If scikit-learn is not installed: the extra ``data`` brings it.

    Examples
    --------
    >>> X, y = diabetes()
    >>> X.shape, float(y.min()), float(y.max())
    ((442, 10), 25.0, 346.0)

    References
    ----------
    ``EfronHastieJohnstoneTibshirani2004``, section 2.
    """
    data = _shipped("diabetes")
    return data.data, data.target


# --- what lies in the data folder ---


class _File(NamedTuple):
    """A file of images: its name, its SHA-256, and how often each class occurs."""

    name: str
    sha256: str
    train: tuple
    test: tuple


_MNIST = _File(
    "mnist_u8.npz",
    "f088c386828b53229515bbf5683e683f2289a1e9c3b15315f58e87a8335b6afc",
    (5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949),
    (980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009),
)


def _content(name: str, folder) -> bytes:
    """Return what a file of the data folder holds, or say where it should lie."""
    folder = os.environ.get(FOLDER) if folder is None else folder
    if not folder:
        raise FileNotFoundError(
            f"no data folder is named: set the environment variable {FOLDER} "
            f"to the folder that holds {name}"
        )
    path = Path(folder) / name
    if not path.is_file():
        raise FileNotFoundError(
            f"{path} is missing: put {name} there, or set {FOLDER} to the folder that holds it"
        )
    return path.read_bytes()


def _images(file: _File, folder) -> Split:
    """Return the images of a file, after its checksum and the number of each class."""
    content = _content(file.name, folder)
    found = hashlib.sha256(content).hexdigest()
    if found != file.sha256:
        raise ValueError(
            f"{file.name} is damaged, or another file of that name: its SHA-256 is {found} and "
            f"should be {file.sha256}; delete it and copy it into the data folder again"
        )
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        X, y, X_test, y_test = (arrays[key] for key in ("xtr", "ytr", "xte", "yte"))
    split = Split(_rows(X), y.astype(int), _rows(X_test), y_test.astype(int))
    for labels, counts in ((split.y, file.train), (split.y_test, file.test)):
        if tuple(np.bincount(labels)) != counts:
            raise ValueError(f"{file.name} holds {np.bincount(labels)} of each class, not {counts}")
    return split


def _rows(images: np.ndarray) -> np.ndarray:
    """Return images as rows of pixels."""
    return images.reshape(len(images), -1)


def mnist(folder=None) -> Split:
    """Return the MNIST digits, if the data folder has them as ``mnist_u8.npz``.

    The file holds the arrays xtr, ytr, xte and yte; it is read without pickle, and
    its checksum and the number of each digit are verified.

    Parameters
    ----------
    folder : path, optional
        The data folder; by default the one that ``FALLLINE_DATA`` names.

    Returns
    -------
    Split
        60 000 images to learn from and 10 000 to test with, each a row of 28 x 28 pixels
        of type uint8, from 0 (white) to 255. Take as many rows as you need before you divide:
        all of them as float64 fill 376 MB.

    Raises
    ------
    FileNotFoundError
        If no folder is named, or if the file is not there.
    ValueError
        If the file is damaged.

    References
    ----------
    ``LeCunBottouBengioHaffner1998``, section III.
    """
    return _images(_MNIST, folder)


def handwriting(n=2000, folder=None) -> tuple[str, Split]:
    """Return MNIST where the data folder has it, and else the digits: for trying things out.

    Parameters
    ----------
    n : int
        At most how many images to learn from: the first ones.
    folder : path, optional
        The data folder; by default the one that ``FALLLINE_DATA`` names.

    Returns
    -------
    name : {"MNIST", "digits"}
        Which data these are.
    split : Split
        Pixels are float64 from 0 to 1. Of MNIST all test images are there;
        of the digits the first 1400 are to learn from and the last 397 to test with.

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
        X, y = digits()
        return "digits", Split(X[:1400][:n], y[:1400][:n], X[1400:], y[1400:])
    return "MNIST", Split(X[:n] / 255, y[:n], X_test / 255, y_test)
