import json
import os
import signal
import socket
import subprocess
import sys
import textwrap
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from fallline import comparison, datasets, runs
from fallline.capstone import Report, accuracy, report
from fallline.comparison import (
    METHODS,
    Comparison,
    Row,
    Task,
    as_text,
    compare,
    log_grid,
    run_unit,
    units,
)
from fallline.runs import run_units
from fallline.training import STEPS, train

TASK = Task(hidden=(8,), epochs=1, examples=100)
TWO = {"gradient": ("gradient", {}), "adam": ("adam", {})}
FAST = {"lrs": log_grid(1e-3, 1, 3), "seeds": (0, 1), "task": TASK, "fair": False}


class Here(ThreadPoolExecutor):
    """An executor that runs in this process, one after the other, and counts."""

    def __init__(self):
        super().__init__(1)
        self.submitted = []

    def submit(self, function, settings):
        self.submitted.append(settings)
        return super().submit(function, settings)


@pytest.fixture
def here():
    with Here() as executor:
        yield executor


def double(settings):
    return {"value": 2 * settings["x"]}


def endless(settings):
    return {"value": np.inf}


def sometimes(settings):
    if settings["x"] % 2:
        raise KeyError(settings["x"])
    return settings["x"]


# --- one unit ---


def test_a_unit_is_a_training_judged_on_images_that_it_has_not_seen():
    (settings,) = units({"momentum": METHODS["momentum"]}, [0.05], [3], Task(epochs=2))
    result = run_unit(settings)
    X, y = datasets.digits()
    X = (2 * X - 1).astype(np.float32)
    start = comparison._start("uniform", (64, 50, 10), 3)
    run = train(
        X[:1100], y[:1100], "momentum", params=start, epochs=2, B=64, seed=3, lr=0.05, beta=0.9
    )
    assert np.allclose(result["losses"], run.losses, rtol=1e-5)
    assert np.isclose(result["accuracy"], accuracy(run.params, X[1400:], y[1400:]), atol=0.01)
    assert np.isclose(result["validation"], accuracy(run.params, X[1100:1400], y[1100:1400]))
    assert result["gradients"] == 2200


def test_a_unit_that_diverges_has_no_value_and_is_json():
    (settings,) = units({"g": ("gradient", {})}, [1e30], [0], TASK._replace(epochs=3))
    result = run_unit(settings)
    assert result["value"] is None and result["accuracy"] == 0
    assert None in result["losses"]
    json.dumps(result, allow_nan=False)


@pytest.mark.parametrize("scaling, low, high", [("signed", -1, 1), ("unit", 0, 1)])
def test_pixels_are_scaled_to_what_is_said(scaling, low, high):
    (X, _), (X_val, _), (X_test, _) = comparison._data("digits", scaling, 300, None, "float64")
    assert (X.min(), X.max(), X_test.min(), X_test.max()) == (low, high, low, high)
    assert [len(X), len(X_val), len(X_test)] == [1100, 300, 397]


def test_standard_scaling_is_that_of_the_images_that_are_learned_from():
    (X, _), (X_val, _), _ = comparison._data("digits", "standard", 300, 200, "float64")
    assert abs(X.mean()) < 1e-12 and abs(X.std() - 1) < 1e-12 and len(X) == 200
    assert abs(X_val.mean()) > 1e-4


@pytest.mark.parametrize("init, std", [("normal", 0.01), ("he", np.sqrt(2 / 64)), ("zeros", 0)])
def test_first_parameters_have_the_spread_that_is_said(init, std):
    (W, b), (V, _) = comparison._start(init, (64, 200, 10), 0)
    assert W.shape == (64, 200) and V.shape == (200, 10) and not b.any()
    assert abs(W.std() - std) <= 5 * std / np.sqrt(2 * W.size)


@pytest.mark.parametrize(
    "change",
    [{"data": "cifar"}, {"scaling": "big"}, {"init": "ones"}, {"examples": 1101}, {"examples": 0}],
)
def test_a_task_that_is_none_is_refused(change):
    (settings,) = units({"g": ("gradient", {})}, [0.1], [0], TASK._replace(**change))
    with pytest.raises(ValueError):
        run_unit(settings)


# --- many units ---


def test_the_grid_is_even_in_its_logarithms_and_the_same_on_every_machine():
    rates = log_grid(1e-4, 1)
    assert len(rates) == 7 and np.allclose(np.diff(np.log10(rates)), 4 / 6, atol=1e-5)
    assert all(float(f"{rate:.6g}") == rate for rate in rates)
    for ends in ((0, 1), (1, 1), (1, np.inf), ("a", 1)):
        with pytest.raises((TypeError, ValueError)):
            log_grid(*ends)
    with pytest.raises(ValueError):
        log_grid(0.1, 1, 1)


def test_units_say_all_that_decides_their_numbers():
    found = units(TWO, {"gradient": [0.1], "adam": [0.01, 0.02]}, [0, 1], TASK)
    assert [(u["step"], u["lr"], u["seed"]) for u in found] == [
        ("gradient", 0.1, 0),
        ("gradient", 0.1, 1),
        ("adam", 0.01, 0),
        ("adam", 0.01, 1),
        ("adam", 0.02, 0),
        ("adam", 0.02, 1),
    ]
    assert found[0]["task"]["hidden"] == [8] and found == json.loads(json.dumps(found))
    assert all(step in STEPS for step, _ in METHODS.values())


def test_results_come_in_order_and_each_is_a_file(tmp_path, here):
    wanted = [{"x": x} for x in (3, 1, 2, 3)]
    results = run_units(wanted, tmp_path / "new", double, executor=here)
    assert [r["value"] for r in results] == [6, 2, 4, 6]
    files = sorted((tmp_path / "new").iterdir())
    assert len(files) == 3 == len(here.submitted)
    kept = [json.loads(path.read_text()) for path in files]
    assert all(record["result"]["value"] == 2 * record["settings"]["x"] for record in kept)


def test_a_second_run_runs_only_what_is_missing_or_damaged(tmp_path, here):
    wanted = [{"x": x} for x in range(6)]
    run_units(wanted[:4], tmp_path, double, executor=here)
    first, second, *_ = sorted(tmp_path.iterdir())
    first.unlink()
    second.write_text("{")
    del here.submitted[:]
    assert len(run_units(wanted, tmp_path, double, executor=here)) == 6
    assert len(here.submitted) == 4 and len(list(tmp_path.iterdir())) == 6
    del here.submitted[:]
    run_units(wanted, tmp_path, double, executor=here)
    assert here.submitted == []


def test_the_result_of_another_unit_is_not_taken_for_this_one(tmp_path, here):
    run_units([{"x": 1}, {"x": 2}], tmp_path, double, executor=here)
    first, second = sorted(tmp_path.iterdir())
    second.replace(first)
    assert run_units([{"x": 1}, {"x": 2}], tmp_path, double, executor=here) == [
        {"value": 2},
        {"value": 4},
    ]


def test_settings_with_tuples_and_files_of_nonsense(tmp_path, here):
    wanted = [{"x": 1, "pair": (1, 2)}]
    run_units(wanted, tmp_path, double, executor=here)
    run_units(wanted, tmp_path, double, executor=here)
    assert len(here.submitted) == 1
    (path,) = tmp_path.iterdir()
    path.write_text("[" * 100_000)
    assert run_units(wanted, tmp_path, double, executor=here) == [{"value": 2}]


def test_where_some_units_raise_the_others_are_kept_and_the_first_is_named(tmp_path, here):
    wanted = [{"x": x} for x in range(5)]
    with pytest.raises(RuntimeError, match=r"2 of 5 runs.*KeyError\([13]\)"):
        run_units(wanted, tmp_path, sometimes, executor=here)
    assert len(list(tmp_path.iterdir())) == 3
    with pytest.raises(RuntimeError, match="2 of 2"):
        run_units(wanted, tmp_path, sometimes, executor=here)


def test_an_interrupted_grid_does_not_run_on(tmp_path):
    ran = []

    def stopped(settings):
        ran.append(settings["x"])
        if settings["x"] == 0:
            raise KeyboardInterrupt
        gate.wait(60)
        return {}

    gate = threading.Event()
    with ThreadPoolExecutor(1) as one:
        with pytest.raises(KeyboardInterrupt):
            run_units([{"x": x} for x in range(50)], tmp_path, stopped, executor=one)
        gate.set()
    assert ran in ([0], [0, 1])  # the next one may have begun


def test_results_that_json_cannot_hold_are_an_error_and_not_kept(tmp_path, here):
    with pytest.raises(RuntimeError, match="JSON"):
        run_units([{"x": 1}], tmp_path, endless, executor=here)
    assert list(tmp_path.iterdir()) == []


def test_the_pool_has_one_blas_thread_each_and_leaves_no_trace(tmp_path, monkeypatch):
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "3")
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    names = ["OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"]
    found = run_units([{"x": n} for n in names], tmp_path, environment, workers=1)
    assert found == ["1", "1"]
    assert os.environ["OPENBLAS_NUM_THREADS"] == "3" and "OMP_NUM_THREADS" not in os.environ


def environment(settings):
    return os.environ.get(settings["x"])


def test_a_bar_counts_the_runs_if_it_is_wanted(tmp_path, here, capsys):
    run_units([{"x": 1}], tmp_path, double, executor=here, progress=True)
    assert "grid" in capsys.readouterr().err


# --- the comparison ---


def test_the_table_says_what_the_report_says(tmp_path, here):
    found = compare(TWO, folder=tmp_path, executor=here, **FAST)
    assert [row.median for row in found.rows] == sorted(row.median for row in found.rows)
    for row in found.rows:
        assert Report(*row[1:-1]) == report(found.grids[row.name])
        assert found.grids[row.name].values.shape == (3, 2) and 0 <= row.accuracy <= 1
    assert len(here.submitted) == 12
    assert compare(TWO, folder=tmp_path, executor=here, **FAST).rows == found.rows
    assert len(here.submitted) == 12


def test_failures_are_infinite_and_counted(tmp_path, here):
    rates = {"gradient": [0.1, 1e30], "adam": [1e30, 1e31]}
    task = TASK._replace(epochs=2)
    found = compare(TWO, rates, (0, 1), task, folder=tmp_path, executor=here, fair=False)
    by_name = {row.name: row for row in found.rows}
    assert by_name["gradient"].failures == 2 and by_name["gradient"].place == "low end"
    assert np.isinf(found.grids["gradient"].values[1]).all()
    worst = found.rows[-1]
    if worst.place == "nowhere":
        assert worst.accuracy == 0 and worst.median == np.inf


@pytest.mark.parametrize(
    "change, words",
    [
        ({"lrs": log_grid(1e-3, 1, 6)}, "needs 7 rates and 3 seeds, not 6 and 3"),
        ({"seeds": (0, 1)}, "not 7 and 2"),
        ({"lrs": np.linspace(0.1, 1, 7)}, "use log_grid"),
        (
            {"lrs": {"gradient": log_grid(1e-3, 1, 8), "adam": log_grid(1e-3, 1)}},
            r"as many rates, not \[8, 7\]",
        ),
    ],
)
def test_what_would_not_be_fair_is_refused_before_any_run(tmp_path, here, change, words):
    with pytest.raises(ValueError, match=words):
        compare(TWO, **change, task=TASK, folder=tmp_path, executor=here)
    assert here.submitted == []


def test_by_default_the_comparison_is_fair(tmp_path, monkeypatch):
    asked = []

    def pretend(wanted, folder, function):
        asked.extend(wanted)
        return [{"value": abs(np.log10(u["lr"]) + 2), "accuracy": 0.5} for u in wanted]

    monkeypatch.setattr(comparison, "run_units", pretend)
    found = compare(folder=tmp_path)
    assert len(asked) == len(METHODS) * 7 * 3
    assert {(row.lr, row.place) for row in found.rows} == {(0.01, "inside")}


def test_the_table_as_text_has_a_line_for_each():
    rows = [
        Row("adam", 0.001, 0.2, 0.1, 0.3, 0, 21, "inside", 0.9),
        Row("lion", np.nan, np.inf, 0.5, np.inf, 21, 21, "nowhere", 0.0),
    ]
    head, adam, lion = as_text(Comparison(rows, {})).splitlines()
    assert head.split()[0] == "method" and "0/21" in adam and "nowhere" in lion
    assert head.index("failed") + 6 == adam.index("0/21") + 4 == lion.index("21/21") + 5


@pytest.mark.parametrize("how", [{"data": "mnist"}, {"examples": 10**6}])
def test_images_that_are_not_there_are_said_before_any_run(tmp_path, here, how, monkeypatch):
    monkeypatch.setattr(datasets.images, "_roots", lambda folder: [tmp_path])
    with pytest.raises((FileNotFoundError, ValueError), match=r"is missing|has 1400 images"):
        compare(TWO, folder=tmp_path, executor=here, **FAST | {"task": TASK._replace(**how)})
    assert here.submitted == []


# --- a cluster ---


def test_two_workers_of_dask_give_the_table_of_this_machine(tmp_path, monkeypatch):
    distributed = pytest.importorskip("distributed")
    how = {"n_workers": 2, "threads_per_worker": 1, "dashboard_address": None}
    local = compare(TWO, folder=tmp_path / "local", workers=1, **FAST)
    with distributed.LocalCluster(**how, local_directory=str(tmp_path / "dask")) as cluster:
        address = cluster.scheduler_address
        assert address.startswith("tcp://")
        table = compare(TWO, folder=tmp_path / "dask-results", cluster=address, **FAST)
    assert table.rows == local.rows and len(table.rows) == 2
    for name in TWO:
        assert np.array_equal(table.grids[name].values, local.grids[name].values)
    kept = {path.name: path.read_bytes() for path in (tmp_path / "local").iterdir()}
    assert kept == {path.name: path.read_bytes() for path in (tmp_path / "dask-results").iterdir()}


def test_without_dask_the_error_names_the_package(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ModuleNotFoundError, match="pip install distributed"):
        run_units([{"x": 1}], tmp_path, double, cluster="tcp://127.0.0.1:8786")


def test_an_address_where_nobody_answers_is_named(tmp_path, monkeypatch):
    pytest.importorskip("distributed")

    def nobody(*_, **__):
        raise OSError("Timed out")

    monkeypatch.setattr("distributed.comm.connect", nobody)
    with pytest.raises(ConnectionError, match=r"tcp://127\.0\.0\.1:9.*dask scheduler"):
        run_units([{"x": 1}], tmp_path, double, cluster="tcp://127.0.0.1:9")


def test_a_server_that_is_no_scheduler_is_not_waited_for(tmp_path, monkeypatch):
    pytest.importorskip("distributed")
    monkeypatch.setattr(runs, "PATIENCE", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"tcp://127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(ConnectionError, match="no Dask scheduler answers"):
            run_units([{"x": 1}], tmp_path, double, cluster=address)


SCHEDULER = textwrap.dedent(
    """
    import distributed, sys

    if __name__ == "__main__":
        how = {"n_workers": 1, "threads_per_worker": 1, "processes": False}
        how |= {"dashboard_address": None, "protocol": "tcp"}
        with distributed.LocalCluster(**how) as cluster:
            print(cluster.scheduler_address, flush=True)
            sys.stdin.read()
    """
)


def nap(settings):
    time.sleep(settings["x"] / 10)
    return settings["x"]


def test_where_the_scheduler_is_killed_the_results_are_kept_and_nobody_waits(tmp_path):
    pytest.importorskip("distributed")
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    paths = {**os.environ, "PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), *sys.path])}
    with subprocess.Popen([sys.executable, "-c", SCHEDULER], **pipes, env=paths) as process:
        address = process.stdout.readline().decode().strip()

        def kill():
            while len(list(tmp_path.glob("[!.]*"))) < 2:
                time.sleep(0.02)
            process.kill()

        threading.Thread(target=kill, daemon=True).start()
        wanted = [{"x": x} for x in (1, 1.5, 2, 600)]
        with pytest.raises(ConnectionError, match="is gone; what was done is kept"):
            run_units(wanted, tmp_path, nap, cluster=address)
    assert 2 <= len(list(tmp_path.glob("[!.]*"))) <= 3


# --- killed ---

PROGRAM = textwrap.dedent(
    """
    import os, sys, time
    from pathlib import Path
    from fallline.runs import run_units

    def unit(settings):
        (Path(sys.argv[1]) / f"{settings['x']}-{os.getpid()}-{time.time_ns()}").touch()
        time.sleep(0.05)
        return settings["x"]

    if __name__ == "__main__":
        print(run_units([{"x": x} for x in range(40)], sys.argv[2], unit, workers=2))
    """
)


def alive(pid):
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def workers(folder):
    return {int(path.name.split("-")[1]) for path in folder.iterdir()}


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL on Windows")
def test_killed_in_the_middle_a_grid_goes_on_and_nothing_is_doubled(tmp_path):
    script, begun, results = tmp_path / "grid.py", tmp_path / "begun", tmp_path / "results"
    script.write_text(PROGRAM)
    begun.mkdir()
    command = [sys.executable, script, begun, results]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        end = time.time() + 60
        while time.time() < end and len(list(results.glob("[!.]*"))) < 5:
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
    end = time.time() + 30
    while time.time() < end and any(map(alive, workers(begun))):
        time.sleep(0.02)
    assert not any(map(alive, workers(begun)))  # no orphan goes on for ever
    kept = {path.name: path.read_bytes() for path in results.glob("[!.]*")}
    first = list(begun.iterdir())
    assert 5 <= len(kept) < 40
    assert not list(results.glob(".*"))  # nor is one half written
    assert len(first) - len(kept) <= 2  # what the two workers were at, and nothing else, is lost
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    assert json.loads(done.stdout) == list(range(40))
    after = {path.name: path.read_bytes() for path in results.glob("[!.]*")}
    assert len(after) == 40 and kept.items() <= after.items()
    runs = [int(path.name.split("-")[0]) for path in begun.iterdir()]
    # What was kept did not run again.
    assert set(runs) == set(range(40)) and len(runs) == len(first) + 40 - len(kept)


def test_the_command_line_prints_the_table(tmp_path, monkeypatch, capsys):
    asked = {}

    def pretend(**how):
        asked.update(how)
        return Comparison([Row("adam", 0.1, 1, 1, 1, 0, 21, "inside", 0.5)], {})

    monkeypatch.setattr(comparison, "compare", pretend)
    assert comparison.main(["--data", "mnist", "--folder", str(tmp_path), "--workers", "2"]) == 0
    assert "adam" in capsys.readouterr().out
    assert asked["task"].hidden == (200,) and asked["workers"] == 2
