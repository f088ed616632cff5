"""Task `amsgrad_step` of chapter `adam`."""

import numpy as np

from fallline import adam as reference
from fallline.marking.task import Case, Task
from fallline.marking.tasks.adam.cases import (
    EASY,
    ONE,
    eps_cases,
    late_cases,
    once,
    path,
    random_steps,
    step_cases,
)

task = Task(
    reference.amsgrad_step,
    cases=[
        *step_cases((0.0, 0.0, 0.0, 0)),
        *eps_cases((0.0, 0.0, 0.0, 0)),
        *late_cases(np.array([2.0, 0.09])),
        Case(
            "g = 1, 0, 0: v falls after the first step",
            (
                np.ones(1),
                [np.ones(1), np.zeros(1), np.zeros(1)],
                3,
                {"lr": 1.0} | EASY,
                (0.0, 0.0, 0.0, 0),
            ),
            path,
        ),
        Case(
            "g = 8, then 1 four times, beta2 = 0.5",
            (
                np.ones(1),
                [8 * ONE, ONE, ONE, ONE, ONE],
                5,
                {"lr": 1.0, "beta2": 0.5},
                (0.0, 0.0, 0.0, 0),
            ),
            path,
        ),
        Case(
            "g = 6, 1, 3, 1, 1, beta2 = 0.3",
            (
                np.ones(1),
                [6 * ONE, ONE, 3 * ONE, ONE, ONE],
                5,
                {"lr": 1.0, "beta2": 0.3},
                (0.0, 0.0, 0.0, 0),
            ),
            path,
        ),
        Case(
            "a state after 3 steps whose largest v is 4",
            (np.ones(1), ONE, (ONE / 2, 2 * ONE, 4 * ONE, 3), {"lr": 1.0} | EASY),
            once,
        ),
        Case(
            "a state after 3 steps whose largest v is 1, and g = 8",
            (np.ones(1), 8 * ONE, (ONE / 2, ONE / 4, ONE, 3), {"lr": 1.0} | EASY),
            once,
        ),
    ],
    draw=lambda rng: random_steps(rng, (0.0, 0.0, 0.0, 0)),
    why="a few products, a root and a quotient: only rounding may differ",
)


@task.mistake(
    "Adam",
    "This is Adam: where gradients shrink, your denominator shrinks with them. What is "
    "the maximum taken over?",
)
def amsgrad_step(w, g, state=(0.0, 0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, V, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    V = v
    m_hat = m / (1 - beta1**t)
    v_hat = V / (1 - beta2**t)
    return w - lr * m_hat / (np.sqrt(v_hat) + eps), (m, v, V, t)


@task.mistake(
    "largest of the last two",
    "You compare the new v with the one before it. After 6, 1, 3 the record is still that "
    "of the 6: where is it kept?",
)
def amsgrad_step(w, g, state=(0.0, 0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, V, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    V = np.maximum(state[1], v)
    m_hat = m / (1 - beta1**t)
    v_hat = V / (1 - beta2**t)
    return w - lr * m_hat / (np.sqrt(v_hat) + eps), (m, v, V, t)


@task.mistake(
    "smallest",
    "Your denominator can only shrink, and starts at 0. Should an AMSGrad step get longer "
    "or shorter by its memory?",
)
def amsgrad_step(w, g, state=(0.0, 0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, V, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    V = np.minimum(V, v)
    m_hat = m / (1 - beta1**t)
    v_hat = V / (1 - beta2**t)
    return w - lr * m_hat / (np.sqrt(v_hat) + eps), (m, v, V, t)


@task.mistake(
    "largest corrected v",
    "The first steps are too short: the corrected v of step 1 is a record that lasts. Of "
    "which v, raw or corrected, does the statement take the maximum?",
)
def amsgrad_step(w, g, state=(0.0, 0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, V, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    V = np.maximum(V, v / (1 - beta2**t))
    m_hat = m / (1 - beta1**t)
    v_hat = V
    return w - lr * m_hat / (np.sqrt(v_hat) + eps), (m, v, V, t)


@task.mistake(
    "record not stored",
    "Within one step you take the maximum, and the next step does not know of it. What "
    "does the state hold in its third place?",
)
def amsgrad_step(w, g, state=(0.0, 0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, V, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    V = np.maximum(V, v)
    m_hat = m / (1 - beta1**t)
    v_hat = V / (1 - beta2**t)
    return w - lr * m_hat / (np.sqrt(v_hat) + eps), (m, v, v, t)


@task.mistake(
    "record fed into the average",
    "Your v never falls, because the record takes the place of the average itself. From "
    "which v does the next average start?",
)
def amsgrad_step(w, g, state=(0.0, 0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, V, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    V = np.maximum(V, v)
    m_hat = m / (1 - beta1**t)
    v_hat = V / (1 - beta2**t)
    return w - lr * m_hat / (np.sqrt(v_hat) + eps), (m, V, V, t)


@task.mistake(
    "not corrected",
    "Your first step has 3.16 learning rates. The paper of AMSGrad corrects nothing; what "
    "does the statement do with m and V?",
)
def amsgrad_step(w, g, state=(0.0, 0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, V, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    V = np.maximum(V, v)
    m_hat = m
    v_hat = V
    return w - lr * m_hat / (np.sqrt(v_hat) + eps), (m, v, V, t)


@task.mistake(
    "V not corrected",
    "Your first step is 32 times too long. The largest v so far began at 0 as well: what "
    "was done for m?",
)
def amsgrad_step(w, g, state=(0.0, 0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, V, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    V = np.maximum(V, v)
    m_hat = m / (1 - beta1**t)
    v_hat = V
    return w - lr * m_hat / (np.sqrt(v_hat) + eps), (m, v, V, t)


@task.mistake(
    "m not corrected",
    "Your first step is a tenth of the right one. V is corrected: what about m?",
)
def amsgrad_step(w, g, state=(0.0, 0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, V, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    V = np.maximum(V, v)
    m_hat = m
    v_hat = V / (1 - beta2**t)
    return w - lr * m_hat / (np.sqrt(v_hat) + eps), (m, v, V, t)


@task.mistake(
    "eps under the root",
    "Gradients near 1e-8 hardly move. On which side of the root does eps stand?",
)
def amsgrad_step(w, g, state=(0.0, 0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, V, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    V = np.maximum(V, v)
    m_hat = m / (1 - beta1**t)
    v_hat = V / (1 - beta2**t)
    return w - lr * m_hat / np.sqrt(v_hat + eps), (m, v, V, t)


@task.mistake(
    "largest square for largest average",
    "You keep the largest single square, and a lone large gradient counts a thousand "
    "times too much. Of what is the maximum taken, of g squared or of v?",
)
def amsgrad_step(w, g, state=(0.0, 0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, V, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    V = np.maximum(V, g**2)
    m_hat = m / (1 - beta1**t)
    v_hat = V / (1 - beta2**t)
    return w - lr * m_hat / (np.sqrt(v_hat) + eps), (m, v, V, t)


@task.mistake(
    "largest coordinate for all",
    "A steep coordinate slows down all the others. Is the maximum over the steps, or over "
    "the coordinates?",
)
def amsgrad_step(w, g, state=(0.0, 0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, V, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    V = np.maximum(V, np.max(v) + 0.0 * v)
    m_hat = m / (1 - beta1**t)
    v_hat = V / (1 - beta2**t)
    return w - lr * m_hat / (np.sqrt(v_hat) + eps), (m, v, V, t)


@task.mistake(
    "t not counted",
    "Every step is corrected like the first. Does the state remember t?",
)
def amsgrad_step(w, g, state=(0.0, 0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, V, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    V = np.maximum(V, v)
    m_hat = m / (1 - beta1**t)
    v_hat = V / (1 - beta2**t)
    return w - lr * m_hat / (np.sqrt(v_hat) + eps), (m, v, V, t - 1)


@task.mistake(
    "ascent",
    "Your first step goes up where the gradient says down. Which sign lowers f?",
)
def amsgrad_step(w, g, state=(0.0, 0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, V, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    V = np.maximum(V, v)
    m_hat = m / (1 - beta1**t)
    v_hat = V / (1 - beta2**t)
    return w + lr * m_hat / (np.sqrt(v_hat) + eps), (m, v, V, t)


@task.mistake(
    "eps of the call ignored",
    "With eps = 1 beside a gradient of 1 your step is as long as with the tiny default: you "
    "divide by the same small number whatever the call says. Where does the argument eps go?",
)
def amsgrad_step(w, g, state=(0.0, 0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, V, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    V = np.maximum(V, v)
    m_hat = m / (1 - beta1**t)
    return w - lr * m_hat / (np.sqrt(V / (1 - beta2**t)) + 1e-8), (m, v, V, t)


@task.mistake(
    "average continued from the record",
    "After a large gradient your v comes down too slowly: the new average was made from "
    "the largest v, and not from the last one. Which of the two goes on as in Adam?",
)
def amsgrad_step(w, g, state=(0.0, 0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, V, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * V + (1 - beta2) * g**2
    V = np.maximum(V, v)
    m_hat = m / (1 - beta1**t)
    return w - lr * m_hat / (np.sqrt(V / (1 - beta2**t)) + eps), (m, v, V, t)


@task.mistake(
    "largest square, not corrected",
    "Your record is that of single squares, so one large gradient holds the steps down "
    "for ever, at its full size. Of what is the maximum taken, and by what is it divided?",
)
def amsgrad_step(w, g, state=(0.0, 0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, V, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    V = np.maximum(V, g**2)
    m_hat = m / (1 - beta1**t)
    return w - lr * m_hat / (np.sqrt(V) + eps), (m, v, V, t)


@task.mistake(
    "three values in the state",
    "Your first step is right, and the second cannot take up your state: three values "
    "came back where four went in. Which of m, v, V and t is missing?",
)
def amsgrad_step(w, g, state=(0.0, 0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, V, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    V = np.maximum(V, v)
    m_hat = m / (1 - beta1**t)
    return w - lr * m_hat / (np.sqrt(V / (1 - beta2**t)) + eps), (m, V, t)


@task.mistake(
    "largest coordinate, kept as one number",
    "Your record is one number for all coordinates: the first steep gradient slows down every one "
    "of them. How many entries has the largest v so far?",
)
def amsgrad_step(w, g, state=(0.0, 0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, V, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    V = max(V, np.max(v))
    m_hat = m / (1 - beta1**t)
    return w - lr * m_hat / (np.sqrt(V / (1 - beta2**t)) + eps), (m, v, V, t)


@task.mistake(
    "larger by Python's max",
    "The built-in max compares two arrays as wholes, and an array has no one answer to that. "
    "Which function of NumPy takes the larger of two arrays, entry by entry?",
)
def amsgrad_step(w, g, state=(0.0, 0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, V, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    V = max(V, v)
    m_hat = m / (1 - beta1**t)
    return w - lr * m_hat / (np.sqrt(V / (1 - beta2**t)) + eps), (m, v, V, t)


@task.mistake(
    "v and V change places in the state",
    "Your first steps are right; once gradients shrink, the average goes on from the "
    "record. In which order does the state hold its four parts?",
)
def amsgrad_step(w, g, state=(0.0, 0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, V, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    V = np.maximum(V, v)
    m_hat = m / (1 - beta1**t)
    return w - lr * m_hat / (np.sqrt(V / (1 - beta2**t)) + eps), (m, V, v, t)


@task.mistake(
    "largest so far never updated",
    "Each step compares its v with the V of the very start. Does the state that you "
    "return know of the new record?",
)
def amsgrad_step(w, g, state=(0.0, 0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, V, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    return w - lr * m_hat / (np.sqrt(np.maximum(V, v) / (1 - beta2**t)) + eps), (m, v, V, t)


@task.mistake(
    "record kept and not used",
    "Your records are kept well, and the step is Adam's all the same. Which of the two, v "
    "or V, stands under the root?",
)
def amsgrad_step(w, g, state=(0.0, 0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, V, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    V = np.maximum(V, v)
    m_hat = m / (1 - beta1**t)
    return w - lr * m_hat / (np.sqrt(v / (1 - beta2**t)) + eps), (m, v, V, t)


@task.mistake(
    "record of the roots",
    "Your w is right while V comes from your own steps; a V that is handed in is taken "
    "for a root. Is the maximum that of v, or that of its root?",
)
def amsgrad_step(w, g, state=(0.0, 0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, V, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    V = np.maximum(V, np.sqrt(v))
    m_hat = m / (1 - beta1**t)
    return w - lr * m_hat / (V / np.sqrt(1 - beta2**t) + eps), (m, v, V, t)


@task.mistake(
    "corrected twice",
    "Your first step is 32 times too short: the record is that of a corrected v, and you "
    "correct it once more. Which v is compared with V?",
)
def amsgrad_step(w, g, state=(0.0, 0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, V, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    V = np.maximum(V, v / (1 - beta2**t))
    m_hat = m / (1 - beta1**t)
    return w - lr * m_hat / (np.sqrt(V / (1 - beta2**t)) + eps), (m, v, V, t)


@task.mistake(
    "no root",
    "Large gradients make short steps and small ones long steps: you divide by V itself. "
    "What brings a square back to the size of the gradient?",
)
def amsgrad_step(w, g, state=(0.0, 0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, V, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    V = np.maximum(V, v)
    m_hat = m / (1 - beta1**t)
    return w - lr * m_hat / (V / (1 - beta2**t) + eps), (m, v, V, t)


@task.mistake(
    "largest m",
    "The direction cannot come back once it has been large: you took the maximum of m. Of "
    "which average is the record kept?",
)
def amsgrad_step(w, g, state=(0.0, 0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, V, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    V = np.maximum(V, v)
    m = np.maximum(state[0], m)
    m_hat = m / (1 - beta1**t)
    return w - lr * m_hat / (np.sqrt(V / (1 - beta2**t)) + eps), (m, v, V, t)


@task.mistake(
    "record of v before this gradient",
    "Your denominator is one step late: at the first step it is only eps. Is the new v "
    "compared with the record before or after the step?",
)
def amsgrad_step(w, g, state=(0.0, 0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, V, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    V = np.maximum(V, v)
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    return w - lr * m_hat / (np.sqrt(V / (1 - beta2**t)) + eps), (m, v, V, t)


@task.accepts("where it is larger")
def amsgrad_step(w, g, state=(0.0, 0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, V, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * np.square(g)
    V = np.where(v < V, V, v)
    m_hat = m / (1 - beta1**t)
    v_hat = V / (1 - beta2**t)
    return w - lr * m_hat / (np.sqrt(v_hat) + eps), (m, v, V, t)


@task.accepts("corrections in the rate")
def amsgrad_step(w, g, state=(0.0, 0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, record, t = state
    w, g = np.asarray(w, dtype=float), np.asarray(g, dtype=float)
    m, v, t = beta1 * m + (1 - beta1) * g, beta2 * v + (1 - beta2) * g * g, t + 1
    record = np.maximum(v, record)
    grown = np.sqrt(1 - beta2**t)
    new = w - lr * grown / (1 - beta1**t) * m / (np.sqrt(record) + eps * grown)
    return new, (m, v, record, t)
