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


def whole_number(value, name: str, least: int = 0) -> int:
    """Return a whole number as an int, also one that is written as 3.0.

    Raises
    ------
    TypeError, ValueError
        The value is not one real number, not whole, or below the least.

    Examples
    --------
    >>> whole_number(10.0, "steps")
    10
    >>> whole_number(2.5, "steps")
    Traceback (most recent call last):
    ValueError: steps must be a whole number, 0 or more, got 2.5
    """
    number = real_number(value, name)
    if not (number >= least and number % 1 == 0):
        raise ValueError(f"{name} must be a whole number, {least} or more, got {value!r}")
    return int(number)


def gradient_at(grad, w: np.ndarray, name: str = "the gradient") -> np.ndarray:
    """Return grad(w) as a new float64 array; grad gets a copy of the point.

    Raises
    ------
    TypeError, ValueError
        What comes back does not hold real numbers, or has another shape than the point.

    Examples
    --------
    >>> gradient_at(lambda w: 2 * w, np.array([1.0, 3.0]))
    array([2., 6.])
    >>> gradient_at(sum, np.array([1.0, 3.0]))
    Traceback (most recent call last):
    ValueError: the gradient must have the shape of its point, (2,), got ()
    """
    g = real_array(grad(w.copy()), name)
    if g.shape != w.shape:
        raise ValueError(f"{name} must have the shape of its point, {w.shape}, got {g.shape}")
    return g


def parameters(w, g) -> tuple[np.ndarray, np.ndarray]:
    """Return parameters and their gradient as real arrays of one shape.

    Raises
    ------
    TypeError, ValueError
        One of them does not hold real numbers, or the shapes differ.

    Examples
    --------
    >>> parameters([1, 2], [3, 4])
    (array([1., 2.]), array([3., 4.]))
    >>> parameters([1, 2], [3])
    Traceback (most recent call last):
    ValueError: w and g must have one shape, got (2,) and (1,)
    """
    w, g = real_array(w, "w"), real_array(g, "g")
    if w.shape != g.shape:
        raise ValueError(f"w and g must have one shape, got {w.shape} and {g.shape}")
    return w, g
