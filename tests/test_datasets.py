import os
import sys

import numpy as np
import pytest

from fallline import datasets
from fallline.datasets import FOLDER

SHIPPED = [datasets.digits, datasets.diabetes]


@pytest.fixture
def nowhere(monkeypatch, tmp_path):
    """No data folder is named; the path is that of an empty one."""
    monkeypatch.delenv(FOLDER, raising=False)
    return tmp_path


@pytest.fixture
def mnist_folder():
    """Return the data folder; where it does not hold MNIST, the test is skipped and says so."""
    folder = os.environ.get(FOLDER, "")
    if not os.path.isfile(os.path.join(folder, "mnist_u8.npz")):
        pytest.skip(f"no MNIST here: {FOLDER} names no folder with mnist_u8.npz")
    return folder


def small(monkeypatch, folder, **changes):
    """Put a small file of images into a folder, and let the module expect it."""
    arrays = {
        "xtr": np.arange(24, dtype=np.uint8).reshape(6, 2, 2),
        "ytr": np.array([0, 1, 2, 0, 1, 2], dtype=np.uint8),
        "xte": np.full((3, 2, 2), 255, dtype=np.uint8),
        "yte": np.array([2, 1, 0], dtype=np.uint8),
    }
    path = folder / "mnist_u8.npz"
    np.savez(path, **{**arrays, **changes})
    content = path.read_bytes()
    expected = datasets._MNIST._replace(
        sha256=datasets.hashlib.sha256(content).hexdigest(), train=(2, 2, 2), test=(1, 1, 1)
    )
    monkeypatch.setattr(datasets, "_MNIST", expected)
    return path


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


def test_without_a_data_folder_the_error_names_the_variable_and_the_file(nowhere):
    with pytest.raises(FileNotFoundError, match=rf"{FOLDER}.*mnist_u8\.npz"):
        datasets.mnist()


def test_an_empty_folder_is_named(nowhere, monkeypatch):
    with pytest.raises(FileNotFoundError, match=r"is missing.*put mnist_u8"):
        datasets.mnist(nowhere)
    monkeypatch.setenv(FOLDER, str(nowhere))
    with pytest.raises(FileNotFoundError, match=str(nowhere)):
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


@pytest.mark.parametrize("damage", ["one byte changed", "cut short", "empty", "another file"])
def test_a_damaged_file_is_refused_with_both_checksums(nowhere, monkeypatch, damage):
    path = small(monkeypatch, nowhere)
    content = bytearray(path.read_bytes())
    if damage == "one byte changed":
        content[100] ^= 1
    path.write_bytes(
        {"cut short": content[:-1], "empty": b"", "another file": b"PK"}.get(damage, content)
    )
    with pytest.raises(ValueError, match=r"damaged.*SHA-256 is [0-9a-f]{64}.*copy it"):
        datasets.mnist(nowhere)
    with pytest.raises(ValueError, match="damaged"):
        datasets.handwriting(folder=nowhere)


def test_wrong_numbers_of_the_classes_are_refused(nowhere, monkeypatch):
    small(monkeypatch, nowhere, yte=np.array([2, 1, 1], dtype=np.uint8))
    with pytest.raises(ValueError, match="of each class"):
        datasets.mnist(nowhere)


def test_nothing_is_unpickled(nowhere, monkeypatch):
    small(monkeypatch, nowhere, yte=np.array([{}, 1, 0], dtype=object))
    with pytest.raises(ValueError, match="allow_pickle=False"):
        datasets.mnist(nowhere)


def test_handwriting_is_the_digits_where_there_is_no_mnist(nowhere):
    name, split = datasets.handwriting(folder=nowhere)
    X, y = datasets.digits()
    assert name == "digits" and [len(part) for part in split] == [1400, 1400, 397, 397]
    assert np.array_equal(split.X, X[:1400]) and np.array_equal(split.y_test, y[1400:])
    assert len(datasets.handwriting(10, nowhere)[1].y) == 10


def test_handwriting_is_mnist_where_the_folder_has_it(nowhere, monkeypatch):
    small(monkeypatch, nowhere)
    name, split = datasets.handwriting(4, nowhere)
    assert name == "MNIST" and [len(part) for part in split] == [4, 4, 3, 3]
    assert split.X.max() == 15 / 255 and split.X_test.max() == 1 and split.X.dtype == float


def test_mnist_is_all_there(mnist_folder):
    split = datasets.mnist(mnist_folder)
    assert split.X.shape == (60000, 784) and split.X_test.shape == (10000, 784)
    assert split.X.dtype == np.uint8 and split.X.max() == 255
    assert abs(split.X.mean() / 255 - 0.1307) < 5e-5
    assert split.y[:5].tolist() == [5, 0, 4, 1, 9] and split.y_test[:5].tolist() == [7, 2, 1, 0, 4]
