"""Attempts at everything that a jail needs, in a process that ends with them."""

from __future__ import annotations

import json
import os
import signal

from safegrade.jail import kernel, landlock
from safegrade.jail.capabilities import advice
from safegrade.jail.jailing import Jail
from safegrade.jail.limits import Limits
from safegrade.jail.namespaces import in_fork

KINDS = {
    "user": 0,
    "pid": kernel.NEWPID,
    "network": kernel.NEWNET,
    "ipc": kernel.NEWIPC,
    "mount": kernel.NEWNS,
    "uts": kernel.NEWUTS,
}


def main() -> None:
    """Print what was found out, as JSON."""
    namespaces = {
        name: in_fork(lambda kind=kind: kernel.unshare(kernel.NEWUSER | kind))
        for name, kind in KINDS.items()
    }
    found = {"namespaces": namespaces, "landlock": landlock.abi()}
    if not namespaces["user"]:
        found["problem"] = advice("user namespaces cannot be made")
    else:
        found |= try_jail()
    print(json.dumps(found))


def try_jail() -> dict:
    """Return what a process found that entered a jail as students' processes do."""
    reader, writer = os.pipe()
    if os.fork() == 0:
        os.close(reader)
        try:
            found = enter_jail()
        except BaseException as error:
            found = {"problem": advice(f"the attempt ended with: {error}")}
        os.write(writer, json.dumps(found).encode())
        os._exit(0)
    os.close(writer)
    with open(reader) as file:
        text = file.read()
    os.wait()
    return json.loads(text or '{"problem": "the attempt was killed"}')


def enter_jail() -> dict:
    """Enter a jail, as a fork server and then as its child; the child returns what it found."""
    settings = {
        "path": [],
        "package": os.path.dirname(os.path.dirname(__file__)),
        "withheld": [],
        "readable": [],
        "fonts": "",
    }
    jail = Jail(settings)
    jail.enter()
    jail.ready()
    if pid := jail.fork():
        os.waitpid(pid, 0)
        os._exit(0)
    enforced = jail.confine(vars(Limits(processes=2)))
    return {
        "problem": "",
        "seccomp": bool(enforced["seccomp"]),
        "processes": processes_are_bounded(),
    }


def processes_are_bounded() -> bool:
    """Return whether no more processes can be forked than the two that are allowed."""
    forked = []
    try:
        for _ in range(4):
            if (pid := os.fork()) == 0:
                signal.pause()  # until the end of the jail
            forked.append(pid)
    except OSError:
        return True
    return False
