"""Skills of workers from how well each answer fits what came out, shrunk to the crowd while little is known."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import TypeVar

from pydantic import BaseModel

from task_types.protocol import Judged, Model, Scoring, Settled
from task_types.settings import StepSettings

S = TypeVar("S", bound=StepSettings)
P = TypeVar("P", bound=BaseModel)
A = TypeVar("A", bound=BaseModel)

UNKNOWN = 0.7  # skill of a worker nobody knows yet, and the crowd's before any answer
PRIOR_ANSWERS = 10.0  # the crowd's mean counts as so many answers of each worker


def shrunk_skills(scores: Iterable[tuple[int, float]]) -> dict[int, float]:
    """
    Mean score per worker with the crowd's mean as a prior worth ten answers.

    Args:
        scores: (worker, how well one answer fits the outcome, 0–1).
    """
    sums: dict[int, float] = defaultdict(float)
    counts: dict[int, int] = defaultdict(int)
    for worker, score in scores:
        sums[worker] += score
        counts[worker] += 1
    total = sum(counts.values())
    crowd = sum(sums.values()) / total if total else UNKNOWN
    return {w: (sums[w] + PRIOR_ANSWERS * crowd) / (counts[w] + PRIOR_ANSWERS) for w in sorted(counts)}


def skill(skills: Mapping[int, float], worker: int) -> float:
    """A worker's skill; the crowd's mean for somebody new."""
    if worker in skills:
        return skills[worker]
    return sum(skills.values()) / len(skills) if skills else UNKNOWN


def confidence(shares: Iterable[float], alone: float | None = None) -> float:
    """Mean certainty of the parts of an outcome; `alone` is the skill of the only person who answered."""
    kept = list(shares)
    mean = sum(kept) / len(kept) if kept else 1.0
    return round(mean if alone is None else mean * alone, 4)


def fit_by_scores(work: Iterable[Judged[S, P, A]], even: Model[S, P, A], scoring: Scoring[S, P, A]) -> dict[int, float]:
    """Skills from how near each answer is to gold, or to what the even model makes of everybody's answers."""
    return shrunk_skills(score for judged in work for score in _scores(judged, even, scoring))


def _scores(judged: Judged[S, P, A], even: Model[S, P, A], scoring: Scoring[S, P, A]) -> Iterator[tuple[int, float]]:
    settled = even.settle(judged.case, judged.judgements)
    right = list(judged.gold) or ([settled.answer] if isinstance(settled, Settled) and settled.answer is not None else [])
    if not right or (not judged.gold and len(judged.judgements) < 2):
        return  # agreeing with oneself says nothing
    for one in judged.judgements:
        if one.answer is not None:
            yield one.worker, max(1.0 - scoring.distance(judged.case, one.answer, good) for good in right)
