"""The exercises in the browser: what is served, what is asked for outside, what runs there.

NumPy for the browser is not among the parts that are fetched, so no answer is checked here:
the kernel starts, the wheel is installed and imported, and a stand-in for NumPy shows that
`fallline.marking` asks for nothing else that a browser lacks.
"""

import base64
import hashlib
import importlib.util
import json
import os
import re
import socketserver
import subprocess
import sys
import threading
import tomllib
import zipfile
from types import SimpleNamespace

import pytest
from jupyter_client import KernelManager
from packaging.requirements import Requirement

from conftest import ROOT, STEMS, notebook_path
from fallline.marking.classroom import read_notebook, source

FOLDER = ROOT / "book/_lite"
BROWSERS_OWN = "content-autofill.googleapis.com"  # Chromium asks it about any form, on any site


def load_build():
    spec = importlib.util.spec_from_file_location("lite_build", FOLDER / "build.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


build = load_build()
SETTINGS = build.read_settings()


# --- settings and locks ---


def test_the_address_is_that_of_the_version():
    assert f"/v{SETTINGS['version']}/" in SETTINGS["address"]


@pytest.mark.parametrize(
    "old, new, words",
    [
        ('version = "314', 'version = "v314', "version must look like"),
        ('integrity = "sha512-', 'integrity = "sha256-', "integrity is no such checksum"),
        ('address = "https://', 'address = "http://', "begin with https://"),
        ('/full/"', '/full"', "end with /"),
        ('numpy_sha256 = "', 'numpy_sha256 = "x', "numpy_sha256 is no such checksum"),
        ("numpy_sha256", "numpy_sha265", "missing or unknown: numpy_sha256, numpy_sha265"),
        ("[packages]", "[packages", "cannot be read"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path, old, new, words):
    text = (FOLDER / "pyodide.toml").read_text()
    assert text.count(old) == 1
    path = tmp_path / "pyodide.toml"
    path.write_text(text.replace(old, new))
    with pytest.raises(build.Refused, match=words):
        build.read_settings(path)


@pytest.mark.parametrize("path", ["requirements-lite.lock", "book/_lite/kernel.lock"])
def test_every_pin_has_hashes_and_no_address_is_named(path):
    text = (ROOT / path).read_text()
    blocks = re.split(r"^(?=[a-z0-9._-]+==)", text, flags=re.MULTILINE)[1:]
    assert len(blocks) > 15
    assert all("--hash=sha256:" in block for block in blocks)
    assert not re.search(r"https?:|--index|--find-links|file:", text)


def test_the_builder_is_pinned_and_knows_no_grading():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    lock = (ROOT / "requirements-lite.lock").read_text()
    pinned = dict(re.findall(r"^([a-z0-9._-]+)==(\S+)", lock, flags=re.MULTILINE))
    for requirement in map(Requirement, project["dependency-groups"]["lite"]):
        assert requirement.specifier.contains(pinned[requirement.name])
    assert not {"nbgrader", "jupyterlab"} & pinned.keys()  # their menus would leak in


def test_a_notebook_that_was_saved_in_the_browser_runs_in_the_grading_kernel():
    assert KernelManager(kernel_name="python").kernel_name == "python3"


# --- the parts, with small stand-ins ---


def make_wheel(folder, name, version="1.0", needs=()):
    """Write a wheel with one module, and return its path."""
    path = folder / f"{name}-{version}-py3-none-any.whl"
    lines = [f"Name: {name}", f"Version: {version}", *(f"Requires-Dist: {n}" for n in needs)]
    with zipfile.ZipFile(path, "w") as wheel:
        wheel.writestr(f"{name}/__init__.py", "")
        wheel.writestr(f"{name}-{version}.dist-info/METADATA", "\n".join(lines))
    return path


@pytest.fixture
def distribution(tmp_path):
    """Return an unpacked Pyodide in small: a core, the kernel's packages, NumPy, and one more."""
    folder = tmp_path / "distribution"
    folder.mkdir()
    for name in build.CORE:
        (folder / name).write_text(name)
    packages = {}
    for name in [*build.STARTS_WITH, "numpy", "scipy"]:
        wheel = make_wheel(folder, name)
        packages[name] = {
            "name": name,
            "version": "1.0",
            "depends": [],
            "imports": [name],
            "file_name": wheel.name,
            "sha256": hashlib.sha256(wheel.read_bytes()).hexdigest(),
        }
    (folder / build.LOCK).write_text(json.dumps({"info": {}, "packages": packages}))
    return folder


@pytest.fixture
def parts(tmp_path):
    """Return the fetched parts in small, and our wheel."""
    wheels = tmp_path / "parts/wheels"
    wheels.mkdir(parents=True)
    for name in [*build.STARTS_WITH, "comm"]:
        make_wheel(wheels, name)
    needs = ["numpy>=1", 'comm; extra == "figures"', "absent"]
    ours = make_wheel(tmp_path, "fallline", needs=needs)
    return wheels.parent, ours


def test_a_distribution_of_ones_own_leaves_nothing_outside(tmp_path, distribution, parts):
    served = tmp_path / "served"
    build.serve_pyodide(served, *parts, SETTINGS, distribution)
    packages = json.loads((served / build.LOCK).read_text())["packages"]
    assert packages.keys() == {*build.STARTS_WITH, "numpy", "comm", "fallline"}
    assert packages["fallline"]["depends"] == ["numpy", "comm"]
    assert packages["fallline"]["imports"] == ["fallline"]
    for package in packages.values():
        data = (served / package["file_name"]).read_bytes()
        assert hashlib.sha256(data).hexdigest() == package["sha256"]


@pytest.mark.parametrize(
    "spoil, words",
    [
        (lambda d: (d / "pyodide.asm.wasm").unlink(), "has no pyodide.asm.wasm"),
        (lambda d: next(d.glob("numpy-*")).write_text("another"), "not what the list"),
        (lambda d: next(d.glob("numpy-*")).unlink(), "which numpy needs"),
    ],
)
def test_a_broken_distribution_is_refused(tmp_path, distribution, parts, spoil, words):
    spoil(distribution)
    with pytest.raises(build.Refused, match=words):
        build.serve_pyodide(tmp_path / "served", *parts, SETTINGS, distribution)


def test_a_lock_for_another_pyodide_is_refused(tmp_path, distribution, parts):
    wheels = parts[0] / "wheels"
    next(wheels.glob("ipython-*")).unlink()
    with pytest.raises(build.Refused, match="lacks ipython"):
        build.serve_pyodide(tmp_path / "one", *parts, SETTINGS, distribution)
    make_wheel(wheels, "ipython", "2.0")
    with pytest.raises(build.Refused, match=r"this Pyodide has 1\.0"):
        build.serve_pyodide(tmp_path / "two", *parts, SETTINGS, distribution)


def test_another_core_or_another_numpy_is_refused(tmp_path):
    archive = tmp_path / "pyodide.tgz"
    archive.write_bytes(b"core")
    digest = base64.b64encode(hashlib.sha512(b"core").digest()).decode()
    build.check_integrity(archive, {"integrity": f"sha512-{digest}"})
    with pytest.raises(build.Refused, match=r"pyodide\.tgz has the integrity"):
        build.check_integrity(archive, SETTINGS)
    with pytest.raises(build.Refused, match="NumPy has the sha256 0"):
        build.check_numpy({"packages": {"numpy": {"sha256": "0"}}}, SETTINGS)


# --- the site as built ---


@pytest.fixture(scope="module")
def lite():
    """Return the built site. What cannot be fetched is a reason to skip, but never in CI."""
    for target in ("_build/lite-env/ready", "_build/lite-parts/ready"):
        fetched = subprocess.run(["make", target], cwd=ROOT, capture_output=True, text=True)
        if fetched.returncode and not os.environ.get("CI"):
            pytest.skip(f"`make lite` could not fetch its parts: {fetched.stdout.strip()[-200:]}")
        assert fetched.returncode == 0, fetched.stdout + fetched.stderr
    subprocess.run(["make", "_build/lite/index.html"], cwd=ROOT, check=True)
    return ROOT / "_build/lite"


@pytest.fixture(scope="module")
def packages(lite):
    """Return the packages that the browser's Python knows."""
    return json.loads((lite / "static/pyodide" / build.LOCK).read_text())["packages"]


def test_every_exercise_is_there_as_it_was_released(lite):
    served = sorted(path.name for path in (lite / "files").rglob("*.ipynb"))
    assert served == [f"{stem}.ipynb" for stem in STEMS]
    for stem in STEMS:
        notebook = read_notebook(lite / "files" / f"{stem}.ipynb")
        released = read_notebook(notebook_path("exercises", stem))
        changed = [n for n, cell in enumerate(notebook["cells"]) if cell != released["cells"][n]]
        assert len(notebook["cells"]) == len(released["cells"])
        assert {notebook["cells"][n]["cell_type"] for n in changed} <= {"markdown"}
        assert notebook["metadata"]["language_info"] == {"name": "python"}


def test_no_link_of_an_exercise_leads_out_of_what_is_served():
    link = "The chapter is [The *derivative*: a model](../../book/derivative.md)."
    cells = [{"cell_type": "markdown", "source": [link, "[e](https://e.org)"]}]
    fitted = build.for_browser({"metadata": {}, "cells": cells})["cells"][0]["source"]
    assert fitted == ["The chapter is The *derivative*: a model.", "[e](https://e.org)"]
    for stem in STEMS:
        notebook = build.for_browser(read_notebook(notebook_path("exercises", stem)))
        assert "](.." not in "".join(map(source, notebook["cells"]))


def test_the_wheel_holds_what_a_student_needs(lite, packages):
    assert {"numpy", "matplotlib", "pillow", "ipywidgets"} == set(packages["fallline"]["depends"])
    with zipfile.ZipFile(lite / "static/pyodide" / packages["fallline"]["file_name"]) as wheel:
        names = wheel.namelist()
    tops = {name.split("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"fallline"}
    for stem in STEMS:
        assert {f"fallline/{stem}.py", f"fallline/marking/tasks/{stem}/__init__.py"} <= set(names)


def test_packages_are_served_or_at_the_one_address_each_with_its_checksum(lite, packages):
    assert packages["numpy"]["sha256"] == SETTINGS["numpy_sha256"]
    assert packages["numpy"]["file_name"].startswith(SETTINGS["address"] + "numpy-")
    for package in packages.values():
        assert re.fullmatch("[0-9a-f]{64}", package["sha256"])
        served = lite / "static/pyodide" / package["file_name"]
        if not package["file_name"].startswith(SETTINGS["address"]):
            assert hashlib.sha256(served.read_bytes()).hexdigest() == package["sha256"]
    at_start = build.needed({"packages": packages}, [*build.STARTS_WITH, *build.BESIDE])
    assert not [name for name in at_start if "/" in packages[name]["file_name"]]


def test_no_maps_no_grading_menu_no_outside_style(lite):
    extensions = {path.parent.name for path in lite.glob("extensions/**/package.json")}
    assert extensions == {"jupyterlab-manager", "pyodide-kernel-extension", "jupyterlab_pygments"}
    assert not [path for path in lite.rglob("*.map")]
    for path in [*lite.rglob("*.html"), *lite.rglob("*.css")]:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"""(src|href)="https?:|url\(["']?https?:|@import ["']https?:""", text)


# --- in the browser, with the network cut ---


class Refusal(socketserver.StreamRequestHandler):
    """A proxy that lets nothing through and keeps what was asked for."""

    def handle(self):
        words = self.rfile.readline().decode("latin-1").split()
        if words:
            self.server.asked.append(words[1].removesuffix(":443"))
            self.wfile.write(b"HTTP/1.1 502 Bad Gateway\r\nConnection: close\r\n\r\n")


RUN = """async code => {
  const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel;
  const future = kernel.requestExecute({code}), printed = [];
  let traceback = null;
  future.onIOPub = message => {
    if (message.header.msg_type === "stream") printed.push(message.content.text);
    if (message.header.msg_type === "error") traceback = message.content.traceback;
  };
  await future.done;
  return {printed: printed.join(""), traceback};
}"""


@pytest.fixture(scope="module")
def outside():
    """Return the stand-in for all the world outside of this machine."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Refusal) as server:
        server.asked = []
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture(scope="module")
def lite_address(lite):
    """Serve the site as a host would."""
    command = [sys.executable, "-u", "-m", "fallline_book.serve", str(lite), "--port", "0"]
    paths = {**os.environ, "PYTHONPATH": str(ROOT / "book/_ext")}
    with subprocess.Popen(command, env=paths, stdout=subprocess.PIPE, text=True) as server:
        yield re.search(r"http://[\d.:]+", server.stdout.readline())[0]
        server.terminate()


@pytest.fixture(scope="module")
def exercise(browser, lite_address, outside):
    """Open an exercise with the network cut and wait for its kernel.

    Returns the page, `run(code)`, and `asked()`: the outside hosts asked since the last call.
    """
    cut = {"server": f"http://127.0.0.1:{outside.server_address[1]}", "bypass": "127.0.0.1"}
    context = browser.new_context(proxy=cut)
    context.set_default_timeout(300_000)

    def give_a_handle(route):
        answer = route.fetch()
        settings = answer.json()
        settings["jupyter-config-data"]["exposeAppInBrowser"] = True
        route.fulfill(response=answer, json=settings)

    context.route("**/jupyter-lite.json*", give_a_handle)
    page = context.new_page()

    def asked():
        found = {host for host in outside.asked if host != BROWSERS_OWN}
        outside.asked.clear()
        return found

    def run(code):
        result = page.evaluate(RUN, code)
        return SimpleNamespace(lines=result["printed"].split(), traceback=result["traceback"])

    page.goto(f"{lite_address}/notebooks/index.html?path={STEMS[0]}.ipynb")
    page.wait_for_selector(".jp-Notebook .jp-MarkdownOutput")
    page.wait_for_function("jupyterapp.shell.currentWidget?.sessionContext?.session?.kernel")
    assert run("import sys; print(sys.platform)").lines == ["emscripten"]
    yield SimpleNamespace(page=page, run=run, asked=asked)
    context.close()


STAND_IN = """
%pip install fallline
import importlib, sys, types

class StandIn(types.ModuleType):
    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return type(name, (), {})

sys.modules["numpy"] = StandIn("numpy")
marking = importlib.import_module("fallline.marking")
print(marking.check.__name__, marking.WrongAnswer.__name__)
"""


def test_in_the_browser_the_kernel_starts_and_nothing_outside_is_asked_for(exercise):
    assert not exercise.asked()
    assert exercise.page.locator(".jp-Dialog").count() == 0
    assert exercise.page.locator("h1", has_text=STEMS[0].capitalize()).first.is_visible()


def test_in_the_browser_fallline_is_installed_and_only_the_one_address_is_asked(exercise):
    found = exercise.run("%pip install fallline\nimport fallline\nprint(fallline.__file__)")
    assert found.traceback is None
    assert found.lines[-1].endswith("/site-packages/fallline/__init__.py")
    assert exercise.asked() == {SETTINGS["address"].split("/")[2]}


def test_in_the_browser_marking_asks_for_nothing_but_numpy(exercise):
    without = exercise.run(
        "%pip install fallline\nimport importlib; importlib.import_module('fallline.marking')"
    )
    assert "No module named 'numpy'" in without.traceback[-1]
    found = exercise.run(STAND_IN)
    assert found.traceback is None
    assert found.lines == ["check", "WrongAnswer"]


def test_in_the_browser_a_wrong_answer_is_shown_without_a_traceback(exercise):
    exercise.run(STAND_IN)
    report = "Report('slope', 3, 9, case='a line', hint='Divide by the step.')"
    found = exercise.run(
        "marking = sys.modules['fallline.marking']\n"
        f"raise marking.WrongAnswer(sys.modules['fallline.marking.report'].{report})"
    )
    assert found.traceback[0] == "slope: not right yet (3 of 9 cases are)."
    assert found.traceback[-1].split() == ["Hint", "Divide", "by", "the", "step."]


def test_in_the_browser_the_students_own_line_is_told_from_pythons(exercise):
    exercise.run(STAND_IN)
    found = exercise.run(
        "import statistics\n"
        "try:\n"
        "    mean = statistics.mean([])\n"
        "except statistics.StatisticsError as error:\n"
        "    print(sys.modules['fallline.marking.outcome'].line_of(error))"
    )
    assert found.lines == ["mean", "=", "statistics.mean([])"]
