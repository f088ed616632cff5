"""Find out which cell of a student's notebook is which of the released cells.

The evidence, the strongest first: the grade_id, unless the text belongs to another
cell; the id of the cell; the functions and classes that an answer defines; for locked
cells a text that is nearly theirs.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from safegrade.salvage.evidence import (
    answered,
    asked,
    defines,
    is_foreign,
    is_near,
    mentions,
    parse,
    says_more,
    visible,
)
from safegrade.salvage.released import Released

LIKELY = 20  # cells that are read closely for one answer


@dataclass
class Matches:
    """Which cell is which, and what was found on the way.

    Attributes
    ----------
    cell : dict
        For each released name that was found, its cell.
    copies : dict
        For a name that several cells bear, the cells that are not chosen.
    nameless, renamed : list of str
        Names whose cell had no name, or another one, and was recognised.
    foreign : list of str
        Names of locked cells that stood on a student's own text.
    elsewhere : list of str
        Names of answers that were given in another cell than theirs.
    """

    cell: dict[str, dict] = field(default_factory=dict)
    copies: dict[str, list[dict]] = field(default_factory=dict)
    nameless: list[str] = field(default_factory=list)
    renamed: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)


def name_of(cell: dict) -> str | None:
    """Return the grade_id of a cell, or None; whatever was done to its metadata."""
    metadata = cell.get("metadata")
    told = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    name = told.get("grade_id") if isinstance(told, dict) else None
    return name if isinstance(name, str) else None


def match(cells: list[dict], released: dict[str, Released]) -> Matches:
    """Find the released cells among these; no cell is changed.

    Parameters
    ----------
    cells : list of dict
        Sound cells in the order of the notebook.
    released : dict
        What was released, by name.
    """
    return _Matcher(cells, released).run()


class _Matcher:
    """The cells that are free yet, and what was found."""

    def __init__(self, cells: list[dict], released: dict[str, Released]):
        self.cells, self.released = cells, released
        self.names = frozenset().union(*map(asked, released.values()))
        self.mentioned = {id(cell): mentions(cell["source"]) for cell in cells}
        self.defined = Counter(name for found in self.mentioned.values() for name in found)
        self.found = Matches()
        self.claims: dict[str, list[dict]] = {}
        self.free: list[dict] = []

    def run(self) -> Matches:
        self._sort_claims()
        self._by_cell_id()
        self._locked_by_text()
        for name, known in self.released.items():
            claims = self.claims.get(name, [])
            if known.locked:
                chosen = claims[0 if known.is_setup else -1] if claims else None
            else:
                chosen = self._best(known, claims)
            self._take(name, chosen)
        self._untouched_by_text()
        return self.found

    # --- the grade_id ---

    def _sort_claims(self) -> None:
        for cell in self.cells:
            name = name_of(cell)
            known = self.released.get(name) if name is not None else None
            if known is None or self._is_not(cell, known):
                self.free.append(cell)
                if known is not None and known.locked:
                    self.found.foreign.append(name)
            else:
                self.claims.setdefault(name, []).append(cell)
        self.found.foreign = [name for name in self.found.foreign if name not in self.claims]

    def _is_not(self, cell: dict, known: Released) -> bool:
        """Whether a cell is plainly not the one whose name it bears."""
        text = cell["source"]
        if known.locked:
            return is_foreign(text, known, self.names)
        if not says_more(text, known) or self.mentioned[id(cell)] & asked(known):
            return False
        if known.cell_type == "code" and cell["cell_type"] != "code" and parse(text) is None:
            return True
        if (asked(known) or known.cell_type != "code") and defines(text, self.names):
            return True
        return self._is_locked_text(text)

    def _is_locked_text(self, text: str) -> bool:
        """Whether a text of more than a line is that of a locked cell, word for word."""
        text = text.strip()
        same = (visible(known) == text for known in self.released.values() if known.locked)
        return "\n" in text and any(same)

    # --- the id of the cell ---

    def _by_cell_id(self) -> None:
        ids = {known.cell_id or name: name for name, known in self.released.items()}
        for cell in list(self.free):
            name = ids.get(cell["id"])
            if name is not None and name not in self.claims and self._fits(cell, name):
                self._claim(name, cell)

    def _fits(self, cell: dict, name: str) -> bool:
        known, text = self.released[name], cell["source"]
        if self._is_not(cell, known):
            return False
        if known.locked:
            return is_near(text, known)
        return not asked(known) or bool(self.mentioned[id(cell)] & asked(known))

    # --- the text ---

    def _locked_by_text(self) -> None:
        """Give names to free cells with the text of a locked cell that is missing."""
        missing = [known for known in self.released.values() if known.locked and visible(known)]
        missing = [known for known in missing if known.name not in self.claims]
        for same in (lambda text, known: text.strip() == visible(known), is_near):
            for known in missing:
                fits = [cell for cell in self.free if same(cell["source"], known)]
                fits = [cell for cell in fits if not self._is_not(cell, known)]
                if fits and known.name not in self.claims:
                    self._claim(known.name, fits[-1])

    def _untouched_by_text(self) -> None:
        """Give names to answers that nobody touched, where no other cell can be meant."""
        missing: dict[str, list[str]] = {}
        for name, known in self.released.items():
            if name not in self.found.cell and not known.locked and known.source.strip():
                missing.setdefault(known.source.strip(), []).append(name)
        for text, names in missing.items():
            same = [cell for cell in self.free if cell["source"].strip() == text]
            if len(same) == len(names):
                for name, cell in zip(names, same, strict=True):
                    self._claim(name, cell)
                    self.found.cell[name] = cell

    # --- the answers ---

    def _best(self, known: Released, claims: list[dict]) -> dict | None:
        """Return the cell of an answer: the last that defines what is asked in its own words."""
        if len(claims) == 1 and self._is_only(claims[0], known):
            return claims[0]
        own = [cell for cell in claims if says_more(cell["source"], known)]
        if own and not asked(known):
            return own[-1]
        real = self._last_answer(own, known)
        if real is None and (real := self._last_answer(self.free, known)):
            self._found_elsewhere(known.name, real, bool(claims))
        return real or (own or claims or [None])[-1]

    def _last_answer(self, cells: list[dict], known: Released) -> dict | None:
        """Return the last of the cells that defines what is asked in words of its own."""
        wanted = asked(known)
        likely = [cell for cell in cells if self.mentioned[id(cell)] & wanted]
        return next((cell for cell in likely[:-LIKELY:-1] if _answers(cell, known)), None)

    def _is_only(self, cell: dict, known: Released) -> bool:
        """Whether no other cell defines what is asked, so that none need be read closely."""
        wanted = asked(known)
        return wanted <= self.mentioned[id(cell)] and all(self.defined[n] == 1 for n in wanted)

    def _found_elsewhere(self, name: str, cell: dict, in_two: bool) -> None:
        self.free.remove(cell)
        if in_two:
            self.found.elsewhere.append(name)
        elif name_of(cell) is not None:
            self.found.renamed.append(name)

    def _claim(self, name: str, cell: dict) -> None:
        self.claims.setdefault(name, []).append(cell)
        self.free.remove(cell)
        (self.found.nameless if name_of(cell) is None else self.found.renamed).append(name)

    def _take(self, name: str, cell: dict | None) -> None:
        if cell is not None:
            self.found.cell[name] = cell
        copies = [other for other in self.claims.get(name, []) if other is not cell]
        if copies:
            self.found.copies[name] = copies


def _answers(cell: dict, known: Released) -> bool:
    """Whether a cell answers what a released cell asks for; prose does not."""
    if cell["cell_type"] != "code" and parse(cell["source"]) is None:
        return False
    return bool(answered(cell["source"], known))
