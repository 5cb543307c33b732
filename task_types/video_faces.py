"""`video_faces`: box faces at chosen frames and name them from the client's cast list, or "unknown".

Faces are personal data: work only opens where the client states the legal basis.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from accessibility.sentences import sentence
from task_types import cutting, forms, marking, shapes, subjects, wording
from task_types.cutting import FrameSettings
from task_types.errors import NotSplittable
from task_types.exports import exporters_for
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
from task_types.shapes import ImagePayload, Pixels, neat

if TYPE_CHECKING:
    from quality.boxes import Box as QualityBox

NO_BASIS = "Naming faces needs a legal basis. State in the settings on which ground faces may be named."
UNKNOWN = Label(value="unknown", text={"nl": "onbekend", "en": "unknown"})


class FaceSettings(FrameSettings):
    """Settings of a step that names faces."""

    cast: tuple[AnyLabel, ...] = Field(default=(), max_length=200, description="who may appear; unknown is always there")
    legal_basis: str = Field(default="", max_length=2000, description="why faces may be named; without it nothing is asked")
    frames: int = Field(default=6, ge=1, le=24, description="frames in one microtask")

    guarded: ClassVar[Mapping[str, Literal["always", "open"]]] = {"legal_basis": "open"}

    @property
    def not_yet(self) -> tuple[str, str] | None:
        """Faces are personal data: the client states why they may be named, and a manager opens on that ground."""
        return None if self.legal_basis.strip() else ("legal_basis", NO_BASIS)

    @model_validator(mode="after")
    def _names_differ(self) -> FaceSettings:
        wording.check_labels(self.names)
        return self

    @property
    def names(self) -> tuple[Label, ...]:
        """The cast, and somebody nobody knows."""
        return self.cast if any(one.value == UNKNOWN.value for one in self.cast) else (*self.cast, UNKNOWN)


class Frame(BaseModel):
    """One frame: its number in the video, and its time in ms from the start of the original."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    index: int = Field(ge=0)
    time_ms: float = Field(ge=0)


class FacePayload(BaseModel):
    """Some frames of a video. Sizes are pixels of the upright original."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    media: str
    width: int = Field(gt=0)
    height: int = Field(gt=0)
    frames: tuple[Frame, ...] = Field(min_length=1)


class Face(BaseModel):
    """One face at one frame."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    frame: int = Field(strict=True)
    x: Pixels
    y: Pixels
    width: Pixels
    height: Pixels


class FaceAnswer(BaseModel):
    """All faces at all frames; none: nobody is there."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    faces: tuple[Face, ...]


FaceCase = Case[FaceSettings, FacePayload]

TITLE: wording.Words = {"nl": "Wie zie je?", "en": "Who do you see?"}
STEPS: Sequence[wording.Words] = (
    {"nl": "Bekijk elk beeld.", "en": "Look at each frame."},
    {"nl": "Teken een vak om elk gezicht.", "en": "Draw a box around each face."},
    {
        "nl": "Kies wie het is. Weet je het niet? Kies \u201conbekend\u201d.",
        "en": "Choose who it is. Not sure? Choose \u201cunknown\u201d.",
    },
)
NOBODY: wording.Words = {"nl": "Er zijn geen gezichten", "en": "There are no faces"}
NAMED: wording.Words = {"nl": "Gezicht {number} ({label})", "en": "Face {number} ({label})"}
EMPTY: wording.Words = {
    "nl": "Er is nog geen gezicht. Teken een vak, of kies \u201cEr zijn geen gezichten\u201d.",
    "en": "There is no face yet. Draw a box, or choose \u201cThere are no faces\u201d.",
}
EMPTY_ROW: wording.Words = {
    "nl": "Gezicht {number} is niet af. Vul alles in: wie het is, het beeld, x, y, breedte en hoogte.",
    "en": "Face {number} is not complete. Fill in all of it: who it is, the frame, x, y, width and height.",
}
NO_SIZE: wording.Words = {
    "nl": "{shape}: breedte {width} en hoogte {height}. Allebei moeten meer dan 0 zijn. Teken het vak opnieuw.",
    "en": "{shape}: width {width} and height {height}. Both must be more than 0. Draw the box again.",
}
OTHER_FRAME: wording.Words = {
    "nl": "{shape}: beeld {frame} wordt hier niet gevraagd. Gevraagd: {known}.",
    "en": "{shape}: frame {frame} is not asked here. Asked: {known}.",
}


def _quality(answer: FaceAnswer) -> list[QualityBox]:
    """The same name at another frame is another thing."""
    from quality.boxes import Box as QualityBox

    return [QualityBox(f"{one.frame} {one.name}", one.x, one.y, one.width, one.height) for one in answer.faces]


def _face(box: QualityBox, seen: FacePayload) -> Face:
    frame, _, name = box.label.partition(" ")
    # A habit that is taken off inward may push an edge outside the picture.
    x1, x2 = (min(max(value, 0.0), seen.width) for value in (box.x, box.x + box.width))
    y1, y2 = (min(max(value, 0.0), seen.height) for value in (box.y, box.y + box.height))
    x, y, width, height = (round(value, 2) for value in (x1, y1, x2 - x1, y2 - y1))
    return Face(name=name, frame=int(frame), x=x, y=y, width=max(width, 0.01), height=max(height, 0.01))


KIND: marking.Kind[FacePayload, FaceAnswer] = marking.Kind(
    table="boxes",
    measures=marking.boxes,
    marks=_quality,
    part=_face,
    answer=lambda parts: FaceAnswer(faces=tuple(parts)),
    order=lambda face: (face.frame, face.x),
)


STUDIO: FaceCase = Case(
    FaceSettings(cast=(Label(value="anna", text="Anna"), Label(value="bram", text="Bram")), legal_basis="contract with the cast"),
    FacePayload(media="talkshow", width=640, height=360, frames=(Frame(index=0, time_ms=0), Frame(index=50, time_ms=2000))),
    "en",
)


def _at(name: str, frame: int, x: float, y: float, width: float, height: float) -> Face:
    return Face(name=name, frame=frame, x=x, y=y, width=width, height=height)


EXAMPLES: Sequence[Example[FaceSettings, FacePayload, FaceAnswer]] = (
    Example(
        title="The host, and a guest nobody knows",
        case=STUDIO,
        accepted=[
            FaceAnswer(
                faces=(_at("anna", 0, 100, 80, 60, 80), _at("anna", 50, 110, 80, 60, 80), _at("unknown", 50, 400, 90, 50, 70))
            )
        ],
        wrong=FaceAnswer(faces=(_at("bram", 0, 100, 80, 60, 80),)),
        form={
            "faces": '[{"name": "anna", "frame": 0, "x": 100, "y": 80, "width": 60, "height": 80}, '
            '{"name": "anna", "frame": 50, "x": 110, "y": 80, "width": 60, "height": 80}, '
            '{"name": "unknown", "frame": 50, "x": 400, "y": 90, "width": 50, "height": 70}]'
        },
    ),
    Example(
        title="Typed in without a script",
        case=STUDIO,
        accepted=[FaceAnswer(faces=(_at("bram", 50, 10, 20.5, 30, 40),))],
        wrong=FaceAnswer(faces=(_at("bram", 0, 10, 20.5, 30, 40),)),
        form={
            "face-0-name": "bram",
            "face-0-frame": "50",
            "face-0-x": "10",
            "face-0-y": "20,5",
            "face-0-width": "30",
            "face-0-height": "40",
        },
    ),
    Example(
        title="An empty studio",
        case=STUDIO,
        accepted=[FaceAnswer(faces=())],
        wrong=FaceAnswer(faces=(_at("anna", 0, 0, 0, 20, 20),)),
        form={"nothing": "1"},
    ),
)


class VideoFaces:
    """The type object."""

    name = "video_faces"
    version = 1
    title: Mapping[str, str] = {"nl": "Gezichten herkennen", "en": "Name faces in video"}
    settings_model = FaceSettings
    payload_model = FacePayload
    answer_model = FaceAnswer
    accepts = frozenset({"video"})
    scoring: marking.MarkScoring[FaceSettings, FacePayload, FaceAnswer] = marking.MarkScoring(KIND)
    aggregator: marking.MarkAggregator[FaceSettings, FacePayload, FaceAnswer] = marking.MarkAggregator(KIND)
    label_studio = None  # its video boxes are tracks between key frames, not boxes at chosen frames
    exporters = exporters_for(FaceAnswer, None)
    examples = EXAMPLES

    def needs(self, settings: FaceSettings, payload: FacePayload) -> frozenset[Need]:
        """Sight; drawing is also possible by keyboard and by numbers, so no pointer."""
        return frozenset({Need.SIGHT})

    def split(self, source: Source, settings: FaceSettings, media: MediaReader) -> Iterator[tuple[str, FacePayload]]:
        """Chosen frames, some in each microtask; nothing without a legal basis."""
        if not settings.legal_basis.strip():
            raise NotSplittable(NO_BASIS, field="legal_basis")
        part = subjects.first_part(source, self.accepts, self.name)
        if part.media is None or part.width is None or part.height is None:
            raise NotSplittable(
                sentence('The size of video "{file_name}" is not known. Ingest it again.', file_name=part.file_name or part.name)
            )
        chosen = [Frame(index=index, time_ms=time_ms) for index, time_ms in cutting.frames(part, settings, media)]
        for start in range(0, len(chosen), settings.frames):
            frames = chosen[start : start + settings.frames]
            yield (
                f"frames-{frames[0].index}",
                FacePayload(media=part.media, width=part.width, height=part.height, frames=tuple(frames)),
            )

    def question(self, case: FaceCase) -> Question:
        """Look, box, name."""
        return wording.ask(case.settings, case.locale, TITLE, STEPS)

    def widget(self, case: FaceCase) -> Widget:
        """The frames one by one, with boxes."""
        payload = case.payload
        return Widget(
            "video_faces",
            {
                "subject": {
                    "kind": "video",
                    "media": payload.media,
                    "width": payload.width,
                    "height": payload.height,
                    "moments_ms": [one.time_ms for one in payload.frames],
                },
                "frames": [{"index": one.index, "time_ms": one.time_ms} for one in payload.frames],
                "labels": [wording.shown_label(label, case.locale) for label in case.settings.names],
                "nothing_allowed": True,
                "nothing_text": wording.say(NOBODY, case.locale),
            },
        )

    def dialogue(self, case: FaceCase) -> Dialogue | NotByVoice:
        """Faces need eyes."""
        words = {"nl": "Voor dit werk moet je de beelden zien.", "en": "For this work you need to see the frames."}
        return NotByVoice(wording.say(words, case.locale))

    def parse(self, case: FaceCase, raw: Mapping[str, Any]) -> FaceAnswer:
        """Field `faces` (JSON), or rows `face-0-name`, `face-0-frame`, `face-0-x` …; `nothing` when nobody is there."""
        columns = ("name", "frame", "x", "y", "width", "height")
        rows = forms.json_rows(raw, "faces", case.locale) or [
            _row(i, row, case) for i, row in forms.plain_rows(raw, "face", columns)
        ]
        if not rows and not forms.ticked(raw, "nothing"):
            raise AnswerError(wording.say(EMPTY, case.locale), field="faces")
        try:
            return FaceAnswer.model_validate({"faces": rows})
        except ValidationError as error:
            raise AnswerError(wording.say(forms.BROKEN, case.locale), field="faces") from error

    def check(self, case: FaceCase, answer: FaceAnswer) -> None:
        """Names of the list, frames that are asked, boxes within the picture."""
        locale, payload = case.locale, case.payload
        picture = ImagePayload(media=payload.media, width=payload.width, height=payload.height)
        asked = [one.index for one in payload.frames]
        for i, one in enumerate(answer.faces):
            name, field = wording.say(NAMED, locale, number=i + 1, label=one.name), f"faces[{i}]"
            shapes.check_label(one.name, case.settings.names, name, locale, f"{field}.name")
            if one.frame not in asked:
                words = wording.say(OTHER_FRAME, locale, shape=name, frame=one.frame, known=", ".join(map(str, asked)))
                raise AnswerError(words, field=f"{field}.frame")
            if one.width <= 0 or one.height <= 0:
                sides = {"width": neat(one.width), "height": neat(one.height)}
                raise AnswerError(wording.say(NO_SIZE, locale, shape=name, **sides), field=field)
            shapes.check_inside((one.x, one.y, one.x + one.width, one.y + one.height), picture, name, locale, field)

    def follow_up(self, case: FaceCase, outcome: Outcome[FaceAnswer]) -> Iterator[FacePayload]:
        """None."""
        return iter(())

    def upgrade(self, what: Literal["settings", "payload", "answer"], version: int, data: dict[str, Json]) -> dict[str, Json]:
        """Version 1 is the first."""
        return data


def _row(i: int, row: Mapping[str, str], case: FaceCase) -> dict[str, Json]:
    if not all(row.values()):
        raise AnswerError(wording.say(EMPTY_ROW, case.locale, number=i + 1), field=f"face-{i}")
    sides = {side: forms.number(row[side], case.locale, f"face-{i}-{side}") for side in ("x", "y", "width", "height")}
    return {"name": row["name"], "frame": forms.whole_number(row["frame"], case.locale, f"face-{i}-frame"), **sides}


TASK_TYPE = VideoFaces()
