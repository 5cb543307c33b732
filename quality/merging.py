"""One set of marks made of several people's, whatever a mark is: boxes on a picture, stretches of time."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from quality.clusters import cluster
from quality.spread import Spread, fit_spread, settled_edges
from quality.votes import Floats

SAME = 0.4  # overlap from which two marks mean the same thing: people draw small things loosely
SAME_WITHOUT_HABIT = 0.35  # once each person's habit is taken off, what is left is chance


class Labelled(Protocol):
    """What every mark has."""

    @property
    def label(self) -> str: ...


W = TypeVar("W", bound=Hashable)
M = TypeVar("M", bound=Labelled)


@dataclass(frozen=True)
class Shape(Generic[M]):
    """
    One kind of mark.

    Attributes:
        overlap: how surely each pair means the same thing, 0..1, 0 where labels differ; (len(left), len(right)).
        edges: of each mark, (n_marks, 2 × n_dimensions): lower edges, then upper ones.
        mark: one from its label and edges.
    """

    overlap: Callable[[Sequence[M], Sequence[M]], Floats]
    edges: Callable[[Sequence[M]], Floats]
    mark: Callable[[str, Floats], M]

    def merge(
        self,
        answers_by_worker: Sequence[Sequence[M]],
        weights: Sequence[float] | None,
        keep: float,
        threshold: float,
        precisions: Sequence[float] | None,
    ) -> list[tuple[M, float]]:
        """Clusters of at most one mark per worker with settled edges, and each one's share; most certain first."""
        found = cluster(answers_by_worker, self.overlap, threshold=threshold, keep=keep, weights=weights)
        worth = [1.0] * len(answers_by_worker) if precisions is None else precisions
        return [(self._settled(c.members, [worth[w] for w in c.workers]), c.share) for c in found]

    def _settled(self, members: Sequence[M], worth: Sequence[float]) -> M:
        return self.mark(members[0].label, settled_edges(self.edges(members), worth))

    def merge_known(
        self,
        answers: Sequence[tuple[W, Sequence[M]]],
        spread: Spread,
        keep: float,
        weights: Sequence[float] | None,
        threshold: float,
    ) -> list[tuple[M, float]]:
        """`merge` without the habits of those who marked; without `weights` who marks exactly has more say."""
        votes = [spread.vote(worker) for worker, _ in answers] if weights is None else weights
        marks = [self._without_habit(worker, marked, spread) for worker, marked in answers]
        return self.merge(marks, votes, keep, threshold, [spread.precision(worker) for worker, _ in answers])

    def _without_habit(self, worker: Hashable, marked: Sequence[M], spread: Spread) -> list[M]:
        placed = spread.without_habit([worker] * len(marked), self.edges(marked))
        return [self.mark(one.label, edges) for one, edges in zip(marked, placed, strict=True)]

    def fit(self, microtasks: Sequence[Sequence[tuple[W, Sequence[M]]]]) -> Spread:
        """How exactly, and with what habit, each worker of a project marks; per microtask its (worker, marks) pairs."""
        groups: list[tuple[list[W], Floats]] = []
        for answers in microtasks:
            found = cluster([marked for _, marked in answers], self.overlap, threshold=SAME, keep=0.0)
            groups += [([answers[w][0] for w in c.workers], self.edges(c.members)) for c in found]
        return fit_spread(groups)
