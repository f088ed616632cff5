"""The exercises are what nbgrader makes of the solutions, and are complete."""

import ast
import shutil
import subprocess
import sys

import pytest

from conftest import ROOT, STEMS, notebook_path
from fallline.marking.classroom import grade_id, source
from fallline.marking.tasks import problem_sets

by_stem = pytest.mark.parametrize("stem", STEMS)


def settings(cell):
    return cell["metadata"].get("nbgrader", {})


@pytest.mark.parametrize("room", ["solutions", "exercises"])
def test_no_unexpected_file(room):
    found = {str(p.relative_to(ROOT / room)) for p in (ROOT / room).rglob("*") if p.is_file()}
    found = {name for name in found if ".ipynb_checkpoints" not in name}
    expected = {f"{stem}/{stem}.ipynb" for stem in STEMS}
    assert found == expected | ({"header.ipynb"} if room == "solutions" else set())


@pytest.fixture(scope="session")
def derived(tmp_path_factory):
    """Release every assignment anew, in a course folder of its own."""
    course = tmp_path_factory.mktemp("course")
    shutil.copytree(ROOT / "solutions", course / "solutions")
    shutil.copy(ROOT / "nbgrader_config.py", course)
    (course / "grading").mkdir()
    for stem in STEMS:
        subprocess.run(
            [sys.executable, "-m", "nbgrader", "generate_assignment", stem],
            cwd=course,
            check=True,
            capture_output=True,
        )
    return course / "exercises"


@by_stem
def test_exercises_are_what_nbgrader_makes_of_the_solutions(stem, derived):
    fresh = (derived / stem / f"{stem}.ipynb").read_bytes()
    assert notebook_path("exercises", stem).read_bytes() == fresh, "run: make exercises"


@by_stem
def test_points_sum_to_ten(stem, notebooks):
    points = [settings(c).get("points", 0) for c in notebooks("solutions", stem)["cells"]]
    assert sum(points) == 10


@by_stem
def test_grade_ids_are_unique(stem, notebooks):
    names = [grade_id(c) for c in notebooks("exercises", stem)["cells"] if grade_id(c)]
    assert len(set(names)) == len(names)


@by_stem
def test_every_task_has_an_answer_a_try_and_a_locked_test(stem, notebooks):
    cells = {c["id"]: c for c in notebooks("solutions", stem)["cells"]}
    for task in problem_sets()[stem]:
        answer, test = cells[task.name], cells[f"test-{task.name}"]
        assert settings(answer)["solution"] and not settings(answer)["grade"]
        assert settings(test)["grade"] and settings(test)["locked"]
        assert f"{task.name}-task" in cells and f"{task.name}-try" in cells
        assert "### BEGIN SOLUTION" in source(answer)
        first, *rest = source(test).splitlines()
        assert first.startswith(f"# {task.name}: ") and first.endswith("(1 point)")
        hidden = source(test).split("### BEGIN HIDDEN TESTS")[1]
        assert "check(" in hidden and "seed=" in hidden
        assert sum(line.startswith("assert ") for line in rest) >= 2


@by_stem
def test_order_is_that_of_the_catalogue(stem, notebooks):
    ids = [c["id"] for c in notebooks("solutions", stem)["cells"]]
    places = [ids.index(task.name) for task in problem_sets()[stem]]
    assert places == sorted(places)


@by_stem
def test_one_question_is_graded_by_hand(stem, notebooks):
    by_hand = [
        c
        for c in notebooks("solutions", stem)["cells"]
        if settings(c).get("grade") and settings(c).get("solution")
    ]
    assert by_hand and all(c["cell_type"] == "markdown" for c in by_hand)


def seeds_of_others(cell):
    """Count the seeds that a cell hands to functions; a seed of `check` is a hidden test's."""
    calls = []
    if cell["cell_type"] == "code":
        tree = ast.parse(source(cell))
        calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return sum(
        word.arg == "seed"
        for call in calls
        if ast.unparse(call.func) != "check"
        for word in call.keywords
    )


@by_stem
def test_released_notebooks_hide_what_they_should(stem, notebooks):
    text = "\n".join(source(c) for c in notebooks("exercises", stem)["cells"])
    for mark in ("BEGIN SOLUTION", "END SOLUTION", "HIDDEN TESTS", "MARK SCHEME"):
        assert mark not in text
    assert text.count("seed=") == sum(map(seeds_of_others, notebooks("exercises", stem)["cells"]))
    solution = [
        source(c) for c in notebooks("solutions", stem)["cells"] if c["cell_type"] == "code"
    ]
    asked = sum(text.count("### BEGIN SOLUTION") for text in solution)
    assert text.count("raise NotImplementedError()") == asked
    assert asked >= sum(len(task.functions) for task in problem_sets()[stem])


def test_a_student_without_the_package_gets_one_sentence(notebooks, monkeypatch, capsys):
    setup = next(c for c in notebooks("exercises", STEMS[0])["cells"] if grade_id(c) == "setup")
    monkeypatch.setitem(sys.modules, "fallline.marking", None)
    namespace = {}
    exec(source(setup), namespace)
    sentence = capsys.readouterr().out.strip()
    assert "%pip install" in sentence and sentence.count("\n") == 0
    with pytest.raises(ModuleNotFoundError) as caught:
        namespace["check"](abs, task="abs")
    assert caught.value._render_traceback_() == [sentence]


def test_the_package_needs_numpy_alone():
    """A browser kernel has NumPy, and neither the figures' packages nor nbgrader."""
    program = (
        "import sys; [sys.modules.__setitem__(m, None) for m in "
        "('matplotlib', 'ipywidgets', 'nbgrader', 'IPython')]; "
        "from fallline.marking import check; from fallline.derivative import secant_slope; "
        "check(secant_slope)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout.startswith("secant_slope: right in all"), done.stderr
