"""A toy course of one task, and a class in which every student is a trap."""

import copy
import json
import os
import shutil
import subprocess
import sys

from conftest import ROOT

ANSWER = "def double(x):\n    ### BEGIN SOLUTION\n    return 2 * x\n    ### END SOLUTION"
TEST = (
    "# double: whole numbers and fractions (3 points)\n"
    "assert double(3) == 6\n"
    "### BEGIN HIDDEN TESTS\n"
    "assert double(-1.5) == -3\n"
    "### END HIDDEN TESTS\n"
    "points if 'points' in globals() else 3.0"
)
GOOD = "def double(x):\n    return 2 * x"
WRONG = "def double(x):\n    return 2 * abs(x)"
STUB = "def double(x):\n    # YOUR CODE HERE\n    raise NotImplementedError()"


def settings(name, **kind):
    base = {"grade": False, "locked": False, "solution": False, "schema_version": 3, "task": False}
    return {"nbgrader": {**base, "grade_id": name, **kind}}


def code(text, name, metadata=None):
    cell = {"cell_type": "code", "id": name, "metadata": metadata or {}, "source": text}
    return {**cell, "execution_count": None, "outputs": []}


def markdown(text, name, metadata=None):
    return {"cell_type": "markdown", "id": name, "metadata": metadata or {}, "source": text}


def notebook(*cells):
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return {
        "cells": list(cells),
        "metadata": {"kernelspec": kernel},
        "nbformat": 4,
        "nbformat_minor": 5,
    }


HEADER = notebook(code("import math", "setup", settings("setup", locked=True)))
SOURCE = notebook(
    markdown("# Doubling", "goal"),
    code(ANSWER, "double", settings("double", solution=True)),
    code(TEST, "test-double", settings("test-double", grade=True, locked=True, points=3)),
    markdown(
        "### BEGIN SOLUTION\nTwice.\n### END SOLUTION",
        "explain",
        settings("explain", grade=True, solution=True, points=2),
    ),
)


def write(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")


def run(*arguments, cwd, **environment):
    """Run a Python module as a person would, and return what came of it."""
    return subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=cwd,
        env={**os.environ, "PYTHONWARNINGS": "", **environment},
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=300,
    )


def make_course(folder):
    """Make a toy course that is configured as this one is, but less patient."""
    shutil.copy(ROOT / "nbgrader_config.py", folder)
    with (folder / "nbgrader_config.py").open("a") as config:
        config.write("\nc.Execute.timeout = 3\n")
    write(folder / "solutions/header.ipynb", HEADER)
    write(folder / "solutions/slopes/slopes.ipynb", SOURCE)
    write(folder / "solutions/slopes/answers.py", "double = 'secret'")
    return folder


# --- what the students do to the released notebook: each returns what is handed in ---


def cell(handed_in, name):
    return next(c for c in handed_in["cells"] if c["id"] == name)


def drop(handed_in, *names):
    handed_in["cells"] = [c for c in handed_in["cells"] if c["id"] not in names]


def dropping(*names):
    return lambda handed_in: drop(handed_in, *names)


def insert_after(handed_in, name, *cells):
    place = handed_in["cells"].index(cell(handed_in, name)) + 1
    handed_in["cells"][place:place] = cells


def answered(text, then=None):
    """A student who hands in this answer, and does that to the notebook."""

    def act(handed_in):
        cell(handed_in, "double")["source"] = text
        if then:
            then(handed_in)
        return handed_in

    return act


def bend(name, remove=(), **changes):
    def act(handed_in):
        known = cell(handed_in, name)["metadata"]["nbgrader"]
        known.update(changes)
        for key in remove:
            known.pop(key)

    return act


def tag_everything(handed_in):
    for c in handed_in["cells"]:
        c["metadata"]["tags"] = ["skip-execution"]


def retype(name):
    def act(handed_in):
        c = cell(handed_in, name)
        c["cell_type"] = "markdown"
        del c["outputs"], c["execution_count"]

    return act


def copy_of(handed_in, name, text, suffix="-copy"):
    c = copy.deepcopy(cell(handed_in, name))
    return {**c, "id": name + suffix, "source": text}


def good_then_stub(handed_in):
    insert_after(handed_in, "double", copy_of(handed_in, "double", STUB))


def split_in_two(handed_in):
    insert_after(handed_in, "double", copy_of(handed_in, "double", GOOD))
    cell(handed_in, "double")["source"] = "two = 2"


def repeat_test(handed_in):
    c = cell(handed_in, "test-double")
    insert_after(handed_in, "test-double", {**copy.deepcopy(c), "id": "again"})


def written(handed_in):
    cell(handed_in, "explain")["source"] = "Because twice is two times."


def retyped_answer(handed_in):
    insert_after(handed_in, "double", code(GOOD, "mine"))
    drop(handed_in, "double")


STUBBORN = """def double(x):
    while True:
        try:
            while True:
                pass
        except KeyboardInterrupt:
            pass"""
FLOOD = "print('x' * 30_000_000)\nfor i in range(100_000): print(i)\n" + GOOD
# student: (what they do, expected score, a word of the note or "")
CLASS = {
    "good": (answered(GOOD), 3, ""),
    "wrong": (answered(WRONG), 0, ""),
    "written": (answered(GOOD, written), 3, ""),
    "tagged-wrong": (answered(WRONG, tag_everything), 0, ""),
    "deleted-test": (
        answered(GOOD, lambda n: drop(n, "test-double")),
        3,
        "test-double was missing",
    ),
    "deleted-most": (
        answered(GOOD, lambda n: drop(n, "setup", "test-double", "explain")),
        3,
        "setup",
    ),
    "retyped-answer": (answered("", retyped_answer), 3, ""),
    "stderr": (
        answered(GOOD.replace("return", "import warnings; warnings.warn('!'); return")),
        3,
        "",
    ),
    "numpy-score": (answered("import numpy as np; points = np.float64(1.5)\n" + GOOD), 1.5, ""),
    "nan-score": (answered("points = float('nan')\n" + GOOD), 0, "no score"),
    "copy-stub": (answered(GOOD, good_then_stub), 3, "double was there 2 times"),
    "split": (answered("pass", split_in_two), 3, "double was there 2 times"),
    "copy-test": (answered(GOOD, repeat_test), 3, "test-double was there 2 times"),
    "ungraded": (answered(GOOD, bend("test-double", grade=False)), 3, "settings of test-double"),
    "no-points": (answered(GOOD, bend("test-double", ["points"])), 3, "settings of test-double"),
    "retyped-test": (answered(WRONG, retype("test-double")), 0, "settings of test-double"),
    "old-metadata": (answered(GOOD, bend("double", schema_version=1)), 3, ""),
    "os-exit": (answered("import os\nos._exit(0)"), 0, "double ended the kernel"),
    "os-exit-late": (answered("import os\ndef double(x): os._exit(0)"), 0, "test-double ended"),
    "exit-after": (answered(GOOD + "\nquit()"), 0, "double ended the kernel"),
    "exit-elsewhere": (
        answered(GOOD, lambda n: insert_after(n, "double", code("exit()", "bye"))),
        3,
        "bye ended the kernel",
    ),
    "endless": (answered("def double(x):\n    while True: pass"), 0, "timed out in test-double"),
    "stubborn": (answered(STUBBORN), 0, "could not be interrupted"),
    "flood": (answered(FLOOD), 3, "output of double was cut short"),
    "broken-json": (lambda n: '{"cells": [', 0, "could not be graded"),
    "shadow": (answered("import numpy as np\n" + GOOD.replace("2 *", "int(np.int64(2)) *")), 3, ""),
    "=cmd": (answered(GOOD), 3, ""),
}


def hand_in(course, class_):
    released = json.loads((course / "exercises/slopes/slopes.ipynb").read_text())
    for student, (act, *_) in class_.items():
        folder = course / "grading/submitted" / student / "slopes"
        write(folder / "slopes.ipynb", act(copy.deepcopy(released)))
