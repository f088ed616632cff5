"""How nbgrader finds this course and grades it; `book/teaching.md` explains the choices."""

import os
import re
import sys
import warnings
from pathlib import Path

c = get_config()  # noqa: F821  (nbgrader defines it)
course = Path(__file__).resolve().parent

# Where things lie. FALLLINE_DB names another gradebook, for example postgresql://...
c.CourseDirectory.course_id = "fallline"
c.CourseDirectory.root = str(course)
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "exercises"
c.CourseDirectory.submitted_directory = "grading/submitted"
c.CourseDirectory.autograded_directory = "grading/autograded"
c.CourseDirectory.feedback_directory = "grading/feedback"
c.CourseDirectory.solution_directory = "grading/solution"
c.CourseDirectory.source_with_tests_directory = "grading/source_with_tests"
c.ZipCollectApp.downloaded_directory = "grading/downloaded"
c.ExportPlugin.to = str(course / "grading" / "export.csv")
database = os.environ.get("FALLLINE_DB") or f"sqlite:///{course}/grading/gradebook.db"
c.CourseDirectory.db_url = database.replace("postgresql://", "postgresql+psycopg2://", 1)
(course / "grading").mkdir(exist_ok=True)
c.IncludeHeaderFooter.header = str(course / "solutions" / "header.ipynb")

# Only notebooks travel between the folders, and the two small files of the exchange.
# The first list is for the exchange. The second, for the other steps, spells "a name
# with a dot that ends neither in .ipynb nor in p.txt or t.txt" in shell patterns.
c.CourseDirectory.include = ["*.ipynb", "timestamp.txt", "submission_secret.txt"]
c.CourseDirectory.ignore = [".*", "__pycache__", "*.[!it]*", "*.i[!p]*", "*.t[!x]*", "*[!pt].txt"]

# `zip_collect` reads who handed in what from names like ada_derivative.ipynb.
c.FileNameCollectorPlugin.named_regexp = r"(?:.*/)?(?P<student_id>[^/_]+)_(?P<file_id>[^/]+)"

# Release and feedback are derived: make them anew rather than skip them in silence.
c.GenerateAssignment.force = True
c.GenerateFeedback.force = True

# Run and mark what students hand in.
c.Autograde.sanitize_preprocessors = [
    "nbgrader.preprocessors.ClearOutput",
    "safegrade.repair.RepairSubmission",
    "nbgrader.preprocessors.DeduplicateIds",
    "nbgrader.preprocessors.OverwriteKernelspec",
    "nbgrader.preprocessors.OverwriteCells",
    "nbgrader.preprocessors.CheckCellMetadata",
]
c.Autograde.autograde_preprocessors = [
    "safegrade.execute.SafeExecute",
    "safegrade.scores.SafeScores",
    "nbgrader.preprocessors.IgnorePattern",
    "nbconvert.preprocessors.ClearMetadataPreprocessor",
    "nbgrader.preprocessors.LimitOutput",
    "nbgrader.preprocessors.SaveAutoGrades",
    "safegrade.feedback.export.SanitiseOutputs",
    "nbgrader.preprocessors.AssignLatePenalties",
    "nbgrader.preprocessors.CheckCellMetadata",
]
c.GenerateFeedback.preprocessors = [
    "nbgrader.preprocessors.GetGrades",
    "safegrade.feedback.export.SafeFeedback",
    "nbconvert.preprocessors.CSSHTMLHeaderPreprocessor",
]
c.Execute.kernel_name = "python3"
c.Execute.timeout = 20  # seconds for one cell
c.Execute.startup_timeout = 180
c.Execute.skip_cells_with_tag = os.urandom(16).hex()  # no tag of a student's skips a test

# Tests use the course's package. Students' code may import of it what answers no task that is
# still open: what all chapters share, earlier chapters, and the answer to a task whose test
# has given its points; after the last test, what the capstone's project needs.
toc = course / "_toc.yml"
stems = re.findall(r"file: book/(\w+)", toc.read_text("utf-8") if toc.is_file() else "")
c.SafeExecute.withheld = ["fallline"]
shared = ["inputs", "objectives", "datasets", "files", "plotting"]
project = ["capstone", "comparison", "inplace", "runs", "training"]
lent = [f"fallline.{name}" for name in shared]
lent += [f"{stem}/fallline.{known}" for n, stem in enumerate(stems) for known in stems[:n]]
for path in sorted((course / "solutions").glob("*/*.ipynb")) if stems else ():
    for name in re.findall(r'"grade_id": "test-(\w+)"', path.read_text("utf-8")):
        last = "backward" if name == "Value" else name  # the class holds that answer, too
        lent.append(f"{path.stem}/test-{last}/fallline.{path.stem}:{name}")
lent += ["depth/fallline.depth:ACTIVATIONS", "capstone/fallline.capstone:valleys"]
lent += [f"capstone/test-balls/fallline.{name}" for name in project]
c.SafeExecute.lent = lent
c.SafeExecute.rehearse = "fallline.marking.check:rehearse"

c.OverwriteCells.add_missing_cells = True
c.LimitOutput.max_lines = 500

warnings.filterwarnings("ignore", message=".*autoflush", module="nbgrader")

# nbgrader calls alembic by name, which lies beside Python and may not be on the path.
os.environ["PATH"] = os.pathsep.join([os.path.dirname(sys.executable), os.environ.get("PATH", "")])
