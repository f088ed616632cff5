"""The tasks of chapter `backprop`."""

# ruff: noqa: D101, D102  (a mistake and its methods have a name and a hint)

import sys
from contextlib import contextmanager

import numpy as np

from fallline import backprop as reference
from fallline.marking.task import AsReference, Case, ProblemSet

problems = ProblemSet("backprop")


class Node:
    """The least that a graph needs: it knows its inputs, and the slope along each."""

    def __init__(self, name, *inputs, slopes=()):
        self.data, self.grad, self.inputs, self.slopes = float(name), 0.0, inputs, slopes

    def pull(self, adjoint):
        return tuple(slope * adjoint for slope in self.slopes)


def chain(depth):
    """Return the nodes of a chain, each with the one before as its only input."""
    nodes = [Node(0)]
    for name in range(1, depth):
        nodes.append(Node(name, nodes[-1], slopes=(1.0,)))
    return nodes


# --- topological_order ---


def linked(inputs_of):
    """Return nodes; `inputs_of` holds for each the places of its inputs, which stand before it."""
    nodes = []
    for name, places in enumerate(inputs_of):
        nodes.append(Node(name, *(nodes[place] for place in places)))
    return nodes


def judged(answer, make, shape):
    """Return what is true of the order of a graph whose last node is the root."""
    nodes = make(shape)
    order = answer(nodes[-1])
    place = {id(node): k for k, node in enumerate(order)}
    return {
        "every node is there": {id(node) for node in nodes} == set(place),
        "none comes twice": len(place) == len(order),
        "inputs come before what is made of them": all(
            place.get(id(child), -1) < place.get(id(node), -2)
            for node in nodes
            for child in node.inputs
        ),
        "the node itself comes last": bool(order) and order[-1] is nodes[-1],
    }


def asked_twice(answer, make, shape):
    nodes = make(shape)
    answer(nodes[-1])
    return judged(answer, lambda shape: nodes, shape)


def equal_numbers(shape):
    nodes = linked(shape)
    for node in nodes:
        node.data = 2.0
    return nodes


def random_graphs(rng):
    cases = []
    for n in (6, 12, 25):
        shape = [()]
        for k in range(1, n):
            shape.append(tuple(int(i) for i in rng.integers(0, k, size=rng.integers(0, 4))))
        used = {i for places in shape for i in places}
        shape.append(tuple(i for i in range(n) if i not in used))
        cases.append(Case(f"a random graph of {n + 1} nodes", (linked, tuple(shape)), judged))
    return cases


@contextmanager
def usual_recursion_limit():
    """Hold Python's own limit, whatever an answer has set it to, and put the old one back."""
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(1000)
    try:
        yield
    finally:
        sys.setrecursionlimit(limit)


def judged_deep(answer, make, shape):
    with usual_recursion_limit():
        return judged(answer, make, shape)


class Watched(Node):
    """A node that notices how many calls stand around the one that asks for its inputs."""

    deepest = 0

    @property
    def inputs(self):
        frame, depth = sys._getframe(), 0
        while frame is not None and depth <= 500:
            frame, depth = frame.f_back, depth + 1
        Watched.deepest = max(Watched.deepest, depth)
        return self._inputs

    @inputs.setter
    def inputs(self, nodes):
        self._inputs = nodes


def nested_calls(answer, depth):
    """Say in words whether the calls of an answer nest as deep as the graph."""
    nodes = [Watched(0)]
    for name in range(1, depth):
        nodes.append(Watched(name, nodes[-1]))
    Watched.deepest = 0
    with usual_recursion_limit():
        found = len(answer(nodes[-1]))
    return {"nodes": found, "calls inside of calls": "hundreds" if Watched.deepest > 500 else "few"}


UNEVEN = ((), (0,), (1,), (2, 0), (3, 1))
"""Nodes that are reached by a short path and by a long one."""

task = problems.task(
    reference.topological_order,
    cases=[
        Case("a single node", (linked, ((),)), judged),
        Case("a chain a -> b -> c", (linked, ((), (0,), (1,))), judged),
        Case("the diamond a*a + a", (linked, ((), (0, 0), (1, 0))), judged),
        Case("the diamond, asked twice", (linked, ((), (0, 0), (1, 0))), asked_twice),
        Case("one node near to the root and far from it", (linked, UNEVEN), judged),
        Case(
            "the same with the near input first", (linked, ((), (0,), (1,), (0, 2), (1, 3))), judged
        ),
        Case("different nodes with equal data", (equal_numbers, UNEVEN), judged),
        Case(
            "ten doublings, x + x again and again",
            (linked, ((), *((k, k) for k in range(10)))),
            judged,
        ),
        Case("a chain of 5000 nodes", (chain, 5000), judged_deep),
        Case("a chain of 700 nodes, without recursion", (700,), nested_calls),
    ],
    draw=random_graphs,
    why="an order is right or wrong: no tolerance is needed",
)


@task.mistake(
    "no record of visited nodes",
    "A node that is used twice stands in your list twice. With ten doublings there are a thousand "
    "paths and only eleven nodes: remember which nodes you have been at.",
)
def topological_order(node):
    order, stack = [], [(node, False)]
    while stack:
        node, done = stack.pop()
        if done:
            order.append(node)
        else:
            stack.append((node, True))
            stack.extend((child, False) for child in node.inputs)
    return order


@task.mistake(
    "parents first",
    "Your list begins at the end of the computation. A node can be put down only after "
    "everything that it was computed from: turn the list round.",
)
def topological_order(node):
    order, seen, stack = [], set(), [(node, False)]
    while stack:
        node, done = stack.pop()
        if done:
            order.append(node)
        elif id(node) not in seen:
            seen.add(id(node))
            stack.append((node, True))
            stack.extend((child, False) for child in node.inputs)
    return order[::-1]


@task.mistake(
    "recursion",
    "The order is right until the graph gets deep: each node costs one nested call, and Python "
    "stops at about a thousand. Keep a list of what is still to be done instead.",
)
def topological_order(node):
    order, seen = [], set()

    def visit(node):
        if id(node) not in seen:
            seen.add(id(node))
            for child in node.inputs:
                visit(child)
            order.append(node)

    visit(node)
    return order


@task.mistake(
    "level by level",
    "Level by level from the root (breadth first), and then turned round: that works as long as "
    "all paths to a node have the same length. Think of a node that is used both at once and late.",
)
def topological_order(node):
    order, seen = [node], {id(node)}
    for found in order:
        for child in found.inputs:
            if id(child) not in seen:
                seen.add(id(child))
                order.append(child)
    return order[::-1]


@task.mistake(
    "put down when first met",
    "You put a node down when you meet it, and turn the list round at the end. A node that is met "
    "early on one path may still be needed before another: put it down when its inputs are done.",
)
def topological_order(node):
    order, seen, stack = [], set(), [node]
    while stack:
        node = stack.pop()
        if id(node) not in seen:
            seen.add(id(node))
            order.append(node)
            stack.extend(node.inputs)
    return order[::-1]


@task.mistake(
    "nodes told apart by their value",
    "Two different nodes can hold the same number. What makes a node is which object it is, "
    "not what it holds.",
)
def topological_order(node):
    order, seen, stack = [], set(), [(node, False)]
    while stack:
        node, done = stack.pop()
        if done:
            order.append(node)
        elif node.data not in seen:
            seen.add(node.data)
            stack.append((node, True))
            stack.extend((child, False) for child in node.inputs)
    return order


@task.mistake(
    "marks the nodes themselves",
    "The first call is right and the second is not: you left a mark on the nodes. "
    "Keep the record of what was visited in the function, where it ends with the call.",
)
def topological_order(node):
    order, stack = [], [(node, False)]
    while stack:
        node, done = stack.pop()
        if done:
            order.append(node)
        elif not getattr(node, "visited", False):
            node.visited = True
            stack.append((node, True))
            stack.extend((child, False) for child in node.inputs)
    return order


@task.mistake(
    "leaves left out",
    "Nodes without inputs are missing. They are the variables, the very nodes whose derivatives "
    "are wanted.",
)
def topological_order(node):
    order, seen, stack = [], set(), [(node, False)]
    while stack:
        node, done = stack.pop()
        if done:
            order.append(node)
        elif id(node) not in seen and node.inputs:
            seen.add(id(node))
            stack.append((node, True))
            stack.extend((child, False) for child in node.inputs)
    return order


@task.mistake(
    "the node itself left out",
    "Everything that the node depends on is there, in a good order, and the node itself is not. "
    "Where would a sweep start?",
)
def topological_order(node):
    order, seen, todo = [], set(), [(node, False)]
    while todo:
        v, ready = todo.pop()
        if ready:
            order.append(v)
        elif id(v) not in seen:
            seen.add(id(v))
            todo += [(v, True), *((u, False) for u in v.inputs)]
    return order[:-1]


@task.mistake(
    "recursion under a raised limit",
    "The order is right, and every node still costs one nested call: you have only moved the limit "
    "up. Where else than in nested calls can be kept what is still to be done?",
)
def topological_order(node):
    import sys

    sys.setrecursionlimit(10**6)
    order, seen = [], set()

    def visit(node):
        if node not in seen:
            seen.add(node)
            for child in node.inputs:
                visit(child)
            order.append(node)

    visit(node)
    return order


@task.mistake(
    "every path walked to its end",
    "A node that is used twice stands in your list twice, and with ten doublings a thousand times. "
    "How do you know that you have been somewhere?",
)
def topological_order(node):
    order, todo = [], [node]
    while todo:
        node = todo.pop()
        order.append(node)
        todo.extend(node.inputs)
    return order[::-1]


@task.mistake(
    "numbers instead of nodes",
    "You return what the nodes hold. Whoever sweeps through your list wants to write into the "
    "nodes: what has to be in it?",
)
def topological_order(node):
    order, todo = [], [(node, False)]
    seen = set()
    while todo:
        node, done = todo.pop()
        if done:
            order.append(node.data)
        elif id(node) not in seen:
            seen.add(id(node))
            todo.append((node, True))
            todo.extend((child, False) for child in node.inputs)
    return order


@task.mistake(
    "nodes of equal value dropped",
    "A node is missing wherever another one holds the same number. "
    "Are 2 apples and 2 pears one and the same node?",
)
def topological_order(node):
    order, todo, seen, numbers = [], [(node, False)], set(), []
    while todo:
        node, done = todo.pop()
        if done:
            if node.data not in numbers:
                numbers.append(node.data)
                order.append(node)
        elif id(node) not in seen:
            seen.add(id(node))
            todo.append((node, True))
            todo.extend((child, False) for child in node.inputs)
    return order


@task.accepts("counting the uses")
def topological_order(node):
    uses, found = {id(node): 0}, [node]
    for user in found:
        for child in user.inputs:
            if id(child) not in uses:
                uses[id(child)] = 0
                found.append(child)
            uses[id(child)] += 1
    order, free = [], [node]
    while free:
        order.append(free.pop())
        for child in order[-1].inputs:
            uses[id(child)] -= 1
            if uses[id(child)] == 0:
                free.append(child)
    return order[::-1]


@task.accepts("looking at the top of the stack")
def topological_order(node):
    order, done, stack = [], set(), [node]
    while stack:
        waiting = [child for child in stack[-1].inputs if id(child) not in done]
        if waiting:
            stack.append(waiting[0])
        else:
            node = stack.pop()
            if id(node) not in done:
                done.add(id(node))
                order.append(node)
    return order


# --- Value ---


def product_and_sum(a, b):
    return a * b + a


def square(x):
    return x * x


def double(x):
    return x + x


def neuron(w1, x1, w2, x2, b):
    return (w1 * x1 + w2 * x2 + b).tanh()


def polynomial(x):
    return 2 * x**3 + x**2 * 0.5 + 1


def diamond(a):
    return a * a + a


def nested(a, b):
    c = a * b
    return c * c + c.exp() * a


def bend(a, b):
    return (a * b + b).relu() + (a + -3).relu()


def swept(answer, f, *numbers):
    """Return value and slopes of f, made of the answer's nodes, and what the leaves hold after."""
    leaves = [answer(x) for x in numbers]
    root = f(*leaves)
    root.grad = 1.0
    for node in reversed(reference.topological_order(root)):
        for child, slope in zip(node.inputs, node.slopes, strict=True):
            child.grad = child.grad + slope * node.grad
    return {
        "value": root.data,
        "slopes": [leaf.grad for leaf in leaves],
        "leaves": [leaf.data for leaf in leaves],
    }


def made_anew(answer):
    """Say of operations that change no number whether each makes a node of its own."""
    x = answer(1.5)
    results = {"x * 1": x * 1, "x + 0": x + 0, "x**1": x**1, "relu": x.relu()}
    return {name: "x itself" if node is x else "new" for name, node in results.items()}


def random_expressions(rng):
    cases = []
    for f, n in ((neuron, 5), (nested, 2), (bend, 2), (polynomial, 1), (product_and_sum, 2)):
        numbers = (rng.uniform(0.2, 1.5, size=n) * rng.choice([-1, 1], size=n)).tolist()
        said = ", ".join(f"{x:.2f}" for x in numbers)
        cases.append(Case(f"{f.__name__.replace('_', ' ')} at {said}", (f, *numbers), swept))
    return cases


task = problems.task(
    reference.Value,
    cases=[
        Case("a*b + a at a = 2, b = 3, whole numbers", (product_and_sum, 2, 3), swept),
        Case("x*x at 3.0, one node used twice", (square, 3.0), swept),
        Case("x + x at 3.0", (double, 3.0), swept),
        Case("a*a + a at -0.5", (diamond, -0.5), swept),
        Case("0.5 times x, at the whole number 2", (lambda x: x * 0.5, 2), swept),
        Case("2 + x, the number on the left", (lambda x: 2 + x, 1.5), swept),
        Case("2 * x, the number on the left", (lambda x: 2 * x, 1.5), swept),
        Case("x + 2 and x * 2", (lambda x: (x + 2) * 2, 1.5), swept),
        Case("x**3 at 2.0", (lambda x: x**3, 2.0), swept),
        Case("x**-2 at 0.5", (lambda x: x**-2, 0.5), swept),
        Case("x**0.5 at 2.0", (lambda x: x**0.5, 2.0), swept),
        Case("x**1 at 0.0", (lambda x: x**1, 0.0), swept),
        Case("x**3 at -2.0", (lambda x: x**3, -2.0), swept),
        Case("x**4 + x**2 at 1.5", (lambda x: x**4 + x**2, 1.5), swept),
        Case("exp(x) at -0.3", (lambda x: x.exp(), -0.3), swept),
        Case("tanh(x) at 0.8", (lambda x: x.tanh(), 0.8), swept),
        Case(
            "tanh(x) at 400 and at -400", (lambda x, y: x.tanh() + y.tanh(), 400.0, -400.0), swept
        ),
        Case("exp(x) at 2.0", (lambda x: x.exp(), 2.0), swept),
        Case("tanh(x) at -0.5", (lambda x: x.tanh(), -0.5), swept),
        Case("x * 1, x + 0, x**1 and relu: new nodes", (), made_anew),
        Case("relu(x) at 0.5", (lambda x: x.relu(), 0.5), swept),
        Case("relu(x) at 2.5", (lambda x: x.relu(), 2.5), swept),
        Case("relu(x) at -2.5", (lambda x: x.relu(), -2.5), swept),
        Case("relu(x) at 0.0, where the slope is taken to be 0", (lambda x: x.relu(), 0.0), swept),
        Case("a neuron", (neuron, 0.5, 1.5, -0.25, 0.75, 0.1), swept),
        Case("exp(tanh(x * x)) at 0.6", (lambda x: (x * x).tanh().exp(), 0.6), swept),
        Case("x*x + x where x is NaN", (diamond, np.nan), swept),
        Case("x to the power of a word", (lambda x: x ** "2", 2.0), swept),
    ],
    draw=random_expressions,
    why="a dozen operations: only rounding may differ",
)


@task.mistake(
    "x*x counted once",
    "In x*x one node is both inputs, and each use has its own slope. Your node keeps each input "
    "only once, so half of the derivative is lost.",
)
class Value(AsReference):
    def __mul__(self, other):
        other = other if isinstance(other, type(self)) else type(self)(other)
        if other is self:
            return type(self)(self.data * self.data, (self,), (self.data,))
        return type(self)(self.data * other.data, (self, other), (other.data, self.data))

    def __add__(self, other):
        other = other if isinstance(other, type(self)) else type(self)(other)
        if other is self:
            return type(self)(self.data + self.data, (self,), (1.0,))
        return type(self)(self.data + other.data, (self, other), (1.0, 1.0))


@task.mistake(
    "slopes of the product swapped",
    "How fast does a*b change when a moves and b stays? Write down both partial derivatives "
    "and look at which one belongs to which input.",
)
class Value(AsReference):
    def __mul__(self, other):
        other = other if isinstance(other, type(self)) else type(self)(other)
        return type(self)(self.data * other.data, (self, other), (self.data, other.data))


@task.mistake(
    "n times x to the n",
    "Differentiating a power lowers the exponent by one: at x = 2 the slope of x**3 is 12, not 24.",
)
class Value(AsReference):
    def __pow__(self, n):
        return type(self)(self.data**n, (self,), (n * self.data**n,))


@task.mistake(
    "slope of tanh from the input",
    "The slope of tanh is 1 minus the square of something. Of what went in, or of what came out?",
)
class Value(AsReference):
    def tanh(self):
        return type(self)(np.tanh(self.data), (self,), (1.0 - self.data**2,))


@task.mistake(
    "relu has slope 1 at zero",
    "At 0 any slope from 0 to 1 could be defended. This course, like the large libraries, "
    "takes 0: a unit at rest passes nothing back.",
)
class Value(AsReference):
    def relu(self):
        x = self.data
        return type(self)(x if not x < 0 else 0.0, (self,), (0.0 if x < 0 else 1.0,))


@task.mistake(
    "no numbers on the left",
    "With a number on the left, as in 2 + x, Python asks the number first, which does not know "
    "your class, and then looks for a reflected method of yours. Which two are missing?",
)
class Value(AsReference):
    def __radd__(self, other):
        return NotImplemented

    def __rmul__(self, other):
        return NotImplemented


@task.mistake(
    "exp by the power rule",
    "In exp(x) the variable is the exponent, so the rule for powers does not apply. "
    "Which function is its own derivative?",
)
class Value(AsReference):
    def exp(self):
        return type(self)(np.exp(self.data), (self,), (self.data * np.exp(self.data - 1.0),))


@task.mistake(
    "sum with the slopes of a product",
    "Move a by a little: a + b moves by just as much, whatever b is. "
    "The slopes of a sum do not depend on the data.",
)
class Value(AsReference):
    def __add__(self, other):
        other = other if isinstance(other, type(self)) else type(self)(other)
        return type(self)(self.data + other.data, (self, other), (other.data, self.data))


@task.mistake(
    "changes the node in place",
    "Your operation writes its result into one of its inputs. The old number is still needed, "
    "for the slopes of other nodes: an operation makes a new node and leaves its inputs alone.",
)
class Value(AsReference):
    def __add__(self, other):
        other = other if isinstance(other, type(self)) else type(self)(other)
        self.data = self.data + other.data
        return type(self)(self.data, (self, other), (1.0, 1.0))


@task.mistake(
    "numbers are no nodes",
    "x * 2 fails, because 2 has no data and no grad. "
    "Turn a plain number into a node before you use it as one.",
)
class Value(AsReference):
    def __add__(self, other):
        return type(self)(self.data + other.data, (self, other), (1.0, 1.0))

    def __mul__(self, other):
        return type(self)(self.data * other.data, (self, other), (other.data, self.data))


@task.mistake(
    "n times x",
    "Right for squares, and wrong for every other power. When n x^(n-1) is differentiated again "
    "one sees it still has a power: which one?",
)
class Value(AsReference):
    def __pow__(self, n):
        return type(self)(self.data**n, (self,), (n * self.data,))


@task.mistake(
    "slopes of a sum from the data",
    "Move a by a little: a + b moves by just as much. Does your slope along a depend on "
    "how large a is?",
)
class Value(AsReference):
    def __add__(self, other):
        other = other if isinstance(other, type(self)) else type(self)(other)
        return type(self)(self.data + other.data, (self, other), (self.data, other.data))


@task.mistake(
    "power without its factor",
    "The exponent has gone down by one, and it has left no factor: at 2 the slope of x**3 is 12, "
    "and yours is 4. What happens to the exponent besides?",
)
class Value(AsReference):
    def __pow__(self, n):
        return type(self)(self.data**n, (self,), (self.data ** (n - 1),))


@task.mistake(
    "factor and exponent swapped",
    "At 2 the slope of x**3 is 12, and yours is 16: the factor is one less than n and the exponent "
    "is not. Which of the two goes down?",
)
class Value(AsReference):
    def __pow__(self, n):
        return type(self)(self.data**n, (self,), ((n - 1) * self.data**n,))


@task.mistake(
    "power by the rule for exponentials",
    "A logarithm belongs to 2**x, where the exponent moves. Which one moves in x**2?",
)
class Value(AsReference):
    def __pow__(self, n):
        return type(self)(self.data**n, (self,), (self.data**n * np.log(np.abs(self.data)),))


@task.mistake(
    "slope of exp is 1",
    "Your exp passes the adjoint on as it is. At 2 the curve of exp is steep: how steep, "
    "compared with its height?",
)
class Value(AsReference):
    def exp(self):
        return type(self)(np.exp(self.data), (self,), (1.0,))


@task.mistake(
    "slope of exp is the input",
    "The slope of exp at 0 would be 0 with you, and the curve rises there. "
    "Which function is its own slope?",
)
class Value(AsReference):
    def exp(self):
        return type(self)(np.exp(self.data), (self,), (self.data,))


@task.mistake(
    "slope of tanh without the square",
    "At 0 your slope of tanh is right, and on the two sides of 0 it differs, though the curve "
    "bends alike there. What is missing on the t in 1 - t?",
)
class Value(AsReference):
    def tanh(self):
        return type(self)(np.tanh(self.data), (self,), (1 - np.tanh(self.data),))


@task.mistake(
    "slope of arctan",
    "1 / (1 + x²) is the slope of another curve of much the same look. "
    "Which one, and what is that of tanh?",
)
class Value(AsReference):
    def tanh(self):
        return type(self)(np.tanh(self.data), (self,), (1 / (1 + self.data**2),))


@task.mistake(
    "slope of the logistic curve",
    "t (1 - t) belongs to the curve that runs from 0 to 1. Where is the slope of tanh largest, "
    "and what does yours say there?",
)
class Value(AsReference):
    def tanh(self):
        return type(self)(
            np.tanh(self.data), (self,), (np.tanh(self.data) * (1 - np.tanh(self.data)),)
        )


@task.mistake(
    "logistic curve",
    "Your curve runs from 0 to 1 and is 0.5 at 0. Where does tanh run from and to?",
)
class Value(AsReference):
    def tanh(self):
        s = 1 / (1 + np.exp(-self.data))
        return type(self)(s, (self,), (s * (1 - s),))


@task.mistake(
    "tanh from growing exponentials",
    "Right for small numbers, and NaN at 400, where tanh is 1 to all digits: "
    "which exponential stays small there?",
)
class Value(AsReference):
    def tanh(self):
        t = (np.exp(2 * self.data) - 1) / (np.exp(2 * self.data) + 1)
        return type(self)(t, (self,), (1 - t * t,))


@task.mistake(
    "relu passes everything back",
    "The value is cut off below 0, and the slope is not. If a negative x moves a little, "
    "what does relu(x) do?",
)
class Value(AsReference):
    def relu(self):
        return type(self)(self.data if not self.data < 0 else 0.0, (self,), (1.0,))


@task.mistake(
    "slope of relu is its value",
    "Your slope grows with x. Draw relu: is its right arm a straight line?",
)
class Value(AsReference):
    def relu(self):
        return type(self)(
            self.data if not self.data < 0 else 0.0,
            (self,),
            (self.data if not self.data < 0 else 0.0,),
        )


@task.mistake(
    "slope of relu is the sign",
    "To the left of 0 your slope is -1, and the line is flat there. "
    "Which curve has the slopes -1 and 1?",
)
class Value(AsReference):
    def relu(self):
        return type(self)(self.data if not self.data < 0 else 0.0, (self,), (np.sign(self.data),))


@task.mistake(
    "value of a leaky relu",
    "Below 0 your value is small, and should be 0. Which unit lets a little pass?",
)
class Value(AsReference):
    def relu(self):
        return type(self)(
            self.data if not self.data < 0 else 0.01 * self.data, (self,), (self.data > 0,)
        )


@task.mistake(
    "functions forget their input",
    "Values and slopes may be right, and nothing comes back to x: your node does not know what it "
    "was computed from. What else does a Value hold?",
)
class Value(AsReference):
    def exp(self):
        return type(self)(np.exp(self.data))

    def tanh(self):
        return type(self)(np.tanh(self.data))

    def relu(self):
        return type(self)(max(self.data, 0.0))


@task.mistake(
    "exp forgets its input",
    "The value of exp is right, and no slope comes back: its node has no inputs. "
    "From which node was it computed?",
)
class Value(AsReference):
    def exp(self):
        return type(self)(np.exp(self.data))


@task.mistake(
    "sum kept in the left node",
    "a + b gives you a back, with a new number in it. Who else may still need the old one? "
    "A sum is a node of its own.",
)
class Value(AsReference):
    def __add__(self, other):
        other = other if isinstance(other, type(self)) else type(self)(other)
        self.data = self.data + other.data
        return self


@task.mistake(
    "slope of 2 * x is x",
    "x * 2 is right, and 2 * x has the slope of the other factor. "
    "How fast does 2 * x change when x moves?",
)
class Value(AsReference):
    def __rmul__(self, other):
        return type(self)(other * self.data, (self,), (self.data,))


@task.mistake(
    "nothing to do, no new node",
    "x * 1 and x + 0 give x back. Each operation makes a node of its own: "
    "what would happen to x if somebody set the grad of the result?",
)
class Value(AsReference):
    def __add__(self, other):
        other = other if isinstance(other, type(self)) else type(self)(other)
        if other.data == 0:
            return self
        return type(self)(self.data + other.data, (self, other), (1.0, 1.0))

    def __mul__(self, other):
        other = other if isinstance(other, type(self)) else type(self)(other)
        if other.data == 1:
            return self
        return type(self)(self.data * other.data, (self, other), (other.data, self.data))


@task.accepts("with lists, and one method that makes nodes")
class Value:
    def __init__(self, data, inputs=(), slopes=()):
        self.data, self.grad = np.float64(data), 0.0
        self.inputs, self.slopes = list(inputs), list(slopes)

    def make(self, data, **slopes):
        return type(self)(data, slopes.pop("of"), slopes.pop("by"))

    def __add__(self, other):
        other = other if isinstance(other, type(self)) else type(self)(other)
        return self.make(other.data + self.data, of=[other, self], by=[1, 1])

    def __mul__(self, other):
        other = other if isinstance(other, type(self)) else type(self)(other)
        return self.make(other.data * self.data, of=[other, self], by=[self.data, other.data])

    __radd__, __rmul__ = __add__, __mul__

    def __pow__(self, n):
        return self.make(self.data**n, of=[self], by=[n * self.data ** (n - 1)])

    def exp(self):
        return self.make(np.exp(self.data), of=[self], by=[np.exp(self.data)])

    def tanh(self):
        return self.make(np.tanh(self.data), of=[self], by=[1 / np.cosh(self.data) ** 2])

    def relu(self):
        return self.make(max(self.data, 0.0), of=[self], by=[float(self.data > 0)])


@task.accepts("a plain number is no input")
class Value(AsReference):
    def __add__(self, other):
        if not isinstance(other, type(self)):
            return type(self)(self.data + other, (self,), (1.0,))
        return type(self)(self.data + other.data, (self, other), (1.0, 1.0))

    def __mul__(self, other):
        if not isinstance(other, type(self)):
            return type(self)(self.data * other, (self,), (other,))
        return type(self)(self.data * other.data, (self, other), (other.data, self.data))


@task.accepts("the square of a node as a node of its own")
class Value(AsReference):
    def __mul__(self, other):
        other = other if isinstance(other, type(self)) else type(self)(other)
        if other is self:
            return type(self)(self.data * self.data, (self,), (2 * self.data,))
        return type(self)(self.data * other.data, (self, other), (other.data, self.data))


# --- backward ---


def adjoints(answer, f, *numbers):
    """Return the adjoints that the answer leaves in the root and in the leaves."""
    leaves = [reference.Value(x) for x in numbers]
    root = f(*leaves)
    answer(root)
    return {"root": root.grad, "leaves": [leaf.grad for leaf in leaves]}


def adjoints_twice(answer, f, *numbers):
    return adjoints(lambda root: (answer(root), answer(root)), f, *numbers)


def two_roots(answer, f, second, *numbers):
    """Return what the leaves hold after the sweep of one root, and then of another."""
    leaves = [reference.Value(x) for x in numbers]
    found = []
    for root in (f(*leaves), second(*leaves)):
        answer(root)
        found.append([leaf.grad for leaf in leaves])
    return found


def inner_adjoint(answer, a, b):
    a, b = reference.Value(a), reference.Value(b)
    c = a * b
    answer(c * c + c)
    return [c.grad, a.grad, b.grad]


def along_a_chain(answer, depth):
    nodes = chain(depth)
    with usual_recursion_limit():
        answer(nodes[-1])
    return [nodes[0].grad, nodes[-1].grad]


def late_and_early(a):
    """Use c at once and again much later: two paths of different lengths."""
    c = a * a
    return (c * 0.5 + 1.0) * c * a + c


def random_sweeps(rng):
    return [case._replace(call=adjoints) for case in random_expressions(rng)]


task = problems.task(
    reference.backward,
    cases=[
        Case("a*a + a at the whole number 3", (diamond, 3), adjoints),
        Case("a*b + a at 2.5, -0.5", (product_and_sum, 2.5, -0.5), adjoints),
        Case("a + a at 1.5", (double, 1.5), adjoints),
        Case("the root is a leaf", (lambda a: a, 1.5), adjoints),
        Case("c*c + c with c = a*b, and the adjoint of c", (0.5, 3.0), inner_adjoint),
        Case("a node that is used early and late", (late_and_early, 0.7), adjoints),
        Case("a neuron", (neuron, 0.5, 1.5, -0.25, 0.75, 0.1), adjoints),
        Case("the same root twice", (diamond, 1.25), adjoints_twice),
        Case("a neuron, twice", (neuron, 0.5, 1.5, -0.25, 0.75, 0.1), adjoints_twice),
        Case("early and late, twice", (late_and_early, 0.7), adjoints_twice),
        Case("one root, then another", (diamond, double, 0.3), two_roots),
        Case("a*a + a where a is NaN", (diamond, np.nan), adjoints),
        Case("c*c + c with c = a*b where b is NaN", (0.5, np.nan), inner_adjoint),
        Case("a chain of 5000 nodes", (5000,), along_a_chain),
    ],
    draw=random_sweeps,
    why="sums and products of a dozen numbers, in any order: only rounding may differ",
)


@task.mistake(
    "assigns instead of adding",
    "A node that is used twice gets something from each use, and your second assignment wipes "
    "out the first. What does the sum in the formula run over?",
)
def backward(root):
    from fallline.backprop import topological_order

    order = topological_order(root)
    for node in order:
        node.grad = 0.0
    root.grad = 1.0
    for node in reversed(order):
        for child, slope in zip(node.inputs, node.slopes, strict=True):
            child.grad = slope * node.grad


@task.mistake(
    "starts from 0",
    "Everything comes out as 0, because everything is a multiple of where you start. "
    "What is the derivative of the root with respect to itself?",
)
def backward(root):
    from fallline.backprop import topological_order

    order = topological_order(root)
    for node in order:
        node.grad = 0.0
    for node in reversed(order):
        for child, slope in zip(node.inputs, node.slopes, strict=True):
            child.grad += slope * node.grad


@task.mistake(
    "every adjoint starts at 1",
    "Only the root depends on itself with slope 1. "
    "What has every other node collected before the sweep begins?",
)
def backward(root):
    from fallline.backprop import topological_order

    order = topological_order(root)
    for node in order:
        node.grad = 1.0
    for node in reversed(order):
        for child, slope in zip(node.inputs, node.slopes, strict=True):
            child.grad += slope * node.grad


@task.mistake(
    "not reversed",
    "You begin at the leaves, whose adjoints are not known yet. "
    "The first node that can pass something on is the root.",
)
def backward(root):
    from fallline.backprop import topological_order

    order = topological_order(root)
    for node in order:
        node.grad = 0.0
    root.grad = 1.0
    for node in order:
        for child, slope in zip(node.inputs, node.slopes, strict=True):
            child.grad += slope * node.grad


@task.mistake(
    "adds to what an earlier call left",
    "The first call is right; a second one adds to what the first has left in grad. "
    "In this course a sweep starts afresh: what has to be true of every adjoint before it?",
)
def backward(root):
    from fallline.backprop import topological_order

    root.grad = 1.0
    for node in reversed(topological_order(root)):
        for child, slope in zip(node.inputs, node.slopes, strict=True):
            child.grad += slope * node.grad


@task.mistake(
    "passes on too early",
    "Level by level from the root, a node may pass its adjoint on before everything has arrived. "
    "When is an adjoint complete?",
)
def backward(root):
    nodes, seen = [root], {id(root)}
    for node in nodes:
        for child in node.inputs:
            if id(child) not in seen:
                seen.add(id(child))
                nodes.append(child)
    for node in nodes:
        node.grad = 0.0
    root.grad = 1.0
    for node in nodes:
        for child, slope in zip(node.inputs, node.slopes, strict=True):
            child.grad += slope * node.grad


@task.mistake(
    "forgets the adjoint of the node",
    "You add up the slopes of single operations. The chain rule multiplies each of them by how "
    "much the root depends on the node itself.",
)
def backward(root):
    from fallline.backprop import topological_order

    order = topological_order(root)
    for node in order:
        node.grad = 0.0
    root.grad = 1.0
    for node in reversed(order):
        for child, slope in zip(node.inputs, node.slopes, strict=True):
            child.grad += slope


@task.mistake(
    "only the root's inputs",
    "You stop after one step. The inputs of the root have inputs of their own, "
    "which wait for their share.",
)
def backward(root):
    from fallline.backprop import topological_order

    for node in topological_order(root):
        node.grad = 0.0
    root.grad = 1.0
    for child, slope in zip(root.inputs, root.slopes, strict=True):
        child.grad += slope


@task.mistake(
    "recursion",
    "Right, as long as the graph is shallow: each node costs one nested call, and Python stops at "
    "about a thousand. It also walks every path by itself, and there can be very many. "
    "Go through the nodes in a good order instead.",
)
def backward(root):
    def clear(node):
        node.grad = 0.0
        for child in node.inputs:
            clear(child)

    def send(node, share):
        node.grad += share
        for child, slope in zip(node.inputs, node.slopes, strict=True):
            send(child, slope * share)

    clear(root)
    send(root, 1.0)


@task.mistake(
    "only the leaves are set back",
    "One sweep is right, and a second one over the same graph is not: what lies between the "
    "leaves and the root still holds the adjoints of the first. Which nodes start afresh?",
)
def backward(root):
    from fallline.backprop import topological_order

    order = topological_order(root)
    for node in order:
        if not node.inputs:
            node.grad = 0.0
    root.grad = 1.0
    for node in reversed(order):
        for child, slope in zip(node.inputs, node.slopes, strict=True):
            child.grad += node.grad * slope


@task.mistake(
    "adjoints of inner nodes wiped out",
    "The leaves are right, and every node that was computed ends with 0, the root too. "
    "Which nodes does the statement ask for?",
)
def backward(root):
    from fallline.backprop import topological_order

    order = topological_order(root)
    for node in order:
        node.grad = 0.0
    root.grad = 1.0
    for node in reversed(order):
        for child, slope in zip(node.inputs, node.slopes, strict=True):
            child.grad += node.grad * slope
    for node in order:
        if node.inputs:
            node.grad = 0.0


@task.mistake(
    "one share for two uses in one operation",
    "In a*a the node a is both inputs and has two slopes, and only one of them arrives. "
    "Are you collecting the inputs under names, where equal names fall into one?",
)
def backward(root):
    from fallline.backprop import topological_order

    order = topological_order(root)
    for node in order:
        node.grad = 0.0
    root.grad = 1.0
    for node in reversed(order):
        for child, slope in dict(zip(node.inputs, node.slopes, strict=True)).items():
            child.grad += node.grad * slope


@task.mistake(
    "a NaN stops the sweep",
    "An adjoint of NaN is neither positive nor negative, so your sweep goes past it and what lies "
    "behind keeps a 0. Should a broken number look like a flat one?",
)
def backward(root):
    from fallline.backprop import topological_order

    order = topological_order(root)
    for node in order:
        node.grad = 0.0
    root.grad = 1.0
    for node in reversed(order):
        if node.grad > 0 or node.grad < 0:
            for child, slope in zip(node.inputs, node.slopes, strict=True):
                child.grad += node.grad * slope


@task.mistake(
    "slopes forgotten",
    "Every use passes the whole adjoint on, as if all operations were sums. "
    "How much does c = a * b move when a does?",
)
def backward(root):
    from fallline.backprop import topological_order

    order = topological_order(root)
    for node in order:
        node.grad = 0.0
    root.grad = 1.0
    for node in reversed(order):
        for child in node.inputs:
            child.grad += node.grad


@task.mistake(
    "root starts at its value",
    "Everything is too large by one and the same factor, the value of the root. "
    "What is the derivative of the root with respect to itself?",
)
def backward(root):
    from fallline.backprop import topological_order

    order = topological_order(root)
    for node in order:
        node.grad = 0.0
    root.grad = root.data
    for node in reversed(order):
        for child, slope in zip(node.inputs, node.slopes, strict=True):
            child.grad += slope * node.grad


@task.mistake(
    "data instead of the adjoint",
    "You multiply each slope by the value of the node. The chain rule wants to know how much the "
    "root depends on that node: where does that stand?",
)
def backward(root):
    from fallline.backprop import topological_order

    order = topological_order(root)
    for node in order:
        node.grad = 0.0
    root.grad = 1.0
    for node in reversed(order):
        for child, slope in zip(node.inputs, node.slopes, strict=True):
            child.grad += slope * node.data


@task.mistake(
    "first input only",
    "Only the first input of each operation gets anything: the loop over the inputs ends too soon. "
    "How many nodes wait for a share in a * b?",
)
def backward(root):
    from fallline.backprop import topological_order

    order = topological_order(root)
    for node in order:
        node.grad = 0.0
    root.grad = 1.0
    for node in reversed(order):
        for child, slope in zip(node.inputs, node.slopes, strict=True):
            child.grad += slope * node.grad
            break


@task.mistake(
    "path by path, the last one wins",
    "You walk every path from the root and write at its end what this path has brought. "
    "Where two paths end at one node, what becomes of the first?",
)
def backward(root):
    root.grad, todo = 1.0, [root]
    while todo:
        node = todo.pop()
        for child, slope in zip(node.inputs, node.slopes, strict=True):
            child.grad = slope * node.grad
            todo.append(child)


@task.accepts("by the node's own pull")
def backward(root):
    from fallline.backprop import topological_order

    order = topological_order(root)[::-1]
    for node in order:
        node.grad = float(node is root)
    for node in order:
        for child, share in zip(node.inputs, node.pull(node.grad), strict=True):
            child.grad += share


@task.accepts("adjoints in a dict, stored at the end")
def backward(root):
    from fallline.backprop import topological_order

    order = topological_order(root)
    adjoint = {id(node): 0.0 for node in order}
    adjoint[id(root)] = 1.0
    for node in order[::-1]:
        for slope, child in zip(node.slopes, node.inputs, strict=True):
            adjoint[id(child)] += adjoint[id(node)] * slope
    for node in order:
        node.grad = adjoint[id(node)]


# --- unbroadcast ---


def random_stretches(rng):
    cases = []
    for scale, big, shape in (
        (1.0, (4, 3), (3,)),
        (1e-6, (2, 4, 3), (4, 1)),
        (1e6, (2, 4, 3), (1, 3)),
        (1.0, (3, 2, 2), (3, 1, 2)),
    ):
        cases.append(
            Case(f"{big} to {shape}, about {scale:g}", (scale * rng.normal(size=big), shape))
        )
    return cases


SIX = np.array([[1.0, 2.0, 3.0], [4.0, 5.5, 6.0]])

task = problems.task(
    reference.unbroadcast,
    cases=[
        Case("(2, 3) to (3,), whole numbers", (np.arange(1, 7).reshape(2, 3), (3,))),
        Case("(2, 3) to (2, 1)", (SIX, (2, 1))),
        Case("(2, 3) to (1, 3)", (SIX, (1, 3))),
        Case("(2, 3) to (1, 1)", (SIX, (1, 1))),
        Case("(2, 3) to (1,)", (SIX, (1,))),
        Case("(2, 3) to (), a number", (SIX, ())),
        Case("(2, 3) to (2, 3): nothing was stretched", (SIX, (2, 3))),
        Case("(2, 2) to (2,): which axis was added?", (np.array([[1.0, 2], [3, 4.5]]), (2,))),
        Case("(4, 2, 3) to (2, 3)", (np.arange(24.0).reshape(4, 2, 3) / 4, (2, 3))),
        Case("(4, 2, 3) to (2, 1)", (np.arange(24.0).reshape(4, 2, 3) / 4, (2, 1))),
        Case("(4, 1, 3) to (1, 1)", (np.arange(12.0).reshape(4, 1, 3), (1, 1))),
        Case("a number to ()", (np.array(2.5), ())),
        Case("(2, 2) to (2,), one entry NaN", (np.array([[np.nan, 1], [2, 3.5]]), (2,))),
        Case("(2, 3) to (2, 3), whole numbers", (np.arange(6).reshape(2, 3), (2, 3))),
        Case("(2, 3) to (2,), which does not broadcast so", (SIX, (2,))),
        Case("(2, 3) to (2, 2), which does not broadcast so", (SIX, (2, 2))),
        Case("(1, 3) to (2, 3), which is the larger one", (SIX[:1], (2, 3))),
    ],
    draw=random_stretches,
    why="one sum in each place: only rounding may differ",
)


@task.mistake(
    "sums the last axes",
    "Broadcasting adds axes on the left: (3,) becomes (1, 3) and then (2, 3). "
    "Those are the ones to sum away.",
)
def unbroadcast(g, shape):
    g = np.array(g, dtype=float)
    while g.ndim > len(shape):
        g = g.sum(axis=-1)
    for axis, n in enumerate(shape):
        if n == 1:
            g = g.sum(axis=axis, keepdims=True)
    return g.reshape(shape)


@task.mistake(
    "axes of length 1 forgotten",
    "The axes that were added are summed, but a column of shape (2, 1) was stretched as well: "
    "its one entry served every column.",
)
def unbroadcast(g, shape):
    g = np.array(g, dtype=float)
    while g.ndim > len(shape):
        g = g.sum(axis=0)
    return g


@task.mistake(
    "added axes forgotten",
    "Axes of length 1 are summed, but (3,) against (2, 3) got a whole new axis, "
    "which is still there.",
)
def unbroadcast(g, shape):
    g = np.array(g, dtype=float)
    if g.ndim == len(shape):
        for axis, n in enumerate(shape):
            if n == 1:
                g = g.sum(axis=axis, keepdims=True)
    return g


@task.mistake(
    "cut to shape instead of summed",
    "The shape is right, but numbers were dropped. An entry that served many places has an "
    "adjoint from each of them, and all of them count.",
)
def unbroadcast(g, shape):
    g = np.array(g, dtype=float)
    np.broadcast_to(np.zeros(shape), g.shape)
    return np.resize(g, shape)


@task.mistake(
    "mean instead of sum",
    "Every copy moves when the original moves, and their effects add up. "
    "An average would say that more copies do not matter.",
)
def unbroadcast(g, shape):
    g = np.array(g, dtype=float)
    while g.ndim > len(shape):
        g = g.mean(axis=0)
    for axis, n in enumerate(shape):
        if n == 1:
            g = g.mean(axis=axis, keepdims=True)
    return g.reshape(shape)


@task.mistake(
    "axes of length 1 lost",
    "The sums are right and the shape is not: an adjoint has the shape of what it belongs to, "
    "and a column (2, 1) is not a vector (2,).",
)
def unbroadcast(g, shape):
    g = np.array(g, dtype=float)
    extra = g.ndim - len(shape)
    stretched = [extra + i for i, n in enumerate(shape) if n == 1]
    kept = tuple(n for n in shape if n != 1)
    g = g.sum(axis=(*range(extra), *stretched))
    return g.reshape(kept) if kept else np.array(g)


@task.mistake(
    "any shape is accepted",
    "Your sums are right, and where the two shapes do not belong together something comes back "
    "all the same, of a shape that nobody asked for. What could you compare at the end?",
)
def unbroadcast(g, shape):
    g = np.array(g, dtype=float)
    while g.ndim > len(shape):
        g = g.sum(axis=0)
    for axis, n in enumerate(shape):
        if n == 1:
            g = g.sum(axis=axis, keepdims=True)
    return g


@task.mistake(
    "entries laid out anew",
    "Adding whole axes on the left is right for you, and a column is not: reshaping takes the "
    "entries one after the other. Which entries of (2, 3) were made from the first of (2, 1)?",
)
def unbroadcast(g, shape):
    np.broadcast_to(np.zeros(shape), np.shape(g))
    return np.array(g, dtype=float).reshape((-1, *shape)).sum(axis=0)


@task.mistake(
    "first copy only",
    "You take the first of the copies and forget the others. "
    "If an entry served two rows, how many adjoints come back to it?",
)
def unbroadcast(g, shape):
    g = np.array(g, dtype=float)
    while g.ndim > len(shape):
        g = g[0]
    return g


@task.mistake(
    "everything in every place",
    "The sum of all entries stands in every place. Which entries of the stretched array "
    "came from one entry of the small one?",
)
def unbroadcast(g, shape):
    return np.full(shape, np.sum(g), dtype=float)


@task.mistake(
    "mean over the added axes",
    "Along a stretched axis you add up, along an added one you average. "
    "Does a copy count less because there are more of them?",
)
def unbroadcast(g, shape):
    g = np.array(g, dtype=float)
    while g.ndim > len(shape):
        g = g.mean(axis=0)
    for axis, size in enumerate(shape):
        if size == 1:
            g = g.sum(axis=axis, keepdims=True)
    return g


@task.mistake(
    "one axis at most",
    "Right where one axis was added, and not where two were. "
    "How do you know when there are no more axes to sum?",
)
def unbroadcast(g, shape):
    g = np.array(g, dtype=float)
    if g.ndim > len(shape):
        g = g.sum(axis=0)
    for axis, size in enumerate(shape):
        if size == 1:
            g = g.sum(axis=axis, keepdims=True)
    return g


@task.mistake(
    "summed and reshaped",
    "One sum over the first axis, and then reshape has to make it fit. For (2, 3) to (2, 1) "
    "two numbers are asked for: over which axis was b stretched?",
)
def unbroadcast(g, shape):
    return np.sum(g, axis=0, dtype=float).reshape(shape)


@task.mistake(
    "shapes compared from the left",
    "You lay the two shapes side by side from the left. Broadcasting compares them from the other "
    "end: which axis was added in (2, 3) to (3,)?",
)
def unbroadcast(g, shape):
    axes = tuple(i for i, (a, b) in enumerate(zip(g.shape, shape, strict=False)) if a != b)
    return np.sum(g, axis=axes, keepdims=True, dtype=float).reshape(shape)


@task.accepts("axis by axis")
def unbroadcast(g, shape):
    g = np.array(g, dtype=float)
    while g.ndim > len(shape):
        g = g.sum(axis=0)
    for axis, n in enumerate(shape):
        if n == 1 and g.shape[axis] != 1:
            g = g.sum(axis=axis, keepdims=True)
    if g.shape != tuple(shape):
        raise ValueError("the shapes do not fit")
    return g


@task.accepts("adding up one entry at a time")
def unbroadcast(g, shape):
    g, result = np.asarray(g, dtype=float), np.zeros(shape)
    places = np.broadcast_to(np.arange(result.size).reshape(shape), g.shape)
    np.add.at(result.reshape(-1), places.reshape(-1), g.reshape(-1))
    return result


# --- Tensor ---


def pulled(answer, use, g, *arrays):
    """Return the result of an operation, and what it sends back to the arrays for an adjoint g."""
    leaves = [answer(array) for array in arrays]
    node = use(*leaves)
    shares = node.pull(g)
    for child, share in zip(node.inputs, shares, strict=True):
        child.grad = child.grad + share
    return {
        "value": node.data,
        "shapes of the shares": [np.shape(share) for share in shares],
        "gradients": [leaf.grad for leaf in leaves],
        "arrays": [leaf.data for leaf in leaves],
    }


def matmul(A, B):
    return A @ B


def times_itself(A):
    return A @ A


USES = {
    "sum()": lambda A: A.sum(),
    "sum(axis=0)": lambda A: A.sum(axis=0),
    "sum(axis=1)": lambda A: A.sum(axis=1),
    "mean()": lambda A: A.mean(),
    "mean(axis=0)": lambda A: A.mean(axis=0),
    "mean(axis=1)": lambda A: A.mean(axis=1),
    "max()": lambda A: A.max(),
    "max(axis=0)": lambda A: A.max(axis=0),
    "max(axis=1)": lambda A: A.max(axis=1),
}


def random_tensors(rng):
    cases = []
    for m, k, n, scale in ((2, 3, 4, 1.0), (4, 1, 3, 1e3), (3, 5, 2, 1e-3)):
        A, B, g = scale * rng.normal(size=(m, k)), rng.normal(size=(k, n)), rng.normal(size=(m, n))
        cases.append(Case(f"({m}, {k}) @ ({k}, {n})", (matmul, g, A, B), pulled))
    for name, use in USES.items():
        A = rng.normal(size=(3, 4)).round(2)
        g = rng.normal(size=use(reference.Tensor(A)).shape).round(2)
        cases.append(Case(f"{name} of an array (3, 4)", (use, g, A), pulled))
    return cases


WHOLE = np.array([[1, 2], [3, 6]])
TIES = np.array([[1.0, 5.0, 5.0], [2.0, 0.0, 1.0]])

task = problems.task(
    reference.Tensor,
    cases=[
        Case(
            "(2, 2) @ (2, 3), whole numbers",
            (matmul, np.array([[1, 0, 2], [0, 1, 0]]), WHOLE, np.array([[1, 0, 2], [0, 1, 1]])),
            pulled,
        ),
        Case(
            "A @ A, one array used twice",
            (times_itself, np.array([[1.0, 0], [0.5, 0]]), np.array([[1.0, 2], [0, 3]])),
            pulled,
        ),
        Case("mean() of whole numbers", (USES["mean()"], 1.0, WHOLE), pulled),
        Case("sum() of (2, 3)", (USES["sum()"], 2.0, SIX), pulled),
        Case("sum(axis=0) of (2, 3)", (USES["sum(axis=0)"], np.array([1.0, 2, 3]), SIX), pulled),
        Case("sum(axis=1) of (2, 3)", (USES["sum(axis=1)"], np.array([1.0, 2]), SIX), pulled),
        Case("mean(axis=0) of (2, 3)", (USES["mean(axis=0)"], np.array([1.0, 2, 3]), SIX), pulled),
        Case("mean(axis=1) of (2, 3)", (USES["mean(axis=1)"], np.array([3.0, 6]), SIX), pulled),
        Case("max() of (2, 3)", (USES["max()"], 2.0, SIX), pulled),
        Case("max() with a tie", (USES["max()"], 1.0, TIES), pulled),
        Case("max() with a tie at 0", (USES["max()"], 1.0, np.minimum(0, 1 - TIES)), pulled),
        Case("max(axis=1) with a tie", (USES["max(axis=1)"], np.array([3.0, 4]), TIES), pulled),
        Case("max(axis=0) of (2, 3)", (USES["max(axis=0)"], np.array([1.0, 2, 3]), TIES), pulled),
        Case(
            "max() of 1, 1 + 1e-9 and 0", (USES["max()"], 1.0, np.array([[1, 1 + 1e-9, 0]])), pulled
        ),
        Case(
            "max(axis=0), three equal", (USES["max(axis=0)"], np.ones(2), np.ones((3, 2))), pulled
        ),
        Case(
            "sum(axis=0), one entry NaN",
            (USES["sum(axis=0)"], np.ones(2), np.array([[np.nan, 1], [2, 3.5]])),
            pulled,
        ),
    ],
    draw=random_tensors,
    why="a few sums and products in any order: only rounding may differ",
)


@task.mistake(
    "transposes left out",
    "Check the shapes: the share of A must have the shape of A, and is made of g and B. "
    "Only one way of turning B makes the product fit, whatever the shapes are.",
)
class Tensor(AsReference):
    def __matmul__(self, other):
        a, b = self.data, other.data
        return type(self)(a @ b, (self, other), lambda g: (g @ b, a @ g))


@task.mistake(
    "shares in the wrong order",
    "The first share belongs to the first input. What you send to A is what B should get.",
)
class Tensor(AsReference):
    def __matmul__(self, other):
        a, b = self.data, other.data
        return type(self)(a @ b, (self, other), lambda g: (a.T @ g, g @ b.T))


@task.mistake(
    "mean without 1/n",
    "You send back what a sum would. Move one of n entries by a little: "
    "how far does the mean move?",
)
class Tensor(AsReference):
    def mean(self, axis=None):
        def pull(g):
            g = g if axis is None else np.expand_dims(g, axis)
            return (g * np.ones_like(self.data),)

        return type(self)(self.data.mean(axis=axis), (self,), pull)


@task.mistake(
    "mean over an axis divided by the whole size",
    "With an axis given, each mean is over the entries along that axis only. How many are these?",
)
class Tensor(AsReference):
    def mean(self, axis=None):
        def pull(g):
            g = g if axis is None else np.expand_dims(g, axis)
            return (g * np.ones_like(self.data) / self.data.size,)

        return type(self)(self.data.mean(axis=axis), (self,), pull)


@task.mistake(
    "sum sends back its own shape",
    "Every entry gets a share, so what a sum sends back has the shape of what went in, "
    "not that of what came out.",
)
class Tensor(AsReference):
    def sum(self, axis=None):
        return type(self)(self.data.sum(axis=axis), (self,), lambda g: (np.asarray(g),))


@task.mistake(
    "max sends everything to all that tie",
    "Two entries tie, and both get the whole adjoint. Raise both by 1 and the maximum rises by 1, "
    "not by 2: the shares have to add up to g.",
)
class Tensor(AsReference):
    def max(self, axis=None):
        top = self.data.max(axis=axis, keepdims=True)

        def pull(g):
            g = g if axis is None else np.expand_dims(g, axis)
            return (g * (self.data == top),)

        return type(self)(self.data.max(axis=axis), (self,), pull)


@task.mistake(
    "max sends everything to the first that ties",
    "That is an honest choice, since the shares add up to g, but it favours one entry for where "
    "it stands. This task asks that entries that tie share equally.",
)
class Tensor(AsReference):
    def max(self, axis=None):
        along = 0 if axis is None else axis
        data = self.data.reshape(-1) if axis is None else self.data
        first = np.zeros_like(data)
        np.put_along_axis(first, np.expand_dims(data.argmax(axis=along), along), 1.0, along)

        def pull(g):
            g = np.asarray(g) if axis is None else np.expand_dims(g, axis)
            return ((g * first).reshape(self.data.shape),)

        return type(self)(self.data.max(axis=axis), (self,), pull)


@task.mistake(
    "max over an axis looks at the whole array",
    "With an axis given there is one winner for each row or column. You look for entries that "
    "equal the largest of all.",
)
class Tensor(AsReference):
    def max(self, axis=None):
        won = self.data == self.data.max()

        def pull(g):
            g = g if axis is None else np.expand_dims(g, axis)
            return (g * won / won.sum(),)

        return type(self)(self.data.max(axis=axis), (self,), pull)


@task.mistake(
    "mean over the other axis",
    "Along axis 0 of an array (2, 3) each mean is over two numbers, and you divide by three. "
    "Which entry of the shape says how many they are?",
)
class Tensor(AsReference):
    def mean(self, axis=None):
        def pull(g):
            g = np.asarray(g, dtype=float)
            wide = g if axis is None else np.expand_dims(g, axis)
            return (
                wide
                * np.ones(self.data.shape)
                / (self.data.size if axis is None else self.data.shape[1 - axis]),
            )

        return type(self)(self.data.mean(axis=axis), (self,), pull)


@task.mistake(
    "max shared over the whole array",
    "The ties of all rows are counted together, so a row with one largest entry gets a part only. "
    "Among which entries is each adjoint shared?",
)
class Tensor(AsReference):
    def max(self, axis=None):
        def pull(g):
            g = np.asarray(g, dtype=float)
            wide = g if axis is None else np.expand_dims(g, axis)
            return (
                wide
                * (self.data == self.data.max(axis=axis, keepdims=True))
                / np.sum(self.data == self.data.max(axis=axis, keepdims=True)),
            )

        return type(self)(self.data.max(axis=axis), (self,), pull)


@task.mistake(
    "max sends back values",
    "Your adjoint is multiplied by the largest entry. If that entry rises by a little, "
    "by how much does the maximum rise?",
)
class Tensor(AsReference):
    def max(self, axis=None):
        def pull(g):
            g = np.asarray(g, dtype=float)
            wide = g if axis is None else np.expand_dims(g, axis)
            return (
                wide
                * self.data
                * (self.data == self.data.max(axis=axis, keepdims=True))
                / (self.data == self.data.max(axis=axis, keepdims=True)).sum(
                    axis=axis, keepdims=True
                ),
            )

        return type(self)(self.data.max(axis=axis), (self,), pull)


@task.mistake(
    "max over everything",
    "Each row, or column, has a largest entry of its own, and you look for that of the whole "
    "array: in the others nothing is found, and 0 / 0 comes back.",
)
class Tensor(AsReference):
    def max(self, axis=None):
        def pull(g):
            g = np.asarray(g, dtype=float)
            wide = g if axis is None else np.expand_dims(g, axis)
            return (
                wide
                * (self.data == self.data.max())
                / (self.data == self.data.max()).sum(axis=axis, keepdims=True),
            )

        return type(self)(self.data.max(axis=axis), (self,), pull)


@task.mistake(
    "sum sends back ones",
    "Ones come back, whatever the adjoint of the sum is. The sum may itself go into something: "
    "where does that stand?",
)
class Tensor(AsReference):
    def sum(self, axis=None):
        pull = lambda g: (np.ones(self.data.shape),)
        return type(self)(self.data.sum(axis=axis), (self,), pull)


@task.mistake(
    "max with a tolerance",
    "Two entries that differ by 1e-9 share the adjoint with you. If the smaller one moves by less "
    "than that, does the maximum move?",
)
class Tensor(AsReference):
    def max(self, axis=None):
        def pull(g):
            g = np.asarray(g, dtype=float)
            wide = g if axis is None else np.expand_dims(g, axis)
            return (
                wide
                * np.isclose(self.data, self.data.max(axis=axis, keepdims=True))
                / np.isclose(self.data, self.data.max(axis=axis, keepdims=True)).sum(
                    axis=axis, keepdims=True
                ),
            )

        return type(self)(self.data.max(axis=axis), (self,), pull)


@task.mistake(
    "first transpose left out",
    "The share of B may be right. For A an adjoint of shape (m, n) has to become one of shape "
    "(m, k): as it stands, does B of shape (k, n) fit behind it?",
)
class Tensor(AsReference):
    def __matmul__(self, other):
        pull = lambda g: (g @ other.data, self.data.T @ g)
        return type(self)(self.data @ other.data, (self, other), pull)


@task.mistake(
    "factors in the wrong order",
    "The share of A may be right. For B write the shapes down: (m, k) and (m, n) have to make "
    "(k, n). Which of the two comes first?",
)
class Tensor(AsReference):
    def __matmul__(self, other):
        pull = lambda g: (g @ other.data.T, g @ self.data.T)
        return type(self)(self.data @ other.data, (self, other), pull)


@task.mistake(
    "share of B transposed",
    "The share of A is right, and that of B lies on its side. "
    "Which shape has B, and which has its share?",
)
class Tensor(AsReference):
    def __matmul__(self, other):
        pull = lambda g: (g @ other.data.T, g.T @ self.data)
        return type(self)(self.data @ other.data, (self, other), pull)


@task.accepts("by einsum and broadcasting")
class Tensor:
    def __init__(self, data, inputs=(), pull=lambda g: ()):
        self.data = np.array(data, dtype=float)
        self.grad = np.zeros(self.data.shape)
        self.inputs, self.pull = inputs, pull

    def __matmul__(self, other):
        def pull(g):
            return [np.einsum("ij,kj->ik", g, other.data), np.einsum("ki,kj->ij", self.data, g)]

        return type(self)(np.einsum("ik,kj->ij", self.data, other.data), [self, other], pull)

    def stretch(self, g, axis):
        g = np.asarray(g, dtype=float)
        g = g if axis is None else np.expand_dims(g, axis)
        return np.broadcast_to(g, self.data.shape).copy()

    def sum(self, axis=None):
        return type(self)(np.sum(self.data, axis), [self], lambda g: [self.stretch(g, axis)])

    def mean(self, axis=None):
        n = self.data.size if axis is None else self.data.shape[axis]
        return type(self)(np.mean(self.data, axis), [self], lambda g: [self.stretch(g, axis) / n])

    def max(self, axis=None):
        top = np.max(self.data, axis)
        won = self.data == self.stretch(top, axis)
        ties = self.stretch(np.sum(won, axis), axis)
        return type(self)(top, [self], lambda g: [won * self.stretch(g, axis) / ties])


@task.accepts("mean and sum as products with ones")
class Tensor(AsReference):
    def sum(self, axis=None):
        ones = np.ones(self.data.shape)
        if axis is None:
            return type(self)(np.sum(ones * self.data), (self,), lambda g: (g * ones,))
        where = [slice(None)] * 2
        where[axis] = None
        result = (ones * self.data).sum(axis)
        return type(self)(result, (self,), lambda g: (np.asarray(g)[tuple(where)] * ones,))


# --- Dual ---


def carried(answer, f, *numbers):
    """Return value and derivative of f at dual numbers, given as pairs or as plain constants."""
    result = f(*(answer(*n) if isinstance(n, tuple) else answer(n) for n in numbers))
    return {"data": result.data, "dot": result.dot}


def ratio(a, b):
    return a / b


def wave(a, b):
    return (a * b).sin() * a.exp() - b / (a * a + 2)


def growth(a, b):
    return a**b + (a * 3).log() - (b * a).tanh()


def random_duals(rng):
    cases = []
    for f in (ratio, wave, growth, product_and_sum):
        a, b = rng.uniform(0.3, 1.7, size=2)
        c, d = rng.normal(size=2)
        label = f"{f.__name__.replace('_', ' ')} at {a:.2f}, {b:.2f} along {c:.2f}, {d:.2f}"
        cases.append(Case(label, (f, (a, c), (b, d)), carried))
    return cases


X = (0.7, 1.0)

task = problems.task(
    reference.Dual,
    cases=[
        Case("x*x at the whole number 3 with derivative 0.25", (square, (3, 0.25)), carried),
        Case("a*b + a at 2, 3 along the first", (product_and_sum, (2.0, 1.0), (3.0, 0.0)), carried),
        Case("a*b + a at 2, 3 along both", (product_and_sum, (2.0, 1.0), (3.0, 1.0)), carried),
        Case("a constant: Dual(2.5) is given no derivative", (lambda c: c * c, 2.5), carried),
        Case("x + 2 and 2 + x", (lambda x: (x + 2) * (2 + x), X), carried),
        Case("x - 2 and 2 - x", (lambda x: (x - 2) * (2 - x), X), carried),
        Case("x * 2 and 2 * x", (lambda x: x * 2 + 2 * x, X), carried),
        Case("x / 2", (lambda x: x / 2, X), carried),
        Case("2 / x", (lambda x: 2 / x, X), carried),
        Case("a / b along the second", (ratio, (0.5, 0.0), (2.0, 1.0)), carried),
        Case("x**3", (lambda x: x**3, X), carried),
        Case("x**-0.5", (lambda x: x**-0.5, X), carried),
        Case("(2x)**3", (lambda x: (x * 2) ** 3, X), carried),
        Case("x**3 along 0.5", (lambda x: x**3, (2.0, 0.5)), carried),
        Case(
            "(-2)**2.0, where the exponent is a fraction by type",
            (lambda x: x**2.0, (-2.0, 1.0)),
            carried,
        ),
        Case("exp(x) at 0 along 3", (lambda x: x.exp(), (0.0, 3.0)), carried),
        Case("log(x) at 2 along 3", (lambda x: x.log(), (2.0, 3.0)), carried),
        Case("sin(x) at 0 along 3", (lambda x: x.sin(), (0.0, 3.0)), carried),
        Case("tanh(x) at 0.5 along 3", (lambda x: x.tanh(), (0.5, 3.0)), carried),
        Case("tanh(x) at 800 along 3", (lambda x: x.tanh(), (800.0, 3.0)), carried),
        Case("a / b at (6, 3) along (1, 2)", (ratio, (6.0, 1.0), (3.0, 2.0)), carried),
        Case("2**x", (lambda x: 2**x, X), carried),
        Case("x**x", (lambda x: x**x, X), carried),
        Case("(-2)**3 with a constant exponent", (lambda x: x**3, (-2.0, 1.0)), carried),
        Case("(-0.5)**2 with a constant exponent", (lambda x: x**2, (-0.5, 1.0)), carried),
        Case("0**2 with a constant exponent", (lambda x: x**2 + x, (0.0, 1.0)), carried),
        Case("exp(2x)", (lambda x: (x * 2).exp(), X), carried),
        Case("log(2x)", (lambda x: (x * 2).log(), X), carried),
        Case("sin(2x)", (lambda x: (x * 2).sin(), X), carried),
        Case("tanh(2x)", (lambda x: (x * 2).tanh(), X), carried),
        Case("x*x + x where x is NaN", (diamond, (np.nan, 1.0)), carried),
    ],
    draw=random_duals,
    why="a dozen operations: only rounding may differ",
)


@task.mistake(
    "one term of the product rule",
    "Both factors may move. Your derivative of a product lets only the first one move: "
    "what does the second contribute?",
)
class Dual(AsReference):
    def __mul__(self, other):
        other = self.lift(other)
        return type(self)(self.data * other.data, self.dot * other.data)


@task.mistake(
    "product of the derivatives",
    "The derivative of a product is not the product of the derivatives: "
    "for x*x that would be 1 everywhere.",
)
class Dual(AsReference):
    def __mul__(self, other):
        other = self.lift(other)
        return type(self)(self.data * other.data, self.dot * other.dot)


@task.mistake(
    "the given derivative is not kept",
    "Every derivative comes out as 0: what is given as dot has to be stored with the number. "
    "By it the caller says along which input to differentiate.",
)
class Dual(AsReference):
    def __init__(self, data, dot=0.0):
        self.data, self.dot = float(data), 0.0


@task.mistake(
    "constants carry a derivative",
    "A plain number does not move when x moves. With which derivative does it become a Dual?",
)
class Dual(AsReference):
    def lift(self, other):
        return other if isinstance(other, type(self)) else type(self)(other, 1.0)


@task.mistake(
    "exponent held still",
    "In x**x and in 2**x the exponent moves, and the rule for x**n does not know that. "
    "Write a**b as exp(b * log(a)) and differentiate this.",
)
class Dual(AsReference):
    def __pow__(self, other):
        b = self.lift(other).data
        return type(self)(np.power(self.data, b), b * np.power(self.data, b - 1) * self.dot)


@task.mistake(
    "base held still",
    "In x**3 and in x**x the base moves: your derivative has the part that comes from the "
    "exponent, and not the one from the base.",
)
class Dual(AsReference):
    def __pow__(self, other):
        other = self.lift(other)
        power = np.power(self.data, other.data)
        return type(self)(power, power * np.log(self.data) * other.dot if other.dot else 0.0)


@task.mistake(
    "sign in the quotient rule",
    "When the denominator grows, the quotient shrinks. Does your derivative know that?",
)
class Dual(AsReference):
    def __truediv__(self, other):
        other = self.lift(other)
        top = self.dot * other.data + self.data * other.dot
        return type(self)(self.data / other.data, top / other.data**2)


@task.mistake(
    "inner derivative forgotten",
    "The outer derivative is right. By the chain rule it is still to be multiplied by how fast "
    "the inside moves.",
)
class Dual(AsReference):
    def exp(self):
        return type(self)(np.exp(self.data), np.exp(self.data))

    def log(self):
        return type(self)(np.log(self.data), 1 / self.data)

    def sin(self):
        return type(self)(np.sin(self.data), np.cos(self.data))

    def tanh(self):
        return type(self)(np.tanh(self.data), 1 - np.tanh(self.data) ** 2)


@task.mistake(
    "sign in 2 - x",
    "The number on the left stands first, also after Python has swapped the two for you: "
    "2 - x falls when x grows.",
)
class Dual(AsReference):
    def __rsub__(self, other):
        return self - other


@task.mistake(
    "every power by the logarithm",
    "Right for positive bases. A negative number has no logarithm, and yet (-2)**3 is -8: "
    "which rule serves where the exponent is a plain number?",
)
class Dual(AsReference):
    def __pow__(self, other):
        n = other if isinstance(other, type(self)) else type(self)(other)
        value = self.data**n.data if self.data > 0 else np.nan
        log = np.log(self.data) if self.data > 0 else np.nan
        return type(self)(value, value * (n.dot * log + n.data * self.dot / self.data))


@task.mistake(
    "every power by the logarithm, as a composition",
    "Where the base is not positive you get NaN, since the logarithm comes first. Does x**3 need "
    "one, when 3 is a plain number?",
)
class Dual(AsReference):
    def __pow__(self, other):
        n = other if isinstance(other, type(self)) else type(self)(other)
        log = type(self)(np.log(self.data), self.dot / np.float64(self.data))
        return (n * log).exp()


@task.mistake(
    "quotient rule without the square",
    "Your numerator is right, and x / 2 comes out twice as steep as it is. "
    "What stands underneath in the quotient rule?",
)
class Dual(AsReference):
    def __truediv__(self, other):
        b = other if isinstance(other, type(self)) else type(self)(other)
        return type(self)(self.data / b.data, (self.dot * b.data - self.data * b.dot) / b.data)


@task.mistake(
    "derivatives added in a difference",
    "The value of a - b is right, and its derivative grows with that of b. "
    "If b rises and a stays, does the difference rise?",
)
class Dual(AsReference):
    def __sub__(self, other):
        b = other if isinstance(other, type(self)) else type(self)(other)
        return type(self)(self.data - b.data, self.dot + b.dot)


@task.mistake(
    "inner derivative forgotten in exp",
    "exp is its own derivative, and exp(2x) is not: you pass on the outer derivative alone. "
    "How fast does the exponent move?",
)
class Dual(AsReference):
    def exp(self):
        return type(self)(np.exp(self.data), np.exp(self.data))


@task.mistake(
    "inner derivative forgotten in log",
    "The derivative of log(2x) comes out half as large as it is, and that of log x is right. "
    "What does the chain rule do with the 2?",
)
class Dual(AsReference):
    def log(self):
        return type(self)(np.log(self.data), 1 / self.data)


@task.mistake(
    "inner derivative forgotten in sin",
    "Your sine is right where what is inside moves at speed 1. "
    "What if it moves twice as fast, as in sin(2x)?",
)
class Dual(AsReference):
    def sin(self):
        return type(self)(np.sin(self.data), np.cos(self.data))


@task.mistake(
    "inner derivative forgotten in tanh",
    "Your tanh forgets how fast its input moves: tanh(2x) is at 0 twice as steep as tanh(x). "
    "Which number of the input knows about that?",
)
class Dual(AsReference):
    def tanh(self):
        return type(self)(np.tanh(self.data), 1 - np.tanh(self.data) ** 2)


@task.mistake(
    "slope of sine with a minus",
    "Your sine falls where it should rise. The minus belongs to one of the two, sine or cosine: "
    "which of them falls on the right of 0?",
)
class Dual(AsReference):
    def sin(self):
        return type(self)(np.sin(self.data), -np.cos(self.data) * self.dot)


@task.mistake(
    "slope of tanh without the square",
    "Your slope of tanh is not the same at x and -x, and the curve is: "
    "what is missing in 1 minus tanh?",
)
class Dual(AsReference):
    def tanh(self):
        return type(self)(np.tanh(self.data), (1 - np.tanh(self.data)) * self.dot)


@task.mistake(
    "minus in the product rule",
    "For x * x nothing is left with you. When both factors grow, do their shares in the growth of "
    "the product add up?",
)
class Dual(AsReference):
    def __mul__(self, other):
        other = other if isinstance(other, type(self)) else type(self)(other)
        return type(self)(self.data * other.data, self.dot * other.data - self.data * other.dot)


@task.mistake(
    "quotient rule turned round",
    "Your derivative of a quotient has the right size and the wrong sign: x / 2 falls. "
    "Which of the two terms comes first?",
)
class Dual(AsReference):
    def __truediv__(self, other):
        other = other if isinstance(other, type(self)) else type(self)(other)
        return type(self)(
            self.data / other.data, (self.data * other.dot - self.dot * other.data) / other.data**2
        )


@task.mistake(
    "denominator held still",
    "Only the numerator moves with you: 2 / x does not change when x does. "
    "What happens to a quotient when its denominator grows?",
)
class Dual(AsReference):
    def __truediv__(self, other):
        other = other if isinstance(other, type(self)) else type(self)(other)
        return type(self)(self.data / other.data, self.dot / other.data)


@task.mistake(
    "quotient of the derivatives",
    "The derivative of a quotient is not the quotient of the derivatives: "
    "what would 6 / x give, where the 6 does not move?",
)
class Dual(AsReference):
    def __truediv__(self, other):
        other = other if isinstance(other, type(self)) else type(self)(other)
        return type(self)(self.data / other.data, self.dot / other.dot if other.dot else 0.0)


@task.mistake(
    "function of the derivative",
    "You put the derivative into the outer function: exp(2x) would come out with the same slope "
    "everywhere. At which point is the outer derivative taken, and by what is it multiplied?",
)
class Dual(AsReference):
    def exp(self):
        return type(self)(np.exp(self.data), np.exp(self.dot))


@task.mistake(
    "cosine of the derivative",
    "You take the cosine of how fast the inside moves. At which number is the cosine taken?",
)
class Dual(AsReference):
    def sin(self):
        return type(self)(np.sin(self.data), np.cos(self.dot))


@task.mistake(
    "logarithm turned round",
    "The derivative of the logarithm is upside down: at 2 the curve is flatter than at 1. "
    "Is yours?",
)
class Dual(AsReference):
    def log(self):
        return type(self)(np.log(self.data), self.data / self.dot if self.dot else 0.0)


@task.mistake(
    "logarithm to base 10",
    "Your value of the logarithm is that to base 10, and its derivative is that of another one. "
    "Which logarithm does the course take?",
)
class Dual(AsReference):
    def log(self):
        return type(self)(np.log10(self.data), self.dot / self.data)


@task.mistake(
    "slope of tanh from its argument",
    "The derivative of tanh is 1 minus a square, and never negative. "
    "Is it the square of what goes in?",
)
class Dual(AsReference):
    def tanh(self):
        return type(self)(np.tanh(self.data), (1 - self.data**2) * self.dot)


@task.mistake(
    "inner derivative forgotten in powers",
    "x**3 is right along 1, and (2x)**3 is not: the rule for powers gives the outer derivative. "
    "How fast does the base move?",
)
class Dual(AsReference):
    def __pow__(self, other):
        if not isinstance(other, type(self)):
            return type(self)(self.data**other, other * self.data ** (other - 1))
        p = self.data**other.data
        return type(self)(
            p, p * (other.dot * np.log(self.data) + other.data * self.dot / self.data)
        )


@task.mistake(
    "base held still where the exponent moves",
    "2**x is right and x**x is not: in a**b you let b move alone. "
    "What does the derivative of b * log(a) say?",
)
class Dual(AsReference):
    def __pow__(self, other):
        if not isinstance(other, type(self)):
            return type(self)(self.data**other, other * self.data ** (other - 1) * self.dot)
        p = self.data**other.data
        return type(self)(p, p * other.dot * np.log(self.data))


@task.mistake(
    "both shares of a power multiplied",
    "In b * log(a) two factors move, and you multiply what they bring. "
    "What does the product rule do with its two terms?",
)
class Dual(AsReference):
    def __pow__(self, other):
        if not isinstance(other, type(self)):
            return type(self)(self.data**other, other * self.data ** (other - 1) * self.dot)
        p = self.data**other.data
        return type(self)(p, p * other.dot * np.log(self.data) * other.data * self.dot / self.data)


@task.mistake(
    "whole numbers only as plain exponents",
    "(-2)**2 is right and (-2)**2.0 is not. Is 2.0 no plain number?",
)
class Dual(AsReference):
    def __pow__(self, other):
        if isinstance(other, int):
            return type(self)(self.data**other, other * self.data ** (other - 1) * self.dot)
        other = other if isinstance(other, type(self)) else type(self)(other)
        p = self.data**other.data
        return type(self)(
            p, p * (other.dot * np.log(self.data) + other.data * self.dot / self.data)
        )


@task.mistake(
    "constants move along",
    "A plain number gets the derivative of its partner: x + 2 grows twice as fast as x. "
    "How fast does a 2 move?",
)
class Dual(AsReference):
    def __add__(self, other):
        other = other if isinstance(other, type(self)) else type(self)(other, self.dot)
        return type(self)(self.data + other.data, self.dot + other.dot)

    def __mul__(self, other):
        other = other if isinstance(other, type(self)) else type(self)(other, self.dot)
        return type(self)(self.data * other.data, self.dot * other.data + self.data * other.dot)


@task.mistake(
    "tanh from sinh and cosh",
    "Right up to 700 or so, and then inf / inf, where tanh is 1 to all digits. "
    "Which two numbers overflow?",
)
class Dual(AsReference):
    def tanh(self):
        return type(self)(
            np.sinh(self.data) / np.cosh(self.data), self.dot / np.cosh(self.data) ** 2
        )


@task.accepts("powers by exp and log where the exponent moves")
class Dual(AsReference):
    def __pow__(self, other):
        if isinstance(other, type(self)):
            return (other * self.log()).exp()
        return type(self)(self.data**other, other * self.data ** (other - 1) * self.dot)


@task.accepts("the textbook's quotient rule")
class Dual(AsReference):
    def __truediv__(self, other):
        other = self.lift(other)
        top = self.dot * other.data - self.data * other.dot
        return type(self)(self.data / other.data, top / other.data**2)

    def __sub__(self, other):
        return self + self.lift(other) * -1.0

    def tanh(self):
        return type(self)(np.tanh(self.data), self.dot / np.cosh(self.data) ** 2)


# --- grad ---


def at(answer, f, *args):
    return answer(f)(*args)


def at_two_points(answer, f, first, second):
    gradient = answer(f)
    return [gradient(first), gradient(second)]


def squares(w):
    return (w * w).sum()


def weighted(w):
    return w[0] * w[1] + 3 * w[1] * 0.5


def linear_loss(w, b, X, y):
    return ((X @ w + b - y) ** 2).mean()


def random_losses(rng):
    cases = []
    for n, d, scale in ((4, 3, 1.0), (3, 2, 1e3), (5, 2, 1e-3)):
        X, y = rng.normal(size=(n, d)), scale * rng.normal(size=n)
        args = (linear_loss, scale * rng.normal(size=d), float(scale * rng.normal()), X, y)
        cases.append(Case(f"squared loss, {n} rows of {d}", args, at))
    return cases


task = problems.task(
    reference.grad,
    cases=[
        Case("x*y + x at 3.0, 4.0", (lambda x, y: x * y + x, 3.0, 4.0), at),
        Case("x*x at 1.5, one argument", (square, 1.5), at),
        Case("0.5 x at the whole number 3", (lambda x: 0.5 * x, 3), at),
        Case("the sum of squares of a list", (squares, [1.5, -2.0, 0.0]), at),
        Case("the sum of squares of an array (2, 3)", (squares, SIX), at),
        Case("entries of a list of whole numbers", (weighted, [1, 2]), at),
        Case(
            "an array and a number",
            (lambda w, c: (w * c).sum(), np.array([1.0, 2.0]), 0.5),
            at,
        ),
        Case("an argument that is not used", (lambda x, y: x * x, 0.5, 2.5), at),
        Case("a constant", (lambda x: 3.5, 1.5), at),
        Case("a constant, of a list and a number", (lambda w, c: 3.5, [1.0, 2.0], 0.5), at),
        Case("a constant, of an array", (lambda w: 3, np.array([1.0, 2.0])), at),
        Case("an array with one entry", (squares, np.array([1.5])), at),
        Case("a list with one entry, and a number", (lambda w, c: (w * c).sum(), [2.0], 3.0), at),
        Case("x*y + x at 2 and 2", (lambda x, y: x * y + x, 2.0, 2.0), at),
        Case("two points, one after the other", (square, 0.5, 2.25), at_two_points),
        Case("exp(x) where x is NaN", (lambda x: x.exp(), np.nan), at),
        Case("a function that returns an array", (lambda w: w * 2.0, np.ones(2)), at),
    ],
    draw=random_losses,
    why="the reference's engine does the arithmetic: only rounding may differ",
)


@task.mistake(
    "returns the value",
    "What comes back is f itself. The sweep has left the derivatives somewhere: in which "
    "attribute of which nodes?",
)
def grad(f):
    from fallline.backprop import Tensor

    def gradients(*args):
        value = f(*(Tensor(arg) for arg in args))
        value = value if isinstance(value, Tensor) else Tensor(value)
        value.backward()
        return value.data if value.data.ndim else float(value.data)

    return gradients


@task.mistake(
    "converts to whole numbers",
    "Your gradient is that at the next whole number: something turns the arguments into integers.",
)
def grad(f):
    from fallline.backprop import Tensor

    def gradients(*args):
        tensors = [Tensor(np.nan_to_num(np.asarray(arg)).astype(int)) for arg in args]
        value = f(*tensors)
        (value if isinstance(value, Tensor) else Tensor(value)).backward()
        found = [np.array(t.grad) if t.data.ndim else float(t.grad) for t in tensors]
        return tuple(found) if len(found) > 1 else found[0]

    return gradients


@task.mistake(
    "second call adds to the first",
    "The first call is right; the next one adds its gradient to what is left from before. "
    "What is made outside of the inner function lives as long as that function does.",
)
def grad(f):
    from fallline.backprop import Tensor

    kept = {}

    def gradients(*args):
        tensors = [Tensor(arg) for arg in args]
        value = f(*tensors)
        (value if isinstance(value, Tensor) else Tensor(value)).backward()
        for k, tensor in enumerate(tensors):
            kept[k] = kept.get(k, 0.0) + tensor.grad
        found = [np.array(kept[k]) for k in range(len(args))]
        return tuple(found) if len(found) > 1 else found[0]

    return gradients


@task.mistake(
    "only the first argument",
    "A function of several arguments has a gradient for each. You return the first one's.",
)
def grad(f):
    from fallline.backprop import Tensor

    def gradients(*args):
        tensors = [Tensor(arg) for arg in args]
        value = f(*tensors)
        (value if isinstance(value, Tensor) else Tensor(value)).backward()
        return np.array(tensors[0].grad) if tensors[0].data.ndim else float(tensors[0].grad)

    return gradients


@task.mistake(
    "numbers only",
    "An argument may be a list or an array as well. What takes all three, and makes a node of it?",
)
def grad(f):
    from fallline.backprop import Tensor

    def gradients(*args):
        tensors = [Tensor(float(arg)) for arg in args]
        value = f(*tensors)
        (value if isinstance(value, Tensor) else Tensor(value)).backward()
        found = [float(t.grad) for t in tensors]
        return tuple(found) if len(found) > 1 else found[0]

    return gradients


@task.mistake(
    "a tuple even for one",
    "With one argument there is one gradient: return it alone, and not in a tuple.",
)
def grad(f):
    from fallline.backprop import Tensor

    def gradients(*args):
        tensors = [Tensor(arg) for arg in args]
        value = f(*tensors)
        (value if isinstance(value, Tensor) else Tensor(value)).backward()
        return tuple(np.array(t.grad) if t.data.ndim else float(t.grad) for t in tensors)

    return gradients


@task.mistake(
    "fails where the result does not depend",
    "A function may ignore its arguments and return a plain number. It is constant then, "
    "and its gradient is 0: make a node of the result if it is none.",
)
def grad(f):
    from fallline.backprop import Tensor

    def gradients(*args):
        tensors = [Tensor(arg) for arg in args]
        f(*tensors).backward()
        found = [np.array(t.grad) if t.data.ndim else float(t.grad) for t in tensors]
        return tuple(found) if len(found) > 1 else found[0]

    return gradients


@task.mistake(
    "the nodes left out",
    "All that comes back is 0. Either f never got the nodes, or no sweep was started: "
    "which of the two steps is missing?",
)
def grad(f):
    from fallline.backprop import Tensor

    def gradient(*args):
        nodes = [Tensor(arg) for arg in args]
        f(*nodes)
        grads = tuple(
            float(node.grad) if node.data.ndim == 0 else np.array(node.grad) for node in nodes
        )
        return grads if len(grads) > 1 else grads[0]

    return gradient


@task.mistake(
    "value and gradient",
    "The value of f comes back as well. What is asked for beside the slopes?",
)
def grad(f):
    from fallline.backprop import Tensor

    def gradient(*args):
        nodes = [Tensor(arg) for arg in args]
        y = f(*nodes)
        if hasattr(y, "backward"):
            y.backward()
        value = float(y.data) if hasattr(y, "data") else y
        grads = tuple(
            float(node.grad) if node.data.ndim == 0 else np.array(node.grad) for node in nodes
        )
        return value, grads if len(grads) > 1 else grads[0]

    return gradient


@task.mistake(
    "an array with one entry taken for a number",
    "An array of shape (1,) gets a float with you. Its gradient has its shape: "
    "what tells a number from an array, the size?",
)
def grad(f):
    from fallline.backprop import Tensor

    def gradient(*args):
        nodes = [Tensor(arg) for arg in args]
        y = f(*nodes)
        if hasattr(y, "backward"):
            y.backward()
        grads = tuple(
            float(node.grad.sum()) if node.data.size == 1 else np.array(node.grad) for node in nodes
        )
        return grads if len(grads) > 1 else grads[0]

    return gradient


@task.mistake(
    "gradients added up",
    "With several arguments you return one number, the sum of the slopes. "
    "What should come back for two arguments?",
)
def grad(f):
    from fallline.backprop import Tensor

    def gradient(*args):
        nodes = [Tensor(arg) for arg in args]
        y = f(*nodes)
        if hasattr(y, "backward"):
            y.backward()
        grads = tuple(
            float(node.grad) if node.data.ndim == 0 else np.array(node.grad) for node in nodes
        )
        return sum(grads)

    return gradient


@task.mistake(
    "0 for every constant",
    "A function that is constant gives you the number 0, whatever its arguments are. "
    "Which shape has the gradient with respect to an array, and how many are there for two?",
)
def grad(f):
    from fallline.backprop import Tensor

    def gradient(*args):
        nodes = [Tensor(arg) for arg in args]
        y = f(*nodes)
        if not hasattr(y, "backward"):
            return 0.0
        y.backward()
        grads = tuple(float(n.grad) if n.data.ndim == 0 else np.array(n.grad) for n in nodes)
        return grads if len(grads) > 1 else grads[0]

    return gradient


@task.accepts("numbers as arrays without axes")
def grad(f):
    from fallline.backprop import Tensor

    def gradients(*args):
        nodes = list(map(Tensor, args))
        (f(*nodes) + Tensor(0.0)).backward()
        if len(nodes) == 1:
            return nodes[0].grad + 0.0
        return tuple(node.grad + 0.0 for node in nodes)

    return gradients


@task.accepts("by the sweep of the library")
def grad(f):
    from fallline.backprop import Tensor, backward

    def gradients(*args):
        nodes = [Tensor(np.array(arg, dtype=float)) for arg in args]
        result = f(*nodes)
        if isinstance(result, Tensor):
            backward(result)
        gradients = tuple(np.copy(node.grad) for node in nodes)
        return gradients[0] if len(gradients) == 1 else gradients

    return gradients
