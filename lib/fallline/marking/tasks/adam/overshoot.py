"""Tasks `overshoot` and `argmax_overshoot` of chapter `adam`."""

import numpy as np

from fallline import adam as reference
from fallline.marking.task import Case, Task


def whether_top(answer, b1, b2):
    """Return whether a top is claimed: where a search ends that finds none says nothing."""
    step = answer(b1, b2)
    return ("no top" if np.isposinf(step) else "a top") if np.isscalar(step) else step


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


task = Task(
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
        Case("0.9 and 0.9: rises for ever", (0.9, 0.9), whether_top, "argmax_overshoot"),
        Case("0.99 and 0.9: rises for ever", (0.99, 0.9), whether_top, "argmax_overshoot"),
        Case("0.9 and 0.5: rises for ever", (0.9, 0.5), whether_top, "argmax_overshoot"),
        Case("0.5 and 0.5: rises for ever", (0.5, 0.5), whether_top, "argmax_overshoot"),
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
    if b2 <= b1:
        return np.inf
    t = np.arange(1, 20_000)
    r = (1 - b1**t) / np.sqrt(1 - b2**t)
    return float(np.argmax(r))


@task.mistake(
    "height for place",
    "You return how long the longest step is, 6.57. Asked for is its number.",
)
def argmax_overshoot(b1, b2):
    if b2 <= b1:
        return np.inf
    t = np.arange(1, 20_000)
    r = (1 - b1**t) / np.sqrt(1 - b2**t)
    return float(np.max(r))


@task.mistake(
    "smallest for largest",
    "You find the step at which the overshoot is smallest. Where does the curve of r have its top?",
)
def argmax_overshoot(b1, b2):
    if b2 <= b1:
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
    "stops one step late",
    "Each of your steps is one too large: 13 for 0.9 and 0.999. When you notice that r has "
    "come down, which step was the top?",
)
def argmax_overshoot(b1, b2):
    if b2 <= b1:
        return np.inf
    t = np.arange(1, 20_000)
    r = (1 - b1**t) / np.sqrt(1 - b2**t)
    return float(np.argmax(r) + 2)


@task.mistake(
    "search too short",
    "With 0.9 and 0.999 you are right, with slower averages your search ends before the "
    "top is reached. How far should it go?",
)
def argmax_overshoot(b1, b2):
    if b2 <= b1:
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
    if b2 <= b1:
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


@task.mistake(
    "root at the top",
    "At t = 1 with 0.9 and 0.99 you get 31.6 instead of 1. Which of the two averages is "
    "made of squares, the one at the top or the one below?",
)
def overshoot(t, b1, b2):
    return np.sqrt(1 - b1**t) / (1 - b2**t)


@task.mistake(
    "equal rates",
    "Where the second rate is smaller you are right; with 0.9 and 0.9 you claim a top. "
    "Put b1 = b2 into the formula: does the root of 1 - b^t ever come down?",
)
def argmax_overshoot(b1, b2):
    if b2 < b1:
        return np.inf
    t = np.arange(1, 20_000)
    r = (1 - b1**t) / np.sqrt(1 - b2**t)
    return float(t[np.argmax(r)])


@task.accepts("without cancellation")
def overshoot(t, b1, b2):
    t = np.asarray(t, dtype=float)
    if (t < 1).any():
        raise ValueError("steps are counted from 1")
    over, under = (t * 0 + 1.0 if b == 0 else -np.expm1(t * np.log(b)) for b in (b1, b2))
    return (over / np.sqrt(under))[()]


@task.accepts("uphill until it falls")
def argmax_overshoot(b1, b2):
    if b1 >= b2:
        return float("inf")

    def height(t):
        return (1 - b1**t) / (1 - b2**t) ** 0.5

    t = 1
    while height(t + 1) > height(t):
        t += 1
    return t
