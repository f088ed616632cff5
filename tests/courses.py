"""Small courses for the tests of grading: released once, copied for each test."""

import copy
import json
import os
import shutil
import sqlite3
import warnings
from collections.abc import Iterator
from contextlib import closing
from types import SimpleNamespace

from sqlalchemy import create_engine, text

from safegrade.course.imports import lightly
from toyclass import GOOD, STUB, WRONG, answered, make_course, write

HALF = "points = 1.5\n" + GOOD
ANSWERS = {"good": GOOD, "wrong": WRONG, "stub": STUB, "half": HALF}
QUICK = """
c.SafeExecute.preload = []
c.SafeExecute.tests_preload = []
"""
TABLES = {
    "student": "select id, first_name, last_name, email, lms_user_id from student",
    "submission": """
        select a.name, s.student_id, s.timestamp
        from submitted_assignment s join assignment a on a.id = s.assignment_id""",
    "notebook": """
        select a.name, s.student_id, n.name, p.flagged, p.late_submission_penalty
        from submitted_notebook p
        join submitted_assignment s on s.id = p.assignment_id
        join assignment a on a.id = s.assignment_id
        join notebook n on n.id = p.notebook_id""",
    "grade": """
        select s.student_id, n.name, c.name, c.type, g.auto_score, g.manual_score,
               g.extra_credit, g.needs_manual_grade
        from grade g
        join base_cell c on c.id = g.cell_id
        join submitted_notebook p on p.id = g.notebook_id
        join notebook n on n.id = p.notebook_id
        join submitted_assignment s on s.id = p.assignment_id""",
    "comment": """
        select s.student_id, n.name, c.name, c.type, m.auto_comment, m.manual_comment
        from comment m
        join base_cell c on c.id = m.cell_id
        join submitted_notebook p on p.id = m.notebook_id
        join notebook n on n.id = p.notebook_id
        join submitted_assignment s on s.id = p.assignment_id""",
}


def released_course(folder):
    """Make a toy course whose one assignment is released and in the gradebook."""
    make_course(folder)
    with (folder / "nbgrader_config.py").open("a") as config:
        config.write(QUICK)
    opened = open_course(folder)
    from nbgrader.converters import GenerateAssignment

    opened.convert(GenerateAssignment, "slopes", ".")
    return folder


def open_course(root, **changes):
    """Return a course without the warnings of the libraries below nbgrader."""
    with warnings.catch_warnings(), lightly():
        warnings.simplefilter("ignore")
        from safegrade.course.layout import Course

        return Course(root, **changes)


def copied(course, folder):
    """Return a copy of a course, gradebook and all."""
    shutil.copytree(course, folder, dirs_exist_ok=True)
    return folder


def moved(course, folder):
    """Return a copy of a graded course; what was graded stays graded."""
    return copied(course, folder)


def grade_all(root, **how):
    """Grade everything in this process, with workers of its own."""
    from safegrade.course.grade import grade

    return quietly(grade, root, **how)


def quietly(function, root, **how):
    """Call one of safegrade's functions on a course, and return what it returns or yields."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        result = function(open_course(root), ["slopes"], **{**sandbox(), "jobs": 1, **how})
        return list(result) if isinstance(result, Iterator) else result


def command(root, *words):
    """Run a command of the line on a course in this process, and return its exit code."""
    from safegrade.__main__ import main

    alone = [] if words[0] == "export" else ["--jobs", "1", *["--unsandboxed"] * bool(sandbox())]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return main([*words, "--course", str(root), *alone])


def work_without_set_up(job):
    """Do a unit of work while the set-up of the tests always ends its process."""
    from safegrade.course import unit
    from safegrade.notebook.run import SetupLost

    def run(*_, **__):
        raise SetupLost("the tests' process ended, although no student's code had run")

    unit._engine = lambda material: SimpleNamespace(run=run)
    return unit.work(job)


def in_a_fork(function, *args):
    """Call a function in a copy of this process; return how that ended.

    The copy costs nothing to start, and can be killed.
    """
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            with open(os.devnull, "w") as nowhere:
                os.dup2(nowhere.fileno(), 1)
                function(*args)
            code = 0
        except KeyboardInterrupt:
            code = 130
        finally:
            os._exit(code)
    return pid


def ended(pid):
    """Return the exit code of a copy, negative where a signal ended it."""
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def sandbox():
    """Return how to grade where no jail can be had."""
    from safegrade.jail.capabilities import capabilities

    return {} if capabilities().can_jail else {"unsandboxed": True}


def stock_autograde(root, students):
    """Autograde with nbgrader's own converter, one after the other."""
    from nbgrader.converters import Autograde

    course = open_course(root)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for student in students:
            course.convert(Autograde, "slopes", student)


def execute(root, *statements):
    """Change the gradebook behind everybody's back."""
    with closing(sqlite3.connect(root / "grading/gradebook.db")) as gradebook:
        for statement in statements:
            assert gradebook.execute(statement).rowcount
        gradebook.commit()


def class_of(number):
    """Return a class of so many students, of whom each does one of a few things."""
    kinds = list(ANSWERS)
    return {f"s{i:04}": kinds[i % len(kinds)] for i in range(number)}


def hand_in_class(root, class_):
    """Hand in the released notebook with the answers of a class."""
    released = json.loads((root / "exercises/slopes/slopes.ipynb").read_text())
    for student, kind in class_.items():
        text = ANSWERS.get(kind, kind)
        notebook = answered(text)(copy.deepcopy(released))
        write(root / "grading/submitted" / student / "slopes/slopes.ipynb", notebook)


def read_tables(root, url=None):
    """Return what the gradebook says, without the random keys of its rows."""
    engine = create_engine(url or f"sqlite:///{root}/grading/gradebook.db")
    with engine.connect() as gradebook:
        found = {name: gradebook.execute(text(query)).all() for name, query in TABLES.items()}
    engine.dispose()
    return {name: sorted(map(_plain, rows), key=str) for name, rows in found.items()}


def _plain(row):
    """Return a row as every kind of database would give it."""
    values = [int(value) if isinstance(value, bool) else value for value in row]
    return tuple(str(value)[:19] if hasattr(value, "isoformat") else value for value in values)


def scores(root):
    """Return the sum of the automatic scores of each student."""
    found = {}
    for student, _, _, _, auto, *_ in read_tables(root)["grade"]:
        found[student] = found.get(student, 0) + (auto or 0)
    return found


def files_of(root, steps=("autograded", "feedback")):
    """Return the content of what grading made, but for what was measured."""
    found = {}
    for step in steps:
        for path in sorted((root / "grading" / step).rglob("*")):
            if path.is_file():
                found[str(path.relative_to(root))] = _lasting(path)
    return found


def _lasting(path):
    if path.name != "safegrade.json":
        return path.read_bytes()
    told = json.loads(path.read_text())
    for notebook in told["notebooks"].values():
        notebook.pop("used", None)
    return told


def history(root):
    """Return the lines of the history."""
    path = root / "grading/history/slopes.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
