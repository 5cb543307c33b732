"""
How far workers agree beyond chance.

Source: Krippendorff 2011, "Computing Krippendorff's alpha-reliability", repository.upenn.edu/asc_papers/43; intervals by
resampling microtasks, Efron & Tibshirani 1993, doi:10.1201/9780429246593
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias, TypeVar

import numpy as np

from quality.errors import BadVotes, TooManyLabels, noted
from quality.votes import Floats, Votes, count_votes

A = TypeVar("A")
Metric: TypeAlias = Literal["nominal", "ordinal", "interval"]

_METRICS: dict[str, Metric] = {"nominal": "nominal", "ordinal": "ordinal", "interval": "interval"}
MOST_LABELS = 4_000  # classes of one table
MOST_CELLS = 50_000_000  # microtasks × labels, counted in 8 bytes each
_RESAMPLES = 500
NO_PAIRS = noted("No question has two answers yet.")
ALL_THE_SAME = noted("Everybody gave the same answer everywhere.")
ONE_QUESTION = noted("Only one question has two answers so far: too few to tell.")
_PAIRS_PER_RESAMPLE = 20_000  # pairs of answers that estimate the disagreement expected by chance


@dataclass(frozen=True)
class Agreement:
    """
    Attributes:
        alpha: 1 is full agreement, 0 is chance, below 0 is systematic disagreement; None where nothing can be said
            (no microtask with two answers, or the same answer everywhere: see `reason`).
        low, high: 95% bootstrap interval; None as above, and over one microtask.
        microtasks: how many had two answers or more.
        reason: why alpha or its interval is None, in plain words.
    """

    alpha: float | None
    low: float | None
    high: float | None
    microtasks: int
    reason: str = ""


def alpha(
    votes: Votes, metric: Metric = "nominal", *, values: Sequence[float] | None = None, rng: np.random.Generator
) -> Agreement:
    """
    Krippendorff's alpha of votes with one label each.

    Args:
        votes: COO triples; microtasks with one vote are left out.
        metric: how far two labels are apart. For "ordinal" the labels are in order, for "interval" they are numbers.
        values: the number each label stands for, for "interval"; the label's index when None.
        rng: for the interval.
    """
    if votes.n_labels > MOST_LABELS or votes.n_labels * votes.n_microtasks > MOST_CELLS:
        raise TooManyLabels(
            "{count:,} different labels: so many are compared as texts, not as classes. Is this the right type?",
            count=votes.n_labels,
        )
    counts = count_votes(votes)
    counts = counts[counts.sum(axis=1) >= 2]
    if not len(counts):
        return Agreement(None, None, None, 0, NO_PAIRS)
    observed = _coincidences(counts)
    if np.count_nonzero(observed.sum(axis=0)) < 2:
        return Agreement(None, None, None, len(counts), ALL_THE_SAME)

    def of(coincidences: Floats) -> float:
        return _alpha(coincidences, _squared_distances(coincidences, metric, values))

    resampled = [of(_coincidences(counts, weights)) for weights in _resamples(len(counts), rng)]
    return _with_interval(of(observed), resampled, len(counts))


def _with_interval(value: float, resampled: Sequence[float], microtasks: int) -> Agreement:
    if microtasks < 2:
        return Agreement(value, None, None, microtasks, ONE_QUESTION)  # each resample is that one again
    low, high = np.nanquantile(resampled, (0.025, 0.975))
    return Agreement(value, float(low), float(high), microtasks)


def _resamples(n: int, rng: np.random.Generator) -> list[Floats]:
    """How often each of n microtasks was drawn, per resample."""
    # One bootstrap of a very large set is as good as many: its interval is narrow anyway.
    rounds = _RESAMPLES if n <= 20_000 else 100
    return [rng.multinomial(n, np.full(n, 1.0 / n)).astype(np.float64) for _ in range(rounds)]


def _coincidences(counts: Floats, weights: Floats | None = None) -> Floats:
    """Coincidence matrix (n_labels, n_labels): pairs of answers within a microtask, each answer counting once."""
    scale = 1.0 / (counts.sum(axis=1) - 1.0)
    if weights is not None:
        scale = scale * weights
    scaled = counts * scale[:, None]
    matrix = counts.T @ scaled
    return np.asarray(matrix - np.diag(scaled.sum(axis=0)), dtype=np.float64)


def _squared_distances(coincidences: Floats, metric: Metric, values: Sequence[float] | None) -> Floats:
    totals = coincidences.sum(axis=1)
    if metric == "nominal":
        return 1.0 - np.eye(len(totals))
    if metric == "ordinal":
        place = np.cumsum(totals) - totals / 2.0
    else:
        place = np.arange(len(totals), dtype=np.float64) if values is None else np.asarray(values, dtype=np.float64)
    return np.asarray((place[:, None] - place[None, :]) ** 2, dtype=np.float64)


def _alpha(coincidences: Floats, squared: Floats) -> float:
    totals = coincidences.sum(axis=1)
    n = totals.sum()
    expected = float((np.outer(totals, totals) * squared).sum()) / (n - 1.0)
    return 1.0 - float((coincidences * squared).sum()) / expected if expected > 0 else float("nan")


def alpha_by_distance(
    answers: Sequence[Sequence[A]],
    distance: Callable[[A, A], float],
    *,
    rng: np.random.Generator,
    kinds: Sequence[Hashable] | None = None,
) -> Agreement:
    """
    Krippendorff's alpha for answers of any kind.

    Args:
        answers: per microtask the answers of its workers; those with one answer are left out.
        distance: symmetric, 0 for equal answers. Squares are not taken: give the difference that should count.
        rng: for the pairs that stand for chance, and for the interval.
        kinds: per microtask which question it asks, where they differ: chance pairs answers to one question only, or people
            would agree beyond chance by answering what was asked.
    """
    kind_of = [None] * len(answers) if kinds is None else kinds
    chosen = [(kind, list(group)) for kind, group in zip(kind_of, answers, strict=True) if len(group) >= 2]
    usable = [group for _, group in chosen]
    if not usable:
        return Agreement(None, None, None, 0, NO_PAIRS)
    within = np.array([_pair_distance(group, distance, rng) for group in usable])
    weights = np.array([len(group) for group in usable], dtype=np.float64)
    pools: dict[Hashable, list[A]] = {}
    for kind, group in chosen:
        pools.setdefault(kind, []).extend(group)
    expected = sum(len(pool) * _pair_distance(pool, distance, rng) for pool in pools.values()) / float(weights.sum())
    if expected <= 0:
        return Agreement(None, None, None, len(usable), ALL_THE_SAME)
    resampled = [1.0 - float(np.average(within, weights=weights * w)) / expected for w in _resamples(len(usable), rng)]
    return _with_interval(1.0 - float(np.average(within, weights=weights)) / expected, resampled, len(usable))


def _mean_distance(group: Sequence[A], distance: Callable[[A, A], float]) -> float:
    pairs = [distance(group[i], group[j]) for i in range(len(group)) for j in range(i)]
    return sum(pairs) / len(pairs)


def _pair_distance(answers: Sequence[A], distance: Callable[[A, A], float], rng: np.random.Generator) -> float:
    """Mean distance of any two of these answers: all pairs when they are few, a sample when they are many."""
    n = len(answers)
    if n * (n - 1) // 2 <= _PAIRS_PER_RESAMPLE:
        return _mean_distance(answers, distance)
    left = rng.integers(0, n, _PAIRS_PER_RESAMPLE)
    right = (left + rng.integers(1, n, _PAIRS_PER_RESAMPLE)) % n
    return sum(distance(answers[i], answers[j]) for i, j in zip(left, right, strict=True)) / _PAIRS_PER_RESAMPLE


def pairwise_f1(answers: Sequence[Sequence[A]], f1: Callable[[A, A], float], *, rng: np.random.Generator) -> Agreement:
    """
    Mean F1 of every two answers of a microtask, for boxes and segments; not corrected for chance.

    Args:
        answers: per microtask the answers of its workers.
        f1: of two answers, 0..1.
        rng: for the interval.

    Source: Hripcsak & Rothschild 2005, doi:10.1197/jamia.M1733
    """
    usable = [list(group) for group in answers if len(group) >= 2]
    if not usable:
        return Agreement(None, None, None, 0, NO_PAIRS)
    within = np.array([_pair_distance(group, f1, rng) for group in usable])
    resampled = [float(np.average(within, weights=w)) for w in _resamples(len(usable), rng)]
    return _with_interval(float(within.mean()), resampled, len(usable))


def check_metric(name: str) -> Metric:
    """
    The metric of this name.

    Raises:
        BadVotes: it is not nominal, ordinal or interval.
    """
    found = _METRICS.get(name)
    if found:
        return found
    raise BadVotes(f'Unknown metric "{name}". Known: nominal, ordinal, interval.')
