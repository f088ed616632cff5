"""Task `balls` of chapter `capstone`."""

import numpy as np

from fallline import capstone as reference
from fallline.marking.task import Case, Task
from fallline.marking.tasks.capstone.cases import rng
from fallline.objectives import himmelblau

H = np.array([[1.0, 0.9], [0.9, 1.0]])


def double(w):
    return 2 * w


def coupled(w):
    """Return the gradient of a tilted bowl: each slope holds both coordinates."""
    return np.tensordot(H, w, axes=1)


def cubic(w):
    return w**3


def flat(w):
    return np.zeros_like(w)


def tilted(w):
    return np.ones_like(w)


def sling(w):
    """Return slopes that throw a ball from near 0 past a million, and pull it back from there."""
    return np.where(np.abs(w) <= 1, -2e6, w)


def in_a_bowl(answer, shape, lr, n, noise, seed):
    """Say how wide a cloud is whose pushes are rolled back, the older ones further."""
    kept = (1 - 2 * lr) ** 2
    width = (lr * noise) ** 2 * (1 - kept**n) / (1 - kept)
    ends = answer(double, np.zeros(shape), lr, n, noise, rng(seed))
    if np.all(np.ptp(ends, axis=1) < 1e-12):
        return {"the cloud": "one point"}
    ratio = np.mean(np.square(ends)) / width
    near = abs(ratio - 1) < 7 * np.sqrt(2 / ends.size)
    words = "wider" if ratio > 1 else "narrower" if ratio > 0.1 else "far narrower"
    return {"the cloud": "as wide as asked" if near else f"{words} than asked"}


def noisy(answer, shape, lr, n, noise, seed):
    """Say how balls are spread on a plain, where nothing but noise moves them."""
    gen = rng(seed)
    start = np.zeros(shape)
    moved = answer(flat, start, lr, n, noise, gen) / (lr * noise * np.sqrt(n))
    more = answer(flat, start, lr, 1, noise, gen)
    size, scaled = moved.size, np.ravel(moved)
    apart = 5 / np.sqrt(shape[1])
    seen = {"coordinates": "each its own noise", "balls": "each its own noise"}
    if not np.any(moved):
        return {"balls": "none has moved"}
    if np.all(np.ptp(moved, axis=1) < 1e-12):
        seen["balls"] = "all the same noise"
    elif abs(np.corrcoef(moved)[0, 1]) > apart:
        seen["coordinates"] = "the same noise"
    spread = np.mean(scaled**2) if seen["balls"].startswith("each") else 1.0
    bound = 5 * np.sqrt(2 / size) * (2 if seen["coordinates"] != "each its own noise" else 1)
    words = "as asked" if abs(spread - 1) < bound else "too wide" if spread > 1 else "too narrow"
    seen["how wide"] = words
    if words != "as asked":
        near = min(
            (0.25, 0.5, 2, 4, n, 1 / n, lr**2, lr**-2, noise**2, noise**-2, 1 / 3),
            key=lambda factor: abs(np.log(max(spread, 1e-300) / factor)),
        )
        seen["how wide"] += f", the variance by about {near:.3g}"
    signed = abs(np.mean(scaled)) > 5 / np.sqrt(size)
    seen["mean"] = "not 0" if signed and seen["balls"].startswith("each") else "about 0"
    again = np.allclose(more, moved * lr * noise * np.sqrt(n)) and n == 1
    seen["a second run"] = "the same noise" if again else "other noise"
    tail = np.mean(np.abs(scaled) > 2.2) if seen["balls"].startswith("each") else 0.0278
    seen["far out"] = (
        "as rarely as normal numbers"
        if n > 1 or abs(tail - 0.0278) < (5 * np.sqrt(0.0278 / size))
        else "not as often as normal numbers"
    )
    return seen


def random_terrains(gen):
    cases = []
    for shape, lr, n, scale in (((2, 5), 0.1, 4, 1.0), ((3, 2, 2), 0.05, 3, 0.01)):
        starts = scale * gen.normal(size=shape)
        starts[:, 0] = 0.0
        label = f"starts of shape {shape}, near {scale:g}, gradient 2 w, lr = {lr}, {n} steps"
        cases.append(Case(label, (double, starts, lr, n, 0.0, rng(0))))
    starts = gen.uniform(-5, 5, size=(2, 8))
    label = "8 starts on Himmelblau's function, lr = 0.01, 6 steps"
    cases.append(Case(label, (himmelblau.gradient, starts, 0.01, 6, 0.0, rng(0))))
    starts = gen.normal(size=(2, 6))
    label = "6 starts on a tilted bowl, lr = 0.5, 3 steps"
    cases.append(Case(label, (coupled, starts, 0.5, 3, 0.0, rng(0))))
    seed = int(gen.integers(10**6))
    cases.append(
        Case("900 balls on a plain, lr = 0.5, noise 3", ((2, 900), 0.5, 1, 3.0, seed), noisy)
    )
    return cases


task = Task(
    reference.balls,
    cases=[
        Case(
            "gradient 2 w, starts (1, 2) and (-4, 0), lr = 1/4, two steps",
            (double, np.array([[1.0, -4.0], [2.0, 0.0]]), 0.25, 2, 0.0, rng(0)),
        ),
        Case(
            "a tilted bowl, start (1, -0.5), lr = 0.5, one step",
            (coupled, np.array([[1.0], [-0.5]]), 0.5, 1, 0.0, rng(0)),
        ),
        Case(
            "the same bowl, starts (1, 0) and (0, 1), two steps",
            (coupled, np.array([[1.0, 0.0], [0.0, 1.0]]), 0.5, 2, 0.0, rng(0)),
        ),
        Case(
            "slope 1 everywhere, starts 0 and 5, lr = 0.1, three steps",
            (tilted, np.array([[0.0, 5.0]]), 0.1, 3, 0.0, rng(0)),
        ),
        Case("no step", (double, np.array([[1.0, 2.0]]), 0.1, 0, 0.0, rng(0))),
        Case(
            "gradient w³, starts 1 and 9, lr = 1/2, 8 steps: the second is lost",
            (cubic, np.array([[1.0, 9.0]]), 0.5, 8, 0.0, rng(0)),
        ),
        Case(
            "gradient 2 w, lr = 11, starts (1, 1) and (0, 3), 5 steps: past 10⁶",
            (double, np.array([[1.0, 0.0], [1.0, 3.0]]), 11.0, 5, 0.0, rng(0)),
        ),
        Case(
            "gradient 2 w, lr = 11, starts (0, 3) and (1, 0): one coordinate runs away",
            (double, np.array([[0.0, 1.0], [3.0, 0.0]]), 11.0, 5, 0.0, rng(0)),
        ),
        Case(
            "gradient 2 w, lr = 11, starts 0, 0.0001 and 1, 6 steps",
            (double, np.array([[0.0, 0.0001, 1.0]]), 11.0, 6, 0.0, rng(0)),
        ),
        Case(
            "a plain, starts (900 000, 900 000) and (1 000 000, 0): neither is past 10⁶",
            (flat, np.array([[9e5, 1e6], [9e5, 0.0]]), 0.5, 1, 0.0, rng(0)),
        ),
        Case(
            "from 0.5 thrown to 2 000 000.5, and pulled back to 0: lost on the way",
            (sling, np.array([[0.5, 3.0]]), 1.0, 2, 0.0, rng(0)),
        ),
        Case(
            "whole numbers, starts (3, 1) and (-1, 2), lr = 1/4",
            (double, np.array([[3, -1], [1, 2]]), 0.25, 1, 0.0, rng(0)),
        ),
        Case(
            "one ball begins at NaN",
            (double, np.array([[np.nan, 1.0], [1.0, 2.0]]), 0.25, 1, 0.0, rng(0)),
        ),
        Case(
            "800 balls on a plain, lr = 1/2, noise 3, one step", ((2, 800), 0.5, 1, 3.0, 1), noisy
        ),
        Case(
            "800 balls on a plain, lr = 0.1, noise 2, one step", ((2, 800), 0.1, 1, 2.0, 2), noisy
        ),
        Case("700 balls on a plain, lr = 0.1, noise 5, 9 steps", ((2, 700), 0.1, 9, 5.0, 3), noisy),
        Case(
            "700 balls in a bowl, gradient 2 w, lr = 0.1, noise 3, 6 steps",
            ((2, 700), 0.1, 6, 3.0, 4),
            in_a_bowl,
        ),
    ],
    draw=random_terrains,
    why="steps of plain arithmetic; of noise five standard errors are compared, not its order",
)


@task.mistake(
    "one noise for all balls",
    "All balls get the same push, so the whole cloud moves as one. How many balls does one draw "
    "serve?",
)
def balls(terrain_grad, starts, lr, n, noise, rng):
    w = np.array(starts, dtype=float)
    for _ in range(n):
        xi = rng.normal(size=w.shape[:1] + (1,) * (w.ndim - 1))
        w = w - lr * (terrain_grad(w) + noise * xi)
        w = np.where(np.all(np.abs(w) <= 1e6, axis=0), w, np.nan)
    return w


@task.mistake(
    "one noise for both coordinates",
    "Your balls move along the diagonal: x and y get the same number. Of what shape is one draw?",
)
def balls(terrain_grad, starts, lr, n, noise, rng):
    w = np.array(starts, dtype=float)
    for _ in range(n):
        w = w - lr * (terrain_grad(w) + noise * rng.normal(size=w.shape[1:]))
        w = np.where(np.all(np.abs(w) <= 1e6, axis=0), w, np.nan)
    return w


@task.mistake(
    "noise times lr twice",
    "The noise is too weak by the factor lr. It is part of the gradient: how often does lr "
    "multiply a gradient?",
)
def balls(terrain_grad, starts, lr, n, noise, rng):
    w = np.array(starts, dtype=float)
    for _ in range(n):
        w = w - lr * (terrain_grad(w) + lr * noise * rng.normal(size=w.shape))
        w = np.where(np.all(np.abs(w) <= 1e6, axis=0), w, np.nan)
    return w


@task.mistake(
    "noise on the ball",
    "The push does not shrink with the learning rate: it is added to the place. What is it asked "
    "to be added to?",
)
def balls(terrain_grad, starts, lr, n, noise, rng):
    w = np.array(starts, dtype=float)
    for _ in range(n):
        w = w - lr * terrain_grad(w) + noise * rng.normal(size=w.shape)
        w = np.where(np.all(np.abs(w) <= 1e6, axis=0), w, np.nan)
    return w


@task.mistake(
    "noise as a variance",
    "Your noise is too weak: with noise = 3 the pushes have a variance of 3. Is noise the variance "
    "or its root?",
)
def balls(terrain_grad, starts, lr, n, noise, rng):
    w = np.array(starts, dtype=float)
    for _ in range(n):
        w = w - lr * (terrain_grad(w) + np.sqrt(noise) * rng.normal(size=w.shape))
        w = np.where(np.all(np.abs(w) <= 1e6, axis=0), w, np.nan)
    return w


@task.mistake(
    "noise drawn once",
    "After nine steps your balls are too far out: each was pushed the same way nine times. When "
    "does the wind change?",
)
def balls(terrain_grad, starts, lr, n, noise, rng):
    w = np.array(starts, dtype=float)
    xi = rng.normal(size=w.shape)
    for _ in range(n):
        w = w - lr * (terrain_grad(w) + noise * xi)
        w = np.where(np.all(np.abs(w) <= 1e6, axis=0), w, np.nan)
    return w


@task.mistake(
    "noise at the start only",
    "After nine steps your cloud is as wide as after one. How many of the steps are noisy?",
)
def balls(terrain_grad, starts, lr, n, noise, rng):
    w = np.array(starts, dtype=float)
    for k in range(n):
        xi = rng.normal(size=w.shape) if k == 0 else 0
        w = w - lr * (terrain_grad(w) + noise * xi)
        w = np.where(np.all(np.abs(w) <= 1e6, axis=0), w, np.nan)
    return w


@task.mistake(
    "noise from 0 to 1",
    "Your noise pushes every ball the same way on average: its numbers lie between 0 and 1. What "
    "is the mean of a standard normal number?",
)
def balls(terrain_grad, starts, lr, n, noise, rng):
    w = np.array(starts, dtype=float)
    for _ in range(n):
        w = w - lr * (terrain_grad(w) + noise * rng.random(size=w.shape))
        w = np.where(np.all(np.abs(w) <= 1e6, axis=0), w, np.nan)
    return w


@task.mistake(
    "evenly spread noise",
    "Your noise is too narrow and ends sharply: it is drawn from -1 to 1, evenly. Which law is "
    "asked for?",
)
def balls(terrain_grad, starts, lr, n, noise, rng):
    w = np.array(starts, dtype=float)
    for _ in range(n):
        w = w - lr * (terrain_grad(w) + noise * rng.uniform(-1, 1, size=w.shape))
        w = np.where(np.all(np.abs(w) <= 1e6, axis=0), w, np.nan)
    return w


@task.mistake(
    "a generator of its own",
    "A second run with the same rng brings the same pushes. Whose numbers do you draw?",
)
def balls(terrain_grad, starts, lr, n, noise, rng):
    w, rng = np.array(starts, dtype=float), np.random.default_rng(0)
    for _ in range(n):
        w = w - lr * (terrain_grad(w) + noise * rng.normal(size=w.shape))
        w = np.where(np.all(np.abs(w) <= 1e6, axis=0), w, np.nan)
    return w


@task.mistake(
    "one coordinate after another",
    "On the tilted bowl the first coordinate is right and the second is not: it was moved by a "
    "gradient that had seen the new first one. When is the gradient to be computed?",
)
def balls(terrain_grad, starts, lr, n, noise, rng):
    w = np.array(starts, dtype=float)
    for _ in range(n):
        for i in range(len(w)):
            w[i] = w[i] - lr * (terrain_grad(w) + noise * rng.normal(size=w.shape))[i]
        w = np.where(np.all(np.abs(w) <= 1e6, axis=0), w, np.nan)
    return w


@task.mistake(
    "uphill",
    "Your balls climb. Which sign leads down?",
)
def balls(terrain_grad, starts, lr, n, noise, rng):
    w = np.array(starts, dtype=float)
    for _ in range(n):
        w = w + lr * (terrain_grad(w) + noise * rng.normal(size=w.shape))
        w = np.where(np.all(np.abs(w) <= 1e6, axis=0), w, np.nan)
    return w


@task.mistake(
    "the lost stay on the map",
    "Balls beyond a million still have a place in your answer, and whoever looks for the nearest "
    "valley finds one for them. How is a lost ball to be told apart?",
)
def balls(terrain_grad, starts, lr, n, noise, rng):
    w = np.array(starts, dtype=float)
    for _ in range(n):
        w = w - lr * (terrain_grad(w) + noise * rng.normal(size=w.shape))
    return w


@task.mistake(
    "only what is infinite is lost",
    "You mark balls that have become infinite, and not those that are finite and past a million. "
    "After how many more steps would they be infinite?",
)
def balls(terrain_grad, starts, lr, n, noise, rng):
    w = np.array(starts, dtype=float)
    for _ in range(n):
        w = w - lr * (terrain_grad(w) + noise * rng.normal(size=w.shape))
        w = np.where(np.all(np.isfinite(w), axis=0), w, np.nan)
    return w


@task.mistake(
    "half a ball lost",
    "Of a ball that is lost in one coordinate the other one is still there. Can half a ball lie in "
    "a valley?",
)
def balls(terrain_grad, starts, lr, n, noise, rng):
    w = np.array(starts, dtype=float)
    for _ in range(n):
        w = w - lr * (terrain_grad(w) + noise * rng.normal(size=w.shape))
        w = np.where(np.abs(w) <= 1e6, w, np.nan)
    return w


@task.mistake(
    "held at the limit",
    "Balls beyond a million are put back to the limit, and look as if they had arrived there. What "
    "should become of a lost ball?",
)
def balls(terrain_grad, starts, lr, n, noise, rng):
    w = np.array(starts, dtype=float)
    for _ in range(n):
        w = np.clip(w - lr * (terrain_grad(w) + noise * rng.normal(size=w.shape)), -1e6, 1e6)
    return w


@task.mistake(
    "one lost, all lost",
    "One ball that runs away takes all the others with it. Over which axis do you ask whether "
    "something is lost?",
)
def balls(terrain_grad, starts, lr, n, noise, rng):
    w = np.array(starts, dtype=float)
    for _ in range(n):
        w = w - lr * (terrain_grad(w) + noise * rng.normal(size=w.shape))
        w = w if np.all(np.abs(w) <= 1e6) else np.full_like(w, np.nan)
    return w


@task.mistake(
    "one step too many",
    "Your balls have made n + 1 steps. Where are they when n is 0?",
)
def balls(terrain_grad, starts, lr, n, noise, rng):
    w = np.array(starts, dtype=float)
    for _ in range(n + 1):
        w = w - lr * (terrain_grad(w) + noise * rng.normal(size=w.shape))
        w = np.where(np.all(np.abs(w) <= 1e6, axis=0), w, np.nan)
    return w


@task.mistake(
    "compared with NaN",
    "A ball that is NaN in one coordinate keeps the other one. Is NaN larger than a million, or "
    "smaller?",
)
def balls(terrain_grad, starts, lr, n, noise, rng):
    w = np.array(starts, dtype=float)
    for _ in range(n):
        w = w - lr * (terrain_grad(w) + noise * rng.normal(size=w.shape))
        w = np.where(np.any(np.abs(w) > 1e6, axis=0), np.nan, w)
    return w


@task.mistake(
    "the distance for a coordinate",
    "A ball is lost in your answer although none of its coordinates is larger than a million. What "
    "is compared with the limit, each coordinate or the way from the middle?",
)
def balls(terrain_grad, starts, lr, n, noise, rng):
    w = np.array(starts, dtype=float)
    for _ in range(n):
        w = w - lr * (terrain_grad(w) + noise * rng.normal(size=w.shape))
        w = np.where(np.sqrt(np.sum(w**2, axis=0)) <= 1e6, w, np.nan)
    return w


@task.mistake(
    "a million itself",
    "A ball that lies at a million exactly is lost in your answer. Is a million larger than a "
    "million?",
)
def balls(terrain_grad, starts, lr, n, noise, rng):
    w = np.array(starts, dtype=float)
    for _ in range(n):
        w = w - lr * (terrain_grad(w) + noise * rng.normal(size=w.shape))
        w = np.where(np.all(np.abs(w) < 1e6, axis=0), w, np.nan)
    return w


@task.mistake(
    "asked at the end only",
    "A ball that was thrown past a million and came back lies on your map as if nothing had "
    "happened. When is it to be asked whether a ball is lost?",
)
def balls(terrain_grad, starts, lr, n, noise, rng):
    w = np.array(starts, dtype=float)
    for _ in range(n):
        w = w - lr * (terrain_grad(w) + noise * rng.normal(size=w.shape))
    w = np.where(np.all(np.abs(w) <= 1e6, axis=0), w, np.nan)
    return w


@task.mistake(
    "lost only as a whole",
    "A ball is lost in your answer only when all its coordinates are. How many of them must be "
    "larger than a million?",
)
def balls(terrain_grad, starts, lr, n, noise, rng):
    w = np.array(starts, dtype=float)
    for _ in range(n):
        w = w - lr * (terrain_grad(w) + noise * rng.normal(size=w.shape))
        w = np.where(np.any(np.abs(w) <= 1e6, axis=0), w, np.nan)
    return w


@task.mistake(
    "one coordinate of all balls lost",
    "When one ball runs away, all balls lose that coordinate. Along which axis of starts do the "
    "coordinates of one ball lie?",
)
def balls(terrain_grad, starts, lr, n, noise, rng):
    w = np.array(starts, dtype=float)
    for _ in range(n):
        w = w - lr * (terrain_grad(w) + noise * rng.normal(size=w.shape))
        w = np.where(np.all(np.abs(w) <= 1e6, axis=-1, keepdims=True), w, np.nan)
    return w


@task.mistake(
    "only to the right",
    "A ball that runs off to the left, past minus a million, is still on your map. What does "
    "larger in size mean for a number below 0?",
)
def balls(terrain_grad, starts, lr, n, noise, rng):
    w = np.array(starts, dtype=float)
    for _ in range(n):
        w = w - lr * (terrain_grad(w) + noise * rng.normal(size=w.shape))
        w = np.where(np.all(w <= 1e6, axis=0), w, np.nan)
    return w


@task.mistake(
    "infinity for the lost",
    "A lost ball lies at infinity in your answer, which is larger than every limit and still a "
    "place. Which value says that there is no number?",
)
def balls(terrain_grad, starts, lr, n, noise, rng):
    w = np.array(starts, dtype=float)
    for _ in range(n):
        w = w - lr * (terrain_grad(w) + noise * rng.normal(size=w.shape))
        w = np.where(np.all(np.abs(w) <= 1e6, axis=0), w, np.inf)
    return w


@task.mistake(
    "one step too few",
    "Your balls have made n - 1 steps. How often does a loop from 1 to n run, if n itself is left "
    "out?",
)
def balls(terrain_grad, starts, lr, n, noise, rng):
    w = np.array(starts, dtype=float)
    for _ in range(n - 1):
        w = w - lr * (terrain_grad(w) + noise * rng.normal(size=w.shape))
        w = np.where(np.all(np.abs(w) <= 1e6, axis=0), w, np.nan)
    return w


@task.mistake(
    "noise times the slope",
    "Your noise multiplies the gradient, so that on a plain nothing moves. What does the formula "
    "do with g and the noise before the rate comes in?",
)
def balls(terrain_grad, starts, lr, n, noise, rng):
    w = np.array(starts, dtype=float)
    for _ in range(n):
        g = terrain_grad(w)
        w = w - lr * g * (1 + noise * rng.normal(size=w.shape))
        w = np.where(np.all(np.abs(w) <= 1e6, axis=0), w, np.nan)
    return w


@task.mistake(
    "the root of the rate",
    "Your pushes shrink with the root of the learning rate, as in a diffusion. By what is the "
    "whole bracket multiplied, the noise within it included?",
)
def balls(terrain_grad, starts, lr, n, noise, rng):
    w = np.array(starts, dtype=float)
    for _ in range(n):
        w = w - lr * terrain_grad(w) - np.sqrt(lr) * noise * rng.normal(size=w.shape)
        w = np.where(np.all(np.abs(w) <= 1e6, axis=0), w, np.nan)
    return w


@task.mistake(
    "the root of twice the rate",
    "Your pushes follow Langevin: they shrink with the root of twice the learning rate. What "
    "stands before the bracket here, and is the noise inside of it?",
)
def balls(terrain_grad, starts, lr, n, noise, rng):
    w = np.array(starts, dtype=float)
    for _ in range(n):
        w = w - lr * terrain_grad(w) - np.sqrt(2 * lr) * noise * rng.normal(size=w.shape)
        w = np.where(np.all(np.abs(w) <= 1e6, axis=0), w, np.nan)
    return w


@task.mistake(
    "noise in one lump at the end",
    "On a plain your cloud is as wide as it should be, and in a bowl too wide: all pushes come "
    "after the last step, and none is rolled back. When is each of them to act?",
)
def balls(terrain_grad, starts, lr, n, noise, rng):
    w = np.array(starts, dtype=float)
    for _ in range(n):
        w = w - lr * terrain_grad(w)
        w = np.where(np.all(np.abs(w) <= 1e6, axis=0), w, np.nan)
    return w - lr * noise * np.sqrt(n) * rng.normal(size=w.shape)


@task.mistake(
    "noise after the last step only",
    "The balls roll quietly and are pushed once, when they have come to rest. How many pushes "
    "belong to n steps?",
)
def balls(terrain_grad, starts, lr, n, noise, rng):
    w = np.array(starts, dtype=float)
    for _ in range(n):
        w = w - lr * terrain_grad(w)
        w = np.where(np.all(np.abs(w) <= 1e6, axis=0), w, np.nan)
    return w - lr * noise * rng.normal(size=w.shape)


@task.mistake(
    "pushed to one side",
    "All your pushes have one sign, as if the wind never turned. Which sign has a normal number of "
    "mean 0?",
)
def balls(terrain_grad, starts, lr, n, noise, rng):
    w = np.array(starts, dtype=float)
    for _ in range(n):
        xi = np.abs(rng.normal(size=w.shape))
        w = w - lr * (terrain_grad(w) + noise * xi)
        w = np.where(np.all(np.abs(w) <= 1e6, axis=0), w, np.nan)
    return w


@task.accepts("marking the lost by their largest coordinate")
def balls(terrain_grad, starts, lr, n, noise, rng):
    w = np.array(starts, dtype=float)
    for _ in range(n):
        g = terrain_grad(w)
        if noise > 0:
            g = g + rng.normal(0, noise, size=w.shape)
        w = w - lr * g
        lost = ~(np.max(np.abs(w), axis=0) <= 1e6)
        w[:, lost] = np.nan
    return w


@task.accepts("with a list of the lost")
def balls(terrain_grad, starts, lr, n, noise, rng):
    w = np.asarray(starts, dtype=float).copy()
    gone = np.zeros(w.shape[1:], dtype=bool)
    for _k in range(n):
        push = noise * rng.standard_normal(w.shape)
        w = w - lr * terrain_grad(w) - lr * push
        gone |= ~np.isfinite(w).all(axis=0) | (np.abs(w) > 1e6).any(axis=0)
        w = np.where(gone, np.nan, w)
    return w
