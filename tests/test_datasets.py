import sys

import numpy as np
import pytest

from fallline import datasets


def test_digits_are_all_there():
    X, y = datasets.digits()
    counts = [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
    assert np.bincount(y).tolist() == counts and X.dtype == float
    assert np.array_equal(X * 16, np.round(X * 16))


def test_diabetes_data_are_scaled_as_their_authors_did():
    X, y = datasets.diabetes()
    assert np.allclose(X.mean(axis=0), 0, atol=1e-12) and np.allclose((X**2).sum(axis=0), 1)
    assert len(y) == 442 and abs(y.mean() - 152.133) < 1e-3


@pytest.mark.parametrize("load", [datasets.digits, datasets.diabetes])
def test_each_call_returns_arrays_of_its_own(load):
    X, y = load()
    X[0], y[0] = -1, -1
    again, target = load()
    assert (again[0] != -1).all() and target[0] != -1


@pytest.mark.parametrize("load", [datasets.digits, datasets.diabetes])
def test_a_missing_package_is_named(load, monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn", None)
    monkeypatch.setitem(sys.modules, "sklearn.datasets", None)
    with pytest.raises(ModuleNotFoundError, match="sklearn"):
        load()
