"""Every known mistake is caught where it should be, with the hint that it should earn.

All of it goes through the released notebooks' own test cells.
"""

import ast

import numpy as np
import pytest

from conftest import TASKS, by_task, run_cells
from fallline.marking import WrongAnswer
from fallline.marking.check import mark
from fallline.marking.classroom import answer_text, cell_of, source, source_of
from fallline.marking.compare import has_whole_numbers, numbers_in
from fallline.marking.generic import HINTS, applies, generic_mistakes
from fallline.marking.outcome import try_all
from fallline.marking.tasks import problem_sets

MISTAKES = [(stem, task, m) for stem, task in TASKS for m in task.mistakes]
VARIANTS = [(stem, task, v) for stem, task in TASKS for v in task.variants]
by_mistake = pytest.mark.parametrize(
    "stem, task, mistake", MISTAKES, ids=[f"{s}-{t.name}-{m.name}" for s, t, m in MISTAKES]
)
by_variant = pytest.mark.parametrize(
    "stem, task, variant", VARIANTS, ids=[f"{s}-{t.name}-{v.name}" for s, t, v in VARIANTS]
)


GENERIC = [(stem, task, name) for stem, task in TASKS for name in HINTS if applies(name, task)]
by_generic = pytest.mark.parametrize(
    "stem, task, name", GENERIC, ids=[f"{s}-{t.name}-{n}" for s, t, n in GENERIC]
)


def run_test_cell(notebook, task, answer):
    """Return what the released test cell raises for an answer: text to run, or functions."""
    names = {task.name, f"test-{task.name}"}
    raised = run_cells(notebook, names, {task.name: answer})
    assert raised[task.name] is None, f"the answer itself does not run: {raised[task.name]}"
    return raised[f"test-{task.name}"]


@by_task
def test_the_reference_passes(stem, task, notebooks):
    assert run_test_cell(notebooks("exercises", stem), task, dict(task.reference)) is None


@by_task
def test_the_solution_passes_its_hidden_tests(stem, task, notebooks):
    names = {task.name, f"test-{task.name}"}
    assert run_cells(notebooks("solutions", stem), names) == {
        "setup": None,
        task.name: None,
        f"test-{task.name}": None,
    }


@by_task
def test_the_untouched_stub_fails_and_is_told_so(stem, task, notebooks):
    released = notebooks("exercises", stem)
    error = run_test_cell(released, task, source(cell_of(released, task.name)))
    assert isinstance(error, WrongAnswer)
    assert "Nothing is written yet" in error.report.hint


@by_variant
def test_accepted_variants_pass(stem, task, variant, notebooks):
    text = answer_text(task, variant.code, notebooks("solutions", stem))
    assert run_test_cell(notebooks("exercises", stem), task, text) is None
    for seed in range(1, 6):
        report = mark(*{**task.reference, **variant.code}.values(), task=task.name, seed=seed)
        assert report.passed == report.total, str(report)


@by_mistake
def test_known_mistakes_earn_their_hint(stem, task, mistake, notebooks):
    text = answer_text(task, mistake.code, notebooks("solutions", stem))
    error = run_test_cell(notebooks("exercises", stem), task, text)
    assert isinstance(error, WrongAnswer), f"not caught: {error!r}"
    assert (error.report.mistake, error.report.hint) == (mistake.name, mistake.hint)


@by_mistake
def test_known_mistakes_are_recognised_on_other_random_cases(stem, task, mistake, notebooks):
    answers = {**task.reference, **mistake.code}
    for seed in range(1, 4):
        report = mark(*answers.values(), task=task.name, seed=seed)
        assert report.mistake == mistake.name, f"seed {seed}: {report}"


@by_generic
def test_generic_mistakes_earn_their_hint(stem, task, name, notebooks):
    spoilt = {key: generic_mistakes(f)[name] for key, f in task.reference.items()}
    error = run_test_cell(notebooks("exercises", stem), task, spoilt)
    assert isinstance(error, WrongAnswer), f"not caught: {error!r}"
    assert (error.report.mistake, error.report.hint) == (name, HINTS[name])


@by_task
def test_the_catalogue_is_rich_enough(stem, task):
    assert len(task.mistakes) >= 4
    assert len(task.variants) >= 2
    for group in (task.mistakes, task.variants):
        names = [entry.name for entry in group]
        assert len(set(names)) == len(names)
    hints = [mistake.hint for mistake in task.mistakes]
    assert len(set(hints)) == len(hints)
    assert task.why


@by_task
def test_numeric_tasks_try_whole_numbers_and_nan(stem, task):
    outcomes = try_all(task.all_cases(0), task.reference)
    # A label or an index is a whole number and has no way to say NaN.
    numbers = [numbers_in(o.value) for o in outcomes if not has_whole_numbers(o.value)]
    if any(n.size for n in numbers):
        assert any(has_whole_numbers(arg) for o in outcomes for arg in o.case.args)
        assert any(np.isnan(n).any() for n in numbers)


def test_most_generic_mistakes_apply_to_most_tasks():
    counts = {name: sum(name == n for _, _, n in GENERIC) for name in HINTS}
    assert counts["uses global randomness"] == len(TASKS)
    assert min(counts.values()) > len(TASKS) / 2


@by_task
def test_hints_do_not_hold_code_of_the_solution(stem, task, notebooks):
    solution = ast.parse(source(cell_of(notebooks("solutions", stem), task.name)))
    returns = {
        ast.unparse(node.value)
        for node in ast.walk(solution)
        if isinstance(node, ast.Return) and node.value is not None
    }
    for mistake in task.mistakes:
        assert not any(len(text) > 6 and text in mistake.hint for text in returns), mistake.name


def test_task_names_are_unique():
    names = [task.name for problems in problem_sets().values() for task in problems]
    assert len(set(names)) == len(names)


def test_mistakes_stand_alone():
    """A mistake's text needs numpy and nothing else of its module."""
    for _, task, entry in MISTAKES + VARIANTS:
        for code in entry.code.values():
            tree = ast.parse(source_of(code))
            assert tree.body[0].name in task.functions
