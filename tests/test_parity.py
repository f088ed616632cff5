"""Other libraries' walks are reached by composition, and the page on parity shows each of them."""

import importlib
import inspect
import re

import numpy as np
import pytest

from conftest import ROOT, oracle
from fallline import parity
from fallline.adam import adam_step, adamw_step
from fallline.descent import descend, gradient_step
from fallline.momentum import momentum_step
from fallline.parity import (
    OPTIMIZERS,
    SCHEDULERS,
    apart,
    changed,
    coupled,
    decoupled,
    follow,
    maximised,
    optimizer_rows,
    schedule_of,
    schedule_rows,
    step_of,
    words,
)
from fallline.stochastic import schedule
from test_book import code_cells

FILES = {"PyTorch": "torch_steps", "Optax": "optax_steps", "Keras": "keras_steps"}
STORED = {library: oracle(name) for library, name in FILES.items()}
WALKS = [(library, config) for library in FILES for config in STORED[library]["configs"]]
NAMES = [f"{library}-{config['key']}" for library, config in WALKS]
TABLES = oracle("torch_schedules")["schedules"]
PACKAGES = {"PyTorch": "torch.optim", "Optax": "optax", "Keras": "keras.optimizers"}
MADE = [(library, name) for library in OPTIMIZERS for name in OPTIMIZERS[library]]
PAGE = ROOT / "book/parity.md"

# --- walks and schedules ---


@pytest.mark.parametrize("library, config", WALKS, ids=NAMES)
def test_a_stored_walk_is_reached_to_twelve_digits(library, config):
    stored = STORED[library]
    step = step_of(library, config["optimizer"], **config["options"])
    path = follow(step, stored["x0"], stored["grads"])
    np.testing.assert_allclose(path, config["path"], rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(
    "number", range(len(TABLES)), ids=[f"{k}-{t['scheduler'][:9]}" for k, t in enumerate(TABLES)]
)
def test_a_stored_schedule_is_reached_to_twelve_digits(number):
    row = schedule_rows({"schedules": [TABLES[number]]})[0]
    assert row.apart <= 1e-12
    assert row.name == TABLES[number]["scheduler"].split()[0]


def test_every_optimizer_and_every_scheduler_has_a_stored_walk():
    assert {(library, config["optimizer"]) for library, config in WALKS} == set(MADE)
    assert {table["scheduler"].split()[0] for table in TABLES} == set(SCHEDULERS)
    assert [len(STORED[library]["configs"]) for library in FILES] == [33, 23, 18]


def test_all_libraries_were_given_the_same_gradients():
    for stored in STORED.values():
        assert stored["x0"] == STORED["PyTorch"]["x0"]
        assert stored["grads"] == STORED["PyTorch"]["grads"]


@pytest.mark.parametrize("library, name", MADE, ids=[f"{b}-{n}" for b, n in MADE])
def test_names_and_defaults_are_those_of_the_installed_library(library, name):
    pytest.importorskip(PACKAGES[library].split(".")[0])
    theirs = getattr(importlib.import_module(PACKAGES[library]), name)
    theirs = inspect.signature(theirs).parameters
    for key, option in inspect.signature(OPTIMIZERS[library][name]).parameters.items():
        if (name, key) in (("AdamW", "decoupled_weight_decay"), ("adadelta", "learning_rate")):
            continue
        if (name, key) == ("nadam", "nesterov"):
            assert option.default is True
            continue
        assert option.default == theirs[key].default, key


def test_pytorch_with_a_single_default_dtype_is_another_walk():
    stored = oracle("torch_single_steps")
    for row in optimizer_rows("PyTorch", stored):
        assert 1e-10 < row.apart < 1e-6


# --- a composed step is a step ---


@pytest.mark.parametrize("library, config", WALKS, ids=NAMES)
def test_a_composed_step_goes_on_from_its_state_and_changes_nothing(library, config):
    stored = STORED[library]
    step = step_of(library, config["optimizer"], **config["options"])
    w, g = np.array(stored["x0"]), np.array(stored["grads"][1])
    first, state = step(w, g)
    assert w.tolist() == stored["x0"] and g.tolist() == stored["grads"][1]
    second, _ = step(first, g, state)
    again, _ = step(first, g, state)
    np.testing.assert_array_equal(second, again)
    np.testing.assert_array_equal(follow(step, w, [g, g])[1], second)


@pytest.mark.parametrize("library, name", MADE, ids=[f"{b}-{n}" for b, n in MADE])
def test_the_loop_may_give_another_learning_rate(library, name):
    key = "lr" if library == "PyTorch" else "learning_rate"
    one, other = (step_of(library, name, **{key: rate}) for rate in (0.3, 0.1))
    w, g = np.array([1.0, -2.0]), np.array([0.5, 1.0])
    np.testing.assert_array_equal(one(w, g, lr=0.1)[0], other(w, g)[0])
    if name != "rprop":
        assert np.any(one(w, g)[0] != other(w, g)[0])


def test_a_schedule_given_to_the_loop_tells_the_places_of_the_rate_apart():
    def paths(*steps):
        return [descend(s, lambda w: w, 1.0, 9, lr=lambda t: 0.1 / t) for s in steps]

    torch, keras = paths(
        step_of("PyTorch", "SGD", momentum=0.9), step_of("Keras", "SGD", momentum=0.9)
    )
    assert apart(torch, keras) > 0.01
    ours = descend(momentum_step, lambda w: w, 1.0, 9, lr=lambda t: 0.1 / t, beta=0.9)
    np.testing.assert_array_equal(torch, ours)


def test_decay_and_climbing_are_three_wrappers_for_any_step():
    w, g = np.array([2.0, -4.0]), np.array([1.0, 3.0])
    np.testing.assert_array_equal(coupled(adam_step, 0.5)(w, g)[0], adam_step(w, g + w / 2)[0])
    moved, state = decoupled(adam_step, 0.5)(w, g, lr=0.1)
    np.testing.assert_allclose(moved, adamw_step(w, g, lr=0.1, lam=0.5)[0], rtol=1e-15)
    np.testing.assert_array_equal(state[0], adam_step(w, g)[1][0])
    climbed = maximised(coupled(gradient_step, 0.5))(w, g, lr=0.1)[0]
    np.testing.assert_allclose(climbed, w + 0.1 * g - 0.05 * w)
    assert coupled(adam_step, 0) is adam_step and decoupled(adam_step, 0) is adam_step


def test_the_first_length_of_rprop_lies_between_the_bounds():
    for lr, length in ((100.0, 2.0), (1e-9, 1e-3), (0.5, 0.5)):
        step = step_of("PyTorch", "Rprop", lr=lr, step_sizes=(1e-3, 2.0))
        assert step([0.0], [7.0])[0].tolist() == [-length]


def test_optaxs_rprop_moves_one_gradient_late():
    step = step_of("Optax", "rprop", learning_rate=0.5)
    assert follow(step, [0.0], [[1.0], [1.0], [-1.0], [-1.0]])[:, 0].tolist() == [
        0,
        -0.5,
        -0.5,
        -0.5,
    ]


# --- what is refused ---


def test_what_is_unknown_is_named_and_so_is_what_there_is():
    with pytest.raises(ValueError, match="PyTorch, Optax, Keras, got 'JAX'"):
        step_of("JAX", "sgd")
    with pytest.raises(ValueError, match=r"SGD, Adagrad, .*, got 'sgd'"):
        step_of("PyTorch", "sgd")
    with pytest.raises(TypeError, match="SGD of PyTorch has no option decay; it has lr, momentum"):
        step_of("PyTorch", "SGD", decay=0.1)
    with pytest.raises(TypeError, match="learning_rate"):
        step_of("Optax", "sgd")
    with pytest.raises(ValueError, match=r"StepLR, .*, got 'NoamLR'"):
        schedule_of("NoamLR", 0.1)
    with pytest.raises(TypeError, match="StepLR has no option size; it has base_lr, step_size"):
        schedule_of("StepLR", 0.1, size=3)
    with pytest.raises(TypeError, match="step_size"):
        schedule_of("StepLR", 0.1)


def test_how_pytorch_computes_changes_nothing():
    how = {"foreach": None, "fused": True, "capturable": False, "differentiable": False}
    for name in OPTIMIZERS["PyTorch"]:
        one, other = step_of("PyTorch", name), step_of("PyTorch", name, **how)
        assert one([1.0], [2.0])[0] == other([1.0], [2.0])[0]


def test_options_that_pytorch_refuses_are_refused():
    for options in ({"momentum": 0}, {"momentum": 0.9, "dampening": 0.1}):
        with pytest.raises(ValueError, match="nesterov needs a momentum"):
            step_of("PyTorch", "SGD", nesterov=True, **options)


def test_shapes_that_differ_are_refused():
    step = step_of("Keras", "Adam")
    with pytest.raises(ValueError, match="one shape"):
        step([1.0, 2.0], [1.0])
    with pytest.raises(ValueError, match="one shape"):
        apart([1.0, 2.0], [1.0])


def test_distance_is_absolute_below_one_and_relative_above():
    assert apart([[0.25]], [[0.0]]) == 0.25
    assert apart([[0.0, 300.0]], [[0.0, 200.0]]) == 0.5
    assert np.isnan(apart([np.nan], [1.0]))


def test_schedules_move_the_momentum_only_where_asked_to():
    still = schedule_of("CyclicLR", 0.01, max_lr=0.1, step_size_up=4, cycle_momentum=False)
    moving = schedule_of("CyclicLR", 0.01, max_lr=0.1, step_size_up=4)
    assert [still(t) for t in (1, 5)] == [(pytest.approx(0.01), None), (pytest.approx(0.1), None)]
    assert [moving(t)[1] for t in (1, 5)] == pytest.approx([0.9, 0.8])
    one = schedule_of("OneCycleLR", 9.0, max_lr=0.1, total_steps=10, cycle_momentum=False)
    assert one(1) == (pytest.approx(0.004), None)


# --- the page ---


@pytest.fixture(scope="module")
def shown():
    """Run the page's cells where they are run; return what they show and what they glue."""
    glued, tables = {}, []
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(PAGE.parent)
        patch.setattr("myst_nb.glue", lambda name, value, display: glued.update({name: value}))
        space = {}
        for cell in code_cells(PAGE):
            if "remove-input" in cell.metadata["tags"]:
                tables.append(eval(cell.source, space).data)
            else:
                exec(compile(cell.source, PAGE.name, "exec"), space)
    return glued, tables


def test_the_page_has_a_row_for_every_stored_walk_and_no_other(shown):
    _, tables = shown
    assert len(tables) == 4
    for library, table in zip(OPTIMIZERS, tables, strict=False):
        rows = optimizer_rows(library, STORED[library])
        assert table.count("<th scope=row>") == len(rows) == table.count(" apart</td>")
        assert re.findall(r"<caption><code>(\w+)</code>", table) == list(OPTIMIZERS[library])
        for row in rows:
            assert all(
                f"<code>{name}={value}</code>" in table for name, value in row.options.items()
            )
    names = re.findall(r"<th scope=row><code>(\w+)</code>", tables[3])
    assert names == [table["scheduler"].split()[0] for table in TABLES]


def test_the_page_says_of_every_optimizer_what_is_composed(shown):
    for library, table in zip(OPTIMIZERS, shown[1], strict=False):
        for made in OPTIMIZERS[library].values():
            named = re.findall(r"`(\w+)`", words(made))
            assert all(f"<code>{name}</code>" in table for name in named)
            assert all(hasattr(parity, name) or name == "adamw_step" for name in named)


def test_every_number_of_the_page_is_computed_and_every_computed_one_is_used(shown):
    used = set(re.findall(r"{glue:text}`([\w-]+)`", PAGE.read_text(encoding="utf-8")))
    assert used == set(shown[0])


def test_a_default_is_not_shown_and_whatever_differs_is():
    made = OPTIMIZERS["PyTorch"]["Adam"]
    assert changed(made, {"betas": [0.9, 0.999], "eps": 1e-8, "lr": 0.5}) == {"lr": 0.5}
    assert changed(OPTIMIZERS["Optax"]["sgd"], {"learning_rate": 0.1}) == {"learning_rate": 0.1}
    assert schedule("inv", 1.0, 2, rate=0.1) == pytest.approx(1 / 1.1)
