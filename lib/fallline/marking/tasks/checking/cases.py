"""What several tasks of chapter `checking` are tried on."""

import numpy as np


def cubes(x):
    """Sum of cubes."""
    return float(np.sum(x**3))


def cubes_gradient(x):
    return 3.0 * np.asarray(x, dtype=float) ** 2


def squares(x):
    """Sum of squares, weighted by the place."""
    return float(np.sum(np.arange(1, np.size(x) + 1) * np.ravel(x) ** 2))


def squares_gradient(x):
    return 2.0 * np.arange(1, np.size(x) + 1).reshape(np.shape(x)) * x


point = np.array([1.0, -2.0, 0.5, 3.0])


def model(name):
    """Return loss, parameters and gradients of a small model, spoilt as the name says."""
    params = {
        "W": np.array([[1.0, -2.0, 3.0], [0.5, 4.0, -1.0]]),
        "b": np.array([100.0, 200.0, -50.0]),
        "scale": np.array([2.0]),
    }
    if "whole" in name:
        params = {"W": np.array([[1, 2]]), "b": np.array([3, 5]), "scale": np.array([2])}

    def loss(p):
        inner = np.sum(p["W"] ** 2) + np.sum(np.sum(p["W"], axis=0) * p["b"]) + np.sum(p["b"] ** 2)
        return float(np.sum(p["scale"]) * inner)

    s, columns = float(params["scale"][0]), params["W"].sum(axis=0)
    grads = {
        "W": s * (2.0 * params["W"] + params["b"]),
        "b": s * (columns + 2.0 * params["b"]),
        "scale": np.array([loss(params) / s]),
    }
    for key in ("W", "b", "scale"):
        if f"{key} is 1.25 times" in name:
            grads[key].flat[-1] *= 1.25
        if f"{key} holds NaN" in name:
            grads[key].flat[0] = np.nan
        if f"every {key} is 2 too large" in name:
            grads[key] = grads[key] + 2.0
        if f"{key} has one entry only" in name:
            grads[key] = grads[key][:1]
        if f"{key} without axes" in name:
            grads[key] = np.array(grads[key][0])
        if f"{key} is misspelt as bias" in name:
            grads["bias"] = grads.pop(key)
        if f"{key} missing" in name:
            del grads[key]
        if f"{key} transposed" in name:
            grads[key] = grads[key].T
        if f"{key} as a column" in name:
            grads[key] = grads[key][:, None]
        if f"{key} as a row" in name:
            grads[key] = grads[key][None]
    if "loss is NaN" in name:
        return lambda p: float("nan"), params, grads
    if "a stranger" in name:
        grads["V"] = np.zeros(2)
    if "order" in name:
        grads = dict(reversed(grads.items()))
    return loss, params, grads


def places(x):
    return np.arange(1.0, x.size + 1)
