"""EBU STL: blocks of 128 bytes after one of 1,024, times in frames; characters by ttconv's tables.

Source: EBU Tech 3264-E
"""

from __future__ import annotations

import codecs
import re
import struct
from collections.abc import Iterator
from fractions import Fraction
from typing import Any, NamedTuple

from accessibility.sentences import sentence
from task_types.cues.model import Cue, Left, Track, UnreadableSubtitles

HEAD, BLOCK = 1024, 128
RATES = {
    b"STL23.01": Fraction(24000, 1001),
    b"STL24.01": Fraction(24),
    b"STL25.01": Fraction(25),
    b"STL30.01": Fraction(30000, 1001),
    b"STL50.01": Fraction(50),
}
CODES = {b"01": "iso8859_5", b"02": "iso8859_6", b"03": "iso8859_7", b"04": "iso8859_8"}
LINE, UNUSED, LAST = 0x8A, 0x8F, 0xFF


class _Block(NamedTuple):
    group: int
    number: int
    extension: int  # 0xFF: the subtitle's last block
    cumulative: int
    times: tuple[int, ...]  # hours, minutes, seconds, frames: in, then out
    comment: int
    text: bytes


def is_stl(data: bytes) -> bool:
    """By the code of its disk format, which stands at a fixed place."""
    return re.fullmatch(rb"STL\d\d\.01", data[3:11]) is not None


def read(data: bytes, name: str, left: Left) -> Track:
    """
    An STL file.

    Raises:
        UnreadableSubtitles: too short, or a frame rate nobody knows.
    """
    rate = RATES.get(data[3:11])
    if rate is None:
        known = ", ".join(sorted(code.decode() for code in RATES))
        raise UnreadableSubtitles(
            sentence(
                "{name} is STL of the kind {kind}. Known: {known}.",
                name=name,
                kind=data[3:11].decode("ascii", "replace"),
                known=known,
            )
        )
    if len(data) < HEAD + BLOCK:
        raise UnreadableSubtitles(
            sentence("{name} ends after {count} bytes, before its first subtitle. Copy it again.", name=name, count=len(data))
        )
    decode = _decoder(data[12:14])
    cues = [_cue(block, rate, decode, left) for block in _whole(data, left)]
    code = data[256:264].decode("ascii", "replace")
    programme = ":".join(code[at : at + 2] for at in (0, 2, 4, 6)) if re.fullmatch(r"[0-9]{8}", code) else None
    start = None if programme == "00:00:00:00" else programme
    kept = [cue for cue in cues if cue is not None]
    return Track("STL", kept, frame_rate=round(float(rate), 3), programme_start=start)


def _whole(data: bytes, left: Left) -> Iterator[_Block]:
    """Subtitles with the texts of all their blocks; comments and user data are none."""
    text = b""
    left.out("stray", (len(data) - HEAD) % BLOCK > 0)
    for place in range(HEAD, len(data) - BLOCK + 1, BLOCK):
        block = _block(data[place : place + BLOCK])
        if 0xEF < block.extension < LAST or block.comment == 1:
            continue
        text += block.text
        if block.extension == LAST:
            yield block._replace(text=text)
            text = b""


def _block(data: bytes) -> _Block:
    group, number, extension, cumulative, *times, _row, _aligned, comment, text = struct.unpack("<BHBB8BBBB112s", data)
    return _Block(group, number, extension, cumulative, tuple(times), comment, text.rstrip(bytes([UNUSED])))


def _cue(block: _Block, rate: Fraction, decode: Any, left: Left) -> Cue | None:
    times = block.times[:4], block.times[4:]
    if any(hours > 23 or minutes > 59 or seconds > 59 or frames >= rate for hours, minutes, seconds, frames in times):
        left.out("untimed")
        return None
    left.out("cumulative", block.cumulative in (1, 2, 3))
    start, end = (_ms(each, rate) for each in times)
    written = tuple(":".join(f"{part:02}" for part in each) for each in times)
    return Cue(start, end, _words(block.text, decode, left), (written[0], written[1]))


def _ms(time: tuple[int, ...], rate: Fraction) -> int:
    hours, minutes, seconds, frames = time
    # Non-drop counting: an hour of timecode has 108,000 frames at 29.97 per second.
    counted = ((hours * 60 + minutes) * 60 + seconds) * round(rate) + frames
    return round(counted * 1000 / rate)


def _words(text: bytes, decode: Any, left: Left) -> str:
    lines = []
    for part in text.split(bytes([LINE])):
        left.out("colour", any(code <= 0x07 or 0x1C <= code <= 0x1D for code in part))
        left.out("style", any(0x80 <= code <= 0x85 for code in part))
        # A code for a colour takes the place of a space.
        kept = bytes(0x20 if code < 0x20 else code for code in part if not 0x80 <= code <= 0x9F)
        line = " ".join(decode(kept).split())
        left.out("unknown", line.count("\ufffd"))
        if line:
            lines.append(line)
    return "\n".join(lines)


def _decoder(code: bytes) -> Any:
    name = CODES.get(code)
    if name is not None:
        return lambda data: codecs.decode(data, name, "replace")
    from ttconv.stl import iso6937, tf  # tf names the way of dealing with unknown characters

    assert tf is not None
    return lambda data: iso6937.decode(bytearray(data), errors="note")[0]
