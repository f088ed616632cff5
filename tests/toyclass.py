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
    "check(double(3), 6)\n"
    "### BEGIN HIDDEN TESTS\n"
    "check(double(-1.5), -3)\n"
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


CHECK = """import math


def check(got, wanted):
    print("got", got)
    assert got == wanted or math.isclose(got, wanted)"""
HEADER = notebook(code(CHECK, "setup", settings("setup", locked=True)))
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
    text = content if isinstance(content, str | bytes) else json.dumps(content)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())


def run(*arguments, cwd, **environment):
    """Run a Python module as a person would, and return what came of it."""
    return subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=cwd,
        env={**os.environ, "PYTHONWARNINGS": "", **environment},
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=900,
    )


def make_course(folder):
    """Make a toy course that is configured as this one is, but less patient."""
    shutil.copy(ROOT / "nbgrader_config.py", folder)
    with (folder / "nbgrader_config.py").open("a") as config:
        config.write("\nc.Execute.timeout = 10\n")
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


def encoded(encoding):
    act = answered("# Café\n" + GOOD)
    return lambda handed_in: json.dumps(act(handed_in), ensure_ascii=False).encode(encoding)


def reset_early(handed_in):
    insert_after(handed_in, "setup", code("%reset -f", "reset"))


def bend_the_form(handed_in):
    sql = {"cell_type": "sql", "id": "sql", "metadata": {}, "source": "select"}
    insert_after(handed_in, "goal", code("1", "has space!"), code("2", "q" * 70), sql)
    del handed_in["metadata"]["kernelspec"]["display_name"]


STUBBORN = """def double(x):
    while True:
        try:
            while True:
                pass
        except KeyboardInterrupt:
            pass"""
FLOOD = "print('x' * 30_000_000)\nfor i in range(100_000): print(i)\n" + GOOD
POSING = """class double:
    def __init__(self, x): pass
    def __eq__(self, other): return True
    def __sub__(self, other): return 0
    def __abs__(self): return 0"""
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
        "repaired: 3 cells were missing (setup, test-double, explain)",
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
    "ungraded": (
        answered(GOOD, bend("test-double", grade=False)),
        3,
        "test-double was given other settings",
    ),
    "no-points": (
        answered(GOOD, bend("test-double", ["points"])),
        3,
        "test-double was given other settings",
    ),
    "retyped-test": (
        answered(WRONG, retype("test-double")),
        0,
        "test-double was given other settings",
    ),
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
    "broken-json": (lambda n: '{"cells": [', 0, "could not be graded: the file is cut off"),
    "blank": (lambda n: "", 0, "could not be graded: the file is empty"),
    "a-list": (lambda n: "[]", 0, "could not be graded: it is not a notebook"),
    "bom": (encoded("utf-8-sig"), 3, "repaired: byte order mark"),
    "utf-16": (encoded("utf-16"), 3, "repaired: encoding UTF-16"),
    "cp1252": (encoded("cp1252"), 3, "repaired: encoding cp1252"),
    "bent-form": (
        answered(GOOD, bend_the_form),
        3,
        "repaired: kernelspec, type of 1 cell, id of 2 cells",
    ),
    "own-check": (answered(WRONG + "\n\ndef check(*a, **k): pass"), 0, ""),
    "posing": (answered(POSING), 0, ""),
    "own-math": (answered("math = 3\n" + GOOD), 3, ""),
    "closed": (answered("import sys\nsys.stdout.close(), sys.stderr.close()\n" + GOOD), 3, ""),
    "no-stdout": (answered("import sys\nsys.stdout = None\n" + GOOD), 3, ""),
    "reset": (answered(GOOD, reset_early), 3, ""),
    "shadow": (answered("import numpy as np\n" + GOOD.replace("2 *", "int(np.int64(2)) *")), 3, ""),
    "=cmd": (answered(GOOD), 3, ""),
}
RIGHT, UNTOUCHED = answered(GOOD), answered(STUB)
# student: ({file: what they do}, expected score, a word of the note)
ODD = {
    "renamed": ({"slopes (1).ipynb": RIGHT}, 3, "slopes (1).ipynb graded as slopes.ipynb"),
    "two": ({"slopes.ipynb": RIGHT, "my work.ipynb": UNTOUCHED}, 3, "not graded: my work.ipynb"),
    "text": ({"slopes.ipynb.txt": RIGHT}, 3, "repaired: taken from slopes.ipynb.txt"),
    "capitals": ({"Slopes.IPYNB": RIGHT}, 3, "repaired: taken from Slopes.IPYNB"),
    "pdf": ({"slopes.pdf": lambda n: "%PDF"}, 0, "was not handed in; there is slopes.pdf"),
    "empty": ({}, 0, "slopes.ipynb was not handed in"),
}
STRAYS = {
    "ben/Derivative/slopes.ipynb": "ben/Derivative: no such assignment",
    "cara/slopes.ipynb": "cara/slopes.ipynb: not graded, belongs into cara/ASSIGNMENT",
    "dan.ipynb": "dan.ipynb: not graded, belongs into STUDENT/ASSIGNMENT",
    "good/.ipynb_checkpoints/slopes.ipynb": "",
    "good/slopes/._slopes.ipynb": "",
    "__MACOSX/slopes/slopes.ipynb": "",
    ".trash/slopes/slopes.ipynb": "",
}


def hand_in_oddly(course):
    """Hand in what has another name, or lies elsewhere, than it should."""
    released = json.loads((course / "exercises/slopes/slopes.ipynb").read_text())
    submitted = course / "grading/submitted"
    for student, (files, *_) in ODD.items():
        (submitted / student / "slopes").mkdir(parents=True)
        for name, act in files.items():
            write(submitted / student / "slopes" / name, act(copy.deepcopy(released)))
    for stray in STRAYS:
        write(submitted / stray, released)


def hand_in(course, class_):
    released = json.loads((course / "exercises/slopes/slopes.ipynb").read_text())
    for student, (act, *_) in class_.items():
        folder = course / "grading/submitted" / student / "slopes"
        write(folder / "slopes.ipynb", act(copy.deepcopy(released)))
