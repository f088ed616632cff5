"""The tasks of chapter `adaptive`, a module for each, in the order of the notebook."""

from fallline.marking.task import ProblemSet
from fallline.marking.tasks.adaptive import (
    adadelta_step,
    adagrad_step,
    delta_bar_delta_step,
    effective_lr,
    rmsprop_step,
    rotate_problem,
    rprop_step,
)

problems = ProblemSet(
    "adaptive",
    [
        delta_bar_delta_step.task,
        rprop_step.task,
        adagrad_step.task,
        rmsprop_step.task,
        adadelta_step.task,
        effective_lr.task,
        rotate_problem.task,
    ],
)
