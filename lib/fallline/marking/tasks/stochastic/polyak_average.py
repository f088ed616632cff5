"""Task `polyak_average` of chapter `stochastic`."""

import numpy as np

from fallline import stochastic as reference
from fallline.marking.task import Case, Task


def random_paths(gen):
    cases = []
    for shape, burn, scale in (((8, 2), 3, 1.0), ((6, 2, 3), 1, 1e-5), ((12,), 5, 1e4)):
        path = scale * gen.normal(size=shape)
        path[0] = 0.0
        cases.append(Case(f"{shape[0]} points of shape {shape[1:]}, burn = {burn}", (path, burn)))
    return cases


WALK = np.array([[9.0, 9.0], [2.0, 0.0], [4.0, 6.0], [0.0, 3.0]])


task = Task(
    reference.polyak_average,
    cases=[
        Case("9, 2, 4, 0, burn = 1", (np.array([9.0, 2.0, 4.0, 0.0]), 1)),
        Case("9, 2, 4, 0, burn = 0", (np.array([9.0, 2.0, 4.0, 0.0]), 0)),
        Case("(9, 9), (2, 0), (4, 6), (0, 3), burn = 1", (WALK, 1)),
        Case("(9, 9), (2, 0), (4, 6), (0, 3), burn = 2", (WALK, 2)),
        Case("burn = 3 of 4: one point is left", (WALK, 3)),
        Case("whole numbers 1, 2, 4, 8, burn = 1", (np.array([1, 2, 4, 8]), 1)),
        Case("points of shape (2, 3), burn = 2", (np.arange(30.0).reshape(5, 2, 3) ** 1.3, 2)),
        Case("tiny numbers", (1e-9 * WALK, 1)),
        Case("NaN on the way", (np.array([1.0, 2.0, np.nan, 4.0]), 1)),
        Case("burn = 4 of 4: nothing is left", (WALK, 4)),
        Case("burn = 6 of 4", (WALK, 6)),
        Case("burn = 9 of 3 numbers", (np.array([3.0, 1.0, 2.0]), 9)),
    ],
    draw=random_paths,
    rtol=1e-9,
    why="sums in another order differ by rounding",
)


@task.mistake(
    "moving average",
    "The newest point weighs more than the older ones in your average. In a plain mean, how much "
    "does each of j points count?",
)
def polyak_average(traj, burn):
    kept = np.asarray(traj, dtype=float)[burn:]
    if not len(kept):
        raise ValueError("nothing is left")
    out = [kept[0]]
    for w in kept[1:]:
        out.append(0.9 * out[-1] + 0.1 * w)
    return np.array(out)


@task.mistake(
    "first points included",
    "The points before burn are still in your means. What were they to be left out for?",
)
def polyak_average(traj, burn):
    traj = np.asarray(traj, dtype=float)
    if burn >= len(traj):
        raise ValueError("nothing is left")
    counts = np.arange(1, len(traj) + 1).reshape(-1, *[1] * (traj.ndim - 1))
    return (np.cumsum(traj, axis=0) / counts)[burn:]


@task.mistake(
    "divided by one more",
    "Your first mean is half of the first point. A mean of one point is that point: by what do you "
    "divide?",
)
def polyak_average(traj, burn):
    kept = np.asarray(traj, dtype=float)[burn:]
    if not len(kept):
        raise ValueError("nothing is left")
    counts = np.arange(2, len(kept) + 2).reshape(-1, *[1] * (kept.ndim - 1))
    return np.cumsum(kept, axis=0) / counts


@task.mistake(
    "divided by the count of all",
    "Your means shrink towards 0: the points that were left out are still counted. How many points "
    "are in the first mean?",
)
def polyak_average(traj, burn):
    kept = np.asarray(traj, dtype=float)[burn:]
    if not len(kept):
        raise ValueError("nothing is left")
    counts = np.arange(burn + 1, burn + len(kept) + 1).reshape(-1, *[1] * (kept.ndim - 1))
    return np.cumsum(kept, axis=0) / counts


@task.mistake(
    "the points themselves",
    "This is the walk, not its average. What takes the place of the last point?",
)
def polyak_average(traj, burn):
    kept = np.array(traj, dtype=float)[burn:]
    if not len(kept):
        raise ValueError("nothing is left")
    return kept


@task.mistake(
    "only the last mean",
    "The mean of all is right, and it is all that comes back. A running mean has a row for each "
    "point, so that it can be drawn.",
)
def polyak_average(traj, burn):
    kept = np.asarray(traj, dtype=float)[burn:]
    if not len(kept):
        raise ValueError("nothing is left")
    return np.mean(kept, axis=0)


@task.mistake(
    "one point too many left out",
    "One row is missing: burn = 1 leaves out one point, row 0. Where does the rest begin?",
)
def polyak_average(traj, burn):
    kept = np.asarray(traj, dtype=float)[burn + 1 :]
    if burn >= len(traj):
        raise ValueError("nothing is left")
    counts = np.arange(1, len(kept) + 1).reshape(-1, *[1] * (kept.ndim - 1))
    return np.cumsum(kept, axis=0) / counts


@task.mistake(
    "sums",
    "These are sums, and they grow with the number of points. What makes a mean of a sum?",
)
def polyak_average(traj, burn):
    kept = np.asarray(traj, dtype=float)[burn:]
    if not len(kept):
        raise ValueError("nothing is left")
    return np.cumsum(kept, axis=0)


@task.mistake(
    "nothing left, and no error",
    "If burn leaves no point over, there is no mean. Should that pass in silence?",
)
def polyak_average(traj, burn):
    kept = np.asarray(traj, dtype=float)[burn:]
    counts = np.arange(1, len(kept) + 1).reshape(-1, *[1] * (kept.ndim - 1))
    return np.cumsum(kept, axis=0) / counts


@task.mistake(
    "mean of the last two",
    "Each of your rows is the mean of two neighbours. How far back does a running mean reach?",
)
def polyak_average(traj, burn):
    kept = np.asarray(traj, dtype=float)[burn:]
    if not len(kept):
        raise ValueError("nothing is left")
    return np.concatenate([kept[:1], (kept[1:] + kept[:-1]) / 2])


@task.mistake(
    "mean of the means",
    "You add the new point and the old mean and halve. After three points, how much does the first "
    "one still count?",
)
def polyak_average(traj, burn):
    kept = np.asarray(traj, dtype=float)[burn:]
    if not len(kept):
        raise ValueError("nothing is left")
    out = [kept[0]]
    for w in kept[1:]:
        out.append((out[-1] + w) / 2)
    return np.array(out)


@task.mistake(
    "mean over coordinates",
    "Each row became a single number. Is the mean taken over the points, or inside of one?",
)
def polyak_average(traj, burn):
    kept = np.asarray(traj, dtype=float)[burn:]
    if not len(kept):
        raise ValueError("nothing is left")
    return np.array([np.mean(kept[: j + 1]) for j in range(len(kept))])


@task.mistake(
    "the newest point missing",
    "Your first mean is over nothing, and every later one lacks its last point. Does a slice "
    "hold the index at which it ends?",
)
def polyak_average(traj, burn):
    if burn >= len(traj):
        raise ValueError("nothing is left")
    traj, out = np.asarray(traj, dtype=float), []
    for stop in range(burn, len(traj)):
        total = np.sum(traj[burn:stop], axis=0)
        out.append(total / (stop - burn) if stop > burn else np.nan * total)
    return np.array(out)


@task.mistake(
    "a list of means",
    "The means may be right; they come as a list. The result is an array, one mean a row. And "
    "what if no point is left?",
)
def polyak_average(traj, burn):
    return [np.mean(traj[burn : j + 1], axis=0) for j in range(burn, len(traj))]


@task.mistake(
    "divided by the number of rows",
    "Only your last mean is right: the others are too small. How many points are in the first one?",
)
def polyak_average(traj, burn):
    if burn >= len(traj):
        raise ValueError("nothing is left")
    kept = traj[burn:]
    return np.cumsum(kept, axis=0) / len(kept)


@task.mistake(
    "the first mean missing",
    "One row is missing, the first: the mean of a single point. Where does your loop begin?",
)
def polyak_average(traj, burn):
    if burn >= len(traj):
        raise ValueError("nothing is left")
    return np.array([traj[burn:j].mean(axis=0) for j in range(burn + 2, len(traj) + 1)])


@task.mistake(
    "begun one later",
    "One row fewer than there should be: burn = 1 leaves out the point 9, and you left out 2 as "
    "well. Which index has the first point that counts?",
)
def polyak_average(traj, burn):
    if burn >= len(traj):
        raise ValueError("nothing is left")
    kept = traj[burn + 1 :]
    return np.array([np.mean(kept[: j + 1], axis=0) for j in range(len(kept))])


@task.mistake(
    "all coordinates in one sum",
    "Right for a path of numbers. Where each point has coordinates, your sum runs on from one "
    "coordinate into the next. Along which axis do the points follow each other?",
)
def polyak_average(traj, burn):
    if burn >= len(traj):
        raise ValueError("nothing is left")
    kept = traj[burn:]
    return np.cumsum(kept) / np.arange(1, len(kept) + 1)


@task.mistake(
    "numbers only",
    "Right for a path of numbers. For points with coordinates your counts 1, 2, 3 meet a "
    "coordinate each, and not a row each. Which shape must they have?",
)
def polyak_average(traj, burn):
    if burn >= len(traj):
        raise ValueError("nothing is left")
    kept = traj[burn:]
    return np.cumsum(kept, axis=0) / np.arange(1, len(kept) + 1)


@task.mistake(
    "rows of two axes only",
    "Right for points with one axis of coordinates. What do your counts need for a path of "
    "numbers, and for points that are tables?",
)
def polyak_average(traj, burn):
    if burn >= len(traj):
        raise ValueError("nothing is left")
    kept = traj[burn:]
    return np.cumsum(kept, axis=0) / np.arange(1, len(kept) + 1)[:, None]


@task.mistake(
    "the last points left out",
    "You leave out points at the end, and 9 is still there. Which points lie far from the minimum, "
    "the first or the last?",
)
def polyak_average(traj, burn):
    if burn >= len(traj):
        raise ValueError("nothing is left")
    kept = traj[: len(traj) - burn]
    return np.array([np.mean(kept[: j + 1], axis=0) for j in range(len(kept))])


@task.mistake(
    "means of what comes later",
    "Your rows begin with the mean of all and end with the last point: they look ahead. Which "
    "points has the walk made when row j is written?",
)
def polyak_average(traj, burn):
    if burn >= len(traj):
        raise ValueError("nothing is left")
    return np.array([np.mean(traj[j:], axis=0) for j in range(burn, len(traj))])


@task.mistake(
    "each mean one point late",
    "Your rows come one late: the first is 0, and the mean of all never comes. Does a slice hold "
    "the index at which it stops?",
)
def polyak_average(traj, burn):
    if burn >= len(traj):
        raise ValueError("nothing is left")
    kept = traj[burn:]
    return np.array([np.sum(kept[:j], axis=0) / max(j, 1) for j in range(len(kept))])


@task.mistake(
    "as many rows as before",
    "Your result has a row for each point of the whole path. How many points are left?",
)
def polyak_average(traj, burn):
    if burn >= len(traj):
        raise ValueError("nothing is left")
    kept, out = traj[burn:], np.zeros(traj.shape)
    for j in range(len(kept)):
        out[j] = np.mean(kept[: j + 1], axis=0)
    return out


@task.mistake(
    "burn not looked at",
    "9 is in all your means, though burn says that it should not. Which argument is not used?",
)
def polyak_average(traj, burn):
    if burn >= len(traj):
        raise ValueError("nothing is left")
    return np.array([np.mean(traj[: j + 1], axis=0) for j in range(len(traj))])


@task.mistake(
    "middle point for mean",
    "Your rows are medians: the middle one of the points so far. How much does a far point count "
    "in a mean?",
)
def polyak_average(traj, burn):
    if burn >= len(traj):
        raise ValueError("nothing is left")
    kept = traj[burn:]
    return np.array([np.median(kept[: j + 1], axis=0) for j in range(len(kept))])


@task.mistake(
    "nothing left, and an empty array",
    "Where burn leaves no point, an empty array comes back. What is the mean of nothing?",
)
def polyak_average(traj, burn):
    kept = traj[burn:]
    return np.array([np.mean(kept[: j + 1], axis=0) for j in range(len(kept))])


@task.mistake(
    "an error for one excess only",
    "burn = 4 of 4 is refused, and burn = 6 of 4 is not. How many points does that leave?",
)
def polyak_average(traj, burn):
    if burn == len(traj):
        raise ValueError("nothing is left")
    kept = traj[burn:]
    return np.array([np.mean(kept[: j + 1], axis=0) for j in range(len(kept))])


@task.mistake(
    "mean of the coordinates",
    "You average the coordinates inside of each point. Which axis counts the points of the walk?",
)
def polyak_average(traj, burn):
    if burn >= len(traj):
        raise ValueError("nothing is left")
    return np.mean(traj[burn:], axis=-1)


@task.mistake(
    "mean of the first and the newest",
    "Each of your rows is halfway between the first point and the newest. What of those between?",
)
def polyak_average(traj, burn):
    if burn >= len(traj):
        raise ValueError("nothing is left")
    return np.array([(traj[burn] + traj[j]) / 2 for j in range(burn, len(traj))])


@task.mistake(
    "one mean too few",
    "The last row is missing, the mean of all that is left. Where does your loop stop?",
)
def polyak_average(traj, burn):
    if burn >= len(traj):
        raise ValueError("nothing is left")
    return np.array([np.mean(traj[burn:j], axis=0) for j in range(burn + 1, len(traj))])


@task.mistake(
    "the last burn points",
    "You keep the last burn points, and should leave out the first burn. What does a negative "
    "start of a slice count?",
)
def polyak_average(traj, burn):
    if burn >= len(traj):
        raise ValueError("nothing is left")
    kept = traj[-burn:]
    return np.array([np.mean(kept[: j + 1], axis=0) for j in range(len(traj) - burn)])


@task.accepts("with a running correction")
def polyak_average(traj, burn):
    kept = np.array(traj, dtype=float)[burn:]
    if not len(kept):
        raise ValueError("burn leaves nothing")
    mean, rows = kept[0].copy(), [kept[0].copy()]
    for j, w in enumerate(kept[1:], start=2):
        mean = mean + (w - mean) / j
        rows.append(mean)
    return np.array(rows)


@task.accepts("mean by mean")
def polyak_average(traj, burn):
    traj = np.asarray(traj, dtype=float)
    if burn > len(traj) - 1:
        raise ValueError("burn is too large")
    return np.stack([traj[burn:stop].mean(axis=0) for stop in range(burn + 1, len(traj) + 1)])
