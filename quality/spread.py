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

_ROUNDS = 6
_SHARPNESS = 8.0  # how much more the most exact count in saying where edges belong
_PRIOR_HABIT = 3.0  # the crowd's habit counts as so many items of each worker
_PRIOR_ITEMS = 3.0  # the crowd's mean error counts as so many items of each worker


@dataclass(frozen=True)
class Spread:
    """
    Attributes:
        errors: mean edge error per worker, as a share of the marked thing's size.
        crowd: of a worker nobody knows yet.
        habits: per worker how far each edge usually lies from where those put it who place edges most exactly, as a
            share of the size; lower edges first. Who draws loosely draws outward, every time.
    """

    errors: Mapping[Hashable, float] = field(default_factory=dict)
    crowd: float = 0.1
    habits: Mapping[Hashable, Floats] = field(default_factory=dict)

    def without_habit(self, workers: Sequence[Hashable], edges: Floats) -> Floats:
        """The edges as these workers would have placed them without their habits, (n_workers, 2 × n_dimensions)."""
        known = [worker for worker in workers if worker in self.habits]
        if not known:
            return edges
        nothing = np.zeros(edges.shape[1])
        size = _sizes(np.median(edges, axis=0))
        return edges - np.array([self.habits.get(worker, nothing) for worker in workers]) * size

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
    gaps: dict[Hashable, list[Floats]] = defaultdict(list)
    for workers, edges in groups:
        precisions = np.array([spread.precision(w) for w in workers])
        for worker, gap in zip(workers, _gaps(edges, spread.without_habit(workers, edges), precisions), strict=True):
            gaps[worker].append(gap)
    found = {worker: np.array(rows) for worker, rows in gaps.items()}
    middle = {worker: np.median(rows, axis=0) for worker, rows in found.items()}
    errors = {worker: float(np.abs(rows - middle[worker]).mean()) for worker, rows in found.items()}
    items = {worker: len(rows) for worker, rows in found.items()}
    total = sum(items.values())
    crowd = sum(errors[w] * items[w] for w in items) / total
    shrunk = {w: (errors[w] * items[w] + _PRIOR_ITEMS * crowd) / (items[w] + _PRIOR_ITEMS) for w in items}
    return Spread(shrunk, crowd, _habits(middle, shrunk, items))


def _habits(
    middle: Mapping[Hashable, Floats], errors: Mapping[Hashable, float], items: Mapping[Hashable, int]
) -> dict[Hashable, Floats]:
    """
    What each worker's edges usually are beside the others', as seen from those who place edges most exactly.

    The crowd's own habit cannot be seen from within; that the most exact have least of it is the assumption made here.
    """
    crowd = sum(middle[w] * items[w] for w in items) / sum(items.values())
    drawn = {w: (middle[w] * items[w] + _PRIOR_HABIT * crowd) / (items[w] + _PRIOR_HABIT) for w in items}
    exact = {w: items[w] * max(errors[w], 1e-3) ** -_SHARPNESS for w in items}
    anchor = sum(drawn[w] * exact[w] for w in items) / sum(exact.values())
    return {w: drawn[w] - anchor for w in items}


def _gaps(edges: Floats, placed: Floats, precisions: Floats) -> list[Floats]:
    """
    Distance of each row's edges to the weighted median of where the other rows are placed, as a share of the size; at most 1.

    Of the others: whoever weighs most would otherwise agree with himself, and weigh ever more.
    """
    size = _sizes(np.median(placed, axis=0))
    found = []
    for i, row in enumerate(edges):
        others = np.arange(len(edges)) != i
        found.append(np.clip((row - median_edges(placed[others], precisions[others])) / size, -1.0, 1.0))
    return found


def _sizes(edges: Floats) -> Floats:
    """The size along each edge's dimension, at least 1."""
    half = len(edges) // 2
    size = np.maximum(edges[half:] - edges[:half], 1.0)
    return np.concatenate([size, size])


def median_edges(edges: Floats, precisions: Sequence[float] | Floats) -> Floats:
    """Weighted median of each column."""
    worth = np.asarray(precisions, dtype=np.float64)
    return np.array([weighted_median(column, worth) for column in edges.T])
