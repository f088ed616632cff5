"""Batches, the noise of their gradients, schedules against torch's, averages, epoch accounts."""

import itertools
import math

import numpy as np
import pytest

from fallline.datasets import FOLDER, digits, mnist
from fallline.descent import descend, gd, gradient_step, walk
from fallline.losses import least_squares, multiclass_hinge, softmax_xent
from fallline.plotting import plot_noisy_walks, plot_schedules, plot_traces, plot_variance
from fallline.stochastic import (
    SCHEDULES,
    asgd_step,
    batch_gradient,
    epoch_loss,
    gradient_variance,
    minibatches,
    noise_floor,
    paired_batches,
    plateau_step,
    polyak_average,
    predicted_variance,
    sample_gradients,
    schedule,
    sgd_epoch,
)
from test_live import ask, corners, some_states


def data(N=12, D=3, seed=0):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(N, D))
    return X, X @ np.arange(1.0, D + 1) + 0.3 * rng.normal(size=N)


# --- batches ---


@pytest.mark.parametrize("n, B", [(1, 1), (5, 2), (6, 2), (7, 7), (3, 10), (10, 1), (101, 32)])
def test_an_epoch_sees_every_index_once_in_batches_of_the_right_size(n, B):
    batches = minibatches(n, B, np.random.default_rng(n))
    assert sorted(np.concatenate(batches).tolist()) == list(range(n))
    assert [len(batch) for batch in batches[:-1]] == [B] * (math.ceil(n / B) - 1)
    assert 1 <= len(batches[-1]) <= B
    whole = minibatches(n, B, np.random.default_rng(n), drop_last=True)
    assert [len(batch) for batch in whole] == [B] * (n // B)


def test_the_order_is_rngs_and_another_one_in_each_epoch():
    rng = np.random.default_rng(3)
    one, two = (np.concatenate(minibatches(20, 6, rng)).tolist() for _ in range(2))
    again = np.concatenate(minibatches(20, 6, np.random.default_rng(3))).tolist()
    assert one == again and one != two and one != sorted(one)
    expected = np.random.default_rng(3).permutation(20)
    assert one == expected.tolist()


def test_every_order_is_equally_likely():
    rng = np.random.default_rng(1)
    counts = {order: 0 for order in itertools.permutations(range(3))}
    for _ in range(6000):
        counts[tuple(np.concatenate(minibatches(3, 2, rng)).tolist())] += 1
    assert all(abs(count - 1000) < 5 * math.sqrt(1000 * 5 / 6) for count in counts.values())


def test_batches_do_not_share_memory():
    one, two = minibatches(4, 2, np.random.default_rng(0))
    one[:] = -1
    assert two.min() >= 0


def test_pairs_stay_pairs_and_classes_integers():
    X, y = np.arange(20.0).reshape(10, 2), np.arange(10)
    found = paired_batches(X, y, 4, np.random.default_rng(0))
    assert [len(part) for part, _ in found] == [4, 4, 2]
    for part, classes in found:
        assert classes.dtype.kind == "i"
        np.testing.assert_array_equal(part[:, 0], 2 * classes)
    with pytest.raises(ValueError, match="one row each"):
        paired_batches(X, y[:-1], 4, np.random.default_rng(0))


def test_batch_errors():
    rng = np.random.default_rng(0)
    for n, B in ((0, 2), (5, 0), (2.5, 2), (5, 1.5)):
        with pytest.raises(ValueError, match="whole number"):
            minibatches(n, B, rng)
    X, y = data()
    with pytest.raises(ValueError, match="at least B"):
        batch_gradient(least_squares, X, y, 13, rng)
    with pytest.raises(ValueError, match="one length"):
        batch_gradient(least_squares, X, y[:-1], 3, rng)


# --- one rule ---


def test_the_full_batch_is_gradient_descent():
    X, y = data()
    grad = batch_gradient(least_squares, X, y, len(X), np.random.default_rng(0))
    path = descend(gradient_step, grad, np.zeros(3), 20, lr=0.1)
    exact = gd(lambda w: least_squares(w, X, y)[1], np.zeros(3), 0.1, 20)
    np.testing.assert_allclose(path, exact, rtol=1e-10)


@pytest.mark.parametrize("B", [1, 3, 5, 12])
def test_an_epoch_is_the_one_rule_fed_batch_after_batch(B):
    X, y = data()
    w = np.array([1.0, 0.0, -1.0])
    G = sample_gradients(least_squares, w, X, y)
    assert G.shape == (12, 3)
    np.testing.assert_allclose(G.mean(axis=0), least_squares(w, X, y)[1], rtol=1e-12)
    grad = batch_gradient(least_squares, X, y, B, np.random.default_rng(7))
    path = descend(gradient_step, grad, w, math.ceil(12 / B), lr=0.05)
    one = lambda w, i: least_squares(w, X[[i]], y[[i]])[1]  # noqa: E731
    end = sgd_epoch(one, w, 12, B, 0.05, np.random.default_rng(7))
    np.testing.assert_allclose(path[-1], end, rtol=1e-12)


def test_an_epoch_by_hand():
    rng = np.random.default_rng(0)
    assert sgd_epoch(lambda w, i: w, 16, 5, 2, 0.5, rng) == 2
    constant = np.array([[1.0, 0], [2, 4], [3, 8], [6, 0]])
    w = sgd_epoch(lambda w, i: constant[i], [10, 10], 4, 2, 0.1, rng)
    np.testing.assert_allclose(w, [10 - 0.1 * 6, 10 - 0.1 * 6], rtol=1e-14)
    w0 = np.array([1.0, 2.0])
    assert np.isnan(sgd_epoch(lambda w, i: w * np.nan, w0, 3, 2, 0.1, rng)).all()
    assert w0.tolist() == [1, 2]
    with pytest.raises(ValueError, match="shape of its point"):
        sgd_epoch(lambda w, i: 1.0, w0, 3, 2, 0.1, rng)


def test_an_estimate_is_unbiased_over_all_batches():
    X, y = data(6)
    w = np.array([0.5, -1.0, 2.0])
    G = sample_gradients(least_squares, w, X, y)
    full = least_squares(w, X, y)[1]
    for B in range(1, 7):
        means = [G[list(c)].mean(axis=0) for c in itertools.combinations(range(6), B)]
        np.testing.assert_allclose(np.mean(means, axis=0), full, rtol=1e-12)
        spread = np.mean(np.sum((means - full) ** 2, axis=1))
        predicted = predicted_variance(gradient_variance(G), B, 6, replace=False)
        assert spread == pytest.approx(predicted, rel=1e-12, abs=1e-28)
    for B in (1, 2, 3):
        means = [G[list(c)].mean(axis=0) for c in itertools.product(range(6), repeat=B)]
        spread = np.mean(np.sum((means - full) ** 2, axis=1))
        predicted = predicted_variance(gradient_variance(G), B, 6, replace=True)
        assert spread == pytest.approx(predicted, rel=1e-12)


def test_with_replacement_means_that_one_example_may_come_twice():
    X, y = np.eye(3), np.zeros(3)
    rng, seen = np.random.default_rng(0), set()
    grad = batch_gradient(lambda w, X, y: (0, X.sum(axis=0)), X, y, 3, rng, replace=True)
    for _ in range(60):
        seen.add(tuple(grad(np.zeros(3)).tolist()))
    assert (3, 0, 0) in seen and (1, 1, 1) in seen
    once = batch_gradient(lambda w, X, y: (0, X.sum(axis=0)), X, y, 3, rng)
    assert {tuple(once(np.zeros(3))) for _ in range(20)} == {(1, 1, 1)}


# --- noise ---


def test_the_variance_is_the_trace_of_the_covariance_of_all_examples():
    G = np.random.default_rng(2).normal(size=(7, 3)) + 5
    assert gradient_variance(G) == pytest.approx(np.trace(np.cov(G.T, bias=True)), rel=1e-12)
    assert gradient_variance(G.reshape(7, 3, 1)) == gradient_variance(G)
    assert gradient_variance([[3, 4]]) == 0 and gradient_variance([1, 3]) == 1
    assert math.isnan(gradient_variance([[np.nan], [1]]))
    for bad in (3.0, np.zeros((0, 2))):
        with pytest.raises(ValueError, match="row"):
            gradient_variance(bad)


def test_the_prediction_at_its_edges():
    assert predicted_variance(69.3, 1, 2000, True) == predicted_variance(69.3, 1, 2000, False)
    assert predicted_variance(5, 8, 8, False) == 0 and predicted_variance(5, 1, 1, False) == 5 * 0
    assert predicted_variance(6, 20, 10, True) == 0.3
    with pytest.raises(ValueError, match="cannot be drawn"):
        predicted_variance(6, 20, 10, False)
    assert math.isnan(predicted_variance(np.nan, 2, 10, False))


FLOORS = {0.4: 0.25, 0.2: 0.1111, 0.1: 0.0526, 0.05: 0.0256, 0.01: 0.00503}


@pytest.mark.parametrize("lr, floor", FLOORS.items())
def test_a_constant_step_ends_in_the_noise_ball(lr, floor):
    assert noise_floor(lr, 1, 1) == pytest.approx(floor, rel=1e-2)
    rng, x, total = np.random.default_rng(int(1000 * lr)), np.zeros(4000), 0.0
    burn, count = int(8 / lr), 60
    for k in range(burn + count):
        x = x - lr * (x + rng.normal(size=4000))
        total += np.mean(x**2) * (k >= burn)
    # x² has the standard deviation √2 floor; the 60 averages are of 4000 walks and depend on
    # each other, so that only the 4000 are counted.
    assert total / count == pytest.approx(
        noise_floor(lr, 1, 1), abs=5 * math.sqrt(2 / 4000) * floor
    )


def test_the_floor_is_the_fixed_point_of_the_recursion():
    for lr, lam, s2 in ((0.3, 2.0, 5.0), (0.01, 0.1, 1e-6), (1.9, 1.0, 2.0), (1, 1, 3)):
        floor = noise_floor(lr, lam, s2)
        assert (1 - lr * lam) ** 2 * floor + lr**2 * s2 == pytest.approx(floor, rel=1e-12)
    assert noise_floor(0, 1, 1) == 0 == noise_floor(0.5, 1, 0)
    assert noise_floor(2, 1, 1) == noise_floor(0.1, 0, 1) == noise_floor(0.1, -1, 1) == math.inf
    assert math.isnan(noise_floor(0.1, np.nan, 1))
    for lr, s2 in ((-0.1, 1), (0.1, -1)):
        with pytest.raises(ValueError, match="negative"):
            noise_floor(lr, 1, s2)


# --- schedules ---


def test_schedules_by_hand():
    assert schedule("constant", 2, 7) == 2.0
    assert [schedule("step", 1, t, every=3, gamma=0.5) for t in (1, 3, 4, 7)] == [1, 1, 0.5, 0.25]
    assert [schedule("exp", 1, t, gamma=0.5) for t in (1, 2, 4)] == [1, 0.5, 0.125]
    assert [schedule("inv", 1, t, rate=0.5) for t in (1, 3, 5)] == [1, 0.5, 1 / 3]
    assert [schedule("poly", 8, t, T=2, power=2) for t in (1, 2, 3, 9)] == [8, 2, 0, 0]
    assert [schedule("poly", 8, t, T=4, end=4) for t in (1, 2, 5, 9)] == [8, 7, 4, 4]
    cosine = [schedule("cosine", 4, t, T=2, end=2) for t in (1, 2, 3, 4, 9)]
    assert cosine == pytest.approx([4, 3, 2, 2, 2], rel=1e-15)
    warm = [schedule("warmup-cosine", 4, t, T=4, warmup=2) for t in (1, 2, 3, 4, 5, 8)]
    assert warm == pytest.approx([2, 4, 4, 2, 0, 0], abs=1e-15)
    assert [schedule("multistep", 1, t, at=[2, 2, 4], gamma=0.5) for t in (2, 3, 5)] == [
        1,
        0.25,
        0.125,
    ]
    assert [schedule("linear", 1, t, T=4, start=0.5) for t in (1, 3, 5, 9)] == [0.5, 0.75, 1, 1]
    restarts = [schedule("cosine-restarts", 2, t, T=2, mult=2) for t in (1, 2, 3, 5, 7, 15)]
    assert restarts == pytest.approx([2, 1, 2, 1, 2, 2], rel=1e-15)
    assert [schedule("cyclic", 1, t, low=0, up=2, down=4) for t in (1, 2, 3, 5, 7)] == [
        0, 0.5, 1, 0.5, 0,
    ]  # fmt: skip


def test_without_a_warm_up_the_cosine_remains():
    for t in range(1, 30):
        args = {"T": 20, "end": 0.01}
        assert schedule("warmup-cosine", 0.3, t, warmup=0, **args) == schedule(
            "cosine", 0.3, t, **args
        )


def test_a_warm_up_never_begins_at_zero_and_reaches_its_height():
    for w in (1, 3, 10):
        assert schedule("warmup-cosine", 0.3, 1, T=20, warmup=w) == pytest.approx(0.3 / w)
        assert schedule("warmup-cosine", 0.3, w, T=20, warmup=w) == 0.3


def test_schedule_errors():
    with pytest.raises(ValueError, match="kind must be one of"):
        schedule("sine", 1, 1)
    for t in (0, -1, 1.5):
        with pytest.raises(ValueError, match="t must be a whole number, 1 or more"):
            schedule("constant", 1, t)
    with pytest.raises(TypeError):
        schedule("cosine", 1, 1)
    with pytest.raises(TypeError):
        schedule("cosine", 1, 1, T=3, stop=2)
    for kind, kw in (
        ("cosine", {"T": 0}),
        ("step", {"every": 0}),
        ("warmup-cosine", {"T": 3, "warmup": 3}),
    ):
        with pytest.raises(ValueError):
            schedule(kind, 1, 1, **kw)
    with pytest.raises(ValueError, match="leaves a phase"):
        schedule("one-cycle", 1, 1, T=3)
    assert math.isnan(schedule("inv", np.nan, 3, rate=1))


def test_a_walk_asks_the_schedule_for_each_step():
    path = descend(
        gradient_step, lambda w: 1.0 + 0 * w, 0.0, 4, lr=lambda t: schedule("inv", 1, t, rate=1)
    )
    np.testing.assert_allclose(np.diff(path), [-1, -1 / 2, -1 / 3, -1 / 4])


def test_a_plateau_by_hand():
    lr, state = plateau_step(1, 5.0, patience=0)
    assert (lr, state) == (1, (5.0, 0, 0))
    lr, state = plateau_step(lr, 5.0, state, patience=0, factor=0.5, cooldown=1)
    assert (lr, state) == (0.5, (5.0, 0, 1))
    lr, state = plateau_step(lr, 6.0, state, patience=0, factor=0.5, cooldown=1)
    assert (lr, state) == (0.5, (5.0, 0, 0))
    lr, state = plateau_step(lr, 6.0, state, patience=0, factor=0.5, low=0.3)
    assert (lr, state) == (0.3, (5.0, 0, 0))


def robbins_monro(kind, T=200_000, **kw):
    """Return the sums of the steps and of their squares, up to T/2 and to T."""
    lrs = np.array([SCHEDULES[kind](1.0, k, **kw) for k in range(T)])
    half = T // 2
    return [(np.sum(v[:half]), np.sum(v)) for v in (lrs, lrs**2)]


def test_only_some_schedules_go_far_enough_and_quieten_down():
    (one, two), (three, four) = robbins_monro("inv", rate=1.0)
    assert two - one == pytest.approx(math.log(2), rel=1e-4)
    assert four - three < 1e-5 and four == pytest.approx(math.pi**2 / 6, rel=1e-4)
    (one, two), _ = robbins_monro("exp", gamma=0.99)
    assert two == one == pytest.approx(100)
    _, (three, four) = robbins_monro("constant")
    assert four == 2 * three


# --- averages ---


def test_running_means_by_hand():
    path = np.array([[9.0, 9.0], [2, 0], [4, 6], [0, 3]])
    expected = [[2, 0], [3, 3], [2, 3]]
    np.testing.assert_allclose(polyak_average(path, 1), expected)
    assert polyak_average([5, 7], 1).tolist() == [7]
    np.testing.assert_array_equal(polyak_average(path, 0)[0], path[0])
    assert polyak_average(np.ones((4, 2, 3)), 2).shape == (2, 2, 3)
    nan = polyak_average([1.0, np.nan, 3.0], 0)
    assert nan[0] == 1 and np.isnan(nan[1:]).all()
    for burn in (4, 9):
        with pytest.raises(ValueError, match="leaves no row"):
            polyak_average(path, burn)


def test_the_average_of_averaged_descent_is_polyaks_from_its_start_on():
    rng, ws = np.random.default_rng(4), []
    grad = lambda w: w + rng.normal(size=2)  # noqa: E731
    for w, (average, t) in walk(asgd_step, grad, np.ones(2), 30, lr=0.1, t0=5):
        ws.append(w)
        if t <= 7:
            np.testing.assert_array_equal(average, w)
        else:
            np.testing.assert_allclose(average, polyak_average(ws, 6)[-1], rtol=1e-12)


def test_averaged_descent_without_penalty_is_descent_and_shares_nothing():
    w, state = np.array([1.0, 2.0]), (0.0, 0)
    new, (average, t) = asgd_step(w, [1, 1], state, lr=0.5, lam=0)
    assert new.tolist() == [0.5, 1.5] and t == 1 and w.tolist() == [1, 2]
    assert not np.shares_memory(new, average)
    with pytest.raises(ValueError, match="one shape"):
        asgd_step(w, [1.0], lr=0.1)


# --- accounts ---


def test_the_mean_over_an_epoch_counts_examples_and_not_batches():
    assert epoch_loss([1, 1, 4], [64, 64, 32]) == 1.6
    losses = np.random.default_rng(0).uniform(size=10)
    batches = np.split(losses, [4, 8])
    means, sizes = [b.mean() for b in batches], [len(b) for b in batches]
    assert epoch_loss(means, sizes) == pytest.approx(losses.mean(), rel=1e-14)
    assert math.isnan(epoch_loss([np.nan, 1], [1, 1]))
    assert epoch_loss([7, 1], [0, 5]) == 1
    with pytest.raises(ValueError, match="one size"):
        epoch_loss([1, 2], [1])
    for sizes in ([0, 0], [-1, 2]):
        with pytest.raises(ValueError, match="not be negative, and not all 0"):
            epoch_loss([1, 2], sizes)


# --- what the chapter measures, on data that are not on its pages ---


@pytest.fixture(scope="module")
def thousand():
    try:
        X, y, *_ = mnist()
    except FileNotFoundError:
        pytest.skip(f"no MNIST: set {FOLDER} to the folder that holds mnist_u8.npz")
    return X[:1000] / 255, y[:1000]


def softmax_regression(W, X, y):
    loss, dz = softmax_xent(X @ W.T, y)
    return loss, dz.T @ X


def test_on_mnist_too_the_full_gradient_is_an_eighth_of_the_single_ones(thousand):
    G = sample_gradients(softmax_regression, np.zeros((10, 784)), *thousand)
    full, single = np.linalg.norm(G.mean(axis=0)), np.linalg.norm(G, axis=(1, 2)).mean()
    assert full == pytest.approx(1.06, abs=0.06) and single == pytest.approx(8.74, abs=0.15)
    S, rng = gradient_variance(G), np.random.default_rng(0)
    for B in (1, 16, 64):
        means = [G[rng.integers(1000, size=B)].mean(axis=0) for _ in range(200)]
        far = np.mean([np.sum((g - G.mean(axis=0)) ** 2) for g in means])
        assert far == pytest.approx(predicted_variance(S, B, 1000, True), rel=0.1)


def test_both_classifiers_learn_the_digits_by_mini_batches():
    X, y = digits()
    for loss_grad, lr in ((softmax_regression, 1.0), (multiclass_hinge, 0.3)):
        grad = batch_gradient(loss_grad, X[:1400], y[:1400], 32, np.random.default_rng(0))
        rate = lambda t, lr=lr: schedule("cosine", lr, t, T=220)  # noqa: E731
        W = descend(gradient_step, grad, np.zeros((10, 64)), 220, lr=rate)[-1]
        assert np.mean(np.argmax(X[1400:] @ W.T, axis=1) == y[1400:]) > 0.88


def test_arguments_stay_as_they_are():
    G, path = np.arange(6.0).reshape(3, 2), np.arange(8.0).reshape(4, 2)
    losses, sizes, X = np.array([1.0, 2.0]), np.array([3, 1]), np.arange(4.0)[:, None]
    kept = [v.copy() for v in (G, path, losses, sizes, X)]
    gradient_variance(G), polyak_average(path, 1), epoch_loss(losses, sizes)
    paired_batches(X, X, 2, np.random.default_rng(0))
    means = polyak_average(path, 0)
    means[:] = 7
    for now, then in zip((G, path, losses, sizes, X), kept, strict=True):
        np.testing.assert_array_equal(now, then)


# --- figures ---


def test_walks_are_drawn_as_given():
    paths = {"B = 2": np.array([[0.0, 0], [1, 1]]), "B = 1": np.array([[0.0, 0], [1, -1]])}
    ax = plot_noisy_walks(lambda w: w[0] ** 2 + w[1] ** 2, paths, (-2, -2), (2, 2), [1, 2])
    np.testing.assert_array_equal(ax.lines[1].get_ydata(), [0, -1])
    assert [t.get_text() for t in ax.get_legend().get_texts()] == list(paths)


def test_variances_lie_on_their_lines_and_zeros_are_left_out():
    both = {"with": [4.0, 1.0], "without": [4.0, 0.0]}
    ax = plot_variance([1, 4], both, both)
    assert ax.get_xscale() == ax.get_yscale() == "log" and len(ax.lines) == 4
    assert np.isnan(ax.lines[3].get_ydata()[1]) and ax.lines[0].get_ydata()[1] == 1


def test_traces_and_schedules_are_drawn_as_given():
    ax = plot_traces({"a": ([1, 2, 3], [1, 0.1, 0.01])}, "x", "y", level=0.5)
    assert ax.get_yscale() == "log" and len(ax.lines) == 2
    ax = plot_schedules({"cosine": [0.2, 0.1, 0.0]})
    np.testing.assert_array_equal(ax.lines[0].get_xdata(), [1, 2, 3])
    assert ax.get_ylim()[0] == 0


# --- the live figure, against the library ---


def mulberry(seed):
    """Yield the random numbers of the live figure."""
    a, mask = seed, 0xFFFFFFFF
    while True:
        a = (a + 0x6D2B79F5) & mask
        t = ((a ^ (a >> 15)) * (a | 1)) & mask
        t ^= (t + ((t ^ (t >> 7)) * (t | 61))) & mask
        yield (t ^ (t >> 14)) / 4294967296


def noises(N=240):
    """Return the noise of each example of the live figure, by its own numbers."""
    numbers = mulberry(10)
    columns = []
    for curve in (1, 2):
        draws = ((next(numbers), next(numbers)) for _ in range(N))
        raw = [math.sqrt(-2 * math.log(1 - u)) * math.cos(2 * math.pi * v) for u, v in draws]
        columns.append(-curve * 1.5 * (raw - np.mean(raw)) / np.std(raw))
    return np.transpose(columns)


def drawn(count, B, way, seed, noise):
    """Return the means of batches as the live figure draws them."""
    numbers, deck, N, found = mulberry(seed), list(range(len(noise))), len(noise), []
    for _ in range(count):
        picks = []
        for k in range(B):
            first = 0 if way == "with" else k
            at = first + int(next(numbers) * (N - first))
            picks.append(deck[at])
            if way == "without":
                deck[at], deck[k] = deck[k], deck[at]
        assert way == "with" or len(set(picks)) == B
        found.append(noise[picks].mean(axis=0))
    return np.array(found)


def test_the_ball_that_moves_is_that_of_the_library():
    noise, H = noises(), np.array([1.0, 2.0])
    states = corners("noise-ball")[::61] + some_states("noise-ball", 10, seed=12)
    for state, answer in zip(states, ask(*[("noise-ball", s) for s in states]), strict=True):
        values, way, B, lr = answer["values"], state["draw"], state["B"], state["lr"]
        point = np.array([state["x"], state["y"]])
        G = H * point + noise
        S = gradient_variance(G)
        assert values["S"] == pytest.approx(S, rel=1e-9)
        variance = predicted_variance(S, B, len(G), way == "with")
        assert values["variance"] == pytest.approx(variance, rel=1e-9, abs=1e-12)
        np.testing.assert_allclose(values["full"], G.mean(axis=0), rtol=1e-9, atol=1e-9)
        arrows = H * point + drawn(60, B, way, 1, noise)
        np.testing.assert_allclose(values["arrows"], arrows, rtol=1e-9, atol=1e-9)
        stream = iter(drawn(400, B, way, 2, noise))
        path = descend(gradient_step, lambda w, s=stream: H * w + next(s), [3, 2.5], 400, lr=lr)
        np.testing.assert_allclose(values["path"], path[: state["t"] + 1], rtol=1e-9, atol=1e-9)
        per_axis = [predicted_variance(v, B, len(G), way == "with") for v in noise.var(axis=0)]
        floor = [noise_floor(lr, lam, s2) for lam, s2 in zip(H, per_axis, strict=True)]
        np.testing.assert_allclose(values["floor"], floor, rtol=1e-9, atol=1e-12)
        measured = np.mean(np.sum(path[100:] ** 2, axis=1))
        assert values["measured"] == pytest.approx(measured, rel=1e-9, abs=1e-12)


def test_the_walk_of_the_still_lies_in_its_ball():
    values = ask(("noise-ball", {"draw": "with", "B": 1, "lr": 0.1, "t": 200, "x": 1.8, "y": 1.2}))
    values = values[0]["values"]
    assert values["measured"] == pytest.approx(sum(values["floor"]), rel=0.35)
