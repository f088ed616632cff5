"""The mistakes that can be made in any task: what each does, its hint, and how to make one."""

from __future__ import annotations

import functools
from collections.abc import Callable

import numpy as np

from fallline.marking.compare import has_whole_numbers, is_number

HINTS = {
    "changes its argument": (
        "An argument was changed in place. The caller still needs it: "
        "work on a copy (x.copy()) or build a new array."
    ),
    "truncates integers": (
        "The answer is right for fractions and wrong for whole numbers: an integer array cuts "
        "off what comes after the point. Start from np.asarray(x, dtype=float)."
    ),
    "returns shared memory": (
        "The result shares its memory with an argument or with an earlier result, so changing "
        "one changes the other. Return a new array."
    ),
    "uses global randomness": (
        "A global random generator was used, so the answer is not reproducible. Draw only from "
        "the rng argument where there is one, and not at all where there is none."
    ),
    "hides NaN": (
        "NaN went in and did not come out. NaN says that something is missing or broken: "
        "let it pass through, do not replace it."
    ),
}


def generic_mistakes(reference: Callable) -> dict[str, Callable]:
    """Return the reference spoilt in each generic way, keyed like `HINTS`."""
    return {
        "changes its argument": _around(reference, before=_spoil_arguments),
        "truncates integers": _around(reference, after=_truncate),
        "returns shared memory": _around(reference, after=_ReusedBuffer()),
        "uses global randomness": _around(reference, before=lambda args: np.random.random()),
        "hides NaN": _around(reference, after=lambda args, value: _each(np.nan_to_num, value)),
    }


def _around(reference, before=None, after=None):
    """Wrap a function, and any function that it returns, with a step before or after it."""

    @functools.wraps(reference)
    def spoilt(*args, **options):
        value = reference(*args, **options)
        if callable(value):
            return _around(value, before, after)
        if before:
            before(args)
        return after(args, value) if after else value

    return spoilt


def _each(change, value):
    """Apply a change to every array and number of a result."""
    if isinstance(value, tuple):
        return tuple(_each(change, item) for item in value)
    if isinstance(value, np.ndarray):
        return change(value)
    return type(value)(change(value)) if is_number(value) else value


def _spoil_arguments(args):
    for array in args:
        if isinstance(array, np.ndarray) and array.size:
            array.flat[0] += 1
        elif isinstance(array, list) and array:
            array.reverse()


def _truncate(args, value):
    if not any(map(has_whole_numbers, args)):
        return value
    return _each(lambda v: np.trunc(v) if np.all(np.isfinite(v)) else v, value)


class _ReusedBuffer:
    """Put every array result of one shape and kind into the same memory."""

    def __init__(self):
        self.buffers = {}

    def __call__(self, args, value):
        return _each(self._store, value) if not is_number(value) else value

    def _store(self, value):
        if not isinstance(value, np.ndarray):
            return value
        buffer = self.buffers.setdefault((value.shape, value.dtype), np.empty_like(value))
        buffer[...] = value
        return buffer
