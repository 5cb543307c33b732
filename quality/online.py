"""The posterior of one microtask from stored skills: what a new answer changes, in microseconds, without a refit."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping, Sequence
from typing import TypeAlias, TypeVar

W = TypeVar("W", bound=Hashable)

Confusion: TypeAlias = Sequence[Sequence[float]]
"""confusion[true][given], rows sum to 1."""


def posterior(
    votes: Sequence[tuple[W, int]],
    skills: Mapping[W, float | Confusion],
    n_labels: int,
    prior: Sequence[float] | None = None,
    *,
    unknown: float = 0.7,
) -> list[float]:
    """
    Probability of each label of one microtask.

    Args:
        votes: (worker, label) pairs; labels are 0..n_labels-1.
        skills: per worker the share of right answers, or a confusion matrix [true][given].
        n_labels: how many labels there are.
        prior: probability of each label before any vote; even when None.
        unknown: skill of a worker that `skills` does not name.

    Returns:
        n_labels numbers that sum to 1; the prior where there are no votes.

    Source: Bayes' rule with the worker model of Dawid & Skene 1979, doi:10.2307/2346806
    """
    scores = [math.log(max(p, 1e-12)) for p in prior] if prior is not None else [0.0] * n_labels
    for worker, label in votes:
        skill = skills.get(worker, unknown)
        if isinstance(skill, float | int):
            scores[label] += _log_odds(float(skill), n_labels)
        else:
            scores = [s + math.log(max(float(row[label]), 1e-6)) for s, row in zip(scores, skill, strict=True)]
    top = max(scores, default=0.0)
    weights = [math.exp(s - top) for s in scores]
    total = sum(weights)
    return [w / total for w in weights]


def _log_odds(skill: float, n_labels: int) -> float:
    """How much one vote of a one-coin worker speaks for its label (nats)."""
    if n_labels < 2:
        return 0.0
    kept = min(max(skill, 1e-3), 1.0 - 1e-3)  # nobody is certain, whatever a short record says
    return math.log(kept * (n_labels - 1) / (1.0 - kept))
