"""What people mark as from when to when, how two such answers compare, and how those of several people become one."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field, field_validator

from task_types import labels, marking
from task_types.cutting import TimeSettings
from task_types.protocol import Case
from task_types.settings import AnyLabel, Label
from task_types.subjects import Subject

if TYPE_CHECKING:
    from quality.segments import Segment as QualitySegment

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


def _whole(one: QualitySegment, asked: Subject) -> Segment:
    # A habit that is taken off may push an edge outside: what is asked about ends where the piece ends.
    last = asked.end_ms if asked.end_ms is not None else math.inf
    start = int(min(max(round(one.start_ms), asked.start_ms), last - 1))
    return Segment(label=one.label, start_ms=start, end_ms=int(min(max(round(one.end_ms), start + 1), last)))


KIND: marking.Kind[Subject, SegmentAnswer] = marking.Kind(
    table="segments",
    measures=marking.segments,
    marks=_quality,
    part=_whole,
    answer=lambda parts: SegmentAnswer(segments=tuple(parts)),
)
SCORING: marking.MarkScoring[SegmentSettings, Subject, SegmentAnswer] = marking.MarkScoring(KIND)
AGGREGATOR: marking.MarkAggregator[SegmentSettings, Subject, SegmentAnswer] = marking.MarkAggregator(KIND)
