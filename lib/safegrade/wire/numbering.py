"""Classes that cross by number: each side gives its own numbers, of its own sign."""

from __future__ import annotations

from safegrade.wire.bounds import CLASSES
from safegrade.wire.errors import WireError


class Numbering:
    """The classes that this side gave or made, by number.

    Parameters
    ----------
    sign : int
        1 or -1, the sign of the numbers that this side gives.
    """

    def __init__(self, sign: int):
        self.sign = sign
        self.numbers: dict[type, int] = {}
        self.classes: dict[int, type] = {}

    def give(self, cls: type) -> int | None:
        """Return a class's number, which it gets if it has none; None if there are too many.

        Examples
        --------
        >>> numbering = Numbering(-1)
        >>> numbering.give(KeyError), numbering.give(OSError), numbering.give(KeyError)
        (-1, -2, -1)
        """
        number = self.numbers.get(cls)
        if number is None and len(self.numbers) < CLASSES:
            number = self.sign * (len(self.numbers) + 1)
            self.keep(number, cls)
        return number

    def check(self, number: int) -> None:
        """Raise a WireError if the other side may not give a class this number, or any."""
        if number * self.sign >= 0 or len(self.classes) >= 2 * CLASSES:
            raise WireError("a wrong number of a class, or too many classes")

    def keep(self, number: int, cls: type) -> None:
        """Remember a class that was given a number, here or on the other side."""
        self.numbers[cls], self.classes[number] = number, cls
