"""Run units of work elsewhere: in processes of this machine, or on a Dask cluster."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from pathlib import Path
from selectors import EVENT_READ, DefaultSelector

TRIES = 2  # a unit that has cost so many workers is not tried again
WINDOW = 3  # units under way for each worker, so that none has to wait for the next


class WorkerLost(Exception):
    """Says that the process which ran a unit ended, or did not answer."""


class LocalPool(Executor):
    """Worker processes of this machine; one that is lost costs no other unit than its own.

    Parameters
    ----------
    jobs : int
        How many processes; they start with the first units.
    scratch : pathlib.Path
        Where their temporary files go; whoever made it removes it.
    log : pathlib.Path, optional
        Where what they say goes.
    patience : float
        Seconds after which a worker that does not answer is ended.

    Notes
    -----
    Calls and results cross as JSON, so a function must be one that can be imported by its name.
    """

    def __init__(self, jobs: int, scratch: Path, log: Path | None = None, patience: float = 3600.0):
        self.jobs = max(1, jobs)
        self.patience = patience
        self._scratch, self._log = scratch, log
        self._calls: queue.SimpleQueue = queue.SimpleQueue()
        self._workers: list[Worker | None] = [None] * self.jobs
        self._threads: list[threading.Thread] = []
        self._closed = False

    @property
    def pids(self) -> list[int]:
        """The processes that live now."""
        return [worker.process.pid for worker in self._workers if worker is not None]

    def submit(self, function: Callable, /, *args, **kwargs) -> Future:
        """Have a function called with plain data in one of the processes."""
        if self._closed:
            raise RuntimeError("the pool is closed")
        future: Future = Future()
        name = f"{function.__module__}:{function.__qualname__}"
        self._calls.put((future, {"function": name, "args": args, "kwargs": kwargs}))
        if len(self._threads) < self.jobs:
            slot = len(self._threads)
            thread = threading.Thread(target=self._serve, args=(slot,), daemon=True)
            self._threads.append(thread)
            thread.start()
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Let the processes end after what is under way; at once if futures are cancelled."""
        self._closed = True
        if cancel_futures:
            with contextlib.suppress(queue.Empty):
                while True:
                    call = self._calls.get_nowait()
                    if call is not None:
                        call[0].cancel()
            for worker in list(self._workers):
                if worker is not None:
                    worker.kill()
        for _ in self._threads:
            self._calls.put(None)
        if wait:
            for thread in self._threads:
                thread.join()

    def _serve(self, slot: int) -> None:
        while (call := self._calls.get()) is not None:
            future, message = call
            if not future.set_running_or_notify_cancel():
                continue
            try:
                future.set_result(self._run(slot, message))
            except BaseException as error:
                future.set_exception(error)
        self._replace(slot)

    def _run(self, slot: int, message: dict):
        for attempt in range(1, TRIES + 1):
            worker = self._workers[slot]
            if worker is None or not worker.alive:
                worker = self._replace(slot, Worker(self._scratch, self._log))
            try:
                return worker.ask(message, self.patience)
            except WorkerLost:
                worker.kill()
                self._replace(slot)
                if attempt == TRIES or self._closed:
                    raise

    def _replace(self, slot: int, worker: Worker | None = None) -> Worker | None:
        old, self._workers[slot] = self._workers[slot], worker
        if old is not None:
            old.close()
        return worker


class Worker:
    """One process that runs units, one after the other."""

    def __init__(self, scratch: Path, log: Path | None):
        environment = {**os.environ, "TMPDIR": str(scratch), "PYTHONPATH": path_of_modules()}
        with open(log or os.devnull, "ab") as errors:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "safegrade.course.worker"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                env=environment,
                start_new_session=True,  # a Ctrl-C at the terminal is for us to handle
            )

    @property
    def alive(self) -> bool:
        """Whether the process still runs."""
        return self.process.poll() is None

    def ask(self, message: dict, patience: float):
        """Have one call done, and return what it returns."""
        try:
            self.process.stdin.write(json.dumps(message).encode() + b"\n")
            self.process.stdin.flush()
            answer = json.loads(self._line(time.monotonic() + patience))
        except (OSError, ValueError) as error:
            raise WorkerLost(f"a worker ended ({error})") from error
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return answer["result"]

    def _line(self, deadline: float) -> bytes:
        """Return the next line; raise if none comes in time."""
        pieces = []
        with DefaultSelector() as selector:
            selector.register(self.process.stdout, EVENT_READ)
            while not pieces or not pieces[-1].endswith(b"\n"):
                if not selector.select(max(0.0, deadline - time.monotonic())):
                    raise OSError("no answer in time")
                piece = os.read(self.process.stdout.fileno(), 1 << 20)
                if not piece:
                    raise OSError("its process is gone")
                pieces.append(piece)
        return b"".join(pieces)

    def kill(self) -> None:
        """End the process at once."""
        with contextlib.suppress(OSError):
            self.process.kill()

    def close(self, seconds: float = 5.0) -> None:
        """Let the process end by itself; end it if it does not."""
        with contextlib.suppress(OSError):
            self.process.stdin.close()
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            self.process.wait()
        self.process.stdout.close()


def path_of_modules() -> str:
    """Return where this process finds modules, for one that is to find the same."""
    return os.pathsep.join(dict.fromkeys(path for path in sys.path if path))


def open_pool(jobs: int | None, cluster: str | None, scratch: Path, log: Path) -> Executor:
    """Return the executor that the teacher asked for: a cluster, or this machine's cores."""
    if cluster:
        from safegrade.course.cluster import DaskPool

        return DaskPool(cluster)
    return LocalPool(jobs or os.cpu_count() or 1, scratch, log)


def run_all(
    pool: Executor, function: Callable, jobs: Iterable[dict]
) -> Iterator[tuple[dict, dict | Exception]]:
    """Yield each job and its result, or what went wrong, in the order in which they end.

    Only a few jobs are under way at a time, so `jobs` may be a generator over a large class.
    """
    room = WINDOW * getattr(pool, "jobs", 1)
    waiting = iter(jobs)
    under_way: dict[Future, dict] = {}
    while True:
        while len(under_way) < room and (job := next(waiting, None)) is not None:
            under_way[pool.submit(function, job)] = job
        if not under_way:
            return
        for future in wait(under_way, return_when=FIRST_COMPLETED).done:
            job = under_way.pop(future)
            error = future.exception()
            yield job, future.result() if error is None else error
