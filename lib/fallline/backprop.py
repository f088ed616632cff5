"""Graphs of a computation, and derivatives by reverse and by forward mode.

A *node* is an object with ``data`` (its value), ``grad`` (its adjoint), ``inputs`` (the nodes
that it was computed from, a tuple) and ``pull`` (from its own adjoint to what each input gets).
`Value` nodes hold one number, `Tensor` nodes hold an array; `backward` serves both.
A `Dual` number keeps no graph: its derivative travels forward with it.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from fallline.inputs import real_array, real_number


def topological_order(node) -> list:
    r"""Return every node that a node depends on, inputs first and the node itself last.

    .. math:: v_i \text{ is an input of } v_j \;\Rightarrow\; v_i \text{ stands before } v_j

    Parameters
    ----------
    node : object
        Its attribute ``inputs`` is a tuple of nodes, empty for a leaf; so it is for each of them.

    Returns
    -------
    list
        Each node once, however many paths lead to it.
        Graphs may be deep: no recursion is used.

    Examples
    --------
    >>> a = Value(3)
    >>> [node.data for node in topological_order(a * a + a)]
    [3.0, 9.0, 12.0]

    References
    ----------
    ``GriewankWalther2008``, chapter 2.
    """
    order, entered, stack = [], set(), [(node, False)]
    while stack:
        node, inputs_are_done = stack.pop()
        if inputs_are_done:
            order.append(node)
        elif id(node) not in entered:
            entered.add(id(node))
            stack.append((node, True))
            stack.extend((child, False) for child in node.inputs)
    return order


def backward(root) -> None:
    r"""Set the adjoint of every node that a number depends on: reverse mode.

    .. math::
        \bar v_{\text{root}} = 1, \qquad
        \bar v_i = \sum_{j \,:\, v_i \text{ is an input of } v_j}
        \bar v_j \, \frac{\partial v_j}{\partial v_i}

    Adjoints are computed afresh: a second call gives the same again.

    Parameters
    ----------
    root : Value or Tensor
        The number whose derivatives are wanted; the attribute ``grad`` of its graph is set.

    Raises
    ------
    ValueError
        If the root is an array and not one number.

    Examples
    --------
    >>> a = Value(3)
    >>> backward(a * a + a)
    >>> a.grad
    7.0

    References
    ----------
    ``Linnainmaa1976``.
    """
    if np.shape(root.data):
        raise ValueError(
            f"backward starts at one number, not at an array of shape {np.shape(root.data)}: "
            "take a sum or a mean first"
        )
    order = topological_order(root)
    for node in order:
        node.grad = 0.0
    root.grad = 1.0
    for node in reversed(order):
        for child, share in zip(node.inputs, node.pull(node.grad), strict=True):
            child.grad = child.grad + share


# --- one number a node ---


def _number(data, name: str):
    """Return a float; numbers that bring their own exp, as a Dual does, stay what they are."""
    return data if type(data) is float or hasattr(data, "exp") else real_number(data, name)


def _power_slope(x, n):
    """Return the derivative of x**n with respect to x, for a constant n."""
    return 0.0 if not hasattr(n, "exp") and n == 0 else n * np.power(x, n - 1)


def _exponent_slope(power, x):
    """Return the derivative of x**n with respect to n; where x**n is 0 it is 0."""
    is_zero = isinstance(power, float) and power == 0
    return 0.0 if is_zero else power * np.log(x)


class Value:
    r"""A number that remembers how it was computed.

    .. math::
        v = \varphi(u_1, u_2), \qquad \text{slopes} =
        \left(\frac{\partial v}{\partial u_1}, \frac{\partial v}{\partial u_2}\right)

    ``+ - * / **``, ``exp``, ``log``, ``sin``, ``cos``, ``tanh`` and ``relu`` make new nodes;
    ``np.exp(v)`` works as ``v.exp()`` does. The slope of ``relu`` at 0 is 0.
    The attribute ``grad`` is the adjoint; it is 0 until ``backward()`` of a node that
    depends on this one.

    Parameters
    ----------
    data : float
        The value; a `Dual` works too, and gives second derivatives.
    inputs : tuple of Value
        What it was computed from; empty for a leaf.
    slopes : tuple of float
        The partial derivative with respect to each input.

    Raises
    ------
    TypeError, ValueError
        If data is not one real number.

    Examples
    --------
    >>> a, b = Value(2), Value(-3)
    >>> y = a * b + 2 * a
    >>> y.backward()
    >>> y.data, a.grad, b.grad
    (-2.0, -1.0, 2.0)

    References
    ----------
    ``Karpathy2020``.
    """

    def __init__(self, data, inputs=(), slopes=()):
        self.data = _number(data, "data")
        self.grad = 0.0
        self.inputs = tuple(inputs)
        self.slopes = tuple(_number(slope, "slope") for slope in slopes)

    def __repr__(self):
        return f"Value(data={self.data}, grad={self.grad})"

    def lift(self, other):
        """Return a node: what is none yet becomes a leaf, a constant."""
        return other if isinstance(other, Value) else type(self)(other)

    def pull(self, adjoint) -> tuple:
        """Return what each input gets of this node's adjoint."""
        return tuple(slope * adjoint for slope in self.slopes)

    def backward(self) -> None:
        """Set ``grad`` of every node that this one depends on, see `backward`."""
        backward(self)

    def __add__(self, other):
        other = self.lift(other)
        return type(self)(self.data + other.data, (self, other), (1.0, 1.0))

    def __radd__(self, other):
        return self + other

    def __sub__(self, other):
        other = self.lift(other)
        return type(self)(self.data - other.data, (self, other), (1.0, -1.0))

    def __rsub__(self, other):
        return self.lift(other) - self

    def __neg__(self):
        return type(self)(-self.data, (self,), (-1.0,))

    def __mul__(self, other):
        other = self.lift(other)
        return type(self)(self.data * other.data, (self, other), (other.data, self.data))

    def __rmul__(self, other):
        return self * other

    def __truediv__(self, other):
        other = self.lift(other)
        ratio = np.divide(self.data, other.data)
        slopes = np.divide(1.0, other.data), -np.divide(ratio, other.data)
        return type(self)(ratio, (self, other), slopes)

    def __rtruediv__(self, other):
        return self.lift(other) / self

    def __pow__(self, other):
        if not isinstance(other, Value):
            slope = _power_slope(self.data, other)
            return type(self)(np.power(self.data, other), (self,), (slope,))
        power = np.power(self.data, other.data)
        slopes = _power_slope(self.data, other.data), _exponent_slope(power, self.data)
        return type(self)(power, (self, other), slopes)

    def __rpow__(self, other):
        return self.lift(other) ** self

    def exp(self):
        """Return exp(v)."""
        result = np.exp(self.data)
        return type(self)(result, (self,), (result,))

    def log(self):
        """Return the natural logarithm of v."""
        return type(self)(np.log(self.data), (self,), (np.divide(1.0, self.data),))

    def sin(self):
        """Return sin(v)."""
        return type(self)(np.sin(self.data), (self,), (np.cos(self.data),))

    def cos(self):
        """Return cos(v)."""
        return type(self)(np.cos(self.data), (self,), (-np.sin(self.data),))

    def tanh(self):
        """Return tanh(v)."""
        result = np.tanh(self.data)
        return type(self)(result, (self,), (1 - result * result,))

    def relu(self):
        """Return max(v, 0); the slope at 0 is 0."""
        x = float(self.data)
        slope = 1.0 if x > 0 else 0.0 if x <= 0 else np.nan
        return type(self)(self.data if slope else 0.0, (self,), (slope,))


# --- an array a node ---


def _summed(g, shape: tuple) -> np.ndarray:
    """Return `unbroadcast` of a float array, in the precision that it has."""
    g = np.asarray(g)
    extra = g.ndim - len(shape)
    stretched = [extra + i for i, n in enumerate(shape) if n == 1]
    axes = (*range(extra), *stretched)
    return (g.sum(axis=axes) if axes else g).reshape(shape)


def unbroadcast(g, shape) -> np.ndarray:
    r"""Return the adjoint of an array that was broadcast: sum over its copies.

    .. math:: y_{ij} = x_j \;\Rightarrow\; \bar x_j = \sum_i \bar y_{ij}

    Parameters
    ----------
    g : array, shape S
        The adjoint of the broadcast array.
    shape : tuple of int
        The shape before broadcasting.

    Returns
    -------
    array, shape `shape`
        g, summed over the axes that broadcasting added and over those that it stretched from 1.

    Raises
    ------
    TypeError
        If g does not hold real numbers.
    ValueError
        If an array of that shape does not broadcast to the shape of g.

    Examples
    --------
    >>> unbroadcast([[1, 2, 3], [4, 5, 6]], (3,))
    array([5., 7., 9.])
    >>> unbroadcast([[1, 2, 3], [4, 5, 6]], (2, 1))
    array([[ 6.],
           [15.]])

    References
    ----------
    ``HarrisMillmanEtAl2020``, on broadcasting.
    """
    g, shape = real_array(g, "g"), (shape,) if np.ndim(shape) == 0 else tuple(shape)
    try:
        fits = np.broadcast_shapes(shape, g.shape) == g.shape
    except ValueError:
        fits = False
    if not fits:
        raise ValueError(f"shape {shape} does not broadcast to {g.shape}, the shape of g")
    return _summed(g, shape)


class Tensor:
    r"""An array that remembers how it was computed.

    .. math:: y = \varphi(x), \qquad \bar x = J_\varphi(x)^\top \bar y \quad(\text{the pull of } y)

    ``+ - * / ** @`` broadcast as NumPy does. Reductions (``sum``, ``mean``, ``max``), functions
    (``relu``, ``exp``, ``log``, ``sin``, ``cos``, ``tanh``, ``log_softmax``), ``T`` and indexing
    make new nodes as well, and so do NumPy's own ``np.exp(t)`` and the like.
    The slope of ``relu`` at 0 is 0; entries that tie for a maximum share its adjoint equally.
    The attribute ``grad`` is the adjoint, of the shape of data;
    it is 0 until ``backward()`` of a node that depends on this one.

    Parameters
    ----------
    data : array
        The values, copied; float32 stays float32, all else becomes float64.
    inputs : tuple of Tensor
        What it was computed from; empty for a leaf.
    pull : callable, optional
        From the adjoint of this node to a tuple of what each input gets of it.

    Raises
    ------
    TypeError
        If data does not hold real numbers.

    Examples
    --------
    >>> X, w = Tensor([[1, 2], [3, 4], [5, 6]]), Tensor([1, -1])
    >>> loss = ((X @ w) ** 2).mean()
    >>> loss.backward()
    >>> w.grad
    array([-6., -8.])

    References
    ----------
    ``GriewankWalther2008``, chapter 3; ``Giles2008``.
    """

    def __init__(self, data, inputs=(), pull=None):
        single = getattr(data, "dtype", None) == np.float32
        as_leaf = np.array if single else lambda data: real_array(data, "data")
        self.data = np.asarray(data) if inputs else as_leaf(data)
        self.grad = np.zeros_like(self.data)
        self.inputs = tuple(inputs)
        self.pull = pull or (lambda adjoint: ())

    def __repr__(self):
        return f"Tensor({self.data!r})"

    def lift(self, other):
        """Return a node: what is none yet becomes a leaf, a constant."""
        if isinstance(other, (int, float)):
            other = np.array(other, dtype=self.data.dtype)
        return other if isinstance(other, Tensor) else type(self)(other)

    def _apply(self, data, slope):
        """Make the node of a function that acts on each entry by itself."""
        return type(self)(data, (self,), lambda g: (g * slope,))

    def _join(self, other, data, left, right):
        """Make the node of an operation on two arrays, entry by entry, with its two slopes."""

        def pull(g):
            return _summed(g * left, self.data.shape), _summed(g * right, other.data.shape)

        return type(self)(data, (self, other), pull)

    def backward(self) -> None:
        """Set ``grad`` of every node that this one number depends on, see `backward`."""
        backward(self)

    @property
    def shape(self) -> tuple:
        """The shape of data."""
        return self.data.shape

    def __len__(self):
        return len(self.data)

    def __add__(self, other):
        other = self.lift(other)
        return self._join(other, self.data + other.data, 1.0, 1.0)

    def __radd__(self, other):
        return self + other

    def __neg__(self):
        return self._apply(-self.data, -1.0)

    def __sub__(self, other):
        other = self.lift(other)
        return self._join(other, self.data - other.data, 1.0, -1.0)

    def __rsub__(self, other):
        return self.lift(other) - self

    def __mul__(self, other):
        other = self.lift(other)
        return self._join(other, self.data * other.data, other.data, self.data)

    def __rmul__(self, other):
        return self * other

    def __truediv__(self, other):
        other = self.lift(other)
        ratio = self.data / other.data
        return self._join(other, ratio, 1 / other.data, -ratio / other.data)

    def __rtruediv__(self, other):
        return self.lift(other) / self

    def __pow__(self, other):
        if isinstance(other, (int, float)):
            return self._apply(self.data**other, _power_slope(self.data, other))
        other = self.lift(other)
        x, n, power = self.data, other.data, self.data**other.data
        left = np.where(n == 0, 0.0, n * x ** (n - 1))
        right = np.where(power == 0, 0.0, power * np.log(np.where(power == 0, 1.0, x)))
        return self._join(other, power, left, right)

    def __rpow__(self, other):
        return self.lift(other) ** self

    def __matmul__(self, other):
        other = self.lift(other)
        a, b = self.data, other.data
        rows = a if a.ndim > 1 else a[None, :]
        columns = b if b.ndim > 1 else b[:, None]
        product = rows @ columns
        shape = product.shape

        def pull(g):
            g = np.asarray(g, dtype=rows.dtype).reshape(shape)
            left, right = g @ columns.swapaxes(-1, -2), rows.swapaxes(-1, -2) @ g
            return (
                _summed(left, rows.shape).reshape(a.shape),
                _summed(right, columns.shape).reshape(b.shape),
            )

        lost = [axis for axis, array in ((-2, a), (-1, b)) if array.ndim == 1]
        return type(self)(np.squeeze(product, tuple(lost)), (self, other), pull)

    def __rmatmul__(self, other):
        return self.lift(other) @ self

    def __getitem__(self, index):
        def pull(g):
            adjoint = np.zeros_like(self.data)
            np.add.at(adjoint, index, g)
            return (adjoint,)

        return type(self)(np.array(self.data[index]), (self,), pull)

    @property
    def T(self):
        """The transpose."""
        return type(self)(self.data.T.copy(), (self,), lambda g: (np.transpose(g),))

    def exp(self):
        """Return exp of each entry."""
        result = np.exp(self.data)
        return self._apply(result, result)

    def log(self):
        """Return the natural logarithm of each entry."""
        return self._apply(np.log(self.data), 1 / self.data)

    def sin(self):
        """Return the sine of each entry."""
        return self._apply(np.sin(self.data), np.cos(self.data))

    def cos(self):
        """Return the cosine of each entry."""
        return self._apply(np.cos(self.data), -np.sin(self.data))

    def tanh(self):
        """Return tanh of each entry."""
        result = np.tanh(self.data)
        return self._apply(result, 1 - result * result)

    def relu(self):
        """Return max(x, 0) of each entry; the slope at 0 is 0."""
        slope = np.where(np.isnan(self.data), self.data, self.data > 0).astype(self.data.dtype)
        return self._apply(np.maximum(self.data, 0), slope)

    def _restore(self, g, axis, keepdims):
        """Give a reduced adjoint its lost axes back, as axes of length 1."""
        g = np.asarray(g, dtype=self.data.dtype)
        if axis is None:
            return g.reshape((1,) * self.data.ndim)
        return g if keepdims else np.expand_dims(g, axis)

    def sum(self, axis=None, keepdims=False):
        """Return the sum over one axis, several (a tuple), or all."""

        def pull(g):
            return (self._restore(g, axis, keepdims) * np.ones_like(self.data),)

        return type(self)(self.data.sum(axis=axis, keepdims=keepdims), (self,), pull)

    def mean(self, axis=None, keepdims=False):
        """Return the mean over one axis, several (a tuple), or all."""
        result = self.data.mean(axis=axis, keepdims=keepdims)
        weight = np.full_like(self.data, result.size / max(self.data.size, 1))

        def pull(g):
            return (self._restore(g, axis, keepdims) * weight,)

        return type(self)(result, (self,), pull)

    def max(self, axis=None, keepdims=False):
        """Return the maximum over an axis or all; entries that tie share the adjoint equally."""
        top = self.data.max(axis=axis, keepdims=True)
        winners = (self.data == top) | np.isnan(self.data)
        share = (winners / winners.sum(axis=axis, keepdims=True)).astype(self.data.dtype)

        def pull(g):
            return (self._restore(g, axis, keepdims) * share,)

        return type(self)(self.data.max(axis=axis, keepdims=keepdims), (self,), pull)

    def log_softmax(self, axis=-1):
        """Return log(exp(x) / sum of exp(x)) along an axis, without overflow."""
        shifted = self - self.data.max(axis=axis, keepdims=True)
        return shifted - shifted.exp().sum(axis=axis, keepdims=True).log()

    def cross_entropy(self, labels):
        """Return the mean of -log_softmax at each row's label; data has shape (n, classes)."""
        labels = np.asarray(labels)
        return -self.log_softmax()[np.arange(len(labels)), labels].mean()

    def __array_ufunc__(self, ufunc, method, *inputs, **options):
        if method != "__call__" or options or ufunc not in _OPERATIONS:
            return NotImplemented
        return _OPERATIONS[ufunc](*map(self.lift, inputs))


_OPERATIONS: dict[np.ufunc, Callable] = {
    np.add: operator.add,
    np.subtract: operator.sub,
    np.multiply: operator.mul,
    np.divide: operator.truediv,
    np.power: operator.pow,
    np.matmul: operator.matmul,
    np.negative: operator.neg,
    np.exp: Tensor.exp,
    np.log: Tensor.log,
    np.sin: Tensor.sin,
    np.cos: Tensor.cos,
    np.tanh: Tensor.tanh,
}


def grad(f: Callable) -> Callable:
    r"""Return the function that computes the gradient of f, by reverse mode.

    .. math:: (x, y, \dots) \mapsto \left(\nabla_x f,\; \nabla_y f,\; \dots\right)

    Parameters
    ----------
    f : callable
        Takes Tensors, one or more, and returns one number, made by their operations.

    Returns
    -------
    callable
        Takes numbers, lists or arrays, and returns the gradient with respect to each:
        a float for a number, a new array for a list or an array.
        One argument gives one gradient, several give a tuple. Calls do not add up.

    Raises
    ------
    TypeError, ValueError
        When it is called: if an argument does not hold real numbers, or f not return one number.

    Examples
    --------
    >>> grad(lambda x, y: x * y + x)(3, 4)
    (5.0, 3.0)
    >>> grad(lambda w: (w * w).sum())([1, 2, 3])
    array([2., 4., 6.])

    References
    ----------
    ``BaydinPearlmutterRadulSiskind2018``.
    """

    def gradients(*args):
        tensors = [Tensor(arg) for arg in args]
        value = f(*tensors)
        backward(value if isinstance(value, Tensor) else Tensor(value))
        found = tuple(np.array(t.grad) if t.data.ndim else float(t.grad) for t in tensors)
        return found[0] if len(found) == 1 else found

    return gradients


# --- forward mode ---


class Dual:
    r"""A number with its derivative: forward mode.

    .. math:: (v, \dot v): \qquad
        (u\,v)^{\textstyle\cdot} = \dot u\, v + u\, \dot v, \qquad
        \varphi(v)^{\textstyle\cdot} = \varphi'(v)\, \dot v

    ``+ - * / **``, ``exp``, ``log``, ``sin``, ``cos`` and ``tanh`` carry the derivative along.

    Parameters
    ----------
    data : float
        The value; a `Dual` or a `Value` works too, and gives second derivatives.
    dot : float
        The derivative: 1 for the variable, 0 for a constant.

    Raises
    ------
    TypeError, ValueError
        If data or dot is not one real number.

    Examples
    --------
    >>> x = Dual(3, 1)
    >>> x * x + x
    Dual(data=12.0, dot=7.0)
    >>> 2**x
    Dual(data=8.0, dot=5.545177444479562)

    References
    ----------
    ``Wengert1964``.
    """

    def __init__(self, data, dot=0.0):
        self.data, self.dot = _number(data, "data"), _number(dot, "dot")

    def __repr__(self):
        return f"Dual(data={self.data}, dot={self.dot})"

    def __float__(self):
        return float(self.data)

    def lift(self, other):
        """Return a dual number: what is none yet is a constant, with derivative 0."""
        return other if isinstance(other, Dual) else type(self)(other)

    def __add__(self, other):
        other = self.lift(other)
        return type(self)(self.data + other.data, self.dot + other.dot)

    def __radd__(self, other):
        return self + other

    def __neg__(self):
        return type(self)(-self.data, -self.dot)

    def __sub__(self, other):
        other = self.lift(other)
        return type(self)(self.data - other.data, self.dot - other.dot)

    def __rsub__(self, other):
        return self.lift(other) - self

    def __mul__(self, other):
        other = self.lift(other)
        return type(self)(self.data * other.data, self.dot * other.data + self.data * other.dot)

    def __rmul__(self, other):
        return self * other

    def __truediv__(self, other):
        other = self.lift(other)
        ratio = np.divide(self.data, other.data)
        return type(self)(ratio, np.divide(self.dot - ratio * other.dot, other.data))

    def __rtruediv__(self, other):
        return self.lift(other) / self

    def __pow__(self, other):
        if not isinstance(other, Dual):
            slope = _power_slope(self.data, other)
            return type(self)(np.power(self.data, other), slope * self.dot)
        power = np.power(self.data, other.data)
        dot = _power_slope(self.data, other.data) * self.dot
        if isinstance(other.dot, float) and other.dot == 0:
            return type(self)(power, dot)
        return type(self)(power, dot + _exponent_slope(power, self.data) * other.dot)

    def __rpow__(self, other):
        return self.lift(other) ** self

    def exp(self):
        """Return exp(v)."""
        result = np.exp(self.data)
        return type(self)(result, result * self.dot)

    def log(self):
        """Return the natural logarithm of v."""
        return type(self)(np.log(self.data), np.divide(self.dot, self.data))

    def sin(self):
        """Return sin(v)."""
        return type(self)(np.sin(self.data), np.cos(self.data) * self.dot)

    def cos(self):
        """Return cos(v)."""
        return type(self)(np.cos(self.data), -np.sin(self.data) * self.dot)

    def tanh(self):
        """Return tanh(v)."""
        result = np.tanh(self.data)
        return type(self)(result, (1 - result * result) * self.dot)


# --- what it costs ---


class Counts(NamedTuple):
    """How many operations on numbers were made, by what was computed."""

    value: int
    reverse: int
    forward: int


class _Counted:
    """A float that counts the operations that are made with it, in a list of one number."""

    def __init__(self, data, tally):
        self.data, self.tally = data, tally

    def __float__(self):
        return float(self.data)


def _counting(operation, swapped=False):
    """Return an operator or a function as a method that counts each call as one operation."""

    def method(self, *others):
        self.tally[0] += 1
        numbers = [float(self), *map(float, others)]
        return _Counted(float(operation(*numbers[:: -1 if swapped else 1])), self.tally)

    return method


for _name, _operation in {
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "truediv": np.divide,
    "pow": np.power,
}.items():
    setattr(_Counted, f"__{_name}__", _counting(_operation))
    setattr(_Counted, f"__r{_name}__", _counting(_operation, swapped=True))
_Counted.__neg__ = _counting(operator.neg)
for _operation in (np.exp, np.log, np.sin, np.cos, np.tanh):
    setattr(_Counted, _operation.__name__, _counting(_operation))


def operation_counts(f: Callable, *args) -> Counts:
    r"""Count the operations that f needs, and those of its derivatives.

    An operation is one ``+ - * / **``, one change of sign or one elementary function.
    A backward sweep multiplies and adds once for each input of each node.

    Parameters
    ----------
    f : callable
        Takes as many numbers as there are arguments, and returns one made by their operations.
    *args : float
        Where it is evaluated.

    Returns
    -------
    Counts
        ``value``: f alone. ``reverse``: f and all its partial derivatives, by `backward`.
        ``forward``: f and its derivative along one direction, by `Dual` numbers.

    Raises
    ------
    TypeError, ValueError
        If an argument is not one real number.

    Examples
    --------
    >>> operation_counts(lambda a, b: a * b + a, 2, 3)
    Counts(value=2, reverse=10, forward=6)

    References
    ----------
    ``GriewankWalther2008``, chapter 4.
    """
    args = [real_number(arg, "argument") for arg in args]

    def run(make):
        tally = [0]
        return f(*(make(_Counted(arg, tally)) for arg in args)), tally

    (_, plain), (root, recorded) = run(lambda x: x), run(Value)
    _, carried = run(lambda x: Dual(x, _Counted(1.0, x.tally)))
    swept = 2 * sum(len(node.inputs) for node in topological_order(root))
    return Counts(value=plain[0], reverse=recorded[0] + swept, forward=carried[0])
