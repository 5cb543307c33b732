"""What one microtask is about: a picture, a piece of sound or video, or a text; shared by many types.

Times are ms from the start of the original, sizes pixels of the upright original.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from task_types.errors import NotSplittable
from task_types.pictures import Area, PictureSettings
from task_types.pictures import pieces as parts_of_picture
from task_types.protocol import Json, MediaReader, Need, Part, Source
from task_types.wording import Words

Kind = Literal["image", "audio", "video", "text"]


class Subject(BaseModel):
    """One piece to look at, listen to or read. `end_ms` None: to the end of the recording."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Kind
    media: str | None = None
    text: str | None = None
    width: int | None = Field(default=None, gt=0)
    height: int | None = Field(default=None, gt=0)
    crop: Area | None = None
    start_ms: int = Field(default=0, ge=0)
    end_ms: int | None = Field(default=None, gt=0)

    @model_validator(mode="after")
    def _is_something(self) -> Subject:
        if (self.text is None) == (self.media is None):
            raise ValueError("A subject has either a text or a media id.")
        if self.end_ms is not None and self.end_ms <= self.start_ms:
            raise ValueError(f"The piece ends at {self.end_ms} ms, not after its start at {self.start_ms} ms.")
        return self


FIRST: Mapping[str, Words] = {
    "image": {"nl": "Kijk naar de foto.", "en": "Look at the picture."},
    "audio": {"nl": "Luister naar het geluid.", "en": "Listen to the sound."},
    "video": {"nl": "Kijk naar de video.", "en": "Watch the video."},
    "text": {"nl": "Lees de tekst.", "en": "Read the text."},
}
WHAT: Mapping[str, Words] = {
    "image": {"nl": "Wat zie je?", "en": "What do you see?"},
    "audio": {"nl": "Wat hoor je?", "en": "What do you hear?"},
    "video": {"nl": "Wat zie je?", "en": "What do you see?"},
    "text": {"nl": "Waar gaat de tekst over?", "en": "What is the text about?"},
}
NEEDS = {
    "image": frozenset({Need.SIGHT}),
    "audio": frozenset({Need.HEARING}),
    "video": frozenset({Need.SIGHT, Need.HEARING}),
    "text": frozenset({Need.READING}),
}


def clock(ms: int) -> str:
    """A time as people read it: 1:02.345."""
    sign, ms = ("-", -ms) if ms < 0 else ("", ms)
    return f"{sign}{ms // 60000}:{ms // 1000 % 60:02}.{ms % 1000:03}"


def first_part(source: Source, kinds: frozenset[str], task_type: str) -> Part:
    """The part a question is about.

    Raises:
        NotSplittable: the source has none of these kinds.
    """
    found = source.first(*sorted(kinds))
    if found is None:
        has = ", ".join(part.kind for part in source.parts) or "nothing"
        raise NotSplittable(f'"{source.key}" has {has}, but {task_type} needs {" or ".join(sorted(kinds))}.')
    return found


def pieces(part: Part, media: MediaReader, *, target_ms: int, limit_ms: int) -> list[tuple[int, int | None]]:
    """Cut a long sound at its pauses; one that fits within the limit stays whole."""
    if part.media is None or (part.duration_ms is not None and part.duration_ms <= limit_ms):
        return [(0, part.duration_ms)]
    return list(media.pieces_at_pauses(part.media, target_ms=target_ms, limit_ms=limit_ms))


def windows(part: Part, media: MediaReader, *, limit_ms: int) -> list[tuple[int, int | None]]:
    """Cut a video at its scenes; a scene longer than the limit in equal windows."""
    if part.media is None or part.duration_ms is None or part.duration_ms <= limit_ms:
        return [(0, part.duration_ms)]
    starts = sorted({0, *media.scene_starts(part.media)})
    ends = [*starts[1:], part.duration_ms]
    return [piece for start, end in zip(starts, ends, strict=True) for piece in _equal(start, end, limit_ms)]


def _equal(start: int, end: int, limit_ms: int) -> Iterator[tuple[int, int]]:
    count = max(1, -(-(end - start) // limit_ms))
    edges = [start + (end - start) * i // count for i in range(count + 1)]
    yield from pairwise(edges)


def text_of(part: Part, media: MediaReader, column: str | None = None) -> str:
    """The words of a text file, a text or a table row (the named column, else `text`, else the longest value)."""
    if part.kind == "row" or (part.fields and part.text is None and part.media is None):
        fields = part.fields
        if column is not None and column not in fields:
            raise NotSplittable(f'The row has no column "{column}". It has: {", ".join(fields)}.', field="text_column")
        return fields[column] if column else fields.get("text") or max(fields.values(), key=len, default="")
    return part.text if part.text is not None else media.text(part.media or "")


def subjects(
    source: Source,
    kinds: frozenset[str],
    task_type: str,
    media: MediaReader,
    *,
    clip_seconds: int,
    text_column: str | None,
    pictures: PictureSettings | None = None,
) -> Iterator[tuple[str, Subject]]:
    """Every piece of a source with its stable key: texts whole, pictures whole or in parts, sound at pauses, video at scenes."""
    part = first_part(source, kinds, task_type)
    target_ms = clip_seconds * 1000
    if part.kind in ("text", "row", "subtitle"):
        yield "text", Subject(kind="text", text=text_of(part, media, text_column))
    elif part.kind == "image":
        for area in parts_of_picture(part, pictures):
            subject = Subject(kind="image", media=part.media, width=part.width, height=part.height, crop=area)
            yield (area.key if area else "image"), subject
    elif part.kind == "audio":
        yield from _timed("audio", part, pieces(part, media, target_ms=target_ms, limit_ms=2 * target_ms))
    else:
        yield from _timed("video", part, windows(part, media, limit_ms=2 * target_ms))


def _timed(kind: Kind, part: Part, cuts: list[tuple[int, int | None]]) -> Iterator[tuple[str, Subject]]:
    for start, end in cuts:
        subject = Subject(kind=kind, media=part.media, width=part.width, height=part.height, start_ms=start, end_ms=end)
        yield f"{start}-{end if end is not None else 'end'}", subject


def shown(subject: Subject, language: str) -> dict[str, Json]:
    """The `subject` of a widget's data."""
    if subject.kind == "text":
        return {"kind": "text", "text": subject.text, "language": language}
    found: dict[str, Json] = {"kind": subject.kind, "media": subject.media}
    if subject.kind in ("image", "video"):
        found |= {"width": subject.width, "height": subject.height}
    if subject.crop is not None:
        found["crop"] = subject.crop.model_dump()
    if subject.kind in ("audio", "video"):
        found |= {"start_ms": subject.start_ms, "end_ms": subject.end_ms}
    return found


def studio_data(subject: Subject, name: str, url: str) -> dict[str, Json]:
    """A Label Studio task's data: the address under this name, or the text; times where it is a piece."""
    if subject.kind == "text":
        return {name: subject.text}
    if subject.crop is not None:
        return {name: url, "crop": subject.crop.model_dump()}
    if subject.kind == "image" or (subject.start_ms == 0 and subject.end_ms is None):
        return {name: url}
    return {name: url, "start_ms": subject.start_ms, "end_ms": subject.end_ms}
