"""Tasks `variance_map` and `chi` of chapter `depth`."""

import numpy as np

from fallline import depth as reference
from fallline.marking.task import Case, Task
from fallline.marking.tasks.depth.cases import positive_part, step, tanh_slope


def with_bias(answer, q, sw2, phi, rng, n, sb2):
    return answer(q, sw2, phi, rng, n, sb2=sb2)


def random_variances(rng):
    cases = []
    for scale in (1e-3, 1.0, 1e3):
        q, sw2, sb2 = scale * rng.uniform(0.5, 2), rng.uniform(0.5, 4), rng.uniform(0.1, 1)
        words = f"tanh, q = {q:.3g}, sw2 = {sw2:.3g}"
        draws = np.random.default_rng(int(rng.integers(10**6)))
        args = (q, sw2, np.tanh, draws, 50, sb2)
        cases.append(Case(f"variance_map: {words}, sb2 = {sb2:.3g}", args, with_bias))
        args = (q, sw2, tanh_slope, draws, 50)
        cases.append(Case(f"chi: {words}", args, of="chi"))
    return cases


def generator():
    return np.random.default_rng(7)


def half_plus(z):
    return 0.5 + 0.25 * z


task = Task(
    (reference.variance_map, reference.chi),
    cases=[
        Case("variance_map: ReLU, q = 3, sw2 = 2", (3.0, 2.0, positive_part, generator(), 40)),
        Case("chi: ReLU, q = 3, sw2 = 2", (3.0, 2.0, step, generator(), 40), of="chi"),
        Case("variance_map: tanh, whole numbers", (4, 2, np.tanh, generator(), 30)),
        Case("chi: tanh, whole numbers", (4, 2, tanh_slope, generator(), 30), of="chi"),
        Case("variance_map: phi(z) = 1/2 + z/4", (0.25, 1.5, half_plus, generator(), 25)),
        Case("variance_map: sb2 = 0.5", (0.25, 1.5, np.tanh, generator(), 25, 0.5), with_bias),
        Case("variance_map: q = 0", (0.0, 2.0, half_plus, generator(), 20)),
        Case("chi: q = 0", (0.0, 2.0, tanh_slope, generator(), 20), of="chi"),
        Case("variance_map: q is NaN", (np.nan, 2.0, np.tanh, generator(), 20)),
        Case("chi: q is NaN", (np.nan, 2.0, tanh_slope, generator(), 20), of="chi"),
    ],
    draw=random_variances,
    rtol=1e-9,
    why="the same numbers are drawn from rng, so only rounding may differ",
)


@task.mistake(
    "variance taken for standard deviation",
    "q is the variance of z. With which number does a standard normal one have to be multiplied "
    "to get the variance q?",
)
def variance_map(q, sw2, phi, rng, n, sb2=0.0):
    return float(sw2 * np.mean(phi(q * rng.standard_normal(n)) ** 2) + sb2)


@task.mistake(
    "activation not squared",
    "The mean of the activation is not what travels: the next z is a sum of weights times "
    "activations, and its variance is made of their squares.",
)
def variance_map(q, sw2, phi, rng, n, sb2=0.0):
    return float(sw2 * np.mean(phi(np.sqrt(q) * rng.standard_normal(n))) + sb2)


@task.mistake(
    "variance of the activation",
    "You subtract the mean of the activation. The weights have mean 0 and the activation need "
    "not: what counts is the mean of its square, not its variance.",
)
def variance_map(q, sw2, phi, rng, n, sb2=0.0):
    return float(sw2 * np.var(phi(np.sqrt(q) * rng.standard_normal(n))) + sb2)


@task.mistake(
    "bias forgotten",
    "A bias is added to z and is independent of everything else. "
    "What does an independent number do to the variance of a sum?",
)
def variance_map(q, sw2, phi, rng, n, sb2=0.0):
    return float(sw2 * np.mean(phi(np.sqrt(q) * rng.standard_normal(n)) ** 2))


@task.mistake(
    "weights outside of the square",
    "sw2 is a variance already, and you take its root, or square it: "
    "it multiplies the mean square as it is.",
)
def variance_map(q, sw2, phi, rng, n, sb2=0.0):
    return float(np.sqrt(sw2) * np.mean(phi(np.sqrt(q) * rng.standard_normal(n)) ** 2) + sb2)


@task.mistake(
    "slope not squared",
    "chi is the factor of the squared norm of the gradient, so the slope enters squared.",
)
def chi(q, sw2, dphi, rng, n):
    return float(sw2 * np.mean(dphi(np.sqrt(q) * rng.standard_normal(n))))


@task.mistake(
    "square of the mean slope",
    "Average the squares, do not square the average: units with a steep slope count more.",
)
def chi(q, sw2, dphi, rng, n):
    return float(sw2 * np.mean(dphi(np.sqrt(q) * rng.standard_normal(n))) ** 2)


@task.mistake(
    "activation in place of its slope",
    "You turn the slope back into the activation, or square z: on the way back a signal is "
    "multiplied by the slopes alone.",
)
def chi(q, sw2, dphi, rng, n):
    z = np.sqrt(q) * rng.standard_normal(n)
    return float(sw2 * np.mean((z * dphi(z)) ** 2))


@task.mistake(
    "root of chi",
    "You return the factor of the norm. Asked for is that of the squared norm, without the root.",
)
def chi(q, sw2, dphi, rng, n):
    return float(np.sqrt(sw2 * np.mean(dphi(np.sqrt(q) * rng.standard_normal(n)) ** 2)))


@task.mistake(
    "q outside of the activation",
    "You let the activation see numbers of variance 1 and multiply by q afterwards. For tanh, "
    "is tanh of a large number a large multiple of tanh of a small one?",
)
def variance_map(q, sw2, phi, rng, n, sb2=0.0):
    z = rng.standard_normal(n)
    return sw2 * q * np.mean(phi(z) ** 2) + sb2


@task.mistake(
    "square of the mean",
    "You square after averaging. For an odd activation the mean is about 0: does its output "
    "have no size?",
)
def variance_map(q, sw2, phi, rng, n, sb2=0.0):
    z = np.sqrt(q) * rng.standard_normal(n)
    return sw2 * np.mean(phi(z)) ** 2 + sb2


@task.mistake(
    "sum in place of the mean",
    "Your result grows with n, the number of draws. An expectation is estimated by what, if "
    "not by a sum?",
)
def variance_map(q, sw2, phi, rng, n, sb2=0.0):
    z = np.sqrt(q) * rng.standard_normal(n)
    return sw2 * np.sum(phi(z) ** 2) + sb2


@task.mistake(
    "bias times the weights",
    "The variance of the bias comes out multiplied by sw2. Does a bias pass through the "
    "weights of its own layer?",
)
def variance_map(q, sw2, phi, rng, n, sb2=0.0):
    z = np.sqrt(q) * rng.standard_normal(n)
    return sw2 * (np.mean(phi(z) ** 2) + sb2)


@task.mistake(
    "variances squared again",
    "sw2 and sb2 are squares already, as the 2 in their names says. What does your result do "
    "if sw2 is doubled, and what should it do?",
)
def variance_map(q, sw2, phi, rng, n, sb2=0.0):
    z = np.sqrt(q) * rng.standard_normal(n)
    return sw2**2 * np.mean(phi(z) ** 2) + sb2**2


@task.mistake(
    "root of the bias variance",
    "The bias comes in by its standard deviation. Independent parts of a sum: what of them is "
    "added?",
)
def variance_map(q, sw2, phi, rng, n, sb2=0.0):
    z = np.sqrt(q) * rng.standard_normal(n)
    return sw2 * np.mean(phi(z) ** 2) + np.sqrt(sb2)


@task.mistake(
    "standard deviation returned",
    "This is the root of what is asked for. The next call takes a variance: what would it "
    "make of your number?",
)
def variance_map(q, sw2, phi, rng, n, sb2=0.0):
    z = np.sqrt(q) * rng.standard_normal(n)
    return np.sqrt(sw2 * np.mean(phi(z) ** 2) + sb2)


@task.mistake(
    "chi with q as the spread",
    "In chi the normal numbers are multiplied by q. If q is their variance, what is their "
    "standard deviation?",
)
def chi(q, sw2, dphi, rng, n):
    z = q * rng.standard_normal(n)
    return sw2 * np.mean(dphi(z) ** 2)


@task.mistake(
    "chi without q",
    "Your chi does not change with q. Where are the slopes of tanh taken if z is large, and "
    "where if it is small?",
)
def chi(q, sw2, dphi, rng, n):
    z = rng.standard_normal(n)
    return sw2 * np.mean(dphi(z) ** 2)


@task.mistake(
    "chi as a sum",
    "Your chi grows with the number of draws. Which operation estimates an expectation?",
)
def chi(q, sw2, dphi, rng, n):
    z = np.sqrt(q) * rng.standard_normal(n)
    return sw2 * np.sum(dphi(z) ** 2)


@task.mistake(
    "chi with the root of sw2",
    "chi comes out too small or too large by the root of sw2. Weights enter a squared norm by "
    "their variance: which of the two have you got?",
)
def chi(q, sw2, dphi, rng, n):
    z = np.sqrt(q) * rng.standard_normal(n)
    return np.sqrt(sw2) * np.mean(dphi(z) ** 2)


@task.mistake(
    "sw2 squared",
    "Your q' grows fourfold where sw2 doubles. Is sw2 a variance, or a standard deviation?",
)
def variance_map(q, sw2, phi, rng, n, sb2=0.0):
    return sw2**2 * np.mean(phi(np.sqrt(q) * rng.normal(size=n)) ** 2) + sb2


@task.mistake(
    "sb2 squared",
    "All is right without a bias. What is the variance of a number whose variance is sb2?",
)
def variance_map(q, sw2, phi, rng, n, sb2=0.0):
    return sw2 * np.mean(phi(np.sqrt(q) * rng.normal(size=n)) ** 2) + sb2**2


@task.mistake(
    "divided by n - 1",
    "Your number is a little too large, the less so the more draws there are. By how many do you "
    "divide, and is any mean subtracted here?",
)
def variance_map(q, sw2, phi, rng, n, sb2=0.0):
    return sw2 * np.sum(phi(np.sqrt(q) * rng.normal(size=n)) ** 2) / (n - 1) + sb2


@task.mistake(
    "uniform draws",
    "Your draws lie between 0 and 1. What is ξ in the formula?",
)
def variance_map(q, sw2, phi, rng, n, sb2=0.0):
    return sw2 * np.mean(phi(np.sqrt(q) * rng.random(n)) ** 2) + sb2


@task.mistake(
    "own generator",
    "Your number is the same whatever rng is. Which argument should the draws come from?",
)
def variance_map(q, sw2, phi, rng, n, sb2=0.0):
    xi = np.random.default_rng(0).normal(size=n)
    return sw2 * np.mean(phi(np.sqrt(q) * xi) ** 2) + sb2


@task.mistake(
    "chi without sw2",
    "Your chi is the mean of the squared slopes. The gradient goes through the weights as well: "
    "which factor is theirs?",
)
def chi(q, sw2, dphi, rng, n):
    return np.mean(dphi(np.sqrt(q) * rng.normal(size=n)) ** 2)


@task.accepts("normal numbers of variance q")
def variance_map(q, sw2, phi, rng, n, sb2=0.0):
    h = phi(rng.normal(0.0, np.sqrt(q), size=n))
    return sb2 + sw2 * np.dot(h, h) / n


@task.accepts("as a loop")
def chi(q, sw2, dphi, rng, n):
    total = 0.0
    for xi in rng.normal(size=n):
        total += float(dphi(np.array(q**0.5 * xi))) ** 2
    return sw2 * total / n
