"""The figures of chapter `backprop`."""

__all__ = []
