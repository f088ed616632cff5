"""A task is data: its reference, the cases that it is tried on, the mistakes that it knows."""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from fallline.marking.compare import identical


class Case(NamedTuple):
    """One trial of an answer.

    Parameters
    ----------
    label : str
        The case in words, as a student reads it.
    args : tuple
        Arguments; every trial gets a deep copy of its own.
    call : callable, optional
        ``call(answer, *args)`` says how the answer is used and returns what is compared.
        The default calls it: ``answer(*args)``.
    of : str, optional
        Which function of a task with several is tried; the default is the first.
    """

    label: str
    args: tuple
    call: Callable[..., Any] | None = None
    of: str | None = None

    def fresh_args(self) -> tuple:
        """Return a deep copy of the arguments; functions stay as they are."""
        return copy.deepcopy(self.args)


class AsReference:
    """Base of a mistake or variant of a class that names only what differs.

    All else is as in the reference, and in a notebook as in the solution.
    What it names makes new nodes by ``type(self)(...)``, and calls no ``super()``.
    """


class Mistake(NamedTuple):
    """A wrong answer that is recognised: its name, the hint it earns, and its code."""

    name: str
    hint: str
    code: dict[str, Any]


class Variant(NamedTuple):
    """A right answer that is written differently from the reference."""

    name: str
    code: dict[str, Any]


@dataclass
class Task:
    """What is asked for under one name, and how an answer to it is judged.

    Parameters
    ----------
    reference : callable or tuple of callables
        The right answer, a function or a class; a tuple where the task asks for several.
        A case of a class uses it by its `call`, which returns plain numbers, arrays or words.
    cases : iterable of Case
        Cases that can be verified by hand, and the edges: integers, NaN, bad input.
    draw : callable
        ``draw(rng)`` returns random cases of several shapes and scales.
    rtol, atol : float
        Numbers agree when ``|came - expected| <= atol + rtol * |expected|``.
    why : str
        Why that tolerance is right for this task.
    """

    reference: Any
    cases: Iterable[Case]
    draw: Callable[[np.random.Generator], list[Case]]
    rtol: float = 1e-10
    atol: float = 1e-12
    why: str = "deterministic arithmetic: only rounding may differ"
    mistakes: list[Mistake] = field(default_factory=list)
    variants: list[Variant] = field(default_factory=list)

    def __post_init__(self):
        several = self.reference if isinstance(self.reference, tuple) else (self.reference,)
        self.reference = {answer.__name__: answer for answer in several}
        self.cases = tuple(self.cases)

    @property
    def name(self) -> str:
        """The task's name: that of its (first) function."""
        return self.functions[0]

    @property
    def functions(self) -> tuple[str, ...]:
        """The names that the student has to define."""
        return tuple(self.reference)

    def all_cases(self, seed: int) -> list[Case]:
        """Return the fixed cases, the random ones that `seed` draws, and the first once more.

        An answer that hands out the same array twice is found by the repetition.
        """
        again = [case._replace(label=f"{case.label}, once more") for case in self.cases[:1]]
        return [*self.cases, *self.draw(np.random.default_rng(seed)), *again]

    def mistake(self, name: str, hint: str) -> Callable:
        """Register the decorated function as a known mistake; it is named like the task's."""

        def register(code):
            self.mistakes.append(Mistake(name, hint, self._named(code)))
            return code

        return register

    def accepts(self, name: str) -> Callable:
        """Register the decorated function as another right answer."""

        def register(code):
            self.variants.append(Variant(name, self._named(code)))
            return code

        return register

    def _named(self, code) -> dict[str, Any]:
        if code.__name__ not in self.reference:
            known = ", ".join(self.functions)
            raise ValueError(f"{code.__name__} is none of this task's functions ({known})")
        if inspect.isclass(code) and issubclass(code, AsReference):
            own = {k: v for k, v in vars(code).items() if k not in ("__dict__", "__weakref__")}
            code = type(code.__name__, (self.reference[code.__name__],), own)
        return {code.__name__: code}


class ProblemSet(list):
    """The tasks of one chapter, in the order of its notebook.

    Examples
    --------
    >>> task = Task(abs, cases=[Case("-2", (-2,))], draw=lambda rng: [])
    >>> [task.name for task in ProblemSet("derivative", [task])]
    ['abs']
    """

    def __init__(self, stem: str, tasks: Iterable[Task] = ()):
        super().__init__(tasks)
        self.stem = stem


def steps(answer, w, gradients, **hyper) -> list:
    """Feed an optimizer step one gradient after another; return the parameters after each.

    A step that changes its state in place, where it should return a new one,
    is stopped: a state that is kept to be replayed would be spoilt.

    Examples
    --------
    >>> def sgd(w, g, state=None, *, lr=0.5):
    ...     return w - lr * g, state
    >>> steps(sgd, 1.0, [1.0, 1.0])
    [0.5, 0.0]
    """
    path, state = [], ()
    for g in gradients:
        before = copy.deepcopy(state)
        w, *new_state = answer(w, g, *state, **hyper)
        if not identical(state, before):
            raise RuntimeError("the step changed its old state in place; return a new state")
        path, state = [*path, w], tuple(new_state)
    return path
