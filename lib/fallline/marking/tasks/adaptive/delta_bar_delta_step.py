"""Task `delta_bar_delta_step` of chapter `adaptive`."""

import numpy as np

from fallline import adaptive as reference
from fallline.marking.task import Case, Task
from fallline.marking.tasks.adaptive.cases import fed, one, rows


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


task = Task(
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
            "gradients 4, -2, 1: after the second the average is 0",
            (np.zeros(1), rows([4], [-2], [1]), SIGNS),
            fed,
        ),
        Case(
            "gbar = (1e-6, -1e-6), gains (1, 1), g = (1e-6, 1e-6), w = (0, 0)",
            (np.zeros(2), np.full(2, 1e-6), (np.array([1e-6, -1e-6]), np.ones(2)), SIGNS),
            one,
        ),
        Case(
            "gradients of size 1e-5: 1, 2, -1 hundred-thousandths",
            (np.zeros(1), 1e-5 * rows([1], [2], [-1]), SIGNS),
            fed,
        ),
        Case(
            "gbar = (2, 2), g = (1, -1), gains (200, 0.0001): a gain has no bounds",
            (
                np.zeros(2),
                np.array([1.0, -1.0]),
                (np.full(2, 2.0), np.array([200.0, 1e-4])),
                SIGNS,
            ),
            one,
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


@task.mistake(
    "small products taken for 0",
    "With gradients of 1 you are right, with gradients of 1e-6 your gains stay as they are. "
    "How small is the product of two such numbers, and has it a sign?",
)
def delta_bar_delta_step(w, g, state=(0.0, 1.0), *, lr, up=0.1, down=0.9, beta=0.7):
    gbar, gain = state
    new = np.where(gbar * g > 0, gain + up, gain * down)
    gain = np.where(np.isclose(gbar * g, 0), gain, new)
    gbar = (1 - beta) * g + beta * gbar
    return w - lr * gain * g, (gbar, gain)


@task.mistake(
    "gains held between bounds",
    "Gains of ordinary size are right; a gain of 200 or of 0.0001 comes out elsewhere. Which "
    "bounds does the rule set?",
)
def delta_bar_delta_step(w, g, state=(0.0, 1.0), *, lr, up=0.1, down=0.9, beta=0.7):
    gbar, gain = state
    gain = np.where(gbar * g > 0, gain + up, np.where(gbar * g < 0, gain * down, gain))
    gain = np.clip(gain, 0.01, 10)
    gbar = (1 - beta) * g + beta * gbar
    return w - lr * gain * g, (gbar, gain)


@task.mistake(
    "sign of the average alone",
    "Your gain grows wherever the average is positive. With what should the sign of the "
    "average be compared, and what if both are negative?",
)
def delta_bar_delta_step(w, g, state=(0.0, 1.0), *, lr, up=0.1, down=0.9, beta=0.7):
    gbar, gain = state
    gain = np.where(gbar > 0, gain + up, np.where(gbar < 0, gain * down, gain))
    gbar = (1 - beta) * g + beta * gbar
    return w - lr * gain * g, (gbar, gain)


@task.mistake(
    "gain not in the step",
    "The state is right, and all coordinates step as in plain gradient descent. What is the "
    "gain for?",
)
def delta_bar_delta_step(w, g, state=(0.0, 1.0), *, lr, up=0.1, down=0.9, beta=0.7):
    gbar, gain = state
    gain = np.where(gbar * g > 0, gain + up, np.where(gbar * g < 0, gain * down, gain))
    gbar = (1 - beta) * g + beta * gbar
    return w - lr * g, (gbar, gain)


@task.mistake(
    "up, down and beta always the usual ones",
    "With up, down and beta left out you are right. By how much does a gain of 1 grow, if up "
    "is 0.5?",
)
def delta_bar_delta_step(w, g, state=(0.0, 1.0), *, lr, up=0.1, down=0.9, beta=0.7):
    gbar, gain = state
    gain = np.where(gbar * g > 0, gain + 0.1, np.where(gbar * g < 0, gain * 0.9, gain))
    gbar = 0.3 * g + 0.7 * gbar
    return w - lr * gain * g, (gbar, gain)


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
