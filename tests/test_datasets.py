import gzip
import hashlib
import http.server
import os
import signal
import struct
import subprocess
import sys
import textwrap
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from fallline import datasets
from fallline.datasets import FOLDER, SOURCES, Source, images
from fallline.datasets.__main__ import main

SHIPPED = [datasets.digits, datasets.diabetes]
DEBIAN = Path("/usr/share/datasets")


@pytest.fixture(autouse=True)
def home(monkeypatch, tmp_path):
    """Return the folder of a cache that is nobody's."""
    monkeypatch.setattr(images, "cache", lambda: tmp_path / "cache")
    monkeypatch.setattr("fallline.datasets.fetching.cache", lambda: tmp_path / "cache")
    return tmp_path / "cache"


@pytest.fixture
def nowhere(monkeypatch, tmp_path):
    """No data folder is named; the path is that of an empty one."""
    monkeypatch.delenv(FOLDER, raising=False)
    (tmp_path / "data").mkdir()
    return tmp_path / "data"


@pytest.fixture
def mnist_folder():
    """Return the data folder; where it does not hold MNIST, the test is skipped and says so."""
    folder = os.environ.get(FOLDER, "")
    if not os.path.isfile(os.path.join(folder, "mnist_u8.npz")):
        pytest.skip(f"no MNIST here: {FOLDER} names no folder with mnist_u8.npz")
    return folder


ARRAYS = {
    "xtr": np.arange(24, dtype=np.uint8).reshape(6, 2, 2),
    "ytr": np.array([0, 1, 2, 0, 1, 2], dtype=np.uint8),
    "xte": np.full((3, 2, 2), 255, dtype=np.uint8),
    "yte": np.array([2, 1, 0], dtype=np.uint8),
}
STEMS = [stem for stem, *_ in SOURCES["mnist"].idx]


def idx(array):
    """Return an array of bytes in the idx format."""
    return struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape) + array.tobytes()


def small_idx(**changes):
    """Return what the four idx files of a small data set hold, by their names."""
    return dict(zip(STEMS, map(idx, ({**ARRAYS, **changes}).values()), strict=True))


def register(monkeypatch, contents, archive=None, name="mnist"):
    """Let the module expect these contents under that name."""
    known = SOURCES[name]
    files = tuple(
        (stem, hashlib.sha256(content).hexdigest(), hashlib.md5(content).hexdigest())
        for stem, content in contents.items()
    )
    counts = {"train": (2, 2, 2), "test": (1, 1, 1)}
    monkeypatch.setitem(SOURCES, name, known._replace(archive=archive, idx=files, **counts))


def small(monkeypatch, folder, **changes):
    """Put a small ``.npz`` file of images into a folder, and let the module expect it."""
    path = folder / "mnist_u8.npz"
    np.savez(path, **{**ARRAYS, **changes})
    checksum = hashlib.sha256(path.read_bytes()).hexdigest()
    register(monkeypatch, small_idx(), (path.name, checksum))
    return path


@pytest.fixture
def tiny(monkeypatch, nowhere):
    """Register four small idx files, and return what they hold, by their names."""
    contents = small_idx()
    register(monkeypatch, contents)
    return contents


def put(folder, contents, ending=".gz"):
    folder.mkdir(parents=True, exist_ok=True)
    for stem, content in contents.items():
        (folder / (stem + ending)).write_bytes(gzip.compress(content) if ending else content)


def is_small(split):
    return split.X.tolist() == np.arange(24).reshape(6, 4).tolist() and split.y_test[0] == 2


# --- what ships ---


def test_digits_are_all_there():
    X, y = datasets.digits()
    counts = [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
    assert np.bincount(y).tolist() == counts and X.dtype == float
    assert np.array_equal(X * 16, np.round(X * 16))


def test_diabetes_data_are_scaled_as_their_authors_did():
    X, y = datasets.diabetes()
    assert np.allclose(X.mean(axis=0), 0, atol=1e-12) and np.allclose((X**2).sum(axis=0), 1)
    assert len(y) == 442 and abs(y.mean() - 152.133) < 1e-3


@pytest.mark.parametrize("load", SHIPPED)
def test_each_call_returns_arrays_of_its_own(load):
    X, y = load()
    X[0], y[0] = -1, -1
    again, target = load()
    assert (again[0] != -1).all() and target[0] != -1


@pytest.mark.parametrize("load", SHIPPED)
def test_a_missing_package_is_named_with_the_way_to_install_it(load, monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn", None)
    monkeypatch.setitem(sys.modules, "sklearn.datasets", None)
    with pytest.raises(ModuleNotFoundError, match="pip install scikit-learn") as raised:
        load()
    assert load.__name__ in str(raised.value) and raised.value.name == "sklearn"


# --- the data folder ---


@pytest.mark.parametrize("load", [datasets.mnist, datasets.fashion])
def test_without_data_the_error_says_how_to_get_them(load, nowhere, home):
    with pytest.raises(FileNotFoundError, match=r"make data") as raised:
        load()
    told = str(raised.value)
    assert f"{FOLDER} is not set" in told and str(home) in told and "idx3-ubyte" in told
    assert ("mnist_u8.npz" in told) == (load is datasets.mnist)


def test_an_empty_folder_is_named(nowhere, monkeypatch):
    with pytest.raises(FileNotFoundError, match=f"looked into {nowhere}"):
        datasets.mnist(nowhere)
    monkeypatch.setenv(FOLDER, str(nowhere))
    with pytest.raises(FileNotFoundError, match=f"looked into {nowhere}"):
        datasets.mnist()


def test_images_come_as_rows_and_the_folder_may_be_named_either_way(nowhere, monkeypatch):
    small(monkeypatch, nowhere)
    for folder in (nowhere, str(nowhere), None):
        monkeypatch.setenv(FOLDER, str(nowhere))
        split = datasets.mnist(folder)
        assert split.X.shape == (6, 4) and split.X.dtype == np.uint8
        assert split.X[1].tolist() == [4, 5, 6, 7]
        assert split.y.tolist() == [0, 1, 2, 0, 1, 2] and split.y.dtype == int
        assert split.X_test.shape == (3, 4) and split.y_test.tolist() == [2, 1, 0]


@pytest.mark.parametrize("ending", ["", ".gz"])
@pytest.mark.parametrize("sub", ["", "mnist", "MNIST/raw"])
def test_idx_files_are_read_gzipped_or_not_also_in_a_folder_of_their_name(
    tiny, nowhere, ending, sub
):
    put(nowhere / sub, tiny, ending)
    assert is_small(datasets.mnist(nowhere))


def test_fashion_lies_where_debian_puts_it(monkeypatch, nowhere):
    contents = small_idx()
    register(monkeypatch, contents, name="fashion")
    put(nowhere / "fashion-mnist", contents)
    monkeypatch.setenv(FOLDER, str(nowhere))
    assert is_small(datasets.fashion())


def test_files_of_the_other_data_set_are_not_taken_for_damaged_ones(monkeypatch, nowhere):
    register(monkeypatch, small_idx(xtr=ARRAYS["xtr"] + 1))
    contents = small_idx()
    register(monkeypatch, contents, name="fashion")
    put(nowhere, contents)
    assert is_small(datasets.fashion(nowhere))
    with pytest.raises(FileNotFoundError, match="MNIST is missing"):
        datasets.mnist(nowhere)


def test_the_cache_is_looked_at_after_the_data_folder(tiny, nowhere, home, monkeypatch):
    put(home / "mnist", tiny)
    monkeypatch.setenv(FOLDER, str(nowhere))
    assert is_small(datasets.mnist())
    with pytest.raises(FileNotFoundError):
        datasets.mnist(nowhere)  # a folder that is named is the only one


@pytest.mark.parametrize("damage", ["one byte changed", "cut short", "empty", "another file"])
def test_a_damaged_file_is_refused_with_both_checksums(nowhere, monkeypatch, damage):
    path = small(monkeypatch, nowhere)
    content = bytearray(path.read_bytes())
    if damage == "one byte changed":
        content[100] ^= 1
    path.write_bytes(
        {"cut short": content[:-1], "empty": b"", "another file": b"PK"}.get(damage, content)
    )
    with pytest.raises(ValueError, match=r"damaged.*SHA-256 is [0-9a-f]{64}.*copy it.*make data"):
        datasets.mnist(nowhere)
    with pytest.raises(ValueError, match="damaged"):
        datasets.handwriting(folder=nowhere)


@pytest.mark.parametrize("ending", ["", ".gz"])
@pytest.mark.parametrize("damage", ["one byte changed", "cut short", "empty", "missing"])
@pytest.mark.parametrize("which", [0, 3])
def test_a_damaged_idx_file_is_named(tiny, nowhere, ending, damage, which):
    put(nowhere, tiny, ending)
    path = nowhere / (STEMS[which] + ending)
    content = bytearray(path.read_bytes())
    content[len(content) - 9] ^= 1
    path.write_bytes({"cut short": content[:-12], "empty": b""}.get(damage, content))
    if damage == "missing":
        path.unlink()
    with pytest.raises(ValueError, match=rf"{STEMS[which]}.*make data"):
        datasets.mnist(nowhere)


def test_a_good_copy_elsewhere_is_used_and_the_damaged_one_named(tiny, nowhere, home, monkeypatch):
    put(home / "mnist", tiny)
    put(nowhere, tiny)
    (nowhere / f"{STEMS[0]}.gz").write_bytes(b"")
    monkeypatch.setenv(FOLDER, str(nowhere))
    with pytest.warns(UserWarning, match=rf"{nowhere}/{STEMS[0]}.*damaged.*{home}.*used instead"):
        assert is_small(datasets.mnist())
    # and in one folder: the file that is not packed replaces the one that is damaged
    put(nowhere, tiny, "")
    assert is_small(datasets.mnist(nowhere))


def test_wrong_numbers_of_the_classes_are_refused(nowhere, monkeypatch):
    small(monkeypatch, nowhere, yte=np.array([2, 1, 1], dtype=np.uint8))
    with pytest.raises(ValueError, match="of each class"):
        datasets.mnist(nowhere)


@pytest.mark.parametrize(
    "change",
    [{"xtr": np.zeros((6, 2, 2))}, {"ytr": np.zeros(5, np.uint8)}, {"yte": np.zeros(3)}],
)
def test_wrong_shapes_and_kinds_are_refused(nowhere, monkeypatch, change):
    small(monkeypatch, nowhere, **change)
    with pytest.raises(ValueError, match="not uint8 images with one label each"):
        datasets.mnist(nowhere)


@pytest.mark.parametrize("content", [b"", b"\0\0\x0d\1\0\0\0\1\0", idx(ARRAYS["ytr"])[:-1]])
def test_what_is_no_idx_file_is_refused_even_with_the_right_checksum(monkeypatch, nowhere, content):
    contents = small_idx() | {STEMS[1]: content}
    register(monkeypatch, contents)
    put(nowhere, contents, "")
    with pytest.raises(ValueError, match=r"no idx file|should hold an array"):
        datasets.mnist(nowhere)


def test_nothing_is_unpickled(nowhere, monkeypatch):
    small(monkeypatch, nowhere, yte=np.array([{}, 1, 0], dtype=object))
    with pytest.raises(ValueError, match="allow_pickle=False"):
        datasets.mnist(nowhere)


def test_handwriting_is_the_digits_where_there_is_no_mnist(nowhere):
    for folder in (nowhere, None):
        name, split = datasets.handwriting(folder=folder)
        X, y = datasets.digits()
        assert name == "digits" and [len(part) for part in split] == [1400, 1400, 397, 397]
        assert np.array_equal(split.X, X[:1400]) and np.array_equal(split.y_test, y[1400:])
        assert all(map(np.array_equal, split, datasets.digits_split()))
        assert len(datasets.handwriting(10, folder)[1].y) == 10


def test_handwriting_is_mnist_where_the_folder_has_it(nowhere, monkeypatch):
    small(monkeypatch, nowhere)
    name, split = datasets.handwriting(4, nowhere)
    assert name == "MNIST" and [len(part) for part in split] == [4, 4, 3, 3]
    assert split.X.max() == 15 / 255 and split.X_test.max() == 1 and split.X.dtype == float


def test_the_known_sources_are_whole():
    for name, source in SOURCES.items():
        assert isinstance(source, Source) and source.name == name
        assert sum(source.train) == 60_000 and sum(source.test) == 10_000
        assert len(source.idx) == 4 and len(source.mirrors) >= 2
        assert all(len(sha) == 64 and len(md5) == 32 for _, sha, md5 in source.idx)
    assert len({sha for source in SOURCES.values() for _, sha, _ in source.idx}) == 8


def test_mnist_is_all_there(mnist_folder):
    split = datasets.mnist(mnist_folder)
    assert split.X.shape == (60000, 784) and split.X_test.shape == (10000, 784)
    assert split.X.dtype == np.uint8 and split.X.max() == 255
    assert abs(split.X.mean() / 255 - 0.1307) < 5e-5
    assert split.y[:5].tolist() == [5, 0, 4, 1, 9] and split.y_test[:5].tolist() == [7, 2, 1, 0, 4]
    X, X_test = split.X.reshape(-1, 28, 28), split.X_test.reshape(-1, 28, 28)
    y, y_test = split.y.astype(np.uint8), split.y_test.astype(np.uint8)
    for array, (_, sha256, md5) in zip((X, y, X_test, y_test), SOURCES["mnist"].idx, strict=True):
        assert hashlib.sha256(idx(array)).hexdigest() == sha256
        assert hashlib.md5(idx(array)).hexdigest() == md5


def test_fashion_is_all_there():
    try:
        split = datasets.fashion()
    except FileNotFoundError:
        if not DEBIAN.is_dir():
            pytest.skip("no Fashion-MNIST here: neither in the data folder nor from Debian")
        split = datasets.fashion(DEBIAN)
    assert split.X.shape == (60000, 784) and np.bincount(split.y_test).tolist() == [1000] * 10


# --- fetching, from a server of our own ---


class Server(http.server.ThreadingHTTPServer):
    """A mirror that serves what it is given; slow where it is told, and it keeps a log."""

    def __init__(self, contents, slow=()):
        super().__init__(("127.0.0.1", 0), Handler)
        self.contents, self.slow, self.log, self.begun = contents, slow, [], threading.Event()
        self.url = f"http://127.0.0.1:{self.server_port}/data/"

    def handle_error(self, request, client_address):
        """Say nothing where a client went away: some are killed."""


class Handler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def do_GET(self):
        name = self.path.removeprefix("/data/")
        self.server.log.append(name)
        content = self.server.contents.get(name)
        if content is None:
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if name in self.server.slow:
            self.wfile.write(content[: len(content) // 2])
            self.wfile.flush()
            self.server.begun.set()
            time.sleep(30)
        self.wfile.write(content)


@pytest.fixture
def serve():
    """Return a maker of mirrors."""
    servers = []

    def make(contents, **how):
        packed = {f"{stem}.gz": gzip.compress(content) for stem, content in contents.items()}
        server = Server(packed | how.pop("changes", {}), **how)
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        servers.append(server)
        return server

    yield make
    for server in servers:
        server.shutdown()
        server.server_close()


DEAD = "http://127.0.0.1:9/"  # the port of a service that nobody runs


def tree(folder):
    """Return what a folder holds, by name."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in Path(folder).rglob("*")
        if path.is_file()
    }


def test_all_four_files_are_fetched_to_the_cache_and_used(tiny, home, serve):
    server = serve(tiny)
    assert datasets.fetch("mnist", mirrors=[server.url]) == home / "mnist"
    assert sorted(tree(home)) == sorted(f"mnist/{stem}.gz" for stem in STEMS)
    assert is_small(datasets.mnist())
    assert datasets.fetch("mnist", mirrors=[DEAD]) == home / "mnist"  # nothing is asked for
    assert len(server.log) == 4


def test_a_folder_can_be_named_and_what_it_has_is_not_fetched(tiny, nowhere, home, serve):
    server = serve(tiny)
    assert datasets.fetch("mnist", nowhere, mirrors=[server.url]) == nowhere / "mnist"
    assert is_small(datasets.mnist(nowhere)) and not home.exists()
    put(nowhere / "other", tiny, "")
    assert datasets.fetch("mnist", nowhere / "other", mirrors=[DEAD]) == nowhere / "other"


def test_what_the_data_folder_has_is_not_fetched(tiny, nowhere, home, monkeypatch):
    put(nowhere, tiny)
    monkeypatch.setenv(FOLDER, str(nowhere))
    assert datasets.fetch("mnist", mirrors=[DEAD]) == nowhere and not home.exists()


def test_mirrors_are_tried_in_turn(tiny, nowhere, serve):
    empty, wrong = serve({}), serve(small_idx(xtr=ARRAYS["xtr"] + 1, yte=ARRAYS["yte"][::-1]))
    cut = serve(tiny, changes={f"{stem}.gz": gzip.compress(tiny[stem])[:-9] for stem in STEMS})
    page = serve({}, changes={f"{stem}.gz": b"<html>Sign in</html>" for stem in STEMS})
    good = serve(tiny)
    mirrors = [server.url for server in (empty, wrong, cut, page, good)]
    datasets.fetch("mnist", nowhere, mirrors=[DEAD, *mirrors])
    assert is_small(datasets.mnist(nowhere))
    assert len(empty.log) == 4 and len(good.log) == 2  # two files were right at the second one


def test_where_no_mirror_has_it_each_reason_is_told_and_nothing_is_changed(tiny, nowhere, serve):
    wrong = serve(small_idx(xtr=ARRAYS["xtr"] + 1))
    put(nowhere / "mnist", {STEMS[1]: tiny[STEMS[1]]})
    (nowhere / f"mnist/{STEMS[0]}").write_bytes(b"damaged, but mine")
    before = tree(nowhere)
    with pytest.raises(ConnectionError, match="could not be fetched") as raised:
        datasets.fetch("mnist", nowhere, mirrors=[DEAD, wrong.url])
    told = str(raised.value)
    assert f"{DEAD}{STEMS[0]}.gz" in told and "another checksum" in told
    assert "as it was" in told and tree(nowhere) == before


def test_a_folder_that_cannot_be_written_is_said_with_the_way_out(tiny, nowhere, serve):
    (nowhere / "mnist").write_bytes(b"in the way")
    with pytest.raises(OSError, match=r"cannot be written.*--folder.*FALLLINE_DATA"):
        datasets.fetch("mnist", nowhere, mirrors=[serve(tiny).url])


def test_two_may_fetch_at_once(tiny, nowhere, serve):
    server = serve(tiny)
    with ThreadPoolExecutor(6) as threads:
        fetches = [
            threads.submit(datasets.fetch, "mnist", nowhere, mirrors=[server.url]) for _ in range(6)
        ]
        assert {fetch.result() for fetch in fetches} == {nowhere / "mnist"}
    assert is_small(datasets.mnist(nowhere))
    assert sorted(tree(nowhere)) == sorted(f"mnist/{stem}.gz" for stem in STEMS)


def test_offline_not_even_a_folder_is_made(tiny, home):
    with pytest.raises(ConnectionError):
        datasets.fetch("mnist", mirrors=[DEAD])
    assert not home.exists()


def test_a_damaged_file_is_replaced_once_a_good_one_is_there(tiny, home, serve):
    put(home / "mnist", tiny)
    (home / f"mnist/{STEMS[2]}.gz").write_bytes(b"\x1f\x8bnonsense")
    server = serve(tiny)
    datasets.fetch("mnist", mirrors=[server.url])
    assert is_small(datasets.mnist()) and server.log == [f"{STEMS[2]}.gz"]


def test_an_unknown_name_is_refused(nowhere):
    with pytest.raises(ValueError, match="mnist, fashion"):
        datasets.fetch("cifar")


def test_without_pooch_fetching_names_the_package(tiny, monkeypatch):
    monkeypatch.setitem(sys.modules, "pooch", None)
    with pytest.raises(ModuleNotFoundError, match="pip install pooch tqdm"):
        datasets.fetch("mnist", mirrors=[DEAD])


def test_without_pooch_there_is_no_cache(monkeypatch):
    monkeypatch.undo()
    assert images.cache().name == "fallline"
    monkeypatch.setitem(sys.modules, "pooch", None)
    assert images.cache() is None


def test_a_bar_is_shown_for_each_file_if_it_is_wanted(tiny, nowhere, serve, capsys):
    datasets.fetch("mnist", nowhere, mirrors=[serve(tiny).url], progress=True)
    assert capsys.readouterr().err.count("100%") >= 4


def test_the_command_line_fetches_or_says_why_not(tiny, nowhere, serve, capsys):
    folder = str(nowhere)
    assert main(["fetch", "mnist", "--folder", folder, "--mirror", serve(tiny).url]) == 0
    assert f"{nowhere}/mnist" in capsys.readouterr().out
    assert main(["fetch", "mnist", "fashion", "--folder", folder, "--mirror", DEAD]) == 1
    captured = capsys.readouterr()
    assert "MNIST" in captured.out and "Fashion-MNIST could not be fetched" in captured.err
    with pytest.raises(SystemExit):
        main(["fetch", "cifar"])


PROGRAM = textwrap.dedent(
    """
    import hashlib, sys
    from fallline import datasets
    from fallline.datasets import SOURCES

    folder, mirror, *files = sys.argv[1:]
    idx = tuple(tuple(file.split(":")) for file in files)
    tiny = SOURCES["mnist"]._replace(archive=None, idx=idx, train=(2, 2, 2), test=(1, 1, 1))
    SOURCES["mnist"] = tiny
    datasets.fetch("mnist", folder, mirrors=[mirror])
    """
)


def test_killed_in_the_middle_of_a_file_it_goes_on_with_nothing_lost(tiny, nowhere, serve):
    files = [":".join(file) for file in SOURCES["mnist"].idx]
    slow = serve(tiny, slow=(f"{STEMS[2]}.gz",))
    command = [sys.executable, "-c", PROGRAM, nowhere, slow.url, *files]
    with subprocess.Popen(command) as process:
        assert slow.begun.wait(60)
        time.sleep(0.1)
        process.send_signal(signal.SIGKILL)
    assert sorted(tree(nowhere)) == sorted(f"mnist/{stem}.gz" for stem in STEMS[:2])
    with pytest.raises(ValueError, match="not complete"):
        datasets.mnist(nowhere)
    good = serve(tiny)
    subprocess.run([*command[:4], good.url, *files], check=True, timeout=60)
    assert sorted(good.log) == sorted(f"{stem}.gz" for stem in STEMS[2:])
    assert is_small(datasets.mnist(nowhere))
