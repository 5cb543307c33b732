"""How exactly each worker places edges: whose box or segment edge to follow when several marked the same thing.

Source: iteratively reweighted estimation with a variance per annotator, as in Branson, Van Horn & Perona 2017,
doi:10.1109/CVPR.2017.649
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np

from quality.clusters import weighted_median
from quality.votes import Floats

W = TypeVar("W", bound=Hashable)

_ROUNDS = 6
_SHARPNESS = 8.0  # how much more the most exact count in saying where edges belong
_TIGHTEST = 1 / 3  # of all that was marked: whose margins say where edges belong
_HUBER = 2.0  # median deviations: 1.345 standard deviations, which loses 5% where errors are normal
_PRIOR_HABIT = 3.0  # the crowd's habit counts as so many items of each worker
_PRIOR_ITEMS = 3.0  # the crowd's mean error counts as so many items of each worker
_MANY = 10  # items, from which one of them hardly moves the middle
_MOST_TAKEN = 0.4  # of a thing's size: a habit never turns a small box inside out


@dataclass(frozen=True)
class Spread:
    """
    Attributes:
        errors: mean edge error per worker, as a share of the marked thing's size.
        crowd: of a worker nobody knows yet.
        habits: per worker how far each edge usually lies from where those put it who draw tight and exactly, in the
            units of the marks (pixels, ms); lower edges first. Who draws loosely draws outward, by the same few pixels
            around what is small and what is large.
    """

    errors: Mapping[Hashable, float] = field(default_factory=dict)
    crowd: float = 0.1
    habits: Mapping[Hashable, Floats] = field(default_factory=dict)

    def without_habit(self, workers: Sequence[Hashable], edges: Floats) -> Floats:
        """The edges as these workers would have placed them without their habits, (n_marks, 2 × n_dimensions)."""
        if not self.habits or not len(edges):
            return edges
        nothing = np.zeros(edges.shape[1])
        most = _MOST_TAKEN * np.array([_sizes(row) for row in edges])
        taken: Floats = np.clip(np.array([self.habits.get(worker, nothing) for worker in workers]), -most, most)
        return edges - taken

    def precision(self, worker: Hashable) -> float:
        """Weight of this worker's edges beside others': 1 for the crowd's mean, 4 for half its error."""
        return float((max(self.errors.get(worker, self.crowd), 1e-3) / max(self.crowd, 1e-3)) ** -2)

    def vote(self, worker: Hashable) -> float:
        """Weight of this worker's saying that there is something: 1 for the crowd's mean, 2 for half its error."""
        return math.sqrt(self.precision(worker))

    def remember(self) -> dict[Any, dict[str, Any]]:
        """Per worker, as JSON: {"error": beside the crowd's, "habit": one distance per edge}."""
        return {
            worker: {"error": max(error, 1e-3) / max(self.crowd, 1e-3), "habit": [float(each) for each in self.habits[worker]]}
            for worker, error in self.errors.items()
        }


def remembered(kept: Mapping[Any, Any]) -> Spread:
    """A spread from what `Spread.remember` said of some workers."""
    errors = {worker: float(each["error"]) for worker, each in kept.items()}
    return Spread(errors, 1.0, {worker: np.array(each["habit"]) for worker, each in kept.items()})


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
    sizes: dict[Hashable, list[Floats]] = defaultdict(list)
    for workers, edges in groups:
        precisions = np.array([spread.precision(w) for w in workers])
        size = _sizes(np.median(edges, axis=0))
        for worker, gap in zip(workers, _gaps(edges, spread.without_habit(workers, edges), precisions), strict=True):
            gaps[worker].append(gap)
            sizes[worker].append(size)
    middle = {worker: np.median(rows, axis=0) for worker, rows in gaps.items()}
    items = {worker: len(rows) for worker, rows in gaps.items()}
    errors = {w: float(np.minimum(np.abs(gaps[w] - _expected(gaps[w], middle[w])) / sizes[w], 1.0).mean()) for w in gaps}
    total = sum(items.values())
    crowd = sum(errors[w] * items[w] for w in items) / total
    shrunk = {w: (errors[w] * items[w] + _PRIOR_ITEMS * crowd) / (items[w] + _PRIOR_ITEMS) for w in items}
    return Spread(shrunk, crowd, _habits(middle, shrunk, items))


def _expected(gaps: list[Floats], middle: Floats) -> Floats:
    """
    Where each gap was to be expected: the middle of the same worker's others.

    Of few gaps the one in question would make its own middle: whoever was far off once would seem as exact as who never was.
    """
    if len(gaps) > _MANY:
        return middle
    if len(gaps) == 1:
        return np.zeros_like(middle)
    return np.array([np.median(gaps[:i] + gaps[i + 1 :], axis=0) for i in range(len(gaps))])


def _habits(
    middle: Mapping[Hashable, Floats], errors: Mapping[Hashable, float], items: Mapping[Hashable, int]
) -> dict[Hashable, Floats]:
    """What each worker's edges usually are beside the others', as seen from where edges belong."""
    workers = list(middle)
    worth = np.array([items[w] for w in workers], dtype=np.float64)
    seen = np.array([middle[w] for w in workers])
    crowd = worth @ seen / worth.sum()
    drawn = (worth[:, None] * seen + _PRIOR_HABIT * crowd) / (worth[:, None] + _PRIOR_HABIT)
    exact = np.array([max(errors[w], 1e-3) for w in workers]) ** -_SHARPNESS
    return dict(zip(workers, drawn - _anchor(drawn, worth, exact / exact.max()), strict=True))


def _anchor(drawn: Floats, worth: Floats, exact: Floats) -> Floats:
    """
    The habit of who has none, (2 × n_dimensions).

    The crowd's own habit cannot be seen from within. Two assumptions stand in for that: nobody cuts off a part of what he
    marks, so margins are too wide or right, and the tightest third show which; where a thing's middle is, the most exact know.
    A third and not the one tightest or most exact: which single worker that is depends on chance.

    Args:
        drawn: habit per worker, from any origin, (n_workers, 2 × n_dimensions).
        worth: items per worker.
        exact: per worker, above 0.
    """
    half = drawn.shape[1] // 2
    margins, middles = drawn[:, half:] - drawn[:, :half], (drawn[:, half:] + drawn[:, :half]) / 2.0
    tight = exact * _first(margins.sum(axis=1), worth, _TIGHTEST)
    known = worth * exact
    margin, middle = tight @ margins / tight.sum(), known @ middles / known.sum()
    return np.concatenate([middle - margin / 2.0, middle + margin / 2.0])


def _first(values: Floats, worth: Floats, share: float) -> Floats:
    """What of each one's worth is among the lowest `share` of all, by value."""
    order = np.argsort(values, kind="stable")
    before = np.cumsum(worth[order]) - worth[order]
    found = np.zeros(len(values))
    found[order] = np.clip(share * worth.sum() - before, 0.0, worth[order])
    return found


def _gaps(edges: Floats, placed: Floats, precisions: Floats) -> list[Floats]:
    """
    How far each row's edges lie from the weighted median of where the other rows are placed.

    Of the others: whoever weighs most would otherwise agree with himself, and weigh ever more.
    """
    others = ~np.eye(len(edges), dtype=bool)
    return [row - median_edges(placed[others[i]], precisions[others[i]]) for i, row in enumerate(edges)]


def _sizes(edges: Floats) -> Floats:
    """The size along each edge's dimension; never 0, so that it can be divided by."""
    half = len(edges) // 2
    size = np.maximum(edges[half:] - edges[:half], 1e-9)
    return np.concatenate([size, size])


def median_edges(edges: Floats, precisions: Sequence[float] | Floats) -> Floats:
    """Weighted median of each column."""
    worth = np.asarray(precisions, dtype=np.float64)
    return np.array([weighted_median(column, worth) for column in edges.T])


def settled_edges(edges: Floats, precisions: Sequence[float] | Floats) -> Floats:
    """
    Where the edges of one thing are, (2 × n_dimensions): weighted mean of each column, in which no row is farther from the
    weighted median than twice the usual deviation.

    A median follows one or two people alone; a mean follows whoever drew something else.

    Source: one step of the M-estimator of location, Huber 1964, doi:10.1214/aoms/1177703732
    """
    worth = np.asarray(precisions, dtype=np.float64)
    middle = median_edges(edges, worth)
    most = _HUBER * np.median(np.abs(edges - middle), axis=0)
    found: Floats = worth @ np.clip(edges, middle - most, middle + most) / worth.sum()
    return found
