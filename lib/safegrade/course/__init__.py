"""A course: what was handed in, who grades it, and what is kept of it."""

from safegrade.course.layout import Course

__all__ = ["Course"]
