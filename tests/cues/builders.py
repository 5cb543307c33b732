"""One track, written in five formats by hand: what broadcasters send."""

from __future__ import annotations

import struct
from collections.abc import Sequence

Line = tuple[int, int, str]  # ms, ms, text; all times are whole frames of 25 per second

TRACK: Sequence[Line] = (
    (1000, 3480, "Goedenavond, dit is het journaal."),
    (3600, 5920, "De burgemeester van Curaçao\nopent vandaag de brug."),
    (6000, 7840, "- Gaat u mee?\n- Nee, dank u."),
    (8000, 9960, "Het kost 5 < 6 & meer dan 3 euro."),
)
HOUR = 10 * 3_600_000


def clock(ms: int, mark: str = ".") -> str:
    """As SRT and WebVTT write it."""
    return f"{ms // 3_600_000:02}:{ms // 60_000 % 60:02}:{ms // 1000 % 60:02}{mark}{ms % 1000:03}"


def srt(track: Sequence[Line] = TRACK) -> bytes:
    """SubRip as it comes from Windows."""
    blocks = [f"{n}\r\n{clock(a, ',')} --> {clock(b, ',')}\r\n<i>{t}</i>\r\n" for n, (a, b, t) in enumerate(track, 1)]
    return b"\xef\xbb\xbf" + "\r\n".join(blocks).replace("\r\n", "\n").replace("\n", "\r\n").encode()


def vtt(track: Sequence[Line] = TRACK) -> bytes:
    """WebVTT with a style sheet, a note and a speaker."""
    escaped = [(a, b, t.replace("&", "&amp;").replace("<", "&lt;")) for a, b, t in track]
    blocks = [f"cue{n}\n{clock(a)} --> {clock(b)} line:90%\n<v Anna>{t}</v>" for n, (a, b, t) in enumerate(escaped)]
    return "\n\n".join(["WEBVTT", "STYLE\n::cue { color: red }", "NOTE made by hand", *blocks]).encode() + b"\n"


def ttml(track: Sequence[Line] = TRACK) -> bytes:
    """IMSC: frames, a parent with a time of its own, no prefix."""
    rows = "".join(
        f'<p begin="{(a - 500) // 20}f" dur="{(b - a) // 20}f">{_xml(t).replace(chr(10), "<br/>")}</p>' for a, b, t in track
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<tt xmlns="http://www.w3.org/ns/ttml" xmlns:ttp="http://www.w3.org/ns/ttml#parameter" '
        f'ttp:frameRate="50" xml:lang="nl"><body><div begin="500ms">{rows}</div></body></tt>'
    ).encode()


def ebu_tt_d(track: Sequence[Line] = TRACK) -> bytes:
    """With the prefix that breaks other readers, spans with styles, line breaks and white space."""
    rows = "".join(
        f'<tt:p xml:id="sub{n}" begin="{clock(a)}" end="{clock(b)}" region="bottom">\n   '
        + "<tt:br/>\n   ".join(f'<tt:span style="yellow">{_xml(line)}</tt:span>' for line in t.split("\n"))
        + "\n  </tt:p>"
        for n, (a, b, t) in enumerate(track)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><tt:tt xmlns:tt="http://www.w3.org/ns/ttml" '
        'xmlns:ttp="http://www.w3.org/ns/ttml#parameter" xmlns:tts="http://www.w3.org/ns/ttml#styling" '
        'xmlns:ebuttm="urn:ebu:tt:metadata" ttp:timeBase="media" ttp:cellResolution="50 30" xml:lang="nl"><tt:head><tt:metadata>'
        "<ebuttm:documentMetadata><ebuttm:conformsToStandard>urn:ebu:tt:distribution:2014-01</ebuttm:conformsToStandard>"
        '</ebuttm:documentMetadata></tt:metadata><tt:styling><tt:style xml:id="yellow" tts:color="#ffff00"/></tt:styling>'
        '<tt:layout><tt:region xml:id="bottom" tts:origin="10% 80%" tts:extent="80% 20%"/></tt:layout></tt:head>'
        f"<tt:body><tt:div>{rows}</tt:div></tt:body></tt:tt>"
    ).encode()


def _xml(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")


def stl(track: Sequence[Line] = TRACK, *, start_ms: int = HOUR, tcp: bytes = b"10000000", rate: bytes = b"STL25.01") -> bytes:
    """EBU STL of a programme that starts at ten o'clock; a comment and a subtitle in two blocks among them."""
    head = bytearray(b" " * 1024)
    head[0:3], head[3:11], head[11:12], head[12:14], head[14:16] = b"437", rate, b"1", b"00", b"1D"
    head[238:243], head[243:248] = b"%05d" % (len(track) + 1), b"%05d" % len(track)
    head[256:264] = tcp
    blocks = [_block(0, 0, 0, b"a note of the editor", comment=1)]
    for number, (start, end, text) in enumerate(track, 1):
        data = b"\x8a".join(b"\x0d\x03" + _latin(line) for line in text.split("\n"))
        if number == 2:
            blocks.append(_block(number, start + start_ms, end + start_ms, data[:20], extension=0))
            data = data[20:]
        blocks.append(_block(number, start + start_ms, end + start_ms, data))
    return bytes(head) + b"".join(blocks)


def _latin(text: str) -> bytes:
    return text.replace("ç", "\x00c").encode("ascii").replace(b"\x00c", b"\xcbc")  # ISO 6937: the accent first


def _block(number: int, start: int, end: int, text: bytes, *, extension: int = 0xFF, comment: int = 0) -> bytes:
    times = [part for ms in (start, end) for part in (ms // 3_600_000, ms // 60_000 % 60, ms // 1000 % 60, ms % 1000 // 40)]
    return struct.pack("<BHBB8BBBB", 0, number, extension, 0, *times, 20, 2, comment) + text.ljust(112, b"\x8f")


FORMATS = {"SRT": srt, "WebVTT": vtt, "TTML": ttml, "EBU-TT-D": ebu_tt_d, "STL": stl}
