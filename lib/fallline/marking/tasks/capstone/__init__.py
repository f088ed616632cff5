"""The tasks of chapter `capstone`, a module for each, in the order of the notebook."""

from fallline.marking.task import ProblemSet
from fallline.marking.tasks.capstone import (
    balls,
    fair_grid,
    init_mlp,
    load_digits,
    mlp_loss_grad,
    report,
    train_epoch,
)

problems = ProblemSet(
    "capstone",
    [
        load_digits.task,
        init_mlp.task,
        mlp_loss_grad.task,
        train_epoch.task,
        fair_grid.task,
        report.task,
        balls.task,
    ],
)
