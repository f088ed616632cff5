"""Find out which file of a submission is which of the expected notebooks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from safegrade.salvage.evidence import says_more
from safegrade.salvage.matching import match
from safegrade.salvage.reading import Unreadable, read, read_file
from safegrade.salvage.released import Released

SUFFIXES = (".ipynb", ".ipynb.txt", ".ipynb.json", ".ipynb.zip", ".zip")
EXCHANGED = ("timestamp.txt", "submission_secret.txt")  # nbgrader's exchange needs them
MAX_FILES = 50  # notebooks that are looked into

Expected = dict[str, dict[str, Released]]


def stem_of(path: Path) -> str | None:
    """Return the name of a notebook without its ending, or None for any other file.

    Examples
    --------
    >>> names = ["slopes.ipynb", "Slopes.IPYNB", "slopes.ipynb.txt", "._slopes.ipynb", "a.pdf"]
    >>> [stem_of(Path(name)) for name in names]
    ['slopes', 'Slopes', 'slopes', None, None]
    """
    endings = [end for end in SUFFIXES if path.name.lower().endswith(end)]
    return path.name[: -len(max(endings, key=len))] if endings and path.name[0] != "." else None


def choose(folder: Path, expected: Expected) -> tuple[dict[str, Path], list[Path]]:
    """Return the file for each expected notebook, and the notebooks that are left over.

    The right name counts first, then the name in other letters or with another ending,
    then the cells within; these also where the file of the right name cannot be read
    or holds no answer. Folders within are searched for what is missing.
    """
    found = sorted(_notebooks(folder))
    chosen: dict[str, Path] = {}
    _choose_by_name(found, expected, chosen)
    if len(chosen) < len(expected):
        inner = [path for sub in _folders(folder) for path in sorted(_notebooks(sub))]
        _choose_by_name(inner, expected, chosen)
        found += inner
    contents = _Contents()
    for notebook, cells in expected.items():
        named = chosen.get(notebook)
        if found and (named is None or contents.answers(named, cells) == 0):
            other = contents.most_alike(found, cells, bool(named))
            if other:
                found.remove(other)
                found += [named] if named else []
                chosen[notebook] = other
    return chosen, sorted(found)


def _choose_by_name(found: list[Path], expected: Expected, chosen: dict[str, Path]) -> None:
    """Choose the files of the right name, or nearly, and take them out of those found."""
    for same in (
        lambda path, notebook: path.name == f"{notebook}.ipynb",
        lambda path, notebook: stem_of(path).casefold() == notebook.casefold(),
    ):
        for notebook in expected:
            fit = [path for path in found if same(path, notebook)]
            if fit and notebook not in chosen:
                chosen[notebook] = min(fit, key=lambda path: len(path.name))
                found.remove(chosen[notebook])


def remarks(
    folder: Path, expected: Expected, chosen: dict[str, Path], spare: Iterable[Path]
) -> list[str]:
    """Return what is worth a word about a choice: other names, what is missing or left over.

    Parameters
    ----------
    folder : pathlib.Path
        The folder that was handed in.
    expected : dict
        The released cells of each notebook of the assignment.
    chosen, spare
        What `choose` returned.
    """
    said = []
    for notebook in expected:
        path = chosen.get(notebook)
        if path is None:
            said.append(_not_there(notebook, folder))
        elif path != folder / f"{notebook}.ipynb":
            said.append(_renamed(path, folder, notebook))
    names = [path.relative_to(folder).as_posix() for path in spare]
    if names and len(chosen) == len(expected):
        said.append(f"not graded: {_listed(names)}")
    return said


class _Contents:
    """What is in files; each is read once."""

    def __init__(self):
        self._cells: dict[Path, list[dict]] = {}

    def most_alike(self, strangers: list[Path], cells: dict, answered: bool) -> Path | None:
        """Return the notebook that has most of the released cells, if one has at least half.

        Of several the one with more answers is meant; `answered` asks for at least one.
        """
        fits = [path for path in strangers[:MAX_FILES] if 2 * self.share(path, cells) >= len(cells)]
        fits = [path for path in fits if not answered or self.answers(path, cells)]
        if not cells or not fits:
            return None
        return max(
            fits, key=lambda path: (self.answers(path, cells), self.share(path, cells), path)
        )

    def share(self, path: Path, cells: dict[str, Released]) -> int:
        """Return how many of the released cells a file has."""
        return len(self._matched(path, cells))

    def answers(self, path: Path, cells: dict[str, Released]) -> int:
        """Return how many answers a file has; none if it cannot be read."""
        found = self._matched(path, cells)
        return sum(
            cells[name].solution and says_more(cell["source"], cells[name])
            for name, cell in found.items()
        )

    def _matched(self, path: Path, cells: dict[str, Released]) -> dict[str, dict]:
        if path not in self._cells:
            try:
                self._cells[path] = read(read_file(path))[0]["cells"]
            except (Unreadable, OSError):
                self._cells[path] = []
        return match(self._cells[path], cells).cell


def _notebooks(folder: Path) -> Iterator[Path]:
    """Yield the notebooks in a folder; links could lead to what is another's."""
    for path in folder.iterdir():
        if stem_of(path) is not None and path.is_file() and not path.is_symlink():
            yield path


def _folders(folder: Path) -> list[Path]:
    return [path for path in _visible(folder) if path.is_dir() and not path.is_symlink()]


def _visible(folder: Path) -> list[Path]:
    hidden = (*EXCHANGED, "__MACOSX")
    return [p for p in sorted(folder.iterdir()) if p.name[0] != "." and p.name not in hidden]


def _not_there(notebook: str, folder: Path) -> str:
    there = [path.name + "/" * path.is_dir() for path in _visible(folder)]
    only = f"; there is {_listed(there)}" if there else ""
    return f"{notebook}.ipynb was not handed in{only}"


def _renamed(path: Path, folder: Path, notebook: str) -> str:
    name = path.relative_to(folder).as_posix()
    if stem_of(path).casefold() == notebook.casefold():
        return f"repaired: taken from {name}"
    return f"{name} graded as {notebook}.ipynb"


def _listed(names: Iterable[str]) -> str:
    names = list(names)
    return ", ".join([*names[:3], "..."] if len(names) > 4 else names)
