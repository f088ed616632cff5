"""Adam and its relatives: by hand, against other libraries, and where each goes wrong."""

import importlib
import inspect
import itertools
import math
import tracemalloc

import numpy as np
import pytest

from conftest import oracle
from fallline.adam import (
    DEFAULTS,
    FORMS,
    adam_eps_hat_step,
    adam_step,
    adamax_step,
    adamw_step,
    amsgrad_step,
    argmax_overshoot,
    effective_eps,
    ema_debiased,
    linear_game,
    lion_step,
    nadam_step,
    overshoot,
    radam_step,
    scheduled_nadam_step,
    share_of_lr,
)
from fallline.descent import descend, walk
from fallline.inplace import AdamInPlace
from fallline.objectives import bowl
from fallline.plotting import plot_game
from test_live import ask, corners, some_states

PLAIN = [adam_step, adam_eps_hat_step, amsgrad_step, adamw_step, nadam_step]
STEPS = [*PLAIN, scheduled_nadam_step, adamax_step, radam_step, lion_step]
by_step = pytest.mark.parametrize("step", STEPS, ids=lambda step: step.__name__)
MINE = ("Adam", "AdamW", "Adamax", "NAdam", "RAdam")


def run(step, w, gradients, **hyper):
    """Return the parameters after each of some prescribed gradients."""
    path, state = [], ()
    for g in gradients:
        w, *rest = step(w, g, *state, **hyper)
        state, path = tuple(rest), [*path, w]
    return np.array(path)


# --- averages that begin at zero ---


def test_a_debiased_average_of_equal_gradients_is_that_gradient_from_the_first_on():
    np.testing.assert_allclose(ema_debiased([[3, -2]] * 5, 0.9), [[3, -2]] * 5, rtol=1e-14)


def test_a_debiased_average_is_a_weighted_mean_whose_weights_add_up_to_one():
    gs, beta = np.random.default_rng(0).normal(size=(7, 2, 3)), 0.8
    for t, average in enumerate(ema_debiased(gs, beta), start=1):
        weights = beta ** np.arange(t)[::-1]
        expected = np.tensordot(weights / weights.sum(), gs[:t], 1)
        np.testing.assert_allclose(average, expected, rtol=1e-13)


def test_a_debiased_average_without_memory_is_the_gradient():
    gs = np.arange(6.0).reshape(3, 2)
    averages = ema_debiased(gs, 0)
    np.testing.assert_array_equal(averages, gs)
    assert not np.shares_memory(averages, gs)
    assert ema_debiased([], 0.5).shape == (0,)


def test_a_debiased_average_refuses_what_has_no_meaning():
    for beta in (1, 1.5, -0.1, math.nan):
        with pytest.raises(ValueError, match="beta"):
            ema_debiased([1, 2], beta)
    with pytest.raises(ValueError, match="one gradient a row"):
        ema_debiased(3, 0.9)
    assert np.isnan(ema_debiased([1, math.nan, 1], 0.5)).tolist() == [False, True, True]


@pytest.mark.parametrize("b1, b2", [(0.9, 0.999), (0.9, 0.99), (0.0, 0.9), (0.5, 0.0)])
def test_overshoot_is_the_step_of_an_uncorrected_adam_under_a_constant_gradient(b1, b2):
    m = v = 0.0
    for t in range(1, 30):
        m, v = b1 * m + (1 - b1) * 4, b2 * v + (1 - b2) * 16
        assert overshoot(t, b1, b2) == pytest.approx(m / math.sqrt(v), rel=1e-12)


def test_overshoot_by_the_numbers():
    np.testing.assert_allclose(overshoot([1, 2, 3]), [3.162, 4.250, 4.950], atol=5e-4)
    np.testing.assert_allclose(overshoot([12, 100, 1000]), [6.569, 3.241, 1.258], atol=5e-4)
    t = np.arange(13, 6000)
    assert t[overshoot(t) < 1.01][0] == 3925
    assert np.max(overshoot(np.arange(1, 2000), 0.9, 0.9)) <= 1
    assert overshoot(argmax_overshoot(0.9, 0.99), 0.9, 0.99) == pytest.approx(2.131, abs=5e-4)
    assert overshoot(argmax_overshoot(0.9, 0.9999), 0.9, 0.9999) == pytest.approx(20.72, abs=5e-3)
    assert overshoot(5) == overshoot(5.0) and np.isnan(overshoot([math.nan, 1.0])).tolist()[0]


@pytest.mark.parametrize("b1, b2", [*itertools.product([0, 0.5, 0.9, 0.99], [0, 0.6, 0.999])])
def test_the_largest_overshoot_is_found_as_by_looking_at_all(b1, b2):
    r = overshoot(np.arange(1, 20_001), b1, b2)
    found = argmax_overshoot(b1, b2)
    assert found == (math.inf if b2 <= b1 and b1 > 0 else 1 + int(np.argmax(r)))


def test_overshoot_refuses_step_zero_and_rates_of_one():
    for call in (lambda: overshoot(0), lambda: overshoot(1, 1.0), lambda: argmax_overshoot(0.9, 1)):
        with pytest.raises(ValueError):
            call()


# --- what every step keeps ---


@by_step
@pytest.mark.parametrize("shape", [(), (3,), (2, 3)])
def test_steps_are_pure_and_float64_also_for_whole_numbers(step, shape):
    w, g = np.full(shape, 3), np.full(shape, -2)
    before = w.copy(), g.copy()
    first, state = step(w, g, lr=0.5)
    second, later = step(first, g, state, lr=0.5)
    np.testing.assert_array_equal(w, before[0])
    np.testing.assert_array_equal(g, before[1])
    assert second.shape == shape and second.dtype == np.float64
    replayed, again = step(first, g, state, lr=0.5)
    np.testing.assert_array_equal(second, replayed)
    parts = [w, g, first, second, replayed]
    for held in (state, later, again):
        parts += held if isinstance(held, tuple) else [held]
    for one, other in itertools.combinations([p for p in parts if np.ndim(p)], 2):
        assert not np.shares_memory(one, other)


@by_step
def test_steps_refuse_other_shapes_and_misspelt_names_and_pass_nan(step):
    with pytest.raises(ValueError, match="one shape"):
        step([1, 2], [1], lr=0.1)
    with pytest.raises(TypeError, match="real numbers"):
        step("ab", [1, 2], lr=0.1)
    with pytest.raises(TypeError):
        step([1.0], [1.0], learning_rate=0.1)
    moved, state = step([1.0, 1.0], [math.nan, 2.0], lr=0.1)
    assert np.isnan(moved).tolist() == [True, False]
    assert np.isnan(step(moved, [1.0, 1.0], state, lr=0.1)[0]).tolist() == [True, False]


@by_step
def test_a_zero_gradient_from_the_start_moves_nothing(step):
    more = {"lam": 0.0} if step in (adamw_step, lion_step) else {}
    np.testing.assert_array_equal(
        run(step, [5.0, 0.0], np.zeros((4, 2)), lr=0.1, **more)[-1], [5, 0]
    )


@by_step
def test_ten_steps_and_ten_more_are_twenty(step):
    grad, start = bowl(10).gradient, [3.0, 1.0]
    whole = descend(step, grad, start, 20, lr=lambda t: 0.1 / t**0.5)
    *_, (w, state) = walk(step, grad, start, 10, lr=lambda t: 0.1 / t**0.5)
    rest = descend(step, grad, w, 10, state=state, t=10, lr=lambda t: 0.1 / t**0.5)
    np.testing.assert_array_equal(whole[10:], rest)


@by_step
def test_coordinates_do_not_know_of_each_other(step):
    gs = np.random.default_rng(3).normal(size=(6, 4))
    together = run(step, np.ones(4), gs, lr=0.1)
    alone = np.stack([run(step, 1.0, gs[:, i], lr=0.1) for i in range(4)], axis=1)
    np.testing.assert_allclose(together, alone, rtol=1e-14)


# --- Adam ---


def test_adam_by_hand():
    path = run(adam_step, 0.0, [1.0, -1.0], lr=1.0, beta1=0.5, beta2=0.75, eps=0.0)
    # m = .5, v = .25: m_hat = 1, v_hat = 1;  m = -.25, v = .4375: m_hat = -1/3, v_hat = 1
    np.testing.assert_allclose(path, [-1, -1 + 1 / 3], rtol=1e-15)


def test_the_first_step_is_one_learning_rate_against_the_sign_whatever_the_size():
    g = np.array([3e5, -2.0, 1e-3, 0.0])
    np.testing.assert_allclose(adam_step(np.zeros(4), g, lr=0.1)[0], -0.1 * np.sign(g), rtol=1e-4)


def test_adam_does_not_see_the_scale_of_the_objective():
    paths = {
        c: descend(adam_step, lambda w, c=c: c * w, 1.0, 100, lr=0.01)[-1]
        for c in (1, 1e4, 1e-6, 1e-8)
    }
    np.testing.assert_allclose(list(paths.values()), [0.2244, 0.2244, 0.2309, 0.5734], atol=5e-5)
    exact = [
        descend(adam_step, lambda w, c=c: c * w, 1.0, 100, lr=0.01, eps=0.0)[-1]
        for c in (1, 1e4, 1e-8)
    ]
    np.testing.assert_allclose(exact, exact[0], rtol=1e-9)


def test_the_numbers_of_cs231n():
    held = oracle("cs231n_adam")
    w, g = (np.linspace(a, b, 20).reshape(4, 5) for a, b in ((-0.4, 0.6), (-0.6, 0.4)))
    m, v = (np.linspace(a, b, 20).reshape(4, 5) for a, b in ((0.6, 0.9), (0.7, 0.5)))
    w, (m, v, t) = adam_step(w, g, (m, v, held["t"]), lr=held["lr"])
    assert t == 6
    for mine, theirs in ((w, "next_w"), (m, "m"), (v, "v")):
        np.testing.assert_allclose(mine, held[theirs], atol=6e-9)


def test_a_gradient_that_wakes_up_late_is_not_protected_by_the_correction():
    asleep = 20_000
    state, w, moves = (0.0, 0.0, asleep), 0.0, []
    for _ in range(40):
        stepped, state = adam_step(w, 7.0, state, lr=1.0)
        moves.append(w - stepped)
        w = stepped
    np.testing.assert_allclose(moves, overshoot(np.arange(1, 41)), rtol=1e-6)


def test_no_gradients_at_all_make_a_step_longer_than_the_bound_and_some_reach_it():
    b1, b2 = 0.9, 0.999
    bound = (1 - b1) / math.sqrt((1 - b2) * (1 - b1**2 / b2))
    assert bound == pytest.approx(7.27, abs=5e-3)
    rng = np.random.default_rng(0)
    gs = rng.normal(size=(300, 50)) * 10.0 ** rng.integers(-3, 4, size=(300, 50))
    moves, state = [], (0.0, 0.0, 0)
    for g in gs:
        w, state = adam_step(np.zeros(50), g, state, lr=1.0)
        moves.append(np.abs(w).max())
    assert max(moves) <= bound
    growing = (b1 / b2) ** np.arange(200)[::-1]
    state = (0.0, 0.0, 20_000)
    for g in growing:
        w, state = adam_step(0.0, g, state, lr=1.0)
    assert -w == pytest.approx(bound, rel=1e-4)


# --- epsilon ---


def test_epsilon_hat_is_an_epsilon_that_shrinks():
    np.testing.assert_allclose(
        effective_eps(np.array([1, 10, 1000]), 0.999, 1e-7), [3.16e-6, 1.00e-6, 1.26e-7], rtol=5e-3
    )
    gs = np.random.default_rng(1).normal(size=(8, 3)) * [1, 1e-6, 1e-9]
    hat = run(adam_eps_hat_step, np.zeros(3), gs, lr=0.1, eps=1e-7)
    w, state = np.zeros(3), (0.0, 0.0, 0)
    for t, g in enumerate(gs, start=1):
        w, state = adam_step(w, g, state, lr=0.1, eps=effective_eps(t, 0.999, 1e-7))
        np.testing.assert_allclose(w, hat[t - 1], rtol=1e-11)


def test_first_steps_tell_the_conventions_apart():
    first = {eps: -adam_step(0.0, 1e-8, lr=1.0, eps=eps)[0] for eps in (1e-8, 1e-7)}
    assert first[1e-8] == pytest.approx(0.5) and first[1e-7] == pytest.approx(1 / 11)
    assert -adam_eps_hat_step(0.0, 1e-8, lr=1.0, eps=1e-8)[0] == pytest.approx(0.0307, abs=5e-5)
    assert 10e-8 == 1e-7


@pytest.mark.parametrize("t", [1, 5, 200])
def test_the_laboratory_shows_the_steps_that_are_made(t):
    g, eps = np.array([1e-12, 1e-8, 1e-3, 2.0]), 1e-6
    states = [((1 - 0.9**k) * g, (1 - 0.999**k) * g**2, k) for k in (t - 1,)]
    outside = -adam_step(np.zeros(4), g, states[0], lr=1.0, eps=eps)[0]
    hat = -adam_eps_hat_step(np.zeros(4), g, states[0], lr=1.0, eps=eps)[0]
    np.testing.assert_allclose(share_of_lr(g, t, eps=eps), outside, rtol=1e-9)
    np.testing.assert_allclose(share_of_lr(g, t, eps=eps, form="hat"), hat, rtol=1e-9)
    v = (1 - 0.999**t) * g**2
    grown = 1 - 0.999**t
    inside = g / np.sqrt(v / grown + eps)
    np.testing.assert_allclose(share_of_lr(g, t, eps=eps, form="inside"), inside, rtol=1e-9)
    under = g / (np.sqrt(v + eps) / np.sqrt(grown))
    np.testing.assert_allclose(share_of_lr(-g, t, eps=eps, form="inside hat"), under, rtol=1e-9)
    with pytest.raises(ValueError, match="outside, hat"):
        share_of_lr(g, form="torch")
    assert len(FORMS) == 4


def test_a_large_epsilon_makes_averaged_momentum_of_adam():
    adam = descend(adam_step, lambda w: w, 1.0, 50, lr=1e4, eps=1e5)[-1]
    m, w = 0.0, 1.0
    for t in range(1, 51):
        m = 0.9 * m + 0.1 * w
        w -= 0.1 * m / (1 - 0.9**t)
    assert adam == pytest.approx(w, abs=1e-5)


# --- relatives ---


def test_amsgrad_is_adam_until_the_gradients_shrink_and_then_slower():
    growing = run(amsgrad_step, 0.0, [1, 2, 3], lr=0.1)
    np.testing.assert_array_equal(growing, run(adam_step, 0.0, [1, 2, 3], lr=0.1))
    gs = [5.0] + [0.1] * 30
    ams, adam = (run(step, 0.0, gs, lr=0.1, beta2=0.9)[-1] for step in (amsgrad_step, adam_step))
    assert adam < ams < 0


def test_reddis_sequence_leads_adam_to_the_wrong_end():
    gs = np.where(np.arange(1, 300_001) % 101 == 1, 1010.0, -10.0)
    assert np.sum(gs[:101]) == 10
    ends = [linear_game(gs, lr=0.5, largest=largest)[-1] for largest in (False, True)]
    np.testing.assert_allclose(ends, [0.9950, -0.9998], atol=5e-5)
    cycle = np.tile([3.0, -1.0, -1.0], 20_000)
    ends = [
        linear_game(cycle, lr=0.5, beta1=0, beta2=0.1, largest=one)[-1] for one in (False, True)
    ]
    assert ends[0] == 1 and ends[1] < -0.99


@pytest.mark.parametrize("largest, step", [(False, adam_step), (True, amsgrad_step)])
def test_the_game_is_the_step_with_two_walls(largest, step):
    gs = np.random.default_rng(0).normal(size=200) * 10
    path, w, state = [0.2], 0.2, ()
    for t, g in enumerate(gs, start=1):
        w, *state = step(w, g, *state, lr=2 / math.sqrt(t), beta2=0.99)
        w = np.clip(w, -1, 1)
        path.append(w)
    mine = linear_game(gs, 0.2, lr=2, largest=largest)
    np.testing.assert_allclose(mine, path, rtol=1e-10, atol=1e-13)
    assert mine.max() == 1 or mine.min() == -1


def test_decoupled_decay_does_not_see_the_gradients_and_coupled_decay_does():
    left = {}
    for scale in (1, 100):
        noise = scale * np.random.default_rng(0).normal(size=(400, 200))
        w = u = np.ones(200)
        coupled, decoupled = (0.0, 0.0, 0), (0.0, 0.0, 0)
        for g in noise:
            w, coupled = adam_step(w, g + 0.1 * w, coupled, lr=0.001)
            u, decoupled = adamw_step(u, g, decoupled, lr=0.001, lam=0.1)
        left[scale] = w.mean(), u.mean()
    assert left[1][1] == pytest.approx(left[100][1], abs=1e-6)
    assert left[100][0] > left[1][0] + 0.02


def test_a_mask_keeps_biases_from_decaying():
    w = adamw_step(np.ones((2, 3)), np.zeros((2, 3)), lr=0.5, lam=0.2, mask=[1, 1, 0])[0]
    np.testing.assert_allclose(w, [[0.9, 0.9, 1]] * 2)
    w = adamw_step([1.0, 1.0], [0, 0], lr=0.5, lam=0.2, mask=np.array([True, False]))[0]
    np.testing.assert_allclose(w, [0.9, 1])


def test_nadam_by_hand():
    path = run(nadam_step, 0.0, [1.0, 0.0], lr=1.0, beta1=0.5, beta2=0.75, eps=0.0)
    # m = .5, look-ahead .5*.5/.75 + .5/.5 = 4/3;  m = .25, .5*.25/.875 = 1/7, v_hat = .1875/.4375
    np.testing.assert_allclose(path, [-4 / 3, -4 / 3 - 1 / 7 / math.sqrt(3 / 7)], rtol=1e-14)


def test_a_momentum_that_has_grown_up_is_the_constant_one():
    gs = np.random.default_rng(2).normal(size=(9, 3))
    grown = run(scheduled_nadam_step, np.ones(3), gs, lr=0.1, psi=math.inf)
    np.testing.assert_allclose(grown, run(nadam_step, np.ones(3), gs, lr=0.1), rtol=1e-12)


def test_adamax_under_equal_gradients_makes_equal_steps():
    path = run(adamax_step, 0.0, [4.0] * 50, lr=0.1)
    np.testing.assert_allclose(np.diff(path, prepend=0.0), -0.1, rtol=1e-8)


def test_radam_begins_as_momentum_and_warms_up():
    moves = -np.diff(run(radam_step, 0.0, [3.0] * 3000, lr=1.0), prepend=0.0)
    np.testing.assert_allclose(moves[:5], 3, rtol=1e-12)
    assert moves[5] < 0.1 and np.all(np.diff(moves[5:]) > 0) and 0.7 < moves[-1] < 1


def test_lion_moves_every_coordinate_by_the_same_length():
    gs = np.random.default_rng(5).normal(size=(6, 4)) * [1e-6, 1, 10, 1e6]
    path = run(lion_step, np.zeros(4), gs, lr=0.25)
    np.testing.assert_array_equal(np.abs(np.diff(path, axis=0)), 0.25)
    # m = .01 before the second step; c = .9 * .01 - .1 * .08 > 0 although the gradient is negative
    assert run(lion_step, 0.0, [1.0, -0.08], lr=1.0).tolist() == [-1, -2]
    assert run(lion_step, 0.0, [1.0, -0.1], lr=1.0).tolist() == [-1, 0]
    assert lion_step(10.0, 1.0, lr=0.1, lam=0.5)[0] == pytest.approx(10 - 0.1 * 6)


# --- what other libraries take where nothing is said ---

START = {"lam": "weight_decay", "start": "initial_accumulator_value"}
NAMES = {
    "PyTorch": ("torch.optim", {"rho": "alpha"}),
    "Keras": (
        "keras.optimizers",
        {"lr": "learning_rate", "beta1": "beta_1", "beta2": "beta_2", "eps": "epsilon"},
    ),
    "Optax": ("optax", {"lr": "learning_rate", "beta1": "b1", "beta2": "b2", "rho": "decay"}),
}


@pytest.mark.parametrize("rule, library", DEFAULTS, ids=[f"{r}-{b}" for r, b in DEFAULTS])
def test_the_defaults_are_those_of_the_installed_library(rule, library):
    package, names = NAMES[library]
    names = names | START | ({"rho": "rho"} if rule == "Adadelta" else {})
    pytest.importorskip(package.split(".")[0])
    module = importlib.import_module(package)
    made = getattr(module, rule.lower() if library == "Optax" else rule)
    named = inspect.signature(made).parameters
    for name, value in DEFAULTS[rule, library].items():
        if name.startswith("beta") and library == "PyTorch":
            assert named["betas"].default[int(name[-1]) - 1] == value
            continue
        default = named[names.get(name, name)].default
        assert (None if default is inspect.Parameter.empty else default) == value, name


# --- in place ---


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("chunk", [None, 1, 7, 64, 10_000])
def test_the_step_in_place_is_the_pure_one_to_the_last_bits(dtype, chunk):
    rng = np.random.default_rng(0)
    w = rng.normal(size=(20, 9)).astype(dtype)
    start = w.copy()
    adam, slow, state = AdamInPlace(w, chunk=chunk), w.astype(float), (0.0, 0.0, 0)
    for t in range(1, 31):
        g = (rng.normal(size=w.shape) * 10.0 ** rng.integers(-9, 4, size=w.shape)).astype(dtype)
        g[3] = 0
        slow, state = adam_step(slow, g, state, lr=0.1 / t)
        adam.step(g, lr=0.1 / t)
    bits = np.finfo(dtype).eps
    assert w.dtype == adam.m.dtype == adam.v.dtype == dtype and adam.t == 30
    np.testing.assert_allclose(w, slow, rtol=20 * bits, atol=20 * bits)
    np.testing.assert_allclose(adam.v, state[1], rtol=40 * bits)
    assert not np.array_equal(w, start) and np.array_equal(w[3], start[3])


def test_the_step_in_place_keeps_its_averages_when_the_betas_change():
    rng = np.random.default_rng(2)
    w = rng.normal(size=50)
    adam, slow, state = AdamInPlace(w), w.copy(), (0.0, 0.0, 0)
    for t in range(1, 21):
        g, betas = rng.normal(size=50), {"beta1": 0.5 + t / 50, "beta2": 1 - 0.1 / t}
        adam.step(g, **betas)
        slow, state = adam_step(slow, g, state, lr=0.001, **betas)
        np.testing.assert_allclose(adam.m, state[0], rtol=1e-13, atol=1e-16)
    np.testing.assert_allclose(w, slow, rtol=1e-13)


def test_chunks_change_no_bit():
    rng, made = np.random.default_rng(1), []
    start, gs = rng.normal(size=1000), rng.normal(size=(5, 1000))
    for chunk in (None, 33, 1000):
        w = start.copy()
        adam = AdamInPlace(w, chunk=chunk)
        for g in gs:
            adam.step(g, lr=np.float64(0.01), eps=1e-6)
        made.append(w)
    np.testing.assert_array_equal(made[0], made[1])
    np.testing.assert_array_equal(made[0], made[2])


def test_the_step_in_place_makes_no_array():
    w = np.ones(200_000)
    g, adam = np.ones_like(w), AdamInPlace(w)
    adam.step(g)
    tracemalloc.start()
    adam.step(g)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 50_000


def test_what_cannot_be_changed_in_place_is_refused():
    for w in ([1.0, 2.0], np.array([1, 2]), np.float64(3)):
        with pytest.raises(TypeError, match="float32 or float64"):
            AdamInPlace(w)
    with pytest.raises(ValueError, match="contiguous"):
        AdamInPlace(np.ones((4, 4))[:, ::2])
    with pytest.raises(ValueError, match="chunk"):
        AdamInPlace(np.ones(3), chunk=0)
    adam = AdamInPlace(np.ones(3))
    with pytest.raises(TypeError, match="g must be an array"):
        adam.step(np.ones(3, np.float32))
    with pytest.raises(ValueError, match="shape of w"):
        adam.step(np.ones(4))
    AdamInPlace(np.ones(0)).step(np.ones(0))


# --- figures ---


def test_a_long_game_is_drawn_with_its_ends():
    ax = plot_game({"walk": np.linspace(0, 1, 100_001)})
    x, y = ax.lines[0].get_data()
    assert len(x) <= 1500 and (x[0], x[-1], y[-1]) == (0, 100_000, 1)


def test_the_overshoot_that_moves_is_that_of_the_library():
    states = corners("adam-overshoot") + some_states("adam-overshoot", 80, seed=13)
    for state, answer in zip(states, ask(*[("adam-overshoot", s) for s in states]), strict=True):
        values, b1, b2 = answer["values"], 1 - state["q1"], 1 - state["q2"]
        assert values["t"] == math.floor(state["t"] + 0.5)
        assert values["ratio"] == pytest.approx(overshoot(values["t"], b1, b2), rel=1e-9)
        grid = 10 ** np.linspace(0, 4, 161)
        np.testing.assert_allclose(values["ratios"], overshoot(grid, b1, b2), rtol=1e-9)
        assert values["m"] / values["root"] == pytest.approx(values["ratio"], rel=1e-12)
        best = argmax_overshoot(b1, b2)
        if values["top"] is None:
            assert best == math.inf
        else:
            highest = overshoot(best, b1, b2)
            assert values["highest"] == pytest.approx(highest, rel=1e-9)
            assert abs(values["top"] - best) <= 1


def test_the_laboratory_that_moves_is_that_of_the_library():
    states = corners("epsilon") + some_states("epsilon", 80, seed=13)
    for state, answer in zip(states, ask(*[("epsilon", s) for s in states]), strict=True):
        values, t = answer["values"], math.floor(state["t"] + 0.5)
        for k, form in enumerate(FORMS):
            mine = share_of_lr(state["g"], t, eps=state["eps"], form=form)
            assert values["shares"][k] == pytest.approx(float(mine), rel=1e-9)
            grid = 10 ** np.linspace(-12, 0, 145)
            curve = share_of_lr(grid, t, eps=state["eps"], form=form)
            np.testing.assert_allclose(values["curves"][k], curve, rtol=1e-9)
        assert values["effective"] == pytest.approx(effective_eps(t, 0.999, state["eps"]), rel=1e-9)
