"""What this system can enforce, tried in processes that are thrown away."""

from __future__ import annotations

import functools
import json
import platform
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

SWITCH = "c.SafeExecute.unsandboxed = True (or --unsandboxed) grades without a jail"
PROBE = 60.0  # seconds
PACKAGES = Path(__file__).resolve().parents[2]
RESTRICTION = Path("/proc/sys/kernel/apparmor_restrict_unprivileged_userns")


class JailError(Exception):
    """Students' code could not be jailed, so that it was not run."""


@dataclass(frozen=True)
class Capabilities:
    """What the system can enforce.

    Parameters
    ----------
    can_jail : bool
        Whether students' code can be jailed: namespaces with a root folder of their own, no new
        privileges, limits. All else is welcome, and reported.
    problem : str
        Why it can't.
    namespaces : dict of str to bool
        Which kinds of namespaces can be made.
    landlock : int
        The version of Landlock's interface, 0 for none.
    seccomp : bool
        Whether a filter of system calls can be made and loaded.
    processes : bool
        Whether the number of processes in a jail is bounded.
    kernel : str
        The name and release of the operating system.

    Examples
    --------
    >>> Capabilities(False, "there are no user namespaces").reason
    'students cannot be jailed here, for there are no user namespaces; \
c.SafeExecute.unsandboxed = True (or --unsandboxed) grades without a jail'
    """

    can_jail: bool
    problem: str = ""
    namespaces: dict[str, bool] = field(default_factory=dict)
    landlock: int = 0
    seccomp: bool = False
    processes: bool = False
    kernel: str = ""

    @property
    def reason(self) -> str:
        """Why nothing is graded here by default and which switch changes that; else nothing."""
        if self.can_jail:
            return ""
        return f"students cannot be jailed here, for {self.problem}; {SWITCH}"


@functools.cache
def capabilities() -> Capabilities:
    """Return what this system can enforce; tried once in the life of a process."""
    kernel = f"{platform.system()} {platform.release()}"
    if sys.platform != "linux":
        return Capabilities(
            False, f"{platform.system()} has no jail, only Linux has", kernel=kernel
        )
    found = probe()
    return Capabilities(not found["problem"], **found, kernel=kernel)


def probe() -> dict:
    """Try everything in another process; see `safegrade.jail.probe`."""
    code = f"import sys; sys.path[:] += {[*sys.path, str(PACKAGES)]!r}; "
    code += "from safegrade.jail.probe import main; main()"
    try:
        done = subprocess.run(
            [sys.executable, "-I", "-S", "-c", code],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=PROBE,
            cwd="/",
        )
        return json.loads(done.stdout)
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        return {"problem": f"the attempt failed ({type(error).__name__})"}


def advice(error: str) -> str:
    """Return what an error of the attempt means, with the setting that may be its cause."""
    if RESTRICTION.exists() and RESTRICTION.read_text().strip() == "1":
        error += f" (this system's setting {RESTRICTION.name} may be the cause)"
    return error
