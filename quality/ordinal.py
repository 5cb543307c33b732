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
from quality.mixture import mean_of_models
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

    The mean of the one-coin model, which knows no habits and so cannot be misled by few answers, and the mean of all
    models, which knows who uses only the ends of the scale.

    Raises:
        TooFewJudgements, TooManyLabels: see `quality.em.dawid_skene`.
    """
    coin, all_models = one_coin(votes, gold), mean_of_models(votes, gold, fall_back=False)
    posteriors = (coin.posteriors + all_models.posteriors) / 2.0
    return Fit("ordinal", posteriors, coin.skills, all_models.confusions)


def medians(posteriors: Floats) -> Ints:
    """Median point per row, int32 of shape (n_microtasks,)."""
    reached = np.cumsum(posteriors, axis=1) >= 0.5 - 1e-12
    return np.asarray(reached.argmax(axis=1), dtype=np.int32)


def means(posteriors: Floats) -> Floats:
    """Mean point per row, (n_microtasks,)."""
    return np.asarray(posteriors @ np.arange(posteriors.shape[1], dtype=np.float64), dtype=np.float64)


def values(posteriors: Floats, points: Sequence[float]) -> Floats:
    """
    One number per row for a table: a point of the scale where the mean lies near one, else the mean.

    The median alone ranks badly, since many microtasks tie; the mean alone is off a little everywhere. Between
    two points, the middle third of the way is left as it is.

    Args:
        posteriors: (n_microtasks, n_labels).
        points: what the labels stand for, ascending; n_labels numbers.
    """
    scale = np.asarray(points, dtype=np.float64)
    mean = posteriors @ scale
    upper = np.clip(np.searchsorted(scale, mean), 1, max(len(scale) - 1, 1))
    if len(scale) < 2:
        return np.asarray(mean, dtype=np.float64)
    low, high = scale[upper - 1], scale[upper]
    way = (mean - low) / (high - low)
    return np.where(way <= 1 / 3, low, np.where(way >= 2 / 3, high, mean))


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
