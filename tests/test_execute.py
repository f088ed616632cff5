"""Single notebooks through the engine: outputs, magic commands, limits, deaths, time."""

import base64
import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from safegrade.jail import cores
from safegrade.notebook.alarm import Alarm, CellTimeout
from safegrade.notebook.engine import Engine
from safegrade.notebook.patience import SLOWEST, OpenFile, PatientClock
from safegrade.notebook.run import SetupLost
from twoprocesses import LIMITS, answer, check, needs_jail, run, setup, stopping  # noqa: F401

pytestmark = needs_jail


# --- what a cell shows ---


def test_result_of_the_last_expression():
    done = run("6 * 7", "_ + 1;", "_, Out[1], In[0]", "x = 5", "None")
    assert done.result("a") == "42"
    assert done.outputs("b") == done.outputs("d") == done.outputs("e") == []
    assert done.result("c") == "(42, 42, '')" or done.result("c").startswith("(42, 42,")
    assert [cell["execution_count"] for cell in done.cells.values()] == [1, 2, 3, 4, 5]


def test_streams_are_joined_in_their_order():
    done = run("import sys\nprint('a')\nprint('b')\nprint('c', file=sys.stderr)\nprint('d')")
    told = [(o["name"], o["text"]) for o in done.outputs("a")]
    assert told == [("stdout", "a\nb\n"), ("stderr", "c\n"), ("stdout", "d\n")]


def test_output_past_python_is_caught():
    done = run("import os\nn = os.write(1, b'from below')", "print('next')")
    assert done.text("a") == "from below"
    assert done.text("b") == "next\n"


@pytest.mark.parametrize(
    "text",
    [
        "import sys; sys.stdout.close()",
        "import sys; sys.stdout = sys.stderr = None",
        "import os; os.close(1); os.close(2)",
    ],
)
def test_streams_are_mended_after_a_cell(text):
    assert run(text, "print('still here')").text("b") == "still here\n"


def test_magic_commands_await_and_asking():
    done = run(
        "x = 3\n%time y = x + 1",
        "import asyncio\nawait asyncio.sleep(0)\ny",
        "%reset -f",
        "x",
        "input('name?')",
        "%%python_that_is_not_there",
    )
    assert "Wall time" in done.text("a")
    assert done.result("b") == "4"
    assert done.error("d").startswith("NameError")
    assert done.error("e").startswith("EOFError")
    assert done.error("f").startswith("UsageError")


def test_rich_display_and_clearing():
    done = run(
        "from IPython.display import HTML, display, clear_output\ndisplay(HTML('<b>1</b>'))",
        "handle = display(1, display_id=True)\nhandle.update(2)",
        "print('old'); clear_output(); print('new')",
        "class A:\n    def _repr_html_(self): return '<i>a</i>'\n"
        "    def __repr__(self): return 'a'\nA()",
    )
    assert done.outputs("a")[0]["data"]["text/html"] == "<b>1</b>"
    assert [o["data"]["text/plain"] for o in done.outputs("b")] == ["2"]
    assert done.text("c") == "new\n"
    assert done.outputs("d")[0]["data"] == {"text/plain": "a", "text/html": "<i>a</i>"}


def test_figures_are_drawn_at_the_end_of_a_cell():
    done = run(
        "import matplotlib.pyplot as plt\nplt.plot([1, 2]);",
        preload=("numpy", "matplotlib.pyplot"),
    )
    (shown,) = done.outputs("a")
    assert shown["output_type"] == "display_data"
    assert base64.b64decode(shown["data"]["image/png"]).startswith(b"\x89PNG")


def test_a_figure_is_drawn_for_its_picture_alone():
    done = run(
        """
        import matplotlib.pyplot as plt
        from matplotlib.figure import Figure
        from IPython.core.pylabtools import print_figure
        class Counted(Figure):
            draws = 0
            def draw(self, renderer):
                Counted.draws += 1
                super().draw(renderer)
        figure = plt.figure(FigureClass=Counted, layout="constrained")
        figure.add_subplot().plot([1, 2]);
        """,
        "shown, Counted.draws = Counted.draws, 0\nprint_figure(figure)\nshown == Counted.draws > 0",
        preload=("numpy", "matplotlib.pyplot"),
    )
    assert [output["output_type"] for output in done.outputs("a")] == ["display_data"]
    assert done.result("b") == "True"


def test_errors_are_short_and_show_the_line():
    done = run("def slope(x):\n    return 1 / x", "slope(0)")
    (error,) = done.outputs("b")
    assert error["traceback"] == [
        "  b, line 1\n    slope(0)",
        "  a, line 2, in slope\n    return 1 / x",
        "ZeroDivisionError: division by zero",
    ]


def test_hostile_exceptions_and_texts_cost_only_their_cell():
    done = run(
        "class E(Exception):\n    def __str__(self): raise SystemError\nraise E",
        "class R:\n    def __repr__(self): raise MemoryError\nR()",
        "class T(Exception):\n    def _render_traceback_(self): return ['so short']\nraise T",
        "def deep(n): return deep(n + 1)\ndeep(0)",
        "1 +",
        "raise KeyboardInterrupt",
        "import sys\nsys.exit(3)",
        "7",
    )
    assert "str() raised" in done.error("a")
    assert done.error("b").startswith("MemoryError")
    assert done.outputs("c")[0]["traceback"] == ["so short"]
    assert done.error("d").startswith("RecursionError")
    assert done.error("e").startswith("SyntaxError")
    assert done.error("f").startswith("KeyboardInterrupt")
    assert done.error("g").startswith("SystemExit")
    assert done.result("h") == "7"
    assert done.notes == []


def test_hidden_lines_are_not_shown():
    done = run(
        answer("x = 1"),
        check("### BEGIN HIDDEN TESTS\nassert x == 2\n### END HIDDEN TESTS"),
    )
    (error,) = done.outputs("test-answer")
    assert "x == 2" not in "".join(error["traceback"])
    assert "hidden" in error["traceback"][0]


# --- limits ---


def test_output_is_bounded_by_cell_and_notebook():
    limits = replace(LIMITS, output=1000, total_output=2500)
    flood = "for i in range(100000): print(i)"
    done = run("print('x' * 10**7)", flood, flood, flood, "7", limits=limits)
    sizes = [len(done.text(name)) for name in "abcd"]
    assert all(1000 <= size < 1100 for size in sizes[:2])
    assert sum(sizes) < 2700
    assert "output cut short" in done.text("a")
    assert done.notes[0] == "the output of a was cut short"


def test_slow_cell_is_interrupted_and_names_survive():
    limits = replace(LIMITS, cell_seconds=0.5)
    done = run(
        "x = 1\nwhile True: pass",
        "x",
        answer("def f():\n    while True: pass"),
        check("f()"),
        check("assert x == 1", "after"),
        limits=limits,
    )
    assert done.error("a").startswith("CellTimeoutError")
    assert done.result("b") == "1"
    assert done.error("test-answer").startswith("CellTimeoutError")
    assert done.error("after") == ""
    assert done.notes == ["timed out in a", "timed out in test-answer"]


def test_a_test_that_swallows_the_interrupt_is_an_error():
    done = run(
        answer("def f():\n    while True: pass"),
        check("try:\n    f()\nexcept BaseException:\n    pass\n1.0"),
        limits=replace(LIMITS, cell_seconds=0.5),
    )
    assert done.error().startswith("CellTimeoutError")


STUBBORN = """while True:
    try:
        while True:
            pass
    except KeyboardInterrupt:
        pass"""


def test_stubborn_cell_costs_its_process_but_not_the_others():
    done = run(
        setup("import math"),
        "x = 1",
        STUBBORN,
        "x + math.pi",
        limits=replace(LIMITS, cell_seconds=0.5),
    )
    assert done.notes == ["c timed out and could not be interrupted"]
    assert done.result("d") == "4.141592653589793"


def test_stubborn_function_is_stopped_in_time():
    body = "\n".join("    " + line for line in STUBBORN.splitlines())
    done = run(
        answer(f"def f():\n{body}"),
        check("f()"),
        check("1.0", "next"),
        limits=replace(LIMITS, cell_seconds=0.5, cpu_seconds=20),
    )
    assert done.notes == ["test-answer timed out and could not be interrupted"]
    assert done.error().startswith("CellTimeoutError")
    assert done.result("next") == "1.0"
    assert done.ran.used["cpu"] < 15, "its time ended it, and not the limit of its processor"


def test_numbers_of_numpy_reach_a_test_that_imports_none():
    done = run(answer("import numpy as np\nx = np.float64(1.5)"), check("x"), tests_preload=())
    assert done.result() == "np.float64(1.5)"


def test_endless_test_without_the_student():
    done = run(check("while True: pass"), "7", limits=replace(LIMITS, cell_seconds=0.5))
    assert done.error().startswith("CellTimeoutError")
    assert done.result("b") == "7"


# --- a machine that is busy with other work ---


def test_a_patient_clock_leaves_out_what_a_process_waited(tmp_path):
    told, wall = tmp_path / "schedstat", [100.0]
    told.write_text("9 1000000000 3\n")
    with told.open() as file:
        clock = PatientClock(OpenFile(file.fileno()), OpenFile(-1), now=lambda: wall[0])
        wall[0] += 1.0
        told.write_text("9 1600000000 4\n")
        assert (clock(), clock.waited) == pytest.approx((100.4, 0.6))
        wall[0] += 1.0
        told.write_text("9 99000000000 5\n")
        assert clock() == pytest.approx(100.4 + SLOWEST), "it never stands still for long"


def test_an_alarm_goes_by_its_clock_and_can_be_put_off(monkeypatch):
    wound, time = [], [0.0]
    monkeypatch.setattr(signal, "setitimer", lambda which, seconds: wound.append(seconds))
    alarm = Alarm(now=lambda: time[0])
    alarm.set(2.0)

    def work():
        time[0] = 1.5  # the wall's two seconds are over
        alarm._ring(signal.SIGALRM, None)
        alarm.put_off(4.0)
        time[0] = 5.5
        with pytest.raises(CellTimeout):
            alarm._ring(signal.SIGALRM, None)

    alarm.guard(work)()
    assert wound == pytest.approx([2.0, 0.5, 0.0]) and alarm.rang


@pytest.fixture
def busy():
    """Keep the processors busy: everybody else gets a quarter of one, or less."""
    endless = [sys.executable, "-c", "while True: pass"]
    others = [subprocess.Popen(endless) for _ in range(3 * os.cpu_count())]
    yield
    for other in others:
        other.kill()
        other.wait()


WORK = """def work(seconds):
    import time
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass
    return 1"""


@pytest.mark.parametrize(
    "cell, test",
    [
        ("work(0.4)", "assert work(0) == 1"),
        ("", "assert work(0.4) == 1"),
        ("", "for k in range(8):\n    assert work(0.05) == 1"),
    ],
    ids=["a cell", "one call", "many calls"],
)
def test_waiting_for_a_processor_takes_nobody_s_time(cell, test, busy):
    done = run(answer(WORK), cell or "1", check(test), limits=replace(LIMITS, cell_seconds=0.8))
    assert not done.notes and done.error() == ""


def test_notebook_has_limits_of_time_and_cells():
    limits = replace(LIMITS, seconds=0.5)
    # a busy machine gives time back, so that one cell need not use all of it up
    done = run(*["import time\ntime.sleep(9)"] * 12, check("pass"), limits=limits)
    assert "timed out in a" in done.notes
    assert "stopped: the notebook took more than 0.5 s" in done.notes
    assert done.error("l").startswith("NotRun")
    assert done.error("test-answer").startswith("NotRun")
    done = run("1", "2", check("pass"), limits=replace(LIMITS, cells=2))
    assert done.error("test-answer").startswith("NotRun")


def test_memory_is_limited():
    done = run("x = bytearray(2**30)", "7", limits=replace(LIMITS, memory=2**28))
    assert done.error("a").startswith(("MemoryError", "DeadKernel"))
    assert done.result("b") == "7"


def test_memory_of_all_processes_together_is_limited_and_told():
    text = """
        import os, time
        os.fork(), os.fork()
        x = b"x" * (150 * 2**20)
        time.sleep(10)
        """
    done = run(answer(text), "7", limits=replace(LIMITS, memory=2**28, cell_seconds=20))
    assert "took more memory than the limit" in done.notes
    assert "answer ended the kernel" in done.notes
    assert done.result("b") == "7"


def test_every_test_has_room_for_what_answers_print():
    done = run(
        answer("def f(x):\n    print(x * 100)"),
        *(check(f"for _ in range(6): f('{letter}')", f"test-{letter}") for letter in "abc"),
        limits=replace(LIMITS, output=1000),
    )
    assert [done.text(f"test-{letter}") for letter in "abc"] == [
        6 * (100 * x + "\n") for x in "abc"
    ]


# --- processes that end ---


@pytest.mark.parametrize(
    "text",
    [
        "import os\nos._exit(0)",
        "quit()",
        "exit",
        "import os\nos.abort()",
        "import ctypes\nctypes.string_at(0)",
    ],
)
def test_lost_process_is_blamed_and_the_rest_goes_on(text):
    done = run("x = 20", answer(text), "x + 1", "1 / 0", check("assert x == 20"))
    assert done.notes == ["answer ended the kernel"]
    assert done.error("answer").startswith("DeadKernel")
    assert done.result("c") == "21"
    assert done.error("test-answer") == ""
    assert done.ran.used["restarts"] == 1


def test_test_whose_student_is_lost_is_an_error_whatever_it_catches():
    done = run(
        answer("import os\ndef f(): os._exit(0)"),
        check("try:\n    f()\nexcept BaseException:\n    pass\n1.0"),
        check("1.0", "next"),
    )
    assert done.error().startswith("DeadKernel")
    assert done.result("next") == "1.0"
    assert done.notes == ["test-answer ended the kernel"]


def test_too_many_losses_end_the_notebook():
    done = run(*["import os\nos._exit(0)"] * 5, check("pass"))
    assert done.notes[-1] == "stopped: 4 cells have cost a kernel each"
    assert done.error("e").startswith("NotRun")
    assert done.error("test-answer").startswith("NotRun")


def test_lost_test_process_is_told():
    done = run("7", check("import os\nos._exit(0)"), check("1.0", "next"))
    assert done.result("a") == "7"
    assert done.error("test-answer").startswith("DeadKernel")
    assert done.error("next").startswith("NotRun")
    assert run("8").result("a") == "8"


def test_a_tests_process_that_ends_in_the_set_up_is_started_anew(tmp_path):
    text = f"""
        import os
        from pathlib import Path
        if not Path({str(tmp_path)!r}, "seen").exists():
            Path({str(tmp_path)!r}, "seen").touch()
            os._exit(1)
        """
    done = run(setup(text), answer("def f():\n    return 1"), check("assert f() == 1"))
    assert done.notes == [] and done.error() == ""
    assert (tmp_path / "seen").exists()


def test_a_set_up_that_always_ends_its_process_is_no_zero():
    with pytest.raises(SetupLost, match=r"setup: .*, although no student's code had run"):
        run(setup("import os; os._exit(1)"), answer("x = 1"), check("assert x == 1"))
    assert run(setup("y = 1"), check("assert y == 1")).error() == ""


# --- what is withheld, lent and seeded ---


def test_withheld_package_is_absent_for_the_student_only():
    done = run(
        setup("import colorsys\nimport math\nfrom colorsys import hls_to_rgb"),
        "import colorsys",
        "hls_to_rgb",
        "math.pi",
        check("assert hls_to_rgb(0, 1, 0) == (1, 1, 1)"),
        withheld=("colorsys",),
    )
    assert done.error("b") == (
        "ModuleNotFoundError: colorsys is not available while this is graded"
    )
    assert done.error("c").startswith("NameError")
    assert done.result("d") == "3.141592653589793"
    assert done.outputs("setup") == done.outputs("test-answer") == []


def test_lent_module_of_a_withheld_package():
    done = run(
        "import json.scanner as s\nprint(s.__name__)",
        "import json.decoder",
        withheld=("json",),
        lent=("json.scanner",),
    )
    assert done.text("a") == "json.scanner\n"
    assert done.error("b").startswith("ModuleNotFoundError: json.decoder is not available")


def test_both_processes_are_seeded_alike():
    draw = "import random, numpy as np\n(random.random(), float(np.random.rand()))"
    done = run(draw, setup(draw, "again"), seed=7)
    assert done.result("a")
    once, twice = done.result("a"), run(draw, seed=7).result("a")
    assert once == twice


def test_files_beside_the_notebook_can_be_read(tmp_path):
    (tmp_path / "data.csv").write_text("1,2")
    (tmp_path / "numpy.py").write_text("raise SystemExit('shadowed')")
    (tmp_path / "helper.py").write_text("two = 2")
    done = run(
        "print(open('data.csv').read())",
        "import numpy, helper\nhelper.two * numpy.ones(1)[0]",
        check("assert open('data.csv').read() == '1,2'"),
        check("import helper", "import"),
        folder=tmp_path,
    )
    assert done.text("a") == "1,2\n"
    assert done.error("b") == ""
    assert done.error() == ""
    assert done.error("import").startswith("ModuleNotFoundError"), "a student's module is no test's"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data.csv", "helper.py", "numpy.py"]


def test_it_says_what_held_and_what_was_used():
    done = run("x = [0] * 10**6")
    assert done.ran.enforced
    used = done.ran.used
    assert used["cells"] == 1 and used["restarts"] == 0
    assert used["memory"] > 2**20 and used["cpu"] > 0 and used["wall"] > 0
    assert "safegrade" in sys.modules


# --- in nbgrader's pipelines ---


@pytest.fixture(scope="module")
def safe_execute():
    from safegrade.execute import SafeExecute, stop_engines

    yield SafeExecute
    stop_engines()


def preprocess(execute, *cells, kernel="python3", resources=None):
    from nbformat import from_dict

    from toyclass import notebook

    nb = from_dict(notebook(*cells))
    nb.metadata.kernelspec["name"] = kernel
    return execute.preprocess(nb, resources if resources is not None else {})[0]


def test_drop_in_fills_outputs_and_metadata(safe_execute):
    nb = preprocess(
        safe_execute(timeout=3), setup("import math"), answer("x = 1"), check("assert x == 1\n0.5")
    )
    assert nb.cells[-1].outputs[0].data["text/plain"] == "0.5"
    assert nb.metadata.language_info.name == "python"
    assert nb.metadata.safegrade.enforced.jailed is True
    assert nb.metadata.safegrade.limits.cell_seconds == 3


def test_options_of_execute_keep_their_meaning(safe_execute):
    from nbclient.exceptions import CellExecutionError

    slow = answer("while True: pass")
    execute = safe_execute(
        timeout_func=lambda cell: 0.5,
        error_on_timeout={"ename": "Late", "evalue": "", "traceback": []},
    )
    assert preprocess(execute, slow).cells[0].outputs[0].ename == "Late"
    with pytest.raises(CellExecutionError, match="ZeroDivisionError"):
        preprocess(safe_execute(allow_errors=False), answer("1 / 0"), check("pass"))
    tagged = answer("1 / 0")
    tagged["metadata"]["tags"] = ["skip-execution"]
    assert preprocess(safe_execute(), tagged).cells[0].outputs == []
    nb, _ = safe_execute(enabled=False)(preprocess(safe_execute(), answer("1")), {})
    assert nb.cells[0].execution_count == 1


def test_notebooks_are_told_why_they_run(monkeypatch):
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    monkeypatch.setenv("SECRET", "of the teacher's")
    ask = "import os\n[os.environ.get(name) for name in ('NBGRADER_EXECUTION', 'SECRET')]"
    done = run(ask, check(ask))
    assert done.result("a") == done.result() == "['autograde', None]"


def test_both_processes_of_a_notebook_share_one_core(monkeypatch):
    monkeypatch.setattr(cores.os, "getuid", lambda: f"of-test-{os.getpid()}")  # none is claimed yet
    ask = "import os\nlist(os.sched_getaffinity(0))"
    done = run(ask, check(ask))
    assert done.result("a") == done.result() == str(sorted(os.sched_getaffinity(0))[:1])


def test_notebooks_of_several_threads_run_one_at_a_time(safe_execute, monkeypatch):
    """nbgrader's converters may be run side by side, with settings of their own."""
    under_way, most = [], []
    run_it = Engine.run

    def watched(*args, **options):
        under_way.append(1)
        most.append(len(under_way))
        try:
            return run_it(*args, **options)
        finally:
            under_way.pop()

    monkeypatch.setattr(Engine, "run", watched)
    with ThreadPoolExecutor(4) as threads:
        done = threads.map(
            lambda seed: preprocess(safe_execute(seed=seed % 2), answer(f"{seed} + 1")), range(6)
        )
        results = [nb.cells[0].outputs[0].data["text/plain"] for nb in done]
    assert results == ["1", "2", "3", "4", "5", "6"] and most == [1] * 6


def test_kernels(safe_execute):
    from jupyter_client.kernelspec import NoSuchKernel

    with pytest.raises(NoSuchKernel):
        preprocess(safe_execute(), answer("1"), kernel="no-such-kernel")
    nb = preprocess(safe_execute(kernel_name="python3"), answer("1"), kernel="no-such-kernel")
    assert nb.cells[0].outputs[0].data["text/plain"] == "1"


def test_a_cell_that_only_claims_to_be_locked_runs_in_the_jail():
    claimed = setup("import os\nos.getpid()", "mine")
    done = run(claimed, options={"trusted": {}})
    assert done.result("mine") == "1", "the first process of its own namespace"
    done = run(claimed, options={"trusted": {"mine": "import os\nos.getpid()"}})
    assert done.result("mine") != "1"


def test_no_jail_is_an_error_that_names_the_switch(safe_execute, monkeypatch):
    from safegrade.jail import nursery
    from safegrade.jail.capabilities import JailError, capabilities

    told = replace(capabilities(), can_jail=False, problem="this is a test")
    monkeypatch.setattr(nursery, "capabilities", lambda: told)
    with pytest.raises(JailError, match="unsandboxed"):
        preprocess(safe_execute(seed=99), answer("1"))
    nb = preprocess(safe_execute(unsandboxed=True), answer("1"))
    assert nb.metadata.safegrade.enforced.jailed is False
