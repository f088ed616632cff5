"""What hostile code may try, each attempt a function; a nursery runs one in a child.

It must import nothing but the standard library: it is copied into the jail by itself.
"""

import ctypes
import errno
import importlib
import json
import mmap
import os
import resource
import signal
import socket
import subprocess
import sys
import termios
import threading
import time
from pathlib import Path


def attempt(sock, options):
    try:
        result = {"value": globals()[options["what"]](sock, *options.get("args", []))}
    except BaseException as error:
        result = {"error": type(error).__name__, "text": str(error)}
    sock.sendall(json.dumps(result).encode() + b"\n")


def call(name, *args):
    """Call a function of the C library; raise its error."""
    result = getattr(ctypes.CDLL(None, use_errno=True), name)(*args)
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, errno.errorcode[number])
    return result


def nothing(sock):
    return os.getpid()


def affinity(sock):
    return sorted(os.sched_getaffinity(0))


def read(sock, path):
    return Path(path).read_text()


def write(sock, path):
    return Path(path).write_text("spoilt")


def remove(sock, path):
    os.unlink(path)


def rename(sock, path):
    os.rename(path, path + ".old")


def look(sock, path):
    return sorted(os.listdir(path))


def climb(sock, path):
    """Read a file by way of the parents of the present folder and of the root folder."""
    return Path("/" + "../" * 20 + path.lstrip("/")).read_text()


def link(sock, path):
    os.symlink(path, "innocent")
    return Path("innocent").read_text()


def import_it(sock, name):
    return importlib.import_module(name).ANSWER


def import_it_anyway(sock, name, folder):
    """Import a module with the import system as it was first."""
    from importlib.machinery import FileFinder, PathFinder, SourceFileLoader

    sys.meta_path[:] = [PathFinder]
    sys.path_hooks[:] = [FileFinder.path_hook((SourceFileLoader, [".py"]))]
    sys.path_importer_cache.clear()
    sys.path.insert(0, folder)
    return importlib.import_module(name).ANSWER


def connect(sock, port):
    socket.create_connection(("127.0.0.1", port), timeout=5).close()


def connect_to_name(sock, name):
    with socket.socket(socket.AF_UNIX) as client:
        client.connect("\0" + name)


def family(sock, number, kind):
    socket.socket(number, kind).close()


def pair(sock):
    first, second = socket.socketpair()
    first.send(b"1")
    return second.recv(1).decode()


def signal_to(sock, pid):
    os.kill(pid, 0)


def be_traced(sock):
    call("ptrace", 0, 0, 0, 0)


def namespace(sock, flags):
    call("unshare", flags)


def clone_namespace(sock, flags):
    """Make a namespace by the system call clone, in a child."""
    pid = call("syscall", ctypes.c_long(56), ctypes.c_long(flags | signal.SIGCHLD), 0, 0, 0, 0)
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)


def system_call(sock, number, *args):
    return call("syscall", ctypes.c_long(number), *map(ctypes.c_long, args))


def mount(sock):
    call("mount", b"none", b"/", b"tmpfs", 0, 0)


def unmount(sock, path):
    call("umount2", path.encode(), 2)


def become(sock, user):
    os.setresuid(user, user, user)


def capabilities(sock):
    """Return whether any capability is left: permitted, effective, inheritable or bounding."""
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    data = (ctypes.c_uint32 * 6)()
    call("capget", header, data)
    return any(data) or any(call("prctl", 23, number, 0, 0, 0) for number in range(40))


def privileges(sock):
    """Return no_new_privs and the mode of seccomp."""
    return [call("prctl", 39, 0, 0, 0, 0), call("prctl", 21, 0, 0, 0, 0)]


def core(sock):
    """Return the size that a core may have, and whether this process may be dumped."""
    return [resource.getrlimit(resource.RLIMIT_CORE)[0], call("prctl", 3, 0, 0, 0, 0)]


def raise_limit(sock, name):
    kind = getattr(resource, name)
    _, hard = resource.getrlimit(kind)
    resource.setrlimit(kind, (hard + 1, hard + 1))


def fork_bomb(sock, most):
    """Fork processes that stay; return how many there were, this one included."""
    pids = []
    try:
        while len(pids) < most:
            if (pid := os.fork()) == 0:
                signal.pause()
            pids.append(pid)
    except BlockingIOError:
        pass
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    return len(pids) + 1


def thread_bomb(sock, most):
    done = threading.Event()
    threads = []
    try:
        while len(threads) < most:
            threads.append(threading.Thread(target=done.wait))
            threads[-1].start()
    except RuntimeError:
        threads.pop()
    done.set()
    return len(threads) + 1


def allocate(sock, size):
    """Take address space, but no memory."""
    mmap.mmap(-1, size, mmap.MAP_PRIVATE).close()
    return size


def fork_and_fill(sock, processes, size):
    """Take memory by several processes, each below what one may take."""
    for _ in range(processes):
        if os.fork() == 0:
            memory = b"x" * size
            time.sleep(60)
            del memory
    time.sleep(60)


def share_memory(sock, size):
    """Take memory that belongs to no process."""
    return call("shmget", 0, ctypes.c_size_t(size), 0o1600) >= 0


def memory_file(sock):
    os.close(os.memfd_create("m"))


def fill(sock, size, pieces):
    """Write files to the present folder; return how many there were room for."""
    for number in range(pieces):
        try:
            Path(f"file{number}").write_bytes(bytes(size))
        except OSError as error:
            return [number, errno.errorcode[error.errno]]
    return [pieces, ""]


def many_files(sock, most):
    files = []
    try:
        while len(files) < most:
            files.append(os.dup(0))
    except OSError:
        pass
    return len(files)


def run_written(sock):
    """Write a program and run it."""
    Path("program").write_text("#!/bin/sh\nexit 7\n")
    os.chmod("program", 0o700)
    return subprocess.run(["./program"]).returncode


def shell(sock, command):
    return subprocess.run(["/bin/sh", "-c", command], capture_output=True, text=True).stdout


def use_numpy(sock):
    import numpy as np

    return float(np.linalg.solve(np.eye(50) * 2, np.ones(50)).sum() + np.random.rand() * 0)


def daemonize(sock):
    """Leave a process behind that holds the socket."""
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            for number in range(1, 32):
                if number not in (signal.SIGKILL, signal.SIGSTOP, signal.SIGCHLD):
                    signal.signal(number, signal.SIG_IGN)
            sock.sendall(b'{"value": "daemon"}\n')
            time.sleep(60)
        os._exit(0)
    os.wait()
    time.sleep(0.2)


def stay(sock, session=True):
    """Ignore all signals, and stay, with a child in a session of its own."""
    for number in range(1, 32):
        if number not in (signal.SIGKILL, signal.SIGSTOP, signal.SIGCHLD):
            signal.signal(number, signal.SIG_IGN)
    if os.fork() == 0:
        if session:
            os.setsid()
        time.sleep(60)
    sock.sendall(b'{"value": "stays"}\n')
    time.sleep(60)


def spin(sock):
    while True:
        pass


def crash(sock, number):
    if number == signal.SIGSEGV:
        ctypes.string_at(0)
    os.abort()


def leave(sock, code):
    os._exit(code)


def descriptors(sock):
    """Return the open descriptors."""
    found = []
    for number in range(1000):
        try:
            os.fstat(number)
            found.append(number)
        except OSError:
            pass
    return found


def environment(sock):
    return dict(os.environ)


def processes(sock):
    """Return the process ids that are seen in /proc."""
    return [name for name in os.listdir("/proc") if name.isdigit()]


def homes(sock):
    import getpass
    import tempfile

    with tempfile.NamedTemporaryFile("w") as file:
        file.write("hello")
    return [os.getcwd(), os.path.expanduser("~"), tempfile.gettempdir(), getpass.getuser()]


def draw(sock):
    import random

    import numpy as np

    return [random.random(), np.random.rand()]


def control_device(sock):
    """Ask a device for what only terminals have."""
    with open("/dev/null") as file:
        termios.tcgetattr(file)


def write_device(sock, name):
    return Path("/dev", name).write_text("x")


def restricted(sock, what, *args):
    """Attempt something under Landlock alone."""
    from safegrade.jail import kernel, landlock

    kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
    landlock.restrict(landlock.create([os.getcwd()]))
    return globals()[what](sock, *args)


def isolated(sock, what, *args):
    """Attempt something in the fork server's namespaces alone."""
    from safegrade.jail import namespaces

    namespaces.enter_outer(namespaces.Proc())
    return globals()[what](sock, *args)


def viewed(sock, folder, what, *args):
    """Attempt something with a root folder of its own alone."""
    from safegrade.jail import namespaces, view

    namespaces.enter_outer(namespaces.Proc())
    view.build([folder], [], (os.geteuid(), os.getegid()))
    return globals()[what](sock, *args)


def filtered(sock, what, *args):
    """Attempt something under the filter of system calls alone."""
    from safegrade.jail import kernel, seccomp

    instructions = seccomp.build()
    kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
    seccomp.apply(instructions)
    return globals()[what](sock, *args)
