"""Task `adadelta_step` of chapter `adaptive`."""

import numpy as np

from fallline import adaptive as reference
from fallline.marking.task import Case, Task
from fallline.marking.tasks.adaptive.cases import fed, mixed, one, rows


def random_moves(rng):
    cases = []
    for d, scale in ((3, 1.0), (4, 1e-3), (6, 1e3)):
        G = scale * mixed(rng, 6, d, 1e-4)
        hyper = {"rho": 0.8, "eps": 1e-4}
        cases.append(
            Case(
                f"6 gradients in {d} coordinates, one of them small and one 0",
                (np.ones(d), G, hyper),
                fed,
            )
        )
    return cases


PLAIN = {"rho": 0.75, "eps": 1.0}


task = Task(
    reference.adadelta_step,
    cases=[
        Case(
            "v = (0, 0), r = (3, 0), g = (4, 0), w = (1, 1), rho = 0.75, eps = 1",
            (np.ones(2), np.array([4.0, 0.0]), (np.zeros(2), np.array([3.0, 0.0])), PLAIN),
            one,
        ),
        Case(
            "v = (32, 4), r = (8, 15), g = (0, -8), w = (0, 0), rho = 0.75, eps = 1",
            (
                np.zeros(2),
                np.array([0.0, -8.0]),
                (np.array([32.0, 4.0]), np.array([8.0, 15.0])),
                PLAIN,
            ),
            one,
        ),
        Case(
            "the number 1 with gradients 2, 2, rho = 0.75, eps = 1",
            (1.0, np.array([2.0, 2.0]), PLAIN),
            fed,
        ),
        Case(
            "gradients (1, 100) five times, rho and eps left out",
            (np.zeros(2), rows(*[[1, 100]] * 5), {}),
            fed,
        ),
        Case(
            "gradients of both signs, eps = 0.01",
            (np.zeros(2), rows([1, 0], [-2, 0], [3, 0], [1, 1]), {"rho": 0.5, "eps": 0.01}),
            fed,
        ),
        Case(
            "g = (1e-4, 3e-3), eps = 1e-6",
            (np.zeros(2), rows([1e-4, 3e-3], [1e-4, 1e-3], [2e-4, 1e-3]), {"eps": 1e-6}),
            fed,
        ),
        Case(
            "whole numbers: w = (3, 4), g = (3, -4), then (4, 3)",
            (np.array([3, 4]), np.array([[3, -4], [4, 3]]), PLAIN),
            fed,
        ),
        Case(
            "parameters of shape (2, 3)",
            (np.ones((2, 3)), rows([[1, -1, 2], [0, 3, -1]], [[2, 1, 1], [0, 3, 1]]), PLAIN),
            fed,
        ),
        Case("a gradient that holds NaN", (np.ones(2), rows([1, 1], [np.nan, 1]), PLAIN), fed),
    ],
    draw=random_moves,
    why="squares, two roots and a quotient in a few steps: only rounding may differ",
)


@task.mistake(
    "average of steps renewed first",
    "The root above the line holds the average of the steps made so far, and the present step "
    "is not made yet. In which order do the lines of the formula come?",
)
def adadelta_step(w, g, state=(0.0, 0.0), *, rho=0.95, eps=1e-6):
    v, r = state
    v = rho * v + (1 - rho) * g**2
    move = -np.sqrt(r + eps) / np.sqrt(v + eps) * g
    r = rho * r + (1 - rho) * move**2
    move = -np.sqrt(r + eps) / np.sqrt(v + eps) * g
    return w + move, (v, r)


@task.mistake(
    "no roots",
    "You divide squares by squares: the quotient has the unit of a step squared over a "
    "gradient squared. Which unit must it have, so that times a gradient it is a step?",
)
def adadelta_step(w, g, state=(0.0, 0.0), *, rho=0.95, eps=1e-6):
    v, r = state
    v = rho * v + (1 - rho) * g**2
    move = -(r + eps) / (v + eps) * g
    r = rho * r + (1 - rho) * move**2
    return w + move, (v, r)


@task.mistake(
    "no root above",
    "Above the line stands a square, below it a root. What is the unit of your step, if w is "
    "in metres?",
)
def adadelta_step(w, g, state=(0.0, 0.0), *, rho=0.95, eps=1e-6):
    v, r = state
    v = rho * v + (1 - rho) * g**2
    move = -(r + eps) / np.sqrt(v + eps) * g
    r = rho * r + (1 - rho) * move**2
    return w + move, (v, r)


@task.mistake(
    "no root below",
    "Above the line stands a root, below it a square. What is the unit of your step, if f has "
    "none and w is in metres?",
)
def adadelta_step(w, g, state=(0.0, 0.0), *, rho=0.95, eps=1e-6):
    v, r = state
    v = rho * v + (1 - rho) * g**2
    move = -np.sqrt(r + eps) / (v + eps) * g
    r = rho * r + (1 - rho) * move**2
    return w + move, (v, r)


@task.mistake(
    "a learning rate",
    "Your steps are a thousand times too short, as if a learning rate stood before them. What "
    "takes its place in this method?",
)
def adadelta_step(w, g, state=(0.0, 0.0), *, rho=0.95, eps=1e-6):
    v, r = state
    v = rho * v + (1 - rho) * g**2
    move = -np.sqrt(r + eps) / np.sqrt(v + eps) * g
    r = rho * r + (1 - rho) * move**2
    return w + 1e-3 * move, (v, r)


@task.mistake(
    "eps only below",
    "In the first step r is 0, and nothing moves; so r stays 0 for ever. What starts the walk "
    "in the formula?",
)
def adadelta_step(w, g, state=(0.0, 0.0), *, rho=0.95, eps=1e-6):
    v, r = state
    v = rho * v + (1 - rho) * g**2
    move = -np.sqrt(r) / np.sqrt(v + eps) * g
    r = rho * r + (1 - rho) * move**2
    return w + move, (v, r)


@task.mistake(
    "eps only above",
    "A coordinate that has seen no gradient is divided by 0. In how many places does eps "
    "stand in the formula?",
)
def adadelta_step(w, g, state=(0.0, 0.0), *, rho=0.95, eps=1e-6):
    v, r = state
    v = rho * v + (1 - rho) * g**2
    move = -np.sqrt(r + eps) / np.sqrt(v) * g
    r = rho * r + (1 - rho) * move**2
    return w + move, (v, r)


@task.mistake(
    "no eps at all",
    "At the start both averages are 0, and so is your first step, or it is 0/0. What is eps "
    "for, above the line and below it?",
)
def adadelta_step(w, g, state=(0.0, 0.0), *, rho=0.95, eps=1e-6):
    v, r = state
    v = rho * v + (1 - rho) * g**2
    move = -np.sqrt(r) / np.sqrt(v) * g
    r = rho * r + (1 - rho) * move**2
    return w + move, (v, r)


@task.mistake(
    "eps outside of the roots",
    "With r = 0 and eps = 1e-6 the root above is 1e-3; yours is a thousand times smaller. On "
    "which side of the roots does eps stand in this method?",
)
def adadelta_step(w, g, state=(0.0, 0.0), *, rho=0.95, eps=1e-6):
    v, r = state
    v = rho * v + (1 - rho) * g**2
    move = -(np.sqrt(r) + eps) / (np.sqrt(v) + eps) * g
    r = rho * r + (1 - rho) * move**2
    return w + move, (v, r)


@task.mistake(
    "gradients averaged twice",
    "Both of your averages hold gradients. What does r remember, so that the next step has "
    "the length of the ones before?",
)
def adadelta_step(w, g, state=(0.0, 0.0), *, rho=0.95, eps=1e-6):
    v, r = state
    v = rho * v + (1 - rho) * g**2
    move = -np.sqrt(r + eps) / np.sqrt(v + eps) * g
    r = rho * r + (1 - rho) * g**2
    return w + move, (v, r)


@task.mistake(
    "quotient upside down",
    "Your steps grow with gradients squared. Which root stands above the line: that of the "
    "steps, or that of the gradients?",
)
def adadelta_step(w, g, state=(0.0, 0.0), *, rho=0.95, eps=1e-6):
    v, r = state
    v = rho * v + (1 - rho) * g**2
    move = -np.sqrt(v + eps) / np.sqrt(r + eps) * g
    r = rho * r + (1 - rho) * move**2
    return w + move, (v, r)


@task.mistake(
    "average of gradients one step ago",
    "You divide by the average without this gradient: in the first step by the root of eps "
    "alone. Which line of the formula comes first?",
)
def adadelta_step(w, g, state=(0.0, 0.0), *, rho=0.95, eps=1e-6):
    v, r = state
    move = -np.sqrt(r + eps) / np.sqrt(v + eps) * g
    v = rho * v + (1 - rho) * g**2
    r = rho * r + (1 - rho) * move**2
    return w + move, (v, r)


@task.mistake(
    "ascent",
    "Your averages are right, and the parameters move with the gradient. Which signs meet in "
    "the last line?",
)
def adadelta_step(w, g, state=(0.0, 0.0), *, rho=0.95, eps=1e-6):
    v, r = state
    v = rho * v + (1 - rho) * g**2
    move = np.sqrt(r + eps) / np.sqrt(v + eps) * g
    r = rho * r + (1 - rho) * move**2
    return w + move, (v, r)


@task.mistake(
    "steps not remembered",
    "The first step is right, and the later ones are as short as the first. Which of the "
    "averages does not change in the state that you return?",
)
def adadelta_step(w, g, state=(0.0, 0.0), *, rho=0.95, eps=1e-6):
    v, r = state
    v = rho * v + (1 - rho) * g**2
    move = -np.sqrt(r + eps) / np.sqrt(v + eps) * g
    return w + move, (v, r)


@task.mistake(
    "gradients not remembered",
    "The steps are remembered, the gradients are not. Which of the averages does not change "
    "in the state that you return?",
)
def adadelta_step(w, g, state=(0.0, 0.0), *, rho=0.95, eps=1e-6):
    v, r = state
    new_v = rho * v + (1 - rho) * g**2
    move = -np.sqrt(r + eps) / np.sqrt(new_v + eps) * g
    r = rho * r + (1 - rho) * move**2
    return w + move, (v, r)


@task.mistake(
    "order in the state",
    "The numbers of the state are right, and have changed places. Which comes first, the "
    "average of the gradients or that of the steps?",
)
def adadelta_step(w, g, state=(0.0, 0.0), *, rho=0.95, eps=1e-6):
    v, r = state
    v = rho * v + (1 - rho) * g**2
    move = -np.sqrt(r + eps) / np.sqrt(v + eps) * g
    r = rho * r + (1 - rho) * move**2
    return w + move, (r, v)


@task.mistake(
    "sums for averages",
    "Your v and r only grow. What lets old squares fade?",
)
def adadelta_step(w, g, state=(0.0, 0.0), *, rho=0.95, eps=1e-6):
    v, r = state
    v = v + g**2
    move = -np.sqrt(r + eps) / np.sqrt(v + eps) * g
    r = r + move**2
    return w + move, (v, r)


@task.mistake(
    "new squares at full weight",
    "Your averages come out too large: after many gradients of 1, v should be 1. How much of "
    "the average is the new square, if the old one keeps the share rho?",
)
def adadelta_step(w, g, state=(0.0, 0.0), *, rho=0.95, eps=1e-6):
    v, r = state
    v = rho * v + g**2
    move = -np.sqrt(r + eps) / np.sqrt(v + eps) * g
    r = rho * r + move**2
    return w + move, (v, r)


@task.mistake(
    "weights swapped",
    "Your averages forget nearly all at once. With rho = 0.95, how much of the old average is "
    "in the new one?",
)
def adadelta_step(w, g, state=(0.0, 0.0), *, rho=0.95, eps=1e-6):
    v, r = state
    v = (1 - rho) * v + rho * g**2
    move = -np.sqrt(r + eps) / np.sqrt(v + eps) * g
    r = (1 - rho) * r + rho * move**2
    return w + move, (v, r)


@task.mistake(
    "parameters averaged",
    "Your r remembers where the parameters are. What should it remember: places, or the steps "
    "between them?",
)
def adadelta_step(w, g, state=(0.0, 0.0), *, rho=0.95, eps=1e-6):
    v, r = state
    v = rho * v + (1 - rho) * g**2
    move = -np.sqrt(r + eps) / np.sqrt(v + eps) * g
    r = rho * r + (1 - rho) * (w + move) ** 2
    return w + move, (v, r)


@task.mistake(
    "eps outside of the lower root",
    "The root above has eps inside, the one below outside. With g = 1e-4 and eps = 1e-6, by "
    "how much do they differ?",
)
def adadelta_step(w, g, state=(0.0, 0.0), *, rho=0.95, eps=1e-6):
    v, r = state
    v = rho * v + (1 - rho) * g**2
    move = -np.sqrt(r + eps) / (np.sqrt(v) + eps) * g
    r = rho * r + (1 - rho) * move**2
    return w + move, (v, r)


@task.mistake(
    "eps outside of the upper root",
    "The root below has eps inside, the one above outside. How long is the first step then, "
    "with r = 0?",
)
def adadelta_step(w, g, state=(0.0, 0.0), *, rho=0.95, eps=1e-6):
    v, r = state
    v = rho * v + (1 - rho) * g**2
    move = -(np.sqrt(r) + eps) / np.sqrt(v + eps) * g
    r = rho * r + (1 - rho) * move**2
    return w + move, (v, r)


@task.mistake(
    "rate remembered as the step",
    "Your r averages the factor before the gradient. What is the step: the factor alone, or "
    "times g?",
)
def adadelta_step(w, g, state=(0.0, 0.0), *, rho=0.95, eps=1e-6):
    v, r = state
    v = rho * v + (1 - rho) * g**2
    factor = -np.sqrt(r + eps) / np.sqrt(v + eps)
    r = rho * r + (1 - rho) * factor**2
    return w + factor * g, (v, r)


@task.mistake(
    "steps not squared",
    "Steps of different signs cancel in your r, which can even become negative. What is "
    "averaged, so that every step counts?",
)
def adadelta_step(w, g, state=(0.0, 0.0), *, rho=0.95, eps=1e-6):
    v, r = state
    v = rho * v + (1 - rho) * g**2
    move = -np.sqrt(r + eps) / np.sqrt(v + eps) * g
    r = rho * r + (1 - rho) * move
    return w + move, (v, r)


@task.mistake(
    "gradients above as well",
    "Both of your averages hold the squares of the gradients, and the upper one is renewed "
    "too early. What should r remember, and when does it learn of this step?",
)
def adadelta_step(w, g, state=(0.0, 0.0), *, rho=0.95, eps=1e-6):
    v, r = state
    v = rho * v + (1 - rho) * g**2
    r = rho * r + (1 - rho) * g**2
    move = -np.sqrt(r + eps) / np.sqrt(v + eps) * g
    return w + move, (v, r)


@task.mistake(
    "steps faded before the quotient",
    "Your first step from r = 0 is right. Later the root above holds rho times r: which r "
    "stands in the quotient, the faded one or that of the state?",
)
def adadelta_step(w, g, state=(0.0, 0.0), *, rho=0.95, eps=1e-6):
    v, r = state
    v = rho * v + (1 - rho) * g**2
    r = rho * r
    move = -np.sqrt(r + eps) / np.sqrt(v + eps) * g
    r = r + (1 - rho) * move**2
    return w + move, (v, r)


@task.mistake(
    "state unpacked in the other order",
    "From the state (0, 0) all is right, from another one it is not. Which average comes "
    "first in the pair that you are given?",
)
def adadelta_step(w, g, state=(0.0, 0.0), *, rho=0.95, eps=1e-6):
    r, v = state
    v = rho * v + (1 - rho) * g**2
    move = -np.sqrt(r + eps) / np.sqrt(v + eps) * g
    r = rho * r + (1 - rho) * move**2
    return w + move, (r, v)


@task.mistake(
    "one average for all coordinates",
    "All your coordinates share their averages. Over what are the squares averaged, over the "
    "steps or over the coordinates?",
)
def adadelta_step(w, g, state=(0.0, 0.0), *, rho=0.95, eps=1e-6):
    v, r = state
    v = rho * v + (1 - rho) * np.mean(g**2)
    move = -np.sqrt(r + eps) / np.sqrt(v + eps) * g
    r = rho * r + (1 - rho) * np.mean(move**2)
    return w + move, (v, r)


@task.mistake(
    "gradient lost in the step",
    "Your step has the same sign for every gradient. What does the quotient multiply?",
)
def adadelta_step(w, g, state=(0.0, 0.0), *, rho=0.95, eps=1e-6):
    v, r = state
    v = rho * v + (1 - rho) * g**2
    move = -np.sqrt(r + eps) / np.sqrt(v + eps)
    r = rho * r + (1 - rho) * move**2
    return w + move, (v, r)


@task.mistake(
    "average of magnitudes",
    "Your r averages lengths of steps, and the formula takes a root of it. What has to be "
    "averaged, so that the root is a length?",
)
def adadelta_step(w, g, state=(0.0, 0.0), *, rho=0.95, eps=1e-6):
    v, r = state
    v = rho * v + (1 - rho) * g**2
    move = -np.sqrt(r + eps) / np.sqrt(v + eps) * g
    r = rho * r + (1 - rho) * np.abs(move)
    return w + move, (v, r)


@task.mistake(
    "averages mixed",
    "The old part of your new r is taken from v. Which of the two averages goes on in which line?",
)
def adadelta_step(w, g, state=(0.0, 0.0), *, rho=0.95, eps=1e-6):
    v, r = state
    v = rho * v + (1 - rho) * g**2
    move = -np.sqrt(r + eps) / np.sqrt(v + eps) * g
    r = rho * v + (1 - rho) * move**2
    return w + move, (v, r)


@task.accepts("with a root mean square")
def adadelta_step(w, g, state=(0.0, 0.0), *, rho=0.95, eps=1e-6):
    v, r = (np.asarray(part, dtype=float) for part in state)
    w, g = np.asarray(w, dtype=float), np.asarray(g, dtype=float)

    def rms(squares):
        return np.sqrt(squares + eps)

    v = rho * v + (1 - rho) * g * g
    change = rms(r) / rms(v) * g
    return w - change, (v, rho * r + (1 - rho) * change * change)


@task.accepts("one root for the quotient")
def adadelta_step(w, g, state=(0.0, 0.0), *, rho=0.95, eps=1e-6):
    v, r = state
    v = v + (1 - rho) * (g * g - v)
    move = -np.sqrt((r + eps) / (v + eps)) * g
    return w + move, (v, r + (1 - rho) * (move * move - r))
