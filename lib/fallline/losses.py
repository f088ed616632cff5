"""Losses of linear models with their gradients by hand, and the linear layer under them."""

from __future__ import annotations

import numpy as np

from fallline.inputs import real_array, real_number


def _data(X) -> np.ndarray:
    """Return X as a float64 matrix with at least one row."""
    X = real_array(X, "X", 2)
    if not len(X):
        raise ValueError("X has no rows, and the mean over nothing is undefined")
    return X


def _labels(y, N: int, C: int) -> np.ndarray:
    """Return y as N class numbers from 0 to C - 1, or say why it cannot be that."""
    y = np.array(y)
    if y.dtype.kind not in "iu":
        raise TypeError(f"y must hold class numbers (integers), got dtype {y.dtype}")
    if y.shape != (N,):
        raise ValueError(f"y must have shape ({N},), one class number per row, got {y.shape}")
    if np.any((y < 0) | (y >= C)):
        raise ValueError(f"y must hold class numbers from 0 to {C - 1}, got {y.min()} to {y.max()}")
    return y


def _scores(z) -> np.ndarray:
    """Return z as float64 scores with at least one class on the last axis."""
    z = real_array(z, "z")
    if z.ndim == 0 or z.shape[-1] == 0:
        raise ValueError(f"z must have a last axis of at least one class, got shape {z.shape}")
    return z


def least_squares(w, X, y) -> tuple[float, np.ndarray]:
    r"""Return half the mean squared residual of a linear model, and its gradient.

    .. math::
        L(w) = \frac{1}{2N} \|X w - y\|_2^2, \qquad
        \nabla L = \frac{1}{N} X^\top (X w - y)

    Parameters
    ----------
    w : array, shape (D,)
        The parameters.
    X : array, shape (N, D)
        One example a row.
    y : array, shape (N,)
        The targets; a column of shape (N, 1) is refused, since it would broadcast.

    Returns
    -------
    loss : float
        :math:`L(w)`.
    grad : array, shape (D,)
        :math:`\nabla L(w)`.

    Raises
    ------
    TypeError
        If an argument does not hold real numbers.
    ValueError
        If the shapes do not fit, or if X has no rows.

    Examples
    --------
    >>> least_squares([1, 1], [[1, 0], [1, 2]], [2, 1])
    (1.25, array([0.5, 2. ]))

    References
    ----------
    ``Bishop2006``, section 3.1.
    """
    w, X, y = real_array(w, "w", 1), _data(X), real_array(y, "y", 1)
    N, D = X.shape
    if w.shape != (D,) or y.shape != (N,):
        raise ValueError(f"w and y must have shapes ({D},) and ({N},), got {w.shape} and {y.shape}")
    residual = X @ w - y
    return float(residual @ residual / (2 * N)), X.T @ residual / N


def multiclass_hinge(W, X, y, delta=1.0) -> tuple[float, np.ndarray]:
    r"""Return the mean multiclass hinge loss of a linear classifier, and a subgradient.

    .. math::
        z = X W^\top, \qquad
        L(W) = \frac{1}{N} \sum_i \sum_{j \ne y_i} \max(0,\; z_{ij} - z_{i y_i} + \delta)

    Where a margin is exactly 0, at the kink, it counts as met and adds nothing to the gradient.

    Parameters
    ----------
    W : array, shape (C, D)
        One row for each class.
    X : array, shape (N, D)
        One example a row.
    y : array of int, shape (N,)
        The classes, from 0 to C - 1.
    delta : float
        By how much the right score has to lead.

    Returns
    -------
    loss : float
        :math:`L(W)`.
    dW : array, shape (C, D)
        A subgradient of L at W, the gradient wherever there is one.

    Raises
    ------
    TypeError
        If W, X or delta does not hold real numbers, or y no integers.
    ValueError
        If the shapes do not fit, if X has no rows, or if a class number is out of range.

    Examples
    --------
    >>> multiclass_hinge([[1, 0], [0, 1], [1, 1]], [[2, 1]], [0])
    (2.0, array([[-2., -1.],
           [ 0.,  0.],
           [ 2.,  1.]]))

    References
    ----------
    ``WestonWatkins1999``; ``CrammerSinger2001`` takes the worst class instead of the sum.
    """
    W, X, delta = real_array(W, "W", 2), _data(X), real_number(delta, "delta")
    (C, D), N = W.shape, len(X)
    if X.shape != (N, D):
        raise ValueError(f"X must have shape (N, {D}) to fit W, got {X.shape}")
    y, rows = _labels(y, N, C), np.arange(N)
    scores = X @ W.T
    margins = scores - scores[rows, y][:, None] + delta
    margins[rows, y] = 0
    # 1 where a margin is violated, 0 where it is met (also exactly), NaN where it is NaN.
    dscores = np.heaviside(margins, 0.0)
    dscores[rows, y] = -np.sum(dscores, axis=1)
    return float(np.sum(np.maximum(margins, 0)) / N), dscores.T @ X / N


def log_softmax(z) -> np.ndarray:
    r"""Return the logarithm of the softmax without ever forming the softmax.

    .. math:: \log p_k = (z_k - m) - \log \sum_j e^{z_j - m}, \qquad m = \max_j z_j

    Parameters
    ----------
    z : array, shape (..., C)
        Scores, also called logits; the classes are on the last axis.

    Returns
    -------
    array, shape (..., C)
        Logarithms of probabilities, at most 0.

    Raises
    ------
    TypeError
        If z does not hold real numbers.
    ValueError
        If z has no classes.

    Examples
    --------
    >>> log_softmax([1000, 0])
    array([    0., -1000.])

    References
    ----------
    ``BlanchardHighamHigham2021``.
    """
    z = _scores(z)
    with np.errstate(invalid="ignore"):
        z = z - np.max(z, axis=-1, keepdims=True)
    return z - np.log(np.sum(np.exp(z), axis=-1, keepdims=True))


def softmax(z) -> np.ndarray:
    r"""Return scores as probabilities, row by row.

    .. math:: p_k = \frac{e^{z_k - m}}{\sum_j e^{z_j - m}}, \qquad m = \max_j z_j

    Parameters
    ----------
    z : array, shape (..., C)
        Scores, also called logits; the classes are on the last axis.

    Returns
    -------
    array, shape (..., C)
        Probabilities; each row sums to 1.

    Raises
    ------
    TypeError
        If z does not hold real numbers.
    ValueError
        If z has no classes.

    Examples
    --------
    >>> softmax([0, 0, 0, 0])
    array([0.25, 0.25, 0.25, 0.25])
    >>> softmax([[1000, 1000], [0, -1000]])
    array([[0.5, 0.5],
           [1. , 0. ]])

    References
    ----------
    ``BlanchardHighamHigham2021``.
    """
    z = _scores(z)
    with np.errstate(invalid="ignore"):
        e = np.exp(z - np.max(z, axis=-1, keepdims=True))
    return e / np.sum(e, axis=-1, keepdims=True)


def softmax_xent(z, y) -> tuple[float, np.ndarray]:
    r"""Return the mean cross-entropy of softmax scores, and its gradient by the scores.

    .. math::
        L(z) = -\frac{1}{N} \sum_i \log p_{i y_i}, \qquad
        \frac{\partial L}{\partial z_{ik}} = \frac{p_{ik} - [k = y_i]}{N}

    Parameters
    ----------
    z : array, shape (N, C)
        Scores, also called logits, one example a row.
    y : array of int, shape (N,)
        The classes, from 0 to C - 1.

    Returns
    -------
    loss : float
        :math:`L(z)`, finite for all finite scores.
    dz : array, shape (N, C)
        The gradient; each row sums to 0.

    Raises
    ------
    TypeError
        If z does not hold real numbers, or y no integers.
    ValueError
        If the shapes do not fit, or if a class number is out of range.

    Examples
    --------
    >>> softmax_xent([[0, 0]], [1])
    (0.6931471805599453, array([[ 0.5, -0.5]]))
    >>> softmax_xent([[1000, 0]], [1])
    (1000.0, array([[ 1., -1.]]))

    References
    ----------
    ``Bishop2006``, section 4.3.4.
    """
    z = _scores(real_array(z, "z", 2))
    N, C = z.shape
    if not N:
        raise ValueError("z has no rows, and the mean over nothing is undefined")
    y, rows = _labels(y, N, C), np.arange(N)
    dz = softmax(z)
    dz[rows, y] -= 1
    return float(0.0 - np.sum(log_softmax(z)[rows, y]) / N), dz / N


def l2_penalty(params, lam, skip=("b",)) -> tuple[float, dict]:
    r"""Return the L2 penalty of named parameters, and its gradients.

    .. math:: R = \tfrac{1}{2} \lambda \sum W^2, \qquad \nabla_W R = \lambda W

    Parameters
    ----------
    params : dict of str to array
        The parameters by name.
    lam : float
        The weight of the penalty, at least 0.
    skip : collection of str
        The names that are not penalised, by custom the biases.

    Returns
    -------
    value : float
        The penalty; the skipped parameters add nothing.
    grads : dict of str to array
        For each name an array of its parameter's shape; zeros for a skipped one.

    Raises
    ------
    TypeError
        If a parameter or lam does not hold real numbers, or if skip is one string.
    ValueError
        If lam is negative.

    Examples
    --------
    >>> l2_penalty({"W": [[3, 4]], "b": [7]}, 0.1)
    (1.25, {'W': array([[0.3, 0.4]]), 'b': array([0.])})

    References
    ----------
    ``HoerlKennard1970``.
    """
    lam = real_number(lam, "lam")
    if lam < 0:
        raise ValueError(f"lam must be at least 0, got {lam}")
    if isinstance(skip, str):
        raise TypeError(f"skip must be a collection of names, such as ({skip!r},), got {skip!r}")
    value, grads = 0.0, {}
    for name, array in params.items():
        W = real_array(array, f"params[{name!r}]")
        if name in skip:
            grads[name] = np.zeros_like(W)
        else:
            value += float(lam * np.sum(W * W) / 2)
            grads[name] = lam * W
    return value, grads


def linear_forward(X, W, b) -> np.ndarray:
    r"""Return the output of a linear layer.

    .. math:: \text{out} = X W + b

    Parameters
    ----------
    X : array, shape (N, D)
        The inputs, one example a row.
    W : array, shape (D, M)
        The weights, one column for each output.
    b : array, shape (M,)
        The biases, added to each row.

    Returns
    -------
    array, shape (N, M)
        The outputs.

    Raises
    ------
    TypeError
        If an argument does not hold real numbers.
    ValueError
        If the shapes do not fit.

    Examples
    --------
    >>> linear_forward([[1, 2]], [[1, 0, 3], [0, 1, 4]], [10, 20, 30])
    array([[11., 22., 41.]])

    References
    ----------
    ``GoodfellowBengioCourville2016``, chapter 6.
    """
    X, W, b = real_array(X, "X", 2), real_array(W, "W", 2), real_array(b, "b", 1)
    if X.shape[1] != W.shape[0] or b.shape != W.shape[1:]:
        raise ValueError(
            f"X, W and b must have shapes (N, D), (D, M), (M,), got {X.shape}, {W.shape}, {b.shape}"
        )
    return X @ W + b


def linear_backward(dout, X, W) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    r"""Return the gradients of a linear layer, from the gradient by its output.

    .. math::
        \text{d}X = \text{dout}\, W^\top, \qquad
        \text{d}W = X^\top \text{dout}, \qquad
        \text{d}b_m = \sum_i \text{dout}_{im}

    Parameters
    ----------
    dout : array, shape (N, M)
        The gradient of the loss by the output X @ W + b.
    X : array, shape (N, D)
        The inputs.
    W : array, shape (D, M)
        The weights.

    Returns
    -------
    dX : array, shape (N, D)
        The gradient by X.
    dW : array, shape (D, M)
        The gradient by W.
    db : array, shape (M,)
        The gradient by b: a sum over the examples, since a mean is the loss's affair.

    Raises
    ------
    TypeError
        If an argument does not hold real numbers.
    ValueError
        If the shapes do not fit.

    Examples
    --------
    >>> dX, dW, db = linear_backward([[1, 0, 2]], [[3, 4]], [[1, 2, 3], [4, 5, 6]])
    >>> dX
    array([[ 7., 16.]])
    >>> dW
    array([[3., 0., 6.],
           [4., 0., 8.]])
    >>> db
    array([1., 0., 2.])

    References
    ----------
    ``GoodfellowBengioCourville2016``, section 6.5.
    """
    dout, X, W = real_array(dout, "dout", 2), real_array(X, "X", 2), real_array(W, "W", 2)
    if (X.shape[1], dout.shape[1]) != W.shape or len(X) != len(dout):
        raise ValueError(
            "dout, X and W must have shapes (N, M), (N, D), (D, M), "
            f"got {dout.shape}, {X.shape}, {W.shape}"
        )
    return dout @ W.T, X.T @ dout, np.sum(dout, axis=0)


def loss_at_chance(kind: str, C) -> float:
    r"""Return the loss of a classifier whose scores are all equal, whatever the data.

    .. math:: L_\text{hinge} = C - 1 \quad (\delta = 1), \qquad L_\text{cross-entropy} = \ln C

    Parameters
    ----------
    kind : {"hinge", "cross-entropy"}
        Which loss.
    C : int
        The number of classes, at least 1.

    Returns
    -------
    float
        The loss to expect before any training, at W = 0.

    Raises
    ------
    TypeError
        If C is not a real number.
    ValueError
        If the kind is unknown, or if C is not a positive whole number.

    Examples
    --------
    >>> loss_at_chance("hinge", 10)
    9.0
    >>> round(loss_at_chance("cross-entropy", 10), 6)
    2.302585

    References
    ----------
    ``KarpathyLi2015``, linear classification.
    """
    C = real_number(C, "C")
    if C < 1 or C % 1 > 0:  # NaN and infinity pass
        raise ValueError(f"C must be a positive whole number, got {C:g}")
    if kind == "hinge":
        return C - 1
    if kind == "cross-entropy":
        return float(np.log(C))
    raise ValueError(f'kind must be "hinge" or "cross-entropy", got {kind!r}')
