"""Task `check_params` of chapter `checking`."""

import numpy as np

from fallline import checking as reference
from fallline.marking.task import Case, Task
from fallline.marking.tasks.checking.cases import model


def verdicts(answer, loss, params, grads):
    """Return the answer's verdict for each array in words."""
    errors = answer(loss, params, grads)
    return "; ".join(f"{key}: {_in_words(float(errors[key]))}" for key in sorted(errors))


def _in_words(error):
    return "right" if error < 1e-5 else f"off by {error:.4f}"


NAMES = (
    "all gradients right",
    "b is 1.25 times too large in its last entry",
    "W is 1.25 times too large in its last entry",
    "scale is 1.25 times too large",
    "whole numbers, W is 1.25 times too large in its last entry",
    "whole numbers, all right",
    "whole numbers, b is 1.25 times too large in its last entry",
    "the names stand in another order in grads",
    "b holds NaN",
    "W holds NaN",
    "scale holds NaN",
    "every W is 2 too large",
    "every b is 2 too large",
    "W missing in grads",
    "b is misspelt as bias in grads",
    "b has one entry only in grads",
    "scale without axes in grads",
    "scale missing in grads",
    "a stranger in grads",
    "W transposed in grads",
    "b as a column in grads",
    "b as a row in grads",
    "scale as a column in grads",
    "the loss is NaN",
)


def random_models(rng):
    """Return models drawn at random: which array is wrong, and by which factor."""
    cases = []
    for key in rng.permutation(["W", "b"]):
        shapes = {"W": (2, 4), "b": (3,)}
        p = {name: rng.uniform(1, 2, size=shape) for name, shape in shapes.items()}
        factor = float(rng.uniform(1.5, 3))
        args = _bent(p, key, factor)
        cases.append(Case(f"random parameters, a wrong entry in {key}", args, verdicts))
    return cases


def _bent(p, key, factor):
    """Return loss, parameters and gradients of a random model, one gradient wrong."""
    loss = lambda q: float(np.sum(q["W"] ** 2) * np.sum(q["b"] ** 2))
    grads = {"W": 2 * p["W"] * np.sum(p["b"] ** 2), "b": 2 * p["b"] * np.sum(p["W"] ** 2)}
    grads[key].flat[0] *= factor
    return loss, p, grads


def with_step(answer, f, gradient, x, h):
    """Return the answer's verdict in words for a model with a single array."""
    errors = answer(lambda p: float(np.sum(f(p["w"]))), {"w": x}, {"w": gradient}, h)
    return "; ".join(f"{name}: {_in_words(float(error))}" for name, error in errors.items())


W13, W212 = np.array([1.0, 3.0]), np.array([[[1.0, 2.0]], [[-1.0, 3.0]]])


def cube(w):
    return w**3


task = Task(
    reference.check_params,
    cases=[
        Case("w² at (1, 3), h = 0.5", (np.square, np.array([2.0, 6.0]), W13, 0.5), with_step),
        Case("w³ at (1, 3), h = 0.5", (cube, np.array([3.0, 27.0]), W13, 0.5), with_step),
        Case("w³ at (1, 3), h = 0.1", (cube, np.array([3.0, 27.0]), W13, 0.1), with_step),
        *(Case(name, model(name), verdicts) for name in NAMES),
        Case(
            "w² at an array of shape (2, 1, 2), one entry wrong",
            (np.square, np.array([[[2.0, 4.0]], [[-2.0, 8.0]]]), W212, 0.5),
            with_step,
        ),
    ],
    draw=random_models,
    why="verdicts in words: an error below 1e-5 is right, a larger one is shown to four decimals",
)


@task.mistake(
    "all arrays in one",
    "Every array gets the worst error of all of them, so nobody learns where the bug is. "
    "Look at each array by itself.",
)
def check_params(loss_fn, params, grads, h=1e-5):
    if set(params) != set(grads):
        raise ValueError("the names differ")
    worst = 0.0
    for name, w in params.items():
        if np.shape(grads[name]) != np.shape(w):
            raise ValueError("the shapes differ")
        for i in np.ndindex(np.shape(w)):
            p, m = np.array(w, dtype=float), np.array(w, dtype=float)
            p[i] += h
            m[i] -= h
            n = (loss_fn({**params, name: p}) - loss_fn({**params, name: m})) / (2 * h)
            a = float(grads[name][i])
            worst = np.maximum(worst, abs(n - a) / np.max([abs(n), abs(a), 1e-8]))
    return dict.fromkeys(params, float(worst))


@task.mistake(
    "one norm for each array",
    "Within an array the large entries hide the small ones: the error of a single wrong entry is "
    "divided by the norm of them all. Take the worst entry's own relative error.",
)
def check_params(loss_fn, params, grads, h=1e-5):
    if set(params) != set(grads):
        raise ValueError("the names differ")
    found = {}
    for name, w in params.items():
        if np.shape(grads[name]) != np.shape(w):
            raise ValueError("the shapes differ")
        n = np.zeros(np.shape(w))
        for i in np.ndindex(np.shape(w)):
            p, m = np.array(w, dtype=float), np.array(w, dtype=float)
            p[i] += h
            m[i] -= h
            n[i] = (loss_fn({**params, name: p}) - loss_fn({**params, name: m})) / (2 * h)
        size = np.linalg.norm(n) + np.linalg.norm(grads[name])
        found[name] = float(np.linalg.norm(n - grads[name]) / size)
    return found


@task.mistake(
    "arrays of one element skipped",
    "A parameter with a single entry is a parameter too, and it has a gradient that can be wrong: "
    "one of the names is missing in your result.",
)
def check_params(loss_fn, params, grads, h=1e-5):
    if set(params) != set(grads):
        raise ValueError("the names differ")
    found = {}
    for name, w in params.items():
        if np.shape(grads[name]) != np.shape(w):
            raise ValueError("the shapes differ")
        errors = []
        for i in np.ndindex(np.shape(w)):
            p, m = np.array(w, dtype=float), np.array(w, dtype=float)
            p[i] += h
            m[i] -= h
            n = (loss_fn({**params, name: p}) - loss_fn({**params, name: m})) / (2 * h)
            a = float(grads[name][i])
            errors.append(abs(n - a) / np.max([abs(n), abs(a), 1e-8]))
        if len(errors) > 1:
            found[name] = float(np.max(errors))
    return found


@task.mistake(
    "missing gradient ignored",
    "A parameter without a gradient is passed over in silence, and that is a bug found and thrown "
    "away: forgotten gradients are common. Raise a ValueError that names it.",
)
def check_params(loss_fn, params, grads, h=1e-5):
    if not set(grads) <= set(params):
        raise ValueError("the names differ")
    found = {}
    for name, w in params.items():
        if name not in grads:
            continue
        if np.shape(grads[name]) != np.shape(w):
            raise ValueError("the shapes differ")
        errors = []
        for i in np.ndindex(np.shape(w)):
            p, m = np.array(w, dtype=float), np.array(w, dtype=float)
            p[i] += h
            m[i] -= h
            n = (loss_fn({**params, name: p}) - loss_fn({**params, name: m})) / (2 * h)
            a = float(grads[name][i])
            errors.append(abs(n - a) / np.max([abs(n), abs(a), 1e-8]))
        found[name] = float(np.max(errors))
    return found


@task.mistake(
    "gradient without a parameter ignored",
    "Some gradient belongs to no parameter, and nobody is told. Perhaps its name is misspelt: "
    "raise a ValueError that names it.",
)
def check_params(loss_fn, params, grads, h=1e-5):
    found = {}
    for name, w in params.items():
        if name not in grads or np.shape(grads[name]) != np.shape(w):
            raise ValueError("no gradient, or one of another shape")
        errors = []
        for i in np.ndindex(np.shape(w)):
            p, m = np.array(w, dtype=float), np.array(w, dtype=float)
            p[i] += h
            m[i] -= h
            n = (loss_fn({**params, name: p}) - loss_fn({**params, name: m})) / (2 * h)
            a = float(grads[name][i])
            errors.append(abs(n - a) / np.max([abs(n), abs(a), 1e-8]))
        found[name] = float(np.max(errors))
    return found


@task.mistake(
    "names of neither side compared",
    "You walk through the names that both sides have. What one side has and the other lacks is "
    "never seen: compare the two sets of names first.",
)
def check_params(loss_fn, params, grads, h=1e-5):
    found = {}
    for name in [key for key in params if key in grads]:
        if np.shape(grads[name]) != np.shape(params[name]):
            raise ValueError("the shapes differ")
        errors = []
        for i in np.ndindex(np.shape(params[name])):
            p, m = np.array(params[name], dtype=float), np.array(params[name], dtype=float)
            p[i] += h
            m[i] -= h
            n = (loss_fn({**params, name: p}) - loss_fn({**params, name: m})) / (2 * h)
            a = float(grads[name][i])
            errors.append(abs(n - a) / np.max([abs(n), abs(a), 1e-8]))
        found[name] = float(np.max(errors))
    return found


@task.mistake(
    "NaN passes the check",
    "A gradient that holds NaN comes out as right: no comparison with NaN is ever True, "
    "so it never replaces the worst error so far. Let NaN win.",
)
def check_params(loss_fn, params, grads, h=1e-5):
    if set(params) != set(grads):
        raise ValueError("the names differ")
    found = {}
    for name, w in params.items():
        if np.shape(grads[name]) != np.shape(w):
            raise ValueError("the shapes differ")
        found[name] = 0.0
        for i in np.ndindex(np.shape(w)):
            p, m = np.array(w, dtype=float), np.array(w, dtype=float)
            p[i] += h
            m[i] -= h
            n = (loss_fn({**params, name: p}) - loss_fn({**params, name: m})) / (2 * h)
            a = float(grads[name][i])
            error = abs(n - a) / max(abs(n), abs(a), 1e-8)
            if error > found[name]:
                found[name] = error
    return found


@task.mistake(
    "shapes not compared",
    "A transposed gradient gets through, or crashes somewhere inside: each gradient must have the "
    "shape of its parameter, and a ValueError should say so.",
)
def check_params(loss_fn, params, grads, h=1e-5):
    if set(params) != set(grads):
        raise ValueError("the names differ")
    found = {}
    for name, w in params.items():
        errors = []
        flat = np.ravel(grads[name])
        for k, i in enumerate(np.ndindex(np.shape(w))):
            p, m = np.array(w, dtype=float), np.array(w, dtype=float)
            p[i] += h
            m[i] -= h
            n = (loss_fn({**params, name: p}) - loss_fn({**params, name: m})) / (2 * h)
            errors.append(abs(n - flat[k]) / np.max([abs(n), abs(flat[k]), 1e-8]))
        found[name] = float(np.max(errors))
    return found


@task.mistake(
    "one norm, relative to the larger",
    "One wrong entry among many comes out smaller than it is: the norm of the whole array stands "
    "under it. Whose size should each entry be measured by?",
)
def check_params(loss_fn, params, grads, h=1e-5):
    if set(params) != set(grads):
        raise ValueError("the names differ")
    found = {}
    for name, w in params.items():
        if np.shape(grads[name]) != np.shape(w):
            raise ValueError("the shapes differ")
        n = np.zeros(np.shape(w))
        for i in np.ndindex(np.shape(w)):
            p, m = np.array(w, dtype=float), np.array(w, dtype=float)
            p[i] += h
            m[i] -= h
            n[i] = (loss_fn({**params, name: p}) - loss_fn({**params, name: m})) / (2 * h)
        g = grads[name]
        size = max(np.linalg.norm(n), np.linalg.norm(g), 1e-8)
        found[name] = float(np.linalg.norm(n - g) / size)
    return found


@task.mistake(
    "mean of the errors",
    "The right entries make the wrong one look small: among a thousand of them its error is "
    "divided by a thousand. Which one number of an array should be kept?",
)
def check_params(loss_fn, params, grads, h=1e-5):
    if set(params) != set(grads):
        raise ValueError("the names differ")
    found = {}
    for name, w in params.items():
        if np.shape(grads[name]) != np.shape(w):
            raise ValueError("the shapes differ")
        n = np.zeros(np.shape(w))
        for i in np.ndindex(np.shape(w)):
            p, m = np.array(w, dtype=float), np.array(w, dtype=float)
            p[i] += h
            m[i] -= h
            n[i] = (loss_fn({**params, name: p}) - loss_fn({**params, name: m})) / (2 * h)
        g = grads[name]
        errors = abs(n - g) / np.maximum(np.maximum(abs(n), abs(g)), 1e-8)
        found[name] = float(np.mean(errors))
    return found


@task.mistake(
    "steps lost in whole numbers",
    "With whole numbers every array comes out wrong: 3 + 0.00001 is put back into an array that "
    "can only hold 3. How far has the parameter moved then?",
)
def check_params(loss_fn, params, grads, h=1e-5):
    if set(params) != set(grads):
        raise ValueError("the names differ")
    found = {}
    for name, w in params.items():
        if np.shape(grads[name]) != np.shape(w):
            raise ValueError("the shapes differ")
        errors = []
        for i in np.ndindex(np.shape(w)):
            p, m = np.array(w), np.array(w)
            p[i] = w[i] + h
            m[i] = w[i] - h
            n = (loss_fn({**params, name: p}) - loss_fn({**params, name: m})) / (2 * h)
            a = grads[name][i]
            errors.append(abs(n - a) / np.max([abs(n), abs(a), 1e-8]))
        found[name] = float(np.max(errors))
    return found


@task.mistake(
    "shapes that broadcast",
    "A gradient of shape (3, 1) or (1, 3) beside a parameter of shape (3,) gets through: NumPy "
    "stretches it without a word. What could you compare before you subtract?",
)
def check_params(loss_fn, params, grads, h=1e-5):
    if set(params) != set(grads):
        raise ValueError("the names differ")
    found = {}
    for name, w in params.items():
        n = np.zeros(np.shape(w))
        for i in np.ndindex(np.shape(w)):
            p, m = np.array(w, dtype=float), np.array(w, dtype=float)
            p[i] += h
            m[i] -= h
            n[i] = (loss_fn({**params, name: p}) - loss_fn({**params, name: m})) / (2 * h)
        g = grads[name]
        errors = abs(n - g) / np.maximum(np.maximum(abs(n), abs(g)), 1e-8)
        found[name] = float(np.max(errors))
    return found


@task.mistake(
    "all entries moved at once",
    "Even right gradients come out wrong where an array has more than one entry: each of your "
    "slopes is that of all its entries together. Which of them should stay where they are?",
)
def check_params(loss_fn, params, grads, h=1e-5):
    if set(params) != set(grads):
        raise ValueError("the names differ")
    found = {}
    for name, w in params.items():
        if w.shape != grads[name].shape:
            raise ValueError("the shapes differ")
        n = np.zeros(w.shape)
        for i in np.ndindex(w.shape):
            p, m = np.array(w, dtype=float), np.array(w, dtype=float)
            p += h
            m -= h
            n[i] = (loss_fn({**params, name: p}) - loss_fn({**params, name: m})) / (2 * h)
        r = np.abs(n - grads[name]) / np.maximum(np.maximum(np.abs(n), np.abs(grads[name])), 1e-8)
        found[name] = float(np.max(r))
    return found


@task.mistake(
    "forward difference",
    "You move each entry to one side only: with h = 0.5 the right gradient of w² looks wrong. "
    "For which side would the error have the other sign?",
)
def check_params(loss_fn, params, grads, h=1e-5):
    if set(params) != set(grads):
        raise ValueError("the names differ")
    found = {}
    for name, w in params.items():
        if w.shape != grads[name].shape:
            raise ValueError("the shapes differ")
        n = np.zeros(w.shape)
        for i in np.ndindex(w.shape):
            p, m = np.array(w, dtype=float), np.array(w, dtype=float)
            p[i] += h
            m[i] += 0.0
            n[i] = (loss_fn({**params, name: p}) - loss_fn({**params, name: m})) / h
        r = np.abs(n - grads[name]) / np.maximum(np.maximum(np.abs(n), np.abs(grads[name])), 1e-8)
        found[name] = float(np.max(r))
    return found


@task.mistake(
    "divided by h",
    "Every right gradient has an error of a half: your slopes are twice too steep. "
    "How far apart are the two points?",
)
def check_params(loss_fn, params, grads, h=1e-5):
    if set(params) != set(grads):
        raise ValueError("the names differ")
    found = {}
    for name, w in params.items():
        if w.shape != grads[name].shape:
            raise ValueError("the shapes differ")
        n = np.zeros(w.shape)
        for i in np.ndindex(w.shape):
            p, m = np.array(w, dtype=float), np.array(w, dtype=float)
            p[i] += h
            m[i] -= h
            n[i] = (loss_fn({**params, name: p}) - loss_fn({**params, name: m})) / h
        r = np.abs(n - grads[name]) / np.maximum(np.maximum(np.abs(n), np.abs(grads[name])), 1e-8)
        found[name] = float(np.max(r))
    return found


@task.mistake(
    "absolute error",
    "You tell how far apart the numbers are, and a large gradient may be far off and still agree "
    "to ten digits. What should each entry be measured by?",
)
def check_params(loss_fn, params, grads, h=1e-5):
    if set(params) != set(grads):
        raise ValueError("the names differ")
    found = {}
    for name, w in params.items():
        if w.shape != grads[name].shape:
            raise ValueError("the shapes differ")
        n = np.zeros(w.shape)
        for i in np.ndindex(w.shape):
            p, m = np.array(w, dtype=float), np.array(w, dtype=float)
            p[i] += h
            m[i] -= h
            n[i] = (loss_fn({**params, name: p}) - loss_fn({**params, name: m})) / (2 * h)
        found[name] = float(np.max(np.abs(n - grads[name])))
    return found


@task.mistake(
    "NaN left out of the maximum",
    "An entry that is NaN is passed over, and the others decide. If a whole array is NaN, "
    "what is left to take the largest of? NaN is the worst that there is.",
)
def check_params(loss_fn, params, grads, h=1e-5):
    if set(params) != set(grads):
        raise ValueError("the names differ")
    found = {}
    for name, w in params.items():
        if w.shape != grads[name].shape:
            raise ValueError("the shapes differ")
        n = np.zeros(w.shape)
        for i in np.ndindex(w.shape):
            p, m = np.array(w, dtype=float), np.array(w, dtype=float)
            p[i] += h
            m[i] -= h
            n[i] = (loss_fn({**params, name: p}) - loss_fn({**params, name: m})) / (2 * h)
        r = np.abs(n - grads[name]) / np.maximum(np.maximum(np.abs(n), np.abs(grads[name])), 1e-8)
        found[name] = float(np.nanmax(r))
    return found


@task.mistake(
    "relative to the sum",
    "A gradient that is 1.25 times too large is off by a fifth, and you find a ninth. "
    "Does the formula of task 1 add the two sizes up?",
)
def check_params(loss_fn, params, grads, h=1e-5):
    if set(params) != set(grads):
        raise ValueError("the names differ")
    found = {}
    for name, w in params.items():
        if w.shape != grads[name].shape:
            raise ValueError("the shapes differ")
        n = np.zeros(w.shape)
        for i in np.ndindex(w.shape):
            p, m = np.array(w, dtype=float), np.array(w, dtype=float)
            p[i] += h
            m[i] -= h
            n[i] = (loss_fn({**params, name: p}) - loss_fn({**params, name: m})) / (2 * h)
        r = np.abs(n - grads[name]) / np.maximum(np.abs(n) + np.abs(grads[name]), 1e-8)
        found[name] = float(np.max(r))
    return found


@task.mistake(
    "h fixed",
    "Your errors do not change with h: a cube differentiated with h = 0.5 should be off. "
    "Which step do you take, and which one was given?",
)
def check_params(loss_fn, params, grads, h=1e-5):
    if set(params) != set(grads):
        raise ValueError("the names differ")
    found = {}
    for name, w in params.items():
        if w.shape != grads[name].shape:
            raise ValueError("the shapes differ")
        n = np.zeros(w.shape)
        for i in np.ndindex(w.shape):
            p, m = np.array(w, dtype=float), np.array(w, dtype=float)
            p[i] += 1e-5
            m[i] -= 1e-5
            n[i] = (loss_fn({**params, name: p}) - loss_fn({**params, name: m})) / 2e-5
        r = np.abs(n - grads[name]) / np.maximum(np.maximum(np.abs(n), np.abs(grads[name])), 1e-8)
        found[name] = float(np.max(r))
    return found


@task.mistake(
    "only the number of names compared",
    "A gradient under a misspelt name gets through: there are as many names on either side, "
    "and they are not the same. Which parameter has then never been checked?",
)
def check_params(loss_fn, params, grads, h=1e-5):
    if len(params) != len(grads):
        raise ValueError("the names differ")
    found = {}
    for name in params:
        if name not in grads:
            continue
        w = params[name]
        if w.shape != grads[name].shape:
            raise ValueError("the shapes differ")
        n = np.zeros(w.shape)
        for i in np.ndindex(w.shape):
            p, m = np.array(w, dtype=float), np.array(w, dtype=float)
            p[i] += h
            m[i] -= h
            n[i] = (loss_fn({**params, name: p}) - loss_fn({**params, name: m})) / (2 * h)
        size = np.maximum(np.maximum(np.abs(n), np.abs(grads[name])), 1e-8)
        found[name] = float(np.max(np.abs(n - grads[name]) / size, initial=0.0))
    return found


@task.accepts("through one flat vector for each array")
def check_params(loss_fn, params, grads, h=1e-5):
    if params.keys() != grads.keys():
        raise ValueError("the names differ")
    found = {}
    for name, w in params.items():
        w, g = np.array(w, dtype=float), np.array(grads[name], dtype=float)
        if w.shape != g.shape:
            raise ValueError("the shapes differ")
        loss = lambda v, s=w.shape, key=name: loss_fn({**params, key: v.reshape(s)})
        steps = h * np.eye(w.size)
        n = np.array([loss(w.ravel() + e) - loss(w.ravel() - e) for e in steps]) / (2 * h)
        size = np.maximum(np.maximum(np.abs(n), np.abs(g.ravel())), 1e-8)
        found[name] = np.max(np.abs(n - g.ravel()) / size)
    return found


@task.accepts("two copies of all arrays for each entry")
def check_params(loss_fn, params, grads, h=1e-5):
    if sorted(params) != sorted(grads):
        raise ValueError(f"not the same names: {sorted(params)} and {sorted(grads)}")
    found = {}
    for name in sorted(params):
        w, errors = np.asarray(params[name], dtype=float), []
        if w.shape != np.shape(grads[name]):
            raise ValueError("not the same shape")
        for i in np.ndindex(w.shape):
            values = []
            for sign in (1, -1):
                moved = {key: np.array(value, dtype=float) for key, value in params.items()}
                moved[name][i] += sign * h
                values.append(loss_fn(moved))
            n, a = (values[0] - values[1]) / (2 * h), grads[name][i]
            errors.append(np.abs(n - a) / np.max([np.abs(n), np.abs(a), 1e-8]))
        found[name] = np.max(errors)
    return found
