"""The command line: what it understands, what it says of wrong input, and what it imports."""

import ast
import io
import json
import re
import subprocess
import sys
from types import SimpleNamespace

import pytest
from traitlets.config import Config

import courses
from conftest import ROOT, STEMS, notebook_path
from safegrade import __main__ as line
from safegrade import commands, problems
from safegrade.excerpts import bound, excerpt, softened
from safegrade.notebook.loans import Loan, Loans
from safegrade.progress import Progress
from test_arrows import STEMS as ORDER

COMMANDS = ["grade", "regrade", "verify", "doctor", "solo", "export"]
HEAVY = ["nbgrader", "numpy", "IPython", "sqlalchemy", "nbformat", "nbconvert", "traitlets"]


# --- help, and what it costs ---


@pytest.mark.parametrize("words", [[], *([command] for command in COMMANDS)], ids=str)
def test_help_says_what_exit_codes_mean(words, capsys):
    with pytest.raises(SystemExit) as end:
        line.main([*words, "--help"])
    assert end.value.code == 0
    said = capsys.readouterr().out
    assert ("Exit code 0" in said) == bool(words)
    assert not words or all(len(text) <= 100 for text in said.splitlines())


def test_help_and_imports_of_commands_are_light():
    script = (
        "import sys\n"
        "from safegrade.__main__ import main\n"
        "from safegrade import commands, doctor, excerpts, progress, solo\n"
        "try: main(['grade', '--help'])\n"
        "except SystemExit: pass\n"
        "print('heavy:', *sorted({name.split('.')[0] for name in sys.modules}"
        f" & set({HEAVY!r} + ['fallline', 'tqdm', 'distributed', 'yaml'])))\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "heavy:"


# --- wrong words on the line ---


@pytest.mark.parametrize(
    "words, said",
    [
        ([], "COMMAND"),
        (["mark"], "invalid choice: 'mark'"),
        (["grade", "--jobs", "0"], "'0' is no number of processes"),
        (["grade", "--jobs", "two"], "'two' is no number of processes"),
        (["grade", "--cluster", "lab"], "'lab' is no address like tcp://HOST:8786"),
        (["grade", "--cluster", "http://lab:8786"], "no address like tcp://"),
        (["grade", "--cluster", "tcp://lab"], "no address like tcp://"),
        (["grade", "--jobs", "2", "--cluster", "tcp://lab:8786"], "not allowed with"),
        (["regrade", "--diff", "--write"], "not allowed with"),
        (["export", "--format", "excel", "--to", "x"], "invalid choice: 'excel'"),
        (["export"], "--to"),
        (["solo"], "NOTEBOOK"),
    ],
    ids=str,
)
def test_wrong_words_are_named(words, said, capsys):
    with pytest.raises(SystemExit) as end:
        line.main(words)
    assert end.value.code == 2
    assert said in capsys.readouterr().err


def test_right_words_are_understood():
    read = line.parser().parse_args(["grade", "adam", "momentum", "--jobs", "3", "--force"])
    assert (read.assignment, read.jobs, read.force) == (["adam", "momentum"], 3, True)
    assert commands.how(read) == {"jobs": 3, "force": True}
    read = line.parser().parse_args(["verify", "--cluster", "tls://lab.example.org:8786"])
    assert commands.how(read) == {"cluster": "tls://lab.example.org:8786"}
    read = line.parser().parse_args(["grade", "--unsandboxed", "--student", "a", "--student", "b"])
    assert commands.how(read) == {"unsandboxed": True} and read.student == ["a", "b"]


# --- a course that does not fit ---


class FakeCourse:
    """A course in which two students handed in something."""

    def __init__(self, root, db=None):
        self.home = root
        self.keeper = SimpleNamespace(errors=[])
        self.opened = 0

    def assignments(self):
        return {"adam", "momentum", "search"}

    def submissions(self):
        return [("adam", "ada"), ("adam", "bob"), ("momentum", "ada")]

    def strays(self):
        return ["x.txt: not graded"]

    def folder(self, step, student, assignment):
        return self.home / step / student / assignment

    def gradebook(self):
        self.opened += 1
        return io.StringIO()  # something to enter and to leave


@pytest.mark.parametrize(
    "words, said",
    [
        (["momentun"], "There is no assignment momentun; is it momentum?\nNothing was handed in: "),
        (["Adam"], "is it adam?"),
        (["zebra"], "there are adam, momentum, search."),
        (["search"], "submitted/STUDENT/search is where a submission belongs.\nx.txt: not graded"),
        (["adam", "--student", "aba"], "There is no student aba; is it ada?"),
        (["momentum", "--student", "bob"], "There is no student bob"),
    ],
    ids=str,
)
def test_unknown_names_get_the_nearest(words, said, tmp_path):
    options = line.parser().parse_args(["grade", *words])
    with pytest.raises(problems.Problem, match=r"There is no|Nothing was") as problem:
        problems.chosen_of(FakeCourse(tmp_path), options)
    assert said in str(problem.value)


def test_everything_handed_in_is_chosen_by_default(tmp_path):
    course = FakeCourse(tmp_path)
    options = line.parser().parse_args(["grade"])
    assert problems.chosen_of(course, options) == (["adam", "momentum"], None)
    assert course.opened == 1, "the gradebook is tried before anything runs"
    options = line.parser().parse_args(["grade", "adam", "adam", "--student", "bob"])
    assert problems.chosen_of(course, options) == (["adam"], ["bob"])


@pytest.mark.parametrize("command", ["grade", "regrade", "verify", "export"])
def test_a_folder_without_a_course(command, tmp_path, capsys):
    more = ["--to", "x.csv"] if command == "export" else []
    assert line.main([command, "--course", str(tmp_path), *more]) == 2
    said = capsys.readouterr().err
    assert said.startswith("safegrade: ") and "has no nbgrader_config.py" in said


@pytest.mark.parametrize(
    "text, said",
    [
        ("c = get_config(\n", "nbgrader_config.py fails: SyntaxError: "),
        ("c = get_config()\n1 / 0\n", "nbgrader_config.py fails: ZeroDivisionError: "),
        ("import no_such_module\n", "nbgrader_config.py fails: ModuleNotFoundError: "),
        ("c.CourseDirectory.db_url = 3\n", "nbgrader_config.py fails: TraitError: "),
    ],
    ids=["syntax", "error", "import", "value"],
)
def test_a_configuration_that_fails_grades_nothing(text, said, tmp_path, capsys):
    (tmp_path / "nbgrader_config.py").write_text(text, encoding="utf-8")
    (tmp_path / "source/slopes").mkdir(parents=True)
    (tmp_path / "submitted/ada/slopes").mkdir(parents=True)
    (tmp_path / "source/slopes/slopes.ipynb").write_text("{}", encoding="utf-8")
    assert courses.command(tmp_path, "grade") == 2
    told = capsys.readouterr()
    assert said in told.err and "Traceback" not in told.err
    assert not (tmp_path / "gradebook.db").exists() and not (tmp_path / "autograded").exists()


def test_a_course_is_where_its_configuration_lies(tmp_path, capsys):
    (tmp_path / "nbgrader_config.py").write_text("c = get_config()\n", encoding="utf-8")
    assert courses.command(tmp_path, "grade") == 2
    assert f"{tmp_path}/submitted/STUDENT/ASSIGNMENT is where" in capsys.readouterr().err


def test_a_file_that_cannot_be_written(tmp_path):
    (tmp_path / "file").touch()
    with (
        pytest.raises(problems.Problem, match="cannot be written: "),
        problems.writing(tmp_path / "file/grades.csv"),
    ):
        pass


def test_stopping_says_how_to_go_on(monkeypatch, capsys):
    def stop(options):
        raise KeyboardInterrupt

    monkeypatch.setattr(commands, "run_doctor", stop)
    assert line.main(["doctor"]) == 2
    assert "run the same command to go on" in capsys.readouterr().err


# --- progress ---


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_a_log_gets_plain_lines():
    log = io.StringIO()
    with Progress(2, log) as progress:
        progress("adam", "ada", "graded")
        assert log.getvalue() == "[1/2] adam  ada: graded\n", "it is there at once"
        progress("adam", "b\x1b[2Job\n", "a note\nof two lines")
    assert log.getvalue().splitlines()[1] == r"[2/2] adam  b\x1b[2Job: a note of two lines"


def test_a_terminal_gets_a_bar_with_an_estimate():
    terminal = Terminal()
    with Progress(stream=terminal) as progress:
        progress.total = 3
        for student in ("ada", "bob", "cleo"):
            progress("adam", student, "graded")
    said = terminal.getvalue()
    assert "[2/3] adam  bob: graded" in said
    assert "3/3" in said and "100%" in said and "submission" in said


# --- excerpts of a module ---

MODULE = """
from __future__ import annotations
import math
import operator as op
SCALE = math.pi
def answer(x): return helper(x) * SCALE
def helper(x): return op.add(x, 1)
def other(x): return answer(x)
class Thing:
    def turn(self): return helper(self)
_table = {"other": other}
"""


@pytest.mark.parametrize(
    "names, kept, left",
    [
        (["answer"], {"answer", "helper", "SCALE", "math", "op"}, {"other", "Thing", "_table"}),
        (["Thing"], {"Thing", "helper", "op"}, {"answer", "other", "math", "SCALE"}),
        (["helper"], {"helper", "op"}, {"answer", "math", "SCALE", "other", "Thing"}),
        (["_table"], {"_table", "other", "answer"}, {"Thing"}),
    ],
    ids=["answer", "class", "helper", "table"],
)
def test_an_excerpt_holds_what_is_needed_and_no_more(names, kept, left):
    namespace = {}
    exec(excerpt(MODULE, names), namespace)
    assert kept <= set(namespace) and not left & set(namespace)


def test_an_excerpt_of_what_is_not_there():
    with pytest.raises(ValueError, match="does not define nothing"):
        excerpt(MODULE, ["nothing"])


def test_names_of_absent_modules_fail_when_they_are_called_and_not_before():
    text = "import math\nfrom far import a, near as b, kept\nfrom math import pi\n"
    namespace = {}
    absent = {"far", "far.a", "far.near"}
    with pytest.raises(ImportError, match="No module named 'far'"):
        exec(softened(text, lambda name: name in absent), namespace)
    exec(softened(text.replace(", kept", ""), lambda name: name in absent), namespace)
    assert namespace["pi"] > 3
    for name in "ab":
        with pytest.raises(ModuleNotFoundError, match="far is not available while this is graded"):
            namespace[name](1, x=2)
    assert softened(text, lambda name: False) is text


# --- what this course lends to answers ---


@pytest.fixture(scope="module")
def loans():
    """Return what the configuration of this course lends."""
    config = Config()
    path = ROOT / "nbgrader_config.py"
    names = {"get_config": lambda: config, "__file__": str(path)}
    exec(compile(path.read_text(encoding="utf-8"), str(path), "exec"), names)
    assert config.SafeExecute.withheld == ["fallline"]
    return Loans(config.SafeExecute.lent, config.SafeExecute.withheld)


def tasks_in(stem):
    text = notebook_path("solutions", stem).read_text(encoding="utf-8")
    return re.findall(r'"grade_id": "test-(\w+)"', text)


def names_in(source):
    return {name for statement in ast.parse(source).body for name in bound(statement)}


@pytest.mark.parametrize("stem", STEMS)
def test_nothing_that_is_lent_answers_an_open_task(stem, loans):
    tasks = tasks_in(stem)
    later = set(ORDER[ORDER.index(stem) + 1 :])
    for number in range(len(tasks)):
        lent = loans.sources(stem, [f"test-{task}" for task in tasks[:number]])
        own = names_in(lent.get(f"fallline.{stem}", ""))
        assert not own & set(tasks[number:])
        rooms = {name.split(".")[1] for name in lent}
        assert not rooms & (later | {"marking", "parity", "training", "comparison"})


@pytest.mark.parametrize("stem", STEMS)
def test_answers_find_what_the_released_cells_import(stem, loans):
    missing, done = set(), []
    released = json.loads(notebook_path("exercises", stem).read_text(encoding="utf-8"))
    for cell in released["cells"]:
        told = cell["metadata"].get("nbgrader", {})
        if told.get("grade_id", "").startswith("test-"):
            done.append(told["grade_id"])
        elif cell["cell_type"] == "code" and not told.get("locked"):
            lent = loans.sources(stem, done)
            missing |= {(cell["id"], name) for name in wanted("".join(cell["source"]), lent)}
    assert missing == ({("topological_order-try", "backprop")} if stem == "backprop" else set())


def wanted(source, lent):
    """Return what a cell imports of the package that is not lent to it."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.module.split(".")[0] == "fallline":
            inside = names_in(lent.get(node.module, "")) | {
                name.removeprefix(f"{node.module}.") for name in lent
            }
            star = "import *" in lent.get(node.module, "")
            yield from (a.name for a in node.names if a.name not in inside and not star)


def test_an_entry_has_at_most_three_parts():
    assert Loan.read("a/b/c.d:e") == ("a", "b", "c.d", "e")
    for text in ("a/b/c/d", "a/", ""):
        with pytest.raises(ValueError, match="is not MODULE"):
            Loan.read(text)


def test_what_is_lent_depends_on_assignment_and_cells():
    loans = Loans(["json.scanner", "a/json.decoder", "a/t/json.encoder:py_encode_basestring"], [])
    assert set(loans.sources("b", ["t"])) == {"json.scanner"}
    assert set(loans.sources("a")) == {"json.scanner", "json.decoder"}
    after = loans.sources("a", ["t"])["json.encoder"]
    assert "def py_encode_basestring(" in after and "class JSONEncoder" not in after
    assert loans.awaited("a") == {"t"} and loans.awaited("b") == set()
