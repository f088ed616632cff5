"""Salvage: make of what a student handed in the notebook that can be graded."""
