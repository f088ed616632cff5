"""Run units of work on a Dask cluster: the machines that a school already has."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, Future

from safegrade.course import provenance

TRIES = 2  # a unit that has cost so many workers is not tried again


class ClusterMismatch(ConnectionError):
    """Says how the machines of a cluster differ from this one."""


class DaskPool(Executor):
    """The workers of a Dask cluster, behind the same face as processes of this machine.

    Parameters
    ----------
    address : str
        The address of the scheduler, such as ``"tcp://lab:8786"``.

    Raises
    ------
    ClusterMismatch
        A worker has other versions than this machine, or lacks safegrade.
    OSError
        Nobody answers there.
    """

    def __init__(self, address: str, seconds: float = 30.0):
        from distributed import Client

        self._client = Client(address, timeout=seconds, set_as_default=False)
        try:
            self._client.wait_for_workers(1, timeout=seconds)
            check_versions(self._client)
        except BaseException:
            self._client.close()
            raise
        self.jobs = sum(self._client.nthreads().values())

    def submit(self, function: Callable, /, *args, **kwargs) -> Future:
        """Have a function called with plain data on one of the workers."""
        return self._executor().submit(function, *args, **kwargs)

    def _executor(self) -> Executor:
        if not hasattr(self, "_behind"):
            self._behind = self._client.get_executor(pure=False, retries=TRIES - 1)
        return self._behind

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Leave the cluster; its workers go on for others."""
        if hasattr(self, "_behind"):
            self._behind.shutdown(wait=wait and not cancel_futures)
        self._client.close()


def check_versions(client) -> None:
    """Raise where a worker would not grade as this machine does."""
    here = ours()
    try:
        told = client.run(versions)
    except Exception as error:
        raise ClusterMismatch(f"the workers cannot run safegrade: {error}") from error
    for address, theirs in told.items():
        names = sorted(name for name in here if theirs.get(name) != here[name])
        wrong = [f"{name} {theirs.get(name)} instead of {here[name]}" for name in names]
        if wrong:
            raise ClusterMismatch(f"the worker at {address} has {', '.join(wrong)}")


def versions() -> dict[str, str]:
    """Return what has to be the same on all machines."""
    return {**provenance.environment(), "safegrade": provenance.own_version()}


def ours() -> dict[str, str]:
    """Return what this machine has."""
    return versions()
