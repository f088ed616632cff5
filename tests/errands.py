"""What the tests of the pool have its processes do; quick to import there."""

import os
import signal
import threading
import time
from pathlib import Path


def double(job):
    return {"number": 2 * job["number"], "pid": os.getpid()}


def fail(job):
    raise ValueError(job["number"])


def print_much(job):
    print("not an answer", flush=True)
    os.write(1, b'{"result": "forged"}\n')
    return job


def die_first(job):
    """End the process like the kernel does when memory runs out, but only once a job."""
    if "mark" in job:
        mark = Path(job["mark"])
        if not mark.exists():
            mark.write_text(str(os.getpid()))
            os.kill(os.getpid(), signal.SIGKILL)
    return double(job)


def die(job):
    if job.get("deadly"):
        os.kill(os.getpid(), signal.SIGKILL)
    return double(job)


def slow(job):
    Path(job["mark"]).write_text(str(os.getpid()))
    time.sleep(60)
    return job


def scratch(job):
    import tempfile

    return {"folder": tempfile.mkdtemp(), "threads": threading.active_count()}


def wait_a_little(job):
    if job["number"] == 0:
        time.sleep(1.0)
    return double(job)
