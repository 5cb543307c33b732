"""Which kind of subtitle file these bytes are, and its cues."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

from accessibility.sentences import sentence
from task_types.cues import plain, stl, timed_text
from task_types.cues.model import Cue, Left, Track, UnreadableSubtitles, timecode_ms

MOST_BYTES = 32 << 20  # a day of subtitles is 5 MB
MOST_CUES = 200_000


def read(data: bytes, name: str, *, programme_start: str | None = None, frame_rate: float | None = None) -> Track:
    """
    The cues of a subtitle file, whatever its format; that is found in its content.

    Args:
        data: the whole file.
        name: what the person calls it, for messages.
        programme_start: timecode of the programme's first frame where the file does not tell, or tells it wrongly.
        frame_rate: frames per second, where the file counts frames and does not say how long one lasts.

    Raises:
        UnreadableSubtitles: says what is wrong and where.
    """
    if len(data) > MOST_BYTES:
        raise UnreadableSubtitles(
            sentence(
                "{name} has {count} MB; subtitles have at most {most}. Cut it in parts.",
                name=name,
                count=len(data) >> 20,
                most=MOST_BYTES >> 20,
            )
        )
    left = Left()
    found = _track(data, name, frame_rate, left)
    start = programme_start or found.programme_start
    offset = timecode_ms(start, found.frame_rate or frame_rate, name) if start else 0
    cues = sorted(_shifted(found, offset, left), key=lambda cue: (cue.start_ms, cue.end_ms))
    if len(cues) > MOST_CUES:
        raise UnreadableSubtitles(
            sentence("{name} has more than {most_cues:,} subtitles. Cut it in parts.", name=name, most_cues=MOST_CUES)
        )
    return Track(found.format, cues, left.losses(), found.frame_rate, start)


def _track(data: bytes, name: str, frame_rate: float | None, left: Left) -> Track:
    if stl.is_stl(data):
        return stl.read(data, name, left)
    text = _text(data, name)
    start = text.lstrip()[:4000]
    if start.startswith("<") and re.search(r"<(\w+:)?tt\b", text[:100_000]):
        return timed_text.read(data, name, left)
    if re.match(r"WEBVTT(\s|$)", start):
        return plain.web_vtt(text, name, left)
    if "[Script Info]" in start or re.match(r"\{\d+\}\{\d+\}", start):
        return plain.by_library(text, name, frame_rate, left)
    if "-->" in text:
        return plain.srt(text, name, left)
    raise UnreadableSubtitles(
        sentence("{name} holds no subtitles that can be read. Give EBU-TT-D, TTML, STL, SRT or WebVTT.", name=name)
    )


def _text(data: bytes, name: str) -> str:
    """A byte order mark decides; else UTF-8 where it fits, else Windows' Western European."""
    wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ("utf-16",) if wide else ("utf-8-sig", "cp1252", "latin-1"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text.replace("\r\n", "\n").replace("\r", "\n")
    raise UnreadableSubtitles(
        sentence("{name} is no text, and no subtitle file of a kind known here. Save it again as UTF-8 text.", name=name)
    )


def _shifted(track: Track, offset: int, left: Left) -> Iterator[Cue]:
    """On the programme's own clock. What comes before its start cannot be asked about."""
    for cue in track.cues:
        if cue.start_ms < offset:
            left.out("early")
        else:
            yield Cue(cue.start_ms - offset, cue.end_ms - offset, cue.text, cue.written)
