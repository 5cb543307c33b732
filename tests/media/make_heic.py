"""A HEIC photo, put together by hand: a key frame of H.265 in the boxes of ISO 23008-12."""

from __future__ import annotations

import struct
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from PIL import Image


def heic(image: Image.Image, folder: Path, *, quarter_turns: int = 0) -> bytes:
    """
    Bytes of a HEIC file.

    Args:
        image: sides must be even and at least 64 pixels.
        folder: for a scratch file.
        quarter_turns: how often a viewer must turn it a quarter anticlockwise (`irot`).
    """
    config, frame = _hevc(image, folder / "scratch.mp4")
    ispe = _full(b"ispe", struct.pack(">II", *image.size))
    irot = _box(b"irot", bytes([quarter_turns]))
    properties = _box(
        b"iprp", _box(b"ipco", config + ispe + irot) + _full(b"ipma", struct.pack(">IHBBBB", 1, 1, 3, 0x81, 2, 0x83))
    )
    head = _box(b"ftyp", b"heic" + bytes(4) + b"mif1heic")
    entry = _full(b"infe", struct.pack(">HH4s", 1, 0, b"hvc1") + b"\0", version=2)
    known = (
        _full(b"hdlr", bytes(4) + b"pict" + bytes(13)) + _full(b"pitm", struct.pack(">H", 1))
        + _full(b"iinf", struct.pack(">H", 1) + entry) + properties
    )  # fmt: skip
    length_of_iloc = 12 + 2 + 2 + 2 + 2 + 2 + 8
    offset = len(head) + 12 + len(known) + length_of_iloc + 8
    iloc = _full(b"iloc", struct.pack(">BBHHHHII", 0x44, 0, 1, 1, 0, 1, offset, len(frame)))
    assert len(iloc) == length_of_iloc
    return head + _full(b"meta", known + iloc) + _box(b"mdat", frame)


def _hevc(image: Image.Image, scratch: Path) -> tuple[bytes, bytes]:
    """The configuration box and the only frame, as an MP4 holds them."""
    with av.open(str(scratch), "w") as out:
        stream = out.add_stream("libx265", rate=Fraction(25), options={"x265-params": "log-level=none:bframes=0", "crf": "8"})
        stream.width, stream.height, stream.pix_fmt = *image.size, "yuv420p"
        picture = av.VideoFrame.from_ndarray(np.asarray(image))
        picture.pts = 0
        out.mux(stream.encode(picture))
        out.mux(stream.encode(None))
    data = scratch.read_bytes()
    start = data.index(b"hvcC") - 4
    with av.open(str(scratch)) as container:
        frame = bytes(next(container.demux(video=0)))
    return data[start : start + int.from_bytes(data[start : start + 4], "big")], frame


def _box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", 8 + len(content)) + kind + content


def _full(kind: bytes, content: bytes, *, version: int = 0) -> bytes:
    return _box(kind, struct.pack(">I", version << 24) + content)
