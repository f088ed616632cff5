"""The tasks of chapter `losses`, a module for each, in the order of the notebook."""

from fallline.marking.task import ProblemSet
from fallline.marking.tasks.losses import (
    l2_penalty,
    least_squares,
    linear_backward,
    loss_at_chance,
    multiclass_hinge,
    softmax,
    softmax_xent,
)

problems = ProblemSet(
    "losses",
    [
        least_squares.task,
        multiclass_hinge.task,
        softmax.task,
        softmax_xent.task,
        l2_penalty.task,
        linear_backward.task,
        loss_at_chance.task,
    ],
)
