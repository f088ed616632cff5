"""The tasks of chapter `adam`, a module for each, in the order of the notebook."""

from fallline.marking.task import ProblemSet
from fallline.marking.tasks.adam import (
    adam_eps_hat_step,
    adam_step,
    adamw_step,
    amsgrad_step,
    ema_debiased,
    lion_step,
    nadam_step,
    overshoot,
)

problems = ProblemSet(
    "adam",
    [
        ema_debiased.task,
        overshoot.task,
        adam_step.task,
        adam_eps_hat_step.task,
        amsgrad_step.task,
        adamw_step.task,
        nadam_step.task,
        lion_step.task,
    ],
)
