"""Grade a class with nbgrader so that one broken submission never costs another.

Three parts plug into nbgrader's own pipelines: `safegrade.repair` restores what
students bent in a notebook, `safegrade.execute` survives code that ends or hangs
its kernel, and `safegrade.scores` lets only plain numbers through as scores.
``python -m safegrade grade`` runs nbgrader over a class, one submission at a time.
"""
