import io

import numpy as np
import pytest

from fallline import capstone
from fallline.adam import adam_step
from fallline.adaptive import adadelta_step
from fallline.capstone import (
    Report,
    accuracy,
    balls,
    fair_grid,
    grid_of,
    init_mlp,
    load_digits,
    mlp_loss_engine,
    mlp_loss_grad,
    report,
    train_epoch,
    train_step,
    valleys,
)
from fallline.checking import grad_check
from fallline.datasets import digits
from fallline.descent import basin_map, gradient_step
from fallline.momentum import momentum_step
from fallline.objectives import double_well, himmelblau
from fallline.stochastic import epoch_loss, minibatches


def images(**changes):
    """Return the bytes of a small file of images: six of 2 x 3 pixels, and three to test with."""
    arrays = {
        "xtr": np.arange(36, dtype=np.uint8).reshape(6, 2, 3),
        "ytr": np.array([0, 1, 2, 0, 1, 2], dtype=np.uint8),
        "xte": np.full((3, 2, 3), 255, dtype=np.uint8),
        "yte": np.array([2, 2, 0], dtype=np.uint8),
        **changes,
    }
    file = io.BytesIO()
    np.savez(file, **{key: array for key, array in arrays.items() if array is not None})
    return file.getvalue()


COUNTS = ((2, 2, 2), (1, 0, 2))


@pytest.fixture
def write(tmp_path):
    def write(content):
        path = tmp_path / "images.npz"
        path.write_bytes(content)
        return path

    return write


@pytest.fixture
def net():
    """A network of two layers with images and classes, every unit on for some image."""
    rng = np.random.default_rng(3)
    return init_mlp(rng, (6, 5, 4)), rng.normal(size=(8, 6)), rng.integers(0, 4, 8)


# --- data ---


def test_pixels_come_row_by_row_from_minus_one_to_one(write):
    split = load_digits(write(images()), COUNTS)
    expected = (np.arange(36).reshape(6, 6) / 255 - 0.5) / 0.5
    assert np.array_equal(split.X, expected) and split.X.dtype == np.float64
    assert np.array_equal(split.X_test, np.ones((3, 6)))
    assert split.y.tolist() == [0, 1, 2, 0, 1, 2] and split.y.dtype == int
    assert split.y_test.tolist() == [2, 2, 0]


def test_pixels_as_float32_are_those_of_float64_rounded(write):
    path = write(images())
    single, double = load_digits(path, COUNTS, np.float32), load_digits(path, COUNTS)
    assert single.X.dtype == np.float32
    assert np.array_equal(single.X, double.X.astype(np.float32))


@pytest.mark.parametrize(
    "changes",
    [
        {"ytr": np.array([1, 2, 3, 1, 2, 3], dtype=np.uint8)},
        {"yte": np.array([2, 1, 0], dtype=np.uint8)},
        {"ytr": np.array([2, 2, 0], dtype=np.uint8), "xtr": np.zeros((3, 2, 3), np.uint8)},
    ],
    ids=["labels off by one", "another label", "parts swapped"],
)
def test_wrong_counts_are_refused_with_both_numbers(write, changes):
    with pytest.raises(ValueError, match=r"holds \[.*\] of each class, not \[.*\]"):
        load_digits(write(images(**changes)), COUNTS)


def test_by_default_the_counts_are_those_of_the_whole_data(write):
    assert [sum(part) for part in capstone.MNIST_COUNTS] == [60_000, 10_000]
    with pytest.raises(ValueError, match=r"not \[5923, 6742,"):
        load_digits(write(images()))


@pytest.mark.parametrize(
    "content, words",
    [
        (images()[:-30], "damaged.*fetch it again"),
        (b"", "damaged"),
        (images(xte=None), "lacks xte"),
        (images(xtr=np.zeros((6, 2, 3))), "must be uint8"),
        (images(ytr=np.zeros(6)), "one class number"),
        (images(ytr=np.zeros(5, int)), "one class number"),
        (images(ytr=np.array([{}] * 6, dtype=object)), "allow_pickle=False"),
    ],
)
def test_a_file_that_will_not_do_is_refused(write, content, words):
    with pytest.raises(ValueError, match=words):
        load_digits(write(content), COUNTS)


def test_any_byte_of_a_packed_file_may_be_wrong():
    with np.load(io.BytesIO(images())) as arrays:
        file = io.BytesIO()
        np.savez_compressed(file, **arrays)
    content, refused = file.getvalue(), 0
    for k in range(len(content)):
        damaged = io.BytesIO(content[:k] + bytes([content[k] ^ 1]) + content[k + 1 :])
        try:
            split = load_digits(damaged, COUNTS)
        except ValueError:
            refused += 1
        else:  # a byte that says nothing, such as a date
            assert split.y.tolist() == [0, 1, 2, 0, 1, 2]
    assert refused > len(content) / 2


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"nowhere\.npz"):
        load_digits(tmp_path / "nowhere.npz")


# --- network ---


def test_first_parameters_are_uniform_with_the_fan_in_and_drawn_layer_by_layer():
    params = init_mlp(np.random.default_rng(1), (400, 300, 7))
    assert [(W.shape, b.shape) for W, b in params] == [((400, 300), (300,)), ((300, 7), (7,))]
    for (W, b), n in zip(params, (400, 300), strict=True):
        r = n**-0.5
        assert np.abs(W).max() <= r and np.abs(b).max() <= r
        # The standard error of a uniform law's variance over N draws is sqrt(4/45) r^2 / sqrt(N).
        assert abs(W.var() - r * r / 3) < 5 * 0.3 * r * r / np.sqrt(W.size)
    rng = np.random.default_rng(1)
    assert np.array_equal(params[0][0], rng.uniform(-0.05, 0.05, (400, 300)))
    assert np.array_equal(params[0][1], rng.uniform(-0.05, 0.05, 300))


def test_the_capstones_network_has_159010_parameters():
    params = init_mlp(np.random.default_rng(0), dtype=np.float32)
    assert sum(array.size for layer in params for array in layer) == 159_010
    assert {array.dtype for layer in params for array in layer} == {np.dtype(np.float32)}


@pytest.mark.parametrize("sizes", [(784,), (), (3, 0), (3, 2.5)])
def test_sizes_that_make_no_network_are_refused(sizes):
    with pytest.raises(ValueError):
        init_mlp(np.random.default_rng(0), sizes)


@pytest.mark.parametrize("sizes", [(6, 4), (6, 5, 4), (6, 5, 3, 4)])
def test_the_gradient_passes_the_check_of_its_chapter(sizes):
    rng = np.random.default_rng(5)
    params, X, y = init_mlp(rng, sizes), rng.normal(size=(7, 6)), rng.integers(0, 4, 7)
    grads = mlp_loss_grad(params, X, y)[1]
    for k, layer in enumerate(params):
        for j in range(2):

            def loss(array, k=k, j=j):
                moved = [list(pair) for pair in params]
                moved[k][j] = array
                return mlp_loss_grad(moved, X, y)[0]

            worst, _ = grad_check(loss, lambda _, k=k, j=j: grads[k][j], layer[j])
            assert worst < 1e-6


@pytest.mark.parametrize("sizes", [(6, 4), (6, 5, 4), (6, 9, 8, 4)])
def test_by_hand_and_on_the_engine_agree_to_1e_10(sizes):
    rng = np.random.default_rng(6)
    params, X, y = init_mlp(rng, sizes), 3 * rng.normal(size=(9, 6)), rng.integers(0, 4, 9)
    loss, grads = mlp_loss_grad(params, X, y)
    other, adjoints = mlp_loss_engine(params, X, y)
    assert abs(loss - other) < 1e-10
    for pair, engine in zip(grads, adjoints, strict=True):
        for a, b in zip(pair, engine, strict=True):
            assert a.shape == b.shape and np.abs(a - b).max() < 1e-10


def test_a_unit_that_is_exactly_at_its_kink_passes_nothing_back():
    params = [(np.zeros((2, 3)), np.zeros(3)), (np.eye(3, 2), np.zeros(2))]
    grads = mlp_loss_grad(params, [[1.0, 2.0]], [0])[1]
    assert not grads[0][0].any() and not grads[0][1].any()
    assert np.allclose(grads[1][1], [-0.5, 0.5])


def test_float32_stays_float32_and_is_near_float64(net):
    params, X, y = net
    single = [(W.astype(np.float32), b.astype(np.float32)) for W, b in params]
    loss, grads = mlp_loss_grad(single, X.astype(np.float32), y)
    exact, expected = mlp_loss_grad(params, X, y)
    assert isinstance(loss, float) and abs(loss - exact) < 1e-5
    for pair, wanted in zip(grads, expected, strict=True):
        for a, b in zip(pair, wanted, strict=True):
            assert a.dtype == np.float32 and np.allclose(a, b, atol=1e-5)


def test_one_float64_among_the_parameters_makes_all_float64(net):
    params, X, y = net
    mixed = [(params[0][0].astype(np.float32), params[0][1]), params[1]]
    assert mlp_loss_grad(mixed, X, y)[1][0][0].dtype == np.float64


def test_nothing_is_changed_by_loss_and_gradient(net):
    params, X, y = net
    before = [array.copy() for pair in params for array in pair], X.copy(), y.copy()
    mlp_loss_grad(params, X, y), mlp_loss_engine(params, X, y), accuracy(params, X, y)
    train_step(params, X, y, gradient_step, lr=0.1)
    after = [array for pair in params for array in pair]
    assert all(map(np.array_equal, before[0], after))
    assert np.array_equal(X, before[1]) and np.array_equal(y, before[2])


def test_the_loss_is_a_mean_that_knows_no_order(net):
    params, X, y = net
    loss, grads = mlp_loss_grad(params, X, y)
    again, doubled = mlp_loss_grad(params, np.tile(X[::-1], (2, 1)), np.tile(y[::-1], 2))
    assert np.isclose(loss, again) and np.allclose(grads[0][0], doubled[0][0])


@pytest.mark.parametrize("function", [mlp_loss_grad, mlp_loss_engine, accuracy])
@pytest.mark.parametrize(
    "X, y",
    [
        (np.zeros((2, 5)), [0, 1]),
        (np.zeros(6), [0]),
        (np.zeros((0, 6)), []),
        (np.zeros((2, 6)), [0.0, 1.0]),
        (np.zeros((2, 6)), [0]),
        ([["a"] * 6], [0]),
    ],
)
def test_data_that_do_not_fit_are_refused(net, function, X, y):
    with pytest.raises((TypeError, ValueError)):
        function(net[0], X, y)


@pytest.mark.parametrize("function", [mlp_loss_grad, mlp_loss_engine])
def test_a_class_beyond_the_scores_is_refused(net, function):
    with pytest.raises(ValueError, match="from 0 to 3"):
        function(net[0], np.zeros((1, 6)), [4])


def test_layers_that_do_not_fit_are_named_with_their_shapes(net):
    params, X, y = net
    with pytest.raises(ValueError, match=r"do not fit.*\(6, 5\)"):
        mlp_loss_grad([params[0], (np.zeros((4, 4)), np.zeros(4))], X, y)
    with pytest.raises(ValueError, match="do not fit"):
        mlp_loss_grad([(params[0][0].T, params[0][1]), params[1]], X, y)


def test_numbers_that_are_none_pass_without_a_warning(net):
    params, X, y = net
    assert np.isnan(mlp_loss_grad(params, np.full_like(X, np.nan), y)[0])
    huge = [(W * 1e200, b) for W, b in params]
    assert not np.isfinite(mlp_loss_grad(huge, X * 1e200, y)[0])
    assert accuracy(params, np.full_like(X, np.nan), np.zeros_like(y)) == 0
    first = [(np.eye(2), np.array([np.nan, 0.0]))]  # argmax would take the score that is none
    assert accuracy(first, np.ones((1, 2)), [0]) == 0


# --- training ---


@pytest.mark.parametrize(
    "step, hyper",
    [
        (gradient_step, {"lr": 0.1}),
        (momentum_step, {"lr": 0.05, "beta": 0.9}),
        (adam_step, {"lr": 0.01}),
    ],
)
def test_an_epoch_is_a_step_for_each_shuffled_batch(net, step, hyper):
    params, X, y = net
    rng = np.random.default_rng(9)
    got, state, loss = train_epoch(params, X, y, step, None, B=3, rng=rng, **hyper)
    flat, memory, losses, sizes = params, None, [], []
    for batch in minibatches(8, 3, np.random.default_rng(9)):
        losses.append(mlp_loss_grad(flat, X[batch], y[batch])[0])
        sizes.append(len(batch))
        grads = mlp_loss_grad(flat, X[batch], y[batch])[1]
        memory = memory or [[(), ()] for _ in flat]
        results = [
            [step(w, g, *s, **hyper) for w, g, s in zip(*parts, strict=True)]
            for parts in zip(flat, grads, memory, strict=True)
        ]
        flat = [tuple(w for w, _ in pair) for pair in results]
        memory = [[(s,) for _, s in pair] for pair in results]
    assert loss == epoch_loss(losses, sizes) and sizes == [3, 3, 2]
    for pair, expected in zip(got, flat, strict=True):
        assert all(map(np.array_equal, pair, expected))
    assert len(state) == 2 and len(state[0]) == 2


def test_the_state_is_kept_from_epoch_to_epoch(net):
    params, X, y = net

    def epochs(n, keep):
        rng, state, at = np.random.default_rng(2), None, params
        for _ in range(n):
            at, state, _ = train_epoch(
                at, X, y, momentum_step, state if keep else None, lr=0.1, B=8, rng=rng, beta=0.9
            )
        return at

    assert not np.allclose(epochs(3, True)[0][0], epochs(3, False)[0][0])


def test_an_optimizer_without_a_rate_is_given_none(net):
    params, X, y = net
    rng = np.random.default_rng(0)
    _, state, loss = train_epoch(params, X, y, adadelta_step, lr=None, B=4, rng=rng, rho=0.9)
    assert np.isfinite(loss) and len(state[0][0]) == 2


def test_float32_parameters_stay_float32_through_an_epoch(net):
    params, X, y = net
    single = [(W.astype(np.float32), b.astype(np.float32)) for W, b in params]
    rng = np.random.default_rng(0)
    got, _, _ = train_epoch(single, X, y, adam_step, lr=0.01, B=4, rng=rng)
    assert {array.dtype for pair in got for array in pair} == {np.dtype(np.float32)}


def test_an_epoch_that_diverges_says_so_by_its_loss_and_by_no_warning(net):
    params, X, y = net
    rng = np.random.default_rng(0)
    for _ in range(3):
        params, _, loss = train_epoch(params, 1e3 * X, y, gradient_step, lr=1e305, B=4, rng=rng)
    assert not np.isfinite(loss)


def test_data_of_two_lengths_are_refused(net):
    params, X, y = net
    with pytest.raises(ValueError, match="one row each"):
        train_epoch(params, X, y[:-1], gradient_step, lr=0.1, B=4, rng=np.random.default_rng(0))


def test_the_digits_are_learned_in_ten_epochs():
    X, y = digits()
    rng = np.random.default_rng(0)
    params, state, X = init_mlp(rng, (64, 32, 10)), None, 2 * X - 1
    for _ in range(10):
        params, state, loss = train_epoch(
            params, X[:1400], y[:1400], momentum_step, state, lr=0.05, B=32, rng=rng, beta=0.9
        )
    assert loss < 0.05 and accuracy(params, X[1400:], y[1400:]) > 0.88


# --- the grid ---


def test_every_pair_is_run_once_in_order_whatever_it_gives():
    calls = []

    def run(lr, seed):
        calls.append((lr, seed))
        if lr == 1.0:
            raise FloatingPointError
        return np.nan if seed == 1 else seed + lr

    grid = fair_grid(run, [0.1, 1.0], [4, 1, 7])
    assert calls == [(0.1, 4), (0.1, 1), (0.1, 7), (1.0, 4), (1.0, 1), (1.0, 7)]
    assert grid.values.tolist() == [[4.1, np.inf, 7.1], [np.inf] * 3]
    assert grid.best == 0.1 and grid.seeds.tolist() == [4, 1, 7]


def test_the_median_picks_and_neither_the_luckiest_seed_nor_the_mean():
    values = [[0.5, 0.5, 0.5], [0.1, 0.9, 0.9], [0.4, 0.4, 99.0]]
    assert grid_of([1, 2, 3], [0, 1, 2], values).best == 3


def test_of_equal_medians_the_smallest_rate_is_best():
    assert grid_of([1, 2], [0], [[3.0], [3.0]]).best == 1


def test_a_mistake_in_the_function_is_passed_on():
    with pytest.raises(KeyError):
        fair_grid(lambda lr, seed: {}["x"], [0.1], [0])
    with pytest.raises(TypeError, match="train_fn returns"):
        fair_grid(lambda lr, seed: "good", [0.1], [0])


@pytest.mark.parametrize(
    "lrs, seeds",
    [
        ([], [0]),
        ([0.1, 0.1], [0]),
        ([1.0, 0.1], [0]),
        ([0.0, 0.1], [0]),
        ([0.1, np.inf], [0]),
        ([0.1], []),
        ([0.1], [0, 0]),
        ([0.1], [0.5]),
    ],
)
def test_a_grid_that_is_none_is_refused_before_any_run(lrs, seeds):
    with pytest.raises((TypeError, ValueError)):
        fair_grid(lambda lr, seed: pytest.fail("it ran"), lrs, seeds)


@pytest.mark.parametrize(
    "best, place", [(0, "low end"), (1, "inside"), (2, "inside"), (3, "high end")]
)
def test_the_report_says_where_the_best_rate_lies(best, place):
    values = np.full((4, 3), 5.0)
    values[best] = [1, 3, 2]
    said = report(grid_of([1, 2, 3, 4], [0, 1, 2], values))
    assert said == Report(best + 1, 2, 1, 3, 0, 12, place)


def test_the_report_hides_no_failure():
    values = [[1.0, 2.0, np.inf], [np.inf, np.inf, 0.5], [np.nan, np.inf, np.inf]]
    assert report(grid_of([1, 2, 3], [0, 1, 2], values)) == Report(1, 2, 1, np.inf, 6, 9, "low end")


def test_where_all_fail_there_is_no_best_rate():
    said = report(grid_of([1, 2], [0, 1, 2], [[0.1, np.inf, np.inf], [np.inf] * 3]))
    assert np.isnan(said.lr) and said.median == np.inf and said.low == 0.1
    assert said.place == "nowhere" and (said.failures, said.runs) == (5, 6)
    assert report(grid_of([1], [0], [[2.0]])).place == "only rate"


# --- balls ---


def grid_of_starts(n):
    side = np.linspace(-5, 5, n)
    return np.array(np.meshgrid(side, side))


def test_without_noise_the_balls_are_gradient_descent_from_many_starts():
    starts = grid_of_starts(21)
    ends = balls(himmelblau.gradient, starts, 0.01, 500, 0.0, None)
    expected = basin_map(himmelblau.gradient, starts, himmelblau.minima, 0.01, 500)
    assert np.array_equal(valleys(ends, himmelblau.minima, 1e-3), expected)
    assert ends.shape == starts.shape and (expected >= 0).all()


def test_the_shares_of_himmelblaus_valleys_for_10201_balls():
    ends = balls(himmelblau.gradient, grid_of_starts(101), 0.01, 300, 0.0, None)
    found = valleys(ends, himmelblau.minima, 1e-3)
    shares = [np.mean(found == k) for k in range(4)]
    assert np.allclose(shares, [0.256, 0.260, 0.237, 0.247], atol=6e-4) and sum(shares) == 1


def test_lost_balls_are_nan_in_every_coordinate_and_belong_to_no_valley():
    starts = [[0.0, 100.0], [0.0, 0.0]]
    ends = balls(himmelblau.gradient, starts, 0.01, 50, 0.0, None)
    assert np.isfinite(ends[:, 0]).all() and np.isnan(ends[:, 1]).all()
    assert valleys(ends, himmelblau.minima).tolist()[1] == -1


def test_a_ball_beyond_the_limit_is_lost_while_it_is_still_finite():
    ends = balls(lambda w: -9 * w, [[1.0, 1e-9]], 1.0, 7, 0.0, None)
    assert np.isnan(ends[0, 0]) and np.isclose(ends[0, 1], 1e-2)
    assert np.isfinite(balls(lambda w: -9 * w, [[1.0]], 1.0, 7, 0.0, None, limit=np.inf))


def test_every_ball_coordinate_and_step_has_its_own_noise_on_the_gradient():
    rng = np.random.default_rng(1)
    got = balls(lambda w: 0 * w, np.zeros((2, 3)), 0.5, 2, 0.1, rng)
    rng = np.random.default_rng(1)
    noise = sum(rng.standard_normal((2, 3)) for _ in range(2))
    assert np.allclose(got, -0.5 * 0.1 * noise, rtol=1e-14)
    assert len(np.unique(got)) == 6


def test_noise_on_a_parabola_has_the_variance_that_theory_gives():
    lr, sigma, n = 0.4, 1.0, 20_000
    rng = np.random.default_rng(0)
    ends = balls(lambda w: w, np.zeros((1, n)), lr, 60, sigma, rng)
    floor = lr * sigma**2 / (2 - lr)
    assert abs(ends.var() / floor - 1) < 5 * np.sqrt(2 / n)


def test_momentum_is_that_of_its_chapter():
    w, v = np.array([[2.0, -1.0]]), 0.0
    expected = w
    for _ in range(5):
        expected, v = momentum_step(expected, double_well.gradient(expected), v, lr=0.1, beta=0.8)
    got = balls(double_well.gradient, w, 0.1, 5, 0.0, None, beta=0.8)
    assert np.allclose(got, expected, rtol=1e-14)


def test_noise_lets_balls_change_their_valley():
    starts = np.full((1, 2000), 0.94)
    still = balls(double_well.gradient, starts, 0.1, 2000, 0.0, None)
    hopping = balls(double_well.gradient, starts, 0.1, 2000, 2.0, np.random.default_rng(0))
    assert (valleys(still, double_well.minima) == 1).all()
    left = np.mean(valleys(hopping, double_well.minima) == 0)
    assert 0.5 < left < 0.99  # the left valley is the deeper one


def test_no_step_leaves_the_balls_where_they_are_as_a_copy():
    starts = np.ones((2, 2))
    ends = balls(lambda w: w, starts, 0.1, 0, 1.0, np.random.default_rng(0))
    assert np.array_equal(ends, starts) and ends is not starts


@pytest.mark.parametrize(
    "change",
    [{"starts": 1.0}, {"noise": -1.0}, {"n": 1.5}, {"lr": "x"}, {"limit": 0.0}, {"beta": [1, 2]}],
)
def test_arguments_that_make_no_sense_are_refused(change):
    arguments = {"starts": [[1.0]], "lr": 0.1, "n": 2, "noise": 0.0, "rng": None} | change
    with pytest.raises((TypeError, ValueError)):
        balls(lambda w: w, **arguments)


def test_valleys_need_points_and_minima_of_one_dimension():
    with pytest.raises(ValueError, match="shapes"):
        valleys([[1.0], [2.0]], [[1.0]])
    with pytest.raises(ValueError, match="shapes"):
        valleys([[1.0]], np.zeros((0, 1)))
    assert valleys([3.0, 2.0], himmelblau.minima) == 0
