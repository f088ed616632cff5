"""Task `predicted_variance` of chapter `stochastic`."""

import numpy as np

from fallline import stochastic as reference
from fallline.marking.task import Case, Task


def random_draws(gen):
    cases = []
    for scale in (1.0, 1e-6, 1e5):
        N = int(gen.integers(20, 200))
        B = int(gen.integers(2, N - 2))
        S = float(scale * gen.uniform(1, 9))
        for replace in (True, False):
            word = "with" if replace else "without"
            label = f"S = {S:.3g}, B = {B}, N = {N}, {word} replacement"
            cases.append(Case(label, (S, B, N, replace)))
    cases.append(Case(f"S = {S:.3g}, B = {N + 3}, N = {N}, with replacement", (S, N + 3, N, True)))
    return cases


task = Task(
    reference.predicted_variance,
    cases=[
        Case("S = 12, B = 4, N = 10, with replacement", (12.0, 4, 10, True)),
        Case("S = 12, B = 4, N = 10, without", (12.0, 4, 10, False)),
        Case("S = 12, B = 1, N = 10, without", (12.0, 1, 10, False)),
        Case("S = 12, B = 10, N = 10, without: every example", (12.0, 10, 10, False)),
        Case("S = 12, B = 10, N = 10, with", (12.0, 10, 10, True)),
        Case("S = 12, B = 24, N = 10, with", (12.0, 24, 10, True)),
        Case("S = 8, B = 4, N = 2, with", (8.0, 4, 2, True)),
        Case("S = 9, B = 2, N = 2, without: both examples", (9.0, 2, 2, False)),
        Case("S = 6, B = 4, N = 4, without", (6.0, 4, 4, False)),
        Case("S = 12, B = 24, N = 10, without: impossible", (12.0, 24, 10, False)),
        Case("S = 7, B = 2, N = 5, without, whole numbers", (7, 2, 5, False)),
        Case("S = 0", (0.0, 3, 10, False)),
        Case("S = 68.2, B = 64, N = 1000, without", (68.2, 64, 1000, False)),
        Case("S is NaN", (np.nan, 3, 10, False)),
    ],
    draw=random_draws,
    why="two divisions and a product: only rounding may differ",
)


@task.mistake(
    "no correction",
    "Without replacement you get what holds with it. What is left to chance if the batch holds "
    "all N examples?",
)
def predicted_variance(S, B, N, replace):
    if not replace and B > N:
        raise ValueError("too many")
    return S / B


@task.mistake(
    "no correction, impossible draws pass",
    "B = N without replacement leaves nothing to chance, and you get S/N. And how would you draw "
    "24 different examples out of 10?",
)
def predicted_variance(S, B, N, replace):
    return S / B


@task.mistake(
    "N for N - 1",
    "A batch of one knows nothing of the others: with and without replacement must agree at B = 1. "
    "Do they in your formula?",
)
def predicted_variance(S, B, N, replace):
    if not replace and B > N:
        raise ValueError("too many")
    return S / B if replace else S / B * (N - B) / N


@task.mistake(
    "correction upside down",
    "Without replacement your variance grows above S/B, and at B = N you divide by 0. Which of the "
    "two ways of drawing is noisier?",
)
def predicted_variance(S, B, N, replace):
    if not replace and B > N:
        raise ValueError("too many")
    if replace:
        return S / B
    return S / B * (N - 1) / (N - B) if N > B else float("inf")


@task.mistake(
    "corrected in both cases",
    "With replacement you correct too. Do independent draws know how many examples there are?",
)
def predicted_variance(S, B, N, replace):
    if not replace and B > N:
        raise ValueError("too many")
    return S / B * (N - B) / (N - 1)


@task.mistake(
    "the two cases swapped",
    "Each of your two numbers belongs to the other way of drawing. What does replace = True mean?",
)
def predicted_variance(S, B, N, replace):
    if not replace and B > N:
        raise ValueError("too many")
    return S / B * (N - B) / (N - 1) if replace else S / B


@task.mistake(
    "root of B",
    "This is how the standard deviation falls. And its square?",
)
def predicted_variance(S, B, N, replace):
    if not replace and B > N:
        raise ValueError("too many")
    return S / np.sqrt(B) if replace else S / np.sqrt(B) * (N - B) / (N - 1)


@task.mistake(
    "S/B forgotten",
    "Without replacement only the correction is there. Does it stand alone, or beside the law for "
    "independent draws?",
)
def predicted_variance(S, B, N, replace):
    if not replace and B > N:
        raise ValueError("too many")
    return S / B if replace else S * (N - B) / (N - 1)


@task.mistake(
    "standard deviation",
    "Your number is the root of the right one. S is a mean of squares: so should the result be.",
)
def predicted_variance(S, B, N, replace):
    if not replace and B > N:
        raise ValueError("too many")
    return np.sqrt(S / B) if replace else np.sqrt(S / B * (N - B) / (N - 1))


@task.mistake(
    "impossible draws pass",
    "24 different examples out of 10 give a variance below 0 in your formula. What should happen "
    "there?",
)
def predicted_variance(S, B, N, replace):
    return S / B if replace else S / B * (N - B) / (N - 1)


@task.mistake(
    "one example too many left",
    "At B = N something is left over, and at B = 1 the two ways of drawing do not agree. What must "
    "the correction be at these two ends?",
)
def predicted_variance(S, B, N, replace):
    if not replace and B > N:
        raise ValueError("too many")
    return S / B if replace else S / B * (N - B + 1) / N


@task.mistake(
    "sum for mean",
    "Your variance grows with B: it is that of a sum. What happens to a variance when the sum is "
    "divided by B?",
)
def predicted_variance(S, B, N, replace):
    if not replace and B > N:
        raise ValueError("too many")
    return S * B if replace else S * B * (N - B) / (N - 1)


@task.mistake(
    "root of the correction",
    "At B = 1 and at B = N you are right, and between them too high: the correction for a "
    "standard deviation is the root. And for a variance?",
)
def predicted_variance(S, B, N, replace):
    if not replace and B > N:
        raise ValueError("too many")
    return S / B if replace else S / B * np.sqrt((N - B) / (N - 1))


@task.mistake(
    "N for N - 1, impossible draws pass",
    "At B = 1 your two ways of drawing differ, though one draw is one draw. And what should "
    "happen with 24 different examples out of 10?",
)
def predicted_variance(S, B, N, replace):
    return S / B if replace else S / B * (N - B) / N


@task.mistake(
    "B squared",
    "Your variance falls as 1/B². A sum of B independent draws has B times the variance of one: "
    "what does dividing the sum by B make of that?",
)
def predicted_variance(S, B, N, replace):
    if not replace and B > N:
        raise ValueError("too many")
    return S / B**2 if replace else S / B**2 * (N - B) / (N - 1)


@task.mistake(
    "divided by N",
    "Your number is the same for every batch with replacement. Whose mean is it: that of B draws, "
    "or that of all N?",
)
def predicted_variance(S, B, N, replace):
    if not replace and B > N:
        raise ValueError("too many")
    return S / N if replace else S / N * (N - B) / (N - 1)


@task.mistake(
    "whole-number division",
    "12/10 comes to 1 in your formula. Which sign divides without cutting?",
)
def predicted_variance(S, B, N, replace):
    if not replace and B > N:
        raise ValueError("too many")
    return S // B if replace else S // B * (N - B) / (N - 1)


@task.mistake(
    "no brackets",
    "S = 12, B = 4, N = 10 without replacement gives you 28.6, more than S. In which order does "
    "Python take your products and differences?",
)
def predicted_variance(S, B, N, replace):
    if not replace and B > N:
        raise ValueError("too many")
    return S / B if replace else S / B * N - B / N - 1


@task.mistake(
    "no brackets below",
    "Your number is that of N in the denominator, less 1: it may even be negative. What does the "
    "last division take in?",
)
def predicted_variance(S, B, N, replace):
    if not replace and B > N:
        raise ValueError("too many")
    return S / B if replace else S / B * (N - B) / N - 1


@task.mistake(
    "B > N refused in both cases",
    "With replacement you refuse B > N. If a card goes back each time, can you draw more often "
    "than there are cards?",
)
def predicted_variance(S, B, N, replace):
    if B > N:
        raise ValueError("too many")
    return S / B if replace else S / B * (N - B) / (N - 1)


@task.mistake(
    "B = N refused",
    "You refuse to draw all N examples. Is that more than there are? And what is left to chance "
    "then?",
)
def predicted_variance(S, B, N, replace):
    if not replace and B >= N:
        raise ValueError("too many")
    return S / B if replace else S / B * (N - B) / (N - 1)


@task.mistake(
    "correction alone",
    "Without replacement S does not matter to you: at S = 0 there is still noise. What is "
    "corrected?",
)
def predicted_variance(S, B, N, replace):
    if not replace and B > N:
        raise ValueError("too many")
    return S / B if replace else (N - B) / (N - 1)


@task.mistake(
    "N - 1 for B",
    "Without replacement your variance does not fall with B. Which factor of the law lost its "
    "place?",
)
def predicted_variance(S, B, N, replace):
    if not replace and B > N:
        raise ValueError("too many")
    return S / B if replace else S / (N - 1)


@task.mistake(
    "multiplied by N - 1",
    "Without replacement your variance is larger than S. On which side of the fraction does N - "
    "1 stand?",
)
def predicted_variance(S, B, N, replace):
    if not replace and B > N:
        raise ValueError("too many")
    return S / B if replace else S / B * (N - B) * (N - 1)


@task.mistake(
    "one example too few left",
    "At B = N your variance is below 0, and at B = 1 it is not S. At which B should the correction "
    "be exactly 1?",
)
def predicted_variance(S, B, N, replace):
    if not replace and B > N:
        raise ValueError("too many")
    return S / B if replace else S / B * (1 - B / (N - 1))


@task.accepts("by the covariance of two draws")
def predicted_variance(S, B, N, replace):
    if not replace and B > N:
        raise ValueError("not so many are there")
    together = 0 if replace else -S / (N - 1)
    return (B * S + B * (B - 1) * together) / B**2


@task.accepts("correction first")
def predicted_variance(S, B, N, replace):
    if B > N and not replace:
        raise ValueError("B must be at most N")
    correction = 1.0 if replace else 1 - (B - 1) / (N - 1)
    return S * correction / B
