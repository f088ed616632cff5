"""The figures of chapter `checking`."""

__all__ = []
