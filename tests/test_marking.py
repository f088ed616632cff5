"""The marking itself: what it can try, what it notices, what it says."""

import math
import operator
import random
import sys
from collections import namedtuple

import numpy as np
import pytest

from fallline.marking import WrongAnswer, check
from fallline.marking.check import answer_key, mark, rehearse
from fallline.marking.classroom import answer_text, demonstration_class, source_of
from fallline.marking.compare import difference
from fallline.marking.diagnose import diagnose
from fallline.marking.generic import HINTS, applies, generic_mistakes
from fallline.marking.outcome import AnswerKey, try_all
from fallline.marking.report import Report, show, show_pair
from fallline.marking.task import AsReference, Case, Mistake, Task, steps
from fallline.marking.tasks import find


def report(task, *answers, seed=0):
    named = dict(zip(task.functions, answers, strict=True))
    cases = task.all_cases(seed)
    return diagnose(AnswerKey(task, cases), try_all(cases, named))


def right(task, *answers):
    found = report(task, *answers)
    return found.passed == found.total


def make(reference, *cases, **options):
    return Task(reference, [Case(*case) for case in cases], lambda rng: [], **options)


# --- what can be tried ---


def scale(x, c):
    return c * np.asarray(x, dtype=float)


def line(a, b):
    return lambda x: a + b * x


def twice(f, x):
    return f(f(x))


def momentum(w, g, v=0.0, *, lr=0.1, beta=0.9):
    v = beta * v + g
    return w - lr * v, v


class Number:
    def __init__(self, data):
        self.data = data

    def __add__(self, other):
        return Number(self.data + other.data)

    def __mul__(self, other):
        return Number(self.data * other.data)


def test_functions_of_arrays():
    task = make(scale, ("twice", (np.array([1.0, 2.0]), 2)))
    assert report(task, lambda x, c: [c * v for v in x]).hint.endswith("and is of type list.")
    assert right(task, lambda x, c: np.array([c * v for v in x]))


def test_closures_are_called_before_they_are_compared():
    use = lambda answer, a, b, x: answer(a, b)(x)  # noqa: E731
    task = make(line, ("1 + 2x at 0 and 3", (1.0, 2.0, np.array([0.0, 3.0])), use))
    assert right(task, lambda a, b: lambda x: x * b + a)
    wrong = report(task, lambda a, b: lambda x: b + a * x)
    assert (wrong.passed, wrong.rows["Came"]) == (0, "[2, 5]")


def test_functions_that_take_functions():
    task = make(twice, ("cos twice", (math.cos, 1.0)), ("exp twice", (math.exp, 0.5)))
    assert right(task, lambda f, x: f(f(x)))
    assert report(task, lambda f, x: f(x)).passed == 0


def test_step_functions_keep_their_state_over_several_steps():
    run = lambda step, w, gs: steps(step, w, gs, lr=0.1)  # noqa: E731
    task = make(momentum, ("three steps", (np.ones(2), [np.ones(2)] * 3), run))

    def forgets(w, g, v=0.0, *, lr=0.1, beta=0.9):
        return w - lr * g, 0.0

    def in_place(w, g, v=None, *, lr=0.1, beta=0.9):
        v = np.zeros_like(w) if v is None else v
        v *= beta
        v += g
        return w - lr * v, v

    assert right(task, momentum)
    assert report(task, forgets).passed == 0
    assert "in place" in report(task, in_place).rows["Came"]


def test_classes_with_operators():
    use = lambda cls, a, b: (cls(a) * cls(b) + cls(a)).data  # noqa: E731
    task = make(Number, ("3·4 + 3", (3.0, 4.0), use))

    class Wrong(Number):
        def __mul__(self, other):
            return Number(self.data)

        __add__ = Number.__add__

    assert right(task, Number)
    assert report(task, Wrong).rows == {"Expected": "15", "Came": "6"}


def test_the_text_of_a_class_is_found_by_its_own_lines():
    namespace = source_of(Number)
    assert namespace.startswith("class Number:") and "__mul__" in namespace


class Vector:
    """An array that doubles itself, and keeps what its last double was."""

    def __init__(self, data, times=2.0):
        self.data = np.array(data, dtype=float)
        self.last = 0.0
        self.times = times

    def doubled(self):
        self.last = float(self.data.sum()) / 4
        return Vector(self.times * self.data)


def use_vector(cls, data):
    vector = cls(data)
    return vector.doubled().data, vector.data, vector.last


VECTOR_CASES = [
    ("fractions", (np.array([1.5, 2.0]),), use_vector),
    ("whole numbers", (np.array([1, 2, 3]),), use_vector),
    ("NaN", (np.array([np.nan, 2.0]),), use_vector),
]


@pytest.mark.parametrize("name", HINTS)
def test_a_class_is_spoilt_where_numbers_go_in_and_come_out(name):
    task = make(Vector, *VECTOR_CASES)
    assert right(task, Vector) and applies(name, task)
    found = report(task, generic_mistakes(Vector)[name])
    assert (found.mistake, found.hint) == (name, HINTS[name])


class Holder:
    """A node whose result is left in it."""

    def __init__(self, data, *inputs):
        self.data, self.result, self.inputs = float(data), 0.0, inputs


def settle(node):
    node.result = node.data / 2
    for child in node.inputs:
        settle(child)


def use_settle(answer, x):
    child = Holder(x)
    answer(Holder(0.5, child))
    return child.result


def test_a_procedure_is_spoilt_in_the_objects_that_it_was_given():
    task = make(settle, ("a fraction", (1.5,), use_settle), ("NaN", (np.nan,), use_settle))
    assert report(task, generic_mistakes(settle)["hides NaN"]).mistake == "hides NaN"
    assert report(task, generic_mistakes(settle)["uses global randomness"]).passed == 0


def test_what_cannot_happen_is_told_by_what_goes_in():
    whole = ("a whole number", (3,), use_settle)
    task = make(settle, whole)
    assert not applies("truncates integers", task), "inside of an object it is a float"
    assert applies("truncates integers", make(scale, ("half", (3, 0.5))))
    assert not applies("changes its argument", task) and not applies("returns shared memory", task)
    assert not applies("hides NaN", task), "none comes out"
    assert applies("hides NaN", make(scale, ("NaN", (np.nan, 0.5))))
    assert applies("changes its argument", make(scale, ("half", (np.ones(2), 0.5))))
    words = make(lambda node: "fine", ("a node", (Holder(1),)))
    assert not applies("hides NaN", words)


class Wrong:
    class Number(AsReference):
        def __mul__(self, other):
            return type(self)(self.data + other.data)


def test_a_mistake_of_a_class_names_only_what_differs():
    task = make(Number, ("3·4 + 3", (3.0, 4.0), lambda cls, a, b: (cls(a) * cls(b) + cls(a)).data))
    task.mistake("adds", "Multiply.")(Wrong.Number)

    class Alike(Number):
        def __mul__(self, other):
            return Number(self.data + other.data)

    assert report(task, Alike).mistake == "adds"
    solution = source_of(Number)
    text = "### BEGIN SOLUTION\n" + solution + "\n### END SOLUTION"
    cell = {"metadata": {"nbgrader": {"grade_id": "Number"}}, "source": text}
    handed_in = answer_text(task, task.mistakes[0].code, {"cells": [cell]})
    namespace = {}
    exec(handed_in, namespace)
    student = namespace["Number"]
    assert (student(3) * student(4)).data == 7 and (student(3) + student(4)).data == 7
    assert handed_in.count("def __mul__") == handed_in.count("def __add__") == 1


def test_a_method_that_is_not_written_yet_is_named():
    class Half(Number):
        def __mul__(self, other):
            raise NotImplementedError

    cases = [
        ("1 + 2", (1.0, 2.0), lambda cls, a, b: (cls(a) + cls(b)).data),
        ("1 * 2", (1.0, 2.0), lambda cls, a, b: (cls(a) * cls(b)).data),
    ]
    assert report(make(Number, *cases), Half).hint == "Number.__mul__ is not written yet."


def test_a_demonstration_class_can_be_made_where_an_answer_is_a_class(notebooks):
    from fallline.marking.tasks import problem_sets

    rooms = notebooks("exercises", "backprop"), notebooks("solutions", "backprop")
    students = demonstration_class(*rooms, problem_sets()["backprop"])
    endless = next(cell for cell in students["endless-loop"]["cells"] if cell.get("id") == "Value")
    assert "while True" in "".join(endless["source"])


def test_tasks_of_several_functions():
    def plus(a, b):
        return a + b

    def minus(a, b):
        return a - b

    task = make((plus, minus), ("2 + 1", (2, 1)), ("2 - 1", (2, 1), None, "minus"))
    assert task.functions == ("plus", "minus")
    assert right(task, plus, minus)
    assert not right(task, plus, plus)


# --- what is noticed ---


def test_an_argument_changed_in_place():
    def spoils(x, c):
        x *= c
        return x.copy()

    found = report(make(scale, ("twice", (np.array([1.0, 2.0]), 2.0))), spoils)
    assert found.mistake == "changes its argument"


@pytest.mark.parametrize("draw", [np.random.rand, random.random])
def test_global_randomness(draw):
    def lucky(x, c):
        draw()
        return scale(x, c)

    found = report(make(scale, ("twice", (np.ones(2), 2.0))), lucky)
    assert found.mistake == "uses global randomness"


def test_a_result_that_is_its_argument():
    task = make(scale, ("times 1", (np.ones(2), 1.0)))
    assert report(task, lambda x, c: x).mistake == "returns shared memory"
    assert report(task, lambda x, c: x[:]).mistake == "returns shared memory"


def test_a_buffer_that_is_used_again():
    buffer = np.empty(2)

    def reuses(x, c):
        buffer[:] = c * x
        return buffer

    task = make(scale, ("twice", (np.ones(2), 2.0)), ("thrice", (np.ones(2), 3.0)))
    assert report(task, reuses).mistake == "returns shared memory"


def test_nan_swallowed_and_integers_cut():
    task = make(
        scale,
        ("fractions", (np.array([1.0, 2.0]), 0.3)),
        ("with NaN", (np.array([np.nan, 2.0]), 0.5)),
        ("whole numbers", (np.array([1, 3]), 0.5)),
    )
    assert report(task, lambda x, c: np.nan_to_num(c * x)).mistake == "hides NaN"
    assert report(task, lambda x, c: (c * x).astype(x.dtype)).mistake == "truncates integers"


def test_known_mistakes_come_first_and_need_not_match_everywhere():
    task = make(scale, ("a", (np.array([1.0, 2.0]), 3.0)), ("b", (np.ones(3), 3.0)), ("c", (1, 1)))

    adds = lambda x, c: np.asarray(x, dtype=float) + c  # noqa: E731
    task.mistakes.append(Mistake("adds", "Multiply, do not add.", {"scale": adds}))
    assert report(task, lambda x, c: c + np.asarray(x, dtype=float)).mistake == "adds"
    almost = lambda x, c: x + c if np.ndim(x) else scale(x, c)  # noqa: E731
    assert report(task, almost).hint == "Multiply, do not add."


def slope(x, c):
    if np.any(np.isinf(x)):
        raise ValueError("x must be finite")
    return c * np.asarray(x, dtype=float) / 2


def known_slopes():
    cases = [("whole numbers", (np.array([2, 4]), 3)), ("infinite", (np.array([np.inf]), 1.0))]
    cases += [(f"x = {x}", (np.array([x]), 3.0)) for x in (0.0, 1.5, 2.5, -1.0, np.nan)]
    task = make(slope, *cases)
    whole = lambda x, c: 2 * slope(x, c)  # noqa: E731
    below = lambda x, c: slope(np.where(np.less(x, 0), 7.0, x), c)  # noqa: E731
    task.mistakes.append(Mistake("not halved", "Where is the half?", {"slope": whole}))
    task.mistakes.append(Mistake("7 below 0", "Why 7?", {"slope": below}))
    return task


def test_a_known_mistake_is_seen_beside_what_else_is_wrong():
    found = report(known_slopes(), lambda x, c: c * x)  # whole numbers stay, infinity passes
    assert (found.mistake, found.hint) == ("not halved", "Where is the half?")


def test_a_known_mistake_is_not_seen_where_it_explains_little():
    found = report(known_slopes(), lambda x, c: c * np.where(x < 0, 7.0, x) / 2 + (x > 0))
    assert found.mistake is None
    once = lambda x, c: 9 * slope(x, c) if np.ndim(x) and x[0] == 1.5 else slope(x, c)  # noqa: E731
    task = known_slopes()
    task.mistakes.append(Mistake("nine", "Nine?", {"slope": once}))
    beside = lambda x, c: once(x, c) if not np.any(np.isinf(x)) else x  # noqa: E731
    assert report(task, beside).mistake is None  # one number may be chance


@pytest.mark.parametrize(
    "answer, words",
    [
        (lambda x, c: -c * x, "the negative of"),
        (lambda x, c: 2 * c * x, "twice"),
        (lambda x, c: (c * x).T, "transpose"),
        (lambda x, c: (c * x)[::-1], "another order"),
        (lambda x, c: (c * x)[0], "shape (2, 2), and has (2,)"),
        (lambda x, c: None, "Nothing came back"),
        (lambda x, c: c * x + 0j, "real"),
        (lambda x, c: 1 / 0, "ZeroDivisionError"),
        (lambda x, c: "word", "should be an array, and is of type str"),
    ],
)
def test_what_a_wrong_result_is_in_words(answer, words):
    task = make(scale, ("a matrix", (np.array([[1.0, 2.0], [3.0, 5.0]]), 3.0)))
    assert words in report(task, answer).hint


def test_a_ratio_is_named_where_several_cases_share_it():
    cases = [(f"x{n}", (np.arange(1.0, n), 3.0)) for n in (3, 4, 5)]
    by_three_tenths = lambda x, c: 0.3 * c * x  # noqa: E731
    assert "0.3 times" in report(make(scale, *cases), by_three_tenths).hint
    assert report(make(scale, cases[0]), by_three_tenths).hint == ""
    assert "times" not in report(make(scale, *cases), lambda x, c: 0.0 * x).hint


def test_nothing_is_said_of_wrong_numbers_that_would_be_false():
    counts = make(scale, ("whole", (np.array([1, 3]), 2)), ("more", (np.array([5, 8]), 3)))
    off = report(counts, lambda x, c: (c * x + 1).astype(float))
    assert (off.mistake, off.hint) == (None, ""), "nothing was cut off: the right ones are whole"
    tiny = make(scale, ("tiny", (np.array([1e-12, 3e-12]), 1.0)))
    assert report(tiny, lambda x, c: 1e-12 - 0 * x).hint == "", "others, not in another order"
    missing = make(scale, ("with NaN", (np.array([np.nan, 2.0, 3.0]), 1.0)))
    assert "times" not in report(missing, lambda x, c: np.where(x > 0, x, -7.0)).hint


def test_the_changed_argument_is_named():
    def spoils(x, c):
        x += 1
        return c * (x - 1)

    found = report(make(scale, ("twice", (np.array([1.0, 2.0]), 2.0))), spoils)
    assert found.rows == {"Changed": "argument 1 ([1, 2] became [2, 3])"}


def test_an_answer_with_other_parameters_is_told_so():
    task = make(scale, ("twice", (np.ones(2), 2.0)))
    assert "called with 2 arguments, and too many" in report(task, lambda x: x).hint
    assert "missing a required argument: 'd'" in report(task, lambda x, c, d: x).hint


def test_an_answer_that_leaves_the_program_costs_its_own_case():
    def leaves(x, c):
        raise SystemExit if x.size > 1 else ValueError

    found = report(make(scale, ("two", (np.ones(2), 2.0)), ("one", (np.ones(1), 1.0))), leaves)
    assert (found.passed, found.rows["Came"]) == (0, "SystemExit")


def test_results_that_break_when_they_are_looked_at(capsys):
    endless = []
    endless.append(endless)
    for result in (10**400, endless):
        with pytest.raises(WrongAnswer, match="cannot be compared"):
            check(lambda f, a, h, result=result: result, task="secant_slope")


def test_a_word_may_come_out_of_numpy():
    def kind(x):
        return "min"

    task = make(kind, ("1", (1,)))
    assert right(task, lambda x: np.str_("min")) and right(task, lambda x: np.array("min"))
    assert not right(task, lambda x: "Min")


def test_a_memoised_array_is_found_by_the_repetition():
    memory = {}

    def remembers(x, c):
        return memory.setdefault(c, c * x)

    found = report(make(scale, ("twice", (np.ones(2), 2.0))), remembers)
    assert found.mistake == "returns shared memory"
    assert found.case == "twice, once more"


def test_the_line_shown_is_the_students():
    def inverts(x, c):
        return np.linalg.inv(np.zeros((2, 2)))

    found = report(make(scale, ("two", (np.ones(2), 2.0))), inverts)
    assert found.hint.endswith("np.linalg.inv(np.zeros((2, 2)))")


@pytest.mark.parametrize("factor", [1 + 1e-6, 1 - 1e-5])
def test_nearly_right_is_not_called_another_order(factor):
    task = make(scale, ("two", (np.array([1.0, 2.0]), 2.0)))
    assert "Nearly right" in report(task, lambda x, c: factor * c * x).hint


def test_a_wrong_word_beside_right_numbers_is_not_nearly_right():
    def named(x, c):
        return {"scaled": c * x, "verdict": "good"}

    task = make(named, ("two", (np.array([1.0, 2.0]), 2.0)))
    found = report(task, lambda x, c: {**named(x, c), "verdict": "bad"})
    assert found.hint == "" and found.rows["First at"].endswith("expected 'good', came 'bad'")


def test_a_named_tuple_is_asked_for_as_a_tuple():
    def both(x, c):
        return pair(c, x)

    pair = namedtuple("pair", "factor vector")
    task = make(both, ("two", (np.ones(2), 2.0)))
    assert report(task, lambda x, c: c * x).hint == "The result should be a tuple, and is an array."
    assert report(task, lambda x, c: (c, x)).hint == ""


def test_half_of_a_task_that_is_not_written_is_named():
    def plus(a, b):
        return a + b

    def minus(a, b):
        raise NotImplementedError

    cases = ("2 + 1", (2, 1)), ("2 - 1", (2, 1), None, "minus")
    task = make((plus, operator.sub), *cases)
    task.reference["minus"] = task.reference.pop("sub")
    assert report(task, plus, minus).hint == "minus is not written yet."


def test_a_result_that_cannot_be_shown():
    class Odd:
        def __repr__(self):
            raise RuntimeError

    found = report(make(scale, ("two", (np.ones(2), 2.0))), lambda x, c: Odd())
    assert found.rows["Came"] == "a value of type Odd that cannot be shown"


def test_numpy_can_be_spoilt_by_an_answer_and_the_marking_holds(monkeypatch):
    def spoils(x, c):
        monkeypatch.setattr(np, "isclose", lambda a, b, **k: np.ones(np.shape(a), bool))
        monkeypatch.setattr(np, "allclose", lambda a, b, **k: True)
        return 0.0 * x

    assert report(make(scale, ("two", (np.ones(2), 2.0))), spoils).passed == 0


def test_expected_errors():
    def root(x):
        if x < 0:
            raise ValueError("x must not be negative")
        return math.sqrt(x)

    def other(x):
        raise KeyError(x)

    task = make(root, ("-1, of which there is no root", (-1.0,)))
    assert right(task, root)
    assert right(task, math.sqrt)
    assert "raise a ValueError" in report(task, abs).hint
    assert report(task, other).passed == 0


def test_prints_warnings_and_standard_error_do_no_harm(capsys):
    import sys

    def noisy(x, c):
        print("debug")
        print("debug", file=sys.stderr)
        return c * x / np.float64(1.0) + 0 * np.log(np.float64(0.0) + 1)

    assert right(make(scale, ("a", (np.ones(2), 2.0))), noisy)
    assert capsys.readouterr() == ("", "")


# --- comparing ---


@pytest.mark.parametrize(
    "came, expected",
    [
        (1, 1.0),
        (np.float32(0.5), 0.5),
        (np.array(2.0), 2.0),
        ((1.0, 2.0), [1.0, 2.0]),
        (math.nan, math.nan),
        (math.inf, math.inf),
        ("min", "min"),
        (np.bool_(True), True),
        ({"w": np.ones(2)}, {"w": np.ones(2)}),
    ],
)
def test_equal_enough(came, expected):
    assert difference(came, expected, 1e-9, 0.0) is None


@pytest.mark.parametrize(
    "came, expected, kind",
    [
        (True, 1.0, "type"),
        (np.ones(1), 1.0, "type"),
        (1.0, np.ones(1), "type"),
        (np.ones((2, 1)), np.ones(2), "shape"),
        (np.array([1, 2]), np.array([1.0, 2.0]), "integers"),
        (1 + 0j, 1.0, "complex"),
        ((1.0,), (1.0, 2.0), "length"),
        ({"a": 1}, {"b": 1}, "keys"),
        (-math.inf, math.inf, "value"),
        (0.0, math.nan, "value"),
        ("max", "min", "value"),
        (1, True, "value"),
        (None, 1.0, "type"),
        (np.array(["a", "b"]), np.ones(2), "type"),
    ],
)
def test_different(came, expected, kind):
    assert difference(came, expected, 1e-9, 0.0).kind == kind


def test_the_first_coordinate_is_named():
    found = difference(np.array([[1.0, 2.0], [3.0, 5.0]]), np.array([[1.0, 2], [3, 4]]), 0, 0)
    assert (found.where, found.expected, found.came) == ("[1, 1]", 4.0, 5.0)
    nested = difference((1.0, np.zeros(2)), (1.0, np.array([0.0, 1.0])), 0, 0)
    assert nested.where == "[1][1]"


# --- talking ---


def test_a_list_is_told_from_an_array():
    pair = show_pair(np.array([4.0, 1.0]), [np.float64(4.0), np.float64(1.0)])
    assert pair == ("array([4.0, 1.0])", "[4.0, 1.0]")


def test_right_numbers_of_an_integer_type_were_not_cut():
    task = make(scale, ("a", (np.array([1, 2]), 3)), ("b", (np.array([2.0]), 3)))
    found = report(task, lambda x, c: c * x)
    assert (found.mistake, found.hint) == (
        None,
        "The array is of an integer type: build it with dtype=float.",
    )


def test_values_that_look_the_same_are_shown_in_full():
    assert show_pair(1.0, np.float64(1 + 1e-9)) == ("1.0", "1.000000001")
    assert show(np.arange(3.0)) == "[0, 1, 2]"


def test_the_report_is_short_and_the_error_shows_it_alone():
    text = str(Report("f", 1, 3, "x = 1", {"Expected": "1", "Came": "2"}, "Mind the sign.", None))
    assert text.splitlines() == [
        "f: not right yet (1 of 3 cases are).",
        "  Case      x = 1",
        "  Expected  1",
        "  Came      2",
        "  Hint      Mind the sign.",
    ]
    error = WrongAnswer(Report("f", 0, 1))
    assert error._render_traceback_() == str(error).splitlines()


@pytest.mark.parametrize(
    "call, error, words",
    [
        (lambda: check(), TypeError, "needs the function"),
        (lambda: check(lambda x: x), TypeError, "task='its name'"),
        (lambda: check(abs, task="secant_slop"), LookupError, "did you mean 'secant_slope'"),
        (lambda: check(abs, abs, task="secant_slope"), TypeError, r"check\(secant_slope\)"),
        (lambda: check(3.0, task="secant_slope"), WrongAnswer, "define it as a function"),
    ],
)
def test_a_wrong_call_says_how_to_call(call, error, words):
    with pytest.raises(error, match=words):
        call()


def test_a_known_mistake_must_bear_a_name_of_the_task():
    task = Task(scale, cases=[], draw=lambda rng: [])
    with pytest.raises(ValueError, match="none of this task's functions"):
        task.accepts("wrong name")(line)


def test_the_reference_is_tried_once_for_each_seed_and_always_the_same():
    answer_key.cache_clear()
    task = find("secant_slope")
    for _ in range(2):
        mark(*task.reference.values(), seed=7)
    assert answer_key.cache_info().misses == 1
    known, fresh = answer_key("secant_slope", 7).right, try_all(task.all_cases(7), task.reference)
    assert not any(o.differs_from(f, task) for o, f in zip(known, fresh, strict=True))


def test_a_known_mistake_is_tried_once_and_only_as_far_as_it_is_looked_at():
    tried = []

    def twice(x, c):
        tried.append(c)
        return 2 * c * x

    cases = [(f"times {c}", (np.ones(2), c)) for c in (1.0, 2.0, 3.0)]
    task = make(scale, *cases, mistakes=[Mistake("twice", "Not twice.", {"scale": twice})])
    key = AnswerKey(task, task.all_cases(0))
    other, same = (try_all(key.cases, {"scale": f}) for f in (lambda x, c: -c * x, twice))
    tried.clear()
    assert diagnose(key, other).mistake is None and tried == [1.0]
    assert [diagnose(key, same).mistake for _ in range(2)] == ["twice", "twice"]
    assert tried == [1.0, 2.0, 3.0, 1.0]  # the last is the first once more


def test_the_limit_of_nested_calls_is_put_back_after_each_case():
    def deep(x, c):
        sys.setrecursionlimit(12_345)
        raise ArithmeticError

    limit = sys.getrecursionlimit()
    report(make(scale, ("two", (np.ones(2), 2.0))), deep)
    assert sys.getrecursionlimit() == limit


def test_a_check_that_was_interrupted_leaves_the_next_one_whole(monkeypatch):
    stops = [KeyboardInterrupt, None, None]

    def twice(x, c):
        if stop := stops.pop(0):
            raise stop
        return 2 * c * x

    mistakes = [Mistake("twice", "Not twice.", {"scale": twice})]
    task = make(scale, ("two", (np.ones(2), 2.0)), mistakes=mistakes)
    monkeypatch.setitem(mark.__globals__, "find", lambda name: task)
    answer_key.cache_clear()

    def scaled(x, c):
        return 2 * c * x

    with pytest.raises(KeyboardInterrupt):
        mark(scaled, task="scale")
    assert mark(scaled, task="scale").mistake == "twice" and not stops
    answer_key.cache_clear()


def test_a_rehearsal_works_out_what_the_calls_of_check_compare_with(monkeypatch):
    answer_key.cache_clear()
    cells = [
        "x = 1  # no test",
        "check(secant_slope)\nassert True",
        "for _ in range(1):\n    check(secant_slope, classify_point, task='secant_slope', seed=7)",
        "other(secant_slope, seed=9)\nthis.check(secant_slope, seed=9)\ncheck()",
    ]
    rehearse(cells, cases=2)
    assert answer_key.cache_info().currsize == 2, "seeds 0 and 7, and nothing else"
    key = answer_key("secant_slope", 7)
    assert answer_key.cache_info().currsize == 2

    def not_again(*args):
        raise AssertionError("this was tried in the rehearsal")

    monkeypatch.setattr("fallline.marking.outcome.try_case", not_again)
    for mistake in key.task.mistakes:
        told = key.wrong(mistake)
        assert [next(told).case.label for _ in range(2)] == [c.label for c in key.cases[:2]]
        with pytest.raises(AssertionError, match="tried in the rehearsal"):
            next(told)
    answer_key.cache_clear()
