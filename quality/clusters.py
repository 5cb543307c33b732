"""What boxes and segments share: one-to-one matching, and clusters with at most one item per worker."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np

from quality import distances
from quality.errors import BadVotes
from quality.matching import FEW, cheapest
from quality.votes import Floats, Longs

T = TypeVar("T")


def assign(overlap: Floats, threshold: float) -> list[tuple[int, int, float]]:
    """
    One-to-one pairs (row, column, overlap) with the best total overlap, each at least `threshold`.

    Pairs below the threshold are worth nothing, so they never push out a pair that counts.

    Source: Kuhn 1955, doi:10.1002/nav.3800020109
    """
    if not overlap.size:
        return []
    worth = np.where(overlap >= threshold, overlap, 0.0)
    if min(worth.shape) == 1:  # the common case of one item needs no solver
        best = int(worth.argmax())
        rows, columns = np.array([best // worth.shape[1]]), np.array([best % worth.shape[1]])
    else:
        # More pairs come before better overlap: 2 outweighs any difference between two overlaps.
        rows, columns = _best(np.where(worth > 0, worth + 2.0 * min(worth.shape), 0.0))
    return [(int(r), int(c), float(worth[r, c])) for r, c in zip(rows, columns, strict=True) if worth[r, c] > 0]


def _best(worth: Floats) -> tuple[Longs, Longs]:
    if min(worth.shape) <= FEW:
        flat = worth if worth.shape[0] <= worth.shape[1] else worth.T
        pairs = np.array(cheapest(-flat), dtype=np.int64)
        return (pairs[:, 0], pairs[:, 1]) if flat is worth else (pairs[:, 1], pairs[:, 0])
    from scipy.optimize import linear_sum_assignment  # kept out of the web process

    rows, columns = linear_sum_assignment(worth, maximize=True)
    return rows, columns


def matched_f1(pairs: Sequence[tuple[int, int, float]], n_left: int, n_right: int) -> float:
    """F1 of a matching; 1 when both sides are empty."""
    return distances.f1(len(pairs), n_left, n_right)


def matched_score(pairs: Sequence[tuple[int, int, float]], n_left: int, n_right: int) -> float:
    """F1 of a matching × mean overlap of its pairs; 1 when both sides are empty."""
    if not pairs:
        return 0.0 if n_left or n_right else 1.0
    return matched_f1(pairs, n_left, n_right) * sum(overlap for _, _, overlap in pairs) / len(pairs)


@dataclass(frozen=True)
class Cluster(Generic[T]):
    """Items of different workers that mean the same thing."""

    members: Sequence[T]
    workers: Sequence[int]  # place of each member's worker among those asked
    share: float  # of the weight of all workers asked


def weighted_median(values: Floats, weights: Floats) -> float:
    """The value with half the weight on either side; the middle of two when the halves are equal."""
    order = np.argsort(values, kind="stable")
    values, weights = values[order], weights[order]
    below = np.cumsum(weights)
    half = below[-1] / 2.0
    first = int(np.searchsorted(below, half * (1 - 1e-12)))
    if abs(below[first] - half) <= 1e-9 * below[-1] and first + 1 < len(values):
        return float((values[first] + values[first + 1]) / 2.0)
    return float(values[first])


def cluster(
    answers_by_worker: Sequence[Sequence[T]],
    overlap: Callable[[Sequence[T], Sequence[T]], Floats],
    *,
    threshold: float,
    keep: float,
    weights: Sequence[float] | None = None,
) -> list[Cluster[T]]:
    """
    Group the items of several workers; kept are groups with at least `keep` of the weight, largest share first.

    Pairs of items are joined from the best overlap down. Two groups join only when they share no worker and their
    items overlap by `threshold` on average: average linkage keeps two people standing side by side apart.

    Raises:
        BadVotes: weights of another length, or below zero.

    Source: average linkage, Sokal & Michener 1958; the one-per-worker rule as in Branson, Van Horn & Perona 2017,
    doi:10.1109/CVPR.2017.649
    """
    worth = _checked_weights(weights, len(answers_by_worker))
    items = [item for answer in answers_by_worker for item in answer]
    workers = np.array([w for w, answer in enumerate(answers_by_worker) for _ in answer], dtype=np.int64)
    groups = _link(overlap(items, items), workers, threshold) if items else []
    total = worth.sum()
    found = []
    for group in groups:
        share = float(worth[workers[group]].sum() / total)
        if share >= keep - 1e-9 and share > 0:
            found.append(Cluster([items[i] for i in group], [int(workers[i]) for i in group], share))
    return sorted(found, key=lambda c: -c.share)


def _checked_weights(weights: Sequence[float] | None, n_workers: int) -> Floats:
    worth = np.ones(n_workers) if weights is None else np.asarray(weights, dtype=np.float64)
    if len(worth) != n_workers or (worth < 0).any():
        raise BadVotes(f"{len(worth)} weights for {n_workers} workers: give one weight per worker, none below 0.")
    # Nobody's word counting for nothing would leave nothing of what all of them marked.
    return worth if worth.sum() > 0 else np.ones(n_workers)


def _link(overlap: Floats, workers: Longs, threshold: float) -> list[list[int]]:
    """Groups of item indices: greedy average linkage with at most one item per worker."""
    n = len(workers)
    group_of = list(range(n))
    groups: dict[int, list[int]] = {i: [i] for i in range(n)}
    whose = [1 << int(w) for w in workers]  # a group's workers as bits: a thousand boxes are half a million pairs
    rows, columns = np.nonzero(np.triu(overlap, 1) >= max(threshold, 1e-9))
    # Best overlap first; equal overlaps in the order the answers came in.
    for i in np.argsort(-overlap[rows, columns], kind="stable"):
        a, b = group_of[rows[i]], group_of[columns[i]]
        if a == b or whose[a] & whose[b]:
            continue
        if overlap[np.ix_(groups[a], groups[b])].mean() < threshold:
            continue
        groups[a] += groups.pop(b)
        whose[a] |= whose[b]
        for item in groups[a]:
            group_of[item] = a
    return [sorted(group) for group in groups.values()]
