"""Units of work in processes of their own, on this machine and on a Dask cluster."""

import contextlib
import os
import signal
import subprocess
import sys
import time
import warnings
from pathlib import Path

import pytest

import errands
from safegrade.course import cluster
from safegrade.course.pool import WINDOW, LocalPool, WorkerLost, run_all


def numbers(count):
    return [{"number": number} for number in range(count)]


@pytest.fixture
def pool(tmp_path):
    with LocalPool(2, tmp_path) as made:
        yield made


def gone(pid, seconds=10):
    """Whether a process ends soon."""
    until = time.monotonic() + seconds
    while True:
        try:
            if Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z":
                return True
            os.kill(pid, 0)
        except (OSError, ProcessLookupError):
            return True
        if time.monotonic() > until:
            return False
        time.sleep(0.02)


def test_every_job_is_done_once_whatever_the_order(pool):
    done = {
        job["number"]: result["number"]
        for job, result in run_all(pool, errands.wait_a_little, numbers(20))
    }
    assert done == {number: 2 * number for number in range(20)}
    assert len(pool.pids) == 2


def test_results_come_as_they_are_ready(pool):
    order = [job["number"] for job, _ in run_all(pool, errands.wait_a_little, numbers(6))]
    assert order[0] != 0


def test_the_processes_stay_for_the_next_job(pool):
    pids = [result["pid"] for _, result in run_all(pool, errands.double, numbers(10))]
    assert len(set(pids)) <= 2 and os.getpid() not in pids


def test_few_jobs_are_under_way_at_a_time(pool):
    taken = []

    def jobs():
        for job in numbers(50):
            taken.append(job)
            yield job

    results = run_all(pool, errands.double, jobs())
    next(results)
    assert len(taken) <= WINDOW * pool.jobs
    assert len(list(results)) == 49


def test_an_error_is_its_own_job_s(pool):
    results = dict(
        (job["number"], result) for job, result in run_all(pool, errands.fail, numbers(3))
    )
    assert {str(error) for error in results.values()} == {f"ValueError: {n}" for n in range(3)}


def test_what_is_printed_is_no_answer(pool):
    results = list(run_all(pool, errands.print_much, numbers(4)))
    assert len(results) == 4 and all(job == result for job, result in results)


def test_a_killed_worker_is_replaced_and_its_job_done_again(pool, tmp_path):
    jobs = numbers(8)
    jobs[3]["mark"] = str(tmp_path / "mark")
    done = {job["number"]: result for job, result in run_all(pool, errands.die_first, jobs)}
    assert {n: result["number"] for n, result in done.items()} == {n: 2 * n for n in range(8)}
    assert int(Path(jobs[3]["mark"]).read_text()) != done[3]["pid"]


def test_a_job_that_kills_twice_is_given_up_and_the_others_go_on(pool):
    jobs = numbers(8)
    jobs[2]["deadly"] = True
    done = {job["number"]: result for job, result in run_all(pool, errands.die, jobs)}
    assert isinstance(done.pop(2), WorkerLost)
    assert {n: result["number"] for n, result in done.items()} == {n: 2 * n for n in done}
    assert len(done) == 7


def test_a_worker_that_does_not_answer_is_ended(tmp_path):
    with LocalPool(1, tmp_path, patience=0.5) as pool:
        mark = tmp_path / "mark"
        [(_, result)] = run_all(pool, errands.slow, [{"mark": str(mark)}])
    assert isinstance(result, WorkerLost)
    assert gone(int(mark.read_text()))


def test_temporary_files_lie_where_they_are_removed(pool, tmp_path):
    [(_, result)] = run_all(pool, errands.scratch, numbers(1))
    assert Path(result["folder"]).parent == tmp_path


def test_no_process_outlives_the_pool(tmp_path):
    with LocalPool(2, tmp_path) as pool:
        list(run_all(pool, errands.double, numbers(4)))
        pids = pool.pids
    assert pids and all(gone(pid, 0) for pid in pids)


def test_cancelling_ends_what_is_under_way(tmp_path):
    pool = LocalPool(1, tmp_path)
    mark = tmp_path / "mark"
    future = pool.submit(errands.slow, {"mark": str(mark)})
    later = pool.submit(errands.double, {"number": 1})
    while not mark.exists() or not mark.read_text():
        time.sleep(0.01)
    pool.shutdown(cancel_futures=True)
    assert gone(int(mark.read_text()), 0)
    assert isinstance(future.exception(), WorkerLost) and later.cancelled()


KILLED = """
import sys, errands
from pathlib import Path
from safegrade.course.pool import LocalPool
pool = LocalPool(1, Path(sys.argv[1]))
pool.submit(errands.slow, {"mark": sys.argv[1] + "/mark"}).result()
"""


def test_a_worker_ends_when_its_owner_is_killed(tmp_path):
    mark = tmp_path / "mark"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    owner = subprocess.Popen([sys.executable, "-c", KILLED, str(tmp_path)], env=environment)
    try:
        while not mark.exists() or not mark.read_text():
            assert owner.poll() is None
            time.sleep(0.02)
    finally:
        owner.send_signal(signal.SIGKILL)
        owner.wait()
    assert gone(int(mark.read_text()), 15)


# --- Dask ---


@contextlib.contextmanager
def dask_cluster(workers):
    distributed = pytest.importorskip("distributed")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with distributed.LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            processes=True,
            dashboard_address=None,
            silence_logs=50,
        ) as made:
            yield made


@pytest.fixture(scope="module")
def two_machines():
    with dask_cluster(2) as made:
        yield made


@pytest.mark.filterwarnings("ignore")
def test_a_cluster_does_the_same(two_machines):
    with cluster.DaskPool(two_machines.scheduler_address) as pool:
        done = {job["number"]: result for job, result in run_all(pool, errands.double, numbers(12))}
    assert {n: result["number"] for n, result in done.items()} == {n: 2 * n for n in range(12)}
    assert os.getpid() not in {result["pid"] for result in done.values()}


@pytest.mark.filterwarnings("ignore")
def test_a_lost_machine_costs_nothing(two_machines, tmp_path):
    jobs = numbers(8)
    jobs[5]["mark"] = str(tmp_path / "mark")
    with cluster.DaskPool(two_machines.scheduler_address) as pool:
        done = {job["number"]: result for job, result in run_all(pool, errands.die_first, jobs)}
    assert Path(jobs[5]["mark"]).exists(), "a worker was killed"
    assert {n: result["number"] for n, result in done.items()} == {n: 2 * n for n in range(8)}


@pytest.mark.filterwarnings("ignore")
def test_other_versions_are_refused(two_machines, monkeypatch):
    ours = cluster.versions()
    monkeypatch.setattr(cluster, "ours", lambda: {**ours, "numpy": "0.1"})
    with pytest.raises(cluster.ClusterMismatch, match=r"numpy .* instead of 0\.1"):
        cluster.DaskPool(two_machines.scheduler_address)


@pytest.mark.filterwarnings("ignore")
def test_nobody_at_the_address():
    pytest.importorskip("distributed")
    with pytest.raises(OSError):
        cluster.DaskPool("tcp://127.0.0.1:1", seconds=0.5)
