"""What several tasks of chapter `gradient` are tried on."""

import numpy as np


def wide(x):
    """Two outputs of three inputs."""
    return np.array([np.sin(x[0]) + x[1] ** 2, x[1] * np.exp(x[2])])


def square(x):
    """Two outputs of two inputs."""
    return np.array([x[0] ** 2 * x[1], 5 * x[0] + x[1] ** 3])


def bent(A, B):
    return lambda x: A @ x + (B @ x) ** 3
