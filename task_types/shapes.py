"""What boxes, polygons and lines share: checks that name the shape, its label and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, ClassVar

from pydantic import BaseModel, ConfigDict, Field

from accessibility.sentences import sentence
from task_types.cutting import FrameSettings, frames
from task_types.errors import NotSplittable
from task_types.pictures import Area, PictureSettings, pieces
from task_types.protocol import AnswerError, Json, Locale, MediaReader, Part
from task_types.settings import Label
from task_types.wording import Words, say

Pixels = Annotated[float, Field(strict=True, allow_inf_nan=False)]
EDGE = 0.01  # pixels that rounding in a browser may put beyond the edge


class ImagePayload(BaseModel):
    """
    One picture, a part of it, or a frame of a video. Sizes are pixels of the whole upright original; so are all answers.

    frame, at_ms: the frame's number in the video, and when it is shown, ms from the start of the original.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: ClassVar[str] = "image"

    media: str
    width: int = Field(gt=0)
    height: int = Field(gt=0)
    crop: Area | None = None
    frame: int | None = Field(default=None, ge=0)
    at_ms: float | None = Field(default=None, ge=0)

    @property
    def asked(self) -> Area:
        """The part of the picture that is asked about."""
        return self.crop or Area(x=0, y=0, width=self.width, height=self.height)

    @property
    def shown(self) -> dict[str, Json]:
        """The `subject` of a widget's data."""
        crop = {"crop": self.crop.model_dump()} if self.crop else {}
        moment = {"at_ms": self.at_ms, "moments_ms": [self.at_ms]} if self.at_ms is not None else {}
        return {"kind": "image", "media": self.media, "width": self.width, "height": self.height, **crop, **moment}

    @property
    def studio(self) -> dict[str, Json]:
        """What a Label Studio task says of it, beside its address."""
        return {} if self.at_ms is None else {"frame": self.frame, "at_ms": self.at_ms}


UNKNOWN_LABEL: Words = {
    "nl": "{shape}: \u201c{label}\u201d is geen naam uit de lijst. Kies: {known}.",
    "en": "{shape}: \u201c{label}\u201d is not a label of this project. Choose: {known}.",
}
OUTSIDE: Words = {
    "nl": "{shape}: loopt van x = {x1} tot {x2} en van y = {y1} tot {y2}, maar de foto is {width} bij {height}. "
    "Teken binnen de foto.",
    "en": "{shape}: runs from x = {x1} to {x2} and from y = {y1} to {y2}, but the picture is {width} by {height}. "
    "Draw it inside the picture.",
}
OUTSIDE_PART: Words = {
    "nl": "{shape}: loopt van x = {x1} tot {x2} en van y = {y1} tot {y2}, maar dit deel van de foto begint bij {left}, {top} "
    "en is {width} bij {height}. Teken binnen dit deel.",
    "en": "{shape}: runs from x = {x1} to {x2} and from y = {y1} to {y2}, but this part of the picture begins at {left}, {top} "
    "and is {width} by {height}. Draw it inside this part.",
}
TOO_FEW: Words = {
    "nl": "Er staan er {count}. Teken er ten minste {least}.",
    "en": "There are {count}. Draw at least {least}.",
}
TOO_MANY: Words = {
    "nl": "Er staan er {count}. Teken er niet meer dan {most}.",
    "en": "There are {count}. Draw no more than {most}.",
}


class DrawingSettings(FrameSettings, PictureSettings):
    """Settings of a step about pictures to draw on: how a picture is cut, and which frames of a video are asked about."""


def image_payloads(part: Part, settings: DrawingSettings, media: MediaReader) -> Iterator[tuple[str, ImagePayload]]:
    """A picture whole, or its parts, or chosen frames of a video, each with its key.

    Raises:
        NotSplittable: its size is not known, its crops cannot be used, or it has no frames.
    """
    if part.media is None or part.width is None or part.height is None:
        raise NotSplittable(
            sentence('The size of picture "{file_name}" is not known. Ingest it again.', file_name=part.file_name or part.name)
        )
    if part.kind == "video":
        whole = ImagePayload(media=part.media, width=part.width, height=part.height)
        for number, at_ms in frames(part, settings, media):
            yield f"frame-{number}", whole.model_copy(update={"frame": number, "at_ms": at_ms})
        return
    for area in pieces(part, settings):
        payload = ImagePayload(media=part.media, width=part.width, height=part.height, crop=area)
        yield (area.key if area else "image"), payload


def check_label(label: str, labels: Sequence[Label], shape: str, locale: Locale, field: str) -> None:
    """The label is one of the project's."""
    if label not in {known.value for known in labels}:
        known = ", ".join(one.words(locale) for one in labels)
        raise AnswerError(say(UNKNOWN_LABEL, locale, shape=shape, label=label, known=known), field=field)


def check_inside(
    corners: tuple[float, float, float, float], payload: ImagePayload, shape: str, locale: Locale, field: str
) -> None:
    """(x1, y1, x2, y2) lies within the part of the picture that is asked about."""
    x1, y1, x2, y2 = corners
    asked = payload.asked
    right, bottom = asked.x + asked.width, asked.y + asked.height
    if x1 < asked.x - EDGE or y1 < asked.y - EDGE or x2 > right + EDGE or y2 > bottom + EDGE:
        values = {"x1": neat(x1), "x2": neat(x2), "y1": neat(y1), "y2": neat(y2)}
        size = {"left": asked.x, "top": asked.y, "width": asked.width, "height": asked.height}
        words = OUTSIDE if payload.crop is None else OUTSIDE_PART
        raise AnswerError(say(words, locale, shape=shape, **values, **size), field=field)


def check_count(count: int, least: int, most: int, locale: Locale, field: str) -> None:
    """Not fewer and not more than wanted."""
    if count < least:
        raise AnswerError(say(TOO_FEW, locale, count=count, least=least), field=field)
    if count > most:
        raise AnswerError(say(TOO_MANY, locale, count=count, most=most), field=field)


def neat(value: float) -> str:
    """A number without needless digits."""
    return f"{value:.2f}".rstrip("0").rstrip(".")
