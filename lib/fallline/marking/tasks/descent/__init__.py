"""The tasks of chapter `descent`, a module for each, in the order of the notebook."""

from fallline.marking.task import ProblemSet
from fallline.marking.tasks.descent import (
    armijo,
    basin_map,
    escape_steps,
    gd,
    gd_quadratic_exact,
    optimal_lr,
    stable_minima,
    steps_to,
)

problems = ProblemSet(
    "descent",
    [
        gd.task,
        gd_quadratic_exact.task,
        optimal_lr.task,
        steps_to.task,
        armijo.task,
        escape_steps.task,
        basin_map.task,
        stable_minima.task,
    ],
)
