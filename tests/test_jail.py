"""The jail holds: each protection is attacked in earnest, and without the jail the attack works."""

import contextlib
import dataclasses
import json
import os
import resource
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import textwrap
from pathlib import Path

import pytest

import jailbreaks
from safegrade.jail import nursery as nursery_module
from safegrade.jail.capabilities import Capabilities, JailError, capabilities
from safegrade.jail.cores import claimed_core
from safegrade.jail.jailing import OWN_WAITING
from safegrade.jail.limits import Limits
from safegrade.jail.nursery import Nursery
from safegrade.jail.view import import_path

ENTRY = "jailbreaks:attempt"
LIB = Path(nursery_module.__file__).parents[2]
NEWUSER, NEWNS, NEWNET = 0x10000000, 0x20000, 0x40000000


def can_jail():
    if not capabilities().can_jail:
        pytest.skip(capabilities().reason)


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """A course's folder, a package of answers, the data of a task, and the attempts themselves."""
    world = tmp_path_factory.mktemp("world")
    world.chmod(0o755)
    for name in ("attempts", "course", "data"):
        (world / name).mkdir()
    shutil.copy(jailbreaks.__file__, world / "attempts")
    (world / "attempts/answers").mkdir()
    (world / "attempts/answers/__init__.py").write_text("ANSWER = 42\n")
    (world / "attempts/solution.py").write_text("ANSWER = 43\n")
    (world / "course/gradebook.db").write_text("grades")
    (world / "data/points.csv").write_text("1,2")
    return world


@pytest.fixture(scope="module")
def secrets():
    """A secret in the environment, an open file that programs inherit, and room for cores."""
    core = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (core[1], core[1]))
    os.environ["COURSE_SECRET"] = "sesame"
    reader, writer = os.pipe()
    os.set_inheritable(reader, True)
    yield
    resource.setrlimit(resource.RLIMIT_CORE, core)
    del os.environ["COURSE_SECRET"]
    os.close(reader)
    os.close(writer)


@pytest.fixture(scope="module")
def jail(world, secrets):
    can_jail()
    limits = Limits(processes=8, open_files=32, file_size=2**20, scratch=4 * 2**20)
    path = [str(world / "attempts"), *import_path(sys.path)]
    with Nursery(
        ENTRY,
        jailed=True,
        preload=["json", "numpy.random", "no_such_module"],
        limits=limits,
        withheld=["answers", "solution"],
        readable=[world / "data"],
        path=path,
    ) as nursery:
        yield nursery


@pytest.fixture(scope="module")
def free(world, secrets):
    with Nursery(ENTRY, jailed=False, path=[str(world / "attempts"), *sys.path]) as nursery:
        yield nursery


def start(nursery, what, *args, limits=None, core=None):
    """Start an attempt; return its child and our end of its socket."""
    ours, theirs = socket.socketpair()
    ours.settimeout(30)
    try:
        options = {"what": what, "args": args}
        return nursery.spawn(theirs, options, limits=limits, core=core), ours
    except BaseException:
        ours.close()
        raise


def answer(ours):
    data = b""
    while not data.endswith(b"\n") and (more := ours.recv(65536)):
        data += more
    return json.loads(data) if data else {}


def run(nursery, what, *args, limits=None):
    """Return what came of an attempt: ``{"value": ...}`` or ``{"error": ...}``."""
    child, ours = start(nursery, what, *args, limits=limits)
    with ours, child:
        return answer(ours)


def succeeds(nursery, what, *args):
    result = run(nursery, what, *args)
    assert "error" not in result, result
    return result["value"]


def fails(nursery, what, *args, error=None, limits=None):
    result = run(nursery, what, *args, limits=limits)
    assert "error" in result, result
    assert error is None or result["error"] in error, result


NO_FILE = ("FileNotFoundError", "PermissionError")


class TestFiles:
    @pytest.mark.parametrize("how", ["read", "climb", "link"])
    def test_a_course_is_out_of_sight(self, jail, free, world, how):
        secret = str(world / "course/gradebook.db")
        assert succeeds(free, "read", secret) == "grades"
        fails(jail, how, secret, error=NO_FILE)

    def test_only_what_is_needed_is_in_sight(self, jail, world):
        assert "course" not in succeeds(jail, "look", str(world))
        assert "shadow" not in succeeds(jail, "look", "/etc")
        fails(jail, "look", "/.old", error=NO_FILE)

    def test_nothing_is_written_outside_the_scratch_folder(self, jail, free, world):
        assert succeeds(free, "write", str(world / "new")) == 6
        assert succeeds(jail, "write", "new") == 6
        for place in (world / "other", world / "data/points.csv", LIB / "x", "/x", "/jail/x"):
            fails(jail, "write", str(place))
        assert not (world / "other").exists()

    def test_inputs_are_read_only(self, jail, world):
        points = str(world / "data/points.csv")
        assert succeeds(jail, "read", points) == "1,2"
        fails(jail, "remove", points)
        fails(jail, "rename", points)
        assert Path(points).read_text() == "1,2"

    def test_nothing_is_left_for_the_next(self, jail):
        assert succeeds(jail, "write", "note") == 6
        assert succeeds(jail, "look", ".") == []

    def test_devices_that_are_harmless_work(self, jail):
        assert succeeds(jail, "write_device", "null") == 1
        assert set(succeeds(jail, "look", "/dev")) == {
            *("null", "zero", "full", "random", "urandom", "shm")
        }

    def test_home_is_the_scratch_folder(self, jail):
        assert succeeds(jail, "homes") == ["/jail/scratch"] * 3 + ["student"]

    def test_written_programs_do_not_run(self, jail, free, tmp_path):
        assert run(free, "run_written", limits=Limits())["value"] == 7
        fails(jail, "run_written", error="PermissionError")

    def test_the_system_s_programs_run(self, jail):
        assert succeeds(jail, "shell", "echo $((6 * 7)) | tr 4 5") == "52\n"


class TestWithheld:
    @pytest.mark.parametrize("name", ["answers", "solution"])
    def test_a_withheld_package_cannot_be_imported(self, jail, free, name, world):
        assert succeeds(free, "import_it", name) in (42, 43)
        fails(jail, "import_it", name, error="ModuleNotFoundError")
        fails(jail, "import_it_anyway", name, str(world / "attempts"))

    def test_nor_can_its_source_be_read(self, jail, free, world):
        source = str(world / "attempts/answers/__init__.py")
        assert "42" in succeeds(free, "read", source)
        fails(jail, "read", source, error=NO_FILE)
        result = run(jail, "read", str(world / "attempts/solution.py"))
        assert "ANSWER" not in result.get("value", "")

    def test_a_package_beside_safegrade_is_not_in_the_jail(self, jail):
        beside = set(os.listdir(LIB)) - {"safegrade"}
        assert not beside & set(succeeds(jail, "look", str(LIB)))


class TestNetwork:
    def test_no_connection_to_this_machine(self, jail, free):
        with socket.create_server(("127.0.0.1", 0)) as server:
            port = server.getsockname()[1]
            succeeds(free, "connect", port)
            fails(jail, "connect", port)

    def test_no_connection_to_an_abstract_socket(self, jail, free):
        name = f"safegrade-test-{os.getpid()}"
        with socket.socket(socket.AF_UNIX) as server:
            server.bind("\0" + name)
            server.listen()
            succeeds(free, "connect_to_name", name)
            fails(jail, "connect_to_name", name)

    @pytest.mark.parametrize("family", [socket.AF_INET, socket.AF_INET6, 16, 17, 38])
    def test_no_socket_of_another_family(self, jail, family):
        if not capabilities().seccomp:
            pytest.skip("libseccomp is not installed")
        fails(jail, "family", int(family), 3 if family in (16, 17) else 1)

    def test_pairs_of_sockets_work(self, jail):
        assert succeeds(jail, "pair") == "1"


class TestProcesses:
    def test_no_signal_reaches_this_process(self, jail, free):
        succeeds(free, "signal_to", os.getpid())
        fails(jail, "signal_to", os.getpid(), error="ProcessLookupError")

    def test_no_process_is_seen(self, jail, free):
        assert str(os.getpid()) in succeeds(free, "processes")
        fails(jail, "processes", error=NO_FILE)

    def test_no_tracing(self, jail, free):
        if not capabilities().seccomp:
            pytest.skip("libseccomp is not installed")
        succeeds(free, "be_traced")
        fails(jail, "be_traced", error="PermissionError")

    def test_a_process_starts_with_nothing_open(self, jail, free):
        assert succeeds(jail, "descriptors") == [0, 1, 2, 3, OWN_WAITING]
        assert succeeds(free, "descriptors") == [0, 1, 2, 3]

    def test_the_environment_has_no_secrets(self, jail):
        assert os.environ["COURSE_SECRET"] == "sesame"
        assert "sesame" not in str(succeeds(jail, "environment"))

    @pytest.mark.parametrize("kind", ["jail", "free"])
    def test_what_is_left_behind_is_ended(self, request, kind):
        child, ours = start(request.getfixturevalue(kind), "daemonize")
        with ours:
            assert answer(ours) == {"value": "daemon"}
            assert child.wait(30).code == 0
            while ours.recv(99):  # ends when no process has the other end any more
                pass

    @pytest.mark.parametrize("kind", ["jail", "free"])
    def test_killing_ends_everything(self, request, kind):
        child, ours = start(request.getfixturevalue(kind), "stay")
        with ours:
            assert answer(ours) == {"value": "stays"}
            with pytest.raises(TimeoutError):
                child.wait(0.05)
            child.kill()
            assert child.wait().signal == signal.SIGKILL
            while ours.recv(99):
                pass
        with pytest.raises(ProcessLookupError):
            os.kill(child.pid, 0)

    def test_a_child_that_is_forgotten_is_killed(self, jail):
        child, ours = start(jail, "stay")
        with ours:
            answer(ours)
            del child
            while ours.recv(99):
                pass

    def test_children_differ_in_their_random_numbers(self, jail):
        first, second = succeeds(jail, "draw"), succeeds(jail, "draw")
        assert first[0] != second[0]
        assert first[1] != second[1]


class TestPrivileges:
    @pytest.mark.parametrize("flags", [NEWUSER, NEWUSER | NEWNET, NEWNS])
    def test_no_new_namespaces(self, jail, free, flags):
        succeeds(free, "namespace", flags | NEWUSER)
        fails(jail, "namespace", flags)
        if os.uname().machine == "x86_64":
            succeeds(free, "clone_namespace", flags | NEWUSER)
            fails(jail, "clone_namespace", flags)

    def test_no_mounting_and_unmounting(self, jail):
        fails(jail, "mount", error="PermissionError")
        fails(jail, "unmount", "/jail/scratch", error="PermissionError")

    @pytest.mark.parametrize("user", [0, 1])
    def test_no_other_user(self, jail, user):
        fails(jail, "become", user)

    def test_no_capabilities_and_no_way_to_gain_them(self, jail):
        assert succeeds(jail, "capabilities") is False
        filtered = 2 if capabilities().seccomp else 0
        assert succeeds(jail, "privileges") == [1, filtered]

    @pytest.mark.parametrize("number", [250, 321, 323, 298, 425, 304, 246, 135, 435])
    def test_no_risky_system_call(self, jail, number):
        """Keys, BPF, userfaultfd, performance events, io_uring, handles, kexec, personality."""
        if os.uname().machine != "x86_64" or not capabilities().seccomp:
            pytest.skip("the numbers are of another machine, or libseccomp is missing")
        wanted = "ENOSYS" if number == 435 else "EPERM"
        assert wanted in run(jail, "system_call", number, 0, 0, 0)["text"]


class TestLayers:
    """Landlock and the filter each hold by themselves, though the others would hold as well."""

    @pytest.fixture(autouse=True)
    def can(self):
        can_jail()

    @pytest.mark.parametrize("what", ["write", "remove", "rename"])
    def test_landlock_holds_files(self, free, world, what):
        if not capabilities().landlock:
            pytest.skip("this kernel has no Landlock")
        place = world / f"{what}-me"
        place.write_text("x")
        fails(free, "restricted", what, str(place), error="PermissionError", limits=Limits())
        assert run(free, "restricted", "write", "new", limits=Limits())["value"] == 6
        succeeds(free, what, str(place))

    def test_what_is_in_sight_is_read_only(self, free, world):
        place = world / "seen"
        place.write_text("x")
        assert succeeds(free, "viewed", str(world), "read", str(place)) == "x"
        fails(free, "viewed", str(world), "write", str(place), error="OSError")
        assert succeeds(free, "write", str(place)) == 6

    def test_landlock_is_used(self, jail, free):
        if capabilities().landlock < 5:
            pytest.skip("this kernel's Landlock knows no devices")
        assert "Inappropriate ioctl" in run(free, "control_device")["text"]
        assert "Permission denied" in run(jail, "control_device")["text"]

    def test_namespaces_hold_connections(self, free):
        with socket.create_server(("127.0.0.1", 0)) as server:
            port = server.getsockname()[1]
            succeeds(free, "connect", port)
            fails(free, "isolated", "connect", port, error="OSError")

    def test_landlock_holds_connections(self, free):
        with socket.create_server(("127.0.0.1", 0)) as server:
            port = server.getsockname()[1]
            if capabilities().landlock >= 4:
                fails(free, "restricted", "connect", port, error="PermissionError")

    def test_landlock_holds_signals_and_abstract_sockets(self, free):
        if capabilities().landlock < 6:
            pytest.skip("this kernel's Landlock knows no signals")
        fails(free, "restricted", "signal_to", os.getpid(), error="PermissionError")
        name = f"safegrade-layer-{os.getpid()}"
        with socket.socket(socket.AF_UNIX) as server:
            server.bind("\0" + name)
            server.listen()
            fails(free, "restricted", "connect_to_name", name, error="PermissionError")

    @pytest.mark.parametrize(
        "what, args",
        [
            ("be_traced", ()),
            ("namespace", (NEWUSER,)),
            ("clone_namespace", (NEWUSER,)),
            ("memory_file", ()),
            ("share_memory", (4096,)),
            ("family", (int(socket.AF_INET), 1)),
            ("become", (os.getuid(),)),
        ],
    )
    def test_the_filter_holds(self, free, what, args):
        if not capabilities().seccomp:
            pytest.skip("libseccomp is not installed")
        if what != "clone_namespace" or os.uname().machine == "x86_64":
            succeeds(free, what, *args)
            fails(free, "filtered", what, *args, error="PermissionError")


class TestLimits:
    def test_processes(self, jail, free):
        if os.geteuid() == 0 and not os.stat(os.__file__).st_mode & 0o004:
            pytest.skip("root's processes are not bounded, and no other user can read Python")
        assert succeeds(free, "fork_bomb", 30) == 31
        assert succeeds(jail, "fork_bomb", 30) == 8
        assert succeeds(jail, "thread_bomb", 30) == 8

    def test_memory(self, jail, free):
        assert succeeds(free, "allocate", 3 * 2**30) == 3 * 2**30
        fails(jail, "allocate", 3 * 2**30, error="OSError")
        assert succeeds(jail, "allocate", 2**30) == 2**30

    def test_memory_is_counted_beyond_what_is_preloaded(self, jail):
        small = Limits(memory=64 * 2**20)
        assert run(jail, "allocate", 48 * 2**20, limits=small)["value"] == 48 * 2**20
        assert run(jail, "allocate", 80 * 2**20, limits=small)["error"] == "OSError"

    def test_memory_of_many_processes(self, jail):
        small = Limits(memory=64 * 2**20, processes=8)
        child, ours = start(jail, "fork_and_fill", 6, 24 * 2**20, limits=small)
        with ours:
            used = child.wait(30)
        assert (used.signal, used.exceeded) == (signal.SIGKILL, "memory")

    def test_memory_of_no_process(self, jail, free):
        if not capabilities().seccomp:
            pytest.skip("libseccomp is not installed")
        succeeds(free, "memory_file")
        fails(jail, "memory_file", error="PermissionError")
        fails(jail, "share_memory", 2**20, error="PermissionError")

    def test_a_file_and_the_disk(self, jail):
        assert succeeds(jail, "fill", 2 * 2**20, 1) == [0, "EFBIG"]
        written, error = succeeds(jail, "fill", 2**20, 20)
        assert (written <= 4, error) == (True, "ENOSPC")
        free = Limits(scratch=32 * 2**20)
        assert run(jail, "fill", 2**20, 20, limits=free)["value"] == [20, ""]

    def test_small_files(self, jail):
        assert succeeds(jail, "fill", 0, 30_000)[1] == "ENOSPC"

    def test_open_files(self, jail):
        assert succeeds(jail, "many_files", 100) == 32 - 5

    def test_no_core(self, jail):
        assert succeeds(jail, "core") == [0, 0]

    @pytest.mark.parametrize("name", ["RLIMIT_AS", "RLIMIT_CPU", "RLIMIT_NPROC", "RLIMIT_FSIZE"])
    def test_no_limit_is_raised(self, jail, name):
        fails(jail, "raise_limit", name, error=("ValueError", "PermissionError"))

    def test_processor_time(self, jail):
        child, ours = start(jail, "spin", limits=Limits(cpu_seconds=1))
        with ours:
            used = child.wait(60)
        assert used.signal == signal.SIGKILL
        assert used.cpu_seconds > 0.5

    def test_limits_hold_without_a_jail_as_far_as_they_can(self, free):
        limits = Limits(memory=64 * 2**20, file_size=1000)
        child, ours = start(free, "allocate", 2**30, limits=limits)
        with ours, child:
            assert answer(ours)["error"] == "OSError"
        assert child.enforced["jailed"] is False
        assert child.enforced["processes"] is False
        assert run(free, "fill", 2000, 1, limits=limits)["value"] == [0, "EFBIG"]

    @pytest.mark.parametrize("field", dataclasses.fields(Limits), ids=lambda field: field.name)
    @pytest.mark.parametrize("value", [-1, float("nan"), float("inf"), "1", True, None, 2**70])
    def test_nonsense_is_no_limit(self, field, value):
        if field.type == "float" and value == 2**70:
            return
        with pytest.raises((TypeError, ValueError), match=field.name):
            Limits(**{field.name: value})


class TestUse:
    def test_what_is_enforced_is_told(self, jail):
        child, ours = start(jail, "nothing")
        with ours:
            assert answer(ours)["value"] == 1  # the first process of its namespace
            used = child.wait(30)
        told = child.enforced
        assert told["jailed"] and told["pid_namespace"] and told["no_new_privileges"]
        assert told["landlock"] == capabilities().landlock
        assert told["seccomp"] == capabilities().seccomp
        assert (told["memory"], told["scratch"]) == (2**31, 4 * 2**20)
        assert child.pid > 1
        assert (used.code, used.signal) == (0, None)
        assert 0 < used.cpu_seconds < 5
        assert 5e6 < used.max_rss < 1e9

    def test_the_exit_code_is_told(self, jail):
        child, ours = start(jail, "leave", 9)
        with ours:
            assert child.wait(30).code == 9

    @pytest.mark.parametrize("number", [signal.SIGSEGV, signal.SIGABRT])
    def test_a_crash_is_told(self, jail, number):
        child, ours = start(jail, "crash", int(number))
        with ours:
            assert child.wait(30).signal in (signal.SIGSEGV, signal.SIGABRT)

    def test_numpy_works(self, jail):
        assert succeeds(jail, "use_numpy") == 25

    def test_a_missing_module_is_noted(self, jail):
        succeeds(jail, "nothing")
        assert [note for note in jail.notes if "no_such_module" in note] == jail.notes

    def test_several_at_a_time(self, jail):
        started = [start(jail, "stay") for _ in range(3)]
        for _, ours in started[::-1]:
            with ours:
                assert answer(ours) == {"value": "stays"}
        assert succeeds(jail, "nothing") == 1
        for child, _ in started:
            child.kill()
            assert child.usage.signal == signal.SIGKILL

    def test_an_entry_that_is_missing_is_an_error(self):
        with (
            Nursery("no_such_module:entry", jailed=False) as nursery,
            pytest.raises(JailError, match="No module named 'no_such_module'"),
        ):
            start(nursery, "nothing")


class TestDeaths:
    @pytest.mark.parametrize("kind", ["jail", "free"])
    def test_the_death_of_the_fork_server_is_survived(self, request, kind):
        nursery = request.getfixturevalue(kind)
        child, ours = start(nursery, "stay", kind == "jail")  # else a new session is out of reach
        with ours:
            answer(ours)
            os.kill(nursery.pid, signal.SIGKILL)
            assert child.wait(30).signal == signal.SIGKILL
            while ours.recv(99):
                pass
        assert succeeds(nursery, "nothing") > 0

    @pytest.mark.parametrize("jailed", [True, False])
    def test_the_death_of_the_owner_ends_all(self, world, jailed):
        if jailed:
            can_jail()
        ours, theirs = socket.socketpair()
        ours.settimeout(30)
        code = f"""
            import socket, sys, time
            sys.path[:] = {[str(LIB), str(world / "attempts"), *sys.path]!r}
            from safegrade.jail.nursery import Nursery
            nursery = Nursery({ENTRY!r}, jailed={jailed}, path=sys.path)
            nursery.spawn(socket.socket(fileno={theirs.fileno()}), {{"what": "stay"}}).wait()
        """
        code = textwrap.dedent(code)
        owner = subprocess.Popen([sys.executable, "-c", code], pass_fds=[theirs.fileno()])
        theirs.close()
        with ours:
            assert answer(ours) == {"value": "stays"}
            owner.kill()
            owner.wait()
            while ours.recv(99):
                pass

    def test_stopping_leaves_no_process_and_no_file(self, world, tmp_path, monkeypatch):
        monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
        path = [str(world / "attempts"), *sys.path]
        with Nursery(ENTRY, jailed=False, path=path) as nursery:
            _child, ours = start(nursery, "stay", limits=Limits())
            with ours:
                answer(ours)
                assert len(list(tmp_path.glob("*/*"))) == 1
                server = nursery.pid
                nursery.stop()
                while ours.recv(99):
                    pass
        assert list(tmp_path.iterdir()) == []
        with pytest.raises(ProcessLookupError):
            os.kill(server, 0)


class TestCores:
    @pytest.fixture(autouse=True)
    def alone(self, monkeypatch):
        """Claim as a user whose engines do not run meanwhile."""
        monkeypatch.setattr(os, "getuid", os.getpid)

    def claim_all(self):
        with contextlib.ExitStack() as claims:
            claimed = [claims.enter_context(claimed_core()) for _ in os.sched_getaffinity(0)]
            assert claims.enter_context(claimed_core()) is None  # no core is left
        return claimed

    def test_nobody_else_gets_a_claimed_core(self):
        assert set(self.claim_all()) == os.sched_getaffinity(0)

    def test_a_core_is_free_again_even_when_its_process_was_killed(self):
        child = os.fork()
        if child == 0:
            with claimed_core():
                os.kill(os.getpid(), signal.SIGKILL)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
        assert set(self.claim_all()) == os.sched_getaffinity(0)

    def test_a_process_runs_on_the_core_that_it_is_given(self, jail):
        for core in os.sched_getaffinity(0):
            child, ours = start(jail, "affinity", core=core)
            with ours, child:
                assert answer(ours)["value"] == [core]

    def test_a_core_that_is_not_there_is_no_obstacle(self, jail):
        child, ours = start(jail, "nothing", core=100_000)
        with ours, child:
            assert "error" not in answer(ours)


class TestRefusal:
    def test_without_a_jail_nothing_is_run(self, monkeypatch):
        unable = Capabilities(False, "there are no namespaces")
        monkeypatch.setattr(nursery_module, "capabilities", lambda: unable)
        with pytest.raises(JailError, match=r"c\.SafeExecute\.unsandboxed = True.*--unsandboxed"):
            start(Nursery(ENTRY, jailed=True), "nothing")

    def test_another_system_has_no_jail(self, monkeypatch):
        monkeypatch.setattr(sys, "platform", "darwin")
        found = capabilities.__wrapped__()
        assert not found.can_jail
        assert "only Linux has" in found.reason

    def test_importing_the_package_needs_nothing_of_linux(self):
        code = """
            import sys
            for name in ("resource", "fcntl", "pwd", "pyseccomp"):
                sys.modules[name] = None
            sys.platform = "win32"
            import safegrade.jail.nursery, safegrade.jail.capabilities
            print(safegrade.jail.capabilities.capabilities().can_jail)
        """
        command = [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(LIB)!r})\n"]
        command[-1] += textwrap.dedent(code)
        done = subprocess.run(command, capture_output=True, text=True)
        assert done.stdout == "False\n", done.stderr


def test_a_user_without_any_rights_can_jail():
    """The same, by a user who may read neither this interpreter's folder nor anything of ours."""
    can_jail()
    if os.geteuid():
        pytest.skip("all the other tests were run by such a user")
    as_user = {"user": 1234, "group": 1234, "extra_groups": [], "cwd": "/", "env": {}}
    folder = Path(tempfile.mkdtemp())
    try:
        folder.chmod(0o755)
        shutil.copytree(LIB / "safegrade/jail", folder / "safegrade/jail")
        shutil.copy(LIB / "safegrade/__init__.py", folder / "safegrade")
        shutil.copy(jailbreaks.__file__, folder)
        (folder / "try.py").write_text(TRY)
        for python in (sys.executable, "/usr/local/bin/python3", "/usr/bin/python3"):
            command = [python, "-I", "-B", str(folder / "try.py"), str(folder)]
            try:
                done = subprocess.run(command, capture_output=True, text=True, **as_user)
            except OSError:
                continue
            if "too old" not in done.stderr:
                break
        else:
            pytest.skip("no interpreter of version 3.11 can be read by other users")
    finally:
        shutil.rmtree(folder)
    assert done.stderr == ""
    results = json.loads(done.stdout)
    assert results.pop("fork_bomb 30") == {"value": 8}
    assert results.pop("capabilities") == {"value": False}
    assert results.pop("nothing") == {"value": 1}
    assert all("error" in result for result in results.values()), results


TRY = """
import json, os, socket, sys
if sys.version_info < (3, 11):
    sys.exit("too old")
folder = sys.argv[1]
sys.path[:0] = [folder]
from safegrade.jail.jailing import OWN_WAITING
from safegrade.jail.limits import Limits
from safegrade.jail.nursery import Nursery
limits = Limits(processes=8)
results = {}
with Nursery("jailbreaks:attempt", jailed=True, limits=limits, path=sys.path) as nursery:
    for what, *args in [
        ["nothing"], ["fork_bomb", 30], ["capabilities"], ["allocate", 3 * 2**30],
        ["read", "/etc/passwd.real"], ["look", "/proc"], ["look", "/home"], ["mount"],
        ["write", folder + "/x"], ["namespace", 0x10000000], ["signal_to", os.getpid()],
        ["connect", 1], ["write", "/x"], ["write", "/jail/x"], ["write", "/jail/config/x"],
    ]:
        ours, theirs = socket.socketpair()
        with nursery.spawn(theirs, {"what": what, "args": args}):
            results[" ".join(map(str, [what, *args]))] = json.loads(ours.recv(65536))
print(json.dumps(results))
"""
