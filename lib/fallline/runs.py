"""Many independent runs: side by side on all cores or a cluster, each result kept as it comes."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import json
import multiprocessing
import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    Executor,
    Future,
    ProcessPoolExecutor,
    ThreadPoolExecutor,
    wait,
)
from pathlib import Path

from fallline.files import fingerprint, write_whole
from fallline.training import progress_bar

_THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
"""What tells the BLAS libraries how many threads to use; they read it when they are loaded."""

_KEEPING = threading.Lock()
"""Held in a process of the pool while it keeps a result: it ends before or after that."""

PATIENCE = 10
"""After how many seconds without an answer a Dask scheduler is given up."""


def _kept(folder: Path, settings: dict):
    """Return the result of a unit that ran before; None if there is none, or a damaged one."""
    try:
        record = json.loads((folder / f"{fingerprint(settings)}.json").read_bytes())
        same = fingerprint(record["settings"]) == fingerprint(settings)  # JSON has no tuples
        return record["result"] if same else None
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None


def run_units(
    wanted: list[dict],
    folder,
    function: Callable,
    *,
    executor: Executor | None = None,
    cluster: str | None = None,
    workers: int | None = None,
    progress=None,
) -> list[dict]:
    """Run what has not run before, side by side, and keep each result as it comes.

    Each result is a file of its own in the folder, named by the fingerprint of the unit's
    settings: another call, also after a SIGKILL, runs only what is missing, and none is doubled.
    Only what was running when the process was killed runs again: a process of the pool keeps its
    results itself, and ends when its parent does; those of another executor are kept by the caller.

    Parameters
    ----------
    wanted : list of dict
        The settings of the units, as JSON holds them; equal ones run once.
    folder : path
        Where the results are kept.
    function : callable
        ``function(settings) -> result``, of a module that the workers can import; what it returns
        must be what JSON can hold, and not None.
    executor : concurrent.futures.Executor, optional
        Runs the units. By default it is a pool of processes, one for each core and with one BLAS
        thread each, or, if cluster is given, the executor of that Dask cluster.
    cluster : str, optional
        Address of a Dask scheduler, such as ``"tcp://10.0.0.1:8786"``; its workers need this
        library and the data.
    workers : int, optional
        How many processes the pool has.
    progress : bool, optional
        Whether a bar is shown; by default only on a terminal.

    Returns
    -------
    list of dict
        The results, in the order of wanted.

    Raises
    ------
    RuntimeError
        If some units raised an error, with the first of these; the others have run and are kept.
    ConnectionError
        If no Dask scheduler answers at the address, or it is lost; what was done is kept.
    ModuleNotFoundError
        If a cluster is asked for and distributed is not installed.

    Notes
    -----
    A script that calls this must do so under ``if __name__ == "__main__":``, since the processes
    of the pool import it.
    Two calls at once with one folder do no harm, but may run a unit twice, for one result.
    """
    folder = Path(folder)
    by_key = {fingerprint(settings): settings for settings in wanted}
    results = {key: _kept(folder, settings) for key, settings in by_key.items()}
    missing = [key for key, result in results.items() if result is None]
    errors, gone = [], False
    if missing:
        with (
            progress_bar(progress, len(results), len(results) - len(missing), "run", "grid") as bar,
            _executor(executor, cluster, workers or min(_cores(), len(missing))) as (pool, lost),
        ):
            here = executor is None and cluster is None  # the workers see the folder
            keep = functools.partial(_run_and_keep, function, str(folder))
            futures = {pool.submit(keep if here else function, by_key[k]): k for k in missing}
            try:
                for future in _as_done(futures, lost):
                    key = futures[future]
                    try:
                        result = future.result()
                        results[key] = result if here else _keep(folder, by_key[key], result)
                        bar.update()
                    except Exception as error:  # the others go on, and it is raised in the end
                        errors.append((by_key[key], error))
            finally:
                gone = lost() and any(result is None for result in results.values())
                for future in () if gone else futures:
                    future.cancel()
    if gone:
        raise ConnectionError(
            f"the Dask scheduler at {cluster} is gone; what was done is kept in {folder}: "
            "start a scheduler and workers, and the same call with its address runs the rest"
        )
    if errors:
        _complain(errors, len(missing), folder)
    return [results[fingerprint(settings)] for settings in wanted]


def _keep(folder, settings: dict, result):
    """Write the result of a unit, and return it as it will be read."""
    record = {"settings": settings, "result": result}
    content = json.dumps(record, indent=1, allow_nan=False).encode()
    write_whole(Path(folder) / f"{fingerprint(settings)}.json", content)
    return json.loads(content)["result"]


def _run_and_keep(function: Callable, folder: str, settings: dict):
    """Run a unit and keep its result, in the process that ran it."""
    result = function(settings)
    with _KEEPING:
        return _keep(folder, settings, result)


def _complain(errors, runs: int, folder: Path):
    """Raise an error that names the first unit that failed."""
    settings, error = errors[0]
    told = f"{len(errors)} of {runs} runs ended with an error; the others are kept in {folder}. "
    if isinstance(error, BrokenExecutor):
        told += (
            "A process of the pool died: was there too little memory, or does a script call this "
            'without  if __name__ == "__main__": ? '
        )
    raise RuntimeError(f"{told}The first: {error!r} with {settings}") from error


def _cores() -> int:
    """Return how many cores this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on every system
        return os.cpu_count() or 1


@contextlib.contextmanager
def _executor(executor, cluster, workers: int) -> Iterator[tuple[Executor, Callable]]:
    """Give the executor that was handed over, a cluster's, or a pool of processes.

    The second thing given tells whether the executor has lost what was submitted.
    """
    if executor is not None:
        yield executor, _never
    elif cluster is not None:
        client = _client(cluster)
        try:
            yield client.get_executor(pure=False), lambda: client.status != "running"
        finally:
            with contextlib.suppress(OSError):  # a scheduler that is gone says no farewell
                client.close(timeout=PATIENCE)
    else:
        # A new process reads these when it starts; this one has read them already.
        before = {name: os.environ.get(name) for name in _THREADS}
        os.environ.update(dict.fromkeys(_THREADS, "1"))
        context = multiprocessing.get_context("spawn")
        try:
            with ProcessPoolExecutor(workers, mp_context=context, initializer=_begin) as pool:
                yield pool, _never
        finally:
            for name, value in before.items():
                if value is None:
                    del os.environ[name]
                else:
                    os.environ[name] = value


def _never() -> bool:
    return False


def _as_done(futures, lost: Callable) -> Iterator[Future]:
    """Give futures as they are done, until all are or nothing more will come."""
    waiting = set(futures)
    while waiting and not lost():
        done, waiting = wait(waiting, None if lost is _never else 1, FIRST_COMPLETED)
        yield from done


def _begin() -> None:
    """Let a process of the pool end when its parent does, also by SIGKILL."""

    def watch():
        multiprocessing.parent_process().join()
        with _KEEPING:
            os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _client(address: str):
    """Return a client of the Dask scheduler at an address."""
    try:
        from distributed import Client
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            "a cluster needs Dask: install it with  pip install distributed ; "
            "without a cluster leave the address out, and the cores of this machine are used",
            name=error.name,
        ) from error
    try:
        with ThreadPoolExecutor(1) as thread:  # in a notebook this one has a loop that runs
            thread.submit(asyncio.run, _greet(address)).result()
        return Client(address, timeout=PATIENCE, set_as_default=False)
    except (OSError, ValueError) as error:
        raise ConnectionError(
            f"no Dask scheduler answers at {address}: start one with  dask scheduler , workers "
            f"with  dask worker {address} , and give the address that it prints ({error!r})"
        ) from error


async def _greet(address: str) -> None:
    """Connect to a Dask scheduler and go: a Client that cannot would wait, and end with noise."""
    from distributed import Security
    from distributed.comm import connect

    how = Security().get_connection_args("client")
    comm = await asyncio.wait_for(connect(address, timeout=PATIENCE, **how), PATIENCE)
    await comm.close()
