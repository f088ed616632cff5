"""Grading anew without writing, and deriving scores again from what was kept with them."""

import csv
import shutil
from pathlib import Path

import pytest

import courses
from safegrade.course.files import Trouble
from safegrade.course.regrade import regrade, regrade_diff
from safegrade.course.verify import verified, verify
from toyclass import write

CLASS_OF = {"ada": "good", "bob": "wrong", "cyd": "half", "dan": "def double(x): return 6"}


@pytest.fixture(scope="module")
def graded_once(tmp_path_factory):
    root = courses.released_course(tmp_path_factory.mktemp("course"))
    courses.hand_in_class(root, CLASS_OF)
    courses.grade_all(root)
    return root


@pytest.fixture
def graded(graded_once, tmp_path):
    return courses.moved(graded_once, tmp_path / "course")


def everything(root):
    return courses.read_tables(root), courses.files_of(root), courses.history(root)


def diff(root):
    return {
        change.student: change
        for change in courses.quietly(regrade_diff, root)
        if change is not None
    }


def weaken_tests(root):
    """Let the hidden test ask for what `wrong` and `dan` do as well."""
    source = root / "solutions/slopes/slopes.ipynb"
    text = source.read_text()
    assert "check(double(-1.5), -3)" in text
    write(source, text.replace("check(double(-1.5), -3)", "check(double(3), 6)"))


def test_nothing_changed_nothing_differs(graded, capsys):
    before = everything(graded)
    assert courses.quietly(regrade, graded) == 0
    assert "0 of 4 submissions would change" in capsys.readouterr().out
    assert everything(graded) == before


def test_a_changed_test_shows_who_changes_and_writes_nothing(graded, capsys):
    weaken_tests(graded)
    before = everything(graded)
    changes = diff(graded)
    assert everything(graded) == before
    assert set(changes) == {"bob", "dan"}
    assert (changes["bob"].before, changes["bob"].after) == (0, 3)
    assert changes["bob"].cells == ["test-double 0 -> 3"]
    assert changes["bob"].why == ["the tests changed"]
    assert courses.quietly(regrade, graded) == 1
    lines = capsys.readouterr().out.splitlines()
    assert "slopes  bob: 0 -> 3 (+3)  test-double 0 -> 3; the tests changed" in lines
    assert everything(graded) == before


def test_writing_applies_what_was_shown_and_keeps_the_history(graded, capsys):
    weaken_tests(graded)
    courses.execute(
        graded,
        "update grade set manual_score = 1 where cell_id in (select id from base_cell where "
        "name = 'test-double') and auto_score = 1.5",
    )
    lines = courses.history(graded)
    assert courses.quietly(regrade, graded, write=True) == 0
    assert "4 submissions were graded anew" in capsys.readouterr().out
    assert courses.scores(graded) == {"ada": 3, "bob": 3, "cyd": 1.5, "dan": 3}
    assert courses.history(graded)[: len(lines)] == lines
    by_hand = [row for row in courses.read_tables(graded)["grade"] if row[5] is not None]
    assert [row[4:6] for row in by_hand] == [(1.5, 1)], "the person's score stays"
    assert not diff(graded)


def test_writing_brings_the_table_of_grades_up_to_date(graded, capsys):
    weaken_tests(graded)
    assert courses.command(graded, "regrade", "--write") == 0
    assert "Grades: " in capsys.readouterr().out
    with open(graded / "grading/grades.csv", newline="", encoding="utf-8") as file:
        found = {row["student"]: float(row["score"]) for row in csv.DictReader(file)}
    assert found == {"ada": 3, "bob": 3, "cyd": 1.5, "dan": 3}


def test_a_person_s_score_counts_before_and_after(graded):
    weaken_tests(graded)
    courses.execute(
        graded,
        "update grade set manual_score = 2.5 where cell_id in (select id from base_cell where "
        "name = 'test-double') and notebook_id in (select p.id from submitted_notebook p join "
        "submitted_assignment s on s.id = p.assignment_id where s.student_id = 'bob')",
    )
    change = diff(graded)["bob"]
    assert (change.before, change.after) == (2.5, 2.5)
    assert change.cells == ["test-double 0 -> 3 (a person's score stays)"]


def test_a_changed_submission_and_a_new_one_say_so(graded):
    courses.hand_in_class(graded, {"bob": "good", "eve": "good"})
    changes = diff(graded)
    assert set(changes) == {"bob", "eve"}
    assert changes["bob"].why == ["the submission changed"]
    assert changes["eve"].why == ["it was not graded before"]
    assert "eve" not in courses.scores(graded)


def test_a_score_that_was_changed_in_the_gradebook_says_so(graded):
    edit = "update grade set auto_score = 2 where auto_score = 1.5"
    courses.execute(graded, edit)
    assert {name: change.why for name, change in diff(graded).items()} == {
        "cyd": ["the gradebook was changed after it was graded"]
    }
    weaken_tests(graded)
    changes = diff(graded)
    assert changes["bob"].why == ["the tests changed"]
    assert changes["cyd"].why == [
        "the tests changed",
        "the gradebook was changed after it was graded",
    ]


def test_steps_that_cannot_run_without_writing_are_refused(graded):
    with (graded / "nbgrader_config.py").open("a") as config:
        config.write("\nc.Autograde.autograde_preprocessors.append('steps.Another')\n")
    write(
        graded / "steps.py",
        "from nbgrader.preprocessors import NbGraderPreprocessor\n"
        "class Another(NbGraderPreprocessor): pass\n",
    )
    with pytest.raises(Trouble, match="Another"):
        list(courses.quietly(regrade_diff, graded))


# --- verify ---


def findings(root, **how):
    return {student: found for _, student, found in courses.quietly(verified, root, **how)}


def test_untouched_scores_are_derived_again(graded, capsys):
    before = everything(graded)
    assert courses.quietly(verify, graded) == 0
    assert "4 of 4 scores were derived again" in capsys.readouterr().out
    assert everything(graded) == before


def test_what_was_doctored_is_found(graded, capsys):
    courses.execute(
        graded,
        "update grade set auto_score = 3 where cell_id in (select id from base_cell where "
        "name = 'test-double') and notebook_id in (select p.id from submitted_notebook p join "
        "submitted_assignment s on s.id = p.assignment_id where s.student_id = 'bob')",
    )
    submitted = graded / "grading/submitted/dan/slopes/slopes.ipynb"
    write(submitted, submitted.read_text().replace("return 6", "return 2 * x"))
    page = graded / "grading/feedback/cyd/slopes/slopes.html"
    write(page, page.read_text() + "<!-- more -->")
    found = findings(graded)
    assert found["ada"] == []
    assert found["bob"] == ["test-double: the gradebook says 3, not 0"]
    assert found["cyd"] == ["feedback/slopes.html is not as it was written"]
    assert found["dan"] == [
        "the submission changed",
        "test-double: 3 was derived, not 0",
    ]
    assert courses.quietly(verify, graded, students=["ada"]) == 0
    assert courses.quietly(verify, graded, students=["bob"]) == 1
    assert "bob: test-double" in capsys.readouterr().out


def test_changed_tests_are_found(graded):
    weaken_tests(graded)
    found = findings(graded)
    assert found["ada"] == ["the tests changed"]
    assert "test-double: 3 was derived, not 0" in found["bob"]


def test_a_submission_that_is_gone_is_said_once(graded):
    shutil.rmtree(graded / "grading/submitted/ada")
    shutil.rmtree(graded / "grading/submitted/bob/slopes")
    found = findings(graded)
    assert found["ada"] == found["bob"] == ["the submission is gone"] and not found["cyd"]


def test_a_submission_that_cannot_be_read_stops_nobody(graded, monkeypatch):
    locked, ask = graded / "grading/submitted/ada/slopes", Path.is_dir

    def refuse(path):
        if path == locked:
            raise PermissionError(13, "Permission denied", str(path))
        return ask(path)

    monkeypatch.setattr(Path, "is_dir", refuse)
    found = findings(graded)
    assert found.pop("ada") == ["the submission cannot be read (Permission denied)"]
    assert len(found) == 3 and not any(found.values())


def test_a_doctored_history_is_found(graded):
    path = graded / "grading/history/slopes.jsonl"
    text = path.read_text()
    assert '"test-double": [1.5, 3.0, false]' in text
    path.write_text(text.replace('"test-double": [1.5,', '"test-double": [2.5,'))
    found = findings(graded)["cyd"]
    assert "test-double: the gradebook says 1.5, not 2.5" in found
    assert "test-double: 1.5 was derived, not 2.5" in found


def test_a_score_without_history_is_found(graded):
    (graded / "grading/history/slopes.jsonl").unlink()
    assert set(map(tuple, findings(graded).values())) == {("it has no history",)}
