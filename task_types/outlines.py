"""`polygon`: outline an object; `line`: follow a drawn line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

from pydantic import ValidationError

from task_types import forms, geometry, shapes, studio, subjects, wording
from task_types.exports import exporters_for
from task_types.exports.coco import Coco
from task_types.exports.joining import CocoShape
from task_types.outline_answers import (
    LINE,
    POLYGON,
    Kind,
    LineAnswer,
    OutlineAggregator,
    OutlineCase,
    OutlineScoring,
    OutlineSettings,
    PolygonAnswer,
    Shape,
    shapes_of,
)
from task_types.protocol import (
    AnswerError,
    Case,
    Dialogue,
    Example,
    Json,
    MediaReader,
    Need,
    NotByVoice,
    Outcome,
    Question,
    Source,
    Widget,
)
from task_types.settings import Label
from task_types.shapes import ImagePayload

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
        found = shapes_of(answer)
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
