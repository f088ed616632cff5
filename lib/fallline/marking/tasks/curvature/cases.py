"""What several tasks of chapter `curvature` are tried on."""

import numpy as np

A = np.array
