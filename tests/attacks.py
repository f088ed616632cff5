"""A small course that is attacked, and the scene around it that shows what an attack reached.

`attack_catalogue.py` holds the attacks; `test_attacks.py` lets the engine grade them as one
class, and `oracles/record_stock.py attacks` writes down what stock nbgrader makes of each.
"""

from __future__ import annotations

import contextlib
import copy
import hashlib
import json
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from attack_catalogue import CATALOGUE, PRELUDE, WRONG, Attack
from conftest import ROOT
from toyclass import code, drop, insert_after, markdown, notebook, settings, write

HIDDEN = "hidden-{}"
SETUP = """import math

import numpy as np


def close(came, expected):
    assert abs(came - expected) < 1e-9, f"{came} instead of {expected}\""""
GOOD = {
    "mean_gradient": "def mean_gradient(X, y, w):\n    return X.T @ (X @ w - y) / len(y)",
    "slope": "def slope(f, x, h):\n    return (f(x + h) - f(x)) / h",
    "Momentum": (
        "class Momentum:\n"
        "    def __init__(self, lr, beta):\n"
        "        self.lr, self.beta, self.v = lr, beta, 0.0\n\n"
        "    def step(self, w, g):\n"
        "        self.v = self.beta * self.v + g\n"
        "        return w - self.lr * self.v"
    ),
}
TESTS = {
    "mean_gradient": """# mean_gradient: the mean over the rows (2 points)
X, y = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]), np.array([1.0, 2.0, 3.0])
w = np.array([0.5, -0.5])
expected = X.T @ (X @ w - y) / 3
assert np.allclose(mean_gradient(X, y, w), expected)
### BEGIN HIDDEN TESTS
# @HIDDEN@
rng = np.random.default_rng(7)
for n in (1, 4):
    X, y, w = rng.normal(size=(n, 2)), rng.normal(size=n), rng.normal(size=2)
    expected = X.T @ (X @ w - y) / n
    came = mean_gradient(X, y, w)
    assert came.shape == expected.shape
    assert np.allclose(came, expected)
### END HIDDEN TESTS""",
    "slope": """# slope: of functions that the test passes (3 points)
score, expected = 0.0, 6.5


def parabola(x):
    return x * x


assert math.isclose(slope(parabola, 3.0, 0.5), expected)
### BEGIN HIDDEN TESTS
# @HIDDEN@
for a in (0.3, 1.7):
    expected = math.cos(a)
    if abs(slope(math.sin, a, 1e-6) - expected) < 1e-5:
        score = score + 1.5
### END HIDDEN TESTS
score""",
    "Momentum": """# Momentum: two steps, and what it remembers (4 points)
from fractions import Fraction

optimizer = Momentum(0.1, 0.5)
w = np.array([1.0, 2.0])
first = optimizer.step(w.copy(), np.array([1.0, -1.0]))
np.testing.assert_allclose(first, [0.9, 2.1])
### BEGIN HIDDEN TESTS
# @HIDDEN@
expected = float(Fraction(3, 4))
second = optimizer.step(np.array([0.9, 2.1]), np.array([1.0, -1.0]))
assert np.allclose(second, [expected, 2.25])
close(optimizer.v[0], 1.5)
### END HIDDEN TESTS""",
}
POINTS = {"mean_gradient": 2, "slope": 3, "Momentum": 4}
NAMES = tuple(f"test-{name}" for name in POINTS)
IMPATIENT = """
c.Execute.timeout = 3
c.SafeExecute.notebook_timeout = 15
c.SafeExecute.withheld = ["fallline"]
"""
# What nbgrader has where a course sets nothing, but its folders.
STOCK = """
from nbgrader.converters import Autograde
c.Autograde.sanitize_preprocessors = Autograde.sanitize_preprocessors.default()
c.Autograde.autograde_preprocessors = Autograde.autograde_preprocessors.default()
c.Execute.skip_cells_with_tag = "skip-execution"
c.Execute.timeout = 5
c.Execute.iopub_timeout = 30  # a busy machine is no attack
c.OverwriteCells.add_missing_cells = False
c.CourseDirectory.include = ["*"]
c.CourseDirectory.ignore = [".ipynb_checkpoints", "__pycache__"]
"""


def source_notebook(marker: str, secret: str) -> dict:
    """Return the notebook of the assignment as the teacher has it."""
    cells = [markdown("# Steps", "goal"), code(SETUP, "setup", settings("setup", locked=True))]
    for name, answer in GOOD.items():
        head, *body = answer.splitlines()
        marked = [head, "    ### BEGIN SOLUTION", *body, "    ### END SOLUTION"]
        cells.append(code("\n".join(marked), name, settings(name, solution=True)))
        kind = settings(f"test-{name}", grade=True, locked=True, points=POINTS[name])
        test = TESTS[name].replace("@HIDDEN@", HIDDEN.format(marker))
        cells.append(code(test, f"test-{name}", kind))
    cells.append(markdown(f"<!-- {secret} -->", "for-teachers"))
    return notebook(*cells)


def released_notebook() -> dict:
    """Return the notebook as students get it, without the hidden tests."""
    released = source_notebook("", "")
    drop(released, "for-teachers")
    for cell in released["cells"]:
        text = cell["source"]
        if "### BEGIN HIDDEN" in text:
            head, rest = text.split("### BEGIN HIDDEN TESTS\n")
            cell["source"] = (head + rest.split("### END HIDDEN TESTS")[1]).rstrip("\n")
    return released


def handed_in(answers: dict[str, str]) -> dict:
    """Return a copy of the released notebook with these answers."""
    changed = released_notebook()
    for name, text in answers.items():
        _cell(changed, name)["source"] = text
    return changed


def _cell(changed: dict, name: str) -> dict:
    return next(cell for cell in changed["cells"] if cell["id"] == name)


def _tests(changed: dict) -> list[dict]:
    return [cell for cell in changed["cells"] if cell["id"] in NAMES]


# --- what attacks do to the notebook itself ---


def tag_skip(changed, place):
    for cell in changed["cells"]:
        cell["metadata"]["tags"] = ["skip-execution", "skip"]


def tag_raises(changed, place):
    for cell in changed["cells"]:
        cell["metadata"]["tags"] = ["raises-exception"]


def edit_tests(changed, place):
    for cell, points in zip(_tests(changed), POINTS.values(), strict=True):
        cell["source"] = f"float({points})"


def change_points(changed, place):
    for cell, points in zip(_tests(changed), (100, 0, -5), strict=True):
        cell["metadata"]["nbgrader"]["points"] = points


def retype_tests(changed, place):
    for cell in _tests(changed):
        cell["cell_type"] = "markdown"
        del cell["outputs"], cell["execution_count"]


def add_own_tests(changed, place, after=True):
    for cell in _tests(changed):
        points = cell["metadata"]["nbgrader"]["points"]
        own = {**copy.deepcopy(cell), "id": cell["id"] + "-own", "source": f"float({points})"}
        where = changed["cells"].index(cell) + after
        changed["cells"].insert(where, own)


def add_own_tests_first(changed, place):
    add_own_tests(changed, place, after=False)


def delete_tests(changed, place):
    drop(changed, *NAMES)


def replace_setup(changed, place):
    drop(changed, "setup")
    friendly = "import math\nimport numpy as np\n\n\ndef close(came, expected):\n    pass\n\n\n"
    friendly += "np.allclose = np.testing.assert_allclose = math.isclose = lambda *a, **k: True"
    changed["cells"].insert(0, code(friendly, "my-setup"))


def edit_setup(changed, place):
    _cell(changed, "setup")["source"] += "\nclose = np.allclose = lambda *a, **k: True"


def swap_names(changed, place):
    for name in POINTS:
        first, second = _cell(changed, name), _cell(changed, f"test-{name}")
        first["metadata"], second["metadata"] = second["metadata"], first["metadata"]
        second["source"] = "pass"


def other_kernel(changed, place):
    spec = {"name": "evil", "display_name": "Evil", "language": "python"}
    changed["metadata"]["kernelspec"] = spec


def other_language(changed, place):
    spec = {"name": "bash", "display_name": "Bash", "language": "bash"}
    changed["metadata"] |= {"kernelspec": spec, "language_info": {"name": "bash"}}


def inject_metadata(changed, place):
    for cell in changed["cells"]:
        known = cell["metadata"].setdefault("nbgrader", {})
        known |= {"score": 4, "auto_score": 4, "manual_score": 4, "extra_credit": 50}
        cell["metadata"] |= {"execution": {"score": 4}, "deletable": False, "trusted": True}
    changed["metadata"] |= {"nbgrader": {"score": 9}, "safegrade": {"score": 9, "notes": []}}


def hand_in_outputs(changed, place):
    for cell, points in zip(_tests(changed), POINTS.values(), strict=True):
        data = {"text/plain": str(float(points))}
        kind = {"output_type": "execute_result", "execution_count": 1, "metadata": {}}
        cell["outputs"] = [{**kind, "data": data}]
        cell["source"] += "\n"


def leave_links(changed, place):
    place.mkdir(parents=True, exist_ok=True)
    canary = place.parents[4] / "canary"
    for name in ("steps.csv", "list.txt"):
        (place / name).symlink_to(canary)
    (place / "folder").symlink_to(canary.parent, target_is_directory=True)


def take_answers_of_solution(changed, place):
    path = place.parents[3] / "solutions/steps/steps.ipynb"
    _cell(changed, "Momentum")["source"] += _stealing(path)
    _move_before_tests(changed)


def take_answers_of_classmate(changed, place):
    _cell(changed, "Momentum")["source"] += _stealing(place.parents[1] / "ada/steps/steps.ipynb")
    _move_before_tests(changed)


def _stealing(path: Path) -> str:
    return (
        f"\n\n\nimport json\ntry:\n    stolen = json.load(open({str(path)!r}))\n"
        "    for cell in stolen['cells']:\n"
        f"        if cell['id'] in {tuple(POINTS)!r}:\n"
        "            exec(''.join(cell['source']))\n"
        "except OSError as error:\n    print(error)"
    )


def _move_before_tests(changed: dict) -> None:
    moved = _cell(changed, "Momentum")
    changed["cells"].remove(moved)
    insert_after(changed, "mean_gradient", moved)


def shell_cells(changed, place):
    root = place.parents[3]
    lines = [
        f"!cat {root}/solutions/steps/steps.ipynb | tail -n 30",
        f"!cat {root.parent}/canary; ps aux | grep -c python",
        f"%%bash\ncat {root.parent}/canary\ncp -f /etc/hostname {root}/nbgrader_config.py",
        f"%run {root}/solutions/steps/steps.ipynb",
        f"%load {root.parent}/canary",
        f"%cd {root}\n%ls grading/submitted",
    ]
    for number, line in enumerate(lines):
        insert_after(changed, "mean_gradient", code(line, f"shell-{number}"))


def submission(attack: Attack, place: Path) -> dict:
    """Return what a hostile student hands in, and leave the files that lie beside it."""
    answers = {**WRONG, **attack.answers}
    first = next(iter(answers))
    answers[first] += f"\n\n\n{PRELUDE}\n{attack.code}"
    changed = handed_in(answers)
    if attack.bend:
        globals()[attack.bend](changed, place)
    for name, text in attack.files.items():
        write(place / name, text)
    return changed


# --- the scene ---


class Scene:
    """A course between things that no student may touch, and what shows that one did.

    Used as a context manager; `folder` is empty, and everything but marks lies in it.
    """

    def __init__(self, folder: Path, template: Path | None = None):
        self.folder, self.course = folder, folder / "course"
        self.token = "t" + secrets.token_hex(8)
        self.marker = secrets.token_hex(8)
        self.secret = f"secret-{secrets.token_hex(8)}"
        self.calls: list[str] = []
        self._cleanup = contextlib.ExitStack()
        if template:
            self.marker, self.secret = (template / "words").read_text().split()
            shutil.copytree(template / "course", self.course)

    def __enter__(self) -> Scene:
        self.home = self.folder / "home"
        write(self.home / ".ssh/id_ed25519", self.secret)
        write(self.home / ".jupyter/migrated", "as Jupyter leaves it")
        write(self.home / ".ipython/profile_default/startup/README", "nothing")
        write(self.folder / "canary", self.secret)
        self.mark = Path(tempfile.gettempdir(), f"mark-{self.token}")
        self._listen()
        self._start_victim()
        return self

    def __exit__(self, *_) -> None:
        self._cleanup.close()
        for path in self.marks():
            path.unlink(missing_ok=True)
        for pid in self.processes():
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)

    def make_course(self, extra: str) -> None:
        """Write the course: its settings, the assignment, and two honest students."""
        text = (ROOT / "nbgrader_config.py").read_text(encoding="utf-8")
        header = 'c.IncludeHeaderFooter.header = ""\n'
        write(self.course / "nbgrader_config.py", text + header + extra)
        source = source_notebook(self.marker, self.secret)
        write(self.course / "solutions/steps/steps.ipynb", source)

    def place(self, student: str) -> Path:
        return self.course / "grading/submitted" / student / "steps"

    def hand_in(self, student: str, notebook: dict) -> None:
        text = json.dumps(notebook)
        for name, value in self.words().items():
            text = text.replace(f"@{name}@", str(value))
        write(self.place(student) / "steps.ipynb", text)

    def attack(self, attack: Attack) -> None:
        """Hand in what an attacker does."""
        self.hand_in(attack.name, submission(attack, self.place(attack.name)))

    def words(self) -> dict[str, object]:
        """Return what the words of the catalogue stand for."""
        return {
            "COURSE": self.course,
            "HOME": self.home,
            "CANARY": self.folder / "canary",
            "PORT": self.port,
            "SOCKET": self.token,
            "VICTIM": self.victim.pid,
            "MARK": self.mark,
            "LIB": ROOT / "lib",
            "TOKEN": self.token,
        }

    def environment(self) -> dict[str, str]:
        """Return the environment in which the teacher grades."""
        scene = {"HOME": str(self.home), "SECRET_OF_SCENE": self.secret, "SCENE": self.token}
        return {**os.environ, **scene, "PYTHONWARNINGS": ""}

    def _listen(self) -> None:
        server = socket.create_server(("127.0.0.1", 0))
        self.port = server.getsockname()[1]
        datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        datagrams.bind(("127.0.0.1", self.port))
        abstract = socket.socket(socket.AF_UNIX)
        abstract.bind(f"\0{self.token}")
        named = socket.socket(socket.AF_UNIX)
        named.bind(f"{self.course}.sock")
        for name, one in {"tcp": server, "abstract": abstract, "named": named}.items():
            one.listen()
            self._watch(one, name, lambda s: s.accept()[0].close())
        self._watch(datagrams, "datagram", lambda s: s.recv(100))

    def _watch(self, one: socket.socket, name: str, receive) -> None:
        one.settimeout(0.2)
        stop = threading.Event()

        def watch():
            while not stop.is_set():
                with contextlib.suppress(TimeoutError):
                    receive(one)
                    self.calls.append(name)

        thread = threading.Thread(target=watch, daemon=True)
        thread.start()
        self._cleanup.callback(one.close)
        self._cleanup.callback(thread.join)
        self._cleanup.callback(stop.set)

    def _start_victim(self) -> None:
        place = self.folder / "victim"
        write(place / "canary", self.secret)
        program = (
            "import signal, sys, time\n"
            "signal.signal(signal.SIGCONT, lambda *a: open('signalled', 'w').close())\n"
            "print('ready', flush=True)\n"
            "while True:\n    time.sleep(1)"
        )
        self.victim = subprocess.Popen(
            [sys.executable, "-c", program],
            cwd=place,
            env={"SECRET_OF_VICTIM": self.secret},
            stdout=subprocess.PIPE,
        )
        self.victim.stdout.readline()
        self._cleanup.callback(self.victim.stdout.close)
        self._cleanup.callback(self.victim.wait)
        self._cleanup.callback(self.victim.kill)

    # --- what was reached ---

    def snapshot(self) -> dict[str, str]:
        """Return a digest of every file that grading leaves alone."""
        roots = [self.home, self.course / "solutions", self.course / "grading/submitted"]
        files = [path for root in roots for path in root.rglob("*") if path.is_file()]
        files += [path for path in self.course.iterdir() if path.is_file()]
        files += [self.folder / "canary", self.folder / "victim/canary"]
        digest = hashlib.sha256
        return {
            str(path.relative_to(self.folder)): digest(path.read_bytes()).hexdigest()
            for path in files
            if path != self.home / ".jupyter/migrated" and "__pycache__" not in path.parts
        }

    def marks(self) -> list[Path]:
        """Return the files that attacks have left in places that others see."""
        found = [*self.mark.parent.glob(f"{self.mark.name}*"), *self.course.rglob(f"{self.token}*")]
        if Path("/dev/shm").is_dir():
            found += Path("/dev/shm").glob(f"{self.token}*")
        return found

    def processes(self) -> list[int]:
        """Return the processes that were started in this scene, but the victim."""
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                text = (folder / "cmdline").read_bytes() + (folder / "environ").read_bytes()
                if self.token.encode() in text:
                    found.append(int(folder.name))
        return [pid for pid in found if pid not in (os.getpid(), self.victim.pid)]

    def reached(self, before: dict[str, str]) -> list[str]:
        """Return what was written, called, started or signalled that should not be."""
        after = self.snapshot()
        found = [
            f"wrote {k}" for k in sorted(before.keys() | after) if before.get(k) != after.get(k)
        ]
        found += [f"left {path.name.replace(self.token, '')}" for path in self.marks()]
        found += [f"called {name}" for name in sorted(set(self.calls))]
        if (self.folder / "victim/signalled").exists():
            found.append("signalled the victim")
        if self.victim.poll() is not None:
            found.append("ended the victim")
        return found

    def fired(self, student: str) -> list[str]:
        """Return what the outputs of a graded notebook give away."""
        path = self.course / "grading/autograded" / student / "steps/steps.ipynb"
        if not path.exists():
            return []
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        texts = [_text_of(output) for cell in cells for output in cell.get("outputs", [])]
        found = [line for text in texts for line in text.splitlines() if "FIRED" in line]
        found += ["secret" for text in texts if self.secret in text]
        found += ["hidden tests" for text in texts if self.marker[::-1] in text]
        return sorted({line.replace(str(self.folder), "").strip()[:100] for line in found})

    def scores(self, student: str) -> dict[str, float | None] | None:
        """Return the scores of a student's tests, or None where the gradebook has none."""
        from nbgrader.api import Gradebook, MissingEntry

        with Gradebook(f"sqlite:///{self.course}/grading/gradebook.db") as gradebook:
            try:
                handed_in = gradebook.find_submission_notebook("steps", "steps", student)
                found = {g.name: g.score for g in handed_in.grades if g.name in NAMES}
            except MissingEntry:
                found = None
            gradebook.engine.dispose()
        return found


def _text_of(output: dict) -> str:
    parts = [output.get("text", ""), *output.get("data", {}).values()]
    parts += [output.get("evalue", ""), *output.get("traceback", [])]
    return "\n".join("".join(part) if isinstance(part, list) else str(part) for part in parts)


# --- what stock nbgrader makes of them ---


def record(path: Path) -> None:
    """Write down what stock nbgrader gives each attack, and what it lets it reach."""
    from oracles.record_stock import read, source, write

    known = read(path)
    entries = {attack.name: known.get(attack.name) for attack in CATALOGUE}
    todo = [a for a in CATALOGUE if (entries[a.name] or {}).get("digest") != digest(a)]
    with tempfile.TemporaryDirectory(prefix="attacked-") as folder:
        template = _template(Path(folder, "template"))
        for number, attack in enumerate(todo, start=1):
            what = {"not run": attack.not_by_stock} if attack.not_by_stock else None
            entry = what or _by_stock(attack, Path(folder, attack.name), template)
            entries[attack.name] = {"digest": digest(attack), **entry}
            print(f"{number}/{len(todo)} {attack.name} {entry}", flush=True)
            write(path, source(), {k: v for k, v in entries.items() if v})


def digest(attack: Attack) -> str:
    """Return a digest of an attack and of the tests that it is up against."""
    parts = [repr(attack), PRELUDE, SETUP, repr(TESTS), repr(WRONG)]
    return hashlib.sha256("".join(parts).encode()).hexdigest()[:16]


def _template(folder: Path) -> Path:
    """Make a course that is released, with two honest students' submissions."""
    from oracles.record_stock import Stock

    folder.mkdir(parents=True)
    scene = Scene(folder)
    scene.make_course(IMPATIENT + STOCK)
    write(folder / "words", f"{scene.marker} {scene.secret}")
    for student in ("ada", "zoe"):
        write(scene.place(student) / "steps.ipynb", handed_in(GOOD))
    stock = Stock(scene.course)
    stock.release("steps")
    stock.grade("steps", "ada")
    return folder


def _by_stock(attack: Attack, folder: Path, template: Path) -> dict:
    """Let stock nbgrader grade one attack in a throw-away copy of the course."""
    folder.mkdir()
    with Scene(folder, template) as scene:
        scene.attack(attack)
        before = scene.snapshot()
        ended = _grade_apart(scene, attack.name)
        time.sleep(2)  # for what is done later
        scores = scene.scores(attack.name)
        reached = scene.reached(before) + scene.fired(attack.name)
        left = [pid for pid in scene.processes() if pid != os.getpid()]
        if left:
            reached.append("left processes")
        if (scene.scores("ada") or {}) != dict(
            zip(NAMES, map(float, POINTS.values()), strict=True)
        ):
            reached.append("changed ada's grades")
    shutil.rmtree(folder, ignore_errors=True)
    told = sorted({_anywhere(line.replace(scene.token, "")) for line in reached})
    return {"scores": scores, "reached": told, **({"grader": ended} if ended else {})}


def _anywhere(line: str) -> str:
    """Return a line without what is another on each machine and in each run."""
    for place in (str(ROOT), sys.prefix, sys.base_prefix):
        line = line.replace(place, "")
    return re.sub(r"[0-9a-f]{16}", "...", re.sub(r"/proc/\d+|of \d+", "/proc/N", line)).strip()


def _grade_apart(scene: Scene, student: str, seconds: float = 100) -> str:
    """Grade in a process of its own; return how it ended, or "" if it graded."""
    from oracles.record_stock import Stock

    child = os.fork()
    if child == 0:
        code = 1
        try:
            os.setsid()
            os.environ.update(scene.environment())
            Stock(scene.course).grade("steps", student)
            code = 0
        except BaseException as error:
            (scene.folder / "why").write_text(str(error)[:150], encoding="utf-8")
        finally:
            os._exit(code)
    limit = time.monotonic() + seconds
    while time.monotonic() < limit:
        pid, status = os.waitpid(child, os.WNOHANG)
        if pid:
            code = os.waitstatus_to_exitcode(status)
            why = scene.folder / "why"
            told = why.read_text(encoding="utf-8") if why.exists() else ""
            return {0: "", 1: f"could not grade it: {told}"}.get(code, "was killed")
        time.sleep(0.1)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return "did not end"
