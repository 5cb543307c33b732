"""Marks of several people (boxes, faces, stretches of time) compared with gold and with each other, and made into one set.

What is the same for every kind of mark stands here; a type says in a `Kind` what its marks are. `quality` is loaded by the first
answer that needs it: the process that serves pages does without.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from pydantic import BaseModel

from task_types import crowds
from task_types.protocol import Agreement, Case, Collected, Json, Judged, Judgement, Outcome, Settled
from task_types.settings import StepSettings

if TYPE_CHECKING:
    from quality.spread import Spread

S = TypeVar("S", bound=StepSettings)
P = TypeVar("P", bound=BaseModel)
A = TypeVar("A", bound=BaseModel)

KEEP = 0.4  # share of the votes that keeps a mark
ALMOST = 1e-9  # shares are sums of weights: a sum that should be the limit may end just below it


@dataclass(frozen=True)
class Measures:
    """What `quality` computes of one kind of mark: see quality.boxes and quality.segments."""

    gold_score: Callable[..., float]
    f1: Callable[..., float]
    merge_known: Callable[..., Sequence[tuple[Any, float]]]
    fit: Callable[..., Spread]


def boxes() -> Measures:
    """Of rectangles on a picture."""
    from quality import boxes as of

    return Measures(of.gold_score, of.f1, of.merge_known, of.fit_boxes)


def segments() -> Measures:
    """Of stretches of time."""
    from quality import segments as of

    return Measures(of.gold_score, of.f1, of.merge_known, of.fit_segments)


@dataclass(frozen=True)
class Kind(Generic[P, A]):
    """
    One kind of mark.

    Attributes:
        table: the kind of label in `quality.tables`.
        measures: loads what `quality` knows of it.
        marks: an answer's marks as `quality` has them.
        part: such a mark as a part of an answer to this payload, within what is asked.
        answer: an answer of its parts.
        order: by what parts are put in order; None: as they were merged.
    """

    table: str
    measures: Callable[[], Measures]
    marks: Callable[[A], Sequence[Any]]
    part: Callable[[Any, P], Any]
    answer: Callable[[Sequence[Any]], A]
    order: Callable[[Any], Any] | None = None


class MarkScoring(Generic[S, P, A]):
    """Marks are matched one to one; half in common is a match (and of times, both edges within a fifth of a second)."""

    agreement: Agreement = "pairwise"

    def __init__(self, kind: Kind[P, A]) -> None:
        self._kind = kind

    def gold_score(self, case: Case[S, P], answer: A, accepted: Sequence[A]) -> float:
        """F1 × mean overlap of the matches."""
        kind = self._kind
        return kind.measures().gold_score(kind.marks(answer), [kind.marks(one) for one in accepted])

    def distance(self, case: Case[S, P], left: A, right: A) -> float:
        """1 − F1."""
        return 1.0 - self._kind.measures().f1(self._kind.marks(left), self._kind.marks(right))


class MarkModel(Generic[S, P, A]):
    """The middle of each edge over the workers that marked the same thing, with each worker's habit taken off."""

    def __init__(self, kind: Kind[P, A], skills: Mapping[int, float], spread: Spread | None = None) -> None:
        self._kind = kind
        self._skills = dict(skills)
        self.spread = spread

    @property
    def skills(self) -> Mapping[int, float]:
        """Worker → mean F1 with the merged marks."""
        return self._skills

    def settle(self, case: Case[S, P], judgements: Sequence[Judgement[A]]) -> Outcome[A]:
        """One set of marks; `detail["votes"]` holds each one's share."""
        given = [(one.worker, one.answer) for one in judgements if one.answer is not None]
        if case.settings.opinion:
            return Collected([answer for _, answer in given])
        if not given:
            return Settled(answer=None, confidence=None)
        weights = [crowds.skill(self._skills, worker) for worker, _ in given]
        found = self._merged(given, weights)
        kept = self._in_order([(self._kind.part(mark, case.payload), share) for mark, share in found if _stays(share)])
        certain = [share if _stays(share) else 1.0 - share for _, share in found]
        alone = weights[0] if len(given) == 1 else None
        answer = self._kind.answer([part for part, _ in kept])
        return Settled(answer, crowds.confidence(certain, alone), {"votes": [round(share, 4) for _, share in kept]})

    def _merged(self, given: Sequence[tuple[int, A]], weights: Sequence[float]) -> Sequence[tuple[Any, float]]:
        from quality.spread import Spread

        marked = [(worker, self._kind.marks(answer)) for worker, answer in given]
        return self._kind.measures().merge_known(marked, self.spread or Spread(), keep=0.0, weights=weights)

    def _in_order(self, parts: list[tuple[Any, float]]) -> list[tuple[Any, float]]:
        order = self._kind.order
        return parts if order is None else sorted(parts, key=lambda part: order(part[0]))


def _stays(share: float) -> bool:
    return share >= KEEP - ALMOST


class MarkAggregator(Generic[S, P, A]):
    """Clusters with one mark per worker, kept with 40% of the votes; edges by those who mark exactly."""

    method = "cluster edges without habits"
    version = 3

    def __init__(self, kind: Kind[P, A]) -> None:
        self._kind = kind

    @property
    def table(self) -> str:
        """The kind of label in `quality.tables`."""
        return self._kind.table

    def model(self, skills: Mapping[int, float]) -> MarkModel[S, P, A]:
        """With known skills."""
        return MarkModel(self._kind, skills)

    def fit(self, work: Sequence[Judged[S, P, A]]) -> MarkModel[S, P, A]:
        """How exactly and with what habit each worker marks; skill: how well a worker's marks fit gold, or the merged ones."""
        kind = self._kind
        marked = [[(one.worker, kind.marks(one.answer)) for one in each.judgements if one.answer is not None] for each in work]
        spread = kind.measures().fit(marked)
        even: MarkModel[S, P, A] = MarkModel(kind, {}, spread)
        scoring: MarkScoring[S, P, A] = MarkScoring(kind)
        return MarkModel(kind, crowds.fit_by_scores(work, even, scoring), spread)

    def model_of(self, skills: Mapping[int, float], habits: Mapping[int, Json]) -> MarkModel[S, P, A]:
        """With known skills, and per worker what `habits_of` kept."""
        from quality.spread import remembered

        return MarkModel(self._kind, skills, remembered(habits))

    def habits_of(self, model: MarkModel[S, P, A]) -> Mapping[int, Json]:
        """Worker → {"error": beside the crowd's, "habit": per edge, in the mark's own unit}."""
        return {} if model.spread is None else model.spread.remember()
