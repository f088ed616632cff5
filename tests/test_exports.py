"""Exports are read back as they were written, and by no spreadsheet as formulas."""

import csv
import os
import stat
import sys
import warnings
from types import SimpleNamespace

import pytest
from nbgrader.api import Gradebook
from traitlets.config import Config

from safegrade import exports
from safegrade.exports import CanvasExport, GradesExport, MoodleExport, harmless
from safegrade.exports.files import save
from safegrade.exports.layouts import canvas_lines, csv_lines, moodle_lines, table
from safegrade.exports.reading import Row, read_rows, read_standing

ODD = 'O\'Neill, "Zoë"\nNguyễn 李'


@pytest.fixture(scope="module")
def empty():
    """Return an empty gradebook."""
    with pytest.MonkeyPatch.context() as changed:
        changed.setenv("PATH", os.path.dirname(sys.executable))  # nbgrader calls alembic by name
        with Gradebook("sqlite:///:memory:") as gradebook:
            yield gradebook


@pytest.fixture(scope="module")
def gradebook(empty):
    """Return a gradebook of two assignments and four students."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*autoflush")  # nbgrader's way with SQLAlchemy
        for assignment, parts in {"adam": "ab", "slopes": ["slopes"], "later": "x"}.items():
            empty.add_assignment(assignment)
            for part in parts:
                empty.add_notebook(part, assignment)
                empty.add_grade_cell("test", part, assignment, max_score=5, cell_type="code")
        empty.add_student("ada", last_name="Lovelace", first_name="Ada", lms_user_id="71")
        empty.add_student("=cmd|'/c calc'!A1", last_name=" \t＝1+1", email="@evil.example")
        empty.add_student("bob", last_name=ODD, email="bob@uni.example")
        empty.add_student("nobody")
        give(empty, "adam", "ada", {"a": 4.5, "b": 5}, late={"a": 0.5})
        give(empty, "slopes", "ada", {"slopes": 0}, by_hand=True)
        give(empty, "slopes", "bob", {"slopes": 1 / 3}, late={"slopes": 2})
        give(empty, "adam", "=cmd|'/c calc'!A1", {"a": 1, "b": None})
        yield empty


def give(gradebook, assignment, student, scores, late=(), by_hand=False):
    submission = gradebook.add_submission(assignment, student)
    for notebook in submission.notebooks:
        for grade in notebook.grades:
            grade.auto_score, grade.needs_manual_grade = scores[notebook.name], by_hand
        if notebook.name in late:
            notebook.late_submission_penalty = late[notebook.name]
    gradebook.db.commit()


def read(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.reader(file))


def export(gradebook, exporter, path, **options):
    exporter(to=str(path), **options).export(gradebook)
    return read(path)


# --- the layouts ---


def test_the_table_has_a_line_for_each_row_whatever_the_names():
    names = ["ada", "bob\n\u200b of\r\x1b[2J Basel", "n" * 120, "cyd"]
    rows = [Row("slopes", name, "", "", "", "slopes", 1.0, 3.0, False, "a\nb") for name in names]
    lines = table(rows).split("\n")
    assert len(lines) == len(table(rows).splitlines()) == 5
    assert all(line.isprintable() and len(line) < 80 for line in lines)
    assert {line.index("slopes") for line in lines[1:]} == {lines[0].index("assignment")}
    assert lines[3].startswith("n" * 40 + "…  slopes")


def test_csv_has_a_line_for_each_notebook(gradebook, tmp_path):
    lines = export(gradebook, GradesExport, tmp_path / "grades.csv")
    assert lines[0] == [
        *("assignment", "student", "last_name", "first_name", "email", "notebook"),
        *("score", "max_score", "needs_hand_grading", "notes"),
    ]
    hostile = ["'=cmd|'/c calc'!A1", "' \t＝1+1", "", "'@evil.example"]
    assert lines[1:] == [
        ["adam", *hostile, "a", "1.0", "5.0", "no", ""],
        ["adam", *hostile, "b", "0.0", "5.0", "no", ""],
        ["adam", "ada", "Lovelace", "Ada", "", "a", "4.0", "5.0", "no", ""],
        ["adam", "ada", "Lovelace", "Ada", "", "b", "5.0", "5.0", "no", ""],
        ["slopes", "ada", "Lovelace", "Ada", "", "slopes", "0.0", "5.0", "yes", ""],
        ["slopes", "bob", ODD, "", "bob@uni.example", "slopes", "0.0", "5.0", "no", ""],
    ]


def test_canvas_layout(gradebook, tmp_path):
    lines = export(gradebook, CanvasExport, tmp_path / "c.csv", assignment=["slopes", "adam"])
    assert lines[:2] == [
        ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "slopes", "adam"],
        ["    Points Possible", "", "", "", "", "5", "10"],
    ]
    assert lines[2:] == [
        ["nobody", "", "", "nobody", "", "", ""],
        ["' \t＝1+1", "", "", "'=cmd|'/c calc'!A1", "", "", "1"],
        ["Lovelace, Ada", "71", "", "ada", "", "0", "9"],
        [ODD, "", "", "bob", "", "0", ""],
    ]


def test_moodle_layout(gradebook, tmp_path):
    lines = export(gradebook, MoodleExport, tmp_path / "m.csv", assignment=["adam"], missing="zero")
    header = ["Username", "ID number", "Email address", "First name", "Last name", "adam"]
    assert lines[0] == header
    assert lines[3] == ["ada", "71", "", "Ada", "Lovelace", "9"]
    assert lines[4] == ["bob", "", "bob@uni.example", "", ODD, "0"]
    assert [line[-1] for line in lines] == ["adam", "0", "1", "9", "0"]


def test_all_assignments_and_students_by_default(gradebook, tmp_path):
    lines = export(gradebook, CanvasExport, tmp_path / "c.csv")
    assert lines[0][5:] == ["adam", "later", "slopes"] and len(lines) == 6


def test_the_field_of_the_student_is_chosen(gradebook, tmp_path):
    options = {"student_field": "email", "student": ["bob"], "titles": {"adam": "Adam (4711)"}}
    canvas = export(gradebook, CanvasExport, tmp_path / "c.csv", assignment=["adam"], **options)
    assert canvas[0][-1] == "Adam (4711)" and canvas[2][3] == "bob@uni.example"
    moodle = export(gradebook, MoodleExport, tmp_path / "m.csv", **options)
    assert moodle[1][0] == "bob@uni.example" and len(moodle) == 2
    with pytest.raises(ValueError, match="no field shoe_size"):
        canvas_lines(read_standing(gradebook), student_field="shoe_size")


def test_students_are_left_out_on_request(gradebook, tmp_path):
    for exporter in (CanvasExport, MoodleExport, GradesExport):
        lines = export(gradebook, exporter, tmp_path / "x.csv", exclude=["bob", "nobody"])
        assert not {"bob", "nobody"} & {cell for line in lines for cell in line}
        assert "ada" in {cell for line in lines for cell in line}


def test_unknown_assignments_and_students_are_no_columns_and_lines(gradebook):
    standing = read_standing(gradebook, ["adam", "no-such"], ["ada", "no-such"])
    assert standing.points == {"adam": 10} and [p["id"] for p in standing.people] == ["ada"]
    assert moodle_lines(read_standing(gradebook, ["no-such"], ["no-such"])) == [
        ["Username", "ID number", "Email address", "First name", "Last name"]
    ]


def test_missing_is_not_zero_unless_wanted(gradebook):
    standing = read_standing(gradebook, ["slopes"], ["ada", "nobody"])
    assert [line[-1] for line in canvas_lines(standing)[2:]] == ["", 0]
    assert [line[-1] for line in canvas_lines(standing, missing="zero")[2:]] == [0, 0]
    assert ("nobody", "slopes") not in standing.scores


def test_notes_stand_beside_the_scores(gradebook):
    rows = read_rows(gradebook, ["slopes"], ["bob"], lambda *who: ["timed out", " ".join(who)])
    assert csv_lines(rows)[1][-1] == "timed out; slopes bob"


def test_configuration_reaches_the_exporters(gradebook, tmp_path):
    config = Config({"CanvasExport": {"missing": "zero", "exclude": ["ada"]}})
    config.ExportPlugin.to = str(tmp_path / "c.csv")
    CanvasExport(config=config).export(gradebook)
    assert {line[5] for line in read(tmp_path / "c.csv")[2:]} == {"0", "1"}


def test_a_course_is_written_in_every_layout(gradebook, tmp_path):
    class Open:
        def __enter__(self):
            return gradebook

        def __exit__(self, *error):
            pass

    course = SimpleNamespace(gradebook=Open, history=lambda name: tmp_path / f"{name}.jsonl")
    for layout, exporter in (("canvas", CanvasExport), ("moodle", MoodleExport)):
        exports.write(course, layout, tmp_path / "ours.csv", ["adam"], ["ada"])
        theirs = {"assignment": ["adam"], "student": ["ada"]}
        assert read(tmp_path / "ours.csv") == export(gradebook, exporter, tmp_path / "x", **theirs)
    history = '{"student": "ada", "notes": ["stopped: =cmd"]}\n'
    (tmp_path / "adam.jsonl").write_text(history)
    exports.write(course, "csv", tmp_path / "new/grades.csv", ["adam"], ["ada"])
    lines = read(tmp_path / "new/grades.csv")
    assert [line[-1] for line in lines] == ["notes", "stopped: =cmd", "stopped: =cmd"]


# --- no formulas ---


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "＝", "＋", "－", "＠", "|", "%"])
@pytest.mark.parametrize("before", ["", " ", "\t", "\r\n", "\u00a0", "\u200b", "\ufeff ", "'", '"'])
def test_formulas_are_neutralised(sign, before):
    text = f"{before}{sign}SUM(1)"
    assert harmless(text) == f"'{text}"
    for separator in ";\n\t":
        expected = f"a{separator}{before}'{sign}SUM(1)"
        assert harmless(f"a{separator}{text}") == expected


@pytest.mark.parametrize("value", ["ada", "1+1", "a=b", "a-b@c.org", "50%", "x; y", 1.5, -2, 0, ""])
def test_what_is_no_formula_stays(value):
    assert harmless(value) == value


# --- files ---


def test_any_text_is_read_back(tmp_path):
    cells = [ODD, 'a"b', ",", ";", "\n", "ünï 李 🎿", "", "x\r\ny", "\u202eabc"]
    save([cells, [1.5, None, True]], tmp_path / "x.csv")
    written = read(tmp_path / "x.csv")
    assert written[0] == [harmless(cell) for cell in cells]
    assert written[1] == ["1.5", "", "yes"]


def test_a_file_is_whole_or_unchanged(tmp_path):
    path = tmp_path / "grades.csv"
    path.write_text("old")

    def lines():
        yield ["new"]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        save(lines(), path)
    assert path.read_text() == "old" and os.listdir(tmp_path) == ["grades.csv"]
    save([["new"]], path)
    assert path.read_text().strip() == "new" and os.listdir(tmp_path) == ["grades.csv"]
    mask = os.umask(0)
    os.umask(mask)
    assert stat.S_IMODE(path.stat().st_mode) == 0o666 & ~mask
