"""Task `adagrad_step` of chapter `adaptive`."""

import numpy as np

from fallline import adaptive as reference
from fallline.marking.task import Case, Task
from fallline.marking.tasks.adaptive.cases import fed, mixed, one, rows


def random_sums(rng):
    cases = []
    for d, scale in ((3, 1.0), (4, 1e-3), (6, 1e3)):
        G = scale * mixed(rng, 6, d, 1e-8 / scale)
        hyper = {"lr": 0.3, "eps": 1e-8}
        cases.append(
            Case(
                f"6 gradients in {d} coordinates, one of them about 1e-8 and one 0",
                (np.ones(d), G, hyper),
                fed,
            )
        )
    return cases


task = Task(
    reference.adagrad_step,
    cases=[
        Case(
            "s = (9, 0), g = (4, 100), w = (1, 1), lr = 0.5: roots 5 and 100",
            (np.ones(2), np.array([4.0, 100.0]), np.array([9.0, 0.0]), {"lr": 0.5}),
            one,
        ),
        Case(
            "s = (0, 144, 7), g = (-2, 5, 3), w = (0, 0, 0), lr = 1: roots 2, 13 and 4",
            (np.zeros(3), np.array([-2.0, 5.0, 3.0]), np.array([0.0, 144.0, 7.0]), {"lr": 1.0}),
            one,
        ),
        Case(
            "the number 1 with gradients 3, 4, lr = 0.1",
            (1.0, np.array([3.0, 4.0]), {"lr": 0.1}),
            fed,
        ),
        Case(
            "gradients (1, 100) four times, lr = 0.1",
            (np.zeros(2), rows(*[[1, 100]] * 4), {"lr": 0.1}),
            fed,
        ),
        Case(
            "g = (1e-8, 3e-9), lr = 1, eps = 1e-8: the first moves by one half",
            (np.zeros(2), rows([1e-8, 3e-9], [1e-8, 1e-8]), {"lr": 1.0, "eps": 1e-8}),
            fed,
        ),
        Case(
            "eps = 1, g = (3, 0), lr = 1: the first moves by 3/4, the second stays",
            (np.zeros(2), rows([3, 0], [4, 0]), {"lr": 1.0, "eps": 1.0}),
            fed,
        ),
        Case(
            "whole numbers: w = (3, 4), g = (3, -4), then (4, 3)",
            (np.array([3, 4]), np.array([[3, -4], [4, 3]]), {"lr": 0.1}),
            fed,
        ),
        Case(
            "parameters of shape (2, 3)",
            (np.ones((2, 3)), rows([[1, -1, 2], [0, 3, -1]], [[2, 1, 1], [0, 3, 1]]), {"lr": 0.2}),
            fed,
        ),
        Case(
            "a gradient that holds NaN", (np.ones(2), rows([1, 1], [np.nan, 1]), {"lr": 0.1}), fed
        ),
    ],
    draw=random_sums,
    why="squares, a root and a quotient in a few steps: only rounding may differ",
)


@task.mistake(
    "multiplied by the root",
    "Your steps get longer where gradients are large. The rule wants the opposite: is the "
    "root above or below the line of the fraction?",
)
def adagrad_step(w, g, s=0.0, *, lr, eps=1e-10):
    s = s + g**2
    return w - lr * g * (np.sqrt(s) + eps), s


@task.mistake(
    "no root",
    "A gradient of 100 moves its coordinate a hundred times less than a gradient of 1. In "
    "which unit is s, and in which g?",
)
def adagrad_step(w, g, s=0.0, *, lr, eps=1e-10):
    s = s + g**2
    return w - lr * g / (s + eps), s


@task.mistake(
    "leaky average",
    "You let old squares fade. That is the next method of the chapter; what does this one do "
    "with a gradient that is long ago?",
)
def adagrad_step(w, g, s=0.0, *, lr, eps=1e-10):
    s = 0.9 * s + 0.1 * g**2
    return w - lr * g / (np.sqrt(s) + eps), s


@task.mistake(
    "sum not kept",
    "Your first step is right, and each later one begins anew. Which s should come back?",
)
def adagrad_step(w, g, s=0.0, *, lr, eps=1e-10):
    return w - lr * g / (np.sqrt(s + g**2) + eps), s


@task.mistake(
    "sum of one step ago",
    "You divide by the sum without this gradient. In the first step that sum is 0: how long "
    "does the step become?",
)
def adagrad_step(w, g, s=0.0, *, lr, eps=1e-10):
    return w - lr * g / (np.sqrt(s) + eps), s + g**2


@task.mistake(
    "eps inside of the root",
    "Large gradients come out right and those of size 1e-8 are off. With g = 1e-8 and eps = "
    "1e-8 the formula moves by lr/2: on which side of the root does your eps stand?",
)
def adagrad_step(w, g, s=0.0, *, lr, eps=1e-10):
    s = s + g**2
    return w - lr * g / np.sqrt(s + eps), s


@task.mistake(
    "eps inside of the root, squared",
    "Where s is not 0 and eps is tiny it hardly matters. With g = 3 and eps = 1 the formula "
    "divides by 3 + 1: by what do you divide?",
)
def adagrad_step(w, g, s=0.0, *, lr, eps=1e-10):
    s = s + g**2
    return w - lr * g / np.sqrt(s + eps**2), s


@task.mistake(
    "eps forgotten",
    "A coordinate that has seen no gradient is divided by 0. Which letter of the formula "
    "prevents that?",
)
def adagrad_step(w, g, s=0.0, *, lr, eps=1e-10):
    s = s + g**2
    return w - lr * g / np.sqrt(s), s


@task.mistake(
    "not squared",
    "Squares of 3 and 4 add up to 25, with the root 5. What do you add up?",
)
def adagrad_step(w, g, s=0.0, *, lr, eps=1e-10):
    s = s + np.abs(g)
    return w - lr * g / (np.sqrt(s) + eps), s


@task.mistake(
    "sum of the gradients",
    "Gradients of different signs cancel in your sum, and its root may not even exist. What "
    "is added up, so that every gradient counts?",
)
def adagrad_step(w, g, s=0.0, *, lr, eps=1e-10):
    s = s + g
    with np.errstate(invalid="ignore"):
        return w - lr * g / (np.sqrt(s) + eps), s


@task.mistake(
    "one sum for all coordinates",
    "All your coordinates share one rate. Then the steep one decides for the flat one: over "
    "what should the squares be added up, over the steps or over the coordinates?",
)
def adagrad_step(w, g, s=0.0, *, lr, eps=1e-10):
    s = s + np.sum(g**2) * np.ones_like(g, dtype=float)
    return w - lr * g / (np.sqrt(s) + eps), s


@task.mistake(
    "learning rate forgotten",
    "Your steps are too long by one and the same factor. Which letter of the last line of the "
    "formula is not in yours?",
)
def adagrad_step(w, g, s=0.0, *, lr, eps=1e-10):
    s = s + g**2
    return w - g / (np.sqrt(s) + eps), s


@task.mistake(
    "ascent",
    "Your parameters move with the gradient. Which way is down?",
)
def adagrad_step(w, g, s=0.0, *, lr, eps=1e-10):
    s = s + g**2
    return w + lr * g / (np.sqrt(s) + eps), s


@task.mistake(
    "root kept as state",
    "The first step is right. Later you add squares to a root: which of the two is the state, "
    "the sum or its root?",
)
def adagrad_step(w, g, s=0.0, *, lr, eps=1e-10):
    s = np.sqrt(s + g**2)
    return w - lr * g / (s + eps), s


@task.mistake(
    "gradient lost in the step",
    "All your steps go the same way, whatever the gradient. What stands above the line of the "
    "fraction?",
)
def adagrad_step(w, g, s=0.0, *, lr, eps=1e-10):
    s = s + g**2
    return w - lr / (np.sqrt(s) + eps), s


@task.mistake(
    "sign for the gradient",
    "Where the gradient is 1 or -1 you are right. In the first step the quotient is a sign, "
    "but later it is not: what stands above the line?",
)
def adagrad_step(w, g, s=0.0, *, lr, eps=1e-10):
    s = s + g**2
    return w - lr * np.sign(g) / (np.sqrt(s) + eps), s


@task.mistake(
    "squared gradient in the step",
    "Your steps have the same sign for every gradient. What stands above the line, the "
    "gradient or its square?",
)
def adagrad_step(w, g, s=0.0, *, lr, eps=1e-10):
    s = s + g**2
    return w - lr * g**2 / (np.sqrt(s) + eps), s


@task.mistake(
    "half of the squares",
    "You halve the squares, as an average of two would. Here they are added up: what is s "
    "after gradients 3 and 4?",
)
def adagrad_step(w, g, s=0.0, *, lr, eps=1e-10):
    s = (s + g**2) / 2
    return w - lr * g / (np.sqrt(s) + eps), s


@task.mistake(
    "dot product",
    "The dot product of a vector with itself adds up over the coordinates, and a table has "
    "none. Over what should the squares be added up?",
)
def adagrad_step(w, g, s=0.0, *, lr, eps=1e-10):
    s = s + g @ g
    return w - lr * g / (np.sqrt(s) + eps), s


@task.mistake(
    "eps after the quotient",
    "Your eps moves the parameters themselves, also where the gradient is 0, and divides "
    "nothing. What is done first in a / b + c?",
)
def adagrad_step(w, g, s=0.0, *, lr, eps=1e-10):
    s = s + g**2
    with np.errstate(invalid="ignore"):
        return w - lr * g / np.sqrt(s) + eps, s


@task.mistake(
    "eps kept in the sum",
    "Your sum holds more than squares of gradients: eps has gone into the state, once more in "
    "every step. What is s after gradients 3 and 4?",
)
def adagrad_step(w, g, s=0.0, *, lr, eps=1e-10):
    s = s + g**2 + eps
    return w - lr * g / np.sqrt(s), s


@task.mistake(
    "multiplied by the root, without eps",
    "A gradient of 4 with the root 5 should move by lr times 4/5. By how much does it move "
    "with you, and what has the root done?",
)
def adagrad_step(w, g, s=0.0, *, lr, eps=1e-10):
    s = s + g**2
    return w - lr * g * np.sqrt(s), s


@task.mistake(
    "in the other order",
    "Both results are right, and stand in the other order. Which comes first?",
)
def adagrad_step(w, g, s=0.0, *, lr, eps=1e-10):
    s = s + g**2
    return s, w - lr * g / (np.sqrt(s) + eps)


@task.mistake(
    "the larger of root and eps",
    "Where gradients are far larger than eps you are right. With g = 3 and eps = 1 the "
    "formula divides by 4: by what do you divide?",
)
def adagrad_step(w, g, s=0.0, *, lr, eps=1e-10):
    s = s + g**2
    return w - lr * g / np.maximum(np.sqrt(s), eps), s


@task.mistake(
    "largest square",
    "You keep the largest square instead of adding. What is s after gradients of 3 and 4?",
)
def adagrad_step(w, g, s=0.0, *, lr, eps=1e-10):
    s = np.maximum(s, g**2)
    return w - lr * g / (np.sqrt(s) + eps), s


@task.mistake(
    "mean over the coordinates",
    "All your coordinates share one rate: each gets the mean of the squares. Whose squares "
    "should a coordinate add up?",
)
def adagrad_step(w, g, s=0.0, *, lr, eps=1e-10):
    s = s + np.mean(g**2)
    return w - lr * g / (np.sqrt(s) + eps), s


@task.mistake(
    "length of the gradient added",
    "You add the length of the whole gradient, one number for all coordinates. What does s "
    "get from a coordinate whose gradient is 4?",
)
def adagrad_step(w, g, s=0.0, *, lr, eps=1e-10):
    s = s + np.linalg.norm(g)
    return w - lr * g / (np.sqrt(s) + eps), s


@task.mistake(
    "sum squared",
    "You square the sum, the old squares included. After s = 9 and g = 4 the formula has 9 + "
    "16: what do you have?",
)
def adagrad_step(w, g, s=0.0, *, lr, eps=1e-10):
    s = (s + g) ** 2
    return w - lr * g / (np.sqrt(s) + eps), s


@task.mistake(
    "parameters squared",
    "Your s grows with the parameters. Squares of what does it hold in the formula?",
)
def adagrad_step(w, g, s=0.0, *, lr, eps=1e-10):
    s = s + w**2
    return w - lr * g / (np.sqrt(s) + eps), s


@task.mistake(
    "size of the gradient in the step",
    "Positive gradients come out right, and negative ones move the same way. Which sign "
    "should the step have?",
)
def adagrad_step(w, g, s=0.0, *, lr, eps=1e-10):
    s = s + g**2
    return w - lr * np.abs(g) / (np.sqrt(s) + eps), s


@task.mistake(
    "eps added to the quotient",
    "Your eps is added to the quotient, times the learning rate. Where should it stand, so "
    "that 0/0 cannot happen?",
)
def adagrad_step(w, g, s=0.0, *, lr, eps=1e-10):
    s = s + g**2
    return w - lr * (g / np.sqrt(s) + eps), s


@task.accepts("rate first")
def adagrad_step(w, g, s=0.0, *, lr, eps=1e-10):
    w, g = np.asarray(w, dtype=float), np.asarray(g, dtype=float)
    s = np.add(s, np.square(g))
    rate = lr / (s**0.5 + eps)
    return w - rate * g, s


@task.accepts("by the length of a pair")
def adagrad_step(w, g, s=0.0, *, lr, eps=1e-10):
    root = np.hypot(np.sqrt(s), g)
    return w - lr * (g / (root + eps)), root * root
