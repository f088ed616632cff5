"""Small data that ship with scikit-learn."""

import numpy as np


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
