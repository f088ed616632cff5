"""What one submission may use: the one home of all limits."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields


@dataclass(frozen=True)
class Limits:
    """The limits of one submission.

    Parameters
    ----------
    cell_seconds : float
        Wall time of one cell.
    seconds : float
        Wall time of the whole notebook.
    cpu_seconds : int
        CPU time of each process of the student's.
    memory : int
        Bytes of address space for each process of the student's, on top of what is preloaded,
        and of memory for all of them together.
    file_size : int
        Bytes of the largest file that may be written.
    scratch : int
        Bytes of all the files in the scratch folder together.
    processes : int
        Processes and threads at a time.
    open_files : int
        Open file descriptors of a process.
    output : int
        Characters of output that are kept of one cell.
    total_output : int
        Characters of output that are kept of a notebook.
    cells : int
        Cells of a notebook.
    message : int
        Bytes of one message between the two processes.
    restarts : int
        How often a student's process that died is started again.

    Examples
    --------
    >>> Limits(cell_seconds=5).cell_seconds
    5
    >>> Limits(processes=0)
    Traceback (most recent call last):
        ...
    ValueError: the limit processes must be at least 1, not 0
    """

    cell_seconds: float = 30.0
    seconds: float = 120.0
    cpu_seconds: int = 120
    memory: int = 2 * 2**30
    file_size: int = 64 * 2**20
    scratch: int = 256 * 2**20
    processes: int = 64
    open_files: int = 256
    output: int = 1_000_000
    total_output: int = 5_000_000
    cells: int = 1000
    message: int = 64 * 2**20
    restarts: int = 3

    def __post_init__(self):
        for field in fields(self):
            check(field.name, getattr(self, field.name))


SECONDS = {"cell_seconds", "seconds"}
LEAST = {"restarts": 0, "open_files": 16, "memory": 2**24, "scratch": 2**16, "message": 2**12}


def check(name: str, value: object) -> None:
    """Raise for a value that cannot be the limit `name`.

    Raises
    ------
    TypeError
        When the value is not a number, or not a whole number where bytes or items are counted.
    ValueError
        When it is too small, infinite or not a number.
    """
    kinds = (int, float) if name in SECONDS else (int,)
    if isinstance(value, bool) or not isinstance(value, kinds):
        raise TypeError(f"the limit {name} must be a number, not {value!r}")
    if name in SECONDS:
        if not (math.isfinite(value) and value > 0):
            raise ValueError(f"the limit {name} must be positive, not {value!r}")
    elif value < LEAST.get(name, 1):
        raise ValueError(f"the limit {name} must be at least {LEAST.get(name, 1)}, not {value!r}")
    elif value >= 2**62:
        raise ValueError(f"the limit {name} must be below 2**62, not {value!r}")
