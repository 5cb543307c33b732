"""How exactly each worker places edges: whose box or segment edge to follow when several marked the same thing.

Source: iteratively reweighted estimation with a variance per annotator, as in Branson, Van Horn & Perona 2017,
doi:10.1109/CVPR.2017.649
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np

from quality.clusters import weighted_median
from quality.votes import Floats

W = TypeVar("W", bound=Hashable)

_ROUNDS = 3
_PRIOR_ITEMS = 3.0  # the crowd's mean error counts as so many items of each worker


@dataclass(frozen=True)
class Spread:
    """
    Attributes:
        errors: mean edge error per worker, as a share of the marked thing's size.
        crowd: of a worker nobody knows yet.
    """

    errors: Mapping[Hashable, float] = field(default_factory=dict)
    crowd: float = 0.1

    def precision(self, worker: Hashable) -> float:
        """Weight of this worker's edges beside others': 1 for the crowd's mean, 4 for half its error."""
        return float((max(self.errors.get(worker, self.crowd), 1e-3) / max(self.crowd, 1e-3)) ** -2)


def fit_spread(groups: Sequence[tuple[Sequence[W], Floats]]) -> Spread:
    """
    Edge errors of each worker, from things that two or more marked.

    Args:
        groups: per thing its workers and their edges, (n_workers, 2 × n_dimensions): lower edges, then upper ones.
    """
    shared = [(workers, edges) for workers, edges in groups if len(workers) > 1]
    spread = Spread()
    for _ in range(_ROUNDS if shared else 0):
        spread = _refit(shared, spread)
    return spread


def _refit(groups: Sequence[tuple[Sequence[W], Floats]], spread: Spread) -> Spread:
    total: dict[Hashable, float] = defaultdict(float)
    items: dict[Hashable, int] = defaultdict(int)
    for workers, edges in groups:
        for worker, error in zip(workers, _errors(edges, [spread.precision(w) for w in workers]), strict=True):
            total[worker] += error
            items[worker] += 1
    crowd = sum(total.values()) / sum(items.values())
    errors = {w: (total[w] + _PRIOR_ITEMS * crowd) / (items[w] + _PRIOR_ITEMS) for w in items}
    return Spread(errors, crowd)


def _errors(edges: Floats, precisions: Sequence[float]) -> list[float]:
    """
    Mean distance of each row's edges to the weighted median of the other rows, as a share of the size; at most 1.

    Of the others: whoever weighs most would otherwise agree with himself, and weigh ever more.
    """
    worth = np.asarray(precisions, dtype=np.float64)
    half = edges.shape[1] // 2
    errors = []
    for i, row in enumerate(edges):
        others = np.arange(len(edges)) != i
        middle = median_edges(edges[others], worth[others])
        size = np.maximum(middle[half:] - middle[:half], 1.0)
        errors.append(min(float((np.abs(row - middle) / np.concatenate([size, size])).mean()), 1.0))
    return errors


def median_edges(edges: Floats, precisions: Sequence[float] | Floats) -> Floats:
    """Weighted median of each column."""
    worth = np.asarray(precisions, dtype=np.float64)
    return np.array([weighted_median(column, worth) for column in edges.T])
