"""
Ratings on a scale of K points: a posterior over the points, its median as the value, its mean for ranking.

Source: one-coin worker model (Zhang et al. 2016, jmlr.org/papers/v17/14-511.html); the median minimises the expected
absolute error of the posterior (Laplace 1774).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from quality.em import one_coin
from quality.online import posterior
from quality.votes import Fit, Floats, Gold, Ints, Votes


@dataclass(frozen=True)
class Rated:
    """
    A settled rating.

    Attributes:
        value: the median point, 0..k-1.
        mean: the mean of the posterior, for ranking; in points, fractional.
        confidence: probability of `value`.
        posterior: probability of each point.
    """

    value: int
    mean: float
    confidence: float
    posterior: Sequence[float]


def settle(values: Sequence[int], k: int, skills: Sequence[float], prior: Sequence[float] | None = None) -> Rated:
    """
    Settle one rating, in microseconds.

    Args:
        values: each worker's point, 0..k-1.
        k: number of points on the scale.
        skills: the share of right answers of the same workers, in the same order.
        prior: probability of each point before any rating; even when None.
    """
    votes = list(enumerate(values))
    found = posterior(votes, dict(enumerate(skills)), k, prior)
    value = median_point(found)
    return Rated(value, sum(i * p for i, p in enumerate(found)), found[value], found)


def median_point(probabilities: Sequence[float]) -> int:
    """The first point with at least half of the probability at or below it."""
    below = 0.0
    for point, probability in enumerate(probabilities):
        below += probability
        if below >= 0.5 - 1e-12:
            return point
    return max(len(probabilities) - 1, 0)


def fit_ordinal(votes: Votes, gold: Gold | None = None) -> Fit:
    """
    Posteriors of the whole step; labels are points of the scale, in order.

    Raises:
        TooFewJudgements, TooManyLabels: see `quality.em.dawid_skene`.
    """
    return one_coin(votes, gold)


def medians(posteriors: Floats) -> Ints:
    """Median point per row, int32 of shape (n_microtasks,)."""
    reached = np.cumsum(posteriors, axis=1) >= 0.5 - 1e-12
    return np.asarray(reached.argmax(axis=1), dtype=np.int32)


def means(posteriors: Floats) -> Floats:
    """Mean point per row, (n_microtasks,)."""
    return np.asarray(posteriors @ np.arange(posteriors.shape[1], dtype=np.float64), dtype=np.float64)


@dataclass(frozen=True)
class Averaged:
    """A slider's outcome: plain mean, and the 95% interval that the spread of the answers allows."""

    value: float
    low: float
    high: float


def average(values: Sequence[float]) -> Averaged:
    """
    Mean of numbers on a continuous scale; the interval is the value itself for a single answer.

    Source: normal approximation of the mean's standard error.
    """
    if not values:
        return Averaged(float("nan"), float("nan"), float("nan"))
    numbers = np.asarray(values, dtype=np.float64)
    mean = float(numbers.mean())
    error = 1.96 * float(numbers.std(ddof=1)) / len(numbers) ** 0.5 if len(numbers) > 1 else 0.0
    return Averaged(mean, mean - error, mean + error)
