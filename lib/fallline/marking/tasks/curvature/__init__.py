"""The tasks of chapter `curvature`, a module for each, in the order of the notebook."""

from fallline.marking.task import ProblemSet
from fallline.marking.tasks.curvature import (
    bfgs_update,
    hvp,
    lbfgs_direction,
    newton_step,
    saddle_free_step,
    second_order_cost,
    wolfe_backtracking,
)

problems = ProblemSet(
    "curvature",
    [
        newton_step.task,
        saddle_free_step.task,
        hvp.task,
        bfgs_update.task,
        lbfgs_direction.task,
        wolfe_backtracking.task,
        second_order_cost.task,
    ],
)
