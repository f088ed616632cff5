"""Where a notebook comes from: its course's configuration, and the same notebook there."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from safegrade.course.layout import CONFIG
from safegrade.problems import Problem

# What a limit is called in nbgrader's configuration.
LIMITS = {
    "timeout": "cell_seconds",
    "notebook_timeout": "seconds",
    "max_output": "output",
    "max_total_output": "total_output",
    "max_cells": "cells",
    "max_restarts": "restarts",
    "cpu_seconds": "cpu_seconds",
    "memory": "memory",
    "file_size": "file_size",
    "scratch": "scratch",
    "processes": "processes",
}
LISTS = ("preload", "tests_preload", "withheld", "lent")


@dataclass
class Home:
    """Where a notebook comes from: its course's configuration, and the notebooks there.

    Attributes
    ----------
    config : dict
        The sections of `nbgrader_config.py`; empty without a course.
    root : pathlib.Path or None
        The course's folder.
    assignment : str
        Its name there.
    released, source : dict
        The notebook as it was handed out, and as the teacher has it; empty where not found.
    source_folder : pathlib.Path or None
        Where the teacher's notebook lies.
    """

    config: Any = field(default_factory=dict)
    root: Path | None = None
    assignment: str = ""
    released: dict = field(default_factory=dict)
    source: dict = field(default_factory=dict)
    source_folder: Path | None = None


def find_home(path: Path, course: Path | None) -> Home:
    """Return the course of a notebook; an empty one where there is none.

    Raises
    ------
    Problem
        The folder that was named is no course, or its files cannot be read.
    """
    if course is not None and not (course / CONFIG).is_file():
        raise Problem(f"{course} has no {CONFIG}: name the course folder.")
    path, here = path.absolute(), Path.cwd()
    # Not the folders above the notebook: a configuration is a program, and the notebook may
    # have come in an archive with one.
    places = [course.absolute()] if course else [here, *here.parents]
    root = next((place for place in places if (place / CONFIG).is_file()), None)
    if root is None:
        return Home()
    config = read_config(root)
    folders = config.get("CourseDirectory", {})
    released = find_notebook(root / folders.get("release_directory", "release"), path)
    source = find_notebook(root / folders.get("source_directory", "source"), path)
    found = released or source
    return Home(
        config,
        root,
        found.parent.name if found else "",
        load(released) if released else {},
        load(source) if source else {},
        source.parent if source else None,
    )


def read_config(root: Path) -> Any:
    """Return what the course's configuration says, without starting nbgrader."""
    from traitlets.config import PyFileConfigLoader

    try:
        with contextlib.chdir(root):
            return PyFileConfigLoader(CONFIG, path=str(root)).load_config()
    except Exception as error:
        raise Problem(f"{root / CONFIG} fails: {type(error).__name__}: {error}") from error


def find_notebook(folder: Path, path: Path) -> Path | None:
    """Return the notebook of a folder of assignments that has a name like this one's.

    A copy may be called ``adam (1).ipynb`` or ``ada_adam.ipynb``; the longest name that
    is a part of its name counts.
    """
    found = sorted(folder.glob("*/*.ipynb"))
    found.sort(key=lambda other: len(other.stem), reverse=True)
    exact = [other for other in found if other.stem == path.stem]
    exact.sort(key=lambda other: other.parent.name != path.parent.name)
    alike = [other for other in found if other.stem.lower() in path.stem.lower()]
    return next(iter(exact + alike), None)


def load(path: Path) -> dict:
    """Return a notebook of the course."""
    from safegrade.salvage.reading import Unreadable
    from safegrade.salvage.reading import read as read_notebook

    try:
        return read_notebook(path.read_bytes())[0]
    except (OSError, Unreadable) as error:
        raise Problem(f"{path} cannot be read: {error}") from error


def settings_of(home: Home, unsandboxed: bool) -> Any:
    """Return the engine's settings as the course's configuration has them."""
    from safegrade.jail.limits import Limits
    from safegrade.notebook.engine import Settings

    told = {**home.config.get("Execute", {}), **home.config.get("SafeExecute", {})}
    limits = {LIMITS[name]: value for name, value in told.items() if name in LIMITS}
    chosen = {name: tuple(told[name]) for name in LISTS if told.get(name)}
    folder = home.source_folder
    try:
        limits = Limits(**limits)
    except (TypeError, ValueError) as error:
        raise Problem(f"{CONFIG}: {error}") from error
    return Settings(
        limits=limits,
        unsandboxed=unsandboxed or bool(told.get("unsandboxed")),
        seed=told.get("seed"),
        tests_path=(str(folder),) if folder else (),
        **chosen,
    )
