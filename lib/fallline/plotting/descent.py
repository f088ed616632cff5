"""The figures of chapter `descent`."""

__all__ = []
