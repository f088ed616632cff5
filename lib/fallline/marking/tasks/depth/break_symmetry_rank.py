"""Task `break_symmetry_rank` of chapter `depth`."""

import numpy as np

from fallline import depth as reference
from fallline.marking.task import Case, Task


def random_histories(rng):
    cases = []
    for m, n, rank, scale in ((4, 6, 1, 1.0), (5, 3, 2, 1e-6), (3, 3, 3, 1e4)):
        start = rng.normal(size=(m, n))
        low = rng.normal(size=(m, rank)) @ rng.normal(size=(rank, n))
        history = scale * np.array([start, start - 0.1 * low, low])
        cases.append(Case(f"last weights of shape ({m}, {n}), near {scale:g}", (history,)))
    return cases


ONE = np.outer([1.0, 2.0, 3.0], [1.0, 0.0, 1.0, 1.0])


SAME = np.ones((3, 4))


def histories():
    """Return a label and a history of weights for each case."""
    square = np.eye(2)
    yield "all units alike", [SAME, 2 * SAME, 3 * SAME]
    yield "three patterns at first, one at the end", [np.eye(3, 4), ONE]
    yield "one pattern at first, three at the end", [ONE, np.eye(3, 4)]
    yield "first step of rank 1, end of rank 2", [square, square + 1, np.diag([1.0, 2.0])]
    yield "end diag(1, 1e-12): rounding", [square, np.diag([1.0, 1e-12])]
    yield "end diag(1e-12, 1e-13): small, not rounding", [square, np.diag([1e-12, 1e-13])]
    yield "whole numbers", [[[1, 2], [3, 4]], [[1, 2], [2, 4]]]
    yield "all 0 at the end", [np.eye(2, 3), np.zeros((2, 3))]
    yield "rows of one pattern, of different size", [np.eye(2, 3), [[1.0, 2, 3], [2, 4, 6]]]
    yield "end diag(1, 1e-6): small, and above tol", [square, np.diag([1.0, 1e-6])]
    yield "NaN on the way, and whole at the end", [square, np.nan * square, square]
    yield "NaN at the end", [square, [[np.nan, 1.0], [0.0, 1.0]]]


task = Task(
    reference.break_symmetry_rank,
    cases=[
        *(Case(label, (np.array(history),)) for label, history in histories()),
        Case("end diag(1, 0.1), tol = 0.5", (np.array([np.eye(2), np.diag([1.0, 0.1])]), 0.5)),
        Case("end diag(1, 1), tol = 0.8", (np.array([2 * np.eye(2), np.eye(2)]), 0.8)),
    ],
    draw=random_histories,
    why="a count: it is right or wrong, and no singular value lies near the limit",
)


@task.mistake(
    "rank of the first step",
    "You looked at the first step, the difference of the first two. "
    "The question is what has become of the units at the end.",
)
def break_symmetry_rank(W1_hist, tol=1e-8):
    W = np.asarray(W1_hist[1], dtype=float) - np.asarray(W1_hist[0], dtype=float)
    if np.isnan(np.asarray(W1_hist[-1], dtype=float)).any():
        return np.nan
    sizes = np.linalg.svd(W, compute_uv=False)
    return int(np.sum(sizes > tol * sizes[0]))


@task.mistake(
    "rank at the start",
    "These are the weights before training. Take the last of the history.",
)
def break_symmetry_rank(W1_hist, tol=1e-8):
    if np.isnan(np.asarray(W1_hist[-1], dtype=float)).any():
        return np.nan
    sizes = np.linalg.svd(np.asarray(W1_hist[0], dtype=float), compute_uv=False)
    return int(np.sum(sizes > tol * sizes[0]))


@task.mistake(
    "no tolerance",
    "Rounding leaves singular values of some 1e-16 where 0 is meant, and you count them. "
    "Count those that are not tiny beside the largest.",
)
def break_symmetry_rank(W1_hist, tol=1e-8):
    if np.isnan(np.asarray(W1_hist[-1], dtype=float)).any():
        return np.nan
    sizes = np.linalg.svd(np.asarray(W1_hist[-1], dtype=float), compute_uv=False)
    return int(np.sum(sizes > 0))


@task.mistake(
    "tolerance not relative",
    "Your limit is a fixed number, so small weights count as none. "
    "What is tiny is decided beside the largest singular value.",
)
def break_symmetry_rank(W1_hist, tol=1e-8):
    if np.isnan(np.asarray(W1_hist[-1], dtype=float)).any():
        return np.nan
    sizes = np.linalg.svd(np.asarray(W1_hist[-1], dtype=float), compute_uv=False)
    return int(np.sum(sizes > tol))


@task.mistake(
    "different rows counted",
    "Rows can differ and still say the same: one may be a multiple of another, or a mixture. "
    "The rank counts how many independent ones there are.",
)
def break_symmetry_rank(W1_hist, tol=1e-8):
    W = np.asarray(W1_hist[-1], dtype=float)
    if np.isnan(W).any():
        return np.nan
    return len(np.unique(W, axis=0))


@task.mistake(
    "entries that are not zero",
    "You count units whose weights spread, or are not 0. A spread says nothing about whether the "
    "units are independent of each other.",
)
def break_symmetry_rank(W1_hist, tol=1e-8):
    W = np.asarray(W1_hist[-1], dtype=float)
    if np.isnan(W).any():
        return np.nan
    return int(np.sum(W.std(axis=1) > tol))


@task.mistake(
    "start, by NumPy's rank",
    "This is the rank before the first step. Which end of the history says what training has "
    "made of the units?",
)
def break_symmetry_rank(W1_hist, tol=1e-8):
    return np.linalg.matrix_rank(W1_hist[0])


@task.mistake(
    "first step, by NumPy's rank",
    "You take the rank of the first change of the weights. Can a change of rank 1 lead to "
    "weights of rank 2?",
)
def break_symmetry_rank(W1_hist, tol=1e-8):
    return np.linalg.matrix_rank(W1_hist[1] - W1_hist[0])


@task.mistake(
    "whole change",
    "You take the rank of what training has added. Are the units alike if the sum of both is?",
)
def break_symmetry_rank(W1_hist, tol=1e-8):
    return np.linalg.matrix_rank(W1_hist[-1] - W1_hist[0])


@task.mistake(
    "NumPy's own limit",
    "NumPy's rank has a limit of its own, of some 1e-16, and does not know tol. Which limit "
    "does the statement give?",
)
def break_symmetry_rank(W1_hist, tol=1e-8):
    return np.linalg.matrix_rank(W1_hist[-1])


@task.mistake(
    "limit not relative, by NumPy",
    "tol reaches NumPy's rank as an absolute number. If all weights are as small as 1e-12, "
    "which of them count?",
)
def break_symmetry_rank(W1_hist, tol=1e-8):
    return np.linalg.matrix_rank(W1_hist[-1], tol=tol)


@task.mistake(
    "zero as the limit, missing NaN",
    "Sizes of 1e-16 are rounding, and you count them. How large would you expect a zero to "
    "come out?",
)
def break_symmetry_rank(W1_hist, tol=1e-8):
    sizes = np.linalg.svd(W1_hist[-1], compute_uv=False)
    return int(np.sum(sizes > 0))


@task.mistake(
    "rows counted as they stand",
    "You count rows that are not the same. Are (1, 2, 3) and (2, 4, 6) two patterns?",
)
def break_symmetry_rank(W1_hist, tol=1e-8):
    return len(np.unique(W1_hist[-1], axis=0))


@task.mistake(
    "columns counted",
    "You count different columns. They belong to the inputs, and may differ by a factor only: "
    "what counts as a pattern of its own?",
)
def break_symmetry_rank(W1_hist, tol=1e-8):
    return np.unique(W1_hist[-1], axis=1).shape[1]


@task.mistake(
    "missing NaN",
    "All numbers are right. Only where the weights hold NaN something else should happen: see "
    "the last sentence of the statement.",
)
def break_symmetry_rank(W1_hist, tol=1e-8):
    sizes = np.linalg.svd(W1_hist[-1], compute_uv=False)
    return int(np.sum(sizes > tol * sizes[0]))


@task.mistake(
    "zero counts",
    "Weights that are all 0 get a rank from you. Is 0 larger than tol times 0?",
)
def break_symmetry_rank(W1_hist, tol=1e-8):
    W = W1_hist[-1]
    if np.isnan(W).any():
        return np.nan
    s = np.linalg.svd(W, compute_uv=False)
    return np.sum(s >= tol * s[0])


@task.mistake(
    "tol not looked at",
    "Your own limit stands where tol should be. Which argument says what is tiny?",
)
def break_symmetry_rank(W1_hist, tol=1e-8):
    W = W1_hist[-1]
    if np.isnan(W).any():
        return np.nan
    s = np.linalg.svd(W, compute_uv=False)
    return np.sum(s > 1e-8 * s[0])


@task.mistake(
    "squares compared",
    "diag(1, 1e-6) gets rank 1 from you. The singular values are compared with tol: what becomes "
    "of 1e-6 if it is squared first?",
)
def break_symmetry_rank(W1_hist, tol=1e-8):
    W = W1_hist[-1]
    if np.isnan(W).any():
        return np.nan
    s = np.linalg.svd(W, compute_uv=False)
    return np.sum(s**2 > tol * s[0] ** 2)


@task.mistake(
    "beside the sum",
    "diag(1, 1) with tol = 0.8 gets rank 0. Beside which number is a singular value tiny: the "
    "largest, or one that is made of them all?",
)
def break_symmetry_rank(W1_hist, tol=1e-8):
    W = W1_hist[-1]
    if np.isnan(W).any():
        return np.nan
    s = np.linalg.svd(W, compute_uv=False)
    return np.sum(s > tol * s.sum())


@task.mistake(
    "NaN anywhere",
    "You return NaN where weights on the way held NaN. Which weights are asked about?",
)
def break_symmetry_rank(W1_hist, tol=1e-8):
    if np.isnan(W1_hist).any():
        return np.nan
    s = np.linalg.svd(W1_hist[-1], compute_uv=False)
    return np.sum(s > tol * s[0])


@task.mistake(
    "rows that are not zero",
    "You count the units whose weights are not 0. How many patterns do (1, 1) and (2, 2) make?",
)
def break_symmetry_rank(W1_hist, tol=1e-8):
    W = W1_hist[-1]
    if np.isnan(W).any():
        return np.nan
    return np.sum(np.any(np.abs(W) > tol, axis=1))


@task.accepts("by NumPy's rank with a limit")
def break_symmetry_rank(W1_hist, tol=1e-8):
    W = np.asarray(W1_hist[-1], dtype=float)
    if not np.all(np.isfinite(W)):
        return np.nan
    return int(np.linalg.matrix_rank(W, tol=tol * np.linalg.norm(W, 2)))


@task.accepts("by counting in a loop")
def break_symmetry_rank(W1_hist, tol=1e-8):
    W = np.array(W1_hist[-1], dtype=float)
    if np.isnan(W).any():
        return np.nan
    sizes = np.linalg.svd(W.T, compute_uv=False)
    return sum(1 for s in sizes if s > tol * max(sizes))
