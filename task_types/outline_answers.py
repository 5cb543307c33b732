"""Outlines and lines as people draw them, how two such answers compare, and how those of several people become one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import hypot
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from task_types import crowds, geometry, wording
from task_types.marking import ALMOST, KEEP
from task_types.protocol import Agreement, Case, Collected, Judged, Judgement, Outcome, Settled
from task_types.settings import AnyLabel, Label
from task_types.shapes import DrawingSettings, ImagePayload, Pixels

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MOST_POINTS = 1000
TOLERANCE = 0.01  # of the picture's diagonal: so far apart two lines are still the same


class OutlineSettings(DrawingSettings):
    """Settings of a step with outlines or lines. min_shapes 0: a person may say that there is nothing."""

    labels: tuple[AnyLabel, ...] = Field(
        default=(Label(value="object", text={"nl": "voorwerp", "en": "object"}),), min_length=1, max_length=200
    )
    min_shapes: int = Field(default=0, ge=0, le=500, description="0: \u201cthere is nothing here\u201d is an answer too")
    max_shapes: int = Field(default=200, ge=1, le=1000)

    @model_validator(mode="after")
    def _labels_differ(self) -> OutlineSettings:
        wording.check_labels(self.labels)
        return self


class Shape(BaseModel):
    """Points in order, pixels of the upright original; an outline closes by itself."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    label: str
    points: tuple[tuple[Pixels, Pixels], ...] = Field(max_length=MOST_POINTS)


class PolygonAnswer(BaseModel):
    """All outlines; none: there is nothing here."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    polygons: tuple[Shape, ...]


class LineAnswer(BaseModel):
    """All lines; none: there is nothing here."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    lines: tuple[Shape, ...]


OutlineAnswer = PolygonAnswer | LineAnswer
OutlineCase = Case[OutlineSettings, ImagePayload]


def shapes_of(answer: OutlineAnswer) -> tuple[Shape, ...]:
    """Its outlines or its lines."""
    return answer.polygons if isinstance(answer, PolygonAnswer) else answer.lines


def _same(case: OutlineCase, left: Sequence[Shape], right: Sequence[Shape], *, closed: bool) -> NDArray[np.float64]:
    """How far each pair is the same thing, 0–1; 0 where labels differ."""
    import numpy as np

    reach = TOLERANCE * hypot(case.payload.width, case.payload.height)
    found = np.zeros((len(left), len(right)))
    for i, a in enumerate(left):
        for j, b in enumerate(right):
            if a.label == b.label:
                together = (
                    geometry.outline_iou(a.points, b.points) if closed else geometry.line_overlap(a.points, b.points, reach)
                )
                found[i, j] = together
    return found


class OutlineScoring:
    """Shapes are matched one to one; half in common is a match."""

    agreement: Agreement = "pairwise"

    def __init__(self, *, closed: bool) -> None:
        self._closed = closed

    def gold_score(self, case: OutlineCase, answer: OutlineAnswer, accepted: Sequence[OutlineAnswer]) -> float:
        """F1 at half in common × mean overlap of the matches."""
        from quality.clusters import matched_score

        return max((matched_score(*self._matched(case, answer, one)) for one in accepted), default=0.0)

    def distance(self, case: OutlineCase, left: OutlineAnswer, right: OutlineAnswer) -> float:
        """1 − F1 at half in common."""
        from quality.clusters import matched_f1

        return 1.0 - matched_f1(*self._matched(case, left, right))

    def _matched(
        self, case: OutlineCase, left: OutlineAnswer, right: OutlineAnswer
    ) -> tuple[Sequence[tuple[int, int, float]], int, int]:
        """The pairs, and how many shapes each has."""
        from quality.clusters import assign

        a, b = shapes_of(left), shapes_of(right)
        return assign(_same(case, a, b, closed=self._closed), 0.5), len(a), len(b)


class OutlineModel:
    """Of each shape that enough people drew, the one that fits all of theirs best."""

    def __init__(self, kind: Kind, skills: Mapping[int, float]) -> None:
        self._kind = kind
        self._skills = dict(skills)

    @property
    def skills(self) -> Mapping[int, float]:
        """Worker → mean F1 with what came out."""
        return self._skills

    def settle(self, case: OutlineCase, judgements: Sequence[Judgement[Any]]) -> Outcome[Any]:
        """One set of shapes; `detail["votes"]` holds each one's share."""
        from quality.clusters import cluster

        given = [(one.worker, one.answer) for one in judgements if one.answer is not None]
        if case.settings.opinion:
            return Collected([answer for _, answer in given])
        if not given:
            return Settled(answer=None, confidence=None)
        weights = [crowds.skill(self._skills, worker) for worker, _ in given]
        found = cluster([shapes_of(answer) for _, answer in given], self._overlap(case), threshold=0.5, keep=0.0, weights=weights)
        kept = [one for one in found if one.share >= KEEP - ALMOST]
        certain = [one.share if one.share >= KEEP - ALMOST else 1.0 - one.share for one in found]
        overlap = self._overlap(case)
        best = [
            geometry.medoid(one.members, [weights[worker] for worker in one.workers], overlap(one.members, one.members))
            for one in kept
        ]
        alone = weights[0] if len(given) == 1 else None
        detail = {"votes": [round(one.share, 4) for one in kept]}
        return Settled(self._kind.answer(best), crowds.confidence(certain, alone), detail)

    def _overlap(self, case: OutlineCase) -> Any:
        return lambda left, right: _same(case, left, right, closed=self._kind.closed)


class OutlineAggregator:
    """Clusters with one shape per worker, kept with 40% of the votes; the member that fits best stands for them."""

    method = "cluster medoid"
    version = 1
    table = "boxes"

    def __init__(self, kind: Kind) -> None:
        self._kind = kind

    def model(self, skills: Mapping[int, float]) -> OutlineModel:
        """With known skills."""
        return OutlineModel(self._kind, skills)

    def fit(self, work: Sequence[Judged[OutlineSettings, ImagePayload, Any]]) -> OutlineModel:
        """Skill: how well a worker's shapes fit gold, or what came out."""
        even = OutlineModel(self._kind, {})
        return OutlineModel(self._kind, crowds.fit_by_scores(work, even, OutlineScoring(closed=self._kind.closed)))


class Kind:
    """What makes an outline an outline and a line a line."""

    def __init__(self, name: Literal["polygon", "line"], model: type[OutlineAnswer], field: str, *, closed: bool) -> None:
        self.name = name
        self.model = model
        self.field = field
        self.closed = closed

    def answer(self, found: Sequence[Any]) -> Any:
        """An answer with these shapes."""
        return self.model.model_validate({self.field: found})

    def has_size(self, shape: Shape) -> bool:
        """Enough points, and not all in one place or on one line."""
        if self.closed:
            return len(shape.points) >= 3 and geometry.area(shape.points) > 0
        return len(shape.points) >= 2 and geometry.length(shape.points) > 0


POLYGON = Kind("polygon", PolygonAnswer, "polygons", closed=True)
LINE = Kind("line", LineAnswer, "lines", closed=False)
