"""nbgrader in this course, and safegrade around it, on a toy class full of traps.

The class is graded once for all tests. Everything runs as a person would run it.
"""

import contextlib
import csv
import json
import os
import secrets
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections import namedtuple

import pytest
from nbformat.v4 import new_code_cell, new_output
from nbgrader.utils import determine_grade

from safegrade.execute import error
from safegrade.scores import SafeScores
from toyclass import (
    CLASS,
    ODD,
    STRAYS,
    TEST,
    hand_in,
    hand_in_oddly,
    make_course,
    notebook,
    run,
    settings,
    write,
)

SCORES = """
select student_id, auto_score from grade
join base_cell on base_cell.id = grade.cell_id and base_cell.name = 'test-double'
join submitted_notebook on submitted_notebook.id = grade.notebook_id
join submitted_assignment on submitted_assignment.id = submitted_notebook.assignment_id
where auto_score is not null
"""
Graded = namedtuple("Graded", "course output grades")


@pytest.fixture(scope="module")
def released(tmp_path_factory):
    """Return a toy course whose exercises are released."""
    course = make_course(tmp_path_factory.mktemp("course"))
    done = run("nbgrader", "generate_assignment", "slopes", cwd=course)
    assert done.returncode == 0, done.stderr
    return course


@pytest.fixture(scope="module")
def graded(released):
    """Return the toy course after its class was graded."""
    hand_in(released, CLASS)
    submitted = released / "grading/submitted"
    write(submitted / "shadow/slopes/numpy.py", "raise SystemExit('shadowed')")
    write(submitted / "shadow/slopes/math/__init__.py", "raise SystemExit('shadowed')")
    hand_in_oddly(released)
    done = run("safegrade", "grade", cwd=released)
    assert done.returncode == 0, done.stderr
    assert not done.stderr
    return Graded(released, done.stdout, read_grades(released))


def read_grades(course):
    with (course / "grading/grades.csv").open(newline="", encoding="utf-8") as file:
        return {row["student"]: row for row in csv.DictReader(file)}


def files_in(folder):
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


# --- releasing ---


def test_release_holds_the_notebook_and_nothing_else(released):
    assert files_in(released / "exercises") == {"slopes/slopes.ipynb"}
    text = (released / "exercises/slopes/slopes.ipynb").read_text()
    assert "import math" in text, "the shared header comes first"
    assert "HIDDEN TESTS" not in text and "2 * x" not in text


def test_release_follows_a_changed_source(released, tmp_path):
    shutil.copytree(released, tmp_path, dirs_exist_ok=True)
    source = tmp_path / "solutions/slopes/slopes.ipynb"
    write(source, source.read_text().replace("# Doubling", "# Doubling, once more"))
    done = run("nbgrader", "generate_assignment", "slopes", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "once more" in (tmp_path / "exercises/slopes/slopes.ipynb").read_text()


def test_validate_accepts_right_answers_and_names_missing_ones(graded):
    right, empty = "grading/submitted/written/slopes/slopes.ipynb", "exercises/slopes/slopes.ipynb"
    done = run("nbgrader", "validate", right, empty, cwd=graded.course)
    assert done.returncode == 0, done.stderr
    accepted, refused = done.stdout.index("Success!"), done.stdout.index("FAILED ON 2 CELL(S)")
    assert accepted < refused
    assert "NotImplementedError" in done.stdout[refused:]


# --- grading ---


@pytest.mark.parametrize("student", CLASS)
def test_score_and_note(student, graded):
    _, score, remark = CLASS[student]
    row = graded.grades["'" + student if student.startswith("=") else student]
    assert float(row["score"]) == score
    assert float(row["max_score"]) == 5
    assert remark in row["notes"]
    assert bool(remark) == bool(row["notes"])


@pytest.mark.parametrize("student", ODD)
def test_notebooks_under_other_names(student, graded):
    files, score, remark = ODD[student]
    assert float(graded.grades[student]["score"]) == score
    assert remark in graded.grades[student]["notes"]
    submitted = graded.course / "grading/submitted" / student
    assert files_in(submitted) == {f"slopes/{name}" for name in files}


def test_stray_files_are_named_and_stop_nobody(graded):
    closing = graded.output.split("\n\n")[1].splitlines()
    lines = [line for line in STRAYS.values() if line]
    assert sorted(closing[-len(lines) :]) == lines
    assert not {"ben", "cara", "__MACOSX", ".trash"} & set(graded.grades)


def test_set_up_leaves_no_trace_in_the_notebook(graded):
    text = (graded.course / "grading/autograded/own-math/slopes/slopes.ipynb").read_text()
    assert "_safegrade" not in text
    counts = [cell["execution_count"] for cell in json.loads(text)["cells"] if "outputs" in cell]
    assert counts == [1, 2, 3]


def test_written_answers_wait_for_a_person_and_untouched_ones_do_not(graded):
    assert graded.grades["written"]["needs_hand_grading"] == "yes"
    assert graded.grades["deleted-most"]["needs_hand_grading"] == "yes"
    assert graded.grades["good"]["needs_hand_grading"] == "no"


def test_only_notebooks_travel(graded):
    grading = graded.course / "grading"
    assert files_in(grading / "autograded/shadow") == {
        "slopes/slopes.ipynb",
        "slopes/safegrade.json",
    }
    assert files_in(grading / "feedback/shadow") == {"slopes/slopes.html"}


def test_output_is_cut_short(graded):
    for path in (graded.course / "grading").glob("*/flood/slopes/slopes.*"):
        if "submitted" not in path.parts:
            assert path.stat().st_size < 2_000_000
            assert "output cut short" in path.read_text()


def test_every_submission_gets_feedback(graded):
    pages = {
        path.parts[-3]: path for path in graded.course.glob("grading/feedback/*/slopes/*.html")
    }
    assert pages.keys() == {*CLASS, *ODD}
    for student, why in {"blank": "could not be graded", "empty": "was not handed in"}.items():
        assert why in pages[student].read_text()


def test_progress_and_table_name_every_student(graded):
    progress, table = graded.output.split("\n\n")[:2]
    for student in [*CLASS, *ODD]:
        assert f"slopes  {student}: " in progress
        assert f"\n{student} " in table


def test_stock_autograde_is_protected_by_the_same_configuration(graded, tmp_path):
    shutil.copytree(graded.course, tmp_path, dirs_exist_ok=True)
    chosen = {"copy-stub": 3}
    for student in ("tagged-wrong", "os-exit-late", "nan-score", "own-check", "posing"):
        chosen[student] = 0
    for folder in (tmp_path / "grading/submitted").iterdir():
        if folder.name not in chosen:
            shutil.rmtree(folder) if folder.is_dir() else folder.unlink()
    shutil.rmtree(tmp_path / "grading/autograded")
    with contextlib.closing(sqlite3.connect(tmp_path / "grading/gradebook.db")) as gradebook:
        gradebook.execute("update grade set auto_score = null")
        gradebook.commit()
        done = run("nbgrader", "autograde", "slopes", cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        assert dict(gradebook.execute(SCORES).fetchall()) == chosen


@pytest.mark.parametrize(
    "results, score",
    [
        (["1.5"], 1.5),
        (["np.float64(1.5)"], 1.5),
        (["3.0000000000000004"], 3),
        (["0"], 0),
        ([], 3),
        (["nan"], 0),
        (["inf"], 0),
        (["-1"], 0),
        (["99"], 0),
        (["False"], 0),
        (["'Not passed'"], 0),
        ([""], 0),
        (["3", ValueError], 0),
        ([Warning], 3),
    ],
    ids=str,
)
def test_no_result_gives_points_by_accident(results, score):
    outputs = []
    for result in results:
        if result is Warning:
            outputs.append(new_output("stream", name="stderr", text="RuntimeWarning: overflow"))
        elif result is ValueError:
            outputs.append(error("ValueError", "wrong"))
        else:
            outputs.append(new_output("execute_result", {"text/plain": result}))
    made = new_code_cell(TEST, outputs=outputs, metadata=settings("t", grade=True, points=3))
    prepared, _ = SafeScores().preprocess_cell(made, {}, 0)
    assert determine_grade(prepared) == (score, 3)


# --- formgrader, and what comes after ---


@pytest.fixture
def formgrader(graded, tmp_path):
    """Serve formgrader on this machine, and return a function that asks it."""
    port, token = free_port(), secrets.token_hex()
    server = subprocess.Popen(
        [
            *(sys.executable, "-m", "jupyter", "server", "--no-browser", "--allow-root"),
            *("--ip=127.0.0.1", f"--port={port}", "--ServerApp.port_retries=0"),
        ],
        cwd=graded.course,
        env={**os.environ, "JUPYTER_TOKEN": token, "JUPYTER_CONFIG_DIR": str(tmp_path)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )

    def ask(path, **content):
        request = urllib.request.Request(
            f"http://127.0.0.1:{port}/formgrader/{path}",
            headers={"Authorization": f"token {token}"},
            data=json.dumps(content).encode() if content else None,
            method="PUT" if content else "GET",
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.read().decode()

    try:
        wait_for(lambda: ask("api/status"), server)
        yield ask
    finally:
        server.terminate()
        server.wait(30)


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def wait_for(ready, process, seconds=60):
    """Call until it succeeds."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            return ready()
        except (OSError, subprocess.CalledProcessError):
            assert process is None or process.poll() is None, "the server ended"
            assert time.monotonic() < deadline, "the server does not answer"
            time.sleep(0.2)


def test_hand_grading_returns_to_grades_and_feedback(graded, formgrader):
    course = graded.course
    assert "Manage Assignments" in formgrader("manage_assignments")
    handed_in = len(CLASS) + len(ODD) + 1  # nbgrader itself counts __MACOSX
    assert json.loads(formgrader("api/assignments"))[0]["num_submissions"] == handed_in
    submissions = json.loads(formgrader("api/submitted_notebooks/slopes/slopes"))
    written = next(s for s in submissions if s["student"] == "written")
    marks = json.loads(formgrader(f"api/grades?submission_id={written['id']}"))
    remarks = json.loads(formgrader(f"api/comments?submission_id={written['id']}"))
    mark = next(m for m in marks if m["name"] == "explain")
    remark = next(r for r in remarks if r["name"] == "explain")
    formgrader(f"api/grade/{mark['id']}", manual_score=1.5)
    formgrader(f"api/comment/{remark['id']}", manual_comment="Well put, but shorter.")

    repaired = (course / "grading/submitted/good/slopes/slopes.ipynb").read_text()
    write(course / "grading/submitted/wrong/slopes/slopes.ipynb", repaired)
    done = run("safegrade", "grade", "slopes", cwd=course)
    assert done.returncode == 0, done.stderr
    lines = [line for line in done.stdout.splitlines() if "slopes  " in line and "/" in line]
    changed = {line.split("  ")[1].split(":")[0] for line in lines if "unchanged" not in line}
    assert changed == {"written", "wrong"}
    grades = read_grades(course)
    assert float(grades["written"]["score"]) == 4.5
    assert float(grades["wrong"]["score"]) == 3
    assert grades["endless"]["notes"] == graded.grades["endless"]["notes"]
    feedback = (course / "grading/feedback/written/slopes/slopes.html").read_text()
    assert "Well put, but shorter." in feedback


# --- the command line ---


def test_errors_say_what_to_do(released, tmp_path):
    done = run("safegrade", "grade", cwd=tmp_path)
    assert done.returncode == 2
    assert "nbgrader_config.py" in done.stderr
    done = run("safegrade", "grade", "--course", str(released), "no-such", cwd=tmp_path)
    assert done.returncode == 2
    assert "Nothing was handed in" in done.stderr and "no-such" in done.stderr
    assert "Traceback" not in done.stderr


# --- PostgreSQL ---


def test_gradebook_in_postgresql(postgres, tmp_path):
    course = make_course(tmp_path)
    done = run("nbgrader", "generate_assignment", "slopes", cwd=course, FALLLINE_DB=postgres)
    assert done.returncode == 0, done.stderr
    class_ = {name: CLASS[name] for name in ("good", "wrong", "deleted-most", "copy-stub")}
    hand_in(course, class_)
    done = run("safegrade", "grade", "--db", postgres, cwd=course)
    assert done.returncode == 0, done.stderr
    grades = read_grades(course)
    assert {name: float(grades[name]["score"]) for name in class_} == {
        name: score for name, (_, score, _) in class_.items()
    }
    done = run("nbgrader", "export", cwd=course, FALLLINE_DB=postgres)
    assert done.returncode == 0, done.stderr
    assert "deleted-most" in (course / "grading/export.csv").read_text()
    assert not (course / "grading/gradebook.db").exists()


def test_unreachable_gradebook_is_said_plainly(released):
    nowhere = f"postgresql://teacher@127.0.0.1:{free_port()}/postgres"
    write(released / "grading/submitted/nobody/slopes/slopes.ipynb", notebook())
    done = run("safegrade", "grade", "--db", nowhere, cwd=released)
    shutil.rmtree(released / "grading/submitted/nobody")
    assert done.returncode == 2
    assert "gradebook cannot be used" in done.stderr and "Traceback" not in done.stderr
