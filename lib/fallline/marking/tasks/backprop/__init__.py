"""The tasks of chapter `backprop`, a module for each, in the order of the notebook."""

from fallline.marking.task import ProblemSet
from fallline.marking.tasks.backprop import (
    backward,
    dual,
    grad,
    tensor,
    topological_order,
    unbroadcast,
    value,
)

problems = ProblemSet(
    "backprop",
    [
        topological_order.task,
        value.task,
        backward.task,
        unbroadcast.task,
        tensor.task,
        dual.task,
        grad.task,
    ],
)
