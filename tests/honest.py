"""The honest submissions: of every notebook of the course, and of nbgrader's own fixtures.

Each is data: the notebooks that a student hands in, and a digest of all that its scores
depend on. `record_stock.py` grades them by nbgrader's own pipelines, `test_differential.py`
by the engine.
"""

from __future__ import annotations

import ast
import functools
import hashlib
import json
import shutil
from dataclasses import dataclass
from pathlib import Path

import nbgrader

from conftest import ROOT, STEMS, notebook_path
from fallline.marking import classroom
from fallline.marking.tasks import problem_sets

WHEEL = Path(nbgrader.__file__).parent
FILES = WHEEL / "tests/apps/files"
GUIDE = WHEEL / "docs/source/user_guide"

# The pipelines that nbgrader has without our settings.
STOCK = """
from nbgrader.converters import Autograde
c.Autograde.sanitize_preprocessors = Autograde.sanitize_preprocessors.default()
c.Autograde.autograde_preprocessors = Autograde.autograde_preprocessors.default()
c.Execute.shutdown_kernel = "immediate"
c.Execute.iopub_timeout = 60  # a busy machine is no mistake
"""
# nbgrader's fixtures need no header, and their endless loops less patience.
PLAIN = """
c.IncludeHeaderFooter.header = ""
c.Execute.timeout = 4
"""
# An assignment of nbgrader's tests: the file that is its source, and those handed in.
FIXTURES = {
    "answers": (
        "submitted-unchanged",
        "submitted-unchanged",
        "submitted-changed",
        "submitted-grade-cell-changed",
        "submitted-locked-cell-changed",
    ),
    "simple": ("autotest-simple", "autotest-simple-unchanged", "autotest-simple-changed"),
    "hashed": ("autotest-hashed", "autotest-hashed-unchanged", "autotest-hashed-changed"),
    "multi": ("autotest-multi", "autotest-multi-unchanged", "autotest-multi-changed"),
    "hidden": (
        "autotest-hidden",
        "autotest-hidden-unchanged",
        "autotest-hidden-changed-wrong",
        "autotest-hidden-changed-right",
    ),
    "partial": ("test-hidden-tests", "test-hidden-tests"),
    "effects": ("side-effects", "side-effects"),
    "endless": ("infinite-loop", "infinite-loop"),
    "chatter": ("infinite-loop-with-output", "infinite-loop-with-output"),
    "slow": ("timeout", "timeout"),
    "variable": ("validating-environment-variable", "validating-environment-variable"),
    "outputs": ("test", "test", "test-with-output"),
}


@dataclass(frozen=True)
class Submission:
    """What one student hands in for one assignment of one course."""

    course: str
    assignment: str
    student: str
    notebooks: dict[str, dict]
    sample: bool = True

    @property
    def key(self) -> str:
        return f"{self.assignment}/{self.student}"

    @property
    def digest(self) -> str:
        """A digest of the code and the answers that are handed in, and of the tests."""
        handed_in = {name: _matters(notebook) for name, notebook in self.notebooks.items()}
        both = [handed_in, tests(self.course, self.assignment)]
        return hashlib.sha256(json.dumps(both).encode()).hexdigest()[:16]


def _matters(notebook: dict) -> list:
    """Return what the scores of a notebook depend on: all but its other prose."""
    cells = [(classroom.grade_id(cell), cell) for cell in notebook["cells"]]
    return [
        [name, cell["cell_type"], classroom.source(cell).rstrip()]
        for name, cell in cells
        if name or cell["cell_type"] == "code"
    ]


@functools.cache
def tests(course: str, assignment: str) -> list:
    """Return what the scores of an assignment depend on at the teacher's side."""
    paths = sources(course, assignment)
    if course == "fallline":
        paths["header"] = ROOT / "solutions/header.ipynb"
    return [_matters(classroom.read_notebook(path)) for path in paths.values()]


def sources(course: str, assignment: str) -> dict[str, Path]:
    """Return the files that an assignment is released from, by the notebook's name."""
    if course == "fallline":
        return {assignment: notebook_path("solutions", assignment)}
    if assignment == "ps1":
        return {path.stem: path for path in sorted((GUIDE / "source/ps1").glob("*.ipynb"))}
    return {"p1": FILES / f"{FIXTURES[assignment][0]}.ipynb"}


def of_fallline(stem: str) -> list[Submission]:
    """Return the submissions of one notebook of the course.

    A student makes the same number's mistake in each task that has so many, or writes the
    same number's variant of each answer; the other answers are perfect. One has left a print
    in every function.
    """
    released, solution = (
        classroom.read_notebook(notebook_path(room, stem)) for room in ("exercises", "solutions")
    )
    perfect = classroom.perfect_answers(solution)
    problems = problem_sets()[stem]
    talkative = perfect | {task.name: printing(perfect[task.name]) for task in problems}
    found = [
        Submission("fallline", stem, "untouched", {stem: released}, False),
        Submission(
            "fallline", stem, "perfect", {stem: classroom.hand_in(released, perfect)}, False
        ),
        Submission("fallline", stem, "talkative", {stem: classroom.hand_in(released, talkative)}),
    ]
    for kind in ("mistake", "variant"):
        lists = [(task, getattr(task, f"{kind}s")) for task in problems]
        count = max(len(entries) for _, entries in lists)
        for number in range(count):
            answers = perfect | {
                task.name: classroom.answer_text(task, entries[number].code, solution)
                for task, entries in lists
                if number < len(entries)
            }
            handed_in = {stem: classroom.hand_in(released, answers)}
            sample = number == count // 2
            name = f"{kind}-{number + 1:02}"
            found.append(Submission("fallline", stem, name, handed_in, sample))
    return found


def printing(text: str) -> str:
    r"""Return code in which every function prints when it is called, after its docstring.

    Examples
    --------
    >>> print(printing("def half(x):\n    return x / 2"))
    def half(x):
        print('half is called')
        return x / 2
    """
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            first = 0 if ast.get_docstring(node) is None else 1
            node.body[first:first] = ast.parse(f"print('{node.name} is called')").body
    return ast.unparse(tree)


def of_nbgrader() -> list[Submission]:
    """Return nbgrader's fixtures, and the two students of its sample course."""
    found = []
    for assignment, (_, *names) in FIXTURES.items():
        for name in names:
            notebook = classroom.read_notebook(FILES / f"{name}.ipynb")
            found.append(Submission("nbgrader", assignment, name, {"p1": notebook}))
    for student in ("bitdiddle", "hacker"):
        paths = sorted((GUIDE / "submitted" / student / "ps1").glob("*.ipynb"))
        notebooks = {path.stem: classroom.read_notebook(path) for path in paths}
        found.append(Submission("nbgrader", "ps1", student, notebooks))
    return found


@functools.cache
def corpus() -> tuple[Submission, ...]:
    """Return every honest submission; those of the sample come first."""
    everything = [one for stem in STEMS for one in of_fallline(stem)] + of_nbgrader()
    return tuple(sorted(everything, key=lambda one: not one.sample))


def make_course(course: str, folder: Path, stock: bool = False) -> Path:
    """Lay out a course without submissions, with the course's settings or the stock pipelines."""
    folder.mkdir(parents=True, exist_ok=True)
    settings = (ROOT / "nbgrader_config.py").read_text(encoding="utf-8")
    settings += (PLAIN if course == "nbgrader" else "") + (STOCK if stock else "")
    (folder / "nbgrader_config.py").write_text(settings, encoding="utf-8")
    shutil.copy(ROOT / "_toc.yml", folder)  # the settings read the order of the chapters in it
    assignments = STEMS if course == "fallline" else [*FIXTURES, "ps1"]
    if course == "fallline":
        (folder / "solutions").mkdir(exist_ok=True)
        shutil.copy(ROOT / "solutions/header.ipynb", folder / "solutions")
    else:
        shutil.copy(FILES / "autotests.yml", folder)
    for assignment in assignments:
        place = folder / "solutions" / assignment
        place.mkdir(parents=True, exist_ok=True)
        for name, path in sources(course, assignment).items():
            shutil.copy(path, place / f"{name}.ipynb")
    return folder


def hand_in(submission: Submission, folder: Path) -> None:
    """Put a submission where the course looks for it."""
    place = folder / "grading/submitted" / submission.student / submission.assignment
    for name, notebook in submission.notebooks.items():
        classroom.write_notebook(notebook, place / f"{name}.ipynb")


def scores(db_url: str, submission: Submission) -> dict[str, float | None]:
    """Return the automatic scores that a gradebook holds for a submission, by grade_id.

    Of an assignment of several notebooks the names are `notebook:grade_id`.
    """
    from nbgrader.api import Gradebook

    found = {}
    several = len(submission.notebooks) > 1
    with Gradebook(db_url) as gradebook:
        handed_in = gradebook.find_submission(submission.assignment, submission.student)
        for notebook in handed_in.notebooks:
            for grade in notebook.grades:
                name = f"{notebook.name}:{grade.name}" if several else grade.name
                found[name] = grade.auto_score
        gradebook.engine.dispose()
    return dict(sorted(found.items()))
