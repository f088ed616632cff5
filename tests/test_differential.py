"""Honest submissions get from the engine, test by test, what stock nbgrader gives them.

`SAFEGRADE_DIFFERENTIAL=all` compares the whole corpus instead of its sample.
"""

import os
import subprocess
import sys

import pytest

import honest
from conftest import STEMS, oracle
from oracles.record_stock import Stock, grade
from safegrade.jail.capabilities import capabilities

EVERYTHING = os.environ.get("SAFEGRADE_DIFFERENTIAL") == "all"
CORPUS = [one for one in honest.corpus() if one.sample or EVERYTHING]
ASSIGNMENTS = sorted({(one.course, one.assignment) for one in CORPUS})
by_assignment = pytest.mark.parametrize(
    "course, assignment", ASSIGNMENTS, ids=[assignment for _, assignment in ASSIGNMENTS]
)
# (submission, grade_id): (ours, stock's, why they differ)
WITHHELD = "the answer imports a part of the reference, which nobody has while being graded"
KNOWN: dict[tuple[str, str], tuple[float | None, float | None, str]] = {
    ("capstone/variant-01", "test-train_epoch"): (0.0, 1.0, WITHHELD),
    ("capstone/variant-02", "test-fair_grid"): (0.0, 1.0, WITHHELD),
    ("capstone/variant-02", "test-report"): (0.0, 1.0, WITHHELD),
}


@pytest.fixture(scope="module")
def recorded():
    return oracle("stock")["submissions"]


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """Let the engine grade the corpus, a course at a time; return the gradebooks' addresses."""
    if not capabilities().can_jail:
        pytest.skip(capabilities().reason)
    addresses = {}
    for course in ("fallline", "nbgrader"):
        folder = honest.make_course(course, tmp_path_factory.mktemp(course))
        for one in CORPUS:
            if one.course == course:
                honest.hand_in(one, folder)
        done = subprocess.run(
            [sys.executable, "-m", "safegrade", "grade"],
            cwd=folder,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            env={**os.environ, "PYTHONWARNINGS": ""},
        )
        assert done.returncode == 0, done.stdout + done.stderr
        addresses[course] = f"sqlite:///{folder}/grading/gradebook.db"
    return addresses


@by_assignment
def test_scores_are_those_of_stock_nbgrader(course, assignment, graded, recorded):
    differences = {}
    for one in CORPUS:
        if one.assignment == assignment:
            ours = honest.scores(graded[course], one)
            theirs = recorded[one.key]["scores"] or {}
            for name in ours.keys() | theirs.keys():
                pair = ours.get(name), theirs.get(name)
                if pair != KNOWN.get((one.key, name), ())[:2] and pair[0] != pair[1]:
                    differences[one.key, name] = pair
    assert not differences


def test_every_known_difference_is_one(graded, recorded):
    by_key = {one.key: one for one in CORPUS}
    for (key, name), (ours, theirs, why) in KNOWN.items():
        if key in by_key:
            one = by_key[key]
            assert honest.scores(graded[one.course], one).get(name) == ours != theirs
            assert (recorded[key]["scores"] or {}).get(name) == theirs
        assert why


def test_the_record_fits_the_corpus(recorded):
    """Also where only the sample is compared, the rest must not be stale."""
    wanted = {one.key: one.digest for one in honest.corpus()}
    stale = [key for key, digest in wanted.items() if recorded.get(key, {}).get("digest") != digest]
    assert not stale, "run: python tests/oracles/record_stock.py"
    assert recorded.keys() == wanted.keys()


def test_the_corpus_covers_every_task_and_both_ends(recorded):
    for stem in STEMS:
        perfect, untouched = (
            recorded[f"{stem}/{who}"]["scores"] for who in ("perfect", "untouched")
        )
        assert recorded[f"{stem}/talkative"]["scores"] == perfect
        tests = {name for name in perfect if name.startswith("test-")}
        assert len(tests) >= 7
        assert {perfect[name] for name in tests} == {1.0}
        assert {untouched[name] for name in tests} == {0.0}
        wrong = [
            {name for name in tests if (entry["scores"] or {}).get(name) == 0.0}
            for key, entry in recorded.items()
            if key.startswith(f"{stem}/mistake-")
        ]
        assert set().union(*wrong) == tests
    assert len(recorded) >= 500


@pytest.mark.parametrize(
    "key", ["losses/perfect", "derivative/mistake-04", "partial/test-hidden-tests"]
)
def test_the_record_is_what_the_stock_pipeline_gives_here_and_now(key, recorded, tmp_path):
    (one,) = (one for one in honest.corpus() if one.key == key)
    stock = Stock(honest.make_course(one.course, tmp_path, stock=True))
    steps = stock.app.config.Autograde
    assert all(
        step.__module__.startswith(("nbgrader.", "nbconvert."))
        for step in [*steps.sanitize_preprocessors, *steps.autograde_preprocessors]
    )
    stock.release(one.assignment)
    assert grade(stock, one) == recorded[key]
