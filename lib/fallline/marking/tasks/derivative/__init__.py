"""The tasks of chapter `derivative`, a module for each, in the order of the notebook."""

from fallline.marking.task import ProblemSet
from fallline.marking.tasks.derivative import (
    chain_derivative,
    classify_stationary,
    poly_derivative,
    remainder_order,
    secant_slope,
    slope_angle_deg,
    tangent_line,
)

problems = ProblemSet(
    "derivative",
    [
        secant_slope.task,
        tangent_line.task,
        slope_angle_deg.task,
        poly_derivative.task,
        chain_derivative.task,
        remainder_order.task,
        classify_stationary.task,
    ],
)
