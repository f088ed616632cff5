"""The tasks of chapter `gradient`, a module for each, in the order of the notebook."""

from fallline.marking.task import ProblemSet
from fallline.marking.tasks.gradient import (
    classify_critical,
    directional_derivative,
    jacobian,
    jvp,
    quadratic,
    saddle_gradient,
    steepest_direction,
)

problems = ProblemSet(
    "gradient",
    [
        saddle_gradient.task,
        directional_derivative.task,
        steepest_direction.task,
        jacobian.task,
        jvp.task,
        quadratic.task,
        classify_critical.task,
    ],
)
