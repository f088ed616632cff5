"""Task `report` of chapter `capstone`."""

import numpy as np

from fallline import capstone as reference
from fallline.capstone import grid_of
from fallline.marking.task import Case, Task

INF = np.inf


def table(label, lrs, values):
    """Return a case: the grid of these losses, whose seeds are 0, 1, 2, ..."""
    values = np.array(values, dtype=float)
    return Case(label, (grid_of(np.array(lrs, dtype=float), np.arange(values.shape[1]), values),))


def random_tables(gen):
    cases = []
    for m, k, scale in ((7, 3, 1.0), (5, 4, 0.01), (4, 5, 100.0)):
        values = scale * (2 + gen.exponential(size=(m, k)))
        row = int(gen.integers(1, m - 1))
        values[row] = scale * (1 + gen.random(k))
        values[row, 0] = 1.99 * scale
        values[0, 1] = 0.5 * scale  # a lucky seed elsewhere
        values[-1, : k // 2 + 1] = INF
        lrs = np.geomspace(1e-4, 1, m)
        label = f"{m} rates, {k} seeds, losses near {scale:g}, {k // 2 + 1} failures"
        cases.append(table(label, lrs, values))
    return cases


task = Task(
    reference.report,
    cases=[
        table(
            "rates 0.1, 1, 10; losses 4 5 6, then 1 2 9, then 3 7 8",
            [0.1, 1, 10],
            [[4, 5, 6], [1, 2, 9], [3, 7, 8]],
        ),
        table(
            "rates 0.1, 1, 10; losses 4 5 6, then 1 2 9, then infinity, infinity, 1",
            [0.1, 1, 10],
            [[4, 5, 6], [1, 2, 9], [INF, INF, 1]],
        ),
        table(
            "rates 0.1, 1, 10; losses 2 2.5 7, then 3 3 4, then 5 6 infinity",
            [0.1, 1, 10],
            [[2, 2.5, 7], [3, 3, 4], [5, 6, INF]],
        ),
        table(
            "rates 0.1, 1, 10; losses 5 6 7, then 4 4 5, then 1 2 infinity",
            [0.1, 1, 10],
            [[5, 6, 7], [4, 4, 5], [1, 2, INF]],
        ),
        table(
            "rates 1, 2, 3; losses 9 9 0.5, then 1 1 1.5, then infinity three times",
            [1, 2, 3],
            [[9, 9, 0.5], [1, 1, 1.5], [INF, INF, INF]],
        ),
        table(
            "four seeds: 1 2 4 8 at rate 0.1, and 5 6 7 infinity at rate 1",
            [0.1, 1],
            [[1, 2, 4, 8], [5, 6, 7, INF]],
        ),
        table(
            "rates 1, 10, 100, 1000; ranks: losses 3 3 30, then 4 4 4, then 5 1 5, then 9 9 9",
            [1, 10, 100, 1000],
            [[3, 3, 30], [4, 4, 4], [5, 1, 5], [9, 9, 9]],
        ),
        table(
            "one rate only, losses 1 2 3",
            [0.1],
            [[1, 2, 3]],
        ),
        table(
            "no rate has a finite median: infinity, infinity, 1 and infinity three times",
            [0.1, 1],
            [[INF, INF, 1], [INF, INF, INF]],
        ),
        table(
            "one rate only, and all its runs failed",
            [0.1],
            [[INF, INF, INF]],
        ),
    ],
    draw=random_tables,
    why="medians and extremes of given numbers",
)


@task.mistake(
    "failures of the best rate only",
    "You count the failures of the best rate alone, and there are few. A method that fails at "
    "every other rate looks as safe as one that never fails: where should they be counted?",
)
def report(results):
    lrs, _, values, best = results
    failures = np.isinf(values)
    if np.isnan(best):
        return best, np.inf, values.min(), np.inf, int(failures.sum()), values.size, "nowhere"
    k = int(np.argmin(np.abs(lrs - best)))
    place = "low end" if k == 0 else "high end" if k == len(lrs) - 1 else "inside"
    place = "only rate" if len(lrs) == 1 else place
    row = values[k]
    hidden = int(failures[k].sum())
    return best, np.median(row), row.min(), row.max(), hidden, values.size, place


@task.mistake(
    "failures hidden",
    "Your report has no failures, and the range ends at the worst run that survived. Would you "
    "buy a car whose maker leaves the crashes out?",
)
def report(results):
    lrs, _, values, best = results
    if np.isnan(best):
        return best, np.inf, values.min(), np.inf, 0, values.size, "nowhere"
    k = int(np.argmin(np.abs(lrs - best)))
    place = "low end" if k == 0 else "high end" if k == len(lrs) - 1 else "inside"
    place = "only rate" if len(lrs) == 1 else place
    row = values[k][np.isfinite(values[k])]
    return best, np.median(row), row.min(), row.max(), 0, values.size, place


@task.mistake(
    "failures not counted",
    "Your number of failures is 0 whatever failed. Which entries of the table say that a run did?",
)
def report(results):
    lrs, _, values, best = results
    if np.isnan(best):
        return best, np.inf, values.min(), np.inf, 0, values.size, "nowhere"
    k = int(np.argmin(np.abs(lrs - best)))
    place = "low end" if k == 0 else "high end" if k == len(lrs) - 1 else "inside"
    place = "only rate" if len(lrs) == 1 else place
    row = values[k]
    failed = int(np.isnan(values).sum())
    return best, np.median(row), row.min(), row.max(), failed, values.size, place


@task.mistake(
    "the best seed for the median",
    "What you report as the usual loss is the luckiest seed's. What would a reader get who runs it "
    "once?",
)
def report(results):
    lrs, _, values, best = results
    failures = int(np.isinf(values).sum())
    if np.isnan(best):
        return best, np.inf, values.min(), np.inf, failures, values.size, "nowhere"
    k = int(np.argmin(np.abs(lrs - best)))
    place = "low end" if k == 0 else "high end" if k == len(lrs) - 1 else "inside"
    place = "only rate" if len(lrs) == 1 else place
    row = values[k]
    return best, row.min(), row.min(), row.max(), failures, values.size, place


@task.mistake(
    "the best run of the whole grid",
    "Rate and loss are those of the single best run, wherever it was. How often did that rate do "
    "so well?",
)
def report(results):
    lrs, _, values, _ = results
    failures = int(np.isinf(values).sum())
    k = int(np.argmin(values.min(axis=1)))
    place = "low end" if k == 0 else "high end" if k == len(lrs) - 1 else "inside"
    place = "only rate" if len(lrs) == 1 else place
    row = values[k]
    return lrs[k], row.min(), row.min(), row.max(), failures, values.size, place


@task.mistake(
    "by the mean of ranks",
    "You rank the rates within each seed and average the ranks, which forgets by how much one is "
    "better. What does the grid's own choice go by?",
)
def report(results):
    lrs, _, values, best = results
    failures = int(np.isinf(values).sum())
    if np.isnan(best):
        return best, np.inf, values.min(), np.inf, failures, values.size, "nowhere"
    ranks = np.argsort(np.argsort(values, axis=0), axis=0).mean(axis=1)
    k = int(np.argmin(ranks))
    place = "low end" if k == 0 else "high end" if k == len(lrs) - 1 else "inside"
    place = "only rate" if len(lrs) == 1 else place
    return best, ranks[k], ranks.min(), ranks.max(), failures, values.size, place


@task.mistake(
    "mean for median",
    "Your middle is drawn towards the one run that went badly. Which middle only counts how many "
    "are on either side?",
)
def report(results):
    lrs, _, values, best = results
    failures = int(np.isinf(values).sum())
    if np.isnan(best):
        return best, np.inf, values.min(), np.inf, failures, values.size, "nowhere"
    k = int(np.argmin(np.abs(lrs - best)))
    place = "low end" if k == 0 else "high end" if k == len(lrs) - 1 else "inside"
    place = "only rate" if len(lrs) == 1 else place
    row = values[k]
    return best, row.mean(), row.min(), row.max(), failures, values.size, place


@task.mistake(
    "range of the whole grid",
    "Your range is that of all rates together, bad ones included. Whose spread does the reader "
    "need beside the median of the best rate?",
)
def report(results):
    lrs, _, values, best = results
    failures = int(np.isinf(values).sum())
    if np.isnan(best):
        return best, np.inf, values.min(), np.inf, failures, values.size, "nowhere"
    k = int(np.argmin(np.abs(lrs - best)))
    place = "low end" if k == 0 else "high end" if k == len(lrs) - 1 else "inside"
    place = "only rate" if len(lrs) == 1 else place
    return best, np.median(values[k]), values.min(), values.max(), failures, values.size, place


@task.mistake(
    "a standard deviation for a range",
    "Beside the median stand median minus and plus a standard deviation: with a failed run that is "
    "no number, and with three seeds a guess. Which two runs bound the others?",
)
def report(results):
    lrs, _, values, best = results
    failures = int(np.isinf(values).sum())
    if np.isnan(best):
        return best, np.inf, values.min(), np.inf, failures, values.size, "nowhere"
    k = int(np.argmin(np.abs(lrs - best)))
    place = "low end" if k == 0 else "high end" if k == len(lrs) - 1 else "inside"
    place = "only rate" if len(lrs) == 1 else place
    m, s = np.median(values[k]), np.std(values[k])
    return best, m, m - s, m + s, failures, values.size, place


@task.mistake(
    "ends not told from the inside",
    "The best rate lies at an end of the grid, and you call it inside. Could a rate beyond that "
    "end be better still?",
)
def report(results):
    lrs, _, values, best = results
    failures = int(np.isinf(values).sum())
    if np.isnan(best):
        return best, np.inf, values.min(), np.inf, failures, values.size, "nowhere"
    row = values[int(np.argmin(np.abs(lrs - best)))]
    place = "only rate" if len(lrs) == 1 else "inside"
    return best, np.median(row), row.min(), row.max(), failures, values.size, place


@task.mistake(
    "ends swapped",
    "The rates rise along the grid, and you call its first one the high end. Which of the two is "
    "lrs[0]?",
)
def report(results):
    lrs, _, values, best = results
    failures = int(np.isinf(values).sum())
    if np.isnan(best):
        return best, np.inf, values.min(), np.inf, failures, values.size, "nowhere"
    k = int(np.argmin(np.abs(lrs - best)))
    place = "high end" if k == 0 else "low end" if k == len(lrs) - 1 else "inside"
    place = "only rate" if len(lrs) == 1 else place
    row = values[k]
    return best, np.median(row), row.min(), row.max(), failures, values.size, place


@task.mistake(
    "runs of one rate",
    "You count the runs of the best rate. Out of how many runs are the failures?",
)
def report(results):
    lrs, _, values, best = results
    failures = int(np.isinf(values).sum())
    if np.isnan(best):
        return best, np.inf, values.min(), np.inf, failures, values.shape[1], "nowhere"
    k = int(np.argmin(np.abs(lrs - best)))
    place = "low end" if k == 0 else "high end" if k == len(lrs) - 1 else "inside"
    place = "only rate" if len(lrs) == 1 else place
    row = values[k]
    return best, np.median(row), row.min(), row.max(), failures, len(row), place


@task.mistake(
    "quartiles for a range",
    "Your range leaves out the best and the worst quarter. With three seeds, how many runs is a "
    "quarter, and which run does the reader not see?",
)
def report(results):
    lrs, _, values, best = results
    failures = int(np.isinf(values).sum())
    if np.isnan(best):
        return best, np.inf, values.min(), np.inf, failures, values.size, "nowhere"
    k = int(np.argmin(np.abs(lrs - best)))
    place = "low end" if k == 0 else "high end" if k == len(lrs) - 1 else "inside"
    place = "only rate" if len(lrs) == 1 else place
    low, high = np.percentile(values[k], [25, 75])
    return best, np.median(values[k]), low, high, failures, values.size, place


@task.mistake(
    "an end, and not which",
    "You notice that the best rate lies at an end, and do not say at which. To which side is the "
    "grid to be widened?",
)
def report(results):
    lrs, _, values, best = results
    failures = int(np.isinf(values).sum())
    if np.isnan(best):
        return best, np.inf, values.min(), np.inf, failures, values.size, "nowhere"
    k = int(np.argmin(np.abs(lrs - best)))
    place = "inside" if 0 < k < len(lrs) - 1 else "end"
    place = "only rate" if len(lrs) == 1 else place
    row = values[k]
    return best, np.median(row), row.min(), row.max(), failures, values.size, place


@task.mistake(
    "crashes left out of the row",
    "You count the failures, and then leave them out of median and range of the best rate. Is a "
    "run that failed better or worse than the worst that did not?",
)
def report(results):
    lrs, _, values, best = results
    failures = int(np.isinf(values).sum())
    if np.isnan(best):
        return best, np.inf, values.min(), np.inf, failures, values.size, "nowhere"
    k = int(np.argmin(np.abs(lrs - best)))
    place = "low end" if k == 0 else "high end" if k == len(lrs) - 1 else "inside"
    place = "only rate" if len(lrs) == 1 else place
    row = values[k][np.isfinite(values[k])]
    return best, np.median(row), row.min(), row.max(), failures, values.size, place


@task.mistake(
    "the worst that survived",
    "Your range ends at the largest loss that is still finite, though a run of the best rate has "
    "failed. What would a reader expect of the next run, then?",
)
def report(results):
    lrs, _, values, best = results
    failures = int(np.isinf(values).sum())
    if np.isnan(best):
        return best, np.inf, values.min(), np.inf, failures, values.size, "nowhere"
    k = int(np.argmin(np.abs(lrs - best)))
    place = "low end" if k == 0 else "high end" if k == len(lrs) - 1 else "inside"
    place = "only rate" if len(lrs) == 1 else place
    row = values[k]
    high = row[np.isfinite(row)].max()
    return best, np.median(row), row.min(), high, failures, values.size, place


@task.mistake(
    "failures and runs of the best rate",
    "Failures and runs are those of the best rate alone. Which runs did the search for that rate "
    "cost, and how many of them failed?",
)
def report(results):
    lrs, _, values, best = results
    failures = np.isinf(values)
    if np.isnan(best):
        return best, np.inf, values.min(), np.inf, int(failures.sum()), values.size, "nowhere"
    k = int(np.argmin(np.abs(lrs - best)))
    place = "low end" if k == 0 else "high end" if k == len(lrs) - 1 else "inside"
    place = "only rate" if len(lrs) == 1 else place
    row = values[k]
    failed = int(failures[k].sum())
    return best, np.median(row), row.min(), row.max(), failed, len(row), place


@task.mistake(
    "successes for failures",
    "Your number of failures is that of the runs that went well. Which runs are asked for?",
)
def report(results):
    lrs, _, values, best = results
    failures = int(np.isfinite(values).sum())
    if np.isnan(best):
        return best, np.inf, values.min(), np.inf, failures, values.size, "nowhere"
    k = int(np.argmin(np.abs(lrs - best)))
    place = "low end" if k == 0 else "high end" if k == len(lrs) - 1 else "inside"
    place = "only rate" if len(lrs) == 1 else place
    row = values[k]
    return best, np.median(row), row.min(), row.max(), failures, values.size, place


@task.mistake(
    "only the runs that survived counted",
    "Your number of runs leaves out those that failed. Out of how many runs have they failed?",
)
def report(results):
    lrs, _, values, best = results
    failures = int(np.isinf(values).sum())
    runs = values.size - failures
    if np.isnan(best):
        return best, np.inf, values.min(), np.inf, failures, runs, "nowhere"
    k = int(np.argmin(np.abs(lrs - best)))
    place = "low end" if k == 0 else "high end" if k == len(lrs) - 1 else "inside"
    place = "only rate" if len(lrs) == 1 else place
    row = values[k]
    return best, np.median(row), row.min(), row.max(), failures, runs, place


@task.mistake(
    "median of the whole grid",
    "Your median is that of all rates together, though nobody will use the bad ones. Whose runs "
    "does the reader wish to repeat?",
)
def report(results):
    lrs, _, values, best = results
    failures = int(np.isinf(values).sum())
    if np.isnan(best):
        return best, np.inf, values.min(), np.inf, failures, values.size, "nowhere"
    k = int(np.argmin(np.abs(lrs - best)))
    place = "low end" if k == 0 else "high end" if k == len(lrs) - 1 else "inside"
    place = "only rate" if len(lrs) == 1 else place
    row = values[k]
    return best, np.median(values), row.min(), row.max(), failures, values.size, place


@task.mistake(
    "the row of the luckiest run",
    "Rate and place are right, but median and range belong to the rate of the smallest loss "
    "anywhere. Which row belongs to the best rate?",
)
def report(results):
    lrs, _, values, best = results
    failures = int(np.isinf(values).sum())
    if np.isnan(best):
        return best, np.inf, values.min(), np.inf, failures, values.size, "nowhere"
    k = int(np.argmin(np.abs(lrs - best)))
    place = "low end" if k == 0 else "high end" if k == len(lrs) - 1 else "inside"
    place = "only rate" if len(lrs) == 1 else place
    row = values[int(np.argmin(values.min(axis=1)))]
    return best, np.median(row), row.min(), row.max(), failures, values.size, place


@task.mistake(
    "chosen again by the mean",
    "You choose the best rate a second time, by the mean. The grid has made its choice: in which "
    "of its fields does it stand?",
)
def report(results):
    lrs, _, values, best = results
    failures = int(np.isinf(values).sum())
    if np.isnan(best):
        return best, np.inf, values.min(), np.inf, failures, values.size, "nowhere"
    k = int(np.argmin(values.mean(axis=1)))
    place = "low end" if k == 0 else "high end" if k == len(lrs) - 1 else "inside"
    place = "only rate" if len(lrs) == 1 else place
    row = values[k]
    return lrs[k], np.median(row), row.min(), row.max(), failures, values.size, place


@task.mistake(
    "largest before smallest",
    "Both ends of the range are right, and the larger one comes first. Which one is the third of "
    "the seven?",
)
def report(results):
    lrs, _, values, best = results
    failures = int(np.isinf(values).sum())
    if np.isnan(best):
        return best, np.inf, np.inf, values.min(), failures, values.size, "nowhere"
    k = int(np.argmin(np.abs(lrs - best)))
    place = "low end" if k == 0 else "high end" if k == len(lrs) - 1 else "inside"
    place = "only rate" if len(lrs) == 1 else place
    row = values[k]
    return best, np.median(row), row.max(), row.min(), failures, values.size, place


@task.mistake(
    "range exchanged where there is a best rate",
    "Where a rate is best, the largest loss comes before the smallest. In which order are the two "
    "asked for?",
)
def report(results):
    lrs, _, values, best = results
    failures = int(np.isinf(values).sum())
    if np.isnan(best):
        return best, np.inf, values.min(), np.inf, failures, values.size, "nowhere"
    k = int(np.argmin(np.abs(lrs - best)))
    place = "low end" if k == 0 else "high end" if k == len(lrs) - 1 else "inside"
    place = "only rate" if len(lrs) == 1 else place
    row = values[k]
    return best, np.median(row), row.max(), row.min(), failures, values.size, place


@task.mistake(
    "the only rate called an end",
    "A grid of one rate has its best rate at the low end, you say. Where is its other end?",
)
def report(results):
    lrs, _, values, best = results
    failures = int(np.isinf(values).sum())
    if np.isnan(best):
        return best, np.inf, values.min(), np.inf, failures, values.size, "nowhere"
    k = int(np.argmin(np.abs(lrs - best)))
    place = "low end" if k == 0 else "high end" if k == len(lrs) - 1 else "inside"
    row = values[k]
    return best, np.median(row), row.min(), row.max(), failures, values.size, place


@task.mistake(
    "an infinite low where no rate is best",
    "Where no rate is best, your smallest loss is infinite, although one run got through. Which is "
    "the smallest value of the whole grid?",
)
def report(results):
    lrs, _, values, best = results
    failures = int(np.isinf(values).sum())
    if np.isnan(best):
        return best, np.inf, np.inf, np.inf, failures, values.size, "nowhere"
    k = int(np.argmin(np.abs(lrs - best)))
    place = "low end" if k == 0 else "high end" if k == len(lrs) - 1 else "inside"
    place = "only rate" if len(lrs) == 1 else place
    row = values[k]
    return best, np.median(row), row.min(), row.max(), failures, values.size, place


@task.mistake(
    "NaN looked up",
    "Where no rate is best, you report the first one all the same: the place nearest to NaN is the "
    "first. What is to be asked before you look for the row?",
)
def report(results):
    lrs, _, values, best = results
    failures = int(np.isinf(values).sum())
    k = int(np.argmin(np.abs(lrs - best)))
    place = "low end" if k == 0 else "high end" if k == len(lrs) - 1 else "inside"
    place = "only rate" if len(lrs) == 1 else place
    row = values[k]
    return best, np.median(row), row.min(), row.max(), failures, values.size, place


@task.mistake(
    "the only rate, though it failed",
    "A single rate whose runs all failed lies nowhere, and you call it the only rate. Which of the "
    "two questions comes first: is one the best, or how many are there?",
)
def report(results):
    lrs, _, values, best = results
    failures = int(np.isinf(values).sum())
    if np.isnan(best):
        where = "only rate" if len(lrs) == 1 else "nowhere"
        return best, np.inf, values.min(), np.inf, failures, values.size, where
    k = int(np.argmin(np.abs(lrs - best)))
    place = "low end" if k == 0 else "high end" if k == len(lrs) - 1 else "inside"
    place = "only rate" if len(lrs) == 1 else place
    row = values[k]
    return best, np.median(row), row.min(), row.max(), failures, values.size, place


@task.mistake(
    "nowhere at the first failure",
    "A rate one of whose runs failed lies nowhere in your report, though its median is a number. "
    "What must be NaN before there is no best rate?",
)
def report(results):
    lrs, _, values, best = results
    failures = int(np.isinf(values).sum())
    if np.isnan(best):
        return best, np.inf, values.min(), np.inf, failures, values.size, "nowhere"
    k = int(np.argmin(np.abs(lrs - best)))
    place = "low end" if k == 0 else "high end" if k == len(lrs) - 1 else "inside"
    place = "only rate" if len(lrs) == 1 else place
    row = values[k]
    place = place if np.isfinite(row).all() else "nowhere"
    return best, np.median(row), row.min(), row.max(), failures, values.size, place


@task.accepts("from the table alone")
def report(results):
    lrs, _, values, _ = results
    medians = [float(np.median(row)) for row in values]
    failures = sum(not np.isfinite(value) for row in values for value in row)
    lowest = min(medians)
    if lowest == np.inf:
        return np.nan, np.inf, float(np.min(values)), np.inf, failures, values.size, "nowhere"
    k = medians.index(lowest)
    names = {0: "low end", len(lrs) - 1: "high end"}
    place = "only rate" if len(lrs) == 1 else names.get(k, "inside")
    low, high = float(min(values[k])), float(max(values[k]))
    return float(lrs[k]), lowest, low, high, failures, values.size, place


@task.accepts("as a Report")
def report(results):
    from fallline.capstone import Report

    failures, runs = int(np.sum(results.values == np.inf)), int(results.values.size)
    where = np.flatnonzero(results.lrs == results.best)
    if not where.size:
        low = results.values.min()
        return Report(results.best, np.inf, low, np.inf, failures, runs, "nowhere")
    k, last = where[0], len(results.lrs) - 1
    if last == 0:
        place = "only rate"
    elif k in (0, last):
        place = "low end" if k == 0 else "high end"
    else:
        place = "inside"
    row = np.sort(results.values[k])
    return Report(results.best, np.median(row), row[0], row[-1], failures, runs, place)
