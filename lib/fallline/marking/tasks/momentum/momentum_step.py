"""Task `momentum_step` of chapter `momentum`."""

import copy

import numpy as np

from fallline import momentum as reference
from fallline.marking.task import Case, Task


def one_step(answer, w, g, v, lr, beta, form):
    """Make one step from a given velocity."""
    return answer(w, g, v, lr=lr, beta=beta, form=form)


def from_rest(answer, w, gradients, rates, beta, form):
    """Make a step for each gradient, the first without a state; return what each step returns."""
    came, state = [], ()
    for g, lr in zip(gradients, rates, strict=True):
        w, *state = answer(w, g, *state, lr=lr, beta=beta, form=form)
        came.append(copy.deepcopy((w, *state)))
    return came


def by_default(answer, w, g, v, lr, beta):
    """Make a step without naming the form."""
    return answer(w, g, v, lr=lr, beta=beta)


def random_walks(rng):
    cases = []
    for form, shape, scale in (
        ("inside", (3,), 1.0),
        ("outside", (2, 3), 1e-4),
        ("ema", (4,), 1e3),
        ("outside", (), 1.0),
    ):
        gradients = scale * rng.normal(size=(5, *shape))
        if shape:
            gradients.reshape(5, -1)[:, 1] = 0.0
        words = f"five steps of form {form}, shape {shape}, gradients of size {scale:g}"
        args = (rng.normal(size=shape), gradients, [0.3, 0.3, 0.2, 0.1, 0.1], 0.8, form)
        cases.append(Case(words, args, from_rest))
    return cases


EQUAL = np.array([[2.0, 1.0], [2.0, 1.0], [2.0, 1.0]])


task = Task(
    reference.momentum_step,
    cases=[
        Case(
            "w = 5, g = 10, v = 20, lr = 0.1, beta = 0.5, outside",
            (5.0, 10.0, 20.0, 0.1, 0.5, "outside"),
            one_step,
        ),
        Case(
            "w = 5, g = 10, v = -2, lr = 0.1, beta = 0.5, inside",
            (5.0, 10.0, -2.0, 0.1, 0.5, "inside"),
            one_step,
        ),
        Case(
            "w = 5, g = 10, v = 20, lr = 0.1, beta = 0.75, ema",
            (5.0, 10.0, 20.0, 0.1, 0.75, "ema"),
            one_step,
        ),
        Case(
            "from rest, outside, equal gradients, beta = 0.5, lr drops from 0.5 to 0.1",
            (np.array([1.0, 0.0]), EQUAL, [0.5, 0.1, 0.1], 0.5, "outside"),
            from_rest,
        ),
        Case(
            "from rest, inside, equal gradients, beta = 0.5, lr drops from 0.5 to 0.1",
            (np.array([1.0, 0.0]), EQUAL, [0.5, 0.1, 0.1], 0.5, "inside"),
            from_rest,
        ),
        Case(
            "from rest, ema, gradients 8 and 0",
            (np.array([1.0]), np.array([[8.0], [0.0], [0.0]]), [0.5, 0.5, 0.5], 0.75, "ema"),
            from_rest,
        ),
        Case(
            "no form named: w = 5, g = 10, v = 20, lr = 0.1, beta = 0.5",
            (5.0, 10.0, 20.0, 0.1, 0.5),
            by_default,
        ),
        Case("no form named", (np.array([4.0]), np.array([2.0]), 3.0, 0.5, 0.5), by_default),
        Case(
            "whole numbers, outside",
            (np.array([3, 4]), np.array([1, -2]), np.array([5, 0]), 0.25, 0.5, "outside"),
            one_step,
        ),
        Case(
            "whole numbers, inside",
            (np.array([3, 4]), np.array([1, -2]), np.array([5, 0]), 0.25, 0.5, "inside"),
            one_step,
        ),
        Case(
            "a gradient that holds NaN, outside",
            (np.array([1.0, 2.0]), np.array([np.nan, 1.0]), np.zeros(2), 0.1, 0.9, "outside"),
            one_step,
        ),
        Case(
            "a velocity that holds NaN, ema",
            (np.array([1.0, 2.0]), np.ones(2), np.array([np.nan, 1.0]), 0.1, 0.9, "ema"),
            one_step,
        ),
        Case("beta = 0, ema", (np.ones((2, 3)), np.ones((2, 3)), 7.0, 0.1, 0.0, "ema"), one_step),
        Case("a form called torch", (np.ones(2), np.ones(2), 0.0, 0.1, 0.9, "torch"), one_step),
    ],
    draw=random_walks,
    why="sums and products of a few numbers: only rounding may differ",
)


@task.mistake(
    "ema adds the whole gradient",
    "In the form ema a constant gradient of 8 ends at ten times that velocity for beta = 0.9. "
    "An average of equal numbers is that number: what must the weights of old and new add up to?",
)
def momentum_step(w, g, state=0.0, *, lr, beta, form="outside"):
    if form == "inside":
        v = beta * state - lr * g
        return w + v, v
    v = beta * state + g
    return w - lr * v, v


@task.mistake(
    "velocity not saved",
    "The first step is right and the later ones have no memory: the velocity that comes back is "
    "the one that went in. Which of the two does the next step need?",
)
def momentum_step(w, g, state=0.0, *, lr, beta, form="outside"):
    if form == "inside":
        v = beta * state - lr * g
        return w + v, state
    v = beta * state + (g if form == "outside" else (1 - beta) * g)
    return w - lr * v, state


@task.mistake(
    "sign flipped inside",
    "The forms with the rate outside are right, and inside you climb. There the velocity is added "
    "to w: which way must it point?",
)
def momentum_step(w, g, state=0.0, *, lr, beta, form="outside"):
    if form == "inside":
        v = beta * state + lr * g
        return w + v, v
    v = beta * state + (g if form == "outside" else (1 - beta) * g)
    return w - lr * v, v


@task.mistake(
    "inside subtracted",
    "Inside, your velocity is right and w moves against it. The minus sign is in the velocity "
    "already; what does a second one do?",
)
def momentum_step(w, g, state=0.0, *, lr, beta, form="outside"):
    if form == "inside":
        v = beta * state - lr * g
        return w - v, v
    v = beta * state + (g if form == "outside" else (1 - beta) * g)
    return w - lr * v, v


@task.mistake(
    "moves by the old velocity",
    "Your velocity is right, and w is one step behind it: from rest the first step does not move. "
    "Which velocity, the old or the new one, carries w?",
)
def momentum_step(w, g, state=0.0, *, lr, beta, form="outside"):
    if form == "inside":
        return w + state, beta * state - lr * g
    v = beta * state + (g if form == "outside" else (1 - beta) * g)
    return w - lr * state, v


@task.mistake(
    "rate in the outside memory",
    "With a constant rate w is right, but the velocity that you return is too small by the factor "
    "lr, and after a drop of the rate w is wrong as well. What does the memory of the form outside "
    "consist of: gradients or steps?",
)
def momentum_step(w, g, state=0.0, *, lr, beta, form="outside"):
    if form == "inside":
        v = beta * state - lr * g
        return w + v, v
    v = beta * state + lr * (g if form == "outside" else (1 - beta) * g)
    return w - v, v


@task.mistake(
    "form ignored",
    "The form outside is right, and the other two come out like it. What do you do with the "
    "argument form?",
)
def momentum_step(w, g, state=0.0, *, lr, beta, form="outside"):
    v = beta * state + g
    return w - lr * v, v


@task.mistake(
    "always inside",
    "The form inside is right, and the other two come out like it. What do you do with the "
    "argument form, and which form is meant when none is named?",
)
def momentum_step(w, g, state=0.0, *, lr, beta, form="outside"):
    v = beta * state - lr * g
    return w + v, v


@task.mistake(
    "rate inside and outside",
    "Inside, your velocity is right and your step too short by the factor lr. How often has the "
    "rate been applied by then?",
)
def momentum_step(w, g, state=0.0, *, lr, beta, form="outside"):
    if form == "inside":
        v = beta * state - lr * g
        return w + lr * v, v
    v = beta * state + (g if form == "outside" else (1 - beta) * g)
    return w - lr * v, v


@task.mistake(
    "every form averaged",
    "Your steps outside and inside are too small by the factor 1 - beta. Only one of the three "
    "forms is an average. Which?",
)
def momentum_step(w, g, state=0.0, *, lr, beta, form="outside"):
    if form == "inside":
        v = beta * state - lr * (1 - beta) * g
        return w + v, v
    v = beta * state + (1 - beta) * g
    return w - lr * v, v


@task.mistake(
    "weights exchanged",
    "Take beta = 0.9: of the old velocity nine tenths should stay. How much stays in yours?",
)
def momentum_step(w, g, state=0.0, *, lr, beta, form="outside"):
    if form == "inside":
        v = (1 - beta) * state - lr * g
        return w + v, v
    v = (1 - beta) * state + (g if form == "outside" else beta * g)
    return w - lr * v, v


@task.mistake(
    "nesterov",
    "Your velocity is right, and w goes further than it says: that is Nesterov's method, in a "
    "later task. Here w moves by the new velocity and nothing else.",
)
def momentum_step(w, g, state=0.0, *, lr, beta, form="outside"):
    if form == "inside":
        v = beta * state - lr * g
        return w + beta * v - lr * g, v
    d = g if form == "outside" else (1 - beta) * g
    v = beta * state + d
    return w - lr * (d + beta * v), v


@task.mistake(
    "uphill",
    "In every form you walk against the right direction. A gradient points to where f grows: "
    "which sign has the step?",
)
def momentum_step(w, g, state=0.0, *, lr, beta, form="outside"):
    if form == "inside":
        v = beta * state + lr * g
        return w + v, v
    v = beta * state + (g if form == "outside" else (1 - beta) * g)
    return w + lr * v, v


@task.mistake(
    "only the parameters",
    "The parameters come back, and the velocity is lost when your function ends. What does the "
    "next step need from this one?",
)
def momentum_step(w, g, state=0.0, *, lr, beta, form="outside"):
    if form == "inside":
        return w + beta * state - lr * g
    return w - lr * (beta * state + (g if form == "outside" else (1 - beta) * g))


@task.mistake(
    "velocity first",
    "Both results are right and come in the other order. Which one does the caller expect first?",
)
def momentum_step(w, g, state=0.0, *, lr, beta, form="outside"):
    if form == "inside":
        v = beta * state - lr * g
        return v, w + v
    v = beta * state + (g if form == "outside" else (1 - beta) * g)
    return v, w - lr * v


@task.mistake(
    "any other form is ema",
    "A form that does not exist is taken for one that does. A misspelt word should not pass: "
    "what do you do when form is none of the three?",
)
def momentum_step(w, g, state=0.0, *, lr, beta, form="outside"):
    if form == "inside":
        v = beta * state - lr * g
        return w + v, v
    if form == "outside":
        v = beta * state + g
        return w - lr * v, v
    v = beta * state + (1 - beta) * g
    return w - lr * v, v


@task.mistake(
    "rate forgotten outside",
    "Your velocity is right in every form, and outside w moves by all of it. By what is a velocity "
    "made of gradients multiplied before it becomes a step?",
)
def momentum_step(w, g, state=0.0, *, lr, beta, form="outside"):
    if form == "inside":
        v = beta * state - lr * g
        return w + v, v
    v = beta * state + (g if form == "outside" else (1 - beta) * g)
    return w - v, v


@task.mistake(
    "friction on the gradient as well",
    "From rest your first velocity is already smaller than the gradient. Friction acts on what is "
    "kept from the past: on which of the two terms?",
)
def momentum_step(w, g, state=0.0, *, lr, beta, form="outside"):
    if form == "inside":
        v = beta * (state - lr * g)
        return w + v, v
    v = beta * (state + (g if form == "outside" else (1 - beta) * g))
    return w - lr * v, v


@task.mistake(
    "average undone",
    "Your averaged velocity is right, and then you divide by 1 - beta before you move: what is "
    "left of the difference between this form and outside?",
)
def momentum_step(w, g, state=0.0, *, lr, beta, form="outside"):
    if form == "inside":
        v = beta * state - lr * g
        return w + v, v
    if form == "outside":
        v = beta * state + g
        return w - lr * v, v
    v = beta * state + (1 - beta) * g
    return w - lr * v / (1 - beta), v


@task.mistake(
    "velocity points downhill outside",
    "In the form outside your velocity has the other sign. There it is made of gradients as they "
    "are: where does the minus sign stand?",
)
def momentum_step(w, g, state=0.0, *, lr, beta, form="outside"):
    if form == "inside":
        v = beta * state - lr * g
        return w + v, v
    if form == "outside":
        v = beta * state - g
        return w + lr * v, v
    v = beta * state + (1 - beta) * g
    return w - lr * v, v


@task.mistake(
    "average as a shorter step",
    "In the form ema your w is right from rest, as long as the rate stays; your velocity is a sum, "
    "and too large by the factor 1/(1 - beta). A velocity of 20 that came in as an average: what "
    "does your step take it for?",
)
def momentum_step(w, g, state=0.0, *, lr, beta, form="outside"):
    if form == "inside":
        v = beta * state - lr * g
        return w + v, v
    v = beta * state + g
    return w - lr * (v if form == "outside" else (1 - beta) * v), v


@task.mistake(
    "inside turned round",
    "Inside, your velocity is made of gradients with a plus, and you take it away from w. The "
    "sign was moved and not lost, but the velocity that comes in points downhill: does yours?",
)
def momentum_step(w, g, state=0.0, *, lr, beta, form="outside"):
    if form == "inside":
        v = beta * state + lr * g
        return w - v, v
    v = beta * state + (g if form == "outside" else (1 - beta) * g)
    return w - lr * v, v


@task.mistake(
    "averaged twice",
    "In the form ema your velocity is right and your step too short by 1 - beta. The average has "
    "taken that part of the gradient already: how often does it belong there?",
)
def momentum_step(w, g, state=0.0, *, lr, beta, form="outside"):
    if form == "inside":
        v = beta * state - lr * g
        return w + v, v
    v = beta * state + (g if form == "outside" else (1 - beta) * g)
    return w - (lr if form == "outside" else (1 - beta) * lr) * v, v


@task.mistake(
    "gradient without the rate inside",
    "Inside, the gradient comes into your velocity in full, and w takes a giant step. There the "
    "rate stands in front of the gradient: what is left for the move?",
)
def momentum_step(w, g, state=0.0, *, lr, beta, form="outside"):
    if form == "inside":
        v = beta * state - g
        return w + v, v
    v = beta * state + (g if form == "outside" else (1 - beta) * g)
    return w - lr * v, v


@task.mistake(
    "another default",
    "Right wherever the form is named. When nobody names one, yours is the average: which form "
    "does the given line starting with def take?",
)
def momentum_step(w, g, state=0.0, *, lr, beta, form="ema"):
    if form == "inside":
        v = beta * state - lr * g
        return w + v, v
    v = beta * state + (g if form == "outside" else (1 - beta) * g)
    return w - lr * v, v


@task.accepts("one formula with two factors")
def momentum_step(w, g, state=0.0, *, lr, beta, form="outside"):
    weights = {"inside": (-lr, 1.0), "outside": (1.0, -lr), "ema": (1 - beta, -lr)}
    if form not in weights:
        raise ValueError(f"no form {form}")
    into, out = weights[form]
    v = np.multiply(beta, state) + np.multiply(into, g)
    return w + out * v, v


@task.accepts("in place, on copies")
def momentum_step(w, g, state=0.0, *, lr, beta, form="outside"):
    if form not in ("inside", "outside", "ema"):
        raise ValueError("unknown form")
    v = np.zeros(np.shape(w)) + state
    v *= beta
    v += {"inside": -lr, "outside": 1, "ema": 1 - beta}[form] * np.asarray(g)
    new = np.array(w, dtype=float)
    new += v if form == "inside" else -lr * v
    return new, v
