"""The tasks of chapter `stochastic`, a module for each, in the order of the notebook."""

from fallline.marking.task import ProblemSet
from fallline.marking.tasks.stochastic import (
    epoch_loss,
    gradient_variance,
    minibatches,
    noise_floor,
    polyak_average,
    predicted_variance,
    schedule,
    sgd_epoch,
)

problems = ProblemSet(
    "stochastic",
    [
        minibatches.task,
        sgd_epoch.task,
        gradient_variance.task,
        predicted_variance.task,
        noise_floor.task,
        schedule.task,
        polyak_average.task,
        epoch_loss.task,
    ],
)
