"""Put cells in an order in which they can work: set-up first, a test behind its answer."""

from __future__ import annotations

from collections.abc import Iterator

from safegrade.salvage.evidence import answered, asked, mentions, used
from safegrade.salvage.matching import LIKELY, name_of
from safegrade.salvage.released import Released


def put_in_order(cells: list[dict], released: dict[str, Released]) -> list[str]:
    """Move released cells that stand where they can't work; return their names.

    A student's own cells keep their places, and so does every cell that does no harm
    where it is.
    """
    order = _Order(cells, released)
    if order.is_as_released() and not order.is_twofold():
        return []
    return [*order.raise_setup(), *order.uncover_answers(), *order.lower_tests()]


class _Order:
    """The cells of a notebook in which each released cell bears its name, once."""

    def __init__(self, cells: list[dict], released: dict[str, Released]):
        self.cells, self.released = cells, released
        self.askers = {name: known for name, known in released.items() if asked(known)}
        self.defined: dict[str, list[dict]] = {}
        for cell in cells:
            if cell["cell_type"] == "code" and not self._is_locked(cell):
                for name in mentions(cell["source"]):
                    self.defined.setdefault(name, []).append(cell)

    def _is_locked(self, cell: dict) -> bool:
        name = name_of(cell)
        return name in self.released and self.released[name].locked

    def is_as_released(self) -> bool:
        """Whether the released cells stand in the released order."""
        there = [name for name in map(name_of, self.cells) if name in self.released]
        known = set(there)
        return there == [name for name in self.released if name in known]

    def is_twofold(self) -> bool:
        """Whether a function that was asked for is defined outside of its cell."""
        for name, known in self.askers.items():
            for function in asked(known):
                if any(name_of(cell) != name for cell in self.defined.get(function, [])):
                    return True
        return False

    def raise_setup(self) -> Iterator[str]:
        """Move set-up cells above everything that was released behind them."""
        names = list(self.released)
        for number, name in enumerate(names):
            known = self.released[name]
            if not known.is_setup or self._needs(known):
                continue
            later = [self._place(other) for other in names[number + 1 :] if self._is_code(other)]
            first = min((place for place in later if place is not None), default=None)
            here = self._place(name)
            if first is not None and here is not None and first < here:
                self.cells.insert(first, self.cells.pop(here))
                yield name

    def uncover_answers(self) -> Iterator[str]:
        """Move an empty form that would undo the answer above it, to above that answer."""
        for name, known in self.askers.items():
            here = self._place(name)
            if here is None:
                continue
            cell = self.cells[here]
            places = [
                self._index(max(others, key=self._index))
                for function in asked(known)
                if (others := self._real(function, known, besides=cell))
                and function not in answered(cell["source"], known)
            ]
            if places and max(places) < here:
                self.cells.insert(min(places), self.cells.pop(here))
                yield name

    def lower_tests(self) -> Iterator[str]:
        """Move a locked cell that uses an answer to below it."""
        for name, known in self.released.items():
            here = self._place(name)
            if here is None or not known.locked or known.cell_type != "code":
                continue
            bounds = [self._bound(function, here) for function in self._needs(known)]
            if known.is_test:
                bounds += self._setup_before(known)
                bounds += [] if self._needs(known) else [self._answer_before(known)]
            bound = max(bounds, default=-1)
            if bound > here:
                self.cells.insert(bound, self.cells.pop(here))
                yield name

    def _needs(self, known: Released) -> set[str]:
        """Return the asked functions that a locked cell uses."""
        wanted = set().union(*map(asked, self.released.values()))
        return set(used(known)) & wanted

    def _bound(self, function: str, here: int) -> int:
        """Return the place of the answer if there is none above; -1 if there is."""
        asker = next(known for known in self.askers.values() if function in asked(known))
        places = [self._index(cell) for cell in self._real(function, asker)]
        if not places or min(places) < here:
            return -1
        named = self._place(asker.name)
        return named if named in places else max(places)

    def _real(self, function: str, known: Released, besides: dict | None = None) -> list[dict]:
        """Return the cells that define a function in their own words."""
        return [
            cell
            for cell in self.defined.get(function, [])[-LIKELY:]
            if cell is not besides and function in answered(cell["source"], known)
        ]

    def _setup_before(self, known: Released) -> Iterator[int]:
        """Yield the places of what was given above a test; it may have moved down as well."""
        for name, other in self.released.items():
            if name == known.name:
                return
            if other.is_setup and self._place(name) is not None:
                yield self._place(name)

    def _answer_before(self, known: Released) -> int:
        """Return the place of the answers that were released just above a test."""
        bound = -1
        for name, other in self.released.items():
            if name == known.name:
                break
            if other.is_test:
                bound = -1
            elif other.solution and self._place(name) is not None:
                bound = max(bound, self._place(name))
        return bound

    def _is_code(self, name: str) -> bool:
        return self.released[name].cell_type == "code"

    def _place(self, name: str) -> int | None:
        return next((i for i, cell in enumerate(self.cells) if name_of(cell) == name), None)

    def _index(self, cell: dict) -> int:
        return next(i for i, other in enumerate(self.cells) if other is cell)
