"""Say what this machine can enforce, which feature of the kernel does it, and what to do."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Mapping
from dataclasses import asdict, is_dataclass
from typing import Any

SWITCH = "--unsandboxed (or c.SafeExecute.unsandboxed = True in nbgrader_config.py)"
LAYERS = {  # what a jail can do without, and how to have it
    "landlock": "no Landlock (Linux 5.13 or later has it, if it is switched on)",
    "seccomp": "no seccomp (install libseccomp and pyseccomp)",
    "processes": "the number of processes is not bounded",
}
LANDLOCK = {4: "TCP (Linux 6.7)", 6: "signals and abstract sockets (Linux 6.12)"}  # by version


def doctor(as_json: bool = False) -> int:
    """Print what this machine can enforce, and return 0 if it can jail student code, else 1."""
    from safegrade.jail.capabilities import capabilities

    found = capabilities()
    if as_json:
        verdict = {"can_jail": found.can_jail, "reason": found.reason}
        print(json.dumps({**machine(), **facts_of(found), **verdict}, indent=1, default=str))
    else:
        print(report(found, machine()))
    return 0 if found.can_jail else 1


def machine() -> dict[str, str]:
    """Return what this machine is, as far as it matters to the jail."""
    return {
        "system": f"{platform.system()} {platform.release()}",
        "Python": platform.python_version(),
        "cores": str(cores()),
    }


def cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def report(found: Any, machine: dict[str, str]) -> str:
    """Return the facts as aligned text, the verdict last.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> found = SimpleNamespace(seccomp=True, landlock=0, can_jail=False, reason="no Landlock.")
    >>> print(report(found, {"system": "Linux 5.4"}))
    system    Linux 5.4
    seccomp   yes
    landlock  no
    <BLANKLINE>
    This machine cannot jail student code: no Landlock.
    To grade anyway, in an account that holds nothing of worth: --unsandboxed ...
    """
    facts = {name: value for name, value in facts_of(found).items() if name != "problem"}
    if facts.get("kernel") == machine.get("system"):
        facts.pop("kernel", None)
    rows = {**machine, **{name.replace("_", " "): told(value) for name, value in facts.items()}}
    width = max(map(len, rows))
    lines = [f"{name.ljust(width)}  {value}" for name, value in rows.items()]
    if found.can_jail:
        verdict = ["This machine can jail student code."]
        if lacking := missing(facts):
            verdict.append(f"The jail is weaker than it could be: {', '.join(lacking)}.")
    else:
        reason = found.reason or "no reason was given."
        verdict = [f"This machine cannot jail student code: {reason}"]
        if "--unsandboxed" not in reason:
            account = "in an account that holds nothing of worth"
            verdict.append(f"To grade anyway, {account}: {SWITCH}")
    return "\n".join([*lines, "", *verdict])


def missing(facts: Mapping[str, Any]) -> list[str]:
    """Return which layers of the jail this machine lacks, each with its remedy.

    Examples
    --------
    >>> missing({"landlock": 4, "seccomp": True, "processes": True})
    ['Landlock without signals and abstract sockets (Linux 6.12)']
    """
    lacking = [words for name, words in LAYERS.items() if name in facts and not facts[name]]
    version = facts.get("landlock") or 0
    later = [words for needed, words in LANDLOCK.items() if 0 < version < needed]
    return [*lacking, *([f"Landlock without {', '.join(later)}"] if later else [])]


def facts_of(found: Any) -> dict[str, Any]:
    """Return what was found, without the verdict for the text."""
    facts = asdict(found) if is_dataclass(found) else dict(vars(found))
    return {name: value for name, value in facts.items() if name not in ("can_jail", "reason")}


def told(value: Any) -> str:
    """Return a fact in words.

    Examples
    --------
    >>> [told(value) for value in (True, 0, "", 7, ["user", "net"], {"user": True, "net": False})]
    ['yes', 'no', 'no', '7', 'user, net', 'user yes, net no']
    """
    if isinstance(value, dict):
        return ", ".join(f"{name} {told(fact)}" for name, fact in value.items()) or "no"
    if isinstance(value, list | tuple | set | frozenset):
        return ", ".join(map(str, value)) or "no"
    if value is None or value is False or value == 0 or value == "":
        return "no"
    return "yes" if value is True else str(value)
