"""The limits that the kernel keeps for each process."""

from __future__ import annotations

OWN = 2  # processes of the fork server, which the kernel counts with the student's


def apply(limits: dict, preloaded: int, *, alone: bool) -> dict[str, int | bool]:
    """Limit this process and its future children, for good; return what holds.

    Parameters
    ----------
    limits : dict
        The fields of `safegrade.jail.limits.Limits`.
    preloaded : int
        Bytes of address space that are taken already, and not held against the process.
    alone : bool
        Whether the kernel counts the processes of this jail apart from the user's others; else
        their number is not limited, for the user's others would count.
    """
    import resource

    def hold(name: str, value: int) -> bool:
        try:
            kind = getattr(resource, f"RLIMIT_{name}")
            _, most = resource.getrlimit(kind)
            value = value if most == resource.RLIM_INFINITY else min(value, most)
            resource.setrlimit(kind, (value, value))
        except (AttributeError, ValueError, OSError):  # some systems lack some of them
            return False
        return True

    for name in ("CORE", "MSGQUEUE", "MEMLOCK"):
        hold(name, 0)
    held = {
        "cpu_seconds": hold("CPU", limits["cpu_seconds"]),
        "file_size": hold("FSIZE", limits["file_size"]),
        "open_files": hold("NOFILE", limits["open_files"]),
        "processes": alone and hold("NPROC", limits["processes"] + OWN),
        "memory": hold("AS", limits["memory"] + preloaded),
    }
    return {name: limits[name] if holds else False for name, holds in held.items()}
