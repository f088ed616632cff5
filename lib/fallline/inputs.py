"""What every function does with its input: take real numbers, or say what came instead."""

from __future__ import annotations

import numpy as np


def real_array(value, name: str, ndim: int | None = None) -> np.ndarray:
    """Return real numbers as a new float64 array; NaN and infinity pass.

    Parameters
    ----------
    value : array_like
        The argument as it came.
    name : str
        What the error calls it.
    ndim : int, optional
        How many axes it must have.

    Returns
    -------
    array of float64
        A copy, which may be changed.

    Raises
    ------
    TypeError
        The value does not hold real numbers, or its rows differ in length.
    ValueError
        It has another number of axes.

    Examples
    --------
    >>> real_array([1, 2], "x")
    array([1., 2.])
    >>> real_array("two", "x")
    Traceback (most recent call last):
    TypeError: x must hold real numbers, got 'two'
    """
    try:
        array = np.asarray(value)
    except ValueError as error:
        raise TypeError(f"{name} must have rows of one length, got {value!r}") from error
    if array.dtype.kind not in "biuf":
        raise TypeError(f"{name} must hold real numbers, got {value!r}")
    if ndim is not None and array.ndim != ndim:
        raise ValueError(f"{name} must have {ndim} axes (ndim = {ndim}), got shape {array.shape}")
    return np.array(array, dtype=float)


def real_number(value, name: str) -> float:
    """Return one real number as a float.

    Raises
    ------
    TypeError
        The value is not a real number.
    ValueError
        It is an array of more than one number, or with axes.

    Examples
    --------
    >>> real_number(3, "a")
    3.0
    >>> real_number([1, 2], "a")
    Traceback (most recent call last):
    ValueError: a must be one number, got an array of shape (2,)
    """
    array = real_array(value, name)
    if array.ndim:
        raise ValueError(f"{name} must be one number, got an array of shape {array.shape}")
    return float(array)


def nonzero_step(h, name: str = "h") -> float:
    """Return the step of a difference as a float; 0 is no step.

    Raises
    ------
    TypeError, ValueError
        The step is not one real number, or it is 0.

    Examples
    --------
    >>> nonzero_step(0)
    Traceback (most recent call last):
    ValueError: h must not be 0: a difference needs two different points; try h = 1e-6
    """
    h = real_number(h, name)
    if h == 0:
        raise ValueError(
            f"{name} must not be 0: a difference needs two different points; try {name} = 1e-6"
        )
    return h
