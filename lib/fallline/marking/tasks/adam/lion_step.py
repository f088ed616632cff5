"""Task `lion_step` of chapter `adam`."""

import numpy as np

from fallline import adam as reference
from fallline.marking.task import Case, Task
from fallline.marking.tasks.adam.cases import EASY, ONE, once, path, random_steps, step_cases


def random_votes(rng):
    """Return single steps in which memory and gradient pull against each other, and whole walks."""
    cases = random_steps(rng, 0.0)
    for shape in ((6,), (3, 2)):
        m = rng.normal(size=shape)
        hyper = {"lr": 0.1, "lam": 0.2, "beta1": rng.uniform(0.3, 0.7), "beta2": 0.8}
        label = f"a random state of shape {shape} and a gradient against it"
        args = (rng.normal(size=shape), -m * rng.uniform(0.2, 4, size=shape), m, hyper)
        cases.append(Case(label, args, once))
    return cases


task = Task(
    reference.lion_step,
    cases=[
        *step_cases(0.0),
        Case(
            "g = 1, then -0.085: the memory outvotes the gradient",
            (np.zeros(1), [ONE, -0.085 * ONE], 2, {"lr": 1.0}),
            path,
        ),
        Case(
            "g = 1, then -0.1: the gradient outvotes the memory",
            (np.zeros(1), [ONE, -0.1 * ONE], 2, {"lr": 1.0}),
            path,
        ),
        Case(
            "g = 2, then -0.175, then 0",
            (np.zeros(1), [2 * ONE, -0.175 * ONE, 0 * ONE], 3, {"lr": 1.0}),
            path,
        ),
        Case(
            "a state m = (0.5, -0.5), g = (-4.3, 4.4)",
            (np.ones(2), np.array([-4.3, 4.4]), np.array([0.5, -0.5]), {"lr": 0.25}),
            once,
        ),
        Case(
            "w = (10, -10), g = 1, lr = 0.1, lam = 0.5",
            (np.array([10.0, -10.0]), [np.ones(2)], 2, {"lr": 0.1, "lam": 0.5}),
            path,
        ),
        Case(
            "decay and no gradient: w = (10, -4), lam = 0.5",
            (np.array([10.0, -4.0]), [np.zeros(2)], 2, {"lr": 0.1, "lam": 0.5}),
            path,
        ),
        Case(
            "a state m = (0.5, -0.5), g = (-1, 4)",
            (np.ones(2), np.array([-1.0, 4.0]), np.array([0.5, -0.5]), {"lr": 0.25}),
            once,
        ),
        Case(
            "m = (1, -1), g = (-2, 2), beta1 = 0.5, beta2 = 0.75",
            (np.zeros(2), np.array([-2.0, 2.0]), np.array([1.0, -1.0]), {"lr": 1.0} | EASY),
            once,
        ),
        Case(
            "m = (0.5, -0.5), g = (-8, 8), whole lr",
            (np.ones(2), np.array([-8.0, 8.0]), np.array([0.5, -0.5]), {"lr": 1, "lam": 0.25}),
            once,
        ),
        Case(
            "seven gradients of changing sign, lam = 0.1",
            (
                np.ones(2),
                [np.array(p) for p in ((1.0, 5), (-0.1, 4), (-0.05, -1), (2, -0.5), (-0.3, -9))],
                7,
                {"lr": 0.1, "lam": 0.1},
            ),
            path,
        ),
    ],
    draw=random_votes,
    why="signs, and a few products: only rounding may differ",
)


@task.mistake(
    "sign of the new m",
    "g = 1, then -0.1: you keep going down where the newest gradient has already won. "
    "With which of the two memories, the shorter or the longer, is c made?",
)
def lion_step(w, g, state=0.0, *, lr=0.0001, beta1=0.9, beta2=0.99, lam=0.0):
    m = state
    m = beta2 * m + (1 - beta2) * g
    w = w - lr * (np.sign(m) + lam * w)
    return w, m


@task.mistake(
    "sign of the old m",
    "Your first step goes nowhere: m is still 0 then. What is mixed into m before its "
    "sign is taken?",
)
def lion_step(w, g, state=0.0, *, lr=0.0001, beta1=0.9, beta2=0.99, lam=0.0):
    m = state
    w = w - lr * (np.sign(m) + lam * w)
    m = beta2 * m + (1 - beta2) * g
    return w, m


@task.mistake(
    "rates swapped",
    "g = 1, then -0.085: the memory should outvote the gradient, and here it does not. "
    "Which rate makes c, and which makes the next m?",
)
def lion_step(w, g, state=0.0, *, lr=0.0001, beta1=0.9, beta2=0.99, lam=0.0):
    m = state
    c = beta2 * m + (1 - beta2) * g
    w = w - lr * (np.sign(c) + lam * w)
    m = beta1 * m + (1 - beta1) * g
    return w, m


@task.mistake(
    "m updated before c",
    "The newest gradient counts twice in your c, once in m and once beside it. Which of "
    "the two lines comes first?",
)
def lion_step(w, g, state=0.0, *, lr=0.0001, beta1=0.9, beta2=0.99, lam=0.0):
    m = state
    m = beta2 * m + (1 - beta2) * g
    c = beta1 * m + (1 - beta1) * g
    w = w - lr * (np.sign(c) + lam * w)
    return w, m


@task.mistake(
    "size kept",
    "Large gradients make large steps. What does Lion keep of c?",
)
def lion_step(w, g, state=0.0, *, lr=0.0001, beta1=0.9, beta2=0.99, lam=0.0):
    m = state
    c = beta1 * m + (1 - beta1) * g
    w = w - lr * (c + lam * w)
    m = beta2 * m + (1 - beta2) * g
    return w, m


@task.mistake(
    "sign of the gradient",
    "After g = 1 a gradient of -0.085 turns you round at once. Where is the memory in your step?",
)
def lion_step(w, g, state=0.0, *, lr=0.0001, beta1=0.9, beta2=0.99, lam=0.0):
    m = state
    w = w - lr * (np.sign(g) + lam * w)
    m = beta2 * m + (1 - beta2) * g
    return w, m


@task.mistake(
    "m is not remembered",
    "Every step is like the first. What does the state hand on?",
)
def lion_step(w, g, state=0.0, *, lr=0.0001, beta1=0.9, beta2=0.99, lam=0.0):
    m = state
    c = beta1 * m + (1 - beta1) * g
    w = w - lr * (np.sign(c) + lam * w)
    m = beta2 * m + (1 - beta2) * g
    return w, state


@task.mistake(
    "c remembered",
    "You hand on c, whose memory is ten steps long. With which rate is the m that is "
    "handed on made?",
)
def lion_step(w, g, state=0.0, *, lr=0.0001, beta1=0.9, beta2=0.99, lam=0.0):
    m = state
    c = beta1 * m + (1 - beta1) * g
    w = w - lr * (np.sign(c) + lam * w)
    return w, c


@task.mistake(
    "m is a sum",
    "The old gradients weigh too much against the new one: your m grows to a hundred "
    "times the gradient. What is the weight of g in it?",
)
def lion_step(w, g, state=0.0, *, lr=0.0001, beta1=0.9, beta2=0.99, lam=0.0):
    m = state
    c = beta1 * m + (1 - beta1) * g
    w = w - lr * (np.sign(c) + lam * w)
    m = beta2 * m + g
    return w, m


@task.mistake(
    "decay under the sign",
    "With lam your steps keep their length, and only their sign changes: the decay has "
    "lost its size. Should it stand under the sign?",
)
def lion_step(w, g, state=0.0, *, lr=0.0001, beta1=0.9, beta2=0.99, lam=0.0):
    m = state
    c = beta1 * m + (1 - beta1) * g
    w = w - lr * (np.sign(c + lam * w))
    m = beta2 * m + (1 - beta2) * g
    return w, m


@task.mistake(
    "decay without lr",
    "With lr = 0.1 and lam = 0.5 a w of 10 loses half of itself in one step. By what is "
    "lam multiplied?",
)
def lion_step(w, g, state=0.0, *, lr=0.0001, beta1=0.9, beta2=0.99, lam=0.0):
    m = state
    c = beta1 * m + (1 - beta1) * g
    w = w - lr * np.sign(c) - lam * w
    m = beta2 * m + (1 - beta2) * g
    return w, m


@task.mistake(
    "decay in the gradient",
    "With a gradient of 0 your w moves by one lr, and by lam nothing: the decay went into "
    "g and under the sign. Where does decoupled decay stand?",
)
def lion_step(w, g, state=0.0, *, lr=0.0001, beta1=0.9, beta2=0.99, lam=0.0):
    m = state
    g = g + lam * w
    c = beta1 * m + (1 - beta1) * g
    w = w - lr * (np.sign(c))
    m = beta2 * m + (1 - beta2) * g
    return w, m


@task.mistake(
    "no decay",
    "Where lam is not 0 your w is too large in size. What does lam do?",
)
def lion_step(w, g, state=0.0, *, lr=0.0001, beta1=0.9, beta2=0.99, lam=0.0):
    m = state
    c = beta1 * m + (1 - beta1) * g
    w = w - lr * (np.sign(c))
    m = beta2 * m + (1 - beta2) * g
    return w, m


@task.mistake(
    "grows",
    "With a gradient of 0 your w grows. In which direction does decay pull?",
)
def lion_step(w, g, state=0.0, *, lr=0.0001, beta1=0.9, beta2=0.99, lam=0.0):
    m = state
    c = beta1 * m + (1 - beta1) * g
    w = w - lr * (np.sign(c) - lam * w)
    m = beta2 * m + (1 - beta2) * g
    return w, m


@task.mistake(
    "ascent",
    "Your first step goes up where the gradient says down. Which sign lowers f?",
)
def lion_step(w, g, state=0.0, *, lr=0.0001, beta1=0.9, beta2=0.99, lam=0.0):
    m = state
    c = beta1 * m + (1 - beta1) * g
    w = w + lr * np.sign(c) - lr * lam * w
    m = beta2 * m + (1 - beta2) * g
    return w, m


@task.mistake(
    "never zero",
    "Where gradient and memory are both 0 you still move. What is the sign of 0?",
)
def lion_step(w, g, state=0.0, *, lr=0.0001, beta1=0.9, beta2=0.99, lam=0.0):
    m = state
    c = beta1 * m + (1 - beta1) * g
    w = w - lr * (np.where(c > 0, 1.0, -1.0) + lam * w)
    m = beta2 * m + (1 - beta2) * g
    return w, m


@task.mistake(
    "sign by division",
    "Where c is 0 you divide 0 by 0. Which function gives the sign, also that of 0?",
)
def lion_step(w, g, state=0.0, *, lr=0.0001, beta1=0.9, beta2=0.99, lam=0.0):
    m = state
    c = beta1 * m + (1 - beta1) * g
    w = w - lr * (c / np.abs(c) + lam * w)
    m = beta2 * m + (1 - beta2) * g
    return w, m


@task.mistake(
    "one norm for all",
    "You divide by the length of the whole c, so a large coordinate holds the others "
    "back. Should each coordinate move by the same length?",
)
def lion_step(w, g, state=0.0, *, lr=0.0001, beta1=0.9, beta2=0.99, lam=0.0):
    m = state
    c = beta1 * m + (1 - beta1) * g
    w = w - lr * (c / (np.linalg.norm(c) + 1e-300) + lam * w)
    m = beta2 * m + (1 - beta2) * g
    return w, m


@task.mistake(
    "decay of the moved w",
    "Almost right: you shrink what the step has just added as well. Which w is shrunk, "
    "the one before or the one after the step?",
)
def lion_step(w, g, state=0.0, *, lr=0.0001, beta1=0.9, beta2=0.99, lam=0.0):
    m = state
    c = beta1 * m + (1 - beta1) * g
    w = w - lr * np.sign(c)
    w = w - lr * lam * w
    m = beta2 * m + (1 - beta2) * g
    return w, m


@task.mistake(
    "m made from c",
    "Your m is made from c, where the newest gradient is already in, and then it is put "
    "in again. From which array does the next m start?",
)
def lion_step(w, g, state=0.0, *, lr=0.0001, beta1=0.9, beta2=0.99, lam=0.0):
    m = state
    c = beta1 * m + (1 - beta1) * g
    w = w - lr * (np.sign(c) + lam * w)
    m = beta2 * c + (1 - beta2) * g
    return w, m


@task.mistake(
    "only w returned",
    "One array came back where two things are asked for: the new parameters, and m for "
    "the next step.",
)
def lion_step(w, g, state=0.0, *, lr=0.0001, beta1=0.9, beta2=0.99, lam=0.0):
    m = state
    c = beta1 * m + (1 - beta1) * g
    w = w - lr * (np.sign(c) + lam * w)
    m = beta2 * m + (1 - beta2) * g
    return w


@task.mistake(
    "bracket lost",
    "With lam your w grows where it should shrink, and by more than lr: the minus and lr reach "
    "the sign only. How far does the bracket go?",
)
def lion_step(w, g, state=0.0, *, lr=0.0001, beta1=0.9, beta2=0.99, lam=0.0):
    m = state
    c = beta1 * m + (1 - beta1) * g
    w = w - lr * np.sign(c) + lam * w
    m = beta2 * m + (1 - beta2) * g
    return w, m


@task.mistake(
    "state in a tuple",
    "The first step is right, and the second meets a tuple where it expects numbers. What is the "
    "state of Lion: a tuple that holds m, or m itself?",
)
def lion_step(w, g, state=0.0, *, lr=0.0001, beta1=0.9, beta2=0.99, lam=0.0):
    m = state
    c = beta1 * m + (1 - beta1) * g
    w = w - lr * (np.sign(c) + lam * w)
    m = beta2 * m + (1 - beta2) * g
    return w, (m,)


@task.mistake(
    "usual rates whatever the call says",
    "With the usual rates you are right, with beta1 = 0.5 and beta2 = 0.75 memory and gradient "
    "are still mixed as 9 to 1. Where do the arguments beta1 and beta2 go?",
)
def lion_step(w, g, state=0.0, *, lr=0.0001, beta1=0.9, beta2=0.99, lam=0.0):
    m = state
    c = 0.9 * m + 0.1 * g
    w = w - lr * (np.sign(c) + lam * w)
    m = 0.99 * m + 0.01 * g
    return w, m


@task.mistake(
    "constant decay",
    "With lam = 0.5 every w loses the same length, whatever its size. Of what does the "
    "decay take a share?",
)
def lion_step(w, g, state=0.0, *, lr=0.0001, beta1=0.9, beta2=0.99, lam=0.0):
    m = state
    c = beta1 * m + (1 - beta1) * g
    w = w - lr * (np.sign(c) + lam)
    m = beta2 * m + (1 - beta2) * g
    return w, m


@task.mistake(
    "decay times the sign",
    "Where c is 0 your w does not decay, and where c is negative it grows: decay and sign "
    "are multiplied. Which sign joins the two in the bracket?",
)
def lion_step(w, g, state=0.0, *, lr=0.0001, beta1=0.9, beta2=0.99, lam=0.0):
    m = state
    c = beta1 * m + (1 - beta1) * g
    w = w - lr * np.sign(c) * (1 + lam * w)
    m = beta2 * m + (1 - beta2) * g
    return w, m


@task.mistake(
    "rates mixed in m",
    "The m that you hand on grows too fast: its two weights add up to 1.09. Which two "
    "weights belong together?",
)
def lion_step(w, g, state=0.0, *, lr=0.0001, beta1=0.9, beta2=0.99, lam=0.0):
    m = state
    c = beta1 * m + (1 - beta1) * g
    w = w - lr * (np.sign(c) + lam * w)
    m = beta2 * m + (1 - beta1) * g
    return w, m


@task.mistake(
    "decay by the sign of w",
    "Your w shrinks by the same length, large or small. Of which of the two is the sign "
    "taken, c or w?",
)
def lion_step(w, g, state=0.0, *, lr=0.0001, beta1=0.9, beta2=0.99, lam=0.0):
    m = state
    c = beta1 * m + (1 - beta1) * g
    w = w - lr * (np.sign(c) + lam * np.sign(w))
    m = beta2 * m + (1 - beta2) * g
    return w, m


@task.mistake(
    "c without beta1",
    "With memory and gradient against each other the memory wins too often: it is taken "
    "whole. With which weight does m enter c?",
)
def lion_step(w, g, state=0.0, *, lr=0.0001, beta1=0.9, beta2=0.99, lam=0.0):
    m = state
    c = m + (1 - beta1) * g
    w = w - lr * (np.sign(c) + lam * w)
    m = beta2 * m + (1 - beta2) * g
    return w, m


@task.mistake(
    "sign of g, and c handed on",
    "Your step asks the newest gradient only, and what you hand on is c. What is the sign "
    "taken of, and with which rate is the next m made?",
)
def lion_step(w, g, state=0.0, *, lr=0.0001, beta1=0.9, beta2=0.99, lam=0.0):
    m = state
    c = beta1 * m + (1 - beta1) * g
    w = w - lr * (np.sign(g) + lam * w)
    return w, c


@task.mistake(
    "weights of c swapped",
    "g = 1, then -0.085: the newest gradient wins, though the memory should. Which of the "
    "two has the weight 0.9 in c?",
)
def lion_step(w, g, state=0.0, *, lr=0.0001, beta1=0.9, beta2=0.99, lam=0.0):
    m = state
    c = (1 - beta1) * m + beta1 * g
    w = w - lr * (np.sign(c) + lam * w)
    m = beta2 * m + (1 - beta2) * g
    return w, m


@task.accepts("counted by comparisons")
def lion_step(w, g, state=0.0, *, lr=0.0001, beta1=0.9, beta2=0.99, lam=0.0):
    m = state
    c = beta1 * m + (1 - beta1) * g
    w = w - lr * ((np.where(c > 0, 1.0, 0.0) - np.where(c < 0, 1.0, 0.0) + 0.0 * c) + lam * w)
    m = beta2 * m + (1 - beta2) * g
    return w, m


@task.accepts("decay first")
def lion_step(w, g, state=0.0, *, lr=0.0001, beta1=0.9, beta2=0.99, lam=0.0):
    w, g = np.asarray(w, dtype=float), np.asarray(g, dtype=float)
    direction = np.sign(g + beta1 * (state - g))
    return (1 - lr * lam) * w - lr * direction, state + (1 - beta2) * (g - state)
