"""Imports go one way: numpy <- chapters <- marking, and safegrade knows nothing of the course."""

import ast
import sys

import pytest
import yaml

from conftest import ROOT

LIB = ROOT / "lib"
BASE = {"inputs", "objectives", "datasets"}
FIGURES = {"plotting", "filmstrip", "widgets"}
EXPERIMENTS = {"files", "inplace", "training", "runs", "comparison", "reproduction"}
CAPSTONE = "capstone"  # the last chapter: it reads data, and experiments are made of it


def chapters():
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    parts = [part for part in toc["parts"] if part.get("numbered")]
    return [entry["file"].removeprefix("book/") for part in parts for entry in part["chapters"]]


STEMS = chapters()
MODULES = sorted(path for path in LIB.rglob("*.py") if ".egg-info" not in str(path))
by_module = pytest.mark.parametrize(
    "path", MODULES, ids=[str(path.relative_to(LIB)) for path in MODULES]
)


def imports(path):
    """Return every module that a file imports, dotted, wherever the import stands."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name}, line {node.lineno}: write the import in full"
            inside = node.module == "fallline"
            found |= {f"fallline.{a.name}" for a in node.names} if inside else {node.module}
    return found


def outside(names):
    """Return the packages that belong neither to Python nor to this repository."""
    tops = {name.split(".")[0] for name in names}
    return tops - set(sys.stdlib_module_names) - {"fallline", "safegrade"}


def ours(names):
    """Return what is imported of fallline: the first word after the package."""
    return {name.split(".")[1] for name in names if name.startswith("fallline.")}


@by_module
def test_the_two_packages_do_not_know_each_other(path):
    package = path.relative_to(LIB).parts[0]
    other = {"fallline": "safegrade", "safegrade": "fallline"}[package]
    assert not [name for name in imports(path) if name.split(".")[0] == other]


def test_fallline_is_numpy_only_but_for_the_figures():
    paths = list((LIB / "fallline").rglob("*.py"))
    assert len(paths) > 10
    for path in paths:
        room = path.relative_to(LIB / "fallline").parts[0].removesuffix(".py")
        more = {"matplotlib", "ipywidgets", "PIL"} if room in FIGURES else set()
        more |= {"sklearn", "pooch", "tqdm"} if room == "datasets" else set()
        more |= {"training": {"tqdm", "threadpoolctl"}, "runs": {"distributed"}}.get(room, set())
        assert outside(imports(path)) <= {"numpy"} | more, path.name


@pytest.mark.parametrize("stem", [stem for stem in STEMS if stem != CAPSTONE])
def test_a_chapter_knows_what_all_share_and_earlier_chapters(stem):
    earlier = set(STEMS[: STEMS.index(stem)])
    assert ours(imports(LIB / "fallline" / f"{stem}.py")) <= BASE - {"datasets"} | earlier


def test_the_capstone_knows_chapters_and_data_and_no_experiment():
    known = BASE | {"files"} | set(STEMS) - {CAPSTONE}
    assert ours(imports(LIB / "fallline" / f"{CAPSTONE}.py")) <= known


@pytest.mark.parametrize("name", [*sorted(BASE), *sorted(FIGURES), *sorted(EXPERIMENTS), "parity"])
def test_what_chapters_share_knows_no_marking(name):
    known = {
        "inputs": set(),
        "objectives": {"inputs"},
        "datasets": {"inputs", "datasets", "files"},
        "files": set(),
        "inplace": set(),
        "training": {*BASE, *STEMS, CAPSTONE, "files", "inplace"},
        "runs": {"files", "training"},
        "comparison": {*BASE, *STEMS, CAPSTONE, "comparison", "runs", "training"},
        "reproduction": {*BASE, CAPSTONE, "files", "reproduction", "runs", "training"},
        "plotting": {*BASE, *STEMS, "plotting"},
        "filmstrip": set(),
        "widgets": {"filmstrip"},
        "parity": {"inputs", *STEMS},
    }
    room = LIB / "fallline" / name
    paths = sorted(room.glob("*.py")) if room.is_dir() else [room.with_suffix(".py")]
    assert set().union(*(ours(imports(path)) for path in paths)) <= known[name]
