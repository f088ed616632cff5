"""One run over a class: what there is to do, and what is written of what came of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from dataclasses import dataclass, field

from safegrade.course import material as materials
from safegrade.course.files import digests
from safegrade.course.layout import Course
from safegrade.course.pages import feedback_job
from safegrade.course.pool import run_all
from safegrade.course.provenance import key_of
from safegrade.course.standing import added_by_hand
from safegrade.course.unit import lost_unit, work
from safegrade.course.writer import Writer, entered_scores, is_done

Progress = Callable[[str, str, str], None]
NOTHING = {"grades": {}, "comments": {}, "penalties": {}}


@dataclass
class Summary:
    """What a run did, by number of submissions, and the pairs that no worker could grade."""

    graded: int = 0
    refreshed: int = 0
    unchanged: int = 0
    failed: list[tuple[str, str]] = field(default_factory=list)


class Run:
    """One run over a class."""

    def __init__(
        self, course: Course, writer: Writer, settings: dict, progress: Progress | None, force: bool
    ):
        self.course, self.writer, self.settings, self.force = course, writer, settings, force
        self.summary = Summary()
        self._progress = progress or (lambda assignment, student, what: None)
        self._materials: dict[str, dict] = {}
        self._standings: dict[str, dict[str, dict]] = {}

    def go(self, pool: Executor, pairs: list[tuple[str, str]]) -> None:
        """Grade what has to be graded; at the end tell the late what it cost them."""
        try:
            for job, result in run_all(pool, work, self.jobs(pairs)):
                self.take(job, result)
            self.writer.flush()
            self.summary.failed += self.writer.refused
            self.forget_standing()
            late = [self._feedback(*pair) for pair in self.writer.rows.take_penalised()]
            for job, result in run_all(pool, work, filter(None, late)):
                self._write_pages(job, result)
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise

    def jobs(self, pairs: list[tuple[str, str]]) -> Iterator[dict]:
        """Yield a unit of work for each submission that is not done; tell of those that are."""
        for assignment, student in pairs:
            try:
                job = self.job(assignment, student)
            except OSError as error:
                told = {"assignment": assignment, "student": student}
                self.tell(told, f"failed, could not be read: {error.strerror}")
                continue
            if self.force or not self.is_graded(job):
                yield job
                continue
            refresh = self._feedback(assignment, student)
            if refresh is not None:
                yield refresh
                continue
            self.tell(job, "unchanged")

    def tell(self, job: dict, done: str) -> None:
        """Tell of a submission, and count it."""
        if done == "unchanged":
            self.summary.unchanged += 1
        elif done.startswith("graded"):
            self.summary.graded += 1
        elif done.startswith("failed"):
            self.summary.failed.append((job["assignment"], job["student"]))
        else:
            self.summary.refreshed += 1
        self._progress(job["assignment"], job["student"], done)

    # --- what there is to do ---

    def material(self, assignment: str) -> dict:
        """Return what an assignment is graded by."""
        if assignment not in self._materials:
            made = materials.material(self.course, assignment, self.settings)
            self._materials[assignment] = made
        return self._materials[assignment]

    def standing(self, assignment: str, student: str) -> dict:
        """Return what the gradebook says of a submission."""
        if assignment not in self._standings:
            self._standings[assignment] = self.writer.rows.standing(assignment)
        return self._standings[assignment].get(student, NOTHING)

    def forget_standing(self) -> None:
        """Read the gradebook anew when it is next asked for."""
        self._standings.clear()

    def job(self, assignment: str, student: str) -> dict:
        """Return the unit of work for a submission."""
        return make_job(
            self.course,
            self.material(assignment),
            student,
            self.standing(assignment, student),
        )

    def is_graded(self, job: dict) -> bool:
        """Whether history, files and gradebook agree that a unit of work is done."""
        assignment, student = job["assignment"], job["student"]
        line = self.writer.ledger(assignment).last(student)
        if line.get("key") != job["key"]:
            return False
        now = {
            f"{step}/{name}": told
            for step in ("autograded", "feedback")
            for name, told in digests(self.course.folder(step, student, assignment)).items()
        }
        grades = self.standing(assignment, student)["grades"]
        scores = entered_scores(line.get("scores", {}), grades)
        return is_done(line, job["key"], scores, now)

    def _feedback(self, assignment: str, student: str) -> dict | None:
        """Return the work on feedback that people's scores or comments ask for, if they do."""
        line = self.writer.ledger(assignment).last(student)
        standing = self.standing(assignment, student)
        by_hand = added_by_hand(standing)
        if line.get("by_hand") == by_hand:
            return None
        folder = self.course.folder("autograded", student, assignment)
        texts = {
            name: (folder / f"{name}.ipynb").read_text(encoding="utf-8")
            for name in line.get("scores", {})
            if (folder / f"{name}.ipynb").is_file()
        }
        return feedback_job(line, texts, standing, by_hand, self.material(assignment))

    # --- what came of it ---

    def take(self, job: dict, result: dict | Exception) -> None:
        """Write what came of a unit of work, and tell of it."""
        if isinstance(result, Exception):
            check_is_not_ours(result)
            if job["task"] == "feedback":
                self.tell(job, f"no feedback: {result}")
                return
            result = lost_unit(job, result)
            told = (job["assignment"], job["student"], job["key"], result["notes"])
            if self.writer.fail(*told):
                self.tell(job, ", ".join(["failed, the score stays", *result["notes"]]))
                return
        if job["task"] == "feedback":
            self._write_pages(job, result)
            done = "hand grades taken in, feedback written"
        else:
            self.writer.write({**result, "by_hand": job["by_hand"]})
            for text in result.get("messages", ()):
                self.course.app.log.warning("%s: %s", job["student"], text)
            pages = any(one["page"] for one in result["notebooks"].values())
            done = f"{result['event']}, {'feedback written' if pages else 'no feedback'}"
        self.tell(job, ", ".join([done, *result["notes"]]))

    def _write_pages(self, job: dict, result: dict | Exception) -> None:
        if isinstance(result, dict) and "pages" in result:
            pages, by_hand = result["pages"], job["by_hand"]
            self.writer.refresh(job["assignment"], job["student"], pages, by_hand)


def make_job(course: Course, material: dict, student: str, standing: dict) -> dict:
    """Return the unit of work for a student's assignment, as plain data."""
    handed = materials.submission(course, material["assignment"], student)
    origin = {**material["origin"], "submission": handed["digest"]}
    return {
        "task": "grade",
        "assignment": material["assignment"],
        "student": student,
        "material": material,
        "submission": handed,
        "standing": standing,
        "by_hand": added_by_hand(standing),
        "origin": origin,
        "key": key_of(origin),
    }


def check_is_not_ours(error: Exception) -> None:
    """Raise an error that is no student's fault, and that all the others would meet as well."""
    from safegrade.jail.capabilities import JailError

    if isinstance(error, JailError):
        raise error
    if str(error).startswith("JailError: "):
        raise JailError(str(error).removeprefix("JailError: "))
