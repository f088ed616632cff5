"""Task `Value` of chapter `backprop`."""

import numpy as np

from fallline import backprop as reference
from fallline.marking.task import AsReference, Case, Task
from fallline.marking.tasks.backprop.cases import (
    diamond,
    double,
    neuron,
    product_and_sum,
    random_expressions,
    square,
    swept,
)


def made_anew(answer):
    """Say of operations that change no number whether each makes a node of its own."""
    x = answer(1.5)
    results = {"x * 1": x * 1, "x + 0": x + 0, "x**1": x**1, "relu": x.relu()}
    return {name: "x itself" if node is x else "new" for name, node in results.items()}


task = Task(
    reference.Value,
    cases=[
        Case("a*b + a at a = 2, b = 3, whole numbers", (product_and_sum, 2, 3), swept),
        Case("x*x at 3.0, one node used twice", (square, 3.0), swept),
        Case("x + x at 3.0", (double, 3.0), swept),
        Case("a*a + a at -0.5", (diamond, -0.5), swept),
        Case("0.5 times x, at the whole number 2", (lambda x: x * 0.5, 2), swept),
        Case("2 + x, the number on the left", (lambda x: 2 + x, 1.5), swept),
        Case("2 * x, the number on the left", (lambda x: 2 * x, 1.5), swept),
        Case("x + 2 and x * 2", (lambda x: (x + 2) * 2, 1.5), swept),
        Case("x**3 at 2.0", (lambda x: x**3, 2.0), swept),
        Case("x**-2 at 0.5", (lambda x: x**-2, 0.5), swept),
        Case("x**0.5 at 2.0", (lambda x: x**0.5, 2.0), swept),
        Case("x**1 at 0.0", (lambda x: x**1, 0.0), swept),
        Case("x**3 at -2.0", (lambda x: x**3, -2.0), swept),
        Case("x**4 + x**2 at 1.5", (lambda x: x**4 + x**2, 1.5), swept),
        Case("exp(x) at -0.3", (lambda x: x.exp(), -0.3), swept),
        Case("tanh(x) at 0.8", (lambda x: x.tanh(), 0.8), swept),
        Case(
            "tanh(x) at 400 and at -400", (lambda x, y: x.tanh() + y.tanh(), 400.0, -400.0), swept
        ),
        Case("exp(x) at 2.0", (lambda x: x.exp(), 2.0), swept),
        Case("tanh(x) at -0.5", (lambda x: x.tanh(), -0.5), swept),
        Case("x * 1, x + 0, x**1 and relu: new nodes", (), made_anew),
        Case("relu(x) at 0.5", (lambda x: x.relu(), 0.5), swept),
        Case("relu(x) at 2.5", (lambda x: x.relu(), 2.5), swept),
        Case("relu(x) at -2.5", (lambda x: x.relu(), -2.5), swept),
        Case("relu(x) at 0.0, where the slope is taken to be 0", (lambda x: x.relu(), 0.0), swept),
        Case("a neuron", (neuron, 0.5, 1.5, -0.25, 0.75, 0.1), swept),
        Case("exp(tanh(x * x)) at 0.6", (lambda x: (x * x).tanh().exp(), 0.6), swept),
        Case("x*x + x where x is NaN", (diamond, np.nan), swept),
        Case("x to the power of a word", (lambda x: x ** "2", 2.0), swept),
    ],
    draw=random_expressions,
    why="a dozen operations: only rounding may differ",
)


@task.mistake(
    "x*x counted once",
    "In x*x one node is both inputs, and each use has its own slope. Your node keeps each input "
    "only once, so half of the derivative is lost.",
)
class Value(AsReference):
    def __mul__(self, other):
        other = other if isinstance(other, type(self)) else type(self)(other)
        if other is self:
            return type(self)(self.data * self.data, (self,), (self.data,))
        return type(self)(self.data * other.data, (self, other), (other.data, self.data))

    def __add__(self, other):
        other = other if isinstance(other, type(self)) else type(self)(other)
        if other is self:
            return type(self)(self.data + self.data, (self,), (1.0,))
        return type(self)(self.data + other.data, (self, other), (1.0, 1.0))


@task.mistake(
    "slopes of the product swapped",
    "How fast does a*b change when a moves and b stays? Write down both partial derivatives "
    "and look at which one belongs to which input.",
)
class Value(AsReference):
    def __mul__(self, other):
        other = other if isinstance(other, type(self)) else type(self)(other)
        return type(self)(self.data * other.data, (self, other), (self.data, other.data))


@task.mistake(
    "n times x to the n",
    "Differentiating a power lowers the exponent by one: at x = 2 the slope of x**3 is 12, not 24.",
)
class Value(AsReference):
    def __pow__(self, n):
        return type(self)(self.data**n, (self,), (n * self.data**n,))


@task.mistake(
    "slope of tanh from the input",
    "The slope of tanh is 1 minus the square of something. Of what went in, or of what came out?",
)
class Value(AsReference):
    def tanh(self):
        return type(self)(np.tanh(self.data), (self,), (1.0 - self.data**2,))


@task.mistake(
    "relu has slope 1 at zero",
    "At 0 any slope from 0 to 1 could be defended. This course, like the large libraries, "
    "takes 0: a unit at rest passes nothing back.",
)
class Value(AsReference):
    def relu(self):
        x = self.data
        return type(self)(x if not x < 0 else 0.0, (self,), (0.0 if x < 0 else 1.0,))


@task.mistake(
    "no numbers on the left",
    "With a number on the left, as in 2 + x, Python asks the number first, which does not know "
    "your class, and then looks for a reflected method of yours. Which two are missing?",
)
class Value(AsReference):
    def __radd__(self, other):
        return NotImplemented

    def __rmul__(self, other):
        return NotImplemented


@task.mistake(
    "exp by the power rule",
    "In exp(x) the variable is the exponent, so the rule for powers does not apply. "
    "Which function is its own derivative?",
)
class Value(AsReference):
    def exp(self):
        return type(self)(np.exp(self.data), (self,), (self.data * np.exp(self.data - 1.0),))


@task.mistake(
    "sum with the slopes of a product",
    "Move a by a little: a + b moves by just as much, whatever b is. "
    "The slopes of a sum do not depend on the data.",
)
class Value(AsReference):
    def __add__(self, other):
        other = other if isinstance(other, type(self)) else type(self)(other)
        return type(self)(self.data + other.data, (self, other), (other.data, self.data))


@task.mistake(
    "changes the node in place",
    "Your operation writes its result into one of its inputs. The old number is still needed, "
    "for the slopes of other nodes: an operation makes a new node and leaves its inputs alone.",
)
class Value(AsReference):
    def __add__(self, other):
        other = other if isinstance(other, type(self)) else type(self)(other)
        self.data = self.data + other.data
        return type(self)(self.data, (self, other), (1.0, 1.0))


@task.mistake(
    "numbers are no nodes",
    "x * 2 fails, because 2 has no data and no grad. "
    "Turn a plain number into a node before you use it as one.",
)
class Value(AsReference):
    def __add__(self, other):
        return type(self)(self.data + other.data, (self, other), (1.0, 1.0))

    def __mul__(self, other):
        return type(self)(self.data * other.data, (self, other), (other.data, self.data))


@task.mistake(
    "n times x",
    "Right for squares, and wrong for every other power. When n x^(n-1) is differentiated again "
    "one sees it still has a power: which one?",
)
class Value(AsReference):
    def __pow__(self, n):
        return type(self)(self.data**n, (self,), (n * self.data,))


@task.mistake(
    "slopes of a sum from the data",
    "Move a by a little: a + b moves by just as much. Does your slope along a depend on "
    "how large a is?",
)
class Value(AsReference):
    def __add__(self, other):
        other = other if isinstance(other, type(self)) else type(self)(other)
        return type(self)(self.data + other.data, (self, other), (self.data, other.data))


@task.mistake(
    "power without its factor",
    "The exponent has gone down by one, and it has left no factor: at 2 the slope of x**3 is 12, "
    "and yours is 4. What happens to the exponent besides?",
)
class Value(AsReference):
    def __pow__(self, n):
        return type(self)(self.data**n, (self,), (self.data ** (n - 1),))


@task.mistake(
    "factor and exponent swapped",
    "At 2 the slope of x**3 is 12, and yours is 16: the factor is one less than n and the exponent "
    "is not. Which of the two goes down?",
)
class Value(AsReference):
    def __pow__(self, n):
        return type(self)(self.data**n, (self,), ((n - 1) * self.data**n,))


@task.mistake(
    "power by the rule for exponentials",
    "A logarithm belongs to 2**x, where the exponent moves. Which one moves in x**2?",
)
class Value(AsReference):
    def __pow__(self, n):
        return type(self)(self.data**n, (self,), (self.data**n * np.log(np.abs(self.data)),))


@task.mistake(
    "slope of exp is 1",
    "Your exp passes the adjoint on as it is. At 2 the curve of exp is steep: how steep, "
    "compared with its height?",
)
class Value(AsReference):
    def exp(self):
        return type(self)(np.exp(self.data), (self,), (1.0,))


@task.mistake(
    "slope of exp is the input",
    "The slope of exp at 0 would be 0 with you, and the curve rises there. "
    "Which function is its own slope?",
)
class Value(AsReference):
    def exp(self):
        return type(self)(np.exp(self.data), (self,), (self.data,))


@task.mistake(
    "slope of tanh without the square",
    "At 0 your slope of tanh is right, and on the two sides of 0 it differs, though the curve "
    "bends alike there. What is missing on the t in 1 - t?",
)
class Value(AsReference):
    def tanh(self):
        return type(self)(np.tanh(self.data), (self,), (1 - np.tanh(self.data),))


@task.mistake(
    "slope of arctan",
    "1 / (1 + x²) is the slope of another curve of much the same look. "
    "Which one, and what is that of tanh?",
)
class Value(AsReference):
    def tanh(self):
        return type(self)(np.tanh(self.data), (self,), (1 / (1 + self.data**2),))


@task.mistake(
    "slope of the logistic curve",
    "t (1 - t) belongs to the curve that runs from 0 to 1. Where is the slope of tanh largest, "
    "and what does yours say there?",
)
class Value(AsReference):
    def tanh(self):
        return type(self)(
            np.tanh(self.data), (self,), (np.tanh(self.data) * (1 - np.tanh(self.data)),)
        )


@task.mistake(
    "logistic curve",
    "Your curve runs from 0 to 1 and is 0.5 at 0. Where does tanh run from and to?",
)
class Value(AsReference):
    def tanh(self):
        s = 1 / (1 + np.exp(-self.data))
        return type(self)(s, (self,), (s * (1 - s),))


@task.mistake(
    "tanh from growing exponentials",
    "Right for small numbers, and NaN at 400, where tanh is 1 to all digits: "
    "which exponential stays small there?",
)
class Value(AsReference):
    def tanh(self):
        t = (np.exp(2 * self.data) - 1) / (np.exp(2 * self.data) + 1)
        return type(self)(t, (self,), (1 - t * t,))


@task.mistake(
    "relu passes everything back",
    "The value is cut off below 0, and the slope is not. If a negative x moves a little, "
    "what does relu(x) do?",
)
class Value(AsReference):
    def relu(self):
        return type(self)(self.data if not self.data < 0 else 0.0, (self,), (1.0,))


@task.mistake(
    "slope of relu is its value",
    "Your slope grows with x. Draw relu: is its right arm a straight line?",
)
class Value(AsReference):
    def relu(self):
        return type(self)(
            self.data if not self.data < 0 else 0.0,
            (self,),
            (self.data if not self.data < 0 else 0.0,),
        )


@task.mistake(
    "slope of relu is the sign",
    "To the left of 0 your slope is -1, and the line is flat there. "
    "Which curve has the slopes -1 and 1?",
)
class Value(AsReference):
    def relu(self):
        return type(self)(self.data if not self.data < 0 else 0.0, (self,), (np.sign(self.data),))


@task.mistake(
    "value of a leaky relu",
    "Below 0 your value is small, and should be 0. Which unit lets a little pass?",
)
class Value(AsReference):
    def relu(self):
        return type(self)(
            self.data if not self.data < 0 else 0.01 * self.data, (self,), (self.data > 0,)
        )


@task.mistake(
    "functions forget their input",
    "Values and slopes may be right, and nothing comes back to x: your node does not know what it "
    "was computed from. What else does a Value hold?",
)
class Value(AsReference):
    def exp(self):
        return type(self)(np.exp(self.data))

    def tanh(self):
        return type(self)(np.tanh(self.data))

    def relu(self):
        return type(self)(max(self.data, 0.0))


@task.mistake(
    "exp forgets its input",
    "The value of exp is right, and no slope comes back: its node has no inputs. "
    "From which node was it computed?",
)
class Value(AsReference):
    def exp(self):
        return type(self)(np.exp(self.data))


@task.mistake(
    "sum kept in the left node",
    "a + b gives you a back, with a new number in it. Who else may still need the old one? "
    "A sum is a node of its own.",
)
class Value(AsReference):
    def __add__(self, other):
        other = other if isinstance(other, type(self)) else type(self)(other)
        self.data = self.data + other.data
        return self


@task.mistake(
    "slope of 2 * x is x",
    "x * 2 is right, and 2 * x has the slope of the other factor. "
    "How fast does 2 * x change when x moves?",
)
class Value(AsReference):
    def __rmul__(self, other):
        return type(self)(other * self.data, (self,), (self.data,))


@task.mistake(
    "nothing to do, no new node",
    "x * 1 and x + 0 give x back. Each operation makes a node of its own: "
    "what would happen to x if somebody set the grad of the result?",
)
class Value(AsReference):
    def __add__(self, other):
        other = other if isinstance(other, type(self)) else type(self)(other)
        if other.data == 0:
            return self
        return type(self)(self.data + other.data, (self, other), (1.0, 1.0))

    def __mul__(self, other):
        other = other if isinstance(other, type(self)) else type(self)(other)
        if other.data == 1:
            return self
        return type(self)(self.data * other.data, (self, other), (other.data, self.data))


@task.accepts("with lists, and one method that makes nodes")
class Value:
    def __init__(self, data, inputs=(), slopes=()):
        self.data, self.grad = np.float64(data), 0.0
        self.inputs, self.slopes = list(inputs), list(slopes)

    def make(self, data, **slopes):
        return type(self)(data, slopes.pop("of"), slopes.pop("by"))

    def __add__(self, other):
        other = other if isinstance(other, type(self)) else type(self)(other)
        return self.make(other.data + self.data, of=[other, self], by=[1, 1])

    def __mul__(self, other):
        other = other if isinstance(other, type(self)) else type(self)(other)
        return self.make(other.data * self.data, of=[other, self], by=[self.data, other.data])

    __radd__, __rmul__ = __add__, __mul__

    def __pow__(self, n):
        return self.make(self.data**n, of=[self], by=[n * self.data ** (n - 1)])

    def exp(self):
        return self.make(np.exp(self.data), of=[self], by=[np.exp(self.data)])

    def tanh(self):
        return self.make(np.tanh(self.data), of=[self], by=[1 / np.cosh(self.data) ** 2])

    def relu(self):
        return self.make(max(self.data, 0.0), of=[self], by=[float(self.data > 0)])


@task.accepts("a plain number is no input")
class Value(AsReference):
    def __add__(self, other):
        if not isinstance(other, type(self)):
            return type(self)(self.data + other, (self,), (1.0,))
        return type(self)(self.data + other.data, (self, other), (1.0, 1.0))

    def __mul__(self, other):
        if not isinstance(other, type(self)):
            return type(self)(self.data * other, (self,), (other,))
        return type(self)(self.data * other.data, (self, other), (other.data, self.data))


@task.accepts("the square of a node as a node of its own")
class Value(AsReference):
    def __mul__(self, other):
        other = other if isinstance(other, type(self)) else type(self)(other)
        if other is self:
            return type(self)(self.data * self.data, (self,), (2 * self.data,))
        return type(self)(self.data * other.data, (self, other), (other.data, self.data))
