"""Is this file a picture that may be shown to everybody? SVG without anything that runs or loads, or a small PNG.

An SVG is written anew from what was understood of it: what is kept is what was checked.
"""

from __future__ import annotations

import io
import re
import struct
import zlib
from xml.etree import ElementTree as ET

from accessibility.sentences import noted
from workbench.errors import Invalid

MOST_BYTES = 200_000
MOST_PIXELS = 2048  # per side
SVG = "{http://www.w3.org/2000/svg}"
SHAPES = re.compile(
    "svg|g|path|rect|circle|ellipse|line|polyline|polygon|title|desc|defs|linearGradient|radialGradient|stop|clipPath"
)
# What says how a shape looks and where it is; nothing that loads (href, src), runs (on…) or is code of its own (style).
LOOKS = re.compile(
    "id|d|x|y|x1|y1|x2|y2|cx|cy|r|rx|ry|fx|fy|width|height|points|viewBox|version|transform|preserveAspectRatio|pathLength"
    "|fill|fill-rule|fill-opacity|stroke|stroke-(?:width|linecap|linejoin|miterlimit|dasharray|dashoffset|opacity)|opacity"
    "|clip-path|clip-rule|color|display|visibility|offset|stop-color|stop-opacity|gradientUnits|gradientTransform"
    "|spreadMethod|clipPathUnits|vector-effect"
)
OUTSIDE = re.compile(r"url\(\s*['\"]?(?!#)|[a-z][a-z0-9+.-]*:", re.IGNORECASE)
DATA = frozenset({b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"})

TOO_LARGE = noted("A symbol is a file of at most 200 kB. Make it smaller.")
NO_PICTURE = noted("This is no SVG or PNG picture. Choose another file.")
UNSAFE = noted("This SVG holds more than shapes: text, pictures, styles or scripts. Save it as plain shapes, or as PNG.")
TOO_MANY_PIXELS = noted("A symbol is at most 2048 pixels wide and high. Make it smaller.")


def checked(data: bytes) -> tuple[str, bytes]:
    """
    (".svg" or ".png", the bytes to keep) of a picture that is safe to show.

    Raises:
        Invalid: too large, no picture, or one that might run or load something (`field` is `file`).
    """
    if len(data) > MOST_BYTES:
        raise Invalid(TOO_LARGE, field="file")
    return (".png", _png(data)) if data.startswith(b"\x89PNG\r\n\x1a\n") else (".svg", _svg(data))


def _svg(data: bytes) -> bytes:
    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import parse

    try:
        root = parse(io.BytesIO(data), forbid_dtd=True).getroot()
    except DefusedXmlException:
        raise Invalid(UNSAFE, field="file") from None
    except (ET.ParseError, ValueError, LookupError):
        raise Invalid(NO_PICTURE, field="file") from None
    if root is None or root.tag != f"{SVG}svg":
        raise Invalid(NO_PICTURE, field="file")
    _prune(root)
    for element in root.iter():
        _check(element)
    ET.register_namespace("", SVG.strip("{}"))
    kept: bytes = ET.tostring(root, encoding="utf-8")
    return kept


def _prune(element: ET.Element) -> None:
    """Take out what an editor noted for itself: other vocabularies, metadata."""
    for child in list(element):
        if not child.tag.startswith(SVG) or child.tag == f"{SVG}metadata":
            element.remove(child)
        else:
            _prune(child)


def _check(element: ET.Element) -> None:
    """A shape of SVG, with looks only."""
    if not SHAPES.fullmatch(element.tag.removeprefix(SVG)):
        raise Invalid(UNSAFE, field="file")
    for name, value in list(element.attrib.items()):
        if name.startswith("{"):
            if "xlink" in name:
                raise Invalid(UNSAFE, field="file")
            del element.attrib[name]
        elif name.startswith(("aria-", "data-")) or name in ("role", "class"):
            del element.attrib[name]
        elif not LOOKS.fullmatch(name) or OUTSIDE.search(value):
            raise Invalid(UNSAFE, field="file")


def _png(data: bytes) -> bytes:
    """Only the parts that hold the picture: no texts, no profiles. Each part's checksum must be right."""
    kept, at = [data[:8]], 8
    seen: list[bytes] = []
    while at + 12 <= len(data) and (not seen or seen[-1] != b"IEND"):
        (length,), kind = struct.unpack(">I", data[at : at + 4]), data[at + 4 : at + 8]
        whole = data[at : at + 12 + length]
        if len(whole) < 12 + length or zlib.crc32(whole[4:-4]) != struct.unpack(">I", whole[-4:])[0]:
            raise Invalid(NO_PICTURE, field="file")
        seen.append(kind)
        kept += [whole] if kind in DATA else []
        at += 12 + length
    if not seen or seen[0] != b"IHDR" or seen[-1] != b"IEND" or b"IDAT" not in seen:
        raise Invalid(NO_PICTURE, field="file")
    if max(struct.unpack(">II", data[16:24])) > MOST_PIXELS:
        raise Invalid(TOO_MANY_PIXELS, field="file")
    return b"".join(kept)
