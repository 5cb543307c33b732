"""EBU-TT-D, EBU-TT, TTML and IMSC: ttconv resolves times (frames, ticks, nested ones), this walks what it found.

Source: EBU Tech 3380 (EBU-TT-D), w3.org/TR/ttml2, w3.org/TR/ttml-imsc1.2
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from fractions import Fraction
from io import BytesIO
from typing import Any

from accessibility.sentences import sentence
from task_types.cues.model import Cue, Left, Track, UnreadableSubtitles

_COLOURS = re.compile(r"(color|backgroundColor)$", re.IGNORECASE)
_STYLES = re.compile(r"(fontStyle|fontWeight|textDecoration|fontFamily)$")
_AGAIN = sentence("Open it in your subtitle program and save it again.")
Interval = tuple[Fraction, Fraction | None]


def read(data: bytes, name: str, left: Left) -> Track:
    """
    A file of timed text.

    Raises:
        UnreadableSubtitles: no XML, unsafe XML, or not the document it says it is.
    """
    import defusedxml.ElementTree as SafeXml
    from defusedxml.common import DefusedXmlException
    from ttconv.imsc import reader

    logging.getLogger("ttconv").setLevel(logging.CRITICAL)  # it would log what is counted here
    try:
        tree = SafeXml.parse(BytesIO(data))
    except DefusedXmlException as error:
        raise UnreadableSubtitles(
            sentence("{name} has XML entities of its own, which are not safe. Save it without them.", name=name)
        ) from error
    except (SafeXml.ParseError, ValueError, LookupError) as error:
        place = getattr(error, "position", None)
        where = sentence("{file} line {line}", file=name, line=place[0]) if place else name
        raise UnreadableSubtitles(sentence("{where}: this is not valid XML. {again}", where=where, again=_AGAIN)) from error
    root = tree.getroot()
    written = _look(root, left)
    try:
        document = reader.to_model(tree)
        cues = list(_cues(document, written, left)) if document is not None else None
    except Exception as error:  # the library raises whatever a damaged document makes it run into
        raise UnreadableSubtitles(sentence("{name} cannot be read as timed text. {again}", name=name, again=_AGAIN)) from error
    if cues is None:
        raise UnreadableSubtitles(sentence("{name} is XML, but no timed text: its first element must be tt.", name=name))
    return Track(_format(data), cues, frame_rate=_frame_rate(root), programme_start=_start(root))


def _format(data: bytes) -> str:
    head = data[:20_000]
    return "EBU-TT-D" if b"urn:ebu:tt:distribution" in head else "EBU-TT" if b"urn:ebu:tt" in head else "TTML"


def _look(root: Any, left: Left) -> list[tuple[str, str]]:
    """Count what a cue has no place for; each paragraph's times as they are written."""
    written = []
    for element in root.iter():
        kind = _local(element.tag)
        if kind in ("span", "p", "style", "region", "body", "div"):
            names = [_local(attribute) for attribute in element.attrib]
            left.out("colour", any(_COLOURS.search(one) for one in names) and kind != "region")
            left.out("style", any(_STYLES.search(one) for one in names))
        if kind == "region":
            left.out("position")
        if kind in ("image", "set") or any("backgroundImage" in attribute for attribute in element.attrib):
            left.out("animation" if kind == "set" else "image")
        if kind == "p":
            written.append((element.get("begin", ""), element.get("end") or f"+{element.get('dur', '')}"))
    return written


def _local(name: Any) -> str:
    return str(name).rpartition("}")[2]


def _frame_rate(root: Any) -> float | None:
    found = {_local(name): value for name, value in root.attrib.items()}
    try:
        rate = Fraction(found["frameRate"])
        top, bottom = (found.get("frameRateMultiplier") or "1 1").replace(":", " ").split()
        return round(float(rate * Fraction(int(top), int(bottom))), 3) or None
    except (KeyError, ValueError, ZeroDivisionError, OverflowError):
        return None


def _start(root: Any) -> str | None:
    """EBU-TT says in its metadata where the programme starts."""
    for element in root.iter():
        if _local(element.tag) == "documentStartOfProgramme" and (element.text or "").strip():
            return str(element.text).strip()
    return None


def _cues(document: Any, written: list[tuple[str, str]], left: Left) -> Iterator[Cue]:
    from ttconv import model

    body = document.get_body()
    found = list(_timed(body, (Fraction(0), None), model.P)) if body is not None else []
    # Some paragraphs may have been dropped; then nobody can say which times were whose.
    times = written if len(written) == len(found) else [None] * len(found)
    for (paragraph, (start, end)), as_written in zip(found, times, strict=True):
        pieces: dict[Interval, str] = {}
        for (first, last), words in _words(paragraph, (start, end), left):
            pieces[first, last] = pieces.get((first, last), "") + words
        for (first, last), text in pieces.items():
            if last is None or (first == 0 and paragraph.get_begin() is None and paragraph.get_end() is None):
                left.out("untimed", bool(text.strip()))
                continue
            yield Cue(round(first * 1000), round(last * 1000), _lines(text), as_written)


def _timed(element: Any, inside: Interval, wanted: type) -> Iterator[tuple[Any, Interval]]:
    """Every element of a kind below this one, with when it is active; a child's times count from its parent's start."""
    now = _own(element, inside)
    if isinstance(element, wanted):
        yield element, now
        return
    for child in element:
        yield from _timed(child, now, wanted)


def _own(element: Any, inside: Interval) -> Interval:
    start, limit = inside
    begin, end = element.get_begin(), element.get_end()
    # A parent's end that the library made up itself is too early by its start: a child's own end counts.
    return start + Fraction(begin or 0), limit if end is None else start + Fraction(end)


def _words(element: Any, active: Interval, left: Left) -> Iterator[tuple[Interval, str]]:
    """The texts of a paragraph, each with when it is shown: spans may have times of their own."""
    from ttconv import model

    for child in element:
        if isinstance(child, model.Text):
            yield active, re.sub(r"\s+", " ", child.get_text())
        elif isinstance(child, model.Br):
            yield active, "\n"
        elif isinstance(child, model.Rt | model.Rp | model.Rtc):
            left.out("ruby")
        else:
            yield from _words(child, _own(child, active), left)


def _lines(text: str) -> str:
    return "\n".join(line for line in (" ".join(each.split()) for each in text.split("\n")) if line)
