"""Task `adamw_step` of chapter `adam`."""

import numpy as np

from fallline import adam as reference
from fallline.marking.task import Case, Task
from fallline.marking.tasks.adam.cases import (
    FRESH,
    SIGNS,
    TABLE,
    eps_cases,
    late_cases,
    once,
    path,
    random_steps,
    step_cases,
)

task = Task(
    reference.adamw_step,
    cases=[
        *step_cases(FRESH),
        *eps_cases(FRESH),
        *late_cases(),
        Case(
            "w = (10, 10), g = 0, lr = 0.1, lam = 0.5: only decay",
            (np.array([10.0, 10.0]), [np.zeros(2)], 2, {"lr": 0.1, "lam": 0.5}, FRESH),
            path,
        ),
        Case(
            "w = (10, 10), only the first decays",
            (
                np.full(2, 10.0),
                [np.zeros(2)],
                2,
                {"lr": 0.1, "lam": 0.5, "mask": np.array([1, 0])},
                FRESH,
            ),
            path,
        ),
        Case(
            "a mask of True and False, and gradients",
            (
                np.array([4.0, -8.0]),
                SIGNS,
                3,
                {"lr": 0.1, "lam": 0.2, "mask": np.array([False, True])},
                FRESH,
            ),
            path,
        ),
        Case(
            "a table whose last column does not decay",
            (np.ones((2, 3)), TABLE, 3, {"lr": 0.1, "mask": np.array([1, 1, 0])}, FRESH),
            path,
        ),
        Case(
            "a mask of 0: Adam",
            (np.ones(2), SIGNS, 2, {"lr": 0.1, "lam": 0.3, "mask": 0.0}, FRESH),
            path,
        ),
        Case(
            "no decay at all: lam = 0",
            (np.ones(2), SIGNS, 2, {"lr": 0.1, "lam": 0.0}, FRESH),
            path,
        ),
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
    "decay in the gradient",
    "With a gradient of 0 your w of 10 moves by one learning rate, whatever lam is: the "
    "decay went through m and v and lost its size there. Where should it enter instead?",
)
def adamw_step(
    w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8, lam=0.01, mask=1.0
):
    m, v, t = state
    t = t + 1
    g = g + lam * np.asarray(mask) * w
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return w - lr * m_hat / (np.sqrt(v_hat) + eps), (m, v, t)


@task.mistake(
    "decay of the moved w",
    "Almost right: you shrink what the step has just added as well. Which w is shrunk, "
    "the one before or the one after the step?",
)
def adamw_step(
    w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8, lam=0.01, mask=1.0
):
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    w = w - lr * m_hat / (np.sqrt(v_hat) + eps)
    return w - lr * lam * np.asarray(mask) * w, (m, v, t)


@task.mistake(
    "lam without lr",
    "With lr = 0.1 and lam = 0.5 your 10 falls to 5 in one step, and it should fall to "
    "9.5. By what is lam multiplied?",
)
def adamw_step(
    w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8, lam=0.01, mask=1.0
):
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    w = w - lam * np.asarray(mask) * w
    return w - lr * m_hat / (np.sqrt(v_hat) + eps), (m, v, t)


@task.mistake(
    "mask not used",
    "What the mask excludes decays as well. Which entries should stay where they are when "
    "the gradient is 0?",
)
def adamw_step(
    w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8, lam=0.01, mask=1.0
):
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    w = w - lr * lam * w
    return w - lr * m_hat / (np.sqrt(v_hat) + eps), (m, v, t)


@task.mistake(
    "mask turned round",
    "Exactly the wrong entries decay. Does a 1 in the mask mean decay, or no decay?",
)
def adamw_step(
    w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8, lam=0.01, mask=1.0
):
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    w = w - lr * lam * (1 - np.asarray(mask, dtype=float)) * w
    return w - lr * m_hat / (np.sqrt(v_hat) + eps), (m, v, t)


@task.mistake(
    "mask holds the gradient back",
    "What does not decay does not move either. Should the mask touch the step, or only the decay?",
)
def adamw_step(
    w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8, lam=0.01, mask=1.0
):
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    w = w - lr * lam * np.asarray(mask) * w
    return w - lr * np.asarray(mask) * m_hat / (np.sqrt(v_hat) + eps), (m, v, t)


@task.mistake(
    "no decay",
    "With a gradient of 0 your w stays where it is. What does lam do?",
)
def adamw_step(
    w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8, lam=0.01, mask=1.0
):
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return w - lr * m_hat / (np.sqrt(v_hat) + eps), (m, v, t)


@task.mistake(
    "grows",
    "With a gradient of 0 your w grows. In which direction does decay pull?",
)
def adamw_step(
    w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8, lam=0.01, mask=1.0
):
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    w = w + lr * lam * np.asarray(mask) * w
    return w - lr * m_hat / (np.sqrt(v_hat) + eps), (m, v, t)


@task.mistake(
    "twice the decay",
    "Your 10 falls to 9 where it should fall to 9.5: the derivative of lam w² has a 2 in "
    "it. Is this decay the derivative of a penalty?",
)
def adamw_step(
    w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8, lam=0.01, mask=1.0
):
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    w = w - 2 * lr * lam * np.asarray(mask) * w
    return w - lr * m_hat / (np.sqrt(v_hat) + eps), (m, v, t)


@task.mistake(
    "decay divided by the root",
    "The decay of coordinates with large gradients is too weak: it is divided by the same "
    "root as m. Does the gradient's size have a say in decoupled decay?",
)
def adamw_step(
    w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8, lam=0.01, mask=1.0
):
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return w - lr * (m_hat + lam * np.asarray(mask) * w) / (np.sqrt(v_hat) + eps), (m, v, t)


@task.mistake(
    "decay of the sign",
    "Your w shrinks by the same length, large or small. What share of itself should it lose?",
)
def adamw_step(
    w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8, lam=0.01, mask=1.0
):
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    w = w - lr * lam * np.asarray(mask) * np.sign(w)
    return w - lr * m_hat / (np.sqrt(v_hat) + eps), (m, v, t)


@task.mistake(
    "decay in the gradient, and decoupled",
    "Without a gradient you move by more than the decay: it is in there twice, once in g "
    "and once beside it. Which one does AdamW keep?",
)
def adamw_step(
    w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8, lam=0.01, mask=1.0
):
    m, v, t = state
    t = t + 1
    g = g + lam * np.asarray(mask) * w
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    w = w - lr * lam * np.asarray(mask) * w
    return w - lr * m_hat / (np.sqrt(v_hat) + eps), (m, v, t)


@task.mistake(
    "eps under the root",
    "Gradients near 1e-8 hardly move. On which side of the root does eps stand?",
)
def adamw_step(
    w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8, lam=0.01, mask=1.0
):
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    w = w - lr * lam * np.asarray(mask) * w
    return w - lr * m_hat / np.sqrt(v_hat + eps), (m, v, t)


@task.mistake(
    "not corrected",
    "The decay is right, and your first step has 3.16 learning rates. What did Adam do "
    "with averages that begin at 0?",
)
def adamw_step(
    w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8, lam=0.01, mask=1.0
):
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m
    v_hat = v
    w = w - lr * lam * np.asarray(mask) * w
    return w - lr * m_hat / (np.sqrt(v_hat) + eps), (m, v, t)


@task.mistake(
    "t not counted",
    "Every step is corrected like the first. Does the state remember t?",
)
def adamw_step(
    w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8, lam=0.01, mask=1.0
):
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    w = w - lr * lam * np.asarray(mask) * w
    return w - lr * m_hat / (np.sqrt(v_hat) + eps), (m, v, t - 1)


@task.mistake(
    "eps of the call ignored",
    "With eps = 1 beside a gradient of 1 your step is as long as with the tiny default: you "
    "divide by the same small number whatever the call says. Where does the argument eps go?",
)
def adamw_step(
    w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8, lam=0.01, mask=1.0
):
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    w = w - lr * lam * np.asarray(mask) * w
    return w - lr * m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + 1e-8), (m, v, t)


@task.mistake(
    "mask on all of w",
    "Where the mask is 0 your w becomes 0 at once. What should be left of an entry that "
    "does not decay: nothing, or all of it?",
)
def adamw_step(
    w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8, lam=0.01, mask=1.0
):
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    w = np.asarray(mask) * (w - lr * lam * w)
    return w - lr * m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + eps), (m, v, t)


@task.mistake(
    "only the decay",
    "Your w shrinks as it should and does not follow the gradient. Which of the two parts "
    "of the step is missing?",
)
def adamw_step(
    w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8, lam=0.01, mask=1.0
):
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    return w - lr * lam * np.asarray(mask) * w, (m, v, t)


@task.mistake(
    "decay in the gradient of the step only",
    "Your averages do not see the decay, and yet its size is lost where the gradient is "
    "large: you divide w by the root as well. Which term stands over the root?",
)
def adamw_step(
    w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8, lam=0.01, mask=1.0
):
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = (m + lam * np.asarray(mask) * w) / (1 - beta1**t)
    return w - lr * m_hat / (np.sqrt(v / (1 - beta2**t)) + eps), (m, v, t)


@task.mistake(
    "lam without lr and without mask",
    "Your decay takes the share lam of everything, with lr = 0.1 ten times too much. By "
    "what is lam multiplied, and what does the mask keep out?",
)
def adamw_step(
    w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8, lam=0.01, mask=1.0
):
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    w = (1 - lam) * w
    return w - lr * (m / (1 - beta1**t)) / (np.sqrt(v / (1 - beta2**t)) + eps), (m, v, t)


@task.mistake(
    "square of w",
    "A w of 5 shrinks by far too much: the penalty has a square in it, its derivative has "
    "not. What share of itself should w lose?",
)
def adamw_step(
    w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8, lam=0.01, mask=1.0
):
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    w = w - lr * lam * (mask * w) ** 2
    return w - lr * (m / (1 - beta1**t)) / (np.sqrt(v / (1 - beta2**t)) + eps), (m, v, t)


@task.mistake(
    "decay in the gradient, mask not used",
    "With a gradient of 0 your w moves by one learning rate, mask or not: the decay went "
    "through m and v. Where does AdamW put it, and for which entries?",
)
def adamw_step(
    w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8, lam=0.01, mask=1.0
):
    m, v, t = state
    t = t + 1
    g = g + lam * w
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    return w - lr * (m / (1 - beta1**t)) / (np.sqrt(v / (1 - beta2**t)) + eps), (m, v, t)


@task.mistake(
    "constant decay",
    "Your decay is the same for w = 10 and w = 1: lr times lam, without w. Of what is a "
    "share taken?",
)
def adamw_step(
    w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8, lam=0.01, mask=1.0
):
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    w = w - lr * lam * mask
    return w - lr * (m / (1 - beta1**t)) / (np.sqrt(v / (1 - beta2**t)) + eps), (m, v, t)


@task.mistake(
    "no root",
    "Large gradients make short steps: you divide by v itself. Which line of task 3 is missing?",
)
def adamw_step(
    w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8, lam=0.01, mask=1.0
):
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    w = w - lr * lam * mask * w
    return w - lr * (m / (1 - beta1**t)) / (v / (1 - beta2**t) + eps), (m, v, t)


@task.mistake(
    "ascent",
    "Your decay is right, and your step goes up where the gradient says down. Which sign lowers f?",
)
def adamw_step(
    w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8, lam=0.01, mask=1.0
):
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    w = w - lr * lam * mask * w
    return w + lr * (m / (1 - beta1**t)) / (np.sqrt(v / (1 - beta2**t)) + eps), (m, v, t)


@task.accepts("as a factor")
def adamw_step(
    w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8, lam=0.01, mask=1.0
):
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    w = w * (1 - lr * lam * np.asarray(mask, dtype=float))
    return w - lr * m_hat / (np.sqrt(v_hat) + eps), (m, v, t)


@task.accepts("the decay beside the step")
def adamw_step(
    w, g, state=(0.0, 0.0, 0), *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8, lam=0.01, mask=1.0
):
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    step = m_hat / (np.sqrt(v_hat) + eps) + lam * np.where(mask, w, 0.0)
    return w - lr * step, (m, v, t)
