"""Task `nesterov_lookahead_step` of chapter `momentum`."""

import copy

import numpy as np

from fallline import momentum as reference
from fallline.marking.task import Case, Task
from fallline.marking.tasks.momentum.cases import doubled, skew


def itself(w):
    """Return the gradient of w²/2: the very array w."""
    return w


def cubed(w):
    """Return the gradient of w⁴/4."""
    return w**3


def ahead(answer, w, v, grad, lr, mu):
    """Make one look-ahead step."""
    return answer(w, v, grad, lr=lr, mu=mu)


def ahead_often(answer, w, v, grad, lr, mu, n):
    """Make n look-ahead steps; return what each returns."""
    came = []
    for _ in range(n):
        w, v = answer(w, v, grad, lr=lr, mu=mu)
        came.append(copy.deepcopy((w, v)))
    return came


def random_aheads(rng):
    cases = []
    for shape, scale in (((3,), 1.0), ((3, 2), 1e-3), ((3,), 1e3)):
        w, v = scale * rng.normal(size=shape), scale * rng.normal(size=shape)
        v.flat[1] = 0.0
        args = (w, v, skew, 0.1, 0.8, 4)
        cases.append(
            Case(f"four steps on a bowl, shape {shape}, size {scale:g}", args, ahead_often)
        )
    return cases


task = Task(
    reference.nesterov_lookahead_step,
    cases=[
        Case(
            "w = 5, v = -2, gradient 2w, lr = 0.25, mu = 0.5",
            (5.0, -2.0, doubled, 0.25, 0.5),
            ahead,
        ),
        Case("w = 1, v = 2, gradient w³, lr = 0.5, mu = 0.5", (1.0, 2.0, cubed, 0.5, 0.5), ahead),
        Case(
            "w = (4, 0), v = (2, 1), gradient 2w, lr = 0.25, mu = 0.5",
            (np.array([4.0, 0.0]), np.array([2.0, 1.0]), doubled, 0.25, 0.5),
            ahead,
        ),
        Case(
            "from rest, three steps",
            (np.array([1.0, 4.0]), np.zeros(2), doubled, 0.25, 0.5, 3),
            ahead_often,
        ),
        Case(
            "a gradient that is w itself, two steps",
            (np.array([4.0, -8.0]), np.array([1.0, 1.0]), itself, 0.5, 0.5, 2),
            ahead_often,
        ),
        Case("no momentum", (np.array([3.0, 4.0]), np.ones(2), doubled, 0.1, 0.0), ahead),
        Case("whole numbers", (np.array([3, 4]), np.array([1, -2]), doubled, 0.1, 0.5), ahead),
        Case(
            "whole numbers, lr = 0.2",
            (np.array([1, 2]), np.array([1, 0]), doubled, 0.2, 0.5),
            ahead,
        ),
        Case("w holds NaN", (np.array([np.nan, 1.0]), np.ones(2), doubled, 0.1, 0.9), ahead),
        Case("v holds NaN", (np.ones(2), np.array([1.0, np.nan]), doubled, 0.1, 0.9), ahead),
        Case(
            "a table (3, 2)",
            (np.arange(6.0).reshape(3, 2), np.ones((3, 2)), skew, 0.1, 0.9, 2),
            ahead_often,
        ),
    ],
    draw=random_aheads,
    why="a few sums and products: only rounding may differ",
)


@task.mistake(
    "gradient where the ball is",
    "You ask for the gradient at w: that is the heavy ball. Nesterov asks for it where the "
    "velocity alone would carry w. Which point is that?",
)
def nesterov_lookahead_step(w, v, grad, *, lr, mu):
    v = mu * v - lr * grad(w)
    return w + v, v


@task.mistake(
    "looks back",
    "You ask for the gradient behind the ball. The velocity is added to w in this form: with which "
    "sign do you look ahead along it?",
)
def nesterov_lookahead_step(w, v, grad, *, lr, mu):
    v = mu * v - lr * grad(w - mu * v)
    return w + v, v


@task.mistake(
    "velocity added twice",
    "Your velocity is right and w goes too far. The new velocity already holds mu times the old "
    "one: how often do you add it?",
)
def nesterov_lookahead_step(w, v, grad, *, lr, mu):
    there = w + mu * v
    v = mu * v - lr * grad(there)
    return there + v, v


@task.mistake(
    "moved by the gradient only",
    "Your velocity is right and does not carry w: only the gradient moves it. By what should w "
    "change?",
)
def nesterov_lookahead_step(w, v, grad, *, lr, mu):
    g = grad(w + mu * v)
    return w - lr * g, mu * v - lr * g


@task.mistake(
    "looks too far ahead",
    "You look ahead by all of v. In one step friction takes its part of the velocity: what is left "
    "of it?",
)
def nesterov_lookahead_step(w, v, grad, *, lr, mu):
    v = mu * v - lr * grad(w + v)
    return w + v, v


@task.mistake(
    "no friction",
    "The gradient is asked for at the right point, and then all of the old velocity is kept. Which "
    "part of it survives a step?",
)
def nesterov_lookahead_step(w, v, grad, *, lr, mu):
    v = v - lr * grad(w + mu * v)
    return w + v, v


@task.mistake(
    "moved by the old velocity",
    "Your new velocity is right, but w moves by the old one. Which comes first, the velocity or "
    "the move?",
)
def nesterov_lookahead_step(w, v, grad, *, lr, mu):
    return w + mu * v, mu * v - lr * grad(w + mu * v)


@task.mistake(
    "rate outside",
    "From rest the first w is right and the velocity is not. Here the velocity is a step that is "
    "added to w: where does lr stand, and with which sign?",
)
def nesterov_lookahead_step(w, v, grad, *, lr, mu):
    v = mu * v + grad(w + mu * v)
    return w - lr * v, v


@task.mistake(
    "uphill",
    "The gradient is added to the velocity, and you climb. Which way does a gradient point?",
)
def nesterov_lookahead_step(w, v, grad, *, lr, mu):
    v = mu * v + lr * grad(w + mu * v)
    return w + v, v


@task.mistake(
    "velocity not returned",
    "w is right, and the velocity that comes back is the old one: the next step starts with a "
    "memory of the step before last.",
)
def nesterov_lookahead_step(w, v, grad, *, lr, mu):
    return w + mu * v - lr * grad(w + mu * v), v


@task.mistake(
    "results exchanged",
    "Both results are right and come in the other order. Which does the caller unpack first?",
)
def nesterov_lookahead_step(w, v, grad, *, lr, mu):
    new = mu * v - lr * grad(w + mu * v)
    return new, w + new


@task.mistake(
    "moved by all of the old velocity",
    "Your new velocity is right, but w moves by the one that came in. Which of the two carries it?",
)
def nesterov_lookahead_step(w, v, grad, *, lr, mu):
    return w + v, mu * v - lr * grad(w + mu * v)


@task.mistake(
    "velocity with the other sign",
    "You subtract a velocity that points uphill: a method of its own, but here v is a step that is "
    "added to w. Which signs change in the three places?",
)
def nesterov_lookahead_step(w, v, grad, *, lr, mu):
    v = mu * v + lr * grad(w - mu * v)
    return w - v, v


@task.mistake(
    "moved against the velocity",
    "Your velocity is right, and w goes the other way. It is a step downhill already: what does a "
    "second minus sign do?",
)
def nesterov_lookahead_step(w, v, grad, *, lr, mu):
    v = mu * v - lr * grad(w + mu * v)
    return w - v, v


@task.mistake(
    "friction on the gradient as well",
    "From rest your first step is shorter than lr times the gradient, by the factor mu. Which of "
    "the two terms of the velocity is from the past?",
)
def nesterov_lookahead_step(w, v, grad, *, lr, mu):
    v = mu * (v - lr * grad(w + mu * v))
    return w + v, v


@task.mistake(
    "moved by a part of the velocity",
    "Your velocity is right, and w moves by mu times it. That part is how far to look: how far to "
    "go?",
)
def nesterov_lookahead_step(w, v, grad, *, lr, mu):
    v = mu * v - lr * grad(w + mu * v)
    return w + mu * v, v


@task.mistake(
    "rate forgotten",
    "Your new velocity holds the gradient in full. In this form the velocity is a step: which "
    "number makes a step of a gradient?",
)
def nesterov_lookahead_step(w, v, grad, *, lr, mu):
    v = mu * v - grad(w + mu * v)
    return w + v, v


@task.mistake(
    "looks ahead by the gradient too",
    "You make the whole step of the heavy ball and ask for the gradient there. Before any gradient "
    "is known, how much of the step is already certain?",
)
def nesterov_lookahead_step(w, v, grad, *, lr, mu):
    v = mu * v - lr * grad(w + mu * v - lr * grad(w))
    return w + v, v


@task.mistake(
    "ahead by what is lost",
    "With mu = 0 there is nothing to look ahead along, and you look ahead by all of v. Which "
    "part survives a step, mu or 1 - mu?",
)
def nesterov_lookahead_step(w, v, grad, *, lr, mu):
    v = mu * v - lr * grad(w + (1 - mu) * v)
    return w + v, v


@task.mistake(
    "keeps what should be lost",
    "With mu = 0 no memory should be left, and yours keeps all of it. Which part of the old "
    "velocity survives a step, mu or 1 - mu?",
)
def nesterov_lookahead_step(w, v, grad, *, lr, mu):
    v = (1 - mu) * v - lr * grad(w + mu * v)
    return w + v, v


@task.mistake(
    "the point ahead returned",
    "Your velocity is right, and w is moved a second time, by mu v. That point is where the next "
    "step will ask for the gradient: who computes it then?",
)
def nesterov_lookahead_step(w, v, grad, *, lr, mu):
    v = mu * v - lr * grad(w + mu * v)
    return w + (1 + mu) * v, v


@task.mistake(
    "rate twice",
    "Your velocity is right, and w moves by only lr times it. How often has the rate been "
    "applied by then?",
)
def nesterov_lookahead_step(w, v, grad, *, lr, mu):
    v = mu * v - lr * grad(w + mu * v)
    return w + lr * v, v


@task.mistake(
    "rate outside, added",
    "From rest your w is right, and the velocity is made of gradients. Here a velocity that "
    "comes in is a step already: what does lr make of it?",
)
def nesterov_lookahead_step(w, v, grad, *, lr, mu):
    v = mu * v - grad(w + mu * v)
    return w + lr * v, v


@task.mistake(
    "looks from the origin",
    "You ask for the gradient at mu v, wherever the ball is. From which point does it look ahead?",
)
def nesterov_lookahead_step(w, v, grad, *, lr, mu):
    v = mu * v - lr * grad(mu * v)
    return w + v, v


@task.accepts("in two half steps")
def nesterov_lookahead_step(w, v, grad, *, lr, mu):
    there = np.add(w, np.multiply(mu, v))
    new = there - lr * np.array(grad(there), dtype=float)
    return new, new - w


@task.accepts("with the old velocity kept")
def nesterov_lookahead_step(w, v, grad, *, lr, mu):
    before = np.array(v, dtype=float)
    v = mu * before - lr * grad(w + mu * before)
    return w + v, v
