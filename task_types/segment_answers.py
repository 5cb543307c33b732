"""What people mark as from when to when, how two such answers compare, and how those of several people become one."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field, field_validator

from task_types import crowds, labels
from task_types.cutting import TimeSettings
from task_types.protocol import Agreement, Case, Collected, Json, Judged, Judgement, Outcome, Settled
from task_types.settings import AnyLabel, Label
from task_types.subjects import Subject

if TYPE_CHECKING:
    from quality.segments import Segment as QualitySegment
    from quality.spread import Spread

KEEP = 0.4  # share of the votes that keeps a segment
SOUNDS = (
    Label(value="music", text={"nl": "muziek", "en": "music"}),
    Label(value="speech", text={"nl": "spraak", "en": "speech"}),
    Label(value="applause", text={"nl": "applaus", "en": "applause"}),
)


class SegmentSettings(labels.LabelSettings, TimeSettings):
    """Settings of a step that marks times. min_segments 0: a person may say that there is nothing."""

    labels: tuple[AnyLabel, ...] = Field(default=SOUNDS, min_length=1, max_length=200)
    min_segments: int = Field(default=0, ge=0, le=200, description="0: \u201cthere is nothing here\u201d is an answer too")
    max_segments: int = Field(default=200, ge=1, le=1000)
    overlap_allowed: bool = Field(default=True, description="two segments may share time")


class Segment(BaseModel):
    """From start to end, ms from the start of the original."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    label: str
    start_ms: int = Field(strict=True)
    end_ms: int = Field(strict=True)


class SegmentAnswer(BaseModel):
    """All segments in order of time; none: there is nothing here."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    segments: tuple[Segment, ...]

    @field_validator("segments")
    @classmethod
    def _in_order(cls, segments: tuple[Segment, ...]) -> tuple[Segment, ...]:
        return tuple(sorted(segments, key=lambda one: (one.start_ms, one.end_ms, one.label)))


SegmentCase = Case[SegmentSettings, Subject]


def _quality(answer: SegmentAnswer) -> list[QualitySegment]:
    from quality.segments import Segment as QualitySegment

    return [QualitySegment(one.label, one.start_ms, one.end_ms) for one in answer.segments]


class SegmentScoring:
    """Segments are matched one to one: half in common, or both edges within a fifth of a second."""

    agreement: Agreement = "pairwise"

    def gold_score(self, case: SegmentCase, answer: SegmentAnswer, accepted: Sequence[SegmentAnswer]) -> float:
        """F1 × mean overlap of the matches."""
        from quality.segments import gold_score

        return gold_score(_quality(answer), [_quality(one) for one in accepted])

    def distance(self, case: SegmentCase, left: SegmentAnswer, right: SegmentAnswer) -> float:
        """1 − F1."""
        from quality.segments import f1

        return 1.0 - f1(_quality(left), _quality(right))


class SegmentModel:
    """Weighted median of each edge over the workers that marked the segment, with each worker's habit taken off."""

    def __init__(self, skills: Mapping[int, float], spread: Spread | None = None) -> None:
        self._skills = dict(skills)
        self.spread = spread

    @property
    def skills(self) -> Mapping[int, float]:
        """Worker → mean F1 with the merged segments."""
        return self._skills

    def settle(self, case: SegmentCase, judgements: Sequence[Judgement[SegmentAnswer]]) -> Outcome[SegmentAnswer]:
        """One set of segments; `detail["votes"]` holds each one's share."""
        from quality.segments import merge_known
        from quality.spread import Spread

        given = [(one.worker, one.answer) for one in judgements if one.answer is not None]
        if case.settings.opinion:
            return Collected([answer for _, answer in given])
        if not given:
            return Settled(answer=None, confidence=None)
        weights = [crowds.skill(self._skills, worker) for worker, _ in given]
        marks = [(worker, _quality(answer)) for worker, answer in given]
        found = merge_known(marks, self.spread or Spread(), keep=0.0, weights=weights)
        kept = [(one, share) for one, share in found if share >= KEEP - 1e-9]
        certain = [share if share >= KEEP - 1e-9 else 1.0 - share for _, share in found]
        merged = SegmentAnswer(segments=tuple(_whole(one, case.payload) for one, _ in kept))
        alone = weights[0] if len(given) == 1 else None
        return Settled(merged, crowds.confidence(certain, alone), {"votes": [round(share, 4) for _, share in kept]})


def _whole(one: QualitySegment, asked: Subject) -> Segment:
    # A habit that is taken off may push an edge outside: what is asked about ends where the piece ends.
    last = asked.end_ms if asked.end_ms is not None else math.inf
    start = int(min(max(round(one.start_ms), asked.start_ms), last - 1))
    return Segment(label=one.label, start_ms=start, end_ms=int(min(max(round(one.end_ms), start + 1), last)))


class SegmentAggregator:
    """Clusters in one dimension, kept with 40% of the votes; edges by those who mark exactly."""

    method = "cluster median without habits"
    version = 2
    table = "segments"

    def model(self, skills: Mapping[int, float]) -> SegmentModel:
        """With known skills."""
        return SegmentModel(skills)

    def fit(self, work: Sequence[Judged[SegmentSettings, Subject, SegmentAnswer]]) -> SegmentModel:
        """How exactly and with what habit each worker marks; skill: how well a worker's segments fit the merged ones."""
        from quality.segments import fit_segments

        marks = [[(one.worker, _quality(one.answer)) for one in each.judgements if one.answer is not None] for each in work]
        spread = fit_segments(marks)
        return SegmentModel(crowds.fit_by_scores(work, SegmentModel({}, spread), SegmentScoring()), spread)

    def model_of(self, skills: Mapping[int, float], habits: Mapping[int, Json]) -> SegmentModel:
        """With known skills, and per worker what `habits_of` kept."""
        from quality.spread import remembered

        return SegmentModel(skills, remembered(habits))

    def habits_of(self, model: SegmentModel) -> Mapping[int, Json]:
        """Worker → {"error": beside the crowd's, "habit": ms per edge}."""
        return {} if model.spread is None else model.spread.remember()
