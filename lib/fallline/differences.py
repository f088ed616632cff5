"""Derivatives from function values alone: differences, the complex step, and their errors.

Every scheme takes a function, a point and a step `h`, and estimates the derivative.
Two errors meet in `h`: truncation grows with it, rounding grows as it shrinks.
"""

import numpy as np

from fallline.inputs import nonzero_step, real_array


def forward_diff(f, x, h):
    r"""Estimate the derivative by the forward difference.

    .. math:: D_+(h) = \frac{f(x + h) - f(x)}{h} = f'(x) + O(h)

    Parameters
    ----------
    f : callable
        Real function; it gets what `x` is and returns a result of the same shape.
    x : float or array
        The point; for an array, `f` works element by element.
    h : float
        The step, not zero; a negative one looks to the left.

    Returns
    -------
    float or array, shape of `x`
        The slope of the secant from `x` to `x + h`.

    Raises
    ------
    TypeError
        `x`, `h` or a result of `f` is not a real number.
    ValueError
        `h` is zero, or `f` returns another shape than that of `x`.

    Examples
    --------
    >>> forward_diff(lambda x: x**2, 3, 0.5)
    6.5

    References
    ----------
    ``NocedalWright2006``, section 8.1.
    """
    x, h = real_array(x, "x"), nonzero_step(h)
    return _quotient(_value(f, x + h, x), _value(f, x, x), h)


def central_diff(f, x, h):
    r"""Estimate the derivative by the central difference.

    .. math:: D_0(h) = \frac{f(x + h) - f(x - h)}{2h} = f'(x) + O(h^2)

    Parameters
    ----------
    f : callable
        Real function; it gets what `x` is and returns a result of the same shape.
    x : float or array
        The point; for an array, `f` works element by element.
    h : float
        Half the distance between the two samples, not zero.

    Returns
    -------
    float or array, shape of `x`
        The slope of the secant from `x - h` to `x + h`.

    Raises
    ------
    TypeError
        `x`, `h` or a result of `f` is not a real number.
    ValueError
        `h` is zero, or `f` returns another shape than that of `x`.

    Examples
    --------
    >>> central_diff(lambda x: x**2, 3, 0.5)
    6.0

    References
    ----------
    ``NocedalWright2006``, section 8.1.
    """
    x, h = real_array(x, "x"), nonzero_step(h)
    return _quotient(_value(f, x + h, x), _value(f, x - h, x), 2 * h)


def complex_step(f, x, h=1e-20):
    r"""Estimate the derivative by a step along the imaginary axis.

    .. math:: D_i(h) = \frac{\operatorname{Im} f(x + ih)}{h} = f'(x) + O(h^2)

    Nothing is subtracted, so `h` may be tiny and the result is good to rounding.
    The function must be analytic, and written in operations that take complex numbers:
    ``abs``, ``max``, comparisons and casts to float lose the imaginary part unnoticed.

    Parameters
    ----------
    f : callable
        Analytic function; it gets complex numbers and returns a result of the same shape.
    x : float or array
        The real point; for an array, `f` works element by element.
    h : float
        The step, not zero.

    Returns
    -------
    float or array, shape of `x`
        The derivative; 0 where `f` returns a real number.

    Raises
    ------
    TypeError
        `x` or `h` is not a real number, or a result of `f` is not a number.
    ValueError
        `h` is zero, or `f` returns another shape than that of `x`.

    Examples
    --------
    >>> complex_step(lambda x: x**3, 2)
    12.0

    References
    ----------
    ``LynessMoler1967``, ``SquireTrapp1998``, ``MartinsSturdzaAlonso2003``.
    """
    x, h = real_array(x, "x"), nonzero_step(h)
    slope = np.imag(_value(f, x + 1j * h, x, kinds="iufc")) / h
    return slope if x.ndim else float(slope)


SCHEMES = {"forward": forward_diff, "central": central_diff, "complex": complex_step}


def best_step(scheme, x, eps=2**-52):
    r"""Return the step at which truncation and rounding are about equally large.

    .. math::

        h_{\text{forward}} = \varepsilon^{1/2} \max(1, |x|), \qquad
        h_{\text{central}} = \varepsilon^{1/3} \max(1, |x|)

    The rule takes ``f`` and its derivatives to be of about the same size.
    The complex step has no rounding to balance: its `h` is 1e-20 everywhere.

    Parameters
    ----------
    scheme : {"forward", "central", "complex"}
        The kind of difference.
    x : float or array
        The point, or one coordinate after the other.
    eps : float
        Spacing of the numbers just above 1: ``2**-52`` in float64, ``2**-23`` in float32.

    Returns
    -------
    float or array, shape of `x`
        The step for each coordinate.

    Raises
    ------
    TypeError
        `x` or `eps` is not a real number.
    ValueError
        The scheme is unknown, or `eps` is not positive.

    Examples
    --------
    >>> best_step("forward", 100.0) == 100 * 2**-26
    True

    References
    ----------
    ``NocedalWright2006``, section 8.1.
    """
    _scheme(scheme)
    x, eps = real_array(x, "x"), float(real_array(eps, "eps"))
    if eps <= 0:
        raise ValueError(f"eps is {eps}: pass the positive spacing of the floats, such as 2**-52")
    unit = {"forward": eps ** (1 / 2), "central": eps ** (1 / 3), "complex": 1e-20}[scheme]
    h = unit * (np.ones_like(x) if scheme == "complex" else np.maximum(1.0, np.abs(x)))
    return h if x.ndim else float(h)


def numerical_gradient(f, x, h=None):
    r"""Estimate the gradient of a scalar function by central differences.

    .. math:: g_j = \frac{f(x + h_j e_j) - f(x - h_j e_j)}{2 h_j}

    One coordinate moves at a time and all the others stay:
    `f` always gets a whole array of the shape of `x`, a new copy at each call.

    Parameters
    ----------
    f : callable
        Takes an array of the shape of `x` and returns one real number.
    x : array, any shape
        The point; a plain number counts as an array of shape ().
    h : float or array that fits `x`, optional
        The step; the default is ``best_step("central", x)``, coordinate by coordinate.

    Returns
    -------
    array, shape of `x`
        The gradient, in float64.

    Raises
    ------
    TypeError
        `x`, `h` or a result of `f` is not made of real numbers.
    ValueError
        `h` is zero or does not fit `x`, or `f` does not return one number.

    Examples
    --------
    >>> numerical_gradient(lambda x: x[0] * x[1], [2.0, 3.0], h=0.5)
    array([3., 2.])
    """
    x = real_array(x, "x")
    steps = _steps(best_step("central", x) if h is None else h, x)
    gradient = np.empty(x.shape)
    for index in np.ndindex(x.shape):
        right, left = _neighbours(x, index, steps[index])
        values = _value(f, right, np.empty(())), _value(f, left, np.empty(()))
        gradient[index] = _quotient(*values, 2 * steps[index])
    return gradient


def error_curve(f, df, x, hs, scheme):
    r"""Measure the relative error of a scheme for every step: the V of the log-log plot.

    .. math:: e(h) = \frac{|D(h) - f'(x)|}{|f'(x)|}

    Parameters
    ----------
    f, df : callable
        The function and its exact derivative.
    x : float
        The point; the derivative must not be zero there.
    hs : array, shape (n,)
        The steps, in any order.
    scheme : {"forward", "central", "complex"}
        The kind of difference.

    Returns
    -------
    array, shape (n,)
        The relative errors, in the order of `hs`.

    Raises
    ------
    TypeError
        `x` or a value of `f` or `df` is not a real number, or `hs` not made of them.
    ValueError
        The scheme is unknown, a step or the derivative is zero, `x` is not one number,
        or `hs` is not one row of steps.

    Examples
    --------
    >>> error_curve(lambda x: x**2, lambda x: 2 * x, 1.0, [0.5, 0.25], "forward")
    array([0.25 , 0.125])
    """
    difference, x, hs = _scheme(scheme), real_array(x, "x"), real_array(hs, "hs")
    if x.ndim or hs.ndim != 1:
        raise ValueError(f"x has shape {x.shape} and hs {hs.shape}: pass one point and a 1-d array")
    exact = float(_value(df, x, x, name="df"))
    if exact == 0:
        raise ValueError("df(x) is 0: a relative error needs a slope to be compared with")
    estimates = np.array([difference(f, x, h) for h in hs], dtype=float)
    return np.abs(estimates - exact) / abs(exact)


def richardson(D, h):
    r"""Combine two estimates so that their leading errors cancel.

    .. math:: R(h) = \frac{4 D(h/2) - D(h)}{3}

    If :math:`D(h) = f'(x) + c h^2 + O(h^4)`, as for the central difference, then
    :math:`R(h) = f'(x) + O(h^4)`.

    Parameters
    ----------
    D : callable
        Takes a step and returns an estimate, a number or an array.
    h : float
        The larger of the two steps, not zero.

    Returns
    -------
    float or array, shape of ``D(h)``
        The extrapolated estimate.

    Raises
    ------
    TypeError
        `h` or what `D` returns is not made of real numbers.
    ValueError
        `h` is zero.

    Examples
    --------
    >>> richardson(lambda h: 7 + 5 * h**2, 2)
    7.0

    References
    ----------
    ``Richardson1911``.
    """
    h = nonzero_step(h)
    coarse, fine = real_array(D(h), "D(h)"), real_array(D(h / 2), "D(h/2)")
    estimate = (4 * fine - coarse) / 3
    return estimate if coarse.ndim else float(estimate)


def hessian_fd(grad, x, h):
    r"""Estimate the Hessian by central differences of the gradient, and symmetrise it.

    .. math::

        B_{\cdot j} = \frac{\nabla f(x + h e_j) - \nabla f(x - h e_j)}{2h}, \qquad
        H = \tfrac12 (B + B^\top)

    Parameters
    ----------
    grad : callable
        Takes an array of the shape of `x` and returns the gradient, of the same shape.
    x : array, shape (n,), or any other
        The point; a plain number counts as an array of shape ().
    h : float or array that fits `x`
        The step, not zero.

    Returns
    -------
    array, shape (n, n), or twice the shape of `x` in a row
        The Hessian, symmetric to the last bit.

    Raises
    ------
    TypeError
        `x`, `h` or a result of `grad` is not made of real numbers.
    ValueError
        `h` is zero or does not fit `x`, or `grad` returns another shape than that of `x`.

    Examples
    --------
    >>> hessian_fd(lambda x: np.array([x[1], x[0]]), [5, 6], 0.5)
    array([[0., 1.],
           [1., 0.]])
    """
    x = real_array(x, "x")
    steps, columns = _steps(h, x), []
    for index in np.ndindex(x.shape):
        right, left = (_value(grad, p, x, name="grad") for p in _neighbours(x, index, steps[index]))
        columns.append(np.ravel(_quotient(right, left, 2 * steps[index])))
    B = np.array(columns).reshape(x.size, x.size)
    return ((B + B.T) / 2).reshape(x.shape * 2)


# --- what every function here needs: numbers that are numbers, and fresh copies ---


def _steps(h, x):
    """Return a step for every coordinate of x; none may be zero."""
    h = real_array(h, "h")
    if np.any(h == 0):
        raise ValueError("h must not be 0: a difference needs two different points; try h = 1e-6")
    try:
        return np.broadcast_to(h, x.shape)
    except ValueError:
        raise ValueError(f"h has shape {h.shape} and does not fit x of shape {x.shape}") from None


def _scheme(name):
    """Return the difference of that name."""
    if not isinstance(name, str) or name not in SCHEMES:
        raise ValueError(f"unknown scheme {name!r}: choose one of {', '.join(map(repr, SCHEMES))}")
    return SCHEMES[name]


def _neighbours(x, index, h):
    """Return copies of x with one coordinate moved by +h and by -h."""
    right, left = x.copy(), x.copy()
    right[index] += h
    left[index] -= h
    return right, left


def _value(f, point, like, name="f", kinds="iuf"):
    """Call f at a copy of the point; its result must be of numbers, shaped as `like`."""
    value = np.array(f(point.copy()))
    if value.dtype.kind not in kinds:
        raise TypeError(f"{name} returned {value.dtype} values: real numbers are needed")
    if value.shape != like.shape:
        wanted = f"an array of shape {like.shape}" if like.ndim else "one number"
        raise ValueError(f"{name} returned an array of shape {value.shape}: {wanted} is needed")
    return value


def _quotient(right, left, width):
    """Return (right - left) / width; inf - inf is NaN, without a warning."""
    with np.errstate(invalid="ignore", over="ignore"):
        slope = (np.subtract(right, left, dtype=float)) / width
    return slope if slope.ndim else float(slope)
