"""Tasks `adam_eps_hat_step` and `effective_eps` of chapter `adam`."""

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
    (reference.adam_eps_hat_step, reference.effective_eps),
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
        Case("eps of 1, t = 1, b2 = 0.75: 1 / 0.5", (1, 0.75, 1.0), of="effective_eps"),
        Case("eps of 3, t = 2, b2 = 0.6: 3 / 0.8", (2, 0.6, 3), of="effective_eps"),
        Case("eps of 1e-7, t = 1, b2 = 0.999", (1, 0.999, 1e-7), of="effective_eps"),
        Case("eps of 1e-7, t = 1000, b2 = 0.999", (1000, 0.999, 1e-7), of="effective_eps"),
        Case("t = 1, 2 and 5 at once", (np.array([1, 2, 5]), 0.9, 0.1), of="effective_eps"),
        Case("b2 = 0", (3, 0.0, 0.5), of="effective_eps"),
        Case("t = 0: no step", (0, 0.999, 1e-7), of="effective_eps"),
    ],
    draw=lambda rng: random_steps(rng, FRESH),
    rtol=1e-9,
    atol=1e-16,
    why="a few products, a root and a quotient: only rounding may differ",
)


@task.mistake(
    "Algorithm 1",
    "This is the step of task 3: eps stands beside the corrected root. Here it stands "
    "beside the raw one, where it weighs more at first.",
)
def adam_eps_hat_step(w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-7):
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    return w - lr * m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + eps), (m, v, t)


@task.mistake(
    "correction upside down",
    "Your first step is far off: the learning rate is multiplied where it should be "
    "divided. Is m too small or too large at first, and v?",
)
def adam_eps_hat_step(w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-7):
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    lr_t = lr * (1 - beta1**t) / np.sqrt(1 - beta2**t)
    return w - lr_t * m / (np.sqrt(v) + eps), (m, v, t)


@task.mistake(
    "no root in the rate",
    "Your first step is 32 times too short. v was to be divided by 1 - beta2^t under a "
    "root: what comes of that when it moves to the learning rate?",
)
def adam_eps_hat_step(w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-7):
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    lr_t = lr * (1 - beta2**t) / (1 - beta1**t)
    return w - lr_t * m / (np.sqrt(v) + eps), (m, v, t)


@task.mistake(
    "no correction of m",
    "Your first step is a tenth of the right one. Which part of the changing learning "
    "rate looks after m?",
)
def adam_eps_hat_step(w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-7):
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    lr_t = lr * np.sqrt(1 - beta2**t)
    return w - lr_t * m / (np.sqrt(v) + eps), (m, v, t)


@task.mistake(
    "no correction of v",
    "Your first step is 32 times too long. Which part of the changing learning rate looks after v?",
)
def adam_eps_hat_step(w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-7):
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    lr_t = lr / (1 - beta1**t)
    return w - lr_t * m / (np.sqrt(v) + eps), (m, v, t)


@task.mistake(
    "corrected twice",
    "The learning rate holds both corrections already, and you divide corrected averages "
    "by each other. Which m and v belong to this form?",
)
def adam_eps_hat_step(w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-7):
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    lr_t = lr * np.sqrt(1 - beta2**t) / (1 - beta1**t)
    return w - lr_t * m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + eps), (m, v, t)


@task.mistake(
    "eps under the root",
    "Gradients near 1e-8 hardly move at all: under the root, 1e-7 acts like 3e-4. Where "
    "does eps-hat stand?",
)
def adam_eps_hat_step(w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-7):
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    lr_t = lr * np.sqrt(1 - beta2**t) / (1 - beta1**t)
    return w - lr_t * m / np.sqrt(v + eps), (m, v, t)


@task.mistake(
    "eps of Algorithm 1 by default",
    "Where eps is not given you take another one than the line that starts with def. "
    "Which default does this form have?",
)
def adam_eps_hat_step(w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    lr_t = lr * np.sqrt(1 - beta2**t) / (1 - beta1**t)
    return w - lr_t * m / (np.sqrt(v) + eps), (m, v, t)


@task.mistake(
    "t not counted",
    "Every step is corrected like the first. Does the state remember t?",
)
def adam_eps_hat_step(w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-7):
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    lr_t = lr * np.sqrt(1 - beta2**t) / (1 - beta1**t)
    return w - lr_t * m / (np.sqrt(v) + eps), (m, v, t - 1)


@task.mistake(
    "no eps",
    "Where the gradient was always 0 you get NaN. What keeps the denominator from being 0?",
)
def adam_eps_hat_step(w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-7):
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    lr_t = lr * np.sqrt(1 - beta2**t) / (1 - beta1**t)
    return w - lr_t * m / np.sqrt(v), (m, v, t)


@task.mistake(
    "multiplied",
    "You get an eps smaller than eps-hat, and it should be larger: 3.2e-6 for 1e-7 at t = "
    "1. Divide top and bottom of the step by the root that corrects v: what becomes of "
    "eps?",
)
def effective_eps(t, b2, eps):
    return eps * np.sqrt(1 - b2**t)


@task.mistake(
    "root forgotten",
    "At t = 1 with b2 = 0.75 you get 4 instead of 2. eps stands beside the root of v: by "
    "what is that root corrected?",
)
def effective_eps(t, b2, eps):
    return eps / (1 - b2**t)


@task.mistake(
    "constant",
    "You return eps-hat as it is. With b2 = 0.75, at t = 1, the raw root of v is half as "
    "large as the corrected one: what does the same eps weigh beside it?",
)
def effective_eps(t, b2, eps):
    return eps + 0.0 * np.asarray(t)


@task.mistake(
    "rate times t",
    "The first step is right, later ones are not. How much of v's starting 0 is left "
    "after t steps?",
)
def effective_eps(t, b2, eps):
    return eps / np.sqrt(1 - b2 * t)


@task.mistake(
    "one step late",
    "At t = 1 you divide by 0. How many squares are in v at the first step?",
)
def effective_eps(t, b2, eps):
    return eps / np.sqrt(1 - b2 ** (t - 1))


@task.mistake(
    "root of eps",
    "eps of 3 becomes too small: you took the root of it as well. Does eps-hat stand "
    "under the root, or beside it?",
)
def effective_eps(t, b2, eps):
    return np.sqrt(eps / (1 - b2**t))


@task.mistake(
    "rate without t",
    "Your answer is the same for every t. Does the correction of v not fade?",
)
def effective_eps(t, b2, eps):
    return eps / np.sqrt(1 - b2 + 0.0 * np.asarray(t))


@task.mistake(
    "root of the rate",
    "At t = 1 with b2 = 0.75 you get 7.5 instead of 2. What stands under the root: the "
    "power of the rate, or 1 minus that power?",
)
def effective_eps(t, b2, eps):
    return eps / (1 - np.sqrt(b2**t))


@task.mistake(
    "no 1 minus",
    "Your eps grows with t, and it should come down to eps-hat: you divide by the root of "
    "the weight that is left on the 0. Which part has been filled by gradients?",
)
def effective_eps(t, b2, eps):
    return eps / np.sqrt(b2**t)


@task.mistake(
    "eps of the call ignored",
    "With eps = 1 beside a gradient of 1 your step is as long as with the tiny default: you "
    "divide by the same small number whatever the call says. Where does the argument eps go?",
)
def adam_eps_hat_step(w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-7):
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    lr_t = lr * np.sqrt(1 - beta2**t) / (1 - beta1**t)
    return w - lr_t * m / (np.sqrt(v) + 1e-7), (m, v, t)


@task.mistake(
    "eps squared under the root",
    "In the first steps your steps are nearly those without eps. A sum under a root is "
    "not the sum of the roots: where does eps-hat stand?",
)
def adam_eps_hat_step(w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-7):
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    lr_t = lr * np.sqrt(1 - beta2**t) / (1 - beta1**t)
    return w - lr_t * m / np.sqrt(v + eps**2), (m, v, t)


@task.mistake(
    "rate computed and not used",
    "Your first step has 3.16 learning rates: nothing is corrected. What became of the "
    "learning rate that changes with t?",
)
def adam_eps_hat_step(w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-7):
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    return w - lr * m / (np.sqrt(v) + eps), (m, v, t)


@task.mistake(
    "v corrected twice",
    "Your first step is 32 times too short: v is corrected under the root, and once more "
    "in the learning rate. Which v stands in this form?",
)
def adam_eps_hat_step(w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-7):
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    lr_t = lr * np.sqrt(1 - beta2**t) / (1 - beta1**t)
    return w - lr_t * m / (np.sqrt(v / (1 - beta2**t)) + eps), (m, v, t)


@task.mistake(
    "m corrected twice",
    "Your first step is ten times too long: m is corrected beside a learning rate that "
    "does it already. Which m stands in this form?",
)
def adam_eps_hat_step(w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-7):
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    lr_t = lr * np.sqrt(1 - beta2**t) / (1 - beta1**t)
    return w - lr_t * m / (1 - beta1**t) / (np.sqrt(v) + eps), (m, v, t)


@task.mistake(
    "no root of v",
    "With g = 1 your first step has 32 learning rates, and large gradients make short "
    "steps: you divide by v itself. What makes a size out of a mean square?",
)
def adam_eps_hat_step(w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-7):
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    lr_t = lr * np.sqrt(1 - beta2**t) / (1 - beta1**t)
    return w - lr_t * m / (v + eps), (m, v, t)


@task.mistake(
    "eps grown beside the raw root",
    "Your eps is too large in the first steps: you let it grow, and the form lets it grow "
    "as well. Beside the raw root, is eps-hat a constant?",
)
def adam_eps_hat_step(w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-7):
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    lr_t = lr * np.sqrt(1 - beta2**t) / (1 - beta1**t)
    return w - lr_t * m / (np.sqrt(v) + eps / np.sqrt(1 - beta2**t)), (m, v, t)


@task.mistake(
    "root of the power",
    "Your first step is far too short: 1 minus the root of a power is not the root of 1 "
    "minus it. What stands under the root in the learning rate?",
)
def adam_eps_hat_step(w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-7):
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    lr_t = lr * (1 - np.sqrt(beta2**t)) / (1 - beta1**t)
    return w - lr_t * m / (np.sqrt(v) + eps), (m, v, t)


@task.mistake(
    "root of both corrections",
    "Your first step is about a third of the right one: the correction of m has lost its "
    "power under the root. Which of the two averages is made of squares?",
)
def adam_eps_hat_step(w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-7):
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    lr_t = lr * np.sqrt((1 - beta2**t) / (1 - beta1**t))
    return w - lr_t * m / (np.sqrt(v) + eps), (m, v, t)


@task.mistake(
    "ascent",
    "Your first step goes up where the gradient says down. Which sign has a step that "
    "should lower f?",
)
def adam_eps_hat_step(w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-7):
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    lr_t = lr * np.sqrt(1 - beta2**t) / (1 - beta1**t)
    return w + lr_t * m / (np.sqrt(v) + eps), (m, v, t)


@task.mistake(
    "one step early",
    "What you say about step 1 is true of step 2: with b2 = 0.75 you get 1.51 instead of "
    "2. Is t counted from 0 or from 1?",
)
def effective_eps(t, b2, eps):
    return eps / np.sqrt(1 - b2 ** (t + 1))


@task.mistake(
    "upside down",
    "For eps = 1 and b2 = 0.75 you get a half, and the smaller eps is, the larger you "
    "make it. Which of the two stands on top, eps or the root?",
)
def effective_eps(t, b2, eps):
    return np.sqrt(1 - b2**t) / eps


@task.mistake(
    "rate to the power after the difference",
    "At t = 1 you are right, and then your eps grows with t. Which part is raised to the "
    "power of t: the rate, or 1 minus the rate?",
)
def effective_eps(t, b2, eps):
    return eps / np.sqrt((1 - b2) ** t)


@task.mistake(
    "rates swapped in the learning rate",
    "With g = 1 your first step has a thousand learning rates: m is corrected with the "
    "rate of v, and v with that of m. Which rate is whose?",
)
def adam_eps_hat_step(w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-7):
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    lr_t = lr * np.sqrt(1 - beta1**t) / (1 - beta2**t)
    return w - lr_t * m / (np.sqrt(v) + eps), (m, v, t)


@task.accepts("by Algorithm 1 and an eps that shrinks")
def adam_eps_hat_step(w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-7):
    w, g = np.asarray(w, dtype=float), np.asarray(g, dtype=float)
    m, v, t = state
    m, v, t = beta1 * m + (1 - beta1) * g, beta2 * v + (1 - beta2) * g * g, t + 1
    grown = np.sqrt(1 - beta2**t)
    return w - lr * (m / (1 - beta1**t)) / (np.sqrt(v) / grown + eps / grown), (m, v, t)


@task.accepts("as a power")
def effective_eps(t, b2, eps):
    if np.any(np.asarray(t) < 1):
        raise ValueError("steps are counted from 1")
    return eps * (1 - b2 ** np.asarray(t, dtype=float)) ** -0.5
