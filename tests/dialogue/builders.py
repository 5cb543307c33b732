"""Short ways to hold a spoken dialogue in a test."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from accessibility import dialogue
from accessibility.dialogues.heard import Given, Heard, Key, Order, Setting, Spoken, Typed
from accessibility.dialogues.turns import Draft, Play, Say, Submit, Tone, Turn
from accessibility.speech.heard import Word

CLIP = {"media": "news", "start_ms": 3200, "end_ms": 7900}


def words(text: str, *unsure: str) -> tuple[Word, ...]:
    """Words as a recogniser gives them; those named are not sure."""
    return tuple(Word(one, n * 300, n * 300 + 250, 0.4 if one in unsure else 0.99) for n, one in enumerate(text.split()))


def speak(**data: Any) -> Given:
    """A piece of sound to say again."""
    given = {"subject": CLIP, "language": "en", **data}
    return Given("a1", "What is said?", ("Listen.",), "speak", given)


def choose(*texts: str, **data: Any) -> Given:
    """Answers to choose from; their values are 1, 2, 3 …"""
    options = [{"value": str(n), "text": text} for n, text in enumerate(texts, 1)]
    return Given("a1", "How is it?", (), "choose", {"subject": CLIP, "field": "value", "options": options, **data})


@dataclass
class Talk:
    """A dialogue that is going on."""

    state: dialogue.State
    turns: tuple[Turn, ...] = ()
    all: list[Turn] = field(default_factory=list)

    def hear(self, *heard: Heard) -> Talk:
        """One thing after another."""
        for one in heard:
            self.state, self.turns = dialogue.step(self.state, one)
            self.all += self.turns
        return self

    def keys(self, keys: Sequence[str]) -> Talk:
        """Keys, by their names."""
        return self.hear(*(Key(key) for key in keys))

    def order(self, *names: str) -> Talk:
        """Commands."""
        return self.hear(*(Order(name) for name in names))

    def say(self, text: str, *unsure: str, dictated: bool = True) -> Talk:
        """An utterance, as understood."""
        return self.hear(Spoken(text, words(text, *unsure), dictated))

    def type(self, text: str) -> Talk:
        """A typed text."""
        return self.hear(Typed(text))

    @property
    def text(self) -> str:
        """What was said in the last turns."""
        return " ".join(turn.text for turn in self.turns if isinstance(turn, Say))

    def only(self, kind: type[Any]) -> Any:
        """The one turn of this kind in the last turns."""
        (found,) = [turn for turn in self.turns if isinstance(turn, kind)]
        return found

    @property
    def submitted(self) -> Any:
        """The fields that were sent."""
        return self.only(Submit).raw

    @property
    def tones(self) -> list[str]:
        """The earcons in the last turns."""
        return [turn.name for turn in self.turns if isinstance(turn, Tone)]

    @property
    def played(self) -> list[Play]:
        """What was played in the last turns."""
        return [turn for turn in self.turns if isinstance(turn, Play)]

    @property
    def draft(self) -> Any:
        """The last draft of all."""
        return [turn.answer for turn in self.all if isinstance(turn, Draft)][-1]


def talk(given: Given | None = None, locale: Any = "en", *, again: bool = False, **settings: Any) -> Talk:
    """A dialogue at the start of the day, or at a question; `settings`: how this worker wants it."""
    state, turns = dialogue.begin(locale, "Noor", Setting(**settings), again=again)
    begun = Talk(state, turns, list(turns))
    return begun if given is None else begun.hear(given)
