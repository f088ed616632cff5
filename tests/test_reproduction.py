import json
import os
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from fallline import reproduction
from fallline.datasets import FOLDER
from fallline.reproduction import ENTRIES, TOLERANCE, as_text, main, reproduce, run_entry
from fallline.training import STEPS


@pytest.fixture
def mnist_here():
    """Skip where the data folder does not hold MNIST, and say so."""
    folder = os.environ.get(FOLDER, "")
    if not os.path.isfile(os.path.join(folder, "mnist_u8.npz")):
        pytest.skip(f"no MNIST here: {FOLDER} names no folder with mnist_u8.npz")


def test_the_ten_published_numbers_are_there():
    assert ENTRIES["momentum"].published == (0.369134, 0.176699, 0.125531, 0.100507, 0.083820)
    assert ENTRIES["none"].published == (0.735494, 0.364616, 0.318786, 0.290835, 0.268683)
    assert all(entry.step in STEPS for entry in ENTRIES.values())


@pytest.mark.parametrize("name", ["momentum", "none"])
def test_every_epoch_on_mnist_is_within_six_per_cent(mnist_here, name):
    entry = ENTRIES[name]
    budget = reproduction.BUDGETS["mnist"]
    settings = {"data": "mnist", "budget": budget, "step": entry.step, "hyper": entry.hyper}
    result = run_entry(settings | {"seed": 0})
    assert np.all(np.abs(np.array(result["losses"]) / entry.published - 1) <= TOLERANCE["A"])
    assert result["accuracy"][-1] >= {"momentum": 0.968, "none": 0.924}[name]


def test_on_the_digits_a_tenfold_rate_does_what_momentum_does(tmp_path):
    names = ["momentum", "none", "none-tenfold", "momentum-tenth"]
    with ThreadPoolExecutor(1) as here:
        told = reproduce("digits", names, seeds=(0,), folder=tmp_path, executor=here)
        again = reproduce("digits", names, seeds=(0,), folder=tmp_path, executor=here)
    assert told == again and len(list(tmp_path.iterdir())) == 4
    last = {name: told["entries"][name]["median"][-1] for name in names}
    assert abs(last["none-tenfold"] / last["momentum"] - 1) < 0.25
    assert abs(last["momentum-tenth"] / last["none"] - 1) < 0.25
    assert last["none"] > 4 * last["momentum"]
    assert all(entry["holds"] is None for entry in told["entries"].values())


def test_the_accuracy_is_that_of_the_test_images(monkeypatch):
    entry, split = ENTRIES["momentum"], reproduction.datasets.digits_split()
    settings = {"data": "digits", "step": entry.step, "hyper": entry.hyper, "seed": 0}
    settings["budget"] = {**reproduction.BUDGETS["digits"], "epochs": 1}
    sound = run_entry(settings)
    wrong = split._replace(y_test=(split.y_test + 1) % 10)
    monkeypatch.setattr(reproduction.datasets, "digits_split", lambda: wrong)
    other = run_entry(settings)
    assert other["losses"] == sound["losses"]
    assert sound["accuracy"][0] > 0.5 > 0.2 > other["accuracy"][0]


def test_what_is_said_beside_the_published_numbers():
    def told(factor):
        losses = [list(np.array(ENTRIES["none"].published) * factor)]
        results = [{"losses": row, "accuracy": [0.9, 0.95]} for row in losses]
        return reproduction._told(ENTRIES["none"], results, "mnist")

    assert told(1.05)["holds"] is True and told(1.07)["holds"] is False
    assert told(1)["accuracy"] == 0.95
    last = {"losses": [9, 9, 9, 9, 0.1], "accuracy": [0.9]}
    assert reproduction._told(ENTRIES["adam"], [last], "mnist")["holds"] is False
    entries = {"none": told(1.07)}
    budget = reproduction.BUDGETS["mnist"]
    text = as_text({"data": "mnist", "budget": budget, "seeds": [0], "entries": entries})
    assert "784-200-10" in text and " 0.735494" in text and "DIFFERS" in text


def test_an_unknown_name_is_refused(tmp_path):
    with pytest.raises(ValueError, match="mnist, digits"):
        reproduce("cifar", folder=tmp_path)
    with pytest.raises(ValueError, match="the entries are"):
        reproduce("digits", ["sgd"], folder=tmp_path)
    with pytest.raises(ValueError, match="one seed"):
        reproduce("digits", ["none"], [], folder=tmp_path)


@pytest.mark.parametrize("arguments", [["sgd"], ["none", "--seeds", "0"]])
def test_the_command_line_says_what_it_does_not_know(arguments, capsys):
    with pytest.raises(SystemExit):
        main(arguments)
    assert "names are momentum, none" in capsys.readouterr().err


def test_the_command_line_says_that_mnist_is_missing_and_writes_its_numbers(
    tmp_path, monkeypatch, capsys
):
    def missing():
        raise FileNotFoundError

    def pretend(data, names, seeds, **how):
        budget = reproduction.BUDGETS[data]
        return {"data": data, "budget": budget, "seeds": list(seeds), "entries": {}}

    monkeypatch.setattr(reproduction.datasets, "mnist", missing)
    monkeypatch.setattr(reproduction, "reproduce", pretend)
    assert main(["--folder", str(tmp_path / "r"), "--seeds", "2"]) == 0
    assert "MNIST is not on this machine" in capsys.readouterr().out
    assert json.loads((tmp_path / "r.json").read_text())["seeds"] == [0, 1]
