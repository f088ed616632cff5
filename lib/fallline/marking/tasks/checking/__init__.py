"""The tasks of chapter `checking`, a module for each, in the order of the notebook."""

from fallline.marking.task import ProblemSet
from fallline.marking.tasks.checking import (
    check_params,
    check_with_noise,
    directional_check,
    find_bugs,
    grad_check,
    kinks_crossed,
    relative_error,
)

problems = ProblemSet(
    "checking",
    [
        relative_error.task,
        grad_check.task,
        check_params.task,
        directional_check.task,
        kinks_crossed.task,
        find_bugs.task,
        check_with_noise.task,
    ],
)
