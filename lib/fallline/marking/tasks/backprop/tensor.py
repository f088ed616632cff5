"""Task `Tensor` of chapter `backprop`."""

import numpy as np

from fallline import backprop as reference
from fallline.marking.task import AsReference, Case, Task
from fallline.marking.tasks.backprop.cases import SIX


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


task = Task(
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
