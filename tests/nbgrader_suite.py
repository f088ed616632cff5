"""Run nbgrader's own tests, as its wheel ships them, with our parts in its pipelines.

Called by ``make test-nbgrader``; arguments go to pytest, for example ``-k timeout``.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import nbgrader

TESTS = Path(nbgrader.__file__).parent / "tests"
FILES = [
    "apps/test_nbgrader_autograde.py",
    "apps/test_nbgrader_generate_feedback.py",
    "apps/test_nbgrader_validate.py",
    "utils/test_utils.py",
    "preprocessors/test_saveautogrades.py",
    "preprocessors/test_overwritecells.py",
    "preprocessors/test_deduplicateids.py",
    "preprocessors/test_limitoutput.py",
    "test_validator.py",
]
# What is not so with us, and why.
EXCEPTIONS = {
    "apps/test_nbgrader_autograde.py::TestNbGraderAutograde::test_side_effects": (
        "files that a student's code writes stay in the jail's scratch folder and go with it"
    ),
}
CONFIG = """
from nbgrader.converters import Autograde

stock = Autograde.class_traits()["autograde_preprocessors"].default()
steps = [f"{step.__module__}.{step.__name__}" for step in stock]
place = next(number for number, step in enumerate(steps) if step.endswith(".Execute"))
steps[place : place + 1] = ["safegrade.execute.SafeExecute", "safegrade.scores.SafeScores"]
get_config().Autograde.autograde_preprocessors = steps
"""


def main(arguments):
    """Run the suite and return pytest's exit code."""
    with tempfile.TemporaryDirectory(prefix="nbgrader-suite-") as folder:
        Path(folder, "nbgrader_config.py").write_text(CONFIG)
        Path(folder, "pytest.ini").write_text("[pytest]\n")
        command = [
            *(sys.executable, "-m", "pytest", "-c", f"{folder}/pytest.ini", "-q", "-rs"),
            *("-p", "no:cacheprovider", "--import-mode=prepend", f"--rootdir={TESTS}"),
            *(f"--deselect={name}" for name in EXCEPTIONS),
            *(str(TESTS / name) for name in FILES),
            *arguments,
        ]
        beside = os.path.dirname(sys.executable)  # where nbgrader finds alembic
        environment = {
            **os.environ,
            "JUPYTER_CONFIG_DIR": folder,
            "USER": os.environ.get("USER", "teacher"),
            "PATH": os.pathsep.join([beside, os.environ.get("PATH", "")]),
        }
        for name, reason in EXCEPTIONS.items():
            print(f"left out: {name}\n          {reason}")
        return subprocess.call(command, env=environment, cwd=folder)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
