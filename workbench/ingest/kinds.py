"""Which kinds of material a project takes, in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from accessibility.sentences import either, listed, sentence
from task_types import registry
from task_types.subjects import KINDS
from workbench.domain import Step

_ORDER = ("image", "audio", "video", "text", "subtitle", "row", "other")
_ARTICLES = {**KINDS, "image": sentence("an image"), "subtitle": sentence("a subtitle file"), "row": None, "other": None}


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
        return sentence(
            "{types} takes {kinds}; {file} is {what}. Leave it out, or choose another task type.",
            types=self.types,
            kinds=self.in_words,
            file=name,
            what=_ARTICLES.get(kind) or mime or sentence("something else"),
        )

    @property
    def in_words(self) -> str:
        """`image, audio or text`."""
        return either([KINDS[kind] for kind in _ORDER if kind in self.kinds])


def wanted_by(steps: Iterable[Step]) -> Wanted:
    """What these steps take between them."""
    types = [registry.get(step.task_type) for step in steps]
    kinds: frozenset[str] = frozenset().union(*(each.accepts for each in types))
    *before, last = sorted({each.name for each in types})
    return Wanted(kinds, sentence("{names} and {last}", names=listed(before), last=last) if before else last)
