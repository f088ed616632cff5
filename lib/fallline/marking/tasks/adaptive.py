"""The tasks of chapter `adaptive`."""

import copy

import numpy as np

from fallline import adaptive as reference
from fallline.marking.task import Case, ProblemSet

problems = ProblemSet("adaptive")


def one(answer, w, g, state, hyper):
    """Make one step from a given state; return parameters and state."""
    return answer(w, g, state, **hyper)


def fed(answer, w, gradients, hyper):
    """Feed one gradient after another from the initial state; return w after each."""
    path, state = [], ()
    for g in gradients:
        w, *state = copy.deepcopy(answer(w, g, *state, **hyper))
        path.append(w)
    return path


def rows(*gradients):
    """Return prescribed gradients, one a row."""
    return np.array(gradients, dtype=float)


def mixed(rng, n, d, small=1e-8):
    """Draw n gradients: of many sizes, a tiny coordinate and one that is 0."""
    G = rng.normal(size=(n, d)) * 10.0 ** rng.integers(-2, 3, d)
    G[:, 0] = small * rng.uniform(0.5, 2, n)
    G[:, 1] = 0.0
    return G


# --- delta_bar_delta_step ---


def random_signs(rng):
    cases = []
    for d, scale in ((3, 1.0), (4, 1e-3), (6, 1e3)):
        G = scale * rng.choice([-2.0, -0.5, 0.7, 1.0], size=(7, d))
        G[:, 1], G[3, 0] = 0.0, 0.0
        hyper = {"lr": 0.1, "up": 0.3, "down": 0.6, "beta": 0.4}
        cases.append(
            Case(f"7 gradients of size {scale:g} in {d} coordinates", (np.ones(d), G, hyper), fed)
        )
    return cases


SIGNS = {"lr": 0.1, "up": 0.5, "down": 0.5, "beta": 0.5}
task = problems.task(
    reference.delta_bar_delta_step,
    cases=[
        Case(
            "gbar = (2, 2, 2), gains (1, 1, 1), g = (4, -4, 0), w = (1, 1, 1)",
            (np.ones(3), np.array([4.0, -4.0, 0.0]), (np.full(3, 2.0), np.ones(3)), SIGNS),
            one,
        ),
        Case(
            "gbar = (-2, 0), gains (2, 4), g = (-1, 3), w = (0, 0)",
            (
                np.zeros(2),
                np.array([-1.0, 3.0]),
                (np.array([-2.0, 0.0]), np.array([2.0, 4.0])),
                SIGNS,
            ),
            one,
        ),
        Case("the number 1 with gradients 2, 1, -1", (1.0, np.array([2.0, 1.0, -1.0]), SIGNS), fed),
        Case(
            "gradients 4, -1, 1: after the second the average is still positive",
            (np.zeros(1), rows([4], [-1], [1]), {"lr": 1.0, "up": 1.0, "down": 0.5, "beta": 0.75}),
            fed,
        ),
        Case(
            "gradients 4, -4, 1: after the second the average is 0",
            (np.zeros(1), rows([4], [-2], [1]), SIGNS),
            fed,
        ),
        Case(
            "whole numbers: w = (3, 4), g = (1, -2), then (3, 1)",
            (np.array([3, 4]), np.array([[1, -2], [3, 1]]), SIGNS),
            fed,
        ),
        Case(
            "up, down and beta left out, 4 gradients",
            (np.zeros(2), rows([1, 1], [1, -2], [1, 3], [2, 1]), {"lr": 0.1}),
            fed,
        ),
        Case(
            "parameters of shape (2, 3)",
            (np.ones((2, 3)), rows([[1, -1, 2], [0, 3, -1]], [[2, 1, 1], [1, 3, 1]]), SIGNS),
            fed,
        ),
        Case(
            "a gradient that holds NaN", (np.ones(2), rows([1, 1], [np.nan, 1], [1, 1]), SIGNS), fed
        ),
    ],
    draw=random_signs,
    why="a few products and sums in a few steps: only rounding may differ",
)


@task.mistake(
    "sign of this gradient alone",
    "Your gain grows wherever the gradient is positive. A positive slope says on which side "
    "of the minimum you stand, and nothing about the length of the step: with what should its "
    "sign be compared?",
)
def delta_bar_delta_step(w, g, state=(0.0, 1.0), *, lr, up=0.1, down=0.9, beta=0.7):
    gbar, gain = state
    gain = np.where(g > 0, gain + up, np.where(g < 0, gain * down, gain))
    gbar = (1 - beta) * g + beta * gbar
    return w - lr * gain * g, (gbar, gain)


@task.mistake(
    "multiplied on the way up",
    "Your gains grow by a factor. Shrinking by a factor and growing by a factor is a race "
    "that one wild sign can lose: by how much does the rule let a gain of 4 grow, and one of "
    "1?",
)
def delta_bar_delta_step(w, g, state=(0.0, 1.0), *, lr, up=0.1, down=0.9, beta=0.7):
    gbar, gain = state
    gain = np.where(gbar * g > 0, gain * (1 + up), np.where(gbar * g < 0, gain * down, gain))
    gbar = (1 - beta) * g + beta * gbar
    return w - lr * gain * g, (gbar, gain)


@task.mistake(
    "multiplied by up",
    "Where the signs agree your gain is multiplied by up, which is meant to be a small step. "
    "Which of the two changes is a sum, and which a product?",
)
def delta_bar_delta_step(w, g, state=(0.0, 1.0), *, lr, up=0.1, down=0.9, beta=0.7):
    gbar, gain = state
    gain = np.where(gbar * g > 0, gain * up, np.where(gbar * g < 0, gain * down, gain))
    gbar = (1 - beta) * g + beta * gbar
    return w - lr * gain * g, (gbar, gain)


@task.mistake(
    "subtracted on the way down",
    "Your gains can become negative, and a step with a negative rate climbs. Which kind of "
    "change keeps a positive number positive?",
)
def delta_bar_delta_step(w, g, state=(0.0, 1.0), *, lr, up=0.1, down=0.9, beta=0.7):
    gbar, gain = state
    gain = np.where(gbar * g > 0, gain + up, np.where(gbar * g < 0, gain - down, gain))
    gbar = (1 - beta) * g + beta * gbar
    return w - lr * gain * g, (gbar, gain)


@task.mistake(
    "down is what is taken away",
    "You take the share down away; with down = 0.9 little is left. What is a gain of 1 after "
    "one flip, 0.9 or 0.1?",
)
def delta_bar_delta_step(w, g, state=(0.0, 1.0), *, lr, up=0.1, down=0.9, beta=0.7):
    gbar, gain = state
    gain = np.where(gbar * g > 0, gain + up, np.where(gbar * g < 0, gain * (1 - down), gain))
    gbar = (1 - beta) * g + beta * gbar
    return w - lr * gain * g, (gbar, gain)


@task.mistake(
    "last gradient for the average",
    "Right as long as the last sign is that of the average. What does the state hold after "
    "gradients 4 and -1, and whose sign is compared with the next one?",
)
def delta_bar_delta_step(w, g, state=(0.0, 1.0), *, lr, up=0.1, down=0.9, beta=0.7):
    gbar, gain = state
    gain = np.where(gbar * g > 0, gain + up, np.where(gbar * g < 0, gain * down, gain))
    return w - lr * gain * g, (g, gain)


@task.mistake(
    "average renewed before the test",
    "The gradient is compared with an average that already holds it, so it hardly ever "
    "disagrees. Which of the two should be done first?",
)
def delta_bar_delta_step(w, g, state=(0.0, 1.0), *, lr, up=0.1, down=0.9, beta=0.7):
    gbar, gain = state
    gbar = (1 - beta) * g + beta * gbar
    gain = np.where(gbar * g > 0, gain + up, np.where(gbar * g < 0, gain * down, gain))
    return w - lr * gain * g, (gbar, gain)


@task.mistake(
    "zero counts as agreement",
    "A gradient of 0 agrees with nothing, and flips nothing. What does your gain do in the "
    "first step, where the average is 0?",
)
def delta_bar_delta_step(w, g, state=(0.0, 1.0), *, lr, up=0.1, down=0.9, beta=0.7):
    gbar, gain = state
    gain = np.where(gbar * g >= 0, gain + up, np.where(gbar * g < 0, gain * down, gain))
    gbar = (1 - beta) * g + beta * gbar
    return w - lr * gain * g, (gbar, gain)


@task.mistake(
    "zero counts as a flip",
    "Where the product is 0 your gain shrinks. In the first step every average is 0: has any "
    "sign flipped there?",
)
def delta_bar_delta_step(w, g, state=(0.0, 1.0), *, lr, up=0.1, down=0.9, beta=0.7):
    gbar, gain = state
    gain = np.where(gbar * g > 0, gain + up, gain * down)
    gbar = (1 - beta) * g + beta * gbar
    return w - lr * gain * g, (gbar, gain)


@task.mistake(
    "step with the old gain",
    "Your gains are right, and come a step late. The step is made with the gain that this "
    "gradient has just changed: how long is it where the sign flips?",
)
def delta_bar_delta_step(w, g, state=(0.0, 1.0), *, lr, up=0.1, down=0.9, beta=0.7):
    gbar, gain = state
    new_gain = np.where(gbar * g > 0, gain + up, np.where(gbar * g < 0, gain * down, gain))
    gbar = (1 - beta) * g + beta * gbar
    return w - lr * gain * g, (gbar, new_gain)


@task.mistake(
    "weights of the average swapped",
    "The average forgets at once what it should keep. With beta = 0.75, how much of the old "
    "average is in the new one?",
)
def delta_bar_delta_step(w, g, state=(0.0, 1.0), *, lr, up=0.1, down=0.9, beta=0.7):
    gbar, gain = state
    gain = np.where(gbar * g > 0, gain + up, np.where(gbar * g < 0, gain * down, gain))
    gbar = beta * g + (1 - beta) * gbar
    return w - lr * gain * g, (gbar, gain)


@task.mistake(
    "sum for the average",
    "The average comes out too large: after many gradients of 1 it should be 1. With what is "
    "the new gradient multiplied?",
)
def delta_bar_delta_step(w, g, state=(0.0, 1.0), *, lr, up=0.1, down=0.9, beta=0.7):
    gbar, gain = state
    gain = np.where(gbar * g > 0, gain + up, np.where(gbar * g < 0, gain * down, gain))
    gbar = g + beta * gbar
    return w - lr * gain * g, (gbar, gain)


@task.mistake(
    "step along the average",
    "The average decides about the gains. In which direction does the step itself go, along "
    "the average or along this gradient?",
)
def delta_bar_delta_step(w, g, state=(0.0, 1.0), *, lr, up=0.1, down=0.9, beta=0.7):
    gbar, gain = state
    gain = np.where(gbar * g > 0, gain + up, np.where(gbar * g < 0, gain * down, gain))
    gbar = (1 - beta) * g + beta * gbar
    return w - lr * gain * gbar, (gbar, gain)


@task.mistake(
    "gains not kept",
    "Every step begins with the old gains again. What has to be in the state that you return?",
)
def delta_bar_delta_step(w, g, state=(0.0, 1.0), *, lr, up=0.1, down=0.9, beta=0.7):
    gbar, gain = state
    new_gain = np.where(gbar * g > 0, gain + up, np.where(gbar * g < 0, gain * down, gain))
    gbar = (1 - beta) * g + beta * gbar
    return w - lr * new_gain * g, (gbar, gain)


@task.mistake(
    "learning rate forgotten",
    "Your steps are too long by one and the same factor. Which letter of the last line of the "
    "formula is not in yours?",
)
def delta_bar_delta_step(w, g, state=(0.0, 1.0), *, lr, up=0.1, down=0.9, beta=0.7):
    gbar, gain = state
    gain = np.where(gbar * g > 0, gain + up, np.where(gbar * g < 0, gain * down, gain))
    gbar = (1 - beta) * g + beta * gbar
    return w - gain * g, (gbar, gain)


@task.mistake(
    "learning rate forgotten: the gain alone",
    "You step by the sign of the gradient. Here the signs decide about the gain only: how "
    "does the size of the gradient come into the step?",
)
def delta_bar_delta_step(w, g, state=(0.0, 1.0), *, lr, up=0.1, down=0.9, beta=0.7):
    gbar, gain = state
    gain = np.where(gbar * g > 0, gain + up, np.where(gbar * g < 0, gain * down, gain))
    gbar = (1 - beta) * g + beta * gbar
    return w - lr * gain * np.sign(g), (gbar, gain)


@task.mistake(
    "one verdict for all coordinates",
    "All coordinates get the same gain: you ask whether the two vectors agree on the whole. "
    "What is asked of each coordinate by itself?",
)
def delta_bar_delta_step(w, g, state=(0.0, 1.0), *, lr, up=0.1, down=0.9, beta=0.7):
    gbar, gain = state
    agree = np.sum(gbar * g)
    gain = np.where(agree > 0, gain + up, np.where(agree < 0, gain * down, gain * np.ones_like(g)))
    gbar = (1 - beta) * g + beta * gbar
    return w - lr * gain * g, (gbar, gain)


@task.mistake(
    "ascent",
    "Your parameters move with the gradient. Which way is down?",
)
def delta_bar_delta_step(w, g, state=(0.0, 1.0), *, lr, up=0.1, down=0.9, beta=0.7):
    gbar, gain = state
    gain = np.where(gbar * g > 0, gain + up, np.where(gbar * g < 0, gain * down, gain))
    gbar = (1 - beta) * g + beta * gbar
    return w + lr * gain * g, (gbar, gain)


@task.mistake(
    "flip and agreement exchanged",
    "Your gain shrinks where the signs agree and grows where they differ. A sign that stays: "
    "does it ask for a longer or a shorter step?",
)
def delta_bar_delta_step(w, g, state=(0.0, 1.0), *, lr, up=0.1, down=0.9, beta=0.7):
    gbar, gain = state
    gain = np.where(gbar * g < 0, gain + up, np.where(gbar * g > 0, gain * down, gain))
    gbar = (1 - beta) * g + beta * gbar
    return w - lr * gain * g, (gbar, gain)


@task.mistake(
    "up scaled by the learning rate",
    "Your gains grow too little: up is added to the gain, and the gain is multiplied by lr "
    "later. How large is a gain of 1 after one agreement, with up = 0.5?",
)
def delta_bar_delta_step(w, g, state=(0.0, 1.0), *, lr, up=0.1, down=0.9, beta=0.7):
    gbar, gain = state
    gain = np.where(gbar * g > 0, gain + lr * up, np.where(gbar * g < 0, gain * down, gain))
    gbar = (1 - beta) * g + beta * gbar
    return w - lr * gain * g, (gbar, gain)


@task.mistake(
    "signs compared for equality",
    "Two zeros have equal signs, and a zero has no sign to flip. Which of your two cases does "
    "a product of 0 fall into, and which should it?",
)
def delta_bar_delta_step(w, g, state=(0.0, 1.0), *, lr, up=0.1, down=0.9, beta=0.7):
    gbar, gain = state
    gain = np.where(np.sign(gbar) == np.sign(g), gain + up, gain * down)
    gbar = (1 - beta) * g + beta * gbar
    return w - lr * gain * g, (gbar, gain)


@task.mistake(
    "order in the state",
    "The numbers of the state are right, and have changed places. Which comes first, the "
    "average or the gain?",
)
def delta_bar_delta_step(w, g, state=(0.0, 1.0), *, lr, up=0.1, down=0.9, beta=0.7):
    gbar, gain = state
    gain = np.where(gbar * g > 0, gain + up, np.where(gbar * g < 0, gain * down, gain))
    gbar = (1 - beta) * g + beta * gbar
    return w - lr * gain * g, (gain, gbar)


@task.accepts("with masks")
def delta_bar_delta_step(w, g, state=(0.0, 1.0), *, lr, up=0.1, down=0.9, beta=0.7):
    gbar, gain = (np.broadcast_to(np.asarray(part, dtype=float), np.shape(w)) for part in state)
    w, g, gain = np.array(w, dtype=float), np.array(g, dtype=float), gain.copy()
    signs = np.sign(gbar) * np.sign(g)
    gain[signs == 1] += up
    gain[signs == -1] *= down
    return w - lr * (gain * g), (beta * gbar + (1 - beta) * g, gain)


@task.accepts("gain as sum and product")
def delta_bar_delta_step(w, g, state=(0.0, 1.0), *, lr, up=0.1, down=0.9, beta=0.7):
    gbar, gain = state
    agree = gbar * g
    gain = (gain + up * (agree > 0)) * np.where(agree < 0, down, 1.0)
    gbar = gbar + (1 - beta) * (g - gbar)
    return w - lr * gain * g, (gbar, gain)


# --- rprop_step ---


def random_flips(rng):
    cases = []
    for d, scale in ((3, 1.0), (4, 1e-6), (6, 1e4)):
        G = scale * rng.choice([-2.0, -0.5, 0.7, 1.0], size=(8, d))
        G[:, 1], G[4, 0] = 0.0, 0.0
        hyper = {"low": 0.04, "high": 0.15}
        cases.append(
            Case(
                f"8 gradients of size {scale:g} in {d} coordinates, lengths from 0.04 to 0.15",
                (np.ones(d), G, hyper),
                fed,
            )
        )
    return cases


task = problems.task(
    reference.rprop_step,
    cases=[
        Case(
            "g_prev = (2, 2, 2), lengths 0.1, g = (4, -4, 0), w = (1, 1, 1)",
            (np.ones(3), np.array([4.0, -4.0, 0.0]), (np.full(3, 2.0), np.full(3, 0.1)), {}),
            one,
        ),
        Case(
            "g_prev = (0, -3), lengths (0.1, 0.2), g = (-5, -0.001), w = (0, 0)",
            (
                np.zeros(2),
                np.array([-5.0, -0.001]),
                (np.array([0.0, -3.0]), np.array([0.1, 0.2])),
                {},
            ),
            one,
        ),
        Case(
            "the number 1 with gradients 100, 1, -1, -1",
            (1.0, np.array([100.0, 1.0, -1.0, -1.0]), {}),
            fed,
        ),
        Case(
            "gradients 1, -1, 1: after the flip the coordinate waits",
            (np.zeros(1), rows([1], [-1], [1], [1]), {"up": 2.0}),
            fed,
        ),
        Case(
            "gradients 1, 1, 1, 1 with up = 3 and no length above 0.5",
            (np.zeros(2), rows([1, -1], [1, -2], [1, -3], [1, -1]), {"up": 3.0, "high": 0.5}),
            fed,
        ),
        Case(
            "gradients that flip with no length below 0.06",
            (np.zeros(2), rows([1, 2], [-1, -2], [-1, 1], [1, 1], [1, -1]), {"low": 0.06}),
            fed,
        ),
        Case(
            "all lengths beyond the bounds 0.2 and 0.3 at once",
            (
                np.zeros(2),
                np.array([1.0, -1.0]),
                (np.ones(2), np.array([0.28, 0.22])),
                {"low": 0.2, "high": 0.3},
            ),
            one,
        ),
        Case(
            "whole numbers: w = (3, 4), g = (1, -2), then (3, 1)",
            (np.array([3, 4]), np.array([[1, -2], [3, 1]]), {}),
            fed,
        ),
        Case(
            "parameters of shape (2, 3)",
            (
                np.ones((2, 3)),
                rows([[1, -1, 2], [0, 3, -1]], [[2, 1, 1], [1, 3, 1]], [[1, 1, 1], [1, 1, 1]]),
                {},
            ),
            fed,
        ),
        Case("a gradient that holds NaN", (np.ones(2), rows([1, 1], [np.nan, 1]), {}), fed),
    ],
    draw=random_flips,
    why="a few products and sums in a few steps: only rounding may differ",
)


@task.mistake(
    "size of the gradient",
    "Your steps are longer where the gradient is larger. What does this rule take from a "
    "gradient, and what does it leave aside?",
)
def rprop_step(w, g, state=(0.0, 0.1), *, up=1.2, down=0.5, low=1e-6, high=50.0):
    g_prev, size = state
    agree = g_prev * g
    longer, shorter = np.minimum(up * size, high), np.maximum(down * size, low)
    size = np.where(agree > 0, longer, np.where(agree < 0, shorter, size))
    g = np.where(agree < 0, 0.0, g)
    return w - g * size, (g, size)


@task.mistake(
    "no bounds",
    "Within the bounds all is right. What should happen to a length that grows beyond high, "
    "or shrinks below low?",
)
def rprop_step(w, g, state=(0.0, 0.1), *, up=1.2, down=0.5, low=1e-6, high=50.0):
    g_prev, size = state
    agree = g_prev * g
    size = np.where(agree > 0, up * size, np.where(agree < 0, down * size, size))
    g = np.where(agree < 0, 0.0, g)
    return w - np.sign(g) * size, (g, size)


@task.mistake(
    "no upper bound",
    "Short lengths come out right, and long ones grow on. Which bound holds on the way up?",
)
def rprop_step(w, g, state=(0.0, 0.1), *, up=1.2, down=0.5, low=1e-6, high=50.0):
    g_prev, size = state
    agree = g_prev * g
    longer, shorter = up * size, np.maximum(down * size, low)
    size = np.where(agree > 0, longer, np.where(agree < 0, shorter, size))
    g = np.where(agree < 0, 0.0, g)
    return w - np.sign(g) * size, (g, size)


@task.mistake(
    "no lower bound",
    "Long lengths come out right, and short ones shrink on. Which bound holds on the way down?",
)
def rprop_step(w, g, state=(0.0, 0.1), *, up=1.2, down=0.5, low=1e-6, high=50.0):
    g_prev, size = state
    agree = g_prev * g
    longer, shorter = np.minimum(up * size, high), down * size
    size = np.where(agree > 0, longer, np.where(agree < 0, shorter, size))
    g = np.where(agree < 0, 0.0, g)
    return w - np.sign(g) * size, (g, size)


@task.mistake(
    "bounds exchanged",
    "Your lengths jump straight to a bound. A length should be at most high: is that the "
    "larger or the smaller of the two numbers?",
)
def rprop_step(w, g, state=(0.0, 0.1), *, up=1.2, down=0.5, low=1e-6, high=50.0):
    g_prev, size = state
    agree = g_prev * g
    longer, shorter = np.maximum(up * size, high), np.minimum(down * size, low)
    size = np.where(agree > 0, longer, np.where(agree < 0, shorter, size))
    g = np.where(agree < 0, 0.0, g)
    return w - np.sign(g) * size, (g, size)


@task.mistake(
    "no waiting after a flip",
    "Where the sign flips your coordinate turns back at once, and remembers the flip. In the "
    "formula two things follow from setting g to 0 there: what does the coordinate do in this "
    "step, and how does the next gradient compare?",
)
def rprop_step(w, g, state=(0.0, 0.1), *, up=1.2, down=0.5, low=1e-6, high=50.0):
    g_prev, size = state
    agree = g_prev * g
    longer, shorter = np.minimum(up * size, high), np.maximum(down * size, low)
    size = np.where(agree > 0, longer, np.where(agree < 0, shorter, size))
    return w - np.sign(g) * size, (g, size)


@task.mistake(
    "waits but remembers the gradient",
    "Your coordinate waits, as it should. But the state holds the gradient that flipped, so "
    "the next one is compared with it: what stands in the state after a flip?",
)
def rprop_step(w, g, state=(0.0, 0.1), *, up=1.2, down=0.5, low=1e-6, high=50.0):
    g_prev, size = state
    agree = g_prev * g
    longer, shorter = np.minimum(up * size, high), np.maximum(down * size, low)
    size = np.where(agree > 0, longer, np.where(agree < 0, shorter, size))
    return w - np.sign(np.where(agree < 0, 0.0, g)) * size, (g, size)


@task.mistake(
    "forgets but does not wait",
    "The state is right. But the coordinate moves in the step of the flip: what is the sign "
    "of the gradient that was set to 0?",
)
def rprop_step(w, g, state=(0.0, 0.1), *, up=1.2, down=0.5, low=1e-6, high=50.0):
    g_prev, size = state
    agree = g_prev * g
    longer, shorter = np.minimum(up * size, high), np.maximum(down * size, low)
    size = np.where(agree > 0, longer, np.where(agree < 0, shorter, size))
    return w - np.sign(g) * size, (np.where(agree < 0, 0.0, g), size)


@task.mistake(
    "step taken back",
    "Where the sign flips you take the last step back. That is an older variant of the "
    "method; here the coordinate stays where it is. What is asked for in the second line of "
    "the formula?",
)
def rprop_step(w, g, state=(0.0, 0.1), *, up=1.2, down=0.5, low=1e-6, high=50.0):
    g_prev, size = state
    agree = g_prev * g
    back = np.sign(g_prev) * size
    longer, shorter = np.minimum(up * size, high), np.maximum(down * size, low)
    size = np.where(agree > 0, longer, np.where(agree < 0, shorter, size))
    return np.where(agree < 0, w + back, w - np.sign(g) * size), (np.where(agree < 0, 0.0, g), size)


@task.mistake(
    "grows where the product is zero",
    "Your length grows in the very first step, where there was no gradient before. Does a "
    "product of 0 say that two signs agree?",
)
def rprop_step(w, g, state=(0.0, 0.1), *, up=1.2, down=0.5, low=1e-6, high=50.0):
    g_prev, size = state
    agree = g_prev * g
    longer, shorter = np.minimum(up * size, high), np.maximum(down * size, low)
    size = np.where(agree >= 0, longer, np.where(agree < 0, shorter, size))
    g = np.where(agree < 0, 0.0, g)
    return w - np.sign(g) * size, (g, size)


@task.mistake(
    "shrinks where the product is zero",
    "Your length shrinks in the very first step, where there was no gradient before. Has a "
    "sign flipped there?",
)
def rprop_step(w, g, state=(0.0, 0.1), *, up=1.2, down=0.5, low=1e-6, high=50.0):
    g_prev, size = state
    agree = g_prev * g
    longer, shorter = np.minimum(up * size, high), np.maximum(down * size, low)
    size = np.where(agree > 0, longer, shorter)
    g = np.where(agree < 0, 0.0, g)
    return w - np.sign(g) * size, (g, size)


@task.mistake(
    "step with the old length",
    "Your lengths are right and come a step late. Which length does this step have, the one "
    "before or the one after the signs were compared?",
)
def rprop_step(w, g, state=(0.0, 0.1), *, up=1.2, down=0.5, low=1e-6, high=50.0):
    g_prev, size = state
    agree = g_prev * g
    longer, shorter = np.minimum(up * size, high), np.maximum(down * size, low)
    new = np.where(agree > 0, longer, np.where(agree < 0, shorter, size))
    g = np.where(agree < 0, 0.0, g)
    return w - np.sign(g) * size, (g, new)


@task.mistake(
    "up and down exchanged",
    "Where the signs agree your lengths shrink. A sign that stays: is the minimum still "
    "ahead, or already behind?",
)
def rprop_step(w, g, state=(0.0, 0.1), *, up=1.2, down=0.5, low=1e-6, high=50.0):
    g_prev, size = state
    agree = g_prev * g
    longer, shorter = np.minimum(up * size, high), np.maximum(down * size, low)
    size = np.where(agree < 0, longer, np.where(agree > 0, shorter, size))
    g = np.where(agree < 0, 0.0, g)
    return w - np.sign(g) * size, (g, size)


@task.mistake(
    "up is added",
    "Your lengths grow by a sum. Here both changes are factors: what is a length of 0.1 after "
    "one agreement, with up = 1.2?",
)
def rprop_step(w, g, state=(0.0, 0.1), *, up=1.2, down=0.5, low=1e-6, high=50.0):
    g_prev, size = state
    agree = g_prev * g
    longer, shorter = np.minimum(size + up, high), np.maximum(down * size, low)
    size = np.where(agree > 0, longer, np.where(agree < 0, shorter, size))
    g = np.where(agree < 0, 0.0, g)
    return w - np.sign(g) * size, (g, size)


@task.mistake(
    "one verdict for all coordinates",
    "All coordinates grow and shrink together: you ask whether the two vectors agree on the "
    "whole. What is asked of each coordinate by itself?",
)
def rprop_step(w, g, state=(0.0, 0.1), *, up=1.2, down=0.5, low=1e-6, high=50.0):
    g_prev, size = state
    agree = np.sum(g_prev * g) * np.ones_like(g)
    longer, shorter = np.minimum(up * size, high), np.maximum(down * size, low)
    size = np.where(agree > 0, longer, np.where(agree < 0, shorter, size))
    g = np.where(agree < 0, 0.0, g)
    return w - np.sign(g) * size, (g, size)


@task.mistake(
    "ascent",
    "Your parameters move with the gradient. Which way is down?",
)
def rprop_step(w, g, state=(0.0, 0.1), *, up=1.2, down=0.5, low=1e-6, high=50.0):
    g_prev, size = state
    agree = g_prev * g
    longer, shorter = np.minimum(up * size, high), np.maximum(down * size, low)
    size = np.where(agree > 0, longer, np.where(agree < 0, shorter, size))
    g = np.where(agree < 0, 0.0, g)
    return w + np.sign(g) * size, (g, size)


@task.mistake(
    "lengths not kept",
    "Every step begins with the old lengths again. What has to be in the state that you return?",
)
def rprop_step(w, g, state=(0.0, 0.1), *, up=1.2, down=0.5, low=1e-6, high=50.0):
    g_prev, size = state
    agree = g_prev * g
    longer, shorter = np.minimum(up * size, high), np.maximum(down * size, low)
    new = np.where(agree > 0, longer, np.where(agree < 0, shorter, size))
    g = np.where(agree < 0, 0.0, g)
    return w - np.sign(g) * new, (g, size)


@task.mistake(
    "signs compared for equality",
    "You ask whether the two signs are equal, and two zeros are equal as well. Should a "
    "coordinate without any gradient grow its step?",
)
def rprop_step(w, g, state=(0.0, 0.1), *, up=1.2, down=0.5, low=1e-6, high=50.0):
    g_prev, size = state
    same, flip = np.sign(g_prev) == np.sign(g), np.sign(g_prev) == -np.sign(g)
    size = np.where(
        same, np.minimum(up * size, high), np.where(flip, np.maximum(down * size, low), size)
    )
    g = np.where(g_prev * g < 0, 0.0, g)
    return w - np.sign(g) * size, (g, size)


@task.mistake(
    "sign of the last gradient",
    "Your steps come a gradient late: the first does not move at all. Whose sign decides "
    "about the direction of this step?",
)
def rprop_step(w, g, state=(0.0, 0.1), *, up=1.2, down=0.5, low=1e-6, high=50.0):
    g_prev, size = state
    agree = g_prev * g
    longer, shorter = np.minimum(up * size, high), np.maximum(down * size, low)
    size = np.where(agree > 0, longer, np.where(agree < 0, shorter, size))
    return w - np.sign(g_prev) * size, (np.where(agree < 0, 0.0, g), size)


@task.mistake(
    "order in the state",
    "The numbers of the state are right, and have changed places. Which comes first, the "
    "gradient or the length?",
)
def rprop_step(w, g, state=(0.0, 0.1), *, up=1.2, down=0.5, low=1e-6, high=50.0):
    g_prev, size = state
    agree = g_prev * g
    longer, shorter = np.minimum(up * size, high), np.maximum(down * size, low)
    size = np.where(agree > 0, longer, np.where(agree < 0, shorter, size))
    g = np.where(agree < 0, 0.0, g)
    return w - np.sign(g) * size, (size, g)


@task.mistake(
    "learning rate of a tenth",
    "Your steps are a tenth of what they should be. The lengths are steps already: is there "
    "another factor in the formula?",
)
def rprop_step(w, g, state=(0.0, 0.1), *, up=1.2, down=0.5, low=1e-6, high=50.0):
    g_prev, size = state
    agree = g_prev * g
    longer, shorter = np.minimum(up * size, high), np.maximum(down * size, low)
    size = np.where(agree > 0, longer, np.where(agree < 0, shorter, size))
    g = np.where(agree < 0, 0.0, g)
    return w - 0.1 * np.sign(g) * size, (g, size)


@task.accepts("with masks")
def rprop_step(w, g, state=(0.0, 0.1), *, up=1.2, down=0.5, low=1e-6, high=50.0):
    w, g = np.array(w, dtype=float), np.array(g, dtype=float)
    g_prev, size = (np.array(np.broadcast_to(part, w.shape), dtype=float) for part in state)
    same, flip = g_prev * g > 0, g_prev * g < 0
    size[same] = np.minimum(size[same] * up, high)
    size[flip] = np.maximum(size[flip] * down, low)
    g[flip] = 0
    return w - size * np.sign(g), (g, size)


@task.accepts("by the product of signs")
def rprop_step(w, g, state=(0.0, 0.1), *, up=1.2, down=0.5, low=1e-6, high=50.0):
    g_prev, size = state
    signs = np.sign(g_prev) * np.sign(g)
    factor = np.where(signs == 1, up, np.where(signs == -1, down, 1.0))
    bounded = np.clip(size * factor, low, high)
    size = np.where(np.abs(signs) == 1, bounded, size)
    g = g * (signs != -1)
    return w - size * np.sign(g), (g, size)


# --- adagrad_step ---


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


task = problems.task(
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


# --- rmsprop_step ---


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


task = problems.task(
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


@task.accepts("rate first")
def rmsprop_step(w, g, v=0.0, *, lr, rho=0.9, eps=1e-8):
    w, g = np.asarray(w, dtype=float), np.asarray(g, dtype=float)
    v = rho * np.asarray(v, dtype=float) + (1 - rho) * np.square(g)
    return w - (lr / (v**0.5 + eps)) * g, v


@task.accepts("a share of the way to the new square")
def rmsprop_step(w, g, v=0.0, *, lr, rho=0.9, eps=1e-8):
    v = v + (1 - rho) * (g * g - v)
    return w - lr * np.divide(g, np.sqrt(v) + eps), v


# --- adadelta_step ---


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
task = problems.task(
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
    "Your parameters move with the gradient. Which way is down?",
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


# --- effective_lr ---


def rate(answer, method, G, hyper):
    """Ask for the rates of a method."""
    return answer(method, G, **hyper)


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


task = problems.task(
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


# --- rotate_problem ---


def random_turns(rng):
    cases = []
    for scale in (1.0, 1e-3, 1e3):
        H = scale * rng.normal(size=(2, 2))
        H[0, 1] = H[1, 0]
        cases.append(Case(f"a random H of size {scale:g}", (H, float(rng.uniform(0.2, 1.3)))))
    return cases


LONG = np.diag([0.2, 4.0])
task = problems.task(
    reference.rotate_problem,
    cases=[
        Case("H = diag(1, 3), by 45 degrees: [[2, -1], [-1, 2]]", (np.diag([1.0, 3.0]), np.pi / 4)),
        Case("H = diag(0.2, 4), by 30 degrees", (LONG, np.pi / 6)),
        Case("H = diag(1, 3), by 90 degrees: diag(3, 1)", (np.diag([1.0, 3.0]), np.pi / 2)),
        Case("H = diag(0.2, 4), backwards by 0.3", (LONG, -0.3)),
        Case("H = [[2, 1], [1, 0]], by 1 radian", (np.array([[2.0, 1.0], [1.0, 0.0]]), 1.0)),
        Case("not turned at all", (np.array([[2.0, 1.0], [1.0, 5.0]]), 0.0)),
        Case(
            "not symmetric: H = [[1, 2], [0, 3]], by 0.7", (np.array([[1.0, 2.0], [0.0, 3.0]]), 0.7)
        ),
        Case("whole numbers: H = diag(1, 3), by 1 radian", (np.array([[1, 0], [0, 3]]), 1)),
        Case("H holds NaN", (np.array([[np.nan, 0.0], [0.0, 1.0]]), 0.5)),
        Case("H is 3 x 3", (np.eye(3), 0.5)),
    ],
    draw=random_turns,
    why="two products of small matrices: only rounding may differ",
)


@task.mistake(
    "turned twice",
    "You multiply by the same R from both sides. For a point u of the turned picture, which "
    "point of the old one lies under it, and how does its transpose look?",
)
def rotate_problem(H, theta):
    c, s = np.cos(theta), np.sin(theta)
    R = np.array([[c, -s], [s, c]])
    return R @ H @ R, R


@task.mistake(
    "Hessian and points turned against each other",
    "Your R is right and the Hessian is turned the other way. Take a point w and its image "
    "Rw: has the turned quadratic there the value that the old one has at w?",
)
def rotate_problem(H, theta):
    c, s = np.cos(theta), np.sin(theta)
    R = np.array([[c, -s], [s, c]])
    return R.T @ H @ R, R


@task.mistake(
    "points turned the other way",
    "Your Hessian is right and the matrix for the points turns back. Where should (1, 0) go "
    "if the picture turns by 90 degrees, counterclockwise?",
)
def rotate_problem(H, theta):
    c, s = np.cos(theta), np.sin(theta)
    R = np.array([[c, -s], [s, c]])
    return R @ H @ R.T, R.T


@task.mistake(
    "clockwise",
    "Everything fits together, and turns the other way round. Where should (1, 0) go if the "
    "picture turns by 90 degrees, counterclockwise?",
)
def rotate_problem(H, theta):
    c, s = np.cos(theta), np.sin(theta)
    R = np.array([[c, -s], [s, c]])
    return R.T @ H @ R, R.T


@task.mistake(
    "degrees",
    "You take theta for degrees. In which unit do cosine and sine expect their angle, and in "
    "which one does it come?",
)
def rotate_problem(H, theta):
    theta = np.radians(theta)
    c, s = np.cos(theta), np.sin(theta)
    R = np.array([[c, -s], [s, c]])
    return R @ H @ R.T, R


@task.mistake(
    "both minus signs",
    "Your R does not keep lengths. How long is the image of (1, 0), and what is the angle "
    "between its columns?",
)
def rotate_problem(H, theta):
    c, s = np.cos(theta), np.sin(theta)
    R = np.array([[c, -s], [-s, c]])
    return R @ H @ R.T, R


@task.mistake(
    "no minus sign",
    "Your R does not keep lengths and has no minus. Are its columns perpendicular?",
)
def rotate_problem(H, theta):
    c, s = np.cos(theta), np.sin(theta)
    R = np.array([[c, s], [s, c]])
    return R @ H @ R.T, R


@task.mistake(
    "a mirror",
    "Your R keeps lengths, but it is a mirror: its determinant is -1. What does it do for an "
    "angle of 0?",
)
def rotate_problem(H, theta):
    c, s = np.cos(theta), np.sin(theta)
    R = np.array([[c, s], [s, -c]])
    return R @ H @ R.T, R


@task.mistake(
    "turned on one side",
    "You turn what comes out of H, and not what goes in. A gradient is H times a point: which "
    "of the two lies in the turned picture?",
)
def rotate_problem(H, theta):
    c, s = np.cos(theta), np.sin(theta)
    R = np.array([[c, -s], [s, c]])
    return R @ H, R


@task.mistake(
    "entry by entry",
    "You multiply entry by entry. Which product is meant between matrices?",
)
def rotate_problem(H, theta):
    c, s = np.cos(theta), np.sin(theta)
    R = np.array([[c, -s], [s, c]])
    return R * H * R.T, R


@task.mistake(
    "H not turned",
    "Your H came back as it was. In the turned picture the long axis lies elsewhere: can the "
    "Hessian be the same?",
)
def rotate_problem(H, theta):
    c, s = np.cos(theta), np.sin(theta)
    R = np.array([[c, -s], [s, c]])
    return H * 1.0, R


@task.mistake(
    "in the other order",
    "Both matrices are right, and stand in the other order.",
)
def rotate_problem(H, theta):
    c, s = np.cos(theta), np.sin(theta)
    R = np.array([[c, -s], [s, c]])
    return R, R @ H @ R.T


@task.mistake(
    "only the Hessian",
    "The turned Hessian is right. What else should come back, so that a start can be turned "
    "as well?",
)
def rotate_problem(H, theta):
    c, s = np.cos(theta), np.sin(theta)
    R = np.array([[c, -s], [s, c]])
    return R @ H @ R.T


@task.mistake(
    "half of the angle",
    "You turn by half of the angle. Is there a reason to halve it?",
)
def rotate_problem(H, theta):
    c, s = np.cos(theta / 2), np.sin(theta / 2)
    R = np.array([[c, -s], [s, c]])
    return R @ H @ R.T, R


@task.mistake(
    "sine and cosine exchanged",
    "For an angle of 0 nothing should move. Where does your R take (1, 0) then?",
)
def rotate_problem(H, theta):
    c, s = np.sin(theta), np.cos(theta)
    R = np.array([[c, -s], [s, c]])
    return R @ H @ R.T, R


@task.mistake(
    "transposed on both sides",
    "You multiply by the transpose from both sides. Put w = R^T u into the old height: which "
    "side gets R, and which its transpose?",
)
def rotate_problem(H, theta):
    c, s = np.cos(theta), np.sin(theta)
    R = np.array([[c, -s], [s, c]])
    return R.T @ H @ R.T, R


@task.mistake(
    "turned on the other side only",
    "You turn what goes into H, and not what comes out. A gradient is H times a point, and "
    "has to lie in the turned picture as well: what is missing?",
)
def rotate_problem(H, theta):
    c, s = np.cos(theta), np.sin(theta)
    R = np.array([[c, -s], [s, c]])
    return H @ R.T, R


@task.accepts("by its images")
def rotate_problem(H, theta):
    H = np.asarray(H, dtype=float)
    if H.shape != (2, 2):
        raise ValueError("H must be 2 x 2")
    R = np.stack([[np.cos(theta), np.sin(theta)], [-np.sin(theta), np.cos(theta)]], axis=1)
    return np.linalg.multi_dot([R, H, R.T]), R


@task.accepts("with a complex number")
def rotate_problem(H, theta):
    if np.shape(H) != (2, 2):
        raise ValueError("H must be 2 x 2")
    z = np.exp(1j * theta)
    R = np.array([[z.real, -z.imag], [z.imag, z.real]])
    return np.dot(np.dot(R, H), R.T), R
