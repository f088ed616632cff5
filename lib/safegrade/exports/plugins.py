"""Exporters for ``nbgrader export --exporter safegrade.exports.CanvasExport``."""

from __future__ import annotations

from typing import ClassVar

from nbgrader.api import Gradebook
from nbgrader.plugins import ExportPlugin
from traitlets import Dict, Enum, List, Unicode

from safegrade.exports.files import save
from safegrade.exports.layouts import LAYOUTS, csv_lines
from safegrade.exports.reading import FIELDS, read_rows, read_standing


class GradesExport(ExportPlugin):
    """Write a line for each notebook of each student, safe to open in a spreadsheet."""

    exclude = List(Unicode(), help="Students to leave out.").tag(config=True)

    def export(self, gradebook: Gradebook) -> None:
        """Write the file; ``--to`` names it."""
        rows = read_rows(gradebook, self.assignment, self.student)
        kept = [row for row in rows if row.student not in self.exclude]
        self._save(csv_lines(kept), "grades.csv")

    def _save(self, lines: list[list], name: str) -> None:
        path = self.to or name
        save(lines, path)
        self.log.info("Grades: %s", path)


class _Lms(GradesExport):
    """What Canvas's and Moodle's layouts have in common."""

    layout: ClassVar[str]
    student_field = Enum(FIELDS, "id", help="The student's login in the other system.").tag(
        config=True
    )
    missing = Enum(
        ["blank", "zero"], "blank", help="What stands for a submission that is not there."
    ).tag(config=True)
    titles = Dict(help="Titles of columns, by assignment.").tag(config=True)

    def export(self, gradebook: Gradebook) -> None:
        """Write the file; ``--to`` names it."""
        standing = read_standing(gradebook, self.assignment, self.student, self.exclude)
        options = {name: getattr(self, name) for name in ("student_field", "missing", "titles")}
        self._save(LAYOUTS[self.layout](standing, **options), f"{self.layout}.csv")


class CanvasExport(_Lms):
    """Write what Canvas imports as a gradebook."""

    layout = "canvas"


class MoodleExport(_Lms):
    """Write what Moodle imports as grades."""

    layout = "moodle"
