"""Task `topological_order` of chapter `backprop`."""

import sys

from fallline import backprop as reference
from fallline.marking.task import Case, Task
from fallline.marking.tasks.backprop.cases import Node, chain, usual_recursion_limit


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


task = Task(
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
        Case("a chain of 1500 nodes", (chain, 1500), judged_deep),
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
