"""The grades line by line: for people, for spreadsheets, for Canvas and for Moodle.

Each layout is a list of lines, of which the first is the header.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from safegrade.exports.reading import FIELDS, Row, Standing
from safegrade.feedback import text
from safegrade.progress import one_line

CANVAS = {"ID": "lms_user_id", "SIS User ID": "", "SIS Login ID": "id", "Section": ""}
MOODLE = {"Username": "id", "ID number": "lms_user_id", "Email address": "email"}
WIDEST = 40  # letters of a name in the table
MOODLE_NAMES = {"First name": "first_name", "Last name": "last_name"}


def csv_lines(rows: Iterable[Row]) -> list[list]:
    """Return the rows below their header."""
    return [[*Row._fields[:8], "needs_hand_grading", "notes"], *map(list, rows)]


def canvas_lines(
    standing: Standing,
    *,
    student_field: str = "id",
    missing: str = "blank",
    titles: Mapping[str, str] | None = None,
) -> list[list]:
    """Return the lines of a file that Canvas imports as a gradebook.

    Parameters
    ----------
    standing : Standing
        What the class has reached.
    student_field : str
        The field of `FIELDS` that is the student's login in Canvas. The field
        ``lms_user_id`` is Canvas's own number and always goes into the column ID.
    missing : str
        What stands for an assignment that was not handed in: ``"blank"`` or ``"zero"``.
    titles : dict, optional
        Titles of columns by assignment, such as ``"Momentum (4711)"``.

    Examples
    --------
    >>> ada = dict(id="ada", email="", lms_user_id="7", last_name="Lovelace", first_name="Ada")
    >>> for line in canvas_lines(Standing([ada], {"adam": 10.0}, {("ada", "adam"): 9.5})):
    ...     print(line)
    ['Student', 'ID', 'SIS User ID', 'SIS Login ID', 'Section', 'adam']
    ['    Points Possible', '', '', '', '', 10]
    ['Lovelace, Ada', '7', '', 'ada', '', 9.5]
    """
    columns = {**CANVAS, "SIS Login ID": student_field}
    header = ["Student", *columns, *_titles(standing, titles)]
    possible = ["    Points Possible", *[""] * len(columns), *map(_short, standing.points.values())]
    lines = [
        [_full_name(person), *_fields(person, columns), *_scores(standing, person, missing)]
        for person in standing.people
    ]
    return [header, possible, *lines]


def moodle_lines(
    standing: Standing,
    *,
    student_field: str = "id",
    missing: str = "blank",
    titles: Mapping[str, str] | None = None,
) -> list[list]:
    """Return the lines of a file that Moodle imports as grades; the options are Canvas's.

    Examples
    --------
    >>> ada = dict(id="ada", email="a@b.org", lms_user_id="7", last_name="Lovelace", first_name="")
    >>> for line in moodle_lines(Standing([ada], {"adam": 10.0}, {}), missing="zero"):
    ...     print(line)
    ['Username', 'ID number', 'Email address', 'First name', 'Last name', 'adam']
    ['ada', '7', 'a@b.org', '', 'Lovelace', 0]
    """
    columns = {**MOODLE, "Username": student_field, **MOODLE_NAMES}
    lines = [
        [*_fields(person, columns), *_scores(standing, person, missing)]
        for person in standing.people
    ]
    return [[*columns, *_titles(standing, titles)], *lines]


def _titles(standing: Standing, titles: Mapping[str, str] | None) -> list[str]:
    return [(titles or {}).get(name, name) for name in standing.points]


def _fields(person: dict[str, str], columns: Mapping[str, str]) -> list[str]:
    if wrong := set(columns.values()) - {"", *FIELDS}:
        raise ValueError(f"a student has no field {wrong.pop()}, only {', '.join(FIELDS)}")
    return [person[field] if field else "" for field in columns.values()]


def _scores(standing: Standing, person: dict[str, str], missing: str) -> list:
    empty = {"blank": "", "zero": 0}[missing]
    scores = [standing.scores.get((person["id"], name)) for name in standing.points]
    return [empty if score is None else _short(score) for score in scores]


def _full_name(person: dict[str, str]) -> str:
    return ", ".join(filter(None, [person["last_name"], person["first_name"]])) or person["id"]


def _short(score: float) -> int | float:
    score = round(score, 6)
    return int(score) if score == int(score) else score


def table(rows: Sequence[Row]) -> str:
    """Return the rows as aligned text, one line each, in which long names are cut short.

    Examples
    --------
    >>> row = Row("slopes", "ada", "", "", "", "slopes", 2.5, 3.0, True, "timed out in test-f")
    >>> print(table([row]))
    student  assignment  score  of
    ada      slopes      2.5    3   needs hand grading; timed out in test-f
    """
    lines = [("student", "assignment", "score", "of", "")]
    for row in rows:
        name = row.assignment if row.notebook == row.assignment else f"{row[0]}/{row.notebook}"
        remarks = "; ".join(filter(None, ["needs hand grading" * row.by_hand, row.notes]))
        names = (text.name(row.student, WIDEST), text.name(name, WIDEST))
        lines.append((*names, f"{row.score:g}", f"{row.max_score:g}", one_line(remarks)))
    widths = [max(len(line[i]) for line in lines) for i in range(4)]
    return "\n".join(
        "  ".join([*(line[i].ljust(widths[i]) for i in range(4)), line[4]]).rstrip()
        for line in lines
    )


LAYOUTS = {"canvas": canvas_lines, "moodle": moodle_lines}
