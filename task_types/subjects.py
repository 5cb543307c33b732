"""What one microtask is about: a picture, a piece of sound or video, or a text; shared by many types.

Times are ms from the start of the original, sizes pixels of the upright original.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from accessibility.sentences import either, listed, noted, sentence
from task_types import cutting
from task_types.cutting import TimeSettings
from task_types.errors import NotSplittable
from task_types.passages import TextSettings, passages
from task_types.pictures import Area, PictureSettings
from task_types.pictures import pieces as parts_of_picture
from task_types.protocol import Json, MediaReader, Need, Part, Source
from task_types.wording import Words

Kind = Literal["image", "audio", "video", "text"]
ID_COLUMNS = ("id", "key", "external_ref", "external_id", "item_id", "uid", "uuid", "guid")  # of a table, in lower case
TEXT_COLUMNS = ("text", "tekst")
ADDRESS = re.compile(r"[a-z][a-z0-9+-]*://\S+", re.IGNORECASE)
NO_TEXT = noted("This row has no text to ask about. Fill it in, or leave the row out.")


class SubjectSettings(TimeSettings, TextSettings, PictureSettings):
    """Settings of a step that may be about anything: how each kind of material is cut."""


class Subject(BaseModel):
    """
    One piece to look at, listen to or read. `end_ms` None: to the end of the recording.

    `at_ms`, `frame`: a picture that is a frame of a video, its time and its number; `text_start`: where a piece of a text
    begins, in code points; `pauses`: (start, end) of each stretch without speech in a piece that was cut at pauses.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Kind
    media: str | None = None
    text: str | None = None
    width: int | None = Field(default=None, gt=0)
    height: int | None = Field(default=None, gt=0)
    crop: Area | None = None
    start_ms: int = Field(default=0, ge=0)
    end_ms: int | None = Field(default=None, gt=0)
    at_ms: float | None = Field(default=None, ge=0)
    frame: int | None = Field(default=None, ge=0)
    text_start: int = Field(default=0, ge=0)
    pauses: cutting.Pauses | None = None

    @model_validator(mode="after")
    def _is_something(self) -> Subject:
        if (self.text is None) == (self.media is None):
            raise ValueError(sentence("A subject has either a text or a media id."))
        if self.end_ms is not None and self.end_ms <= self.start_ms:
            raise ValueError(
                sentence(
                    "The piece ends at {end_ms} ms, not after its start at {start_ms} ms.",
                    end_ms=self.end_ms,
                    start_ms=self.start_ms,
                )
            )
        return self


FIRST: Mapping[str, Words] = {
    "image": {"nl": "Kijk naar de foto.", "en": "Look at the picture."},
    "audio": {"nl": "Luister naar het geluid.", "en": "Listen to the sound."},
    "video": {"nl": "Kijk naar de video.", "en": "Watch the video."},
    "text": {"nl": "Lees de tekst.", "en": "Read the text."},
}
HEARD: Mapping[str, Words] = {**FIRST, "text": {"nl": "Luister naar de tekst.", "en": "Listen to the text."}}  # by voice
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


KINDS = {
    "image": sentence("image"),
    "audio": sentence("audio"),
    "video": sentence("video"),
    "text": sentence("text"),
    "row": sentence("table rows"),
    "subtitle": sentence("subtitles"),
    "other": sentence("any file"),
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
        has = listed([KINDS[part.kind] for part in source.parts]) if source.parts else sentence("nothing")
        raise NotSplittable(
            sentence(
                '"{key}" has {has}, but {task_type} needs {kinds}.',
                key=source.key,
                has=has,
                task_type=task_type,
                kinds=either([KINDS[kind] for kind in sorted(kinds)]),
            )
        )
    return found


def text_of(part: Part, media: MediaReader, column: str | None = None) -> str:
    """The words of a text file, a text or a table row (the named column, else `text` or `tekst`, else the longest value)."""
    if part.kind == "row" or (part.fields and part.text is None and part.media is None):
        return _text_of_row(part.fields, column)
    return part.text if part.text is not None else media.text(part.media or "")


def _text_of_row(fields: Mapping[str, str], column: str | None) -> str:
    if column is not None and column not in fields:
        raise NotSplittable(
            sentence('The row has no column "{column}". It has: {fields}.', column=column, fields=", ".join(fields)),
            field="text_column",
        )
    words = fields[column] if column else _longest(fields)
    if not words.strip():
        raise NotSplittable(sentence(NO_TEXT), field="text_column")
    return words


def _longest(fields: Mapping[str, str]) -> str:
    """An empty text stays empty: a question about the row's date or number in its place would be a wrong question."""
    named = next((value for name, value in fields.items() if name.strip().lower() in TEXT_COLUMNS), None)
    if named is not None:
        return named
    told = [value for name, value in fields.items() if name.lower() not in ID_COLUMNS]
    # Where a text was found is often longer than the text.
    return max([value for value in told if not ADDRESS.fullmatch(value.strip())] or told, key=len, default="")


def subjects(
    source: Source,
    kinds: frozenset[str],
    task_type: str,
    media: MediaReader,
    *,
    time: TimeSettings | None = None,
    text: TextSettings | None = None,
    pictures: PictureSettings | None = None,
) -> Iterator[tuple[str, Subject]]:
    """
    Every piece of a source with its stable key.

    Args:
        time, text, pictures: how each kind of material is cut; None leaves it whole.
    """
    part = first_part(source, kinds, task_type)
    if part.kind in ("text", "row", "subtitle"):
        yield from _texts(part, media, text)
    elif part.kind == "image":
        for area in parts_of_picture(part, pictures):
            subject = Subject(kind="image", media=part.media, width=part.width, height=part.height, crop=area)
            yield (area.key if area else "image"), subject
    elif time is not None and time.cut == "frames" and "image" in kinds:
        yield from _frames(part, media, time)
    else:
        pauses = cutting.found_pauses(part, time, media)
        yield from _timed("audio" if part.kind == "audio" else "video", part, cutting.pieces(source, part, time, media), pauses)


def _texts(part: Part, media: MediaReader, settings: TextSettings | None) -> Iterator[tuple[str, Subject]]:
    words = text_of(part, media, settings.text_column if settings else None)
    if settings is None or settings.text_unit == "document":
        yield "text", Subject(kind="text", text=words)
        return
    for start, piece in passages(words, settings.text_unit):
        yield f"text-{start}-{start + len(piece)}", Subject(kind="text", text=piece, text_start=start)


def _frames(part: Part, media: MediaReader, settings: TimeSettings) -> Iterator[tuple[str, Subject]]:
    whole = Subject(kind="image", media=part.media, width=part.width, height=part.height)
    for number, at_ms in cutting.frames(part, settings, media):
        yield f"frame-{number}", whole.model_copy(update={"at_ms": at_ms, "frame": number})


def _timed(kind: Kind, part: Part, cuts: cutting.Pieces, pauses: Sequence[tuple[int, int]]) -> Iterator[tuple[str, Subject]]:
    for start, end in cuts:
        subject = Subject(kind=kind, media=part.media, width=part.width, height=part.height, start_ms=start, end_ms=end)
        quiet = cutting.pauses_within(pauses, start, end)
        yield f"{start}-{end if end is not None else 'end'}", subject.model_copy(update={"pauses": quiet}) if quiet else subject


def shown(subject: Subject, language: str) -> dict[str, Json]:
    """The `subject` of a widget's data."""
    if subject.kind == "text":
        return {"kind": "text", "text": subject.text, "language": language}
    found: dict[str, Json] = {"kind": subject.kind, "media": subject.media}
    if subject.kind in ("image", "video"):
        found |= {"width": subject.width, "height": subject.height}
    if subject.crop is not None:
        found["crop"] = subject.crop.model_dump()
    if subject.at_ms is not None:
        found |= {"at_ms": subject.at_ms, "moments_ms": [subject.at_ms]}
    if subject.kind in ("audio", "video"):
        found |= {"start_ms": subject.start_ms, "end_ms": subject.end_ms}
    if subject.pauses:
        found["pauses"] = [list(each) for each in subject.pauses]
    return found


def studio_data(subject: Subject, name: str, url: str) -> dict[str, Json]:
    """A Label Studio task's data: the address under this name, or the text; times where it is a piece."""
    if subject.kind == "text":
        return {name: subject.text}
    if subject.crop is not None:
        return {name: url, "crop": subject.crop.model_dump()}
    if subject.at_ms is not None:
        return {name: url, "at_ms": subject.at_ms, **({"frame": subject.frame} if subject.frame is not None else {})}
    if subject.kind == "image" or (subject.start_ms == 0 and subject.end_ms is None):
        return {name: url}
    return {name: url, "start_ms": subject.start_ms, "end_ms": subject.end_ms}
