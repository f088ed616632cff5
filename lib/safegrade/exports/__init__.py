"""The grades as a table to read, as CSV, and in the layouts that Canvas and Moodle import.

`write` serves the command line. `GradesExport`, `CanvasExport` and `MoodleExport` serve
``nbgrader export --exporter safegrade.exports.CanvasExport``.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from safegrade.exports.files import harmless, save
from safegrade.exports.layouts import LAYOUTS, csv_lines, table
from safegrade.exports.plugins import CanvasExport, GradesExport, MoodleExport
from safegrade.exports.reading import Row, Standing, read_rows, read_standing, rows_of

__all__ = [
    "CanvasExport",
    "GradesExport",
    "MoodleExport",
    "Row",
    "Standing",
    "harmless",
    "read_rows",
    "read_standing",
    "rows_of",
    "table",
    "write",
    "write_csv",
]


def write(
    course,
    layout: str,
    path: Path | str,
    assignments: Iterable[str],
    students: Iterable[str] | None = None,
    **options,
) -> None:
    """Write the grades of a course to a file, in one of the layouts csv, canvas and moodle.

    Parameters
    ----------
    course : safegrade.course.Course
        The course.
    layout : str
        ``"csv"``, ``"canvas"`` or ``"moodle"``.
    path : path-like
        Where to. The file is replaced when it is complete, not before.
    assignments, students : iterable of str
        Which ones; without `students` all of them.
    **options
        As `canvas_lines` and `moodle_lines` take them; `exclude` names students to leave out.
    """
    if layout == "csv":
        write_csv(rows_of(course, assignments, students), path)
        return
    with course.gradebook() as gradebook:
        exclude = options.pop("exclude", ())
        standing = read_standing(gradebook, assignments, students, exclude)
    save(LAYOUTS[layout](standing, **options), path)


def write_csv(rows: Iterable[Row], path: Path | str) -> None:
    """Write the rows so that any spreadsheet reads them back, and runs none as a formula."""
    save(csv_lines(rows), path)
