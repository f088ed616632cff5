"""Task `l2_penalty` of chapter `losses`."""

import numpy as np

from fallline import losses as reference
from fallline.marking.task import Case, Task


def random_parameters(rng):
    cases = []
    for scale, lam, skip in ((1.0, 0.3, ("b",)), (1e-3, 7.0, ("b1", "b2")), (30.0, 1e-4, ())):
        params = {
            "W1": scale * rng.normal(size=(3, 2)),
            "b1": scale * rng.normal(size=2),
            "b": scale * rng.normal(size=4),
        }
        params["W1"][0, 0] = 0.0
        label = f"random parameters near {scale:g}, lam = {lam:g}, skip = {skip}"
        cases.append(Case(label, (params, lam, skip)))
    return cases


task = Task(
    reference.l2_penalty,
    cases=[
        Case(
            "W = [[3, 4]], b = [7], lam = 0.1",
            ({"W": np.array([[3.0, 4.0]]), "b": np.array([7.0])}, 0.1),
        ),
        Case(
            "whole numbers, lam = 0.25",
            ({"W": np.array([[1, -2], [0, 2]]), "b": np.array([5.0, 6.0])}, 0.25),
        ),
        Case(
            "whole numbers only, lam = 2",
            ({"W": np.array([[1, -2], [0, 2]]), "b": np.array([5, 6])}, 2),
        ),
        Case("lam = 0", ({"W": np.array([[3.0, 4.0]]), "b": np.array([7.0])}, 0.0)),
        Case("nothing skipped", ({"W": np.array([1.0, -3.0]), "b": np.array([2.0])}, 0.5, ())),
        Case(
            "skip = (b1, b2): four parameters",
            (
                {
                    "W1": np.array([[1.0, 2.0, -1.0]]),
                    "b1": np.array([3.0, 1.0, 2.0]),
                    "W2": np.array([0.5, -1.5]),
                    "b2": np.array([4.0]),
                },
                2.0,
                ("b1", "b2"),
            ),
        ),
        Case(
            "a weight called bend, which is not skipped",
            ({"bend": np.array([1.0, 2.0]), "b": np.array([3.0])}, 1.0),
        ),
        Case(
            "a weight called W_b, which is not skipped",
            ({"W_b": np.array([1.0, 2.0]), "b": np.array([3.0])}, 1.0),
        ),
        Case(
            "a name b1 in skip, and a parameter b that is not",
            ({"b": np.array([1.0, 2.0]), "b1": np.array([3.0])}, 1.0, ("b1",)),
        ),
        Case("a weight is NaN", ({"W": np.array([np.nan, 2.0]), "b": np.array([1.0])}, 0.5)),
        Case("no parameters", ({}, 0.5)),
    ],
    draw=random_parameters,
    why="squares, a sum and a product: only rounding may differ",
)


@task.mistake(
    "biases penalised",
    "You penalise every parameter. Those whose names are in skip add nothing to the value, "
    "and their gradients are zero.",
)
def l2_penalty(params, lam, skip=("b",)):
    value = sum(lam * np.sum(np.asarray(W, float) ** 2) / 2 for W in params.values())
    return value, {name: lam * np.asarray(W, float) for name, W in params.items()}


@task.mistake(
    "biases penalised in the gradient",
    "The value leaves the skipped parameters out, and their gradients are not zero. "
    "What does not enter a value has no slope in it.",
)
def l2_penalty(params, lam, skip=("b",)):
    used = [np.asarray(W, float) for name, W in params.items() if name not in skip]
    value = sum(lam * np.sum(W**2) / 2 for W in used)
    return value, {name: lam * np.asarray(W, float) for name, W in params.items()}


@task.mistake(
    "gradient without the half",
    "Your value has the ½, and your gradients are twice its slope: "
    "the 2 that the square brings down is cancelled.",
)
def l2_penalty(params, lam, skip=("b",)):
    kept = {k: np.asarray(W, float) * (k not in skip) for k, W in params.items()}
    value = sum(lam * np.sum(W**2) / 2 for W in kept.values())
    return value, {name: 2 * lam * W for name, W in kept.items()}


@task.mistake(
    "value without the half",
    "Your gradients are right, and your value is twice too large. "
    "Differentiate it: is λW what comes out?",
)
def l2_penalty(params, lam, skip=("b",)):
    kept = {k: np.asarray(W, float) * (k not in skip) for k, W in params.items()}
    value = sum(lam * np.sum(W**2) for W in kept.values())
    return value, {name: lam * W for name, W in kept.items()}


@task.mistake(
    "no half at all",
    "Value and gradients belong together, and both are twice too large: "
    "in this course the penalty has a ½, so that its gradient is λW.",
)
def l2_penalty(params, lam, skip=("b",)):
    kept = {k: np.asarray(W, float) * (k not in skip) for k, W in params.items()}
    value = sum(lam * np.sum(W**2) for W in kept.values())
    return value, {name: 2 * lam * W for name, W in kept.items()}


@task.mistake(
    "absolute values",
    "This is the L1 penalty, the sum of absolute values, with the signs as its gradient. "
    "Asked for are squares.",
)
def l2_penalty(params, lam, skip=("b",)):
    kept = {k: np.asarray(W, float) * (k not in skip) for k, W in params.items()}
    value = sum(lam * np.sum(np.abs(W)) / 2 for W in kept.values())
    return value, {name: lam * np.sign(W) / 2 for name, W in kept.items()}


@task.mistake(
    "root taken",
    "You add up the norms. The penalty is a sum of squares: the root is not taken.",
)
def l2_penalty(params, lam, skip=("b",)):
    kept = {k: np.asarray(W, float) * (k not in skip) for k, W in params.items()}
    value = sum(lam * np.sqrt(np.sum(W**2)) / 2 for W in kept.values())
    return value, {name: lam * W for name, W in kept.items()}


@task.mistake(
    "mean instead of sum",
    "You average the squares of each parameter. A penalty adds them up: "
    "a weight is as dear in a large array as in a small one.",
)
def l2_penalty(params, lam, skip=("b",)):
    kept = {k: np.asarray(W, float) * (k not in skip) for k, W in params.items()}
    value = sum(lam * np.mean(W**2) / 2 for W in kept.values())
    return value, {name: lam * W / W.size for name, W in kept.items()}


@task.mistake(
    "skipped ones left out",
    "The gradients of the skipped parameters are missing. An optimizer will ask for each "
    "parameter's gradient by its name: give it zeros of the parameter's shape.",
)
def l2_penalty(params, lam, skip=("b",)):
    used = {name: np.asarray(W, float) for name, W in params.items() if name not in skip}
    value = sum(lam * np.sum(W**2) / 2 for W in used.values())
    return value, {name: lam * W for name, W in used.items()}


@task.mistake(
    "skip ignored",
    "You always leave out b and nothing else. The names to leave out come in skip, "
    "which may hold others, or none.",
)
def l2_penalty(params, lam, skip=("b",)):
    kept = {k: np.asarray(W, float) * (k != "b") for k, W in params.items()}
    value = sum(lam * np.sum(W**2) / 2 for W in kept.values())
    return value, {name: lam * W for name, W in kept.items()}


@task.mistake(
    "names that begin alike",
    "A parameter is skipped because its name begins like one in skip. "
    "Compare whole names: bend is not b.",
)
def l2_penalty(params, lam, skip=("b",)):
    kept = {k: np.asarray(W, float) * (not k.startswith(tuple(skip))) for k, W in params.items()}
    value = sum(lam * np.sum(W**2) / 2 for W in kept.values())
    return value, {name: lam * W for name, W in kept.items()}


@task.mistake(
    "last parameter only",
    "The value is that of the last parameter: each one overwrites what the others have added.",
)
def l2_penalty(params, lam, skip=("b",)):
    value, grads = 0.0, {}
    for name, W in params.items():
        W = np.asarray(W, float)
        grads[name] = np.zeros_like(W)
        if name not in skip:
            value = lam * np.sum(W**2) / 2
            grads[name] = lam * W
    return value, grads


@task.mistake(
    "square of the sum",
    "You add up first and square then, so a 3 and a -3 would cost nothing. "
    "What is squared, each entry or their sum?",
)
def l2_penalty(params, lam, skip=("b",)):
    kept = {k: np.asarray(W, float) * (k not in skip) for k, W in params.items()}
    value = sum(lam * np.sum(W) ** 2 / 2 for W in kept.values())
    return value, {name: lam * W for name, W in kept.items()}


@task.mistake(
    "price forgotten",
    "Your result does not change with lam: at a price of 0 there should be nothing to pay.",
)
def l2_penalty(params, lam, skip=("b",)):
    kept = {k: np.asarray(W, float) * (k not in skip) for k, W in params.items()}
    return sum(np.sum(W**2) / 2 for W in kept.values()), kept


@task.mistake(
    "absolute values, without the half",
    "Your gradients have one size, whatever the weight, and the value grows like the weights "
    "themselves. Which penalty is that, and which one is asked for?",
)
def l2_penalty(params, lam, skip=("b",)):
    kept = {k: W * (k not in skip) for k, W in params.items()}
    value = lam * sum(np.sum(np.abs(W)) for W in kept.values())
    return value, {name: lam * np.sign(W) for name, W in kept.items()}


@task.mistake(
    "skipped ones in the value",
    "Your gradients are right, and the value still holds what the skipped parameters would cost. "
    "Move a bias: your value changes, and what does its gradient say?",
)
def l2_penalty(params, lam, skip=("b",)):
    value = sum(lam * np.sum(W**2) / 2 for W in params.values())
    return value, {k: np.zeros(W.shape) if k in skip else lam * W for k, W in params.items()}


@task.mistake(
    "price missing in the gradient",
    "Your value is right, and your gradients are the weights themselves, whatever lam is. "
    "A penalty that is twice as dear: how hard does it pull?",
)
def l2_penalty(params, lam, skip=("b",)):
    value = sum(lam * np.sum(W**2) / 2 for k, W in params.items() if k not in skip)
    return value, {k: np.zeros(W.shape) if k in skip else 1.0 * W for k, W in params.items()}


@task.mistake(
    "a part of the name is enough",
    "A parameter is skipped because a name of skip stands somewhere inside of its own name. "
    "Which names does skip hold, and is W_b one of them?",
)
def l2_penalty(params, lam, skip=("b",)):
    skipped = {k for k in params if any(name in k for name in skip)}
    value = sum(lam * np.sum(W**2) / 2 for k, W in params.items() if k not in skipped)
    return value, {
        k: np.zeros(W.shape) if k in skipped else 1.0 * lam * W for k, W in params.items()
    }


@task.accepts("with a comprehension")
def l2_penalty(params, lam, skip=("b",)):
    weight = {name: 0.0 if name in skip else float(lam) for name in params}
    grads = {name: weight[name] * np.asarray(params[name], dtype=float) for name in params}
    return sum(0.5 * np.vdot(grads[name], params[name]) for name in params), grads


@task.accepts("entry by entry")
def l2_penalty(params, lam, skip=("b",)):
    value, grads = 0.0, {name: np.zeros(np.shape(W)) for name, W in params.items()}
    for name in set(params) - set(skip):
        for index, entry in np.ndenumerate(params[name]):
            value += lam / 2 * entry**2
            grads[name][index] = lam * entry
    return value, grads
