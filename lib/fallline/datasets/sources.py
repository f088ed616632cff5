"""The data sets that are known: their files, checksums and mirrors."""

from typing import NamedTuple


class Source(NamedTuple):
    """A data set: which files hold it, their checksums, and where they can be fetched.

    name is what it is asked for by, title what people call it; folders are names of subfolders
    that are looked into as well. archive is the name of an ``.npz`` file with its SHA-256, or
    None. idx has, for images and labels to learn from and then to test with, the name of the
    file, the SHA-256 of what it holds, unpacked, and the MD5 of the same that was published.
    train and test say how often each class occurs; mirrors are addresses of folders.
    """

    name: str
    title: str
    folders: tuple
    archive: tuple | None
    idx: tuple
    train: tuple
    test: tuple
    mirrors: tuple


SOURCES: dict[str, Source] = {
    "mnist": Source(
        "mnist",
        "MNIST",
        ("mnist", "MNIST", "MNIST/raw"),
        (
            "mnist_u8.npz",
            "f088c386828b53229515bbf5683e683f2289a1e9c3b15315f58e87a8335b6afc",
        ),
        (
            (
                "train-images-idx3-ubyte",
                "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
                "6bbc9ace898e44ae57da46a324031adb",
            ),
            (
                "train-labels-idx1-ubyte",
                "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
                "a25bea736e30d166cdddb491f175f624",
            ),
            (
                "t10k-images-idx3-ubyte",
                "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
                "2646ac647ad5339dbf082846283269ea",
            ),
            (
                "t10k-labels-idx1-ubyte",
                "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
                "27ae3e4e09519cfbb04c329615203637",
            ),
        ),
        (5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949),
        (980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009),
        (
            "https://ossci-datasets.s3.amazonaws.com/mnist/",
            "https://storage.googleapis.com/cvdf-datasets/mnist/",
        ),
    ),
    "fashion": Source(
        "fashion",
        "Fashion-MNIST",
        ("fashion", "fashion-mnist", "FashionMNIST/raw"),
        None,
        (
            (
                "train-images-idx3-ubyte",
                "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
                "f4a8712d7a061bf5bd6d2ca38dc4d50a",
            ),
            (
                "train-labels-idx1-ubyte",
                "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
                "9018921c3c673c538a1fc5bad174d6f9",
            ),
            (
                "t10k-images-idx3-ubyte",
                "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
                "8181f5470baa50b63fa0f6fddb340f0a",
            ),
            (
                "t10k-labels-idx1-ubyte",
                "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
                "15d484375f8d13e6eb1aabb0c3f46965",
            ),
        ),
        (6000,) * 10,
        (1000,) * 10,
        (
            "https://github.com/zalandoresearch/fashion-mnist/raw/master/data/fashion/",
            "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
            "https://storage.googleapis.com/tensorflow/tf-keras-datasets/",
        ),
    ),
}
"""The data sets that are known, by name."""


def source_of(name: str) -> Source:
    """Return the data set of that name.

    Raises
    ------
    ValueError
        If there is none.
    """
    if name not in SOURCES:
        raise ValueError(f"the data sets are {', '.join(SOURCES)}; there is none called {name!r}")
    return SOURCES[name]
