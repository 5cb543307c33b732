"""Which kinds of material a project takes, in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from task_types import registry
from workbench.domain import Step

_ORDER = ("image", "audio", "video", "text", "subtitle", "row", "other")
_WORDS = {
    "image": "image",
    "audio": "audio",
    "video": "video",
    "text": "text",
    "row": "table rows",
    "subtitle": "subtitles",
    "other": "any file",
}
_ARTICLES = {"image": "an image", "audio": "audio", "video": "video", "text": "text", "subtitle": "a subtitle file"}


@dataclass(frozen=True)
class Wanted:
    """The kinds that a project's first steps ask about. types: their names, for messages."""

    kinds: frozenset[str]
    types: str

    @property
    def rows(self) -> bool:
        """Can a table row be asked about by itself?"""
        return bool(self.kinds & {"row", "text"})

    @property
    def only_rows(self) -> bool:
        """Is a row whatever it holds: never a name of files, never told by an id of its own?"""
        return self.kinds == {"row"}

    def refusal(self, name: str, kind: str, mime: str = "") -> str:
        """`rating takes image, audio or text; x.pdf is application/pdf. …`"""
        what = _ARTICLES.get(kind) or (mime or "something else")
        return f"{self.types} takes {self.in_words}; {name} is {what}. Leave it out, or choose another task type."

    @property
    def in_words(self) -> str:
        """`image, audio or text`."""
        return joined([_WORDS[kind] for kind in _ORDER if kind in self.kinds], "or")


def wanted_by(steps: Iterable[Step]) -> Wanted:
    """What these steps take between them."""
    types = [registry.get(step.task_type) for step in steps]
    kinds: frozenset[str] = frozenset().union(*(each.accepts for each in types))
    return Wanted(kinds, joined(sorted({each.name for each in types}), "and"))


def joined(words: Sequence[str], last: str) -> str:
    """`a, b or c`."""
    return f" {last} ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
