"""Task `schedule` of chapter `stochastic`."""

import numpy as np

from fallline import stochastic as reference
from fallline.marking.task import Case, Task


def rates(answer, kind, lr0, steps, options):
    """Ask a schedule for several steps."""
    return tuple(answer(kind, lr0, t, **options) for t in steps)


def random_schedules(gen):
    cases = []
    for kind in ("step", "exp", "inv", "poly", "cosine", "warmup-cosine"):
        lr0 = float(10.0 ** gen.uniform(-4, 1))
        T = int(gen.integers(8, 30))
        options = {
            "step": {"every": int(gen.integers(2, 6)), "gamma": float(gen.uniform(0.2, 0.9))},
            "exp": {"gamma": float(gen.uniform(0.5, 0.99))},
            "inv": {"rate": float(gen.uniform(0.1, 2))},
            "poly": {"T": T, "power": float(gen.uniform(1.2, 3)), "end": lr0 / 50},
            "cosine": {"T": T, "end": lr0 / 20},
            "warmup-cosine": {"T": T, "warmup": int(gen.integers(2, 6)), "end": lr0 / 20},
        }[kind]
        cases.append(shown(kind, lr0, (1, 2, 3, 5, 8, T, T + 1, 2 * T), options))
    return cases


def shown(kind, lr0, steps, options):
    """Return a case that is labelled by its numbers."""
    words = "".join(f", {k} = {v:.3g}" for k, v in options.items())
    steps_in_words = ", ".join(map(str, steps))
    label = f"{kind}, lr0 = {lr0:.3g}{words}, t = {steps_in_words}"
    return Case(label, (kind, lr0, steps, options), rates)


task = Task(
    reference.schedule,
    cases=[
        shown("constant", 0.3, (1, 2, 100), {}),
        shown("step", 0.8, (1, 2, 3, 4, 5), {"every": 2, "gamma": 0.5}),
        shown("exp", 0.8, (1, 2, 3), {"gamma": 0.5}),
        shown("inv", 0.6, (1, 2, 3), {"rate": 2.0}),
        shown("inv", 1.0, (1, 3, 5), {"rate": 0.5}),
        shown("poly", 0.8, (1, 2, 3, 5), {"T": 4}),
        shown("poly", 0.8, (2, 4, 6), {"T": 4}),
        shown("poly", 0.8, (1, 3, 5), {"T": 4, "power": 2}),
        shown("poly", 0.8, (1, 3, 5, 6, 9), {"T": 4, "power": 2, "end": 0.4}),
        shown("cosine", 0.8, (1, 3, 5), {"T": 4}),
        shown("cosine", 0.8, (1, 2, 3, 5, 6, 9), {"T": 4, "end": 0.4}),
        shown("warmup-cosine", 0.8, (1, 2, 3, 4, 5), {"T": 8, "warmup": 4}),
        shown("warmup-cosine", 0.8, (1, 2, 3, 5, 7, 9), {"T": 6, "warmup": 2, "end": 0.1}),
        shown("warmup-cosine", 0.8, (1, 3, 5, 6), {"T": 4, "warmup": 0}),
        shown("exp", 1, (1, 2, 3, 11), {"gamma": 0.9}),
        shown("step", 1e-6, (3, 4, 7, 10), {"every": 3, "gamma": 0.1}),
        shown("inv", np.nan, (1, 2), {"rate": 0.5}),
        Case("a kind that does not exist", ("sine", 0.1, (1,), {}), rates),
        Case("the kind Cosine, T = 4", ("Cosine", 0.1, (1,), {"T": 4}), rates),
        Case("the kind steps", ("steps", 0.1, (3,), {"every": 2, "gamma": 0.5}), rates),
    ],
    draw=random_schedules,
    why="powers and a cosine: only rounding may differ",
)


@task.mistake(
    "t for t - 1",
    "Your first step is already smaller than lr0. How many steps were made before the step t = 1?",
)
def schedule(kind, lr0, t, **kw):
    end, k = kw.get("end", 0.0), t
    if kind == "constant":
        return lr0
    if kind == "step":
        return lr0 * kw["gamma"] ** (k // kw["every"])
    if kind == "exp":
        return lr0 * kw["gamma"] ** k
    if kind == "inv":
        return lr0 / (1 + kw["rate"] * k)
    if kind == "poly":
        return end + (lr0 - end) * (1 - min(k / kw["T"], 1)) ** kw.get("power", 1)
    if kind == "cosine":
        return end + (lr0 - end) * (1 + np.cos(np.pi * min(k / kw["T"], 1))) / 2
    if kind == "warmup-cosine":
        w = kw["warmup"]
        if t <= w:
            return lr0 * t / w
        return end + (lr0 - end) * (1 + np.cos(np.pi * min((k - w) / (kw["T"] - w), 1))) / 2
    raise ValueError(kind)


@task.mistake(
    "cosine rises again",
    "Beyond T your rate climbs, and may fall below zero for a power. What should it be after the "
    "schedule has run out?",
)
def schedule(kind, lr0, t, **kw):
    end, k = kw.get("end", 0.0), t - 1
    if kind == "constant":
        return lr0
    if kind == "step":
        return lr0 * kw["gamma"] ** (k // kw["every"])
    if kind == "exp":
        return lr0 * kw["gamma"] ** k
    if kind == "inv":
        return lr0 / (1 + kw["rate"] * k)
    if kind == "poly":
        return end + (lr0 - end) * (1 - min(k / kw["T"], 1)) ** kw.get("power", 1)
    if kind == "cosine":
        return end + (lr0 - end) * (1 + np.cos(np.pi * k / kw["T"])) / 2
    if kind == "warmup-cosine":
        w = kw["warmup"]
        if t <= w:
            return lr0 * t / w
        return end + (lr0 - end) * (1 + np.cos(np.pi * (k - w) / (kw["T"] - w))) / 2
    raise ValueError(kind)


@task.mistake(
    "whole-number division",
    "Between the first step and the last your rate does not move. What does 3 // 4 come to?",
)
def schedule(kind, lr0, t, **kw):
    end, k = kw.get("end", 0.0), t - 1
    if kind == "constant":
        return lr0
    if kind == "step":
        return lr0 * kw["gamma"] ** (k // kw["every"])
    if kind == "exp":
        return lr0 * kw["gamma"] ** k
    if kind == "inv":
        return lr0 / (1 + kw["rate"] * k)
    if kind == "poly":
        return end + (lr0 - end) * (1 - min(k // kw["T"], 1)) ** kw.get("power", 1)
    if kind == "cosine":
        return end + (lr0 - end) * (1 + np.cos(np.pi * min(k // kw["T"], 1))) / 2
    if kind == "warmup-cosine":
        w = kw["warmup"]
        if t <= w:
            return lr0 * t / w
        return end + (lr0 - end) * (1 + np.cos(np.pi * min((k - w) // (kw["T"] - w), 1))) / 2
    raise ValueError(kind)


@task.mistake(
    "warm-up begins at zero",
    "The first step of your warm-up has the rate 0: it is computed and thrown away. At which t "
    "should lr0 be reached?",
)
def schedule(kind, lr0, t, **kw):
    end, k = kw.get("end", 0.0), t - 1
    if kind == "constant":
        return lr0
    if kind == "step":
        return lr0 * kw["gamma"] ** (k // kw["every"])
    if kind == "exp":
        return lr0 * kw["gamma"] ** k
    if kind == "inv":
        return lr0 / (1 + kw["rate"] * k)
    if kind == "poly":
        return end + (lr0 - end) * (1 - min(k / kw["T"], 1)) ** kw.get("power", 1)
    if kind == "cosine":
        return end + (lr0 - end) * (1 + np.cos(np.pi * min(k / kw["T"], 1))) / 2
    if kind == "warmup-cosine":
        w = kw["warmup"]
        if t <= w:
            return lr0 * (t - 1) / w
        return end + (lr0 - end) * (1 + np.cos(np.pi * min((k - w) / (kw["T"] - w), 1))) / 2
    raise ValueError(kind)


@task.mistake(
    "no warm-up breaks",
    "With warmup = 0 you divide by zero. What is to be done if there is nothing to warm up?",
)
def schedule(kind, lr0, t, **kw):
    end, k = kw.get("end", 0.0), t - 1
    if kind == "constant":
        return lr0
    if kind == "step":
        return lr0 * kw["gamma"] ** (k // kw["every"])
    if kind == "exp":
        return lr0 * kw["gamma"] ** k
    if kind == "inv":
        return lr0 / (1 + kw["rate"] * k)
    if kind == "poly":
        return end + (lr0 - end) * (1 - min(k / kw["T"], 1)) ** kw.get("power", 1)
    if kind == "cosine":
        return end + (lr0 - end) * (1 + np.cos(np.pi * min(k / kw["T"], 1))) / 2
    if kind == "warmup-cosine":
        w = kw["warmup"]
        rise = t / w
        fall = (1 + np.cos(np.pi * min(max(k - w, 0) / (kw["T"] - w), 1))) / 2
        return lr0 * rise if rise <= 1 else end + (lr0 - end) * fall
    raise ValueError(kind)


@task.mistake(
    "cosine not shifted by the warm-up",
    "After the warm-up your rate drops at once: the cosine has been running all the time. Which of "
    "its own steps is the first one after the warm-up?",
)
def schedule(kind, lr0, t, **kw):
    end, k = kw.get("end", 0.0), t - 1
    if kind == "constant":
        return lr0
    if kind == "step":
        return lr0 * kw["gamma"] ** (k // kw["every"])
    if kind == "exp":
        return lr0 * kw["gamma"] ** k
    if kind == "inv":
        return lr0 / (1 + kw["rate"] * k)
    if kind == "poly":
        return end + (lr0 - end) * (1 - min(k / kw["T"], 1)) ** kw.get("power", 1)
    if kind == "cosine":
        return end + (lr0 - end) * (1 + np.cos(np.pi * min(k / kw["T"], 1))) / 2
    if kind == "warmup-cosine":
        w = kw["warmup"]
        if t <= w:
            return lr0 * t / w
        return end + (lr0 - end) * (1 + np.cos(np.pi * min(k / kw["T"], 1))) / 2
    raise ValueError(kind)


@task.mistake(
    "T counted after the warm-up",
    "Your cosine ends too late: T is the length of all, the warm-up included. How many steps are "
    "left for the cosine?",
)
def schedule(kind, lr0, t, **kw):
    end, k = kw.get("end", 0.0), t - 1
    if kind == "constant":
        return lr0
    if kind == "step":
        return lr0 * kw["gamma"] ** (k // kw["every"])
    if kind == "exp":
        return lr0 * kw["gamma"] ** k
    if kind == "inv":
        return lr0 / (1 + kw["rate"] * k)
    if kind == "poly":
        return end + (lr0 - end) * (1 - min(k / kw["T"], 1)) ** kw.get("power", 1)
    if kind == "cosine":
        return end + (lr0 - end) * (1 + np.cos(np.pi * min(k / kw["T"], 1))) / 2
    if kind == "warmup-cosine":
        w = kw["warmup"]
        if t <= w:
            return lr0 * t / w
        return end + (lr0 - end) * (1 + np.cos(np.pi * min((k - w) / kw["T"], 1))) / 2
    raise ValueError(kind)


@task.mistake(
    "steps without steps",
    "Between two cuts your rate creeps down. How many whole cuts have been made after 3 steps, one "
    "every 2?",
)
def schedule(kind, lr0, t, **kw):
    end, k = kw.get("end", 0.0), t - 1
    if kind == "constant":
        return lr0
    if kind == "step":
        return lr0 * kw["gamma"] ** (k / kw["every"])
    if kind == "exp":
        return lr0 * kw["gamma"] ** k
    if kind == "inv":
        return lr0 / (1 + kw["rate"] * k)
    if kind == "poly":
        return end + (lr0 - end) * (1 - min(k / kw["T"], 1)) ** kw.get("power", 1)
    if kind == "cosine":
        return end + (lr0 - end) * (1 + np.cos(np.pi * min(k / kw["T"], 1))) / 2
    if kind == "warmup-cosine":
        w = kw["warmup"]
        if t <= w:
            return lr0 * t / w
        return end + (lr0 - end) * (1 + np.cos(np.pi * min((k - w) / (kw["T"] - w), 1))) / 2
    raise ValueError(kind)


@task.mistake(
    "last rate forgotten",
    "Your rate goes down to 0 although an end is given. Between which two numbers does it fall?",
)
def schedule(kind, lr0, t, **kw):
    k = t - 1
    if kind == "constant":
        return lr0
    if kind == "step":
        return lr0 * kw["gamma"] ** (k // kw["every"])
    if kind == "exp":
        return lr0 * kw["gamma"] ** k
    if kind == "inv":
        return lr0 / (1 + kw["rate"] * k)
    if kind == "poly":
        return lr0 * (1 - min(k / kw["T"], 1)) ** kw.get("power", 1)
    if kind == "cosine":
        return lr0 * (1 + np.cos(np.pi * min(k / kw["T"], 1))) / 2
    if kind == "warmup-cosine":
        w = kw["warmup"]
        if t <= w:
            return lr0 * t / w
        return lr0 * (1 + np.cos(np.pi * min((k - w) / (kw["T"] - w), 1))) / 2
    raise ValueError(kind)


@task.mistake(
    "end added on top",
    "Your rate begins above lr0, by the end that was given. How far is it down from there to end?",
)
def schedule(kind, lr0, t, **kw):
    end, k = kw.get("end", 0.0), t - 1
    if kind == "constant":
        return lr0
    if kind == "step":
        return lr0 * kw["gamma"] ** (k // kw["every"])
    if kind == "exp":
        return lr0 * kw["gamma"] ** k
    if kind == "inv":
        return lr0 / (1 + kw["rate"] * k)
    if kind == "poly":
        return end + lr0 * (1 - min(k / kw["T"], 1)) ** kw.get("power", 1)
    if kind == "cosine":
        return end + lr0 * (1 + np.cos(np.pi * min(k / kw["T"], 1))) / 2
    if kind == "warmup-cosine":
        w = kw["warmup"]
        if t <= w:
            return lr0 * t / w
        return end + lr0 * (1 + np.cos(np.pi * min((k - w) / (kw["T"] - w), 1))) / 2
    raise ValueError(kind)


@task.mistake(
    "exponential with e",
    "Your exponential falls as e to the power -gamma k. Here gamma itself is the factor of a step: "
    "what is left after one?",
)
def schedule(kind, lr0, t, **kw):
    end, k = kw.get("end", 0.0), t - 1
    if kind == "constant":
        return lr0
    if kind == "step":
        return lr0 * kw["gamma"] ** (k // kw["every"])
    if kind == "exp":
        return lr0 * np.exp(-kw["gamma"] * k)
    if kind == "inv":
        return lr0 / (1 + kw["rate"] * k)
    if kind == "poly":
        return end + (lr0 - end) * (1 - min(k / kw["T"], 1)) ** kw.get("power", 1)
    if kind == "cosine":
        return end + (lr0 - end) * (1 + np.cos(np.pi * min(k / kw["T"], 1))) / 2
    if kind == "warmup-cosine":
        w = kw["warmup"]
        if t <= w:
            return lr0 * t / w
        return end + (lr0 - end) * (1 + np.cos(np.pi * min((k - w) / (kw["T"] - w), 1))) / 2
    raise ValueError(kind)


@task.mistake(
    "power inside",
    "Your power acts on the part that is over, and not on the part that is left: with power 2 the "
    "rate should fall fast first. Which of the two is 1 - p?",
)
def schedule(kind, lr0, t, **kw):
    end, k = kw.get("end", 0.0), t - 1
    if kind == "constant":
        return lr0
    if kind == "step":
        return lr0 * kw["gamma"] ** (k // kw["every"])
    if kind == "exp":
        return lr0 * kw["gamma"] ** k
    if kind == "inv":
        return lr0 / (1 + kw["rate"] * k)
    if kind == "poly":
        return end + (lr0 - end) * (1 - min(k / kw["T"], 1) ** kw.get("power", 1))
    if kind == "cosine":
        return end + (lr0 - end) * (1 + np.cos(np.pi * min(k / kw["T"], 1))) / 2
    if kind == "warmup-cosine":
        w = kw["warmup"]
        if t <= w:
            return lr0 * t / w
        return end + (lr0 - end) * (1 + np.cos(np.pi * min((k - w) / (kw["T"] - w), 1))) / 2
    raise ValueError(kind)


@task.mistake(
    "half of the cosine missing",
    "Your cosine begins at twice lr0. Between which values does 1 + cos move?",
)
def schedule(kind, lr0, t, **kw):
    end, k = kw.get("end", 0.0), t - 1
    if kind == "constant":
        return lr0
    if kind == "step":
        return lr0 * kw["gamma"] ** (k // kw["every"])
    if kind == "exp":
        return lr0 * kw["gamma"] ** k
    if kind == "inv":
        return lr0 / (1 + kw["rate"] * k)
    if kind == "poly":
        return end + (lr0 - end) * (1 - min(k / kw["T"], 1)) ** kw.get("power", 1)
    if kind == "cosine":
        return end + (lr0 - end) * (1 + np.cos(np.pi * min(k / kw["T"], 1)))
    if kind == "warmup-cosine":
        w = kw["warmup"]
        if t <= w:
            return lr0 * t / w
        return end + (lr0 - end) * (1 + np.cos(np.pi * min((k - w) / (kw["T"] - w), 1)))
    raise ValueError(kind)


@task.mistake(
    "cut one step early",
    "Your step comes one too early: with a cut every 2 steps, the rates of t = 1 and t = 2 are "
    "alike. How many steps were made before t = 2?",
)
def schedule(kind, lr0, t, **kw):
    end, k = kw.get("end", 0.0), t - 1
    if kind == "constant":
        return lr0
    if kind == "step":
        return lr0 * kw["gamma"] ** (t // kw["every"])
    if kind == "exp":
        return lr0 * kw["gamma"] ** k
    if kind == "inv":
        return lr0 / (1 + kw["rate"] * k)
    if kind == "poly":
        return end + (lr0 - end) * (1 - min(k / kw["T"], 1)) ** kw.get("power", 1)
    if kind == "cosine":
        return end + (lr0 - end) * (1 + np.cos(np.pi * min(k / kw["T"], 1))) / 2
    if kind == "warmup-cosine":
        w = kw["warmup"]
        if t <= w:
            return lr0 * t / w
        return end + (lr0 - end) * (1 + np.cos(np.pi * min((k - w) / (kw["T"] - w), 1))) / 2
    raise ValueError(kind)


@task.mistake(
    "cosine one step ahead after the warm-up",
    "After the warm-up your cosine has already begun to fall at its first step. At t = warmup + 1, "
    "how many of its own steps has it made?",
)
def schedule(kind, lr0, t, **kw):
    end, k = kw.get("end", 0.0), t - 1
    if kind == "constant":
        return lr0
    if kind == "step":
        return lr0 * kw["gamma"] ** (k // kw["every"])
    if kind == "exp":
        return lr0 * kw["gamma"] ** k
    if kind == "inv":
        return lr0 / (1 + kw["rate"] * k)
    if kind == "poly":
        return end + (lr0 - end) * (1 - min(k / kw["T"], 1)) ** kw.get("power", 1)
    if kind == "cosine":
        return end + (lr0 - end) * (1 + np.cos(np.pi * min(k / kw["T"], 1))) / 2
    if kind == "warmup-cosine":
        w = kw["warmup"]
        if t <= w:
            return lr0 * t / w
        return end + (lr0 - end) * (1 + np.cos(np.pi * min((t - w) / (kw["T"] - w), 1))) / 2
    raise ValueError(kind)


@task.mistake(
    "π forgotten",
    "Your cosine never comes down to its end: at p = 1 it has reached cos 1. Over which angle does "
    "half a wave run?",
)
def schedule(kind, lr0, t, every=1, gamma=1, rate=0, T=1, power=1, end=0, warmup=0):
    k = t - 1
    if kind == "warmup-cosine" and t <= warmup:
        return lr0 * t / warmup
    p = min((k - warmup) / (T - warmup), 1)
    rates = {
        "constant": lr0,
        "step": lr0 * gamma ** (k // every),
        "exp": lr0 * gamma**k,
        "inv": lr0 / (1 + rate * k),
        "poly": end + (lr0 - end) * (1 - p) ** power,
        "cosine": end + (lr0 - end) * (1 + np.cos(p)) / 2,
        "warmup-cosine": end + (lr0 - end) * (1 + np.cos(p)) / 2,
    }
    if kind not in rates:
        raise ValueError(kind)
    return rates[kind]


@task.mistake(
    "degrees",
    "Your cosine jumps about: 180 p is an angle in degrees. In which unit does np.cos take it?",
)
def schedule(kind, lr0, t, every=1, gamma=1, rate=0, T=1, power=1, end=0, warmup=0):
    k = t - 1
    if kind == "warmup-cosine" and t <= warmup:
        return lr0 * t / warmup
    p = min((k - warmup) / (T - warmup), 1)
    rates = {
        "constant": lr0,
        "step": lr0 * gamma ** (k // every),
        "exp": lr0 * gamma**k,
        "inv": lr0 / (1 + rate * k),
        "poly": end + (lr0 - end) * (1 - p) ** power,
        "cosine": end + (lr0 - end) * (1 + np.cos(180 * p)) / 2,
        "warmup-cosine": end + (lr0 - end) * (1 + np.cos(180 * p)) / 2,
    }
    if kind not in rates:
        raise ValueError(kind)
    return rates[kind]


@task.mistake(
    "a whole wave",
    "Halfway your rate is at its end, and at T back at lr0. Which part of a wave goes down only?",
)
def schedule(kind, lr0, t, every=1, gamma=1, rate=0, T=1, power=1, end=0, warmup=0):
    k = t - 1
    if kind == "warmup-cosine" and t <= warmup:
        return lr0 * t / warmup
    p = min((k - warmup) / (T - warmup), 1)
    rates = {
        "constant": lr0,
        "step": lr0 * gamma ** (k // every),
        "exp": lr0 * gamma**k,
        "inv": lr0 / (1 + rate * k),
        "poly": end + (lr0 - end) * (1 - p) ** power,
        "cosine": end + (lr0 - end) * (1 + np.cos(2 * np.pi * p)) / 2,
        "warmup-cosine": end + (lr0 - end) * (1 + np.cos(2 * np.pi * p)) / 2,
    }
    if kind not in rates:
        raise ValueError(kind)
    return rates[kind]


@task.mistake(
    "cosine upside down",
    "Your cosine begins at its end and rises to lr0. What is cos 0?",
)
def schedule(kind, lr0, t, every=1, gamma=1, rate=0, T=1, power=1, end=0, warmup=0):
    k = t - 1
    if kind == "warmup-cosine" and t <= warmup:
        return lr0 * t / warmup
    p = min((k - warmup) / (T - warmup), 1)
    rates = {
        "constant": lr0,
        "step": lr0 * gamma ** (k // every),
        "exp": lr0 * gamma**k,
        "inv": lr0 / (1 + rate * k),
        "poly": end + (lr0 - end) * (1 - p) ** power,
        "cosine": end + (lr0 - end) * (1 - np.cos(np.pi * p)) / 2,
        "warmup-cosine": end + (lr0 - end) * (1 - np.cos(np.pi * p)) / 2,
    }
    if kind not in rates:
        raise ValueError(kind)
    return rates[kind]


@task.mistake(
    "power not looked at",
    "With power 2 your rate falls along a straight line, as with power 1. Which option is unused?",
)
def schedule(kind, lr0, t, every=1, gamma=1, rate=0, T=1, power=1, end=0, warmup=0):
    k = t - 1
    if kind == "warmup-cosine" and t <= warmup:
        return lr0 * t / warmup
    p = min((k - warmup) / (T - warmup), 1)
    rates = {
        "constant": lr0,
        "step": lr0 * gamma ** (k // every),
        "exp": lr0 * gamma**k,
        "inv": lr0 / (1 + rate * k),
        "poly": end + (lr0 - end) * (1 - p),
        "cosine": end + (lr0 - end) * (1 + np.cos(np.pi * p)) / 2,
        "warmup-cosine": end + (lr0 - end) * (1 + np.cos(np.pi * p)) / 2,
    }
    if kind not in rates:
        raise ValueError(kind)
    return rates[kind]


@task.mistake(
    "power 2 if left out",
    "Without a power your rate falls along a parabola. Which power holds where none is given?",
)
def schedule(kind, lr0, t, every=1, gamma=1, rate=0, T=1, power=2, end=0, warmup=0):
    k = t - 1
    if kind == "warmup-cosine" and t <= warmup:
        return lr0 * t / warmup
    p = min((k - warmup) / (T - warmup), 1)
    rates = {
        "constant": lr0,
        "step": lr0 * gamma ** (k // every),
        "exp": lr0 * gamma**k,
        "inv": lr0 / (1 + rate * k),
        "poly": end + (lr0 - end) * (1 - p) ** power,
        "cosine": end + (lr0 - end) * (1 + np.cos(np.pi * p)) / 2,
        "warmup-cosine": end + (lr0 - end) * (1 + np.cos(np.pi * p)) / 2,
    }
    if kind not in rates:
        raise ValueError(kind)
    return rates[kind]


@task.mistake(
    "power of what is over",
    "Your poly begins at its end and rises to lr0. At the first step, how much of the way is left?",
)
def schedule(kind, lr0, t, every=1, gamma=1, rate=0, T=1, power=1, end=0, warmup=0):
    k = t - 1
    if kind == "warmup-cosine" and t <= warmup:
        return lr0 * t / warmup
    p = min((k - warmup) / (T - warmup), 1)
    rates = {
        "constant": lr0,
        "step": lr0 * gamma ** (k // every),
        "exp": lr0 * gamma**k,
        "inv": lr0 / (1 + rate * k),
        "poly": end + (lr0 - end) * p**power,
        "cosine": end + (lr0 - end) * (1 + np.cos(np.pi * p)) / 2,
        "warmup-cosine": end + (lr0 - end) * (1 + np.cos(np.pi * p)) / 2,
    }
    if kind not in rates:
        raise ValueError(kind)
    return rates[kind]


@task.mistake(
    "0 beyond T",
    "After T your rate is 0, although an end is given. Which rate was the last one?",
)
def schedule(kind, lr0, t, every=1, gamma=1, rate=0, T=1, power=1, end=0, warmup=0):
    k = t - 1
    if kind == "warmup-cosine" and t <= warmup:
        return lr0 * t / warmup
    if kind in ("poly", "cosine", "warmup-cosine") and k > T:
        return 0.0
    p = min((k - warmup) / (T - warmup), 1)
    rates = {
        "constant": lr0,
        "step": lr0 * gamma ** (k // every),
        "exp": lr0 * gamma**k,
        "inv": lr0 / (1 + rate * k),
        "poly": end + (lr0 - end) * (1 - p) ** power,
        "cosine": end + (lr0 - end) * (1 + np.cos(np.pi * p)) / 2,
        "warmup-cosine": end + (lr0 - end) * (1 + np.cos(np.pi * p)) / 2,
    }
    if kind not in rates:
        raise ValueError(kind)
    return rates[kind]


@task.mistake(
    "lr0 reached one step late",
    "In the step t = warmup your rate is not lr0: the cosine has taken over already, from before "
    "its own beginning. Does the warm-up hold its last step?",
)
def schedule(kind, lr0, t, every=1, gamma=1, rate=0, T=1, power=1, end=0, warmup=0):
    k = t - 1
    if kind == "warmup-cosine" and t < warmup:
        return lr0 * t / warmup
    p = min((k - warmup) / (T - warmup), 1)
    rates = {
        "constant": lr0,
        "step": lr0 * gamma ** (k // every),
        "exp": lr0 * gamma**k,
        "inv": lr0 / (1 + rate * k),
        "poly": end + (lr0 - end) * (1 - p) ** power,
        "cosine": end + (lr0 - end) * (1 + np.cos(np.pi * p)) / 2,
        "warmup-cosine": end + (lr0 - end) * (1 + np.cos(np.pi * p)) / 2,
    }
    if kind not in rates:
        raise ValueError(kind)
    return rates[kind]


@task.mistake(
    "one warm-up step too many",
    "In the step after the warm-up your rate is above lr0. How many steps has the warm-up?",
)
def schedule(kind, lr0, t, every=1, gamma=1, rate=0, T=1, power=1, end=0, warmup=0):
    k = t - 1
    if kind == "warmup-cosine" and k <= warmup and warmup:
        return lr0 * t / warmup
    p = min((k - warmup) / (T - warmup), 1)
    rates = {
        "constant": lr0,
        "step": lr0 * gamma ** (k // every),
        "exp": lr0 * gamma**k,
        "inv": lr0 / (1 + rate * k),
        "poly": end + (lr0 - end) * (1 - p) ** power,
        "cosine": end + (lr0 - end) * (1 + np.cos(np.pi * p)) / 2,
        "warmup-cosine": end + (lr0 - end) * (1 + np.cos(np.pi * p)) / 2,
    }
    if kind not in rates:
        raise ValueError(kind)
    return rates[kind]


@task.mistake(
    "warm-up not looked at",
    "Your first rate is lr0, and the cosine runs over all T steps. What is to happen in the first "
    "warmup ones?",
)
def schedule(kind, lr0, t, every=1, gamma=1, rate=0, T=1, power=1, end=0, warmup=0):
    k = t - 1
    p = min(k / T, 1)
    rates = {
        "constant": lr0,
        "step": lr0 * gamma ** (k // every),
        "exp": lr0 * gamma**k,
        "inv": lr0 / (1 + rate * k),
        "poly": end + (lr0 - end) * (1 - p) ** power,
        "cosine": end + (lr0 - end) * (1 + np.cos(np.pi * p)) / 2,
        "warmup-cosine": end + (lr0 - end) * (1 + np.cos(np.pi * p)) / 2,
    }
    if kind not in rates:
        raise ValueError(kind)
    return rates[kind]


@task.mistake(
    "warm-up cut to whole numbers",
    "Your warm-up is 0 until its last step. What does 1 // 4 come to?",
)
def schedule(kind, lr0, t, every=1, gamma=1, rate=0, T=1, power=1, end=0, warmup=0):
    k = t - 1
    if kind == "warmup-cosine" and t <= warmup:
        return lr0 * (t // warmup)
    p = min((k - warmup) / (T - warmup), 1)
    rates = {
        "constant": lr0,
        "step": lr0 * gamma ** (k // every),
        "exp": lr0 * gamma**k,
        "inv": lr0 / (1 + rate * k),
        "poly": end + (lr0 - end) * (1 - p) ** power,
        "cosine": end + (lr0 - end) * (1 + np.cos(np.pi * p)) / 2,
        "warmup-cosine": end + (lr0 - end) * (1 + np.cos(np.pi * p)) / 2,
    }
    if kind not in rates:
        raise ValueError(kind)
    return rates[kind]


@task.mistake(
    "divided by the rate",
    "A larger rate should make your inverse time fall faster, and it falls more slowly. Do k and "
    "rate stand on one side?",
)
def schedule(kind, lr0, t, every=1, gamma=1, rate=0, T=1, power=1, end=0, warmup=0):
    k = t - 1
    if kind == "warmup-cosine" and t <= warmup:
        return lr0 * t / warmup
    p = min((k - warmup) / (T - warmup), 1)
    rates = {
        "constant": lr0,
        "step": lr0 * gamma ** (k // every),
        "exp": lr0 * gamma**k,
        "inv": lr0 / (1 + k / rate if rate else 1),
        "poly": end + (lr0 - end) * (1 - p) ** power,
        "cosine": end + (lr0 - end) * (1 + np.cos(np.pi * p)) / 2,
        "warmup-cosine": end + (lr0 - end) * (1 + np.cos(np.pi * p)) / 2,
    }
    if kind not in rates:
        raise ValueError(kind)
    return rates[kind]


@task.mistake(
    "1 + forgotten",
    "Your first inverse-time rate is not lr0. What stands in the denominator while k is 0?",
)
def schedule(kind, lr0, t, every=1, gamma=1, rate=0, T=1, power=1, end=0, warmup=0):
    k = t - 1
    if kind == "warmup-cosine" and t <= warmup:
        return lr0 * t / warmup
    p = min((k - warmup) / (T - warmup), 1)
    rates = {
        "constant": lr0,
        "step": lr0 * gamma ** (k // every),
        "exp": lr0 * gamma**k,
        "inv": lr0 / (rate * t or 1),
        "poly": end + (lr0 - end) * (1 - p) ** power,
        "cosine": end + (lr0 - end) * (1 + np.cos(np.pi * p)) / 2,
        "warmup-cosine": end + (lr0 - end) * (1 + np.cos(np.pi * p)) / 2,
    }
    if kind not in rates:
        raise ValueError(kind)
    return rates[kind]


@task.mistake(
    "times k for to the power k",
    "Your exponential begins at 0 and grows. How often is lr0 multiplied by gamma before step 3?",
)
def schedule(kind, lr0, t, every=1, gamma=1, rate=0, T=1, power=1, end=0, warmup=0):
    k = t - 1
    if kind == "warmup-cosine" and t <= warmup:
        return lr0 * t / warmup
    p = min((k - warmup) / (T - warmup), 1)
    rates = {
        "constant": lr0,
        "step": lr0 * gamma ** (k // every),
        "exp": lr0 * gamma * k,
        "inv": lr0 / (1 + rate * k),
        "poly": end + (lr0 - end) * (1 - p) ** power,
        "cosine": end + (lr0 - end) * (1 + np.cos(np.pi * p)) / 2,
        "warmup-cosine": end + (lr0 - end) * (1 + np.cos(np.pi * p)) / 2,
    }
    if kind not in rates:
        raise ValueError(kind)
    return rates[kind]


@task.mistake(
    "divided by gamma",
    "Your steps lead upwards. With gamma = 0.5, is a rate multiplied or divided at each cut?",
)
def schedule(kind, lr0, t, every=1, gamma=1, rate=0, T=1, power=1, end=0, warmup=0):
    k = t - 1
    if kind == "warmup-cosine" and t <= warmup:
        return lr0 * t / warmup
    p = min((k - warmup) / (T - warmup), 1)
    rates = {
        "constant": lr0,
        "step": lr0 / gamma ** (k // every),
        "exp": lr0 * gamma**k,
        "inv": lr0 / (1 + rate * k),
        "poly": end + (lr0 - end) * (1 - p) ** power,
        "cosine": end + (lr0 - end) * (1 + np.cos(np.pi * p)) / 2,
        "warmup-cosine": end + (lr0 - end) * (1 + np.cos(np.pi * p)) / 2,
    }
    if kind not in rates:
        raise ValueError(kind)
    return rates[kind]


@task.mistake(
    "greater of end and cosine",
    "You cut the curve off at the end, and do not lead it there: halfway your rate is lr0/2, "
    "whatever the end. Which number lies halfway between lr0 and end?",
)
def schedule(kind, lr0, t, every=1, gamma=1, rate=0, T=1, power=1, end=0, warmup=0):
    k = t - 1
    if kind == "warmup-cosine" and t <= warmup:
        return lr0 * t / warmup
    p = min((k - warmup) / (T - warmup), 1)
    rates = {
        "constant": lr0,
        "step": lr0 * gamma ** (k // every),
        "exp": lr0 * gamma**k,
        "inv": lr0 / (1 + rate * k),
        "poly": max(end, lr0 * (1 - p) ** power),
        "cosine": max(end, lr0 * (1 + np.cos(np.pi * p)) / 2),
        "warmup-cosine": max(end, lr0 * (1 + np.cos(np.pi * p)) / 2),
    }
    if kind not in rates:
        raise ValueError(kind)
    return rates[kind]


@task.mistake(
    "any kind passes",
    "A kind that does not exist gets lr0 from you. Who would notice a slip in its name?",
)
def schedule(kind, lr0, t, every=1, gamma=1, rate=0, T=1, power=1, end=0, warmup=0):
    k = t - 1
    if kind == "warmup-cosine" and t <= warmup:
        return lr0 * t / warmup
    p = min((k - warmup) / (T - warmup), 1)
    rates = {
        "constant": lr0,
        "step": lr0 * gamma ** (k // every),
        "exp": lr0 * gamma**k,
        "inv": lr0 / (1 + rate * k),
        "poly": end + (lr0 - end) * (1 - p) ** power,
        "cosine": end + (lr0 - end) * (1 + np.cos(np.pi * p)) / 2,
        "warmup-cosine": end + (lr0 - end) * (1 + np.cos(np.pi * p)) / 2,
    }
    return rates.get(kind, lr0)


@task.mistake(
    "no brackets in the step",
    "Your step falls at every t. What does Python do first in t - 1 // 2, divide or subtract?",
)
def schedule(kind, lr0, t, every=1, gamma=1, rate=0, T=1, power=1, end=0, warmup=0):
    k = t - 1
    if kind == "warmup-cosine" and t <= warmup:
        return lr0 * t / warmup
    p = min((k - warmup) / (T - warmup), 1)
    rates = {
        "constant": lr0,
        "step": lr0 * gamma ** (t - 1 // every),
        "exp": lr0 * gamma**k,
        "inv": lr0 / (1 + rate * k),
        "poly": end + (lr0 - end) * (1 - p) ** power,
        "cosine": end + (lr0 - end) * (1 + np.cos(np.pi * p)) / 2,
        "warmup-cosine": end + (lr0 - end) * (1 + np.cos(np.pi * p)) / 2,
    }
    if kind not in rates:
        raise ValueError(kind)
    return rates[kind]


@task.mistake(
    "no brackets around what is left",
    "Your poly falls below its end, or not as far: 1 - p to a power needs both of its numbers "
    "together. What does a power take in without brackets?",
)
def schedule(kind, lr0, t, every=1, gamma=1, rate=0, T=1, power=1, end=0, warmup=0):
    k = t - 1
    if kind == "warmup-cosine" and t <= warmup:
        return lr0 * t / warmup
    p = min((k - warmup) / (T - warmup), 1)
    rates = {
        "constant": lr0,
        "step": lr0 * gamma ** (k // every),
        "exp": lr0 * gamma**k,
        "inv": lr0 / (1 + rate * k),
        "poly": end + (lr0 - end) * 1 - p**power,
        "cosine": end + (lr0 - end) * (1 + np.cos(np.pi * p)) / 2,
        "warmup-cosine": end + (lr0 - end) * (1 + np.cos(np.pi * p)) / 2,
    }
    if kind not in rates:
        raise ValueError(kind)
    return rates[kind]


@task.mistake(
    "sine for cosine",
    "Your rate is half of lr0 at both ends and lr0 between them. What is the sine of 0, and the "
    "cosine?",
)
def schedule(kind, lr0, t, every=1, gamma=1, rate=0, T=1, power=1, end=0, warmup=0):
    k = t - 1
    if kind == "warmup-cosine" and t <= warmup:
        return lr0 * t / warmup
    p = min((k - warmup) / (T - warmup), 1)
    rates = {
        "constant": lr0,
        "step": lr0 * gamma ** (k // every),
        "exp": lr0 * gamma**k,
        "inv": lr0 / (1 + rate * k),
        "poly": end + (lr0 - end) * (1 - p) ** power,
        "cosine": end + (lr0 - end) * (1 + np.sin(np.pi * p)) / 2,
        "warmup-cosine": end + (lr0 - end) * (1 + np.sin(np.pi * p)) / 2,
    }
    if kind not in rates:
        raise ValueError(kind)
    return rates[kind]


@task.mistake(
    "T - 1 for T",
    "Your rate reaches its end one step early. How many of T steps were made before step T?",
)
def schedule(kind, lr0, t, every=1, gamma=1, rate=0, T=1, power=1, end=0, warmup=0):
    k = t - 1
    if kind == "warmup-cosine" and t <= warmup:
        return lr0 * t / warmup
    p = min((k - warmup) / max(T - warmup - 1, 1), 1)
    rates = {
        "constant": lr0,
        "step": lr0 * gamma ** (k // every),
        "exp": lr0 * gamma**k,
        "inv": lr0 / (1 + rate * k),
        "poly": end + (lr0 - end) * (1 - p) ** power,
        "cosine": end + (lr0 - end) * (1 + np.cos(np.pi * p)) / 2,
        "warmup-cosine": end + (lr0 - end) * (1 + np.cos(np.pi * p)) / 2,
    }
    if kind not in rates:
        raise ValueError(kind)
    return rates[kind]


@task.mistake(
    "rounded for cut",
    "After 3 of 4 steps you have cut already: k/every was rounded to the nearest. How many "
    "whole pieces of 4 are in 3?",
)
def schedule(kind, lr0, t, every=1, gamma=1, rate=0, T=1, power=1, end=0, warmup=0):
    k = t - 1
    if kind == "warmup-cosine" and t <= warmup:
        return lr0 * t / warmup
    p = min((k - warmup) / (T - warmup), 1)
    rates = {
        "constant": lr0,
        "step": lr0 * gamma ** round(k / every),
        "exp": lr0 * gamma**k,
        "inv": lr0 / (1 + rate * k),
        "poly": end + (lr0 - end) * (1 - p) ** power,
        "cosine": end + (lr0 - end) * (1 + np.cos(np.pi * p)) / 2,
        "warmup-cosine": end + (lr0 - end) * (1 + np.cos(np.pi * p)) / 2,
    }
    if kind not in rates:
        raise ValueError(kind)
    return rates[kind]


@task.mistake(
    "a warm-up one step ahead",
    "Your warm-up reaches lr0 one step early and then goes above. At t = 1, which share of lr0 "
    "is asked for?",
)
def schedule(kind, lr0, t, every=1, gamma=1, rate=0, T=1, power=1, end=0, warmup=0):
    k = t - 1
    if kind == "warmup-cosine" and t <= warmup:
        return lr0 * (t + 1) / warmup
    p = min((k - warmup) / (T - warmup), 1)
    rates = {
        "constant": lr0,
        "step": lr0 * gamma ** (k // every),
        "exp": lr0 * gamma**k,
        "inv": lr0 / (1 + rate * k),
        "poly": end + (lr0 - end) * (1 - p) ** power,
        "cosine": end + (lr0 - end) * (1 + np.cos(np.pi * p)) / 2,
        "warmup-cosine": end + (lr0 - end) * (1 + np.cos(np.pi * p)) / 2,
    }
    if kind not in rates:
        raise ValueError(kind)
    return rates[kind]


@task.mistake(
    "a warm-up from the end",
    "Your warm-up begins above the line from 0: it starts at end. What has the last rate to do "
    "with the first steps?",
)
def schedule(kind, lr0, t, every=1, gamma=1, rate=0, T=1, power=1, end=0, warmup=0):
    k = t - 1
    if kind == "warmup-cosine" and t <= warmup:
        return end + (lr0 - end) * t / warmup
    p = min((k - warmup) / (T - warmup), 1)
    rates = {
        "constant": lr0,
        "step": lr0 * gamma ** (k // every),
        "exp": lr0 * gamma**k,
        "inv": lr0 / (1 + rate * k),
        "poly": end + (lr0 - end) * (1 - p) ** power,
        "cosine": end + (lr0 - end) * (1 + np.cos(np.pi * p)) / 2,
        "warmup-cosine": end + (lr0 - end) * (1 + np.cos(np.pi * p)) / 2,
    }
    if kind not in rates:
        raise ValueError(kind)
    return rates[kind]


@task.mistake(
    "end on top of poly",
    "Your poly begins above lr0, by its end. What is multiplied by the power, lr0 or the way "
    "from lr0 to end?",
)
def schedule(kind, lr0, t, every=1, gamma=1, rate=0, T=1, power=1, end=0, warmup=0):
    k = t - 1
    if kind == "warmup-cosine" and t <= warmup:
        return lr0 * t / warmup
    p = min((k - warmup) / (T - warmup), 1)
    rates = {
        "constant": lr0,
        "step": lr0 * gamma ** (k // every),
        "exp": lr0 * gamma**k,
        "inv": lr0 / (1 + rate * k),
        "poly": end + lr0 * (1 - p) ** power,
        "cosine": end + (lr0 - end) * (1 + np.cos(np.pi * p)) / 2,
        "warmup-cosine": end + (lr0 - end) * (1 + np.cos(np.pi * p)) / 2,
    }
    if kind not in rates:
        raise ValueError(kind)
    return rates[kind]


@task.mistake(
    "inverse time as a power",
    "Your inverse time falls like a power of the steps. With rate 2, what is lr0 divided by at "
    "k = 2: 9 or 5?",
)
def schedule(kind, lr0, t, every=1, gamma=1, rate=0, T=1, power=1, end=0, warmup=0):
    k = t - 1
    if kind == "warmup-cosine" and t <= warmup:
        return lr0 * t / warmup
    p = min((k - warmup) / (T - warmup), 1)
    rates = {
        "constant": lr0,
        "step": lr0 * gamma ** (k // every),
        "exp": lr0 * gamma**k,
        "inv": lr0 / (1 + rate) ** k,
        "poly": end + (lr0 - end) * (1 - p) ** power,
        "cosine": end + (lr0 - end) * (1 + np.cos(np.pi * p)) / 2,
        "warmup-cosine": end + (lr0 - end) * (1 + np.cos(np.pi * p)) / 2,
    }
    if kind not in rates:
        raise ValueError(kind)
    return rates[kind]


@task.mistake(
    "times the number of cuts",
    "Before the first cut your step schedule is 0, and then it grows. How often is lr0 "
    "multiplied by gamma?",
)
def schedule(kind, lr0, t, every=1, gamma=1, rate=0, T=1, power=1, end=0, warmup=0):
    k = t - 1
    if kind == "warmup-cosine" and t <= warmup:
        return lr0 * t / warmup
    p = min((k - warmup) / (T - warmup), 1)
    rates = {
        "constant": lr0,
        "step": lr0 * gamma * (k // every),
        "exp": lr0 * gamma**k,
        "inv": lr0 / (1 + rate * k),
        "poly": end + (lr0 - end) * (1 - p) ** power,
        "cosine": end + (lr0 - end) * (1 + np.cos(np.pi * p)) / 2,
        "warmup-cosine": end + (lr0 - end) * (1 + np.cos(np.pi * p)) / 2,
    }
    if kind not in rates:
        raise ValueError(kind)
    return rates[kind]


@task.mistake(
    "end left out of cosine",
    "Your cosine goes to 0, whatever the end, and the poly does not. Between which two rates "
    "does it fall?",
)
def schedule(kind, lr0, t, every=1, gamma=1, rate=0, T=1, power=1, end=0, warmup=0):
    k = t - 1
    if kind == "warmup-cosine" and t <= warmup:
        return lr0 * t / warmup
    p = min((k - warmup) / (T - warmup), 1)
    rates = {
        "constant": lr0,
        "step": lr0 * gamma ** (k // every),
        "exp": lr0 * gamma**k,
        "inv": lr0 / (1 + rate * k),
        "poly": end + (lr0 - end) * (1 - p) ** power,
        "cosine": lr0 * (1 + np.cos(np.pi * p)) / 2,
        "warmup-cosine": lr0 * (1 + np.cos(np.pi * p)) / 2,
    }
    if kind not in rates:
        raise ValueError(kind)
    return rates[kind]


@task.accepts("by the part that is left")
def schedule(kind, lr0, t, **kw):
    k, end = t - 1.0, kw.get("end", 0.0)
    if kind == "warmup-cosine":
        w = kw["warmup"]
        if w and t < w:
            return lr0 * t / w
        kind, k, T = "cosine", max(k - w, 0.0), kw["T"] - w
    else:
        T = kw.get("T", 1)
    left = max(1 - k / T, 0.0)
    if kind == "constant":
        return float(lr0)
    if kind == "step":
        return lr0 * kw["gamma"] ** np.floor(k / kw["every"])
    if kind == "exp":
        return lr0 * np.exp(k * np.log(kw["gamma"]))
    if kind == "inv":
        return lr0 / (1 + kw["rate"] * k)
    if kind == "poly":
        return lr0 * left ** kw.get("power", 1) + end * (1 - left ** kw.get("power", 1))
    if kind == "cosine":
        return end + (lr0 - end) * np.sin(np.pi / 2 * left) ** 2
    raise ValueError(f"unknown kind {kind}")


@task.accepts("a table of functions")
def schedule(kind, lr0, t, **kw):
    end = kw.get("end", 0.0)

    def cosine(k, T):
        return end + 0.5 * (lr0 - end) * (1 + np.cos(np.pi * min(k, T) / T))

    table = {
        "constant": lambda k: 1.0 * lr0,
        "step": lambda k: lr0 * kw["gamma"] ** (k // kw["every"]),
        "exp": lambda k: lr0 * kw["gamma"] ** k,
        "inv": lambda k: lr0 / (1 + k * kw["rate"]),
        "poly": lambda k: end + (lr0 - end) * (1 - min(k, kw["T"]) / kw["T"]) ** kw.get("power", 1),
        "cosine": lambda k: cosine(k, kw["T"]),
        "warmup-cosine": lambda k: (
            lr0 * (k + 1) / kw["warmup"]
            if k < kw["warmup"]
            else cosine(k - kw["warmup"], kw["T"] - kw["warmup"])
        ),
    }
    if kind not in table:
        raise ValueError("no such schedule")
    return table[kind](t - 1)
