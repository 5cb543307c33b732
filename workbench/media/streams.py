"""Probing sound and video: every packet is looked at once, nothing but the first frame is decoded."""

from __future__ import annotations

from array import array
from contextlib import suppress
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import av.error

from accessibility.sentences import noted, sentence
from workbench.errors import BadInput
from workbench.media import containers
from workbench.media.probe import Probe

# A file that claims to be this much longer than it is was cut off on the way.
CUT_OFF_MS = 1000


def describe(path: Path, name: str) -> Probe:
    """What a file of sound or video holds; kind "other" where there is neither. See `probe.probe` for the errors."""
    try:
        with containers.opened(path, name) as container:
            video, audio = containers.main_video(container), containers.main_audio(container)
            if video is None and audio is None:
                return Probe("other", "application/octet-stream", path.stat().st_size, container=container.format.name)
            return _describe(container, video, audio, path)
    except BadInput:
        if _claims_media(path):
            raise
        return Probe("other", "application/octet-stream", path.stat().st_size)


def _claims_media(path: Path) -> bool:
    """Whether the first bytes promise sound or video, so that failing to read it is worth a message."""
    with path.open("rb") as file:
        head = file.read(16)
    starts = (b"RIFF", b"RF64", b"ID3", b"fLaC", b"OggS", b"\x1a\x45\xdf\xa3", b"FORM", b"\x06\x0e\x2b\x34", b"FLV", b"#!AMR")
    return head.startswith(starts) or head[4:8] in {b"ftyp", b"moov", b"mdat", b"wide"} or head[:2] in {b"\xff\xfb", b"\xff\xf1"}


@dataclass
class _Track:
    """What the packets of one stream tell."""

    stream: Any
    times: array[int] = field(default_factory=lambda: array("q"))
    end: int | None = None
    last: Any = None
    longest: int = 0

    def add(self, packet: Any) -> None:
        if packet.pts is None or packet.is_discard:
            return
        if self.stream.type == "video":
            self.times.append(packet.pts)
        length = packet.duration or 0
        end, self.longest = packet.pts + length, max(self.longest, length)
        if self.end is None or end > self.end:
            self.end, self.last = end, packet

    def end_seconds(self) -> Fraction | None:
        if self.end is None:
            return None
        return self.end * Fraction(self.stream.time_base) - self._padding()

    def _padding(self) -> Fraction:
        """Seconds at the end that the decoder throws away: encoders of MP3, AAC and Opus fill up their last packet."""
        if self.stream.type != "audio" or not self.last.has_sidedata("skip_samples"):
            return Fraction(0)
        samples = int.from_bytes(bytes(self.last.get_sidedata("skip_samples"))[4:8], "little")
        padding = Fraction(samples, self.stream.codec_context.sample_rate)
        # Some containers already tell the shortened length of the last packet.
        shortened = (self.last.duration or 0) * self.stream.time_base + padding <= self.longest * self.stream.time_base
        return Fraction(0) if shortened else padding


def _describe(container: Any, video: Any, audio: Any, path: Path) -> Probe:
    tracks = [_Track(stream) for stream in (video, audio) if stream is not None]
    first = _walk(container, tracks, video)
    duration_ms = _duration_ms(container, tracks)
    facts: dict[str, Any] = {
        "container": container.format.name,
        "codecs": tuple(track.stream.codec_context.codec.canonical_name for track in tracks),
        "duration_ms": duration_ms,
        "has_audio": audio is not None,
        "timecode": _timecode(container),
        "warnings": tuple(_warnings(container, duration_ms)),
        **_audio_facts(container, audio),
        **(_video_facts(tracks[0], first) if video is not None else {}),
    }
    kind = "audio" if video is None else "video"
    return Probe(kind, _mime(container, kind, path), path.stat().st_size, **facts)  # type: ignore[arg-type]


def _walk(container: Any, tracks: list[_Track], video: Any) -> Any:
    """Feed every packet to its track; return the first frame of the video, which knows things the header does not."""
    by_index = {track.stream.index: track for track in tracks}
    first = None
    for packet in container.demux([track.stream for track in tracks]):
        by_index[packet.stream_index].add(packet)
        if first is None and video is not None and packet.stream_index == video.index:
            with suppress(av.error.InvalidDataError):
                first = next(iter(packet.decode()), None)
    return first


def _duration_ms(container: Any, tracks: list[_Track]) -> int | None:
    ends = [end for track in tracks if (end := track.end_seconds()) is not None]
    if ends:
        return max(0, round((max(ends) - containers.zero(container)) * 1000))
    return None if container.duration is None else round(container.duration / 1000)


def _warnings(container: Any, duration_ms: int | None) -> list[str]:
    if container.duration is None or duration_ms is None:
        return [noted("The file does not say how long it is; its length was measured.")]
    declared = container.duration / av.time_base
    if container.format.name in _EXACT and declared * 1000 - duration_ms > CUT_OFF_MS:
        return [
            sentence(
                "The file says it lasts {declared:.1f} s, but it ends after {measured:.1f} s. It may be cut off.",
                declared=declared,
                measured=duration_ms / 1000,
            )
        ]
    return []


# Formats that write their length down; others guess it from the bit rate.
_EXACT = {"mov,mp4,m4a,3gp,3g2,mj2", "matroska,webm", "wav", "w64", "flac", "aiff", "mxf", "caf", "avi"}


def _audio_facts(container: Any, audio: Any) -> dict[str, Any]:
    if audio is None:
        return {}
    reference = container.metadata.get("time_reference", "")
    return {
        "sample_rate": audio.codec_context.sample_rate,
        "channels": audio.codec_context.channels,
        "time_reference_samples": int(reference) if reference.isdigit() else None,
    }


def _video_facts(track: _Track, first: Any) -> dict[str, Any]:
    stream = track.stream
    rotation = 0 if first is None else containers.rotation_of(first)
    shape = first or stream.codec_context
    width, height = max(1, shape.width), max(1, shape.height)  # a damaged header may say 0
    aspect = stream.sample_aspect_ratio
    times = sorted(track.times)
    return {
        "width": height if rotation in {90, 270} else width,
        "height": width if rotation in {90, 270} else height,
        "rotation": rotation,
        "pixel_format": stream.codec_context.pix_fmt or "",
        "pixel_aspect": float(aspect) if aspect else 1.0,
        "interlaced": first is not None and bool(first.interlaced_frame),
        "frames": len(times) or None,
        "frame_rate": _frame_rate(times, stream),
        "variable_frame_rate": varies(times),
        "reordered": times != list(track.times),
    }


def _frame_rate(times: list[int], stream: Any) -> float | None:
    if len(times) > 1 and times[-1] > times[0]:
        measured = float((len(times) - 1) / ((times[-1] - times[0]) * stream.time_base))
    else:
        return float(stream.average_rate) if stream.average_rate else None
    written = float(stream.average_rate or 0)
    return written if abs(written - measured) < measured / 1000 else measured


def varies(times: list[int]) -> bool:
    """
    Whether frames at these times (ticks, sorted) follow each other at unequal distances.

    One tick either way is rounding (29.97 frames per second in whole milliseconds); so are two per cent.
    """
    steps = [after - before for before, after in pairwise(times)]
    if len(steps) < 2:
        return False
    usual = sorted(steps)[len(steps) // 2]
    return any(abs(step - usual) > max(1, usual / 50) for step in steps)


def _timecode(container: Any) -> str | None:
    sources = [container.metadata, *(stream.metadata for stream in container.streams)]
    return next((source["timecode"] for source in sources if "timecode" in source), None)


_MIMES = {
    "wav": "audio/wav", "w64": "audio/x-w64", "mp3": "audio/mpeg", "flac": "audio/flac", "aac": "audio/aac",
    "mxf": "application/mxf", "avi": "video/x-msvideo", "mpegts": "video/mp2t", "mpeg": "video/mpeg",
    "aiff": "audio/aiff", "caf": "audio/x-caf", "amr": "audio/amr", "flv": "video/x-flv", "au": "audio/basic",
}  # fmt: skip


def _mime(container: Any, kind: str, path: Path) -> str:
    name = container.format.name
    if name.startswith("mov,"):
        return "video/quicktime" if container.metadata.get("major_brand", "qt").strip() == "qt" else f"{kind}/mp4"
    if name.startswith("matroska"):
        with path.open("rb") as file:
            return f"{kind}/{'webm' if b'webm' in file.read(64) else 'x-matroska'}"
    if name in {"ogg", "asf"}:
        return f"{kind}/ogg" if name == "ogg" else f"{kind}/x-ms-asf"
    return _MIMES.get(name, f"{kind}/x-{name.split(',')[0]}")
