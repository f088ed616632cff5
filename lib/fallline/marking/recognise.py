"""Which known mistake an answer makes, alone or beside something else."""

from __future__ import annotations

from itertools import compress

import numpy as np

from fallline.marking.compare import numbers_in
from fallline.marking.outcome import AnswerKey, Outcome, Trial
from fallline.marking.task import Task


def known_mistake(
    key: AnswerKey, trials: list[Trial], alike: list[Trial]
) -> tuple[str, str] | None:
    """Find the known mistake whose outcomes equal the answer's in the trials `alike`."""
    wanted = {id(trial) for trial in alike}
    for mistake in key.task.mistakes:
        if all(
            trial.came.traces == other.traces and _agree(trial.came, other, key.task)
            for trial, other in zip(trials, key.wrong(mistake), strict=True)
            if id(trial) in wanted
        ):
            return mistake.name, mistake.hint
    return None


def mistake_within(key: AnswerKey, trials: list[Trial]) -> tuple[str, str] | None:
    """Find the known mistake that explains most of what is wrong, if it explains half of it.

    A student makes it and something else beside: forgets a guard, lets whole numbers be.
    So it counts wherever the mistake itself shows, but for errors and NaN.
    """
    plain = [t.expected.error is None and not _has_nan(t.expected.value) for t in trials]
    wrong = sum(t.difference is not None for t in compress(trials, plain))
    best, found = (wrong - 1) // 2, None
    for mistake in key.task.mistakes:
        shows = []
        for trial, other in compress(zip(trials, key.wrong(mistake), strict=True), plain):
            if not _agree(other, trial.expected, key.task):
                if not _alike(trial.came, other, key.task):
                    break
                shows.append((trial, other))
        else:
            if len(shows) > best and _is_telling(shows):
                best, found = len(shows), (mistake.name, mistake.hint)
    return found


def _is_telling(shows: list[tuple[Trial, Outcome]]) -> bool:
    """Tell whether so much agreement is no chance: three cases, or two numbers."""
    return len(shows) > 2 or sum(_telling_numbers(trial, other) for trial, other in shows) > 1


def _telling_numbers(trial: Trial, other: Outcome) -> int:
    """Count wrong numbers that no other mistake is likely to share: not 0, 1 or -1."""
    wrong, right = numbers_in(other.value), numbers_in(trial.expected.value)
    if wrong.size != right.size:
        return 0
    return int(np.sum((wrong != right) & np.isfinite(wrong) & ~np.isin(wrong, (-1, 0, 1))))


def _has_nan(value) -> bool:
    return bool(np.isnan(numbers_in(value)).any())


def _alike(came: Outcome, other: Outcome, task: Task) -> bool:
    """Tell whether two values are the same, be it as whole numbers and as fractions."""
    if came.error is not None or other.error is not None:
        return False
    found = came.differs_from(other, task)
    return found is None or found.kind == "integers"


def _agree(came: Outcome, other: Outcome, task: Task) -> bool:
    return came.differs_from(other, task) is None
