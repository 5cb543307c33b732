"""
Sentences with values in them (a file's name, a number), which can be said in another language later.

An error is raised far from who reads it, by code that does not know their language. So its sentence goes along as
English that is ready to read (a log, a terminal), and remembers what it was made of: the words, and the values.
Whoever shows it (a page, the API, the voice) says it anew in the language of who reads.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from string import Formatter
from typing import Any, TypeAlias, cast

Json: TypeAlias = Any
Translate: TypeAlias = Callable[[str], str]
"""English words to those of a language; words that it does not know come back as they are."""


class Sentence(str):
    """English, made of `words` (with {names} in them) and `values`, which may be sentences themselves."""

    words: str
    values: Mapping[str, object]


def sentence(words: str, **values: object) -> Sentence:
    """
    A sentence with its values filled in: `sentence("{file} line {line} is empty.", file="a.csv", line=3)`.

    Args:
        words: in str.format's writing; `{limit:,}` writes thousands as the reader's language does.
    """
    made = Sentence(_filled(words, values, str, ","))
    made.words, made.values = words, values
    return made


def noted(words: str) -> str:
    """The words themselves, to be said later: marked here, so that the catalogue finds them."""
    return words


def said(text: str, translate: Translate, *, thousands: str = ",") -> str:
    """This text in a language: one that has no values by its words, a sentence by those and each of its values."""
    if isinstance(text, Sentence):
        return _filled(translate(text.words), text.values, translate, thousands)
    return translate(text) if text else ""


def listed(words: Sequence[str]) -> str:
    """`a, b, c`."""
    first, *more = words
    return sentence("{first}, {more}", first=first, more=listed(more)) if more else first


def either(words: Sequence[str]) -> str:
    """`a, b or c`."""
    *before, last = words
    return sentence("{kinds} or {last}", kinds=listed(before), last=last) if before else last


def renamed(text: str, old: str, new: str) -> str:
    """The same text about a file that goes by another name for its owner."""
    if isinstance(text, Sentence):
        values = {name: renamed(value, old, new) if isinstance(value, str) else value for name, value in text.values.items()}
        return sentence(text.words, **values)
    return text.replace(old, new)


def packed(text: str | None) -> Json:
    """As JSON, to be kept or to be sent to another process: a sentence with what it is made of, other text as it is."""
    if isinstance(text, Sentence):
        return {"words": text.words, "values": {name: _packed_value(value) for name, value in text.values.items()}}
    return text


def unpacked(kept: Json) -> Any:
    """What `packed` was given."""
    if isinstance(kept, Mapping):
        return sentence(kept["words"], **{name: unpacked(value) for name, value in kept["values"].items()})
    return kept


def made_of(text: str | None) -> Json:
    """What a column beside a text keeps: what it is made of; None where the text says all."""
    return packed(text) if isinstance(text, Sentence) else None


def kept(text: str, made: Json) -> str:
    """The text of two such columns."""
    return text if made is None else cast(str, unpacked(made))


def _packed_value(value: object) -> Json:
    return packed(value) if isinstance(value, str) else value if isinstance(value, int | float | None) else str(value)


def _filled(words: str, values: Mapping[str, object], translate: Translate, thousands: str) -> str:
    return _Filling(translate, thousands).vformat(words, (), values)


class _Filling(Formatter):
    """str.format, with sentences among the values said in the same language."""

    def __init__(self, translate: Translate, thousands: str) -> None:
        self._translate, self._thousands = translate, thousands

    def convert_field(self, value: Any, conversion: Any) -> Any:
        words = said(value, self._translate, thousands=self._thousands) if isinstance(value, Sentence) else value
        return super().convert_field(words, conversion)

    def format_field(self, value: Any, format_spec: str) -> str:
        written = str(format(value, format_spec))
        return written.replace(",", self._thousands) if format_spec == "," else written
