"""Where two results differ: the first place, and what kind of difference it is."""

from __future__ import annotations

import inspect
from typing import Any, NamedTuple

import numpy as np

NUMBERS = (int, float, complex, np.number)
isclose, allclose = np.isclose, np.allclose  # what an answer does to np comes too late


class Difference(NamedTuple):
    """The first place in which a result differs from the expected one."""

    kind: str  # "type", "shape", "integers", "complex", "length", "keys", "value"
    where: str
    expected: Any
    came: Any


def is_number(value) -> bool:
    """Tell whether a value is one number: a builtin, a NumPy scalar or a 0-d array."""
    if isinstance(value, np.ndarray):
        return value.ndim == 0 and value.dtype.kind in "iufc"
    return isinstance(value, NUMBERS) and not isinstance(value, bool)


def difference(came, expected, rtol: float, atol: float, where: str = "") -> Difference | None:
    """Return the first difference between two results, or None where they agree.

    Numbers agree within ``atol + rtol * |expected|``, and NaN agrees with NaN.
    Tuples, lists and dicts are compared element by element; an array is
    expected where the reference returns one, of the same shape, and not of
    whole numbers where the reference has fractions.

    Examples
    --------
    >>> difference(np.array([1.0, 2.0]), np.array([1.0, 3.0]), 1e-9, 0.0).where
    '[1]'
    >>> difference(2.0, 2.0 + 1e-12, 1e-9, 0.0) is None
    True
    """
    if is_number(expected):
        if not is_number(came):
            return Difference("type", where, expected, came)
        return _array_difference(np.asarray(came), np.asarray(expected), rtol, atol, where)
    if isinstance(expected, str):
        return _word_difference(came, expected, where)
    if isinstance(expected, np.ndarray):
        if not isinstance(came, np.ndarray):
            return Difference("type", where, expected, came)
        if came.shape != expected.shape:
            return Difference("shape", where, expected, came)
        return _array_difference(np.asarray(came), expected, rtol, atol, where)
    if isinstance(expected, (tuple, list)):
        return _sequence_difference(came, expected, rtol, atol, where)
    if isinstance(expected, dict):
        return _dict_difference(came, expected, rtol, atol, where)
    if isinstance(expected, (bool, np.bool_)):
        came = bool(came) if isinstance(came, np.bool_) else came
        return None if came is bool(expected) else Difference("value", where, expected, came)
    if type(came) is type(expected) and came == expected:
        return None
    kind = "value" if type(came) is type(expected) else "type"
    return Difference(kind, where, expected, came)


def _word_difference(came, expected, where):
    if isinstance(came, np.ndarray) and came.ndim == 0:
        came = came.item()
    if not isinstance(came, str):
        return Difference("type", where, expected, came)
    return None if str.__eq__(str(came), expected) else Difference("value", where, expected, came)


def _array_difference(came, expected, rtol, atol, where):
    if came.dtype.kind not in "biufc" or expected.dtype.kind == "b" != came.dtype.kind:
        return Difference("type", where, expected, came)
    if came.dtype.kind == "c" and expected.dtype.kind != "c":
        return Difference("complex", where, expected, came)
    same = came.dtype == expected.dtype and came.tobytes() == expected.tobytes()
    wrong = not same and ~isclose(came, expected, rtol=rtol, atol=atol, equal_nan=True)
    if np.any(wrong):
        index = tuple(int(i) for i in np.argwhere(wrong)[0])
        here = where + (str(list(index)) if index else "")
        return Difference("value", here, expected[index], came[index])
    if came.ndim and came.dtype.kind in "iu" and expected.dtype.kind == "f":
        return Difference("integers", where, expected, came)
    return None


def _sequence_difference(came, expected, rtol, atol, where):
    if not isinstance(came, (tuple, list)):
        return Difference("type", where, expected, came)
    if len(came) != len(expected):
        return Difference("length", where, expected, came)
    names = getattr(expected, "_fields", None) or [f"[{i}]" for i in range(len(expected))]
    found = (
        difference(c, e, rtol, atol, f"{where}{'.' if name.isidentifier() else ''}{name}")
        for c, e, name in zip(came, expected, names, strict=True)
    )
    return next(filter(None, found), None)


def _dict_difference(came, expected, rtol, atol, where):
    if not isinstance(came, dict):
        return Difference("type", where, expected, came)
    if came.keys() != expected.keys():
        return Difference("keys", where, sorted(map(str, expected)), sorted(map(str, came)))
    found = (difference(came[k], expected[k], rtol, atol, f"{where}[{k!r}]") for k in expected)
    return next(filter(None, found), None)


def arrays_in(value) -> list[np.ndarray]:
    """Return every array, of at least one element, that a nested value holds."""
    if isinstance(value, np.ndarray):
        return [value] if value.ndim and value.size else []
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (tuple, list)):
        return [array for item in value for array in arrays_in(item)]
    return []


def numbers_in(value) -> np.ndarray:
    """Return every number that a nested value holds, as one flat float64 array."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (tuple, list)):
        return np.concatenate([np.empty(0), *map(numbers_in, value)])
    if isinstance(value, np.ndarray) and value.dtype.kind in "iuf":
        return value.astype(float).ravel()
    if is_number(value) and not np.iscomplexobj(value):
        return np.array([float(value)])
    return np.empty(0)


def identical(a, b) -> bool:
    """Compare arguments with their untouched copies; what is no number or function is passed."""
    if isinstance(a, np.ndarray) and isinstance(b, np.ndarray):
        if a.shape != b.shape or a.dtype != b.dtype:
            return False
        same = a.tobytes() == b.tobytes()
        return same or np.array_equal(a, b, equal_nan=a.dtype.kind in "fc")
    if isinstance(a, (list, tuple)):
        return len(a) == len(b) and all(map(identical, a, b))
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(identical(a[k], b[k]) for k in a)
    return a is b if inspect.isfunction(a) else True


def has_whole_numbers(arg) -> bool:
    """Tell whether an argument is, or holds, a number or array of an integer type."""
    if isinstance(arg, dict):
        arg = list(arg.values())
    if isinstance(arg, (list, tuple)):
        return any(map(has_whole_numbers, arg))
    is_numeric = is_number(arg) or isinstance(arg, np.ndarray)
    return is_numeric and np.asarray(arg).dtype.kind in "iu"
