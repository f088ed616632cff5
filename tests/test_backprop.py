"""Graphs, the backward sweep, arrays that remember, dual numbers, and what they cost."""

import json
import re

import numpy as np
import pytest

from conftest import oracle
from fallline.backprop import (
    Dual,
    Tensor,
    Value,
    backward,
    grad,
    operation_counts,
    topological_order,
    unbroadcast,
)
from fallline.differences import complex_step
from fallline.gradient import jacobian
from fallline.objectives import himmelblau, rosenbrock
from fallline.plotting import plot_costs, plot_graph, plot_training
from test_live import SHAPES, ask, some_states

DEEP = 20_000

OPERATIONS = [
    lambda u, v: u + v,
    lambda u, v: u - v,
    lambda u, v: u * np.tanh(v),
    lambda u, v: np.sin(u) - 2,
    lambda u, v: u / (2 + v * v),
    lambda u, v: 3 - np.exp(np.tanh(-u)),
    lambda u, v: (1 + u * u) ** 0.5 + 1 / (u * u + 1),
    lambda u, v: (u * u + 1) ** np.sin(v),
    lambda u, v: np.log(u * u + 2),
]


def random_program(rng, length=14):
    """Return a function of three numbers that uses its intermediate results again and again."""
    kinds, places = rng.integers(0, len(OPERATIONS), length), rng.random((length, 2))

    def program(a, b, c):
        made = [a, b, c]
        for kind, pair in zip(kinds, places, strict=True):
            made.append(OPERATIONS[kind](*(made[int(p * len(made))] for p in pair)))
        return sum(made)

    return program


def slopes(f, *at):
    """Return value and partial derivatives by the engine."""
    nodes = [Value(x) for x in at]
    root = f(*nodes)
    root.backward()
    return root.data, [node.grad for node in nodes]


# --- topological_order ---


def test_every_node_comes_once_and_after_its_inputs():
    rng = np.random.default_rng(0)
    for _ in range(50):
        nodes = [Value(x) for x in rng.normal(size=3)]
        root = random_program(rng)(*nodes)
        order = topological_order(root)
        place = {id(node): k for k, node in enumerate(order)}
        assert len(place) == len(order) and order[-1] is root
        assert all(place[id(c)] < place[id(node)] for node in order for c in node.inputs)


def test_the_order_of_a_single_node_and_of_a_deep_chain():
    leaf = Value(1)
    assert topological_order(leaf) == [leaf]
    root = leaf
    for _ in range(DEEP):
        root = root + 0.5
    assert len(topological_order(root)) == 2 * DEEP + 1


def test_many_paths_do_not_make_many_nodes():
    x = Value(0.5)
    root = x
    for _ in range(200):
        root = root + root
    assert len(topological_order(root)) == 201
    root.backward()
    assert x.grad == 2.0**200


def test_any_object_with_inputs_will_do():
    class Plain:
        def __init__(self, *inputs):
            self.inputs = inputs

    a = Plain()
    b = Plain(a, a)
    assert topological_order(b) == [a, b]


# --- Value and backward ---


def test_the_diamond_by_hand():
    a = Value(3)
    y = a * a + a
    assert y.backward() is None
    assert (y.data, a.grad, y.grad) == (12, 7, 1)
    assert type(a.grad) is type(y.data) is float


@pytest.mark.parametrize(
    "f, at, value, expected",
    [
        (lambda a, b: a + b, (2, 3), 5, (1, 1)),
        (lambda a, b: a - b, (2, 3), -1, (1, -1)),
        (lambda a, b: a * b, (2, 3), 6, (3, 2)),
        (lambda a, b: a / b, (3, 2), 1.5, (0.5, -0.75)),
        (lambda a, b: a**b, (2, 3), 8, (12, 8 * np.log(2))),
        (lambda a: -a, (2,), -2, (-1,)),
        (lambda a: a**3, (2,), 8, (12,)),
        (lambda a: a**-1, (2,), 0.5, (-0.25,)),
        (lambda a: a**0, (0,), 1, (0,)),
        (lambda a: a**1, (0,), 0, (1,)),
        (lambda a: 1 - a, (2,), -1, (-1,)),
        (lambda a: 6 / a, (2,), 3, (-1.5,)),
        (lambda a: 2**a, (3,), 8, (8 * np.log(2),)),
        (lambda a: 0.0**a, (2,), 0, (0,)),
        (lambda a: 5 + a + 5, (2,), 12, (1,)),
        (lambda a: 5 * a * 5, (2,), 50, (25,)),
        (lambda a: a.exp(), (0,), 1, (1,)),
        (lambda a: a.log(), (2,), np.log(2), (0.5,)),
        (lambda a: a.sin(), (0,), 0, (1,)),
        (lambda a: a.tanh(), (0.5,), np.tanh(0.5), (1 - np.tanh(0.5) ** 2,)),
        (lambda a: a.relu(), (2,), 2, (1,)),
        (lambda a: a.relu(), (-2,), 0, (0,)),
        (lambda a: a.relu(), (0,), 0, (0,)),
        (lambda a: np.exp(a) + np.float64(2) * a, (0,), 1, (3,)),
    ],
)
def test_each_operation_by_hand(f, at, value, expected):
    found, gradient = slopes(f, *at)
    assert found == pytest.approx(value, rel=1e-15)
    assert gradient == pytest.approx(list(expected), rel=1e-15)
    # np.sin and the like exist for Dual and Value alike; relu does not.
    if f(Value(1.5), *(Value(1.5) for _ in at[1:])).slopes and "relu" not in f.__code__.co_names:
        for k in range(len(at)):
            dual = f(*(Dual(x, float(i == k)) for i, x in enumerate(at)))
            assert (dual.data, dual.dot) == pytest.approx((value, expected[k]), rel=1e-15)


def test_engine_dual_numbers_and_complex_step_agree_on_fifty_random_programs():
    rng = np.random.default_rng(1)
    for _ in range(50):
        f, at = random_program(rng), rng.normal(size=3)
        value, gradient = slopes(f, *at)
        assert value == pytest.approx(f(*at), rel=1e-13)
        for k in range(3):
            dual = f(*(Dual(x, float(i == k)) for i, x in enumerate(at)))
            step = complex_step(lambda t, k=k, f=f, at=at: f(*at[:k], t, *at[k + 1 :]), at[k])
            scale = 1e-10 * (1 + abs(gradient[k]))
            assert abs(dual.dot - gradient[k]) < scale
            assert abs(step - gradient[k]) < scale


def test_a_second_sweep_gives_the_same_and_another_root_its_own():
    a = Value(1.25)
    y, z = a * a + a, a + a
    for _ in range(3):
        y.backward()
        assert a.grad == 3.5
    z.backward()
    assert a.grad == 2
    backward(a)
    assert a.grad == 1


def test_a_node_that_is_used_early_and_late():
    a = Value(2)
    c = a * a
    (c * (c + 1)).backward()
    assert (c.grad, a.grad) == (9, 36)


def test_backward_through_five_thousand_and_more_nodes():
    x = total = Value(1)
    for _ in range(5000):
        total = total + x
    total.backward()
    assert x.grad == 5001
    x = product = Value(1)
    for _ in range(DEEP):
        product = product * 1.0
    product.backward()
    assert x.grad == 1


def test_operations_leave_their_inputs_alone():
    a, b = Value(2), Value(3)
    (a * b + a).tanh().backward()
    again = a * b
    assert (a.data, b.data, again.data) == (2, 3, 6)
    assert a.inputs == () and again.inputs == (a, b) and again.slopes == (3, 2)


def test_nan_and_infinity_pass():
    assert all(np.isnan(slopes(lambda a: a * a + a, np.nan)[1]))
    assert np.isnan(Value(np.nan).relu().data) and np.isnan(Value(np.nan).relu().slopes[0])
    with np.errstate(over="ignore", divide="ignore"):
        assert Value(1000).exp().data == np.inf
        assert (1 / Value(0)).data == np.inf
    assert Value(np.inf).relu().data == np.inf and Value(-np.inf).relu().data == 0


def test_what_is_no_number_is_refused():
    with pytest.raises(TypeError, match="real numbers"):
        Value("two")
    with pytest.raises(ValueError, match="one number"):
        Value([1, 2])
    with pytest.raises(TypeError):
        Value(2) + "two"
    assert repr(Value(3)) == "Value(data=3.0, grad=0.0)"
    assert repr(Dual(3, 1)) == "Dual(data=3.0, dot=1.0)"


def test_dual_numbers_inside_of_nodes_give_hessian_times_vector():
    rng = np.random.default_rng(2)
    formulas = {
        himmelblau: lambda x, y: (x * x + y - 11) ** 2 + (x + y * y - 7) ** 2,
        rosenbrock: lambda x, y: (1 - x) ** 2 + 100 * (y - x * x) ** 2,
    }
    for objective, f in formulas.items():
        w, v = rng.normal(size=2), rng.normal(size=2)
        nodes = [Value(Dual(*pair)) for pair in zip(w, v, strict=True)]
        f(*nodes).backward()
        gradient = [node.grad.data for node in nodes]
        product = [node.grad.dot for node in nodes]
        np.testing.assert_allclose(gradient, objective.gradient(w), rtol=1e-12)
        np.testing.assert_allclose(product, objective.hessian(w) @ v, rtol=1e-12)


def test_nodes_inside_of_dual_numbers_give_the_same():
    x = Value(0.7)
    slope = (Dual(x, 1.0) ** 3 + np.sin(Dual(x, 1.0)) / np.exp(Dual(x, 1.0))).dot
    slope.backward()
    second = 6 * 0.7 - 2 * np.exp(-0.7) * np.cos(0.7)
    assert x.grad == pytest.approx(second, rel=1e-13)


# --- unbroadcast ---


SHAPES_PAIRS = [
    ((2, 3), (3,)),
    ((2, 3), (2, 1)),
    ((2, 3), (1, 3)),
    ((2, 3), ()),
    ((2, 3), (1,)),
    ((2, 3), (2, 3)),
    ((4, 2, 3), (2, 1)),
    ((4, 2, 3), (4, 1, 1)),
    ((4, 2, 1), (2, 1)),
    ((), ()),
    ((0, 3), (3,)),
]


@pytest.mark.parametrize("big, small", SHAPES_PAIRS)
def test_unbroadcast_is_the_transpose_of_broadcasting(big, small):
    """<g, broadcast(x)> = <unbroadcast(g), x> for every x."""
    rng = np.random.default_rng(3)
    g, x = rng.normal(size=big), rng.normal(size=small)
    back = unbroadcast(g, small)
    assert back.shape == small and back.dtype == np.float64
    assert np.sum(g * np.broadcast_to(x, big)) == pytest.approx(np.sum(back * x), abs=1e-12)
    assert not np.shares_memory(back, g)


def test_unbroadcast_edges():
    assert unbroadcast([[1, 2], [3, 4]], 2).tolist() == [4, 6]
    assert np.isnan(unbroadcast([[np.nan, 1], [1, 1]], (2,))).tolist() == [True, False]
    for bad in ((2,), (3, 3), (2, 3, 1), (5, 2, 3)):
        with pytest.raises(ValueError, match="does not broadcast to"):
            unbroadcast(np.ones((2, 3)), bad)
    with pytest.raises(TypeError, match="real numbers"):
        unbroadcast("no", (1,))


# --- Tensor ---


def agrees_with_differences(f, *arrays, atol=1e-7):
    """Compare the engine's gradients with differences, array by array."""
    nodes = [Tensor(array) for array in arrays]
    root = f(*nodes)
    root.backward()
    for k, array in enumerate(arrays):
        flat = np.asarray(array, dtype=float).ravel()

        def number(x, k=k, array=array):
            moved = list(arrays)
            moved[k] = x.reshape(np.shape(array))
            return np.array([float(f(*map(Tensor, moved)).data)])

        expected = jacobian(number, flat)[0].reshape(np.shape(array))
        assert nodes[k].grad.shape == np.shape(array)
        np.testing.assert_allclose(nodes[k].grad, expected, atol=atol)


RNG = np.random.default_rng(4)
A, B, C = RNG.normal(size=(2, 3)), RNG.normal(size=(3, 4)), RNG.normal(size=(5, 2, 3))
ROW, COLUMN, SQUARE = RNG.normal(size=3), RNG.normal(size=(2, 1)), RNG.normal(size=(3, 3))


@pytest.mark.parametrize(
    "f, arrays",
    [
        (lambda a, b: ((a @ b) ** 2).sum(), (A, B)),
        (lambda a: (a @ a).sum(), (SQUARE,)),
        (lambda a, b: ((a @ b) ** 3).sum(), (A, ROW)),
        (lambda a, b: ((a @ b) ** 3).sum(), (ROW, B)),
        (lambda a, b: (a @ b) ** 2, (ROW, ROW[::-1])),
        (lambda a, b: ((a @ b) ** 2).sum(), (C, B)),
        (lambda a, b: ((a @ b) ** 2).mean(), (A, C.swapaxes(1, 2))),
        (lambda a, b: ((a @ b) ** 2).sum(), (C, ROW)),
        (lambda a, b, c: (a * b + c / (b * b + 2) - a).tanh().sum(), (A, ROW, COLUMN)),
        (lambda a, b: ((2 - a) / (b.exp() + 1) + 3 / (a * a + 1)).sum(), (A, COLUMN)),
        (lambda a: (a.sum(axis=0) ** 2).sum(), (C,)),
        (lambda a: (a.sum(axis=(0, 2)) ** 2).sum(), (C,)),
        (lambda a: (a.sum(axis=-1, keepdims=True) * a).sum(), (C,)),
        (lambda a: (a.mean(axis=1) ** 2).sum() + a.mean(), (C,)),
        (lambda a: (a.max(axis=1) ** 2).sum() + 2 * a.max(), (C,)),
        (lambda a: (a.max(axis=0, keepdims=True) * a).mean(), (A,)),
        (lambda a: (a.relu() * a).sum(), (A,)),
        (lambda a: ((a * a + 1).log() + np.sin(a) * np.exp(-a)).sum(), (A,)),
        (lambda a: (a.T @ a).tanh().sum(), (A,)),
        (lambda a: (a[1] * a[0, 2] + a[:, [0, 0, 1]].sum()).sum(), (A,)),
        (lambda a, b: ((a * a + 1) ** b).sum(), (A, ROW)),
        (lambda a: (2.0**a + a**3).sum(), (A,)),
        (lambda a: a.cross_entropy([2, 0]), (A,)),
        (lambda a: (a.log_softmax(axis=0) * A).sum(), (A,)),
        (lambda a: (np.ones((4, 2)) @ a + np.float64(2) * a.sum()).tanh().sum(), (A,)),
        (lambda a: sum(row.sum() * k for k, row in enumerate(a)), (A,)),
    ],
)
def test_gradients_of_arrays_agree_with_differences(f, arrays):
    agrees_with_differences(f, *arrays)


def test_arrays_by_hand():
    X, w, b = Tensor([[1, 2], [3, 4], [5, 6]]), Tensor([1, -1]), Tensor(0.5)
    loss = ((X @ w + b) ** 2).mean()
    loss.backward()
    assert loss.data == 0.25
    assert w.grad.tolist() == [-3, -4] and b.grad == -1
    assert X.grad.shape == (3, 2) and w.grad.dtype == np.float64


def test_entries_that_tie_share_equally_and_sum_to_one():
    x = Tensor([1.0, 3.0, 3.0])
    x.max().backward()
    assert x.grad.tolist() == [0, 0.5, 0.5]
    y = Tensor([[2.0, 2.0], [1.0, 5.0], [4.0, 4.0]])
    y.max(axis=1).sum().backward()
    assert y.grad.tolist() == [[0.5, 0.5], [0, 1], [0.5, 0.5]]
    # It is a subgradient; a full share for everyone is none.
    at, moves = x.data, np.random.default_rng(5).normal(size=(2000, 3))
    risen = (at + moves).max(axis=1) - at.max()
    assert np.all(risen >= moves @ x.grad - 1e-12)
    assert not np.all(risen >= moves @ [0, 1, 1] - 1e-12)


def test_relu_at_zero_and_nan():
    x = Tensor([-1.0, 0.0, 2.0, np.nan])
    root = x.relu().sum()
    root.backward()
    assert x.grad[:3].tolist() == [0, 0, 1] and np.isnan(x.grad[3]) and np.isnan(root.data)
    z = Tensor([[np.nan, 1.0], [2.0, 3.0]])
    z.max(axis=1).sum().backward()
    assert z.grad.tolist() == [[1, 0], [0, 1]]


def test_the_cross_entropy_does_not_overflow():
    scores = Tensor([[1000.0, 0.0], [-1000.0, 1000.0]])
    loss = scores.cross_entropy([1, 1])
    loss.backward()
    assert loss.data == 500
    assert scores.grad.tolist() == [[0.5, -0.5], [0, 0]]


def test_losses_and_layers_agree_with_torch():
    """Values and gradients that PyTorch computed."""
    table = oracle("torch_losses")["loss_ce_mean"]
    scores = Tensor(table["z"])
    loss = scores.cross_entropy(table["y"])
    loss.backward()
    assert loss.data == pytest.approx(table["out"], rel=1e-12)
    np.testing.assert_allclose(scores.grad, table["dz"], rtol=1e-11, atol=1e-15)


def test_single_precision_stays_single():
    X = Tensor(A.astype(np.float32))
    loss = ((X @ B.astype(np.float32) + 0.5).relu() * 2 - 1).tanh().mean()
    loss.backward()
    assert loss.data.dtype == X.grad.dtype == np.float32
    double = Tensor(A)
    ((double @ B + 0.5).relu() * 2 - 1).tanh().mean().backward()
    np.testing.assert_allclose(X.grad, double.grad, rtol=1e-4, atol=1e-6)


def test_a_leaf_keeps_a_copy_and_whole_numbers_become_floats():
    data = np.array([1, 2])
    leaf = Tensor(data)
    data[0] = 7
    assert leaf.data.tolist() == [1, 2] and leaf.data.dtype == leaf.grad.dtype == np.float64
    single = np.ones(2, dtype=np.float32)
    assert not np.shares_memory(Tensor(single).data, single)
    assert leaf.shape == (2,) and len(leaf) == 2 and repr(leaf) == "Tensor(array([1., 2.]))"


def test_arrays_refuse_what_they_cannot_do():
    with pytest.raises(ValueError, match="one number, not at an array of shape"):
        Tensor([1, 2]).backward()
    with pytest.raises(TypeError, match="real numbers"):
        Tensor("no")
    with pytest.raises(TypeError):
        np.arctan(Tensor([1.0]))
    with pytest.raises(ValueError):
        Tensor(np.ones((2, 3))) + np.ones(2)


def test_a_deep_program_of_arrays():
    x = y = Tensor(np.ones(3))
    for _ in range(5000):
        y = y + x
    y.sum().backward()
    assert x.grad.tolist() == [5001] * 3


def by_hand(W1, b1, W2, b2, X, y):
    Z = X @ W1 + b1
    H = np.maximum(Z, 0)
    P = np.exp(H @ W2 + b2)
    P = P / P.sum(axis=1, keepdims=True)
    delta2 = (P - np.eye(10)[y]) / len(y)
    delta1 = (delta2 @ W2.T) * (Z > 0)
    return X.T @ delta1, delta1.sum(axis=0), H.T @ delta2, delta2.sum(axis=0)


def test_a_network_has_the_gradient_that_is_derived_by_hand():
    """The capstone's shape: 784-200-10."""
    rng = np.random.default_rng(6)
    X, y = rng.random((16, 784)), rng.integers(0, 10, 16)
    shapes = (784, 200), 200, (200, 10), 10
    weights = [rng.normal(size=shape) / 20 for shape in shapes]
    nodes = [Tensor(w) for w in weights]
    ((X @ nodes[0] + nodes[1]).relu() @ nodes[2] + nodes[3]).cross_entropy(y).backward()
    for node, expected in zip(nodes, by_hand(*weights, X, y), strict=True):
        np.testing.assert_allclose(node.grad, expected, atol=1e-10)


# --- grad ---


def test_grad_by_hand():
    assert grad(lambda x, y: x * y + x)(3, 4) == (5, 3)
    assert grad(lambda x: x * x)(1.5) == 3 and type(grad(lambda x: x * x)(2)) is float
    np.testing.assert_array_equal(grad(lambda w: (w * w).sum())([1, 2, 3]), [2, 4, 6])
    gradient = grad(lambda w: w[0] * w[1])
    first = gradient([2, 3])
    np.testing.assert_array_equal(first, [3, 2])
    np.testing.assert_array_equal(gradient([2, 3]), first)
    assert not np.shares_memory(gradient([2, 3]), first)


def test_grad_of_a_whole_objective():
    def f(w):
        return (w[0] ** 2 + w[1] - 11) ** 2 + (w[0] + w[1] ** 2 - 7) ** 2

    w = np.array([1.0, -0.5])
    np.testing.assert_allclose(grad(f)(w), himmelblau.gradient(w), rtol=1e-13)
    assert w.tolist() == [1, -0.5]


def test_grad_of_what_does_not_depend():
    assert grad(lambda x: 3.5)(2) == 0
    used, unused = grad(lambda x, w: x * x)(0.5, [1.0, 2.0])
    assert used == 1 and unused.tolist() == [0, 0]
    with pytest.raises(ValueError, match="one number"):
        grad(lambda w: w * 2)([1.0, 2.0])
    with pytest.raises(TypeError, match="real numbers"):
        grad(lambda x: None)(1.0)
    with pytest.raises(TypeError, match="real numbers"):
        grad(lambda x: x)("one")
    assert np.isnan(grad(lambda x: x * x)(np.nan))


# --- Dual ---


def test_a_constant_does_not_move():
    assert Dual(2.5).dot == 0 and (Dual(2.5) * 3 + 1).dot == 0
    assert (Dual(-2, 1) ** 3).dot == 12 and (Dual(-2, 1) ** Dual(3)).dot == 12
    assert (Dual(0, 1) ** 2).dot == 0 and (Dual(0, 1) ** 0).dot == 0
    assert np.isnan((Dual(np.nan, 1) * 2).data) and np.isnan((Dual(np.nan, 1) ** 2).dot)
    assert float(Dual(2.5, 1)) == 2.5
    with pytest.raises(TypeError, match="real numbers"):
        Dual("two")


def test_the_derivative_is_linear_in_the_direction():
    rng = np.random.default_rng(7)
    f, at = random_program(rng), rng.normal(size=3)
    u, v = rng.normal(size=3), rng.normal(size=3)

    def along(direction):
        return f(*(Dual(*pair) for pair in zip(at, direction, strict=True))).dot

    assert along(2 * u - 3 * v) == pytest.approx(2 * along(u) - 3 * along(v), rel=1e-12)


# --- what it costs ---


@pytest.mark.parametrize(
    "f, n, expected",
    [
        (lambda a, b: a + b, 2, (1, 5, 2)),
        (lambda a, b: a * b, 2, (1, 5, 4)),
        (lambda a, b: a - b, 2, (1, 5, 2)),
        (lambda a, b: a / b, 2, (1, 8, 4)),
        (np.exp, 1, (1, 3, 2)),
        (np.tanh, 1, (1, 5, 4)),
        (lambda a: -a, 1, (1, 3, 2)),
    ],
)
def test_operations_are_counted(f, n, expected):
    assert tuple(operation_counts(f, *[1.5] * n)) == expected


def test_reverse_mode_does_not_see_how_many_inputs_there_are():
    def f(*w):
        total = 0.0
        for k in range(0, len(w), 2):
            total = total + w[k] * np.tanh(w[k + 1])
        return total

    for n in (2, 20, 200):
        counts = operation_counts(f, *np.linspace(-1, 1, n))
        assert counts.reverse <= 5 * counts.value
        assert counts.forward <= 4 * counts.value
    with pytest.raises(TypeError, match="real numbers"):
        operation_counts(np.exp, "one")


# --- figures ---


def test_the_graph_shows_values_adjoints_and_names():
    a = Value(3)
    c = a * a
    y = c + a
    y.backward()
    words = {text.get_text() for text in plot_graph(y, names={a: "a", c: "c", y: "y"}).texts}
    assert {"a = 3", "c = 9", "y = 12", "adjoint 7", "adjoint 1"} <= words


def test_curves_of_cost_and_of_training():
    ax = plot_costs([1, 10], {"reverse": [5, 5], "forward": [3, 30]})
    assert [line.get_label() for line in ax.lines] == ["reverse", "forward"]
    assert len({line.get_linestyle() for line in ax.lines}) == 2
    ax = plot_training([2.0, 1.0, 0.5], 0.9712)
    assert "97.1" in ax.get_legend().get_title().get_text()


# --- the live figure ---

EXPRESSIONS = {
    "diamond": lambda a, b: [a, c := a * a, c + a],
    "shared": lambda a, b: [a, b, c := a * b, d := c * c, d + c],
    "neuron": lambda a, b: [a, b, c := a * b, d := c + b, d.tanh()],
    "late": lambda a, b: [a, b, c := a * b, d := c.exp(), d * a],
}


def assigned(nodes):
    """Return the adjoints where every share is assigned, in the order of the figure."""
    adjoint = {id(node): 0.0 for node in nodes}
    adjoint[id(nodes[-1])] = 1.0
    for node in reversed(nodes):
        for child, slope in zip(node.inputs, node.slopes, strict=True):
            adjoint[id(child)] = slope * adjoint[id(node)]
    return [adjoint[id(node)] for node in nodes]


def test_the_graph_in_the_page_has_the_values_and_adjoints_of_the_engine():
    states = some_states("graph", 300, seed=6)
    for state, answer in zip(states, ask(*[("graph", s) for s in states]), strict=True):
        values = answer["values"]
        nodes = EXPRESSIONS[state["f"]](Value(state["a"]), Value(state["b"]))
        nodes[-1].backward()
        assert values["values"] == pytest.approx([n.data for n in nodes], rel=1e-9, abs=1e-12)
        adjoints = [node.grad for node in nodes]
        assert values["right"] == pytest.approx(adjoints, rel=1e-9, abs=1e-12)
        expected = adjoints if state["rule"] == "add" else assigned(nodes)
        assert values["found"] == pytest.approx(expected, rel=1e-9, abs=1e-12)
        if values["at"] == values["total"]:
            assert values["adjoints"] == values["found"] and all(values["known"])


def test_every_step_of_the_graph_does_one_thing():
    steps = next(c for c in SHAPES["graph"]["controls"] if c["name"] == "step")["values"]
    for f in EXPRESSIONS:
        states = [{"f": f, "rule": "add", "step": k, "a": 1.5, "b": 0.5} for k in steps]
        answers = [answer["values"] for answer in ask(*[("graph", s) for s in states])]
        assert answers[-1]["at"] == answers[-1]["total"] <= steps[-1]
        before = answers[0]
        assert before["last"] is None and not any(before["adjoints"])
        for now in answers[1 : answers[0]["total"] + 1]:
            fresh = sum(x != y for x, y in zip(before["known"], now["known"], strict=True))
            moved = sum(x != y for x, y in zip(before["adjoints"], now["adjoints"], strict=True))
            assert (fresh, moved) == ((1, 0) if now["last"]["what"] == "value" else (0, 1))
            before = now


def test_the_graph_says_which_adjoints_are_wrong():
    state = {"f": "shared", "rule": "assign", "step": 10, "a": 1.5, "b": 2}
    wrong, right = ask(("graph", state, "draw"), ("graph", {**state, "rule": "add"}, "draw"))
    assert "Wrong at a, b, c" in wrong["words"] and "Every adjoint is right" in right["words"]
    assert len(re.findall(r">not ", wrong["drawing"])) == 3 and ">not " not in right["drawing"]
    assert "dy/da = 14" in right["words"]


def test_the_moment_of_adding_is_framed():
    states = [
        {"f": "shared", "rule": rule, "step": 7, "a": 1.5, "b": 2} for rule in ("add", "assign")
    ]
    added, lost = ask(*[("graph", state, "draw") for state in states])
    assert "c has 1: + 3 makes 4" in added["words"] and "overwritten by 3" in lost["words"]
    assert json.dumps(added["drawing"]).count("ball red") > 1
