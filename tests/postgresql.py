"""A PostgreSQL server of our own, for a test or a measurement, that is thrown away."""

import contextlib
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path


def programs() -> Path | None:
    """Return the folder of PostgreSQL's server programs, or None where there are none."""
    beside = shutil.which("initdb")
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return Path(beside).parent if beside else versions[-1].parent if versions else None


@contextlib.contextmanager
def throwaway() -> Iterator[str]:
    """Start a server, and give the address of an empty database.

    Raises
    ------
    FileNotFoundError
        PostgreSQL's server programs are not installed.
    """
    if (found := programs()) is None:
        raise FileNotFoundError("PostgreSQL's server programs (initdb, pg_ctl) are not installed")
    folder, user = Path(tempfile.mkdtemp(prefix="fallline-")), None
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root
        user = next(u.pw_name for u in pwd.getpwall() if u.pw_name in ("postgres", "nobody"))
        shutil.chown(folder, user)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]

    def server(program, *arguments):
        quiet = {name: subprocess.DEVNULL for name in ("stdin", "stdout")}
        command = [str(found / program), *arguments]
        subprocess.run(command, cwd=folder, user=user, check=True, timeout=120, **quiet)

    control = ("pg_ctl", "-D", str(folder / "data"), "-w")
    options = f"-c port={port} -c listen_addresses=127.0.0.1 -k {folder}"
    try:
        server("initdb", "-D", str(folder / "data"), "-U", "teacher", "-A", "trust", "--no-sync")
        server(*control, "-o", options, "-l", str(folder / "log"), "start")
        yield f"postgresql://teacher@127.0.0.1:{port}/postgres"
    finally:
        with contextlib.suppress(subprocess.SubprocessError):
            server(*control, "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)
