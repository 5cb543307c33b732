"""Judgements with one label each, as three arrays, and what a model makes of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from quality.errors import BadVotes

Bools: TypeAlias = NDArray[np.bool_]
Ints: TypeAlias = NDArray[np.int32]
Longs: TypeAlias = NDArray[np.int64]
Floats: TypeAlias = NDArray[np.float64]
Gold: TypeAlias = Mapping[int, int | Collection[int]]
"""Microtask index → its accepted label, or all its accepted labels."""

_CHUNK = 1 << 18  # votes counted at a time: the counters of one chunk stay in the processor's cache


@dataclass(frozen=True)
class Votes:
    """
    COO triples: vote i says that worker `worker[i]` gave `label[i]` to `microtask[i]`.

    The arrays are int32 of equal length, in any order. A worker may appear twice under one microtask; both count.

    Raises:
        BadVotes: lengths differ, or an index is below zero or not below its size.
    """

    microtask: Ints
    worker: Ints
    label: Ints
    n_microtasks: int
    n_workers: int
    n_labels: int

    def __post_init__(self) -> None:
        for name, size in (("microtask", self.n_microtasks), ("worker", self.n_workers), ("label", self.n_labels)):
            column = np.ascontiguousarray(getattr(self, name), dtype=np.int32)
            object.__setattr__(self, name, column)
            _check_column(name, column, size, len(self.microtask))

    def __len__(self) -> int:
        return len(self.microtask)

    def only(self, keep: Bools) -> Votes:
        """The votes where `keep` (bool, n_votes) holds; sizes and indices stay as they are."""
        return Votes(
            self.microtask[keep],
            self.worker[keep],
            self.label[keep],
            self.n_microtasks,
            self.n_workers,
            self.n_labels,
        )


def _check_column(name: str, column: Ints, size: int, length: int) -> None:
    if column.ndim != 1 or len(column) != length:
        raise BadVotes(f"Votes need three flat arrays of one length; {name} has shape {column.shape}, not ({length},).")
    if length and (column.min() < 0 or column.max() >= size):
        raise BadVotes(f"Votes name {name} {column.min()}..{column.max()}, but there are {size}. Number them from 0.")


@dataclass(frozen=True)
class Names:
    """What the indices of `Votes` stand for, in order of first appearance (labels: sorted)."""

    microtasks: tuple[str, ...]
    workers: tuple[str, ...]
    labels: tuple[str, ...]


def encode(rows: Iterable[tuple[str, str, str]], labels: Collection[str] = ()) -> tuple[Votes, Names]:
    """
    Number (microtask, worker, label) rows.

    Args:
        rows: any order; repeated rows stay repeated votes.
        labels: label names that may be missing from the rows but can be the answer all the same.
    """
    microtask_ids: dict[str, int] = {}
    worker_ids: dict[str, int] = {}
    triples = [
        (microtask_ids.setdefault(m, len(microtask_ids)), worker_ids.setdefault(w, len(worker_ids)), label)
        for m, w, label in rows
    ]
    names = sorted({label for _, _, label in triples}.union(labels))
    label_ids = {name: i for i, name in enumerate(names)}
    votes = Votes(
        np.array([m for m, _, _ in triples], dtype=np.int32),
        np.array([w for _, w, _ in triples], dtype=np.int32),
        np.array([label_ids[label] for _, _, label in triples], dtype=np.int32),
        len(microtask_ids),
        len(worker_ids),
        len(names),
    )
    return votes, Names(tuple(microtask_ids), tuple(worker_ids), tuple(names))


def count_votes(votes: Votes, weights: Floats | None = None) -> Floats:
    """Votes per (microtask, label), float64 of shape (n_microtasks, n_labels); `weights` is per worker."""
    counts = np.zeros(votes.n_microtasks * votes.n_labels)
    for part in chunks(votes):
        low = int(votes.microtask[part].min())
        cell = (votes.microtask[part] - low).astype(np.int64) * votes.n_labels + votes.label[part]
        found = np.bincount(cell, None if weights is None else weights[votes.worker[part]])
        start = low * votes.n_labels
        counts[start : start + len(found)] += found
    return counts.reshape(votes.n_microtasks, votes.n_labels)


def chunks(votes: Votes) -> list[slice]:
    """Runs of votes to count at a time: short ones where each is about few microtasks, else everything at once."""
    parts = [slice(start, start + _CHUNK) for start in range(0, len(votes), _CHUNK)]
    spans = (int(votes.microtask[p].max()) - int(votes.microtask[p].min()) for p in parts[:2])
    wide = any(span * votes.n_labels > 4 * _CHUNK for span in spans)
    return [slice(0, len(votes))] if wide and parts else parts


@dataclass(frozen=True)
class Fit:
    """
    What a model makes of the votes.

    Attributes:
        method: its name, for reports.
        posteriors: (n_microtasks, n_labels), rows sum to 1.
        skills: (n_workers,) estimated share of right answers.
        confusions: (n_workers, n_labels true, n_labels given), rows sum to 1 where the worker was seen; None where
            the method has no such thing.
    """

    method: str
    posteriors: Floats
    skills: Floats
    confusions: Floats | None = None

    @property
    def labels(self) -> Ints:
        """Most probable label per microtask; a tie goes to the lowest label index."""
        return most_probable(self.posteriors)

    @property
    def confidence(self) -> Floats:
        """Probability of that label."""
        return np.asarray(self.posteriors.max(axis=1, initial=0.0), dtype=np.float64)


def most_probable(posteriors: Floats) -> Ints:
    """Column of the highest value per row; differences below 1e-12 are ties and go to the lowest column."""
    if not posteriors.size:
        return np.zeros(len(posteriors), dtype=np.int32)
    near = posteriors >= posteriors.max(axis=1, keepdims=True) - 1e-12
    return np.asarray(near.argmax(axis=1), dtype=np.int32)


def ratio(part: Floats, whole: Floats, otherwise: float) -> Floats:
    """part / whole; `otherwise` where the whole is 0."""
    return np.asarray(np.divide(part, whole, out=np.full(part.shape, otherwise), where=whole > 0), dtype=np.float64)


@dataclass(frozen=True)
class Clamp:
    """Gold, made ready: rows of the posterior that may only hold accepted labels."""

    rows: Longs
    accepted: Floats  # (n_gold, n_labels), 1 where accepted

    def apply(self, posteriors: Floats) -> Floats:
        """Set the gold rows, in place: nothing outside the accepted labels, the rest in proportion."""
        if len(self.rows):
            kept = posteriors[self.rows] * self.accepted
            # Nobody gave an accepted label: all accepted ones are equally likely.
            kept = np.where(kept.sum(axis=1, keepdims=True) > 0, kept, self.accepted)
            posteriors[self.rows] = kept / kept.sum(axis=1, keepdims=True)
        return posteriors


def clamp(votes: Votes, gold: Gold | None) -> Clamp:
    """
    Check and prepare gold.

    Raises:
        BadVotes: a microtask or label that does not exist, or no accepted label at all.
    """
    entries = sorted((gold or {}).items())
    accepted = np.zeros((len(entries), votes.n_labels))
    for row, (microtask, labels) in enumerate(entries):
        wanted = [labels] if isinstance(labels, int | np.integer) else list(labels)
        if not 0 <= microtask < votes.n_microtasks or not wanted or not all(0 <= k < votes.n_labels for k in wanted):
            raise BadVotes(f"Gold of microtask {microtask} is {wanted}; give one or more labels of 0..{votes.n_labels - 1}.")
        accepted[row, wanted] = 1.0
    return Clamp(np.array([m for m, _ in entries], dtype=np.int64), accepted)
