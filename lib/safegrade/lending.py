"""Lend nbgrader a submission in which every notebook has its right name and can be read."""

from __future__ import annotations

import contextlib
import json
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from safegrade.course import Course
from safegrade.notes import note
from safegrade.reading import Unreadable, read_notebook, stem_of
from safegrade.repair import name_of

EXCHANGED = ("timestamp.txt", "submission_secret.txt")  # nbgrader's exchange needs them


@contextlib.contextmanager
def submission_as_expected(
    course: Course, folder: Path, expected: dict[str, dict]
) -> Iterator[tuple[str, set[str]]]:
    """Lend a copy of a submitted folder; what the student handed in is not touched.

    Yields the folder to name to nbgrader in place of ``submitted``, and the names of
    the notebooks that are not in it; why they are not is noted.
    """
    with tempfile.TemporaryDirectory() as elsewhere:
        student, assignment = folder.parent.name, folder.name
        lent = Path(elsewhere, student, assignment)
        lent.mkdir(parents=True)
        for name in EXCHANGED:
            if (folder / name).is_file():
                shutil.copy(folder / name, lent)
        chosen, spare = choose(folder, expected)
        for notebook in expected:
            path = chosen.get(notebook)
            if path is None:
                note(course.app.log, _not_there(notebook, folder))
                continue
            if path.name != f"{notebook}.ipynb":
                note(course.app.log, _renamed(path, notebook))
            _copy(course, path, lent / f"{notebook}.ipynb")
        if spare and len(chosen) == len(expected):
            note(course.app.log, f"not graded: {_listed(path.name for path in spare)}")
        yield elsewhere, {name for name in expected if not (lent / f"{name}.ipynb").is_file()}


def choose(folder: Path, expected: dict[str, dict]) -> tuple[dict[str, Path], list[Path]]:
    """Return the file for each expected notebook, and the notebooks that are left over.

    The right name counts first, then the name in other letters or with ``.txt`` behind
    it, then the cells within.
    """
    found = [path for path in sorted(folder.iterdir()) if path.is_file() and stem_of(path)]
    chosen: dict[str, Path] = {}
    for same in (
        lambda path, notebook: path.name == f"{notebook}.ipynb",
        lambda path, notebook: stem_of(path).casefold() == notebook.casefold(),
    ):
        for notebook in expected:
            fit = [path for path in found if same(path, notebook)]
            if fit and notebook not in chosen:
                chosen[notebook] = min(fit, key=lambda path: len(path.name))
                found.remove(chosen[notebook])
    for notebook, cells in expected.items():
        if notebook not in chosen and (path := alike(found, cells)):
            chosen[notebook] = path
            found.remove(path)
    return chosen, found


def alike(strangers: list[Path], cells: dict) -> Path | None:
    """Return the notebook that has most of the released cells, if one has at least half."""
    shares = [(len(names_in(path) & set(cells)), path) for path in strangers]
    best, path = max(shares, default=(0, None))
    return path if cells and 2 * best >= len(cells) else None


def names_in(path: Path) -> set[str]:
    """Return the grade_ids in a notebook; none if it cannot be read."""
    try:
        return {name_of(cell) for cell in read_notebook(path, {})[0].cells} - {None}
    except Exception:
        return set()


def _copy(course: Course, path: Path, target: Path) -> None:
    """Copy a notebook in a form that nbgrader can read, or note why there is none."""
    kernelspec = course.kernelspec(target.parent.name, target.stem)
    try:
        notebook, mended = read_notebook(path, kernelspec)
    except Unreadable as why:
        note(course.app.log, f"{path.name} could not be graded: {why}")
        return
    except Exception as error:
        told = f"{type(error).__name__}: {error}"[:120]
        note(course.app.log, f"{path.name} could not be graded: {told}")
        return
    if mended:
        note(course.app.log, f"repaired: {', '.join(mended)}")
    target.write_text(json.dumps(notebook), encoding="utf-8")


def _not_there(notebook: str, folder: Path) -> str:
    there = [
        path.name + "/" * path.is_dir()
        for path in sorted(folder.iterdir())
        if path.name[0] != "." and path.name not in (*EXCHANGED, "__MACOSX")
    ]
    only = f"; there is {_listed(there)}" if there else ""
    return f"{notebook}.ipynb was not handed in{only}"


def _renamed(path: Path, notebook: str) -> str:
    if stem_of(path).casefold() == notebook.casefold():
        return f"repaired: taken from {path.name}"
    return f"{path.name} graded as {notebook}.ipynb"


def _listed(names) -> str:
    names = list(names)
    return ", ".join([*names[:3], "..."] if len(names) > 4 else names)
