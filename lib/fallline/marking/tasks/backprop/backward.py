"""Task `backward` of chapter `backprop`."""

import numpy as np

from fallline import backprop as reference
from fallline.marking.task import Case, Task
from fallline.marking.tasks.backprop.cases import (
    chain,
    diamond,
    double,
    neuron,
    product_and_sum,
    random_expressions,
    usual_recursion_limit,
)


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


task = Task(
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
        Case("a chain of 1500 nodes", (1500,), along_a_chain),
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
