"""Fall Line: gradients and optimizers in NumPy, one module a chapter."""
