"""Gradient checks: what agrees with what, how nearly it should, and what each check cannot see.

A check compares an analytic derivative with a difference.
Its verdict is only as good as its threshold, and the threshold follows from the step:
`expected_error` says how far apart right answers are.
"""

import numpy as np

from fallline.differences import best_step, central_diff, numerical_gradient
from fallline.inputs import gradient_at, nonzero_step, real_array, real_number

EPS = 2.0**-52
"""Spacing of the float64 numbers just above 1."""


def relative_error(a, b, floor=1e-8):
    r"""Compare two derivatives entry by entry, each on its own scale.

    .. math:: r_i = \frac{|a_i - b_i|}{\max(|a_i|, |b_i|, \text{floor})}

    Parameters
    ----------
    a, b : float or array, of one shape
        The two derivatives; which is which does not matter.
    floor : float
        Entries smaller than this count as this size; at least 0.

    Returns
    -------
    float or array, shape of `a`
        From 0, which also stands for 0/0, to 2 where the signs are opposite.

    Raises
    ------
    TypeError
        An argument does not hold real numbers.
    ValueError
        The shapes differ, or `floor` is negative.

    Examples
    --------
    >>> relative_error([1.0, -1.0, 0.0], [1.25, 1.0, 0.0])
    array([0.2, 2. , 0. ])

    References
    ----------
    ``Higham2002``, section 1.2.
    """
    a, b, floor = real_array(a, "a"), real_array(b, "b"), real_number(floor, "floor")
    if a.shape != b.shape:
        raise ValueError(f"a and b must have one shape, got {a.shape} and {b.shape}")
    if floor < 0:
        raise ValueError(f"floor is {floor}: a size is at least 0")
    with np.errstate(invalid="ignore", over="ignore", divide="ignore"):
        gap, size = np.abs(a - b), np.maximum(np.maximum(np.abs(a), np.abs(b)), floor)
        error = np.where(gap == 0, 0.0, gap / size)
    return error if a.ndim else float(error)


def expected_error(value, g, x, eps=EPS, floor=1e-8):
    r"""Return the relative error that a right gradient shows at the best central step.

    .. math::

        E_i = \varepsilon^{2/3} \cdot \frac{|f|}{\max(1, |x_i|)\, \max(|g_i|, \text{floor})}

    The first factor is the optimum of the central difference, the second the conditioning:
    how large the value is, beside what a step as long as the coordinate's scale changes.

    Parameters
    ----------
    value : float
        :math:`f(x)`.
    g, x : float or array, of one shape
        The gradient and the point. Where two gradients are compared, g is the larger entry of
        both: a wrong 0 must not excuse itself.
    eps : float
        Spacing of the floats just above 1: ``2**-52`` in float64, ``2**-23`` in float32.
    floor : float
        That of `relative_error`, and not 0.

    Returns
    -------
    float or array, shape of `g`
        What `relative_error` should stay near or below; a threshold is a hundred times as much.

    Raises
    ------
    TypeError
        An argument does not hold real numbers.
    ValueError
        The shapes differ, or `eps` or `floor` is not positive.

    Examples
    --------
    >>> expected_error(1.0, [1.0, 0.01], [0.5, 10.0]) / EPS ** (2 / 3)
    array([ 1., 10.])

    References
    ----------
    ``NocedalWright2006``, section 8.1.
    """
    value, g, x = real_number(value, "value"), real_array(g, "g"), real_array(x, "x")
    eps, floor = real_number(eps, "eps"), real_number(floor, "floor")
    if g.shape != x.shape:
        raise ValueError(f"g and x must have one shape, got {g.shape} and {x.shape}")
    if eps <= 0 or floor <= 0:
        raise ValueError(f"eps and floor must be positive, got {eps} and {floor}")
    scale = np.maximum(1.0, np.abs(x)) * np.maximum(np.abs(g), floor)
    error = eps ** (2 / 3) * abs(value) / scale
    return error if g.ndim else float(error)


def grad_check(f, grad, x, h=None, k=None, rng=None):
    r"""Compare a gradient with central differences at some entries, and name the worst.

    .. math:: \max_{i \in S}\; r\!\left(g_i,\; \frac{f(x + h e_i) - f(x - h e_i)}{2h}\right)

    The set S holds k entries, drawn without replacement; r is `relative_error`.

    Parameters
    ----------
    f : callable
        Takes an array of the shape of `x` and returns one real number.
    grad : callable
        Takes the same and returns the gradient, of the shape of `x`; it is called once, at `x`.
    x : array, any shape
        The point; it is not changed.
    h : float, optional
        The step; the default is ``best_step("central", x)``, coordinate by coordinate.
    k : int, optional
        How many entries are tried; by default, or where there are no more, all of them.
    rng : numpy Generator
        Draws the entries; needed where `k` is smaller than the size of `x`.

    Returns
    -------
    worst : float
        The largest relative error among the entries tried.
    index : tuple of int
        Where it is, so that ``x[index]`` is that entry.

    Raises
    ------
    TypeError
        An argument or a result is not made of real numbers.
    ValueError
        `h` is 0, `k` is smaller than 1, `rng` is missing, `x` is empty or a shape is wrong.

    Examples
    --------
    >>> worst, index = grad_check(lambda x: np.sum(x**2), lambda x: 2.5 * x, [1.0, -2.0])
    >>> round(worst, 6), index
    (0.2, (0,))

    References
    ----------
    ``Bengio2012``, section 3.3.
    """
    x = real_array(x, "x")
    g = gradient_at(grad, x)
    entries = _some_entries(x, k, rng)
    errors = [relative_error(_slope(f, x, i, h), g[i]) for i in entries]
    worst = int(np.argmax(errors))
    return errors[worst], entries[worst]


def check_params(loss_fn, params, grads, h=None, k=None, rng=None):
    r"""Check a model's gradient array by array, and return the worst error of each.

    Parameters
    ----------
    loss_fn : callable
        Takes a dict like `params` and returns one real number.
    params : dict of str to array
        The parameters; none is changed.
    grads : dict of str to array
        The gradients, under the same names and of the same shapes.
    h, k, rng
        As for `grad_check`; `k` counts for each array.

    Returns
    -------
    dict of str to float
        The largest relative error in each array, in the order of `params`.

    Raises
    ------
    TypeError
        An array or the loss is not made of real numbers.
    ValueError
        A name is missing in `grads`, or not known in `params`, or shapes differ.

    Examples
    --------
    >>> loss_fn = lambda p: float(np.sum(p["W"] ** 2) + 3 * p["b"])
    >>> params = {"W": np.array([[1.0, 2.0]]), "b": 0.5}
    >>> errors = check_params(loss_fn, params, {"W": 2 * params["W"], "b": 4.0})
    >>> {name: round(error, 6) for name, error in errors.items()}
    {'W': 0.0, 'b': 0.25}
    """
    missing, extra = [n for n in params if n not in grads], [n for n in grads if n not in params]
    if missing or extra:
        raise ValueError(f"grads must have the names of params: missing {missing}, extra {extra}")
    params = {name: real_array(value, name) for name, value in params.items()}

    def alone(name):
        # One array moves; the others are handed over as fresh copies.
        return lambda w: loss_fn({n: w if n == name else p.copy() for n, p in params.items()})

    return {
        name: grad_check(alone(name), lambda _, n=name: grads[n], w, h, k, rng)[0]
        for name, w in params.items()
    }


def directional_check(f, g, x, rng, h=None):
    r"""Compare a gradient with one central difference along a random direction.

    .. math:: r\!\left(g \cdot v,\; \frac{f(x + h v) - f(x - h v)}{2h}\right), \qquad \|v\|_2 = 1

    Two evaluations of f are enough, however many coordinates there are.

    Parameters
    ----------
    f : callable
        Takes an array of the shape of `x` and returns one real number.
    g : array, shape of `x`
        The gradient at `x`.
    x : array, any shape
        The point.
    rng : numpy Generator
        Draws v: normal numbers, brought to length 1.
    h : float, optional
        The step along v; the default is ``best_step("central", norm of x)``.

    Returns
    -------
    float
        The relative error.

    Raises
    ------
    TypeError
        An argument or a result is not made of real numbers.
    ValueError
        The shapes differ, `h` is 0, or f does not return one number.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> directional_check(lambda x: np.sum(x**2), [2.0, 4.0], [1.0, 2.0], rng) < 1e-8
    True

    References
    ----------
    ``GriewankWalther2008``, chapter 3.
    """
    g, x = real_array(g, "g"), real_array(x, "x")
    if g.shape != x.shape:
        raise ValueError(f"g and x must have one shape, got {g.shape} and {x.shape}")
    v, h = _direction(x, rng), _step_along(x, h)
    difference = central_diff(lambda t: np.asarray(f(x + t * v)), 0.0, h)
    return relative_error(difference, float(np.sum(g * v)))


def hvp_check(grad, hvp, x, rng, h=None):
    r"""Compare a Hessian-vector product with a difference of gradients along a random direction.

    .. math:: H v \approx \frac{\nabla f(x + h v) - \nabla f(x - h v)}{2h}, \qquad \|v\|_2 = 1

    Parameters
    ----------
    grad : callable
        Takes an array of the shape of `x` and returns the gradient, of that shape.
    hvp : callable
        ``hvp(x, v)`` returns the Hessian at `x` times v, of the shape of `x`.
    x : array, any shape
        The point.
    rng : numpy Generator
        Draws v: normal numbers, brought to length 1.
    h : float, optional
        The step along v; the default is ``best_step("central", norm of x)``.

    Returns
    -------
    float
        The largest relative error among the entries of H v.

    Raises
    ------
    TypeError
        An argument or a result is not made of real numbers.
    ValueError
        A result has another shape than `x`, or `h` is 0.

    Examples
    --------
    >>> grad, hvp = (lambda x: x**3 / 3), (lambda x, v: x**2 * v)
    >>> hvp_check(grad, hvp, [1.0, -2.0], np.random.default_rng(0)) < 1e-8
    True

    References
    ----------
    ``Pearlmutter1994``.
    """
    x = real_array(x, "x")
    v, h = _direction(x, rng), _step_along(x, h)
    right, left = gradient_at(grad, x + h * v), gradient_at(grad, x - h * v)
    with np.errstate(invalid="ignore"):
        difference = (right - left) / (2 * h)
    product = gradient_at(lambda point: hvp(point, v.copy()), x, "hvp(x, v)")
    return float(np.max(relative_error(difference, product)))


def kinks_crossed(pre_a, pre_b):
    r"""Count the units whose pre-activation changes its sign from one point to another.

    .. math:: \#\{\, i : \operatorname{sign} a_i \cdot \operatorname{sign} b_i = -1 \,\}

    A unit that only touches 0 has not crossed: ReLU and ``abs`` are linear on either closed
    side of 0, so a difference taken there is right for that side.

    Parameters
    ----------
    pre_a, pre_b : array, of one shape
        Pre-activations at both ends of a difference.

    Returns
    -------
    int
        How many kinks lie strictly between; NaN where an entry is NaN.

    Raises
    ------
    TypeError
        An argument does not hold real numbers.
    ValueError
        The shapes differ.

    Examples
    --------
    >>> kinks_crossed([[-1.0, 2.0], [0.0, 3.0]], [[1.0, 2.0], [4.0, -3.0]])
    2
    """
    a, b = real_array(pre_a, "pre_a"), real_array(pre_b, "pre_b")
    if a.shape != b.shape:
        raise ValueError(f"pre_a and pre_b must have one shape, got {a.shape} and {b.shape}")
    signs = np.sign(a) * np.sign(b)
    return float("nan") if np.isnan(signs).any() else int(np.sum(signs < 0))


def find_bugs(pairs, rng, d=6):
    r"""Return which of several gradients are wrong.

    Every pair is tried at random points of three sizes, and at each of them in every entry.
    An entry is wrong where the difference and the gradient are further apart than

    .. math:: 10^{-6} \max(|g_i|, |n_i|) + 100\, \varepsilon^{2/3} \max(|f|, \|n\|_\infty) ,

    n being the numerical gradient: a real bug is larger, the difference's own error smaller.

    Parameters
    ----------
    pairs : list of tuple
        ``(f, grad)``: f takes a vector and returns one number, grad takes a vector and returns
        one of the same shape. Both must accept any vector of `d` entries.
        ``(f, grad, x)`` where they do not: then an array like `x`, and near it, is used.
    rng : numpy Generator
        Draws the points.
    d : int
        The length of the vectors.

    Returns
    -------
    list of int
        The places of the wrong ones in `pairs`, in order.

    Raises
    ------
    TypeError
        A value is not a real number.
    ValueError
        A function returns something else than one number.

    Examples
    --------
    >>> square, cube = (lambda x: np.sum(x**2)), (lambda x: np.sum(x**3))
    >>> pairs = [(square, lambda x: 2 * x), (cube, lambda x: x**2)]
    >>> find_bugs(pairs, np.random.default_rng(0))
    [1]
    """
    wrong = []
    for place, (f, grad, *like) in enumerate(pairs):
        x = real_array(like[0], "x") if like else np.zeros(d)
        sizes = (0.01, 0.03, 0.1) if like else (0.3, 1.0, 3.0)
        points = [x + size * rng.normal(size=x.shape) for size in sizes]
        if not all(_agree(f, grad, point) for point in points):
            wrong.append(place)
    return wrong


def check_with_noise(f, x, seed, h=None):
    r"""Differentiate a function that draws random numbers, with the draws held fixed.

    .. math:: g_i = \frac{f(x + h e_i;\, \omega) - f(x - h e_i;\, \omega)}{2h}

    The noise :math:`\omega` is the same in every evaluation, because each gets a fresh
    generator of the same seed. The slope of the noise, divided by 2h, never enters.

    Parameters
    ----------
    f : callable
        ``f(x, rng)`` returns one real number and draws from rng alone, such as a dropout mask.
    x : array, any shape
        The point.
    seed : int
        The seed of every evaluation.
    h : float, optional
        The step; the default is ``best_step("central", x)``, coordinate by coordinate.

    Returns
    -------
    array, shape of `x`
        The gradient of f for this one draw of the noise.

    Raises
    ------
    TypeError
        `seed` is None or a generator, which would go on from call to call;
        or a value is not a real number.
    ValueError
        `h` is 0, or f does not return one number.

    Examples
    --------
    >>> dropout = lambda x, rng: np.sum(x**2 * (rng.random(x.shape) < 0.5)) / 0.5
    >>> check_with_noise(dropout, [1.0, 2.0, 3.0], seed=2).round(6)
    array([4., 8., 0.])
    """
    if seed is None or isinstance(seed, np.random.Generator | np.random.BitGenerator):
        raise TypeError(f"seed must be a number, such as 0, so that noise repeats; got {seed!r}")
    return numerical_gradient(lambda point: f(point, np.random.default_rng(seed)), x, h)


# --- what several checks need ---


def _some_entries(x, k, rng):
    """Return the indices of k entries, drawn without replacement, or of all."""
    if not x.size:
        raise ValueError("x is empty: there is nothing to check")
    if k is not None and k < 1:
        raise ValueError(f"k is {k}: try at least one entry")
    places = np.arange(x.size)
    if k is not None and k < x.size:
        if rng is None:
            raise ValueError("pass rng=np.random.default_rng(seed), which draws the k entries")
        places = rng.choice(x.size, size=k, replace=False)
    return [tuple(map(int, np.unravel_index(place, x.shape))) for place in places]


def _slope(f, x, index, h):
    """Return the central difference of f in one entry of x."""

    def along(t):
        point = x.copy()
        point[index] = t
        return np.asarray(f(point))

    return central_diff(along, x[index], best_step("central", x[index]) if h is None else h)


def _direction(x, rng):
    """Return a random direction of length 1."""
    v = rng.normal(size=x.shape)
    return v / np.linalg.norm(v)


def _step_along(x, h):
    """Return the step along a direction: the rule for a coordinate, with the norm of x."""
    return best_step("central", np.linalg.norm(x)) if h is None else nonzero_step(h)


def _agree(f, grad, x):
    """Tell whether gradient and differences agree, but for rounding and truncation."""
    n, g = numerical_gradient(f, x), real_array(grad(x.copy()), "grad(x)")
    if g.shape != x.shape:
        return False
    noise = 100 * EPS ** (2 / 3) * max(abs(float(f(x.copy()))), np.max(np.abs(n)))
    return bool(np.all(np.abs(n - g) <= 1e-6 * np.maximum(np.abs(n), np.abs(g)) + noise))
