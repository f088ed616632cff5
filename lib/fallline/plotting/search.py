"""The figures of chapter `search`."""

__all__ = []
