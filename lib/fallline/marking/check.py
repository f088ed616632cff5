"""The one call of every test cell: compare an answer with the reference, and explain."""

from __future__ import annotations

import ast
import functools
import itertools
from collections.abc import Iterable

from fallline.marking.diagnose import diagnose
from fallline.marking.outcome import AnswerKey, try_all
from fallline.marking.report import Report, WrongAnswer
from fallline.marking.task import Task
from fallline.marking.tasks import find

INCOMPARABLE = (
    "Something came back that cannot be compared with the right result. "
    "Return plain numbers, arrays or words."
)


def check(*answers, task: str | None = None, seed: int = 0) -> None:
    """Compare an answer with the reference on the task's cases, and say what is wrong.

    The cases are the fixed ones of the task, then random ones drawn from `seed`.
    Nothing that the answer prints or warns about is shown while it is tried.

    Parameters
    ----------
    *answers : callable
        The student's function; where a task asks for several, all of them in order.
    task : str, optional
        The task's name. By default it is the name of the (first) function.
    seed : int
        Which random cases are drawn.

    Raises
    ------
    WrongAnswer
        The answer is not right; the text says in which case, and gives a hint.
    TypeError, LookupError
        The call itself is wrong: no answer, too many, or an unknown task.

    Examples
    --------
    >>> from fallline.derivative import secant_slope
    >>> check(secant_slope)
    secant_slope: right in all ... cases.
    >>> check(lambda f, a, h: f(a + h) - f(a), task="secant_slope")
    Traceback (most recent call last):
    fallline.marking.report.WrongAnswer: secant_slope: not right yet (... cases are).
    ...
    """
    report = mark(*answers, task=task, seed=seed)
    if report.passed < report.total:
        raise WrongAnswer(report) from None
    print(report)


def mark(*answers, task: str | None = None, seed: int = 0) -> Report:
    """Return the report that `check` shows, without raising it."""
    known = find(task or _name_of(answers))
    named = _named(known, answers)
    for name, answer in named.items():
        if not callable(answer):
            hint = f"{name} is {answer!r}: define it as a function."
            return Report(known.name, 0, len(known.all_cases(seed)), hint=hint)
    key = answer_key(known.name, seed)
    try:
        return diagnose(key, try_all(key.cases, named))
    except Exception:  # a result that breaks when it is looked at
        return Report(known.name, 0, len(key.cases), hint=INCOMPARABLE)
    except BaseException:  # what was interrupted may be tried in part only
        answer_key.cache_clear()
        raise


@functools.lru_cache(256)
def answer_key(name: str, seed: int) -> AnswerKey:
    """Return the answer key of a task for the random cases of a seed, which is always the same."""
    task = find(name)
    return AnswerKey(task, task.all_cases(seed))


def rehearse(sources: Iterable[str], cases: int = 3) -> None:
    """Work out beforehand what the calls of `check` in these cells will compare with.

    A grader calls it once before it marks a whole class, so that the reference, and the
    first cases of the known mistakes, are not tried again for each student.

    Parameters
    ----------
    sources : iterable of str
        The texts of test cells; what they say beside ``check(..., task="...")`` is not run.
    cases : int
        In how many cases each known mistake is tried; most are told apart by the first.

    Examples
    --------
    >>> rehearse(['check(secant_slope, task="secant_slope", seed=1)'])
    """
    for source in sources:
        for name, seed in _calls_of_check(source):
            key = answer_key(name, seed)
            for mistake in key.task.mistakes:
                list(itertools.islice(key.wrong(mistake), cases))


def _calls_of_check(source: str) -> list[tuple[str, int]]:
    """Return the task and the seed of each plain call of `check` in a text."""
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    found = []
    for call in calls:
        if isinstance(call.func, ast.Name) and call.func.id == check.__name__:
            told = {word.arg: getattr(word.value, "value", None) for word in call.keywords}
            names = [told.get("task"), *(getattr(arg, "id", None) for arg in call.args)]
            name = next(filter(None, names), None)
            if name is not None:
                found.append((name, told.get("seed", 0)))
    return found


def _name_of(answers) -> str:
    if not answers:
        raise TypeError("check needs the function to check: check(my_function)")
    name = getattr(answers[0], "__name__", None)
    if name is None or name == "<lambda>":
        raise TypeError("say which task this is: check(answer, task='its name')")
    return name


def _named(task: Task, answers) -> dict:
    if len(answers) != len(task.functions):
        call = f"check({', '.join(task.functions)})"
        raise TypeError(f"{task.name} takes {len(task.functions)} answer(s): {call}")
    return dict(zip(task.functions, answers, strict=True))
