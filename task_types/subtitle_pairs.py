"""A programme with its subtitle file: what is said, and the subtitle that stands under it, on one clock."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from accessibility.sentences import sentence
from task_types import cues, subjects
from task_types.cues import Cue
from task_types.errors import NotSplittable
from task_types.protocol import MediaReader, Part, Source


@dataclass(frozen=True)
class Pair:
    """
    One subtitle of a programme.

    media, kind: of the programme. before: the subtitle before it that people read. frame_rate: of the subtitle file, where it
    has one.
    """

    media: str
    kind: str
    cue: Cue
    before: Cue | None
    frame_rate: float | None


def pairs(source: Source, media: MediaReader, *, programme_start: str | None, frame_rate: float | None) -> Iterator[Pair]:
    """
    Each subtitle with words and a length, within the programme.

    Args:
        programme_start: the timecode that the programme starts at, where its subtitles do not start at nought.
        frame_rate: of the subtitles' timecodes, where their file does not say.

    Raises:
        NotSplittable: a programme or subtitles are not there, or all of them come after the programme's end.
    """
    programme, subtitle = source.first("video", "audio"), source.first("subtitle")
    if programme is None or programme.media is None or subtitle is None:
        raise NotSplittable(sentence('"{key}" needs a programme and its subtitle file in one source.', key=source.key))
    data = subtitle.text.encode() if subtitle.text is not None else media.data(subtitle.media or "")
    name = subtitle.file_name or subtitle.name
    track = cues.read(data, name, programme_start=programme_start, frame_rate=frame_rate)
    _check(track, name, programme)
    before: Cue | None = None
    for cue in track.cues:
        if not cue.is_empty and not _is_after(cue, programme):
            yield Pair(programme.media, programme.kind, cue, before, track.frame_rate)
            before = cue


def _check(track: cues.Track, name: str, programme: Part) -> None:
    if not any(not cue.is_empty for cue in track.cues):
        raise NotSplittable(sentence('"{name}" holds no subtitle with words and a time.', name=name))
    if all(_is_after(cue, programme) for cue in track.cues):
        first = subjects.clock(track.cues[0].start_ms)
        raise NotSplittable(
            sentence(
                'The first subtitle of "{name}" is at {first}, after the end of the programme. Say with '
                "programme_start which timecode the programme starts at, for example 10:00:00:00.",
                name=name,
                first=first,
            ),
            field="programme_start",
        )


def _is_after(cue: Cue, programme: Part) -> bool:
    return programme.duration_ms is not None and cue.start_ms >= programme.duration_ms
