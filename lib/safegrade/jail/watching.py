"""The memory of all of a submission's processes together, for which the kernel keeps no limit."""

from __future__ import annotations

import re

from safegrade.jail.namespaces import Proc

INTERVAL = 0.1  # seconds between two looks
TAKEN = re.compile(r"^Rss(?:Anon|Shmem):\s*(\d+) kB", re.MULTILINE)
NUMBERS = re.compile(r"^NSpid:\s*(.*)", re.MULTILINE)


class Watch:
    """Looks at the memory of a fork server's children and of all that they started.

    Parameters
    ----------
    proc : Proc
        The system's folder of all processes.
    """

    def __init__(self, proc: Proc):
        self.proc = proc
        self.server = proc.number()
        self.preloaded = self.taken(self.server)  # which the children share, mostly

    def excesses(self, limits: dict[int, int]) -> list[int]:
        """Return those children that took more than their limits, by their numbers.

        Parameters
        ----------
        limits : dict of int to int
            The most bytes of each child, by the number that the fork server knows it by.
        """
        found = []
        for child in self.children(self.server):
            number = self.number_inside(child)
            if number in limits and self.of_tree(child) > limits[number]:
                found.append(number)
        return found

    def of_tree(self, number: int) -> int:
        """Return the bytes that a process took, and all that descend from it."""
        whole = max(0, self.taken(number) - self.preloaded)
        return whole + sum(self.of_tree(child) for child in self.children(number))

    def children(self, number: int) -> list[int]:
        """Return the children of a process; of one that is gone, none."""
        return [int(word) for word in self.read(f"{number}/task/{number}/children").split()]

    def taken(self, number: int) -> int:
        """Return the bytes that a process has for itself."""
        return 1024 * sum(map(int, TAKEN.findall(self.read(f"{number}/status"))))

    def number_inside(self, number: int) -> int:
        """Return the process id of a child as the fork server knows it."""
        found = NUMBERS.search(self.read(f"{number}/status"))
        numbers = found[1].split() if found else []
        return int(numbers[-2]) if len(numbers) > 1 else 0

    def read(self, name: str) -> str:
        """Return a text about processes; about those that are gone, or hidden, nothing."""
        try:
            return self.proc.read(name)
        except OSError:
            return ""
