"""Measure grading: `make bench` prints the engine beside stock nbgrader, in one run.

A class of right and wrong submissions of one notebook is graded, every one of them different;
`GRADING="--curve 50,300,2000 --postgres --dask"` passes options on.
"""

import argparse
import ast
import contextlib
import io
import json
import os
import resource
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import warnings
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from matplotlib import pyplot

import honest
import postgresql
from conftest import notebook_path
from fallline.marking import classroom
from fallline.marking.tasks import problem_sets
from oracles.record_stock import Stock

ONE_AT_A_TIME = {"OPENBLAS_NUM_THREADS": "1", "PYTHONWARNINGS": ""}


# --- the class ---


def students(stem: str, count: int) -> list[dict]:
    """Return what a class hands in: every third is perfect, the others err in two tasks."""
    released, solution = (
        classroom.read_notebook(notebook_path(room, stem)) for room in ("exercises", "solutions")
    )
    perfect, problems = classroom.perfect_answers(solution), list(problem_sets()[stem])
    handed_in = []
    for number in range(count):
        answers = dict(perfect)
        if number % 3:
            for place in {number % len(problems), number * 3 % len(problems)}:
                task = problems[place]
                mistake = task.mistakes[number % len(task.mistakes)]
                answers[task.name] = classroom.answer_text(task, mistake.code, solution)
        first = problems[0].name
        answers[first] += f"\n# student {number}"  # no two alike, so that each one is run
        handed_in.append(classroom.hand_in(released, answers))
    return handed_in


def lay_out(stem: str, handed_in: list[dict], folder: Path, stock: bool = False) -> Path:
    """Write a course, release the notebook in it, and write what is handed in."""
    honest.make_course("fallline", folder, stock)
    for number, notebook in enumerate(handed_in):
        place = folder / "grading/submitted" / f"s{number:04}" / stem / f"{stem}.ipynb"
        classroom.write_notebook(notebook, place)
    Stock(folder).release(stem)  # a teacher has done so long ago, so it is not measured
    return folder


# --- what is measured ---


class Memory(threading.Thread):
    """Sees the memory of a process and all that it starts: the peak of the sum, in bytes."""

    def __init__(self, pid: int):
        super().__init__(daemon=True)
        self.pid, self.peak, self.ended = pid, 0, threading.Event()

    def run(self) -> None:
        while not self.ended.wait(0.2):
            self.peak = max(self.peak, sum(map(_share, _family(self.pid))))

    def stop(self) -> int:
        self.ended.set()
        self.join()
        return self.peak


def _family(pid: int) -> list[int]:
    """Return a process and its descendants, jailed ones among them."""
    parents = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            parents.setdefault(int(fields[1]), []).append(int(folder.name))
    found = [pid]
    for one in found:
        found.extend(parents.get(one, []))
    return found


def _share(pid: int) -> int:
    """Return a process's memory; what it shares counts in parts."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return 0


def children_cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def engine(course: Path, *options: str) -> dict:
    """Grade a course by its command; return the seconds, the CPU seconds and the memory."""
    cpu, start = children_cpu(), time.perf_counter()
    command = [sys.executable, "-m", "safegrade", "grade", *options]
    with subprocess.Popen(
        command,
        cwd=course,
        env={**os.environ, **ONE_AT_A_TIME},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as running:
        memory = Memory(running.pid)
        memory.start()
        try:
            printed = running.communicate()[0]
        except BaseException:
            os.killpg(running.pid, signal.SIGKILL)
            raise
        finally:
            peak = memory.stop()
    seconds = time.perf_counter() - start
    if running.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{printed[-3000:]}")
    return {"seconds": seconds, "cpu": children_cpu() - cpu, "memory": peak}


def stock_seconds(stem: str, handed_in: list[dict], folder: Path) -> tuple[float, float]:
    """Return the seconds and the CPU seconds that stock nbgrader needs for a submission."""
    course = lay_out(stem, handed_in, folder, stock=True)
    stock = Stock(course)
    own, cpu, start = time.process_time(), children_cpu(), time.perf_counter()
    for number in range(len(handed_in)):
        stock.grade(stem, f"s{number:04}")
    seconds = time.perf_counter() - start
    used = time.process_time() - own + children_cpu() - cpu
    return seconds / len(handed_in), used / len(handed_in)


def limit(stem: str, handed_in: list[dict], jobs: int) -> tuple[float, float]:
    """Return submissions a second, and the CPU seconds of one, of a fork and plain execution.

    As many processes as jobs run the same cells as the engine: nothing is held back, compared
    with what is written down, or jailed.
    """
    header = classroom.read_notebook(honest.ROOT / "solutions/header.ipynb")
    solution = classroom.read_notebook(notebook_path("solutions", stem))
    tests = {classroom.grade_id(cell): classroom.source(cell) for cell in solution["cells"]}
    setup = [classroom.source(cell) for cell in header["cells"] if cell["cell_type"] == "code"]
    _exec_cells([*setup, *_imports(handed_in[0])])  # what is imported is imported before
    cpu, start = children_cpu(), time.perf_counter()
    workers = [_forked(_run_plainly, handed_in[job::jobs], tests) for job in range(jobs)]
    for worker in workers:
        os.waitpid(worker, 0)
    seconds, used = time.perf_counter() - start, children_cpu() - cpu
    return len(handed_in) / seconds, used / len(handed_in)


def _forked(function, *arguments) -> int:
    """Call a function in a process of its own; return its process id."""
    child = os.fork()
    if child == 0:
        quiet = os.open(os.devnull, os.O_WRONLY)
        os.dup2(quiet, 1)
        os.dup2(quiet, 2)
        function(*arguments)
        os._exit(0)
    return child


def _run_plainly(notebooks: list[dict], tests: dict[str, str]) -> None:
    for notebook in notebooks:
        cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
        graded = [cell["metadata"].get("nbgrader", {}).get("grade") for cell in cells]
        texts = [
            tests.get(classroom.grade_id(cell) or "", "") if marked else classroom.source(cell)
            for cell, marked in zip(cells, graded, strict=True)
        ]
        os.waitpid(_forked(_exec_cells, texts), 0)


def _imports(notebook: dict) -> list[str]:
    """Return the lines of a notebook's code that import something."""
    texts = [classroom.source(cell) for cell in notebook["cells"] if cell["cell_type"] == "code"]
    lines = [line.strip() for text in texts for line in text.splitlines()]
    return [line for line in lines if line.startswith(("import ", "from "))]


def _exec_cells(texts: list[str]) -> None:
    names = {"__name__": "__main__"}
    for text in texts:
        with contextlib.suppress(BaseException):
            exec(compile(ast.parse(text), "<cell>", "exec"), names)
        for number in pyplot.get_fignums():  # a notebook shows what a cell has drawn
            pyplot.figure(number).savefig(io.BytesIO(), format="png", bbox_inches="tight")
        pyplot.close("all")


def jail_milliseconds(stem: str, course: Path, count: int = 32) -> tuple[float, float]:
    """Return what an engine needs for a submission without the jail, and what the jail adds."""
    from safegrade.course.layout import Course
    from safegrade.course.settings import make_engine, run_settings

    paths = sorted((course / "grading/autograded").glob(f"*/{stem}/{stem}.ipynb"))[:count]
    notebooks = [json.loads(path.read_text(encoding="utf-8")) for path in paths]
    cells = [(classroom.grade_id(c), classroom.source(c)) for c in notebooks[0]["cells"]]
    trusted = {name: text for name, text in cells if name and (name == "setup" or "test-" in name)}
    settings, took = Course(course), {"inside": [], "outside": []}
    with (
        make_engine(run_settings(settings, unsandboxed=False)["engine"]) as inside,
        make_engine(run_settings(settings, unsandboxed=True)["engine"]) as outside,
        tempfile.TemporaryDirectory() as place,
    ):
        for notebook in notebooks:
            for name, one in {"inside": inside, "outside": outside}.items():
                fresh = json.loads(json.dumps(notebook))
                start = time.perf_counter()
                one.run(
                    fresh,
                    folder=Path(place),
                    name=stem,
                    options={"assignment": stem, "trusted": trusted},
                )
                took[name].append(time.perf_counter() - start)
    warm = {name: times[2:] for name, times in took.items()}  # the first ones start the servers
    extra = [a - b for a, b in zip(warm["inside"], warm["outside"], strict=True)]
    return 1000 * statistics.median(warm["outside"]), 1000 * statistics.median(extra)


def pages_per_second(stem: str, course: Path, count: int = 20) -> float:
    """Return how many feedback pages are written a second, of graded notebooks."""
    from safegrade.feedback import page

    paths = sorted((course / "grading/autograded").glob(f"*/{stem}/{stem}.ipynb"))[:count]
    start = time.perf_counter()
    for path in paths:
        notebook = json.loads(path.read_text(encoding="utf-8"))
        scores = [
            {"grade_id": classroom.grade_id(cell), "score": 1.0, "points": 1.0}
            for cell in notebook["cells"]
            if cell["metadata"].get("nbgrader", {}).get("grade")
        ]
        by_name = {score["grade_id"]: score for score in scores}
        page(notebook, by_name, title=stem, student="s", assignment=stem)
    return len(paths) / (time.perf_counter() - start)


# --- Dask ---


@contextlib.contextmanager
def dask(workers: int):
    """Start a Dask cluster of processes on this machine, and give its address."""
    program = (
        "import sys\nfrom distributed import LocalCluster\n"
        "if __name__ == '__main__':\n"
        f"    with LocalCluster(n_workers={workers}, threads_per_worker=1, dashboard_address=None)"
        " as cluster:\n"
        "        print(cluster.scheduler_address, flush=True)\n        sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program],
        env={**os.environ, **ONE_AT_A_TIME},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as cluster:
        try:
            yield cluster.stdout.readline().strip()
        finally:
            cluster.stdin.close()
            with contextlib.suppress(subprocess.TimeoutExpired):
                cluster.wait(20)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(cluster.pid, signal.SIGKILL)


# --- the table ---


def row(label: str, figure: str, remark: str = "") -> None:
    print(f"  {label:52} {figure:>14}  {remark}", flush=True)


def measure(options: argparse.Namespace, folder: Path) -> None:
    """Print one row for each thing that is measured."""
    stem, jobs = options.notebook, ("--jobs", str(options.jobs))
    print(f"Grading {options.students} submissions of {stem}, {os.cpu_count()} cores:")
    handed_in = students(stem, options.students)
    course = lay_out(stem, handed_in, folder / "class")
    ours = engine(course, *jobs)
    each = ours["seconds"] / options.students
    row("the engine, whole command", f"{1 / each:.1f} /s", f"{options.jobs} jobs, SQLite, feedback")
    row("  CPU of a submission", f"{1000 * ours['cpu'] / options.students:.0f} ms")
    row("  memory of the whole run at its peak", f"{ours['memory'] / 2**20:.0f} MiB")
    again = engine(course, *jobs)
    row("  the same again, nothing changed", f"{again['seconds']:.1f} s")
    if options.stock:
        wall, cpu = stock_seconds(stem, handed_in[: options.stock], folder / "stock")
        row("stock nbgrader", f"{1 / wall:.2f} /s", f"{1000 * cpu:.0f} ms CPU, no feedback")
        row("the engine / stock", f"{wall / each:.0f} x")
    rate, cpu = limit(stem, handed_in[:60], options.jobs)
    row("the limit: fork and plain execution", f"{rate:.1f} /s", f"{1000 * cpu:.0f} ms CPU")
    row("the engine / the limit", f"{1 / each / rate:.0%}")
    plain, jail = jail_milliseconds(stem, course)
    row("the engine without gradebook and jail, one core", f"{plain:.0f} ms")
    row("  what the jail adds", f"{jail:.1f} ms")
    row("feedback pages", f"{pages_per_second(stem, course):.0f} /s", "one core")
    more(options, folder, handed_in)


def more(options: argparse.Namespace, folder: Path, handed_in: list[dict]) -> None:
    """Print what is measured only when asked for."""
    stem, jobs, count = options.notebook, ("--jobs", str(options.jobs)), options.students
    if options.postgres:
        with postgresql.throwaway() as address:
            os.environ["FALLLINE_DB"] = address
            course = lay_out(stem, handed_in, folder / "postgres")
            took = engine(course, *jobs)
            del os.environ["FALLLINE_DB"]
            row("PostgreSQL instead of SQLite", f"{count / took['seconds']:.1f} /s")
    if options.dask:
        with dask(options.jobs) as address:
            course = lay_out(stem, handed_in, folder / "dask")
            took = engine(course, "--cluster", address)
            row("a Dask cluster of as many workers", f"{count / took['seconds']:.1f} /s")
    for size in options.curve:
        course = lay_out(stem, students(stem, size), folder / f"curve-{size}")
        took = engine(course, *jobs)
        row(
            f"a class of {size}",
            f"{size / took['seconds']:.1f} /s",
            f"{took['seconds']:.1f} s, {1000 * took['cpu'] / size:.0f} ms CPU each, "
            f"{took['memory'] / 2**20:.0f} MiB",
        )
        shutil.rmtree(course)


def main(arguments=None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--notebook", default="losses", choices=sorted(problem_sets()))
    parser.add_argument("--students", type=int, default=300)
    parser.add_argument("--stock", type=int, default=4, help="how many of them stock grades, too")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--curve", type=_sizes, default=[], help="sizes of classes: 50,300,2000")
    parser.add_argument("--postgres", action="store_true", help="grade into PostgreSQL, too")
    parser.add_argument("--dask", action="store_true", help="grade on a Dask cluster, too")
    options = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))  # what is open is cleaned up
    warnings.simplefilter("ignore")
    os.environ["PATH"] = os.pathsep.join([os.path.dirname(sys.executable), os.environ["PATH"]])
    with tempfile.TemporaryDirectory(prefix="bench-grading-") as folder:
        measure(options, Path(folder))


def _sizes(text: str) -> list[int]:
    return [int(size) for size in text.split(",")]


if __name__ == "__main__":
    main()
