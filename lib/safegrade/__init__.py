"""Grade the notebooks of an nbgrader course: safely, fast, and without losing a grade.

Students' code is hostile until proven otherwise: it runs in a jail (`safegrade.jail`), and
the tests run in another process, which exchanges plain data with it (`safegrade.wire`).
`safegrade.notebook` runs the cells of one notebook in these two, `safegrade.salvage` mends
what was handed in before, `safegrade.feedback` writes the page after, and
`safegrade.course` does so for a class, with one writer for the gradebook. nbgrader itself
uses the same parts through `safegrade.execute`, `safegrade.repair` and `safegrade.scores`.

``python -m safegrade --help`` names the commands.
"""
