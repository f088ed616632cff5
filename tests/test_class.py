"""A whole class is graded, all notebooks; `test_differential` compares with stock nbgrader."""

import contextlib
import csv
import os
import shutil
import subprocess
import sys

import pytest
from bs4 import BeautifulSoup
from nbgrader.api import Gradebook

from conftest import ROOT, STEMS
from fallline.marking import classroom
from fallline.marking.tasks import problem_sets

by_stem = pytest.mark.parametrize("stem", STEMS)


def run(course, *command):
    result = subprocess.run(
        [sys.executable, "-m", *command], cwd=course, capture_output=True, text=True
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """Return a course folder of its own."""
    folder = tmp_path_factory.mktemp("class")
    shutil.copytree(ROOT / "solutions", folder / "solutions")
    shutil.copy(ROOT / "nbgrader_config.py", folder)
    shutil.copy(ROOT / "_toc.yml", folder)  # earlier chapters are lent to answers
    with (folder / "nbgrader_config.py").open("a") as config:
        config.write("\nc.Execute.timeout = 8  # endless loops are many here\n")
    return folder


@pytest.fixture(scope="module")
def graded(course):
    """Grade the demonstration class; return the course folder and what was printed."""
    with contextlib.chdir(ROOT):
        classroom.main([str(course)])
    return course, run(course, "safegrade", "grade")


def scores(course, stem, student):
    """Return the automatic scores of one submission, keyed by grade_id."""
    with Gradebook(f"sqlite:///{course}/grading/gradebook.db") as gradebook:
        notebook = gradebook.find_submission_notebook(stem, stem, student)
        return {grade.name: grade.auto_score for grade in notebook.grades}


def words_of(page):
    """Return the words of a page of HTML, one space apart."""
    text = BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser").get_text()
    return " ".join(text.split())


def names_of_tests(stem):
    return {f"test-{task.name}" for task in problem_sets()[stem]}


@by_stem
def test_solutions_score_full_marks(stem, graded):
    found = scores(graded[0], stem, "perfect")
    assert {name: found[name] for name in names_of_tests(stem)} == dict.fromkeys(
        names_of_tests(stem), 1.0
    )
    by_hand = set(found) - names_of_tests(stem)
    assert by_hand and all(found[name] is None for name in by_hand)


@by_stem
def test_untouched_exercises_score_zero_cell_by_cell(stem, graded):
    found = scores(graded[0], stem, "untouched")
    assert found == dict.fromkeys(found, 0.0)
    assert names_of_tests(stem) < set(found)


@by_stem
def test_each_broken_submission_loses_what_is_broken_and_no_more(stem, graded):
    course, _ = graded
    _, second, third = (f"test-{task.name}" for task in problem_sets()[stem][:3])
    lost = dict.fromkeys(["huge-output", "deleted-test"])
    lost |= {"endless-loop": second, "syntax-error": third}
    for student, name in lost.items():
        found = scores(course, stem, student)
        failed = {test for test in names_of_tests(stem) if found[test] != 1.0}
        assert failed == ({name} if name else set()), student


@by_stem
def test_mistakes_lose_their_points_and_the_feedback_says_why(stem, graded):
    course, _ = graded
    for number in range(4):
        student = f"mistakes-{number + 1}"
        found = scores(course, stem, student)
        page = words_of(course / "grading/feedback" / student / stem / f"{stem}.html")
        wrong = problem_sets()[stem][number % 2 :: 2]
        for task in problem_sets()[stem]:
            assert found[f"test-{task.name}"] == (0.0 if task in wrong else 1.0), task.name
        for task in wrong:
            hint = task.mistakes[number % len(task.mistakes)].hint
            assert " ".join(hint.split()) in page, task.name
            assert f"{task.name}: not right yet" in page


@by_stem
def test_feedback_pages_stay_small(stem, graded):
    course, _ = graded
    pages = list((course / "grading/feedback").glob(f"*/{stem}/{stem}.html"))
    assert len(pages) >= 8
    assert max(os.path.getsize(page) for page in pages) < 2_000_000


def test_the_table_and_the_csv_hold_every_submission(graded):
    course, printed = graded
    students = {path.name for path in (course / "grading/submitted").iterdir()}
    assert len(students) >= 8
    with open(course / "grading/grades.csv", newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert {(row["student"], row["assignment"]) for row in rows} == {
        (student, stem) for student in students for stem in STEMS
    }
    assert all(student in printed for student in students)
