"""Deep networks: signals, initial weights, variances, clipping, normalisation, skips, symmetry."""

import itertools
import math

import numpy as np
import pytest

from conftest import oracle
from fallline import depth
from fallline.depth import (
    ACTIVATIONS,
    backward_norms,
    backward_signals,
    batchnorm,
    batchnorm_backward,
    break_symmetry_rank,
    chi,
    clip_by_global_norm,
    clip_by_value,
    deep_forward,
    drelu,
    init_weights,
    layernorm,
    layernorm_backward,
    mean_field,
    relu,
    residual_forward,
    residual_norms,
    residual_scale,
    variance_map,
    weight_gradients,
)
from test_live import ask, some_states

TORCH = oracle("torch_layers")
SMOOTH = ("sigmoid", "tanh", "elu", "linear")
KINDS = [f"{a}-{b}" for a in ("xavier", "he", "lecun") for b in ("normal", "uniform")]


def network(sizes, seed=0, batch=None):
    """Return weights of those sizes, an input and a gradient at the end."""
    rng = np.random.default_rng(seed)
    Ws = [rng.normal(size=(m, n)) / np.sqrt(n) for n, m in itertools.pairwise(sizes)]
    tail = () if batch is None else (batch,)
    return Ws, rng.normal(size=(sizes[0], *tail)), rng.normal(size=(sizes[-1], *tail))


def slopes(f, x, h=1e-6):
    """Return the gradient of a scalar function of an array of any shape by central differences."""
    x = np.array(x, dtype=float)
    g = np.empty_like(x)
    for i in np.ndindex(x.shape):
        e = np.zeros_like(x)
        e[i] = h
        g[i] = (f(x + e) - f(x - e)) / (2 * h)
    return g


# --- activations ---


@pytest.mark.parametrize("name", ["relu", "elu", "tanh", "sigmoid"])
def test_activations_and_their_slopes_are_those_of_torch(name):
    table = {key: np.array(value) for key, value in TORCH["activations"][name].items()}
    phi, dphi = ACTIVATIONS[name]
    np.testing.assert_allclose(phi(table["x"]), table["out"], rtol=1e-10, atol=1e-300)
    np.testing.assert_allclose(dphi(table["x"]), table["dx"], rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("name", SMOOTH)
def test_a_slope_is_the_derivative_of_its_activation(name):
    phi, dphi = ACTIVATIONS[name]
    z = np.array([-30.0, -3.0, -0.5, 0.2, 1.0, 8.0])
    np.testing.assert_allclose(
        dphi(z), (phi(z + 1e-6) - phi(z - 1e-6)) / 2e-6, rtol=1e-8, atol=1e-10
    )


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activations_at_the_ends_of_the_scale(name):
    with np.errstate(all="raise", under="ignore"):
        values = [f(np.array([-1000.0, 1000.0])) for f in ACTIVATIONS[name]]
    ends = {"sigmoid": [0, 1], "tanh": [-1, 1], "relu": [0, 1000], "elu": [-1, 1000]}
    slopes_there = {"relu": [0, 1], "elu": [0, 1], "linear": [1, 1]}
    assert values[0].tolist() == ends.get(name, [-1000, 1000])
    assert values[1].tolist() == slopes_there.get(name, [0, 0])


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activations_keep_the_shape_and_nan_and_return_new_floats(name):
    for f in ACTIVATIONS[name]:
        z = np.array([[1, -2, 0]])
        assert f(z).shape == (1, 3) and f(z).dtype == np.float64
        assert np.isnan(f(np.array([np.nan, 1.0]))).tolist() == [True, False]
        floats = np.ones(2)
        assert not np.shares_memory(f(floats), floats)
        assert np.shape(f(0.5)) == ()


def test_small_slopes_keep_their_digits():
    assert depth.dsigmoid(40) == pytest.approx(math.exp(-40), rel=1e-14)
    assert depth.dtanh(30) == pytest.approx(4 * math.exp(-60), rel=1e-14)


# --- signals ---


def test_deep_forward_by_hand():
    zs, hs = deep_forward([[[1, -1], [0, 2], [3, 0]], [[1, 1, 1]]], [2, 5], relu)
    assert [z.tolist() for z in zs] == [[-3, 10, 6], [16]]
    assert [h.tolist() for h in hs] == [[2, 5], [0, 10, 6], [16]]
    assert all(a.dtype == np.float64 for a in (*zs, *hs))


def test_a_batch_is_the_columns_one_by_one():
    Ws, x, g = network([4, 7, 3], batch=5)
    zs, hs = deep_forward(Ws, x, np.tanh)
    signals = backward_signals(Ws, zs, depth.dtanh, g)
    for k in range(5):
        z1, h1 = deep_forward(Ws, x[:, k], np.tanh)
        one = backward_signals(Ws, z1, depth.dtanh, g[:, k])
        for many, single in ((zs, z1), (hs, h1), (signals, one)):
            for a, b in zip(many, single, strict=True):
                np.testing.assert_allclose(a[:, k], b, rtol=1e-13, atol=1e-15)


def test_an_activation_that_works_in_place_does_not_spoil_z():
    def in_place(z):
        return np.maximum(z, 0, out=z)

    zs, hs = deep_forward([[[-1.0]]], [2.0], in_place)
    assert (zs[0].tolist(), hs[1].tolist()) == ([-2], [0])
    zs, hs = deep_forward([[[3.0]]], [2.0], lambda z: z)
    assert not np.shares_memory(zs[0], hs[1])


def test_the_first_signal_is_a_copy_of_the_input():
    x = np.ones(2)
    _, hs = deep_forward([np.eye(2)], x, relu)
    hs[0][0] = 7
    assert x.tolist() == [1, 1]


def test_linear_layers_multiply():
    Ws, x, g = network([4, 6, 5, 3])
    identity, one = ACTIVATIONS["linear"]
    zs, hs = deep_forward(Ws, x, identity)
    product = Ws[2] @ Ws[1] @ Ws[0]
    np.testing.assert_allclose(hs[-1], product @ x)
    np.testing.assert_allclose(backward_signals(Ws, zs, one, g)[0], product.T @ g)


@pytest.mark.parametrize("name", ACTIVATIONS)
@pytest.mark.parametrize("batch", [None, 3])
def test_gradients_agree_with_differences(name, batch):
    phi, dphi = ACTIVATIONS[name]
    Ws, x, g = network([4, 6, 5, 3], seed=1, batch=batch)
    loss = lambda Ws, x: float(np.sum(g * deep_forward(Ws, x, phi)[1][-1]))  # noqa: E731
    zs, hs = deep_forward(Ws, x, phi)
    signals = backward_signals(Ws, zs, dphi, g)
    np.testing.assert_allclose(signals[0], slopes(lambda x: loss(Ws, x), x), atol=1e-8)
    for k, dW in enumerate(weight_gradients(Ws, zs, hs, dphi, g)):
        moved = lambda W, k=k: loss([*Ws[:k], W, *Ws[k + 1 :]], x)  # noqa: E731
        np.testing.assert_allclose(dW, slopes(moved, Ws[k]), atol=1e-8)
    np.testing.assert_allclose(
        backward_norms(Ws, zs, dphi, g), [np.linalg.norm(s) for s in signals], rtol=1e-14
    )


def test_one_layer_is_that_of_torch():
    table = {key: np.array(value) for key, value in TORCH["linear"].items()}
    W, x, upstream = table["W"], table["x"].T, table["upstream"].T
    identity, one = ACTIVATIONS["linear"]
    zs, hs = deep_forward([W], x, identity)
    np.testing.assert_allclose(zs[0] + table["b"][:, None], table["out"].T, atol=1e-12)
    np.testing.assert_allclose(
        backward_signals([W], zs, one, upstream)[0], table["dx"].T, atol=1e-12
    )
    np.testing.assert_allclose(
        weight_gradients([W], zs, hs, one, upstream)[0], table["dW"], atol=1e-12
    )


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_the_scale_of_the_loss_cancels_in_every_ratio(name):
    phi, dphi = ACTIVATIONS[name]
    Ws, x, g = network([50] * 31, seed=2)
    zs, _ = deep_forward(Ws, x, phi)
    norms = [backward_norms(Ws, zs, dphi, s * g) for s in (1e-3, 1.0, 1e3)]
    for scale, other in zip((1e-3, 1e3), (norms[0], norms[2]), strict=True):
        np.testing.assert_allclose(other, scale * norms[1], rtol=1e-12)


def test_relu_without_biases_does_not_feel_the_scale_of_its_input():
    Ws, x, g = network([50] * 21, seed=3)
    norms = [backward_norms(Ws, deep_forward(Ws, s * x, relu)[0], drelu, g) for s in (1e-2, 1, 1e2)]
    np.testing.assert_allclose(norms[0], norms[1], rtol=1e-13)
    np.testing.assert_allclose(norms[2], norms[1], rtol=1e-13)


def test_relu_layers_share_one_product_of_weights_and_gradients():
    Ws, x, g = network([6, 9, 4, 7], seed=4)
    zs, hs = deep_forward(Ws, x, relu)
    dWs = weight_gradients(Ws, zs, hs, drelu, g)
    products = [np.sum(W * dW) for W, dW in zip(Ws, dWs, strict=True)]
    np.testing.assert_allclose(products, g @ hs[-1], rtol=1e-12)


def test_signals_of_nan_and_bad_shapes():
    zs, hs = deep_forward([np.eye(2)], [np.nan, 1.0], relu)
    assert np.isnan(zs[0]).all() and np.isnan(hs[1]).all()
    assert np.isnan(backward_norms([np.eye(2)], zs, drelu, [1.0, 1.0])).tolist() == [True, False]
    with pytest.raises(ValueError, match="layer 1 returns 3 numbers and layer 2 takes 2"):
        deep_forward([np.ones((3, 2)), np.ones((4, 2))], np.ones(2), relu)
    with pytest.raises(ValueError, match=r"x must have shape \(2,\) or \(2, batch\)"):
        deep_forward([np.ones((3, 2))], np.ones(3), relu)
    with pytest.raises(TypeError, match="real numbers"):
        deep_forward([np.ones((3, 2))], "ab", relu)
    with pytest.raises(ValueError, match="one z for each W"):
        backward_norms([np.eye(2)], [], drelu, np.ones(2))
    with pytest.raises(ValueError, match="z must have the shapes"):
        backward_norms([np.eye(2)], [np.ones(2)], drelu, np.ones(3))
    assert backward_norms([], [], drelu, [3.0, 4.0]).tolist() == [5]


def test_norms_do_not_overflow():
    identity, one = ACTIVATIONS["linear"]
    zs, _ = deep_forward([1e200 * np.eye(2)], np.ones(2), identity)
    norms = backward_norms([1e200 * np.eye(2)], zs, one, [3.0, 4.0])
    np.testing.assert_allclose(norms, [5e200, 5])


# --- initial weights ---


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("n_in, n_out", [(500, 300), (300, 500)])
def test_initial_weights_have_their_variance(kind, n_in, n_out):
    W = init_weights(kind, n_in, n_out, np.random.default_rng(0))
    name, law = kind.split("-")
    variance = {"xavier": 2 / 800, "he": 2 / n_in, "lecun": 1 / n_in}[name]
    assert W.shape == (n_out, n_in)
    # Five standard errors: a variance from N normal numbers has the relative error sqrt(2 / N).
    assert W.var() == pytest.approx(variance, rel=5 * math.sqrt(2 / W.size))
    assert abs(W.mean()) < 5 * math.sqrt(variance / W.size)
    bound = math.sqrt(3 * variance)
    top = np.abs(W).max() / bound
    assert 0.999 < top < 1 if law == "uniform" else top > 1.5


@pytest.mark.parametrize("sample", TORCH["init"], ids=[s["init"] for s in TORCH["init"]])
def test_initial_weights_agree_with_samples_of_torch(sample):
    names = {"xavier": "xavier", "kaiming": "he"}
    family, law = sample["init"].split("_")[:2]
    n_out, n_in = sample["shape"]
    W = init_weights(f"{names[family]}-{law}", n_in, n_out, np.random.default_rng(1))
    assert W.std() == pytest.approx(sample["sample_std"], rel=0.02)
    rel = 1e-3 if law == "uniform" else 0.25
    assert np.abs(W).max() == pytest.approx(sample["sample_absmax"], rel=rel)


def test_the_factors_of_he_and_lecun_are_those_of_torch():
    draw = lambda kind: init_weights(kind, 40, 30, np.random.default_rng(2))  # noqa: E731
    gains = TORCH["gains"]
    ratio = gains["relu"] / gains["linear"]
    np.testing.assert_allclose(draw("he-normal"), ratio * draw("lecun-normal"), rtol=1e-14)


def test_initial_weights_depend_on_rng_alone():
    draws = [init_weights("he-normal", 3, 2, np.random.default_rng(s)) for s in (5, 5, 6)]
    np.testing.assert_array_equal(draws[0], draws[1])
    assert not np.array_equal(draws[0], draws[2])


def test_initial_weight_errors():
    rng = np.random.default_rng(0)
    with pytest.raises(ValueError, match="kind must be one of xavier-normal"):
        init_weights("glorot", 2, 2, rng)
    for bad in ((0, 2), (2, -1), (2.5, 2)):
        with pytest.raises(ValueError, match="whole number"):
            init_weights("he-normal", *bad, rng)


# --- variances ---


def test_variance_map_and_chi_of_relu():
    q, chis = mean_field(4, 2.0, relu, drelu, q0=3.0)
    np.testing.assert_allclose(q, 6.0, rtol=1e-12)
    np.testing.assert_allclose(chis, 1.0, rtol=1e-12)
    rng = np.random.default_rng(0)
    # relu(z)^2 has mean q/2 and variance 5/4 q^2: five standard errors of 10^6 draws.
    assert variance_map(6.0, 2.0, relu, rng, 10**6) == pytest.approx(6, abs=5 * 12e-3 * 1.12)
    assert chi(6.0, 2.0, drelu, rng, 10**6) == pytest.approx(1, abs=5 * 1e-3)


def test_a_bias_adds_its_variance():
    maps = [
        variance_map(1.0, 1.5, np.tanh, np.random.default_rng(3), 1000, sb2=b) for b in (0, 0.3)
    ]
    assert maps[1] - maps[0] == pytest.approx(0.3, rel=1e-12)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_quadrature_and_sampling_agree(name):
    phi, dphi = ACTIVATIONS[name]
    q, chis = mean_field(3, 2.25, phi, dphi)
    rng = np.random.default_rng(4)
    for k in range(2):
        assert variance_map(q[k], 2.25, phi, rng, 400_000) == pytest.approx(q[k + 1], rel=0.02)
        assert chi(q[k], 2.25, dphi, rng, 400_000) == pytest.approx(chis[k], rel=0.02)


def test_quadrature_is_good_to_six_digits():
    """Against Gauss-Hermite sums for smooth functions, and closed forms for the others."""
    xi, weight = np.polynomial.hermite_e.hermegauss(120)
    weight = weight / weight.sum()
    for name in ("sigmoid", "tanh"):
        phi, dphi = ACTIVATIONS[name]
        q, chis = mean_field(3, 2.0, phi, dphi)
        z = np.sqrt(q[1]) * xi
        assert q[2] == pytest.approx(2 * weight @ phi(z) ** 2, rel=1e-8)
        assert chis[1] == pytest.approx(2 * weight @ dphi(z) ** 2, rel=1e-8)
    # E[elu'(z)^2] = 1/2 + e^{2q} Phi(-2 sqrt q)
    tail = math.exp(2) * math.erfc(2 / math.sqrt(2)) / 2
    assert mean_field(1, 1.0, *ACTIVATIONS["elu"])[1][0] == pytest.approx(0.5 + tail, rel=2e-5)


@pytest.mark.parametrize("name, gain", [("tanh", 1.0), ("relu", 2**0.5), ("sigmoid", 1.0)])
def test_wide_layers_follow_the_mean_field(name, gain):
    phi, dphi = ACTIVATIONS[name]
    rng, n, L = np.random.default_rng(5), 800, 5
    Ws = [gain / math.sqrt(n) * rng.normal(size=(n, n)) for _ in range(L)]
    zs, _ = deep_forward(Ws, rng.normal(size=n), phi)
    norms = backward_norms(Ws, zs, dphi, rng.normal(size=n))
    _, chis = mean_field(L, gain**2, phi, dphi)
    assert norms[0] / norms[-1] == pytest.approx(np.sqrt(np.prod(chis)), rel=0.25)


def test_variance_edges():
    rng = np.random.default_rng(0)
    assert variance_map(0.0, 2.0, relu, rng, 10) == 0
    assert math.isnan(variance_map(math.nan, 2.0, relu, rng, 10))
    assert math.isnan(chi(math.nan, 2.0, drelu, rng, 10))
    for bad in ((-1.0, 1.0, 0.0), (1.0, -1.0, 0.0), (1.0, 1.0, -1.0)):
        with pytest.raises(ValueError, match="cannot be negative"):
            variance_map(*bad[:2], relu, rng, 10, sb2=bad[2])


# --- clipping ---


def test_clipping_by_the_global_norm_by_hand():
    clipped = clip_by_global_norm([[3, 4], [0, 0, 12]], 6.5)
    assert [g.tolist() for g in clipped] == [[1.5, 2], [0, 0, 6]]
    below = clip_by_global_norm([[3, 4], [0, 0, 12]], 13)
    assert [g.tolist() for g in below] == [[3, 4], [0, 0, 12]]


@pytest.mark.parametrize("case", TORCH["clip"])
def test_clipping_is_that_of_torch_but_for_its_millionth(case):
    grads = [np.array(g) for g in case["grads"]]
    if "clip_value" in case:
        clipped, factor = clip_by_value(grads, case["clip_value"]), 1.0
    else:
        c, norm = case["max_norm"], case["total_norm"]
        clipped = clip_by_global_norm(grads, c)
        # Theirs is min(1, c / (norm + 1e-6)), ours is min(1, c / norm).
        factor = min(1, c / (norm + 1e-6)) / min(1, c / norm) if norm else 1.0
    for mine, theirs in zip(clipped, case["clipped"], strict=True):
        np.testing.assert_allclose(factor * mine, theirs, rtol=1e-10, atol=1e-12)


def test_clipping_keeps_the_direction_and_clipping_by_value_does_not():
    rng = np.random.default_rng(0)
    grads = [10 * rng.normal(size=(3, 4)), rng.normal(size=5), np.array(2.0)]
    flat = lambda parts: np.concatenate([np.ravel(p) for p in parts])  # noqa: E731
    g, by_norm, by_value = map(
        flat, (grads, clip_by_global_norm(grads, 1), clip_by_value(grads, 1))
    )
    cosine = lambda a, b: a @ b / np.linalg.norm(a) / np.linalg.norm(b)  # noqa: E731
    assert np.linalg.norm(by_norm) == pytest.approx(1, rel=1e-14)
    assert cosine(g, by_norm) == pytest.approx(1, rel=1e-14) and cosine(g, by_value) < 0.95
    assert [p.shape for p in clip_by_global_norm(grads, 1)] == [(3, 4), (5,), ()]


def test_clipping_edges():
    assert [g.tolist() for g in clip_by_global_norm([[0.0, 0.0]], 1)] == [[0, 0]]
    huge = clip_by_global_norm([[3e200, 4e200]], 1)[0]
    np.testing.assert_allclose(huge, [0.6, 0.8])
    assert np.isnan(clip_by_global_norm([[np.nan]], 1)[0]).all()
    assert np.isnan(clip_by_value([[np.nan]], 1)[0]).all()
    g = np.ones(2)
    (same,) = clip_by_global_norm([g], 5)
    assert not np.shares_memory(same, g)
    assert clip_by_global_norm([], 1) == ()
    for clip in (clip_by_global_norm, clip_by_value):
        for c in (0, -1, np.nan):
            with pytest.raises(ValueError, match="c must be positive"):
                clip([g], c)


# --- normalisation ---


NORMS = {
    "batchnorm_train": (batchnorm, batchnorm_backward),
    "layernorm": (layernorm, layernorm_backward),
}


@pytest.mark.parametrize("name", NORMS)
def test_normalisation_is_that_of_torch(name):
    table = {key: np.array(value) for key, value in TORCH[name].items()}
    forward, backward = NORMS[name]
    out = forward(table["x"], table["gamma"], table["beta"])
    np.testing.assert_allclose(out, table["out"], rtol=1e-10, atol=1e-10)
    found = backward(table["upstream"], table["x"], table["gamma"])
    for mine, key in zip(found, ("dx", "dgamma", "dbeta"), strict=True):
        np.testing.assert_allclose(mine, table[key], rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("name", NORMS)
@pytest.mark.parametrize("shape, eps", [((5, 3), 1e-5), ((2, 4), 0.3), ((7, 2), 1e-2)])
def test_normalisation_backward_agrees_with_differences(name, shape, eps):
    forward, backward = NORMS[name]
    rng = np.random.default_rng(6)
    x, dy = rng.normal(size=shape), rng.normal(size=shape)
    g, b = rng.normal(size=shape[1]), rng.normal(size=shape[1])
    dx, dg, db = backward(dy, x, g, eps)
    loss = lambda x, g, b: float(np.sum(dy * forward(x, g, b, eps)))  # noqa: E731
    tol = {"rtol": 1e-5, "atol": 1e-6}
    np.testing.assert_allclose(dx, slopes(lambda x: loss(x, g, b), x, 1e-5), **tol)
    np.testing.assert_allclose(dg, slopes(lambda g: loss(x, g, b), g), **tol)
    np.testing.assert_allclose(db, slopes(lambda b: loss(x, g, b), b), **tol)


@pytest.mark.parametrize("name, axis", [("batchnorm_train", 0), ("layernorm", 1)])
def test_normalised_numbers_have_mean_b_and_standard_deviation_g(name, axis):
    x = np.random.default_rng(7).normal(3, 5, size=(40, 30))
    y = NORMS[name][0](x, 2.0, -1.0, 0.0)
    np.testing.assert_allclose(y.mean(axis=axis), -1, atol=1e-13)
    np.testing.assert_allclose(y.std(axis=axis), 2, rtol=1e-13)


@pytest.mark.parametrize("name, axis", [("batchnorm_train", 0), ("layernorm", 1)])
def test_the_gradient_is_blind_to_a_shift_and_to_a_stretch_of_its_input(name, axis):
    rng = np.random.default_rng(8)
    x, dy = rng.normal(size=(6, 5)), rng.normal(size=(6, 5))
    dx, _, _ = NORMS[name][1](dy, x, 1.5, 0.0)
    np.testing.assert_allclose(dx.sum(axis=axis), 0, atol=1e-13)
    np.testing.assert_allclose((dx * x).sum(axis=axis), 0, atol=1e-13)
    np.testing.assert_allclose(NORMS[name][0](10 * x, 1, 0, 0), NORMS[name][0](x, 1, 0, 0))
    np.testing.assert_allclose(NORMS[name][1](dy, 10 * x, 1.5, 0.0)[0], dx / 10)


def test_normalisation_edges():
    assert np.isnan(batchnorm([[np.nan, 1], [0, 2]], 1, 0)).tolist() == [[True, False]] * 2
    assert batchnorm([[1, 2]], 1, 5).tolist() == [[5, 5]]
    for f in (batchnorm, layernorm):
        with pytest.raises(ValueError, match="one entry per column of x, 3, got"):
            f(np.ones((2, 3)), np.ones(2), 0)
        with pytest.raises(ValueError, match="ndim = 2"):
            f(np.ones(3), 1, 0)
    with pytest.raises(ValueError, match="dy must have the shape of x"):
        batchnorm_backward(np.ones((2, 2)), np.ones((2, 3)), 1)


# --- residual paths ---


def test_residual_forward_by_hand():
    zs, hs = residual_forward([np.eye(2), -np.eye(2)], [1, -2], relu, scale=0.5)
    assert [z.tolist() for z in zs] == [[1, -2], [-1.5, 2]]
    assert [h.tolist() for h in hs] == [[1, -2], [1.5, -2], [1.5, -1]]


@pytest.mark.parametrize("scale", [None, 1.0, 0.25])
@pytest.mark.parametrize("batch", [None, 3])
def test_residual_norms_agree_with_differences(scale, batch):
    Ws, x, g = network([4, 4, 4, 4], seed=9, batch=batch)
    loss = lambda x: float(np.sum(g * residual_forward(Ws, x, np.tanh, scale)[1][-1]))  # noqa: E731
    zs, hs = residual_forward(Ws, x, np.tanh, scale)
    norms = residual_norms(Ws, zs, depth.dtanh, g, scale)
    assert norms.shape == (4,)
    assert norms[0] == pytest.approx(np.linalg.norm(slopes(loss, x)), rel=1e-8)
    factor = 1 / math.sqrt(3) if scale is None else scale
    np.testing.assert_allclose(hs[1], hs[0] + factor * np.tanh(zs[0]), rtol=1e-14)


def test_a_scale_of_zero_leaves_only_the_path():
    Ws, x, g = network([4, 4, 4], seed=10)
    zs, hs = residual_forward(Ws, x, relu, 0)
    np.testing.assert_array_equal(hs[-1], x)
    np.testing.assert_allclose(residual_norms(Ws, zs, drelu, g, 0), np.linalg.norm(g))


def test_residual_edges():
    assert residual_scale(4) == 0.5 and type(residual_scale(4)) is float
    assert math.isnan(residual_scale(math.nan))
    with pytest.raises(ValueError, match="at least 1"):
        residual_scale(0)
    with pytest.raises(ValueError, match="must be square"):
        residual_forward([np.ones((3, 2))], np.ones(2), relu)


# --- symmetry ---


def test_rank_of_the_last_weights():
    start, end = np.eye(3, 4), np.outer([1, 2, 3], [1, 0, 1, 1])
    assert break_symmetry_rank([start, end]) == 1
    assert break_symmetry_rank([end, start]) == 3
    assert break_symmetry_rank([end, end + 1e-12 * start]) == 1
    assert break_symmetry_rank([end, 1e-20 * start]) == 3
    assert break_symmetry_rank([end, 0 * end]) == 0
    assert break_symmetry_rank([np.diag([1.0, 0.1])], tol=0.5) == 1
    assert type(break_symmetry_rank([start])) is int


def test_rank_edges():
    assert math.isnan(break_symmetry_rank([[[np.nan, 1.0]]]))
    for bad in (np.ones((2, 3)), np.ones((0, 2, 2))):
        with pytest.raises(ValueError):
            break_symmetry_rank(bad)
    with pytest.raises(ValueError, match="tol"):
        break_symmetry_rank(np.ones((1, 2, 2)), tol=0)


# --- no argument is changed ---


def test_arguments_stay_as_they_are():
    Ws, x, g = network([4, 4, 4], seed=11, batch=4)
    before = [a.copy() for a in (*Ws, x, g)]
    for forward, back in ((deep_forward, backward_norms), (residual_forward, residual_norms)):
        zs, hs = forward(Ws, x, relu)
        kept = [a.copy() for a in (*zs, *hs)]
        back(Ws, zs, drelu, g)
        weight_gradients(Ws, zs, hs, drelu, g)
        assert all(np.array_equal(a, b) for a, b in zip((*zs, *hs), kept, strict=True))
    clip_by_global_norm([x, g], 0.1)
    clip_by_value([x, g], 0.1)
    batchnorm(x, np.ones(4), np.zeros(4))
    batchnorm_backward(g, x, np.ones(4))
    break_symmetry_rank([x, g])
    assert all(np.array_equal(a, b) for a, b in zip((*Ws, x, g), before, strict=True))


# --- the live figure ---


def test_the_map_of_depth_and_gain_is_that_of_the_library():
    states = some_states("depth-map", 60)
    states += [
        {"act": act, "loss": "1", "depth": 50, "gain": gain}
        for act in ACTIVATIONS
        for gain in (0.25, 1, 1.41, 64)
    ]
    answers = ask(*[("depth-map", state) for state in states])
    for state, answer in zip(states, answers, strict=True):
        values, depth_ = answer["values"], state["depth"]
        _, chis = mean_field(depth_, state["gain"] ** 2, *ACTIVATIONS[state["act"]])
        steps = np.log10(chis) / 2
        assert values["decades"] == pytest.approx(steps.sum(), rel=1e-9, abs=1e-9)
        assert values["factor"] == pytest.approx(10 ** steps.mean(), rel=1e-9)
        norms = np.append(np.cumsum(steps[::-1])[::-1], 0) + math.log10(float(state["loss"]))
        np.testing.assert_allclose(values["norms"], norms, rtol=1e-9, atol=1e-9)


def test_the_map_is_one_and_the_same_for_every_scale_of_the_loss():
    state = {"act": "sigmoid", "depth": 30, "gain": 1}
    maps = [ask(("depth-map", {**state, "loss": loss}))[0] for loss in ("1", "1000", "0.001")]
    for other in maps[1:]:
        for name in ("map", "decades", "factor"):
            assert other["values"][name] == maps[0]["values"][name]
    assert maps[0]["values"]["decades"] == pytest.approx(-18.8, abs=0.1)
