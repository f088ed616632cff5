"""Task `slope_angle_deg` of chapter `derivative`."""

import numpy as np

from fallline import derivative as reference
from fallline.marking.task import Case, Task


def random_slopes(rng):
    scales = np.array([1e-3, 0.3, 3.0, 1e3])
    m = rng.normal(size=4) * scales
    one = float(rng.normal())
    return [Case("four random slopes", (m,)), Case(f"slope {one:.3g}", (one,))]


task = Task(
    reference.slope_angle_deg,
    cases=[
        Case("slope 1", (1.0,)),
        Case("slope -1", (-1.0,)),
        Case("slope 0", (0.0,)),
        Case("slope √3, which is 60°", (np.sqrt(3.0),)),
        Case("slope -2, a whole number", (-2,)),
        Case("four slopes", (np.array([-1e6, -0.5, 0.0, 1e6]),)),
        Case("whole slopes", (np.array([[-3, 0], [2, 7]]),)),
        Case("a slope is NaN", (np.array([np.nan, 1.0]),)),
    ],
    draw=random_slopes,
    why="one arctangent and one factor",
)


@task.mistake(
    "radians",
    "These are radians: a slope of 1 should give 45. One whole turn is 2π radians or 360 degrees.",
)
def slope_angle_deg(m):
    return np.arctan(m)


@task.mistake(
    "270 to 360 for falling lines",
    "A falling line comes out between 270° and 360°. The slope of a line is a single number, and "
    "its angle lies between -90° and 90°: a falling line has a negative one.",
)
def slope_angle_deg(m):
    return np.degrees(np.arctan(m)) % 360


@task.mistake(
    "size of the slope",
    "Rising and falling lines get the same angle. The sign of the slope says which is which.",
)
def slope_angle_deg(m):
    return np.degrees(np.arctan(np.abs(m)))


@task.mistake(
    "run of -1",
    "The angle is measured towards the left. A line of slope m rises by m on a run of plus one.",
)
def slope_angle_deg(m):
    return np.degrees(np.arctan2(m, -1.0))


@task.mistake(
    "between 0 and 180",
    "A falling line comes out between 90° and 180°. That names the same line, but here its angle "
    "is asked for between -90° and 90°, so that the sign of the slope can be read off.",
)
def slope_angle_deg(m):
    return np.degrees(np.arctan(m)) % 180


@task.mistake(
    "tan instead of arctan",
    "The tangent turns an angle into a slope. Here the slope is known and the angle is asked for.",
)
def slope_angle_deg(m):
    return np.degrees(np.tan(m))


@task.mistake(
    "degrees before the arctan",
    "A slope is no angle yet, so it cannot be turned into degrees. "
    "First find the angle, then change its unit.",
)
def slope_angle_deg(m):
    return np.arctan(np.degrees(m))


@task.mistake(
    "rounded",
    "Nearly right: the answer was rounded. Rounding is for printing; whoever computes on "
    "with the angle wants all of its digits.",
)
def slope_angle_deg(m):
    return np.round(np.degrees(np.arctan(m)), 1)


@task.accepts("with a run of one")
def slope_angle_deg(m):
    return np.rad2deg(np.arctan2(m, 1.0))


@task.accepts("half angles")
def slope_angle_deg(m):
    m = np.asarray(m, dtype=float)
    return 360 / np.pi * np.arctan(m / (1 + np.hypot(1, m)))
