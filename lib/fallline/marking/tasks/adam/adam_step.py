"""Task `adam_step` of chapter `adam`."""

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
    reference.adam_step,
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
    "eps under the root",
    "Large gradients are nearly right, and those near 1e-8 hardly move. Under a root, "
    "1e-8 acts like 1e-4: on which side of the root does this course put eps?",
)
def adam_step(w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return w - lr * m_hat / np.sqrt(v_hat + eps), (m, v, t)


@task.mistake(
    "eps is 1e-7",
    "Only gradients near 1e-8 are clearly off: they move by a tenth where it should be "
    "about a half. Which power of ten is your eps?",
)
def adam_step(w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    eps = 1e-7
    return w - lr * m_hat / (np.sqrt(v_hat) + eps), (m, v, t)


@task.mistake(
    "eps is 1e-6",
    "Gradients near 1e-8 move by a hundredth of lr. Where did the eps go that the "
    "function is given, and how large is yours?",
)
def adam_step(w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    eps = 1e-6
    return w - lr * m_hat / (np.sqrt(v_hat) + eps), (m, v, t)


@task.mistake(
    "no eps",
    "Where the gradient was always 0 you get NaN, and a gradient of 1e-8 moves as far as "
    "one of 1. What keeps the denominator from being 0?",
)
def adam_step(w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return w - lr * m_hat / np.sqrt(v_hat), (m, v, t)


@task.mistake(
    "eps beside the raw root",
    "Tiny gradients move too little in the first steps: your eps is added before v is "
    "corrected, and grows with the correction. To which root does Algorithm 1 add it?",
)
def adam_step(w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    return w - lr * np.sqrt(1 - beta2**t) / (1 - beta1**t) * m / (np.sqrt(v) + eps), (m, v, t)


@task.mistake(
    "m not corrected",
    "Your first step is a tenth of the right one, and later ones catch up. Which of the "
    "two averages is still too close to its 0?",
)
def adam_step(w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m
    v_hat = v / (1 - beta2**t)
    return w - lr * m_hat / (np.sqrt(v_hat) + eps), (m, v, t)


@task.mistake(
    "v not corrected",
    "Your first step is 32 times too long. The root of v is still close to its starting "
    "0: what did you do for m?",
)
def adam_step(w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    v_hat = v
    return w - lr * m_hat / (np.sqrt(v_hat) + eps), (m, v, t)


@task.mistake(
    "nothing corrected",
    "Your first step has 3.16 learning rates, and the misfit is largest about step 12. "
    "Both averages began at 0: how much of that 0 is left after t steps?",
)
def adam_step(w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m
    v_hat = v
    return w - lr * m_hat / (np.sqrt(v_hat) + eps), (m, v, t)


@task.mistake(
    "t not saved",
    "The first step is right, and each later one is corrected as if it were the first. "
    "What does the state remember of the number of steps?",
)
def adam_step(w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, t = state
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1 ** (t + 1))
    v_hat = v / (1 - beta2 ** (t + 1))
    return w - lr * m_hat / (np.sqrt(v_hat) + eps), (m, v, t)


@task.mistake(
    "t before it is counted up",
    "The first step divides by 0. With how many gradients in the averages is the first "
    "correction made?",
)
def adam_step(w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, t = state
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return w - lr * m_hat / (np.sqrt(v_hat) + eps), (m, v, t + 1)


@task.mistake(
    "corrected m stored",
    "The first step is right and the second is not: a corrected m went back into the "
    "average and was corrected again. Which m belongs in the state?",
)
def adam_step(w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return w - lr * m_hat / (np.sqrt(v_hat) + eps), (m_hat, v, t)


@task.mistake(
    "corrected v stored",
    "The first step is right and later ones are too short: a corrected v went into the "
    "next average. Which v belongs in the state?",
)
def adam_step(w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return w - lr * m_hat / (np.sqrt(v_hat) + eps), (m, v_hat, t)


@task.mistake(
    "both corrected ones stored",
    "The first step is right, from the second on both averages are corrected twice over. "
    "Does the state hold what the recursion needs, or what the step used?",
)
def adam_step(w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return w - lr * m_hat / (np.sqrt(v_hat) + eps), (m_hat, v_hat, t)


@task.mistake(
    "rates swapped in the correction",
    "The first step is three hundred times too long: m is divided by 0.001. Whose decay "
    "rate tells how much of m's 0 is left?",
)
def adam_step(w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta2**t)
    v_hat = v / (1 - beta1**t)
    return w - lr * m_hat / (np.sqrt(v_hat) + eps), (m, v, t)


@task.mistake(
    "rates swapped in the averages",
    "The directions change too slowly and the sizes too fast: m remembers a thousand "
    "steps and v ten. Which rate is whose?",
)
def adam_step(w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, t = state
    t = t + 1
    m = beta2 * m + (1 - beta2) * g
    v = beta1 * v + (1 - beta1) * g**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return w - lr * m_hat / (np.sqrt(v_hat) + eps), (m, v, t)


@task.mistake(
    "rates swapped everywhere",
    "The first step is right, and then direction and size have each other's memory. Which "
    "of them is the slow one?",
)
def adam_step(w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, t = state
    t = t + 1
    m = beta2 * m + (1 - beta2) * g
    v = beta1 * v + (1 - beta1) * g**2
    m_hat = m / (1 - beta2**t)
    v_hat = v / (1 - beta1**t)
    return w - lr * m_hat / (np.sqrt(v_hat) + eps), (m, v, t)


@task.mistake(
    "m is a sum",
    "Your first step is ten times too long: m is a sum of gradients, and the correction "
    "is made for an average. What is the weight of the new gradient?",
)
def adam_step(w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, t = state
    t = t + 1
    m = beta1 * m + g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return w - lr * m_hat / (np.sqrt(v_hat) + eps), (m, v, t)


@task.mistake(
    "v is a sum",
    "Your steps are too short by the root of a thousand: v is a sum of squares. What is "
    "the weight of the new square?",
)
def adam_step(w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + g**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return w - lr * m_hat / (np.sqrt(v_hat) + eps), (m, v, t)


@task.mistake(
    "centred square",
    "Where the gradient hardly changes your steps are too long: you average the distance "
    "from m. Does Adam's v measure the spread of g, or its size?",
)
def adam_step(w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * (g - m) ** 2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return w - lr * m_hat / (np.sqrt(v_hat) + eps), (m, v, t)


@task.mistake(
    "square of m",
    "The first step is ten times too long: v averages the square of m. Whose square is it "
    "in the formula?",
)
def adam_step(w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * m**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return w - lr * m_hat / (np.sqrt(v_hat) + eps), (m, v, t)


@task.mistake(
    "g not squared",
    "Where a gradient is negative a root of a negative number comes up. What does v average?",
)
def adam_step(w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return w - lr * m_hat / (np.sqrt(v_hat) + eps), (m, v, t)


@task.mistake(
    "no root",
    "Large gradients make short steps and small ones long steps: you divide by v itself. "
    "What brings a square back to the size of the gradient?",
)
def adam_step(w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return w - lr * m_hat / (v_hat + eps), (m, v, t)


@task.mistake(
    "changes w in place",
    "Your numbers are right, but the w that you were given has moved as well: whoever "
    "called you has lost the start. Which operation makes a new array?",
)
def adam_step(w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    w -= lr * m_hat / (np.sqrt(v_hat) + eps)
    return w, (m, v, t)


@task.mistake(
    "t counted twice",
    "The first step is right, and then the correction runs ahead: your third step thinks "
    "that it is the fifth. How often is t raised in one step?",
)
def adam_step(w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return w - lr * m_hat / (np.sqrt(v_hat) + eps), (m, v, t + 1)


@task.mistake(
    "ascent",
    "Your first step goes up where the gradient says down. Which sign has a step that "
    "should lower f?",
)
def adam_step(w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return w + lr * m_hat / (np.sqrt(v_hat) + eps), (m, v, t)


@task.mistake(
    "g for m",
    "The first step is right; from the second on there is no memory of the direction in "
    "it, that is RMSProp with a correction. Which average gives the direction?",
)
def adam_step(w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = g
    v_hat = v / (1 - beta2**t)
    return w - lr * m_hat / (np.sqrt(v_hat) + eps), (m, v, t)


@task.mistake(
    "t times for to the power",
    "The first step is right. By what has the weight of the starting 0 been multiplied "
    "after two steps: by beta twice, or by 2 beta?",
)
def adam_step(w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1 * t)
    v_hat = v / (1 - beta2 * t)
    return w - lr * m_hat / (np.sqrt(v_hat) + eps), (m, v, t)


@task.mistake(
    "new v from the new m's correction",
    "m is right, and v is corrected with m's rate: the first step is too short. Which "
    "memory does v have?",
)
def adam_step(w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta1**t)
    return w - lr * m_hat / (np.sqrt(v_hat) + eps), (m, v, t)


@task.mistake(
    "old state returned",
    "Every step comes out as a first step: nothing is remembered. Which m, v and t should "
    "the next step start from?",
)
def adam_step(w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return w - lr * m_hat / (np.sqrt(v_hat) + eps), state


@task.mistake(
    "eps on top and below",
    "A gradient of 0 moves w. What does eps do in the numerator?",
)
def adam_step(w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return w - lr * (m_hat + eps) / (np.sqrt(v_hat) + eps), (m, v, t)


@task.mistake(
    "eps squared under the root",
    "Everything is right down to gradients of about 1e-8, and there your steps are too "
    "long. A sum under a root is not the sum of the roots: where does eps stand?",
)
def adam_step(w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return w - lr * m_hat / np.sqrt(v_hat + eps**2), (m, v, t)


@task.mistake(
    "power after the difference",
    "The first step is right, and then your divisors shrink: 1 - beta to the power of t. "
    "Which part is raised to the power of t, the weight of the old or what is left of it?",
)
def adam_step(w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1) ** t
    v_hat = v / (1 - beta2) ** t
    return w - lr * m_hat / (np.sqrt(v_hat) + eps), (m, v, t)


@task.mistake(
    "one v for all coordinates",
    "A large gradient in one coordinate holds all others back: you add up the squares. "
    "How many numbers does v hold?",
)
def adam_step(w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * np.sum(g**2)
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return w - lr * m_hat / (np.sqrt(v_hat) + eps), (m, v, t)


@task.mistake(
    "root before the correction",
    "Your first step is 32 times too short: the root of v is divided by what v should be "
    "divided by. Which comes first, correction or root?",
)
def adam_step(w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    return w - lr * m_hat / (np.sqrt(v) / (1 - beta2**t) + eps), (m, v, t)


@task.mistake(
    "root of the whole quotient",
    "Your steps have lost their sign or become NaN where the gradient is positive: the "
    "root covers m as well. What is the root taken of?",
)
def adam_step(w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return w - lr * np.sqrt(m_hat / (v_hat + eps)), (m, v, t)


@task.mistake(
    "only w returned",
    "One array came back where two things are asked for: the new parameters, and the "
    "state for the next step. What does the last line return?",
)
def adam_step(w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return w - lr * m_hat / (np.sqrt(v_hat) + eps)


@task.mistake(
    "four values returned",
    "Four values came back one after the other. Asked for is a pair: the parameters, and "
    "one tuple that is the state.",
)
def adam_step(w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return w - lr * m_hat / (np.sqrt(v_hat) + eps), m, v, t


@task.mistake(
    "eps of the call ignored",
    "With eps = 1 beside a gradient of 1 your step is as long as with the tiny default: you "
    "divide by the same small number whatever the call says. Where does the argument eps go?",
)
def adam_step(w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return w - lr * m_hat / (np.sqrt(v_hat) + 1e-8), (m, v, t)


@task.mistake(
    "divided without t",
    "The first step is right, and later ones come out too long: you divide by 1 - beta at "
    "every step. How much of the starting 0 is left after t steps?",
)
def adam_step(w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1)
    v_hat = v / (1 - beta2)
    return w - lr * m_hat / (np.sqrt(v_hat) + eps), (m, v, t)


@task.mistake(
    "t raised last, the first step left alone",
    "Your first step has 3.16 learning rates, and each later one the correction of the "
    "step before it. What should t be when you first divide?",
)
def adam_step(w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, t = state
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t) if t > 0 else m
    v_hat = v / (1 - beta2**t) if t > 0 else v
    return w - lr * m_hat / (np.sqrt(v_hat) + eps), (m, v, t + 1)


@task.mistake(
    "square for root",
    "With g = 1 you are right, with g = -2 your step is an eighth of the right one: you "
    "square v_hat. What undoes a square?",
)
def adam_step(w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return w - lr * m_hat / (v_hat**2 + eps), (m, v, t)


@task.mistake(
    "m and v change places in the state",
    "Your first step is right; the second takes the squares for directions. In which "
    "order does the state hold its three parts?",
)
def adam_step(w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return w - lr * m_hat / (np.sqrt(v_hat) + eps), (v, m, t)


@task.mistake(
    "t lost",
    "The first step is right, and the second cannot take up your state: two values came "
    "back where three went in. Which one is missing?",
)
def adam_step(w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return w - lr * m_hat / (np.sqrt(v_hat) + eps), (m, v)


@task.mistake(
    "w in the state",
    "The first step is right, and the second cannot take up your state: four values came "
    "back where three went in. What does a step get beside the state?",
)
def adam_step(w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return w - lr * m_hat / (np.sqrt(v_hat) + eps), (m, v, t, w)


@task.mistake(
    "t set to 1",
    "Each of your steps believes that it is the first: t begins anew every time. Where "
    "does the number of steps made so far come from?",
)
def adam_step(w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, t = state
    t = 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return w - lr * m_hat / (np.sqrt(v_hat) + eps), (m, v, t)


@task.mistake(
    "only the step",
    "You return the step itself: from w = 5 you arrive at -1. From where does a step set out?",
)
def adam_step(w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return -lr * m_hat / (np.sqrt(v_hat) + eps), (m, v, t)


@task.mistake(
    "size in place of square",
    "With g = 1 you are right, with g = -2 your step has 1.41 learning rates: a root is "
    "taken of something that is no square. What does v average?",
)
def adam_step(w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * np.abs(g)
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return w - lr * m_hat / (np.sqrt(v_hat) + eps), (m, v, t)


@task.mistake(
    "weights swapped",
    "The first step is too short, and then direction and size follow the newest gradient "
    "alone. Which of the two weights is the large one, that of the old average or that of "
    "g?",
)
def adam_step(w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, t = state
    t = t + 1
    m = (1 - beta1) * m + beta1 * g
    v = (1 - beta2) * v + beta2 * g**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return w - lr * m_hat / (np.sqrt(v_hat) + eps), (m, v, t)


@task.mistake(
    "minus in the averages",
    "Your v is negative after one gradient, and its root is NaN. Are old and new "
    "gradients added in an average, or subtracted?",
)
def adam_step(w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, t = state
    t = t + 1
    m = beta1 * m - (1 - beta1) * g
    v = beta2 * v - (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return w - lr * m_hat / (np.sqrt(v_hat) + eps), (m, v, t)


@task.mistake(
    "minus in m",
    "Your first step goes up where the gradient says down, although the last line "
    "subtracts. With which sign does g enter m?",
)
def adam_step(w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, t = state
    t = t + 1
    m = beta1 * m - (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return w - lr * m_hat / (np.sqrt(v_hat) + eps), (m, v, t)


@task.mistake(
    "multiplied by the root",
    "Large gradients make steps that grow as their square. Is the learning rate divided "
    "by the size of the gradient, or multiplied by it?",
)
def adam_step(w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return w - lr * m_hat * (np.sqrt(v_hat) + eps), (m, v, t)


@task.mistake(
    "eps times the root",
    "With lr = 1 and g = 1 your step is a hundred million long. Is eps added to the root, "
    "or multiplied by it?",
)
def adam_step(w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return w - lr * m_hat / (np.sqrt(v_hat) * eps), (m, v, t)


@task.mistake(
    "size of g in place of the average",
    "The first step is right, and later ones forget how large the gradients were before: "
    "you divide by the newest g. Of what is the root taken?",
)
def adam_step(w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    return w - lr * m_hat / (np.abs(g) + eps), (m, v, t)


@task.mistake(
    "corrections multiplied",
    "Your first step is ten times too long: averages that were too small got smaller "
    "still, and v most of all. Are they divided by what has filled up, or multiplied by "
    "it?",
)
def adam_step(w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m * (1 - beta1**t)
    v_hat = v * (1 - beta2**t)
    return w - lr * m_hat / (np.sqrt(v_hat) + eps), (m, v, t)


@task.mistake(
    "t one too large",
    "Your first step has 0.74 learning rates: both divisors are those of the second step. "
    "How often has t been raised when you divide?",
)
def adam_step(w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1 ** (t + 1))
    v_hat = v / (1 - beta2 ** (t + 1))
    return w - lr * m_hat / (np.sqrt(v_hat) + eps), (m, v, t)


@task.mistake(
    "eps behind the quotient",
    "Where the gradient was always 0 you get NaN, and everywhere else w is too large by "
    "eps. Does eps belong to the denominator, or to the whole line?",
)
def adam_step(w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return w - lr * m_hat / np.sqrt(v_hat) + eps, (m, v, t)


@task.accepts("one line for each average, in place of names")
def adam_step(w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    w, g = np.asarray(w, dtype=float), np.asarray(g, dtype=float)
    m = state[0] + (1 - beta1) * (g - state[0])
    v = state[1] + (1 - beta2) * (g * g - state[1])
    t = state[2] + 1
    scale = np.sqrt(1 - beta2**t) / (1 - beta1**t)
    new = w - lr * scale * m / (np.sqrt(v) + eps * np.sqrt(1 - beta2**t))
    return new, (m, v, t)


@task.accepts("coordinate by coordinate, on copies")
def adam_step(w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    w, g = np.array(w, dtype=float), np.array(g, dtype=float)
    m, v = (np.array(np.broadcast_to(part, w.shape), dtype=float) for part in state[:2])
    t = state[2] + 1
    for i in np.ndindex(w.shape):
        m[i] = beta1 * m[i] + (1 - beta1) * g[i]
        v[i] = beta2 * v[i] + (1 - beta2) * g[i] ** 2
        w[i] -= lr * (m[i] / (1 - beta1**t)) / ((v[i] / (1 - beta2**t)) ** 0.5 + eps)
    return w, (m, v, t)
