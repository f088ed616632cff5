"""Small notebooks for the engine: what a test says in a line or two."""

import contextlib

import pytest

from safegrade.jail.capabilities import capabilities
from safegrade.jail.limits import Limits
from safegrade.notebook.engine import Engine, Settings
from toyclass import code, notebook, settings

LIMITS = Limits(cell_seconds=5, seconds=40)
needs_jail = pytest.mark.skipif(not capabilities().can_jail, reason=capabilities().reason)
_engines = {}


def engine(**options):
    """Return an engine with these settings; all tests share it."""
    key = repr(sorted(options.items()))
    if key not in _engines:
        _engines[key] = Engine(Settings(**{"limits": LIMITS, **options}))
    return _engines[key]


@pytest.fixture(scope="module", autouse=True)
def stopping():
    """End the engines after the tests of a file."""
    yield
    while _engines:
        with contextlib.suppress(Exception):
            _engines.popitem()[1].stop()


def setup(text, name="setup"):
    return code(text, name, settings(name, locked=True))


def answer(text, name="answer"):
    return code(text, name, settings(name, solution=True))


def check(text, name="test-answer", points=1):
    return code(text, name, settings(name, grade=True, locked=True, points=points))


class Done:
    """A notebook that has run."""

    def __init__(self, cells, ran):
        self.cells = {cell["id"]: cell for cell in cells}
        self.ran, self.notes = ran, ran.notes

    def outputs(self, name):
        return self.cells[name]["outputs"]

    def error(self, name="test-answer"):
        """Return the name and text of a cell's error, or ""."""
        errors = [o for o in self.outputs(name) if o["output_type"] == "error"]
        return f"{errors[-1]['ename']}: {errors[-1]['evalue']}" if errors else ""

    def text(self, name, stream="stdout"):
        return "".join(
            o["text"]
            for o in self.outputs(name)
            if o["output_type"] == "stream" and o["name"] == stream
        )

    def result(self, name="test-answer"):
        results = [o for o in self.outputs(name) if o["output_type"] == "execute_result"]
        return results[-1]["data"]["text/plain"] if results else None


def run(*cells, folder=None, options=None, **settings):
    """Run cells; a plain text is an ordinary cell, named a, b, c and so on."""
    made = [
        cell if isinstance(cell, dict) else code(cell, "abcdefghijkl"[place])
        for place, cell in enumerate(cells)
    ]
    nb = notebook(*made)
    return Done(nb["cells"], engine(**settings).run(nb, folder=folder, options=options))
