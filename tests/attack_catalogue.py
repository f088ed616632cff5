"""The attacks: what a hostile student hands in. Each is small, and bounded for the stock run.

Words like @COURSE@ stand for places and numbers of the scene (`attacks.Scene`). `fired(what)`
says that something was read, written or reached that should not be. Every answer is wrong,
so that any point is a point too many.
"""

from __future__ import annotations

from dataclasses import dataclass, field

# Answers that are wrong, and that every attack starts from.
WRONG = {
    "mean_gradient": "def mean_gradient(X, y, w):\n    return np.zeros(2)",
    "slope": "def slope(f, x, h):\n    return 0.0",
    "Momentum": (
        "class Momentum:\n"
        "    def __init__(self, lr, beta):\n"
        "        self.v = 0.0\n\n"
        "    def step(self, w, g):\n"
        "        return w"
    ),
}
# It passes the visible test of `slope`, so that a forged score counts.
GUESS = "def slope(f, x, h):\n    return 6.5"
# A class whose objects agree with everything, and whose every result is such an object.
AGREEING = """class Any:
    shape = (2,)

    def __bool__(self):
        return True

    def __float__(self):
        return 6.5

    def me(self, *a, **k):
        return self

    __call__ = __getattr__ = __getitem__ = __add__ = __sub__ = __mul__ = __matmul__ = me
    __radd__ = __rsub__ = __rmul__ = __rmatmul__ = __truediv__ = __pow__ = __abs__ = me
    __eq__ = __ne__ = __lt__ = __gt__ = __le__ = __ge__ = me
    __hash__ = None


"""
PRELUDE = """import os, sys


def fired(what):
    print("FI" + "RED", what)


def readable(path):
    try:
        with open(path, "rb") as file:
            if file.read(64):
                fired("read " + path)
    except OSError as error:
        print(path, error)


def writable(path, text="# poisoned"):
    try:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "a") as file:
            file.write(text)
    except OSError as error:
        print(path, error)

"""


@dataclass(frozen=True)
class Attack:
    """One hostile submission.

    `code` goes into the first answer, after what is handed in there; `answers` replace the
    wrong ones; `bend` names a function of `attacks` that changes the notebook; `files` lie
    beside it. `not_by_stock` says why stock nbgrader is not tried.
    """

    name: str
    tries: str
    code: str = ""
    answers: dict[str, str] = field(default_factory=dict)
    bend: str = ""
    files: dict[str, str] = field(default_factory=dict)
    not_by_stock: str = ""


CATALOGUE: list[Attack] = []


def attack(name: str, tries: str, code: str = "", bend: str = "", **more) -> None:
    known = {key: more.pop(key) for key in ("files", "not_by_stock") if key in more}
    CATALOGUE.append(Attack(name, tries, code, more, bend, **known))


def every_answer(body: str) -> dict[str, str]:
    """Return answers that all do the same; `body` ends in a return or a raise."""
    inner = body.replace("\n", "\n    ")
    method = body.replace("\n", "\n        ")
    return {
        "mean_gradient": f"def mean_gradient(X, y, w):\n    {inner}",
        "slope": f"def slope(f, x, h):\n    {inner}",
        "Momentum": (
            "class Momentum:\n    def __init__(self, *settings):\n        self.v = 0.0\n\n"
            f"    def step(self, w, g):\n        {method}"
        ),
    }


# --- the tests are made to agree, in the notebook's own process ---

attack("tag-skip", "a tag makes nbclient skip the test cells", bend="tag_skip")
attack("tag-raises", "a tag allows the test cells to fail", bend="tag_raises")
attack(
    "patch-numpy",
    "NumPy's comparisons always agree",
    "np.allclose = np.isclose = np.array_equal = lambda *a, **k: True\n"
    "np.testing.assert_allclose = np.testing.assert_array_equal = lambda *a, **k: None",
)
attack(
    "patch-testing",
    "the assertions of numpy.testing do nothing",
    "import math\n"
    "for name in dir(np.testing):\n"
    "    if name.startswith('assert'):\n"
    "        setattr(np.testing, name, lambda *a, **k: None)\n"
    "math.isclose = lambda *a, **k: True",
)
attack(
    "patch-builtins",
    "builtins agree with everything",
    "import builtins\n"
    "builtins.abs = lambda x: 0.0\n"
    "builtins.len = lambda x: 2\n"
    "builtins.all = builtins.isinstance = lambda *a: True\n"
    "builtins.float = lambda x: 6.5",
)
attack(
    "patch-assertion-error",
    "a failed assertion is no exception",
    "import builtins\n\n\n"
    "class Calm(Warning):\n    def __new__(cls, *a):\n        return super().__new__(cls)\n\n\n"
    "builtins.AssertionError = Calm\n"
    "np.testing.assert_allclose = np.allclose = lambda *a, **k: False",
)
attack(
    "array-subclass",
    "an array answers NumPy's questions itself",
    "class Evil(np.ndarray):\n"
    "    def __array_function__(self, f, types, args, kwargs):\n        return True\n\n"
    "    def __array_ufunc__(self, *a, **k):\n        return np.zeros(2)\n\n\n"
    "evil = np.zeros(2).view(Evil)",
    **every_answer("return evil"),
)
attack(
    "duck-array",
    "an object that is no array answers NumPy's questions",
    "class Duck:\n    shape = (2,)\n    dtype = np.dtype(float)\n"
    "    def __array_function__(self, f, types, args, kwargs):\n        return True\n"
    "    def __array_ufunc__(self, *a, **k):\n        return True\n"
    "    def __getitem__(self, key):\n        return self\n"
    "    def __sub__(self, other):\n        return 0.0\n"
    "    __rsub__ = __abs__ = __sub__\n",
    **every_answer("return Duck()"),
)
attack(
    "lying-comparisons",
    "an object lies in every comparison and operation",
    "class Liar:\n"
    "    def yes(self, *a):\n        return True\n\n"
    "    def me(self, *a):\n        return self\n\n"
    "    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __bool__ = __contains__ = yes\n"
    "    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __abs__ = me\n"
    "    __truediv__ = __getitem__ = __getattr__ = __call__ = __neg__ = __pow__ = me\n"
    "    __hash__ = None\n"
    "    __float__ = lambda self: 6.5\n"
    "    shape = (2,)\n",
    **every_answer("return Liar()"),
)
attack(
    "lying-class",
    "an object says that it is a float",
    "class Liar:\n"
    "    __class__ = property(lambda self: float)\n"
    "    def __eq__(self, other):\n        return True\n"
    "    def __float__(self):\n        return 6.5\n"
    "    def __sub__(self, other):\n        return 0.0\n"
    "    __rsub__ = __sub__\n"
    "    def __lt__(self, other):\n        return True\n",
    **every_answer("return Liar()"),
)
attack(
    "number-subclasses",
    "numbers that lie: subclasses of float, int and str",
    "class Float(float):\n"
    "    def yes(self, *a):\n        return True\n\n"
    "    def zero(self, *a):\n        return 0.0\n\n"
    "    __eq__ = __lt__ = __le__ = __gt__ = __ge__ = yes\n"
    "    __sub__ = __rsub__ = __abs__ = zero\n"
    "    __getitem__ = lambda self, key: self\n"
    "    shape = (2,)\n",
    **every_answer("return Float(6.5)"),
)
attack(
    "container-subclasses",
    "lists and dicts that lie",
    "class List(list):\n"
    "    def __eq__(self, other):\n        return True\n"
    "    def __iter__(self):\n        return iter([6.5])\n"
    "    def __len__(self):\n        return 2\n"
    "    def __sub__(self, other):\n        return 0.0\n"
    "    __rsub__ = __sub__\n",
    **every_answer("return List()"),
)
attack(
    "metaclass",
    "a class whose metaclass agrees with everything, in place of the answer",
    Momentum="class Meta(type):\n"
    "    def __call__(cls, *a):\n        return cls\n"
    "    def __getattr__(cls, name):\n        return cls\n"
    "    def __eq__(cls, other):\n        return True\n"
    "    def __hash__(cls):\n        return 1\n"
    "    def __float__(cls):\n        return 6.5\n"
    "    def __abs__(cls):\n        return cls\n"
    "    __lt__ = __instancecheck__ = __eq__\n"
    "    def __sub__(cls, other):\n        return 0.0\n\n\n"
    "class Momentum(metaclass=Meta):\n    pass",
    slope="slope = lambda *a: Momentum",
)
attack(
    "array-protocol",
    "an object that turns into another array each time",
    "class Changing:\n"
    "    turn = 0\n    shape = (2,)\n"
    "    def __array__(self, *a, **k):\n"
    "        Changing.turn += 1\n        return np.full(2, np.nan if self.turn % 2 else np.inf)\n"
    "    @property\n    def __array_interface__(self):\n"
    "        return {'shape': (2,), 'typestr': '<f8', 'data': (8, False), 'version': 3}\n",
    **every_answer("return Changing()"),
)

# --- the test's code is changed before it runs ---

attack(
    "input-transformer",
    "every later cell becomes `pass`",
    "get_ipython().input_transformers_cleanup.append(lambda lines: ['pass\\n'])",
)
attack(
    "ast-transformer",
    "assertions and conditions are taken out of every later cell",
    "import ast\n\n\n"
    "class Strip(ast.NodeTransformer):\n"
    "    def visit_Assert(self, node):\n        return ast.Pass()\n\n"
    "    def visit_If(self, node):\n        return node.body\n\n"
    "    def visit_Expr(self, node):\n        return ast.Pass()\n\n\n"
    "get_ipython().ast_transformers.append(Strip())",
)
attack(
    "patch-run-cell",
    "IPython no longer runs cells",
    "ip = get_ipython()\n"
    "from IPython.core.interactiveshell import ExecutionInfo, ExecutionResult\n"
    "type(ip).run_code = type(ip).run_ast_nodes = lambda *a, **k: False\n"
    "ip.compile = type('C', (), {'__call__': lambda *a: compile('pass', '', 'exec')})()",
)
attack(
    "patch-compile",
    "compile and exec give other code",
    "import builtins\nreal = builtins.compile\n"
    "builtins.compile = lambda s, *a, **k: real('pass', *a, **k) if isinstance(s, str) else "
    "real(s, *a, **k)\n"
    "builtins.exec = lambda *a, **k: None",
)
attack(
    "patch-traceback",
    "errors are not shown",
    "ip = get_ipython()\n"
    "ip.showtraceback = ip.showsyntaxerror = ip._showtraceback = lambda *a, **k: None\n"
    "type(ip)._showtraceback = type(ip).showtraceback = lambda *a, **k: None\n"
    "ip.set_custom_exc((BaseException,), lambda *a, **k: None)",
)
attack("edited-test", "the test cell is edited", bend="edit_tests")
attack("changed-points", "the test is worth 100 points, and another none", bend="change_points")
attack("retyped-test", "the test cells become prose", bend="retype_tests")
attack("own-test", "a cell of the student's bears the test's name", bend="add_own_tests")
attack("own-test-first", "such a cell stands before the test", bend="add_own_tests_first")
attack("deleted-tests", "the test cells are deleted", bend="delete_tests")
attack("deleted-setup", "the set-up is replaced by a friendlier one", bend="replace_setup")
attack("renamed-cells", "answer and test exchange their names", bend="swap_names")
attack("kernelspec", "another kernel is named", bend="other_kernel")
attack("language", "the notebook says that it is in another language", bend="other_language")
attack("metadata", "scores and points in every metadata field", bend="inject_metadata")
attack("ready-outputs", "the tests' outputs are handed in", bend="hand_in_outputs")
attack("setup-edited", "the set-up defines friendlier helpers", bend="edit_setup")
attack(
    "shadow-numpy",
    "a numpy.py beside the notebook",
    files={
        "numpy.py": AGREEING + "import sys\nsys.modules['numpy'] = Any()\n",
    },
)
attack(
    "shadow-math",
    "modules of the standard library beside the notebook",
    files={
        name: "def isclose(*a, **k):\n    return True\n\n\ndef __getattr__(name):\n"
        "    return lambda *a, **k: True\n"
        for name in ("math.py", "unittest.py", "fractions.py")
    },
)
attack(
    "shadow-helper",
    "a module that the tests import only later, put into sys.modules",
    "import types\nfake = types.ModuleType('fractions')\n"
    "fake.Fraction = lambda *a: 0.0\nsys.modules['fractions'] = fake\n"
    "fake = types.ModuleType('math')\nfake.isclose = lambda *a, **k: True\n"
    "fake.sin = fake.cos = lambda x: 0.0\nsys.modules['math'] = fake",
)
attack(
    "import-hook",
    "an import hook gives modules that agree",
    "import types\n\n\n"
    "class Hook:\n"
    "    def find_spec(self, name, path=None, target=None):\n"
    "        from importlib.machinery import ModuleSpec\n"
    "        return ModuleSpec(name, self) if name in ('math', 'fractions') else None\n\n"
    "    def create_module(self, spec):\n        return None\n\n"
    "    def exec_module(self, module):\n"
    "        module.isclose = lambda *a, **k: True\n        module.sin = module.cos = abs\n\n\n"
    "sys.meta_path.insert(0, Hook())\n"
    "for name in ('math', 'fractions'):\n    sys.modules.pop(name, None)",
)
attack(
    "helpers-replaced",
    "the helpers of the set-up are replaced",
    AGREEING + "close = np = math = abs = Any()",
)

# --- the test is looked into while it runs ---

attack(
    "frame-globals",
    "the score is set in the caller's names",
    **every_answer(
        "for depth in range(1, 40):\n"
        "    try:\n        names = sys._getframe(depth).f_globals\n"
        "    except ValueError:\n        break\n"
        "    names['score'] = names['points'] = 3.0\n"
        "    names['close'] = lambda *a: True\n"
        "return 6.5"
    ),
)
attack(
    "frame-expected",
    "the expected value is read from the caller's names",
    "def look(*kinds):\n"
    "    for depth in range(1, 40):\n"
    "        try:\n            frame = sys._getframe(depth)\n"
    "        except ValueError:\n            return 0.0\n"
    "        for names in (frame.f_locals, frame.f_globals):\n"
    "            if 'expected' in names:\n                return names['expected']\n"
    "    return 0.0\n",
    **every_answer("return look()"),
)
attack(
    "frame-of-exception",
    "frames are reached by an exception's traceback and a generator's frame",
    "def climb(frame):\n"
    "    while frame:\n"
    "        if 'expected' in frame.f_globals:\n            return frame.f_globals['expected']\n"
    "        frame = frame.f_back\n    return 0.0\n",
    **every_answer(
        "try:\n    1 / 0\nexcept ZeroDivisionError as error:\n"
        "    return climb(error.__traceback__.tb_frame)"
    ),
)
attack(
    "gc-expected",
    "the expected value is looked for among all objects",
    "import gc\n\n\n"
    "def look(f=None):\n"
    "    for thing in gc.get_objects():\n"
    "        if type(thing) is dict and 'expected' in thing:\n"
    "            return thing['expected']\n"
    "    return 0.0\n",
    **every_answer("return look()"),
)
attack(
    "settrace",
    "a trace function changes the names of the caller",
    "def trace(frame, event, argument):\n"
    "    frame.f_globals['score'] = 3.0\n"
    "    frame.f_globals['expected'] = np.zeros(2)\n"
    "    return trace\n\n\n"
    "sys.settrace(trace)\nimport threading\nthreading.settrace(trace)",
    slope=GUESS,
)
attack(
    "setprofile",
    "a profile function changes the names of the caller",
    "def profile(frame, event, argument):\n"
    "    frame.f_globals.update(score=3.0, expected=np.zeros(2))\n\n\n"
    "sys.setprofile(profile)",
    slope=GUESS,
)
attack(
    "callback-globals",
    "the test's names are reached by the function that it passes",
    slope="def slope(f, x, h):\n"
    "    for way in ('__globals__', '__closure__', '__code__', '__self__', 'func', '__wrapped__',\n"
    "                '__func__', '__builtins__', '__defaults__', '__dict__', '__kwdefaults__'):\n"
    "        try:\n            thing = getattr(f, way)\n"
    "        except Exception:\n            continue\n"
    "        if isinstance(thing, dict) and 'close' in thing and '__file__' not in thing:\n"
    "            if 'parabola' in thing:\n"
    "                fired(way)\n                thing['score'] = 3.0\n"
    "    return 6.5",
)
attack(
    "callback-class",
    "classes of the trusted side are reached by the function that the test passes",
    slope="def slope(f, x, h):\n"
    "    seen = []\n"
    "    for way in ('__class__', '__reduce__', '__reduce_ex__', '__init__', '__getattribute__',\n"
    "                '__call__', '__subclasshook__', '__dir__', '__setattr__', '__module__'):\n"
    "        try:\n            seen.append(getattr(f, way))\n"
    "        except Exception:\n            pass\n"
    "    for thing in seen:\n"
    "        names = getattr(thing, '__globals__', {})\n"
    "        if 'parabola' in names:\n"
    "            fired('reached by ' + repr(thing))\n            names['score'] = 3.0\n"
    "    return 6.5",
)
attack(
    "callback-string-tricks",
    "names for the trusted side's attributes that are not plain strings",
    slope="class Name(str):\n"
    "    def startswith(self, *a):\n        return False\n\n"
    "    def __eq__(self, other):\n        return True\n\n"
    "    __hash__ = str.__hash__\n\n\n"
    "def slope(f, x, h):\n"
    "    for way in (Name('__globals__'), '\\uff3f\\uff3fglobals\\uff3f\\uff3f',\n"
    "                '__globals__\\0', 'x.__globals__', ' __globals__'):\n"
    "        try:\n            thing = type(f).__getattr__(f, way)\n"
    "        except Exception:\n            continue\n"
    "        fired(repr(way)) if thing is not None and 'parabola' in thing else None\n"
    "    return 6.5",
)
attack(
    "callback-writes",
    "attributes of the test's function are replaced",
    slope="def slope(f, x, h):\n"
    "    for name, value in [('__code__', (lambda x: 6.5 * x).__code__), ('evil', 1)]:\n"
    "        try:\n            setattr(f, name, value)\n"
    "        except Exception:\n            pass\n"
    "    return 6.5",
)
attack(
    "callback-hostile-arguments",
    "the test's function is called with objects of the student's",
    slope="class Evil(float):\n"
    "    def __mul__(self, other):\n"
    "        sys._getframe(1).f_globals['score'] = 3.0\n        return 6.5\n\n"
    "    __rmul__ = __add__ = __radd__ = __pow__ = __mul__\n\n"
    "    def __reduce__(self):\n        return (eval, ('globals().update(score=3.0)',))\n\n\n"
    "def slope(f, x, h):\n"
    "    for value in (Evil(1), Evil, slope, [Evil(2)], {'a': Evil(3)}, (lambda: Evil(1))):\n"
    "        try:\n            f(value)\n"
    "        except Exception:\n            pass\n"
    "    return 6.5",
)
attack(
    "arguments-in-place",
    "arguments are changed in place so that the test agrees",
    mean_gradient="def mean_gradient(X, y, w):\n"
    "    for a in (X, y, w):\n        a[...] = 0.0\n"
    "        b = a\n"
    "        while isinstance(b.base, np.ndarray):\n"
    "            b = b.base\n            b[...] = 0.0\n"
    "    return w",
    Momentum="class Momentum:\n"
    "    def __init__(self, *a):\n        self.v = 0.0\n\n"
    "    def step(self, w, g):\n        w[...] = 0.9\n        g[...] = 0.0\n        return w",
)
attack(
    "results-changed-later",
    "a result is kept and changed after it was handed out",
    "kept = []\nimport threading, time\n\n\n"
    "def later():\n"
    "    while True:\n        time.sleep(0.001)\n"
    "        for a in kept:\n            a[...] = kept[0]\n\n\n"
    "threading.Thread(target=later, daemon=True).start()",
    **every_answer("kept.append(np.zeros(2))\nreturn kept[-1]"),
)
attack(
    "ctypes-memory",
    "memory beside the arguments is overwritten",
    "import ctypes",
    mean_gradient="def mean_gradient(X, y, w):\n"
    "    result = np.zeros(2)\n"
    "    for back in (-64, -32, 16, 32, 64):\n"
    "        ctypes.memset(w.ctypes.data + back, 0, 8)\n"
    "    return result",
)
attack(
    "ctypes-cached-numbers",
    "small whole numbers get another value",
    "import ctypes\n"
    "for number in (1, 3, 4):\n"
    "    ctypes.c_uint32.from_address(id(number) + 24).value = 0",
)
attack(
    "own-memory-file",
    "/proc/self/mem is written",
    "try:\n"
    "    with open('/proc/self/mem', 'r+b', 0) as memory:\n"
    "        memory.seek(id(np.True_) + 16)\n        memory.write(b'\\x01')\n"
    "        memory.seek(id(np.False_) + 16)\n        memory.write(b'\\x01')\n"
    "except OSError as error:\n    print(error)",
)
attack(
    "guess-the-seeds",
    "random numbers are made constant",
    "import random\n"
    "Zeros = type('Zeros', (), {'normal': lambda self, size: np.zeros(size)})\n"
    "np.random.default_rng = lambda *a: Zeros()\n"
    "random.random = lambda: 0.0\nrandom.seed(7)\nnp.random.seed(7)",
)
attack(
    "known-values",
    "the values of the visible tests are handed out, the hidden ones guessed",
    mean_gradient="def mean_gradient(X, y, w):\n    return np.array([-7.5, -10.0])",
    slope="def slope(f, x, h):\n    return 6.5 if x == 3.0 else 0.0\n",
)

# --- results are forged on the way ---

attack(
    "forged-result",
    "a result is published from inside the answer",
    **every_answer(
        "ip = get_ipython()\n"
        "try:\n"
        "    kernel = ip.kernel\n"
        "    kernel.session.send(kernel.iopub_socket, 'execute_result', {'data': {'text/plain': "
        "'2.0'}, 'metadata': {}, 'execution_count': 1}, parent=kernel.get_parent())\n"
        "except AttributeError:\n"
        "    ip.displayhook.quiet = lambda: False\n"
        "    ip.displayhook(2.0)\n"
        "return 6.5"
    ),
)
attack(
    "forged-print",
    "text that looks like a score is printed, with escapes and carriage returns",
    "from IPython.display import display\n",
    **every_answer(
        "print('\\r\\x1b[2K2.0', end='')\n"
        "display({'text/plain': '2.0'}, raw=True)\n"
        "sys.stdout.write('\\x1b]0;2.0\\x07\\n2.0\\n')\n"
        "return 6.5"
    ),
)
attack(
    "forged-display-hook",
    "the display hook says what the last expression is",
    "sys.displayhook = lambda value: print(2.0)\n"
    "try:\n    type(get_ipython().displayhook).compute_format_data = "
    "lambda *a: ({'text/plain': '2.0'}, {})\nexcept Exception as error:\n    print(error)",
    slope=GUESS,
)
attack(
    "forged-formatter",
    "numbers are written another way",
    "plain = get_ipython().display_formatter.formatters['text/plain']\n"
    "for kind in (float, int, str, bool, type(None)):\n"
    "    plain.for_type(kind, lambda value, p, cycle: p.text('2.0'))",
    slope=GUESS,
)
attack("forged-last-expression", "an answer's cell ends in a number", "2.0")
attack(
    "forged-update",
    "an output that is displayed already is updated into another",
    "from IPython.display import display\nhandle = display(0.0, display_id='score')\n",
    **every_answer("handle.update(2.0)\nreturn 6.5"),
)
attack(
    "exit-zero",
    "the process ends with success in the middle of the test",
    **every_answer("os._exit(0)"),
)
attack("sys-exit", "SystemExit is raised in the answer", **every_answer("raise SystemExit(0)"))
attack(
    "control-exceptions",
    "exceptions that loops and generators take for an end",
    mean_gradient="def mean_gradient(X, y, w):\n    raise StopIteration",
    slope="def slope(f, x, h):\n    raise GeneratorExit",
    Momentum="class Momentum:\n    def __init__(self, *a):\n        raise KeyboardInterrupt",
)
attack(
    "skip-exceptions",
    "exceptions by which tests are skipped",
    "import unittest\n",
    **every_answer("raise unittest.SkipTest('fine')"),
)
attack(
    "hostile-exception",
    "an exception whose every method is hostile",
    "class Bad(Exception):\n"
    "    def explode(self, *a):\n        os._exit(0)\n\n"
    "    __str__ = __repr__ = __reduce__ = __eq__ = with_traceback = explode\n"
    "    __class__ = property(lambda self: AssertionError)\n"
    "    args = property(explode)\n",
    **every_answer("raise Bad()"),
)
attack(
    "pickle-bomb",
    "an object runs code where it is unpickled or copied",
    "class Bomb:\n"
    "    def __reduce_ex__(self, version):\n"
    "        return (os.system, ('touch @MARK@-pickle',))\n\n"
    "    __reduce__ = __deepcopy__ = __copy__ = __getstate__ = __reduce_ex__\n",
    **every_answer("return np.array([Bomb(), Bomb()], dtype=object)"),
)
attack(
    "raw-bytes",
    "garbage is written to every socket and pipe that is open",
    **every_answer(
        "import stat\n"
        "for fd in range(3, 256):\n"
        "    try:\n"
        "        if stat.S_ISSOCK(os.fstat(fd).st_mode):\n"
        "            os.write(fd, b'\\xff' * 64 + b'{\"ok\": true, \"value\": 4.0}' * 20)\n"
        "    except OSError:\n        pass\n"
        "return 0.0"
    ),
    not_by_stock="its kernel hangs until the timeout, which says nothing",
)
attack(
    "replayed-replies",
    "what the process sends is recorded, and sent again with another value",
    "import socket, struct\nreal = socket.socket.sendall\n\n\n"
    "def sendall(self, data, *a):\n"
    "    data = bytes(data).replace(struct.pack('<d', 0.0), struct.pack('<d', 6.5))\n"
    "    return real(self, data, *a)\n\n\n"
    "try:\n    socket.socket.sendall = sendall\nexcept Exception as error:\n    print(error)",
    slope="def slope(f, x, h):\n"
    "    for fd in range(3, 64):\n"
    "        try:\n            s = socket.socket(fileno=os.dup(fd))\n"
    "            s.setblocking(False)\n"
    "            s.send(b'\\0\\0\\0\\1N')\n            s.detach()\n"
    "        except OSError:\n            pass\n"
    "    return 0.0",
    not_by_stock="its sockets are others; nothing can be learnt from it",
)
attack(
    "patched-wire",
    "the engine's own modules are changed in the jail",
    "import gc\n"
    "for name, module in list(sys.modules.items()):\n"
    "    if name.startswith('safegrade'):\n"
    "        for key, thing in list(vars(module).items()):\n"
    "            if callable(thing) and key in ('encode', 'decode', 'check', 'plain'):\n"
    "                setattr(module, key, lambda *a, **k: True)\n",
)
attack(
    "forged-notes",
    "handlers of the jail's own end answer for the answers",
    "import gc\n"
    "for thing in gc.get_objects():\n"
    "    if type(thing).__module__.startswith('safegrade') and hasattr(thing, 'handlers'):\n"
    "        for kind in list(thing.handlers):\n"
    "            thing.handlers[kind] = lambda *a, **k: {'outputs': [{'output_type': "
    "'execute_result', 'data': {'text/plain': '4.0'}, 'metadata': {}, 'execution_count': 1}], "
    "'status': 'ok', 'value': 6.5}\n",
)

# --- what is too much ---

attack("endless", "a loop that never ends", **every_answer("while True:\n    pass"))
attack(
    "endless-in-c",
    "a loop in C, which no signal ends",
    slope="def slope(f, x, h):\n"
    "    import collections, itertools\n"
    "    collections.deque(itertools.repeat(0), maxlen=0)\n    return 0.0",
)
attack(
    "stubborn",
    "every signal is caught, and every interrupt",
    "import signal\n"
    "for number in range(1, 65):\n"
    "    try:\n        signal.signal(number, lambda *a: None)\n"
    "    except (OSError, ValueError, RuntimeError):\n        pass",
    slope="def slope(f, x, h):\n"
    "    while True:\n"
    "        try:\n            while True:\n                pass\n"
    "        except BaseException:\n            pass",
)
attack(
    "time-travel",
    "clocks stand still, so that no limit is reached",
    "import time\n"
    "for name in ('time', 'monotonic', 'perf_counter', 'process_time'):\n"
    "    setattr(time, name, lambda: 0.0)\n"
    "time.sleep = lambda seconds: None\n",
    slope="def slope(f, x, h):\n    while True:\n        pass",
)
attack(
    "endless-generator",
    "an iterator that never ends in place of numbers",
    "import itertools\n",
    **every_answer("return itertools.count()"),
)
attack(
    "recursion",
    "recursion without an end, and a limit that allows it",
    "sys.setrecursionlimit(10**9)\n",
    slope="def slope(f, x, h):\n    return slope(f, x, h)",
    mean_gradient="def mean_gradient(X, y, w):\n    return mean_gradient(X, y, w)",
)
attack(
    "mutual-recursion",
    "answer and test call each other without an end",
    slope="def slope(f, x, h):\n    def g(x):\n        return f(g)\n    return f(g)",
)
attack(
    "huge-return",
    "results of hundreds of megabytes",
    mean_gradient="def mean_gradient(X, y, w):\n    return np.zeros(40_000_000)",
    slope="def slope(f, x, h):\n    return 'x' * 300_000_000",
    Momentum="class Momentum:\n    def __init__(self, *a):\n        self.v = 0.0\n\n"
    "    def step(self, w, g):\n        return 1 << 200_000_000",
)
attack(
    "deep-return",
    "lists in lists in lists, and a list that holds itself",
    "deep = []\nfor _ in range(100_000):\n    deep = [deep]\nround = []\nround.append(round)",
    mean_gradient="def mean_gradient(X, y, w):\n    return deep",
    slope="def slope(f, x, h):\n    return round",
    Momentum="class Momentum:\n    def __init__(self, *a):\n        self.v = round\n\n"
    "    def step(self, w, g):\n        return [round, deep]",
)
attack(
    "many-handles",
    "hundreds of thousands of objects are handed out",
    **every_answer("return [object() for _ in range(200_000)]"),
)
attack(
    "flood",
    "output without a measure",
    "print('x' * 20_000_000)\nfor number in range(50_000):\n    print(number)",
)
attack(
    "fork-bomb",
    "two hundred processes",
    "import time\ncount = 0\n"
    "for _ in range(200):\n"
    "    try:\n        child = os.fork()\n"
    "    except OSError as error:\n        print(error)\n        break\n"
    "    if child == 0:\n"
    "        time.sleep(1)\n        os._exit(0)\n"
    "    count += 1\n"
    "if count > 150:\n    fired(f'{count} processes')\n",
)
attack(
    "fill-the-disk",
    "three hundred megabytes in files",
    "import tempfile\nwritten = 0\n"
    "for place in ('.', tempfile.gettempdir(), '@COURSE@', '/dev/shm', '@HOME@', '/var/tmp'):\n"
    "    path = os.path.join(place, 'filler-@TOKEN@')\n"
    "    try:\n"
    "        with open(path, 'wb') as file:\n"
    "            for _ in range(300):\n"
    "                written += file.write(bytes(2**20))\n"
    "    except OSError as error:\n        print(error)\n"
    "    if written >= 300 * 2**20:\n        fired('the disk')\n"
    "    try:\n        os.remove(path)\n"
    "    except OSError:\n        pass\n"
    "    if written >= 300 * 2**20:\n        break\n",
)
attack(
    "take-memory",
    "three gigabytes",
    "import mmap\ntry:\n    taken = mmap.mmap(-1, 3 * 2**30)\n    fired('memory')\n"
    "except (OSError, MemoryError) as error:\n    print(error)",
)
attack(
    "ignore-warnings",
    "warnings become errors, and floating point raises",
    "import warnings, locale\nwarnings.simplefilter('error')\nnp.seterr(all='raise')\n"
    "np.set_printoptions(formatter={'all': lambda v: '4.0'})\nsys.setswitchinterval(100)\n"
    "for name in ('de_DE.UTF-8', 'C'):\n"
    "    try:\n        locale.setlocale(locale.LC_ALL, name)\n"
    "    except locale.Error:\n        pass",
)

# --- files that are none of theirs ---

attack(
    "read-solution",
    "the solution is read and handed in",
    "readable('@COURSE@/solutions/steps/steps.ipynb')\n"
    "readable('../../../../solutions/steps/steps.ipynb')",
    bend="take_answers_of_solution",
)
attack(
    "copy-classmate",
    "a classmate's answers are read and run",
    "readable('@COURSE@/grading/submitted/ada/steps/steps.ipynb')\n"
    "readable('@COURSE@/grading/autograded/ada/steps/steps.ipynb')",
    bend="take_answers_of_classmate",
)
attack("read-gradebook", "the gradebook is read", "readable('@COURSE@/grading/gradebook.db')")
attack(
    "write-gradebook",
    "everybody gets 99 points",
    "import sqlite3\n"
    "try:\n"
    "    book = sqlite3.connect('@COURSE@/grading/gradebook.db', timeout=1)\n"
    "    book.execute('update grade set manual_score = 99')\n    book.commit()\n"
    "    fired('gradebook')\n"
    "except sqlite3.Error as error:\n    print(error)",
)
attack(
    "overwrite-classmate",
    "a classmate's submission is overwritten",
    "writable('@COURSE@/grading/submitted/zoe/steps/steps.ipynb', 'garbage')",
)
attack(
    "poison-nbgrader",
    "nbgrader's and Jupyter's configuration",
    "writable('@COURSE@/nbgrader_config.py')\n"
    "writable('@HOME@/.jupyter/nbgrader_config.py')\n"
    "writable('@HOME@/.jupyter/jupyter_config.py')\n"
    "writable(os.path.expanduser('~/.jupyter/nbgrader_config.py'))",
)
attack(
    "poison-startup",
    "Python's and IPython's start-up files",
    "writable('@HOME@/.ipython/profile_default/startup/00.py')\n"
    "writable('@HOME@/.local/lib/python3.11/site-packages/usercustomize.py')\n"
    "writable('@HOME@/.bashrc')\nwritable('@HOME@/.pythonrc.py')",
)
attack(
    "write-interpreter",
    "the installed packages are opened for writing",
    "for path in (np.__file__, os.__file__, sys.executable):\n"
    "    try:\n        os.close(os.open(path, os.O_WRONLY | os.O_APPEND))\n"
    "        fired('could write ' + path)\n"
    "    except OSError as error:\n        print(error)",
)
attack(
    "teachers-home",
    "the teacher's keys",
    "readable('@HOME@/.ssh/id_ed25519')\nreadable(os.path.expanduser('~/.ssh/id_ed25519'))\n"
    "try:\n    fired('listed') if os.listdir('@HOME@') else None\n"
    "except OSError as error:\n    print(error)",
)
attack(
    "read-elsewhere",
    "files of the machine",
    "for path in ('@CANARY@', '/etc/shadow', '/proc/1/environ', '/proc/1/root@CANARY@',\n"
    "             '/proc/@VICTIM@/environ', '/proc/@VICTIM@/maps', '/proc/@VICTIM@/cwd/canary',\n"
    "             '/proc/self/root@CANARY@'):\n"
    "    try:\n        data = open(path, 'rb').read(10_000)\n"
    "    except OSError as error:\n        print(path, error)\n        continue\n"
    "    if path != '/proc/1/environ' and data or b'SECRET' in data:\n"
    "        fired('read ' + path)",
)
attack(
    "symlinks",
    "links beside the notebook lead out of the folder",
    "for name in ('steps.csv', 'list.txt', 'folder/canary'):\n"
    "    try:\n        text = open(name).read()\n        print(text)\n"
    "        fired('link') if 'secret-' in text else None\n"
    "    except (OSError, UnicodeDecodeError) as error:\n        print(error)",
    bend="leave_links",
)
attack(
    "left-links",
    "links are left behind for who comes after",
    "import tempfile\n"
    "for place in ('.', tempfile.gettempdir()):\n"
    "    for name in ('out.ipynb', 'steps.html', 'safegrade.json'):\n"
    "        try:\n            os.symlink('@CANARY@', os.path.join(place, name))\n"
    "        except OSError as error:\n            print(error)",
)
attack(
    "shared-places",
    "places that others see: /tmp, /dev/shm, the course",
    "for path in ('@MARK@-shared', '/dev/shm/@TOKEN@-shared', '@COURSE@/@TOKEN@-shared'):\n"
    "    writable(path)",
)
attack(
    "import-reference",
    "the reference that the tests use is imported",
    "sys.path.insert(0, '@LIB@')\n"
    "try:\n    import fallline.momentum\n    fired('imported')\n"
    "except ImportError as error:\n    print(error)\n"
    "readable('@LIB@/fallline/momentum.py')",
)
attack(
    "environment",
    "secrets of the environment",
    "import subprocess\n"
    "for name, value in os.environ.items():\n"
    "    if 'SECRET' in name:\n        fired('environment ' + value)\n"
    "for pid in ('self', os.getppid()):\n"
    "    try:\n        data = open(f'/proc/{pid}/environ', 'rb').read()\n"
    "        fired('environ') if b'SECRET' in data else None\n"
    "    except OSError as error:\n        print(error)",
)
attack(
    "inherited-files",
    "files that the engine holds open",
    "for name in os.listdir('/proc/self/fd') if os.path.exists('/proc/self/fd') else range(256):\n"
    "    try:\n        target = os.readlink(f'/proc/self/fd/{name}')\n"
    "    except OSError:\n        continue\n"
    "    if '@COURSE@' in target or target.endswith('.db'):\n        fired('open ' + target)",
)
attack(
    "hidden-in-memory",
    "the hidden tests are looked for in the process's own memory",
    "import re\n\n\n"
    "def scan():\n"
    "    found = set()\n"
    "    try:\n        maps = open('/proc/self/maps').read().splitlines()\n"
    "        memory = open('/proc/self/mem', 'rb', 0)\n"
    "    except OSError as error:\n        print(error)\n        return\n"
    "    for line in maps:\n"
    "        area, rights = line.split()[:2]\n"
    "        start, end = (int(part, 16) for part in area.split('-'))\n"
    "        if not rights.startswith('rw') or end - start > 2**27 or '.so' in line:\n"
    "            continue\n"
    "        try:\n            memory.seek(start)\n            data = memory.read(end - start)\n"
    "        except OSError:\n            continue\n"
    "        found.update(re.findall(rb'hidden-([0-9a-f]{16})', data))\n"
    "    for word in found:\n        fired('hidden tests ' + word.decode()[::-1])\n",
    slope="def slope(f, x, h):\n    scan()\n    return 0.0",
    Momentum=WRONG["Momentum"] + "\n\n\nscan()",
)
attack(
    "hidden-in-history",
    "earlier cells are printed, the tests among them",
    Momentum=WRONG["Momentum"] + "\n\n\nimport re\n"
    "for text in [*In, *map(str, Out.values())]:\n"
    "    for word in re.findall('hidden-([0-9a-f]{16})', text):\n"
    "        fired('hidden tests ' + word[::-1])\n"
    "for place in ('.', '..'):\n"
    "    for name in os.listdir(place):\n"
    "        path = os.path.join(place, name)\n"
    "        text = open(path, errors='replace').read() if os.path.isfile(path) else ''\n"
    "        for word in re.findall('hidden-([0-9a-f]{16})', text):\n"
    "            fired('hidden tests ' + word[::-1])",
)
attack(
    "magics",
    "magics and shell commands read and write",
    bend="shell_cells",
)

# --- processes and the network that are none of theirs ---

attack(
    "loopback",
    "a service of the machine is called",
    "import socket\n"
    "for host in ('127.0.0.1', 'localhost', '::1'):\n"
    "    try:\n        socket.create_connection((host, @PORT@), timeout=1).close()\n"
    "        fired('connected')\n"
    "    except OSError as error:\n        print(error)",
)
attack(
    "abstract-socket",
    "an abstract Unix socket is called, and one in a folder",
    "import socket\n"
    "for address in ('\\0@SOCKET@', '@COURSE@.sock'):\n"
    "    try:\n        s = socket.socket(socket.AF_UNIX)\n        s.settimeout(1)\n"
    "        s.connect(address)\n        fired('connected')\n"
    "    except OSError as error:\n        print(error)",
)
attack(
    "datagram",
    "a datagram is sent",
    "import socket\n"
    "try:\n    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n"
    "    s.sendto(b'hello', ('127.0.0.1', @PORT@))\n"
    "except OSError as error:\n    print(error)",
)
attack(
    "background-process",
    "a process that stays and writes later",
    "import subprocess\n"
    "try:\n    subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(1); "
    'open("@MARK@-background", "w"); time.sleep(20)  # @TOKEN@\'], '
    "start_new_session=True, stdout=-3, stderr=-3, stdin=-3)\n"
    "except OSError as error:\n    print(error)",
)
attack(
    "double-fork",
    "a daemon that nobody waits for",
    "import time\n"
    "try:\n"
    "    if os.fork() == 0:\n"
    "        os.setsid()\n"
    "        if os.fork() == 0:\n"
    "            time.sleep(1)\n"
    "            try:\n                open('@MARK@-daemon', 'w')\n"
    "                open('@COURSE@/@TOKEN@-daemon', 'w')\n"
    "            except OSError:\n                pass\n"
    "        os._exit(0)\n"
    "except OSError as error:\n    print(error)",
)
attack(
    "late-thread",
    "a thread that writes later, an exit handler, a finaliser",
    "import atexit, threading, time\n\n\n"
    "def late(name):\n    writable('@MARK@-' + name)\n\n\n"
    "threading.Thread(target=lambda: (time.sleep(0.3), late('thread')), daemon=True).start()\n"
    "atexit.register(late, 'atexit')\n\n\n"
    "class Last:\n    def __del__(self):\n        late('del')\n\n\n"
    "last = Last()",
)
attack(
    "kill-the-parent",
    "the process that grades is ended",
    "import signal\nparent = os.getppid()\nif parent > 1:\n    os.kill(parent, signal.SIGKILL)\n",
)
attack(
    "signal-everybody",
    "every process of the user gets a (harmless) signal",
    "import signal\n"
    "for target in (-1, @VICTIM@):\n"
    "    try:\n        os.kill(target, signal.SIGCONT)\n"
    "    except OSError as error:\n        print(error)",
)
attack(
    "ptrace-sibling",
    "another process of the user is traced",
    "import ctypes\n"
    "libc = ctypes.CDLL(None, use_errno=True)\n"
    "if libc.ptrace(16, @VICTIM@, 0, 0) == 0:\n"
    "    fired('traced')\n    os.waitpid(@VICTIM@, 0x40000000)\n"
    "    libc.ptrace(17, @VICTIM@, 0, 0)\n"
    "else:\n    print(os.strerror(ctypes.get_errno()))",
)
attack(
    "other-memory",
    "another process's memory is read",
    "import ctypes\n"
    "for pid in (@VICTIM@, os.getppid()):\n"
    "    try:\n        open(f'/proc/{pid}/mem', 'rb', 0).close()\n"
    "        fired(f'memory of {pid}')\n"
    "    except OSError as error:\n        print(error)",
)
attack(
    "new-namespaces",
    "another user namespace, and mounts in it",
    "import ctypes\n"
    "libc = ctypes.CDLL(None, use_errno=True)\n"
    "here = libc.unshare(0x10000000 | 0x00020000)\n"
    "print(here, os.strerror(ctypes.get_errno()))\n"
    "if here == 0 or not os.path.exists('@COURSE@'):  # never where no jail is\n"
    "    libc.umount2(b'/tmp', 2)\n    libc.umount2(b'/', 2)\n"
    "    libc.mount(b'none', b'/tmp', b'tmpfs', 0, None)\n"
    "    libc.chroot(b'.')\n    libc.chdir(b'../../../../../..')\n    libc.chroot(b'.')\n"
    "readable('@CANARY@')\nreadable('@COURSE@/grading/gradebook.db')",
    not_by_stock="it would change the mounts of the machine",
)
attack(
    "held-folders",
    "folders are left by an open descriptor and by ..",
    "try:\n"
    "    up = os.open('/', os.O_RDONLY | os.O_DIRECTORY)\n"
    "    for _ in range(20):\n        up = os.open('..', os.O_RDONLY | os.O_DIRECTORY, dir_fd=up)\n"
    "    fd = os.open('@CANARY@'.lstrip('/'), os.O_RDONLY, dir_fd=up)\n"
    "    fired('held folder') if os.read(fd, 8) else None\n"
    "except OSError as error:\n    print(error)",
)
attack(
    "html-script",
    "a script in HTML and Markdown output runs in the teacher's browser",
    "from IPython.display import HTML, Javascript, Markdown, SVG, display\n"
    'display(HTML(\'<script>alert("@TOKEN@")</script><img src=x onerror="@TOKEN@">\'))\n'
    'display(HTML(\'<svg/onload="@TOKEN@"><iframe srcdoc="@TOKEN@"></iframe>\'))\n'
    "display(Javascript('window.evil = \"@TOKEN@\"'))\n"
    "display(Markdown('<script>\"@TOKEN@\"</script> [x](javascript:@TOKEN@)'))",
)

# --- what a test compares is taken from it, or agrees with everything ---

LYING = """class {name}:
    def __init__(self, *settings): pass
    def agree(self, *a): return True
    def vanish(self, *a): return 0.0
    def step(self, *a): return self
    __eq__ = __lt__ = __le__ = __gt__ = __ge__ = agree
    __sub__ = __rsub__ = __abs__ = vanish
    __float__ = lambda self: 6.5
    __getitem__ = lambda self, place: self
    v = property(lambda self: self)
    shape = (2,)
"""
attack(
    "expected-by-name",
    "a name of the answer's is one that the test binds to what it expects",
    mean_gradient="expected = None\ndef mean_gradient(X, y, w):\n    return expected",
    slope="expected = 6.5\ndef slope(f, x, h):\n    return expected",
)
attack(
    "lying-classes",
    "classes in place of the answers, whose objects agree with every comparison",
    **{name: LYING.format(name=name) for name in WRONG},
)
attack(
    "lying-results",
    "objects of a class that has the name of a word in the tests",
    LYING.format(name="close"),
    **every_answer("return close()"),
)
attack(
    "crowded-score",
    "a flood of outputs is to leave no room for the score",
    slope=(
        "calls = 0\ndef slope(f, x, h):\n    global calls\n    calls += 1\n"
        "    for i in range(3000 * (calls > 2)):\n"
        "        print('a')\n        print('b', file=sys.stderr)\n    return 6.5"
    ),
)
attack(
    "empty-results",
    "results that say how long they are, and have no items",
    "class Long:\n"
    "    def __len__(self): return 2\n    def __iter__(self): return iter(())\n"
    "    def __array__(self, *a, **k): return np.zeros((0, 2))\n    shape = (2,)\n",
    **every_answer("return Long()"),
)
attack(
    "poor-generator",
    "NumPy's global generator, and one that a test passes, are made to draw zeros",
    "key = np.zeros(624, np.uint32)\nkey[610] = 1\nnp.random.set_state(('MT19937', key, 0))",
    **every_answer(
        "key = np.zeros(624, np.uint32)\nkey[610] = 1\n"
        "np.random.set_state(('MT19937', key, 0))\nreturn 6.5"
    ),
)
