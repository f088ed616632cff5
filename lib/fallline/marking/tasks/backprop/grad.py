"""Task `grad` of chapter `backprop`."""

import numpy as np

from fallline import backprop as reference
from fallline.marking.task import Case, Task
from fallline.marking.tasks.backprop.cases import SIX, square


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


task = Task(
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
