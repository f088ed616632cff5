"""What make says when something is missing, and that it keeps what it should."""

import os
import shutil
import socket
import subprocess
import sys

import pytest

from conftest import ROOT
from fallline_book.complaint import complaint

pytestmark = pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")


@pytest.fixture
def checkout(tmp_path):
    """Return a folder with the Makefile and an environment that counts as ready."""
    for name in ("Makefile", "requirements.lock", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)
    for name in ("_config.yml", "_toc.yml"):
        (tmp_path / name).touch()
    return tmp_path


def pretend(path, script):
    """Write an executable that stands in for a program."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


def ready(checkout, **programs):
    """Fill .venv with stand-ins and mark it as installed."""
    for name, script in programs.items():
        pretend(checkout / ".venv/bin" / name, script)
    pretend(checkout / ".venv/bin/ready", "true")


def make(checkout, *arguments):
    own = {k: v for k, v in os.environ.items() if not k.startswith("MAKE")}
    return subprocess.run(
        ["make", "-C", checkout, *arguments], capture_output=True, text=True, timeout=60, env=own
    )


def test_help_is_the_default_and_lists_every_target(checkout):
    result = make(checkout)
    assert result.returncode == 0
    listed = {line.split()[0] for line in result.stdout.splitlines()}
    build = {"help", "demo", "site", "serve", "work", "exercises"}
    wanted = build | {"grade", "test", "lint", "bench", "check", "setup-browser"}
    assert wanted <= listed


@pytest.mark.parametrize(
    "script, words",
    [
        ("exit 1", "older than Python 3.11"),
        ('case "$*" in *ensurepip*) exit 1;; esac', "python3-venv"),
        ('case "$*" in *install*) exit 1;; *"-m venv"*) mkdir -p .venv/bin;; esac', "run make"),
    ],
)
def test_a_python_that_will_not_do(checkout, script, words):
    python = pretend(checkout / "python-stand-in", script)
    if "install" in script:
        pretend(checkout / ".venv/bin/python", "exit 1")
    result = make(checkout, "test", f"PYTHON={python}")
    assert result.returncode != 0
    assert words in result.stdout
    assert not (checkout / ".venv/bin/ready").exists()


def test_no_python_at_all(checkout):
    result = make(checkout, "test", "PYTHON=")
    assert result.returncode != 0
    assert "needs Python 3.11 or later" in result.stdout


def test_an_occupied_port_is_named(checkout):
    ready(checkout, python=f'exec {sys.executable} "$@"')
    (checkout / "book").symlink_to(ROOT / "book")
    (checkout / "_build/html").mkdir(parents=True)
    (checkout / "_build/html/index.html").write_text("")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        result = make(checkout, "serve", f"PORT={taken.getsockname()[1]}")
    assert result.returncode != 0
    assert "is in use. Choose another: make serve PORT=" in result.stderr


def test_work_copies_what_is_new_and_keeps_what_is_there(checkout):
    ready(checkout, jupyter="true")
    for stem in ("derivative", "gradient"):
        (checkout / "exercises" / stem).mkdir(parents=True)
        (checkout / "exercises" / stem / f"{stem}.ipynb").write_text("released")
    mine = checkout / "work/gradient/gradient.ipynb"
    mine.parent.mkdir(parents=True)
    mine.write_text("my answers")
    result = make(checkout, "work")
    assert result.returncode == 0, result.stderr
    assert mine.read_text() == "my answers"
    assert (checkout / "work/derivative/derivative.ipynb").read_text() == "released"


def test_a_failed_build_leaves_no_site_that_looks_finished(checkout):
    build = "mkdir -p _build/html; touch _build/html/index.html; echo a.md:1: ERROR: why; false"
    ready(checkout, python=f'exec {sys.executable} "$@"', **{"jupyter-book": build})
    (checkout / "book").symlink_to(ROOT / "book")
    result = make(checkout, "site")
    assert result.returncode != 0
    assert "a.md:1: ERROR: why" in result.stdout
    assert "The site was not built" in result.stdout
    assert not (checkout / "_build/html/index.html").exists()


@pytest.mark.parametrize("machine", ["of CI", "of a developer"])
def test_only_ci_installs_a_browser_before_the_check(checkout, monkeypatch, machine):
    monkeypatch.setenv("CI", "true" if machine == "of CI" else "")
    build = "mkdir -p _build/html; touch _build/html/index.html"
    ready(
        checkout,
        python='echo "python $*"',
        ruff="true",
        codespell="true",
        **{"jupyter-book": build},
    )
    result = make(checkout, "check")
    assert result.returncode == 0, result.stderr
    calls = [line for line in result.stdout.splitlines() if line.startswith("python ")]
    assert calls[-1].startswith("python -m pytest")
    assert (calls[0] == "python -m fallline_book.browser") == (machine == "of CI")
    assert sum("fallline_book.browser" in call for call in calls) == (machine == "of CI")


CELL_FAILED = """Running Jupyter-Book
\x1b[91mException occurred:\x1b[39m
myst_nb.core.execute.base.ExecutionError: /course/book/trial.md
Please also report this if it was a user error.
Traceback (most recent call last):
nbclient.exceptions.CellExecutionError: An error occurred while executing the following cell:
------------------
explore(glass, power=(0, 6, 1))
------------------

ZeroDivisionError: division by zero

RuntimeError: glass(power=3) could not be drawn: division by zero

myst_nb.core.execute.base.ExecutionError: /course/book/trial.md

RuntimeError:
There was an error in building your book. Look above for the cause.
"""
NOT_FINISHED = """Running Jupyter-Book
The site was not finished:
book/trial.html asks another origin: https://x.example/a.js
Traceback (most recent call last):
  File "finish/pages.py", line 39, in file
"""


@pytest.mark.parametrize(
    "log, said",
    [
        (
            CELL_FAILED,
            "/course/book/trial.md: this cell failed with RuntimeError: glass(power=3) could not "
            "be drawn: division by zero\n    explore(glass, power=(0, 6, 1))",
        ),
        (NOT_FINISHED, "book/trial.html asks another origin: https://x.example/a.js"),
        (
            "a.md:1: WARNING: one\n\nb.md:2: ERROR: two\nin two lines\n\nTCP without encryption\n",
            "a.md:1: WARNING: one\nb.md:2: ERROR: two\nin two lines",
        ),
        ("something else\nhappened\n", "something else\nhappened"),
    ],
)
def test_a_failed_build_says_what_is_wrong_and_nothing_else(log, said):
    assert complaint(log) == said
