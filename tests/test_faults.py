"""Whatever stops the grader, the next run goes on, and the end is the same as without."""

import logging
import os
import random
import shutil
import signal
import sqlite3
import threading
import time
from contextlib import closing, contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlalchemy.exc import OperationalError

import courses
from safegrade.__main__ import main
from safegrade.course import again, files, grade, locks, pool, rows, writer
from safegrade.course import material as materials
from safegrade.course.files import Busy, Trouble, alone
from safegrade.course.ledger import Ledger
from safegrade.course.locks import Locked
from safegrade.course.settings import settings_of
from toyclass import write

STUDENTS = int(os.environ.get("SAFEGRADE_FAULTS_CLASS", "20"))
MOMENTS = 20
SEED = 20


@pytest.fixture(scope="module")
def released(tmp_path_factory):
    return courses.released_course(tmp_path_factory.mktemp("course"))


@pytest.fixture(scope="module")
def small(released, tmp_path_factory):
    """Return a course with a small class that nobody has graded."""
    root = courses.copied(released, tmp_path_factory.mktemp("small") / "course")
    courses.hand_in_class(root, courses.class_of(6))
    return root


@pytest.fixture(scope="module")
def undisturbed(small, tmp_path_factory):
    """Return what comes of the small class when nothing happens."""
    root = courses.moved(small, tmp_path_factory.mktemp("undisturbed") / "course")
    courses.grade_all(root)
    return state(root)


@pytest.fixture
def course(small, tmp_path):
    return courses.moved(small, tmp_path / "course")


def state(root):
    """Return all that grading leaves, but for what was measured."""
    assert not list(root.rglob(f"*{files.PART}")), "a file that was being written"
    lines = [(line["student"], line["event"], line["key"]) for line in courses.history(root)]
    return courses.read_tables(root), courses.files_of(root), sorted(lines)


class Moments:
    """Count the moments at which a grader can be stopped, and act at one of them."""

    def __init__(self, act=None, at=None):
        self.count, self.act, self.at = 0, act, at

    def tick(self):
        if self.count == self.at:
            self.act()
        self.count += 1

    def around(self, function):
        def watched(*args, **kwargs):
            self.tick()
            result = function(*args, **kwargs)
            self.tick()
            return result

        return watched

    @contextmanager
    def watching(self):
        with pytest.MonkeyPatch.context() as patch:
            for place, name in (
                (os, "fsync"),
                (Path, "replace"),
                (Path, "unlink"),
                (rows.Rows, "_save"),
                (rows.Rows, "save"),
                (Ledger, "append"),
                (writer.Writer, "write"),
            ):
                patch.setattr(place, name, self.around(getattr(place, name)))
            yield self


def kill_self():
    os.kill(os.getpid(), signal.SIGKILL)


def graded_until(root, moment):
    with Moments(kill_self, moment).watching():
        courses.grade_all(root)


def test_killed_at_any_moment_the_end_is_the_same(released, tmp_path):
    class_ = courses.class_of(STUDENTS)

    def fresh(name):
        root = courses.moved(released, tmp_path / name)
        courses.hand_in_class(root, class_)
        return root

    root = fresh("undisturbed")
    with Moments().watching() as moments:
        courses.grade_all(root)
    wanted = state(root)
    assert len(wanted[1]) == 3 * STUDENTS and moments.count > 10 * STUDENTS
    chance, root, killed = random.Random(SEED), fresh("course-0"), 0
    for number in range(1, MOMENTS + 1):
        moment = chance.randrange(moments.count // 3)
        code = courses.ended(courses.in_a_fork(graded_until, root, moment))
        assert code in (-signal.SIGKILL, 0)
        killed += code != 0
        if code == 0:
            assert state(root) == wanted
            root = fresh(f"course-{number}")
    assert killed >= MOMENTS // 2
    courses.grade_all(root)
    assert state(root) == wanted
    courses.grade_all(root)
    assert state(root) == wanted


def test_a_killed_worker_costs_nothing(course, undisturbed, monkeypatch):
    made, told = [], []

    def watched(*args):
        made.append(pool.open_pool(*args))
        return made[0]

    def progress(assignment, student, what):
        told.append(what)
        if len(told) in (1, 3):  # each time another: what costs two workers is not tried again
            os.kill(made[0].pids[0 if len(told) == 1 else -1], signal.SIGKILL)

    monkeypatch.setattr(grade, "open_pool", watched)
    courses.grade_all(course, progress=progress)
    assert len(told) == 6 and state(course) == undisturbed


@pytest.mark.filterwarnings("ignore")
def test_a_lost_machine_of_a_cluster_costs_nothing(course, undisturbed):
    distributed = pytest.importorskip("distributed")
    options = {"threads_per_worker": 1, "dashboard_address": None, "silence_logs": 50}
    with distributed.LocalCluster(n_workers=2, **options) as cluster:
        told = []

        def progress(assignment, student, what):
            told.append(what)
            if len(told) == 2:
                os.kill(next(iter(cluster.workers.values())).pid, signal.SIGKILL)

        courses.grade_all(course, cluster=cluster.scheduler_address, progress=progress)
    assert len(told) == 6 and state(course) == undisturbed


def test_what_kills_every_worker_is_told_and_stops_nobody(course, undisturbed, monkeypatch, capsys):
    def submit(self, function, job):
        if job["student"] == "s0002":
            return ask(self, os.abort)
        return ask(self, function, job)

    ask = pool.LocalPool.submit
    monkeypatch.setattr(pool.LocalPool, "submit", submit)
    summary = courses.grade_all(course)
    assert summary.failed == [("slopes", "s0002")] and summary.graded == 5
    assert courses.scores(course)["s0002"] == 0
    [line] = [line for line in courses.history(course) if line["event"] == "failed"]
    assert line["student"] == "s0002" and "could not be graded" in line["notes"][0]
    command = ["grade", "--course", str(course), "--jobs", "1"]
    assert main(command) == 1
    assert "Could not be graded: s0002. The same command tries again." in capsys.readouterr().out
    monkeypatch.undo()
    assert main(command) == 0
    summary = courses.grade_all(course)
    assert (summary.graded, summary.unchanged) == (0, 6)
    assert state(course)[:2] == undisturbed[:2]


def test_a_failure_takes_no_score_away(course, undisturbed, monkeypatch):
    courses.grade_all(course)

    def submit(self, function, job):
        return ask(self, os.abort)

    ask = pool.LocalPool.submit
    monkeypatch.setattr(pool.LocalPool, "submit", submit)
    summary = courses.grade_all(course, force=True)
    assert len(summary.failed) == 6
    assert state(course)[:2] == undisturbed[:2]


def test_a_broken_set_up_takes_no_score_away(course, undisturbed, monkeypatch):
    courses.grade_all(course)
    ask = pool.LocalPool.submit
    broken = courses.work_without_set_up
    monkeypatch.setattr(pool.LocalPool, "submit", lambda self, work, job: ask(self, broken, job))
    summary = courses.grade_all(course, force=True)
    assert len(summary.failed) == 6
    assert state(course)[:2] == undisturbed[:2]
    notes = [line["notes"] for line in courses.history(course) if line["event"] == "failed"]
    assert len(notes) == 6 and all("no student's code had run" in note for [note] in notes)


def test_ctrl_c_keeps_what_is_done(course, undisturbed):
    def interrupted(root):
        def progress(*told):
            os.kill(os.getpid(), signal.SIGINT)

        signal.signal(signal.SIGINT, signal.default_int_handler)
        courses.grade_all(root, progress=progress)

    assert courses.ended(courses.in_a_fork(interrupted, course)) == 130
    assert len(courses.history(course)) == 1
    assert len(courses.read_tables(course)["submission"]) == 1
    summary = courses.grade_all(course)
    assert (summary.graded, summary.unchanged) == (5, 1)
    assert state(course) == undisturbed


@pytest.mark.parametrize(
    "place, name",
    [(Path, "mkdir"), (Path, "write_text"), (os, "open"), (files.tempfile, "mkdtemp")],
    ids=["folder", "file", "lock", "scratch"],
)
@pytest.mark.parametrize("number, said", [(28, "disk is full"), (30, "cannot be written: Read-")])
def test_a_disk_that_cannot_be_written_at_the_start(tmp_path, place, name, number, said):
    def fail(*args, **kwargs):
        raise OSError(number, os.strerror(number), str(tmp_path / "file"))

    with (
        pytest.MonkeyPatch.context() as patch,
        pytest.raises(Trouble, match=f"{said}.*run this again"),
    ):
        patch.setattr(place, name, fail)
        with alone(tmp_path):
            pass
    with alone(tmp_path):
        pass


@pytest.mark.parametrize("number", [28, 30, 13, 5])
@pytest.mark.parametrize("command", ["grade", "regrade", "verify"])
def test_what_a_disk_refuses_is_no_result(course, command, number, monkeypatch, capsys):
    def fail(*args, **kwargs):
        raise OSError(number, os.strerror(number), str(course / "grading/file"))

    monkeypatch.setattr(grade, "alone", fail)
    monkeypatch.setattr(again, "alone", fail)
    assert courses.command(course, command) == 2
    said = capsys.readouterr().err
    assert said.startswith("safegrade: ") and "again" in said and "Traceback" not in said


@pytest.mark.parametrize("moment", [0, 7, 18])
def test_a_full_disk(course, undisturbed, moment, monkeypatch):
    count = 0

    def full(descriptor):
        nonlocal count
        count += 1
        if count > moment:
            raise OSError(28, "No space left on device", "somewhere/a.ipynb")

    monkeypatch.setattr(files.os, "fsync", full)
    with pytest.raises(Trouble, match="disk is full"):
        courses.grade_all(course)
    monkeypatch.undo()
    courses.grade_all(course)
    assert state(course) == undisturbed


def test_a_full_gradebook(course, undisturbed, monkeypatch):
    save = rows.Rows._save

    def full(self, unit):
        save(self, unit)
        raise OperationalError("insert", {}, sqlite3.OperationalError("database or disk is full"))

    monkeypatch.setattr(rows.Rows, "_save", full)
    with pytest.raises(OperationalError, match="full"):
        courses.grade_all(course)
    assert courses.read_tables(course)["submission"] == [] and courses.history(course) == []
    monkeypatch.undo()
    courses.grade_all(course)
    assert state(course) == undisturbed


def test_a_read_only_gradebook(course, undisturbed):
    gradebook = course / "grading/gradebook.db"
    with (course / "nbgrader_config.py").open("a") as config:
        config.write(
            f"\nc.CourseDirectory.db_url = 'sqlite:///file:{gradebook}?mode=ro&uri=true'\n"
        )
    with pytest.raises(Trouble, match=r"cannot be written.*readonly"):
        courses.grade_all(course)
    assert not list(course.glob("grading/autograded/*"))
    assert courses.read_tables(course)["submission"] == []


def test_a_gradebook_that_is_locked_for_a_while(course, undisturbed, capsys):
    impatient(course)
    gradebook = course / "grading/gradebook.db"
    held, done = threading.Event(), threading.Event()

    def hold():
        with closing(sqlite3.connect(gradebook)) as other:
            other.execute("begin exclusive")
            held.set()
            done.wait(30)
            time.sleep(0.5)
            other.rollback()

    holder = threading.Thread(target=hold)
    holder.start()
    held.wait(30)
    done.set()
    courses.grade_all(course)
    holder.join()
    assert "locked by another program; waiting" in capsys.readouterr().out
    assert courses.read_tables(course) == undisturbed[0]


def test_a_gradebook_that_stays_locked(course, undisturbed):
    impatient(course)
    kept = []

    def progress(*told):
        if not kept:
            kept.append(sqlite3.connect(course / "grading/gradebook.db"))
            kept[0].execute("begin immediate")

    with pytest.raises(Locked, match="another program holds the gradebook"):
        courses.grade_all(course, progress=progress, patience=0.5)
    kept[0].rollback()
    kept[0].close()
    assert courses.grade_all(course).graded > 0
    assert courses.read_tables(course) == undisturbed[0]


@pytest.mark.parametrize("command", ["grade", "export", "verify", "regrade"])
def test_a_command_waits_for_a_gradebook_that_is_held(course, command, monkeypatch, capsys):
    impatient(course)
    if command == "grade":
        monkeypatch.setattr(grade, "grade", lambda *_, **__: grade.Summary())
    words = ["--format", "csv", "--to", str(course / "x.csv")] if command == "export" else []
    with closing(sqlite3.connect(course / "grading/gradebook.db")) as other:
        other.execute("begin exclusive")
        monkeypatch.setattr(locks, "PATIENCE", 0.3)
        assert courses.command(course, command, *words) == 2
        said = capsys.readouterr()
        assert said.out.count("locked by another program; waiting") == 1
        assert "another program holds the gradebook: end it, then run this again" in said.err
        monkeypatch.setattr(locks, "PATIENCE", 30)
        clock = SimpleNamespace(monotonic=time.monotonic, sleep=lambda _: other.rollback())
        monkeypatch.setattr(locks, "time", clock)
        courses.command(course, command, *words)
    assert "another program holds" not in capsys.readouterr().err


@pytest.mark.parametrize("command", ["export", "verify", "regrade"])
def test_a_gradebook_that_is_locked_in_the_middle(course, command, monkeypatch, capsys):
    def held(*args):
        raise OperationalError("select", {}, sqlite3.OperationalError("database is locked"))

    monkeypatch.setattr(rows.Rows, "standing", held)
    monkeypatch.setattr("safegrade.exports.write", held)
    words = ["--format", "csv", "--to", str(course / "x.csv")] if command == "export" else []
    assert courses.command(course, command, *words) == 2
    assert "another program holds the gradebook: end it, then" in capsys.readouterr().err


def impatient(root):
    """Have SQLite itself not wait for others."""
    with (root / "nbgrader_config.py").open("a") as config:
        config.write("\nc.CourseDirectory.db_url += '?timeout=0.05'\n")


def test_two_graders_at_once(course):
    with alone(course / "grading"), pytest.raises(Busy, match="another safegrade is at work"):
        courses.grade_all(course)
    assert courses.read_tables(course)["submission"] == []


def test_unreadable_submissions_stop_nobody(course, undisturbed, tmp_path):
    submitted = course / "grading/submitted"
    write(submitted / "garbage/slopes/slopes.ipynb", bytes(range(256)) * 40)
    write(submitted / "cut/slopes/slopes.ipynb", '{"cells": [{"cell_type": "code", "sou')
    write(submitted / "odd/slopes/slopes.ipynb", '{"cells": [3, null, {"cell_type": {}}]}')
    write(submitted / "deep/slopes/slopes.ipynb", '{"cells": ' + "[" * 100_000)
    write(submitted / "folder/slopes/slopes.ipynb/slopes.txt", "a folder of that name")
    write(tmp_path / "secret.ipynb", (submitted / "s0000/slopes/slopes.ipynb").read_bytes())
    (submitted / "link/slopes").mkdir(parents=True)
    (submitted / "link/slopes/slopes.ipynb").symlink_to(tmp_path / "secret.ipynb")
    (submitted / "pipe/slopes").mkdir(parents=True)
    os.mkfifo(submitted / "pipe/slopes/slopes.ipynb")
    write(submitted / "undated/slopes/slopes.ipynb", "[]")
    write(submitted / "undated/slopes/timestamp.txt", "yesterday, perhaps")
    strange = {"garbage", "cut", "odd", "deep", "folder", "link", "pipe", "undated"}
    summary = courses.grade_all(course)
    assert summary.graded == 6 + len(strange)
    found = courses.scores(course)
    assert {student: found[student] for student in strange} == dict.fromkeys(strange, 0)
    notes = {line["student"]: line["notes"] for line in courses.history(course)}
    assert all(notes[student] for student in strange)
    assert "timestamp.txt holds no date" in notes["undated"]
    made = {name: one for name, one in courses.files_of(course).items() if "/s0" in name}
    assert made == undisturbed[1]


def test_notes_say_why_a_notebook_was_not_read(course, tmp_path, monkeypatch):
    submitted = course / "grading/submitted"
    right = (submitted / "s0000/slopes/slopes.ipynb").read_bytes()
    write(tmp_path / "elsewhere.ipynb", right)
    places = {name: submitted / name / "slopes/slopes.ipynb" for name in ("big", "locked", "link")}
    for path in places.values():
        write(path, right)
    places["link"].unlink()
    places["link"].symlink_to(tmp_path / "elsewhere.ipynb")
    with places["big"].open("ab") as file:
        file.truncate(materials.LARGEST + 1)
    write(places["big"].parent / "slopes (1).ipynb", "[]")
    ask = os.open

    def refuse(path, *args, **kwargs):
        if path == os.fspath(places["locked"]):
            raise PermissionError(13, "Permission denied", path)
        return ask(path, *args, **kwargs)

    monkeypatch.setattr(os, "open", refuse)
    students = list(places)
    courses.grade_all(course, students=students)
    notes = {line["student"]: line["notes"] for line in courses.history(course)}
    assert notes["big"][0] == "slopes.ipynb is larger than 64 MiB"
    assert notes["locked"] == ["slopes.ipynb could not be read: Permission denied"]
    assert notes["link"] == ["slopes.ipynb is a link, which is not followed"]
    assert courses.grade_all(course, students=students).unchanged == 3
    os.utime(places["locked"], (1, 1))
    places["link"].unlink()
    places["link"].symlink_to("another.ipynb")
    summary = courses.grade_all(course, students=students)
    assert (summary.graded, summary.unchanged) == (2, 1), "another file stands there now"
    monkeypatch.undo()
    courses.grade_all(course, students=students)
    assert courses.scores(course) == {"big": 0, "link": 0, "locked": 3}


def test_many_large_files_beside_a_notebook_stop_nobody(course, monkeypatch):
    monkeypatch.setattr(materials, "ALTOGETHER", 50_000)
    place = course / "grading/submitted/s0000/slopes"
    for name in ("art.txt", "bat.txt", "cat.txt"):
        write(place / name, "x" * (50 if name == "cat.txt" else 30_000))
    courses.grade_all(course, students=["s0000"])
    (line,) = courses.history(course)
    assert line["notes"] == ["bat.txt is too much: more than 0 MiB in all"]
    assert courses.scores(course) == {"s0000": 3}
    kept = {path.name for path in (course / "grading/autograded/s0000/slopes").iterdir()}
    assert kept >= {"slopes.ipynb", "art.txt", "cat.txt"} and "bat.txt" not in kept


def test_a_file_of_the_course_that_cannot_be_taken_along_is_named(course, monkeypatch, caplog):
    monkeypatch.setattr(materials, "LARGEST", 50_000)
    write(course / "solutions/slopes/chart.txt", "1\n" * 40_000)
    app = courses.open_course(course)
    monkeypatch.setattr(app.app, "log", logging.getLogger("course"))
    with caplog.at_level(logging.WARNING):
        materials.source_material(app, "slopes", settings_of(app, False))
    assert "chart.txt is larger than 0 MiB: no answer and no test finds it" in caplog.text


@pytest.mark.parametrize("step", ["iterdir", "is_dir"])
def test_a_student_who_cannot_be_read_stops_nobody(course, undisturbed, step, monkeypatch, capsys):
    locked = course / "grading/submitted/bob"
    shutil.copytree(course / "grading/submitted/s0000", locked)
    ask = getattr(Path, step)

    def refuse(path):
        if path == (locked if step == "iterdir" else locked / "slopes"):
            raise PermissionError(13, "Permission denied", str(path))
        return ask(path)

    monkeypatch.setattr(Path, step, refuse)
    assert courses.command(course, "grade") == 0
    assert "\nbob: cannot be read (Permission denied)\n" in capsys.readouterr().out
    assert state(course) == undisturbed


@pytest.mark.parametrize("name", ["n" * 252, "safegrade.json/inner.txt"])
def test_files_that_cannot_lie_beside_a_notebook_stop_nobody(course, undisturbed, name):
    with (course / "nbgrader_config.py").open("a") as config:
        config.write("\nc.CourseDirectory.ignore = ['.*']\n")
    write(course / "grading/submitted/s0001/slopes" / name, "from the student")
    summary = courses.grade_all(course)
    assert (summary.graded, summary.failed) == (6, [])
    notes = {line["student"]: line["notes"] for line in courses.history(course)}
    left_out = any("files beside the notebook were left out" in note for note in notes["s0001"])
    assert left_out == ("/" in name)
    assert (course / "grading/autograded/s0001/slopes" / name).is_file() == (not left_out)
    assert courses.read_tables(course) == undisturbed[0]
    assert courses.grade_all(course).unchanged == 6


def test_a_name_that_no_gradebook_holds_stops_nobody(course, undisturbed, capsys):
    name = os.fsdecode(b"caf\xe9")
    shutil.copytree(course / "grading/submitted/s0000", course / "grading/submitted" / name)
    summary = courses.grade_all(course)
    assert summary.failed == [("slopes", name)]
    assert "does not take 'caf" in capsys.readouterr().out
    assert courses.read_tables(course) == undisturbed[0]


# --- PostgreSQL ---


def test_postgresql_holds_the_same_rows(course, undisturbed, postgres):
    (course / "grading/gradebook.db").unlink()
    address = postgres.replace("postgresql:", "postgresql+psycopg2:")
    with (course / "nbgrader_config.py").open("a") as config:
        config.write(f"\nc.CourseDirectory.db_url = {address!r}\n")
    courses.ended(courses.in_a_fork(graded_until, course, 30))
    assert courses.read_tables(course, address)["submission"] != undisturbed[0]["submission"]
    courses.grade_all(course)
    assert courses.read_tables(course, address) == undisturbed[0]
    before = courses.history(course)
    assert courses.grade_all(course).unchanged == 6
    assert courses.history(course) == before
