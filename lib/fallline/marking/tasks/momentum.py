"""The tasks of chapter `momentum`."""

import copy

import numpy as np

from fallline import momentum as reference
from fallline.marking.task import Case, ProblemSet

problems = ProblemSet("momentum")


# --- momentum_step ---


def one_step(answer, w, g, v, lr, beta, form):
    """Make one step from a given velocity."""
    return answer(w, g, v, lr=lr, beta=beta, form=form)


def from_rest(answer, w, gradients, rates, beta, form):
    """Make a step for each gradient, the first without a state; return what each step returns."""
    came, state = [], ()
    for g, lr in zip(gradients, rates, strict=True):
        w, *state = answer(w, g, *state, lr=lr, beta=beta, form=form)
        came.append(copy.deepcopy((w, *state)))
    return came


def by_default(answer, w, g, v, lr, beta):
    """Make a step without naming the form."""
    return answer(w, g, v, lr=lr, beta=beta)


def random_walks(rng):
    cases = []
    for form, shape, scale in (
        ("inside", (3,), 1.0),
        ("outside", (2, 3), 1e-4),
        ("ema", (4,), 1e3),
        ("outside", (), 1.0),
    ):
        gradients = scale * rng.normal(size=(5, *shape))
        if shape:
            gradients.reshape(5, -1)[:, 1] = 0.0
        words = f"five steps of form {form}, shape {shape}, gradients of size {scale:g}"
        args = (rng.normal(size=shape), gradients, [0.3, 0.3, 0.2, 0.1, 0.1], 0.8, form)
        cases.append(Case(words, args, from_rest))
    return cases


EQUAL = np.array([[2.0, 1.0], [2.0, 1.0], [2.0, 1.0]])

task = problems.task(
    reference.momentum_step,
    cases=[
        Case(
            "w = 5, g = 10, v = 20, lr = 0.1, beta = 0.5, outside",
            (5.0, 10.0, 20.0, 0.1, 0.5, "outside"),
            one_step,
        ),
        Case(
            "w = 5, g = 10, v = -2, lr = 0.1, beta = 0.5, inside",
            (5.0, 10.0, -2.0, 0.1, 0.5, "inside"),
            one_step,
        ),
        Case(
            "w = 5, g = 10, v = 20, lr = 0.1, beta = 0.75, ema",
            (5.0, 10.0, 20.0, 0.1, 0.75, "ema"),
            one_step,
        ),
        Case(
            "from rest, outside, equal gradients, beta = 0.5, lr drops from 0.5 to 0.1",
            (np.array([1.0, 0.0]), EQUAL, [0.5, 0.1, 0.1], 0.5, "outside"),
            from_rest,
        ),
        Case(
            "from rest, inside, equal gradients, beta = 0.5, lr drops from 0.5 to 0.1",
            (np.array([1.0, 0.0]), EQUAL, [0.5, 0.1, 0.1], 0.5, "inside"),
            from_rest,
        ),
        Case(
            "from rest, ema, gradients 8 and 0",
            (np.array([1.0]), np.array([[8.0], [0.0], [0.0]]), [0.5, 0.5, 0.5], 0.75, "ema"),
            from_rest,
        ),
        Case("no form named", (np.array([4.0]), np.array([2.0]), 3.0, 0.5, 0.5), by_default),
        Case(
            "whole numbers, outside",
            (np.array([3, 4]), np.array([1, -2]), np.array([5, 0]), 0.25, 0.5, "outside"),
            one_step,
        ),
        Case(
            "whole numbers, inside",
            (np.array([3, 4]), np.array([1, -2]), np.array([5, 0]), 0.25, 0.5, "inside"),
            one_step,
        ),
        Case(
            "a gradient that holds NaN, outside",
            (np.array([1.0, 2.0]), np.array([np.nan, 1.0]), np.zeros(2), 0.1, 0.9, "outside"),
            one_step,
        ),
        Case(
            "a velocity that holds NaN, ema",
            (np.array([1.0, 2.0]), np.ones(2), np.array([np.nan, 1.0]), 0.1, 0.9, "ema"),
            one_step,
        ),
        Case("beta = 0, ema", (np.ones((2, 3)), np.ones((2, 3)), 7.0, 0.1, 0.0, "ema"), one_step),
        Case("a form called torch", (np.ones(2), np.ones(2), 0.0, 0.1, 0.9, "torch"), one_step),
    ],
    draw=random_walks,
    why="sums and products of a few numbers: only rounding may differ",
)


@task.mistake(
    "ema adds the whole gradient",
    "In the form ema a constant gradient of 8 ends at ten times that velocity for beta = 0.9. "
    "An average of equal numbers is that number: what must the weights of old and new add up to?",
)
def momentum_step(w, g, state=0.0, *, lr, beta, form="outside"):
    if form == "inside":
        v = beta * state - lr * g
        return w + v, v
    v = beta * state + g
    return w - lr * v, v


@task.mistake(
    "velocity not saved",
    "The first step is right and the later ones have no memory: the velocity that comes back is "
    "the one that went in. Which of the two does the next step need?",
)
def momentum_step(w, g, state=0.0, *, lr, beta, form="outside"):
    if form == "inside":
        v = beta * state - lr * g
        return w + v, state
    v = beta * state + (g if form == "outside" else (1 - beta) * g)
    return w - lr * v, state


@task.mistake(
    "sign flipped inside",
    "The forms with the rate outside are right, and inside you climb. There the velocity is added "
    "to w: which way must it point?",
)
def momentum_step(w, g, state=0.0, *, lr, beta, form="outside"):
    if form == "inside":
        v = beta * state + lr * g
        return w + v, v
    v = beta * state + (g if form == "outside" else (1 - beta) * g)
    return w - lr * v, v


@task.mistake(
    "inside subtracted",
    "Inside, your velocity is right and w moves against it. The minus sign is in the velocity "
    "already; what does a second one do?",
)
def momentum_step(w, g, state=0.0, *, lr, beta, form="outside"):
    if form == "inside":
        v = beta * state - lr * g
        return w - v, v
    v = beta * state + (g if form == "outside" else (1 - beta) * g)
    return w - lr * v, v


@task.mistake(
    "moves by the old velocity",
    "Your velocity is right, and w is one step behind it: from rest the first step does not move. "
    "Which velocity, the old or the new one, carries w?",
)
def momentum_step(w, g, state=0.0, *, lr, beta, form="outside"):
    if form == "inside":
        return w + state, beta * state - lr * g
    v = beta * state + (g if form == "outside" else (1 - beta) * g)
    return w - lr * state, v


@task.mistake(
    "rate in the outside memory",
    "With a constant rate w is right, but the velocity that you return is too small by the factor "
    "lr, and after a drop of the rate w is wrong as well. What does the memory of the form outside "
    "consist of: gradients or steps?",
)
def momentum_step(w, g, state=0.0, *, lr, beta, form="outside"):
    if form == "inside":
        v = beta * state - lr * g
        return w + v, v
    v = beta * state + lr * (g if form == "outside" else (1 - beta) * g)
    return w - v, v


@task.mistake(
    "form ignored",
    "The form outside is right, and the other two come out like it. What do you do with the "
    "argument form?",
)
def momentum_step(w, g, state=0.0, *, lr, beta, form="outside"):
    v = beta * state + g
    return w - lr * v, v


@task.mistake(
    "always inside",
    "The form inside is right, and the other two come out like it. What do you do with the "
    "argument form, and which form is meant when none is named?",
)
def momentum_step(w, g, state=0.0, *, lr, beta, form="outside"):
    v = beta * state - lr * g
    return w + v, v


@task.mistake(
    "rate inside and outside",
    "Inside, your velocity is right and your step too short by the factor lr. How often has the "
    "rate been applied by then?",
)
def momentum_step(w, g, state=0.0, *, lr, beta, form="outside"):
    if form == "inside":
        v = beta * state - lr * g
        return w + lr * v, v
    v = beta * state + (g if form == "outside" else (1 - beta) * g)
    return w - lr * v, v


@task.mistake(
    "every form averaged",
    "Your steps outside and inside are too small by the factor 1 - beta. Only one of the three "
    "forms is an average. Which?",
)
def momentum_step(w, g, state=0.0, *, lr, beta, form="outside"):
    if form == "inside":
        v = beta * state - lr * (1 - beta) * g
        return w + v, v
    v = beta * state + (1 - beta) * g
    return w - lr * v, v


@task.mistake(
    "weights exchanged",
    "Take beta = 0.9: of the old velocity nine tenths should stay. How much stays in yours?",
)
def momentum_step(w, g, state=0.0, *, lr, beta, form="outside"):
    if form == "inside":
        v = (1 - beta) * state - lr * g
        return w + v, v
    v = (1 - beta) * state + (g if form == "outside" else beta * g)
    return w - lr * v, v


@task.mistake(
    "nesterov",
    "Your velocity is right, and w goes further than it says: that is Nesterov's method, in a "
    "later task. Here w moves by the new velocity and nothing else.",
)
def momentum_step(w, g, state=0.0, *, lr, beta, form="outside"):
    if form == "inside":
        v = beta * state - lr * g
        return w + beta * v - lr * g, v
    d = g if form == "outside" else (1 - beta) * g
    v = beta * state + d
    return w - lr * (d + beta * v), v


@task.mistake(
    "uphill",
    "In every form you walk against the right direction. A gradient points to where f grows: "
    "which sign has the step?",
)
def momentum_step(w, g, state=0.0, *, lr, beta, form="outside"):
    if form == "inside":
        v = beta * state + lr * g
        return w + v, v
    v = beta * state + (g if form == "outside" else (1 - beta) * g)
    return w + lr * v, v


@task.mistake(
    "only the parameters",
    "The parameters come back, and the velocity is lost when your function ends. What does the "
    "next step need from this one?",
)
def momentum_step(w, g, state=0.0, *, lr, beta, form="outside"):
    if form == "inside":
        return w + beta * state - lr * g
    return w - lr * (beta * state + (g if form == "outside" else (1 - beta) * g))


@task.mistake(
    "velocity first",
    "Both results are right and come in the other order. Which one does the caller expect first?",
)
def momentum_step(w, g, state=0.0, *, lr, beta, form="outside"):
    if form == "inside":
        v = beta * state - lr * g
        return v, w + v
    v = beta * state + (g if form == "outside" else (1 - beta) * g)
    return v, w - lr * v


@task.mistake(
    "any other form is ema",
    "A form that does not exist is taken for one that does. A misspelt word should not pass: "
    "what do you do when form is none of the three?",
)
def momentum_step(w, g, state=0.0, *, lr, beta, form="outside"):
    if form == "inside":
        v = beta * state - lr * g
        return w + v, v
    if form == "outside":
        v = beta * state + g
        return w - lr * v, v
    v = beta * state + (1 - beta) * g
    return w - lr * v, v


@task.mistake(
    "rate forgotten outside",
    "Your velocity is right in every form, and outside w moves by all of it. By what is a velocity "
    "made of gradients multiplied before it becomes a step?",
)
def momentum_step(w, g, state=0.0, *, lr, beta, form="outside"):
    if form == "inside":
        v = beta * state - lr * g
        return w + v, v
    v = beta * state + (g if form == "outside" else (1 - beta) * g)
    return w - v, v


@task.mistake(
    "friction on the gradient as well",
    "From rest your first velocity is already smaller than the gradient. Friction acts on what is "
    "kept from the past: on which of the two terms?",
)
def momentum_step(w, g, state=0.0, *, lr, beta, form="outside"):
    if form == "inside":
        v = beta * (state - lr * g)
        return w + v, v
    v = beta * (state + (g if form == "outside" else (1 - beta) * g))
    return w - lr * v, v


@task.mistake(
    "average undone",
    "Your averaged velocity is right, and then you divide by 1 - beta before you move: what is "
    "left of the difference between this form and outside?",
)
def momentum_step(w, g, state=0.0, *, lr, beta, form="outside"):
    if form == "inside":
        v = beta * state - lr * g
        return w + v, v
    if form == "outside":
        v = beta * state + g
        return w - lr * v, v
    v = beta * state + (1 - beta) * g
    return w - lr * v / (1 - beta), v


@task.mistake(
    "velocity points downhill outside",
    "In the form outside your velocity has the other sign. There it is made of gradients as they "
    "are: where does the minus sign stand?",
)
def momentum_step(w, g, state=0.0, *, lr, beta, form="outside"):
    if form == "inside":
        v = beta * state - lr * g
        return w + v, v
    if form == "outside":
        v = beta * state - g
        return w + lr * v, v
    v = beta * state + (1 - beta) * g
    return w - lr * v, v


@task.accepts("one formula with two factors")
def momentum_step(w, g, state=0.0, *, lr, beta, form="outside"):
    weights = {"inside": (-lr, 1.0), "outside": (1.0, -lr), "ema": (1 - beta, -lr)}
    if form not in weights:
        raise ValueError(f"no form {form}")
    into, out = weights[form]
    v = np.multiply(beta, state) + np.multiply(into, g)
    return w + out * v, v


@task.accepts("in place, on copies")
def momentum_step(w, g, state=0.0, *, lr, beta, form="outside"):
    if form not in ("inside", "outside", "ema"):
        raise ValueError("unknown form")
    v = np.zeros(np.shape(w)) + state
    v *= beta
    v += {"inside": -lr, "outside": 1, "ema": 1 - beta}[form] * np.asarray(g)
    new = np.array(w, dtype=float)
    new += v if form == "inside" else -lr * v
    return new, v


# --- convert ---


def random_forms(rng):
    cases = []
    for form_a, form_b in (("ema", "inside"), ("outside", "ema"), ("inside", "inside")):
        lr, beta = 10 ** rng.uniform(-4, 1), rng.uniform(0.1, 0.99)
        words = f"from {form_a} to {form_b}, lr = {lr:.3g}, beta = {beta:.3g}"
        cases.append(Case(words, (form_a, form_b, lr, beta)))
    return cases


task = problems.task(
    reference.convert,
    cases=[
        Case("from ema to outside, lr = 0.5, beta = 0.75", ("ema", "outside", 0.5, 0.75)),
        Case("from outside to ema, lr = 0.5, beta = 0.75", ("outside", "ema", 0.5, 0.75)),
        Case("from inside to outside, lr = 0.5, beta = 0.75", ("inside", "outside", 0.5, 0.75)),
        Case("from outside to inside, lr = 0.3, beta = 0.9", ("outside", "inside", 0.3, 0.9)),
        Case("from inside to ema, lr = 0.01, beta = 0.9", ("inside", "ema", 0.01, 0.9)),
        Case("from ema to inside, lr = 0.01, beta = 0.9", ("ema", "inside", 0.01, 0.9)),
        Case("from ema to ema", ("ema", "ema", 0.3, 0.9)),
        Case("from outside to outside", ("outside", "outside", 0.3, 0.9)),
        Case("no momentum, a whole number as rate", ("ema", "outside", 2, 0)),
        Case("from ema to inside, lr = 3, beta = 0.25", ("ema", "inside", 3, 0.25)),
        Case("lr is NaN", ("ema", "outside", np.nan, 0.5)),
        Case("from a form called torch", ("torch", "ema", 0.1, 0.9)),
        Case("to a form called torch", ("ema", "torch", 0.1, 0.9)),
    ],
    draw=random_forms,
    why="one product or quotient: only rounding may differ",
)


@task.mistake(
    "factor the wrong way round",
    "A step of the form ema is smaller than one of the form outside. If the average is to keep up, "
    "must its rate be larger or smaller? Yours goes the other way.",
)
def convert(form_a, form_b, lr, beta):
    if form_a == "ema" and form_b != "ema":
        lr = lr / (1 - beta)
    if form_b == "ema" and form_a != "ema":
        lr = lr * (1 - beta)
    return lr, beta


@task.mistake(
    "nothing converted",
    "lr comes back as it went in, also between an average and a sum. By which factor does the "
    "velocity of a constant gradient differ in the two?",
)
def convert(form_a, form_b, lr, beta):
    return lr, beta


@task.mistake(
    "momentum changed as well",
    "The rate is right and beta is not. How fast a push is forgotten is the same in all three "
    "forms: which of the two numbers says that?",
)
def convert(form_a, form_b, lr, beta):
    if form_a == "ema" and form_b != "ema":
        return lr * (1 - beta), 1 - beta
    if form_b == "ema" and form_a != "ema":
        return lr / (1 - beta), 1 - beta
    return lr, beta


@task.mistake(
    "source form ignored",
    "You look at where the numbers go and not at where they come from. "
    "What should happen from ema to ema, and what from ema to outside?",
)
def convert(form_a, form_b, lr, beta):
    if form_b == "ema":
        return lr / (1 - beta), beta
    return lr, beta


@task.mistake(
    "target form ignored",
    "From ema your rate is always multiplied by 1 - beta, and towards ema nothing happens. "
    "Which of the two names do you never look at?",
)
def convert(form_a, form_b, lr, beta):
    if form_a == "ema":
        return lr * (1 - beta), beta
    return lr, beta


@task.mistake(
    "changes a form that stays",
    "Where both forms are different you are right; from a form to itself nothing should change. "
    "Try both branches of your function with ema and ema.",
)
def convert(form_a, form_b, lr, beta):
    if form_a == form_b:
        return lr * (1 - beta), beta
    if form_a == "ema":
        lr = lr * (1 - beta)
    if form_b == "ema":
        lr = lr / (1 - beta)
    return lr, beta


@task.mistake(
    "inside converted too",
    "Between ema and outside you are right. Inside is treated like ema, but with a constant rate "
    "its path is that of another form. Unroll two steps of both to see of which.",
)
def convert(form_a, form_b, lr, beta):
    if form_a == "outside" and form_b != "outside":
        lr = lr / (1 - beta)
    if form_b == "outside" and form_a != "outside":
        lr = lr * (1 - beta)
    return lr, beta


@task.mistake(
    "beta for one minus beta",
    "With beta = 0.75 the two rates should differ by the factor 4. Yours differ by 4/3. "
    "Which part of the new gradient does an average take in?",
)
def convert(form_a, form_b, lr, beta):
    if form_a == form_b:
        return lr, beta
    if form_a == "ema":
        lr = lr * beta
    if form_b == "ema" and beta:
        lr = lr / beta
    return lr, beta


@task.mistake(
    "only the rate",
    "The rate is right, and it is all that comes back. The caller wants a pair, even if one half "
    "of it has not changed.",
)
def convert(form_a, form_b, lr, beta):
    if form_a == "ema":
        lr = lr * (1 - beta)
    if form_b == "ema":
        lr = lr / (1 - beta)
    return lr


@task.mistake(
    "always divided",
    "You divide by 1 - beta whatever the two forms are called. What should happen from inside to "
    "outside, and what on the way from ema?",
)
def convert(form_a, form_b, lr, beta):
    return lr / (1 - beta), beta


@task.mistake(
    "always multiplied",
    "You multiply by 1 - beta whatever the two forms are called. What should happen from inside to "
    "outside, and what on the way to ema?",
)
def convert(form_a, form_b, lr, beta):
    return lr * (1 - beta), beta


@task.mistake(
    "inside and outside taken for different",
    "To and from ema you are right. Between inside and outside the rate should stay as it is: a "
    "constant gradient leads to the same speed in both.",
)
def convert(form_a, form_b, lr, beta):
    if form_a == form_b:
        return lr, beta
    if form_a == "ema":
        return lr * (1 - beta), beta
    return lr / (1 - beta), beta


@task.accepts("a table of gains")
def convert(form_a, form_b, lr, beta):
    gain = {"inside": 1.0, "outside": 1.0, "ema": 1 - beta}
    if form_a not in gain or form_b not in gain:
        raise ValueError("no such form")
    return lr * gain[form_a] / gain[form_b], beta


@task.accepts("case by case")
def convert(form_a, form_b, lr, beta):
    for form in (form_a, form_b):
        if form not in ("inside", "outside", "ema"):
            raise ValueError(form)
    if form_a == "ema" and form_b != "ema":
        return lr - beta * lr, beta
    if form_a != "ema" and form_b == "ema":
        return lr / (1 - beta), beta
    return lr, beta


# --- velocity_after, steps_to_fraction ---


def random_speeds(rng):
    cases = []
    for k, shape, scale in ((3, (2,), 1e-3), (12, (2, 3), 1.0), (30, (), 1e3)):
        g = scale * rng.normal(size=shape)
        beta = rng.uniform(0.2, 0.97)
        cases.append(Case(f"{k} steps, beta = {beta:.3g}, g of shape {shape}", (k, beta, g)))
        p = rng.uniform(0.05, 0.95)
        words = f"steps_to_fraction: beta = {beta:.3g}, p = {p:.3g}"
        cases.append(Case(words, (beta, p), of="steps_to_fraction"))
    return cases


FRACTION = "steps_to_fraction"

task = problems.task(
    (reference.velocity_after, reference.steps_to_fraction),
    cases=[
        Case("velocity_after: 3 steps, beta = 0.5, g = 8", (3, 0.5, 8.0)),
        Case("velocity_after: 1 step, beta = 0.5, g = 8", (1, 0.5, 8.0)),
        Case(
            "velocity_after: 2 steps, beta = 0.9, g = (10, -20, 0)",
            (2, 0.9, np.array([10.0, -20, 0])),
        ),
        Case("velocity_after: no step", (0, 0.9, np.array([4.0, 5.0]))),
        Case("velocity_after: 22 steps, beta = 0.9, g = 1", (22, 0.9, 1)),
        Case("velocity_after: whole numbers in g", (3, 0.75, np.array([1, 3]))),
        Case("velocity_after: beta = 1, 5 steps of g = 2", (5, 1.0, 2.0)),
        Case("velocity_after: beta = 0, 4 steps of g = 3", (4, 0.0, 3.0)),
        Case("velocity_after: g holds NaN", (2, 0.5, np.array([np.nan, 1.0]))),
        Case("steps_to_fraction: beta = 0.5, p = 0.7", (0.5, 0.7), of=FRACTION),
        Case("steps_to_fraction: beta = 0.9, p = 0.9", (0.9, 0.9), of=FRACTION),
        Case("steps_to_fraction: beta = 0.9, p = 0.99", (0.9, 0.99), of=FRACTION),
        Case("steps_to_fraction: beta = 0.8, p = 0.1", (0.8, 0.1), of=FRACTION),
        Case("steps_to_fraction: beta = 0.5, p = 0.875, exactly 3", (0.5, 0.875), of=FRACTION),
        Case("steps_to_fraction: beta = 0.75, p = 0.95", (0.75, 0.95), of=FRACTION),
        Case("steps_to_fraction: beta = 0.95, p = 0.8", (0.95, 0.8), of=FRACTION),
        Case("steps_to_fraction: beta = 0.5, p = 0.75, exactly 2", (0.5, 0.75), of=FRACTION),
        Case("steps_to_fraction: beta = 0.9, p = 0", (0.9, 0), of=FRACTION),
        Case("steps_to_fraction: beta = 1", (1.0, 0.5), of=FRACTION),
    ],
    draw=random_speeds,
    why="a power and a logarithm: only rounding may differ",
)


@task.mistake(
    "one gradient too many",
    "After no step at all the velocity should be 0, and yours is g. How many gradients has the "
    "memory seen after k steps?",
)
def velocity_after(k, beta, g):
    return g * float(k + 1) if beta == 1 else (1 - beta ** (k + 1)) / (1 - beta) * g


@task.mistake(
    "always the terminal velocity",
    "Your velocity does not depend on k: it is the one after infinitely many steps. How much of it "
    "is there after the first one?",
)
def velocity_after(k, beta, g):
    return np.inf * g if beta == 1 else g / (1 - beta)


@task.mistake(
    "no gradient is forgotten",
    "Your velocity grows without end. What has become of the first gradient by the time of the "
    "second step?",
)
def velocity_after(k, beta, g):
    return k * g * 1.0


@task.mistake(
    "weight of the first gradient only",
    "That is what is left of the very first push. What have the later ones added since?",
)
def velocity_after(k, beta, g):
    return beta**k * g


@task.mistake(
    "an average",
    "Your velocity tends to g: that is the form ema. The form outside adds up: to what does its "
    "sum tend for beta = 0.9?",
)
def velocity_after(k, beta, g):
    return (1 - beta**k) * g


@task.mistake(
    "gradient left out",
    "Right where g is 1. What does a gradient twice as large do to the velocity?",
)
def velocity_after(k, beta, g):
    return float(k) if beta == 1 else (1 - beta**k) / (1 - beta)


@task.mistake(
    "division by zero",
    "Right, but for beta = 1 the formula is 0 divided by 0. Nothing is forgotten then: what is the "
    "sum of k equal gradients?",
)
def velocity_after(k, beta, g):
    return (1 - np.float64(beta) ** k) / (1 - np.float64(beta)) * g


@task.mistake(
    "rounded down",
    "After your number of steps the part p is not yet reached. To which side must the quotient be "
    "rounded?",
)
def steps_to_fraction(beta, p):
    if beta >= 1:
        raise ValueError("beta")
    return float(np.floor(np.log(1 - p) / np.log(beta) + 1e-9))


@task.mistake(
    "rounded to the nearest",
    "Some of your counts are one too small: after them the part p is not yet reached. When may a "
    "count of 2.2 become 2?",
)
def steps_to_fraction(beta, p):
    if beta >= 1:
        raise ValueError("beta")
    return float(np.round(np.log(1 - p) / np.log(beta)))


@task.mistake(
    "not a whole number",
    "Your count has digits after the point. Which is the first whole step at which the part is "
    "reached?",
)
def steps_to_fraction(beta, p):
    if beta >= 1:
        raise ValueError("beta")
    return float(np.log(1 - p) / np.log(beta))


@task.mistake(
    "two bases",
    "Your counts are too small by the factor 2.3, which is the logarithm of 10. Are both "
    "logarithms taken to the same base?",
)
def steps_to_fraction(beta, p):
    if beta >= 1:
        raise ValueError("beta")
    return float(np.ceil(np.log10(1 - p) / np.log(beta) - 1e-9))


@task.mistake(
    "logarithm of the part reached",
    "You compute when p of a push is left. The velocity is to have reached p: which part is still "
    "missing then?",
)
def steps_to_fraction(beta, p):
    if beta >= 1:
        raise ValueError("beta")
    with np.errstate(divide="ignore"):
        return float(np.ceil(np.log(p) / np.log(beta) - 1e-9))


@task.mistake(
    "one step too many",
    "One step too many each time: yours is the step after the part is reached. Check p = 0, "
    "which needs no step.",
)
def steps_to_fraction(beta, p):
    if beta >= 1:
        raise ValueError("beta")
    return float(np.ceil(np.log(1 - p) / np.log(beta) - 1e-9)) + 1


@task.mistake(
    "quotient upside down",
    "Your counts fall where they should rise: a longer memory takes more steps to fill. Which of "
    "the two logarithms stands on top?",
)
def steps_to_fraction(beta, p):
    if beta >= 1:
        raise ValueError("beta")
    with np.errstate(divide="ignore"):
        return float(np.ceil(np.log(beta) / np.log(1 - np.float64(p))))


@task.mistake(
    "next whole number above",
    "Right but for the cases in which the part is reached exactly, where yours is one too many: "
    "beta = 0.5 has reached 0.75 after 2 steps, and 0 after none.",
)
def steps_to_fraction(beta, p):
    if beta >= 1:
        raise ValueError("beta")
    return float(np.floor(np.log(1 - p) / np.log(beta) + 1e-9)) + 1


@task.mistake(
    "as if the first speed stayed",
    "You divide the way by 1 - beta, as if the velocity rose evenly. Its gain gets smaller from "
    "step to step: which power of beta is still missing after k of them?",
)
def steps_to_fraction(beta, p):
    if beta >= 1:
        raise ValueError("beta")
    return float(np.ceil(p / (1 - beta)))


@task.accepts("the sum written out, and a loop that counts")
def velocity_after(k, beta, g):
    v = 0.0 * np.asarray(g)
    for _ in range(k):
        v = beta * v + g
    return v if np.ndim(g) else float(v)


@task.accepts("a sum of powers")
def velocity_after(k, beta, g):
    return np.asarray(g) * sum(beta**i for i in range(k)) * 1.0


@task.accepts("counting up")
def steps_to_fraction(beta, p):
    if beta >= 1:
        raise ValueError("the velocity has no limit")
    k, left = 0, 1.0
    while 1 - left < p - 1e-12:
        k, left = k + 1, left * beta
    return k


# --- half_life, time_constant ---


def halved_after(answer, k):
    """Ask for the half-life where it is known."""
    return answer(0.5 ** (1 / k))


def random_betas(rng):
    cases = []
    for beta in rng.uniform(0.05, 0.995, 3):
        cases.append(Case(f"half_life({beta:.4f})", (beta,)))
        cases.append(Case(f"time_constant({beta:.4f})", (beta,), of="time_constant"))
    return cases


task = problems.task(
    (reference.half_life, reference.time_constant),
    cases=[
        Case("half_life(0.5)", (0.5,)),
        Case("half_life(0.25)", (0.25,)),
        Case("half_life(0.9)", (0.9,)),
        Case("half_life(0.99)", (0.99,)),
        Case("half_life(NaN)", (np.nan,)),
        Case("half_life of the beta with which half is left after 3 steps", (3,), halved_after),
        Case("half_life(1)", (1.0,)),
        Case("half_life(-0.5)", (-0.5,)),
        Case("time_constant(0.5)", (0.5,), of="time_constant"),
        Case("time_constant(0.75)", (0.75,), of="time_constant"),
        Case("time_constant(0.9)", (0.9,), of="time_constant"),
        Case("time_constant(0), no memory", (0.0,), of="time_constant"),
        Case("time_constant(NaN)", (np.nan,), of="time_constant"),
        Case("time_constant(1)", (1.0,), of="time_constant"),
        Case("time_constant(-0.5)", (-0.5,), of="time_constant"),
    ],
    draw=random_betas,
    why="two logarithms and a quotient: only rounding may differ",
)


@task.mistake(
    "time constant as half-life",
    "After your number of steps less than half is left: for beta = 0.9 it is 0.35. Which power "
    "of beta is one half?",
)
def half_life(beta):
    if beta >= 1 or beta < 0:
        raise ValueError("beta")
    return 1 / (1 - beta)


@task.mistake(
    "where is the half?",
    "After your number of steps 0.37 is left, which is 1/e. Which number should the power of beta "
    "be equal to?",
)
def half_life(beta):
    if beta >= 1 or beta < 0:
        raise ValueError("beta")
    return -1 / np.log(beta)


@task.mistake(
    "negative time",
    "A negative number of steps: the logarithm of a number below 1 is negative. On one side of the "
    "equation a sign got lost.",
)
def half_life(beta):
    if beta >= 1 or beta < 0:
        raise ValueError("beta")
    return np.log(2) / np.log(beta)


@task.mistake(
    "quotient upside down",
    "A longer memory should have a longer half-life, and yours gets shorter. Solve for the "
    "exponent once more.",
)
def half_life(beta):
    if beta >= 1 or beta < 0:
        raise ValueError("beta")
    return -np.log(beta) / np.log(2)


@task.mistake(
    "a whole number of steps",
    "Your half-life is rounded. It is a property of beta and not a count: leave its digits.",
)
def half_life(beta):
    if beta >= 1 or beta < 0:
        raise ValueError("beta")
    return float(np.ceil(np.log(0.5) / np.log(beta)))


@task.mistake(
    "nearly right for long memories",
    "Close for beta = 0.99 and far off for 0.5: you have put 1 - beta where a logarithm belongs. "
    "Is half left after your number of steps?",
)
def half_life(beta):
    if beta >= 1 or beta < 0:
        raise ValueError("beta")
    return np.log(2) / (1 - beta)


@task.mistake(
    "half of the time constant",
    "Half of the sum of all weights is not the time after which a weight is halved. Which power of "
    "beta is 0.5?",
)
def half_life(beta):
    if beta >= 1 or beta < 0:
        raise ValueError("beta")
    return 0.5 / (1 - beta)


@task.mistake(
    "one over beta",
    "Your time constant falls for a longer memory. Add up 1, 0.5, 0.25, ... for beta = 0.5: what "
    " does the sum depend on?",
)
def time_constant(beta):
    if beta >= 1 or beta < 0:
        raise ValueError("beta")
    return 1 / beta if beta else np.inf


@task.mistake(
    "by the logarithm",
    "Close for long memories: you say when a weight has fallen to 1/e. Here the sum of all weights "
    "is meant, and without memory it is 1.",
)
def time_constant(beta):
    if beta >= 1 or beta < 0:
        raise ValueError("beta")
    return -1 / np.log(beta) if beta else 0.0


@task.mistake(
    "without the first gradient",
    "Your sum is too small by 1: the newest gradient has a weight as well. Which power of beta is "
    "it?",
)
def time_constant(beta):
    if beta >= 1 or beta < 0:
        raise ValueError("beta")
    return beta / (1 - beta)


@task.mistake(
    "one minus beta",
    "Your time constant gets smaller as the memory gets longer: is it the sum of the weights, or "
    "the weight of one?",
)
def time_constant(beta):
    if beta >= 1 or beta < 0:
        raise ValueError("beta")
    return 1 - beta


@task.mistake(
    "two bases",
    "Your half-life is too short by the factor 2.3, which is the logarithm of 10. Are both "
    "logarithms taken to the same base?",
)
def half_life(beta):
    if beta >= 1 or beta < 0:
        raise ValueError("beta")
    return np.log10(2) / -np.log(beta)


@task.mistake(
    "a half divided by beta",
    "Right for beta = 0.5, and shorter for longer memories. Forgetting multiplies by beta again "
    "and again: how is such an equation solved for the number of times?",
)
def half_life(beta):
    if beta >= 1 or beta < 0:
        raise ValueError("beta")
    return 0.5 / beta


@task.accepts("with base 2")
def half_life(beta):
    if beta >= 1 or beta < 0:
        raise ValueError("beta")
    return -1 / np.log2(beta)


@task.accepts("logarithm to the base beta")
def half_life(beta):
    if not (0 <= beta < 1 or np.isnan(beta)):
        raise ValueError("beta")
    return np.log(0.5) / np.log(beta)


@task.accepts("sum of a series that has died out")
def time_constant(beta):
    if beta >= 1 or beta < 0:
        raise ValueError("beta")
    return float(np.sum(beta ** np.arange(20_000.0)))


# --- hb_radius ---


def random_balls(rng):
    cases = []
    for words, lr, beta, lam in (
        ("a short memory", rng.uniform(0.1, 0.4), 0.1, rng.uniform(0.5, 1.0)),
        ("a long memory", rng.uniform(0.5, 1.5), 0.9, rng.uniform(0.5, 1.0)),
        ("a tiny curvature", rng.uniform(1e3, 2e3), 0.3, 1e-5),
        ("a step too long", rng.uniform(5, 9), 0.5, 1.0),
    ):
        cases.append(
            Case(f"{words}: lr = {lr:.3g}, beta = {beta:g}, lam = {lam:.3g}", (lr, beta, lam))
        )
    return cases


task = problems.task(
    reference.hb_radius,
    cases=[
        Case("lr = 1, beta = 0.25, lam = 1: complex", (1.0, 0.25, 1.0)),
        Case("lr = 2, beta = 0.81, lam = 0.5: complex", (2.0, 0.81, 0.5)),
        Case("lr = 0.5, beta = 0, lam = 1: plain descent", (0.5, 0.0, 1.0)),
        Case("lr = 1.5, beta = 0, lam = 1: factor -0.5", (1.5, 0.0, 1.0)),
        Case("lr = 0.1, beta = 0.2, lam = 1: real, positive", (0.1, 0.2, 1.0)),
        Case("lr = 2.3, beta = 0.2, lam = 1: real, negative", (2.3, 0.2, 1.0)),
        Case("lr = 4, beta = 0.5, lam = 1: too long", (4.0, 0.5, 1.0)),
        Case("lr = 0.1, beta = 0.9, lam = 10", (0.1, 0.9, 10.0)),
        Case("whole numbers: lr = 1, beta = 0, lam = 3", (1, 0, 3)),
        Case("lr = 1, beta = 0.5, lam = 1, whole where they are", (1, 0.5, 1)),
        Case("a saddle: lam = -2", (0.1, 0.5, -2.0)),
        Case("flat ground: lam = 0", (0.1, 0.5, 0.0)),
        Case("beta is NaN", (0.1, np.nan, 1.0)),
        Case("lam is NaN", (0.1, 0.5, np.nan)),
    ],
    draw=random_balls,
    rtol=1e-7,
    atol=1e-9,
    why="where two eigenvalues almost meet, rounding moves them by about the root of 1e-16",
)


@task.mistake(
    "twice the root",
    "Twice too large where the eigenvalues are complex. Their product is the determinant, and both "
    "have the same size: how large is each?",
)
def hb_radius(lr, beta, lam):
    t = 1 + beta - lr * lam
    gap = t * t - 4 * beta
    if gap < 0:
        return 2 * np.sqrt(beta)
    return (abs(t) + np.sqrt(gap)) / 2


@task.mistake(
    "sign of the coupling",
    "Your matrix has another determinant than beta, so a sign in it is wrong. Which way does the "
    "velocity move x?",
)
def hb_radius(lr, beta, lam):
    if np.isnan(lr + beta + lam):
        return np.nan
    R = np.array([[beta, lam], [lr * beta, 1 - lr * lam]])
    return np.max(np.abs(np.linalg.eigvals(R)))


@task.mistake(
    "largest real part",
    "Right where the eigenvalues are real and positive. A complex or negative one shrinks by its "
    "size, not by its real part: what is the size of a complex number?",
)
def hb_radius(lr, beta, lam):
    if np.isnan(lr + beta + lam):
        return np.nan
    R = np.array([[beta, lam], [-lr * beta, 1 - lr * lam]])
    return np.max(np.linalg.eigvals(R).real)


@task.mistake(
    "size of the real part",
    "Right where the eigenvalues are real, too small where they are complex. Their imaginary part "
    "belongs to their size.",
)
def hb_radius(lr, beta, lam):
    if np.isnan(lr + beta + lam):
        return np.nan
    R = np.array([[beta, lam], [-lr * beta, 1 - lr * lam]])
    return np.max(np.abs(np.linalg.eigvals(R).real))


@task.mistake(
    "root of a negative number",
    "Where the number under the root is negative NaN comes out. The eigenvalues are complex there, "
    "and both have one size: what is it?",
)
def hb_radius(lr, beta, lam):
    t = 1 + beta - lr * lam
    with np.errstate(invalid="ignore"):
        return (abs(t) + np.sqrt(np.float64(t * t - 4 * beta))) / 2


@task.mistake(
    "the smaller eigenvalue",
    "You return the factor that dies out first. After many steps, which of the two is left?",
)
def hb_radius(lr, beta, lam):
    if np.isnan(lr + beta + lam):
        return np.nan
    R = np.array([[beta, lam], [-lr * beta, 1 - lr * lam]])
    return np.min(np.abs(np.linalg.eigvals(R)))


@task.mistake(
    "largest singular value",
    "Yours is how much one single step can stretch a vector, the largest singular value. The rate "
    "of many steps is decided by the eigenvalues.",
)
def hb_radius(lr, beta, lam):
    if np.isnan(lr + beta + lam):
        return np.nan
    R = np.array([[beta, lam], [-lr * beta, 1 - lr * lam]])
    return np.linalg.norm(R, 2)


@task.mistake(
    "momentum left out",
    "That is the factor of plain gradient descent: beta does not change your result. Which 2 by 2 "
    "matrix leads from (v, x) to the next pair?",
)
def hb_radius(lr, beta, lam):
    return abs(1 - lr * lam)


@task.mistake(
    "always the root of beta",
    "Right where the eigenvalues are complex. Where they are real they differ in size: which of "
    "them decides, and can it be above 1?",
)
def hb_radius(lr, beta, lam):
    return np.sqrt(beta)


@task.mistake(
    "the determinant",
    "That is the product of both eigenvalues. If they have the same size, what is the size of one?",
)
def hb_radius(lr, beta, lam):
    return beta


@task.mistake(
    "an eigenvalue without its size",
    "Right where the larger eigenvalue is positive. With a long step it is negative: x jumps from "
    "side to side. What counts for the rate?",
)
def hb_radius(lr, beta, lam):
    t = 1 + beta - lr * lam
    gap = t * t - 4 * beta
    if gap < 0:
        return np.sqrt(beta)
    return (t + np.sqrt(gap)) / 2


@task.mistake(
    "curvature squared",
    "Right where lam is 1 or 0. The gradient of half lam x squared is lam x: how often does the "
    "curvature enter a step?",
)
def hb_radius(lr, beta, lam):
    t = 1 + beta - lr * lam**2
    gap = t * t - 4 * beta
    if gap < 0:
        return np.sqrt(beta)
    return (abs(t) + np.sqrt(gap)) / 2


@task.mistake(
    "half forgotten",
    "Where the eigenvalues are real yours is twice too large. Which number stands under the whole "
    "fraction in the solution of a quadratic equation?",
)
def hb_radius(lr, beta, lam):
    t = 1 + beta - lr * lam
    gap = t * t - 4 * beta
    if gap < 0:
        return np.sqrt(beta)
    return abs(t) + np.sqrt(gap)


@task.mistake(
    "plain factor where it does not swing",
    "Right where the eigenvalues are complex or beta is 0. Where they are real you take the factor "
    "of plain descent, but the memory acts there as well: solve the quadratic equation.",
)
def hb_radius(lr, beta, lam):
    if (1 + beta - lr * lam) ** 2 < 4 * beta:
        return np.sqrt(beta)
    return abs(1 - lr * lam)


@task.mistake(
    "momentum missing in a corner",
    "The determinant of your matrix is not beta. The new velocity moves x, and its old part "
    "arrives there with a factor: which?",
)
def hb_radius(lr, beta, lam):
    if np.isnan(lr + beta + lam):
        return np.nan
    R = np.array([[beta, lam], [-lr, 1 - lr * lam]])
    return np.max(np.abs(np.linalg.eigvals(R)))


@task.accepts("eigenvalues of the matrix")
def hb_radius(lr, beta, lam):
    if np.isnan([lr, beta, lam]).any():
        return np.nan
    R = np.array([[beta, lam], [-lr * beta, 1 - lr * lam]])
    return float(np.abs(np.linalg.eigvals(R)).max())


@task.accepts("roots of the characteristic polynomial")
def hb_radius(lr, beta, lam):
    if np.isnan([lr, beta, lam]).any():
        return np.nan
    half = (1 + beta - lr * lam) / 2
    gap = np.sqrt(complex(half * half - beta))
    return max(abs(half + gap), abs(half - gap))


@task.accepts("in the variables x and the x before")
def hb_radius(lr, beta, lam):
    if np.isnan(lr * beta * lam):
        return np.nan
    A = np.array([[1 + beta - lr * lam, -beta], [1.0, 0.0]])
    return np.max(np.abs(np.linalg.eigvals(A)))


# --- optimal_hb ---


def random_ends(rng):
    cases = []
    for scale in (1e-3, 1.0, 1e3):
        l1 = scale * rng.uniform(0.5, 2)
        ln = l1 * rng.uniform(2, 200)
        cases.append(Case(f"curvatures from {l1:.3g} to {ln:.3g}", (l1, ln)))
    return cases


task = problems.task(
    reference.optimal_hb,
    cases=[
        Case("curvatures from 1 to 9", (1.0, 9.0)),
        Case("curvatures from 4 to 16", (4.0, 16.0)),
        Case("whole numbers: from 1 to 4", (1, 4)),
        Case("curvatures from 0.01 to 1", (0.01, 1.0)),
        Case("all curvatures equal: 4", (4.0, 4.0)),
        Case("kappa = 10000", (1.0, 10_000.0)),
        Case("ln is NaN", (1.0, np.nan)),
        Case("l1 is NaN", (np.nan, 2.0)),
        Case("l1 = 0, flat ground", (0.0, 1.0)),
        Case("l1 = -1, a saddle", (-1.0, 4.0)),
        Case("ends exchanged: 9 and 1", (9.0, 1.0)),
    ],
    draw=random_ends,
    why="roots and quotients: only rounding may differ",
)


@task.mistake(
    "momentum not squared",
    "Your learning rate is right, and your beta is the factor by which the error shrinks. In the "
    "complex regime that factor is the root of beta.",
)
def optimal_hb(l1, ln):
    if l1 <= 0 or ln < l1:
        raise ValueError("order")
    a, b = np.sqrt(l1), np.sqrt(ln)
    return (2 / (a + b)) ** 2, (b - a) / (b + a)


@task.mistake(
    "roots left out",
    "For 1 and 9 your beta is 0.64, and 0.25 would do. Heavy ball pays with the root of the "
    "condition number: where are the roots?",
)
def optimal_hb(l1, ln):
    if l1 <= 0 or ln < l1:
        raise ValueError("order")
    return (2 / (l1 + ln)) ** 2, ((ln - l1) / (ln + l1)) ** 2


@task.mistake(
    "gradient descent's rate",
    "Your beta is right, and your learning rate is the best one *without* momentum. With momentum "
    "a longer step is allowed, up to 2 (1 + beta) / ln: which is best?",
)
def optimal_hb(l1, ln):
    if l1 <= 0 or ln < l1:
        raise ValueError("order")
    a, b = np.sqrt(l1), np.sqrt(ln)
    return 2 / (l1 + ln), ((b - a) / (b + a)) ** 2


@task.mistake(
    "results exchanged",
    "Both numbers are right and come in the other order.",
)
def optimal_hb(l1, ln):
    if l1 <= 0 or ln < l1:
        raise ValueError("order")
    a, b = np.sqrt(l1), np.sqrt(ln)
    return ((b - a) / (b + a)) ** 2, (2 / (a + b)) ** 2


@task.mistake(
    "rate not squared",
    "Your beta is right, and your learning rate is the root of the right one. A rate times a "
    "curvature is a pure number: which power of the curvature must it hold?",
)
def optimal_hb(l1, ln):
    if l1 <= 0 or ln < l1:
        raise ValueError("order")
    a, b = np.sqrt(l1), np.sqrt(ln)
    return 2 / (a + b), ((b - a) / (b + a)) ** 2


@task.mistake(
    "kappa upside down",
    "Your learning rate is right and your beta is above 1 or far from it. Kappa is the largest "
    "curvature divided by the smallest.",
)
def optimal_hb(l1, ln):
    if l1 <= 0 or ln < l1:
        raise ValueError("order")
    root = np.sqrt(ln / l1)
    return (2 / (np.sqrt(l1) + np.sqrt(ln))) ** 2, (
        (root + 1) / (root - 1)
    ) ** 2 if root > 1 else np.inf


@task.mistake(
    "kappa without its root",
    "Your learning rate is right; your beta has the condition number where its root belongs. For "
    "curvatures 1 and 9, which numbers stand in the quotient?",
)
def optimal_hb(l1, ln):
    if l1 <= 0 or ln < l1:
        raise ValueError("order")
    return (2 / (np.sqrt(l1) + np.sqrt(ln))) ** 2, ((ln - l1) / (ln + l1)) ** 2


@task.mistake(
    "the careful rate",
    "Your learning rate is 1/ln, the careful choice of plain descent and of Nesterov. The heavy "
    "ball may step further: set both ends to the edge of the complex regime.",
)
def optimal_hb(l1, ln):
    if l1 <= 0 or ln < l1:
        raise ValueError("order")
    a, b = np.sqrt(l1), np.sqrt(ln)
    return 1 / ln, ((b - a) / (b + a)) ** 2


@task.mistake(
    "two for four",
    "Your learning rate is half of the right one. Square the whole bracket, its 2 included.",
)
def optimal_hb(l1, ln):
    if l1 <= 0 or ln < l1:
        raise ValueError("order")
    a, b = np.sqrt(l1), np.sqrt(ln)
    return 2 / (a + b) ** 2, ((b - a) / (b + a)) ** 2


@task.mistake(
    "sum not squared",
    "Your beta is right. In the learning rate the 2 is squared and the sum of the roots is not: "
    "square the whole bracket.",
)
def optimal_hb(l1, ln):
    if l1 <= 0 or ln < l1:
        raise ValueError("order")
    a, b = np.sqrt(l1), np.sqrt(ln)
    return 4 / (a + b), ((b - a) / (b + a)) ** 2


@task.mistake(
    "plain descent's pair",
    "That is the best learning rate of plain descent, and the factor that it earns. Momentum puts "
    "roots in the place of both curvatures, and squares what comes out.",
)
def optimal_hb(l1, ln):
    if l1 <= 0 or ln < l1:
        raise ValueError("order")
    return 2 / (l1 + ln), (ln - l1) / (ln + l1)


@task.accepts("with kappa")
def optimal_hb(l1, ln):
    if l1 <= 0 or ln < l1:
        raise ValueError("not 0 < l1 <= ln")
    root = np.sqrt(ln / l1)
    return 4 / (l1 * (1 + root) ** 2), 1 - 4 * root / (root + 1) ** 2


@task.accepts("beta first, then the rate from it")
def optimal_hb(l1, ln):
    if l1 <= 0 or l1 > ln:
        raise ValueError("not 0 < l1 <= ln")
    a, b = l1**0.5, ln**0.5
    rate = (b - a) / (b + a)
    return (1 + rate) ** 2 / ln, rate * rate


# --- nesterov_lookahead_step ---


def doubled(w):
    """Return the gradient of w², entry by entry."""
    return 2 * w


def itself(w):
    """Return the gradient of w²/2: the very array w."""
    return w


SKEW = np.array([[2.0, 1.0, 0.0], [1.0, 3.0, -1.0], [0.0, -1.0, 1.0]])


def skew(w):
    """Return the gradient of a bowl that lies across the axes, for each column."""
    return SKEW @ w


def cubed(w):
    """Return the gradient of w⁴/4."""
    return w**3


def ahead(answer, w, v, grad, lr, mu):
    """Make one look-ahead step."""
    return answer(w, v, grad, lr=lr, mu=mu)


def ahead_often(answer, w, v, grad, lr, mu, n):
    """Make n look-ahead steps; return what each returns."""
    came = []
    for _ in range(n):
        w, v = answer(w, v, grad, lr=lr, mu=mu)
        came.append(copy.deepcopy((w, v)))
    return came


def random_aheads(rng):
    cases = []
    for shape, scale in (((3,), 1.0), ((3, 2), 1e-3), ((3,), 1e3)):
        w, v = scale * rng.normal(size=shape), scale * rng.normal(size=shape)
        v.flat[1] = 0.0
        args = (w, v, skew, 0.1, 0.8, 4)
        cases.append(
            Case(f"four steps on a bowl, shape {shape}, size {scale:g}", args, ahead_often)
        )
    return cases


task = problems.task(
    reference.nesterov_lookahead_step,
    cases=[
        Case(
            "w = 5, v = -2, gradient 2w, lr = 0.25, mu = 0.5",
            (5.0, -2.0, doubled, 0.25, 0.5),
            ahead,
        ),
        Case("w = 1, v = 2, gradient w³, lr = 0.5, mu = 0.5", (1.0, 2.0, cubed, 0.5, 0.5), ahead),
        Case(
            "w = (4, 0), v = (2, 1), gradient 2w, lr = 0.25, mu = 0.5",
            (np.array([4.0, 0.0]), np.array([2.0, 1.0]), doubled, 0.25, 0.5),
            ahead,
        ),
        Case(
            "from rest, three steps",
            (np.array([1.0, 4.0]), np.zeros(2), doubled, 0.25, 0.5, 3),
            ahead_often,
        ),
        Case(
            "a gradient that is w itself, two steps",
            (np.array([4.0, -8.0]), np.array([1.0, 1.0]), itself, 0.5, 0.5, 2),
            ahead_often,
        ),
        Case("no momentum", (np.array([3.0, 4.0]), np.ones(2), doubled, 0.1, 0.0), ahead),
        Case("whole numbers", (np.array([3, 4]), np.array([1, -2]), doubled, 0.1, 0.5), ahead),
        Case(
            "whole numbers, lr = 0.2",
            (np.array([1, 2]), np.array([1, 0]), doubled, 0.2, 0.5),
            ahead,
        ),
        Case("w holds NaN", (np.array([np.nan, 1.0]), np.ones(2), doubled, 0.1, 0.9), ahead),
        Case("v holds NaN", (np.ones(2), np.array([1.0, np.nan]), doubled, 0.1, 0.9), ahead),
        Case(
            "a table (3, 2)",
            (np.arange(6.0).reshape(3, 2), np.ones((3, 2)), skew, 0.1, 0.9, 2),
            ahead_often,
        ),
    ],
    draw=random_aheads,
    why="a few sums and products: only rounding may differ",
)


@task.mistake(
    "gradient where the ball is",
    "You ask for the gradient at w: that is the heavy ball. Nesterov asks for it where the "
    "velocity alone would carry w. Which point is that?",
)
def nesterov_lookahead_step(w, v, grad, *, lr, mu):
    v = mu * v - lr * grad(w)
    return w + v, v


@task.mistake(
    "looks back",
    "You ask for the gradient behind the ball. The velocity is added to w in this form: with which "
    "sign do you look ahead along it?",
)
def nesterov_lookahead_step(w, v, grad, *, lr, mu):
    v = mu * v - lr * grad(w - mu * v)
    return w + v, v


@task.mistake(
    "velocity added twice",
    "Your velocity is right and w goes too far. The new velocity already holds mu times the old "
    "one: how often do you add it?",
)
def nesterov_lookahead_step(w, v, grad, *, lr, mu):
    there = w + mu * v
    v = mu * v - lr * grad(there)
    return there + v, v


@task.mistake(
    "moved by the gradient only",
    "Your velocity is right and does not carry w: only the gradient moves it. By what should w "
    "change?",
)
def nesterov_lookahead_step(w, v, grad, *, lr, mu):
    g = grad(w + mu * v)
    return w - lr * g, mu * v - lr * g


@task.mistake(
    "looks too far ahead",
    "You look ahead by all of v. In one step friction takes its part of the velocity: what is left "
    "of it?",
)
def nesterov_lookahead_step(w, v, grad, *, lr, mu):
    v = mu * v - lr * grad(w + v)
    return w + v, v


@task.mistake(
    "no friction",
    "The gradient is asked for at the right point, and then all of the old velocity is kept. Which "
    "part of it survives a step?",
)
def nesterov_lookahead_step(w, v, grad, *, lr, mu):
    v = v - lr * grad(w + mu * v)
    return w + v, v


@task.mistake(
    "moved by the old velocity",
    "Your new velocity is right, but w moves by the old one. Which comes first, the velocity or "
    "the move?",
)
def nesterov_lookahead_step(w, v, grad, *, lr, mu):
    return w + mu * v, mu * v - lr * grad(w + mu * v)


@task.mistake(
    "rate outside",
    "From rest the first w is right and the velocity is not. Here the velocity is a step that is "
    "added to w: where does lr stand, and with which sign?",
)
def nesterov_lookahead_step(w, v, grad, *, lr, mu):
    v = mu * v + grad(w + mu * v)
    return w - lr * v, v


@task.mistake(
    "uphill",
    "The gradient is added to the velocity, and you climb. Which way does a gradient point?",
)
def nesterov_lookahead_step(w, v, grad, *, lr, mu):
    v = mu * v + lr * grad(w + mu * v)
    return w + v, v


@task.mistake(
    "velocity not returned",
    "w is right, and the velocity that comes back is the old one: the next step starts with a "
    "memory of the step before last.",
)
def nesterov_lookahead_step(w, v, grad, *, lr, mu):
    return w + mu * v - lr * grad(w + mu * v), v


@task.mistake(
    "results exchanged",
    "Both results are right and come in the other order. Which does the caller unpack first?",
)
def nesterov_lookahead_step(w, v, grad, *, lr, mu):
    new = mu * v - lr * grad(w + mu * v)
    return new, w + new


@task.mistake(
    "moved by all of the old velocity",
    "Your new velocity is right, but w moves by the one that came in. Which of the two carries it?",
)
def nesterov_lookahead_step(w, v, grad, *, lr, mu):
    return w + v, mu * v - lr * grad(w + mu * v)


@task.mistake(
    "velocity with the other sign",
    "You subtract a velocity that points uphill: a method of its own, but here v is a step that is "
    "added to w. Which signs change in the three places?",
)
def nesterov_lookahead_step(w, v, grad, *, lr, mu):
    v = mu * v + lr * grad(w - mu * v)
    return w - v, v


@task.accepts("in two half steps")
def nesterov_lookahead_step(w, v, grad, *, lr, mu):
    there = np.add(w, np.multiply(mu, v))
    new = there - lr * np.array(grad(there), dtype=float)
    return new, new - w


@task.accepts("with the old velocity kept")
def nesterov_lookahead_step(w, v, grad, *, lr, mu):
    before = np.array(v, dtype=float)
    v = mu * before - lr * grad(w + mu * before)
    return w + v, v


# --- nesterov_rewritten_step ---


def rewritten(answer, w, v, g, lr, mu):
    """Make one rewritten step."""
    return answer(w, v, g, lr=lr, mu=mu)


def fifty_steps(answer, w, grad, lr, mu, n):
    """Walk by the rewritten step from rest; return every point ahead, and the last velocity."""
    v, path = 0.0 * w, []
    for _ in range(n):
        w, v = answer(w, v, grad(w), lr=lr, mu=mu)
        path.append(copy.deepcopy(w))
    return path, copy.deepcopy(v)


def random_rewritten(rng):
    cases = []
    for shape, scale in (((3,), 1.0), ((2, 3), 1e-3), ((), 1e3)):
        w, v, g = (scale * rng.normal(size=shape) for _ in range(3))
        if shape:
            v.flat[1] = 0.0
        cases.append(
            Case(f"one step, shape {shape}, size {scale:g}", (w, v, g, 0.2, 0.7), rewritten)
        )
    return cases


task = problems.task(
    reference.nesterov_rewritten_step,
    cases=[
        Case("w = 4, v = -2, g = 8, lr = 0.25, mu = 0.5", (4.0, -2.0, 8.0, 0.25, 0.5), rewritten),
        Case("w = 1, v = 4, g = 2, lr = 0.5, mu = 0.5", (1.0, 4.0, 2.0, 0.5, 0.5), rewritten),
        Case(
            "w = (1, 0), v = (2, 4), g = (0, 8), lr = 0.25, mu = 0.75",
            (np.array([1.0, 0.0]), np.array([2.0, 4.0]), np.array([0.0, 8.0]), 0.25, 0.75),
            rewritten,
        ),
        Case(
            "from rest: v = 0",
            (np.array([4.0]), np.array([0.0]), np.array([8.0]), 0.25, 0.5),
            rewritten,
        ),
        Case(
            "gradient 2w, three steps from rest",
            (np.array([1.0, 4.0]), doubled, 0.25, 0.5, 3),
            fifty_steps,
        ),
        Case(
            "a bowl, fifty steps from rest",
            (np.array([3.0, 0.0, 1.0]), skew, 0.1, 0.9, 50),
            fifty_steps,
        ),
        Case(
            "no momentum",
            (np.array([3.0, 4.0]), np.ones(2), np.array([6.0, 8.0]), 0.1, 0.0),
            rewritten,
        ),
        Case(
            "whole numbers",
            (np.array([3, 4]), np.array([1, -2]), np.array([6, 8]), 0.1, 0.5),
            rewritten,
        ),
        Case("g holds NaN", (np.ones(2), np.ones(2), np.array([np.nan, 1.0]), 0.1, 0.9), rewritten),
        Case("v holds NaN", (np.ones(2), np.array([1.0, np.nan]), np.ones(2), 0.1, 0.9), rewritten),
        Case(
            "a table (2, 3)",
            (np.ones((2, 3)), np.arange(6.0).reshape(2, 3), np.ones((2, 3)), 0.1, 0.9),
            rewritten,
        ),
    ],
    draw=random_rewritten,
    rtol=1e-9,
    why="fifty steps of sums and products: rounding only, which they shrink",
)


@task.mistake(
    "old velocity lost",
    "Your velocity is right, and w moves by it and no more: both terms use the new velocity. Which "
    "of the two velocities was the point ahead built with?",
)
def nesterov_rewritten_step(w, v, g, *, lr, mu):
    v = mu * v - lr * g
    return w - mu * v + (1 + mu) * v, v


@task.mistake(
    "one minus mu",
    "Your velocity is right. From w - mu v, the true position, go on by the new velocity, and then "
    "ahead by mu times it: how often is the new velocity added?",
)
def nesterov_rewritten_step(w, v, g, *, lr, mu):
    new = mu * v - lr * g
    return w - mu * v + (1 - mu) * new, new


@task.mistake(
    "rate outside",
    "Your path is right for a constant rate, but your velocity is a sum of gradients. Here it is a "
    "step: where does lr stand?",
)
def nesterov_rewritten_step(w, v, g, *, lr, mu):
    v = mu * v + g
    return w - lr * (g + mu * v), v


@task.mistake(
    "does not step back first",
    "From rest your step is right; with a velocity it is too long. The point ahead already holds "
    "mu times the old velocity: where was the true position?",
)
def nesterov_rewritten_step(w, v, g, *, lr, mu):
    new = mu * v - lr * g
    return w + (1 + mu) * new, new


@task.mistake(
    "does not look ahead again",
    "You go back to the true position and on by the new velocity, and stay there. The next "
    "gradient is to be taken ahead of it: how far?",
)
def nesterov_rewritten_step(w, v, g, *, lr, mu):
    new = mu * v - lr * g
    return w - mu * v + new, new


@task.mistake(
    "sign of the step back",
    "You add mu times the old velocity, where the true position lies behind the point ahead.",
)
def nesterov_rewritten_step(w, v, g, *, lr, mu):
    new = mu * v - lr * g
    return w + mu * v + (1 + mu) * new, new


@task.mistake(
    "uphill",
    "The gradient is added to the velocity. Which way is down?",
)
def nesterov_rewritten_step(w, v, g, *, lr, mu):
    new = mu * v + lr * g
    return w - mu * v + (1 + mu) * new, new


@task.mistake(
    "old velocity returned",
    "w is right, and the velocity that comes back is the one that went in. What will the next step "
    "take for its old velocity?",
)
def nesterov_rewritten_step(w, v, g, *, lr, mu):
    new = mu * v - lr * g
    return w - mu * v + (1 + mu) * new, v


@task.mistake(
    "ahead without the gradient's own step",
    "You go ahead by mu times the new velocity, but the step of this gradient is missing: compare "
    "with plain descent, which mu = 0 should give.",
)
def nesterov_rewritten_step(w, v, g, *, lr, mu):
    new = mu * v - lr * g
    return w + mu * new, new


@task.mistake(
    "results exchanged",
    "Both results are right and come in the other order. The point ahead is expected first.",
)
def nesterov_rewritten_step(w, v, g, *, lr, mu):
    new = mu * v - lr * g
    return new, w - mu * v + (1 + mu) * new


@task.mistake(
    "ahead but not on",
    "You step back, and then ahead by mu times the new velocity; the step itself, by all of the "
    "new velocity, is missing between the two.",
)
def nesterov_rewritten_step(w, v, g, *, lr, mu):
    new = mu * v - lr * g
    return w - mu * v + mu * new, new


@task.mistake(
    "steps back too far",
    "Your velocity is right, and you step back by all of the old one. By which part of it was the "
    "point ahead of the true one?",
)
def nesterov_rewritten_step(w, v, g, *, lr, mu):
    new = mu * v - lr * g
    return w - v + (1 + mu) * new, new


@task.accepts("the step of the gradient, then ahead")
def nesterov_rewritten_step(w, v, g, *, lr, mu):
    v = mu * np.asarray(v, dtype=float) - lr * np.asarray(g, dtype=float)
    return w + mu * v - lr * np.asarray(g), v


@task.accepts("back to the true position")
def nesterov_rewritten_step(w, v, g, *, lr, mu):
    true = np.subtract(w, np.multiply(mu, v))
    new = np.multiply(mu, v) - np.multiply(lr, g)
    true = true + new
    return true + mu * new, new
