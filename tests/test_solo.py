"""A notebook of one's own: the course's tests are put into it, and the terminal says what is wrong.

Most tests run the cells in a namespace; the last ones run them as they are run for a person.
"""

import copy
from pathlib import Path

import pytest

from safegrade import __main__ as line
from safegrade import solo, solo_course
from safegrade.jail.capabilities import capabilities
from safegrade.notebook.kinds import kind
from safegrade.problems import Problem
from toyclass import (
    GOOD,
    SOURCE,
    STUB,
    WRONG,
    answered,
    cell,
    notebook,
    write,
)

HINT = "\n### BEGIN HIDDEN TESTS\ncheck(double(-1.5), -3)\n### END HIDDEN TESTS"
SHOWN = "# double: whole numbers (3 points)\ncheck(double(3), 6)"
SETUP = "def check(got, wanted):\n    assert got == wanted, f'{got} is not {wanted}: mind signs'"


def released():
    """Return the toy notebook as students get it: no answer, no hidden test."""
    made = copy.deepcopy(SOURCE)
    made["cells"].insert(0, copy.deepcopy(setup_cell()))
    cell(made, "double")["source"] = STUB
    cell(made, "test-double")["source"] = SHOWN
    return made


def setup_cell():
    made = copy.deepcopy(cell(SOURCE, "test-double"))
    made.update(id="setup", source=SETUP)
    made["metadata"]["nbgrader"] = {
        **made["metadata"]["nbgrader"],
        "grade_id": "setup",
        "grade": False,
    }
    del made["metadata"]["nbgrader"]["points"]
    return made


def in_a_namespace(nb, home, unsandboxed):
    """Run the cells as the engine would, for answers that harm nobody."""
    namespace = {}
    for c in nb["cells"]:
        if c["cell_type"] != "code":
            continue
        c["outputs"] = []
        try:
            exec(c["source"], namespace)
        except Exception as error:
            told = {"ename": type(error).__name__, "evalue": str(error), "traceback": []}
            c["outputs"].append({"output_type": "error", **told})
    return ["a note\nof two lines"] if unsandboxed else []


@pytest.fixture
def course(tmp_path, monkeypatch):
    """Return a course folder with one assignment, and stand in it."""
    config = "c = get_config()\nc.CourseDirectory.source_directory = 'solutions'\n"
    config += "c.Execute.timeout = 7\nc.SafeExecute.withheld = ['secret']\n"
    write(tmp_path / "nbgrader_config.py", config)
    source = copy.deepcopy(SOURCE)
    cell(source, "test-double")["source"] = SHOWN + HINT
    write(tmp_path / "solutions/slopes/slopes.ipynb", source)
    write(tmp_path / "release/slopes/slopes.ipynb", released())
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def quick(monkeypatch):
    monkeypatch.setattr(solo, "run_cells", in_a_namespace)


def attempt(folder, text, name="work/slopes.ipynb"):
    write(folder / name, answered(text)(released()))
    return str(folder / name)


# --- what is said ---


def test_a_right_answer(course, quick, capsys):
    assert line.main(["solo", attempt(course, GOOD)]) == 0
    said = capsys.readouterr().out
    assert "pass    3/3  double: whole numbers" in said
    assert "hand    ?/2  explain" in said
    assert said.endswith("3 of 3 points that tests can give\n")


@pytest.mark.parametrize(
    "text, said",
    [
        (STUB, "There is no answer yet."),
        (WRONG, "1.5 is not -3: mind signs"),
        ("def double(x):\n    return x.twice", "'int' object has no attribute 'twice'"),
    ],
    ids=["untouched", "wrong where only the hidden test looks", "an error"],
)
def test_a_wrong_answer_gets_its_hint_and_no_hidden_test(text, said, course, quick, capsys):
    said = said.replace("1.5 is", "3.0 is") if text == WRONG else said
    assert line.main(["solo", attempt(course, text)]) == 1
    told = capsys.readouterr().out
    assert "fail    0/3  double: whole numbers" in told
    assert said in told and "check(double" not in told
    assert "0 of 3 points" in told


def test_a_course_that_was_never_released_knows_the_header_from_the_notebook(course):
    (course / "release/slopes/slopes.ipynb").unlink()
    path = Path(attempt(course, GOOD))
    nb, notes = solo.prepared(path.read_bytes(), solo_course.find_home(path, None))
    first, *_ = nb["cells"]
    assert not notes and (first["source"], kind(first)) == (SETUP, "setup")
    assert cell(nb, "test-double")["source"] == SHOWN + HINT


def test_notes_come_in_one_line_each(course, quick, capsys):
    assert line.main(["solo", "--unsandboxed", attempt(course, GOOD)]) == 0
    assert "note: a note of two lines\n" in capsys.readouterr().out


def test_ones_file_stays_as_it_was(course, quick):
    path = attempt(course, GOOD)
    before = Path(path).read_bytes()
    line.main(["solo", path])
    assert Path(path).read_bytes() == before


# --- whose tests ---


def test_the_courses_tests_count_and_not_the_notebooks(course, quick):
    bent = answered(WRONG)(released())
    cell(bent, "test-double")["source"] = "pass"
    write(course / "bent.slopes.ipynb", bent)
    assert line.main(["solo", "bent.slopes.ipynb"]) == 1


def test_without_a_course_the_notebooks_own_tests_count(tmp_path, monkeypatch, quick, capsys):
    monkeypatch.chdir(tmp_path)
    path = attempt(tmp_path, WRONG)
    assert line.main(["solo", path]) == 0, "the shown test alone does not see the mistake"
    assert "3 of 3 points" in capsys.readouterr().out


def test_a_configuration_above_the_notebook_is_not_run(course, tmp_path_factory, monkeypatch):
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    write(elsewhere / "nbgrader_config.py", "raise SystemExit('it was run')")
    path = elsewhere / "slopes.ipynb"
    assert solo_course.find_home(path, None).root == course
    assert solo_course.find_home(path, course).assignment == "slopes"


@pytest.mark.parametrize(
    "name, found",
    [
        ("slopes.ipynb", "slopes/slopes.ipynb"),
        ("slopes (1).ipynb", "slopes/slopes.ipynb"),
        ("ada_SLOPES-final.ipynb", "slopes/slopes.ipynb"),
        ("steep slopes.ipynb", "slopes/steep slopes.ipynb"),
        ("two/slopes.ipynb", "two/slopes.ipynb"),
        ("waves.ipynb", None),
    ],
)
def test_a_notebook_is_known_by_its_name(name, found, tmp_path):
    for place in ("slopes/slopes", "slopes/steep slopes", "two/slopes"):
        write(tmp_path / f"{place}.ipynb", notebook())
    place = solo_course.find_notebook(tmp_path, tmp_path / "work" / name)
    assert place == (found and tmp_path / found)


def test_settings_come_from_the_configuration(course):
    home = solo_course.find_home(course / "slopes.ipynb", None)
    settings = solo_course.settings_of(home, unsandboxed=False)
    assert settings.limits.cell_seconds == 7 and settings.withheld == ("secret",)
    assert settings.tests_path == (str(course / "solutions/slopes"),)
    assert not settings.unsandboxed and solo_course.settings_of(home, True).unsandboxed


def test_settings_are_those_of_autograding():
    from traitlets.config import Config

    from safegrade.execute import SafeExecute

    told = {name: 40 for name in solo_course.LIMITS} | {"memory": 2**30, "scratch": 2**20}
    config = Config(SafeExecute={**told, "lent": ["a"], "withheld": ["b"], "preload": ["math"]})
    by_nbgrader = SafeExecute(config=config).settings
    settings = solo_course.settings_of(solo_course.Home(config), False)
    assert {**vars(settings.limits)} == by_nbgrader["limits"]
    for name in ("lent", "withheld", "preload", "unsandboxed", "seed"):
        assert getattr(settings, name) == by_nbgrader[name], name


# --- what cannot be done ---


@pytest.mark.parametrize(
    "words, said",
    [
        (["slope.ipynb"], "There is no notebook slope.ipynb; is it slopes.ipynb?"),
        (["solutions"], "solutions is a folder"),
        (["broken.ipynb"], "cannot be run: the file is cut off"),
        (["empty.ipynb"], "holds no test cells"),
        (["slopes.ipynb", "--course", "solutions"], "solutions has no nbgrader_config.py"),
    ],
    ids=str,
)
def test_what_cannot_be_done_is_said(words, said, course, quick, capsys):
    attempt(course, GOOD, "slopes.ipynb")
    write(course / "broken.ipynb", '{"cells": [')
    write(course / "empty.ipynb", notebook())
    if "empty.ipynb" in words:
        (course / "nbgrader_config.py").unlink()
    assert line.main(["solo", *words]) == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    "config, said",
    [("1 / 0", "fails: ZeroDivisionError"), ("c.SafeExecute.processes = 0", "at least 1, not 0")],
    ids=str,
)
def test_a_configuration_that_cannot_be_used(config, said, course):
    write(course / "nbgrader_config.py", f"c = get_config()\n{config}")
    with pytest.raises(Problem, match=said):
        solo_course.settings_of(solo_course.find_home(course / "slopes.ipynb", None), False)


# --- as it is run for a person ---


@pytest.mark.skipif(not capabilities().can_jail, reason=capabilities().reason)
def test_in_the_jail(course, capsys):
    withheld = "def double(x):\n    import secret\n    return 2 * x"
    write(course / "solutions/slopes/secret.py", "")
    assert line.main(["solo", attempt(course, GOOD)]) == 0
    assert line.main(["solo", attempt(course, withheld)]) == 1
    said = capsys.readouterr().out
    assert "pass    3/3" in said and "fail    0/3" in said
    assert "secret is not available while this is graded" in said
