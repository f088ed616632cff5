"""What several tasks of chapter `differences` are tried on."""

from fallline.marking.functions import random_cubic
from fallline.marking.task import Case


def cube(x):
    return x * x * x


def random_points(rng):
    """Return cases of a cubic, a point and a step, in several shapes and scales."""
    cases = []
    for shape, scale, step in (
        ((), 1.0, 0.1),
        ((), 10.0, -0.5),
        ((3,), 1.0, 0.01),
        ((2, 3), 3.0, 1),
    ):
        x = scale * rng.normal(size=shape)
        x = x if shape else float(x)
        label = f"a random cubic, x of shape {shape}, h = {step}"
        cases.append(Case(label, (random_cubic(rng), x, step)))
    return cases
