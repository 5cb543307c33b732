"""Stretches of time with a label: how well two sets agree, and one set made of several people's; boxes in one dimension."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from quality.clusters import assign, matched_f1, matched_score
from quality.merging import SAME, SAME_WITHOUT_HABIT, Shape
from quality.spread import Spread
from quality.votes import Floats

W = TypeVar("W", bound=Hashable)
EDGE_MS = 200.0  # an edge within a fifth of a second is the same edge: about a person's reaction time


@dataclass(frozen=True)
class Segment:
    """A labelled stretch; milliseconds from the start of the original. An end before the start counts as no length."""

    label: str
    start_ms: float
    end_ms: float


def iou_matrix(left: Sequence[Segment], right: Sequence[Segment]) -> Floats:
    """Temporal intersection over union of every pair, (len(left), len(right)); two equal moments give 1."""
    a, b = _edges(left)[:, None, :], _edges(right)[None, :, :]
    common = np.maximum(np.minimum(a[..., 1], b[..., 1]) - np.maximum(a[..., 0], b[..., 0]), 0.0)
    covered = (a[..., 1] - a[..., 0]) + (b[..., 1] - b[..., 0]) - common
    same = (a == b).all(axis=-1)
    return np.where(same, 1.0, np.divide(common, covered, out=np.zeros_like(common), where=covered > 0))


def _edges(segments: Sequence[Segment]) -> Floats:
    flat = [(s.start_ms, max(s.start_ms, s.end_ms)) for s in segments]
    return np.array(flat, dtype=np.float64).reshape(len(segments), 2)


def iou(a: Segment, b: Segment) -> float:
    """Time in common over time covered, 0..1; labels do not matter."""
    return float(iou_matrix([a], [b])[0, 0])


def overlap(left: Sequence[Segment], right: Sequence[Segment]) -> Floats:
    """
    How surely each pair means the same stretch, 0..1; 0 where the labels differ.

    The temporal IoU, but 1 where both edges lie within `EDGE_MS`: a short sound marked a reaction time late is the
    same sound, though its IoU may be nothing.
    """
    same_label = np.array([[a.label == b.label for b in right] for a in left], dtype=bool)
    near = (np.abs(_edges(left)[:, None, :] - _edges(right)[None, :, :]) <= EDGE_MS).all(axis=-1)
    found = np.where(near, 1.0, iou_matrix(left, right))
    return np.where(same_label.reshape(len(left), len(right)), found, 0.0)


def match(left: Sequence[Segment], right: Sequence[Segment], threshold: float = 0.5) -> list[tuple[int, int, float]]:
    """
    Pair segments of the same label one to one: (index in left, index in right, overlap), by index in left.

    A pair counts from temporal IoU `threshold`, or when both edges lie within 200 ms.

    Source: event-based matching of Mesaros, Heittola & Virtanen 2016, doi:10.3390/app6060162
    """
    return assign(overlap(left, right), threshold)


def f1(left: Sequence[Segment], right: Sequence[Segment], threshold: float = 0.5) -> float:
    """F1 of the matched segments; 1 when both are empty."""
    return matched_f1(match(left, right, threshold), len(left), len(right))


def gold_score(answer: Sequence[Segment], accepted_answers: Sequence[Sequence[Segment]], threshold: float = 0.5) -> float:
    """F1 at `threshold` × mean overlap of the matched, against the accepted answer it fits best; both empty is 1."""
    scores = (matched_score(match(answer, each, threshold), len(answer), len(each)) for each in accepted_answers)
    return max(scores, default=0.0)


def _of_edges(label: str, edges: Floats) -> Segment:
    start, end = (float(v) for v in edges)
    return Segment(label, start, max(start, end))


SHAPE: Shape[Segment] = Shape(overlap, _edges, _of_edges)


def merge(
    answers_by_worker: Sequence[Sequence[Segment]],
    weights: Sequence[float] | None = None,
    keep: float = 0.4,
    *,
    threshold: float = SAME,
    precisions: Sequence[float] | None = None,
) -> list[tuple[Segment, float]]:
    """
    One set of segments from several workers' sets.

    Each cluster holds at most one segment per worker; edges are `quality.spread.settled_edges`; it stays when its workers
    hold at least `keep` of all weight. An empty answer counts as a vote against every segment.

    Args:
        answers_by_worker: one sequence per worker, possibly empty.
        weights: per worker, how much a vote for or against counts, at least 0; even when None.
        keep: share of the weight that keeps a cluster.
        threshold: overlap from which two segments are of one cluster.
        precisions: per worker, how much the edges count, as `fit_segments` finds; even when None.

    Returns:
        (segment, share of the weight), in order of time.

    Raises:
        BadVotes: weights of another length, or below zero.
    """
    return _in_time(SHAPE.merge(answers_by_worker, weights, keep, threshold, precisions))


def _in_time(merged: list[tuple[Segment, float]]) -> list[tuple[Segment, float]]:
    return sorted(merged, key=lambda pair: (pair[0].start_ms, pair[0].end_ms, pair[0].label))


def merge_known(
    answers: Sequence[tuple[W, Sequence[Segment]]],
    spread: Spread,
    keep: float = 0.4,
    *,
    weights: Sequence[float] | None = None,
    threshold: float = SAME_WITHOUT_HABIT,
) -> list[tuple[Segment, float]]:
    """
    `merge` of (worker, segments) pairs with what is known of how exactly, and with what habit, each of them marks.

    Who presses half a second late does so at every start and end: that is taken off before stretches are compared.
    Who marks exactly has more say about what is there, unless `weights` are given.
    """
    return _in_time(SHAPE.merge_known(answers, spread, keep, weights, threshold))


def fit_segments(microtasks: Sequence[Sequence[tuple[W, Sequence[Segment]]]]) -> Spread:
    """How exactly each worker of a project marks; per microtask its (worker, segments) pairs."""
    return SHAPE.fit(microtasks)


def merge_project(
    microtasks: Sequence[Sequence[tuple[W, Sequence[Segment]]]], spread: Spread | None = None, keep: float = 0.4
) -> list[list[tuple[Segment, float]]]:
    """Merge every microtask with edges weighed by `spread`, made from these microtasks when None."""
    known = fit_segments(microtasks) if spread is None else spread
    return [merge_known(answers, known, keep) for answers in microtasks]
