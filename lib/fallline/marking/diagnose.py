"""From the outcomes of an answer to the one hint that helps most."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from fallline.marking.compare import Difference, allclose, has_whole_numbers, is_number, numbers_in
from fallline.marking.generic import HINTS
from fallline.marking.outcome import AnswerKey, Outcome, Trial, line_of, method_of
from fallline.marking.recognise import known_mistake, mistake_within
from fallline.marking.report import Report, show, show_pair
from fallline.marking.task import Task

UNWRITTEN = "Nothing is written yet: put your answer where raise NotImplementedError() stands."


def diagnose(key: AnswerKey, came: list[Outcome]) -> Report:
    """Compare outcome with outcome and explain the first failure."""
    task, expected = key.task, key.right
    trials = [Trial(c, e, c.differs_from(e, task)) for c, e in zip(came, expected, strict=True)]
    failed = [trial for trial in trials if not trial.right]
    passed = len(trials) - len(failed)
    if not failed:
        return Report(task.name, passed, len(trials))
    if all(isinstance(trial.came.error, NotImplementedError) for trial in trials):
        return Report(task.name, 0, len(trials), hint=UNWRITTEN)
    first = next((trial for trial in failed if trial.difference), failed[0])
    mistake, hint = _explain(key, trials, failed)
    case = first.came.case.label
    return Report(task.name, passed, len(trials), case, _rows(first), hint, mistake)


def _explain(key: AnswerKey, trials: list[Trial], failed: list[Trial]) -> tuple[str | None, str]:
    """Return the mistake's name, where it is known, and the hint."""
    wrong = [trial for trial in failed if trial.difference]
    explanations = (
        lambda: known_mistake(key, trials, trials),
        lambda: _side_effect(failed),
        lambda: _spoilt_value(wrong),
        lambda: known_mistake(key, trials, failed) if len(failed) > 2 else None,
        lambda: mistake_within(key, trials),
        lambda: _plain_words(wrong[0], key.task),
        lambda: _relation(wrong),
    )
    found = (explain() for explain in explanations)
    return next(filter(None, found), (None, ""))


def _side_effect(failed: list[Trial]) -> tuple[str, str] | None:
    """Name what the answer did beside returning its value."""
    mutated, random, aliased = (any(t) for t in zip(*(t.traces for t in failed), strict=True))
    found = {
        "changes its argument": mutated,
        "uses global randomness": random,
        "returns shared memory": aliased and not any(trial.difference for trial in failed),
    }
    return _first_true(found)


def _spoilt_value(wrong: list[Trial]) -> tuple[str, str] | None:
    """Recognise values that were cut to whole numbers, or a NaN that was replaced."""
    telling = [trial for trial in wrong if trial.expected.error or _has_numbers(trial)]
    found = {
        "hides NaN": bool(telling) and all(map(_lost_nan, telling)),
        "truncates integers": all(map(_truncated, telling)) and any(map(_lost_fractions, telling)),
    }
    return _first_true(found)


def _has_numbers(trial: Trial) -> bool:
    return numbers_in(trial.expected.value).size > 0


def _first_true(found: dict[str, bool]) -> tuple[str, str] | None:
    return next(((name, HINTS[name]) for name, true in found.items() if true), None)


def _lost_nan(trial: Trial) -> bool:
    expected, came = numbers_in(trial.expected.value), numbers_in(trial.came.value)
    if len(expected) != len(came) or not np.isnan(expected).any():
        return False
    return not np.isnan(came[np.isnan(expected)]).any()


def _lost_fractions(trial: Trial) -> bool:
    expected = numbers_in(trial.expected.value)
    fractions = np.isfinite(expected) & (expected != np.round(expected))
    return trial.difference.kind == "value" and bool(fractions.any())


def _truncated(trial: Trial) -> bool:
    if trial.difference.kind not in ("value", "integers"):
        return False
    whole = any(map(has_whole_numbers, trial.came.case.args))
    if trial.difference.kind == "integers":
        return whole
    came = numbers_in(trial.came.value)
    finite = came[np.isfinite(came)]
    return whole and finite.size > 0 and bool(np.all(finite == np.round(finite)))


def _plain_words(trial: Trial, task: Task) -> tuple[None, str] | None:
    """Explain an error, a missing return, or a result of the wrong kind or shape."""
    came, expected = trial.came, trial.expected
    if isinstance(came.error, NotImplementedError):
        return None, f"{came.case.of or task.name}{method_of(came.error)} is not written yet."
    if came.misfit:
        return None, f"{came.misfit} Compare with the given line that starts with def."
    if came.error is not None and expected.error is not None:
        return None, f"An error is right here, but of another kind: a {_name(expected.error)}."
    if came.error is not None:
        line = line_of(came.error)
        where = f", in the line\n{line}" if line else ""
        return None, f"Your function raised {_name(came.error)} in this case{where}"
    if expected.error is not None:
        return None, f"This input makes no sense: raise a {_name(expected.error)} that says why."
    if came.value is None:
        return None, "Nothing came back. Does every path through your function end in a return?"
    return _wrong_kind(trial.difference)


def _wrong_kind(found: Difference) -> tuple[None, str] | None:
    expected, came = _kind(found.expected), _kind(found.came)
    words: dict[str, Callable[[], str]] = {
        "type": lambda: f"The result{_at(found)} should be {expected}, and is {came}.",
        "shape": lambda: (
            f"The result{_at(found)} should have shape {np.shape(found.expected)}, "
            f"and has {np.shape(found.came)}."
        ),
        "length": lambda: f"{len(found.expected)} values should come back, not {len(found.came)}.",
        "keys": lambda: f"The keys should be {found.expected}, and are {found.came}.",
        "complex": lambda: "The result should be real: take the part that you need.",
        "integers": lambda: "The array is of an integer type: build it with dtype=float.",
    }
    return (None, words[found.kind]()) if found.kind in words else None


def _kind(value) -> str:
    """Return what a value is, in words."""
    if isinstance(value, np.ndarray) and value.ndim:
        return "an array" if value.dtype.kind in "biufc" else f"an array of dtype {value.dtype}"
    if is_number(value):
        return "a number"
    return "a tuple" if isinstance(value, tuple) else f"of type {type(value).__name__}"


def _name(error: BaseException) -> str:
    return type(error).__name__


def _at(found: Difference) -> str:
    return f" at {found.where}" if found.where else ""


def _relation(wrong: list[Trial]) -> tuple[None, str] | None:
    """Say what wrong numbers have to do with the right ones."""
    # Where a word differs, the numbers beside it are not what is wrong.
    wrong = [t for t in wrong if t.difference.kind == "value" and is_number(t.difference.expected)]
    came = np.concatenate([np.empty(0), *(numbers_in(t.came.value) for t in wrong)])
    expected = np.concatenate([np.empty(0), *(numbers_in(t.expected.value) for t in wrong)])
    if not wrong or not came.size or came.size != expected.size:
        return None
    words = _multiple(came, expected, len(wrong)) or _rearranged(wrong[0])
    return (None, words) if words else None


def _multiple(came: np.ndarray, expected: np.ndarray, cases: int) -> str | None:
    """Say whether the numbers are nearly right, or all the same multiple of the right ones."""
    if allclose(came, expected, rtol=1e-4, atol=0, equal_nan=True):
        return "Nearly right: is a number rounded, or a step larger than it should be?"
    sure = np.isfinite(expected) & (expected != 0)
    if sure.sum() < 2 or not np.all(np.isfinite(came[sure])):
        return None
    ratios = came[sure] / expected[sure]
    same = allclose(ratios, ratios[0], rtol=1e-6) and abs(ratios[0] - 1) > 1e-6
    return _ratio_in_words(float(ratios[0]), cases) if same else None


def _rearranged(trial: Trial) -> str | None:
    """Say whether an array holds the right numbers in other places."""
    a, b = trial.came.value, trial.expected.value
    if not (isinstance(a, np.ndarray) and isinstance(b, np.ndarray) and a.size > 1):
        return None
    close = {"rtol": 1e-9, "atol": 1e-12 * np.nanmax(np.abs(b), initial=0.0), "equal_nan": True}
    if a.ndim == 2 and a.shape == b.T.shape and allclose(a, b.T, **close):
        return "This is the transpose of the right result: rows and columns are swapped."
    if a.size == b.size and allclose(np.sort(a, axis=None), np.sort(b, axis=None), **close):
        return "The right numbers, in another order."
    return None


def _ratio_in_words(ratio: float, cases: int) -> str | None:
    """Name a constant ratio: one that several cases share, or one that is a whole number or 1/n."""
    names = {-1.0: "the negative of", 2.0: "twice", 0.5: "half"}
    name = next((word for value, word in names.items() if abs(ratio - value) < 1e-6), None)
    simple = ratio != 0 and min(abs(r - round(r)) for r in (ratio, 1 / ratio)) < 1e-6
    if ratio == 0 or not (simple or cases > 2):
        return None
    return f"Where it is wrong, your result is {name or f'{ratio:.4g} times'} the right one."


def _rows(trial: Trial) -> dict[str, str]:
    """Return what was expected and what came, each on a line of its own."""
    if trial.difference is None:
        return {"Changed": trial.came.mutated} if trial.came.mutated else {}
    expected = trial.expected.error or trial.expected.value
    came = trial.came.error or trial.came.value
    if isinstance(expected, Exception):
        return {"Expected": f"a {type(expected).__name__}", "Came": show(came)}
    rows = dict(zip(("Expected", "Came"), show_pair(expected, came), strict=True))
    if trial.difference.where and trial.difference.kind in ("value", "integers"):
        pair = show_pair(trial.difference.expected, trial.difference.came)
        rows["First at"] = f"{trial.difference.where}: expected {pair[0]}, came {pair[1]}"
    return rows
