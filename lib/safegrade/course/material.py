"""Gather what one student's assignment is graded by and from: plain data that travels anywhere."""

from __future__ import annotations

import base64
import fnmatch
import json
import os
import stat
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from safegrade.course import provenance
from safegrade.course.files import digest
from safegrade.course.layout import Course, visible
from safegrade.course.marks import utils

LARGEST = 64 * 2**20  # bytes of one file that are taken along
ALTOGETHER = 128 * 2**20  # bytes of all files of a submission
NAMED = 5  # files that are named among those that cannot be read


def material(course: Course, assignment: str, settings: dict) -> dict:
    """Return what every submission to an assignment is graded by, as plain data.

    The gradebook must hold what the source says; `Course.enter` sees to that.
    """
    with course.gradebook() as gradebook:
        notebooks = {
            notebook.name: _notebook(course, gradebook, notebook, assignment)
            for notebook in gradebook.find_assignment(assignment).notebooks
        }
    files = _beside_source(course, assignment)
    sources = [cell[2] for one in notebooks.values() for cell in one["cells"]]
    known = provenance.imported(sources)
    return {
        "assignment": assignment,
        "notebooks": notebooks,
        "files": files,
        "settings": settings,
        "origin": {
            "tests": digest(json.dumps([notebooks, files], sort_keys=True)),
            "settings": digest(json.dumps(settings, sort_keys=True)),
            "environment": provenance.environment(known),
            "safegrade": provenance.own_version(),
        },
    }


def _notebook(course: Course, gradebook, notebook, assignment: str) -> dict:
    """Return the kernel and the released cells of one of an assignment's notebooks."""
    from safegrade.salvage.released import released_cells

    cells = released_cells(gradebook, notebook.name, assignment)
    ids = _cell_ids(course, assignment, notebook.name)
    order = [name for name in ids if name in cells]
    if order != [name for name in cells if name in ids]:  # the gradebook does not promise an order
        rest = [name for name in cells if name not in ids]
        cells = {name: cells[name] for name in [*rest, *order]}
    told = [list(cell._replace(cell_id=ids.get(name))) for name, cell in cells.items()]
    return {"kernelspec": json.loads(notebook.kernelspec or "{}"), "cells": told}


def _cell_ids(course: Course, assignment: str, notebook: str) -> dict[str, str]:
    """Return the cell id for each grade_id, in the order of the released notebook."""
    for step in ("release", "source"):
        path = course.folder(step, ".", assignment) / f"{notebook}.ipynb"
        try:
            cells = json.loads(path.read_bytes())["cells"]
        except (OSError, ValueError, KeyError):
            continue
        named = [(cell["metadata"].get("nbgrader", {}).get("grade_id"), cell) for cell in cells]
        return {name: cell.get("id") for name, cell in named if name}
    return {}


def released_of(material: dict) -> dict[str, dict]:
    """Return the released cells of an assignment as salvage knows them, by notebook and name."""
    from safegrade.salvage.released import Released

    return {
        name: {told[0]: Released(*told) for told in one["cells"]}
        for name, one in material["notebooks"].items()
    }


def submission(course: Course, assignment: str, student: str) -> dict:
    """Return what a student handed in: the files that count, and the names of all.

    Links and special files do not count, since they may lead elsewhere; a remark tells of them
    and of what cannot be read.
    """
    from safegrade.salvage.files import stem_of

    folder = course.folder("submitted", student, assignment)
    there = visible(folder)
    inner = [
        path for sub in there if sub.is_dir() and not sub.is_symlink() for path in visible(sub)
    ]
    unread: dict[str, str] = {}
    stems = [path for path in [*there, *inner] if stem_of(path) and not _is_folder(path)]
    notebooks = _read(folder, stems, unread)
    room = ALTOGETHER - sum(map(len, notebooks.values()))
    beside = _read(folder, _travelling(course, folder), unread, room)
    names = [path.name + "/" * path.is_dir() for path in there if not path.is_symlink()]
    timestamp = _read(folder, [folder / "timestamp.txt"]).get("timestamp.txt", b"")
    when, remarks = _moment(timestamp.decode("utf-8", "replace").strip())
    told = [part for files in (notebooks, beside) for pair in files.items() for part in pair]
    told += [part for name in unread for part in (name, _stamp(folder / name))]
    remarks += [f"{name} {why}" for name, why in list(unread.items())[:NAMED]]
    if len(unread) > NAMED:
        remarks.append(f"{len(unread) - NAMED} more files could not be read")
    return {
        "names": names,
        "notebooks": _as_text(notebooks),
        "beside": _as_text(beside),
        "unread": list(unread),
        "timestamp": when,
        "remarks": remarks,
        "digest": digest(json.dumps(names), timestamp, *told),
    }


def _moment(text: str) -> tuple[str, list[str]]:
    """Return when something was handed in, as nbgrader reads it; and what is wrong with that."""
    if not text:
        return "", []
    try:
        return utils().parse_utc(text).isoformat(), []
    except Exception:  # whatever a date's reader makes of what is no date
        return "", ["timestamp.txt holds no date"]


def _is_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()


def _stamp(path: Path) -> str:
    """Return what changes when a file that cannot be read is replaced."""
    try:
        about = path.lstat()
    except OSError:
        return ""
    return f"{about.st_size} {about.st_mtime_ns}"


def _read(
    folder: Path,
    paths: Iterable[Path],
    unread: dict[str, str] | None = None,
    room: int = ALTOGETHER,
) -> dict[str, bytes]:
    """Return the files by name, as far as there is room; say in `unread` why others are missing."""
    found = {}
    for path in paths:
        name = path.relative_to(folder).as_posix()
        try:
            found[name] = read_plain(path, room)
            room -= len(found[name])
        except Unread as why:
            if unread is not None:
                unread[name] = str(why)
    return found


def _as_text(files: dict[str, bytes]) -> dict[str, str]:
    return {name: base64.b64encode(data).decode() for name, data in files.items()}


class Unread(Exception):
    """Says why a file was not read; the text follows its name."""


def read_plain(path: Path, room: int = LARGEST) -> bytes:
    """Return the content of an ordinary file of bearable size, for which there is room.

    Raises
    ------
    Unread
        It is no such file, or it cannot be read.
    """
    if path.is_symlink():
        raise Unread("is a link, which is not followed")
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        with open(path, "rb", opener=lambda name, _: os.open(name, flags)) as file:
            about = os.fstat(file.fileno())
            if not stat.S_ISREG(about.st_mode):
                raise Unread("is no ordinary file")
            if about.st_size > LARGEST:
                raise Unread(f"is larger than {LARGEST // 2**20} MiB")
            if about.st_size > room:
                raise Unread(f"is too much: more than {ALTOGETHER // 2**20} MiB in all")
            return file.read()
    except OSError as error:
        raise Unread(f"could not be read: {error.strerror or error}") from error


def _beside_source(course: Course, assignment: str) -> dict[str, str]:
    """Return the files that nbgrader copies from the source over what a student handed in."""
    folder = course.folder("source", ".", assignment)
    spared = course.app.config.get("Autograde", {}).get("exclude_overwriting", {})
    unread: dict[str, str] = {}
    files = _read(folder, _travelling(course, folder), unread, room=sys.maxsize)
    for name, why in unread.items():
        course.app.log.warning("%s %s: no answer and no test finds it", folder / name, why)
    return _as_text({name: files[name] for name in files if name not in spared.get(assignment, ())})


def _travelling(course: Course, folder: Path) -> Iterator[Path]:
    """Yield the files that are no notebooks and that nbgrader takes along, as it finds them."""
    patterns = [*course.directory.ignore, "*.ipynb"]

    def ignored(name: str) -> bool:
        return any(fnmatch.fnmatch(name, pattern) for pattern in patterns)

    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not ignored(name))
        yield from (Path(place, name) for name in sorted(names) if not ignored(name))


def source_material(course: Course, assignment: str, settings: dict) -> dict:
    """Return the material as the source says it, without a trace in the course's gradebook."""
    with tempfile.TemporaryDirectory(prefix="safegrade-") as elsewhere:
        url = f"sqlite:///{elsewhere}/gradebook.db"
        _make_tables(url)
        course.enter(assignment, db_url=url)
        kept, course.directory.db_url = course.directory.db_url, url
        try:
            return material(course, assignment, settings)
        finally:
            course.directory.db_url = kept


def _make_tables(url: str) -> None:
    """Make the tables of a gradebook for a moment, without a version that Alembic would tell."""
    from nbgrader.api import Base
    from sqlalchemy import create_engine

    engine = create_engine(url)
    Base.metadata.create_all(bind=engine)
    engine.dispose()
