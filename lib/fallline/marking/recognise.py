"""Which known mistake an answer makes, alone or beside something else."""

from __future__ import annotations

import numpy as np

from fallline.marking.compare import numbers_in
from fallline.marking.outcome import Outcome, Trial, try_all
from fallline.marking.task import Task


def known_mistake(task: Task, trials: list[Trial], alike: list[Trial]) -> tuple[str, str] | None:
    """Find the known mistake whose outcomes equal the answer's in the trials `alike`."""
    cases = [trial.came.case for trial in trials]
    wanted = {id(trial) for trial in alike}
    for mistake in task.mistakes:
        theirs = try_all(cases, {**task.reference, **mistake.code})
        pairs = [(t.came, o) for t, o in zip(trials, theirs, strict=True) if id(t) in wanted]
        if all(c.traces == o.traces and _agree(c, o, task) for c, o in pairs):
            return mistake.name, mistake.hint
    return None


def mistake_within(task: Task, trials: list[Trial]) -> tuple[str, str] | None:
    """Find the known mistake that explains most of what is wrong, if it explains half of it.

    A student makes it and something else beside: forgets a guard, lets whole numbers be.
    So it counts wherever the mistake itself shows, but for errors and NaN.
    """
    plain = [t for t in trials if t.expected.error is None and not _has_nan(t.expected.value)]
    wrong = sum(trial.difference is not None for trial in plain)
    best, found = (wrong - 1) // 2, None
    for mistake in task.mistakes:
        theirs = try_all([t.came.case for t in plain], {**task.reference, **mistake.code})
        pairs = zip(plain, theirs, strict=True)
        shows = [(t, other) for t, other in pairs if not _agree(other, t.expected, task)]
        telling = len(shows) > 2 or sum(_telling_numbers(t, other) for t, other in shows) > 1
        if not telling or len(shows) <= best:
            continue
        if all(_alike(trial.came, other, task) for trial, other in shows):
            best, found = len(shows), (mistake.name, mistake.hint)
    return found


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
