"""Task `convert` of chapter `momentum`."""

import numpy as np

from fallline import momentum as reference
from fallline.marking.task import Case, Task


def random_forms(rng):
    cases = []
    for form_a, form_b in (
        ("ema", "inside"),
        ("outside", "ema"),
        ("inside", "outside"),
        ("ema", "ema"),
    ):
        lr, beta = 10 ** rng.uniform(-4, 1), rng.uniform(0.1, 0.99)
        words = f"from {form_a} to {form_b}, lr = {lr:.3g}, beta = {beta:.3g}"
        cases.append(Case(words, (form_a, form_b, lr, beta)))
    return cases


task = Task(
    reference.convert,
    cases=[
        Case("from ema to outside, lr = 0.5, beta = 0.75", ("ema", "outside", 0.5, 0.75)),
        Case("from outside to ema, lr = 0.5, beta = 0.75", ("outside", "ema", 0.5, 0.75)),
        Case("from inside to outside, lr = 0.5, beta = 0.75", ("inside", "outside", 0.5, 0.75)),
        Case("from outside to inside, lr = 0.3, beta = 0.9", ("outside", "inside", 0.3, 0.9)),
        Case("from inside to ema, lr = 0.01, beta = 0.9", ("inside", "ema", 0.01, 0.9)),
        Case("from ema to inside, lr = 0.01, beta = 0.9", ("ema", "inside", 0.01, 0.9)),
        Case("from ema to ema, lr = 0.3, beta = 0.9", ("ema", "ema", 0.3, 0.9)),
        Case("from ema to ema, lr = 8, beta = 0.5", ("ema", "ema", 8, 0.5)),
        Case("from inside to inside", ("inside", "inside", 0.3, 0.9)),
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


@task.mistake(
    "ema to ema through the first branch",
    "Between two different forms you are right; from ema to ema the rate should come back as it "
    "is, and yours is multiplied. Both names are ema there: which of your branches comes first?",
)
def convert(form_a, form_b, lr, beta):
    if form_a == "ema":
        return lr * (1 - beta), beta
    if form_b == "ema":
        return lr / (1 - beta), beta
    return lr, beta


@task.mistake(
    "ema to ema divided",
    "Between two different forms you are right; from ema to ema yours is divided by 1 - beta. "
    "Somebody who changes no form: which rate should they use?",
)
def convert(form_a, form_b, lr, beta):
    if form_b == "ema":
        return lr / (1 - beta), beta
    if form_a == "ema":
        return lr * (1 - beta), beta
    return lr, beta


@task.mistake(
    "sign of the rate turned",
    "Between inside and outside your rate changes its sign, and one of the two would climb. The "
    "minus sign stands in the formulas of both forms: what is left for the rate to change?",
)
def convert(form_a, form_b, lr, beta):
    if form_a == form_b:
        return lr, beta
    if form_a == "ema":
        return lr * (1 - beta), beta
    if form_b == "ema":
        return lr / (1 - beta), beta
    return -lr, beta


@task.mistake(
    "beta first",
    "Both numbers are right and come in the other order. Which one does the caller unpack first?",
)
def convert(form_a, form_b, lr, beta):
    if form_a == "ema" and form_b != "ema":
        return beta, lr * (1 - beta)
    if form_b == "ema" and form_a != "ema":
        return beta, lr / (1 - beta)
    return beta, lr


@task.mistake(
    "brackets around one minus beta",
    "Some of your rates are negative. Python divides and multiplies before it subtracts: what is "
    "0.5 * 1 - 0.75?",
)
def convert(form_a, form_b, lr, beta):
    if form_a == form_b:
        return lr, beta
    if form_a == "ema":
        return lr * 1 - beta, beta
    if form_b == "ema":
        return lr / 1 - beta, beta
    return lr, beta


@task.mistake(
    "inside left out",
    "Between outside and ema you are right, between inside and ema nothing happens. Does the "
    "velocity of the form inside add up, or does it average?",
)
def convert(form_a, form_b, lr, beta):
    if form_a == "ema" and form_b == "outside":
        return lr * (1 - beta), beta
    if form_a == "outside" and form_b == "ema":
        return lr / (1 - beta), beta
    return lr, beta


@task.mistake(
    "both numbers scaled",
    "Your rate is right, and beta was scaled along with it. Forgetting goes equally fast in all "
    "three forms: which number should come back untouched?",
)
def convert(form_a, form_b, lr, beta):
    if form_a == "ema" and form_b != "ema":
        return lr * (1 - beta), beta * (1 - beta)
    if form_b == "ema" and form_a != "ema":
        return lr / (1 - beta), beta / (1 - beta)
    return lr, beta


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
