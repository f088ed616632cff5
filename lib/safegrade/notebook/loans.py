"""Which modules of withheld packages students' code may import, in which assignment, from when."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable
from typing import NamedTuple

from safegrade.excerpts import excerpt, softened
from safegrade.notebook.lent import sources_of

IMPORT = re.compile(r"^from (\S+) import (\([^)]*\)|.*)", re.MULTILINE)


class Loan(NamedTuple):
    """One entry: some assignment or all, from the start or after a cell, a module or names of it.

    Examples
    --------
    >>> Loan.read("course.plots")
    Loan(assignment='', after='', module='course.plots', name='')
    >>> Loan.read("week2/course.week1")
    Loan(assignment='week2', after='', module='course.week1', name='')
    >>> Loan.read("week2/test-half/course.week2:half")
    Loan(assignment='week2', after='test-half', module='course.week2', name='half')
    """

    assignment: str
    after: str
    module: str
    name: str

    @classmethod
    def read(cls, text: str) -> Loan:
        """Read an entry of the setting ``lent``.

        Raises
        ------
        ValueError
            If it has more parts than an assignment, a cell and a module.
        """
        *where, what = text.split("/")
        if len(where) > 2 or not what:
            raise ValueError(f"{text!r} is not MODULE, ASSIGNMENT/MODULE or ASSIGNMENT/CELL/MODULE")
        assignment, after = [*where, "", ""][:2]
        module, _, name = what.partition(":")
        return cls(assignment, after, module, name)


class Loans:
    """All entries of the setting, and the sources that they stand for.

    Parameters
    ----------
    entries : iterable of str
        ``MODULE``, ``ASSIGNMENT/MODULE`` or ``ASSIGNMENT/CELL/MODULE``; the last is lent only
        when the cell of that grade_id has been run, and its points are given. ``MODULE:NAME``
        lends no more of a module than one name and what it needs.
    withheld : iterable of str
        The packages that are withheld otherwise.
    """

    def __init__(self, entries: Iterable[str], withheld: Iterable[str]):
        self._loans = [Loan.read(entry) for entry in entries]
        self._withheld = frozenset(withheld)

    def sources(self, assignment: str, done: Iterable[str] = ()) -> dict[str, str]:
        """Return the source of each module that is lent when some cells have been run."""
        done = {"", *done}
        chosen = [
            (loan.module, loan.name)
            for loan in self._loans
            if loan.assignment in ("", assignment) and loan.after in done
        ]
        return dict(_sources(tuple(chosen), self._withheld))

    def awaited(self, assignment: str) -> set[str]:
        """Return the grade_ids of the cells after which more is lent."""
        return {loan.after for loan in self._loans if loan.assignment == assignment} - {""}


@functools.lru_cache(maxsize=256)
def _sources(
    chosen: tuple[tuple[str, str], ...], withheld: frozenset[str]
) -> tuple[tuple[str, str], ...]:
    found: dict[str, str] = {}
    for module, name in chosen:
        if not name:
            found.update(sources_of(module))
    names: dict[str, list[str]] = {}
    for module, name in chosen:
        if name and module not in found:
            names.setdefault(module, []).append(name)
    found.update({module: _excerpt(module, tuple(some)) for module, some in names.items()})
    absent = frozenset(
        module
        for text in found.values()
        for module in _imported(text)
        if module.split(".")[0] in withheld and module not in found
    )
    return tuple(
        (module, _softened(text, absent.intersection(_imported(text))))
        for module, text in found.items()
    )


@functools.lru_cache(maxsize=512)
def _excerpt(module: str, names: tuple[str, ...]) -> str:
    return excerpt(sources_of(module)[module], names)


@functools.lru_cache(maxsize=512)
def _imported(text: str) -> frozenset[str]:
    """Return what a module may import: modules, and names of packages that may be modules."""
    found = set()
    for module, names in IMPORT.findall(text):
        found.update([module, *(f"{module}.{name}" for name in re.findall(r"\w+", names))])
    return frozenset(found)


@functools.lru_cache(maxsize=512)
def _softened(text: str, absent: frozenset[str]) -> str:
    return softened(text, absent.__contains__) if absent else text
