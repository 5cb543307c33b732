"""Boxes on a picture: how well two sets of them agree, and one set made of several people's.

Light to import (numpy only); only sets of more than a hundred boxes load scipy (`quality.matching`).
"""

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


@dataclass(frozen=True)
class Box:
    """A labelled rectangle; pixels of the upright original, may be fractional. Negative sizes count as none."""

    label: str
    x: float
    y: float
    width: float
    height: float


def iou(a: Box, b: Box) -> float:
    """Area in common over area covered, 0..1; labels do not matter. Two equal boxes without area give 1."""
    return float(iou_matrix([a], [b])[0, 0])


def iou_matrix(left: Sequence[Box], right: Sequence[Box]) -> Floats:
    """
    Intersection over union of every pair, (len(left), len(right)).

    Source: Jaccard 1912, doi:10.1111/j.1469-8137.1912.tb05611.x
    """
    a, b = _corners(left)[:, None, :], _corners(right)[None, :, :]
    sides = np.minimum(a[..., 2:], b[..., 2:]) - np.maximum(a[..., :2], b[..., :2])
    common = np.prod(np.maximum(sides, 0.0), axis=-1)
    covered = np.prod(a[..., 2:] - a[..., :2], axis=-1) + np.prod(b[..., 2:] - b[..., :2], axis=-1) - common
    same = (a == b).all(axis=-1)
    return np.where(same, 1.0, np.divide(common, covered, out=np.zeros_like(common), where=covered > 0))


def _corners(boxes: Sequence[Box]) -> Floats:
    flat = [(b.x, b.y, b.x + max(b.width, 0.0), b.y + max(b.height, 0.0)) for b in boxes]
    return np.array(flat, dtype=np.float64).reshape(len(boxes), 4)


def overlap(left: Sequence[Box], right: Sequence[Box]) -> Floats:
    """IoU of every pair, 0 where the labels differ; (len(left), len(right))."""
    same_label = np.array([[a.label == b.label for b in right] for a in left], dtype=bool)
    return np.where(same_label.reshape(len(left), len(right)), iou_matrix(left, right), 0.0)


def match(left: Sequence[Box], right: Sequence[Box], threshold: float = 0.5) -> list[tuple[int, int, float]]:
    """
    Pair boxes of the same label one to one, best total IoU, pairs below `threshold` left out.

    Returns:
        (index in left, index in right, IoU), by index in left.

    Source: Kuhn 1955, doi:10.1002/nav.3800020109
    """
    return assign(overlap(left, right), threshold)


def f1(left: Sequence[Box], right: Sequence[Box], threshold: float = 0.5) -> float:
    """F1 of the matched boxes; 1 when both are empty."""
    return matched_f1(match(left, right, threshold), len(left), len(right))


def gold_score(answer: Sequence[Box], accepted_answers: Sequence[Sequence[Box]], threshold: float = 0.5) -> float:
    """F1 at `threshold` × mean IoU of the matched boxes, against the accepted answer it fits best; both empty is 1."""
    scores = (matched_score(match(answer, each, threshold), len(answer), len(each)) for each in accepted_answers)
    return max(scores, default=0.0)


def _of_corners(label: str, edges: Floats) -> Box:
    x1, y1, x2, y2 = (float(v) for v in edges)
    return Box(label, x1, y1, max(x2 - x1, 0.0), max(y2 - y1, 0.0))


SHAPE: Shape[Box] = Shape(overlap, _corners, _of_corners)


def merge(
    answers_by_worker: Sequence[Sequence[Box]],
    weights: Sequence[float] | None = None,
    keep: float = 0.4,
    *,
    threshold: float = SAME,
    precisions: Sequence[float] | None = None,
) -> list[tuple[Box, float]]:
    """
    One set of boxes from several workers' sets.

    Each cluster holds at most one box per worker; edges are `quality.spread.settled_edges`; it stays when its workers
    hold at least `keep` of all weight. An empty answer counts as a vote against every box.

    Args:
        answers_by_worker: one sequence per worker, possibly empty.
        weights: per worker, how much a vote for or against counts, at least 0; even when None.
        keep: share of the weight that keeps a cluster.
        threshold: overlap from which two boxes are of one cluster.
        precisions: per worker, how much the edges count, as `fit_boxes` finds; even when None.

    Returns:
        (box, share of the weight), most certain first.

    Raises:
        BadVotes: weights of another length, or below zero.
    """
    return SHAPE.merge(answers_by_worker, weights, keep, threshold, precisions)


def merge_known(
    answers: Sequence[tuple[W, Sequence[Box]]],
    spread: Spread,
    keep: float = 0.4,
    *,
    weights: Sequence[float] | None = None,
    threshold: float = SAME_WITHOUT_HABIT,
) -> list[tuple[Box, float]]:
    """
    `merge` of (worker, boxes) pairs with what is known of how exactly, and with what habit, each of them draws.

    Habits are taken off before boxes are compared: a loose box and a tight one of something small are the same thing.
    Who draws exactly has more say about what is there, unless `weights` are given.
    """
    return SHAPE.merge_known(answers, spread, keep, weights, threshold)


def fit_boxes(microtasks: Sequence[Sequence[tuple[W, Sequence[Box]]]]) -> Spread:
    """How exactly each worker of a project draws; per microtask its (worker, boxes) pairs."""
    return SHAPE.fit(microtasks)


def merge_project(
    microtasks: Sequence[Sequence[tuple[W, Sequence[Box]]]], spread: Spread | None = None, keep: float = 0.4
) -> list[list[tuple[Box, float]]]:
    """Merge every microtask with edges weighed by `spread`, made from these microtasks when None."""
    known = fit_boxes(microtasks) if spread is None else spread
    return [merge_known(answers, known, keep) for answers in microtasks]
