"""Task `load_digits` of chapter `capstone`."""

import numpy as np

from fallline import capstone as reference
from fallline.marking.task import Case, Task
from fallline.marking.tasks.capstone.cases import file_of, images

ONE = images([[0, 255], [51, 102]])
TALL = images([[0, 51], [102, 153], [204, 255]], [[255, 0], [0, 0], [0, 51]])
WIDE = images([[200, 100, 0], [50, 150, 250]], [[1, 2, 3], [4, 5, 6]], [[0, 0, 9], [128, 127, 0]])


def random_files(gen):
    cases = []
    for h, w, C in ((3, 2, 3), (2, 5, 2), (4, 4, 4)):
        y, y_test = gen.integers(C, size=9), gen.integers(C, size=5)
        x, x_test = (gen.integers(256, size=(len(part), h, w), dtype="u1") for part in (y, y_test))
        counts = tuple(tuple(np.bincount(part).tolist()) for part in (y, y_test))
        label = f"9 and 5 images of {h} by {w} pixels, {C} classes"
        cases.append(Case(label, (file_of(x, y, x_test, y_test), counts)))
    return cases


task = Task(
    reference.load_digits,
    cases=[
        Case(
            "pixels 0 255 / 51 102 of class 1 to learn from, and of class 0 to test with",
            (file_of(ONE, [1], ONE, [0]), ((0, 1), (1,))),
        ),
        Case(
            "two images of 3 rows and 2 columns, classes 0 and 1; one to test with",
            (file_of(TALL, [0, 1], TALL[1:], [1]), ((1, 1), (0, 1))),
        ),
        Case(
            "three images of 2 rows and 3 columns, classes 2, 0, 2; two to test with",
            (file_of(WIDE, [2, 0, 2], WIDE[:2], [1, 0]), ((1, 0, 2), (1, 1))),
        ),
        Case(
            "no pixel is brighter than 102, to learn from; to test with there are brighter ones",
            (file_of(ONE[:, 1:], [0], WIDE[:1, :1, :2], [0]), ((1,), (1,))),
        ),
        Case(
            "labels one too high",
            (file_of(TALL, [1, 2], TALL, [1, 2]), ((1, 1), (1, 1))),
        ),
        Case(
            "all that is promised, and one image of class 2, which is not",
            (file_of(WIDE, [0, 1, 2], TALL, [0, 1]), ((1, 1), (1, 1))),
        ),
        Case(
            "as many images as there should be, but classes 0, 0 for 0, 1",
            (file_of(TALL, [0, 0], TALL, [0, 1]), ((1, 1), (1, 1))),
        ),
        Case(
            "as many images as there should be, but classes 0, 1, 1 for 0, 0, 1",
            (file_of(WIDE, [0, 1, 1], TALL, [0, 1]), ((2, 1), (1, 1))),
        ),
        Case(
            "the two parts are swapped",
            (file_of(TALL, [0, 1], WIDE, [0, 1, 1]), ((1, 2), (1, 1))),
        ),
        Case(
            "one image to test with is missing",
            (file_of(WIDE, [0, 1, 1], TALL[:1], [0]), ((1, 2), (1, 1))),
        ),
        Case(
            "one image to test with is of the wrong class",
            (file_of(WIDE, [0, 1, 1], TALL, [1, 1]), ((1, 2), (1, 1))),
        ),
        Case(
            "one image to test with too many",
            (file_of(WIDE, [0, 1, 1], WIDE, [0, 1, 1]), ((1, 2), (1, 1))),
        ),
    ],
    draw=random_files,
    why="one division and one subtraction for each pixel: only rounding may differ",
)


@task.mistake(
    "images transposed",
    "The pixels come column by column: with 3 rows and 2 columns the second number is that below "
    "the first. In which order do you read a page?",
)
def load_digits(path, counts):
    file = np.load(path)
    for key, wanted in zip(("ytr", "yte"), counts, strict=True):
        if np.bincount(file[key]).tolist() != list(wanted):
            raise ValueError("wrong counts")
    X, X_test = (
        (file[key].transpose(0, 2, 1).reshape(len(file[key]), -1) / 255 - 0.5) / 0.5
        for key in ("xtr", "xte")
    )
    return X, file["ytr"].astype(int), X_test, file["yte"].astype(int)


@task.mistake(
    "labels counted from 1",
    "Every class of yours is one too high, and the digit 0 is nobody's class. From where do "
    "columns of scores count?",
)
def load_digits(path, counts):
    file = np.load(path)
    for key, wanted in zip(("ytr", "yte"), counts, strict=True):
        if np.bincount(file[key]).tolist() != list(wanted):
            raise ValueError("wrong counts")
    X, X_test = (
        (file[key].reshape(len(file[key]), -1) / 255 - 0.5) / 0.5 for key in ("xtr", "xte")
    )
    return X, file["ytr"].astype(int) + 1, X_test, file["yte"].astype(int) + 1


@task.mistake(
    "the parts swapped",
    "What comes back first are the images to test with. Which of the two may the training see?",
)
def load_digits(path, counts):
    file = np.load(path)
    for key, wanted in zip(("ytr", "yte"), counts, strict=True):
        if np.bincount(file[key]).tolist() != list(wanted):
            raise ValueError("wrong counts")
    X, X_test = (
        (file[key].reshape(len(file[key]), -1) / 255 - 0.5) / 0.5 for key in ("xtr", "xte")
    )
    return X_test, file["yte"].astype(int), X, file["ytr"].astype(int)


@task.mistake(
    "labels in another place",
    "Both tables of pixels come first, and then both rows of classes. In which order are the four "
    "asked for?",
)
def load_digits(path, counts):
    file = np.load(path)
    for key, wanted in zip(("ytr", "yte"), counts, strict=True):
        if np.bincount(file[key]).tolist() != list(wanted):
            raise ValueError("wrong counts")
    X, X_test = (
        (file[key].reshape(len(file[key]), -1) / 255 - 0.5) / 0.5 for key in ("xtr", "xte")
    )
    return X, X_test, file["ytr"].astype(int), file["yte"].astype(int)


@task.mistake(
    "scaled by all images together",
    "The number that one image becomes depends on the others, those to test with among them. What "
    "may training know of the test?",
)
def load_digits(path, counts):
    file = np.load(path)
    for key, wanted in zip(("ytr", "yte"), counts, strict=True):
        if np.bincount(file[key]).tolist() != list(wanted):
            raise ValueError("wrong counts")
    rows = [file[key].reshape(len(file[key]), -1).astype(float) for key in ("xtr", "xte")]
    both = np.concatenate([part.ravel() for part in rows])
    X, X_test = ((part - both.mean()) / both.std() for part in rows)
    return X, file["ytr"].astype(int), X_test, file["yte"].astype(int)


@task.mistake(
    "scaled by the brightest pixel of each part",
    "Your brightest pixel is 1 whatever it was, so one and the same image may come out in two "
    "ways. Which number is white in every image?",
)
def load_digits(path, counts):
    file = np.load(path)
    for key, wanted in zip(("ytr", "yte"), counts, strict=True):
        if np.bincount(file[key]).tolist() != list(wanted):
            raise ValueError("wrong counts")
    X, X_test = (
        (file[key].reshape(len(file[key]), -1) / file[key].max() - 0.5) / 0.5
        for key in ("xtr", "xte")
    )
    return X, file["ytr"].astype(int), X_test, file["yte"].astype(int)


@task.mistake(
    "wrapped around in 8 bits",
    "Bright pixels come out dark. A pixel is an integer of 8 bits: what is 2 times 200 there?",
)
def load_digits(path, counts):
    file = np.load(path)
    for key, wanted in zip(("ytr", "yte"), counts, strict=True):
        if np.bincount(file[key]).tolist() != list(wanted):
            raise ValueError("wrong counts")
    X, X_test = (2 * file[key].reshape(len(file[key]), -1) / 255 - 1 for key in ("xtr", "xte"))
    return X, file["ytr"].astype(int), X_test, file["yte"].astype(int)


@task.mistake(
    "wrapped around below 0",
    "Dark pixels come out bright. A pixel is an integer of 8 bits and has no sign: what is 51 "
    "minus 128 there?",
)
def load_digits(path, counts):
    file = np.load(path)
    for key, wanted in zip(("ytr", "yte"), counts, strict=True):
        if np.bincount(file[key]).tolist() != list(wanted):
            raise ValueError("wrong counts")
    X, X_test = ((file[key].reshape(len(file[key]), -1) - 128) / 128 for key in ("xtr", "xte"))
    return X, file["ytr"].astype(int), X_test, file["yte"].astype(int)


@task.mistake(
    "from 0 to 1",
    "Your pixels lie between 0 and 1. Where should a black one and a white one lie?",
)
def load_digits(path, counts):
    file = np.load(path)
    for key, wanted in zip(("ytr", "yte"), counts, strict=True):
        if np.bincount(file[key]).tolist() != list(wanted):
            raise ValueError("wrong counts")
    X, X_test = (file[key].reshape(len(file[key]), -1) / 255 for key in ("xtr", "xte"))
    return X, file["ytr"].astype(int), X_test, file["yte"].astype(int)


@task.mistake(
    "from -1/2 to 1/2",
    "Your pixels are half as far from 0 as they should be. What does the division by 0.5 do?",
)
def load_digits(path, counts):
    file = np.load(path)
    for key, wanted in zip(("ytr", "yte"), counts, strict=True):
        if np.bincount(file[key]).tolist() != list(wanted):
            raise ValueError("wrong counts")
    X, X_test = (file[key].reshape(len(file[key]), -1) / 255 - 0.5 for key in ("xtr", "xte"))
    return X, file["ytr"].astype(int), X_test, file["yte"].astype(int)


@task.mistake(
    "divided by 256",
    "Your white is a little short of 1. Which is the largest number that 8 bits can hold?",
)
def load_digits(path, counts):
    file = np.load(path)
    for key, wanted in zip(("ytr", "yte"), counts, strict=True):
        if np.bincount(file[key]).tolist() != list(wanted):
            raise ValueError("wrong counts")
    X, X_test = (
        (file[key].reshape(len(file[key]), -1) / 256 - 0.5) / 0.5 for key in ("xtr", "xte")
    )
    return X, file["ytr"].astype(int), X_test, file["yte"].astype(int)


@task.mistake(
    "images left as squares",
    "Each image is still a table. What shape does a linear layer take for a batch?",
)
def load_digits(path, counts):
    file = np.load(path)
    for key, wanted in zip(("ytr", "yte"), counts, strict=True):
        if np.bincount(file[key]).tolist() != list(wanted):
            raise ValueError("wrong counts")
    X, X_test = ((file[key] / 255 - 0.5) / 0.5 for key in ("xtr", "xte"))
    return X, file["ytr"].astype(int), X_test, file["yte"].astype(int)


@task.mistake(
    "counts not looked at",
    "A file with shifted labels, one with its parts swapped and one that lacks images all get "
    "through. How would you notice, an hour later?",
)
def load_digits(path, counts):
    file = np.load(path)
    X, X_test = (
        (file[key].reshape(len(file[key]), -1) / 255 - 0.5) / 0.5 for key in ("xtr", "xte")
    )
    return X, file["ytr"].astype(int), X_test, file["yte"].astype(int)


@task.mistake(
    "only the totals counted",
    "You notice a missing image, and no wrong label. How many numbers does it take to describe "
    "how often each class occurs?",
)
def load_digits(path, counts):
    file = np.load(path)
    for key, wanted in zip(("ytr", "yte"), counts, strict=True):
        if len(file[key]) != sum(wanted):
            raise ValueError("wrong counts")
    X, X_test = (
        (file[key].reshape(len(file[key]), -1) / 255 - 0.5) / 0.5 for key in ("xtr", "xte")
    )
    return X, file["ytr"].astype(int), X_test, file["yte"].astype(int)


@task.mistake(
    "only the first part counted",
    "What is wrong among the images to test with goes unnoticed. How many pairs of images and "
    "labels are in the file?",
)
def load_digits(path, counts):
    file = np.load(path)
    if np.bincount(file["ytr"]).tolist() != list(counts[0]):
        raise ValueError("wrong counts")
    X, X_test = (
        (file[key].reshape(len(file[key]), -1) / 255 - 0.5) / 0.5 for key in ("xtr", "xte")
    )
    return X, file["ytr"].astype(int), X_test, file["yte"].astype(int)


@task.mistake(
    "wrapped around below 0, from 127",
    "Dark pixels come out bright, and white is not quite 1. Which numbers can an integer of 8 bits "
    "without a sign not hold?",
)
def load_digits(path, counts):
    file = np.load(path)
    for key, wanted in zip(("ytr", "yte"), counts, strict=True):
        if np.bincount(file[key]).tolist() != list(wanted):
            raise ValueError("wrong counts")
    X, X_test = ((file[key].reshape(len(file[key]), -1) - 127) / 128 for key in ("xtr", "xte"))
    return X, file["ytr"].astype(int), X_test, file["yte"].astype(int)


@task.mistake(
    "a class too many unnoticed",
    "Every class that was promised occurs as often as it should, and an image of one more class "
    "gets in beside them. How often must a class occur that has no place in the list?",
)
def load_digits(path, counts):
    file = np.load(path)
    for key, wanted in zip(("ytr", "yte"), counts, strict=True):
        if any(np.sum(file[key] == k) != often for k, often in enumerate(wanted)):
            raise ValueError("wrong counts")
    X, X_test = (
        (file[key].reshape(len(file[key]), -1) / 255 - 0.5) / 0.5 for key in ("xtr", "xte")
    )
    return X, file["ytr"].astype(int), X_test, file["yte"].astype(int)


@task.mistake(
    "classes that do not occur skipped",
    "A file is refused although every count in it is right: one of them is 0. What does a list of "
    "the classes that do occur say about one that does not?",
)
def load_digits(path, counts):
    file = np.load(path)
    for key, wanted in zip(("ytr", "yte"), counts, strict=True):
        if np.unique(file[key], return_counts=True)[1].tolist() != list(wanted):
            raise ValueError("wrong counts")
    X, X_test = (
        (file[key].reshape(len(file[key]), -1) / 255 - 0.5) / 0.5 for key in ("xtr", "xte")
    )
    return X, file["ytr"].astype(int), X_test, file["yte"].astype(int)


@task.mistake(
    "standardised",
    "Your pixels have the mean 0 and the spread 1 of the images to learn from, so that one and the "
    "same pixel becomes another number in another file. On what does x depend in the formula, "
    "beside p?",
)
def load_digits(path, counts):
    file = np.load(path)
    for key, wanted in zip(("ytr", "yte"), counts, strict=True):
        if np.bincount(file[key]).tolist() != list(wanted):
            raise ValueError("wrong counts")
    m, s = file["xtr"].mean(), file["xtr"].std()
    X, X_test = ((file[key].reshape(len(file[key]), -1) - m) / s for key in ("xtr", "xte"))
    return X, file["ytr"].astype(int), X_test, file["yte"].astype(int)


@task.mistake(
    "from -1 to 0",
    "Your black is -1, as it should be, and your white is 0. What is divided by 0.5: the last term "
    "alone, or the whole difference?",
)
def load_digits(path, counts):
    file = np.load(path)
    for key, wanted in zip(("ytr", "yte"), counts, strict=True):
        if np.bincount(file[key]).tolist() != list(wanted):
            raise ValueError("wrong counts")
    X, X_test = (file[key].reshape(len(file[key]), -1) / 255 - 0.5 / 0.5 for key in ("xtr", "xte"))
    return X, file["ytr"].astype(int), X_test, file["yte"].astype(int)


@task.accepts("by twice the pixel, as a float")
def load_digits(path, counts):
    with np.load(path) as file:
        parts = {key: file[key] for key in ("xtr", "ytr", "xte", "yte")}
    for key, wanted in (("ytr", counts[0]), ("yte", counts[1])):
        found = [int(np.sum(parts[key] == k)) for k in range(len(wanted))]
        if found != list(wanted) or parts[key].size != sum(wanted):
            raise ValueError(f"{found} for {wanted}")
    X = 2.0 * parts["xtr"].reshape(len(parts["xtr"]), -1) / 255 - 1
    X_test = 2.0 * parts["xte"].reshape(len(parts["xte"]), -1) / 255 - 1
    return X, parts["ytr"], X_test, parts["yte"]


@task.accepts("image by image")
def load_digits(path, counts):
    file, found = np.load(path), []
    for k, (pixels, labels) in enumerate((("xtr", "ytr"), ("xte", "yte"))):
        y = np.array([int(label) for label in file[labels]])
        if tuple(np.bincount(y)) != tuple(counts[k]):
            raise ValueError("these are not the classes that were promised")
        rows = [image.astype(float).flatten() / 127.5 - 1 for image in file[pixels]]
        found += [np.array(rows), y]
    return tuple(found)
