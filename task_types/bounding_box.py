"""`bounding_box`: draw a box around each thing of certain kinds in a picture."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from accessibility.sentences import sentence
from task_types import forms, marking, shapes, studio, subjects, wording
from task_types.exports import exporters_for
from task_types.exports.coco import Coco
from task_types.exports.joining import CocoShape
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
from task_types.settings import AnyLabel, Label
from task_types.shapes import DrawingSettings, ImagePayload, Pixels, neat

if TYPE_CHECKING:
    from quality.boxes import Box as QualityBox

LABELS = "rectanglelabels"  # Label Studio's name for the kind of region


class BoxSettings(DrawingSettings):
    """Settings of a step with boxes. min_boxes 0: a person may say that there is nothing."""

    labels: tuple[AnyLabel, ...] = Field(
        default=(Label(value="object", text={"nl": "voorwerp", "en": "object"}),), min_length=1, max_length=200
    )
    min_boxes: int = Field(default=0, ge=0, le=500, description="0: \u201cthere is nothing here\u201d is an answer too")
    max_boxes: int = Field(default=200, ge=1, le=1000)

    @model_validator(mode="after")
    def _labels_differ(self) -> BoxSettings:
        wording.check_labels(self.labels)
        if self.min_boxes > self.max_boxes:
            raise ValueError(sentence("min_boxes is more than max_boxes."))
        return self


class Box(BaseModel):
    """Left upper corner and size, pixels of the upright original."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    label: str
    x: Pixels
    y: Pixels
    width: Pixels
    height: Pixels


class BoxAnswer(BaseModel):
    """All boxes; none: there is nothing here."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    boxes: tuple[Box, ...]


BoxCase = Case[BoxSettings, ImagePayload]

TITLE: wording.Words = {"nl": "Teken een vak om: {labels}", "en": "Draw a box around: {labels}"}
STEPS: Sequence[wording.Words] = (
    {"nl": "Kijk naar de foto.", "en": "Look at the picture."},
    {"nl": "Teken een vak om elk ding dat je zoekt.", "en": "Draw a box around each thing you look for."},
    {"nl": "Teken het vak zo krap als het kan.", "en": "Draw the box as tight as you can."},
    {"nl": "Kies bij elk vak wat het is.", "en": "Choose for each box what it is."},
)
NAMED: wording.Words = {"nl": "Vak {number} ({label})", "en": "Box {number} ({label})"}
NO_SIZE: wording.Words = {
    "nl": "{shape}: breedte {width} en hoogte {height}. Allebei moeten meer dan 0 zijn. Teken het vak opnieuw.",
    "en": "{shape}: width {width} and height {height}. Both must be more than 0. Draw the box again.",
}
EMPTY: wording.Words = {
    "nl": "Er is nog geen vak. Teken een vak, of kies \u201cEr is hier niets\u201d.",
    "en": "There is no box yet. Draw a box, or choose \u201cThere is nothing here\u201d.",
}
EMPTY_ROW: wording.Words = {
    "nl": "Vak {number} is niet af. Vul alles in: wat het is, x, y, breedte en hoogte.",
    "en": "Box {number} is not complete. Fill in all of it: what it is, x, y, width and height.",
}


def _quality(answer: BoxAnswer) -> list[QualityBox]:
    from quality.boxes import Box as QualityBox

    return [QualityBox(b.label, b.x, b.y, b.width, b.height) for b in answer.boxes]


def _rounded(box: QualityBox, payload: ImagePayload) -> Box:
    # Weights leave noise in the last digits; a hundredth of a pixel is finer than anybody draws. A habit that is taken off
    # inward may push an edge outside: what is asked about ends at the picture's own edge.
    asked = payload.asked
    x1, x2 = (min(max(value, asked.x), asked.x + asked.width) for value in (box.x, box.x + box.width))
    y1, y2 = (min(max(value, asked.y), asked.y + asked.height) for value in (box.y, box.y + box.height))
    x, y, width, height = (round(value, 2) for value in (x1, y1, x2 - x1, y2 - y1))
    return Box(label=box.label, x=x, y=y, width=max(width, 0.01), height=max(height, 0.01))


KIND: marking.Kind[ImagePayload, BoxAnswer] = marking.Kind(
    table="boxes",
    measures=marking.boxes,
    marks=_quality,
    part=_rounded,
    answer=lambda parts: BoxAnswer(boxes=tuple(parts)),
)


class BoxControl:
    """`RectangleLabels`: percentages of the picture there, pixels here."""

    control = "RectangleLabels"
    _tag = studio.Control("RectangleLabels", ("image",))

    def config(self, settings: BoxSettings, payload: ImagePayload) -> str:
        """The labelling config."""
        return self._tag.config(settings, "image", [label.value for label in settings.labels])

    def from_config(self, xml: str) -> BoxSettings | None:
        """Settings from a config with this control."""
        found = self._tag.find(xml)
        return None if found is None else BoxSettings.model_validate(found.settings("labels"))

    def task_data(self, case: BoxCase, url: str) -> dict[str, Json]:
        """The picture's address; of a video which frame."""
        return {studio.data_name(case.settings, "image"): url, **case.payload.studio}

    def to_result(self, case: BoxCase, answer: BoxAnswer) -> list[dict[str, Json]]:
        """One region per box."""
        size = {"original_width": case.payload.width, "original_height": case.payload.height, "image_rotation": 0}
        shown = [{**_percent(box, case.payload), "rotation": 0, LABELS: [box.label]} for box in answer.boxes]
        return [studio.region(case.settings, LABELS, value, number=i, extra=size) for i, value in enumerate(shown)]

    def from_result(self, case: BoxCase, result: Sequence[Mapping[str, Json]]) -> BoxAnswer:
        """Pixels again; a region with several labels gives a box each."""
        found = studio.values(case.settings, LABELS, result)
        return BoxAnswer(boxes=tuple(_pixels(value, label, case.payload) for value in found for label in value[LABELS]))


def _percent(box: Box, payload: ImagePayload) -> dict[str, float]:
    across, down = 100.0 / payload.width, 100.0 / payload.height
    return {"x": box.x * across, "y": box.y * down, "width": box.width * across, "height": box.height * down}


def _pixels(value: Mapping[str, Json], label: str, payload: ImagePayload) -> Box:
    across, down = payload.width / 100.0, payload.height / 100.0
    sides = (value["x"] * across, value["y"] * down, value["width"] * across, value["height"] * down)
    if turned := value.get("rotation"):
        sides = _around(*sides, float(turned), payload)
    x, y, width, height = (round(side, 4) for side in sides)
    return Box(label=label, x=x, y=y, width=width, height=height)


def _around(
    x: float, y: float, width: float, height: float, degrees: float, payload: ImagePayload
) -> tuple[float, float, float, float]:
    """The upright box around one that Label Studio turned clockwise about its first corner, within the picture."""
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    corners = [(across * cos - down * sin, across * sin + down * cos) for across in (0, width) for down in (0, height)]
    left, right = (min(max(x + end(at for at, _ in corners), 0.0), float(payload.width)) for end in (min, max))
    top, bottom = (min(max(y + end(at for _, at in corners), 0.0), float(payload.height)) for end in (min, max))
    return left, top, right - left, bottom - top


def _coco(answer: BoxAnswer) -> list[CocoShape]:
    return [CocoShape(b.label, (b.x, b.y, b.width, b.height), (), b.width * b.height) for b in answer.boxes]


def _from_coco(found: Sequence[CocoShape]) -> BoxAnswer:
    rows = [dict(zip(("x", "y", "width", "height"), shape.bbox, strict=True), label=shape.label) for shape in found]
    return BoxAnswer.model_validate({"boxes": rows})


def _box(label: str, x: float, y: float, width: float, height: float) -> Box:
    return Box(label=label, x=x, y=y, width=width, height=height)


HARBOUR: BoxCase = Case(
    BoxSettings(
        labels=(
            Label(value="boat", text={"nl": "boot", "en": "boat"}),
            Label(value="person", text={"nl": "persoon", "en": "person"}),
        )
    ),
    ImagePayload(media="harbour", width=640, height=480),
    "en",
)
EXAMPLES: Sequence[Example[BoxSettings, ImagePayload, BoxAnswer]] = (
    Example(
        title="One boat on the water",
        case=HARBOUR,
        accepted=[BoxAnswer(boxes=(_box("boat", 120, 200, 180, 90),)), BoxAnswer(boxes=(_box("boat", 118, 198, 184, 94),))],
        wrong=BoxAnswer(boxes=(_box("boat", 400, 20, 60, 60),)),
        form={"boxes": '[{"label": "boat", "x": 120, "y": 200, "width": 180, "height": 90}]'},
    ),
    Example(
        title="A boat and somebody on the quay, typed in without a mouse",
        case=HARBOUR,
        accepted=[BoxAnswer(boxes=(_box("boat", 10.5, 20, 200, 100), _box("person", 500, 300, 40, 120)))],
        wrong=BoxAnswer(boxes=(_box("person", 10.5, 20, 200, 100),)),
        form={
            "boxes": "",
            "box-0-label": "boat",
            "box-0-x": "10,5",
            "box-0-y": "20",
            "box-0-width": "200",
            "box-0-height": "100",
            "box-1-label": "person",
            "box-1-x": "500",
            "box-1-y": "300",
            "box-1-width": "40",
            "box-1-height": "120",
            "box-2-label": "",
            "box-2-x": "",
            "box-2-y": "",
            "box-2-width": "",
            "box-2-height": "",
        },
    ),
    Example(
        title="A frame of a video",
        case=Case(HARBOUR.settings, ImagePayload(media="harbour-film", width=640, height=360, frame=50, at_ms=2000), "en"),
        accepted=[BoxAnswer(boxes=(_box("person", 300, 120, 60, 140),))],
        wrong=BoxAnswer(boxes=()),
        form={"boxes": '[{"label": "person", "x": 300, "y": 120, "width": 60, "height": 140}]'},
    ),
    Example(
        title="An empty sea",
        case=HARBOUR,
        accepted=[BoxAnswer(boxes=())],
        wrong=BoxAnswer(boxes=(_box("boat", 0, 0, 30, 30),)),
        form={"boxes": "[]", "nothing": "1"},
    ),
)


class BoundingBox:
    """The type object."""

    name = "bounding_box"
    version = 1
    title: Mapping[str, str] = {"nl": "Vakken tekenen", "en": "Draw boxes"}
    settings_model = BoxSettings
    payload_model = ImagePayload
    answer_model = BoxAnswer
    accepts = frozenset({"image", "video"})
    examples = EXAMPLES
    scoring: marking.MarkScoring[BoxSettings, ImagePayload, BoxAnswer] = marking.MarkScoring(KIND)
    aggregator: marking.MarkAggregator[BoxSettings, ImagePayload, BoxAnswer] = marking.MarkAggregator(KIND)
    label_studio = BoxControl()
    exporters = exporters_for(BoxAnswer, label_studio, coco=Coco(_coco, _from_coco))

    def needs(self, settings: BoxSettings, payload: ImagePayload) -> frozenset[Need]:
        """Sight; drawing is also possible by keyboard and by numbers, so no pointer."""
        return frozenset({Need.SIGHT})

    def split(self, source: Source, settings: BoxSettings, media: MediaReader) -> Iterator[tuple[str, ImagePayload]]:
        """The picture, whole or in parts; of a video chosen frames."""
        return shapes.image_payloads(subjects.first_part(source, self.accepts, self.name), settings, media)

    def question(self, case: BoxCase) -> Question:
        """What to draw around."""
        labels = ", ".join(label.words(case.locale) for label in case.settings.labels[:5])
        return wording.ask(case.settings, case.locale, TITLE, STEPS, labels=labels)

    def widget(self, case: BoxCase) -> Widget:
        """The box widget."""
        settings = case.settings
        return Widget(
            "bounding_box",
            {
                "subject": case.payload.shown,
                "labels": [wording.shown_label(label, case.locale) for label in settings.labels],
                "min_boxes": settings.min_boxes,
                "max_boxes": settings.max_boxes,
                "nothing_allowed": settings.min_boxes == 0,
                "nothing_text": wording.say(wording.NOTHING_HERE, case.locale),
            },
        )

    def dialogue(self, case: BoxCase) -> Dialogue | NotByVoice:
        """A box needs eyes on the picture."""
        words = {"nl": "Voor vakken tekenen moet je de foto zien.", "en": "To draw boxes you need to see the picture."}
        return NotByVoice(wording.say(words, case.locale))

    def parse(self, case: BoxCase, raw: Mapping[str, Any]) -> BoxAnswer:
        """Field `boxes` (JSON), or rows `box-0-label`, `box-0-x` …; `nothing` when there is nothing."""
        rows = forms.json_rows(raw, "boxes", case.locale) or [
            _row(i, row, case) for i, row in forms.plain_rows(raw, "box", ("label", "x", "y", "width", "height"))
        ]
        if not rows and not (case.settings.min_boxes == 0 and forms.ticked(raw, "nothing")):
            raise AnswerError(wording.say(EMPTY, case.locale), field="boxes")
        try:
            return BoxAnswer.model_validate({"boxes": rows})
        except ValidationError as error:
            raise AnswerError(wording.say(forms.BROKEN, case.locale), field="boxes") from error

    def check(self, case: BoxCase, answer: BoxAnswer) -> None:
        """Known labels, inside the picture, with a size; the sentence says which box."""
        settings, locale = case.settings, case.locale
        for i, box in enumerate(answer.boxes):
            field = f"boxes[{i}]"
            name = wording.say(NAMED, locale, number=i + 1, label=box.label)
            shapes.check_label(box.label, settings.labels, name, locale, f"{field}.label")
            if box.width <= 0 or box.height <= 0:
                sides = {"width": neat(box.width), "height": neat(box.height)}
                raise AnswerError(wording.say(NO_SIZE, locale, shape=name, **sides), field=field)
            shapes.check_inside((box.x, box.y, box.x + box.width, box.y + box.height), case.payload, name, locale, field)
        shapes.check_count(len(answer.boxes), settings.min_boxes, settings.max_boxes, locale, "boxes")

    def follow_up(self, case: BoxCase, outcome: Outcome[BoxAnswer]) -> Iterator[ImagePayload]:
        """None."""
        return iter(())

    def upgrade(self, what: Literal["settings", "payload", "answer"], version: int, data: dict[str, Json]) -> dict[str, Json]:
        """Version 1 is the first."""
        return data


def _row(i: int, row: Mapping[str, str], case: BoxCase) -> dict[str, Json]:
    if not all(row.values()):
        raise AnswerError(wording.say(EMPTY_ROW, case.locale, number=i + 1), field=f"box-{i}")
    sides = {side: forms.number(row[side], case.locale, f"box-{i}-{side}") for side in ("x", "y", "width", "height")}
    return {"label": row["label"], **sides}


TASK_TYPE = BoundingBox()
