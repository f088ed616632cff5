"""The figures of chapter `depth`."""

__all__ = []
