"""Task `nesterov_rewritten_step` of chapter `momentum`."""

import copy

import numpy as np

from fallline import momentum as reference
from fallline.marking.task import Case, Task
from fallline.marking.tasks.momentum.cases import doubled, skew


def rewritten(answer, w, v, g, lr, mu):
    """Make one rewritten step."""
    return answer(w, v, g, lr=lr, mu=mu)


def fifty_steps(answer, w, grad, lr, mu, n):
    """Walk by the rewritten step from rest; return every point ahead, and the last velocity."""
    v, path = 0.0 * w, []
    for _ in range(n):
        w, v = answer(w, v, grad(w), lr=lr, mu=mu)
        path.append(copy.deepcopy(w))
    return path, copy.deepcopy(v)


def random_rewritten(rng):
    cases = []
    for shape, scale in (((3,), 1.0), ((2, 3), 1e-3), ((), 1e3)):
        w, v, g = (scale * rng.normal(size=shape) for _ in range(3))
        if shape:
            v.flat[1] = 0.0
        cases.append(
            Case(f"one step, shape {shape}, size {scale:g}", (w, v, g, 0.2, 0.7), rewritten)
        )
    return cases


task = Task(
    reference.nesterov_rewritten_step,
    cases=[
        Case("w = 4, v = -2, g = 8, lr = 0.25, mu = 0.5", (4.0, -2.0, 8.0, 0.25, 0.5), rewritten),
        Case("w = 1, v = 4, g = 2, lr = 0.5, mu = 0.5", (1.0, 4.0, 2.0, 0.5, 0.5), rewritten),
        Case(
            "w = (1, 0), v = (2, 4), g = (0, 8), lr = 0.25, mu = 0.75",
            (np.array([1.0, 0.0]), np.array([2.0, 4.0]), np.array([0.0, 8.0]), 0.25, 0.75),
            rewritten,
        ),
        Case(
            "from rest: v = 0",
            (np.array([4.0]), np.array([0.0]), np.array([8.0]), 0.25, 0.5),
            rewritten,
        ),
        Case(
            "gradient 2w, three steps from rest",
            (np.array([1.0, 4.0]), doubled, 0.25, 0.5, 3),
            fifty_steps,
        ),
        Case(
            "a bowl, fifty steps from rest",
            (np.array([3.0, 0.0, 1.0]), skew, 0.1, 0.9, 50),
            fifty_steps,
        ),
        Case(
            "no momentum",
            (np.array([3.0, 4.0]), np.ones(2), np.array([6.0, 8.0]), 0.1, 0.0),
            rewritten,
        ),
        Case(
            "whole numbers",
            (np.array([3, 4]), np.array([1, -2]), np.array([6, 8]), 0.1, 0.5),
            rewritten,
        ),
        Case("g holds NaN", (np.ones(2), np.ones(2), np.array([np.nan, 1.0]), 0.1, 0.9), rewritten),
        Case("v holds NaN", (np.ones(2), np.array([1.0, np.nan]), np.ones(2), 0.1, 0.9), rewritten),
        Case(
            "a table (2, 3)",
            (np.ones((2, 3)), np.arange(6.0).reshape(2, 3), np.ones((2, 3)), 0.1, 0.9),
            rewritten,
        ),
    ],
    draw=random_rewritten,
    rtol=1e-9,
    why="fifty steps of sums and products: rounding only, which they shrink",
)


@task.mistake(
    "old velocity lost",
    "Your velocity is right, and w moves by it and no more: both terms use the new velocity. Which "
    "of the two velocities was the point ahead built with?",
)
def nesterov_rewritten_step(w, v, g, *, lr, mu):
    v = mu * v - lr * g
    return w - mu * v + (1 + mu) * v, v


@task.mistake(
    "one minus mu",
    "Your velocity is right. From w - mu v, the true position, go on by the new velocity, and then "
    "ahead by mu times it: how often is the new velocity added?",
)
def nesterov_rewritten_step(w, v, g, *, lr, mu):
    new = mu * v - lr * g
    return w - mu * v + (1 - mu) * new, new


@task.mistake(
    "rate outside",
    "Your path is right for a constant rate, but your velocity is a sum of gradients. Here it is a "
    "step: where does lr stand?",
)
def nesterov_rewritten_step(w, v, g, *, lr, mu):
    v = mu * v + g
    return w - lr * (g + mu * v), v


@task.mistake(
    "does not step back first",
    "From rest your step is right; with a velocity it is too long. The point ahead already holds "
    "mu times the old velocity: where was the true position?",
)
def nesterov_rewritten_step(w, v, g, *, lr, mu):
    new = mu * v - lr * g
    return w + (1 + mu) * new, new


@task.mistake(
    "does not look ahead again",
    "You go back to the true position and on by the new velocity, and stay there. The next "
    "gradient is to be taken ahead of it: how far?",
)
def nesterov_rewritten_step(w, v, g, *, lr, mu):
    new = mu * v - lr * g
    return w - mu * v + new, new


@task.mistake(
    "sign of the step back",
    "You add mu times the old velocity. Seen from the point ahead, on which side lies the true "
    "position?",
)
def nesterov_rewritten_step(w, v, g, *, lr, mu):
    new = mu * v - lr * g
    return w + mu * v + (1 + mu) * new, new


@task.mistake(
    "uphill",
    "The gradient is added to the velocity. Which way is down?",
)
def nesterov_rewritten_step(w, v, g, *, lr, mu):
    new = mu * v + lr * g
    return w - mu * v + (1 + mu) * new, new


@task.mistake(
    "old velocity returned",
    "w is right, and the velocity that comes back is the one that went in. What will the next step "
    "take for its old velocity?",
)
def nesterov_rewritten_step(w, v, g, *, lr, mu):
    new = mu * v - lr * g
    return w - mu * v + (1 + mu) * new, v


@task.mistake(
    "ahead without the gradient's own step",
    "You go ahead by mu times the new velocity, but the step of this gradient is missing: compare "
    "with plain descent, which mu = 0 should give.",
)
def nesterov_rewritten_step(w, v, g, *, lr, mu):
    new = mu * v - lr * g
    return w + mu * new, new


@task.mistake(
    "results exchanged",
    "Both results are right and come in the other order. The point ahead is expected first.",
)
def nesterov_rewritten_step(w, v, g, *, lr, mu):
    new = mu * v - lr * g
    return new, w - mu * v + (1 + mu) * new


@task.mistake(
    "ahead but not on",
    "You step back, and then ahead by mu times the new velocity; the step itself, by all of the "
    "new velocity, is missing between the two.",
)
def nesterov_rewritten_step(w, v, g, *, lr, mu):
    new = mu * v - lr * g
    return w - mu * v + mu * new, new


@task.mistake(
    "steps back too far",
    "Your velocity is right, and you step back by all of the old one. By which part of it was the "
    "point ahead of the true one?",
)
def nesterov_rewritten_step(w, v, g, *, lr, mu):
    new = mu * v - lr * g
    return w - v + (1 + mu) * new, new


@task.mistake(
    "new velocity computed and not used",
    "The velocity that you return is right, and w is moved by the old one alone: the gradient has "
    "no part in it. Which of the two velocities does the second term hold?",
)
def nesterov_rewritten_step(w, v, g, *, lr, mu):
    new = mu * v - lr * g
    return w - mu * v + (1 + mu) * v, new


@task.mistake(
    "bracket lost",
    "Your velocity is right, and every entry of w is off by 1 and by one velocity. What does the "
    "factor 1 + mu multiply?",
)
def nesterov_rewritten_step(w, v, g, *, lr, mu):
    new = mu * v - lr * g
    return w - mu * v + 1 + mu * new, new


@task.mistake(
    "rate forgotten",
    "Your velocity takes in the whole gradient, and w runs away. In this form the velocity is a "
    "step: which number turns a gradient into one?",
)
def nesterov_rewritten_step(w, v, g, *, lr, mu):
    new = mu * v - g
    return w - mu * v + (1 + mu) * new, new


@task.mistake(
    "velocities exchanged",
    "You go back by the new velocity and on by the old one. Which of the two had carried the "
    "point ahead before this step?",
)
def nesterov_rewritten_step(w, v, g, *, lr, mu):
    new = mu * v - lr * g
    return w - mu * new + (1 + mu) * v, new


@task.mistake(
    "on by the negative",
    "You go back by the old velocity, which is right, and then back again by the new one. It "
    "points downhill already: which sign takes w along it?",
)
def nesterov_rewritten_step(w, v, g, *, lr, mu):
    new = mu * v - lr * g
    return w - mu * v - (1 + mu) * new, new


@task.mistake(
    "no friction",
    "All of the old velocity is left in the new one. Which part of it survives a step?",
)
def nesterov_rewritten_step(w, v, g, *, lr, mu):
    new = v - lr * g
    return w - mu * v + (1 + mu) * new, new


@task.mistake(
    "friction on the gradient as well",
    "From rest your velocity is shorter than lr times the gradient. Which of the two terms of "
    "the velocity is from the past?",
)
def nesterov_rewritten_step(w, v, g, *, lr, mu):
    new = mu * (v - lr * g)
    return w - mu * v + (1 + mu) * new, new


@task.mistake(
    "ahead from the point ahead",
    "You look ahead by the old velocity from a point that is ahead already, and go on from "
    "there. Which way leads to the true position?",
)
def nesterov_rewritten_step(w, v, g, *, lr, mu):
    new = mu * v - lr * g
    return w + mu * v + new, new


@task.mistake(
    "moved like task 7",
    "You look ahead by mu times the new velocity as well, but start from the point that came in. "
    "By how much was it ahead?",
)
def nesterov_rewritten_step(w, v, g, *, lr, mu):
    new = mu * v - lr * g
    return w + mu * v + mu * new, new


@task.accepts("the step of the gradient, then ahead")
def nesterov_rewritten_step(w, v, g, *, lr, mu):
    v = mu * np.asarray(v, dtype=float) - lr * np.asarray(g, dtype=float)
    return w + mu * v - lr * np.asarray(g), v


@task.accepts("back to the true position")
def nesterov_rewritten_step(w, v, g, *, lr, mu):
    true = np.subtract(w, np.multiply(mu, v))
    new = np.multiply(mu, v) - np.multiply(lr, g)
    true = true + new
    return true + mu * new, new
