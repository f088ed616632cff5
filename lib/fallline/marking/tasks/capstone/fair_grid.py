"""Task `fair_grid` of chapter `capstone`."""

import numpy as np

from fallline import capstone as reference
from fallline.marking.task import Case, Task

NAN, INF = np.nan, np.inf
ERRORS = {
    "overflow": FloatingPointError,
    "division by zero": ZeroDivisionError,
    "too large": OverflowError,
    "no such key": KeyError,
}


def grid(answer, table, lrs, seeds):
    """Run a grid whose values stand in a table, and say how often each pair was trained."""
    asked, wanted = [], (lrs.tolist(), seeds.tolist())

    def train_fn(lr, seed):
        asked.append((float(lr), int(seed)))
        if lr not in wanted[0] or seed not in wanted[1]:
            return NAN
        value = table[wanted[0].index(lr)][wanted[1].index(seed)]
        if isinstance(value, str):
            raise ERRORS[value](value)
        return value

    found = answer(train_fn, lrs, seeds)
    if not isinstance(found, tuple) or len(found) != 4:
        return {"values": found, "best rate": None, "runs": None}
    pairs = [(lr, seed) for lr in wanted[0] for seed in wanted[1]]
    once = sorted(asked) == sorted(pairs)
    said = "each rate with each seed once" if once else "other pairs, or some more than once"
    seen = {"values": found[2], "best rate": found[3], "runs": f"{len(asked)}, {said}"}
    return seen | {"lrs": found[0], "seeds": found[1]}


def tabled(label, table, lrs, seeds=(0, 1, 2)):
    return Case(label, (table, np.array(lrs), np.array(seeds)), grid)


def random_grids(gen):
    cases = []
    for m, k, scale in ((5, 3, 1.0), (4, 5, 100.0), (7, 3, 1e-3)):
        values = scale * (1 + gen.exponential(size=(m, k)))
        values[-1, 0], values[-1, 1] = INF, NAN
        # the smallest mean, the smallest single value and the smallest median are different rates
        values[0, :], values[0, 0] = 3.1 * scale, 0.5 * scale
        values[1, :], values[1, -1] = 0.9 * scale, 40 * scale
        lrs, seeds = np.geomspace(0.001, 1, m), gen.choice(100, k, replace=False)
        label = f"{m} rates, {k} seeds, losses near {scale:g}, two runs failed"
        cases.append(Case(label, (values.tolist(), lrs, seeds), grid))
    return cases


task = Task(
    reference.fair_grid,
    cases=[
        tabled(
            "rates 1 and 2, seeds 0, 1, 2: losses 4, 5, 6 and 1, 2, 9",
            [[4, 5, 6], [1, 2, 9]],
            [1, 2],
        ),
        tabled(
            "losses 5, 5, 5 and 4, 4, 90 and 1, 9, 9",
            [[5, 5, 5], [4, 4, 90], [1, 9, 9]],
            [0.1, 1.0, 10.0],
        ),
        tabled(
            "losses 1, 7, 8 and 6, 6, 6 and 2, 9, 9",
            [[1, 7, 8], [6, 6, 6], [2, 9, 9]],
            [0.01, 0.1, 1.0],
        ),
        tabled(
            "losses 3.5, 4, 30 and 5, 5, 5 and 0.5, 8, 9",
            [[3.5, 4, 30], [5, 5, 5], [0.5, 8, 9]],
            [0.1, 0.3, 0.9],
            (7, 3, 5),
        ),
        tabled(
            "losses 3, 6, 6 and 5, 5, 1 and 4, 4, 4",
            [[3, 6, 6], [5, 5, 1], [4, 4, 4]],
            [0.1, 0.3, 0.9],
        ),
        tabled(
            "losses 9, 2, 8 and 7, 7, 7 and 6, 9, 9",
            [[9, 2, 8], [7, 7, 7], [6, 9, 9]],
            [0.1, 0.3, 0.9],
        ),
        tabled(
            "losses 2, 3, 4 and 1, NaN, infinity and 3, 3.5, 4",
            [[2, 3, 4], [1, NAN, INF], [3, 3.5, 4]],
            [0.1, 0.3, 0.9],
        ),
        tabled(
            "losses 4, 4, 4 and 1, NaN, NaN: two of three runs failed",
            [[4, 4, 4], [1, NAN, NAN]],
            [0.1, 1.0],
        ),
        tabled(
            "losses 4, 4, 4 and 2, 3, NaN: one of three runs failed",
            [[4, 4, 4], [2, 3, NAN]],
            [0.1, 1.0],
        ),
        tabled(
            "a run that ends in an overflow, losses 4, 4, 4 and 3, overflow, 3.5",
            [[4, 4, 4], [3, "overflow", 3.5]],
            [0.1, 1.0],
        ),
        tabled(
            "a first rate that always overflows, and losses 2, 3, 4",
            [["overflow"] * 3, [2, 3, 4]],
            [0.1, 1.0],
        ),
        tabled(
            "a run that divides by zero, losses 4, 4, 4 and 3, division by zero, 3.5",
            [[4, 4, 4], [3, "division by zero", 3.5]],
            [0.1, 1.0],
        ),
        tabled(
            "a run in which a number of plain Python grows too large",
            [[4, 4, 4], ["too large", 3, 3.5]],
            [0.1, 1.0],
        ),
        tabled(
            "train_fn has a slip, a KeyError: no failure of a run, so it comes through",
            [[4, 4, 4], [3, "no such key", 3.5]],
            [0.1, 1.0],
        ),
        tabled(
            "losses 4, 4, 4 and -2, -1, minus infinity: the last run failed",
            [[4, 4, 4], [-2, -1, -INF]],
            [0.1, 1.0],
        ),
        tabled(
            "four seeds: losses 1, 2, 6, 9 and 1, 4.5, 5, 9 and 1, 1.5, 8, 9",
            [[1, 2, 6, 9], [9, 4.5, 5, 1], [1, 1.5, 8, 9]],
            [0.1, 0.3, 0.9],
            (0, 1, 2, 3),
        ),
        tabled(
            "losses 2, 2.00001, 3 and 1, 2, 5: the medians are nearly equal",
            [[2, 2.00001, 3], [1, 2, 5]],
            [0.1, 1.0],
        ),
        tabled("two rates of equal median 2", [[2, 2, 3], [1, 2, 5]], [0.1, 1.0]),
        tabled("all runs fail", [[NAN, INF], [INF, "overflow"]], [0.1, 1.0], (0, 1)),
    ],
    draw=random_grids,
    why="what train_fn returned is handed on; a median is exact but for one rounding",
)


@task.mistake(
    "the best single run",
    "You take the rate of the smallest loss anywhere. One lucky seed decides: what would the other "
    "seeds say about that rate?",
)
def fair_grid(train_fn, lrs, seeds):
    values = np.full((len(lrs), len(seeds)), np.inf)
    for i, lr in enumerate(lrs):
        for j, seed in enumerate(seeds):
            try:
                value = train_fn(lr, seed)
            except ArithmeticError:
                continue
            values[i, j] = value if np.isfinite(value) else np.inf
    lowest = values.min(axis=1)
    best = float(lrs[np.argmin(lowest)]) if np.isfinite(lowest).any() else np.nan
    return np.array(lrs, float), np.array(seeds), values, best


@task.mistake(
    "by the mean",
    "One bad seed throws a rate out, and one that failed makes its mean infinite. Which middle "
    "does not mind how far away an outlier is?",
)
def fair_grid(train_fn, lrs, seeds):
    values = np.full((len(lrs), len(seeds)), np.inf)
    for i, lr in enumerate(lrs):
        for j, seed in enumerate(seeds):
            try:
                value = train_fn(lr, seed)
            except ArithmeticError:
                continue
            values[i, j] = value if np.isfinite(value) else np.inf
    means = values.mean(axis=1)
    best = float(lrs[np.argmin(means)]) if np.isfinite(means).any() else np.nan
    return np.array(lrs, float), np.array(seeds), values, best


@task.mistake(
    "by the worst run",
    "You judge a rate by its worst seed. Careful, but not what is asked: which of three seeds is "
    "neither lucky nor unlucky?",
)
def fair_grid(train_fn, lrs, seeds):
    values = np.full((len(lrs), len(seeds)), np.inf)
    for i, lr in enumerate(lrs):
        for j, seed in enumerate(seeds):
            try:
                value = train_fn(lr, seed)
            except ArithmeticError:
                continue
            values[i, j] = value if np.isfinite(value) else np.inf
    worst = values.max(axis=1)
    best = float(lrs[np.argmin(worst)]) if np.isfinite(worst).any() else np.nan
    return np.array(lrs, float), np.array(seeds), values, best


@task.mistake(
    "by the first seed",
    "Only the first seed decides which rate is best, though you train with all of them. What are "
    "the others for?",
)
def fair_grid(train_fn, lrs, seeds):
    values = np.full((len(lrs), len(seeds)), np.inf)
    for i, lr in enumerate(lrs):
        for j, seed in enumerate(seeds):
            try:
                value = train_fn(lr, seed)
            except ArithmeticError:
                continue
            values[i, j] = value if np.isfinite(value) else np.inf
    first = values[:, 0]
    best = float(lrs[np.argmin(first)]) if np.isfinite(first).any() else np.nan
    return np.array(lrs, float), np.array(seeds), values, best


@task.mistake(
    "failed runs left out",
    "A rate that failed with two of three seeds wins by the third. If you average over survivors "
    "only, what does a rate gain by failing?",
)
def fair_grid(train_fn, lrs, seeds):
    values = np.full((len(lrs), len(seeds)), np.inf)
    for i, lr in enumerate(lrs):
        for j, seed in enumerate(seeds):
            try:
                value = train_fn(lr, seed)
            except ArithmeticError:
                continue
            values[i, j] = value if np.isfinite(value) else np.inf
    kept = [row[np.isfinite(row)] for row in values]
    medians = [np.median(row) if len(row) else np.inf for row in kept]
    best = float(lrs[np.argmin(medians)]) if np.isfinite(medians).any() else np.nan
    return np.array(lrs, float), np.array(seeds), values, best


@task.mistake(
    "NaN handed on",
    "A run that gave NaN stands as NaN in the table, and a median with NaN in it is NaN. As which "
    "number does a failure count here?",
)
def fair_grid(train_fn, lrs, seeds):
    values = np.full((len(lrs), len(seeds)), np.inf)
    for i, lr in enumerate(lrs):
        for j, seed in enumerate(seeds):
            try:
                values[i, j] = train_fn(lr, seed)
            except ArithmeticError:
                values[i, j] = np.inf
    medians = np.median(values, axis=1)
    best = float(lrs[np.argmin(medians)]) if np.isfinite(medians).any() else np.nan
    return np.array(lrs, float), np.array(seeds), values, best


@task.mistake(
    "stops at the first failure",
    "After a failure the other seeds of that rate are not trained. Then rates have been trained "
    "unequally often: what would a reader of your table think?",
)
def fair_grid(train_fn, lrs, seeds):
    values = np.full((len(lrs), len(seeds)), np.inf)
    for i, lr in enumerate(lrs):
        for j, seed in enumerate(seeds):
            try:
                value = train_fn(lr, seed)
            except ArithmeticError:
                break
            if not np.isfinite(value):
                break
            values[i, j] = value
    medians = np.median(values, axis=1)
    best = float(lrs[np.argmin(medians)]) if np.isfinite(medians).any() else np.nan
    return np.array(lrs, float), np.array(seeds), values, best


@task.mistake(
    "another chance for failures",
    "A failed run is trained again, so that unstable rates get a larger budget than stable ones. "
    "What does equal budgets mean for a run that failed?",
)
def fair_grid(train_fn, lrs, seeds):
    values = np.full((len(lrs), len(seeds)), np.inf)
    for i, lr in enumerate(lrs):
        for j, seed in enumerate(seeds):
            for _ in range(2):
                try:
                    value = train_fn(lr, seed)
                except ArithmeticError:
                    continue
                if np.isfinite(value):
                    values[i, j] = value
                    break
    medians = np.median(values, axis=1)
    best = float(lrs[np.argmin(medians)]) if np.isfinite(medians).any() else np.nan
    return np.array(lrs, float), np.array(seeds), values, best


@task.mistake(
    "stops when it gets worse",
    "Rates after the first one that is worse are not trained at all, and their places are empty. "
    "Can a curve over the rates not fall again, or is that what you wish to find out?",
)
def fair_grid(train_fn, lrs, seeds):
    values = np.full((len(lrs), len(seeds)), np.inf)
    last = np.inf
    for i, lr in enumerate(lrs):
        for j, seed in enumerate(seeds):
            try:
                value = train_fn(lr, seed)
            except ArithmeticError:
                continue
            values[i, j] = value if np.isfinite(value) else np.inf
        if np.median(values[i]) > last:
            break
        last = np.median(values[i])
    medians = np.median(values, axis=1)
    best = float(lrs[np.argmin(medians)]) if np.isfinite(medians).any() else np.nan
    return np.array(lrs, float), np.array(seeds), values, best


@task.mistake(
    "one seed for all",
    "Every column of your table is the same: each run had the first seed. How large is the spread "
    "of one number?",
)
def fair_grid(train_fn, lrs, seeds):
    values = np.full((len(lrs), len(seeds)), np.inf)
    for i, lr in enumerate(lrs):
        for j in range(len(seeds)):
            try:
                value = train_fn(lr, seeds[0])
            except ArithmeticError:
                continue
            values[i, j] = value if np.isfinite(value) else np.inf
    medians = np.median(values, axis=1)
    best = float(lrs[np.argmin(medians)]) if np.isfinite(medians).any() else np.nan
    return np.array(lrs, float), np.array(seeds), values, best


@task.mistake(
    "one training copied",
    "Each rate is trained once, and its value copied to all seeds. What can three copies tell "
    "that one run cannot?",
)
def fair_grid(train_fn, lrs, seeds):
    values = np.full((len(lrs), len(seeds)), np.inf)
    for i, lr in enumerate(lrs):
        try:
            value = train_fn(lr, seeds[0])
        except ArithmeticError:
            continue
        values[i, :] = value if np.isfinite(value) else np.inf
    medians = np.median(values, axis=1)
    best = float(lrs[np.argmin(medians)]) if np.isfinite(medians).any() else np.nan
    return np.array(lrs, float), np.array(seeds), values, best


@task.mistake(
    "seeds down, rates across",
    "Your table has a row for each seed. Which of the two is a row asked to be?",
)
def fair_grid(train_fn, lrs, seeds):
    values = np.full((len(seeds), len(lrs)), np.inf)
    for i, lr in enumerate(lrs):
        for j, seed in enumerate(seeds):
            try:
                value = train_fn(lr, seed)
            except ArithmeticError:
                continue
            values[j, i] = value if np.isfinite(value) else np.inf
    medians = np.median(values, axis=0)
    best = float(lrs[np.argmin(medians)]) if np.isfinite(medians).any() else np.nan
    return np.array(lrs, float), np.array(seeds), values, best


@task.mistake(
    "median along the seeds' axis",
    "The table is right, and the best rate is found by a column's number. Over what is the median "
    "to be taken: over rates, or over seeds?",
)
def fair_grid(train_fn, lrs, seeds):
    values = np.full((len(lrs), len(seeds)), np.inf)
    for i, lr in enumerate(lrs):
        for j, seed in enumerate(seeds):
            try:
                value = train_fn(lr, seed)
            except ArithmeticError:
                continue
            values[i, j] = value if np.isfinite(value) else np.inf
    medians = np.median(values, axis=0)
    best = (
        float(lrs[min(np.argmin(medians), len(lrs) - 1)]) if np.isfinite(medians).any() else np.nan
    )
    return np.array(lrs, float), np.array(seeds), values, best


@task.mistake(
    "the largest wins",
    "You pick the rate with the largest value. They are losses: which way is better?",
)
def fair_grid(train_fn, lrs, seeds):
    values = np.full((len(lrs), len(seeds)), np.inf)
    for i, lr in enumerate(lrs):
        for j, seed in enumerate(seeds):
            try:
                value = train_fn(lr, seed)
            except ArithmeticError:
                continue
            values[i, j] = value if np.isfinite(value) else np.inf
    medians = np.median(values, axis=1)
    best = float(lrs[np.argmax(medians)]) if np.isfinite(medians).any() else np.nan
    return np.array(lrs, float), np.array(seeds), values, best


@task.mistake(
    "the value, not the rate",
    "What you call the best rate is the best median loss. Which of the two would you hand to the "
    "next training?",
)
def fair_grid(train_fn, lrs, seeds):
    values = np.full((len(lrs), len(seeds)), np.inf)
    for i, lr in enumerate(lrs):
        for j, seed in enumerate(seeds):
            try:
                value = train_fn(lr, seed)
            except ArithmeticError:
                continue
            values[i, j] = value if np.isfinite(value) else np.inf
    medians = np.median(values, axis=1)
    best = float(np.min(medians)) if np.isfinite(medians).any() else np.nan
    return np.array(lrs, float), np.array(seeds), values, best


@task.mistake(
    "the first rate where all failed",
    "Where every run fails you still name a rate. Is there a best among infinities?",
)
def fair_grid(train_fn, lrs, seeds):
    values = np.full((len(lrs), len(seeds)), np.inf)
    for i, lr in enumerate(lrs):
        for j, seed in enumerate(seeds):
            try:
                value = train_fn(lr, seed)
            except ArithmeticError:
                continue
            values[i, j] = value if np.isfinite(value) else np.inf
    best = float(lrs[np.argmin(np.median(values, axis=1))])
    return np.array(lrs, float), np.array(seeds), values, best


@task.mistake(
    "an overflow ends everything",
    "A run that overflows raises an ArithmeticError, and takes the whole grid with it, the runs "
    "that were fine included. How can one run fail alone?",
)
def fair_grid(train_fn, lrs, seeds):
    values = np.array([[train_fn(lr, seed) for seed in seeds] for lr in lrs], dtype=float)
    values[~np.isfinite(values)] = np.inf
    medians = np.median(values, axis=1)
    best = float(lrs[np.argmin(medians)]) if np.isfinite(medians).any() else np.nan
    return np.array(lrs, float), np.array(seeds), values, best


@task.mistake(
    "failures skipped",
    "Failed runs stand as NaN in the table, and the median skips them: so a rate that fails twice "
    "is judged by its one success. As which number does a failure count here?",
)
def fair_grid(train_fn, lrs, seeds):
    values = np.full((len(lrs), len(seeds)), np.nan)
    for i, lr in enumerate(lrs):
        for j, seed in enumerate(seeds):
            try:
                value = train_fn(lr, seed)
            except ArithmeticError:
                continue
            values[i, j] = value if np.isfinite(value) else np.nan
    medians = np.nanmedian(values, axis=1)
    best = float(lrs[np.nanargmin(medians)]) if np.isfinite(medians).any() else np.nan
    return np.array(lrs, float), np.array(seeds), values, best


@task.mistake(
    "every error counts as a failure",
    "A train_fn with a slip in it, here a KeyError, comes out as a run that failed: a grid of "
    "nothing but infinities, and no word of why. Which errors does a run raise that diverges?",
)
def fair_grid(train_fn, lrs, seeds):
    values = np.full((len(lrs), len(seeds)), np.inf)
    for i, lr in enumerate(lrs):
        for j, seed in enumerate(seeds):
            try:
                value = train_fn(lr, seed)
            except Exception:
                continue
            values[i, j] = value if np.isfinite(value) else np.inf
    medians = np.median(values, axis=1)
    best = float(lrs[np.argmin(medians)]) if np.isfinite(medians).any() else np.nan
    return np.array(lrs, float), np.array(seeds), values, best


@task.mistake(
    "only NumPy's errors caught",
    "NumPy's errors are caught, and a division by zero or an overflow of plain Python takes the "
    "whole grid with it. What is the common family of the three?",
)
def fair_grid(train_fn, lrs, seeds):
    values = np.full((len(lrs), len(seeds)), np.inf)
    for i, lr in enumerate(lrs):
        for j, seed in enumerate(seeds):
            try:
                value = train_fn(lr, seed)
            except FloatingPointError:
                continue
            values[i, j] = value if np.isfinite(value) else np.inf
    medians = np.median(values, axis=1)
    best = float(lrs[np.argmin(medians)]) if np.isfinite(medians).any() else np.nan
    return np.array(lrs, float), np.array(seeds), values, best


@task.mistake(
    "only divisions by zero caught",
    "A division by zero is caught, and an overflow takes the whole grid with it. What is the "
    "common family of all errors of arithmetic?",
)
def fair_grid(train_fn, lrs, seeds):
    values = np.full((len(lrs), len(seeds)), np.inf)
    for i, lr in enumerate(lrs):
        for j, seed in enumerate(seeds):
            try:
                value = train_fn(lr, seed)
            except ZeroDivisionError:
                continue
            values[i, j] = value if np.isfinite(value) else np.inf
    medians = np.median(values, axis=1)
    best = float(lrs[np.argmin(medians)]) if np.isfinite(medians).any() else np.nan
    return np.array(lrs, float), np.array(seeds), values, best


@task.mistake(
    "only overflows caught",
    "An overflow of plain Python is caught, and a division by zero or an error of NumPy's takes "
    "the whole grid with it. Which family do all of them belong to?",
)
def fair_grid(train_fn, lrs, seeds):
    values = np.full((len(lrs), len(seeds)), np.inf)
    for i, lr in enumerate(lrs):
        for j, seed in enumerate(seeds):
            try:
                value = train_fn(lr, seed)
            except OverflowError:
                continue
            values[i, j] = value if np.isfinite(value) else np.inf
    medians = np.median(values, axis=1)
    best = float(lrs[np.argmin(medians)]) if np.isfinite(medians).any() else np.nan
    return np.array(lrs, float), np.array(seeds), values, best


@task.mistake(
    "two of three errors caught",
    "Overflow and division by zero of plain Python are caught, and the error that NumPy raises "
    "takes the whole grid with it. Which family do all of them belong to?",
)
def fair_grid(train_fn, lrs, seeds):
    values = np.full((len(lrs), len(seeds)), np.inf)
    for i, lr in enumerate(lrs):
        for j, seed in enumerate(seeds):
            try:
                value = train_fn(lr, seed)
            except (OverflowError, ZeroDivisionError):
                continue
            values[i, j] = value if np.isfinite(value) else np.inf
    medians = np.median(values, axis=1)
    best = float(lrs[np.argmin(medians)]) if np.isfinite(medians).any() else np.nan
    return np.array(lrs, float), np.array(seeds), values, best


@task.mistake(
    "minus infinity wins",
    "A run that ended at minus infinity stands in your table, and wins. What would you say of a "
    "training that reports such a loss?",
)
def fair_grid(train_fn, lrs, seeds):
    values = np.full((len(lrs), len(seeds)), np.inf)
    for i, lr in enumerate(lrs):
        for j, seed in enumerate(seeds):
            try:
                value = train_fn(lr, seed)
            except ArithmeticError:
                continue
            values[i, j] = np.inf if np.isnan(value) else value
    medians = np.median(values, axis=1)
    best = float(lrs[np.argmin(medians)]) if np.isfinite(medians).any() else np.nan
    return np.array(lrs, float), np.array(seeds), values, best


@task.mistake(
    "losses below 0 taken for failures",
    "A loss below 0 stands as a failure in your table. Cross-entropies are positive; but does the "
    "grid know what kind of loss it is given?",
)
def fair_grid(train_fn, lrs, seeds):
    values = np.full((len(lrs), len(seeds)), np.inf)
    for i, lr in enumerate(lrs):
        for j, seed in enumerate(seeds):
            try:
                value = train_fn(lr, seed)
            except ArithmeticError:
                continue
            values[i, j] = value if 0 <= value < np.inf else np.inf
    medians = np.median(values, axis=1)
    best = float(lrs[np.argmin(medians)]) if np.isfinite(medians).any() else np.nan
    return np.array(lrs, float), np.array(seeds), values, best


@task.mistake(
    "another chance for NaN",
    "A run that ended in NaN or infinity is trained a second time, so there are more runs than "
    "pairs. Which budget has a rate that often fails, then?",
)
def fair_grid(train_fn, lrs, seeds):
    values = np.full((len(lrs), len(seeds)), np.inf)
    for i, lr in enumerate(lrs):
        for j, seed in enumerate(seeds):
            try:
                value = train_fn(lr, seed)
                if not np.isfinite(value):
                    value = train_fn(lr, seed)
            except ArithmeticError:
                continue
            values[i, j] = value if np.isfinite(value) else np.inf
    medians = np.median(values, axis=1)
    best = float(lrs[np.argmin(medians)]) if np.isfinite(medians).any() else np.nan
    return np.array(lrs, float), np.array(seeds), values, best


@task.mistake(
    "every run twice",
    "Every run that does not fail is trained twice, once to see whether it fails, and once for its "
    "value. Where could the first value have been kept?",
)
def fair_grid(train_fn, lrs, seeds):
    values = np.full((len(lrs), len(seeds)), np.inf)
    for i, lr in enumerate(lrs):
        for j, seed in enumerate(seeds):
            try:
                if np.isfinite(train_fn(lr, seed)):
                    values[i, j] = train_fn(lr, seed)
            except ArithmeticError:
                continue
    medians = np.median(values, axis=1)
    best = float(lrs[np.argmin(medians)]) if np.isfinite(medians).any() else np.nan
    return np.array(lrs, float), np.array(seeds), values, best


@task.mistake(
    "one run to try it out",
    "There is one run more than there are pairs: one training was only tried out, and if it "
    "overflows, all is over. What did it cost, and who pays for it in a real experiment?",
)
def fair_grid(train_fn, lrs, seeds):
    values = np.full((len(lrs), len(seeds)), np.inf)
    train_fn(lrs[0], seeds[0])
    for i, lr in enumerate(lrs):
        for j, seed in enumerate(seeds):
            try:
                value = train_fn(lr, seed)
            except ArithmeticError:
                continue
            values[i, j] = value if np.isfinite(value) else np.inf
    medians = np.median(values, axis=1)
    best = float(lrs[np.argmin(medians)]) if np.isfinite(medians).any() else np.nan
    return np.array(lrs, float), np.array(seeds), values, best


@task.mistake(
    "seeds counted from 0",
    "Your runs have the seeds 0, 1, 2, ..., whatever seeds were handed in. Is it the number of a "
    "seed in its list that goes into train_fn?",
)
def fair_grid(train_fn, lrs, seeds):
    values = np.full((len(lrs), len(seeds)), np.inf)
    for i, lr in enumerate(lrs):
        for j in range(len(seeds)):
            try:
                value = train_fn(lr, j)
            except ArithmeticError:
                continue
            values[i, j] = value if np.isfinite(value) else np.inf
    medians = np.median(values, axis=1)
    best = float(lrs[np.argmin(medians)]) if np.isfinite(medians).any() else np.nan
    return np.array(lrs, float), np.array(seeds), values, best


@task.mistake(
    "an exception ends its rate",
    "After an overflow the other seeds of that rate are not trained, and after a NaN they are. For "
    "how many runs does one failure speak?",
)
def fair_grid(train_fn, lrs, seeds):
    values = np.full((len(lrs), len(seeds)), np.inf)
    for i, lr in enumerate(lrs):
        try:
            for j, seed in enumerate(seeds):
                value = train_fn(lr, seed)
                values[i, j] = value if np.isfinite(value) else np.inf
        except ArithmeticError:
            continue
    medians = np.median(values, axis=1)
    best = float(lrs[np.argmin(medians)]) if np.isfinite(medians).any() else np.nan
    return np.array(lrs, float), np.array(seeds), values, best


@task.mistake(
    "NaN left in the table",
    "You pass over the medians that are NaN, and NaN itself is still in the table: who reads it "
    "sees no failure. As which number does a failed run count?",
)
def fair_grid(train_fn, lrs, seeds):
    values = np.full((len(lrs), len(seeds)), np.inf)
    for i, lr in enumerate(lrs):
        for j, seed in enumerate(seeds):
            try:
                values[i, j] = train_fn(lr, seed)
            except ArithmeticError:
                continue
    medians = np.median(values, axis=1)
    medians[np.isnan(medians)] = np.inf
    best = float(lrs[np.argmin(medians)]) if np.isfinite(medians).any() else np.nan
    return np.array(lrs, float), np.array(seeds), values, best


@task.mistake(
    "failures skipped, NaN the smallest",
    "Failed runs stand as NaN in the table, the median skips them, and a rate that always fails "
    "has the median NaN, which then counts as the smallest. As which number would a failure lose?",
)
def fair_grid(train_fn, lrs, seeds):
    values = np.full((len(lrs), len(seeds)), np.nan)
    for i, lr in enumerate(lrs):
        for j, seed in enumerate(seeds):
            try:
                value = train_fn(lr, seed)
            except ArithmeticError:
                continue
            values[i, j] = value if np.isfinite(value) else np.nan
    best = float(lrs[np.argmin(np.nanmedian(values, axis=1))])
    return np.array(lrs, float), np.array(seeds), values, best


@task.mistake(
    "the largest of equal rates",
    "Of two rates that do equally well you name the larger one. Which of them was asked for?",
)
def fair_grid(train_fn, lrs, seeds):
    values = np.full((len(lrs), len(seeds)), np.inf)
    for i, lr in enumerate(lrs):
        for j, seed in enumerate(seeds):
            try:
                value = train_fn(lr, seed)
            except ArithmeticError:
                continue
            values[i, j] = value if np.isfinite(value) else np.inf
    medians = np.median(values, axis=1)
    equal = np.flatnonzero(medians == medians.min())
    best = float(lrs[equal[-1]]) if np.isfinite(medians).any() else np.nan
    return np.array(lrs, float), np.array(seeds), values, best


@task.mistake(
    "infinity where no rate is best",
    "Where every run fails, your best rate is infinity. It is a rate, not a loss: which number "
    "says that there is none?",
)
def fair_grid(train_fn, lrs, seeds):
    values = np.full((len(lrs), len(seeds)), np.inf)
    for i, lr in enumerate(lrs):
        for j, seed in enumerate(seeds):
            try:
                value = train_fn(lr, seed)
            except ArithmeticError:
                continue
            values[i, j] = value if np.isfinite(value) else np.inf
    medians = np.median(values, axis=1)
    best = float(lrs[np.argmin(medians)]) if np.isfinite(medians).any() else np.inf
    return np.array(lrs, float), np.array(seeds), values, best


@task.mistake(
    "the row's number, not the rate",
    "What you call the best rate is the number of its row. What stands at that place in lrs?",
)
def fair_grid(train_fn, lrs, seeds):
    values = np.full((len(lrs), len(seeds)), np.inf)
    for i, lr in enumerate(lrs):
        for j, seed in enumerate(seeds):
            try:
                value = train_fn(lr, seed)
            except ArithmeticError:
                continue
            values[i, j] = value if np.isfinite(value) else np.inf
    medians = np.median(values, axis=1)
    best = float(np.argmin(medians)) if np.isfinite(medians).any() else np.nan
    return np.array(lrs, float), np.array(seeds), values, best


@task.mistake(
    "the upper of two middles",
    "With four seeds you take the third smallest loss for the median. How many runs are above it, "
    "and how many below?",
)
def fair_grid(train_fn, lrs, seeds):
    values = np.full((len(lrs), len(seeds)), np.inf)
    for i, lr in enumerate(lrs):
        for j, seed in enumerate(seeds):
            try:
                value = train_fn(lr, seed)
            except ArithmeticError:
                continue
            values[i, j] = value if np.isfinite(value) else np.inf
    medians = np.sort(values, axis=1)[:, len(seeds) // 2]
    best = float(lrs[np.argmin(medians)]) if np.isfinite(medians).any() else np.nan
    return np.array(lrs, float), np.array(seeds), values, best


@task.mistake(
    "the lower of two middles",
    "With four seeds you take the second smallest loss for the median. How many runs are below it, "
    "and how many above?",
)
def fair_grid(train_fn, lrs, seeds):
    values = np.full((len(lrs), len(seeds)), np.inf)
    for i, lr in enumerate(lrs):
        for j, seed in enumerate(seeds):
            try:
                value = train_fn(lr, seed)
            except ArithmeticError:
                continue
            values[i, j] = value if np.isfinite(value) else np.inf
    medians = np.sort(values, axis=1)[:, (len(seeds) - 1) // 2]
    best = float(lrs[np.argmin(medians)]) if np.isfinite(medians).any() else np.nan
    return np.array(lrs, float), np.array(seeds), values, best


@task.mistake(
    "the rates handed back",
    "The rates that come back are the very array that was handed in, whole numbers and all: "
    "whoever changes one changes the other. What makes a new array of them, and of fractions?",
)
def fair_grid(train_fn, lrs, seeds):
    values = np.full((len(lrs), len(seeds)), np.inf)
    for i, lr in enumerate(lrs):
        for j, seed in enumerate(seeds):
            try:
                value = train_fn(lr, seed)
            except ArithmeticError:
                continue
            values[i, j] = value if np.isfinite(value) else np.inf
    medians = np.median(values, axis=1)
    best = float(lrs[np.argmin(medians)]) if np.isfinite(medians).any() else np.nan
    return lrs, np.array(seeds), values, best


@task.mistake(
    "nearly equal taken for equal",
    "Of two medians that differ in the sixth digit you call the larger one just as good. How near "
    "is equal, where nothing has been rounded?",
)
def fair_grid(train_fn, lrs, seeds):
    values = np.full((len(lrs), len(seeds)), np.inf)
    for i, lr in enumerate(lrs):
        for j, seed in enumerate(seeds):
            try:
                value = train_fn(lr, seed)
            except ArithmeticError:
                continue
            values[i, j] = value if np.isfinite(value) else np.inf
    medians = np.median(values, axis=1)
    near = np.flatnonzero(np.isclose(medians, medians.min()))
    best = float(lrs[near[0]]) if np.isfinite(medians).any() else np.nan
    return np.array(lrs, float), np.array(seeds), values, best


@task.accepts("pair by pair, sorted in the end")
def fair_grid(train_fn, lrs, seeds):
    def run(lr, seed):
        try:
            value = float(train_fn(lr, seed))
        except ArithmeticError:
            return np.inf
        return value if np.isfinite(value) else np.inf

    values = np.array([run(lr, seed) for lr in lrs for seed in seeds])
    values = values.reshape(len(lrs), len(seeds))
    ranked = sorted((np.median(row), lr) for row, lr in zip(values, lrs, strict=True))
    best = float(ranked[0][1]) if np.isfinite(ranked[0][0]) else np.nan
    return np.array(lrs, float), np.array(seeds), values, best


@task.accepts("seed by seed, as a Grid")
def fair_grid(train_fn, lrs, seeds):
    from fallline.capstone import Grid

    values = np.empty((len(lrs), len(seeds)))
    for j, seed in enumerate(seeds):
        for i, lr in enumerate(lrs):
            try:
                values[i, j] = train_fn(lr, seed)
            except ArithmeticError:
                values[i, j] = np.nan
    values[np.isnan(values) | np.isinf(values)] = np.inf
    best, lowest = np.nan, np.inf
    for lr, row in zip(lrs, values, strict=True):
        if np.median(row) < lowest:
            best, lowest = float(lr), np.median(row)
    return Grid(np.asarray(lrs, float).copy(), np.array(seeds), values, best)
