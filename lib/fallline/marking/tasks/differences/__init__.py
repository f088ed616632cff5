"""The tasks of chapter `differences`, a module for each, in the order of the notebook."""

from fallline.marking.task import ProblemSet
from fallline.marking.tasks.differences import (
    best_step,
    central_diff,
    complex_step,
    error_curve,
    forward_diff,
    hessian_fd,
    numerical_gradient,
    richardson,
)

problems = ProblemSet(
    "differences",
    [
        forward_diff.task,
        central_diff.task,
        complex_step.task,
        best_step.task,
        numerical_gradient.task,
        error_curve.task,
        richardson.task,
        hessian_fd.task,
    ],
)
