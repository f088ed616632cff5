"""What several tasks of chapter `backprop` are tried on."""

import sys
from contextlib import contextmanager

import numpy as np

from fallline import backprop as reference
from fallline.marking.task import Case


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


@contextmanager
def usual_recursion_limit():
    """Hold Python's own limit, whatever an answer has set it to, and put the old one back."""
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(1000)
    try:
        yield
    finally:
        sys.setrecursionlimit(limit)


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


def random_expressions(rng):
    cases = []
    for f, n in ((neuron, 5), (nested, 2), (bend, 2), (polynomial, 1), (product_and_sum, 2)):
        numbers = (rng.uniform(0.2, 1.5, size=n) * rng.choice([-1, 1], size=n)).tolist()
        said = ", ".join(f"{x:.2f}" for x in numbers)
        cases.append(Case(f"{f.__name__.replace('_', ' ')} at {said}", (f, *numbers), swept))
    return cases


SIX = np.array([[1.0, 2.0, 3.0], [4.0, 5.5, 6.0]])


X = (0.7, 1.0)
