"""The tasks of chapter `adam`."""

import copy

import numpy as np

from fallline import adam as reference
from fallline.marking.compare import identical
from fallline.marking.task import Case, ProblemSet

problems = ProblemSet("adam")


# --- how a step is tried ---


def path(answer, w, gradients, n, hyper, start=None):
    """Make n steps from a fresh state, given or left out; return the parameters after each."""
    state, points = () if start is None else (start,), []
    for k in range(n):
        before = copy.deepcopy(state)
        w, *after = answer(w, gradients[k % len(gradients)], *state, **hyper)
        if not identical(state, before):
            raise RuntimeError("the step changed its old state in place; return a new state")
        w, state = copy.deepcopy(w), tuple(copy.deepcopy(after))
        points.append(w)
    return points


def once(answer, w, g, state, hyper):
    """Make one step from a given state; return parameters and state."""
    return answer(w, g, state, **hyper)


FRESH = (0.0, 0.0, 0)
ONE = np.array([1.0])
SIGNS = [np.array([1.0, -2.0]), np.array([-1.0, -2.0])]
MIXED = [
    np.array([0.5, 0.0, 3e-8, -200.0]),
    np.array([-0.25, 0.0, -1e-8, 100.0]),
    np.array([2.0, 0.0, 2e-8, -50.0]),
]
TABLE = [np.array([[1.0, -3.0, 0.5], [0.25, 2.0, -1.0]]), np.array([[2.0, 1.0, 0], [1.0, -1.0, 4]])]
WHOLE = [np.array([3, -4]), np.array([1, 2])]
BROKEN = [np.array([np.nan, 1.0]), np.array([2.0, 1.0])]
EASY = {"beta1": 0.5, "beta2": 0.75}


def step_cases(start, **more):
    """Return what every step is tried on; the first ones can be worked out by hand."""
    easy = {"lr": 1.0} | EASY | more
    hyper = {"lr": 0.1} | more
    zero = np.zeros(2)
    return [
        Case("w = 5, one step with g = 1, lr = 1", (5 * ONE, [ONE], 1, {"lr": 1.0} | more), path),
        Case(
            "w = (5, 5), g = (1, -2), (-1, -2), beta1 = 0.5",
            (zero + 5, SIGNS, 2, easy, start),
            path,
        ),
        Case("w = 2, g = 1 three times, lr = 0.1", (2 * ONE, [ONE], 3, hyper, start), path),
        Case(
            "six steps, one g always 0, one near 1e-8", (np.ones(4), MIXED, 6, hyper, start), path
        ),
        Case("lr and state left out", (np.ones(4), MIXED, 1, more), path),
        Case("lr left out", (np.ones(4), MIXED[::-1], 4, more, start), path),
        Case("a table of shape (2, 3)", (np.ones((2, 3)), TABLE, 4, hyper, start), path),
        Case("whole numbers", (np.array([7, -2]), WHOLE, 3, hyper, start), path),
        Case("plain numbers, not arrays", (3.0, [0.5, -0.25], 3, hyper, start), path),
        Case("tiny gradients only", (np.ones(2), [np.array([1e-9, -4e-8])], 3, hyper, start), path),
        Case("a gradient that holds NaN", (np.ones(2), BROKEN, 2, hyper, start), path),
    ]


def random_steps(rng, start, **more):
    """Return random gradients of several shapes and sizes, one coordinate of them always 0."""
    cases = []
    for shape, scale in (((3,), 1.0), ((2, 4), 1e-4), ((5,), 1e3)):
        gradients = list(scale * rng.normal(size=(7, *shape)))
        for g in gradients:
            g.flat[-1] = 0.0
        hyper = {"lr": 0.05, "beta1": rng.uniform(0.3, 0.8), "beta2": rng.uniform(0.85, 0.95)}
        label = f"seven random steps of shape {shape}, gradients of size {scale:g}"
        cases.append(Case(label, (rng.normal(size=shape), gradients, 7, hyper | more, start), path))
    return cases


# --- ema_debiased ---


def random_rows(rng):
    return [
        Case(
            f"{n} random gradients of shape {shape}, beta = {beta}",
            (scale * rng.normal(size=(n, *shape)), beta),
        )
        for n, shape, scale, beta in (
            (5, (), 1.0, 0.7),
            (4, (3,), 1e-4, 0.95),
            (6, (2, 2), 1e3, 0.4),
        )
    ]


task = problems.task(
    reference.ema_debiased,
    cases=[
        Case("gs = (4, 4, 4), beta = 0.9: equal ones", (np.array([4.0, 4.0, 4.0]), 0.9)),
        Case("gs = (1, 4), beta = 0.5", (np.array([1.0, 4.0]), 0.5)),
        Case("gs = (8, 0, 0, 0), beta = 0.5", (np.array([8.0, 0.0, 0.0, 0.0]), 0.5)),
        Case("beta = 0.9, five numbers", (np.array([2.0, -1.0, 0.5, 3.0, -2.0]), 0.9)),
        Case("beta = 0: no memory", (np.array([3.0, -1.0, 2.0]), 0.0)),
        Case("whole numbers (3, 5, 6), beta = 0.5", (np.array([3, 5, 6]), 0.5)),
        Case("two coordinates", (np.array([[1.0, 0.0], [2.0, -4.0], [0.0, 1.0]]), 0.8)),
        Case("tables of shape (2, 2)", (np.arange(12.0).reshape(3, 2, 2), 0.6)),
        Case("one gradient only", (np.array([[7.0, -2.0]]), 0.99)),
        Case("NaN in the middle", (np.array([1.0, np.nan, 2.0]), 0.5)),
        Case("beta = 1: never forgets, never learns", (np.array([1.0, 2.0]), 1.0)),
    ],
    draw=random_rows,
    why="a few products and quotients: only rounding may differ",
)


@task.mistake(
    "not corrected",
    "Three equal gradients of 4 should average to 4, and your first average is far "
    "smaller. The average began at 0: how much weight is still on that 0?",
)
def ema_debiased(gs, beta):
    m, out = 0.0, []
    for g in gs:
        m = beta * m + (1 - beta) * g
        out.append(m)
    return np.array(out)


@task.mistake(
    "beta times t",
    "The first average is right, and from the second on the divisor is off. By what is "
    "the starting 0 multiplied in each step: is that added up, or multiplied up?",
)
def ema_debiased(gs, beta):
    m, out = 0.0, []
    for t, g in enumerate(gs, start=1):
        m = beta * m + (1 - beta) * g
        out.append(m / (1 - beta * t))
    return np.array(out)


@task.mistake(
    "t from 0",
    "The first average is NaN or infinite: the divisor is 0 there. How many gradients "
    "have been taken in when you first divide?",
)
def ema_debiased(gs, beta):
    m, out = 0.0, []
    for t, g in enumerate(gs, start=0):
        m = beta * m + (1 - beta) * g
        out.append(m / (1 - beta**t))
    return np.array(out)


@task.mistake(
    "starts at the first gradient and corrects too",
    "Equal gradients come out too large. An average that starts at g1 has no 0 in it: "
    "what is there left to correct?",
)
def ema_debiased(gs, beta):
    m, out = gs[0], []
    for t, g in enumerate(gs, start=1):
        m = beta * m + (1 - beta) * g
        out.append(m / (1 - beta**t))
    return np.array(out)


@task.mistake(
    "starts at the first gradient",
    "Equal gradients are right, but the first one keeps a weight far above its turn. In "
    "your average of two, which share belongs to g1 and which to g2, and which shares are "
    "asked for?",
)
def ema_debiased(gs, beta):
    m, out = gs[0], []
    for g in gs:
        m = beta * m + (1 - beta) * g
        out.append(m)
    return np.array(out)


@task.mistake(
    "sum for mean",
    "Equal gradients of 4 grow far beyond 4. Do the two weights of one step add up to 1?",
)
def ema_debiased(gs, beta):
    m, out = 0.0, []
    for t, g in enumerate(gs, start=1):
        m = beta * m + g
        out.append(m / (1 - beta**t))
    return np.array(out)


@task.mistake(
    "weights swapped",
    "Your average follows the newest gradient where it should follow the old ones. Which "
    "of the two weights is the large one for beta = 0.9?",
)
def ema_debiased(gs, beta):
    m, out = 0.0, []
    for t, g in enumerate(gs, start=1):
        m = (1 - beta) * m + beta * g
        out.append(m / (1 - beta**t))
    return np.array(out)


@task.mistake(
    "weights swapped, correction to match",
    "The averages are fair, but with the memory of 1 - beta. For beta = 0.9, how much of "
    "the old average should stay?",
)
def ema_debiased(gs, beta):
    m, out = 0.0, []
    for t, g in enumerate(gs, start=1):
        m = (1 - beta) * m + beta * g
        out.append(m / (1 - (1 - beta) ** t))
    return np.array(out)


@task.mistake(
    "last divisor for all",
    "The last average is right and the earlier ones are too small. Has the 0 lost as much "
    "weight after one gradient as after all of them?",
)
def ema_debiased(gs, beta):
    m, out = 0.0, []
    for g in gs:
        m = beta * m + (1 - beta) * g
        out.append(m / (1 - beta ** len(gs)))
    return np.array(out)


@task.mistake(
    "first divisor for all",
    "The first average is right and later ones are too large: you divide by 1 - beta each "
    "time. How much of the starting 0 is left after t steps?",
)
def ema_debiased(gs, beta):
    m, out = 0.0, []
    for g in gs:
        m = beta * m + (1 - beta) * g
        out.append(m / (1 - beta))
    return np.array(out)


@task.mistake(
    "corrected average fed back",
    "Two averages are right at most, and then they run away: a corrected value is "
    "corrected again. Which of the two, raw or corrected, should be remembered?",
)
def ema_debiased(gs, beta):
    m, out = 0.0, []
    for t, g in enumerate(gs, start=1):
        m = (beta * m + (1 - beta) * g) / (1 - beta**t)
        out.append(m)
    return np.array(out)


@task.mistake(
    "plain means",
    "These are the plain means of the first t gradients, all with equal weight. Which "
    "gradients should count more, the old or the new ones?",
)
def ema_debiased(gs, beta):
    return np.array([np.mean(gs[:t], axis=0) for t in range(1, len(gs) + 1)])


@task.mistake(
    "only the last one",
    "Only one average came back. Asked for is the average after each of the gradients: "
    "how many rows is that?",
)
def ema_debiased(gs, beta):
    m, out = 0.0, []
    for t, g in enumerate(gs, start=1):
        m = beta * m + (1 - beta) * g
        out.append(m / (1 - beta**t))
    return np.array(out[-1])


@task.mistake(
    "squares",
    "All averages are positive: you averaged the squares. That is Adam's second average; "
    "what does the first one average?",
)
def ema_debiased(gs, beta):
    m, out = 0.0, []
    for t, g in enumerate(gs, start=1):
        m = beta * m + (1 - beta) * g**2
        out.append(m / (1 - beta**t))
    return np.array(out)


@task.mistake(
    "weighted sum through t",
    "Equal gradients come out too small: you divide by t. What do the weights beta, beta "
    "squared and so on add up to?",
)
def ema_debiased(gs, beta):
    rows = []
    for t in range(1, len(gs) + 1):
        weights = beta ** np.arange(t)[::-1]
        rows.append(np.tensordot(weights, gs[:t], axes=1) / t)
    return np.array(rows)


@task.mistake(
    "newest first",
    "The first average is right, later ones look at the row from the wrong end: the "
    "oldest gradient has the largest weight. Which one should count most?",
)
def ema_debiased(gs, beta):
    rows = []
    for t in range(1, len(gs) + 1):
        weights = beta ** np.arange(t)
        rows.append(np.tensordot(weights / weights.sum(), gs[:t], axes=1))
    return np.array(rows)


@task.mistake(
    "scaled once more",
    "Your averages of equal gradients are too small by the factor 1 - beta: it is in "
    "there twice. Where is the weight of a new gradient to be put in?",
)
def ema_debiased(gs, beta):
    m, out = 0.0, []
    for t, g in enumerate(gs, start=1):
        m = beta * m + (1 - beta) * g
        out.append((1 - beta) * m / (1 - beta**t))
    return np.array(out)


@task.accepts("weights written out")
def ema_debiased(gs, beta):
    if not 0 <= beta < 1:
        raise ValueError("beta must be in [0, 1)")
    gs = np.asarray(gs, dtype=float)
    rows = []
    for t in range(1, len(gs) + 1):
        weights = float(beta) ** np.arange(t - 1, -1, -1)
        rows.append(np.tensordot(weights / weights.sum(), gs[:t], axes=1))
    return np.array(rows)


@task.accepts("with a growing weight, and no divisor")
def ema_debiased(gs, beta):
    if beta >= 1 or beta < 0:
        raise ValueError("beta must be in [0, 1)")
    averages = np.array(gs, dtype=float)
    for t in range(2, len(averages) + 1):
        new = (1 - beta) / (1 - beta**t)
        averages[t - 1] = (1 - new) * averages[t - 2] + new * averages[t - 1]
    return averages


# --- overshoot and argmax_overshoot ---


def random_rates(rng):
    cases = []
    for _ in range(3):
        b1 = rng.uniform(0.1, 0.9)
        b2 = 1 - (1 - b1) * rng.uniform(0.02, 0.5)
        t = int(rng.integers(2, 40))
        cases.append(Case(f"t = {t}, b1 = {b1:.3f}, b2 = {b2:.3f}", (t, b1, b2)))
        label = f"where it is largest, b1 = {b1:.3f}, b2 = {b2:.3f}"
        cases.append(Case(label, (b1, b2), of="argmax_overshoot"))
    return cases


task = problems.task(
    (reference.overshoot, reference.argmax_overshoot),
    cases=[
        Case("t = 1, b1 = 0.9, b2 = 0.99: 0.1 / 0.1", (1, 0.9, 0.99)),
        Case("t = 1, b1 = 0.5, b2 = 0.75: 0.5 / 0.5", (1, 0.5, 0.75)),
        Case("t = 2, b1 = 0.5, b2 = 0.75", (2, 0.5, 0.75)),
        Case("t = 1, b1 = 0.9, b2 = 0.999", (1, 0.9, 0.999)),
        Case("t = 12, b1 = 0.9, b2 = 0.999", (12, 0.9, 0.999)),
        Case("t = 3925.0, b1 = 0.9, b2 = 0.999", (3925.0, 0.9, 0.999)),
        Case("t = 5, b1 = b2 = 0.9", (5, 0.9, 0.9)),
        Case("t = 4, b1 = 0", (4, 0.0, 0.9)),
        Case("t = 1, 2, 3 and 100 at once", (np.array([1, 2, 3, 100]), 0.9, 0.999)),
        Case("t = 2 and 5 at once, whole numbers", (np.array([2, 5]), 0.5, 0.75)),
        Case("a t that is NaN", (np.array([np.nan, 2.0]), 0.9, 0.999)),
        Case("t = 0: no step", (0, 0.9, 0.999)),
        Case("where it is largest, 0.9 and 0.999", (0.9, 0.999), of="argmax_overshoot"),
        Case("where it is largest, 0.5 and 0.75", (0.5, 0.75), of="argmax_overshoot"),
        Case("where it is largest, 0.9 and 0.99", (0.9, 0.99), of="argmax_overshoot"),
        Case("where it is largest, 0.5 and 0.9", (0.5, 0.9), of="argmax_overshoot"),
        Case("where it is largest, 0.99 and 0.999", (0.99, 0.999), of="argmax_overshoot"),
        Case("where it is largest, 0 and 0.9: at once", (0.0, 0.9), of="argmax_overshoot"),
        Case("where it is largest, 0.99 and 0.995", (0.99, 0.995), of="argmax_overshoot"),
        Case("where it is largest, 0.995 and 0.999", (0.995, 0.999), of="argmax_overshoot"),
        Case("0.9 and 0.9: rises for ever", (0.9, 0.9), of="argmax_overshoot"),
        Case("0.99 and 0.9: rises for ever", (0.99, 0.9), of="argmax_overshoot"),
        Case("0.9 and 0.5: rises for ever", (0.9, 0.5), of="argmax_overshoot"),
    ],
    draw=random_rates,
    rtol=1e-8,
    why="1 - b2**t loses digits while b2**t is near 1: eight stay",
)


@task.mistake(
    "upside down",
    "At t = 12 you find a step shorter than one learning rate, and it is longer. Which "
    "average stands in Adam's numerator, and which under the root?",
)
def overshoot(t, b1, b2):
    return np.sqrt(1 - b2**t) / (1 - b1**t)


@task.mistake(
    "no root",
    "For t = 1 with 0.9 and 0.999 you get 100 instead of 3.16. v is made of squares: what "
    "does Adam do with it before it divides?",
)
def overshoot(t, b1, b2):
    return (1 - b1**t) / (1 - b2**t)


@task.mistake(
    "the two rates swapped",
    "At the first step you get 0.003 instead of 3.16. Which of the two rates belongs to "
    "m, and which to v?",
)
def overshoot(t, b1, b2):
    return (1 - b2**t) / np.sqrt(1 - b1**t)


@task.mistake(
    "one step late",
    "The first step comes out as 0/0. After one gradient, how often has the starting 0 "
    "been multiplied by its rate?",
)
def overshoot(t, b1, b2):
    return (1 - b1 ** (t - 1)) / np.sqrt(1 - b2 ** (t - 1))


@task.mistake(
    "one step early",
    "What you say about step 1 is true of step 2. Are the steps counted from 1?",
)
def overshoot(t, b1, b2):
    return (1 - b1 ** (t + 1)) / np.sqrt(1 - b2 ** (t + 1))


@task.mistake(
    "t times",
    "The first step is right and later ones are not. Is the weight of the starting 0 "
    "multiplied in each step, or is something taken away from it?",
)
def overshoot(t, b1, b2):
    return (1 - b1 * t) / np.sqrt(1 - b2 * t)


@task.mistake(
    "only v is biased",
    "For large t the steps are right, for small ones too long. You correct the "
    "denominator only: did m not begin at 0 as well?",
)
def overshoot(t, b1, b2):
    return 1.0 / np.sqrt(1 - b2**t)


@task.mistake(
    "only m is biased",
    "You say that the first steps are too short, and they are too long. Which of the two "
    "averages, m or v, is further behind?",
)
def overshoot(t, b1, b2):
    return (1 - b1**t) / 1.0


@task.mistake(
    "root of both",
    "At t = 1 with 0.9 and 0.999 the step is 3.16 and not 10. Under a constant gradient "
    "g, what is m, and what is the root of v?",
)
def overshoot(t, b1, b2):
    return np.sqrt((1 - b1**t) / (1 - b2**t))


@task.mistake(
    "rates to the power of t after the difference",
    "The first step is right. Then both powers are taken too late: what is left of the 0 "
    "after t steps, and what of the gradients?",
)
def overshoot(t, b1, b2):
    return ((1 - b1) ** t) / np.sqrt((1 - b2) ** t)


@task.mistake(
    "power of the top only after the difference",
    "The first step is right; then the top gets smaller and smaller. As gradients come "
    "in, does m grow towards g, or away from it?",
)
def overshoot(t, b1, b2):
    return ((1 - b1) ** t) / np.sqrt(1 - b2**t)


@task.mistake(
    "root twice",
    "With t = 1 and b2 = 0.999 you get 0.56 instead of 3.16. How many roots does Adam take of v?",
)
def overshoot(t, b1, b2):
    return (1 - b1**t) / np.sqrt(np.sqrt(1 - b2**t))


@task.mistake(
    "difference instead of quotient",
    "You subtract the two averages. What does Adam do with m and the root of v?",
)
def overshoot(t, b1, b2):
    return (1 - b1**t) - np.sqrt(1 - b2**t)


@task.mistake(
    "place for step",
    "Each of your steps is one too small: 11 for 0.9 and 0.999. The first place of an "
    "array has the number 0; which step stands there?",
)
def argmax_overshoot(b1, b2):
    if b1 > 0 and b2 <= b1:
        return np.inf
    t = np.arange(1, 20_000)
    r = (1 - b1**t) / np.sqrt(1 - b2**t)
    return float(np.argmax(r))


@task.mistake(
    "height for place",
    "You return how long the longest step is, 6.57. Asked for is its number.",
)
def argmax_overshoot(b1, b2):
    if b1 > 0 and b2 <= b1:
        return np.inf
    t = np.arange(1, 20_000)
    r = (1 - b1**t) / np.sqrt(1 - b2**t)
    return float(np.max(r))


@task.mistake(
    "smallest for largest",
    "You find the step at which the overshoot is smallest. Where does the curve of r have its top?",
)
def argmax_overshoot(b1, b2):
    if b1 > 0 and b2 <= b1:
        return np.inf
    t = np.arange(1, 20_000)
    r = (1 - b1**t) / np.sqrt(1 - b2**t)
    return float(t[np.argmin(r)])


@task.mistake(
    "end of the search for an answer",
    "Where r rises for ever you name a step, and that is only where your search ends. "
    "When does r have no largest value?",
)
def argmax_overshoot(b1, b2):
    t = np.arange(1, 20_000)
    r = (1 - b1**t) / np.sqrt(1 - b2**t)
    return float(t[np.argmax(r)])


@task.mistake(
    "search too short",
    "With 0.9 and 0.999 you are right, with slower averages your search ends before the "
    "top is reached. How far should it go?",
)
def argmax_overshoot(b1, b2):
    if b1 > 0 and b2 <= b1:
        return np.inf
    t = np.arange(1, 20)
    r = (1 - b1**t) / np.sqrt(1 - b2**t)
    return float(t[np.argmax(r)])


@task.mistake(
    "first step for all",
    "You say that the first step is the longest. It has 3.16 learning rates with 0.9 and "
    "0.999; how many has the second?",
)
def argmax_overshoot(b1, b2):
    if b1 > 0 and b2 <= b1:
        return np.inf
    return 1.0


@task.mistake(
    "place for step, and the end of the search",
    "One too small where there is a top, and where r rises for ever you return the end of "
    "your search. Which step stands at place 0, and when is there no top at all?",
)
def argmax_overshoot(b1, b2):
    t = np.arange(1, 20_000)
    r = (1 - b1**t) / np.sqrt(1 - b2**t)
    return float(np.argmax(r))


@task.accepts("without cancellation")
def overshoot(t, b1, b2):
    t = np.asarray(t, dtype=float)
    if (t < 1).any():
        raise ValueError("steps are counted from 1")
    over, under = (t * 0 + 1.0 if b == 0 else -np.expm1(t * np.log(b)) for b in (b1, b2))
    return (over / np.sqrt(under))[()]


@task.accepts("uphill until it falls")
def argmax_overshoot(b1, b2):
    if b1 > 0 and b1 >= b2:
        return float("inf")

    def height(t):
        return (1 - b1**t) / (1 - b2**t) ** 0.5

    t = 1
    while height(t + 1) > height(t):
        t += 1
    return t


# --- adam_step ---


task = problems.task(
    reference.adam_step,
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


# --- adam_eps_hat_step and effective_eps ---


task = problems.task(
    (reference.adam_eps_hat_step, reference.effective_eps),
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


# --- amsgrad_step ---


task = problems.task(
    reference.amsgrad_step,
    cases=[
        *step_cases((0.0, 0.0, 0.0, 0)),
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


# --- adamw_step ---


task = problems.task(
    reference.adamw_step,
    cases=[
        *step_cases(FRESH),
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


# --- nadam_step ---


task = problems.task(
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


# --- lion_step ---


task = problems.task(
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
    draw=lambda rng: random_steps(rng, 0.0),
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
