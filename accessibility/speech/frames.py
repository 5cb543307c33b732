"""
How we talk with an engine process: frames of a JSON header and bytes, over its standard input and output.

    4 bytes header length | 4 bytes body length | header (JSON, UTF-8) | body

Little-endian, unsigned. Lengths are limited, so that a confused peer cannot make us allocate the machine.
"""

from __future__ import annotations

import json
import struct
from typing import Any, BinaryIO

from accessibility.sentences import sentence

_LENGTHS = struct.Struct("<II")
MAX_HEADER_BYTES = 4 << 20
MAX_BODY_BYTES = 64 << 20

Header = dict[str, Any]


def write_frame(stream: BinaryIO, header: Header, body: bytes = b"") -> None:
    """Write one frame and flush it."""
    text = json.dumps(header).encode()
    stream.write(_LENGTHS.pack(len(text), len(body)) + text + body)
    stream.flush()


def read_frame(stream: BinaryIO) -> tuple[Header, bytes] | None:
    """
    The next frame, or None where the other side has gone.

    Raises:
        ValueError: the lengths are beyond the limits: this is no frame.
    """
    lengths = stream.read(_LENGTHS.size)
    if len(lengths) < _LENGTHS.size:
        return None
    header_bytes, body_bytes = _LENGTHS.unpack(lengths)
    if header_bytes > MAX_HEADER_BYTES or body_bytes > MAX_BODY_BYTES:
        raise ValueError(
            sentence(
                "a frame of {header_bytes} + {body_bytes} bytes is beyond the limits",
                header_bytes=header_bytes,
                body_bytes=body_bytes,
            )
        )
    text, body = stream.read(header_bytes), stream.read(body_bytes)
    if len(text) < header_bytes or len(body) < body_bytes:
        return None
    header: Header = json.loads(text)
    return header, body
