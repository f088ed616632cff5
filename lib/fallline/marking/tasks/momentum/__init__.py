"""The tasks of chapter `momentum`, a module for each, in the order of the notebook."""

from fallline.marking.task import ProblemSet
from fallline.marking.tasks.momentum import (
    convert,
    half_life,
    hb_radius,
    momentum_step,
    nesterov_lookahead_step,
    nesterov_rewritten_step,
    optimal_hb,
    velocity_after,
)

problems = ProblemSet(
    "momentum",
    [
        momentum_step.task,
        convert.task,
        velocity_after.task,
        half_life.task,
        hb_radius.task,
        optimal_hb.task,
        nesterov_lookahead_step.task,
        nesterov_rewritten_step.task,
    ],
)
