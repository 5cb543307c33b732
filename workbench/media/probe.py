"""What a file is, found in its bytes and not in its name.

Call `workbench.media.probe_file` from the application: it runs `probe` in a process of its own, because foreign media
is decoded here. This module itself is light to import.
"""

from __future__ import annotations

import codecs
import dataclasses
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from accessibility.sentences import noted, packed, unpacked

Kind = Literal["image", "audio", "video", "text", "other"]

HEAD_BYTES = 8192
_TEXT_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


@dataclass(frozen=True)
class Probe:
    """
    What a file holds.

    Attributes:
        kind: image, audio, video, text or other.
        mime: media type, from the content.
        size_bytes: size of the file.
        container: name of the file format, as its library calls it.
        codecs: names of the codecs inside, pictures first.
        width, height: pixels of the upright picture, as stored (see `pixel_aspect`).
        orientation: EXIF orientation 1–8 of an image; width and height have it applied.
        rotation: degrees clockwise that turn a video upright: 0, 90, 180 or 270; width and height have it applied.
        pixel_format: layout of the pixels, e.g. yuv420p or RGB.
        colour_profile: an image says what its colours mean (ICC).
        pixel_aspect: width of a pixel divided by its height; 1.0 nearly always.
        interlaced: the video comes in half pictures.
        duration_ms: from the first presented sample or frame to the end of the last.
        sample_rate, channels: of the sound, in hertz.
        frame_rate: frames per second, on average.
        variable_frame_rate: frames do not follow each other at equal distances.
        reordered: frames are stored in another order than they are shown.
        has_audio: there is sound.
        pages: pictures in a document-like image (TIFF), else None.
        frames: pictures in an animation, or frames of a video.
        time_reference_samples: samples since midnight at which a broadcast WAV starts.
        timecode: timecode of the first frame, as written.
        warnings: sentences for the person who uploads.
    """

    kind: Kind
    mime: str
    size_bytes: int
    container: str = ""
    codecs: tuple[str, ...] = ()
    width: int | None = None
    height: int | None = None
    orientation: int = 1
    rotation: int = 0
    pixel_format: str = ""
    colour_profile: bool = False
    pixel_aspect: float = 1.0
    interlaced: bool = False
    duration_ms: int | None = None
    sample_rate: int | None = None
    channels: int | None = None
    frame_rate: float | None = None
    variable_frame_rate: bool = False
    reordered: bool = False
    has_audio: bool = False
    pages: int | None = None
    frames: int | None = None
    time_reference_samples: int | None = None
    timecode: str | None = None
    warnings: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Plain JSON; `from_json` reads it."""
        return {**dataclasses.asdict(self), "warnings": [packed(each) for each in self.warnings]}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Probe:
        """The other way round."""
        return cls(**{**data, "codecs": tuple(data["codecs"]), "warnings": tuple(map(unpacked, data["warnings"]))})


def probe(path: str | Path, name: str) -> Probe:
    """
    Look into a file.

    Args:
        path: where it is.
        name: what the person calls it, for messages.

    Raises:
        BadInput: it is an image, sound or video that cannot be decoded.
        RefusedUpload: it is an image of more pixels than is safe.
    """
    path = Path(path)
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    size = path.stat().st_size
    if is_image(head):
        from workbench.media.images import describe as describe_image

        return describe_image(path, name)
    if mime := text_mime(head, whole=size <= HEAD_BYTES):
        return _svg(size) if mime == "image/svg+xml" else Probe("text", mime, size)
    if mime := _document_mime(head):
        return Probe("other", mime, size)
    from workbench.media.streams import describe as describe_streams

    return describe_streams(path, name)


def _svg(size: int) -> Probe:
    # A drawing can carry scripts and outside addresses, and has no pixels of its own.
    return Probe("other", "image/svg+xml", size, warnings=(noted("This is a vector drawing. Save it as PNG first."),))


_IMAGE_HEADS = (
    b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF87a", b"GIF89a", b"BM", b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+",
    b"\x00\x00\x00\x0cjP  \r\n\x87\n", b"\xff\x4f\xff\x51",
)  # fmt: skip
_IMAGE_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"avif", b"avis", b"mif2"}


def is_image(head: bytes) -> bool:
    """Whether a file that begins with these bytes is a picture that Pillow (with pi_heif) reads."""
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return True
    if head[4:8] == b"ftyp":
        return head[8:12] in _IMAGE_BRANDS
    if head[:2] == b"BM":  # two letters prove little: the file's own size of its header must fit as well
        return len(head) > 18 and int.from_bytes(head[14:18], "little") in {12, 40, 52, 56, 64, 108, 124}
    if re.match(rb"P[1-6]\s", head):
        return re.match(rb"P[1-6]\s(\s*#[^\n]*\n)*\s*\d+\s+\d+\s", head) is not None
    return head.startswith(_IMAGE_HEADS)


def text_mime(head: bytes, *, whole: bool) -> str | None:
    """Media type of text that begins like this, or None when it is not text. `whole`: there is no more of it."""
    text = _decoded(head, whole=whole)
    if text is None:
        return None
    start = text.lstrip("\ufeff \t\r\n")[:2000]
    for pattern, mime in _TEXT_STARTS:
        if re.match(pattern, start):
            return mime
    return "text/plain"


_TEXT_STARTS = (
    (r"WEBVTT\b", "text/vtt"),
    (r"\d+\s*\r?\n\d\d:\d\d:\d\d[,.]\d+ *-->", "application/x-subrip"),
    (r"(?s)<.*<svg\b|<svg\b", "image/svg+xml"),
    (r"(?s)<.*?<(\w+:)?tt\b|<(\w+:)?tt\b", "application/ttml+xml"),
    (r"(?i)<!doctype html|<html", "text/html"),
    (r"<\?xml|<[A-Za-z]\w*[\s>/]", "application/xml"),
    (r"[\[{]", "application/json"),
)


def _decoded(head: bytes, *, whole: bool) -> str | None:
    if not head:
        return ""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encodings = ["utf-16"]
    elif b"\x00" in head:
        return None
    else:
        encodings = ["utf-8", "cp1252"]
    for encoding in encodings:
        try:
            text = codecs.getincrementaldecoder(encoding)().decode(head, final=whole)
        except UnicodeDecodeError:
            continue
        return None if _TEXT_CONTROLS.search(text) or _mostly_symbols(text, encoding) else text
    return None


def _mostly_symbols(text: str, encoding: str) -> bool:
    # Any byte is a character of cp1252: compressed sound without a zero byte must not pass as text.
    return encoding == "cp1252" and sum(not character.isascii() for character in text) > len(text) * 0.2


def _document_mime(head: bytes) -> str | None:
    for start, mime in ((b"%PDF", "application/pdf"), (b"PK\x03\x04", "application/zip"), (b"\x1f\x8b", "application/gzip")):
        if head.startswith(start):
            return mime
    return None
