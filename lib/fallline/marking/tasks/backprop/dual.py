"""Task `Dual` of chapter `backprop`."""

import numpy as np

from fallline import backprop as reference
from fallline.marking.task import AsReference, Case, Task
from fallline.marking.tasks.backprop.cases import X, diamond, product_and_sum, square


def carried(answer, f, *numbers):
    """Return value and derivative of f at dual numbers, given as pairs or as plain constants."""
    result = f(*(answer(*n) if isinstance(n, tuple) else answer(n) for n in numbers))
    return {"data": result.data, "dot": result.dot}


def ratio(a, b):
    return a / b


def wave(a, b):
    return (a * b).sin() * a.exp() - b / (a * a + 2)


def growth(a, b):
    return a**b + (a * 3).log() - (b * a).tanh()


def random_duals(rng):
    cases = []
    for f in (ratio, wave, growth, product_and_sum):
        a, b = rng.uniform(0.3, 1.7, size=2)
        c, d = rng.normal(size=2)
        label = f"{f.__name__.replace('_', ' ')} at {a:.2f}, {b:.2f} along {c:.2f}, {d:.2f}"
        cases.append(Case(label, (f, (a, c), (b, d)), carried))
    return cases


task = Task(
    reference.Dual,
    cases=[
        Case("x*x at the whole number 3 with derivative 0.25", (square, (3, 0.25)), carried),
        Case("a*b + a at 2, 3 along the first", (product_and_sum, (2.0, 1.0), (3.0, 0.0)), carried),
        Case("a*b + a at 2, 3 along both", (product_and_sum, (2.0, 1.0), (3.0, 1.0)), carried),
        Case("a constant: Dual(2.5) is given no derivative", (lambda c: c * c, 2.5), carried),
        Case("x + 2 and 2 + x", (lambda x: (x + 2) * (2 + x), X), carried),
        Case("x - 2 and 2 - x", (lambda x: (x - 2) * (2 - x), X), carried),
        Case("x * 2 and 2 * x", (lambda x: x * 2 + 2 * x, X), carried),
        Case("x / 2", (lambda x: x / 2, X), carried),
        Case("2 / x", (lambda x: 2 / x, X), carried),
        Case("a / b along the second", (ratio, (0.5, 0.0), (2.0, 1.0)), carried),
        Case("x**3", (lambda x: x**3, X), carried),
        Case("x**-0.5", (lambda x: x**-0.5, X), carried),
        Case("(2x)**3", (lambda x: (x * 2) ** 3, X), carried),
        Case("x**3 along 0.5", (lambda x: x**3, (2.0, 0.5)), carried),
        Case(
            "(-2)**2.0, where the exponent is a fraction by type",
            (lambda x: x**2.0, (-2.0, 1.0)),
            carried,
        ),
        Case("exp(x) at 0 along 3", (lambda x: x.exp(), (0.0, 3.0)), carried),
        Case("log(x) at 2 along 3", (lambda x: x.log(), (2.0, 3.0)), carried),
        Case("sin(x) at 0 along 3", (lambda x: x.sin(), (0.0, 3.0)), carried),
        Case("tanh(x) at 0.5 along 3", (lambda x: x.tanh(), (0.5, 3.0)), carried),
        Case("tanh(x) at 800 along 3", (lambda x: x.tanh(), (800.0, 3.0)), carried),
        Case("a / b at (6, 3) along (1, 2)", (ratio, (6.0, 1.0), (3.0, 2.0)), carried),
        Case("2**x", (lambda x: 2**x, X), carried),
        Case("x**x", (lambda x: x**x, X), carried),
        Case("(-2)**3 with a constant exponent", (lambda x: x**3, (-2.0, 1.0)), carried),
        Case("(-0.5)**2 with a constant exponent", (lambda x: x**2, (-0.5, 1.0)), carried),
        Case("0**2 with a constant exponent", (lambda x: x**2 + x, (0.0, 1.0)), carried),
        Case("exp(2x)", (lambda x: (x * 2).exp(), X), carried),
        Case("log(2x)", (lambda x: (x * 2).log(), X), carried),
        Case("sin(2x)", (lambda x: (x * 2).sin(), X), carried),
        Case("tanh(2x)", (lambda x: (x * 2).tanh(), X), carried),
        Case("x*x + x where x is NaN", (diamond, (np.nan, 1.0)), carried),
    ],
    draw=random_duals,
    why="a dozen operations: only rounding may differ",
)


@task.mistake(
    "one term of the product rule",
    "Both factors may move. Your derivative of a product lets only the first one move: "
    "what does the second contribute?",
)
class Dual(AsReference):
    def __mul__(self, other):
        other = self.lift(other)
        return type(self)(self.data * other.data, self.dot * other.data)


@task.mistake(
    "product of the derivatives",
    "The derivative of a product is not the product of the derivatives: "
    "for x*x that would be 1 everywhere.",
)
class Dual(AsReference):
    def __mul__(self, other):
        other = self.lift(other)
        return type(self)(self.data * other.data, self.dot * other.dot)


@task.mistake(
    "the given derivative is not kept",
    "Every derivative comes out as 0: what is given as dot has to be stored with the number. "
    "By it the caller says along which input to differentiate.",
)
class Dual(AsReference):
    def __init__(self, data, dot=0.0):
        self.data, self.dot = float(data), 0.0


@task.mistake(
    "constants carry a derivative",
    "A plain number does not move when x moves. With which derivative does it become a Dual?",
)
class Dual(AsReference):
    def lift(self, other):
        return other if isinstance(other, type(self)) else type(self)(other, 1.0)


@task.mistake(
    "exponent held still",
    "In x**x and in 2**x the exponent moves, and the rule for x**n does not know that. "
    "Write a**b as exp(b * log(a)) and differentiate this.",
)
class Dual(AsReference):
    def __pow__(self, other):
        b = self.lift(other).data
        return type(self)(np.power(self.data, b), b * np.power(self.data, b - 1) * self.dot)


@task.mistake(
    "base held still",
    "In x**3 and in x**x the base moves: your derivative has the part that comes from the "
    "exponent, and not the one from the base.",
)
class Dual(AsReference):
    def __pow__(self, other):
        other = self.lift(other)
        power = np.power(self.data, other.data)
        return type(self)(power, power * np.log(self.data) * other.dot if other.dot else 0.0)


@task.mistake(
    "sign in the quotient rule",
    "When the denominator grows, the quotient shrinks. Does your derivative know that?",
)
class Dual(AsReference):
    def __truediv__(self, other):
        other = self.lift(other)
        top = self.dot * other.data + self.data * other.dot
        return type(self)(self.data / other.data, top / other.data**2)


@task.mistake(
    "inner derivative forgotten",
    "The outer derivative is right. By the chain rule it is still to be multiplied by how fast "
    "the inside moves.",
)
class Dual(AsReference):
    def exp(self):
        return type(self)(np.exp(self.data), np.exp(self.data))

    def log(self):
        return type(self)(np.log(self.data), 1 / self.data)

    def sin(self):
        return type(self)(np.sin(self.data), np.cos(self.data))

    def tanh(self):
        return type(self)(np.tanh(self.data), 1 - np.tanh(self.data) ** 2)


@task.mistake(
    "sign in 2 - x",
    "The number on the left stands first, also after Python has swapped the two for you: "
    "2 - x falls when x grows.",
)
class Dual(AsReference):
    def __rsub__(self, other):
        return self - other


@task.mistake(
    "every power by the logarithm",
    "Right for positive bases. A negative number has no logarithm, and yet (-2)**3 is -8: "
    "which rule serves where the exponent is a plain number?",
)
class Dual(AsReference):
    def __pow__(self, other):
        n = other if isinstance(other, type(self)) else type(self)(other)
        value = self.data**n.data if self.data > 0 else np.nan
        log = np.log(self.data) if self.data > 0 else np.nan
        return type(self)(value, value * (n.dot * log + n.data * self.dot / self.data))


@task.mistake(
    "every power by the logarithm, as a composition",
    "Where the base is not positive you get NaN, since the logarithm comes first. Does x**3 need "
    "one, when 3 is a plain number?",
)
class Dual(AsReference):
    def __pow__(self, other):
        n = other if isinstance(other, type(self)) else type(self)(other)
        log = type(self)(np.log(self.data), self.dot / np.float64(self.data))
        return (n * log).exp()


@task.mistake(
    "quotient rule without the square",
    "Your numerator is right, and x / 2 comes out twice as steep as it is. "
    "What stands underneath in the quotient rule?",
)
class Dual(AsReference):
    def __truediv__(self, other):
        b = other if isinstance(other, type(self)) else type(self)(other)
        return type(self)(self.data / b.data, (self.dot * b.data - self.data * b.dot) / b.data)


@task.mistake(
    "derivatives added in a difference",
    "The value of a - b is right, and its derivative grows with that of b. "
    "If b rises and a stays, does the difference rise?",
)
class Dual(AsReference):
    def __sub__(self, other):
        b = other if isinstance(other, type(self)) else type(self)(other)
        return type(self)(self.data - b.data, self.dot + b.dot)


@task.mistake(
    "inner derivative forgotten in exp",
    "exp is its own derivative, and exp(2x) is not: you pass on the outer derivative alone. "
    "How fast does the exponent move?",
)
class Dual(AsReference):
    def exp(self):
        return type(self)(np.exp(self.data), np.exp(self.data))


@task.mistake(
    "inner derivative forgotten in log",
    "The derivative of log(2x) comes out half as large as it is, and that of log x is right. "
    "What does the chain rule do with the 2?",
)
class Dual(AsReference):
    def log(self):
        return type(self)(np.log(self.data), 1 / self.data)


@task.mistake(
    "inner derivative forgotten in sin",
    "Your sine is right where what is inside moves at speed 1. "
    "What if it moves twice as fast, as in sin(2x)?",
)
class Dual(AsReference):
    def sin(self):
        return type(self)(np.sin(self.data), np.cos(self.data))


@task.mistake(
    "inner derivative forgotten in tanh",
    "Your tanh forgets how fast its input moves: tanh(2x) is at 0 twice as steep as tanh(x). "
    "Which number of the input knows about that?",
)
class Dual(AsReference):
    def tanh(self):
        return type(self)(np.tanh(self.data), 1 - np.tanh(self.data) ** 2)


@task.mistake(
    "slope of sine with a minus",
    "Your sine falls where it should rise. The minus belongs to one of the two, sine or cosine: "
    "which of them falls on the right of 0?",
)
class Dual(AsReference):
    def sin(self):
        return type(self)(np.sin(self.data), -np.cos(self.data) * self.dot)


@task.mistake(
    "slope of tanh without the square",
    "Your slope of tanh is not the same at x and -x, and the curve is: "
    "what is missing in 1 minus tanh?",
)
class Dual(AsReference):
    def tanh(self):
        return type(self)(np.tanh(self.data), (1 - np.tanh(self.data)) * self.dot)


@task.mistake(
    "minus in the product rule",
    "For x * x nothing is left with you. When both factors grow, do their shares in the growth of "
    "the product add up?",
)
class Dual(AsReference):
    def __mul__(self, other):
        other = other if isinstance(other, type(self)) else type(self)(other)
        return type(self)(self.data * other.data, self.dot * other.data - self.data * other.dot)


@task.mistake(
    "quotient rule turned round",
    "Your derivative of a quotient has the right size and the wrong sign: x / 2 falls. "
    "Which of the two terms comes first?",
)
class Dual(AsReference):
    def __truediv__(self, other):
        other = other if isinstance(other, type(self)) else type(self)(other)
        return type(self)(
            self.data / other.data, (self.data * other.dot - self.dot * other.data) / other.data**2
        )


@task.mistake(
    "denominator held still",
    "Only the numerator moves with you: 2 / x does not change when x does. "
    "What happens to a quotient when its denominator grows?",
)
class Dual(AsReference):
    def __truediv__(self, other):
        other = other if isinstance(other, type(self)) else type(self)(other)
        return type(self)(self.data / other.data, self.dot / other.data)


@task.mistake(
    "quotient of the derivatives",
    "The derivative of a quotient is not the quotient of the derivatives: "
    "what would 6 / x give, where the 6 does not move?",
)
class Dual(AsReference):
    def __truediv__(self, other):
        other = other if isinstance(other, type(self)) else type(self)(other)
        return type(self)(self.data / other.data, self.dot / other.dot if other.dot else 0.0)


@task.mistake(
    "function of the derivative",
    "You put the derivative into the outer function: exp(2x) would come out with the same slope "
    "everywhere. At which point is the outer derivative taken, and by what is it multiplied?",
)
class Dual(AsReference):
    def exp(self):
        return type(self)(np.exp(self.data), np.exp(self.dot))


@task.mistake(
    "cosine of the derivative",
    "You take the cosine of how fast the inside moves. At which number is the cosine taken?",
)
class Dual(AsReference):
    def sin(self):
        return type(self)(np.sin(self.data), np.cos(self.dot))


@task.mistake(
    "logarithm turned round",
    "The derivative of the logarithm is upside down: at 2 the curve is flatter than at 1. "
    "Is yours?",
)
class Dual(AsReference):
    def log(self):
        return type(self)(np.log(self.data), self.data / self.dot if self.dot else 0.0)


@task.mistake(
    "logarithm to base 10",
    "Your value of the logarithm is that to base 10, and its derivative is that of another one. "
    "Which logarithm does the course take?",
)
class Dual(AsReference):
    def log(self):
        return type(self)(np.log10(self.data), self.dot / self.data)


@task.mistake(
    "slope of tanh from its argument",
    "The derivative of tanh is 1 minus a square, and never negative. "
    "Is it the square of what goes in?",
)
class Dual(AsReference):
    def tanh(self):
        return type(self)(np.tanh(self.data), (1 - self.data**2) * self.dot)


@task.mistake(
    "inner derivative forgotten in powers",
    "x**3 is right along 1, and (2x)**3 is not: the rule for powers gives the outer derivative. "
    "How fast does the base move?",
)
class Dual(AsReference):
    def __pow__(self, other):
        if not isinstance(other, type(self)):
            return type(self)(self.data**other, other * self.data ** (other - 1))
        p = self.data**other.data
        return type(self)(
            p, p * (other.dot * np.log(self.data) + other.data * self.dot / self.data)
        )


@task.mistake(
    "base held still where the exponent moves",
    "2**x is right and x**x is not: in a**b you let b move alone. "
    "What does the derivative of b * log(a) say?",
)
class Dual(AsReference):
    def __pow__(self, other):
        if not isinstance(other, type(self)):
            return type(self)(self.data**other, other * self.data ** (other - 1) * self.dot)
        p = self.data**other.data
        return type(self)(p, p * other.dot * np.log(self.data))


@task.mistake(
    "both shares of a power multiplied",
    "In b * log(a) two factors move, and you multiply what they bring. "
    "What does the product rule do with its two terms?",
)
class Dual(AsReference):
    def __pow__(self, other):
        if not isinstance(other, type(self)):
            return type(self)(self.data**other, other * self.data ** (other - 1) * self.dot)
        p = self.data**other.data
        return type(self)(p, p * other.dot * np.log(self.data) * other.data * self.dot / self.data)


@task.mistake(
    "whole numbers only as plain exponents",
    "(-2)**2 is right and (-2)**2.0 is not. Is 2.0 no plain number?",
)
class Dual(AsReference):
    def __pow__(self, other):
        if isinstance(other, int):
            return type(self)(self.data**other, other * self.data ** (other - 1) * self.dot)
        other = other if isinstance(other, type(self)) else type(self)(other)
        p = self.data**other.data
        return type(self)(
            p, p * (other.dot * np.log(self.data) + other.data * self.dot / self.data)
        )


@task.mistake(
    "constants move along",
    "A plain number gets the derivative of its partner: x + 2 grows twice as fast as x. "
    "How fast does a 2 move?",
)
class Dual(AsReference):
    def __add__(self, other):
        other = other if isinstance(other, type(self)) else type(self)(other, self.dot)
        return type(self)(self.data + other.data, self.dot + other.dot)

    def __mul__(self, other):
        other = other if isinstance(other, type(self)) else type(self)(other, self.dot)
        return type(self)(self.data * other.data, self.dot * other.data + self.data * other.dot)


@task.mistake(
    "tanh from sinh and cosh",
    "Right up to 700 or so, and then inf / inf, where tanh is 1 to all digits. "
    "Which two numbers overflow?",
)
class Dual(AsReference):
    def tanh(self):
        return type(self)(
            np.sinh(self.data) / np.cosh(self.data), self.dot / np.cosh(self.data) ** 2
        )


@task.accepts("powers by exp and log where the exponent moves")
class Dual(AsReference):
    def __pow__(self, other):
        if isinstance(other, type(self)):
            return (other * self.log()).exp()
        return type(self)(self.data**other, other * self.data ** (other - 1) * self.dot)


@task.accepts("the textbook's quotient rule")
class Dual(AsReference):
    def __truediv__(self, other):
        other = self.lift(other)
        top = self.dot * other.data - self.data * other.dot
        return type(self)(self.data / other.data, top / other.data**2)

    def __sub__(self, other):
        return self + self.lift(other) * -1.0

    def tanh(self):
        return type(self)(np.tanh(self.data), self.dot / np.cosh(self.data) ** 2)
