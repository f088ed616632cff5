"""Record what stock nbgrader gives: `python tests/oracles/record_stock.py [honest|attacks]`.

nbgrader's own pipelines grade, its own executor runs the cells. What is recorded already
and still fits is kept, so that the command may be stopped and started again.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import logging
import os
import re
import shutil
import sys
import tempfile
import warnings
from pathlib import Path

_ERROR = re.compile(r"[\w.]*(Error|Exception|Kernel\w*): ")
TESTS = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TESTS))


class Stock:
    """nbgrader with the stock pipelines, in a folder that holds a course."""

    def __init__(self, folder: Path):
        from nbgrader.apps.baseapp import NbGrader

        self.folder = folder
        with contextlib.chdir(folder):
            self.app = NbGrader()
            self.app.initialize([])
        for handler in list(self.app.log.handlers):
            self.app.log.removeHandler(handler)
        self.messages = _Messages(logging.ERROR)
        self.app.log.propagate = False
        self.app.log.addHandler(self.messages)

    @property
    def db_url(self) -> str:
        from nbgrader.coursedir import CourseDirectory

        return CourseDirectory(parent=self.app).db_url

    def release(self, assignment: str) -> None:
        """Enter an assignment into the gradebook."""
        from nbgrader.converters import GenerateAssignment

        self._run(GenerateAssignment, assignment, ".")

    def grade(self, assignment: str, student: str) -> None:
        """Autograde one submission.

        Raises
        ------
        RuntimeError
            nbgrader could not grade it; its last message says why.
        """
        from nbgrader.converters import Autograde

        self._run(Autograde, assignment, student)

    def _run(self, step, assignment: str, student: str) -> None:
        from nbgrader.converters.base import NbGraderException
        from nbgrader.coursedir import CourseDirectory

        place = CourseDirectory(parent=self.app, assignment_id=assignment, student_id=student)
        converter = step(coursedir=place, parent=self.app)
        converter.force = True
        self.messages.lines.clear()
        try:
            converter.start()
        except (NbGraderException, SystemExit) as stop:
            lines = "\n".join(self.messages.lines or [str(stop)]).strip().splitlines()
            errors = [line for line in lines if _ERROR.match(line)] or lines[-1:]
            raise RuntimeError(errors[-1][:200]) from stop


class _Messages(logging.Handler):
    def __init__(self, level):
        super().__init__(level)
        self.lines = []

    def emit(self, record):
        self.lines.append(record.getMessage())


def read(path: Path) -> dict:
    """Return a record, or an empty one."""
    if not path.exists():
        return {}
    return json.loads(path.read_text(encoding="utf-8"))["submissions"]


def write(path: Path, source: str, record: dict) -> None:
    """Write a record, a line for each submission, all at once."""
    lines = [f"  {json.dumps(k)}: {json.dumps(v)}" for k, v in sorted(record.items())]
    text = ",\n".join(lines)
    whole = f'{{\n "source": {json.dumps(source)},\n "submissions": {{\n{text}\n }}\n}}\n'
    draft = path.with_suffix(".part")
    draft.write_text(whole, encoding="utf-8")
    draft.replace(path)


def source() -> str:
    """Return a line that says what a record was made with."""
    from importlib.metadata import version

    return f"nbgrader {version('nbgrader')}, its own pipelines and executor; record_stock.py"


def grade(stock: Stock, submission) -> dict:
    """Return the entry of one submission: its digest and its scores, or why it has none."""
    import honest

    honest.hand_in(submission, stock.folder)
    try:
        stock.grade(submission.assignment, submission.student)
        found = {"scores": honest.scores(stock.db_url, submission)}
    except RuntimeError as error:
        found = {"scores": None, "failed": str(error)}
    for step in ("submitted", "autograded"):
        place = stock.folder / "grading" / step / submission.student
        shutil.rmtree(place, ignore_errors=True)
    return {"digest": submission.digest, **found}


def record_honest(path: Path) -> None:
    """Bring the record of the honest submissions up to date."""
    import honest

    record, wanted = read(path), {one.key: one for one in honest.corpus()}
    record = {key: entry for key, entry in record.items() if key in wanted}
    stale = [k for k, one in wanted.items() if record.get(k, {}).get("digest") != one.digest]
    print(f"{len(wanted) - len(stale)} are recorded, {len(stale)} are to be graded", flush=True)
    stocks, released = {}, set()
    with tempfile.TemporaryDirectory(prefix="stock-") as folder:
        for number, key in enumerate(stale, start=1):
            one = wanted[key]
            if one.course not in stocks:
                place = honest.make_course(one.course, Path(folder, one.course), stock=True)
                stocks[one.course] = Stock(place)
            if one.assignment not in released:
                stocks[one.course].release(one.assignment)
                released.add(one.assignment)
            record[key] = grade(stocks[one.course], one)
            if number % 5 == 0 or number == len(stale):
                write(path, source(), record)
                print(f"{number}/{len(stale)} {key}", flush=True)
    write(path, source(), record)


def main(arguments=None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", nargs="?", default="honest", choices=["honest", "attacks"])
    what = parser.parse_args(arguments).what
    os.environ["PATH"] = os.pathsep.join([os.path.dirname(sys.executable), os.environ["PATH"]])
    warnings.simplefilter("ignore")
    if what == "honest":
        record_honest(TESTS / "oracles/stock.json")
    else:
        import attacks

        attacks.record(TESTS / "oracles/attacks.json")


if __name__ == "__main__":
    main()
