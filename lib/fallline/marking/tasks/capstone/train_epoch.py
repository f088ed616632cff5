"""Task `train_epoch` of chapter `capstone`."""

import numpy as np

from fallline import capstone as reference
from fallline.adam import adam_step
from fallline.descent import gradient_step
from fallline.marking.task import Case, Task
from fallline.marking.tasks.capstone.cases import network, rng
from fallline.momentum import momentum_step

FLAT = [(np.array([[1.0, -1.0]]), np.array([0.5, 0.5])), (np.eye(2), np.zeros(2))]
X1, Y1 = np.array([[2.0]]), np.array([1])


def epochs(answer, params, x, y, N, B, step, hyper, count):
    """Train on N equal images for some epochs: then the order does not matter."""
    X, y = np.repeat(x, N, axis=0), np.repeat(y, N)
    state, losses, gen = None, [], rng(0)
    for _ in range(count):
        params, state, loss = answer(params, X, y, step, state, B=B, rng=gen, **hyper)
        losses.append(loss)
    return {"losses": losses, "params": params}


def entries(state):
    """Return everything that lists, tuples and dicts hold, at every depth."""
    if isinstance(state, dict):
        state = list(state.values())
    if not isinstance(state, list | tuple):
        return []
    return [*state, *(item for part in state for item in entries(part))]


def resumed(answer, params, x, y, N, B, step, hyper):
    """Say whether an epoch leaves the state that it takes up as it was."""
    X, y, gen = np.repeat(x, N, axis=0), np.repeat(y, N), rng(0)
    params, state, _ = answer(params, X, y, step, None, B=B, rng=gen, **hyper)
    before = entries(state)
    answer(params, X, y, step, state, B=B, rng=gen, **hyper)
    after = entries(state)
    same = len(before) == len(after) and all(a is b for a, b in zip(before, after, strict=True))
    return {"the state that came in": "left as it was" if same else "changed in place"}


def asked(answer, N, B, seed):
    """Say which images an epoch uses, in which batches, and whether each keeps its class."""
    gen, heard = rng(seed), []
    params = [(np.full((N, 2), 0.5), np.full(2, 0.25)), (np.eye(2), np.zeros(2))]
    X, y = np.eye(N), np.arange(N) % 2
    kept = True

    def step(w, g, state=None, *, lr):
        if np.shape(g) == (N, 2):
            heard.append(np.sign(np.array(g)))
        return w, 1

    orders, right = [], True
    for _ in range(3):
        heard.clear()
        pair = X.copy(), y.copy()
        answer(params, *pair, step, None, lr=0.1, B=B, rng=gen)
        kept &= np.array_equal(pair[0], X) and np.array_equal(pair[1], y)
        batches = [np.flatnonzero(g[:, 0]).tolist() for g in heard]
        right &= all(g[i, y[i]] < 0 for g, rows in zip(heard, batches, strict=True) for i in rows)
        orders.append(batches)
    seen = {"X and y": "left as they were" if kept else "changed in place"}
    seen["classes"] = "each image has its own" if right else "of other images"
    flat = [i for batch in orders[0] for i in batch]
    every = [[i for batch in batches for i in batch] for batches in orders]
    if any(len(set(images)) < len(images) for images in every):
        whole = B < N and all(len(batch) == N for batch in orders[0])
        return seen | {"images": "all in every batch" if whole else "some twice"}
    seen["sizes"] = ", ".join(sorted((str(len(batch)) for batch in orders[0]), reverse=True))
    seen["images"] = f"{len(flat)} of {N}"
    if B > 1:  # which images are together, whatever batch comes first
        orders = [sorted(batches) for batches in orders]
        flat = [i for batch in orders[0] for i in batch]
    seen["order"] = "as they came" if flat == sorted(flat) and B < N else "shuffled"
    seen["next epochs"] = "the same batches" if orders[0] == orders[1] == orders[2] else "others"
    return seen


def random_epochs(gen):
    cases = []
    for N, B, step, hyper in (
        (7, 3, momentum_step, {"lr": 0.1, "beta": 0.9}),
        (5, 2, adam_step, {"lr": 0.05}),
        (9, 4, gradient_step, {"lr": 0.3}),
    ):
        params, x = network(gen, (3, 4, 2)), gen.normal(size=(1, 3))
        label = f"{N} equal images, B = {B}, {step.__name__}, two epochs"
        cases.append(
            Case(label, (params, x, gen.integers(2, size=1), N, B, step, hyper, 2), epochs)
        )
    N = int(gen.integers(11, 15))
    cases.append(Case(f"who is asked: {N} images, B = 4", (N, 4, int(gen.integers(1000))), asked))
    return cases


def equal(label, N, B, step, hyper, count=1, x=X1, params=FLAT):
    return Case(label, (params, x, Y1, N, B, step, hyper, count), epochs)


task = Task(
    reference.train_epoch,
    cases=[
        equal("one image: one step of lr = 0.5", 1, 1, gradient_step, {"lr": 0.5}),
        equal("two equal images, B = 1: two steps of lr = 0.5", 2, 1, gradient_step, {"lr": 0.5}),
        equal("two equal images, B = 2: one step", 2, 2, gradient_step, {"lr": 0.5}),
        equal("three equal images, B = 2", 3, 2, gradient_step, {"lr": 0.5}),
        equal("five equal images, B = 4", 5, 4, gradient_step, {"lr": 1.0}),
        equal("three equal images, B = 8: one step", 3, 8, gradient_step, {"lr": 0.5}),
        equal(
            "three equal images, B = 1, with momentum 0.9",
            *(3, 1, momentum_step, {"lr": 0.1, "beta": 0.9}),
        ),
        equal(
            "one image, B = 1, with momentum 0.9, two epochs",
            *(1, 1, momentum_step, {"lr": 0.1, "beta": 0.9}, 2),
        ),
        equal(
            "one image, B = 1, with momentum 0.9, three epochs",
            *(1, 1, momentum_step, {"lr": 0.2, "beta": 0.9}, 3),
        ),
        equal("four equal images, B = 2, Adam, two epochs", 4, 2, adam_step, {"lr": 0.1}, 2),
        Case(
            "two equal images, B = 1, with momentum 0.9: one epoch, and another from there",
            (FLAT, X1, Y1, 2, 1, momentum_step, {"lr": 0.1, "beta": 0.9}),
            resumed,
        ),
        equal(
            "whole numbers",
            *(3, 2, gradient_step, {"lr": 0.5}, 1, np.array([[2]])),
            [(np.array([[1, -1]]), np.array([1, 0])), (np.eye(2, dtype=int), np.array([0, 0]))],
        ),
        equal("a pixel is NaN", 2, 1, gradient_step, {"lr": 0.5}, 1, np.array([[np.nan]])),
        Case("who is asked: 12 images, B = 4", (12, 4, 10), asked),
        Case("who is asked: 11 images, B = 1", (11, 1, 11), asked),
        Case("who is asked: 13 images, B = 5", (13, 5, 12), asked),
    ],
    draw=random_epochs,
    rtol=1e-8,
    why="cases in which the order does not matter, up to rounding; else facts",
)


@task.mistake(
    "not shuffled",
    "Every epoch takes the images in the order of the file. What happens to a batch if the file "
    "is sorted by class?",
)
def train_epoch(params, X, y, step, state=None, *, lr, B, rng, **hyper):
    from fallline.capstone import mlp_loss_grad

    losses, sizes = [], []
    for start in range(0, len(X), B):
        batch = np.arange(start, min(start + B, len(X)))
        loss, grads = mlp_loss_grad(params, X[batch], y[batch])
        if state is None:
            state = [[(), ()] for _ in params]
        new, left = [], []
        for pair, grad, before in zip(params, grads, state, strict=True):
            out = [
                step(w, g, *s, lr=lr, **hyper) for w, g, s in zip(pair, grad, before, strict=True)
            ]
            new.append(tuple(w for w, _ in out))
            left.append([(s,) for _, s in out])
        params, state = new, left
        losses.append(loss)
        sizes.append(len(batch))
    return params, state, np.sum(np.multiply(losses, sizes)) / np.sum(sizes)


@task.mistake(
    "memory lost at every batch",
    "Without memory your numbers are right, and with momentum or Adam every step is a first one. "
    "Who keeps the state from one batch to the next?",
)
def train_epoch(params, X, y, step, state=None, *, lr, B, rng, **hyper):
    from fallline.capstone import mlp_loss_grad

    losses, sizes, order = [], [], rng.permutation(len(X))
    for start in range(0, len(X), B):
        batch = order[start : start + B]
        loss, grads = mlp_loss_grad(params, X[batch], y[batch])
        params = [
            tuple(step(w, g, lr=lr, **hyper)[0] for w, g in zip(pair, grad, strict=True))
            for pair, grad in zip(params, grads, strict=True)
        ]
        losses.append(loss)
        sizes.append(len(batch))
    return params, state, np.sum(np.multiply(losses, sizes)) / np.sum(sizes)


@task.mistake(
    "memory lost at every epoch",
    "The first epoch is right, and the second begins with empty memory although it was handed one. "
    "What do you do with the state that comes in?",
)
def train_epoch(params, X, y, step, state=None, *, lr, B, rng, **hyper):
    from fallline.capstone import mlp_loss_grad

    losses, sizes, order = [], [], rng.permutation(len(X))
    state = [[(), ()] for _ in params]
    for start in range(0, len(X), B):
        batch = order[start : start + B]
        loss, grads = mlp_loss_grad(params, X[batch], y[batch])
        new, left = [], []
        for pair, grad, before in zip(params, grads, state, strict=True):
            out = [
                step(w, g, *s, lr=lr, **hyper) for w, g, s in zip(pair, grad, before, strict=True)
            ]
            new.append(tuple(w for w, _ in out))
            left.append([(s,) for _, s in out])
        params, state = new, left
        losses.append(loss)
        sizes.append(len(batch))
    return params, state, np.sum(np.multiply(losses, sizes)) / np.sum(sizes)


@task.mistake(
    "loss after the step",
    "Your losses are those of parameters that have just been improved on the very batch. At which "
    "parameters was the gradient taken?",
)
def train_epoch(params, X, y, step, state=None, *, lr, B, rng, **hyper):
    from fallline.capstone import mlp_loss_grad

    losses, sizes, order = [], [], rng.permutation(len(X))
    for start in range(0, len(X), B):
        batch = order[start : start + B]
        _, grads = mlp_loss_grad(params, X[batch], y[batch])
        if state is None:
            state = [[(), ()] for _ in params]
        new, left = [], []
        for pair, grad, before in zip(params, grads, state, strict=True):
            out = [
                step(w, g, *s, lr=lr, **hyper) for w, g, s in zip(pair, grad, before, strict=True)
            ]
            new.append(tuple(w for w, _ in out))
            left.append([(s,) for _, s in out])
        params, state = new, left
        losses.append(mlp_loss_grad(params, X[batch], y[batch])[0])
        sizes.append(len(batch))
    return params, state, np.sum(np.multiply(losses, sizes)) / np.sum(sizes)


@task.mistake(
    "loss of all images at the end",
    "The loss is that of all images after the last step: it costs another pass, and is another "
    "number. Which losses did you see on the way?",
)
def train_epoch(params, X, y, step, state=None, *, lr, B, rng, **hyper):
    from fallline.capstone import mlp_loss_grad

    order = rng.permutation(len(X))
    for start in range(0, len(X), B):
        batch = order[start : start + B]
        _, grads = mlp_loss_grad(params, X[batch], y[batch])
        if state is None:
            state = [[(), ()] for _ in params]
        new, left = [], []
        for pair, grad, before in zip(params, grads, state, strict=True):
            out = [
                step(w, g, *s, lr=lr, **hyper) for w, g, s in zip(pair, grad, before, strict=True)
            ]
            new.append(tuple(w for w, _ in out))
            left.append([(s,) for _, s in out])
        params, state = new, left
    return params, state, mlp_loss_grad(params, X, y)[0]


@task.mistake(
    "every batch counts the same",
    "With three images and B = 2 the single image of the last batch counts as much as the two "
    "others together. How should a batch weigh?",
)
def train_epoch(params, X, y, step, state=None, *, lr, B, rng, **hyper):
    from fallline.capstone import mlp_loss_grad

    losses, order = [], rng.permutation(len(X))
    for start in range(0, len(X), B):
        batch = order[start : start + B]
        loss, grads = mlp_loss_grad(params, X[batch], y[batch])
        if state is None:
            state = [[(), ()] for _ in params]
        new, left = [], []
        for pair, grad, before in zip(params, grads, state, strict=True):
            out = [
                step(w, g, *s, lr=lr, **hyper) for w, g, s in zip(pair, grad, before, strict=True)
            ]
            new.append(tuple(w for w, _ in out))
            left.append([(s,) for _, s in out])
        params, state = new, left
        losses.append(loss)
    return params, state, np.mean(losses)


@task.mistake(
    "loss of the last batch",
    "The loss that comes back is the last batch's alone. What is said of the whole epoch?",
)
def train_epoch(params, X, y, step, state=None, *, lr, B, rng, **hyper):
    from fallline.capstone import mlp_loss_grad

    order = rng.permutation(len(X))
    for start in range(0, len(X), B):
        batch = order[start : start + B]
        loss, grads = mlp_loss_grad(params, X[batch], y[batch])
        if state is None:
            state = [[(), ()] for _ in params]
        new, left = [], []
        for pair, grad, before in zip(params, grads, state, strict=True):
            out = [
                step(w, g, *s, lr=lr, **hyper) for w, g, s in zip(pair, grad, before, strict=True)
            ]
            new.append(tuple(w for w, _ in out))
            left.append([(s,) for _, s in out])
        params, state = new, left
    return params, state, loss


@task.mistake(
    "last batch left out",
    "Images that fill no whole batch are never used in this epoch. Is a smaller batch to be "
    "thrown away?",
)
def train_epoch(params, X, y, step, state=None, *, lr, B, rng, **hyper):
    from fallline.capstone import mlp_loss_grad

    losses, order = [], rng.permutation(len(X))
    for k in range(len(X) // B):
        batch = order[k * B : (k + 1) * B]
        loss, grads = mlp_loss_grad(params, X[batch], y[batch])
        if state is None:
            state = [[(), ()] for _ in params]
        new, left = [], []
        for pair, grad, before in zip(params, grads, state, strict=True):
            out = [
                step(w, g, *s, lr=lr, **hyper) for w, g, s in zip(pair, grad, before, strict=True)
            ]
            new.append(tuple(w for w, _ in out))
            left.append([(s,) for _, s in out])
        params, state = new, left
        losses.append(loss)
    return params, state, np.mean(losses)


@task.mistake(
    "drawn with replacement",
    "Some images come twice in one epoch, and others not at all. What makes a round through the "
    "data a round?",
)
def train_epoch(params, X, y, step, state=None, *, lr, B, rng, **hyper):
    from fallline.capstone import mlp_loss_grad

    losses, sizes, order = [], [], rng.integers(len(X), size=len(X))
    for start in range(0, len(X), B):
        batch = order[start : start + B]
        loss, grads = mlp_loss_grad(params, X[batch], y[batch])
        if state is None:
            state = [[(), ()] for _ in params]
        new, left = [], []
        for pair, grad, before in zip(params, grads, state, strict=True):
            out = [
                step(w, g, *s, lr=lr, **hyper) for w, g, s in zip(pair, grad, before, strict=True)
            ]
            new.append(tuple(w for w, _ in out))
            left.append([(s,) for _, s in out])
        params, state = new, left
        losses.append(loss)
        sizes.append(len(batch))
    return params, state, np.sum(np.multiply(losses, sizes)) / np.sum(sizes)


@task.mistake(
    "X and y shuffled apart",
    "Images get the classes of others: X and y were shuffled each for itself. How many orders may "
    "there be?",
)
def train_epoch(params, X, y, step, state=None, *, lr, B, rng, **hyper):
    from fallline.capstone import mlp_loss_grad

    X, y = X[rng.permutation(len(X))], y[rng.permutation(len(y))]
    losses, sizes = [], []
    for start in range(0, len(X), B):
        loss, grads = mlp_loss_grad(params, X[start : start + B], y[start : start + B])
        if state is None:
            state = [[(), ()] for _ in params]
        new, left = [], []
        for pair, grad, before in zip(params, grads, state, strict=True):
            out = [
                step(w, g, *s, lr=lr, **hyper) for w, g, s in zip(pair, grad, before, strict=True)
            ]
            new.append(tuple(w for w, _ in out))
            left.append([(s,) for _, s in out])
        params, state = new, left
        losses.append(loss)
        sizes.append(len(y[start : start + B]))
    return params, state, np.sum(np.multiply(losses, sizes)) / np.sum(sizes)


@task.mistake(
    "only the weights move",
    "Your weights move and the biases stay where they were. What does a layer hold beside W?",
)
def train_epoch(params, X, y, step, state=None, *, lr, B, rng, **hyper):
    from fallline.capstone import mlp_loss_grad

    losses, sizes, order = [], [], rng.permutation(len(X))
    for start in range(0, len(X), B):
        batch = order[start : start + B]
        loss, grads = mlp_loss_grad(params, X[batch], y[batch])
        if state is None:
            state = [() for _ in params]
        out = [
            step(W, dW, *s, lr=lr, **hyper)
            for (W, _), (dW, _), s in zip(params, grads, state, strict=True)
        ]
        params = [(new[0], b) for new, (_, b) in zip(out, params, strict=True)]
        state = [(s,) for _, s in out]
        losses.append(loss)
        sizes.append(len(batch))
    return params, state, np.sum(np.multiply(losses, sizes)) / np.sum(sizes)


@task.mistake(
    "one step for the epoch",
    "The parameters move once, however many batches there are. When is a batch's gradient used?",
)
def train_epoch(params, X, y, step, state=None, *, lr, B, rng, **hyper):
    from fallline.capstone import mlp_loss_grad

    loss, grads = mlp_loss_grad(params, X, y)
    if state is None:
        state = [[(), ()] for _ in params]
    new, left = [], []
    for pair, grad, before in zip(params, grads, state, strict=True):
        out = [step(w, g, *s, lr=lr, **hyper) for w, g, s in zip(pair, grad, before, strict=True)]
        new.append(tuple(w for w, _ in out))
        left.append([(s,) for _, s in out])
    return new, left, loss


@task.mistake(
    "all images at every step",
    "Each of your steps looks at all images. What is a batch for?",
)
def train_epoch(params, X, y, step, state=None, *, lr, B, rng, **hyper):
    from fallline.capstone import mlp_loss_grad

    losses, sizes = [], []
    for start in range(0, len(X), B):
        loss, grads = mlp_loss_grad(params, X, y)
        if state is None:
            state = [[(), ()] for _ in params]
        new, left = [], []
        for pair, grad, before in zip(params, grads, state, strict=True):
            out = [
                step(w, g, *s, lr=lr, **hyper) for w, g, s in zip(pair, grad, before, strict=True)
            ]
            new.append(tuple(w for w, _ in out))
            left.append([(s,) for _, s in out])
        params, state = new, left
        losses.append(loss)
        sizes.append(min(B, len(X) - start))
    return params, state, np.sum(np.multiply(losses, sizes)) / np.sum(sizes)


@task.mistake(
    "the same batches in each epoch",
    "Every epoch has the same batches, whatever rng is. Where do your random numbers come from?",
)
def train_epoch(params, X, y, step, state=None, *, lr, B, rng, **hyper):
    from fallline.capstone import mlp_loss_grad

    losses, sizes, order = [], [], np.random.default_rng(0).permutation(len(X))
    for start in range(0, len(X), B):
        batch = order[start : start + B]
        loss, grads = mlp_loss_grad(params, X[batch], y[batch])
        if state is None:
            state = [[(), ()] for _ in params]
        new, left = [], []
        for pair, grad, before in zip(params, grads, state, strict=True):
            out = [
                step(w, g, *s, lr=lr, **hyper) for w, g, s in zip(pair, grad, before, strict=True)
            ]
            new.append(tuple(w for w, _ in out))
            left.append([(s,) for _, s in out])
        params, state = new, left
        losses.append(loss)
        sizes.append(len(batch))
    return params, state, np.sum(np.multiply(losses, sizes)) / np.sum(sizes)


@task.mistake(
    "a step of its own",
    "Your parameters move by plain descent, whichever step was handed in: with momentum and Adam "
    "nothing changes. Who is to make the step?",
)
def train_epoch(params, X, y, step, state=None, *, lr, B, rng, **hyper):
    from fallline.capstone import mlp_loss_grad

    total, order = 0.0, rng.permutation(len(X))
    for start in range(0, len(X), B):
        batch = order[start : start + B]
        loss, grads = mlp_loss_grad(params, X[batch], y[batch])
        params = [
            (W - lr * dW, b - lr * db) for (W, b), (dW, db) in zip(params, grads, strict=True)
        ]
        total += loss * len(batch)
    return params, state, total / len(X)


@task.mistake(
    "losses of batches divided by the images",
    "Your loss is too small, by about the batch size: means of batches are added up and divided by "
    "the number of images. How many images does each of these means stand for?",
)
def train_epoch(params, X, y, step, state=None, *, lr, B, rng, **hyper):
    from fallline.capstone import train_step

    total, order = 0.0, rng.permutation(len(X))
    for start in range(0, len(X), B):
        batch = order[start : start + B]
        params, state, loss = train_step(params, X[batch], y[batch], step, state, lr=lr, **hyper)
        total += loss
    return params, state, total / len(X)


@task.mistake(
    "memory lost, batches unweighted",
    "Two things: every step is a first one, since no state is handed on, and a small last batch "
    "counts as much as a full one. Which of the two shows already without momentum?",
)
def train_epoch(params, X, y, step, state=None, *, lr, B, rng, **hyper):
    from fallline.capstone import train_step

    losses, order = [], rng.permutation(len(X))
    for start in range(0, len(X), B):
        batch = order[start : start + B]
        params, _, loss = train_step(params, X[batch], y[batch], step, None, lr=lr, **hyper)
        losses.append(loss)
    return params, state, np.mean(losses)


@task.mistake(
    "memory written over",
    "Whoever goes on twice from one and the same state gets two results: the first time has "
    "changed what was handed in. Whose memory is it when it comes in, and whose when it goes out?",
)
def train_epoch(params, X, y, step, state=None, *, lr, B, rng, **hyper):
    from fallline.capstone import mlp_loss_grad

    losses, sizes, order = [], [], rng.permutation(len(X))
    state = [[(), ()] for _ in params] if state is None else state
    for start in range(0, len(X), B):
        batch = order[start : start + B]
        loss, grads = mlp_loss_grad(params, X[batch], y[batch])
        new = []
        for pair, grad, memory in zip(params, grads, state, strict=True):
            moved = []
            for k in (0, 1):
                w, s = step(pair[k], grad[k], *memory[k], lr=lr, **hyper)
                moved.append(w)
                memory[k] = (s,)
            new.append(tuple(moved))
        params = new
        losses.append(loss)
        sizes.append(len(batch))
    return params, state, np.sum(np.multiply(losses, sizes)) / np.sum(sizes)


@task.mistake(
    "the arrays themselves shuffled",
    "After your epoch X and y of the caller stand in another order. He wanted them trained on: "
    "what else can be shuffled, so that they may stay as they are?",
)
def train_epoch(params, X, y, step, state=None, *, lr, B, rng, **hyper):
    from fallline.capstone import train_step

    order = rng.permutation(len(X))
    X[:], y[:] = X[order], y[order]
    losses, sizes = [], []
    for start in range(0, len(X), B):
        images, classes = X[start : start + B], y[start : start + B]
        params, state, loss = train_step(params, images, classes, step, state, lr=lr, **hyper)
        losses.append(loss)
        sizes.append(len(classes))
    return params, state, np.sum(np.multiply(losses, sizes)) / np.sum(sizes)


@task.mistake(
    "batches shuffled, not images",
    "The same images meet in a batch in every epoch, and only the batches change places. If the "
    "file is sorted by class, what does such a batch hold?",
)
def train_epoch(params, X, y, step, state=None, *, lr, B, rng, **hyper):
    from fallline.capstone import train_step

    losses, sizes = [], []
    for start in rng.permutation(np.arange(0, len(X), B)):
        images, classes = X[start : start + B], y[start : start + B]
        params, state, loss = train_step(params, images, classes, step, state, lr=lr, **hyper)
        losses.append(loss)
        sizes.append(len(classes))
    return params, state, np.sum(np.multiply(losses, sizes)) / np.sum(sizes)


@task.mistake(
    "loss of all images at the beginning",
    "The loss is that of all images before the first step, as if nothing had been learned within "
    "the epoch. At which parameters does each batch meet the network?",
)
def train_epoch(params, X, y, step, state=None, *, lr, B, rng, **hyper):
    from fallline.capstone import mlp_loss_grad, train_step

    before, order = mlp_loss_grad(params, X, y)[0], rng.permutation(len(X))
    for start in range(0, len(X), B):
        batch = order[start : start + B]
        params, state, _ = train_step(params, X[batch], y[batch], step, state, lr=lr, **hyper)
    return params, state, before


@task.mistake(
    "every batch weighs B",
    "Your loss is too large where the last batch is smaller: it weighs as if it were full. How "
    "many images does it hold?",
)
def train_epoch(params, X, y, step, state=None, *, lr, B, rng, **hyper):
    from fallline.capstone import train_step

    total, order = 0.0, rng.permutation(len(X))
    for start in range(0, len(X), B):
        batch = order[start : start + B]
        params, state, loss = train_step(params, X[batch], y[batch], step, state, lr=lr, **hyper)
        total += B * loss
    return params, state, total / len(X)


@task.mistake(
    "losses added up",
    "Your loss grows with the number of batches: their losses are added up, and nothing divides "
    "them. What is said of one image?",
)
def train_epoch(params, X, y, step, state=None, *, lr, B, rng, **hyper):
    from fallline.capstone import train_step

    total, order = 0.0, rng.permutation(len(X))
    for start in range(0, len(X), B):
        batch = order[start : start + B]
        params, state, loss = train_step(params, X[batch], y[batch], step, state, lr=lr, **hyper)
        total += loss
    return params, state, total


@task.mistake(
    "gradients of the first parameters",
    "Every batch of yours sees the parameters with which the epoch began: loss and gradient are "
    "right for the first batch only. Which parameters does the second batch find?",
)
def train_epoch(params, X, y, step, state=None, *, lr, B, rng, **hyper):
    from fallline.capstone import mlp_loss_grad

    losses, sizes, order, moved = [], [], rng.permutation(len(X)), params
    for start in range(0, len(X), B):
        batch = order[start : start + B]
        loss, grads = mlp_loss_grad(params, X[batch], y[batch])
        if state is None:
            state = [[(), ()] for _ in params]
        new, left = [], []
        for pair, grad, before in zip(moved, grads, state, strict=True):
            out = [
                step(w, g, *s, lr=lr, **hyper) for w, g, s in zip(pair, grad, before, strict=True)
            ]
            new.append(tuple(w for w, _ in out))
            left.append([(s,) for _, s in out])
        moved, state = new, left
        losses.append(loss)
        sizes.append(len(batch))
    return moved, state, np.sum(np.multiply(losses, sizes)) / np.sum(sizes)


@task.mistake(
    "biases without memory",
    "Your weights are right, and each step of a bias is a first one: only W has a memory. How many "
    "memories does one layer need?",
)
def train_epoch(params, X, y, step, state=None, *, lr, B, rng, **hyper):
    from fallline.capstone import mlp_loss_grad

    losses, sizes, order = [], [], rng.permutation(len(X))
    state = [() for _ in params] if state is None else state
    for start in range(0, len(X), B):
        batch = order[start : start + B]
        loss, grads = mlp_loss_grad(params, X[batch], y[batch])
        new, left = [], []
        for (W, b), (dW, db), s in zip(params, grads, state, strict=True):
            W, after = step(W, dW, *s, lr=lr, **hyper)
            new.append((W, step(b, db, lr=lr, **hyper)[0]))
            left.append((after,))
        params, state = new, left
        losses.append(loss)
        sizes.append(len(batch))
    return params, state, np.sum(np.multiply(losses, sizes)) / np.sum(sizes)


@task.accepts("by the parts of the library")
def train_epoch(params, X, y, step, state=None, *, lr, B, rng, **hyper):
    from fallline.capstone import train_step
    from fallline.stochastic import epoch_loss, paired_batches

    losses, sizes = [], []
    for images, classes in paired_batches(X, y, B, rng):
        params, state, loss = train_step(params, images, classes, step, state, lr=lr, **hyper)
        losses.append(loss)
        sizes.append(len(classes))
    return params, state, epoch_loss(losses, sizes)


@task.accepts("with one flat state")
def train_epoch(params, X, y, step, state=None, *, lr, B, rng, **hyper):
    from fallline.capstone import mlp_loss_grad

    order, total = rng.permutation(len(X)), 0.0
    memory = {} if state is None else dict(state)
    for start in range(0, len(X), B):
        batch = order[start : start + B]
        loss, grads = mlp_loss_grad(params, X[batch], y[batch])
        moved = []
        for layer in range(len(params)):
            pair = []
            for which in (0, 1):
                w, g = params[layer][which], grads[layer][which]
                if (layer, which) in memory:
                    w, s = step(w, g, memory[layer, which], lr=lr, **hyper)
                else:
                    w, s = step(w, g, lr=lr, **hyper)
                memory[layer, which] = s
                pair.append(w)
            moved.append(tuple(pair))
        params, total = moved, total + loss * len(batch)
    return params, memory, total / len(X)
