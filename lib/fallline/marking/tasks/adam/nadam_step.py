"""Task `nadam_step` of chapter `adam`."""

import numpy as np

from fallline import adam as reference
from fallline.marking.task import Case, Task
from fallline.marking.tasks.adam.cases import (
    FRESH,
    eps_cases,
    late_cases,
    once,
    random_steps,
    step_cases,
)

task = Task(
    reference.nadam_step,
    cases=[
        *step_cases(FRESH),
        *eps_cases(FRESH),
        *late_cases(),
        Case(
            "a state after 5 steps: m = (0.6, -0.2), v = (0.7, 0.1)",
            (
                np.array([1.0, -1.0]),
                np.array([0.5, -0.3]),
                (np.array([0.6, -0.2]), np.array([0.7, 0.1]), 5),
                {"lr": 0.01},
            ),
            once,
        ),
        Case(
            "a state after 1 step: m = v = (1, 2)",
            (
                np.ones(2),
                np.ones(2),
                (np.array([1.0, 2.0]), np.array([1.0, 2.0]), 1),
                {"lr": 1.0, "beta2": 0.75},
            ),
            once,
        ),
    ],
    draw=lambda rng: random_steps(rng, FRESH),
    why="a few products, a root and a quotient: only rounding may differ",
)


@task.mistake(
    "Adam",
    "Your first step has one learning rate: that is Adam. NAdam's is longer, because the "
    "momentum that the next step would bring is taken now.",
)
def nadam_step(w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_bar = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return w - lr * m_bar / (np.sqrt(v_hat) + eps), (m, v, t)


@task.mistake(
    "m from before the step",
    "You look ahead with the m that does not know this gradient yet. The gradient is in "
    "the second term; which m is in the first?",
)
def nadam_step(w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_bar = beta1 * state[0] / (1 - beta1 ** (t + 1)) + (1 - beta1) * g / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return w - lr * m_bar / (np.sqrt(v_hat) + eps), (m, v, t)


@task.mistake(
    "one divisor for both",
    "The part with m is a little too large. It belongs to the step after this one: how "
    "many gradients will the average hold then?",
)
def nadam_step(w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_bar = beta1 * m / (1 - beta1**t) + (1 - beta1) * g / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return w - lr * m_bar / (np.sqrt(v_hat) + eps), (m, v, t)


@task.mistake(
    "the later divisor for both",
    "The part with g is a little too small. Which step does this gradient belong to?",
)
def nadam_step(w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_bar = beta1 * m / (1 - beta1 ** (t + 1)) + (1 - beta1) * g / (1 - beta1 ** (t + 1))
    v_hat = v / (1 - beta2**t)
    return w - lr * m_bar / (np.sqrt(v_hat) + eps), (m, v, t)


@task.mistake(
    "divisors swapped",
    "Both divisors are there, each under the wrong term. Which of the two terms looks one "
    "step ahead?",
)
def nadam_step(w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_bar = beta1 * m / (1 - beta1**t) + (1 - beta1) * g / (1 - beta1 ** (t + 1))
    v_hat = v / (1 - beta2**t)
    return w - lr * m_bar / (np.sqrt(v_hat) + eps), (m, v, t)


@task.mistake(
    "v looks ahead too",
    "Your steps are off by the divisor of v: it is that of the next step. Whose look- "
    "ahead is Nesterov's, the direction's or the size's?",
)
def nadam_step(w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_bar = beta1 * m / (1 - beta1 ** (t + 1)) + (1 - beta1) * g / (1 - beta1**t)
    v_hat = v / (1 - beta2 ** (t + 1))
    return w - lr * m_bar / (np.sqrt(v_hat) + eps), (m, v, t)


@task.mistake(
    "m not weighted",
    "Your first step has almost two learning rates: m is taken whole, and part of g on "
    "top. What share of the mixture is m's?",
)
def nadam_step(w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_bar = m / (1 - beta1 ** (t + 1)) + (1 - beta1) * g / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return w - lr * m_bar / (np.sqrt(v_hat) + eps), (m, v, t)


@task.mistake(
    "g not weighted",
    "Your first step is nearly ten times too long: the whole g is added. What share of "
    "the mixture is g's?",
)
def nadam_step(w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_bar = beta1 * m / (1 - beta1 ** (t + 1)) + g / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return w - lr * m_bar / (np.sqrt(v_hat) + eps), (m, v, t)


@task.mistake(
    "nothing corrected",
    "Your first step has six learning rates: averages that begin at 0 want their "
    "correction here as in Adam.",
)
def nadam_step(w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_bar = beta1 * m + (1 - beta1) * g
    v_hat = v
    return w - lr * m_bar / (np.sqrt(v_hat) + eps), (m, v, t)


@task.mistake(
    "m_bar not corrected",
    "Your first step has a fifth of a learning rate. v is corrected; what about the two "
    "terms of the direction?",
)
def nadam_step(w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_bar = beta1 * m + (1 - beta1) * g
    v_hat = v / (1 - beta2**t)
    return w - lr * m_bar / (np.sqrt(v_hat) + eps), (m, v, t)


@task.mistake(
    "v not corrected",
    "Your first step is 32 times too long. Which average under the root began at 0?",
)
def nadam_step(w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_bar = beta1 * m / (1 - beta1 ** (t + 1)) + (1 - beta1) * g / (1 - beta1**t)
    v_hat = v
    return w - lr * m_bar / (np.sqrt(v_hat) + eps), (m, v, t)


@task.mistake(
    "mixture stored",
    "The first step is right and the second is not: the look-ahead went into the memory. "
    "Which m does the next average start from?",
)
def nadam_step(w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_bar = beta1 * m / (1 - beta1 ** (t + 1)) + (1 - beta1) * g / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return w - lr * m_bar / (np.sqrt(v_hat) + eps), (m_bar, v, t)


@task.mistake(
    "eps under the root",
    "Gradients near 1e-8 hardly move. On which side of the root does eps stand?",
)
def nadam_step(w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_bar = beta1 * m / (1 - beta1 ** (t + 1)) + (1 - beta1) * g / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return w - lr * m_bar / np.sqrt(v_hat + eps), (m, v, t)


@task.mistake(
    "weights swapped",
    "Your first step is shorter than it should be: g has the weight of m and m that of g. "
    "Which of them has the share beta1?",
)
def nadam_step(w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_bar = (1 - beta1) * m / (1 - beta1 ** (t + 1)) + beta1 * g / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return w - lr * m_bar / (np.sqrt(v_hat) + eps), (m, v, t)


@task.mistake(
    "t not counted",
    "Every step is corrected like the first. Does the state remember t?",
)
def nadam_step(w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_bar = beta1 * m / (1 - beta1 ** (t + 1)) + (1 - beta1) * g / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return w - lr * m_bar / (np.sqrt(v_hat) + eps), (m, v, t - 1)


@task.mistake(
    "eps of the call ignored",
    "With eps = 1 beside a gradient of 1 your step is as long as with the tiny default: you "
    "divide by the same small number whatever the call says. Where does the argument eps go?",
)
def nadam_step(w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_bar = beta1 * m / (1 - beta1 ** (t + 1)) + (1 - beta1) * g / (1 - beta1**t)
    return w - lr * m_bar / (np.sqrt(v / (1 - beta2**t)) + 1e-8), (m, v, t)


@task.mistake(
    "g taken whole",
    "The first step is right, since g / 1 is the corrected g there; from the second on "
    "the new gradient weighs too much. Which share of the mixture is its own?",
)
def nadam_step(w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_bar = beta1 * m / (1 - beta1 ** (t + 1)) + g
    return w - lr * m_bar / (np.sqrt(v / (1 - beta2**t)) + eps), (m, v, t)


@task.mistake(
    "Adam with a later divisor",
    "Your first step is about half a learning rate: only the divisor looks ahead, and "
    "nothing of g is taken beside m. How many terms has the mixture?",
)
def nadam_step(w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_bar = m / (1 - beta1 ** (t + 1))
    return w - lr * m_bar / (np.sqrt(v / (1 - beta2**t)) + eps), (m, v, t)


@task.mistake(
    "1 added to the divisor",
    "Your first step is 1.08 learning rates long: the 1 is added to the divisor and not "
    "to the power. How far does the exponent go?",
)
def nadam_step(w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_bar = beta1 * m / (1 - beta1**t + 1) + (1 - beta1) * g / (1 - beta1**t)
    return w - lr * m_bar / (np.sqrt(v / (1 - beta2**t)) + eps), (m, v, t)


@task.mistake(
    "step before",
    "At the first step you divide by 0. Which average does the look-ahead belong to, that "
    "of the last step or that of the next?",
)
def nadam_step(w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_bar = beta1 * m / (1 - beta1 ** (t - 1)) + (1 - beta1) * g / (1 - beta1**t)
    return w - lr * m_bar / (np.sqrt(v / (1 - beta2**t)) + eps), (m, v, t)


@task.mistake(
    "divisors without t",
    "Your first step has 1.9 learning rates and later ones grow: both divisors are 1 - "
    "beta1 for ever. How much of the starting 0 is left after t steps?",
)
def nadam_step(w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_bar = beta1 * m / (1 - beta1) + (1 - beta1) * g / (1 - beta1)
    return w - lr * m_bar / (np.sqrt(v / (1 - beta2**t)) + eps), (m, v, t)


@task.mistake(
    "m in both terms",
    "Your first step is too short: both terms are made of m. Which of them should hold "
    "the gradient itself?",
)
def nadam_step(w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_bar = beta1 * m / (1 - beta1 ** (t + 1)) + (1 - beta1) * m / (1 - beta1**t)
    return w - lr * m_bar / (np.sqrt(v / (1 - beta2**t)) + eps), (m, v, t)


@task.mistake(
    "g in both terms",
    "The first step is too long, and no later one remembers a direction: both terms are "
    "made of g. Which of them should hold the average?",
)
def nadam_step(w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_bar = beta1 * g / (1 - beta1 ** (t + 1)) + (1 - beta1) * g / (1 - beta1**t)
    return w - lr * m_bar / (np.sqrt(v / (1 - beta2**t)) + eps), (m, v, t)


@task.mistake(
    "no root",
    "With g = 1 you are right, with g = -2 your step is half as long as it should be: you "
    "divide by v_hat itself. What makes a size out of a mean square?",
)
def nadam_step(w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_bar = beta1 * m / (1 - beta1 ** (t + 1)) + (1 - beta1) * g / (1 - beta1**t)
    return w - lr * m_bar / (v / (1 - beta2**t) + eps), (m, v, t)


@task.mistake(
    "terms subtracted",
    "Your first step goes the wrong way: the gradient is taken away from the look-ahead. "
    "Do the two parts of the direction pull together?",
)
def nadam_step(w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_bar = beta1 * m / (1 - beta1 ** (t + 1)) - (1 - beta1) * g / (1 - beta1**t)
    return w - lr * m_bar / (np.sqrt(v / (1 - beta2**t)) + eps), (m, v, t)


@task.mistake(
    "power on top",
    "Your first step is a little too short, and later the share of m fades away. Where "
    "does the power of beta1 stand, over the line or below it?",
)
def nadam_step(w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_bar = beta1 ** (t + 1) * m / (1 - beta1 ** (t + 1)) + (1 - beta1) * g / (1 - beta1**t)
    return w - lr * m_bar / (np.sqrt(v / (1 - beta2**t)) + eps), (m, v, t)


@task.mistake(
    "corrected m mixed as it is",
    "Your first step has exactly one learning rate: m_hat and g are mixed, and the next "
    "step does not come into it. Which divisor belongs to the part with m?",
)
def nadam_step(w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_bar = beta1 * (m / (1 - beta1**t)) + (1 - beta1) * g
    return w - lr * m_bar / (np.sqrt(v / (1 - beta2**t)) + eps), (m, v, t)


@task.mistake(
    "ascent",
    "Your first step goes up where the gradient says down. Which sign lowers f?",
)
def nadam_step(w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_bar = -beta1 * m / (1 - beta1 ** (t + 1)) - (1 - beta1) * g / (1 - beta1**t)
    return w - lr * m_bar / (np.sqrt(v / (1 - beta2**t)) + eps), (m, v, t)


@task.accepts("by the corrected m")
def nadam_step(w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_bar = (
        m * (1 - beta1) / (1 - beta1 ** (t + 1)) * beta1 + (1 - beta1) ** 2 / (1 - beta1**t) * g
    ) / (1 - beta1)
    v_hat = v / (1 - beta2**t)
    return w - lr * m_bar / (np.sqrt(v_hat) + eps), (m, v, t)


@task.accepts("root first, with other names")
def nadam_step(w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    mean, square, k = state[0], state[1], state[2] + 1
    w, g = np.asarray(w, dtype=float), np.asarray(g, dtype=float)
    mean, square = mean + (1 - beta1) * (g - mean), square + (1 - beta2) * (g * g - square)
    size = np.sqrt(square) / np.sqrt(1 - beta2**k) + eps
    ahead, now = mean / (1 - beta1 ** (k + 1)), g / (1 - beta1**k)
    return w - lr * (beta1 * ahead + (1 - beta1) * now) / size, (mean, square, k)
