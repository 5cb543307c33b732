"""What a recogniser heard, as plain records; times in ms from the start of the utterance's sound."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

UNKNOWN_WORD = "[unk]"  # Vosk's own word for "something else was said"

TroubleCode = Literal["silence", "too_quiet", "too_loud", "noise", "not_understood", "odd_bytes"]


@dataclass(frozen=True)
class Choice:
    """
    Another reading of a word.

    Args:
        takes: how many words, from this one on, it would stand for: a name is often heard as two or three words.
    """

    text: str
    takes: int = 1


@dataclass(frozen=True)
class Word:
    """
    One word; never with white space in it.

    Args:
        start_ms, end_ms: None for a word that was typed or put in, not heard.
        confidence: 0 to 1; None where nobody can tell.
        choices: what else it may have been, likeliest first.
    """

    text: str
    start_ms: int | None = None
    end_ms: int | None = None
    confidence: float | None = None
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True)
class Alternative:
    """Another reading of the whole utterance, with the recogniser's own score (higher is likelier)."""

    text: str
    score: float


@dataclass(frozen=True)
class Partial:
    """What it sounds like so far; may still change."""

    text: str


@dataclass(frozen=True)
class Final:
    """An utterance as understood. `alternatives` includes the best reading, and is empty where not asked for."""

    text: str
    words: tuple[Word, ...] = ()
    alternatives: tuple[Alternative, ...] = ()


@dataclass(frozen=True)
class Trouble:
    """Something about the sound that the speaker should hear of; `spoken.say()` has the sentence."""

    code: TroubleCode


Event = Partial | Final | Trouble


def to_json(event: Event) -> dict[str, Any]:
    """An event for a wire: its fields and its `kind`."""
    return {"kind": type(event).__name__.lower(), **asdict(event)}


def from_json(data: dict[str, Any]) -> Event:
    """The inverse of `to_json`."""
    if data["kind"] == "partial":
        return Partial(data["text"])
    if data["kind"] == "trouble":
        return Trouble(data["code"])
    words = tuple(word_from_json(word) for word in data["words"])
    return Final(data["text"], words, tuple(Alternative(**other) for other in data["alternatives"]))


def word_from_json(data: dict[str, Any]) -> Word:
    """A word as `dataclasses.asdict` wrote it: a client that fixes words sends them back so."""
    return Word(**{**data, "choices": tuple(Choice(**choice) for choice in data["choices"])})
