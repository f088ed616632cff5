"""Every attack of the catalogue scores nothing and reaches nothing; stock's values lie beside."""

import json
import os
import subprocess
import sys

import pytest
from bs4 import BeautifulSoup

import attacks
from attack_catalogue import CATALOGUE
from attacks import GOOD, IMPATIENT, NAMES, POINTS, Scene
from conftest import oracle
from safegrade.jail.capabilities import capabilities

by_attack = pytest.mark.parametrize("attack", CATALOGUE, ids=lambda attack: attack.name)
FULL = dict(zip(NAMES, map(float, POINTS.values()), strict=True))
NOTHING = dict.fromkeys(NAMES, 0.0)


@pytest.fixture(scope="module")
def scene(tmp_path_factory):
    """Grade one class of all attackers between two honest students; return what came of it."""
    if not capabilities().can_jail:
        pytest.skip(capabilities().reason)
    with Scene(tmp_path_factory.mktemp("attacked")) as scene:
        scene.make_course(IMPATIENT)
        for student in ("ada", "zoe"):
            scene.hand_in(student, attacks.handed_in(GOOD))
        for attack in CATALOGUE:
            scene.attack(attack)
        before = scene.snapshot()
        done = subprocess.run(
            [sys.executable, "-m", "safegrade", "grade", "steps"],
            cwd=scene.course,
            env=scene.environment(),
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=900,
        )
        scene.printed = done.stdout + done.stderr
        assert done.returncode == 0, scene.printed
        scene.left = scene.processes()
        made = ("grades.csv", "export.csv")
        scene.found = [w for w in scene.reached(before) if not w.endswith(made)]
        yield scene


@by_attack
def test_an_attack_scores_nothing(attack, scene):
    assert scene.scores(attack.name) == NOTHING


@by_attack
def test_an_attack_finds_nothing_out(attack, scene):
    assert scene.fired(attack.name) == []


@pytest.mark.parametrize("student", ["ada", "zoe"])
def test_honest_students_among_them_get_their_points(student, scene):
    assert scene.scores(student) == FULL


def test_nothing_was_written_called_or_signalled(scene):
    assert scene.found == []


def test_no_process_is_left(scene):
    assert scene.left == []


def test_the_canary_rings(tmp_path):
    """The probes see what they should: a scene in which everything happens."""
    with Scene(tmp_path) as scene:
        scene.make_course("")
        scene.hand_in("ada", attacks.handed_in(GOOD))
        before = scene.snapshot()
        words = scene.words()
        program = (
            "import os, signal, socket\n"
            f"open({str(words['MARK'])!r} + '-x', 'w').close()\n"
            f"socket.create_connection(('127.0.0.1', {words['PORT']})).close()\n"
            f"s = socket.socket(socket.AF_UNIX)\ns.connect('\\0{words['SOCKET']}')\ns.close()\n"
            f"os.kill({words['VICTIM']}, signal.SIGCONT)\n"
            f"open({str(scene.place('ada') / 'steps.ipynb')!r}, 'a').write('x')\n"
            "print('ready', flush=True)\nimport time\ntime.sleep(60)"
        )
        child = subprocess.Popen(
            [sys.executable, "-c", program], stdout=subprocess.PIPE, env=scene.environment()
        )
        with child:
            assert child.stdout.readline()
            wait = 50
            while len(scene.reached(before)) < 5 and wait:
                wait -= 1
                os.sched_yield() if wait % 2 else __import__("time").sleep(0.1)
            assert {what.split(" ")[0] for what in scene.reached(before)} == {
                "wrote",
                "left",
                "called",
                "signalled",
            }
            assert scene.processes() == [child.pid]
            child.kill()
        output = {"output_type": "stream", "name": "stdout", "text": f"FIRED\n{scene.secret}"}
        graded = attacks.handed_in(GOOD)
        graded["cells"][1]["outputs"] = [output]
        attacks.write(scene.course / "grading/autograded/ada/steps/steps.ipynb", graded)
        assert scene.fired("ada") == ["FIRED", "secret"]


def pages(scene, student):
    return [
        BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
        for path in (scene.course / "grading/feedback" / student).rglob("*.html")
    ]


@by_attack
def test_feedback_holds_no_script_secret_or_hidden_test_of_an_attack(attack, scene):
    (page,) = pages(scene, attack.name)
    for tag in page.find_all(["script", "iframe", "svg", "object", "embed"]):
        assert scene.token not in str(tag)
    for tag in page.find_all(True):
        active = [k for k, v in tag.attrs.items() if k.startswith("on") or "javascript:" in str(v)]
        assert not active or scene.token not in str(tag.attrs)
    text = page.get_text()
    assert scene.secret not in text
    assert scene.marker not in text


def test_the_record_of_stock_fits_the_catalogue():
    entries = oracle("attacks")["submissions"]
    fresh = {attack.name: attacks.digest(attack) for attack in CATALOGUE}
    stale = {
        name for name, digest in fresh.items() if entries.get(name, {}).get("digest") != digest
    }
    assert not stale, "run: python tests/oracles/record_stock.py attacks"
    assert entries.keys() == fresh.keys()


def test_stock_lets_many_succeed():
    """Were stock unharmed, the attacks would be none."""
    entries = oracle("attacks")["submissions"].values()
    points = sum(sum(filter(None, (entry.get("scores") or {}).values())) for entry in entries)
    assert points > 50
    assert sum(bool(entry.get("reached")) for entry in entries) > 25
    assert len(CATALOGUE) >= 35


def test_attacks_are_told_apart():
    assert len({attack.name for attack in CATALOGUE}) == len(CATALOGUE)
    assert len({json.dumps([a.code, a.answers, a.bend, a.files]) for a in CATALOGUE}) == len(
        CATALOGUE
    )
