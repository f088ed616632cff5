"""What several tasks of chapter `losses` are tried on."""

import numpy as np


def refuses(answer, *args):
    """Say in a word whether an answer raises a ValueError, whatever else it would return."""
    try:
        answer(*args)
    except ValueError:
        return "refused"
    return "accepted"


X22, ones = np.array([[1.0, 0.0], [1.0, 2.0]]), np.ones(2)
