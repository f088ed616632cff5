"""What several tasks of chapter `capstone` are tried on."""

import io
import itertools

import numpy as np


def rng(seed):
    return np.random.default_rng(seed)


def images(*parts):
    """Return images of whole numbers from 0 to 255."""
    return np.array(parts, dtype=np.uint8)


def file_of(xtr, ytr, xte, yte):
    """Return an open file like that of MNIST, but smaller."""
    file = io.BytesIO()
    np.savez(file, xtr=xtr, ytr=np.array(ytr, np.uint8), xte=xte, yte=np.array(yte, np.uint8))
    file.seek(0)
    return file


def network(gen, sizes, scale=1.0):
    """Return random layers (W, b)."""
    pairs = itertools.pairwise(sizes)
    return [(scale * gen.normal(size=(n, m)), scale * gen.normal(size=m)) for n, m in pairs]
