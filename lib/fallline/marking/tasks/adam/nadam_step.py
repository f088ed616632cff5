"""Task `nadam_step` of chapter `adam`."""

import numpy as np

from fallline import adam as reference
from fallline.marking.task import Case, Task
from fallline.marking.tasks.adam.cases import FRESH, once, random_steps, step_cases

task = Task(
    reference.nadam_step,
    cases=[
        *step_cases(FRESH),
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
