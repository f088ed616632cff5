"""Task `relative_error` of chapter `checking`."""

import numpy as np

from fallline import checking as reference
from fallline.marking.task import Case, Task


def random_pairs(rng):
    cases = []
    for shape, scale in (((4,), 1.0), ((2, 3), 1e-6), ((3, 2), 1e6)):
        a = scale * rng.normal(size=shape)
        b = a * (1 + 0.1 * rng.normal(size=shape))
        a[0] = b[0] = 0.0
        cases.append(Case(f"shape {shape}, entries near {scale:g}, a few 0", (a, b)))
    return cases


task = Task(
    reference.relative_error,
    cases=[
        Case("a = (1, 4), b = (2, 4)", (np.array([1.0, 4.0]), np.array([2.0, 4.0]))),
        Case("a = (4, 1), b = (2, -1)", (np.array([4.0, 1.0]), np.array([2.0, -1.0]))),
        Case("a = (-4, -1), b = (-5, -1)", (np.array([-4.0, -1.0]), np.array([-5.0, -1.0]))),
        Case("a = (0, 1), b = (0, 1)", (np.array([0.0, 1.0]), np.array([0.0, 1.0]))),
        Case("a = (3, -2, 0), b = (4, 2, 5)", (np.array([3, -2, 0]), np.array([4, 2, 5]))),
        Case("a = (1e-9, 1), b = (3e-9, 1)", (np.array([1e-9, 1.0]), np.array([3e-9, 1.0]))),
        Case("a = (1e-12, 3e-9), b = (3e-12, 0)", (np.array([1e-12, 3e-9]), np.array([3e-12, 0]))),
        Case(
            "a = (0.1, 2), b = (0.2, 1.5), floor = 0.5",
            (np.array([0.1, 2.0]), np.array([0.2, 1.5]), 0.5),
        ),
        Case(
            "a = (1e-12, 1), b = (3e-12, 1), floor = 1e-15",
            (np.array([1e-12, 1.0]), np.array([3e-12, 1.0]), 1e-15),
        ),
        Case("shape (2, 3)", (np.arange(6.0).reshape(2, 3), np.full((2, 3), 4.0))),
        Case("a = (NaN, 1, 2), b = (1, 1, 4)", (np.array([np.nan, 1, 2]), np.array([1.0, 1, 4]))),
    ],
    draw=random_pairs,
    why="one subtraction and one division: only rounding may differ",
)


@task.mistake(
    "NaN where both are zero",
    "0 against 0 gives you NaN, though nothing agrees better. "
    "What is the smallest size that an entry should count as?",
)
def relative_error(a, b, floor=1e-8):
    return np.abs(a - b) / np.maximum(np.abs(a), np.abs(b))


@task.mistake(
    "no floor",
    "0 against 0 is treated, and 1e-12 against 3e-12 is not: there your error is large, though "
    "both are as good as 0. What is the floor for?",
)
def relative_error(a, b, floor=1e-8):
    size = np.maximum(np.abs(a), np.abs(b))
    return np.abs(a - b) / np.where(size == 0, 1.0, size)


@task.mistake(
    "one norm for all",
    "One number comes back for the whole array, and in it a large entry hides what is wrong "
    "with a small one. How many errors are there, if each entry has its own?",
)
def relative_error(a, b, floor=1e-8):
    return np.linalg.norm(a - b) / (np.linalg.norm(a) + np.linalg.norm(b))


@task.mistake(
    "the worst entry only",
    "You return the largest error. Which entry does it belong to? "
    "Keep them all; whoever calls you can take the largest.",
)
def relative_error(a, b, floor=1e-8):
    return np.max(np.abs(a - b) / np.maximum(np.maximum(np.abs(a), np.abs(b)), floor))


@task.mistake(
    "absolute error",
    "This is how far apart the numbers are, not how far apart they are for their size: "
    "is an error of 0.1 the same in 1000 as in 0.1?",
)
def relative_error(a, b, floor=1e-8):
    return np.abs(a - b)


@task.mistake(
    "signed error",
    "Some of your errors are negative, and a maximum would pass over exactly these. "
    "Does it matter which of the two is larger?",
)
def relative_error(a, b, floor=1e-8):
    return (a - b) / np.maximum(np.maximum(np.abs(a), np.abs(b)), floor)


@task.mistake(
    "size without the absolute value",
    "Where both numbers are negative your error is far too large. "
    "Which is the larger of -4 and -5, and which of them is larger in size?",
)
def relative_error(a, b, floor=1e-8):
    return np.abs(a - b) / np.maximum(np.maximum(a, b), floor)


@task.mistake(
    "relative to b only",
    "Swap a and b, and another error comes out. "
    "Neither of the two is known to be right: what size treats them alike?",
)
def relative_error(a, b, floor=1e-8):
    return np.abs(a - b) / np.maximum(np.abs(b), floor)


@task.mistake(
    "relative to a only",
    "Your error depends on which of the two comes first. "
    "If a is 0 by mistake, is b then infinitely far away?",
)
def relative_error(a, b, floor=1e-8):
    return np.abs(a - b) / np.maximum(np.abs(a), floor)


@task.mistake(
    "relative to the sum",
    "Your errors are too small, about half as large as they should be. "
    "Some courses divide by the sum of both sizes; what stands in the formula here?",
)
def relative_error(a, b, floor=1e-8):
    return np.abs(a - b) / np.maximum(np.abs(a) + np.abs(b), floor)


@task.mistake(
    "floor added",
    "Large entries come out nearly right, and with floor = 0.5 all errors are too small: "
    "a floor is a lower limit. Is it felt where you stand above it?",
)
def relative_error(a, b, floor=1e-8):
    return np.abs(a - b) / (np.maximum(np.abs(a), np.abs(b)) + floor)


@task.mistake(
    "relative to the mean size",
    "Where one number is twice the other, your error is 2/3. "
    "What stands underneath in the formula, the mean of the two sizes or the larger?",
)
def relative_error(a, b, floor=1e-8):
    return np.abs(a - b) / np.maximum((np.abs(a) + np.abs(b)) / 2, floor)


@task.mistake(
    "relative to the smaller",
    "Your errors are too large: you divide by the smaller of the two sizes. "
    "How large can such an error become, and where would it be bounded?",
)
def relative_error(a, b, floor=1e-8):
    return np.abs(a - b) / np.maximum(np.minimum(np.abs(a), np.abs(b)), floor)


@task.mistake(
    "distance of the ratio from 1",
    "a / b close to 1 is a good idea until b is 0 or smaller than a: "
    "1 against 2 and 2 against 1 should be equally far apart. Are they for you?",
)
def relative_error(a, b, floor=1e-8):
    return np.abs(1 - a / b)


@task.mistake(
    "squared",
    "A wrong sign should give 2, and you get 4; a gap of one percent becomes 0.0001. "
    "Is anything squared in the formula?",
)
def relative_error(a, b, floor=1e-8):
    return (a - b) ** 2 / np.maximum(np.maximum(a**2, b**2), floor)


@task.mistake(
    "one size for all",
    "Small entries get errors that are far too small: all are divided by the largest entry of "
    "the whole array. Whose size should stand under each error?",
)
def relative_error(a, b, floor=1e-8):
    return np.abs(a - b) / max(np.abs(a).max(), np.abs(b).max(), floor)


@task.mistake(
    "floor fixed",
    "Right with the floor that is there by default, and wrong with 0.5: your errors do not change "
    "when the floor does. Where should the argument come in?",
)
def relative_error(a, b, floor=1e-8):
    return np.abs(a - b) / np.maximum(np.maximum(np.abs(a), np.abs(b)), 1e-8)


@task.mistake(
    "sizes compared",
    "1 and -1 have an error of 0 with you: you compare the sizes and lose the signs. "
    "How far apart are the two numbers?",
)
def relative_error(a, b, floor=1e-8):
    return np.abs(np.abs(a) - np.abs(b)) / np.maximum(np.maximum(np.abs(a), np.abs(b)), floor)


@task.mistake(
    "nothing counts below the floor",
    "Two numbers below the floor always agree with you. The formula still looks at how far apart "
    "they are: what does it divide by there?",
)
def relative_error(a, b, floor=1e-8):
    size = np.maximum(np.abs(a), np.abs(b))
    return np.where(size < floor, 0.0, np.abs(a - b) / np.where(size < floor, 1.0, size))


@task.accepts("the maximum of three stacked arrays")
def relative_error(a, b, floor=1e-8):
    a, b = np.array(a, dtype=float), np.array(b, dtype=float)
    size = np.max([np.abs(a), np.abs(b), np.full(a.shape, float(floor))], axis=0)
    return np.abs(a - b) / size


@task.accepts("entry by entry")
def relative_error(a, b, floor=1e-8):
    out = np.zeros(np.shape(a))
    for i in np.ndindex(out.shape):
        p, q = float(a[i]), float(b[i])
        if p != q:
            out[i] = abs(p - q) / max(abs(p), abs(q), floor)
    return out
