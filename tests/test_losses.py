"""Losses, their gradients, the penalty and the linear layer."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from conftest import oracle
from fallline.differences import numerical_gradient
from fallline.losses import (
    l2_penalty,
    least_squares,
    linear_backward,
    linear_forward,
    log_softmax,
    loss_at_chance,
    multiclass_hinge,
    softmax,
    softmax_xent,
)
from fallline.plotting import (
    plot_by_lead,
    plot_descent_of_loss,
    plot_residuals,
    plot_templates,
)
from test_live import ask, some_states

TORCH = oracle("torch_losses")
EXACT = {"rtol": 1e-10, "atol": 1e-12}


def torch(case):
    """Return one case of the oracle, its lists as arrays."""
    return {name: np.array(value) for name, value in TORCH[case].items()}


def classes(rng, N, C):
    return rng.integers(0, C, N)


def assert_is_slope(f, x, g, rtol=1e-7):
    """A gradient has the shape of its point, and is what central differences measure."""
    assert g.shape == np.shape(x) and g.dtype == np.float64
    np.testing.assert_allclose(g, numerical_gradient(f, x), rtol=rtol, atol=1e-8)


# --- least squares ---


def test_least_squares_by_hand():
    # Residuals 1 - 2 and 3 - 1, squares 1 and 4, half of their mean.
    loss, grad = least_squares([1, 1], [[1, 0], [1, 2]], [2, 1])
    assert loss == 1.25 and type(loss) is float
    assert grad.tolist() == [0.5, 2.0] and grad.dtype == np.float64


def test_least_squares_is_half_of_torchs_mean_squared_error():
    case = torch("loss_mse")
    a, b = case["a"].ravel(), case["b"].ravel()
    loss, grad = least_squares(a, np.eye(15), b)
    np.testing.assert_allclose(loss, case["out"] / 2, **EXACT)
    np.testing.assert_allclose(grad, case["da"].ravel() / 2, **EXACT)


@pytest.mark.parametrize("N, D", [(1, 1), (5, 3), (3, 5), (4, 4)])
@pytest.mark.parametrize("scale", [1e-3, 1.0, 1e2])
def test_the_gradient_of_least_squares_is_its_slope(N, D, scale):
    rng = np.random.default_rng(N + D)
    w, X, y = scale * rng.normal(size=D), rng.normal(size=(N, D)), scale * rng.normal(size=N)
    # A quadratic: differences are exact at any step.
    g = least_squares(w, X, y)[1]
    slopes = numerical_gradient(lambda w: least_squares(w, X, y)[0], w, h=scale)
    np.testing.assert_allclose(g, slopes, rtol=1e-9, atol=1e-12 * scale)


def test_the_least_squares_solution_has_no_gradient():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(20, 4)), rng.normal(size=20)
    w = np.linalg.lstsq(X, y)[0]
    np.testing.assert_allclose(least_squares(w, X, y)[1], 0, atol=1e-14)
    for step in rng.normal(size=(20, 4)):
        assert least_squares(w + step, X, y)[0] > least_squares(w, X, y)[0]


def test_least_squares_does_not_depend_on_how_often_the_data_are_repeated():
    rng = np.random.default_rng(1)
    w, X, y = rng.normal(size=3), rng.normal(size=(5, 3)), rng.normal(size=5)
    once, thrice = least_squares(w, X, y), least_squares(w, np.tile(X, (3, 1)), np.tile(y, 3))
    assert thrice[0] == pytest.approx(once[0], rel=1e-14)
    np.testing.assert_allclose(thrice[1], once[1], rtol=1e-13)


def test_a_column_of_targets_is_refused():
    with pytest.raises(ValueError, match=r"y must have 1 axes .* got shape \(2, 1\)"):
        least_squares([1, 1], [[1, 0], [1, 2]], [[2], [1]])


def test_least_squares_errors():
    for w, X, y in (([1], np.ones((2, 2)), [1, 1]), ([1, 1], np.ones((2, 2)), [1, 1, 1])):
        with pytest.raises(ValueError, match="w and y must have shapes"):
            least_squares(w, X, y)
    with pytest.raises(ValueError, match="no rows"):
        least_squares([1, 1], np.ones((0, 2)), [])
    with pytest.raises(TypeError, match="y must hold real numbers"):
        least_squares([1], [[1]], ["1"])
    loss, grad = least_squares([1, 1], [[1, 0], [0, 1]], [np.nan, 1])
    assert np.isnan(loss) and np.isnan(grad).any()


# --- multiclass hinge ---


def test_the_hinge_by_hand():
    # Scores 2, 1, 3: the right one leads the second by exactly 1, and trails the third by 1.
    loss, dW = multiclass_hinge([[1, 0], [0, 1], [1, 1]], [[2, 1]], [0])
    assert loss == 2.0 and type(loss) is float
    assert dW.tolist() == [[-2, -1], [0, 0], [2, 1]]


def test_at_the_kink_a_margin_is_met():
    loss, dW = multiclass_hinge([[1.0], [0.0]], [[1.0]], [0])
    assert loss == 0 and not dW.any()
    loss, dW = multiclass_hinge([[1.0], [1e-9]], [[1.0]], [0])
    assert loss == pytest.approx(1e-9, rel=1e-6) and dW.tolist() == [[-1], [1]]


def test_the_hinge_sums_over_classes_and_torch_takes_their_mean():
    case = torch("loss_multi_margin")
    z, C = case["z"], 4
    loss, dW = multiclass_hinge(z.T, np.eye(len(z)), case["y"])  # these scores are z
    np.testing.assert_allclose(loss / C, case["out"], **EXACT)
    np.testing.assert_allclose(dW.T / C, case["dz"], **EXACT)


@pytest.mark.parametrize("N, C, D", [(1, 2, 1), (7, 3, 5), (4, 6, 2), (3, 3, 3)])
@pytest.mark.parametrize("delta", [1.0, 0.25, 3])
def test_away_from_kinks_the_hinge_has_its_gradient(N, C, D, delta):
    rng = np.random.default_rng(N * C * D)
    W, X, y = rng.normal(size=(C, D)), rng.normal(size=(N, D)), classes(rng, N, C)
    assert_is_slope(
        lambda W: multiclass_hinge(W, X, y, delta)[0], W, multiclass_hinge(W, X, y, delta)[1]
    )


def test_what_comes_at_a_kink_is_a_subgradient():
    rng = np.random.default_rng(2)
    W, X, y = np.zeros((3, 2)), rng.normal(size=(6, 2)), classes(rng, 6, 3)
    loss, dW = multiclass_hinge(W, X, y, delta=0.0)  # every margin is exactly 0
    assert loss == 0 and not dW.any()
    for step in rng.normal(size=(50, 3, 2)):
        assert multiclass_hinge(W + step, X, y, 0.0)[0] >= loss + np.sum(dW * step)


def test_the_rows_of_the_hinges_gradient_sum_to_zero():
    rng = np.random.default_rng(3)
    W, X, y = rng.normal(size=(5, 4)), rng.normal(size=(8, 4)), classes(rng, 8, 5)
    np.testing.assert_allclose(multiclass_hinge(W, X, y)[1].sum(axis=0), 0, atol=1e-14)


def test_adding_one_row_to_all_classes_changes_no_loss():
    rng = np.random.default_rng(4)
    W, X, y, row = (
        rng.normal(size=(5, 4)),
        rng.normal(size=(8, 4)),
        classes(rng, 8, 5),
        [1, -2, 3, 0],
    )
    assert multiclass_hinge(W + row, X, y)[0] == pytest.approx(multiclass_hinge(W, X, y)[0])
    assert softmax_xent(X @ (W + row).T, y)[0] == pytest.approx(softmax_xent(X @ W.T, y)[0])


def test_hinge_errors():
    W, X, y = np.ones((3, 2)), np.ones((4, 2)), np.array([0, 1, 2, 0])
    with pytest.raises(ValueError, match=r"X must have shape \(N, 2\)"):
        multiclass_hinge(W, np.ones((4, 3)), y)
    with pytest.raises(ValueError, match="no rows"):
        multiclass_hinge(W, np.ones((0, 2)), y[:0])
    assert np.isnan(multiclass_hinge(W, X * [[np.nan]], y)[0])
    loss, dW = multiclass_hinge([[1.0], [np.nan]], [[1.0]], [0])
    assert np.isnan(loss) and np.isnan(dW).all()


@pytest.mark.parametrize(
    "bad, error, message",
    [
        ([0.0, 1.0, 2.0, 0.0], TypeError, r"integers"),
        ([[0], [1], [2], [0]], ValueError, r"shape \(4,\)"),
        ([0, 1, 2], ValueError, r"shape \(4,\)"),
        ([0, 1, 3, 0], ValueError, "from 0 to 2, got 0 to 3"),
        ([0, 1, -1, 0], ValueError, "from 0 to 2, got -1 to 1"),
    ],
)
def test_labels_are_checked_by_both_losses(bad, error, message):
    with pytest.raises(error, match=message):
        multiclass_hinge(np.ones((3, 2)), np.ones((4, 2)), np.array(bad))
    with pytest.raises(error, match=message):
        softmax_xent(np.ones((4, 3)), np.array(bad))


# --- softmax ---


def test_softmax_by_hand():
    np.testing.assert_allclose(softmax([0, np.log(3)]), [0.25, 0.75], rtol=1e-15)
    assert softmax([[5, 5], [1000, -1000]]).tolist() == [[0.5, 0.5], [1, 0]]


@pytest.mark.parametrize(
    "function, case", [(softmax, "act_softmax"), (log_softmax, "act_log_softmax")]
)
def test_softmax_and_its_logarithm_agree_with_torch(function, case):
    case = torch(case)
    np.testing.assert_allclose(function(case["z"]), case["out"], **EXACT)


def test_each_row_has_its_own_shift():
    z = np.array([[1000.0, 999.0], [-1000.0, -1001.0], [0.0, -1.0]])
    np.testing.assert_allclose(softmax(z), np.tile(softmax([0.0, -1.0]), (3, 1)), rtol=1e-14)


@pytest.mark.parametrize("shape", [(3,), (2, 4), (2, 3, 5), (0, 3)])
def test_softmax_takes_any_number_of_leading_axes(shape):
    z = np.random.default_rng(5).normal(size=shape)
    p = softmax(z)
    assert p.shape == shape and (p > 0).all()
    np.testing.assert_allclose(p.sum(axis=-1), 1, rtol=1e-15)
    np.testing.assert_allclose(np.exp(log_softmax(z)), p, rtol=1e-14)


def test_softmax_of_whole_numbers_is_not_whole():
    assert softmax(np.array([0, 1])).dtype == np.float64
    np.testing.assert_allclose(softmax(np.array([0, 1]))[1], 1 / (1 + np.exp(-1)), rtol=1e-15)


def test_softmax_errors():
    for bad in (3.0, np.ones((2, 0))):
        with pytest.raises(ValueError, match="at least one class"):
            softmax(bad)
        with pytest.raises(ValueError, match="at least one class"):
            log_softmax(bad)
    with pytest.raises(TypeError, match="real numbers"):
        softmax(["a"])
    assert np.isnan(softmax([np.nan, 0])).all() and np.isnan(log_softmax([np.nan, 0])).all()
    assert softmax([-np.inf, 0.0]).tolist() == [0, 1]
    assert np.isnan(softmax([np.inf, 0.0])).any()


# --- cross-entropy ---


def test_cross_entropy_by_hand():
    loss, dz = softmax_xent([[0, np.log(3)], [0, 0]], [0, 1])
    assert loss == pytest.approx((np.log(4) + np.log(2)) / 2, rel=1e-15) and type(loss) is float
    np.testing.assert_allclose(dz, [[-0.375, 0.375], [0.25, -0.25]], rtol=1e-15)


@pytest.mark.parametrize("case", ["loss_ce_mean", "loss_ce_mean_extreme"])
def test_cross_entropy_agrees_with_torch(case):
    case = torch(case)
    loss, dz = softmax_xent(case["z"], case["y"])
    np.testing.assert_allclose(loss, case["out"], **EXACT)
    np.testing.assert_allclose(dz, case["dz"], **EXACT)


def test_a_linear_layer_under_cross_entropy_agrees_with_torch():
    case = torch("softmaxreg")
    X, W, y = case["X"], case["W"], case["y"]
    loss, dz = softmax_xent(linear_forward(X, W, np.zeros(3)), y)
    np.testing.assert_allclose(loss, case["f"], **EXACT)
    np.testing.assert_allclose(linear_backward(dz, X, W)[1].ravel(), case["g"], **EXACT)


def test_two_classes_make_the_binary_cross_entropy():
    case = torch("loss_bce_logits")
    a, b = case["a"].ravel(), case["b"].ravel().astype(int)
    loss, dz = softmax_xent(np.column_stack([0 * a, a]), b)
    np.testing.assert_allclose(loss, case["out"], **EXACT)
    np.testing.assert_allclose(dz[:, 1], case["da"].ravel(), rtol=1e-10, atol=1e-16)


@pytest.mark.parametrize("N, C", [(1, 2), (5, 3), (3, 7), (4, 4), (2, 1)])
def test_the_gradient_of_cross_entropy_is_its_slope(N, C):
    rng = np.random.default_rng(N * C)
    z, y = rng.normal(size=(N, C)), classes(rng, N, C)
    loss, dz = softmax_xent(z, y)
    assert loss >= 0
    assert_is_slope(lambda z: softmax_xent(z, y)[0], z, dz)
    np.testing.assert_allclose(dz.sum(axis=1), 0, atol=1e-15)


@pytest.mark.parametrize("size", [1000, 1e6, 1e300])
def test_cross_entropy_is_finite_where_its_parts_are_not(size):
    loss, dz = softmax_xent([[size, -size], [-size, size]], [1, 1])
    assert loss == pytest.approx(size, rel=1e-15)  # the mean of 2 size and 0
    assert dz.tolist() == [[0.5, -0.5], [0, 0]]


def test_a_shift_of_a_row_changes_nothing():
    rng = np.random.default_rng(6)
    z, y = rng.normal(size=(4, 3)), classes(rng, 4, 3)
    shifted = softmax_xent(z + np.array([[0.0], [100], [-700], [1e4]]), y)
    assert shifted[0] == pytest.approx(softmax_xent(z, y)[0], rel=1e-11)
    np.testing.assert_allclose(shifted[1], softmax_xent(z, y)[1], atol=1e-12)


def test_cross_entropy_errors():
    with pytest.raises(ValueError, match="ndim = 2"):
        softmax_xent([1.0, 2.0], [0])
    with pytest.raises(ValueError, match="no rows"):
        softmax_xent(np.ones((0, 2)), np.array([], dtype=int))
    loss, dz = softmax_xent([[np.nan, 0], [0, 0]], [0, 1])
    assert np.isnan(loss) and np.isnan(dz[0]).all() and not np.isnan(dz[1]).any()


# --- penalty ---


def test_l2_by_hand():
    value, grads = l2_penalty({"W": [[3, 4]], "b": [7]}, 2)
    assert value == 25 and type(value) is float
    assert grads["W"].tolist() == [[6, 8]] and grads["b"].tolist() == [0]
    assert grads["W"].dtype == grads["b"].dtype == np.float64


def test_the_penaltys_gradients_are_its_slopes():
    rng = np.random.default_rng(7)
    params = {"W1": rng.normal(size=(2, 3)), "b1": rng.normal(size=3), "W2": rng.normal(size=3)}
    grads = l2_penalty(params, 0.3, skip=("b1", "b2"))[1]
    assert list(grads) == list(params)
    for name in params:
        slope = lambda W, name=name: l2_penalty({**params, name: W}, 0.3, ("b1",))[0]  # noqa: E731
        assert_is_slope(slope, params[name], grads[name])


def test_what_is_skipped_and_what_is_not():
    params = {"W": np.ones(2), "b": np.ones(2), "bias": np.ones(2)}
    assert l2_penalty(params, 1)[0] == 2
    assert l2_penalty(params, 1, skip=())[0] == 3
    assert l2_penalty(params, 1, skip=["W", "b", "bias"])[0] == 0
    assert l2_penalty({}, 1) == (0.0, {})
    with pytest.raises(TypeError, match=r"such as \('b',\)"):
        l2_penalty(params, 1, skip="b")
    with pytest.raises(ValueError, match="lam must be at least 0"):
        l2_penalty(params, -1)
    with pytest.raises(TypeError, match=r"params\['W'\] must hold real numbers"):
        l2_penalty({"W": "weights"}, 1)
    assert np.isnan(l2_penalty({"W": [np.nan, 1]}, 1)[0])


# --- the linear layer ---


def test_the_linear_layer_by_hand():
    assert linear_forward([[1, 2]], [[1, 0, 3], [0, 1, 4]], [10, 20, 30]).tolist() == [[11, 22, 41]]
    dX, dW, db = linear_backward([[1, 0, 2]], [[3, 4]], [[1, 2, 3], [4, 5, 6]])
    assert dX.tolist() == [[7, 16]]
    assert dW.tolist() == [[3, 0, 6], [4, 0, 8]]
    assert db.tolist() == [1, 0, 2]


def test_the_linear_layer_agrees_with_torch_whose_weights_stand_in_rows():
    case = torch("linear_xWt_b")
    X, W = case["x"], case["W"].T
    np.testing.assert_allclose(linear_forward(X, W, case["b"]), case["out"], **EXACT)
    dX, dW, db = linear_backward(case["dout"], X, W)
    np.testing.assert_allclose(dX, case["dx"], **EXACT)
    np.testing.assert_allclose(dW.T, case["dW"], **EXACT)
    np.testing.assert_allclose(db, case["db"], **EXACT)


@pytest.mark.parametrize("N, D, M", [(1, 1, 1), (4, 3, 2), (2, 3, 5), (3, 3, 3)])
def test_the_linear_layers_gradients_are_slopes(N, D, M):
    rng = np.random.default_rng(N * D * M)
    X, W, b = rng.normal(size=(N, D)), rng.normal(size=(D, M)), rng.normal(size=M)
    dout = rng.normal(size=(N, M))
    dX, dW, db = linear_backward(dout, X, W)
    assert_is_slope(lambda X: np.sum(dout * linear_forward(X, W, b)), X, dX)
    assert_is_slope(lambda W: np.sum(dout * linear_forward(X, W, b)), W, dW)
    assert_is_slope(lambda b: np.sum(dout * linear_forward(X, W, b)), b, db)


def test_one_row_for_each_class_or_one_column_for_each_output_is_one_gradient():
    rng = np.random.default_rng(8)
    W, X, y = rng.normal(size=(4, 3)), rng.normal(size=(6, 3)), classes(rng, 6, 4)
    scores = linear_forward(X, W.T, np.zeros(4))
    margins = scores - scores[np.arange(6), y][:, None] + 1
    dscores = (margins > 0) / 6
    dscores[np.arange(6), y] = 0
    dscores[np.arange(6), y] = -dscores.sum(axis=1)
    dW = linear_backward(dscores, X, W.T)[1]
    np.testing.assert_allclose(dW.T, multiclass_hinge(W, X, y)[1], rtol=1e-13, atol=1e-15)


def test_layer_errors():
    with pytest.raises(ValueError, match=r"\(N, D\), \(D, M\), \(M,\)"):
        linear_forward(np.ones((2, 3)), np.ones((3, 4)), np.ones(3))
    with pytest.raises(ValueError, match=r"\(N, D\), \(D, M\), \(M,\)"):
        linear_forward(np.ones((2, 3)), np.ones((4, 3)), np.ones(3))
    for dout, X, W in (((2, 4), (2, 3), (4, 3)), ((2, 4), (1, 3), (3, 4))):
        with pytest.raises(ValueError, match=r"\(N, M\), \(N, D\), \(D, M\)"):
            linear_backward(np.ones(dout), np.ones(X), np.ones(W))
    assert np.isnan(linear_backward([[np.nan, 1]], [[1]], [[1, 1]])[2][0])


# --- chance ---


def test_the_loss_at_chance():
    assert loss_at_chance("hinge", 10) == 9.0
    assert loss_at_chance("cross-entropy", 10) == pytest.approx(2.302585, abs=1e-6)
    assert loss_at_chance("hinge", 1) == loss_at_chance("cross-entropy", 1) == 0
    assert type(loss_at_chance("hinge", 10)) is type(loss_at_chance("cross-entropy", 10)) is float


@pytest.mark.parametrize("C", [2, 3, 10])
def test_equal_scores_cost_the_loss_at_chance_whatever_the_data(C):
    rng = np.random.default_rng(C)
    X, y = rng.normal(size=(9, 4)), classes(rng, 9, C)
    assert multiclass_hinge(np.zeros((C, 4)), X, y)[0] == loss_at_chance("hinge", C)
    assert softmax_xent(np.zeros((9, C)), y)[0] == pytest.approx(loss_at_chance("cross-entropy", C))


def test_chance_errors():
    with pytest.raises(ValueError, match='"hinge" or "cross-entropy"'):
        loss_at_chance("softmax", 10)
    for C in (0, -3, 2.5):
        with pytest.raises(ValueError, match="positive whole number"):
            loss_at_chance("hinge", C)
    assert np.isnan(loss_at_chance("hinge", np.nan))
    assert np.isnan(loss_at_chance("cross-entropy", np.nan))
    with pytest.raises(TypeError, match="C must hold real numbers"):
        loss_at_chance("hinge", "10")


# --- no argument is changed ---


def test_arguments_stay_as_they_are():
    rng = np.random.default_rng(9)
    W, X, y, z = (
        rng.normal(size=(3, 4)),
        rng.normal(size=(5, 4)),
        classes(rng, 5, 3),
        np.ones((5, 3)),
    )
    arguments = W, X, y, z
    before = [a.copy() for a in arguments]
    multiclass_hinge(W, X, y), softmax(z), log_softmax(z), softmax_xent(z, y)
    least_squares(W[0], X, z[:, 0]), linear_forward(X, W.T, W[:, 0]), linear_backward(z, X, W.T)
    l2_penalty({"W": W}, 0.1)[1]["W"][...] = 0
    for now, then in zip(arguments, before, strict=True):
        np.testing.assert_array_equal(now, then)


# --- figures ---


@pytest.fixture
def figures():
    yield
    plt.close("all")


def test_the_residuals_are_drawn_from_the_line_to_the_targets(figures):
    ax = plot_residuals([0, 1, 2], [1, 2, 5], [1, 1])
    drawn = [line.get_ydata().tolist() for line in ax.get_lines() if line.get_linestyle() == "--"]
    assert drawn == [[1, 1], [2, 2], [3, 5]]
    assert [text.get_text() for text in ax.texts] == ["0", "0", "−2"]
    middle = ax.texts[2].xy
    assert middle == (2, 4)


def test_the_map_of_the_loss_has_its_star_at_the_minimum(figures):
    t, y = np.array([0.0, 1.0, 2.0]), np.array([1.0, 2.0, 5.0])
    right = plot_residuals(t, y, [1, 1]).figure.axes[1]
    star = next(line for line in right.get_lines() if line.get_marker() == "*")
    best = [star.get_xdata()[0], star.get_ydata()[0]]
    assert np.abs(least_squares(best, np.column_stack([np.ones(3), t]), y)[1]).max() < 1e-12


def test_the_curves_by_lead_are_the_losses_of_two_classes(figures):
    left, right = plot_by_lead().figure.axes
    for k, loss in enumerate((hinge_by_lead, xent_by_lead)):
        lead, value = left.get_lines()[k].get_data()
        slope = right.get_lines()[k].get_ydata()
        for i in (0, 123, 450, 700):
            expected = loss(lead[i])
            assert value[i] == pytest.approx(expected[0], abs=1e-12)
            assert slope[i] == pytest.approx(expected[1], abs=1e-12)


def hinge_by_lead(lead):
    loss, dW = multiclass_hinge([[lead], [0]], [[1]], [0])
    return loss, dW[0, 0]


def xent_by_lead(lead):
    loss, dz = softmax_xent([[lead, 0]], [0])
    return loss, dz[0, 0]


def test_templates_show_every_class_on_one_scale(figures):
    W = np.random.default_rng(10).normal(size=(10, 64))
    ax = plot_templates(W)
    assert [text.get_text() for text in ax.texts] == list("0123456789")
    pictures = ax.get_images()
    np.testing.assert_array_equal(pictures[3].get_array(), W[3].reshape(8, 8))
    assert {picture.get_clim() for picture in pictures} == {(-np.abs(W).max(), np.abs(W).max())}


def test_a_descent_is_drawn_on_logarithmic_axes(figures):
    ax = plot_descent_of_loss([1, 10], [1.0, 0.1], [0.5, 0.4])
    assert ax.get_xscale() == ax.get_yscale() == "log" and len(ax.get_lines()) == 2


def test_the_live_scores_cost_and_pull_as_in_the_library():
    states = some_states("scores", 300)
    states.append({**dict.fromkeys(states[0], 0), "delta": "1"})  # all equal: chance
    kinks = {"A2": -1, "A3": -1, "B1": -3, "B3": -1, "C1": -1, "C2": -1.5}
    kinks["delta"], y = "1", np.arange(3)
    for state, answer in zip(
        [*states, kinks], ask(*[("scores", s) for s in [*states, kinks]]), strict=True
    ):
        z = np.array([[state.get(f"{point}{k}", 0) for k in (1, 2, 3)] for point in "ABC"], float)
        values, delta = answer["values"], float(state["delta"])
        hinge, dW = multiclass_hinge(z.T, np.eye(3), y, delta)  # these scores are z
        xent, dz = softmax_xent(z, y)
        assert values["hinge"] == pytest.approx(hinge, rel=1e-9, abs=1e-12)
        assert values["xent"] == pytest.approx(xent, rel=1e-9)
        for i, point in enumerate(values["points"]):
            assert point["scores"] == z[i].tolist()
            assert point["p"] == pytest.approx(softmax(z[i]), rel=1e-9)
            assert point["xent"] == pytest.approx(softmax_xent(z[i : i + 1], [i])[0], rel=1e-9)
            one = multiclass_hinge(z[i : i + 1].T, [[1]], [i], delta)[0]
            assert point["hinge"] == pytest.approx(one, rel=1e-9, abs=1e-12)
            assert point["dxent"] == pytest.approx(dz[i], rel=1e-9, abs=1e-12)
            # A score that only rounding puts on the other side of a kink may count or not.
            margins = np.delete(z[i] - z[i, i] + delta, i)
            if np.all((margins == 0) | (np.abs(margins) > 1e-9)):
                assert point["dhinge"] == pytest.approx(dW.T[i], rel=1e-9, abs=1e-12)
        leads = z[y, y] - np.where(np.eye(3), -np.inf, z).max(axis=1)
        assert values["right"] == np.sum(leads > 0)
    assert values["hinge"] == 0 and "mean hinge loss 0," in answer["words"]
