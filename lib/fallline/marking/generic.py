"""The mistakes that can be made in any task: what each does, its hint, and how to make one.

A function is spoilt where numbers go in, its arguments, and where they come out, its result;
a procedure, which returns nothing, leaves its results in the objects that it was given.
A class is spoilt where numbers go in, its constructor, and where they come out, its attributes.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable

import numpy as np

from fallline.marking.compare import arrays_in, has_whole_numbers, is_number, numbers_in
from fallline.marking.outcome import try_all
from fallline.marking.task import Task

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


def applies(name: str, task: Task) -> bool:
    """Tell whether a generic mistake can happen in a task at all, by what goes in and comes out.

    An argument can be changed where arrays or lists go in; whole numbers can be truncated where
    they go in and fractions come out; memory is shared where arrays come out, and NaN is hidden
    where it does. What goes in is what the answer itself is given: numbers inside of an
    object were taken in by the class of that object, and are floats.
    """
    outcomes = try_all(task.all_cases(0), task.reference)
    values = [outcome.value for outcome in outcomes if outcome.error is None]
    given = _given(task)
    if name == "changes its argument":
        return any(arrays_in(arg) or isinstance(arg, list) for arg in given)
    if name == "returns shared memory":
        return any(map(arrays_in, values))
    if name == "hides NaN":
        return any(np.isnan(numbers_in(v)).any() for v in values)
    if name == "truncates integers":
        numbers = np.concatenate([np.empty(0), *map(numbers_in, values)])
        fractions = (numbers[np.isfinite(numbers)] % 1 > 0).any()
        return fractions and any(map(has_whole_numbers, given))
    return True


def _given(task: Task) -> list:
    """Return every argument that the task's answers are given in its cases."""
    given = []
    spies = {key: _spoilt(f, before=given.extend) for key, f in task.reference.items()}
    try_all(task.all_cases(0), spies)
    return given


def generic_mistakes(reference: Callable) -> dict[str, Callable]:
    """Return the reference spoilt in each generic way, keyed like `HINTS`."""
    if inspect.isclass(reference):
        shared = _class_around(reference, built=_keep_arguments)
    else:
        shared = _around(reference, after=_ReusedBuffer())
    return {
        "changes its argument": _spoilt(reference, before=_spoil_arguments),
        "truncates integers": _spoilt(reference, after=_truncate),
        "returns shared memory": shared,
        "uses global randomness": _spoilt(reference, before=lambda args: np.random.random()),
        "hides NaN": _spoilt(reference, after=lambda args, value: _each(_hide_nan, value)),
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
        if after and value is None:
            _change_attributes(args, after)
        return after(args, value) if after else value

    spoilt.__dict__ = getattr(reference, "__dict__", {})  # a counter stays one counter
    return spoilt


def _class_around(reference, before=None, after=None, built=None):
    """Make a subclass with a step after its constructor, and one before an attribute is read.

    `after` sees the arguments that this very object was made of.
    """

    class Spoilt(reference):
        def __init__(self, *args, **options):
            super().__init__(*args, **options)
            vars(self)["_made_of"] = args
            if before:
                before(args)
            if built:
                built(self, args)

        def __getattribute__(self, name):
            value = super().__getattribute__(name)
            if after and not name.startswith("_") and _holds_numbers(value):
                return after(super().__getattribute__("__dict__").get("_made_of", ()), value)
            return value

    Spoilt.__name__ = reference.__name__
    return Spoilt


def _spoilt(reference, before=None, after=None):
    wrap = _class_around if inspect.isclass(reference) else _around
    return wrap(reference, before, after)


def _holds_numbers(value) -> bool:
    return is_number(value) or isinstance(value, np.ndarray)


def _change_attributes(args, after):
    """Change the numbers in the attributes of all objects that can be reached from arguments."""
    seen, waiting = set(), list(args)
    while waiting:
        item = waiting.pop()
        if isinstance(item, (tuple, list)):
            waiting.extend(item)
        elif hasattr(item, "__dict__") and not callable(item) and id(item) not in seen:
            seen.add(id(item))
            waiting.extend(vars(item).values())
            numbers = {k: v for k, v in vars(item).items() if _holds_numbers(v)}
            vars(item).update({k: after(args, v) for k, v in numbers.items()})


def _keep_arguments(made, args):
    """Let an object hold the arrays that it was made of, and not copies of them."""
    for name, value in vars(made).items():
        for arg in args:
            arrays = isinstance(arg, np.ndarray) and isinstance(value, np.ndarray)
            if arrays and arg.dtype == value.dtype and np.array_equal(arg, value):
                vars(made)[name] = arg


def _each(change, value):
    """Apply a change to every array and number of a result."""
    if isinstance(value, (tuple, list)):
        kind = list if isinstance(value, list) else tuple
        return kind(_each(change, item) for item in value)
    if isinstance(value, dict):
        return {key: _each(change, item) for key, item in value.items()}
    if isinstance(value, np.ndarray):
        return change(value)
    return type(value)(change(value)) if is_number(value) else value


def _spoil_arguments(args):
    for array in args:
        if isinstance(array, np.ndarray) and array.size:
            array.flat[0] += 1
        elif isinstance(array, list) and array:
            array.reverse()
        elif isinstance(array, dict):
            _spoil_arguments(array.values())
        elif isinstance(array, tuple):
            _spoil_arguments(array)


def _hide_nan(value):
    return np.nan_to_num(value, posinf=np.inf, neginf=-np.inf)


def _truncate(args, value):
    if not any(map(has_whole_numbers, args)):
        return value
    return _each(np.trunc, value)


class _ReusedBuffer:
    """Put array results of one place, shape and kind into the same memory, call after call."""

    def __init__(self):
        self.buffers, self.place = {}, 0

    def __call__(self, args, value):
        self.place = 0
        return _each(self._store, value) if not is_number(value) else value

    def _store(self, value):
        if not isinstance(value, np.ndarray):
            return value
        self.place += 1
        key = (self.place, value.shape, value.dtype)
        buffer = self.buffers.setdefault(key, np.empty_like(value))
        buffer[...] = value
        return buffer
