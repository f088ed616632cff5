"""Feedback that is safe to open: pages without scripts, and outputs without tricks.

`page` writes one whole HTML page from a graded notebook, without nbconvert.
`sanitise_outputs` makes a notebook safe for any renderer, nbgrader's own too;
`safegrade.feedback.export` puts that into nbgrader's pipelines.
"""

from safegrade.feedback.notebooks import sanitise_outputs
from safegrade.feedback.page import page

__all__ = ["page", "sanitise_outputs"]
