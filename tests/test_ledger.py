"""What is written down of a grading: once, whole, and so that nothing is done twice."""

import json
import shutil

import pytest

import courses
from safegrade.course import files
from safegrade.course.again import standings
from safegrade.course.ledger import Ledger
from safegrade.course.settings import unknown_steps
from safegrade.course.standing import added_by_hand
from toyclass import CLASS, hand_in, write

CLASS_OF = {"ada": "good", "bob": "wrong", "cyd": "half", "dan": "stub"}
SCORES = {"ada": 3, "bob": 0, "cyd": 1.5, "dan": 0}


@pytest.fixture(scope="module")
def released(tmp_path_factory):
    return courses.released_course(tmp_path_factory.mktemp("course"))


@pytest.fixture(scope="module")
def graded_once(released, tmp_path_factory):
    root = courses.copied(released, tmp_path_factory.mktemp("graded") / "course")
    courses.hand_in_class(root, CLASS_OF)
    courses.grade_all(root)
    return root


@pytest.fixture
def graded(graded_once, tmp_path):
    return courses.moved(graded_once, tmp_path / "course")


def told(root, **how):
    """Grade, and return what was said of each student."""
    lines = {}
    summary = courses.grade_all(
        root, progress=lambda assignment, student, what: lines.update({student: what}), **how
    )
    return lines, summary


# --- the history itself ---


def test_lines_are_only_ever_added(tmp_path):
    path = tmp_path / "slopes.jsonl"
    Ledger(path).append([{"student": "ada", "key": "1"}])
    first = path.read_bytes()
    Ledger(path).append([{"student": "ada", "key": "2"}, {"student": "bob", "key": "1"}])
    assert path.read_bytes().startswith(first)
    ledger = Ledger(path)
    assert ledger.last("ada")["key"] == "2" and ledger.students() == ["ada", "bob"]
    assert ledger.last("zoe") == {}


@pytest.mark.parametrize("cut", [1, 5, 30])
def test_a_line_that_was_cut_off_harms_no_other(tmp_path, cut):
    path = tmp_path / "slopes.jsonl"
    Ledger(path).append([{"student": "ada", "key": "1"}])
    Ledger(path).append([{"student": "ada", "key": "2"}])
    path.write_bytes(path.read_bytes()[:-cut])
    Ledger(path).append([{"student": "bob", "key": "3"}])
    ledger = Ledger(path)
    assert ledger.last("bob")["key"] == "3"
    assert ledger.last("ada")["key"] == ("2" if cut == 1 else "1")


def test_files_are_there_whole_or_not_at_all(tmp_path, monkeypatch):
    path = tmp_path / "a.ipynb"
    files.write_whole(path, b"old")
    assert [p.name for p in tmp_path.iterdir()] == ["a.ipynb"]

    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files.os, "fsync", full)
    with pytest.raises(OSError):
        files.write_whole(path, b"new and longer")
    assert path.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["a.ipynb"]


def test_a_folder_holds_what_was_made_and_no_more(tmp_path):
    write(tmp_path / "old/notes.txt", "old")
    write(tmp_path / ".a.ipynb.part", "half")
    files.fill_folder(tmp_path, {"a.ipynb": b"new", "data/b.csv": b"1"})
    there = sorted(str(p.relative_to(tmp_path)) for p in tmp_path.rglob("*") if p.is_file())
    assert there == ["a.ipynb", "data/b.csv"]
    assert files.digests(tmp_path) == {
        "a.ipynb": files.digest(b"new"),
        "data/b.csv": files.digest(b"1"),
    }


def test_two_graders_do_not_meet(tmp_path):
    with (
        files.alone(tmp_path),
        pytest.raises(files.Busy, match="another safegrade"),
        files.alone(tmp_path),
    ):
        pass
    with files.alone(tmp_path) as scratch:
        assert scratch.is_dir()
    assert not scratch.exists()


def test_what_a_killed_grader_left_is_removed(tmp_path):
    left = tmp_path / "safegrade-left"
    write(left / "unit/a.txt", "left")
    write(tmp_path / "home/.safegrade.scratch", str(left))
    with files.alone(tmp_path / "home"):
        assert not left.exists()
    precious = tmp_path / "precious"
    write(precious / "a.txt", "kept")
    write(tmp_path / "home/.safegrade.scratch", str(precious))
    with files.alone(tmp_path / "home"):
        assert (precious / "a.txt").exists()


# --- grading twice ---


def test_scores_and_files(graded):
    assert courses.scores(graded) == SCORES
    assert {line["student"]: line["event"] for line in courses.history(graded)} == {
        student: "graded" for student in CLASS_OF
    }


def test_nothing_is_done_twice(graded):
    before = courses.read_tables(graded), courses.files_of(graded), courses.history(graded)
    lines, summary = told(graded)
    assert set(lines.values()) == {"unchanged"} and summary.graded == 0
    assert (
        courses.read_tables(graded),
        courses.files_of(graded),
        courses.history(graded),
    ) == before


def test_a_forced_grading_doubles_no_row_and_keeps_the_history(graded):
    tables, made, lines = (
        courses.read_tables(graded),
        courses.files_of(graded),
        courses.history(graded),
    )
    _, summary = told(graded, force=True)
    assert summary.graded == len(CLASS_OF)
    assert courses.read_tables(graded) == tables
    assert courses.files_of(graded) == made
    assert courses.history(graded)[: len(lines)] == lines
    assert len(courses.history(graded)) == 2 * len(lines)


def test_only_what_changed_is_graded_again(graded):
    better = (graded / "grading/submitted/ada/slopes/slopes.ipynb").read_text()
    write(graded / "grading/submitted/bob/slopes/slopes.ipynb", better)
    lines, _ = told(graded)
    assert {s for s, what in lines.items() if what != "unchanged"} == {"bob"}
    assert courses.scores(graded) == {**SCORES, "bob": 3}


def test_a_file_or_a_row_that_was_tampered_with_is_made_anew(graded):
    made, tables = courses.files_of(graded), courses.read_tables(graded)
    write(graded / "grading/autograded/ada/slopes/slopes.ipynb", "{}")
    shutil.rmtree(graded / "grading/feedback/bob")
    courses.execute(
        graded,
        "update grade set auto_score = 99 where notebook_id in (select p.id from "
        "submitted_notebook p join submitted_assignment s on s.id = p.assignment_id "
        "where s.student_id = 'cyd')",
    )
    lines, _ = told(graded)
    assert {s for s, what in lines.items() if what != "unchanged"} == {"ada", "bob", "cyd"}
    assert courses.files_of(graded) == made and courses.read_tables(graded) == tables


def test_changed_tests_grade_everybody_again(graded):
    source = graded / "solutions/slopes/slopes.ipynb"
    write(source, source.read_text().replace("check(double(3), 6)", "check(double(-3), -6)"))
    lines, _ = told(graded)
    assert not any(what == "unchanged" for what in lines.values())


def test_hand_grades_survive_and_reach_the_feedback(graded):
    courses.execute(
        graded,
        "update grade set manual_score = 2, extra_credit = 0.25, needs_manual_grade = 0 where "
        "cell_id in (select id from base_cell where name = 'explain') and notebook_id in (select "
        "p.id from submitted_notebook p join submitted_assignment s on s.id = p.assignment_id "
        "where s.student_id = 'ada')",
        "update comment set manual_comment = 'Well put, ada.' where "
        "cell_id in (select id from base_cell where name = 'explain') and notebook_id in (select "
        "p.id from submitted_notebook p join submitted_assignment s on s.id = p.assignment_id "
        "where s.student_id = 'ada')",
    )
    lines, summary = told(graded)
    assert summary.refreshed == 1 and lines["ada"].startswith("hand grades taken in")
    page = (graded / "grading/feedback/ada/slopes/slopes.html").read_text()
    assert "Well put, ada." in page and "2.25" in page
    by_hand = [row for row in courses.read_tables(graded)["grade"] if row[5] is not None]
    assert [row[4:7] for row in by_hand] == [(0, 2, 0.25)]
    assert set(told(graded)[0].values()) == {"unchanged"}
    told(graded, force=True)
    by_hand = [row for row in courses.read_tables(graded)["grade"] if row[5] is not None]
    assert [row[4:8] for row in by_hand] == [(0, 2, 0.25, 1)], "a person has to look again"
    assert "Well put, ada." in (graded / "grading/feedback/ada/slopes/slopes.html").read_text()


def test_who_hands_in_no_notebook_gets_a_page_that_says_so(graded):
    write(graded / "grading/submitted/eve/slopes/slopes.pdf", "%PDF")
    write(graded / "grading/submitted/fay/slopes/slopes.ipynb", "no notebook")
    lines, _ = told(graded)
    pages = {
        name: graded / f"grading/feedback/{name}/slopes/slopes.html" for name in ("eve", "fay")
    }
    assert "slopes.ipynb was not handed in; there is slopes.pdf" in pages["eve"].read_text()
    assert "slopes.ipynb could not be graded" in pages["fay"].read_text()
    for name, page in pages.items():
        assert "0 <small>of 5 points</small>" in page.read_text() and "written" in lines[name]
    courses.execute(
        graded,
        "update grade set manual_score = 2 where cell_id in (select id from base_cell where name "
        "= 'explain') and notebook_id in (select p.id from submitted_notebook p join "
        "submitted_assignment s on s.id = p.assignment_id where s.student_id = 'eve')",
    )
    lines, summary = told(graded)
    assert summary.refreshed == 1 and lines["eve"].startswith("hand grades taken in")
    page = pages["eve"].read_text()
    assert "2 <small>of 5 points</small>" in page and "there is slopes.pdf" in page
    assert set(told(graded)[0].values()) == {"unchanged"}


def test_the_digest_of_what_people_added_sees_all_of_it(graded):
    standing = standings(courses.open_course(graded), ["slopes"])["slopes"]["ada"]
    nothing = added_by_hand(standing)
    digests = {nothing}
    for place, name, value in (
        ("grades", "explain", [0, 1.0, None, True]),
        ("grades", "explain", [0, None, 1.0, True]),
        ("comments", "explain", [None, "Good."]),
    ):
        changed = json.loads(json.dumps(standing))
        changed[place]["slopes"][name] = value
        digests.add(added_by_hand(changed))
    changed = json.loads(json.dumps(standing))
    changed["grades"]["slopes"]["explain"][0] = 2.0
    assert added_by_hand(changed) == nothing
    assert len(digests) == 4


def test_where_a_score_comes_from_is_told_beside_it(graded):
    about = json.loads((graded / "grading/autograded/ada/slopes/safegrade.json").read_text())
    assert set(about["origin"]) == {
        "submission",
        "tests",
        "settings",
        "environment",
        "safegrade",
    }
    assert about["origin"]["environment"]["numpy"]
    assert about["notebooks"]["slopes"]["scores"]["test-double"] == [3.0, 3.0, False]
    assert {"wall", "cpu", "memory"} <= set(about["notebooks"]["slopes"]["used"])
    assert about["notebooks"]["slopes"]["enforced"]


def test_what_a_student_shows_is_harmless_to_the_teacher(graded):
    shown = "from IPython.display import HTML\nHTML('<script>steal()</script><b>bold</b>')"
    courses.hand_in_class(graded, {"eve": shown})
    told(graded, students=["eve"])
    made = json.loads((graded / "grading/autograded/eve/slopes/slopes.ipynb").read_text())
    shown = json.dumps([cell.get("outputs") for cell in made["cells"]])
    assert "bold" in shown and "<script" not in shown


def test_a_kernel_of_another_language_is_refused(graded):
    courses.execute(
        graded, """update notebook set kernelspec = '{"name": "ir", "language": "R"}'"""
    )
    source = graded / "solutions/slopes/slopes.ipynb"
    text = source.read_text().replace('"language": "python"', '"language": "R"')
    write(source, text.replace('"name": "python3"', '"name": "ir"'))
    with (graded / "nbgrader_config.py").open("a") as config:
        config.write("\nc.Execute.kernel_name = ''\n")
    assert "only Python can be jailed" in told(graded, students=["ada"])[0]["ada"]


@pytest.mark.parametrize("layout", ["csv", "canvas", "moodle"])
def test_an_export_names_who_waits_for_a_person(graded, layout, capsys):
    words = ["export", "--format", layout, "--to", str(graded / "x.csv")]
    courses.execute(graded, "update grade set needs_manual_grade = 0")
    assert courses.command(graded, *words) == 0
    assert "hand grading" not in capsys.readouterr().out
    courses.execute(
        graded,
        "update grade set needs_manual_grade = 1 where cell_id in (select id from base_cell where "
        "name = 'explain') and notebook_id in (select p.id from submitted_notebook p join "
        "submitted_assignment s on s.id = p.assignment_id where s.student_id in ('ada', 'cyd'))",
    )
    assert courses.command(graded, *words) == 0
    said = capsys.readouterr().out
    assert f"2 submissions still need hand grading: ada, cyd\nGrades: {graded}/x.csv\n" in said
    assert courses.command(graded, *words, "--student", "ada") == 0
    assert "1 submission still needs hand grading: ada\n" in capsys.readouterr().out


# --- the same rows as nbgrader's ---


def test_the_gradebook_is_the_one_that_nbgrader_would_write(released, tmp_path):
    chosen = [
        *("good", "wrong", "written", "deleted-test", "copy-stub", "numpy-score", "nan-score"),
        *("stderr", "split", "old-metadata", "=cmd"),
    ]
    class_ = {name: CLASS[name] for name in chosen}
    roots = [courses.copied(released, tmp_path / name) for name in ("nbgrader", "safegrade")]
    for root in roots:
        hand_in(root, class_)
        write(root / "grading/submitted/good/slopes/timestamp.txt", "2026-01-02 03:04:05 UTC")
        late = "update assignment set duedate = '2026-01-01 00:00:00'"
        courses.execute(root, late)
        with (root / "nbgrader_config.py").open("a") as config:
            config.write("\nc.LateSubmissionPlugin.penalty_method = 'zero'\n")
    courses.stock_autograde(roots[0], list(class_))
    courses.grade_all(roots[1])
    theirs, ours = map(courses.read_tables, roots)
    assert len(ours["grade"]) == 2 * len(class_)
    for name in courses.TABLES:
        assert ours[name] == theirs[name], name
    page = (roots[1] / "grading/feedback/good/slopes/slopes.html").read_text()
    assert "came late" in page
    assert set(told(roots[1])[0].values()) == {"unchanged"}


def test_the_house_configuration_needs_no_step_of_nbgrader_s_own(graded):
    assert unknown_steps(courses.open_course(graded)) == []


STEP = """
from nbgrader.preprocessors import NbGraderPreprocessor

class Shout(NbGraderPreprocessor):
    def preprocess(self, nb, resources):
        nb.metadata["shouted"] = True
        return nb, resources
"""


def test_own_steps_of_a_course_are_run_by_nbgrader(released, graded, tmp_path, capsys, monkeypatch):
    root = courses.copied(released, tmp_path / "own")
    courses.hand_in_class(root, CLASS_OF)
    write(root / "grading/submitted/eve/slopes/slopes.ipynb", "no notebook")
    write(tmp_path / "path/own_steps.py", STEP)
    monkeypatch.syspath_prepend(tmp_path / "path")
    with (root / "nbgrader_config.py").open("a") as config:
        config.write("\nc.Autograde.autograde_preprocessors.append('own_steps.Shout')\n")
    lines, summary = told(root)
    assert "steps of its own (Shout)" in capsys.readouterr().out
    assert summary.graded == 5 and "slopes.ipynb could not be graded" in lines["eve"]
    for table, rows in courses.read_tables(root).items():
        assert [row for row in rows if "eve" not in row] == courses.read_tables(graded)[table]
    made = json.loads((root / "grading/autograded/ada/slopes/slopes.ipynb").read_text())
    assert made["metadata"]["shouted"]
    assert (root / "grading/feedback/ada/slopes/slopes.html").exists()
    assert told(root)[1].unchanged == 5
