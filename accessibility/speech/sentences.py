"""Where the sentences of a text begin and end, so that each can be spoken, marked and repeated by itself."""

from __future__ import annotations

import re
from dataclasses import dataclass

_BREAK = re.compile(r"""[.!?…]+["'”’)\]]*(?=\s)|\n+""")
# A full stop after one of these does not end a sentence.
_SHORT = re.compile(
    r"(?:^|[\s(])(?:bijv|bv|dr|dhr|drs|mr|mrs|ms|prof|nr|no|st|enz|etc|vs|ca|blz|resp|(?:[A-Za-z]\.)*[A-Za-z])\.$", re.I
)


@dataclass(frozen=True)
class Span:
    """A stretch of a text.

    Args:
        start, end: offsets in code points, end excluded.
    """

    start: int
    end: int

    def of(self, text: str) -> str:
        return text[self.start : self.end]


def sentence_spans(text: str) -> list[Span]:
    """The sentences of a text, without the white space between them; never an empty one."""
    starts, position = [], 0
    for found in _BREAK.finditer(text):
        if "\n" in found.group() or not _SHORT.search(text[position : found.end()]):
            starts.append((position, found.end()))
            position = found.end()
    starts.append((position, len(text)))
    return [span for start, end in starts if (span := _trimmed(text, start, end)).start < span.end]


def _trimmed(text: str, start: int, end: int) -> Span:
    piece = text[start:end]
    left = start + len(piece) - len(piece.lstrip())
    return Span(left, max(left, start + len(piece.rstrip())))
