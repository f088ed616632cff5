"""Task `second_order_cost` of chapter `curvature`."""

import numpy as np

from fallline import curvature as reference
from fallline.marking.task import Case, Task


def random_sizes(rng):
    sizes = [int(n) for n in rng.integers(10, 10**6, size=3)]
    return [
        Case(f"n = {n}, {dtype}", (n, dtype))
        for n, dtype in zip(sizes, ("float32", "float64", "float16"), strict=True)
    ]


task = Task(
    reference.second_order_cost,
    cases=[
        Case("n = 10, float64", (10, "float64")),
        Case("n = 10, float32", (10, "float32")),
        Case("n = 3, float64", (3, "float64")),
        Case("n = 5, float64", (5, "float64")),
        Case("n = 2, float32", (2, "float32")),
        Case("n = 8, float16", (8, "float16")),
        Case("one parameter, float64", (1, "float64")),
        Case("no parameter", (0, "float64")),
        Case("a million parameters, float32", (10**6, "float32")),
        Case("the network of 159 010 parameters, float64", (159_010, "float64")),
        Case("100 parameters, of the type np.float32 itself", (100, np.float32)),
        Case("n = NaN", (float("nan"), "float64")),
    ],
    draw=random_sizes,
    rtol=1e-12,
    why="two products and a division",
)


@task.mistake(
    "gibibytes",
    "Your first number is 2³⁰ times too small: GiB. Asked for are bytes, which leave the choice of "
    "GB or GiB to the reader.",
)
def second_order_cost(n, dtype="float64"):
    return n**2 * np.dtype(dtype).itemsize / 2**30, n**3 / 3


@task.mistake(
    "gigabytes",
    "Your first number is a thousand million times too small: GB. In which unit is the answer "
    "wanted?",
)
def second_order_cost(n, dtype="float64"):
    return n**2 * np.dtype(dtype).itemsize / 1e9, n**3 / 3


@task.mistake(
    "a third of n, cubed",
    "The memory is right, and the operations are nine times too few. Is n divided by 3 before it "
    "is cubed, or after?",
)
def second_order_cost(n, dtype="float64"):
    return n**2 * np.dtype(dtype).itemsize, (n / 3) ** 3


@task.mistake(
    "bytes divided by 8",
    "Your memory is an eighth of what the table fills. In which unit does itemsize count: in bits, "
    "or in bytes already?",
)
def second_order_cost(n, dtype="float64"):
    return n**2 * np.dtype(dtype).itemsize / 8, n**3 / 3


@task.mistake(
    "operations like n squared",
    "The memory is right, and the operations grow too slowly: for n = 10 solving takes some 333. "
    "Multiplying by a matrix costs n squared; what does factorising it cost?",
)
def second_order_cost(n, dtype="float64"):
    return n**2 * np.dtype(dtype).itemsize, n**2 / 3


@task.mistake(
    "n instead of n squared",
    "That much memory holds the gradient. How many second derivatives do n parameters have?",
)
def second_order_cost(n, dtype="float64"):
    return n * np.dtype(dtype).itemsize, n**3 / 3


@task.mistake(
    "four bytes for all",
    "The answer for float64 is half of what it should be. How many bytes has one entry, and which "
    "argument says so?",
)
def second_order_cost(n, dtype="float64"):
    return n**2 * 4, n**3 / 3


@task.mistake(
    "eight bytes for all",
    "The answer for float32 is twice what it should be, and float16 four times. How many bytes has "
    "one entry, and which argument says so?",
)
def second_order_cost(n, dtype="float64"):
    return n**2 * 8, n**3 / 3


@task.mistake(
    "entries, not bytes",
    "You count the entries of the matrix. How many bytes does each of them fill?",
)
def second_order_cost(n, dtype="float64"):
    return n**2, n**3 / 3


@task.mistake(
    "bits",
    "Your first number is eight times too large. How many bits are a byte?",
)
def second_order_cost(n, dtype="float64"):
    return n**2 * np.dtype(dtype).itemsize * 8, n**3 / 3


@task.mistake(
    "one triangle stored",
    "You store each symmetric pair once, which is clever and about half. The task asks for all "
    "n times n entries.",
)
def second_order_cost(n, dtype="float64"):
    return n * (n + 1) / 2 * np.dtype(dtype).itemsize, n**3 / 3


@task.mistake(
    "a sixth",
    "Your second number is half of what it should be. You count multiplications only; each comes "
    "with what else?",
)
def second_order_cost(n, dtype="float64"):
    return n**2 * np.dtype(dtype).itemsize, n**3 / 6


@task.mistake(
    "two thirds",
    "That is the price of elimination for any matrix. What does Cholesky save, because the matrix "
    "is symmetric?",
)
def second_order_cost(n, dtype="float64"):
    return n**2 * np.dtype(dtype).itemsize, 2 * n**3 / 3


@task.mistake(
    "n cubed",
    "The power is right and the factor is missing. Elimination works on ever smaller squares: what "
    "do 1² + 2² + ... + n² add up to?",
)
def second_order_cost(n, dtype="float64"):
    return n**2 * np.dtype(dtype).itemsize, n**3


@task.mistake(
    "n squared operations",
    "So many operations multiply a matrix by a vector. Solving begins with a factorisation: how "
    "does its price grow when n doubles?",
)
def second_order_cost(n, dtype="float64"):
    return n**2 * np.dtype(dtype).itemsize, n**2


@task.mistake(
    "rounded",
    "The count of operations is an estimate and needs no rounding: 125/3 is not 42. Who has "
    "rounded it?",
)
def second_order_cost(n, dtype="float64"):
    return n**2 * np.dtype(dtype).itemsize, np.round(n**3 / 3)


@task.mistake(
    "operations times bytes",
    "The memory is right. Does an operation on longer numbers count more than once?",
)
def second_order_cost(n, dtype="float64"):
    size = np.dtype(dtype).itemsize
    return n**2 * size, n**3 / 3 * size


@task.mistake(
    "order swapped",
    "Both numbers are right and stand in each other's place. Which comes first?",
)
def second_order_cost(n, dtype="float64"):
    return n**3 / 3, n**2 * np.dtype(dtype).itemsize


@task.mistake(
    "memory only",
    "The bytes are right. What else is asked for?",
)
def second_order_cost(n, dtype="float64"):
    return n**2 * np.dtype(dtype).itemsize


@task.accepts("by an empty array")
def second_order_cost(n, dtype="float64"):
    return float(n) ** 2 * np.empty(0, dtype=dtype).itemsize, float(n) ** 3 / 3


@task.accepts("by a table of sizes")
def second_order_cost(n, dtype="float64"):
    size = {"float16": 2, "float32": 4, "float64": 8}[np.dtype(dtype).name]
    return n * n * size, n * n * n / 3
