"""The lock, the licences and the README say the same as the project's other files."""

import re
import subprocess
import tomllib

import pytest
from packaging.requirements import Requirement

from conftest import LONGEST, ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
PINNED = dict(re.findall(r"^([a-z0-9._-]+)==(\S+)", LOCK, flags=re.MULTILINE))


def requirements():
    """Return every outside package that the project asks for."""
    groups = [PROJECT["dependencies"], *PROJECT["optional-dependencies"].values()]
    found = [Requirement(text) for group in groups for text in group]
    return [requirement for requirement in found if requirement.name != PROJECT["name"]]


@pytest.mark.parametrize("requirement", requirements(), ids=str)
def test_the_lock_pins_what_the_project_asks_for(requirement):
    assert requirement.specifier.contains(PINNED[requirement.name])


def test_every_pin_has_hashes_and_no_address_is_named():
    blocks = re.split(r"^(?=[a-z0-9._-]+==)", LOCK, flags=re.MULTILINE)[1:]
    assert len(blocks) >= len(PINNED) > 100
    assert all("--hash=sha256:" in block for block in blocks)
    assert not re.search(r"https?:|--index|--find-links|file:", LOCK)


def test_both_readme_commands_are_targets():
    commands = re.findall(r"^make (\w+)", (ROOT / "README.md").read_text(), flags=re.MULTILINE)
    makefile = (ROOT / "Makefile").read_text()
    assert commands == ["demo", "test"]
    assert all(f"\n{command}: " in makefile for command in commands)


def test_what_takes_longest_is_there():
    assert all((ROOT / f"tests/test_{name}.py").is_file() for name in LONGEST)


def test_ci_runs_make_check_and_nothing_else():
    lines = (ROOT / ".ci/run").read_text().splitlines()
    assert lines[-1] == "exec make check"


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="not a git checkout")
def test_nothing_that_is_built_is_tracked():
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    built = ("_build/", "work/", "grading/", ".venv/")
    assert listed and not [name for name in listed if name.startswith(built)]
    made = (".png", ".db", ".html", ".pyc")
    templates = "book/_templates/"
    assert not [n for n in listed if n.endswith(made) and not n.startswith(templates)]
