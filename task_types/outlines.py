"""`polygon`: outline an object; `line`: follow a drawn line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import hypot
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from task_types import crowds, forms, geometry, shapes, studio, subjects, wording
from task_types.exports import exporters_for
from task_types.exports.coco import Coco
from task_types.exports.joining import CocoShape
from task_types.protocol import (
    Agreement,
    AnswerError,
    Case,
    Collected,
    Dialogue,
    Example,
    Json,
    Judged,
    Judgement,
    MediaReader,
    Need,
    NotByVoice,
    Outcome,
    Question,
    Settled,
    Source,
    Widget,
)
from task_types.settings import AnyLabel, Label
from task_types.shapes import DrawingSettings, ImagePayload, Pixels

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

KEEP = 0.4  # share of the votes that keeps a shape
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

TITLES: Mapping[str, wording.Words] = {
    "polygon": {"nl": "Teken de omtrek van: {labels}", "en": "Draw the outline of: {labels}"},
    "line": {"nl": "Volg met een lijn: {labels}", "en": "Follow with a line: {labels}"},
}
STEPS: Mapping[str, Sequence[wording.Words]] = {
    "polygon": (
        {"nl": "Kijk naar de foto.", "en": "Look at the picture."},
        {"nl": "Zet punten langs de rand.", "en": "Put points along the edge."},
        {"nl": "Kies wat het is.", "en": "Choose what it is."},
    ),
    "line": (
        {"nl": "Kijk naar de foto.", "en": "Look at the picture."},
        {"nl": "Zet punten op de lijn, van begin tot eind.", "en": "Put points on the line, from start to end."},
        {"nl": "Kies wat het is.", "en": "Choose what it is."},
    ),
}
NAMED: Mapping[str, wording.Words] = {
    "polygon": {"nl": "Omtrek {number} ({label})", "en": "Outline {number} ({label})"},
    "line": {"nl": "Lijn {number} ({label})", "en": "Line {number} ({label})"},
}
EMPTY: wording.Words = {
    "nl": "Er is nog niets getekend. Teken iets, of kies \u201cEr is hier niets\u201d.",
    "en": "Nothing is drawn yet. Draw something, or choose \u201cThere is nothing here\u201d.",
}
BAD_POINTS: wording.Words = {
    "nl": "\u201c{points}\u201d zijn geen punten. Schrijf x,y met spaties ertussen: 10,20 30,40 50,20.",
    "en": "\u201c{points}\u201d are no points. Write x,y with spaces between: 10,20 30,40 50,20.",
}
TOO_SMALL: Mapping[str, wording.Words] = {
    "polygon": {
        "nl": "{shape}: {count} punten zonder oppervlak. Zet ten minste drie punten om het ding heen.",
        "en": "{shape}: {count} points without an area. Put at least three points around the thing.",
    },
    "line": {
        "nl": "{shape}: {count} punten zonder lengte. Zet ten minste twee punten op de lijn.",
        "en": "{shape}: {count} points without a length. Put at least two points on the line.",
    },
}


def _shapes(answer: OutlineAnswer) -> tuple[Shape, ...]:
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
        return max((self._score(case, answer, one) for one in accepted), default=0.0)

    def _score(self, case: OutlineCase, answer: OutlineAnswer, accepted: OutlineAnswer) -> float:
        pairs, f1 = self._matched(case, answer, accepted)
        return f1 * (sum(pairs) / len(pairs) if pairs else 1.0)

    def _matched(self, case: OutlineCase, left: OutlineAnswer, right: OutlineAnswer) -> tuple[list[float], float]:
        from quality.clusters import assign, matched_f1

        a, b = _shapes(left), _shapes(right)
        pairs = assign(_same(case, a, b, closed=self._closed), 0.5)
        return [overlap for _, _, overlap in pairs], matched_f1(pairs, len(a), len(b))

    def distance(self, case: OutlineCase, left: OutlineAnswer, right: OutlineAnswer) -> float:
        """1 − F1 at half in common."""
        return 1.0 - self._matched(case, left, right)[1]


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
        found = cluster([_shapes(answer) for _, answer in given], self._overlap(case), threshold=0.5, keep=0.0, weights=weights)
        kept = [one for one in found if one.share >= KEEP - 1e-9]
        certain = [one.share if one.share >= KEEP - 1e-9 else 1.0 - one.share for one in found]
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


class PolygonControl:
    """`PolygonLabels`: percentages of the picture there, pixels here."""

    control = "PolygonLabels"
    _tag = studio.Control("PolygonLabels", ("image",))

    def config(self, settings: OutlineSettings, payload: ImagePayload) -> str:
        """The labelling config."""
        return self._tag.config(settings, "image", [label.value for label in settings.labels])

    def from_config(self, xml: str) -> OutlineSettings | None:
        """Settings from a config with this control."""
        found = self._tag.find(xml)
        return None if found is None else OutlineSettings.model_validate(found.settings("labels"))

    def task_data(self, case: OutlineCase, url: str) -> dict[str, Json]:
        """The picture's address; of a video which frame."""
        return {studio.data_name(case.settings, "image"): url, **case.payload.studio}

    def to_result(self, case: OutlineCase, answer: PolygonAnswer) -> list[dict[str, Json]]:
        """One region per outline."""
        width, height = case.payload.width, case.payload.height
        size = {"original_width": width, "original_height": height, "image_rotation": 0}
        shown = [
            {
                "points": [[x * 100 / width, y * 100 / height] for x, y in one.points],
                "closed": True,
                "polygonlabels": [one.label],
            }
            for one in answer.polygons
        ]
        return [studio.region(case.settings, "polygonlabels", value, number=i, extra=size) for i, value in enumerate(shown)]

    def from_result(self, case: OutlineCase, result: Sequence[Mapping[str, Json]]) -> PolygonAnswer:
        """Pixels again; a region with several labels gives an outline each."""
        across, down = case.payload.width / 100, case.payload.height / 100
        found = studio.values(case.settings, "polygonlabels", result)
        return PolygonAnswer(
            polygons=tuple(
                Shape(label=label, points=tuple((round(x * across, 4), round(y * down, 4)) for x, y in value["points"]))
                for value in found
                for label in value["polygonlabels"]
            )
        )


def _coco(answer: PolygonAnswer) -> list[CocoShape]:
    return [
        CocoShape(one.label, geometry.bounds(one.points), [[v for point in one.points for v in point]], geometry.area(one.points))
        for one in answer.polygons
    ]


def _from_coco(found: Sequence[CocoShape]) -> PolygonAnswer:
    rows = [
        {"label": shape.label, "points": list(zip(outline[::2], outline[1::2], strict=True))}
        for shape in found
        for outline in shape.segmentation
    ]
    return PolygonAnswer.model_validate({"polygons": rows})


class Outlines:
    """The type object, for one kind of shape."""

    version = 1
    settings_model = OutlineSettings
    payload_model = ImagePayload
    accepts = frozenset({"image", "video"})

    def __init__(
        self, kind: Kind, title: Mapping[str, str], examples: Sequence[Example[OutlineSettings, ImagePayload, Any]]
    ) -> None:
        self._kind = kind
        self.name = kind.name
        self.title = title
        self.examples = examples
        self.answer_model: type[Any] = kind.model
        self.scoring = OutlineScoring(closed=kind.closed)
        self.aggregator = OutlineAggregator(kind)
        self.label_studio = PolygonControl() if kind.closed else None  # Label Studio has no open lines with labels
        coco: dict[str, Any] = {"coco": Coco(_coco, _from_coco)} if kind.closed else {}
        mapping: Any = self.label_studio
        self.exporters = exporters_for(self.answer_model, mapping, **coco)

    def needs(self, settings: OutlineSettings, payload: ImagePayload) -> frozenset[Need]:
        """Sight; drawing is also possible by keyboard and by numbers, so no pointer."""
        return frozenset({Need.SIGHT})

    def split(self, source: Source, settings: OutlineSettings, media: MediaReader) -> Iterator[tuple[str, ImagePayload]]:
        """The picture, whole or in parts; of a video chosen frames."""
        return shapes.image_payloads(subjects.first_part(source, self.accepts, self.name), settings, media)

    def question(self, case: OutlineCase) -> Question:
        """What to draw."""
        words = ", ".join(label.words(case.locale) for label in case.settings.labels[:5])
        return wording.ask(case.settings, case.locale, TITLES[self.name], STEPS[self.name], labels=words)

    def widget(self, case: OutlineCase) -> Widget:
        """The drawing widget of this kind."""
        settings = case.settings
        return Widget(
            self.name,
            {
                "subject": case.payload.shown,
                "labels": [wording.shown_label(label, case.locale) for label in settings.labels],
                "min_shapes": settings.min_shapes,
                "max_shapes": settings.max_shapes,
                "closed": self._kind.closed,
                "nothing_allowed": settings.min_shapes == 0,
                "nothing_text": wording.say(wording.NOTHING_HERE, case.locale),
            },
        )

    def dialogue(self, case: OutlineCase) -> Dialogue | NotByVoice:
        """Drawing needs eyes on the picture."""
        words = {"nl": "Om te tekenen moet je de foto zien.", "en": "To draw you need to see the picture."}
        return NotByVoice(wording.say(words, case.locale))

    def parse(self, case: OutlineCase, raw: Mapping[str, Any]) -> Any:
        """Field `shapes` (JSON), or rows `shape-0-label`, `shape-0-points`; `nothing` when there is nothing."""
        rows = forms.json_rows(raw, "shapes", case.locale) or [
            {"label": row["label"], "points": _points(row["points"], case, f"shape-{i}-points")}
            for i, row in forms.plain_rows(raw, "shape", ("label", "points"))
        ]
        if not rows and not (case.settings.min_shapes == 0 and forms.ticked(raw, "nothing")):
            raise AnswerError(wording.say(EMPTY, case.locale), field="shapes")
        try:
            return self._kind.answer(rows)
        except ValidationError as error:
            raise AnswerError(wording.say(forms.BROKEN, case.locale), field="shapes") from error

    def check(self, case: OutlineCase, answer: Any) -> None:
        """Known labels, inside the picture, with a size; the sentence says which shape."""
        settings, locale = case.settings, case.locale
        found = _shapes(answer)
        for i, one in enumerate(found):
            name, field = wording.say(NAMED[self.name], locale, number=i + 1, label=one.label), f"{self._kind.field}[{i}]"
            shapes.check_label(one.label, settings.labels, name, locale, f"{field}.label")
            if not self._kind.has_size(one):
                raise AnswerError(wording.say(TOO_SMALL[self.name], locale, shape=name, count=len(one.points)), field=field)
            x, y, width, height = geometry.bounds(one.points)
            shapes.check_inside((x, y, x + width, y + height), case.payload, name, locale, field)
        shapes.check_count(len(found), settings.min_shapes, settings.max_shapes, locale, self._kind.field)

    def follow_up(self, case: OutlineCase, outcome: Outcome[Any]) -> Iterator[ImagePayload]:
        """None."""
        return iter(())

    def upgrade(self, what: Literal["settings", "payload", "answer"], version: int, data: dict[str, Json]) -> dict[str, Json]:
        """Version 1 is the first."""
        return data


def _points(text: str, case: OutlineCase, field: str) -> list[tuple[float, float]]:
    pairs = [pair.split(",") for pair in text.split()]
    if any(len(pair) != 2 for pair in pairs):
        raise AnswerError(wording.say(BAD_POINTS, case.locale, points=text[:40]), field=field)
    return [(forms.number(x, case.locale, field), forms.number(y, case.locale, field)) for x, y in pairs]


def _shape(label: str, *points: tuple[float, float]) -> Shape:
    return Shape(label=label, points=points)


SEA: OutlineCase = Case(
    OutlineSettings(
        labels=(Label(value="sail", text={"nl": "zeil", "en": "sail"}), Label(value="hull", text={"nl": "romp", "en": "hull"}))
    ),
    ImagePayload(media="harbour", width=640, height=480),
    "en",
)
SAIL = _shape("sail", (100, 200), (160.5, 60), (220, 200))
TASK_TYPE = Outlines(
    POLYGON,
    {"nl": "Omtrek tekenen", "en": "Outline"},
    (
        Example(
            title="A sail",
            case=SEA,
            accepted=[
                PolygonAnswer(polygons=(SAIL,)),
                PolygonAnswer(polygons=(_shape("sail", (98, 201), (160, 58), (222, 202)),)),
            ],
            wrong=PolygonAnswer(polygons=(_shape("sail", (400, 200), (460, 60), (520, 200)),)),
            form={"shapes": '[{"label": "sail", "points": [[100, 200], [160.5, 60], [220, 200]]}]'},
        ),
        Example(
            title="Points typed in without a mouse",
            case=SEA,
            accepted=[PolygonAnswer(polygons=(_shape("hull", (90, 210), (230, 210), (210, 240), (110, 240)),))],
            wrong=PolygonAnswer(polygons=()),
            form={"shape-0-label": "hull", "shape-0-points": "90,210 230,210 210,240 110,240"},
        ),
        Example(
            title="An empty sea",
            case=SEA,
            accepted=[PolygonAnswer(polygons=())],
            wrong=PolygonAnswer(polygons=(SAIL,)),
            form={"shapes": "[]", "nothing": "1"},
        ),
    ),
)
COAST: OutlineCase = Case(
    OutlineSettings(labels=(Label(value="coast", text={"nl": "kust", "en": "coast"}),), min_shapes=1),
    ImagePayload(media="map", width=800, height=600),
    "en",
)
LINE_TYPE = Outlines(
    LINE,
    {"nl": "Lijn volgen", "en": "Follow a line"},
    (
        Example(
            title="A coast line on a map",
            case=COAST,
            accepted=[
                LineAnswer(lines=(_shape("coast", (10, 300), (200, 280), (400, 320), (780, 310)),)),
                LineAnswer(lines=(_shape("coast", (10, 302), (200, 282), (400, 322), (600, 316), (780, 312)),)),
            ],
            wrong=LineAnswer(lines=(_shape("coast", (10, 500), (780, 520)),)),
            form={"shapes": '[{"label": "coast", "points": [[10, 300], [200, 280], [400, 320], [780, 310]]}]'},
        ),
        Example(
            title="A straight line, typed in",
            case=COAST,
            accepted=[LineAnswer(lines=(_shape("coast", (5, 5), (100, 100)),))],
            wrong=LineAnswer(lines=(_shape("coast", (5, 100), (100, 5)),)),
            form={"shape-0-label": "coast", "shape-0-points": "5,5 100,100"},
        ),
    ),
)
