"""Task `rprop_step` of chapter `adaptive`."""

import numpy as np

from fallline import adaptive as reference
from fallline.marking.task import Case, Task
from fallline.marking.tasks.adaptive.cases import fed, one, rows


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


task = Task(
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
            "lengths 0.28, which grows, and 0.22, which shrinks, with the bounds 0.2 and 0.3",
            (
                np.zeros(2),
                np.array([1.0, -1.0]),
                (np.ones(2), np.array([0.28, 0.22])),
                {"low": 0.2, "high": 0.3},
            ),
            one,
        ),
        Case(
            "g_prev = (1e-6, -1e-6), lengths 0.1, g = (1e-6, 1e-6), w = (0, 0)",
            (np.zeros(2), np.full(2, 1e-6), (np.array([1e-6, -1e-6]), np.full(2, 0.1)), {}),
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


@task.mistake(
    "g set to 0 before the comparison",
    "Your coordinate waits after a flip, and its length stays: 0.1 should have become 0.05. "
    "What is the product that you look at, once g is 0?",
)
def rprop_step(w, g, state=(0.0, 0.1), *, up=1.2, down=0.5, low=1e-6, high=50.0):
    g_prev, size = state
    g = np.where(g_prev * g < 0, 0.0, g)
    agree = g_prev * g
    longer, shorter = np.minimum(up * size, high), np.maximum(down * size, low)
    size = np.where(agree > 0, longer, np.where(agree < 0, shorter, size))
    return w - np.sign(g) * size, (g, size)


@task.mistake(
    "signs in the state",
    "Parameters and lengths are right. Your state remembers the sign of the gradient: what "
    "does the task want to have back, after a gradient of 4?",
)
def rprop_step(w, g, state=(0.0, 0.1), *, up=1.2, down=0.5, low=1e-6, high=50.0):
    g_prev, size = state
    agree = g_prev * g
    longer, shorter = np.minimum(up * size, high), np.maximum(down * size, low)
    size = np.where(agree > 0, longer, np.where(agree < 0, shorter, size))
    g = np.sign(np.where(agree < 0, 0.0, g))
    return w - g * size, (g, size)


@task.mistake(
    "small products taken for 0",
    "With gradients of 1 you are right, with gradients of 1e-6 your lengths stay as they are. "
    "How small is the product of two such numbers, and has it a sign?",
)
def rprop_step(w, g, state=(0.0, 0.1), *, up=1.2, down=0.5, low=1e-6, high=50.0):
    g_prev, size = state
    agree = np.where(np.isclose(g_prev * g, 0), 0, g_prev * g)
    longer, shorter = np.minimum(up * size, high), np.maximum(down * size, low)
    size = np.where(agree > 0, longer, np.where(agree < 0, shorter, size))
    g = np.where(agree < 0, 0.0, g)
    return w - np.sign(g) * size, (g, size)


@task.mistake(
    "old gradient kept",
    "Parameters and lengths of one step are right. But the gradient in the state is still the "
    "one before: with what is the next gradient compared?",
)
def rprop_step(w, g, state=(0.0, 0.1), *, up=1.2, down=0.5, low=1e-6, high=50.0):
    g_prev, size = state
    agree = g_prev * g
    longer, shorter = np.minimum(up * size, high), np.maximum(down * size, low)
    size = np.where(agree > 0, longer, np.where(agree < 0, shorter, size))
    g = np.where(agree < 0, 0.0, g)
    return w - np.sign(g) * size, (g_prev, size)


@task.mistake(
    "waits where the product is zero",
    "Your coordinate waits in the very first step too, where there was no gradient before. "
    "For which sign of the product is g set to 0?",
)
def rprop_step(w, g, state=(0.0, 0.1), *, up=1.2, down=0.5, low=1e-6, high=50.0):
    g_prev, size = state
    agree = g_prev * g
    longer, shorter = np.minimum(up * size, high), np.maximum(down * size, low)
    size = np.where(agree > 0, longer, np.where(agree < 0, shorter, size))
    g = np.where(agree <= 0, 0.0, g)
    return w - np.sign(g) * size, (g, size)


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


@task.accepts("bounds in every case")
def rprop_step(w, g, state=(0.0, 0.1), *, up=1.2, down=0.5, low=1e-6, high=50.0):
    g_prev, size = state
    agree = g_prev * g
    factor = 1 + (up - 1) * (agree > 0) + (down - 1) * (agree < 0)
    size = np.clip(factor * size, low, high)
    g = np.where(agree < 0, 0.0, g)
    return w - np.sign(g) * size, (g, size)
