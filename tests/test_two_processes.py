"""Answers in one process, tests in another: what cannot be forged, and what works all the same."""

import pytest

from safegrade.jail.limits import Limits
from safegrade.notebook.names import definitions
from safegrade.wire.special import ANY
from twoprocesses import answer, check, needs_jail, run, setup, stopping  # noqa: F401

pytestmark = needs_jail

SETUP = """import numpy as np


def same(got, wanted):
    assert np.allclose(got, wanted), f"{got} is not {wanted}"


class Counter:
    def __init__(self):
        self.count = 0

    def __call__(self, x):
        self.count += 1
        return 2.0 * x"""
WRONG = "def grad(x):\n    return -1.0"
TESTS = ("same(grad(3.0), 6.0)\n1.0", "assert abs(grad(2.0) - 4) < 1e-9\n1.0")

# Each leaves grad wrong. None may pass.
ATTACKS = {
    "own check": WRONG + "\ndef same(*a): pass",
    "own np": WRONG + "\nclass np:\n    allclose = staticmethod(lambda *a, **k: True)",
    "own abs": WRONG + "\ndef same(*a): pass\nabs = lambda x: 0",
    "builtins": WRONG + "\nimport builtins\nbuiltins.abs = lambda x: 0",
    "patched allclose": WRONG + "\nimport numpy as np\nnp.allclose = lambda *a, **k: True",
    "patched testing": WRONG + "\nimport numpy as np\nnp.testing.assert_allclose = print",
    "array that lies": (
        "import numpy as np\n"
        "class Evil(np.ndarray):\n"
        "    def __array_function__(self, *a, **k): return True\n"
        "    def __array_ufunc__(self, *a, **k): return np.array(0.0)\n"
        "def grad(x): return np.array(-1.0).view(Evil)"
    ),
    "object that lies": (
        "class Evil:\n"
        "    def __eq__(self, other): return True\n"
        "    def __array__(self, *a, **k): import numpy as np; return np.array(-1.0)\n"
        "    def __sub__(self, other): return 99\n"
        "    def __rsub__(self, other): return 99\n"
        "def grad(x): return Evil()"
    ),
    "float that lies": (
        "class Evil(float):\n"
        "    def __sub__(self, other): return 0.0\n"
        "    def __eq__(self, other): return True\n"
        "def grad(x): return Evil(-1)"
    ),
    "caller's frame": (
        "import sys\n"
        "def grad(x):\n"
        "    frame = sys._getframe(1)\n"
        "    while frame is not None:\n"
        "        if 'wanted' in frame.f_locals: return frame.f_locals['wanted']\n"
        "        frame = frame.f_back\n"
        "    return -1.0"
    ),
    "frame's score": (
        "import sys\n"
        "def grad(x):\n"
        "    frame = sys._getframe(0)\n"
        "    while frame is not None:\n"
        "        frame.f_globals['same'] = lambda *a: None\n"
        "        frame = frame.f_back\n"
        "    return -1.0"
    ),
    "garbage collector": (
        "import gc\n"
        "def grad(x):\n"
        "    for one in gc.get_objects():\n"
        "        if isinstance(one, dict) and 'same' in one: one['same'] = lambda *a: None\n"
        "    return -1.0"
    ),
    "input transformer": (
        WRONG + "\nget_ipython().input_transformers_cleanup.append(lambda lines: ['pass\\n'])"
    ),
    "ast transformer": (
        WRONG + "\nimport ast\n"
        "class Strip(ast.NodeTransformer):\n"
        "    def visit_Assert(self, node): return None\n"
        "get_ipython().ast_transformers.append(Strip())"
    ),
    "showtraceback": WRONG + "\nget_ipython().showtraceback = lambda *a, **k: None",
    "displayed score": (
        "from IPython.display import display\n"
        "import sys\n"
        "def grad(x):\n"
        "    sys.displayhook(1.0); display(1.0); print(1.0)\n"
        "    return -1.0"
    ),
    "exit": "def grad(x): raise SystemExit(0)",
    "interrupt": "def grad(x): raise KeyboardInterrupt",
    "generator exit": "def grad(x): raise GeneratorExit",
    "main module": WRONG + "\nimport __main__\n__main__.same = lambda *a: None",
    "threads": (
        WRONG + "\nimport threading, time\n"
        "def later():\n"
        "    while True: globals()['same'] = lambda *a: None; time.sleep(0.01)\n"
        "threading.Thread(target=later, daemon=True).start()"
    ),
    "sockets": (
        WRONG + "\nimport os\n"
        "for fd in range(3, 40):\n"
        "    try: os.write(fd, b'\\x00' * 64)\n"
        "    except OSError: pass"
    ),
    "closed sockets": WRONG + "\nimport os\nos.closerange(3, 256)",
}


@pytest.mark.parametrize("name", ATTACKS)
def test_attack_gets_nothing(name):
    tests = [check(text, f"test-{place}") for place, text in enumerate(TESTS)]
    done = run(setup(SETUP), answer(ATTACKS[name]), *tests)
    for test in ("test-0", "test-1"):
        assert done.error(test), f"{name} passed {test}: {done.outputs(test)}"


def test_attack_by_the_result_of_a_test():
    class_ = (
        "class Score:\n    def __repr__(self): return '1.0'\nscore = Score()\ndef grad(x): return 0"
    )
    done = run(answer(class_), check("score"))
    assert done.result() not in ("1.0", "1")
    with pytest.raises(ValueError):
        float(done.result())


def test_later_cells_do_not_replace_what_a_test_defined():
    done = run(
        check("def close(a, b):\n    assert a == b\nx = 1", "first"),
        "def close(a, b): pass\nx = 2",
        answer("def f(): return 0"),
        check("close(f(), 1)"),
    )
    assert done.error().startswith("AssertionError")
    assert "close is a test's here, and not the student's" in done.notes


def test_names_of_tests_are_not_the_students():
    done = run(check("secret = 41", "first"), "secret", "dir()")
    assert done.error("b").startswith("NameError")
    assert "secret" not in done.result("c")


def test_student_names_do_not_stay_with_the_tests():
    done = run(
        answer("def f(): return 1"),
        check("assert f() == 1"),
        "del f",
        check("assert 'f' not in globals()", "later"),
    )
    assert done.error("later") == done.error() == ""


def test_an_answer_sees_the_names_that_a_test_takes_away_or_replaces():
    """nbgrader's own example asks in this way whether an answer uses a function."""
    test = (
        "kept = square\ndel square\n"
        "try:\n    total(1)\nexcept NameError:\n    pass\nelse:\n    raise AssertionError\n"
        "calls = []\ndef square(x):\n    calls.append(x)\n    return 10 * x\n"
        "assert total(2) == 10 and calls == [0, 1]\nsquare = kept\nassert total(3) == 5\n1.0"
    )
    own = "def square(x): return x * x\ndef total(n): return sum(square(i) for i in range(n))"
    copied = own.replace("sum(square(i)", "sum(i * i")
    after = check("assert total(3) == 5\n1.0", "after")
    assert run(answer(own), check(test), after).error() == ""
    done = run(answer(copied), check(test), after)
    assert done.error().startswith("AssertionError") and done.error("after") == ""


def test_an_answer_cannot_make_a_test_take_all_memory():
    greedy = (
        "def grow(make):\n    try:\n        make(6 * 10**9)\n"
        "    except MemoryError:\n        return 'refused'"
    )
    done = run(answer(greedy), check("assert grow(lambda n: len(bytes(n))) == 'refused'"))
    assert done.error() == ""


@pytest.mark.parametrize("limit", ["", "    import sys\n    sys.setrecursionlimit(10**5)\n"])
def test_a_test_sees_how_deep_the_calls_of_an_answer_nest(limit):
    node = (
        "import sys\nclass Node:\n    deepest, after = 0, None\n"
        "    def __init__(self, after): self.after = after\n"
        "    @property\n    def following(self):\n"
        "        frame, depth = sys._getframe(), 0\n"
        "        while frame: frame, depth = frame.f_back, depth + 1\n"
        "        Node.deepest = max(Node.deepest, depth)\n        return self.after\n"
        "node = None\nfor _ in range(400): node = Node(node)\nwalk(node)\n"
    )
    loop = "def walk(node):\n    while node is not None: node = node.following"
    nested = f"def walk(node):\n{limit}    if node is not None: walk(node.following)"
    assert run(answer(loop), check(node + "assert Node.deepest < 200")).error() == ""
    assert run(answer(nested), check(node + "assert Node.deepest > 400")).error() == ""


LIAR = """class {name}:
    def __init__(self, *args): pass
    def __sub__(self, other): return 0.0
    def __eq__(self, other): return True
    def __lt__(self, other): return True
    def step(self, x): return self
"""
# Answer, test, and what the released notebook asks for (None: unknown). None may pass.
ALL_EQUAL = (
    "class {}:\n    def __eq__(self, other): return True\n    __hash__ = None\n"
    "    def __sub__(self, other): return 0.0\n"
)
FORGERIES = {
    "data of the test under a name of the answer's": (
        "expected = None\ndef f(x):\n    return expected",
        "expected = np.sin(2.0) * 7\nassert np.isclose(f(2.0), expected)",
        None,
    ),
    "function of the test under a name of the answer's": (
        "ref = None\ndef f(x):\n    return ref(x)",
        "def ref(x): return 7 * x\nassert f(2.0) == ref(2.0)",
        None,
    ),
    "name that the test reads later": (
        "wanted = None\ndef f(x):\n    return wanted",
        "wanted = 14.0\nprint(wanted)\nassert f(2.0) == wanted",
        None,
    ),
    "name that the test reads before, but does not ask for": (
        "total = 0\ndef f(x):\n    return total",
        "total = total + 14.0\nassert f(2.0) == total",
        {"f": []},
    ),
    "data that the test binds in a loop": (
        "expected = None\ndef f(x):\n    return expected",
        "for a in (1.0, 2.0):\n    expected = a**3 + 1\n    assert abs(f(a) - expected) < 1e-9",
        None,
    ),
    "class in place of a function": (
        LIAR.format(name="f"),
        "assert abs(f(2.0) - 4) < 1e-9\nassert f(2.0) == 4",
        {"f": []},
    ),
    "class with the name of a word in the test": (
        LIAR.format(name="exactly") + "def f(x): return exactly()",
        "assert f(2.0) == 4, 'f should give exactly four'",
        {"f": []},
    ),
    "object of the class that is asked for": (
        LIAR.format(name="Optimizer"),
        "assert abs(Optimizer().step(2.0) - 4) < 1e-9",
        {"Optimizer": ["__init__"]},
    ),
    "built-in name in the name of a test": (
        "def all(values): return True\ndef f(x): return x",
        "assert all([f(2.0) == 4])",
        {"f": []},
    ),
    "module under its usual name": (
        "class np:\n    isclose = staticmethod(lambda *a: True)\ndef f(x): return 0.0",
        "assert np.isclose(f(2.0), 4)",
        None,
    ),
    "tuple under the usual name of a module": (
        "from collections import namedtuple\n"
        "np = namedtuple('np', 'isclose')(lambda *a, **k: True)\ndef f(x): return 0.0",
        "assert np.isclose(f(2.0), 4)",
        {"f": []},
    ),
    "length of what has no items": (
        "class L:\n    def __len__(self): return 3\n    def __iter__(self): return iter([])\n"
        "def f(x): return L()",
        "got, want = f(1), [1, 2, 3]\nassert len(got) == len(want)\n"
        "for a, b in zip(got, want): assert abs(a - b) < 1e-9",
        None,
    ),
    "end of an iteration from a conversion": (
        "import safegrade.wire.answers as served\nserved.is_next = lambda args: True\n"
        "class L:\n    def __float__(self): raise StopIteration\ndef f(x): return [L(), L()]",
        "got = list(map(float, f(1)))\nassert all(abs(a - b) < 1e-9 for a, b in zip(got, [1, 2]))",
        None,
    ),
    "global generator that draws zeros": (
        "import numpy as np\nkey = np.zeros(624, np.uint32)\nkey[610] = 1\n"
        "np.random.set_state(('MT19937', key, 0))\ndef f(x): return 0 * x",
        "x = np.random.rand(5)\nassert np.allclose(f(x), 3 * x + x**2)",
        None,
    ),
    "generator of the test that draws zeros": (
        "def f(rng):\n    s = rng.bit_generator.state\n    s['state'] = {'state': 0, 'inc': 0}\n"
        "    rng.bit_generator.state = s\n    return 0.0",
        "rng = np.random.default_rng(1)\nassert f(rng) == 0.0\nassert f(rng) == rng.random()",
        None,
    ),
    "class under a word of a test's message": (
        ALL_EQUAL.format("exactly") + "def f(x): return exactly()",
        "assert f(2.0) == 4, 'f should give exactly four'",
        {"f": [], ANY: None},
    ),
    "class under a name that the test binds": (
        ALL_EQUAL.format("k") + "def f(x): return k()",
        "for k in range(3):\n    assert f(k) == k + 4",
        {"f": [], ANY: None},
    ),
    "object that reckons as the test's function likes": (
        ALL_EQUAL.format("Z") + "def f(report): report(2.0, Z())",
        "def report(x, y):\n    assert abs(y - x**3) < 1e-9\nf(report)",
        {"f": []},
    ),
    "length of a sequence without items": (
        "class Rows:\n    def __len__(self): return 3\n"
        "    def __getitem__(self, k): raise IndexError(k)\n"
        "def f(): return Rows()",
        "got, want = f(), [1, 2, 3]\nassert len(got) == len(want)\n"
        "for a, b in zip(got, want):\n    assert a == b",
        {"f": []},
    ),
    "length of an iterator that ends at once": (
        "class Rows:\n    def __len__(self): return 3\n    def __iter__(self): return self\n"
        "    def __next__(self): raise StopIteration\ndef f(): return Rows()",
        "got, want = f(), [1, 2, 3]\nassert len(got) == len(want)\n"
        "for a, b in zip(got, want):\n    assert a == b",
        {"f": []},
    ),
    "argument of a lambda that the test binds later": (
        "want = 0\ndef f(x): return want",
        "same = lambda got, want: abs(got - want) < 1e-9\nwant = 14.0\nassert same(f(2), want)",
        None,
    ),
    "number that the test reads and binds anew": (
        "want = 0\ndef f(x): return want",
        "same = want == 0\nwant = 14.0\nassert abs(f(2) - want) < 1e-9",
        None,
    ),
}


@pytest.mark.parametrize("name", FORGERIES)
def test_forgery_gets_nothing(name):
    text, test, asked = FORGERIES[name]
    test_cell = check(test, "test-all" if "built-in" in name else "test-f")
    first = setup("import numpy as np") if "usual name" not in name else setup("import math")
    done = run(first, answer(text), test_cell, options={"asked": asked})
    assert done.error(test_cell["id"])


@pytest.mark.parametrize("kind", ["SyntaxError", "IndentationError", "TabError"])
@pytest.mark.parametrize("way", ["raise {}", "return {}"])
def test_an_error_that_names_a_file_shows_nothing_of_it(kind, way, tmp_path):
    (tmp_path / "secret.txt").write_text("one\nthe teacher's secret\n")
    made = f"{kind}('x', ({str(tmp_path / 'secret.txt')!r}, 2, 1, None))"
    test = "got = f(2)\nif isinstance(got, Exception):\n    raise got\nassert got == 4"
    done = run(answer(f"def f(x): {way.format(made)}"), check(test))
    assert done.error().startswith(kind)
    assert "the teacher's secret" not in str(done.outputs("test-answer"))


def test_an_error_that_points_far_to_the_right_is_told_all_the_same():
    made = "SyntaxError('x', ('<cell 1>', 1, 10**12, 'f'))"
    done = run(answer(f"def f(x): raise {made}"), check("f(1)"))
    assert done.error() == "SyntaxError: x" and len(str(done.outputs("test-answer"))) < 2000


@pytest.mark.parametrize(
    "helper", ["from numpy.testing import *", "tools = !true\ndef {}(*a): 1/0"]
)
def test_what_a_set_up_brings_is_the_tests_however_it_is_written(helper):
    name = "assert_allclose"
    done = run(
        setup(helper.format(name)),
        answer(f"def {name}(*a): pass\ndef g(x): return -1"),
        check(f"{name}(g(2.0), 4)"),
        options={"asked": {"g": []}},
    )
    assert done.error()


def test_what_an_earlier_test_brings_is_no_student_s():
    done = run(
        answer("def assert_allclose(*a): pass\ndef g(x): return -1"),
        check("from numpy.testing import *\nassert_equal(1, 1)", "test-first"),
        check("assert_allclose(g(2.0), 4)"),
        options={"asked": {"g": []}},
    )
    assert done.error("test-first") == "" and "Not equal to tolerance" in done.error()


def test_what_is_asked_for_is_the_student_s_whatever_a_test_brings():
    done = run(
        answer("def trace(A): return 7"),
        check("from numpy import *\nassert ndim(1) == 0", "test-first"),
        check("assert trace([[1]]) == 7"),
        options={"asked": {"trace": []}},
    )
    assert done.error("test-first") == done.error() == ""


@pytest.mark.parametrize(
    "answers, real",
    [
        ("from statistics import mean", True),
        ("try:\n    from statistics import mean\nexcept ImportError:\n    pass", True),
        ("try:\n    1 / 0\nexcept Exception:\n    from statistics import mean", True),
        ("with open('x', 'w'):\n    from statistics import mean", True),
        ("from statistics import mean\ndef mean(x): return 0", False),
        ("def mean(x): return 0\nif False:\n    from statistics import mean", False),
    ],
)
def test_an_import_counts_where_it_runs_last(answers, real):
    test = "import statistics\nassert mean([1, 3]) == 2 and mean is statistics.mean"
    assert (run(answer(answers), check(test)).error() == "") == real


@pytest.mark.parametrize("rows", [600, 5000])
def test_changes_in_place_are_seen_in_many_rows(rows):
    make = f"g = [[0] * 3 for k in range({rows})]\nf(g)\n"
    done = run(
        answer("def f(g): g[0][0] = 5"),
        check(make + "assert g[0][0] == 5 and g[1] == [0, 0, 0]"),
        check("import copy\n" + make + "assert g == [[0] * 3] * len(g)", "test-unchanged"),
    )
    assert done.error() == "" and done.error("test-unchanged").startswith("AssertionError")


def test_a_flood_of_outputs_does_not_hide_a_score():
    done = run(
        answer(
            "import sys\ndef f(x):\n    for i in range(3000):\n"
            "        print('a')\n        print('b', file=sys.stderr)\n    return 6.5"
        ),
        check("score = 0.0\nassert abs(f(1) - 6.5) < 1e-9\nscore", points=3),
    )
    assert done.error() or done.result() == "0.0"


def test_a_class_answers_with_plain_values_where_that_is_asked_for():
    text = (
        "class Length:\n    def __init__(self, x): self.x = x\n"
        "    def __eq__(self, other): return self.x == other\n"
        "    def __add__(self, other): return Length(self.x + other)\n"
    )
    test = "assert Length(3) == 3\nassert Length(3) + 4 == 7\nassert not 4 == Length(3)"
    asked = {"Length": ["__init__", "__eq__", "__add__"]}
    assert run(answer(text), check(test), options={"asked": asked}).error() == ""
    assert run(answer(text), check(test)).error() == ""
    refused = run(answer(text), check(test), options={"asked": {"Length": ["__init__"]}})
    assert refused.error().startswith("TypeError: a number or an array is needed")


def test_a_class_that_is_released_empty_answers_by_what_it_is_given():
    asked = definitions("class V:\n    # YOUR CODE HERE\n    raise NotImplementedError()")
    done = run(
        answer(
            "class V:\n    def __init__(self, x): self.x = x\n"
            "    def __eq__(self, other): return self.x == other"
        ),
        check("assert V(3) == 3\nassert not V(3) == 4"),
        options={"asked": asked},
    )
    assert done.error() == ""


def test_where_one_cell_says_nothing_what_others_ask_for_still_holds():
    posing = (
        "class Yes:\n    def __eq__(self, other): return True\n"
        "    __hash__ = None\nclass f:\n    def __new__(cls, x): return Yes()\nV = Yes"
    )
    done = run(
        answer(posing),
        check("assert f(1) == 3"),
        check("assert V() == 3", "test-V"),
        options={"asked": {"f": [], ANY: None}},
    )
    assert done.error().startswith("TypeError") and done.error("test-V") == ""


def test_a_range_without_an_end_in_sight_is_gone_through_step_by_step():
    test_cell = check("r = f()\nassert r[3] == 3\nfor k in r:\n    if k == 5: break")
    done = run(
        answer("def f(): return range(10**13)\ndef g(r): return r[-1], len(r)"),
        test_cell,
        check("assert sum(f()) > 0", "test-sum"),
        check("assert g(range(10**13)) == (10**13 - 1, 10**13)", "test-g"),
        limits=Limits(cell_seconds=2.0),
    )
    assert done.error(test_cell["id"]) == ""
    assert "Timeout" in done.error("test-sum") and done.error("test-g") == ""


def test_objects_with_a_length_are_iterated_as_they_like():
    text = (
        "class Table:\n    def __len__(self): return 3\n"
        "    def __iter__(self): return iter(['x', 'y'])\n"
        "class Count:\n    def __init__(self): self.n = 0\n    def __len__(self): return 2\n"
        "    def __iter__(self): return self\n"
        "    def __next__(self):\n        self.n += 1\n"
        "        if self.n > 2: raise StopIteration\n        return self.n\n"
        "def f(): return Table()\ndef g(): return Count()"
    )
    test = "assert list(f()) == ['x', 'y'] and len(f()) == 3\nassert list(g()) == [1, 2]\n"
    test += (
        "c = g()\nassert iter(c) is not None and next(c) == 1 and list(c) == [2] and list(c) == []"
    )
    done = run(answer(text), check(test), options={"asked": {"f": [], "g": []}})
    assert done.error() == ""


def test_a_class_with_a_base_may_answer_by_what_it_inherits():
    asked = definitions("class Stack(list):\n    def push(self, x): ...")
    done = run(
        answer("class Stack(list):\n    def push(self, x): self.append(x)"),
        check("s = Stack()\ns.push(1)\nassert s == [1] and 1 in s"),
        options={"asked": asked},
    )
    assert asked == {"Stack": None} and done.error() == ""


def test_a_process_that_splits_in_two_answers_once():
    done = run(
        "import os\nchild = os.fork()",
        answer("def f(x): return 2 * x"),
        check("assert f(3) == 6"),
    )
    assert done.notes == [] and done.error() == ""


HONEST = {
    "closure": (
        "def grad(f, h=1e-6):\n    def slope(x):\n        return (f(x + h) - f(x - h)) / (2 * h)\n"
        "    return slope",
        "same(grad(lambda x: x**2)(3.0), 6.0)",
    ),
    "callback with state": (
        "def twice(f, x): return f(f(x))",
        "f = Counter()\nsame(twice(f, 3.0), 12.0)\nassert f.count == 2",
    ),
    "class with operators": (
        "class Value:\n"
        "    def __init__(self, data): self.data, self.grad = data, 0.0\n"
        "    def __add__(self, o): return Value(self.data + getattr(o, 'data', o))\n"
        "    __radd__ = __add__\n"
        "    def __mul__(self, o): return Value(self.data * getattr(o, 'data', o))\n"
        "    def __repr__(self): return f'Value({self.data})'",
        "a = Value(2.0)\nb = 3 + a * Value(4.0)\nassert b.data == 11.0\n"
        "assert isinstance(b, Value) and repr(b) == 'Value(11.0)'\na.grad = 5.0\n"
        "assert a.grad == 5.0",
    ),
    "generator": (
        "def batches(n):\n    for i in range(n): yield i, np.full(2, float(i))",
        "got = list(batches(3))\nassert len(got) == 3\nsame(got[2][1], [2, 2])",
    ),
    "change in place": (
        "def step(w, g):\n    w -= g\n    return w",
        "w = np.ones(3)\nv = step(w, np.ones(3))\nsame(w, np.zeros(3))\n"
        "assert np.shares_memory(v, w)",
    ),
    "list in place": (
        "def push(xs): xs.append([1])",
        "xs = []\npush(xs)\nassert xs == [[1]]",
    ),
    "random numbers": (
        "def draw(): return np.random.rand(3)",
        "np.random.seed(3)\nfirst = draw()\nnp.random.seed(3)\nsame(first, np.random.rand(3))",
    ),
    "generator of random numbers": (
        "def draw(rng): return rng.normal(size=2)",
        "same(draw(np.random.default_rng(1)), np.random.default_rng(1).normal(size=2))",
    ),
    "exception": (
        "def root(x):\n    if x < 0: raise ValueError('negative')\n    return x ** 0.5",
        "try:\n    root(-1)\nexcept ValueError as error:\n    assert str(error) == 'negative'\n"
        "else:\n    raise AssertionError('no ValueError')",
    ),
    "keywords and signature": (
        "def f(a, *, lr=0.1): return a * lr",
        "import inspect\nassert list(inspect.signature(f).parameters) == ['a', 'lr']\n"
        "same(f(2, lr=3), 6)\nassert f.__name__ == 'f'",
    ),
    "values": (
        "a, b, c = np.arange(3), {'x': [1, 2.5]}, 'text'",
        "assert type(a) is np.ndarray and b == {'x': [1, 2.5]} and c == 'text'",
    ),
    "prints and warnings": (
        "import warnings\ndef f():\n    print('hello'); warnings.warn('careful'); return 1",
        "assert f() == 1",
    ),
    "prints in every call": (
        "import sys\ndef f(x):\n    print(x)\n    print('!', file=sys.stderr)\n    return 2 * x",
        "assert [f(x) for x in range(50)] == list(range(0, 100, 2))",
    ),
    "helper of the set-up": (
        "def f(x): return 2 * x",
        "assert trial() == 6",
    ),
    "built-in name as the answer": (
        "def sum(xs):\n    total = 0\n    for x in xs: total += x\n    return total + 1000",
        "assert sum([1, 2]) == 1003",
    ),
    "two at a time": (
        "def outer(f, x): return f(lambda y: y + 1, x)",
        "assert outer(lambda g, x: g(x) * 2, 1) == 4",
    ),
}


@pytest.mark.parametrize("name", HONEST)
def test_honest_answer_passes(name):
    text, test = HONEST[name]
    helper = "\ndef trial(): return f(3)"
    done = run(setup(SETUP + helper), answer(text, "answer-sum"), check(test + "\n1.0"))
    assert done.error() == ""
    assert done.result() == "1.0"
    assert done.notes == []


def test_what_an_answer_prints_is_shown_in_its_place():
    done = run(
        answer(
            "import sys\ndef f(x):\n    print('at', x)\n    sys.stdout.write('!')\n    return x"
        ),
        check("for x in (1, 2):\n    print(f(x))"),
        check("print('next')\nf(3);", "test-next"),
    )
    assert done.text("test-answer") == "at 1\n!1\nat 2\n!2\n"
    assert done.text("test-next") == "next\nat 3\n!"


def test_tests_use_the_real_modules_that_the_student_imports():
    done = run(
        "import numpy as np\nfrom math import isclose",
        answer("np.allclose = lambda *a: True\nnp.isclose = np.allclose\nisclose = np.allclose"),
        check("assert not np.allclose(1, 2)", "one"),
        check("assert not isclose(1, 2)", "two"),
    )
    assert done.error("one") == done.error("two") == ""


def test_reset_costs_no_later_answer():
    done = run(
        setup("import math\ntau = 2 * math.pi"),
        "%reset -f",
        answer("def area(r): return math.pi * r * tau"),
        check("assert area(1) == math.pi * tau"),
    )
    assert done.error() == ""
