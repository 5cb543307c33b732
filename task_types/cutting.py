"""Splitting sound and video: at pauses, at scenes, in equal windows, by its subtitles, by chosen frames, or not at all.

Times are ms from the start of the original.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Literal

from pydantic import Field, model_validator

from accessibility.sentences import sentence
from task_types import cues
from task_types.errors import NotSplittable
from task_types.protocol import MediaReader, Part, Source
from task_types.settings import StepSettings

Cut = Literal["natural", "pauses", "scenes", "windows", "subtitles", "frames", "whole"]
Pieces = list[tuple[int, int | None]]
Pauses = tuple[tuple[int, int], ...]

ONE_TIME = re.compile(r"(?:(?:(\d+):)?(\d{1,2}):)?(\d+(?:[.,]\d+)?)")


class FrameSettings(StepSettings):
    """Settings of a step about single frames of a video."""

    every_seconds: float = Field(default=2, gt=0, le=600, description="a frame is asked about each so many seconds")
    moments_column: str | None = Field(
        default=None, description="the column of a table row with the moments to ask about instead: `0:05; 1:02.5`"
    )


class TimeSettings(FrameSettings):
    """Settings of a step about sound or video, which may be cut."""

    cut: Cut = Field(
        default="natural",
        description=(
            "where sound and video are cut: `natural` (sound at `pauses`, video at `scenes`, short ones stay whole), equal "
            "`windows`, one piece for each of its `subtitles`, single `frames`, or `whole`"
        ),
    )
    clip_seconds: int = Field(default=30, ge=2, le=3600, description="wanted length of a piece")
    limit_seconds: int | None = Field(
        default=None, ge=2, le=7200, description="no piece is longer, and what is no longer stays whole; else twice clip_seconds"
    )

    @model_validator(mode="after")
    def _limit_is_more(self) -> TimeSettings:
        if self.limit_seconds is not None and self.limit_seconds < self.clip_seconds:
            raise ValueError("limit_seconds is less than clip_seconds.")
        return self

    @property
    def limit_ms(self) -> int:
        """No piece is longer, where it is cut at pauses or scenes."""
        return 1000 * (self.limit_seconds or 2 * self.clip_seconds)


def pieces(source: Source, part: Part, settings: TimeSettings | None, media: MediaReader) -> Pieces:
    """
    (start, end) of each piece of a sound or a video, in order; an end of None is that of the recording.

    Raises:
        NotSplittable: it cannot be cut in this way.
    """
    cut = "whole" if settings is None or part.media is None else settings.cut
    if settings is None or part.media is None or cut == "whole":
        return [(0, part.duration_ms)]
    if cut == "natural":
        cut = "pauses" if part.kind == "audio" else "scenes"
        if part.duration_ms is not None and part.duration_ms <= settings.limit_ms:
            return [(0, part.duration_ms)]
    if cut == "pauses":
        return [*media.pieces_at_pauses(part.media, target_ms=1000 * settings.clip_seconds, limit_ms=settings.limit_ms)]
    if cut == "subtitles":
        return _subtitled(source, part, media)
    return _windows(part, 1000 * settings.clip_seconds) if cut == "windows" else _scenes(part, settings.limit_ms, media)


def pauses_within(pauses: Sequence[tuple[int, int]], start: int, end: int | None) -> Pauses | None:
    """The pauses of a piece, in which it may be divided for who hears short parts better; None: there are none."""
    first = bisect_right(pauses, start, key=lambda pause: pause[1])
    last = len(pauses) if end is None else bisect_left(pauses, end, key=lambda pause: pause[0])
    return tuple((max(start, a), b if end is None else min(b, end)) for a, b in pauses[first:last]) or None


def found_pauses(part: Part, settings: TimeSettings | None, media: MediaReader) -> Sequence[tuple[int, int]]:
    """The pauses of a recording that is cut in them; of others nobody has looked for any."""
    if settings is None or part.media is None or settings.cut not in ("natural", "pauses"):
        return ()
    if settings.cut == "natural" and (part.kind != "audio" or (part.duration_ms or 0) <= settings.limit_ms):
        return ()
    return media.pauses(part.media)


def _scenes(part: Part, limit_ms: int, media: MediaReader) -> Pieces:
    """Between scene cuts; a scene longer than the limit in equal parts."""
    if part.kind == "audio":
        raise NotSplittable(
            sentence('"{name}" is sound, and has no scenes. Choose another way to cut it.', name=_name(part)), field="cut"
        )
    if part.duration_ms is None or part.media is None:
        return [(0, part.duration_ms)]
    starts = sorted({0, *media.scene_starts(part.media)})
    ends = [*starts[1:], part.duration_ms]
    return [piece for start, end in zip(starts, ends, strict=True) for piece in _equal(start, end, limit_ms)]


def _equal(start: int, end: int, limit_ms: int) -> Iterator[tuple[int, int]]:
    count = max(1, -(-(end - start) // limit_ms))
    edges = [start + (end - start) * i // count for i in range(count + 1)]
    yield from pairwise(edges)


def _windows(part: Part, length_ms: int) -> Pieces:
    """Equal pieces; a last one shorter than half is joined to the one before."""
    if part.duration_ms is None:
        raise NotSplittable(
            sentence('The length of "{name}" is not known, so it cannot be cut in windows.', name=_name(part)), field="cut"
        )
    starts = [*range(0, part.duration_ms, length_ms)]
    if len(starts) > 1 and part.duration_ms - starts[-1] < length_ms / 2:
        starts.pop()
    return list(pairwise([*starts, part.duration_ms]))


def _subtitled(source: Source, part: Part, media: MediaReader) -> Pieces:
    """From the start to the end of each subtitle with words, within the recording."""
    beside = source.first("subtitle")
    if beside is None:
        raise NotSplittable(
            sentence(
                '"{name}" has no subtitles beside it. Upload them under the same name, or choose another way to cut.',
                name=_name(part),
            ),
            field="cut",
        )
    data = beside.text.encode() if beside.text is not None else media.data(beside.media or "")
    last = part.duration_ms if part.duration_ms is not None else float("inf")
    found = [cue for cue in cues.read(data, _name(beside)).cues if not cue.is_empty and cue.start_ms < last]
    if not found:
        raise NotSplittable(
            sentence('No subtitle of "{name}" lies within "{name_2}".', name=_name(beside), name_2=_name(part)), field="cut"
        )
    return [*dict.fromkeys((cue.start_ms, min(cue.end_ms, part.duration_ms or cue.end_ms)) for cue in found)]


def frames(part: Part, settings: FrameSettings, media: MediaReader) -> list[tuple[int, float]]:
    """
    (number in the video, time in ms) of the frames to ask about: those at given moments, or one in each stretch of time.

    Raises:
        NotSplittable: it has no frames, or the moments cannot be read.
    """
    times = media.frame_times(part.media or "") if part.kind == "video" else ()
    if not times:
        raise NotSplittable(sentence('"{name}" has no frames. Choose another way to cut it.', name=_name(part)), field="cut")
    if settings.moments_column is not None:
        wanted = [moment for moment in _moments(part, settings.moments_column) if moment <= times[-1] + 1000]
        numbers = sorted({max(0, bisect_right(times, moment) - 1) for moment in wanted})
    else:
        numbers = _each(times, settings.every_seconds * 1000)
    return [(number, round(times[number], 3)) for number in numbers]


def _each(times: Sequence[float], every_ms: float) -> list[int]:
    """The first frame, and the first one of each next stretch of time."""
    found: list[int] = []
    for number, time in enumerate(times):
        if time >= len(found) * every_ms:
            found.append(number)
    return found


def _moments(part: Part, column: str) -> list[float]:
    """Times in ms: `0:05; 1:02.5` or seconds."""
    if column not in part.fields:
        raise NotSplittable(
            sentence('The row of "{name}" has no column "{column}" with moments.', name=_name(part), column=column),
            field="moments_column",
        )
    written = [each.strip() for each in part.fields[column].split(";") if each.strip()]
    found = [ONE_TIME.fullmatch(each) for each in written]
    if not found or not all(found):
        raise NotSplittable(
            sentence(
                'The moments of "{name}" are "{value}". Write them as 0:05; 1:02.5.',
                name=_name(part),
                value=part.fields[column][:60],
            ),
            field="moments_column",
        )
    return [_ms(*match.groups()) for match in found if match]


def _ms(hours: str | None, minutes: str | None, seconds: str) -> float:
    return 1000 * (3600 * int(hours or 0) + 60 * int(minutes or 0) + float(seconds.replace(",", ".")))


def _name(part: Part) -> str:
    return part.file_name or part.name
