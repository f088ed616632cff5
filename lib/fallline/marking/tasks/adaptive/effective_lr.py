"""Task `effective_lr` of chapter `adaptive`."""

import numpy as np

from fallline import adaptive as reference
from fallline.marking.task import Case, Task
from fallline.marking.tasks.adaptive.cases import mixed, rate, rows


def random_gradients(rng):
    cases = []
    for n, d, scale in ((5, 3, 1.0), (4, 5, 1e-3), (6, 4, 1e3)):
        for method in ("adagrad", "rmsprop"):
            G = scale * mixed(rng, n, d, 1e-2 / scale)
            hyper = {"lr": 0.3, "rho": 0.8, "eps": 1e-2}
            cases.append(
                Case(
                    f"{method}, {n} gradients in {d} coordinates of size {scale:g}",
                    (method, G, hyper),
                    rate,
                )
            )
    return cases


task = Task(
    reference.effective_lr,
    cases=[
        Case(
            "adagrad, gradients (3, 1) and (4, 0), lr = 1, eps = 1: [[1/4, 1/2], [1/6, 1/2]]",
            ("adagrad", rows([3, 1], [4, 0]), {"lr": 1.0, "eps": 1.0}),
            rate,
        ),
        Case(
            "rmsprop, gradients (8, 4) and (0, 2), rho = 0.75, lr = eps = 1: first [1/5, 1/3]",
            ("rmsprop", rows([8, 4], [0, 2]), {"lr": 1.0, "rho": 0.75, "eps": 1.0}),
            rate,
        ),
        Case(
            "adagrad, g = (1, 100) four times, lr = 0.1",
            ("adagrad", rows(*[[1, 100]] * 4), {"lr": 0.1}),
            rate,
        ),
        Case(
            "rmsprop, g = (1, 100) three times, lr = 0.1",
            ("rmsprop", rows(*[[1, 100]] * 3), {"lr": 0.1}),
            rate,
        ),
        Case(
            "gd: lr for each coordinate and step",
            ("gd", rows([3, 1, 2], [4, 0, 5]), {"lr": 0.1}),
            rate,
        ),
        Case("gd, one gradient", ("gd", rows([3, 1]), {"lr": 0.25}), rate),
        Case(
            "gd, three gradients of one coordinate", ("gd", rows([3], [1], [7]), {"lr": 0.5}), rate
        ),
        Case(
            "adagrad, whole numbers (3, 1), (4, 2), (12, 2)",
            ("adagrad", np.array([[3, 1], [4, 2], [12, 2]]), {"lr": 0.1}),
            rate,
        ),
        Case(
            "rmsprop, a coordinate that sees only 0, eps = 0.5",
            ("rmsprop", rows([0, 1], [0, 2], [0, -1]), {"lr": 1.0, "eps": 0.5}),
            rate,
        ),
        Case(
            "adagrad, gradients that hold NaN",
            ("adagrad", rows([1, 1], [np.nan, 1], [2, 1]), {"lr": 0.1}),
            rate,
        ),
        Case(
            'a method that is none of the three, "adam"', ("adam", rows([1, 2]), {"lr": 0.1}), rate
        ),
        Case(
            'a method that is none of the three, "Adagrad"',
            ("Adagrad", rows([1, 2]), {"lr": 0.1}),
            rate,
        ),
        Case('a method that is none of the three, "sgd"', ("sgd", rows([1, 2]), {"lr": 0.1}), rate),
    ],
    draw=random_gradients,
    why="sums of squares, a root and a quotient: only rounding may differ",
)


@task.mistake(
    "mean of the squares",
    "Your AdaGrad rates stay up where they should fall: four gradients of 1 have the mean "
    "square 1. What is their sum?",
)
def effective_lr(method, G, *, lr, rho=0.9, eps=1e-8):
    if method not in ("gd", "adagrad", "rmsprop"):
        raise ValueError("unknown method")
    if method == "gd":
        return np.full(G.shape, lr)
    rates, s = [], 0.0
    for g in G:
        s = s + g**2 if method == "adagrad" else rho * s + (1 - rho) * g**2
        n = len(rates) + 1 if method == "adagrad" else 1
        rates.append(lr / (np.sqrt(s / n) + eps))
    return np.array(rates)


@task.mistake(
    "eps forgotten",
    "Where eps is tiny it hardly shows; a coordinate that saw no gradient gets an infinite "
    "rate. Which letter of the formula is missing?",
)
def effective_lr(method, G, *, lr, rho=0.9, eps=1e-8):
    if method not in ("gd", "adagrad", "rmsprop"):
        raise ValueError("unknown method")
    if method == "gd":
        return np.full(G.shape, lr)
    rates, s = [], 0.0
    for g in G:
        s = s + g**2 if method == "adagrad" else rho * s + (1 - rho) * g**2
        with np.errstate(divide="ignore"):
            rates.append(lr / np.sqrt(s))
    return np.array(rates)


@task.mistake(
    "last gradient only",
    "Your rate in a row depends on the gradient of that row alone. What of the gradients "
    "before it?",
)
def effective_lr(method, G, *, lr, rho=0.9, eps=1e-8):
    if method not in ("gd", "adagrad", "rmsprop"):
        raise ValueError("unknown method")
    if method == "gd":
        return np.full(G.shape, lr)
    if method == "rmsprop":
        return lr / (np.sqrt((1 - rho) * G**2) + eps)
    return lr / (np.abs(G) + eps)


@task.mistake(
    "one rate for all coordinates",
    "All coordinates of a row have one rate of yours: the squares were added up over the "
    "coordinates. Over what should they be added up?",
)
def effective_lr(method, G, *, lr, rho=0.9, eps=1e-8):
    if method not in ("gd", "adagrad", "rmsprop"):
        raise ValueError("unknown method")
    if method == "gd":
        return np.full(G.shape, lr)
    rates, s = [], 0.0
    for g in G:
        s = s + np.sum(g**2) if method == "adagrad" else rho * s + (1 - rho) * np.sum(g**2)
        rates.append(np.full(len(g), lr / (np.sqrt(s) + eps)))
    return np.array(rates)


@task.mistake(
    "rate before the gradient",
    "Your rows come one too late: the first is lr / eps. Does the step that a gradient makes "
    "already count that gradient?",
)
def effective_lr(method, G, *, lr, rho=0.9, eps=1e-8):
    if method not in ("gd", "adagrad", "rmsprop"):
        raise ValueError("unknown method")
    if method == "gd":
        return np.full(G.shape, lr)
    rates, s = [], np.zeros(G.shape[1])
    for g in G:
        rates.append(lr / (np.sqrt(s) + eps))
        s = s + g**2 if method == "adagrad" else rho * s + (1 - rho) * g**2
    return np.array(rates)


@task.mistake(
    "only the last row",
    "These are the rates of the last step. Asked for is a row for every step: where do you "
    "keep the others?",
)
def effective_lr(method, G, *, lr, rho=0.9, eps=1e-8):
    if method not in ("gd", "adagrad", "rmsprop"):
        raise ValueError("unknown method")
    if method == "gd":
        return np.full(G.shape[1], lr)
    rates, s = [], 0.0
    for g in G:
        s = s + g**2 if method == "adagrad" else rho * s + (1 - rho) * g**2
        rates.append(lr / (np.sqrt(s) + eps))
    return rates[-1]


@task.mistake(
    "no leak in RMSProp",
    "AdaGrad is right, and your RMSProp is AdaGrad. What does its average do to old squares?",
)
def effective_lr(method, G, *, lr, rho=0.9, eps=1e-8):
    if method not in ("gd", "adagrad", "rmsprop"):
        raise ValueError("unknown method")
    if method == "gd":
        return np.full(G.shape, lr)
    rates, s = [], 0.0
    for g in G:
        s = s + g**2
        rates.append(lr / (np.sqrt(s) + eps))
    return np.array(rates)


@task.mistake(
    "RMSProp for AdaGrad too",
    "RMSProp is right, and your AdaGrad is RMSProp. Does AdaGrad forget?",
)
def effective_lr(method, G, *, lr, rho=0.9, eps=1e-8):
    if method not in ("gd", "adagrad", "rmsprop"):
        raise ValueError("unknown method")
    if method == "gd":
        return np.full(G.shape, lr)
    rates, s = [], 0.0
    for g in G:
        s = rho * s + (1 - rho) * g**2
        rates.append(lr / (np.sqrt(s) + eps))
    return np.array(rates)


@task.mistake(
    "new square at full weight",
    "Your RMSProp rates are too low: after many gradients of 1 the average should be 1. How "
    "much of it is the new square?",
)
def effective_lr(method, G, *, lr, rho=0.9, eps=1e-8):
    if method not in ("gd", "adagrad", "rmsprop"):
        raise ValueError("unknown method")
    if method == "gd":
        return np.full(G.shape, lr)
    rates, s = [], 0.0
    for g in G:
        s = s + g**2 if method == "adagrad" else rho * s + g**2
        rates.append(lr / (np.sqrt(s) + eps))
    return np.array(rates)


@task.mistake(
    "eps inside of the root",
    "Where eps is tiny it hardly shows. With a sum of 9 and eps = 1 the formula divides by 3 "
    "+ 1: by what do you divide?",
)
def effective_lr(method, G, *, lr, rho=0.9, eps=1e-8):
    if method not in ("gd", "adagrad", "rmsprop"):
        raise ValueError("unknown method")
    if method == "gd":
        return np.full(G.shape, lr)
    rates, s = [], 0.0
    for g in G:
        s = s + g**2 if method == "adagrad" else rho * s + (1 - rho) * g**2
        rates.append(lr / (np.sqrt(s + eps)))
    return np.array(rates)


@task.mistake(
    "no root",
    "A gradient of 100 gets a rate that is ten thousand times lower than that of a gradient "
    "of 1. What do the steps multiply the gradient by?",
)
def effective_lr(method, G, *, lr, rho=0.9, eps=1e-8):
    if method not in ("gd", "adagrad", "rmsprop"):
        raise ValueError("unknown method")
    if method == "gd":
        return np.full(G.shape, lr)
    rates, s = [], 0.0
    for g in G:
        s = s + g**2 if method == "adagrad" else rho * s + (1 - rho) * g**2
        rates.append(lr / (s + eps))
    return np.array(rates)


@task.mistake(
    "multiplied by the root",
    "Large gradients get the larger rate with you. Which way round is the quotient?",
)
def effective_lr(method, G, *, lr, rho=0.9, eps=1e-8):
    if method not in ("gd", "adagrad", "rmsprop"):
        raise ValueError("unknown method")
    if method == "gd":
        return np.full(G.shape, lr)
    rates, s = [], 0.0
    for g in G:
        s = s + g**2 if method == "adagrad" else rho * s + (1 - rho) * g**2
        rates.append(lr * (np.sqrt(s) + eps))
    return np.array(rates)


@task.mistake(
    "one number for gradient descent",
    "Plain gradient descent has the same rate everywhere, and it is asked for in the shape of "
    "the others: one for every step and coordinate.",
)
def effective_lr(method, G, *, lr, rho=0.9, eps=1e-8):
    if method not in ("gd", "adagrad", "rmsprop"):
        raise ValueError("unknown method")
    if method == "gd":
        return lr
    rates, s = [], 0.0
    for g in G:
        s = s + g**2 if method == "adagrad" else rho * s + (1 - rho) * g**2
        rates.append(lr / (np.sqrt(s) + eps))
    return np.array(rates)


@task.mistake(
    "steps instead of rates",
    "These are steps: rates times gradients. Asked for is what the gradient is multiplied by.",
)
def effective_lr(method, G, *, lr, rho=0.9, eps=1e-8):
    if method not in ("gd", "adagrad", "rmsprop"):
        raise ValueError("unknown method")
    if method == "gd":
        return lr * G
    rates, s = [], 0.0
    for g in G:
        s = s + g**2 if method == "adagrad" else rho * s + (1 - rho) * g**2
        rates.append(lr * g / (np.sqrt(s) + eps))
    return np.array(rates)


@task.mistake(
    "method not looked at",
    "The three methods come out right, and so does something for a method that does not "
    "exist. What should a misspelt name do?",
)
def effective_lr(method, G, *, lr, rho=0.9, eps=1e-8):
    if method == "gd":
        return np.full(G.shape, lr)
    rates, s = [], 0.0
    for g in G:
        s = s + g**2 if method == "adagrad" else rho * s + (1 - rho) * g**2
        rates.append(lr / (np.sqrt(s) + eps))
    return np.array(rates)


@task.mistake(
    "sums along the wrong axis",
    "Your squares run along a row, from coordinate to coordinate. Which way does time run in G?",
)
def effective_lr(method, G, *, lr, rho=0.9, eps=1e-8):
    if method not in ("gd", "adagrad", "rmsprop"):
        raise ValueError("unknown method")
    if method == "gd":
        return np.full(G.shape, lr)
    if method == "adagrad":
        return lr / (np.sqrt(np.cumsum(G**2, axis=1)) + eps)
    rates, s = [], 0.0
    for g in G:
        s = s + g**2 if method == "adagrad" else rho * s + (1 - rho) * g**2
        rates.append(lr / (np.sqrt(s) + eps))
    return np.array(rates)


@task.mistake(
    "sum of all steps in every row",
    "Your rows are all alike: each holds the sum over all steps, also those still to come. "
    "How far may the sum of row t reach?",
)
def effective_lr(method, G, *, lr, rho=0.9, eps=1e-8):
    if method not in ("gd", "adagrad", "rmsprop"):
        raise ValueError("unknown method")
    if method == "gd":
        return np.full(G.shape, lr)
    if method == "adagrad":
        return lr / (np.sqrt(np.sum(G**2, axis=0)) + eps) * np.ones(G.shape)
    rates, s = [], 0.0
    for g in G:
        s = s + g**2 if method == "adagrad" else rho * s + (1 - rho) * g**2
        rates.append(lr / (np.sqrt(s) + eps))
    return np.array(rates)


@task.mistake(
    "rho is always 0.9",
    "With rho = 0.9 you are right. What share of the old average is kept with rho = 0.75?",
)
def effective_lr(method, G, *, lr, rho=0.9, eps=1e-8):
    if method not in ("gd", "adagrad", "rmsprop"):
        raise ValueError("unknown method")
    if method == "gd":
        return np.full(G.shape, lr)
    rates, s = [], 0.0
    for g in G:
        s = s + g**2 if method == "adagrad" else 0.9 * s + 0.1 * g**2
        rates.append(lr / (np.sqrt(s) + eps))
    return np.array(rates)


@task.mistake(
    "eps is always 1e-8",
    "With eps left out you are right. With a sum of 9 and eps = 1 the formula divides by 3 + "
    "1: by what do you divide?",
)
def effective_lr(method, G, *, lr, rho=0.9, eps=1e-8):
    if method not in ("gd", "adagrad", "rmsprop"):
        raise ValueError("unknown method")
    if method == "gd":
        return np.full(G.shape, lr)
    rates, s = [], 0.0
    for g in G:
        s = s + g**2 if method == "adagrad" else rho * s + (1 - rho) * g**2
        rates.append(lr / (np.sqrt(s) + 1e-8))
    return np.array(rates)


@task.mistake(
    "weights of RMSProp swapped",
    "AdaGrad is right. Your RMSProp forgets nearly all at once: with rho = 0.75, how much of "
    "the old average is in the new one?",
)
def effective_lr(method, G, *, lr, rho=0.9, eps=1e-8):
    if method not in ("gd", "adagrad", "rmsprop"):
        raise ValueError("unknown method")
    if method == "gd":
        return np.full(G.shape, lr)
    rates, s = [], 0.0
    for g in G:
        s = s + g**2 if method == "adagrad" else (1 - rho) * s + rho * g**2
        rates.append(lr / (np.sqrt(s) + eps))
    return np.array(rates)


@task.mistake(
    "sum of magnitudes",
    "Where only one gradient was seen AdaGrad is right. Gradients of 3 and 4 make 5 under the "
    "root: what do you make of them?",
)
def effective_lr(method, G, *, lr, rho=0.9, eps=1e-8):
    if method not in ("gd", "adagrad", "rmsprop"):
        raise ValueError("unknown method")
    if method == "gd":
        return np.full(G.shape, lr)
    rates, s = [], 0.0
    for g in G:
        s = s + np.abs(g) if method == "adagrad" else rho * s + (1 - rho) * np.abs(g)
        rates.append(lr / (s + eps))
    return np.array(rates)


@task.mistake(
    "begun with the first square",
    "Your first row counts its gradient twice: s begins with its square, and adds it again. "
    "With what does s begin?",
)
def effective_lr(method, G, *, lr, rho=0.9, eps=1e-8):
    if method not in ("gd", "adagrad", "rmsprop"):
        raise ValueError("unknown method")
    if method == "gd":
        return np.full(G.shape, lr)
    rates, s = [], G[0] ** 2
    for g in G:
        s = s + g**2 if method == "adagrad" else rho * s + (1 - rho) * g**2
        rates.append(lr / (np.sqrt(s) + eps))
    return np.array(rates)


@task.mistake(
    "one sum over the whole table",
    "Your AdaGrad adds up through all entries, row after row. Which entries belong to the sum "
    "of one coordinate?",
)
def effective_lr(method, G, *, lr, rho=0.9, eps=1e-8):
    if method not in ("gd", "adagrad", "rmsprop"):
        raise ValueError("unknown method")
    if method == "gd":
        return np.full(G.shape, lr)
    if method == "adagrad":
        return (lr / (np.sqrt(np.cumsum(G**2)) + eps)).reshape(G.shape)
    rates, s = [], 0.0
    for g in G:
        s = rho * s + (1 - rho) * g**2
        rates.append(lr / (np.sqrt(s) + eps))
    return np.array(rates)


@task.accepts("with a running sum")
def effective_lr(method, G, *, lr, rho=0.9, eps=1e-8):
    G = np.asarray(G, dtype=float)
    if method == "gd":
        return np.full(G.shape, float(lr))
    if method == "adagrad":
        return lr / (np.sqrt(np.cumsum(G**2, axis=0)) + eps)
    if method != "rmsprop":
        raise ValueError(f"no method {method!r}")
    weights = np.array(
        [
            [(1 - rho) * rho ** (t - k) if k <= t else 0.0 for k in range(len(G))]
            for t in range(len(G))
        ]
    )
    return lr / (np.sqrt(weights @ G**2) + eps)


@task.accepts("coordinate by coordinate")
def effective_lr(method, G, *, lr, rho=0.9, eps=1e-8):
    if method not in ("gd", "adagrad", "rmsprop"):
        raise ValueError("method must be gd, adagrad or rmsprop")
    rates = np.full(np.shape(G), float(lr))
    if method == "gd":
        return rates
    for i in range(np.shape(G)[1]):
        s = 0.0
        for t in range(len(G)):
            s = s + G[t, i] ** 2 if method == "adagrad" else rho * s + (1 - rho) * G[t, i] ** 2
            rates[t, i] = lr / (np.sqrt(s) + eps)
    return rates
