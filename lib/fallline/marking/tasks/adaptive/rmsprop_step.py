"""Task `rmsprop_step` of chapter `adaptive`."""

import numpy as np

from fallline import adaptive as reference
from fallline.marking.task import Case, Task
from fallline.marking.tasks.adaptive.cases import fed, mixed, one, rows


def random_averages(rng):
    cases = []
    for d, scale in ((3, 1.0), (4, 1e-3), (6, 1e3)):
        G = scale * mixed(rng, 6, d, 1e-8 / scale)
        hyper = {"lr": 0.3, "rho": 0.8}
        cases.append(
            Case(
                f"6 gradients in {d} coordinates, one of them about 1e-8 and one 0",
                (np.ones(d), G, hyper),
                fed,
            )
        )
    return cases


task = Task(
    reference.rmsprop_step,
    cases=[
        Case(
            "v = (4, 0), g = (8, 2), w = (1, 1), lr = 1, rho = 0.75: v becomes (19, 1)",
            (np.ones(2), np.array([8.0, 2.0]), np.array([4.0, 0.0]), {"lr": 1.0, "rho": 0.75}),
            one,
        ),
        Case(
            "v = (16, 100), g = (-4, 0), w = (0, 0), lr = 1, rho = 0.9: v becomes (16, 90)",
            (np.zeros(2), np.array([-4.0, 0.0]), np.array([16.0, 100.0]), {"lr": 1.0, "rho": 0.9}),
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
            "a gradient of 100, then ones, lr = 0.1, rho = 0.5",
            (np.zeros(1), rows([100], [1], [1], [1], [1]), {"lr": 0.1, "rho": 0.5}),
            fed,
        ),
        Case(
            "g = (2e-8, 3e-9), lr = 1, rho = 0.75: the first moves by 1",
            (np.zeros(2), rows([2e-8, 3e-9], [1e-8, 1e-8]), {"lr": 1.0, "rho": 0.75}),
            fed,
        ),
        Case(
            "eps = 1, rho = 0.75, g = (6, 0), lr = 1: the first moves by 6/4, the second stays",
            (np.zeros(2), rows([6, 0], [4, 0]), {"lr": 1.0, "rho": 0.75, "eps": 1.0}),
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
    draw=random_averages,
    why="squares, a root and a quotient in a few steps: only rounding may differ",
)


@task.mistake(
    "sum for the average",
    "Your v only grows. That is the method before this one: what lets old squares fade?",
)
def rmsprop_step(w, g, v=0.0, *, lr, rho=0.9, eps=1e-8):
    v = v + g**2
    return w - lr * g / (np.sqrt(v) + eps), v


@task.mistake(
    "new square at full weight",
    "Your v comes out too large: after many gradients of 1 it should be 1. How much of the "
    "average is the new square, if the old average keeps the share rho?",
)
def rmsprop_step(w, g, v=0.0, *, lr, rho=0.9, eps=1e-8):
    v = rho * v + g**2
    return w - lr * g / (np.sqrt(v) + eps), v


@task.mistake(
    "weights swapped",
    "Your average forgets nearly all at once. With rho = 0.9, how much of the old average is "
    "in the new one?",
)
def rmsprop_step(w, g, v=0.0, *, lr, rho=0.9, eps=1e-8):
    v = (1 - rho) * v + rho * g**2
    return w - lr * g / (np.sqrt(v) + eps), v


@task.mistake(
    "average of one step ago",
    "You divide by the average without this gradient. In the first step it is 0: how long "
    "does the step become?",
)
def rmsprop_step(w, g, v=0.0, *, lr, rho=0.9, eps=1e-8):
    return w - lr * g / (np.sqrt(v) + eps), rho * v + (1 - rho) * g**2


@task.mistake(
    "not squared",
    "Squares of 8 and of -8 are both 64. What do you average, and what is its root?",
)
def rmsprop_step(w, g, v=0.0, *, lr, rho=0.9, eps=1e-8):
    v = rho * v + (1 - rho) * np.abs(g)
    return w - lr * g / (np.sqrt(v) + eps), v


@task.mistake(
    "average of the gradients",
    "Gradients of different signs cancel in your average, and its root may not even exist. "
    "What is averaged, so that every gradient counts?",
)
def rmsprop_step(w, g, v=0.0, *, lr, rho=0.9, eps=1e-8):
    v = rho * v + (1 - rho) * g
    with np.errstate(invalid="ignore"):
        return w - lr * g / (np.sqrt(v) + eps), v


@task.mistake(
    "eps inside of the root",
    "Large gradients come out right and those of size 1e-8 are off. On which side of the root "
    "does your eps stand, and what is the root of 1e-8?",
)
def rmsprop_step(w, g, v=0.0, *, lr, rho=0.9, eps=1e-8):
    v = rho * v + (1 - rho) * g**2
    return w - lr * g / np.sqrt(v + eps), v


@task.mistake(
    "eps inside of the root, squared",
    "Where eps is tiny it hardly matters. With v = 9 and eps = 1 the formula divides by 3 + "
    "1: by what do you divide?",
)
def rmsprop_step(w, g, v=0.0, *, lr, rho=0.9, eps=1e-8):
    v = rho * v + (1 - rho) * g**2
    return w - lr * g / np.sqrt(v + eps**2), v


@task.mistake(
    "eps forgotten",
    "A coordinate that has seen no gradient is divided by 0. Which letter of the formula "
    "prevents that?",
)
def rmsprop_step(w, g, v=0.0, *, lr, rho=0.9, eps=1e-8):
    v = rho * v + (1 - rho) * g**2
    return w - lr * g / np.sqrt(v), v


@task.mistake(
    "average not kept",
    "Your first step is right, and each later one begins anew. Which v should come back?",
)
def rmsprop_step(w, g, v=0.0, *, lr, rho=0.9, eps=1e-8):
    return w - lr * g / (np.sqrt(rho * v + (1 - rho) * g**2) + eps), v


@task.mistake(
    "no root",
    "A gradient of 100 moves its coordinate a hundred times less than a gradient of 1. In "
    "which unit is v, and in which g?",
)
def rmsprop_step(w, g, v=0.0, *, lr, rho=0.9, eps=1e-8):
    v = rho * v + (1 - rho) * g**2
    return w - lr * g / (v + eps), v


@task.mistake(
    "multiplied by the root",
    "Your steps get longer where gradients are large. Is the root above or below the line of "
    "the fraction?",
)
def rmsprop_step(w, g, v=0.0, *, lr, rho=0.9, eps=1e-8):
    v = rho * v + (1 - rho) * g**2
    return w - lr * g * (np.sqrt(v) + eps), v


@task.mistake(
    "one average for all coordinates",
    "All your coordinates share one rate. Over what are the squares averaged, over the steps "
    "or over the coordinates?",
)
def rmsprop_step(w, g, v=0.0, *, lr, rho=0.9, eps=1e-8):
    v = rho * v + (1 - rho) * np.mean(g**2) * np.ones_like(g, dtype=float)
    return w - lr * g / (np.sqrt(v) + eps), v


@task.mistake(
    "root kept as state",
    "The first step is right. Later you average squares with a root: which of the two is the "
    "state?",
)
def rmsprop_step(w, g, v=0.0, *, lr, rho=0.9, eps=1e-8):
    v = np.sqrt(rho * v + (1 - rho) * g**2)
    return w - lr * g / (v + eps), v


@task.mistake(
    "average of magnitudes",
    "You divide by an average of magnitudes. It is another measure of size: for gradients 0 "
    "and 2 it says 1, and what does the root of the averaged squares say?",
)
def rmsprop_step(w, g, v=0.0, *, lr, rho=0.9, eps=1e-8):
    v = rho * v + (1 - rho) * np.abs(g)
    return w - lr * g / (v + eps), v


@task.mistake(
    "learning rate forgotten",
    "Your steps are too long by one and the same factor. Which letter of the last line of the "
    "formula is not in yours?",
)
def rmsprop_step(w, g, v=0.0, *, lr, rho=0.9, eps=1e-8):
    v = rho * v + (1 - rho) * g**2
    return w - g / (np.sqrt(v) + eps), v


@task.mistake(
    "ascent",
    "Your parameters move with the gradient. Which way is down?",
)
def rmsprop_step(w, g, v=0.0, *, lr, rho=0.9, eps=1e-8):
    v = rho * v + (1 - rho) * g**2
    return w + lr * g / (np.sqrt(v) + eps), v


@task.mistake(
    "squared gradient in the step",
    "Your steps have the same sign for every gradient. What stands above the line, the "
    "gradient or its square?",
)
def rmsprop_step(w, g, v=0.0, *, lr, rho=0.9, eps=1e-8):
    v = rho * v + (1 - rho) * g**2
    return w - lr * g**2 / (np.sqrt(v) + eps), v


@task.mistake(
    "dot product",
    "The dot product of a vector with itself adds up over the coordinates. Over what should "
    "the squares be averaged?",
)
def rmsprop_step(w, g, v=0.0, *, lr, rho=0.9, eps=1e-8):
    v = rho * v + (1 - rho) * g @ g
    return w - lr * g / (np.sqrt(v) + eps), v


@task.mistake(
    "eps after the quotient",
    "Your eps moves the parameters themselves, also where the gradient is 0, and divides "
    "nothing. What is done first in a / b + c?",
)
def rmsprop_step(w, g, v=0.0, *, lr, rho=0.9, eps=1e-8):
    v = rho * v + (1 - rho) * g**2
    with np.errstate(invalid="ignore"):
        return w - lr * g / np.sqrt(v) + eps, v


@task.mistake(
    "average squared",
    "You square the average, and not what goes into it. For gradients 1 and -1, what is the "
    "average of the squares, and what the square of the average?",
)
def rmsprop_step(w, g, v=0.0, *, lr, rho=0.9, eps=1e-8):
    v = (rho * v + (1 - rho) * g) ** 2
    return w - lr * g / (np.sqrt(v) + eps), v


@task.mistake(
    "share squared",
    "The share 1 - rho was squared together with the gradient. With rho = 0.75 and g = 8 the "
    "new square is 64: how much of it is taken?",
)
def rmsprop_step(w, g, v=0.0, *, lr, rho=0.9, eps=1e-8):
    v = rho * v + ((1 - rho) * g) ** 2
    return w - lr * g / (np.sqrt(v) + eps), v


@task.mistake(
    "average divided by the share of the new square",
    "You blow the average up by 1/(1 - rho), as if only the first square were in it. Is there "
    "such a factor in the formula?",
)
def rmsprop_step(w, g, v=0.0, *, lr, rho=0.9, eps=1e-8):
    v = rho * v + (1 - rho) * g**2
    return w - lr * g / (np.sqrt(v / (1 - rho)) + eps), v


@task.mistake(
    "first square taken whole",
    "Where v is not 0 you are right. From v = 0 you begin with the whole first square: what "
    "does the formula make of v = 0, g = 2 and rho = 0.75?",
)
def rmsprop_step(w, g, v=0.0, *, lr, rho=0.9, eps=1e-8):
    v = np.where(v == 0, g**2, rho * v + (1 - rho) * g**2)
    return w - lr * g / (np.sqrt(v) + eps), v


@task.mistake(
    "in the other order",
    "Both results are right, and stand in the other order. Which comes first?",
)
def rmsprop_step(w, g, v=0.0, *, lr, rho=0.9, eps=1e-8):
    v = rho * v + (1 - rho) * g**2
    return v, w - lr * g / (np.sqrt(v) + eps)


@task.mistake(
    "the larger of root and eps",
    "Where gradients are far larger than eps you are right. With the root 3 and eps = 1 the "
    "formula divides by 4: by what do you divide?",
)
def rmsprop_step(w, g, v=0.0, *, lr, rho=0.9, eps=1e-8):
    v = rho * v + (1 - rho) * g**2
    return w - lr * g / np.maximum(np.sqrt(v), eps), v


@task.mistake(
    "rho is always 0.9",
    "With rho = 0.9 you are right. What share of the old average is kept with rho = 0.75?",
)
def rmsprop_step(w, g, v=0.0, *, lr, rho=0.9, eps=1e-8):
    v = 0.9 * v + 0.1 * g**2
    return w - lr * g / (np.sqrt(v) + eps), v


@task.mistake(
    "rho on both",
    "Old average and new square have one and the same share. To what do the two shares add "
    "up, if gradients of 1 should give an average of 1?",
)
def rmsprop_step(w, g, v=0.0, *, lr, rho=0.9, eps=1e-8):
    v = rho * v + rho * g**2
    return w - lr * g / (np.sqrt(v) + eps), v


@task.mistake(
    "nothing fades",
    "From v = 0 the first step is right, but your v never falls. What happens to the old "
    "average before the new square comes in?",
)
def rmsprop_step(w, g, v=0.0, *, lr, rho=0.9, eps=1e-8):
    v = v + (1 - rho) * g**2
    return w - lr * g / (np.sqrt(v) + eps), v


@task.mistake(
    "new square only",
    "Your v holds the last square alone. Where is the old average?",
)
def rmsprop_step(w, g, v=0.0, *, lr, rho=0.9, eps=1e-8):
    v = (1 - rho) * g**2
    return w - lr * g / (np.sqrt(v) + eps), v


@task.mistake(
    "sign for the quotient",
    "Your v is right, and the step does not use it: every step has the length lr. By what is "
    "the gradient divided?",
)
def rmsprop_step(w, g, v=0.0, *, lr, rho=0.9, eps=1e-8):
    v = rho * v + (1 - rho) * g**2
    return w - lr * np.sign(g), v


@task.mistake(
    "gradient lost in the step",
    "All your steps go the same way, whatever the gradient. What else stands above the line?",
)
def rmsprop_step(w, g, v=0.0, *, lr, rho=0.9, eps=1e-8):
    v = rho * v + (1 - rho) * g**2
    return w - lr / (np.sqrt(v) + eps), v


@task.accepts("rate first")
def rmsprop_step(w, g, v=0.0, *, lr, rho=0.9, eps=1e-8):
    w, g = np.asarray(w, dtype=float), np.asarray(g, dtype=float)
    v = rho * np.asarray(v, dtype=float) + (1 - rho) * np.square(g)
    return w - (lr / (v**0.5 + eps)) * g, v


@task.accepts("a share of the way to the new square")
def rmsprop_step(w, g, v=0.0, *, lr, rho=0.9, eps=1e-8):
    v = v + (1 - rho) * (g * g - v)
    return w - lr * np.divide(g, np.sqrt(v) + eps), v
