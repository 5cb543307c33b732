"""Splitting a text: whole, by paragraph or by sentence. Places are code points from the start of the whole text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from task_types.settings import StepSettings

Unit = Literal["document", "paragraph", "sentence"]

BLANK_LINES = re.compile(r"\n[^\S\n]*(?:\n[^\S\n]*)+")
# A full stop, a closing quote or bracket after it, then space and something that may begin a sentence.
ENDS = re.compile(r"[.!?…]+[\"'”’»)\]]*(?=\s+[\"'“‘«(\[–-]*[^\Wa-z_])|\n")
# After these a full stop ends no sentence, whatever comes next.
SHORT = re.compile(
    r"(?:^|[\s(])(?:[A-Z]|dhr|mevr|mw|mej|dr|drs|ir|ing|mr|prof|bijv|bv|nr|blz|ca|jl|St|Mr|Mrs|Ms|Dr|Prof|No|vs|e\.g|i\.e|o\.a|d\.w\.z|m\.a\.w)\.$"
)


class TextSettings(StepSettings):
    """Settings of a step about texts, which may be cut."""

    text_unit: Unit = Field(
        default="document", description="what one question is about: the whole text (`document`), a `paragraph` or a `sentence`"
    )
    text_column: str | None = Field(default=None, description="the column of a table row that is asked about")


def passages(text: str, unit: Unit) -> list[tuple[int, str]]:
    """(where it begins, the words) of each piece that holds something; blanks around a piece are left out."""
    pieces = [(0, text)]
    if unit != "document":
        pieces = [piece for start, whole in pieces for piece in _between(start, whole, BLANK_LINES)]
    if unit == "sentence":
        pieces = [piece for start, whole in pieces for piece in _sentences(start, whole)]
    if unit == "document":
        return pieces
    return [(start + len(words) - len(words.lstrip()), words.strip()) for start, words in pieces if words.strip()]


def _between(start: int, text: str, parting: re.Pattern[str]) -> Iterator[tuple[int, str]]:
    at = 0
    for found in parting.finditer(text):
        yield start + at, text[at : found.start()]
        at = found.end()
    yield start + at, text[at:]


def _sentences(start: int, text: str) -> Iterator[tuple[int, str]]:
    at = 0
    for found in ENDS.finditer(text):
        if not SHORT.search(text[at : found.end()]):
            yield start + at, text[at : found.end()]
            at = found.end()
    yield start + at, text[at:]
