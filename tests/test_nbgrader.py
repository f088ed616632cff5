"""nbgrader in this course, and safegrade around it, on a toy class full of traps.

The class is graded once for all tests. Everything runs as a person would run it.
"""

import csv
import json
import os
import pwd
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections import namedtuple
from pathlib import Path

import pytest

from toyclass import CLASS, hand_in, make_course, notebook, run, write

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
    (submitted / "renamed/slopes").mkdir(parents=True)
    shutil.copy(
        submitted / "good/slopes/slopes.ipynb", submitted / "renamed/slopes/slopes (1).ipynb"
    )
    (submitted / "empty/slopes").mkdir(parents=True)
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


def test_release_follows_a_changed_source(tmp_path):
    course = make_course(tmp_path)
    source = course / "solutions/slopes/slopes.ipynb"
    for sign in ("first", "second"):
        write(source, source.read_text().replace("# Doubling", f"# Doubling, {sign}"))
        done = run("nbgrader", "generate_assignment", "slopes", cwd=course)
        assert done.returncode == 0, done.stderr
        assert sign in (course / "exercises/slopes/slopes.ipynb").read_text()


def test_validate_tells_a_right_notebook_from_a_wrong_one(graded):
    said = {
        name: run(
            "nbgrader",
            "validate",
            f"grading/submitted/{name}/slopes/slopes.ipynb",
            cwd=graded.course,
        ).stdout
        for name in ("good", "wrong")
    }
    assert "Success!" not in said["wrong"] or "assert double" not in said["wrong"]
    assert "double" not in said["good"].lower() or "FAILED" not in said["good"]


# --- grading ---


@pytest.mark.parametrize("student", CLASS)
def test_score_and_note(student, graded):
    _, score, remark = CLASS[student]
    row = graded.grades["'" + student if student.startswith("=") else student]
    assert float(row["score"]) == score
    assert float(row["max_score"]) == 5
    assert remark in row["notes"]
    assert bool(remark) == bool(row["notes"])


def test_renamed_notebook_is_graded_under_its_right_name(graded):
    assert float(graded.grades["renamed"]["score"]) == 3
    assert "slopes (1).ipynb graded as slopes.ipynb" in graded.grades["renamed"]["notes"]
    assert files_in(graded.course / "grading/submitted/renamed") == {"slopes/slopes (1).ipynb"}


def test_missing_notebook_is_zero_with_a_note(graded):
    assert float(graded.grades["empty"]["score"]) == 0
    assert "was not handed in" in graded.grades["empty"]["notes"]


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


def test_every_readable_submission_gets_feedback(graded):
    feedback = {path.parts[-3] for path in graded.course.glob("grading/feedback/*/slopes/*.html")}
    assert feedback == {*CLASS, "renamed"} - {"broken-json"}


def test_progress_and_table_name_every_student(graded):
    progress, table = graded.output.split("\n\n")[:2]
    for student in [*CLASS, "renamed", "empty"]:
        assert f"slopes  {student}: " in progress
        assert f"\n{student} " in table


def test_stock_autograde_is_protected_by_the_same_configuration(graded):
    shutil.copytree(graded.course, other := graded.course.parent / "stock")
    for folder in (other / "grading/submitted").iterdir():
        if folder.name not in ("copy-stub", "tagged-wrong", "os-exit-late", "written"):
            shutil.rmtree(folder)
    shutil.rmtree(other / "grading/autograded")
    done = run("nbgrader", "autograde", "slopes", cwd=other)
    assert done.returncode == 0, done.stderr
    done = run("nbgrader", "export", "--to=grading/export.csv", cwd=other)
    assert done.returncode == 0, done.stderr
    with (other / "grading/export.csv").open() as file:
        scores = {row["student_id"]: row["score"] for row in csv.DictReader(file)}
    chosen = ("copy-stub", "tagged-wrong", "os-exit-late", "written")
    assert [float(scores[name]) for name in chosen] == [3, 0, 0, 3]


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
    assert "slopes" in formgrader("manage_assignments")
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


@pytest.fixture(scope="module")
def postgres():
    """Start a PostgreSQL server of our own, and return the URL of an empty database."""
    places = [*os.environ["PATH"].split(os.pathsep), *Path("/").glob("usr/lib/postgresql/*/bin")]
    found = [Path(place) for place in places if Path(place, "initdb").is_file()]
    if not found:
        pytest.skip("PostgreSQL's server programs (initdb, pg_ctl) are not installed")
    pytest.importorskip("psycopg2")
    folder, port = Path(tempfile.mkdtemp(prefix="fallline-")), free_port()
    as_user = []
    if os.geteuid() == 0:
        user = next(u.pw_name for u in pwd.getpwall() if u.pw_name in ("postgres", "nobody"))
        shutil.chown(folder, user)
        as_user = ["runuser", "-u", user, "--"]

    def server(program, *arguments):
        subprocess.run(
            [*as_user, str(found[-1] / program), *arguments],
            cwd=folder,
            check=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            timeout=60,
        )

    options = f"-c port={port} -c listen_addresses=127.0.0.1 -k {folder}"
    server("initdb", "-D", str(folder / "data"), "-U", "teacher", "-A", "trust", "--no-sync")
    server(
        "pg_ctl", "-D", str(folder / "data"), "-o", options, "-w", "-l", f"{folder}/log", "start"
    )
    try:
        yield f"postgresql://teacher@127.0.0.1:{port}/postgres"
    finally:
        server("pg_ctl", "-D", str(folder / "data"), "-m", "immediate", "-w", "stop")
        shutil.rmtree(folder)


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
    assert "deleted-most" in (course / "grades.csv").read_text()
    assert not (course / "grading/gradebook.db").exists()


def test_unreachable_gradebook_is_said_plainly(released):
    nowhere = f"postgresql://teacher@127.0.0.1:{free_port()}/postgres"
    write(released / "grading/submitted/nobody/slopes/slopes.ipynb", notebook())
    done = run("safegrade", "grade", "--db", nowhere, cwd=released)
    shutil.rmtree(released / "grading/submitted/nobody")
    assert done.returncode == 2
    assert "gradebook cannot be used" in done.stderr and "Traceback" not in done.stderr
