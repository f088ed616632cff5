"""One trial of an answer: what came back, and what it did on the side."""

from __future__ import annotations

import contextlib
import copy
import ctypes
import inspect
import io
import itertools
import linecache
import os
import random
import sys
import traceback
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from fallline.marking.compare import Difference, arrays_in, difference, identical
from fallline.marking.report import show
from fallline.marking.task import Case, Mistake, Task

# Asked of a module that lies there: in a browser the library is an archive of another name.
STANDARD_LIBRARY = os.path.dirname(traceback.__file__)


class Extent(NamedTuple):
    """An array and the addresses between which its bytes lie; most arrays are far apart."""

    low: int
    high: int
    array: np.ndarray

    @classmethod
    def of(cls, array: np.ndarray) -> Extent:
        """Measure an array that has elements, whatever its strides are."""
        low = high = array.__array_interface__["data"][0]
        for length, stride in zip(array.shape, array.strides, strict=True):
            reach = (length - 1) * stride
            low, high = low + min(0, reach), high + max(0, reach)
        return cls(low, high + array.itemsize, array)

    def meets(self, other: Extent) -> bool:
        """Tell whether the two arrays share memory."""
        apart = self.high <= other.low or other.high <= self.low
        return not apart and np.shares_memory(self.array, other.array)


@dataclass
class Outcome:
    """What one case brought: a value or an error, and the traces that it left."""

    case: Case
    value: Any = None
    error: BaseException | None = None
    mutated: str = ""  # which argument was changed in place
    random: bool = False  # a global random generator was used
    aliased: bool = False  # a result shares its memory with an argument or an earlier result
    extents: list[Extent] = field(default_factory=list)  # of the arrays that came back
    misfit: str = ""  # why the answer cannot be called with these arguments

    def differs_from(self, other: Outcome, task: Task) -> Difference | None:
        """Return where the value or the kind of error differs from another outcome's."""
        if other.error is not None or self.error is not None:
            if type(self.error) is type(other.error):
                return None
            if isinstance(self.error, type(other.error)) and other.error is not None:
                return None
            return Difference("error", "", other.error or other.value, self.error or self.value)
        return difference(self.value, other.value, task.rtol, task.atol)

    @property
    def traces(self) -> tuple[bool, bool, bool]:
        """What the answer did on the side."""
        return (bool(self.mutated), self.random, self.aliased)


class Trial(NamedTuple):
    """One case of an answer beside the same case of the reference."""

    came: Outcome
    expected: Outcome
    difference: Difference | None

    @property
    def right(self) -> bool:
        """Tell whether the case is passed: the same value, and no trace beside it."""
        return self.difference is None and not any(self.traces)

    @property
    def traces(self) -> tuple[bool, ...]:
        """Side effects that the reference does not have."""
        pairs = zip(self.came.traces, self.expected.traces, strict=True)
        return tuple(mine and not theirs for mine, theirs in pairs)


def try_case(case: Case, answers: dict[str, Any], earlier: list[Extent]) -> Outcome:
    """Run one case against the answers and say what happened; what it prints is dropped."""
    args = case.fresh_args()
    call = case.call or (lambda answer, *args: answer(*args))
    answer = answers[case.of or next(iter(answers))]
    outcome, state = Outcome(case), _global_random_state()
    try:
        with _undisturbed():
            value = call(answer, *args)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # sys.exit in an answer ends that case only
        outcome.error = error
        outcome.misfit = _misfit(answer, args) if case.call is None else ""
    else:
        outcome.extents = list(map(Extent.of, arrays_in(value)))
        taken = [*map(Extent.of, arrays_in(args)), *earlier]
        outcome.aliased = any(new.meets(old) for new in outcome.extents for old in taken)
        outcome.value = copy.deepcopy(value) if outcome.extents else value
    outcome.mutated = ", ".join(
        f"argument {number} ({show(old)} became {show(new)})"
        for number, (new, old) in enumerate(zip(args, case.args, strict=True), start=1)
        if not identical(new, old)
    )
    outcome.random = _global_random_state() != state
    return outcome


def try_all(cases: list[Case], answers: dict[str, Any]) -> list[Outcome]:
    """Run every case, in order; results are kept, so that a reused buffer is noticed."""
    return list(try_each(cases, answers))


def try_each(cases: Iterable[Case], answers: dict[str, Any]) -> Iterator[Outcome]:
    """Run one case after another, as they are asked for."""
    earlier = []
    for case in cases:
        outcome = try_case(case, answers, earlier)
        earlier = [*earlier, *outcome.extents][-64:]
        yield outcome


class AnswerKey:
    """What the reference makes of a task's cases, and each known mistake: tried once and kept.

    Examples
    --------
    >>> task = Task(abs, cases=[Case("-2", (-2,))], draw=lambda rng: [])
    >>> key = AnswerKey(task, task.all_cases(seed=0))
    >>> [outcome.value for outcome in key.right]
    [2, 2]
    """

    def __init__(self, task: Task, cases: list[Case]):
        self.task, self.cases = task, cases
        self.right = try_all(cases, task.reference)
        self._wrong: dict[str, Iterator[Outcome]] = {}

    def wrong(self, mistake: Mistake) -> Iterator[Outcome]:
        """Yield what a mistake brings, case after case; none is tried before it is asked for."""
        if mistake.name not in self._wrong:
            answers = {**self.task.reference, **mistake.code}
            (self._wrong[mistake.name],) = itertools.tee(try_each(self.cases, answers), 1)
        return copy.copy(self._wrong[mistake.name])


def _misfit(answer, args: tuple) -> str:
    """Say why a function cannot take these arguments, or nothing if it can."""
    try:
        inspect.signature(answer).bind(*args)
    except TypeError as error:
        return f"Your function is called with {len(args)} arguments, and {error}."
    except ValueError:  # a builtin without a signature
        return ""
    return ""


def line_of(error: BaseException) -> str:
    """Return the student's own line in which an error arose, or an empty string."""
    return frames[-1][1] if (frames := _own_frames(error)) else ""


def method_of(error: BaseException) -> str:
    """Return a dot and the method that raised an error, or nothing where it was a function."""
    around, dot, name = (frames[-1][0] if (frames := _own_frames(error)) else "").rpartition(".")
    return f".{name}" if dot and not around.endswith(">") else ""


def _own_frames(error: BaseException) -> list[tuple[str, str]]:
    """Return the qualified name and the line of each frame of the student's, innermost last.

    Where a grader runs answers in a process of their own, the error carries what they were.
    """
    told = getattr(error, "student_traceback", None)
    if told is not None:
        return [(name, line) for name, _, line in told]
    return [
        (frame.f_code.co_qualname, linecache.getline(frame.f_code.co_filename, number).strip())
        for frame, number in traceback.walk_tb(error.__traceback__)
        if _is_own(frame.f_code.co_filename)
    ]


def _is_own(filename: str) -> bool:
    """Tell whether a file is the student's: not of this package, an installed one, or Python."""
    folders = filename.replace("\\", "/").split("/")
    installed = {"fallline", "site-packages", "dist-packages"} & set(folders)
    return not installed and not filename.startswith((STANDARD_LIBRARY, "<frozen"))


@contextlib.contextmanager
def _undisturbed():
    """Drop what is printed and warned of, and put back what holds for the whole of Python."""
    sink, limit = io.StringIO(), sys.getrecursionlimit()
    with (
        contextlib.redirect_stdout(sink),
        contextlib.redirect_stderr(sink),
        warnings.catch_warnings(),
        np.errstate(all="ignore"),
    ):
        warnings.simplefilter("ignore")
        try:
            yield
        finally:
            sys.setrecursionlimit(limit)


def _global_random_state() -> tuple:
    """Return what changes whenever a global generator draws: Python's state, NumPy's place in it.

    NumPy's own way to its state copies 2.5 kB of it and takes four times as long as the rest;
    a draw moves the position or, when the key is used up, changes all of the key.
    """
    generator = np.random.get_bit_generator()
    if type(generator) is not np.random.MT19937:
        return (repr(generator.state), random.getstate())
    words = (ctypes.c_uint32 * 625).from_address(generator.ctypes.state_address)
    return (words[0], words[1], words[624], random.getstate())
