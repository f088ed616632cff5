"""Tasks `batchnorm` and `batchnorm_backward` of chapter `depth`."""

import numpy as np

from fallline import depth as reference
from fallline.marking.task import Case, Task


def random_batches(rng):
    cases = []
    for shape, scale in (((4, 3), 1.0), ((6, 2), 1e-2), ((3, 5), 1e2)):
        x, dy = scale * rng.normal(1.0, 1.0, shape), rng.normal(size=shape)
        g, b = rng.normal(size=shape[1]), rng.normal(size=shape[1])
        words = f"random batch of shape {shape}, x near {scale:g}"
        cases.append(Case(f"batchnorm: {words}", (x, g, b, 1e-5)))
        cases.append(
            Case(f"batchnorm_backward: {words}", (dy, x, g, 1e-5), of="batchnorm_backward")
        )
    return cases


BATCH = np.array([[1.0, 10.0], [3.0, 30.0]])


TALL = np.array([[1.0, -2.0], [0.0, 0.5], [4.0, 2.0]])


UP = np.array([[1.0, 0.0], [0.5, -1.0], [2.0, 3.0]])


task = Task(
    (reference.batchnorm, reference.batchnorm_backward),
    cases=[
        Case(
            "batchnorm: columns (1, 3) and (10, 30), g = (1, 2), b = (0, 5), eps = 0",
            (BATCH, np.array([1.0, 2.0]), np.array([0.0, 5.0]), 0.0),
        ),
        Case(
            "batchnorm: whole numbers, eps = 1",
            (np.array([[1, 0], [3, 6], [5, 0]]), np.array([1, 2]), np.array([0, 1]), 1),
        ),
        Case(
            "batchnorm: constant columns, b = (2, -1)",
            (np.ones((3, 2)), np.ones(2), np.array([2.0, -1.0]), 0.01),
        ),
        Case(
            "batchnorm: one example, b = (3, 5), eps = 1",
            (np.array([[4.0, -2.0]]), np.array([1.0, 2.0]), np.array([3.0, 5.0]), 1.0),
        ),
        Case("batchnorm: eps = 3", (TALL, np.array([2.0, -1.0]), np.array([1.0, 0.0]), 3.0)),
        Case("batchnorm: x holds NaN", (np.array([[np.nan, 1.0], [0.0, 2.0]]), 1.0, 0.0, 1e-5)),
        *(
            Case(f"batchnorm_backward: {label}", args, of="batchnorm_backward")
            for label, args in [
                ("one column (1, 3), dy = (1, 0), eps = 3", (UP[:2, :1], BATCH[:, :1], 1.0, 3.0)),
                ("three examples", (UP, TALL, np.array([2.0, -1.0]), 1e-5)),
                ("x in whole numbers, eps = 1", (np.eye(2), np.array([[1, 0], [3, 6]]), 1.0, 1)),
                ("every dy the same", (np.ones((3, 2)), TALL, np.ones(2), 0.5)),
                ("dy holds NaN", (np.array([[np.nan, 1.0], [0.0, 2.0]]), BATCH, 1.0, 1e-5)),
            ]
        ),
    ],
    draw=random_batches,
    rtol=1e-8,
    atol=1e-10,
    why="sums of a few numbers; where dx nearly cancels, rounding leaves some 1e-13",
)


@task.mistake(
    "variance over N - 1",
    "You divide the squares by N - 1. Batch normalisation divides by N, and its backward formula "
    "belongs to that.",
)
def batchnorm(x, g, b, eps):
    x = np.asarray(x, dtype=float)
    return g * (x - x.mean(axis=0)) / np.sqrt(x.var(axis=0, ddof=1) + eps) + b


@task.mistake(
    "mean term missing",
    "Moving one example moves the mean, and with it all the others. Check: adding one number to "
    "the whole column changes nothing, so your dx has to add up to 0.",
)
def batchnorm_backward(dy, x, g, eps):
    dy, x = np.asarray(dy, dtype=float), np.asarray(x, dtype=float)
    s = np.sqrt(x.var(axis=0) + eps)
    xhat = (x - x.mean(axis=0)) / s
    d = g * dy
    dx = (d - xhat * (d * xhat).mean(axis=0)) / s
    return dx, (dy * xhat).sum(axis=0), dy.sum(axis=0)


@task.mistake(
    "variance term missing",
    "Moving one example changes the spread, and with it the scale of all the others. "
    "That way from x to y is not in your sum.",
)
def batchnorm_backward(dy, x, g, eps):
    dy, x = np.asarray(dy, dtype=float), np.asarray(x, dtype=float)
    s = np.sqrt(x.var(axis=0) + eps)
    xhat = (x - x.mean(axis=0)) / s
    d = g * dy
    return (d - d.mean(axis=0)) / s, (dy * xhat).sum(axis=0), dy.sum(axis=0)


@task.mistake(
    "mean and spread taken for constants",
    "You differentiate as if mean and spread were given numbers, as they are when a trained "
    "network is used. In training they depend on x, and two more ways lead through them.",
)
def batchnorm_backward(dy, x, g, eps):
    dy, x = np.asarray(dy, dtype=float), np.asarray(x, dtype=float)
    s = np.sqrt(x.var(axis=0) + eps)
    xhat = (x - x.mean(axis=0)) / s
    return g * dy / s, (dy * xhat).sum(axis=0), dy.sum(axis=0)


@task.mistake(
    "running statistics in training",
    "You normalise with running averages of mean and variance. They are for later use; "
    "in training the batch at hand gives both.",
)
def batchnorm(x, g, b, eps):
    x = np.asarray(x, dtype=float)
    mean, variance = 0.1 * x.mean(axis=0), 0.9 + 0.1 * x.var(axis=0)
    return g * (x - mean) / np.sqrt(variance + eps) + b


@task.mistake(
    "along the rows",
    "You normalise each example over its features: that is layer normalisation. "
    "Batch normalisation takes one feature at a time, over all examples.",
)
def batchnorm(x, g, b, eps):
    x = np.asarray(x, dtype=float)
    centred = x - x.mean(axis=1, keepdims=True)
    return g * centred / np.sqrt(x.var(axis=1, keepdims=True) + eps) + b


@task.mistake(
    "epsilon outside of the root",
    "Here the small number is added to the variance, under the root.",
)
def batchnorm(x, g, b, eps):
    x = np.asarray(x, dtype=float)
    return g * (x - x.mean(axis=0)) / (x.std(axis=0) + eps) + b


@task.mistake(
    "not divided by the spread",
    "You centre the column and leave its spread as it is. Its standard deviation should be 1 "
    "before g stretches it.",
)
def batchnorm(x, g, b, eps):
    x = np.asarray(x, dtype=float)
    return g * (x - x.mean(axis=0)) + b


@task.mistake(
    "stretch lost on the way back",
    "Your dx does not know g. The stretch stands between the normalised x and y, "
    "so the gradient passes through it first.",
)
def batchnorm_backward(dy, x, g, eps):
    dy, x = np.asarray(dy, dtype=float), np.asarray(x, dtype=float)
    s = np.sqrt(x.var(axis=0) + eps)
    xhat = (x - x.mean(axis=0)) / s
    dx = (dy - dy.mean(axis=0) - xhat * (dy * xhat).mean(axis=0)) / s
    return dx, (dy * xhat).sum(axis=0), dy.sum(axis=0)


@task.mistake(
    "one mean for all",
    "Mean and variance are those of the whole array, so a column of large numbers pushes all "
    "others down. Which numbers belong together?",
)
def batchnorm(x, g, b, eps):
    return g * (x - x.mean()) / np.sqrt(x.var() + eps) + b


@task.mistake(
    "divided by the variance",
    "You divide by the variance. After the layer a column should have spread 1: what do "
    "numbers of spread 10 have to be divided by?",
)
def batchnorm(x, g, b, eps):
    return g * (x - x.mean(axis=0)) / (x.var(axis=0) + eps) + b


@task.mistake(
    "stretch and shift forgotten",
    "Spread 1 and mean 0 are there, and g and b are not used. What does the formula for y do "
    "with them?",
)
def batchnorm(x, g, b, eps):
    return (x - x.mean(axis=0)) / np.sqrt(x.var(axis=0) + eps)


@task.mistake(
    "not centred",
    "You divide and do not subtract. What is the mean of your column, and what should it be "
    "for b = 0?",
)
def batchnorm(x, g, b, eps):
    return g * x / np.sqrt(x.var(axis=0) + eps) + b


@task.mistake(
    "sums in place of means",
    "The two terms that you subtract are sums over the batch and grow with it. With every dy "
    "the same, does your dx come out as 0?",
)
def batchnorm_backward(dy, x, g, eps):
    s = np.sqrt(x.var(axis=0) + eps)
    xhat = (x - x.mean(axis=0)) / s
    d = g * dy
    return (
        (d - d.sum(axis=0) - xhat * (d * xhat).sum(axis=0)) / s,
        (dy * xhat).sum(axis=0),
        dy.sum(axis=0),
    )


@task.mistake(
    "parameters averaged",
    "dx is right; dg and db are too small by the number of examples. Every example uses g and "
    "b: does each one add its share, or is there an average?",
)
def batchnorm_backward(dy, x, g, eps):
    s = np.sqrt(x.var(axis=0) + eps)
    xhat = (x - x.mean(axis=0)) / s
    d = g * dy
    return (
        (d - d.mean(axis=0) - xhat * (d * xhat).mean(axis=0)) / s,
        (dy * xhat).mean(axis=0),
        dy.mean(axis=0),
    )


@task.mistake(
    "dg and db swapped",
    "Two of the three results have changed places. Which of g and b is multiplied with the "
    "normalised x?",
)
def batchnorm_backward(dy, x, g, eps):
    s = np.sqrt(x.var(axis=0) + eps)
    xhat = (x - x.mean(axis=0)) / s
    d = g * dy
    return (
        (d - d.mean(axis=0) - xhat * (d * xhat).mean(axis=0)) / s,
        dy.sum(axis=0),
        (dy * xhat).sum(axis=0),
    )


@task.mistake(
    "dg from the raw x",
    "Your dg multiplies by x as it came in. What is g multiplied with on the way forward?",
)
def batchnorm_backward(dy, x, g, eps):
    s = np.sqrt(x.var(axis=0) + eps)
    xhat = (x - x.mean(axis=0)) / s
    d = g * dy
    return (
        (d - d.mean(axis=0) - xhat * (d * xhat).mean(axis=0)) / s,
        (dy * x).sum(axis=0),
        dy.sum(axis=0),
    )


@task.mistake(
    "parameters not summed",
    "dg and db have one entry for each example. The whole batch shares one g and one b: what "
    "becomes of their slopes?",
)
def batchnorm_backward(dy, x, g, eps):
    s = np.sqrt(x.var(axis=0) + eps)
    xhat = (x - x.mean(axis=0)) / s
    d = g * dy
    return (d - d.mean(axis=0) - xhat * (d * xhat).mean(axis=0)) / s, dy * xhat, dy


@task.mistake(
    "epsilon left out",
    "With eps = 0 you are right. Where does eps stand, and what comes out for a constant column?",
)
def batchnorm(x, g, b, eps):
    return g * (x - x.mean(0)) / x.std(0) + b


@task.mistake(
    "shift stretched as well",
    "Where g is 1 or b is 0 you are right. Is b added before the stretch, or behind it?",
)
def batchnorm(x, g, b, eps):
    return g * ((x - x.mean(0)) / np.sqrt(x.var(0) + eps) + b)


@task.mistake(
    "mean square for the variance",
    "Your columns come out too narrow, the more so the farther their mean is from 0. What is "
    "subtracted before a variance squares?",
)
def batchnorm(x, g, b, eps):
    return g * (x - x.mean(0)) / np.sqrt(np.mean(x**2, axis=0) + eps) + b


@task.mistake(
    "spread left out of dx",
    "Your dx has the right direction in each column, and not the right size. By what did the "
    "forward pass divide x?",
)
def batchnorm_backward(dy, x, g, eps):
    s = np.sqrt(x.var(0) + eps)
    xhat, d = (x - x.mean(0)) / s, dy * g
    dx = d - d.mean(0) - xhat * (d * xhat).mean(0)
    return dx, np.sum(dy * xhat, axis=0), np.sum(dy, axis=0)


@task.mistake(
    "sign of the variance term",
    "Two of the three terms of your dx are right. If a column is stretched, its spread grows too: "
    "does that enlarge the normalised x, or shrink it?",
)
def batchnorm_backward(dy, x, g, eps):
    s = np.sqrt(x.var(0) + eps)
    xhat, d = (x - x.mean(0)) / s, dy * g
    dx = (d - d.mean(0) + xhat * (d * xhat).mean(0)) / s
    return dx, np.sum(dy * xhat, axis=0), np.sum(dy, axis=0)


@task.mistake(
    "mean for dg",
    "dx and db are right, and dg is too small by a factor of N. One g serves all examples: what "
    "becomes of what each of them asks for?",
)
def batchnorm_backward(dy, x, g, eps):
    s = np.sqrt(x.var(0) + eps)
    xhat, d = (x - x.mean(0)) / s, dy * g
    dx = (d - d.mean(0) - xhat * (d * xhat).mean(0)) / s
    return dx, np.mean(dy * xhat, axis=0), np.sum(dy, axis=0)


@task.mistake(
    "mean for db",
    "dx and dg are right, and db is too small by a factor of N. If b moves by 1, how many entries "
    "of its column move?",
)
def batchnorm_backward(dy, x, g, eps):
    s = np.sqrt(x.var(0) + eps)
    xhat, d = (x - x.mean(0)) / s, dy * g
    dx = (d - d.mean(0) - xhat * (d * xhat).mean(0)) / s
    return dx, np.sum(dy * xhat, axis=0), np.mean(dy, axis=0)


@task.mistake(
    "epsilon forgotten on the way back",
    "With an eps near 0 your gradients are nearly right. Which spread did the forward pass divide "
    "by?",
)
def batchnorm_backward(dy, x, g, eps):
    s = np.sqrt(x.var(0))
    xhat, d = (x - x.mean(0)) / s, dy * g
    dx = (d - d.mean(0) - xhat * (d * xhat).mean(0)) / s
    return dx, np.sum(dy * xhat, axis=0), np.sum(dy, axis=0)


@task.accepts("by the computational graph, step by step")
def batchnorm_backward(dy, x, g, eps):
    dy, x = np.array(dy, dtype=float), np.array(x, dtype=float)
    n = len(x)
    centred = x - x.sum(axis=0) / n
    variance = (centred**2).sum(axis=0) / n
    inverse = 1 / np.sqrt(variance + eps)
    xhat = centred * inverse
    dxhat = dy * g
    dinverse = (dxhat * centred).sum(axis=0)
    dvariance = -0.5 * inverse**3 * dinverse
    dcentred = dxhat * inverse + 2 / n * centred * dvariance
    dx = dcentred - dcentred.sum(axis=0) / n
    return dx, (dy * xhat).sum(axis=0), dy.sum(axis=0)


@task.accepts("column by column")
def batchnorm(x, g, b, eps):
    x = np.array(x, dtype=float)
    g, b = np.broadcast_to(g, x.shape[1]), np.broadcast_to(b, x.shape[1])
    out = np.empty_like(x)
    for j in range(x.shape[1]):
        column = x[:, j] - x[:, j].mean()
        out[:, j] = g[j] * column / (np.mean(column**2) + eps) ** 0.5 + b[j]
    return out
