"""The figures of chapter `losses`."""

__all__ = []
