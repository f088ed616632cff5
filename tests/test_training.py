import json
import os
import random
import signal
import subprocess
import sys
import textwrap
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from fallline import files, training
from fallline.adam import adam_step
from fallline.capstone import init_mlp, mlp_loss_grad, train_epoch
from fallline.files import fingerprint, load_tree, save_tree, write_whole
from fallline.inplace import AdamInPlace, MLPInPlace, MomentumInPlace, flush
from fallline.momentum import momentum_step
from fallline.training import STEPS, progress_bar, train

RNG = np.random.default_rng(4)
X, Y = RNG.normal(size=(50, 6)), RNG.integers(0, 4, 50)
SMALL = {"sizes": (6, 5, 4), "epochs": 3, "B": 8}
HYPERS = {
    "gradient": {"lr": 0.1},
    "momentum": {"lr": 0.05, "beta": 0.9},
    "nesterov": {"lr": 0.05, "mu": 0.9},
    "delta_bar_delta": {"lr": 0.05},
    "adagrad": {"lr": 0.05},
    "rmsprop": {"lr": 0.01},
    "adadelta": {"rho": 0.9},
    "adam": {"lr": 0.01},
    "adamw": {"lr": 0.01},
    "amsgrad": {"lr": 0.01},
    "nadam": {"lr": 0.01},
    "adamax": {"lr": 0.01},
    "radam": {"lr": 0.01},
}
SIGNS = {"sign": {"lr": 0.001}, "rprop": {}, "lion": {"lr": 0.001}}


def arrays(tree):
    """Return all arrays and numbers of a tree, one after the other."""
    if isinstance(tree, (list, tuple)):
        return [leaf for part in tree for leaf in arrays(part)]
    return [] if tree is None else [np.asarray(tree)]


def same(run, other):
    """Whether two runs ended with the same numbers, bit for bit."""
    pairs = zip(arrays((*run[:3], run.steps)), arrays((*other[:3], other.steps)), strict=True)
    equal = all(a.dtype == b.dtype and a.tobytes() == b.tobytes() for a, b in pairs)
    return equal and run.watched == other.watched


# --- both forms ---


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_pure_form_is_train_epoch_again_and_again(dtype):
    run = train(X, Y, "momentum", form="pure", dtype=dtype, seed=7, lr=0.05, beta=0.9, **SMALL)
    rng = np.random.default_rng(7)
    params, state, data = init_mlp(rng, (6, 5, 4), dtype), None, X.astype(dtype)
    for loss in run.losses:
        params, state, expected = train_epoch(
            params, data, Y, momentum_step, state, lr=0.05, B=8, rng=rng, beta=0.9
        )
        assert loss == expected
    pairs = zip(arrays(run.params), arrays(params), strict=True)
    assert all(np.array_equal(a, b) for a, b in pairs)
    assert run.steps == 21 and run.params[0][0].dtype == dtype


@pytest.mark.parametrize("name", HYPERS)
def test_the_fast_form_equals_the_pure_one_but_for_rounding(name):
    hyper = HYPERS[name]
    pure = train(X, Y, name, form="pure", dtype=np.float64, **SMALL, **hyper)
    fast = train(X, Y, name, form="fast", dtype=np.float64, **SMALL, **hyper)
    assert np.allclose(fast.losses, pure.losses, rtol=1e-9)
    for a, b in zip(arrays(fast.params), arrays(pure.params), strict=True):
        assert np.allclose(a, b, rtol=1e-7, atol=1e-9)
    single = train(X, Y, name, **SMALL, **hyper)
    assert np.allclose(single.losses, pure.losses, rtol=2e-3)
    assert single.params[0][0].dtype == np.float32


def test_every_optimizer_of_the_library_can_be_named():
    assert set(STEPS) == {*HYPERS, *SIGNS}
    for name, hyper in SIGNS.items():
        for form in ("fast", "pure"):
            run = train(X, Y, name, form=form, **SMALL, **hyper)
            assert np.isfinite(run.losses).all()


def test_an_optimizer_of_ones_own_is_used_as_it_is():
    def step(w, g, state=0, *, lr):
        return w - lr * np.sign(g), state + 1

    own = train(X, Y, step, lr=0.001, **SMALL)
    assert np.array_equal(own.losses, train(X, Y, "sign", lr=0.001, **SMALL).losses)
    assert own.state == own.steps == 21


@pytest.mark.parametrize("sizes", [(6, 4), (6, 5, 4), (6, 7, 5, 4)])
@pytest.mark.parametrize("dtype, tol", [(np.float32, 2e-6), (np.float64, 1e-14)])
def test_the_network_in_place_has_the_gradient_of_the_pure_one(sizes, dtype, tol):
    params = init_mlp(np.random.default_rng(0), sizes, dtype)
    net, data = MLPInPlace(params, 16), X.astype(dtype)
    for batch in (np.arange(16), np.array([3, 3, 49]), np.array([0])):
        net.loss_grad(data, Y, batch, scale=0.25)
        quarter = net.g.copy()
        loss = net.loss_grad(data, Y, batch)
        assert np.allclose(4 * quarter, net.g, atol=tol)
        expected, grads = mlp_loss_grad(params, data[batch], Y[batch])
        assert abs(loss - expected) < 10 * tol
        for a, b in zip(arrays(net.grads), arrays(grads), strict=True):
            assert a.dtype == dtype and np.allclose(a, b, atol=tol)
    assert all(np.shares_memory(array, net.w) for array in arrays(net.params))


def test_layers_that_do_not_fit_make_no_network_in_place():
    with pytest.raises(ValueError, match="do not fit"):
        MLPInPlace([(np.zeros((2, 3)), np.zeros(3)), (np.zeros((2, 2)), np.zeros(2))], 1)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("beta", [0.0, 0.9])
def test_momentum_in_place_is_momentum_in_chunks_of_any_size(dtype, beta):
    rng = np.random.default_rng(0)
    start = rng.normal(size=(3, 7)).astype(dtype)
    for chunk in (None, 1, 4, 100):
        w, state, v = start.copy(), start.astype(float), 0.0
        momentum = MomentumInPlace(w, chunk)
        for _ in range(5):
            g = rng.normal(size=w.shape).astype(dtype)
            momentum.step(g, lr=0.1, beta=beta)
            state, v = momentum_step(state, g, v, lr=0.1, beta=beta)
        assert w.dtype == dtype and np.allclose(w, state, atol=8 * np.finfo(dtype).eps)


@pytest.mark.parametrize("g", [[1.0], np.ones(2), np.ones(1, np.float32)])
def test_a_gradient_of_another_kind_or_shape_is_refused_in_place(g):
    with pytest.raises((TypeError, ValueError)):
        MomentumInPlace(np.ones(1)).step(g, lr=0.1)


def test_memory_of_silent_units_is_flushed_before_it_is_denormal():
    params = init_mlp(np.random.default_rng(0), (6, 5, 4), np.float32)
    params[0][1][:] = -1e3  # never on: nothing comes to the first layer's memory
    silent = slice(0, params[0][0].size)
    for step, hyper in ((momentum_step, {"lr": 0.01, "beta": 0.9}), (adam_step, {"lr": 1e-3})):
        runner = training.FORMS["fast"](X.astype(np.float32), Y, params, step, hyper, 8)
        *memories, t = runner.tree()[1]
        for memory in memories:
            memory[silent] = 1e-34
        for t in range(1, 101):
            runner.advance(np.arange(8), t)
            assert t == 100 or all(memory[silent].all() for memory in memories)
        assert not any(memory[silent].any() for memory in memories)
    v = np.array([1e-31, -2e-30, np.nan, 1.0], dtype=np.float32)
    flush(v)
    assert v[0] == 0 and v[1] < 0 and np.isnan(v[2]) and v[3] == 1


# --- stopped and resumed ---


class PulledPlugError(Exception):
    pass


def stopped_at(monkeypatch, step, call):
    """Run a training until its step-th step, stop it there, and run it to its end."""
    form = {"fast": training._Fast, "pure": training._Pure}[call["form"]]
    advance = form.advance

    def stop(self, batch, t):
        if t == step:
            raise PulledPlugError
        return advance(self, batch, t)

    monkeypatch.setattr(form, "advance", stop)
    with pytest.raises(PulledPlugError):
        train(X, Y, **call)
    monkeypatch.setattr(form, "advance", advance)
    return train(X, Y, **call)


def watch(params):
    return float(np.sum(params[0][0]))


@pytest.mark.parametrize("form", ["fast", "pure"])
@pytest.mark.parametrize("name", STEPS)
def test_stopped_and_resumed_is_undisturbed_bit_for_bit(tmp_path, monkeypatch, form, name):
    call = {"step": name, "form": form, "watch": watch, **SMALL, **(HYPERS | SIGNS)[name]}
    undisturbed = train(X, Y, **call)
    for step in (1, 5, 8, 14, 15, 21):
        path = tmp_path / f"{step}.npz"
        kept = {"checkpoint": path, "every": 3}
        assert same(stopped_at(monkeypatch, step, call | kept), undisturbed)
        assert same(train(X, Y, **call, **kept), undisturbed)  # nothing is left to do


def test_resuming_does_not_begin_again(tmp_path, monkeypatch):
    calls = []
    call = {"step": "adam", "form": "fast", "lr": 0.01, "checkpoint": tmp_path / "a.npz", **SMALL}
    advance = training._Fast.advance
    monkeypatch.setattr(
        training._Fast, "advance", lambda self, b, t: calls.append(t) or advance(self, b, t)
    )
    stopped_at(monkeypatch, 17, call | {"every": 2})
    assert calls == [*range(1, 17), 17, *range(18, 22)]


def test_more_epochs_go_on_from_the_checkpoint(tmp_path):
    call = {**SMALL, "lr": 0.05, "beta": 0.9, "checkpoint": tmp_path / "a.npz"}
    train(X, Y, **{**call, "epochs": 2})
    longer = train(X, Y, **{**call, "epochs": 5})
    del call["checkpoint"]
    assert same(longer, train(X, Y, **{**call, "epochs": 5}))


def test_fewer_epochs_than_the_checkpoint_has_are_refused(tmp_path):
    call = {**SMALL, "lr": 0.05, "beta": 0.9, "checkpoint": tmp_path / "a.npz"}
    train(X, Y, **call)
    with pytest.raises(ValueError, match="beyond epoch 2"):
        train(X, Y, **{**call, "epochs": 2})


@pytest.mark.parametrize(
    "change, word",
    [
        ({"lr": 0.06}, "hyper"),
        ({"B": 9}, "B 8 there and 9 here"),
        ({"seed": 1}, "seed"),
        ({"form": "pure"}, "form"),
        ({"dtype": np.float64}, "dtype"),
        ({"step": "nesterov", "beta": None, "mu": 0.9}, "step"),
        ({"sizes": (6, 3, 4)}, "start"),
        ({"X": X + 1}, "data"),
        ({"y": (Y + 1) % 4}, "data"),
    ],
)
def test_other_settings_are_refused_by_name_and_the_checkpoint_stays(tmp_path, change, word):
    path = tmp_path / "a.npz"
    call = {"X": X, "y": Y, "step": "momentum", "lr": 0.05, "beta": 0.9, **SMALL}
    train(**call, checkpoint=path)
    before = path.read_bytes()
    call |= change
    call = {name: value for name, value in call.items() if value is not None}
    with pytest.raises(ValueError, match=f"other settings.*{word}.*another checkpoint"):
        train(**call, checkpoint=path)
    assert path.read_bytes() == before


@pytest.mark.parametrize("damage", ["cut short", "empty", "one byte changed", "another file"])
def test_a_damaged_checkpoint_is_refused_with_the_way_out(tmp_path, damage):
    path = tmp_path / "a.npz"
    call = {**SMALL, "lr": 0.05, "beta": 0.9, "checkpoint": path}
    train(X, Y, **call)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 255
    path.write_bytes({"cut short": content[:-9], "empty": b""}.get(damage, content))
    if damage == "another file":
        np.savez(path, a=np.zeros(3))
    with pytest.raises(ValueError, match=r"damaged, or another kind of file.*delete it"):
        train(X, Y, **call)


def test_any_byte_of_a_checkpoint_may_be_wrong(tmp_path):
    path = tmp_path / "t.npz"
    save_tree(path, [np.arange(3.0), 2], {"epoch": 1})
    content, refused = path.read_bytes(), 0
    for k in range(len(content)):
        path.write_bytes(content[:k] + bytes([content[k] ^ 1]) + content[k + 1 :])
        try:
            tree, info = load_tree(path)
        except ValueError as error:
            refused += "delete it" in str(error)
        else:  # a byte that says nothing, such as a date
            assert tree[0].tolist() == [0, 1, 2] and tree[1] == 2 and info == {"epoch": 1}
    assert refused > len(content) / 2


@pytest.mark.parametrize("seed", [None, (1, 2), np.random.default_rng(0)])
def test_a_checkpoint_needs_a_seed_that_draws_the_same_again(tmp_path, seed):
    with pytest.raises(TypeError, match="seed must be a whole number"):
        train(X, Y, "gradient", lr=0.1, seed=seed, checkpoint=tmp_path / "a.npz", **SMALL)
    assert not (tmp_path / "a.npz").exists()


def test_a_seed_of_numpy_is_as_good_as_one_of_python(tmp_path):
    call = {"lr": 0.1, "checkpoint": tmp_path / "a.npz", **SMALL}
    run = train(X, Y, "gradient", seed=np.int64(3), **call)
    assert same(run, train(X, Y, "gradient", seed=3, **call))


def test_a_file_of_trees_that_is_no_checkpoint_is_refused(tmp_path):
    save_tree(tmp_path / "a.npz", [1], {"other": 1})
    with pytest.raises(ValueError, match="no checkpoint"):
        train(X, Y, lr=0.1, beta=0.9, checkpoint=tmp_path / "a.npz", **SMALL)


PROGRAM = textwrap.dedent(
    """
    import sys, time
    import numpy as np
    from fallline.training import train

    rng = np.random.default_rng(4)
    X, y = rng.normal(size=(50, 6)), rng.integers(0, 4, 50)

    def watch(params):
        print("epoch", flush=True)
        time.sleep(0.002)
        return float(params[0][0].sum())

    run = train(X, y, "adam", sizes=(6, 5, 4), epochs=90, B=8, lr=0.001, every=3, watch=watch,
                checkpoint=sys.argv[1])
    np.savez(sys.argv[2], losses=run.losses, W=run.params[0][0], m=run.state[0], t=run.state[2])
    """
)


def test_killed_at_random_moments_nothing_is_lost_or_doubled(tmp_path):
    command = [sys.executable, "-c", PROGRAM, tmp_path / "run.npz", tmp_path / "end.npz"]
    chance, seen = random.Random(time.time_ns()), 0
    for _ in range(3):
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            for _ in range(chance.randint(1, 20)):
                process.stdout.readline()
            time.sleep(chance.random() / 50)
            process.send_signal(signal.SIGKILL)
        info = load_tree(tmp_path / "run.npz")[1]
        assert info["steps"] >= seen  # what was kept is never taken back
        seen = info["steps"]
    assert 0 < seen < 630
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    assert done.stdout.count("epoch") <= 90 - seen // 7 + 1
    expected = train(X, Y, "adam", sizes=(6, 5, 4), epochs=90, B=8, lr=0.001)
    with np.load(tmp_path / "end.npz") as end:
        assert end["losses"].tobytes() == expected.losses.tobytes()
        assert end["W"].tobytes() == expected.params[0][0].tobytes()
        assert end["m"].tobytes() == expected.state[0].tobytes() and end["t"] == 630


# --- what else may happen ---


def test_a_training_that_diverges_stops_and_says_nan(tmp_path):
    call = {"lr": 1e30, **SMALL, "epochs": 6, "watch": lambda p: 0, "checkpoint": tmp_path / "a"}
    run = train(1e4 * X, Y, "gradient", **call)
    assert not np.isfinite(run.losses[-1]) and len(run.losses) == 6
    assert len(run.watched) < 6
    assert same(run, train(1e4 * X, Y, "gradient", **call))


def test_a_batch_may_be_larger_than_the_data():
    run = train(X, Y, "gradient", lr=0.1, **{**SMALL, "B": 1000})
    assert run.steps == 3


@pytest.mark.parametrize("form", ["fast", "pure"])
@pytest.mark.parametrize("kind", [np.uint8, np.int16, np.uint64])
def test_classes_may_be_whole_numbers_of_any_kind(form, kind):
    run = train(X, Y.astype(kind), "gradient", lr=0.1, form=form, **SMALL)
    assert same(run, train(X, Y, "gradient", lr=0.1, form=form, **SMALL))


def test_no_epoch_is_no_training():
    run = train(X, Y, "adam", lr=0.1, **{**SMALL, "epochs": 0})
    expected = init_mlp(np.random.default_rng(0), (6, 5, 4), np.float32)
    assert np.array_equal(run.params[0][0], expected[0][0]) and run.losses.shape == (0,)


def test_first_parameters_can_be_given_and_are_not_changed():
    params = init_mlp(np.random.default_rng(5), (6, 3, 4))
    before = [array.copy() for array in arrays(params)]
    run = train(X, Y, "gradient", lr=0.1, params=params, epochs=1, B=8)
    assert run.params[0][0].shape == (6, 3)
    assert all(map(np.array_equal, arrays(params), before))


@pytest.mark.parametrize(
    "change",
    [
        {"step": "sgd"},
        {"form": "slow"},
        {"dtype": np.float16},
        {"epochs": 1.5},
        {"B": 0},
        {"every": 0},
        {"sizes": (5, 4)},
        {"y": Y + 1},
        {"y": np.where(np.arange(50) == 7, -1, Y)},
        {"y": Y[:-1]},
        {"y": Y.astype(float)},
        {"X": X[0]},
    ],
)
def test_arguments_that_make_no_sense_are_refused(change):
    call = {"X": X, "y": Y, "step": "momentum", "lr": 0.1, "beta": 0.9, **SMALL} | change
    with pytest.raises((TypeError, ValueError)):
        train(**call)


@pytest.mark.parametrize("form", ["fast", "pure"])
def test_a_misspelt_hyper_parameter_is_a_type_error(form):
    with pytest.raises(TypeError, match="betta"):
        train(X, Y, "momentum", form=form, lr=0.1, beta=0.5, betta=0.9, **SMALL)
    for step, hyper in (("gradient", {"lr": 0.1, "beta": 0.9}), ("momentum", {"lr": 0.1})):
        with pytest.raises(TypeError, match="beta"):
            train(X, Y, step, form=form, **hyper, **SMALL)


def test_the_bar_is_shown_where_it_is_wanted(capsys):
    train(X, Y, "gradient", lr=0.1, progress=True, **SMALL)
    assert "training" in capsys.readouterr().err
    for progress in (False, None):
        train(X, Y, "gradient", lr=0.1, progress=progress, **SMALL)
        assert capsys.readouterr().err == ""


def test_without_tqdm_a_bar_that_is_asked_for_names_the_package(monkeypatch):
    monkeypatch.setitem(sys.modules, "tqdm", None)
    with pytest.raises(ModuleNotFoundError, match="pip install tqdm"):
        progress_bar(True, 1, 0, "step", "training")
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    with progress_bar(None, 1, 0, "step", "training") as bar:
        bar.update()


def test_blas_has_one_thread_while_it_trains_and_what_it_had_afterwards(monkeypatch):
    threadpoolctl = pytest.importorskip("threadpoolctl")

    def found(_=None):
        return [pool["num_threads"] for pool in threadpoolctl.threadpool_info()]

    with threadpoolctl.threadpool_limits(2):
        before = found()
        run = train(X, Y, "gradient", lr=0.1, watch=found, **SMALL)
        assert all(number == 1 for seen in run.watched for number in seen)
        assert found() == before
        run = train(X, Y, "gradient", lr=0.1, watch=found, threads=None, **SMALL)
        assert run.watched == [before] * 3
    monkeypatch.setitem(sys.modules, "threadpoolctl", None)
    assert train(X, Y, "gradient", lr=0.1, **SMALL).steps == 21


# --- files ---


def test_a_file_is_replaced_as_a_whole_or_not_at_all(tmp_path, monkeypatch):
    path = tmp_path / "deep" / "file"
    write_whole(path, b"old")

    def fail(*_):
        raise OSError(28, "no room")

    for name in ("replace", "fsync"):
        with monkeypatch.context() as patch:
            patch.setattr(files.os, name, fail)
            with pytest.raises(OSError, match=r"no room.*deep.file"):
                write_whole(path, b"new")
        assert path.read_bytes() == b"old" and os.listdir(path.parent) == ["file"]


def test_two_writers_of_one_process_do_not_meet(tmp_path):
    contents = [bytes([k]) * 100_000 for k in range(20)]
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda content: write_whole(tmp_path / "file", content), contents))
    assert (tmp_path / "file").read_bytes() in contents and len(os.listdir(tmp_path)) == 1


def test_trees_of_arrays_come_back_as_they_were(tmp_path):
    tree = [None, (np.arange(3), 2, 0.1), [], (np.float32(1.5), "a", True), np.array(np.nan)]
    info = {"big": 2**127, "numbers": [0.1, None]}
    save_tree(tmp_path / "t.npz", tree, info)
    got, told = load_tree(tmp_path / "t.npz")
    assert told == info and got[0] is None and got[1][1:] == (2, 0.1) and got[2] == []
    assert got[1][0].dtype == int and got[3][0].dtype == np.float32 and np.isnan(got[4])
    assert isinstance(got[1], tuple) and got[3][1:] == ("a", True)
    with pytest.raises(TypeError, match="holds arrays"):
        save_tree(tmp_path / "t.npz", {"a": 1}, {})
    assert load_tree(tmp_path / "t.npz")[1] == info


def test_nothing_is_unpickled_from_a_checkpoint(tmp_path):
    np.savez(tmp_path / "t.npz", text=np.array([{}], dtype=object))
    with pytest.raises(ValueError, match="allow_pickle=False"):
        load_tree(tmp_path / "t.npz")


def test_fingerprints_tell_settings_apart():
    base = {"lr": 0.1, "hyper": {"a": 1, "b": None}}
    assert fingerprint(base) == fingerprint(json.loads(json.dumps(base)))
    assert len({fingerprint(base), fingerprint(base | {"lr": 0.2}), fingerprint([])}) == 3
    with pytest.raises(TypeError):
        fingerprint({"lr": np.zeros(2)})


def test_adam_in_place_is_the_one_of_its_chapter_also_after_a_restore():
    w, g = np.array([1.0, -2.0]), np.array([0.3, 1e-9])
    adam = AdamInPlace(w)
    state, expected = (0.0, 0.0, 0), w.copy()
    for _ in range(3):
        adam.step(g, lr=0.1)
        expected, state = adam_step(expected, g, state, lr=0.1)
    assert np.allclose(w, expected, rtol=1e-12)


@pytest.mark.parametrize("beta", ["beta1", "beta2"])
def test_an_average_that_takes_nothing_in_is_refused(beta):
    with pytest.raises(ValueError, match="must not be 1"):
        AdamInPlace(np.zeros(2)).step(np.ones(2), **{beta: 1})


def test_adam_goes_on_with_other_betas_after_a_restore(tmp_path, monkeypatch):
    hyper = {"lr": 0.01, "beta1": 0.5, "beta2": 0.7}
    call = {"step": "adam", "form": "fast", **hyper, **SMALL}
    stopped = stopped_at(monkeypatch, 12, call | {"checkpoint": tmp_path / "a.npz", "every": 3})
    assert same(stopped, train(X, Y, **call))
