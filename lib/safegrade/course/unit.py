"""The unit of work: grade one student's one assignment, from plain data to plain data.

It knows no gradebook, no course folder and no other student, so it runs wherever this package is.
"""

from __future__ import annotations

import atexit
import base64
import contextlib
import json
import tempfile
import threading
from pathlib import Path

from safegrade.course import marks
from safegrade.course.material import released_of
from safegrade.course.notes import NoteKeeper, in_a_line
from safegrade.course.pages import NOTHING, feedback_unit, write_page
from safegrade.course.settings import make_engine
from safegrade.notebook.kinds import label

_engines: dict[tuple[int, str], tuple] = {}


def work(job: dict) -> dict:
    """Do a unit of work of either kind: grade a submission, or write its feedback anew."""
    return feedback_unit(job) if job["task"] == "feedback" else grade_unit(job)


def grade_unit(job: dict) -> dict:
    """Grade one submission.

    Parameters
    ----------
    job : dict
        The ``assignment``, the ``student``, the ``key``, the ``material`` of the assignment, the
        ``submission``, its ``origin``, and its ``standing`` in the gradebook.

    Returns
    -------
    dict
        ``notes`` on the submission, and for each of its ``notebooks`` the autograded ``text``,
        the feedback ``page``, the ``scores`` (automatic score, points, whether a person has to
        look), the ``comments``, what was ``used`` and ``enforced``. A notebook that could
        not be graded has neither text nor comments, and its page says why.
    """
    keeper, released = NoteKeeper(), released_of(job["material"])
    notebooks = {name: marks.zeros(cells) for name, cells in released.items()}
    graded = {}
    for text in job["submission"]["remarks"]:
        keeper.note(text)
    with tempfile.TemporaryDirectory(prefix="unit-", ignore_cleanup_errors=True) as elsewhere:
        chosen = choose_files(job, Path(elsewhere, "handed"), released, keeper)
        place = Path(elsewhere, "work")
        place.mkdir()
        unpack(_beside(job), place)
        for name, path in chosen.items():
            with _noting(keeper, name, path):
                graded[name] = notebooks[name] = _grade(job, name, path, place, keeper)
    for name, one in notebooks.items():
        one["page"] = write_page(job, name, one.pop("notebook", NOTHING), one, keeper.notes)
    return {
        **_head(job),
        "event": "graded",
        "notes": keeper.notes,
        "messages": keeper.errors,
        "notebooks": notebooks,
        "beside": _beside(job) if graded else {},
    }


def lost_unit(job: dict, why: Exception) -> dict:
    """Return what to write of a submission that ended its worker again and again."""
    notebooks = {name: marks.zeros(cells) for name, cells in released_of(job["material"]).items()}
    notes = [f"could not be graded: {in_a_line(why)}"]
    return {**_head(job), "event": "failed", "notes": notes, "notebooks": notebooks}


def _head(job: dict) -> dict:
    told = {name: job[name] for name in ("assignment", "student", "key", "origin")}
    return {**told, "timestamp": job["submission"]["timestamp"]}


@contextlib.contextmanager
def _noting(keeper: NoteKeeper, name: str, path: Path):
    """Note why a notebook could not be graded, and let the others go on."""
    from safegrade.jail.capabilities import JailError
    from safegrade.notebook.run import SetupLost
    from safegrade.salvage.reading import Unreadable

    try:
        yield
    except (JailError, SetupLost):  # nobody's fault who handed something in
        raise
    except Unreadable as why:
        keeper.note(f"{path.name} could not be graded: {why}")
    except Exception as error:
        keeper.note(f"{name}.ipynb could not be graded: {in_a_line(error)}")


def unpack(files: dict[str, str], folder: Path) -> None:
    """Write files that travelled as text into a folder."""
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(base64.b64decode(data))


def _beside(job: dict) -> dict[str, str]:
    """Return the files that lie beside the notebooks: the student's, and over them the course's."""
    return {**job["submission"]["beside"], **job["material"]["files"]}


def choose_files(job: dict, folder: Path, released: dict, keeper: NoteKeeper) -> dict[str, Path]:
    """Lay out what was handed in, and find the file for each notebook."""
    from safegrade.salvage.files import choose, remarks, stem_of

    folder.mkdir()
    unread = job["submission"]["unread"]
    for name in job["submission"]["names"]:
        if name.endswith("/"):
            (folder / name).mkdir()
        elif name not in job["submission"]["notebooks"] and name not in unread:
            (folder / name).touch()  # its name is worth a remark
    unpack(job["submission"]["notebooks"], folder)
    chosen, spare = choose(folder, released)
    stems = {(stem_of(Path(name)) or "").casefold() for name in unread}
    told = {  # why a file could not be read is said already
        name: cells
        for name, cells in released.items()
        if name in chosen or name.casefold() not in stems
    }
    for text in remarks(folder, told, chosen, spare):
        keeper.note(text)
    return {name: chosen[name] for name in released if chosen.get(name)}


def _grade(job: dict, name: str, path: Path, place: Path, keeper: NoteKeeper) -> dict:
    """Mend, run and mark one notebook."""
    from safegrade.feedback.notebooks import sanitise_outputs
    from safegrade.salvage.mending import mend

    material, settings = job["material"], job["material"]["settings"]
    cells = released_of(material)[name]
    kernelspec = material["notebooks"][name]["kernelspec"]
    notebook, notes = mend(path.read_bytes(), cells, kernelspec)
    for text in notes:
        keeper.note(text)
    ran = _run(notebook, material, place, name)
    for text in ran.notes:
        keeper.note(text)
    keeper.errors += ran.messages
    for text in marks.settle(notebook):
        keeper.note(text)
    marks.ignore(notebook, settings["ignore"])
    marks.bound_outputs(notebook, settings["lines"], settings["traceback"])
    scores, comments = marks.scores_of(notebook), marks.comments_of(notebook)
    sanitise_outputs(notebook)  # formgrader shows it in the teacher's browser
    return {
        "notebook": notebook,
        "text": marks.text_of(notebook),
        "scores": scores,
        "comments": comments,
        "used": {key: marks.rounded(value) for key, value in ran.used.items()},
        "enforced": ran.enforced,
    }


def _run(notebook: dict, material: dict, place: Path, name: str):
    """Run a notebook's cells in place, in this thread's engine."""
    from safegrade.salvage.released import asked_of, trusted_cells

    settings, released = material["settings"], released_of(material)[name]
    _check_kernel(settings["kernel"], notebook["metadata"].get("kernelspec", {}))
    notebook["metadata"]["language_info"] = {"name": "python", "pygments_lexer": "ipython3"}
    options = {
        "assignment": material["assignment"],
        "environment": {"NBGRADER_EXECUTION": "autograde"},
        "allow_errors": settings["allow_errors"],
        "error_on_timeout": settings["error_on_timeout"],
        "trusted": trusted_cells(released),
        "asked": asked_of(released),
    }
    ran = _engine(material).run(notebook, folder=place, name=name, options=options)
    if ran.failed is not None:
        raise RuntimeError(f"an error in {label(notebook['cells'][ran.failed])} ended it")
    return ran


def _check_kernel(chosen: str, told: dict) -> None:
    """Raise for a notebook that is not Python's: no other language can be jailed."""
    name = chosen or told.get("name", "")
    python = not name or name.startswith("python") or told.get("language") == "python"
    if not python:
        raise ValueError(f"the kernel {name} is not Python's, and only Python can be jailed")


def _engine(material: dict):
    """Return this thread's engine for an assignment; it stays warm."""
    told = material["settings"]["engine"]
    files = material["files"]
    key = (threading.get_ident(), json.dumps([told, material["origin"]["tests"] if files else ""]))
    if key not in _engines:
        close_engines(threading.get_ident())
        folder = None
        if files:  # what lies beside the source, for tests to import, and no student's file
            folder = tempfile.TemporaryDirectory(prefix="source-", ignore_cleanup_errors=True)
            unpack(files, Path(folder.name))
            told = {**told, "tests_path": [folder.name]}
        _engines[key] = (make_engine(told), folder)
    return _engines[key][0]


def close_engines(thread: int | None = None) -> None:
    """End the engines of this process, or of one of its threads."""
    for key in [key for key in _engines if thread in (None, key[0])]:
        engine, folder = _engines.pop(key)
        with contextlib.suppress(Exception):
            engine.stop()
        if folder is not None:
            folder.cleanup()


atexit.register(close_engines)
