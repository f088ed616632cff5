"""Grade by nbgrader's own converters, where a course has steps that safegrade does not know."""

from __future__ import annotations

import base64
import contextlib
import json
import tempfile
from glob import escape
from pathlib import Path
from typing import TYPE_CHECKING

from safegrade.course import marks
from safegrade.course.files import digests
from safegrade.course.material import released_of
from safegrade.course.standing import added_by_hand
from safegrade.course.unit import choose_files

if TYPE_CHECKING:
    from safegrade.course.run import Run


def grade_by_nbgrader(run: Run, pairs: list[tuple[str, str]], strange: list[str]) -> None:
    """Grade one submission after the other in nbgrader's pipelines: slow, but with all steps."""
    print(f"This course has steps of its own ({', '.join(strange)}): nbgrader runs them, slowly.")
    for assignment, student in pairs:
        job = run.job(assignment, student)
        last = run.writer.ledger(assignment).last(student)
        fresh = run.force or not run.is_graded(job)
        if not fresh and last["by_hand"] == job["by_hand"]:
            run.tell(job, "unchanged")
            continue
        notes = _autograde(run, job) if fresh else last["notes"]
        run.forget_standing()
        done = ["graded" if fresh else "hand grades taken in", give_feedback(run, job)]
        run.writer.ledger(assignment).append([{**line_of(run, job), "notes": notes}])
        run.tell(job, ", ".join([*done, *notes]))


def _autograde(run: Run, job: dict) -> list[str]:
    """Autograde every notebook of a submission by itself, and return the notes on it."""
    from nbgrader.converters import Autograde

    course, (assignment, student) = run.course, (job["assignment"], job["student"])
    keeper = course.keeper
    keeper.clear()
    for text in job["submission"]["remarks"]:
        keeper.note(text)
    released = released_of(job["material"])
    with tempfile.TemporaryDirectory() as elsewhere:
        handed = Path(elsewhere, "handed")
        chosen = choose_files(job, handed, released, keeper)
        lent = Path(elsewhere, "lent")
        _lend(job, chosen, lent / student / assignment, keeper)
        for name in released:
            if not (lent / student / assignment / f"{name}.ipynb").is_file():
                continue
            where = {"notebook_id": escape(name), "submitted_directory": str(lent)}
            try:
                course.convert(Autograde, assignment, student, **where)
            except Exception:
                course.app.log.exception("%s of %s", name, student)
                keeper.note(f"{name}.ipynb could not be graded: {keeper.cause()[:120]}")
                chosen.pop(name, None)
    _write_zeros(run, job, [name for name in released if name not in chosen])
    return list(keeper.notes)


def _lend(job: dict, chosen: dict[str, Path], folder: Path, keeper) -> None:
    """Lay out a submission in which every notebook has its right name and can be read."""
    from safegrade.salvage.reading import Unreadable, read

    folder.mkdir(parents=True)
    for name, data in job["submission"]["beside"].items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(base64.b64decode(data))
    if job["submission"]["timestamp"]:
        (folder / "timestamp.txt").write_text(job["submission"]["timestamp"], encoding="utf-8")
    for name, path in list(chosen.items()):
        kernelspec = job["material"]["notebooks"][name]["kernelspec"]
        try:
            notebook, mended = read(path.read_bytes(), kernelspec)
        except Unreadable as why:
            keeper.note(f"{path.name} could not be graded: {why}")
            del chosen[name]
            continue
        if mended:
            keeper.note(f"repaired: {', '.join(mended)}")
        (folder / f"{name}.ipynb").write_text(json.dumps(notebook), encoding="utf-8")


def _write_zeros(run: Run, job: dict, names: list[str]) -> None:
    """Enter zero for what cannot be graded, and make the rows of the submission if need be."""
    released = released_of(job["material"])
    unit = {
        **{key: job[key] for key in ("assignment", "student")},
        "timestamp": job["submission"]["timestamp"],
        "notebooks": {name: marks.zeros(released[name]) for name in names},
    }
    run.writer.rows.save([unit])


def line_of(run: Run, job: dict) -> dict:
    """Return the line of the history for what nbgrader has graded."""
    where = (job["student"], job["assignment"])
    standing = run.standing(job["assignment"], job["student"])
    files = {
        f"{step}/{name}": told
        for step in ("autograded", "feedback")
        for name, told in digests(run.course.folder(step, *where)).items()
    }
    released = released_of(job["material"])
    scores = {
        name: {
            cell: [auto, released[name][cell].points, look]
            for cell, (auto, _, _, look) in cells.items()
        }
        for name, cells in standing["grades"].items()
    }
    told = {key: job[key] for key in ("assignment", "student", "key", "origin")}
    by_hand = added_by_hand(standing)
    return {**told, "event": "graded", "files": files, "scores": scores, "by_hand": by_hand}


def give_feedback(run: Run, job: dict) -> str:
    """Have nbgrader write feedback, and say whether it could."""
    from nbgrader.converters import GenerateFeedback

    where = (job["student"], job["assignment"])
    if not any(run.course.folder("autograded", *where).glob("*.ipynb")):
        return "no feedback"
    with contextlib.suppress(Exception):
        run.course.convert(GenerateFeedback, job["assignment"], job["student"])
        return "feedback written"
    return "no feedback"
