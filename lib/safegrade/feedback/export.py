"""Safe pages from nbgrader's own commands: preprocessors for its pipelines.

`SanitiseOutputs` belongs into ``c.Autograde.autograde_preprocessors``, after
``SaveAutoGrades``: what formgrader and every later step read is safe then.
`SafeFeedback` belongs into ``c.GenerateFeedback.preprocessors``, after
``GetGrades``: it cuts hidden tests as well, and makes older notebooks safe too.
"""

from __future__ import annotations

from nbformat.notebooknode import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Bool

from safegrade.feedback.hidden import hide_tests
from safegrade.feedback.notebooks import sanitise_outputs


class SanitiseOutputs(NbGraderPreprocessor):
    """Make a notebook safe for any renderer when it has been scored."""

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        """Change the notebook in place."""
        sanitise_outputs(nb)
        return nb, resources


class SafeFeedback(NbGraderPreprocessor):
    """Make a feedback page safe to open, and keep hidden tests off it."""

    show_hidden_tests = Bool(
        False, help="Show the code of hidden tests and marking schemes to students."
    ).tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        """Change the notebook in place."""
        sanitise_outputs(nb)
        if not self.show_hidden_tests:
            hide_tests(nb)
        return nb, resources
