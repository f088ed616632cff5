"""What the tests share: where things lie, and how a student's notebook is run."""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import matplotlib
import pytest
from filelock import FileLock

import postgresql
from fallline.marking.classroom import grade_id, read_notebook, source
from fallline.marking.tasks import problem_sets
from fallline_book import browser as browsers

matplotlib.use("agg")

ROOT = Path(__file__).parents[1]
STEMS = sorted(problem_sets())
TASKS = [(stem, task) for stem, problems in problem_sets().items() for task in problems]

# They take minutes each: begun first, none is left over for one process alone at the end. The
# first builds the site where it is missing, and the second needs none.
LONGEST = ["site", "faults", "live", "class", "mistakes", "nbgrader", "printing", "differential"]

by_task = pytest.mark.parametrize("stem, task", TASKS, ids=[f"{s}-{t.name}" for s, t in TASKS])


def notebook_path(room: str, stem: str) -> Path:
    return ROOT / room / stem / f"{stem}.ipynb"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the files that take longest first; the rest keeps its order."""
    rank = {f"test_{name}": place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: rank.get(item.path.stem, len(rank)))


@pytest.fixture(autouse=True)
def what_tests_share_is_left_as_it_was():
    """Close what a test has drawn, and let no test raise the limit of nested calls for others.

    matplotlib complains when many figures stay open; where the limit is high, what should end
    in a RecursionError ends the process.
    """
    limit = sys.getrecursionlimit()
    yield
    assert sys.getrecursionlimit() == limit
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot:
        pyplot.close("all")


@pytest.fixture(scope="session")
def notebooks():
    """Return a reader of notebooks: `notebooks("exercises", "derivative")`."""
    read = {}

    def reader(room: str, stem: str) -> dict:
        if (room, stem) not in read:
            read[room, stem] = read_notebook(notebook_path(room, stem))
        return read[room, stem]

    return reader


def run_cells(notebook: dict, names, replaced=None) -> dict[str, BaseException | None]:
    """Run the header and the cells of those grade_ids in one namespace, as a kernel would.

    A released notebook holds the header; a solution gets it from nbgrader, and here.
    Returns what each cell raised, or None. `replaced` maps a grade_id to the text
    that is run in its place, or to the objects that it would define.
    """
    namespace, raised = {"__name__": "__main__"}, {}
    cells = notebook["cells"]
    if not any(grade_id(cell) == "setup" for cell in cells):
        cells = read_notebook(ROOT / "solutions/header.ipynb")["cells"] + cells
    for cell in cells:
        name = grade_id(cell)
        if cell["cell_type"] != "code" or (name != "setup" and name not in names):
            continue
        text = (replaced or {}).get(name, source(cell))
        raised[name] = None
        if isinstance(text, dict):
            namespace.update(text)
            continue
        try:
            with contextlib.redirect_stdout(io.StringIO()):
                exec(compile(text, f"<{name}>", "exec"), namespace)
        except Exception as error:
            raised[name] = error
    return raised


def oracle(name: str) -> dict:
    """Return numbers that others published or computed: `tests/oracles/<name>.json`.

    Each file holds its "source" and nested lists of numbers.
    """
    return json.loads((ROOT / "tests/oracles" / f"{name}.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def site() -> Path:
    """Return the folder of the built site; make builds it where it is missing or old."""
    (ROOT / "_build").mkdir(exist_ok=True)
    with FileLock(ROOT / "_build/site.lock"):  # tests run side by side; one builds, others wait
        subprocess.run(["make", "_build/html/index.html"], cwd=ROOT, check=True)
    return ROOT / "_build/html"


@contextlib.contextmanager
def served(folder):
    """Serve a folder as a host would, and give its address without a slash at the end."""
    command = [sys.executable, "-u", "-m", "fallline_book.serve", str(folder), "--port", "0"]
    paths = {**os.environ, "PYTHONPATH": str(ROOT / "book/_ext")}
    with subprocess.Popen(command, env=paths, stdout=subprocess.PIPE, text=True) as server:
        try:
            yield re.search(r"http://[\d.:]+", server.stdout.readline())[0]
        finally:
            server.terminate()


@pytest.fixture(scope="session")
def address(site):
    """Serve the site, and return its address without a slash at the end."""
    with served(site) as running:
        yield running


@pytest.fixture(scope="module")
def browser():
    """Return a headless Chromium; where none is installed, the test is skipped and says so.

    It ends with its module, so that nothing of its event loop is there when others fork.
    """
    if browsers.find_browser() is None:
        refuse = pytest.fail if os.environ.get("CI") else pytest.skip
        refuse("no Chromium here: `make setup-browser` installs one")
    with browsers.chromium() as running:
        yield running


@pytest.fixture(scope="module")
def postgres():
    """Return the address of an empty database of PostgreSQL's, where it is installed."""
    pytest.importorskip("psycopg2")
    with contextlib.ExitStack() as started:
        try:
            address = started.enter_context(postgresql.throwaway())
        except FileNotFoundError as missing:
            pytest.skip(str(missing))
        yield address
