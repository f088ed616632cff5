"""Task `counting` of chapter `search`."""

import numpy as np

from fallline import search as reference
from fallline.marking.task import Case, Task


def average(x, scale=1.0):
    """Return a mean, times a scale that can be given by name."""
    return scale * float(np.mean(x))


def fails(x):
    raise ArithmeticError("this loss cannot be computed")


def values_and_count(answer, f, *xs):
    counted = answer(f)
    values = [counted(x) for x in xs]
    return values, counted.calls


def count_of_failures(answer, f, x):
    counted, errors = answer(f), 0
    for _ in range(3):
        try:
            counted(x)
        except ArithmeticError:
            errors += 1
    return counted.calls, errors


def bounds(x):
    """Return a pair of numbers."""
    return float(np.min(x)), float(np.max(x))


def a_clock(answer, ticks):
    """Count a function that returns something else each time."""
    times = iter(range(1, ticks + 1))
    counted = answer(lambda x: x + next(times))
    return [counted(10) for _ in range(ticks)], counted.calls


def by_name(answer, f, x, scale):
    counted = answer(f)
    return counted(x, scale=scale), counted(x=x), counted.calls


def two_counters(answer, f, x):
    one, other = answer(f), answer(f)
    values = [one(x), one(x), other(x)]
    return values, one.calls, other.calls


def before_any_call(answer, f):
    return answer(f).calls


def set_back(answer, f, x):
    counted = answer(f)
    counted(x), counted(x)
    seen, counted.calls = counted.calls, 0
    counted(x)
    return seen, counted.calls


def random_counts(gen):
    cases = []
    for shape, calls in (((3,), 2), ((2, 4), 5)):
        xs = tuple(gen.normal(size=(calls, *shape)))
        cases.append(Case(f"{calls} calls with arrays of shape {shape}", (average, *xs)))
    return [case._replace(call=values_and_count) for case in cases]


task = Task(
    reference.counting,
    cases=[
        Case("two calls", (average, np.array([1, 2]), np.array([[4, 5, 8, 9]])), values_and_count),
        Case("before any call", (average,), before_any_call),
        Case("arguments by name", (average, np.array([1.5, 2.0]), 2), by_name),
        Case("two counters of one function", (average, np.array([0.5])), two_counters),
        Case("three calls that fail", (fails, np.array([1.0])), count_of_failures),
        Case("two calls, set back to 0, one call", (average, np.array([1.0])), set_back),
        Case("a NaN goes through", (average, np.array([np.nan, 1.0])), values_and_count),
        Case("a function that returns a pair", (bounds, np.array([1.0, 3.0])), values_and_count),
        Case("a function that returns 11, 12, 13 for the same 10", (3,), a_clock),
    ],
    draw=random_counts,
    why="counting: whole numbers are right or wrong",
)


@task.mistake(
    "the count stays where it started",
    "Your count never moves: it is kept in a variable of the outer function, and the attribute "
    "holds a copy of its first value. Let each call change the attribute itself.",
)
def counting(f):
    calls = 0

    def counted(*args, **kwargs):
        nonlocal calls
        calls += 1
        return f(*args, **kwargs)

    counted.calls = calls
    return counted


@task.mistake(
    "each call starts anew",
    "After any number of calls your count is 1: every call sets it back before it counts. "
    "Where should the count start?",
)
def counting(f):
    def counted(*args, **kwargs):
        counted.calls = 0
        counted.calls += 1
        return f(*args, **kwargs)

    counted.calls = 0
    return counted


@task.mistake(
    "arguments by name are not passed on",
    "Your function takes no arguments by name. "
    "Whatever f accepts, the counted function should accept and hand on.",
)
def counting(f):
    def counted(*args):
        counted.calls += 1
        return f(*args)

    counted.calls = 0
    return counted


@task.mistake(
    "a failed call counts twice",
    "A call that raises is counted twice, before f and again when the error passes. "
    "One call is one call.",
)
def counting(f):
    def counted(*args, **kwargs):
        counted.calls += 1
        try:
            return f(*args, **kwargs)
        except Exception:
            counted.calls += 1
            raise

    counted.calls = 0
    return counted


@task.mistake(
    "a failed call does not count",
    "You count after f has returned, so a call that raises is free. "
    "The work was done all the same: count first.",
)
def counting(f):
    def counted(*args, **kwargs):
        value = f(*args, **kwargs)
        counted.calls += 1
        return value

    counted.calls = 0
    return counted


@task.mistake(
    "one counter for all",
    "Two counted functions share one counter: it belongs to f, and both wrap the same f. "
    "Each counted function needs a count of its own.",
)
def counting(f):
    f.calls = 0

    class Counted:
        calls = property(lambda self: f.calls, lambda self, value: setattr(f, "calls", value))

        def __call__(self, *args, **kwargs):
            f.calls += 1
            return f(*args, **kwargs)

    return Counted()


@task.mistake(
    "counting starts at 1",
    "Before the first call your count is 1 already: wrapping a function is not calling it.",
)
def counting(f):
    def counted(*args, **kwargs):
        counted.calls += 1
        return f(*args, **kwargs)

    counted.calls = 1
    return counted


@task.mistake(
    "the value is lost",
    "The calls are counted, and what f returned is thrown away. "
    "Code that uses the counted function in place of f needs the value.",
)
def counting(f):
    def counted(*args, **kwargs):
        counted.calls += 1
        f(*args, **kwargs)

    counted.calls = 0
    return counted


@task.mistake(
    "errors swallowed",
    "Three calls fail, and nobody hears of it. What does f itself do then, and what should the "
    "counted function do?",
)
def counting(f):
    def counted(*args, **kwargs):
        counted.calls += 1
        try:
            return f(*args, **kwargs)
        except Exception:
            return None

    counted.calls = 0
    return counted


@task.mistake(
    "count kept elsewhere",
    "Set back to 0, your count jumps up again: the true number is kept in another variable and "
    "copied. What does the user change when setting calls?",
)
def counting(f):
    n = 0

    def counted(*args, **kwargs):
        nonlocal n
        n += 1
        counted.calls = n
        return f(*args, **kwargs)

    counted.calls = 0
    return counted


@task.mistake(
    "one variable for all",
    "Two counted functions add to one number. Where is it kept, and how many of them are there?",
)
def counting(f):
    counting.n = 0

    def counted(*args, **kwargs):
        counting.n += 1
        counted.calls = counting.n
        return f(*args, **kwargs)

    counted.calls = 0
    return counted


@task.mistake(
    "no count before the first call",
    "Before the first call there is no attribute to read. When should it come to be, and with "
    "which value?",
)
def counting(f):
    def counted(*args, **kwargs):
        counted.calls = getattr(counted, "calls", 0) + 1
        return f(*args, **kwargs)

    return counted


@task.mistake(
    "count hung on f",
    "The function that you return has no attribute calls. To which function did you give it?",
)
def counting(f):
    f.calls = 0

    def counted(*args, **kwargs):
        f.calls += 1
        return f(*args, **kwargs)

    return counted


@task.mistake(
    "old values handed out again",
    "A second call with the same argument brings the old value. Was f asked again? It may return "
    "something else each time.",
)
def counting(f):
    known = {}

    def counted(*args, **kwargs):
        counted.calls += 1
        key = repr((args, kwargs))
        if key not in known:
            known[key] = f(*args, **kwargs)
        return known[key]

    counted.calls = 0
    return counted


@task.accepts("as a class")
def counting(f):
    class Counted:
        def __init__(self):
            self.calls = 0

        def __call__(self, *args, **kwargs):
            self.calls += 1
            return f(*args, **kwargs)

    return Counted()


@task.accepts("with finally")
def counting(f):
    def counted(*args, **kwargs):
        try:
            return f(*args, **kwargs)
        finally:
            counted.calls += 1

    counted.calls = 0
    return counted
