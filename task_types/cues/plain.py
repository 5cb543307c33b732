"""SRT and WebVTT, as people really write them; SSA and MicroDVD by pysubs2.

Source: w3.org/TR/webvtt1; SRT as SubRip and its followers write it.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence

from accessibility.sentences import sentence
from task_types.cues.model import Cue, Left, Track, UnreadableSubtitles

TIME = re.compile(r"(?:(\d{1,3}):)?(\d{1,2}):(\d{1,2})[.,](\d{1,3})(?!\d)")
_TAG = re.compile(r"</?([a-zA-Z0-9]+)?((?:\.[^\s<>.]+)*)(?:\s+[^<>]*)?>|<\d[\d:.]*>")
_PLACE = re.compile(r"\{\\an?\d+[^}]*\}|\{\\pos[^}]*\}")
_SETTINGS = re.compile(r"\b(line|position|align|vertical|region|size):|\b[XY][12]:")


def srt(text: str, name: str, left: Left) -> Track:
    """SubRip."""
    return Track("SRT", list(_cues(text.split("\n"), name, left, web=False)))


def web_vtt(text: str, name: str, left: Left) -> Track:
    """WebVTT; notes are nobody's subtitle, style sheets are counted as colours left out."""
    kept: list[str] = []
    inside = ""
    for number, line in enumerate(text.lstrip("\ufeff").split("\n")):
        head = re.match(r"(NOTE|STYLE|REGION)\b", line)
        if number == 0 or (head and not inside and (not kept or not kept[-1].strip())):
            inside = head.group(1) if head else "WEBVTT"
            if inside in ("STYLE", "REGION"):
                left.out("colour" if inside == "STYLE" else "position")
        elif not line.strip():
            inside = ""
        if inside == "WEBVTT" and "-->" in line:
            inside = ""  # the blank line after the first one was forgotten
        kept.append("" if inside else line)  # line numbers in messages stay true
    return Track("WebVTT", list(_cues(kept, name, left, web=True)))


def _cues(lines: Sequence[str], name: str, left: Left, *, web: bool) -> Iterator[Cue]:
    used = [not line.strip() for line in lines]
    arrows = [number for number, line in enumerate(lines) if "-->" in line]
    for place, number in enumerate(arrows):
        first, second = _times(lines[number], name, number + 1)
        left.out("position", len(_SETTINGS.findall(lines[number])) and 1)
        last = arrows[place + 1] if place + 1 < len(arrows) else len(lines)
        end = next((at for at in range(number + 1, last) if not lines[at].strip()), last)
        if end == last < len(lines) and end > number + 1 and _is_name_of_cue(lines[end - 1], web=web):
            end -= 1  # no blank line between two subtitles: this is the next one's number
        words = [_plain(line, left, web=web) for line in lines[number + 1 : end]]
        for at in range(max(0, number - 1), end):
            used[at] = True
        yield Cue(_ms(first), _ms(second), "\n".join(word for word in words if word), (first.group(), second.group()))
    left.out("stray", used.count(False))


def _is_name_of_cue(line: str, *, web: bool) -> bool:
    return line.strip().isdigit() and not web


def _times(line: str, name: str, number: int) -> tuple[re.Match[str], re.Match[str]]:
    before, _, after = line.partition("-->")
    first, second = TIME.search(before), TIME.search(after)
    if first is None or second is None:
        where, said = sentence("{file} line {line}", file=name, line=number), line.strip()[:60]
        raise UnreadableSubtitles(
            sentence('{where}: "{said}" should be two times, like 00:01:02.500 --> 00:01:04.000.', where=where, said=said)
        )
    return first, second


def _ms(found: re.Match[str]) -> int:
    hours, minutes, seconds, rest = found.groups()
    return ((int(hours or 0) * 60 + int(minutes)) * 60 + int(seconds)) * 1000 + int(rest.ljust(3, "0"))


def _plain(line: str, left: Left, *, web: bool) -> str:
    """The words of a line, without its markup."""
    line, places = _PLACE.subn("", line)
    left.out("position", places)

    def drop(found: re.Match[str]) -> str:
        if not found.group().startswith("</"):
            _count(found.group(1) or "", found.group(2) or "", left)
        return ""

    line = _TAG.sub(drop, line)
    return " ".join((html.unescape(line) if web else line).split())


def _count(tag: str, classes: str, left: Left) -> None:
    if tag == "v":
        left.out("speaker")
    elif tag in ("font", "c") or classes:
        left.out("colour")
    elif tag in ("ruby", "rt"):
        left.out("ruby")
    elif tag == "":
        left.out("animation")
    else:
        left.out("style")


KINDS = {"ass": "SSA", "microdvd": "MicroDVD"}


def by_library(text: str, name: str, frame_rate: float | None, left: Left) -> Track:
    """SSA and MicroDVD."""
    import pysubs2

    kind = "ass" if "[Script Info]" in text else "microdvd"
    try:
        found = pysubs2.SSAFile.from_string(text, format_=kind, fps=frame_rate if kind == "microdvd" else None)
        cues = [Cue(int(one.start), int(one.end), _lines(one.plaintext)) for one in found.events if not one.is_comment]
    except Exception as error:  # the library raises whatever its parsing runs into
        rate_missing = kind == "microdvd" and frame_rate is None
        hint = sentence("Give its frame rate.") if rate_missing else sentence("Save it as SRT or WebVTT.")
        raise UnreadableSubtitles(
            sentence("{name} cannot be read as {kind} subtitles. {hint}", name=name, kind=KINDS[kind], hint=hint)
        ) from error
    left.out("style", sum("{\\" in one.text for one in found.events))
    return Track(KINDS[kind], cues, frame_rate=frame_rate)


def _lines(text: str) -> str:
    return "\n".join(line for line in (" ".join(each.split()) for each in text.split("\n")) if line)
